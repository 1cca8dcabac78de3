# autovenv for zsh 5.3 and later. `autovenv hook zsh` fills in its tokens and prints it.
#
# Its siblings autovenv.bash, autovenv.fish and autovenv.ps1 have the same functions in the same
# order. Nothing in here evaluates, sources or runs what lies in a project.

# A shell that is not interactive is left alone. The body is one word here, so that it is parsed
# under these options, and its functions run under them, whatever the user's are: aliases and
# tracing stay out; a path is bytes; and a trap of the user's on errors doesn't see our `return`s.
[[ ! -o interactive ]] || 'builtin' 'emulate' 'zsh' '-o' 'no_aliases' '-o' 'no_xtrace' \
  '-o' 'no_force_float' '-o' 'no_multibyte' '-o' 'local_traps' '-c' __BODY__
# --- the body ---
__autovenv_version=__VERSION__ # of this hook, for `autovenv status`
__autovenv_nearest=            # the nearest folder with a marker
__autovenv_sightings=          # the markers seen from here, each ended by a newline
__autovenv_record=()           # the fields of the answer that holds here, empty: nothing is to be active
__autovenv_answered=           # the sightings that it answers
__autovenv_seen=               # PATH as it was last left
__autovenv_label=              # what the prompt shows
__autovenv_broken=             # why there was no answer, until it is told
__autovenv_prompted=           # set at the first prompt
__autovenv_folder=             # the folder where it was last asked
__autovenv_moving=             # set while the others' functions in chpwd_functions run
# What an rc file that is loaded once more must not forget:
[[ -v __autovenv_off ]] || __autovenv_off=    # `autovenv off`
[[ -v __autovenv_held ]] || __autovenv_held=  # the PATH entry that `deactivate` took away
[[ -v __autovenv_gone ]] || __autovenv_gone=() # the PATH entries that were ours in this shell
[[ -v __autovenv_told ]] || __autovenv_told=() # the notes that were shown

# --- find: which markers can be seen from here? ---

