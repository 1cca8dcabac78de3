"""`autovenv doctor`: each finding with what, why, the command and how to check."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import autovenv
import trees
import unix
from autovenv import caller, cli, paths, quoting, shells
from autovenv.cli import examinations, programs
from autovenv.cli.case import Finding, Remark, Result, Unknown
from doctoring import doctor, environment, make_home, posix, said
from drivers import SHELLS
from drivers.shell import Session
from prompts import setup
from trees import Env

home = pytest.fixture(make_home)

# --- the command ---


def test_nothing_is_wrong(home: Path) -> None:
    """It says so, and exits with 0."""
    done = doctor(home)
    assert (done.exit_code, done.output) == (0, "nothing is wrong\n")
    assert json.loads(doctor(home, "--json").output) == {
        "findings": [],
        "unknown": [],
        "remarks": [],
    }


@pytest.mark.parametrize("odd", ["nonsense 0.0.0 .venv", "fish", " ", "../fish 1", "\x1b[31m 1"])
def test_a_hook_of_no_shell(home: Path, odd: str) -> None:
    """The variable may hold anything: that is as if no hook had called, or one without more."""
    environment(home / ".venv", "3.9.1")
    (home / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.10"\n')
    done = doctor(home, __AUTOVENV_HOOK=odd)
    assert done.exit_code == 1
    assert "3.9.1" in done.output
    assert not {"Error", "\x1b", "nonsense"} & {*done.output.split(), *done.output}


def test_a_finding(home: Path) -> None:
    """What, why, the command and how to check it; exit 1; the same as JSON."""
    environment(home / ".venv", "3.9.1")
    (home / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.10"\n')
    done = doctor(home, __AUTOVENV_HOOK="fish 0.0.0")
    assert done.exit_code == 1
    assert sum(line.startswith("! ") for line in done.output.splitlines()) == 2
    assert "\n  run: exec $SHELL\n" in done.output
    assert "is wrong" not in done.output
    found = json.loads(doctor(home, "--json", __AUTOVENV_HOOK="fish 0.0.0").output)
    assert [each["topic"] for each in found["findings"]] == ["hook", "python"]
    assert set(found["findings"][0]) == {
        *("topic", "what", "why", "command", "check"),
        *("reason", "path", "message", "remedy"),
    }


def test_what_cannot_be_told(home: Path) -> None:
    """Exit 2, unless there is a finding as well."""
    environment(home / ".venv")
    (home / "pyproject.toml").write_text('[project]\nrequires-python = "nonsense"\n')
    done = doctor(home)
    assert done.exit_code == 2
    assert done.output.startswith("? can't read requires-python in ")
    assert done.output.endswith("nothing else is wrong\n")
    assert doctor(home, __AUTOVENV_HOOK="fish 0.0.0").exit_code == 1


def test_a_remark_is_no_finding(home: Path) -> None:
    """It is told, and the status stays 0."""
    assert cli.main.get_command(click.Context(cli.main), "doctor") is not None
    words: list[Result] = [Remark("policy", "so it is")]
    from autovenv.cli import doctor as module

    assert module.find_exit_status(words) == 0
    assert module.write_lines(words) == ["- so it is", "nothing is wrong"]


# --- the hook ---


def test_the_hook_of_another_version(home: Path) -> None:
    """A shell that was open when autovenv was upgraded has the old one."""
    [word] = said(examinations.examine_hook, home, __AUTOVENV_HOOK="zsh 0.0.0")
    assert isinstance(word, Finding)
    assert "0.0.0" in word.what


@unix.alone("zsh isn't one of autovenv's shells on Windows")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('eval "$(autovenv hook zsh)"', Remark),
        ("if [[ -x '/a b/autovenv' ]]; then eval \"$('/a b/autovenv' hook zsh)\"; fi", Remark),
        ('# eval "$(autovenv hook zsh)"', Finding),
        ("autovenv=1", Finding),
        (None, Finding),
    ],
)
def test_the_rc_file(
    home: Path, monkeypatch: pytest.MonkeyPatch, line: str | None, expected: type
) -> None:
    """Where the shell's own file doesn't load it, `install` is the command."""
    monkeypatch.setattr(caller, "find_calling", lambda _: shells.SHELLS["zsh"])
    if line is not None:
        (home / ".zshrc").write_text(f"one\n{line}\n")
    [word] = said(examinations.examine_hook, home, __AUTOVENV_HOOK="")
    assert isinstance(word, expected)
    if isinstance(word, Finding):
        assert word.command == "autovenv install --shell zsh"
        assert str(home / ".zshrc") in word.what


def test_no_shell(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In cron, say, nobody knows."""

    def none(_: object) -> None:
        raise caller.UnknownShellError("none")

    monkeypatch.setattr(caller, "find_calling", none)
    assert [type(w) for w in said(examinations.examine_hook, home, __AUTOVENV_HOOK="")] == [Unknown]


