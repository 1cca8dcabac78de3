"""Random walks: a user goes about, edits, makes and removes things, in any order.

After every step, PATH and the environment are what a fresh shell in that folder would have, plus
the user's edits. The fresh shell has no store: it asks about the files as they are now, where the
one that walks may remember. AUTOVENV_FUZZ=10 walks ten times as often, each time elsewhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

import prompts
import trees
import unix
from drivers import SHELLS
from drivers.shell import Result, Session, Setup, Shell, State, write_rc
from trees import Env, Folder, Installed, Link, Node

# Steps in a walk, and walks at a time: after ten, hypothesis tries variations in which one step is
# taken thirty times.
STEPS = 30
WALKS = 6

# Where the user goes: to two projects with folders in them, by the name that one of them may get,
# and by a link, which PowerShell would resolve where it starts.
ROOMS = ("a", "a/in", "b", "b/in/deep", "c", "c/in", "elsewhere", "link", "link/in")
PROJECTS = ("a", "a/in", "b", "c")
OUTER_PROJECTS = ("a", "b", "c")
NAMES = (".venv", ".venv", "venv")
TOOLS = "tools/.venv"  # an environment that is activated by hand, and that others lead to
VERSIONS = ("3.12.1", "3.12.2")
PINS = (*VERSIONS, "3.9.9", "mine", "3.9.9\n3.12.2", "", "system")

TREE: trees.Tree = {
    "a/.venv": Env(),
    "a/in": Folder(),
    "b/.python-version": "3.12.1\n",
    "b/in/deep": Folder(),
    "link": Link("a"),
    TOOLS: Env(),
    ".pyenv/versions/mine": Env(),
    ".pyenv/versions/3.12.1": Installed(),
    "opt/pyenv/versions": Folder(),
}

# What a shell or an `activate` changes by itself, and what makes the fresh shell ask.
RESTLESS = {"PWD", "OLDPWD", "SHLVL", "_", "PS1", "AUTOVENV_STORE"}

T = TypeVar("T")
Act = Callable[["Walk"], None]
ACTIONS: list[tuple[int, Act, Callable[[Walk], bool]]] = []


@unix.alone("walks by links and through folders named bin")
@pytest.mark.parametrize("name", SHELLS)
def test_random_walks(
    name: str, require: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Wherever a user got by whatever they did, the shell is as a fresh one, plus their edits."""
    require(name)

    class WalkHere(Walk):
        def __init__(self) -> None:
            super().__init__(SHELLS[name], tmp_path_factory.mktemp("walk"))

    wanted = settings(
        # A start of PowerShell takes five times as long.
        max_examples=WALKS // 2 if name == "pwsh" else WALKS,
        stateful_step_count=STEPS,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    factor = float(os.environ.get("AUTOVENV_FUZZ") or 1)
    more = factor > 1
    for number in range(max(1, round(factor))):
        # Unless there are to be more, the walks are the same each time: no change fails for
        # another's reason.
        machine = WalkHere if more else seed(number)(WalkHere)
        run_state_machine_as_test(machine, settings=wanted)


@dataclass
class Level:
    """One of the shells within each other: where it stands, and what the user did in it.

    `user` is its environment without anything of ours. `held` is the PATH entry that `deactivate`
    took away; `told` is the note that was shown last, while it stands.
    """

    folder: str
    user: dict[str, str]
    held: str = ""
    is_off: bool = False
    by_hand: bool = False
    told: str = ""


@dataclass(frozen=True)
class Fresh:
    """What a fresh shell is like: its state, its label, and what it says."""

    state: State
    label: str | None
    note: str


def always(_: Walk) -> bool:
    """Tell that an action can be taken at any time."""
    return True


def action(weight: int, when: Callable[[Walk], bool] = always) -> Callable[[Act], Act]:
    """Make a method an action that is taken `weight` times as often as others, when it can be."""

    def register(method: Act) -> Act:
        ACTIONS.append((weight, method, when))
        return method

    return register


class Walk(RuleBasedStateMachine):
    """A user at a terminal, and another one who changes files."""

    def __init__(self, shell: Shell, root: Path) -> None:
        super().__init__()
        self.shell = shell
        self.world = trees.new_world(root / "world", TREE)
        self.home = self.world.home
        self.known: dict[tuple[str, frozenset[tuple[str, str]]], Fresh] = {}

    # One rule for all: hypothesis leaves out most rules in an example, and a walk in which nobody
    # goes anywhere shows nothing.
    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Take one action."""
        self.data = data
        can = [method for weight, method, when in ACTIONS if when(self) for _ in range(weight)]
        self.pick(can, "action")(self)

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Open a terminal somewhere."""
        self.data = data
        place = self.pick(self.rooms(), "folder")
        self.session = Session(self.shell, self.setup(place, self.world.environment({})))
        self.state = self.session.baseline
        self.levels = [Level(place, dict(self.state.environment))]
        self.check(self.session.first)

    def teardown(self) -> None:
        """End the terminal."""
        if hasattr(self, "session"):
            self.session.close()
        shutil.rmtree(self.world.root)

    def pick(self, choices: Sequence[T], label: str) -> T:
        """Choose one of `choices`."""
        return self.data.draw(st.sampled_from(choices), label)

    def project(self, projects: Sequence[str] = PROJECTS) -> str:
        """Choose a project, as often as not the one where the user stands."""
        here = [place for place in projects if self.is_stood_in(place)]
        return self.pick([*here * 3, *projects], "project")

    def setup(self, place: str, env: Mapping[str, str]) -> Setup:
        """Return how a shell starts in `place`."""
        begun = prompts.setup(self.shell.name, self.world, place)
        return replace(begun, env={**env, "PWD": begun.cwd})

    @property
    def level(self) -> Level:
        """The innermost shell."""
        return self.levels[-1]

    def rooms(self) -> list[str]:
        """Return the folders that there are now."""
        is_pwsh = self.shell.name == "pwsh"
        rooms = ROOMS[: ROOMS.index("link")] if is_pwsh else ROOMS
        return [room for room in rooms if (self.home / room).is_dir()]

    def is_stood_in(self, place: str) -> bool:
        """Tell whether one of the shells stands in `place`, or below it."""
        folders = [(self.home / level.folder).resolve() for level in self.levels]
        return any(folder.is_relative_to((self.home / place).resolve()) for folder in folders)

    # --- when an action can be taken ---

    def has_ours(self) -> bool:
        """Tell whether what is active is ours."""
        return "__AUTOVENV_PATH" in self.state.environment

    def has_nothing(self) -> bool:
        """Tell whether nothing at all is active."""
        return not self.has_ours() and not self.is_by_hand()

    def is_by_hand(self) -> bool:
        """Tell whether the user activated something, whose `deactivate` undoes edits, too."""
        return self.level.by_hand

    def is_not_by_hand(self) -> bool:
        """Tell whether what the user edits stays."""
        return not self.level.by_hand

    def is_inner(self) -> bool:
        """Tell whether there is a shell around this one."""
        return len(self.levels) > 1

    def may_nest(self) -> bool:
        """Tell whether one more shell can be started.

        A link that was set again says something else to an inner shell than where the outer stands.
        """
        in_link = self.level.folder.startswith("link")
        return len(self.levels) < 3 and not self.level.by_hand and not in_link

    # --- going about ---

    @action(10)
    def go(self) -> None:
        """Go to a folder."""
        self.level.folder = self.pick(self.rooms(), "folder")
        path = str(self.home / self.level.folder)
        self.type(self.shell.cd.format(self.shell.quote(path)))

    @action(1)
    def settle(self) -> None:
        """Wait until an answer can be kept, and let it be."""
        self.world.settle()
        self.type("")

    @action(2)
    def visit(self) -> None:
        """Visit a folder in another terminal, which shares the store."""
        place = self.pick(self.rooms(), "folder")
        Session(self.shell, self.setup(place, self.world.environment({}))).close()

    @action(1, when=may_nest)
    def nest(self) -> None:
        """Start a shell of the same kind within this one."""
        self.levels.append(Level(self.level.folder, dict(self.level.user)))
        self.check(self.session.enter(self.shell))

    @action(1, when=is_inner)
    def leave(self) -> None:
        """Leave the innermost shell."""
        self.levels.pop()
        self.check(self.session.leave())

    # --- activating and deactivating ---

    @action(2, when=has_ours)
    def deactivate(self) -> None:
        """Leave what is active, until the project is left."""
        self.level.held = self.state.environment["__AUTOVENV_PATH"]
        self.type("deactivate")

    @action(2)
    def turn_on(self) -> None:
        """Want autovenv again."""
        self.level.is_off, self.level.held = False, ""
        self.type("autovenv on")

    @action(1)
    def turn_off(self) -> None:
        """Want no autovenv."""
        self.level.is_off = True
        self.type("autovenv off")

    @action(1)
    def reload(self) -> None:
        """Want all to be asked again."""
        self.level.held = ""
        self.level.told = ""
        self.type("autovenv reload")

    @action(1, when=has_nothing)
    def activate_by_hand(self) -> None:
        """Source the `activate` of an environment that is elsewhere."""
        self.level.by_hand = True
        scripts = {"fish": "activate.fish", "pwsh": "Activate.ps1"}
        script = self.home / TOOLS / "bin" / scripts.get(self.shell.name, "activate")
        self.type(f". {self.shell.quote(str(script))}")

    @action(6, when=is_by_hand)
    def deactivate_by_hand(self) -> None:
        """Leave what was activated by hand."""
        self.level.by_hand = False
        self.type("deactivate")

    # --- the user's own edits ---

    @action(2, when=is_not_by_hand)
    def add_to_path(self) -> None:
        """Put an entry in front of PATH, or behind it."""
        entry = self.pick(["/x", "/y"], "entry")
        form = self.pick(["{0}:{1}", "{1}:{0}"], "place")
        now, user = (form.format(entry, path) for path in self.paths())
        self.export("PATH", now, user)

    @action(1, when=is_not_by_hand)
    def take_from_path(self) -> None:
        """Take an entry of the user's off PATH."""
        entry = self.pick(["/x", "/y"], "entry")
        now, user = (without(path, entry) for path in self.paths())
        self.export("PATH", now, user)

    @action(1, when=has_ours)
    def forget_ours(self) -> None:
        """Write a PATH without our entry."""
        self.export("PATH", self.level.user["PATH"])

    @action(1, when=is_not_by_hand)
    def move_pyenv(self) -> None:
        """Say where pyenv is."""
        self.export("PYENV_ROOT", str(self.home / self.pick(["opt/pyenv", ".pyenv"], "root")))

    @action(1, when=is_not_by_hand)
    def hide_label(self) -> None:
        """Want no label in the prompt."""
        self.export("VIRTUAL_ENV_DISABLE_PROMPT", "1")

    @action(1, when=has_nothing)
    def set_pythonhome(self) -> None:
        """Set what no environment can be used with."""
        self.export("PYTHONHOME", "/some/where")

    @action(2, when=has_nothing)
    def unset(self) -> None:
        """Unset one of these variables."""
        names = {"PYENV_ROOT", "VIRTUAL_ENV_DISABLE_PROMPT", "PYTHONHOME"} & self.level.user.keys()
        for name in sorted(names)[:1]:
            del self.level.user[name]
            self.type(self.shell.unset.format(name))

    @action(1, when=has_ours)
    def unset_ours(self) -> None:
        """Unset a variable of ours."""
        name = self.pick(["VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"], "name")
        if name in self.state.environment:
            self.type(self.shell.unset.format(name))

    @action(1, when=is_not_by_hand)
    def load_again(self) -> None:
        """Load the rc file once more."""
        path = self.home / next(iter(self.shell.files("")))
        write_rc(self.shell, self.setup("elsewhere", {}))
        self.type(f". {self.shell.quote(str(path))}")

    # --- what happens to files, from another terminal ---

    @action(5)
    def make_environment(self) -> None:
        """Make an environment in a project."""
        place = f"{self.project()}/{self.pick(NAMES, 'name')}"
        self.put(place, Env(prompt=self.pick(["", "one", "two"], "prompt")))

    @action(2)
    def remove_environment(self) -> None:
        """Remove what is called like an environment."""
        self.put(f"{self.project()}/{self.pick(NAMES, 'name')}", None)

    @action(2)
    def lead_elsewhere(self) -> None:
        """Let a file or a link lead to another environment."""
        place = f"{self.project()}/{self.pick(NAMES, 'name')}"
        path = "{home}/" + TOOLS
        nodes: list[Node] = [Link(path), f"{path}\n"]
        self.put(place, self.pick(nodes, "node"))

    @action(1)
    def break_environment(self) -> None:
        """Remove a part of an environment."""
        place = f"{self.project()}/{self.pick(NAMES, 'name')}"
        part = self.pick(["bin", "bin/python", "pyvenv.cfg"], "part")
        if not (self.home / place).is_symlink():
            self.put(f"{place}/{part}", None)

    @action(1)
    def move_environment(self) -> None:
        """Move an environment to another project, where it isn't at home."""
        self.rename(f"{self.project()}/.venv", f"{self.project()}/.venv")

    @action(2)
    def rename_project(self) -> None:
        """Give a project in which nobody stands another name."""
        old, new = self.pick(OUTER_PROJECTS, "old"), self.pick(OUTER_PROJECTS, "new")
        if not self.is_stood_in(old):
            self.rename(old, new)

    @action(2)
    def link_again(self) -> None:
        """Let the link lead to another project; whoever stands in it is then there."""
        project = self.pick(OUTER_PROJECTS, "project")
        below = [level.folder for level in self.levels if level.folder.startswith("link")]
        if all((self.home / folder.replace("link", project)).is_dir() for folder in below):
            self.put("link", Link(project))

    @action(4)
    def pin(self) -> None:
        """Pin a version or a name."""
        self.put(f"{self.project()}/.python-version", f"{self.pick(PINS, 'pin')}\n")

    @action(1)
    def opt_out(self) -> None:
        """Opt out."""
        self.put(f"{self.project()}/.no-autovenv", "")

    @action(3)
    def remove_marker(self) -> None:
        """Remove a pin or an opt-out."""
        name = self.pick([".python-version", ".no-autovenv"], "name")
        self.put(f"{self.project()}/{name}", None)

    @action(2)
    def install(self) -> None:
        """Install a Python, or remove it where it is there."""
        root = self.pick([".pyenv", "opt/pyenv"], "root")
        place = f"{root}/versions/{self.pick(VERSIONS, 'version')}"
        self.put(place, None if (self.home / place).exists() else Installed())

    @action(2)
    def track(self) -> None:
        """Let git track all of a project, or nothing of it.

        Nobody stands there: that what was accepted is tracked by now is seen on the next entry.
        """
        project = self.pick(OUTER_PROJECTS, "project")
        folder = self.home / project
        if folder.is_dir() and not self.is_stood_in(project):
            track = ["init", "-q"], ["add", "-f", "."]
            forget = ["rm", "-rq", "--cached", "--ignore-unmatch", "."]
            for command in (*track, forget)[: self.pick([2, 3], "commands")]:
                subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
            self.changed()

    def put(self, place: str, node: Node | None) -> None:
        """Let `node`, or nothing, be at `place`, if there is a folder for it."""
        path = self.home / place
        if not path.parent.is_dir() or (node is None and not os.path.lexists(path)):
            return
        self.be_known()
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        if node is not None:
            trees.make(node, path, self.home)
        self.changed()

    def rename(self, old: str, new: str) -> None:
        """Rename what is at `old`, if the place `new` is free."""
        source, target = self.home / old, self.home / new
        if os.path.lexists(source) and not os.path.lexists(target) and target.parent.is_dir():
            self.be_known()
            source.rename(target)
            self.changed()

    def be_known(self) -> None:
        """Let the answer be kept before a change, now and then: only then it can go stale."""
        if self.pick([False, True], "known"):
            self.settle()

    def changed(self) -> None:
        """See what the next prompt makes of a change."""
        self.known.clear()
        self.type("")

    # --- what must be there ---

    def paths(self) -> tuple[str, str]:
        """Return PATH as it is, and without anything of ours."""
        return self.state.environment["PATH"], self.level.user["PATH"]

    def export(self, name: str, value: str, user: str = "") -> None:
        """Export a variable; `user` is its value without anything of ours."""
        self.level.user[name] = user or value
        self.type(self.shell.export.format(name, self.shell.quote(value)))

    def type(self, line: str) -> None:
        """Type a line, and compare."""
        self.check(self.session.type(line))

    def check(self, result: Result) -> None:
        """Compare what was shown, and what the shell is like now, with a fresh shell."""
        level, fresh = self.level, self.fresh()
        self.state = self.session.probe()
        # Activate.ps1 writes its label before it calls the prompt that tells a note.
        shown = result.output.removeprefix("(.venv) ") if level.by_hand else result.output
        taken_over = level.by_hand and not level.is_off and self.is_tools(fresh)
        level.by_hand = level.by_hand and not taken_over
        if taken_over or level.held != fresh.state.environment.get("__AUTOVENV_PATH", ""):
            level.held = ""
        note = "" if level.is_off else fresh.note
        assert shown == ("" if note == level.told else note)
        level.told = note
        if level.by_hand:
            self.check_by_hand()
            return
        expected, label = fresh.state.environment, fresh.label
        if level.is_off or level.held:
            expected, label = level.user, None
        # Activate.ps1 wraps the prompt in which it is taken over.
        assert result.label == label or (taken_over and self.shell.name == "pwsh")
        assert result.status == 0
        ahead = self.shell.ahead()
        assert comparable(self.state.environment, ahead) == comparable(expected, ahead)
        assert ("deactivate" in self.state.functions) == ("__AUTOVENV_PATH" in expected)
        found = shutil.which("python", path=expected["PATH"])
        assert self.state.which("python") == found

    def check_by_hand(self) -> None:
        """Look whether what the user activated is there, and nothing of ours."""
        environment = self.state.environment
        assert environment["VIRTUAL_ENV"] == str(self.home / TOOLS)
        expected = f"{self.home / TOOLS}/bin:{self.level.user['PATH']}"
        ahead = self.shell.ahead()
        assert without(environment["PATH"], ahead) == without(expected, ahead)
        assert not [name for name in environment if name.startswith("__AUTOVENV")]

    def is_tools(self, fresh: Fresh) -> bool:
        """Tell whether a fresh shell has what was activated by hand."""
        environment = fresh.state.environment.get("VIRTUAL_ENV")
        return environment is not None and os.path.samefile(environment, self.home / TOOLS)

    def fresh(self) -> Fresh:
        """Start a shell where the user stands, in their environment; look at its first prompt."""
        level = self.level
        key = level.folder, frozenset(level.user.items())
        if key not in self.known:
            env = {**level.user, "AUTOVENV_STORE": "off"}
            with Session(self.shell, self.setup(level.folder, env)) as session:
                first = session.first
                self.known[key] = Fresh(session.probe(), first.label, first.output)
        return self.known[key]


def without(path: str, entry: str) -> str:
    """Return `path` without `entry`."""
    return ":".join(other for other in path.split(":") if other != entry)


def comparable(environment: Mapping[str, str], ahead: str) -> dict[str, str]:
    """Return the variables; PATH without our entry, which is there once, wherever edits put it.

    The entry `ahead` is left out: a shell that puts it first does so each time that it starts.
    """
    variables = {name: value for name, value in environment.items() if name not in RESTLESS}
    entry = variables.get("__AUTOVENV_PATH")
    assert entry is None or variables["PATH"].split(":").count(entry) == 1
    return variables | {"PATH": without(without(variables["PATH"], entry or ""), ahead)}