__autovenv_find() {
  local folder=${PWD%/} home=${HOME%/} name
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
    [[ -n $folder && $folder != "$home" ]]
  do
    folder=${folder%/*}
  done
}

# --- recall: is there an answer, and is all that it was made from as it was? ---

__autovenv_recall() {
  local file=__ANSWERS__$__autovenv_nearest/__RECORD_NAME__
  __autovenv_record=()
  # A record of somebody else's, as after `sudo -E`, isn't believed.
  [[ $__autovenv_answered != reload && $AUTOVENV_STORE != off && -z $AUTOVENV_DEBUG && -f $file && -O $file && -r $file ]] || return
  # zsh reads this without a process. Each field is ended by NUL: behind the last, nothing is left.
  { __autovenv_record=("${(@0)"$(<"$file")"}") } 2>/dev/null
  [[ -n $__autovenv_record[-1] ]] || __autovenv_record[-1]=()
  __autovenv_fresh entering
}

# Equality is the test, not age: an older file that is moved in place is a change, too. With an
# argument, what counts on entering alone is compared as well.
__autovenv_fresh() {
  local stamp
  local -i fields=$#__autovenv_record at=9 end=0 number=0
  ((fields > 9)) || return
  [[ $__autovenv_record[1] == __FORMAT__ && $__autovenv_record[-1] == end &&
    $__autovenv_record[2] == "$__autovenv_sightings" ]] || return
  __autovenv_counted 1 || return
  for (( ; at < end; at++)); do
    __autovenv_unchanged "$__autovenv_record[at]" || return
  done
  stamp=__ANSWERS__$__autovenv_nearest/__STAMP_NAME__$__autovenv_record[8]
  __autovenv_stamped || return
  __autovenv_counted 1 || return
  for (( ; at < end; at++)); do
    [[ ! -e $__autovenv_record[at] ]] || return
  done
  [[ -z $1 ]] || __autovenv_stamped
}

# Steps over a list of paths: tells whether each has the time of its stamp, and leads where it led.
__autovenv_stamped() {
  local file target
  __autovenv_counted 2 || return
  for (( ; at < end; at += 2, number++)); do
    file=$__autovenv_record[at] target=$__autovenv_record[at+1]
    # zsh and bash differ on what is newer than a file that is missing: look whether it is there.
    [[ -e $file && -e $stamp-$number && ! $file -nt $stamp-$number && ! $file -ot $stamp-$number ]] || return
    [[ -z $target || $file -ef $target ]] || return
  done
}

# Steps over a list's count: `end` is where the list, of fields in groups of $1, ends.
__autovenv_counted() {
  [[ $__autovenv_record[at] == <0-99999> ]] || return
  ((end = at + 1 + __autovenv_record[at] * $1, at += 1, end <= fields))
}

# Tells whether a variable is what the record says: NAME=value, or NAME- where it was unset.
__autovenv_unchanged() {
  local name=${1%%[-=]*} value without
  local -a known=(__VARIABLES__)
  ((${known[(Ie)$name]})) || return
  if [[ ! -v $name ]]; then
    [[ $1 == "$name-" ]]
    return
  fi
  value=${(P)name}
  if [[ $name == PATH && -n $__AUTOVENV_PATH ]]; then
    __autovenv_without "$PATH" "$__AUTOVENV_PATH"
    value=$without
  fi
  [[ $1 == "$name=$value" ]]
}

# --- ask: the helper finds the answer, and keeps it where recall looks ---

__autovenv_ask() {
  local answers=__ANSWERS__ python=__PYTHON__ newline=$'\n' lines name
  __autovenv_record=() __autovenv_broken=''
  [[ $AUTOVENV_STORE != off ]] || answers=
  # To export a variable that is unset would set it. (Within `$(...)`, a comment would be a command.)
  lines=$(
    for name in __VARIABLES__; do
      [[ ! -v $name ]] || builtin export "$name"
    done
    [[ -n $AUTOVENV_DEBUG ]] || builtin exec 2>/dev/null
    builtin exec "$python" -I -S -X utf8 __MAIN__ ask "$answers" "$PWD" </dev/null
  )
  # On the pipe a field is a line, and a newline in it is \n, a backslash \s.
  __autovenv_record=("${(@f)lines}")
  __autovenv_record=("${(@)__autovenv_record//\\n/$newline}")
  __autovenv_record=("${(@)__autovenv_record//\\s/\\}")
  if [[ $__autovenv_record[1] != __FORMAT__ || $__autovenv_record[-1] != end || $#__autovenv_record -le 9 ]]; then
    __autovenv_record=()
    __autovenv_broken="the helper gives no answer ($python): install autovenv anew, or take its line out of ~/.zshrc"
  fi
}

# --- switch: leave what is not to be active here, enter what is ---

__autovenv_switch() {
  local environment=$__autovenv_record[4] entry=$__autovenv_record[5]
  if [[ -z $entry || $__autovenv_held != "$entry" ]] || __autovenv_is_active "$environment"; then
    __autovenv_held='' # the project was left, or activated by hand
  else
    environment='' entry=''
  fi
  if [[ -n $__AUTOVENV_PATH ]]; then
    # Its own `activate`, sourced over ours as editors do, is undone; ours goes on.
    if __autovenv_by_hand && __autovenv_is_active "$__AUTOVENV_ENV"; then
      deactivate
    fi
    if [[ $entry == "$__AUTOVENV_PATH" && $environment == "$__AUTOVENV_ENV" ]] && ! __autovenv_foreign; then
      # A nested shell inherits an active environment without its function and its label.
      __autovenv_label=$__autovenv_record[6]
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
  [[ -n $1 && -n $VIRTUAL_ENV && ($VIRTUAL_ENV == "$1" || $VIRTUAL_ENV -ef $1) ]]
}

# Tells whether another environment than ours is active: the user's own choice.
__autovenv_foreign() {
  [[ -n $VIRTUAL_ENV && $VIRTUAL_ENV != "$__AUTOVENV_ENV" ]] ||
    [[ -n $CONDA_DEFAULT_ENV && $CONDA_DEFAULT_ENV != base ]]
}

# Tells whether an `activate` was sourced in this shell: all of them keep the PATH from before in
# this variable, and bring a `deactivate` of their own.
__autovenv_by_hand() {
  [[ -n $_OLD_VIRTUAL_PATH && -n $functions[deactivate] && $functions[deactivate] != *__autovenv_leave* ]]
}

# Tells whether nothing of the user's is in the way. What they activated by hand is taken over if it
# is what would be activated here: leaving the project is then to deactivate it.
__autovenv_may_enter() {
  local without
  __autovenv_foreign || return 0
  [[ -z $DIRENV_DIR ]] && __autovenv_is_active "$__autovenv_record[4]" || return
  if __autovenv_by_hand; then
    deactivate
  else
    # Inherited from a parent, it comes without its function.
    __autovenv_without "$PATH" "$VIRTUAL_ENV/${__autovenv_record[5]##*/}"
    PATH=$without
    builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  fi
  ! __autovenv_foreign
}

