"""What is installed under a pin, compared with what pyenv and uv say of the same folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from autovenv import pasting
from autovenv.checks import VARIABLES
from autovenv.evidence import Evidence
from autovenv.find import interpreters, pins, versions
from autovenv.find.environments import Environment
from autovenv.find.interpreters import Interpreter, managers, missing, system, windows
from autovenv.find.pins import Pin

if sys.platform == "win32":
    pytest.skip(
        "the managers' folders here are POSIX's, with scripts for interpreters",
        allow_module_level=True,
    )

# Real tools take tens of milliseconds an answer.
FEW = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

BUILT = [
    "2.7.18",
    "3.1.4",
    "3.9.2",
    "3.12.1",
    "3.12.10",
    "3.13.0",
    "3.13.0t",
    "3.13.1t",
    "3.13-dev",
    "3.13t-dev",
    "3.14.0rc1",
    "3.14.0a7",
    "pypy3.10-7.3.12",
    "pypy3.10-7.3.9",
    "pypy3.9-7.3.16",
    "pypy3-2.4.0",
    "pypy-5.4",
    "miniconda3-4.7.12",
    "miniconda3-3.12-24.1.2-0",
    "miniconda3-latest",
    "graalpy-24.1.0",
    "3.12-mine",
    "mine",
]


def tool(name: str, *places: str) -> str:
    """Return the program, or skip; fail where it is required, and no index is without it."""
    found = shutil.which(name) or next(filter(os.path.exists, places), None)
    if found is None:
        required = os.environ.get("AUTOVENV_REQUIRE_SHELLS") and name != "pyenv"
        complain = pytest.fail if required else pytest.skip
        complain(f"{name} is missing")
    return found


@pytest.fixture(scope="session")
def pyenv() -> str:
    """The program of pyenv itself."""
    return tool("pyenv", os.path.expanduser("~/.pyenv/bin/pyenv"))


@pytest.fixture(scope="session")
def uv() -> str:
    """The program of uv itself."""
    return tool("uv", os.path.join(os.path.dirname(sys.executable), "uv"))


def install(folder: Path, *names: str) -> Path:
    """Make an interpreter in a version's folder, as far as a look at it tells."""
    (folder / "bin").mkdir(parents=True)
    for name in names or ("python",):
        program = folder / "bin" / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return folder / "bin"


def found(pin: str, **environ: str) -> Interpreter | Environment | None:
    """Look for what is pinned, as the helper does."""
    return interpreters.find(pin, Evidence(environ))


def folder_of(pin: str, **environ: str) -> str:
    """Return the folder for PATH of what is pinned, "" where nothing is installed."""
    there = found(pin, **environ)
    return there.bin if there else ""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root of pyenv's with all kinds of versions."""
    root = tmp_path_factory.mktemp("built") / "pyenv"
    for name in BUILT:
        install(root / "versions" / name)
    return root


def asked(pyenv: str, root: Path, folder: Path) -> str:
    """Return the folder of what pyenv says is the version in `folder`, "" for none."""
    environ = {"PYENV_ROOT": str(root), "PATH": os.environ["PATH"], "LC_ALL": "C"}
    answer = subprocess.run(
        [pyenv, "version-name"], cwd=folder, env=environ, capture_output=True, text=True
    )
    name = answer.stdout.strip().partition(":")[0]
    if answer.returncode or name == "system":
        return ""
    return f"{root}/versions/{name}/bin"


def prefixes(names: list[str]) -> st.SearchStrategy[str]:
    """Draw whole names, beginnings of names, and these with something before or behind."""
    name = st.sampled_from(names)
    cut = st.builds(lambda text, end: text[: end + 1], name, st.integers(0, 20))
    suffix = st.sampled_from(["", "", "", "t", ".", "-", "-dev"])
    return st.builds(
        lambda before, text, behind: before + text + behind,
        st.sampled_from(["", "", "", "python-"]),
        st.one_of(name, cut),
        suffix,
    )


