"""autovenv beside what changes PATH: direnv, mise, conda, nvm, virtualenvwrapper and virtualfish.

docs/shells.md says which of them are real in a test run, and which have a stand-in.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import beside
import trees
from beside import (
    Require,
    Stop,
    Tool,
    cd,
    each,
    environments,
    exported,
    path_of,
    require_program,
    same_as_without,
    start,
    stop,
    typed,
)
from drivers import SHELLS
from trees import Env, Folder, World

MISE, CONDA, NVM, OH_MY_ZSH = map(beside.stand_in, ["mise", "conda", "nvm", "oh-my-zsh"])
DIRENV = Tool(
    {
        "bash": 'eval "$(direnv hook bash)"',
        "zsh": 'eval "$(direnv hook zsh)"',
        "fish": "direnv hook fish | source",
    },
    {"DIRENV_LOG_FORMAT": ""},
    frozenset({"DIRENV_DIFF", "DIRENV_WATCHES"}),
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it, and a python of conda's beside it."""
    world = beside.new_world(tmp_path / "world")
    for place in ("conda/bin", "conda/envs/mine/bin", "mise/bin"):
        (world.root / place).mkdir(parents=True)
    for place in ("conda/bin", "conda/envs/mine/bin"):
        (world.root / place / "python").symlink_to(trees.BASE_PYTHON)
    return world


@each(MISE)
def test_mise(shell: str, order: str, world: World, require: Require) -> None:
    """A snapshot of PATH that is given back leaves nothing of ours, and takes nothing of ours."""
    require(shell)
    stops = [
        stop("p"),
        stop("tools"),
        stop("tools/in"),
        stop("q"),
        stop("tools"),
        stop("elsewhere"),
        stop("p"),
        stop("elsewhere"),
    ]
    same_as_without(MISE, shell, order, world, stops)


REAL_MISE = Tool(
    {
        "bash": 'eval "$({mise} activate bash)"',
        "zsh": 'eval "$({mise} activate zsh)"',
        "fish": "{mise} activate fish | source",
        "pwsh": "(& {mise} activate pwsh) | Out-String | Invoke-Expression",
    },
    {"MISE_TRUSTED_CONFIG_PATHS": "{home}", "MISE_OFFLINE": "1"},
    frozenset({"__MISE_DIFF", "__MISE_SESSION", "__MISE_ZSH_PRECMD_RUN"}),
)


@each(REAL_MISE)
def test_real_mise(shell: str, order: str, world: World, require: Require) -> None:
    """The same beside mise itself, which sets a variable and PATH for a project's tools."""
    require(shell)
    program = str(beside.installed("node_modules/@jdxcode/mise-linux-x64/bin/mise"))
    trees.build(
        {
            "tools/mise.toml": '[env]\nFROM = "tools"\n_.path = ["./bin"]\n',
            "tools/bin": Folder(),
        },
        world.home,
    )
    lines = {name: text.replace("{mise}", program) for name, text in REAL_MISE.lines.items()}
    stops = [stop("p"), stop("tools"), stop("tools/in"), stop("q"), stop("elsewhere")]
    same_as_without(replace(REAL_MISE, lines=lines), shell, order, world, stops)


@each(REAL_MISE)
def test_an_environment_of_mises(shell: str, order: str, world: World, require: Require) -> None:
    """What mise restores isn't taken for the user's choice, so that the next project is active.

    On leaving, mise gives back the environment that it found: ours of the project before.
    """
    require(shell)
    program = str(beside.installed("node_modules/@jdxcode/mise-linux-x64/bin/mise"))
    settings = '[env]\n_.python.venv = "theirs"\n'
    trees.build({"mi/mise.toml": settings, "mi/theirs": Env(), "out": Folder()}, world.home)
    lines = {name: text.replace("{mise}", program) for name, text in REAL_MISE.lines.items()}
    with start(replace(REAL_MISE, lines=lines), shell, order, world) as session:
        before = session.probe().environment
        for place, active in (("p", "p/.venv"), ("mi", "mi/theirs"), ("out", ""), ("q", "q/.venv")):
            session.type(cd(session, world, place))
            now = session.probe().environment
            expected = f"{world.home}/{active}" if active else None
            assert now.get("VIRTUAL_ENV") == expected, place
        session.type(cd(session, world, "out"))
        now = session.probe().environment
        assert now["PATH"] == before["PATH"]
        assert "VIRTUAL_ENV" not in now


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
    same_as_without(CONDA, shell, order, world, stops)


