# autovenv for Windows PowerShell 5.1 and PowerShell 7. `autovenv hook powershell` fills in its tokens
# and prints it.
#
# Its siblings autovenv.bash, autovenv.zsh and autovenv.fish have the same functions in the same
# order. Nothing in here evaluates, sources or runs what lies in a project.

# One block, so that `return` ends this text and never a profile, and that nothing is left behind but
# what says `global:`.
& {

# In Constrained Language Mode .NET's methods are out of reach. Cmdlets do their work there, slower,
# and there is no action on a change of folder: the prompt alone switches.
$constrained = "$($ExecutionContext.SessionState.LanguageMode)" -cne 'FullLanguage'
$windows = [IO.Path]::DirectorySeparatorChar -eq '\'

# A shell that is not interactive is left alone. -Command, -File and a bare word, which is one of
# these two, run something and end, unless -NoExit comes before them; so does one that is piped in.
if ($Host.Name -cne 'ConsoleHost') {
    if ($Host.Name -cnotin 'Windows PowerShell ISE Host', 'Visual Studio Code Host') { return }
} elseif (-not $constrained) {
    $words = [Environment]::GetCommandLineArgs()
    $stays = $false
    for ($at = 1; $at -lt $words.Length; $at++) {
        $word = $words[$at].ToLowerInvariant() -creplace '^--', '-'
        if ($windows) { $word = $word -creplace '^/', '-' }
        if ($word -cmatch '^-noni') { return }
        if ($word -cmatch '^-noe') { $stays = $true }
        # With a value of their own; of what is left, all but these three are switches.
        elseif ($word -cmatch '^-(ex|ep\z|in\z|inp|if\z|o|w|v|config|cus|set|ps)') { $at++ }
        elseif ($word -cmatch '^(-(c|f|e|\z)|[^-]|\z)') {
            if ($stays) { break }
            return
        }
    }
    if (-not $stays -and [Console]::IsInputRedirected) { return }
}

# Loaded twice, it goes on with what it has.
if ($null -eq (Microsoft.PowerShell.Utility\Get-Variable __autovenv_version -Scope Global -ErrorAction Ignore)) {
    $global:__autovenv_nearest = ''       # the nearest folder with a marker
    $global:__autovenv_sightings = ''     # the markers seen from here, each ended by a newline
    $global:__autovenv_off = $false       # `autovenv off`
    $global:__autovenv_held = ''          # the PATH entry that `deactivate` took away
    $global:__autovenv_gone = ''          # the PATH entries that were ours in this shell, each ended by what is between
    $global:__autovenv_seen = ''          # PATH as it was last left
    $global:__autovenv_label = ''         # what the prompt shows
    $global:__autovenv_told = ''          # the note that was shown last, while it stands
    $global:__autovenv_prompted = $false  # set at the first prompt
    $global:__autovenv_trusted = $false   # set once the store is known to be the user's own
    $global:__autovenv_prompting = $false # set while the prompt is made
    $global:__autovenv_reached = $false   # set when a prompt of ours was made since the last line was read
    $global:__autovenv_labelled = $false  # set when this prompt has its label
    $global:__autovenv_inner = @()        # the functions that ours have replaced, and call
    $global:__autovenv_action = $null     # what is called after a change of folder
}
$global:__autovenv_version = __VERSION__  # of this hook, for `autovenv status`
$global:__autovenv_constrained = $constrained
$global:__autovenv_windows = $windows
$global:__autovenv_separator = "$([IO.Path]::PathSeparator)"
# On Windows an entry may be several folders in a row, as conda's and python.org's are.
$global:__autovenv_between = if ($windows) { '|' } else { ':' }

# --- find: which markers can be seen from here? ---

function global:__autovenv_find($folder) {
    $end = if ($global:__autovenv_windows) { __autovenv_trimmed $env:USERPROFILE } else { __autovenv_trimmed $env:HOME }
    $root = 0
    if ($global:__autovenv_windows -and $folder -cmatch '^(//[^/]+/[^/]+|[^/]+:)') {
        $root = $Matches[0].Length # above a drive, or a share, there is nothing
    }
    $constrained = $global:__autovenv_constrained
    $sightings = $nearest = ''
    while ($true) {
        foreach ($name in __MARKERS__) {
            $path = "$folder/$name"
            # Here a call would cost as much as all else at a prompt. Both say of a link that it is
            # there, wherever it leads.
            if ($constrained -or [IO.File]::Exists($path) -or [IO.Directory]::Exists($path)) {
                if (-not (__autovenv_exists $path)) { continue }
                if ($sightings.Length -eq 0) { $nearest = $folder }
                $sightings += "$path`n"
            }
        }
        # Above the home, a look-up can take seconds where homes are mounted on demand.
        if ($folder.Length -le $root -or [string]::Equals($folder, $end)) { break }
        if ($global:__autovenv_windows -and [string]::Equals($folder, $end, 'OrdinalIgnoreCase')) { break }
        $folder = $folder.Substring(0, $folder.LastIndexOf([char]'/'))
    }
    $global:__autovenv_sightings = $sightings
    $global:__autovenv_nearest = $nearest
}

# Returns the folder that programs start in: it stays while the user is in `Env:` or `HKLM:`.
function global:__autovenv_here {
    # $PWD keeps its path once it is worked out, which takes as long as half the hook.
    $location = $PWD
    if ($location.Provider.Name -cne 'FileSystem') {
        $location = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation
    }
    __autovenv_trimmed $location.ProviderPath
}

# On Windows as elsewhere, a folder is written with slashes, and none at its end.
function global:__autovenv_trimmed($folder) {
    $folder = "$folder"
    if ($global:__autovenv_windows) {
        # `\\?\C:\p` is C:\p: one folder has one environment, spelled one way.
        $folder = $folder.Replace('\', '/')
        if ($folder -match '^//\?/(UNC/)?') {
            $share = if ($Matches[1]) { '//' }
            $folder = "$share$($folder.Substring($Matches[0].Length))"
        }
    }
    if ($folder -cmatch '/\z') { $folder = $folder.Substring(0, $folder.Length - 1) }
    return $folder
}

# Returns Attributes, LastWriteTimeUtc and, for a link, Target of what is at a path, if it is there.
function global:__autovenv_look($path) {
    if ($global:__autovenv_constrained) {
        return Microsoft.PowerShell.Management\Get-Item -LiteralPath $path -Force -ErrorAction Ignore
    }
    try {
        $item = [IO.FileInfo]::new($path)
        # -1 where it is missing, nothing in a folder that may not be looked into.
        if ([int]$item.Attributes -gt 0) { return $item }
    } catch { } # 5.1 throws for a path that is too long
}

# Tells whether something can be reached at a path. A link that leads nowhere doesn't count.
function global:__autovenv_exists($path) {
    $item = __autovenv_look $path
    if ($null -eq $item) { return $false }
    return -not ($item.Attributes -band [IO.FileAttributes]::ReparsePoint) -or (__autovenv_resolved $path)
}

# Returns where a path leads with every link in it followed, or nothing where that is nowhere. .NET
# follows only a link at the end of a path, and 5.1's doesn't follow any.
function global:__autovenv_resolved($path) {
    $constrained = $global:__autovenv_constrained
    $root = $done = ''
    $rest = $path
    $links = 0
    try {
        while ($rest) {
            if ($global:__autovenv_windows -and $rest -cmatch '^(//[^/]+/[^/]+|[^/]+:)') {
                $root = $done = $Matches[0]
                $rest = $rest.Substring($root.Length)
            } elseif ($rest[0] -eq '/') {
                $done = $root
            }
            $name, $rest = $rest.TrimStart([char]'/').Split(@([char]'/'), 2)
            if ($name -cin '', '.') { continue }
            if ($name -ceq '..') {
                if ($done.Length -gt $root.Length) { $done = $done.Substring(0, $done.LastIndexOf([char]'/')) }
                continue
            }
            $next = "$done/$name"
            $item = if ($constrained) { __autovenv_look $next } else { [IO.FileInfo]::new($next) }
            if ($null -eq $item -or [int]$item.Attributes -le 0) { return }
            $target = ''
            if ($item.Attributes -band [IO.FileAttributes]::ReparsePoint) { $target = "$(@($item.Target)[0])" }
            # OneDrive's files are reparse points without a target.
            if ($target.Length -eq 0) {
                $done = $next
                continue
            }
            $links++
            if ($links -gt 40) { return }
            if ($global:__autovenv_windows) { $target = $target.Replace('\', '/') }
            $rest = "$target/$rest"
        }
    } catch {
        return
    }
    return $done
}

# --- recall: is there an answer, and is all that it was made from as it was? ---

# Takes the fields of an answer in; without any, nothing is to be active. Tells whether it is whole.
function global:__autovenv_take($fields) {
    $fields = @($fields) # under strict mode, nothing has no count
    $whole = $fields.Count -gt 7 -and $fields[0] -ceq (__FORMAT__) -and $fields[-1] -ceq 'end'
    if (-not $whole) { $fields = @('') * 8 }
    # The sightings that it answers, and what is to be active there.
    $null, $global:__autovenv_answered, $environment, $entry, $global:__autovenv_name, $global:__autovenv_note,
        $generation, $global:__autovenv_checks = $fields
    if ($global:__autovenv_windows) {
        $environment = $environment.Replace('/', '\')
        $entry = $entry.Replace('/', '\')
    }
    $global:__autovenv_environment = $environment
    $global:__autovenv_entry = $entry
    $global:__autovenv_stamp = (__autovenv_kept) + (__STAMP_NAME__) + $generation + '-'
    return $whole
}

function global:__autovenv_recall {
    if ($global:__autovenv_answered -ceq 'reload' -or $env:AUTOVENV_STORE -ceq 'off' -or $env:AUTOVENV_DEBUG) { return $false }
    $file = (__autovenv_kept) + (__RECORD_NAME__)
    try {
        if ($global:__autovenv_constrained) {
            $text = Microsoft.PowerShell.Management\Get-Content -LiteralPath $file -Raw -Encoding UTF8 -ErrorAction Ignore
        } else {
            if (-not [IO.File]::Exists($file)) { return $false }
            $text = [IO.File]::ReadAllText($file, [Text.Encoding]::UTF8)
        }
        if (-not $text -or -not (__autovenv_owned)) { return $false }
    } catch {
        return $false # it may not be read
    }
    $fields = $text.Split([char]0)
    $whence = 'visit'
    if ([string]::Equals($global:__autovenv_answered, $global:__autovenv_sightings)) { $whence = 'known' }
    return (__autovenv_take $fields[0..($fields.Length - 2)]) -and
        [string]::Equals($global:__autovenv_answered, $global:__autovenv_sightings) -and (__autovenv_fresh $whence)
}

# Returns where an answer is kept, up to the names of the record and its stamps.
function global:__autovenv_kept {
    $answers = __ANSWERS__
    $folder = $global:__autovenv_nearest
    if ($global:__autovenv_windows) {
        if ($folder -cmatch '^//') { $folder = '/UNC' + $folder.Substring(1) }
        else { $folder = '/' + ($folder -creplace '^([^/]+):', '$1') }
    }
    return "$answers$folder/"
}

# A record of somebody else's, as after `sudo -E`, isn't believed. The store as a whole is looked at,
# once, since a look costs as much as all else: nobody else can write in it.
function global:__autovenv_owned {
    if (-not $global:__autovenv_trusted -and -not $global:__autovenv_windows) {
        if (-not (__autovenv_is_own (__ANSWERS__))) { return $false }
    }
    $global:__autovenv_trusted = $true
    return $true
}

# Goes through the checks of an answer, in pairs of how and what. Equality is the test, not age: an
# older file that is moved in place is a change, too. What is above `standing` counts where the answer
# comes from the store: $whence is `known` there where the shell stands, `visit` where it arrives.
function global:__autovenv_fresh($whence) {
    $checks = $global:__autovenv_checks
    $start = 0
    if (-not $whence -and $checks -ccontains 'standing') { $start = [Array]::IndexOf($checks, 'standing') + 2 }
    try {
        for ($at = $start; $at -lt $checks.Count - 1; $at += 2) {
            $how, $what, $next = $checks[$at..($at + 2)]
            $holds = if ($how -ceq 'variable') { __autovenv_unchanged $what }
            elseif ($how -ceq 'absent') { -not (__autovenv_exists $what) }
            elseif ($how -cin 'target', 'standing') { $true } # looked at with the path before
            elseif ($how -ceq 'folder') { [string]::Equals($what, "$(__autovenv_here)/") }
            elseif ($how -ceq 'visit') { $whence -cne 'visit' }
            elseif ($how -ceq 'shell') { $what -ceq 'powershell' }
            elseif ($how -ceq 'own') { __autovenv_is_own $what }
            elseif ($how -cnotmatch '^[0-9]+\z') { $false } # among them `again`
            elseif ($next -ceq 'target') {
                # .NET reads a link's own time, the other shells its target's.
                $target = $checks[$at + 3]
                (__autovenv_leads_to $what $target) -and (__autovenv_timed $target $how)
            } else { __autovenv_timed $what $how }
            if (-not $holds) { return $false }
        }
    } catch {
        return $false # a folder that may not be looked into
    }
    return $checks.Count -gt 0
}

# Tells whether a path belongs to the user, where PowerShell can say so: from 7.1 on, not on Windows.
function global:__autovenv_is_own($path) {
    $item = Microsoft.PowerShell.Management\Get-Item -LiteralPath $path -Force -ErrorAction Ignore
    if ($null -eq $item) { return $false }
    $user = $item.PSObject.Properties['User']
    return $global:__autovenv_windows -or $null -eq $user -or "$($user.Value)" -ceq [Environment]::UserName
}

# Tells whether a path has the time of the stamp that bears the number.
function global:__autovenv_timed($path, $number) {
    $stamp = $global:__autovenv_stamp + $number
    if ($global:__autovenv_constrained) {
        $time = "$((__autovenv_look $path).LastWriteTimeUtc.Ticks)"
        return $time -and $time -ceq "$((__autovenv_look $stamp).LastWriteTimeUtc.Ticks)"
    }
    $time = [IO.File]::GetLastWriteTimeUtc($path)
    # What is missing has a time as well, of 1601.
    return $time -eq [IO.File]::GetLastWriteTimeUtc($stamp) -and $time.Year -ne 1601
}

# Tells whether a variable is what the record says: NAME=value, or NAME- where it was unset.
function global:__autovenv_unchanged($field) {
    $name = $field -creplace '(?s)[-=].*', ''
    $known = $false
    if ($name -ceq 'PWD') { return [string]::Equals($field, "PWD=$(__autovenv_here)") }
    foreach ($variable in __VARIABLES__) {
        if ($variable -ceq $name) { $known = $true }
    }
    if (-not $known) { return $false }
    $value = __autovenv_variable $name
    if ($null -eq $value) { return $field -ceq "$name-" }
    if ($name -ceq 'PATH' -and $env:__AUTOVENV_PATH) {
        $value = __autovenv_without $value $env:__AUTOVENV_PATH
    }
    return [string]::Equals($field, "$name=$value")
}

function global:__autovenv_variable($name) {
    if ($global:__autovenv_constrained) {
        $variable = Microsoft.PowerShell.Management\Get-Item -LiteralPath "Env:$name" -ErrorAction Ignore
        if ($null -ne $variable) { return $variable.Value }
        return
    }
    return [Environment]::GetEnvironmentVariable($name)
}

# Tells whether a path still leads where it led. Windows has many ways to write that place.
function global:__autovenv_leads_to($path, $target) {
    $place = __autovenv_resolved (__autovenv_trimmed $path)
    if ($global:__autovenv_windows) { return $place -and $place -eq (__autovenv_trimmed $target) }
    return [string]::Equals($place, $target)
}

# --- ask: the helper finds the answer, and keeps it where recall looks ---

function global:__autovenv_ask($folder) {
    $answers = __ANSWERS__
    $python = __PYTHON__
    $main = __MAIN__
    if ($env:AUTOVENV_STORE -ceq 'off') { $answers = '' }
    $text = ''
    try {
        $text = __autovenv_output $python @('-I', '-S', '-X', 'utf8', $main, 'ask', (__FORMAT__), 'powershell', $answers, "$folder/")
    } catch {
        if ($env:AUTOVENV_DEBUG) { __autovenv_write "autovenv: $_" }
    }
    # On the pipe a field is a line, and a newline in it is \n, a backslash \s.
    $fields = "$text".Split([char]"`n")
    $record = @(foreach ($field in $fields) { $field.Replace('\n', "`n").Replace('\s', '\') })
    if ((__autovenv_take $record[0..($record.Count - 2)])) {
        if ($global:__autovenv_constrained -and -not [string]::Equals($record[1], $global:__autovenv_sightings)) {
            # The console's code page has garbled it. It will be in the store in a second.
            $null = __autovenv_take @((__FORMAT__), $global:__autovenv_sightings, '', '', '', '', '', 'again', '', 'end')
        }
        return
    }
    # It is tried again elsewhere.
    $null = __autovenv_take @((__FORMAT__), $global:__autovenv_sightings, '', '', '', '', '', 'folder', "$folder/", 'end')
    $global:__autovenv_note = "the helper gives no answer ($python): install autovenv again, or remove its line from `$PROFILE"
}

# Returns what a program writes. The console's code page would garble it, and a native command
# would change $LASTEXITCODE: hence .NET. Its standard input is empty.
function global:__autovenv_output($program, $arguments) {
    if ($global:__autovenv_constrained) {
        return __autovenv_output_constrained $program $arguments
    }
    $start = [Diagnostics.ProcessStartInfo]::new($program)
    if ($start.PSObject.Properties['ArgumentList']) {
        foreach ($argument in $arguments) { $start.ArgumentList.Add($argument) }
    } else {
        # 5.1: the C runtime's rules. Backslashes count where a quote follows.
        $start.Arguments = [string]::Join(' ', @(foreach ($argument in $arguments) {
            '"' + ($argument -creplace '(\\*)"', '$1$1\"' -creplace '(\\+)\z', '$1$1') + '"'
        }))
    }
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.StandardOutputEncoding = [Text.UTF8Encoding]::new($false)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = -not $env:AUTOVENV_DEBUG
    $process = [Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        # Read and dropped beside the answer: a full pipe would block the helper.
        if ($start.RedirectStandardError) { $process.BeginErrorReadLine() }
        $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
    } finally {
        $process.Dispose()
    }
}

function global:__autovenv_output_constrained($program, $arguments) {
    # To start what is gone would be an error, and there is no way to take one out of $Error here.
    if ($null -eq (__autovenv_look $program)) { return }
    $ErrorActionPreference = 'Continue' # in 5.1, a line on stderr is an error that would stop us
    $last = Microsoft.PowerShell.Utility\Get-Variable LASTEXITCODE -Scope Global -ErrorAction Ignore
    $code = if ($null -ne $last) { $last.Value }
    try {
        if ($env:AUTOVENV_DEBUG) { $lines = $null | & $program @arguments }
        else { $lines = $null | & $program @arguments 2>$null }
        [string]::Join("`n", @($lines) + '')
    } finally {
        if ($null -ne $last) { $global:LASTEXITCODE = $code }
        else { Microsoft.PowerShell.Utility\Remove-Variable LASTEXITCODE -Scope Global -ErrorAction Ignore }
    }
}

# --- switch: leave what is not to be active here, enter what is ---

function global:__autovenv_switch {
    $environment = $global:__autovenv_environment
    $entry = $global:__autovenv_entry
    $label = $global:__autovenv_name
    if (-not $entry -or -not [string]::Equals($entry, $global:__autovenv_held) -or (__autovenv_is_active $environment)) {
        $global:__autovenv_held = '' # the project was left, or activated by hand
    } else {
        $environment = $entry = ''
    }
    if ($env:__AUTOVENV_PATH) {
        # Its own `Activate.ps1`, run over ours as editors do, is undone; ours goes on.
        if ((__autovenv_by_hand) -and (__autovenv_is_active $env:__AUTOVENV_ENV)) {
            __autovenv_undo
        }
        if ([string]::Equals($entry, $env:__AUTOVENV_PATH) -and
            [string]::Equals($environment, "$env:__AUTOVENV_ENV") -and -not (__autovenv_foreign)) {
            # A nested shell inherits an active environment without its function and its label.
            $global:__autovenv_label = $label
            if ($environment) { $env:VIRTUAL_ENV_PROMPT = $label }
            __autovenv_define_deactivate
            __autovenv_agree
            return
        }
        __autovenv_leave
    }
    if ($entry -and (__autovenv_may_enter $environment $entry)) {
        __autovenv_enter $environment $entry $label
    }
}

# Tells whether VIRTUAL_ENV is the environment $environment.
function global:__autovenv_is_active($environment) {
    if (-not $environment -or -not $env:VIRTUAL_ENV) { return $false }
    if ([string]::Equals($environment, $env:VIRTUAL_ENV)) { return $true }
    $active = __autovenv_resolved (__autovenv_trimmed $env:VIRTUAL_ENV)
    return $active -and (__autovenv_leads_to $environment $active)
}

# Tells whether another environment than ours is active: the user's own choice.
function global:__autovenv_foreign {
    return ($env:VIRTUAL_ENV -and -not [string]::Equals($env:VIRTUAL_ENV, $env:__AUTOVENV_ENV)) -or
        ($env:CONDA_DEFAULT_ENV -and $env:CONDA_DEFAULT_ENV -cne 'base')
}

# Tells whether an `Activate.ps1` was run in this shell: all of them keep the PATH from before in a
# variable of this name, venv's in the environment, and bring a `deactivate` of their own.
function global:__autovenv_by_hand {
    if ($null -eq $function:deactivate -or (__autovenv_is_ours $function:deactivate)) { return $false }
    return $env:_OLD_VIRTUAL_PATH -or
        (Microsoft.PowerShell.Utility\Get-Variable _OLD_VIRTUAL_PATH -Scope Global -ValueOnly -ErrorAction Ignore)
}

# Tells whether a function is one of those below: what others define replaces it without a word.
function global:__autovenv_is_ours($function) {
    return "$function".Contains('__autovenv_')
}

# Undoes an `Activate.ps1`. If it was run before we were loaded, that takes our prompt away, too.
function global:__autovenv_undo {
    $null = & $function:deactivate
    __autovenv_wrap prompt __autovenv_prompt
}

# Tells whether nothing of the user's is in the way. What they activated by hand is taken over if it
# is what would be activated here: leaving the project is then to deactivate it.
function global:__autovenv_may_enter($environment, $entry) {
    if (-not (__autovenv_foreign)) { return $true }
    if ($env:DIRENV_DIR -or -not (__autovenv_is_active $environment)) { return $false }
    if (__autovenv_by_hand) {
        __autovenv_undo
    } else {
        # Inherited from a parent, it comes without its function.
        $folder = $env:VIRTUAL_ENV + $entry.Substring($entry.LastIndexOfAny([char[]]'/\'))
        $env:PATH = __autovenv_without $env:PATH $folder
        $env:VIRTUAL_ENV = $env:VIRTUAL_ENV_PROMPT = $null
    }
    return -not (__autovenv_foreign)
}

function global:__autovenv_enter($environment, $entry, $label) {
    $path = "$env:PATH"
    if (__autovenv_is_gone $entry) {
        $path = __autovenv_without $path $entry # from a snapshot that another tool restored
    } elseif (__autovenv_holds_entry $path $entry) {
        $env:__AUTOVENV_HAD = '1' # the user's own: it stays when ours goes
    }
    $env:__AUTOVENV = __FORMAT__
    $env:__AUTOVENV_PATH = $entry
    $env:__AUTOVENV_ENV = $environment
    if ($env:PYTHONHOME) {
        $env:__AUTOVENV_PYTHONHOME = $env:PYTHONHOME
        $env:PYTHONHOME = $null
    }
    $env:_OLD_VIRTUAL_PATH = $null # what a parent's `Activate.ps1` exported is of no use without its function
    $global:__autovenv_label = $label
    if ($environment) {
        $env:VIRTUAL_ENV = $environment
        $env:VIRTUAL_ENV_PROMPT = $label
    }
    if ($path) { $path = $global:__autovenv_separator + $path }
    $env:PATH = $entry + $path
    $global:__autovenv_seen = $env:PATH
    __autovenv_define_deactivate
}

function global:__autovenv_leave {
    $entry = $env:__AUTOVENV_PATH
    $once = [bool]$env:__AUTOVENV_HAD
    if (__autovenv_by_hand) {
        # What the user activated over ours will restore what it found.
        if ($env:_OLD_VIRTUAL_PATH) {
            $env:_OLD_VIRTUAL_PATH = __autovenv_without $env:_OLD_VIRTUAL_PATH $entry $once
            if ($env:__AUTOVENV_PYTHONHOME) { $env:_OLD_VIRTUAL_PYTHONHOME = $env:__AUTOVENV_PYTHONHOME }
        } else {
            $global:_OLD_VIRTUAL_PATH = __autovenv_without $global:_OLD_VIRTUAL_PATH $entry $once
            if ($env:__AUTOVENV_PYTHONHOME) { $global:_OLD_VIRTUAL_PYTHONHOME = $env:__AUTOVENV_PYTHONHOME }
        }
    } else {
        if ($env:__AUTOVENV_PYTHONHOME) { $env:PYTHONHOME = $env:__AUTOVENV_PYTHONHOME }
        if (__autovenv_is_ours $function:deactivate) { $function:deactivate = $null }
    }
    $env:PATH = __autovenv_without $env:PATH $entry $once
    $global:__autovenv_seen = $env:PATH
    if (-not $once -and -not (__autovenv_is_gone $entry)) {
        $global:__autovenv_gone += $entry + $global:__autovenv_between
    }
    if ($env:__AUTOVENV_ENV -and (-not $env:VIRTUAL_ENV -or [string]::Equals($env:VIRTUAL_ENV, $env:__AUTOVENV_ENV))) {
        $env:VIRTUAL_ENV = $env:VIRTUAL_ENV_PROMPT = $null
    }
    $env:__AUTOVENV = $env:__AUTOVENV_PATH = $env:__AUTOVENV_ENV = $null
    $env:__AUTOVENV_PYTHONHOME = $env:__AUTOVENV_HAD = $null
    $global:__autovenv_label = ''
}

# `deactivate` holds until the project is left. An `Activate.ps1` calls it with -NonDestructive
# before it activates what it wants: that leaves, and holds nothing.
function global:__autovenv_define_deactivate {
    if ($null -ne $function:deactivate) { return } # the user's own
    function global:deactivate([switch]$NonDestructive) {
        if (-not $NonDestructive) { $global:__autovenv_held = "$env:__AUTOVENV_PATH" }
        if ($env:__AUTOVENV_PATH) { __autovenv_safely { __autovenv_leave } }
    }
}

# Returns the PATH $path without the entry $entry, or without the first such entry.
function global:__autovenv_without($path, $entry, $once) {
    $separator = $global:__autovenv_separator
    $path = "$separator$path$separator"
    $found = "$separator$entry$separator"
    while (($at = $path.IndexOf($found, [StringComparison]::Ordinal)) -ge 0) {
        $path = $path.Remove($at, $found.Length - 1)
        if ($once) { break }
    }
    if ($path.Length -lt 2) { return '' }
    return $path.Substring(1, $path.Length - 2)
}

function global:__autovenv_holds_entry($path, $entry) {
    $separator = $global:__autovenv_separator
    return "$separator$path$separator".Contains("$separator$entry$separator")
}

# Tells whether the entry $entry was ours in this shell.
function global:__autovenv_is_gone($entry) {
    $between = $global:__autovenv_between
    return "$between$global:__autovenv_gone".Contains("$between$entry$between")
}

# Makes PATH and what is active agree again after others changed PATH: direnv and mise restore
# snapshots with our entry in them, or without it.
function global:__autovenv_agree {
    if ($env:__AUTOVENV_ENV -and -not $env:VIRTUAL_ENV) {
        $env:VIRTUAL_ENV = $env:__AUTOVENV_ENV
        $env:VIRTUAL_ENV_PROMPT = $global:__autovenv_label
    }
    if ([string]::Equals($env:PATH, $global:__autovenv_seen)) { return }
    foreach ($entry in $global:__autovenv_gone.Split($global:__autovenv_between)) {
        if (-not $entry -or [string]::Equals($entry, $env:__AUTOVENV_PATH)) { continue }
        $environment = $entry.Substring(0, $entry.LastIndexOfAny([char[]]'/\'))
        if ([string]::Equals($environment, $env:VIRTUAL_ENV)) { continue }
        if (__autovenv_holds_entry $env:PATH $entry) { $env:PATH = __autovenv_without $env:PATH $entry }
    }
    if ($env:__AUTOVENV_PATH -and (__autovenv_misplaced $env:__AUTOVENV_PATH)) {
        $path = __autovenv_without $env:PATH $env:__AUTOVENV_PATH ([bool]$env:__AUTOVENV_HAD)
        if ($path) { $path = $global:__autovenv_separator + $path }
        $env:PATH = $env:__AUTOVENV_PATH + $path
    }
    $global:__autovenv_seen = "$env:PATH"
}

# Tells whether the entry $entry is missing on PATH, is there twice (direnv or an editor has activated
# the same environment) or stands behind a folder with a python of its own.
function global:__autovenv_misplaced($entry) {
    $suffix = if ($global:__autovenv_windows) { '.exe' } else { '' }
    if (-not (__autovenv_holds_entry $env:PATH $entry)) { return $true }
    $entry = $entry.Split($global:__autovenv_separator)[0]
    $found = $false
    foreach ($folder in "$env:PATH".Split($global:__autovenv_separator)) {
        if ([string]::Equals($folder, $entry)) {
            if ($found) { return $true }
            if ($env:__AUTOVENV_HAD) { return $false }
            $found = $true
        }
        if ($found -or -not $folder) { continue }
        foreach ($name in 'python', 'python3', 'pip') {
            if (__autovenv_exists "$folder/$name$suffix") { return $true }
        }
    }
    return -not $found
}

# --- hook: after every change of folder, and before every prompt ---

function global:__autovenv_hook {
    if ($global:__autovenv_off) {
        if ($env:__AUTOVENV_PATH) { __autovenv_leave }
        return
    }
    __autovenv_agree # before PATH is changed, and so known to be as it was left
    $folder = __autovenv_here
    __autovenv_find $folder
    if ($global:__autovenv_sightings.Length -eq 0) {
        $null = __autovenv_take
    } elseif (-not ([string]::Equals($global:__autovenv_answered, $global:__autovenv_sightings) -and (__autovenv_fresh)) -and
        -not (__autovenv_recall)) { __autovenv_ask $folder }
    __autovenv_switch
}

# After every change of folder, so that `cd project; python` on one line runs the project's python.
function global:__autovenv_moved {
    __autovenv_safely { __autovenv_hook }
}

# Before the prompt.
function global:__autovenv_before {
    if (-not $global:__autovenv_prompted) {
        $global:__autovenv_prompted = $true
        __autovenv_safely { __autovenv_install } # what the profile loaded after us has its place by now
    }
    __autovenv_safely { __autovenv_hook }
}

# After the prompt is made: direnv and mise change PATH in it.
function global:__autovenv_after {
    __autovenv_safely {
        __autovenv_agree
        __autovenv_tell
    }
}

# Runs a step so that nothing of it reaches the user: an exception would end their `cd`, or replace
# their prompt, and even one that is caught stays in $Error.
function global:__autovenv_safely($step) {
    $ErrorActionPreference = 'Stop'
    $errors = $global:Error
    $newest = if ($errors.Count -gt 0) { $errors[0] }
    try {
        $null = & $step
    } catch {
        if ($env:AUTOVENV_DEBUG) { __autovenv_write "autovenv: $_" }
    }
    if ($global:__autovenv_constrained) { return }
    while ($errors.Count -gt 0 -and -not [object]::ReferenceEquals($errors[0], $newest)) { $errors.RemoveAt(0) }
}

# Tells whether a prompt is the one of an `Activate.ps1`, which calls the prompt that it found.
function global:__autovenv_is_activated($function) {
    return "$function" -like '*_OLD_VIRTUAL_PROMPT*'
}

# Stands in the place of the prompt $number, and calls it as it was called: with $? as it was.
function global:__autovenv_prompt($number, $succeeded) {
    $inner = $global:__autovenv_inner[$number]
    $global:__autovenv_reached = $true
    # Another tool's prompt that was set later may call an earlier one of ours.
    $nested = $global:__autovenv_prompting
    # An `Activate.ps1` that is called around us has shown its label, even if it is undone now.
    $labelled = $null -ne $function:_OLD_VIRTUAL_PROMPT
    if (-not $nested) {
        $global:__autovenv_labelled = $labelled
        __autovenv_before
        if ($labelled -and $null -eq $function:_OLD_VIRTUAL_PROMPT -and (__autovenv_is_activated $inner)) {
            # Undone now, it would call a prompt that is gone.
            for ($number = $global:__autovenv_inner.Count - 1; __autovenv_is_activated $inner; $number--) {
                $inner = $global:__autovenv_inner[$number]
            }
            $global:__autovenv_labelled = $false
        }
    }
    try {
        $global:__autovenv_prompting = $true
        if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
        $texts = @(& $inner)
    } finally {
        if (-not $nested) {
            $global:__autovenv_prompting = $false
            __autovenv_after
        }
    }
    return __autovenv_show $texts
}

# Reads a line in the place of PSReadLine's function, when a prompt tool that was loaded later has
# taken our prompt away: prompts are made before this, so ours is set again for the next.
function global:__autovenv_readline($number, $succeeded) {
    $inner = $global:__autovenv_inner[$number]
    if (-not $global:__autovenv_reached) {
        __autovenv_before
        __autovenv_after
        __autovenv_safely { __autovenv_wrap prompt __autovenv_prompt }
    }
    $global:__autovenv_reached = $false
    if (-not $succeeded) { Microsoft.PowerShell.Utility\Write-Error '' -ErrorAction Ignore }
    & $inner
}

# Returns a prompt's texts with the label: once, in the innermost prompt.
function global:__autovenv_show($texts) {
    $shown = "$global:__autovenv_label"
    # These show VIRTUAL_ENV by themselves.
    if ($env:VIRTUAL_ENV_DISABLE_PROMPT -or $env:POSH_THEME -or $env:POSH_SHELL -or
        $env:STARSHIP_SHELL -cin 'powershell', 'pwsh' -or $global:__autovenv_labelled) { $shown = '' }
    $global:__autovenv_labelled = $true
    if (-not $shown) { return $texts }
    if ($texts.Count -eq 0) { return "($shown) " }
    $texts[0] = "($shown) $($texts[0])"
    return $texts
}

# A note is shown at a prompt alone: a cd may be in a completion. It is shown once for as
# long as it stands.
function global:__autovenv_tell {
    $note = "$global:__autovenv_note"
    if ($global:__autovenv_off) { $note = '' }
    if ([string]::Equals($note, $global:__autovenv_told)) { return }
    $global:__autovenv_told = $note
    if ($note) { __autovenv_write "autovenv: $note" }
}

# Writes a line to standard error, where there is one.
function global:__autovenv_write($line) {
    if ($global:__autovenv_constrained) {
        Microsoft.PowerShell.Utility\Write-Warning $line -WarningAction Continue
    } elseif ($Host.Name -ceq 'ConsoleHost') {
        [Console]::Error.WriteLine($line)
    } else {
        $Host.UI.WriteErrorLine($line)
    }
}

# --- autovenv: the user's command; what concerns this shell is done here ---

function global:autovenv {
    $command = if ($args.Count -eq 1) { "$($args[0])" } else { '' }
    if ($command -ceq 'on') {
        $global:__autovenv_off = $false
        $global:__autovenv_held = ''
    } elseif ($command -ceq 'off') {
        $global:__autovenv_off = $true
    } elseif ($command -ceq 'reload') {
        $global:__autovenv_held = ''
        $global:__autovenv_answered = 'reload'
        $global:__autovenv_told = ''
    } else {
        $python = __PYTHON__
        $main = __MAIN__
        $commands = Microsoft.PowerShell.Core\Get-Command python, python3, pip -ErrorAction Ignore
        try {
            $env:__AUTOVENV_HOOK = "powershell $global:__autovenv_version"
            $env:__AUTOVENV_LANGUAGE = "$($ExecutionContext.SessionState.LanguageMode)"
            $env:__AUTOVENV_WORDS = [string]::Join("`n", @(foreach ($found in $commands) {
                "$($found.Name) is $($found.CommandType): $("$($found.Definition)".Split([char]"`n")[0])"
            }))
            & $python -I $main @args
        } finally {
            $env:__AUTOVENV_HOOK = $env:__AUTOVENV_LANGUAGE = $env:__AUTOVENV_WORDS = $null
        }
        return
    }
    __autovenv_safely { __autovenv_hook }
}

# --- install: at load, and once more at the first prompt ---

function global:__autovenv_install {
    __autovenv_wrap prompt __autovenv_prompt
    __autovenv_wrap PSConsoleHostReadLine __autovenv_readline
    # 5.1 has no such action, and Constrained Language Mode doesn't let us set it.
    $invoke = $ExecutionContext.SessionState.InvokeCommand
    if (-not $global:__autovenv_constrained -and $invoke.PSObject.Properties['LocationChangedAction']) {
        __autovenv_take_place $invoke
    }
}

# Puts our step in the place of the function $name, which it calls.
function global:__autovenv_wrap($name, $step) {
    $function = Microsoft.PowerShell.Management\Get-Item -LiteralPath "Function:$name" -ErrorAction Ignore
    if ($null -eq $function -or (__autovenv_is_ours $function.ScriptBlock)) { return }
    # A number, since that function may itself call an earlier one of ours.
    $number = $global:__autovenv_inner.Count
    $global:__autovenv_inner += $function.ScriptBlock
    Microsoft.PowerShell.Utility\Invoke-Expression "function global:$name { $step $number `$? }"
}

# Last among the actions on a change of folder, since direnv's and mise's change PATH. zoxide's
# doesn't keep what was there.
function global:__autovenv_take_place($invoke) {
    if ($null -eq $global:__autovenv_action) {
        $global:__autovenv_action = [EventHandler[System.Management.Automation.LocationChangedEventArgs]]{ __autovenv_moved }
    }
    $others = [Delegate]::RemoveAll($invoke.LocationChangedAction, $global:__autovenv_action)
    $invoke.LocationChangedAction = [Delegate]::Combine($others, $global:__autovenv_action)
}

if ($null -eq (Microsoft.PowerShell.Utility\Get-Variable __autovenv_checks -Scope Global -ErrorAction Ignore)) { $null = __autovenv_take }
__autovenv_install

}
