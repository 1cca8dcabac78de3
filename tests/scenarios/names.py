"""Names for environments beside `.venv` and `venv`: the setting environments.names."""

from __future__ import annotations

import os

from scenarios.language import Scenario, cd, export, prompt, remove, touch, unset
from scenarios.shared import gone
from trees import Env, Folder

# In many projects, `.env` is a file with secrets.
SECRETS = "PASSWORD=hunter2\n"

NAMES = [
    Scenario(
        "names of one's own",
        {"p/env": Env(), "p/src/.env": SECRETS, "q/.env": Env(), "q/q/.env": SECRETS},
        [
            cd("p", "p/env", asks=1, then="python"),
            prompt(asks=0),
            cd("p/src", asks=1),
            cd("q", "q/.env"),
            cd("q/q", "q/.env"),
            cd("elsewhere", None, asks=0),
            cd("p", "p/env", asks=0),
            cd("q", "q/.env", asks=0),
        ],
        env={"AUTOVENV_NAMES": os.pathsep.join(("env", ".env"))},
    ),
    Scenario(
        ".venv and venv come before names of one's own, in their order",
        {"p/.venv": Env(), "p/venv": Env(), "p/.env": Env(), "p/env": Env()},
        [
            cd("p", "p/.venv"),
            remove("p/.venv", "p/venv"),
            remove("p/venv", "p/env"),
            remove("p/env", "p/.env"),
            touch("p/.venv", Env(), "p/.venv"),
        ],
        env={"AUTOVENV_NAMES": os.pathsep.join(("env", ".env"))},
    ),
    Scenario(
        "names of one's own: broken, opted out, none",
        {
            "p/env": Env(lacks=("bin/python",)),
            "q/env": Env(),
            "q/.no-autovenv": "env\n",
            "w/.venv": Env(),
            "w/env/data": "",
        },
        [
            cd("p", None, note=gone("p", "env")),
            cd("q", None),
            remove("q/.no-autovenv", "q/env"),
            cd("w", "w/.venv"),
        ],
        env={"AUTOVENV_NAMES": "env"},
    ),
    # The walk knows what it was started with, and the helper answers by that.
    Scenario(
        "names that are changed in an open shell",
        {"p/env": Env(), "q/mine": Env(), "w": Folder()},
        [
            cd("p", "p/env"),
            export("AUTOVENV_NAMES", "mine", "p/env", asks=0),
            cd("q", None, asks=0),
            cd("p", "p/env", asks=0),
            unset("AUTOVENV_NAMES", "p/env", asks=0),
        ],
        env={"AUTOVENV_NAMES": "env"},
        alters=["AUTOVENV_NAMES"],
    ),
]
