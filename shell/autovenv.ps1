# autovenv for Windows PowerShell 5.1 and PowerShell 7. `autovenv hook powershell` fills in its tokens
# and prints it.
#
# Its siblings autovenv.sh (with autovenv.bash and autovenv.zsh) and autovenv.fish have the same
# functions in the same order. Nothing in here evaluates, sources or runs anything that is in a
# project.
#
# To parse a line costs as much as to run it; each method, property or operator of .NET's that is new to
# a process costs 1 to 2 ms for each type that it is used on, the first regular expression 10 (strings
# in "...", -join, -clike and a type's static properties cost nothing). A shell starts with what stands
# above the body, which it parses when a marker is seen first. The user's code (their prompt,
# `deactivate`, handlers) sees the variables of those who call it: whatever calls it names its own with
# `__autovenv_`.

# One block, so that `return` ends this text and never a profile, and that nothing is left behind but
# what says `global:`.
& {

# In Constrained Language Mode .NET's methods are out of reach. constrained.ps1 does their work there,
# slower, and there is no action on a change of folder: the prompt alone switches.
$constrained = "$($ExecutionContext.SessionState.LanguageMode)" -cne 'FullLanguage'
$separator = "$([IO.Path]::PathSeparator)"
$windows = $separator -ceq ';'

# A shell that is not interactive is left alone. -Command, -File and a bare word, which is one of
# these two, run something and end, unless -NoExit comes before them; so does one that is piped in.
if ($Host.Name -cne 'ConsoleHost') {
    if ($Host.Name -cnotin 'Windows PowerShell ISE Host', 'Visual Studio Code Host') { return }
} elseif (-not $constrained) {
    $stays = $false
    $has_value = $true # the program's own name is passed over as well
    foreach ($word in [Environment]::GetCommandLineArgs()) {
        if ($has_value) {
            $has_value = $false
            continue
        }
        # Not by -like, since an i has another capital in Turkish; that costs 10 ms as well.
        $word = $word.ToLowerInvariant()
        if ($windows -and $word -clike '/*') { $word = "-$($word.Substring(1))" }
        if ($word -clike '--*') { $word = $word.Substring(1) }
        if ($word -clike '-noni*') { return }
        if ($word -clike '-noe*') {
            $stays = $true
            continue
        }
        # With a value of their own; of what is left, all but three are switches.
        foreach ($form in '-ex*', '-ep', '-in', '-inp*', '-if', '-o*', '-w*', '-v*', '-conf*', '-cus*', '-set*', '-ps*') {
            if ($word -clike $form) { $has_value = $true }
        }
        if (-not $has_value -and ($word -clike '-c*' -or $word -clike '-f*' -or $word -clike '-e*' -or $word -cnotlike '-?*')) {
            if ($stays) { break }
            return
        }
    }
    if (-not $stays -and [Console]::IsInputRedirected) { return }
}

# Loaded twice, it goes on with what it has.
if ($null -eq $function:__autovenv_hook) {
    $global:__autovenv_off = $false       # `autovenv off`
    $global:__autovenv_held = ''          # the PATH entry that `deactivate` took away
    $global:__autovenv_inherited = "$env:VIRTUAL_ENV" # what was active before this shell
    $global:__autovenv_gone = ''          # the PATH entries that were ours in this shell, each ended by what is between
    $global:__autovenv_seen = ''          # PATH as it was last left
    $global:__autovenv_label = ''         # what the prompt shows
    $global:__autovenv_note = ''          # what is wrong here
    $global:__autovenv_told = ''          # the note that was shown last, while it stands
    $global:__autovenv_news = ''          # what is to be told once
    $global:__autovenv_trusted = $false   # set once the store is known to be the user's own
    $global:__autovenv_prompting = $false # set while the prompt is made
    $global:__autovenv_reached = ''       # set by the first prompt of ours: `now`, until a line is read
    $global:__autovenv_turning = $false   # set while it switches: the user's functions may change folder
    $global:__autovenv_inner = @()        # the functions that ours have replaced, and call ...
    $global:__autovenv_replaced = 0       # ... and how many they are
    $global:__autovenv_fixed = $false     # set where the prompt can't be replaced
    $global:__autovenv_action = $null     # what is called after a change of folder
}
$global:__autovenv_version = __VERSION__  # of this hook, and the names that it knows, for `autovenv status`
$global:__autovenv_windows = $windows
$global:__autovenv_constrained = $constrained
$global:__autovenv_separator = $separator
# On Windows an entry may be several folders in a row, as conda's and python.org's are.
$global:__autovenv_between = if ($windows) { '|' } else { ':' }
$global:__autovenv_stood = ''             # the folder and the homes of the last walk ...
$global:__autovenv_paths = @()            # ... and all that is looked for from there
$global:__autovenv_left = @()             # all that matters, as it was last left
$global:__autovenv_is_there = $null       # what tells whether something is at a path ...
$global:__autovenv_two_methods = $false   # ... but a folder, where that has a method of its own
$global:__autovenv_sees_links = __SEES_LINKS__ # set where a link can lead to a host of anybody's
$global:__autovenv_loaded = $false        # set once the body is read, which defines all that isn't here
$global:__autovenv_body = __BODY__
# --- hook: after every change of folder, and before every prompt ---

# What could make a difference is gathered: where that is as it was left, there is nothing to do.
function global:__autovenv_hook {
    try {
        # The global one: a function may have a `$pwd` of its own, as for a password. Where that isn't the
        # shell's, or a drive's own path or a provider's, it isn't the folder's; the root ends in a slash.
        $__autovenv_folder = "$global:PWD"
        if ($__autovenv_folder -cnotlike '/?*' -or $global:PWD -isnot [Management.Automation.PathInfo]) { $__autovenv_folder = __autovenv_here }
        $__autovenv_stands = "$__autovenv_folder`n$env:HOME`n$env:USERPROFILE"
        if (-not [string]::Equals($__autovenv_stands, $global:__autovenv_stood)) {
            __autovenv_walk $__autovenv_folder
            $global:__autovenv_stood = $__autovenv_stands
        }
        $__autovenv_found = [Array]::FindAll($global:__autovenv_paths, $global:__autovenv_is_there)
        if ($global:__autovenv_two_methods) {
            $__autovenv_found += [Array]::FindAll($global:__autovenv_paths, $global:__autovenv_is_folder)
        }
        if (-not $global:__autovenv_loaded) {
            if ("$__autovenv_found$env:__AUTOVENV_PATH" -ceq '') { return }
            __autovenv_load
        }
        $__autovenv_bound = ''
        if ($global:__autovenv_bound) { $__autovenv_bound = $__autovenv_folder }
        $__autovenv_variables = [Array]::ConvertAll($global:__autovenv_names, $global:__autovenv_value)
        try {
            $__autovenv_times = [Array]::ConvertAll($global:__autovenv_watched, $global:__autovenv_time)
        } catch {
            $__autovenv_times = 'closed' # a folder on the way may not be entered any more
        }
        $__autovenv_now = $__autovenv_bound, $__autovenv_variables, $__autovenv_found, $__autovenv_times
        if ($global:__autovenv_equal.Equals($__autovenv_now, $global:__autovenv_left)) { return }
        __autovenv_turn $__autovenv_folder $__autovenv_found
    } catch {
        __autovenv_failed $_
    }
}

# Makes the list of what is looked for from a folder up to the home, or the root.
function global:__autovenv_walk($folder) {
    $end = if ($global:__autovenv_windows) { $env:USERPROFILE } else { $env:HOME }
    if ($global:__autovenv_windows -or $end -clike '*/') { $end = __autovenv_trimmed $end }
    foreach ($attempt in 'by its name', 'by its place') {
        $level = $slash = $paths = ''
        # From the root down: what is above the home is taken out again before anything is looked up,
        # which can take seconds where homes are mounted on demand.
        foreach ($name in $folder.Split('/')) {
            $level = "$level$slash$name"
            $slash = '/'
            # Above a drive, or a share, there is nothing.
            if ($global:__autovenv_windows -and "$level/" -clike '/*' -and $level -cnotlike '//*/*') { continue }
            $is_end = [string]::Equals($level, $end) -or ($global:__autovenv_windows -and $level -eq $end)
            if ($is_end) { $attempt = '' }
            $found = "$level/$((__MARKERS__) -join "`0$level/")"
            $paths = if ($is_end -or $paths -ceq '') { $found } else { "$found`0$paths" }
        }
        if ($attempt -cne 'by its name') { break }
        __autovenv_load
        $end = "$(__autovenv_top $folder $end)"
        if ($end -ceq '') { break }
    }
    $global:__autovenv_paths = $paths.Split("`0")
}

# Returns the folder that programs start in: it stays while the user is in `Env:` or `HKLM:`.
function global:__autovenv_here {
    # It keeps its path once it is worked out, which takes as long as half the hook.
    $location = $global:PWD
    if ($location -isnot [Management.Automation.PathInfo] -or $location.Provider.Name -cne 'FileSystem') {
        $location = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation
    }
    __autovenv_trimmed $location.ProviderPath
}

# On Windows as elsewhere, a folder is written with slashes, and none at its end.
function global:__autovenv_trimmed($folder) {
    if ($global:__autovenv_windows) {
        # `\\?\C:\p` is C:\p: one folder has one environment, spelled one way.
        $folder = "$folder".Replace('\', '/') -creplace '^//\?/(?i:UNC/)', '//' -creplace '^//\?/'
    }
    if ("$folder" -clike '*/') { return $folder -creplace '/\z' }
    return "$folder"
}

# Takes the body in: what is needed where there is a marker, or one was seen.
function global:__autovenv_load {
    if ($global:__autovenv_loaded) { return }
    . ([scriptblock]::Create($global:__autovenv_body))
    $global:__autovenv_loaded = $true
    $global:__autovenv_body = ''
    __autovenv_prepare
}

# Nothing of a fault of ours reaches the user: an exception would end their `cd`, or replace their
# prompt, and even one that is caught stays in $Error.
function global:__autovenv_failed($failure) {
    if ($env:AUTOVENV_DEBUG) {
        __autovenv_load
        __autovenv_write "autovenv: $failure"
    }
    $errors = $global:Error
    if ($errors.Count -gt 0 -and [object]::ReferenceEquals($errors[0].Exception, $failure.Exception)) { $errors.RemoveAt(0) }
}

# Stands in the place of the prompt $number, and calls it as it was called: with $? as it was.
function global:__autovenv_prompt($__autovenv_number, $__autovenv_succeeded) {
    $__autovenv_inner = $global:__autovenv_inner[$__autovenv_number]
    # Another tool's prompt that was set later may call an earlier one of ours, which sees this.
    $__autovenv_nested = $__autovenv_prompting
    $__autovenv_prompting = $true
    if (-not $__autovenv_nested) {
        # An `Activate.ps1` that is called around us has shown its label, even if it is undone now.
        $__autovenv_labelled = $function:_OLD_VIRTUAL_PROMPT -is [scriptblock]
        __autovenv_hook
        # What was loaded after us has its place by now.
        if ($global:__autovenv_reached -ceq '') { __autovenv_install }
        $global:__autovenv_reached = 'now'
        if ($__autovenv_labelled -and $null -eq $function:_OLD_VIRTUAL_PROMPT -and "$__autovenv_inner" -clike '*_OLD_VIRTUAL_PROMPT*') {
            $__autovenv_inner = __autovenv_unwound $__autovenv_number
            $__autovenv_labelled = $false
        }
        if ("$global:__autovenv_note$global:__autovenv_told$global:__autovenv_news" -cne '') { __autovenv_tell }
        if ($global:__autovenv_label -cne '' -and -not $__autovenv_labelled) { __autovenv_show }
    }
    # There is no such entry: $? is false, without an error.
    if (-not $__autovenv_succeeded) { Microsoft.PowerShell.Core\Get-History -Id 9223372036854775807 -ErrorAction Ignore }
    & $__autovenv_inner
    # direnv and mise change PATH in it.
    if (-not $__autovenv_nested -and $global:__autovenv_loaded -and (-not [string]::Equals("$env:PATH", $global:__autovenv_seen) -or
        $env:__AUTOVENV_ENV -and -not $env:VIRTUAL_ENV)) { __autovenv_after }
}

# Reads a line in the place of PSReadLine's function, when a prompt tool that was loaded later has
# taken our prompt away: prompts are made before this, so ours is set again for the next.
function global:__autovenv_readline($__autovenv_number, $__autovenv_succeeded) {
    $__autovenv_inner = $global:__autovenv_inner[$__autovenv_number]
    if ($global:__autovenv_reached -cne 'now') {
        __autovenv_hook
        if ($global:__autovenv_loaded) {
            __autovenv_after
            __autovenv_tell
        }
        __autovenv_install
    }
    $global:__autovenv_reached = 'once'
    # There is no such entry: $? is false, without an error.
    if (-not $__autovenv_succeeded) { Microsoft.PowerShell.Core\Get-History -Id 9223372036854775807 -ErrorAction Ignore }
    & $__autovenv_inner
}

# --- autovenv: the user's command; what concerns this shell is done in the body ---

function global:autovenv {
    __autovenv_load
    __autovenv_command @args
    if ("$global:__autovenv_left" -ceq '') { __autovenv_hook }
}

# --- install: at load, and once more when a prompt is made, or a line is read ---

# A number says which function is called, since that may itself call an earlier one of ours. One that
# is read-only or constant, as Cmder's prompt is, stays.
function global:__autovenv_install {
    $function = $function:prompt
    if ($function -is [scriptblock] -and -not $global:__autovenv_fixed -and "$function" -cnotlike '*__autovenv_*') {
        try {
            $function:global:prompt = "__autovenv_prompt $global:__autovenv_replaced `$?"
            $global:__autovenv_inner += $function
            $global:__autovenv_replaced++
        } catch {
            $global:__autovenv_fixed = $true
            __autovenv_failed $_
        }
    }
    $function = $function:PSConsoleHostReadLine
    if ($function -is [scriptblock] -and "$function" -cnotlike '*__autovenv_*') {
        try {
            $function:global:PSConsoleHostReadLine = "__autovenv_readline $global:__autovenv_replaced `$?"
            $global:__autovenv_inner += $function
            $global:__autovenv_replaced++
        } catch {
            __autovenv_failed $_
        }
    }
    if (-not $global:__autovenv_constrained) { __autovenv_take_place }
}

# Last among the actions on a change of folder, since direnv's and mise's change PATH. zoxide's
# doesn't keep what was there. 5.1 has no such action.
function global:__autovenv_take_place {
    try {
        $invoke = $ExecutionContext.SessionState.InvokeCommand
        $actions = $invoke.LocationChangedAction
        if ($global:__autovenv_action -isnot [Delegate]) {
            $invoke.LocationChangedAction = { __autovenv_hook }
            $global:__autovenv_action = $invoke.LocationChangedAction
            if ($null -eq $actions) { return }
        } elseif ($global:__autovenv_action -eq $actions) {
            return
        }
        $actions = [Delegate]::RemoveAll($actions, $global:__autovenv_action)
        $invoke.LocationChangedAction = [Delegate]::Combine($actions, $global:__autovenv_action)
    } catch {
        __autovenv_failed $_
    }
}

if ($constrained) {
    Microsoft.PowerShell.Utility\Invoke-Expression $global:__autovenv_body
    Microsoft.PowerShell.Utility\Invoke-Expression __CONSTRAINED__
    $global:__autovenv_loaded = $true
    $global:__autovenv_body = ''
} elseif ($global:__autovenv_sees_links) {
    # These follow a link, which may lead to a host of a stranger's: see _list_tests in hook.py. So do the
    # attributes of .NET 5: LinkTarget, of .NET 6, is why PowerShell 7 is 7.2 or later here (docs/shells.md).
    $global:__autovenv_is_there = [Predicate[string]] {
        [IO.FileInfo]::new($args[0]).LinkTarget -or [IO.File]::Exists($args[0]) -or [IO.Directory]::Exists($args[0])
    }
} else {
    # One call of .NET's looks at all paths. 5.1 has no method for files and folders.
    $global:__autovenv_is_there = [Delegate]::CreateDelegate([Predicate[string]], [IO.Path], 'Exists', $false, $false)
    if ($global:__autovenv_is_there -isnot [Delegate]) {
        $global:__autovenv_two_methods = $true
        $global:__autovenv_is_there = [Delegate]::CreateDelegate([Predicate[string]], [IO.File], 'Exists')
        $global:__autovenv_is_folder = [Delegate]::CreateDelegate([Predicate[string]], [IO.Directory], 'Exists')
    }
}
__autovenv_install

}
# --- the body ---

$global:__autovenv_bound = $false         # set where the answer is valid in its folder alone
$global:__autovenv_answered = ''          # the sightings that the answer is for
$global:__autovenv_remembered = ''        # those of the record that is at hand, and its text
# A record of nothing, whose last three fields are what must be the user's, what is compared on entering
# and what at each prompt.
$global:__autovenv_nothing = '', '', '', '', $false, '', '', @(), '', $false, @(), @(@(), @(), @(), @()), @(@(), @(), @(), @())
$global:__autovenv_watched = [string[]]@() # the paths whose times matter
$global:__autovenv_times = @()            # those times, as they were compared

# One call of .NET's looks at all paths, or variables.
function global:__autovenv_prepare {
    $global:__autovenv_value = [Delegate]::CreateDelegate([Converter[string, string]], [Environment], 'GetEnvironmentVariable', $false, $false)
    $global:__autovenv_time = [Delegate]::CreateDelegate([Converter[string, datetime]], [IO.File], 'GetLastWriteTimeUtc', $false, $false)
    $global:__autovenv_equal = [Collections.StructuralComparisons]::StructuralEqualityComparer
    [string[]]$global:__autovenv_names = @(__VARIABLES__) + '__AUTOVENV_PATH', '__AUTOVENV_ENV', 'VIRTUAL_ENV',
        'VIRTUAL_ENV_PROMPT', '_OLD_VIRTUAL_PATH', 'CONDA_DEFAULT_ENV', 'DIRENV_DIR', 'AUTOVENV_DISABLE'
}

# --- find: which markers can be seen from here? ---

# Of what was found, a link that leads nowhere doesn't count.
function global:__autovenv_find($found) {
    $sightings = $nearest = ''
    if ($global:__autovenv_two_methods) { $found = @(foreach ($path in $global:__autovenv_paths) { if ($found -ccontains $path) { $path } }) }
    foreach ($path in $found) {
        if (-not $global:__autovenv_sees_links -and -not (__autovenv_exists $path)) {
            $global:__autovenv_whole = $false # its target may come
            continue
        }
        if ($sightings -ceq '') {
            $level = $slash = ''
            foreach ($name in $path.Split('/')) {
                $nearest = $level
                $level = "$level$slash$name"
                $slash = '/'
            }
        }
        $sightings = "$sightings$path`n"
    }
    $global:__autovenv_sightings = $sightings
    $global:__autovenv_kept = __autovenv_store $nearest
}

# Returns where an answer is kept, up to the names of the record and its stamps.
function global:__autovenv_store($folder) {
    if ($global:__autovenv_windows) { $folder = $folder -creplace '^//', '/UNC/' -creplace '^([^/]+):', '/$1' }
    return "$(__ANSWERS__)$folder/"
}

# Returns the folder above $folder that is the home, where HOME or the way here has a link.
function global:__autovenv_top($folder, $end) {
    $end = __autovenv_resolved $end
    if (-not $end -or -not "$(__autovenv_resolved $folder)/".StartsWith("$end/", [StringComparison]::Ordinal)) { return }
    while ($folder -and -not [string]::Equals((__autovenv_resolved $folder), $end)) { $folder = $folder -creplace '/[^/]*\z' }
    return $folder
}

# Tells whether something can be reached at a path. A link that leads nowhere doesn't count.
function global:__autovenv_exists($path) {
    try {
        if ($global:__autovenv_constrained) { $item = __autovenv_item $path } else { $item = [IO.FileInfo]::new($path) }
        $kind = "$($item.Attributes)"
    } catch { # 5.1 throws for a path that is too long, 7 where a folder may not be looked into
        __autovenv_failed $_
        return $false
    }
    if ($kind -cnotlike '????*') { return $false } # it is missing: '', 0, or -1 in the culture's digits
    return $kind -cnotlike '*ReparsePoint*' -or "$(__autovenv_resolved $path)" -cne ''
}

# Returns where a path leads with every link in it followed, or nothing where that is nowhere. .NET
# follows only a link at the end of a path, and 5.1's doesn't follow any. The links are in
# $global:__autovenv_links, each with its folder: one that is replaced leaves its trace there.
function global:__autovenv_resolved($path) {
    $root = $done = ''
    $rest = "$path"
    $global:__autovenv_links = @()
    for ($turn = 0; $turn -le 40; $turn++) {
        if ($global:__autovenv_windows -and $rest -cmatch '^(//[^/]+/[^/]+|[^/]+:)') {
            $root = $done = $Matches[0]
            $rest = $rest.Substring($root.Length)
        } elseif ($rest -clike '/*') {
            $done = $root
        }
        $target = ''
        foreach ($name in $rest.Split('/')) {
            if ($target -cne '') { # what stands behind a link
                $target = "$target/$name"
                continue
            }
            if ($name -cin '', '.') { continue }
            if ($name -ceq '..') {
                if (-not [string]::Equals($done, $root)) { $done = $done -creplace '/[^/]*\z' }
                continue
            }
            $next = "$done/$name"
            try {
                if ($global:__autovenv_constrained) { $item = __autovenv_item $next } else { $item = [IO.FileInfo]::new($next) }
                $kind = "$($item.Attributes)"
            } catch { # as in __autovenv_exists
                __autovenv_failed $_
                return
            }
            if ($kind -cnotlike '????*') { return }
            if ($kind -clike '*ReparsePoint*') { $target = "$($item.Target)" }
            # OneDrive's files are reparse points without a target.
            if ($target -ceq '') {
                $done = $next
                continue
            }
            $global:__autovenv_links += "$done/"
            $global:__autovenv_links += $next
        }
        if ($target -ceq '') { return $done }
        $rest = if ($global:__autovenv_windows) { $target.Replace('\', '/') } else { $target }
    }
}

# --- recall: is there an answer, and is all that it was made from as it was? ---

# Takes the fields of an answer apart, each of which was ended by what they were split at. Its checks
# are sorted, so that a prompt only compares. Tells whether it is whole, and has no check that isn't
# known here; then it is in $global:__autovenv_record, in the order of __autovenv_hold.
function global:__autovenv_take($fields) {
    $format, $null, $environment, $entry, $label, $note, $generation, $kinds, $checks = $fields
    if ($format -cne (__FORMAT__)) { return $false }
    if ($global:__autovenv_windows) {
        $environment = $environment.Replace('/', '\')
        $entry = $entry.Replace('/', '\')
    }
    $stamp = "$global:__autovenv_kept$(__STAMP_NAME__)$generation-"
    $place = $common = $values = $path = $mark = ''
    $visits = $bound = $whole = $false
    $own = $variables = $timed = $stamps = $leading = $absent = @()
    $entering = @(), @(), @(), @()
    $kinds = "$kinds end  ".Split(' ') # behind the last field, nothing follows
    $times = $at = 0
    foreach ($what in $checks) {
        $kind = $kinds[$at]
        $at++
        if ($kind -ceq 'target') {
            # .NET reads a link's own time, the other shells its target's.
            if ($what -cne '') {
                $leading += $path
                $leading += $what
                $path = $what
            }
            continue
        }
        if ($path -cne '') {
            $timed += $path
            $stamps += $mark
            $path = ''
        }
        if ($kind -ceq 'absent') {
            if ($what -cne '') { $absent += $what }
        } elseif ($kind -ceq 'time') {
            $times++
            $path = $what
            $mark = "$stamp$times"
        } elseif ($kind -ceq 'own') {
            # Asked for by the provider's name, an item is there in a third of the time.
            if ($what -cne '') { $own += "Microsoft.PowerShell.Core\FileSystem::$what" }
        } elseif ($kind -ceq 'standing') {
            $entering = $timed, $stamps, $leading, $absent
            $timed = $stamps = $leading = $absent = @()
        } elseif ($kind -ceq 'common') {
            $common = $what
        } elseif ($kind -ceq 'end') {
            if ($what -cne 'end') { return $false }
        } elseif ($kind -ceq '') {
            if ($whole -or $what -cne '') { return $false }
            $whole = $true
        } elseif ($kind -ceq 'names') {
            $variables = $what.Split(' ')
        } elseif ($kind -ceq 'values') {
            $values = $what
        } elseif ($kind -ceq 'folder') {
            $bound = $true
            $place = $what
        } elseif ($kind -ceq 'again') {
            $place = $kind # no folder is called so
        } elseif ($kind -ceq 'visit') {
            $visits = $true
        } elseif ($kind -cne 'shell' -or $what -cne 'powershell') {
            return $false
        }
    }
    $standing = $timed, $stamps, $leading, $absent
    $global:__autovenv_record = $environment, $entry, $label, $note, $bound, $place, $common, $variables, $values,
        $visits, $own, $entering, $standing
    return $whole
}

# Makes a record the one that counts, for no sightings until it is compared: an interrupt may leave a
# part of it.
function global:__autovenv_hold($record) {
    $global:__autovenv_answered = '-'
    $global:__autovenv_environment, $global:__autovenv_entry, $global:__autovenv_name, $global:__autovenv_note,
        $global:__autovenv_bound, $global:__autovenv_place, $global:__autovenv_common, $global:__autovenv_variables,
        $global:__autovenv_values, $global:__autovenv_visits, $global:__autovenv_own, $global:__autovenv_entering,
        $global:__autovenv_standing = $record
    $global:__autovenv_watched = [string[]]@()
    $global:__autovenv_times = @()
}

function global:__autovenv_recall {
    if ($global:__autovenv_answered -ceq 'reload' -or "$env:AUTOVENV_STORE" -ceq 'off' -or "$env:AUTOVENV_DEBUG" -cne '') { return $false }
    $visit = -not [string]::Equals($global:__autovenv_answered, $global:__autovenv_sightings)
    $text = "$(__autovenv_text "$global:__autovenv_kept$(__RECORD_NAME__)")"
    if ($text -ceq '') { return $false }
    if (-not $global:__autovenv_trusted -and -not (__autovenv_are_own __ANSWERS__)) { return $false }
    $global:__autovenv_trusted = $true
    # The last record is still at hand on the way back into a project, where the store has it still: to
    # take it apart takes longer than to read it.
    $record = "$global:__autovenv_sightings`0$text"
    if (-not [string]::Equals($record, $global:__autovenv_remembered)) {
        $global:__autovenv_remembered = ''
        $fields = $text.Split("`0")
        if (-not (__autovenv_take $fields) -or -not [string]::Equals($fields[1], $global:__autovenv_sightings)) { return $false }
        $global:__autovenv_remembered = $record
    }
    __autovenv_hold $global:__autovenv_record
    # Where the shell arrives, some are never valid: that visit asks.
    if ($visit -and $global:__autovenv_visits) { return $false }
    if (-not (__autovenv_is_set_so)) { return $false }
    if ("$global:__autovenv_own" -cne '' -and -not (__autovenv_are_own $global:__autovenv_own)) { return $false }
    if (-not (__autovenv_is_fresh $global:__autovenv_entering) -or -not (__autovenv_is_fresh $global:__autovenv_standing)) { return $false }
    $global:__autovenv_answered = $global:__autovenv_sightings
    return $true
}

# Returns what is in a file, or nothing where there is none or it may not be read.
function global:__autovenv_text($file) {
    try {
        if ([IO.File]::Exists($file)) { return [IO.File]::ReadAllText($file) }
    } catch {
        __autovenv_failed $_
    }
}

# Tells whether all paths belong to the user, where PowerShell can say so: from 7.1 on, not on
# Windows. Of the store, the folder alone is looked at, once: nobody else can write in it.
function global:__autovenv_are_own([string[]]$paths) {
    try {
        # Not by a cmdlet, whose module would have to be loaded.
        foreach ($item in $ExecutionContext.InvokeProvider.Item.Get($paths, $true, $true)) {
            # What its property `User` calls, which is a script. Who is in no list of users is $null there,
            # and '' to .NET: nothing is theirs.
            if (-not $global:__autovenv_windows -and $item.UnixStat.GetUserName() -cne [Environment]::UserName) { return $false }
        }
        return $true
    } catch {
        __autovenv_failed $_
        return $false # it is gone
    }
}

# Tells whether paths have the times of their stamps, links lead where they led, and what was absent is:
# $checks are four lists of them. Equality is the test, not age: an older file that is moved in place is
# a change, too. What is to be watched is looked at first: what changes while it is compared is seen at
# the next prompt.
function global:__autovenv_is_fresh($checks) {
    $timed, $stamps, $leading, $absent = $checks
    $watched = $timed + $absent
    try {
        while ("$leading" -cne '') {
            $path, $target, $leading = $leading
            if (-not (__autovenv_leads_to $path $target)) { return $false }
            $watched += $global:__autovenv_links
        }
        [string[]]$global:__autovenv_watched = $watched
        $global:__autovenv_times = [Array]::ConvertAll($global:__autovenv_watched, $global:__autovenv_time)
        $now = [Array]::ConvertAll([string[]]$timed, $global:__autovenv_time)
        $times = [Array]::ConvertAll([string[]]$stamps, $global:__autovenv_time)
        # What is missing has a time as well, of 1601.
        if (-not $global:__autovenv_equal.Equals((, $now), (, $times)) -or "$times" -clike '*/1601 *') { return $false }
    } catch { # a folder that may not be looked into
        __autovenv_failed $_
        return $false
    }
    $there = [Array]::FindAll([string[]]$absent, $global:__autovenv_is_there)
    if ($global:__autovenv_two_methods) { $there += [Array]::FindAll([string[]]$absent, $global:__autovenv_is_folder) }
    foreach ($path in $there) {
        if (__autovenv_exists $path) { return $false }
        $global:__autovenv_whole = $false
    }
    return $true
}

# Tells whether the folder and the variables are what the answer says.
function global:__autovenv_is_set_so {
    if ($global:__autovenv_place -cne '' -and -not [string]::Equals($global:__autovenv_place, "$global:__autovenv_folder/")) { return $false }
    if ($global:__autovenv_common -cne '' -and -not [string]::Equals($global:__autovenv_common, "__COMMON__")) { return $false }
    return "$global:__autovenv_variables" -ceq '' -or [string]::Equals($global:__autovenv_values, (__autovenv_values_of $global:__autovenv_variables))
}

# Returns NAME=value for each variable, or NAME- where it is unset, each ended by a newline.
function global:__autovenv_values_of($names) {
    $lines = foreach ($name in $names) {
        $value = __autovenv_value_of $name
        if ($null -eq $value) { "$name-`n" }
        elseif ($name -ceq 'PATH' -and $env:__AUTOVENV_PATH) { "PATH=$(__autovenv_without $value $env:__AUTOVENV_PATH)`n" }
        else { "$name=$value`n" }
    }
    return -join @($lines)
}

function global:__autovenv_value_of($name) {
    return [Environment]::GetEnvironmentVariable($name)
}

# Tells whether a path still leads where it led. Windows has many ways to write that place.
function global:__autovenv_leads_to($path, $target) {
    if (-not $global:__autovenv_windows) { return [string]::Equals("$(__autovenv_resolved $path)", $target) }
    $place = __autovenv_resolved (__autovenv_trimmed $path)
    return $place -and $place -eq (__autovenv_trimmed $target)
}

# --- ask: the helper finds the answer, and keeps it where recall looks ---

function global:__autovenv_ask {
    $python = __PYTHON__
    $answers = if ($env:AUTOVENV_STORE -ceq 'off') { '' } else { __ANSWERS__ }
    # An upgrade of the system may take its Python away: any other that is new enough can answer.
    foreach ($program in @($python) + @(__SPARES__) + @($python)) {
        if (__autovenv_exists $program) { break }
    }
    # What an interrupt leaves: nothing is active here, and it isn't asked again at once.
    __autovenv_take_nothing
    $text = ''
    try {
        $text = __autovenv_output $program @('-I', '-S', '-X', 'utf8', (__MAIN__), 'ask', (__FORMAT__), (__ASKER__), $answers, "$global:__autovenv_folder/")
    } catch {
        __autovenv_failed $_
    }
    # On the pipe a field is a line, and a newline in it is \n, a backslash \s.
    $fields = @(foreach ($field in "$text".Split("`n")) { $field.Replace('\n', "`n").Replace('\s', '\') })
    # What is no answer isn't taken in: an interrupt now would leave half of it, and be asked again.
    if ("$text" -clike "*`nend`n" -and (__autovenv_take $fields)) {
        __autovenv_hold $global:__autovenv_record
        $global:__autovenv_answered = $fields[1]
        $global:__autovenv_whole = $false # the next prompt compares with the stamps
        return
    }
    $global:__autovenv_note = "the helper gives no answer ($python): __AGAIN__, or remove its line from `$PROFILE"
}

# Takes in that nothing is to be active in this folder; it is asked again elsewhere.
function global:__autovenv_take_nothing {
    $global:__autovenv_remembered = ''
    __autovenv_hold $global:__autovenv_nothing
    $global:__autovenv_bound = $true
    $global:__autovenv_place = "$global:__autovenv_folder/"
    $global:__autovenv_answered = $global:__autovenv_sightings
}

# Returns what a program writes. The console's code page would garble it (PowerShell/PowerShell 21456),
# and a native command would change $LASTEXITCODE: hence .NET. Its standard input is empty.
function global:__autovenv_output($program, $arguments) {
    $start = [Diagnostics.ProcessStartInfo]::new($program)
    if ($start.PSObject.Properties['ArgumentList']) {
        foreach ($argument in $arguments) { $start.ArgumentList.Add($argument) }
    } else {
        # 5.1: the C runtime's rules. Backslashes count where a quote follows.
        $start.Arguments = [string]::Join(' ', @(foreach ($argument in $arguments) {
            '"' + ($argument -creplace '(\\*)"', '$1$1\"' -creplace '(\\+)\z', '$1$1') + '"'
        }))
    }
    # Not where one stands: a library would be loaded from there where an LD_ variable names a folder
    # that isn't absolute.
    $start.WorkingDirectory = [IO.Path]::GetPathRoot($program)
    foreach ($name in 'LD_LIBRARY_PATH', 'LD_PRELOAD', 'LD_AUDIT') {
        if (":$(__autovenv_value_of $name)" -cmatch '[: ]([^/]|\z)') { $null = $start.Environment.Remove($name) }
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

# --- switch: leave what is not to be active here, enter what is ---

function global:__autovenv_switch {
    $__autovenv_environment = $global:__autovenv_environment
    $__autovenv_entry = $global:__autovenv_entry
    if ($global:__autovenv_held -cne '') {
        if ([string]::Equals($__autovenv_entry, $global:__autovenv_held) -and -not (__autovenv_is_active $__autovenv_environment)) {
            $__autovenv_environment = $__autovenv_entry = ''
        } else {
            $global:__autovenv_held = '' # the project was left, or activated by hand
        }
    }
    $__autovenv_ours = "$env:__AUTOVENV_PATH"
    if ($__autovenv_ours -cne '') {
        # Its own `Activate.ps1`, run over ours as editors do, is undone; ours goes on.
        if ("$function:deactivate" -cnotlike '*__autovenv_*' -and (__autovenv_by_hand) -and (__autovenv_is_active $env:__AUTOVENV_ENV)) { __autovenv_undo }
        if ([string]::Equals($__autovenv_entry, $__autovenv_ours) -and
            [string]::Equals($__autovenv_environment, "$env:__AUTOVENV_ENV") -and -not (__autovenv_foreign)) {
            # A nested shell inherits an active environment without its function and its label.
            $global:__autovenv_label = $global:__autovenv_name
            if ($__autovenv_environment -cne '') { $env:VIRTUAL_ENV_PROMPT = $global:__autovenv_label }
            __autovenv_define_deactivate
            __autovenv_agree
            return
        }
        __autovenv_leave
    }
    if ($__autovenv_entry -cne '' -and ("$env:VIRTUAL_ENV$env:CONDA_DEFAULT_ENV" -ceq '' -or (__autovenv_may_enter))) { __autovenv_enter }
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
    return ($env:CONDA_DEFAULT_ENV -and $env:CONDA_DEFAULT_ENV -cne 'base') -or
        ($env:VIRTUAL_ENV -and -not [string]::Equals($env:VIRTUAL_ENV, $env:__AUTOVENV_ENV) -and -not (__autovenv_leftover))
}

# Tells whether VIRTUAL_ENV is nobody's choice: its function isn't in this shell, and it was inherited,
# was ours before, or is the one of `pyenv global`. What was chosen in VS Code for another project is.
function global:__autovenv_leftover {
    if ($env:DIRENV_DIR -or $env:PYENV_ACTIVATE_SHELL -or (__autovenv_by_hand)) { return $false }
    if (-not [string]::Equals($env:VIRTUAL_ENV, $global:__autovenv_inherited) -and
        -not (__autovenv_is_gone ($env:VIRTUAL_ENV + $(if ($global:__autovenv_windows) { '\Scripts' } else { '/bin' })))) { return $false }
    return $env:TERM_PROGRAM -cne 'vscode' -or (__autovenv_is_active $global:__autovenv_environment)
}

# Tells whether an `Activate.ps1` was run in this shell: all of them keep the PATH from before in a
# variable of this name, venv's in the environment, and bring a `deactivate` of their own.
function global:__autovenv_by_hand {
    $function = $function:deactivate
    if ($function -isnot [scriptblock] -or "$function" -clike '*__autovenv_*') { return $false }
    return $env:_OLD_VIRTUAL_PATH -or $ExecutionContext.SessionState.PSVariable.GetValue('global:_OLD_VIRTUAL_PATH')
}

# Undoes an `Activate.ps1`. If it was run before we were loaded, that takes our prompt away, too.
function global:__autovenv_undo {
    $null = & $function:deactivate
    __autovenv_install
}

# Tells whether nothing of the user's is in the way. What they activated by hand is taken over if it
# is what would be activated here: leaving the project is then to deactivate it.
function global:__autovenv_may_enter {
    if (__autovenv_foreign) {
        if ($env:DIRENV_DIR -or -not (__autovenv_is_active $global:__autovenv_environment)) { return $false }
        if (__autovenv_by_hand) { __autovenv_undo }
    }
    if ($env:VIRTUAL_ENV) {
        $__autovenv_path = __autovenv_without $env:PATH ($env:VIRTUAL_ENV + ($global:__autovenv_entry -creplace '\A(?s:.*)(?=[/\\])'))
        if (-not [string]::Equals($__autovenv_path, $env:PATH) -and -not (__autovenv_is_active $global:__autovenv_environment)) {
            $global:__autovenv_news = "deactivated $env:VIRTUAL_ENV, which this shell inherited"
        }
        $env:PATH = $__autovenv_path
        $env:VIRTUAL_ENV = $env:VIRTUAL_ENV_PROMPT = $null
    }
    return -not (__autovenv_foreign)
}

function global:__autovenv_enter {
    $__autovenv_environment = $global:__autovenv_environment
    $__autovenv_entry = $global:__autovenv_entry
    $__autovenv_path = "$env:PATH"
    if (__autovenv_is_gone $__autovenv_entry) {
        $__autovenv_path = __autovenv_without $__autovenv_path $__autovenv_entry # from a snapshot that another tool restored
    } elseif (__autovenv_holds_entry $__autovenv_path $__autovenv_entry) {
        $env:__AUTOVENV_HAD = '1' # the user's own: it stays when ours goes
    }
    $env:__AUTOVENV = __FORMAT__
    $env:__AUTOVENV_PATH = $__autovenv_entry
    $env:__AUTOVENV_ENV = $__autovenv_environment
    if ("$env:PYTHONHOME" -cne '') {
        $env:__AUTOVENV_PYTHONHOME = $env:PYTHONHOME
        $env:PYTHONHOME = $null
    }
    $env:_OLD_VIRTUAL_PATH = $null # what a parent's `Activate.ps1` exported is of no use without its function
    $global:__autovenv_label = $global:__autovenv_name
    if ($__autovenv_path -cne '') { $__autovenv_path = "$global:__autovenv_separator$__autovenv_path" }
    $env:PATH = "$__autovenv_entry$__autovenv_path"
    $global:__autovenv_seen = $env:PATH
    __autovenv_define_deactivate
    if ($__autovenv_environment -ceq '') { return }
    $env:VIRTUAL_ENV = $__autovenv_environment
    $env:VIRTUAL_ENV_PROMPT = $global:__autovenv_label
    if ($function:autovenv_entered -is [scriptblock]) { __autovenv_call $function:autovenv_entered $__autovenv_environment }
}

function global:__autovenv_leave {
    $__autovenv_environment = "$env:__AUTOVENV_ENV"
    $__autovenv_entry = "$env:__AUTOVENV_PATH"
    $__autovenv_once = "$env:__AUTOVENV_HAD" -cne ''
    $__autovenv_pythonhome = "$env:__AUTOVENV_PYTHONHOME"
    $__autovenv_is_ours = "$function:deactivate" -clike '*__autovenv_*'
    if (-not $__autovenv_is_ours -and (__autovenv_by_hand)) {
        # What the user activated over ours will restore what it found.
        if ($env:_OLD_VIRTUAL_PATH) {
            $env:_OLD_VIRTUAL_PATH = __autovenv_without $env:_OLD_VIRTUAL_PATH $__autovenv_entry $__autovenv_once
            if ($__autovenv_pythonhome -cne '') { $env:_OLD_VIRTUAL_PYTHONHOME = $__autovenv_pythonhome }
        } else {
            $global:_OLD_VIRTUAL_PATH = __autovenv_without $global:_OLD_VIRTUAL_PATH $__autovenv_entry $__autovenv_once
            if ($__autovenv_pythonhome -cne '') { $global:_OLD_VIRTUAL_PYTHONHOME = $__autovenv_pythonhome }
        }
    } else {
        if ($__autovenv_pythonhome -cne '') { $env:PYTHONHOME = $__autovenv_pythonhome }
        if ($__autovenv_is_ours) { $function:deactivate = $null }
    }
    $env:PATH = __autovenv_without $env:PATH $__autovenv_entry $__autovenv_once
    $global:__autovenv_seen = "$env:PATH"
    if (-not $__autovenv_once -and -not (__autovenv_is_gone $__autovenv_entry)) {
        $global:__autovenv_gone = "$global:__autovenv_gone$__autovenv_entry$global:__autovenv_between"
    }
    if ($__autovenv_environment -cne '' -and ("$env:VIRTUAL_ENV" -ceq '' -or [string]::Equals("$env:VIRTUAL_ENV", $__autovenv_environment))) {
        $env:VIRTUAL_ENV = $env:VIRTUAL_ENV_PROMPT = $null
    }
    $env:__AUTOVENV = $env:__AUTOVENV_PATH = $env:__AUTOVENV_ENV = $null
    $env:__AUTOVENV_PYTHONHOME = $env:__AUTOVENV_HAD = $null
    $global:__autovenv_label = ''
    if ($__autovenv_environment -cne '' -and $function:autovenv_left -is [scriptblock]) { __autovenv_call $function:autovenv_left $__autovenv_environment }
}

# Calls the user's own function $function; what it shows is shown.
function global:__autovenv_call($__autovenv_function, $__autovenv_environment) {
    try {
        & $__autovenv_function $__autovenv_environment | Microsoft.PowerShell.Core\Out-Default
    } catch {
        __autovenv_write "autovenv: $_"
    }
    __autovenv_agree # it may have changed PATH
}

# `deactivate` holds until the project is left. An `Activate.ps1` calls it with -NonDestructive
# before it activates what it wants: that leaves, and holds nothing.
function global:__autovenv_define_deactivate {
    if ($function:deactivate -is [scriptblock]) { return } # the user's own
    function global:deactivate {
        if ("$args" -notlike '-nond*') { $global:__autovenv_held = "$env:__AUTOVENV_PATH" }
        $global:__autovenv_left = @()
        try {
            if ($env:__AUTOVENV_PATH) { __autovenv_leave }
        } catch {
            __autovenv_failed $_
        }
    }
}

# Returns the PATH $path without the entry $entry, or without the first such entry.
function global:__autovenv_without($path, $entry, $once) {
    $separator = $global:__autovenv_separator
    $found = "$separator$entry$separator"
    $path = "$separator$path$separator"
    if ($once) {
        $at = $path.IndexOf($found, [StringComparison]::Ordinal)
        if ($at -ge 0) { $path = $path.Remove($at, $found.Length - 1) }
    }
    while (-not $once) { # of two in a row, the first pass takes one
        $less = $path.Replace($found, $separator)
        if ([string]::Equals($less, $path)) { break }
        $path = $less
    }
    # No PATH has a NUL.
    return "`0$path`0".Replace("`0$separator", '').Replace("$separator`0", '').Replace("`0", '')
}

function global:__autovenv_holds_entry($path, $entry) {
    $separator = $global:__autovenv_separator
    $path = "$separator$path$separator"
    return -not [string]::Equals($path.Replace("$separator$entry$separator", ''), $path)
}

# Tells whether the entry $entry was ours in this shell.
function global:__autovenv_is_gone($entry) {
    $between = $global:__autovenv_between
    $entries = "$between$global:__autovenv_gone"
    return -not [string]::Equals($entries.Replace("$between$entry$between", ''), $entries)
}

# Makes PATH and what is active agree again after others changed PATH: direnv and mise restore
# snapshots with our entry in them, or without it.
function global:__autovenv_agree {
    if ("$global:__autovenv_gone$env:__AUTOVENV_PATH" -ceq '') { # nothing of ours was in this shell yet
        $global:__autovenv_seen = "$env:PATH"
        return
    }
    $lost = "$env:__AUTOVENV_ENV" -cne '' -and ("$env:VIRTUAL_ENV" -ceq '' -or
        ([string]::Equals("$env:VIRTUAL_ENV", "$env:__AUTOVENV_ENV") -and "$env:VIRTUAL_ENV_PROMPT" -ceq ''))
    if (-not $lost -and [string]::Equals("$env:PATH", $global:__autovenv_seen)) { return }
    if ($lost) {
        $env:VIRTUAL_ENV = $env:__AUTOVENV_ENV
        $env:VIRTUAL_ENV_PROMPT = $global:__autovenv_label
    }
    foreach ($entry in $global:__autovenv_gone.Split($global:__autovenv_between)) {
        if ($entry -ceq '' -or [string]::Equals($entry, $env:__AUTOVENV_PATH)) { continue }
        if ([string]::Equals(($entry -creplace '[/\\][^/\\]*\z'), $env:VIRTUAL_ENV)) {
            if (-not (__autovenv_leftover)) { continue }
            $env:VIRTUAL_ENV = $env:VIRTUAL_ENV_PROMPT = $null # it was ours
        }
        if (__autovenv_holds_entry $env:PATH $entry) { $env:PATH = __autovenv_without $env:PATH $entry }
    }
    if ("$env:__AUTOVENV_PATH" -cne '' -and (__autovenv_misplaced $env:__AUTOVENV_PATH)) {
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

# --- turn: something isn't as it was left ---

function global:__autovenv_turn($__autovenv_folder, $__autovenv_found) {
    $global:__autovenv_left = @()
    if ($global:__autovenv_turning) { return } # a function of the user's has changed folder
    $global:__autovenv_folder = $__autovenv_folder
    $global:__autovenv_turning = $true
    $global:__autovenv_whole = -not $global:__autovenv_constrained
    try {
        $__autovenv_disabled = "$env:AUTOVENV_DISABLE"
        if ($global:__autovenv_off -or $__autovenv_disabled -cne '' -and $__autovenv_disabled -cne '0') {
            $global:__autovenv_note = ''
            # To be switched on again is to enter.
            if ($global:__autovenv_answered -cne 'reload') { $global:__autovenv_answered = '-' }
            if ("$env:__AUTOVENV_PATH" -cne '') { __autovenv_leave }
        } else {
            __autovenv_agree # before PATH is changed, and so known to be as it was left
            $global:__autovenv_sightings = ''
            if ("$__autovenv_found" -cne '') { __autovenv_find $__autovenv_found }
            if ($global:__autovenv_sightings -ceq '') {
                __autovenv_hold $global:__autovenv_nothing
            } elseif (-not ([string]::Equals($global:__autovenv_answered, $global:__autovenv_sightings) -and
                    (__autovenv_is_set_so) -and (__autovenv_is_fresh $global:__autovenv_standing)) -and
                -not (__autovenv_recall)) { __autovenv_ask }
            __autovenv_switch
        }
    } finally {
        $global:__autovenv_turning = $false
    }
    if (-not $global:__autovenv_whole) { return }
    $__autovenv_bound = ''
    if ($global:__autovenv_bound) { $__autovenv_bound = $__autovenv_folder }
    $global:__autovenv_left = $__autovenv_bound, [Array]::ConvertAll($global:__autovenv_names, $global:__autovenv_value),
        $__autovenv_found, $global:__autovenv_times
}

# After the prompt is made.
function global:__autovenv_after {
    try {
        __autovenv_agree
    } catch {
        __autovenv_failed $_
    }
}

# Shows the label as an `Activate.ps1` does: a prompt may write something before it returns the rest.
function global:__autovenv_show {
    # These show VIRTUAL_ENV by themselves.
    if ("$env:VIRTUAL_ENV_DISABLE_PROMPT$env:POSH_THEME$env:POSH_SHELL" -cne '' -or "$env:STARSHIP_SHELL" -cin 'powershell', 'pwsh') { return }
    if ($global:__autovenv_constrained) { Microsoft.PowerShell.Utility\Write-Host "($global:__autovenv_label) " -NoNewline }
    else { $Host.UI.Write("($global:__autovenv_label) ") }
}

# Returns the prompt before $number that isn't an `Activate.ps1`'s: undone now, that would call one that
# is gone.
function global:__autovenv_unwound($number) {
    while ("$($global:__autovenv_inner[$number])" -clike '*_OLD_VIRTUAL_PROMPT*') { $number-- }
    return $global:__autovenv_inner[$number]
}

# A note is shown at a prompt alone, before its label: a cd may be in a completion. It is shown once for
# as long as it stands.
function global:__autovenv_tell {
    if ($global:__autovenv_news) { __autovenv_write "autovenv: $global:__autovenv_news" }
    $global:__autovenv_news = ''
    if ([string]::Equals($global:__autovenv_note, $global:__autovenv_told)) { return }
    $global:__autovenv_told = $global:__autovenv_note
    if ($global:__autovenv_note) { __autovenv_write "autovenv: $global:__autovenv_note" }
}

# Writes a line to standard error, where there is one.
function global:__autovenv_write($line) {
    if ($Host.Name -ceq 'ConsoleHost') { [Console]::Error.WriteLine($line) } else { $Host.UI.WriteErrorLine($line) }
}

# --- autovenv: the user's command; what concerns this shell is done here ---

function global:__autovenv_command {
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
        if (-not (Microsoft.PowerShell.Management\Test-Path -LiteralPath $python)) {
            __autovenv_write "autovenv: its Python is gone ($python): __AGAIN__"
            $global:LASTEXITCODE = 127
            return
        }
        $commands = Microsoft.PowerShell.Core\Get-Command python, python3, pip -ErrorAction Ignore
        try {
            $env:__AUTOVENV_HOOK = "powershell $global:__autovenv_version"
            $env:__AUTOVENV_STATE = "$(if ($global:__autovenv_off) { 'off' } elseif ($global:__autovenv_held) { 'held' })"
            $env:__AUTOVENV_LANGUAGE = "$($ExecutionContext.SessionState.LanguageMode)"
            $env:__AUTOVENV_WORDS = @(foreach ($found in $commands) {
                "$($found.Name) is $($found.CommandType): $("$($found.Definition)".Split([char]"`n")[0])"
            }) -join "`n"
            & $python -I $main @args
        } finally {
            $env:__AUTOVENV_HOOK = $env:__AUTOVENV_STATE = $env:__AUTOVENV_LANGUAGE = $env:__AUTOVENV_WORDS = $null
        }
        return
    }
    $global:__autovenv_left = @()
}
