"""The TOML scanner reads what tomllib reads, and takes any text without an exception."""

from __future__ import annotations

import sysconfig
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autovenv import toml
from autovenv.evidence import READ_LIMIT

ROOT = Path(__file__).parent.parent


def understood(value: object) -> object:
    """Return what tomllib read with None for all that the scanner doesn't tell apart."""
    if isinstance(value, dict):
        return {key: understood(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [understood(inner) for inner in value]
    return value if isinstance(value, (str, bool)) else None


def agrees(text: str) -> None:
    """Check that the scanner reads a valid document as tomllib does."""
    assert toml.parse(text) == understood(tomllib.loads(text))


TRICKY = r'''
# [tool.commented]
title = "a # in a string" # and a comment behind it
'quoted key' = 'C:\literal\path'
"key with \"quotes\"" = "tab\t quote\" backslash\\ \u00e9 \U0001F40D"
dotted.key . "with blanks" = true
number = 1_000
float = 3.14e-2
date = 1979-05-27 07:32:00Z # with a blank in it
empty = ""
long = """
first line
[tool.not-a-table]
key = "not a key"
quotes "" and two at the end"""""
folded = """one \
    two \

  three"""
raw = ~~~
[[not.an.array]]
it's raw \n''~~~
array = [ "a", 'b', # a comment with a ] in it
  """c
]""", [1, 2, ["nested"]], { in = "a table", x.y = false },
]
none = []
inline = { path = "p", deep.er = [ { a = 1 } ], "" = {} }

[tool.poetry] # a comment
name = "x"
[tool . "hatch" . 'envs' . default]
path = ".env"
[[tool.uv.index]]
url = "one"
[tool.uv.index.sub]
a = "b"
[[tool.uv.index]]
url = "two"
[last]
end = "no newline"'''.replace("~~~", "'" * 3)


def test_the_tricky_parts() -> None:
    """Tables in strings, keys in arrays, comments, quotes: each is what tomllib takes it for."""
    agrees(TRICKY)
    agrees(TRICKY.replace("\n", "\r\n"))
    assert toml.read_text(toml.parse(TRICKY), "tool", "hatch", "envs", "default", "path") == ".env"


def test_real_files() -> None:
    """What projects have is read as tomllib reads it: ours, and CPython's own test cases."""
    cases = Path(sysconfig.get_path("stdlib"), "test", "test_tomllib", "data", "valid")
    for path in [ROOT / "pyproject.toml", *cases.rglob("*.toml")]:
        agrees(path.read_text(encoding="utf-8"))


BARE = st.text("abcXYZ019_-", min_size=1, max_size=4)
BLANKS = st.sampled_from(["", " ", "\t "])
ENDS = st.sampled_from(["\n", "\r\n", " # x ] } \" '\n", "\n\n  \n"])


def quoted(text: str) -> str:
    """Return a basic string with every character escaped that may be."""
    return '"' + "".join(f"\\U{ord(c):08x}" if c < " " or c in '"\\\x7f' else c for c in text) + '"'


CHARACTERS = st.characters(codec="utf-8")
BASIC = st.text(CHARACTERS, max_size=6).map(quoted)
LITERAL = st.text('ab" #[]{}=\\,.', max_size=6).map(lambda text: f"'{text}'")
LONG_BASIC = (
    st.text('a"\n #[]=', max_size=8)
    .filter(lambda text: '"""' not in text)
    .map(lambda text: f'"""{text}"""')
)
LONG_LITERAL = (
    st.text("a'\n #[]=\\", max_size=8)
    .filter(lambda text: "'''" not in text)
    .map(lambda text: f"'''{text}'''")
)
KEY = st.lists(BARE | BASIC | LITERAL, min_size=1, max_size=3).map(".".join)
SCALAR = (
    BASIC
    | LITERAL
    | LONG_BASIC
    | LONG_LITERAL
    | st.sampled_from(["true", "false", "0", "-1.5", "inf", "0xff", "1979-05-27", "07:32:00"])
)


def array(items: list[str]) -> str:
    """Return an array over several lines, with comments and a comma at the end."""
    return "[" + "".join(f'\n  {item}, # ], "\n' for item in items) + "]"


def inline_table(pairs: list[tuple[str, str]]) -> str:
    """Return an inline table."""
    return "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}"


VALUE = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3).map(array)
        | st.lists(st.tuples(KEY, inner), max_size=3).map(inline_table)
    ),
    max_leaves=5,
)
PAIR = st.builds(
    lambda key, left, right, value, end: f"{key}{left}={right}{value}{end}",
    KEY,
    BLANKS,
    BLANKS,
    VALUE,
    ENDS,
)
HEADER = st.builds(lambda key, end: f"[{key}]{end}", KEY, ENDS) | st.builds(
    lambda key, end: f"[[ {key} ]]{end}", KEY, ENDS
)
DOCUMENT = st.lists(PAIR | HEADER, max_size=8).map("".join)


@given(DOCUMENT)
def test_any_document(text: str) -> None:
    """Whatever tomllib takes, the scanner reads the same way."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        toml.parse(text)
    else:
        agrees(text)


@given(st.text() | st.text("[]{}\"'=.,#\n\\ua0 ", max_size=60))
def test_any_text(text: str) -> None:
    """A file may hold anything: there is an answer, and no exception."""
    assert isinstance(toml.parse(text), dict)


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """Bytes that aren't UTF-8 come as lone surrogates."""
    assert isinstance(toml.parse(content.decode("utf-8", "surrogateescape")), dict)


def test_what_stands_before_an_error_is_read() -> None:
    """While somebody edits the end of a file, its beginning still counts."""
    assert toml.parse('[project]\nname = "x"\n[tool.') == {"project": {"name": "x"}}


def test_a_string_with_a_nul_is_none() -> None:
    """No path holds a NUL, and in a record it would end a field."""
    table = toml.parse('path = "a\\u0000b"\nraw = "a\0b"\n')
    assert toml.read_text(table, "path") == toml.read_text(table, "raw") == ""


@pytest.mark.parametrize(
    "piece", ["[", "{a=", "[[a]]\n", "a.", '"', "a=[\n", "'''", "\\", "a = 1\n", "#", '"""\\', "]"]
)
def test_no_text_takes_long(piece: str) -> None:
    """The longest file that is read, in its worst form, costs a fraction of a second."""
    text = piece * (READ_LIMIT // len(piece))
    begin = time.process_time()
    toml.parse(text)
    toml.parse("a = " + text)
    assert time.process_time() - begin < 1
