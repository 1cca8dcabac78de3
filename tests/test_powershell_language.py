"""The PowerShell file is Windows PowerShell 5.1's language, and calls nothing that 5.1 lacks.

5.1 itself runs on Windows alone. Elsewhere, PowerShell 7 parses the file, and what is in its syntax
tree is compared with lists: what is new in a file isn't on them until somebody has looked it up in
the documentation of 5.1 and of .NET Framework 4.5.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from autovenv import hook
from drivers import SHELLS

HERE = Path(__file__).parent
TEMPLATE = HERE.parent / "shell" / "autovenv.ps1"
CONSTRAINED = TEMPLATE.with_name("constrained.ps1")
READER = HERE / "powershell_language.ps1"
INSTALLER = HERE.parent / "install.ps1"

# What 5.1 or .NET Framework lacks: each is used behind a look whether it is there.
GUARDED = {
    ".ArgumentList": "since .NET Core 2.1; else Arguments, quoted by us",
    ".Environment": "of a ProcessStartInfo, since 4.6; where an LD_ variable is wrong alone",
    ".GetUserName": "as .UnixStat; never on Windows",
    ".LinkTarget": "since PowerShell 7.2; where a link can lead to a host: never on Windows",
    ".UnixStat": "since PowerShell 7.1; never on Windows, where 5.1 is",
    ".LocationChangedAction": "since PowerShell 6.1; else the prompt alone",
}

TYPES = {
    "Array",
    "Collections.StructuralComparisons",
    "Console",
    "Converter[string,datetime]",
    "Converter[string,string]",
    "Delegate",
    "Diagnostics.Process",
    "Diagnostics.ProcessStartInfo",
    "Environment",
    "IO.Directory",
    "IO.File",
    "IO.FileInfo",
    "IO.Path",
    "Management.Automation.PathInfo",
    "Predicate[string]",
    "StringComparison",
    "Text.UTF8Encoding",
    "bool",
    "char",
    "object",
    "scriptblock",
    "string",
    "string[]",
}

STATIC = {
    "[Array]::ConvertAll",
    "[Array]::FindAll",
    "[Collections.StructuralComparisons]::StructuralEqualityComparer",  # .NET Framework 4.0
    "[Console]::Error",
    "[Console]::IsInputRedirected",  # .NET Framework 4.5
    "[Delegate]::Combine",
    "[Delegate]::CreateDelegate",
    "[Delegate]::RemoveAll",
    "[Diagnostics.Process]::Start",
    "[Diagnostics.ProcessStartInfo]::new",  # `::new` is 5.0's
    "[Environment]::GetCommandLineArgs",
    "[Environment]::GetEnvironmentVariable",
    "[Environment]::UserName",
    "[IO.Directory]::Exists",
    "[IO.File]::Exists",
    "[IO.File]::ReadAllText",
    "[IO.FileInfo]::new",
    "[IO.Path]::GetPathRoot",
    "[IO.Path]::PathSeparator",
    "[StringComparison]::Ordinal",
    "[Text.UTF8Encoding]::new",
    "[object]::ReferenceEquals",
    "[scriptblock]::Create",
    "[string]::Equals",
    "[string]::Join",
}

# By the type that they are members of.
MEMBERS = {
    "System.String": "IndexOf Length Remove Replace Split StartsWith Substring ToLowerInvariant",
    "System.Array": "Count Length",
    "System.Collections.IEqualityComparer": "Equals",
    "ErrorRecord": "Exception",
    "System.DateTime": "Ticks",
    "System.Collections.ArrayList": "Count RemoveAt",
    "System.Collections.ObjectModel.Collection": "Add",
    "System.IO.FileInfo": "Attributes LastWriteTimeUtc",
    "FileInfo, by 5.0's types.ps1xml": "Target",
    "System.IO.TextWriter": "WriteLine",
    "System.Diagnostics.ProcessStartInfo": "Arguments CreateNoWindow RedirectStandardError "
    "RedirectStandardInput RedirectStandardOutput StandardOutputEncoding UseShellExecute "
    "WorkingDirectory",
    "System.Diagnostics.Process": "BeginErrorReadLine Dispose StandardInput StandardOutput "
    "WaitForExit",
    "System.IO.StreamReader": "ReadToEnd",
    "System.IO.StreamWriter": "Close",
    "PSObject": "PSObject Properties Value",
    "EngineIntrinsics": "SessionState",
    "SessionState": "InvokeCommand InvokeProvider LanguageMode PSVariable Path",
    "ProviderIntrinsics": "Item",
    "ItemCmdletProviderIntrinsics": "Get",
    "PSVariableIntrinsics": "GetValue",
    "PathIntrinsics": "CurrentFileSystemLocation",
    "PathInfo": "Provider ProviderPath",
    "CommandInfo": "CommandType Definition Name",
    "PSHost": "Name UI",
    "PSHostUserInterface": "Write WriteErrorLine",
}

# By the module that they are called with: what a user has defined under their names is passed by.
COMMANDS = {
    "Microsoft.PowerShell.Core\\Get-Command": "ErrorAction",
    "Microsoft.PowerShell.Core\\Get-History": "ErrorAction Id",
    "Microsoft.PowerShell.Core\\Out-Default": "",
    "Microsoft.PowerShell.Management\\Get-Content": "Encoding ErrorAction LiteralPath Raw",
    "Microsoft.PowerShell.Management\\Get-Item": "ErrorAction Force LiteralPath",
    "Microsoft.PowerShell.Management\\Test-Path": "LiteralPath",
    "Microsoft.PowerShell.Utility\\Get-Variable": "ErrorAction Scope",
    "Microsoft.PowerShell.Utility\\Invoke-Expression": "",
    "Microsoft.PowerShell.Utility\\Remove-Variable": "ErrorAction Scope",
    "Microsoft.PowerShell.Utility\\Write-Host": "NoNewline",
    "Microsoft.PowerShell.Utility\\Write-Warning": "WarningAction",
}


# What install.ps1 has besides; it is a file of its own, that is run without a profile.
INSTALLERS_TYPES = {"Console", "Environment", "IO.Path", "pscustomobject"}

INSTALLERS_MEMBERS = {
    "[Console]::Error",
    "[Console]::Out",
    "[Console]::OutputEncoding",
    "[Environment]::GetEnvironmentVariable",
    "[Environment]::SetEnvironmentVariable",
    "[IO.Path]::DirectorySeparatorChar",
    "[IO.Path]::GetDirectoryName",
    *(".Count", ".Keys", ".Major", ".PSVersion", ".Path", ".Replace", ".StartsWith", ".Trim"),
    *(".WriteLine", ".Code", ".Lines"),  # the last two are its own
}

INSTALLERS_COMMANDS = {
    "ForEach-Object": "",
    "Get-ChildItem": "ErrorAction Force LiteralPath Name",
    "Get-Command": "All CommandType ErrorAction Name",
    "Get-Content": "LiteralPath",
    "Join-Path": "",
    "New-Object": "",
    "Remove-Item": "ErrorAction Force LiteralPath Recurse",
    "Select-Object": "First",
    "Set-StrictMode": "Version",
    "Test-Path": "LiteralPath",
}


class Finding(NamedTuple):
    """One thing that is in a file; powershell_language.ps1 says which kinds there are."""

    kind: str
    line: int
    what: str


Read = Callable[[Path], list[Finding]]


@pytest.fixture(scope="module")
def read(require: Callable[[str], None]) -> Read:
    """Return what reads a file with the real parser."""
    require("pwsh")

    def findings(path: Path) -> Iterator[Finding]:
        command = [SHELLS["pwsh"].path(), "-NoLogo", "-NoProfile", "-File", str(READER), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert not done.stderr
        for text in done.stdout.splitlines():
            kind, line, what = text.split("\t")
            yield Finding(kind, int(line), what)

    return lambda path: list(findings(path))


@pytest.fixture(scope="module")
def filled_in(read: Read, tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    """What is in the hook, as a shell gets it: what it starts with, the body, and the rest."""
    folder = tmp_path_factory.mktemp("hook")
    parts = hook.fill_in("powershell"), hook.write_body("powershell"), hook.write_constrained()
    findings = []
    for number, text in enumerate(parts):
        path = folder / f"{number}.ps1"
        path.write_text(text, encoding="ascii")
        findings += read(path)
    return findings


def of_kind(findings: list[Finding], *kinds: str) -> set[str]:
    """Return what there is of these kinds."""
    return {finding.what for finding in findings if finding.kind in kinds}


def test_it_parses(read: Read, filled_in: list[Finding]) -> None:
    """The hook parses, and so does the file as it stands; nothing in them is later than 5.1."""
    for findings in (filled_in, read(TEMPLATE), read(CONSTRAINED)):
        assert of_kind(findings, "command")
        assert [f for f in findings if f.kind in ("error", "syntax", "variable")] == []


def test_the_file_is_ascii() -> None:
    """5.1 reads a file in the machine's code page; a BOM would be an error in what is evaluated."""
    assert TEMPLATE.read_bytes().isascii()
    assert CONSTRAINED.read_bytes().isascii()


