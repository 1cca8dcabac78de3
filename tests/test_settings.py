"""The settings: config.toml and its variables, `config`, `disable` and `enable`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import trees
from autovenv import ask, checks, cli, paths, record, settings
from autovenv.checks import VARIABLES
from autovenv.cli import configuration
from autovenv.evidence import Evidence
from autovenv.find import markers
from autovenv.verdict import NONE, OPTED_OUT, Verdict
from test_hot_path import SOURCE
from trees import Env, Folder

MAIN = [sys.executable, "-I", str(SOURCE / "__main__.py")]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the project p, a broken one, and no config.toml."""
    home = tmp_path / "home"
    trees.build({"p/.venv": Env(), "broken/.venv": Env(lacks=("bin/python",))}, home)
    return home


def variables(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a user who has set nothing else."""
    given = trees.user(home) | {"PATH": os.environ["PATH"]}
    return trees.system_variables() | given | more


def decide(home: Path, place: str, **more: str) -> Verdict:
    """Return the verdict on a place in the home."""
    environ = variables(home, **more)
    return ask.decide(markers.walk(f"{home}/{place}", str(home)), Evidence(environ))


def configure(home: Path, text: str) -> Path:
    """Write config.toml and return its path."""
    path = Path(paths.find_config_file(variables(home)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def run(
    home: Path, *arguments: str, place: str = "p", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in a place in the home; on Windows these in this process.

    A start of Python takes Wine seconds.
    """
    if trees.WINDOWS and arguments[0] in ("config", "disable", "enable"):
        environ = dict.fromkeys(os.environ) | variables(home, **more)
        with contextlib.chdir(home / place):
            done = CliRunner().invoke(cli.main, arguments, env=environ)
        return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)
    return subprocess.run(
        [*MAIN, *arguments],
        cwd=home / place,
        env=variables(home, **more),
        capture_output=True,
        text=True,
    )


# --- what they do ---


def test_what_each_setting_does(home: Path) -> None:
    """In the file, and by the variable that comes before it."""
    version = decide(home, "p").candidate
    assert version is not None
    path = home / "p" / ".venv"
    for text, variable in (
        ("[notes]\nshow = false\n", {"AUTOVENV_NOTES": "off"}),
        ("[notes]\nswitch = true\n", {"AUTOVENV_SWITCH": "on"}),
        ("[notes]\nswitch = 'in {name}: {version}'\n", {"AUTOVENV_SWITCH": "in {name}: {version}"}),
        ("[prompt]\nlabel = '{name} {version}'\n", {"AUTOVENV_LABEL": "{name} {version}"}),
        ("[prompt]\nlabel = false\n", {"AUTOVENV_LABEL": "off"}),
        (f"[ignore]\nfolders = ['{home}/p/']\n", {"AUTOVENV_IGNORE": f"{home}/p"}),
        ("[ignore]\nfolders = ['~/p']\n", {"AUTOVENV_IGNORE": f"/a{os.pathsep}~/p"}),
    ):
        configure(home, "")
        by_variable = [decide(home, place, **variable) for place in ("p", "broken")]
        file = configure(home, text)
        by_file = [decide(home, place) for place in ("p", "broken")]
        file.unlink()
        for one, other in zip(by_variable, by_file, strict=True):
            assert (one.kind, one.note, one.label) == (other.kind, other.note, other.label)
        inner, broken = by_file
        if "show" in text:
            assert broken.note == ""
            assert broken.problem is not None
        elif "true" in text:
            assert inner.note == f"activated {path} (Python {version.version})"
            assert "its interpreter is gone" in broken.note
        elif "in {" in text:
            assert inner.note == f"in p: {version.version}"
        elif "label" in text:
            assert inner.label == ("" if "false" in text else f"p {version.version}")
        else:
            assert inner.kind == NONE
            assert inner.problem is not None
            assert inner.problem.reason == OPTED_OUT
            assert broken.problem is not None
            assert broken.problem.reason != OPTED_OUT