__autovenv_enter() {
  local environment=$__autovenv_record[4] entry=$__autovenv_record[5] without
  if ((${__autovenv_gone[(Ie)$entry]})); then
    __autovenv_without "$PATH" "$entry" # from a snapshot that another tool restored
    PATH=$without
  elif [[ :$PATH: == *":$entry:"* ]]; then
    builtin export __AUTOVENV_HAD=1 # the user's own: it stays when ours goes
  fi
  builtin export __AUTOVENV=__FORMAT__ __AUTOVENV_PATH="$entry" __AUTOVENV_ENV="$environment"
  if [[ -n $PYTHONHOME ]]; then
    builtin export __AUTOVENV_PYTHONHOME="$PYTHONHOME"
    builtin unset PYTHONHOME
  fi
  builtin unset _OLD_VIRTUAL_PATH # what a parent's `activate` exported is of no use without its function
  __autovenv_label=$__autovenv_record[6]
  [[ -z $environment ]] || builtin export VIRTUAL_ENV="$environment" VIRTUAL_ENV_PROMPT="$__autovenv_label"
  PATH=$entry${PATH:+:$PATH} # which empties the command hash, too
  __autovenv_seen=$PATH
  __autovenv_define_deactivate
}

__autovenv_leave() {
  local without entry=$__AUTOVENV_PATH
  if __autovenv_by_hand; then
    # What the user activated over ours will restore what it found.
    __autovenv_without "$_OLD_VIRTUAL_PATH" "$entry" "$__AUTOVENV_HAD"
    _OLD_VIRTUAL_PATH=$without
    [[ -z $__AUTOVENV_PYTHONHOME ]] || _OLD_VIRTUAL_PYTHONHOME=$__AUTOVENV_PYTHONHOME
  else
    [[ -z $__AUTOVENV_PYTHONHOME ]] || builtin export PYTHONHOME="$__AUTOVENV_PYTHONHOME"
    # oh-my-zsh's plugin pipenv calls it, without looking, when a project is left.
    [[ -n $__autovenv_moving || $functions[deactivate] != *__autovenv_leave* ]] || builtin unset -f deactivate
  fi
  # Under `typeset -U path`, the user's own entry and ours may have become one: then it stays.
  if [[ -z $__AUTOVENV_HAD || ${(t)PATH}${(t)path} != *unique* ||
    ${path[(ie)$entry]} -lt ${path[(Ie)$entry]} ]]; then
    __autovenv_without "$PATH" "$entry" "$__AUTOVENV_HAD"
    PATH=$without
  fi
  __autovenv_seen=$PATH
  [[ -n $__AUTOVENV_HAD ]] || ((${__autovenv_gone[(Ie)$entry]})) || __autovenv_gone+=("$entry")
  if [[ -n $__AUTOVENV_ENV && (-z $VIRTUAL_ENV || $VIRTUAL_ENV == "$__AUTOVENV_ENV") ]]; then
    builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
  fi
  builtin unset __AUTOVENV __AUTOVENV_PATH __AUTOVENV_ENV __AUTOVENV_PYTHONHOME __AUTOVENV_HAD
  __autovenv_label=''
  __autovenv_show # an `activate` that runs next keeps PS1, and gives it back
}

# `deactivate` holds until the project is left. An editor's `activate` calls it with `nondestructive`
# before it activates what it wants: that leaves, and holds nothing.
__autovenv_define_deactivate() {
  ((!$+functions[deactivate])) || return 0 # the user's own
  deactivate() {
    builtin trap - ZERR DEBUG
    # oh-my-zsh's plugins call it on a cd within a project, or from one into another.
    [[ $1 == nondestructive || -n $__autovenv_moving ]] || __autovenv_held=$__AUTOVENV_PATH
    [[ -z $__AUTOVENV_PATH ]] || __autovenv_leave
    return 0
  }
}

