"""`autovenv exec`, `which` and `path`: a project's environment for what has no prompt.

cron, systemd, Docker, make, CI and editors: what is active is decided as at a prompt there. A job
may start them often, so nothing is imported here that the shells' question doesn't import.
"""

from __future__ import annotations

import errno
import os
import sys

from autovenv import ask, caller, paths, place, settings, verdict
from autovenv.evidence import Evidence
from autovenv.find import markers
from autovenv.text import NOTE_LIMIT, clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from autovenv.verdict import Verdict

REFUSED, NOT_THERE = 2, 1

# As a shell has them: what is found and can't be run, and what isn't found.
NOT_EXECUTABLE, NOT_FOUND = 126, 127

OR_SYSTEM = "--or-system"
_HINT = f" ({OR_SYSTEM} goes on without one)"

# What execvp and the shells take where PATH isn't set, as in `env -i`.
DEFAULT_PATH = "/usr/bin:/bin"

# What a hook notes while an environment is active, and hands to its command.
_NOTED = ("", "_PATH", "_ENV", "_PYTHONHOME", "_HAD", "_HOOK", "_STATE", "_WORDS")


class RefusedError(Exception):
    """What the command can't go on with; its text is for the user."""


def main(command: str, arguments: list[str]) -> int:
    """Run `exec`, `which` or `path` with its arguments; return the exit status.

    `exec` doesn't return where it has become the command.
    """
    try:
        is_lenient = arguments[:1] == [OR_SYSTEM]
        rest = arguments[is_lenient:]
        if rest[:1] and rest[0].startswith("-") and rest[0] != "--":
            hint = f"autovenv {command} --help"
            raise RefusedError(f"{clean(rest[0], NOTE_LIMIT)} isn't an option of {command}: {hint}")
        if command == "exec":
            return _exec(rest, is_lenient=is_lenient)
        return (_print_program if command == "which" else _print_path)(rest, is_lenient=is_lenient)
    except (RefusedError, place.NoFolderError) as error:
        _say(str(error))
        return REFUSED


def _exec(arguments: list[str], *, is_lenient: bool) -> int:
    """Become the command in the environment of the folder that is named, or of this one."""
    environ = list_variables(os.environ)
    folder, words = _divide(arguments, environ)
    if not words:
        raise RefusedError("which command? autovenv exec [DIR] [--] COMMAND...")
    return _become(words, _enter(_decide(folder, environ, is_lenient=is_lenient), environ))


def _print_program(arguments: list[str], *, is_lenient: bool) -> int:
    """Print the path of a program of the environment, by default of its Python."""
    names = [argument for argument in arguments if argument != "--"] or ["python"]
    if len(names) > 1:
        raise RefusedError("one name at a time: autovenv which [NAME]")
    environ = list_variables(os.environ)
    reached = _decide(None, environ, is_lenient=is_lenient)
    entered = _enter(reached, environ)
    folders = entered if is_lenient else {**entered, "PATH": reached.folder}
    found, is_executable = _search(names[0], folders)
    if not is_executable or _is_path(names[0]):
        where = reached.environment or reached.folder or "PATH"
        _say(clean(f"there is no {names[0]} in {where}", NOTE_LIMIT))
        return NOT_THERE
    return _print(found)


def _print_path(arguments: list[str], *, is_lenient: bool) -> int:
    """Print the environment's path."""
    folders = [argument for argument in arguments if argument != "--"]
    if is_lenient or len(folders) > 1:
        raise RefusedError("autovenv path takes a DIR, and nothing else")
    folder = folders[0] if folders else None
    reached = _decide(folder, list_variables(os.environ), is_lenient=False, hint="")
    if not reached.environment:
        where = clean(reached.folder, NOTE_LIMIT)
        raise RefusedError(f"there is a pinned Python here and no environment: {where}")
    return _print(reached.environment)


