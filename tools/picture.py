"""Makes docs/terminal.svg, the README's picture, of a real run in bash on a terminal.

    .cache/check/bin/python tools/picture.py

The run is in a home of its own; its path is written as /home/ada. tests/test_docs.py makes the
picture again and compares.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

import trees  # noqa: E402 # it needs the path above
from prompts import User  # noqa: E402

FILE = ROOT / "docs" / "terminal.svg"
HOME = "/home/ada"

# What is typed, from the home on.
LINES = (
    "cd shop",
    "command -v python",
    "cd ../blog && python -c 'import sys; print(sys.prefix)'",
    "alias python=python2",
    "autovenv doctor",
    "cd ../theirs",
    "autovenv allow",
    "cd",
)

WIDTH, CHARACTER, LINE, MARGIN = 102, 8.4, 19, 16
FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
GROUND, PLAIN, PROMPT, LABEL, OURS = "#1e2127", "#d7dae0", "#7f8795", "#7ec699", "#e6c07b"

# One line of the picture: pieces of text, each with its colour.
Row = list[tuple[str, str]]


def main() -> None:
    """Make the picture and write it."""
    # Not below /tmp: others could write there, and nothing would be trusted.
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        FILE.write_text(drawn([*rows(Path(folder))]), encoding="utf-8")


def rows(folder: Path) -> Iterator[Row]:
    """Yield the lines of a session in a new home below `folder`."""
    world = trees.new_world(folder / "world", {})
    for name in ("shop", "blog", "theirs"):
        # Where doctor looks, a missing pip would be one more finding.
        options = [] if name == "blog" else ["--without-pip"]
        place = f"{world.home}/{name}/.venv"
        subprocess.run([sys.executable, "-m", "venv", *options, place], check=True)
    theirs = world.home / "theirs"
    (theirs / ".venv" / ".gitignore").unlink(missing_ok=True)
    subprocess.run(["git", "init", "--quiet", theirs], check=True)
    subprocess.run(["git", "-C", theirs, "add", "."], check=True)
    label, place = "", "~"
    with User("bash", world, cwd=world.home) as user:
        for line in LINES:
            yield [*prompt(label, place), (line, PLAIN)]
            result = user.type(line)
            for text in result.output.replace("\r", "").splitlines():
                yield from folded(text.replace(str(world.home), HOME))
            label = result.label or ""
            place = user.session.probe().folder.replace(str(world.home), "~", 1)
    yield prompt(label, place)


def prompt(label: str, place: str) -> Row:
    """Return a prompt, as a usual PS1 has it."""
    return [(f"({label}) " if label else "", LABEL), (f"{place} $ ", PROMPT)]


def folded(text: str) -> Iterator[Row]:
    """Yield what a line shows, in the width of the picture; ours has a colour of its own."""
    colour = OURS if text.startswith("autovenv:") else PLAIN
    while text:
        yield [(text[:WIDTH], colour)]
        text = text[WIDTH:]


def drawn(lines: list[Row]) -> str:
    """Return the picture of the lines."""
    width, height = int(WIDTH * CHARACTER) + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    texts = []
    for number, row in enumerate(lines):
        pieces = "".join(
            f'<tspan fill="{colour}">{escape(text)}</tspan>' for text, colour in row if text
        )
        y = MARGIN + LINE * (number + 1) - 5
        texts.append(f'  <text x="{MARGIN}" y="{y}" xml:space="preserve">{pieces}</text>\n')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT}" font-size="14">\n'
        f'  <rect width="100%" height="100%" rx="8" fill="{GROUND}"/>\n{"".join(texts)}</svg>\n'
    )


if __name__ == "__main__":
    main()
