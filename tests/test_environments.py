"""What an environment's folder is taken for, with environments by their real tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unix
from autovenv.evidence import READ_LIMIT, Evidence
from autovenv.find import environments
from autovenv.text import cite
from trees import BIN, TOOLS, WINDOWS, can_link, message, run_tool, user

VERSION = ".".join(map(str, sys.version_info[:3]))


def look(path: Path, **environ: str) -> environments.Environment | None:
    """Look at the marker `path` as the helper does."""
    return environments.look(str(path), Evidence(environ))


def venv(path: Path, *options: str) -> Path:
    """Make an environment as a user does."""
    assert run_tool([*TOOLS["venv"](str(path)), *options])
    return path


def real_version(environment: environments.Environment) -> str:
    """Return the version that the environment's own interpreter states."""
    script = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    interpreter = os.path.join(environment.bin, environments.PYTHON)
    return subprocess.check_output([interpreter, "-c", script], text=True).strip()


@pytest.mark.parametrize("options", [[], ["--copies"], ["--system-site-packages"]])
def test_venv(tmp_path: Path, options: list[str]) -> None:
    """What `python -m venv` makes is whole, and its version is the one that it runs."""
    found = look(venv(tmp_path / "project" / ".venv", *options))
    assert found is not None
    assert message(found) == ""
    assert found.version == real_version(found) == VERSION
    assert found.label == "project"


@pytest.mark.parametrize("options", [[], ["--copies"], ["--prompt", "its name"]])
def test_virtualenv(tmp_path: Path, options: list[str]) -> None:
    """What virtualenv makes is whole; its prompt is the label."""
    path = tmp_path / "project" / "venv"
    assert run_tool([*TOOLS["virtualenv"](str(path)), *options])
    found = look(path)
    assert found is not None
    assert message(found) == ""
    assert found.version == real_version(found)
    assert found.label == ("its name" if "--prompt" in options else "project")


@pytest.mark.parametrize("options", [[], ["--relocatable"], ["--prompt", "its name"]])
def test_uv(tmp_path: Path, options: list[str]) -> None:
    """What uv makes is whole, a relocatable one included, which records no path."""
    pytest.importorskip("uv")
    path = tmp_path / "project" / ".venv"
    assert run_tool([*TOOLS["uv"](str(path)), "--no-config", *options])
    found = look(path)
    assert found is not None
    assert message(found) == ""
    assert found.version == real_version(found)
    assert found.label == ("its name" if "--prompt" in options else "project")


@pytest.mark.parametrize(
    ("options", "label"),
    [
        (["--prompt", "its name"], "its name"),
        (["--prompt", "both ' and \""], "both ' and \""),
        (["--prompt", "."], "here"),
    ],
)
def test_the_label_is_the_prompt_that_venv_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], label: str
) -> None:
    """pyvenv.cfg's prompt is read as venv writes it, a Python repr."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    found = look(venv(tmp_path / "here" / ".venv", *options))
    assert found is not None
    assert found.label == label


# Names that a tool has to write in some way into its scripts.
NAMES = [
    *(
        "\u00e9",
        "\u65e5\u672c \u00fc's",
        "it's",
        "a's b's",
        "a b",
        "a$b",
        "$(c) `d`",
        'a"b',
        "a\\b",
    ),
    *("a!b", "#a", "a'#b", "~a", "a%b", "a\\'b", "\u00e9\\'"),
]
if WINDOWS:  # where a name can't hold most of it
    NAMES = ["\u00e9 a's b's%"]
else:
    NAMES.append(os.fsdecode(b"\xff"))


def old_virtualenv() -> str:
    """Return virtualenv 20.21, the last that makes environments of Python 2.7; or skip."""
    tools = os.environ.get("AUTOVENV_MAKERS", "")
    old = shutil.which("virtualenv", path=os.path.join(tools, "virtualenv", "bin"))
    if old is None:
        pytest.skip("virtualenv 20.21 is not below AUTOVENV_MAKERS")
    return old


def make(tool: str, path: Path, *options: str) -> bool:
    """Let a tool make an environment; tell whether it could."""
    command = {
        "virtualenv 20.21": lambda: [old_virtualenv(), "-q", "--no-seed", str(path)],
        "virtualenv": lambda: TOOLS["virtualenv"](str(path)),
        "venv": lambda: TOOLS["venv"](str(path)),
        "uv": lambda: TOOLS["uv"](str(path)),
    }[tool]()
    return run_tool([*command, *options])


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_place_is_read_in_every_form(tmp_path: Path, name: str) -> None:
    """Whatever the path is, its own environment is whole, and a moved one isn't told nonsense."""
    check_recorded_place(tmp_path / name / ".venv", "venv")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tool", ["virtualenv", "virtualenv 20.21", "uv"])
