"""autovenv beside the other tools that change PATH and the prompt, loaded before it and after it.

Real are direnv, zoxide (Debian's, 0.4), tmux and git's prompt. The files in tests/others stand in
for what can't be installed here, by what each is known to do: mise, starship, oh-my-posh,
powerlevel10k, conda, nvm, VS Code's shell integration, and zoxide from 0.5 on. Debian's direnv
knows no PowerShell.

What each test compares: the environment at each place is that of a shell without our hook, plus
what is ours and belongs there.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import trees
from drivers import SHELLS
from drivers.shell import Result, Session, Setup, State
from trees import Env, Folder, World

OTHERS = Path(__file__).parent / "others"
ORDERS = ("before", "after")

PREFIX = 'python -c "import sys; print(sys.prefix)"'

# What a shell changes by itself, and what direnv keeps: PATH as it was, ours in it or not.
RESTLESS = {"PWD", "OLDPWD", "SHLVL", "_", "DIRENV_DIFF", "DIRENV_WATCHES"}
OURS = {"VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"}

TREE: trees.Tree = {
    "p/.venv": Env(),
    "p/src": Folder(),
    "q/.venv": Env(),
    "tools/.venv": Env(),
    "tools/in/.venv": Env(),
    "broken/.venv": Env(lacks=("bin/python",)),
}


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
    """What is loaded beside our hook: the rc file's lines for each shell."""

    lines: Mapping[str, str]
    env: Mapping[str, str] = field(default_factory=dict)


def stand_in(name: str) -> Tool:
    """Return the tool that the files `name` in OTHERS stand in for."""
    return Tool({path.suffix[1:]: path.read_text() for path in OTHERS.glob(f"{name}.*")})


MISE, STARSHIP, OH_MY_POSH, CONDA, NVM, VS_CODE, GIT_PROMPT, NEWER_ZOXIDE = map(
    stand_in,
    ["mise", "starship", "oh-my-posh", "conda", "nvm", "vscode", "git-prompt", "zoxide-newer"],
)
DIRENV = Tool(
    {
        "bash": 'eval "$(direnv hook bash)"',
        "zsh": 'eval "$(direnv hook zsh)"',
        "fish": "direnv hook fish | source",
    },
    {"DIRENV_LOG_FORMAT": ""},
)
ZOXIDE = Tool(
    {
        "bash": 'eval "$(zoxide init bash)"',
        "zsh": 'eval "$(zoxide init zsh)"',
        "fish": "zoxide init fish | source",
        "pwsh": "zoxide init powershell | Out-String | Invoke-Expression",
    }
)


def each(tool: Tool) -> pytest.MarkDecorator:
    """Run a test in each shell that `tool` knows, with it loaded before our hook and after it."""
    return pytest.mark.parametrize(
        ("shell", "order"), [*itertools.product(sorted(tool.lines), ORDERS)]
    )


Require = Callable[[str], None]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it, and a python of conda's beside it."""
    world = trees.new_world(tmp_path / "world", TREE)
    for place in ("conda/bin", "conda/envs/mine/bin", "mise/bin"):
        (world.root / place).mkdir(parents=True)
    for place in ("conda/bin", "conda/envs/mine/bin"):
        (world.root / place / "python").symlink_to(trees.BASE_PYTHON)
    return world


# --- what changes PATH ---


@each(MISE)
def test_mise(shell: str, order: str, world: World, require: Require) -> None:
    """A snapshot of PATH that is given back leaves nothing of ours, and takes nothing of ours."""
    require(shell)
    stops = [
        _stop("p"),
        _stop("tools"),
        _stop("tools/in"),
        _stop("q"),
        _stop("tools"),
        _stop("elsewhere"),
        _stop("p"),
        _stop("elsewhere"),
    ]
    _same_as_without(MISE, shell, order, world, stops)


@each(CONDA)
def test_conda(shell: str, order: str, world: World, require: Require) -> None:
    """Conda's base doesn't count; an environment of its that has a name is left as it is."""
    require(shell)
    in_prompt = shell in ("bash", "zsh")
    base, mine = ("base", "mine") if in_prompt else (None, None)
    project = "p) (base" if in_prompt else "p"
    activate = dict.fromkeys(SHELLS, "conda activate mine")
    deactivate = dict.fromkeys(SHELLS, "conda deactivate base")
    stops = [
        Stop("p", "p/.venv", label=project),
        Stop("elsewhere", None, label=base),
        Stop("", None, activate, label=mine),
        Stop("p", None, label=mine),
        Stop("", "p/.venv", deactivate, label=project),
        Stop("", None, activate, label=mine),
        Stop("elsewhere", None, label=mine),
        Stop("", None, deactivate, label=base),
    ]
    _same_as_without(CONDA, shell, order, world, stops)