def test_what_is_not_understood_is_as_if_it_were_not_there(home: Path) -> None:
    """A wrong type, another TOML, a folder or a file of bytes in its place."""
    usual = decide(home, "p")
    for text in (
        "[notes]\nshow = 3\nswitch = 3\n[prompt]\nlabel = []\n[ignore]\nfolders = 'a'\n",
        "[ignore]\nfolders = [3, 'relative', '']\n",
        "notes = 3\nprompt = []\nignore = 'x'\n",
        "no TOML [",
        "\0\0",
    ):
        configure(home, text)
        reached = decide(home, "p")
        assert (reached.kind, reached.label, reached.note) == (usual.kind, usual.label, "")
    file = configure(home, "")
    file.unlink()
    file.mkdir()
    assert decide(home, "p").kind == usual.kind


def test_where_a_change_is_seen(home: Path) -> None:
    """The file is compared on the next entry alone, the variables at each prompt, as one text."""
    evidence = Evidence(variables(home))
    reached = ask.decide(markers.walk(f"{home}/p", str(home)), evidence)
    made = record.list_checks(reached, evidence)
    at = made.index((checks.STANDING, ""))
    assert (checks.ABSENT, paths.find_config_file(variables(home))) in made[:at]
    names = [setting[2] for setting in (settings.NOTES, settings.SWITCH, settings.LABEL)]
    assert {*names, settings.IGNORED[2]} <= set(checks.COMMON) <= set(VARIABLES)
    (text,) = (what for kind, what in made[at:] if kind == checks.COMMON_ONES)
    assert text.startswith(f"HOME={variables(home).get('HOME', '')}\n")
    assert tuple(line.partition("=")[0] for line in text.splitlines()) == checks.COMMON


# --- an opt-out that names what it is for ---


@pytest.mark.parametrize(
    ("text", "is_for_all"),
    [
        ("", True),
        ("# a comment\n\n", True),
        (".venv\n", False),
        (" .venv \n# why\n", False),
        ("see the README\n", True),
        (".venv\nelse\n", True),
    ],
)
def test_an_opt_out_may_name_markers(home: Path, text: str, is_for_all: bool) -> None:
    """These alone don't count there and below; what isn't understood is for all."""
    trees.build({"p/q/venv": Env(), "p/venv": Env(), "venv": Env()}, home)
    (home / "p" / ".no-autovenv").write_text(text)
    expected = "" if is_for_all else str(home / "p" / "venv")
    assert decide(home, "p").environment == expected
    assert decide(home, "p/q").environment == (str(home / "p/q/venv") if expected else "")
    assert decide(home, "").environment == str(home / "venv")


# --- config ---


