# shellcheck shell=bash disable=SC2154 # what the core sets
# autovenv for bash 3.2 and later: what is bash's own. `autovenv hook bash` puts autovenv.sh into it.

# A shell that is not interactive is left alone. The body is one word here, so that it is parsed
# only after its own first lines. No `[[` here: bash 5.2, in a file that was cut off within one, takes
# the next one for an error, wherever that is.
[ "${-#*i}" = "$-" ] || \builtin eval __BODY__
# --- the body ---
# While the functions are parsed, an alias called like one of their words would end up in them.
# What is in a $(...) is parsed when it runs, with the aliases on: there, a backslash keeps them away.
__autovenv_aliases=
\builtin shopt -q expand_aliases && __autovenv_aliases=1
\builtin shopt -u expand_aliases

__autovenv_bash=$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))
# What stands in PROMPT_COMMAND. An exported one must do no harm in a child without the hook: these
# are no exported variables, and empty there. `&& :` keeps `$?` from a trap on ERR.
__autovenv_first_step='"${__autovenv_first:-:}" && :'
__autovenv_last_step='"${__autovenv_last:-:}" && :'
__autovenv_code=                          # the status that the prompt is to see
__autovenv_shown=${__autovenv_shown-}     # what stands in PS1 for the label ...
__autovenv_drawn=                         # ... and that with all that it hangs on ...
__autovenv_drawn_before=                  # ... and so at the change before
__autovenv_placed=                        # PROMPT_COMMAND as it was left
__autovenv_watched=unknown                # set where a trap on DEBUG may wait for the user's next command
__autovenv_ours=${__autovenv_ours-}       # set while the function `deactivate` is ours
__autovenv_wrapped=${__autovenv_wrapped-} # set once cd, pushd and popd were wrapped
__autovenv_wraps=${__autovenv_wraps-0}    # how many functions of the user's were wrapped

# --- what zsh says in other words ---

# Under `shopt -s nocasematch`, A would be taken for a; under `set -k`, `local name=value` sets
# nothing.
__autovenv_exactly() {
  # shellcheck disable=SC2050 # what is constant is how the option reads
  if [[ A != a && $- != *k* ]]; then
    "$@" || :
  else
    __autovenv_without_options "$@"
  fi
}

__autovenv_without_options() {
  local nocase keywords
  nocase='' keywords=''
  # shellcheck disable=SC2050
  [[ A != a ]] || nocase=1
  [[ -z $nocase ]] || builtin shopt -u nocasematch
  [[ $- != *k* ]] || keywords=1
  [[ -z $keywords ]] || builtin set +k
  "$@" || :
  [[ -z $keywords ]] || builtin set -k
  [[ -z $nocase ]] || builtin shopt -s nocasematch
}

# Reads the NUL-ended fields of the file $1 into `__autovenv_fields`, from 1 on.
__autovenv_read() {
  local field number=0
  if [[ $__autovenv_bash -gt 403 ]]; then
    builtin mapfile -t -d '' -O 1 __autovenv_fields <"$1"
    return
  fi
  while IFS='' builtin read -r -d '' field; do
    number=$((number + 1))
    __autovenv_fields[number]=$field
  done <"$1"
}

# Adds to `now` what each of the variables is that matter; PATH is in `without`.
__autovenv_gather() {
  local name IFS=' '
  for name in $__autovenv_names; do
    if [[ $name == PATH && -n ${PATH+set} ]]; then
      now+=PATH=$without$'\n'
    else
      now+=$name${!name+=}${!name--}$'\n'
    fi
  done
}

# Sets `value` to that of the variable $1; tells whether it is set.
__autovenv_value() {
  value=${!1-}
  [[ -n ${!1+set} ]]
}

# Tells whether the variable $1 is read-only: one of those three. To try an assignment in a subshell
# makes 3.2 go on there, with the user's input.
__autovenv_is_readonly() {
  local flags
  if [[ $__autovenv_bash -gt 403 ]]; then
    # By name: `${!1@a}` begins as `${!prefix@}` does, which lists names.
    case $1 in
      PATH) flags=${PATH+${PATH@a}} ;;
      PS1) flags=${PS1+${PS1@a}} ;;
      *) flags=${PROMPT_COMMAND+${PROMPT_COMMAND@a}} ;;
    esac
  else
    flags=$(\builtin declare -p "$1" 2>/dev/null) || :
    flags=${flags#declare -}
    flags=${flags%% *}
  fi
  [[ $flags == *r* ]]
}

