"""What a .python-version file pins: the grammar of pyenv and of uv, and files that are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trees
import unix
from autovenv.evidence import READ_LIMIT, Evidence
from autovenv.find import pins, versions
from autovenv.find.interpreters import managers
from trees import message


def look(folder: Path, content: bytes, **environ: str) -> pins.Pin:
    """Return what a file with that content pins, as the helper reads it."""
    path = folder / ".python-version"
    path.write_bytes(content)
    evidence = Evidence(environ)
    pin = pins.look(str(path), evidence)
    assert pin is not None
    return managers.override(pin, evidence)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"3.12\n", "3.12"),
        (b"3.12.1", "3.12.1"),
        (b"3.12\r\n", "3.12"),
        (b"\xef\xbb\xbf3.12\n", "3.12"),
        (b" \t3.12 \n", "3.12"),
        (b"\n\n# a comment\n  # another\n3.12\n", "3.12"),
        (b"# f\xfcr alle\n3.12\n", "3.12"),
        (b"3.12 # note\n", "3.12"),
        (b"3.12 3.11\n", "3.12"),
        (b"3.12\n3.11\n", "3.12"),
        (b"3.12\r3.11\r", "3.12"),
        (b"3.12:3.11\n", "3.12"),
        (b">=3.11, <3.13 # note\n", ">=3.11, <3.13"),
        (b"cpython >=3.12\n", "cpython >=3.12"),
        (b">=3.11 <3.13\n", ">=3.11 <3.13"),
        (b"3.12.1/envs/mine\n", "3.12.1/envs/mine"),
        (b"/usr/bin/python3.12\n", "/usr/bin/python3.12"),
        (b"../evil\n3.12\n", "3.12"),
    ],
)
def test_the_first_line_that_holds_anything_decides(
    tmp_path: Path, content: bytes, text: str
) -> None:
    """Comments, blanks, line ends and a byte order mark are no part of a pin."""
    pin = look(tmp_path, content)
    assert (pin.text, pin.path, message(pin)) == (text, str(tmp_path / ".python-version"), "")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"# 3.12\n", b"system\n", b"system\n3.12\n", b"any\n", b"Default\n"]
)
def test_nothing_is_pinned(tmp_path: Path, content: bytes) -> None:
    """An empty file, `system` and uv's words for any Python leave things as they are."""
    pin = look(tmp_path, content)
    assert (pin.text, message(pin)) == ("", "")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("3.12\n".encode("utf-16"), "it is UTF-16; save it as UTF-8"),
        (b"\xfe\xff\x003\x00.", "it is UTF-16; save it as UTF-8"),
        (b"\x7fELF\0\0", "it is not a text file"),
        (b"3.12\n" + b"#" * READ_LIMIT, "it is too long to be a pin"),
        (b"../evil\n", "it pins nothing but a path: '../evil'"),
        (b"..\n", "it pins nothing but a path: '..'"),
        (b".\n", "it pins nothing but a path: '.'"),
        (b"evil/inner\n", "it pins nothing but a path: 'evil/inner'"),
        (b"a/envs/..\n", "it pins nothing but a path: 'a/envs/..'"),
        (b"/usr/../evil\n", "it pins nothing but a path: '/usr/../evil'"),
    ],
)
def test_a_file_that_is_no_pin_is_told_by_name(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    """There is one sentence, and it names the file."""
    pin = look(tmp_path, content)
    assert (pin.text, message(pin)) == ("", problem)


def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    """A file of another user's is no reason to be silent."""
    path = tmp_path / ".python-version"
    path.write_text("3.12\n")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root reads everything")
    pin = pins.look(str(path), Evidence({}))
    assert pin is not None
    assert message(pin) == "it can't be read"


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    """A folder or a FIFO of that name is no pin, to pyenv and uv neither; nothing waits for it."""
    (tmp_path / "folder").mkdir()
    unix.make_fifo(tmp_path / "fifo")
    for name in ("folder", "fifo", "absent"):
        assert pins.look(str(tmp_path / name), Evidence({})) is None


def test_pyenv_version_comes_first_where_pyenv_is_in_use(tmp_path: Path) -> None:
    """`pyenv shell 3.11` counts, but the variable alone makes nobody a user of pyenv."""
    home = {trees.HOME: str(tmp_path), "PYENV_VERSION": "3.11:3.10"}
    assert look(tmp_path, b"3.12\n", **home).text == "3.12"
    (tmp_path / ".pyenv" / "pyenv-win").mkdir(parents=True)
    pin = look(tmp_path, b"3.12\n", **home)
    assert (pin.text, pin.path) == ("3.11", "PYENV_VERSION")
    assert look(tmp_path, b"3.12\n", **(home | {"PYENV_VERSION": "system"})).text == ""
    assert look(tmp_path, b"3.12\n", **(home | {"PYENV_VERSION": ""})).text == "3.12"


@given(st.one_of(st.binary(max_size=200), st.text(max_size=40).map(str.encode)))
def test_any_bytes_are_read(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A pin may hold anything: there is an answer, and no exception."""
    pin = look(tmp_path_factory.mktemp("any"), content)
    versions.parse(pin.text)
    versions.parse_built(pin.text)
    versions.allows(pin.text, "3.12.1")


@given(st.text(alphabet="0123456789.,<>=!~*+-_@ tdrcabvpy", max_size=30))
def test_anything_like_a_request_is_parsed_or_not(text: str) -> None:
    """The scanner for uv's grammar never raises, however near a text comes to it."""
    request = versions.parse(text)
    if request is not None:
        versions.covers(request, (3, 12, 1))
        versions.covers(request, (3, 14, 0), (2, 1))
    versions.allows(text, text)


@pytest.mark.parametrize(
    ("pin", "version", "allowed"),
    [
        ("3.12", "3.12.1", True),
        ("3.1", "3.12.1", False),
        ("3.1", "3.1.4", True),
        ("3", "3.12.1", True),
        ("3.12.1", "3.12.1", True),
        ("3.12.1", "3.12.10", False),
        ("3.12.1", "3.12", True),
        ("python-3.12", "3.12.1", True),
        ("cpython@3.12", "3.12.1", True),
        ("cpython-3.12.1-linux-x86_64-gnu", "3.12.2", False),
        ("312", "3.12.1", True),
        (">=3.11,<3.13", "3.12.1", True),
        (">=3.11,<3.13", "3.13.0", False),
        ("~=3.11.2", "3.12.0", False),
        ("!=3.12.*", "3.12.1", False),
        ("pypy3.10-7.3.12", "3.10.4", True),
        ("pypy3.10-7.3.12", "3.11.1", False),
        ("3.13-dev", "3.13.0", True),
        ("3.13t", "3.13.1", True),
        ("mine", "3.12.1", None),
        ("miniconda3-latest", "3.12.1", None),
        ("/usr/bin/python3", "3.12.1", None),
        ("3.12", "", None),
        ("", "3.12.1", None),
    ],
)
def test_whether_an_environment_satisfies_a_pin(
    pin: str, version: str, allowed: bool | None
) -> None:
    """Versions are compared as far as both give them; a name can't be compared."""
    assert versions.allows(pin, version) is allowed


@pytest.mark.parametrize(
    ("name", "built"),
    [
        ("3.12.1", ("cpython", (3, 12, 1), versions.FINAL, "")),
        ("3.13.0t", ("cpython", (3, 13, 0), versions.FINAL, "t")),
        ("3.13-dev", ("cpython", (3, 13), (-1, 0), "")),
        ("3.13t-dev", ("cpython", (3, 13), (-1, 0), "t")),
        ("3.14.0rc1", ("cpython", (3, 14, 0), (2, 1), "")),
        ("pypy3.10-7.3.12", ("pypy", (3, 10), versions.FINAL, "")),
        ("miniconda3-4.7.12", None),
        ("graalpy-24.1.0", None),
        ("mine", None),
    ],
)
def test_names_by_python_build(
    name: str, built: tuple[str, tuple[int, ...], tuple[int, int], str] | None
) -> None:
    """What pyenv, mise and asdf install is named by python-build."""
    assert versions.parse_built(name) == built
