"""Two real users on one machine, and what the one leaves for the other.

They are accounts in a passwd file that is mounted over the machine's for one process.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import trees
from autovenv.checks import VISIT
from autovenv.record import LATER, NEVER, Record
from prompts import NAMES, User, mounting
from test_trust_tools import asked, everybodys_python
from test_trust_tracked import git
from trees import Env
from trusting import give_all
from unix import give, only_root

if sys.platform == "win32":
    pytest.skip("users as POSIX has them", allow_module_level=True)

ALICE, MALLORY = 2101, 2102
PASSWD = f"""root:x:0:0::/root:/bin/bash
alice:x:{ALICE}:{ALICE}::/home/alice:/bin/bash
mallory:x:{MALLORY}:{MALLORY}::/home/mallory:/bin/bash
"""
AS_ALICE = ["setpriv", f"--reuid={ALICE}", f"--regid={ALICE}", "--clear-groups"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that all users can reach, below none in which others can write."""
    place = Path("/var/tmp-of-autovenv-tests", str(os.getpid()))
    place.mkdir(parents=True)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def with_both(tmp_path: Path) -> list[str]:
    """The command through which a program finds both users on its machine."""
    users = tmp_path / "passwd"
    users.write_text(PASSWD)
    return mounting(f"mount --bind {users} /etc/passwd")


@pytest.fixture
def as_alice(with_both: list[str]) -> list[str]:
    """The command that starts Python as alice, on a machine that has both users."""
    command = [*with_both, *AS_ALICE]
    return [*command, everybodys_python(*command)]


def project(home: Path, python: str, name: str = "project") -> Path:
    """Make alice's project with an environment of a Python that she can start."""
    venv = home / name / ".venv"
    trees.make(Env(), venv, home)
    for link in ("python", "python3"):
        (venv / "bin" / link).unlink(missing_ok=True)
    (venv / "bin" / "python").symlink_to(python)
    settings = (venv / "pyvenv.cfg").read_text().splitlines()
    kept = [line for line in settings if not line.startswith("home")]
    base = os.path.dirname(os.path.realpath(python))
    (venv / "pyvenv.cfg").write_text("\n".join([f"home = {base}", *kept]) + "\n")
    give_all(home, ALICE, ALICE)
    return venv


def answer(folder: Path, home: Path, as_alice: list[str]) -> Record:
    """Return what alice's shell is told."""
    return asked(folder, home, *as_alice)


@only_root
def test_ones_own_and_anothers(place: Path, as_alice: list[str]) -> None:
    """Mallory's environment isn't active for alice, and hers is."""
    home = place / "alice"
    venv = project(home, as_alice[-1])
    assert answer(venv.parent, home, as_alice).environment == str(venv)
    give_all(venv.parent, MALLORY, MALLORY)
    refused = answer(venv.parent, home, as_alice)
    assert refused.environment == ""
    assert "belongs to mallory" in refused.note


@only_root
@pytest.mark.parametrize(
    ("group", "is_own"),
    [
        ("", True),
        (f"alice:x:{ALICE}:", True),
        (f"alice:x:{ALICE}:root,alice", True),
        (f"alice:x:{ALICE}:mallory", False),
        (f"devs:x:{ALICE}:mallory", False),
        (f"devs:x:{MALLORY}:", False),
    ],
)
def test_a_group_counts_by_its_members(
    place: Path, tmp_path: Path, with_both: list[str], group: str, is_own: bool
) -> None:
    """Neither the user's number nor their name makes it theirs; without an entry it is nobody's."""
    groups = tmp_path / "group"
    groups.write_text(f"root:x:0:\n{group}\n")
    command = [*with_both, *mounting(f"mount --bind {groups} /etc/group"), *AS_ALICE]
    home = place / "alice"
    venv = project(home, everybodys_python(*command))
    give(venv.parent, ALICE, MALLORY if str(MALLORY) in group else ALICE)
    venv.parent.chmod(0o775)
    found = answer(venv.parent, home, [*command, everybodys_python(*command)])
    assert found.environment == (str(venv) if is_own else "")
    assert ("can write to ~/project" in found.note) is not is_own


@only_root
def test_in_a_shared_folder_each_visit_asks(place: Path, as_alice: list[str]) -> None:
    """Mallory could make a folder of the same name, with the same times, once alice's is gone."""
    home, shared = place / "alice", place / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    home.mkdir()
    venv = project(shared / "job", as_alice[-1], ".")
    give_all(home, ALICE, ALICE)
    mine = project(home, as_alice[-1])
    for folder, is_asked in ((venv.parent, True), (mine.parent, False)):
        while (found := answer(folder, home, as_alice)).generation == LATER:
            pass  # what was just made is stored once its second is over
        assert found.environment == f"{folder}/.venv"
        assert ((VISIT, "") in found.checks) is is_asked


