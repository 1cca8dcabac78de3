# autovenv for fish 3.6 and later. `autovenv hook fish` fills in its tokens and prints it.
#
# It has the functions of autovenv.sh, in that order, and then those of autovenv.bash and autovenv.zsh.
# What a prompt costs is how many builtins it calls, and how long the lists are that they get: a `(...)`
# takes as long as ten of them, as does a `test` that compares the times of three paths. Nothing in here
# evaluates, sources or runs anything that is in a project.

# A shell that is not interactive is left alone. This text is sourced: its caller goes on.
status is-interactive; or return 0

set -g __autovenv_version __VERSION__ # of this hook, and the names that it knows, for `autovenv status`
set -g __autovenv_markers __MARKERS__ # the names that are looked for
set -g __autovenv_stood # PWD and HOME of the last walk
set -g __autovenv_nearest # the nearest folder with a marker
set -g __autovenv_sightings # the markers seen from there, each ended by a newline
set -g __autovenv_vanished # the end of an expression of `test`: one of these has gone
set -g __autovenv_missing # the paths of the markers that could be there
set -g __autovenv_fields # of the last record ...
set -g __autovenv_remembered # ... and its sightings, where it has the usual shape
set -g __autovenv_seen # PATH as it was last left
set -g __autovenv_label # what the prompt shows
set -g __autovenv_news # what is to be told once
set -g __autovenv_prompted # set at the first prompt
set -g __autovenv_answer # set by a function that is ours, where that is asked
# What we set and unset. A function gets a copy of what is local to its caller, as after `set -lx PATH`: it
# would be what we see, and what we change without effect.
set -g __autovenv_shared PATH VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME _OLD_VIRTUAL_PATH
set -g __autovenv_mark 'autovenv: made by its hook' # the description of the functions in the user's names
# What an rc file that is loaded once more must not forget: `autovenv off`, the PATH entry that
# `deactivate` took away, those that were ours in this shell, the note that was shown last, while it
# stands, a word for each prompt that was wrapped, and what was active before this shell.
for name in __autovenv_{off,held,gone,told,wraps}
    set -q $name; or set -g $name
end
set -q __autovenv_inherited; or set -g __autovenv_inherited "$VIRTUAL_ENV"
# What was inherited isn't shown yet: the first step takes the whole way.
test -z "$__AUTOVENV_PATH"; or set __autovenv_label \n

# --- find: which markers can be seen from here? ---

function __autovenv_find
    __autovenv_find_top
    set __autovenv_nearest
    set __autovenv_sightings ''
    set __autovenv_vanished
    # Without arguments, `path` would read the standard input.
    set __autovenv_missing ''
    for folder in $__autovenv_folders
        set -l here $folder/$__autovenv_markers
        if __SEES__ $here
            set -q __autovenv_nearest[1]; or set __autovenv_nearest $folder
            set -l absent # to add to a long list takes longer
            for marker in $here
                if test __LINK_OR__ -e $marker
                    set __autovenv_sightings $__autovenv_sightings$marker\n
                    set -a __autovenv_vanished -o __NO_LINK_AND__ ! -e $marker
                else
                    set -a absent $marker
                end
            end
            set here $absent
        end
        set -a __autovenv_missing $here
    end
end

# Tells whether a marker is there, or a link, which isn't followed: see _list_tests in hook.py. `path`
# follows a link even where it is asked for one.
function __autovenv_sees
    for marker in $argv
        test -L "$marker"; and return
    end
    builtin path filter --quiet -- $argv
end

# Sets the folders from here upward, nearest first. Above the home, a look-up can take seconds where
# homes are mounted on demand (direnv/direnv 580). HOME may be a link to where the shell stands.
function __autovenv_find_top
    set -l folder ''
    set -l rest ''
    set -l names
    set -l below
    string match -qr '(?s)^(?<folder>[^\n]*?)/*\n\k<folder>(?<rest>/.*)?\z' -- "$HOME"\n"$PWD"
    or set rest $PWD
    set -g __autovenv_folders "$folder"
    # `--quiet` would end it at the first.
    string match -ra '/+(?<names>[^/]+)' -- "$rest" >/dev/null
    for name in $names
        set folder "$folder/$name"
        set -p __autovenv_folders $folder
    end
    test "$rest" = "$PWD" -a -n "$HOME"; or return 0
    for folder in $__autovenv_folders
        set -a below $folder
        test $folder/ -ef $HOME; and set __autovenv_folders $below; and return
    end
