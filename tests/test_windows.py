"""What is Windows' alone, each with a defect that was found there: run by Windows' own Python."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement

import trees
from autovenv import ask, caller, paths, store
from autovenv import verdict as verdicts
from autovenv.cli import policy
from autovenv.evidence import Evidence
from autovenv.find import environments, interpreters, markers, reach, versions
from autovenv.find.interpreters import managers, system, windows
from autovenv.find.tools import hatch
from autovenv.find.tools.project import Project
from autovenv.policy import scopes
from autovenv.trust import approvals
from autovenv.trust import machine as machines
from trees import Env

if sys.platform != "win32":
    pytest.skip("Windows' paths, registry and folders", allow_module_level=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home, with a project in it."""
    (tmp_path / "project").mkdir()
    return tmp_path


def variables(home: Path, **others: str) -> dict[str, str]:
    """Return the variables of a user whose home that is."""
    local, roaming = home / "AppData" / "Local", home / "AppData" / "Roaming"
    usual = {"USERPROFILE": str(home), "LOCALAPPDATA": str(local), "APPDATA": str(roaming)}
    return usual | others


def decide(folder: Path | str, home: Path, **others: str) -> verdicts.Verdict:
    """Decide as the helper does for a PowerShell that stands in `folder`."""
    evidence = Evidence(variables(home, **others))
    return ask.decide(markers.walk(str(folder), str(home)), evidence, "powershell")


def environment(path: Path) -> Path:
    """Make an environment as `python -m venv` does."""
    trees.make(Env(), path, path.parent)
    return path


def settings(path: Path, home: str) -> None:
    """Let an environment's pyvenv.cfg name another home, and no executable."""
    file = path / "pyvenv.cfg"
    kept = [
        line
        for line in file.read_text().splitlines()
        if not line.startswith(("home", "executable"))
    ]
    file.write_text("\n".join([f"home = {home}", *kept]))


def test_what_autovenv_depends_on_is_there() -> None:
    """Its wheel is installed without that (tools/windows/packages.txt)."""
    for line in metadata.requires("autovenv-shell") or []:
        assert metadata.version(Requirement(line).name)


# --- rules of trust ---


def test_a_home_that_is_gone(home: Path) -> None:
    """The launcher stays in Scripts, and starts nothing any more."""
    path = environment(home / "project" / ".venv")
    assert decide(path.parent, home).kind == "environment"
    settings(path, r"C:\nowhere")
    found = decide(path.parent, home)
    assert found.kind == "none"
    assert r"C:\nowhere" in found.note


def test_a_home_in_the_project(home: Path) -> None:
    """A project can't bring the Python that it is run with, in whatever case it names it."""
    path = environment(home / "project" / ".venv")
    program = home / "project" / "py" / "python.exe"
    program.parent.mkdir()
    program.write_bytes(Path(trees.BASE_PYTHON).read_bytes())
    for named in (str(program.parent), str(program.parent).upper(), program.parent.as_posix()):
        settings(path, named)
        found = decide(path.parent, home)
        assert found.kind == "none"
        assert found.note


@pytest.mark.parametrize("write", [str, str.upper, lambda path: path.replace("\\", "/")])
@pytest.mark.parametrize("by", ["variable", "config"])
def test_trusted_folders(home: Path, by: str, write: object) -> None:
    """By AUTOVENV_TRUST and by config.toml, in any case and with either separator."""
    assert callable(write)
    path = environment(home / "team" / "project" / ".venv")
    (path / "Scripts" / "git.exe").touch()
    assert decide(path.parent, home).kind == "none"
    folder = write(str(home / "team"))
    if by == "variable":
        assert decide(path.parent, home, AUTOVENV_TRUST=rf"C:\nowhere;{folder}").kind != "none"
        return
    config = home / "AppData" / "Local" / "autovenv" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"[trust]\nfolders = ['{folder}']\n")
    assert decide(path.parent, home).kind == "environment"


