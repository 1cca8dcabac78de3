# What starship does: replaces fish_prompt.
function fish_prompt
    printf '(<%s>) [[%s]]~ ' "$VIRTUAL_ENV_PROMPT" $status
end
set -gx STARSHIP_SHELL fish