@each(NVM)
def test_nvm(shell: str, order: str, world: World, require: Require) -> None:
    """Another version of node within a project stays when the project is left."""
    require(shell)
    use = dict.fromkeys(("bash", "zsh"), "nvm use 22")
    stops = [stop("p"), Stop("", "p/.venv", use, label="p"), stop("q"), stop("elsewhere")]
    same_as_without(NVM, shell, order, world, stops)


@pytest.mark.parametrize("order", beside.ORDERS)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_real_nvm(shell: str, order: str, world: World, require: Require) -> None:
    """The same beside a checkout of nvm, with two versions that are installed by name alone."""
    require(shell)
    script = beside.checkout("nvm") / "nvm.sh"
    for version in ("v20.0.0", "v22.0.0"):
        node = world.root / "nvm/versions/node" / version / "bin/node"
        node.parent.mkdir(parents=True)
        node.write_text(f"#!/bin/sh\necho {version}\n")
        node.chmod(0o755)
    line = f". {script} --no-use; nvm use --silent 20"
    nvm = Tool(dict.fromkeys(NVM.lines, line), {"NVM_DIR": "{root}/nvm"})
    stops = [stop("p"), typed("nvm use --silent 22", "p/.venv", "p"), stop("q"), stop("elsewhere")]
    same_as_without(nvm, shell, order, world, stops)


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
    require_program("direnv")
    places = "p both both/src around around/in around out out/in out only both around/in q only"
    trail = [*places.split(), "elsewhere", "both", "elsewhere", "out/in", "elsewhere"]
    owners = {"around/in": "around/in", "both/src": "both", "out/in": "out", "both": "both"}
    owners |= {"around": "", "only": ""}
    stops = [stop(place, owners.get(place, place)) for place in trail]
    same_as_without(DIRENV, shell, order, envrcs, stops)


@each(DIRENV)
def test_direnv_activates(shell: str, order: str, envrcs: World, require: Require) -> None:
    """An environment that direnv has activated is direnv's, in a new shell and on coming back."""
    require(shell)
    require_program("direnv")
    with start(DIRENV, shell, order, envrcs, place="itself") as session:
        session.type("")
        for place in ("", "elsewhere", "p", "itself", "q", "itself", "elsewhere"):
            if place:
                session.type(cd(session, envrcs, place))
            session.type("")
            state = session.probe()
            active = f"{place or 'itself'}/.venv" if place != "elsewhere" else None
            assert environments(state, envrcs) == ([active] if active else []), place
            assert state.environment.get("VIRTUAL_ENV") == path_of(envrcs, active), place
        assert not exported(state), "what is ours"
        assert state.environment["PATH"] == session.baseline.environment["PATH"]


# --- other people's ways to activate ---


@each(OH_MY_ZSH)
def test_oh_my_zsh(shell: str, order: str, world: World, require: Require) -> None:
    """A plugin that activates and deactivates on cd changes nothing, and complains of nothing."""
    require(shell)
    tool = replace(OH_MY_ZSH, restless=frozenset({"PS1"}))  # `activate` exports it
    stops = [stop("p"), stop("p/src", "p"), stop("q"), stop("elsewhere"), stop("p")]
    same_as_without(tool, shell, order, world, [*stops, stop("q"), stop("elsewhere")])
    with start(OH_MY_ZSH, shell, order, world, place="p") as session:
        session.type("deactivate")
        session.type("cd src")
        state = session.probe()
        assert (environments(state, world), exported(state)) == ([], []), "deactivated by hand"


NAMED = ".virtualenvs/named"

# What is typed, and which environment is active afterwards. In `r` a file names NAMED.
BY_NAME = [
    ("cd ~/p", "p/.venv"),
    ("{activate}", NAMED),
    ("cd ~/q", NAMED),
    ("cd ~/elsewhere", NAMED),
    ("{deactivate}", None),
    ("cd ~/p", "p/.venv"),
    ("{activate}", NAMED),
    ("{deactivate}", "p/.venv"),
    ("cd ~/q", "q/.venv"),
    ("cd ~/r", NAMED),
    ("{activate}", NAMED),
    ("cd ~/r/src", NAMED),
    ("cd ~/elsewhere", None),
    ("cd ~/r/src", NAMED),
    ("cd ~/p", "p/.venv"),
    ("cd ~/elsewhere", None),
]


@pytest.fixture
def named(world: World) -> World:
    """Return the home with an environment that has a name, and a project that names it."""
    trees.build({NAMED: Env(), "r/.venv": "named\n", "r/src": Folder()}, world.home)
    return world


