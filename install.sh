#!/bin/sh
# Installs autovenv from the checkout that this file is in, and puts the hook into your shell.
#
#   sh install.sh                 install, or bring up to date
#   sh install.sh --shell zsh     for this shell instead of the login shell; may be repeated
#   sh install.sh --uninstall     take the program and the hook away again
#   sh install.sh --uninstall --purge     and what you allowed, and the answers that are kept
#
# It uses uv or pipx where one is there, else a virtual environment of its own; it asks for
# nothing. What is installed is a copy: the checkout may be deleted afterwards.
set -eu

distribution=autovenv-shell
making=

say() {
  printf '%s\n' "$*"
}

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# Runs a command quietly; if it fails, says so with the last line that it wrote about an error.
run() {
  attempt "$@" || fail "$1 failed: $reason$(network)"
}

# Runs a command quietly; sets reason where it fails.
attempt() {
  shift
  output=$("$@" 2>&1 </dev/null) && return
  reason=$(printf '%s\n' "$output" | grep -i -e 'error:' -e 'cause:' |
    grep -v subprocess-exited | tail -n 1)
  reason=${reason:-$(printf '%s\n' "$output" | tail -n 1)}
  reason=${reason#"${reason%%[! ]*}"}
  return 1
}

# Prints what the network is needed for, where it seems to be what is missing.
network() {
  if printf '%s\n' "$output" | grep -q -i -e 'no matching distribution' -e 'connect' -e 'network' \
    -e 'resolve host' -e 'dns' -e 'timed out' -e 'certificate' -e 'tls' -e 'unreachable' -e 'error sending request'; then
    printf '%s' '; the network is needed once, for what autovenv is built with and needs (hatchling, click, platformdirs and a few more) from the package index'
  fi
}

clean_up() {
  [ -z "$making" ] || rm -rf "$making"
  rmdir "$data/autovenv" 2>/dev/null || :
}

main() {
  [ -n "${HOME-}" ] || fail 'HOME is not set'
  here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  [ -f "$here/pyproject.toml" ] || fail "$here is no checkout of autovenv: clone it and run this there"
  data=${XDG_DATA_HOME:-$HOME/.local/share}
  venv=$data/autovenv/venv
  link=$HOME/.local/bin/autovenv
  state=${XDG_STATE_HOME:-$HOME/.local/state}/autovenv
  [ "$(uname)" != Darwin ] || state=$HOME/Library/Application\ Support/autovenv
  action=install
  purge=
  shells=
  while [ $# -gt 0 ]; do
    case $1 in
      --uninstall) action=uninstall ;;
      --purge) action=uninstall purge=yes ;;
      --shell)
        [ $# -gt 1 ] || fail "--shell needs a name: the shells are$(list_shells)"
        add_shell "$2"
        shift
        ;;
      --shell=*) add_shell "${1#--shell=}" ;;
      -h | --help)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
        exit
        ;;
      *) fail "unknown option $1 (--shell SHELL, --uninstall, --purge and --help are known)" ;;
    esac
    shift
  done
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  "$action"
}

# Checked here, so that a wrong name is found before anything is installed.
add_shell() {
  is_known "$1" || fail "unknown shell $1: the shells are$(list_shells)"
  shells="$shells $1"
}

is_known() {
  case $1 in
    *[!a-z]*) return 1 ;; # no piece of the list, as "bash, fish" is
  esac
  case "$(list_shells), pwsh," in
    *" $1,"*) return 0 ;;
    *) return 1 ;;
  esac
}

