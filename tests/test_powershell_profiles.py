"""PowerShell's hook among what profiles do: handlers, prompts, names, preferences, modes.

What all shells do alike is in the table of scenarios; this is about what PowerShell alone lets a
profile do, before our line and after it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import trees
import unix
from autovenv import store
from drivers import SHELLS
from drivers.shell import Result, Session
from prompts import setup
from trees import Env, Folder, Tree, World

PWSH = SHELLS["pwsh"]

TREE: Tree = {
    "a/.venv": Env(),
    "a/src": Folder(),
    "b/.venv": Env(),
    "caf\u00e9/.venv": Env(),
    "it's [x]*/.venv": Env(),
    "broken/.venv": Env(lacks=("bin/python",)),
}

STRICT = ("Set-StrictMode -Version Latest", "$ErrorActionPreference = 'Stop'")

ACTION = "$ExecutionContext.SessionState.InvokeCommand.LocationChangedAction"
HANDLER = "[EventHandler[System.Management.Automation.LocationChangedEventArgs]]"

# What the driver's prompt shows.
SHOWN = '"[[$([int]!$?) $LASTEXITCODE]]~ "'
PROMPT = f"function global:prompt {{ {SHOWN} }}"


switches_at_once = pytest.mark.skipif(
    not PWSH.at_once, reason="5.1 knows no LocationChangedAction: the prompt alone switches"
)
scripts_are_programs = unix.alone("what stands for a helper is a script")


def ends(code: int, program: str = "sh") -> str:
    """Return the line with which a program ends with `code`."""
    return f"cmd /c exit {code}" if trees.WINDOWS else f"{program} -c 'exit {code}'"


class Desk:
    """Opens terminals in one world; the last one is closed when the next is opened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._session: Session | None = None

    def open(
        self,
        before: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        place: str = "elsewhere",
        hook: bool = True,
        env: dict[str, str] | None = None,
    ) -> Session:
        """Open a terminal whose profile has the lines `before`, the hook, and `after`."""
        self.close()
        loaded = self.world.hook("powershell") if hook else ""
        settings = setup(
            PWSH.name, self.world, place, env=env, hook=loaded, before=before, after=after
        )
        self._session = Session(PWSH, settings)
        return self._session

    def close(self) -> None:
        """Close the terminal; pytest shows what was on it where a test fails."""
        if self._session:
            print(self._session.terminal.transcript.decode("utf-8", "backslashreplace"))
            self._session.close()
            self._session = None

    def type(self, line: str) -> Result:
        """Type a line at the terminal."""
        assert self._session
        return self._session.type(line)

    def said(self, line: str) -> list[str]:
        """Return the lines that a line shows, when it succeeds."""
        result = self.type(line)
        assert result.status == 0, result.output
        return result.output.splitlines()

    def place(self, name: str) -> str:
        """Return the path of a place, as an expression."""
        return PWSH.quote(str(self.world.home / name))

    def cd(self, name: str) -> Result:
        """Go to a place."""
        return self.type(f"Set-Location -LiteralPath {self.place(name)}")

    def quietly_at(self, name: str) -> None:
        """Go to a place with an environment: it is active, and nothing is said."""
        result = self.cd(name)
        assert (result.output, result.label) == ("", name)

    def environment(self, name: str) -> str:
        """Return the path of the environment at a place."""
        return str(self.world.home / name / ".venv")

    def active(self, name: str = "") -> str:
        """Return the line that shows which environment is active, after a cd in the same line."""
        if name and not PWSH.at_once:
            pytest.skip("5.1 switches at the prompt alone")
        shown = '"<$env:VIRTUAL_ENV>"'
        return f"cd {self.place(name)}; {shown}" if name else shown

    def is_active(self, name: str) -> bool:
        """Tell whether the environment at a place is active, or none for ""."""
        expected = self.environment(name) if name else ""
        return self.said(self.active()) == [f"<{expected}>"]


