"""What a folder holds as a virtual environment: interpreter, version, label, and what is broken."""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISREG

from autovenv import paths, verdict
from autovenv.find import reach
from autovenv.paths import BIN as BIN
from autovenv.paths import PYTHON as PYTHON
from autovenv.text import cite
from autovenv.verdict import Environment as Environment
from autovenv.verdict import Problem, Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from autovenv.evidence import Evidence

# What conda puts on PATH for an environment on Windows, in its order (conda/activate.py).
_OF_CONDA = ("", r"Library\mingw-w64\bin", r"Library\usr\bin", r"Library\bin", "Scripts", "bin")

# Folder names that say nothing of the project: its own name is the better label.
GENERIC_NAMES = (".venv", "venv", ".env", "env")

# Paths recorded in an environment that are looked up: venv writes two, and no tool more than these.
RECORDED = 4


def look(path: str, evidence: Evidence, *, leads: bool = True) -> Environment | None:
    """Return the environment that the marker at `path` is or names, None where it is none.

    A folder with neither pyvenv.cfg nor an interpreter is none; so is what is neither a folder
    nor a regular file. Unless it `leads`, a file isn't read: in many projects, `.env` has secrets.
    """
    path = paths.make_native(path)
    status = evidence.get_status(path)
    if status is None:
        return _read_led_away(path, evidence)
    if S_ISDIR(status.st_mode):
        return examine(path, evidence)
    if S_ISREG(status.st_mode) and leads:
        return _follow(path, evidence)
    return None


def examine(path: str, evidence: Evidence) -> Environment | None:
    """Return the environment in the folder `path`, None where it holds none."""
    path = paths.make_native(path)
    settings = parse_settings(evidence.read(f"{path}/pyvenv.cfg"))
    python = evidence.get_status(os.path.join(path, BIN, PYTHON))
    interpreter = python is not None and S_ISREG(python.st_mode)
    away = _read_led_away(path, evidence)
    if away is not None:
        return away
    if not interpreter and os.name == "nt" and evidence.get_status(f"{path}/conda-meta"):
        return _find_of_conda(path, evidence)
    closed = _find_closed(path, path, evidence) if settings is None and not interpreter else None
    problem = None if interpreter else _find_other_system(path, evidence)
    if settings is None and not interpreter and closed is None and problem is None:
        return None
    if problem is not None:
        return Environment(path, "", _choose_label(path, settings or {}), problem)
    evidence.get_status(os.path.join(path, BIN))
    broken = closed or _find_problem(path, settings, interpreter, evidence)
    away = _read_led_away(path, evidence)
    if away is not None:
        return away
    settings = settings or {}
    version = settings.get("version") or settings.get("version_info") or ""
    return Environment(path, _cut_release(version), _choose_label(path, settings), broken)


def _read_led_away(path: str, evidence: Evidence) -> Environment | None:
    """Return the environment at `path` where a link that it is, or has, isn't followed."""
    links = evidence.links
    if links is None or not links.refused:
        return None
    for part in ("", "/pyvenv.cfg", "/bin/python", "/bin/activate"):
        link = links.find_refused(path + part)
        if link:
            target, reason = links.refused[link]
            ways = [Remedy(["ln", "-sfn", target, link], "if it is yours, make the link again")]
            message = f"{link} leads to a network, to {cite(target)}, and {reason}"
            return Environment(path, "", "", Problem(verdict.ON_A_NETWORK, path, message, ways))
    return None


def find_of_direnv(folder: str, evidence: Evidence) -> Environment | None:
    """Return the environment that direnv's `layout python` made in `.direnv`, None where it didn't.

    Each is called python-X.Y.Z by the Python that was on PATH (direnv's stdlib.sh); the highest
    counts.
    """
    names = [name for name in evidence.list_names(folder) if name.startswith("python-")]
    for name in sorted(names, key=_parse_numbers, reverse=True):
        environment = examine(f"{folder}/{name}", evidence)
        if environment is not None:
            if environment.label == name:
                environment.label = os.path.basename(os.path.dirname(folder)) or name
            return environment
    return None


def _parse_numbers(name: str) -> tuple[int, ...]:
    parts = name.removeprefix("python-").split(".")
    return tuple(int(part) if part.isdecimal() else -1 for part in parts)


def _find_of_conda(path: str, evidence: Evidence) -> Environment | None:
    """Return conda's environment on Windows, whose interpreter is in its uppermost folder."""
    if evidence.get_status(f"{path}/{PYTHON}") is None:
        return None
    environment = Environment(path, "", _choose_label(path, {}), _find_cut_path(path))
    environment.on_path = os.pathsep.join(
        os.path.join(path, name).rstrip(os.sep) for name in _OF_CONDA
    )
    return environment


