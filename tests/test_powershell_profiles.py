"""PowerShell's hook among what profiles do: handlers, names, places, loading, modes.

What all shells do alike is in the table of scenarios; this is about what PowerShell alone lets a
profile do, before our line and after it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import trees
from autovenv import store
from autovenv.find.markers import MARKERS
from profiles import (
    ACTION,
    HANDLER,
    PWSH,
    STRICT,
    Desk,
    ends,
    make_world,
    open_desk,
    open_own,
    switches_at_once,
)

made = pytest.fixture(scope="module")(make_world)
desk = pytest.fixture(open_desk)
own = pytest.fixture(open_own)

# --- handlers of a change of folder ---

COUNTS = "{ param($from, $to) $global:moves += 1; $global:moved = $to.NewPath.Path }"
NAMES_PATH = f'{{ $env:PATH = "/late{os.pathsep}$env:PATH" }}'


@pytest.mark.parametrize(
    ("before", "after", "moves", "handlers"),
    [
        ("", "", 0, 1),
        (f"{ACTION} = {COUNTS}", "", 1, 2),
        (f"{ACTION} = [Delegate]::Combine({HANDLER}{COUNTS}, {HANDLER}{COUNTS})", "", 2, 3),
        ("", f"{ACTION} = {COUNTS}", 1, 2),
        ("", f"{ACTION} = [Delegate]::Combine({ACTION}, {HANDLER}{COUNTS})", 1, 2),
        ("", f"{ACTION} = $null", 0, 1),
        (f"{ACTION} = {COUNTS}", f"{ACTION} = $null", 0, 1),
    ],
    ids=["none", "before", "two before", "replaced", "combined", "taken away", "all taken away"],
)
def test_other_handlers(desk: Desk, before: str, after: str, moves: int, handlers: int) -> None:
    """Ours runs in the same line as the cd, and each other that is still there as often as set."""
    desk.open(before=("$global:moves = 0", before), after=(after,))
    said = desk.said(f"{desk.active('a')}; $moves; {ACTION}.GetInvocationList().Count")
    assert said == [f"<{desk.environment('a')}>", str(moves), str(handlers)]
    if moves:
        assert desk.said("$moved") == [str(desk.world.home / "a")]


@switches_at_once
def test_ours_is_the_last_handler(desk: Desk) -> None:
    """What a later handler puts on PATH stands behind what we put there."""
    add = f"{ACTION} = [Delegate]::Combine({ACTION}, {HANDLER}{NAMES_PATH})"
    desk.open(after=(add,))
    [path] = desk.said(f"cd {desk.place('a')}; $env:PATH")
    entry = os.path.join(desk.environment("a"), trees.BIN)
    assert path.startswith(os.pathsep.join([entry, "/late", ""]))


def test_the_prompt_alone(own: Desk) -> None:
    """As in 5.1, where no action on a change of folder is known: the prompt switches, no line."""
    hook = Path(own.world.hook("powershell"))
    text = hook.read_text()
    missing = text.replace(".LocationChangedAction", ".NoSuchAction")
    assert missing != text
    hook.write_text(missing)
    own.open(before=STRICT)
    shown = '"<$env:VIRTUAL_ENV>"'
    assert own.said(f"cd {own.place('a')}; {shown}") == ["<>"]
    assert own.is_active("a")
    own.quietly_at("b")
    assert own.said(f"cd {own.place('elsewhere')}; {shown}") == [f"<{own.environment('b')}>"]
    assert own.is_active("")
    assert own.said(f"{ACTION}; $Error.Count") == ["0"]


@switches_at_once
def test_a_handler_that_moves_on(desk: Desk) -> None:
    """Where another handler changes the folder again, what counts is where that ends."""
    moves_on = f"if ($PWD.Path -eq {desk.place('a')}) {{ Set-Location {desk.place('b')} }}"
    desk.open(before=(f"{ACTION} = {{ {moves_on} }}",))
    assert desk.said(desk.active("a")) == [f"<{desk.environment('b')}>"]
    assert desk.is_active("b")


@switches_at_once
def test_handlers_that_change_later(desk: Desk) -> None:
    """Without our handler the prompt switches; loading the hook again brings the handler back."""
    session = desk.open()
    desk.type(f"{ACTION} = $null")
    assert desk.said(desk.active("a")) == ["<>"]
    assert desk.is_active("a")
    desk.type(PWSH.load(desk.world.hook("powershell")))
    assert desk.said(desk.active("b")) == [f"<{desk.environment('b')}>"]
    desk.type(f"{ACTION} = {{ throw 'a handler of the user' }}")
    failed = desk.cd("a")
    assert "a handler of the user" in failed.output
    assert (failed.label, session.probe().folder) == ("a", str(desk.world.home / "a"))


# --- names ---

CMDLETS = """Get-Item Get-Content Get-Variable Get-Command Write-Error Write-Warning Test-Path
Join-Path ForEach-Object Where-Object Out-Null Invoke-Expression"""
ALIASES = "cat gi gc iex foreach where Split-Path Get-Location python sh"
SHADOWED = (
    *(f"function global:{name} {{ throw '{name} is shadowed' }}" for name in CMDLETS.split()),
    *(f"Set-Alias {name} no-such-command -Scope Global" for name in ALIASES.split()),
    "Set-Alias cd Set-Location -Scope Global -Option AllScope -Force",
    "function global:find { throw 1 }; function global:switch { throw 1 }",
)

PREFERENCES = (
    "$OFS = '|'",
    "$PSDefaultParameterValues = @{ '*:Verbose' = $true; '*:Path' = '/x'; '*:ErrorAction' = 'Stop';"
    " 'Get-Item:Force' = $false; '*:OutVariable' = 'mine'; 'Get-Variable:Scope' = 'Local';"
    " 'Set-Location:PassThru' = $false }",
    "$VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'",
    "$WarningPreference = 'SilentlyContinue'",
    "$WhatIfPreference = $true; $ConfirmPreference = 'Low'",
    "$PSNativeCommandUseErrorActionPreference = $true",
    "$ErrorActionPreference = 'Stop'",
    "$MaximumErrorCount = 1; $ErrorView = 'NormalView'; $FormatEnumerationLimit = 0",
)

NAMES = """path folder name record entry environment label end root text fields at stamp time item
rest next done links command python main commands found variable value user step errors newest
function number invoke others constrained windows words stays inner texts shown note"""
LOCALS = NAMES.split()
VARIABLES = (
    *(f"$global:{name} = 'mine'" for name in LOCALS[::3]),
    *(f"[int]$global:{name} = 42" for name in LOCALS[1::3]),
    *(f"Set-Variable {name} mine -Scope Global -Option Constant" for name in LOCALS[2::3]),
    "$null = 'kept' -match 'k(ep)t'",
)


@pytest.mark.parametrize(
    "before",
    [SHADOWED, PREFERENCES, VARIABLES],
    ids=["functions and aliases", "preferences", "variables"],
)
def test_the_users_own_names(desk: Desk, before: tuple[str, ...]) -> None:
    """Whatever a user has named or set, each place is entered and left in silence."""
    # All are set before the hook is loaded, but what loads it, and again after, but constants.
    desk.open(
        before=tuple(line for line in before if "Invoke-Expression" not in line),
        after=tuple(line for line in before if "Constant" not in line),
        env={"AUTOVENV_STORE": "off"},
    )
    for _ in range(2):
        desk.quietly_at("a")
        desk.quietly_at("it's [x]*")
        note = desk.cd("broken")
        assert note.label is None
    assert desk.type("autovenv reload").output.count("its interpreter is gone") == 1
    desk.quietly_at("b")
    for line, label in (("deactivate", None), ("autovenv on", "b"), ("autovenv off", None)):
        result = desk.type(line)
        assert (result.output, result.label) == ("", label)
    assert desk.type(ends(3, "/bin/sh")).last_exit_code == 3


def test_the_users_variables_stay(desk: Desk) -> None:
    """What a line at the prompt has matched and named is there at the next."""
    desk.open(before=(*VARIABLES, "$OFS = '|'"))
    desk.quietly_at("a")
    desk.quietly_at("b")
    names = ", ".join(f"${name}" for name in LOCALS)
    assert set(desk.said(f"{names}")) == {"mine", "42"}
    desk.type("$null = 'again' -match 'a(g)ain'")
    desk.quietly_at("a")
    assert desk.said('$Matches[1]; "$(1, 2)"') == ["g", "1|2"]


# --- places that are no folders ---


def test_other_providers(desk: Desk) -> None:
    """In another provider the folder that programs start in counts; a drive leads to its folder."""
    session = desk.open()
    desk.quietly_at("a")
    for place in ("Env:", "Function:", "Variable:", "Alias:", "Env:/"):
        result = desk.type(f"cd {place}")
        assert (result.output, result.label) == ("", "a")
    desk.quietly_at("b")
    root = desk.world.home
    desk.type(f"$null = New-PSDrive -Name P -PSProvider FileSystem -Root {desk.place('a')}")
    for line, label in [
        ("cd P:/src", "a"),
        ("cd P:/", "a"),
        ("cd Env:", "a"),
        *([("cd -", "a")] if PWSH.at_once else []),  # which 5.1 doesn't know either
        (f"cd {desk.place('b')}", "b"),
        (f"cd 'Microsoft.PowerShell.Core\\FileSystem::{root}/a/src'", "a"),
        (f"Push-Location {desk.place('b')}", "b"),
        ("Pop-Location", "a"),
        ("cd /", None),
        ("cd P:/src; cd Env:", "a"),
        (f"cd {PWSH.quote(str(root))}", None),
    ]:
        result = desk.type(line)
        assert (line, result.output, result.label) == (line, "", label)
    desk.type("cd P:/; Remove-PSDrive P -Force -ErrorAction Ignore")
    assert desk.said("$Error.Count") == ["0"]
    assert "VIRTUAL_ENV" in session.probe().environment


@switches_at_once
def test_a_pwd_that_is_no_place(desk: Desk) -> None:
    """Scripts call a password so, or the folder to go back to; what counts is the shell's own."""
    desk.open(before=STRICT)
    went = f'Set-Location {desk.place("a")}; "<$env:VIRTUAL_ENV>"; Set-Location {desk.place("b")}'
    for own in ("param($pwd)", "$pwd = 'secret'", "$pwd = $PWD.Path", "$pwd = Get-Location"):
        said = desk.said(f"& {{ {own}; {went} }} secret")
        assert (own, said) == (own, [f"<{desk.environment('a')}>"])
        assert desk.is_active("b")
    for value in ("'secret'", desk.place("a"), "$null"):
        desk.type(f"$pwd = {value}")
        assert desk.is_active("b")
    desk.quietly_at("a")
    assert desk.said("$Error.Count") == ["0"]


