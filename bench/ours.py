"""autovenv as its users have it: built from this checkout, and installed by pip."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from peers import Peer

from autovenv import caller, hook
from drivers import SHELLS

ROOT = Path(__file__).parent.parent
ROWS = {driver: caller.find_named(driver) for driver in SHELLS}


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
    # The state folder is the home's; in a world, that is a name to be filled in.
    environ = {"HOME": "{home}"}
    lines = {
        name: hook.write_loader(row, command, row.find_kept(environ), row.find_completion(environ))
        for name, row in ROWS.items()
    }
    return Peer("autovenv", lambda: command, lines)


def by_eval(command: str) -> Peer:
    """Return autovenv, loaded by the README's line for those who write it by hand."""
    return Peer(
        "autovenv, by eval",
        lambda: command,
        {
            name: row.form.replace("SHELL", row.name).replace("COMMAND", "{found}")
            for name, row in ROWS.items()
        },
    )


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
