"""A project as its tools see it: its folder and files, and how they hash its path and name."""

from __future__ import annotations

from autovenv import paths, toml
from autovenv.find import reach

TYPE_CHECKING = False
if TYPE_CHECKING:
    from autovenv.evidence import Evidence
    from autovenv.verdict import Problem

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Place:
    """Where a tool has a project's environment, if it is there.

    `path` is absolute; `named_by` is the file of the project in which this very path, or the
    folder for environments, is written, or "" where the user's own settings and folders say it;
    `problem` says why there is no single one, or is None.
    """

    __slots__ = ("named_by", "path", "problem")

    def __init__(self, path: str, named_by: str = "", problem: Problem | None = None) -> None:
        self.path = path
        self.named_by = named_by
        self.problem = problem


class Project:
    """A folder with a tool's marker.

    `folder` is absolute and as the user would write it, `real` without links, which is what a
    tool that is started there sees; `names` are the markers in it.
    """

    __slots__ = ("_files", "evidence", "folder", "names", "real")

    def __init__(self, folder: str, names: list[str], evidence: Evidence) -> None:
        self.folder = folder
        self.real = reach.resolve(paths.make_folder(folder))
        self.names = names
        self.evidence = evidence
        self._files: dict[str, dict[str, object]] = {}

    def find_file(self, name: str) -> str:
        """Return the path of the file `name` in the project's folder."""
        return f"{self.folder}/{name}"

    def read_settings(self, path: str) -> dict[str, object]:
        """Return what the TOML file at `path` holds, empty where none is; it is read but once."""
        if path not in self._files:
            self._files[path] = toml.parse(self.evidence.read(path) or "")
        return self._files[path]

    def read_table(self, name: str) -> dict[str, object]:
        """Return what the TOML file `name` in the project's folder holds."""
        return self.read_settings(self.find_file(name))

    @property
    def pyproject(self) -> dict[str, object]:
        """What pyproject.toml holds."""
        return self.read_table("pyproject.toml")


def canonicalize(name: str) -> str:
    """Return a distribution's name as packaging and PEP 503 normalize it."""
    name = name.lower().replace("_", "-").replace(".", "-")
    while "--" in name:
        name = name.replace("--", "-")
    return name


def sanitize(name: str, unwanted: str) -> str:
    """Return `name` with `_` for each unwanted character, cut to 42, as Poetry and pipenv do."""
    return "".join("_" if character in unwanted else character for character in name)[:42]


def shorten(digest: bytes) -> str:
    """Return the first 8 characters of the digest in URL-safe base64."""
    bits = int.from_bytes(digest[:6], "big")
    return "".join(_BASE64[bits >> shift & 63] for shift in range(42, -6, -6))
