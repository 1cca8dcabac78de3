"""Names of folders that a careless line would trip over."""

from __future__ import annotations

from scenarios.language import Active, Scenario, cd
from trees import Env, Folder

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
    "not \udcff\udcc3\\s UTF-8": "not ??\\s UTF-8",
    "#;&|<>": "#;&|<>",
    "${HOME}": "${HOME}",
    "a=b": "a=b",
    "\u00e9" * 127 + "e": "\u00e9" * 57 + "...",  # 255 bytes: no name is longer
}

HOSTILE = [
    Scenario(
        f"a folder named {name if len(name) < 99 else f'{name[:3]}...'!a}",
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
        without=("pwsh",) if "\\" in name or "\udcff" in name else (),
    )
    for name, label in HOSTILE_NAMES.items()
] + [
    Scenario(
        "a folder with a colon in its name",
        {"a:b/.venv": Env(), "a:b/src": Folder(), "p/.venv": Env()},
        [
            cd("p", "p/.venv"),
            cd(
                "a:b",
                None,
                note="not activating ~/a:b/.venv: "
                "its path holds ':', which PATH can't hold: move it",
            ),
            cd("a:b/src"),
            cd("p", "p/.venv", then="python"),
        ],
    ),
]
