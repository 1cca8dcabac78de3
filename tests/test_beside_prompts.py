"""autovenv beside what makes the prompt: starship, oh-my-posh, git's, powerlevel9k and 10k, pure.

docs/shells.md says which of them are real in a test run, and which have a stand-in.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import beside
import trees
from beside import Require, Stop, Tool, cd, each, same_as_without, setup, start, stop, text_of
from drivers import SHELLS
from drivers.shell import Session
from trees import Env, World

STARSHIP, OH_MY_POSH, GIT_PROMPT = map(beside.stand_in, ["starship", "oh-my-posh", "git-prompt"])


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it."""
    return beside.new_world(tmp_path / "world")


@pytest.mark.parametrize("tool", [STARSHIP, OH_MY_POSH], ids=["starship", "oh-my-posh"])
@each(STARSHIP)
def test_prompt_tools(tool: Tool, shell: str, order: str, world: World, require: Require) -> None:
    """A prompt tool knows at the first prompt in a project what is active, and shows it alone."""
    require(shell)
    stops = [
        Stop(place, f"{place}/.venv" if place != "elsewhere" else None, label=f"<{shown}>")
        for place, shown in (("p", "p"), ("q", "q"), ("elsewhere", ""), ("p", "p"))
    ]
    same_as_without(tool, shell, order, world, [*stops, Stop("elsewhere", None, label="<>")])


# Its own way to show an environment, in the form of the drivers' prompt.
STARSHIP_SETTINGS = r"""
add_newline = false
format = "$python$status"
[python]
format = '[(\(<$virtualenv>\) )]()'
generic_venv_names = [".venv"]
detect_extensions = []
detect_files = []
detect_folders = []
[status]
disabled = false
format = '[\[\[$status\]\]~ ]()'
success_symbol = "0"
"""

# In PowerShell it needs PSReadLine, which the tests' prompt is without.
REAL_STARSHIP = Tool(
    {
        "bash": 'eval "$({starship} init bash)"',
        "zsh": 'eval "$({starship} init zsh)"',
        "fish": "{starship} init fish | source",
    },
    {"STARSHIP_CONFIG": "{root}/starship.toml", "STARSHIP_CACHE": "{root}/cache"},
)


@each(REAL_STARSHIP)
def test_real_starship(shell: str, order: str, world: World, require: Require) -> None:
    """The same beside starship itself; before 1.23 it knows no names that are nobody's."""
    require(shell)
    program = str(beside.installed("starship/bin/starship"))
    defaults = subprocess.run(
        [program, "print-config", "--default", "python"], check=True, capture_output=True, text=True
    ).stdout
    shown = {"lime": "<lima>", "q": "<q>" if "generic_venv_names" in defaults else "<.venv>"}
    trees.build({"lime/.venv": Env(prompt="lima")}, world.home)
    (world.root / "starship.toml").write_text(STARSHIP_SETTINGS)
    tool = replace(
        REAL_STARSHIP,
        lines={n: text.replace("{starship}", program) for n, text in REAL_STARSHIP.lines.items()},
        env={**REAL_STARSHIP.env, **beside.plain_terminal(world)},
    )
    with start(tool, shell, order, world) as session:
        for place in ("lime", "q", "elsewhere", "lime", "elsewhere"):
            active = None if place == "elsewhere" else f"{world.home}/{place}/.venv"
            result = session.type(cd(session, world, place))
            assert result.label == shown.get(place)
            assert beside.look(session, world).environment.get("VIRTUAL_ENV") == active
        assert session.type("sh -c 'exit 3'").status == 3


@each(GIT_PROMPT)
def test_git_prompt(shell: str, order: str, world: World, require: Require) -> None:
    """Git's prompt, which builds PS1 again each time, keeps the label before it."""
    require(shell)
    stops = [stop("p"), stop("q"), stop("elsewhere")]
    same_as_without(GIT_PROMPT, shell, order, world, stops)


BASH_PREEXEC = """
precmd() { history_shows="$history_shows p"; }
preexec() { history_shows="$history_shows $1"; }
. {script}
"""


@pytest.mark.parametrize("order", beside.ORDERS)
def test_bash_preexec(order: str, world: World, require: Require) -> None:
    """A checkout of bash-preexec sees what is typed, and nothing of ours, once for each line."""
    require("bash")
    script = beside.checkout("bash-preexec") / "bash-preexec.sh"
    tool = Tool({"bash": BASH_PREEXEC.replace("{script}", str(script))})
    with start(tool, "bash", order, world) as session:
        for place in ("p", "q", "elsewhere"):
            result = session.type(f"cd ~/{place}")
            assert (result.output, result.status) == ("", 0)
            assert result.label == (place if place != "elsewhere" else None)
        assert session.type("false").status == 1
        shown = session.type("echo $history_shows").output
    assert shown == "p cd ~/p p cd ~/q p cd ~/elsewhere p false p echo $history_shows\n"


# Where these are loaded, the prompt is theirs; the drivers' mark is added at its end.
MARK = """
unsetopt prompt_cr prompt_sp
[[ $PROMPT == *']]~ ' ]] || PROMPT+='[[%?]]~ '
RPROMPT=
"""
POWERLEVEL9K = f"""
POWERLEVEL9K_LEFT_PROMPT_ELEMENTS=(dir virtualenv)
POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS=()
. /usr/share/powerlevel9k/powerlevel9k.zsh-theme
mark() {{ {MARK} }}
precmd_functions+=(mark)
"""
PURE = f"""
fpath+=({{place}})
PURE_GIT_PULL=0
autoload -Uz promptinit && promptinit && prompt pure
{MARK}
"""


@pytest.mark.parametrize("order", beside.ORDERS)
@pytest.mark.parametrize("theme", ["powerlevel9k", "pure"])
def test_themes(theme: str, order: str, world: World, require: Require) -> None:
    """A theme of zsh's that shows the environment shows it once, at the first prompt there."""
    require("zsh")
    if theme == "powerlevel9k":
        beside.debian("/usr/share/powerlevel9k/powerlevel9k.zsh-theme")
        lines = POWERLEVEL9K
    else:
        lines = PURE.replace("{place}", str(beside.installed("node_modules/pure-prompt")))
    trees.build({"lima/.venv": Env(prompt="lima")}, world.home)
    tool = Tool({"zsh": lines}, beside.plain_terminal(world))
    with start(tool, "zsh", order, world) as session:
        for place in ("lima", "elsewhere", "lima"):
            shown = text_of(session.type(cd(session, world, place))).replace("/lima", "")
            assert len(re.findall(r"lima|\.venv", shown)) == (place == "lima"), shown


@pytest.mark.parametrize("order", beside.ORDERS)
def test_instant_prompt(order: str, world: World, require: Require) -> None:
    """Nothing is shown while powerlevel10k's instant prompt waits; a note comes afterwards."""
    require("zsh")
    theme = (beside.OTHERS / "powerlevel10k.zsh").read_text()
    instant = (beside.OTHERS / "instant-prompt.zsh").read_text()
    for place in ("p", "elsewhere", "broken"):
        settings = setup(Tool({"zsh": theme}), "zsh", order, world, place)
        settings = replace(settings, before=[world.filled_in(instant), *settings.before])
        with Session(SHELLS["zsh"], settings) as session:
            assert session.first.label == ("<p>" if place == "p" else "<>")
            shown = session.first.output + session.type("").output
        assert (world.root / "instant").read_text() == ""
        assert shown.count("autovenv: ") == (place == "broken")