# Sets `without` to the PATH $1 without the entry $2, or without the first such entry. As text: to
# set `path` would be to set PATH.
__autovenv_without() {
  without=:$1:
  while [[ $without == *":$2:"* ]]; do
    without=${without/":$2:"/:}
    [[ -z $3 ]] || break
  done
  without=${without#:}
  without=${without%:}
}

# Makes PATH and what is active agree again after others changed PATH: direnv and mise restore
# snapshots with our entry in them, or without it, and macOS's path_helper puts it behind /usr/bin.
__autovenv_agree() {
  local without entry
  if [[ -n $__AUTOVENV_ENV && -z $VIRTUAL_ENV ]]; then
    builtin export VIRTUAL_ENV="$__AUTOVENV_ENV" VIRTUAL_ENV_PROMPT="$__autovenv_label"
  fi
  [[ $PATH != "$__autovenv_seen" ]] || return
  for entry in "${(@)__autovenv_gone}"; do
    __autovenv_without "$PATH" "$entry"
    [[ $entry == "$__AUTOVENV_PATH" || $VIRTUAL_ENV == "${entry%/*}" || $PATH == "$without" ]] || PATH=$without
  done
  if [[ -n $__AUTOVENV_PATH ]] && __autovenv_misplaced "$__AUTOVENV_PATH"; then
    __autovenv_without "$PATH" "$__AUTOVENV_PATH" "$__AUTOVENV_HAD"
    PATH=$__AUTOVENV_PATH${without:+:$without}
  fi
  __autovenv_seen=$PATH
}

# Tells whether the entry $1 is missing on PATH, is there twice (direnv or an editor has activated the
# same environment) or stands behind a folder with a python of its own.
__autovenv_misplaced() {
  local folder
  [[ -n $__AUTOVENV_HAD || ${path[(ie)$1]} -eq ${path[(Ie)$1]} ]] || return 0
  for folder in "${(@)path}"; do
    [[ $folder != "$1" ]] || return 1
    [[ ! -e $folder/python && ! -e $folder/python3 && ! -e $folder/pip ]] || return 0
  done
}

# --- hook: after every change of folder, and before every prompt ---

__autovenv_hook() {
  if [[ -n $__autovenv_off ]]; then
    [[ -z $__AUTOVENV_PATH ]] || __autovenv_leave
    return
  fi
  __autovenv_agree # before PATH is changed, and so known to be as it was left
  __autovenv_find
  if [[ -z $__autovenv_sightings ]]; then
    __autovenv_record=()
  elif [[ $__autovenv_answered != "$__autovenv_sightings" ]]; then
    # What was wrong at the last visit may have been mended: on entering, it is asked again.
    __autovenv_recall && [[ $__autovenv_record[3] != none || -z $__autovenv_record[7] ]] || __autovenv_ask
  elif ! __autovenv_holds; then
    __autovenv_recall || __autovenv_ask
  fi
  __autovenv_answered=$__autovenv_sightings __autovenv_folder=$PWD
  __autovenv_switch
}

# Tells whether the answer in memory still holds. One that isn't in the store has no stamps to
# compare with: it holds for one prompt, or for one folder.
__autovenv_holds() {
  case ${__autovenv_record[8]:-never} in
    later) return 1 ;;
    never) [[ $__autovenv_folder == "$PWD" ]] ;;
    *) __autovenv_fresh ;;
  esac
}

# zsh gives `$?`, `$pipestatus` and `$_` back after each of these. The traps come back by themselves,
# too: a `return 1` in here is no error of the user's.

# First in chpwd_functions, so that `cd project && python` on one line runs the project's python.
__autovenv_moved() {
  builtin trap - ZERR DEBUG
  ((${precmd_functions[(Ie)__autovenv_after]})) || __autovenv_install # set anew, they have lost us
  __autovenv_moving=1
  __autovenv_hook
}

