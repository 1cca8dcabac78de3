# The lines that `autovenv install` writes for fish, with its tokens filled in and without comments.
# load.bash says what they do. fish's own word on a file that doesn't parse, or on a program that can't
# be run, can't be redirected: it is looked whether the file is whole, and sh runs the program.
if status is-interactive; and test -x __COMMAND__
    set -l __autovenv_kept __KEPT__
    set -l __autovenv_text
    test -f $__autovenv_kept -a -r $__autovenv_kept -a -O $__autovenv_kept -a ! -L $__autovenv_kept
    and read -z __autovenv_text <$__autovenv_kept
    and string match -q 'if test*'\n'end # autovenv'\n -- "$__autovenv_text"
    and source $__autovenv_kept
    or command sh -c 'PYTHONPATH= PYTHONHOME= exec "$0" hook fish --keep "$1" 2>/dev/null' __COMMAND__ $__autovenv_kept | source
    # What a Tab needs is read at the Tab.
    contains -- __COMPLETIONS__ $fish_complete_path; or set -ga fish_complete_path __COMPLETIONS__
end
