"""Names for environments beside `.venv` and `venv`: which count, and what commands do with them.

What the shells make of them is in `scenarios/names.py` and test_names_in_shells.py.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

import autovenv
import trees
from autovenv import ask, paths, settings, verdict
from autovenv.cli import configuration, examinations
from autovenv.cli.case import Case, Finding
from autovenv.evidence import Evidence
from autovenv.find import markers
from test_settings import configure, run, variables
from test_trust_tracked import git
from trees import WINDOWS, Env, Folder
from unix import make_fifo, only_root

HOOK = f"zsh {autovenv.__version__}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an environment called env, one called .venv, and none in q."""
    home = tmp_path / "home"
    trees.build({"p/env": Env(), "own/.venv": Env(), "q": Folder()}, home)
    return home


def name_them(home: Path, *names: str) -> Path:
    """Write the setting into config.toml and return the file's path."""
    return configure(home, f"[environments]\nnames = {json.dumps(names)}\n")


# --- which count ---


def test_plain_names_count_each_once(home: Path) -> None:
    """In their order; the first five; what isn't plain, or is a marker anyway, is passed over."""
    for wanted, counting in (
        (["env", ".env", "env"], ("env", ".env")),
        ([".venv", "venv", ".python-version", "pyproject.toml", "mine"], ("mine",)),
        (["py-3.12", "v_1+x", "A" * 40], ("py-3.12", "v_1+x", "A" * 40)),
        (["a/b", "..", ".", "", "-x", "x.", "a b", "é", "a\n", "$x", "a'b", "A" * 41], ()),
        (["nul", "CON", "com1.txt", "aux.env", "com1"], ()),
        (list("abcdefg"), tuple("abcde")),
        ([3, ["env"], {"a": "b"}, True], ()),
        ("env", ()),
        (3, ()),
    ):
        configure(home, f"environments.names = {_as_toml(wanted)}\n")
        assert settings.find_names(variables(home)) == counting
    for text in ("", "[environments]\n", "environments = 3\n", "no TOML [", "\0"):
        configure(home, text)
        assert settings.find_names(variables(home)) == ()
    name_them(home, "mine")
    both = variables(home, AUTOVENV_NAMES=os.pathsep.join(("env", "a/b", ".env")))
    assert settings.find_names(both) == ("env", ".env")
    assert settings.find_names(variables(home, AUTOVENV_NAMES="")) == ("mine",)


def _as_toml(value: object) -> str:
    if isinstance(value, dict):
        return "{a = 'b'}"
    if isinstance(value, list):
        return f"[{', '.join(_as_toml(item) for item in value)}]"
    return json.dumps(value)


@only_root
def test_another_users_file_is_not_believed(home: Path) -> None:
    """As root with the HOME of a user, who could have any folder put on root's PATH."""
    file = name_them(home, "env")
    if sys.platform != "win32":
        os.chown(file, 65534, -1)
    assert settings.find_names(variables(home)) == ()
    assert run(home, "path").returncode == 2


@pytest.mark.skipif(WINDOWS, reason="a FIFO")
def test_a_file_that_is_none(home: Path) -> None:
    """A FIFO and a folder in its place hold nobody up."""
    file = name_them(home, "env")
    for make in (make_fifo, os.mkdir):
        file.unlink()
        make(file)
        assert settings.find_names(variables(home)) == ()
        assert run(home, "hook", "bash").stdout.startswith("[ ")
        if make is os.mkdir:
            file.rmdir()


def test_they_stand_behind_venv() -> None:
    """The shells and the helper build the same text of them, so their order is one."""
    listed = markers.list_with(("env", ".env"))
    assert listed[:6] == (".no-autovenv", ".venv", "venv", "env", ".env", ".direnv")
    assert [name for name in listed if name in markers.KINDS] == [*markers.MARKERS]


# --- told, shown and changed ---


