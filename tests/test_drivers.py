"""The terminals that the drivers type into: a screen's rows, and Windows' console by a stand-in.

On Windows every test with a shell runs on the real one; what is here shows on other systems, too,
that what a console writes is understood.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import trees
from drivers import SHELLS, conpty, shell
from drivers.screen import Screen, split_shown
from drivers.shell import Session
from drivers.stuck import StuckError
from prompts import setup

if sys.platform != "win32":
    from console_stand_in import StandIn

# What is written, and what is there to be seen then, from the first row on.
WRITTEN: Mapping[str, tuple[str, str]] = {
    "lines": ("one\r\ntwo\r\n", "one\ntwo\n"),
    "a line over another": ("one\rt\r\n", "tne\n"),
    "a line feed alone": ("one\ntwo", "one\n   two"),
    "a prompt's last space": ("]]~ ", "]]~ "),
    "a line's last spaces": ("one  \r\ntwo", "one\ntwo"),
    "a space that is left out": ("]]~\x1b[K\x1b[1;5H", "]]~ "),
    "a space by moving on": ("a\x1b[3Cb", "a   b"),
    "backspaces": ("abc\b\b\x1b[K", "a"),
    "erased characters": ("abcdef\x1b[1G\x1b[3X\x1b[1;7H", "   def"),
    "erased up to here": ("abcdef\x1b[1;3H\x1b[1K\x1b[1;7H", "   def"),
    "an erased line": ("abc\x1b[2Kd", "   d"),
    "inserted and deleted": ("abc\x1b[1;2H\x1b[1@x\x1b[1;4H\x1b[Pd", "axbd"),
    "a start": ("\x1b[?9001h\x1b[?1004h\x1b[?25l\x1b[2J\x1b[m\x1b[H> \x1b[?25h", "> "),
    "a title": ("\x1b]0;C:\\Windows\\powershell.exe\x07> ", "> "),
    "a title up to ST": ("\x1b]0;pwsh\x1b\\> ", "> "),
    "colours": ("\x1b[31;1mred\x1b[0m \x1b[38;2;1;2;3mrgb\x1b[m", "red rgb"),
    "a repainted row": ("one\r\ntwo\r\nthree\x1b[2;1HTWO\x1b[3;6H", "one\nTWO\nthree"),
    "a cleared screen": ("one\r\ntwo\x1b[2J\x1b[Hthree", "three"),
    "no sequences": ("(a) [[0]]~ \x1b(B", "(a) [[0]]~ "),
    "wide characters": ("\u4f60\u597d|\x1b[1;5H.", "\u4f60\u597d."),
    "a combined character": ("e\u0301!", "e\u0301!"),
    "a tab": ("a\tb", "a       b"),
    "a wrapped line": ("x" * 25, "x" * 20 + "\n" + "x" * 5),
    "a wrapped line, wide": ("\u4f60" * 11, "\u4f60" * 10 + "\n\u4f60"),
    "keys, not a move": ("\x1b[sone\x1b[=5u\x1b[>4;1m\x1b[>1utwo", "onetwo"),
    "scrolled": ("1\r\n2\r\n3\r\n4\r\n5\x1b[1;1Htwo\x1b[4;2H", "1\ntwo\n3\n4\n5"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_screen_shows(name: str) -> None:
    """The rows are the same however the writing is cut into pieces."""
    written, shown = WRITTEN[name]
    for size in (len(written), 1, 3):
        screen = Screen(4, 20)
        for at in range(0, len(written), size):
            screen.feed(written[at : at + size])
        assert screen.text(0) == shown
        assert screen.answers == []


def test_rows_from_one_on() -> None:
    """What is shown since a line was typed, though it was scrolled out of the screen by now."""
    screen = Screen(4, 20)
    screen.feed("before\r\n> ")
    typed = screen.row
    screen.feed("seq 9\r\n" + "".join(f"{n}\r\n" for n in range(9)) + "> ")
    assert screen.text(typed) == "> seq 9\n0\n1\n2\n3\n4\n5\n6\n7\n8\n> "
    screen.feed("clear\x1b[2J\x1b[H> ")
    assert screen.text(screen.row) == "> "


def test_a_screen_answers() -> None:
    """A console that asks what it writes to waits for an answer."""
    screen = Screen(4, 20)
    screen.feed("\x1b[c1\r\n2\r\n3\r\n4\r\n5\x1b[6n")
    assert screen.answers == ["\x1b[?6c", "\x1b[4;2R"]


# What a shell tells or asks a terminal, between what it shows.
TALK = {
    "fish 4's keys": "\x1b[?2004h\x1b[>4;1m\x1b[=5u\x1b=",
    "fish 4's keys, given back": "\x1b[?2004l\x1b[>4;0m\x1b[=0u\x1b>",
    "fish 4's marks": "\x1b]133;A;special_key=1\x07\x1b]133;C;cmdline_url=a\x07\x1b]133;D;0\x07",
    "fish's folder": "\x1b]7;file://host/home/a%20b\x07\x1b]7;file://host/\x1b\\",
    "fish 4.1's questions": "\x1b[?u\x1b[>0q\x1bP+q696e\x1b\\\x1b]11;?\x1b\\\x1b[?2026$p\x1b[0c",
    "vi mode's cursor": "\x1b[2 q\x1b[6 q",
    "PowerShell's": "\x1b[?1h\x1b=\x1b[6n",
}


@pytest.mark.parametrize("name", TALK)
def test_what_is_said_to_a_terminal_is_not_shown(name: str) -> None:
    """Nor is half of it; colours and moves stay, as a test may look at them."""
    written = f"one{TALK[name]}\x1b[31m[[0]]~ ".encode()
    for size in (len(written), 1, 2, 3):
        shown = rest = b""
        for at in range(0, len(written), size):
            more, rest = split_shown(rest + written[at : at + size])
            shown += more
        assert (shown, rest) == (b"one\x1b[31m[[0]]~ ", b"")


@pytest.fixture
def on_a_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sessions run on the terminal that is Windows', on whatever system."""
    if sys.platform != "win32":
        monkeypatch.setattr(conpty.Terminal, "new_console", StandIn)
        monkeypatch.setattr(shell, "Terminal", conpty.Terminal)


@pytest.mark.usefixtures("on_a_console")
def test_a_session_on_a_console(tmp_path: Path, require: object) -> None:
    """What PowerShell shows and says, line by line; and a shell within, which is left again."""
    assert callable(require)
    require("pwsh")
    world = trees.new_world(tmp_path / "world", {})
    driver = SHELLS["pwsh"]
    with Session(driver, setup(driver.name, world, hook="")) as session:
        assert session.first.output == ""
        assert session.type("'one'; 'two'").output == "one\ntwo\n"
        assert session.type("").output == ""
        assert session.type("cd ./no-such-folder 2>$null").status == 1
        state = session.probe()
        assert Path(state.folder) == world.neutral
        assert session.type("1..120").output == "".join(f"{n}\n" for n in range(1, 121))
        assert session.enter(driver).status == 0
        assert session.type("'x' * 3000").output == "x" * 3000 + "\n"
        assert session.leave().output == ""
        session.terminal.send(b"exit 7\r")
        assert session.terminal.wait_for_end() == 7
        with pytest.raises(StuckError, match="xxx"):
            session.terminal.read_until(lambda shown: b"never" in shown)