@each(NVM)
def test_nvm(shell: str, order: str, world: World, require: Require) -> None:
    """Another version of node within a project stays when the project is left."""
    require(shell)
    use = dict.fromkeys(("bash", "zsh"), "nvm use 22")
    stops = [_stop("p"), Stop("", "p/.venv", use, label="p"), _stop("q"), _stop("elsewhere")]
    _same_as_without(NVM, shell, order, world, stops)


ENVRC = 'PATH_add tools\nexport FROM="${PWD##*/}"\n'


@pytest.fixture
def envrcs(world: World) -> World:
    """Return the home with .envrc files in, around and beside projects."""
    nodes: trees.Tree = {
        "both/.venv": Env(),
        "both/.envrc": ENVRC,
        "both/src": Folder(),
        "around/.envrc": ENVRC,
        "around/in/.venv": Env(),
        "out/.venv": Env(),
        "out/in/.envrc": ENVRC,
        "only/.envrc": ENVRC,
        "itself/.venv": Env(),
        "itself/.envrc": "source .venv/bin/activate\n",
    }
    trees.build(nodes, world.home)
    for path in sorted(world.home.rglob(".envrc")):
        subprocess.run(["direnv", "allow", path], env=world.environment({}), check=True)
    return world


@each(DIRENV)
def test_direnv(shell: str, order: str, envrcs: World, require: Require) -> None:
    """What direnv adds is there as without us, and nothing of ours is left by what it restores."""
    require(shell)
    _require_program("direnv")
    places = "p both both/src around around/in around out out/in out only both around/in q only"
    trail = [*places.split(), "elsewhere", "both", "elsewhere", "out/in", "elsewhere"]
    owners = {"around/in": "around/in", "both/src": "both", "out/in": "out", "both": "both"}
    owners |= {"around": "", "only": ""}
    stops = [_stop(place, owners.get(place, place)) for place in trail]
    _same_as_without(DIRENV, shell, order, envrcs, stops)


@each(DIRENV)
def test_direnv_activates(shell: str, order: str, envrcs: World, require: Require) -> None:
    """An environment that direnv has activated is direnv's, in a new shell and on coming back."""
    require(shell)
    _require_program("direnv")
    with _session(DIRENV, shell, order, envrcs, place="itself") as session:
        session.type("")
        for place in ("", "elsewhere", "p", "itself", "q", "itself", "elsewhere"):
            if place:
                session.type(_cd(session, envrcs, place))
            session.type("")
            state = session.probe()
            active = f"{place or 'itself'}/.venv" if place != "elsewhere" else None
            assert _environments(state, envrcs) == ([active] if active else []), place
            assert state.environment.get("VIRTUAL_ENV") == _path(envrcs, active), place
        assert not _exported(state), "what is ours"
        assert state.environment["PATH"] == session.baseline.environment["PATH"]


# --- what changes folder ---


@each(ZOXIDE)
def test_zoxide(shell: str, order: str, world: World, require: Require) -> None:
    """Zoxide's `z p && python` runs p's python."""
    require(shell)
    _require_program("zoxide")
    _zoxide_learns(world)
    _jumps(ZOXIDE, shell, order, world)


@each(NEWER_ZOXIDE)
def test_newer_zoxide(shell: str, order: str, world: World, require: Require) -> None:
    """The same where zoxide calls the builtin, past a wrapped cd."""
    require(shell)
    _jumps(NEWER_ZOXIDE, shell, order, world)


def _jumps(tool: Tool, shell: str, order: str, world: World) -> None:
    with _session(tool, shell, order, world) as session:
        for name in ("p", "q", "p"):
            result = session.type(session.shell.both.format(f"z {name}", PREFIX))
            assert result.output == f"{world.home}/{name}/.venv\n"
            # Here fish draws its prompt twice.
            assert str(result.label).split("(")[-1] == name
            assert result.status == 0
        assert session.type(_cd(session, world, "elsewhere")).output == ""
        state = session.probe()
    assert (_environments(state, world), _exported(state)) == ([], [])


def _zoxide_learns(world: World) -> None:
    environment = world.environment({})
    for place in ("p", "q", "elsewhere"):
        subprocess.run(["zoxide", "add", world.home / place], env=environment, check=True)


