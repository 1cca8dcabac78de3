"""`autovenv install` and `uninstall` as a user runs them, and the written line in real shells."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import autovenv
import unix
from autovenv import caller, shells, startup
from autovenv.cli import proof
from drivers import SHELLS as DRIVERS
from drivers.terminal import Terminal

pytestmark = unix.alone("starts the command by its shebang")

SOURCE = str(Path(autovenv.__file__).parents[1])

# The command's folder has all that a careless line would trip over.
FOLDER = 'it\'s $(touch hacked) `b` "q" \\ é'

# What pip writes as the first lines where Python's path has a space in it.
COMMAND = f"""\
#!/bin/sh
'''exec' "{sys.executable}" "$0" "$@"
' '''
import sys
sys.path.insert(0, {SOURCE!r})
from autovenv.__main__ import main
sys.exit(main())
"""

FILES = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/conf.d/autovenv.fish",
    "powershell": ".config/powershell/Microsoft.PowerShell_profile.ps1",
}
EVERY_SHELL = pytest.mark.parametrize("shell", FILES)


@dataclass(frozen=True)
class Machine:
    """A home with nothing in it but the command."""

    home: Path
    command: Path

    @property
    def environ(self) -> dict[str, str]:
        """What a login gives: nothing of the test's own environment."""
        return {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the command, which must show no traceback."""
        done = subprocess.run(
            [str(self.command), *arguments],
            env={**self.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr
        return done

    def done(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Run the command, which must succeed without a word on stderr; return what it says."""
        done = self.run(*arguments, env=env)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def refused(self, *arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Run the command, which must fail with one line alone; return the status and the line."""
        done = self.run(*arguments, env=env)
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        return done.returncode, done.stderr

    def tree(self) -> dict[str, bytes | None]:
        """Return all that is in the home, with the content of files."""
        return {
            str(path.relative_to(self.home)): path.read_bytes() if path.is_file() else None
            for path in self.home.rglob("*")
        }


def _command(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(COMMAND)
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine with the command in a folder with a hostile name."""
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home, _command(tmp_path / FOLDER / "autovenv"))


# --- what is written ---


@EVERY_SHELL
def test_the_block_goes_to_the_end_and_out_again(machine: Machine, shell: str) -> None:
    """A file that was there is kept, added to at its end, and given back as it was."""
    file = machine.home / FILES[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"# mine, without a final newline \xff")
    before = machine.tree()
    told = machine.done("install", "--shell", shell)
    assert file.read_bytes().startswith(b"# mine, without a final newline \xff\n")
    assert f"~/{FILES[shell]}" in told
    assert f"autovenv uninstall --shell {shell}" in told
    assert 2 <= told.count("\n") <= 4
    assert f"~/{FILES[shell]}" in machine.done("uninstall", "--shell", shell)
    assert machine.tree() == before


@EVERY_SHELL
def test_what_did_not_exist_is_gone_again(machine: Machine, shell: str) -> None:
    """A file that install made, and the folders made for it, are removed by uninstall."""
    machine.done("install", "--shell", shell)
    assert list(machine.tree())
    machine.done("uninstall", "--shell", shell)
    assert machine.tree() == {}


@EVERY_SHELL
def test_a_second_run_changes_nothing_and_says_so(machine: Machine, shell: str) -> None:
    """Twice is once."""
    machine.done("install", "--shell", shell)
    before = machine.tree()
    assert "already in" in machine.done("install", "--shell", shell)
    assert machine.tree() == before


def test_a_command_that_moved_is_brought_up_to_date(machine: Machine) -> None:
    """An older block is replaced where it stands."""
    (machine.home / ".zshrc").write_text("one\n")
    machine.done("install", "--shell", "zsh")
    with (machine.home / ".zshrc").open("a") as file:
        file.write("two\n")
    moved = Machine(machine.home, _command(machine.home.parent / "new" / "autovenv"))
    assert "already" not in moved.done("install", "--shell", "zsh")
    text = (machine.home / ".zshrc").read_text()
    assert text.count("# >>> autovenv >>>") == 1
    assert str(moved.command) in text
    assert FOLDER[:2] not in text
    assert text.startswith("one\n")
    assert text.endswith("two\n")


@EVERY_SHELL
def test_a_dry_run_shows_a_diff_and_changes_nothing(machine: Machine, shell: str) -> None:
    """--dry-run prints what would be added, and what would be removed, and leaves all as it is."""
    told = machine.done("install", "--shell", shell, "--dry-run")
    assert machine.tree() == {}
    assert told.startswith(f"--- /dev/null\n+++ {machine.home / FILES[shell]}\n@@ ")
    machine.done("install", "--shell", shell)
    added = (machine.home / FILES[shell]).read_text().splitlines()
    assert told.splitlines()[3:] == [f"+{line}" for line in added]
    before = machine.tree()
    told = machine.done("uninstall", "--dry-run")
    assert told.splitlines()[3:] == [f"-{line}" for line in added]
    assert machine.tree() == before


def test_a_diff_says_where_a_final_newline_is_missing(machine: Machine) -> None:
    """The diff is one that patch(1) reads."""
    (machine.home / ".zshrc").write_text("one\nlast")
    told = machine.done("install", "--shell", "zsh", "--dry-run")
    assert "-last\n\\ No newline at end of file\n+last\n" in told


def test_several_shells_at_once(machine: Machine) -> None:
    """--shell may be repeated, and uninstall alone takes the hook out of every shell's file."""
    machine.done("install", "--shell", "zsh", "--shell", "pwsh", "--shell", "fish")
    written = [name for name, content in machine.tree().items() if content is not None]
    files = [name for name in written if not name.startswith(".local/state/autovenv/complete/")]
    assert sorted(files) == sorted(FILES[name] for name in ("zsh", "powershell", "fish"))
    assert len(written) == 2 * len(files)  # one more for each, which a Tab reads
    machine.done("uninstall")
    assert machine.tree() == {}
    assert "nothing to do" in machine.done("uninstall")


def test_links_and_modes_stay(machine: Machine) -> None:
    """A dotfile repository's link stays a link, and a private file private."""
    target = machine.home / "dotfiles" / "zshrc"
    target.parent.mkdir()
    target.write_text("mine\n")
    target.chmod(0o600)
    link = machine.home / ".zshrc"
    link.symlink_to("dotfiles/zshrc")
    for verb in ("install", "uninstall"):
        machine.done(verb, "--shell", "zsh")
        assert link.is_symlink()
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.read_text() == "mine\n"


def test_a_link_to_nothing_is_filled_and_emptied(machine: Machine) -> None:
    """A link whose target is missing is written through, and leads to nothing again afterwards."""
    (machine.home / ".zshrc").symlink_to("dotfiles/zshrc")
    machine.done("install", "--shell", "zsh")
    assert b"autovenv" in (machine.home / "dotfiles" / "zshrc").read_bytes()
    machine.done("uninstall", "--shell", "zsh")
    assert os.listdir(machine.home) == [".zshrc"]


# --- where it is written ---


@pytest.mark.parametrize(
    ("shell", "variable", "file"),
    [
        ("zsh", "ZDOTDIR", ".zshrc"),
        ("fish", "XDG_CONFIG_HOME", "fish/conf.d/autovenv.fish"),
        ("powershell", "XDG_CONFIG_HOME", "powershell/Microsoft.PowerShell_profile.ps1"),
    ],
)
def test_the_users_own_folder(machine: Machine, shell: str, variable: str, file: str) -> None:
    """ZDOTDIR and XDG_CONFIG_HOME say where the shell looks."""
    env = {variable: str(machine.home / "else where")}
    machine.done("install", "--shell", shell, env=env)
    assert b"autovenv" in (machine.home / "else where" / file).read_bytes()
    machine.done("uninstall", env=env)
    assert machine.tree() == {}


def test_a_zdotdir_that_is_not_exported(machine: Machine, require: Callable[[str], None]) -> None:
    """What .zshenv sets counts, from whichever shell one installs."""
    require("zsh")
    (machine.home / ".zshenv").write_text("echo hello\nZDOTDIR=$HOME/z\n")
    machine.done("install", "--shell", "zsh")
    assert b"autovenv" in (machine.home / "z" / ".zshrc").read_bytes()


READS = b"[ -f ~/.bashrc ] && . ~/.bashrc\n"
LOGIN_FILES = [
    ({}, []),
    ({".profile": b"x=1\n"}, [".profile"]),
    ({".profile": READS}, []),
    ({".profile": b"# .bashrc\n"}, [".profile"]),
    ({".profile": READS, ".bash_profile": b""}, [".bash_profile"]),
    ({".bash_login": b"", ".profile": b""}, [".bash_login"]),
]


@pytest.mark.parametrize(("there", "written"), LOGIN_FILES)
@pytest.mark.skipif(sys.platform == "darwin", reason="there a login file is made as well")
def test_bash_login_files(machine: Machine, there: dict[str, bytes], written: list[str]) -> None:
    """The file that a login bash reads gets the block if it doesn't lead to .bashrc."""
    for name, content in there.items():
        (machine.home / name).write_bytes(content)
    machine.done("install", "--shell", "bash")
    added = {name for name, data in machine.tree().items() if b"# >>> autovenv" in (data or b"")}
    assert added == {".bashrc", *written}
    machine.done("uninstall", "--shell", "bash")
    assert machine.tree() == there


def test_macos_without_a_login_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each terminal there is a login shell, so a login file is made."""
    monkeypatch.setattr(sys, "platform", "darwin")
    files = startup.find_files("bash", {"HOME": str(tmp_path)})
    assert files == [str(tmp_path / ".bashrc"), str(tmp_path / ".bash_profile")]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_that_calls(machine: Machine, shell: str, require: Callable[[str], None]) -> None:
    """Without --shell it is the calling shell, whatever SHELL says."""
    require(shell)
    script = f"{shells.SHELLS[shell].quote(str(machine.command))} install; true"
    program = DRIVERS[shell].path()
    env = {**machine.environ, "SHELL": "/bin/other"}
    subprocess.run([program, "-c", script], env=env, check=True, capture_output=True)
    assert (machine.home / FILES[shell]).exists()


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is missing")
@pytest.mark.parametrize(("login", "status"), [("/usr/bin/zsh", 0), ("/bin/tcsh", 2), ("", 2)])
def test_the_login_shell(machine: Machine, login: str, status: int) -> None:
    """Called from another shell it is the one in SHELL; else one line lists the four."""
    script = f"{shells.SHELLS['bash'].quote(str(machine.command))} install; exit $?"
    env = {**machine.environ, "SHELL": login}
    done = subprocess.run(["dash", "-c", script], env=env, capture_output=True, text=True)
    assert done.returncode == status
    assert (machine.home / ".zshrc").exists() == (status == 0)
    if status:
        assert ", ".join(shells.SHELLS) in done.stderr
        assert done.stderr.count("\n") == 1


def test_the_stable_link_is_preferred(machine: Machine) -> None:
    """The line names the link in ~/.local/bin, not the environment behind it."""
    link = machine.home / ".local" / "bin" / "autovenv"
    link.parent.mkdir(parents=True)
    link.symlink_to(machine.command)
    machine.done("install", "--shell", "zsh")
    assert f"'{link}'" in (machine.home / ".zshrc").read_text()


# --- bad input ---


@pytest.mark.parametrize(
    "arguments",
    [("install", "--shell", "tcsh"), ("uninstall", "--shell", "tcsh"), ("hook", "tcsh")],
)
def test_an_unknown_shell(machine: Machine, arguments: tuple[str, ...]) -> None:
    """One line lists the four; the exit status is 2; nothing is written."""
    status, line = machine.refused(*arguments)
    assert status == 2
    assert ", ".join(shells.SHELLS) in line
    assert machine.tree() == {}


def _folder(path: Path) -> None:
    path.mkdir()


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _device(path: Path) -> None:
    path.symlink_to("/dev/null")


def _unwritable(path: Path) -> None:
    path.symlink_to("/proc/version" if Path("/proc/version").exists() else "/etc/passwd")


def _unreadable(path: Path) -> None:
    path.write_bytes(b"")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("root reads anything")


@pytest.mark.parametrize(
    "make", [_folder, unix.make_fifo, _loop, _device, _unwritable, _unreadable]
)
def test_a_file_that_cannot_be_written(machine: Machine, make: Callable[[Path], None]) -> None:
    """One line says so and shows the line to add by hand; the exit status is 1."""
    make(machine.home / ".zshrc")
    status, line = machine.refused("install", "--shell", "zsh")
    assert status == 1
    assert "~/.zshrc" in line
    assert line.endswith(f": {shells.SHELLS['zsh'].write_line(str(machine.command))}\n")
    assert os.listdir(machine.home) == [".zshrc"]


def test_a_folder_that_cannot_be_made(machine: Machine) -> None:
    """A file where a folder should be is one line too."""
    (machine.home / ".config").touch()
    status, line = machine.refused("install", "--shell", "fish")
    assert status == 1
    assert "fish | source" in line


def test_uninstall_passes_over_what_is_no_file(machine: Machine) -> None:
    """Where nothing can have been installed there is nothing to remove."""
    unix.make_fifo(machine.home / ".zshrc")
    (machine.home / ".bashrc").mkdir()
    assert "nothing to do" in machine.done("uninstall")


# --- the line in real shells ---


# What is in the rc file before the block, and what comes after: the end of the shell, which first
# says the status that was left behind and what `autovenv` is.
BEFORE = {
    "bash": "set -eu\n",
    "zsh": "set -eu\n",
    "fish": "",
    "pwsh": "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'\n",
}
AFTER = {
    "bash": 'echo "<$?:$(type -t autovenv || :)>"; exec true\n',
    "zsh": 'echo "<$?:${$(whence -w autovenv || :)#*: }>"; exec true\n',
    "fish": "set code $status; set found (type -t autovenv 2>/dev/null)\n"
    'echo "<$code:$found>"; exec true\n',
    "pwsh": "$code = [int]!$?; $found = Get-Command autovenv -ErrorAction Ignore\n"
    '"<${code}:$($found | ForEach-Object CommandType)>"; [Environment]::Exit(0)\n',
}
# fish reads this after the folder that the block's file is in.
REST = {"fish": ".config/fish/config.fish"}


def _shown(machine: Machine, shell: str, then: Callable[[], object] = bool) -> str:
    """Install between BEFORE and AFTER, do `then`, start the shell on a terminal until it ends.

    Returns all that it has shown, without the terminal's modes.
    """
    driver, file = DRIVERS[shell], machine.home / FILES[caller.find_named(shell).name]
    if BEFORE[shell]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(BEFORE[shell])
    machine.done("install", "--shell", shell)
    with (machine.home / REST.get(shell, file)).open("a") as rest:
        rest.write(AFTER[shell])
    then()
    env = {**machine.environ, "TERM": "dumb", **driver.variables}
    terminal = Terminal([driver.path(), *driver.flags], str(machine.home), env)
    try:
        terminal.wait_for_end()
    finally:
        terminal.close()
    shown = bytes(terminal.transcript).decode("utf-8", "replace")
    return re.sub(r"\x1b\[\?[0-9]+[hl]|\x1b[=>]", "", shown).strip().lower()


def without_backslash(machine: Machine) -> Machine:
    """Return the machine for PowerShell, which takes a backslash for a slash on every system."""
    folder = FOLDER.replace("\\", "")
    return Machine(machine.home, _command(machine.home.parent / folder / "autovenv"))


@pytest.mark.parametrize("shell", DRIVERS)
def test_the_hook_is_loaded(machine: Machine, shell: str, require: Callable[[str], None]) -> None:
    """A new shell has the hook, from a path with all that must be quoted, under strict modes."""
    require(shell)
    if shell == "pwsh":
        machine = without_backslash(machine)
    assert _shown(machine, shell) == "<0:function>"
    assert "hacked" not in os.listdir(machine.home)


@pytest.mark.parametrize("shell", DRIVERS)
def test_a_line_left_behind_is_silent(
    machine: Machine, shell: str, require: Callable[[str], None]
) -> None:
    """Once autovenv is gone the line shows nothing and leaves no status, under strict modes too."""
    require(shell)
    assert re.fullmatch("<0:(none)?>", _shown(machine, shell, machine.command.unlink))


@pytest.mark.parametrize("reader", ["sh", "dash", "dash -i +m", "bash", "zsh"])
def test_a_login_file_starts_nothing_elsewhere(machine: Machine, reader: str) -> None:
    """Other readers of ~/.profile, and shells that aren't interactive, never start the command."""
    program, *flags = reader.split()
    if not shutil.which(program):
        pytest.skip(f"{program} is missing")
    (machine.home / ".profile").write_text("set -eu\n")
    machine.done("install", "--shell", "bash", "--shell", "zsh")
    machine.command.write_text("#!/bin/sh\necho echo started\n")
    for name in (".profile", ".bashrc", *([".zshrc"] if program == "zsh" else [])):
        done = subprocess.run(
            [program, *flags, "-c", f'. "$HOME/{name}"; echo "$?"'],
            env=machine.environ,
            capture_output=True,
            text=True,
        )
        assert (done.stdout, done.stderr) == ("0\n", "")


# --- the command line itself ---


def test_a_command_is_imported_only_when_it_is_used() -> None:
    """Importing the command line imports none of its commands."""
    script = (
        f"import sys, json; sys.path.insert(0, {SOURCE!r}); import autovenv.cli;"
        "print(json.dumps([name for name in sys.modules if name.startswith('autovenv.cli')]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert json.loads(done.stdout) == ["autovenv.cli"]


def test_help_lists_the_commands(machine: Machine) -> None:
    """--help names each command."""
    told = machine.done("--help")
    for name in ("hook", "install", "uninstall", "status"):
        assert f"\n  {name} " in told


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_hook_without_a_name_is_the_callers(
    machine: Machine, shell: str, require: Callable[[str], None]
) -> None:
    """`autovenv hook` alone prints what `autovenv hook SHELL` does in that shell."""
    require(shell)
    script = f"{shells.SHELLS[shell].quote(str(machine.command))} hook; true"
    program = DRIVERS[shell].path()
    done = subprocess.run(
        [program, "-c", script], env=machine.environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == machine.done("hook", shell)


# --- is it reached ---

ENDINGS = {
    "bash": ["return", "exit 0", "exec zsh -l", "return 0 # done"],
    "zsh": ["return", "exec fish"],
    "fish": ["return", "exit"],
    "powershell": ["return", "exit 1"],
}


@pytest.mark.parametrize("shell", ENDINGS)
def test_the_line_goes_above_what_ends_the_file(
    machine: Machine, shell: str, require: Callable[[str], None]
) -> None:
    """Also where it was below that from an earlier run; uninstall gives the file back as it was."""
    require("pwsh" if shell == "powershell" else shell)
    env = with_pwsh(machine)
    file = machine.home / FILES[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    name = {"powershell": "function f {\n", "fish": "function f\n"}.get(shell, "f() {\n")
    close = "end" if shell == "fish" else "}"
    within = f"{name}return\n{close}\n" + (INNER if shell in ("bash", "zsh") else "")
    for line in ENDINGS[shell]:
        before = f"# mine\n{within}{line}\n# below\n"
        file.write_text(before)
        assert machine.done("install", "--shell", shell, env=env)
        assert file.read_text().startswith(f"# mine\n{within}\n# ") or shell == "powershell"
        assert file.read_text().endswith(f"\n{line}\n# below\n")
        assert "already in" in machine.done("install", "--shell", shell, env=env)
        machine.done("uninstall", "--shell", shell, env=env)
        assert file.read_text() == before
        file.write_text("# mine\n")
        machine.done("install", "--shell", shell, env=env)
        file.write_text(f"{line}\n{file.read_text()}")
        machine.done("install", "--shell", shell, env=env)
        assert file.read_text().endswith(f"\n{line}\n# mine\n")
        file.unlink()


INNER = "cat <<END >/dev/null\nexit\nEND\n"


def with_pwsh(machine: Machine) -> dict[str, str]:
    """Return a PATH with PowerShell on it, where there is one."""
    program = DRIVERS["pwsh"].path()
    folder = machine.home.parent / "programs"
    if program:
        folder.mkdir(exist_ok=True)
        (folder / "pwsh").unlink(missing_ok=True)
        (folder / "pwsh").write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        (folder / "pwsh").chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


@pytest.mark.parametrize("line", ["process {}", "End {\n  'x'\n}", "return"])
def test_where_nothing_can_go_above_it_that_is_told(machine: Machine, line: str) -> None:
    """Beside a named block nothing may stand; and without PowerShell nobody knows what is whole."""
    file = machine.home / FILES["powershell"]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# mine\n{line}\n")
    done = machine.run("install", "--shell", "powershell")
    assert done.returncode == 1
    first = line.partition("\n")[0]
    assert f"~/{FILES['powershell']} ends at '{first}', before the hook's lines" in done.stderr
    block = file.read_text().partition(f"{line}\n")[2]
    file.write_text(f"{block}{line}\n")
    assert "already in" in machine.done("install", "--shell", "powershell")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_condition_does_not_end_it(machine: Machine, shell: str) -> None:
    """What is indented or behind something else is only done at times."""
    file = machine.home / FILES[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[ -n x ] || return\n# return\n  return_code=1\nexecutable=1\n")
    before = file.read_text()
    machine.done("install", "--shell", shell)
    assert file.read_text().startswith(before)


@pytest.mark.parametrize("shell", FILES)
def test_a_new_shell_proves_it(
    machine: Machine, shell: str, require: Callable[[str], None]
) -> None:
    """`--prove` says that it has the hook, or that something keeps it from that."""
    require("pwsh" if shell == "powershell" else shell)
    if shell == "powershell":
        machine = without_backslash(machine)
    env = with_pwsh(machine)
    assert f"A new {shell} was started, and has it." in machine.done(
        "install", "--shell", shell, "--prove", env=env
    )
    file = machine.home / FILES[shell]
    hidden = {
        "fish": "if true\n  return\nend\n",
        "powershell": "if ($true) {\n  return\n}\n",
    }.get(shell, "if true; then\n  return\nfi\n")
    file.write_text(hidden + file.read_text())
    done = machine.run("install", "--shell", shell, "--prove", env=env)
    assert done.returncode == 1
    assert f"a new {shell} was started, and doesn't have the hook" in done.stderr


def test_a_shell_that_waits_is_given_up(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said where that can't be told."""
    (machine.home / "bin").mkdir()
    stuck = machine.home / "bin" / "bash"
    stuck.write_text("#!/bin/sh\nexec sleep 1000\n")
    stuck.chmod(0o755)
    monkeypatch.setattr(proof, "PATIENCE", 0.1)
    environ = {"HOME": str(machine.home), "PATH": f"{machine.home}/bin:/bin:/usr/bin"}
    monkeypatch.setenv("PATH", environ["PATH"])
    assert proof.is_loaded(shells.SHELLS["bash"], environ) is None


def test_uninstall_says_what_stays(machine: Machine) -> None:
    """The command by the path under which it is found, what was allowed, and the settings."""
    machine.done("install", "--shell", "bash")
    state = machine.home / ".local" / "state" / "autovenv"
    (state / "approvals").touch()
    told = machine.done("uninstall")
    again = f"To have the hook back: {machine.command} install\n"
    assert f"The command stays: {machine.command}. {again}" in told
    assert "stay as well: ~/.local/state/autovenv" in told
