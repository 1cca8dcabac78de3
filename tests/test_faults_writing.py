"""The store, the list of approvals and rc files, when a write is killed, fails, or isn't alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import interrupting
import trees
import unix
from autovenv import record, store
from autovenv.trust import approvals
from autovenv.trust.machine import Machine
from prompts import NAMES, User
from trees import ASK, SOURCE, Env, Installed, Tree, World

pytestmark = pytest.mark.skipif(bool(reason := interrupting.missing()), reason=reason)

OLD, NEW = "3.12.1", "3.12.2"
PROJECT: Tree = {
    "p/.python-version": f"{OLD}\n",
    f".pyenv/versions/{OLD}": Installed(),
    f".pyenv/versions/{NEW}": Installed(),
}


def question(world: World, project: str = "p") -> list[str]:
    """Return the command line of the helper as a shell in the project starts it."""
    main = str(SOURCE / "autovenv" / "__main__.py")
    asked = [str(answers(world)), str(world.home / project)]
    return [sys.executable, "-I", "-S", "-X", "utf8", main, *ASK, *asked]


def ask(world: World) -> bytes:
    """Ask the helper; return what it answers."""
    env = world.environment({})
    return subprocess.run(question(world), env=env, check=True, capture_output=True).stdout


def answers(world: World) -> Path:
    """Return the root of the store."""
    return world.home / ".local/state/autovenv/answers.3"


def kept(world: World, project: str = "p") -> Path:
    """Return the folder where the answer for a project is."""
    return Path(f"{answers(world)}{world.home}/{project}")


def leftovers(folder: Path) -> list[str]:
    """Return what is in a folder of the store beside one whole record and its own stamps.

    The stamps must all be there, and have the times of what they stand for.
    """
    *fields, last = (folder / store.RECORD_NAME).read_text().split("\0")
    assert last == ""
    kept = record.Record(fields)
    generation = kept.generation
    paths = {int(how): what for how, what in kept.checks if how.isdigit()}
    names = os.listdir(folder)
    names.remove(store.RECORD_NAME)
    for number, path in paths.items():
        stamp = f"{store.STAMP_NAME}{generation}-{number}"
        assert stamp in names, f"{stamp} of {paths} is missing: {names}"
        names.remove(stamp)
        assert os.stat(folder / stamp).st_mtime_ns == os.stat(path).st_mtime_ns
    return [name for name in names if not name.startswith(f"{store.STAMP_NAME}{generation}-")]


class Interrupted:
    """A project whose answer was kept before its pin was changed, and every way to be cut short.

    `states` are copies of the store, each as one killed writing of the new answer left it.
    """

    def __init__(self, root: Path) -> None:
        self.world = trees.new_world(root / "world", PROJECT)
        self.root = root
        self.world.settle()
        ask(self.world)
        (self.world.home / "p/.python-version").write_text(f"{NEW}\n")
        self.world.settle()
        self.before = self._copied("before")
        env = self.world.environment({})
        command = question(self.world)
        self.points = interrupting.points(command, env, answers(self.world), root / "trace")
        self.states = []
        for point in self.points:
            self.restore(self.before)
            interrupting.killed(command, env, point)
            self.states.append(self._copied("-".join(map(str, point))))

    def restore(self, state: Path) -> None:
        """Let the store be as it was once."""
        shutil.rmtree(answers(self.world))
        shutil.copytree(state, answers(self.world))

    def _copied(self, name: str) -> Path:
        return Path(shutil.copytree(answers(self.world), self.root / name))


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interrupted]:
    """Every state that a killed writing leaves behind."""
    root = tmp_path_factory.mktemp("interrupted")
    yield Interrupted(root)
    shutil.rmtree(root)


@pytest.mark.parametrize("name", NAMES)
def test_killed_at_any_point_of_a_write(
    name: str, interrupted: Interrupted, require: Callable[[str], None]
) -> None:
    """The next cd is right, asks at most once, and what was left lying is swept by its writing."""
    require(name)
    world = interrupted.world
    assert len(interrupted.states) >= 10
    with User(name, world) as user:
        for state in interrupted.states:
            interrupted.restore(state)
            asked = world.asks()
            assert user.go("p").output == "", state
            once = world.asks() - asked
            assert once <= 1, state
            assert user.active() == f".pyenv/versions/{NEW}", state
            assert world.asks() - asked == once, state
            assert once == 0 or leftovers(kept(world)) == [], state
            user.go("elsewhere")


@pytest.mark.parametrize("error", ["ENOSPC", "EROFS"])
def test_failing_at_any_point_of_a_write(interrupted: Interrupted, error: str) -> None:
    """The answer comes all the same, and in the store is a whole one or none."""
    world = interrupted.world
    env = world.environment({})
    for point in interrupted.points[:-1]:  # the last writes the answer to the pipe
        interrupted.restore(interrupted.before)
        done = interrupting.failing(question(world), env, point, error)
        assert (done.returncode, done.stderr) == (0, b""), point
        assert done.stdout.endswith(b"\nend\n"), point
        assert f"/versions/{NEW}/bin\n".encode() in done.stdout, point
        record = kept(world) / store.RECORD_NAME
        text = record.read_bytes() if record.exists() else b""
        assert not text or text.endswith(b"\0end\0"), point
        ask(world)
        assert leftovers(kept(world)) == [], point


def test_many_shells_at_once(tmp_path: Path) -> None:
    """Whoever is the last, each record is whole, with its stamps, and nothing is beside it."""
    tree = {f"{project}/.venv": Env() for project in "abc"}
    world = trees.new_world(tmp_path / "world", tree)
    world.settle()
    for _ in range(5):
        commands = [question(world, project) for project in "abc" * 8]
        running = [
            subprocess.Popen(
                command,
                env=world.environment({}),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            for command in commands
        ]
        for process, command in zip(running, commands, strict=True):
            shown, _ = process.communicate()
            assert shown.endswith(b"\nend\n")
            assert f"/.venv\\n\n{command[-1]}/.venv\n{command[-1]}/.venv/bin\n".encode() in shown
        for project in "abc":
            assert leftovers(kept(world, project)) == []


# --- the command line ---


def cli(*words: str) -> list[str]:
    """Return the command line of the command."""
    return [sys.executable, "-m", "autovenv", *words]


def with_package(world: World) -> dict[str, str]:
    """Return the environment in which the command finds its package."""
    return world.environment({"PYTHONPATH": str(SOURCE)})


def allowed(world: World) -> set[str]:
    """Return the projects whose environments are on the list, which must be whole."""
    state = world.home / ".local/state/autovenv"
    content = (state / "approvals").read_bytes()
    assert content.endswith(b"\0")
    records = approvals.list_records(Machine({}, unix.USER, (), str(state)))
    assert records, "the list isn't whole"
    return {Path(record[1]).parent.name for record in records}


def test_allow_killed_at_any_point(tmp_path: Path) -> None:
    """The list is the old one or the new one, and the next writing leaves nothing beside it."""
    world = trees.new_world(tmp_path / "world", {"a/.venv": Env(), "b/.venv": Env()})
    env = with_package(world)
    allow = {project: cli("allow", f"{world.home}/{project}") for project in "ab"}
    deny = cli("deny", f"{world.home}/b")
    state = world.home / ".local/state/autovenv"
    subprocess.run(allow["a"], env=env, check=True)
    before = {path: path.read_bytes() for path in (state / "approvals", state / "accepted")}
    points = interrupting.points(allow["b"], env, state, tmp_path / "trace")
    names = {name for name, _ in points}
    assert {"write", "fsync"} <= names
    for point in points:
        for path, content in before.items():
            path.write_bytes(content)
        interrupting.killed(allow["b"], env, point)
        assert allowed(world) in ({"a"}, {"a", "b"}), point
    subprocess.run(deny, env=env, check=True)
    assert allowed(world) == {"a", "b"}
    assert [name for name in os.listdir(state) if name.startswith("approvals.")] == []


def test_many_allow_at_once(tmp_path: Path) -> None:
    """None is lost."""
    projects = "abcdefgh"
    world = trees.new_world(tmp_path / "world", {f"{name}/.venv": Env() for name in projects})
    running = [
        subprocess.Popen(cli("allow", f"{world.home}/{name}"), env=with_package(world))
        for name in projects
    ]
    assert [process.wait() for process in running] == [0] * len(running)
    assert allowed(world) == set(projects)


@pytest.mark.parametrize("error", ["ENOLCK", "EOPNOTSUPP"])
def test_allow_and_deny_in_a_home_without_locks(error: str, tmp_path: Path) -> None:
    """What the user says is kept; drafts stay, since one may be somebody's who is writing."""
    world = trees.new_world(tmp_path / "world", {"a/.venv": Env(), "b/.venv": Env()})
    draft = world.home / ".local/state/autovenv/approvals.draft"
    draft.parent.mkdir(parents=True)
    draft.touch()
    for word, project, known in (("allow", "a", {"a"}), ("deny", "b", {"a", "b"})):
        command = cli(word, f"{world.home}/{project}")
        done = interrupting.failing(command, with_package(world), ("flock", 1), error)
        assert (done.returncode, done.stderr) == (0, b"")
        assert allowed(world) == known
        assert draft.exists()


