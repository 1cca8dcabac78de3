"""No circles in what our modules import of one another, in a function or under TYPE_CHECKING too.

A circle has no module that can be read first.
"""

from __future__ import annotations

import ast
import re
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


def read_floors() -> dict[str, int]:
    """Return the floor of each module and folder in the table of docs/architecture.md."""
    text = (SOURCE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = text.partition("| floor |")[2].partition("\n\n")[0].splitlines()[2:]
    return {
        name.rstrip("/").replace("/", "."): number
        for number, row in enumerate(rows)
        for name in re.findall(r"`([\w/]+)`", row.split("|")[2])
    }


def find_floor(module: str, floors: dict[str, int]) -> int:
    """Return the floor of a module: its own row's, else its folder's."""
    parts = module.split(".")[1:]
    return floors.get(".".join(parts[:2]), floors.get(parts[0], -1))


def test_each_module_has_a_floor_and_imports_from_there_down() -> None:
    """The table of docs/architecture.md has every module, and is true."""
    floors = read_floors()
    edges = {name: found for name, found in graph(SOURCE).items() if "." in name}
    assert [name for name in edges if find_floor(name, floors) < 0] == []
    modules = {name.removeprefix("autovenv.") for name in edges}
    assert {*floors} - modules == {"shell"}  # the shells' files, which are no modules
    upward = [
        f"{name} imports {other}"
        for name, found in edges.items()
        for other in found & {*edges}
        if find_floor(other, floors) > find_floor(name, floors)
    ]
    assert upward == []


def test_the_layout_has_each_module() -> None:
    """The tree in docs/design.md names every module and folder of the package's uppermost level."""
    text = (SOURCE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    layout = text.partition("\n## Layout\n")[2].partition("\n## ")[0]
    there = {file.name for file in (SOURCE / "autovenv").glob("*.py")}
    there |= {f"{file.parent.name}/" for file in (SOURCE / "autovenv").glob("*/__init__.py")}
    assert there - {*re.findall(r"[\w/]+(?:\.py|/)(?=\s)", layout)} == set()


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
