"""Git itself, asked about a folder, but never where it could wait without end.

git opens whatever stands in the place of a file of its own, a FIFO, too, and whatever the settings
of a repository name. All that is looked at first, as git finds it: gitrepository-layout(5),
git-config(1), gitignore(5). The user's own settings, for all repositories, aren't.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from stat import S_ISDIR, S_ISREG

from autovenv import reading
from autovenv.find import reach
from autovenv.git import repositories

PATIENCE = 10.0  # seconds

# By these git tells whether a folder is a repository. `_FILES` are what it opens in one then, for
# what is asked here, and `_IN_FOLDERS` in each folder of the work tree on the way.
_LAYOUT = ("HEAD", "commondir", "objects", "refs")
_FILES = (
    *("config", "config.worktree", "index", "info", "info/attributes", "info/exclude"),
    "packed-refs",
)
_IN_FOLDERS = (".gitattributes", ".gitignore")
_HEAD = re.compile(rb"ref:[ \t\n\r]*refs/|[0-9a-fA-F]{40}")
_HEAD_LIMIT = 255  # bytes, git's own

# What names a file that git opens, as git prints it: sections and keys are in lower case.
_INCLUDE = re.compile(r"include(if\..*)?\.path", re.DOTALL)
_NAMING = ("core.excludesfile", "core.attributesfile")
_INCLUDES_LIMIT = 20  # files of settings, each read by a process; git's own limit is 10 deep
_LIMIT = 1 << 20  # bytes of settings


class Git:
    """git in a folder; `inner` are folders below it that the questions lead to.

    `obstacle` is the file for which git isn't asked, "" where it can be.
    """

    __slots__ = ("_folder", "obstacle")

    def __init__(self, folder: str, *inner: str) -> None:
        self._folder = folder
        self.obstacle = ""
        try:
            _look_around(reach.resolve(folder), inner)
        except _ObstacleError as error:
            (self.obstacle,) = error.args

    def ask(self, *words: str) -> subprocess.CompletedProcess[bytes] | None:
        """Return what came of git in the folder; None where it isn't there, or isn't asked."""
        return None if self.obstacle else _run(self._folder, *words)


class _ObstacleError(Exception):
    """The file that git could wait for."""


def _run(folder: str, *words: str) -> subprocess.CompletedProcess[bytes] | None:
    # Nothing of the repository's own settings is to run.
    command = ["git", "-c", "core.fsmonitor=false", "-C", folder, *words]
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return None


def _look_around(folder: str, inner: tuple[str, ...]) -> None:
    """Look at all that git may open, up to the first repository; raise _ObstacleError."""
    passed = list(inner)
    for here in _list_levels(folder):
        passed.append(here)
        for repository in (_find_named(here), here):
            if not _is_repository(repository):
                continue
            seen: dict[str, None] = {}
            for place in (repository, _find_common(repository)):
                _look_inside(place, here, seen)
            for path in (os.path.join(each, name) for each in passed for name in _IN_FOLDERS):
                _look_at(path)
            return


def _list_levels(folder: str) -> Iterator[str]:
    """Yield `folder` and each around it, up to where another file system begins: git ends there."""
    above, device = "", None
    while folder != above:
        try:
            found = os.stat(folder).st_dev
        except (OSError, ValueError):
            return
        if device not in (None, found):
            return
        device = found
        yield folder
        above, folder = folder, os.path.dirname(folder)


def _find_named(top: str) -> str:
    """Return `.git` in the folder, there or not; where it is a file, the folder that it names."""
    git = os.path.join(top, ".git")
    try:
        return repositories.find_repository(top, {}) or git
    except repositories.UnreadableError:
        raise _ObstacleError(git) from None


def _find_common(repository: str) -> str:
    try:
        return repositories.find_common(repository)
    except repositories.UnreadableError:
        raise _ObstacleError(os.path.join(repository, "commondir")) from None


def _is_repository(folder: str) -> bool:
    """Tell whether git takes the folder for a repository; raise _ObstacleError."""
    head = os.path.join(folder, "HEAD")
    _look_at(head)
    try:
        is_right = os.readlink(head).startswith("refs/")
    except (OSError, ValueError):
        is_right = bool(_HEAD.match(reading.read(head, _HEAD_LIMIT) or b""))
    if not is_right:
        return False
    for name in _LAYOUT:
        _look_at(os.path.join(folder, name))
    common = _find_common(folder)
    return all(os.path.isdir(os.path.join(common, name)) for name in ("objects", "refs"))


def _look_inside(place: str, top: str, seen: dict[str, None]) -> None:
    """Look at the files in a folder of a repository's, and at what its settings name."""
    for name in _FILES:
        _look_at(os.path.join(place, name))
    for name in ("config", "config.worktree"):
        _look_at_named(os.path.join(place, name), top, seen)


def _look_at_named(settings: str, top: str, seen: dict[str, None]) -> None:
    """Look at the files that the settings of a repository name: each one's kind alone counts."""
    if settings in seen:
        return
    seen[settings] = None
    content = reading.read(settings, _LIMIT + 1)
    if len(seen) > _INCLUDES_LIMIT or len(content or b"") > _LIMIT:
        raise _ObstacleError(settings)
    if not content:
        return
    for key, named in _read_settings(settings):
        is_include = _INCLUDE.fullmatch(key)
        if not named or (not is_include and key not in _NAMING):
            continue
        if named.startswith("%("):
            raise _ObstacleError(settings)  # where git itself is installed
        base = os.path.dirname(settings) if is_include else top
        path = os.path.join(base, os.path.expanduser(named))
        if reach.is_remote(path, top):
            raise _ObstacleError(path)
        _look_at(path)
        if is_include:
            _look_at_named(path, top, seen)


def _read_settings(path: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of a file of settings with their values, read by git and nothing else with it.

    That is in no repository. Where the file is damaged, git ends there in each case.
    """
    words = ("config", "--file", path, "--no-includes", "--null", "--list")
    done = _run(os.path.abspath(os.sep), *words)
    for entry in os.fsdecode(done.stdout if done else b"").split("\0"):
        key, _, value = entry.partition("\n")
        yield key, value


def _look_at(path: str) -> None:
    """Raise _ObstacleError where git could wait for what is there, or for a network's answer."""
    try:
        if repositories.leads_to_network(path):
            raise _ObstacleError(path)
        status = os.stat(path)
        if S_ISREG(status.st_mode) or S_ISDIR(status.st_mode):
            return
        if os.path.samestat(status, os.stat(os.devnull)):
            return  # in the place of a file that is to be empty
    except (OSError, ValueError):
        return  # nothing is there that git could open
    raise _ObstacleError(path)