@pytest.mark.parametrize("word", ["install", "uninstall"])
def test_install_killed_at_any_point(word: str, tmp_path: Path) -> None:
    """The rc file is the old one or the new one, with its mode, and the next run does the rest."""
    world = trees.new_world(tmp_path / "world", {".zshrc": "# mine\n"})
    env = with_package(world)
    lines = cli(word, "--shell", "zsh")
    file = world.home / ".zshrc"
    file.chmod(0o640)
    plain = file.read_bytes()
    subprocess.run(cli("install", "--shell", "zsh"), env=env, check=True)
    installed = file.read_bytes()
    before, after = (plain, installed) if word == "install" else (installed, plain)
    file.write_bytes(before)
    saved = shutil.copytree(world.home, tmp_path / "saved", symlinks=True)
    points = interrupting.points(lines, env, world.home, tmp_path / "trace")
    assert file.read_bytes() == after
    assert "fsync" in {name for name, _ in points}
    for point in points:
        shutil.rmtree(world.home)
        shutil.copytree(saved, world.home, symlinks=True)
        interrupting.killed(lines, env, point)
        assert file.read_bytes() in (before, after), point
        assert file.stat().st_mode & 0o777 == 0o640
        subprocess.run(lines, env=env, check=True, capture_output=True)
        assert file.read_bytes() == after, point