def test_types_are_dot_net_frameworks(filled_in: list[Finding]) -> None:
    """Every type that is named is one of .NET Framework's or 5.1's, or guarded."""
    guarded = {name for name in GUARDED if "[" in name}
    assert of_kind(filled_in, "type") == TYPES | guarded


def test_members_are_dot_net_frameworks(filled_in: list[Finding]) -> None:
    """Every method and property is one of .NET Framework's or 5.1's, or guarded."""
    members = {f".{name}" for names in MEMBERS.values() for name in names.split()}
    guarded = {name for name in GUARDED if name.startswith(".")}
    assert of_kind(filled_in, "member") == STATIC | members | guarded


def test_cmdlets_are_called_by_their_full_names(filled_in: list[Finding]) -> None:
    """All that is called is ours, or a cmdlet that 5.1 has, by its module."""
    commands = of_kind(filled_in, "command") - {""}  # `& $function`
    assert {name for name in commands if not name.startswith("__autovenv_")} == set(COMMANDS)


def test_parameters_are_those_of_5_1(filled_in: list[Finding]) -> None:
    """No parameter of a cmdlet is later than 5.1."""
    parameters = {f"{name} -{p}" for name, ps in COMMANDS.items() for p in ps.split()}
    ours = {what for what in of_kind(filled_in, "parameter") if what.startswith(" -")}
    assert of_kind(filled_in, "parameter") - ours == parameters
    assert ours == {" -I"}  # the interpreter's


