"""The versions of Python that a text asks for, in pyenv's words and in uv's; looks for none.

The forms are defined by the tools' sources: uv's crates/uv-python/src/discovery.rs
(`PythonRequest::parse`) and downloads.rs (keys such as cpython-3.12.1-linux-x86_64-gnu), and what
pyenv's python-build calls its versions.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Numbers = tuple[int, ...]
    Pre = tuple[int, int]

# A version's last part, in PEP 440's order.
FINAL = (3, 0)
_PRE = {
    "dev": -1,
    "a": 0,
    "alpha": 0,
    "b": 1,
    "beta": 1,
    "c": 2,
    "rc": 2,
    "pre": 2,
    "preview": 2,
    "post": 4,
}

# What uv calls the builds; `gil` is the usual one from 3.14 on.
VARIANTS = {
    "t": "t",
    "freethreaded": "t",
    "d": "d",
    "debug": "d",
    "td": "td",
    "freethreaded+debug": "td",
    "gil": "gil",
    "gil+debug": "gild",
}

_IMPLEMENTATIONS = {
    "cpython": "cpython",
    "cp": "cpython",
    "pypy": "pypy",
    "pp": "pypy",
    "graalpy": "graalpy",
    "gp": "graalpy",
    "pyodide": "pyodide",
}

# The parts of a key after implementation and version, as uv spells them.
_PLATFORM = (
    ("linux", "macos", "darwin", "windows", "freebsd", "netbsd", "openbsd", "emscripten"),
    (
        "x86_64",
        "x86_64_v2",
        "x86_64_v3",
        "x86_64_v4",
        "aarch64",
        "arm64",
        "x86",
        "i686",
        "armv6l",
        "armv7",
        "armv7l",
        "powerpc64",
        "powerpc64le",
        "s390x",
        "riscv64",
        "loongarch64",
        "wasm32",
    ),
    ("gnu", "gnueabi", "gnueabihf", "musl", "musleabi", "musleabihf", "none"),
)
_SAME = {"darwin": "macos", "arm64": "aarch64", "i686": "x86"}

_OPERATORS = ("===", "==", "!=", "<=", ">=", "~=", "<", ">")
SPECIFIER = frozenset("<>=!~")
_SEPARATORS = "-_."


class Request:
    """A version, or a range of them, that uv's grammar describes.

    `implementation` is "" where none is named; `numbers` are the given parts of the version and
    `pre` its last part; `ranges` holds (operator, numbers, pre) of each specifier; `variant` is
    "", t, d, td, gil or gild; `platform` has system, architecture and libc, each "" where any does.
    """

    __slots__ = ("implementation", "numbers", "platform", "pre", "ranges", "variant")

    def __init__(
        self,
        numbers: Numbers = (),
        pre: Pre = FINAL,
        ranges: tuple[tuple[str, Numbers, Pre], ...] = (),
        variant: str = "",
    ) -> None:
        self.implementation = ""
        self.numbers = numbers
        self.pre = pre
        self.ranges = ranges
        self.variant = variant
        self.platform = ("", "", "")


def parse(text: str) -> Request | None:
    """Return the request that `text` is to uv, or without pyenv's `python-`; None for others."""
    word = text.strip().lower()
    if not word.isascii() or word.startswith("@"):
        return None
    return _parse_plain(word) or _parse_key(word) or _parse_plain(word.removeprefix("python-"))


def _parse_plain(word: str) -> Request | None:
    """Return the request in 3.12, 312, python3.12, cpython@3.12, pypy310, pypy, >=3.11,<3.13."""
    for prefix, implementation in (("", ""), ("python", ""), *_IMPLEMENTATIONS.items()):
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        request = _parse_version(rest.removeprefix("@")) if rest else Request()
        if request and (rest or implementation):
            request.implementation = implementation
            return request
    return None


