"""Folders that go away under a shell, and a shell that has lost a variable."""

from __future__ import annotations

from scenarios.language import Scenario, cd, export, move, prompt, remove, run, touch, unset
from scenarios.shared import A_AND_B, P
from trees import Env, Folder

# The folder is deleted, or its name leads to another by now; the shell stands where it stood.
DELETED = [
    Scenario(
        "the folder where one stands is deleted",
        P,
        [cd("p", "p/.venv"), remove("p", None), prompt(), cd("elsewhere"), prompt()],
    ),
    Scenario(
        "cd .. from a folder that is deleted",
        {**P, "p/src": Folder()},
        [cd("p/src", "p/.venv"), remove("p/src"), run("cd .."), run("cd ..", None)],
    ),
    Scenario(
        "cd .. from a project that is deleted",
        P,
        [cd("p", "p/.venv"), remove("p", None), run("cd .."), cd("elsewhere")],
    ),
    Scenario(
        "cd - from a project that is deleted",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            cd("b", "b/.venv"),
            remove("b", None),
            run("cd -", "a/.venv", output={"": "", "bash": "{home}/a\n", "zsh": "~/a\n"}),
        ],
    ),
    Scenario(
        "straight from a project that is deleted to another",
        A_AND_B,
        [cd("a", "a/.venv"), remove("a", None), cd("b", "b/.venv", then="python")],
    ),
    Scenario(
        "a project that is deleted and made again where one stands",
        P,
        [
            cd("p", "p/.venv"),
            remove("p", None),
            touch("p/.venv", Env(), "p/.venv"),
            prompt(),
            cd("elsewhere", None),
            cd("p", "p/.venv", then="python"),
        ],
    ),
    Scenario(
        "a project in whose place another is moved where one stands",
        {**P, "q/.venv": Env(made_at="{home}/p/.venv"), "q/.no-autovenv": ""},
        [cd("p", "p/.venv"), move("q", "p", None), remove("p/.no-autovenv", "p/.venv")],
    ),
    Scenario(
        "the project is renamed where one stands",
        P,
        [cd("p", "p/.venv"), move("p", "away", None), prompt(), cd("elsewhere")],
    ),
]

LOST = [
    Scenario(
        "HOME unset",
        P,
        [unset("HOME"), cd("p", "p/.venv"), prompt(), cd("elsewhere", None), cd("p", "p/.venv")],
    ),
    Scenario(
        "HOME empty",
        P,
        [
            export("HOME", ""),
            cd("p", "p/.venv"),
            prompt(),
            cd("elsewhere", None),
            cd("p", "p/.venv"),
        ],
    ),
    Scenario(
        "HOME unset where one stands",
        P,
        [cd("p", "p/.venv"), unset("HOME"), prompt(), cd("elsewhere", None), cd("p", "p/.venv")],
    ),
]

FAULTS = [*DELETED, *LOST]
