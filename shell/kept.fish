# What `autovenv hook fish --keep FILE` writes: the hook, for as long as it is what would be printed.
# kept.sh says why it is as it is. The line looks whether the last one is there.
if test "$HOME" = __HOME__ -a "$XDG_STATE_HOME" = __XDG_STATE_HOME__ -a "$XDG_CONFIG_HOME" = __XDG_CONFIG_HOME__ -a "$AUTOVENV_NAMES" = __AUTOVENV_NAMES__ -a __COMMAND__ -ef __TARGET__ -a __UNCHANGED__
    __HOOK__
else
    false
end # autovenv
