"""Environments that the real tools for Windows make, found where they say that they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

import trees
from autovenv import ask
from autovenv import verdict as verdicts
from autovenv.evidence import Evidence
from autovenv.find import markers

if sys.platform != "win32":
    pytest.skip("the tools for Windows", allow_module_level=True)

# Where `tools/windows/check --tools` puts each, by Windows' pip.
TOOLS = Path(r"C:\tools")

PROJECT = '[project]\nname = "My_App.x"\nversion = "0"\nrequires-python = ">=3.9"\n'
HATCH = "[tool.hatch.envs.default]\nskip-install = true\n"


@dataclass(frozen=True)
class Tool:
    """How a tool makes a project's environment, and says where it is."""

    name: str
    file: str
    text: str
    make: list[str]
    say: list[str]


ALL = [
    Tool(
        "poetry",
        "pyproject.toml",
        PROJECT,
        ["env", "use", trees.BASE_PYTHON],
        ["env", "info", "-p"],
    ),
    Tool("pipenv", "Pipfile", "[packages]\n", ["--python", trees.BASE_PYTHON], ["--venv"]),
    Tool("hatch", "pyproject.toml", PROJECT + HATCH, ["env", "create"], ["env", "find"]),
    Tool(
        "pdm",
        "pyproject.toml",
        PROJECT + "[tool.pdm]\ndistribution = false\n",
        ["venv", "create", "--name", "mine", trees.BASE_PYTHON],
        ["venv", "--path", "mine"],
    ),
]


def run(tool: Tool, arguments: list[str], project: Path) -> str:
    """Run a tool in the project, without the network; return the last line that it prints."""
    quiet = {"NO_COLOR": "1", "COLUMNS": "1000", "PYTHONUTF8": "1"}
    offline = {"PIP_NO_INDEX": "1", "VIRTUALENV_NO_SEED": "1", "PDM_CHECK_UPDATE": "0"}
    done = subprocess.run(
        [str(TOOLS / tool.name / "Scripts" / f"{tool.name}.exe"), *arguments],
        cwd=project,
        env={**os.environ, **quiet, **offline},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().rpartition("\n")[2].strip()


def decide(folder: str) -> verdicts.Verdict:
    """Decide as the helper does for a PowerShell of this user that stands in `folder`."""
    evidence = Evidence(dict(os.environ))
    return ask.decide(markers.walk(folder, os.environ["USERPROFILE"]), evidence, "powershell")


@pytest.mark.parametrize("tool", ALL, ids=[tool.name for tool in ALL])
def test_what_a_tool_makes(tool: Tool, tmp_path: Path) -> None:
    """It is active there, from below and in another case.

    The user is the real one: whatever variables say, most of the tools ask Windows for its folders.
    So the project has a name that no other run has.
    """
    if not (TOOLS / tool.name / "requirement").is_file():
        pytest.skip(f"{tool.name} isn't in {TOOLS} (tools/windows/check --tools)")
    project = tmp_path / f"My Project {uuid.uuid4().hex[:8]}"
    (project / "src").mkdir(parents=True)
    (project / tool.file).write_text(tool.text)
    assert decide(str(project)).kind == "none"
    run(tool, tool.make, project)
    (project / ".python-version").unlink(missing_ok=True)
    there = run(tool, tool.say, project)
    try:
        assert os.path.isfile(os.path.join(there, "Scripts", "python.exe")), there
        same = (str(project), project.as_posix(), str(project / "src"), str(project).upper())
        for folder in same:
            found = decide(folder)
            assert found.kind == "environment", (folder, found.note)
            assert os.path.normcase(found.environment) == os.path.normcase(there)
            assert found.folder == rf"{found.environment}\Scripts"
    finally:
        shutil.rmtree(there, ignore_errors=True)
