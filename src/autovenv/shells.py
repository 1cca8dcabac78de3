"""The four shells: their names, the files that `install` writes, the line that goes in, who called.

What a shell does with the hook is in shell/; here is only how it gets to load it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autovenv import hook, kept, paths, profiles, quoting
from autovenv.block import Marks

HASH_MARKS = Marks("# >>> autovenv >>>", "# <<< autovenv <<<")
REGION_MARKS = Marks("#region autovenv", "#endregion autovenv", crlf=True)

# What who writes the line by hand puts into the file; `install` writes what is in shell/load.*.
POSIX_LINE = 'eval "$(COMMAND hook SHELL)"'
FISH_LINE = "COMMAND hook fish | source"
POWERSHELL_LINE = '. ([scriptblock]::Create((& COMMAND hook powershell) -join "`n"))'

Environ = Mapping[str, str]


class UnknownShellError(ValueError):
    """A name that is none of the four shells'; its message lists them."""


@dataclass(frozen=True)
class Shell:
    """One shell.

    `files` are what `install` writes, for an environment; `traces` are also those that it may
    have written when things stood differently, for `uninstall`.
    """

    name: str
    marks: Marks
    template: str
    quoted: Callable[[str], str]
    files: Callable[[Environ], list[str]]
    traces: Callable[[Environ], list[str]]

    def line(self, command: str) -> str:
        """Return the line that a user writes to load the hook, for the command's absolute path."""
        line = self.template.replace("SHELL", self.name)
        return line.replace("COMMAND", self.quoted(command))

    def lines(self, command: str, environ: Environ) -> str:
        """Return the lines that `install` writes: they read the hook that is kept in a file."""
        return hook.loading(self.name, command, self.kept(environ))

    def kept(self, environ: Environ) -> str:
        """Return the path of the file in which the hook is kept."""
        ending = hook.TEMPLATES[self.name][0].rpartition(".")[2]
        return kept.path(paths.state_folder(environ), ending)


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
    if not os.path.isfile(login):
        return False
    try:
        with open(login, "rb") as file:
            lines = [line.lstrip() for line in file]
    except OSError:
        return False
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
    try:
        if not os.path.isfile(start):
            return False
        with open(start, "rb") as file:
            return b"ZDOTDIR" in file.read()
    except OSError:
        return False


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
    roots = (home(environ), environ.get("OneDrive", ""), environ.get("OneDriveCommercial", ""))
    kinds = [path.split(os.sep)[-2:] for path in files]
    moved = [os.path.join(root, "Documents", *kind) for root in roots if root for kind in kinds]
    return list(dict.fromkeys([*files, *moved, *profiles.remembered(environ)]))


ALIASES = {"pwsh": "powershell"}
SHELLS = {
    shell.name: shell
    for shell in (
        Shell("bash", HASH_MARKS, POSIX_LINE, quoting.posix, _bash_files, _bash_traces),
        Shell("zsh", HASH_MARKS, POSIX_LINE, quoting.posix, _zsh_files, _zsh_traces),
        Shell("fish", HASH_MARKS, FISH_LINE, quoting.fish, _fish_files, _fish_files),
        Shell(
            "powershell",
            REGION_MARKS,
            POWERSHELL_LINE,
            quoting.powershell,
            _powershell_files,
            _powershell_traces,
        ),
    )
}
