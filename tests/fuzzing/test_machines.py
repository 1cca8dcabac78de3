"""What is read of the machine: mounts, users and groups, and the list of what was allowed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unix
from autovenv.evidence import READ_LIMIT, Evidence
from autovenv.trust import approvals, groups, mounts
from autovenv.trust.machine import Machine
from fuzzing import examples, mutations
from trusting import environment, machine

pytestmark = unix.alone("Windows has none of these files")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a machine's own files."""
    return tmp_path_factory.mktemp("system")


# --- /proc/self/mountinfo ---

NAMES = st.sampled_from(
    [
        b"a",
        b"b c",
        b"\\040",
        b"\\",
        b"\n",
        b"\r",
        b"\x0b",
        b"\x85",
        b"\xc2\x85",
        b"\xff",
        b" - ",
        b"-",
    ]
)
PLACES = st.lists(NAMES, max_size=4).map(lambda names: b"/" + b"/".join(names))
KINDS = st.sampled_from([b"ext4", b"vfat", b"9p", b"fuseblk", b"tmpfs", b"overlay", b"cifs"])
OPTIONS = st.sampled_from([b"rw", b"rw,aname=drvfs;path=C:\\134;uid=0"])


def escaped(path: bytes) -> bytes:
    """Return a path as the kernel writes it: blanks, newlines and backslashes in octal."""
    return b"".join(b"\\%03o" % code if code in b" \t\n\\" else bytes([code]) for code in path)


def lines(mounted: list[tuple[bytes, bytes, bytes]]) -> bytes:
    """Return a mountinfo."""
    return b"".join(
        b"%d 1 8:1 / %b rw,relatime shared:%d master:2 propagate_from:3 - %b %b %b\n"
        % (number, escaped(point), number, kind, kind, options)
        for number, (point, kind, options) in enumerate(mounted)
    )


MOUNTED = st.lists(st.tuples(PLACES, KINDS, OPTIONS), max_size=6)


@examples(500)
@given(mounted=MOUNTED, inner=st.sampled_from([b"", b"/x"]), asked=PLACES)
def test_the_nearest_mount_counts(
    system: Path, mounted: list[tuple[bytes, bytes, bytes]], inner: bytes, asked: bytes
) -> None:
    """Of those that are on the way to a path, the longest; of equal ones the last."""
    told = machine(system)
    (system / "proc/self/mountinfo").write_bytes(lines(mounted))
    for path in [asked, *(point.rstrip(b"/") + inner or b"/" for point, _, _ in mounted)]:
        around = [m for m in mounted if path == m[0] or path.startswith(m[0].rstrip(b"/") + b"/")]
        expected = False
        if around:
            longest = max(len(point.rstrip(b"/")) for point, _, _ in around)
            _, kind, options = [m for m in around if len(m[0].rstrip(b"/")) == longest][-1]
            expected = kind in (b"vfat", b"fuseblk", b"cifs") or (
                kind == b"9p" and b"aname=drvfs" in options
            )
        assert mounts.knows_no_modes(os.fsdecode(path), told) is expected


@examples(300)
@given(
    mutations.damaged(
        [
            lines(
                [
                    (b"/", b"ext4", b"rw"),
                    (b"/mnt/c", b"9p", b"rw,aname=drvfs"),
                    (b"/a b", b"vfat", b"rw"),
                ]
            )
        ],
        [b" - ", b"\\040", b" ", b"/", b"vfat"],
    )
)
def test_a_damaged_mountinfo(system: Path, content: bytes) -> None:
    """Nothing raises; what holds no line of a mount excuses nothing."""
    told = machine(system)
    (system / "proc/self/mountinfo").write_bytes(content)
    for path in ("/", "/mnt/c/x", "/a b"):
        assert not mounts.knows_no_modes(path, told) or b" - " in content


# --- /etc/passwd and /etc/group ---

ME, GROUP = 1000, 100
USERS = st.lists(
    st.tuples(
        st.sampled_from(["me", "other", "third", "root"]),
        st.sampled_from([ME, 1001, 1002, 0]),
        st.sampled_from([GROUP, ME, 200]),
        st.sampled_from([1, 1, 1, 6]),
    ),
    max_size=4,
)
GROUPS = st.lists(
    st.tuples(
        st.sampled_from(["users", "staff", "me", "other"]),
        st.sampled_from([GROUP, 200, ME]),
        st.lists(st.sampled_from(["me", "other", "root", "\x0bthird"]), max_size=2),
        st.sampled_from([1, 1, 1, 6]),
    ),
    max_size=3,
)
NOISE = st.sampled_from(["", "\n", "# a comment\n", "::::::\n", "x\n", "\udcff:x:y:z::\n"])


def is_own(told: Machine) -> bool:
    """Tell whether the group is said to be the user's own."""
    return groups.is_own(GROUP, [ME, 0], told, Evidence({}))


