"""No circles in what our modules import of one another, in a function or under TYPE_CHECKING too.

A circle has no module that can be read first.
"""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"


def name_of(file: Path, source: Path) -> str:
    """Return the dotted name of the module that the file is."""
    parts = file.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(file: Path, modules: set[str]) -> set[str]:
    """Return which of `modules` the file names in an import, wherever that is in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = {f"{base}.{alias.name}" for alias in node.names}
            found |= names & modules
            if names - modules:
                found.add(base)
    return found & modules


def graph(source: Path) -> dict[str, set[str]]:
    """Return for each module below the folder those that it imports."""
    files = {name_of(file, source): file for file in source.rglob("*.py")}
    modules = set(files)
    return {name: imported(file, modules) - {name} for name, file in files.items()}


def circle(edges: dict[str, set[str]]) -> list[str]:
    """Return the modules of one circle in order, none where there is no circle."""
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle() -> None:
    """Each module stands on others that don't stand on it."""
    edges = graph(SOURCE)
    assert edges["autovenv.ask"] >= {"autovenv.evidence", "autovenv.trust"}  # something was read
    assert not circle(edges)


def test_a_circle_is_found_wherever_the_import_is(tmp_path: Path) -> None:
    """The graph has the imports in functions."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "one.py").write_text("from package import two\n")
    (package / "two.py").write_text("def late():\n    from package.one import name\n")
    assert set(circle(graph(tmp_path))) == {"package.one", "package.two"}
    (package / "two.py").write_text("")
    assert not circle(graph(tmp_path))
