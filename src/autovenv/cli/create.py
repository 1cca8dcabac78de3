"""`autovenv create`: makes the environment of a project in the project's own way.

What is run is said first, and has its output where the user sees it. Nothing that is there is
overwritten without --clear, and with it only an environment that nothing else is in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

import click

from autovenv import ask, caller, note, pasting, paths, reading, run, settings, toml, toolbox
from autovenv.cli import Failure, Misuse
from autovenv.cli.folder import FOLDER, find_named
from autovenv.evidence import Evidence
from autovenv.find import environments, interpreters, markers, pins, remedies, versions
from autovenv.find.environments import BIN, Environment
from autovenv.find.interpreters import Interpreter, missing
from autovenv.find.pins import Pin
from autovenv.text import NOTE_LIMIT, clean
from autovenv.verdict import NAMES_NONE

NAME = ".venv"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "dev-requirements.txt")
_LIMIT = 1024 * 1024  # bytes
_VENV_SINCE = (3, 8)  # for what is older, virtualenv 20.21 makes them


@dataclass(frozen=True)
class Wish:
    """What the user asked for: a folder, and the options."""

    folder: str
    python: str
    prompt: str
    is_cleared: bool
    is_installed: bool


@click.command()
@FOLDER
@click.option("--python", default="", metavar="V", help="Of this Python: as in .python-version.")
@click.option("--prompt", default="", metavar="NAME", help="What the prompt shows.")
@click.option("--clear", "is_cleared", is_flag=True, help="Make it again over the old one.")
@click.option("--install", "is_installed", is_flag=True, help="Install its requirements as well.")
def create(
    folder: str | None, python: str, prompt: str, is_cleared: bool, is_installed: bool
) -> None:
    r"""Make the environment of the project in DIR (by default the current folder).

    By the tool whose project it is, such as Poetry, else .venv by uv where that is there, or by
    venv, with the Python that is pinned or required. It is active at the next prompt.

    \b
    autovenv create --python 3.12 --install
    """
    environ = run.list_variables(os.environ)
    wish = Wish(find_named(folder, environ), python, prompt, is_cleared, is_installed)
    evidence = Evidence(environ, names=settings.find_names(environ))
    names = _list_markers(wish.folder, evidence)
    existing = _find_existing(wish, evidence)
    if existing and not is_cleared:
        shown = clean(existing.path, NOTE_LIMIT)
        raise Misuse(f"there is an environment already: {shown} (--clear makes it again)")
    if existing and not remedies.is_replaceable(existing, wish.folder, evidence):
        shown = clean(existing.path, NOTE_LIMIT)
        raise Misuse(f"{shown} isn't cleared: it isn't this folder's own, or holds other things")
    tool = remedies.find_tool(markers.trim(wish.folder), names, evidence)
    if tool:
        _make_by_tool(tool, wish, existing, evidence)
        return
    _make_plain(wish, existing, evidence)
    _install(wish, environ)


def _list_markers(folder: str, evidence: Evidence) -> list[str]:
    found = markers.walk(folder, folder, evidence.names)  # the walk ends in the folder itself
    return [name for marked in found for name in marked.names]


def _find_existing(wish: Wish, evidence: Evidence) -> Environment | None:
    """Return the environment that the folder itself has; raise Misuse where something else is."""
    found = markers.walk(wish.folder, wish.folder, evidence.names)
    candidate = ask.decide(found, evidence).candidate
    if candidate is None:
        path = os.path.join(wish.folder, NAME)
        if os.path.lexists(path) and (os.path.islink(path) or not _is_empty(path)):
            shown = clean(path, NOTE_LIMIT)
            raise Misuse(f"{shown} is there and is no environment: move it away first")
    elif candidate.problem and candidate.problem.reason == NAMES_NONE:
        shown = clean(candidate.path, NOTE_LIMIT)
        raise Misuse(f"{shown}: {candidate.problem.message}: move it away first")
    return candidate


def _is_empty(path: str) -> bool:
    return os.path.isdir(path) and not os.listdir(path)


# --- by a tool ---


def _make_by_tool(tool: str, wish: Wish, existing: Environment | None, evidence: Evidence) -> None:
    """Let the tool make the environment of its own project."""
    _need(tool, evidence.environ)
    row = toolbox.TOOLS[tool]
    if wish.prompt and tool != "uv":
        raise Misuse(f"--prompt: {tool} names its environments itself")
    if wish.python and not (row.use or row.takes_python):
        raise Misuse(f"--python: {tool} takes it from its own settings")
    of_python = ["--python", wish.python] if wish.python and row.takes_python else []
    steps = [list(row.clear)] if existing else []
    if wish.prompt:
        steps = [["uv", "venv", "--clear", "--prompt", wish.prompt, *of_python]]
    if wish.python and row.use:
        steps.append([*row.use, wish.python])
    steps.append([*row.install, *of_python])
    for words in steps:
        _run(words, wish.folder, evidence.environ)


def _need(program: str, environ: Mapping[str, str]) -> None:
    """Raise Misuse where a program isn't there: it names it, and how to get it."""
    if _find_program(program, environ):
        return
    by = "uv tool install" if _find_program("uv", environ) else "pipx install"
    raise Misuse(f"this needs {program}, which isn't on PATH: {by} {program}")


# --- a plain one ---