@pytest.mark.parametrize("shell", SHELLS)
def test_tmux(shell: str, world: World, require: Require, tmp_path: Path) -> None:
    """A pane of a server that was started in an active project can leave it, and enter another."""
    require(shell)
    _require_program("tmux")
    socket = tmp_path / "socket"
    server = f"tmux -f /dev/null -S {socket}"
    start = " ".join([SHELLS[shell].path(), *SHELLS[shell].flags])
    with _session(Tool({}, {}), shell, "after", world, place="p") as session:
        assert session.first.label == "p"
        opened = session.type(f"{server} new-session -d -x 200 -y 50 -c {world.neutral} '{start}'")
        assert (opened.output, opened.status) == ("", 0)
        try:
            pane = Pane(server, world)
            pane.wait("")
            assert pane.state("outside") == (None, [], [])
            pane.type(_cd(session, world, "q"))
            pane.wait("(q) ")
            active, entries, exported = pane.state("in another project")
            assert (active, entries) == (f"{world.home}/q/.venv", ["q/.venv"])
            assert exported
            subprocess.run(
                [*server.split(), "new-window", "-c", world.home / "p", start], check=True
            )
            pane.wait("(p) ")
            assert pane.state("a window")[:2] == (f"{world.home}/p/.venv", ["p/.venv"])
        finally:
            subprocess.run([*server.split(), "kill-server"], check=True)


class Pane:
    """The current pane of a tmux server; `server` is the command line that reaches it."""

    def __init__(self, server: str, world: World) -> None:
        self._server = server.split()
        self._world = world

    def type(self, line: str) -> None:
        """Type `line`."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def wait(self, label: str) -> None:
        """Wait until the last line is a prompt with this label."""
        deadline = time.monotonic() + 60
        while not self._shown().startswith(f"{label}[["):
            assert time.monotonic() < deadline, self._tmux("capture-pane", "-p")
            time.sleep(0.01)

    def state(self, name: str) -> tuple[str | None, list[str], list[str]]:
        """Return VIRTUAL_ENV, the environments on PATH, and which variables of ours there are."""
        file = self._world.root / name.replace(" ", "-")
        self.type(f"env >{file}.part; mv {file}.part {file}")
        deadline = time.monotonic() + 60
        while not file.exists():
            assert time.monotonic() < deadline, self._tmux("capture-pane", "-p")
            time.sleep(0.01)
        pairs = dict(line.partition("=")[::2] for line in file.read_text().splitlines())
        state = State("", frozenset(), frozenset(), pairs)
        return pairs.get("VIRTUAL_ENV"), _environments(state, self._world), _exported(state)

    def _shown(self) -> str:
        return (self._tmux("capture-pane", "-p").rstrip("\n").splitlines() or [""])[-1]

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._server, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout


# --- what changes the prompt ---


@pytest.mark.parametrize("tool", [STARSHIP, OH_MY_POSH], ids=["starship", "oh-my-posh"])
@each(STARSHIP)
def test_prompt_tools(tool: Tool, shell: str, order: str, world: World, require: Require) -> None:
    """A prompt tool knows at the first prompt in a project what is active, and shows it alone."""
    require(shell)
    stops = [
        Stop(place, f"{place}/.venv" if place != "elsewhere" else None, label=f"<{shown}>")
        for place, shown in (("p", "p"), ("q", "q"), ("elsewhere", ""), ("p", "p"))
    ]
    _same_as_without(tool, shell, order, world, [*stops, Stop("elsewhere", None, label="<>")])


@each(VS_CODE)
def test_vs_code(shell: str, order: str, world: World, require: Require) -> None:
    """VS Code's integration, which wraps the prompt, keeps the label and the statuses."""
    require(shell)
    stops = [_stop("p"), _stop("q"), _stop("elsewhere"), _stop("p"), _stop("elsewhere")]
    _same_as_without(VS_CODE, shell, order, world, stops)
    with _session(VS_CODE, shell, order, world, place="p") as session:
        assert session.type("sh -c 'exit 3'").status == 3
        assert session.type("").status == 3


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("injected", ["p", "q"])
def test_vs_code_injects(shell: str, injected: str, world: World, require: Require) -> None:
    """VIRTUAL_ENV and PATH from the Python extension: left alone, or taken over and left."""
    require(shell)
    environment = {
        "VIRTUAL_ENV": f"{{home}}/{injected}/.venv",
        "PATH": f"{{home}}/{injected}/.venv/bin:{world.bin}:/usr/bin:/bin",
    }
    tool = replace(VS_CODE, env=environment)
    with _session(tool, shell, "after", world, place="p") as session:
        assert session.first.output == ""
        assert _environments(session.probe(), world) == [f"{injected}/.venv"]
        session.type(_cd(session, world, injected))
        state = session.probe()
        assert state.environment["VIRTUAL_ENV"] == f"{world.home}/{injected}/.venv"
        assert _environments(state, world) == [f"{injected}/.venv"]
        session.type(_cd(session, world, "elsewhere"))
        state = session.probe()
    assert "VIRTUAL_ENV" not in state.environment
    assert state.environment["PATH"] == f"{world.bin}:/usr/bin:/bin"


