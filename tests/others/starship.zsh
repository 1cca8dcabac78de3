# What starship does: prompt_subst, and a prompt that runs anew each time.
prompt_starship_precmd() { STARSHIP_CMD_STATUS=$? }
precmd_functions+=(prompt_starship_precmd)
setopt prompt_subst
PROMPT='(<$(echo "${VIRTUAL_ENV_PROMPT-}")>) [[%?]]~ '
export STARSHIP_SHELL=zsh
