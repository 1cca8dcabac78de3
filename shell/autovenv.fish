# autovenv for fish 3.6 and later. `autovenv hook fish` fills in its tokens and prints it.
#
# Its siblings autovenv.bash, autovenv.zsh and autovenv.ps1 have the same functions in the same
# order. Nothing in here evaluates, sources or runs what lies in a project.

# A shell that is not interactive is left alone. This text is sourced: its caller goes on.
status is-interactive; or return 0

set -g __autovenv_version __VERSION__ # of this hook, for `autovenv status`
set -g __autovenv_walked # the PWD and HOME of the walk that found the two below
set -g __autovenv_folders # the folders from there upward, nearest first
set -g __autovenv_candidates # where their markers would be
set -g __autovenv_nearest # the nearest folder with a marker
set -g __autovenv_sightings # the markers seen from here, each ended by a newline
set -g __autovenv_seen # PATH as it was last left
set -g __autovenv_label # what the prompt shows
set -g __autovenv_prompted # set at the first prompt
set -g __autovenv_drawing # set while a prompt is drawn
set -g __autovenv_mark 'autovenv: made by its hook' # the description of the functions in the user's names
# What an rc file that is loaded once more must not forget:
set -q __autovenv_off; or set -g __autovenv_off # `autovenv off`
set -q __autovenv_held; or set -g __autovenv_held # the PATH entry that `deactivate` took away
set -q __autovenv_gone; or set -g __autovenv_gone # the PATH entries that were ours in this shell
set -q __autovenv_told; or set -g __autovenv_told # the note that was shown last, while it stands
set -q __autovenv_wraps; or set -g __autovenv_wraps # a word for each prompt that was wrapped

# --- find: which markers can be seen from here? ---

function __autovenv_find
    set -l markers __MARKERS__
    set __autovenv_sightings
    # A walk costs more than all the rest of a prompt: it is done where the folder has changed.
    test "$PWD:$HOME" = "$__autovenv_walked"; or __autovenv_walk
    # Without arguments, `path` would read the standard input.
    set -q __autovenv_candidates[1]; or return 0
    set -l seen "$(builtin path filter -- $__autovenv_candidates)"
    test -n "$seen"; or return 0
    set __autovenv_sightings $seen\n
    test "$__autovenv_sightings" != "$__autovenv_answered"; or return 0
    for folder in $__autovenv_folders
        set __autovenv_nearest $folder
        builtin path filter --quiet -- $folder/$markers; and return
    end
end

function __autovenv_walk
    set -l markers __MARKERS__
    set -l folder
    set __autovenv_walked "$PWD:$HOME"
    set __autovenv_folders
    set __autovenv_candidates
    string match -q '/*' -- "$PWD"; or return 0
    for name in (string split / -- $PWD)
        # The root is the empty string.
        if set -q folder[1]
            test -n "$name"; or continue
            set folder $folder/$name
        else
            set folder ''
        end
        # Above the home, a look-up can take seconds where homes are mounted on demand.
        if test "$folder" = "$HOME"; or test "$folder/" = "$HOME"
            set __autovenv_folders
            set __autovenv_candidates
        end
        set -p __autovenv_folders $folder
        set -p __autovenv_candidates $folder/$markers
    end
end

# --- recall: is there an answer, and is all that it was made from as it was? ---