def test_a_wrong_one_is_told_with_its_line(home: Path) -> None:
    """By `config` and by doctor; the others count all the same."""
    file = configure(home, "# mine\n[environments]\nnames = ['a/b', 'env', 'Pipfile', '-x']\n")
    plain = "up to 40 letters of ASCII, digits, `.`, `_`, `+` and `-`"
    told = [
        f"line 3: names: 'a/b' is no plain name: {plain}",
        "line 3: names: 'Pipfile' is looked for anyway, and says something else",
        f"line 3: names: '-x' is no plain name: {plain}",
    ]
    found = list(configuration.find_problems(file.read_text(), variables(home)))
    assert [problem.partition(";")[0] for problem in found] == told
    shown = run(home, "config").stdout.splitlines()
    assert [line for line in shown if "line 3" in line] == [f"{file}: {one}" for one in found]
    words = list(examinations.examine_config(Case.make(variables(home, PWD=f"{home}/p"))))
    assert [word.what for word in words if isinstance(word, Finding)] == [
        f"{file}: {one}." for one in found
    ]
    assert settings.find_names(variables(home)) == ("env",)
    for value in ("'env'", "[3]", "true"):
        [one] = configuration.find_problems(f"environments.names = {value}\n", {})
        assert one == 'line 1: names: a list of names was expected, as in ["env"]'
    [one] = configuration.find_problems(f"environments.names = {json.dumps([*'abcdef'])}\n", {})
    assert one == "line 1: names: more than 5 names: each is looked for in every folder"
    assert not [*configuration.find_problems("environments.names = ['.venv', 'venv', 'env']\n", {})]


