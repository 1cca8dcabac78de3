"""`autovenv hook SHELL`: fills in the shell's template and prints it."""

from __future__ import annotations

import os
import sys

import autovenv
from autovenv import checks, evidence, paths, settings
from autovenv.find import markers, reach
from autovenv.shells import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autovenv.shells import Shell

PACKAGE = os.path.dirname(os.path.abspath(__file__))

# A template's first part is one command that evaluates the second, which it gets as one word: that
# keeps it from shells that aren't interactive, and an alias can't get at it while it is parsed.
BODY_TOKEN = "__BODY__"
BODY_MARK = "# --- the body ---\n"

# What bash and zsh share, and what stands in its place in their own files.
CORE = "autovenv.sh"
CORE_TOKEN = "__CORE__\n"

# What PowerShell reads in Constrained Language Mode alone: one word, as a body is.
CONSTRAINED = "constrained.ps1"
CONSTRAINED_TOKEN = "__CONSTRAINED__"


def main(shell: str, file: str = "") -> int:
    """Print the hook for `shell`, a key of SHELLS, and keep it in `file`, if any; return 0."""
    names = settings.find_names(os.environ)
    body = write_body(shell, _condense, names)
    text = fill_in(shell, names, body)
    if file:
        _keep(shell, file, text, body, names)
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()
    return 0


def _keep(shell: str, file: str, filled: str, body: str, names: Sequence[str]) -> None:
    """Keep the hook `filled` in `file`, for the line that `autovenv install` writes.

    Where the shell reads it from a file of its own, that is `body`.
    """
    from autovenv import kept

    row = SHELLS[shell]
    around = _strip_comments(_read(row.frame))

    def write(words: dict[str, str], place: str) -> str:
        hook = fill_in(shell, names, row.reads.format(row.quote(place))) if place else filled
        return _replace_tokens(around, {**words, "__HOOK__": hook})

    # As a word in quotes, the body would be read, unquoted and only then parsed, which takes bash
    # as long as all the rest of its start.
    kept.keep(file, row, _list_sources(row), write, body if row.reads else "")


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
    body = body or write_body(shell, _condense, names)
    head, mark, _ = _read_template(shell).partition(BODY_MARK)
    if not mark:
        return body
    words = {BODY_TOKEN: quoted(body)}
    if CONSTRAINED_TOKEN in head:
        words[CONSTRAINED_TOKEN] = quoted(write_constrained(_condense))
    return _replace_tokens(_condense(head), {**_list_tokens(shell, names), **words})


def write_loader(shell: Shell, command: str, file: str, completion: str) -> str:
    """Return the lines that `install` writes: the hook kept in `file`, else by `command`.

    `completion` is the file that a Tab reads.
    """
    text = _strip_comments(_read(shell.template.replace("autovenv.", "load.")))
    words = {"COMMAND": command, "KEPT": file, "COMPLETION": completion}
    words["COMPLETIONS"] = os.path.dirname(completion)
    return _replace_tokens(text, {f"__{name}__": shell.quote(word) for name, word in words.items()})


def write_completer(shell: Shell, command: str) -> str:
    """Return what a Tab behind `autovenv` reads."""
    text = _read(shell.template.replace("autovenv.", "complete."))
    return _replace_tokens(text, {"__COMMAND__": shell.quote(command)})


def write_completer_alone(shell: Shell, command: str) -> str:
    """Return the same as a text that the shell may read at any time, once; "" where it has none."""
    return shell.tab.frame.replace("TEXT", write_completer(shell, command)) if shell.tab else ""


def write_body(shell: str, changed: Callable[[str], str] = str, names: Sequence[str] = ()) -> str:
    """Return the part of the hook that does the work: `changed`, and then filled in."""
    text = _read_template(shell)
    text = (text.partition(BODY_MARK)[2] or text).replace(CORE_TOKEN, _read(CORE))
    return _replace_tokens(changed(text), _list_tokens(shell, names))


def write_constrained(changed: Callable[[str], str] = str) -> str:
    """Return what PowerShell reads besides in Constrained Language Mode, as `body` does."""
    return _replace_tokens(changed(_read(CONSTRAINED)), _list_tokens("powershell", ()))