def test_another_tools_place_is_read_in_every_form(tmp_path: Path, tool: str, name: str) -> None:
    """Each tool quotes a path in its own way."""
    check_recorded_place(tmp_path / name / ".venv", tool)


def check_recorded_place(path: Path, tool: str) -> None:
    """Let a tool make an environment at `path`, move it, and compare what is read each time."""
    path.parent.mkdir()
    if not make(tool, path):
        pytest.skip(f"{tool} can't make an environment there")
    found = look(path)
    assert found is not None
    assert message(found) == ""
    activate = (path / BIN / "activate").read_bytes().decode("utf-8", "surrogateescape")
    assert set(environments.read_places(activate, str(path))) == {str(path)}
    path.rename(path.parent / "moved")
    moved = look(path.parent / "moved")
    assert moved is not None
    if message(moved):  # but where the old place can't be read without the shell
        assert message(moved).endswith(f"it was made at {cite(str(path))}")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("activator", ["fish", "cshell", "nushell"])
def test_another_script_tells_the_place_as_well(tmp_path: Path, activator: str, name: str) -> None:
    """Virtualenv writes the scripts that it is told to: that isn't an interrupted making."""
    path = tmp_path / name / ".venv"
    path.parent.mkdir()
    if not make("virtualenv", path, "--activators", activator):
        pytest.skip("virtualenv can't make an environment there")
    found = look(path)
    assert found is not None
    assert message(found) == ""
    assert environments.read_others(str(path), Evidence({})) == [str(path)]
    path.rename(path.parent / "moved")
    moved = look(path.parent / "moved")
    assert moved is not None
    assert message(moved).endswith(f"it was made at {cite(str(path))}")


@pytest.mark.parametrize("activators", ["powershell,fish", "powershell", ""])
def test_a_virtualenv_without_an_activate_is_whole(tmp_path: Path, activators: str) -> None:
    """Its tool left it out."""
    assert make("virtualenv", tmp_path / ".venv", "--activators", activators)
    assert not (tmp_path / ".venv" / BIN / "activate").exists()
    found = look(tmp_path / ".venv")
    assert found is not None
    assert message(found) == ""


@pytest.mark.parametrize(
    "line",
    [
        'VIRTUAL_ENV="$(cat /etc/passwd)"',
        'VIRTUAL_ENV="/a/$(ls)"',
        "VIRTUAL_ENV=/a/`ls`",
        "VIRTUAL_ENV=/a/\"$(unset -f printf; \\printf '%b' '\\0303' 'x')\"",
        "VIRTUAL_ENV=/a/\"$(\\printf '%b' '\\0999')\"",
        "VIRTUAL_ENV=/a/'b",
        "VIRTUAL_ENV=/a/b;ls",
        "VIRTUAL_ENV=/a/b c",
    ],
)
def test_a_place_that_cannot_be_read_is_not_another_one(tmp_path: Path, line: str) -> None:
    """What would have to be evaluated is no place: the environment wasn't moved for all we know."""
    path = venv(tmp_path / ".venv")
    (path / BIN / "activate").write_text(f"{line}\n")
    found = look(path)
    assert found is not None
    assert message(found) == ""
    assert environments.read_places(line, str(path)) == []


PYENV = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()


def pythons() -> list[str]:
    """Return the versions that a pyenv on this machine has installed."""
    return sorted(path.name for path in PYENV.glob("versions/[23].*") if path.name[-1].isdigit())


@pytest.mark.skipif(not pythons(), reason="no pyenv with Pythons is here")
@pytest.mark.parametrize("version", [name for name in pythons() if name[0] == "3"])
def test_every_pythons_own_venv(tmp_path: Path, version: str) -> None:
    """Each Python's venv writes its scripts in its own way; the answer is the same."""
    python = PYENV / "versions" / version / "bin" / "python"
    path = tmp_path / "project" / ".venv"
    subprocess.run([python, "-m", "venv", "--without-pip", path], check=True)
    found = look(path)
    assert found is not None
    assert (message(found), found.version) == ("", version)
    path.rename(tmp_path / "project" / "venv")
    moved = look(tmp_path / "project" / "venv")
    assert moved is not None
    assert f"made at {cite(str(path))}" in message(moved)


@pytest.mark.skipif("2.7.18" not in pythons(), reason="no pyenv with Python 2.7 is here")
def test_an_environment_for_python_2(tmp_path: Path) -> None:
    """Virtualenv 20.21 was the last to make one."""
    tools = os.environ.get("AUTOVENV_MAKERS", "")
    old = shutil.which("virtualenv", path=os.path.join(tools, "virtualenv", "bin"))
    if old is None:
        pytest.skip("virtualenv 20.21 is not below AUTOVENV_MAKERS")
    python = PYENV / "versions" / "2.7.18" / "bin" / "python"
    path = tmp_path / "project" / "venv"
    subprocess.run([old, "-q", "--no-seed", "-p", python, path], check=True)
    found = look(path)
    assert found is not None
    assert (message(found), found.version, found.label) == ("", "2.7.18", "project")


