"""autovenv in checkouts of oh-my-zsh, prezto, powerlevel10k and bash's, loaded before and after.

They are no packages: a test run has them where AUTOVENV_OTHERS names a folder with the checkouts
`ohmyzsh`, `prezto`, `powerlevel10k`, `oh-my-bash`, `bash-git-prompt` and `liquidprompt` in it.
tests/others stands in for powerlevel10k elsewhere.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

import beside
import trees
from beside import Require, Tool, cd, exported, look, path_of, start, text_of
from drivers import SHELLS
from drivers.shell import Session
from trees import Env, World

ORDERS = pytest.mark.parametrize("order", beside.ORDERS)

# The drivers' mark at the end of a theme's prompt.
MARK = """
unset zle_bracketed_paste
unsetopt prompt_cr prompt_sp
RPROMPT=
[[ $PROMPT == *']]~ ' ]] || PROMPT+='[[%?]]~ '
"""

# Each project looks like one of each tool, for the plugins that look for it.
MADE: trees.Tree = {
    f"{place}/{name}": text
    for place in ("p", "q")
    for name, text in {
        "pyproject.toml": "",
        "poetry.lock": "",
        "Pipfile": "",
        ".env": f"FROM={place}\n",
    }.items()
}


@pytest.fixture
def world(tmp_path: Path, require: Require) -> World:
    """Return a home with projects in it, and tools that know an environment in its project."""
    require("zsh")
    world = beside.new_world(tmp_path / "world")
    trees.build({**MADE, "lime/.venv": Env(prompt="lima")}, world.home)
    for name in ("poetry", "pipenv"):
        program = world.bin / name
        program.write_text(
            '#!/bin/sh\ncase $* in *--version) echo 1 ;; *) echo "$PWD/.venv" ;; esac\n'
        )
        program.chmod(0o755)
    return world


def oh_my_zsh(world: World, theme: str, plugins: str) -> Tool:
    """Return oh-my-zsh with a theme of its own, or none, and plugins."""
    lines = f"""
