"""What a driver tells of its shell, as data, and the session that types into one."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from drivers import tracing
from drivers.terminal import Terminal

# Every prompt ends in this, with the last line's status in it; so does a prompt for more of an
# incomplete line, so that a test doesn't wait for what can't come.
_MARK = re.compile(rb"\[\[[^\]\n]*\]\]~ \Z")
# A label is `(name) `; `name() ` is what Python 3.13's activate.fish makes of it in a fish 4 whose
# terminal knows no colours, where a `(set_color normal)` is no word at all.
_PROMPT = re.compile(r"\r*(?:\((.*)\) |([^()\r]+)\(\) )?\[\[([^\]\n]*)\]\]~ \Z")
INCOMPLETE = "more"

# fish goes to a new line by printing this mark and spaces up to the edge of the terminal.
_EDGE = re.compile("[\u23ce\u00b6~] {99,}\r(?:[\u23ce\u00b6~] \r)?")

# The probe's answer: these three, then the exported environment, each ended by NUL.
_FOLDER, _FUNCTIONS, _VARIABLES, _ENVIRONMENT = range(4)

# Functions and variables that a probe looks for.
FUNCTIONS = ("deactivate",)
VARIABLES = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "_OLD_VIRTUAL_PATH")


@dataclass(frozen=True)
class Shell:
    """One shell, and its words for what a scenario does.

    `version` is the line that shows its version. `program` finds it, or None. `flags` start it as a
    terminal does, but for what this machine's administrator has set up; `{home}` in one is the
    home. `files` are what is written in the home, from the rc file's text. `ahead` is the folder
    that the shell puts at the head of PATH where it starts and another is there; "" is none.
    `preamble` (see `fill_in`) makes the prompt, and a function `__probe` that writes the state to
    the given file and keeps the status. `load` is the line that evaluates a hook's text in a file.
    `at_once` tells whether a hook can be told of a change of folder within a line.
    """

    name: str
    version: str
    program: Callable[[], str | None]
    flags: tuple[str, ...]
    files: Callable[[str], Mapping[str, str]]
    preamble: Callable[[str], str]
    load: Callable[[str], str]
    quote: Callable[[str], str]
    cd: str
    export: str
    unset: str
    both: str = "{} && {}"
    call: str = "{}"
    leaving: str = ""
    probe: str = " __probe"
    at_once: bool = True
    ahead: Callable[[], str] = lambda: ""
    variables: Mapping[str, str] = field(default_factory=dict)

    def path(self) -> str:
        """Return the absolute path of the shell's program."""
        program = self.program()
        assert program, f"{self.name} is missing"
        return program

    def started(self, home: str) -> list[str]:
        """Return the words that start it interactively for who has that home."""
        return [self.path(), *(flag.replace("{home}", home) for flag in self.flags)]


def fill_in(preamble: str, probe: str, quote: Callable[[str], str], separator: str = " ") -> str:
    """Return a driver's preamble with what each has in it: the prompt's mark, and the probe."""
    for token, names in ("@FUNCTIONS@", FUNCTIONS), ("@VARIABLES@", VARIABLES):
        preamble = preamble.replace(token, separator.join(map(quote, names)))
    return preamble.replace("@INCOMPLETE@", INCOMPLETE).replace("@PROBE@", quote(probe))


@dataclass(frozen=True)
class Setup:
    """How a session begins: in the folder `cwd`, with the environment `env` alone.

    The rc file, in `home`, has the driver's own lines, `before`, the hook (in the file `hook`; none
    if it is empty) and `after`. Probes are written to the file `probe`. `arguments` are added on
    the command line. With `trace`, a file, what is started is counted. The command `through` sets
    something up for the shell and becomes it, as `setpriv` does.
    """

    home: str
    cwd: str
    env: Mapping[str, str]
    probe: str
    hook: str = ""
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    arguments: Sequence[str] = ()
    trace: str = ""
    through: Sequence[str] = ()


@dataclass(frozen=True)
class Result:
    """What a line led to: all that it showed, and what the next prompt says.

    `status` is 0 for success. `last_exit_code` is PowerShell's alone. `processes` started are
    counted where the session is traced.
    """

    output: str
    label: str | None
    status: int
    last_exit_code: int | None = None
    processes: int = 0


@dataclass(frozen=True)
class State:
    """What a probe found: `environment` is what the shell hands to a program, `variables` its own.

    `functions` and `variables` hold those of FUNCTIONS and VARIABLES that are set.
    """

    folder: str
    functions: frozenset[str]
    variables: frozenset[str]
    environment: Mapping[str, str]

    @property
    def path(self) -> list[str]:
        """The entries of PATH."""
        return self.environment.get("PATH", "").split(os.pathsep)

    def which(self, name: str) -> str | None:
        """Return the program that `name` means on this PATH."""
        return shutil.which(name, path=self.environment.get("PATH", ""))


