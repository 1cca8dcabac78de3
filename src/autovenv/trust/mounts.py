"""Which file systems know no modes: what their modes say was made up when they were mounted."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.trust.machine import Machine

_MODELESS = frozenset(
    (
        "cifs",
        "drvfs",
        "exfat",
        "fuse.rclone",
        "fuse.vmhgfs-fuse",
        "fuseblk",  # ntfs-3g and its like
        "msdos",
        "ntfs",
        "ntfs3",
        "prl_fs",
        "smb3",
        "smbfs",
        "vboxsf",
        "vfat",
        "vmhgfs",
    )
)

_ESCAPES = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}


def knows_no_modes(path: str, machine: Machine) -> bool:
    """Tell whether `path`, without links in it, lies on such a file system (proc(5), mountinfo)."""
    kind = options = ""
    longest = -1
    for line in machine.text("/proc/self/mountinfo").split("\n"):
        before, _, after = line.partition(" - ")
        fields, system = before.split(" "), after.split(" ")
        if len(fields) < 5 or len(system) < 2:
            continue
        point = _unescaped(fields[4]).rstrip("/")
        # Of two mounts at one point, the later hides the earlier.
        if len(point) >= longest and (path == point or path.startswith(point + "/")):
            longest, kind, options = len(point), system[0], system[-1]
    # Windows' drives in WSL 2; other 9p file systems have modes.
    return kind in _MODELESS or (kind == "9p" and "aname=drvfs" in options)


def _unescaped(field: str) -> str:
    for escape, character in _ESCAPES.items():
        field = field.replace(escape, character)
    return field
