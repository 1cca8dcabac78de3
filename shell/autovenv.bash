# shellcheck shell=bash
# autovenv for bash 3.2 and later. `autovenv hook bash` fills in its tokens and prints it.
#
# Its siblings autovenv.zsh, autovenv.fish and autovenv.ps1 have the same functions in the same
# order. Nothing in here evaluates, sources or runs what lies in a project.

# A shell that is not interactive is left alone. The body is one word here, so that it is parsed
# only after its own first lines.
[[ $- != *i* ]] || \builtin eval __BODY__
# --- the body ---
# While the functions are parsed, an alias called like one of their words would end up in them.
# What is in a $(...) is parsed when it runs, with the aliases on: there, a backslash keeps them away.
__autovenv_aliases=
\builtin shopt -q expand_aliases && __autovenv_aliases=1
\builtin shopt -u expand_aliases

__autovenv_version=__VERSION__ # of this hook, for `autovenv status`
__autovenv_nearest=            # the nearest folder with a marker
__autovenv_sightings=          # the markers seen from here, each ended by a newline
__autovenv_record=()           # the fields of the answer that holds here, empty: nothing is to be active
__autovenv_answered=           # the sightings that it answers
__autovenv_seen=               # PATH as it was last left
__autovenv_label=              # what the prompt shows
__autovenv_broken=             # why there was no answer, until it is told
__autovenv_prompted=           # set at the first prompt
__autovenv_code=               # the status that the prompt is to see
__autovenv_folder=             # the folder where it was last asked
__autovenv_list=               # set where PROMPT_COMMAND may be a list: from bash 5.1 on
((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 501)) || __autovenv_list=1
# What an rc file that is loaded once more must not forget:
__autovenv_off=${__autovenv_off-}               # `autovenv off`
__autovenv_held=${__autovenv_held-}             # the PATH entry that `deactivate` took away
__autovenv_deactivate=${__autovenv_deactivate-} # set while the function `deactivate` is ours
__autovenv_gone=${__autovenv_gone-:}            # the PATH entries that were ours, each ended by a colon
__autovenv_told=${__autovenv_told-$'\n'}        # the notes that were shown, each ended by a newline
__autovenv_wraps=${__autovenv_wraps-0}          # how many functions of the user's were wrapped

# --- find: which markers can be seen from here? ---

