# Installs autovenv from the checkout that this file lies in, and puts the hook into PowerShell's
# profiles: that of Windows PowerShell 5.1 and that of PowerShell 7.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1               install, or bring up to date
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Uninstall    take the program and the hook away
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Purge        and what you allowed, and the answers
#
# It uses uv or pipx where one is there, else a virtual environment of its own; it asks for
# nothing, and needs no administrator. What is installed is a copy: the checkout may be deleted
# afterwards. `-ExecutionPolicy Bypass` is for this one process; no policy is changed.

# install.sh is its sibling for bash, zsh and fish. It was run on Linux alone, and not on Windows.

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

$distribution = 'autovenv-shell'
$here = $PSScriptRoot
$windows = [IO.Path]::DirectorySeparatorChar -eq '\'
if ($windows) { $bin, $suffix, $base = 'Scripts', '.exe', $env:LOCALAPPDATA }
else { $bin, $suffix, $base = 'bin', '', $env:XDG_DATA_HOME }
if (-not $base -and $env:HOME) { $base = Join-Path $env:HOME '.local/share' }
$making = ''
$purge = $false

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
    if ($done.Code -ne 0) { throw "$what failed: $(reason $done)$(network $done)" }
}

# Returns why a program failed, in a line.
function reason($done) {
    $reasons = @($done.Lines -match '(error|cause):' -notmatch 'subprocess-exited')
    if ($reasons.Count -eq 0) { $reasons = @($done.Lines) + '' -ne '' }
    if ($reasons.Count -eq 0) { $reasons = @("it ended with $($done.Code)") }
    return "$($reasons[-1])".Trim()
}

# Returns what the network is needed for, where it seems to be what is missing.
function network($done) {
    $signs = 'no matching distribution|connect|network|resolve host|dns|timed out|certificate|tls|unreachable|error sending request'
    if (@($done.Lines -match $signs).Count -gt 0) {
        return '; the network is needed once, for what autovenv is built with and needs (hatchling, ' +
            'click, platformdirs and a few more) from the package index'
    }
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

# Each of these three installs, and returns the command. The first two return nothing where they fail and
# there is another way: uv may lack the network that pip has a mirror for, or a certificate.
function with_uv($is_last = $true) {
    $arguments = @('tool', 'install', '--quiet', '--force', '--reinstall', $here)
    if (is_done 'uv tool install' (find_program uv) $arguments $is_last) { uv_command }
}

function with_pipx($is_last = $true) {
    $arguments = @('install', '--force', '--python', (find_python), $here)
    if (is_done 'pipx install' (find_program pipx) $arguments $is_last) { pipx_command }
}

function is_done($what, $program, $arguments, $is_last) {
    if ($is_last) {
        run $what $program $arguments
        return $true
    }
    $done = call $program $arguments
    if ($done.Code -ne 0) { say "$what failed ($(reason $done)): trying the next way" }
    return $done.Code -eq 0
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
    $own = 'an environment of its own'
    $command = $null
    if (Test-Path -LiteralPath $venv) { $method, $command = $own, (with_venv) }
    elseif (pipx_has_it) { $method, $command = 'pipx', (with_pipx) }
    elseif (uv_has_it) { $method, $command = 'uv', (with_uv) }
    else {
        if (find_program uv) { $method, $command = 'uv', (with_uv $false) }
        if (-not $command -and (find_program pipx)) { $method, $command = 'pipx', (with_pipx $false) }
        if (-not $command) { $method, $command = $own, (with_venv) }
    }
    $version = call $command @('--version')
    if ($version.Code -ne 0) { throw "$command doesn't run" }
    say "Installed $($version.Lines[-1]) with ${method}: $command"
    $code = tell $command @('install', '--prove', '--shell', 'powershell')
    if ($code -ne 0) { return $code }
    say "To undo all of it: $(again '-Uninstall')"
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
    $state = Join-Path $(if ($windows) { $base } elseif ($env:XDG_STATE_HOME) { $env:XDG_STATE_HOME }
        else { Join-Path $env:HOME '.local/state' }) 'autovenv'
    $settings = Join-Path $(if ($windows) { $base } elseif ($env:XDG_CONFIG_HOME) { $env:XDG_CONFIG_HOME }
        else { Join-Path $env:HOME '.config' }) 'autovenv'
    $settings = Join-Path $settings 'config.toml'
    if ($purge) {
        # On Windows the settings are in the same folder, and stay.
        foreach ($name in Get-ChildItem -LiteralPath $state -Force -Name -ErrorAction Ignore) {
            $path = Join-Path $state $name
            if ($path -ne $settings) { Remove-Item -LiteralPath $path -Recurse -Force }
        }
        if (@(Get-ChildItem -LiteralPath $state -Force -ErrorAction Ignore).Count -eq 0) { remove_folder $state }
        say "Removed what was kept in $state, with what you allowed."
    } elseif (@(Get-ChildItem -LiteralPath $state -Force -ErrorAction Ignore).Count -gt 0) {
        say "What you allowed and the answers stay in $state; to remove them: $(again '-Purge')"
    }
    if (Test-Path -LiteralPath $settings) { say "Your settings stay: $settings" }
    return 0
}

# Returns the line that runs this file again.
function again($option) {
    $shell = if ($PSVersionTable.PSVersion.Major -lt 6) { 'powershell' } else { 'pwsh' }
    "$shell -ExecutionPolicy Bypass -File $(quoted (Join-Path $here 'install.ps1')) $option"
}

function unhook($command) {
    $code = -1
    $env:AUTOVENV_REMOVING = '1' # what stays is said here
    try { $code = tell $command @('uninstall') } catch { }
    if ($code -ne 0) { say 'The line in your profile stays; it does no harm without autovenv.' }
}

# Returns the exit status.
function main($words) {
    $action = 'install'
    foreach ($word in $words) {
        switch -Regex ($word) {
            '^--?u(ninstall)?$' { $action = 'uninstall' }
            '^--?p(urge)?$' { $action, $script:purge = 'uninstall', $true }
            '^(--?h(elp)?|-\?)$' { $action = 'help' }
            default { throw "unknown option $word (-Uninstall, -Purge and -Help are known)" }
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
foreach ($name in 'AUTOVENV_REMOVING', 'PIP_USER', 'PYTHON_MANAGER_AUTOMATIC_INSTALL', 'PYTHONUTF8') {
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
