"""What the tests share: which shells there are, which tests are run, and what came of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from autovenv import budget
from drivers import SHELLS
from report import collect, write

# What an older Python needn't run: another program does the work there, whichever Python that has,
# or nothing of ours is run at all. Whole files, and single functions of others.
ANY_PYTHON = {
    "test_collecting.py": "collects the tests",
    "test_commands.py::test_a_bad_folder": "runs each command, to compare what it says of a folder",
    "test_create.py::test_by_the_projects_own_tool": "runs Poetry and its like",
    "test_create.py::test_requirements_are_offered": "runs pip",
    "test_docs.py": "compares documents with the tree",
    "test_docs_commands.py": "compares documents with the commands",
    "test_docs_sentences.py": "counts documents' words",
    "test_environments.py::test_another_script_tells_the_place_as_well": "runs virtualenv",
    "test_environments.py::test_another_tools_place_is_read_in_every_form": "runs virtualenv, uv",
    "test_faults_writing.py::test_install_killed_at_any_point": "stops it at each call",
    "test_install_ps1.py": "runs a script of PowerShell's",
    "test_install_script.py": "runs a script of the shell's",
    "test_linters.py": "runs the linters over the tree",
    "test_naming.py": "compares names with a list",
    "test_packaging.py": "builds the packages, and runs them with their oldest dependencies",
    "test_powershell_language.py": "runs PowerShell's parser over the hook",
    "test_powershell_profiles.py": "runs PowerShell",
    "test_interpreters.py": "compares with pyenv and uv, at thousands of names",
    "test_kept_upgrades.py": "installs by pip, pipx and uv, each by a Python of its own",
    "test_remedies.py::test_the_tools_own_command_makes_it_again": "runs Poetry and its like",
    "test_tools.py": "runs Poetry and its like, each by a Python of its own",
    "test_tools_choices.py": "runs Poetry and its like, each by a Python of its own",
    "test_tools_settings.py": "compares with Poetry and its like, at many settings",
    "test_trust_tools.py": "runs Poetry and its like, each by a Python of its own",
    "test_windows_hook.py": "runs PowerShell for Windows",
    "test_windows_policies.py": "runs PowerShell for Windows",
    "test_windows_table.py": "runs PowerShell for Windows",
    "test_windows_tools.py": "runs Poetry and its like for Windows",
}

# A busy machine is no fault, and no change fails for another's reason: the examples are the same
# each time.
settings.register_profile(
    "repeated", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeated")

# In the background of a script, Ctrl-C is ignored, and what is started inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Below a folder in which others can make one of the same name, as /tmp, each visit asks.
if os.name != "nt":
    _ROOT = Path.home() / ".cache" / "autovenv-tests"
    _ROOT.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_ROOT))
else:
    # Under Wine a look at the disk takes long where the machine has much else to do.
    budget.WAIT = 60.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what chooses tests by what they need, and what writes the run down."""
    parser.addoption(
        "--without-shells",
        action="store_true",
        help="run the helper's own tests alone: no test that starts a shell at a terminal",
    )
    parser.addoption(
        "--older-python",
        action="store_true",
        help="run what depends on the Python that runs autovenv alone (ANY_PYTHON in conftest.py)",
    )
    parser.addoption(
        "--one-case",
        action="store_true",
        help="run the first case of each test alone",
    )
    parser.addoption(
        "--with-store",
        action="store_true",
        help="run each row of the table with the store of answers alone, not without it as well",
    )
    parser.addoption(
        "--report",
        metavar="FILE",
        type=Path,
        help="write into FILE what was run, with what, and what came of it (tools/tables.py)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what starts a shell, or has no store, where that is wanted."""
    for option, is_left_out in (
        ("--without-shells", _starts_a_shell),
        ("--older-python", _is_any_pythons),
        ("--with-store", _has_no_store),
        ("--one-case", _make_first_alone()),
    ):
        if config.getoption(option):
            left_out = {item for item in items if is_left_out(item)}
            config.hook.pytest_deselected(items=[item for item in items if item in left_out])
            items[:] = [item for item in items if item not in left_out]


def _starts_a_shell(item: pytest.Item) -> bool:
    return "require" in getattr(item, "fixturenames", ())


def _is_any_pythons(item: pytest.Item) -> bool:
    function = item.nodeid.rpartition("/")[2].partition("[")[0]
    return not ANY_PYTHON.keys().isdisjoint([item.path.name, function])


def _make_first_alone() -> Callable[[pytest.Item], bool]:
    """Return what tells, asked once in order, whether an item isn't the first case of its test."""
    seen = set()

    def is_left_out(item: pytest.Item) -> bool:
        test = item.nodeid.partition("[")[0]
        is_known = test in seen
        seen.add(test)
        return is_known

    return is_left_out


def _has_no_store(item: pytest.Item) -> bool:
    case = getattr(item, "callspec", None)
    case = case and case.params.get("case")
    return getattr(case, "mode", "") == "off"


@pytest.fixture(scope="session")
def require() -> Callable[[str], None]:
    """Return what skips a test where a shell is missing, and fails it where that is required.

    AUTOVENV_REQUIRE_SHELLS names shells that must be there, or is 1 for all.
    """
    required = os.environ.get("AUTOVENV_REQUIRE_SHELLS", "").replace(",", " ").split()

    def check(name: str) -> None:
        if os.name == "nt" and name != "pwsh":
            pytest.skip(f"on Windows, {name} isn't one of autovenv's shells")
        if SHELLS[name].program() is None:
            complain = pytest.fail if name in required or "1" in required else pytest.skip
            complain(f"{name} is missing")

    return check


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what came of each test."""
    collect(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the run down, where there is a place for it; a worker leaves it to the controller."""
    file = session.config.getoption("--report")
    if file and not hasattr(session.config, "workerinput"):
        write(file)
