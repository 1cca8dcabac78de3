"""What a Tab does behind `autovenv`, typed at a terminal in each shell, as `install` set it up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import unix
from autovenv import hook, shells
from drivers import SHELLS as DRIVERS
from drivers.terminal import Terminal
from test_hot_path import SOURCE

pytestmark = unix.alone("a program of ours is started by its shebang")

SHELLS = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "pwsh"}

# What is typed before the Tab, and what the line has then that wasn't typed.
TYPED = {
    "autovenv sta": "status",
    "autovenv rel": "reload",
    "autovenv of": "off",
    "autovenv doctor --js": "--json",
    "autovenv install --shell z": "zsh",
    "autovenv config prompt.": "prompt.label",
    "autovenv exec ~/code/on": "~/code/one",
    "autovenv exec code/w": "code/with",
    "autovenv create code/bar": "code/bare",
}

PROMPTS = {
    "bash": "PS1='[[]]~ '\n",
    "zsh": "autoload -Uz compinit; compinit -u -d ~/dump; PS1='[[]]~ '\n",
    "fish": "function fish_prompt; printf '[[]]~ '; end\nset -g fish_greeting\n",
    "powershell": "function prompt { '[[]]~ ' }\n",
}
FILES = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/config.fish",
    "powershell": ".config/powershell/Microsoft.PowerShell_profile.ps1",
}


class Machine:
    """A home with projects, and the command in a folder with a hostile name."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        for name in ("one", "with blank"):
            (self.home / "code" / name / ".venv").mkdir(parents=True)
        (self.home / "code" / "bare").mkdir()
        self.command = folder / "it's $(touch hacked)" / "autovenv"
        self.command.parent.mkdir()
        self.command.write_text(f'#!/bin/sh\nexec {sys.executable} -I {SOURCE}/__main__.py "$@"\n')
        self.command.chmod(0o755)
        self.environ = {
            "HOME": str(self.home),
            "PATH": "/usr/bin:/bin",
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "POWERSHELL_UPDATECHECK": "Off",
        }
        for made in (".local/share", ".cache"):  # else fish parses all manual pages once
            (self.home / made / "fish" / "generated_completions").mkdir(parents=True)

    def run(self, *arguments: str) -> None:
        """Run the command, which must succeed."""
        words = [str(self.command), *arguments]
        subprocess.run(words, env=self.environ, check=True, capture_output=True)

    def file(self, shell: str) -> Path:
        """Return the file that a Tab reads."""
        return Path(shells.SHELLS[shell].find_completion(self.environ))

    def installed(self, shell: str, *, prompt_is_last: bool = False) -> None:
        """Install the hook for a shell whose rc file sets the prompt, and in zsh compinit."""
        file = self.home / FILES[shell]
        file.parent.mkdir(parents=True, exist_ok=True)
        if not prompt_is_last:
            file.write_text(PROMPTS[shell])
        self.run("install", "--shell", shell)
        if prompt_is_last:
            file.write_text(file.read_text() + PROMPTS[shell])

    def start(self, shell: str) -> Terminal:
        """Start the shell at a terminal, and wait for its first prompt."""
        driver = DRIVERS[SHELLS[shell]]
        flags = {"bash": ["-i"], "zsh": ["-d", "-i"], "fish": [], "powershell": ["-NoLogo"]}
        words = [driver.path(), *flags[shell]]
        terminal = Terminal(words, str(self.home), self.environ)
        terminal.read_until(lambda shown: b"[[]]~ " in shown)
        terminal.wait_for_reader()
        return terminal


def press_tab(terminal: Terminal, shell: str, typed: str, completed: str) -> None:
    """Type a line and a Tab, wait until the line is completed, and take it away.

    PowerShell's own reader of lines has no Tab elsewhere than on Windows, and PSReadLine isn't to
    be had: the line calls what that calls at a Tab (GetCompletions in its Completion.cs).
    """
    assert completed not in typed
    line = typed.encode() + b"\t"
    if shell == "powershell":
        call = (
            "[Management.Automation.CommandCompletion]::CompleteInput('{}', {}, @{{}}, "
            "[powershell]::Create('CurrentRunspace')).CompletionMatches.CompletionText\r"
        )
        line = call.format(typed, len(typed)).encode()
    terminal.send(line)
    terminal.read_until(lambda shown: completed.encode() in shown)
    if shell != "powershell":
        terminal.send(b"\x15")  # Ctrl-U