# Tells whether an `activate` was sourced in this shell: all of them keep the PATH from before in
# this variable, and bring a `deactivate` of their own.
__autovenv_by_hand() {
  [[ -n ${_OLD_VIRTUAL_PATH-} ]] && builtin declare -F deactivate >/dev/null
}

__autovenv_define_deactivate() {
  # Functions have no such attribute: it does nothing, and opens no file to hide what it would print.
  builtin declare -f +i deactivate && return # the user's own
  __autovenv_ours=1
  deactivate() {
    __autovenv_exactly __autovenv_deactivate "$@"
  }
}

__autovenv_undefine_deactivate() {
  [[ -z $__autovenv_ours ]] || builtin unset -f deactivate
  __autovenv_ours=''
}

__autovenv_merged() { return 1; } # zsh's alone

# Calls the user's own function $1, if there was one at the first prompt: each look opens a file.
# What it does to PATH is like what others do.
__autovenv_call() {
  [[ $__autovenv_calls == *" $1 "* ]] || return 0
  "$@" || :
  __autovenv_agree
}

autovenv() {
  __autovenv_command "$@"
}

# --- after every change of folder, and before every prompt ---

# After cd, pushd and popd, so that `cd project && python` on one line runs the project's python.
__autovenv_moved() {
  [[ $__autovenv_stood != "$PWD:${HOME-}" ]] || return "$1"
  # A PROMPT_COMMAND that was set again has lost us.
  [[ ${PROMPT_COMMAND[*]-} == *__autovenv_first* ]] || __autovenv_exactly __autovenv_take_places
  __autovenv_exactly __autovenv_hook
  return "$1"
}

# In PROMPT_COMMAND, before the user's steps and behind those that are known to change PATH.
__autovenv_before() {
  __autovenv_code=$?
  # Most prompts end with these looks. A function that one calls costs as much as five of them.
  # shellcheck disable=SC2050
  if [[ A != a && $- != *k* && __STATE__ == "$__autovenv_settled" && ${PROMPT_COMMAND[*]-} == "$__autovenv_placed" &&
    -z $__autovenv_news && $__autovenv_note == "$__autovenv_told" ]] && __autovenv_is_as_found; then
    [[ $__autovenv_placed == *__autovenv_last* ]] || __autovenv_draw || :
  else
    __autovenv_exactly __autovenv_step
  fi
  return "$__autovenv_code"
}

__autovenv_step() {
  # Another tool has changed it: the next prompt looks again.
  [[ ${PROMPT_COMMAND[*]-} == "$__autovenv_placed" ]] || __autovenv_first=__autovenv_look
  __autovenv_hook
  [[ $__autovenv_placed == *__autovenv_last* ]] || __autovenv_draw
  __autovenv_tell
}

# Stands in the place of the step above at the first prompt, and where PROMPT_COMMAND has changed.
# Only a function with the attribute `trace` sees a trap on DEBUG.
__autovenv_look() {
  __autovenv_code=$?
  [[ ${PROMPT_COMMAND[*]-} == "$__autovenv_first_step" ]] || __autovenv_watched=$(\builtin trap -p DEBUG)
  __autovenv_exactly __autovenv_install # what the rc file loaded after us has its place by now
  __autovenv_first=__autovenv_before
  __autovenv_exactly __autovenv_step
  __autovenv_exactly __autovenv_draw # the last step may be in place for the next prompt alone
  return "$__autovenv_code"
}

# Behind the user's steps: some rebuild PS1, or change PATH.
__autovenv_after() {
  __autovenv_code=$?
  __autovenv_exactly __autovenv_agree
  __autovenv_exactly __autovenv_draw
  return "$__autovenv_code"
}

