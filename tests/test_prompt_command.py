"""bash: what users' rc files do in PROMPT_COMMAND and with a trap on DEBUG does what it did before.

bash-preexec itself is run from checkouts in test_beside_prompts.py; here is what needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import trees
from prompts import User
from trees import Env, World

ORDERS = ("before", "after")

# A widespread timer: its `took` is the time of the user's command, not of the prompt.
TIMER = """
now=0 took=
timer_start() { began=${began:-$now}; }
timer_stop() { took=$((now - began)); unset began; }
trap timer_start DEBUG
PROMPT_COMMAND=timer_stop
"""
# A preexec made at home: the first command behind the last step of PROMPT_COMMAND is the user's.
PREEXEC = """
ran=()
trap '[[ -z $waits ]] || { waits=; ran+=("$BASH_COMMAND"); }' DEBUG
PROMPT_COMMAND='waits=1'
"""
# What bash-preexec 0.3 to 0.6 do: a line that installs the rest at the first prompt, and removes
# itself from the string PROMPT_COMMAND then.
INSTALLER = r"""
seen=()
invoke() { [[ -z $interactive ]] || { interactive=; seen+=("$BASH_COMMAND"); }; }
__bp_interactive_mode() { interactive=on; }
__bp_precmd_invoke_cmd() { statuses="${PIPESTATUS[*]}"; }
__bp_install() {
  local rest=${PROMPT_COMMAND//"$install"/:}
  rest=${rest//$'\n:'/}
  PROMPT_COMMAND=$'__bp_precmd_invoke_cmd\n'$rest$'\n__bp_interactive_mode'
  trap invoke DEBUG
  interactive=on
}
install=$'trap - DEBUG\n__bp_install'
PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}$install
"""


@pytest.fixture
def world(tmp_path: Path, require: Callable[[str], None]) -> World:
    """A home with two projects that are known, and bash."""
    require("bash")
    world = trees.new_world(tmp_path / "world", {"p/.venv": Env(), "q/.venv": Env()})
    world.settle()
    return world


def user(world: World, lines: Sequence[str], order: str) -> User:
    """Return somebody whose rc file has the lines before our hook, or after it."""
    return User("bash", world, **{order: lines})  # type: ignore[arg-type] # one of two lists


@pytest.mark.parametrize("order", ORDERS)
def test_a_timer_does_not_count_the_time_at_the_prompt(order: str, world: World) -> None:
    """The clock is advanced between two prompts: nothing of ours has started it there."""
    with user(world, [TIMER], order) as someone:
        assert someone.go("p").label == "p"
        for _ in range(2):
            someone.type("now=$((now + 100))")
            assert someone.type("echo $took").output == "100\n"
            assert someone.type("echo $took").output == "0\n"


@pytest.mark.parametrize("order", ORDERS)
def test_a_homemade_preexec_sees_the_users_commands(order: str, world: World) -> None:
    """Our step isn't the command that it waits for."""
    with user(world, [PREEXEC], order) as someone:
        someone.go("p")
        someone.type("echo one")
        shown = someone.type("printf '<%s>' \"${ran[@]}\"; echo").output
        assert "echo one" in shown
        assert "__autovenv" not in shown


@pytest.mark.parametrize("order", ORDERS)
def test_what_installs_itself_at_the_first_prompt(order: str, world: World) -> None:
    """As bash-preexec does: every command is seen, PIPESTATUS too, and the label is there."""
    with user(world, [INSTALLER], order) as someone:
        someone.type("echo one")
        assert someone.go("p").label == "p"
        someone.type("false | true")
        assert someone.type("echo $statuses").output == "1 0\n"
        shown = someone.type("printf '<%s>' \"${seen[@]}\"; echo").output
        assert "<echo one>" in shown
        assert "__autovenv" not in shown
        assert "install" not in someone.type("echo $PROMPT_COMMAND").output
        assert someone.go("q").label == "q"


@pytest.mark.parametrize("order", ORDERS)
def test_a_string_stays_a_string(order: str, world: World) -> None:
    """Others look for their names in `$PROMPT_COMMAND`: zoxide 0.9 warns where they aren't."""
    with user(world, ["theirs() { :; }; PROMPT_COMMAND='theirs'"], order) as someone:
        someone.go("p")
        assert someone.type("[[ $PROMPT_COMMAND == *theirs* ]] && echo there").output == "there\n"
        assert someone.type("echo ${#PROMPT_COMMAND[@]}").output == "1\n"
        before = someone.type("echo ${#PROMPT_COMMAND}").output
        for place in ("q", "p", "elsewhere"):
            someone.go(place)
        assert someone.type("echo ${#PROMPT_COMMAND}").output == before


# How others add a step, unless their name is there already: Terminal.app's, z's, autojump's,
# fasd's and VTE's ways.
ADDS = r"""
apple() { a=$((a + 1)); }; _z() { b=$((b + 1)); }; jump_add() { c=$((c + 1)); }
fasd_add() { d=$((d + 1)); }; __vte_prompt() { e=$((e + 1)); }
[[ $a ]] || PROMPT_COMMAND="apple${PROMPT_COMMAND:+; $PROMPT_COMMAND}"
grep _z <<<"$PROMPT_COMMAND" >/dev/null || PROMPT_COMMAND="$PROMPT_COMMAND"$'\n'"_z;"
[[ $PROMPT_COMMAND =~ jump_add ]] ||
  PROMPT_COMMAND="$(echo "$PROMPT_COMMAND" | awk '{gsub(/; *$/,"")}2') ; jump_add"
case $PROMPT_COMMAND in *fasd_add*) ;; *) PROMPT_COMMAND="fasd_add;$PROMPT_COMMAND" ;; esac
if [[ $(declare -p PROMPT_COMMAND 2>&1) == 'declare -a'* ]]; then
  PROMPT_COMMAND+=(__vte_prompt)
elif [[ $PROMPT_COMMAND != *__vte_prompt* ]]; then
  PROMPT_COMMAND="__vte_prompt;$PROMPT_COMMAND"
fi
"""


@pytest.mark.parametrize("order", ORDERS)
def test_what_others_add_runs_once(order: str, world: World) -> None:
    """Also where the rc file is loaded again at the prompt, within a project and outside."""
    adds = world.home / "adds"
    adds.write_text(ADDS)
    with user(world, [". ~/adds"], order) as someone:
        for place in ("p", "elsewhere"):
            someone.go(place)
            someone.type(". ~/adds")
            someone.type("a=0 b=0 c=0 d=0 e=0")
            assert someone.type("echo $a $b $c $d $e").output == "1 1 1 1 1\n", place


@pytest.mark.parametrize("order", ORDERS)
def test_a_list_keeps_its_elements(order: str, world: World) -> None:
    """What is put behind it later runs, too."""
    lines = ["one=0 two=0; PROMPT_COMMAND=(one=1 two=2)"]
    with user(world, lines, order) as someone:
        assert someone.go("p").label == "p"
        assert someone.type("echo $one $two ${#PROMPT_COMMAND[@]}").output == "1 2 2\n"
        someone.type("PROMPT_COMMAND+=(three=3)")
        assert someone.go("q").label == "q"
        assert someone.type("echo $one $two $three").output == "1 2 3\n"


def test_what_runs_before_it_knows_what_is_active(world: World) -> None:
    """As in ble.sh's hooks, where starship asks: at the first prompt already."""
    blehook = "blehook() { [[ $1 != PRECMD+-=* ]] || early=${1#*-=}; }"
    runs = "[[ -n ${seen+set} ]] || { $early; seen=$VIRTUAL_ENV; }"
    lines = [f"precmd() {{ {runs}; }}; PROMPT_COMMAND=precmd${{PROMPT_COMMAND:+;$PROMPT_COMMAND}}"]
    with User("bash", world, cwd="p", before=[blehook], after=lines) as someone:
        assert someone.type("echo $seen").output == f"{world.home}/p/.venv\n"


@pytest.mark.parametrize("order", ORDERS)
def test_what_notes_the_prompt_and_restores_it(order: str, world: World) -> None:
    """iTerm2's integration decorates PS1 once more where it isn't what it had left."""
    decorates = """
decorate() {
  [[ $PS1 == "$left" ]] || original=$PS1
  PS1='\\[\\e]133;A\\a\\]'$original left='\\[\\e]133;A\\a\\]'$original
}
PROMPT_COMMAND=decorate
"""
    with user(world, [decorates], order) as someone:
        someone.go("p")
        someone.go("elsewhere")
        before = someone.type('echo "$PS1"').output
        for _ in range(3):
            someone.go("p")
            someone.go("elsewhere")
        assert someone.type('echo "$PS1"').output == before


def test_a_prompt_without_promptvars(world: World) -> None:
    """The label itself stands there, and goes; what a prompt would expand in it doesn't."""
    world.home.joinpath("p/.venv/pyvenv.cfg").open("a").write("prompt = a\\w$HOME`id`\n")
    world.settle()
    prompt = "shopt -u promptvars; PROMPT_COMMAND='PS1=\"[[$?]]~ \"'"
    with user(world, [prompt], "before") as someone:
        assert someone.go("p").label == r"a\w?HOME?id?"
        assert someone.type("").label == r"a\w?HOME?id?"
        assert someone.go("q").label == "q"
        assert someone.go("elsewhere").label is None
