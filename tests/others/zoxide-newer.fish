# What zoxide from 0.5 on does: a copy of fish's own cd.
functions -c cd __zoxide_cd_internal
function __zoxide_cd
    __zoxide_cd_internal $argv
end
function __zoxide_hook --on-variable PWD
end
function __zoxide_z
    __zoxide_cd {home}/$argv[1]
end
alias z=__zoxide_z
