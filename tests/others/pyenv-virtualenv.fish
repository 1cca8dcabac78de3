# The same in fish.
function _pyenv_virtualenv_hook --on-event fish_prompt
    test -z "$VIRTUAL_ENV"; or return
    set -gx PYENV_VIRTUAL_ENV {root}/pyenv/versions/tools
    set -gx VIRTUAL_ENV $PYENV_VIRTUAL_ENV
end
function pyenv
    if test $argv[1] = activate
        set -gx PYENV_ACTIVATE_SHELL 1
        set -gx PYENV_VIRTUAL_ENV {root}/pyenv/versions/$argv[2]
        set -gx VIRTUAL_ENV $PYENV_VIRTUAL_ENV
    else
        set -e PYENV_ACTIVATE_SHELL
        set -e PYENV_VIRTUAL_ENV
        set -e VIRTUAL_ENV
    end
end
