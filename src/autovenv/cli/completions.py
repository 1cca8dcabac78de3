"""The file that a Tab reads, for each shell: written by `install`, taken away by `uninstall`."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Mapping

from autovenv import block, hook, kept, rcfile, replacing
from autovenv.shells import Shell


def write(shell: Shell, command: str, environ: Mapping[str, str]) -> list[str]:
    """Write the shell's file, which runs `command`; return what went wrong, a line for it."""
    if not shell.tab:
        return []
    path = shell.find_completion(environ)
    try:
        before = rcfile.read(path)
        folders = (
            _count_folders(before) if before is not None else rcfile.count_missing_folders(path)
        )
        text = hook.write_completer(shell, command) + block.MADE.format(folders)
        after = text.encode("utf-8", "surrogateescape")
        if after != before and kept.make_ready(os.path.dirname(path)):
            replacing.replace(path, after)
    except OSError as error:
        return [f"can't write {path}, for completions ({error.strerror or error})"]
    return []


def remove(chosen: Iterable[Shell], environ: Mapping[str, str]) -> None:
    """Remove the files of those shells, and the folders that were made for them, as far as one may.

    Two files may share a folder that was made for the first: the folders come last of all.
    """
    made = []
    for shell in chosen:
        path = shell.find_completion(environ)
        with contextlib.suppress(OSError):
            folders = _count_folders(rcfile.read(path) or b"")
            os.unlink(path)
            made.append((path, folders))
    for path, folders in made:
        rcfile.remove_folders(path, folders)


def _count_folders(text: bytes) -> int:
    """Return how many folders were made for the file, as its last line says."""
    found = re.findall(block.MADE_PATTERN, text)
    return int(found[-1]) if found else 0
