"""Names in the source: a function is a verb, so that a call says what is done.

A participle or an adverb (`told`, `inside`, `at`) makes a reader look up what it stands for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "autovenv"

# How a function's name begins. A verb that is missing is added here; a noun or a participle isn't.
VERBS = """
abridge accept activate add advise allow apply ask become canonicalize change check choose cite
clean complete compute condense count cut decide decode descend describe digest discard divide drop
edit encode enter examine exec expand expect explain fail fill find fix flush follow forget format
get give identify insert install interpolate interrupt join judge keep leave list load locate lock
log look make merge name need note offer open override paint parse peek pick print prove put
quote rank
read refuse reject remember remove render replace report resolve run sanitize say search separate
set shorten show skip sort split stamp start stop strip survey sweep take tell trim unescape unlock
unpack uppercase walk write
"""

# What tells whether something is so.
PREDICATES = """
allows are asks belongs changes contains covers does fits has ignores is keeps knows lacks leads
loads may names parses reads runs satisfies says
"""

# A variable that is one of these is a riddle at the place where it is used; so is an attribute, of
# which a reader sees no assignment.
RIDDLES = "at inside latest said told whole within"
ATTRIBUTES = f"{RIDDLES} accepted around asked here needed seen shown there unchanged valued"


def list_functions(tree: ast.AST) -> Iterator[str]:
    """Yield the names of functions and methods: click's commands and properties left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            decorators = " ".join(map(ast.unparse, node.decorator_list))
            if "command(" not in decorators and "property" not in decorators:
                yield node.name


def list_variables(tree: ast.AST) -> Iterator[str]:
    """Yield the names that are bound in a function or a module: arguments, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def list_attributes(tree: ast.AST) -> Iterator[str]:
    """Yield the names of attributes and properties that a class has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    yield each.target.id
                elif isinstance(each, ast.FunctionDef) and "property" in map(
                    ast.unparse, each.decorator_list
                ):
                    yield each.name


def is_verb(name: str) -> bool:
    """Tell whether a function's name begins with a verb; `main` is Python's own word."""
    first = name.lstrip("_").partition("_")[0]
    return name == "main" or first in (VERBS + PREDICATES).split()


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.stem)
def test_names(file: Path) -> None:
    """Each function is a verb, and no variable and no attribute is a riddle."""
    tree = ast.parse(file.read_bytes())
    assert [name for name in list_functions(tree) if not is_verb(name)] == []
    assert sorted(set(list_variables(tree)) & {*RIDDLES.split()}) == []
    assert sorted(set(list_attributes(tree)) & {*ATTRIBUTES.split()}) == []


def test_a_name_that_is_no_verb_is_seen() -> None:
    """The test finds a participle, in a class and in a function, and an argument's name."""
    text = "class A:\n def told(self, at):\n  def inside(): ...\n  said = 1\n"
    tree = ast.parse(text)
    assert [name for name in list_functions(tree) if not is_verb(name)] == ["told", "inside"]
    assert {*list_variables(tree)} >= {"at", "said"}
    text = "class A:\n here: int\n @property\n def needed(self):\n  self.seen = 1\n"
    assert {*list_attributes(ast.parse(text))} == {"here", "needed", "seen"}
    assert not is_verb("_apart")
    assert not is_verb("finder")
    assert is_verb("_find_nearest")
