"""What a hook costs a new PowerShell: its start, its first rounds, and the rounds after a thousand.

    AUTOVENV_PWSH=... .cache/check/bin/python bench/powershell.py [--starts N] [--looks]

Each start is a process of its own, with PSReadLine, on a terminal; what is timed is from the call
to the first prompt. Then twenty rounds of cd, prompt, cd, prompt are timed by PowerShell's
Stopwatch, a thousand more run, and twenty are timed again. The tools take turns. Printed are lower
quartiles, in ms, and how many times the bare shell's they are.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src"), str(ROOT / "bench")]

import hooks  # noqa: E402 # all of these need the path above
import looks  # noqa: E402
import ours  # noqa: E402
import tables  # noqa: E402
from peers import Peer  # noqa: E402

from drivers import SHELLS  # noqa: E402
from drivers.terminal import Terminal  # noqa: E402
from trees import World  # noqa: E402

SHELL = SHELLS["pwsh"]
PROFILE = ".config/powershell/Microsoft.PowerShell_profile.ps1"
# Neither the screen's width nor colours change these words.
READY, DONE = "bench-ready>", "bench-done"
KINDS = ("start", "first 20 rounds", "20 rounds after 1000")
PROMPT = f"function global:prompt {{ '{READY} ' }}"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=8, help="of each tool; by default 8")
    parser.add_argument("--looks", action="store_true", help="beside bench/looks.py, too")
    options = parser.parse_args()
    if SHELL.program() is None:
        sys.exit("PowerShell is not here")
    print(tables.heading(["bench/powershell.py", *sys.argv[1:]]))
    print(f"{tables.version(SHELL.path())}\n")
    with tempfile.TemporaryDirectory(dir=Path.home()) as name:
        folder = Path(name)
        command = ours.installed(folder / "ours")
        tools = [hooks.bare(), ours.by_line(command), ours.by_eval(command)]
        worlds = {tool.name: tool.world(folder / tool.slug()) for tool in tools}
        if options.looks:
            looks.add(SHELL, tools, worlds, hooks.setup)
        times: dict[str, list[list[float]]] = {tool.name: [] for tool in tools}
        for turn in range(options.starts + 1):
            for tool in tools:
                took = one_start(tool, worlds[tool.name], 12 if turn else 1)
                if turn:  # the first one learns
                    times[tool.name].append(took)
    print(table(times))


def one_start(tool: Peer, world: World, lines: int) -> list[float]:
    """Start it, type as many lines of rounds; return the time of each of KINDS in ms."""
    line = "" if tool.name == tables.BARE else world.filled_in(tool.line("pwsh"))
    profile = world.home / PROFILE
    profile.parent.mkdir(parents=True, exist_ok=True)
    profile.write_text(f"{PROMPT}\n{line}\n{_go(world)}\n")
    env = {**tool.environment(world), **SHELL.variables, "TERM": "xterm"}
    began = time.perf_counter()
    words = [SHELL.path(), *SHELL.started(str(world.home))[1:]]
    terminal = Terminal(words, str(world.neutral), env)
    try:
        terminal.read_until(lambda shown: READY.encode() in shown)
        took = [(time.perf_counter() - began) * 1000]
        for number in range(lines):  # a hundred rounds a line, but for the first and the last
            rounds = 20 if number in (0, 11) else 100
            file = world.root / "times"
            file.write_text("")
            terminal.send(f"__bench_go {rounds}\r".encode())
            terminal.read_until(lambda shown: DONE.encode() in shown)
            kinds = re.findall(r"^(enter|leave) (\d+)$", file.read_text(), re.MULTILINE)
            if rounds == 20:
                took.append(sum(int(micros) for _, micros in kinds) / 1000)
    finally:
        terminal.close()
    return took


def _go(world: World) -> str:
    """Return the function that goes rounds, and says so at their end."""
    return (
        f"function global:__bench_go($rounds) {{ . '{hooks.LOOPS / 'loop.ps1'}'; "
        f"__bench_visit '{world.neutral}' '{world.root / 'times'}' $rounds '{world.home}/a'; "
        f"'{DONE[:5]}' + '{DONE[5:]}' }}"
    )


def table(times: dict[str, Sequence[list[float]]]) -> str:
    """Return the table: in ms, and in units of the bare shell's."""
    typicals = {
        tool: [tables.typical(column) for column in zip(*rows, strict=True)]
        for tool, rows in times.items()
    }
    lines = [f"| pwsh | {' | '.join(KINDS)} |", "| --- | --- | --- | --- |"]
    for tool, values in typicals.items():
        pairs = zip(values, typicals[tables.BARE], strict=True)
        cells = [f"{value:.0f} ({value / bare:.2f}x)" for value, bare in pairs]
        lines.append(f"| {tool} | {' | '.join(cells)} |")
    lines.append("\nWanted: at most 1.3 times the bare start, and 2.5 times its first rounds.")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