@FEW
@given(pin=prefixes(BUILT))
def test_pyenv_agrees_on_names(pyenv: str, built: Path, tmp_path: Path, pin: str) -> None:
    """A name, or the highest version that it begins, is what `pyenv version-name` says it is."""
    path = tmp_path / ".python-version"
    path.write_text(f"{pin}\n")
    read = pins.parse_text(path.read_text(), str(path))
    there = managers.find_named(managers.PYENV, read.text, Evidence({"PYENV_ROOT": str(built)}))
    assert (there.bin if there else "") == asked(pyenv, built, tmp_path)


@FEW
@given(
    lines=st.lists(
        st.one_of(
            st.sampled_from(["3.12", "3.9", "mine", "3.13t", "pypy3.10"]),
            st.sampled_from(["", "# 3.9", " #x", "../mine", "..", "a/b", "system"]),
        ),
        max_size=3,
    ),
    blank=st.sampled_from(["", " ", "\t", " # note", " 3.9"]),
    end=st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_pyenv_agrees_on_lines(
    pyenv: str, built: Path, tmp_path: Path, lines: list[str], blank: str, end: str
) -> None:
    """Comments, blanks and what is refused are passed over as pyenv does."""
    path = tmp_path / ".python-version"
    path.write_bytes("".join(line + blank + end for line in lines).encode())
    text = pins.parse_text(path.read_bytes().decode(), str(path)).text
    there = found(text, PYENV_ROOT=str(built)) if text else None
    assert (there.bin if there else "") == asked(pyenv, built, tmp_path)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of uv's that holds real interpreters, by links to those of pyenv."""
    root = tmp_path_factory.mktemp("kept")
    real = sorted(Path.home().glob(".pyenv/versions/3.*.*/bin/python3"))
    versions = [path.parts[-3] for path in real]
    if len({version.rpartition(".")[0] for version in versions}) < 3:
        pytest.skip("fewer than three real Pythons in ~/.pyenv")
    for path, version in zip(real, versions, strict=True):
        key = f"cpython-{version}-{managers.SYSTEM}-{managers.find_architecture()}-gnu"
        folder = root / key / "bin"
        folder.mkdir(parents=True)
        for name in ("python", "python3", f"python{version.rpartition('.')[0]}"):
            (folder / name).symlink_to(path)
        (root / key.replace(version, version.rpartition(".")[0])).symlink_to(key)
    return root


NUMBERS = ["3", "3.8", "3.11", "3.12", "3.12.1", "3.11.7", "3.13.0", "3.99", "312", "39", "4"]
VERSION = st.builds(
    lambda number, behind: number + behind,
    st.sampled_from(NUMBERS),
    st.sampled_from(
        [*[""] * 6, "t", "d", "+gil", "rc1", "a", ".dev0", ".*", ".post1", "-dev", "."]
    ),
)
SPECIFIERS = st.lists(
    st.builds(
        lambda operator, blank, version: operator + blank + version,
        st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "~=", "===", "="]),
        st.sampled_from(["", "", " "]),
        VERSION,
    ),
    min_size=1,
    max_size=3,
).map(",".join)
REQUEST = st.builds(
    lambda implementation, version, platform: implementation + version + platform,
    st.sampled_from(
        [*[""] * 4, "python", "cpython", "cpython@", "cp", "cpython-", "pypy@", "any-", "v"]
    ),
    st.one_of(VERSION, SPECIFIERS),
    st.sampled_from([*[""] * 6, "-linux", "-macos", "-linux-x86_64-gnu", "-any", "-musl", "-x"]),
)


