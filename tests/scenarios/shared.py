"""Trees, lines and notes that rows of several rooms share."""

from __future__ import annotations

from typing import Unpack

from scenarios.language import Expected, PerShell, Rest, Step, run
from trees import Env

P = {"p/.venv": Env()}
A_AND_B = {"a/.venv": Env(), "b/.venv": Env()}
BROKEN = {f"{name}/.venv": Env(lacks=("bin/python",)) for name in ("broken", "wrong")}
PASSED_OVER = (
    "autovenv: {home}/%s/.venv is no environment: neither pyvenv.cfg nor an interpreter in it\n"
)
# Loads the rc file once more.
AGAIN = {
    "bash": ". ~/.bashrc",
    "zsh": ". ~/.zshrc",
    "fish": "source ~/.config/fish/config.fish",
    "pwsh": ". {home}/.config/powershell/Microsoft.PowerShell_profile.ps1",
}
# Where the answer for p is kept.
RECORD = ".local/state/autovenv/answers.3{home}/p/.autovenv-answer"
ACTIVATE = {
    "": "source {home}/%s/bin/activate",
    "fish": "source {home}/%s/bin/activate.fish",
    "pwsh": ". {home}/%s/{bin}/Activate.ps1",
}


def activate(path: str, active: Expected, tool: str = "venv", **rest: Unpack[Rest]) -> Step:
    """Source the environment's own `activate`, as its tool called it."""
    lines = {shell: line % path for shell, line in ACTIVATE.items()}
    if tool != "venv":
        lines["pwsh"] = lines["pwsh"].replace("Activate", "activate")
    return run(lines, active, **rest)


def gone(project: str, name: str = ".venv") -> str:
    """Return what is said of an environment whose interpreter is gone."""
    path = f"{project}/{name}"
    return (
        f"not activating ~/{path}: its interpreter is gone\n"
        f"  to make it again:  python3 -m venv --clear {{home}}/{path}"
    )


def by_cdpath(place: str) -> PerShell:
    """Return what a cd to `place` shows where CDPATH led there."""
    return {"": "", "bash": f"{{home}}/{place}\n", "zsh": f"~/{place}\n"}
