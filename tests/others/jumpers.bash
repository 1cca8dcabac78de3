# shellcheck shell=bash
# What rupa's z, z.lua and enhancd do, each by a function of its own that calls the builtin; and
# bashmarks, autojump and fasd, whose functions call `cd`. Each goes to the folder that is named.
shopt -s expand_aliases
_z() { builtin cd "{home}/$1" || return; }
_zlua() { builtin cd "{home}/$1" || return; }
__enhancd::cd() { __enhancd::cd::builtin "{home}/$1"; }
__enhancd::cd::builtin() { builtin cd "$@" || return; }
marked() { cd "{home}/$1" || return; }
alias z='_z 2>&1' zl=_zlua e=__enhancd::cd g=marked
