"""The words of the table: what a row says of a file tree, the user's steps, and what follows.

Paths are below the home; `{home}` in a text is the home, `{root}` the folder around it, `{bin}` the
name of the folder with an environment's programs. A row runs in every shell that it names, with
the store of answers and without; both must agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, TypeVar, Unpack

from drivers import SHELLS
from trees import Node, Tree

ALL = tuple(SHELLS)
# Those whose words are bash's.
POSIX = tuple(name for name, shell in SHELLS.items() if shell.quote is SHELLS["bash"].quote)
BOTH = ("stored", "off")

# A text for every shell, or one for each of them, where "" is for those that aren't named.
PerShell = str | Mapping[str, str]
Status = int | None
T = TypeVar("T")


def choose_text(text: PerShell, shell: str) -> str:
    """Return the text for a shell."""
    return text if isinstance(text, str) else _choose(text, shell)


def choose_status(status: Status | Mapping[str, Status], shell: str) -> Status:
    """Return the status for a shell."""
    return _choose(status, shell) if isinstance(status, Mapping) else status


def _choose(each: Mapping[str, T], shell: str) -> T:
    """Return what is for a shell: a new one isn't given nothing without a word."""
    if shell not in each and "" not in each:
        raise KeyError(f'nothing for {shell} and no "" in {dict(each)}')
    return each[shell if shell in each else ""]


@dataclass(frozen=True)
class Active:
    """What is active: the environment at `path`, or the interpreter that is installed there.

    `label` is VIRTUAL_ENV_PROMPT: by default the project's folder for the generic names, else the
    environment's own name. `shown` tells whether the prompt has it. What the user activated
    `by_hand` isn't ours.
    """

    path: str
    label: str = ""
    shown: bool = True
    interpreter: bool = False
    by_hand: bool = False


# As before the step.
SAME = Active("")


class Rest(TypedDict, total=False):
    """What else follows from a step; what isn't named is nothing at all.

    `output` is what the line shows, but for `note`, autovenv's own line. `status` is the line's: by
    default 0 where something was typed, else the one before; None is any. `asks` is how often the
    helper runs, where there is a store. `label` is what the prompt shows, where that isn't what is
    active.
    """

    output: PerShell
    label: PerShell
    note: PerShell
    status: Status | Mapping[str, Status]
    asks: int


@dataclass(frozen=True, repr=False)
class Step:
    """One thing that the user does, what is active then, and what else follows.

    It prints as a row writes it: `cd("p") → p/.venv`.
    """

    do: Action
    active: Active | None
    rest: Rest

    def __repr__(self) -> str:
        typed = _written(self.do)
        also = "".join(f", {name}={_quoted(value)}" for name, value in self.rest.items())
        if self.active is SAME:
            return typed + also
        return f"{typed} → {self.active.path if self.active else None}{also}"


@dataclass(frozen=True)
class Cd:
    """Goes to a folder; with `then`, python runs on the same line and shows where it is from."""

    path: str
    then: bool


@dataclass(frozen=True)
class Run:
    """Types a line."""

    line: PerShell


@dataclass(frozen=True)
class Export:
    """Exports a variable; `{PATH}` in its value is PATH as it is."""

    name: str
    value: str


@dataclass(frozen=True)
class Unset:
    """Removes a variable."""

    name: str


@dataclass(frozen=True)
class Touch:
    """Makes a file or more in another terminal, then presses Enter in this one."""

    path: str
    node: Node


@dataclass(frozen=True)
class Remove:
    """Removes a file or a folder in another terminal, then presses Enter in this one."""

    path: str


@dataclass(frozen=True)
class Move:
    """Puts `source` in the place of `path` in another terminal, then presses Enter in this one."""

    source: str
    path: str


@dataclass(frozen=True)
class Settle:
    """Waits until nothing was changed within this second, then presses Enter."""


@dataclass(frozen=True)
class Terminal:
    """Opens another terminal in `path`, and goes on there; the old one is closed."""

    path: str


@dataclass(frozen=True)
class Nest:
    """Starts the shell called `shell`, or one more of the same kind, within this one."""

    shell: str


@dataclass(frozen=True)
class Leave:
    """Leaves the shell that was started within this one."""