def test_config_shows_and_changes(home: Path) -> None:
    """Each setting with where it comes from; comments in the file stay."""
    file = configure(home, "# mine\n[trust]\nfolders = ['~/team'] # ours\n")
    listed = run(home, "config", AUTOVENV_NOTES="off").stdout.splitlines()
    assert listed[0] == 'trust.folders = ["~/team"]  (config.toml)'
    assert "notes.show = false  (AUTOVENV_NOTES)" in listed
    assert listed[-1] == f"file: {file}"
    assert {line.partition(" = ")[0] for line in listed[:-1]} == {
        ".".join(setting) for setting in configuration.KNOWN
    }
    for arguments in (
        ("prompt.label", "{name} {version}"),
        ("notes.switch", "on"),
        ("--add", "ignore.folders", "~/mnt", "sub"),
        ("--remove", "ignore.folders", "~/mnt"),
        ("notes.show", "off"),
        ("--unset", "notes.show"),
    ):
        done = run(home, "config", *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = file.read_text()
    assert text.startswith("# mine\n[trust]\nfolders = ['~/team'] # ours\n")
    assert list(configuration.find_problems(text, variables(home))) == []
    for name, value in (
        ("prompt.label", '"{name} {version}"'),
        ("notes.switch", "true"),
        ("notes.show", "true"),
        ("ignore.folders", json.dumps([str(home / "p" / "sub")])),
    ):
        assert run(home, "config", name).stdout == f"{value}\n"
    assert decide(home, "p").label.startswith("p 3")


def test_a_wrong_setting(home: Path) -> None:
    """One line, exit 2, and nothing is changed; one in the file is told with its line."""
    file = configure(home, "[notes]\nshow = true\n")
    for arguments, said in (
        (["prompt.labl", "x"], "prompt.labl is no setting: did you mean prompt.label?"),
        (["notes.show", "maybe"], "notes.show: true or false was expected"),
        (["prompt.label", "{nam}"], "prompt.label: {nam} isn't known in a form"),
        (["prompt.label", "a", "b"], "prompt.label takes one VALUE"),
        (["--add", "notes.show", "x"], "notes.show is no list"),
        (["--add", "ignore.folders"], "a VALUE is missing"),
        (["--unset"], "a SETTING is missing"),
        (["--add", "--remove", "ignore.folders", "x"], "--add, --remove and --unset exclude"),
    ):
        done = run(home, "config", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert done.stderr.startswith(f"autovenv: {said}")
        assert done.stderr.count("\n") == 1
    assert file.read_text() == "[notes]\nshow = true\n"
    file.write_text("[notes]\n\nshow = 3\n")
    done = run(home, "config", "notes.switch", "on")
    told = f"autovenv: {file}: line 3: show: true or false was expected; nothing was changed\n"
    assert (done.returncode, done.stderr) == (1, told)
    assert f"{file}: line 3: show: true or false was expected" in run(home, "config").stdout


# --- disable, enable ---


def test_disable_and_enable(home: Path) -> None:
    """By the opt-out file; kept out of git; in config.toml. enable undoes each."""
    if shutil.which("git") is None:
        pytest.skip("git is missing")
    project = home / "p"
    subprocess.run(["git", "init", "-q", project], check=True)
    (project / "sub").mkdir()
    clean = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=project, capture_output=True, check=True
    ).stdout
    exclude = project / ".git" / "info" / "exclude"
    before = exclude.read_bytes()
    for options, written in (
        ([], [".no-autovenv"]),
        (["--local"], []),
        (["--user"], []),
        (["--local", "sub"], []),
    ):
        assert run(home, "disable", *options).returncode == 0
        place = "p/sub" if "sub" in options else "p"
        assert decide(home, place).kind == NONE
        status = subprocess.run(
            ["git", "status", "--porcelain", "-uall"], cwd=project, capture_output=True, check=True
        ).stdout
        new = set(status.splitlines()) - set(clean.splitlines())
        assert new == {f"?? {name}".encode() for name in written}
        assert run(home, "enable", *options[1:]).returncode == 0
        assert decide(home, "p").kind != NONE
        assert exclude.read_bytes() == before
    done = run(home, "enable")
    assert (done.returncode, done.stderr) == (2, f"autovenv: {project} isn't disabled\n")


def test_what_cannot_be_disabled(home: Path) -> None:
    """A DIR that is none, --local outside of git, an opt-out with text: one line, exit 2."""
    trees.build({"q": Folder(), "r/.no-autovenv": ".venv\n"}, home)
    (home / "file").touch()
    before = sorted(home.rglob("*"))
    for arguments, said in (
        (["disable", "nowhere"], f"{home / 'nowhere'} isn't there"),
        (["disable", "file"], f"{home / 'file'} is no folder"),
        (["enable", "nowhere"], f"{home / 'nowhere'} isn't there"),
        (["disable", "--local", "q"], f"--local: {home / 'q'} is in no git repository"),
        (["disable", "--local", "--user", "q"], "--local and --user exclude each other"),
        (["enable", "r"], f"{home / 'r' / '.no-autovenv'} isn't empty: edit or remove it yourself"),
    ):
        done = run(home, *arguments, place="")
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"autovenv: {said}\n")
    assert sorted(home.rglob("*")) == before
