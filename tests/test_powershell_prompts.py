"""PowerShell's hook among prompts: of all kinds, wrapped or replaced later, without an editor."""

from __future__ import annotations

import pytest

from profiles import PROMPT, SHOWN, STRICT, Desk, ends, make_world, open_desk

made = pytest.fixture(scope="module")(make_world)
desk = pytest.fixture(open_desk)

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


@pytest.mark.parametrize("kind", ["ReadOnly", "Constant"])
def test_a_reader_of_lines_that_stays(desk: Desk, kind: str) -> None:
    """No error at the start, nor at a prompt; ours stays where it is."""
    fixed = f"New-Item Function:global:PSConsoleHostReadLine -Options {kind} -Force"
    session = desk.open(before=(f"$null = {fixed} -Value {{ [Console]::ReadLine() }}", *STRICT))
    assert (session.first.output, session.first.label) == ("", None)
    for place in ("a", "b"):
        desk.quietly_at(place)
    assert desk.said("$Error.Count; $__autovenv_inner.Count") == ["0", "1"]


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
