"""Names of folders that a careless line would trip over."""

from __future__ import annotations

from scenarios.language import ALL, Active, Scenario, cd
from trees import Env

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
