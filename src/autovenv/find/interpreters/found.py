"""What an installed interpreter is to the rest: a folder for PATH, or one that never goes there."""

from __future__ import annotations

import os

from autovenv.find.environments import BIN, PYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence

# Some that come with a version of their own have `python3` alone: python.org's framework.
PROGRAMS = (PYTHON,) if os.name == "nt" else (PYTHON, "python3")


class Interpreter:
    """An installed Python.

    `bin` is its folder, `program` its path, `version` what is known of its X.Y.Z. `is_shared`
    tells that the folder holds other programs, too, as /usr/bin: it never goes in front. `on_path`
    is what goes on PATH: on Windows `Scripts` as well, where pip is.
    """

    __slots__ = ("bin", "is_shared", "on_path", "program", "version")

    def __init__(self, program: str, version: str, *, is_shared: bool = False) -> None:
        self.program = os.path.normpath(program) if os.name == "nt" else program
        self.bin = self.on_path = os.path.dirname(self.program)
        if os.name == "nt":
            self.on_path = os.pathsep.join([self.bin, os.path.join(self.bin, BIN)])
        self.version = version
        self.is_shared = is_shared


def find_whole(folder: str, version: str, evidence: Evidence) -> Interpreter | None:
    """Return the interpreter in `folder`, None where it isn't there (yet) or PATH can't hold it.

    What a stopped or running installation has made so far is noted, so that its end is seen.
    """
    if os.pathsep in folder:
        return None
    evidence.get_status(folder)
    for name in PROGRAMS:
        program = f"{folder}/{name}"
        status = evidence.get_status(program)
        if status is not None and (os.name == "nt" or status.st_mode & 0o111):
            return Interpreter(program, version)
    return None
