"""`autovenv hook SHELL`: fills in the shell's template and prints it."""

from __future__ import annotations

import os
import sys

import autovenv
from autovenv import checks, paths
from autovenv.find import markers
from autovenv.shells import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autovenv.shells import Shell

PACKAGE = os.path.dirname(os.path.abspath(__file__))

# A template's first part is one command that evaluates the second, which it gets as one word: that
# keeps it from shells that aren't interactive, and an alias can't get at it while it is parsed.
BODY_MARK = "# --- the body ---\n"

# What bash and zsh share, and what stands in its place in their own files.
CORE = "autovenv.sh"
CORE_TOKEN = "__CORE__\n"

# What a step of bash's and zsh's depends on, but for files and for what is in that shell alone.
STATE = (
    "$PWD:${PATH-}:${VIRTUAL_ENV-}:${VIRTUAL_ENV_PROMPT+set}:${_OLD_VIRTUAL_PATH-}:"
    "${__AUTOVENV_PATH-}:${__AUTOVENV_ENV-}:${CONDA_DEFAULT_ENV-}:${AUTOVENV_DISABLE-}:"
) + ":".join(f"${{{name}-}}" for name in checks.COMMON)

# What PowerShell reads in Constrained Language Mode alone: one word, as a body is.
CONSTRAINED = "constrained.ps1"
CONSTRAINED_TOKEN = "CONSTRAINED"


def main(shell: str, file: str = "") -> int:
    """Print the hook for `shell`, a key of SHELLS, and keep it in `file`, if any; return 0."""
    names = _find_names()
    text = fill_in(shell, names)
    if file:
        _keep(shell, file, text, names)
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()
    return 0


def _find_names() -> Sequence[str]:
    """Return the user's own names for environments; mostly there are none, and nothing is read."""
    is_set = os.environ.get("AUTOVENV_NAMES") or os.path.exists(paths.find_config_file(os.environ))
    if not is_set:
        return ()
    from autovenv import settings

    return settings.find_names(os.environ)


def _keep(shell: str, file: str, filled: str, names: Sequence[str]) -> None:
    """Keep the hook `filled` in `file`, for the line that `autovenv install` writes."""
    from autovenv import kept

    row = SHELLS[shell]
    around = _strip_comments(_read(row.frame))

    def write(words: dict[str, str], place: str) -> str:
        hook = fill_in(shell, names, row.reads.format(row.quote(place))) if place else filled
        return _replace_tokens(around, {**words, "HOOK": hook})

    # As a word in quotes, the body would be read, unquoted and only then parsed, which takes bash
    # as long as all the rest of its start: it has a file of its own.
    body = _write_loaded(shell, _list_tokens(shell, names)) if row.reads else ""
    kept.keep(file, row, _list_sources(row), write, body)


def _list_sources(row: Shell) -> list[str]:
    """Return the files by whose times a change of what the hook is made from is seen.

    An installer writes all files of a package at once, so that two are enough: each costs a start
    of bash some 50 µs. In a checkout, any of them may be edited.
    """
    template = _find_path(row.template)
    if os.path.dirname(os.path.dirname(template)) == PACKAGE:
        return [os.path.join(PACKAGE, "__init__.py"), template]
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] == "autovenv"]
    modules = [module.__file__ for module in ours if module.__file__]
    return [*modules, template, *map(_find_path, (CORE, CONSTRAINED, row.frame))]


def fill_in(shell: str, names: Sequence[str] = (), body: str = "") -> str:
    """Return the text that `shell` (a key of SHELLS) evaluates.

    `names` are the user's own for environments; `body` is what it does, by default the template's
    body. Raises OSError where the package was installed without its shell files.
    """
    quoted = SHELLS[shell].quote
    head, _ = _read_parts(shell)
    tokens = _list_tokens(shell, names)
    body = body or _write_loaded(shell, tokens)
    if not head:
        return body
    tokens["BODY"] = quoted(body)
    if f"__{CONSTRAINED_TOKEN}__" in head:
        tokens[CONSTRAINED_TOKEN] = quoted(write_constrained(_condense, tokens))
    return _replace_tokens(_condense(head), tokens)


