"""Prompts that show VIRTUAL_ENV by themselves, as many themes do: the environment is there once.

Each is the smallest that does what a theme does; checkouts of such themes are run beside the hook
in test_beside_frameworks.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from beside import ORDERS, text_of
from prompts import User
from trees import Env, World

# A theme is a function that sets PS1 before each prompt. `N` takes the name of the environment's
# folder, `L` its label.
READS = """
N() { [[ -n $VIRTUAL_ENV ]] && echo "<${VIRTUAL_ENV##*/}> "; }
L() { [[ -n $VIRTUAL_ENV ]] && echo "<$VIRTUAL_ENV_PROMPT> "; }
off() { [[ -z $shows ]] || N; }
"""
SHOWS = {
    "bash": {
        "built from the folder": r'PS1="\[\e[1m\]$(N)\[\e[0m\][[\$?]]~ "',
        "built from the label": r'PS1="<\[\e[1m\]${VIRTUAL_ENV_PROMPT}\[\e[0m\]> [[\$?]]~ "',
        "a function": "PS1='$(N)[[$?]]~ '",
        "a function, in backticks": "PS1='`L`[[$?]]~ '",
        "the variable": "PS1='${VIRTUAL_ENV##*/} [[$?]]~ '",
    },
    "zsh": {
        "built from the folder": r'PS1="%{\e[1m%}$(N)%{\e[0m%}[[%?]]~ "',
        "built from the label": 'PS1="<%F{red}%B$VIRTUAL_ENV_PROMPT%b%f> [[%?]]~ "',
        "a function": "PS1='$(N)[[%?]]~ '",
        "a function, in backticks": "PS1='`L`[[%?]]~ '",
        "the variable": "PS1='${VIRTUAL_ENV:t} [[%?]]~ '",
    },
}
LEAVES_IT = {
    "bash": {
        "a path": r'PS1="${PWD/$HOME/\~}/ ~/lima [[\$?]]~ "',
        "a part of a word": 'PS1="malima lima.txt [[\\$?]]~ "',
        "a function that shows nothing": "PS1='$(off)[[$?]]~ '",
        "what shows when it is switched off": "PS1='${shows:+$VIRTUAL_ENV}[[$?]]~ '",
    },
    "zsh": {
        "a path": 'PS1="${PWD/$HOME/~}/ ~/lima [[%?]]~ "',
        "a part of a word": 'PS1="malima lima.txt [[%?]]~ "',
        "a function that shows nothing": "PS1='$(off)[[%?]]~ '",
        "what shows when it is switched off": "PS1='${shows:+$VIRTUAL_ENV}[[%?]]~ '",
    },
}
STEP = {
    "bash": "PROMPT_COMMAND='eval \"$theme\"'; theme='PS1=\"[[\\$?]]~ \"'",
    "zsh": "setopt prompt_subst; theme='PS1=\"[[%?]]~ \"'; step() { RPS1=; eval $theme }; "
    "precmd_functions+=(step); unsetopt prompt_cr prompt_sp",
}
UNDER = pytest.mark.parametrize("name", sorted(SHOWS))


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with a project whose label isn't its folder's name."""
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(prompt="lima")})
    world.settle()
    return world


@pytest.mark.parametrize("order", ORDERS)
@UNDER
def test_shown_once(name: str, order: str, world: World, require: Callable[[str], None]) -> None:
    """By the theme where it does, by our label where it doesn't; and the label comes back."""
    require(name)
    lines = [READS, STEP[name]]
    with User(
        name,
        world,
        cwd="p",
        **{order: lines},  # type: ignore[arg-type] # one of two lists
    ) as user:
        user.go("p")
        for theme, text in SHOWS[name].items():
            user.type(f"theme={user.shell.quote(text)}")
            result = user.type("")
            assert result.label is None, theme
            assert text_of(result).count(".venv") + text_of(result).count("lima") == 1, theme
            user.type("theme='PS1=\"[[0]]~ \"'")
            assert user.type("").label == "lima", theme
        if name == "zsh":  # at the right, where the driver doesn't look
            user.type('theme=\'PS1="[[0]]~ " RPS1="\\$(N)"\'')
            assert user.type("").label is None
        for theme, text in LEAVES_IT[name].items():
            user.type(f"theme={user.shell.quote(text)}")
            assert text_of(user.type("")).startswith("(lima) "), theme


@UNDER
def test_a_branch_called_like_the_project(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """A name in the prompt isn't the environment's where nothing reads VIRTUAL_ENV."""
    require(name)
    with User(name, world, cwd="p", before=[STEP[name]]) as user:
        user.type("unset -f __probe")  # the driver's own reads it
        user.type("theme='PS1=\"<lima> [[0]]~ \"'")
        assert text_of(user.type("")) == "(lima) <lima> "


@UNDER
def test_a_prompt_is_expanded_once(name: str, world: World, require: Callable[[str], None]) -> None:
    """What a prompt runs may take its time: it isn't run twice at each prompt."""
    require(name)
    counts = f"counts() {{ echo >>{world.root}/count; N; }}"
    with User(name, world, before=[READS, counts, STEP[name]]) as user:
        theme = "PS1='$(counts)[[0]]~ '"
        user.type(f"theme={user.shell.quote(theme)}")
        user.go("p")
        for _ in range(3):
            before = (world.root / "count").stat().st_size
            user.type("")
            assert (world.root / "count").stat().st_size == before + 1
