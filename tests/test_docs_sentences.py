"""How long the sentences of the documents are: a long one has to be read twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PAGES = [*sorted((TOP / "docs").glob("*.md")), *(TOP / f"{n}.md" for n in ("README", "SECURITY"))]
PAGES.append(TOP / "CONTRIBUTING.md")

WORDS = 25  # of a sentence; what is in backticks is one
PART = 0.1  # of a page's sentences that may have more

# Sentences end at these; what follows a semicolon can be read by itself.
_END = re.compile(r'(?<=[.!?:])["”)]?\s+(?=[A-Z`\[(*"0-9])|(?<=;)\s')


def list_paragraphs(text: str) -> list[str]:
    """Return the paragraphs and items of a page: no code, tables, headings or comments."""
    text = re.sub(r"```.*?```|<!--.*?-->", "", text, flags=re.DOTALL)
    found = [""]
    for line in text.splitlines():
        plain = line.strip()
        if not plain or plain.startswith(("#", "|", "<", "!!!")) or line.startswith("    "):
            found.append("")
            continue
        marker = re.match(r"(?:[-*]|\d+\.)\s+(?:\[.\] )?", plain)
        if marker:
            found.append("")
        found[-1] += f" {plain[marker.end() if marker else 0 :]}"
    return [paragraph for paragraph in found if paragraph.strip()]


def list_sentences(text: str) -> list[str]:
    """Return the sentences of a page, with one word for what is in backticks or a link's target."""
    found = []
    for paragraph in list_paragraphs(text):
        plain = re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "CODE", paragraph))
        found += [sentence for sentence in _END.split(plain) if sentence and sentence.strip()]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sentences_are_mostly_short(page: Path) -> None:
    """At most a tenth of a page's sentences have more than 25 words: split the longest."""
    sentences = list_sentences(page.read_text(encoding="utf-8"))
    long = [sentence for sentence in sentences if len(sentence.split()) > WORDS]
    assert len(long) <= PART * len(sentences), "\n".join(sorted(long, key=len, reverse=True))


def test_a_long_sentence_is_counted() -> None:
    """Words count over the lines of a paragraph, and code, tables and headings don't."""
    text = (
        f"# A b c\n\n{'word ' * 20}\n{'word ' * 20}end. Next one.\n\n    code\n| a | b |\n- item\n"
    )
    found = list_sentences(text)
    assert [len(sentence.split()) for sentence in found] == [41, 2, 1]