@pytest.mark.parametrize("shell", SHELLS)
def test_a_tab(tmp_path: Path, shell: str, require: Callable[[str], None]) -> None:
    """Commands (the shell's own, too), options, shells, settings, folders; first of projects."""
    require(SHELLS[shell])
    machine = Machine(tmp_path)
    machine.installed(shell)
    terminal = machine.start(shell)
    try:
        for typed, completed in TYPED.items():
            press_tab(terminal, shell, typed, completed)
    finally:
        print(terminal.transcript.decode("utf-8", "backslashreplace"))
        terminal.close()
    assert not (machine.home / "hacked").exists()


# Where the text is put that `autovenv complete` prints, and the line in the rc file that reads it.
BY_HAND = {
    "bash": (".complete", ". ~/.complete\n"),
    "zsh": (".zfunc/_autovenv", "fpath=(~/.zfunc $fpath)\n"),
    "fish": (".config/fish/completions/autovenv.fish", ""),
    "powershell": (".complete.ps1", ". ~/.complete.ps1\n"),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_by_hand(tmp_path: Path, shell: str, require: Callable[[str], None]) -> None:
    """Whoever writes the hook's line by hand has what `complete` prints in a file, as docs say."""
    require(SHELLS[shell])
    machine = Machine(tmp_path)
    name, line = BY_HAND[shell]
    rc, file = machine.home / FILES[shell], machine.home / name
    for path in (rc, file):
        path.parent.mkdir(parents=True, exist_ok=True)
    by_hand = shells.SHELLS[shell].write_line(str(machine.command))
    rc.write_text(f"{line}{by_hand}\n{PROMPTS[shell]}")
    words = [str(machine.command), "complete", shell]
    printed = subprocess.run(words, env=machine.environ, check=True, capture_output=True)
    file.write_bytes(printed.stdout)
    terminal = machine.start(shell)
    try:
        press_tab(terminal, shell, "autovenv sta", "status")
    finally:
        print(terminal.transcript.decode("utf-8", "backslashreplace"))
        terminal.close()
    assert not (machine.home / "hacked").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_what_is_read_when(tmp_path: Path, shell: str, require: Callable[[str], None]) -> None:
    """Not at the start; in zsh it is found by a compinit that comes after our lines, too."""
    require(shell)
    machine = Machine(tmp_path)
    machine.installed(shell, prompt_is_last=True)
    file = machine.file(shell)
    text = file.read_text()
    file.write_text("#compdef autovenv\nfalse ) not to be read at the start\n")
    terminal = machine.start(shell)
    try:
        assert b"error" not in terminal.transcript
        file.write_text(text)
        press_tab(terminal, shell, "autovenv sta", "status")
    finally:
        terminal.close()


def test_install_and_uninstall(tmp_path: Path) -> None:
    """A second install renews what leads to another command; uninstall leaves nothing."""
    machine = Machine(tmp_path)
    before = sorted(machine.home.rglob("*"))
    for shell in SHELLS:
        machine.run("install", "--shell", shell, "--dry-run")
        assert not machine.file(shell).exists()
        machine.run("install", "--shell", shell)
        text = machine.file(shell).read_text()
        machine.file(shell).write_text(text.replace("autovenv", "otherwise", 1))
        machine.run("install", "--shell", shell)
        assert machine.file(shell).read_text() == text
        assert machine.file(shell).parent.stat().st_mode & 0o777 == 0o700
        machine.run("uninstall", "--shell", shell)
        assert sorted(machine.home.rglob("*")) == before
    for shell in SHELLS:
        machine.run("install", "--shell", shell)
    machine.run("uninstall")
    assert sorted(machine.home.rglob("*")) == before


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The hook is installed all the same."""
    machine = Machine(tmp_path)
    file = machine.file("zsh")
    (file / "in the way").mkdir(parents=True)
    words = [str(machine.command), "install", "--shell", "zsh"]
    done = subprocess.run(words, env=machine.environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith(f"autovenv: can't write {file}, for completions")
    assert done.stderr.count("\n") == 1
    assert done.stdout.startswith("autovenv: the hook is now in ~/.zshrc")


def answered(machine: Machine, shell: str, line: str, **variables: str) -> str:
    """Return what is said to a shell at a Tab after the line."""
    talk = {"_AUTOVENV_COMPLETE": f"{shell}_complete", "COMP_WORDS": line}
    done = subprocess.run(
        [str(machine.command)],
        env={**machine.environ, **talk, **variables},
        cwd=machine.home,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.stdout.removesuffix("\n")


def test_what_each_shell_is_told(tmp_path: Path) -> None:
    """In quotes that aren't closed, behind a colon, with a name that can't be shown."""
    machine = Machine(tmp_path)
    code = machine.home / "code"
    (code / "a:b").mkdir()
    (code / "a:b" / ".venv").mkdir()
    (code / "w\nline").mkdir()
    (code / "w\nline" / ".venv").mkdir()
    for shell, told in (
        ("bash", "/\ncode/with blank"),
        ("zsh", "dir\n\ncode/with blank"),
        ("fish", "code/with blank/\t"),
    ):
        for line in (
            "autovenv path 'code/w",
            'autovenv path "code/w',
            "autovenv path code/with\\ ",
        ):
            assert answered(machine, shell, line) == told
    for name in ("-x", "~root"):
        (machine.home / name / ".venv").mkdir(parents=True)
    assert answered(machine, "fish", "autovenv disable ") == "./-x/\t\n./~root/\t"
    line = "autovenv\npath\ncode/w"
    assert answered(machine, "powershell", line).startswith("'code/with blank'\tcode/with blank\t")
    assert answered(machine, "bash", "autovenv path code/a:") == "/\nb"
    assert answered(machine, "bash", "autovenv path code/none") == ""
    assert answered(machine, "bash", "autovenv path /dev/null/") == ""
    assert answered(machine, "bash", "autovenv path code/b") == "/\ncode/bare"
    assert "Say what is active here and why, marker by marker." in answered(
        machine, "fish", "autovenv st"
    )


def test_a_bash_that_does_not_quote(tmp_path: Path, require: Callable[[str], None]) -> None:
    """A word is put on the line as it is told where there is no compopt, as in bash 3.2."""
    require("bash")
    names = ["$(touch hacked)", "`touch hacked`", ";touch hacked;", "a b", "it's", "~", "plain"]
    told = tmp_path / "told"
    told.write_text("\n".join(["/", *names, *(f"~/{name}" for name in names)]) + "\n")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat {told}\n")
    program.chmod(0o755)
    text = hook.write_completer(shells.SHELLS["bash"], str(program))
    script = f"""enable -n compopt
    complete_it() {{ {text}
    }}
    complete_it
    eval "printf '%s\\n' ${{COMPREPLY[*]}}"
    printf '%s\\n' "${{COMPREPLY[@]: -1}}"
    """
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env={"HOME": "/h"}, capture_output=True, text=True
    )
    assert done.stdout.split("\n") == [*names, *(f"/h/{name}" for name in names), "~/plain", ""]
    assert not (tmp_path / "hacked").exists()


def test_what_takes_a_folder(tmp_path: Path) -> None:
    """Each command with a DIR."""
    machine = Machine(tmp_path)
    for words in (
        *("exec", "path", "allow", "deny", "create", "disable", "enable"),
        *("allow --forget", "allow --all-below"),
    ):
        assert answered(machine, "bash", f"autovenv {words} code/o") == "/\ncode/one", words
