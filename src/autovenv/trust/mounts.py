"""Which file systems know no owners and modes, and whose word it is what they say of them."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.trust.machine import Machine

_SHARES = ("cifs", "smb3", "smbfs")
_MODELESS = frozenset(
    (
        *_SHARES,
        "exfat",
        "fuse.rclone",
        "fuse.vmhgfs-fuse",
        "fuseblk",  # ntfs-3g and its like
        "msdos",
        "ntfs",
        "ntfs3",
        "prl_fs",
        "vboxsf",
        "vfat",
        "vmhgfs",
    )
)

_ESCAPES = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}


class Mount:
    """A line of mountinfo: `device` as "major:minor", `point`, `kind`, `options` of the whole."""

    __slots__ = ("device", "kind", "options", "point")

    def __init__(self, device: str, point: str, kind: str, options: str) -> None:
        self.device = device
        self.point = point
        self.kind = kind
        self.options = dict(option.partition("=")[::2] for option in options.split(","))

    @property
    def is_drive(self) -> bool:
        """Tell whether it is a drive of Windows' in WSL; other 9p file systems have modes."""
        is_9p = self.kind == "9p" and any("drvfs" in part for part in self.options.values())
        return self.kind == "drvfs" or is_9p


def list_mounts(machine: Machine) -> list[Mount]:
    """Return what is mounted (proc(5), mountinfo), in order: a later one hides an earlier one."""
    found = []
    for line in machine.read_text("/proc/self/mountinfo").split("\n"):
        before, _, after = line.partition(" - ")
        fields, system = before.split(" "), after.split(" ")
        if len(fields) > 4 and len(system) > 1:
            point = _unescape(fields[4]).rstrip("/")
            found.append(Mount(fields[2], point, system[0], system[-1]))
    return found


def find_mount(path: str, machine: Machine) -> Mount | None:
    """Return the mount that `path`, without links in it, is on."""
    found, longest = None, -1
    for mount in list_mounts(machine):
        point = mount.point
        if len(point) >= longest and (path == point or path.startswith(point + "/")):
            found, longest = mount, len(point)
    return found


def knows_no_modes(path: str, machine: Machine) -> bool:
    """Tell whether the modes at `path` were made up for the user who asks, or for all of root's.

    What another user mounted isn't theirs to say. A share is excused only where it was mounted for
    the one who asks: root mounts one for everybody.
    """
    mount = find_mount(path, machine)
    if mount is None:
        return False
    if mount.is_drive:
        return True  # who may write there was judged by `objection`
    if mount.kind not in _MODELESS:
        return False
    owner = mount.options.get("user_id", mount.options.get("uid", "0"))
    if mount.kind in _SHARES:
        return owner == str(machine.uid) and "multiuser" not in mount.options
    return owner in (str(machine.uid), "0")


def find_reason(path: str, device: int, machine: Machine, evidence: Evidence) -> str:
    """Return why what owners and modes say at `path`, on `device`, can't be believed, or "".

    A program of another user's (FUSE) says what it likes; on a drive of Windows' in WSL all belongs
    to whoever asks, and each of its users can write outside of Users.
    """
    if sys.platform == "win32":
        return ""
    numbers = f"{os.major(device)}:{os.minor(device)}"
    own = [str(uid) for uid in (machine.uid, 0, *machine.list_other_selves(evidence))]
    for mount in list_mounts(machine):
        if mount.device != numbers:
            continue
        if mount.kind.startswith("fuse") and mount.options.get("user_id", "0") not in own:
            from autovenv import users

            who = users.get_name(int(mount.options["user_id"]))
            return f"{mount.point or '/'} is on a file system that belongs to {who}"
        if mount.is_drive and not _is_in_profile(path, mount.point, evidence):
            return f"{path} is on a Windows drive, where other users can write"
    return ""


def _is_in_profile(path: str, point: str, evidence: Evidence) -> bool:
    """Tell whether `path` on a drive of Windows' leads to, or is in, the user's own folder there.

    Windows' own rights let nobody write into the profile of another: drvfs shows that as a mode.
    """
    profile = evidence.read_variable("USERPROFILE")
    parts = path.removeprefix(f"{point}/").split("/")
    if not path.startswith(f"{point}/") or parts[0].lower() != "users" or len(parts) == 1:
        return path == point or [part.lower() for part in parts] == ["users"]
    if parts[1].lower() in ("public", "default", "default user", "all users"):
        return False
    folder = f"{point}/{parts[0]}/{parts[1]}"
    if profile.startswith(f"{point}/"):
        return folder.lower() == profile.rstrip("/").lower()
    return os.access(folder, os.W_OK)


def _unescape(field: str) -> str:
    for escape, character in _ESCAPES.items():
        field = field.replace(escape, character)
    return field
