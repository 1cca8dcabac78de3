"""Each execution policy by each scope, in PowerShell for Windows under Wine.

What a user sees in a new console, what `doctor` says, and that what it prints, typed, helps.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import wine
from autovenv.policy.advice import BY_HAND, SET_POLICY
from autovenv.policy.scopes import CONFIG_NAME, LOCAL_SETTING, PREFERENCE, Policy, Scope

pytestmark = [
    pytest.mark.skipif(not wine.FOLDER, reason="AUTOVENV_WINDOWS names no Wine (tools/windows)"),
    pytest.mark.xdist_group("wine"),
]

SIGN = "Set-AuthenticodeSignature -LiteralPath "
GROUPS = {
    Scope.MACHINE_POLICY: r"HKLM\Software\Policies\Microsoft\PowerShellCore",
    Scope.USER_POLICY: r"HKCU\Software\Policies\Microsoft\PowerShellCore",
}
# What makes the Process scope of a new console: the user's variable, or the machine's.
LASTING = {
    "User": r"HKCU\Environment",
    "Machine": r"HKLM\System\CurrentControlSet\Control\Session Manager\Environment",
}
POLICIES = [Policy.RESTRICTED, Policy.REMOTE_SIGNED, Policy.ALL_SIGNED, Policy.BYPASS]
REFUSED = {
    Policy.RESTRICTED: "running scripts is disabled on this system",
    Policy.ALL_SIGNED: "cannot be loaded",  # Windows says why; Wine knows no signatures
}
PROGRAMS = r"$env:PATH += ';C:\Python312\Scripts'"


def documents() -> Path:
    """Return the user's folder Documents."""
    found = wine.DRIVE.glob("users/*/Documents")
    return next(path for path in found if path.parent.name != "Public")


def of_user() -> Path:
    """Return the user's own powershell.config.json."""
    return documents() / "PowerShell" / CONFIG_NAME


def of_machine() -> Path:
    """Return the machine's, in $PSHOME."""
    return wine.DRIVE / "Program Files" / "PowerShell" / "7" / CONFIG_NAME


@pytest.fixture(scope="module")
def installed() -> Iterator[None]:
    """The hook in $PROFILE, which is loaded or isn't."""
    done = wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
    assert "the hook is" in done.stdout
    yield
    wine.run(wine.AUTOVENV, "uninstall")


@contextlib.contextmanager
def file_says(file: Path, policy: str) -> Iterator[None]:
    """Let a powershell.config.json say that, and nothing else."""
    before = file.read_bytes() if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({LOCAL_SETTING: policy}))
    try:
        yield
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)


@contextlib.contextmanager
def registry_says(key: str, **values: str) -> Iterator[None]:
    """Let the registry say that; what is of digits is a number."""
    for name, value in values.items():
        kind = "REG_DWORD" if value.isdecimal() else "REG_SZ"
        wine.run("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f")
    try:
        yield
    finally:
        for name in values:
            wine.run("reg", "delete", key, "/v", name, "/f")


@contextlib.contextmanager
def scope_says(scope: Scope, policy: Policy) -> Iterator[None]:
    """Set a policy as group policy's editor does, or Set-ExecutionPolicy, or a lasting variable.

    Under a group policy that lets a profile load, the user's own scope says Restricted.
    """
    if scope is Scope.CURRENT_USER:
        says: contextlib.AbstractContextManager[None] = file_says(of_user(), policy)
    elif scope is Scope.LOCAL_MACHINE:
        says = file_says(of_machine(), policy)
    elif scope is Scope.PROCESS:
        says = registry_says(LASTING["User"], **{PREFERENCE: policy})
    elif policy is Policy.RESTRICTED:
        says = registry_says(GROUPS[scope], EnableScripts="0")
    else:
        says = registry_says(GROUPS[scope], EnableScripts="1", ExecutionPolicy=policy)
    with says, contextlib.ExitStack() as below:
        if scope in GROUPS and policy not in REFUSED:
            below.enter_context(file_says(of_user(), "Restricted"))
        yield


