# shellcheck shell=bash
# What zoxide from 0.5 on does: its function calls the builtin, past everybody's `cd`.
function __zoxide_cd() { \builtin cd -- "$@"; }
function __zoxide_hook() {
  local retval=$?
  return "$retval"
}
PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND;}__zoxide_hook"
function __zoxide_z() { __zoxide_cd "{home}/$1"; }
\unalias z &>/dev/null || \true
function z() { __zoxide_z "$@"; }
