"""Files of an environment and pins: pyvenv.cfg, activate scripts, .python-version."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet

import unix
from autovenv.evidence import Evidence
from autovenv.find import environments, pins, versions
from fuzzing import examples, mutations

posix = unix.alone("paths and environments as there")

HOME = os.path.dirname(os.path.realpath(sys.executable))
CFG = f"""home = {HOME}
include-system-site-packages = false
version = 3.11.7
executable = {HOME}/python3.11
command = {HOME}/python3 -m venv /home/me/p/.venv
prompt = 'it''s'
""".encode()
UV_CFG = f"""home = {HOME}
implementation = CPython
uv = 0.13.9
version_info = 3.11.7.final.0
""".replace("\n", "\r\n").encode()
TWO_HOMES = f"version = 3.11.7\nhome = {HOME}\nHome = /nowhere\nx\rhome = /\n".encode()
CFGS = [CFG, UV_CFG, TWO_HOMES]
CFG_WORDS = [b"home", b"HOME ", b" = ", b"home = /nowhere\n", b"version", b"prompt", b"\n"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with a copy of the interpreter, which looks for its home in pyvenv.cfg."""
    path = tmp_path_factory.mktemp("copy") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--copies", "--without-pip", path], check=True)
    return path


@posix
@examples(120)
@given(content=mutations.damaged(CFGS, CFG_WORDS, least=0))
def test_a_damaged_pyvenv_cfg_has_the_home_that_python_takes(copy: Path, content: bytes) -> None:
    """The interpreter itself is asked, if it starts."""
    (copy / "pyvenv.cfg").write_bytes(content)
    settings = environments.parse_settings(Evidence({}).read(f"{copy}/pyvenv.cfg"))
    assert settings is not None
    home = settings.get("home", "")
    script = "import os, sys; sys.stdout.buffer.write(os.fsencode(sys._base_executable))"
    program = copy / "bin" / "python"
    done = subprocess.run([program, "-I", "-S", "-c", script], capture_output=True)
    if not done.returncode and b"\0" not in content and os.path.isabs(home):
        taken = os.fsdecode(done.stdout)
        # Where the home holds no `python`, as Debian 13's /usr/bin, it is called by a longer name.
        folder, name = os.path.split(os.path.normpath(taken))
        assert (folder, name[:6]) == (os.path.normpath(home), "python")


@examples(400)
@given(mutations.damaged(CFGS, CFG_WORDS))
def test_any_pyvenv_cfg_is_read(content: bytes) -> None:
    """Keys and values are what stands around the first `=` of a line."""
    text = content.decode("utf-8", "surrogateescape")
    settings = environments.parse_settings(text)
    assert settings is not None
    for key, value in settings.items():
        assert key == key.strip().lower()
        assert value == value.strip()
        assert "\n" not in key + value
        assert value in text


def _activate() -> str:
    """Return venv's own script."""
    path = Path(sysconfig.get_path("stdlib"), "venv", "scripts", "common", "activate")
    return path.read_text(encoding="utf-8").replace("__VENV_PROMPT__", "(venv) ")


# Each line that a tool writes, for a path: venv before and after its quoting, virtualenv and uv,
# virtualenv before version 20.
FORMS: dict[str, Callable[[str], str]] = {
    "venv, unquoted": lambda path: f'VIRTUAL_ENV="{path}"',
    "venv": lambda path: f"    export VIRTUAL_ENV={shlex.quote(path)}",
    "virtualenv": lambda path: f"VIRTUAL_ENV={shlex.quote(path)}",
    "uv": lambda path: "VIRTUAL_ENV='" + path.replace("'", "'\"'\"'") + "'",
    "crlf": lambda path: f"VIRTUAL_ENV='{path}'\r",
}
PATH_NAMES = st.sampled_from(
    [
        b"p",
        b".venv",
        b"it's",
        b'"',
        b"a b",
        b" ",
        b"$HOME",
        b"\\",
        b"\n",
        b"\r",
        b"\t",
        b"\x0b",
        b"\x0c",
        b"\x1c",
        b"\xc2\x85",
        b"\xc2\xa0",
        b"\xe2\x80\xa8",
        b"\xff",
        b"=",
        b"#",
    ]
)
PATHS = st.lists(PATH_NAMES, min_size=1, max_size=4).map(lambda names: b"/" + b"/".join(names))