export ZSH={beside.checkout("ohmyzsh")} ZSH_CACHE_DIR={world.root}/cache
ZSH_COMPDUMP={world.root}/zcompdump ZSH_DISABLE_COMPFIX=true DISABLE_AUTO_TITLE=true
PYTHON_AUTO_VRUN=true ZSH_DOTENV_PROMPT=false ZSH_THEME={theme}
zstyle ':omz:update' mode disabled
plugins=({plugins})
. $ZSH/oh-my-zsh.sh
{MARK}"""
    return Tool({"zsh": lines}, beside.plain_terminal(world))


PLUGINS = [
    "python",
    "poetry-env",
    "pipenv",
    "dotenv",
    "virtualenvwrapper",
    "python poetry-env dotenv",
]


@ORDERS
@pytest.mark.parametrize("plugins", PLUGINS)
def test_oh_my_zsh(plugins: str, order: str, world: World) -> None:
    """Plugins that activate what autovenv activates, too, leave it as it is, and nothing behind."""
    tool = oh_my_zsh(world, "", plugins)
    if "virtualenvwrapper" in plugins:
        place = beside.installed("virtualenvwrapper/bin")
        for name in ("virtualenvwrapper.sh", "virtualenv", "virtualenv-clone"):
            (world.bin / name).symlink_to(place / name)
        tool = replace(tool, env={**tool.env, "VIRTUALENVWRAPPER_PYTHON": str(place / "python")})
    _round(tool, order, world)


PREZTO = """
zstyle ':prezto:load' pmodule environment directory utility python prompt
zstyle ':prezto:module:prompt' theme walters
zstyle ':prezto:module:python:virtualenv' auto-switch yes
zstyle ':prezto:module:python:virtualenv' initialize no
. {prezto}/init.zsh
PROMPT=
"""


@ORDERS
def test_prezto(order: str, world: World) -> None:
    """Its module `python` switches by itself: the same."""
    text = PREZTO.replace("{prezto}", str(beside.checkout("prezto")))
    _round(Tool({"zsh": text + MARK}, beside.plain_terminal(world)), order, world)


def _round(tool: Tool, order: str, world: World) -> None:
    """Go through the projects, and compare at the end with the beginning."""
    with start(tool, "zsh", order, world) as session:
        before = look(session, world).environment["PATH"]
        for place in ("p", "p/src", "q", "elsewhere", "q", "p", "elsewhere"):
            active = None if place == "elsewhere" else f"{place.partition('/')[0]}/.venv"
            result = session.type(cd(session, world, place))
            assert (result.output, result.status) == ("", 0), place
            assert result.label == (active.removesuffix("/.venv") if active else None), place
            state = look(session, world)
            assert state.environment.get("VIRTUAL_ENV") == path_of(world, active), place
            entries = [entry for entry in state.path if entry.startswith(str(world.home))]
            assert entries == ([f"{world.home}/{active}/bin"] if active else []), place
        assert (state.environment["PATH"], exported(state)) == (before, [])


# What is shown of an environment called lima: themes that show none leave it to autovenv, and so do
# those that show one only with the plugin `virtualenv`, without it.
THEMES = [
    ("robbyrussell", "git", "(lima) "),
    ("agnoster", "git", "(lima) "),
    ("agnoster", "virtualenv", "(.venv)"),
    ("bira", "git", "(lima) "),
    ("bira", "virtualenv", "lima"),
    ("ys", "virtualenv", ".venv"),
    ("ys", "git", ".venv"),
    ("dstufft", "git", "(.venv) "),
    ("fino-time", "git", "(.venv) "),
    ("suvash", "git", "(.venv) "),
    ("steeef", "git", "(.venv) "),
    ("fino", "git", ".venv"),
    ("peepcode", "git", ".venv"),
    ("af-magic", "git", "(lima) "),
]


@ORDERS
@pytest.mark.parametrize(("theme", "plugins", "shown"), THEMES)
def test_themes(theme: str, plugins: str, shown: str, order: str, world: World) -> None:
    """A theme shows an environment once, by itself or by our label."""
    with start(oh_my_zsh(world, theme, plugins), "zsh", order, world, place="lime") as session:
        _shows(text_of(session.first), shown)
        _shows(text_of(session.type(cd(session, world, "elsewhere"))), "")
        _shows(text_of(session.type(cd(session, world, "lime"))), shown)


BASH_MARK = """
mark() { [[ $PS1 == *']]~ ' ]] || PS1+='[[$?]]~ '; }
PROMPT_COMMAND+=(mark)
"""
OH_MY_BASH = """
OSH={place} OSH_THEME={theme} DISABLE_AUTO_UPDATE=true SCM_CHECK=false
OMB_PROMPT_SHOW_PYTHON_VENV=true completions=() aliases=() plugins=()
. $OSH/oh-my-bash.sh
"""

# The checkout, what loads it, and what its prompt shows of an environment called lima.
BASH_THEMES = {
    "oh-my-bash's font": ("oh-my-bash", OH_MY_BASH.replace("{theme}", "font"), "(lima) "),
    "oh-my-bash's agnoster": ("oh-my-bash", OH_MY_BASH.replace("{theme}", "agnoster"), "lima "),
    "oh-my-bash's slick": ("oh-my-bash", OH_MY_BASH.replace("{theme}", "slick"), "(lima) "),
    "bash-git-prompt": ("bash-git-prompt", ". {place}/gitprompt.sh\n", "(lima) "),
    "liquidprompt": ("liquidprompt", ". {place}/liquidprompt 2>/dev/null\n", "lima"),
}


@ORDERS
@pytest.mark.parametrize("theme", BASH_THEMES)
def test_bash_themes(theme: str, order: str, world: World, require: Require) -> None:
    """The same in bash, where a theme builds the prompt before each."""
    require("bash")
    name, text, shown = BASH_THEMES[theme]
    lines = text.replace("{place}", str(beside.checkout(name))) + BASH_MARK
    tool = Tool({"bash": lines}, beside.plain_terminal(world))
    with start(tool, "bash", order, world) as session:
        for _ in range(2):
            _shows(text_of(session.type(cd(session, world, "lime"))), shown)
            _shows(text_of(session.type(cd(session, world, "elsewhere"))), "")


def _shows(text: str, shown: str) -> None:
    """Tell that `shown` is all that a prompt shows of an environment."""
    found = re.findall(r"lima|\.venv", text)
    assert found == ([shown.strip("() ")] if shown else []), text
    assert shown in text


# --- powerlevel10k ---

INSTANT = """
if [[ -r {root}/cache/p10k-instant-prompt-${(%):-%n}.zsh ]]; then
  . {root}/cache/p10k-instant-prompt-${(%):-%n}.zsh
