"""The tools that autovenv is measured beside: how each is loaded, and what it wants in a project.

Each comes from where the tests have it: Debian's packages and PATH, what `./check` installs by
tests/others.txt, or a checkout of its repository below the folder that AUTOVENV_OTHERS names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import trees
from trees import Env, Folder, Link, World

INSTALLED = Path(__file__).parent.parent / ".cache" / "others"
PROJECTS = ("a", "b")
DEEP = "2/3/4/5/6/7/8/9/10"  # from a project's folder: the tenth below the home


@dataclass(frozen=True)
class Peer:
    """One tool.

    `find` returns its program or script, "" where it isn't here. `rc` has the line for the rc file
    of each shell that it knows, with `{found}` for that. `nodes` are what its projects need, below
    the home, with `{name}` for the project. `allow` is run for each project's folder. `env` is for
    its shells. `rounds` is how many rounds make one turn: fewer for one that is slow.
    """

    name: str
    find: Callable[[], str]
    rc: Mapping[str, str]
    nodes: Mapping[str, trees.Node] = field(default_factory=lambda: {"{name}/.venv": Env()})
    allow: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    rounds: int = 5

    def found(self) -> str:
        """Return the path of what it is, "" where it isn't here."""
        return self.find()

    def slug(self) -> str:
        """Return its name as a folder's, which needs no quotes."""
        return re.sub("[^a-z]+", "-", self.name)

    def line(self, shell: str) -> str:
        """Return the line that loads it."""
        return self.rc[shell].replace("{found}", self.found())

    def world(self, root: Path) -> World:
        """Make a home with two projects in it, and let the tool know that they may be used."""
        tree: dict[str, trees.Node] = {f"{name}/{DEEP}": Folder() for name in PROJECTS}
        for project in PROJECTS:
            for place, node in self.nodes.items():
                named = _named(node, project)
                tree[place.replace("{name}", project)] = named
        world = trees.new_world(root, tree)
        for project in PROJECTS if self.allow else ():
            words = [word.replace("{found}", self.found()) for word in self.allow]
            folder = world.home / project
            done = subprocess.run(
                [*words, str(folder)], env=self.environment(world), capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr
        world.settle()
        return world

    def environment(self, world: World) -> dict[str, str]:
        """Return the environment of its shells, with its program on PATH."""
        own = world.environment({name: world.filled_in(value) for name, value in self.env.items()})
        found = self.found()
        if not found or not os.access(found, os.X_OK):
            return own
        return own | {"PATH": f"{own['PATH']}:{os.path.dirname(found)}"}


def _named(node: trees.Node, project: str) -> trees.Node:
    if isinstance(node, str):
        return node.replace("{name}", project)
    if isinstance(node, Link):
        return Link(node.target.replace("{name}", project))
    return node


def _on_path(name: str) -> Callable[[], str]:
    return lambda: shutil.which(name) or ""


def _installed(place: str) -> Callable[[], str]:
    return lambda: str(INSTALLED / place) if (INSTALLED / place).exists() else ""


def _checkout(place: str) -> Callable[[], str]:
    def find() -> str:
        path = Path(os.environ.get("AUTOVENV_OTHERS", "/nonexistent"), place)
        return str(path) if path.exists() else ""

    return find


DIRENV = Peer(
    "direnv",
    _on_path("direnv"),
    {
        "bash": 'eval "$({found} hook bash)"',
        "zsh": 'eval "$({found} hook zsh)"',
        "fish": "{found} hook fish | source",
    },
    {
        "{name}/.venv": Env(),
        "{name}/.envrc": 'PATH_add .venv/bin\nexport VIRTUAL_ENV="$PWD/.venv"\n',
    },
    ("{found}", "allow"),
    {"DIRENV_LOG_FORMAT": ""},
)
MISE = Peer(
    "mise",
    _installed("node_modules/@jdxcode/mise-linux-x64/bin/mise"),
    {
        "bash": 'eval "$({found} activate bash)"',
        "zsh": 'eval "$({found} activate zsh)"',
        "fish": "{found} activate fish | source",
        "pwsh": "(& {found} activate pwsh) | Out-String | Invoke-Expression",
    },
    {"{name}/.venv": Env(), "{name}/mise.toml": '[env]\n_.python.venv = ".venv"\n'},
    env={"MISE_TRUSTED_CONFIG_PATHS": "{home}", "MISE_OFFLINE": "1", "MISE_QUIET": "1"},
)
PYENV = 'eval "$({found} init -)"; eval "$({found} virtualenv-init -)"'
PYENV_VIRTUALENV = Peer(
    "pyenv-virtualenv",
    _on_path("pyenv"),
    {
        "bash": PYENV,
        "zsh": PYENV,
        "fish": "{found} init - | source; {found} virtualenv-init - | source",
    },
    {
        "{name}/.venv": Env(),
        "{name}/.python-version": "{name}\n",
        ".pyenv/versions/{name}": Link("{home}/{name}/.venv"),
    },
    env={"PYENV_VIRTUALENV_DISABLE_PROMPT": "1", "PYENV_ROOT": "{home}/.pyenv"},
    rounds=1,
)
OH_MY_ZSH = Peer(
    "oh-my-zsh's python",
    _checkout("ohmyzsh/plugins/python/python.plugin.zsh"),
    {"zsh": "PYTHON_AUTO_VRUN=true; autoload -Uz add-zsh-hook; . {found}"},
)
AUTOSWITCH = Peer(
    "zsh-autoswitch-virtualenv",
    _checkout("zsh-autoswitch-virtualenv/autoswitch_virtualenv.plugin.zsh"),
    {"zsh": ". {found}"},
    env={"AUTOSWITCH_SILENT": "1"},
)
VIRTUALFISH = Peer(
    "virtualfish",
    _installed("virtualfish/bin/python"),
    {
        "fish": "{found} -c 'from virtualfish.loader import load; "
        'print(*load(["auto_activation"]), sep="\\\\n")\' | source',
    },
    {"{name}/.venv": "{name}\n", ".virtualenvs/{name}": Env()},
    env={"VIRTUAL_ENV_DISABLE_PROMPT": "1"},
)

PEERS = (DIRENV, MISE, PYENV_VIRTUALENV, OH_MY_ZSH, AUTOSWITCH, VIRTUALFISH)