end

# --- recall: is there an answer, and is all that it was made from as it was? ---

# A record's fields are in `__autovenv_fields`: the format, what is taken in below, the generation of
# the stamps, the kinds of the checks, and what each of them checks.

function __autovenv_recall
    set -l file __ANSWERS__$__autovenv_nearest/__RECORD_NAME__
    set -l whence known
    test "$__autovenv_answered" != reload; and test "$AUTOVENV_STORE" != off; and test -z "$AUTOVENV_DEBUG"; or return
    if not test "$__autovenv_answered" = "$__autovenv_sightings"
        set whence visit
        # The last record is still at hand on the way back into a project. What it was made from decides
        # whether it is valid, as for one that is read.
        test "$__autovenv_remembered" = "$__autovenv_sightings"; and __autovenv_take_usual; and return
    end
    set __autovenv_remembered
    # A record of another user's, as after `sudo -E`, isn't believed.
    test -f $file -a -O $file -a -r $file; or return
    set -g __autovenv_fields (string split0 <$file)
    test "$__autovenv_fields[1]:$__autovenv_fields[2]" = __FORMAT__":$__autovenv_sightings"; or return
    if test "$__autovenv_fields[8]:$__autovenv_fields[__USUAL_END__..-1]" = __USUAL__:end
        set __autovenv_remembered $__autovenv_sightings
        __autovenv_take_usual
    else
        __autovenv_take $whence
    end
end

# An interrupt may leave a part of an answer: it is for no sightings until all of it was compared.
function __autovenv_take_head
    set -g __autovenv_answered -
    set -g __autovenv_environment "$__autovenv_fields[3]"
    set -g __autovenv_entry "$__autovenv_fields[4]"
    set -g __autovenv_name "$__autovenv_fields[5]"
    set -g __autovenv_note "$__autovenv_fields[6]"
    set -g __autovenv_stamp __ANSWERS__$__autovenv_nearest/__STAMP_NAME__$__autovenv_fields[7]-
end

# Most records have the same kinds of checks in the same order, some of them of nothing, so that each
# has its place: to go through them one by one takes five times as long. Nothing has no stamp, and so
# the same time.
function __autovenv_take_usual
    __autovenv_take_head
    set -l time $__autovenv_fields[12..14] $__autovenv_fields[28..31]
    set -l stamp $__autovenv_stamp{1,2,3,4,5,6,7}
    set -l target $__autovenv_fields[32]
    set -g __autovenv_changed -n $target -a ! $time[7] -ef $target \
        -o $time[4] -nt $stamp[4] -o $time[4] -ot $stamp[4] \
        -o $time[5] -nt $stamp[5] -o $time[5] -ot $stamp[5] \
        -o $time[7] -nt $stamp[7] -o $time[7] -ot $stamp[7]
    # It is mostly of nothing, and each prompt would look at it.
    test -z $time[6]; or set -a __autovenv_changed -o $time[6] -nt $stamp[6] -o $time[6] -ot $stamp[6]
    set -g __autovenv_absent $__autovenv_fields[33..34]
    set -g __autovenv_common $__autovenv_fields[35]
    set -eg __autovenv_names
    # Those, and what counts on entering; where the markers are was looked at just now.
    not test $__autovenv_changed \
        -o -n $__autovenv_fields[9] -a ! -O $__autovenv_fields[9] \
        -o -n $__autovenv_fields[10] -a ! -O $__autovenv_fields[10] \
        -o -n $__autovenv_fields[11] -a ! -O $__autovenv_fields[11] \
        -o $time[1] -nt $stamp[1] -o $time[1] -ot $stamp[1] \
        -o $time[2] -nt $stamp[2] -o $time[2] -ot $stamp[2] \
        -o $time[3] -nt $stamp[3] -o $time[3] -ot $stamp[3]
    and not builtin path filter --quiet -- $__autovenv_fields[15..26] $__autovenv_absent
    and __autovenv_is_set_so
    and set __autovenv_answered $__autovenv_sightings
