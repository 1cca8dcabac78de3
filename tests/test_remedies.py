"""The commands of a note fix the environment that it is about, and destroy nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autovenv import ask, verdict
from autovenv.evidence import Evidence
from autovenv.find import markers
from autovenv.toolbox import TOOLS
from lives import LIVES, Life
from making import User, decided, make_user, tool
from test_trust_tracked import git
from trees import real_environment
from unix import only_root

if sys.platform == "win32":
    pytest.skip("the tools' folders here are POSIX's", allow_module_level=True)

user = pytest.fixture(make_user)


def commands(found: verdict.Verdict) -> list[str]:
    """Return the commands of a verdict, each as one text."""
    return [" ".join(remedy.words) for remedy in found.problem.remedies] if found.problem else []


def follow(user: User, found: verdict.Verdict) -> None:
    """Run the commands, each where it says."""
    assert found.problem is not None
    assert found.problem.remedies
    for remedy in found.problem.remedies:
        name, *arguments = remedy.words
        program = tool(name) if name in TOOLS else shutil.which(name) or name
        subprocess.run(
            [program, *arguments],
            cwd=remedy.folder or user.home,
            env=user.environ,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )


def unlink_python(path: Path) -> None:
    """Do what an upgrade of the interpreter does."""
    (path / "bin" / "python").unlink()
    (path / "bin" / "python").symlink_to("/nonexistent/bin/python3")


def move(path: Path) -> None:
    """Write another place into all scripts: what a moved project looks like."""
    for script in (path / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            content = script.read_bytes()
            script.write_bytes(content.replace(os.fsencode(path), b"/somewhere/else/.venv"))


FILES = {life.tool: life.files for life in LIVES}
FAULTS: dict[str, Callable[[Path], None]] = {"gone": unlink_python, "moved": move}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("life", LIVES, ids=[life.tool for life in LIVES])
def test_the_tools_own_command_makes_it_again(user: User, life: Life, fault: str) -> None:
    """After it, the environment is active and there is no note."""
    user.write({f"work/the project/{file}": text for file, text in life.files.items()})
    user.extra = {"UV_PYTHON": sys.executable, **life.inside}
    user.run(*TOOLS[life.tool].install)
    path = decided(user).environment
    assert path
    FAULTS[fault](Path(path))
    broken = decided(user)
    assert broken.kind == verdict.NONE
    assert broken.problem is not None
    assert {remedy.words[0] for remedy in broken.problem.remedies} == {life.tool}
    follow(user, broken)
    told = f"after {commands(broken)}: are `repairs` and `clear` of the row right?"
    assert (decided(user).environment, decided(user).note) == (path, ""), told


@pytest.mark.parametrize("name", ["venv", "virtualenv", "uv"])
def test_a_plain_environment_is_made_again_with_its_requirements(user: User, name: str) -> None:
    """By what made it, where that is there; the second command installs what the file lists."""
    path = user.project / ".venv"
    real_environment(path, name)
    user.write({"work/the project/requirements.txt": "# nothing\n"})
    for program in ("uv", "virtualenv"):
        (user.home / "bin" / program).symlink_to(tool(program))
    unlink_python(path)
    broken = decided(user)
    made = {"venv": "python3 -m venv", "virtualenv": "virtualenv", "uv": "uv venv"}[name]
    install = f"{path}/bin/python -m pip install"
    if name == "uv":
        install = f"uv pip install --python {path}/bin/python"
    assert commands(broken) == [
        f"{made} --clear {path}",
        f"{install} -r {user.project}/requirements.txt",
    ]
    if name == "uv":
        follow(user, broken)
        assert (decided(user).environment, decided(user).note) == (str(path), "")


# --- never destroys what isn't an environment's ---


def put_work_in_it(user: User, path: Path) -> None:
    """Add a file of the user's own."""
    (path / "thesis.txt").write_text("years of work")


def lead_there_by_a_link(user: User, path: Path) -> None:
    """Let `.venv` be a link."""
    path.rename(user.home / "elsewhere")
    path.symlink_to(user.home / "elsewhere")


def lead_there_by_a_file(user: User, path: Path) -> None:
    """Let `.venv` be a file that names it."""
    path.rename(user.home / "elsewhere")
    path.write_text("../../elsewhere\n")


def take_the_settings(user: User, path: Path) -> None:
    """Remove pyvenv.cfg."""
    (path / "bin" / "python").unlink()
    (path / "bin" / "python").symlink_to(sys.executable)
    (path / "pyvenv.cfg").unlink()


def track_it(user: User, path: Path) -> None:
    """Commit it."""
    git(user.project, "init", "-q")
    git(user.project, "add", "-f", ".")


