"""How to drive PowerShell: what AUTOVENV_PWSH names, else `pwsh` from PATH.

On Windows that may be `powershell`, which is Windows PowerShell 5.1. There it is the system that
knows where profiles lie, whatever a test's environment says: the user's own would be run, and a
test's wouldn't. So what stands for the profile is a file that is run before the first prompt.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping

from drivers.shell import Shell, fill_in

_PROFILE = ".config/powershell/Microsoft.PowerShell_profile.ps1"
_FLAGS: tuple[str, ...] = ("-NoLogo",)
if sys.platform == "win32":
    # Bypass: 5.1 comes with a policy that runs no file.
    _FLAGS += (
        "-NoProfile",
        "-NoExit",
        "-ExecutionPolicy",
        "Bypass",
        "-File",
        f"{{home}}/{_PROFILE}",
    )

# A prompt for more of a line can't be set: an incomplete line is waited for in vain.
_PREAMBLE = r"""
if (Get-Module PSReadLine) { Remove-Module PSReadLine }
$global:LASTEXITCODE = 0
function global:prompt { "[[$([int]!$?) $LASTEXITCODE]]~ " }
function global:__probe {
    $global:__probe_failed = !$?
    $text = [Text.StringBuilder]::new()
    $items = $ExecutionContext.InvokeProvider.Item
    $functions = @(@FUNCTIONS@).Where({ $items.Exists("Function:$_", $true, $true) })
    $variables = @(@VARIABLES@).Where({ $items.Exists("Env:$_", $true, $true) })
    $folder = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    foreach ($part in $folder, "$functions", "$variables") { [void]$text.Append($part + [char]0) }
    $environment = [Environment]::GetEnvironmentVariables()
    foreach ($name in $environment.Keys) {
        [void]$text.Append($name + '=' + $environment[$name] + [char]0)
    }
    [IO.File]::WriteAllText(@PROBE@, $text.ToString())
}
"""

_PLAIN = re.compile(r"[\w./\\: -]+\Z", re.ASCII)


def quote(text: str) -> str:
    """Return `text` as an expression that can be typed at a prompt.

    Raises UnicodeDecodeError for a name that isn't UTF-8: PowerShell has no words for it.
    """
    if _PLAIN.match(text):
        return f"'{text}'"
    units = os.fsencode(text).decode("utf-8").encode("utf-16-le")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "(" + " + ".join(["''", *(f"[char]{low + 256 * high}" for low, high in pairs)]) + ")"


def _files(rc: str) -> Mapping[str, str]:
    return {_PROFILE: rc}


def _program() -> str | None:
    return shutil.which(os.environ.get("AUTOVENV_PWSH") or "pwsh")


def _own_folder() -> str:
    """Return $PSHOME, which PowerShell 7 puts first: `pwsh` in it is the same one."""
    program = _program()
    return os.path.dirname(os.path.realpath(program)) if program else ""


def is_windows_powershell() -> bool:
    """Tell whether it is Windows PowerShell 5.1 that is driven."""
    name = os.path.basename(_program() or "")
    return name.lower().removesuffix(".exe") == "powershell"


SHELL = Shell(
    name="pwsh",
    version='"$($PSVersionTable.PSVersion)"',
    program=_program,
    flags=_FLAGS,
    files=_files,
    preamble=lambda probe: fill_in(_PREAMBLE, probe, quote, ", "),
    load=lambda file: f"Invoke-Expression ([IO.File]::ReadAllText({quote(file)}))",
    quote=quote,
    cd="Set-Location -LiteralPath {}",
    export="$env:{} = {}",
    unset="$env:{} = $null",
    both="{}; {}",
    call="& {}",
    at_once=not is_windows_powershell(),
    ahead=lambda: "" if is_windows_powershell() else _own_folder(),
    probe=" __probe; if ($__probe_failed) { Write-Error '' -ErrorAction Ignore }",
    variables={
        "POWERSHELL_TELEMETRY_OPTOUT": "1",
        "POWERSHELL_UPDATECHECK": "Off",
        # These two save 50 ms of each start.
        "DOTNET_TieredPGO": "0",
        "DOTNET_gcConcurrent": "0",
    },
)
