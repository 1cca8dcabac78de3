"""The documents: links lead somewhere, lines fit, words are the glossary's, commands do as shown.

A block that is marked `console` is a session: it is typed into a real bash, in a home of its own,
a page after the other. `…` in what it shows stands for anything, `/home/ada` for the home.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import trees
import unix
from autovenv.cli import COMMANDS
from prompts import User

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("packaging/*.md"), *ROOT.glob("docs/**/*.md")])
SESSIONS = [doc for doc in DOCS if "```console" in doc.read_text(encoding="utf-8")]

WIDTH = 120

# What the glossary has another word for (docs/glossary.md): that, and what was written before.
BANNED = {
    "fix": r"mend(?:s|ed|ing)?",
    "again": r"anew",
    "tool": r"makers?(?![./])",
    "is": r"(?:it|that|what|which|files?|they|packages?) lies?",
    "another user": r"belongs? to somebody(?: else)?",
    "what you said": r"your word|word of yours",
}

# What the hook's own function does, and no program.
BY_THE_SHELL = {"on", "off", "reload"}

# The name on the public index belongs to another project.
NOT_OURS = re.compile(
    r"(?:pipx? install|uv tool install|uvx|pip3 install)\s+(?:-\S+\s+)*autovenv\b(?!-)"
)

BLOCK = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
TYPED = re.compile(r"(?:\((?P<label>[^)]*)\) )?(?:(?P<folder>\S+) )?\$ (?P<line>.*)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def names(docs: list[Path]) -> list[str]:
    """Return what the documents are called in a test's name."""
    return [doc.relative_to(ROOT).as_posix() for doc in docs]


def prose(text: str) -> str:
    """Return a document without its blocks and without code in a line."""
    return re.sub(r"`[^`\n]*`", "``", BLOCK.sub("", text))


def anchors(doc: Path) -> set[str]:
    """Return what a link into a document may name: its headings, as GitHub and MkDocs have it."""
    text = BLOCK.sub("", doc.read_text(encoding="utf-8"))
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found |= {plain.replace(" ", "-"), re.sub(r"[-\s]+", "-", plain)}
    return found


@pytest.mark.parametrize("doc", DOCS, ids=names(DOCS))
def test_a_document(doc: Path) -> None:
    """Each link leads somewhere; lines fit, but for a table's row; words are the glossary's."""
    text = doc.read_text(encoding="utf-8")
    wrong = []
    for target in LINK.findall(BLOCK.sub("", text)):
        path, _, anchor = target.partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        file = (doc.parent / path).resolve() if path else doc
        if not file.exists():
            wrong.append(f"{target} leads nowhere")
        elif anchor and file.suffix == ".md" and anchor not in anchors(file):
            wrong.append(f"{target}: no such heading")
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > WIDTH and not line.startswith("|") and "](" not in line[WIDTH - 20 :]:
            wrong.append(f"line {number} has {len(line)} characters")
    if doc.name != "glossary.md":
        wrong += [f"{banned!r}: {word}" for word, banned in terms(prose(text))]
    wrong += [f"another project's: {match[0]}" for match in NOT_OURS.finditer(text)]
    assert wrong == []


def terms(text: str) -> Iterator[tuple[str, str]]:
    """Yield each banned word in a text, with the one to write."""
    for better, pattern in BANNED.items():
        for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            yield better, match[0]


def test_messages_use_the_glossarys_words() -> None:
    """What a person reads of the program: each text in its source, help included."""
    wrong = []
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            # A name in a program has neither a blank nor an end of a sentence.
            if " " in node.value.strip():
                wrong += [
                    f"{file.name}:{node.lineno}: {word}" for _, word in terms(prose(node.value))
                ]
    assert wrong == []


def test_code_and_tests_use_the_glossarys_words() -> None:
    """Names, comments, and what tests say: the words that the glossary replaced are nowhere."""
    old = re.compile(r"(?<![^\W_])(?:mend(?:s|ed|ing)?|anew|lies|makers?)(?![^\W_])", re.IGNORECASE)
    files = [
        file
        for folder in ("src", "tests", "bench", "shell")
        for file in sorted((ROOT / folder).rglob("*"))
        if file.suffix in (".py", ".sh", ".bash", ".zsh", ".fish", ".ps1")
        and file != Path(__file__)
    ]
    assert len(files) > 200
    wrong = [
        f"{file.relative_to(ROOT)}:{number}: {match[0]}"
        for file in files
        if "others" not in file.parts
        for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1)
        for match in old.finditer(
            re.sub(r"AUTOVENV_MAKERS|\"makers\"|[./]makers\b|makers\.txt", "", line)
        )
    ]
    assert wrong == []


