"""No hook, but what one can't do without: the looks alone, written out for the benchmark's folders.

It looks at the paths that autovenv's hook looks at there, in one `[[ … ]]` a step, each a word with
nothing to expand, and sets the same variables. It knows nothing else and can't do anything else: a
hook in bash or zsh that looks at all of these takes more. (`bench/hooks.py --looks` shows it.)
"""

from __future__ import annotations

from pathlib import Path

from peers import DEEP, PROJECTS, Peer

from autovenv import checks
from autovenv.find import markers
from autovenv.paths import FORMAT, RECORD_NAME, STAMP_NAME
from autovenv.record import Record
from drivers.shell import Session, Setup, Shell
from trees import World

NAME = "the looks alone"
# How a shell calls it: after a change of folder, and at a prompt.
CALLED = {
    "bash": 'cd() { builtin cd "$@"; __looks_moved; }; PROMPT_COMMAND=__looks_prompt',
    "zsh": "chpwd_functions=(__looks_moved); precmd_functions=(__looks_prompt)",
}
# A function each folder, since bash copies a function's body at each call.
FRAME = """\
__looks_outside=$PATH
__looks_moved() {{ case $PWD in
{cases}
*) [[ {outside} ]] || echo stale
  __looks_leave ;;
esac; }}
__looks_prompt() {{ case $PWD in
{prompts}
*) [[ -z ${{VIRTUAL_ENV-}} && {outside} ]] || echo stale ;;
esac; }}
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


def alone(shell: Shell, setup: Setup, world: World) -> Peer:
    """Return the peer for the projects of `world`, once autovenv, by `setup`, has seen them."""
    with Session(shell, setup) as session:
        for project in PROJECTS:
            session.type(f"cd {shell.quote(str(world.home / project))}")
    text = _write(world.home, CALLED[shell.name])
    (world.root / "looks").write_text(text)
    return Peer(NAME, str, {shell.name: f". {world.root}/looks"})


def _write(home: Path, called: str) -> str:
    """Return the text, for the home with the projects."""
    words = []
    for project in PROJECTS:
        store = Path(f"{home}/.local/state/autovenv/answers.{FORMAT}{home}/{project}")
        record = Record((store / RECORD_NAME).read_text().split("\0")[:-1])
        entering, standing = _list_tests(record, f"{store}/{STAMP_NAME}{record.generation}-")
        for folder in (home / project, home / project / "2", home / project / DEEP):
            words.append(
                {
                    "number": len(words),
                    "folder": folder,
                    "walk": _walk(folder, home, record.sightings),
                    "entering": " && ".join(entering),
                    "standing": " && ".join(standing),
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


def _walk(folder: Path, home: Path, sightings: str) -> str:
    """Return the test of each marker from the folder up to the home."""
    levels = [folder, *(parent for parent in folder.parents if parent.is_relative_to(home))]
    wanted = [f"{level}/{name}" for level in levels for name in markers.list_with(())]
    seen = sightings.splitlines()
    return " && ".join(f"{'' if path in seen else '! '}-e {path}" for path in wanted)


def _list_tests(record: Record, stamp: str) -> tuple[list[str], list[str]]:
    """Return the tests of a record's paths: those on entering, and those at each prompt."""
    entering: list[str] = []
    standing: list[str] = []
    tests, last, times = entering, "", 0
    for kind, what in record.checks:
        if kind == checks.STANDING:
            tests = standing
        times += kind == checks.TIME
        if not what:
            continue
        if kind == checks.TIME:
            last = what
            own = f"{stamp}{times}"
            tests += [f"-e {what}", f"! {what} -nt {own}", f"! {what} -ot {own}"]
        elif kind == checks.TARGET:
            tests.append(f"{last} -ef {what}")
        elif kind == checks.ABSENT:
            tests.append(f"! -e {what}")
        elif kind == checks.OWN:
            tests.append(f"-O {what}")
    return entering, standing