@each(GIT_PROMPT)
def test_git_prompt(shell: str, order: str, world: World, require: Require) -> None:
    """Git's prompt, which builds PS1 anew each time, keeps the label before it."""
    require(shell)
    stops = [_stop("p"), _stop("q"), _stop("elsewhere")]
    _same_as_without(GIT_PROMPT, shell, order, world, stops)


@pytest.mark.parametrize("order", ORDERS)
def test_instant_prompt(order: str, world: World, require: Require) -> None:
    """Nothing is shown while powerlevel10k's instant prompt waits; a note comes afterwards."""
    require("zsh")
    theme = (OTHERS / "powerlevel10k.zsh").read_text()
    instant = (OTHERS / "instant-prompt.zsh").read_text()
    for place in ("p", "elsewhere", "broken"):
        setup = _setup(Tool({"zsh": theme}), "zsh", order, world, place)
        setup = replace(setup, before=[world.filled_in(instant), *setup.before])
        with Session(SHELLS["zsh"], setup) as session:
            assert session.first.label == ("<p>" if place == "p" else "<>")
            shown = session.first.output + session.type("").output
        assert (world.root / "instant").read_text() == ""
        assert shown.count("autovenv: ") == (place == "broken")


# --- a shell beside a tool ---


def _stop(place: str, owner: str | None = None) -> Stop:
    """Return a stop in `place`, where the environment is that of `owner`, by default its own."""
    owner = place if owner is None else owner
    if owner in ("elsewhere", ""):
        return Stop(place, None)
    return Stop(place, f"{owner}/.venv", label=os.path.basename(owner))


def _same_as_without(
    tool: Tool, shell: str, order: str, world: World, stops: Sequence[Stop]
) -> None:
    """Compare, at each stop, with a shell that has the tool and not our hook."""
    with _session(tool, shell, order, world, hook=False) as session:
        without = [state for _, state in _walk(session, world, stops)]
    with _session(tool, shell, order, world) as session:
        for stop, expected, (result, state) in zip(
            stops, without, _walk(session, world, stops), strict=True
        ):
            output = f"{_path(world, stop.active) or trees.BASE_PREFIX}\n" if stop.place else ""
            assert result.output == output, stop
            assert (result.label, result.status) == (stop.label, 0), stop
            assert _environments(state, world) == ([stop.active] if stop.active else []), stop
            assert _without_ours(state, world) == _without_ours(expected, world), stop
            assert state.environment.get("VIRTUAL_ENV") == _path(world, stop.active), stop
            assert bool(_exported(state)) == bool(stop.active), stop


def _walk(session: Session, world: World, stops: Sequence[Stop]) -> Iterator[tuple[Result, State]]:
    for stop in stops:
        line = stop.line.get(session.shell.name, "")
        if stop.place:
            line = session.shell.both.format(_cd(session, world, stop.place), PREFIX)
        yield session.type(line), session.probe()


def _session(
    tool: Tool, shell: str, order: str, world: World, place: str = "elsewhere", hook: bool = True
) -> Session:
    setup = _setup(tool, shell, order, world, place)
    return Session(SHELLS[shell], setup if hook else replace(setup, hook=""))


def _setup(tool: Tool, shell: str, order: str, world: World, place: str) -> Setup:
    lines = [world.filled_in(tool.lines.get(shell, ""))]
    return Setup(
        home=str(world.home),
        cwd=str(world.home / place),
        env=world.environment(tool.env),
        probe=world.probe,
        hook=world.hook(shell),
        before=lines if order == "before" else [],
        after=lines if order == "after" else [],
    )


def _cd(session: Session, world: World, place: str) -> str:
    return session.shell.cd.format(session.shell.quote(str(world.home / place)))


def _path(world: World, active: str | None) -> str | None:
    return f"{world.home}/{active}" if active else None


def _environments(state: State, world: World) -> list[str]:
    """Return which of the projects' environments are on PATH, relative to the home."""
    return [
        os.path.relpath(entry, world.home).removesuffix("/bin")
        for entry in state.path
        if entry.endswith("/.venv/bin")
    ]


def _without_ours(state: State, world: World) -> dict[str, str]:
    variables = {
        name: value
        for name, value in state.environment.items()
        if name not in RESTLESS | OURS and not name.startswith("__AUTOVENV")
    }
    entries = [entry for entry in state.path if not entry.endswith("/.venv/bin")]
    return variables | {"PATH": os.pathsep.join(entries)}


def _exported(state: State) -> list[str]:
    return [name for name in state.environment if name.startswith("__AUTOVENV")]


def _require_program(name: str) -> None:
    """Skip where `name` is missing; fail where nothing may be missing."""
    if not shutil.which(name):
        required = os.environ.get("AUTOVENV_REQUIRE_SHELLS", "").split()
        complain = pytest.fail if "1" in required else pytest.skip
        complain(f"{name} is missing")