def advised() -> list[str]:
    """Return the commands that doctor gives for PowerShell 7's policy."""
    found = json.loads(wine.run(wine.AUTOVENV, "doctor", "--json").stdout)["findings"]
    return [one["command"] for one in found if "PowerShell 7" in one["what"]]


def expected(scope: Scope, policy: Policy) -> list[str]:
    """Return what doctor must give, of what signs a file the first words alone."""
    if policy not in REFUSED:
        return []
    by_hand = [BY_HAND] if scope in GROUPS else []
    if policy is Policy.ALL_SIGNED:
        return [*by_hand, SIGN]
    if scope is Scope.PROCESS:
        return [f"[Environment]::SetEnvironmentVariable('{PREFERENCE}', $null, 'User')"]
    return by_hand or [SET_POLICY]


@pytest.mark.parametrize(
    ("scope", "policy"), list(itertools.product(Scope, POLICIES)), ids=lambda value: str(value)
)
def test_a_policy_by_a_scope(installed: None, scope: Scope, policy: Policy) -> None:
    """The profile loads or is refused aloud, doctor gives the command, and that helps.

    Under group policy in this session alone, else in each new console. No signature can be made
    here; the line that is typed by hand works under AllSigned by whichever scope.
    """
    # What Set-ExecutionPolicy writes must not stay.
    own = contextlib.nullcontext() if of_user().exists() else file_says(of_user(), "")
    flag = ("-ExecutionPolicy", "Restricted") if scope in GROUPS and policy not in REFUSED else ()
    with own, scope_says(scope, policy):
        commands = advised()
        given = [SIGN if one.startswith(SIGN) else one for one in commands]
        assert given == expected(scope, policy)
        with wine.Console(*flag) as console:
            assert console.type("")["hook"] is (policy not in REFUSED)
            if policy not in REFUSED:
                return
            assert squeezed(REFUSED[policy]) in squeezed(console.greeting)
            if policy is Policy.ALL_SIGNED or scope in GROUPS:
                console.type(PROGRAMS)
                assert console.type(BY_HAND)["hook"]
                return
            console.type(commands[0])
        with wine.Console() as console:
            assert console.type("")["hook"]
            assert "cannotbeloaded" not in squeezed(console.greeting)
        assert advised() == []


def squeezed(text: str) -> str:
    """Return text without blanks, which a console draws as it likes, and what moves its cursor."""
    return "".join(re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).split())


def test_a_machines_lasting_variable(installed: None) -> None:
    """It is the machine's variable that goes, by an administrator."""
    with registry_says(LASTING["Machine"], **{PREFERENCE: "Restricted"}):
        [command] = advised()
        assert command == f"[Environment]::SetEnvironmentVariable('{PREFERENCE}', $null, 'Machine')"
        with wine.Console() as console:
            assert not console.type("")["hook"]
            console.type(command)
        with wine.Console() as console:
            assert console.type("")["hook"]
        assert advised() == []


def test_bypass_for_a_session(installed: None) -> None:
    """The profile loads there, and doctor says what a new console would do."""
    with file_says(of_user(), "Restricted"):
        with wine.Console("-ExecutionPolicy", "Bypass") as console:
            assert console.type("")["hook"]
            console.type(r"autovenv doctor --json > C:\found")
        found = json.loads((wine.DRIVE / "found").read_text(encoding="utf-8-sig"))
        commands = [one["command"] for one in found["findings"] if "PowerShell 7" in one["what"]]
        assert SET_POLICY in commands


@pytest.mark.parametrize("file", [of_user, of_machine])
def test_install_under_all_signed(file: object) -> None:
    """The profile isn't written: a line that is added voids a signature."""
    assert callable(file)
    wine.run(wine.AUTOVENV, "uninstall")  # the other tests' line
    with file_says(file(), "AllSigned"):
        done = wine.run(wine.AUTOVENV, "install", "--shell", "powershell")
        assert "PowerShell 7 loads only signed profiles here" in done.stderr
        assert SIGN in done.stderr
        assert not [*documents().glob("PowerShell/*_profile.ps1")]
    wine.run(wine.AUTOVENV, "uninstall")