end

# Goes through the checks of any record. $argv[1] says whence it comes: `asked`, or from the store where
# the shell stands (`known`) or arrives (`visit`); those two are compared at once. What counts at each
# prompt is sorted, so that a prompt only compares.
function __autovenv_take
    set -l kinds (string split ' ' -- $__autovenv_fields[8])
    set -l rest $__autovenv_fields[9..-1]
    set -l at
    set -l last
    set -l times
    __autovenv_take_head
    __autovenv_take_no_checks
    for kind in $kinds
        # A check of nothing passes; it counts, where stamps do.
        switch "$at$kind:$rest[1]"
            case own: target: absent: at_a_prompt_target: at_a_prompt_absent:
            case '*time:'
                set -a times ''
            case '*time:*'
                set last $rest[1]
                set -a times $last
                set -l mark $__autovenv_stamp(count $times)
                set -a __autovenv_changed -o $last -nt $mark -o $last -ot $mark
            case '*target:*'
                set -a __autovenv_changed -o ! $last -ef $rest[1]
            case '*absent:*'
                set -a __autovenv_absent $rest[1]
            case 'own:*'
                test $argv[1] = asked; or test -O $rest[1]; or return
            case 'shell:*'
                test "$rest[1]" = __SHELL__; or return
            case visit:
                test $argv[1] != visit; or return
            case standing:
                test $argv[1] = asked; or __autovenv_fresh; or return
                __autovenv_take_no_checks
                set at at_a_prompt_
            case '*common:*'
                set -g __autovenv_common $rest[1]
            case '*names:*'
                set -g __autovenv_names (string split ' ' -- $rest[1])
            case '*values:*'
                set -g __autovenv_values $rest[1]
            case 'folder:*'
                set -g __autovenv_names PWD
                set -g __autovenv_values PWD=$rest[1]\n
            case again:
                set -a __autovenv_absent /
            case '*'
                return 1
        end
        set -e rest[1]
    end
    test "$rest" = end; and begin
        test $argv[1] = asked; or __autovenv_fresh
    end; and set __autovenv_answered "$__autovenv_fields[2]"
end

# Tells whether the markers are those that were seen here, and the answer's checks are passed. Equality
# is the test, not age: an older file that is moved in place is a change, too. To a stamp that is gone,
# as all of them are then, what is there is newer.
function __autovenv_fresh
    not test $__autovenv_changed $__autovenv_vanished; and not __COMES__; and __autovenv_is_set_so
end

# Tells whether the variables that matter are as the answer says; those that matter to few answers are
# NAME=value, or NAME- where one is unset, each ended by a newline.
function __autovenv_is_set_so
    set -q __autovenv_common[1]; and not test "$__autovenv_common" = __COMMON__; and return 1
    set -q __autovenv_names[1]; or return 0
    set -l now
    for name in $__autovenv_names
        string match -qr '^[A-Z_]+$' -- $name; or return
        if not set -q $name
            set now "$now$name-"\n
        else if test $name = PATH; and test -n "$__AUTOVENV_PATH"
            set -l --path path $PATH
            __autovenv_without path $__AUTOVENV_PATH
            set now "$now""PATH=$path"\n
        else
            set now "$now$name=$$name"\n
        end
    end
    test "$now" = "$__autovenv_values"
end

# --- ask: the helper finds the answer, and keeps it where recall looks ---

