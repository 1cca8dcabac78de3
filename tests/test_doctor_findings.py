"""doctor's findings: of each, a project that has it, made for real, and one that hasn't."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import autovenv
import trees
from drivers import SHELLS
from prompts import NAMES, User
from test_hot_path import SOURCE
from trees import BIN, Env, Folder
from unix import alone, make_fifo, mortal

MAIN = [sys.executable, "-I", str(SOURCE / "__main__.py")]

pytestmark = alone("the tools' programs are linked into a folder of their own")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the project p, whose environment is its own, and the folder q without any."""
    home = tmp_path / "home"
    trees.build({"p/.venv": Env(), "q": Folder()}, home)
    return home


def doctor(
    home: Path,
    *options: str,
    place: str = "p",
    before: tuple[str, ...] = (),
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `autovenv doctor` in a place in the home, as zsh's hook does."""
    environ = {
        "HOME": str(home),
        "PATH": "/usr/bin:/bin",
        "PWD": f"{home}/{place}",
        "__AUTOVENV_HOOK": f"zsh {autovenv.__version__}",
    }
    return subprocess.run(
        [*before, *MAIN, "doctor", *options],
        cwd=home / place,
        env={**environ, **(variables or {})},
        capture_output=True,
        text=True,
        input="y\n" * 9,
    )


def findings(home: Path, place: str = "p", **more: str) -> list[dict[str, Any]]:
    """Return the findings there; each says what, why, and the command or what to do by hand."""
    done = doctor(home, "--json", place=place, variables=more)
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert done.returncode == bool(found), done.stdout
    for each in found:
        assert each["what"]
        assert each["why"]
        assert each["command"] or each["check"]
    return found


def one(found: list[dict[str, Any]], topic: str) -> tuple[str, str]:
    """Return what the only finding says, and its command."""
    [each] = found
    assert each["topic"] == topic
    return each["what"], each["command"]


def test_where_nothing_is_wrong(home: Path) -> None:
    """Nothing, in a project with an environment and in a folder with none."""
    assert findings(home) == findings(home, "q") == []


def test_what_the_shell_says_of_itself(home: Path) -> None:
    """Off, for one shell or by the variable, and deactivated by hand."""
    for more, said, command in (
        ({"__AUTOVENV_STATE": "off"}, "autovenv is off in this shell", "autovenv on"),
        ({"__AUTOVENV_STATE": "held"}, "was deactivated by hand", "autovenv on"),
        ({"AUTOVENV_DISABLE": "1"}, "AUTOVENV_DISABLE is set", "unset AUTOVENV_DISABLE"),
    ):
        what, run = one(findings(home, **more), "state")
        assert said in what
        assert run == command
    assert findings(home, AUTOVENV_DISABLE="0", __AUTOVENV_STATE="") == []


def test_what_the_user_said(home: Path) -> None:
    """Opted out by a file or by a setting, and denied; the command ends it."""
    (home / "p" / ".no-autovenv").touch()
    assert one(findings(home), "state")[1] == f"autovenv enable {home}/p"
    (home / "p" / ".no-autovenv").unlink()
    found = findings(home, AUTOVENV_IGNORE=f"{home}/p")
    assert "ignore.folders" in one(found, "state")[0]
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run([*MAIN, "deny"], cwd=home / "p", env=environ, check=True, capture_output=True)
    assert one(findings(home), "state")[1] == f"autovenv allow {home}/p/.venv"


def test_another_environment_is_active(home: Path) -> None:
    """By its own `activate`, or conda's."""
    trees.build({"other": Env()}, home)
    path = f"{home}/other/bin:/usr/bin:/bin"
    found = findings(home, VIRTUAL_ENV=f"{home}/other", PATH=path)
    assert ("state", "deactivate") in [(each["topic"], each["command"]) for each in found]
    assert one(findings(home, CONDA_DEFAULT_ENV="work"), "state")[1] == "conda deactivate"
    assert findings(home, CONDA_DEFAULT_ENV="base") == []


@pytest.mark.parametrize("name", ["env", ".env", ".virtualenv", "my venv"])
def test_an_environment_of_another_name(home: Path, name: str) -> None:
    """A file .venv leads to it; then nothing is wrong."""
    trees.build({f"q/{name}": Env()}, home)
    what, command = one(findings(home, "q"), "project")
    assert what.startswith(f"{name} is an environment")
    written = one(findings(home, "q", __AUTOVENV_HOOK="powershell 0.1.0"), "project")[1]
    assert written in (f"Set-Content .venv {name}", f"Set-Content .venv '{name}'")
    subprocess.run(["sh", "-c", command], cwd=home / "q", check=True)
    assert findings(home, "q") == []


def test_a_project_without_an_environment(home: Path) -> None:
    """By each file that says that it is one; an empty .venv; conda's."""
    for name in ("pyproject.toml", "requirements.txt", "Pipfile", "setup.py"):
        trees.build({f"{name}.d/{name}": ""}, home)
        assert one(findings(home, f"{name}.d"), "project")[1] == "autovenv create"
        status = subprocess.run(
            [*MAIN, "status"], cwd=home / f"{name}.d", env={"HOME": str(home)}, capture_output=True
        )
        assert status.stdout.count(b"`autovenv create` makes one") == 1
    trees.build({"empty/.venv": Folder(), "conda/environment.yml": "name: x\n"}, home)
    assert one(findings(home, "empty"), "project")[1] == "autovenv create"
    command = "conda env create --file environment.yml"
    assert one(findings(home, "conda"), "project")[1] == command


def test_variables(home: Path) -> None:
    """What leads imports and installations astray, with the command that ends it."""
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_REQUIRE_VIRTUALENV"):
        what, command = one(
            findings(home, **{name: "/x" if name[:2] == "PY" else "1"}), "variables"
        )
        assert what.startswith(f"{name} is set")
        assert command == f"unset {name}"
    assert findings(home, PIP_USER="0", PIP_REQUIRE_VIRTUALENV="false", PYTHONPATH="") == []


def test_pip_is_another_pythons(home: Path) -> None:
    """Uv makes environments without pip: `pip install` goes elsewhere."""
    uv = shutil.which("uv") or os.path.join(os.environ.get("AUTOVENV_MAKERS", ""), "uv/bin/uv")
    if not os.path.exists(uv):
        pytest.skip("uv is missing")
    made = home / "uvs" / ".venv"
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, made], check=True)
    (home / "bin").mkdir()
    (home / "bin" / "pip").write_text("#!/bin/sh\n")
    (home / "bin" / "pip").chmod(0o755)
    active = {
        "VIRTUAL_ENV": str(made),
        "__AUTOVENV_ENV": str(made),
        "__AUTOVENV_PATH": f"{made}/{BIN}",
    }
    path = f"{made}/{BIN}:{home}/bin:/usr/bin:/bin"
    what, command = one(findings(home, "uvs", PATH=path, **active), "pip")
    assert what == f"{made} has no pip, and pip is {home}/bin/pip."
    assert command == "python -m ensurepip"
    with_uv = f"{path}:{os.path.dirname(uv)}"
    assert one(findings(home, "uvs", PATH=with_uv, **active), "pip")[1] == "uv pip install pip"
    (made / BIN / "pip").symlink_to(home / "bin" / "pip")
    assert findings(home, "uvs", PATH=path, **active) == []


