# What zoxide from 0.5 on does: its function calls the builtin, past everybody's `cd`.
function __zoxide_cd() { \builtin cd -- "$@" }
function __zoxide_hook() { : }
chpwd_functions+=(__zoxide_hook)
function __zoxide_z() { __zoxide_cd "{home}/$1" }
function z() { __zoxide_z "$@" }
