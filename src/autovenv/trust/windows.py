"""Rule 1 on Windows: an environment's owner, and who else its access list lets write.

Only what is there is judged, not the folders above: in the root of a drive every user may make
folders, as in a sticky one. Asked of the system by ctypes, which takes longer than the other rules.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Those who may do what they like anyway: SYSTEM, Administrators, TrustedInstaller. CREATOR OWNER
# stands for whoever makes something in a folder; the rights of an owner are judged by who that is.
TRUSTED = (
    "S-1-5-18",
    "S-1-5-32-544",
    "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    "S-1-3-0",
    "S-1-3-4",
)

# Access rights of winnt.h that change a file, what is in a folder, or who may do so: write and
# append data, delete a child, delete, write the access list or the owner, all, write.
WRITE = 0x2 | 0x4 | 0x40 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000

_FILE_OBJECT = 1
_OWNER_AND_DACL = 0x1 | 0x4
_ALLOWED = (0x0, 0x9)  # ACCESS_ALLOWED_ACE, and the same with a condition
_INHERIT_ONLY = 0x8
_PERSISTENT_ACLS = 0x8  # of a volume: it keeps access lists
_TOKEN_QUERY, _TOKEN_USER = 0x8, 1
_ACE_MASK, _ACE_SID = 4, 8  # bytes from where an entry begins


def find_reason(parts: Sequence[str]) -> str:
    """Return why the rule fails for one of the absolute paths, or "".

    Where the system doesn't say, as on a volume without access lists, there is nothing to judge.
    """
    for path in parts:
        owner, entries = read_security(path)
        own = (find_user(), *TRUSTED)
        if owner and owner not in own:
            return f"{path} belongs to {describe_sid(owner)}"
        for sid, rights in entries:
            if sid not in own and rights & WRITE:
                return f"{describe_sid(sid)} can write to {path}"
    return ""


def read_security(path: str) -> tuple[str, list[tuple[str, int]]]:
    """Return the owner's SID, "" where nobody can tell, and who has which rights.

    What an entry denies isn't counted against what another allows: whoever may write in any case is
    looked for.
    """
    if sys.platform != "win32":
        return "", []
    import ctypes

    owner, dacl, descriptor = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    read = ctypes.windll.advapi32.GetNamedSecurityInfoW
    target = ctypes.c_wchar_p(os.path.realpath(path))
    failed = read(
        target,
        _FILE_OBJECT,
        _OWNER_AND_DACL,
        ctypes.byref(owner),
        None,
        ctypes.byref(dacl),
        None,
        ctypes.byref(descriptor),
    )
    if failed:
        return "", []
    try:
        if not dacl.value:
            # No list lets everybody do everything, where the volume keeps lists at all.
            everybody = [("S-1-1-0", WRITE)] if _keeps_lists(path) else []
            return (_write_sid(owner) if everybody else ""), everybody
        return _write_sid(owner), list(_list_entries(dacl))
    finally:
        ctypes.windll.kernel32.LocalFree(descriptor)


def find_user() -> str:
    """Return the SID of the user of this process, "" where the system doesn't say."""
    if sys.platform != "win32":
        return ""
    import ctypes

    kernel, advapi = ctypes.windll.kernel32, ctypes.windll.advapi32
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    token = ctypes.c_void_p()
    process = ctypes.c_void_p(kernel.GetCurrentProcess())
    if not advapi.OpenProcessToken(process, _TOKEN_QUERY, ctypes.byref(token)):
        return ""
    try:
        size = ctypes.c_ulong(0)
        buffer = ctypes.create_string_buffer(256)
        if not advapi.GetTokenInformation(
            token, _TOKEN_USER, buffer, len(buffer), ctypes.byref(size)
        ):
            return ""
        # TOKEN_USER begins with a pointer to the SID.
        return _write_sid(ctypes.c_void_p(ctypes.c_void_p.from_buffer(buffer).value))
    finally:
        kernel.CloseHandle(token)


def describe_sid(sid: str) -> str:
    """Return how a note calls the one with that SID: LookupAccountSid asks a domain's server."""
    known = {
        "S-1-1-0": "everybody",
        "S-1-5-11": "every user of this machine",
        "S-1-5-32-545": "every user of this machine",
        "S-1-5-4": "every user of this machine",
    }
    return known.get(sid, f"another user ({sid})")


def _list_entries(dacl: object) -> Iterator[tuple[str, int]]:
    """Yield who has which rights of those that an access list allows on the file itself."""
    if sys.platform != "win32":
        return
    import ctypes

    number = 0
    entry = ctypes.c_void_p()
    while ctypes.windll.advapi32.GetAce(dacl, number, ctypes.byref(entry)):
        number += 1
        start = entry.value or 0
        kind, flags = ctypes.string_at(start, 2)
        if kind in _ALLOWED and not flags & _INHERIT_ONLY:
            rights = int.from_bytes(ctypes.string_at(start + _ACE_MASK, 4), "little")
            yield _write_sid(ctypes.c_void_p(start + _ACE_SID)), rights


def _write_sid(sid: object) -> str:
    """Return a SID as text: S-1-5-18."""
    if sys.platform != "win32":
        return ""
    import ctypes

    text = ctypes.c_wchar_p()
    if not ctypes.windll.advapi32.ConvertSidToStringSidW(sid, ctypes.byref(text)):
        return ""
    try:
        return text.value or ""
    finally:
        ctypes.windll.kernel32.LocalFree(text)


def _keeps_lists(path: str) -> bool:
    """Tell whether the volume keeps access lists: FAT and exFAT don't."""
    if sys.platform != "win32":
        return False
    import ctypes

    root = os.path.splitdrive(os.path.realpath(path))[0] + "\\"
    flags = ctypes.c_ulong(0)
    found = ctypes.windll.kernel32.GetVolumeInformationW(
        ctypes.c_wchar_p(root), None, 0, None, None, ctypes.byref(flags), None, 0
    )
    return bool(found and flags.value & _PERSISTENT_ACLS)
