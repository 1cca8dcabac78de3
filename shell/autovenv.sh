# shellcheck shell=bash
# What the hooks for bash and zsh share, in the words that both have. `autovenv hook` puts it behind
# the shell's own half (autovenv.bash, autovenv.zsh), which has what the two say differently.
#
# A record's fields are named in one place, __autovenv_take. Nothing in here evaluates, sources or
# runs anything that is in a project.

# So that a third shell can have it, it asks for little: `[[ ]]` with -nt, -ot, -ef and -O, lists that
# `+=` adds to, `local`, `builtin export`, `unset`, `set`, `shift` and `command -V`. A list is assigned
# on its own: mksh takes no other word beside one. Where printf is no builtin, the half has a
# __autovenv_say of its own behind this.
#
# What it calls of each half, and in what way a half answers:
#   __autovenv_exactly COMMAND...    runs it whatever the user's options and traps are; always succeeds
#   __autovenv_read FILE             sets __autovenv_fields, from 1 on, to the file's NUL-ended fields
#   __autovenv_gather                adds NAME=value or NAME- of each of $__autovenv_names to `now`
#   __autovenv_value NAME            sets `value` to the variable's; tells whether it is set
#   __autovenv_is_readonly NAME      tells whether the variable is
#   __autovenv_by_hand               tells whether `deactivate` is an environment's own
#   __autovenv_define_deactivate     makes `deactivate` call __autovenv_deactivate, if the user has none
#   __autovenv_undefine_deactivate   removes it, if it is ours
#   __autovenv_merged ENTRY          tells whether the user's PATH entry and ours have become one
#   __autovenv_call FUNCTION ...     calls the user's function, if there is one; always succeeds
#   __autovenv_strip PROMPT          sets `text` to it without what takes no room
#   __autovenv_expand PROMPT         prints it as it would be in an environment autovenv-name
#   __autovenv_find_readers          sets __autovenv_readers: `none`, or who reads VIRTUAL_ENV
# A half calls __autovenv_hook after each change of folder and before each prompt, then __autovenv_tell,
# which shows and empties what is in __autovenv_news and __autovenv_note; it shows __autovenv_label.

__autovenv_version=__VERSION__ # of this hook, and the names that it knows, for `autovenv status`
__autovenv_nearest=            # the nearest folder with a marker
__autovenv_sightings=          # the markers seen from here, each ended by a newline
__autovenv_sighted=()          # the same, in a list
__autovenv_here=               # the names of those in the nearest folder, each between colons
__autovenv_fields=()           # of the last record ...
__autovenv_remembered=         # ... and its sightings, where it has the usual shape
__autovenv_settled=            # the state in which a step had nothing to do
__autovenv_stood=              # PWD and HOME of the last walk ...
__autovenv_top=                # ... and the folder where it ends
__autovenv_seen=               # PATH as it was last left
__autovenv_inside=-            # PATH as it was made on entering ...
__autovenv_outside=            # ... and what it was before
__autovenv_label=              # what the prompt shows
__autovenv_news=               # what is to be told once
__autovenv_examined=           # the prompt that was looked at last, and for what ...
__autovenv_doubled=            # ... and whether it shows the environment by itself
__autovenv_readers=            # whether there are functions that read VIRTUAL_ENV, once it is known
__autovenv_prompted=           # set at the first prompt
__autovenv_moving=             # set while the others' functions run on a change of folder
# What an rc file that is loaded once more must not forget:
__autovenv_inherited=${__autovenv_inherited-${VIRTUAL_ENV-}} # what was active before this shell
__autovenv_off=${__autovenv_off-}                            # `autovenv off`
__autovenv_held=${__autovenv_held-}                          # the PATH entry that `deactivate` took away
__autovenv_gone=${__autovenv_gone-:}                         # the PATH entries that were ours, each ended by a colon
__autovenv_told=${__autovenv_told-}                          # the note that was shown last, while it stands
# What was inherited isn't shown yet: the first step takes the whole way.
[[ -z ${__AUTOVENV_PATH-} ]] || __autovenv_label=$'\n'

# --- find: which markers can be seen from here? ---

