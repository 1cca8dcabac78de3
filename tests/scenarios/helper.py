"""A helper that fails, is gone, or is another program."""

from __future__ import annotations

from autovenv import shells
from scenarios.language import ALL, Scenario, cd, move, prompt, remove, run, touch
from scenarios.shared import A_AND_B

HELPER_FAILS = {
    shell: "the helper gives no answer ({root}/helper): install autovenv again, "
    f"or remove its line from {shells.SHELLS[shells.ALIASES.get(shell, shell)].rc}"
    for shell in ALL
}

# What may stand where the helper stood. All say nothing on the terminal but the one line.
OTHER_HELPERS = {
    "another program": "#!/bin/sh\nexec env\n",
    "silent": "#!/bin/sh\n",
    "cut short": "#!/bin/sh\nprintf '2\\n{home}/a/.venv\\n{home}/a/.venv\\n'\n",
    "of another format": "#!/bin/sh\nprintf '%s\\n' 0 a b c d e f absent /no end\n",
    "with a check from the future": "#!/bin/sh\nprintf '%s\\n' 2 a b c d e f ahead /no end\n",
    "two words": "#!/bin/sh\nprintf '2\\nend\\n'\n",
    "noise": "#!/bin/sh\nhead -c 100000 /dev/urandom; head -c 100000 /dev/zero >&2\n",
    "code": "#!/bin/sh\necho 'touch pwned'\necho '$(touch pwned)'\n",
    "killed": "#!/bin/sh\nkill -9 $$\n",
    "not to be executed": "\0no program\0\n",
}

GONE = "autovenv: its Python is gone ({root}/helper): install autovenv again\n"

THE_HELPER = [
    Scenario(
        "a command of ours without its Python",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            remove("../helper"),
            run("autovenv status", output=GONE, status=None),
            run("autovenv doctor", output=GONE, status=None),
        ],
    ),
    Scenario(
        "a helper that fails",
        A_AND_B,
        [
            touch("../helper", "#!/bin/sh\necho on stdout\necho on stderr >&2\nexit 3\n"),
            cd("a", None, note=HELPER_FAILS),
            prompt(),
            cd("b"),
            cd("elsewhere", None, then="python"),
        ],
    ),
    Scenario(
        "a helper that is gone",
        A_AND_B,
        [remove("../helper"), cd("a", None, note=HELPER_FAILS), prompt(), cd("b")],
    ),
    *(
        Scenario(
            f"a helper that is {what}",
            A_AND_B,
            [
                touch("../helper", text),
                cd("a", None, note=HELPER_FAILS),
                prompt(),
                cd("b"),
                cd("elsewhere", None, then="python"),
                cd("b", note=HELPER_FAILS),
            ],
        )
        for what, text in OTHER_HELPERS.items()
    ),
    Scenario(
        "a helper that is gone, and strict options",
        A_AND_B,
        [remove("../helper"), cd("a", None, note=HELPER_FAILS), prompt(), cd("b")],
        before={
            "": "",
            "bash": "set -eu -o pipefail",
            "zsh": "setopt err_exit no_unset pipe_fail",
            "pwsh": "Set-StrictMode -Version 3; $ErrorActionPreference = 'Stop'",
        },
    ),
    Scenario(
        "a helper that is gone, where the machine has another Python",
        A_AND_B,
        [
            move("../helper", "../spare-1"),
            cd("a", "a/.venv"),
            cd("b", "b/.venv"),
            cd("elsewhere", None, then="python"),
        ],
    ),
    Scenario(
        "a helper that is gone, and the machine's Python is too old",
        A_AND_B,
        [
            remove("../helper"),
            touch("../spare-0", "#!/bin/sh\necho Traceback >&2\nexit 1\n"),
            cd("a", None, note=HELPER_FAILS),
            prompt(),
        ],
    ),
    Scenario(
        "a helper that comes back",
        A_AND_B,
        [
            move("../helper", "../helper-away"),
            cd("a", None, note=HELPER_FAILS),
            move("../helper-away", "../helper"),
            cd("b", "b/.venv"),
            cd("a", "a/.venv"),
        ],
    ),
    Scenario(
        "a helper that is gone, where something is active",
        A_AND_B,
        [
            cd("a", "a/.venv"),
            remove("../helper"),
            cd("b", None, note=HELPER_FAILS),
            cd("elsewhere"),
        ],
    ),
    Scenario(
        "what is known works without the helper",
        A_AND_B,
        [cd("a", "a/.venv"), cd("elsewhere", None), remove("../helper"), cd("a", "a/.venv")],
        modes=("stored",),
    ),
]