__autovenv_find() {
  local folder=${PWD%/} home=${HOME-} name
  __autovenv_sightings='' __autovenv_nearest=''
  [[ $PWD == /* ]] || return 0
  while
    for name in __MARKERS__; do
      if [[ -e $folder/$name ]]; then
        [[ -n $__autovenv_sightings ]] || __autovenv_nearest=$folder
        __autovenv_sightings+=$folder/$name$'\n'
      fi
    done
    # Above the home, a look-up can take seconds where homes are mounted on demand.
    [[ -n $folder && $folder != "${home%/}" ]]
  do
    folder=${folder%/*}
  done
}

# --- recall: is there an answer, and is all that it was made from as it was? ---

__autovenv_recall() {
  local file=__ANSWERS__$__autovenv_nearest/__RECORD_NAME__ field
  __autovenv_record=()
  # A record of somebody else's, as after `sudo -E`, isn't believed.
  [[ $__autovenv_answered != reload && ${AUTOVENV_STORE-} != off && -z ${AUTOVENV_DEBUG-} && -f $file && -O $file && -r $file ]] || return
  while IFS='' builtin read -r -d '' field; do
    __autovenv_record+=("$field")
  done 2>/dev/null <"$file"
  __autovenv_fresh entering
}

# Equality is the test, not age: an older file that is moved in place is a change, too. With an
# argument, what counts on entering alone is compared as well.
__autovenv_fresh() {
  local fields=${#__autovenv_record[@]} stamp
  local -i at=8 end number=0
  ((fields > 8)) || return
  [[ ${__autovenv_record[0]} == __FORMAT__ && ${__autovenv_record[fields - 1]} == end &&
    ${__autovenv_record[1]} == "$__autovenv_sightings" ]] || return
  __autovenv_counted 1 || return
  for (( ; at < end; at++)); do
    __autovenv_unchanged "${__autovenv_record[at]}" || return
  done
  stamp=__ANSWERS__$__autovenv_nearest/__STAMP_NAME__${__autovenv_record[7]}
  __autovenv_stamped || return
  __autovenv_counted 1 || return
  for (( ; at < end; at++)); do
    [[ ! -e ${__autovenv_record[at]} ]] || return
  done
  [[ -z ${1-} ]] || __autovenv_stamped
}

# Steps over a list of paths: tells whether each has the time of its stamp, and leads where it led.
__autovenv_stamped() {
  local path target
  __autovenv_counted 2 || return
  for (( ; at < end; at += 2, number++)); do
    path=${__autovenv_record[at]} target=${__autovenv_record[at + 1]}
    # zsh and bash differ on what is newer than a file that is missing: look whether it is there.
    [[ -e $path && -e $stamp-$number && ! $path -nt $stamp-$number && ! $path -ot $stamp-$number ]] || return
    [[ -z $target || $path -ef $target ]] || return
  done
}

# Steps over a list's count: `end` is where the list, of fields in groups of $1, ends.
__autovenv_counted() {
  local count=${__autovenv_record[at]-}
  [[ -n $count && $count != *[!0-9]* && ${#count} -lt 6 ]] || return
  ((at += 1, end = at + count * $1, end < fields))
}

# Tells whether a variable is what the record says: NAME=value, or NAME- where it was unset.
__autovenv_unchanged() {
  local name=${1%%[-=]*} known value path
  for known in __VARIABLES__; do
    [[ $known != "$name" ]] || break
  done
  [[ $known == "$name" ]] || return
  [[ -n ${!name+set} || $1 != "$name-" ]] || return 0
  value=${!name-}
  if [[ $name == PATH && -n ${__AUTOVENV_PATH-} ]]; then
    __autovenv_without "${PATH-}" "$__AUTOVENV_PATH"
    value=$path
  fi
  [[ -n ${!name+set} && $1 == "$name=$value" ]]
}

# --- ask: the helper finds the answer, and keeps it where recall looks ---

__autovenv_ask() {
  local answers=__ANSWERS__ python=__PYTHON__ lines line
  __autovenv_record=() __autovenv_broken=''
  [[ ${AUTOVENV_STORE-} != off ]] || answers=
  # bash itself warns of NUL bytes, and of a helper that is gone.
  {
    lines=$(
      \builtin export __VARIABLES__
      [[ -z ${AUTOVENV_DEBUG-} ]] || \builtin exec "$python" -I -S -X utf8 __MAIN__ ask "$answers" "$PWD" </dev/null 2>&3 3>&-
      \builtin exec "$python" -I -S -X utf8 __MAIN__ ask "$answers" "$PWD" </dev/null 3>&-
    ) || :
  } 3>&2 2>/dev/null
  # What is no answer from its first line to its last may be long, and would take minutes to take apart.
  [[ $lines == __FORMAT__$'\n'*$'\n'end ]] || lines=''
  # On the pipe a field is a line, and a newline in it is \n, a backslash \s.
  while [[ -n $lines ]]; do
    line=${lines%%$'\n'*}
    [[ $lines == *$'\n'* ]] && lines=${lines#*$'\n'} || lines=
    if [[ $line == *\\* ]]; then
      line=${line//'\n'/$'\n'}
      line=${line//'\s'/\\}
    fi
    __autovenv_record+=("$line")
  done
  if ((${#__autovenv_record[@]} <= 9)); then
    __autovenv_record=()
    __autovenv_broken="the helper gives no answer ($python): install autovenv anew, or take its line out of ~/.bashrc"
  fi
}

# --- switch: leave what is not to be active here, enter what is ---

__autovenv_switch() {
  local environment=${__autovenv_record[3]-} entry=${__autovenv_record[4]-}
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
      __autovenv_label=${__autovenv_record[5]}
      [[ -z $environment ]] || builtin export VIRTUAL_ENV_PROMPT="$__autovenv_label"
      __autovenv_define_deactivate
      __autovenv_agree
      return
    fi
    __autovenv_leave
  fi
  [[ -n $entry ]] && __autovenv_may_enter && __autovenv_enter
}

# Tells whether VIRTUAL_ENV is the environment $1.
__autovenv_is_active() {
  [[ -n $1 && -n ${VIRTUAL_ENV-} && ($VIRTUAL_ENV == "$1" || $VIRTUAL_ENV -ef $1) ]]
}

# Tells whether another environment than ours is active: the user's own choice.
__autovenv_foreign() {
  [[ -n ${VIRTUAL_ENV-} && $VIRTUAL_ENV != "${__AUTOVENV_ENV-}" ]] ||
    [[ -n ${CONDA_DEFAULT_ENV-} && $CONDA_DEFAULT_ENV != base ]]
}

# Tells whether an `activate` was sourced in this shell: all of them keep the PATH from before in
# this variable, and bring a `deactivate` of their own.
__autovenv_by_hand() {
  [[ -n ${_OLD_VIRTUAL_PATH-} ]] && builtin declare -F deactivate >/dev/null
}

# Tells whether nothing of the user's is in the way. What they activated by hand is taken over if it
# is what would be activated here: leaving the project is then to deactivate it.
__autovenv_may_enter() {
  local path
  __autovenv_foreign || return 0
  [[ -z ${DIRENV_DIR-} ]] && __autovenv_is_active "${__autovenv_record[3]}" || return
  if __autovenv_by_hand; then
    deactivate
  else
    # Inherited from a parent, it comes without its function.
    __autovenv_without "${PATH-}" "$VIRTUAL_ENV/${__autovenv_record[4]##*/}"
    PATH=$path
    builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  fi
  ! __autovenv_foreign
}

__autovenv_enter() {
  local environment=${__autovenv_record[3]} entry=${__autovenv_record[4]} path
  if [[ $__autovenv_gone == *":$entry:"* ]]; then
    __autovenv_without "${PATH-}" "$entry" # from a snapshot that another tool restored
    PATH=$path
  elif [[ :${PATH-}: == *":$entry:"* ]]; then
    builtin export __AUTOVENV_HAD=1 # the user's own: it stays when ours goes
  fi
  builtin export __AUTOVENV=__FORMAT__ __AUTOVENV_PATH="$entry" __AUTOVENV_ENV="$environment"
  if [[ -n ${PYTHONHOME-} ]]; then
    builtin export __AUTOVENV_PYTHONHOME="$PYTHONHOME"
    builtin unset PYTHONHOME
  fi
  builtin unset _OLD_VIRTUAL_PATH # what a parent's `activate` exported is of no use without its function
  __autovenv_label=${__autovenv_record[5]}
  [[ -z $environment ]] || builtin export VIRTUAL_ENV="$environment" VIRTUAL_ENV_PROMPT="$__autovenv_label"
  builtin export PATH="$entry${PATH:+:$PATH}"
  __autovenv_seen=$PATH
  builtin hash -r 2>/dev/null
  __autovenv_define_deactivate
}

__autovenv_leave() {
  local path entry=$__AUTOVENV_PATH
  if __autovenv_by_hand; then
    # What the user activated over ours will restore what it found.
    __autovenv_without "$_OLD_VIRTUAL_PATH" "$entry" "${__AUTOVENV_HAD-}"
    _OLD_VIRTUAL_PATH=$path
    [[ -z ${__AUTOVENV_PYTHONHOME-} ]] || _OLD_VIRTUAL_PYTHONHOME=$__AUTOVENV_PYTHONHOME
  else
    [[ -z ${__AUTOVENV_PYTHONHOME-} ]] || builtin export PYTHONHOME="$__AUTOVENV_PYTHONHOME"
    [[ -z $__autovenv_deactivate ]] || builtin unset -f deactivate
  fi
  __autovenv_deactivate=''
  __autovenv_without "${PATH-}" "$entry" "${__AUTOVENV_HAD-}"
  PATH=$path
  __autovenv_seen=$PATH
  [[ -n ${__AUTOVENV_HAD-} || $__autovenv_gone == *":$entry:"* ]] || __autovenv_gone+=$entry:
  if [[ -n ${__AUTOVENV_ENV-} && (-z ${VIRTUAL_ENV-} || $VIRTUAL_ENV == "$__AUTOVENV_ENV") ]]; then
    builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  fi
  builtin unset __AUTOVENV __AUTOVENV_PATH __AUTOVENV_ENV __AUTOVENV_PYTHONHOME __AUTOVENV_HAD
  builtin hash -r 2>/dev/null
  __autovenv_label=''
  __autovenv_show # an `activate` that runs next keeps PS1, and gives it back
}

# `deactivate` holds until the project is left. An editor's `activate` calls it with `nondestructive`
# before it activates what it wants: that leaves, and holds nothing.
__autovenv_define_deactivate() {
  builtin declare -F deactivate >/dev/null && return # the user's own
  __autovenv_deactivate=1
  deactivate() {
    [[ ${1-} == nondestructive ]] || __autovenv_held=${__AUTOVENV_PATH-}
    [[ -z ${__AUTOVENV_PATH-} ]] || __autovenv_exactly __autovenv_leave
  }
}

# Sets `path` to the PATH $1 without the entry $2, or without the first such entry.
__autovenv_without() {
  path=:$1:
  while [[ $path == *":$2:"* ]]; do
    path=${path/":$2:"/:}
    [[ -z ${3-} ]] || break
  done
  path=${path#:}
  path=${path%:}
}

# Makes PATH and what is active agree again after others changed PATH: direnv and mise restore
# snapshots with our entry in them, or without it, and macOS's path_helper puts it behind /usr/bin.
__autovenv_agree() {
  local path entry rest
  if [[ -n ${__AUTOVENV_ENV-} && -z ${VIRTUAL_ENV-} ]]; then
    builtin export VIRTUAL_ENV="$__AUTOVENV_ENV" VIRTUAL_ENV_PROMPT="$__autovenv_label"
  fi
  [[ ${PATH-} != "$__autovenv_seen" ]] || return
  rest=${__autovenv_gone#:}
  while [[ -n $rest ]]; do
    entry=${rest%%:*} rest=${rest#*:}
    __autovenv_without "${PATH-}" "$entry"
    [[ $entry == "${__AUTOVENV_PATH-}" || ${VIRTUAL_ENV-} == "${entry%/*}" || ${PATH-} == "$path" ]] || PATH=$path
  done
  if [[ -n ${__AUTOVENV_PATH-} ]] && __autovenv_misplaced "$__AUTOVENV_PATH"; then
    __autovenv_without "${PATH-}" "$__AUTOVENV_PATH" "${__AUTOVENV_HAD-}"
    builtin export PATH="$__AUTOVENV_PATH${path:+:$path}"
  fi
  __autovenv_seen=${PATH-}
}

# Tells whether the entry $1 is missing on PATH, is there twice (direnv or an editor has activated the
# same environment) or stands behind a folder with a python of its own.
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

# Under `shopt -s nocasematch`, A would be taken for a; under `set -k`, `local name=value` sets
# nothing.
__autovenv_exactly() {
  local nocase keywords
  nocase='' keywords=''
  builtin shopt -q nocasematch && nocase=1
  [[ -z $nocase ]] || builtin shopt -u nocasematch
  [[ $- != *k* ]] || keywords=1
  [[ -z $keywords ]] || builtin set +k
  "$@" || :
  [[ -z $keywords ]] || builtin set -k
  [[ -z $nocase ]] || builtin shopt -s nocasematch
}

__autovenv_hook() {
  if [[ -n $__autovenv_off ]]; then
    [[ -z ${__AUTOVENV_PATH-} ]] || __autovenv_leave
    return
  fi
  __autovenv_agree # before PATH is changed, and so known to be as it was left
  __autovenv_find
  if [[ -z $__autovenv_sightings ]]; then
    __autovenv_record=()
  elif [[ $__autovenv_answered != "$__autovenv_sightings" ]]; then
    # What was wrong at the last visit may have been mended: on entering, it is asked again.
    if ! __autovenv_recall || [[ ${__autovenv_record[2]} == none && -n ${__autovenv_record[6]} ]]; then
      __autovenv_ask
    fi
  elif ! __autovenv_holds; then
    __autovenv_recall || __autovenv_ask
  fi
  __autovenv_answered=$__autovenv_sightings __autovenv_folder=$PWD
  __autovenv_switch
}

# Tells whether the answer in memory still holds. One that isn't in the store has no stamps to
# compare with: it holds for one prompt, or for one folder.
__autovenv_holds() {
  case ${__autovenv_record[7]-never} in
    later) return 1 ;;
    never) [[ $__autovenv_folder == "$PWD" ]] ;;
    *) __autovenv_fresh ;;
  esac
}

# After cd, pushd and popd, so that `cd project && python` on one line runs the project's python.
__autovenv_moved() {
  # A PROMPT_COMMAND that was set anew has lost us.
  [[ -n $__autovenv_readonly || ${PROMPT_COMMAND[*]-} == *__autovenv_last* ]] || __autovenv_exactly __autovenv_take_places
  __autovenv_exactly __autovenv_hook
  return "$1"
}

# First in PROMPT_COMMAND.
__autovenv_before() {
  __autovenv_code=$?
  if [[ -z $__autovenv_prompted ]]; then
    __autovenv_prompted=1
    __autovenv_exactly __autovenv_install # what the rc file loaded after us has its place by now
  fi
  __autovenv_exactly __autovenv_hook
  __autovenv_may_succeed ${#FUNCNAME[@]} || return "$__autovenv_code"
}

# Tells whether a step, so deep in functions, need not give `$?` on: bash keeps it for the next one in
# a list, a failure would end the shell under `set -e`, and a trap on ERR would see it.
__autovenv_may_succeed() {
  [[ $- == *e* || (-n $__autovenv_list && $1 -eq 1) ]]
}

# Last in PROMPT_COMMAND: a __git_ps1 in it rebuilds PS1, and direnv and mise change PATH.
__autovenv_after() {
  __autovenv_code=$?
  if [[ -z $__autovenv_prompted ]]; then
    __autovenv_prompted=1
    __autovenv_exactly __autovenv_install
    __autovenv_exactly __autovenv_hook # from 5.1 on, `PROMPT_COMMAND=...` replaces the first place alone
  fi
  __autovenv_exactly __autovenv_agree
  __autovenv_exactly __autovenv_show
  __autovenv_exactly __autovenv_tell
  __autovenv_may_succeed ${#FUNCNAME[@]} || return "$__autovenv_code"
}

# The label stands in PS1 as a variable, whose value bash doesn't expand once more.
__autovenv_show() {
  # In a child that inherits an exported PS1 but has no hook, it is empty.
  local prefix='${__autovenv_label:+(${__autovenv_label}) }' shown=$__autovenv_label
  # These show VIRTUAL_ENV by themselves.
  [[ -z ${VIRTUAL_ENV_DISABLE_PROMPT-}${POSH_THEME-}${POSH_SHELL-} && ${STARSHIP_SHELL-} != bash ]] || shown=''
  if [[ -n $shown ]]; then
    [[ ${PS1-} == *"$prefix"* ]] || PS1=$prefix${PS1-}
  else
    [[ ${PS1-} != *"$prefix"* ]] || PS1=${PS1/"$prefix"/}
  fi
}

# A note is shown at a prompt alone: a cd may be in a completion or a `$(...)`. Once in a shell.
__autovenv_tell() {
  local note=${__autovenv_broken:-${__autovenv_record[6]-}}
  [[ -n $note && -z $__autovenv_off && $__autovenv_told != *$'\n'"$note"$'\n'* ]] || return
  __autovenv_told+=$note$'\n'
  builtin printf 'autovenv: %s\n' "$note" >&2
}

# --- autovenv: the user's command; what concerns this shell is done here ---

autovenv() {
  case "$#${1-}" in
    1on) __autovenv_off='' __autovenv_held='' ;;
    1off) __autovenv_off=1 ;;
    1reload) __autovenv_held='' __autovenv_answered=reload __autovenv_told=$'\n' __autovenv_broken='' ;;
    *)
      __AUTOVENV_HOOK="bash $__autovenv_version" __AUTOVENV_WORDS=$(\builtin type python python3 pip 2>&1) \
        __PYTHON__ -I __MAIN__ "$@"
      return
      ;;
  esac
  __autovenv_exactly __autovenv_hook
}

