"""A shell with our hook beside another tool: what is loaded, where one goes, what must be there.

What the tests compare: the environment at each place is that of a shell without our hook, plus
what is ours and belongs there.

Tools come from four places, and docs/shells.md says which is which: Debian's packages; what
`./check` installs by tests/others.txt; checkouts of public repositories below AUTOVENV_OTHERS,
which a test run has only if somebody made them; and the files in tests/others, which stand in for
a tool by what it is known to do.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import prompts
import trees
from drivers import SHELLS
from drivers.shell import Result, Session, Setup, State
from trees import Env, Folder, World

OTHERS = Path(__file__).parent / "others"
INSTALLED = Path(__file__).parent.parent / os.environ.get("AUTOVENV_CACHE", ".cache") / "others"
ORDERS = ("before", "after")

PREFIX = 'python -c "import sys; print(sys.prefix)"'

# What a shell changes by itself.
RESTLESS = {"PWD", "OLDPWD", "SHLVL", "_"}
OURS = {"VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"}

TREE: trees.Tree = {
    "p/.venv": Env(),
    "p/src": Folder(),
    "q/.venv": Env(),
    "tools/.venv": Env(),
    "tools/in/.venv": Env(),
    "broken/.venv": Env(lacks=("bin/python",)),
}

Require = Callable[[str], None]


@dataclass(frozen=True)
class Stop:
    """One line that is typed, and the environment that is active then.

    A line without `place` is typed as it is. `label` is what the prompt shows before itself.
    """

    place: str
    active: str | None
    line: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None


@dataclass(frozen=True)
class Tool:
    """What is loaded beside our hook: the rc file's lines for each shell.

    `env` is added to the shell's environment; the variables `restless` are the tool's own books,
    in which PATH may stand as it was, with our entry or without.
    """

    lines: Mapping[str, str]
    env: Mapping[str, str] = field(default_factory=dict)
    restless: frozenset[str] = frozenset()


def stand_in(name: str) -> Tool:
    """Return the tool that the files `name` in OTHERS stand in for."""
    return Tool({path.suffix[1:]: path.read_text() for path in OTHERS.glob(f"{name}.*")})


def each(tool: Tool) -> pytest.MarkDecorator:
    """Run a test in each shell that `tool` knows, with it loaded before our hook and after it."""
    return pytest.mark.parametrize(
        ("shell", "order"), [*itertools.product(sorted(tool.lines), ORDERS)]
    )


def require_program(name: str) -> str:
    """Return the path of the program `name`; skip where it is missing, or fail if it mustn't be."""
    found = shutil.which(name)
    if not found:
        lacks(name)
    return str(found)


def installed(place: str) -> Path:
    """Return where `./check` has put what tests/others.txt names; skip or fail without it."""
    if not (INSTALLED / place).exists():
        lacks(f"{place}, which ./check installs,")
    return INSTALLED / place


def debian(path: str) -> str:
    """Return the path of a file that a package of Debian's brings; skip or fail without it."""
    if not os.path.exists(path):
        lacks(path)
    return path


def checkout(name: str) -> Path:
    """Return the checkout `name` below AUTOVENV_OTHERS; skip where that isn't set.

    Where it is set, all of them must be there.
    """
    if "AUTOVENV_OTHERS" not in os.environ:
        pytest.skip(f"AUTOVENV_OTHERS names no folder with a checkout of {name}")
    found = Path(os.environ["AUTOVENV_OTHERS"], name)
    assert found.is_dir(), f"{found} is missing"
    return found


def lacks(name: str) -> None:
    """Skip the test, as `name` is missing here; in CI, where it mustn't be, fail."""
    required = os.environ.get("AUTOVENV_REQUIRE_SHELLS", "").split()
    complain = pytest.fail if "1" in required else pytest.skip
    complain(f"{name} is missing")


# What powerlevel10k's instant prompt asks of a terminal.
ABLE = r"cuu=\E[%p1%dA, cuf=\E[%p1%dC, ed=\E[J, sc=\E7, rc=\E8,"


def plain_terminal(world: World, abilities: str = "") -> dict[str, str]:
    """Return the variables for a terminal that isn't `dumb`, where some prompts show nothing.

    It can do little else, so that a prompt is the last that is shown, but for `abilities`.
    """
    source = world.root / "plain"
    source.write_text(f"plain|little,\n\tam, cols#80, cr=\\r, cud1=\\n, ind=\\n, {abilities}\n")
    folder = world.root / "terminfo"
    subprocess.run(["tic", "-o", folder, source], check=True)
    return {"TERM": "plain", "TERMINFO": str(folder)}


