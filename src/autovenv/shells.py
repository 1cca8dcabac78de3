"""The shells: a row each with all that the helper knows of one. A shell is added by a row here.

What a shell does with the hook is in shell/; how a text is one word of it is in `quoting`, and
which files it reads at its start is in `startup`. A start without a kept hook waits for this
module: what is dear is imported where it is needed.
"""

from __future__ import annotations

import os

from autovenv import paths, quoting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Environ = Mapping[str, str]


class Marks:
    """The comment lines around what `install` writes, and whether its lines end in CRLF."""

    __slots__ = ("begin", "crlf", "end")

    def __init__(self, begin: str, end: str, *, crlf: bool = False) -> None:
        self.begin = begin
        self.end = end
        self.crlf = crlf


HASH_MARKS = Marks("# >>> autovenv >>>", "# <<< autovenv <<<")
REGION_MARKS = Marks("#region autovenv", "#endregion autovenv", crlf=True)


class Tab:
    """How a shell is told what can follow at a Tab (`cli/complete.py`).

    `frame` is what is around shell/complete.*, TEXT, where a user's own file reads it, and `file`
    the name that the shell looks for it by, if any. `line` is what complete.* reads for a word: it
    may have `{value}`, `{quoted}`, `{kind}`, `{help}`, `{help_or_value}`, and `{slash}`, which is
    empty but for a folder. The shell's own word begins behind each of `breaks`. `divider` is what
    is between the words of COMP_WORDS, "" where that is the line as it was typed.
    """

    __slots__ = ("breaks", "divider", "file", "frame", "line")

    def __init__(
        self,
        line: str,
        *,
        frame: str = "TEXT",
        breaks: str = "",
        divider: str = "",
        file: str = "",
    ) -> None:
        self.line = line
        self.frame = frame
        self.breaks = breaks
        self.divider = divider
        self.file = file


class Signs:
    """What doctor and `install` look for, as regular expressions with MULTILINE.

    `alias` and `function` match what the shell's `type` says of a NAME that is one; an alias's
    first word is the group. `ends` matches a line that ends an rc file, and has a group where that
    begins a block, which nothing can follow. `undoes` are what calls the hook, and how a file sets
    each again: one that does so with all of them, below the hook's lines, takes the hook away.
    `history` are the names of the files below the home that have what was typed, and `prefix` is
    what is before a command in them.
    """

    __slots__ = ("alias", "ends", "function", "history", "prefix", "undoes")

    def __init__(
        self,
        *,
        alias: str,
        function: str,
        history: tuple[str, ...],
        prefix: str = "",
        ends: str = r"^(?:return|exit|exec)\b[^\r\n]*",
        undoes: Mapping[str, str] | None = None,
    ) -> None:
        self.alias = alias
        self.function = function
        self.history = history
        self.prefix = prefix
        self.ends = ends
        self.undoes = undoes or {}


