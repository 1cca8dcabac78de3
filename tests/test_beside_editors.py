"""autovenv in VS Code's terminal: its shell integration, and what its Python extensions do.

Real are the four scripts of the integration, without the escape sequences that they print: a
prompt could not be told from what follows it. tests/others stands in for them where they aren't
installed. The extensions are stood in for by the lines that they write into an rc file, and by the
variables that they set.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import beside
from beside import Require, Tool, cd, each, environments, same_as_without, start, stop
from drivers import SHELLS
from drivers.shell import Session
from trees import World

STAND_IN = beside.stand_in("vscode")
SCRIPTS = {
    "bash": "shellIntegration-bash.sh",
    "zsh": "shellIntegration-rc.zsh",
    "fish": "shellIntegration.fish",
    "pwsh": "shellIntegration.ps1",
}
_SEQUENCE = re.compile(r"(?:\\e|\$\(\[char\]0x1b\))\]633;.*?(?:\\a|`a)")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a home with projects in it."""
    return beside.new_world(tmp_path / "world")


def vs_code(shell: str) -> Tool:
    """Return the integration for one shell, as a user loads it by hand."""
    text = (beside.installed("vscode") / SCRIPTS[shell]).read_text()
    return Tool({shell: _SEQUENCE.sub("", text)}, {"TERM_PROGRAM": "vscode"})


@each(STAND_IN)
def test_vs_code(shell: str, order: str, world: World, require: Require) -> None:
    """VS Code's integration, which wraps the prompt, keeps the label and the statuses."""
    require(shell)
    stops = [stop("p"), stop("q"), stop("elsewhere"), stop("p"), stop("elsewhere")]
    same_as_without(STAND_IN, shell, order, world, stops)
    with start(STAND_IN, shell, order, world, place="p") as session:
        assert session.type("sh -c 'exit 3'").status == 3
        assert session.type("").status == 3


@each(STAND_IN)
def test_real_integration(shell: str, order: str, world: World, require: Require) -> None:
    """The same beside the scripts themselves."""
    require(shell)
    stops = [stop("p"), stop("q"), stop("elsewhere"), stop("p"), stop("elsewhere")]
    same_as_without(vs_code(shell), shell, order, world, stops)
    with start(vs_code(shell), shell, order, world, place="p") as session:
        assert session.first.label == "p"
        # In fish, it loses the status itself.
        assert session.type("sh -c 'exit 3'").status == (3 if shell != "fish" else 0)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("injected", ["p", "q"])
def test_variables(shell: str, injected: str, world: World, require: Require) -> None:
    r"""What the Python extension sets, at first and after the rc file: left alone, or taken over.

    In the variables for the integration, a colon is written as \x3a.
    """
    require(shell)
    environment = f"{world.home}/{injected}/.venv"
    integration = vs_code(shell)
    variables = {
        "VIRTUAL_ENV": environment,
        "VIRTUAL_ENV_PROMPT": "(.venv) ",
        "PATH": f"{environment}/bin:{world.bin}:/usr/bin:/bin",
        "VSCODE_ENV_REPLACE": f"VIRTUAL_ENV={environment}:VIRTUAL_ENV_PROMPT=(.venv) ",
        "VSCODE_ENV_PREPEND": f"PATH={environment}/bin\\x3a",
    }
    tool = Tool(integration.lines, {**integration.env, **variables})
    with start(tool, shell, "after", world, place="p") as session:
        assert session.first.output == ""
        # It sets PATH twice, and what isn't ours stays so.
        assert set(environments(session.probe(), world)) == {f"{injected}/.venv"}
        session.type(cd(session, world, injected))
        _active(session, world, injected)
        session.type(cd(session, world, "elsewhere"))
        _active(session, world, None)


# What the Python environments extension writes into the rc file; %s is the name of the variable
# with the command in it.
STARTUP = {
    "bash": """
if [ -z "$VSCODE_PYTHON_AUTOACTIVATE_GUARD" ]; then
    export VSCODE_PYTHON_AUTOACTIVATE_GUARD=1
    if [ -n "$%s" ] && [ "$TERM_PROGRAM" = "vscode" ]; then
        eval "$%s" || true
    fi
fi
""",
    "fish": """
if not set -q VSCODE_PYTHON_AUTOACTIVATE_GUARD
    set -gx VSCODE_PYTHON_AUTOACTIVATE_GUARD 1
    if test "$TERM_PROGRAM" = "vscode"; and set -q %s
        eval $%s
    end
end
""",
    "pwsh": """
if (-not $env:VSCODE_PYTHON_AUTOACTIVATE_GUARD) {
    $env:VSCODE_PYTHON_AUTOACTIVATE_GUARD = '1'
    if (($env:TERM_PROGRAM -eq 'vscode') -and ($null -ne $env:%s)) {
        Invoke-Expression $env:%s
    }
}
""",
}
ACTIVATE = {
    "bash": " source {home}/%s/.venv/bin/activate",
    "zsh": " source {home}/%s/.venv/bin/activate",
    "fish": " source {home}/%s/.venv/bin/activate.fish",
    "pwsh": "& {home}/%s/.venv/bin/Activate.ps1",
}


@pytest.mark.parametrize("how", ["before", "after", "typed"])
@pytest.mark.parametrize("injected", ["p", "q"])
@pytest.mark.parametrize("shell", SHELLS)
def test_activation(shell: str, injected: str, how: str, world: World, require: Require) -> None:
    """An `activate` in the rc file, or typed as soon as there is a prompt: as if by hand."""
    require(shell)
    command = ACTIVATE[shell] % injected
    name = f"VSCODE_PYTHON_{shell.upper()}_ACTIVATE"
    lines = STARTUP[shell if shell != "zsh" else "bash"].replace("%s", name)
    tool = Tool({shell: lines if how != "typed" else ""}, {"TERM_PROGRAM": "vscode", name: command})
    with start(tool, shell, how if how != "typed" else "after", world, place="p") as session:
        assert session.first.output == ""
        if how == "typed":
            assert session.type(world.filled_in(command)).output == ""
        _active(session, world, injected)
        session.type(cd(session, world, injected))
        _active(session, world, injected)
        assert session.type("").label == injected
        session.type(cd(session, world, "elsewhere"))
        _active(session, world, None)
        assert session.type("").label is None


def _active(session: Session, world: World, place: str | None) -> None:
    """Compare VIRTUAL_ENV and PATH with those where the environment of `place` alone is active."""
    state = session.probe()
    active = f"{place}/.venv" if place else None
    assert environments(state, world) == ([active] if active else [])
    assert state.environment.get("VIRTUAL_ENV") == beside.path_of(world, active)
    if not active:
        ahead = [entry for entry in [session.shell.ahead()] if entry]
        assert state.path == [*ahead, str(world.bin), "/usr/bin", "/bin"]