def _list_tokens(shell: str, names: Sequence[str]) -> dict[str, str]:
    """Return what stands in the place of each token in the templates for `shell`."""
    quoted, joined = SHELLS[shell].quote, SHELLS[shell].separator
    looked_for = markers.list_with(names)
    sees_links = reach.has_hosts()
    flags = (markers.LINKS,) if sees_links else ()
    return {
        "__VERSION__": quoted(" ".join((autovenv.__version__, *names))),
        "__FORMAT__": quoted(paths.FORMAT),
        "__SHELL__": quoted(shell),
        "__ASKER__": quoted("/".join((shell, *flags, *names))),
        "__RC__": SHELLS[shell].rc,
        "__PYTHON__": quoted(sys.executable),
        "__SPARES__": joined.join(map(quoted, list_spares())),
        "__AGAIN__": advise_reinstall(sys.prefix),
        "__MAIN__": quoted(os.path.join(PACKAGE, "__main__.py")),
        "__ANSWERS__": quoted(paths.find_answers_folder(os.environ, names)),
        "__RECORD_NAME__": quoted(paths.RECORD_NAME),
        "__STAMP_NAME__": quoted(paths.STAMP_NAME),
        "__MARKERS__": joined.join(map(quoted, looked_for)),
        **_list_tests(list(map(quoted, looked_for)), sees_links=sees_links),
        "__COMMON__": "".join(map(SHELLS[shell].assignment.format, checks.COMMON)),
        "__USUAL__": quoted(" ".join(checks.USUAL)),
        "__USUAL_END__": str(8 + len(checks.USUAL) + 1),
        "__VARIABLES__": joined.join(map(quoted, evidence.VARIABLES)),
    }


def _list_tests(words: Sequence[str], *, sees_links: bool) -> dict[str, str]:
    """Return the tokens of what looks for markers, whose names are `words` of the shell's.

    With `sees_links` each asks first whether there is a link, and doesn't follow one: a project's
    could lead to a host of a stranger's. That takes two looks for one, so it is done only where
    such hosts can be reached.
    """
    missing = "! -L {0} && ! -e {0}" if sees_links else "! -e {0}"
    paths_of = [(name, missing.format(f"$folder/{name}")) for name in words]
    looks = (
        f'[[ {none} ]] || {{ __autovenv_sighted+=("$folder/"{name}) &&'
        f" __autovenv_sightings+=$folder/{name}$'\\n'; }}"
        for name, none in paths_of
    )
    others = (f"({none} || $__autovenv_here == */{name}$'\\n'*)" for name, none in paths_of)
    coming = "builtin path filter --quiet -- {} $__autovenv_missing"
    apart = "begin; __autovenv_sees $__autovenv_missing; or builtin path filter --quiet -- {}; end"
    return {
        "__NO_MARKER__": " && ".join(none for _, none in paths_of),
        "__NO_OTHER_MARKER__": " && ".join(others),
        "__LOOK_FOR_MARKERS__": "\n".join(looks),
        "__IS_GONE__": missing.format("$marker"),
        "__SEES__": "__autovenv_sees" if sees_links else "builtin path filter --quiet --",
        "__LINK_FIRST__": "test -L $marker; and set is -L" if sees_links else "",
        "__COMES__": (apart if sees_links else coming).format("$__autovenv_absent"),
        "__SEES_LINKS__": "$true" if sees_links else "$false",
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
    first, *parts = text.split("__")
    pieces, position = [first], 0
    while position < len(parts):
        value = tokens.get(f"__{parts[position]}__") if position + 1 < len(parts) else None
        pieces += ["__", parts[position]] if value is None else [value, parts[position + 1]]
        position += 1 if value is None else 2
    return "".join(pieces)


def _read_template(shell: str) -> str:
    return _read(SHELLS[shell].template)


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
    lines = (line.partition(" # ")[0].strip(" ") for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and line[0] != "#")


def _strip_comments(text: str) -> str:
    """Return `text` without empty lines, and without comments that have a line of their own."""
    lines = (line for line in text.splitlines(keepends=True) if line.strip())
    return "".join(line for line in lines if not line.lstrip().startswith("#"))
