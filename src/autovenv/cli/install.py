"""`autovenv install` and `uninstall`: the line in the rc file or profile."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import click

from autovenv import block, caller, hook, kept, paths, profiles, rcfile, shells, startup
from autovenv.cli import Failure, Misuse, completions, policy, proof
from autovenv.cli.complete import make_completer
from autovenv.shells import Shell

SHELL_OPTION = click.option(
    "--shell",
    "names",
    multiple=True,
    metavar="SHELL",
    shell_complete=make_completer(shells.SHELLS),
    help=f"{', '.join(shells.SHELLS)}; may be given more than once.",
)
DRY_RUN_OPTION = click.option("--dry-run", is_flag=True, help="Show a diff and change nothing.")


@dataclass(frozen=True)
class Change:
    """A file before and after; None where there is no such file."""

    path: str
    before: bytes | None
    after: bytes | None
    folders: int = 0  # that were made for the file, and go with it


@click.command()
@SHELL_OPTION
@DRY_RUN_OPTION
@click.option("--prove", is_flag=True, help="Start a new shell and say whether it has the hook.")
@policy.SET_POLICY_OPTION
def install(names: tuple[str, ...], dry_run: bool, prove: bool, set_policy: bool) -> None:
    r"""Add the hook to the rc file of the shell that calls, or of those that are named.

    \b
    autovenv install
    autovenv install --shell zsh --shell fish --dry-run
    """
    chosen = _find_shells(names) or [_find_calling()]
    command = find_command(sys.argv[0])
    judged = policy.judge(os.environ) if shells.SHELLS["powershell"] in chosen else []
    changes: list[Change] = []
    failures = []
    for shell in chosen:
        files = (shell.find_kept(os.environ), shell.find_completion(os.environ))
        lines = hook.write_loader(shell, command, *files).rstrip("\n")
        before = len(changes)
        for path in startup.find_files(shell.name, os.environ):
            try:
                policy.refuse(judged, path)
                change = _make_addition(shell, path, lines)
                changes.append(_apply(change, dry_run))
                ending = proof.find_ending(
                    block.read_above(change.after or b"", shell.marks), shell.name
                )
                if ending:
                    where = f"{_shorten(path)} ends at {ending.line}, before the hook's lines"
                    failures.append(f"{where}: move them above it")
            except (OSError, ValueError) as error:
                by_hand = f"; add this line to it by hand: {shell.write_line(command)}"
                failures.append(f"can't write {_shorten(path)} ({rcfile.describe(error)}){by_hand}")
        # Where no rc file reads it, it isn't left there.
        if len(changes) > before and not dry_run:
            failures += completions.write(shell, command, os.environ)
    if sys.platform == "win32" and not dry_run:
        try:
            profiles.remember((change.path for change in changes), os.environ)
        except OSError as error:
            failures.append(f"can't note where the hook is ({rcfile.describe(error)})")
    if changes and (not dry_run or not any(map(_changes_something, changes))):
        _tell_installed(changes, " ".join(f"--shell {shell.name}" for shell in chosen))
    policy.tell(judged)
    if not dry_run and not failures and (prove or sys.stdout.isatty()):
        failures += _prove(chosen)
    if set_policy and not dry_run:
        policy.offer(judged)
    _fail(failures)


@click.command()
@SHELL_OPTION
@DRY_RUN_OPTION
def uninstall(names: tuple[str, ...], dry_run: bool) -> None:
    r"""Remove the hook from every shell's rc file, or from those of the shells that are named.

    \b
    autovenv uninstall
    autovenv uninstall --shell fish
    """
    changes: list[Change] = []
    failures = []
    chosen = _find_shells(names) or [*shells.SHELLS.values()]
    for shell in chosen:
        for path in startup.find_traces(shell.name, os.environ):
            try:
                changes.append(_apply(_make_removal(shell, path), dry_run))
            except OSError as error:
                failures.append(
                    f"can't take the hook out of {_shorten(path)} ({rcfile.describe(error)})"
                )
    if not dry_run:
        # Last of all, and again, since two files may share a folder that was made for the first.
        for change in [*changes, *changes]:
            rcfile.remove_folders(change.path, change.folders)
        for shell in chosen:
            kept.remove(shell.find_kept(os.environ))
        completions.remove(chosen, os.environ)
        if sys.platform == "win32" and not failures:
            profiles.forget(os.environ)
    if not dry_run or not any(map(_changes_something, changes)):
        _tell_uninstalled(changes)
    _fail(failures)


def _find_shells(names: Iterable[str]) -> list[Shell]:
    try:
        return list(dict.fromkeys(map(caller.find_named, names)))
    except caller.UnknownShellError as error:
        raise Misuse(str(error)) from None


def _find_calling() -> Shell:
    try:
        return caller.find_calling(os.environ)
    except caller.UnknownShellError as error:
        raise Misuse(f"{error} (with --shell)") from None


def find_command(called: str) -> str:
    """Return the absolute path under which the command will be found in time to come.

    That is the link in ~/.local/bin where uv, pipx or install.sh made one; else the path by
    which it was called, links and all. Raises Failure.
    """
    name = "autovenv.exe" if sys.platform == "win32" else "autovenv"
    local = os.path.join(paths.find_own_home(os.environ), ".local", "bin", name)
    folders = filter(None, map(os.path.dirname, (called, sys.executable)))
    found = [os.path.join(folder, name) for folder in folders] + [shutil.which(name) or ""]
    found = [path for path in found if os.path.isfile(path) and os.access(path, os.X_OK)]
    if not found:
        raise Failure("can't find the command autovenv itself: put it on PATH and try again")
    if os.path.exists(local) and os.path.samefile(local, found[0]):
        return local
    return os.path.abspath(found[0])


def _make_addition(shell: Shell, path: str, lines: str) -> Change:
    """Return the change that adds the hook; raise OSError or ValueError."""
    before = rcfile.read(path)
    folders = 0 if before is not None else rcfile.count_missing_folders(path)

    def find_end(text: bytes) -> int | None:
        found = proof.find_ending(text, shell.name)
        return found.start if found and found.is_movable else None

    after = block.insert(before, shell.marks, os.fsencode(lines), folders, find_end)
    return Change(path, before, after)


def _make_removal(shell: Shell, path: str) -> Change:
    """Return the change that removes the hook, which only a file can hold; raise OSError."""
    before = None if os.path.exists(path) and not os.path.isfile(path) else rcfile.read(path)
    if before is None:
        return Change(path, None, None)
    after, folders = block.remove(before, shell.marks)
    return Change(path, before, after, folders)


def _changes_something(change: Change) -> bool:
    return change.before != change.after


def _apply(change: Change, dry_run: bool) -> Change:
    """Write the change, or show it, and return it; raise OSError."""
    if not _changes_something(change):
        return change
    if dry_run:
        click.echo(_write_diff(change), nl=False)
    elif change.after is None:
        rcfile.remove(change.path)
    else:
        rcfile.write(change.path, change.after)
    return change


def _write_diff(change: Change) -> str:
    before, after = change.before, change.after
    names = ["/dev/null" if side is None else change.path for side in (before, after)]
    diff = difflib.unified_diff(_split_lines(before), _split_lines(after), names[0], names[1])
    unended = "\n\\ No newline at end of file\n"
    return "".join(line if line.endswith("\n") else line + unended for line in diff)


def _split_lines(data: bytes | None) -> list[str]:
    encoding = block.UTF16_MARKS.get((data or b"")[:2], "utf-8")
    return re.findall(r"[^\n]*\n|[^\n]+", (data or b"").decode(encoding, "replace"))


def _tell_installed(changes: list[Change], options: str) -> None:
    added = [change.path for change in changes if _changes_something(change)]
    if added:
        click.echo(f"autovenv: the hook is now in {_join(added)}.")
        click.echo("It works in every shell that is opened from now on.")
    else:
        paths = [change.path for change in changes]
        click.echo(f"autovenv: the hook is already in {_join(paths)}; nothing to do.")
    click.echo(f"To undo: autovenv uninstall {options}")


def _prove(chosen: list[Shell]) -> list[str]:
    """Say of which shells a new one has the hook; return a line for each that hasn't."""
    failures = []
    for shell in chosen:
        loaded = proof.is_loaded(shell, os.environ)
        if loaded:
            click.echo(f"A new {shell.name} was started, and has it.")
        elif loaded is False:
            files = " or ".join(map(_shorten, startup.find_files(shell.name, os.environ)))
            failures.append(
                f"a new {shell.name} was started, and doesn't have the hook: "
                f"something in {files} ends it before the hook's lines; move them above that"
            )
    return failures


