"""How to drive PowerShell: what AUTOVENV_PWSH names, else `pwsh` from PATH."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping

from drivers.shell import FUNCTIONS, VARIABLES, Shell

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

_PLAIN = re.compile(r"[\w./ -]+\Z", re.ASCII)


def quote(text: str) -> str:
    """Return `text` as an expression that can be typed at a prompt.

    Raises UnicodeDecodeError for a name that isn't UTF-8: PowerShell has no words for it.
    """
    if _PLAIN.match(text):
        return f"'{text}'"
    units = os.fsencode(text).decode("utf-8").encode("utf-16-le")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "(" + " + ".join(["''", *(f"[char]{low + 256 * high}" for low, high in pairs)]) + ")"


def _preamble(probe: str) -> str:
    return (
        _PREAMBLE.replace("@FUNCTIONS@", ", ".join(map(quote, FUNCTIONS)))
        .replace("@VARIABLES@", ", ".join(map(quote, VARIABLES)))
        .replace("@PROBE@", quote(probe))
    )


def _files(rc: str) -> Mapping[str, str]:
    return {".config/powershell/Microsoft.PowerShell_profile.ps1": rc}


SHELL = Shell(
    name="pwsh",
    program=lambda: os.environ.get("AUTOVENV_PWSH") or shutil.which("pwsh"),
    flags=("-NoLogo",),
    files=_files,
    preamble=_preamble,
    load=lambda file: f"Invoke-Expression ([IO.File]::ReadAllText({quote(file)}))",
    quote=quote,
    cd="Set-Location -LiteralPath {}",
    export="$env:{} = {}",
    unset="$env:{} = $null",
    both="{}; {}",
    call="& {}",
    probe=" __probe; if ($__probe_failed) { Write-Error '' -ErrorAction Ignore }",
    variables={
        "POWERSHELL_TELEMETRY_OPTOUT": "1",
        "POWERSHELL_UPDATECHECK": "Off",
        # These two save 50 ms of each start.
        "DOTNET_TieredPGO": "0",
        "DOTNET_gcConcurrent": "0",
    },
)