def _make_plain(wish: Wish, existing: Environment | None, evidence: Evidence) -> None:
    """Make `.venv` by uv, virtualenv or venv."""
    environ = evidence.environ
    path = existing.path if existing else os.path.join(wish.folder, NAME)
    words = _write_command(wish, evidence)
    words += ["--clear"] if existing else []
    words += ["--prompt", wish.prompt] if wish.prompt else []
    was_there = os.path.lexists(path)
    try:
        _run([*words, os.path.basename(path)], wish.folder, environ)
    except Failure:
        if not was_there and os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)  # half of one, as without Debian's python3-venv
        raise
    ignoring = os.path.join(path, ".gitignore")
    if not os.path.lexists(ignoring):  # venv before 3.13 writes none
        with open(ignoring, "w", encoding="ascii", newline="\n") as file:
            file.write("*\n")


def _write_command(wish: Wish, evidence: Evidence) -> list[str]:
    """Return the command that makes an environment of the wanted Python, without its path."""
    environ = evidence.environ
    by_uv = _find_program("uv", environ)
    pin = _find_wanted(wish, evidence)
    found = interpreters.find(pin.text, evidence, pin.managers) if pin and pin.text else None
    program = found.program if isinstance(found, Interpreter) else ""
    if pin and pin.problem and not pin.text:
        raise Misuse(f"{clean(pin.path, NOTE_LIMIT)}: {pin.problem.message}")
    # uv installs what is missing; of a path or a name it would run whatever is there.
    if pin and pin.text and not program and not (by_uv and versions.is_version(pin.text)):
        raise Misuse(_explain_missing(pin, evidence))
    if by_uv:
        wanted = program or (pin.text if pin else "")
        return ["uv", "venv", *(["--python", wanted] if wanted else [])]
    if not program:
        names = ("py",) if os.name == "nt" else ("python3", "python")
        program = next(filter(None, (_find_program(name, environ) for name in names)), "")
    if not program:
        raise Misuse("there is no Python on PATH: install one, for example by uv or pyenv")
    version = found.version if isinstance(found, Interpreter) else ""
    release = versions.parse_built(version) if version else None
    if release and release[1] < _VENV_SINCE and len(release[1]) > 1:
        _need("virtualenv", environ)
        return ["virtualenv", "--python", program]
    return [program, "-m", "venv"]


def _find_wanted(wish: Wish, evidence: Evidence) -> Pin | None:
    """Return what says which Python it is to be of: the option, a pin, requires-python."""
    if wish.python:
        return pins.parse_text(wish.python, "--python")
    for marked in markers.walk(wish.folder, paths.find_home(evidence.environ)):
        pin = ask.find_pin(marked.folder, marked.names, evidence)
        if pin is not None:
            return pin
    path = os.path.join(wish.folder, "pyproject.toml")
    required = toml.read_text(toml.parse(evidence.read(path) or ""), "project", "requires-python")
    return pins.parse_text(required.replace(" ", ""), path) if required else None


def _explain_missing(pin: Pin, evidence: Evidence) -> str:
    """Return that the wanted Python isn't there, and the command that installs it."""
    problem = missing.describe(pin, evidence)
    home, shell = paths.find_home(evidence.environ), caller.name_asking(os.environ)
    lines = [f"{clean(pin.path, NOTE_LIMIT)}: {problem.message}"]
    for remedy in problem.remedies:
        lines.append(f"{remedy.purpose}:  {note.write_command_line(remedy, shell, home)[0]}")
    return "; ".join(lines)


# --- its requirements ---


def _install(wish: Wish, environ: Mapping[str, str]) -> None:
    """Install the requirements that are listed, or say how."""
    listed = [name for name in REQUIREMENTS if os.path.isfile(os.path.join(wish.folder, name))]
    if not listed:
        return
    python = os.path.join(wish.folder, NAME, BIN, environments.PYTHON)
    by_uv = ["uv", "pip", "install", "--python", python]
    words = by_uv if _find_program("uv", environ) else [python, "-m", "pip", "install"]
    if all(_has_hashes(os.path.join(wish.folder, name)) for name in listed):
        words.append("--require-hashes")
    words += [word for name in listed for word in ("-r", name)]
    if wish.is_installed:
        _run(words, wish.folder, environ)
        return
    line, _ = pasting.write_command(words, caller.name_asking(os.environ))
    click.echo(f"autovenv: nothing was installed; {', '.join(listed)} are, by --install, or by:")
    click.echo(f"  {line}")


def _has_hashes(path: str) -> bool:
    return b"--hash=" in (reading.read(path, _LIMIT) or b"")


def _run(words: list[str], folder: str, environ: Mapping[str, str]) -> None:
    """Say what is run, and run it; raise Failure where it fails."""
    line, _ = pasting.write_command(words, caller.name_asking(os.environ))
    click.echo(f"autovenv: in {clean(folder, NOTE_LIMIT)}:  {line or clean(' '.join(words), 500)}")
    program = _find_program(words[0], environ) or words[0]
    try:
        status = subprocess.run([program, *words[1:]], cwd=folder, env=dict(environ)).returncode
    except OSError as error:
        raise Failure(f"{words[0]}: {error.strerror or error}") from None
    if status:
        raise Failure(f"{os.path.basename(words[0])} failed with exit status {status}")


def _find_program(name: str, environ: Mapping[str, str]) -> str:
    """Return where a program is on the user's PATH, "" where it isn't there."""
    return shutil.which(name, path=environ.get("PATH", run.DEFAULT_PATH)) or ""
