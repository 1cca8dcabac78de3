"""`doctor`: each finding, the exit statuses, and what install and hook say of PowerShell."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import platformdirs
import pytest
from click.testing import CliRunner, Result

import autovenv
import trees
import unix
from autovenv import cli, paths, quoting, shells
from autovenv.cli import examinations, policy, programs
from autovenv.cli import hook as hooks
from autovenv.cli.case import Case, Finding, Remark, Unknown, Word
from autovenv.policy.scopes import (
    GROUP_KEY,
    LOCAL_KEY,
    PREFERENCE,
    SETTING,
    Edition,
    Hive,
    UnreadableError,
)
from autovenv.policy.stores import FOLDERS, SHIPPED, WindowsStore
from drivers import SHELLS
from drivers.shell import Session
from prompts import setup
from trees import Env

posix = unix.alone("owners and modes are POSIX's")
PROFILE = "Microsoft.PowerShell_profile.ps1"


def environ(home: Path, **variables: str) -> dict[str, str]:
    """Return what a shell in `home` would give."""
    given = {"HOME": str(home), "PWD": str(home), "PATH": "", "XDG_STATE_HOME": str(home / "s")}
    return {**given, "__AUTOVENV_HOOK": f"zsh {autovenv.__version__}", **variables}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home where the process stands."""
    monkeypatch.chdir(tmp_path)
    if os.name == "nt":  # what this computer's own policy is doesn't matter to these tests
        monkeypatch.setattr(policy, "has_policies", lambda: False)
    return tmp_path


def said(examination: Callable[[Case], Iterator[Word]], home: Path, **variables: str) -> list[Word]:
    """Return what one examination says there."""
    return list(examination(Case.of(environ(home, **variables))))


def environment(path: Path, version: str = "3.12.1") -> None:
    """Make what looks like an environment with that Python, made where it lies."""
    bin_folder = path / ("Scripts" if os.name == "nt" else "bin")
    bin_folder.mkdir(parents=True)
    if os.name == "nt":
        (bin_folder / "python.exe").write_bytes(b"MZ")
    else:
        (bin_folder / "python").symlink_to(os.path.realpath(sys.executable))
    (bin_folder / "activate").write_text(f"VIRTUAL_ENV='{path}'\n")
    (path / "pyvenv.cfg").write_text(f"home = {sys.base_prefix}\nversion = {version}\n")


# --- the command ---