@pytest.mark.parametrize(
    "name",
    ["git.exe", "GIT.com", "git.ps1", "git.vbs", "git.py", "cmd.exe", "kubectl.exe", "code.cmd"],
)
def test_what_shadows_a_program(home: Path, name: str) -> None:
    """Whatever PATHEXT names is a program, and to PowerShell a .ps1 as well."""
    path = environment(home / "project" / ".venv")
    (path / "Scripts" / name).touch()
    found = decide(path.parent, home)
    assert found.kind == "none"
    assert "has a program called" in found.note


def test_the_programs_of_windows_that_are_shadowed(home: Path) -> None:
    """Those that one types there; a program of a package's own is none of them."""
    path = environment(home / "project" / ".venv")
    usual = "cmd powershell pwsh where notepad explorer py code node npm docker kubectl git"
    for name in usual.split():
        program = path / "Scripts" / f"{name}.exe"
        program.touch()
        assert f"has a program called {name}" in decide(path.parent, home).note
        program.unlink()
    (path / "Scripts" / "black.exe").touch()
    assert decide(path.parent, home).kind == "environment"


# --- environments ---


def test_a_semicolon_in_the_path(home: Path) -> None:
    """PATH would be cut in two there."""
    path = environment(home / "pro;ject" / ".venv")
    found = decide(path.parent, home)
    assert found.kind == "none"
    assert "which PATH can't hold" in found.note


@pytest.mark.parametrize("name", ["python", "python.exe"])
def test_an_environment_of_another_system(home: Path, name: str) -> None:
    """WSL's, a container's and MSYS2's work elsewhere: nothing advises to make them again."""
    path = home / "project" / ".venv"
    (path / "bin").mkdir(parents=True)
    (path / "bin" / name).touch()
    (path / "pyvenv.cfg").write_text("home = /usr/bin\n")
    found = decide(path.parent, home)
    assert found.kind == "none"
    assert "made for another system" in found.note
    assert "--clear" not in found.note


def test_condas_prefix(home: Path) -> None:
    """Its interpreter is in its uppermost folder, and conda puts six folders on PATH."""
    path = home / "project" / ".venv"
    (path / "conda-meta").mkdir(parents=True)
    (path / "Scripts").mkdir()
    (path / "python.exe").touch()
    known = home / ".conda" / "environments.txt"
    known.parent.mkdir()
    known.write_text(f"{path}\n")
    found = decide(path.parent, home)
    assert (found.kind, found.environment) == ("environment", str(path))
    folders = found.folder.split(";")
    assert folders[0] == str(path)
    assert str(path / "Scripts") in folders
    assert str(path / "Library" / "bin") in folders


def test_one_spelling(home: Path) -> None:
    """However a folder is written, an environment has the system's own separators."""
    path = environment(home / "project" / ".venv")
    for folder in (path.parent, path.parent.as_posix(), rf"\\?\{path.parent}"):
        assert decide(folder, home).environment == str(path)
    evidence = Evidence(variables(home))
    ask.decide(markers.walk(str(path.parent), str(home)), evidence)
    named = [*evidence.paths, *evidence.absent, *evidence.entering]
    assert len({os.path.normcase(each) for each in named}) == len(named)
    assert not any("/" in each for each in named)


def test_commands_are_for_powershell(home: Path) -> None:
    """The launcher, and quotes that PowerShell takes."""
    path = environment(home / "o'neil" / ".venv")
    (path / "Scripts" / "python.exe").unlink()
    quoted = str(path).replace("'", "''")
    assert f"py -m venv --clear '{quoted}'" in decide(path.parent, home).note


# --- files and folders ---


def test_text_goes_on_after_ctrl_z(tmp_path: Path) -> None:
    """Windows' text mode would take it for the end."""
    file = tmp_path / "file"
    file.write_bytes(b"a\r\nb\x1ac")
    assert Evidence({}).read(str(file)) == "a\r\nb\x1ac"
    file.write_bytes(b"x\r\n" * 40_000)
    assert Evidence({}).read(str(file)) is None


