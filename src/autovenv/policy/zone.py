"""Does PowerShell take a file for a downloaded one? By its mark, or by the server where it is.

As ClrFacade.MapSecurityZone in PowerShell 7's source; Windows PowerShell asks the system, whose
list of intranet servers it can't be told here.
"""

from __future__ import annotations

INTERNET = 3  # this zone and Untrusted (4) are remote, the others local

STREAM = ":Zone.Identifier"
_WSL = "\\\\wsl$"
_LOOPBACKS = ("localhost", "127.0.0.1", "::1")


def is_marked(stream: str) -> bool:
    """Tell whether the text of the stream Zone.Identifier marks its file as downloaded.

    The first ZoneId of the section counts; what isn't a number is no zone.
    """
    _, _, section = stream.partition("[ZoneTransfer]")
    for line in section.split("\n"):
        key, equals, value = line.partition("=")
        if equals and key.strip().lower() == "zoneid":
            value = value.strip().removeprefix("+")
            digits = value[: len(value) - len(value.lstrip("0123456789"))].lstrip("0")
            return len(digits) > 1 or digits >= str(INTERNET)
    return False


def is_on_internet(path: str) -> bool:
    """Tell whether `path` is on a server whose name has a dot, or is a number."""
    plain = path.replace("/", "\\")
    if not plain.startswith("\\\\") or plain.lower().startswith(_WSL):
        return False
    if plain.startswith("\\\\?\\"):
        if not plain.lower().startswith("\\\\?\\unc\\"):
            return False
        plain = "\\\\" + plain[8:]
    server = plain[2:].partition("\\")[0].lower()
    return server not in _LOOPBACKS and ("." in server or ":" in server)