class Session:
    """An interactive shell on a terminal of its own, standing at its prompt.

    `first` is what its start showed, `baseline` the state before the hook was loaded.
    """

    def __init__(self, shell: Shell, setup: Setup) -> None:
        self.shell = shell
        self._outer: list[Shell] = []
        self._setup = setup
        write_rc(shell, setup)
        arguments = [*shell.started(setup.home), *setup.arguments]
        if setup.trace:
            arguments = tracing.traced(arguments, setup.trace)
        arguments = [*setup.through, *arguments]
        self.terminal = Terminal(arguments, setup.cwd, {**setup.env, **shell.variables})
        try:
            self.first = _result(self.terminal.read_until(_at_prompt))
            assert Path(setup.probe).exists(), (
                f"{shell.name}'s `__probe`, at the end of its preamble, wrote nothing: "
                f"{self.first.output!r}"
            )
            self.baseline = self._state()
        except BaseException:
            self.close()
            raise

    def begin_again(self, setup: Setup) -> None:
        """Let the shell go on as a new one would begin: with that environment, folder and rc file.

        What it has in memory stays. `first` is what the rc file showed.
        """
        write_rc(self.shell, setup)
        (file,) = self.shell.files("")
        lines = [
            self.shell.export.format(name, self.shell.quote(value))
            for name, value in setup.env.items()
            if self._setup.env.get(name) != value
        ]
        lines += [self.shell.unset.format(name) for name in self._setup.env.keys() - setup.env]
        lines.append(self.shell.cd.format(self.shell.quote(setup.cwd)))
        lines.append(self.shell.load(os.path.join(setup.home, file)))
        self._setup = setup
        self.terminal.transcript.clear()
        self.first = self.type("; ".join(lines))
        self.baseline = self._state()

    def type(self, line: str) -> Result:
        """Type `line` and return what came of it, once the next prompt is there."""
        late = self.terminal.pending()
        assert not late, f"after the prompt: {late!r}"
        self.terminal.wait_for_reader()
        mark = tracing.size(self._setup.trace)
        self.terminal.send(os.fsencode(line) + b"\r")
        shown = self.terminal.read_until(_at_next_prompt)
        return _result(shown.partition(b"\n")[2], tracing.processes(self._setup.trace, mark))

    def probe(self) -> State:
        """Return the shell's state. It costs a prompt, and keeps the status."""
        Path(self._setup.probe).unlink()
        result = self.type(self.shell.probe)
        assert not result.output, f"the probe says: {result.output!r}"
        return self._state()

    def enter(self, shell: Shell) -> Result:
        """Start `shell` inside this one."""
        words = map(self.shell.quote, shell.started(self._setup.home))
        result = self.type(self.shell.call.format(" ".join(words)))
        self._outer.append(self.shell)
        self.shell = shell
        return result

    def leave(self) -> Result:
        """Leave the inner shell; what it says by itself isn't in the result."""
        inner, self.shell = self.shell, self._outer.pop()
        result = self.type("exit")
        return replace(result, output=result.output.removeprefix(inner.leaving))

    def close(self) -> None:
        """End the shell and all that was started in it."""
        self.terminal.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _state(self) -> State:
        fields = os.fsdecode(Path(self._setup.probe).read_bytes()).split("\0")
        pairs = (entry.partition("=") for entry in fields[_ENVIRONMENT:] if entry)
        return State(
            folder=fields[_FOLDER],
            functions=frozenset(fields[_FUNCTIONS].split()),
            variables=frozenset(fields[_VARIABLES].split()),
            environment={name: value for name, _, value in pairs},
        )


def write_rc(shell: Shell, setup: Setup) -> None:
    """Write the shell's rc file, and what goes with it, into the home of `setup`."""
    lines = [shell.preamble(setup.probe), *setup.before, "__probe"]
    if setup.hook:
        lines.append(shell.load(setup.hook))
    lines += setup.after
    for name, text in shell.files("\n".join(lines) + "\n").items():
        path = Path(setup.home, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(text))


def _at_prompt(shown: bytearray) -> bool:
    return _MARK.search(shown, max(0, len(shown) - 200)) is not None


def _at_next_prompt(shown: bytearray) -> bool:
    # The first line is the echo of what was typed, and an editor may draw the prompt in it again.
    return b"\n" in shown and _at_prompt(shown[shown.index(b"\n") :])


def _result(shown: bytes, processes: int = 0) -> Result:
    text = _EDGE.sub("", os.fsdecode(shown))
    text = re.sub(r"\r+\n", "\n", text)
    head, newline, last = text.rpartition("\n")
    prompt = _PROMPT.search(last)
    assert prompt, f"no prompt: {last!r}"
    assert prompt[3] != INCOMPLETE, f"the line was incomplete: {text!r}"
    failed, _, native = prompt[3].partition(" ")
    return Result(
        output=head + newline + last[: prompt.start()],
        label=prompt[1] or prompt[2],
        status=int(native or 0) or int(failed) if int(failed) else 0,
        last_exit_code=int(native) if native else None,
        processes=processes,
    )
