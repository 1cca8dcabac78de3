"""What the helper's question costs, beside a bare start of Python and the tools' own answer.

    .cache/check/bin/python bench/question.py [--rounds N]

A project is made by each real tool (below AUTOVENV_MAKERS, by default .cache/makers), and the
question about it is asked as a shell asks it, without a store. The commands take turns, so that a
machine that slows down slows all of them. Printed are medians of the wall time in ms, and how many
bare starts (`python -I -S -c pass`) the question is.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAIN = ROOT / "src" / "autovenv" / "__main__.py"
TOOLS = Path(os.environ.get("AUTOVENV_MAKERS", ROOT / ".cache" / "makers"))
START = [sys.executable, "-I", "-S", "-X", "utf8"]
PYPROJECT = '[project]\nname = "app"\nversion = "0"\nrequires-python = ">=3.9"\n'


@dataclass(frozen=True)
class Project:
    """A kind of project: the files in it, how its tool makes the environment and tells of it."""

    name: str
    files: dict[str, str]
    make: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()


PROJECTS = (
    Project(".venv", {}, (sys.executable, "-m", "venv", "--without-pip", ".venv")),
    Project("a pin", {".python-version": "3.12.1\n"}),
    Project("no environment", {"pyproject.toml": PYPROJECT}),
    Project(
        "poetry",
        {"pyproject.toml": PYPROJECT},
        ("poetry", "env", "use", sys.executable),
        ("poetry", "env", "info", "-p"),
    ),
    Project(
        "pipenv", {"Pipfile": ""}, ("pipenv", "--python", sys.executable), ("pipenv", "--venv")
    ),
    Project(
        "hatch",
        {"pyproject.toml": PYPROJECT + "[tool.hatch.envs.default]\nskip-install = true\n"},
        ("hatch", "env", "create"),
        ("hatch", "env", "find"),
    ),
    Project(
        "pdm",
        {"pyproject.toml": PYPROJECT + "[tool.pdm]\ndistribution = false\n"},
        ("pdm", "use", "-f", sys.executable),
        ("pdm", "info", "--python"),
    ),
)


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="by default 40")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        environ = prepared(Path(home))
        places = {project.name: Path(home, project.name) for project in PROJECTS}
        commands: dict[str, Callable[[], None]] = {
            "bare start": lambda: run([*START, "-c", "pass"], Path(home), environ)
        }
        for name, place in places.items():
            question = [*START, str(MAIN), "ask", "2", "bash", "", str(place)]
            commands[name] = lambda question=question, place=place: run(question, place, environ)  # type: ignore[misc]
        times = medians(commands, rounds)
        tells = {
            project.name: medians(
                {"": lambda p=project: run(program(p.tell), places[p.name], environ)}, 3
            )[""]  # type: ignore[misc]
            for project in PROJECTS
            if project.tell
        }
    bare = times.pop("bare start")
    print(f"bare start of Python: {bare:.1f} ms\n")
    print("| project | question, ms | bare starts | the tool's own answer, ms |")
    print("| --- | --- | --- | --- |")
    for name, took in times.items():
        own = f"{tells[name]:.0f}" if name in tells else ""
        print(f"| {name} | {took:.1f} | {took / bare:.2f} | {own} |")


def prepared(home: Path) -> dict[str, str]:
    """Make the projects in `home`; return the environment that all commands run in."""
    environ = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PIP_NO_INDEX": "1",
        "VIRTUALENV_NO_SEED": "1",
        "PDM_CHECK_UPDATE": "0",
    }
    (home / ".pyenv/versions/3.12.1/bin").mkdir(parents=True)
    (home / ".pyenv/versions/3.12.1/bin/python").symlink_to(sys.executable)
    for project in PROJECTS:
        place = home / project.name
        place.mkdir()
        for name, text in project.files.items():
            (place / name).write_text(text)
        if project.make:
            run(program(project.make), place, environ)
    return environ


def program(command: tuple[str, ...]) -> list[str]:
    """Return the command with its tool's program, where it is one of the tools'."""
    own = TOOLS / command[0] / "bin" / command[0]
    return [str(own) if own.exists() else command[0], *command[1:]]


def run(command: list[str], folder: Path, environ: dict[str, str]) -> None:
    """Run a command that must succeed, and read its output."""
    subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)


def medians(commands: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Return the median wall time in ms of each command, in turns."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            command()
            if number:  # the first one fills caches
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


if __name__ == "__main__":
    main()
