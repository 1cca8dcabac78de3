"""Shells in shells, new terminals, and shells that are left alone."""

from __future__ import annotations

from scenarios.language import (
    ALL,
    Active,
    Scenario,
    cd,
    deactivate,
    leave,
    nest,
    pinned,
    prompt,
    run,
    settle,
    terminal,
    touch,
)
from scenarios.shared import A_AND_B, P
from trees import Installed

SHELLS_IN_SHELLS = [
    Scenario(
        "a shell within the shell can leave",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            nest(),
            cd("elsewhere", None),
            cd("b", "b/.venv"),
            leave("a/.venv"),
        ],
    ),
    *(
        Scenario(
            f"{inner} within the shell",
            A_AND_B,
            [cd("a", "a/.venv"), nest(inner), cd("elsewhere", None), leave("a/.venv")],
            shells=[shell for shell in ALL if shell != inner],
        )
        for inner in ALL
    ),
    Scenario(
        "a shell within the shell, where a pin decides",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions/3.12.1": Installed()},
        [
            cd("p", pinned(".pyenv/versions/3.12.1")),
            nest(),
            deactivate(),
            cd("elsewhere"),
            leave(pinned(".pyenv/versions/3.12.1")),
        ],
    ),
    Scenario(
        "exec",
        P,
        [
            cd("p", "p/.venv"),
            run({"bash": "exec bash", "zsh": "exec zsh -d", "fish": "exec fish"}),
            cd("elsewhere", None),
        ],
        without=("pwsh",),
    ),
    Scenario(
        "shells ten deep",
        P,
        [
            cd("p", "p/.venv"),
            *[nest()] * 10,
            cd("elsewhere", None),
            cd("p", "p/.venv"),
            *[leave("p/.venv")] * 10,
            cd("elsewhere", None),
        ],
    ),
    *(
        Scenario(
            "a login shell",
            P,
            [prompt(), cd("elsewhere", None), cd("p", "p/.venv")],
            shells=[shell],
            arguments=["-l"],
            start="p",
            begin=Active("p/.venv"),
        )
        for shell in ("bash", "zsh", "fish")
    ),
    Scenario(
        "exec, and deactivate",
        P,
        [
            cd("p", "p/.venv"),
            run({"bash": "exec bash", "zsh": "exec zsh -d", "fish": "exec fish"}),
            deactivate(),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
        without=("pwsh",),
    ),
    Scenario(
        "a program without a shell's options",
        P,
        [
            cd("p", "p/.venv"),
            run(
                {
                    "bash": "echo 'cd {home}/elsewhere; echo \"<$VIRTUAL_ENV>\"' | bash",
                    "zsh": "echo 'cd {home}/elsewhere; echo \"<$VIRTUAL_ENV>\"' | zsh -d",
                    "fish": "echo 'cd {home}/elsewhere; echo \"<$VIRTUAL_ENV>\"' | fish",
                },
                output="<{home}/p/.venv>\n",
            ),
        ],
        without=("pwsh",),
    ),
    Scenario(
        "a command of PowerShell's is left alone",
        P,
        [
            run(
                "& ([Environment]::ProcessPath) -NoLogo -Command "
                "'cd {home}/p; [Console]::WriteLine(\"<$env:VIRTUAL_ENV>\")'",
                output="<>\n",
            )
        ],
        shells=("pwsh",),
    ),
    Scenario(
        "a known project costs no ask",
        P,
        [
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            cd("elsewhere", None, asks=0),
            cd("p", "p/.venv", asks=0),
            terminal("p", "p/.venv", asks=0),
            terminal("elsewhere", None, asks=0),
            cd("p", "p/.venv", asks=0),
        ],
    ),
    Scenario(
        "an environment that was made again is asked about",
        P,
        [
            cd("p", "p/.venv", asks=1),
            touch("p/.venv/pyvenv.cfg", "home = /usr/bin\n", asks=1),
            settle(),
            prompt(asks=0),
        ],
    ),
    Scenario(
        "a script is left alone",
        P,
        [
            run(
                {
                    "bash": "bash -c '. {home}/.bashrc; cd {home}/p; echo \"<${VIRTUAL_ENV-}>\"'",
                    "zsh": "zsh -c '. {home}/.zshrc; cd {home}/p; echo \"<${VIRTUAL_ENV-}>\"'",
                    "fish": "fish -c 'cd {home}/p; echo \"<$VIRTUAL_ENV>\"'",
                },
                output="<>\n",
            )
        ],
        without=("pwsh",),
    ),
]
