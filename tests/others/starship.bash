# shellcheck shell=bash
# What starship does: takes the whole of PROMPT_COMMAND into a function of its own, and sets PS1.
starship_precmd() {
  STARSHIP_CMD_STATUS=$?
  eval "${STARSHIP_PROMPT_COMMAND-}"
  PS1="(<${VIRTUAL_ENV_PROMPT-}>) [[$STARSHIP_CMD_STATUS]]~ "
}
if [[ -z ${PROMPT_COMMAND-} ]]; then
  PROMPT_COMMAND=starship_precmd
elif [[ $PROMPT_COMMAND != *starship_precmd* ]]; then
  STARSHIP_PROMPT_COMMAND=$PROMPT_COMMAND
  PROMPT_COMMAND=starship_precmd
fi
export STARSHIP_SHELL=bash
