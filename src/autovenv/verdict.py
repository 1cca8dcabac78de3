"""What was found, what is wrong with it and what was decided: the values that the parts hand on.

Nothing here looks at the file system or writes a sentence; `note` puts it into words.
"""

from __future__ import annotations

import os

from autovenv.paths import BIN
from autovenv.text import LABEL_LIMIT, clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# What is to be active.
ENVIRONMENT = "environment"
INTERPRETER = "interpreter"
NONE = "none"

# Why nothing is active, where that is as the user wants it: no note tells it.
OPTED_OUT = "opted-out"
DENIED = "denied"
QUIET = (OPTED_OUT, DENIED)

# What is wrong with where it was looked.
TOO_LONG = "took-too-long"
OF_ANOTHER_USER = "of-another-user"

# What is wrong with an environment.
NOT_TRUSTED = "not-trusted"
INTERPRETER_GONE = "interpreter-gone"
FOR_WINDOWS = "made-for-windows"
FOR_POSIX = "made-for-posix"
MOVED = "moved"
INTERRUPTED = "interrupted"
SETTINGS_GONE = "settings-gone"
UNREADABLE = "unreadable"
NOT_EXECUTABLE = "not-executable"
SEPARATOR = "separator-in-path"
NAMES_NONE = "names-no-environment"
ON_A_NETWORK = "link-to-a-network"
SEVERAL = "several-environments"
OTHER_VERSION = "other-version"

# What a chmod or a mount fixes, which change no time that a record could name.
UNTIMED = (UNREADABLE, NOT_EXECUTABLE)

# What is wrong with a pin.
PIN_UNUSABLE = "pin-unusable"
PIN_ABOVE = "pin-and-environment-differ"
NOT_INSTALLED = "pin-not-installed"
NOT_PYTHON = "pin-without-python"
SHARED_FOLDER = "pin-in-shared-folder"
OF_PINS = (PIN_UNUSABLE, PIN_ABOVE, NOT_INSTALLED, NOT_PYTHON, SHARED_FOLDER)


class Remedy:
    """A command that helps.

    `words` is the command, `purpose` what it is for, in words that end before a colon, `folder`
    where it is to be run, "" for anywhere. `is_repeatable` tells that it harms nothing however
    often it is run.
    """

    __slots__ = ("folder", "is_repeatable", "purpose", "words")

    def __init__(
        self, words: Sequence[str], purpose: str, folder: str = "", *, is_repeatable: bool = True
    ) -> None:
        self.words = list(words)
        self.purpose = purpose
        self.folder = folder
        self.is_repeatable = is_repeatable


class Problem:
    """What is wrong: `reason` (one of the constants above), with which `path`, and what helps.

    `message` says it of that path ("its interpreter is gone"): a part of a sentence. What a
    project's files say stands in it as text.cite writes it. `remedies` are in the order in which
    they are to be tried or done, none where no command is known that helps and harms nothing.
    """

    __slots__ = ("message", "path", "reason", "remedies")

    def __init__(
        self, reason: str, path: str, message: str, remedies: Sequence[Remedy] = ()
    ) -> None:
        self.reason = reason
        self.path = path
        self.message = message
        self.remedies = tuple(remedies)


class Environment:
    """A virtual environment as it was found.

    `path` is absolute and as the user would write it (links kept), `bin` the folder of its
    programs, `on_path` what goes on PATH (on Windows several folders, divided as there),
    `version` the X.Y.Z that pyvenv.cfg states, or "", `label` the name for the prompt, `problem`
    what is broken about it, or None. `source` is the file of a project in which this very path is
    written, or "" where it is there or was found by a name in a folder of the user's. `tool` is
    the tool whose place it is in, or "" where it is in the project's own folder; `passed_over` what
    was wrong with a marker that was looked at before.
    """

    __slots__ = (
        "bin",
        "label",
        "on_path",
        "passed_over",
        "path",
        "problem",
        "source",
        "tool",
        "version",
    )

    def __init__(self, path: str, version: str, label: str, problem: Problem | None) -> None:
        self.path = path
        self.bin = self.on_path = os.path.join(path, BIN)
        self.version = version
        self.label = label
        self.problem = problem
        self.source = self.tool = ""
        self.passed_over: Problem | None = None


class Verdict:
    """What is to be active: `kind`, VIRTUAL_ENV, the folder for PATH and the label.

    `problem` is why nothing is, or what is to be told of what is, or None. `note` is that in words,
    and `shell` the one shell that its command is quoted for, "" where all read it alike.
    `candidate` is the environment that it is about, active or not trusted; no part of a record.
    """

    __slots__ = ("candidate", "environment", "folder", "kind", "label", "note", "problem", "shell")

    def __init__(
        self,
        kind: str,
        environment: str = "",
        folder: str = "",
        label: str = "",
        problem: Problem | None = None,
    ) -> None:
        self.kind = kind
        self.environment = environment
        self.folder = folder
        self.label = clean(label, LABEL_LIMIT)
        self.problem = problem
        self.note = self.shell = ""
        self.candidate: Environment | None = None
