"""What is the user's own: PATH, variables, an environment activated by hand, a word to autovenv."""

from __future__ import annotations

from scenarios.language import (
    Active,
    Scenario,
    by_hand,
    cd,
    deactivate,
    export,
    leave,
    nest,
    pinned,
    prompt,
    run,
    unset,
)
from scenarios.shared import A_AND_B, AGAIN, BROKEN, P, activate, gone
from trees import Folder, Installed

# Shows the first folder on PATH.
FIRST_ON_PATH = {
    "": "command printf '%s\\n' \"${PATH%%:*}\"",
    "fish": "echo $PATH[1]",
    "pwsh": "$env:PATH.Split([IO.Path]::PathSeparator)[0]",
}

THE_USERS_OWN = [
    Scenario(
        "an entry put in front of PATH",
        P,
        [
            cd("p", "p/.venv"),
            cd("elsewhere", None),
            cd("p", "p/.venv"),
            export("PATH", "/in/front:{PATH}"),
            run(FIRST_ON_PATH, output="/in/front\n"),
            cd("elsewhere", None),
        ],
    ),
    Scenario(
        "an entry put in front of a pinned one",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions/3.12.1": Installed()},
        [
            cd("p", pinned(".pyenv/versions/3.12.1")),
            cd("elsewhere", None),
            cd("p", pinned(".pyenv/versions/3.12.1")),
            export("PATH", "/in/front:{PATH}"),
            run(FIRST_ON_PATH, output="/in/front\n"),
        ],
    ),
    Scenario(
        "an entry put at the end of PATH",
        P,
        [cd("p", "p/.venv"), export("PATH", "{PATH}:/at/the/end"), cd("elsewhere", None)],
    ),
    Scenario(
        "PATH edited before and between",
        A_AND_B,
        [
            export("PATH", "/before:{PATH}"),
            cd("a", "a/.venv"),
            export("PATH", "{PATH}:/in/a"),
            cd("b", "b/.venv"),
        ],
    ),
    Scenario(
        "PYTHONHOME comes back",
        P,
        [cd("p", "p/.venv"), cd("elsewhere", None)],
        env={"PYTHONHOME": "/some/where"},
    ),
    Scenario(
        "the exit status survives",
        P,
        [
            cd("p", "p/.venv"),
            run("sh -c 'exit 3'", status=3),
            prompt(),
            run(
                {
                    "": "cd {home}/elsewhere && sh -c 'exit 4'",
                    "pwsh": "cd {home}/elsewhere; sh -c 'exit 4'",
                },
                None,
                status=4,
            ),
            prompt(),
        ],
    ),
    Scenario(
        "deactivate holds until the project is left",
        {**P, "p/src": Folder()},
        [
            cd("p", "p/.venv"),
            deactivate(),
            prompt(),
            cd("p/src"),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
    ),
    Scenario(
        "autovenv on ends what deactivate began",
        P,
        [cd("p", "p/.venv"), deactivate(), run("autovenv on", "p/.venv")],
    ),
    Scenario(
        "autovenv off and on",
        P,
        [
            cd("p", "p/.venv"),
            run("autovenv off", None),
            cd("elsewhere"),
            cd("p"),
            run("autovenv on", "p/.venv"),
        ],
    ),
    Scenario(
        "deactivate nondestructive leaves completely",
        P,
        [
            cd("p", "p/.venv"),
            run({"": "deactivate nondestructive", "pwsh": "deactivate -NonDestructive"}, "p/.venv"),
        ],
    ),
    Scenario(
        "another environment, activated by hand",
        A_AND_B,
        [
            activate("a/.venv", by_hand("a/.venv")),
            cd("b", by_hand("a/.venv")),
            cd("a", "a/.venv"),
            cd("elsewhere", None),
            activate("a/.venv", by_hand("a/.venv")),
            deactivate(),
        ],
        alters=["PS1"],
    ),
    Scenario(
        "the project's own, activated by hand, is taken over",
        P,
        [
            cd("p", "p/.venv"),
            deactivate(),
            # Activate.ps1 wraps the prompt in which it is taken over.
            activate("p/.venv", "p/.venv", label={"": "p", "pwsh": ".venv"}),
            prompt(),
        ],
        alters=["PS1"],
    ),
    Scenario(
        "an entry like ours, put there before",
        P,
        [
            export("PATH", "{home}/p/.venv/bin:{PATH}"),
            cd("p", "p/.venv"),
            prompt(),
            cd("elsewhere", None),
            cd("p", "p/.venv"),
            nest(),
            cd("elsewhere", None),
            leave("p/.venv"),
        ],
    ),
    Scenario(
        "an entry like ours at the end of PATH",
        P,
        [
            export("PATH", "{PATH}:{home}/p/.venv/bin"),
            cd("p", "p/.venv"),
            deactivate(),
            run("autovenv on", "p/.venv"),
        ],
    ),
    Scenario(
        "PATH emptied by hand",
        P,
        [
            cd("p", "p/.venv"),
            export("PATH", ""),
            prompt(),
            export("PATH", "{root}/bin:/usr/bin:/bin"),
            cd("elsewhere", None),
        ],
    ),
    Scenario(
        "an empty PATH where one enters",
        P,
        [
            export("PATH", ""),
            cd("p", "p/.venv"),
            cd("elsewhere", None),
            export("PATH", "{root}/bin:/usr/bin:/bin"),
        ],
        without=("fish",),  # fish takes it for the folder where one stands
    ),
    Scenario(
        "VIRTUAL_ENV unset by hand",
        P,
        [
            cd("p", "p/.venv"),
            unset("VIRTUAL_ENV", "p/.venv"),
            unset("VIRTUAL_ENV_PROMPT", "p/.venv"),
            run(
                {
                    "": "unset VIRTUAL_ENV; cd {home}/elsewhere",
                    "fish": "set -e VIRTUAL_ENV; cd {home}/elsewhere",
                    "pwsh": "$env:VIRTUAL_ENV = $null; cd {home}/elsewhere",
                },
                None,
            ),
        ],
    ),
    Scenario(
        "an entry of ours taken off PATH by hand",
        P,
        [
            cd("p", "p/.venv"),
            run(
                {
                    "": "PATH=/usr/bin:/bin",
                    "fish": "set PATH /usr/bin /bin",
                    "pwsh": "$env:PATH = $env:PATH.Replace(\"$env:VIRTUAL_ENV/bin:\", '')",
                }
            ),
            cd("elsewhere", None),
        ],
        env={"PATH": "/usr/bin:/bin"},
    ),
    Scenario(
        "the rc file is loaded again inside",
        {**P, "p/src": Folder()},
        [
            cd("p", "p/.venv"),
            run(AGAIN, "p/.venv"),
            run(AGAIN, "p/.venv"),
            cd("elsewhere", None),
            cd("p/src", "p/.venv", then="python"),
            deactivate(),
            prompt(),
            cd("p"),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
    ),
    Scenario(
        "the rc file is loaded again after deactivate",
        {**P, "p/src": Folder()},
        [
            cd("p", "p/.venv"),
            deactivate(),
            run(AGAIN),
            prompt(),
            cd("p/src"),
            cd("elsewhere"),
            cd("p", "p/.venv"),
        ],
    ),
    Scenario(
        "the rc file is loaded again while off",
        P,
        [
            cd("p", "p/.venv"),
            run("autovenv off", None),
            run(AGAIN),
            cd("elsewhere"),
            cd("p"),
            run("autovenv on", "p/.venv"),
        ],
    ),
    Scenario(
        "a note isn't shown again where the rc file is loaded again",
        BROKEN,
        [cd("broken", None, note=gone("broken")), run(AGAIN), prompt()],
    ),
    Scenario(
        "two notes",
        BROKEN,
        [
            cd("broken", None, note=gone("broken")),
            cd("wrong", note=gone("wrong")),
            cd("broken", note=gone("broken")),
            prompt(),
            cd("elsewhere"),
            cd("broken", note=gone("broken")),
        ],
    ),
    Scenario(
        "autovenv off has nothing to say",
        BROKEN,
        [run("autovenv off", None), cd("broken"), run("autovenv on", note=gone("broken"))],
    ),
    Scenario(
        "autovenv reload asks again",
        {**P, **BROKEN},
        [
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            run("autovenv reload", asks=1),
            prompt(asks=0),
            deactivate(),
            run("autovenv reload", "p/.venv", asks=1),
            cd("broken", None, note=gone("broken")),
            run("autovenv reload", note=gone("broken")),
        ],
    ),
    Scenario(
        "autovenv reload where nothing is",
        P,
        [run("autovenv reload", None, asks=0), cd("p", "p/.venv")],
    ),
    Scenario(
        "conda's base",
        P,
        [cd("p", "p/.venv"), cd("elsewhere", None)],
        env={"CONDA_DEFAULT_ENV": "base", "CONDA_PREFIX": "/opt/conda", "CONDA_SHLVL": "1"},
    ),
    Scenario(
        "an environment of conda's that has a name",
        P,
        [cd("p", None), prompt(), unset("CONDA_DEFAULT_ENV", "p/.venv")],
        env={"CONDA_DEFAULT_ENV": "mine", "CONDA_PREFIX": "/opt/conda/envs/mine"},
    ),
    Scenario(
        "an environment of conda's, activated inside",
        P,
        [
            cd("p", "p/.venv"),
            export("CONDA_DEFAULT_ENV", "mine", None),
            export("CONDA_DEFAULT_ENV", "base", "p/.venv"),
        ],
    ),
    Scenario(
        "no label",
        P,
        [cd("p", Active("p/.venv", shown=False))],
        env={"VIRTUAL_ENV_DISABLE_PROMPT": "1"},
    ),
]
