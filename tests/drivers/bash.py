"""How to drive bash."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping

from drivers.shell import Shell, fill_in

_PREAMBLE = r"""
PS1='[[$?]]~ '
PS2='[[@INCOMPLETE@]]~ '
unset HISTFILE
__probe() {
  local code=$? functions= variables= name
  for name in @FUNCTIONS@; do
    ! builtin declare -F "$name" >/dev/null || functions+="$name "
  done
  for name in @VARIABLES@; do
    [[ -z ${!name+set} ]] || variables+="$name "
  done
  { builtin printf '%s\0' "$PWD" "$functions" "$variables" && /usr/bin/env -0; } >|@PROBE@
  return "$code"
}
"""

_PLAIN = re.compile(r"[\w./-]+\Z", re.ASCII)


def quote(text: str) -> str:
    """Return `text` as a word that can be typed at a prompt, whatever bytes it holds."""
    if _PLAIN.match(text):
        return text
    return "$'" + "".join(map(_typed, os.fsencode(text))) + "'"


def _typed(byte: int) -> str:
    character = chr(byte)
    return character if _PLAIN.match(character) or character == " " else f"\\{byte:03o}"


def _files(rc: str) -> Mapping[str, str]:
    return {
        ".bashrc": rc,
        ".bash_profile": ". ~/.bashrc\n",
        ".inputrc": "set enable-bracketed-paste off\n",
    }


SHELL = Shell(
    name="bash",
    version="echo $BASH_VERSION",
    program=lambda: shutil.which("bash"),
    flags=(),
    files=_files,
    preamble=lambda probe: fill_in(_PREAMBLE, probe, quote),
    load=lambda file: f'eval "$(<{quote(file)})"',
    quote=quote,
    cd="cd {}",
    export="export {}={}",
    unset="unset {}",
    leaving="exit\n",
)
