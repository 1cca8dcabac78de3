"""What doctor looks at: one function each, which takes the case and yields what it has to say.

A new one is a function here and its name in EXAMINATIONS. None changes anything, runs anything of
a project, or raises.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet

import autovenv
from autovenv import caller, note, pasting, paths, rcfile, settings, shells, startup, toml, verdict
from autovenv.cli import configuration, history, inactive, policy, programs, reasons, surroundings
from autovenv.cli.case import Case, Finding, Remark, Result, Unknown
from autovenv.find import environments, markers, places
from autovenv.text import NOTE_LIMIT, cite, clean

PROJECT_LIMIT = 1024 * 1024  # bytes


def examine_policy(case: Case) -> Iterator[Result]:
    """Say whether PowerShell loads a profile with the hook in it."""
    if not policy.has_policies():
        if shutil.which("pwsh", path=case.environ.get("PATH")):
            yield Remark("policy", "PowerShell has no execution policy on this system")
        return
    for one in policy.judge(case.environ):
        if one.unknown:
            yield Unknown("policy", f"{one.edition}: {one.unknown}")
        for given in one.advice:
            if given.is_needed:
                yield Finding("policy", given.what, given.why, given.command, given.check)
            else:
                yield Remark("policy", given.what)


def examine_hook(case: Case) -> Iterator[Result]:
    """Say whether the shell that calls loads the hook, and whether it is this version's."""
    loaded = caller.read_hook(case.environ)
    if len(loaded) >= 2:
        calling, version, *names = loaded
        wanted = settings.find_names(case.environ)
        if version != autovenv.__version__:
            yield _report_outdated(calling, version)
        elif (*names,) != wanted:
            yield _report_names(calling, names, wanted)
        return
    try:
        shell = caller.find_calling(case.environ)
    except caller.UnknownShellError:
        yield Unknown("hook", "no shell called: whether the hook is loaded can't be told")
        return
    files = startup.find_files(shell.name, case.environ)
    if any(map(_loads_hook, files)):
        yield Remark("hook", f"the hook is in {shell.name}'s files; it isn't loaded in this shell")
        return
    yield Finding(
        "hook",
        f"{shell.name} doesn't load the hook: it isn't in {' or '.join(files)}.",
        "Without it nothing is activated on cd.",
        f"autovenv install --shell {shell.name}",
        "`autovenv status` in a new shell says which hook is loaded",
    )


def examine_folders(case: Case) -> Iterator[Result]:
    """Say whether the folder with the answers and the approvals belongs to the user."""
    if sys.platform == "win32":
        return  # a profile's folder is its user's alone
    mine = os.geteuid()
    for folder, what, then in (
        (
            paths.find_state_folder(case.environ),
            "autovenv's own folder",
            "Nothing in it is believed or written: each change of folder starts a process, and "
            "`allow` can't keep what it is told.",
        ),
        (
            paths.find_answers_folder(case.environ, case.evidence.names),
            "The store of answers",
            "It is neither read nor written, so each change of folder starts a process.",
        ),
    ):
        try:
            owner = os.lstat(folder).st_uid
        except FileNotFoundError:
            return
        except OSError as error:
            yield Unknown("store", clean(f"can't look at {folder} ({error.strerror})", NOTE_LIMIT))
            return
        if owner != mine:
            shell = caller.name_asking(case.environ)
            words = ["sudo", "chown", "-R", str(mine), folder]
            listing, _ = pasting.write_command(["ls", "-ld", folder], shell)
            yield Finding(
                "store",
                clean(f"{what}, {folder}, belongs to another user.", NOTE_LIMIT),
                then,
                pasting.write_command(words, shell)[0] if mine else "sudo -H -s",
                f"{listing or 'ls -ld'} names you",
            )
            return


def examine_config(case: Case) -> Iterator[Result]:
    """Say what config.toml, and the settings' variables, have that isn't understood."""
    for problem in configuration.find_variables_problems(case.environ):
        yield _report_setting(problem, "set that variable otherwise, or not at all")
    file = paths.find_config_file(case.environ)
    try:
        text = (rcfile.read(file) or b"").decode()
    except (OSError, UnicodeDecodeError) as error:
        why = f"can't read {file} ({rcfile.describe(error)})"
        yield Unknown("config", clean(why, NOTE_LIMIT))
        return
    for problem in configuration.find_problems(text, case.environ):
        yield _report_setting(f"{file}: {problem}", "correct that line")


def _report_setting(what: str, remedy: str) -> Finding:
    return Finding(
        "config",
        clean(f"{what}.", NOTE_LIMIT),
        "What isn't understood is as if it weren't there.",
        "",
        f"{remedy}; doctor then says nothing of it",
    )