def test_a_state_folder_that_cannot_be_written(home: Path) -> None:
    """It is said which folder keeps it from being made."""
    closed = home / "closed"
    closed.mkdir(mode=0o500)
    done = doctor(
        home, "--json", before=(*mortal(),), variables={"XDG_STATE_HOME": f"{closed}/state"}
    )
    found = json.loads(done.stdout)["findings"]
    assert one(found, "store")[1] == f"chmod u+rwx {closed}"
    closed.chmod(0o700)
    assert findings(home, XDG_STATE_HOME=f"{closed}/state") == []


def test_git_would_add_the_environment(home: Path) -> None:
    """The command keeps it out; one that the project's .gitignore names is out already."""
    subprocess.run(["git", "init", "-q"], cwd=home / "p", check=True)
    (home / "p" / ".venv" / ".gitignore").unlink(missing_ok=True)
    what, command = one(findings(home), "git")
    assert what == f"git doesn't ignore {home}/p/.venv."
    (home / "p" / ".gitignore").write_text(".venv/\n")
    assert findings(home) == []
    (home / "p" / ".gitignore").unlink()
    subprocess.run(["sh", "-c", command], check=True)
    assert findings(home) == []


@pytest.mark.parametrize(
    "name",
    [
        *(".git/config", ".git/config.worktree", ".git/info/exclude", ".gitignore"),
        *(".venv/.gitignore", ""),
    ],
)
def test_git_is_not_asked_where_it_could_wait(home: Path, name: str) -> None:
    """For a FIFO in the place of a file of its own, or of one that the settings name."""
    project = home / "p"
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    path = project / (name or "fifo")
    path.unlink(missing_ok=True)
    make_fifo(path)
    if not name:
        with (project / ".git" / "config").open("a") as file:
            file.write(f"[core]\n\tExcludesFile = {project}/fifo\n")
    found = json.loads(doctor(home, "--json").stdout)
    assert found["findings"] == []
    what = f"git isn't asked whether it ignores {project}/.venv: it could wait for {path}"
    assert [one["what"] for one in found["unknown"]] == [what]
    if not name.startswith(".venv"):
        done = subprocess.run(
            [*MAIN, "disable", "--local", str(project)],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
        )
        said = f"autovenv: --local: git isn't asked in {project}: it could wait for {path}\n"
        assert (done.returncode, done.stderr) == (2, said)