def test_an_environment_by_a_virtualenv_without_pyvenv_cfg(tmp_path: Path) -> None:
    """Virtualenv before version 20 wrote none, but a script to activate within Python."""
    path = venv(tmp_path / "project" / "venv")
    (path / "pyvenv.cfg").unlink()
    (path / BIN / "activate_this.py").touch()
    found = look(path)
    assert found is not None
    assert (message(found), found.version, found.label) == ("", "", "project")


@unix.alone("there, it is as it should be")
def test_an_environment_that_was_made_for_windows(tmp_path: Path) -> None:
    """Seen from WSL, a Windows environment is told of and left alone."""
    scripts = tmp_path / ".venv" / "Scripts"
    scripts.mkdir(parents=True)
    (scripts / "python.exe").touch()
    for settings in ("home = C:\\Python312\n", None):
        if settings:
            (tmp_path / ".venv" / "pyvenv.cfg").write_text(settings)
        found = look(tmp_path / ".venv")
        assert found is not None
        assert "made for Windows" in message(found)
        (tmp_path / ".venv" / "pyvenv.cfg").unlink(missing_ok=True)


@unix.alone("test_windows.py has conda's own layout there")
def test_a_conda_prefix(tmp_path: Path) -> None:
    """A conda prefix has conda-meta in the place of pyvenv.cfg, and no scripts of its own."""
    path = tmp_path / "project" / ".venv"
    (path / "conda-meta").mkdir(parents=True)
    (path / BIN).mkdir()
    (path / "bin" / "python").symlink_to(sys.executable)
    found = look(path)
    assert found is not None
    assert (message(found), found.label) == ("", "project")


def test_an_environment_with_a_name_of_its_own_is_called_by_it(tmp_path: Path) -> None:
    """Only a generic folder name gives way to the project's."""
    found = environments.examine(str(venv(tmp_path / "project" / "py312")), Evidence({}))
    assert found is not None
    assert found.label == "py312"


@pytest.mark.parametrize("content", [[], ["README"], ["lib/site-packages/x.py"]])
def test_a_folder_with_neither_pyvenv_cfg_nor_interpreter_is_none(
    tmp_path: Path, content: list[str]
) -> None:
    """A folder that is merely called `venv` is passed over."""
    path = tmp_path / "venv"
    path.mkdir()
    for name in content:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).touch()
    assert look(path) is None


def test_a_fifo_is_no_environment(tmp_path: Path) -> None:
    """A FIFO in a marker's place is passed over, and nothing waits for a writer."""
    unix.make_fifo(tmp_path / ".venv")
    assert look(tmp_path / ".venv") is None


def test_an_interpreter_that_is_gone_is_told(tmp_path: Path) -> None:
    """An upgrade that took the interpreter away leaves a dangling link."""
    path = venv(tmp_path / ".venv")
    (path / BIN / environments.PYTHON).unlink()
    if not WINDOWS:
        (path / BIN / "python").symlink_to("/nowhere/python")
    found = look(path)
    assert found is not None
    assert "interpreter is gone" in message(found)


def test_a_moved_environment_is_told(tmp_path: Path) -> None:
    """Sourcing a copy's activate would activate the original, so its scripts lie."""
    venv(tmp_path / "old" / ".venv")
    (tmp_path / "old").rename(tmp_path / "new")
    found = look(tmp_path / "new" / ".venv")
    assert found is not None
    assert f"made at {cite(str(tmp_path / 'old' / '.venv'))}" in message(found)


@pytest.mark.skipif(not can_link(), reason="no link can be made here")
def test_an_environment_that_is_reached_by_a_link_is_whole(tmp_path: Path) -> None:
    """A link to the project isn't a move: what is compared is where both lead."""
    venv(tmp_path / "real" / ".venv")
    (tmp_path / "link").symlink_to("real")
    found = look(tmp_path / "link" / ".venv")
    assert found is not None
    assert message(found) == ""
    assert found.path == str(tmp_path / "link" / ".venv")


@unix.alone("a name holds any bytes")
@pytest.mark.parametrize("name", ["a\u0085b", "a\rb", "a\x0cb\u2028"])
def test_ones_own_path_may_hold_what_ends_lines_elsewhere(tmp_path: Path, name: str) -> None:
    """To the shell that reads the script, a newline alone does."""
    found = look(venv(tmp_path / name / ".venv"))
    assert found is not None
    assert message(found) == ""
    script = Path(found.bin, "activate").read_bytes().decode()
    assert found.path in environments.read_places(script, found.path)


