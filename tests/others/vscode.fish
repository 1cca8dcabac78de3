# What VS Code's shell integration does, but for its escape sequences: at the first prompt it wraps
# fish_prompt.
set -g VSCODE_SHELL_INTEGRATION 1
function __init_vscode_shell_integration --on-event fish_prompt
    functions -e __init_vscode_shell_integration
    functions -c fish_prompt __vsc_fish_prompt
    function fish_prompt
        __vsc_fish_prompt
    end
end