def test_a_bare_name_is_looked_up_in_the_home(home: Path) -> None:
    """`/.virtualenvs` of the current drive is what every user of the machine may make."""
    (home / "project" / ".venv").write_text("mine")
    evidence = Evidence(variables(home))
    ask.decide(markers.walk(str(home / "project"), str(home)), evidence)
    looked = [path for path in (*evidence.paths, *evidence.absent) if ".virtualenvs" in path]
    assert looked
    assert all(path.startswith(str(home)) for path in looked)


def test_folders_that_no_variable_names(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system knows them; a project's own `autovenv` is nobody's settings."""
    path = environment(home / "project" / ".venv")
    (path / "Scripts" / "git.exe").touch()
    (path.parent / "autovenv").mkdir()
    text = f"[trust]\nfolders = ['{path.parent}']\n"
    (path.parent / "autovenv" / "config.toml").write_text(text)
    monkeypatch.chdir(path.parent)
    evidence = Evidence({})
    assert ask.decide(markers.walk(str(path.parent), ""), evidence).kind == "none"
    for looked in (*evidence.paths, *evidence.absent):
        assert os.path.splitdrive(looked)[0], looked
    for name in ("USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        assert os.path.normcase(paths.ask_system(name)) == os.path.normcase(os.environ[name])


def test_the_walk_ends_at_the_home(home: Path) -> None:
    """HOME isn't set there; a home in another case is the same."""
    environment(home / ".venv")
    user = home / "user"
    (user / "project").mkdir(parents=True)
    for end in (str(user), str(user).upper(), user.as_posix()):
        assert markers.walk(str(user / "project"), end) == []
    found = markers.walk(str(user / "project"), str(home / "other"))
    assert [marked.names for marked in found][:1] == [[".venv"]]
    assert paths.find_home(variables(user, HOME=str(home))) == str(user)


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[str]:
    """A drive that stands for a folder, as `subst` makes it; under Wine the set-up's."""
    import ctypes

    define = ctypes.windll.kernel32.DefineDosDeviceW
    assert define(0, "Q:", str(tmp_path))
    yield "Q:" if os.path.isdir("Q:\\") else "R:"
    define(2, "Q:", None)


def test_a_project_at_a_drives_root(drive: str) -> None:
    """A tool hashes the folder itself, not the current one of that drive."""
    root = f"{drive}\\"
    Path(root, "inner").mkdir(exist_ok=True)
    before = os.getcwd()
    os.chdir(rf"{drive}\inner")
    try:
        assert os.path.samefile(Project(drive, [], Evidence({})).real, root)
        assert Project("C:", [], Evidence({})).real == "C:\\"
    finally:
        os.chdir(before)


# --- interpreters ---


def test_pip_of_a_pinned_python(home: Path) -> None:
    """It is in Scripts, beside the interpreter's folder."""
    folder = home / ".pyenv" / "pyenv-win" / "versions" / "3.10.4"
    folder.mkdir(parents=True)
    (folder / "python.exe").touch()
    (home / "project" / ".python-version").write_text("3.10.4\r\n")
    found = decide(home / "project", home)
    assert (found.kind, found.folder) == ("interpreter", rf"{folder};{folder}\Scripts")
    environ = {"__AUTOVENV_PATH": found.folder, "PATH": rf"{found.folder};C:\Windows"}
    assert ask.remove_own_entry(environ)["PATH"] == r"C:\Windows"


def test_pyenv_win_has_several_architectures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version alone is the machine's own; another's counts where nothing else is there."""
    names = ["3.11.9", "3.11.9-win32", "3.11.9-arm64", "3.10.11-win32"]
    for machine, first in (
        ("x86_64", "3.11.9"),
        ("x86", "3.11.9-win32"),
        ("aarch64", "3.11.9-arm64"),
    ):
        monkeypatch.setattr(managers, "find_architecture", lambda machine=machine: machine)
        assert managers.list_latest("3.11", names)[0] == first
        assert managers.list_latest("3.10", names) == ["3.10.11-win32"]


def test_the_order_of_the_launcher(tmp_path: Path) -> None:
    """python.org's come before Anaconda's of a higher patch, and the machine's own first."""
    there = []
    for rank, version in (
        (windows.OTHERS, "3.12.7"),
        (windows.FOREIGN, "3.12.4"),
        (windows.OWN, "3.12.1"),
    ):
        (tmp_path / version).mkdir()
        (tmp_path / version / "python.exe").touch()
        there.append((rank, version, str(tmp_path / version)))
    request = versions.parse("3.12")
    assert request is not None
    for expected in ("3.12.1", "3.12.4", "3.12.7"):
        found = windows.find_highest(request, there, Evidence({}))
        assert found is not None
        assert found.bin == str(tmp_path / expected)
        (tmp_path / expected / "python.exe").unlink()


def test_a_pin_by_path(tmp_path: Path) -> None:
    """It is on PATH with a last backslash, as python.org's installer writes it, or in any case."""
    (tmp_path / "Python").mkdir()
    program = tmp_path / "Python" / "python.exe"
    program.touch()
    folder = str(program.parent)
    for on_path in (folder, f"{folder}\\", folder.upper(), folder.replace("\\", "/")):
        for pin in (str(program), program.as_posix(), str(program).upper()):
            evidence = Evidence({"PATH": rf"C:\nowhere;{on_path}"})
            found = interpreters.find(pin, evidence)
            assert isinstance(found, interpreters.Interpreter), (on_path, pin)
            assert system.is_python_on_path(found.program, evidence)


REGISTERED = [(1, 1), ("", 1), ("%NOPE%\\x", 2), (b"\0", 3), (["x"], 7), (7, 4), ("C:\\gone", 1)]


@pytest.mark.parametrize(("value", "kind"), REGISTERED)
def test_odd_values_in_the_registry(value: Any, kind: int) -> None:
    """Of a wrong type, empty, with variables that lead nowhere: as if it weren't there."""
    import winreg

    if (value, kind) == (1, 1):
        value, kind = "without an end", winreg.REG_SZ
    key = r"Software\Python\Odd\9.9"
    try:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, rf"{key}\InstallPath") as opened:
            winreg.SetValueEx(opened, "", 0, kind, value)
        request = versions.parse("9.9")
        assert request is not None
        assert windows.find(request, Evidence(dict(os.environ))) is None
    finally:
        for path in (rf"{key}\InstallPath", key, r"Software\Python\Odd"):
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, path)


