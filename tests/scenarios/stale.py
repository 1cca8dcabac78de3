"""When what was known is no longer true, and where the store is no good."""

from __future__ import annotations

from scenarios.language import (
    Active,
    Scenario,
    cd,
    export,
    move,
    pinned,
    prompt,
    remove,
    run,
    settle,
    terminal,
    touch,
    unset,
)
from scenarios.shared import RECORD, P, gone
from trees import Env, Installed, Link

# Gives all that `find` finds one time, as an archive may.
OLD = "-exec touch -h -d 2001-02-03 '{}' ';'"

# What has old times was unpacked, by rule 3: here it is trusted, since the rows are about time.
TRUSTED = {".config/autovenv/config.toml": '[trust]\nfolders = ["~"]\n'}

# Each way in which what was known may have become wrong. Where one stands it is seen by the times
# that are kept in the store; on entering again, in either mode.
STALE = [
    Scenario(
        "what is made and removed in the project asks nothing",
        {"p/.venv": Env()},
        [
            settle(),
            cd("p", "p/.venv", asks=1),
            touch("p/notes.txt", "", asks=0),
            remove("p/notes.txt", asks=0),
            touch("p/.venv/bin/tool", "", asks=0),
            cd("elsewhere", None),
            settle(),
            cd("p", "p/.venv", asks=1),
        ],
    ),
    Scenario(
        "a link to the environment is set again",
        {
            "p/.venv": Link("../envs/one"),
            "envs/one": Env(prompt="one", made_at="{home}/p/.venv"),
            "envs/two": Env(prompt="two", made_at="{home}/p/.venv"),
        },
        [
            cd("p", Active("p/.venv", label="one")),
            cd("elsewhere", None),
            run("ln -sfn ../envs/two {home}/p/.venv"),
            cd("p", Active("p/.venv", label="two")),
        ],
    ),
    Scenario(
        "a link to the environment is set again where one stands",
        {
            **TRUSTED,
            "p/.venv": Link("../envs/one"),
            "envs/one": Env(prompt="one", made_at="{home}/p/.venv"),
            "envs/two": Env(prompt="two", made_at="{home}/p/.venv"),
        },
        [
            run(f"find {{home}}/envs {OLD}"),
            settle(),
            cd("p", Active("p/.venv", label="one"), asks=1),
            prompt(asks=0),
            run("ln -sfn ../envs/two {home}/p/.venv", Active("p/.venv", label="two"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a link to the project is set again",
        {
            "now": Link("one"),
            "one/.venv": Env(prompt="one", made_at="{home}/now/.venv"),
            "two/.venv": Env(prompt="two", made_at="{home}/now/.venv"),
        },
        [
            cd("now", Active("now/.venv", label="one")),
            cd("elsewhere", None),
            run("ln -sfn two {home}/now"),
            cd("now", Active("now/.venv", label="two")),
        ],
    ),
    Scenario(
        "a link to the project is set again where one stands",
        {
            **TRUSTED,
            "now": Link("one"),
            "one/.venv": Env(prompt="one", made_at="{home}/now/.venv"),
            "two/.venv": Env(prompt="two", made_at="{home}/now/.venv"),
        },
        [
            run(f"find {{home}}/one {{home}}/two {OLD}"),
            settle(),
            cd("now", Active("now/.venv", label="one"), asks=1),
            prompt(asks=0),
            run("ln -sfn two {home}/now", Active("now/.venv", label="two"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an older environment is moved in its place",
        {**TRUSTED, "p/.venv": Env(), "p/old": Env(prompt="old", made_at="{home}/p/.venv")},
        [
            run(f"find {{home}}/p/old {OLD}"),
            cd("p", "p/.venv", asks=1),
            move("p/old", "p/.venv", Active("p/.venv", label="old"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an environment is copied over it with its times",
        {**TRUSTED, "p/.venv": Env(), "p/old": Env(prompt="old", made_at="{home}/p/.venv")},
        [
            run(f"find {{home}}/p/old {OLD}"),
            cd("p", "p/.venv", asks=1),
            run("cp -a {home}/p/old/. {home}/p/.venv/", Active("p/.venv", label="old"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "times of an archive, one for all",
        {**P, **TRUSTED},
        [
            run(f"find {{home}}/p {OLD}"),
            settle(),
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            touch(
                "p/.venv/pyvenv.cfg",
                "home = /usr/bin\nprompt = new\n",
                Active("p/.venv", label="new"),
                asks=1,
            ),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a file from 2038",
        {**P, **TRUSTED},
        [
            cd("p", "p/.venv", asks=1),
            run("touch -d 2038-02-03 {home}/p/.venv/pyvenv.cfg", asks=1),
            settle(),
            prompt(asks=0),
            touch(
                "p/.venv/pyvenv.cfg",
                "home = /usr/bin\nprompt = new\n",
                Active("p/.venv", label="new"),
                asks=1,
            ),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a pin edited twice within a second",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            ".pyenv/versions/3.12.2": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1"), asks=1),
            touch("p/.python-version", "3.12.2\n", pinned(".pyenv/versions/3.12.2"), asks=1),
            touch("p/.python-version", "3.12.1\n", pinned(".pyenv/versions/3.12.1"), asks=1),
            touch("p/.python-version", "3.12.2\n", pinned(".pyenv/versions/3.12.2"), asks=1),
            settle(),
            prompt(asks=0),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a variable changed in one shell",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            "opt/pyenv/versions/3.12.1": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1")),
            cd("elsewhere", None),
            export("PYENV_ROOT", "{home}/opt/pyenv"),
            cd("p", pinned("opt/pyenv/versions/3.12.1")),
            terminal("p", pinned(".pyenv/versions/3.12.1")),
        ],
    ),
    Scenario(
        "PYENV_VERSION set where one stands",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            ".pyenv/versions/3.12.2": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1")),
            export("PYENV_VERSION", "3.12.2", pinned(".pyenv/versions/3.12.2")),
            unset("PYENV_VERSION", pinned(".pyenv/versions/3.12.1")),
        ],
        modes=("stored",),
    ),
    Scenario(
        "WORKON_HOME set where one stands",
        {"p/.venv": "mine\n", ".virtualenvs/mine": Env(), "envs/mine": Env()},
        [
            cd("p", ".virtualenvs/mine"),
            export("WORKON_HOME", "{home}/envs", "envs/mine"),
            unset("WORKON_HOME", ".virtualenvs/mine"),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a variable changed where one stands",
        {
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
            "opt/pyenv/versions/3.12.1": Installed(),
        },
        [
            cd("p", pinned(".pyenv/versions/3.12.1"), asks=1),
            export("PYENV_ROOT", "{home}/opt/pyenv", pinned("opt/pyenv/versions/3.12.1"), asks=1),
            unset("PYENV_ROOT", pinned(".pyenv/versions/3.12.1"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an interpreter is removed where one stands",
        P,
        [
            cd("p", "p/.venv"),
            remove("p/.venv/bin/python", None, note=gone("p")),
            prompt(),
        ],
        modes=("stored",),
    ),
    # Told once for as long as it stands, and again when it breaks a second time.
    Scenario(
        "an interpreter goes, comes back and goes again where one stands",
        P,
        [
            cd("p", "p/.venv"),
            move("p/.venv/bin/python", "p/.venv/bin/away", None, note=gone("p")),
            prompt(),
            move("p/.venv/bin/away", "p/.venv/bin/python", "p/.venv"),
            move("p/.venv/bin/python", "p/.venv/bin/away", None, note=gone("p")),
            prompt(),
        ],
        modes=("stored",),
    ),
    Scenario(
        "an interpreter is removed meanwhile",
        P,
        [
            cd("p", "p/.venv"),
            cd("elsewhere", None),
            remove("p/.venv/bin/python"),
            cd("p", note=gone("p")),
        ],
    ),
]

# A folder that is a file can't be written by root either.
STORES = [
    Scenario(
        f"a store that can't be written: {place}",
        {**P, place: ""},
        [
            cd("p", "p/.venv", asks=1),
            prompt(asks=0),
            cd("elsewhere", None),
            cd("p", "p/.venv", asks=1),
        ],
    )
    for place in (
        ".local/state",
        ".local/state/autovenv",
        ".local/state/autovenv/answers.3{home}",
        ".local/state/autovenv/answers.3{home}/p/.autovenv-answer/a folder",
    )
] + [
    Scenario(
        "a record that is cut short",
        {**P, RECORD: "1\0{home}/p/.venv\n\0environment\0{home}/p/.venv\0"},
        [cd("p", "p/.venv", asks=1), prompt(asks=0)],
    ),
    Scenario(
        "a record that is empty",
        {**P, RECORD: ""},
        [cd("p", "p/.venv", asks=1), prompt(asks=0)],
    ),
    Scenario(
        "a record that is no record",
        {**P, RECORD: "\n\\ $(touch pwned)\0\0\0" * 1000},
        [cd("p", "p/.venv", asks=1), prompt(asks=0)],
    ),
    Scenario(
        "a record of another format",
        {**P, RECORD: "0\0" + "".join(f"{field}\0" for field in "abcdefgh000") + "end\0"},
        [cd("p", "p/.venv", asks=1), prompt(asks=0)],
    ),
    Scenario(
        "a record that is a link to nowhere",
        {**P, RECORD: Link("/nowhere/at/all")},
        [cd("p", "p/.venv", asks=1)],
    ),
]
