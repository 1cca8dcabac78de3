# git's own prompt, which builds PS1 anew each time.
. /usr/lib/git-core/git-sh-prompt
precmd() { __git_ps1 '' '[[%?]]~ ' '<%s>' }
