"""What a hook costs beside its peers: at a prompt, on a cd, and at a shell's start.

    .cache/check/bin/python bench/hooks.py [--turns N] [--starts N] [--looks] [SHELL ...]

Each tool that is here gets a real interactive shell on a terminal, where the shell runs the very
steps that it would run around a typed line, and takes the time of each by its own clock
(bench/loops). The tools take turns, so that a machine that slows down slows all of them. A start
is measured within the rc file: from before the tool's line to after it, and to after the first
prompt's steps. Printed are tables of lower quartiles in milliseconds above a shell without any
hook; behind a peer's how many times ours that is. Processes are counted by strace in a run of their
own.
PowerShell has more to say: bench/powershell.py. How far it goes: bench/scale.py.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src"), str(ROOT / "bench")]

import looks  # noqa: E402 # all of these need the path above
import ours  # noqa: E402
import peers  # noqa: E402
import tables  # noqa: E402
from peers import Peer  # noqa: E402

from drivers import SHELLS, tracing  # noqa: E402
from drivers.shell import Session, Setup, Shell  # noqa: E402
from trees import World  # noqa: E402

LOOPS = Path(__file__).parent / "loops"
SUFFIXES = {"bash": "bash", "zsh": "zsh", "fish": "fish", "pwsh": "ps1"}
KINDS = (
    *("idle outside", "idle inside", "idle ten deep"),
    *("enter", "leave", "switch", "cd inside"),
)
STARTS = ("line", "line and prompt")
_UNITS = {"micros": 1.0, "millis": 1e3, "secs": 1e6, "mins": 6e7}
_TIME = re.compile(r"Executed in +([\d.]+) (\w+)")


def main() -> None:
    """Run the benchmark and print two tables a shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shells", nargs="*", metavar="SHELL", help=", ".join(SHELLS))
    parser.add_argument("--turns", type=int, default=20, help="of each tool; by default 20")
    parser.add_argument("--starts", type=int, default=20, help="of each tool; by default 20")
    parser.add_argument("--looks", action="store_true", help="beside bench/looks.py, too")
    parser.add_argument("--only", action="append", metavar="TOOL", help="beside these alone")
    options = parser.parse_args()
    print(tables.heading(["bench/hooks.py", *sys.argv[1:]]))
    # Below /tmp, where others could make a folder of the same name, no answer is stored.
    with tempfile.TemporaryDirectory(dir=Path.home()) as name:
        folder = Path(name)
        command = ours.installed(folder / "ours")
        wanted = [p for p in peers.PEERS if not options.only or p.name in options.only]
        for peer in wanted:
            if not peer.found():
                print(f"{peer.name}: not here\n")
        here = [peer for peer in wanted if peer.found()]
        for shell_name in options.shells or SHELLS:
            shell = SHELLS[shell_name]
            if shell.program() is None:
                print(f"{shell_name}: not here\n")
                continue
            tools = [bare(), ours.by_line(command), ours.by_eval(command), *here]
            tools = [tool for tool in tools if tool.name == tables.BARE or shell_name in tool.rc]
            worlds = {tool.name: tool.world(folder / shell_name / tool.slug()) for tool in tools}
            if options.looks and shell_name in looks.CALLED:
                looks.add(shell, tools, worlds, setup)
            print(f"{tables.version(shell.path())}\n")
            if options.turns:
                print(prompts(shell, tools, worlds, options.turns), flush=True)
            if options.starts:
                tools = [tool for tool in tools if tool.name != looks.NAME]
                print(starts(shell, tools, worlds, options.starts), flush=True)


def bare() -> Peer:
    """Return what a shell is without any hook."""
    return Peer(tables.BARE, str, {})


def prompts(shell: Shell, tools: Sequence[Peer], worlds: dict[str, World], turns: int) -> str:
    """Return the table of what each line costs, in a shell that has seen the projects before."""
    tools = [tool for tool in tools if tool.name != "autovenv, by eval"]
    times: dict[str, dict[str, list[float]]] = {tool.name: {} for tool in tools}
    with ExitStack() as stack:
        sessions = {
            tool.name: stack.enter_context(Session(shell, setup(shell, tool, worlds[tool.name])))
            for tool in tools
        }
        for number in range(turns + 1):
            for tool in tools:
                for kind, micros in one_turn(sessions[tool.name], tool, worlds[tool.name]):
                    if number:  # the first one learns
                        times[tool.name].setdefault(kind, []).append(micros)
    started = {tool.name: processes(shell, tool, worlds[tool.name]) for tool in tools}
    heading = "processes: prompt, enter, leave"
    return tables.costs(shell.name, KINDS, times, {"": heading, **started})


def one_turn(session: Session, tool: Peer, world: World) -> list[tuple[str, float]]:
    """Let the shell go its rounds; return each step's kind and microseconds."""
    return timed(session, world, f"__bench {{home}} {{file}} {tool.rounds}")


