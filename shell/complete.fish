# What fish reads at the first Tab behind `autovenv`: complete.bash says what it does.
function __autovenv_complete
    set -lx COMP_WORDS (commandline -cp | string collect)
    set -lx _AUTOVENV_COMPLETE fish_complete
    set -lx PYTHONPATH
    set -lx PYTHONHOME
    set -l found (__COMMAND__ 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c autovenv -f -k -a '(__autovenv_complete)'
