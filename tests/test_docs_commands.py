"""Each command in the documents is run, or has a reason why it isn't.

The sessions of `console` blocks are test_docs.py's. Here are the other blocks: each line that is a
command is run by its own shell in a home with a project, and must end well; or it is in NOT_RUN,
with why. In text, each option that is written behind a command is one of that command's.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import beside
import trees
import unix
from autovenv.cli import COMMANDS
from autovenv.cli import main as group
from test_docs import BLOCK, BY_THE_SHELL, DOCS, names
from test_hot_path import SOURCE
from trees import Env, Folder

# What a line that is a command begins with; others are file names, output, a table or a file.
BEGINS = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:(?:autovenv|eval|git|sh|powershell|rsync|pytest|python|CMD|RUN) +(?!is)"
    r"|\"\$\(autovenv|\./check|tools/\w|bench/\w|\.cache/|Set-|Get-|\(Get-|\. \(|\*/5|ExecStart="
    r"|- run:|\.venv/)"
)

# What isn't run, by what it begins with, and why.
NOT_RUN = {
    "git clone <": "the repository has no address yet",
    "git pull": "it takes a remote; install.sh, which follows, has tests of its own",
    "sh install.sh": "tests/test_install_script.py runs it, with each of these options",
    "sh autovenv/install.sh": "the same",
    "powershell -ExecutionPolicy": "tests/test_install_ps1.py runs it",
    ". ([scriptblock]": "tests/drivers starts PowerShell so, for every row of the table",
    "autovenv complete powershell": "tests/test_completions.py",
    "Set-AuthenticodeSignature": "it takes Windows and a certificate",
    "Get-ChildItem Cert:": "the same",
    "(Get-AuthenticodeSignature": "the same",
    "autovenv create --python": "it installs from the index; tests/test_create.py has the options",
    '"$(autovenv which)" -m pip': "it installs a project; tests/test_run.py has `which`",
    "rsync": "not everybody has it; tests/test_run.py has `path`",
    "CMD [": "it takes Docker; tests/test_run.py runs the same call",
    "RUN ": "it takes Docker",
    ".venv/bin/python -m pytest": "what a Makefile of the reader's may have",
    "./check": "it would run this very test",
    ".cache/check/bin/pytest": "the same",
    "pytest": "the same; AUTOVENV_FUZZ=100 takes hours",
    "AUTOVENV_FUZZ=": "the same",
    "tools/ablate": "what is in brackets is to be chosen; it takes hours",
    "tools/windows/check": "it takes Wine, and CI runs it",
    "python tools/manifests.py": "tests/test_docs.py calls it with a release of its own",
    "python -I -S": "what the hooks run; tests/test_ask.py and each row run it",
}

# Options that the hooks give, and the program reads before click is imported.
HIDDEN = {"hook": {"--keep"}}

# A shell other than sh, by what stands in the line.
SHELLS = {
    "hook zsh": ["zsh", "-fc"],
    "hook fish": ["fish", "--no-config", "-c"],
    "hook bash": ["bash", "--norc", "-c"],
}

OPTION = re.compile(r"(?<=\s)(--[a-z][a-z-]+)")


def list_blocks(text: str) -> list[str]:
    """Return the blocks of a page that aren't sessions: fenced ones and indented ones."""
    found = [body for _, kind, body in BLOCK.findall(text) if kind != "console"]
    for part in re.split(r"\n\s*\n", BLOCK.sub("\n\n", text)):
        if all(line.startswith("    ") for line in part.splitlines()):
            found.append(part)
    return found


def list_commands(text: str) -> list[str]:
    """Return the lines of a page's blocks that are commands, without the comments behind them."""
    lines = [line.strip() for block in list_blocks(text) for line in block.splitlines()]
    return [re.split(r"\s+# ", line)[0] for line in lines if BEGINS.match(line)]


def find_reason(line: str) -> str:
    """Return why a line isn't run; empty where it is."""
    return next((NOT_RUN[start] for start in NOT_RUN if line.startswith(start)), "")


