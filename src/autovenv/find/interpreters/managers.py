"""Versions that pyenv, uv, mise and asdf keep, each by the names that the manager gives them."""

from __future__ import annotations

import os
import sys

from autovenv.find import environments, pins, versions
from autovenv.find.interpreters.found import find_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from autovenv.evidence import Evidence
    from autovenv.find.environments import Environment
    from autovenv.find.interpreters.found import Interpreter

    # Implementation, numbers, last part and variant.
    Release = tuple[str, tuple[int, ...], tuple[int, int], str]

PYENV, UV, MISE, ASDF = "pyenv", "uv", "mise", "asdf"

# Variable; folder below the home or the data; both on Windows; below them, a folder a version.
_ROOTS = {
    PYENV: ("PYENV_ROOT", ".pyenv", ("USERPROFILE", ".pyenv/pyenv-win"), "versions"),
    UV: ("UV_PYTHON_INSTALL_DIR", "uv/python", ("APPDATA", "uv/python"), ""),
    MISE: ("MISE_DATA_DIR", "mise", ("LOCALAPPDATA", "mise"), "installs/python"),
    ASDF: ("ASDF_DATA_DIR", ".asdf", ("USERPROFILE", ".asdf"), "installs/python"),
}
_IN_DATA = (UV, MISE)  # these follow XDG, on macOS too

