"""The shells: a row each with all that the helper knows of one. A shell is added by a row here.

What a shell does with the hook is in shell/; how a text is one word of it is in `quoting`, and
which files it reads at its start is in `startup`. A start without a kept hook waits for this
module: what is dear is imported where it is needed.
"""

from __future__ import annotations

import os
import sys

from autovenv import paths, quoting, startup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Environ = Mapping[str, str]


class UnknownShellError(ValueError):
    """A name that is none of the shells'; its message lists them."""


class Marks:
    """The comment lines around what `install` writes, and whether its lines end in CRLF."""

    __slots__ = ("begin", "crlf", "end")

    def __init__(self, begin: str, end: str, *, crlf: bool = False) -> None:
        self.begin = begin
        self.end = end
        self.crlf = crlf


HASH_MARKS = Marks("# >>> autovenv >>>", "# <<< autovenv <<<")
REGION_MARKS = Marks("#region autovenv", "#endregion autovenv", crlf=True)


class Shell:
    """One shell.

    `template` is the hook's file in shell/, `around` what is around the hook where it is kept in a
    file. `quote` makes a text one word of the hook's, `separator` divides such words in a list, and
    `quote_typed` makes a text one word of a line that is typed. `call` is what a quoted word needs
    before it where it is the command. `valued` makes a text of a variable, as the record's common
    ones are: NAME=value and a newline, with `{0}` for the name. `unchanged` is the condition on one
    file in a kept hook, that on one that isn't there, and what joins two of them. `form` is what
    who writes it by hand puts into the rc file, with SHELL and COMMAND in it; `rc` is how a message
    calls that file. `completed` is what is around the text that a Tab reads, TEXT, where a user's
    own file reads it; "" for a shell without completions. `marks` are around what `install` writes,
    into `files` for an environment; `traces` are also the files that it may have written when
    things stood differently, for `uninstall`.

    Commands that doctor prints, with `{}` for a name: `unset` for a variable, `unalias` and
    `unfunction` for what hides a program; `write` has `{word}` and `{file}`. `parses` is a command
    that fails where its input isn't a whole script, `asks` are those that print `function` where a
    new shell has the hook.
    """

    __slots__ = (
        *("around", "asks", "call", "completed", "files", "form", "marks", "name", "parses"),
        *("quote", "quote_typed", "rc", "separator", "template", "traces", "unalias"),
        *("unchanged", "unfunction", "unset", "valued", "write"),
    )

    def __init__(
        self,
        name: str,
        *,
        template: str,
        around: str,
        form: str,
        rc: str,
        files: Callable[[Environ], list[str]],
        traces: Callable[[Environ], list[str]],
        quote: Callable[[str], str],
        valued: str,
        unchanged: tuple[str, str, str],
        parses: list[str],
        asks: list[list[str]],
        unalias: str,
        unfunction: str,
        quote_typed: Callable[[str], str] | None = None,
        separator: str = " ",
        call: str = "",
        marks: Marks = HASH_MARKS,
        completed: str = "TEXT",
        unset: str = "unset {}",
        write: str = "echo {word} > {file}",
    ) -> None:
        self.name = name
        self.template = template
        self.around = around
        self.form = form
        self.rc = rc
        self.files = files
        self.traces = traces
        self.quote = quote
        self.quote_typed = quote_typed or quote
        self.separator = separator
        self.call = call
        self.valued = valued
        self.unchanged = unchanged
        self.marks = marks
        self.parses = parses
        self.asks = asks
        self.unalias = unalias
        self.unfunction = unfunction
        self.completed = completed
        self.unset = unset
        self.write = write

    def write_line(self, command: str) -> str:
        """Return the line that a user writes to load the hook, for the command's absolute path."""
        line = self.form.replace("SHELL", self.name)
        return line.replace("COMMAND", self.quote(command))

    def find_kept(self, environ: Environ) -> str:
        """Return the path of the file in which the hook is kept."""
        ending = self.template.rpartition(".")[2]
        return os.path.join(paths.find_state_folder(environ), "hook", f"autovenv.{ending}")

    def find_completion(self, environ: Environ) -> str:
        """Return the path of the file that a Tab reads; zsh looks for it by its name."""
        name = "_autovenv" if self.name == "zsh" else self.template
        return os.path.join(paths.find_state_folder(environ), "complete", name)


def _make_posix(
    name: str,
    *,
    files: Callable[[Environ], list[str]],
    traces: Callable[[Environ], list[str]],
    parses: list[str],
    asks: list[list[str]],
    unfunction: str,
    completed: str = "TEXT",
) -> Shell:
    """Return the row of a shell whose hook is written in what bash and zsh share."""
    # A file has the time of its stamp. zsh and bash differ on what is newer than a file that is
    # missing: look whether it is there.
    condition = (
        "[ -e {path} ] && [ -e {stamp} ] && ! [ {path} -nt {stamp} ] && ! [ {path} -ot {stamp} ]"
    )
    return Shell(
        name,
        template=f"autovenv.{name}",
        around="kept.sh",
        form='eval "$(COMMAND hook SHELL)"',
        rc=f"~/.{name}rc",
        files=files,
        traces=traces,
        quote=quoting.quote_posix,
        valued="{0}=${{{0}-}}$'\\n'",
        unchanged=(condition, "! [ -e {path} ]", " && "),
        parses=parses,
        asks=asks,
        unalias="unalias {}",
        unfunction=unfunction,
        completed=completed,
    )


