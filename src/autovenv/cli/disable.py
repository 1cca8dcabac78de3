"""`autovenv disable` and `enable`: nothing is active in a folder and below, or it is again."""

from __future__ import annotations

import os

import click

from autovenv import ask, rcfile
from autovenv.cli import Failure, Misuse, config
from autovenv.cli.folder import FOLDER, find_named
from autovenv.cli.git import Git
from autovenv.find import markers
from autovenv.text import NOTE_LIMIT, clean

_IGNORED = "ignore.folders"
_EXCLUDE = ("rev-parse", "--git-path", "info/exclude")


@click.command()
@FOLDER
@click.option("--local", "is_local", is_flag=True, help="Keep the file out of git, for you alone.")
@click.option("--user", "is_user", is_flag=True, help="Write your config.toml, nothing in DIR.")
def disable(folder: str | None, is_local: bool, is_user: bool) -> None:
    r"""Let nothing be active in DIR (by default the current folder) and below.

    That is an empty file .no-autovenv there. With a marker's name in it (.venv, .python-version), a
    line each, it opts out of these alone.

    \b
    autovenv disable --local ~/shop
    """
    environ = ask.remove_own_entry(os.environ)
    place = find_named(folder, environ)
    if is_local and is_user:
        raise Misuse("--local and --user exclude each other")
    if is_user:
        config.change(_IGNORED, (place,), environ, "add")
        _tell(f"nothing is active in {place} and below: config.toml says so")
        return
    git = Git(place) if is_local else None
    exclude = _find_exclude_file(git, place) if git else ""
    path = os.path.join(place, markers.OPT_OUT)
    try:
        if git:
            _edit(exclude, _make_line(git), is_added=True)
        if not os.path.lexists(path):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    except OSError as error:
        raise Failure(f"can't write {error.filename or path} ({error.strerror or error})") from None
    _tell(f"nothing is active in {place} and below: {path}")


@click.command()
@FOLDER
def enable(folder: str | None) -> None:
    r"""Undo what `disable` did in DIR (by default the current folder), in each of its ways.

    \b
    autovenv enable ~/shop
    """
    environ = ask.remove_own_entry(os.environ)
    place = find_named(folder, environ)
    path = os.path.join(place, markers.OPT_OUT)
    done = False
    git = Git(place)
    try:
        if os.path.isfile(path) and os.path.getsize(path):
            raise Misuse(clean(f"{path} isn't empty: edit or remove it yourself", NOTE_LIMIT))
        if os.path.lexists(path):
            os.unlink(path)
            done = True
        exclude = _ask(git, *_EXCLUDE)
        if exclude:
            _edit(os.path.join(place, exclude), _make_line(git), is_added=False)
    except OSError as error:
        raise Failure(f"can't change {error.filename or path} ({error.strerror})") from None
    if place in config.read_folders(_IGNORED, environ):
        config.change(_IGNORED, (place,), environ, "remove")
        done = True
    if not done:
        raise Misuse(clean(f"{place} isn't disabled{_find_above(place)}", NOTE_LIMIT))
    _tell(f"{place} is enabled{_find_above(place)}")
    if git.obstacle:
        what = f"a line of --local's would still be there: {_explain(git, place)}"
        click.echo(clean(f"autovenv: {what}", NOTE_LIMIT), err=True)


def _find_above(place: str) -> str:
    """Return which opt-out above still counts."""
    folder = os.path.dirname(place)
    while folder != os.path.dirname(folder):
        path = os.path.join(folder, markers.OPT_OUT)
        if os.path.lexists(path):
            return f"; {path} above is still there"
        folder = os.path.dirname(folder)
    return ""


def _ask(git: Git, *words: str) -> str:
    """Return what git says, "" where it says nothing: in no repository, not there, not asked."""
    done = git.ask(*words)
    return "" if done is None or done.returncode else os.fsdecode(done.stdout).removesuffix("\n")


def _find_exclude_file(git: Git, place: str) -> str:
    """Return the repository's list of what is ignored for this user alone; raise Misuse."""
    if git.obstacle:
        raise Misuse(clean(f"--local: {_explain(git, place)}", NOTE_LIMIT))
    found = _ask(git, *_EXCLUDE)
    if not found:
        raise Misuse(clean(f"--local: {place} is in no git repository", NOTE_LIMIT))
    return os.path.join(place, found)


def _explain(git: Git, place: str) -> str:
    return f"git isn't asked in {place}: it could wait for {git.obstacle}"


def _make_line(git: Git) -> str:
    """Return the line of the exclude file: the file's path from the repository's top."""
    return f"/{_ask(git, 'rev-parse', '--show-prefix')}{markers.OPT_OUT}"


def _edit(file: str, line: str, *, is_added: bool) -> None:
    before = os.fsdecode(rcfile.read(file) or b"")
    lines = before.splitlines()
    if (line in lines) == is_added:
        return
    lines = [*lines, line] if is_added else [each for each in lines if each != line]
    rcfile.write(file, os.fsencode("".join(f"{each}\n" for each in lines)))


def _tell(message: str) -> None:
    click.echo(clean(f"autovenv: {message}", NOTE_LIMIT))
