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
            status = hook.main(arguments[0], *arguments[2:])
            # Whoever writes the line by hand waits for this at each start: a tenth of it would be
            # Python's own tidying up.
            sys.stdout.flush()
            os._exit(status)
    from autovenv import cli

    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks is escaped: an error would come after the deed.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    result: int = cli.main(prog_name="autovenv")
    return result


if __name__ == "__main__":
    sys.exit(main())