def test_the_checks_see_what_is_wrong(tmp_path: Path) -> None:
    """A test that can't fail shows nothing."""
    for text in (
        "[there](nowhere.md)",
        "[there](#nowhere)",
        "x" * (WIDTH + 1),
        "run it anew",
        "`pip install autovenv`",
    ):
        doc = tmp_path / "page.md"
        doc.write_text(f"# Page\n\n{text}\n")
        with pytest.raises(AssertionError):
            test_a_document(doc)
    doc.write_text("# Page\n\n[here](#page), `pip install autovenv-shell`\n")
    test_a_document(doc)


def test_each_command_in_the_documents_is_one() -> None:
    """`autovenv WORD` names a command that there is."""
    named = {
        word
        for doc in DOCS
        for word in re.findall(r"[`$] ?autovenv ([a-z]+)", doc.read_text(encoding="utf-8"))
    }
    assert named >= {"allow", "status"}
    assert named <= {*COMMANDS, *BY_THE_SHELL}


def test_the_checklists_name_what_there_is() -> None:
    """Each file and each name of ours in CONTRIBUTING exists, but for those that are to be made."""
    text = BLOCK.sub("", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    code = re.findall(r"`([^`\n]+)`", text)
    source = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("src", "tests", "shell")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if file != Path(__file__)
    )
    names = [
        name for name in code if re.fullmatch(r"_[A-Za-z]\w+|[A-Z]+[A-Z_]{2,}|[a-z]+_\w+", name)
    ]
    wrong = [n for n in names if n != "NAME" and not re.search(rf"\b{n}\b", source)]
    paths = [path for path in code if re.fullmatch(r"(?:src|tests|shell|docs|tools)/[\w./]+", path)]
    wrong += [path for path in paths if "NAME" not in path and not (ROOT / path).exists()]
    assert len(names) > 8
    assert len(paths) > 15
    assert wrong == []


