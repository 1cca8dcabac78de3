"""Whether the hook's lines in an rc file are reached: by what stands before them, and by a try."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping

from autovenv.shells import Marks, Shell
from autovenv.text import cite

# Seconds that a new shell may take: somebody's rc file may ask a question, or wait for a network.
PATIENCE = 20

# What ends a file wherever it stands at the start of a line: behind a condition it is indented or
# follows it. In PowerShell nothing can follow a block that has one of these names.
_ENDS = re.compile(r"^(?:return|exit|exec)\b[^\n]*", re.MULTILINE)
_ENDS_PROFILE = re.compile(
    r"^(?:(?:return|exit)\b|(?:begin|process|end)\s*\{)[^\n]*", re.MULTILINE | re.IGNORECASE
)


def ending(content: bytes | None, marks: Marks, shell: str) -> str:
    """Return the line, as it is cited, that ends an rc file before the hook's lines, or ""."""
    text = (content or b"").replace(b"\0", b"").decode("utf-8", "replace")  # UTF-16, as 5.1 writes
    text = text.partition(marks.begin)[0]
    pattern = _ENDS_PROFILE if shell == "powershell" else _ENDS
    found = pattern.search(text)
    return cite(found[0]) if found else ""


def is_loaded(shell: Shell, environ: Mapping[str, str]) -> bool | None:
    """Start a new interactive shell; tell whether it has the hook, None where that can't be told.

    It gets no input and no terminal, and a session of its own, so that it can't stop this one.
    """
    if not shell.asks:
        return None
    clean = {name: value for name, value in environ.items() if not name.startswith("__AUTOVENV")}
    try:
        done = subprocess.run(
            [shell.name, *shell.asks],
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            start_new_session=True,
            cwd=os.path.expanduser("~"),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return b"function" in done.stdout
