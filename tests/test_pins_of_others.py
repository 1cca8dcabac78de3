"""Pins in asdf's and mise's files, and the environments of direnv's `layout python`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trees
from autovenv import ask, verdict
from autovenv.checks import VARIABLES
from autovenv.evidence import Evidence
from autovenv.find import files, markers
from autovenv.find.pins import Pin
from trees import WINDOWS

MISE = "AppData/Local/mise" if WINDOWS else ".local/share/mise"
INSTALLED, PROGRAM = (
    (r"C:\py", r"C:\py\python.exe") if WINDOWS else ("/opt/py", "/opt/py/bin/python")
)


def pinned(folder: Path, name: str, text: str, **environ: str) -> Pin | None:
    """Return what the file of that name pins."""
    (folder / name).write_text(text)
    return files.look(f"{folder}/{name}", Evidence(trees.user(folder) | environ))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".tool-versions", "python 3.12.1\n", "3.12.1"),
        (".tool-versions", "# a\nnodejs 22\n  python   3.12.1 3.11.2 # b\n", "3.12.1"),
        (".tool-versions", "python 3.12.1\r\n", "3.12.1"),
        (".tool-versions", "python system\n", ""),
        (".tool-versions", "python ref:main\n", "ref-main"),
        (".tool-versions", f"python path:{INSTALLED}\n", PROGRAM),
        (".tool-versions", "python latest:3.12\n", "3.12"),
        (".tool-versions", "python latest\n", "3"),
        ("mise.toml", '[tools]\npython = "3.12"\n', "3.12"),
        ("mise.toml", '[tools]\npython = ["3.12", "3.11"]\n', "3.12"),
        ("mise.toml", '[tools]\npython = { version = "3.12", virtualenv = ".venv" }\n', "3.12"),
        ("mise.toml", '[tools.python]\nversion = "3.12"\n', "3.12"),
        ("mise.toml", '[[tools.python]]\nversion = "3.12"\n', "3.12"),
        ("mise.toml", '[tools]\n"core:python" = "prefix:3.12"\n', "3.12"),
    ],
)
def test_what_a_file_pins(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """The first version counts, in `.python-version`'s words."""
    pin = pinned(tmp_path, name, text)
    assert pin is not None
    assert (pin.text, pin.path, pin.problem) == (expected, str(tmp_path / name), None)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".tool-versions", ""),
        (".tool-versions", "nodejs 22\npython\n# python 3.12\npythonx 3.12\n"),
        (".tool-versions", "\0python 3.12\n"),
        ("mise.toml", '[env]\npython = "3.12"\n'),
        ("mise.toml", "[tools]\npython = 3\n"),
        ("mise.toml", "[tools]\npython = []\n"),
        ("mise.toml", "no TOML ["),
    ],
)
def test_a_file_that_says_nothing_of_python(tmp_path: Path, name: str, text: str) -> None:
    """It is as if it weren't there: most are about other tools."""
    assert pinned(tmp_path, name, text) is None
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    assert files.look(f"{tmp_path}/{name}", Evidence({})) is None


def test_a_template_is_told(tmp_path: Path) -> None:
    """Only mise can fill it in; nothing is guessed."""
    pin = pinned(tmp_path, "mise.toml", "[tools]\npython = \"{{ env['V'] }}\"\n")
    assert pin is not None
    assert pin.problem is not None
    assert pin.problem.reason == verdict.PIN_UNUSABLE


def test_the_tools_own_variable_comes_first(tmp_path: Path) -> None:
    """Where the tool is in use; both are among what an answer may depend on."""
    text = "python 3.12\n"
    chosen = {"ASDF_PYTHON_VERSION": "3.9.1 3.8", "MISE_PYTHON_VERSION": "3.10"}
    before = pinned(tmp_path, ".tool-versions", text, **chosen)
    (tmp_path / MISE).mkdir(parents=True)
    by_mise = pinned(tmp_path, ".tool-versions", text, **chosen)
    (tmp_path / ".asdf").mkdir()
    by_asdf = pinned(tmp_path, ".tool-versions", text, **chosen)
    assert [pin and pin.text for pin in (before, by_mise, by_asdf)] == ["3.12", "3.10", "3.9.1"]
    blank = pinned(tmp_path, ".tool-versions", text, **dict.fromkeys(chosen, " \t"))
    assert blank
    assert blank.text == "3.12"
    assert chosen.keys() <= set(VARIABLES)


def test_which_file_of_a_folder_counts(tmp_path: Path) -> None:
    """`.python-version`, then mise's, then asdf's, as far as they say anything."""
    for number, (name, text) in enumerate(
        [
            (".tool-versions", "python 3.1"),
            ("mise.toml", "[tools]\nnode = '22'"),
            ("mise.toml", "[tools]\npython = '3.2'"),
            (".python-version", "3.3"),
        ]
    ):
        (tmp_path / name).write_text(text)
        evidence = Evidence(trees.user(tmp_path))
        reached = ask.decide(markers.walk(str(tmp_path), str(tmp_path)), evidence)
        assert reached.problem is not None
        wanted = ["3.1", "3.1", "3.2", "3.3"][number]
        assert f"it pins '{wanted}', which is not installed" in reached.problem.message


def test_the_command_is_that_of_whose_file_it_is(tmp_path: Path) -> None:
    """`mise install` for mise.toml, though pyenv is there as well."""
    trees.build({".pyenv/versions": trees.Folder(), ".asdf/installs": trees.Folder()}, tmp_path)
    trees.build({f"{MISE}/installs": trees.Folder()}, tmp_path)
    for name, text, words in (
        ("mise.toml", "[tools]\npython = '3.4'", ["mise", "install", "python@3.4"]),
        (".tool-versions", "python 3.4", ["asdf", "install", "python", "latest:3.4"]),
    ):
        (tmp_path / name).write_text(text)
        evidence = Evidence(trees.user(tmp_path))
        reached = ask.decide(markers.walk(str(tmp_path), str(tmp_path)), evidence)
        assert reached.problem is not None
        assert [remedy.words for remedy in reached.problem.remedies] == [words]
        (tmp_path / name).unlink()


@given(text=st.text(max_size=200), name=st.sampled_from([*files._PARSERS]))
def test_no_text_is_a_fault(tmp_path_factory: pytest.TempPathFactory, text: str, name: str) -> None:
    """Whatever is written there: a pin, or none."""
    folder = tmp_path_factory.mktemp("p")
    path = folder / name
    path.write_bytes(b"python " * (len(text) % 2) + text.encode("utf-8", "surrogatepass"))
    files.look(str(path), Evidence({}))


def test_direnvs_layout_python(tmp_path: Path) -> None:
    """As direnv itself makes it; the label is the project's name."""
    direnv = shutil.which("direnv")
    if direnv is None:
        pytest.skip("direnv is missing")
    project = tmp_path / "shop"
    project.mkdir()
    (project / ".envrc").write_text("layout python\n")
    folders = [os.path.dirname(direnv), os.path.dirname(sys.executable), "/usr/bin", "/bin"]
    environ = {"HOME": str(tmp_path), "PATH": ":".join(folders)}
    subprocess.run([direnv, "allow", project], env=environ, check=True, capture_output=True)
    made = subprocess.run(
        [direnv, "exec", project, "python", "-c", "import sys; print(sys.prefix)"],
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    reached = ask.decide(markers.walk(str(project), str(tmp_path)), Evidence(environ))
    assert os.path.dirname(made) == f"{project}/.direnv"
    assert (reached.environment, reached.label, reached.note) == (made, "shop", "")
