# What powerlevel10k does: its step is the last one, sets PS1 and ends the instant prompt.
p10k() { : }
_p9k_precmd() {
  local code=$?
  precmd_functions=(${precmd_functions:#_p9k_precmd} _p9k_precmd)
  PS1="(<${VIRTUAL_ENV_PROMPT-}>) [[$code]]~ "
  if ((${+__p9k_instant_prompt_active})); then
    exec >&$__p9k_fd_1 2>&$__p9k_fd_2 {__p9k_fd_1}>&- {__p9k_fd_2}>&-
    unset __p9k_instant_prompt_active
  fi
}
precmd_functions+=(_p9k_precmd)
