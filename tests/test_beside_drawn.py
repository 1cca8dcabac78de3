"""autovenv beside what draws the prompt itself, or draws it again: what no session can wait for.

A line editor, and prompts of other people's, in a pane of tmux. They are checkouts below
AUTOVENV_OTHERS and skipped elsewhere, but for what Debian has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import beside
import trees
from beside import ORDERS, Require
from panes import STARTED, Pane, pane, wait_for_shells
from trees import Env


@dataclass(frozen=True)
class Drawn:
    """What an rc file loads in `shell`: lines, where `{place}` is the checkout.

    `shown` is what the prompt shows of an environment called lima in the project lime: our label,
    if nothing else is said. `path` is loaded instead of a checkout. `enter` is the key that runs a
    line.
    """

    shell: str
    lines: str
    checkout: str = ""
    path: str = ""
    shown: str = "(lima) "
    enter: str = "Enter"


GHOSTTY = "{place}/src/shell-integration"
FISH = "set -p fish_function_path {place}/functions\n"
TIDE = f"""{FISH}
set -U VIRTUAL_ENV_DISABLE_PROMPT true
source {{place}}/functions/_tide_sub_configure.fish
_load_config lean
_tide_finish
source {{place}}/functions/fish_prompt.fish
"""
PURE = f"""{FISH}
source {{place}}/conf.d/pure.fish
source {{place}}/conf.d/_pure_init.fish
source {{place}}/functions/fish_prompt.fish
"""
HYDRO = f"{FISH}\nsource {{place}}/conf.d/hydro.fish\nsource {{place}}/functions/fish_prompt.fish\n"
STARSHIP = f"""
. {{place}}/out/ble.sh --noattach
eval "$({beside.INSTALLED}/starship/bin/starship init bash)"
[[ ! ${{BLE_VERSION-}} ]] || ble-attach
"""
DRAWN = {
    "kitty's integration": Drawn(
        "bash",
        "KITTY_SHELL_INTEGRATION=enabled; . {place}",
        path="/usr/lib/kitty/shell-integration/bash/kitty.bash",
    ),
    "Ghostty's": Drawn(
        "bash", f"GHOSTTY_SHELL_FEATURES=title,cursor; . {GHOSTTY}/bash/ghostty.bash", "ghostty"
    ),
    "Ghostty's in zsh": Drawn(
        "zsh",
        f"GHOSTTY_SHELL_FEATURES=title,cursor; autoload -Uz -- {GHOSTTY}/zsh/ghostty-integration; "
        "ghostty-integration",
        "ghostty",
    ),
    "Ghostty's in fish": Drawn(
        "fish",
        "set -gx GHOSTTY_SHELL_FEATURES title,cursor; "
        f"source {GHOSTTY}/fish/vendor_conf.d/ghostty-shell-integration.fish",
        "ghostty",
    ),
    # Where more was typed already, it takes Enter for a line break.
    "ble.sh": Drawn("bash", ". {place}/out/ble.sh", "ble.sh", enter="C-j"),
    "ble.sh with starship": Drawn("bash", STARSHIP, "ble.sh", shown="(lima)", enter="C-j"),
    "powerline": Drawn(
        "bash",
        ". {place}",
        path="/usr/share/powerline/bindings/bash/powerline.sh",
        shown="(e)",
    ),
    "tide": Drawn("fish", TIDE, "tide", shown="(lime)"),
    "pure in fish": Drawn("fish", PURE, "pure", shown="lima"),
    "bobthefish": Drawn(
        "fish",
        f"{FISH}\nsource {{place}}/functions/fish_prompt.fish",
        "theme-bobthefish",
        shown=".venv ",
    ),
    "hydro": Drawn("fish", HYDRO, "hydro"),
    "fish-async-prompt": Drawn(
        "fish", "source {place}/conf.d/__async_prompt.fish", "fish-async-prompt"
    ),
    "zsh-vi-mode": Drawn("zsh", ". {place}/zsh-vi-mode.plugin.zsh", "zsh-vi-mode"),
    # It asks whether folders of the machine's may be searched for completions.
    "zsh-autocomplete": Drawn(
        "zsh",
        "compaudit() { :; }; . {place}/zsh-autocomplete.plugin.zsh",
        "zsh-autocomplete",
    ),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", DRAWN)
def test_drawn(name: str, order: str, tmp_path: Path, require: Require) -> None:
    """Projects are entered and left, on one line, too; the environment is shown once, or isn't."""
    drawn = DRAWN[name]
    require(drawn.shell)
    world = beside.new_world(tmp_path / "world")
    trees.build({"lime/.venv": Env(prompt="lima")}, world.home)
    place = Path(drawn.path) if drawn.path else beside.checkout(drawn.checkout)
    if not place.exists():
        pytest.skip(f"{place} is missing")
    lines = f"{drawn.lines.replace('{place}', str(place))}\n{STARTED[drawn.shell]}"
    with pane(drawn.shell, world, lines, order) as the_pane:
        the_pane.enter = drawn.enter
        wait_for_shells(the_pane, world, 1)
        the_pane.wait_until(lambda: the_pane.shown().strip() != "")
        for number, name in enumerate(("lime", "q", "elsewhere", "lime")):
            active = f"{world.home}/{name}/.venv" if name != "elsewhere" else None
            file = world.root / f"found-{number}"
            the_pane.type(f"cd {world.home}/{name} && command -v python >{file}")
            found = the_pane.state(f"state {number}")
            expected = (active, [f"{name}/.venv"] if active else [])
            assert found[:2] == expected, (number, the_pane.shown())
            assert file.read_text() == f"{active or world.root}/bin/python\n"
            if name != "q":
                the_pane.type("clear")
                _shows(the_pane, drawn.shown if active else "")


def _shows(the_pane: Pane, shown: str) -> None:
    """Wait until `shown` is all that the screen has of an environment."""

    def is_shown() -> bool:
        text = the_pane.shown()
        names = re.findall(r"\((?:lime|lima|e)\)|lima|\.venv", text)
        return (
            bool(text.strip())
            and "clear" not in text
            and len(names) == bool(shown)
            and shown in text
        )

    the_pane.wait_until(is_shown)
