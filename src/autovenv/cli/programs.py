"""What `python` and `pip` are to the shell that calls, where that isn't the active environment's.

What an alias or a function does, the shell alone knows: its function `autovenv` hands over what
its `type` (in PowerShell Get-Command) says of the names.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

from autovenv import caller
from autovenv.cli.case import Case, Finding, Result
from autovenv.find.environments import BIN
from autovenv.find.reach import is_same
from autovenv.shells import SHELLS, Shell
from autovenv.text import NOTE_LIMIT, clean

NAMES = ("python", "python3", "pip")

# By these names an environment has programs, too: an alias that leads to one hides nothing.
_OWN = re.compile(r"(?:python|pip)3?\Z")


def examine_names(case: Case) -> Iterator[Result]:
    """Say which of NAMES an alias or a function has taken from all environments."""
    hook = caller.read_hook(case.environ)
    if not hook:
        return
    row = SHELLS[hook[0]]
    words = case.environ.get("__AUTOVENV_WORDS", "")
    for name in NAMES:
        # What follows the line about a name is the text of a function.
        begin = re.search(rf"^{name} ", words, re.MULTILINE)
        kind, target = _parse(row, name, words[begin.start() :] if begin else "")
        if not kind or _OWN.match(target):
            continue
        removes = row.unalias if kind == "alias" else row.unfunction
        what = f"{name} is {_add_article(kind)}" + (f" for {target}." if target else ".")
        yield Finding(
            "programs",
            clean(what, NOTE_LIMIT),
            f"The shell takes it before it looks on PATH: `{name}` isn't the active environment's.",
            removes.format(name),
            f"`autovenv status` shows a path for {name}; to keep it gone, take it out of "
            f"{row.name}'s files",
        )


def examine_python(case: Case) -> Iterator[Result]:
    """Say whether `python` on PATH is another than that of the environment that is active."""
    environ = case.environ
    environment = environ.get("VIRTUAL_ENV", "")
    ours = environ.get("__AUTOVENV_PATH", "").partition(os.pathsep)[0]
    is_ours = bool(ours) and environment == environ.get("__AUTOVENV_ENV", "")
    entry = ours if is_ours else os.path.join(environment, BIN)
    if not is_ours and not environment:
        return
    found = shutil.which("python", path=environ.get("PATH", ""))
    if found and is_same(os.path.dirname(found), entry):
        return
    if is_ours and not environment and os.path.lexists(entry) and not _has_python(entry):
        return  # a pinned interpreter that is `python3` alone: a note at the prompt said so
    if not os.path.lexists(entry):
        what, command = f"{environment or entry} is active, and isn't there any more.", "deactivate"
    else:
        python = found or "none at all"
        what = f"{environment or entry} is active, but python is {python}."
        command = "autovenv reload" if is_ours else "deactivate"
    yield Finding(
        "programs",
        clean(what, NOTE_LIMIT),
        "The prompt names one environment, and what you run or install goes to another.",
        command,
        "`python -c 'import sys; print(sys.prefix)'` prints the environment that is active",
    )


def _add_article(kind: str) -> str:
    return f"an {kind}" if kind == "alias" else f"a {kind}"


def _has_python(folder: str) -> bool:
    return shutil.which("python", path=folder) is not None


def _parse(row: Shell, name: str, text: str) -> tuple[str, str]:
    """Return the kind of what hides `name`, "" for none, and an alias's first word."""
    for kind, sign in (("alias", row.signs.alias), ("function", row.signs.function)):
        found = re.match(sign.replace("NAME", name), text, re.MULTILINE)
        if found:
            return kind, "".join(found.groups())
    return "", ""