__autovenv_find() {
  __autovenv_sightings='' __autovenv_nearest='' __autovenv_here='' __autovenv_at=${PWD%/}
  __autovenv_sighted=()
  [[ $PWD == /* ]] || {
    __autovenv_stood=''
    return 0
  }
  [[ $__autovenv_stood == "$PWD:${HOME-}" ]] || __autovenv_find_top
  while
    # One test a level: a loop over the names takes five times as long.
    [[ __NO_MARKER__ ]] || __autovenv_sight
    [[ ${#__autovenv_at} -gt ${#__autovenv_top} ]]
  do
    __autovenv_at=${__autovenv_at%/*}
  done
}

__autovenv_sight() {
  __LOOK_FOR_MARKERS__
  [[ -n $__autovenv_nearest ]] || __autovenv_nearest=$__autovenv_at __autovenv_here=$__autovenv_sightings
}

# Tells whether the files are as the last step found them: the markers, which one looks for as `find`
# does, and what their answer was made from. Where there are markers in two folders, it says no.
__autovenv_is_as_found() {
  for __autovenv_at in ${__autovenv_sighted[@]+"${__autovenv_sighted[@]}"}; do
    [[ __IS_GONE__ ]] && return 1
  done
  __autovenv_at=${PWD%/}
  while
    [[ __NO_MARKER__ ]] || [[ $__autovenv_at == "$__autovenv_nearest" && __NO_OTHER_MARKER__ ]] || return
    [[ ${#__autovenv_at} -gt ${#__autovenv_top} ]]
  do
    __autovenv_at=${__autovenv_at%/*}
  done
  [[ -z $__autovenv_sightings ]] || __autovenv_fresh
}

# Above the home, a look-up can take seconds where homes are mounted on demand. HOME may be a link to
# where the shell stands. An interrupt leaves no end that holds for where one stands.
__autovenv_find_top() {
  __autovenv_stood='' __autovenv_top=${HOME-}
  __autovenv_top=${__autovenv_top%/}
  if [[ -n $__autovenv_top && $PWD/ != "$__autovenv_top"/* ]]; then
    builtin set -- "${PWD%/}"
    while [[ -n $1 && ! $1 -ef $__autovenv_top ]]; do
      builtin set -- "${1%/*}"
    done
    __autovenv_top=$1
  fi
  __autovenv_stood=$PWD:${HOME-}
}

# --- recall: is there an answer, and is all that it was made from as it was? ---

# A record's fields are in `__autovenv_fields`, from 1 on in both shells: the format, what is taken in
# below, the generation of the stamps, the kinds of the checks, and what each of them checks.

# $1 is the record's file.
__autovenv_recall() {
  [[ $__autovenv_answered != reload && ${AUTOVENV_STORE-} != off && -z ${AUTOVENV_DEBUG-} ]] || return
  # The last record is still at hand on the way back into a project. What it was made from decides
  # whether it is valid, as for one that is read; and the helper may have emptied it since.
  if [[ $__autovenv_answered != "$__autovenv_sightings" && $__autovenv_remembered == "$__autovenv_sightings" && -s $1 ]]; then
    __autovenv_take_usual "${__autovenv_fields[@]}" && return
  fi
  __autovenv_remembered=''
  # A record of another user's, as after `sudo -E`, isn't believed.
  [[ -f $1 && -O $1 && -r $1 ]] || return
  __autovenv_fields=()
  __autovenv_read "$1"
  [[ ${__autovenv_fields[1]-} == __FORMAT__ && ${__autovenv_fields[2]-} == "$__autovenv_sightings" ]] || return
  if [[ ${__autovenv_fields[8]-}:${#__autovenv_fields[@]}:${__autovenv_fields[__USUAL_END__]-} == __USUAL__:__USUAL_END__:end ]]; then
    __autovenv_remembered=$__autovenv_sightings
    __autovenv_take_usual "${__autovenv_fields[@]}"
  elif [[ $__autovenv_answered == "$__autovenv_sightings" ]]; then
    __autovenv_take known
  else
    __autovenv_take visit
  fi
}

# An interrupt may leave a part of an answer: it is for no sightings until all of it was compared.
__autovenv_take_head() {
  __autovenv_answered=- __autovenv_environment=${__autovenv_fields[3]-} __autovenv_entry=${__autovenv_fields[4]-} __autovenv_name=${__autovenv_fields[5]-} __autovenv_note=${__autovenv_fields[6]-}
  __autovenv_stamp=__ANSWERS__$__autovenv_nearest/__STAMP_NAME__${__autovenv_fields[7]-}-
}

# Most records have the same kinds of checks in the same order, some of them of nothing, so that each
# has its place: to go through them one by one takes five times as long. The arguments are the fields.
__autovenv_take_usual() {
  __autovenv_take_head
  # What counts on entering.
  [[ (-z $9 || -O $9) && (-z ${10} || -O ${10}) && (-z ${11} || -O ${11}) &&
    (-z ${12} || (-e ${12} && ! ${12} -nt ${__autovenv_stamp}1 && ! ${12} -ot ${__autovenv_stamp}1)) &&
    (-z ${13} || (-e ${13} && ! ${13} -nt ${__autovenv_stamp}2 && ! ${13} -ot ${__autovenv_stamp}2)) &&
    (-z ${14} || (-e ${14} && ! ${14} -nt ${__autovenv_stamp}3 && ! ${14} -ot ${__autovenv_stamp}3)) &&
    ! -e ${15} && ! -e ${16} && ! -e ${17} && ! -e ${18} && ! -e ${19} && ! -e ${20} &&
    ! -e ${21} && ! -e ${22} && ! -e ${23} && ! -e ${24} && ! -e ${25} && ! -e ${26} &&
    (-z ${35} || __COMMON__ == "${35}") ]] || return
  __autovenv_path_1=${28} __autovenv_path_2=${29} __autovenv_path_3=${30} __autovenv_path_4=${31} __autovenv_target=${32} \
    __autovenv_absent_1=${33} __autovenv_absent_2=${34} __autovenv_common=${35} __autovenv_others=''
  __autovenv_fresh && __autovenv_answered=$__autovenv_sightings
}

# Goes through the checks of any record. $1 says whence it comes: `asked`, or from the store where the
# shell stands (`known`) or arrives (`visit`); those two are compared at once. What counts at each
# prompt is sorted, so that a prompt only compares.
__autovenv_take() {
  local whence=$1 kinds="${__autovenv_fields[8]-} " kind what at='' last='' stamp number=0 times=0 asked=''
  [[ $whence != asked ]] || asked=1
  __autovenv_take_head
  __autovenv_take_no_checks
  while [[ -n $kinds ]]; do
    kind=${kinds%% *} kinds=${kinds#* } number=$((number + 1))
    what=${__autovenv_fields[number + 8]-}
    if [[ $kind == time ]]; then
      times=$((times + 1)) last=$what
      stamp=$__autovenv_stamp$times
    fi
    case $at$kind in
      absent) [[ -n $asked || ! -e $what ]] || return ;;
      own) [[ -n $asked || -z $what || -O $what ]] || return ;;
      time) [[ -n $asked || -z $what || (-e $what && -e $stamp && ! $what -nt $stamp && ! $what -ot $stamp) ]] || return ;;
      target) [[ -n $asked || -z $what || $last -ef $what ]] || return ;;
      shell) [[ $what == __SHELL__ ]] || return ;;
      visit) [[ $whence != visit ]] || return ;;
      folder) __autovenv_names=PWD __autovenv_values=PWD=$what$'\n' ;;
      again) __autovenv_absent_1=/ ;;
      standing) at=at_a_prompt_ ;;
      at_a_prompt_common) __autovenv_common=$what ;;
      at_a_prompt_names)
        [[ $what != *[!A-Z_\ ]* ]] || return
        __autovenv_names=$what
        ;;
      at_a_prompt_values) __autovenv_values=$what ;;
      at_a_prompt_time) [[ -z $what ]] || __autovenv_timed+=("$what" "$stamp") ;;
      at_a_prompt_target) [[ -z $what ]] || __autovenv_leading+=("$last" "$what") ;;
      at_a_prompt_absent) [[ -z $what ]] || __autovenv_absent+=("$what") ;;
      *) return 1 ;;
    esac
  done
  __autovenv_others=1
  [[ ${__autovenv_fields[number + 9]-} == end ]] && { [[ -n $asked ]] || { __autovenv_is_common && __autovenv_fresh; }; } && __autovenv_answered=${__autovenv_fields[2]}
}

# Tells whether the checks are passed that count at each prompt. Equality is the test, not age: an
# older file that is moved in place is a change, too. The shells differ on what is newer than a file
# that is missing, so that is looked at as well; stamps go all at once.
__autovenv_fresh() {
  [[ ! -e $__autovenv_absent_1 && ! -e $__autovenv_absent_2 && (-n $__autovenv_others || (
    (-z $__autovenv_path_1 || (-e $__autovenv_path_1 && ! $__autovenv_path_1 -nt ${__autovenv_stamp}4 && ! $__autovenv_path_1 -ot ${__autovenv_stamp}4)) &&
    (-z $__autovenv_path_2 || (-e $__autovenv_path_2 && ! $__autovenv_path_2 -nt ${__autovenv_stamp}5 && ! $__autovenv_path_2 -ot ${__autovenv_stamp}5)) &&
    (-z $__autovenv_path_3 || (-e $__autovenv_path_3 && ! $__autovenv_path_3 -nt ${__autovenv_stamp}6 && ! $__autovenv_path_3 -ot ${__autovenv_stamp}6)) &&
    (-z $__autovenv_path_4 || (-e $__autovenv_path_4 && ! $__autovenv_path_4 -nt ${__autovenv_stamp}7 && ! $__autovenv_path_4 -ot ${__autovenv_stamp}7 &&
    -e ${__autovenv_stamp}7 && (-z $__autovenv_target || $__autovenv_path_4 -ef $__autovenv_target))))) ]] || return
  [[ -z $__autovenv_others ]] || __autovenv_fresh_too
}

__autovenv_is_common() {
  [[ -z $__autovenv_common || __COMMON__ == "$__autovenv_common" ]]
}

# Does the same for what stands in lists, and for the variables that matter to few answers.
__autovenv_fresh_too() {
  [[ -z $__autovenv_names ]] || __autovenv_is_set_so || return
  builtin set -- ${__autovenv_timed[@]+"${__autovenv_timed[@]}"}
  while [[ $# -gt 0 ]]; do
    [[ -e $1 && -e $2 && ! $1 -nt $2 && ! $1 -ot $2 ]] || return
    builtin shift 2
  done
  builtin set -- ${__autovenv_leading[@]+"${__autovenv_leading[@]}"}
  while [[ $# -gt 0 ]]; do
    [[ $1 -ef $2 ]] || return
    builtin shift 2
  done
  # Four at a time; an empty name is absent.
  builtin set -- ${__autovenv_absent[@]+"${__autovenv_absent[@]}"} '' '' ''
  while [[ $# -gt 3 ]]; do
    [[ ! -e $1 && ! -e $2 && ! -e $3 && ! -e $4 ]] || return
    builtin shift 4
  done
}

# Tells whether those variables are as the answer says: NAME=value, or NAME- where one is
# unset, each ended by a newline. PATH is compared without our entry.
__autovenv_is_set_so() {
  local now='' without=${PATH-}
  [[ -z ${__AUTOVENV_PATH-} || " $__autovenv_names " != *' PATH '* ]] || __autovenv_without "$without" "$__AUTOVENV_PATH"
  __autovenv_gather
  [[ $now == "$__autovenv_values" ]]
}

# --- ask: the helper finds the answer, and keeps it where recall looks ---

__autovenv_ask() {
  local answers=__ANSWERS__ python=__PYTHON__ newline=$'\n' program lines line number=0
  __autovenv_remembered=''
  __autovenv_fields=()
  [[ ${AUTOVENV_STORE-} != off ]] || answers=
  # An upgrade of the system may take its Python away: any other that is new enough can answer.
  for program in "$python" __SPARES__ "$python"; do
    [[ ! -x $program ]] || break
  done
  # What an interrupt leaves: nothing is active here, and it isn't asked again at once.
  __autovenv_take_nothing
  # bash itself warns of NUL bytes, and of a helper that is gone. The helper starts in the root, and
  # without an LD_ variable that names a folder that isn't absolute: its libraries would be loaded
  # from where one stands. (Within `$(...)`, a comment would be a command to zsh.)
  # shellcheck disable=SC2163 # the variables that `line` names
  {
    lines=$(
      for line in __VARIABLES__; do
        ! __autovenv_value "$line" || \builtin export "$line"
      done
      for line in LD_LIBRARY_PATH LD_PRELOAD LD_AUDIT; do
        __autovenv_value "$line" || continue
        [[ :$value != *[:\ ][!/]* && :$value: != *::* ]] || \builtin unset "$line"
      done
      line=$PWD
      \builtin cd ${ZSH_VERSION:+-q} / || \builtin :
      [[ -z ${AUTOVENV_DEBUG-} ]] || \builtin exec "$program" -I -S -X utf8 __MAIN__ ask __FORMAT__ __ASKER__ "$answers" "$line" </dev/null 2>&3 3>&-
      \builtin exec "$program" -I -S -X utf8 __MAIN__ ask __FORMAT__ __ASKER__ "$answers" "$line" </dev/null 3>&-
    ) || :
  } 3>&2 2>/dev/null
  # What is no answer from its first line to its last may be long, and would take minutes to take apart.
  [[ $lines == __FORMAT__$'\n'*$'\n'end ]] || lines=''
  # On the pipe a field is a line, and a newline in it is \n, a backslash \s.
  while [[ -n $lines ]]; do
    line=${lines%%"$newline"*}
    [[ $lines == *"$newline"* ]] && lines=${lines#*"$newline"} || lines=
    if [[ $line == *\\* ]]; then
      line=${line//'\n'/$newline}
      line=${line//'\s'/\\}
    fi
    number=$((number + 1))
    __autovenv_fields[number]=$line
  done
  [[ ${__autovenv_fields[1]-} == __FORMAT__ ]] && __autovenv_take asked && return
  __autovenv_take_nothing
  __autovenv_note="the helper gives no answer ($python): __AGAIN__, or remove its line from __RC__"
}

# Takes in that nothing is to be active in this folder; it is asked again elsewhere.
__autovenv_take_nothing() {
  __autovenv_answered=$__autovenv_sightings __autovenv_environment='' __autovenv_entry='' __autovenv_name='' __autovenv_note=''
  __autovenv_take_no_checks
  __autovenv_names=PWD __autovenv_values=PWD=$PWD$'\n' __autovenv_others=1
}

__autovenv_take_no_checks() {
  __autovenv_absent_1='' __autovenv_absent_2='' __autovenv_common='' __autovenv_names='' __autovenv_values=''
  __autovenv_timed=()
  __autovenv_leading=()
  __autovenv_absent=()
}

# --- switch: leave what is not to be active here, enter what is ---

__autovenv_switch() {
  local environment=$__autovenv_environment entry=$__autovenv_entry
  if [[ -z $entry || $__autovenv_held != "$entry" ]] || __autovenv_is_active "$environment"; then
    __autovenv_held='' # the project was left, or activated by hand
  else
    environment='' entry=''
  fi
  if [[ -n ${__AUTOVENV_PATH-} ]]; then
    # Its own `activate`, sourced over ours as editors do, is undone; ours goes on.
    if __autovenv_by_hand && __autovenv_is_active "${__AUTOVENV_ENV-}"; then
      deactivate
    fi
    if [[ $entry == "$__AUTOVENV_PATH" && $environment == "${__AUTOVENV_ENV-}" ]] && ! __autovenv_foreign; then
      # A nested shell inherits an active environment without its function and its label.
      __autovenv_label=$__autovenv_name
      [[ -z $environment ]] || builtin export VIRTUAL_ENV_PROMPT="$__autovenv_label"
      __autovenv_define_deactivate
      __autovenv_agree
      return
    fi
    __autovenv_leave
  fi
  # Where the user's autovenv_left went to another folder, what belongs there is active by now.
  [[ -n $entry && $entry == "$__autovenv_entry" && -z ${__AUTOVENV_PATH-} ]] &&
    { [[ -z ${VIRTUAL_ENV-}${CONDA_DEFAULT_ENV-} ]] || __autovenv_may_enter; } && __autovenv_enter
}

# Tells whether VIRTUAL_ENV is the environment $1.
__autovenv_is_active() {
  [[ -n $1 && -n ${VIRTUAL_ENV-} && ($VIRTUAL_ENV == "$1" || $VIRTUAL_ENV -ef $1) ]]
}

# Tells whether another environment than ours is active: the user's own choice.
__autovenv_foreign() {
  [[ -n ${CONDA_DEFAULT_ENV-} && $CONDA_DEFAULT_ENV != base ]] || {
    [[ -n ${VIRTUAL_ENV-} && $VIRTUAL_ENV != "${__AUTOVENV_ENV-}" ]] && ! __autovenv_leftover
  }
}

# Tells whether VIRTUAL_ENV is nobody's choice: its function isn't in this shell, and it was inherited,
# was ours before, or is the one of `pyenv global`. What was chosen in VS Code for another project is.
__autovenv_leftover() {
  [[ -z ${DIRENV_DIR-}${PYENV_ACTIVATE_SHELL-} ]] && ! __autovenv_by_hand || return
  [[ ${VIRTUAL_ENV-} == "$__autovenv_inherited" || $VIRTUAL_ENV == "${PYENV_VIRTUAL_ENV-}" ||
    $__autovenv_gone == *":$VIRTUAL_ENV/bin:"* ]] || return
  [[ ${TERM_PROGRAM-} != vscode ]] || __autovenv_is_active "$__autovenv_environment"
}

# Tells whether nothing of the user's is in the way. What they activated by hand is taken over if it
# is what would be activated here: leaving the project is then to deactivate it.
__autovenv_may_enter() {
  local without
  if __autovenv_foreign; then
    [[ -z ${DIRENV_DIR-} ]] && __autovenv_is_active "$__autovenv_environment" || return
    ! __autovenv_by_hand || deactivate
  fi
  if [[ -n ${VIRTUAL_ENV-} ]]; then
    __autovenv_without "${PATH-}" "$VIRTUAL_ENV/${__autovenv_entry##*/}"
    [[ $PATH == "$without" ]] || __autovenv_is_active "$__autovenv_environment" ||
      __autovenv_news="deactivated $VIRTUAL_ENV, which this shell inherited"
    PATH=$without
    builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  fi
  ! __autovenv_foreign
}

# The label is the last that is set, so that what an interrupt leaves is completed.
__autovenv_enter() {
  local environment=$__autovenv_environment
  # As in a restricted shell: no program of the environment's could be found.
  ! __autovenv_is_readonly PATH || return
  [[ :${PATH-}: != *":$__autovenv_entry:"* && -z ${PYTHONHOME-}${_OLD_VIRTUAL_PATH+set} ]] || __autovenv_make_way
  __autovenv_outside=${PATH-}
  __autovenv_inside=$__autovenv_entry${PATH:+:$PATH}
  __autovenv_seen=$__autovenv_inside
  builtin export __AUTOVENV=__FORMAT__ __AUTOVENV_PATH="$__autovenv_entry" __AUTOVENV_ENV="$environment" \
    PATH="$__autovenv_inside" # which empties the command hash, too
  [[ -z $environment ]] || builtin export VIRTUAL_ENV="$environment" VIRTUAL_ENV_PROMPT="$__autovenv_name"
  __autovenv_define_deactivate
  __autovenv_label=$__autovenv_name
  [[ -z $environment ]] || __autovenv_call autovenv_entered "$environment"
}

# Takes out of the way what is seldom there.
__autovenv_make_way() {
  local without
  if [[ $__autovenv_gone == *":$__autovenv_entry:"* ]]; then
    __autovenv_without "${PATH-}" "$__autovenv_entry" # from a snapshot that another tool restored
    PATH=$without
  elif [[ :${PATH-}: == *":$__autovenv_entry:"* ]]; then
    builtin export __AUTOVENV_HAD=1 # the user's own: it stays when ours goes
  fi
  if [[ -n ${PYTHONHOME-} ]]; then
    builtin export __AUTOVENV_PYTHONHOME="$PYTHONHOME"
    builtin unset PYTHONHOME
  fi
  builtin unset _OLD_VIRTUAL_PATH # what a parent's `activate` exported is of no use without its function
}

__autovenv_leave() {
  local without entry=$__AUTOVENV_PATH environment=${__AUTOVENV_ENV-}
  # Where an interrupt leaves the rest, the next step enters or leaves again.
  __autovenv_settled='' __autovenv_label=''
  if [[ -n ${_OLD_VIRTUAL_PATH-} ]] && __autovenv_by_hand; then
    # What the user activated over ours will restore what it found.
    __autovenv_without "$_OLD_VIRTUAL_PATH" "$entry" "${__AUTOVENV_HAD-}"
    _OLD_VIRTUAL_PATH=$without
    [[ -z ${__AUTOVENV_PYTHONHOME-} ]] || _OLD_VIRTUAL_PYTHONHOME=$__AUTOVENV_PYTHONHOME
  else
    [[ -z ${__AUTOVENV_PYTHONHOME-} ]] || builtin export PYTHONHOME="$__AUTOVENV_PYTHONHOME"
    __autovenv_undefine_deactivate
  fi
  without=${PATH-}
  if [[ ${PATH-} == "$__autovenv_inside" ]]; then
    without=$__autovenv_outside
  elif ! __autovenv_merged "$entry"; then
    __autovenv_without "${PATH-}" "$entry" "${__AUTOVENV_HAD-}"
  fi
  [[ -n ${__AUTOVENV_HAD-} || $__autovenv_gone == *":$entry:"* ]] || __autovenv_gone+=$entry:
  if [[ -n $environment && (-z ${VIRTUAL_ENV-} || $VIRTUAL_ENV == "$environment") ]]; then
    builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  fi
  # In one command, which no interrupt divides: an equal entry of the user's would be taken for ours.
  PATH=$without __autovenv_seen=$PATH __AUTOVENV_PATH='' __AUTOVENV_ENV='' __AUTOVENV_HAD='' __AUTOVENV_PYTHONHOME=''
  builtin unset __AUTOVENV __AUTOVENV_PATH __AUTOVENV_ENV __AUTOVENV_PYTHONHOME __AUTOVENV_HAD
  [[ -z $environment ]] || __autovenv_call autovenv_left "$environment"
}

# `deactivate` holds until the project is left. An editor's `activate` calls it with `nondestructive`
# before it activates what it wants: that leaves, and holds nothing.
__autovenv_deactivate() {
  # oh-my-zsh's plugins call it on a cd within a project, or from one into another.
  [[ ${1-} == nondestructive || -n $__autovenv_moving ]] || __autovenv_held=${__AUTOVENV_PATH-}
  [[ -z ${__AUTOVENV_PATH-} ]] || __autovenv_leave
  return 0
}

# Sets `without` to the PATH $1 without the entry $2, or without the first such entry.
__autovenv_without() {
  without=:$1:
  while [[ $without == *":$2:"* ]]; do
    without=${without/":$2:"/:}
    [[ -z ${3-} ]] || break
  done
  without=${without#:}
  without=${without%:}
}

# Makes PATH and what is active agree again after others changed PATH: direnv and mise restore
# snapshots with our entry in them, or without it, and macOS's path_helper puts it behind /usr/bin
# (tmux/tmux 2972).
__autovenv_agree() {
  # As it was left: most prompts end here.
  [[ ${PATH-} == "$__autovenv_seen" && (-z ${__AUTOVENV_ENV-} || (-n ${VIRTUAL_ENV-} && -n ${VIRTUAL_ENV_PROMPT+set})) ]] ||
    __autovenv_make_agree
}

__autovenv_make_agree() {
  local without entry rest
  if [[ -n ${__AUTOVENV_ENV-} && ${VIRTUAL_ENV:-$__AUTOVENV_ENV} == "$__AUTOVENV_ENV" ]]; then
    builtin export VIRTUAL_ENV="$__AUTOVENV_ENV" VIRTUAL_ENV_PROMPT="$__autovenv_label"
  fi
  if [[ $__autovenv_gone == *":${VIRTUAL_ENV:-/}/bin:"* && $VIRTUAL_ENV != "${__AUTOVENV_ENV-}" ]] && __autovenv_leftover; then
    builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT # it was ours
  fi
  rest=${__autovenv_gone#:}
  while [[ -n $rest ]]; do
    entry=${rest%%:*} rest=${rest#*:}
    __autovenv_without "${PATH-}" "$entry"
    [[ $entry == "${__AUTOVENV_PATH-}" || ${VIRTUAL_ENV-} == "${entry%/*}" || ${PATH-} == "$without" ]] || PATH=$without
  done
  if [[ -n ${__AUTOVENV_PATH-} ]] && __autovenv_misplaced "$__AUTOVENV_PATH"; then
    __autovenv_without "${PATH-}" "$__AUTOVENV_PATH" "${__AUTOVENV_HAD-}"
    builtin export PATH="$__AUTOVENV_PATH${without:+:$without}"
  fi
  __autovenv_seen=${PATH-}
}

# Tells whether the entry $1 is missing on PATH, is there twice (direnv or an editor has activated the
# same environment, microsoft/vscode-python-environments 1325) or stands behind a folder with a python
# of its own.
__autovenv_misplaced() {
  local before=:${PATH-}: folder
  [[ $before == *":$1:"* ]] || return 0
  [[ -n ${__AUTOVENV_HAD-} || :${before#*":$1:"} != *":$1:"* ]] || return 0
  before=${before%%":$1:"*}
  while [[ -n $before ]]; do
    folder=${before##*:} before=${before%:*}
    [[ ! -e $folder/python && ! -e $folder/python3 && ! -e $folder/pip ]] || return 0
  done
  return 1
}

# --- hook: after every change of folder, and before every prompt ---

# A step depends on __STATE__, on files, and on what is in this shell alone. `settled` is the state where
# a step has found nothing to do, and where it is, the next one looks at the files alone.
__autovenv_hook() {
  __autovenv_settled='' __autovenv_switched=''
  if [[ -n $__autovenv_off || ${AUTOVENV_DISABLE:-0} != 0 ]]; then
    [[ $__autovenv_answered == reload ]] || __autovenv_answered=- # to be switched on again is to enter
    __autovenv_note='' __autovenv_stood=''
    [[ -z ${__AUTOVENV_PATH-} ]] || __autovenv_leave
    return
  fi
  __autovenv_agree # before PATH is changed, and so known to be as it was left
  __autovenv_find
  if [[ -z $__autovenv_sightings ]]; then
    __autovenv_answered='' __autovenv_environment='' __autovenv_entry='' __autovenv_name='' __autovenv_note=''
  elif [[ $__autovenv_answered != "$__autovenv_sightings" ]] || ! __autovenv_is_common || ! __autovenv_fresh; then
    __autovenv_recall __ANSWERS__"$__autovenv_nearest/"__RECORD_NAME__ || __autovenv_ask
  fi
  until [[ -z $__autovenv_held && $__autovenv_entry == "${__AUTOVENV_PATH-}" && $__autovenv_answered == "$__autovenv_sightings" &&
    (-z $__autovenv_entry || ($__autovenv_environment == "${VIRTUAL_ENV-}" && $__autovenv_environment == "${__AUTOVENV_ENV-}" &&
    $__autovenv_name == "$__autovenv_label" && -z ${_OLD_VIRTUAL_PATH-} &&
    (-z ${CONDA_DEFAULT_ENV-} || $CONDA_DEFAULT_ENV == base))) ]]; do
    [[ -z $__autovenv_switched ]] || return 0
    __autovenv_switched=1
    __autovenv_switch
  done
  # Where PWD is no path, there is no way up from it.
  [[ $PWD != /* ]] || __autovenv_settled=__STATE__
}

# A note is shown at a prompt alone: a cd may be in a completion or a `$(...)`. It is shown once for as
# long as it stands.
__autovenv_tell() {
  [[ -z $__autovenv_news ]] || __autovenv_say "$__autovenv_news"
  __autovenv_news=''
  [[ $__autovenv_note != "$__autovenv_told" ]] || return 0
  __autovenv_told=$__autovenv_note
  [[ -z $__autovenv_note ]] || __autovenv_say "$__autovenv_note"
}

__autovenv_say() {
  builtin printf 'autovenv: %s\n' "$1" >&2
}

# --- the label ---

# Tells whether the prompt $1 shows the environment by itself: many themes do. Something reads
# VIRTUAL_ENV, and the text has its name, but in a path, or has it once the prompt is expanded. It is
# expanded once for each text, with a name that nothing else has.
__autovenv_is_doubled() {
  [[ -n ${VIRTUAL_ENV-} ]] || return
  if [[ $__autovenv_examined != "$__autovenv_label:$VIRTUAL_ENV:$1" ]]; then
    __autovenv_examined='' __autovenv_doubled=''
    if __autovenv_is_named "$1"; then
      __autovenv_is_read && __autovenv_doubled=1
    elif [[ $1 == *VIRTUAL_ENV* ]] || { [[ $1 == *'$('* || $1 == *'`'* ]] && __autovenv_is_read; }; then
      [[ $(__autovenv_expand "$1" 2>/dev/null) != *autovenv-name* ]] || __autovenv_doubled=1
    fi
    __autovenv_examined=$__autovenv_label:$VIRTUAL_ENV:$1 # once it is known: it may take long
  fi
  [[ -n $__autovenv_doubled ]]
}

__autovenv_is_named() {
  local name text
  __autovenv_strip "$1"
  for name in "$__autovenv_label" "${VIRTUAL_ENV##*/}"; do
    # Many prompts have a ~ for the home.
    [[ $name == '~' || " $text " != *[!A-Za-z0-9_./~-]"$name"[!A-Za-z0-9_./-]* ]] || return 0
  done
  return 1
}

# Tells whether a function of another's reads VIRTUAL_ENV; to look takes some milliseconds.
__autovenv_is_read() {
  [[ -n $__autovenv_readers ]] || __autovenv_find_readers
  [[ $__autovenv_readers != none ]]
}

# --- autovenv: the user's command; what concerns this shell is done here ---

__autovenv_command() {
  __autovenv_settled=''
  case "${#}${1-}" in
    1on) __autovenv_off='' __autovenv_held='' ;;
    1off) __autovenv_off=1 ;;
    1reload) __autovenv_held='' __autovenv_answered=reload __autovenv_told='' ;;
    *)
      if [[ ! -x __PYTHON__ ]]; then
        __autovenv_say 'its Python is gone ('__PYTHON__'): __AGAIN__'
        return 127
      fi
      __AUTOVENV_HOOK=__SHELL__" $__autovenv_version" __AUTOVENV_STATE=${__autovenv_off:+off}${__autovenv_held:+held} \
        __AUTOVENV_WORDS=$(\builtin command -V python python3 pip 2>&1) \
        __PYTHON__ -I __MAIN__ "$@"
      return
      ;;
  esac
  __autovenv_exactly __autovenv_hook
  return 0
}

__autovenv_take_nothing