# --- the store ---


@posix
def test_somebody_elses_store(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that `sudo -E` leaves behind is the finding; one's own, or none, isn't."""
    assert said(examinations.examine_folders, home) == []
    store = home / "s" / "autovenv" / f"answers.{paths.FORMAT}"
    store.mkdir(parents=True)
    assert said(examinations.examine_folders, home) == []
    mine = store.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: mine)
    [word] = said(examinations.examine_folders, home)
    assert isinstance(word, Finding)
    assert f"own folder, {store.parent}, belongs" in word.what
    assert "`allow` can't keep what it is told" in word.why
    assert word.command == f"sudo chown -R {mine} {store.parent}"
    # Quoted for the shell that asks: what POSIX's quotes make of this is a command to fish.
    odd = home / "x\\';touch P;echo \\'"
    (odd / "autovenv").mkdir(parents=True)
    asking = {"XDG_STATE_HOME": str(odd), "__AUTOVENV_HOOK": "fish 0.1"}
    [word] = said(examinations.examine_folders, home, **asking)
    assert isinstance(word, Finding)
    quoted = shells.SHELLS["fish"].quote_typed(f"{odd}/autovenv")
    assert word.command == f"sudo chown -R {mine} {quoted}"


@unix.only_root
def test_somebody_elses_answers(home: Path) -> None:
    """In the user's own folder, the answers may be another's; root is told to use root's home."""
    store = home / "s" / "autovenv" / f"answers.{paths.FORMAT}"
    store.mkdir(parents=True)
    unix.give(store, 12345)
    [word] = said(examinations.examine_folders, home)
    assert isinstance(word, Finding)
    assert f"The store of answers, {store}, belongs" in word.what
    assert word.command == "sudo -H -s"


@posix
def test_a_store_that_cannot_be_looked_at(home: Path) -> None:
    """A file where a folder should be."""
    (home / "s").touch()
    assert [type(word) for word in said(examinations.examine_folders, home)] == [Unknown]


# --- the project ---


@posix
def test_a_broken_environment(home: Path) -> None:
    """The prompt's note, and the command with the environment's path in it."""
    path = home / "it's" / ".venv"
    environment(path)
    (path / "bin" / "python").unlink()
    assert (
        said(examinations.examine_project, home, PWD=str(home / "it's")) == []
    )  # it doesn't stand there
    os.chdir(home / "it's")
    [word] = said(examinations.examine_project, home, PWD=str(home / "it's"))
    assert isinstance(word, Finding)
    assert "interpreter is gone" in word.what
    quoted = quoting.quote_posix(str(path))
    assert word.command == f"python3 -m venv --clear {quoted}"


@posix
def test_a_pin_that_is_not_installed(home: Path) -> None:
    """The command of the manager that is there."""
    (home / ".python-version").write_text("3.99\n")
    (home / "bin").mkdir()
    (home / "bin" / "uv").touch(0o755)
    [word] = said(examinations.examine_project, home, PATH=str(home / "bin"))
    assert isinstance(word, Finding)
    assert word.command == "uv python install 3.99"


@posix
def test_no_command_is_cut_out_of_a_path(home: Path) -> None:
    """A folder's name is a stranger's text: what it says isn't offered for copying."""
    folder = home / "x, which is not installed: uv run evil; y: make it again: python3 evil"
    folder.mkdir()
    (folder / ".python-version").write_text("3.99\n")
    os.chdir(folder)
    [word] = said(examinations.examine_project, home, PWD=str(folder))
    assert isinstance(word, Finding)
    assert word.command == ""
    environment(folder / "venv\x1b[1m" / ".venv")
    os.chdir(folder / "venv\x1b[1m")
    (folder / "venv\x1b[1m" / ".venv" / "bin" / "python").unlink()
    [word] = said(examinations.examine_project, home, PWD=os.getcwd())
    assert isinstance(word, Finding)
    assert word.command == ""
    assert "\x1b" not in word.what


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("3.12.1", ">=3.10", True),
        ("3.9.1", ">=3.10", False),
        ("3.12.1.final.0", "~=3.12", True),
        ("3.13.0rc1", ">=3.13", True),
        ("3.12", ">=3.12.4", True),
        ("3.12", ">=3.13", False),
        ("3.12.1", "<3.12", False),
    ],
)
def test_requires_python(home: Path, version: str, wanted: str, fits: bool) -> None:
    """As packaging judges it; what pyvenv.cfg leaves open is no finding."""
    environment(home / ".venv", version)
    (home / "pyproject.toml").write_text(f'[project]\nrequires-python = "{wanted}"\n')
    words = said(examinations.examine_python, home)
    assert [type(word) for word in words] == ([] if fits else [Finding])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[tool.x]\n",
        "project = 1\n",
        "[project]\nname = 'x'\n",
        "[project]\nrequires-python = 3\n",
        "[project",
        "a = " + "[" * 100_000,
    ],
)
def test_a_project_that_requires_nothing(home: Path, text: str) -> None:
    """Nothing is said of what isn't there."""
    environment(home / ".venv")
    (home / "pyproject.toml").write_text(text)
    assert said(examinations.examine_python, home) == []


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"[project]\nrequires-python = 'nonsense \x61'\n",
        b"#" * (1024 * 1024 + 1),
    ],
)
def test_a_project_file_that_cannot_be_read(home: Path, data: bytes) -> None:
    """It can't be told, and the reason is a line."""
    environment(home / ".venv")
    (home / "pyproject.toml").write_bytes(data)
    [word] = said(examinations.examine_python, home)
    assert isinstance(word, Unknown)
    assert "\n" not in word.what