@only_root
def test_a_pin_and_an_opt_out_of_anothers_are_passed_over(place: Path, as_alice: list[str]) -> None:
    """In /tmp anybody can make one: for all who work below it."""
    home, shared = place / "alice", place / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    home.mkdir()
    venv = project(shared / "job", as_alice[-1], ".")
    give_all(home, ALICE, ALICE)
    pins = {".python-version": "2.7\n", "mise.toml": "tools.python = '2.7'\n"}
    pins[".tool-versions"] = "python 2.7\n"
    for name, text in {".no-autovenv": "", **pins}.items():
        file = shared / name
        file.write_text(text)
        give(file, MALLORY, MALLORY)
        found = answer(venv.parent, home, as_alice)
        assert found.environment == str(venv)
        assert f"passing over {file}: it belongs to mallory" in found.note
        file.unlink()
    (shared / ".no-autovenv").touch()
    give(shared / ".no-autovenv", ALICE)
    assert answer(venv.parent, home, as_alice).environment == ""


def end(number: Path) -> None:
    """End the program whose number is in the file, if it hasn't ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(number.read_text()), signal.SIGKILL)


@only_root
def test_a_file_system_by_a_program_of_anothers(place: Path, with_both: list[str]) -> None:
    """Mallory's bindfs shows all that is there as alice's: nothing of it is believed."""
    if shutil.which("bindfs") is None:
        pytest.skip("bindfs is missing")
    home, theirs, point, number = (place / name for name in ("alice", "theirs", "mnt", "pid"))
    point.mkdir()
    home.mkdir()
    venv = project(theirs, everybodys_python(*with_both, *AS_ALICE), ".")
    for file in (venv / "pyvenv.cfg", *(venv / "bin").glob("activate*")):
        file.write_text(file.read_text().replace(str(theirs), str(point)))
    give_all(place, ALICE, ALICE)
    give_all(theirs, MALLORY, MALLORY)
    give(point, MALLORY, MALLORY)
    shown = f"-o allow_other --force-user={ALICE} --force-group={ALICE} {theirs} {point}"
    mount = f"""mount -t tmpfs -o mode=755,dev none /mnt
        mknod -m 666 /mnt/fuse c 10 229 && mount --bind /mnt/fuse /dev/fuse
        echo user_allow_other >/mnt/conf && mount --bind /mnt/conf /etc/fuse.conf
        as_mallory="setpriv --reuid={MALLORY} --regid={MALLORY} --clear-groups"
        $as_mallory bindfs -f {shown} >/dev/null 2>&1 & echo $! >{number}
        until grep -q ' {point} ' /proc/self/mountinfo; do kill -0 $! || exit; done"""
    command = [*with_both, *mounting(mount), *AS_ALICE]
    try:
        seen = subprocess.run(
            [*command, "stat", "-c", "%u", point / ".venv"], capture_output=True, text=True
        )
        if seen.stdout != f"{ALICE}\n":
            pytest.skip("no FUSE here")
        end(number)
        found = answer(point, home, [*command, everybodys_python(*with_both, *AS_ALICE)])
    finally:
        end(number)
    assert found.environment == ""
    assert f"{point} is on a file system that belongs to mallory" in found.note


@only_root
def test_an_interpreter_of_anothers_is_not_pinned(place: Path, as_alice: list[str]) -> None:
    """A version manager's folder comes first on PATH: mallory's doesn't for alice."""
    home, root = place / "alice", place / "pyenv"
    python = root / "versions" / "3.12.1" / "bin" / "python"
    trees.make(trees.Installed(), root / "versions" / "3.12.1", root)
    project(home, as_alice[-1], "other")
    (home / "p").mkdir()
    (home / "p" / ".python-version").write_text("3.12.1\n")
    (home / ".pyenv").symlink_to(root)
    give_all(home, ALICE, ALICE)
    assert answer(home / "p", home, as_alice).folder != ""
    give_all(root, MALLORY)
    refused = answer(home / "p", home, as_alice)
    assert refused.folder == ""
    assert "belongs to mallory" in refused.note
    assert python.exists()


@only_root
def test_as_root_in_a_users_home_nothing_is_made(place: Path) -> None:
    """`sudo` with the user's HOME: folders of root's would make that user's store useless."""
    home = place / "alice"
    venv = project(home, "/usr/bin/python3")
    give_all(venv.parent, 0, 0)
    before = sorted(home.rglob("*"))
    while (found := asked(venv.parent, home, everybodys_python("env"))).generation == LATER:
        pass  # what was just made is stored once its second is over
    assert found.generation == NEVER  # in a container it is active, elsewhere it isn't
    assert sorted(home.rglob("*")) == before


# --- a clone that is still running, by the real git ---


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository that has an environment, made at its clone's path, and no files yet."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    trees.make(Env(made_at=str(clone / ".venv")), origin / ".venv", tmp_path)
    git(origin, "init", "-q")
    git(origin, "add", "-f", ".")
    git(origin, "commit", "-qm", "x")
    git(tmp_path, "clone", "-q", "--no-checkout", "origin", "clone")
    return clone


