"""What a hook costs at a prompt and on a cd, beside its peers, in one run.

    .cache/check/bin/python bench/hooks.py [--rounds N] [SHELL ...]

Types the same lines into a real shell on a terminal, once without a hook and once with each tool
that is installed, and prints the median of each kind of line in milliseconds, with what the
terminal itself takes in it (the row without a hook), and as a multiple of autovenv's. The rounds
of all tools take turns, so that a machine that slows down slows all of them. The last column counts
the processes that a cd into a known project starts, where strace may count them.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

import trees  # noqa: E402 # the two need the path above
from drivers import SHELLS, tracing  # noqa: E402
from drivers.shell import Session, Setup, Shell  # noqa: E402

KINDS = ("prompt", "enter", "cd inside", "switch", "leave", "start")


@dataclass(frozen=True)
class Tool:
    """A tool to compare with: the lines for an rc file by shell, and what it needs in a project."""

    name: str
    program: str
    rc: Mapping[str, str]
    project: str = ""


TOOLS = (
    Tool("no hook", "", {}),
    Tool("autovenv", "", {}),
    Tool(
        "direnv",
        "direnv",
        {
            "bash": 'eval "$(direnv hook bash)"',
            "zsh": 'eval "$(direnv hook zsh)"',
            "fish": "direnv hook fish | source",
        },
        'PATH_add .venv/bin\nexport VIRTUAL_ENV="$PWD/.venv"\n',
    ),
    Tool(
        "pyenv-virtualenv",
        "pyenv",
        {
            "bash": 'eval "$(pyenv init -)"; eval "$(pyenv virtualenv-init -)"',
            "zsh": 'eval "$(pyenv init -)"; eval "$(pyenv virtualenv-init -)"',
            "fish": "pyenv init - | source; pyenv virtualenv-init - | source",
        },
    ),
)


def main() -> None:
    """Run the benchmark and print a table a shell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shells", nargs="*", metavar="SHELL", help=", ".join(SHELLS))
    parser.add_argument("--rounds", type=int, default=10, help="by default 10")
    options = parser.parse_args()
    for name in options.shells or SHELLS:
        shell = SHELLS[name]
        if shell.program() is None:
            print(f"{name}: missing")
            continue
        with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
            times, processes = measured(shell, Path(folder), options.rounds)
            print(table(name, times, processes))


def measured(
    shell: Shell, folder: Path, rounds: int
) -> tuple[dict[str, dict[str, list[float]]], dict[str, int]]:
    """Return the times in ms of each kind of line, and the processes of an entry, by tool."""
    tools = [tool for tool in TOOLS if usable(tool, shell)]
    worlds = {tool.name: prepared(tool, folder / tool.name.replace(" ", "-")) for tool in tools}
    times: dict[str, dict[str, list[float]]] = {
        tool.name: {kind: [] for kind in KINDS} for tool in tools
    }
    for number in range(rounds + 1):
        for tool in tools:
            took = one_round(shell, tool, worlds[tool.name])
            if number:  # the first one learns
                for kind, values in took.items():
                    times[tool.name][kind] += values
    return times, {tool.name: started(shell, tool, worlds[tool.name]) for tool in tools}


def started(shell: Shell, tool: Tool, world: trees.World) -> int:
    """Return how many processes an entry of a known project starts, -1 where none can be seen."""
    if tracing.missing():
        return -1
    enter, leave = (
        shell.cd.format(shell.quote(str(world.home / place))) for place in ("a", "elsewhere")
    )
    with Session(
        shell, replace(setup(shell, tool, world), trace=str(world.root / "trace"))
    ) as session:
        for line in (enter, leave):
            session.type(line)
        return session.type(enter).processes


def usable(tool: Tool, shell: Shell) -> bool:
    """Tell whether the tool is here and knows the shell."""
    return not tool.program or (bool(shutil.which(tool.program)) and shell.name in tool.rc)


def prepared(tool: Tool, root: Path) -> trees.World:
    """Make a home with two projects in it, and tell the tool that they may be used."""
    tree: dict[str, trees.Node] = {"a/.venv": trees.Env(), "b/.venv": trees.Env()}
    tree["a/deep/deep/deep/deep"] = trees.Folder()
    if tool.project:
        tree |= {"a/.envrc": tool.project, "b/.envrc": tool.project}
    if tool.name == "pyenv-virtualenv":
        tree |= {"a/.python-version": "a\n", "b/.python-version": "b\n"}
        for name in "ab":
            tree[f".pyenv/versions/{name}"] = trees.Link(f"{{home}}/{name}/.venv")
    world = trees.new_world(root, tree)
    if tool.name == "direnv":
        for name in "ab":
            subprocess.run(
                ["direnv", "allow", world.home / name], env=environment(world), check=True
            )
    world.settle()
    return world


def environment(world: trees.World) -> dict[str, str]:
    """Return the environment of a shell in `world`, with the tools on PATH."""
    found = [shutil.which(tool.program) for tool in TOOLS if tool.program]
    folders = dict.fromkeys(str(Path(path).parent) for path in found if path)
    own = world.environment({"DIRENV_LOG_FORMAT": "", "PYENV_VIRTUALENV_DISABLE_PROMPT": "1"})
    return own | {"PATH": ":".join([own["PATH"], *folders])}


def setup(shell: Shell, tool: Tool, world: trees.World) -> Setup:
    """Return how a shell begins in `world` with the tool's hook."""
    rc = tool.rc.get(shell.name, "")
    return Setup(
        home=str(world.home),
        cwd=str(world.neutral),
        env=environment(world),
        probe=world.probe,
        hook=world.hook(shell.name) if tool.name == "autovenv" else "",
        after=[rc] if rc else [],
    )


def one_round(shell: Shell, tool: Tool, world: trees.World) -> dict[str, list[float]]:
    """Type the lines into a new shell; return the times of each kind."""
    began = time.perf_counter()
    with Session(shell, setup(shell, tool, world)) as session:
        took = {kind: [] for kind in KINDS} | {"start": [(time.perf_counter() - began) * 1000]}
        for _ in range(3):
            for kind, place in (
                ("enter", "a"),
                ("prompt", ""),
                ("cd inside", "a/deep/deep/deep/deep"),
                ("switch", "b"),
                ("leave", "elsewhere"),
            ):
                line = shell.cd.format(shell.quote(str(world.home / place))) if place else ""
                began = time.perf_counter()
                session.type(line)
                took[kind].append((time.perf_counter() - began) * 1000)
    return took


def table(name: str, times: dict[str, dict[str, list[float]]], processes: dict[str, int]) -> str:
    """Return a table in Markdown: medians in ms, and what is above no hook in units of ours."""
    medians = {
        tool: {kind: statistics.median(values) for kind, values in kinds.items()}
        for tool, kinds in times.items()
    }
    bare, ours = medians["no hook"], medians["autovenv"]
    lines = [
        f"\n| {name} | {' | '.join(KINDS)} | processes |",
        "| --- |" + " --- |" * (len(KINDS) + 1),
    ]
    for tool, kinds in medians.items():
        cells = []
        for kind in KINDS:
            cell = f"{kinds[kind]:.2f}"
            own = ours[kind] - bare[kind]
            if tool not in ("no hook", "autovenv") and own > 0:
                cell += f" ({(kinds[kind] - bare[kind]) / own:.0f}x)"
            cells.append(cell)
        cells.append(str(processes[tool]) if processes[tool] >= 0 else "?")
        lines.append(f"| {tool} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