def _divide(arguments: list[str], environ: Mapping[str, str]) -> tuple[str | None, list[str]]:
    """Return the folder, None for this one, and the command's words.

    Without `--`, the first word is the folder where it is one and isn't the name of a program.
    """
    if arguments[:1] == ["--"]:
        return None, arguments[1:]
    if arguments[1:2] == ["--"]:
        return arguments[0], arguments[2:]
    first = arguments[0] if len(arguments) > 1 else ""
    is_folder = bool(first) and os.path.isdir(place.expand(first, environ))
    if is_folder and (_is_path(first) or not _is_program(first, environ)):
        return first, arguments[1:]
    return None, arguments


def _is_program(name: str, environ: Mapping[str, str]) -> bool:
    """Tell whether the name of a folder here is that of a program as well: `python`, `test`."""
    try:
        entered = _enter(_decide(None, environ, is_lenient=True), environ)
    except (RefusedError, place.NoFolderError):
        entered = dict(environ)
    return _search(name, entered)[1]


def _decide(
    folder: str | None, environ: Mapping[str, str], *, is_lenient: bool, hint: str = _HINT
) -> Verdict:
    """Return what is active in the folder; raise RefusedError where nothing is to be.

    `hint` follows the message that there is no environment: `path` has no --or-system.
    With `is_lenient` it may be nothing, unless there is an environment that can't be used.
    """
    where = place.find_current(environ) if folder is None else place.find_named(folder, environ)
    names = settings.find_names(environ)
    evidence = Evidence(environ, names=names)
    found = markers.walk(where, paths.find_home(environ), names)
    reached = ask.decide(found, evidence, caller.name_asking(os.environ))
    if reached.kind != verdict.NONE:
        return reached
    is_in_doubt = bool(reached.problem and reached.problem.reason == verdict.TOO_LONG)
    if is_lenient and reached.candidate is None and not is_in_doubt:
        return reached
    raise RefusedError(reached.note or _explain_nothing(where, reached, hint))


def _explain_nothing(folder: str, reached: Verdict, hint: str) -> str:
    """Return why nothing is active in the folder where no note says so."""
    shown = clean(folder, NOTE_LIMIT)
    if reached.problem:
        path = clean(reached.problem.path, NOTE_LIMIT)
        return f"nothing is active in {shown}: {path}: {reached.problem.message}"
    return f"there is no environment for {shown}{hint}"