def doctor(home: Path, *arguments: str, **variables: str) -> Result:
    """Run `autovenv doctor`, which must not fail in any way of its own."""
    cleared = dict.fromkeys(os.environ)
    done = CliRunner().invoke(
        cli.main, ["doctor", *arguments], env={**cleared, **environ(home, **variables)}
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def test_nothing_is_wrong(home: Path) -> None:
    """It says so, and exits with 0."""
    done = doctor(home)
    assert (done.exit_code, done.output) == (0, "nothing is wrong\n")
    assert json.loads(doctor(home, "--json").output) == {
        "findings": [],
        "unknown": [],
        "remarks": [],
    }


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
    words: list[Word] = [Remark("policy", "so it is")]
    from autovenv.cli import doctor as module

    assert module.status(words) == 0
    assert module.told(words) == ["- so it is", "nothing is wrong"]


# --- the hook ---


def test_the_hook_of_another_version(home: Path) -> None:
    """A shell that was open when autovenv was upgraded has the old one."""
    [word] = said(examinations.hook_in_shell, home, __AUTOVENV_HOOK="zsh 0.0.0")
    assert isinstance(word, Finding)
    assert "0.0.0" in word.what


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
    monkeypatch.setattr(shells, "calling", lambda _: shells.named("zsh"))
    if line is not None:
        (home / ".zshrc").write_text(f"one\n{line}\n")
    [word] = said(examinations.hook_in_shell, home, __AUTOVENV_HOOK="")
    assert isinstance(word, expected)
    if isinstance(word, Finding):
        assert word.command == "autovenv install --shell zsh"
        assert str(home / ".zshrc") in word.what


def test_no_shell(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In cron, say, nobody knows."""

    def none(_: object) -> None:
        raise shells.UnknownShellError("none")

    monkeypatch.setattr(shells, "calling", none)
    assert [type(w) for w in said(examinations.hook_in_shell, home, __AUTOVENV_HOOK="")] == [
        Unknown
    ]


# --- the store ---


@posix
def test_somebody_elses_store(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that `sudo -E` leaves behind is the finding; one's own, or none, isn't."""
    assert said(examinations.own_folders, home) == []
    store = home / "s" / "autovenv" / f"answers.{paths.FORMAT}"
    store.mkdir(parents=True)
    assert said(examinations.own_folders, home) == []
    monkeypatch.setattr(os, "geteuid", lambda: store.stat().st_uid + 1)
    [word] = said(examinations.own_folders, home)
    assert isinstance(word, Finding)
    assert f"own folder, {store.parent}, belongs" in word.what
    assert "`allow` can't keep your word" in word.why
    assert word.command == f"""sudo chown -R "$(id -u)" '{store.parent}'"""


@unix.only_root
def test_somebody_elses_answers(home: Path) -> None:
    """In the user's own folder, the answers may be another's; root is told to use root's home."""
    store = home / "s" / "autovenv" / f"answers.{paths.FORMAT}"
    store.mkdir(parents=True)
    unix.give(store, 12345)
    [word] = said(examinations.own_folders, home)
    assert isinstance(word, Finding)
    assert f"The store of answers, {store}, belongs" in word.what
    assert word.command == "sudo -H -s"


@posix
def test_a_store_that_cannot_be_looked_at(home: Path) -> None:
    """A file where a folder should be."""
    (home / "s").touch()
    assert [type(word) for word in said(examinations.own_folders, home)] == [Unknown]


# --- the project ---


@posix
def test_a_broken_environment(home: Path) -> None:
    """The prompt's note, and the command with the environment's path in it."""
    path = home / "it's" / ".venv"
    environment(path)
    (path / "bin" / "python").unlink()
    assert said(examinations.project, home, PWD=str(home / "it's")) == []  # it doesn't stand there
    os.chdir(home / "it's")
    [word] = said(examinations.project, home, PWD=str(home / "it's"))
    assert isinstance(word, Finding)
    assert "interpreter is gone" in word.what
    quoted = quoting.posix(str(path))
    assert word.command == f"python3 -m venv --clear {quoted}"


@posix
def test_a_pin_that_is_not_installed(home: Path) -> None:
    """The command of the manager that is there."""
    (home / ".python-version").write_text("3.99\n")
    (home / "bin").mkdir()
    (home / "bin" / "uv").touch(0o755)
    [word] = said(examinations.project, home, PATH=str(home / "bin"))
    assert isinstance(word, Finding)
    assert word.command == "uv python install 3.99"


@posix
def test_no_command_is_cut_out_of_a_path(home: Path) -> None:
    """A folder's name is a stranger's text: what it says isn't offered for copying."""
    folder = home / "x, which is not installed: uv run evil; y: make it anew: python3 evil"
    folder.mkdir()
    (folder / ".python-version").write_text("3.99\n")
    os.chdir(folder)
    [word] = said(examinations.project, home, PWD=str(folder))
    assert isinstance(word, Finding)
    assert word.command == ""
    environment(folder / "venv\x1b[1m" / ".venv")
    os.chdir(folder / "venv\x1b[1m")
    (folder / "venv\x1b[1m" / ".venv" / "bin" / "python").unlink()
    [word] = said(examinations.project, home, PWD=os.getcwd())
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
    words = said(examinations.requires_python, home)
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
    assert said(examinations.requires_python, home) == []


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
    [word] = said(examinations.requires_python, home)
    assert isinstance(word, Unknown)
    assert "\n" not in word.what


@pytest.mark.parametrize(
    "begin", ["a." * 32_000 + "a = 1", "[" + "a." * 32_000 + "a]", "[[a]]\n" * 9000]
)
def test_a_project_file_that_is_made_to_take_long(home: Path, begin: str) -> None:
    """The scanner's time is linear; tomllib's, which isn't, is no part of it."""
    environment(home / ".venv", "3.9.1")
    (home / "pyproject.toml").write_text(f'[project]\nrequires-python = ">=3.10"\n[x]\n{begin}\n')
    [word] = said(examinations.requires_python, home)
    assert isinstance(word, Finding)
    assert "tomllib" not in vars(examinations)


def test_a_project_above_the_environment_is_another(home: Path) -> None:
    """Only what lies with the environment, or below it, is about it."""
    environment(home / "below" / ".venv", "3.9.1")
    (home / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.10"\n')
    os.chdir(home / "below")
    assert said(examinations.requires_python, home, PWD=str(home / "below")) == []


# --- what python is ---

# Said by the shells themselves: a line of a name that is a path, then what hides it.
HIDES = {
    "bash": (
        "python is /usr/bin/python\npython3 is hashed (/usr/bin/python3)\n"
        "bash: type: pip: not found\n",
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
    assert said(programs.hidden, home, __AUTOVENV_HOOK=hook_loaded, __AUTOVENV_WORDS=paths) == []
    for words, (what, command) in hides.items():
        others = paths.partition("\n")[2]
        [word] = said(
            programs.hidden,
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
    assert said(programs.active, home, PATH=os.pathsep.join(both), **variables) == []
    [word] = said(programs.active, home, PATH=os.pathsep.join(both[::-1]), **variables)
    assert isinstance(word, Finding)
    assert word.what.startswith(f"{home / '.venv'} is active, but python is {front}")
    assert word.command == {"ours": "autovenv reload", "another's": "deactivate"}[kind]
    [word] = said(programs.active, home, PATH="", **variables)
    assert isinstance(word, Finding)
    assert "none at all" in word.what
    shutil.rmtree(home / ".venv")
    [word] = said(programs.active, home, PATH=front, **variables)
    assert isinstance(word, Finding)
    assert (word.what, word.command) == (
        f"{home / '.venv'} is active, and isn't there any more.",
        "deactivate",
    )


def test_nothing_is_active(home: Path) -> None:
    """Whatever python is then, no prompt says otherwise."""
    assert said(programs.active, home, PATH="/usr/bin") == []


# --- PowerShell's policy, on other systems ---


@posix
def test_elsewhere_a_word_is_enough(home: Path, require: Callable[[str], None]) -> None:
    """Where pwsh is installed doctor says that there is no policy; else nothing."""
    assert said(examinations.execution_policy, home) == []
    require("pwsh")
    program = SHELLS["pwsh"].program()
    assert program is not None
    (home / "pwsh").symlink_to(program)
    [word] = said(examinations.execution_policy, home, PATH=str(home))
    assert word == Remark("policy", "PowerShell has no execution policy on this system")


@posix
def test_elsewhere_there_is_nothing_to_set(home: Path) -> None:
    """--set-policy is one line, and 2."""
    done = doctor(home, "--set-policy")
    assert done.exit_code == 2
    assert "no execution policy on this system" in done.stderr


# --- PowerShell's policy, on what looks like Windows ---


class Windows:
    """A computer with both PowerShells, whose registry is a dict."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.documents = root / "OneDrive" / "Documents"
        self.values: dict[tuple[Hive, str, str], str | int] = {}
        self.is_7_readable = True
        self.commands: list[tuple[str, ...]] = []

    def profile(self, edition: Edition) -> Path:
        """Return the edition's profile."""
        return self.documents / FOLDERS[edition] / PROFILE

    def set(self, policy: str, key: str = LOCAL_KEY) -> None:
        """Set 5.1's policy for the user, or with GROUP_KEY by group policy."""
        self.values[Hive.USER, key, SETTING] = policy
        self.values[Hive.USER, key, "EnableScripts"] = 1


@pytest.fixture
def windows(home: Path, monkeypatch: pytest.MonkeyPatch) -> Windows:
    """Return a Windows, where the process's platform, stores and Documents say so."""
    made = Windows(home)

    def registry(_: object, hive: Hive, key: str, name: str) -> str | int | None:
        return made.values.get((hive, key, name))

    def config(_: object, hive: Hive) -> dict[str, str]:
        if not made.is_7_readable:
            raise UnreadableError("powershell.config.json isn't what PowerShell reads")
        return SHIPPED if hive is Hive.MACHINE else {}

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        made.commands.append(tuple(command))
        made.set("RemoteSigned")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(policy, "has_policies", lambda: True)
    monkeypatch.setattr(platformdirs, "user_documents_dir", lambda: str(made.documents))
    monkeypatch.setattr(WindowsStore, "registry", registry)
    monkeypatch.setattr(WindowsStore, "config", config)
    monkeypatch.setattr(WindowsStore, "config_path", lambda _, hive: f"{hive}.json")
    monkeypatch.setattr(WindowsStore, "program", lambda _, edition: f"{edition}.exe")
    monkeypatch.setattr(subprocess, "run", run)
    (home / "autovenv.exe").touch(0o755)
    monkeypatch.setattr(sys, "argv", [str(home / "autovenv.exe"), "install"])
    return made


def run(windows: Windows, *arguments: str, answer: str = "", **variables: str) -> Result:
    """Run a command there."""
    cleared = dict.fromkeys(os.environ)
    given = {**environ(windows.root, **variables), "USERPROFILE": str(windows.root)}
    return CliRunner().invoke(cli.main, arguments, input=answer, env={**cleared, **given})


def test_install_writes_both_profiles(windows: Windows) -> None:
    """In the Documents that Windows names, in ASCII, once; uninstall takes all of it away."""
    windows.set("RemoteSigned")
    done = run(windows, "install", "--shell", "powershell")
    assert (done.exit_code, done.stderr) == (0, "")
    for edition in Edition:
        text = windows.profile(edition).read_bytes()
        assert text.startswith(b"#region autovenv")
        assert text.isascii()
        assert text.count(b"hook powershell") == 1
    assert "nothing to do" in run(windows, "install", "--shell", "powershell").stdout
    assert run(windows, "uninstall").exit_code == 0
    assert not windows.documents.exists()


@pytest.mark.parametrize(
    "before",
    [
        b"# mine\r\nSet-Alias x y\r\n",
        b"\xef\xbb\xbf# mine \xc3\xa9\n",
        "\ufeff# mine \u00e9\r\n".encode("utf-16-le"),
        b"# ANSI \xe9\r\n# without an end",
        b"",
    ],
)
def test_a_profile_keeps_what_it_is(windows: Windows, before: bytes) -> None:
    """Encoding, byte order mark and line ends stay, and uninstall gives the bytes back."""
    windows.set("RemoteSigned")
    file = windows.profile(Edition.WINDOWS_POWERSHELL)
    file.parent.mkdir(parents=True)
    file.write_bytes(before)
    assert run(windows, "install", "--shell", "powershell").exit_code == 0
    after = file.read_bytes()
    assert after.startswith(before)
    added = after[len(before) :].replace(b"\0", b"")
    assert (b"\r\n" in added) is (b"\r" in before)
    assert added.replace(b"\r\n", b"").count(b"\n") == (
        0 if b"\r" in before else added.count(b"\n")
    )
    assert run(windows, "uninstall").exit_code == 0
    assert file.read_bytes() == before


def test_uninstall_looks_where_documents_was(windows: Windows) -> None:
    """OneDrive may have taken the folder over, or given it back, since."""
    windows.set("RemoteSigned")
    windows.documents = windows.root / "Documents"
    assert run(windows, "install", "--shell", "powershell").exit_code == 0
    windows.documents = windows.root / "OneDrive" / "Documents"
    assert "gone" in run(windows, "uninstall").stdout
    assert not (windows.root / "Documents").exists()


def test_install_says_that_a_profile_will_not_load(windows: Windows) -> None:
    """Under a client's default 5.1 loads no profile: the line is written, and the advice told."""
    done = run(windows, "install", "--shell", "powershell")
    assert done.exit_code == 0
    assert windows.profile(Edition.WINDOWS_POWERSHELL).exists()
    assert done.stderr.count("Windows PowerShell 5.1 runs no script file") == 1
    assert "\n  run: Set-ExecutionPolicy -ExecutionPolicy RemoteSigned" in done.stderr
    assert "PowerShell 7" not in done.stderr
    assert not windows.commands


def test_other_shells_are_no_shells_of_windows(windows: Windows) -> None:
    """Git Bash sets SHELL: who installs for it is told what is supported, and nothing is done."""
    done = run(windows, "install", "--shell", "bash")
    assert done.exit_code == 2
    assert "not in bash: autovenv install --shell powershell" in done.stderr
    assert not (windows.root / ".bashrc").exists()


@pytest.mark.parametrize("key", [LOCAL_KEY, GROUP_KEY])
def test_under_all_signed_no_profile_is_written(windows: Windows, key: str) -> None:
    """A line voids the signature: 5.1's stays as it is, 7's is written, and the exit says so."""
    windows.set("AllSigned", key)
    done = run(windows, "install", "--shell", "powershell")
    assert done.exit_code == 1
    assert not windows.profile(Edition.WINDOWS_POWERSHELL).exists()
    assert windows.profile(Edition.POWERSHELL).exists()
    assert "Set-AuthenticodeSignature" in done.stderr
    assert "only signed profiles" in done.stderr
    assert ("Group policy keeps" in done.stderr) is (key == GROUP_KEY)


def test_a_marked_profile_is_not_written(windows: Windows) -> None:
    """To replace it would take the mark away behind the user's back."""
    windows.set("RemoteSigned")
    file = windows.profile(Edition.WINDOWS_POWERSHELL)
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    Path(f"{file}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n")
    done = run(windows, "install", "--shell", "powershell")
    assert done.exit_code == 1
    assert file.read_text() == "mine"
    assert "Unblock-File -LiteralPath" in done.stderr


@pytest.mark.parametrize("command", ["install", "doctor"])
@pytest.mark.parametrize("answer", ["", "n\n", "y\n"])
def test_the_policy_is_set_only_after_a_yes(windows: Windows, command: str, answer: str) -> None:
    """`--set-policy` asks; no answer is a no."""
    arguments = [command, "--set-policy"]
    done = run(windows, *arguments, *(["--shell", "pwsh"] * (command == "install")), answer=answer)
    assert "Run `Set-ExecutionPolicy" in done.stderr
    assert len(windows.commands) == (answer == "y\n")
    if windows.commands:
        [(program, *rest)] = windows.commands
        assert program == f"{Edition.WINDOWS_POWERSHELL}.exe"
        assert "-NoProfile" in rest
        assert rest[-1].startswith("Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope Curr")
        assert run(windows, "doctor").exit_code == 0


def test_what_runs_the_command(require: Callable[[str], None], tmp_path: Path) -> None:
    """PowerShell itself, which has nothing to say if all went well; else its first line is told.

    On Windows that sets a policy for real, which ends with the process.
    """
    require("pwsh")
    program = SHELLS["pwsh"].path()
    for_now = "Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope Process -Force"
    assert policy._run(program, for_now if os.name == "nt" else "$null = 1") == ""
    assert policy._run(program, "throw 'not permitted'").startswith("the policy isn't set: ")
    assert "not permitted" in policy._run(program, "throw 'not permitted'")
    assert policy._run(program, "exit 3") == "the policy isn't set: it ended with 3"
    gone = str(tmp_path / "gone")
    assert policy._run(gone, "exit 0").startswith(f"can't run {gone} (")


def test_nothing_is_asked_where_it_would_not_help(windows: Windows) -> None:
    """Group policy can't be set by the user, and a policy that is right needn't be."""
    for value, key in (("Restricted", GROUP_KEY), ("RemoteSigned", GROUP_KEY)):
        windows.set(value, key)
        done = run(windows, "install", "--shell", "pwsh", "--set-policy", answer="y\n")
        assert "no execution policy to set" in done.stderr
    assert not windows.commands


def test_doctor_on_windows(windows: Windows) -> None:
    """A finding for 5.1, none for 7; what can't be read is said; F is a remark."""
    done = run(windows, "doctor", "--json", __AUTOVENV_LANGUAGE="ConstrainedLanguage")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [each["topic"] for each in told["findings"]] == ["policy"]
    assert {each["what"][:15] for each in told["remarks"]} == {"This PowerShell"}
    windows.set("RemoteSigned")
    assert run(windows, "doctor").exit_code == 0
    windows.is_7_readable = False
    done = run(windows, "doctor")
    assert done.exit_code == 2
    assert "? PowerShell 7: powershell.config.json isn't" in done.stdout


def test_what_this_session_hides(windows: Windows) -> None:
    """A session that was started with -ExecutionPolicy Bypass looks fine, a new console isn't."""
    done = run(windows, "doctor", **{PREFERENCE: "Bypass"})
    assert done.exit_code == 1
    assert "Here Windows PowerShell 5.1 has the policy Bypass" in done.stdout
    assert "- Here PowerShell 7 has the policy Bypass" in done.stdout


class _Stdout(io.TextIOWrapper):
    """Standard output that says whether it is a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__(io.BytesIO())
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        """Tell what was asked for."""
        return self.is_terminal


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("shell", ["powershell", "bash"])
def test_who_looks_at_the_hook_is_advised(
    windows: Windows,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    shell: str,
    is_terminal: bool,
) -> None:
    """Once, on stderr, and only if it is a person who reads it: a profile pipes the hook."""
    assert windows.values == {}
    stdout = _Stdout(is_terminal)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert hooks.show(shell) == 0
    told = capsys.readouterr().err
    assert told.count("Set-ExecutionPolicy") == (is_terminal and shell != "bash")
    assert "Set-ExecutionPolicy" not in stdout.buffer.getvalue().decode()  # type: ignore[attr-defined]