@pytest.mark.parametrize("name", ["uv", "poetry", ""])
@pytest.mark.parametrize(
    "change",
    [put_work_in_it, lead_there_by_a_link, lead_there_by_a_file, take_the_settings, track_it],
)
def test_no_command_destroys_what_is_not_an_environments(
    user: User, name: str, change: Callable[[User, Path], None]
) -> None:
    """The note says what is wrong, and leaves the deed to the user."""
    files = FILES[name] if name else {}
    user.write({f"work/the project/{file}": text for file, text in files.items()})
    path = user.project / ".venv"
    real_environment(path)
    unlink_python(path)
    change(user, path)
    broken = decided(user)
    assert broken.kind == verdict.NONE
    assert broken.note
    assert commands(broken) == []


# --- what a mode or a mount keeps from the user ---


@only_root
@pytest.mark.parametrize(
    ("closed", "mode", "message"),
    [
        ("pyvenv.cfg", 0, "its pyvenv.cfg can't be read"),
        ("", 0, "its folder .venv can't be read"),
        ("bin", 0, "its folder bin can't be read"),
        ("bin/python", 0o644, "its interpreter can't be run: it isn't executable"),
    ],
)
def test_what_cannot_be_opened_is_told_as_what_it_is(
    closed: str, mode: int, message: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A chmod fixes it, and nothing is made again; of somebody else's, that is said."""
    import tempfile

    from test_trust_tools import SETPRIV, everybodys_python
    from trusting import SOMEBODY, give_all

    python = everybodys_python(*SETPRIV)
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        home = Path(root, "home")
        path = home / "p" / ".venv"
        real_environment(path)
        (path / "bin" / "python").unlink()
        shutil.copy("/bin/true", path / "bin" / "python")
        give_all(home, SOMEBODY, SOMEBODY)
        place = path / closed if closed else path
        place.chmod(mode)
        note = told(home, python, *SETPRIV)
        assert note[0] == f"not activating ~/p/.venv: {message}"
        [fix] = note[1:]
        assert fix.startswith("  to open it:  chmod u+")
        subprocess.run([*SETPRIV, *fix.partition(":  ")[2].split()], check=True)
        assert not told(home, python, *SETPRIV)[0].startswith(
            f"not activating ~/p/.venv: {message}"
        )
        place.chmod(mode)
        os.chown(place, 0, 0)
        belongs = told(home, python, *SETPRIV)
        assert belongs == [f"not activating ~/p/.venv: {message}: it belongs to root"]


def told(home: Path, python: str, *prefix: str) -> list[str]:
    """Return the lines of the note that another user gets."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from autovenv import ask; from autovenv.evidence import Evidence;"
        "from autovenv.find import markers;"
        "found = markers.walk(sys.argv[2] + '/p', sys.argv[2]);"
        "print(ask.decide(found, Evidence({'HOME': sys.argv[2], 'PATH': '/bin'})).note)"
    )
    source = str(Path(ask.__file__).parent.parent)
    done = subprocess.run(
        [*prefix, python, "-I", "-c", script, source, str(home)],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    return done.stdout.splitlines()


@only_root
def test_a_file_system_without_permission_to_execute_is_told(tmp_path: Path) -> None:
    """Mounted noexec: neither chmod nor another environment helps."""
    path = tmp_path / "p" / ".venv"
    path.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "noexec", "none", path]).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", "--copies", path], check=True
        )
        found = ask.decide(markers.walk(f"{tmp_path}/p", ""), Evidence({"HOME": str(tmp_path)}))
        assert found.note == (
            "not activating ~/p/.venv: its interpreter can't be run: "
            "~/p/.venv/bin/python is on a file system mounted noexec"
        )
    finally:
        subprocess.run(["umount", path], check=True)


# --- one's own that was committed ---


def test_a_committed_environment_of_ones_own(user: User) -> None:
    """What takes it out of the repository again is named beside `allow`."""
    real_environment(user.project / ".venv")
    track_it(user, user.project / ".venv")
    refused = decided(user)
    allow, remove = refused.note.splitlines()[1:]
    assert allow == f"  if you trust it:  autovenv allow '{user.project}/.venv'"
    assert remove == (
        "  if it was committed by mistake (.gitignore is to name it), in '~/work/the project':"
        "  git rm -r --cached .venv"
    )
    git(user.project, "rm", "-rq", "--cached", ".venv")
    assert decided(user).environment == f"{user.project}/.venv"


# --- a project that has none yet ---


def test_what_uv_init_leaves_is_made_by_uv(user: User) -> None:
    """It pins the system's Python, whose folder never goes on PATH: `uv sync` is what helps."""
    (user.home / "bin" / "uv").symlink_to(tool("uv"))
    (user.home / "bin" / "python3.98").symlink_to(sys.executable)
    (user.home / "bin" / "python").unlink()
    user.run("uv", "init", "--bare", "--no-workspace", "-p", sys.executable)
    (user.project / ".python-version").write_text("3.98\n")
    assert (user.project / "pyproject.toml").exists()
    found = decided(user)
    assert commands(found) == ["uv sync"]
    (user.project / "pyproject.toml").unlink()
    assert commands(decided(user)) == [f"{user.home}/bin/python3.98 -m venv .venv"]
