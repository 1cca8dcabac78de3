# What `autovenv hook powershell --keep FILE` writes: the hook, for as long as it is what would be
# printed. kept.sh says why it is as it is; this one says $true or $false.
if ("$env:HOME" -ceq __HOME__ -and "$env:XDG_STATE_HOME" -ceq __XDG_STATE_HOME__ -and
    "$env:XDG_CONFIG_HOME" -ceq __XDG_CONFIG_HOME__ -and "$env:AUTOVENV_NAMES" -ceq __AUTOVENV_NAMES__ -and
    "$env:USERPROFILE" -ceq __USERPROFILE__ -and "$env:LOCALAPPDATA" -ceq __LOCALAPPDATA__ -and
    __UNCHANGED__) {
    __HOOK__
    $true
} else { $false }
