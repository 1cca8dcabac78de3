"""The helper's one question: which environment is the right one in a folder.

`ask FORMAT SHELL ANSWERS FOLDER` walks up from FOLDER, decides, keeps the answer below ANSWERS
(nowhere where that is empty) and prints it in that format of the record. It is on somebody's
prompt: it imports nothing that can be spared.
"""

from __future__ import annotations

import os
import sys

from autovenv import budget, paths, record, settings, store, toolbox, verdict
from autovenv.evidence import Evidence
from autovenv.find import environments, markers, optouts, reach
from autovenv.find.markers import Kind, Marked
from autovenv.text import LABEL_LIMIT, NOTE_LIMIT, cite, clean
from autovenv.verdict import Problem, Remedy, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.find.environments import Environment
    from autovenv.find.interpreters import Interpreter
    from autovenv.find.pins import Pin

# What a command in a note is quoted for where no shell says that it asks.
DEFAULT_SHELL = "powershell" if os.name == "nt" else "bash"


def main(arguments: list[str]) -> int:
    """Answer the question in `arguments` on standard output.

    They are FORMAT, SHELL, ANSWERS, FOLDER; the hooks of format 1 pass the last two alone. SHELL is
    the shell's name, and behind a slash each that it knows for environments beside `.venv` and
    `venv`. Returns the exit status: 1 where the format is a later version's, who gets no answer.
    """
    answers, folder = arguments[-2:]
    format_ = arguments[0] if len(arguments) > 2 else record.FIRST_FORMAT
    if format_ not in record.FORMATS:
        return 1
    os.umask(0o077)
    if os.name != "nt":
        os.chdir("/")  # so that no path in a project means something else from here
    shell, *words = (arguments[1] if len(arguments) > 2 else DEFAULT_SHELL).split("/")
    names = markers.choose_names(words)
    evidence = Evidence(remove_own_entry(os.environ), os.path.dirname(answers), names=names)
    home, sees_links = paths.find_home(os.environ), markers.LINKS in words
    found = markers.walk(folder, home, names, sees_links=sees_links)
    sightings = markers.write_sightings(found)
    reached = decide(found, evidence, shell)
    if format_ != record.FORMAT:
        fields = record.make_earlier(format_, sightings, reached, folder)
    else:
        if reached.problem and reached.problem.reason in verdict.UNTIMED:
            evidence.again = True
        generation, checks = record.NEVER, list[tuple[str, str]]()
        if found:
            generation, checks = store.keep(answers, found[0].folder, sightings, reached, evidence)
        checks = checks or record.list_unstored_checks(generation, folder)
        fields = record.list_fields(sightings, reached, generation, checks)
    sys.stdout.buffer.write(record.encode_for_pipe(fields))
    sys.stdout.flush()
    return 0


