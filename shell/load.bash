# shellcheck shell=bash
# The lines that `autovenv install` writes for bash, with its tokens filled in and without comments.
#
# Its siblings load.zsh, load.fish and load.ps1 do the same: read the hook from the file that autovenv
# keeps, if that is a file of the user's own; else, or where that file is of no use, run autovenv, which
# prints the hook and keeps it for the next shell. They are silent whatever is gone, and succeed. After
# a crash the file may be cut off or all zeros: it has to fail then, so that autovenv writes it again.
# `.` has a backslash before it, as an alias of that name is in use.

# sh and display managers read this too, where it stands in ~/.profile, and not interactively.
if [ -n "${BASH_VERSION-}" ] && [ "${-#*i}" != "$-" ] && [ -x __COMMAND__ ]; then
  __autovenv_kept=__KEPT__
  # shellcheck source=/dev/null
  { [[ -f $__autovenv_kept && -s $__autovenv_kept && -O $__autovenv_kept && ! -L $__autovenv_kept ]] && \. "$__autovenv_kept"; } 2>/dev/null ||
    eval "$(PYTHONPATH='' PYTHONHOME='' __COMMAND__ hook bash --keep "$__autovenv_kept" 2>/dev/null)" || :
  # What a Tab needs is read at the Tab.
  # shellcheck source=/dev/null
  __autovenv_complete() { [[ ! -O __COMPLETION__ ]] || \. __COMPLETION__; }
  complete -o default -F __autovenv_complete autovenv 2>/dev/null || :
fi
