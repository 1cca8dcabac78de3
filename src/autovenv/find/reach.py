"""Where a path leads, without an exception, and which paths aren't looked up at all.

Those that a project names on a network aren't: a look alone tells a server who stands in the
project, and can take minutes.
"""

from __future__ import annotations

import os

from autovenv import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MAPS = [[name] for name in paths.HOST_FOLDERS]

_LINKS_LIMIT = 40  # the kernel's own


def is_remote(path: str, base: str) -> bool:
    """Tell by the text alone whether the absolute `path` leads to a network that `base` isn't on.

    `base` is the project's own path: who works on a share has all of it there.
    """
    if os.name == "nt":
        path, base = _write_plainly(path), _write_plainly(base)
    if path[:1] in ("/", "\\") and path[1:2] in ("/", "\\"):
        return not _is_below(path, base, 4)
    path = os.path.normpath(path)
    return path.split("/")[1:2] in _MAPS and not _is_below(path, base, 3)


class Links:
    """The links of a project that lead to a network: found by their text, without following one.

    `folders` are the project's, and whoever works in one that is on a network has all of it there.
    `objection` says why such a link isn't followed, "" where it may be. `refused` has those that
    aren't, with where each leads and why. POSIX paths alone.
    """

    __slots__ = ("_folders", "_objection", "_targets", "refused")

    def __init__(self, folders: list[str], objection: Callable[[str], str]) -> None:
        real = {folder: resolve(folder) for folder in folders if folder}
        self._folders = real | {folder: folder for folder in real.values()}
        self._objection = objection
        self._targets: dict[str, str] = {}
        self.refused: dict[str, tuple[str, str]] = {}

    def find_refused(self, path: str) -> str:
        """Return the link on the way to the absolute `path` that isn't followed, or ""."""
        for _ in range(_LINKS_LIMIT):
            around = [folder for folder in self._folders if path.startswith(f"{folder}/")]
            if not around:
                return ""
            folder = max(around, key=len)
            link, target, rest = self._find_first_link(folder, path[len(folder) + 1 :])
            if not link:
                return ""
            if is_remote(target, folder) and is_remote(target, self._folders[folder]):
                if link not in self.refused:
                    reason = self._objection(link)
                    if not reason:
                        return ""
                    self.refused[link] = target, reason
                return link
            path = os.path.normpath(f"{target}/{rest}")
        return ""

    def _find_first_link(self, folder: str, path: str) -> tuple[str, str, str]:
        """Return the first link in `path`, which is below `folder`, its target, and the rest."""
        here, real = folder, self._folders[folder]
        names = path.split("/")
        for position, name in enumerate(names, 1):
            around, here, real = real, f"{here}/{name}", f"{real}/{name}"
            target = self._read_target(here)
            if target:
                return (
                    here,
                    os.path.normpath(os.path.join(around, target)),
                    "/".join(names[position:]),
                )
        return "", "", ""

    def _read_target(self, path: str) -> str:
        if path not in self._targets:
            try:
                self._targets[path] = os.readlink(path)
            except (OSError, ValueError):
                self._targets[path] = ""
        return self._targets[path]


def resolve(path: str) -> str:
    """Return where `path` leads, itself where that can't be told.

    os.path.realpath raises where a link can't be read (/proc/1/root), and on a thousand links.
    """
    try:
        return os.path.realpath(path)
    except (OSError, ValueError, RecursionError):
        return path


def find_current(environ: Mapping[str, str]) -> str:
    """Return PWD, with its links, as the shells walk it; where that is a lie, the process's own.

    "" where that was deleted.
    """
    folder = environ.get("PWD", "")
    if os.path.isabs(folder) and is_same(folder, "."):
        return folder
    try:
        return os.getcwd()
    except OSError:
        return ""


def is_same(one: str, other: str) -> bool:
    """Tell whether both paths lead to the same, and are there."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def _write_plainly(path: str) -> str:
    r"""Return a path of Windows' in one case, as names there have none, and without `\\?\`.

    `\??\` is the same to Windows, and what ntpath takes for a folder. What other words follow, as
    a volume's, stays a network's name.
    """
    path = path.replace("/", "\\").lower()
    if path[:4] not in ("\\\\?\\", "\\??\\"):
        return path
    rest = path[4:]
    if rest.startswith("unc\\"):
        return f"\\\\{rest[4:]}"
    return rest if rest[1:3] == ":\\" else f"\\\\?\\{rest}"


def _is_below(path: str, base: str, depth: int) -> bool:
    """Tell whether both have the same first `depth` parts: `//host/share`, `/net/host`."""
    first, second = (text.replace("\\", "/").split("/")[:depth] for text in (path, base))
    return first == second and len(first) == depth