def _tell_uninstalled(changes: list[Change]) -> None:
    gone = [change.path for change in changes if _changes_something(change)]
    if not gone:
        click.echo("autovenv: the hook is in no rc file; nothing to do.")
        return
    click.echo(f"autovenv: the hook is gone from {_join(gone)}.")
    click.echo("Shells that are open keep it until they end.")
    if "AUTOVENV_REMOVING" not in os.environ:  # install.sh says what it leaves itself
        _tell_what_stays()


def _tell_what_stays() -> None:
    """Name what `uninstall` leaves: the command, by the path that a new shell finds it under."""
    command = find_command(sys.argv[0])
    is_found = os.path.basename(command) if _is_on_path(command) else command
    click.echo(f"The command stays: {command}. To have the hook back: {is_found} install")
    left = [paths.find_state_folder(os.environ), paths.find_config_file(os.environ)]
    left = [path for path in left if os.path.exists(path)]
    if left:
        click.echo(f"What you allowed, and your settings, stay as well: {_join(left)}")


def _is_on_path(command: str) -> bool:
    """Tell whether a new shell finds this very command: this one's PATH has what a hook added."""
    found = shutil.which("autovenv")
    return found is not None and os.path.samefile(found, command)


def _fail(failures: list[str]) -> None:
    """Raise Failure with a line for each; nothing where there is none."""
    if failures:
        raise Failure("\nautovenv: ".join(failures))


def _join(paths: list[str]) -> str:
    return ", ".join(map(_shorten, paths))


def _shorten(path: str) -> str:
    """Return the path as a person would write it."""
    below = path.removeprefix(os.path.join(paths.find_own_home(os.environ), ""))
    return path if below == path else os.path.join("~", below)
