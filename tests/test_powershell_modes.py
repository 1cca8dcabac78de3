"""PowerShell's hook in Constrained Language Mode, in scripts, and without its helper."""

from __future__ import annotations

import base64
import json
import sys

import pytest

import trees
from profiles import PWSH, STRICT, Desk, ends, make_world, open_desk, open_own, scripts_are_programs

made = pytest.fixture(scope="module")(make_world)
desk = pytest.fixture(open_desk)
own = pytest.fixture(open_own)

# --- Constrained Language Mode ---


def constrained(desk: Desk, *before: str, env: dict[str, str] | None = None) -> None:
    """Open a terminal where the hook is loaded in that mode; probes can't be had in it."""
    hook = PWSH.quote(desk.world.hook("powershell"))
    desk.open(
        hook=False,
        after=(
            f"$global:hook = [IO.File]::ReadAllText({hook})",
            "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'",
            *before,
            "Invoke-Expression $global:hook",
        ),
        env=env,
    )


def test_constrained_language_mode(own: Desk) -> None:
    """The prompt switches, known projects cost no ask, a note comes once, the status stays."""
    places = ("a", "b", "caf\u00e9", "it's [x]*")
    own.world.settle()
    constrained(own)
    for expected in (1, 0):
        for place in places:
            asks = own.world.asks()
            own.quietly_at(place)
            assert own.type("").label == place
            assert (place, own.world.asks() - asks) == (place, expected)
    assert own.said(f"{ends(0)}; $env:VIRTUAL_ENV") == [own.environment(places[-1])]
    assert own.cd("broken").output.count("its interpreter is gone") == 1
    assert own.cd("broken").output == ""
    own.quietly_at("a")
    for line, label in [("deactivate", None), ("autovenv on", "a"), ("autovenv reload", "a")]:
        result = own.type(line)
        assert (line, result.output, result.label) == (line, "", label)
    failed = own.type(ends(5))
    assert (failed.label, failed.status, failed.last_exit_code) == ("a", 5, 5)
    assert own.type("").status == 5
    own.cd("elsewhere")
    left = "(Get-ChildItem Env: | Where-Object Name -match 'VENV|VIRTUAL').Count; $Error.Count"
    assert own.said(left) == ["0", "0"]


def test_constrained_where_no_program_has_run_yet(desk: Desk) -> None:
    """Where $LASTEXITCODE isn't set, it stays so there, too, though the helper was started."""
    asks = desk.world.asks()
    constrained(
        desk,
        "Remove-Variable LASTEXITCODE -Scope Global",
        'function global:prompt { "[[$([int]!$?) 0]]~ " }',
        *STRICT,
        env={"AUTOVENV_STORE": "off"},
    )
    desk.quietly_at("a")
    assert desk.world.asks() == asks + 1
    assert desk.said("Test-Path Variable:LASTEXITCODE; $Error.Count") == ["False", "0"]


def test_constrained_and_strict(desk: Desk) -> None:
    """StrictMode, Stop and no store make no difference there."""
    constrained(desk, *STRICT, env={"AUTOVENV_STORE": "off"})
    for place in ("a", "b", "caf\u00e9", "it's [x]*"):
        desk.quietly_at(place)
    desk.cd("elsewhere")
    assert desk.is_active("")
    assert desk.said("$Error.Count; $LASTEXITCODE") == ["0", "0"]


@scripts_are_programs
def test_doctor_sees_the_language_mode(own: Desk) -> None:
    """`autovenv doctor --json`, through the function, says where the hook does with less."""
    world = own.world
    # The real doctor, on what it takes for Windows with one PowerShell.
    (world.root / "doctor.py").write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(trees.SOURCE)!r})\n"
        "import autovenv.__main__\n"
        "from autovenv.cli import doctor\n"
        "from autovenv.policy.stores import SHIPPED, WindowsStore\n"
        "import platformdirs\n"
        "platformdirs.user_documents_dir = lambda: '/documents'\n"
        "sys.platform = 'win32'\n"
        "WindowsStore.read_registry = lambda *_: None\n"
        "WindowsStore.read_config = lambda *_: SHIPPED\n"
        "WindowsStore.find_config_path = lambda *_: 'powershell.config.json'\n"
        "WindowsStore.find_program = lambda _, edition: f'{edition}.exe'\n"
        "sys.argv = sys.argv[2:]\n"
        "autovenv.__main__.main()\n"
    )
    (world.root / "helper").write_text(
        f'#!/bin/sh\ncase "$*" in *doctor*) set -- {world.root}/doctor.py "$@";; esac\n'
        f'exec {sys.executable} "$@"\n'
    )
    remarks = {}
    for mode, opened in (("full", own.open), ("constrained", lambda: constrained(own))):
        opened()
        told = json.loads(own.type("autovenv doctor --json").output)
        remarks[mode] = {each["what"].split(",")[0] for each in told["remarks"]}
        assert own.said("$env:__AUTOVENV_LANGUAGE") == []
    assert remarks["constrained"] - remarks["full"] == {
        "This PowerShell is in Constrained Language Mode"
    }


