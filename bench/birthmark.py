"""How far the two times of pyvenv.cfg are apart: rule 3 of trust takes 2 seconds for a birthmark.

    .cache/check/bin/python bench/birthmark.py [FILE SYSTEM ...]

On each file system that can be mounted here (as root; xfs and btrfs need their mkfs), each tool
makes an environment, something is installed into it, and its pip is upgraded; the same is then
unpacked from an archive and copied. Printed are seconds between when pyvenv.cfg was written and
when its status last changed. The tools are those below AUTOVENV_MAKERS (by default .cache/makers).
"""

from __future__ import annotations

import ensurepip
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOOLS = Path(os.environ.get("AUTOVENV_MAKERS", ROOT / ".cache" / "makers"))
PYTHON = sys.executable
BUNDLED = Path(ensurepip.__file__).parent / "_bundled"
PROJECT = '[project]\nname = "app"\nversion = "0"\nrequires-python = ">=3.9"\n'
PROJECTS = {
    "poetry": PROJECT + "[tool.poetry]\npackage-mode = false\n",
    "hatch": PROJECT + "[tool.hatch.envs.default]\npath = '.venv'\nskip-install = true\n",
}
TAR = "tar -cf ../it.tar .venv && rm -rf .venv && tar -xf ../it.tar"
COPY = "cp -a .venv ../copy && rm -rf .venv && cp -a ../copy .venv"

UPGRADE = ".venv/bin/python -m pip install -q --no-index --force-reinstall {pip}"

# What is asked of each tool, one line after the other, in a new project with a wheel beside it.
LIVES = {
    "venv": (f"{PYTHON} -m venv .venv", ".venv/bin/pip install -q --no-index {wheel}", "{upgrade}"),
    "virtualenv": (
        f"{PYTHON} -m virtualenv -q .venv",
        ".venv/bin/pip install -q --no-index {wheel}",
        "{upgrade}",
    ),
    "uv venv": ("{uv} venv -q --seed", "{uv} pip install -q --no-index {wheel}", "{upgrade}"),
    "uv sync": ("{uv} sync -q", "{uv} add -q {wheel}", "{uv} sync -q --reinstall"),
    "poetry": ("{poetry} env use -q {python}", "{poetry} install -q", "{upgrade}"),
    "pdm": (
        "{pdm} venv create -q --with-pip",
        ".venv/bin/pip install -q --no-index {wheel}",
        "{upgrade}",
    ),
    "hatch": (
        "{hatch} -q env create",
        "{hatch} -q run pip install -q --no-index {wheel}",
        "{hatch} -q run python -m pip install -q --no-index --force-reinstall {pip}",
    ),
    "pipenv": (
        "{pipenv} --python {python}",
        "{pipenv} run pip install -q --no-index {wheel}",
        "{upgrade}",
    ),
}

# How each file system is put on a folder; `{image}` is a new file of 600 MB.
SYSTEMS = {
    "as it is": "",
    "tmpfs": "mount -t tmpfs none {point}",
    "overlay": "mkdir -p {side}/l {side}/u {side}/w && mount -t tmpfs none {side} && "
    "mkdir -p {side}/l {side}/u {side}/w && "
    "mount -t overlay none -o lowerdir={side}/l,upperdir={side}/u,workdir={side}/w {point}",
    "ext4": "mkfs.ext4 -q {image} && mount -o loop {image} {point}",
    "xfs": "mkfs.xfs -q {image} && mount -o loop {image} {point}",
    "btrfs": "mkfs.btrfs -q {image} && mount -o loop {image} {point}",
}


def main() -> None:
    """Print a table: a line for each tool and file system."""
    print("| file system | tool | made | installed | pip upgraded | unpacked | copied |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for system in sys.argv[1:] or SYSTEMS:
        command = SYSTEMS[system]
        with (
            tempfile.TemporaryDirectory(dir=Path.home()) as folder,
            mounted(command, Path(folder)) as place,
        ):
            if place is None:
                print(f"| {system} | can't be mounted here | | | | | |", flush=True)
                continue
            for tool in LIVES:
                times = " | ".join(life(tool, place))
                print(f"| {system} | {tool} | {times} |", flush=True)


@contextmanager
def mounted(command: str, folder: Path) -> Iterator[Path | None]:
    """Mount a file system; give the folder that it is on, None where that can't be done."""
    point, side, image = folder / "point", folder / "side", folder / "image"
    point.mkdir()
    side.mkdir()
    with image.open("wb") as file:
        file.truncate(600 << 20)
    line = command.format(point=point, side=side, image=image)
    failed = bool(command) and shell(line, folder)
    yield None if failed else point
    if command:
        shell(f"umount {point}; umount {side}", folder)


def life(tool: str, place: Path) -> list[str]:
    """Return the seconds after each step of an environment's life, `-` where a step failed."""
    folder = place / tool.replace(" ", "-") / "project"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECTS.get(tool, PROJECT))
    words = {name: str(program(name)) for name in ("uv", "poetry", "pdm", "hatch", "pipenv")}
    words |= {"wheel": str(wheel(place)), "python": PYTHON}
    words["pip"] = str(next(BUNDLED.glob("pip-*.whl")))
    words["upgrade"] = UPGRADE.format(**words)
    found = []
    for step in (*LIVES[tool], TAR, COPY):
        if step == TAR:
            # What is unpacked was packed a while ago.
            subprocess.run(
                ["touch", "-d", "1 hour ago", folder / ".venv" / "pyvenv.cfg"], check=False
            )
        failed = shell(step.format(**words), folder)
        found.append(f"failed ({failed})" if failed else apart(folder / ".venv" / "pyvenv.cfg"))
    shutil.rmtree(folder.parent)
    return found


def apart(settings: Path) -> str:
    """Return how many seconds the times of pyvenv.cfg are apart."""
    status = settings.stat()
    return f"{(status.st_ctime_ns - status.st_mtime_ns) / 1e9:.3f}"


def program(name: str) -> Path | str:
    """Return a tool's program: one of those for the tests, else the one on PATH."""
    own = TOOLS / name / "bin" / name
    return own if own.exists() else name


def wheel(place: Path) -> Path:
    """Make a package without anything in it but a program, and return its wheel."""
    path = place / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("tiny.py", "def main(): pass\n")
        info = "tiny-1.dist-info"
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n")
        file.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{info}/entry_points.txt", "[console_scripts]\ntiny = tiny:main\n")
        file.writestr(f"{info}/RECORD", "")
    return path


def shell(line: str, folder: Path) -> int:
    """Run a line of sh in `folder`; return its exit status."""
    env = {**os.environ, "POETRY_VIRTUALENVS_IN_PROJECT": "1", "PDM_CHECK_UPDATE": "0"}
    env["UV_LINK_MODE"] = "copy"
    env["PIPENV_VENV_IN_PROJECT"] = "1"
    env["VIRTUAL_ENV"] = ""
    return subprocess.run(["sh", "-c", line], cwd=folder, env=env, capture_output=True).returncode


if __name__ == "__main__":
    main()