def test_another_culture(own: Desk) -> None:
    """What is missing is so where a negative number begins with another sign, as in Swedish."""
    (own.world.home / "later").mkdir()
    (own.world.home / "later/.venv").symlink_to("/nowhere")
    own.open()
    own.type(
        "$culture = [cultureinfo]::InvariantCulture.Clone(); "
        "$culture.NumberFormat.NegativeSign = [string][char]0x2212; "
        "[Threading.Thread]::CurrentThread.CurrentCulture = $culture"
    )
    assert own.said("(-1).ToString().Length; [int](-1).ToString()[0]") == ["2", str(0x2212)]
    own.cd("later")
    assert own.type("").label is None
    assert own.world.asks() == 0
    own.quietly_at("a")
    # No folder in front has a python.
    assert own.said("$env:PATH = \"/none:$env:PATH\"; $env:PATH.Split(':')[0]") == ["/none"]
    assert own.said("$env:PATH.Split(':')[0]") == ["/none"]


def test_a_record_that_is_damaged(own: Desk) -> None:
    """It is asked for again, whatever is in it, under StrictMode, too."""
    own.world.settle()
    own.open(before=STRICT)
    own.quietly_at("a")
    [record] = own.world.home.rglob("a/.autovenv-answer")
    good = record.read_bytes()
    for text in (
        good + b"\0",
        good + b"more\0",
        good[:-1],
        good[:-10],
        good.replace(b"own own", b"own", 1),
        good.replace(b"\0end\0", b"\0end\0end\0"),
        b"",
        b"3\0",
        b"\0" * 99,
        b"\xff\xfe" * 99,
    ):
        own.cd("elsewhere")
        record.write_bytes(text)
        asks = own.world.asks()
        own.quietly_at("a")
        assert (text, own.world.asks() - asks) == (text, 1)
    own.cd("elsewhere")
    own.quietly_at("a")
    assert (record.stat().st_size, own.world.asks() - asks) == (len(good), 1)
    assert own.said("$Error.Count") == ["0"]


