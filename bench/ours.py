"""autovenv as its users have it: built from this checkout, and installed by pip."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from peers import Peer

from autovenv import caller, hook

ROOT = Path(__file__).parent.parent


def installed(folder: Path) -> str:
    """Install this checkout in an environment in the new folder; return the command's path."""
    wheels, environment = folder / "wheels", folder / "environment"
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(wheels), str(ROOT))
    _run(sys.executable, "-m", "venv", "--without-pip", str(environment))
    python = environment / "bin" / "python"
    (wheel,) = wheels.glob("*.whl")
    _run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)),
        *("install", "--quiet", "--no-deps", "--no-index", str(wheel)),
    )
    return str(environment / "bin" / "autovenv")


def by_line(command: str) -> Peer:
    """Return autovenv, loaded by the lines that `autovenv install` writes."""
    names = {"bash": "bash", "zsh": "zsh", "fish": "fish", "pwsh": "powershell"}
    # The state folder is the home's; in a world, that is a name to be filled in.
    environ = {"HOME": "{home}"}
    rows = {name: caller.find_named(ours) for name, ours in names.items()}
    lines = {
        name: hook.write_loader(row, command, row.find_kept(environ), row.find_completion(environ))
        for name, row in rows.items()
    }
    return Peer("autovenv", lambda: command, lines)


def by_eval(command: str) -> Peer:
    """Return autovenv, loaded by the README's line for those who write it by hand."""
    posix = "{found} hook NAME"
    return Peer(
        "autovenv, by eval",
        lambda: command,
        {
            "bash": f'eval "$({posix})"'.replace("NAME", "bash"),
            "zsh": f'eval "$({posix})"'.replace("NAME", "zsh"),
            "fish": f"{posix} | source".replace("NAME", "fish"),
            "pwsh": '. ([scriptblock]::Create((& {found} hook powershell) -join "`n"))',
        },
    )


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
