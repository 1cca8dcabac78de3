"""On a machine that mounts hosts by their names, no link in a project reaches one: in each shell.

The machine is real: a root of its own in which /net is an indirect autofs mount, as the host map of
automount is (hosts.py). It hears of each name that the shell, or the helper, looks up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import trees
from autovenv import caller, shells
from drivers import SHELLS
from prompts import NAMES, User, mounting
from trees import Env, Folder, World

if sys.platform == "win32":
    pytest.skip("links and mounts as POSIX has them", allow_module_level=True)

# The machine's own root, but for /mnt, with a /net in it.
ROOT = """
mount -t tmpfs -o mode=755 none /mnt
for path in /*; do
  if [ -L "$path" ]; then cp -P "$path" /mnt; continue; fi
  [ -d "$path" ] && [ "$path" != /mnt ] || continue
  mkdir "/mnt$path"
  mount --rbind "$path" "/mnt$path"
done
mkdir /mnt/net
set -- "$(PATH=$PATH:/usr/sbin command -v chroot)" /mnt sh -c 'cd "$0"; exec "$@"' "$PWD" "$@"
"""
HOSTS = Path(__file__).with_name("hosts.py")
OLD = (1_700_000_000,) * 2


def inside(world: World) -> list[str]:
    """Return the command that runs a program on such a machine; skip where there can't be one."""
    notes = world.root / "notes"
    notes.touch()
    command = [*mounting(ROOT), sys.executable, str(HOSTS), str(notes)]
    tried = subprocess.run([*command, "stat", "/net/trial"], capture_output=True, text=True)
    if "autofs" in tried.stderr:
        pytest.skip("no autofs can be mounted here")
    assert asked_for(world) == ["trial"]
    return command


def asked_for(world: World) -> list[str]:
    """Return the hosts whose names were looked up since the last time."""
    notes = world.root / "notes"
    found = notes.read_text().split()
    notes.write_text("")
    return found


def calling(world: World) -> dict[str, str]:
    """Return the variables with which Python finds autovenv."""
    return world.environment({"PYTHONPATH": str(Path(shells.__file__).parents[1])})


def printed(name: str, world: World, *through: str, keep: str = "") -> bytes:
    """Return the hook that autovenv prints, which it keeps in the file `keep`, if any."""
    words = ["hook", name, *(["--keep", keep] if keep else [])]
    command = [*through, sys.executable, "-m", "autovenv", *words]
    return subprocess.run(command, env=calling(world), check=True, capture_output=True).stdout


def link(path: Path, target: str) -> None:
    """Make a link as an archive does: it is older than its arrival."""
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(target)
    os.utime(path, OLD, follow_symlinks=False)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with an environment, a link to it, and one that leads nowhere."""
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(), "own": Folder()})
    (world.home / "own" / ".venv").symlink_to("../p/.venv")
    link(world.home / "gone" / ".venv", "../q/.venv")
    for name in (".venv", "venv", ".python-version", "mise.toml", "pyproject.toml"):
        link(world.home / f"to{name}" / name, f"/net/{name.strip('.')}/x")
    link(world.home / "out" / ".no-autovenv", "/net/out/x")
    link(world.home / "far" / "near", "/net/far/x")
    link(world.home / "far" / ".venv", "near/y")
    world.settle()
    return world


@pytest.mark.parametrize("name", NAMES)
def test_no_host_is_asked_for(name: str, world: World, require: Callable[[str], None]) -> None:
    """On entering, at a prompt, on leaving; and links that lead to the disk are what they were."""
    require(name)
    command = inside(world)
    hook = world.root / "hook"
    hook.write_bytes(printed(name, world, *command))
    with User(name, world, hook=str(hook), through=command) as user:
        assert user.go("p").label == "p"
        for path in sorted(world.home.glob("to*")):
            shown = user.go(path).output
            assert asked_for(world) == []
            if path.name.endswith("venv"):
                assert "leads to a network, to '/net/" in "".join(shown.split("\n"))
            assert user.active() == ""
        assert "leads to a network" in user.go("far").output
        user.go("out")
        assert user.active() == ""
        assert user.go("gone").output == ""
        assert user.active() == ""
        assert user.go("own").output == ""
        assert user.active() == "own/.venv"
        (world.home / "own" / ".venv").unlink()
        user.type("")
        assert user.active() == ""
        assert asked_for(world) == []
        user.type("ls /net/control")
        assert "control" in asked_for(world)


COMMANDS = """
for folder in to.venv to.python-version far out p; do
  cd "$0/$folder"
  for command in status doctor 'run true' create 'deny .' allow 'allow --all-below .'; do
    "$1" -m autovenv $command </dev/null || :
  done
done
"""


def test_no_command_asks_for_a_host(world: World) -> None:
    """What is typed in such a folder, and what looks through all folders below one."""
    command = inside(world)
    link(world.home / "p" / "sub" / "pyvenv.cfg", "/net/settings/x")
    words = ["sh", "-c", COMMANDS, str(world.home), sys.executable]
    done = subprocess.run([*command, *words], env=calling(world), capture_output=True, text=True)
    assert asked_for(world) == []
    assert "Traceback" not in done.stderr
    assert "~/to.venv/.venv leads to a network, to '/net/venv/x', and it is older" in done.stdout


# What fails where a kept hook isn't what would be printed.
READS = {
    "fish": "source '{}'",
    "pwsh": "exit [int](-not (& ([scriptblock]::Create([IO.File]::ReadAllText('{}')))))",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_kept_hook_is_not_read_there(
    name: str, world: World, require: Callable[[str], None]
) -> None:
    """It was kept before the machine mounted hosts; the other holds in both."""
    require(name)
    command = inside(world)
    for number, through in enumerate(([], command)):
        file = caller.find_named(name).find_kept(world.environment({})) + str(number)
        assert printed(name, world, *through, keep=file)
        read = [SHELLS[name].path(), "-c", READS.get(name, ". '{}'").format(file)]
        for around, expected in ([], 0), (command, 0 if through else 1):
            done = subprocess.run([*around, *read], env=world.environment({}), capture_output=True)
            assert (done.returncode, done.stderr) == (expected, b"")
