"""What each marker leads to, and what is said where it leads to nothing."""

from __future__ import annotations

from scenarios.language import Active, Scenario, by_hand, cd, move, pinned, prompt, remove, touch
from scenarios.shared import PASSED_OVER, P, activate, gone
from trees import TOOLS, Env, Folder, Installed, Link

MARKERS = [
    Scenario(
        "an environment made where one stands",
        {"p": Folder()},
        [cd("p", None), touch("p/.venv", Env(), "p/.venv")],
    ),
    Scenario(
        "an environment deleted where one stands",
        P,
        [cd("p", "p/.venv"), remove("p/.venv", None)],
    ),
    Scenario("opted out", {**P, "p/.no-autovenv": ""}, [cd("p", None)]),
    Scenario("opted out above", {"w/p/.venv": Env(), "w/.no-autovenv": ""}, [cd("w/p", None)]),
    Scenario(
        "opted out below an environment",
        {**P, "p/q/.no-autovenv": ""},
        [cd("p", "p/.venv"), cd("p/q", None), cd("p", "p/.venv")],
    ),
    Scenario(
        "opting out and in where one stands",
        P,
        [
            cd("p", "p/.venv"),
            touch("p/.no-autovenv", "", None),
            remove("p/.no-autovenv", "p/.venv"),
        ],
    ),
    Scenario(
        ".venv comes before venv",
        {"p/.venv": Env(), "p/venv": Env()},
        [cd("p", "p/.venv"), remove("p/.venv", "p/venv")],
    ),
    Scenario("venv alone", {"p/venv": Env()}, [cd("p", "p/venv")]),
    Scenario(
        "the label of pyvenv.cfg",
        {"p/.venv": Env(prompt="it's mine")},
        [cd("p", Active("p/.venv", label="it's mine"))],
    ),
    Scenario(
        "a .venv that is no environment",
        {"p/.venv/data": "", "p/venv": Env(), "q/.venv": Folder()},
        [cd("p", "p/venv"), cd("q", None)],
    ),
    Scenario(
        "an interpreter that is gone",
        {"p/.venv": Env(lacks=("bin/python",))},
        [
            cd(
                "p",
                None,
                note=gone("p"),
            ),
            prompt(),
            cd("elsewhere"),
            cd(
                "p",
                note=gone("p"),
            ),
        ],
    ),
    Scenario(
        "an environment that was moved",
        {"p/.venv": Env(made_at="/somewhere/else/.venv")},
        [
            cd(
                "p",
                None,
                note="not activating ~/p/.venv: "
                "it was moved or copied: it was made at '/somewhere/else/.venv'\n"
                "  to make it again:  python3 -m venv --clear {home}/p/.venv",
            )
        ],
    ),
    *(
        Scenario(
            f"an environment by {tool}",
            {"p/.venv": Env(tool=tool), "q/.venv": Env(tool=tool, prompt="its own")},
            [
                cd("p", "p/.venv", then="python"),
                cd("q", Active("q/.venv", label="its own")),
                activate("p/.venv", by_hand("p/.venv"), tool),
                cd("p", "p/.venv"),
            ],
            alters=["PS1"],
        )
        for tool in TOOLS
    ),
    Scenario(
        "what was passed over, with AUTOVENV_DEBUG",
        {"p/.venv/data": "", "p/venv": Env(), "q/.venv": Folder()},
        [
            cd("p", "p/venv", output=PASSED_OVER % "p"),
            prompt(),
            cd("q", None, output=PASSED_OVER % "q"),
            cd("elsewhere"),
            cd("p", "p/venv", output=PASSED_OVER % "p"),
        ],
        env={"AUTOVENV_DEBUG": "1"},
    ),
    Scenario(
        "a file that leads to the environment",
        {"p/.venv": "../envs/p\n", "envs/p": Env()},
        [cd("p", "envs/p")],
    ),
    Scenario(
        "a link to the environment",
        {"p/.venv": Link("../envs/p"), "envs/p": Env()},
        [cd("p", "p/.venv")],
    ),
    Scenario(
        "a pin to an installed version",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions/3.12.1": Installed()},
        [cd("p", pinned(".pyenv/versions/3.12.1"))],
    ),
    Scenario(
        "a pin, and pyenv elsewhere",
        {"p/.python-version": "3.12.1\n", "opt/pyenv/versions/3.12.1": Installed()},
        [cd("p", pinned("opt/pyenv/versions/3.12.1"))],
        env={"PYENV_ROOT": "{home}/opt/pyenv"},
    ),
    Scenario(
        "a pin to a virtualenv of pyenv's",
        {"p/.python-version": "mine\n", ".pyenv/versions/mine": Env()},
        [cd("p", ".pyenv/versions/mine")],
    ),
    Scenario(
        "asdf's and mise's files, of which a pin alone decides",
        {
            "p/.tool-versions": "nodejs 22.1.0\npython 3.12.1 3.11.2 # the first\n",
            "p/q/mise.toml": '[tools]\nnode = "22"\npython = { version = "3.13" }\n',
            "p/r/.tool-versions": "nodejs 22.1.0\n",
            ".asdf/installs/python/3.12.1": Installed(),
            ".local/share/mise/installs/python/3.13.2": Installed(),
            ".pyenv/versions/3.13.9": Installed(),
        },
        [
            cd("p", pinned(".asdf/installs/python/3.12.1")),
            cd("p/q", pinned(".local/share/mise/installs/python/3.13.2")),
            cd("p/r", pinned(".asdf/installs/python/3.12.1")),
        ],
    ),
    Scenario(
        "a message on entering, and the label's form, as they are set",
        {"p/.venv": Env(version="3.12.1"), "q/.venv": Env(version="3.9.2")},
        [
            cd("p", Active("p/.venv", label="p-3.12.1"), note="in p: 3.12.1"),
            prompt(),
            cd("q", Active("q/.venv", label="q-3.9.2"), note="in q: 3.9.2"),
            cd("elsewhere", None),
            cd("p", Active("p/.venv", label="p-3.12.1"), note="in p: 3.12.1"),
        ],
        env={"AUTOVENV_SWITCH": "in {name}: {version}", "AUTOVENV_LABEL": "{name}-{version}"},
    ),
    Scenario(
        "what direnv's `layout python` made",
        {"p/.direnv/python-3.9.1": Env(), "p/.direnv/python-3.13.1": Env(), "q/.direnv": Folder()},
        [cd("p", Active("p/.direnv/python-3.13.1", label="p")), cd("q", None)],
    ),
    Scenario(
        "a pin's own version in an environment",
        {
            "p/.venv": Env(version="3.12.1"),
            "p/.python-version": "3.12.1\n",
            ".pyenv/versions/3.12.1": Installed(),
        },
        [cd("p", "p/.venv")],
    ),
    Scenario(
        "a file that names an environment in WORKON_HOME",
        {"p/.venv": "mine\n", "envs/mine": Env()},
        [cd("p", "envs/mine")],
        env={"WORKON_HOME": "{home}/envs"},
    ),
    Scenario(
        "another environment is moved in its place",
        {"p/.venv": Env(), "p/other": Env(prompt="other", made_at="{home}/p/.venv")},
        [
            cd("p", "p/.venv", asks=1),
            move("p/other", "p/.venv", Active("p/.venv", label="other"), asks=1),
        ],
        modes=("stored",),
    ),
    Scenario(
        "a pin to what isn't installed",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions": Folder()},
        [
            cd(
                "p",
                None,
                note="passing over ~/p/.python-version: "
                "it pins '3.12.1', which is not installed\n"
                "  to install it:  pyenv install 3.12.1",
            ),
            prompt(),
            cd("elsewhere"),
            touch(".pyenv/versions/3.12.1", Installed()),
            cd("p", pinned(".pyenv/versions/3.12.1")),
        ],
    ),
    # Without a store there are no times to compare: only a change of folder asks.
    Scenario(
        "what a pin names, installed where one stands",
        {"p/.python-version": "3.12.1\n", ".pyenv/versions": Folder()},
        [
            cd(
                "p",
                None,
                note="passing over ~/p/.python-version: "
                "it pins '3.12.1', which is not installed\n"
                "  to install it:  pyenv install 3.12.1",
            ),
            touch(".pyenv/versions/3.12.1", Installed(), pinned(".pyenv/versions/3.12.1")),
        ],
        modes=("stored",),
    ),
]