@examples(500)
@given(users=USERS, known=GROUPS, noise=NOISE, is_long=st.booleans(), is_first=st.booleans())
def test_whose_a_group_is(
    system: Path,
    users: list[tuple[str, int, int, int]],
    known: list[tuple[str, int, list[str], int]],
    noise: str,
    is_long: bool,
    is_first: bool,
) -> None:
    """It is the user's where nobody else is in it, and one can tell."""
    told = machine(system, uid=ME)
    text = "".join(f"{name}:x:{uid:0{w}}:{gid:0{w}}::/:/bin/sh\n" for name, uid, gid, w in users)
    many = "".join(f"u{uid}:x:{uid}:{uid}::/home/u{uid}:/bin/sh\n" for uid in range(5000, 8000))
    assert len(many) > READ_LIMIT
    text = (text + many if is_first else many + text) if is_long else text + noise
    (system / "etc/passwd").write_bytes(os.fsencode(text))
    text = "".join(f"{name}:x:{gid:0{w}}:{','.join(members)}\n" for name, gid, members, w in known)
    (system / "etc/group").write_bytes(os.fsencode(noise + text))
    names = {name for name, uid, _, _ in users if uid == ME}
    listed = [group for group in known if group[1] == GROUP]
    if is_long:
        assert not is_own(told)  # it isn't read
    else:
        inside = {name for name, _, gid, _ in users if gid == GROUP}
        inside |= {name for group in listed for name in group[2]}
        expected = bool(listed) and not inside - names - {"root"}
        assert is_own(told) is (expected and (bool(users) or noise.count(":") > 2))


PASSWD = (
    b"root:x:0:0::/root:/bin/sh\nme:x:1000:1000::/home/me:/bin/sh\nother:x:1001:100::/:/bin/sh\n"
)
GROUP_FILE = b"root:x:0:\nme:x:1000:\nusers:x:100:me\n"
NSSWITCH = b"passwd: files systemd\ngroup: files [SUCCESS=merge] systemd\n"
FILES = [PASSWD, GROUP_FILE, NSSWITCH]
FIELDS = [b":", b"::", b",", b"x:100:", b"0100", b"sss", b"[", b"]", b"#", b"passwd:"]


@examples(400)
@given(
    damaged=mutations.damaged(FILES, FIELDS, least=0),
    which=st.sampled_from(["passwd", "group", "nsswitch.conf"]),
)
def test_damaged_lists_of_users(system: Path, damaged: bytes, which: str) -> None:
    """Nothing raises; while the line of another user of the group is whole, it isn't one's own."""
    told = machine(system, uid=ME)
    for name, content in zip(("passwd", "group", "nsswitch.conf"), FILES, strict=True):
        (system / "etc" / name).write_bytes(damaged if name == which else content)
    found = is_own(told)
    if which != "passwd" and b"users:x:100" in (damaged if which == "group" else GROUP_FILE):
        assert not found or b"me:x:100:" in damaged


# --- the list of what was allowed ---


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Machine, list[str], bytes]:
    """A machine, an environment that is allowed, one that is denied, one of neither; the list."""
    folder = tmp_path_factory.mktemp("allowed").resolve()
    told = machine(folder / "system")
    paths = [
        str(environment(folder / name / ".venv")) for name in ("allowed", "refused", "unknown")
    ]
    approvals.keep(paths[0], approvals.make_approval(paths[0]), told)
    approvals.keep(paths[1], approvals.make_denial(paths[1]), told)
    return told, paths, Path(told.approvals).read_bytes()


@examples(500)
@given(data=st.data())
def test_a_damaged_list_allows_nothing_new(
    told: tuple[Machine, list[str], bytes], data: st.DataObject
) -> None:
    """It is read without an exception, and as a whole or not at all."""
    machine, paths, content = told
    words = [b"allow\0", b"deny\0", b"\0" * 7, *(os.fsencode(path) for path in paths)]
    parts = [os.fsdecode(field) for field in content.split(b"\0")[:-1]]
    mixed = st.tuples(
        st.sampled_from(["allow", "deny"]), st.sampled_from(paths), *[st.sampled_from(parts)] * 5
    )
    mixture = st.lists(mixed, max_size=4).map(
        lambda records: os.fsencode("".join(f"{field}\0" for r in records for field in r))
    )
    damaged = data.draw(mutations.damaged([content], words) | mixture)
    Path(machine.approvals).write_bytes(damaged)
    kept = approvals.list_records(machine)
    assert all(len(record) == 7 for record in kept)
    joined = "".join(f"{field}\0" for record in kept for field in record)
    assert joined.encode("utf-8", "surrogateescape") in (b"", damaged)
    for path in paths[1:]:
        record = approvals.find_record(path, machine, Evidence({}))
        assert record is None or not approvals.is_valid(record, path)


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["allow", "deny"]),
        st.binary(min_size=1, max_size=8).map(lambda path: os.fsdecode(path.replace(b"\0", b"\n"))),
        *[st.sampled_from(["", "1", "\n", "\udcff"])] * 5,
    ).map(list),
    max_size=6,
)


@examples(200)
@given(RECORDS)
def test_what_is_kept_comes_back(system: Path, records: list[list[str]]) -> None:
    """Whatever the paths are: the last of each, and what was taken out is gone."""
    told = machine(system)
    Path(told.approvals).unlink(missing_ok=True)
    expected: dict[str, list[str]] = {}
    for record in records:
        approvals.keep(record[1], record, told)
        expected.pop(record[1], None)
        expected[record[1]] = record
    assert approvals.list_records(told) == list(expected.values())
    for path in expected:
        assert approvals.find_record(path, told, Evidence({})) == expected[path]
        approvals.keep(path, None, told)
    assert approvals.list_records(told) == []
