"""The TOML scanner: agrees with tomllib, raises nothing, and reads each character a few times."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from autovenv import toml
from autovenv.find.tools import uv
from fuzzing import costs, examples, mutations
from test_toml_scanner import DOCUMENT, TRICKY, understood

ROOT = Path(__file__).parent.parent.parent
TOOLS = b"""
cache-dir = "/cache"
[virtualenvs]
create = true
in-project = false
path = "{cache-dir}/virtualenvs"
[tool.poetry]
name = 'x'
[tool.hatch.envs.default]
path = ".env"
[tool.uv.workspace]
members = ["packages/*", "a"]
exclude = ["packages/b"]
[x-AbCdEfGh]
minor = "3.12"
[pipenv]
venv_in_project = true
[[source]]
url = "https://example.org"
"""
SOURCES = [TRICKY.encode(), TOOLS, (ROOT / "pyproject.toml").read_bytes(), b"a = 1\n", b""]
WORDS = [
    b"[",
    b"]",
    b"[[a]]\n",
    b"{",
    b"}",
    b",",
    b".",
    b"=",
    b"#",
    b'"',
    b"'",
    b'"""',
    b"'''",
    b"\\u00e9",
    b"\\ud800",
    b"\\U0010FFFF",
    b"\\U00110000",
    b"\\u\xd9\xa3\xd9\xa3\xd9\xa3\xd9\xa3",
    b"\\\n",
    b"true",
    b"[a]\n",
    b"a.b = {}\n",
    b"\n",
]
SIZE = 4096  # characters; what goes with the square would be two thousand times as many


def agrees(text: str) -> None:
    """Check that the scanner reads a document as tomllib does, if it is one to tomllib."""
    found = toml.parse(text)
    assert isinstance(found, dict)
    try:
        expected = tomllib.loads(text)
    except (ValueError, RecursionError):
        return  # of its own error or of an int's limit
    assert found == understood(expected)


@examples(1200)
@given(mutations.damaged(SOURCES, WORDS))
def test_a_damaged_document(content: bytes) -> None:
    """It is read as tomllib reads it where that does, and else without an exception."""
    agrees(content.decode("utf-8", "surrogateescape"))


@examples(250)
@given(DOCUMENT, st.data())
def test_a_damaged_document_of_any_shape(text: str, data: st.DataObject) -> None:
    """The same, from documents with every kind of key and value."""
    content = text.encode()
    agrees(data.draw(mutations.damaged([content], WORDS)).decode("utf-8", "surrogateescape"))


@examples(300)
@given(DOCUMENT, st.sampled_from(["=", "[", "a", 'a = "', "a = [1", "a = {b", "\0"]))
def test_an_error_takes_away_nothing_before_it(text: str, error: str) -> None:
    """What stands in front of it is there, whatever the lines are."""
    text = text.rstrip("\r\n") + "\n[last-of_all]\n"
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert toml.parse(text + error) == understood(expected)


HEAPS = mutations.heaped(
    [word.decode("utf-8", "replace") for word in WORDS] + ["a", " ", "1"], SIZE
)


@examples(300)
@given(HEAPS)
@example("a = [" + "'a'," * (SIZE // 4) + "]")
@example("a = [" + '"a",' * (SIZE // 4) + "]")
@example('a = """' + "\\n" * (SIZE // 2) + '"""')
@example('a = """' + '\\"' * (SIZE // 2) + '"""')
@example('a = "' + "\\n" * (SIZE // 2) + '"')
def test_no_document_is_read_over_and_over(text: str) -> None:
    """What is looked at is some times the text, not the text as often as it is long."""
    for document in (text, f"a = {text}", f"[{text}"):
        meter = costs.Meter()
        toml.parse(meter.text(document))
        assert meter.cost < 40 * (len(document) + 10)


GLOBS = mutations.heaped(["[", "]", "a", "-", "!", "*", "?", "[a-z]", "b-b", "[!", "/"], 2000)


@examples(300)
@given(GLOBS)
@example("[" * 2000)
@example("b-b" * 700)
def test_no_glob_is_read_over_and_over(pattern: str) -> None:
    """A workspace's members are globs: each is some times as costly as it is long, per name."""
    for fits, text in ((uv._does_name_fit, pattern), (uv._does_character_fit, f"[{pattern}]")):
        meter = costs.Meter()
        fits("a", meter.text(text), [uv.STEPS])
        assert meter.cost < 20 * len(pattern)
