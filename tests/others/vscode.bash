# shellcheck shell=bash
# What VS Code's shell integration does, but for its escape sequences: it wraps PS1, takes what is
# first in PROMPT_COMMAND into a function of its own, and watches commands by a trap on DEBUG.
VSCODE_SHELL_INTEGRATION=1
__vsc_in_command_execution=1
__vsc_custom_PS1=
__vsc_update_prompt() {
  if [[ $__vsc_in_command_execution == 1 ]]; then
    if [[ -z $__vsc_custom_PS1 || $__vsc_custom_PS1 != "$PS1" ]]; then
      __vsc_original_PS1=$PS1
      __vsc_custom_PS1="\[\]$__vsc_original_PS1\[\]"
      PS1=$__vsc_custom_PS1
    fi
    __vsc_in_command_execution=0
  fi
}
__vsc_preexec_only() {
  if [[ $__vsc_in_command_execution == 0 ]]; then
    __vsc_in_command_execution=1
  fi
}
trap '__vsc_preexec_only "$_"' DEBUG
__vsc_update_prompt
__vsc_restore_exit_code() { return "$1"; }
__vsc_prompt_cmd_original() {
  __vsc_status=$?
  local cmd
  __vsc_restore_exit_code "$__vsc_status"
  for cmd in "${__vsc_original_prompt_command[@]}"; do
    eval "${cmd:-}"
  done
  __vsc_update_prompt
}
__vsc_original_prompt_command=${PROMPT_COMMAND-}
if [[ -n $__vsc_original_prompt_command ]]; then
  PROMPT_COMMAND=__vsc_prompt_cmd_original
else
  PROMPT_COMMAND=__vsc_update_prompt
fi
