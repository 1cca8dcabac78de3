# autovenv for zsh 5.3 and later: what is zsh's own. `autovenv hook zsh` puts autovenv.sh into it.

# A shell that is not interactive is left alone. These two are what users and tools copy and wrap:
# zsh 5.9 crashes on a copy of a function that was defined under the options below.
[[ ! -o interactive ]] || 'builtin' 'eval' '
autovenv() {
  __autovenv_command "$@"
}
__autovenv_outer_deactivate() {
  __autovenv_exactly __autovenv_deactivate_here "$@"
}
'
# The body is one word here, so that it is parsed under these options, and its functions run under
# them, whatever the user's are: aliases and tracing stay out; a path is bytes; and a trap of the
# user's on errors doesn't see our `return`s.
[[ ! -o interactive ]] || 'builtin' 'emulate' 'zsh' '-o' 'no_aliases' '-o' 'no_xtrace' \
  '-o' 'no_force_float' '-o' 'no_multibyte' '-o' 'local_traps' '-c' __BODY__
# --- the body ---
__autovenv_left= # set once a change of folder has left a project, until the prompt

# Runs a step without the user's traps, which come back by themselves.
__autovenv_exactly() {
  builtin trap - ZERR DEBUG
  "$@" || :
}

# Reads the NUL-ended fields of the file $1 into `__autovenv_fields`, without a process.
__autovenv_read() {
  { __autovenv_fields=("${(@0)"$(<"$1")"}") } 2>/dev/null
  [[ -n $__autovenv_fields[-1] ]] || __autovenv_fields[-1]=()
}

# Adds to `now` what each of the variables is that matter; PATH is in `without`.
__autovenv_gather() {
  local name
  for name in ${(s: :)__autovenv_names}; do
    if [[ $name == PATH && -v PATH ]]; then
      now+=PATH=$without$'\n'
    elif [[ -v $name ]]; then
      now+=$name=${(P)name}$'\n'
    else
      now+=$name-$'\n'
    fi
  done
}

# Sets `value` to that of the variable $1; tells whether it is set.
__autovenv_value() {
  value=${(P)1}
  [[ -v $1 ]]
}

__autovenv_is_readonly() {
  [[ ${(Pt)1} == *readonly* ]]
}

# Tells whether an `activate` was sourced in this shell: all of them keep the PATH from before in
# this variable, and bring a `deactivate` of their own.
__autovenv_by_hand() {
  [[ -n $_OLD_VIRTUAL_PATH && -n $functions[deactivate] && $functions[deactivate] != *__autovenv_deactivate* ]]
}

__autovenv_define_deactivate() {
  ((!$+functions[deactivate])) || return 0 # the user's own
  # Before zsh 5.8 there is no such copy, and so none of ours to crash on.
  builtin functions -c __autovenv_outer_deactivate deactivate 2>/dev/null ||
    functions[deactivate]=$functions[__autovenv_outer_deactivate]
}

# Tools call it, without looking, when a project is left: oh-my-zsh's plugin pipenv, autoenv's
# `.env.leave` (ohmyzsh/ohmyzsh 10670). So after a change of folder it is there until the prompt.
__autovenv_undefine_deactivate() {
  if [[ -n $__autovenv_moving ]]; then
    __autovenv_left=1
    return
  fi
  [[ $functions[deactivate] != *__autovenv_deactivate* ]] || builtin unset -f deactivate
}

