"""What a .python-version file asks for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence


def read(path: str, evidence: Evidence) -> str | None:
    """Return the first name or version in the file, "" where it pins nothing, None if unreadable.

    The format is pyenv's (libexec/pyenv-version-file-read): words divided by blanks, `#` starts a
    comment; the first word is the one that `python` is. `system` pins nothing.
    """
    text = evidence.read(path)
    if text is None:
        return None
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words:
            return "" if words[0] == "system" else words[0]
    return ""


def matches(pin: str, version: str) -> bool:
    """Tell whether `version` (X.Y.Z) is one that the pinned version `pin` stands for.

    3.1 stands for every 3.1.x and never for 3.12.
    """
    return version == pin or version.startswith(f"{pin}.")


def is_version(pin: str) -> bool:
    """Tell whether the pin is a version rather than a name."""
    return pin[:1].isdigit()
