"""powershell.config.json, which is JSON with a few liberties, and the marks of a download."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from autovenv.policy import zone
from autovenv.policy.scopes import Edition, Hive, UnreadableError, find_effective, read
from autovenv.policy.stores import LITERALS, parse_config
from fuzzing import examples, mutations

CONFIG = {
    "Microsoft.PowerShell:ExecutionPolicy": "RemoteSigned",
    "PowerShellPolicies": {
        "ScriptExecution": {"EnableScripts": True, "ExecutionPolicy": "AllSigned"},
        "x // y": ['a "quoted" /* string */', "back\\slash\\", ",]", 1.5e3, None],
    },
}
SOURCES = [
    json.dumps(CONFIG).encode(),
    json.dumps(CONFIG, indent=2).replace("\n", "\r\n").encode("utf-8-sig"),
    json.dumps(CONFIG, indent=1).encode("utf-16"),
    b'{ /* a */ "Microsoft.PowerShell:ExecutionPolicy": "Bypass", // b\n}',
    b"null",
    b"",
]
WORDS = [b"//", b"/*", b"*/", b'"', b'\\"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999"]
WORDS += [b"[" * 100_000, b'{"a":' * 50_000, b"NaN", b"-Infinity", b"\\ud800"]


@examples(900)
@given(mutations.damaged(SOURCES, WORDS, least=0))
@example(b"[" * 1_000_000)
@example(b"9" * 5000)
def test_a_damaged_config_is_read_or_refused(content: bytes) -> None:
    """One exception alone is raised; what json takes, less its own inventions, is read so."""
    try:
        table = parse_config(content)
    except ValueError:
        table = None
    try:
        expected = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    if isinstance(expected, dict):
        assert repr(table) == repr(expected)  # NaN isn't NaN


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('ab"\\/*,]} \n\u2028é', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text('a"/*:,\\', max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
GAPS = st.sampled_from(["", " ", "\n", "/**/", "/* , ] } \" ' // */", '// " /* ]\n', "\t/***/\r\n"])


@examples(500)
@given(table=st.dictionaries(st.text(max_size=4), VALUES, max_size=4), data=st.data())
def test_comments_and_commas_take_nothing_away(
    table: dict[str, object], data: st.DataObject
) -> None:
    """With a comment between any two words, and a comma behind any last one."""

    def written(value: object) -> str:
        gap = data.draw(GAPS)
        if isinstance(value, dict):
            pairs = [f"{json.dumps(key)}{gap}:{written(inner)}" for key, inner in value.items()]
            return gap + "{" + _joined(pairs, gap, data.draw(st.booleans())) + "}" + gap
        if isinstance(value, list):
            items = [written(inner) for inner in value]
            return gap + "[" + _joined(items, gap, data.draw(st.booleans())) + "]" + gap
        return gap + json.dumps(value, ensure_ascii=data.draw(st.booleans())) + gap

    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    assert parse_config(written(table).encode(encoding)) == table


def _joined(items: list[str], gap: str, has_comma: bool) -> str:
    return f"{gap},".join(items) + (f"{gap},{gap}" if items and has_comma else gap)


HEAPS = mutations.heaped(['"', "\\", "/", "*", "//", "/*", "*/", ",", " ", "]", "a", "\n"], 2000)


@examples(400)
@given(HEAPS)
@example("/*" * 1000)
@example('\\"' * 1000)
def test_no_look_ahead_is_for_nothing(text: str) -> None:
    """Where a string or a comment begins, one is found, and what it holds isn't looked at again.

    What is looked for up to the end and not found, over and over, takes minutes for a megabyte.
    """
    for at, character in enumerate(text):
        if character == '"' or text[at : at + 2] in ("/*", "//"):
            assert LITERALS.match(text, at)


class Configs:
    """A store of nothing but the two files, with the same content."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read_registry(self, hive: Hive, key: str, name: str) -> str | int | None:
        """Return nothing."""
        return None

    def read_config(self, hive: Hive) -> dict[str, object]:
        """Return what the file holds, as the store does."""
        try:
            return parse_config(self.content)
        except ValueError as error:
            raise UnreadableError(str(error)) from None

    def find_config_path(self, hive: Hive) -> str:
        """Return the file's name."""
        return f"{hive}.json"

    def read_variable(self, name: str) -> str:
        """Return nothing."""
        return ""


@examples(300)
@given(mutations.damaged(SOURCES, [*WORDS, b'"ExecutionPolicy"', b'"EnableScripts"'], least=0))
def test_a_damaged_config_gives_a_policy_or_says_that_it_cant(content: bytes) -> None:
    """Whatever is under the keys."""
    reading = read(Edition.POWERSHELL, Configs(content))
    try:
        find_effective(reading)
    except UnreadableError:
        assert reading.unreadable


MARKS = [
    b"[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=https://example.org/\r\nHostUrl=about:internet\r\n",
    b"[ZoneTransfer]\nZoneId = 4",
    b"; a comment\r\n[ZoneTransfer]\r\n\r\n  ZoneId=+3 \r\n",
]
MARK_WORDS = [b"ZoneId", b"=", b"3", b"0", b"[ZoneTransfer]", b"[Other]\r\n", b"\n" * 2000]


@examples(600)
@given(mutations.damaged(MARKS, MARK_WORDS))
@example(b"[ZoneTransfer]\nZoneId=" + b"9" * 5000)
@example(b"[ZoneTransfer]" + b"\n" * 1_000_000)
def test_a_damaged_mark_is_read(content: bytes) -> None:
    """Without an exception; a whole one in front of the damage counts."""
    text = content.decode("utf-8", "replace")
    zone.is_marked(text)
    assert zone.is_marked(MARKS[0].decode() + text)
    assert not zone.is_marked("[ZoneTransfer]\nZoneId=2\n" + text)
