"""No look at what a project names raises, and none reaches a network: the whole question."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unix
from autovenv import ask, paths, record
from autovenv.checks import VARIABLES
from autovenv.evidence import Evidence
from autovenv.find import markers, reach
from fuzzing import examples
from test_trust_tools import SETPRIV, asked, everybodys_python
from test_trust_tracked import git
from trusting import SOMEBODY, environment, give_all

if sys.platform == "win32":
    pytest.skip("paths as POSIX has them", allow_module_level=True)

# Where a look fails in a way of its own: a link that can't be read, one without an end, a chain
# that is too long, a closed folder, a FIFO, a device, a path that is too long, a NUL.
PLACES = [
    "/proc/1/root/x",
    "/proc/self/fd/0",
    "{home}/loop/x",
    "{home}/chain",
    "{home}/closed/x",
    "{home}/fifo",
    "/dev/zero",
    "/dev/full",
    "/" + "x" * 5000,
    "/x" * 3000,
    "a\0b",
    "\udcff/\udcfe",
    "//evil/share/x",
    "/net/evil/x",
    "\\\\evil\\share\\x",
    "..",
    "",
    "/",
    "~",
    "{home}/envs/mine",
]
FILES = {
    ".venv": "{}\n",
    "venv": "{}\n",
    ".python-version": "{}\n",
    ".pdm-python": "{}/bin/python",
    "poetry.toml": '[virtualenvs]\npath = "{}"\n',
    "pdm.toml": '[venv]\nlocation = "{}"\n',
    "hatch.toml": '[envs.default]\npath = "{}"\n',
    "pyproject.toml": '[project]\nname = "p"\n[tool.hatch.envs.default]\ntype = "{}"\n',
    "Pipfile": "",
}
AWAY = ("/net", "//", "/afs")  # the folders themselves may be looked at
SETTINGS = "home = {}\ncommand = /x -m venv {}\nexecutable = {}\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the places in it."""
    home = tmp_path_factory.mktemp("home").resolve()
    environment(home / "envs" / "mine")
    (home / "loop").symlink_to("loop")
    last = home / "end"
    last.mkdir()
    for number in range(1200):
        link = home / "chain" if number == 1199 else home / "links" / str(number)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(last)
        last = link
    (home / "closed").mkdir(mode=0)
    unix.make_fifo(home / "fifo")
    return home


def write(path: Path, text: str, place: str) -> None:
    """Write what a project says, however odd, where it can be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.replace("{}", place).encode("utf-8", "surrogateescape"))


@examples(300)
@given(data=st.data())
def test_no_look_raises(home: Path, data: st.DataObject) -> None:
    """Each file names one of the places, and so may each variable."""
    project = home / "project"
    place = st.sampled_from(PLACES).map(lambda text: text.replace("{home}", str(home)))
    for name, text in FILES.items():
        (project / name).unlink(missing_ok=True) if not (project / name).is_dir() else None
        if data.draw(st.booleans()):
            write(project / name, text, data.draw(place))
    own = home / "envs" / "mine"
    write(own / "pyvenv.cfg", SETTINGS, data.draw(place))
    write(own / "bin" / "activate", "VIRTUAL_ENV='{}'\n", data.draw(place))
    names = data.draw(st.lists(st.sampled_from(VARIABLES), max_size=3))
    environ = {name: data.draw(place).replace("\0", "") for name in names}
    evidence = Evidence({"HOME": str(home), **environ})
    reached = ask.decide(markers.walk(str(project), str(home)), evidence)
    fields = record.list_fields("", reached, "g", record.list_checks(reached, evidence))
    assert not any("\0" in field for field in fields)


@unix.only_root
def test_a_link_that_another_may_not_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    """`VIRTUAL_ENV=/proc/1/root/x` ended the helper of everybody but root in a PermissionError."""
    with tempfile.TemporaryDirectory() as root:
        Path(root).chmod(0o755)
        python = everybodys_python(*SETPRIV)
        venv = environment(Path(root, "p", ".venv"))
        (venv / "bin" / "python").unlink()
        (venv / "bin" / "python").symlink_to(python)
        place = "/proc/1/root/x"
        write(venv / "bin" / "activate", "VIRTUAL_ENV='{}'\n", place)
        write(venv / "pyvenv.cfg", SETTINGS, place)
        write(venv.parent / ".pdm-python", "{}/bin/python", place)
        give_all(Path(root, "p"), SOMEBODY, SOMEBODY)
        found = asked(venv.parent, Path(root), *SETPRIV, python)
        assert found.environment == ""
        assert "it was made at '/proc/1/root/x'" in found.note


def test_what_can_not_be_resolved_is_itself(home: Path) -> None:
    """A link that can't be read, a chain without an end."""
    for place in ("{home}/chain", "{home}/loop", "/proc/1/root/x", "/" + "x" * 5000):
        path = place.replace("{home}", str(home))
        assert reach.resolve(path)
        assert not reach.is_same(path, "/nowhere")


