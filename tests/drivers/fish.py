"""How to drive fish."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping

from drivers.shell import Shell, fill_in

_PREAMBLE = r"""
set -g fish_greeting
function fish_prompt
    builtin printf '[[%s]]~ ' $status
end
function fish_title
end
function fish_mode_prompt
end
function __probe
    set -l code $status
    set -l functions
    set -l variables
    for name in @FUNCTIONS@
        functions -q $name && set -a functions $name
    end
    for name in @VARIABLES@
        set -q $name && set -a variables $name
    end
    begin
        builtin printf '%s\0' $PWD "$functions" "$variables"
        /usr/bin/env -0
    end >@PROBE@
    return $code
end
"""

_PLAIN = re.compile(r"[\w./-]+\Z", re.ASCII)


def quote(text: str) -> str:
    """Return `text` as a word that can be typed at a prompt, whatever bytes it holds."""
    return "".join(map(_typed, os.fsencode(text))) or "''"


def _typed(byte: int) -> str:
    character = chr(byte)
    return character if _PLAIN.match(character) else f"\\X{byte:02x}"


def _files(rc: str) -> Mapping[str, str]:
    return {
        ".config/fish/config.fish": rc,
        # Where this folder is missing, the first start parses all manual pages in the background.
        ".local/share/fish/generated_completions/.keep": "",
        ".cache/fish/generated_completions/.keep": "",  # from 4.0 on
    }


SHELL = Shell(
    name="fish",
    version="echo $FISH_VERSION",
    program=lambda: shutil.which("fish"),
    flags=(),
    files=_files,
    preamble=lambda probe: fill_in(_PREAMBLE, probe, quote),
    load=lambda file: f"source {quote(file)}",
    quote=quote,
    cd="cd {}",
    export="set -gx {} {}",
    unset="set -e {}",
)
