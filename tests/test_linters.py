"""Every shell's own linter passes its file, as it stands and filled in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from autovenv import hook, quoting, shells

ROOT = Path(__file__).parent.parent
SHELL = ROOT / "shell"
SCRIPTS = [
    str(ROOT / name)
    for name in (
        *("check", ".ci/run", "install.sh", "tools/debian", "tools/environments"),
        *("tools/windows/check", "tools/windows/setup"),
    )
]

SHELLCHECK_EXCEPTIONS = {
    "SC2016": "the label and the steps stand in PS1 and PROMPT_COMMAND as unexpanded variables",
    "SC2034": "what is exported is for others, and a name alone on `export` is read there",
    "SC2043": "a bare token is one word until it is filled in",
    "SC2119": "`deactivate` has an optional argument",
    "SC2120": "the user, or an editor, gives it",
    "SC2178": "PROMPT_COMMAND may be an array or a string",
    "SC2317": "functions are called by bash, through PROMPT_COMMAND",
}


def tool(name: str) -> str:
    """Return the linter's path; a missing one is a skip, or a failure in CI."""
    path = shutil.which(name)
    if path is None and os.environ.get("AUTOVENV_REQUIRE_SHELLS"):
        pytest.fail(f"{name} is not installed")
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def passes(*command: str) -> None:
    """Run a linter that has to say nothing and succeed."""
    result = subprocess.run(command, capture_output=True, text=True)
    assert (result.stdout + result.stderr, result.returncode) == ("", 0)


@pytest.fixture(params=["raw", "filled in"])
def bash_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The bash file, or what bash evaluates of it."""
    return variant("bash", request.param, tmp_path)


@pytest.fixture(params=["raw", "filled in"])
def zsh_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The zsh file, or what zsh evaluates of it."""
    return variant("zsh", request.param, tmp_path)


@pytest.fixture(params=["raw", "filled in"])
def fish_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The fish file, or what fish evaluates of it."""
    return variant("fish", request.param, tmp_path)


def variant(shell: str, kind: str, folder: Path) -> str:
    """Return the path of a shell's file as it stands, or of its text with the tokens filled in."""
    file_name = shells.SHELLS[shell].template
    if kind == "raw":
        return str(SHELL / file_name)
    filled_in = folder / file_name
    filled_in.write_text(hook.write_body(shell))
    return str(filled_in)


def test_bash_parses(bash_file: str) -> None:
    """Bash itself reads it without a word."""
    passes(tool("bash"), "-n", bash_file)


def test_shellcheck(bash_file: str) -> None:
    """Shellcheck has nothing to say; each exception stands in the file with its reason."""
    passes(
        tool("shellcheck"),
        "--shell=bash",
        f"--exclude={','.join(SHELLCHECK_EXCEPTIONS)}",
        bash_file,
    )


@pytest.mark.parametrize("file_name", ["kept.sh", "load.bash", "complete.bash"])
def test_what_is_around_the_hook_passes_shellcheck(file_name: str) -> None:
    """What the rc file gets, and what a kept hook begins and ends with; zsh has the former, too."""
    passes(tool("bash"), "-n", str(SHELL / file_name))
    passes(tool("shellcheck"), "--shell=bash", "--exclude=SC2016", str(SHELL / file_name))


def test_shfmt() -> None:
    """The files for bash and the scripts are formatted."""
    files = [
        str(SHELL / name)
        for name in ("autovenv.bash", "autovenv.sh", "kept.sh", "load.bash", "complete.bash")
    ]
    passes(tool("shfmt"), "-i", "2", "-ci", "-d", *files, *SCRIPTS)


def test_scripts() -> None:
    """The project's own scripts pass shellcheck."""
    passes(tool("shellcheck"), *SCRIPTS)


def test_zsh_parses(zsh_file: str) -> None:
    """Zsh itself reads it without a word."""
    passes(tool("zsh"), "-f", "-n", zsh_file)


def test_fish_parses(fish_file: str) -> None:
    """Fish itself reads it without a word."""
    passes(tool("fish"), "--no-config", "--no-execute", fish_file)


@pytest.mark.parametrize("file_name", ["kept.sh", "load.zsh", "complete.zsh"])
def test_zsh_parses_what_is_around_the_hook(file_name: str) -> None:
    """Zsh itself reads both without a word."""
    passes(tool("zsh"), "-f", "-n", str(SHELL / file_name))


@pytest.mark.parametrize("file_name", ["autovenv.fish", "kept.fish", "load.fish", "complete.fish"])
def test_fish_is_formatted(file_name: str) -> None:
    """Each fish file parses, and is as fish_indent would write it."""
    passes(tool("fish"), "--no-config", "--no-execute", str(SHELL / file_name))
    passes(tool("fish_indent"), "--check", str(SHELL / file_name))


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_every_token_is_filled_in(shell: str) -> None:
    """No __TOKEN__ is left, in the head or in the body."""
    assert re.findall(r"__[A-Z]+_*[A-Z]*__(?!\w)", hook.fill_in(shell)) == []


def test_fish_reads_each_function_as_a_text_of_its_own() -> None:
    """In one text, fish counts all lines before a function's, each time that one is called."""
    functions = re.findall(r"(?m)^function (\S+)", (SHELL / "autovenv.fish").read_text())
    assert re.findall(r"(?m)^builtin eval 'function (\S+)", hook.fill_in("fish")) == functions


def test_the_powershell_hook_is_ascii() -> None:
    """Windows PowerShell 5.1 reads text in the code page of the machine."""
    assert hook.fill_in("powershell").isascii()
    assert quoting.quote_powershell("caf\u00e9 'x' \U0001f40d") == (
        "('caf' + [char]0x00e9 + ' ''x'' ' + [char]0xd83d + [char]0xdc0d + '')"
    )
