"""Who can write where the group can: the user alone, or others, too.

The system's files are read here (grp's import, and a directory service that is asked, take longer
than all the rest); what they don't tell is taken for others.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from autovenv.evidence import Evidence
    from autovenv.trust.machine import Machine

# A text that mypy can't narrow: what holds on macOS is tested elsewhere, too.
PLATFORM = str(sys.platform)

# Sources of nsswitch.conf whose members are all in /etc/passwd and /etc/group.
_LOCAL = {"files", "compat", "db", "systemd", "mymachines", "altfiles", "extrausers"}

# macOS: wheel and admin, who may use sudo.
_ADMINISTRATORS = (0, 80)

# acl(5), as Linux keeps it in an attribute: entries of tag, rights and number. Its mask is what the
# mode shows as the group's rights.
_ACL = "system.posix_acl_access"
_ACL_USER, _ACL_GROUP, _ACL_WRITE = 2, 8, 2


def find_others(
    path: str, gid: int, own: Sequence[int], machine: Machine, evidence: Evidence
) -> str:
    """Return who but the user, whose numbers are `own`, can write as the group does, or "".

    `path` is group-writable. An access list shows in a mode as the group's rights.
    """
    if not is_own(gid, own, machine, evidence):
        return f"the group {_find_name(gid, machine, evidence) or gid}"
    return _find_in_access_list(path, own, machine, evidence)


def is_own(gid: int, own: Sequence[int], machine: Machine, evidence: Evidence) -> bool:
    """Tell whether nobody but the user, whose numbers are `own`, and root is in the group.

    OpenSSH as Debian ships it asks for the same. That the group has the user's name or number says
    nothing of who else is in it.
    """
    if PLATFORM == "darwin":
        return gid in _ADMINISTRATORS  # they can become root; all users are in staff, unlisted
    # Root's own numbers say that a file is root's; root is in no group that is the user's alone.
    numbers = [uid for uid in own if uid or not machine.uid]
    lines = [line.split(":") for line in _read_lines("/etc/passwd", machine, evidence)]
    users = [fields for fields in lines if len(fields) > 3]
    names = {user[0] for user in users if any(_is_number(user[2], uid) for uid in numbers)}
    names |= _list_names_elsewhere(numbers, machine)
    listed = _list_groups(gid, machine, evidence)
    if not users or not (listed or gid in numbers):
        return False  # of users that can't be read, any may be in it
    members = {member for group in listed for member in group[3].split(",") if member}
    members |= {user[0] for user in users if _is_number(user[3], gid)}
    if members - names - {"root"}:
        return False
    # Where a directory service has users, too, only a group of the user's own name is theirs alone.
    # One without an entry is that of a container's mount.
    return _are_local(machine, evidence) or any(group[0] in names for group in listed)


def _find_in_access_list(
    path: str, own: Sequence[int], machine: Machine, evidence: Evidence
) -> str:
    if sys.platform != "linux":
        return ""  # no other system has them as a file's attribute
    try:
        content = os.getxattr(path, _ACL)
    except OSError:
        return ""
    entries = [
        [
            int.from_bytes(content[position + a : position + b], "little")
            for a, b in ((0, 2), (2, 4), (4, 8))
        ]
        for position in range(4, len(content) - 7, 8)
    ]
    for tag, rights, number in entries:
        if not rights & _ACL_WRITE:
            continue
        if tag == _ACL_USER and number not in own:
            from autovenv import users

            return users.get_name(number)
        if tag == _ACL_GROUP and not is_own(number, own, machine, evidence):
            return f"the group {_find_name(number, machine, evidence) or number}"
    return ""


def _find_name(gid: int, machine: Machine, evidence: Evidence) -> str:
    groups = _list_groups(gid, machine, evidence)
    return groups[0][0] if groups else ""


def _list_names_elsewhere(uids: Sequence[int], machine: Machine) -> set[str]:
    """Return the names that a directory service knows, too."""
    names: set[str] = set()
    if machine.root or sys.platform == "win32":
        return names
    import pwd

    for uid in uids:
        try:
            names.add(pwd.getpwuid(uid).pw_name)
        except KeyError:
            continue
    return names


def _list_groups(gid: int, machine: Machine, evidence: Evidence) -> list[list[str]]:
    """Return the groups with that number, of which there may be several: name, x, number, members.

    A directory service is asked where the file has none.
    """
    lines = [line.split(":") for line in _read_lines("/etc/group", machine, evidence)]
    listed = [fields for fields in lines if len(fields) > 3 and _is_number(fields[2], gid)]
    if listed or machine.root or sys.platform == "win32":
        return listed
    try:
        import grp

        group = grp.getgrgid(gid)
    except (KeyError, ImportError):
        return []
    return [[group.gr_name, "", str(gid), ",".join(group.gr_mem)]]


def _is_number(field: str, number: int) -> bool:
    """Tell whether a field is the number, which may be written with zeros in front."""
    return (field.lstrip("0") or "0") == str(number)


def _are_local(machine: Machine, evidence: Evidence) -> bool:
    """Tell whether all users and groups are in the files: without nsswitch.conf they are."""
    for line in _read_lines("/etc/nsswitch.conf", machine, evidence):
        database, _, sources = line.partition("#")[0].partition(":")
        if database.strip() in ("passwd", "group"):
            words = sources.replace("[", " [").split()
            if any(word not in _LOCAL for word in words if not word.startswith("[")):
                return False
    return True


def _read_lines(path: str, machine: Machine, evidence: Evidence) -> list[str]:
    # Not by splitlines: what else it takes for the end of a line may be in one.
    return (evidence.read(machine.root + path) or "").split("\n")
