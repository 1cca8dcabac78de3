# Installs autovenv from the checkout that this file lies in, and puts the hook into PowerShell's
# profiles: that of Windows PowerShell 5.1 and that of PowerShell 7.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1               install, or bring up to date
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall    take everything away again
#
# It uses uv or pipx where one is there, else a virtual environment of its own; it asks for
# nothing, and needs no administrator. What is installed is a copy: the checkout may be deleted
# afterwards. `-ExecutionPolicy Bypass` is for this one process; no policy is changed.

# install.sh is its sibling for bash, zsh and fish. On Windows it hasn't been run yet: on Linux alone.

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

$distribution = 'autovenv-shell'
$here = $PSScriptRoot
$windows = [IO.Path]::DirectorySeparatorChar -eq '\'
if ($windows) { $bin, $suffix, $base = 'Scripts', '.exe', $env:LOCALAPPDATA }
else { $bin, $suffix, $base = 'bin', '', $env:XDG_DATA_HOME }
if (-not $base -and $env:HOME) { $base = Join-Path $env:HOME '.local/share' }
$making = ''

# Prints on standard output, also where the caller assigns what a function returns.
function say($text) { [Console]::Out.WriteLine($text) }

# Runs a program that must not read from the terminal. Returns its exit status and its lines; with
# Stop, Windows PowerShell would take the first line on standard error for the end.
function call($program, $arguments) {
    $ErrorActionPreference = 'Continue'
    $lines = @()
    $code = -1
    try {
        $lines = @($null | & $program @arguments 2>&1 | ForEach-Object { "$_" })
        $code = $LASTEXITCODE
    } catch {
        $lines = @("$_")
    }
    return [pscustomobject]@{ Code = $code; Lines = $lines }
}

# Runs a program quietly; if it fails, says so with the last line that it wrote about an error.
function run($what, $program, $arguments) {
    $done = call $program $arguments
    if ($done.Code -eq 0) { return }
    $reasons = @($done.Lines -match '(error|cause):' -notmatch 'subprocess-exited')
    if ($reasons.Count -eq 0) { $reasons = @($done.Lines) + '' -ne '' }
    if ($reasons.Count -eq 0) { $reasons = @("it ended with $($done.Code)") }
    throw "$what failed: $("$($reasons[-1])".Trim())"
}

# Returns the paths of all programs of that name on PATH: no function, and no alias.
function find_programs($name) {
    foreach ($found in Get-Command -Name $name -CommandType Application -All -ErrorAction Ignore) { $found.Path }
}

# Returns the path of the first, or nothing.
function find_program($name) { find_programs $name | Select-Object -First 1 }

function remove_folder($folder) {
    if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force }
}

function quoted($text) { "'" + $text.Replace("'", "''") + "'" }

function command_in($folder) { Join-Path $folder "autovenv$suffix" }

# Returns a Python 3.11 or later that can make an environment. Inside an activated environment it is
# the one below it that counts. The Store's doesn't: what it writes below AppData goes elsewhere,
# and its name may stand for nothing but the way into the Store.
function find_python {
    $asked = @('import sys; sys.version_info >= (3, 11) and __import__(''ensurepip'') and ' +
        '__import__(''venv'') and print(getattr(sys, ''_base_executable'', sys.executable))')
    $names = 'python3', 'python3.15', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'
    # Python's launcher knows the ones that aren't on PATH. It must not install one.
    $env:PYTHON_MANAGER_AUTOMATIC_INSTALL = 'false'
    foreach ($name in @('py') + $names) {
        $version = @(if ($name -eq 'py') { '-3' })
        foreach ($program in find_programs $name) {
            if ($name -ne 'py' -and (is_stores $program)) { continue }
            $done = call $program ($version + '-I', '-X', 'utf8', '-c' + $asked)
            if ($done.Code -ne 0 -or $done.Lines.Count -eq 0) { continue }
            $found = $done.Lines[-1]
            if ((Test-Path -LiteralPath $found) -and -not (is_stores $found)) { return $found }
        }
    }
    throw ('there is no Python 3.11 or later: install one from python.org (the one of the Microsoft ' +
        'Store can''t be used), or uv, and run this again')
}

function is_stores($program) { $windows -and $program -like '*\WindowsApps\*' }

function pipx_has_it {
    $pipx = find_program pipx
    return $pipx -and (is_listed (call $pipx @('list', '--short')))
}

function uv_has_it {
    $uv = find_program uv
    return $uv -and (is_listed (call $uv @('tool', 'list')))
}

function is_listed($done) {
    return $done.Code -eq 0 -and @($done.Lines -match "^$distribution ").Count -gt 0
}

function uv_command { command_in (call (find_program uv) @('tool', 'dir', '--bin')).Lines[-1] }

function pipx_command {
    command_in (call (find_program pipx) @('environment', '--value', 'PIPX_BIN_DIR')).Lines[-1]
}

# Each of these three installs, and returns the command.
function with_uv {
    run 'uv tool install' (find_program uv) @('tool', 'install', '--quiet', '--force', '--reinstall', $here)
    uv_command
}

function with_pipx {
    run 'pipx install' (find_program pipx) @('install', '--force', '--python', (find_python), $here)
    pipx_command
}