@posix
@pytest.mark.parametrize("tool", FORMS)
@examples(150)
@given(raw=PATHS, joined=st.booleans())
def test_an_environments_own_path_is_found(tool: str, raw: bytes, joined: bool) -> None:
    """Whatever the path is, what its tool wrote is understood: nobody is asked about their own."""
    path = os.fsdecode(raw.replace(b"/", b"") if joined else raw)
    path = path if path.startswith("/") else f"/{path}"
    if tool == "crlf" and not path.isprintable():
        return
    line = FORMS[tool](path)
    recorded = r"(?:export )?VIRTUAL_ENV=.*__VENV_DIR__.*"
    script = re.sub(recorded, lambda _: line.lstrip(), _activate())
    for text in (script, f"{line}\nexport VIRTUAL_ENV\n"):
        assert path in environments.read_places(text, path)


@posix
@examples(200)
@given(
    content=mutations.damaged(
        [b"VIRTUAL_ENV='/home/me/p/.venv'\nexport VIRTUAL_ENV\n", b'export VIRTUAL_ENV="/a"\n'],
        [b"VIRTUAL_ENV=", b"'", b'"', b"'\"'\"'", b"export ", b"/.."],
    ),
    path=PATHS,
)
def test_a_damaged_script(content: bytes, path: bytes) -> None:
    """Only what is absolute is a place, and another's is none of ours."""
    text = content.decode("utf-8", "surrogateescape")
    places = environments.read_places(text, os.fsdecode(path))
    assert all(os.path.isabs(place) and "\0" not in place for place in places)


PINS = [
    b"3.12\n",
    b"# a comment\n\n3.12.1\n3.11\n",
    b">=3.11,<3.13 # range\n",
    b"cpython-3.12.1-linux-x86_64-gnu\n",
    b"pypy3.10-7.3.12\n",
    b"3.13.0rc1+freethreaded\r\n",
    b"3.12.1/envs/mine:system\n",
    b"~=3.11.2, !=3.11.4\n",
    b"/usr/bin/python3.12\n",
    b"my-project\n",
    b"..:../envs/mine:3.12/envs/..\n",
]
PIN_WORDS = [b"3.12", b".", b"..", b"/", b"envs", b":", b"<", b">=", b"==", b"~=", b".*", b"rc1"]
PIN_WORDS += [b"-dev", b"t", b"+", b"@", b"any", b"-", b",", b"cpython", b"9" * 10, b"v"]


@posix
@examples(900)
@given(mutations.damaged(PINS, PIN_WORDS))
def test_a_damaged_pin_leads_nowhere(content: bytes) -> None:
    """It is read without an exception, and no name in it leads out of a folder of versions."""
    text = content.decode("utf-8", "surrogateescape")
    pin = pins.parse_text(text, "/p/.python-version")
    assert "\n" not in pin.text
    request = versions.parse(pin.text)
    versions.parse_built(pin.text)
    versions.allows(pin.text, "3.12.1")
    if request is None and not os.path.isabs(pin.text):
        names = pin.text.split("/")
        assert len(names) in (1, 3)
        assert not {".", ".."} & {*names}
        assert len(names) == 1 or (names[1] == "envs" and all(names))


NUMBERS = st.tuples(st.just(3), st.sampled_from([9, 10, 11, 12, 13]), st.integers(0, 12))


@examples(500)
@given(
    content=mutations.damaged(
        [b">=3.11,<3.13", b"~=3.11.2,!=3.11.4", b"==3.12.*,>3.12.1", b"<=3.11.5,>=3.9"],
        [b"<", b">", b"=", b"!", b"~", b",", b".", b"*", b"3", b"0", b"12", b" "],
        least=0,
    ),
    numbers=NUMBERS,
)
def test_a_damaged_range_means_what_packaging_says(
    content: bytes, numbers: tuple[int, int, int]
) -> None:
    """Where both take it for a range of final versions."""
    text = content.decode("utf-8", "surrogateescape")
    request = versions.parse(text)
    if request is None or not request.ranges:
        return
    try:
        expected = SpecifierSet(text)
    except InvalidSpecifier:
        return
    if "===" not in text and all(pre == versions.FINAL for _, _, pre in request.ranges):
        version = ".".join(map(str, numbers))
        assert versions.covers(request, numbers) is (version in expected)