def test_a_requirement_is_installed_elsewhere(home: Path) -> None:
    """In the user's folder, where an environment doesn't look."""
    (home / "p" / "requirements.txt").write_text("# x\nSome_Thing>=1\nother\n")
    assert findings(home) == []
    user = home / ".local/lib/python3.12/site-packages"
    (user / "some_thing-1.0.dist-info").mkdir(parents=True)
    what, command = one(findings(home), "packages")
    assert what.startswith("some-thing: in ")
    assert command == f"python -m pip install -r {home}/p/requirements.txt"
    lib = next((home / "p" / ".venv" / "lib").glob("python*")) / "site-packages"
    (lib / "some_thing-1.0.dist-info").mkdir(parents=True)
    assert findings(home) == []


def test_the_rc_file(home: Path) -> None:
    """The hook's lines behind a `return`, and the hook twice; both are for the user to do."""
    environ = {"HOME": str(home), "PATH": f"{os.path.dirname(sys.executable)}:/usr/bin:/bin"}
    install = [os.path.join(os.path.dirname(sys.executable), "autovenv"), "install"]
    subprocess.run([*install, "--shell", "zsh"], env=environ, check=True, capture_output=True)
    rc = home / ".zshrc"
    lines = rc.read_text()
    assert findings(home) == []
    if SHELLS["zsh"].program():
        rc.write_text(f"return 0\n{lines}")
        what, command = one(findings(home), "hook")
        assert what.startswith(f"{rc} ends at 'return 0'")
        assert command == ""
    rc.write_text(f'{lines}eval "$(autovenv hook zsh)"\n')
    what, command = one(findings(home), "hook")
    assert what == f"{rc} loads the hook more than once."
    assert command == ""


def test_what_undoes_the_hook(tmp_path: Path, require: Callable[[str], None]) -> None:
    """In bash, PROMPT_COMMAND and cd that are set below its lines; the command puts it last."""
    require("bash")
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    lines = 'PROMPT_COMMAND=:\ncd() {\n  builtin cd "$@"\n}\n'
    with User("bash", world, after=[lines]) as user:
        user.go("p")
        assert user.active() == ""
    with User("bash", world, after=["PROMPT_COMMAND=:"]) as user:
        user.go("p")
        assert user.active() == "p/.venv"
    home, folder = world.home, os.path.dirname(sys.executable)
    environ = {"HOME": str(home), "PATH": f"{folder}:/usr/bin:/bin"}
    install = [f"{folder}/autovenv", "install", "--shell", "bash"]
    (home / ".bashrc").unlink(missing_ok=True)
    subprocess.run(install, env=environ, check=True, capture_output=True)
    hook = {"__AUTOVENV_HOOK": f"bash {autovenv.__version__}"}
    rc = home / ".bashrc"
    written = rc.read_text()
    for text in (written, f"{lines}{written}", f"{written}PROMPT_COMMAND=:\n"):
        rc.write_text(text)
        assert findings(home, **hook) == []
    rc.write_text(f"{written}{lines}")
    what, command = one(findings(home, **hook), "hook")
    assert what == f"{rc} sets PROMPT_COMMAND and cd again, below the hook's lines."
    subprocess.run(["sh", "-c", command], env=environ, check=True, capture_output=True)
    assert findings(home, **hook) == []
    assert rc.read_text().startswith("PROMPT_COMMAND=:")


def test_activate_was_run_and_not_sourced(home: Path) -> None:
    """By a shell whose history says so; sourced, or forgotten since, it isn't told."""
    script = "../p/.venv/bin/activate"
    for shell, file, form in (
        ("zsh", ".zsh_history", ": 1700000000:0;{}\n"),
        ("bash", ".bash_history", "#1700000000\n{}\n"),
        ("fish", ".local/share/fish/fish_history", "- cmd: {}\n  when: 1700000000\n"),
    ):
        history = home / file
        history.parent.mkdir(parents=True, exist_ok=True)
        hook = {"__AUTOVENV_HOOK": f"{shell} {autovenv.__version__}"}
        for command in (".venv/bin/activate", f"bash {script}", f"sh {script}"):
            history.write_text(form.format(command) + form.format("python x.py"))
            what, run = one(findings(home, **hook), "state")
            assert what.startswith(f"'{command.split()[-1]}' was run and not sourced")
            assert run == f"source {command.split()[-1]}"
        active = {"VIRTUAL_ENV": f"{home}/p/.venv", "PATH": f"{home}/p/.venv/bin:/usr/bin:/bin"}
        assert "state" not in [each["topic"] for each in findings(home, **hook, **active)]
        for command in (f"source {script}", f". {script}", f"cat {script}", "ls"):
            history.write_text(form.format(script) * (command != "ls") + form.format(command))
            told = findings(home, **hook)
            assert bool(told) == command.startswith("cat")
        history.write_text(form.format(script) + form.format("ls") * 30)
        assert findings(home, **hook) == []


