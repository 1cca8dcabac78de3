"""Rule 1: what leads to an environment is the user's or root's, and nobody else can write it."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autovenv import trust
from autovenv.evidence import Evidence
from autovenv.find import environments
from autovenv.trust import groups, mounts
from autovenv.trust.machine import Machine, find_machine
from autovenv.trust.owners import Steps
from trusting import (
    NOBODY_ELSE,
    SELF,
    SOMEBODY,
    environment,
    give_all,
    judged,
    machine,
)
from unix import give, only_root

if sys.platform == "win32":
    pytest.skip("there no owners and modes are judged", allow_module_level=True)

# The environment's folder, `bin`, pyvenv.cfg and the project's folder, from the project.
PARTS = [".venv", ".venv/bin", ".venv/pyvenv.cfg", "."]


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """The folder of a machine's own files."""
    return tmp_path / "system"


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An environment in a project, in a folder above that nothing is wrong with."""
    return environment(tmp_path / "work" / "project" / ".venv")


def test_ones_own_is_accepted(venv: Path, system: Path) -> None:
    """Whoever makes an environment in a folder of theirs isn't asked."""
    assert judged(venv, machine(system)) == ""


def test_it_may_lie_in_ones_home(tmp_path: Path, system: Path) -> None:
    """`~/.venv`: the project's folder is the home."""
    venv = environment(tmp_path / "home" / ".venv")
    assert judged(venv, machine(system), {"HOME": str(venv.parent)}) == ""


@only_root
@pytest.mark.parametrize("part", PARTS)
def test_what_belongs_to_another_is_refused(venv: Path, system: Path, part: str) -> None:
    """Each of the four parts is to be the user's or root's, for root as for anybody."""
    path = venv.parent / part
    give_all(venv.parent, SOMEBODY)
    mine = machine(system, uid=SOMEBODY)
    assert judged(venv, mine) == ""
    give(path, 0)
    assert judged(venv, mine) == ""
    give(path, NOBODY_ELSE)
    assert judged(venv, mine) == f"{path} belongs to user {NOBODY_ELSE}"
    give_all(venv.parent, 0)
    give(path, NOBODY_ELSE)
    assert judged(venv, machine(system)) == f"{path} belongs to user {NOBODY_ELSE}"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_what_anyone_can_write_is_refused(venv: Path, system: Path, part: str, mode: int) -> None:
    """The sticky bit doesn't excuse the parts themselves."""
    path = venv.parent / part
    path.chmod(mode)
    assert judged(venv, machine(system)) == f"anyone can write to {path}"


@pytest.mark.parametrize("part", PARTS)
def test_umask_002_with_a_group_of_ones_own_is_accepted(
    venv: Path, system: Path, part: str
) -> None:
    """A group of which the user is the only member is the user's."""
    path = venv.parent / part
    path.chmod(0o775)
    give(path, -1, SELF)
    assert judged(venv, machine(system)) == ""


# A line of /etc/group, further lines of /etc/passwd; the user is called `me`.
OWN_GROUPS = {
    "it has no member": ("staff:x:4242:", ""),
    "it has no other member": ("staff:x:4242:me", f"me2:x:{SELF}:4242::/:"),
}
OTHERS_GROUPS = {
    "its name is the user's": ("me:x:4242:other", ""),
    "two groups have the number": ("staff:x:4242:\nothers:x:4242:other", ""),
    "another is a member": ("staff:x:4242:me,other", ""),
    "it is another's first group": ("staff:x:4242:", "other:x:4711:4242::/home/other:"),
    "its number has zeros in front": ("staff:x:4242:", "other:x:4711:0004242::/home/other:"),
    "the users are too many to be read": (
        "staff:x:4242:",
        "other:x:4711:4242::/home/other:\n" + "# a thousand more\n" * 4000,
    ),
    "it isn't there": ("staff:x:4243:", ""),
}


@only_root
@pytest.mark.parametrize("case", OWN_GROUPS)
def test_a_group_of_ones_own_may_write(venv: Path, system: Path, case: str) -> None:
    """So it is with umask 002, and with Debian's /usr/local, which is the group staff's."""
    assert judged(venv, _with_group(venv, system, *OWN_GROUPS[case])) == ""


