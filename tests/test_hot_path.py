"""What the shells wait for imports next to nothing: every module is somebody's prompt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autovenv import paths, shells
from trees import ASK, WINDOWS

SOURCE = Path(__file__).parent.parent / "src" / "autovenv"

# Beside what `python -I -S -c "import os"` loads anyway: C modules that cost under 0.2 ms, and
# stat, which is os's own.
CHEAP = {"_stat", "stat", "time", "__future__", "encodings.utf_8_sig"}
# Where what it looked at is old enough for the store.
CHEAP |= {"fcntl"}

# Poetry's, pipenv's and pdm's names for environments are hashes; these are C modules, too.
HASHES = {"_md5", "_sha2", "_sha256", "binascii"}

QUESTION = {
    "autovenv",
    "autovenv.ask",
    "autovenv.budget",
    "autovenv.checks",
    "autovenv.evidence",
    "autovenv.find",
    "autovenv.find.environments",
    "autovenv.find.interpreters",
    "autovenv.find.interpreters.found",
    "autovenv.find.interpreters.managers",
    "autovenv.find.interpreters.missing",
    "autovenv.find.interpreters.system",
    "autovenv.find.markers",
    "autovenv.find.optouts",
    "autovenv.find.pins",
    "autovenv.find.places",
    "autovenv.find.reach",
    "autovenv.find.versions",
    "autovenv.folders",
    "autovenv.note",
    "autovenv.pasting",
    "autovenv.paths",
    "autovenv.quoting",
    "autovenv.reading",
    "autovenv.record",
    "autovenv.replacing",
    "autovenv.settings",
    "autovenv.store",
    "autovenv.text",
    "autovenv.toolbox",
    "autovenv.verdict",
}
# Where there is an environment: may it be on PATH?
TRUST = {
    "autovenv.find.words",
    "autovenv.git",
    "autovenv.git.index",
    "autovenv.git.repositories",
    "autovenv.trust",
    "autovenv.trust.born",
    "autovenv.trust.interpreter",
    "autovenv.trust.machine",
    "autovenv.trust.made",
    "autovenv.trust.owners",
    "autovenv.trust.recorded",
}
if WINDOWS:  # PEP 514's keys; whose a file is
    REGISTRY = {"interpreters.windows"}
    QUESTION |= {f"autovenv.find.{name}" for name in REGISTRY}
    TRUST |= {"autovenv.trust.windows"}
    HASHES |= {"ctypes", "ctypes._endian", "_ctypes", "struct", "_struct", "types", "winreg"}
else:
    REGISTRY = set[str]()

HOOK = {
    "autovenv",
    "autovenv.checks",
    "autovenv.find",
    "autovenv.find.markers",
    "autovenv.hook",
    "autovenv.paths",
    "autovenv.quoting",
    "autovenv.shells",
    "autovenv.toolbox",
}


def traced(*arguments: str) -> list[str]:
    """Return what a Python started as the shells start it says of its own doings (-v)."""
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-v", *arguments],
        capture_output=True,
        check=True,
    )
    return answer.stderr.decode(errors="replace").splitlines()


def loaded(*arguments: str) -> set[str]:
    """Return the modules that a command loads: -v is the one list that nothing can hide from."""
    lines = traced(*arguments)
    return {line.split("'")[1] for line in lines if line.startswith("import '")}


def own(arguments: list[str]) -> set[str]:
    """Return what a command loads beside what a bare `import os` loads."""
    return loaded(*_start(arguments[0]), *arguments) - loaded("-c", "import os") - CHEAP


def _start(command: str) -> list[str]:
    """Return what starts a command: on Windows `ask` has no limit on a wait, which Wine exceeds."""
    main = str(SOURCE / "__main__.py")
    if not WINDOWS or command != "ask":
        return [main]
    code = (
        f"import sys; sys.path.insert(0, {str(SOURCE.parent)!r}); "
        "from autovenv import budget; budget.WAIT = 60.0; "
        f"__file__ = {main!r}; exec(open(__file__).read())"
    )
    return ["-c", code]


def test_the_question_loads_only_what_is_on_the_list(tmp_path: Path) -> None:
    """`ask` imports os, sys, a few cheap C modules and its own rooms, and nothing else."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".python-version").write_text("3.99\n")
    assert own([*ASK, str(tmp_path / "answers"), str(tmp_path)]) - HASHES == QUESTION


def test_an_environment_loads_the_rules_of_trust(tmp_path: Path) -> None:
    """What excuses there are is read only where a rule seems to fail."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    no_pin = {"interpreters", "interpreters.found", "interpreters.managers", "interpreters.missing"}
    no_pin |= {"interpreters.system", "pins", "places", "versions"} | REGISTRY
    without_pin = QUESTION - {f"autovenv.find.{name}" for name in no_pin}
    without_pin -= {
        "autovenv.note",
        "autovenv.pasting",
        "autovenv.quoting",
    }  # there is nothing to tell
    modules = own([*ASK, str(tmp_path / "answers"), str(tmp_path)])
    assert modules - HASHES == without_pin | TRUST


def test_a_tools_project_loads_nothing_but_rooms_of_our_own(tmp_path: Path) -> None:
    """Who keeps environments elsewhere is asked where there is a sign of it, and as cheaply."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "p"\n')
    (tmp_path / "Pipfile").touch()
    (tmp_path / ".pdm-python").touch()
    modules = own([*ASK, "", str(tmp_path)])
    assert "autovenv.find.tools" in modules
    assert {name for name in modules if not name.startswith("autovenv")} <= HASHES


@pytest.mark.parametrize("shell", shells.SHELLS)
def test_the_hook_loads_only_what_is_on_the_list(
    shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`hook SHELL` is in every new shell's start: it doesn't reach click."""
    monkeypatch.delenv("AUTOVENV_NAMES", raising=False)
    for variable in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert own(["hook", shell]) == HOOK


def test_the_settings_are_loaded_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a variable, or by config.toml, and the hook has the user's own names then."""
    for variable in ("XDG_CONFIG_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("AUTOVENV_NAMES", "mine")
    read = {"autovenv.settings", "autovenv.reading"}
    assert own(["hook", "bash"]) == HOOK | read
    monkeypatch.delenv("AUTOVENV_NAMES")
    config = Path(paths.find_config_file(os.environ))
    config.parent.mkdir(parents=True)
    config.write_text('[environments]\nnames = ["mine"]\n')
    assert own(["hook", "bash"]) == HOOK | read | {"autovenv.folders", "autovenv.toml"}


@pytest.mark.parametrize("command", [(*ASK, ""), ("hook", "bash")])
def test_nothing_is_tidied_up(command: tuple[str, ...], tmp_path: Path) -> None:
    """Python's own tidying up at the end would be a tenth of what a prompt waits."""
    asked = [*command, str(tmp_path)] if command[0] == "ask" else command
    assert not [line for line in traced(str(SOURCE / "__main__.py"), *asked) if "# clear" in line]
    assert [line for line in traced("-c", "pass") if "# clear" in line]


def test_the_question_runs_without_an_environment(tmp_path: Path) -> None:
    """A shell with no variable at all, not even HOME, gets an answer and no traceback."""
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", str(SOURCE / "__main__.py"), *ASK, "", "/"],
        env={},
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    assert answer.stdout.endswith(b"\nend\n")
    assert answer.stderr == b""
    assert os.listdir(tmp_path) == []
