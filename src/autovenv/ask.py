"""The helper's one question: which environment is the right one in a folder.

`ask ANSWERS FOLDER` walks up from FOLDER, decides, keeps the answer below ANSWERS (nowhere where
that is empty) and prints it. It is on somebody's prompt: it imports nothing that can be spared.
"""

from __future__ import annotations

import os
import sys

from autovenv import answer
from autovenv.answer import Verdict
from autovenv.evidence import Evidence
from autovenv.find import environments, interpreters, markers, pins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.find.environments import Environment
    from autovenv.find.interpreters import Interpreter


def main(arguments: list[str]) -> int:
    """Answer the question in `arguments` (ANSWERS, FOLDER) on standard output."""
    answers, folder = arguments
    os.umask(0o077)
    evidence = Evidence(shell_environment(os.environ))
    found = markers.walk(folder, os.environ.get("HOME", ""))
    sightings = markers.sightings(found)
    verdict = decide(found, evidence)
    nearest = found[0][0] if found else ""
    keeping = answer.keep(answers, nearest, sightings, verdict, evidence) if found else answer.NEVER
    record = answer.fields(sightings, verdict, keeping, evidence)
    sys.stdout.buffer.write(answer.piped(record))
    return 0


def shell_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without our entry in PATH: no answer may hang on what it made."""
    own = dict(environ)
    entry = own.get("__AUTOVENV_PATH")
    if entry and "PATH" in own:
        own["PATH"] = os.pathsep.join(e for e in own["PATH"].split(os.pathsep) if e != entry)
    return own


def decide(found: list[tuple[str, list[str]]], evidence: Evidence) -> Verdict:
    """Return the verdict on the markers `found`, nearest first.

    An opt-out anywhere comes first; then the nearest environment, unless a pin is nearer.
    """
    if any(markers.OPT_OUT in names for _, names in found):
        return Verdict(answer.NONE)
    pin = pin_path = ""
    for folder, names in found:
        for name in names:
            if name in markers.ENVIRONMENTS:
                path = f"{folder}/{name}"
                environment = environments.look(path, evidence)
                if environment is not None:
                    own_pin = "" if pin else _pin_here(folder, names, evidence)
                    return _with_environment(environment, pin, pin_path, own_pin, evidence)
                _debug(f"{path} is no environment: neither pyvenv.cfg nor an interpreter in it")
        if not pin_path and markers.PIN in names:
            pin_path = f"{folder}/{markers.PIN}"
            pin = pins.read(pin_path, evidence) or ""
    return _pinned(pin, pin_path, evidence) if pin else Verdict(answer.NONE)


def _pin_here(folder: str, names: list[str], evidence: Evidence) -> str:
    if markers.PIN not in names:
        return ""
    return pins.read(f"{folder}/{markers.PIN}", evidence) or ""


def _with_environment(
    environment: Environment, pin: str, pin_path: str, own_pin: str, evidence: Evidence
) -> Verdict:
    """Return the verdict where there is an environment, with the pin below it or beside it."""
    if environment.problem:
        return Verdict(answer.NONE, note=f"{environment.path}: {environment.problem}")
    if pin and not _satisfies(environment, pin):
        verdict = _pinned(pin, pin_path, evidence)
        if verdict.kind == answer.INTERPRETER:
            verdict.note = answer.plain(
                f"{pin_path} pins {pin}; {environment.path} above it has Python "
                f"{environment.version} and is not active here",
                answer.NOTE_LIMIT,
            )
        return verdict
    note = ""
    if own_pin and pins.is_version(own_pin) and not _satisfies(environment, own_pin):
        note = (
            f"{environment.path} has Python {environment.version}, .python-version pins {own_pin}"
        )
    return _activated(environment, note)


def _satisfies(environment: Environment, pin: str) -> bool:
    return not environment.version or pins.matches(pin, environment.version)


def _activated(environment: Environment, note: str = "") -> Verdict:
    return Verdict(answer.ENVIRONMENT, environment.path, environment.bin, environment.label, note)


def _pinned(pin: str, pin_path: str, evidence: Evidence) -> Verdict:
    """Return the verdict where a pin alone decides."""
    found: Environment | Interpreter | None = interpreters.find(pin, evidence)
    if found is None:
        advice = f": pyenv install {pin}" if pins.is_version(pin) else ""
        return Verdict(answer.NONE, note=f"{pin_path} pins {pin}, which is not installed{advice}")
    if isinstance(found, interpreters.Interpreter):
        return Verdict(answer.INTERPRETER, folder=found.bin)
    if found.problem:
        return Verdict(answer.NONE, note=f"{found.path}: {found.problem}")
    return _activated(found)


def _debug(message: str) -> None:
    if os.environ.get("AUTOVENV_DEBUG"):
        sys.stderr.write(f"autovenv: {answer.plain(message, answer.NOTE_LIMIT)}\n")