def write_loader(shell: Shell, command: str, file: str, completion: str) -> str:
    """Return the lines that `install` writes: the hook kept in `file`, else by `command`.

    `completion` is the file that a Tab reads.
    """
    text = _strip_comments(_read(shell.template.replace("autovenv.", "load.")))
    words = {"COMMAND": command, "KEPT": file, "COMPLETION": completion}
    words["COMPLETIONS"] = os.path.dirname(completion)
    return _replace_tokens(text, {name: shell.quote(word) for name, word in words.items()})


def write_completer(shell: Shell, command: str) -> str:
    """Return what a Tab behind `autovenv` reads."""
    text = _read(shell.template.replace("autovenv.", "complete."))
    return _replace_tokens(text, {"COMMAND": shell.quote(command)})


def write_completer_alone(shell: Shell, command: str) -> str:
    """Return the same as a text that the shell may read at any time, once; "" where it has none."""
    return shell.tab.frame.replace("TEXT", write_completer(shell, command)) if shell.tab else ""


def _write_loaded(shell: str, tokens: dict[str, str]) -> str:
    """Return the body as the shell loads it: condensed, filled in, and divided where that helps."""
    row, (_, text) = SHELLS[shell], _read_parts(shell)
    if not row.reads_apart:
        return _replace_tokens(_condense(text), tokens)
    first, *functions = (
        _replace_tokens(_condense(part), tokens) for part in text.split("\nfunction ")
    )
    return first + "".join(
        f"{row.reads_apart} {row.quote(f'function {part}')}\n" for part in functions
    )


def write_body(shell: str, changed: Callable[[str], str] = str, names: Sequence[str] = ()) -> str:
    """Return the part of the hook that does the work: `changed`, and then filled in."""
    return _replace_tokens(changed(_read_parts(shell)[1]), _list_tokens(shell, names))


def write_constrained(
    changed: Callable[[str], str] = str, tokens: dict[str, str] | None = None
) -> str:
    """Return what PowerShell reads besides in Constrained Language Mode, as `write_body` does."""
    tokens = tokens or _list_tokens("powershell", ())
    return _replace_tokens(changed(_read(CONSTRAINED)), tokens)


def _list_tokens(shell: str, names: Sequence[str]) -> dict[str, str]:
    """Return what stands in the place of each token in the templates for `shell`, by its name."""
    quoted, joined = SHELLS[shell].quote, SHELLS[shell].separator
    looked_for = markers.list_with(names)
    sees_links = paths.has_hosts()
    flags = (markers.LINKS,) if sees_links else ()
    return {
        "STATE": STATE,
        "VERSION": quoted(" ".join((autovenv.__version__, *names))),
        "FORMAT": quoted(paths.FORMAT),
        "SHELL": quoted(shell),
        "ASKER": quoted("/".join((shell, *flags, *names))),
        "RC": SHELLS[shell].rc,
        "PYTHON": quoted(sys.executable),
        "SPARES": joined.join(map(quoted, list_spares())),
        "AGAIN": advise_reinstall(sys.prefix),
        "MAIN": quoted(os.path.join(PACKAGE, "__main__.py")),
        "ANSWERS": quoted(paths.find_answers_folder(os.environ, names)),
        "RECORD_NAME": quoted(paths.RECORD_NAME),
        "STAMP_NAME": quoted(paths.STAMP_NAME),
        "MARKERS": joined.join(map(quoted, looked_for)),
        **_list_tests(list(map(quoted, looked_for)), sees_links=sees_links),
        "COMMON": "".join(map(SHELLS[shell].assignment.format, checks.COMMON)),
        "USUAL": quoted(" ".join(checks.USUAL)),
        "USUAL_END": str(8 + len(checks.USUAL) + 1),
        "VARIABLES": joined.join(map(quoted, checks.VARIABLES)),
    }