def examine_project(case: Case) -> Iterator[Result]:
    """Say what the note at the prompt says: a broken environment, a pin that isn't installed."""
    problem = case.verdict.problem
    if problem is None or problem.reason in verdict.QUIET:
        return
    why = "Nothing is active here until that is fixed."
    if case.verdict.kind != verdict.NONE:
        why = "It is active all the same; this project may want another."
    home = places.find_home(case.evidence)
    shell = caller.name_asking(case.environ)
    commands = [note.write_command_line(remedy, shell, home)[0] for remedy in problem.remedies]
    yield Finding(
        "project",
        note.write_sentence(case.verdict.kind, problem, home),
        why,
        commands[0] if commands else "",
        "`autovenv status` shows no note" if commands else reasons.advise_by_hand(problem),
        problem,
    )


def examine_python(case: Case) -> Iterator[Result]:
    """Say whether the environment's Python satisfies the project's `requires-python`."""
    file = _find_pyproject(case.found)
    if case.verdict.kind != verdict.ENVIRONMENT or not file:
        return
    try:
        wanted = _read_required(file)
    except (OSError, ValueError) as error:
        yield Unknown("python", clean(f"can't read requires-python in {file}: {error}", NOTE_LIMIT))
        return
    environment = environments.examine(case.verdict.environment, case.evidence)
    version = environment.version if environment else ""
    if wanted is None or not version or _satisfies(version, wanted):
        return
    yield Finding(
        "python",
        clean(f"{case.verdict.environment} has Python {version}.", NOTE_LIMIT),
        clean(f"{file} requires {wanted}.", NOTE_LIMIT),
        "",
        "make the environment again with a Python that is allowed; doctor then says nothing",
    )


EXAMINATIONS: tuple[Callable[[Case], Iterator[Result]], ...] = (
    examine_policy,
    examine_hook,
    examine_folders,
    examine_config,
    programs.examine_names,
    inactive.examine_switch,
    inactive.examine_opt_outs,
    inactive.examine_other,
    inactive.examine_absence,
    history.examine_history,
    programs.examine_python,
    surroundings.examine_variables,
    surroundings.examine_pip,
    surroundings.examine_state_folder,
    surroundings.examine_git,
    surroundings.examine_packages,
    surroundings.examine_rc_file,
    examine_project,
    examine_python,
)


def _report_outdated(shell: str, version: str) -> Finding:
    return Finding(
        "hook",
        f"This {shell} has the hook of autovenv {version}, the command is {autovenv.__version__}.",
        "What the two say to each other may have changed between them.",
        shells.SHELLS[shell].restart,
        "`autovenv status` in a new shell says which hook is loaded",
    )


def _report_names(shell: str, names: Sequence[str], wanted: Sequence[str]) -> Finding:
    """Return that the shell's hook was made with other names for environments."""
    known, new = (
        ", ".join(map("`{}`".format, markers.list_environments(own))) for own in (names, wanted)
    )
    return Finding(
        "hook",
        f"This {shell} looks for {known}; by the setting environments.names, a new one for {new}.",
        "A shell goes on with the names that it was started with.",
        shells.SHELLS[shell].restart,
        "`autovenv status` in a new shell names them",
    )


def _loads_hook(path: str) -> bool:
    try:
        data = rcfile.read(path) or b""
    except OSError:
        return False
    text = data.replace(b"\0", b"")  # UTF-16, as Windows PowerShell's editor writes it
    return re.search(rb"^[^#\n]*\bautovenv\b.* hook ", text, re.MULTILINE) is not None


def _find_pyproject(found: list[markers.Marked]) -> str:
    """Return the project's pyproject.toml: the nearest, but none above the environment's folder."""
    for marked in found:
        if "pyproject.toml" in marked.names:
            return f"{marked.folder}/pyproject.toml"
        if markers.has_environment(marked.names):
            break
    return ""


def _read_required(file: str) -> SpecifierSet | None:
    """Return `requires-python`, None where there is none; raise OSError or ValueError.

    By the scanner, which takes a time that is linear in the file's length: tomllib takes 15 s for
    64 KiB of one dotted key (python/cpython 149231).
    """
    if os.path.getsize(file) > PROJECT_LIMIT:
        raise ValueError("it is too long")
    table = toml.parse((rcfile.read(file) or b"").decode())
    text = toml.read_text(table, "project", "requires-python")
    if not text:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(f"{cite(text)} is no version specifier") from None


def _satisfies(version: str, wanted: SpecifierSet) -> bool:
    """A version that isn't known to the last number counts as its first and its last release."""
    known = [version] if version.count(".") > 1 else [version, f"{version}.999"]
    return any(wanted.contains(each, prereleases=True) for each in known)