# What a function of ours calls that isn't PowerShell's: the helper.
PROGRAMS = {"$python", "$program"}


def callers(findings: list[Finding]) -> set[str]:
    """Return the functions that are being called while the user's code runs."""
    calls = [what.split(" ", 1) for what in of_kind(findings, "call")]
    found = {function for function, called in calls if called[0] == "$" and called not in PROGRAMS}
    while more := {function for function, called in calls if called in found} - found:
        found |= more
    return found


def leaks(findings: list[Finding]) -> set[str]:
    """Return what the user's code would see of ours under a name that could be its own."""
    names = [what.split(" ", 1) for what in of_kind(findings, "local")]
    around = callers(findings)
    return {
        f"{function} {name}"
        for function, name in names
        if function in around and not name.startswith("__autovenv_")
    }


def test_no_variable_of_ours_is_seen(filled_in: list[Finding]) -> None:
    """Whatever calls the user's prompt, `deactivate` or functions names its own with our prefix."""
    assert callers(filled_in) >= {"__autovenv_prompt", "__autovenv_readline", "__autovenv_hook"}
    assert callers(filled_in) >= {"deactivate", "__autovenv_undo", "__autovenv_call", "autovenv"}
    assert leaks(filled_in) == set()


def test_a_leak_is_found(read: Read, tmp_path: Path) -> None:
    """Assignments of each kind, loops and parameters count, in the callers of callers as well."""
    path = tmp_path / "leaks.ps1"
    path.write_text(
        "function a($one) { $two = 1; $three, $four = 2; foreach ($five in 3) { & $six } }\n"
        "function b { $seven += 1; $global:x = 1; $env:Y = 1; [string]$eight = ''; a 1 }\n"
        "function c { $nine = 1; & $python }\n"
    )
    names = ["a one", "a two", "a three", "a four", "a five", "b seven", "b eight"]
    assert leaks(read(path)) == set(names)


def test_the_installer_is_5_1s_too(read: Read) -> None:
    """install.ps1 parses, and has nothing in it that is later: no syntax, type, member, cmdlet."""
    findings = read(INSTALLER)
    assert INSTALLER.read_bytes().isascii()
    assert [f for f in findings if f.kind in ("error", "syntax", "variable")] == []
    assert of_kind(findings, "type") == INSTALLERS_TYPES
    assert of_kind(findings, "member") == INSTALLERS_MEMBERS
    functions = set(re.findall(r"^function (\w+)", INSTALLER.read_text(), re.MULTILINE))
    assert of_kind(findings, "command") - functions - {""} == set(INSTALLERS_COMMANDS)
    parameters = {f"{name} -{p}" for name, ps in INSTALLERS_COMMANDS.items() for p in ps.split()}
    assert of_kind(findings, "parameter") == parameters


@pytest.mark.parametrize(
    "text",
    [
        "$a = $b ?? 1",
        "$a ??= 1",
        "$a = $b ? 1 : 2",
        "& $a && & $b",
        "& $a || & $b",
        "${a}?.Length",
        "${a}?[0]",
        "& $a &",
        "function f { process { } clean { } }",
        '"`e[0m"',
        '"`u{2713}"',
        "1u",
        "0b1",
        "$IsWindows",
    ],
)
def test_what_5_1_lacks_is_found(text: str, read: Read, tmp_path: Path) -> None:
    """The reader isn't blind: PowerShell 7 takes each of these, and it says so."""
    path = tmp_path / "later.ps1"
    path.write_text(text)
    findings = read(path)
    assert of_kind(findings, "syntax", "variable")
    assert not of_kind(findings, "error")


def test_what_is_missing_is_found(read: Read, tmp_path: Path) -> None:
    """Members and parameters of .NET and PowerShell 7 come out under the names in the lists."""
    path = tmp_path / "later.ps1"
    path.write_text(
        "[IO.Path]::Exists($a); [IO.File]::ResolveLinkTarget($a, $true); $a.UnixFileMode\n"
        "ForEach-Object -Parallel { }; Get-Content -AsByteStream $a\n"
    )
    findings = read(path)
    assert of_kind(findings, "member") == {
        "[IO.Path]::Exists",
        "[IO.File]::ResolveLinkTarget",
        ".UnixFileMode",
    }
    assert of_kind(findings, "parameter") == {
        "ForEach-Object -Parallel",
        "Get-Content -AsByteStream",
    }
    known = STATIC | {f".{name}" for names in MEMBERS.values() for name in names.split()}
    assert not of_kind(findings, "member") & (known | set(GUARDED))
