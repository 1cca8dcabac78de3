"""Colour for who reads at a terminal: click leaves it out of pipes and files; NO_COLOR ends it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import click

# How a line begins → how it is written.
Styles = Mapping[str, Mapping[str, str | bool]]


def paint(lines: Iterable[str], styles: Styles) -> list[str]:
    """Return the lines, each in the first style whose beginning it has.

    As they are where NO_COLOR is set (no-color.org: to anything) or the terminal knows no colours.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return list(lines)
    return [_paint_line(line, styles) for line in lines]


def _paint_line(line: str, styles: Styles) -> str:
    for begin, style in styles.items():
        if line.startswith(begin):
            return click.style(line, **style)  # type: ignore[arg-type]  # its keywords differ in type
    return line
