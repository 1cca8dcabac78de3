# What mise does: where its tools are wanted it keeps PATH as it was, and gives that back afterwards.
function __mise_hook --on-variable PWD --on-event fish_prompt
    if string match -q '{home}/tools*' $PWD
        if not set -q __mise_snapshot
            set -g __mise_snapshot $PATH
            set -gx PATH {root}/mise/bin $PATH
        end
    else if set -q __mise_snapshot
        set -gx PATH $__mise_snapshot
        set -e __mise_snapshot
    end
end