WRAPPER = Tool(
    dict.fromkeys(
        ("bash", "zsh"),
        "VIRTUALENVWRAPPER_PYTHON={bin}/python VIRTUALENVWRAPPER_VIRTUALENV={bin}/virtualenv\n"
        ". {bin}/virtualenvwrapper.sh >/dev/null 2>&1\n",
    ),
    {"WORKON_HOME": "{home}/.virtualenvs"},
)


def virtualenvwrapper() -> Tool:
    """Return virtualenvwrapper as `./check` has installed it."""
    place = str(beside.installed("virtualenvwrapper/bin"))
    return replace(
        WRAPPER, lines={name: text.replace("{bin}", place) for name, text in WRAPPER.lines.items()}
    )


@each(WRAPPER)
def test_virtualenvwrapper(shell: str, order: str, named: World, require: Require) -> None:
    """`workon` is the user's own choice; what the project names is autovenv's again."""
    require(shell)
    _by_name(virtualenvwrapper(), shell, order, named, "workon named", "deactivate")


@each(WRAPPER)
def test_virtualenvwrapper_hooks(shell: str, order: str, named: World, require: Require) -> None:
    """Its hooks run for `workon` and `deactivate`, and where autovenv takes over; not on a cd."""
    require(shell)
    on, off = "postactivate\n", "postdeactivate\n"
    with start(virtualenvwrapper(), shell, order, named) as session:
        for hook in (on, off):
            (named.home / ".virtualenvs" / hook.strip()).write_text(f"echo {hook}")
        for line, output in (
            ("cd ~/r", ""),
            ("workon named", on + off),
            ("cd ~/elsewhere", ""),
            ("workon named", on),
            ("cd ~/p", ""),
            ("deactivate", off),
        ):
            assert session.type(line).output == output, line


@each(WRAPPER)
def test_mkvirtualenv(shell: str, order: str, named: World, require: Require) -> None:
    """What `mkvirtualenv` makes is active wherever one goes, until `deactivate`."""
    require(shell)
    made = f"{named.home}/.virtualenvs/made"
    with start(virtualenvwrapper(), shell, order, named, place="p") as session:
        assert session.type("mkvirtualenv -q --no-seed made >/dev/null 2>&1").status == 0
        for line in ("", "cdvirtualenv", "cd ~/q"):
            session.type(line)
            state = session.probe()
            assert state.environment["VIRTUAL_ENV"] == made, line
            assert (state.path[0], exported(state)) == (f"{made}/bin", []), line
        session.type("deactivate")
        assert session.probe().environment["VIRTUAL_ENV"] == f"{named.home}/q/.venv"


@pytest.mark.parametrize("order", beside.ORDERS)
@pytest.mark.parametrize("plugins", ["", "auto_activation"])
def test_virtualfish(plugins: str, order: str, named: World, require: Require) -> None:
    """`vf activate` is the user's own choice, and its plugin activates nothing else than we do."""
    require("fish")
    place = beside.installed("virtualfish/bin")
    script = f"from virtualfish.loader import load; print(*load({plugins.split()}), sep='\\n')"
    done = subprocess.run(
        [place / "python", "-c", script],
        env=named.environment({"PATH": f"{place}:/usr/bin:/bin"}),
        check=True,
        capture_output=True,
        text=True,
    )
    # Without this it complains of a prompt that doesn't show what it has activated.
    tool = Tool({"fish": done.stdout}, {"VIRTUAL_ENV_DISABLE_PROMPT": "1"})
    _by_name(tool, "fish", order, named, "vf activate named", "vf deactivate")


def _by_name(
    tool: Tool, shell: str, order: str, world: World, activate: str, deactivate: str
) -> None:
    """Type BY_NAME, and compare PATH at its end with that of its beginning."""
    with start(tool, shell, order, world) as session:
        before = session.probe().environment["PATH"]
        for number, (line, active) in enumerate(BY_NAME):
            line = line.format(activate=activate, deactivate=deactivate)
            assert session.type(line).output == "", (number, line)
            state = session.probe()
            assert state.environment.get("VIRTUAL_ENV") == path_of(world, active), (number, line)
            entries = [entry for entry in state.path if entry.startswith(str(world.home))]
            assert entries == ([f"{world.home}/{active}/bin"] if active else []), (number, line)
        assert (state.environment["PATH"], exported(state)) == (before, [])