NAMING = [name for name, text in FILES.items() if text and name != "pyproject.toml"]


@pytest.mark.parametrize("place", ["/net/evil/x", "//evil/share/x", "/afs/evil.org/x"])
@pytest.mark.parametrize("name", NAMING)
def test_what_a_project_names_on_a_network_is_not_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, place: str
) -> None:
    """Before the rules of trust were asked, and after them."""
    write(tmp_path / "project" / name, FILES[name], place)
    write(tmp_path / "project" / "pyproject.toml", '[project]\nname = "p"\n[tool.pdm]\n', "")
    looked: list[str] = []
    for function in ("stat", "lstat", "readlink", "access", "open", "listdir", "scandir"):
        real: Callable[..., object] = getattr(os, function)

        def spy(
            path: object,
            *rest: object,
            real: Callable[..., object] = real,
            **more: object,
        ) -> object:
            looked.append(str(path))
            return real(path, *rest, **more)

        monkeypatch.setattr(os, function, spy)
    evidence = Evidence({"HOME": str(tmp_path)})
    ask.decide(markers.walk(str(tmp_path / "project"), str(tmp_path)), evidence)
    assert looked
    assert not [path for path in looked if path.startswith(AWAY) and path not in paths.HOSTS]


def lead_away(project: Path, way: str, place: str) -> None:
    """Let the environment of the project lead to the place: itself, a part of it, or its `.git`."""
    link = project / way
    if link.is_dir() and not link.is_symlink():
        link.rename(project / "before")
    link.unlink(missing_ok=True)
    link.parent.mkdir(exist_ok=True)
    if way == ".git/index":
        (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    link.symlink_to(place)
    os.utime(link, (1_700_000_000, 1_700_000_000), follow_symlinks=False)


WAYS = [".venv", ".venv/bin", ".venv/bin/python", ".venv/pyvenv.cfg", ".venv/bin/activate"]


@pytest.mark.parametrize("place", ["/net/evil/x", "//evil/share/x", "{up}/afs/evil.org/x", "near"])
@pytest.mark.parametrize("way", [*WAYS, ".git", ".git/index"])
def test_a_link_to_a_network_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, place: str
) -> None:
    """One that came in an archive: neither itself, nor by way of another link or of `..`."""
    project = tmp_path / "project"
    environment(project / ".venv")
    up = "../" * (len(project.parts) + way.count("/"))
    (project / "near").symlink_to("/net/evil/x")
    os.utime(project / "near", (1_700_000_000,) * 2, follow_symlinks=False)
    near = f"{project}/near/y" if place == "near" else place
    lead_away(project, way, near.replace("{up}/", up))
    found = markers.walk(str(project), str(tmp_path)) or [markers.Marked(str(project), [])]
    found[0].names[:] = [".venv"]
    looked: list[str] = []
    real_path = os.path.realpath
    for function in ("stat", "access", "open", "listdir", "scandir"):
        real: Callable[..., object] = getattr(os, function)

        def spy(
            path: object,
            *rest: object,
            real: Callable[..., object] = real,
            **more: object,
        ) -> object:
            if isinstance(path, str):
                looked.append(real_path(path))
            return real(path, *rest, **more)

        monkeypatch.setattr(os, function, spy)
    reached = ask.decide(found, Evidence({"HOME": str(tmp_path)}))
    monkeypatch.undo()
    assert looked
    assert not [
        path for path in looked if path.startswith((*AWAY, "/evil")) and path not in paths.HOSTS
    ]
    assert reached.environment == ""
    if way.startswith(".git"):
        assert f"~/project/{way} leads to a network" in reached.note
    else:
        assert "leads to a network, to " in reached.note
        assert "and it is older than its arrival here: unpacked or copied?" in reached.note
        assert "  if it is yours, make the link again:  ln -sfn " in reached.note


@pytest.mark.parametrize("place", ["/net/evil/x", "//evil/share/x", "../../../../afs/x"])
def test_a_git_file_that_names_a_network_is_not_followed(tmp_path: Path, place: str) -> None:
    """As no clone can bring it, but an archive; a worktree on the share where one works is one."""
    project = tmp_path / "project"
    environment(project / ".venv")
    up = "../" * len(project.parts)
    (project / ".git").write_text(f"gitdir: {place.replace('../../../../', up)}\n")
    evidence = Evidence({"HOME": str(tmp_path)})
    reached = ask.decide(markers.walk(str(project), str(tmp_path)), evidence)
    assert "~/project/.git leads to a network" in reached.note


