"""What every shell must do, as data: each row is a file tree, the user's steps, and what follows.

Paths are below the home; `{home}` in a text is the home, `{root}` the folder around it. A row runs
in every shell that it names, with the store of answers and without; both must agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from trees import MAKERS, Env, Folder, Installed, Link, Node, Tree

ALL = ("bash", "zsh", "fish", "pwsh")
POSIX = ("bash", "zsh")
BOTH = ("stored", "off")

# A text for every shell, or one for each of them, where "" is for those that aren't named.
PerShell = str | Mapping[str, str]


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
    status: int | None
    asks: int


@dataclass(frozen=True)
class Step:
    """One thing that the user does, what is active then, and what else follows."""

    do: Action
    active: Active | None
    rest: Rest


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


def _step(action: Action, active: Expected, rest: Rest) -> Step:
    return Step(action, Active(active) if isinstance(active, str) else active, rest)


@dataclass(frozen=True)
class Scenario:
    """One row: in the home `tree`, a shell starts in `start`, and the user takes the `steps`.

    `env` is added to the shell's environment, `before` and `after` to its rc file, on this and that
    side of the hook. `arguments` are the shell's own. `begin` is what is active at the first
    prompt. `modes` are those of BOTH in which it runs. At the end the user goes to a neutral
    folder, where the environment must be what it was but for the variables that `alters` names.
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


# --- the rows ---
P = {"p/.venv": Env()}
A_AND_B = {"a/.venv": Env(), "b/.venv": Env()}
BROKEN = {f"{name}/.venv": Env(lacks=("bin/python",)) for name in ("broken", "wrong")}
PASSED_OVER = (
    "autovenv: {home}/%s/.venv is no environment: neither pyvenv.cfg nor an interpreter in it\n"
)
# Loads the rc file once more.
AGAIN = {
    "bash": ". ~/.bashrc",
    "zsh": ". ~/.zshrc",
    "fish": "source ~/.config/fish/config.fish",
    "pwsh": ". ~/.config/powershell/Microsoft.PowerShell_profile.ps1",
}
# Where the answer for p is kept.
RECORD = ".local/state/autovenv/answers{home}/p/.autovenv-answer"
ACTIVATE = {
    "": "source {home}/%s/bin/activate",
    "fish": "source {home}/%s/bin/activate.fish",
    "pwsh": ". {home}/%s/bin/Activate.ps1",
}


def activate(path: str, active: Expected, maker: str = "venv", **rest: Unpack[Rest]) -> Step:
    """Source the environment's own `activate`, as its maker called it."""
    lines = {shell: line % path for shell, line in ACTIVATE.items()}
    if maker != "venv":
        lines["pwsh"] = lines["pwsh"].replace("Activate", "activate")
    return run(lines, active, **rest)


def gone(project: str) -> str:
    """Return what is said of an environment whose interpreter is gone."""
    path = f"{{home}}/{project}/.venv"
    return f"{path}: its interpreter is gone; make it anew: python3 -m venv --clear {path}"


def by_cdpath(place: str) -> PerShell:
    """Return what a cd to `place` shows where CDPATH led there."""
    return {"bash": f"{{home}}/{place}\n", "zsh": f"~/{place}\n"}


COMING_AND_GOING = [
    Scenario("enter and leave", P, [cd("p", "p/.venv"), cd("elsewhere", None)]),
    Scenario(
        "a subfolder stays active",
        {**P, "p/src/deep": Folder()},
        [cd("p", "p/.venv"), cd("p/src/deep"), cd("p/src"), cd("elsewhere", None)],
    ),
    Scenario(
        "enter by a subfolder",
        {**P, "p/src/deep": Folder()},
        [cd("p/src/deep", "p/.venv"), cd("p")],
    ),
    Scenario("straight from one to another", A_AND_B, [cd("a", "a/.venv"), cd("b", "b/.venv")]),
    Scenario(
        "a project in a project",
        {**P, "p/q/.venv": Env()},
        [cd("p", "p/.venv"), cd("p/q", "p/q/.venv"), cd("p", "p/.venv")],
    ),
    Scenario(
        "cd -",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            cd("b", "b/.venv"),
            run("cd -", "a/.venv", output={"": "", "bash": "{home}/a\n", "zsh": "~/a\n"}),
        ],
    ),
    Scenario(
        "pushd and popd",
        P,
        [
            run(
                "pushd {home}/p",
                "p/.venv",
                output={"": "", "bash": "~/p ~/elsewhere\n", "zsh": "~/p ~/elsewhere\n"},
            ),
            run("popd", None, output={"": "", "bash": "~/elsewhere\n", "zsh": "~/elsewhere\n"}),
        ],
    ),
    Scenario("python on the same line", P, [cd("p", "p/.venv", then="python")]),
    Scenario(
        "python on the line that leaves",
        P,
        [cd("p", "p/.venv"), cd("elsewhere", None, then="python")],
    ),
    Scenario(
        "a folder that isn't there",
        P,
        [
            cd("p", "p/.venv"),
            run(
                {"": "cd /nowhere 2>/dev/null", "pwsh": "cd /nowhere 2>$null"},
                status=1,
            ),
        ],
    ),
    Scenario("a new shell inside", P, [cd("p")], start="p", begin=Active("p/.venv")),
    Scenario(
        "AUTO_CD",
        P,
        [run("{home}/p", "p/.venv", output={"": "", "bash": "cd -- {home}/p\n"})],
        shells=("bash", "zsh", "fish"),
        before={"": "", "bash": "shopt -s autocd", "zsh": "setopt auto_cd"},
    ),
    Scenario(
        "a subfolder by CDPATH",
        {**P, "p/src": Folder()},
        [
            run("cd p/src", "p/.venv", output=by_cdpath("p/src")),
            run("cd p", output=by_cdpath("p")),
            run("cd elsewhere", None, output=by_cdpath("elsewhere")),
        ],
        shells=("bash", "zsh", "fish"),
        before={"": "CDPATH={home}", "fish": "set -g CDPATH {home}"},
    ),
    Scenario(
        "a subshell",
        P,
        [
            run(
                "(cd {home}/p && python -c 'import sys; print(sys.prefix)')",
                output="{home}/p/.venv\n",
            )
        ],
        shells=POSIX,
    ),
    Scenario(
        "a command's output",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            run(
                "echo \"$(cd {home}/b && python -c 'import sys; print(sys.prefix)')\"",
                output="{home}/b/.venv\n",
            ),
        ],
        shells=POSIX,
    ),
]

