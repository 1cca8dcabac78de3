"""A pane of a tmux server, for what no session can read: what draws the screen again."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from beside import environments, exported
from drivers.shell import State
from trees import World


class Pane:
    """The current pane of a tmux server; `server` is the command line that reaches it."""

    def __init__(self, server: str, world: World) -> None:
        self._server = server.split()
        self._world = world

    def type(self, line: str) -> None:
        """Type `line`."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

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