function __autovenv_ask
    set -l answers __ANSWERS__
    set -l python __PYTHON__
    set -l IFS \n # where it is empty, fish doesn't split lines
    set -l script 'cd /; exec "$@" 3>&-'
    set -l program
    set __autovenv_remembered
    set -g __autovenv_fields
    test "$AUTOVENV_STORE" != off; or set answers ''
    # An upgrade of the system may take its Python away: any other that is new enough can answer.
    for name in $python __SPARES__ $python
        set program $name
        test -x $name; and break
    end
    test -z "$AUTOVENV_DEBUG"; or set script 'cd /; exec "$@" 2>&3 3>&-'
    for name in __VARIABLES__
        set -q $name; and not set -qx $name; and set -fx $name $$name
    end
    # The helper starts in the root, and without an LD_ variable that names a folder that isn't
    # absolute: its libraries would be loaded from where one stands.
    for name in LD_LIBRARY_PATH LD_PRELOAD LD_AUDIT
        string match -qr '(^|[: ;])(?!/)' -- "$$name"; and set -f $name
    end
    # What an interrupt leaves: nothing is active here, and it isn't asked again at once.
    __autovenv_take_nothing
    # By way of sh: what fish says of a program that it can't start goes past all redirections. sh
    # itself complains of a folder that was deleted.
    set -l lines (command /bin/sh -c $script sh $program -I -S -X utf8 __MAIN__ ask __FORMAT__ __ASKER__ "$answers" $PWD </dev/null 3>&2 2>/dev/null)
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
        set -a __autovenv_fields $line
    end
    test "$__autovenv_fields[1]:$__autovenv_fields[-1]" = __FORMAT__:end; and __autovenv_take asked; and return
    __autovenv_take_nothing
    set -g __autovenv_note "the helper gives no answer ($python): __AGAIN__, or remove its line from config.fish"
end

# Takes in that nothing is to be active in this folder; where there are markers, it is asked again
# elsewhere.
function __autovenv_take_nothing
    set -g __autovenv_answered $__autovenv_sightings
    set -eg __autovenv_environment __autovenv_entry __autovenv_name __autovenv_note
    __autovenv_take_no_checks
    test -z "$__autovenv_sightings"; and return
    set -g __autovenv_names PWD
    set -g __autovenv_values PWD=$PWD\n
end

function __autovenv_take_no_checks
    set -g __autovenv_changed ! -e /
    set -g __autovenv_absent ''
    set -eg __autovenv_common __autovenv_names __autovenv_values
end

# --- switch: leave what is not to be active here, enter what is ---

function __autovenv_switch
    set -el $__autovenv_shared
    set -l environment $__autovenv_environment
    set -l entry $__autovenv_entry
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
            if test -n "$environment"
                set -gx VIRTUAL_ENV $environment
                set -gx VIRTUAL_ENV_PROMPT $__autovenv_label
            end
            __autovenv_define_deactivate
            __autovenv_agree
            return
        end
        __autovenv_leave
    end
    # Where the user's autovenv_left went to another folder, what belongs there is active by now.
    test -n "$entry" -a "$entry" = "$__autovenv_entry" -a -z "$__AUTOVENV_PATH"; and begin
        test -z "$VIRTUAL_ENV$CONDA_DEFAULT_ENV"; or __autovenv_may_enter
    end; and __autovenv_enter
end

# Tells whether all is as it was left, and is to be so: most prompts end here.
function __autovenv_is_as_left
    test "$__autovenv_held:$__autovenv_entry:$__autovenv_environment:$__autovenv_environment:$__autovenv_name:$_OLD_VIRTUAL_PATH:$PATH" = \
        ":$__AUTOVENV_PATH:$__AUTOVENV_ENV:$VIRTUAL_ENV:$__autovenv_label::$__autovenv_seen"
    and switch "$CONDA_DEFAULT_ENV"
        case '' base
            set -q VIRTUAL_ENV_PROMPT; or test -z "$VIRTUAL_ENV"
        case '*'
            false
    end
end

# Tells whether VIRTUAL_ENV is the environment $argv[1].
function __autovenv_is_active
    test -n "$argv[1]"; and test -n "$VIRTUAL_ENV"; or return
    test "$VIRTUAL_ENV" = "$argv[1]"; or test "$VIRTUAL_ENV" -ef "$argv[1]"
end

# Tells whether another environment than ours is active: the user's own choice.
function __autovenv_foreign
    builtin contains -- "$CONDA_DEFAULT_ENV" '' base; or return 0
    not builtin contains -- "$VIRTUAL_ENV" '' "$__AUTOVENV_ENV"; and not __autovenv_leftover
end