# Takes the fields of an answer in; without any, nothing is to be active. Its paths become expressions
# of `test`, which takes a third of the time of one for each. $argv[1] says whence it comes: `asked`,
# or from the store where the shell stands (`known`) or arrives (`visit`).
function __autovenv_take
    set -g __autovenv_answered "$argv[3]" # the sightings that it answers
    set -g __autovenv_environment "$argv[4]"
    set -g __autovenv_entry "$argv[5]"
    set -g __autovenv_name "$argv[6]"
    set -g __autovenv_note $argv[7]
    set -g __autovenv_consulted
    set -g __autovenv_entering -e / # in case there are no paths
    set -g __autovenv_standing -e /
    set -l whence $argv[1]
    set -l stamp __ANSWERS__$__autovenv_nearest/__STAMP_NAME__$argv[8]-
    set -l into __autovenv_entering
    set -l path
    contains -- standing $argv; or set into __autovenv_standing
    test "$argv[2]" = __FORMAT__; and test "$argv[-1]" = end; and set -q argv[9]; or return
    set -e argv[1..8]
    while set -q argv[2]
        switch $argv[1]
            case variable
                set -a __autovenv_consulted $argv[2]
            case folder
                set -a __autovenv_consulted "PWD=$argv[2]"
            case target
                set -a $into -a $path -ef $argv[2]
            case absent
                set -a $into -a ! -e $argv[2]
            case again
                set -a $into -a ! -e /
            case own
                set -a $into -a -O $argv[2]
            case visit
                test "$whence" != visit; or return
            case shell
                test "$argv[2]" = __SHELL__; or return
            case standing
                set into __autovenv_standing
            case '*' # it has the time of the stamp that bears this number
                string match -qr '^[0-9]+$' -- $argv[1]; or return
                set path $argv[2]
                # Of two that are missing, neither is newer: look whether the stamp is there.
                set -a $into -a -e $stamp$argv[1] -a ! $path -nt $stamp$argv[1] -a ! $path -ot $stamp$argv[1]
        end
        set -e argv[1..2]
    end
end

function __autovenv_recall
    set -l file __ANSWERS__$__autovenv_nearest/__RECORD_NAME__
    # A record of somebody else's, as after `sudo -E`, isn't believed.
    test "$__autovenv_answered" != reload; and test "$AUTOVENV_STORE" != off; and test -z "$AUTOVENV_DEBUG"; or return
    test -f $file -a -O $file -a -r $file; or return
    set -l whence visit
    test "$__autovenv_answered" != "$__autovenv_sightings"; or set whence known
    __autovenv_take $whence (string split0 <$file); and test "$__autovenv_answered" = "$__autovenv_sightings"
    and __autovenv_fresh; and test $__autovenv_entering
end

# Equality is the test, not age: an older file that is moved in place is a change, too.
function __autovenv_fresh
    __autovenv_unchanged; and test $__autovenv_standing
end

# Tells whether the variables are what the record says: NAME=value, or NAME- where one was unset.
function __autovenv_unchanged
    set -l now
    set -q __autovenv_consulted[1]; or return 0
    for name in PWD __VARIABLES__
        if not set -q $name
            set -a now $name-
        else if test $name = PATH; and test -n "$__AUTOVENV_PATH"
            set -l --path path $PATH
            __autovenv_without path $__AUTOVENV_PATH
            set -a now "PATH=$path"
        else
            set -a now "$name=$$name"
        end
    end
    for variable in $__autovenv_consulted
        builtin contains -- $variable $now; or return
    end
end

# --- ask: the helper finds the answer, and keeps it where recall looks ---

function __autovenv_ask
    set -l answers __ANSWERS__
    set -l python __PYTHON__
    set -l IFS \n # where it is empty, fish doesn't split lines
    set -l script 'exec "$@" 3>&-'
    set -l fields
    test "$AUTOVENV_STORE" != off; or set answers ''
    test -z "$AUTOVENV_DEBUG"; or set script 'exec "$@" 2>&3 3>&-'
    for name in __VARIABLES__
        set -q $name; and not set -qx $name; and set -fx $name $$name
    end
    # By way of sh: what fish says of a program that it can't start goes past all redirections. sh
    # itself complains of a folder that was deleted.
    set -l lines (command /bin/sh -c $script sh $python -I -S -X utf8 __MAIN__ ask __FORMAT__ __SHELL__ "$answers" $PWD </dev/null 3>&2 2>/dev/null)
    # On the pipe a field is a line, and a newline in it is \n, a backslash \s.
    for line in $lines
        if string match -qr '\\\\' -- $line
            set -l pieces (string replace -a -- '\s' '\\' (string split -- '\n' $line))
            set line $pieces[1]
            set -e pieces[1]
            for piece in $pieces
                set line $line\n$piece
            end
        end
        set -a fields $line
    end
    __autovenv_take asked $fields; and return
    # It is tried again elsewhere.
    __autovenv_take asked __FORMAT__ "$__autovenv_sightings" '' '' '' '' '' folder "$PWD" end
    set __autovenv_note "the helper gives no answer ($python): install autovenv again, or remove its line from config.fish"
