"""The four shells: one row each with all that the helper knows of it, its rc file or profile too.

What a shell does with the hook is in shell/; here is how it gets to load it. A start without a kept
hook waits for this module: what is dear is imported where it is needed.
"""

from __future__ import annotations

import os
import sys

from autovenv import paths, quoting, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Environ = Mapping[str, str]


_LIMIT = 1 << 20  # bytes that are read of a file that a shell starts with


class UnknownShellError(ValueError):
    """A name that is none of the four shells'; its message lists them."""


class Marks:
    """The comment lines around what `install` writes, and whether its lines end in CRLF."""

    __slots__ = ("begin", "crlf", "end")

    def __init__(self, begin: str, end: str, *, crlf: bool = False) -> None:
        self.begin = begin
        self.end = end
        self.crlf = crlf


class Shell:
    """One shell.

    `template` is the hook's file in shell/, `around` what is around the hook where it is kept in a
    file, `quoted` makes a text one word of the hook's, and `joined` divides such words in a list.
    `unchanged` is the condition on one file in a kept hook, and what joins two of them. `line` is
    what who writes it by hand puts into the rc file, with SHELL and COMMAND in it. `marks` are
    around what `install` writes, into `files` for an environment; `traces` are also the files that
    it may have written when things stood differently, for `uninstall`.
    """

    __slots__ = (
        "around",
        "files",
        "form",
        "joined",
        "marks",
        "name",
        "quoted",
        "template",
        "traces",
        "unchanged",
    )

    def __init__(
        self,
        name: str,
        *,
        template: str,
        around: str,
        quoted: Callable[[str], str],
        joined: str,
        unchanged: tuple[str, str],
        line: str,
        marks: Marks,
        files: Callable[[Environ], list[str]],
        traces: Callable[[Environ], list[str]],
    ) -> None:
        self.name = name
        self.template = template
        self.around = around
        self.quoted = quoted
        self.joined = joined
        self.unchanged = unchanged
        self.form = line
        self.marks = marks
        self.files = files
        self.traces = traces

    def line(self, command: str) -> str:
        """Return the line that a user writes to load the hook, for the command's absolute path."""
        line = self.form.replace("SHELL", self.name)
        return line.replace("COMMAND", self.quoted(command))

    def kept(self, environ: Environ) -> str:
        """Return the path of the file in which the hook is kept."""
        ending = self.template.rpartition(".")[2]
        return os.path.join(paths.state_folder(environ), "hook", f"autovenv.{ending}")


def named(name: str) -> Shell:
    """Return the shell of that name, an alias of it, or a path to it; raise UnknownShellError."""
    stem = os.path.basename(name).lower().removesuffix(".exe")
    stem = ALIASES.get(stem, stem)
    if stem not in SHELLS:
        raise UnknownShellError(f"unknown shell {name!r}: the shells are {', '.join(SHELLS)}")
    if sys.platform == "win32" and stem != "powershell":
        raise UnknownShellError(
            f"on Windows autovenv works in Windows PowerShell 5.1 and PowerShell 7, not in {stem}: "
            "autovenv install --shell powershell"
        )
    return SHELLS[stem]


def calling(environ: Environ) -> Shell:
    """Return the shell that this process was called from, else the one in SHELL.

    Raises UnknownShellError where neither is one of the four.
    """
    import shellingham  # type: ignore[import-untyped]  # it has no types

    try:
        return named(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, UnknownShellError):
        pass
    login = environ.get("SHELL", "")
    if not login:
        raise UnknownShellError(f"which shell? name one of {', '.join(SHELLS)}")
    return named(login)


def home(environ: Environ) -> str:
    """Return the user's home folder; a shell looks for its rc file where HOME says."""
    return paths.home(environ) or paths.from_system(paths.HOME)


def _config(environ: Environ) -> str:
    return environ.get("XDG_CONFIG_HOME") or os.path.join(home(environ), ".config")


def _bash_logins(environ: Environ) -> list[str]:
    names = (".bash_profile", ".bash_login", ".profile")
    return [os.path.join(home(environ), name) for name in names]


def _bash_files(environ: Environ) -> list[str]:
    """A login bash (each terminal on macOS) reads the first login file, and nothing else."""
    files = [os.path.join(home(environ), ".bashrc")]
    logins = _bash_logins(environ)
    login = next(filter(os.path.lexists, logins), None)
    if login is None:
        return files + logins[:1] if sys.platform == "darwin" else files
    return files if _reads_bashrc(login) else [*files, login]


def _reads_bashrc(login: str) -> bool:
    """Whether a line of the file that is no comment names .bashrc; unreadable: no."""
    lines = [line.lstrip() for line in (reading.read(login, _LIMIT) or b"").split(b"\n")]
    return any(b".bashrc" in line for line in lines if not line.startswith(b"#"))


