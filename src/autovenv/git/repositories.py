"""Tell whether a git repository around a path tracks it, from what its index says.

git is never run: in a stranger's repository it runs what that repository's config names, which was
a hole in prompts (jaspernbrouwer/powerline-gitstatus 45). What is there and can't be read or
understood counts as tracked. Nothing is written.
"""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISREG

from autovenv import folders, reading
from autovenv.find import reach
from autovenv.git import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from autovenv.evidence import Evidence

INDEX_LIMIT = 256 * 1024 * 1024  # bytes
LARGE = 1024 * 1024  # bytes: some ten thousand entries, stepped through in 10 ms
FILE_LIMIT = 1024 * 1024  # bytes; git's own limit for a `.git` file
LINK_LIMIT = 40  # links one after the other, as many as Linux follows
NAME_LIMIT = 4096  # bytes, more than any name in an index has that was checked out


class UnreadableError(Exception):
    """A file is there that would tell, and it is of no use."""


class BusyError(UnreadableError):
    """Git is just writing what would tell."""


class Looks:
    """What one question has read so far: an index is read once, whatever is asked about it.

    `owners` are the numbers of those whose repositories count, None for everybody's: git itself
    works in no other user's. `is_busy` tells that git was at work where it was looked.
    """

    __slots__ = ("contents", "is_busy", "owners")

    def __init__(self, owners: frozenset[int] | None = None) -> None:
        self.owners = owners
        self.contents: dict[str, bytes | None] = {}
        self.is_busy = False

    def read_index(self, file: str) -> bytes | None:
        """Return what the index `file` holds, None where there is none."""
        if file not in self.contents:
            self.contents[file] = _read(file, INDEX_LIMIT)
        return self.contents[file]


def find_tracked(path: str, looks: Looks | None = None) -> tuple[str, list[str]]:
    """Tell whether git tracks the absolute `path` or anything below it.

    Return the reason, "" where it doesn't, and the files that this hangs on, there or not. Each
    repository around the path counts: an inner one may have been made after an outer one checked
    the files out. So does one whose top the path itself is. While git is at work there, nobody can
    tell: that is a reason, too.
    """
    files: dict[str, None] = {}
    looks = looks or Looks()
    try:
        for root, repository, target in _find_around(path, files, looks):
            if _has(root, repository, target, files, looks):
                return f"the git repository {root} tracks it", list(files)
            _check_idle(root, repository, path)
    except BusyError as error:
        looks.is_busy = True
        return str(error), list(files)
    except UnreadableError as error:
        return f"nobody can tell whether git tracks it: {error}", list(files)
    return "", list(files)


def find_reason(path: str, looks: Looks, evidence: Evidence) -> str:
    """Return why git tracks `path`, "" where it doesn't; note what that hangs on.

    Git writes another index when it begins to track something, and with most of what one works at,
    too: so that counts on entering.
    """
    reason, files = find_tracked(path, looks)
    for file in files:
        evidence.note_entering(file)
    evidence.again = evidence.again or looks.is_busy
    return reason


def find_tracking_top(path: str) -> str:
    """Return the top of the repository that tracks `path`, "" where none does, or none can tell."""
    looks = Looks()
    try:
        for root, repository, target in _find_around(path, {}, looks):
            if _has(root, repository, target, {}, looks):
                return root
    except UnreadableError:
        pass
    return ""


def _find_around(
    path: str, files: dict[str, None], looks: Looks
) -> Iterator[tuple[str, str, bytes]]:
    """Yield each repository's top, the folder of its index, and what leads from the top to `path`.

    The same question isn't put twice where there are two ways to a repository.
    """
    asked = set()
    for spelling in dict.fromkeys(_list_spellings(path)):
        is_inside = False
        for root in _list_folders(spelling):
            if not _does_count(os.path.join(root, ".git"), looks):
                continue
            repository = find_repository(root, files)
            status = _get_status(repository) if repository else None
            if status is None:
                # Where there is none yet, `git init` may come later.
                if not is_inside and root != spelling and _is_own(root):
                    files[os.path.join(root, ".git")] = None
                continue
            is_inside = True
            target = _make_relative(spelling, root)
            # A file system without inodes says 0.
            question = (status.st_dev, status.st_ino or repository, target)
            if question not in asked:
                asked.add(question)
                yield root, repository, target


def _does_count(git: str, looks: Looks) -> bool:
    """Tell whether the repository of `git`, if it is one, belongs to a user who counts."""
    if looks.owners is None:
        return True
    try:
        return os.lstat(git).st_uid in looks.owners
    except (OSError, ValueError):
        return True  # mostly, there is none


def _check_idle(root: str, repository: str, path: str) -> None:
    """Raise BusyError where git is about to write an index that may name the files at `path`.

    A clone writes its index last, after HEAD leads to a commit and the files are there; so does a
    pull, which has a lock on it meanwhile. What was there before the lock isn't the pull's.
    """
    index_file = os.path.join(repository, "index")
    lock = _get_status(f"{index_file}.lock")
    if _get_status(index_file) is None:
        if lock or _has_commit(repository):
            raise BusyError(f"git is at work in {root}")
    elif lock:
        settings = _get_status(os.path.join(path, "pyvenv.cfg")) or _get_status(path)
        if settings and settings.st_ctime_ns >= lock.st_mtime_ns:
            raise BusyError(f"git is at work in {root}")