end

# --- switch: leave what is not to be active here, enter what is ---

function __autovenv_switch
    set -l environment "$__autovenv_environment"
    set -l entry "$__autovenv_entry"
    if test -z "$entry"; or test "$__autovenv_held" != "$entry"; or __autovenv_is_active "$environment"
        set __autovenv_held # the project was left, or activated by hand
    else
        set environment ''
        set entry ''
    end
    if test -n "$__AUTOVENV_PATH"
        # Its own `activate`, sourced over ours as editors do, is undone; ours goes on.
        if __autovenv_by_hand; and __autovenv_is_active "$__AUTOVENV_ENV"
            deactivate
        end
        if test "$entry" = "$__AUTOVENV_PATH"; and test "$environment" = "$__AUTOVENV_ENV"; and not __autovenv_foreign
            # A nested shell inherits an active environment without its function and its label.
            set __autovenv_label $__autovenv_name
            if test -n "$environment"; and test "$VIRTUAL_ENV_PROMPT" != "$__autovenv_label"
                set -gx VIRTUAL_ENV_PROMPT $__autovenv_label
            end
            __autovenv_define_deactivate
            __autovenv_agree
            return
        end
        __autovenv_leave
    end
    test -n "$entry"; and __autovenv_may_enter; and __autovenv_enter
end

# Tells whether VIRTUAL_ENV is the environment $argv[1].
function __autovenv_is_active
    test -n "$argv[1]"; and test -n "$VIRTUAL_ENV"; or return
    test "$VIRTUAL_ENV" = "$argv[1]"; or test "$VIRTUAL_ENV" -ef "$argv[1]"
end

# Tells whether another environment than ours is active: the user's own choice.
function __autovenv_foreign
    if test -n "$VIRTUAL_ENV"; and test "$VIRTUAL_ENV" != "$__AUTOVENV_ENV"
        return 0
    end
    test -n "$CONDA_DEFAULT_ENV"; and test "$CONDA_DEFAULT_ENV" != base
end

# Tells whether an `activate` was sourced in this shell: all of them keep the PATH from before in
# this variable, and bring a `deactivate` of their own. (Theirs is exported: a nested shell has it.)
function __autovenv_by_hand
    test -n "$_OLD_VIRTUAL_PATH"; and builtin functions -q deactivate; and not __autovenv_is_ours deactivate
end

# Tells whether the function $argv[1] is one that we defined, or a copy of it.
function __autovenv_is_ours
    string match -q "*$__autovenv_mark*" -- "$(builtin functions -Dv $argv[1])"
end

# Tells whether nothing of the user's is in the way. What they activated by hand is taken over if it
# is what would be activated here: leaving the project is then to deactivate it.
function __autovenv_may_enter
    __autovenv_foreign; or return 0
    test -z "$DIRENV_DIR"; and __autovenv_is_active "$__autovenv_environment"; or return
    if __autovenv_by_hand
        deactivate
    else
        # Inherited from a parent, it comes without its function.
        __autovenv_without PATH $VIRTUAL_ENV/bin
        set -eg VIRTUAL_ENV
        set -eg VIRTUAL_ENV_PROMPT
    end
    not __autovenv_foreign
end

function __autovenv_enter
    set -l environment $__autovenv_environment
    set -l entry $__autovenv_entry
    if builtin contains -- $entry $__autovenv_gone
        __autovenv_without PATH $entry # from a snapshot that another tool restored
    else if builtin contains -- $entry $PATH
        set -gx __AUTOVENV_HAD 1 # the user's own: it stays when ours goes
    end
    set -gx __AUTOVENV __FORMAT__
    set -gx __AUTOVENV_PATH $entry
    set -gx __AUTOVENV_ENV $environment
    if test -n "$PYTHONHOME"
        set -gx __AUTOVENV_PYTHONHOME $PYTHONHOME
        set -eg PYTHONHOME
    end
    set -eg _OLD_VIRTUAL_PATH # what a parent's `activate` exported is of no use without its function
    set __autovenv_label $__autovenv_name
    if test -n "$environment"
        set -gx VIRTUAL_ENV $environment
        set -gx VIRTUAL_ENV_PROMPT $__autovenv_label
    end
    set -gx PATH $entry $PATH
    set __autovenv_seen "$PATH"
    __autovenv_define_deactivate
