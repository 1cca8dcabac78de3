"""The tools' rules for names and folders, against their own functions; and bad input."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import platformdirs.windows
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platformdirs.api import PlatformDirsABC
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows, get_win_folder_from_env_vars

import unix
from autovenv import toml
from autovenv.evidence import Evidence
from autovenv.find import places, tools
from autovenv.find.markers import PROJECTS
from autovenv.find.tools import hatch, pdm, pipenv, poetry, project
from autovenv.hashes import compute_md5, compute_sha256
from making import MINOR, PROJECT, User, central, make_user

if sys.platform == "win32":
    pytest.skip("the tools' folders here are POSIX's", allow_module_level=True)

user = pytest.fixture(make_user)

# --- the rules for names, against the tools' own functions ---


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=60)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda names: "/" + "/".join(names))


def examples(strategy: st.SearchStrategy[str], count: int = 150) -> list[str]:
    """Return texts to be handed to a tool all at once: starting one takes half a second."""
    found: list[str] = []

    @settings(max_examples=count, database=None)
    @given(strategy)
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


def answers(user: User, name: str, function: str, texts: list[str]) -> list[str]:
    """Return what a tool's function makes of each text."""
    script = (
        f"import json, sys\n{function}\n"
        "print(json.dumps([rule(text) for text in json.load(open(sys.argv[1]))]))"
    )
    file = user.home / "texts.json"
    file.write_text(json.dumps(texts))
    found: list[str] = json.loads(user.ask(name, script, str(file)))
    return found


def test_poetrys_names(user: User) -> None:
    """generate_env_name, of a canonical name."""
    rule = (
        "from poetry.utils.env import EnvManager\n"
        "from packaging.utils import canonicalize_name\n"
        "rule = lambda text: EnvManager.generate_env_name(canonicalize_name(text), '/')"
    )
    texts = examples(NAMES)
    hashed = project.shorten(compute_sha256(b"/"))
    assert answers(user, "poetry", rule, texts) == [
        f"{project.sanitize(project.canonicalize(text), poetry.UNWANTED)}-{hashed}"
        for text in texts
    ]


def test_pipenvs_names(user: User) -> None:
    """The name and the hash of a Pipfile's path."""
    rule = (
        "from types import SimpleNamespace as S\n"
        "from pipenv.utils.venv_locator import VenvLocator\n"
        "def rule(text):\n"
        "    s = S(PIPENV_CUSTOM_VENV_NAME=None, PIPENV_PYTHON=None)\n"
        "    p = S(s=s, pipfile=S(location=text + '/Pipfile', name=text.rpartition('/')[2]))\n"
        "    return VenvLocator(p).name\n"
    )
    texts = examples(PATHS)
    assert answers(user, "pipenv", rule, texts) == [
        pipenv.make_name(f"{text}/Pipfile", pipenv.Settings(Evidence({}))) for text in texts
    ]


def test_hatchs_names(user: User) -> None:
    """The hash of a project's path."""
    rule = "from hatch.utils.fs import Path\nrule = lambda text: Path(text).id"
    texts = [text for text in examples(PATHS) if str(Path(text)) == text]
    assert answers(user, "hatch", rule, texts) == [hatch.make_identity(text) for text in texts]


def test_pdms_names(user: User) -> None:
    """The hash of a project's path."""
    rule = "from pdm.cli.commands.venv.utils import hash_path as rule"
    texts = examples(PATHS)
    hashes = [project.shorten(compute_md5(text.encode())) for text in texts]
    assert answers(user, "pdm", rule, texts) == hashes


# --- the user's folders, against platformdirs ---


