"""Runs the table of scenarios in real shells, with the store of answers and without.

After each step, all that the terminal shows and all that the shell exports is compared.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import trees
from drivers import SHELLS, pwsh, tracing
from drivers.shell import Result, Session, Setup, Shell, State, write_rc
from prompts import setup
from scenarios import SCENARIOS, windows
from scenarios.faults import FAULTS
from scenarios.going import COMING_AND_GOING
from scenarios.helper import THE_HELPER
from scenarios.language import (
    SAME,
    Action,
    Active,
    Cd,
    Export,
    Leave,
    Move,
    Nest,
    PerShell,
    Remove,
    Rest,
    Run,
    Scenario,
    Settle,
    Step,
    Terminal,
    Touch,
    Unset,
    cd,
    choose_status,
    choose_text,
    prompt,
    run,
)
from scenarios.stale import STALE, STORES
from trees import Env, World

GENERIC_NAMES = (".venv", "venv", ".env", "env")

# What a shell changes by itself.
RESTLESS = {"PWD", "OLDPWD", "SHLVL", "_"}

PREFIX = 'python -c "import sys; print(sys.prefix)"'


@dataclass(frozen=True)
class Case:
    """A scenario in one shell, in one mode; `number` tells it from the others."""

    number: int
    scenario: Scenario
    shell: str
    mode: str

    def __str__(self) -> str:
        return f"{self.scenario.name}-{self.shell}-{self.mode}"


# A start of PowerShell costs 2 s of processor time, five times what another shell's does. Its hook
# looks at the store in two lines of its own: rows of these rooms pass both without a store, too. In
# the others a first visit asks the helper as it does without one, and gets the same answer.
WITHOUT_STORE_IN_POWERSHELL = [*COMING_AND_GOING, *STALE, *STORES, *THE_HELPER, *FAULTS]


def _modes(scenario: Scenario, shell: str) -> list[str]:
    """Return the modes in which a row is run in a shell."""
    both = shell != "pwsh" or scenario in WITHOUT_STORE_IN_POWERSHELL
    return [mode for mode in scenario.modes if both or mode == "stored"]


# What leaves nothing behind in a shell but what a user's own day does.
_PLAIN = re.compile(r"(autovenv [a-z]+|cd [^;]*|deactivate|python[^;]*)?")


def _goes_on(case: Case) -> bool:
    """Tell whether a row can be played in a PowerShell that others were played in.

    That saves its start. A row with a line that sets something gets a new one, too.
    """
    row = case.scenario
    return (
        case.shell == "pwsh"
        and not trees.WINDOWS
        and not row.why_own_shell()
        and all(
            _PLAIN.fullmatch(choose_text(step.do.line, case.shell))
            for step in row.steps
            if isinstance(step.do, Run)
        )
    )


CASES = [
    Case(number, scenario, shell, mode)
    for number, (scenario, shell, mode) in enumerate(
        (scenario, shell, mode)
        for scenario in SCENARIOS
        for shell in scenario.list_shells()
        for mode in _modes(scenario, shell)
    )
]

Worlds = Callable[[Case], World]


@pytest.fixture(scope="session")
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worlds]:
    """Return what hands out a world for a case.

    An answer is stored only once its files are older than this second. So that no test waits for
    that, the worlds of all tests that are going to run with a store are made before the first one.
    """
    root = tmp_path_factory.mktemp("w")

    def made(case: Case) -> World:
        return trees.new_world(root / str(case.number), case.scenario.tree)

    coming = [getattr(item, "callspec", None) for item in request.session.items]
    cases = [spec.params.get("case") for spec in coming if spec]
    early = [c for c in cases if isinstance(c, Case) and c.mode == "stored" and not _why_not(c)]
    ready = {case.number: made(case) for case in early}
    yield lambda case: ready.pop(case.number, None) or made(case)
    shutil.rmtree(root)


Shells = dict[str, Session]


@pytest.fixture(scope="session")
def shells() -> Iterator[Shells]:
    """Return the shells that go on from row to row, by name: at first there is none."""
    started: Shells = {}
    yield started
    for session in started.values():
        session.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_scenario(
    case: Case,
    worlds: Worlds,
    shells: Shells,
    require: Callable[[str], None],
    record_property: Callable[[str, object], None],
) -> None:
    """A row of the table holds in this shell, with the store or without."""
    record_property("scenario", case.scenario.name)
    record_property("shell", case.shell)
    for name in {case.shell, *_inner(case)}:
        require(name)
    if reason := _why_not(case):
        pytest.skip(reason)
    world = worlds(case)
    play(case, world, shells if _goes_on(case) else {})
    shutil.rmtree(world.root)


def test_a_step_prints_as_a_row_writes_it() -> None:
    """What failed is told in the table's own words, not as a heap of objects."""
    assert repr(cd("p", "p/.venv")) == 'cd("p") → p/.venv'
    assert repr(cd("p", then="python")) == 'cd("p", True)'
    assert repr(cd("elsewhere", None, status=1)) == 'cd("elsewhere") → None, status=1'
    assert repr(run("cd -", output="a b")) == 'run("cd -"), output="a b"'
    assert repr(prompt("p/.venv")) == "prompt() → p/.venv"


