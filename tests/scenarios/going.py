"""To come, to go, and to go straight from one project to another."""

from __future__ import annotations

from scenarios.language import POSIX, Active, Scenario, cd, run
from scenarios.shared import A_AND_B, P, by_cdpath
from trees import Env, Folder

COMING_AND_GOING = [
    Scenario("enter and leave", P, [cd("p", "p/.venv"), cd("elsewhere", None)]),
    Scenario(
        "a subfolder stays active",
        {**P, "p/src/deep": Folder()},
        [cd("p", "p/.venv"), cd("p/src/deep"), cd("p/src"), cd("elsewhere", None)],
    ),
    Scenario(
        "enter by a subfolder",
        {**P, "p/src/deep": Folder()},
        [cd("p/src/deep", "p/.venv"), cd("p")],
    ),
    Scenario("straight from one to another", A_AND_B, [cd("a", "a/.venv"), cd("b", "b/.venv")]),
    Scenario(
        "a project in a project",
        {**P, "p/q/.venv": Env()},
        [cd("p", "p/.venv"), cd("p/q", "p/q/.venv"), cd("p", "p/.venv")],
    ),
    Scenario(
        "cd -",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            cd("b", "b/.venv"),
            run("cd -", "a/.venv", output={"": "", "bash": "{home}/a\n", "zsh": "~/a\n"}),
        ],
    ),
    Scenario(
        "pushd and popd",
        P,
        [
            run(
                "pushd {home}/p",
                "p/.venv",
                output={"": "", "bash": "~/p ~/elsewhere\n", "zsh": "~/p ~/elsewhere\n"},
            ),
            run("popd", None, output={"": "", "bash": "~/elsewhere\n", "zsh": "~/elsewhere\n"}),
        ],
    ),
    Scenario("python on the same line", P, [cd("p", "p/.venv", then="python")]),
    Scenario(
        "python on the line that leaves",
        P,
        [cd("p", "p/.venv"), cd("elsewhere", None, then="python")],
    ),
    Scenario(
        "a folder that isn't there",
        P,
        [
            cd("p", "p/.venv"),
            run(
                {"": "cd /nowhere 2>/dev/null", "pwsh": "cd /nowhere 2>$null"},
                status=1,
            ),
        ],
    ),
    Scenario("a new shell inside", P, [cd("p")], start="p", begin=Active("p/.venv")),
    Scenario(
        "AUTO_CD",
        P,
        [run("{home}/p", "p/.venv", output={"": "", "bash": "cd -- {home}/p\n"})],
        without=("pwsh",),
        before={"": "", "bash": "shopt -s autocd", "zsh": "setopt auto_cd"},
    ),
    Scenario(
        "a subfolder by CDPATH",
        {**P, "p/src": Folder()},
        [
            run("cd p/src", "p/.venv", output=by_cdpath("p/src")),
            run("cd p", output=by_cdpath("p")),
            run("cd elsewhere", None, output=by_cdpath("elsewhere")),
        ],
        without=("pwsh",),
        before={"": "CDPATH={home}", "fish": "set -g CDPATH {home}"},
    ),
    Scenario(
        "a subshell",
        P,
        [
            run(
                "(cd {home}/p && python -c 'import sys; print(sys.prefix)')",
                output="{home}/p/.venv\n",
            )
        ],
        shells=POSIX,
    ),
    Scenario(
        "a command's output",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            run(
                "echo \"$(cd {home}/b && python -c 'import sys; print(sys.prefix)')\"",
                output="{home}/b/.venv\n",
            ),
        ],
        shells=POSIX,
    ),
]