end

function __autovenv_leave
    set -l entry $__AUTOVENV_PATH
    set -l once $__AUTOVENV_HAD
    set -l home PYTHONHOME
    if __autovenv_by_hand
        # What the user activated over ours will restore what it found.
        __autovenv_without _OLD_VIRTUAL_PATH $entry $once
        set home _OLD_VIRTUAL_PYTHONHOME
    else if __autovenv_is_ours deactivate
        builtin functions -e deactivate
    end
    __autovenv_without PATH $entry $once
    set __autovenv_seen "$PATH"
    set -q once[1]; or builtin contains -- $entry $__autovenv_gone; or set -a __autovenv_gone $entry
    test -z "$__AUTOVENV_PYTHONHOME"; or set -gx $home $__AUTOVENV_PYTHONHOME
    # Where another tool has unset VIRTUAL_ENV, the rest of it goes, too.
    if test -n "$__AUTOVENV_ENV"; and builtin contains -- "$VIRTUAL_ENV" "$__AUTOVENV_ENV" ''
        set -eg VIRTUAL_ENV
        set -eg VIRTUAL_ENV_PROMPT
    end
    for name in __AUTOVENV __AUTOVENV_PATH __AUTOVENV_ENV __AUTOVENV_PYTHONHOME __AUTOVENV_HAD
        set -eg $name
    end
    set __autovenv_label
    return 0
end

# `deactivate` holds until the project is left. An editor's `activate` calls it with `nondestructive`
# before it activates what it wants: that leaves, and holds nothing.
function __autovenv_define_deactivate
    builtin functions -q deactivate; and return # the user's own
    function deactivate --description $__autovenv_mark
        test "$argv[1]" = nondestructive; or set __autovenv_held $__AUTOVENV_PATH
        test -z "$__AUTOVENV_PATH"; or __autovenv_leave
    end
end

# Takes the entry $argv[2], or with a third argument the first such entry, out of the list that
# $argv[1] names.
function __autovenv_without --no-scope-shadowing
    builtin contains -- $argv[2] $$argv[1]; or return 0
    # Set once, at the end: whoever watches PATH is told of one change.
    set -l __autovenv_list $$argv[1]
    while set -l __autovenv_at (builtin contains --index -- $argv[2] $__autovenv_list)
        set -e __autovenv_list[$__autovenv_at]
        test -z "$argv[3]"; or break
    end
    set $argv[1] $__autovenv_list
end

# Makes PATH and what is active agree again after others changed PATH: direnv and mise restore
# snapshots with our entry in them, or without it, and fish_user_paths goes in front of it.
function __autovenv_agree
    if test -n "$__AUTOVENV_ENV"; and test -z "$VIRTUAL_ENV"
        set -gx VIRTUAL_ENV $__AUTOVENV_ENV
        set -gx VIRTUAL_ENV_PROMPT $__autovenv_label
    end
    test "$PATH" != "$__autovenv_seen"; or return 0
    for entry in $__autovenv_gone
        builtin contains -- $entry "$__AUTOVENV_PATH" "$VIRTUAL_ENV/bin"; or __autovenv_without PATH $entry
    end
    if test -n "$__AUTOVENV_PATH"; and __autovenv_misplaced $__AUTOVENV_PATH
        __autovenv_without PATH $__AUTOVENV_PATH $__AUTOVENV_HAD
        set -gx PATH $__AUTOVENV_PATH $PATH
    end
    set __autovenv_seen "$PATH"
end