# --- install: at load, and once more at the first prompt ---

__autovenv_install() {
  local name flags aliases=''
  builtin shopt -q expand_aliases && aliases=1
  builtin shopt -u expand_aliases # they were parsed already
  for name in cd pushd popd __zoxide_cd; do
    __autovenv_wrap "$name"
  done
  [[ -z $aliases ]] || builtin shopt -s expand_aliases
  # A shell that forbids it keeps its prompt as it is; cd still switches. (To try an assignment in a
  # subshell makes 3.2 go on there, with the user's input.)
  flags=$(\builtin declare -p PROMPT_COMMAND 2>/dev/null) || :
  flags=${flags#declare -}
  __autovenv_readonly=
  [[ ${flags%% *} != *r* ]] || __autovenv_readonly=1
  [[ -n $__autovenv_readonly ]] || __autovenv_take_places
}

# Puts our step behind a builtin, or behind the function of that name that another tool defined.
__autovenv_wrap() {
  local name=$1 inner="\\builtin $1" text=''
  ! builtin declare -F "$name" >/dev/null || text=$(\builtin declare -f "$name")
  [[ $text != *__autovenv_moved* && ($name != __zoxide_cd || -n $text) ]] || return 0
  if [[ -n $text ]]; then
    # A number, since that function may itself call an earlier wrapper of ours.
    __autovenv_wraps=$((__autovenv_wraps + 1))
    inner=__autovenv_inner_${__autovenv_wraps}_$name
    # One that was parsed with extglob may not be parsed without; a readonly one stays as it is.
    builtin eval "$inner${text#"$name"}" 2>/dev/null || return 0
    (builtin unset -f "$name") 2>/dev/null || return 0
    # shellcheck disable=SC2163 # the function that $name names; ours isn't in a child
    builtin export -nf "$name"
  fi
  builtin eval "function $name { $inner \"\$@\"; __autovenv_moved \"\$?\"; }"
}

# An exported PROMPT_COMMAND must do no harm in a child without the hook: the names are variables
# that aren't exported, and empty there.
__autovenv_take_places() {
  local first='"${__autovenv_first:-:}"' last='"${__autovenv_last:-:}"' item end='' name
  local -i number=0
  local -a items=("$first")
  if [[ -z $__autovenv_list ]]; then
    # What stands in our old places goes without a trace: a `:` there would lose `$?`.
    item=${PROMPT_COMMAND-}
    item=${item#"$first"$'\n'}
    item=${item%$'\n'"$last"}
    # They watch for the first command after theirs, by a trap on DEBUG: it must not be ours.
    for name in starship_precmd __bp_interactive_mode '__bp_install "$_"'; do
      [[ $item != *"$name" && $item != *"$name;" ]] || end=$'\n'$name item=${item%"$name"*}
    done
    item=${item//"$first"/'"${__autovenv_keep:-:}"'}
    PROMPT_COMMAND=$first$'\n'${item//"$last"/'"${__autovenv_keep:-:}"'}$'\n'$last$end
    return
  fi
  for item in ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"}; do
    case $item in
      "$first" | "$last" | '') ;;
      starship_precmd | starship_precmd\; | __bp_interactive_mode | *__bp_install*) end=$item ;;
      *) items+=("${item//"$first"/'"${__autovenv_keep:-:}"'}") ;;
    esac
  done
  items+=("$last")
  [[ -z $end ]] || items+=("$end")
  # In place: bash may be walking this very list.
  for item in ${PROMPT_COMMAND[@]+"${!PROMPT_COMMAND[@]}"}; do
    ((item < ${#items[@]})) || PROMPT_COMMAND[item]=''
  done
  for (( ; number < ${#items[@]}; number++)); do
    PROMPT_COMMAND[number]=${items[number]}
  done
}

# Where another tool's text encloses ours, `$?` goes on to what follows.
__autovenv_status() {
  __autovenv_code=$?
  __autovenv_may_succeed ${#FUNCNAME[@]} || return "$__autovenv_code"
}

__autovenv_first=__autovenv_before
__autovenv_last=__autovenv_after
__autovenv_keep=__autovenv_status
__autovenv_exactly __autovenv_install

[[ -z $__autovenv_aliases ]] || \builtin shopt -s expand_aliases
\builtin unset __autovenv_aliases