def list_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables as they would be where nothing of ours is active."""
    own = ask.remove_own_entry(environ)
    if environ.get("__AUTOVENV_HAD") and own.get("PATH") != environ.get("PATH"):
        own["PATH"] = ask.remove_entry(environ["PATH"], own["__AUTOVENV_PATH"], is_once=True)
    if own.get("__AUTOVENV_PYTHONHOME"):
        own["PYTHONHOME"] = own["__AUTOVENV_PYTHONHOME"]
    if own.get("VIRTUAL_ENV") and own["VIRTUAL_ENV"] == own.get("__AUTOVENV_ENV"):
        del own["VIRTUAL_ENV"]
        own.pop("VIRTUAL_ENV_PROMPT", None)
    for name in _NOTED:
        own.pop(f"__AUTOVENV{name}", None)
    if own.get("LC_CTYPE") == "C.UTF-8" and _is_pythons("LC_CTYPE"):
        del own["LC_CTYPE"]
    return own


def _is_pythons(name: str) -> bool:
    """Tell whether Python has set the variable itself, as it does in the C locale (PEP 538)."""
    try:
        with open("/proc/self/environ", "rb") as file:
            given = b"\0" + file.read()
    except OSError:
        return False
    return f"\0{name}=".encode() not in given


def _enter(reached: Verdict, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables as a hook sets them on entering."""
    own = dict(environ)
    if reached.kind == verdict.NONE:
        return own
    for name in ("_OLD_VIRTUAL_PATH", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"):
        own.pop(name, None)
    home = own.pop("PYTHONHOME", "")
    if home:
        own["__AUTOVENV_PYTHONHOME"] = home
    own["__AUTOVENV"] = paths.FORMAT
    own["__AUTOVENV_PATH"] = reached.folder
    own["__AUTOVENV_ENV"] = reached.environment
    if reached.environment:
        own["VIRTUAL_ENV"] = reached.environment
        own["VIRTUAL_ENV_PROMPT"] = reached.label
    before = own.get("PATH", "" if os.name == "nt" else DEFAULT_PATH)
    if reached.folder in before.split(os.pathsep):
        own["__AUTOVENV_HAD"] = "1"
    own["PATH"] = f"{reached.folder}{os.pathsep}{before}" if before else reached.folder
    return own


def _become(words: list[str], environ: dict[str, str]) -> int:
    """Replace this process by the command; return a shell's status where that can't be done."""
    name = words[0]
    program, is_executable = _search(name, environ)
    if not program:
        return _fail(name, "command not found", NOT_FOUND)
    if os.path.isdir(program):
        return _fail(name, "is a folder", NOT_EXECUTABLE)
    if not is_executable:
        return _fail(name, "permission denied", NOT_EXECUTABLE)
    if sys.platform == "win32":
        return _run_on_windows([program, *words[1:]], environ)
    # Python ignores it, and what is ignored stays so in the command: `yes | head` would have an
    # error in the place of its end (ansible/ansible 44813).
    signal = __import__("_signal")  # signal's own import takes as long as all the rest
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execve(program, words, environ)
    except OSError as error:
        if error.errno == errno.ENOEXEC:  # a script without a first line: the shells' own
            os.execve("/bin/sh", ["sh", program, *words[1:]], environ)
        if error.errno == errno.ENOENT:
            return _fail(name, "its interpreter isn't there", NOT_FOUND)
        return _fail(name, error.strerror or str(error), NOT_EXECUTABLE)


def _search(name: str, environ: Mapping[str, str]) -> tuple[str, bool]:
    """Return where a shell finds the command, "" for nowhere, and whether it can be run.

    What can't be run is taken only where nothing by that name can.
    """
    if _is_path(name):
        return (name, os.access(name, os.X_OK)) if os.path.lexists(name) else ("", False)
    fallback = ""
    for folder in environ.get("PATH", DEFAULT_PATH).split(os.pathsep):
        for ending in _list_endings(name, environ):
            path = os.path.join(folder or os.curdir, name + ending)
            if os.path.isfile(path):
                if os.access(path, os.X_OK):
                    return path, True
                fallback = fallback or path
    return fallback, False


def _is_path(name: str) -> bool:
    return os.sep in name or "/" in name or name in (os.curdir, os.pardir)


def _list_endings(name: str, environ: Mapping[str, str]) -> list[str]:
    if os.name != "nt":
        return [""] if name else []
    known = (environ.get("PATHEXT") or ".COM;.EXE;.BAT;.CMD").split(";")
    has_one = any(name.lower().endswith(ending.lower()) for ending in known if ending)
    return [""] if has_one else known


def _run_on_windows(words: list[str], environ: dict[str, str]) -> int:
    """Run the command and wait for it: a process can't become another one there.

    Ctrl-C is sent to both; it is the command's to say what comes of it.
    """
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(words, env=environ).returncode
    except OSError as error:
        return _fail(words[0], error.strerror or str(error), NOT_EXECUTABLE)


def _print(path: str) -> int:
    """Print a path byte for byte, as a script wants it."""
    try:
        sys.stdout.buffer.write(os.fsencode(path) + b"\n")
        sys.stdout.flush()
    except (OSError, AttributeError) as error:
        _say(f"can't write the path ({getattr(error, 'strerror', None) or 'its output is closed'})")
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # isn't tried again at the end
        return NOT_THERE
    return 0


def _fail(name: str, reason: str, status: int) -> int:
    _say(f"{clean(name, NOTE_LIMIT)}: {reason}")
    return status


def _say(message: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"autovenv: {message}\n")
