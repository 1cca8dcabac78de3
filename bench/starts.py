"""What a shell's start takes of the processor, and what `autovenv hook` does: in turns, by rusage.

    .cache/check/bin/python bench/starts.py [--turns N]

Processor time, the children's with it, is what a machine that does other things as well can tell:
the clock isn't. Each shell is started without rc files and evaluates a tool's line; `autovenv hook`
is the installed command's, beside `python -I -S -c pass`. Printed are lower quartiles in ms.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src"), str(ROOT / "bench")]

import ours  # noqa: E402 # all of these need the path above
import tables  # noqa: E402
from peers import DIRENV, MISE, Peer  # noqa: E402

from autovenv import caller, hook, shells  # noqa: E402
from drivers import SHELLS  # noqa: E402

FLAGS = {"bash": "--norc --noprofile -ic", "zsh": "-fic", "fish": "-N -ic"}


def main() -> None:
    """Run the benchmark and print its two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=40, help="of each command; by default 40")
    options = parser.parse_args()
    print(tables.heading(["bench/starts.py", *sys.argv[1:]]))
    with tempfile.TemporaryDirectory(dir=Path.home()) as home:
        command = ours.installed(Path(home, "ours"))
        environ = {"HOME": home, "PATH": "/usr/bin:/bin", "TERM": "dumb"}
        python = str(Path(command).with_name("python"))
        rows = {"`python -I -S -c pass`": [python, "-I", "-S", "-c", "pass"]}
        for name in shells.SHELLS:
            rows[f"`autovenv hook {name}`"] = [command, "hook", name]
        times = in_turns(rows, environ, options.turns)
        bare = next(iter(times.values()))
        print("| command | ms | ratio |\n| --- | --- | --- |")
        for name, took in times.items():
            print(f"| {name} | {took:.2f} | {took / bare:.2f} |")
        print("\n| a start takes more by | autovenv | direnv | mise |\n| --- | --- | --- | --- |")
        for name in FLAGS:
            if SHELLS[name].program():
                print(f"| {name} | {' | '.join(starts(name, command, environ, options.turns))} |")


def starts(name: str, command: str, environ: dict[str, str], turns: int) -> list[str]:
    """Return what each tool's line adds to a start of the shell, in ms."""
    shell = caller.find_named(name)
    files = (shell.find_kept(environ), shell.find_completion(environ))
    lines = {"autovenv": hook.write_loader(shell, command, *files)}
    found: list[Peer] = [peer for peer in (DIRENV, MISE) if peer.found()]
    lines |= {peer.name: peer.line(name) for peer in found}
    start = [SHELLS[name].path(), *shlex.split(FLAGS[name])]
    rows = {"": [*start, ":"]} | {tool: [*start, line] for tool, line in lines.items()}
    times = in_turns(rows, environ, turns)
    tools = ("autovenv", "direnv", "mise")
    return [f"{times[tool] - times['']:.2f}" if tool in times else "not here" for tool in tools]


def in_turns(
    rows: dict[str, Sequence[str]], environ: dict[str, str], turns: int
) -> dict[str, float]:
    """Return the processor time in ms that each command takes, its children's with it."""
    times: dict[str, list[float]] = {name: [] for name in rows}
    null = os.open(os.devnull, os.O_RDWR)
    silent = [(os.POSIX_SPAWN_DUP2, null, descriptor) for descriptor in (0, 1, 2)]
    for turn in range(turns + 2):
        for name, command in rows.items():
            child = os.posix_spawn(command[0], command, environ, file_actions=silent)
            used = os.wait4(child, 0)[2]
            if turn > 1:  # the first two fill caches, and keep the hook
                times[name].append((used.ru_utime + used.ru_stime) * 1000)
    os.close(null)
    return {name: tables.typical(values) for name, values in times.items()}


if __name__ == "__main__":
    main()
