# shellcheck shell=bash
# What `autovenv hook SHELL --keep FILE` writes for bash and zsh: the hook, for as long as it is what
# would be printed. Its siblings kept.fish and kept.ps1 are the same.
#
# From the first byte to the last it is one command, so that a file that was cut off doesn't parse, and
# loads nothing (and has no `[[`: see autovenv.bash). It fails where the user's folders, the command, the
# names of their own, or a file that the hook was made from isn't as it was. The hook's body is a file
# of its own, whose time is compared as well: what its last command returns is what this one does.
if [ "${HOME-}" = __HOME__ ] && [ "${XDG_STATE_HOME-}" = __XDG_STATE_HOME__ ] && [ "${XDG_CONFIG_HOME-}" = __XDG_CONFIG_HOME__ ] && [ "${AUTOVENV_NAMES-}" = __AUTOVENV_NAMES__ ] && [ __COMMAND__ -ef __TARGET__ ] && __UNCHANGED__; then
  __HOOK__
else
  \builtin false
fi