# --- what isn't interactive ---


def test_a_script_is_left_alone(desk: Desk) -> None:
    """What runs something and ends, on a terminal too, has no hook, and all else of the profile."""
    desk.open(after=("$global:profiled = 'profiled'",))
    line = f'cd {desk.place("a")}; "<$env:VIRTUAL_ENV> $profiled $($null -ne $function:autovenv)"'
    script = desk.world.root / "script.ps1"
    script.write_text(line)
    encoded = base64.b64encode(line.encode("utf-16-le")).decode()
    command = PWSH.quote(line)
    alone = {
        "-c": f"-NoLogo -c {command}",
        "after values": f"-ExecutionPolicy Bypass -WorkingDirectory / -Command {command}",
        "-EncodedCommand": f"-EncodedCommand {encoded}",
        "-File": f"-File {script}",
        "a file": f"{script}",
        "-NonInteractive": f"-NonInteractive -NoExit -Command {PWSH.quote(line + '; exit')}",
    }
    pwsh = f"& {PWSH.quote(PWSH.path())}"
    for name, arguments in alone.items():
        assert (name, desk.said(f"{pwsh} {arguments}")) == (name, ["<> profiled False"])
    piped = desk.said(f"{command} | {pwsh} -NoLogo -Command -")
    assert piped == ["<> profiled False"]
    stays = desk.said(f"{pwsh} -NoLogo -NoExit -Command {PWSH.quote(line + '; exit')}")
    assert stays == [f"<{desk.environment('a')}> profiled True"]


# --- a helper that doesn't answer ---

HELPERS = {
    "missing": "",
    "garbled": "#!/bin/sh\nprintf '\\377\\0\\1 %s\\n' hello\n",
    "half": "#!/bin/sh\nprintf '1\\n\\n\\n\\n\\n'\n",
    "noisy": "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\nexit 1\n",
    "failing": "#!/bin/sh\nexit 3\n",
    "reading": "#!/bin/sh\ncat\nexit 1\n",
    "no program": "\0\n",
}


@scripts_are_programs
@pytest.mark.parametrize("mode", ["full", "constrained"])
def test_a_helper_that_does_not_answer(own: Desk, mode: str) -> None:
    """It is told in one line, once; the cd succeeds, and $LASTEXITCODE and $Error stay."""
    if mode == "full":
        own.open(before=STRICT, env={"AUTOVENV_STORE": "off"})
    else:
        errors = "$PSNativeCommandUseErrorActionPreference = $true"
        constrained(own, *STRICT, errors, env={"AUTOVENV_STORE": "off"})
    helper = own.world.root / "helper"
    good = helper.read_text()
    for name, text in HELPERS.items():
        if mode == "constrained" and name == "no program":
            continue  # the error that PowerShell makes of it can't be taken out of $Error there
        helper.unlink(missing_ok=True)
        if text:
            helper.write_text(text)
            helper.chmod(0o755)
        told = own.cd("a")
        assert (name, told.status, told.last_exit_code, told.label) == (name, 0, 0, None)
        assert (name, told.output.count("\n")) == (name, 1)
        assert "the helper gives no answer" in told.output
        assert own.said(f"cd {own.place('b')}; $PWD.Path") == [str(own.world.home / "b")]
        own.type("cd ~")
        assert own.type("autovenv reload").output == "", name
    assert own.said("$Error.Count") == ["0"]
    helper.write_text(good)
    helper.chmod(0o755)
    own.quietly_at("a")
