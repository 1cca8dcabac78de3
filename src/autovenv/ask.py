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
from autovenv.find import environments, markers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.find.environments import Environment
    from autovenv.find.interpreters import Interpreter
    from autovenv.find.pins import Pin


def main(arguments: list[str]) -> int:
    """Answer the question in `arguments` (ANSWERS, FOLDER) on standard output."""
    answers, folder = arguments
    os.umask(0o077)
    if os.name != "nt":
        os.chdir("/")  # so that no path in a project means something else from here
    evidence = Evidence(shell_environment(os.environ), os.path.dirname(answers))
    found = markers.walk(folder, os.environ.get("HOME", ""))
    sightings = markers.sightings(found)
    verdict = decide(found, evidence)
    keeping = answer.NEVER
    if found and not evidence.is_passing:
        keeping = answer.keep(answers, found[0][0], sightings, verdict, evidence)
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
    pin = None
    for folder, names in found:
        environment = _environment(folder, names, evidence)
        if environment is not None:
            if pin is not None:
                return _above_pin(environment, folder, pin, evidence)
            return _beside_pin(environment, folder, _pin(folder, names, evidence), evidence)
        pin = pin or _pin(folder, names, evidence)
    return _pinned(pin, evidence) if pin else Verdict(answer.NONE)


def _environment(folder: str, names: list[str], evidence: Evidence) -> Environment | None:
    """Return the environment of the project in `folder`, one of a maker's last, or None."""
    for name in names:
        if name in markers.ENVIRONMENTS:
            path = f"{folder}/{name}"
            environment = environments.look(path, evidence)
            if environment is not None:
                return environment
            _debug(f"{path} is no environment: neither pyvenv.cfg nor an interpreter in it")
    if any(name in markers.MAKERS for name in names):
        from autovenv.find import makers

        return makers.find(folder, names, evidence)
    return None


def _pin(folder: str, names: list[str], evidence: Evidence) -> Pin | None:
    """Return what is pinned in `folder`, None where nothing there says so."""
    if markers.PIN not in names:
        return None
    from autovenv.find import pins

    pin = pins.look(f"{folder}/{markers.PIN}", evidence)
    return pins.overridden(pin, evidence) if pin else None


def _beside_pin(
    environment: Environment, folder: str, pin: Pin | None, evidence: Evidence
) -> Verdict:
    """Return the verdict where no pin is nearer than the environment of `folder`."""
    if environment.problem:
        return Verdict(answer.NONE, note=f"{environment.path}: {environment.problem}")
    if pin is None:
        return _activated(environment, folder, evidence)
    from autovenv.find import pins

    note = pin.problem
    if pins.allows(pin.text, environment.version) is False:
        said = f"{os.path.basename(pin.path)} pins {pin.text}"
        note = f"{environment.path} has Python {environment.version}, {said}"
    return _activated(environment, folder, evidence, note)


def _above_pin(environment: Environment, folder: str, pin: Pin, evidence: Evidence) -> Verdict:
    """Return the verdict where a pin is nearer than the environment of `folder`."""
    if environment.problem:
        return Verdict(answer.NONE, note=f"{environment.path}: {environment.problem}")
    if not pin.text:
        return _activated(environment, folder, evidence, pin.problem)
    from autovenv.find import pins

    allowed = pins.allows(pin.text, environment.version)
    if allowed or (allowed is None and pins.is_version(pin.text)):
        return _activated(environment, folder, evidence)
    verdict = _pinned(pin, evidence)
    if verdict.kind != answer.ENVIRONMENT:
        differs = (
            f"{environment.path} above it has Python {environment.version or 'unknown'} and is"
        )
        said = verdict.note or f"{pin.path} pins {pin.text}"
        verdict.note = answer.plain(f"{said}; {differs} not active here", answer.NOTE_LIMIT)
    return verdict


def _activated(
    environment: Environment, project: str, evidence: Evidence, note: str = ""
) -> Verdict:
    """Return the verdict on a whole environment, which the folder `project` led to."""
    from autovenv import trust
    from autovenv.trust import machine

    here = machine.of(evidence.environ, evidence.state)
    reason = trust.judge(environment, project, evidence, here)
    if reason:
        verdict = Verdict(answer.NONE, note=_refusal(environment, reason))
    else:
        verdict = Verdict(
            answer.ENVIRONMENT, environment.path, environment.bin, environment.label, note
        )
    verdict.candidate = environment
    return verdict


def _refusal(environment: Environment, reason: str) -> str:
    """Return the note on an environment that isn't trusted; what the user denied needs none."""
    from autovenv import trust

    if reason == trust.DENIED:
        _debug(f"{environment.path} was denied (autovenv deny)")
        return ""
    allow = f"autovenv allow {environments.quoted(environment.path)}"
    return f"{environment.path}: {reason}; if it is yours: {allow}"


def _pinned(pin: Pin, evidence: Evidence) -> Verdict:
    """Return the verdict where a pin alone decides."""
    if not pin.text:
        return Verdict(answer.NONE, note=pin.problem)
    from autovenv.find import interpreters

    found: Environment | Interpreter | None = interpreters.find(pin.text, evidence)
    said = f"{pin.path} pins {answer.plain(pin.text, answer.LABEL_LIMIT)}"
    if found is None:
        from autovenv.find.interpreters import missing

        return Verdict(answer.NONE, note=f"{said}, {missing.told(pin.text, evidence)}")
    if isinstance(found, interpreters.Interpreter):
        return _on_path(found, said, evidence)
    if found.problem:
        return Verdict(answer.NONE, note=f"{found.path}: {found.problem}")
    if "/" in pin.text and os.path.isabs(pin.path):
        found.source = pin.path  # a name of pyenv's is the user's; a path is the project's word
    return _activated(found, os.path.dirname(pin.path), evidence)


def _on_path(found: Interpreter, said: str, evidence: Evidence) -> Verdict:
    """Return the verdict on an interpreter: its folder goes on PATH if it holds nothing else."""
    if not found.is_shared:
        name = os.path.basename(found.program)
        note = "" if name == environments.PYTHON else f"{said}; it is `{name}`, not `python`"
        return Verdict(answer.INTERPRETER, folder=found.bin, note=note)
    from autovenv.find.interpreters import system

    if system.is_python_on_path(found.program, evidence):
        return Verdict(answer.NONE)
    make = f"{found.program} -m venv .venv"
    return Verdict(
        answer.NONE,
        note=f"{said}, which is {found.program}; {found.bin} never goes in front of PATH: "
        f"make an environment with it: {make}",
    )


def _debug(message: str) -> None:
    if os.environ.get("AUTOVENV_DEBUG"):
        sys.stderr.write(f"autovenv: {answer.plain(message, answer.NOTE_LIMIT)}\n")