@pytest.mark.parametrize("place", ["/net/evil/x", "//evil/share/x", "../../../../afs/x"])
@pytest.mark.parametrize("file", ["commondir", "HEAD"])
def test_what_a_repository_names_on_a_network_is_not_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, file: str
) -> None:
    """An archive can bring a `.git` without an index, whose refs are said to be elsewhere."""
    project = tmp_path / "project"
    environment(project / ".venv")
    place = place.replace("../../../../", "../" * len((project / ".git").parts))
    (project / ".git").mkdir()
    (project / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (project / ".git" / file).write_text(f"ref: {place}\n" if file == "HEAD" else f"{place}\n")
    looked: list[str] = []
    for name in ("stat", "lstat", "open", "readlink"):
        monkeypatch.setattr(os, name, _noting(getattr(os, name), looked))
    evidence = Evidence({"HOME": str(tmp_path)})
    reached = ask.decide(markers.walk(str(project), str(tmp_path)), evidence)
    assert f"~/project/.git/{file} leads to a network" in reached.note
    assert [path for path in looked if re.search(r"evil|afs/", os.path.normpath(path))] == []


def _noting(call: Callable[..., object], looked: list[str]) -> Callable[..., object]:
    def noted(path: object, *arguments: object, **names: object) -> object:
        looked.append(os.fsdecode(path) if isinstance(path, str | bytes) else "")
        return call(path, *arguments, **names)

    return noted


def of_a_network(home: Path) -> tuple[Path, list[markers.Marked]]:
    """Return the python of a project, which is a link to a network, and the project's markers."""
    environment(home / "project" / ".venv")
    python = home / "project" / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/cvmfs/nowhere/bin/python")
    return python, markers.walk(str(home / "project"), str(home))


def test_ones_own_link_to_a_network_is_followed(tmp_path: Path) -> None:
    """Many a Python is on CernVM-FS or AFS; a link that git tracks is a stranger's."""
    python, found = of_a_network(tmp_path)
    evidence = Evidence({"HOME": str(tmp_path)})
    assert "its interpreter is gone" in ask.decide(found, evidence).note
    assert str(python) in evidence.absent
    git(tmp_path / "project", "init", "-q")
    git(tmp_path / "project", "add", "-f", ".")
    evidence = Evidence({"HOME": str(tmp_path)})
    assert "~/project tracks it" in ask.decide(found, evidence).note
    assert str(python) not in evidence.absent


@unix.only_root
def test_somebody_elses_link_to_a_network_is_not_followed(tmp_path: Path) -> None:
    """Nor one in a folder where others can write."""
    python, found = of_a_network(tmp_path)
    python.parent.chmod(0o777)
    evidence = Evidence({"HOME": str(tmp_path)})
    assert "anyone can write to ~/project/.venv/bin" in ask.decide(found, evidence).note
    assert str(python) not in evidence.absent
    python.parent.chmod(0o755)
    os.lchown(python, SOMEBODY, SOMEBODY)
    evidence = Evidence({"HOME": str(tmp_path)})
    assert f"belongs to user {SOMEBODY}" in ask.decide(found, evidence).note
    assert str(python) not in evidence.absent


@pytest.mark.parametrize("kind", ["../../../x", "/net/evil", "a/b", ".."])
def test_the_type_of_an_environment_of_hatchs_stays_in_its_root(tmp_path: Path, kind: str) -> None:
    """It is a plugin's name."""
    from autovenv.find.tools import hatch
    from autovenv.find.tools.project import Project

    write(tmp_path / "pyproject.toml", FILES["pyproject.toml"], kind)
    evidence = Evidence({"HOME": str(tmp_path)})
    assert hatch.locate(Project(str(tmp_path), ["pyproject.toml"], evidence)) is None


def test_a_share_is_no_network_to_who_works_on_it() -> None:
    """All of the project is there."""
    assert reach.is_remote("/net/evil/x", "/home/me/p")
    assert reach.is_remote("/net/evil/x", "/net/good/p")
    assert not reach.is_remote("/net/good/x", "/net/good/p")
    assert not reach.is_remote("//host/share/x", "//host/share/p")
    assert reach.is_remote("//host/other/x", "//host/share/p")
    assert reach.is_remote("/tmp/../net/evil", "/home/me")
    assert not reach.is_remote("/home/me/net/x", "/home/me")