def test_a_new_shell_is_left_out_of_nothing_without_a_word() -> None:
    """A row runs in it, and one that has something for each shell fails until it has its own."""
    assert Scenario("", {}, [], shells=("bash", "new"), without=("bash",)).list_shells() == ["new"]
    assert choose_text({"": "a", "bash": "b"}, "new") == "a"
    assert choose_status({"": 1, "new": 2}, "new") == 2
    with pytest.raises(KeyError, match="nothing for new"):
        choose_text({"bash": "b"}, "new")


@pytest.mark.parametrize(("can_link", "is_5_1"), [(True, False), (False, True)])
def test_most_rows_can_be_had_on_windows(can_link: bool, is_5_1: bool) -> None:
    """What Windows can't have is told by what is in a row; what is told by name is there."""
    rows = [scenario for scenario in SCENARIOS if "pwsh" in scenario.list_shells()]
    reasons = {row.name: windows.why_not(row, can_link=can_link, is_5_1=is_5_1) for row in rows}
    assert windows.BY_NAME.items() <= reasons.items()
    assert not reasons["enter and leave"]
    assert bool(reasons["a link to the environment"]) is not can_link
    assert bool(reasons["cd -"]) is is_5_1
    assert sum(map(bool, reasons.values())) < len(rows) / 2


