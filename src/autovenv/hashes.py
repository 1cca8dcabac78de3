"""The hashes that the question needs: hashlib's import costs more than all the rest of it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def compute_sha256(content: bytes) -> bytes:
    """Return the SHA-256 digest."""
    return _find_constructor("_sha2", "_sha256", "sha256")(content)


def compute_md5(content: bytes) -> bytes:
    """Return the MD5 digest."""
    return _find_constructor("_md5", "_md5", "md5")(content)


def _find_constructor(module: str, older: str, name: str) -> Callable[[bytes], bytes]:
    """Return a hash of CPython's own C modules; hashlib's where it was built without them."""
    for candidate in (module, older, "hashlib"):
        try:
            function = getattr(__import__(candidate), name)
        except ImportError:
            continue
        return lambda content: bytes(function(content).digest())
    raise ImportError(name)