# Tells whether VIRTUAL_ENV is nobody's choice: its function isn't in this shell, and it was inherited,
# was ours before, or is the one of `pyenv global`. What was chosen in VS Code for another project is.
function __autovenv_leftover
    test -z "$DIRENV_DIR$PYENV_ACTIVATE_SHELL"; and not __autovenv_by_hand; or return
    builtin contains -- "$VIRTUAL_ENV" "$__autovenv_inherited" "$PYENV_VIRTUAL_ENV"
    or builtin contains -- "$VIRTUAL_ENV/bin" $__autovenv_gone; or return
    test "$TERM_PROGRAM" != vscode; or __autovenv_is_active "$__autovenv_environment"
end

# Tells whether nothing of the user's is in the way. What they activated by hand is taken over if it
# is what would be activated here: leaving the project is then to deactivate it.
function __autovenv_may_enter
    if __autovenv_foreign
        test -z "$DIRENV_DIR"; and __autovenv_is_active "$__autovenv_environment"; or return
        not __autovenv_by_hand; or deactivate
    end
    if test -n "$VIRTUAL_ENV"
        if builtin contains -- $VIRTUAL_ENV/bin $PATH; and not __autovenv_is_active "$__autovenv_environment"
            set __autovenv_news "deactivated $VIRTUAL_ENV, which this shell inherited"
        end
        __autovenv_without PATH $VIRTUAL_ENV/bin
        set -eg VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    end
    not __autovenv_foreign
end

function __autovenv_enter
    set -l entry $__autovenv_entry
    set __autovenv_seen - # an interrupt may leave half of it
    if builtin contains -- $entry $PATH
        if builtin contains -- $entry $__autovenv_gone
            __autovenv_without PATH $entry # from a snapshot that another tool restored
        else
            set -gx __AUTOVENV_HAD 1 # the user's own: it stays when ours goes
        end
    end
    set -gx __AUTOVENV __FORMAT__
    set -gx __AUTOVENV_PATH $entry
    set -gx __AUTOVENV_ENV $__autovenv_environment
    if test -n "$PYTHONHOME"
        set -gx __AUTOVENV_PYTHONHOME $PYTHONHOME
        set -eg PYTHONHOME
    end
    set -eg _OLD_VIRTUAL_PATH # what a parent's `activate` exported is of no use without its function
    set __autovenv_label $__autovenv_name
    if test -n "$__AUTOVENV_ENV"
        set -gx VIRTUAL_ENV $__AUTOVENV_ENV
        set -gx VIRTUAL_ENV_PROMPT $__autovenv_label
    end
    __autovenv_define_deactivate
    set -gx PATH $entry $PATH
    set __autovenv_seen "$PATH"
    __autovenv_call autovenv_entered $__AUTOVENV_ENV
end

function __autovenv_leave
    set -el $__autovenv_shared
    set __autovenv_label
    set -l entry $__AUTOVENV_PATH
    set -l environment $__AUTOVENV_ENV
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
    if test -n "$environment"; and builtin contains -- "$VIRTUAL_ENV" "$environment" ''
        set -eg VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    end
    set -eg __AUTOVENV __AUTOVENV_PATH __AUTOVENV_ENV __AUTOVENV_PYTHONHOME __AUTOVENV_HAD
    __autovenv_call autovenv_left $environment
    return 0
end

# `deactivate` holds until the project is left. An editor's `activate` calls it with `nondestructive`
# before it activates what it wants: that leaves, and holds nothing.
function __autovenv_deactivate
    test "$argv[1]" = nondestructive; or set __autovenv_held $__AUTOVENV_PATH
    test -z "$__AUTOVENV_PATH"; or __autovenv_leave
end

# Takes the entry $argv[2], or with a third argument the first such entry, out of the list that
# $argv[1] names.
function __autovenv_without --no-scope-shadowing
    builtin contains -- $argv[2] $$argv[1]; or return 0
    # Set once, at the end: whoever watches PATH is told of one change.
    set -l __autovenv_list $$argv[1]
    set -l __autovenv_at 1
    while test "$__autovenv_list[1]" = "$argv[2]"; or set __autovenv_at (builtin contains --index -- $argv[2] $__autovenv_list)
        set -e __autovenv_list[$__autovenv_at]
        test -z "$argv[3]"; and builtin contains -- $argv[2] $__autovenv_list; or break
    end
    set $argv[1] $__autovenv_list
end

