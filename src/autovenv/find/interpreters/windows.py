"""Interpreters on Windows: the registry as PEP 514 has it, and python.org's folder for a user."""

from __future__ import annotations

import sys

from autovenv.find import places, versions
from autovenv.find.interpreters import managers
from autovenv.find.interpreters.found import find_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from autovenv.evidence import Evidence
    from autovenv.find.interpreters.found import Interpreter

_KEY = r"Software\Python"
_PYTHON_ORG = "PythonCore"
_LAUNCHER = "PyLauncher"  # PEP 514: no company, but the launcher's own settings


# How far down an interpreter stands, whatever its version: as `py -3.12` has it, python.org's come
# first, and of those the machine's own architecture.
OWN, FOREIGN, OTHERS = range(3)


def find(request: versions.Request, evidence: Evidence) -> Interpreter | None:
    """Return the highest registered interpreter, or one of the user's own, that is asked for."""
    return find_highest(request, [*list_registered(), *_list_programs(evidence)], evidence)


def find_highest(
    request: versions.Request, installed: list[tuple[int, str, str]], evidence: Evidence
) -> Interpreter | None:
    """Return the first of (OWN, FOREIGN or OTHERS, version, folder) that is asked for and whole.

    A version may be X.Y alone, as older installers register it. `python` and its folder are the
    version's own; free-threaded builds lie in the same folder and aren't looked for.
    """
    fitting = []
    for rank, version, folder in installed:
        known = versions.parse(version)
        if known and request.variant in ("", "gil") and versions.covers(request, known.numbers):
            fitting.append((-rank, known.numbers, folder))
    for _, numbers, folder in sorted(fitting, key=lambda one: one[:2], reverse=True):
        found = find_whole(folder.rstrip("\\/"), ".".join(map(str, numbers)), evidence)
        if found is not None:
            return found
    return None


def _rank(company: str, tag: str) -> int:
    if company != _PYTHON_ORG:
        return OTHERS
    own = {"x86": "32", "aarch64": "arm64"}.get(managers.find_architecture(), "")
    return OWN if tag.partition("-")[2] == own else FOREIGN


def list_registered() -> Iterator[tuple[int, str, str]]:
    """Yield rank, version and folder of what is registered, the user's own first.

    Registry keys have no time that a record could name: what is registered later is seen when one
    enters the project again.
    """
    if sys.platform != "win32":
        return
    import winreg

    views = (
        (winreg.HKEY_CURRENT_USER, 0),
        (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_64KEY),
        (winreg.HKEY_LOCAL_MACHINE, winreg.KEY_WOW64_32KEY),
    )
    for hive, view in views:
        for company in _list_subkeys(hive, _KEY, view):
            if company == _LAUNCHER:
                continue
            for tag in _list_subkeys(hive, rf"{_KEY}\{company}", view):
                key = rf"{_KEY}\{company}\{tag}"
                folder = _read_value(hive, rf"{key}\InstallPath", "", view)
                version = _read_value(hive, key, "Version", view) or _read_value(
                    hive, key, "SysVersion", view
                )
                if folder:
                    yield _rank(company, tag), version or tag.partition("-")[0], folder


def _list_subkeys(hive: int, key: str, view: int) -> list[str]:
    if sys.platform != "win32":
        return []
    import winreg

    names: list[str] = []
    try:
        with winreg.OpenKey(hive, key, 0, winreg.KEY_READ | view) as opened:
            while True:
                names.append(winreg.EnumKey(opened, len(names)))
    except OSError:  # there is no such key, or there are no more below it
        return names


def _read_value(hive: int, key: str, name: str, view: int) -> str:
    if sys.platform != "win32":
        return ""
    import winreg

    try:
        with winreg.OpenKey(hive, key, 0, winreg.KEY_READ | view) as opened:
            value, kind = winreg.QueryValueEx(opened, name)
    except OSError:
        return ""
    return value if kind == winreg.REG_SZ else ""


def _list_programs(evidence: Evidence) -> Iterator[tuple[int, str, str]]:
    r"""Yield what is in %LOCALAPPDATA%\Programs\Python: Python312, Python313-32."""
    folder = f"{places.find_folder('LOCALAPPDATA', evidence)}/Programs/Python"
    for name in evidence.list_names(folder):
        tag = name.removeprefix("Python")
        digits = tag.partition("-")[0]
        if name.startswith("Python") and digits.isdigit():
            yield _rank(_PYTHON_ORG, tag), digits, f"{folder}/{name}"
