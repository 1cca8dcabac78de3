# shellcheck shell=bash
# What oh-my-posh does: puts its step in front of PROMPT_COMMAND, and sets PS1 there.
export POSH_THEME={home}/theme.json
_omp_hook() {
  local code=$?
  PS1="(<${VIRTUAL_ENV_PROMPT-}>) [[$code]]~ "
  return "$code"
}
if [[ ! ${PROMPT_COMMAND-} =~ _omp_hook ]]; then
  PROMPT_COMMAND="_omp_hook${PROMPT_COMMAND:+; $PROMPT_COMMAND}"
fi