# Makes PATH and what is active agree again after others changed PATH: direnv and mise restore
# snapshots with our entry in them, or without it, and fish_user_paths goes in front of it
# (justinmayer/virtualfish 254).
function __autovenv_agree
    # As it was left: most prompts end here.
    if test "$VIRTUAL_ENV:$PATH" = "$__AUTOVENV_ENV:$__autovenv_seen"
        set -q VIRTUAL_ENV_PROMPT; or test -z "$VIRTUAL_ENV"; and return
    end
    set -el $__autovenv_shared
    if test -n "$__AUTOVENV_ENV"; and builtin contains -- "$VIRTUAL_ENV" '' $__AUTOVENV_ENV
        set -gx VIRTUAL_ENV $__AUTOVENV_ENV
        set -gx VIRTUAL_ENV_PROMPT $__autovenv_label
    end
    if builtin contains -- "$VIRTUAL_ENV/bin" $__autovenv_gone; and test "$VIRTUAL_ENV" != "$__AUTOVENV_ENV"; and __autovenv_leftover
        set -eg VIRTUAL_ENV VIRTUAL_ENV_PROMPT # it was ours
    end
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
    switch "$__autovenv_off:$AUTOVENV_DISABLE"
        case : ':0'
        case '*'
            set -g __autovenv_note
            set __autovenv_stood
            test "$__autovenv_answered" = reload; or set -g __autovenv_answered - # to be switched on again is to enter
            test -z "$__AUTOVENV_PATH"; or __autovenv_leave
            return
    end
    if test "$__autovenv_stood" = "$PWD:$HOME"; and __autovenv_fresh
        __autovenv_is_as_left; or begin
            __autovenv_agree
            __autovenv_switch
        end
    else
        __autovenv_agree # before PATH is changed, and so known to be as it was left
        set __autovenv_stood # an interrupt may leave half of it
        __autovenv_find
        if test -z "$__autovenv_sightings"
            test -z "$__autovenv_answered"; or __autovenv_take_nothing
        else if not test "$__autovenv_answered" = "$__autovenv_sightings"; or not __autovenv_fresh
            __autovenv_recall; or __autovenv_ask
        end
        test "$__autovenv_answered" = "$__autovenv_sightings"; and set __autovenv_stood "$PWD:$HOME"
        __autovenv_is_as_left; or __autovenv_switch
    end
    # A key that goes to a project and draws the prompt again is to show its label.
    test -z "$__autovenv_label"; or __autovenv_is_ours fish_prompt; or __autovenv_wrap
end

# A note is shown at a prompt alone: a cd may be in a completion or a `(...)`. It is shown once for as
# long as it stands.
function __autovenv_tell
    test -z "$__autovenv_news"; or builtin printf 'autovenv: %s\n' $__autovenv_news >&2
    set __autovenv_news
    test "$__autovenv_note" != "$__autovenv_told"; or return 0
    set __autovenv_told $__autovenv_note
    test -z "$__autovenv_note"; or builtin printf 'autovenv: %s\n' $__autovenv_note >&2
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
            set __autovenv_stood
            set __autovenv_told
        case '*'
            if not test -x __PYTHON__
                builtin printf 'autovenv: its Python is gone (%s): __AGAIN__\n' __PYTHON__ >&2
                return 127
            end
            set -lx __AUTOVENV_HOOK "fish $__autovenv_version"
            set -lx __AUTOVENV_STATE (string replace -r '.+' off -- "$__autovenv_off")(string replace -r '.+' held -- "$__autovenv_held")
            set -lx __AUTOVENV_WORDS "$(builtin type python python3 pip 2>&1)"
            __PYTHON__ -I __MAIN__ $argv
            return
    end
    __autovenv_hook
    return 0
end

# --- what bash and zsh, too, say in other words ---

# Tells whether an `activate` was sourced in this shell: all of them keep the PATH from before in
# this variable, and bring a `deactivate` of their own. (Theirs is exported: a nested shell
# has it, pypa/virtualenv 998.)
function __autovenv_by_hand
    test -n "$_OLD_VIRTUAL_PATH"; and builtin functions -q deactivate; and not __autovenv_is_ours deactivate
end