# Prints the shells that the checkout has lines for, as text.
list_shells() {
  listed=
  for file in "$here"/shell/load.*; do
    name=${file##*.}
    [ "$name" != ps1 ] || name=powershell
    listed="$listed${listed:+,} $name"
  done
  printf '%s' "$listed"
}

install() {
  if [ -e "$venv" ]; then
    with_venv
  elif pipx_has_it; then
    with_pipx
  elif uv_has_it; then
    with_uv
  else
    first_way
  fi
  version=$("$command" --version) || fail "$command doesn't run"
  say "Installed $version with $method: $command"
  hook_up
  say "To undo all of it: sh $(quoted "$here/install.sh") --uninstall"
}

# By the first way that works: uv may lack the network that pip has a mirror for, or a certificate.
first_way() {
  if has uv; then
    method=uv
    if attempt 'uv tool install' uv tool install --quiet --force --reinstall "$here"; then
      command=$(uv tool dir --bin)/autovenv
      return
    fi
    say "uv tool install failed ($reason): trying the next way"
  fi
  if has pipx; then
    method=pipx
    find_python
    if attempt 'pipx install' pipx install --force --python "$python" "$here"; then
      command=$(pipx_bin)/autovenv
      return
    fi
    say "pipx install failed ($reason): trying the next way"
  fi
  with_venv
}

with_uv() {
  method=uv
  run 'uv tool install' uv tool install --quiet --force --reinstall "$here"
  command=$(uv tool dir --bin)/autovenv
}

with_pipx() {
  method=pipx
  find_python
  run 'pipx install' pipx install --force --python "$python" "$here"
  command=$(pipx_bin)/autovenv
}

with_venv() {
  method='an environment of its own'
  command=$link
  if [ -e "$link" ] && ! [ -L "$link" ]; then
    fail "$link is there and isn't autovenv's: move it away and run this again"
  fi
  if ! "$venv/bin/python" -c 'import sys' 2>/dev/null; then
    make_venv
  fi
  set -- install --quiet --disable-pip-version-check --no-input --upgrade "$here"
  # A user's pip.conf may say `user = true`, which pip refuses in an environment.
  PIP_USER=0
  export PIP_USER
  if "$venv/bin/python" -I -m pip --version >/dev/null 2>&1; then
    run 'pip install' "$venv/bin/python" -I -m pip "$@"
  else
    find_python
    run 'pip install' "$python" -I -m pip --python "$venv/bin/python" "$@"
  fi
  mkdir -p "$HOME/.local/bin" || fail "can't make $HOME/.local/bin"
  ln -sf "$venv/bin/autovenv" "$link" || fail "can't make the link $link"
  making=
}

make_venv() {
  find_python
  rm -rf "$venv"
  making=$venv
  while ! [ -e "${making%/*}" ]; do
    making=${making%/*}
  done
  if "$python" -I -c 'import ensurepip, venv' 2>/dev/null; then
    run "$python -m venv" "$python" -I -m venv "$venv"
  elif "$python" -I -m pip --python "$python" --version >/dev/null 2>&1; then
    # Debian without python3-venv: pip is the system's, what it installs goes to the environment.
    run "$python -m venv" "$python" -I -m venv --without-pip "$venv"
  else
    fail "$python can't make a virtual environment: install python3-venv (sudo apt install python3-venv), pipx or uv, and run this again"
  fi
}

# Sets python to the first 3.11 or later, if possible one that can make a complete environment.
# A pyenv shim for a version that isn't chosen fails, and inside an activated environment it is
# the Python below it that counts.
find_python() {
  python=
  for name in python3 python3.15 python3.14 python3.13 python3.12 python3.11 python; do
    ! is_stub "$name" || continue
    found=$("$name" -I -c '
import sys
if sys.version_info >= (3, 11):
    print(getattr(sys, "_base_executable", sys.executable))
' 2>/dev/null) || continue
    [ -n "$found" ] || continue
    python=${python:-$found}
    if "$found" -I -c 'import ensurepip, venv' 2>/dev/null; then
      python=$found
      return
    fi
  done
  [ -n "$python" ] || fail 'there is no Python 3.11 or later on PATH: install one, or uv, and run this again'
}

# macOS without its developer tools: its python3 does nothing but open a window.
is_stub() {
  [ "$(command -v "$1")" = /usr/bin/python3 ] && [ "$(uname)" = Darwin ] &&
    ! xcode-select -p >/dev/null 2>&1
}

hook_up() {
  [ -n "$shells" ] || login_shell
  set --
  for shell in $shells; do
    set -- "$@" --shell "$shell"
  done
  [ $# -eq 0 ] || "$command" install --prove "$@"
}

login_shell() {
  name=${SHELL:-$(getent passwd "$(id -u)" 2>/dev/null | cut -d : -f 7)}
  name=${name##*/}
  if is_known "$name"; then
    shells=$name
  else
    say "Your shell (${name:-SHELL is not set}) is none that autovenv has a hook for:$(list_shells). For one of them: $command install --shell bash"
  fi
}

uninstall() {
  found=
  if uv_has_it; then
    unhook "$(uv tool dir --bin)/autovenv"
    run 'uv tool uninstall' uv tool uninstall "$distribution"
  fi
  if pipx_has_it; then
    unhook "$(pipx_bin)/autovenv"
    run 'pipx uninstall' pipx uninstall "$distribution"
  fi
  if [ -e "$venv" ]; then
    unhook "$venv/bin/autovenv"
    rm -rf "$venv"
    case $(readlink "$link") in
      "$venv"/*) rm -f "$link" ;;
    esac
  fi
  if [ -n "$found" ]; then
    say 'Removed autovenv.'
  else
    say 'autovenv is not installed; nothing to do.'
  fi
  if [ -n "$purge" ]; then
    rm -rf "$state" || fail "can't remove $state"
    say "Removed $state, with what you allowed."
  elif [ -e "$state" ]; then
    say "What you allowed and the answers stay in $state; to remove them: sh $(quoted "$here/install.sh") --uninstall --purge"
  fi
  config=${XDG_CONFIG_HOME:-$HOME/.config}/autovenv
  [ ! -e "$config" ] || say "Your settings stay: $config"
}

unhook() {
  found=yes
  AUTOVENV_REMOVING=1 "$1" uninstall || say "The line in your rc file stays; it does no harm without autovenv."
}

uv_has_it() {
  has uv && uv tool list 2>/dev/null | grep -q "^$distribution "
}

pipx_has_it() {
  has pipx && pipx list --short 2>/dev/null | grep -q "^$distribution "
}

pipx_bin() {
  pipx environment --value PIPX_BIN_DIR 2>/dev/null || say "${PIPX_BIN_DIR:-$HOME/.local/bin}"
}

quoted() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

main "$@"
