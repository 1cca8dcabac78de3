"""Paths: the home, autovenv's own folders, hosts', and how a path is written on this system.

platformdirs' answers without its import: the shells' question is on somebody's prompt, and
platformdirs costs more than the rest of it. A test holds these functions against platformdirs.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing's own costs a bare start of Python
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = "autovenv"

# What the store's folder, its records and their stamps are called by. Each hook's text has these,
# and is filled in without the modules that write them.
FORMAT = "3"
RECORD_NAME = ".autovenv-answer"
STAMP_NAME = ".autovenv-stamp-"

# An environment's folder of programs, and the interpreter in it.
BIN, PYTHON = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")

# The variable that names the home: where it is set on Windows, HOME is some Unix program's.
HOME = "USERPROFILE" if os.name == "nt" else "HOME"

# Folders below which a name is a host's or a cell's: autofs' host maps, AFS, CernVM-FS, macOS.
# A look there can hang a shell (direnv/direnv 580).
HOST_FOLDERS = ("afs", "coda", "cvmfs", "ipfs", "ipns", "misc", "net", "Network")

# The same on this machine, where they are there.
HOSTS = () if os.name == "nt" else tuple(f"/{name}" for name in HOST_FOLDERS)

# Windows' numbers for the folders that these variables name (CSIDL, shlobj.h).
_KNOWN_FOLDERS = {"USERPROFILE": 40, "APPDATA": 26, "LOCALAPPDATA": 28}
_MAX_PATH = 260


def find_home(environ: Mapping[str, str]) -> str:
    """Return the home as the shells know it, where their walk ends: "" where it isn't set."""
    return environ.get(HOME, "")


def ask_system(variable: str) -> str:
    """Return the folder that HOME, USERPROFILE, APPDATA or LOCALAPPDATA should name.

    For where the variable is unset: an empty text in its place would make a path that is relative
    to the current folder, or to the current drive, where others may put what they like. "" where
    the system doesn't know either.
    """
    if os.name == "nt" and variable in _KNOWN_FOLDERS:
        import ctypes  # dear, and needed only here

        folder = ctypes.create_unicode_buffer(_MAX_PATH)
        shell32 = getattr(ctypes, "windll").shell32  # noqa: B009  # mypy knows it on Windows alone
        failed = shell32.SHGetFolderPathW(None, _KNOWN_FOLDERS[variable], None, 0, folder)
        return "" if failed else folder.value
    return _ask_for_home() if variable == HOME else ""


def _ask_for_home() -> str:
    """Return the home that the account has, "" for an account without one.

    Not by expanduser, which takes a HOME that is empty for `/`, and one that is relative as it is.
    """
    if sys.platform == "win32":
        return ""
    import pwd  # needed only here

    try:
        home = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""
    return home if os.path.isabs(home) else ""


def make_native(path: str) -> str:
    r"""Return `path` with the system's own separators: on Windows the walk writes C:/p for C:\p."""
    return path.replace("/", "\\") if os.name == "nt" else path


def make_folder(folder: str) -> str:
    r"""Return a folder of the walk as a path: there, the root is "", and a drive's is `C:`."""
    if os.name != "nt":
        return folder or "/"
    return make_native(folder) + "\\" if folder.endswith(":") else make_native(folder)


def has_hosts() -> bool:
    """Tell whether a link can reach any host by its name here: one of HOSTS is there."""
    return any(map(os.path.lexists, HOSTS))


def find_state_folder(environ: Mapping[str, str]) -> str:
    """Return the folder of the store of answers and of approvals, which need not exist yet.

    `environ` is the caller's environment: a test, or a shell's own variables, may differ from
    `os.environ`. The XDG variables count only where they are absolute, as the specification says.
    """
    if sys.platform == "win32":
        return os.path.join(_find_local_app_data(environ), NAME)
    if sys.platform == "darwin":
        return os.path.join(find_own_home(environ), "Library", "Application Support", NAME)
    return _find_xdg(environ, "XDG_STATE_HOME", ".local", "state")


def find_answers_folder(environ: Mapping[str, str], names: Iterable[str] = ()) -> str:
    """Return the root of the store: below it, each answer is under its project's own path.

    The record's format is in its name, so that two versions keep their answers apart. So are the
    user's own `names` for environments: to a shell that knows others, another answer is right.
    """
    return os.path.join(find_state_folder(environ), ",".join((f"answers.{FORMAT}", *names)))


def list_answers_folders(environ: Mapping[str, str]) -> list[str]:
    """Return the root of each store of this format that is there."""
    state = find_state_folder(environ)
    try:
        names = sorted(os.listdir(state))
    except OSError:
        return []
    ours = [name for name in names if name.partition(",")[0] == f"answers.{FORMAT}"]
    return [os.path.join(state, name) for name in ours]


def find_config_file(environ: Mapping[str, str]) -> str:
    """Return the path of the user's config.toml, which need not be there."""
    if sys.platform == "win32":
        folder = os.path.join(_find_local_app_data(environ), NAME)
    elif sys.platform == "darwin" and not os.path.isabs(environ.get("XDG_CONFIG_HOME", "")):
        folder = os.path.join(find_own_home(environ), "Library", "Application Support", NAME)
    else:
        folder = _find_xdg(environ, "XDG_CONFIG_HOME", ".config")
    return os.path.join(folder, "config.toml")


def _find_xdg(environ: Mapping[str, str], variable: str, *default: str) -> str:
    base = environ.get(variable, "")
    if not os.path.isabs(base):
        base = os.path.join(find_own_home(environ), *default)
    return os.path.join(base, NAME)


def find_own_home(environ: Mapping[str, str]) -> str:
    """Return the home that the user's own files are in: the account's where HOME names none.

    A relative HOME would be another folder in each project, and be made there.
    """
    home = find_home(environ)
    return home if os.path.isabs(home) else ask_system(HOME)


def _find_local_app_data(environ: Mapping[str, str]) -> str:
    local = environ.get("LOCALAPPDATA") or ask_system("LOCALAPPDATA")
    return local or os.path.join(find_own_home(environ), "AppData", "Local")