function with_venv {
    $python = Join-Path (Join-Path $venv $bin) "python$suffix"
    if ((call $python @('-c', 'import sys')).Code -ne 0) { make_venv }
    # A user's pip.ini may say `user = true`, which pip refuses in an environment.
    $env:PIP_USER = '0'
    run 'pip install' $python @(
        '-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--upgrade', $here
    )
    $script:making = ''
    command_in (Join-Path $venv $bin)
}

function make_venv {
    $python = find_python
    remove_folder $venv
    # What is made is taken away again if it isn't finished: the uppermost folder that wasn't there.
    $folder = $venv
    while (-not (Test-Path -LiteralPath $folder)) {
        $script:making = $folder
        $folder = [IO.Path]::GetDirectoryName($folder)
    }
    run "$python -m venv" $python @('-I', '-m', 'venv', $venv)
}

function install {
    if (Test-Path -LiteralPath $venv) { $method = 'an environment of its own' }
    elseif (pipx_has_it) { $method = 'pipx' }
    elseif (find_program uv) { $method = 'uv' }
    elseif (find_program pipx) { $method = 'pipx' }
    else { $method = 'an environment of its own' }
    if ($method -eq 'uv') { $command = with_uv }
    elseif ($method -eq 'pipx') { $command = with_pipx }
    else { $command = with_venv }
    $version = call $command @('--version')
    if ($version.Code -ne 0) { throw "$command doesn't run" }
    say "Installed $($version.Lines[-1]) with ${method}: $command"
    $code = tell $command @('install', '--shell', 'powershell')
    if ($code -ne 0) { return $code }
    $shell = if ($PSVersionTable.PSVersion.Major -lt 6) { 'powershell' } else { 'pwsh' }
    $file = quoted (Join-Path $here 'install.ps1')
    say "To undo all of it: $shell -ExecutionPolicy Bypass -File $file -Uninstall"
    return 0
}

# Runs autovenv, which speaks for itself; returns its exit status.
function tell($command, $arguments) {
    $ErrorActionPreference = 'Continue'
    $null | & $command @arguments | ForEach-Object { say $_ }
    return $LASTEXITCODE
}

function uninstall {
    $found = $false
    if (uv_has_it) {
        $found = $true
        unhook (uv_command)
        run 'uv tool uninstall' (find_program uv) @('tool', 'uninstall', $distribution)
    }
    if (pipx_has_it) {
        $found = $true
        unhook (pipx_command)
        run 'pipx uninstall' (find_program pipx) @('uninstall', $distribution)
    }
    if (Test-Path -LiteralPath $venv) {
        $found = $true
        unhook (command_in (Join-Path $venv $bin))
        remove_folder $venv
    }
    if ($found) { say 'Removed autovenv.' } else { say 'autovenv is not installed; nothing to do.' }
    return 0
}

function unhook($command) {
    $code = -1
    try { $code = tell $command @('uninstall') } catch { }
    if ($code -ne 0) { say 'The line in your profile stays; it does no harm without autovenv.' }
}

# Returns the exit status.
function main($words) {
    $action = 'install'
    foreach ($word in $words) {
        switch -Regex ($word) {
            '^--?u(ninstall)?$' { $action = 'uninstall' }
            '^(--?h(elp)?|-\?)$' { $action = 'help' }
            default { throw "unknown option $word (-Uninstall and -Help are known)" }
        }
    }
    if ($action -eq 'help') {
        foreach ($line in Get-Content -LiteralPath $PSCommandPath) {
            if (-not $line.StartsWith('#')) { return 0 }
            say ($line -replace '^# ?', '')
        }
    }
    if (-not $base) { throw 'LOCALAPPDATA is not set' }
    if (-not (Test-Path -LiteralPath (Join-Path $here 'pyproject.toml'))) {
        throw "$here is no checkout of autovenv: clone it and run this there"
    }
    & $action
}

$kept = @{}
foreach ($name in 'PIP_USER', 'PYTHON_MANAGER_AUTOMATIC_INSTALL', 'PYTHONUTF8') {
    $kept[$name] = [Environment]::GetEnvironmentVariable($name)
}
$encoding = $null
$code = 1
try {
    # What programs write is read by this, and their own choice isn't the console's.
    try {
        $encoding = [Console]::OutputEncoding
        [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
    } catch { } # there is no console
    $env:PYTHONUTF8 = '1'
    if ($base) { $venv = Join-Path (Join-Path $base 'autovenv') 'venv' }
    $code = main $args
} catch {
    [Console]::Error.WriteLine("install.ps1: $_")
} finally {
    if ($making) { remove_folder $making }
    if ($base) {
        # Only if nothing else has come into it.
        $folder = Join-Path $base 'autovenv'
        if ((Test-Path -LiteralPath $folder) -and @(Get-ChildItem -LiteralPath $folder -Force).Count -eq 0) {
            Remove-Item -LiteralPath $folder
        }
    }
    foreach ($name in $kept.Keys) {
        # $null would reach .NET as an empty text, which sets it.
        if ($null -ne $kept[$name]) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) }
        else { Remove-Item -LiteralPath "Env:$name" -ErrorAction Ignore }
    }
    if ($encoding) { try { [Console]::OutputEncoding = $encoding } catch { } }
}
exit $code