__autovenv_early() {
  __autovenv_exactly __autovenv_hook
}

# Most changes are from one of two states to the other: into a project, and out of it.
__autovenv_draw() {
  [[ -n $__autovenv_label$__autovenv_shown ]] || return 0
  __autovenv_drawing=$__autovenv_shown:$__autovenv_label:${VIRTUAL_ENV_DISABLE_PROMPT-}${POSH_THEME-}${POSH_SHELL-}:${STARSHIP_SHELL-}:${VIRTUAL_ENV-}:${PS1-}
  { [[ $__autovenv_drawing == "$__autovenv_drawn" || $__autovenv_drawing == "$__autovenv_drawn_before" ]] &&
    builtin shopt -q promptvars; } || __autovenv_show
}

# The label stands in PS1 as a variable, whose value bash doesn't expand once more. In a child that
# inherits an exported PS1 but has no hook, it is empty. So it is where nothing is active: tools that
# note PS1 and restore it, as iTerm2's do, see a change once.
__autovenv_show() {
  local prefix='${__autovenv_label:+(${__autovenv_label}) }'
  ! __autovenv_is_readonly PS1 || return 0
  builtin shopt -q promptvars || __autovenv_write_out
  # These show VIRTUAL_ENV by themselves.
  [[ -z ${VIRTUAL_ENV_DISABLE_PROMPT-}${POSH_THEME-}${POSH_SHELL-} && ${STARSHIP_SHELL-} != bash ]] || prefix=''
  [[ -z $prefix ]] || ! __autovenv_is_doubled "${PS1/"$__autovenv_shown"/}" || prefix=''
  [[ $prefix == "$__autovenv_shown" ]] || PS1=${PS1/"$__autovenv_shown"/}
  __autovenv_shown=$prefix
  [[ ${PS1-} == *"$prefix"* ]] || PS1=$prefix${PS1-}
  __autovenv_drawn_before=$__autovenv_drawn
  __autovenv_drawn=$__autovenv_shown:$__autovenv_label:${VIRTUAL_ENV_DISABLE_PROMPT-}${POSH_THEME-}${POSH_SHELL-}:${STARSHIP_SHELL-}:${VIRTUAL_ENV-}:${PS1-}
}

