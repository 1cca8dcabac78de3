"""Whole projects, each file of which may be damaged: a verdict comes out, and a sound record."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unix
from autovenv import ask, record
from autovenv import verdict as verdicts
from autovenv.evidence import Evidence
from autovenv.find import markers
from fuzzing import examples, mutations
from trusting import environment

pytestmark = unix.alone("paths and environments as there")

PYPROJECT = b"""[project]
name = "x"
[build-system]
build-backend = "hatchling.build"
[tool.hatch.envs.default]
path = "HOME/envs/mine"
[tool.poetry]
name = "y"
[tool.uv]
managed = true
[tool.uv.workspace]
members = ["packages/*"]
[tool.pdm]
"""

# What each file of a project may hold where it is whole; HOME is the home, in it `envs/mine`.
FILES: dict[str, list[bytes]] = {
    ".venv": [b"mine\n", b"../../envs/mine\r\nreserved\n", b"HOME/envs/mine\n"],
    ".python-version": [b"3.12\n", b"mine\n", b">=3.9,<3.10\n", b"HOME/envs/mine/bin/python\n"],
    "pyproject.toml": [
        PYPROJECT,
        b'[project]\nname = "z"\n',
        # Of other types than expected, and with a NUL.
        b"[project]\nname = {}\n[tool.hatch]\nenvs = true\n[tool.uv]\nworkspace = []\n",
        b'[project]\nname = "a\\u0000b"\n[tool.hatch.envs]\ndefault.path = "/a\\u0000b"\n',
    ],
    "Pipfile": [b'[[source]]\nurl = "u"\n[pipenv]\nvenv_in_project = true\n'],
    ".pdm-python": [b"HOME/envs/mine/bin/python"],
    "poetry.toml": [
        b'cache-dir = "HOME/envs"\n[virtualenvs]\npath = "HOME/envs"\ncreate = true\n',
        b"cache-dir = true\n[virtualenvs]\npath = []\n",
    ],
    "pdm.toml": [b'[venv]\nlocation = "HOME/envs"\n'],
    "hatch.toml": [b'[envs.default]\npath = "HOME/envs/mine"\ntype = "virtual"\n'],
    "../pyproject.toml": [b'[tool.uv.workspace]\nmembers = ["p*", "[a-z]*"]\nexclude = ["**/x"]\n'],
}
OWN = ("pyvenv.cfg", "bin/activate")
WORDS = [
    b"HOME/envs/mine",
    b"/",
    b"..",
    b"~",
    b"${HOME}",
    b"{cache-dir}",
    b"mine",
    b"[tool.hatch.envs.default]\n",
    b'path = "/"\n',
    b'"',
    b"\\u0000",
    b"\\uDCFF",
    b"[",
    b"]",
    b"=",
    b"/dev/zero",
    b"/proc/self/cwd",
    b"x/" * 3000,
]


@dataclass(frozen=True)
class Place:
    """A home with a project in it, and an environment elsewhere."""

    home: Path
    project: Path
    inner: Path
    whole: dict[str, bytes]

    def put(self, file: Path, content: bytes) -> None:
        """Write a file of the project's."""
        file.write_bytes(content.replace(b"HOME", os.fsencode(self.home)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Where the examples are tried one after the other."""
    home = tmp_path_factory.mktemp("home").resolve()
    project = home / "projects" / "p"
    inner = environment(project / "venv")
    environment(home / "envs" / "mine")
    environment(home / "envs" / "3.12")
    whole = {name: (inner / name).read_bytes() for name in OWN}
    return Place(home, project, inner, whole)


def decided(place: Place) -> str:
    """Decide as the helper does, and check what would go to the shell; return its kind."""
    environ = {"HOME": str(place.home), "WORKON_HOME": f"{place.home}/envs", "PATH": "/nowhere"}
    evidence = Evidence(environ, f"{place.home}/state")
    found = markers.walk(str(place.project), environ["HOME"])
    verdict = ask.decide(found, evidence)
    assert verdict.kind in (verdicts.ENVIRONMENT, verdicts.INTERPRETER, verdicts.NONE)
    if verdict.kind == verdicts.ENVIRONMENT:
        assert verdict.folder == f"{verdict.environment}/bin"
        assert os.path.realpath(verdict.environment) in (
            str(place.inner),
            *(str(path) for path in (place.home / "envs").iterdir()),
        )
    sightings = markers.write_sightings(found)
    fields = record.list_fields(sightings, verdict, "g", record.list_checks(verdict, evidence))
    assert not any("\0" in field for field in fields)
    lines = record.encode_for_pipe(fields).decode("utf-8", "surrogateescape").split("\n")
    assert lines.pop() == ""
    assert [line.replace("\\n", "\n").replace("\\s", "\\") for line in lines] == fields
    for path in (*evidence.paths, *evidence.absent, *evidence.entering):
        assert os.path.isabs(path)
    return verdict.kind


@examples(500)
@given(data=st.data())
def test_a_project_with_damaged_files(place: Place, data: st.DataObject) -> None:
    """Some of its files are there, some of these damaged, in a folder without an environment."""
    shutil.rmtree(place.inner, ignore_errors=True)
    for name, sources in FILES.items():
        file = place.project / name
        file.unlink(missing_ok=True)
        # A `.venv` that names nothing ends the search, and hides the others.
        if data.draw(st.integers(0, 5 if name == ".venv" else 1)) == 0:
            damage = data.draw(st.integers(0, 2))
            content = mutations.damaged(sources, WORDS) if damage else st.sampled_from(sources)
            place.put(file, data.draw(content))
    decided(place)


@examples(500)
@given(data=st.data())
def test_a_damaged_environment(place: Place, data: st.DataObject) -> None:
    """It is activated only while what is written in it leads to it."""
    for name in FILES:
        (place.project / name).unlink(missing_ok=True)
    if not place.inner.exists():
        environment(place.inner)
    for name, content in place.whole.items():
        place.put(place.inner / name, content)
    name = data.draw(st.sampled_from(OWN))
    whole = place.whole[name]
    # Of the long script, what counts: else most damage is beside it.
    short = b"\n".join(line for line in whole.split(b"\n") if b"VIRTUAL_ENV=" in line)
    sources = [whole, short] if short else [whole]
    content = data.draw(mutations.damaged(sources, [*WORDS, b"home = /x\n", b"'"]))
    place.put(place.inner / name, content)
    if decided(place) == verdicts.ENVIRONMENT:
        # Other files of it record the path as well: those of an `activate` that says nothing count.
        whole = b"".join({**place.whole, name: content}.values())
        assert os.fsencode(place.inner) in whole.replace(b"/./", b"/").replace(b"//", b"/")