PAGES = {doc: list_commands(doc.read_text(encoding="utf-8")) for doc in DOCS}
RUN = [doc for doc, lines in PAGES.items() if not all(map(find_reason, lines))]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the command, a project shop, a repository, and the folders that pages name."""
    home = tmp_path / "ada"
    folders = ("empty", "src/vendor", "mnt", ".local/share/bash-completion/completions")
    extra = (".zfunc", ".config/fish/completions")
    trees.build({"shop/.venv": Env()} | {name: Folder() for name in folders + extra}, home)
    (home / "shop" / "shop").mkdir()
    for name in ("__main__", "jobs"):
        (home / "shop" / "shop" / f"{name}.py").write_text("import sys; print(sys.prefix)\n")
    subprocess.run(["git", "init", "--quiet", home / "src" / "vendor"], check=True)
    command = home / ".local" / "bin" / "autovenv"
    command.parent.mkdir()
    ours = shlex.join([sys.executable, "-I", str(SOURCE / "__main__.py")])
    command.write_text(f'#!/bin/sh\nexec {ours} "$@"\n')
    command.chmod(0o755)
    return home


def run(line: str, home: Path) -> subprocess.CompletedProcess[str] | None:
    """Run a line as its page means it; None where its shell isn't there."""
    place = home / ("empty" if line.startswith("autovenv create") else "shop")
    path = f"{home}/.local/bin:{Path(sys.executable).parent}:/usr/bin:/bin"
    if line.startswith("*/5"):
        line, place, path = line.split(None, 5)[5], home, "/usr/bin:/bin"  # cron's own PATH
    line = line.removeprefix("ExecStart=").removeprefix("- run: ").replace("/home/ada", str(home))
    command = next((SHELLS[part] for part in SHELLS if part in line), ["sh", "-c"])
    program = shutil.which(command[0])
    if program is None:
        return None
    environ = {"HOME": str(home), "PATH": path, "GITHUB_PATH": str(home / "path")}
    return subprocess.run(
        [program, *command[1:], line],
        cwd=place,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@unix.alone("the pages are about POSIX shells")
@pytest.mark.parametrize("doc", RUN, ids=names(RUN))
def test_each_command_of_a_block_ends_well(doc: Path, home: Path) -> None:
    """Exit status 0 and nothing on stderr; doctor's is 2, as there is no shell with the hook."""
    wrong = []
    for line in PAGES[doc]:
        if find_reason(line):
            continue
        done = run(line, home)
        if done is None:
            continue
        # What create runs has output of its own.
        silent = not done.stderr or line.startswith("autovenv create")
        if done.returncode != 2 * line.startswith("autovenv doctor") or not silent:
            wrong.append(f"{line}: {done.returncode} {done.stderr}")
        if "-m shop" in line and done.stdout.strip() != f"{home}/shop/.venv":
            wrong.append(f"{line}: {done.stdout}")
    assert wrong == []


def test_each_reason_is_somebodys() -> None:
    """A line that no page has any more needs no reason."""
    lines = [line for listed in PAGES.values() for line in listed]
    assert [
        start for start in NOT_RUN if not any(map(str.startswith, lines, [start] * len(lines)))
    ] == []


def test_what_is_a_command() -> None:
    """Lines of blocks, fenced and indented, without comments; no sessions, no output."""
    text = (
        "a page\n\n    autovenv doctor   # why\n    active: x\n\n```sh\ngit pull\n```\n\n"
        "```console\n$ autovenv on\n```\n"
    )
    assert list_commands(text) == ["git pull", "autovenv doctor"]


# What docs/coming-from.md has people write for another tool, and a file of it that knows the word.
SWITCHES = {
    "vf rmplugins": ("virtualfish/lib/*/site-packages/virtualfish/virtual.fish", "__vf_rmplugins"),
    "ZSH_PYENV_VIRTUALENV=false": (
        "ohmyzsh/plugins/pyenv/*.zsh",
        '"$ZSH_PYENV_VIRTUALENV" != false',
    ),
    "DISABLE_VENV_CD=1": ("ohmyzsh/plugins/virtualenvwrapper/*.zsh", "$DISABLE_VENV_CD -eq 1"),
    "zstyle ':omz:plugins:pipenv' auto-shell no": (
        "ohmyzsh/plugins/pipenv/*.zsh",
        "zstyle -T ':omz:plugins:pipenv' auto-shell",
    ),
    "`PYTHON_AUTO_VRUN`": ("ohmyzsh/plugins/python/*.zsh", '"$PYTHON_AUTO_VRUN" == "true"'),
}


@pytest.mark.parametrize("written", SWITCHES)
def test_what_is_to_be_deleted_is_known_to_the_tool(written: str) -> None:
    """The page of those who come from another tool names switches that the tool reads."""
    page = next(doc for doc in DOCS if doc.name == "coming-from.md").read_text(encoding="utf-8")
    assert written in page
    pattern, word = SWITCHES[written]
    name, _, rest = pattern.partition("/")
    folder = beside.installed(name) if name == "virtualfish" else beside.checkout(name)
    assert any(word in file.read_text(encoding="utf-8") for file in folder.glob(rest))


def find_unknown_options(text: str) -> list[str]:
    """Return what a text writes behind a command of ours and isn't an option of it."""
    wrong = []
    for name, rest in re.findall(r"[`$\s]autovenv ([a-z]+)\b([^`\n|;&]*)", f" {text}"):
        if name in BY_THE_SHELL or name not in COMMANDS:
            continue
        command = group.get_command(click.Context(group), name)
        assert command is not None
        known = HIDDEN.get(name, set()) | {"--help"}
        known |= {
            option for param in command.params for option in param.opts + param.secondary_opts
        }
        own = rest.split(" -- ")[0].split("  #")[0]
        wrong += [
            f"autovenv {name} {option}" for option in OPTION.findall(own) if option not in known
        ]
    return wrong


@pytest.mark.parametrize("doc", DOCS, ids=names(DOCS))
def test_each_option_in_a_document_is_one(doc: Path) -> None:
    """`autovenv COMMAND --option`, in text and in blocks."""
    assert find_unknown_options(doc.read_text(encoding="utf-8")) == []


def test_an_option_that_isnt_there_is_found() -> None:
    """A test that can't fail shows nothing."""
    assert find_unknown_options("`autovenv doctor --repair`") == ["autovenv doctor --repair"]
    assert (
        find_unknown_options("`autovenv exec p -- python --version`, `autovenv doctor --fix`") == []
    )
