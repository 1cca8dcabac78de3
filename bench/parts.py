"""What entering a project and a prompt in it are made of in bash: each part of the hook alone.

    .cache/check/bin/python bench/parts.py [--rounds N]

A bash with the hook stands in a known project and calls each part many times, by its own clock.
The bare tests look at the same paths in one `[[ … ]]`, as words that are written out, without a
function's arguments, a variable or a reason: no hook in bash that looks at all of them takes less.
Printed are lower quartiles in microseconds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src"), str(ROOT / "bench")]

import hooks  # noqa: E402 # all of these need the path above
import ours  # noqa: E402
import tables  # noqa: E402

import trees  # noqa: E402
from autovenv.find import markers  # noqa: E402
from drivers import SHELLS  # noqa: E402
from drivers.shell import Session  # noqa: E402
from trees import Env  # noqa: E402

# What is called for each part. `record` is the record's file, `fields` what is in it.
PARTS = {
    "an empty function": "__bench_nothing",
    "the walk, on arriving": "__autovenv_find",
    "the walk at a prompt, and what counts at each": "__autovenv_is_as_found",
    "a record is read and compared": '__autovenv_remembered=; __autovenv_recall "$record"',
    "of that: compared": '__autovenv_take_usual "${fields[@]}"',
    "what counts at each prompt": "__autovenv_fresh",
    "PATH and the variables: left, and entered": "__bench_switch",
    "all of a prompt": "__bench_prompt",
    "bare tests: the walk": "__bench_walk",
    "bare tests: the record": "__bench_record",
}

LINES = r"""
__bench_nothing() { :; }
__bench_switch() { __autovenv_leave; __autovenv_enter; }
__bench_prompt() {
  local one
  for one in "${PROMPT_COMMAND[@]}"; do eval "$one"; done
}
__bench_prepare() {
  local field text='' walk='' folder=$PWD name
  __autovenv_remembered=
  __autovenv_recall "$record"
  fields=("${__autovenv_fields[@]}")
  while
    for name in @MARKERS@; do walk+="! -e $folder/$name && "; done
    [[ $folder != "$HOME" ]]
  do
    folder=${folder%/*}
  done
  for field in "${fields[@]:8:3}"; do [[ -z $field ]] || text+="-O $field && "; done
  for field in "${fields[@]:11:3}" "${fields[@]:27:4}"; do
    [[ -z $field ]] || text+="! $field -nt $field && ! $field -ot $field && "
  done
  for field in "${fields[@]:14:12}" "${fields[@]:32:2}"; do
    [[ -z $field ]] || text+="! -e $field && "
  done
  eval "__bench_walk() { [[ ${walk//.venv/.none} 1 ]]; }; __bench_record() { [[ $text 1 ]]; }"
}
__bench_part() {
  local began ended number
  for ((number = 0; number < $2; number++)); do
    began=$EPOCHREALTIME
    eval "$3"
    ended=$EPOCHREALTIME
    builtin printf '%s %s\n' "$4" "$((${ended/[.,]/} - ${began/[.,]/}))" >>"$1"
  done
}
record=@RECORD@
"""


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000, help="of each part; by default 2000")
    options = parser.parse_args()
    print(tables.heading(["bench/parts.py", *sys.argv[1:]]))
    shell = SHELLS["bash"]
    # Below /tmp, where others could make a folder of the same name, no answer is stored.
    with tempfile.TemporaryDirectory(dir=Path.home()) as name:
        tool = ours.by_line(ours.installed(Path(name, "ours")))
        world = trees.new_world(Path(name, "world"), {"a/.venv": Env()})
        world.settle()
        with Session(shell, hooks.setup(shell, tool, world)) as session:
            session.type(f"cd {shell.quote(str(world.home / 'a'))}")
            (record,) = (world.home / ".local/state/autovenv").rglob(".autovenv-answer")
            file = Path(name, "lines")
            words = " ".join(map(shell.quote, markers.list_with(())))
            file.write_text(
                LINES.replace("@MARKERS@", words).replace("@RECORD@", shell.quote(str(record)))
            )
            shown = session.type(f". {file}; __bench_prepare").output
            assert not shown, shown
            print("| bash | µs |\n| --- | --- |")
            for part, called in PARTS.items():
                line = f"__bench_part {{file}} {options.rounds} {shell.quote(called)} part"
                took = [micros for _, micros in hooks.timed(session, world, line)]
                print(f"| {part} | {tables.typical(took):.0f} |", flush=True)


if __name__ == "__main__":
    main()
