"""Which folder a command is about: the one that is named, or the current one."""

from __future__ import annotations

import os

from autovenv import paths
from autovenv.find import reach
from autovenv.text import NOTE_LIMIT, clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class NoFolderError(Exception):
    """There is no such folder; the text is for the user."""


def find_current(environ: Mapping[str, str]) -> str:
    """Return the current folder as reach.current does; raise NoFolderError where it was deleted."""
    folder = reach.find_current(environ)
    if not folder:
        raise NoFolderError("the current folder is gone: cd to one that is there")
    return folder


def find_named(folder: str, environ: Mapping[str, str]) -> str:
    """Return the absolute path of a folder that was named; raise NoFolderError where it is none.

    It is taken from the folder where the shell stands, with that one's links.
    """
    path = expand(folder, environ)
    if not os.path.isabs(path):
        path = os.path.join(reach.find_current(environ), path)
    path = os.path.normpath(path)
    shown = clean(path, NOTE_LIMIT)
    if not os.path.lexists(path):
        raise NoFolderError(f"{shown} isn't there")
    if not os.path.isdir(path):
        raise NoFolderError(f"{shown} is no folder")
    if not os.access(path, os.X_OK):
        raise NoFolderError(f"{shown} can't be entered: permission denied")
    return path


def expand(folder: str, environ: Mapping[str, str]) -> str:
    """Return the path with the home for `~/`, which PowerShell hands on as it is."""
    rest = folder.removeprefix("~/")
    if rest != folder and not os.path.lexists(folder):
        return os.path.join(paths.find_home(environ), rest)
    return folder
