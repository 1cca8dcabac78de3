"""Interpreters that no version manager keeps: Homebrew, python.org's framework, PATH, Windows."""

from __future__ import annotations

import os
from stat import S_ISREG

from autovenv import paths, reading
from autovenv.find import reach, versions
from autovenv.find.environments import PYTHON
from autovenv.find.interpreters import managers
from autovenv.find.interpreters.found import Interpreter, find_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment

# Where `brew --prefix` is, on each of Homebrew's systems.
HOMEBREW = ("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew")
FRAMEWORK = "/Library/Frameworks/Python.framework/Versions"

# The minor versions that are looked for where a range is asked for.
_MINORS = range(30, 5, -1)


def find(request: versions.Request, evidence: Evidence) -> Interpreter | None:
    """Return the interpreter that is asked for: the first place that has one, its highest."""
    if request.implementation not in ("", "cpython") or not _is_this_machine(request):
        return None
    if os.name == "nt":
        from autovenv.find.interpreters import windows

        return windows.find(request, evidence)
    return (
        _find_in_homebrew(request, evidence)
        or _find_in_framework(request, evidence)
        or _find_on_path(request, evidence)
    )


def _is_this_machine(request: versions.Request) -> bool:
    own = (managers.SYSTEM, managers.find_architecture())
    return all(asked in ("", have) for asked, have in zip(request.platform, own, strict=False))


def _find_in_homebrew(request: versions.Request, evidence: Evidence) -> Interpreter | None:
    """Look at the formulas python@3.12: `libexec/bin` holds `python` and `pip` by those names.

    The formula's folder is a link to Cellar/python@3.12/3.12.4_1, which has the whole version.
    """
    if request.variant not in ("", "gil"):
        return None
    fitting = []
    for prefix in HOMEBREW:
        for name in evidence.list_names(f"{prefix}/opt"):
            formula = f"{prefix}/opt/{name}"
            if name.startswith("python@"):
                version = os.path.basename(reach.resolve(formula)).partition("_")[0]
                numbers = _parse_numbers(version) or _parse_numbers(name.partition("@")[2])
                if numbers and versions.covers(request, numbers):
                    fitting.append((numbers, f"{formula}/libexec/bin"))
    return _pick(fitting, evidence)


def _find_in_framework(request: versions.Request, evidence: Evidence) -> Interpreter | None:
    """Look at python.org's installations on macOS, which have a folder each."""
    if request.variant not in ("", "gil"):
        return None
    fitting = []
    for name in evidence.list_names(FRAMEWORK):
        if _parse_numbers(name):
            numbers = _read_whole_version(f"{FRAMEWORK}/{name}", name)
            if versions.covers(request, numbers):
                fitting.append((numbers, f"{FRAMEWORK}/{name}/bin"))
    return _pick(fitting, evidence)


def _pick(fitting: list[tuple[tuple[int, ...], str]], evidence: Evidence) -> Interpreter | None:
    for numbers, folder in sorted(fitting, reverse=True):
        found = find_whole(folder, ".".join(map(str, numbers)), evidence)
        if found is not None:
            return found
    return None


def _find_on_path(request: versions.Request, evidence: Evidence) -> Interpreter | None:
    """Look for `python3.12` and its like on PATH: Debian's, deadsnakes', one's own."""
    suffix = "t" if "t" in request.variant else ""
    folders = list(list_path_folders(evidence))
    for minor in _list_minors(request):
        name = f"python{minor}{suffix}"
        for folder in folders:
            program = f"{folder}/{name}"
            if not os.access(program, os.X_OK):
                continue
            numbers = _read_whole_version(os.path.dirname(folder), minor)
            if versions.covers(request, numbers):
                evidence.get_status(program)
                return Interpreter(program, ".".join(map(str, numbers)), is_shared=True)
    return None


def _list_minors(request: versions.Request) -> list[str]:
    if len(request.numbers) > 1:
        return [f"{request.numbers[0]}.{request.numbers[1]}"]
    return [f"3.{minor}" for minor in _MINORS]


def list_path_folders(evidence: Evidence) -> Iterator[str]:
    """Yield PATH's folders but for shims and environments; each one's time is noted.

    A name that is added to a folder, or taken from it, changes the folder's time.
    """
    seen = set()
    for folder in evidence.read_variable("PATH").split(os.pathsep):
        folder = os.path.normpath(folder) if os.name == "nt" else folder.rstrip("/")
        if folder in seen or not os.path.isabs(folder) or os.path.basename(folder) == "shims":
            continue
        seen.add(folder)
        if evidence.get_status(folder) and not os.path.exists(f"{folder}/../pyvenv.cfg"):
            yield folder


def is_python_on_path(program: str, evidence: Evidence) -> bool:
    """Tell whether `python` is that program anyway, by whichever link."""
    for folder in list_path_folders(evidence):
        python = f"{folder}/{PYTHON}"
        if os.access(python, os.X_OK):
            evidence.get_status(python)
            return reach.is_same(python, program)
    return False


def _read_whole_version(prefix: str, minor: str) -> tuple[int, ...]:
    """Return X.Y.Z as the headers have it (python3.7m up to 3.7), X.Y where there are none."""
    for name in (minor, f"{minor}m"):
        header = reading.read(f"{prefix}/include/python{name}/patchlevel.h", 16 * 1024) or b""
        text = header.decode("latin-1")
        numbers = _parse_numbers(
            text.partition("#define PY_VERSION")[2].partition('"')[2].partition('"')[0]
        )
        if numbers[:2] == _parse_numbers(minor):
            return numbers
    return _parse_numbers(minor)


def _parse_numbers(version: str) -> tuple[int, ...]:
    """Return a release's numbers, nothing for a text that is none."""
    request = versions.parse(version)
    if request is None or request.pre != versions.FINAL or not version[:1].isdigit():
        return ()
    return request.numbers


def find_at(path: str, evidence: Evidence) -> Interpreter | Environment | None:
    """Return what is at an absolute path that is pinned, None where it doesn't count.

    It counts if a manager installed it, or if its folder is on PATH anyway: a project can't choose
    what is run. The path is the interpreter's, or that of a version's folder.
    """
    path = os.path.normpath(path) if os.name == "nt" else path
    if reach.is_remote(path, evidence.read_variable(paths.HOME)):
        return None
    status = evidence.get_status(path)
    if status is None:
        return None
    if S_ISREG(status.st_mode):
        folder = os.path.dirname(path)
        prefix = folder if os.name == "nt" else os.path.dirname(folder)
    else:
        prefix = path.rstrip("/")
    for manager in (managers.PYENV, managers.UV, managers.MISE, managers.ASDF):
        kept = managers.find_versions(manager, evidence)
        if reach.resolve(kept) == reach.resolve(os.path.dirname(prefix)):
            return managers.find_in_version(kept, os.path.basename(prefix), evidence)
    if not S_ISREG(status.st_mode) or not os.access(path, os.X_OK):
        return None
    on_path = map(os.path.normcase, list_path_folders(evidence))
    name = os.path.normcase(os.path.basename(path))
    if name.startswith("python") and os.path.normcase(folder) in on_path:
        return Interpreter(path, "", is_shared=True)
    return None