# Without promptvars, the label itself stands there. Whoever sets that again, or notes PS1 and restores
# it then, would have it expanded.
__autovenv_write_out() {
  prefix=${__autovenv_label//[\$\`]/?}
  prefix=${prefix:+"(${prefix//\\/\\\\}) "}
}

# Sets `text` to the prompt $1 without what takes no room.
__autovenv_strip() {
  local rest=$1
  text=''
  while [[ $rest == *'\['*'\]'* ]]; do
    text+=${rest%%'\['*} rest=${rest#*'\['}
    rest=${rest#*'\]'}
  done
  text+=$rest
}

# Prints the prompt $1 as it would be in an environment of that name. (`@P` is bash 4.4's.)
__autovenv_expand() {
  [[ $__autovenv_bash -gt 403 ]] || return
  VIRTUAL_ENV=/autovenv-name VIRTUAL_ENV_PROMPT=autovenv-name
  builtin printf %s "${1@P}"
}

__autovenv_find_readers() {
  local IFS=$'\n'
  # shellcheck disable=SC2046 # a word for each name
  [[ $(\builtin declare -f $(\builtin compgen -A function -X '__autovenv_*') 2>/dev/null) == *VIRTUAL_ENV* ]] &&
    __autovenv_readers=some || __autovenv_readers=none
}

# --- install: at load, and once more at the first prompt ---

__autovenv_install() {
  local name text='' aliases=''
  local -a names=(cd pushd popd __zoxide_cd _z _zlua __enhancd::cd)
  # Whether they are still ours is asked at once: a subshell costs as much as all else here.
  [[ -z $__autovenv_wrapped ]] || text=$(\builtin declare -f cd pushd popd)
  [[ $text != *__autovenv_moved*__autovenv_moved*__autovenv_moved* ]] || names=(__zoxide_cd _z _zlua __enhancd::cd)
  builtin shopt -q expand_aliases && aliases=1
  builtin shopt -u expand_aliases # they were parsed already
  for name in "${names[@]}"; do
    __autovenv_wrap "$name"
  done
  __autovenv_wrapped=1
  [[ -z $aliases ]] || builtin shopt -s expand_aliases
  __autovenv_calls=' '
  for name in autovenv_entered autovenv_left; do
    ! builtin declare -F "$name" >/dev/null || __autovenv_calls+="$name "
  done
  # ble.sh's hooks run before PROMPT_COMMAND: in one of them, starship asks what is active
  # (direnv/direnv 1439).
  ! builtin declare -F blehook >/dev/null || blehook PRECMD+-=__autovenv_early
  __autovenv_take_places
}

# Puts our step behind a builtin, or behind the function of that name that another tool defined.
__autovenv_wrap() {
  local name=$1 inner="\\builtin $1" text=''
  ! builtin declare -F "$name" >/dev/null 2>&1 || text=$(\builtin declare -f "$name")
  [[ $text != *__autovenv_moved* && (-n $text || $name == [cp]*) ]] || return 0
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

# Puts our steps into PROMPT_COMMAND. A string stays a string, since other tools look for their names
# in it. Where it is read-only, cd still switches.
__autovenv_take_places() {
  local first=$__autovenv_first_step last=$__autovenv_last_step line=$'\n' at=0 text='' name before behind='' others=''
  ! __autovenv_is_readonly PROMPT_COMMAND || return 0
  for at in ${PROMPT_COMMAND[@]+"${!PROMPT_COMMAND[@]}"}; do
    text=${PROMPT_COMMAND[at]//"$line$first$line"/"$line"}
    text=${text//"$line$last$line"/"$line"}
    text=${text//"$first$line"/}
    text=${text%"$line$last"}
    [[ $text != "$first" ]] || text=''
    __autovenv_set_place "$text"
    others+=$text
    [[ $text != *_direnv_hook* && $text != *_mise_hook* && $text != *__bp_precmd_invoke_cmd* ]] || behind=$at
  done
  # What is behind the user's last step would be the next command in the eyes of a trap on DEBUG.
  if [[ $others == *__bp_interactive_mode* && $text == *__bp_interactive_mode* ]]; then
    before=${text%__bp_interactive_mode*}
    text=${text#"$before"}
    __autovenv_set_place "${before%"$line"}$line$last$line$text"
  elif [[ -n $others && -z $__autovenv_watched && $others != *__bp_install* ]]; then
    __autovenv_set_place "$text$line$last"
  fi
  at=${behind:-0} text=${PROMPT_COMMAND[${behind:-0}]-} before=''
  # These two change PATH; bash-preexec's reads PIPESTATUS and `$_` (rcaloras/bash-preexec 85).
  for name in _direnv_hook _mise_hook_prompt_command _mise_hook __bp_precmd_invoke_cmd '__bp_precmd_invoke_cmd "$_"'; do
    [[ $text == *"$name"* && ${text##*"$name"} != [!\;$line]* ]] || continue
    name=${text%"$name"*}$name
    [[ ${#name} -le ${#before} ]] || before=$name
  done
  text=${text#"$before"}
  text=${text#;}
  __autovenv_set_place "${before:+"$before;$line"}$first${text:+"$line${text#"$line"}"}"
  __autovenv_placed=${PROMPT_COMMAND[*]-}
}

# Sets the element `at` of PROMPT_COMMAND. An index would make a list of a string.
__autovenv_set_place() {
  if [[ $at == 0 ]]; then
    PROMPT_COMMAND=$1
  else
    PROMPT_COMMAND[at]=$1
  fi
}

# --- what bash and zsh share ---
__CORE__

__autovenv_first=__autovenv_look
__autovenv_last=__autovenv_after
builtin declare -ft __autovenv_look
[[ -z ${PROMPT_COMMAND[*]-} ]] || __autovenv_watched=$(\builtin trap -p DEBUG)
__autovenv_exactly __autovenv_install

[[ -z $__autovenv_aliases ]] || \builtin shopt -s expand_aliases
\builtin unset __autovenv_aliases