def _parse_key(word: str) -> Request | None:
    """Return the request in implementation-version-system-architecture-libc, any part left out."""
    request, implementation, platform = Request(), "", ["", "", ""]
    position = 0
    for part in word.split("-"):
        position, version = _find_place(part, position)
        if position > 4:
            return None
        if part != "any" and position == 0:
            implementation = _IMPLEMENTATIONS[part]
        elif part != "any" and position > 1:
            platform[position - 2] = _SAME.get(part, part)
        request = version or request
        position += 1
    request.implementation = implementation
    request.platform = (platform[0], platform[1], platform[2])
    return request


def _find_place(part: str, position: int) -> tuple[int, Request | None]:
    """Return the first place in a key, from `position` on, that `part` can stand in, 5 if none."""
    while position < 5 and part != "any":
        version = _parse_version(part) if position == 1 else None
        if version or (position == 0 and part in _IMPLEMENTATIONS):
            return position, version
        if position > 1 and part in _PLATFORM[position - 2]:
            break
        position += 1
    return position, None


def _parse_version(text: str) -> Request | None:
    """Return the request in a version or in specifiers, with a variant behind it."""
    text, variant = _split_variant(text)
    release = _parse_release(text)
    if release is None:
        return _parse_range(text, variant)
    numbers, pre = _unpack(release[0]), release[1]
    if len(numbers) > 3 or max(numbers) > 255 or not 0 <= pre[0] <= FINAL[0]:
        return None
    return None if len(numbers) == 1 and pre != FINAL else Request(numbers, pre, (), variant)


def _split_variant(text: str) -> tuple[str, str]:
    """Divide 3.13t, 3.13+freethreaded and their like behind the last digit."""
    bare = text.rstrip("abcdefghijklmnopqrstuvwxyz+")
    variant = VARIANTS.get(text[len(bare) :].removeprefix("+"), "")
    return (bare, variant) if variant and bare[-1:].isdigit() else (text, "")


def _unpack(numbers: Numbers) -> Numbers:
    """Return (3, 12) for 312, as a wheel's tag writes it."""
    if len(numbers) == 1 and numbers[0] > 9:
        digits = str(numbers[0])
        return int(digits[0]), int(digits[1:])
    return numbers


def _parse_release(text: str) -> tuple[Numbers, Pre] | None:
    """Return the numbers and the last part of a PEP 440 version, without epoch and local part."""
    text = text.strip().removeprefix("v")
    rest = text.lstrip("0123456789.")
    release = text[: len(text) - len(rest)]
    if rest and release.endswith(".") and rest[0] not in _SEPARATORS:
        release = release[:-1]
    parts = release.split(".")
    pre = _parse_last_part(rest)
    if pre is None or not all(0 < len(part) < 10 for part in parts):
        return None
    return tuple(map(int, parts)), pre


def _parse_last_part(text: str) -> Pre | None:
    """Return the order of rc1, -rc.1, alpha2, .dev0, .post1; None where it is none of them."""
    if not text:
        return FINAL
    if text[0] in _SEPARATORS:
        text = text[1:]
    word = text.rstrip("0123456789")
    digits = text[len(word) :]
    if digits and word[-1:] in _SEPARATORS:
        word = word[:-1]
    rank = _PRE.get(word)
    return None if rank is None or len(digits) > 9 else (rank, int(digits or 0))


def _parse_range(text: str, variant: str) -> Request | None:
    """Return the request in specifiers as PEP 440 has them, divided by commas."""
    ranges = []
    for part in text.split(","):
        specifier = _parse_specifier(part.strip())
        if specifier is None:
            return None
        ranges.append(specifier)
    operator, numbers, pre = ranges[0]
    if len(ranges) == 1 and operator == "==" and pre == FINAL and len(numbers) < 4:
        return Request(_unpack(numbers))  # uv forgets the variant here
    return Request(ranges=tuple(ranges), variant=variant)


def _parse_specifier(text: str) -> tuple[str, Numbers, Pre] | None:
    for operator in _OPERATORS:
        if text.startswith(operator):
            break
    else:
        return None
    version = text[len(operator) :]
    bare = version.removesuffix(".*")
    release = _parse_release(bare)
    if release is None or (operator == "~=" and len(release[0]) < 2):
        return None
    if bare != version:
        if operator not in ("==", "!=") or release[1] != FINAL:
            return None
        operator += "*"
    return operator, *release