# Tells whether the entry $argv[1] is missing on PATH, is there twice (direnv or an editor has activated
# the same environment) or stands behind a folder with a python of its own.
function __autovenv_misplaced
    set -l found
    for folder in $PATH
        if test "$folder" = "$argv[1]"
            set -q found[1]; and return 0
            test -z "$__AUTOVENV_HAD"; or return 1
            set found $folder
        else if not set -q found[1]
            builtin path filter --quiet -- $folder/python $folder/python3 $folder/pip; and return 0
        end
    end
    not set -q found[1]
end

# --- hook: after every change of folder, and before every prompt ---

function __autovenv_hook
    if test -n "$__autovenv_off"
        test -z "$__AUTOVENV_PATH"; or __autovenv_leave
        return
    end
    __autovenv_agree # before PATH is changed, and so known to be as it was left
    __autovenv_find
    if test -z "$__autovenv_sightings"
        __autovenv_take asked
    else if not test "$__autovenv_answered" = "$__autovenv_sightings"; or not __autovenv_fresh
        __autovenv_recall; or __autovenv_ask
    end
    __autovenv_switch
end

# fish gives its handlers a status of their own: $status and $pipestatus are kept.
function __autovenv_before --on-event fish_prompt
    if test -z "$__autovenv_prompted"
        set __autovenv_prompted 1
        __autovenv_take_places # what was loaded after us has its place by now
    end
    __autovenv_hook
    set __autovenv_drawing # an interrupt may have left it
    test -z "$__autovenv_label"; or __autovenv_wrap
    __autovenv_tell
end

# Prints the label, unless there is none or another tool shows VIRTUAL_ENV.
function __autovenv_show
    test -n "$__autovenv_label"; and test "$STARSHIP_SHELL" != fish; or return
    test -z "$VIRTUAL_ENV_DISABLE_PROMPT$POSH_THEME$POSH_SHELL"; or return
    builtin printf '(%s) ' $__autovenv_label
end

# A note is shown at a prompt alone: a cd may be in a completion or a `(...)`. It is shown once for as
# long as it stands.
function __autovenv_tell
    set -l note $__autovenv_note
    test -z "$__autovenv_off"; or set note
    test "$note" != "$__autovenv_told"; or return 0
    set __autovenv_told $note
    test -z "$note"; or builtin printf 'autovenv: %s\n' $note >&2
end

# --- autovenv: the user's command; what concerns this shell is done here ---

function autovenv --description 'Activates virtual environments on cd'
    switch "$argv"
        case on
            set __autovenv_off
            set __autovenv_held
        case off
            set __autovenv_off 1
        case reload
            set __autovenv_held
            set __autovenv_answered reload
            set __autovenv_told
                case '*'
            set -lx __AUTOVENV_HOOK "fish $__autovenv_version"
            set -lx __AUTOVENV_WORDS "$(builtin type python python3 pip 2>&1)"
            __PYTHON__ -I __MAIN__ $argv
            return
    end
    __autovenv_hook
    return 0
end

# --- install: at load, and once more at the first prompt ---

# Handlers run in the order in which they were defined: ours after direnv's and mise's.
function __autovenv_take_places
    # So that `cd project && python` on one line runs the project's python.
    function __autovenv_moved --on-variable PWD
        __autovenv_hook
    end

    function __autovenv_after --on-event fish_preexec
        __autovenv_agree
    end
end

# Puts the label in front of the user's prompt, and again where a theme has redefined that.
function __autovenv_wrap
    builtin functions -q fish_prompt; and not __autovenv_is_ours fish_prompt; or return
    # A name of its own, since that function may itself call an earlier wrapper of ours.
    set -a __autovenv_wraps _
    set -l inner __autovenv_inner(string join '' $__autovenv_wraps)fish_prompt
    builtin functions -c fish_prompt $inner
    function fish_prompt --description $__autovenv_mark --inherit-variable inner
        # Before all but what leaves $status alone, since it may show that.
        set -l outer $__autovenv_drawing
        set __autovenv_drawing 1
        set -l lines ($inner $argv)
        set __autovenv_drawing $outer
        # What calls us may be what a theme put around us, and then we around that.
        set -q outer[1]; or __autovenv_show
        builtin printf '%s\n' $lines
    end
end

__autovenv_take asked
__autovenv_take_places