def _has_commit(repository: str) -> bool:
    """Tell whether HEAD leads to a commit: in a repository that was just made it doesn't."""
    head = (_read(os.path.join(repository, "HEAD"), FILE_LIMIT) or b"").strip()
    name = head.removeprefix(b"ref:").strip()
    if not head.startswith(b"ref:"):
        return bool(head)
    for folder in (repository, find_common(repository)):
        file = _join(folder, name)
        _check_near(os.path.normpath(file), repository, os.path.join(repository, "HEAD"))
        if _get_status(file) is not None:
            return True
        packed = _read(os.path.join(folder, "packed-refs"), INDEX_LIMIT) or b""
        if b" " + name + b"\n" in packed:
            return True
    return False


def find_common(repository: str) -> str:
    """Return the folder where a repository's refs and config lie: for a worktree, another one."""
    file = os.path.join(repository, "commondir")
    folder = _join(repository, (_read(file, FILE_LIMIT) or b"").rstrip(b"\r\n"))
    _check_near(os.path.normpath(folder), repository, file)
    return folder


def _list_folders(path: str) -> Iterator[str]:
    """Yield `path` and each folder around it, up to where another file system begins.

    There git ends, too. What is mounted on `path` itself, as containers do with `.venv`, and where
    a link leads makes no difference.
    """
    yield path
    folder, device = os.path.dirname(path), None
    while folder != path:
        try:
            status = os.lstat(folder)
        except (OSError, ValueError):
            pass  # what isn't there is on no file system
        else:
            if device not in (None, status.st_dev):
                return
            device = status.st_dev
        yield folder
        path, folder = folder, os.path.dirname(folder)


def _is_own(folder: str) -> bool:
    """Tell whether the user can make a repository there: nothing else is worth a look each time."""
    try:
        return folders.is_own(os.lstat(folder))
    except (OSError, ValueError):
        return False


def _list_spellings(path: str) -> Iterator[str]:
    """Yield `path` as it is given; where it is; where each link in it leads; what it is.

    Links above it are followed, but aren't what is asked about: that the user went through one
    is no word of the repository that tracks it.
    """
    yield path
    here = path
    for _ in range(LINK_LIMIT):
        folder, name = os.path.split(here.rstrip("/"))
        if name in ("", ".", ".."):
            break
        folder = _resolve(folder)
        yield os.path.join(folder, name)
        try:
            here = os.path.join(folder, os.readlink(os.path.join(folder, name)))
        except (OSError, ValueError):
            break
    yield _resolve(path)


def _resolve(path: str) -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _make_relative(path: str, folder: str) -> bytes:
    return os.fsencode(path[len(folder) :].replace(os.sep, "/").strip("/"))


def find_repository(root: str, files: dict[str, None]) -> str:
    """Return the folder where the index for `root` is, "" where `root` is no repository's top.

    That is `.git`, or what it names if it is a file, as in worktrees and submodules.
    """
    git = os.path.join(root, ".git")
    status = _get_status(git)
    if status is None or S_ISDIR(status.st_mode):
        return git if status else ""
    files[git] = None
    content = (_read(git, FILE_LIMIT) or b"").rstrip(b"\r\n")
    named = content.removeprefix(b"gitdir: ")
    folder = _join(root, named)
    _check_near(os.path.normpath(folder), root, git)
    if not named or named == content or not os.path.lexists(os.path.join(folder, "HEAD")):
        raise UnreadableError(f"{git} leads to no repository")
    return folder


def _check_near(path: str, root: str, git: str) -> None:
    """Raise UnreadableError where `git` leads to a `path` on a network: nothing is looked up there.

    Whoever works on a share has all of it there.
    """
    if reach.is_remote(path, root) and reach.is_remote(path, _resolve(root)):
        raise UnreadableError(f"{git} leads to a network")


def _has(root: str, repository: str, target: bytes, files: dict[str, None], looks: Looks) -> bool:
    """Tell whether the index in the folder `repository` has `target`, a path from `root` on."""
    file = os.path.join(repository, "index")
    files[file] = None
    data = looks.read_index(file)
    if data is None:
        return False  # nothing was added yet
    fold = _ignores_case(root, target, repository)
    wanted = target.lower() if fold else target
    low, high = target.partition(b"/")[0], wanted + b"0"  # the next character after "/"
    if fold:
        low = low.upper()
    if not target:
        high = b"\xff" * NAME_LIMIT
    elif not fold and _lacks(data, target):
        return False
    for name, kind, _ in _read_entries(data, file, low, high, files):
        if fold:
            name = name.lower()
        if _covers(name, wanted):
            return True
        if kind == index.GITLINK and wanted.startswith(name + b"/"):
            # A submodule around it: its own index says more, if it is there.
            submodule = _join(root, target[: len(name)])
            if not os.path.lexists(os.path.join(submodule, ".git")):
                return True
    return False


