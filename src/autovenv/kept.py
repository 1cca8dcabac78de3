"""The hook in a file, which a shell's start reads in the place of running autovenv.

What the file begins with (shell/kept.*) holds only as long as autovenv would print the same: while
the user's folders and their setting are what they were, and each file that the hook was made from
has the modification time that it had, or config.toml is still not there, nor a folder of hosts
(`paths.HOSTS`). Equality is the test, as for answers: what is put back or unpacked may be older.
bash, zsh and fish compare with an empty stamp that bears the time and is beside the file;
PowerShell reads times itself. The hook's body has a file of its own, but PowerShell's, which is in
the file.
"""

from __future__ import annotations

import os
import sys
import time

from autovenv import folders, hashes, paths, reading, replacing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from autovenv.shells import Shell

# Where the user's folders are said to be, and the setting that the hook is made by.
VARIABLES = (
    *("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "USERPROFILE", "LOCALAPPDATA"),
    "AUTOVENV_NAMES",
)

# A change bears the time of the clock's last tick.
_TICK = 20_000_000

# .NET counts in 100 ns from the year 1; this is 1970.
_DOTNET_EPOCH = 621_355_968_000_000_000

_BODY = "body-"

# Windows has no such flag, and no links in a folder of the user's own that others could have made.
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def keep(
    file: str,
    shell: Shell,
    made_from: Sequence[str],
    write: Callable[[dict[str, str], str], str],
    body: str = "",
) -> bool:
    """Write the file and its stamps; tell whether that could be done, and the next shell reads it.

    `made_from` are the paths of what the hook was made from; config.toml is looked at besides.
    `write` returns what to write, for the values of the tokens in shell/kept.*, which are words of
    `shell`, and the place of `body`, which gets a file of its own.
    """
    try:
        command = _find_command()
        watched, missing = _list_watched(shell, command, made_from)
        found = {path: os.stat(path, follow_symlinks=shell.has_stamps()) for path in watched}
        if any(map(_is_young, found.values())) or not make_ready(os.path.dirname(file)):
            return False
        place = ""
        if body:
            place = _write_body(file, body.encode("utf-8", "surrogateescape"))
            # First, so that its stamp is, too: an older file is out of date from then on.
            found = {place: os.stat(place), **found}
        times = {path: status.st_mtime_ns for path, status in found.items()}
        if shell.has_stamps():
            _stamp(file, [*times.values()])
        tokens = {name: shell.quote(os.environ.get(name, "")) for name in VARIABLES}
        tokens["COMMAND"] = shell.quote(command)
        tokens["TARGET"] = shell.quote(os.path.realpath(command))
        tokens["UNCHANGED"] = _write_conditions(file, shell, times, missing)
        _write(file, write(tokens, place).encode("utf-8", "surrogateescape"))
        _remove_others(file, place)
    except (OSError, ValueError):
        return False
    return True


def _list_watched(
    shell: Shell, command: str, made_from: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the paths whose times must stay as they are, and those that must not be there."""
    config = paths.find_config_file(os.environ)
    watched = [os.path.realpath(command), *made_from]
    missing = [] if paths.has_hosts() else [*paths.HOSTS]
    is_configured = os.path.exists(config)
    if not shell.has_stamps():
        # PowerShell has no `-ef` and reads a link's own time: one that leads elsewhere has another.
        watched += [*_list_links(command), *_list_links(config)]
        config = os.path.realpath(config)
    (watched if is_configured else missing).append(config)
    return watched, missing


def _write_conditions(
    file: str, shell: Shell, times: Mapping[str, int], missing: Sequence[str]
) -> str:
    """Return the condition on all: that paths have these times (ns), or still aren't there."""
    form, absent, joined = shell.conditions
    conditions = [
        form.format(
            path=shell.quote(path),
            stamp=shell.quote(f"{file}-{number}"),
            ticks=mtime // 100 + _DOTNET_EPOCH,
        )
        for number, (path, mtime) in enumerate(times.items())
    ]
    return joined.join([*conditions, *(absent.format(path=shell.quote(path)) for path in missing)])


def remove(file: str) -> None:
    """Remove the file, its stamps, and the folder if nothing else is in it, as far as one may."""
    folder, name = os.path.split(file)
    try:
        for other in os.listdir(folder):
            if other == name or other.startswith((f"{name}-", f"{name}.")):
                os.unlink(os.path.join(folder, other))
        os.rmdir(folder)
    except OSError:
        pass


def _find_command() -> str:
    """Return the path of the command that was called, which the line in the rc file names."""
    command = os.path.abspath(sys.argv[0])
    # pip's launcher on Windows takes its own ending away.
    return command + ".exe" if sys.platform == "win32" and not os.path.exists(command) else command


def _list_links(command: str) -> list[str]:
    """Return the links by which `command` leads to its target."""
    found: list[str] = []
    while os.path.islink(command) and command not in found:
        found.append(command)
        command = os.path.join(os.path.dirname(command), os.readlink(command))
    return found


def _is_young(status: os.stat_result) -> bool:
    """Tell whether the second isn't over in which it was changed: bash 3.2 would miss another."""
    changed = status.st_mtime_ns if sys.platform == "win32" else status.st_ctime_ns
    seconds = (time.time_ns() - _TICK) // 1_000_000_000 - changed // 1_000_000_000
    return -60 < seconds < 1  # a clock that is far ahead must not keep it from being kept


def make_ready(folder: str) -> bool:
    """Make the folder, unless in another user's; tell whether this user alone may write it."""
    try:
        folders.make_own(folder)
    except PermissionError:
        return False
    status = os.stat(folder)
    return folders.is_own(status) and (sys.platform == "win32" or not status.st_mode & 0o022)


def _stamp(file: str, times: Sequence[int]) -> None:
    """Give each time to a stamp; raise ValueError where the file system can't hold it."""
    for number, mtime in enumerate(times):
        stamp = f"{file}-{number}"
        os.close(os.open(stamp, os.O_WRONLY | os.O_CREAT | _NOFOLLOW, 0o600))
        os.utime(stamp, ns=(mtime, mtime))
        if os.stat(stamp).st_mtime_ns != mtime:
            raise ValueError(stamp)


def _write_body(file: str, content: bytes) -> str:
    """Write what a kept hook reads besides, and return its path.

    It is named after what is in it: a file from before goes on having its own, and shells that
    start at the same time write the same. It is on the disk before the file names it: after a crash
    an empty one would have the right time.
    """
    place = f"{file}.{_BODY}{hashes.compute_sha256(content).hex()[:16]}"
    own = -1
    if sys.platform != "win32":
        own = os.geteuid()
    if reading.read(place, len(content) + 1, owner=own, follows=False) != content:
        _write(place, content, is_synced=True)
    return place


def _remove_others(file: str, place: str) -> None:
    """Remove the bodies that `file` had before."""
    folder, name = os.path.split(file)
    for other in os.listdir(folder):
        if other.startswith(f"{name}.{_BODY}") and other != os.path.basename(place):
            os.unlink(os.path.join(folder, other))


def _write(file: str, content: bytes, *, is_synced: bool = False) -> None:
    if os.path.isdir(file) and not os.path.islink(file):
        os.rmdir(file)
    replacing.replace(file, content, is_synced=is_synced)
