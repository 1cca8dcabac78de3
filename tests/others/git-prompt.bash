# shellcheck shell=bash
# git's own prompt, which builds PS1 anew each time.
. /usr/lib/git-core/git-sh-prompt
PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND;}"'__git_ps1 "" "[[\$?]]~ " "<%s>"'