def session(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield each line that a page types, what it shows, and the label of the prompt after it.

    None stands for a label that isn't written: at the end of a block.
    """
    for _, kind, body in BLOCK.findall(text):
        if kind != "console":
            continue
        steps: list[tuple[str, str, list[str]]] = []
        for line in body.splitlines():
            typed = TYPED.fullmatch(line)
            if typed:
                steps.append((typed["label"] or "", typed["line"], []))
            else:
                steps[-1][2].append(line)
        labels = [label for label, _, _ in steps]
        for (_, line, shown), after in zip(steps, [*labels[1:], None], strict=True):
            yield line, "\n".join(shown), after


def matches(shown: str, expected: str) -> bool:
    """Tell whether a line showed what is written, where `…` is anything."""
    pattern = ".*".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, shown.strip(), re.DOTALL) is not None


@unix.alone("the pages are about POSIX shells")
@pytest.mark.parametrize("doc", SESSIONS, ids=names(SESSIONS))
def test_what_a_document_types_does_what_it_shows(
    doc: Path, tmp_path: Path, require: Callable[[str], None]
) -> None:
    """Each session in a page, in a real bash with the hook and a home of its own."""
    require("bash")
    world = trees.new_world(tmp_path / "world", {})
    (world.bin / "python3").symlink_to(trees.BASE_PYTHON)
    git = shutil.which("git")
    assert git
    (world.bin / "git").unlink(missing_ok=True)
    (world.bin / "git").symlink_to(git)
    with User("bash", world, cwd=world.home) as user:
        for line, expected, after in session(doc.read_text(encoding="utf-8")):
            result = user.type(line)
            shown = result.output.replace("\r", "").replace(str(world.home), "/home/ada")
            assert matches(shown, expected), f"{line}\nshowed:\n{shown}\nwritten:\n{expected}"
            if after is not None:
                assert (result.label or "") == after, line


def test_a_session_is_read() -> None:
    """A label, what is typed and what it shows; a second block begins where the first ended."""
    text = (
        "```console\n$ cd shop\n(shop) ~/shop $ python -V\nPython …\n```\n\n```sh\nrm -rf /\n```\n"
    )
    assert [*session(text)] == [
        ("cd shop", "", "shop"),
        ("python -V", "Python …", None),
    ]
    assert matches("Python 3.13.0\n", "Python …")
    assert not matches("bash: python: not found", "Python …")


@unix.alone("the picture is of bash")
def test_the_picture_is_of_this_program(tmp_path: Path, require: Callable[[str], None]) -> None:
    """The README's terminal shows what a run shows now: tools/picture.py makes it again."""
    require("bash")
    picture = runpy.run_path(str(ROOT / "tools" / "picture.py"))
    drawn = picture["drawn"]([*picture["rows"](tmp_path)])
    ElementTree.fromstring(drawn)
    assert drawn == (ROOT / "docs" / "terminal.svg").read_text(encoding="utf-8")


def test_the_readmes_figures_are_the_measured_ones() -> None:
    """The processes on entering, least to most of the shells in performance.md's newest tables."""
    rows = re.findall(
        r"^\| ([\w-]+) \|.*\| \d+, (\d+), \d+ \|$",
        (ROOT / "docs" / "performance.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in readme.splitlines()
        if line.startswith(("| | autovenv", "| processes"))
    ]
    assert len(table) == 2
    for tool, written in zip(table[0][1:], table[1][1:], strict=True):
        measured = [int(count) for name, count in rows if name == tool]
        assert len(measured) >= 3, tool
        figures = [int(figure) for figure in re.findall(r"\d+", written)]
        assert {min(measured), max(measured)} == {min(figures), max(figures)}, tool


def test_the_sites_pages_are_all_of_them() -> None:
    """Each page is in the site's contents once, and the contents name no other."""
    if sys.platform == "win32":
        pytest.skip("line ends")
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"[\w/-]+\.md", contents.partition("\nnav:")[2])
    pages = [doc.relative_to(ROOT / "docs").as_posix() for doc in (ROOT / "docs").rglob("*.md")]
    assert sorted(named) == sorted(pages)


def test_the_packages_for_others_are_filled_in(tmp_path: Path) -> None:
    """Version, addresses and digests of what was built; nothing is left to be filled in."""
    packaging = runpy.run_path(str(ROOT / "tools" / "manifests.py"))
    (tmp_path / "autovenv_shell-1.2.3-py3-none-any.whl").write_bytes(b"wheel")
    (tmp_path / "autovenv_shell-1.2.3.tar.gz").write_bytes(b"sdist")
    packaging["main"](str(tmp_path), "https://example.org/files/", "https://example.org/")
    formula = (tmp_path / "packaging" / "autovenv.rb").read_text(encoding="utf-8")
    manifest = json.loads((tmp_path / "packaging" / "autovenv.json").read_text(encoding="utf-8"))
    assert f'sha256 "{hashlib.sha256(b"sdist").hexdigest()}"' in formula
    assert "@" not in formula.replace("between @", "").replace("python@", "")
    assert manifest["version"] == "1.2.3"
    assert manifest["url"] == "https://example.org/files/autovenv_shell-1.2.3-py3-none-any.whl"
    assert manifest["hash"] == hashlib.sha256(b"wheel").hexdigest()
    assert manifest["homepage"] == "https://example.org/"
    assert 'homepage "https://example.org/"' in formula
    # scoop runs it on an update, too, which mustn't take the line from the profiles.
    assert manifest["uninstaller"]["script"].startswith("if ($cmd -eq 'uninstall') {")


def test_the_packages_for_others_have_our_dependencies() -> None:
    """The flake's list and the formula's resources are pyproject.toml's, and so is the backend."""
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[^\w-]", line)[0] for line in ours["project"]["dependencies"]}
    flake = (ROOT / "flake.nix").read_text(encoding="utf-8")
    listed = re.findall(r"(build-system|dependencies) = [^\[]*\[ ([^\]]*) \]", flake)
    assert {kind: {name.split(".")[-1] for name in names.split()} for kind, names in listed} == {
        "build-system": {re.split(r"[^\w-]", line)[0] for line in ours["build-system"]["requires"]},
        "dependencies": wanted,
    }
    formula = (ROOT / "packaging" / "autovenv.rb").read_text(encoding="utf-8")
    resources = " ".join(re.findall(r"^ *# (.*)$", formula, re.MULTILINE))
    named = re.search(r"writes ([\w, ]+) here", resources)
    assert named
    assert {*re.split(r", | and ", named[1])} == wanted


def test_the_man_page_has_each_command_and_variable(tmp_path: Path) -> None:
    """It is made of the program's help and the page on settings; groff has nothing to say of it."""
    lines = [*runpy.run_path(str(ROOT / "tools" / "man.py"))["page"]()]
    assert {line.split()[0] for line in lines if line.split()[:1]} >= {*COMMANDS}
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(AUTOVENV_\w+)` \|", settings, re.MULTILINE))
    assert named
    assert named <= {line.removeprefix(".B ") for line in lines}
    groff = shutil.which("groff")
    if groff:
        page = tmp_path / "autovenv.1"
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [groff, "-man", "-Tutf8", "-Kutf8", "-ww", "-z", str(page)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