# Last in chpwd_functions: direnv and mise change PATH there, and oh-my-zsh's plugins deactivate.
__autovenv_arrived() {
  builtin trap - ZERR DEBUG
  __autovenv_moving=
  if [[ -n $__AUTOVENV_PATH ]]; then
    __autovenv_agree
  else
    [[ $functions[deactivate] != *__autovenv_leave* ]] || builtin unset -f deactivate
    __autovenv_agree
    [[ -n $__autovenv_off || -z $__autovenv_record[5] ]] || __autovenv_switch
  fi
}

# First in precmd_functions.
__autovenv_before() {
  builtin trap - ZERR DEBUG
  __autovenv_moving= # an interrupt may have left it
  if [[ -z $__autovenv_prompted ]]; then
    __autovenv_prompted=1
    __autovenv_install # what the rc file loaded after us has its place by now
  fi
  __autovenv_hook
}

# Last in precmd_functions: others rebuild PS1 there, and direnv and mise change PATH.
__autovenv_after() {
  builtin trap - ZERR DEBUG
  __autovenv_agree
  __autovenv_show
  __autovenv_tell
}

# Last in preexec_functions: a key may have run a widget that changed PATH.
__autovenv_ready() {
  builtin trap - ZERR DEBUG
  ((${precmd_functions[(Ie)__autovenv_after]})) || __autovenv_install
  __autovenv_agree
}

# The label stands in PS1 as an element of psvar, which zsh shows as it is: under prompt_subst, it
# would expand a variable, and once more what is in it. An index so high is nobody else's.
__autovenv_show() {
  local prefix='%(77V.(%77v) .)' shown=$__autovenv_label
  # These show VIRTUAL_ENV by themselves.
  [[ -z $VIRTUAL_ENV_DISABLE_PROMPT$POSH_THEME$POSH_SHELL$P9K_VERSION && $STARSHIP_SHELL != zsh ]] || shown=''
  ((!$+functions[p10k])) && [[ -o prompt_percent ]] || shown=''
  [[ -z ${(M)POWERLEVEL9K_LEFT_PROMPT_ELEMENTS:#virtualenv}${(M)POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS:#virtualenv} ]] || shown=''
  if [[ -n $shown ]]; then
    [[ $psvar[77] == "$shown" ]] || psvar[77]=$shown
    [[ $PS1 == *"$prefix"* ]] || PS1=$prefix$PS1
  elif [[ $PS1 == *"$prefix"* ]]; then
    PS1=${PS1%%"$prefix"*}${PS1#*"$prefix"}
    psvar[77]=()
    while (($#psvar)) && [[ -z $psvar[-1] ]]; do
      psvar[-1]=() # what filled it up to there
    done
  fi
}

# A note is shown at a prompt alone: a cd may be in a completion or a `$(...)`. Once in a shell.
__autovenv_tell() {
  local note=${__autovenv_broken:-$__autovenv_record[7]}
  # What is shown before powerlevel10k's instant prompt is over would be a mistake in its eyes.
  ((!${+__p9k_instant_prompt_active})) || return
  [[ -n $note && -z $__autovenv_off ]] && ((!${__autovenv_told[(Ie)$note]})) || return
  __autovenv_told+=("$note")
  builtin printf 'autovenv: %s\n' "$note" >&2
}

# --- autovenv: the user's command; what concerns this shell is done here ---

autovenv() {
  builtin trap - ZERR DEBUG
  case "$*" in
    on) __autovenv_off='' __autovenv_held='' ;;
    off) __autovenv_off=1 ;;
    reload) __autovenv_held='' __autovenv_answered=reload __autovenv_told=() __autovenv_broken='' ;;
    *)
      __AUTOVENV_HOOK="zsh $__autovenv_version" __AUTOVENV_WORDS=$(builtin type python python3 pip 2>&1) \
        __PYTHON__ -I __MAIN__ "$@"
      return
      ;;
  esac
  __autovenv_hook
  return 0
}

# --- install: at load, and once more at the first prompt ---

# Not by add-zsh-hook, which zsh would have to search, read and parse.
__autovenv_install() {
  chpwd_functions=(__autovenv_moved ${chpwd_functions:#__autovenv_(moved|arrived)} __autovenv_arrived)
  precmd_functions=(__autovenv_before ${precmd_functions:#__autovenv_(before|after)} __autovenv_after)
  preexec_functions=(${preexec_functions:#__autovenv_ready} __autovenv_ready)
}

__autovenv_install