class Shell:
    """One shell.

    `template` is the hook's file in shell/, `frame` what is around the hook where it is kept in a
    file. `quote` makes a text one word of the hook's, `separator` divides such words in a list, and
    `quote_typed` makes a text one word of a line that is typed. `call` is what a quoted word needs
    before it where it is the command. `assignment` makes a text of a variable, as the record's
    common ones are: NAME=value and a newline, with `{0}` for the name. `reads` is the command that
    runs the user's own file `{0}`, for a kept hook that has its body in one; "" where all is in one
    file; `reads_apart` is the command that reads a function of the hook's as a text of its own, ""
    where the hook is one text. `conditions` is the condition on one file in a kept hook, that on
    one that isn't there, and what joins two of them. `form` is what who writes it by hand puts into
    the rc file, with SHELL and COMMAND in it; `rc` is how a message calls that file. `tab` is None
    for a shell without completions. `marks` are around what `install` writes.

    Commands that doctor prints, with `{}` for a name: `unset` for a variable, `unalias` and
    `unfunction` for what hides a program; `write` has `{word}` and `{file}`; `restart` ends the
    shell, and starts a new one where that can be done. `parses` is a command that fails where its
    input isn't a whole script, `asks` are those that print `function` where a new shell has the
    hook.
    """

    __slots__ = (
        *("frame", "asks", "call", "form", "marks", "name", "parses", "quote"),
        *("quote_typed", "rc", "reads", "reads_apart", "restart", "separator", "signs", "tab"),
        *("template", "unalias", "conditions", "unfunction", "unset", "assignment", "write"),
    )

    def __init__(
        self,
        name: str,
        *,
        template: str,
        frame: str,
        form: str,
        rc: str,
        quote: Callable[[str], str],
        assignment: str,
        conditions: tuple[str, str, str],
        parses: list[str],
        asks: list[list[str]],
        unalias: str,
        unfunction: str,
        signs: Signs,
        tab: Tab | None,
        quote_typed: Callable[[str], str] | None = None,
        separator: str = " ",
        call: str = "",
        marks: Marks = HASH_MARKS,
        reads: str = "",
        reads_apart: str = "",
        unset: str = "unset {}",
        write: str = "echo {word} > {file}",
        restart: str = "exec $SHELL",
    ) -> None:
        self.name = name
        self.template = template
        self.frame = frame
        self.form = form
        self.rc = rc
        self.quote = quote
        self.quote_typed = quote_typed or quote
        self.separator = separator
        self.call = call
        self.assignment = assignment
        self.conditions = conditions
        self.marks = marks
        self.parses = parses
        self.asks = asks
        self.unalias = unalias
        self.unfunction = unfunction
        self.signs = signs
        self.tab = tab
        self.reads = reads
        self.reads_apart = reads_apart
        self.unset = unset
        self.write = write
        self.restart = restart

    def has_stamps(self) -> bool:
        """Tell whether it compares a file's time with an empty file's that bears it."""
        return "{stamp}" in self.conditions[0]

    def write_line(self, command: str) -> str:
        """Return the line that a user writes to load the hook, for the command's absolute path."""
        line = self.form.replace("SHELL", self.name)
        return line.replace("COMMAND", self.quote(command))

    def find_kept(self, environ: Environ) -> str:
        """Return the path of the file in which the hook is kept."""
        ending = self.template.rpartition(".")[2]
        return os.path.join(paths.find_state_folder(environ), "hook", f"autovenv.{ending}")

    def find_completion(self, environ: Environ) -> str:
        """Return the path of the file that a Tab reads."""
        name = (self.tab and self.tab.file) or self.template
        return os.path.join(paths.find_state_folder(environ), "complete", name)


