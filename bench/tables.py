"""Tables in Markdown of what was measured, and how it compares with what is wanted."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence

# By tool, by step: the times in microseconds.
Times = Mapping[str, Mapping[str, Sequence[float]]]

BARE, OURS = "no hook", "autovenv"

# How many times a tool's cost must be ours, both above no hook: by shell, step and tool.
WANTED = {
    ("bash", "idle inside", "direnv"): 20,
    ("bash", "enter", "direnv"): 60,
    ("bash", "enter", "mise"): 16,
    ("bash", "leave", "direnv"): 12,
    ("zsh", "idle inside", "direnv"): 20,
    ("zsh", "enter", "direnv"): 70,
    ("zsh", "enter", "mise"): 18,
    ("zsh", "leave", "direnv"): 20,
    ("fish", "idle inside", "direnv"): 8,
    ("fish", "enter", "direnv"): 18,
    ("fish", "enter", "mise"): 5,
    ("bash", "line", "direnv"): 1,
    ("zsh", "line", "direnv"): 1,
    ("fish", "line", "direnv"): 1,
}


def heading(command: Sequence[str]) -> str:
    """Return when and where this was measured, and how to do it again."""
    day = time.strftime("%Y-%m-%d")
    return (
        f"{day}, {platform.system()} {platform.release()}, {_processor()}, {os.cpu_count()} cores"
        f" (load {os.getloadavg()[0]:.1f}): `{' '.join(command)}`\n"
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2].strip() for line in file if line[:10] == "model name"]
    except OSError:
        names = []
    return names[0] if names else platform.processor()


def version(program: str) -> str:
    """Return the first line of what the program says of its version."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0] if done.stdout or done.stderr else "?"


def costs(shell: str, kinds: Sequence[str], times: Times, more: Mapping[str, str]) -> str:
    """Return the table of one shell: what is above no hook, in milliseconds, a tool a row.

    Behind a peer's figure stands how many times ours it is, and what is wanted. `more` has a last
    cell for each tool, its heading under "".
    """
    typicals = {
        tool: {kind: typical(values[kind]) / 1000 for kind in kinds}
        for tool, values in times.items()
    }
    bare, ours = typicals[BARE], typicals.get(OURS, {})
    lines = [
        f"| {shell} | {' | '.join(kinds)} | {more['']} |",
        "| --- |" + " --- |" * (len(kinds) + 1),
    ]
    for tool, values in typicals.items():
        cells = []
        for kind in kinds:
            own = values[kind] - (bare[kind] if tool != BARE else 0)
            cell = f"{own:.3f}"
            if tool not in (BARE, OURS) and ours:
                cell += _ratio(shell, kind, tool, own, ours[kind] - bare[kind])
            cells.append(cell)
        lines.append(f"| {tool} | {' | '.join(cells)} | {more.get(tool, '')} |")
    return "\n".join(lines) + "\n"


def typical(micros: Sequence[float]) -> float:
    """Return the lower quartile: on a machine that does other things, the median is those's."""
    return sorted(micros)[len(micros) // 4]


def _ratio(shell: str, kind: str, tool: str, theirs: float, ours: float) -> str:
    if ours <= 0:
        return ""
    ratio = theirs / ours
    wanted = WANTED.get((shell, kind, tool))
    shown = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
    return f" ({shown}x, wanted {wanted})" if wanted else f" ({shown}x)"