@pytest.mark.parametrize("name", SHELLS)
def test_known_projects_start_no_process(
    name: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """In a new shell, to enter, to switch, to leave and to stand still starts no process at all."""
    require(name)
    if reason := tracing.missing():
        pytest.skip(reason)
    shell = SHELLS[name]
    world = trees.new_world(tmp_path / "world", {"a/.venv": Env(), "b/.venv": Env()})
    world.settle()
    lines = [shell.cd.format(shell.quote(str(world.home / place))) for place in ("a", "b", "")]
    with Session(shell, setup(shell.name, world)) as session:
        for line in lines:
            session.type(line)
    traced = replace(setup(shell.name, world), trace=str(tmp_path / "trace"))
    with Session(shell, traced) as session:
        session.type("")
        started = {line: session.type(line).processes for line in [*lines, *lines, ""]}
        assert session.type("sh -c true").processes == 1, "the count itself"
    assert started == dict.fromkeys(started, 0)
    assert world.asks() == 2


# --- a user in front of a terminal ---


def play(case: Case, world: World, shells: Shells) -> None:
    """Take the steps of `case`, go to a neutral folder in the end, and compare all along.

    Of `shells` one is taken, if it is there, and given back unless the row fails.
    """
    player = Player(case, world, shells.pop(case.shell, None))
    if case.mode == "stored":
        world.settle()
    steps = [
        Step(Terminal(case.scenario.start), case.scenario.begin, {}),
        *case.scenario.steps,
        cd("elsewhere", None),
    ]
    try:
        for number, step in enumerate(steps):
            problems = player.take(step)
            assert not problems, _printable("\n".join([f"step {number}: {step}", *problems]))
        assert player.differences() == {}, "what leaving did not give back"
        assert not [*world.home.rglob("pwned*")], "a folder's name was run"
        if _goes_on(case):
            shells[case.shell] = player.give_back()
    finally:
        player.close()


class Player:
    """Takes steps, one after the other, and knows what must be there after each."""

    def __init__(self, case: Case, world: World, session: Session | None) -> None:
        self._case = case
        self._world = world
        self._session = session
        self._active: Active | None = None
        self._before: Active | None = None  # what was active before this step
        self._edited = False  # PATH was edited since that became active
        self._status = 0
        self._expected: dict[str, str] = {}  # the environment without anything of ours
        self._outer: list[dict[str, str]] = []  # that of each shell around this one
        self._state: State | None = None

    def take(self, step: Step) -> list[str]:
        """Take a step; return what is not as it must be."""
        asks = self._world.asks()
        self._before = self._active
        result = self._do(step.do)
        asks = self._world.asks() - asks
        self._state = self._terminal.probe()
        if step.active is not SAME:
            self._edited = self._edited and step.active == self._active
            self._active = step.active
        problems = [
            *self._shown(step, result),
            *self._activated(self._state),
        ]
        if self._case.mode == "stored" and asks != step.rest.get("asks", asks):
            problems.append(f"asked {asks} times, not {step.rest['asks']}")
        self._status = result.status
        return problems

    def differences(self) -> dict[str, tuple[str | None, str | None]]:
        """Return the variables that aren't as they were, with what they were and are."""
        assert self._state
        then, now = self._expected, self._state.environment
        names = (then.keys() | now.keys()) - RESTLESS - set(self._case.scenario.alters)
        return {
            name: (then.get(name), now.get(name))
            for name in sorted(names)
            if then.get(name) != now.get(name)
        }

    def give_back(self) -> Session:
        """Return the shell, which goes on."""
        session, self._session = self._terminal, None
        return session

    def close(self) -> None:
        """Close the terminal; pytest shows what was on it where a test fails."""
        if self._session:
            print(self._session.terminal.transcript.decode("utf-8", "backslashreplace"))
            self._session.close()
            self._session = None

    @property
    def _terminal(self) -> Session:
        assert self._session
        return self._session

    def _do(self, action: Action) -> Result:
        match action:
            case Terminal():
                return self._open(action.path)
            case Nest():
                inner = SHELLS[action.shell] if action.shell else self._terminal.shell
                write_rc(inner, self._setup(inner))
                self._outer.append(dict(self._expected))
                self._put_ahead(inner)
                return self._terminal.enter(inner)
            case Leave():
                self._expected = self._outer.pop()
                return self._terminal.leave()
            case _:
                self._change(action)
                return self._terminal.type(self._line(action))

    def _open(self, place: str) -> Result:
        shell = SHELLS[self._case.shell]
        if self._session and _goes_on(self._case):
            self._session.begin_again(self._setup(shell, place))
        else:
            self.close()
            self._session = Session(shell, self._setup(shell, place))
        self._expected = dict(self._session.baseline.environment)
        self._status = 0
        return self._session.first

    def _put_ahead(self, shell: Shell) -> None:
        """Expect what a shell puts at the head of PATH where it starts."""
        assert self._state
        first = f"{shell.ahead()}{os.pathsep}"
        if first != os.pathsep and not self._state.environment.get("PATH", "").startswith(first):
            self._expected["PATH"] = first + self._expected.get("PATH", "")

    def _setup(self, shell: Shell, place: str = "") -> Setup:
        scenario = self._case.scenario
        env = dict(scenario.env)
        for name in _inner(self._case):
            env |= SHELLS[name].variables
        if self._case.mode == "off":
            env["AUTOVENV_STORE"] = "off"
        return replace(
            setup(shell.name, self._world, place, env=env),
            before=[self._text(scenario.before, shell)],
            after=[self._text(scenario.after, shell)],
            arguments=scenario.arguments,
        )

    def _change(self, action: Action) -> None:
        """Change what another terminal is meant to change."""
        home = self._world.home
        match action:
            case Touch():
                path = home / action.path
                if not isinstance(action.node, str) or not path.exists():
                    trees.make(action.node, path, home)
                else:
                    path.write_text(action.node)
            case Remove():
                _remove(home / trees.native(action.path))
            case Move():
                if os.path.lexists(home / action.path):
                    _remove(home / action.path)
                (home / action.source).rename(home / action.path)
            case Settle():
                self._world.settle()

    def _line(self, action: Action) -> str:
        shell = self._terminal.shell
        match action:
            case Run():
                return self._text(action.line, shell)
            case Cd():
                line = shell.cd.format(shell.quote(str(self._world.home / action.path)))
                return shell.both.format(line, PREFIX) if action.then else line
            case Export():
                return self._export(action, shell)
            case Unset():
                self._expected.pop(action.name, None)
                return shell.unset.format(action.name)
            case _:
                return ""

    def _export(self, action: Export, shell: Shell) -> str:
        assert self._state
        value = action.value
        if trees.WINDOWS and action.name == "PATH":
            value = value.replace(":", ";").replace("/bin", "/{bin}").replace("/", "\\")
        value = self._world.filled_in(value)
        before = self._expected.get("PATH", "")
        self._expected[action.name] = value.replace("{PATH}", before)
        self._edited = self._edited or action.name == "PATH"
        now = self._state.environment.get("PATH", "")
        return shell.export.format(action.name, shell.quote(value.replace("{PATH}", now)))

    def _text(self, text: PerShell, shell: Shell) -> str:
        return self._world.filled_in(choose_text(text, shell.name))

    # --- what must be there ---

    def _shown(self, step: Step, result: Result) -> Iterator[str]:
        rest = step.rest
        output = self._text(rest.get("output", ""), self._terminal.shell)
        if isinstance(step.do, Cd) and step.do.then:
            output = f"{self._prefix()}\n"
        if "note" in rest:
            output += f"autovenv: {self._text(rest['note'], self._terminal.shell)}\n"
        if _slashed(result.output) != _slashed(output):
            yield f"it shows {result.output!r}, not {output!r}"
        label = self._label() if self._active and self._active.shown else None
        if "label" in rest:
            label = self._text(rest["label"], self._terminal.shell)
        if result.label != label and result.label not in self._late_labels():
            yield f"the prompt shows the label {result.label!r}, not {label!r}"
        status = self._expected_status(step.do, rest)
        if status is not None and result.status != status:
            yield f"the status is {result.status}, not {status}"

    def _expected_status(self, action: Action, rest: Rest) -> int | None:
        if "status" in rest:
            return choose_status(rest["status"], self._terminal.shell.name)
        typed = isinstance(action, Run) and action.line
        moves = isinstance(action, Cd | Export | Unset | Terminal | Nest | Leave)
        return 0 if typed or moves else self._status

    def _prefix(self) -> str:
        """Return the prefix of the python that runs on the line that moves."""
        active = self._active if self._terminal.shell.at_once else self._before
        if active and not active.interpreter:
            return str(self._world.home / active.path)
        return trees.BASE_PREFIX

    def _late_labels(self) -> list[str]:
        """Return what the prompt may show, too, that takes over what was activated by hand.

        Some tools' `Activate.ps1` has shown its label before the hook is called within its prompt.
        """
        before, now = self._before, self._active
        if self._terminal.shell.at_once or not before or not now:
            return []
        is_late = before.by_hand and not now.by_hand and before.path == now.path
        return [os.path.basename(now.path)] if is_late else []

    def _label(self) -> str:
        assert self._active
        folder, name = os.path.split(self._active.path)
        if not self._active.label and name in GENERIC_NAMES and not self._active.by_hand:
            return os.path.basename(folder)
        return self._active.label or name

    def _activated(self, state: State) -> Iterator[str]:
        yield from self._on_path(state)
        variables = state.environment
        active = self._active
        ours = [name for name in variables if name.startswith("__AUTOVENV")]
        if ours and (active is None or active.by_hand):
            yield f"still exported: {ours}"
        environment = None
        if active and not active.interpreter:
            environment = str(self._world.home / active.path)
        if variables.get("VIRTUAL_ENV") != environment:
            yield f"VIRTUAL_ENV is {variables.get('VIRTUAL_ENV')!r}, not {environment!r}"
        label = self._label() if environment else None
        if variables.get("VIRTUAL_ENV_PROMPT") != label and not (active and active.by_hand):
            yield f"VIRTUAL_ENV_PROMPT is {variables.get('VIRTUAL_ENV_PROMPT')!r}, not {label!r}"
        if active and "PYTHONHOME" in variables:
            yield "PYTHONHOME is set"
        if (active is not None) != ("deactivate" in state.functions):
            yield f"deactivate is {'missing' if active else 'still there'}"

    def _on_path(self, state: State) -> Iterator[str]:
        active = self._active
        if active is None:
            if state.environment.get("PATH") != self._expected.get("PATH"):
                yield f"PATH is {state.environment.get('PATH')}, not {self._expected.get('PATH')}"
            return
        entry = str(self._world.home / active.path / trees.BIN)
        count = 1 + self._expected.get("PATH", "").split(os.pathsep).count(entry)
        before = {shell.ahead() for shell in SHELLS.values()} - {""}
        is_first = next((e for e in state.path if e not in before), "") == entry
        if state.path.count(entry) != count or not (self._edited or is_first):
            yield f"PATH is {state.path}: {entry} must be there, first, {count} times in all"
        python = os.path.join(entry, f"python{trees.SUFFIX}")
        if os.path.normcase(state.which("python") or "") != os.path.normcase(python):
            yield f"python is {state.which('python')}, not {python}"


def _inner(case: Case) -> list[str]:
    steps = [step.do for step in case.scenario.steps]
    return [action.shell for action in steps if isinstance(action, Nest) and action.shell]


def _why_not(case: Case) -> str:
    if not trees.WINDOWS:
        return ""
    return windows.why_not(
        case.scenario, can_link=trees.can_link(), is_5_1=pwsh.is_windows_powershell()
    )


def _slashed(text: str) -> str:
    """Return `text` with a path in it as it may also be written on Windows."""
    return text.replace("\\", "/") if trees.WINDOWS else text


def _printable(text: str) -> str:
    """Return `text` as a report can hold it: a name may have bytes that aren't UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
