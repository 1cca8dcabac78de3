"""A pane of a tmux server, for what no session can read: what draws the screen again."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from beside import Tool, environments, exported, require_program, setup
from drivers import SHELLS
from drivers.shell import State, write_rc
from trees import World

# The rc file's line by which a shell says that it has read that file, or ours in the midst of it.
# tmux starts what it is told by `fish -c`, which reads that file, too.
STARTED = {
    "bash": "echo >{root}/started-$$",
    "zsh": "echo >{root}/started-$$",
    "fish": "status is-interactive; and echo >{root}/started-$fish_pid",
}


class Pane:
    """The current pane of a tmux server; `server` is the command line that reaches it.

    `enter` is the key that runs a line.
    """

    enter = "Enter"

    def __init__(self, server: str, world: World) -> None:
        self._server = server.split()
        self._world = world

    def type(self, line: str) -> None:
        """Type `line`."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", self.enter)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._tmux("send-keys", *keys)

    def wait(self, label: str) -> None:
        """Wait until the last line is a prompt with this label."""
        self.wait_until(lambda: self.last().startswith(f"{label}[["))

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, a minute at most."""
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline, self.shown()
            time.sleep(0.01)

    def state(self, name: str) -> tuple[str | None, list[str], list[str]]:
        """Return VIRTUAL_ENV, the environments on PATH, and which variables of ours there are."""
        file = self._world.root / name.replace(" ", "-")
        self.type(f"env >{file}.part; mv {file}.part {file}")
        self.wait_until(file.exists)
        pairs = dict(line.partition("=")[::2] for line in file.read_text().splitlines())
        state = State("", frozenset(), frozenset(), pairs)
        return pairs.get("VIRTUAL_ENV"), environments(state, self._world), exported(state)

    def last(self) -> str:
        """Return the last line that isn't empty."""
        return (self.shown().rstrip("\n").splitlines() or [""])[-1]

    def shown(self) -> str:
        """Return the text that the pane shows."""
        return self._tmux("capture-pane", "-p")

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._server, *arguments], check=True, capture_output=True, text=True
        )
        return done.stdout


@contextmanager
def pane(shell: str, world: World, lines: str, order: str = "after") -> Iterator[Pane]:
    """Start the shell in a pane, with `lines` in its rc file, before our hook or after it."""
    require_program("tmux")
    written = setup(Tool({shell: lines}), shell, order, world, "elsewhere")
    write_rc(SHELLS[shell], written)
    words = [f"{name}={value}" for name, value in written.env.items() if name != "TERM"]
    short = tempfile.mkdtemp()  # the system takes 107 bytes for a socket's path
    server = f"tmux -f /dev/null -S {short}/socket"
    command = ["env", "-i", *words, f"SHELL={SHELLS[shell].path()}", *server.split()]
    command += ["new-session", "-d", "-x", "150", "-y", "40", "-c", written.cwd]
    subprocess.run([*command, " ".join(SHELLS[shell].started(written.home))], check=True)
    try:
        yield Pane(server, world)
    finally:
        subprocess.run([*server.split(), "kill-server"], check=True)
        shutil.rmtree(short)


def wait_for_shells(the_pane: Pane, world: World, number: int) -> None:
    """Wait until so many shells have run STARTED."""
    the_pane.wait_until(lambda: len([*world.root.glob("started-*")]) == number)