# A folder as Windows says it, as the hook writes it, and where its answer is kept.
WINDOWS_FOLDERS = {
    "C:\\Users\\me\\p": ("C:/Users/me/p", "/C/Users/me/p"),
    "d:\\": ("d:", "/d"),
    "\\\\server\\share\\p\\": ("//server/share/p", "/UNC/server/share/p"),
    "\\\\server\\share": ("//server/share", "/UNC/server/share"),
    "\\\\wsl.localhost\\Debian\\home\\me": (
        "//wsl.localhost/Debian/home/me",
        "/UNC/wsl.localhost/Debian/home/me",
    ),
}


def test_drives_and_shares(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hook and the helper agree where the answer for a folder of Windows' is.

    On other systems the hook is told that it is there; the walk ends at the drive or the share.
    """
    desk.open()
    desk.type("__autovenv_load; $was = $__autovenv_windows; $global:__autovenv_windows = $true")
    told = {}
    for said in WINDOWS_FOLDERS:
        lines = desk.said(
            f"$folder = __autovenv_trimmed {PWSH.quote(said)}; $folder; __autovenv_store $folder"
        )
        told[said] = (lines[0], lines[1].partition("/answers.3")[2].removesuffix("/"))
        with monkeypatch.context() as patched:
            patched.setattr(os, "name", "nt")
            assert store._find_place(lines[0]) == told[said][1]
    assert told == WINDOWS_FOLDERS
    drive, below = os.path.splitdrive(desk.world.home)
    home = (f"//localhost/{drive[:1]}${below}" if drive else f"/{below}").replace("\\", "/")
    share = PWSH.quote(f"{home}/a/src".replace("/", "\\"))
    there = "$found = @($__autovenv_paths | Where-Object { Test-Path -LiteralPath $_ })"
    line = f"__autovenv_walk (__autovenv_trimmed {share}); {there}; __autovenv_find $found"
    assert desk.said(f"{line}; $__autovenv_sightings") == [f"{home}/a/.venv", ""]
    assert desk.said("__autovenv_walk '//a/b/c'; $__autovenv_paths[0, -1]") == [
        "//a/b/c/.no-autovenv",
        f"//a/b/{MARKERS[-1]}",
    ]
    assert desk.said("__autovenv_walk 'C:'; $__autovenv_paths[0, -1]") == [
        "C:/.no-autovenv",
        f"C:/{MARKERS[-1]}",
    ]
    desk.type("$global:__autovenv_windows = $was")
    assert desk.said("$Error.Count") == ["0"]


# --- loading ---


def test_loading_again(desk: Desk) -> None:
    """Loaded twice and thrice, in a function too, the hook is there once, and goes on."""
    load = PWSH.load(desk.world.hook("powershell"))
    session = desk.open(before=STRICT, after=(load,), place="a")
    assert (session.first.output, session.first.label) == ("", "a")
    for line in (load, f"function again {{ {load} }}; again"):
        result = desk.type(line)
        assert (result.output, result.label) == ("", "a")
    counts = f"$__autovenv_inner.Count; {ACTION}.GetInvocationList().Count; $Error.Count"
    assert desk.said(counts) == ["1", "1", "0"]
    desk.cd("elsewhere")
    state = session.probe()
    assert state.functions == frozenset()
    assert state.environment == session.baseline.environment


NAMED = (
    "@(Get-Variable -Scope Global | ForEach-Object Name) + "
    "@(Get-ChildItem Function: | ForEach-Object { 'function ' + $_.Name }) + "
    "@(Get-ChildItem Alias: | ForEach-Object { 'alias ' + $_.Name })"
)


def test_nothing_is_left_behind(desk: Desk) -> None:
    """Under StrictMode with Stop: no error in $Error, no name but ours, nothing exported."""
    before = (*STRICT, "$global:named = $global:now = @()", f"$global:named = {NAMED}")
    session = desk.open(before=before, env={"AUTOVENV_STORE": "off"})
    for place in ("a", "b", "caf\u00e9", "it's [x]*"):
        desk.quietly_at(place)
    assert "its interpreter is gone" in desk.cd("broken").output
    desk.quietly_at("a")
    for line in ("deactivate", "autovenv on", "autovenv reload", "autovenv off", "autovenv on"):
        assert desk.type(line).output == ""
    assert "there is no command nosuch" in desk.type("autovenv nosuch").output
    desk.cd("elsewhere")
    assert desk.said("$Error.Count; $__autovenv_held") == ["0", ""]
    left = desk.said(f"$now = {NAMED}; $now | Where-Object {{ $named -notcontains $_ }}")
    known = {"__probe_failed", "function autovenv", "function PSConsoleHostReadLine"}
    assert {name for name in left if "__autovenv_" not in name} <= known
    assert session.probe().environment == session.baseline.environment


def test_the_users_errors_stay(desk: Desk) -> None:
    """$Error holds what the user's own lines put there, in order, and is never cut."""
    desk.open()
    desk.type("Get-Item /nope-1")
    desk.quietly_at("a")
    desk.type("Get-Item /nope-2")
    desk.cd("broken")
    desk.quietly_at("b")
    targets = desk.said("$Error | ForEach-Object { \"$_\" -replace '.*(nope-.).*', '$1' }")
    assert targets == ["nope-2", "nope-1"]


# --- $? and $LASTEXITCODE ---


@pytest.mark.parametrize("strict", [(), STRICT], ids=["as it is", "strict"])
def test_the_status_of_the_users_line(desk: Desk, strict: tuple[str, ...]) -> None:
    """$? and $LASTEXITCODE come to the user's prompt as their line left them, switch or none."""
    desk.open(before=strict)
    for place in ("elsewhere", "a"):
        cd = f"Set-Location -LiteralPath {desk.place(place)}"
        for line, failed, code in [
            (ends(7), 7, 7),
            ("", 7, 7),
            (f"{cd}; {ends(9)}", 9, 9),
            ("Get-Item /nope -ErrorAction Ignore", 9, 9),
            (cd, 0, 9),
            (ends(0), 0, 0),
            ("Get-Item /nope -ErrorAction Ignore", 1, 0),
            (f"{ends(4)}; {cd}", 0, 4),
        ]:
            result = desk.type(line)
            assert (line, result.status, result.last_exit_code) == (line, failed, code)
        assert desk.said("$LASTEXITCODE") == ["4"]


def test_no_program_has_run_yet(desk: Desk) -> None:
    """Where $LASTEXITCODE isn't set, it stays so, and StrictMode has nothing to complain about."""
    unset = (
        "Remove-Variable LASTEXITCODE -Scope Global",
        'function global:prompt { "[[$([int]!$?) 0]]~ " }',
    )
    desk.open(before=(*unset, *STRICT), env={"AUTOVENV_STORE": "off"})
    desk.quietly_at("a")
    desk.quietly_at("b")
    assert desk.said("Test-Path Variable:LASTEXITCODE; $Error.Count") == ["False", "0"]
