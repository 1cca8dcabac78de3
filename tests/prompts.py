"""A user at a prompt, for what no row of the table can say: what lines show, and what is active."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from drivers import SHELLS
from drivers.shell import Result, Session, Setup
from trees import World

NAMES = list(SHELLS)


def setup(
    name: str,
    world: World,
    place: Path | str = "elsewhere",
    *,
    env: Mapping[str, str | None] | None = None,
    hook: str | None = None,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> Setup:
    """Return how the shell `name` begins in `place`: a path, or one below the home.

    `env` is added to the environment, where None takes a variable out of it. `hook` is a file, the
    shell's own unless it is given; "" is none.
    """
    given = env or {}
    variables = world.environment({n: value for n, value in given.items() if value is not None})
    return Setup(
        home=str(world.home),
        cwd=str(world.home / place),
        env={n: value for n, value in variables.items() if given.get(n, value) is not None},
        probe=world.probe,
        hook=world.hook(name, given.get("AUTOVENV_NAMES") or "") if hook is None else hook,
        before=before,
        after=after,
    )


class User:
    """Somebody at the prompt of the shell `name`, in the folder `cwd` of `world`.

    `arguments` and `through` are Setup's; the other arguments are those of `setup`.
    """

    def __init__(
        self,
        name: str,
        world: World,
        *,
        env: Mapping[str, str | None] | None = None,
        hook: str | None = None,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
        arguments: Sequence[str] = (),
        through: Sequence[str] = (),
        cwd: Path | str = "elsewhere",
    ) -> None:
        self.shell = SHELLS[name]
        self.world = world
        self.setup = replace(
            setup(name, world, cwd, env=env, hook=hook, before=before, after=after),
            arguments=[world.filled_in(argument) for argument in arguments],
            through=through,
        )
        self.session = Session(self.shell, self.setup)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        print(self.session.terminal.transcript.decode("utf-8", "backslashreplace"))
        self.session.close()

    def type(self, line: str) -> Result:
        """Type a line."""
        return self.session.type(line)

    def go(self, path: Path | str) -> Result:
        """Go to a folder: by its path below the home, or as it is where it is absolute."""
        return self.type(self.cd(self.world.home / path))

    def cd(self, path: Path | str) -> str:
        """Return the line that goes to a folder."""
        return self.shell.cd.format(self.shell.quote(str(path)))

    def active(self) -> str:
        """Return the environment whose bin is first on PATH, below the home; "" where none is.

        The rest of PATH must be what it was before the hook, and VIRTUAL_ENV agree. To find it out
        takes a prompt more, which must show nothing.
        """
        environment = self.session.probe().environment
        before = self.session.baseline.environment["PATH"]
        if environment["PATH"] == before:
            assert "VIRTUAL_ENV" not in environment
            return ""
        entry, _, rest = environment["PATH"].partition(":")
        assert rest == before
        path = os.path.dirname(entry)
        assert environment.get("VIRTUAL_ENV", path) == path
        return os.path.relpath(path, self.world.home)

    def visit(self, project: str) -> int:
        """Go to the project, stand there, and leave; return how often the helper was asked.

        All must be as it is on the best of days.
        """
        asked = self.world.asks()
        result = self.go(project)
        assert (result.output, result.label) == ("", os.path.basename(project))
        once = self.world.asks() - asked
        assert self.active() == f"{project}/.venv"
        assert self.world.asks() - asked == once, "it asks at a prompt"
        assert self.go("elsewhere").output == ""
        assert self.active() == ""
        return once


def without(name: str, world: World) -> User:
    """Return somebody at the prompt of a shell without the hook."""
    return User(name, world, hook="")


def mounting(script: str) -> list[str]:
    """Return the command that runs `script` among mounts of its own, and then becomes a program.

    Skips the test where that isn't permitted.
    """
    unshare = shutil.which("unshare")
    command = [unshare or "unshare", "--mount", "sh", "-ec"]
    tried = "mount -t tmpfs -o size=4k none /mnt"
    if unshare is None or subprocess.run([*command, tried], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    return [*command, f'{script}\nexec "$@"', "sh"]
