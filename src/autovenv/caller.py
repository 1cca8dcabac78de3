"""Which shell a command is about: the one that calls, or the one that is named."""

from __future__ import annotations

import os
import sys

from autovenv.ask import DEFAULT_SHELL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.shells import Shell


class UnknownShellError(ValueError):
    """A name that is none of the shells'; its message lists them."""


def read_hook(environ: Mapping[str, str]) -> list[str]:
    """Return what the hook of the shell that calls says, nothing where it has none.

    That is the shell's name, the hook's version, and the user's own names for environments.
    """
    hook = environ.get("__AUTOVENV_HOOK", "").split()
    if not hook:
        return []
    from autovenv import shells  # `exec` does without, where no hook calls

    return hook if hook[0] in shells.SHELLS else []  # anybody may set the variable


def name_asking(environ: Mapping[str, str]) -> str:
    """Return the name of the shell to quote for: the one whose hook called, else the usual."""
    return (read_hook(environ) or [DEFAULT_SHELL])[0]


def find_named(name: str) -> Shell:
    """Return the shell of that name, an alias of it, or a path to it; raise UnknownShellError."""
    from autovenv import shells  # `exec` does without

    stem = os.path.basename(name).lower().removesuffix(".exe")
    stem = shells.ALIASES.get(stem, stem)
    if stem not in shells.SHELLS:
        known = ", ".join(shells.SHELLS)
        raise UnknownShellError(f"unknown shell {name!r}: the shells are {known}")
    if sys.platform == "win32" and stem != "powershell":
        raise UnknownShellError(
            f"on Windows autovenv works in Windows PowerShell 5.1 and PowerShell 7, not in {stem}: "
            "autovenv install --shell powershell"
        )
    return shells.SHELLS[stem]


def find_calling(environ: Mapping[str, str]) -> Shell:
    """Return the shell that this process was called from, else the one in SHELL.

    Raises UnknownShellError where neither is one of them.
    """
    import shellingham  # type: ignore[import-untyped]  # it has no types

    from autovenv import shells

    try:
        return find_named(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, UnknownShellError):
        pass
    login = environ.get("SHELL", "")
    if not login:
        raise UnknownShellError(f"which shell? name one of {', '.join(shells.SHELLS)}")
    return find_named(login)