@FEW
@given(pin=REQUEST)
def test_uv_agrees_on_requests(uv: str, kept: Path, tmp_path: Path, pin: str) -> None:
    """What uv takes is parsed, what it doesn't isn't, and both find the same interpreter."""
    # `==3.12+gil-linux` is to uv a version with a local part, which no Python has.
    assume(not ("=" in pin and "+" in pin))
    (tmp_path / ".python-version").write_text(f"{pin}\n")
    environ = {
        "HOME": str(tmp_path),
        "PATH": "/nonexistent",
        "UV_PYTHON_INSTALL_DIR": str(kept),
        "UV_CACHE_DIR": str(kept.parent / "uv-cache"),
    }
    answer = subprocess.run(
        [uv, "python", "find", "--no-project", "--no-python-downloads", "--offline"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
    )
    understood = "Ignoring unsupported" not in answer.stderr
    assert (versions.parse(pin) is not None) == understood, answer.stderr
    expected = os.path.dirname(answer.stdout.strip()) if understood else ""
    assert folder_of(pin, **environ) == expected, answer.stderr


def test_uv_by_the_links_for_minor_versions(kept: Path) -> None:
    """The link for 3.12 moves on with each installation: the folder itself is taken."""
    there = found("3.12", UV_PYTHON_INSTALL_DIR=str(kept), PATH="")
    assert there is not None
    assert "cpython-3.12." in there.bin


def test_uv_takes_a_release_first_and_a_free_threaded_one_from_3_14_on(tmp_path: Path) -> None:
    """As in uv's discovery.rs, a pre-release counts if nothing else does, or if it is asked for."""
    end = f"-{managers.SYSTEM}-{managers.find_architecture()}-gnu"
    root = tmp_path / "uv"
    kept = ("3.13.1", "3.13.2+freethreaded", "3.14.0rc1", "3.14.0+freethreaded", "3.15.0a2")
    for version in kept:
        install(root / f"cpython-{version}{end}")
    install(root / f"pypy-3.10.14{end}", "pypy3", "python")
    install(root / "cpython-3.16.0-plan9-pdp11-none")
    for pin, version in [
        ("3.13", "cpython-3.13.1"),
        ("3.13t", "cpython-3.13.2+freethreaded"),
        (">=3.13", "cpython-3.14.0+freethreaded"),
        ("3.14+gil", "cpython-3.14.0rc1"),
        ("3.14rc1", "cpython-3.14.0rc1"),
        ("3.15", "cpython-3.15.0a2"),
        ("cpython@3", "cpython-3.15.0a2"),
        ("pypy", "pypy-3.10.14"),
        ("pypy@3.10", "pypy-3.10.14"),
    ]:
        assert folder_of(pin, UV_PYTHON_INSTALL_DIR=str(root)) == f"{root}/{version}{end}/bin", pin
    assert folder_of("3.16", UV_PYTHON_INSTALL_DIR=str(root), PATH="") == ""


@pytest.mark.parametrize(
    ("below", "environ"),
    [
        (".pyenv/versions", {}),
        ("there/versions", {"PYENV_ROOT": "{home}/there"}),
        (".local/share/mise/installs/python", {}),
        ("data/mise/installs/python", {"XDG_DATA_HOME": "{home}/data"}),
        ("mise/installs/python", {"MISE_DATA_DIR": "{home}/mise"}),
        (".asdf/installs/python", {}),
        ("asdf/installs/python", {"ASDF_DATA_DIR": "{home}/asdf/"}),
        (".pyenv/versions", {"PYENV_ROOT": "relative"}),
    ],
)
def test_managers_keep_versions_by_their_numbers(
    tmp_path: Path, below: str, environ: dict[str, str]
) -> None:
    """A whole version, a prefix, a range and a form of uv's lead to the same folder."""
    home = str(tmp_path)
    environ = {name: value.format(home=home) for name, value in environ.items()} | {"HOME": home}
    folder = install(tmp_path / below / "3.98.1")
    install(tmp_path / below / "3.97.9")
    for pin in ("3.98.1", "3.98", "python-3.98", ">=3.98,<3.99", "cpython@3.98", ">3.97"):
        assert folder_of(pin, **environ) == str(folder), pin
    assert folder_of("3.9", **environ) == ""


def test_mise_links_are_passed_over(tmp_path: Path) -> None:
    """`latest` and `3.98` are links of mise's that move on."""
    root = tmp_path / "installs" / "python"
    folder = install(root / "3.98.1")
    for link in ("3.98", "3", "latest"):
        (root / link).symlink_to("./3.98.1")
    for pin in ("3.98", "3"):
        assert folder_of(pin, MISE_DATA_DIR=str(tmp_path)) == str(folder)


def test_pyenv_comes_before_uv_and_uv_before_mise(tmp_path: Path) -> None:
    """The order is documented; what only a later one has is found there."""
    home = {"HOME": str(tmp_path)}
    end = f"-{managers.SYSTEM}-{managers.find_architecture()}-gnu"
    mise = install(tmp_path / ".local/share/mise/installs/python/3.98.3")
    assert folder_of("3.98", **home) == str(mise)
    uv = install(tmp_path / f".local/share/uv/python/cpython-3.98.2{end}")
    assert folder_of("3.98", **home) == str(uv)
    pyenv = install(tmp_path / ".pyenv/versions/3.98.1")
    assert folder_of("3.98", **home) == str(pyenv)
    assert folder_of("3.98.3", **home) == str(mise)


def test_a_half_installed_version_is_left_for_the_next(tmp_path: Path) -> None:
    """While `pyenv install` runs there is a folder without an interpreter; its end is seen."""
    home = {"HOME": str(tmp_path)}
    whole = install(tmp_path / ".pyenv/versions/3.98.1")
    (tmp_path / ".pyenv/versions/3.98.2/bin").mkdir(parents=True)
    evidence = Evidence(home)
    there = interpreters.find("3.98", evidence)
    assert there is not None
    assert there.bin == str(whole)
    assert f"{tmp_path}/.pyenv/versions/3.98.2/bin/python" in evidence.absent
    assert f"{tmp_path}/.pyenv/versions/3.98.2/bin" in evidence.paths
    assert folder_of("3.98.2", **home) == ""
    (tmp_path / ".pyenv/versions/3.98.2/bin/python").touch()
    assert folder_of("3.98.2", **home) == ""
    (tmp_path / ".pyenv/versions/3.98.2/bin/python").chmod(0o755)
    assert folder_of("3.98.2", **home).endswith("/3.98.2/bin")


def test_what_was_looked_at_is_noted(tmp_path: Path) -> None:
    """An installation, a removal and a changed variable make the answer stale."""
    install(tmp_path / ".pyenv/versions/3.98.1")
    evidence = Evidence({"HOME": str(tmp_path)})
    interpreters.find("3.98", evidence)
    assert set(evidence.variables) <= set(VARIABLES)
    assert {"PYENV_ROOT", "HOME"} <= set(evidence.variables)
    assert "PATH" not in evidence.variables
    for name in ("", "/3.98.1/bin", "/3.98.1/bin/python"):
        assert f"{tmp_path}/.pyenv/versions{name}" in evidence.paths
    evidence = Evidence({"HOME": str(tmp_path), "PATH": str(tmp_path)})
    assert interpreters.find("3.97", evidence) is None
    assert set(evidence.variables) <= set(VARIABLES)
    assert {"PATH", "UV_PYTHON_INSTALL_DIR", "MISE_DATA_DIR"} <= set(evidence.variables)
    assert f"{tmp_path}/.local/share/uv/python" in evidence.absent
    assert str(tmp_path) in evidence.paths


def test_a_folder_that_path_cannot_hold_is_left(tmp_path: Path) -> None:
    """PATH has no way to hold a colon."""
    install(tmp_path / "a:b/versions/3.98.1")
    assert folder_of("3.98", PYENV_ROOT=f"{tmp_path}/a:b", PATH="") == ""


def test_homebrew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A formula's libexec/bin holds `python`; the whole version is where its link leads."""
    monkeypatch.setattr(system, "HOMEBREW", (str(tmp_path / "brew"),))
    cellar = tmp_path / "brew/Cellar/python@3.98/3.98.4_1"
    install(cellar / "libexec")
    (tmp_path / "brew/opt").mkdir()
    (tmp_path / "brew/opt/python@3.98").symlink_to("../Cellar/python@3.98/3.98.4_1")
    (tmp_path / "brew/opt/openssl@3").mkdir()
    for pin in ("3.98", "3.98.4", ">=3.98.3"):
        assert folder_of(pin, PATH="") == f"{tmp_path}/brew/opt/python@3.98/libexec/bin"
    assert folder_of("3.98.5", PATH="") == ""
    assert folder_of("pypy@3.98", PATH="") == ""


def test_the_framework_of_python_org(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no `python`, only `python3`; the whole version is in a header."""
    monkeypatch.setattr(system, "FRAMEWORK", str(tmp_path))
    folder = install(tmp_path / "3.98", "python3", "python3.98")
    (tmp_path / "Current").symlink_to("3.98")
    there = found("3.98", PATH="")
    assert isinstance(there, Interpreter)
    assert (there.bin, there.program) == (str(folder), f"{folder}/python3")
    assert folder_of("3.98.2", PATH="") == ""
    header(tmp_path / "3.98", "3.98.2")
    assert folder_of("3.98.2", PATH="") == str(folder)


def header(prefix: Path, version: str) -> None:
    """Write the header that has the whole version."""
    folder = prefix / "include" / f"python{version.rpartition('.')[0]}"
    folder.mkdir(parents=True)
    (folder / "patchlevel.h").write_text(f'/* */\n#define PY_VERSION      "{version}"\n')


def test_the_header_is_a_real_pythons() -> None:
    """CPython's own patchlevel.h is what is read."""
    prefixes = list(Path.home().glob(".pyenv/versions/3.*.*"))
    if not prefixes:
        pytest.skip("no real Python with headers")
    for prefix in prefixes:
        minor = prefix.name.rpartition(".")[0]
        assert ".".join(map(str, system._read_whole_version(str(prefix), minor))) == prefix.name


def test_python_on_path_is_found_and_shared(tmp_path: Path) -> None:
    """Debian's and deadsnakes' lie in a folder with other programs."""
    folder = install(tmp_path / "usr", "python3.98", "python3.97")
    for pin in ("3.98", ">=3.97", "cpython", "3"):
        there = found(pin, PATH=f"relative::/nonexistent:{folder}/")
        assert isinstance(there, Interpreter) or pin in ("cpython", "3", ">=3.97")
    there = found("3.98", PATH=str(folder))
    assert isinstance(there, Interpreter)
    assert (there.program, there.is_shared) == (f"{folder}/python3.98", True)
    assert found("3.98.1", PATH=str(folder)) is None
    header(tmp_path / "usr", "3.98.1")
    assert found("3.98.1", PATH=str(folder)) is not None
    assert found("3.98", PATH="usr/bin") is None


def test_shims_and_environments_on_path_are_no_interpreters(tmp_path: Path) -> None:
    """A shim runs whatever is pinned; an environment is somebody's project."""
    install(tmp_path / "pyenv", "python3.98")
    (tmp_path / "pyenv/bin").rename(tmp_path / "pyenv/shims")
    environment = install(tmp_path / "env", "python3.98")
    (tmp_path / "env/pyvenv.cfg").touch()
    assert found("3.98", PATH=f"{tmp_path}/pyenv/shims:{environment}") is None


def test_an_absolute_path_counts_if_a_manager_installed_it(tmp_path: Path) -> None:
    """A project can't choose a program of its own."""
    folder = install(tmp_path / ".pyenv/versions/3.98.1")
    evil = install(tmp_path / "project/evil")
    home = {"HOME": str(tmp_path), "PATH": "/nonexistent"}
    for pin in (f"{folder}/python", str(folder.parent), f"{folder.parent}/"):
        assert folder_of(pin, **home) == str(folder)
    for pin in (f"{evil}/python", str(evil.parent), str(tmp_path), "/", "/etc/passwd"):
        assert folder_of(pin, **home) == "", pin
    on_path = found(f"{evil}/python", HOME=str(tmp_path), PATH=f"/nonexistent:{evil}")
    assert isinstance(on_path, Interpreter)
    assert on_path.is_shared
    (tmp_path / "project/link").symlink_to(tmp_path / ".pyenv/versions")
    assert folder_of(f"{tmp_path}/project/link/3.98.1/bin/python", **home) == str(folder)


def test_what_windows_has_registered(tmp_path: Path) -> None:
    """PEP 514 gives a version and a folder; the highest that is whole is taken."""
    for version in ("3.97.4", "3.98.1"):
        install(tmp_path / version)
    there = [
        (windows.OWN, "3.97.4", f"{tmp_path}/3.97.4/bin/"),
        (windows.OWN, "3.98", f"{tmp_path}/3.98.1/bin"),
        (windows.OWN, "3.99.0", f"{tmp_path}/gone"),
        (windows.OWN, "nonsense", str(tmp_path)),
    ]
    for pin, version in [("3.97", "3.97.4"), (">=3.97", "3.98.1"), ("3.98", "3.98.1")]:
        request = versions.parse(pin)
        assert request is not None
        found = windows.find_highest(request, there, Evidence({}))
        assert found is not None
        assert found.bin == f"{tmp_path}/{version}/bin"
    if sys.platform == "win32":
        assert any(version for _, version, _ in windows.list_registered())


@pytest.mark.parametrize(
    ("there", "pin", "told"),
    [
        ([], "3.98", "which is not installed: pyenv or uv can install it"),
        (["pyenv"], "3.98.1", "which is not installed: pyenv install 3.98.1"),
        (["pyenv", "uv"], "3.98", "which is not installed: pyenv install 3.98"),
        (["uv"], "python-3.98", "which is not installed: uv python install 3.98"),
        (["uv", "mise"], ">=3.98,<4", "which is not installed: uv python install '>=3.98,<4'"),
        (["pyenv"], ">=3.98", "which is not installed: pyenv or uv can install it"),
        (["pyenv"], "cpython@3.98", "which is not installed: pyenv install 3.98"),
        (["pyenv"], "pypy@3.98", "which is not installed: pyenv install pypy3.98"),
        (["pyenv", "uv"], "3.98rc1", "which is not installed: uv python install 3.98rc1"),
        (["pyenv"], "pypy3.98-7.3.12", "which is not installed: pyenv install pypy3.98-7.3.12"),
        (["pyenv"], "miniconda3-9.9", "which is not installed: pyenv install miniconda3-9.9"),
        (["uv"], "miniconda3-9.9", "which is not installed: pyenv or uv can install it"),
        (["mise"], "3.98", "which is not installed: mise install python@3.98"),
        (["asdf"], "3.98", "which is not installed: asdf install python latest:3.98"),
        (["asdf"], "3.98.1", "which is not installed: asdf install python 3.98.1"),
        (["pyenv"], "mine", "which is neither a version nor the name of one that is installed"),
        (["pyenv"], "3.98;ls", "which is neither a version nor the name of one that is installed"),
        (
            ["pyenv"],
            "pypy$(ls)",
            "which is neither a version nor the name of one that is installed",
        ),
        (["uv"], "/evil", "which no version manager installed and which is not on PATH"),
    ],
)
def test_what_installs_it_is_told(tmp_path: Path, there: list[str], pin: str, told: str) -> None:
    """The command is that of a manager that is there, by its folder or on PATH."""
    folder = install(tmp_path / "tools", *there) if there else tmp_path
    assert said_missing(pin, HOME=str(tmp_path), PATH=str(folder)) == told
    for manager in there:
        Path(managers.find_root(manager, Evidence({"HOME": str(tmp_path)}))).mkdir(parents=True)
    assert said_missing(pin, HOME=str(tmp_path), PATH="") == told


def said_missing(pin: str, **environ: str) -> str:
    """Return what is told of a pin that isn't installed, behind its text, with the command."""
    problem = missing.describe(Pin(pin, "pin"), Evidence(environ))
    commands = [f": {pasting.write_command(r.words, 'bash')[0]}" for r in problem.remedies]
    assert problem.message.startswith(f"it pins '{pin}', ")
    return problem.message.partition(", ")[2] + "".join(commands)


@given(st.text(max_size=30).filter(lambda text: "\0" not in text))
def test_any_name_is_looked_for(tmp_path_factory: pytest.TempPathFactory, pin: str) -> None:
    """Whatever a pin holds, there is an answer and no exception."""
    home = {"HOME": str(tmp_path_factory.getbasetemp()), "PATH": "/usr/bin:/bin"}
    found(pin, **home)
    missing.describe(Pin(pin, "pin"), Evidence(home))


def remove(versions: Path) -> None:
    """Do what `pyenv uninstall` does."""
    shutil.rmtree(versions / "3.98.2")


def add_higher(versions: Path) -> None:
    """Do what `pyenv install` of a higher one does, at once."""
    install(versions / "3.98.3")


def finish(versions: Path) -> None:
    """End an installation that was halfway: the interpreter comes last."""
    program = versions / "3.98.9" / "bin" / "python"
    program.touch()
    program.chmod(0o755)


def begin_bin(versions: Path) -> None:
    """Go on with an installation that had made the version's folder alone."""
    (versions / "3.98.8" / "bin").mkdir()


@pytest.mark.parametrize("change", [remove, add_higher, finish, begin_bin])
@pytest.mark.parametrize("below", [".pyenv/versions", ".asdf/installs/python"])
def test_an_answer_does_not_outlive_a_change(
    tmp_path: Path, below: str, change: Callable[[Path], None]
) -> None:
    """What was looked at is as it was until something is installed or removed."""
    versions = tmp_path / below
    install(versions / "3.98.1")
    install(versions / "3.98.2")
    (versions / "3.98.9" / "bin").mkdir(parents=True)
    (versions / "3.98.8").mkdir(parents=True)
    evidence = Evidence({"HOME": str(tmp_path), "PATH": "/nonexistent"})
    there = interpreters.find("3.98", evidence)
    assert there is not None
    assert there.bin == f"{versions}/3.98.2/bin"
    assert evidence.is_valid()
    change(versions)
    assert not evidence.is_valid()


def test_a_note_does_not_outlive_an_installation(tmp_path: Path) -> None:
    """Nothing was there, and each place where it could come to be was noted."""
    end = f"-{managers.SYSTEM}-{managers.find_architecture()}-gnu"
    tools = tmp_path / "tools"
    tools.mkdir()
    for place in (
        ".pyenv/versions/3.98.1",
        f".local/share/uv/python/cpython-3.98.1{end}",
        ".local/share/mise/installs/python/3.98.1",
        ".asdf/installs/python/3.98.1",
    ):
        evidence = Evidence({"HOME": str(tmp_path), "PATH": str(tools)})
        assert interpreters.find("3.98", evidence) is None
        assert evidence.is_valid()
        install(tmp_path / place)
        assert not evidence.is_valid(), place
        shutil.rmtree(tmp_path / place)
    evidence = Evidence({"HOME": str(tmp_path), "PATH": str(tools)})
    assert interpreters.find("3.98", evidence) is None
    (tools / "python3.98").touch()
    assert not evidence.is_valid()