@pytest.mark.parametrize(
    "begin", ["a." * 32_000 + "a = 1", "[" + "a." * 32_000 + "a]", "[[a]]\n" * 9000]
)
def test_a_project_file_that_is_made_to_take_long(home: Path, begin: str) -> None:
    """The scanner's time is linear; tomllib's, which isn't, is no part of it."""
    environment(home / ".venv", "3.9.1")
    (home / "pyproject.toml").write_text(f'[project]\nrequires-python = ">=3.10"\n[x]\n{begin}\n')
    [word] = said(examinations.examine_python, home)
    assert isinstance(word, Finding)
    assert "tomllib" not in vars(examinations)


def test_a_project_above_the_environment_is_another(home: Path) -> None:
    """Only what is with the environment, or below it, is about it."""
    environment(home / "below" / ".venv", "3.9.1")
    (home / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.10"\n')
    os.chdir(home / "below")
    assert said(examinations.examine_python, home, PWD=str(home / "below")) == []


# --- what python is ---

# Said by the shells themselves: a line of a name that is a path, then what hides it.
HIDES = {
    "bash": (
        "python is /usr/bin/python\npython3 is hashed (/usr/bin/python3)\n"
        "bash: command: pip: not found\n",
        {
            "python is aliased to `python2 -q'": ("an alias for python2", "unalias python"),
            "python ist ein Alias von \u201e/opt/python\u201c": (
                "an alias for /opt/python",
                "unalias python",
            ),
            "python is a function\npython () \n{ \n    python2\n}": (
                "a function",
                "unset -f python",
            ),
        },
    ),
    "zsh": (
        "python is /usr/bin/python\npython3 is hashed to /usr/bin/python3\npip not found\n",
        {
            "python is an alias for /usr/bin/python": (
                "an alias for /usr/bin/python",
                "unalias python",
            ),
            "python is a global alias for python2": ("an alias for python2", "unalias python"),
            "python is a shell function from /home/me/.zshrc": (
                "a function",
                "unfunction python",
            ),
            "python is an autoload shell function": ("a function", "unfunction python"),
        },
    ),
    "fish": (
        "python is /usr/bin/python\npython3 is /usr/bin/python3\ntype: Could not find 'pip'\n",
        {
            "python is a function with definition\n# Defined via `source`\n"
            "function python --wraps=python2 --description 'alias python python2'\n"
            "  python2 $argv\nend": ("an alias for python2", "functions --erase python"),
            "python is a function with definition\nfunction python\nend": (
                "a function",
                "functions --erase python",
            ),
        },
    ),
    "powershell": (
        "python is Application: /usr/bin/python\npython3.exe is Application: C:\\python3.exe\n",
        {
            "python is Alias: python2": (
                "an alias for python2",
                "Remove-Item -LiteralPath Alias:python",
            ),
            "python is Function:  python2 ": (
                "a function",
                "Remove-Item -LiteralPath Function:python",
            ),
        },
    ),
}


@pytest.mark.parametrize("shell", HIDES)
def test_what_hides_python(home: Path, shell: str) -> None:
    """An alias or a function does, and doctor gives the command; a path and a hash don't."""
    paths, hides = HIDES[shell]
    hook_loaded = f"{shell} {autovenv.__version__}"
    assert (
        said(programs.examine_names, home, __AUTOVENV_HOOK=hook_loaded, __AUTOVENV_WORDS=paths)
        == []
    )
    for words, (what, command) in hides.items():
        others = paths.partition("\n")[2]
        [word] = said(
            programs.examine_names,
            home,
            __AUTOVENV_HOOK=hook_loaded,
            __AUTOVENV_WORDS=f"{words}\n{others}",
        )
        assert isinstance(word, Finding)
        assert (word.what, word.command) == (f"python is {what}.", command)


@pytest.mark.parametrize("shell", SHELLS)
def test_what_hides_python_in_a_shell(
    shell: str, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """What the shell says is understood, and the command takes it away."""
    require(shell)
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env()})
    kinds = {
        "bash": ["alias python=python2", "python() { python2; }"],
        "zsh": ["alias python=python2", "python() { python2 }"],
        "fish": ["alias python python2", "function python; python2; end"],
        "pwsh": ["Set-Alias python python2", "function global:python { python2 }"],
    }
    harmless = {"pwsh": "Set-Alias python python3"}.get(shell, "alias python=python3")
    with Session(SHELLS[shell], setup(shell, world, "p")) as session:

        def found() -> list[dict[str, str]]:
            told = json.loads(session.type("autovenv doctor --json").output)
            return [one for one in told["findings"] if one["topic"] == "programs"]

        assert found() == []
        for line in kinds[shell]:
            session.type(line)
            [one] = found()
            assert one["what"].startswith("python is a")
            session.type(one["command"])
            assert found() == []
        session.type(harmless)
        assert found() == []


