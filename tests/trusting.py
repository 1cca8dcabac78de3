"""What the tests of trust share: projects with an environment, and machines to judge them on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import trees
import unix
from autovenv import trust
from autovenv.evidence import Evidence
from autovenv.find import environments
from autovenv.trust.machine import Machine
from trees import Env
from unix import give

SELF = unix.USER

# Numbers that nobody has on the machine where the tests run, as far as one can tell.
SOMEBODY, NOBODY_ELSE = 54321, 54322

WHOLE_MAP = "         0          0 4294967295\n"


def machine(
    system: Path,
    files: Mapping[str, str] | None = None,
    uid: int = SELF,
    groups: tuple[int, ...] = (),
    **environ: str,
) -> Machine:
    """Return a machine whose own files are below the folder `system`: these and a usual few."""
    usual = {
        "proc/self/uid_map": WHOLE_MAP,
        "etc/passwd": f"root:x:0:0::/root:/bin/sh\nme:x:{uid}:{uid}::/home/me:/bin/sh\n",
        "etc/group": "root:x:0:\n",
        "etc/nsswitch.conf": "passwd: files systemd\ngroup: files [SUCCESS=merge] systemd\n",
    }
    for name, text in (usual | dict(files or {})).items():
        path = system / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    state = system / "state"
    state.mkdir(exist_ok=True)
    return Machine(environ, uid, groups, str(state), str(system))


def environment(path: Path) -> Path:
    """Make an environment as `python -m venv` does, in no time, and return its path."""
    trees.make(Env(), path, path.parent)
    return path


def relocatable(path: Path) -> Path:
    """Let the environment at `path` record no path, as `uv venv --relocatable` makes it."""
    folder = path / trees.BIN
    for name in ("activate.csh", "activate.fish"):
        (folder / name).unlink(missing_ok=True)
    for script, start in (
        (folder / "activate", "VIRTUAL_ENV="),
        (path / "pyvenv.cfg", "command ="),
    ):
        lines = script.read_text().split("\n")
        kept = [
            line for line in lines if not line.strip().removeprefix("export ").startswith(start)
        ]
        script.write_text("\n".join(kept))
    return path


def judged(
    path: Path,
    machine: Machine,
    environ: Mapping[str, str] | None = None,
    *,
    project: Path | None = None,
    source: str = "",
) -> str:
    """Return what stands against the environment at `path`, in its folder or in `project`."""
    evidence = Evidence({**machine.environ, **(environ or {})})
    found = environments.look(str(path), evidence)
    assert found is not None
    assert not found.problem
    found.source = source or found.source
    return trust.judge(found, str(project or path.parent), evidence, machine)


def give_all(folder: Path, uid: int, gid: int = -1) -> None:
    """Give the folder and all in it to another user."""
    for path in [folder, *folder.rglob("*")]:
        give(path, uid, gid)