@only_root
@pytest.mark.parametrize("case", OTHERS_GROUPS)
def test_a_group_with_others_in_it_may_not_write(venv: Path, system: Path, case: str) -> None:
    """A member may be named in the group's line, or have it as the first group."""
    reason = judged(venv, _with_group(venv, system, *OTHERS_GROUPS[case]))
    assert reason.startswith("the group ")
    assert reason.endswith(f"can write to {venv.parent}")


@only_root
def test_the_users_own_number_does_not_make_a_group_theirs(venv: Path, system: Path) -> None:
    """The user 2101, and the group `devs` that happens to be 2101."""
    give_all(venv.parent, SOMEBODY, SOMEBODY)
    venv.parent.chmod(0o775)
    told = machine(system, {"etc/group": f"devs:x:{SOMEBODY}:other\n"}, uid=SOMEBODY)
    assert judged(venv, told) == f"the group devs can write to {venv.parent}"
    told = machine(system, {"etc/group": f"devs:x:{SOMEBODY}:me\n"}, uid=SOMEBODY)
    assert judged(venv, told) == ""


@only_root
def test_members_whom_the_files_do_not_list_are_others(venv: Path, system: Path) -> None:
    """Where a directory service has users, too, an empty group may be everybody's."""
    told = _with_group(venv, system, "staff:x:4242:", "")
    (system / "etc/nsswitch.conf").write_text("passwd: files sss # local first\ngroup: files\n")
    assert judged(venv, told) == f"the group staff can write to {venv.parent}"
    (system / "etc/group").write_text("me:x:4242:\n")
    assert judged(venv, told) == "", "a group of the user's own name"