def _find_other_system(path: str, evidence: Evidence) -> Problem | None:
    """Return what is wrong with an environment that works elsewhere: it must not be made again."""
    if os.name != "nt":
        if evidence.get_status(f"{path}/Scripts/python.exe"):
            return Problem(verdict.FOR_WINDOWS, path, "it was made for Windows")
    elif not evidence.get_status(f"{path}/{BIN}") and all(
        evidence.get_status(f"{path}/{name}") for name in ("pyvenv.cfg", "bin")
    ):
        message = "it was made for another system: Linux, WSL, a container or MSYS2"
        return Problem(verdict.FOR_POSIX, path, message)
    return None


def _follow(path: str, evidence: Evidence) -> Environment | None:
    """Read a redirect file: PEP 832 (draft, text of September 2026), else a name in WORKON_HOME.

    The first line is the path, relative to the file's folder; the rest is reserved. pipenv and
    virtualfish put a bare name there, which counts where no such path exists.
    """
    text = evidence.read(path) or ""
    named = text.partition("\n")[0].removesuffix("\r")
    folder = os.path.dirname(path)
    if not named or "\0" in named:
        return _make_nameless(path, "the file names no environment")
    target = os.path.normpath(os.path.join(folder, named))
    if reach.is_remote(target, path):
        message = "the file names a place on a network, where nothing is looked for"
        return _make_nameless(path, f"{message}: {cite(named)}")
    found = examine(target, evidence) if evidence.get_status(target) else None
    if found is not None:
        found.source = path
        return found
    for root in _list_roots_of_names(evidence) if _is_name(named) else ():
        found = found or examine(f"{root}/{named}", evidence)
    if found is None:
        return _make_nameless(path, f"there is no environment where the file says: {cite(named)}")
    return found


def _make_nameless(path: str, message: str) -> Environment:
    return Environment(path, "", "", Problem(verdict.NAMES_NONE, path, message))


def _list_roots_of_names(evidence: Evidence) -> list[str]:
    """Return the folders where a bare name is looked up: those that are set, else the usual ones.

    They are virtualenvwrapper's, virtualfish's and pipenv's.
    """
    roots = [evidence.read_variable("WORKON_HOME"), evidence.read_variable("VIRTUALFISH_HOME")]
    if any(roots):
        return [root for root in roots if root]
    from autovenv.find import places

    of_pew = places.find_pew_environments(evidence.read_variable("XDG_DATA_HOME"), evidence)
    return [f"{places.find_home(evidence)}/.virtualenvs", of_pew]


def _is_name(text: str) -> bool:
    return os.path.basename(text) == text and text not in (".", "..")


def parse_settings(text: str | None) -> dict[str, str] | None:
    """Return pyvenv.cfg's keys, in lower case, and values, as CPython's site.py reads them.

    Of two homes the first counts: it is the one that the interpreter takes (getpath.py), which
    also ends a line at a newline alone.
    """
    if text is None:
        return None
    settings: dict[str, str] = {}
    for line in text.split("\n"):
        key, equals, value = line.partition("=")
        key = key.strip().lower()
        if equals and not (key == "home" and key in settings):
            settings[key] = value.strip()
    return settings


def _find_problem(
    path: str, settings: dict[str, str] | None, interpreter: bool, evidence: Evidence
) -> Problem | None:
    cuts_path = _find_cut_path(path)
    if cuts_path is not None:
        return cuts_path
    if not interpreter:
        closed = _find_closed(path, os.path.join(path, BIN), evidence)
        return closed or Problem(verdict.INTERPRETER_GONE, path, "its interpreter is gone")
    program = os.path.join(path, BIN, PYTHON)
    if not os.access(program, os.X_OK):
        from autovenv.find import access

        return access.runs_nothing(path, program)
    if settings is None and _has_no_settings(path, evidence):
        return None
    if settings is None:
        if evidence.get_status(f"{path}/pyvenv.cfg") is not None:
            from autovenv.find import access

            return access.find_unreadable(path, "pyvenv.cfg")
        return Problem(verdict.SETTINGS_GONE, path, "its pyvenv.cfg is gone")
    activate = evidence.read(os.path.join(path, BIN, "activate"))
    if activate is None and "virtualenv" not in settings:
        # venv and uv always write it; virtualenv leaves out what it is told to.
        return Problem(verdict.INTERRUPTED, path, "its making was interrupted")
    places = read_places(activate, path) if activate else read_others(path, evidence)
    if places and not any(_leads_to(place, path) for place in places[:RECORDED]):
        message = f"it was moved or copied: it was made at {cite(places[0])}"
        return Problem(verdict.MOVED, path, message)
    return None


