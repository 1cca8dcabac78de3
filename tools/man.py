"""Prints the man page: commands from the program's help, variables from docs/settings.md.

.cache/check/bin/python tools/man.py > autovenv.1
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

from autovenv import __version__, cli  # noqa: E402 # it needs the path above

NAME = "activate a project's virtual environment on cd, and deactivate it on the way out"
SHELLS_OWN = (
    ("on, off", "Switch autovenv on or off in this shell."),
    ("reload", "Ask again what is to be active here."),
)


def main() -> None:
    """Print the page."""
    print("\n".join(page()))


def page() -> Iterator[str]:
    """Yield the lines of the page, in the macros of man(7)."""
    yield f'.TH AUTOVENV 1 "" "autovenv {__version__}" "User Commands"'
    yield from (".SH NAME", f"autovenv \\- {escaped(NAME)}")
    yield from (".SH SYNOPSIS", ".B autovenv", "COMMAND [OPTIONS] [ARGUMENTS]")
    yield ".SH COMMANDS"
    context = click.Context(cli.main)
    for name in cli.main.list_commands(context):
        command = cli.main.get_command(context, name)
        assert command is not None
        yield from described(name, command)
    yield ".SH COMMANDS OF THE SHELL"
    for name, help_text in SHELLS_OWN:
        yield from (".TP", f".B {name}", escaped(help_text))
    yield ".SH ENVIRONMENT"
    for name, help_text in variables():
        yield from (".TP", f".B {name}", escaped(help_text))
    yield from (".SH SEE ALSO", "docs/ in the source: getting-started, troubleshooting, trust.")


def described(name: str, command: click.Command) -> Iterator[str]:
    """Yield a command with its help and its options."""
    with click.Context(command, info_name=name) as context:
        usage = " ".join(command.collect_usage_pieces(context))
        yield from (".SS", escaped(f"{name} {usage}"))
        for paragraph in (command.help or "").replace("\b\n", "").split("\n\n"):
            yield from (escaped(" ".join(paragraph.split())), ".PP")
        for parameter in command.get_params(context):
            record = parameter.get_help_record(context)
            if record and record[1] and "--help" not in record[0]:
                yield from (".TP", f".B {escaped(record[0])}", escaped(record[1]))


def variables() -> list[tuple[str, str]]:
    """Return the variables of docs/settings.md, each with what it does."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    table = text.partition("## Variables")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE)
    return [(name, re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", what)) for name, what in rows]


def escaped(text: str) -> str:
    """Return text as man(7) reads it: no line of it is a request, no character an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "").replace("…", "...")
    return f"\\&{text}" if text[:1] in (".", "'") else text


if __name__ == "__main__":
    main()
