"""No hook, but what one can't do without: the looks alone, written out for the benchmark's folders.

It looks at the paths that autovenv's hook looks at there, each a word with nothing to expand, and
sets the same variables. It knows nothing else and can't do anything else: a hook that looks at all
of these takes more. `bench/hooks.py --looks` shows it for bash and zsh, `bench/powershell.py
--looks` for PowerShell.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import tables
from peers import DEEP, PROJECTS, Peer

from autovenv import checks
from autovenv.find import markers
from autovenv.paths import FORMAT, RECORD_NAME, STAMP_NAME
from autovenv.quoting import quote_powershell
from autovenv.record import Record
from drivers.shell import Session, Setup, Shell
from trees import World

# A kind of check, what is looked at, and the stamp that has its time, if it has one.
Look = tuple[str, str, str]

NAME = "the looks alone"
# How a shell calls it, after a change of folder and at a prompt; PowerShell has another text.
CALLED = {
    "bash": 'cd() { builtin cd "$@"; __looks_moved; }; PROMPT_COMMAND=__looks_prompt',
    "zsh": "chpwd_functions=(__looks_moved); precmd_functions=(__looks_prompt)",
    "pwsh": "",
}
# A function each folder, since bash copies a function's body at each call.
FRAME = """\
__looks_outside=$PATH
__looks_moved() {{ case $PWD in
{cases}
*) __looks_elsewhere
  __looks_leave ;;
esac; }}
__looks_prompt() {{ case $PWD in
{prompts}
*) __looks_elsewhere ;;
esac; }}
__looks_elsewhere() {{ [[ {outside} ]] || echo stale; }}
__looks_leave() {{
  [[ -n ${{VIRTUAL_ENV-}} ]] || return 0
  PATH=$__looks_outside
  builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
}}
{functions}
{called}
"""
FUNCTIONS = """\
__looks_at_{number}() {{
  [[ {walk} && {standing} ]] || echo stale
}}
__looks_into_{number}() {{
  __looks_at_{number}
  [[ ${{VIRTUAL_ENV-}} != {environment} ]] || return 0
  [[ {entering} ]] || echo stale
  __looks_leave
  export PATH={entry}:$PATH VIRTUAL_ENV={environment} VIRTUAL_ENV_PROMPT={label}
}}
"""
CASE = "{folder}) __looks_into_{number} ;;"
PROMPT = """\
{folder})
  [[ $PATH == {entry}:* && $VIRTUAL_ENV == {environment} ]] || echo stale
  __looks_at_{number} ;;"""


# The same for PowerShell: lists, which methods of .NET go through.
POWERSHELL = """\
$global:__looks_outside = $env:PATH
$global:__looks_is_there = [Delegate]::CreateDelegate(
    [Predicate[string]], [IO.Path], 'Exists', $false, $false)
$global:__looks_time = [Delegate]::CreateDelegate(
    [Converter[string, datetime]], [IO.File], 'GetLastWriteTimeUtc', $false, $false)