def test_a_script_with_a_nul_is_no_way_to_stop_the_helper(tmp_path: Path) -> None:
    """No path holds one, so none is recorded."""
    path = venv(tmp_path / ".venv")
    (path / BIN / "activate").write_bytes(b"VIRTUAL_ENV=/a\0b\n")
    found = look(path)
    assert found is not None
    assert message(found) == ""


def test_of_two_homes_the_first_counts() -> None:
    """The interpreter goes by it, whatever the lines after it say."""
    text = "version = 3.12.1\nhome = /first\nx\rhome = /not\nHome = /second\nversion = 3.12.2\n"
    settings = environments.parse_settings(text)
    assert settings is not None
    assert (settings["home"], settings["version"]) == ("/first", "3.12.2")


def test_an_interrupted_making_is_told(tmp_path: Path) -> None:
    """`python -m venv` that was stopped leaves pyvenv.cfg and the interpreter alone."""
    path = venv(tmp_path / ".venv")
    for script in path.glob(f"{BIN}/*ctivate*"):
        script.unlink()
    found = look(path)
    assert found is not None
    assert "interrupted" in message(found)


def test_a_lost_pyvenv_cfg_is_told(tmp_path: Path) -> None:
    """Without it sys.prefix is the base's, and pip installs there."""
    path = venv(tmp_path / ".venv")
    (path / "pyvenv.cfg").unlink()
    found = look(path)
    assert found is not None
    assert "pyvenv.cfg is gone" in message(found)


def test_a_path_that_path_cannot_hold_is_told(tmp_path: Path) -> None:
    """PATH has no way to hold a folder with the separator in its name."""
    path = venv(tmp_path / ".venv")
    name = f"a{os.pathsep}b"
    (tmp_path / name).mkdir()
    path.rename(tmp_path / name / ".venv")
    found = look(tmp_path / name / ".venv")
    assert found is not None
    assert f"'{os.pathsep}'" in message(found)


@pytest.mark.parametrize("written", ["../elsewhere/env\n", "../elsewhere/env\r\nreserved\n"])
def test_a_redirect_file_names_the_environment(tmp_path: Path, written: str) -> None:
    """PEP 832: the first line is the path, relative to the file's folder."""
    venv(tmp_path / "elsewhere" / "env")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".venv").write_bytes(written.encode())
    found = look(tmp_path / "project" / ".venv")
    assert found is not None
    assert found.path == str(tmp_path / "elsewhere" / "env")
    assert message(found) == ""


def test_a_redirect_file_may_hold_a_name_in_workon_home(tmp_path: Path) -> None:
    """pipenv, virtualfish and prezto put a bare name there."""
    venv(tmp_path / "envs" / "mine")
    (tmp_path / ".venv").write_text("mine\n")
    for variable in ("WORKON_HOME", "VIRTUALFISH_HOME"):
        found = look(tmp_path / ".venv", **{variable: str(tmp_path / "envs")})
        assert found is not None
        assert found.path == str(tmp_path / "envs" / "mine")
    by_default = tmp_path / "home" / ".virtualenvs"
    by_default.mkdir(parents=True)
    venv(by_default / "mine")
    found = look(tmp_path / ".venv", **user(tmp_path / "home"))
    assert found is not None
    assert found.path == str(by_default / "mine")


@pytest.mark.parametrize("written", [b"", b"\n", b"nowhere\n", b"..\n", b"a\0b\n", b"/nowhere\n"])
def test_a_redirect_to_nothing_is_told(tmp_path: Path, written: bytes) -> None:
    """An empty file, or a target that isn't there, is an error to tell, not to guess about."""
    (tmp_path / ".venv").write_bytes(written)
    found = look(tmp_path / ".venv", **user(tmp_path))
    assert found is not None
    assert "the file " in message(found)


@given(st.binary(max_size=300))
def test_any_bytes_in_pyvenv_cfg_are_read(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """pyvenv.cfg may hold anything: there is an answer, and no exception."""
    path = tmp_path_factory.mktemp("any") / ".venv"
    path.mkdir()
    (path / "pyvenv.cfg").write_bytes(content)
    found = look(path)
    assert found is not None
    assert "interpreter is gone" in message(found)


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    """A gigabyte in a marker's place costs no memory."""
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(1 << 30)
    assert Evidence({}).read(str(tmp_path / "huge")) is None
    (tmp_path / "long").write_bytes(b"x" * READ_LIMIT)
    assert Evidence({}).read(str(tmp_path / "long")) == "x" * READ_LIMIT