# Tells whether the function $argv[1] is one that we defined, or a copy of it. Whoever defines a function
# takes its handler away; a copy has none.
function __autovenv_is_ours
    set __autovenv_answer
    builtin emit __autovenv_is_ours_$argv[1] __autovenv_is_ours
    switch "$__autovenv_answer"
        case ''
            string match -q "*$__autovenv_mark*" -- "$(builtin functions -Dv $argv[1])"
    end
end

function __autovenv_define_deactivate
    builtin functions -q deactivate; and return # the user's own
    function deactivate --description $__autovenv_mark --on-event __autovenv_is_ours_deactivate
        switch "$argv[1]"
            case __autovenv_is_ours
                set __autovenv_answer yes
            case '*'
                __autovenv_deactivate $argv
        end
    end
end

# Calls the user's own function $argv[1], if there is one, with the environment. What it does to PATH is
# like what others do.
function __autovenv_call
    test -n "$argv[2]"; and builtin functions -q $argv[1]; or return 0
    $argv
    __autovenv_agree
end

# --- after every change of folder, and before every prompt ---

# fish gives its handlers a status of their own: $status and $pipestatus are kept.

function __autovenv_before --on-event fish_prompt
    switch "$__autovenv_prompted"
        case ''
            set __autovenv_prompted 1
            __autovenv_take_places # what was loaded after us has its place by now
    end
    __autovenv_hook
    test -z "$__autovenv_note$__autovenv_news$__autovenv_told"; or __autovenv_tell
end

# Prints the label, unless another tool shows VIRTUAL_ENV.
function __autovenv_show
    switch "$__autovenv_label"
        case ''
            return
    end
    switch "$VIRTUAL_ENV_DISABLE_PROMPT$POSH_THEME$POSH_SHELL:$STARSHIP_SHELL"
        case :fish
        case ':*'
            builtin printf '(%s) ' $__autovenv_label
    end
end

# --- install: at load, and once more at the first prompt ---

# Handlers run in the order in which they were defined: ours after direnv's and mise's.
function __autovenv_take_places
    # So that `cd project && python` on one line runs the project's python.
    function __autovenv_moved --on-variable PWD
        __autovenv_hook
    end

    # Loaded when the prompt stood already, as by an event, this is the first that runs.
    function __autovenv_after --on-event fish_preexec
        switch "$__autovenv_prompted"
            case ''
                __autovenv_before
        end
        __autovenv_agree
    end
end

# Puts the label in front of the user's prompt, and again where a theme has redefined that.
function __autovenv_wrap
    builtin functions -q fish_prompt; or return
    # bobthefish shows VIRTUAL_ENV.
    builtin functions -q __bobthefish_prompt_virtualfish; and test "$theme_display_virtualenv" != no; and return
    # A name of its own, since that function may itself call an earlier wrapper of ours.
    set -a __autovenv_wraps _
    set -l inner __autovenv_inner(string join '' $__autovenv_wraps)fish_prompt
    builtin functions -c fish_prompt $inner
    # What `string collect` prints, as fish-async-prompt does, would begin a line of its own.
    set -l collects (builtin functions $inner | string match '*string collect*')[1]
    function fish_prompt --description $__autovenv_mark --inherit-variable inner --inherit-variable collects --on-event __autovenv_is_ours_fish_prompt
        # Only `set` and `switch` leave $status and $pipestatus alone, which the prompt may show.
        switch "$argv[1]"
            case __autovenv_is_ours
                set __autovenv_answer yes
                return
        end
        set -l codes $status $pipestatus
        set -l outer $__autovenv_drawing # what calls us may be what a theme put around us, and then we around that
        switch "$argv[1]:$codes[2..]:$outer$collects"
            case ":$codes[1]:"
                __autovenv_show
                set -lx __autovenv_drawing 1
                __autovenv_code $codes[1]
                $inner
            case '*' # a pipe's codes can't be set; what is collected is printed at once
                set -lx __autovenv_drawing 1
                set -l lines ($inner $argv)
                set -q outer[1]; or __autovenv_show
                builtin printf '%s\n' $lines
        end
    end
end

function __autovenv_code
    return $argv[1]
end

__autovenv_take_nothing
__autovenv_take_places
true