$global:__looks_own = [string[]]({own})
$global:__looks_entering = [string[]]({entering})
$global:__looks_entering_times = [Array]::ConvertAll($__looks_entering, $__looks_time)
$global:__looks_standing = [string[]]({standing})
$global:__looks_times = [Array]::ConvertAll($__looks_standing, $__looks_time)
$global:__looks_absent = [string[]]({absent})
$global:__looks_inside = [string[]]({inside})
$global:__looks_elsewhere = [string[]]({elsewhere})
$global:__looks_equal = [Collections.StructuralComparisons]::StructuralEqualityComparer
function global:__looks_at {{
    if ("$PWD" -ceq {folder}) {{
        $found = [Array]::FindAll($__looks_inside, $__looks_is_there)
        $times = [Array]::ConvertAll($__looks_standing, $__looks_time)
        if ($found.Count -ne 1 -or -not $__looks_equal.Equals($times, $__looks_times)) {{ 'stale' }}
        if ($env:VIRTUAL_ENV -ceq {environment}) {{ return }}
        $times = [Array]::ConvertAll($__looks_entering, $__looks_time)
        if (-not $__looks_equal.Equals($times, $__looks_entering_times)) {{ 'stale' }}
        if ([Array]::FindAll($__looks_absent, $__looks_is_there).Count) {{ 'stale' }}
        foreach ($item in $ExecutionContext.InvokeProvider.Item.Get($__looks_own, $true, $true)) {{
            if ($item.UnixStat.GetUserName() -cne [Environment]::UserName) {{ 'stale' }}
        }}
        $env:PATH = {entry} + $env:PATH
        $env:VIRTUAL_ENV = {environment}
        $env:VIRTUAL_ENV_PROMPT = {label}
    }} else {{
        if ([Array]::FindAll($__looks_elsewhere, $__looks_is_there).Count) {{ 'stale' }}
        if ($null -eq $env:VIRTUAL_ENV) {{ return }}
        $env:PATH = $__looks_outside
        $env:VIRTUAL_ENV = $env:VIRTUAL_ENV_PROMPT = $null
    }}
}}
$global:__looks_prompt = $function:prompt
function global:prompt {{ __looks_at; & $__looks_prompt }}
$ExecutionContext.SessionState.InvokeCommand.LocationChangedAction = {{ __looks_at }}
"""


def add(
    shell: Shell,
    tools: list[Peer],
    worlds: dict[str, World],
    set_up: Callable[[Shell, Peer, World], Setup],
) -> None:
    """Add the peer, in the world of autovenv, which has to see the projects before.

    `tools` and `worlds` are those of one shell. Where it doesn't work, the run ends.
    """
    ours = next(tool for tool in tools if tool.name == tables.OURS)
    world = worlds[NAME] = worlds[tables.OURS]
    with Session(shell, set_up(shell, ours, world)) as session:
        for project in PROJECTS:
            session.type(f"cd {shell.quote(str(world.home / project))}")
    file = world.root / "looks.ps1"  # whatever the shell: PowerShell wants the ending
    write = _write_powershell if shell.name == "pwsh" else _write
    file.write_text(write(world.home, CALLED[shell.name]))
    peer = Peer(NAME, str, {shell.name: f". {file}"})
    with Session(shell, set_up(shell, peer, world)) as session:
        for place in (world.home / "a", world.neutral):
            went = session.type(f"cd {shell.quote(str(place))}")
            is_active = session.probe().path[0] == f"{world.home}/a/.venv/bin"
            if is_active != (place.name == "a") or "stale" in went.output:
                sys.exit(f"{NAME}: {place}: {went.output}")
    tools.append(peer)


def _write(home: Path, called: str) -> str:
    """Return the text, for the home with the projects."""
    words = []
    for project in PROJECTS:
        record, stamp = _read(home, project)
        entering, standing = map(_write_tests, _divide(record, stamp))
        for folder in (home / project, home / project / "2", home / project / DEEP):
            words.append(
                {
                    "number": len(words),
                    "folder": folder,
                    "walk": _walk(folder, home, record.sightings),
                    "entering": entering,
                    "standing": standing,
                    "entry": record.folder,
                    "environment": record.environment,
                    "label": record.label,
                }
            )
    return FRAME.format(
        cases="\n".join(map(CASE.format_map, words)),
        prompts="\n".join(map(PROMPT.format_map, words)),
        functions="".join(map(FUNCTIONS.format_map, words)),
        outside=_walk(home / "elsewhere", home, ""),
        called=called,
    )


def _write_powershell(home: Path, _: str) -> str:
    """Return the same for PowerShell, which enters the project a alone."""
    record, stamp = _read(home, "a")
    entering, standing = _divide(record, stamp)

    def list_paths(pairs: list[Look], *kinds: str) -> list[str]:
        return [what for kind, what, _ in pairs if kind in kinds]

    own = list_paths(entering, checks.OWN)
    return POWERSHELL.format(
        own=_list([f"Microsoft.PowerShell.Core\\FileSystem::{path}" for path in own]),
        entering=_list(list_paths(entering, checks.TIME)),
        standing=_list(list_paths(standing, checks.TIME, checks.TARGET)),
        absent=_list(list_paths(entering, checks.ABSENT)),
        inside=_list([*_look_for(home / "a", home), *list_paths(standing, checks.ABSENT)]),
        elsewhere=_list(_look_for(home / "elsewhere", home)),
        folder=quote_powershell(str(home / "a")),
        entry=quote_powershell(f"{record.folder}:"),
        environment=quote_powershell(record.environment),
        label=quote_powershell(record.label),
    )


def _list(paths: list[str]) -> str:
    return ", ".join(map(quote_powershell, paths))


def _read(home: Path, project: str) -> tuple[Record, str]:
    """Return a project's record, and what its stamps' names begin with."""
    store = Path(f"{home}/.local/state/autovenv/answers.{FORMAT}{home}/{project}")
    record = Record((store / RECORD_NAME).read_text().split("\0")[:-1])
    return record, f"{store}/{STAMP_NAME}{record.generation}-"


def _look_for(folder: Path, home: Path) -> list[str]:
    """Return each marker's path from the folder up to the home."""
    levels = [folder, *(parent for parent in folder.parents if parent.is_relative_to(home))]
    return [f"{level}/{name}" for level in levels for name in markers.list_with(())]


def _walk(folder: Path, home: Path, sightings: str) -> str:
    """Return the test of each of them."""
    seen = sightings.splitlines()
    wanted = _look_for(folder, home)
    return " && ".join(f"{'' if path in seen else '! '}-e {path}" for path in wanted)


def _divide(record: Record, stamp: str) -> tuple[list[Look], list[Look]]:
    """Return the looks of a record that aren't of nothing: on entering, and at each prompt."""
    entering: list[Look] = []
    standing: list[Look] = []
    now, times = entering, 0
    for kind, what in record.checks:
        times += kind == checks.TIME
        if kind == checks.STANDING:
            now = standing
        elif what:
            now.append((kind, what, f"{stamp}{times}"))
    return entering, standing


def _write_tests(pairs: list[Look]) -> str:
    """Return the tests of paths as one condition of bash's and zsh's."""
    tests, last = [], ""
    for kind, what, own in pairs:
        if kind == checks.TIME:
            last = what
            tests += [f"-e {what}", f"! {what} -nt {own}", f"! {what} -ot {own}"]
        elif kind == checks.TARGET:
            tests.append(f"{last} -ef {what}")
        elif kind == checks.ABSENT:
            tests.append(f"! -e {what}")
        elif kind == checks.OWN:
            tests.append(f"-O {what}")
    return " && ".join(tests)