def test_config_shows_and_changes_them(home: Path) -> None:
    """Comments stay; a wrong one is one line, exit 2, nothing is changed; open shells go on."""
    file = configure(home, "# mine\n[notes]\nshow = true # ours\n")
    told = "autovenv: this counts in new shells; those that are open go on\n"
    for arguments, value in (
        (("--add", "environments.names", "env", ".env"), '["env", ".env"]'),
        (("--add", "environments.names", "env"), '[".env", "env"]'),
        (("--remove", "environments.names", ".env"), '["env"]'),
        (("environments.names", "mine", "mine"), '["mine"]'),
    ):
        done = run(home, "config", *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", told)
        assert run(home, "config", "environments.names").stdout == f"{value}\n"
    before = file.read_text()
    assert before.startswith("# mine\n[notes]\nshow = true # ours\n")
    for wrong in ("a/b", "..", "--", "a b", ".no-autovenv"):
        done = run(home, "config", "--add", "environments.names", "--", wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"autovenv: environments.names: '{wrong}' is ")
        assert done.stderr.count("\n") == 1
    assert file.read_text() == before
    both = os.pathsep.join(("env", ".env"))
    assert (
        'names = ["env", ".env"]  (AUTOVENV_NAMES)'
        in run(home, "config", AUTOVENV_NAMES=both).stdout
    )
    assert 'names = ["mine"]  (config.toml)' in run(home, "config").stdout
    assert run(home, "config", "--unset", "environments.names").returncode == 0
    assert "environments.names = []  (default)" in run(home, "config").stdout


# --- what the commands make of them ---


def test_commands_find_it(home: Path) -> None:
    """exec, path, which, allow and status; create makes no second one; an opt-out may name it."""
    env = home / "p" / "env"
    assert run(home, "path").returncode == 2
    name_them(home, "env")
    assert run(home, "path").stdout == f"{env}\n"
    assert run(home, "which").stdout.startswith(str(env))
    shown = run(home, "exec", "--", "python", "-c", "import sys; print(sys.prefix)").stdout
    assert shown == f"{env}\n"
    assert "nothing leads there" not in run(home, "allow", str(env)).stdout
    assert f"  {env}: environment" in run(home, "status").stdout
    done = run(home, "create")
    assert (done.returncode, done.stderr) == (
        2,
        f"autovenv: there is an environment already: {env} (--clear makes it again)\n",
    )
    assert run(home, "create", "--clear").returncode == 0
    assert not (home / "p" / ".venv").exists()
    assert run(home, "path").stdout == f"{env}\n"
    trees.build({"p/.no-autovenv": "env\n", "p/sub/.venv": Env()}, home)
    assert run(home, "path").returncode == 2
    assert run(home, "path", place="p/sub").stdout == f"{home}/p/sub/.venv\n"


def test_status_and_doctor_go_by_the_shell(home: Path) -> None:
    """A shell goes on with what it was started with; doctor says where new ones differ."""
    name_them(home, "env", ".env")
    for hook, known in ((HOOK, []), (f"{HOOK} env", ["env"]), ("", ["env", ".env"])):
        here = json.loads(run(home, "status", "--json", __AUTOVENV_HOOK=hook).stdout)
        assert (here["names"], here["hook"]) == (known, HOOK if hook else "")
        assert here["verdict"]["kind"] == ("environment" if known else "none")
    shown = run(home, "status", __AUTOVENV_HOOK=f"{HOOK} env").stdout
    assert f"hook: {HOOK} (it looks for env, too)\n" in shown
    assert " venv, env, .env, .direnv" in run(home, "status", place="q").stdout
    [found] = _of_hook(home, f"{HOOK} env")
    assert found.what == (
        "This zsh looks for `.venv`, `venv`, `env`; "
        "by the setting environments.names, a new one for `.venv`, `venv`, `env`, `.env`."
    )
    assert found.command == "exec $SHELL"
    assert _of_hook(home, f"{HOOK} env .env") == []
    assert [one.command for one in _of_hook(home, "powershell 0.0.1")] == ["exit"]


def _of_hook(home: Path, hook: str) -> list[Finding]:
    case = Case.make(variables(home, PWD=f"{home}/q", __AUTOVENV_HOOK=hook))
    return [word for word in examinations.examine_hook(case) if isinstance(word, Finding)]


def test_doctor_offers_the_setting(home: Path) -> None:
    """For a name that can be looked for; where it is set already, a new shell knows it."""
    trees.build({"r/my env": Env()}, home)
    shown = run(home, "doctor", __AUTOVENV_HOOK=HOOK).stdout
    command = "autovenv config --add environments.names env"
    assert f"For all projects:  {command}\n" in shown
    assert "--add" not in run(home, "doctor", place="r", __AUTOVENV_HOOK=HOOK).stdout
    assert run(home, *command.split()[1:]).returncode == 0
    shown = run(home, "doctor", __AUTOVENV_HOOK=HOOK).stdout
    assert "a file .venv leads to another, and a new shell knows env." in shown
    assert "bears a name" not in run(home, "doctor", __AUTOVENV_HOOK=f"{HOOK} env").stdout


def test_the_rules_of_trust_are_those_of_venv(home: Path) -> None:
    """What git tracks isn't active without `allow`; `deny` denies."""
    name_them(home, "env")
    git(home, "init", "-q", "p")
    (home / "p" / "env" / ".gitignore").unlink(missing_ok=True)
    git(home / "p", "add", "-f", "env/pyvenv.cfg")
    git(home / "p", "commit", "-qm", "x")
    found = markers.walk(f"{home}/p", str(home), ("env",))
    reached = ask.decide(found, Evidence(variables(home), names=("env",)))
    assert reached.problem is not None
    assert (reached.problem.reason, reached.kind) == (verdict.NOT_TRUSTED, verdict.NONE)
    assert reached.note.startswith("not activating ~/p/env: the git repository ~/p tracks")
    assert run(home, "path").returncode == 2
    assert run(home, "allow").returncode == 0
    assert run(home, "path").returncode == 0
    assert run(home, "deny").returncode == 0
    assert run(home, "path").returncode == 2


def test_prune_goes_through_each_store(home: Path) -> None:
    """Answers are kept apart by the names that a shell knows."""
    environ = variables(home)
    for names in ((), ("env",), ("env", ".env")):
        record = Path(f"{paths.find_answers_folder(environ, names)}/gone/a", paths.RECORD_NAME)
        record.parent.mkdir(parents=True)
        record.touch()
    assert run(home, "prune").stdout.endswith(" denied, and 3 answers\n")
    assert not [*home.rglob(paths.RECORD_NAME)]