def is_eager(request: Request) -> bool:
    """Tell whether a pre-release is as good as any: uv has it so where one asks for more."""
    return bool(request.implementation and (request.numbers or request.ranges)) or _has_prerelease(
        request
    )


def _has_prerelease(request: Request) -> bool:
    return request.pre != FINAL or any(pre != FINAL for _, _, pre in request.ranges)


def covers(request: Request, numbers: Numbers, pre: Pre = FINAL) -> bool:
    """Tell whether the version of `numbers` and `pre` is one that is asked for.

    3.1 stands for every 3.1.x and never for 3.12; 3.12.1 isn't 3.12.1rc1. A range without a
    pre-release in it takes 3.14.0rc1 for 3.14.0.
    """
    wanted = request.numbers
    if wanted and request.pre != FINAL:
        return (_cut_zeros(numbers), pre) == (_cut_zeros(wanted), request.pre)
    if wanted:
        return numbers[: len(wanted)] == wanted and (len(wanted) < 3 or pre == FINAL)
    if not _has_prerelease(request):
        pre = FINAL
    return all(_is_in_range(specifier, numbers, pre) for specifier in request.ranges)


def _is_in_range(specifier: tuple[str, Numbers, Pre], numbers: Numbers, pre: Pre) -> bool:
    operator, given, given_pre = specifier
    have, bound = (_cut_zeros(numbers), pre), (_cut_zeros(given), given_pre)
    padded = numbers + (0,) * len(given)
    if operator.endswith("*"):
        return (padded[: len(given)] == given) == (operator == "==*")
    if operator == "~=":
        return have >= bound and padded[: len(given) - 1] == given[:-1]
    if operator == "<" and given_pre == FINAL and have[0] == bound[0]:
        return False  # 3.13.0rc1 is below 3.13.0, and no one who writes <3.13 means it
    return {
        "<": have < bound,
        "<=": have <= bound,
        ">": have > bound,
        ">=": have >= bound,
        "!=": have != bound,
    }.get(operator, have == bound)


def _cut_zeros(numbers: Numbers) -> Numbers:
    """Return the numbers without zeros at the end: 3.12 and 3.12.0 are one version."""
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    return numbers


def parse_built(name: str) -> tuple[str, Numbers, Pre, str] | None:
    """Return implementation, numbers, last part and variant of a version of python-build's.

    pyenv, mise and asdf name what they install so: 3.12.1, 3.13.0t, 3.13-dev, 3.14.0rc1,
    pypy3.10-7.3.12. What says nothing of Python's version, as miniconda3-latest, is None.
    """
    implementation = "cpython"
    if name.startswith("pypy"):
        implementation, name = "pypy", name[4:].partition("-")[0]
    variant = ""
    if name.removesuffix("-dev").endswith("t") and implementation == "cpython":
        variant, name = "t", name.replace("t", "", 1)
    release = _parse_release(name) if name[:1].isdigit() and name.isascii() else None
    return (implementation, *release, variant) if release else None


def is_version(pin: str) -> bool:
    """Tell whether the pin is a version or a range of them, rather than a name or a path."""
    return parse(pin) is not None or parse_built(pin) is not None


def allows(pin: str, version: str) -> bool | None:
    """Tell whether an environment of `version` (X.Y.Z) is one that the pin asks for.

    None where that can't be told: the pin is a name, or the version is unknown. Only the version
    is compared, as far as both give it.
    """
    request = parse(pin)
    if request is None:
        named = parse_built(pin)
        request = Request(named[1]) if named else None
    release = _parse_release(version)
    if request is None or release is None:
        return None
    if request.numbers:
        wanted = request.numbers[: len(release[0])]
        return release[0][: len(wanted)] == wanted
    return covers(request, release[0])
