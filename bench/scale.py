"""How far it goes: what depth, a long PATH and many known projects add to autovenv's own cost.

    .cache/check/bin/python bench/scale.py [--turns N] [SHELL ...]

For each value there is a home of its own, and a shell that goes into a project, stands there and
comes back, as bench/hooks.py has it, in turns with a shell without the hook. Printed are lower
quartiles in milliseconds above that one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src"), str(ROOT / "bench")]

import hooks  # noqa: E402 # all of these need the path above
import ours  # noqa: E402
import tables  # noqa: E402
from peers import Peer  # noqa: E402

import trees  # noqa: E402
from drivers import SHELLS  # noqa: E402
from drivers.shell import Session, Shell  # noqa: E402
from trees import Env, Folder, World  # noqa: E402

KINDS = ("enter", "idle inside", "leave")
AXES = {
    "depth": (1, 10, 30),
    "entries of PATH": (10, 100, 1000, 10_000),
    "known projects": (10, 1000, 10_000),
}


def main() -> None:
    """Run the benchmark and print a table a shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shells", nargs="*", metavar="SHELL", help=", ".join(SHELLS))
    parser.add_argument("--turns", type=int, default=10, help="of five visits; by default 10")
    options = parser.parse_args()
    print(tables.heading(["bench/scale.py", *sys.argv[1:]]))
    # Below /tmp, where others could make a folder of the same name, no answer is stored.
    with tempfile.TemporaryDirectory(dir=Path.home()) as name:
        folder = Path(name)
        tool = ours.by_line(ours.installed(folder / "ours"))
        for shell_name in options.shells or SHELLS:
            shell = SHELLS[shell_name]
            if shell.program() is None:
                print(f"{shell_name}: not here\n")
                continue
            print(f"| {shell_name} | {' | '.join(KINDS)} |\n| --- | --- | --- | --- |")
            for axis, values in AXES.items():
                for value in values:
                    root = folder / shell_name / f"{axis.split()[0]}-{value}"
                    costs = measured(shell, tool, root, axis, value, options.turns)
                    cells = " | ".join(f"{cost / 1000:.3f}" for cost in costs)
                    print(f"| {axis}: {value} | {cells} |", flush=True)
            print()


def measured(
    shell: Shell, tool: Peer, root: Path, axis: str, value: int, turns: int
) -> list[float]:
    """Return what each of KINDS costs above no hook, in microseconds."""
    below = "/".join(["p", *map(str, range(1, value))]) if axis == "depth" else "p"
    world = trees.new_world(root, {"p/.venv": Env(), **({below: Folder()} if below != "p" else {})})
    world.settle()
    line = f"__bench_visit {{home}}/elsewhere {{file}} 5 {{home}}/{below}"
    times: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:
        sessions = {}
        for peer in (hooks.bare(), tool):
            setup = hooks.setup(shell, peer, world)
            if axis == "entries of PATH":
                entries = [f"/{number}" for number in range(value - 3)]  # Linux takes 128 KiB
                path = os.pathsep.join([*entries, setup.env["PATH"]])
                setup = replace(setup, env={**setup.env, "PATH": path})
            sessions[peer.name] = stack.enter_context(Session(shell, setup))
            times[peer.name] = {kind: [] for kind in KINDS}
        for number in range(turns + 1):
            for name, session in sessions.items():
                for kind, micros in hooks.timed(session, world, line):
                    if number:  # the first one learns
                        times[name][kind].append(micros)
            if number == 0 and axis == "known projects":
                _know(world, value)
    above = [
        {kind: tables.typical(values) for kind, values in times[name].items()}
        for name in (tool.name, tables.BARE)
    ]
    return [above[0][kind] - above[1][kind] for kind in KINDS]


def _know(world: World, number: int) -> None:
    """Let the store have answers for as many projects as `number` beside the one that it knows."""
    (record,) = (world.home / ".local/state/autovenv").glob(f"answers*{world.home}/p")
    for other in range(number - 1):
        shutil.copytree(record, record.with_name(f"other-{other}"))


if __name__ == "__main__":
    main()