def timed(session: Session, world: World, line: str) -> list[tuple[str, float]]:
    """Type a line that takes times; return each step's kind and microseconds."""
    file = world.root / "times"
    file.write_text("")
    result = session.type(line.format(home=world.home, file=file))
    if session.shell.name == "fish":
        kinds = re.findall(r"step: ([a-z ]+)", result.output)
        micros = [float(n) * _UNITS[unit] for n, unit in _TIME.findall(result.output)]
        return list(zip(kinds, micros, strict=True))
    lines = [line.rpartition(" ") for line in file.read_text().splitlines()]
    return [(kind, float(number)) for kind, _, number in lines]


def setup(shell: Shell, tool: Peer, world: World) -> Setup:
    """Return how a shell with the tool begins."""
    lines = [] if tool.name == tables.BARE else [world.filled_in(tool.line(shell.name))]
    return Setup(
        home=str(world.home),
        cwd=str(world.neutral),
        env=tool.environment(world),
        probe=world.probe,
        after=[*lines, (LOOPS / f"loop.{SUFFIXES[shell.name]}").read_text()],
    )


def processes(shell: Shell, tool: Peer, world: World) -> str:
    """Return how many processes a prompt in a known project, to enter it and to leave it start."""
    if tracing.missing():
        return "?"
    lines = [shell.cd.format(shell.quote(str(world.home / place))) for place in ("a", "elsewhere")]
    traced = replace(setup(shell, tool, world), trace=str(world.root / "trace"))
    with Session(shell, traced) as session:
        for line in lines:
            session.type(line)
        counts = [session.type(line).processes for line in (lines[0], "", lines[1])]
    return f"{counts[1]}, {counts[0]}, {counts[2]}"


def starts(shell: Shell, tools: Sequence[Peer], worlds: dict[str, World], number: int) -> str:
    """Return the table of what a tool adds to the start of a shell."""
    times: dict[str, dict[str, list[float]]] = {
        tool.name: {kind: [] for kind in STARTS} for tool in tools
    }
    for turn in range(number + 1):
        for tool in tools:
            took = one_start(shell, tool, worlds[tool.name])
            if turn:  # the first one fills caches
                for kind, micros in zip(STARTS, took, strict=True):
                    times[tool.name][kind].append(micros)
    started = {tool.name: start_processes(shell, tool, worlds[tool.name]) for tool in tools}
    return tables.costs(shell.name, STARTS, times, {"": "processes", **started})


def one_start(shell: Shell, tool: Peer, world: World) -> list[float]:
    """Start a shell; return the microseconds of the tool's line, and up to the first prompt."""
    normal = setup(shell, tool, world)
    file = world.root / "times"
    file.write_text("")
    line = "" if tool.name == tables.BARE else world.filled_in(tool.line(shell.name))
    loop = normal.after[-1]
    if shell.name == "fish":
        timed = [loop, f"time begin; {line}\nend", "time __bench_line true"]
    else:
        timed = [loop, *START[shell.name](line, str(file))]
    with Session(shell, replace(normal, after=timed)) as session:
        text = session.first.output
    if shell.name == "fish":
        micros = [float(n) * _UNITS[unit] for n, unit in _TIME.findall(text)]
        return [micros[0], sum(micros)]
    return [float(number) for number in file.read_text().split()]


def _bash(line: str, file: str) -> list[str]:
    return [
        "__bench_a=$EPOCHREALTIME",
        line,
        "__bench_b=$EPOCHREALTIME; __bench_times=; __bench_step x :; __bench_c=$EPOCHREALTIME",
        "__bench_a=${__bench_a/[.,]/} __bench_b=${__bench_b/[.,]/} __bench_c=${__bench_c/[.,]/}",
        f"echo $((__bench_b - __bench_a)) $((__bench_c - __bench_a)) >{file}",
    ]


def _zsh(line: str, file: str) -> list[str]:
    return [
        "typeset -F __bench_a=$EPOCHREALTIME",
        line,
        "typeset -F __bench_b=$EPOCHREALTIME; __bench_times=; __bench_step x :",
        "typeset -F __bench_c=$EPOCHREALTIME",
        f"echo $(( (__bench_b - __bench_a) * 1e6 )) $(( (__bench_c - __bench_a) * 1e6 )) >|{file}",
    ]


def _pwsh(line: str, file: str) -> list[str]:
    return [
        "$global:__bench_times = [Text.StringBuilder]::new()",
        "$__bench_a = [Diagnostics.Stopwatch]::StartNew()",
        line,
        "$__bench_b = $__bench_a.Elapsed.TotalMilliseconds; __bench_step x",
        "$__bench_c = $__bench_a.Elapsed.TotalMilliseconds",
        f"[IO.File]::WriteAllText('{file}', \"$($__bench_b * 1000) $($__bench_c * 1000)\")",
    ]


START = {"bash": _bash, "zsh": _zsh, "pwsh": _pwsh}


def start_processes(shell: Shell, tool: Peer, world: World) -> str:
    """Return how many processes the start of a shell takes, up to its first prompt."""
    if tracing.missing():
        return "?"
    trace = world.root / "trace"
    with Session(shell, replace(setup(shell, tool, world), trace=str(trace))):
        return str(tracing.processes(str(trace), 0))


if __name__ == "__main__":
    main()