def _list_tests(words: Sequence[str], *, sees_links: bool) -> dict[str, str]:
    """Return the tokens of what looks for markers, whose names are `words` of the shell's.

    With `sees_links` each asks first whether there is a link, and doesn't follow one: a project's
    could lead to a host of a stranger's. That takes two looks for one, so it is done only where
    such hosts can be reached.
    """
    missing = "! -L {0} && ! -e {0}" if sees_links else "! -e {0}"
    paths_of = [(name, missing.format(f"$__autovenv_at/{name}")) for name in words]
    looks = (
        f'[[ {none} ]] || {{ __autovenv_sighted+=("$__autovenv_at/"{name}) &&'
        f" __autovenv_sightings+=$__autovenv_at/{name}$'\\n'; }}"
        for name, none in paths_of
    )
    others = (f"({none} || $__autovenv_here == */{name}$'\\n'*)" for name, none in paths_of)
    coming = "builtin path filter --quiet -- {} $__autovenv_missing"
    apart = "begin; __autovenv_sees $__autovenv_missing; or builtin path filter --quiet -- {}; end"
    return {
        "NO_MARKER": " && ".join(none for _, none in paths_of),
        "NO_OTHER_MARKER": " && ".join(others),
        "LOOK_FOR_MARKERS": "\n".join(looks),
        "IS_GONE": missing.format("$__autovenv_at"),
        "SEES": "__autovenv_sees" if sees_links else "builtin path filter --quiet --",
        "LINK_OR": "-L $marker -o" if sees_links else "",
        "NO_LINK_AND": "! -L $marker -a" if sees_links else "",
        "COMES": (apart if sees_links else coming).format("$__autovenv_absent"),
        "SEES_LINKS": "$true" if sees_links else "$false",
    }


def advise_reinstall(prefix: str) -> str:
    """Return how autovenv is installed again, for text within any shell's quotes.

    `prefix` is the folder of its Python, which an upgrade of the system's may break.
    """
    place = prefix.replace("\\", "/")
    if "/pipx/" in place:
        return "run pipx reinstall autovenv-shell"
    if "/uv/tools/" in place or place.endswith("/autovenv/venv"):
        return "run sh install.sh in its checkout"  # uv upgrades nothing whose Python is gone
    return "install autovenv again"


def list_spares() -> list[str]:
    """Return the Pythons that answer where autovenv's own is gone: those of the whole machine.

    An upgrade of the system takes it away, as it does pipx's (pypa/pipx 1755). They need none of
    our packages. macOS' own is left out: it may do nothing but open a window.
    """
    if os.name == "nt":
        return [os.path.join(os.environ.get("SYSTEMROOT", "C:\\Windows"), "py.exe")]
    if sys.platform == "darwin":
        return ["/opt/homebrew/bin/python3", "/usr/local/bin/python3"]
    return ["/usr/bin/python3", "/usr/local/bin/python3"]


def _replace_tokens(text: str, tokens: dict[str, str]) -> str:
    """Return `text` with each token's value in its place, in one pass.

    A value may hold what looks like a token: a folder can have any name.
    """
    parts = text.split("__")
    ends = len(parts) - 1
    found = [index for index, part in enumerate(parts) if part in tokens and 0 < index < ends]
    for index in reversed(found):
        parts[index - 1 : index + 2] = [parts[index - 1] + tokens[parts[index]] + parts[index + 1]]
    return "__".join(parts)


def _read_parts(shell: str) -> tuple[str, str]:
    """Return the template's first part, "" where it has none, and its body."""
    text = _read(SHELLS[shell].template)
    head, mark, body = text.partition(BODY_MARK)
    if not mark:
        return "", text
    return head, body.replace(CORE_TOKEN, _read(CORE)) if CORE_TOKEN in body else body


def _read(file_name: str) -> str:
    with open(_find_path(file_name), encoding="utf-8", newline="") as template:
        return template.read()


def _find_path(file_name: str) -> str:
    """Return where a template is: in the package, or where a checkout has it (editable install)."""
    installed = os.path.join(PACKAGE, "shell", file_name)
    if os.path.exists(installed):
        return installed
    return os.path.join(os.path.dirname(os.path.dirname(PACKAGE)), "shell", file_name)


def _condense(text: str) -> str:
    """Return `text` as a shell need parse it at each start: neither comments nor indentation.

    No template has a text of several lines in quotes, or a ` # ` in them; a test compares what
    shells make of both.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"]
    lines = [line.partition(" # ")[0].rstrip() if " # " in line else line for line in lines]
    return "\n".join([*lines, ""])


def _strip_comments(text: str) -> str:
    """Return `text` without empty lines, and without comments that have a line of their own."""
    lines = (line for line in text.splitlines(keepends=True) if line.strip())
    return "".join(line for line in lines if not line.lstrip().startswith("#"))
