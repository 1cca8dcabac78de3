"""config.toml: what `doctor` says of it, line by line; the question itself reads it leniently."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autovenv import paths
from autovenv.cli import configuration, examinations
from autovenv.cli.case import Case, Finding, Result, Unknown
from trees import user

TABLES = "[trust], [ignore], [notes], [prompt], [environments]"
FOLDERS = 'folders: a list of folders was expected, as in ["~/team"]'

# The file's text, and what is said of it.
TEXTS = {
    "": [],
    "# nothing\n": [],
    '[trust]\nfolders = ["~/team", "~", "/srv/work"]\n': [],
    'trust.folders = ["/srv"]\n': [],
    "[trust]\nfolders = []\n": [],
    '[trust]\nfolders = "~/team"\n': [f"line 2: {FOLDERS}"],
    '\n\ntrust.folders = "~/team"\n': [f"line 3: {FOLDERS}"],
    "[trust]\nfolders = [1]\n": [f"line 2: {FOLDERS}"],
    '[trust]\nfolders = ["team", "~other/team"]\n': [
        "line 2: folders: 'team' is no absolute path, nor one that begins with ~",
        "line 2: folders: '~other/team' is no absolute path, nor one that begins with ~",
    ],
    '[trust]\nfolder = ["~/team"]\n': ["line 2: 'folder' isn't known in [trust]; there is folders"],
    "# it\n[trusted]\n": [f"line 2: 'trusted' isn't known; there is {TABLES}"],
    "trust = 1\n": ["line 1: a table was expected: [trust]"],
    "[team]\nfolders = [1]\n\n[trust]\nfolders = [1]\n": [
        f"line 1: 'team' isn't known; there is {TABLES}",
        f"line 5: {FOLDERS}",
    ],
    'team.folders = [1]\n[team.trust]\nfolders = [1]\n[ "trust" ] # mine\n"folders" = 1\n': [
        f"line 1: 'team' isn't known; there is {TABLES}",
        f"line 5: {FOLDERS}",
    ],
    "[trust]\nfolders = [\n  'folder=', '[trust]',\n  ['x'],\n]\nfolder = 1\n": [
        f"line 2: {FOLDERS}",
        "line 6: 'folder' isn't known in [trust]; there is folders",
    ],
    "\ntrust = {folders = 1}\n": [f"line 2: {FOLDERS}"],
    "\n[[trust]]\n": ["line 2: a table was expected: [trust]"],
    "\n[trust.folders]\n": [f"line 2: {FOLDERS}"],
    '[trust]\n"fold\\u0065rs" = 1\n': [FOLDERS],
    "[trust\n": [
        "it is no TOML: Expected ']' at the end of a table declaration (at line 1, column 7)"
    ],
    '[trust]\nfolders = ["~/team"\n': ["it is no TOML: Unclosed array (at end of document)"],
    "a = " + "9" * 5000: [
        "it is no TOML: Exceeds the limit (4300 digits) for integer string conversion: value has "
        "5000 digits; use sys.set_int_max_str_digits() to increase the limit"
    ],
    "a = " + "[" * 5000: ["it is no TOML: maximum recursion depth exceeded"],
}


def said(home: Path) -> list[Result]:
    """Return what doctor says of config.toml in this home."""
    return list(examinations.examine_config(Case.make(user(home))))


def config_file(home: Path) -> Path:
    """Return where it is in this home, in a folder that is there."""
    path = Path(paths.find_config_file(user(home)))
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:40])
def test_problems(text: str, tmp_path: Path) -> None:
    """Each is a finding, with the file, the line, and what was expected."""
    file = config_file(tmp_path)
    file.write_text(text)
    words = said(tmp_path)
    assert all(isinstance(word, Finding) for word in words)
    assert [word.what for word in words] == [f"{file}: {problem}." for problem in TEXTS[text]]


def test_variables(tmp_path: Path) -> None:
    """They are settings, too: the name stands where the line would."""
    values = {
        "AUTOVENV_NAMES": "env:a/b",
        "AUTOVENV_TRUST": "team:~/team",
        "AUTOVENV_NOTES": "maybe",
        "AUTOVENV_LABEL": "{nam}",
        "AUTOVENV_SWITCH": "On",
    }
    values = {name: value.replace(":", os.pathsep) for name, value in values.items()}
    problems = list(configuration.find_variables_problems(user(tmp_path) | values))
    assert [problem.partition(" ")[0] for problem in problems] == [
        "AUTOVENV_TRUST:",
        "AUTOVENV_NOTES:",
        "AUTOVENV_LABEL:",
        "AUTOVENV_NAMES:",
    ]
    case = Case.make(user(tmp_path) | values)
    words = list(examinations.examine_config(case))
    assert [word.what for word in words] == [f"{problem}." for problem in problems]


def test_no_file(tmp_path: Path) -> None:
    """It need not be there."""
    assert said(tmp_path) == []


def test_unreadable(tmp_path: Path) -> None:
    """A folder in its place, and bytes that aren't UTF-8, can't be judged."""
    file = config_file(tmp_path)
    file.write_bytes(b"\xff")
    (first,) = said(tmp_path)
    file.unlink()
    file.mkdir()
    (second,) = said(tmp_path)
    for word in (first, second):
        assert isinstance(word, Unknown)
        assert word.what.startswith(f"can't read {file} (")
