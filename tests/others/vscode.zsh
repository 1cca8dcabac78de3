# What VS Code's shell integration does, but for its escape sequences: it wraps PS1, and puts its
# steps behind the others'.
VSCODE_SHELL_INTEGRATION=1
__vsc_in_command_execution=1
__vsc_precmd() {
  if [[ -n $__vsc_in_command_execution ]]; then
    __vsc_prior_prompt=$PS1
    __vsc_in_command_execution=
    PS1="%{%}$PS1%{%}"
  fi
}
__vsc_preexec() {
  PS1=$__vsc_prior_prompt
  __vsc_in_command_execution=1
}
precmd_functions+=(__vsc_precmd)
preexec_functions+=(__vsc_preexec)
