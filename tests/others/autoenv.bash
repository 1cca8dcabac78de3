# shellcheck shell=bash
# What autoenv does: a `cd` that, when it is there, runs the file of the folder that it came from,
# then that of the one where it is.
cd() {
  local from=$PWD
  builtin cd "$@" || return
  [[ ! -f $from/.env.leave ]] || . "$from/.env.leave"
  [[ ! -f .env ]] || . ./.env
}