def remove_own_entry(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without our entry in PATH: no answer may hang on what it made."""
    own = dict(environ)
    entry = own.get("__AUTOVENV_PATH")
    if entry and "PATH" in own:
        own["PATH"] = remove_entry(own["PATH"], entry)
    return own


def remove_entry(path: str, entry: str, *, is_once: bool = False) -> str:
    """Return PATH without `entry`, which on Windows may be several folders in a row.

    `is_once`: the first alone is taken away, the others are the user's own.
    """
    separator = os.pathsep
    padded, found = f"{separator}{path}{separator}", f"{separator}{entry}{separator}"
    while found in padded:
        padded = padded.replace(found, separator, 1)
        if is_once:
            break
    return padded[1:-1]


def decide(found: list[Marked], evidence: Evidence, shell: str = DEFAULT_SHELL) -> Verdict:
    """Return the verdict on the markers `found`, nearest first, with its note for `shell`.

    Where it isn't there in time, nothing is active.
    """
    judge_links([marked.folder for marked in found], evidence)
    chosen = settings.read(evidence)
    try:
        reached = budget.run_within(lambda: _decide(found, chosen.ignored, evidence))
    except budget.TooLongError:
        reached = _give_up(found, evidence)
    if evidence.is_too_much(budget.CHECKS, budget.BYTES):
        evidence.is_storable = False
    form = chosen.switch if reached.kind == verdict.ENVIRONMENT else ""
    if form and reached.problem is None:
        reached.note = _fill_in(form, reached, NOTE_LIMIT)
    if chosen.label != settings.NAME_FORM and reached.kind == verdict.ENVIRONMENT:
        reached.label = _fill_in(chosen.label, reached, LABEL_LIMIT)
    if reached.problem is not None and chosen.notes:
        from autovenv import note

        home = evidence.read_variable(paths.HOME)
        reached.note, reached.shell = note.write_note(reached, shell, home)
    return reached


def _fill_in(form: str, reached: Verdict, limit: int) -> str:
    version = reached.candidate.version if reached.candidate else ""
    text = settings.fill_in(form, reached.label, reached.environment, version)
    return clean(text, limit)


def _give_up(found: list[Marked], evidence: Evidence) -> Verdict:
    """Return the verdict where the time is over: it is valid where one stands, and not stored."""
    evidence.forget()
    folder = paths.make_folder(found[0].folder)
    message = f"it took too long to find out what is to be active: stopped at {evidence.last}"
    remedy = Remedy(["autovenv", "doctor"], "to see more", folder)
    return Verdict(verdict.NONE, problem=Problem(verdict.TOO_LONG, folder, message, [remedy]))


def _decide(found: list[Marked], ignored: list[str], evidence: Evidence) -> Verdict:
    """Return the verdict, and tell of another user's file that was passed over."""
    passed = None
    found = [_drop_dangling(marked, evidence) for marked in found]
    for marked in found:
        for name in (markers.OPT_OUT, *markers.PINS):
            path = f"{marked.folder}/{name}"
            owner = _find_stranger(path, evidence) if name in marked.names else ""
            if owner:
                marked.names.remove(name)
                path = paths.make_native(path)
                passed = Problem(verdict.OF_ANOTHER_USER, path, f"it belongs to {owner}")
    found, out = optouts.apply(found, ignored, evidence)
    reached = Verdict(verdict.NONE, problem=out) if out else _decide_by_nearest(found, evidence)
    reached.problem = reached.problem or passed
    return reached


def _drop_dangling(marked: Marked, evidence: Evidence) -> Marked:
    """Return the markers without the links that lead nowhere.

    One that isn't followed stays: who reads it finds nothing, and tells.
    """
    for name in marked.links:
        evidence.get_status(f"{marked.folder}/{name}")
    names = [name for name in marked.names if f"{marked.folder}/{name}" not in evidence.absent]
    return Marked(marked.folder, names)


def judge_links(folders: list[str], evidence: Evidence) -> None:
    """Let no link in the folders be followed to a network but one that passes the rules."""
    if os.name != "nt":
        evidence.links = reach.Links(folders, lambda link: _judge_link(link, evidence))


def _judge_link(link: str, evidence: Evidence) -> str:
    """Return why a link of the project's isn't followed to a network, or ""."""
    from autovenv.trust import links, machine

    return links.find_reason(link, evidence, machine.find_machine(evidence.environ, evidence.state))


def _find_stranger(path: str, evidence: Evidence) -> str:
    """Return whose the file is where another user made it, "" where it counts."""
    if sys.platform == "win32":
        return ""
    status = evidence.get_status(path)
    if status is None or status.st_uid in (os.geteuid(), 0):
        return ""
    from autovenv.trust import machine, owners

    return owners.find_stranger(
        path, machine.find_machine(evidence.environ, evidence.state), evidence
    )


def _decide_by_nearest(found: list[Marked], evidence: Evidence) -> Verdict:
    """The nearest environment counts, unless a pin is nearer."""
    pin, pinning = None, list[str]()
    for marked in found:
        folder, names = marked.folder, marked.names
        environment = _find_environment(folder, names, evidence)
        if environment is not None:
            if pin is not None:
                return _decide_above_pin(environment, folder, names, pin, evidence)
            return _decide_beside_pin(environment, folder, names, evidence)
        if pin is None:
            pin, pinning = find_pin(folder, names, evidence), names
    return _decide_by_pin(pin, pinning, evidence) if pin else Verdict(verdict.NONE)


def _find_environment(folder: str, names: list[str], evidence: Evidence) -> Environment | None:
    """Return the environment of the project in `folder`, or None.

    First comes one that was chosen for a tool, then what is in the folder, then a tool's own place.
    """
    is_tools = any(name in markers.PROJECTS for name in names)
    if is_tools and _may_be_chosen(names, evidence):
        from autovenv.find import tools

        is_chosen, chosen = tools.find_preferred(folder, names, evidence)
        if is_chosen:
            return chosen
    environment = _find_inside(folder, names, evidence)
    problem = environment.problem if environment else None
    if is_tools and (environment is None or (problem and problem.reason == verdict.NAMES_NONE)):
        from autovenv.find import tools

        elsewhere = tools.find(folder, names, evidence)
        if elsewhere is not None:
            elsewhere.passed_over = problem
            return elsewhere
    return environment


def _find_inside(folder: str, names: list[str], evidence: Evidence) -> Environment | None:
    """Return the environment that `.venv` or `venv` in `folder` is or names, or direnv's there."""
    for name in names:
        if markers.find_kind(name) in (Kind.ENVIRONMENT, Kind.LAYOUT):
            environment = follow_marker(folder, name, evidence)
            if environment is not None:
                return environment
            if markers.find_kind(name) == Kind.ENVIRONMENT:
                path = paths.make_native(f"{folder}/{name}")
                _log(f"{path} is no environment: neither pyvenv.cfg nor an interpreter in it")
    return None


def follow_marker(folder: str, name: str, evidence: Evidence) -> Environment | None:
    """Return the environment that a marker in `folder` is or leads to, None where it doesn't.

    The marker is of the kind of an environment or of a layout.
    """
    if markers.find_kind(name) == Kind.LAYOUT:
        return environments.find_of_direnv(f"{folder}/{name}", evidence)
    return environments.look(f"{folder}/{name}", evidence, leads=name in markers.ENVIRONMENTS)


def _may_be_chosen(names: list[str], evidence: Evidence) -> bool:
    """Tell whether a tool may have been told to use another environment than `.venv`."""
    for tool in toolbox.TOOLS.values():
        marker, variable = tool.chosen_by or ("", "")
        if marker in names and (not variable or evidence.read_variable(variable)):
            return True
    return False


def find_pin(folder: str, names: list[str], evidence: Evidence) -> Pin | None:
    """Return what is pinned in `folder`, None where nothing there says so."""
    for name in names:
        if markers.find_kind(name) != Kind.PIN:
            continue
        pin = read_pin(folder, name, evidence)
        if pin is not None and name == markers.PIN and evidence.read_variable("PYENV_VERSION"):
            from autovenv.find.interpreters import managers

            pin = managers.override(pin, evidence)
        if pin is not None:
            return pin
    return None


def read_pin(folder: str, name: str, evidence: Evidence) -> Pin | None:
    """Return what a pin's file in `folder` says, whatever variables say; None if nothing."""
    path = f"{folder}/{name}"
    if name != markers.PIN:
        from autovenv.find import files

        return files.look(path, evidence)
    from autovenv.find import pins

    return pins.look(path, evidence)


def _decide_beside_pin(
    environment: Environment, folder: str, names: list[str], evidence: Evidence
) -> Verdict:
    """Return the verdict where no pin is nearer than the environment of `folder`."""
    if environment.problem:
        return _reject(environment, folder, names, evidence)
    pin = find_pin(folder, names, evidence)
    if pin is None:
        return _activate(environment, folder, evidence)
    from autovenv.find import versions

    problem = pin.problem
    if versions.allows(pin.text, environment.version) is False:
        message = f"it has Python {environment.version}, and {pin.path} pins {cite(pin.text)}"
        problem = Problem(verdict.OTHER_VERSION, environment.path, message)
    return _activate(environment, folder, evidence, problem)


def _decide_above_pin(
    environment: Environment, folder: str, names: list[str], pin: Pin, evidence: Evidence
) -> Verdict:
    """Return the verdict where a pin is nearer than the environment of `folder`."""
    if environment.problem:
        return _reject(environment, folder, names, evidence)
    if not pin.text:
        return _activate(environment, folder, evidence, pin.problem)
    from autovenv.find import versions

    allowed = versions.allows(pin.text, environment.version)
    if allowed or (allowed is None and versions.is_version(pin.text)):
        return _activate(environment, folder, evidence)
    reached = _decide_by_pin(pin, [], evidence)
    if reached.kind != verdict.ENVIRONMENT:
        problem = reached.problem or Problem(
            verdict.PIN_ABOVE, pin.path, f"it pins {cite(pin.text)}"
        )
        problem.message += (
            f"; {environment.path} above it has Python {environment.version or 'unknown'}"
            " and is not active here"
        )
        reached.problem = problem
    return reached


def _activate(
    environment: Environment, project: str, evidence: Evidence, problem: Problem | None = None
) -> Verdict:
    """Return the verdict on a whole environment, which the folder `project` led to."""
    from autovenv import trust
    from autovenv.trust import machine

    here = machine.find_machine(evidence.environ, evidence.state)
    reason = trust.judge(environment, project, evidence, here)
    if reason:
        reached = Verdict(verdict.NONE, problem=_refuse(environment, reason))
    else:
        reached = Verdict(
            verdict.ENVIRONMENT,
            environment.path,
            environment.on_path,
            environment.label,
            problem or environment.passed_over,
        )
    reached.candidate = environment
    return reached


def _reject(environment: Environment, folder: str, names: list[str], evidence: Evidence) -> Verdict:
    """Return the verdict on an environment that can't be used, which the markers led to."""
    from autovenv.find import remedies

    reached = Verdict(verdict.NONE)
    reached.problem = remedies.add_remedies(environment, folder, names, evidence)
    reached.candidate = environment
    return reached


def _refuse(environment: Environment, reason: str) -> Problem:
    """Return why an environment isn't trusted, or that the user denied it."""
    from autovenv import trust

    allow = ["autovenv", "allow", environment.path]
    if reason == trust.DENIED:
        _log(f"{environment.path} was denied (autovenv deny)")
        return Problem(
            verdict.DENIED, environment.path, reason, [Remedy(allow, "if you trust it after all")]
        )
    from autovenv.find import remedies

    ways = [Remedy(allow, "if you trust it"), *remedies.list_for_tracked(environment)]
    return Problem(verdict.NOT_TRUSTED, environment.path, reason, ways)


def _decide_by_pin(pin: Pin, names: list[str], evidence: Evidence) -> Verdict:
    """Return the verdict where a pin alone decides; `names` are the markers beside it."""
    if not pin.text:
        return Verdict(verdict.NONE, problem=pin.problem)
    from autovenv.find import interpreters

    found: Environment | Interpreter | None = interpreters.find(pin.text, evidence, pin.managers)
    if found is None:
        from autovenv.find.interpreters import missing

        return Verdict(verdict.NONE, problem=missing.describe(pin, evidence))
    if isinstance(found, interpreters.Interpreter):
        return _put_on_path(found, pin, names, evidence)
    if found.problem:
        return _reject(found, "", [], evidence)
    if "/" in pin.text and os.path.isabs(pin.path):
        found.source = pin.path  # a name of pyenv's is the user's; a path is the project's word
    return _activate(found, os.path.dirname(pin.path), evidence)


def _put_on_path(found: Interpreter, pin: Pin, names: list[str], evidence: Evidence) -> Verdict:
    """Return the verdict on an interpreter: its folder goes on PATH if it holds nothing else."""
    request = f"it pins {cite(pin.text)}"
    if not found.is_shared:
        fault = _judge_interpreter(found, evidence)
        if fault:
            return Verdict(
                verdict.NONE,
                problem=Problem(verdict.PIN_UNUSABLE, pin.path, f"{request}, and {fault}"),
            )
        name = os.path.basename(found.program)
        problem = None
        if name != environments.PYTHON:
            message = f"{request}, and that is `{name}`, not `python`"
            problem = Problem(verdict.NOT_PYTHON, pin.path, message)
        return Verdict(verdict.INTERPRETER, folder=found.on_path, problem=problem)
    from autovenv.find.interpreters import system

    if system.is_python_on_path(found.program, evidence):
        return Verdict(verdict.NONE)
    from autovenv.find import remedies

    message = f"{request}, which is {found.program}, and {found.bin} never goes in front of PATH"
    ways = remedies.list_to_make(found.program, os.path.dirname(pin.path), names, evidence)
    return Verdict(verdict.NONE, problem=Problem(verdict.SHARED_FOLDER, pin.path, message, ways))


def _judge_interpreter(found: Interpreter, evidence: Evidence) -> str:
    """Return why an interpreter's folder can't go on PATH: another user can change it."""
    from autovenv import trust
    from autovenv.trust import machine

    here = machine.find_machine(evidence.environ, evidence.state)
    return trust.judge_interpreter(found.program, evidence, here)


def _log(message: str) -> None:
    if os.environ.get("AUTOVENV_DEBUG"):
        sys.stderr.write(f"autovenv: {clean(message, NOTE_LIMIT)}\n")
