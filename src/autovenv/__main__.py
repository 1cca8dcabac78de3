"""Where every call starts: a hook and a shell's question go to their module, all else to cli."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # The shells run this file by its path with an isolated Python, which doesn't see the package.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main() -> int:
    """Run the command in sys.argv and return its exit status."""
    command, arguments = sys.argv[1:2], sys.argv[2:]
    if command == ["ask"] and len(arguments) in (2, 4):
        from autovenv import ask

        return ask.main(arguments)
    if command == ["hook"] and arguments[1:2] in ([], ["--keep"]) and len(arguments) in (1, 3):
        from autovenv import hook

        if arguments[0] in hook.TEMPLATES:
            try:
                status = hook.main(arguments[0], *arguments[2:])
            except (OSError, AttributeError) as error:  # no room, no reader, or no output at all
                return _give_up(error)
            # Whoever writes the line by hand waits for this at each start: a tenth of it would be
            # Python's own tidying up.
            os._exit(status)
    from autovenv import cli

    return cli.run()


def _give_up(error: Exception) -> int:
    """Say in a line that the hook couldn't be written; no shell is to see a traceback of ours."""
    reason = getattr(error, "strerror", None) or "its output is closed"
    if sys.stderr is not None and not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"autovenv: can't write the hook ({reason})\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what waits for it is not tried again at the end
    return 1


if __name__ == "__main__":
    sys.exit(main())