_SEQUENCES = r"\x1b(?:\[[0-9;]*[A-Za-z]|\][^\x07]*\x07|[78])"


def text_of(result: Result) -> str:
    """Return what a line led to, with the label, without colours, titles and filled up lines."""
    label = "" if result.label is None else f"({result.label}) "
    return re.sub(r" {100,}", "", re.sub(_SEQUENCES, "", result.output)) + label


def look(session: Session, world: World) -> State:
    """Return what the shell exports, where its prompt is more than a probe can be read from."""
    file = world.root / "looked"
    file.unlink(missing_ok=True)  # prezto sets `no_clobber`
    session.type(f"env -0 >{file}")
    pairs = (entry.partition("=")[::2] for entry in file.read_text().split("\0") if entry)
    return State("", frozenset(), frozenset(), dict(pairs))


def new_world(root: Path) -> World:
    """Make a world in the new folder `root`, with TREE in its home."""
    return trees.new_world(root, TREE)


def stop(place: str, owner: str | None = None) -> Stop:
    """Return a stop in `place`, where the environment is that of `owner`, by default its own."""
    owner = place if owner is None else owner
    if owner in ("elsewhere", ""):
        return Stop(place, None)
    return Stop(place, f"{owner}/.venv", label=os.path.basename(owner))


def typed(line: str, active: str | None, label: str | None = None) -> Stop:
    """Return a stop where one stands, after `line`, the same in each shell."""
    return Stop("", active, dict.fromkeys(SHELLS, line), label)


def same_as_without(
    tool: Tool, shell: str, order: str, world: World, stops: Sequence[Stop]
) -> None:
    """Compare, at each stop, with a shell that has the tool and not our hook."""
    restless = RESTLESS | OURS | tool.restless
    with start(tool, shell, order, world, hook=False) as session:
        without = [state for _, state in _walk(session, world, stops)]
    with start(tool, shell, order, world) as session:
        for place, expected, (result, state) in zip(
            stops, without, _walk(session, world, stops), strict=True
        ):
            active = path_of(world, place.active)
            output = f"{active or trees.BASE_PREFIX}\n" if place.place else ""
            assert result.output == output, place
            assert (result.label, result.status) == (place.label, 0), place
            assert environments(state, world) == ([place.active] if place.active else []), place
            assert _without_ours(state, restless) == _without_ours(expected, restless), place
            assert state.environment.get("VIRTUAL_ENV") == active, place
            assert bool(exported(state)) == bool(place.active), place


def _walk(session: Session, world: World, stops: Sequence[Stop]) -> Iterator[tuple[Result, State]]:
    for place in stops:
        line = place.line.get(session.shell.name, "")
        if place.place:
            line = session.shell.both.format(cd(session, world, place.place), PREFIX)
        yield session.type(line), session.probe()


def start(
    tool: Tool, shell: str, order: str, world: World, place: str = "elsewhere", hook: bool = True
) -> Session:
    """Start a shell in `place` with `tool`, loaded `order` our hook, or without the hook."""
    settings = setup(tool, shell, order, world, place)
    return Session(SHELLS[shell], settings if hook else replace(settings, hook=""))


def setup(tool: Tool, shell: str, order: str, world: World, place: str) -> Setup:
    """Return how such a session begins."""
    lines = [world.filled_in(tool.lines.get(shell, ""))]
    return prompts.setup(
        shell,
        world,
        place,
        env=tool.env,
        before=lines if order == "before" else [],
        after=lines if order == "after" else [],
    )


def cd(session: Session, world: World, place: str) -> str:
    """Return the line that goes to `place` in the home."""
    return session.shell.cd.format(session.shell.quote(str(world.home / place)))


def path_of(world: World, active: str | None) -> str | None:
    """Return the path of the environment `active`, which is relative to the home."""
    return f"{world.home}/{active}" if active else None


def environments(state: State, world: World) -> list[str]:
    """Return which of the projects' environments are on PATH, relative to the home."""
    return [
        os.path.relpath(entry, world.home).removesuffix("/bin")
        for entry in state.path
        if entry.endswith("/.venv/bin")
    ]


def exported(state: State) -> list[str]:
    """Return which variables of ours are exported."""
    return [name for name in state.environment if name.startswith("__AUTOVENV")]


def _without_ours(state: State, restless: frozenset[str] | set[str]) -> dict[str, str]:
    variables = {
        name: value
        for name, value in state.environment.items()
        if name not in restless and not name.startswith("__AUTOVENV")
    }
    entries = [entry for entry in state.path if not entry.endswith("/.venv/bin")]
    return variables | {"PATH": os.pathsep.join(entries)}