@pytest.mark.parametrize("kind", ["ours", "another's"])
def test_another_python_than_the_active_one(home: Path, kind: str) -> None:
    """The prompt shows an environment, and PATH leads to a python that isn't its own."""
    environment(home / ".venv")
    entry = home / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    other = home / "other"
    environment(other)
    front = str(other / entry.name)
    variables = {"VIRTUAL_ENV": str(home / ".venv")}
    if kind == "ours":
        variables |= {"__AUTOVENV_ENV": str(home / ".venv"), "__AUTOVENV_PATH": str(entry)}
    both = [str(entry), front]
    assert said(programs.examine_python, home, PATH=os.pathsep.join(both), **variables) == []
    [word] = said(programs.examine_python, home, PATH=os.pathsep.join(both[::-1]), **variables)
    assert isinstance(word, Finding)
    assert word.what.startswith(f"{home / '.venv'} is active, but python is {front}")
    assert word.command == {"ours": "autovenv reload", "another's": "deactivate"}[kind]
    [word] = said(programs.examine_python, home, PATH="", **variables)
    assert isinstance(word, Finding)
    assert "none at all" in word.what
    shutil.rmtree(home / ".venv")
    [word] = said(programs.examine_python, home, PATH=front, **variables)
    assert isinstance(word, Finding)
    assert (word.what, word.command) == (
        f"{home / '.venv'} is active, and isn't there any more.",
        "deactivate",
    )


def test_nothing_is_active(home: Path) -> None:
    """Whatever python is then, no prompt says otherwise."""
    assert said(programs.examine_python, home, PATH="/usr/bin") == []