def test_powershell_needs_no_dot(tmp_path: Path, require: Callable[[str], None]) -> None:
    """Why there is no such finding: what isn't dot-sourced works as well.

    The script of the other shells can't be run: a desktop may open it as a text.
    """
    require("pwsh")
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    path = world.home / "p" / ".venv"
    with User("pwsh", world, hook="") as user:
        user.type(f"& {path}/bin/activate")
        assert "VIRTUAL_ENV" not in user.session.probe().environment
        user.type(f"& {path}/bin/Activate.ps1")
        environment = user.session.probe().environment
        assert environment["VIRTUAL_ENV"] == str(path)
        assert environment["PATH"].startswith(f"{path}/bin:")


def test_an_environment_that_git_tracks(home: Path) -> None:
    """Allowed, so that it is active; the command takes it out of git, and leaves its files."""
    git = ["git", "-C", str(home / "p")]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-f", ".venv"], check=True)
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run([*MAIN, "allow", home / "p"], env=environ, check=True, capture_output=True)
    what, command = one(findings(home), "git")
    assert what == f"git tracks {home}/p/.venv."
    subprocess.run(["sh", "-c", command], env=environ, check=True)
    (home / "p" / ".gitignore").write_text(".venv\n")
    assert findings(home) == []
    assert (home / "p" / ".venv" / "pyvenv.cfg").exists()


def test_a_requirement_is_the_systems(home: Path) -> None:
    """Installed by another Python's pip; an environment that sees the system's has it."""
    (home / "p" / "requirements.txt").write_text("some-thing\n")
    usr = home / "usr"
    (usr / "bin").mkdir(parents=True)
    (usr / "bin" / "python3").symlink_to(sys.executable)
    path = f"{usr}/bin:/usr/bin:/bin"
    assert findings(home, PATH=path) == []
    (usr / "lib/python3/dist-packages/some_thing-1.0.dist-info").mkdir(parents=True)
    what, command = one(findings(home, PATH=path), "packages")
    assert what == f"some-thing: in {usr}, and not in {home}/p/.venv."
    assert command == f"python -m pip install -r {home}/p/requirements.txt"
    settings = home / "p" / ".venv" / "pyvenv.cfg"
    text = settings.read_text()
    settings.write_text(
        text.replace("include-system-site-packages = false", "")
        + "include-system-site-packages = true\n"
    )
    assert findings(home, PATH=path) == []


# --- what is done with them ---


def test_fix_offers_what_is_safe(home: Path) -> None:
    """One by one, after a yes; what could destroy something isn't offered."""
    (home / "p" / ".no-autovenv").touch()
    done = doctor(home, "--fix", variables={"PYTHONPATH": "/x"})
    assert f"Run autovenv enable {home}/p?" in done.stderr
    assert not (home / "p" / ".no-autovenv").exists()
    done = doctor(home, "--fix", variables={"PYTHONPATH": "/x"})
    assert done.stdout.endswith("autovenv: there is nothing that could be fixed without you\n")


def test_a_head_for_bug_reports(home: Path) -> None:
    """Versions, shell, hook, folders, and what was looked at."""
    lines = doctor(home, "--report").stdout.splitlines()
    assert lines[0].startswith(f"autovenv {autovenv.__version__}, Python 3.")
    said = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    assert said["shell's hook"] == f"zsh {autovenv.__version__}"
    assert said["folder"] == f"{home}/p"
    assert said["markers"] == f"{home}/p/.venv"
    assert f"{home}/p/.venv/pyvenv.cfg" in said["looked at"]
    assert lines[-1] == "nothing is wrong"


@pytest.mark.parametrize("name", NAMES)
def test_states_in_a_real_shell(tmp_path: Path, name: str, require: Callable[[str], None]) -> None:
    """What only the shell knows: off, and deactivated by hand; status tells it as well."""
    require(name)
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    with User(name, world) as user:
        user.go("p")
        for line, state in (("deactivate", "held"), ("autovenv off", "off"), ("autovenv on", "")):
            user.type(line)
            assert f'"state": "{state}"' in user.type("autovenv status --json").output
