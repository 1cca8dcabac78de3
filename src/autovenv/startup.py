"""Which files each shell reads at its start: where the line that loads the hook belongs."""

from __future__ import annotations

import os
import sys

from autovenv import paths, reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Environ = Mapping[str, str]
    Finder = Callable[[Environ], list[str]]

_LIMIT = 1 << 20  # bytes that are read of a file that a shell starts with


def _find_config(environ: Environ) -> str:
    return environ.get("XDG_CONFIG_HOME") or os.path.join(paths.find_own_home(environ), ".config")


def _list_bash_logins(environ: Environ) -> list[str]:
    names = (".bash_profile", ".bash_login", ".profile")
    return [os.path.join(paths.find_own_home(environ), name) for name in names]


def _find_bash_files(environ: Environ) -> list[str]:
    """A login bash (each terminal on macOS) reads the first login file, and nothing else."""
    files = [os.path.join(paths.find_own_home(environ), ".bashrc")]
    logins = _list_bash_logins(environ)
    login = next(filter(os.path.lexists, logins), None)
    if login is None:
        return files + logins[:1] if sys.platform == "darwin" else files
    return files if _reads_bashrc(login) else [*files, login]


def _reads_bashrc(login: str) -> bool:
    """Whether a line of the file that is no comment names .bashrc; unreadable: no."""
    lines = [line.lstrip() for line in (reading.read(login, _LIMIT) or b"").split(b"\n")]
    return any(b".bashrc" in line for line in lines if not line.startswith(b"#"))


def _find_bash_traces(environ: Environ) -> list[str]:
    """Return all files that bash may read."""
    return [os.path.join(paths.find_own_home(environ), ".bashrc"), *_list_bash_logins(environ)]


def _find_zsh_files(environ: Environ) -> list[str]:
    """Return the .zshrc in the folder that zsh itself looks in."""
    folder = environ.get("ZDOTDIR") or _ask_zsh_for_zdotdir(environ) or paths.find_own_home(environ)
    return [os.path.join(folder, ".zshrc")]


def _find_zsh_traces(environ: Environ) -> list[str]:
    """Return also the .zshrc in the home: ZDOTDIR may have been set since."""
    own = os.path.join(paths.find_own_home(environ), ".zshrc")
    return list(dict.fromkeys([*_find_zsh_files(environ), own]))


def _ask_zsh_for_zdotdir(environ: Environ) -> str:
    """Return the ZDOTDIR that zsh's own start-up sets, or an empty string.

    Many set it in .zshenv without exporting it, or install from another shell.
    """
    import shutil
    import subprocess

    zsh = shutil.which("zsh", path=environ.get("PATH"))
    starts = (
        os.path.join(paths.find_own_home(environ), ".zshenv"),
        "/etc/zshenv",
        "/etc/zsh/zshenv",
    )
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


def _find_fish_files(environ: Environ) -> list[str]:
    """Return a file of our own in the folder that fish reads whole."""
    return [os.path.join(_find_config(environ), "fish", "conf.d", "autovenv.fish")]


def _find_powershell_files(environ: Environ) -> list[str]:
    """Return the profile of the console, on Windows that of both PowerShells."""
    profile = "Microsoft.PowerShell_profile.ps1"
    if sys.platform != "win32":
        return [os.path.join(_find_config(environ), "powershell", profile)]
    import platformdirs

    documents = platformdirs.user_documents_dir()
    # 7 and 5.1: whichever is installed later finds the hook as well.
    return [os.path.join(documents, kind, profile) for kind in ("PowerShell", "WindowsPowerShell")]


def _find_powershell_traces(environ: Environ) -> list[str]:
    """Documents may have been moved, to OneDrive or back (moonrepo/proto 404)."""
    files = _find_powershell_files(environ)
    if sys.platform != "win32":
        return files
    from autovenv import profiles

    roots = (
        paths.find_own_home(environ),
        environ.get("OneDrive", ""),
        environ.get("OneDriveCommercial", ""),
    )
    kinds = [path.split(os.sep)[-2:] for path in files]
    moved = [os.path.join(root, "Documents", *kind) for root in roots if root for kind in kinds]
    return list(dict.fromkeys([*files, *moved, *profiles.list_remembered(environ)]))


# For each of `shells.SHELLS`, those that `install` writes into, and those that it may have written
# when things stood differently. It isn't in their rows, so that no shell's start waits for it.
FINDERS: dict[str, tuple[Finder, Finder]] = {
    "bash": (_find_bash_files, _find_bash_traces),
    "zsh": (_find_zsh_files, _find_zsh_traces),
    "fish": (_find_fish_files, _find_fish_files),
    "powershell": (_find_powershell_files, _find_powershell_traces),
}


def find_files(shell: str, environ: Environ) -> list[str]:
    """Return the files that the shell reads in that environment, for `install` to write into."""
    return FINDERS[shell][0](environ)


def find_traces(shell: str, environ: Environ) -> list[str]:
    """Return these and others that `install` may have written into, for `uninstall`."""
    return FINDERS[shell][1](environ)
