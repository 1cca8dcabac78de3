"""What the prompt shows, and when it is left to another tool."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.language import ALL, Active, PerShell, Scenario, cd, export, prompt, touch, unset
from scenarios.shared import P
from trees import Env

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
    "bobthefish": {"fish": "function __bobthefish_prompt_virtualfish; end"},
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
        "a label beside bobthefish that shows none",
        P,
        [cd("p", "p/.venv"), prompt(), cd("elsewhere", None)],
        shells=("fish",),
        before="function __bobthefish_prompt_virtualfish; end; set theme_display_virtualenv no",
    ),
    Scenario(
        "a label within another shell that starship is in",
        P,
        [cd("p", "p/.venv")],
        env={"STARSHIP_SHELL": "ion"},
    ),
]
