"""Where every call starts: what must be fast goes to its module, all else to cli."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

if __name__ == "__main__":
    # The shells run this file by its path with an isolated Python, which doesn't see the package.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What a job may start often: click alone takes longer than all that they do.
RUNS = ("exec", "which", "path")


def main() -> int:
    """Run the command in sys.argv and return its exit status."""
    command, arguments = sys.argv[1:2], sys.argv[2:]
    if command == ["ask"] and len(arguments) in (2, 4):
        from autovenv import ask

        _leave(ask.main(arguments))
    if command and command[0] in RUNS and not _asks_for_help(arguments):
        from autovenv import run

        return run.main(command[0], arguments)
    if command == ["hook"] and arguments[1:2] in ([], ["--keep"]) and len(arguments) in (1, 3):
        from autovenv import hook, shells

        shell = shells.ALIASES.get(arguments[0], arguments[0])
        if shell in shells.SHELLS and not _is_looked_at(arguments):
            try:
                status = hook.main(shell, *arguments[2:])
            except (OSError, AttributeError) as error:  # no room, no reader, or no output at all
                return _give_up(error)
            _leave(status)
    from autovenv import cli

    return cli.run()


def _leave(status: int) -> NoReturn:
    """End the process at once: Python's own tidying up would be a tenth of what a prompt waits."""
    os._exit(status)


def _asks_for_help(arguments: list[str]) -> bool:
    return arguments[:1] in (["--help"], ["-h"])


def _is_looked_at(arguments: list[str]) -> bool:
    """Tell whether a person looks at the hook, and is given advice with it: an rc file pipes it."""
    return len(arguments) == 1 and sys.stdout is not None and sys.stdout.isatty()


def _give_up(error: Exception) -> int:
    """Say in a line that the hook couldn't be written; no shell is to see a traceback of ours."""
    reason = getattr(error, "strerror", None) or "its output is closed"
    if sys.stderr is not None and not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"autovenv: can't write the hook ({reason})\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what waits for it is not tried again at the end
    return 1


if __name__ == "__main__":
    sys.exit(main())