# What a `cd` of autoenv's calls for the project that it came from isn't meant for the one where it
# arrives.
__autovenv_deactivate_here() {
  [[ -n $__autovenv_left && $1 != nondestructive && -n ${(M)funcstack:#(*cd|pushd|popd)} ]] ||
    __autovenv_deactivate "$@"
}

# Calls the user's own function $1, if there is one. What it does to PATH is like what others do.
__autovenv_call() {
  (($+functions[$1])) || return 0
  "$@" || :
  __autovenv_agree
}

# Tells whether the user's own entry and ours have become one, under `typeset -U path`: then it stays.
__autovenv_merged() {
  [[ -n $__AUTOVENV_HAD && ${(t)PATH}${(t)path} == *unique* && ${path[(ie)$1]} -ge ${path[(Ie)$1]} ]]
}

# --- after every change of folder, and before every prompt ---

# zsh gives `$?`, `$pipestatus` and `$_` back after each of these.

# First in chpwd_functions, so that `cd project && python` on one line runs the project's python.
__autovenv_moved() {
  ((${precmd_functions[(Ie)__autovenv_after]})) || __autovenv_install # set again, they have lost us
  __autovenv_moving=1
  builtin trap - ZERR DEBUG
  __autovenv_hook || :
}

# Last in chpwd_functions: direnv and mise change PATH there, and oh-my-zsh's plugins deactivate.
__autovenv_arrived() {
  builtin trap - ZERR DEBUG
  __autovenv_moving=
  __autovenv_agree
  [[ -n $__AUTOVENV_PATH || -n $__autovenv_off || ${AUTOVENV_DISABLE:-0} != 0 || -z $__autovenv_entry ]] || __autovenv_switch
  __autovenv_show # a widget with `cd; zle reset-prompt` runs no precmd
}

# First in precmd_functions.
__autovenv_before() {
  builtin trap - ZERR DEBUG
  __autovenv_moving= # an interrupt may have left it
  if [[ -n $__autovenv_left ]]; then
    [[ -n $__AUTOVENV_PATH ]] || __autovenv_undefine_deactivate
    __autovenv_left=
  fi
  if [[ -z $__autovenv_prompted ]]; then
    __autovenv_prompted=1
    __autovenv_install # what the rc file loaded after us has its place by now
  fi
  { [[ __STATE__ == "$__autovenv_settled" ]] && __autovenv_is_as_found; } || __autovenv_hook || :
}

# Last in precmd_functions: others rebuild PS1 there, and direnv and mise change PATH.
__autovenv_after() {
  builtin trap - ZERR DEBUG
  __autovenv_agree
  __autovenv_show
  # What is shown before powerlevel10k's instant prompt is over would be a mistake in its eyes
  # (romkatv/powerlevel10k 702).
  [[ -z $__autovenv_news && $__autovenv_note == "$__autovenv_told" ]] || ((${+__p9k_instant_prompt_active})) || __autovenv_tell
}

# Last in preexec_functions: a key may have run a widget that changed PATH. Loaded when the prompt
# stood already, as some plugin managers do, this is the first that runs.
__autovenv_ready() {
  [[ -n $__autovenv_prompted ]] || __autovenv_before
  ((${precmd_functions[(Ie)__autovenv_after]})) || __autovenv_install
  builtin trap - ZERR DEBUG
  __autovenv_agree || :
}

# The label stands in PS1 as an element of psvar, which zsh shows as it is: under prompt_subst, it
# would expand a variable, and once more what is in it. An index so high is nobody else's.
__autovenv_show() {
  [[ $psvar[77] != "$__autovenv_label" || -n $__autovenv_label ]] || return 0
  local prefix='%(77V.(%77v) .)' shown=$__autovenv_label
  # These show VIRTUAL_ENV by themselves.
  [[ -z $VIRTUAL_ENV_DISABLE_PROMPT$POSH_THEME$POSH_SHELL$P9K_VERSION && $STARSHIP_SHELL != zsh && $+functions[p10k] == 0 &&
    -z ${(M)POWERLEVEL9K_LEFT_PROMPT_ELEMENTS:#virtualenv}${(M)POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS:#virtualenv} &&
    -o prompt_percent ]] || shown=''
  [[ -z $shown ]] || ! __autovenv_is_doubled "${PS1/"$prefix"/}$RPS1" || shown=''
  if [[ -n $shown ]]; then
    [[ $psvar[77] == "$shown" ]] || psvar[77]=$shown
    [[ $PS1 == *"$prefix"* ]] || __autovenv_is_readonly PS1 || PS1=$prefix$PS1
  elif [[ $PS1 == *"$prefix"* ]]; then
    __autovenv_is_readonly PS1 || PS1=${PS1%%"$prefix"*}${PS1#*"$prefix"}
    psvar[77]=''
    psvar[$psvar[(I)?*]+1,-1]=() # what filled it up to there
  fi
}

# Sets `text` to the prompt $1 without what takes no room.
__autovenv_strip() {
  text=${(S)1//\%\{*\%\}/}
  text=${(S)text//\%[FK]\{*\}/}
  text=${text//\%[fkbusBUS]/}
}

# Prints the prompt $1 as it would be in an environment of that name.
__autovenv_expand() {
  VIRTUAL_ENV=/autovenv-name VIRTUAL_ENV_PROMPT=autovenv-name
  builtin print -rn -- "${(e)1}"
}

__autovenv_find_readers() {
  local names=(${${(k)functions[(R)*VIRTUAL_ENV*]}:#(__autovenv_*|deactivate)})
  __autovenv_readers=${names[1]-none}
}

# --- install: at load, and once more at the first prompt ---

# Not by add-zsh-hook, which zsh would have to search, read and parse.
__autovenv_install() {
  chpwd_functions=(__autovenv_moved ${chpwd_functions:#__autovenv_(moved|arrived)} __autovenv_arrived)
  precmd_functions=(__autovenv_before ${precmd_functions:#__autovenv_(before|after)} __autovenv_after)
  preexec_functions=(${preexec_functions:#__autovenv_ready} __autovenv_ready)
}

# --- what bash and zsh share ---
__CORE__
__autovenv_install
