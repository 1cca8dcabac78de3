# shellcheck shell=bash
# What zoxide from 0.5 on does: its function calls the builtin, past everybody's `cd`.
function __zoxide_cd() { \builtin cd -- "$@"; }
function __zoxide_hook() {
  local retval=$?
  return "$retval"
}
PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND;}__zoxide_hook"
# 0.9 complains where it isn't in the string, or in a list's first element.
function __zoxide_z() {
  [[ $PROMPT_COMMAND == *__zoxide_hook* ]] || echo "not in PROMPT_COMMAND"
  __zoxide_cd "{home}/$1"
}
\unalias z &>/dev/null || \true
function z() { __zoxide_z "$@"; }