fi
"""

POWERLEVEL10K = """
POWERLEVEL9K_DISABLE_GITSTATUS=true
POWERLEVEL9K_DISABLE_CONFIGURATION_WIZARD=true
POWERLEVEL9K_INSTANT_PROMPT=verbose
POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(virtualenv)
POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=()
POWERLEVEL9K_VIRTUALENV_SHOW_PYTHON_VERSION=false
. {powerlevel10k}/powerlevel10k.zsh-theme
functions[_p9k_precmd_itself]=$functions[_p9k_precmd]
_p9k_precmd() {
  _p9k_precmd_itself "$@"
  unsetopt prompt_cr prompt_sp
  [[ $PROMPT == *']]~ ' ]] || PROMPT+='[[%?]]~ '
}
"""

COMPLAINT = "[WARNING]"


@pytest.mark.parametrize("place", ["lime", "elsewhere", "broken"])
@pytest.mark.parametrize("order", ["before the instant prompt", "after it", "after the theme"])
def test_powerlevel10k(order: str, place: str, world: World) -> None:
    """The instant prompt has nothing to complain of; its segment shows what is active, alone."""
    with _powerlevel10k(world, place) as session:
        session.type("")
        _wait_for_its_cache(world)
    hook = f'eval "$(<{world.hook("zsh")})"'
    with _powerlevel10k(world, place, hook, order) as session:
        first = text_of(session.first)
        assert COMPLAINT not in first
        second = text_of(session.type(""))
        assert (first + second).count("autovenv: ") == (place == "broken")
        if place != "broken":
            _shows(first, "lima" if place == "lime" else "")
        _shows(text_of(session.type(cd(session, world, "lime"))), "lima")
        _shows(text_of(session.type(cd(session, world, "elsewhere"))), "")


def test_powerlevel10k_complains(world: World) -> None:
    """What the test above relies on: the instant prompt is there, and complains of an `echo`."""
    with _powerlevel10k(world, "elsewhere") as session:
        session.type("")
        _wait_for_its_cache(world)
    with _powerlevel10k(world, "elsewhere", "echo something", "after it") as session:
        assert COMPLAINT in text_of(session.first)


def _powerlevel10k(world: World, place: str, line: str = "", order: str = "after it") -> Session:
    theme = POWERLEVEL10K.replace("{powerlevel10k}", str(beside.checkout("powerlevel10k")))
    instant = world.filled_in(INSTANT)
    lines = {
        "before the instant prompt": [line, instant, theme],
        "after it": [instant, line, theme],
        "after the theme": [instant, theme, line],
    }[order]
    terminal = beside.plain_terminal(world, beside.ABLE)
    settings = beside.setup(
        Tool({}, {**terminal, "XDG_CACHE_HOME": "{root}/cache"}), "zsh", "after", world, place
    )
    return Session(SHELLS["zsh"], replace(settings, hook="", after=lines))


def _wait_for_its_cache(world: World) -> None:
    """Wait until the instant prompt is written, which is done in the background."""
    deadline = time.monotonic() + 60
    cache = world.root / "cache"
    while not (
        list(cache.glob("p10k-instant-prompt-*.zsh")) and list(cache.glob("p10k-*/prompt-*"))
    ):
        assert time.monotonic() < deadline, list(cache.rglob("*"))
        time.sleep(0.01)