def _find_cut_path(path: str) -> Problem | None:
    if os.pathsep not in path:
        return None
    message = f"its path holds '{os.pathsep}', which PATH can't hold: move it"
    return Problem(verdict.SEPARATOR, path, message)


def _leads_to(place: str, path: str) -> bool:
    """Tell whether a recorded place leads to `path`; on a network, nothing is looked up."""
    if place == path:
        return True
    return not reach.is_remote(place, path) and reach.is_same(place, path)


def _find_closed(path: str, folder: str, evidence: Evidence) -> Problem | None:
    """Return what keeps the user out of a folder of the environment, None where nothing does."""
    if evidence.is_out_of_reach(folder) or not os.path.isdir(folder):
        return None
    if os.access(folder, os.R_OK | os.X_OK):
        return None
    from autovenv.find import access

    return access.find_closed_folder(path, folder)


def _has_no_settings(path: str, evidence: Evidence) -> bool:
    """Tell whether its tool writes no pyvenv.cfg: conda, and virtualenv before version 20."""
    return any(
        evidence.get_status(place) is not None
        for place in (f"{path}/conda-meta", os.path.join(path, BIN, "activate_this.py"))
    )


def read_places(activate: str, path: str) -> list[str]:
    """Return the absolute paths that the activate script of the environment `path` records.

    venv writes it bare, quoted or within a Cygwin branch, virtualenv and uv in words of which each
    is read as data; a relocatable script computes it, and then there is none. The script is read by
    lines: a path with a newline in it is known only where it is this very path, in one of these
    forms.
    """
    if "\n" in path:
        single = path.replace("'", "'\"'\"'")
        forms = (f"VIRTUAL_ENV={word}\n" for word in (path, f'"{path}"', f"'{single}'"))
        return [path] if any(form in activate for form in forms) else []
    from autovenv.find import words

    return _read_recorded(
        activate, path, ("VIRTUAL_ENV=", "export VIRTUAL_ENV="), words.list_readings
    )


def read_others(path: str, evidence: Evidence) -> list[str]:
    """Return what the scripts beside `activate` record, which virtualenv may have left out."""
    from autovenv.find import words

    for name, starts, readings in (
        ("activate.fish", ("set -gx VIRTUAL_ENV ",), words.list_readings),
        ("activate.csh", ("setenv VIRTUAL_ENV ", "set _virtualenv_dir="), words.list_readings),
        ("activate.nu", ("let virtual_env = ", "const virtual_env = "), words.list_nu_readings),
    ):
        script = evidence.read(os.path.join(path, BIN, name)) or ""
        places = _read_recorded(script, path, starts, readings)
        if places:
            return places
    return []


def _read_recorded(
    script: str, path: str, starts: tuple[str, ...], readings: Callable[[str, str], list[str]]
) -> list[str]:
    """Return the paths in the lines that begin so: of several readings the one that is `path`."""
    places = []
    for line in script.split("\n"):
        line = line.strip()
        for start in starts:
            if not line.startswith(start):
                continue
            read = [place for place in readings(line[len(start) :], path) if _is_place(place)]
            places += [path] if path in read else read[:1]
    return places


def _is_place(text: str) -> bool:
    return os.path.isabs(text) and "\0" not in text


def _choose_label(path: str, settings: dict[str, str]) -> str:
    """Return pyvenv.cfg's prompt, else the project's folder for a generic name, else the name."""
    prompt = settings.get("prompt", "")
    if len(prompt) > 1 and prompt[0] == prompt[-1] and prompt[0] in "'\"":
        # venv writes a Python repr, virtualenv a quoted string, uv neither.
        prompt = prompt[1:-1].replace("\\'", "'").replace("\\\\", "\\")
    if prompt:
        return prompt
    folder, name = os.path.split(path)
    if name in GENERIC_NAMES:
        return os.path.basename(folder) or name
    return name


def _cut_release(version: str) -> str:
    """Return the leading X.Y.Z of a version: virtualenv writes 3.11.7.final.0."""
    numbers = []
    for part in version.split("."):
        if not part.isdigit():
            break
        numbers.append(part)
    return ".".join(numbers[:3])