def _bash_traces(environ: Environ) -> list[str]:
    return [os.path.join(home(environ), ".bashrc"), *_bash_logins(environ)]


def _zsh_files(environ: Environ) -> list[str]:
    folder = environ.get("ZDOTDIR") or _zdotdir_by_zshenv(environ) or home(environ)
    return [os.path.join(folder, ".zshrc")]


def _zsh_traces(environ: Environ) -> list[str]:
    return list(dict.fromkeys([*_zsh_files(environ), os.path.join(home(environ), ".zshrc")]))


def _zdotdir_by_zshenv(environ: Environ) -> str:
    """Return the ZDOTDIR that zsh's own start-up sets, or an empty string.

    Many set it in .zshenv without exporting it, or install from another shell.
    """
    import shutil
    import subprocess

    zsh = shutil.which("zsh", path=environ.get("PATH"))
    starts = (os.path.join(home(environ), ".zshenv"), "/etc/zshenv", "/etc/zsh/zshenv")
    if not zsh or not any(map(_names_zdotdir, starts)):
        return ""
    try:
        run = subprocess.run(
            [zsh, "-c", 'print -rn -- "AUTOVENV=${ZDOTDIR-}"'],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(run.stdout.rpartition(b"AUTOVENV=")[2])


def _names_zdotdir(start: str) -> bool:
    return b"ZDOTDIR" in (reading.read(start, _LIMIT) or b"")


def _fish_files(environ: Environ) -> list[str]:
    return [os.path.join(_config(environ), "fish", "conf.d", "autovenv.fish")]


def _powershell_files(environ: Environ) -> list[str]:
    profile = "Microsoft.PowerShell_profile.ps1"
    if sys.platform != "win32":
        return [os.path.join(_config(environ), "powershell", profile)]
    import platformdirs

    documents = platformdirs.user_documents_dir()
    # 7 and 5.1: whichever is installed later finds the hook as well.
    return [os.path.join(documents, kind, profile) for kind in ("PowerShell", "WindowsPowerShell")]


def _powershell_traces(environ: Environ) -> list[str]:
    """Documents may have been moved, to OneDrive or back, since the line was written."""
    files = _powershell_files(environ)
    if sys.platform != "win32":
        return files
    from autovenv import profiles

    roots = (home(environ), environ.get("OneDrive", ""), environ.get("OneDriveCommercial", ""))
    kinds = [path.split(os.sep)[-2:] for path in files]
    moved = [os.path.join(root, "Documents", *kind) for root in roots if root for kind in kinds]
    return list(dict.fromkeys([*files, *moved, *profiles.remembered(environ)]))


HASH_MARKS = Marks("# >>> autovenv >>>", "# <<< autovenv <<<")
REGION_MARKS = Marks("#region autovenv", "#endregion autovenv", crlf=True)

# A file has the time of its stamp. zsh and bash differ on what is newer than a file that is
# missing: look whether it is there.
_POSIX = "[ -e {path} ] && [ -e {stamp} ] && ! [ {path} -nt {stamp} ] && ! [ {path} -ot {stamp} ]"
_FISH = "-e {path} -a -e {stamp} -a ! {path} -nt {stamp} -a ! {path} -ot {stamp}"
_POWERSHELL = "[IO.File]::GetLastWriteTimeUtc({path}).Ticks -eq {ticks}"

ALIASES = {"pwsh": "powershell"}
SHELLS = {
    shell.name: shell
    for shell in (
        Shell(
            "bash",
            template="autovenv.bash",
            around="kept.sh",
            quoted=quoting.posix,
            joined=" ",
            unchanged=(_POSIX, " && "),
            line='eval "$(COMMAND hook SHELL)"',
            marks=HASH_MARKS,
            files=_bash_files,
            traces=_bash_traces,
        ),
        Shell(
            "zsh",
            template="autovenv.zsh",
            around="kept.sh",
            quoted=quoting.posix,
            joined=" ",
            unchanged=(_POSIX, " && "),
            line='eval "$(COMMAND hook SHELL)"',
            marks=HASH_MARKS,
            files=_zsh_files,
            traces=_zsh_traces,
        ),
        Shell(
            "fish",
            template="autovenv.fish",
            around="kept.fish",
            quoted=quoting.fish,
            joined=" ",
            unchanged=(_FISH, " -a "),
            line="COMMAND hook SHELL | source",
            marks=HASH_MARKS,
            files=_fish_files,
            traces=_fish_files,
        ),
        Shell(
            "powershell",
            template="autovenv.ps1",
            around="kept.ps1",
            quoted=quoting.powershell,
            joined=", ",
            unchanged=(_POWERSHELL, " -and "),
            line='. ([scriptblock]::Create((& COMMAND hook SHELL) -join "`n"))',
            marks=REGION_MARKS,
            files=_powershell_files,
            traces=_powershell_traces,
        ),
    )
}