def _make_posix(
    name: str,
    *,
    parses: list[str],
    asks: list[list[str]],
    unfunction: str,
    signs: Signs,
    tab: Tab | None,
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
        frame="kept.sh",
        form='eval "$(COMMAND hook SHELL)"',
        rc=f"~/.{name}rc",
        quote=quoting.quote_posix,
        assignment="{0}=${{{0}-}}$'\\n'",
        reads="[ -f {0} ] && [ -s {0} ] && [ -O {0} ] && ! [ -L {0} ] && \\builtin . {0}",
        conditions=(condition, "! [ -e {path} ]", " && "),
        parses=parses,
        asks=asks,
        unalias="unalias {}",
        unfunction=unfunction,
        signs=signs,
        tab=tab,
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
            parses=["bash", "--norc", "-n", "/dev/stdin"],
            asks=[["bash", "-i", "-c", "type -t autovenv"]],
            unfunction="unset -f {}",
            # bash speaks the user's language: all but a path, or one that is hashed, is an alias
            # if something in quotes follows, and else a function.
            signs=Signs(
                alias=r"(?!.*/NAME\)?$).*?[`'\"\u2018-\u201f\u00ab][^\S\n]?([^\s'\"\u2018-\u201f\u00bb]+)",
                function=r"NAME (?!.*/NAME\)?$)",
                history=(".bash_history",),
                # bash's two ways to call the hook: one of them alone is found, and set again.
                undoes={
                    "PROMPT_COMMAND": r"^\s*(?:unset\s+PROMPT_COMMAND"
                    r"|(?:export\s+)?PROMPT_COMMAND=(?!.*PROMPT_COMMAND))",
                    "cd": r"^\s*(?:unset\s+-f\s+cd\b|(?:function\s+)?cd\s*\(\)|function\s+cd\b"
                    r"|.*\binit\b.*--cmd[ =]cd)",
                },
            ),
            tab=Tab(
                "{slash}\n{value}",
                frame="__autovenv_complete() {\nTEXT}\n"
                "complete -o default -F __autovenv_complete autovenv\n",
                breaks=":=",  # readline's, where they aren't quoted
            ),
        ),
        _make_posix(
            "zsh",
            parses=["zsh", "-fn", "/dev/stdin"],
            asks=[["zsh", "-i", "-c", "whence -w autovenv"]],
            unfunction="unfunction {}",
            signs=Signs(
                alias=r"NAME is an? (?:global )?alias for (\S+)",
                function=r"NAME is an? .*\bfunction\b",
                history=(".zsh_history", ".zhistory", ".histfile"),
                prefix=r": \d+:\d+;",
            ),
            tab=Tab("{kind}\n{help}\n{value}", file="_autovenv"),
        ),
        Shell(
            "fish",
            template="autovenv.fish",
            frame="kept.fish",
            form="COMMAND hook SHELL | source",
            rc="config.fish",
            quote=quoting.quote_fish,
            assignment='"{0}=${0}"\\n',
            reads="test -f {0} -a -s {0} -a -r {0} -a -O {0} -a ! -L {0}; and source {0}",
            # At the first block or call in each function that runs, fish counts the lines from the
            # beginning of the text that the function is in.
            reads_apart="builtin eval",
            conditions=(
                "-e {path} -a -e {stamp} -a ! {path} -nt {stamp} -a ! {path} -ot {stamp}",
                "! -e {path}",
                " -a ",
            ),
            parses=["fish", "-Nn", "/dev/stdin"],
            asks=[["fish", "-i", "-c", "type -t autovenv"]],
            unalias="functions --erase {}",
            unfunction="functions --erase {}",
            # An alias is a function, whose description says so.
            signs=Signs(
                alias=r"(?s:.*?)^function NAME\b.*'alias NAME[= ]([^\s']+)",
                function=r"NAME (?!.*/NAME$)",
                history=(".local/share/fish/fish_history",),
                prefix="- cmd: ",
            ),
            tab=Tab("{value}{slash}\t{help}"),  # fish puts no blank behind a slash
            unset="set -e {}",
        ),
        Shell(
            "powershell",
            template="autovenv.ps1",
            frame="kept.ps1",
            form='. ([scriptblock]::Create((& COMMAND hook SHELL) -join "`n"))',
            rc="$PROFILE",
            quote=quoting.quote_powershell,
            assignment="{0}=$env:{0}`n",
            quote_typed=quoting.quote_typed_powershell,
            separator=", ",
            call="& ",
            conditions=(
                "\"$([IO.File]::GetLastWriteTimeUtc({path}).Ticks)\" -ceq '{ticks}'",
                # .NET gives what isn't there a time of 1601.
                "\"$([IO.File]::GetLastWriteTimeUtc({path}).Ticks)\" -ceq '504911232000000000'",
                " -and ",
            ),
            marks=REGION_MARKS,
            # `activate` can't be run there, and Activate.ps1 need not be dot-sourced: $env: is the
            # process's own, and its functions are global. So no history is looked at.
            signs=Signs(
                alias=r"NAME is Alias: (\S*)",
                function=r"NAME is (?:Function|Filter): ",
                history=(),
                ends=r"(?i)^(?:(?:return|exit)\b|(begin|process|end)\s*\{)[^\r\n]*",
            ),
            tab=Tab(
                "{quoted}\t{value}\t{help_or_value}",
                frame="Register-ArgumentCompleter -Native -CommandName autovenv "
                "-ScriptBlock {\nTEXT}\n",
                divider="\n",
            ),
            parses=[
                *("pwsh", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command"),
                "$null = [scriptblock]::Create([Console]::In.ReadToEnd())",
            ],
            asks=[["pwsh", *_POWERSHELL_ASKS], ["powershell", *_POWERSHELL_ASKS]],
            unalias="Remove-Item -LiteralPath Alias:{}",
            unfunction="Remove-Item -LiteralPath Function:{}",
            unset="Remove-Item Env:{}",
            write="Set-Content {file} {word}",
            restart="exit",
        ),
    )
}