Action = Cd | Run | Export | Unset | Touch | Remove | Move | Settle | Terminal | Nest | Leave
Expected = Active | str | None


def cd(path: str, active: Expected = SAME, *, then: str = "", **rest: Unpack[Rest]) -> Step:
    """Go to `path`; `then="python"` runs python on the same line, which shows its prefix."""
    return _step(Cd(path, bool(then)), active, rest)


def run(line: PerShell, active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Type `line`."""
    return _step(Run(line), active, rest)


def prompt(active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Press Enter; the status stays."""
    return _step(Run(""), active, rest)


def deactivate(active: Expected = None, **rest: Unpack[Rest]) -> Step:
    """Type `deactivate`."""
    return _step(Run("deactivate"), active, rest)


def export(name: str, value: str, active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Export a variable."""
    return _step(Export(name, value), active, rest)


def unset(name: str, active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Remove a variable."""
    return _step(Unset(name), active, rest)


def touch(path: str, node: Node, active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Make a file, or what else `node` says, while the shell stands at its prompt."""
    return _step(Touch(path, node), active, rest)


def remove(path: str, active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Remove a file or a folder while the shell stands at its prompt."""
    return _step(Remove(path), active, rest)


def move(source: str, path: str, active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Put `source` in the place of `path` while the shell stands at its prompt."""
    return _step(Move(source, path), active, rest)


def settle(active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Wait until an answer can be kept, and press Enter."""
    return _step(Settle(), active, rest)


def terminal(path: str, active: Expected, **rest: Unpack[Rest]) -> Step:
    """Open another terminal in `path`."""
    return _step(Terminal(path), active, rest)


def nest(shell: str = "", active: Expected = SAME, **rest: Unpack[Rest]) -> Step:
    """Start a shell within this one."""
    return _step(Nest(shell), active, rest)


def leave(active: Expected, **rest: Unpack[Rest]) -> Step:
    """Leave the shell within this one; `active` is what is active in the outer one."""
    return _step(Leave(), active, rest)


def by_hand(path: str, label: str = "") -> Active:
    """Return what is active once the user sourced the environment's own `activate`."""
    return Active(path, label, by_hand=True)


def pinned(path: str) -> Active:
    """Return what is active where a pin alone decides: no environment, but its interpreter."""
    return Active(path, interpreter=True, shown=False)


def _written(action: Action) -> str:
    """Return the call that makes the action: `cd("p")`, `run("cd -")`, `prompt()`."""
    if action == Run(""):
        return "prompt()"
    values = (_quoted(value) for value in vars(action).values() if value not in (False, ""))
    return f"{type(action).__name__.lower()}({', '.join(values)})"


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _step(action: Action, active: Expected, rest: Rest) -> Step:
    return Step(action, Active(active) if isinstance(active, str) else active, rest)


@dataclass(frozen=True)
class Scenario:
    """One row: in the home `tree`, a shell starts in `start`, and the user takes the `steps`.

    `env` is added to the shell's environment, `before` and `after` to its rc file, on this and that
    side of the hook. `arguments` are the shell's own. `begin` is what is active at the first
    prompt. `modes` are those of BOTH in which it runs. At the end the user goes to a neutral
    folder, where the environment must be what it was but for the variables that `alters` names.
    It runs in the `shells`, but for those that it is `without`.
    """

    name: str
    tree: Tree
    steps: Sequence[Step]
    shells: Sequence[str] = ALL
    modes: Sequence[str] = BOTH
    env: Mapping[str, str] = field(default_factory=dict)
    before: PerShell = ""
    after: PerShell = ""
    start: str = "elsewhere"
    begin: Active | None = None
    alters: Sequence[str] = ()
    arguments: Sequence[str] = ()
    without: Sequence[str] = ()

    def list_shells(self) -> list[str]:
        """Return the shells in which the row runs."""
        return [shell for shell in self.shells if shell not in self.without]

    def why_own_shell(self) -> str:
        """Return why it can't be played in a shell that others were played in, or ""."""
        if self.before or self.after or self.env or self.arguments:
            return "it needs an rc file or an environment of its own"
        if self.start != "elsewhere" or self.begin:
            return "it starts elsewhere"
        if any(isinstance(step.do, Terminal | Nest | Leave) for step in self.steps):
            return "it starts a shell"
        return ""