# --- commands ---


def test_output_that_the_code_page_lacks(tmp_path: Path) -> None:
    """It is escaped: an error would come after the deed was done."""
    folder = tmp_path / "\u043f\u0440"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "autovenv", "status"],
        cwd=folder,
        env=trees.system_variables() | {"PYTHONIOENCODING": "cp1252", "USERPROFILE": str(tmp_path)},
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u043f\\u0440" in done.stdout


def test_other_shells_are_told_what_is_supported() -> None:
    """Git Bash sets SHELL; there is no hook for it on Windows."""
    with pytest.raises(caller.UnknownShellError, match="autovenv install --shell powershell"):
        caller.find_named("/usr/bin/bash")
    assert caller.find_named("pwsh.exe").name == "powershell"


@pytest.mark.parametrize("is_done", [False, True])
def test_a_policy_is_set_when_the_registry_says_so(
    is_done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an exit status says."""
    import winreg

    key, name = r"Software\Python\autovenv-test", "ExecutionPolicy"
    monkeypatch.setattr(scopes, "LOCAL_KEY", key)

    def run(program: str, command: str) -> str:
        if is_done:
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, "RemoteSigned")
        return ""

    @click.command()
    def command() -> None:
        judged = policy.judge(os.environ)
        policy.offer([one for one in judged if "5.1" in one.edition], run)

    try:
        done = CliRunner().invoke(command, input="y\n")
    finally:
        if is_done:
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)
    assert ("the policy isn't set" in done.output) is not is_done
    assert ("loads your profile" in done.output) is is_done


# A look at the disk takes long under Wine where the machine has much else to do.
_PATIENT = (
    "import sys; from autovenv import budget, run; budget.WAIT = 60.0; "
    "sys.exit(run.main(sys.argv[1], sys.argv[2:]))"
)


def command(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `exec`, `which` or `path` in the project, for the user whose home that is."""
    return subprocess.run(
        [sys.executable, "-I", "-c", _PATIENT, *words],
        cwd=home / "project",
        env=trees.system_variables() | variables(home),
        capture_output=True,
        text=True,
    )


def test_exec(home: Path) -> None:
    """It waits for the command: words, variables and exit status come through as they are."""
    path = environment(home / "project" / ".venv")
    words = ["a b", 'c"d', "e\\", "%PATH%", ""]
    code = "import os, sys; print(sys.argv[1:], os.environ['VIRTUAL_ENV']); sys.exit(300)"
    done = command(home, "exec", "--", "python", "-c", code, *words)
    assert (done.returncode, done.stderr) == (300, "")
    assert done.stdout == f"{words} {path}\n"


def test_which_and_path(home: Path) -> None:
    """They print what a script wants, with the system's own separators."""
    path = environment(home / "project" / ".venv")
    (path / "Scripts" / "task.cmd").touch()
    assert command(home, "path").stdout == f"{path}\n"
    assert command(home, "which").stdout == rf"{path}\Scripts\python.exe" + "\n"
    found = command(home, "which", "task").stdout
    assert os.path.normcase(found) == os.path.normcase(rf"{path}\Scripts\task.cmd" + "\n")


def test_exec_of_what_is_no_program(home: Path) -> None:
    """By PATHEXT as a shell has it; 127 and 126 with a line where there is nothing to run."""
    path = environment(home / "project" / ".venv")
    (path / "Scripts" / "task.cmd").write_text("@exit /b 5\r\n")
    (path / "Scripts" / "broken.exe").write_text("no program")
    (path / "Scripts" / "folder.exe").mkdir()
    assert command(home, "exec", "--", "task").returncode == 5
    assert command(home, "exec", "--", "TASK.CMD").returncode == 5
    done = command(home, "exec", "--", "nowhere")
    assert (done.returncode, done.stderr) == (127, "autovenv: nowhere: command not found\n")
    for name in ("broken", str(path / "Scripts" / "folder.exe")):
        done = command(home, "exec", "--", name)
        assert (done.returncode, done.stderr.count("\n")) == (126, 1), done.stderr


# --- bad input ---


def test_settings_in_utf_16(home: Path) -> None:
    """PowerShell 5.1's `>` writes it: there is a note, and no exception."""
    path = environment(home / "project" / ".venv")
    text = (path / "pyvenv.cfg").read_text()
    (path / "pyvenv.cfg").write_bytes(text.encode("utf-16"))
    found = decide(path.parent, home)
    assert found.kind == "none"
    assert found.note


@pytest.mark.parametrize(
    "folder",
    [r"C:\con", r"C:\nul.txt", r"C:\aux\project", r"X:\project", "X:", "C:\\" + "long\\" * 60],
)
def test_folders_that_are_none(folder: str, home: Path) -> None:
    """Reserved names, a drive that isn't there, 300 characters: nothing, and no exception."""
    assert decide(folder, home).kind == "none"


def test_a_path_of_300_characters(home: Path) -> None:
    """What Windows' own functions would refuse is active, by either spelling, where it works."""
    folder = rf"\\?\{home}\project\{'d' * 150}\{'e' * 150}"
    os.makedirs(folder)
    trees.make(Env(), Path(rf"{home}\project\.venv"), home / "project")
    for spelling in (folder, folder.removeprefix("\\\\?\\")):
        found = decide(spelling, home)
        assert (found.kind, found.environment) == ("environment", rf"{home}\project\.venv")


@pytest.mark.parametrize("error", [21, 1117, 5])
def test_a_drive_that_is_not_ready(home: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """Each look at it fails otherwise than where nothing is: not active, and no exception."""
    looked: list[str] = []

    def refuse(name: str) -> None:
        function = getattr(os, name)

        def look(path: Any, *more: Any, **words: Any) -> Any:
            if str(path)[:2].upper() == "D:":
                looked.append(str(path).replace("/", "\\"))
                raise OSError(22, "The device is not ready", path, error)
            return function(path, *more, **words)

        monkeypatch.setattr(os, name, look)

    for name in ("stat", "lstat", "listdir", "scandir", "access", "open"):
        refuse(name)
    (home / "project" / ".venv").write_text("mine")
    (home / "project" / ".python-version").write_text(r"D:\Python\python.exe")
    given = {"WORKON_HOME": r"D:\envs", "PATH": r"D:\bin"}
    assert decide(home / "project", home, **given).kind == "none"
    assert decide(r"D:\project", home, **given).kind == "none"
    (home / "project" / ".venv").unlink()
    found = decide(home / "project", home, **given)
    assert found.kind == "none"
    assert found.note
    assert {r"D:\envs\mine\pyvenv.cfg", r"D:\Python\python.exe"} <= set(looked)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of servers that are looked at, in order, by whichever function."""
    found: list[str] = []

    def watch(module: Any, name: str) -> None:
        function = getattr(module, name)

        def look(path: Any, *more: Any, **words: Any) -> Any:
            text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
            if text.replace("/", "\\").startswith("\\\\"):
                found.append(text)
            return function(path, *more, **words)

        monkeypatch.setattr(module, name, look)

    for name in ("stat", "lstat", "access", "listdir", "scandir", "readlink", "open"):
        watch(os, name)
    for name in ("isfile", "isdir", "exists", "lexists", "realpath", "samefile", "getmtime"):
        watch(os.path, name)
    watch(builtins, "open")
    return found


def test_an_absent_server_is_not_looked_at_twice(home: Path, looks: list[str]) -> None:
    """Each look at one takes seconds; what a project names isn't looked at at all."""
    for name, text in ((".venv", "mine"), (".python-version", r"\\gone\pins\python.exe")):
        (home / "project" / name).write_text(text)
    answers = str(home / "AppData" / "Local" / "autovenv" / "answers")
    given = {"WORKON_HOME": r"\\gone\share\envs", "PATH": r"\\gone\tools\bin;//gone/tools/other"}
    evidence = Evidence(variables(home, **given))
    found = markers.walk(str(home / "project"), str(home))
    reached = ask.decide(found, evidence, "powershell")
    assert reached.note
    assert looks == [r"\\gone\share"]
    (home / "project" / ".python-version").write_text("3.99")
    (home / "project" / ".venv").unlink()
    evidence = Evidence(variables(home, **given))
    found = markers.walk(str(home / "project"), str(home))
    reached = ask.decide(found, evidence, "powershell")
    store.keep(answers, found[0].folder, "", reached, evidence)
    assert looks == [r"\\gone\share", r"\\gone\tools"]  # once for each question
    looks.clear()
    for path in (r"\\gone\other\x", r"\\GONE\third\x", r"\\?\UNC\gone\share\x"):
        evidence.get_status(path)
        evidence.note_entering(path)
    assert looks == []


def test_an_absent_share_says_nothing_of_its_server(home: Path, looks: list[str]) -> None:
    """`localhost` is there: its other share is looked at, each once, in whichever case."""
    evidence = Evidence(variables(home))
    for share in (r"\\localhost\gone", r"\\LOCALHOST\Gone", r"\\?\UNC\localhost\GONE"):
        assert evidence.get_status(rf"{share}\p") is None
    assert looks == [r"\\localhost\gone"]
    assert evidence.get_status(r"\\localhost\c$\windows") is not None
    assert evidence.get_status(r"\\?\UNC\LOCALHOST\C$\Windows") is not None
    assert looks.count(r"\\localhost\c$") == 1


# --- names there have no case ---


@pytest.mark.parametrize(
    ("path", "base", "is_remote"),
    [
        (r"\\SRV\Share\x", r"\\srv\share\p", False),
        (r"//srv/SHARE/x", r"\\Srv\share\p", False),
        (r"\\?\UNC\srv\share\x", r"\\SRV\share\p", False),
        (r"\\srv\share\x", r"\\?\unc\SRV\share\p", False),
        (r"\\?\C:\Python312", r"c:\p", False),
        (r"\??\C:\Python312", r"C:\p", False),
        (r"\\srv\other\x", r"\\srv\share\p", True),
        (r"\\srv\share\x", r"C:\p", True),
        (r"\\?\UNC\srv\share\x", r"C:\p", True),
        (r"\??\UNC\srv\share\x", r"C:\p", True),
        (r"/??/unc/srv/share/x", r"C:\p", True),
        (r"\\.\UNC\srv\share\x", r"C:\p", True),
        (r"\\?\GLOBALROOT\Device\Mup\srv\share", r"C:\p", True),
        (r"\\?\UNC\srv\other\x", r"\\?\UNC\srv\share\p", True),
    ],
)
def test_what_is_on_a_network(path: str, base: str, is_remote: bool) -> None:
    """By the text alone, in each way that Windows takes it, and its servers have no case."""
    assert reach.is_remote(path, base) is is_remote


def test_an_ignored_folder_in_another_case(home: Path) -> None:
    """A setting is typed by hand."""
    environment(home / "project" / ".venv")
    ignored = str(home / "PROJECT").swapcase()
    assert decide(home / "project", home).kind == "environment"
    assert decide(home / "project", home, AUTOVENV_IGNORE=ignored).kind == "none"
    assert decide(home / "project", home, AUTOVENV_IGNORE=f"{ignored}s").kind == "environment"


def test_what_was_denied_on_a_share_in_another_case(home: Path) -> None:
    """Windows keeps a server, a share and a drive as they were typed."""
    machine = machines.find_machine(variables(home))
    denied = r"\\SRV\Share\p\.venv", r"C:\p\.venv"
    for path in denied:
        approvals.keep(path, approvals.make_denial(path), machine)
    evidence = Evidence(variables(home))
    for path in (r"\\srv\share\p\.venv", r"c:\p\.venv"):
        assert approvals.find_record(path, machine, evidence)
    assert not approvals.find_record(r"\\srv\share\q\.venv", machine, evidence)
    for path in (r"\\srv\sharE\p\.venv", r"c:\p\.venv"):
        approvals.keep(path, None, machine)
    assert approvals.list_records(machine) == []


@pytest.mark.parametrize("root", ["{home}\\.VirtualEnvs", "{project}\\Envs"])
def test_hatchs_flat_folders(home: Path, root: str) -> None:
    """Below ~/.virtualenvs and in the project, hatch makes no folder for each project."""
    project = home / "project"
    (project / "pyproject.toml").write_text('[project]\nname = "a"\n[tool.hatch]\n')
    folder = root.format(home=home, project=project).upper()
    config = home / "AppData" / "Local" / "hatch" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f"[dirs.env]\nvirtual = '{folder}'\n")
    evidence = Evidence(variables(home))
    place = hatch.locate(Project(project.as_posix(), ["pyproject.toml"], evidence))
    assert place is not None
    assert place.path.lower() == f"{folder}/a".lower()


def test_looks_like_an_environment(home: Path) -> None:
    """The rules accept what venv makes: the tests above don't fail for another reason."""
    path = environment(home / "project" / ".venv")
    found = environments.look(path.as_posix(), Evidence({}))
    assert found is not None
    assert found.bin == str(path / "Scripts")
