# What oh-my-posh does: replaces fish_prompt.
set -gx POSH_THEME {home}/theme.json
function fish_prompt
    printf '(<%s>) [[%s]]~ ' "$VIRTUAL_ENV_PROMPT" $status
end
