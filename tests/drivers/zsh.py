"""How to drive zsh."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from drivers.bash import quote
from drivers.shell import Shell, fill_in

_PREAMBLE = r"""
PS1='[[%?]]~ '
PS2='[[@INCOMPLETE@]]~ '
unsetopt prompt_cr prompt_sp
zmodload zsh/zle
unset zle_bracketed_paste
__probe() {
  local code=$?
  emulate -L zsh
  local found= set= name
  for name in @FUNCTIONS@; do
    (( ! ${+functions[$name]} )) || found+="$name "
  done
  for name in @VARIABLES@; do
    (( ! ${(P)+name} )) || set+="$name "
  done
  { builtin printf '%s\0' "$PWD" "$found" "$set" && /usr/bin/env -0 } >|@PROBE@
  return $code
}
"""


def _files(rc: str) -> Mapping[str, str]:
    return {".zshrc": rc}


SHELL = Shell(
    name="zsh",
    version="echo $ZSH_VERSION",
    program=lambda: shutil.which("zsh"),
    flags=("-d",),  # without /etc/zsh/zshrc
    files=_files,
    preamble=lambda probe: fill_in(_PREAMBLE, probe, quote),
    load=lambda file: f'eval "$(<{quote(file)})"',
    quote=quote,
    cd="cd {}",
    export="export {}={}",
    unset="unset {}",
)