SYSTEM = {"darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)


def find_root(manager: str, evidence: Evidence) -> str:
    """Return the manager's own folder, absolute."""
    variable, below, (windows, windows_below), _ = _ROOTS[manager]
    named = evidence.read_variable(variable)
    if os.path.isabs(named):
        return named.rstrip("/") or "/"
    if os.name == "nt":
        from autovenv.find import places

        return f"{places.find_folder(windows, evidence)}/{windows_below}"
    if manager in _IN_DATA:
        from autovenv.find import places

        return f"{places.find_xdg_data(evidence)}/{below}"
    return f"{evidence.read_variable('HOME')}/{below}"


def override(pin: pins.Pin, evidence: Evidence) -> pins.Pin:
    """Return the pin that counts: PYENV_VERSION comes before any file where pyenv is in use."""
    words = evidence.read_variable("PYENV_VERSION")
    if not words or evidence.get_status(find_root(PYENV, evidence)) is None:
        return pin
    return pins.parse_text(words, "PYENV_VERSION")


def find_versions(manager: str, evidence: Evidence) -> str:
    """Return the folder that holds a folder for each version of the manager's."""
    folder, below = find_root(manager, evidence), _ROOTS[manager][3]
    return f"{folder}/{below}" if below else folder


def find_named(manager: str, pin: str, evidence: Evidence) -> Interpreter | Environment | None:
    """Return what the manager has under the name `pin`, or the highest version that it begins.

    The order is that of pyenv-version-name: the name, the name without `python-`, then what
    `pyenv latest` says of each. A version that isn't whole is left for the next one.
    """
    folder = find_versions(manager, evidence)
    names = _list_names(manager, folder, evidence)
    bare = pin.removeprefix("python-")
    if "/" in pin:
        return find_in_version(folder, pin, evidence) if manager == PYENV else None
    for name in (pin, bare):
        if name in names:
            return find_in_version(folder, name, evidence)
    for name in (*list_latest(pin, names), *list_latest(bare, names)):
        found = find_in_version(folder, name, evidence)
        if found is not None:
            return found
    return None


def _list_names(manager: str, folder: str, evidence: Evidence) -> list[str]:
    """Return the names of versions; mise's links (3.12, latest) move on with each installation."""
    names = evidence.list_names(folder)
    if manager == MISE:
        return [name for name in names if not os.path.islink(f"{folder}/{name}")]
    return names


def find_in_version(folder: str, name: str, evidence: Evidence) -> Interpreter | Environment | None:
    """Return the interpreter, or the environment by pyenv-virtualenv, in the version's folder."""
    path = f"{folder}/{name}"
    if evidence.get_status(f"{path}/pyvenv.cfg"):
        return environments.examine(path, evidence)
    return find_whole(path if os.name == "nt" else f"{path}/bin", name, evidence)


def list_latest(prefix: str, names: list[str]) -> list[str]:
    """Return the names that begin with `prefix` and a `.` or `-`, the highest first.

    As pyenv-latest has it: a free-threaded one counts for a prefix that ends in `t` alone, one in
    development or before its release for none.
    """
    suffix = "t" if prefix[-1:] == "t" and prefix[-2:-1].isdigit() else ""
    prefix = prefix.removesuffix(suffix)
    matching = [
        name
        for name in names
        if name.startswith((f"{prefix}.", f"{prefix}-"))
        and name.endswith(suffix)
        and not _is_passed_over(name, suffix)
    ]
    # Where all keys are equal, sort compares the whole lines, ascending.
    matching.sort(key=_make_sort_line)
    matching.sort(key=_make_sort_key, reverse=True)
    if os.name == "nt":
        matching.sort(key=_is_foreign)
    return matching


def _is_foreign(name: str) -> bool:
    """Tell whether pyenv-win made it for another architecture: 3.11.9-win32, 3.11.9-arm64."""
    own = {"x86": "win32", "aarch64": "arm64"}.get(find_architecture(), "")
    suffix = name.rpartition("-")[2] if name.endswith(("-win32", "-arm64")) else ""
    return suffix != own


def _is_passed_over(name: str, suffix: str) -> bool:
    if name.endswith(("-dev", "-src", "-latest")):
        return True
    bare = name.rstrip("0123456789")
    if bare != name and bare.endswith(("a", "b", "rc")):
        return True
    return not suffix and name[-1:] == "t" and name[-2:-1].isdigit()


def _make_sort_key(name: str) -> tuple[str, int, int, int]:
    """Return the key by which pyenv-latest sorts: text up to the first dot, then three numbers."""
    fields = [*_make_sort_line(name).partition("|")[0].split("."), "", ""]
    return fields[0], _read_number(fields[1]), _read_number(fields[2]), _read_number(fields[3])


def _make_sort_line(name: str) -> str:
    """Return the line that pyenv-latest makes of a name for sorting."""
    stem, dash, rest = name.partition("-")
    if dash and stem.isalnum() and stem.isascii():
        # The stem loses its last letter: awk counts letters from 1, and is asked from 0.
        return f"{stem[:-1]}.{rest}..|{name}"
    return f"{name}...|{name}"


def _read_number(text: str) -> int:
    """Return the number that a text begins with, as `sort -n` reads it."""
    text = text.lstrip(" \t")
    sign = -1 if text.startswith("-") else 1
    digits = text.removeprefix("-")
    digits = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    return sign * int(digits or 0)


def find_requested(
    manager: str, request: versions.Request, evidence: Evidence
) -> Interpreter | Environment | None:
    """Return the highest version that a form of uv's asks for among those of another manager.

    One before its release counts where it is asked for.
    """
    folder = find_versions(manager, evidence)
    fitting = []
    for name in _list_names(manager, folder, evidence):
        release = versions.parse_built(name)
        if release and _fits(request, release, (SYSTEM, find_architecture(), request.platform[2])):
            numbers, pre = release[1:3]
            if pre == versions.FINAL or versions.is_eager(request):
                fitting.append((numbers, pre, name))
    return _find_first_whole(folder, sorted(fitting, reverse=True), evidence)


def find_kept_by_uv(
    request: versions.Request, evidence: Evidence
) -> Interpreter | Environment | None:
    """Return the interpreter of uv's own that `uv python find` would take.

    Those are named implementation-version[+variant]-system-architecture-libc. The links for minor
    versions (cpython-3.12-linux-x86_64-gnu) are passed over, as uv does.
    """
    folder = find_versions(UV, evidence)
    fitting = []
    for name in evidence.list_names(folder):
        release = _parse_kept_name(name)
        if (
            release
            and _fits(request, *release)
            and release[1][0] == SYSTEM
            and not os.path.islink(f"{folder}/{name}")
        ):
            fitting.append((*_rank_by_preference(request, *release), name))
    return _find_first_whole(folder, sorted(fitting, reverse=True), evidence)


def _find_first_whole(
    folder: str, fitting: list[tuple[Any, ...]], evidence: Evidence
) -> Interpreter | Environment | None:
    for *_, name in fitting:
        found = find_in_version(folder, name, evidence)
        if found is not None:
            return found
    return None


def _parse_kept_name(name: str) -> tuple[Release, tuple[str, str, str]] | None:
    """Return what the name of a version of uv's says, None where it is no such name."""
    parts = name.split("-")
    if len(parts) != 5:
        return None
    implementation, version, system, machine, libc = parts
    version, _, variant = version.partition("+")
    request = versions.parse(version)
    if request is None or len(request.numbers) < 2:
        return None
    numbers = (*request.numbers, 0)[:3]
    release = (implementation, numbers, request.pre, versions.VARIANTS.get(variant, variant))
    return release, (system, machine, libc)


def _fits(request: versions.Request, release: Release, platform: tuple[str, str, str]) -> bool:
    """Tell whether what is installed is one that the request asks for.

    Without a word about it that is CPython, and from 3.14 on it may be free-threaded.
    """
    implementation, numbers, pre, variant = release
    if implementation != (request.implementation or "cpython"):
        return False
    if any(asked and asked != have for asked, have in zip(request.platform, platform, strict=True)):
        return False
    threaded = "t" in variant
    wanted = request.variant
    if wanted in ("t", "td"):
        fits = threaded
    else:
        fits = not threaded or (wanted == "" and numbers >= (3, 14))
    return fits and ("d" not in wanted or "d" in variant) and versions.covers(request, numbers, pre)


def _rank_by_preference(
    request: versions.Request, release: Release, platform: tuple[str, str, str]
) -> tuple[bool, bool, Any, Any, bool, bool]:
    """Return uv's order: what is released and no debug build, the highest, the machine's own."""
    _, numbers, pre, variant = release
    eager = versions.is_eager(request)
    return (
        eager or pre == versions.FINAL,
        eager or "d" not in variant,
        numbers,
        pre,
        platform[1] == find_architecture(),
        not variant,
    )


def find_architecture() -> str:
    """Return the machine's architecture by uv's name."""
    if sys.platform == "win32":
        machine = os.environ.get("PROCESSOR_ARCHITECTURE", "")
    else:
        machine = os.uname()[4]
    return {"arm64": "aarch64", "amd64": "x86_64"}.get(machine.lower(), machine)