# What prints `function` where the hook is loaded. PowerShell is interactive by -NoExit alone.
_POWERSHELL_ASKS = [
    "-NoLogo",
    "-NoExit",
    "-Command",
    '"$((Get-Command autovenv -ErrorAction Ignore).CommandType)"; exit',
]

ALIASES = {"pwsh": "powershell"}
SHELLS = {
    shell.name: shell
    for shell in (
        _make_posix(
            "bash",
            files=startup.find_bash_files,
            traces=startup.find_bash_traces,
            parses=["bash", "--norc", "-n", "/dev/stdin"],
            asks=[["bash", "-i", "-c", "type -t autovenv"]],
            unfunction="unset -f {}",
            completed="__autovenv_complete() {\nTEXT}\n"
            "complete -o default -F __autovenv_complete autovenv\n",
        ),
        _make_posix(
            "zsh",
            files=startup.find_zsh_files,
            traces=startup.find_zsh_traces,
            parses=["zsh", "-fn", "/dev/stdin"],
            asks=[["zsh", "-i", "-c", "whence -w autovenv"]],
            unfunction="unfunction {}",
        ),
        Shell(
            "fish",
            template="autovenv.fish",
            around="kept.fish",
            form="COMMAND hook SHELL | source",
            rc="config.fish",
            files=startup.find_fish_files,
            traces=startup.find_fish_files,
            quote=quoting.quote_fish,
            valued='"{0}=${0}"\\n',
            unchanged=(
                "-e {path} -a -e {stamp} -a ! {path} -nt {stamp} -a ! {path} -ot {stamp}",
                "! -e {path}",
                " -a ",
            ),
            parses=["fish", "-Nn", "/dev/stdin"],
            asks=[["fish", "-i", "-c", "type -t autovenv"]],
            unalias="functions --erase {}",
            unfunction="functions --erase {}",
            unset="set -e {}",
        ),
        Shell(
            "powershell",
            template="autovenv.ps1",
            around="kept.ps1",
            form='. ([scriptblock]::Create((& COMMAND hook SHELL) -join "`n"))',
            rc="$PROFILE",
            files=startup.find_powershell_files,
            traces=startup.find_powershell_traces,
            quote=quoting.quote_powershell,
            valued='"{0}=$env:{0}`n" + ',
            quote_typed=quoting.quote_typed_powershell,
            separator=", ",
            call="& ",
            unchanged=(
                "[IO.File]::GetLastWriteTimeUtc({path}).Ticks -eq {ticks}",
                "-not [IO.File]::Exists({path})",
                " -and ",
            ),
            marks=REGION_MARKS,
            completed="Register-ArgumentCompleter -Native -CommandName autovenv "
            "-ScriptBlock {\nTEXT}\n",
            parses=[
                *("pwsh", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command"),
                "$null = [scriptblock]::Create([Console]::In.ReadToEnd())",
            ],
            asks=[["pwsh", *_POWERSHELL_ASKS], ["powershell", *_POWERSHELL_ASKS]],
            unalias="Remove-Item -LiteralPath Alias:{}",
            unfunction="Remove-Item -LiteralPath Function:{}",
            unset="Remove-Item Env:{}",
            write="Set-Content {file} {word}",
        ),
    )
}


def find(name: str) -> Shell:
    """Return the shell of that name, an alias of it, or a path to it; raise UnknownShellError."""
    stem = os.path.basename(name).lower().removesuffix(".exe")
    stem = ALIASES.get(stem, stem)
    if stem not in SHELLS:
        raise UnknownShellError(f"unknown shell {name!r}: the shells are {', '.join(SHELLS)}")
    if sys.platform == "win32" and stem != "powershell":
        raise UnknownShellError(
            f"on Windows autovenv works in Windows PowerShell 5.1 and PowerShell 7, not in {stem}: "
            "autovenv install --shell powershell"
        )
    return SHELLS[stem]


def find_calling(environ: Environ) -> Shell:
    """Return the shell that this process was called from, else the one in SHELL.

    Raises UnknownShellError where neither is one of them.
    """
    import shellingham  # type: ignore[import-untyped]  # it has no types

    try:
        return find(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, UnknownShellError):
        pass
    login = environ.get("SHELL", "")
    if not login:
        raise UnknownShellError(f"which shell? name one of {', '.join(SHELLS)}")
    return find(login)