def test_a_clone_that_is_still_running(clone: Path, tmp_path: Path) -> None:
    """Git writes its index last: until then nobody can tell, and the next prompt asks again."""
    git(clone, "-c", "alias.x=!git archive HEAD | tar -xmf -", "x")
    assert not (clone / ".git" / "index").exists()
    found = asked(clone, tmp_path, sys.executable)
    assert (found.environment, found.generation) == ("", LATER)
    assert "git is at work in ~/clone" in found.note
    git(clone, "reset", "-q")
    found = asked(clone, tmp_path, sys.executable)
    assert found.environment == ""
    assert "the git repository ~/clone tracks it" in found.note


@pytest.mark.parametrize("packed", [False, True])
def test_a_worktree_that_is_still_made(clone: Path, tmp_path: Path, packed: bool) -> None:
    """Its HEAD leads to a commit by way of `commondir`, where the refs lie, packed or not."""
    git(clone, "worktree", "add", "-q", "--no-checkout", "../tree", "-b", "new")
    if packed:
        git(clone, "pack-refs", "--all")
    trees.make(Env(), tmp_path / "tree" / ".venv", tmp_path)
    place = clone / ".git/worktrees/tree"
    (place / "index").unlink(missing_ok=True)
    found = asked(tmp_path / "tree", tmp_path, sys.executable)
    assert (found.environment, found.generation) == ("", LATER)
    assert "git is at work in ~/tree" in found.note


def test_a_repository_that_was_just_made_is_idle(tmp_path: Path) -> None:
    """It has no index either, and HEAD leads to no commit."""
    venv = tmp_path / "project" / ".venv"
    trees.make(Env(), venv, tmp_path)
    git(venv.parent, "init", "-q")
    assert asked(venv.parent, tmp_path, sys.executable).environment == str(venv)


def test_while_a_pull_writes_files(tmp_path: Path) -> None:
    """What is newer than git's lock may be the pull's; what was there before isn't."""
    old = tmp_path / "project" / ".venv"
    trees.make(Env(), old, tmp_path)
    git(old.parent, "init", "-q")
    (old.parent / "file").touch()
    git(old.parent, "add", "file")
    os.utime(old / "pyvenv.cfg")
    lock = old.parent / ".git" / "index.lock"
    while True:
        lock.write_text("")
        if lock.stat().st_mtime_ns > (old / "pyvenv.cfg").stat().st_ctime_ns:
            break
    assert asked(old.parent, tmp_path, sys.executable).environment == str(old)
    new = old.parent / "inner" / ".venv"
    trees.make(Env(), new, tmp_path)
    found = asked(new.parent, tmp_path, sys.executable)
    assert (found.environment, found.generation) == ("", LATER)
    lock.unlink()
    assert asked(new.parent, tmp_path, sys.executable).environment == str(new)


@only_root
def test_the_index_of_another_user_is_not_read(place: Path, as_alice: list[str]) -> None:
    """/tmp/.git of somebody's, of 250 MB, that changes all the time."""
    home, shared = place / "alice", place / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    home.mkdir()
    venv = project(shared / "job", as_alice[-1], ".")
    give_all(home, ALICE, ALICE)
    (shared / ".git").mkdir()
    (shared / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (shared / ".git" / "index").write_bytes(b"damaged")
    give_all(shared / ".git", ALICE)
    assert "nobody can tell" in answer(venv.parent, home, as_alice).note
    give_all(shared / ".git", MALLORY)
    assert answer(venv.parent, home, as_alice).environment == str(venv)


# --- in real shells ---


@only_root
@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_anothers_with_the_same_times_is_seen(
    name: str, tmp_path: Path, with_both: list[str], require: Callable[[str], None]
) -> None:
    """A stored answer is bound to times, and they can be set; whose the folder is can't."""
    require(name)
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    world.settle()
    with User(name, world, through=with_both) as user:
        user.visit("p")
        assert user.visit("p") == 0
        p = world.home / "p"
        subprocess.run(["cp", "-a", p, world.home / "copy"], check=True)
        shutil.rmtree(p)
        give_all(world.home / "copy", MALLORY)
        (world.home / "copy").rename(p)
        assert "belongs to mallory" in user.go("p").output
        assert user.active() == ""


@pytest.mark.parametrize("name", NAMES)
def test_what_was_allowed_and_replaced_is_asked_about_again(
    name: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """A later version of a reproducible archive has the same times."""
    require(name)
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    p = world.home / "p"
    for number in (1, 2):
        (p / ".venv" / "bin" / "tool").write_text(f"version {number}\n")
        command = ["tar", "-cf", f"../v{number}.tar", "--sort=name", "--mtime=@1700000000", ".venv"]
        subprocess.run(command, cwd=p, check=True)
    unpack = "rm -rf .venv && tar -xf ../v{}.tar"
    subprocess.run(unpack.format(1), cwd=p, shell=True, check=True)
    world.settle()
    with User(name, world) as user:
        assert "unpacked or copied?" in user.go("p").output
        user.type("autovenv allow")
        user.type("")
        assert user.active() == "p/.venv"
        user.go("elsewhere")
        subprocess.run(unpack.format(2), cwd=p, shell=True, check=True)
        assert "it has changed since you allowed it" in user.go("p").output
        assert user.active() == ""