@pytest.fixture(scope="module")
def made(require: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the world of all tests that leave it as it is."""
    require("pwsh")
    world = trees.new_world(tmp_path_factory.mktemp("profiles") / "world", TREE)
    world.settle()
    return world


@pytest.fixture
def desk(made: World) -> Iterator[Desk]:
    """Return a desk in that world."""
    desk = Desk(made)
    yield desk
    desk.close()


@pytest.fixture
def own(require: Callable[[str], None], tmp_path: Path) -> Iterator[Desk]:
    """Return a desk in a world of its own, for a test that changes it."""
    require("pwsh")
    desk = Desk(trees.new_world(tmp_path / "world", TREE))
    yield desk
    desk.close()


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


# --- prompts ---


@pytest.mark.parametrize(
    ("body", "first"),
    [
        ("'[[0 0]]~ ', 'more'", ""),
        ("Write-Host -NoNewline 'host '; '[[0 0]]~ '", "host "),
        ("$x = 1; return '[[0 0]]~ '", ""),
        ("[Text.StringBuilder]::new('[[0 0]]~ ')", ""),
    ],
    ids=["an array", "Write-Host", "return", "an object"],
)
def test_prompts_of_all_kinds(desk: Desk, body: str, first: str) -> None:
    """The label stands in front of all that the prompt shows, once, and goes again."""
    desk.open(before=(f"function global:prompt {{ {body} }}",))
    for _ in range(2):
        shown = desk.cd("a")
        assert (shown.output, shown.label) == ((f"(a) {first}", None) if first else ("", "a"))
        shown = desk.cd("elsewhere")
        assert (shown.output, shown.label) == (first, None)


def test_what_a_prompt_returns(desk: Desk) -> None:
    """Whoever calls `prompt` gets what it returns, neither more nor less; the label is written."""
    kinds = "0 { } 1 { 'x' } 2 { 'x', 'y' } -1 { throw 'no prompt' }"
    desk.open(
        before=(
            "$global:kind = ''",
            f"function global:prompt {{ switch ($kind) {{ {kinds} default {{ {SHOWN} }} }} }}",
        )
    )
    asked = (
        "{ foreach ($kind in 0, 1, 2, -1) { $global:kind = $kind; "
        'try { "$kind <$(@(prompt) -join \'|\')>" } catch { "$_" } }; '
        "$global:kind = '' }"
    )
    assert desk.said(f"& {asked}") == ["0 <>", "1 <x>", "2 <x|y>", "no prompt"]
    desk.quietly_at("a")
    labelled = [f"(a) {line}" for line in ("0 <>", "1 <x>", "2 <x|y>", "no prompt")]
    assert desk.said(f"& {asked}") == labelled
    desk.quietly_at("b")


def test_a_prompt_that_throws(desk: Desk) -> None:
    """It costs PowerShell's own prompt once; the one after it is as it should be."""
    throwing = (
        "$global:throws = $false; function global:prompt { $failed = [int]!$?; "
        "if ($global:throws) { $global:throws = $false; throw 'no prompt' } "
        '"[[$failed $LASTEXITCODE]]~ " }'
    )
    session = desk.open(before=(throwing,), place="a")
    assert session.first.label == "a"
    session.terminal.send(b"$throws = $true\r")
    session.terminal.read_until(lambda shown: shown.endswith(b"PS>"))
    desk.quietly_at("b")
    assert desk.said("$__autovenv_prompting; $Error.Count") == ["False", "1"]


WRAPS = "$inner = $function:prompt; function prompt { 'W ' + (& $inner) }"
COUNTS_PROMPTS = '$number = 0; function prompt { $global:number++; "$number [[0 0]]~ " }'


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_prompt_with_variables_of_its_own(desk: Desk, where: str) -> None:
    """PowerShell looks names up through the callers: none of ours is `inner` or `number`."""
    for lines, shown in [(WRAPS, ("W ", "W ")), (COUNTS_PROMPTS, ("2 ", "3 "))]:
        before, after = ((lines,), ()) if where == "before" else ((), (lines,))
        desk.open(before=before, after=after)
        first = desk.cd("a")
        assert first.output.removeprefix("(a) ") == shown[0]
        assert desk.type("").output.removeprefix("(a) ") == shown[1]


@pytest.mark.parametrize("kind", ["ReadOnly", "Constant"])
@pytest.mark.parametrize("strict", [(), STRICT], ids=["as it is", "strict"])
def test_a_prompt_that_stays(desk: Desk, kind: str, strict: tuple[str, ...]) -> None:
    """Cmder's is read-only: no error, nothing grows, and a cd still switches."""
    fixed = f"New-Item Function:global:prompt -Options {kind} -Force -Value {{ {SHOWN} }}"
    desk.open(before=("Remove-Item Function:prompt", f"$null = {fixed}", *strict))
    for place in ("a", "b"):
        shown = '"<$env:VIRTUAL_ENV>"'
        assert desk.said(f"cd {desk.place(place)}; {shown}") == [f"<{desk.environment(place)}>"]
    assert desk.said("$Error.Count; $__autovenv_inner.Count") == ["0", "0"]


LATER = {
    "conda": (
        "Rename-Item Function:prompt CondaPromptBackup; "
        "function global:prompt { CondaPromptBackup }"
    ),
    "an editor": (
        "$global:original = $function:prompt; "
        "function global:prompt { $failed = !$?; $text = ''; "
        "if ($failed) { Write-Error '' -ErrorAction Ignore }; "
        "$text += & $global:original; $text }"
    ),
    "a method": (
        "$global:original = $function:prompt; "
        "function global:prompt { $text = ''; $text += $global:original.Invoke(); $text }"
    ),
    "a module": (
        "New-Module one { $inner = $function:prompt; function prompt { & $inner }; "
        "Export-ModuleMember prompt } | Import-Module -Global"
    ),
}


@pytest.mark.parametrize("wrapped", LATER.values(), ids=LATER)
def test_prompts_wrapped_later(desk: Desk, wrapped: str) -> None:
    """A prompt that calls ours has the label once, and the status of the user's line."""
    session = desk.open(after=(wrapped,), place="a")
    assert session.first.label == "a"
    desk.quietly_at("b")
    if ".Invoke()" not in wrapped:  # which doesn't hand $? on, with us or without
        failed = desk.type(ends(3))
        assert (failed.label, failed.status) == ("b", 3)
    assert desk.cd("elsewhere").label is None
    assert desk.said("$__autovenv_inner.Count") == ["2"], "theirs, and the one that it calls"


# What PSReadLine does: PowerShell calls it after each prompt, and what it writes is the line.
READLINE = (
    "$global:read = @(); "
    "function global:PSConsoleHostReadLine { $global:read += $?; [Console]::ReadLine() }"
)


@pytest.mark.parametrize(
    "replaced",
    [
        PROMPT,
        f"Set-Item Function:global:prompt {{ {SHOWN} }}",
        f"New-Module two {{ function prompt {{ {SHOWN} }} }} | Import-Module -Global",
    ],
    ids=["a function", "Set-Item", "a module"],
)
def test_prompts_replaced_later(desk: Desk, replaced: str) -> None:
    """When a line is read, ours is put in the place of a prompt that was set over it."""
    session = desk.open(before=(READLINE,), after=(replaced,), place="a")
    assert session.first.label is None
    for _ in range(2):
        said = desk.type("$env:VIRTUAL_ENV")
        assert (said.output, said.label) == (f"{desk.environment('a')}\n", "a")
    assert desk.said("$__autovenv_inner.Count") == ["3"], "two prompts, and what reads a line"
    failed = desk.type(ends(3))
    assert (failed.label, failed.status) == ("a", 3)
    assert desk.said("$read[-2..-1]") == ["True", "False"]
    desk.quietly_at("b")
    assert desk.type(replaced).label is None
    assert desk.type("").label == "b"


def test_without_a_line_editor(desk: Desk) -> None:
    """A prompt that was set over ours, where nothing reads lines for us, costs only the label."""
    desk.open(after=(PROMPT,))
    assert desk.said(desk.active("a")) == [f"<{desk.environment('a')}>"]
    assert desk.cd("b").label is None
    assert desk.is_active("b")
    desk.cd("elsewhere")
    assert desk.is_active("")


@pytest.mark.parametrize(
    ("variable", "value", "label"),
    [("STARSHIP_SHELL", "pwsh", None), ("STARSHIP_SHELL", "bash", "a")],
)
def test_starship_shows_it_itself(desk: Desk, variable: str, value: str, label: str | None) -> None:
    """Where starship makes this shell's prompt there is no label; where it made a parent's, one."""
    desk.open(env={variable: value})
    assert desk.cd("a").label == label


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
    """The hook and the helper agree where the answer for a folder of Windows' lies.

    On other systems the hook is told that it is there; the walk ends at the drive or the share.
    """
    desk.open()
    desk.type("__autovenv_load; $was = $__autovenv_windows; $global:__autovenv_windows = $true")
    told = {}
    for said in WINDOWS_FOLDERS:
        lines = desk.said(
            f"$folder = __autovenv_trimmed {PWSH.quote(said)}; $folder; __autovenv_store $folder"
        )
        told[said] = (lines[0], lines[1].partition("/answers.2")[2].removesuffix("/"))
        with monkeypatch.context() as patched:
            patched.setattr(os, "name", "nt")
            assert store._below(lines[0]) == told[said][1]
    assert told == WINDOWS_FOLDERS
    drive, below = os.path.splitdrive(desk.world.home)
    home = (f"//localhost/{drive[:1]}${below}" if drive else f"/{below}").replace("\\", "/")
    share = PWSH.quote(f"{home}/a/src".replace("/", "\\"))
    there = "$found = @($__autovenv_paths | Where-Object { Test-Path -LiteralPath $_ })"
    line = f"__autovenv_walk (__autovenv_trimmed {share}); {there}; __autovenv_find $found"
    assert desk.said(f"{line}; $__autovenv_sightings") == [f"{home}/a/.venv", ""]
    assert desk.said("__autovenv_walk '//a/b/c'; $__autovenv_paths[0, -1]") == [
        "//a/b/c/.no-autovenv",
        "//a/b/.pdm-python",
    ]
    assert desk.said("__autovenv_walk 'C:'; $__autovenv_paths[0, -1]") == [
        "C:/.no-autovenv",
        "C:/.pdm-python",
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
    assert "No such command" in desk.type("autovenv nosuch").output
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
        "WindowsStore.registry = lambda *_: None\n"
        "WindowsStore.config = lambda *_: SHIPPED\n"
        "WindowsStore.config_path = lambda *_: 'powershell.config.json'\n"
        "WindowsStore.program = lambda _, edition: f'{edition}.exe'\n"
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
        constrained(own, *STRICT, env={"AUTOVENV_STORE": "off"})
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