MARKERS = [
    Scenario(
        "an environment made where one stands",
        {"p": Folder()},
        [cd("p", None), touch("p/.venv", Env(), "p/.venv")],
    ),
    Scenario(
        "an environment deleted where one stands",
        P,
        [cd("p", "p/.venv"), remove("p/.venv", None)],
    ),
    Scenario("opted out", {**P, "p/.no-autovenv": ""}, [cd("p", None)]),
    Scenario("opted out above", {"w/p/.venv": Env(), "w/.no-autovenv": ""}, [cd("w/p", None)]),
    Scenario(
        "opted out below an environment",
        {**P, "p/q/.no-autovenv": ""},
        [cd("p", "p/.venv"), cd("p/q", None), cd("p", "p/.venv")],
    ),
    Scenario(
        "opting out and in where one stands",
        P,
        [
            cd("p", "p/.venv"),
            touch("p/.no-autovenv", "", None),
            remove("p/.no-autovenv", "p/.venv"),
        ],
    ),
    Scenario(
        ".venv comes before venv",
        {"p/.venv": Env(), "p/venv": Env()},
        [cd("p", "p/.venv"), remove("p/.venv", "p/venv")],
    ),
    Scenario("venv alone", {"p/venv": Env()}, [cd("p", "p/venv")]),
    Scenario(
        "the label of pyvenv.cfg",
        {"p/.venv": Env(prompt="it's mine")},
        [cd("p", Active("p/.venv", label="it's mine"))],
    ),
    Scenario(
        "a .venv that is no environment",
        {"p/.venv/data": "", "p/venv": Env(), "q/.venv": Folder()},
        [cd("p", "p/venv"), cd("q", None)],
    ),
    Scenario(
        "an interpreter that is gone",
        {"p/.venv": Env(lacks=("bin/python",))},
        [
            cd(
                "p",
                None,
                note="{home}/p/.venv: its interpreter is gone; "
                "make it anew: python3 -m venv --clear {home}/p/.venv",
            ),
            prompt(),
            cd("elsewhere"),
            cd("p"),
        ],
    ),
    Scenario(
        "an environment that was moved",
        {"p/.venv": Env(made_at="/somewhere/else/.venv")},
        [
            cd(
                "p",
                None,
                note="{home}/p/.venv: it was made at /somewhere/else/.venv and moved or copied; "
                "make it anew: python3 -m venv --clear {home}/p/.venv",
            )
        ],
    ),
    *(
        Scenario(
            f"an environment by {maker}",
            {"p/.venv": Env(maker=maker), "q/.venv": Env(maker=maker, prompt="its own")},
            [
                cd("p", "p/.venv", then="python"),
                cd("q", Active("q/.venv", label="its own")),
                activate("p/.venv", by_hand("p/.venv"), maker),
                cd("p", "p/.venv"),
            ],
            alters=["PS1"],
        )
        for maker in MAKERS
    ),
    Scenario(
        "what was passed over, with AUTOVENV_DEBUG",
        {"p/.venv/data": "", "p/venv": Env(), "q/.venv": Folder()},
        [
            cd("p", "p/venv", output=PASSED_OVER % "p"),
            prompt(),
            cd("q", None, output=PASSED_OVER % "q"),
            cd("elsewhere"),
            cd("p", "p/venv", output=PASSED_OVER % "p"),
        ],
        env={"AUTOVENV_DEBUG": "1"},
    ),
    Scenario(
        "a file that leads to the environment",
        {"p/.venv": "../envs/p\n", "envs/p": Env()},
        [cd("p", "envs/p")],
    ),
    Scenario(
        "a link to the environment",
        {"p/.venv": Link("../envs/p"), "envs/p": Env()},
        [cd("p", "p/.venv")],
    ),
    Scenario(
        "a pin to an installed version",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions/3.12.1": Installed()},
        [cd("p", pinned(".pyenv/versions/3.12.1"))],
    ),
    Scenario(
        "a pin, and pyenv elsewhere",
        {"p/.python-version": "3.12.1\n", "opt/pyenv/versions/3.12.1": Installed()},
        [cd("p", pinned("opt/pyenv/versions/3.12.1"))],
        env={"PYENV_ROOT": "{home}/opt/pyenv"},
    ),
    Scenario(
        "a pin to a virtualenv of pyenv's",
        {"p/.python-version": "mine\n", ".pyenv/versions/mine": Env()},
        [cd("p", ".pyenv/versions/mine")],
    ),
    Scenario(
        "a pin's own version in an environment",
        {
            "p/.venv": Env(version="3.12.1"),
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
        },
        [cd("p", "p/.venv")],
    ),
    Scenario(
        "a file that names an environment in WORKON_HOME",
        {"p/.venv": "mine\n", "envs/mine": Env()},
        [cd("p", "envs/mine")],
        env={"WORKON_HOME": "{home}/envs"},
    ),
    Scenario(
        "another environment is moved in its place",
        {"p/.venv": Env(), "p/other": Env(prompt="other", made_at="{home}/p/.venv")},
        [
            cd("p", "p/.venv", asks=1),
            move("p/other", "p/.venv", Active("p/.venv", label="other"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a pin to what isn't installed",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions": Folder()},
        [
            cd(
                "p",
                None,
                note="{home}/p/.python-version pins 3.12.1, which is not installed: "
                "pyenv install 3.12.1",
            ),
            prompt(),
            cd("elsewhere"),
            touch(".pyenv/versions/3.12.1", Installed()),
            cd("p", pinned(".pyenv/versions/3.12.1")),
        ],
    ),
    # Without a store there are no times to compare: only a change of folder asks.
    Scenario(
        "what a pin names, installed where one stands",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions": Folder()},
        [
            cd(
                "p",
                None,
                note="{home}/p/.python-version pins 3.12.1, which is not installed: "
                "pyenv install 3.12.1",
            ),
            touch(".pyenv/versions/3.12.1", Installed(), pinned(".pyenv/versions/3.12.1")),
        ],
        modes=("stored",),
    ),
]

# Gives all that `find` finds one time, as an archive may.
OLD = "-exec touch -h -d 2001-02-03 '{}' ';'"

# Each way in which what was known may have become wrong. Where one stands it is seen by the times
# that are kept in the store; on entering anew, in either mode.
STALE = [
    Scenario(
        "a link to the environment is set anew",
        {
            "p/.venv": Link("../envs/one"),
            "envs/one": Env(prompt="one", made_at="{home}/p/.venv"),
            "envs/two": Env(prompt="two", made_at="{home}/p/.venv"),
        },
        [
            cd("p", Active("p/.venv", label="one")),
            cd("elsewhere", None),
            run("ln -sfn ../envs/two {home}/p/.venv"),
            cd("p", Active("p/.venv", label="two")),
        ],
    ),
    Scenario(
        "a link to the environment is set anew where one stands",
        {
            "p/.venv": Link("../envs/one"),
            "envs/one": Env(prompt="one", made_at="{home}/p/.venv"),
            "envs/two": Env(prompt="two", made_at="{home}/p/.venv"),
        },
        [
            run(f"find {{home}}/envs {OLD}"),
            settle(),
            cd("p", Active("p/.venv", label="one"), asks=1),
            prompt(asks=0),
            run("ln -sfn ../envs/two {home}/p/.venv", Active("p/.venv", label="two"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a link to the project is set anew",
        {
            "now": Link("one"),
            "one/.venv": Env(prompt="one", made_at="{home}/now/.venv"),
            "two/.venv": Env(prompt="two", made_at="{home}/now/.venv"),
        },
        [
            cd("now", Active("now/.venv", label="one")),
            cd("elsewhere", None),
            run("ln -sfn two {home}/now"),
            cd("now", Active("now/.venv", label="two")),
        ],
    ),
    Scenario(
        "a link to the project is set anew where one stands",
        {
            "now": Link("one"),
            "one/.venv": Env(prompt="one", made_at="{home}/now/.venv"),
            "two/.venv": Env(prompt="two", made_at="{home}/now/.venv"),
        },
        [
            run(f"find {{home}}/one {{home}}/two {OLD}"),
            settle(),
            cd("now", Active("now/.venv", label="one"), asks=1),
            prompt(asks=0),
            run("ln -sfn two {home}/now", Active("now/.venv", label="two"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an older environment is moved in its place",
        {"p/.venv": Env(), "p/old": Env(prompt="old", made_at="{home}/p/.venv")},
        [
            run(f"find {{home}}/p/old {OLD}"),
            cd("p", "p/.venv", asks=1),
            move("p/old", "p/.venv", Active("p/.venv", label="old"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an environment is copied over it with its times",
        {"p/.venv": Env(), "p/old": Env(prompt="old", made_at="{home}/p/.venv")},
        [
            run(f"find {{home}}/p/old {OLD}"),
            cd("p", "p/.venv", asks=1),
            run("cp -a {home}/p/old/. {home}/p/.venv/", Active("p/.venv", label="old"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "times of an archive, one for all",
        P,
        [
            run(f"find {{home}}/p {OLD}"),
            settle(),
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            touch(
                "p/.venv/pyvenv.cfg",
                "home = /usr/bin\nprompt = new\n",
                Active("p/.venv", label="new"),
                asks=1,
            ),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a file from 2038",
        P,
        [
            cd("p", "p/.venv", asks=1),
            run("touch -d 2038-02-03 {home}/p/.venv/pyvenv.cfg", asks=1),
            settle(),
            prompt(asks=0),
            touch(
                "p/.venv/pyvenv.cfg",
                "home = /usr/bin\nprompt = new\n",
                Active("p/.venv", label="new"),
                asks=1,
            ),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a pin edited twice within a second",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            ".pyenv/versions/3.12.2": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1"), asks=1),
            touch("p/.python-version", "3.12.2\n", pinned(".pyenv/versions/3.12.2"), asks=1),
            touch("p/.python-version", "3.12.1\n", pinned(".pyenv/versions/3.12.1"), asks=1),
            touch("p/.python-version", "3.12.2\n", pinned(".pyenv/versions/3.12.2"), asks=1),
            settle(),
            prompt(asks=0),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a variable changed in one shell",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            "opt/pyenv/versions/3.12.1": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1")),
            cd("elsewhere", None),
            export("PYENV_ROOT", "{home}/opt/pyenv"),
            cd("p", pinned("opt/pyenv/versions/3.12.1")),
            terminal("p", pinned(".pyenv/versions/3.12.1")),
        ],
    ),
    Scenario(
        "PYENV_VERSION set where one stands",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            ".pyenv/versions/3.12.2": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1")),
            export("PYENV_VERSION", "3.12.2", pinned(".pyenv/versions/3.12.2")),
            unset("PYENV_VERSION", pinned(".pyenv/versions/3.12.1")),
        ],
        modes=("stored",),
    ),
    Scenario(
        "WORKON_HOME set where one stands",
        {"p/.venv": "mine\n", ".virtualenvs/mine": Env(), "envs/mine": Env()},
        [
            cd("p", ".virtualenvs/mine"),
            export("WORKON_HOME", "{home}/envs", "envs/mine"),
            unset("WORKON_HOME", ".virtualenvs/mine"),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a variable changed where one stands",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            "opt/pyenv/versions/3.12.1": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1"), asks=1),
            export("PYENV_ROOT", "{home}/opt/pyenv", pinned("opt/pyenv/versions/3.12.1"), asks=1),
            unset("PYENV_ROOT", pinned(".pyenv/versions/3.12.1"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an interpreter is removed where one stands",
        P,
        [
            cd("p", "p/.venv"),
            remove("p/.venv/bin/python", None, note=gone("p")),
            prompt(),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an interpreter is removed meanwhile",
        P,
        [
            cd("p", "p/.venv"),
            cd("elsewhere", None),
            remove("p/.venv/bin/python"),
            cd("p", note=gone("p")),
        ],
    ),
]

# A folder that is a file can't be written by root either.
STORES = [
    Scenario(
        f"a store that can't be written: {place}",
        {**P, place: ""},
        [
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            cd("elsewhere", None),
            cd("p", "p/.venv", asks=1),
        ],
    )
    for place in (
        ".local/state",
        ".local/state/autovenv",
        ".local/state/autovenv/answers{home}",
        ".local/state/autovenv/answers{home}/p/.autovenv-answer/a folder",
    )
] + [
    Scenario(
        "a record that is cut short",
        {**P, RECORD: "1\0{home}/p/.venv\n\0environment\0{home}/p/.venv\0"},
        [cd("p", "p/.venv", asks=1), prompt(asks=0)],
    ),
    Scenario(
        "a record that is no record",
        {**P, RECORD: "\n\\ $(touch pwned)\0\0\0" * 1000},
        [cd("p", "p/.venv", asks=1), prompt(asks=0)],
    ),
    Scenario(
        "a record of another format",
        {**P, RECORD: "0\0" + "".join(f"{field}\0" for field in "abcdefgh000") + "end\0"},
        [cd("p", "p/.venv", asks=1), prompt(asks=0)],
    ),
    Scenario(
        "a record that is a link to nowhere",
        {**P, RECORD: Link("/nowhere/at/all")},
        [cd("p", "p/.venv", asks=1)],
    ),
]

# What a label holds is shown as it is. Python's `venv --prompt` writes it with quotes around.
LABEL_TEXTS = (
    "$(touch pwned)",
    "`touch pwned`",
    "${PATH}",
    "%F{red}%n %(?.a.b)",
    "back\\slash \\n \\w \\$ \\u",
    "it's",
    '"quoted"',
    "'",
    "!!",
    "a) (b",
)

# Who shows the environment by itself: in the prompt, then, there is no label of ours.
PROMPT_TOOLS: Mapping[str, PerShell] = {
    "starship": {
        "bash": "export STARSHIP_SHELL=bash",
        "zsh": "export STARSHIP_SHELL=zsh",
        "fish": "set -gx STARSHIP_SHELL fish",
        "pwsh": "$env:STARSHIP_SHELL = 'powershell'",
    },
    "oh-my-posh": {
        "": "export POSH_THEME={home}/theme.json",
        "fish": "set -gx POSH_THEME {home}/theme.json",
        "pwsh": "$env:POSH_THEME = '{home}/theme.json'",
    },
    "oh-my-posh's newer": {
        "bash": "POSH_SHELL=bash",
        "zsh": "POSH_SHELL=zsh",
        "fish": "set -g POSH_SHELL fish",
        "pwsh": "$env:POSH_SHELL = 'pwsh'",
    },
    "powerlevel10k": {"zsh": "p10k() { : }"},
    "powerlevel9k": {"zsh": "P9K_VERSION=1"},
}

LABELS = [
    *(
        Scenario(
            f"a label that is {label}",
            {**P, "p/.venv": Env(prompt=label)},
            [cd("p", Active("p/.venv", label=label)), prompt()],
        )
        for label in LABEL_TEXTS
    ),
    Scenario(
        "a label under prompt_subst",
        {"p/.venv": Env(prompt="$(touch pwned)`touch pwned`${HOME}%n")},
        [cd("p", Active("p/.venv", label="$(touch pwned)`touch pwned`${HOME}%n")), prompt()],
        shells=("zsh",),
        before="setopt prompt_subst",
    ),
    Scenario(
        "a label that changes",
        P,
        [
            cd("p", "p/.venv"),
            touch(
                "p/.venv/pyvenv.cfg",
                "home = /usr/bin\nprompt = new\n",
                Active("p/.venv", label="new"),
            ),
        ],
        modes=("stored",),
    ),
    Scenario(
        "no label from now on",
        P,
        [
            cd("p", "p/.venv"),
            export("VIRTUAL_ENV_DISABLE_PROMPT", "1", Active("p/.venv", shown=False)),
            unset("VIRTUAL_ENV_DISABLE_PROMPT", "p/.venv"),
        ],
    ),
    *(
        Scenario(
            f"no label beside {tool}, loaded {when}",
            P,
            [cd("p", Active("p/.venv", shown=False)), prompt(), cd("elsewhere", None)],
            shells=[shell for shell in ALL if isinstance(line, str) or shell in line or "" in line],
            before=line if when == "before" else "",
            after=line if when == "after" else "",
            alters=["STARSHIP_SHELL", "POSH_THEME", "POSH_SHELL"],
        )
        for tool, line in PROMPT_TOOLS.items()
        for when in ("before", "after")
    ),
    Scenario(
        "a label within another shell that starship is in",
        P,
        [cd("p", "p/.venv")],
        env={"STARSHIP_SHELL": "ion"},
    ),
]

THE_USERS_OWN = [
    Scenario(
        "an entry put in front of PATH",
        P,
        [cd("p", "p/.venv"), export("PATH", "/in/front:{PATH}"), prompt(), cd("elsewhere", None)],
    ),
    Scenario(
        "an entry put at the end of PATH",
        P,
        [cd("p", "p/.venv"), export("PATH", "{PATH}:/at/the/end"), cd("elsewhere", None)],
    ),
    Scenario(
        "PATH edited before and between",
        A_AND_B,
        [
            export("PATH", "/before:{PATH}"),
            cd("a", "a/.venv"),
            export("PATH", "{PATH}:/in/a"),
            cd("b", "b/.venv"),
        ],
    ),
    Scenario(
        "PYTHONHOME comes back",
        P,
        [cd("p", "p/.venv"), cd("elsewhere", None)],
        env={"PYTHONHOME": "/some/where"},
    ),
    Scenario(
        "the exit status survives",
        P,
        [
            cd("p", "p/.venv"),
            run("sh -c 'exit 3'", status=3),
            prompt(),
            run(
                {
                    "": "cd {home}/elsewhere && sh -c 'exit 4'",
                    "pwsh": "cd {home}/elsewhere; sh -c 'exit 4'",
                },
                None,
                status=4,
            ),
            prompt(),
        ],
    ),
    Scenario(
        "deactivate holds until the project is left",
        {**P, "p/src": Folder()},
        [
            cd("p", "p/.venv"),
            deactivate(),
            prompt(),
            cd("p/src"),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
    ),
    Scenario(
        "autovenv on ends what deactivate began",
        P,
        [cd("p", "p/.venv"), deactivate(), run("autovenv on", "p/.venv")],
    ),
    Scenario(
        "autovenv off and on",
        P,
        [
            cd("p", "p/.venv"),
            run("autovenv off", None),
            cd("elsewhere"),
            cd("p"),
            run("autovenv on", "p/.venv"),
        ],
    ),
    Scenario(
        "deactivate nondestructive leaves completely",
        P,
        [
            cd("p", "p/.venv"),
            run({"": "deactivate nondestructive", "pwsh": "deactivate -NonDestructive"}, "p/.venv"),
        ],
    ),
    Scenario(
        "another environment, activated by hand",
        A_AND_B,
        [
            activate("a/.venv", by_hand("a/.venv")),
            cd("b", by_hand("a/.venv")),
            cd("a", "a/.venv"),
            cd("elsewhere", None),
        ],
        alters=["PS1"],
    ),
    Scenario(
        "the project's own, activated by hand, is taken over",
        P,
        [
            cd("p", "p/.venv"),
            deactivate(),
            # Activate.ps1 wraps the prompt in which it is taken over.
            activate("p/.venv", "p/.venv", label={"": "p", "pwsh": ".venv"}),
            prompt(),
        ],
        alters=["PS1"],
    ),
    Scenario(
        "an entry like ours, put there before",
        P,
        [
            export("PATH", "{home}/p/.venv/bin:{PATH}"),
            cd("p", "p/.venv"),
            prompt(),
            cd("elsewhere", None),
            cd("p", "p/.venv"),
            nest(),
            cd("elsewhere", None),
            leave("p/.venv"),
        ],
    ),
    Scenario(
        "an entry like ours at the end of PATH",
        P,
        [
            export("PATH", "{PATH}:{home}/p/.venv/bin"),
            cd("p", "p/.venv"),
            deactivate(),
            run("autovenv on", "p/.venv"),
        ],
    ),
    Scenario(
        "PATH emptied by hand",
        P,
        [
            cd("p", "p/.venv"),
            export("PATH", ""),
            prompt(),
            export("PATH", "{root}/bin:/usr/bin:/bin"),
            cd("elsewhere", None),
        ],
    ),
    Scenario(
        "an empty PATH where one enters",
        P,
        [
            export("PATH", ""),
            cd("p", "p/.venv"),
            cd("elsewhere", None),
            export("PATH", "{root}/bin:/usr/bin:/bin"),
        ],
        shells=("bash", "zsh", "pwsh"),  # fish takes it for the folder where one stands
    ),
    Scenario(
        "VIRTUAL_ENV unset by hand",
        P,
        [
            cd("p", "p/.venv"),
            unset("VIRTUAL_ENV", "p/.venv"),
            run(
                {
                    "": "unset VIRTUAL_ENV; cd {home}/elsewhere",
                    "fish": "set -e VIRTUAL_ENV; cd {home}/elsewhere",
                    "pwsh": "$env:VIRTUAL_ENV = $null; cd {home}/elsewhere",
                },
                None,
            ),
        ],
    ),
    Scenario(
        "an entry of ours taken off PATH by hand",
        P,
        [
            cd("p", "p/.venv"),
            run(
                {
                    "": "PATH=/usr/bin:/bin",
                    "fish": "set PATH /usr/bin /bin",
                    "pwsh": "$env:PATH = '/usr/bin:/bin'",
                }
            ),
            cd("elsewhere", None),
        ],
        env={"PATH": "/usr/bin:/bin"},
    ),
    Scenario(
        "the rc file is loaded again inside",
        {**P, "p/src": Folder()},
        [
            cd("p", "p/.venv"),
            run(AGAIN, "p/.venv"),
            run(AGAIN, "p/.venv"),
            cd("elsewhere", None),
            cd("p/src", "p/.venv", then="python"),
            deactivate(),
            prompt(),
            cd("p"),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
    ),
    Scenario(
        "the rc file is loaded again after deactivate",
        {**P, "p/src": Folder()},
        [
            cd("p", "p/.venv"),
            deactivate(),
            run(AGAIN),
            prompt(),
            cd("p/src"),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
    ),
    Scenario(
        "the rc file is loaded again while off",
        P,
        [
            cd("p", "p/.venv"),
            run("autovenv off", None),
            run(AGAIN),
            cd("elsewhere"),
            cd("p"),
            run("autovenv on", "p/.venv"),
        ],
    ),
    Scenario(
        "a note isn't shown again where the rc file is loaded again",
        BROKEN,
        [cd("broken", None, note=gone("broken")), run(AGAIN), cd("elsewhere"), cd("broken")],
    ),
    Scenario(
        "two notes",
        BROKEN,
        [
            cd("broken", None, note=gone("broken")),
            cd("wrong", note=gone("wrong")),
            cd("broken"),
            cd("wrong"),
        ],
    ),
    Scenario(
        "autovenv off has nothing to say",
        BROKEN,
        [run("autovenv off", None), cd("broken"), run("autovenv on", note=gone("broken"))],
    ),
    Scenario(
        "autovenv reload asks again",
        {**P, **BROKEN},
        [
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            run("autovenv reload", asks=1),
            prompt(asks=0),
            deactivate(),
            run("autovenv reload", "p/.venv", asks=1),
            cd("broken", None, note=gone("broken")),
            run("autovenv reload", note=gone("broken")),
        ],
    ),
    Scenario(
        "autovenv reload where nothing is",
        P,
        [run("autovenv reload", None, asks=0), cd("p", "p/.venv")],
    ),
    Scenario(
        "conda's base",
        P,
        [cd("p", "p/.venv"), cd("elsewhere", None)],
        env={"CONDA_DEFAULT_ENV": "base", "CONDA_PREFIX": "/opt/conda", "CONDA_SHLVL": "1"},
    ),
    Scenario(
        "an environment of conda's that has a name",
        P,
        [cd("p", None), prompt(), unset("CONDA_DEFAULT_ENV", "p/.venv")],
        env={"CONDA_DEFAULT_ENV": "mine", "CONDA_PREFIX": "/opt/conda/envs/mine"},
    ),
    Scenario(
        "an environment of conda's, activated inside",
        P,
        [
            cd("p", "p/.venv"),
            export("CONDA_DEFAULT_ENV", "mine", None),
            export("CONDA_DEFAULT_ENV", "base", "p/.venv"),
        ],
    ),
    Scenario(
        "no label",
        P,
        [cd("p", Active("p/.venv", shown=False))],
        env={"VIRTUAL_ENV_DISABLE_PROMPT": "1"},
    ),
]

SHELLS_IN_SHELLS = [
    Scenario(
        "a shell within the shell can leave",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            nest(),
            cd("elsewhere", None),
            cd("b", "b/.venv"),
            leave("a/.venv"),
        ],
    ),
    *(
        Scenario(
            f"{inner} within the shell",
            A_AND_B,
            [cd("a", "a/.venv"), nest(inner), cd("elsewhere", None), leave("a/.venv")],
            shells=[shell for shell in ALL if shell != inner],
        )
        for inner in ALL
    ),
    Scenario(
        "exec",
        P,
        [
            cd("p", "p/.venv"),
            run({"bash": "exec bash", "zsh": "exec zsh -d", "fish": "exec fish"}),
            cd("elsewhere", None),
        ],
        shells=("bash", "zsh", "fish"),
    ),
    Scenario(
        "shells ten deep",
        P,
        [
            cd("p", "p/.venv"),
            *[nest()] * 10,
            cd("elsewhere", None),
            cd("p", "p/.venv"),
            *[leave("p/.venv")] * 10,
            cd("elsewhere", None),
        ],
    ),
    *(
        Scenario(
            "a login shell",
            P,
            [prompt(), cd("elsewhere", None), cd("p", "p/.venv")],
            shells=[shell],
            arguments=["-l"],
            start="p",
            begin=Active("p/.venv"),
        )
        for shell in ("bash", "zsh", "fish")
    ),
    Scenario(
        "exec, and deactivate",
        P,
        [
            cd("p", "p/.venv"),
            run({"bash": "exec bash", "zsh": "exec zsh -d", "fish": "exec fish"}),
            deactivate(),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
        shells=("bash", "zsh", "fish"),
    ),
    Scenario(
        "a program without a shell's options",
        P,
        [
            cd("p", "p/.venv"),
            run(
                {
                    "bash": "echo 'cd {home}/elsewhere; echo \"<$VIRTUAL_ENV>\"' | bash",
                    "zsh": "echo 'cd {home}/elsewhere; echo \"<$VIRTUAL_ENV>\"' | zsh -d",
                    "fish": "echo 'cd {home}/elsewhere; echo \"<$VIRTUAL_ENV>\"' | fish",
                },
                output="<{home}/p/.venv>\n",
            ),
        ],
        shells=("bash", "zsh", "fish"),
    ),
    Scenario(
        "a command of PowerShell's is left alone",
        P,
        [
            run(
                "& ([Environment]::ProcessPath) -NoLogo -Command "
                "'cd {home}/p; [Console]::WriteLine(\"<$env:VIRTUAL_ENV>\")'",
                output="<>\n",
            )
        ],
        shells=("pwsh",),
    ),
    Scenario(
        "a known project costs no ask",
        P,
        [
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            cd("elsewhere", None, asks=0),
            cd("p", "p/.venv", asks=0),
            terminal("p", "p/.venv", asks=0),
            terminal("elsewhere", None, asks=0),
            cd("p", "p/.venv", asks=0),
        ],
    ),
    Scenario(
        "an environment that was made anew is asked about",
        P,
        [
            cd("p", "p/.venv", asks=1),
            touch("p/.venv/pyvenv.cfg", "home = /usr/bin\n", asks=1),
            settle(),
            prompt(asks=0),
        ],
    ),
    Scenario(
        "a script is left alone",
        P,
        [
            run(
                {
                    "bash": "bash -c '. {home}/.bashrc; cd {home}/p; echo \"<${VIRTUAL_ENV-}>\"'",
                    "zsh": "zsh -c '. {home}/.zshrc; cd {home}/p; echo \"<${VIRTUAL_ENV-}>\"'",
                    "fish": "fish -c 'cd {home}/p; echo \"<$VIRTUAL_ENV>\"'",
                },
                output="<>\n",
            )
        ],
        shells=("bash", "zsh", "fish"),
    ),
]

HELPER_FAILS = {
    shell: "the helper gives no answer ({root}/helper): install autovenv anew, "
    f"or take its line out of {file}"
    for shell, file in zip(ALL, ("~/.bashrc", "~/.zshrc", "config.fish", "$PROFILE"), strict=True)
}

# What may stand where the helper stood. All say nothing on the terminal but the one line.
OTHER_HELPERS = {
    "another program": "#!/bin/sh\nexec env\n",
    "silent": "#!/bin/sh\n",
    "cut short": "#!/bin/sh\nprintf '1\\n{home}/a/.venv\\nenvironment\\n{home}/a/.venv\\n'\n",
    "of another format": "#!/bin/sh\nprintf '%s\\n' 0 a b c d e f g 0 0 0 end\n",
    "two words": "#!/bin/sh\nprintf '1\\nend\\n'\n",
    "noise": "#!/bin/sh\nhead -c 100000 /dev/urandom; head -c 100000 /dev/zero >&2\n",
    "code": "#!/bin/sh\necho 'touch pwned'\necho '$(touch pwned)'\n",
    "killed": "#!/bin/sh\nkill -9 $$\n",
    "not to be executed": "\0no program\0\n",
}

THE_HELPER = [
    Scenario(
        "a helper that fails",
        A_AND_B,
        [
            touch("../helper", "#!/bin/sh\necho on stdout\necho on stderr >&2\nexit 3\n"),
            cd("a", None, note=HELPER_FAILS),
            prompt(),
            cd("b"),
            cd("elsewhere", None, then="python"),
        ],
    ),
    Scenario(
        "a helper that is gone",
        A_AND_B,
        [remove("../helper"), cd("a", None, note=HELPER_FAILS), prompt(), cd("b")],
    ),
    *(
        Scenario(
            f"a helper that is {what}",
            A_AND_B,
            [
                touch("../helper", text),
                cd("a", None, note=HELPER_FAILS),
                prompt(),
                cd("b"),
                cd("elsewhere", None, then="python"),
            ],
        )
        for what, text in OTHER_HELPERS.items()
    ),
    Scenario(
        "a helper that is gone, and strict options",
        A_AND_B,
        [remove("../helper"), cd("a", None, note=HELPER_FAILS), prompt(), cd("b")],
        before={
            "bash": "set -eu -o pipefail",
            "zsh": "setopt err_exit no_unset pipe_fail",
            "pwsh": "Set-StrictMode -Version 3; $ErrorActionPreference = 'Stop'",
        },
    ),
    Scenario(
        "a helper that comes back",
        A_AND_B,
        [
            move("../helper", "../helper-away"),
            cd("a", None, note=HELPER_FAILS),
            move("../helper-away", "../helper"),
            cd("b", "b/.venv"),
            cd("a", "a/.venv"),
        ],
    ),
    Scenario(
        "a helper that is gone, where something is active",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            remove("../helper"),
            cd("b", None, note=HELPER_FAILS),
            cd("elsewhere"),
        ],
    ),
    Scenario(
        "what is known works without the helper",
        A_AND_B,
        [cd("a", "a/.venv"), cd("elsewhere", None), remove("../helper"), cd("a", "a/.venv")],
        modes=("stored",),
    ),
]

# A name, and its label; PowerShell takes a backslash for a slash, and knows no bytes.
HOSTILE_NAMES = {
    'it\'s "quoted"': 'it\'s "quoted"',
    "$(touch pwned)": "$(touch pwned)",
    "`touch pwned`": "`touch pwned`",
    "new\nline": "new?line",
    "%F{red}%n": "%F{red}%n",
    "[a]*?": "[a]*?",
    "back\\slash\\n": "back\\slash\\n",
    " in spaces ": " in spaces ",
    "-n": "-n",
    "~": "~",
    "!!": "!!",
    "\u00e9\u2603\U0001f600": "\u00e9\u2603\U0001f600",
    "not \udcff UTF-8": "not ? UTF-8",
    "#;&|<>": "#;&|<>",
    "${HOME}": "${HOME}",
    "a=b": "a=b",
}

HOSTILE = [
    Scenario(
        f"a folder named {name!a}",
        {f"{name}/.venv": Env(), "p/.venv": Env()},
        [
            cd(name, Active(f"{name}/.venv", label=label)),
            cd("p", "p/.venv"),
            # site.py reads pyvenv.cfg, with the path in it, as UTF-8: Python doesn't start there.
            cd(
                name,
                Active(f"{name}/.venv", label=label),
                then="" if "\udcff" in name else "python",
            ),
        ],
        shells=("bash", "zsh", "fish") if "\\" in name or "\udcff" in name else ALL,
    )
    for name, label in HOSTILE_NAMES.items()
]

# Options that a user may have set, and a tour that goes through most of a hook.
OPTIONS = {
    "bash": [
        "set -u",
        "set -e",
        "set -o noclobber",
        "set -o posix",
        "set -f",
        "shopt -s nullglob",
        "shopt -s failglob",
        "shopt -s dotglob extglob nocaseglob nocasematch",
        "set -o pipefail",
        "IFS=/:",
        "alias cd='cd -P' test=false [=false read=false local=false builtin=false printf=false",
        "test() { return 1; }; read() { return 1; }; printf() { return 1; }",
        "export GREP_OPTIONS=-v POSIXLY_CORRECT=1",
    ],
    "zsh": [
        "setopt no_unset",
        "setopt err_exit",
        "setopt no_clobber",
        "setopt ksh_arrays",
        "setopt sh_word_split",
        "setopt extended_glob",
        "setopt null_glob",
        "setopt no_nomatch glob_subst",
        "setopt csh_null_glob",
        "setopt warn_create_global",
        "setopt prompt_subst",
        "setopt all_export",
        "setopt auto_pushd pushd_silent chase_links",
        "IFS=/:",
        "alias cd='cd -P' test=false '[=false' read=false local=false builtin=false print=false",
        "test() { return 1 }; read() { return 1 }; print() { return 1 }",
    ],
    "fish": [
        "function printf; return 1; end",
        "alias ls false; abbr -a p python",
        "fish_vi_key_bindings",
    ],
    "pwsh": [
        "Set-StrictMode -Version 3",
        "$ErrorActionPreference = 'Stop'",
        "$PSNativeCommandUseErrorActionPreference = $true",
        "$OFS = '/'",
        "Set-Alias cat Get-Content; function Get-Item { throw 'shadowed' }",
        "function Test-Path { throw 'shadowed' }; function Join-Path { throw 'shadowed' }",
    ],
}

USER_OPTIONS = [
    Scenario(
        f"with {option}",
        {**A_AND_B, "broken/.venv": Env(lacks=("bin/python",)), "a/src": Folder()},
        [
            cd("a", "a/.venv"),
            prompt(),
            cd("a/src"),
            cd("b", "b/.venv"),
            cd(
                "broken",
                None,
                note="{home}/broken/.venv: its interpreter is gone; "
                "make it anew: python3 -m venv --clear {home}/broken/.venv",
            ),
            cd("a", "a/.venv"),
            deactivate(),
            cd("elsewhere"),
            cd("b", "b/.venv"),
        ],
        shells=[shell],
        before=option,
        alters=["GREP_OPTIONS", "POSIXLY_CORRECT"],
    )
    for shell, options in OPTIONS.items()
    for option in options
]

SCENARIOS: Sequence[Scenario] = [
    *COMING_AND_GOING,
    *MARKERS,
    *STALE,
    *STORES,
    *LABELS,
    *THE_USERS_OWN,
    *SHELLS_IN_SHELLS,
    *THE_HELPER,
    *HOSTILE,
    *USER_OPTIONS,
]