@only_root
def test_on_macos_an_empty_group_says_nothing(
    venv: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There, everybody's first group is staff, and /etc/group doesn't say so."""
    told = _with_group(venv, system, "staff:x:4242:", "")
    monkeypatch.setattr(groups, "PLATFORM", "darwin")
    assert judged(venv, told) == f"the group staff can write to {venv.parent}"
    give(venv.parent, -1, 80)
    assert judged(venv, told) == "", "administrators can become root"


@only_root
def test_roots_group_is_not_everybodys_own(venv: Path, system: Path) -> None:
    """That root is one's own as an owner doesn't make the group 0, if it has members, one's own."""
    give_all(venv.parent, SOMEBODY)
    venv.parent.chmod(0o775)
    give(venv.parent, SOMEBODY, 0)
    told = machine(system, {"etc/group": "wheel:x:0:other\n"}, uid=SOMEBODY)
    assert judged(venv, told) == f"the group wheel can write to {venv.parent}"


ENTRIES = {"user": (2, NOBODY_ELSE), "group": (8, NOBODY_ELSE), "oneself": (2, SELF)}


@pytest.mark.parametrize("who", ENTRIES)
@pytest.mark.parametrize(("rights", "mask"), [(7, 7), (5, 7), (7, 5)])
def test_an_access_list_counts(venv: Path, system: Path, who: str, rights: int, mask: int) -> None:
    """A list shows in the mode as the group's right to write, whoever has it (acl(5))."""
    if sys.platform != "linux":
        pytest.skip("access lists as Linux has them")
    give(venv.parent, -1, SELF)
    nobody = 0xFFFFFFFF
    entries = [(1, 7, nobody), (4, 7, nobody), (16, mask, nobody), (32, 5, nobody)]
    entries.insert(1 if who != "group" else 2, (ENTRIES[who][0], rights, ENTRIES[who][1]))
    content = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(venv.parent, "system.posix_acl_access", content)
    except OSError:
        pytest.skip("this file system has no access lists")
    refused = who != "oneself" and (rights, mask) == (7, 7)
    assert (judged(venv, machine(system)) != "") is refused


def _with_group(venv: Path, system: Path, group: str, passwd: str) -> Machine:
    venv.parent.chmod(0o2775)
    give(venv.parent, -1, 4242)
    told = machine(system, {"etc/group": f"root:x:0:\n{group}\n"})
    with (system / "etc/passwd").open("a") as file:
        file.write(f"{passwd}\n")
    return told


# --- the folders above, and what the look-up goes through ---


def test_a_path_that_the_kernel_refuses_is_not_gone_through() -> None:
    """Each of its steps would be kept as a path: of 64 KiB, a gigabyte."""
    assert Steps().follow("/x" * 2048) == (["/"], "")
    assert len(Steps().follow("/x" * 2047)[0]) == 2047


@only_root
def test_a_folder_above_that_is_anothers_is_refused(venv: Path, system: Path) -> None:
    """Who owns a folder above can put another project in the place of this one."""
    above = venv.parent.parent
    give(above, NOBODY_ELSE)
    assert judged(venv, machine(system)) == f"{above} belongs to user {NOBODY_ELSE}"


def test_a_folder_above_that_anyone_can_write_is_refused(venv: Path, system: Path) -> None:
    """The sticky bit excuses it: there, nobody can rename what is another's. /tmp is such."""
    above = venv.parent.parent
    above.chmod(0o777)
    assert judged(venv, machine(system)) == f"anyone can write to {above}"
    above.chmod(0o1777)
    assert judged(venv, machine(system)) == ""


@only_root
def test_a_link_of_anothers_is_refused(venv: Path, system: Path) -> None:
    """In a sticky folder somebody may make a link to one's project, and turn it later."""
    shared = venv.parent.parent / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    link = shared / "link"
    link.symlink_to(venv.parent)
    assert judged(link / ".venv", machine(system)) == ""
    give(link, NOBODY_ELSE)
    assert judged(link / ".venv", machine(system)) == f"{link} belongs to user {NOBODY_ELSE}"


def test_what_a_link_leads_through_is_judged(venv: Path, system: Path) -> None:
    """A link in a good folder to one that anyone can write in."""
    open_to_all = venv.parent.parent / "open"
    (open_to_all / "inner").mkdir(parents=True)
    elsewhere = environment(open_to_all / "inner" / "env")
    link = venv.parent / "venv"
    link.symlink_to("../open/inner/../inner/env")
    assert judged(link, machine(system)) == ""
    open_to_all.chmod(0o777)
    assert judged(link, machine(system)) == f"anyone can write to {open_to_all}"
    assert elsewhere.exists()


def test_the_file_that_names_it_is_judged(venv: Path, system: Path) -> None:
    """A redirect that anyone can write leads wherever they like."""
    project = venv.parent.parent / "other"
    project.mkdir()
    source = project / ".venv"
    source.write_text(f"{venv}\n")
    assert judged(source, machine(system), source=str(source)) == ""
    source.chmod(0o666)
    assert judged(source, machine(system), source=str(source)) == f"anyone can write to {source}"


# --- who else is the user ---


@only_root
def test_with_sudo_in_ones_own_project(venv: Path, system: Path) -> None:
    """Root in a sudo shell is the user who called it; root alone isn't."""
    give_all(venv.parent, SOMEBODY, SOMEBODY)
    venv.parent.chmod(0o775)
    assert judged(venv, machine(system, SUDO_UID=str(SOMEBODY))) == ""
    assert judged(venv, machine(system)) != ""
    assert judged(venv, machine(system, SUDO_UID=str(NOBODY_ELSE))) != ""
    assert judged(venv, machine(system, SUDO_UID="x")) != ""


INSIDE = {"proc/self/uid_map": "0 1000 1\n", "proc/sys/kernel/overflowuid": "65534\n"}


@only_root
def test_in_a_user_namespace_the_folders_above_may_be_anybodys(venv: Path, system: Path) -> None:
    """What isn't mapped is shown as the overflow id's; outside of one, that is any user's."""
    give(venv.parent.parent, 65534)
    assert judged(venv, machine(system, INSIDE)) == ""
    assert judged(venv, machine(system)) != ""
    mapped = INSIDE | {"proc/self/uid_map": "0 100000 65536\n"}
    assert judged(venv, machine(system, mapped)) != "", "there, it is a user's own number"
    give(venv, 65534)
    assert judged(venv, machine(system, INSIDE)) == f"{venv} belongs to nobody"


@only_root
def test_where_nobody_is_mapped_nobody_can_tell(venv: Path, system: Path) -> None:
    """All that isn't the user's looks as if it were."""
    give_all(venv.parent.parent, 65534)
    told = machine(system, INSIDE | {"proc/self/uid_map": ""}, uid=65534)
    assert judged(venv, told) == "in this user namespace nobody can tell whose it is"


@only_root
def test_what_only_a_namespace_excuses_is_not_stored(venv: Path, system: Path) -> None:
    """A home may be shared with a container: an answer from inside must not hold outside."""
    give(venv.parent.parent, 65534)
    evidence = Evidence({})
    found = environments.look(str(venv), evidence)
    assert found
    assert trust.judge(found, str(venv.parent), evidence, machine(system, INSIDE)) == ""
    assert not evidence.is_storable


CONTAINERS = [".dockerenv", "run/.containerenv", "container"]


def container(system: Path, mark: str, passwd: str = "", uid: int = SELF) -> Machine:
    """Return the machine of a container by one of the marks, with further users in it."""
    files = {} if mark == "container" else {mark: ""}
    files["etc/passwd"] = f"root:x:0:0::/root:/bin/sh\n{passwd}"
    return machine(system, files, uid, container="podman" if mark == "container" else "")


@only_root
@pytest.mark.parametrize("mark", CONTAINERS)
def test_in_a_container_a_mount_of_another_users(venv: Path, system: Path, mark: str) -> None:
    """Root over a mount of user 1000's, with umask 002 and a folder above that anyone can write."""
    give_all(venv.parent, SOMEBODY, SOMEBODY)
    venv.parent.chmod(0o775)
    venv.parent.parent.chmod(0o777)
    assert judged(venv, machine(system)) != ""
    inside = container(system, mark)
    assert judged(venv, inside) == ""
    give(venv / "pyvenv.cfg", NOBODY_ELSE)
    assert judged(venv, inside) != "", "two other users are one too many"
    give(venv / "pyvenv.cfg", SOMEBODY)
    (venv / "bin").chmod(0o777)
    assert judged(venv, inside) == f"anyone can write to {venv}/bin"


PEOPLE = "one:x:1000:1000::/home/one:/bin/bash\ntwo:x:1001:1001::/home/two:/bin/sh\n"


@only_root
@pytest.mark.parametrize("mark", CONTAINERS)
def test_where_several_people_log_in_it_is_no_container(
    venv: Path, system: Path, mark: str
) -> None:
    """Docker's mark stays in a virtual machine that was made of an image."""
    give_all(venv.parent, SOMEBODY, SOMEBODY)
    assert judged(venv, container(system, mark)) == ""
    assert judged(venv, container(system, mark, PEOPLE.replace("/bin/sh", "/sbin/nologin"))) == ""
    refused = f"{venv} belongs to user {SOMEBODY}"
    assert judged(venv, container(system, mark, PEOPLE)) == refused
    Path(system, "etc/passwd").unlink()
    unknown = machine(system, {"etc/passwd": ""}, container="podman")
    assert judged(venv, unknown) == refused


@only_root
def test_container_may_be_set_for_anything(venv: Path, system: Path) -> None:
    """Only the values that images and managers of containers set count."""
    give_all(venv.parent, SOMEBODY, SOMEBODY)
    assert judged(venv, machine(system, container="web")) != ""
    assert judged(venv, machine(system, container="lxc")) == ""


@only_root
def test_a_user_of_the_container_is_no_mount(venv: Path, system: Path) -> None:
    """Who isn't root trusts only numbers that no user of the container has."""
    give_all(venv.parent, NOBODY_ELSE, NOBODY_ELSE)
    me = f"me:x:{SOMEBODY}:{SOMEBODY}::/:/bin/sh\n"
    assert judged(venv, container(system, ".dockerenv", me, SOMEBODY)) == ""
    web = f"{me}web:x:{NOBODY_ELSE}:{NOBODY_ELSE}::/:/usr/sbin/nologin\n"
    assert judged(venv, container(system, ".dockerenv", web, SOMEBODY)) != ""
    give_all(venv.parent, SOMEBODY, SOMEBODY)
    give(venv.parent.parent, NOBODY_ELSE)
    assert judged(venv, container(system, ".dockerenv", me, SOMEBODY)) == ""
    assert judged(venv, container(system, ".dockerenv", web, SOMEBODY)) != ""


MODELESS = {
    "my share": "- cifs //server/share rw,uid={me},file_mode=0777",
    "a stick of mine": "- vfat /dev/sdb1 rw,uid={me},fmask=0022",
    "a stick": "- vfat /dev/sdb1 rw,fmask=0022",
    "a larger stick": "- exfat /dev/sdb1 rw",
    "ntfs": "- ntfs3 /dev/sda3 rw",
    "ntfs-3g": "- fuseblk /dev/sda3 rw,user_id=0",
    "a virtual machine's": "- fuse.vmhgfs-fuse vmhgfs-fuse rw",
}
OTHERS = {
    "a share of others": "- cifs //server/share rw,uid=54322,file_mode=0777",
    "a share for all of its users": "- smb3 //server/share rw,multiuser,uid={me}",
    "a stick of another user's": "- vfat /dev/sdb1 rw,uid=54322",
    "a cloud of another user's": "- fuse.rclone cloud: rw,user_id=54322,allow_other",
    "ext4": "- ext4 /dev/sda1 rw",
    "9p that isn't Windows'": "- 9p share rw,trans=virtio",
    "sshfs": "- fuse.sshfs host:/ rw",
}


@pytest.mark.parametrize("kind", [*MODELESS, *OTHERS])
def test_file_systems_without_modes(venv: Path, system: Path, kind: str) -> None:
    """Where modes are made up, they count neither for nor against anybody."""
    venv.parent.chmod(0o777)
    (venv / "bin").chmod(0o777)
    what = (MODELESS | OTHERS)[kind].replace("{me}", str(SELF))
    line = f"36 35 8:1 / {_escaped(venv.parent)} rw shared:1 {what}\n"
    told = machine(system, {"proc/self/mountinfo": f"22 1 8:2 / / rw - ext4 /dev/sda rw\n{line}"})
    assert (judged(venv, told) == "") is (kind in MODELESS)
    venv.parent.parent.chmod(0o777)
    assert judged(venv, told) != "", "what is above it is judged as ever"


def test_the_mount_that_counts_is_the_nearest_and_the_last(system: Path) -> None:
    """A mount hides another at the same point, and /mnt/c isn't above /mnt/cc."""
    lines = [
        "1 0 8:1 / / rw - ext4 /dev/sda rw",
        "2 1 0:5 / /mnt/c rw - exfat C: rw",
        "3 1 0:6 / /mnt/a\\040b rw - vfat /dev/sdb rw",
        "4 1 0:7 / /media rw - vfat /dev/sdc rw",
        "5 1 0:8 / /media rw - ext4 /dev/sdd rw",
        "nonsense",
    ]
    told = machine(system, {"proc/self/mountinfo": "\n".join(lines)})
    expected = {"/mnt/c": True, "/mnt/c/p": True, "/mnt/cc": False, "/mnt/a b/p": True}
    expected |= {"/media/p": False, "/": False}
    assert {path: mounts.knows_no_modes(path, told) for path in expected} == expected


def _escaped(path: Path) -> str:
    return str(path).replace(" ", "\\040")


def test_the_machine_itself_is_read(tmp_path: Path) -> None:
    """What isn't told is what the kernel and the system's files say."""
    here = find_machine({"HOME": str(tmp_path)})
    assert here.uid == os.geteuid()
    assert os.getegid() in here.groups
    assert len(here.read_text("/proc/self/uid_map").split()) % 3 == 0
    assert not mounts.knows_no_modes(str(tmp_path), here)
    assert here.state.startswith(str(tmp_path))


# --- file systems that say what another user likes, and Windows' drives ---


@pytest.fixture
def device(venv: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The number of the device that the environment is on, as if it were one without a disk."""
    if sys.platform != "linux":
        pytest.skip("mounts as Linux has them")
    monkeypatch.setattr(os, "major", lambda device: 0)
    real = Steps.get_status
    monkeypatch.setattr(Steps, "get_status", lambda self, s: None if s == "/" else real(self, s))
    return f"0:{os.minor(venv.stat().st_dev)}"


@pytest.mark.parametrize(("owner", "accepted"), [(SELF, True), (0, True), (SOMEBODY, False)])
def test_a_file_system_of_another_users_is_not_believed(
    venv: Path, system: Path, device: str, owner: int, accepted: bool
) -> None:
    """FUSE shows whatever owners and modes its user likes; rclone's and bindfs's are such."""
    line = f"36 35 {device} / {venv.parent} rw - fuse.bindfs x rw,user_id={owner},allow_other\n"
    told = machine(system, {"proc/self/mountinfo": line})
    said = f"{venv.parent} is on a file system that belongs to user {SOMEBODY}"
    assert judged(venv, told) == ("" if accepted else said)


WSL = {
    "WSL 2": "- 9p drvfs rw,aname=drvfs;path=C:\\134;uid=1000,msize=65536",
    "WSL 1": "- drvfs C:\\134 rw,noatime",
}


@pytest.mark.parametrize("kind", WSL)
def test_on_a_drive_of_windows_only_the_users_own_folder_is_theirs(
    tmp_path: Path, system: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it seems to belong to whoever asks; in the root of C: anybody can make one."""
    point = tmp_path / "mnt" / "c"
    mine = environment(point / "Users" / "me" / "p" / ".venv")
    others = [point / "p" / ".venv", point / "Users" / "Public" / "p" / ".venv"]
    others += [point / "Users" / "other" / "p" / ".venv"]
    for path in others:
        environment(path)
    monkeypatch.setattr(os, "major", lambda device: 0)
    real = Steps.get_status
    monkeypatch.setattr(Steps, "get_status", lambda self, s: None if s == "/" else real(self, s))
    numbers = f"0:{os.minor(mine.stat().st_dev)}"
    files = {"proc/self/mountinfo": f"36 35 {numbers} / {point} rw {WSL[kind]}\n"}
    told = machine(system, files, USERPROFILE=f"{point}/Users/me")
    # Only what is on the drive has its device: the folders above do here, too.
    monkeypatch.setattr(mounts, "find_reason", _below(point, mounts.find_reason))
    mine.parent.chmod(0o777)
    assert judged(mine, told) == ""
    for path in others:
        assert "is on a Windows drive" in judged(path, told)
    told = machine(system, files)
    assert judged(mine, told) == "", "where Windows' variable isn't handed on, its rights count"
    assert "is on a Windows drive" in judged(others[1], told)


def _below(point: Path, real: Callable[..., str]) -> Callable[..., str]:
    def objection(path: str, *rest: object) -> str:
        return real(path, *rest) if path.startswith(str(point)) else ""

    return objection


# --- what each visit asks ---


@pytest.mark.parametrize("mode", [0o1777, 0o1775, 0o755])
def test_below_a_folder_of_everybodys_each_visit_asks(venv: Path, system: Path, mode: int) -> None:
    """Another user could put a folder with the same times into the place of this one."""
    venv.parent.parent.chmod(mode)
    evidence = Evidence({})
    found = environments.look(str(venv), evidence)
    assert found
    told = machine(system, {"etc/group": "root:x:0:other\n"})
    assert trust.judge(found, str(venv.parent), evidence, told) == ""
    assert evidence.visit is (mode != 0o755)
    parts = [str(venv), f"{venv}/bin", str(venv.parent)]
    assert [*evidence.own] == parts


@only_root
def test_what_is_roots_need_not_be_the_users(venv: Path, system: Path) -> None:
    """A shell asks only what was the user's own whether it still is."""
    give_all(venv.parent, SOMEBODY)
    give(venv / "bin", 0)
    evidence = Evidence({})
    found = environments.look(str(venv), evidence)
    assert found
    assert trust.judge(found, str(venv.parent), evidence, machine(system, uid=SOMEBODY)) == ""
    assert [*evidence.own] == [str(venv), str(venv.parent)]
