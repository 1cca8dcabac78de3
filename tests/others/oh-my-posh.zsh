# What oh-my-posh does: sets PS1 in a step of its own.
export POSH_THEME={home}/theme.json
_omp_precmd() {
  local code=$?
  PS1="(<${VIRTUAL_ENV_PROMPT-}>) [[$code]]~ "
}
precmd_functions+=(_omp_precmd)