def _lacks(data: bytes, target: bytes) -> bool:
    """Tell whether a large index can't have an entry for `target`, without a step for each entry.

    Before version 4 names stand in it whole. One for a folder around, as a submodule's or a sparse
    checkout's, is looked for, too; a split index isn't whole by itself.
    """
    if len(data) < LARGE or data[4:8] not in (b"\0\0\0\2", b"\0\0\0\3") or b"link\0" in data:
        return False
    parts = target.split(b"/")
    around = [b"/".join(parts[:number]) for number in range(1, len(parts))]
    endings = [part + end for part in around for end in (b"\0", b"/\0")]
    return not any(text in data for text in (target, *endings))


def _covers(name: bytes, target: bytes) -> bool:
    """Tell whether an entry is for `target`, below it, or for a folder around it as a whole.

    Such a folder's name alone ends in a slash, whatever the entry's kind says.
    """
    if not target or name == target or name.startswith(target + b"/"):
        return True
    return name.endswith(b"/") and target.startswith(name)


def _read_entries(
    data: bytes, file: str, low: bytes, high: bytes, files: dict[str, None]
) -> list[index.Entry]:
    """Return the named entries from `low` to before `high`, a shared index's with them."""
    contents = _parse(data, file, low, high)
    if not contents.link:
        return [entry for entry in contents.entries if entry[0]]
    base = contents.link[: len(contents.checksum)]
    shared = index.Contents([], 0, bytearray(), b"", base)
    if any(base):
        file = os.path.join(os.path.dirname(file), f"sharedindex.{base.hex()}")
        files[file] = None
        shared = _parse(_read(file, INDEX_LIMIT) or b"", file, low, high)
    entries = index.merge(contents, shared)
    if shared.checksum != base or entries is None:
        raise UnreadableError(f"{file} is another than was asked for")
    return entries


def _parse(data: bytes, file: str, low: bytes, high: bytes) -> index.Contents:
    contents = index.parse(data, low, high)
    if contents is None:
        raise UnreadableError(f"{file} is damaged, or newer than what is known")
    return contents


def _ignores_case(root: str, target: bytes, repository: str) -> bool:
    """Tell whether `VENV` is `venv` below `root`: to the file system, or because git is told so."""
    try:
        if _is_found_in_other_case(root, target):
            return True
        config = _read(os.path.join(find_common(repository), "config"), FILE_LIMIT) or b""
    except UnreadableError:
        return False
    return any(map(_says_so, config.lower().split(b"\n")))


def _is_found_in_other_case(root: str, target: bytes) -> bool:
    """Tell whether a part of `target` leads to the same in the other case.

    A file system may have folders of both kinds.
    """
    folder = root
    for part in target.split(b"/"):
        other = _get_status(_join(folder, part.swapcase()))
        folder = _join(folder, part)
        if other is not None and part != part.swapcase():
            status = _get_status(folder)
            if status is not None and os.path.samestat(status, other):
                return True
    return False


def _says_so(line: bytes) -> bool:
    """Tell whether a line of a config, in lower case, turns core.ignorecase on.

    Which section it is in isn't looked at: no other has a key of this name. Sections may begin in
    front of it on its line, and a comment may name it once more.
    """
    pieces = line.split(b"ignorecase")
    return any(
        pieces[number].strip()[-1:] in (b"", b"]") and _is_on(pieces[number + 1])
        for number in range(len(pieces) - 1)
    )


def _is_on(rest: bytes) -> bool:
    """Tell whether what follows a key on its line makes it true: nothing does, too."""
    blank, equals, value = rest.partition(b"=")
    value = value.partition(b"#")[0].partition(b";")[0].strip(b' \t\r"')
    return not blank.strip() and (not equals or value not in (b"", b"false", b"no", b"off", b"0"))


def _join(folder: str, path: bytes) -> str:
    """Join, if `path` is one: on Windows not all bytes are, and NUL is in none."""
    try:
        return os.path.join(folder, os.fsdecode(path))
    except UnicodeDecodeError:
        raise UnreadableError(f"a path in {folder} isn't UTF-8") from None


def _get_status(path: str) -> os.stat_result | None:
    """Return the status of what `path` leads to, None where nothing is."""
    if leads_to_network(path):
        raise UnreadableError(f"{path} leads to a network")
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        raise UnreadableError(f"{path} can't be read") from None


def leads_to_network(path: str) -> bool:
    """Tell whether a link of a repository's, or of the project around it, isn't followed."""
    if not os.path.islink(path):
        return False
    folder = os.path.dirname(path)
    links = reach.Links([folder, os.path.dirname(folder)], lambda _: "a repository has none")
    return bool(links.find_refused(path))


def _read(path: str, limit: int) -> bytes | None:
    """Return the content of a regular file, None where nothing is."""
    status = _get_status(path)
    if status is None:
        return None
    if not S_ISREG(status.st_mode):
        raise UnreadableError(f"{path} is no file")
    if status.st_size > limit:
        raise UnreadableError(f"{path} is too large")
    # What was a file a moment ago may be a FIFO now.
    content = reading.read(path, status.st_size)
    if content is None:
        raise UnreadableError(f"{path} can't be read")
    return content
