# What stands in the place of functions in autovenv.ps1 in Constrained Language Mode, where methods
# of .NET are out of reach: cmdlets, and no memory of what was seen. `autovenv hook powershell` puts
# it into autovenv.ps1, which reads it in that mode alone.

function global:__autovenv_hook {
    try {
        $__autovenv_folder = __autovenv_here
        __autovenv_walk $__autovenv_folder
        $global:__autovenv_paths = @(foreach ($__autovenv_path in $global:__autovenv_paths) {
            if (Microsoft.PowerShell.Management\Test-Path -LiteralPath $__autovenv_path) { $__autovenv_path }
        })
        __autovenv_turn $__autovenv_folder $global:__autovenv_paths
    } catch {
        __autovenv_failed $_
    }
}

# There is no way to take an error out of $Error here.
function global:__autovenv_failed($failure) {
    if ($env:AUTOVENV_DEBUG) { __autovenv_write "autovenv: $failure" }
}

function global:__autovenv_look($path) {
    return Microsoft.PowerShell.Management\Get-Item -LiteralPath $path -Force -ErrorAction Ignore
}

function global:__autovenv_item($path) {
    $item = __autovenv_look $path
    if ($null -ne $item) { return $item }
    return @{ Attributes = '' } # under strict mode, nothing has no properties
}

function global:__autovenv_text($file) {
    return Microsoft.PowerShell.Management\Get-Content -LiteralPath $file -Raw -Encoding UTF8 -ErrorAction Ignore
}

function global:__autovenv_are_own($paths) {
    foreach ($path in $paths) {
        $item = __autovenv_look $path
        if ($null -eq $item) { return $false }
        $user = $item.PSObject.Properties['User']
        if ($null -ne $user -and $user.Value -cne [Environment]::UserName) { return $false }
    }
    return $true
}

function global:__autovenv_is_fresh($checks) {
    $timed, $stamps, $leading, $absent = $checks
    while ("$leading" -cne '') {
        $path, $target, $leading = $leading
        if (-not (__autovenv_leads_to $path $target)) { return $false }
    }
    while ("$timed" -cne '') {
        $path, $timed = $timed
        $stamp, $stamps = $stamps
        $time = "$((__autovenv_look $path).LastWriteTimeUtc.Ticks)"
        if (-not $time -or $time -cne "$((__autovenv_look $stamp).LastWriteTimeUtc.Ticks)") { return $false }
    }
    foreach ($path in $absent) { if (__autovenv_exists $path) { return $false } }
    return $true
}

function global:__autovenv_value_of($name) {
    $variable = Microsoft.PowerShell.Management\Get-Item -LiteralPath "Env:$name" -ErrorAction Ignore
    if ($null -ne $variable) { return $variable.Value }
}

function global:__autovenv_output($program, $arguments) {
    # To start what is gone would be an error.
    if ($null -eq (__autovenv_look $program)) { return }
    $ErrorActionPreference = 'Continue' # in 5.1, a line on stderr is an error that would stop us
    $PSNativeCommandUseErrorActionPreference = $false
    $last = Microsoft.PowerShell.Utility\Get-Variable LASTEXITCODE -Scope Global -ErrorAction Ignore
    $code = if ($null -ne $last) { $last.Value }
    try {
        if ($env:AUTOVENV_DEBUG) { $lines = $null | & $program @arguments }
        else { $lines = $null | & $program @arguments 2>$null }
        $text = (@($lines) + '') -join "`n"
        # The console's code page may have garbled it. It will be in the store in a second.
        $sightings = "$global:__autovenv_sightings".Replace('\', '\s').Replace("`n", '\n')
        if ($text -cmatch ('(?s)\A' + (__FORMAT__) + '\n([^\n]*)\n.*\nend\n\z') -and $Matches[1] -cne $sightings) {
            $text = ((__FORMAT__), $sightings, '', '', '', '', '', 'again', '', 'end', '') -join "`n"
        }
        $text
    } finally {
        if ($null -ne $last) { $global:LASTEXITCODE = $code }
        else { Microsoft.PowerShell.Utility\Remove-Variable LASTEXITCODE -Scope Global -ErrorAction Ignore }
    }
}

function global:__autovenv_write($line) {
    Microsoft.PowerShell.Utility\Write-Warning $line -WarningAction Continue
}