@pytest.mark.parametrize(
    ("system", "dirs"), [("linux", Unix), ("darwin", MacOS), ("win32", Windows)]
)
@pytest.mark.parametrize("xdg", ["", "relative", "/xdg"])
def test_the_users_folders(
    monkeypatch: pytest.MonkeyPatch, system: str, dirs: type[PlatformDirsABC], xdg: str
) -> None:
    """Settings, data and cache are where platformdirs has them, on each system."""
    monkeypatch.setattr(places, "PLATFORM", system)
    monkeypatch.setattr(platformdirs.windows, "_RESOLVE_WIN_FOLDER", get_win_folder_from_env_vars)
    environ = {"HOME": "/h", "USERPROFILE": "/u", "APPDATA": "/u/R", "LOCALAPPDATA": "/u/L"}
    if xdg:
        environ |= {f"XDG_{kind}_HOME": xdg for kind in ("CONFIG", "DATA", "CACHE")}
    for name in [*os.environ]:
        if name.startswith(("XDG_", "WIN_PD_")):
            monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    evidence = Evidence(environ)
    twice, once = dirs("app"), dirs("app", appauthor=False)
    roaming = dirs("app", appauthor=False, roaming=True)
    assert places.find_config("app", evidence, author=True) == twice.user_config_dir
    assert places.find_config("app", evidence) == once.user_config_dir
    assert places.find_config("app", evidence, roaming=True) == roaming.user_config_dir
    assert places.find_data("app", evidence, author=True) == twice.user_data_dir
    assert places.find_data("app", evidence) == once.user_data_dir
    assert places.find_cache("app", evidence) == once.user_cache_dir


def test_pipenvs_folder_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without WORKON_HOME it is `.virtualenvs` in the home there."""
    monkeypatch.setattr(places, "PLATFORM", "win32")
    evidence = Evidence({"USERPROFILE": "/u"})
    one = project.Project("/p", [], evidence)
    assert pipenv.find_workon_home(one, pipenv.Settings(evidence)) == "/u/.virtualenvs"


def test_hatchs_hash_where_case_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows and macOS the path is folded before it is hashed."""
    assert hatch.make_identity("/A") != hatch.make_identity("/a")
    for system in ("win32", "darwin"):
        monkeypatch.setattr(places, "PLATFORM", system)
        assert hatch.make_identity("/A") == hatch.make_identity("/a")


# --- bad input ---


FILES = ["pyproject.toml", "Pipfile", ".pdm-python", "poetry.toml", "pdm.toml", "hatch.toml"]
SETTINGS = st.builds(
    lambda key, value: f"{key} = {value}\n",
    st.sampled_from(
        [
            "project.name",
            "tool.poetry.name",
            "tool.hatch.envs.default.path",
            "tool.pdm",
            "tool.uv.workspace.members",
            "virtualenvs.path",
            "virtualenvs",
            "venv.location",
            "envs.default.path",
            "pipenv.venv_in_project",
        ]
    ),
    st.text().map(json.dumps) | st.sampled_from(["1", "[]", "{}", '["*"]', '"\\u0000"', '"/"']),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(FILES),
            st.lists(SETTINGS, max_size=3).map(lambda lines: "".join(lines).encode())
            | st.binary(max_size=100),
        ),
        max_size=4,
    )
)
@settings(max_examples=60)
def test_any_bytes_in_any_file(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]]
) -> None:
    """A stranger's files may hold anything: there is an answer, no exception, no NUL in a path."""
    folder = tmp_path_factory.mktemp("any")
    for name, content in files:
        (folder / name).write_bytes(content)
    evidence = Evidence({"HOME": str(folder), "UV_PROJECT_ENVIRONMENT": "x"})
    tools.find(str(folder), list(PROJECTS), evidence)
    assert "\0" not in "".join([*evidence.paths, *evidence.absent])


def test_what_is_no_file(user: User) -> None:
    """A FIFO or a folder in a marker's place holds nothing up, a huge file costs nothing."""
    unix.make_fifo(user.project / "pyproject.toml")
    (user.project / "Pipfile").mkdir()
    with (user.project / ".pdm-python").open("wb") as huge:
        huge.truncate(1 << 30)
    assert user.found() == ""


def test_a_folder_whose_name_is_not_utf8(user: User) -> None:
    """Poetry leaves such bytes out, the others fail themselves: there is an answer."""
    folder = Path(os.fsdecode(os.fsencode(user.home) + b"/caf\xe9"))
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT + "[tool.pdm]\n")
    (folder / "Pipfile").touch()
    assert user.found(folder) == ""
    made = central(user, MINOR, folder)
    assert user.found(folder) == made


def test_the_root_is_a_folder_too() -> None:
    """In a container, the project may be `/`: its folder is the empty text."""
    assert tools.find("", ["Pipfile"], Evidence({"HOME": "/nowhere"})) is None
    assert toml.look_up(project.Project("", [], Evidence({})).pyproject, "no") is None
    assert pdm.make_prefix(project.Project("", [], Evidence({}))).startswith("-")
