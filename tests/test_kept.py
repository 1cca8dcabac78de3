"""The hook that is kept in a file: a shell's start reads it, and runs no process."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import autovenv
import prompts
import trees
import unix
from autovenv import caller, hook, shells
from drivers import SHELLS, tracing
from drivers.shell import Session
from prompts import User
from trees import Env, World

if sys.platform == "win32":
    pytest.skip("starts the command by its shebang", allow_module_level=True)

Require = Callable[[str], None]
EVERY_SHELL = pytest.mark.parametrize("name", SHELLS)
PACKAGE = Path(autovenv.__file__).parent

COMMAND = """\
#!{python}
import sys
with open({calls!r}, "a") as calls:
    calls.write("call\\n")
sys.path.insert(0, {place!r})
from autovenv.__main__ import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Machine:
    """A home with a project `p`, and autovenv in a folder of its own: `place` has the package."""

    world: World

    @property
    def place(self) -> Path:
        """The folder with the package in it."""
        return self.world.root / "lib"

    @property
    def script(self) -> Path:
        """What the command is: it notes each time that it is called."""
        return self.place / "script"

    @property
    def command(self) -> Path:
        """The command, a link, as uv, pipx and install.sh make it."""
        return self.world.root / "bin" / "autovenv"

    @property
    def python(self) -> Path:
        """The interpreter that the command names."""
        return self.world.root / "interpreter"

    def calls(self) -> int:
        """Return how often the command was called so far."""
        calls = self.world.root / "calls"
        return calls.read_text().count("\n") if calls.exists() else 0

    def find_kept(self, name: str) -> Path:
        """Return the file in which the hook of the shell is kept."""
        return Path(caller.find_named(name).find_kept(self.world.environment({})))

    def write_command(self) -> None:
        """Put the command and its interpreter there."""
        if not self.python.exists():
            self.python.symlink_to(sys.executable)
        text = COMMAND.format(
            python=self.python, calls=str(self.world.root / "calls"), place=str(self.place)
        )
        self.script.write_text(text)
        self.script.chmod(0o755)
        self.command.unlink(missing_ok=True)
        self.command.symlink_to(self.script)

    def user(
        self,
        name: str,
        env: Mapping[str, str | None] | None = None,
        cwd: str = "elsewhere",
        before: Sequence[str] = (),
    ) -> User:
        """Start the shell with the lines that `autovenv install` writes, `before` above them."""
        shell = caller.find_named(name)
        environ = self.world.environment({})
        files = (shell.find_kept(environ), shell.find_completion(environ))
        lines = hook.write_loader(shell, str(self.command), *files)
        return User(name, self.world, env=env, hook="", before=before, after=[lines], cwd=cwd)

    def start(self, name: str, env: Mapping[str, str | None] | None = None) -> tuple[int, bool]:
        """Start the shell, which must say nothing; return the calls, and whether the hook is there.

        Where it is, `p` is entered and left.
        """
        before = self.calls()
        with self.user(name, env) as user:
            assert user.session.first.output == ""
            assert user.session.first.status == 0
            calls = self.calls() - before
            assert user.go("p").output == ""
            active = user.active()
            assert user.go("elsewhere").output == ""
            assert user.active() == ""
        return calls, active == "p/.venv"

    def settle(self) -> None:
        """Wait until the second is over in which a file of autovenv's was changed."""
        checkout = self.world.root / "shell"
        files = [self.command, *self.place.rglob("*"), *checkout.rglob("*")]
        youngest = max(file.stat().st_ctime_ns for file in files)
        while time.time_ns() < (youngest // 10**9 + 1) * 10**9 + 20_000_000:
            time.sleep(0.002)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine where autovenv was installed in an earlier second."""
    return new_machine(tmp_path, {"p/.venv": Env()})


def new_machine(folder: Path, tree: trees.Tree) -> Machine:
    """Return a machine in `folder` where autovenv was installed in an earlier second."""
    machine = Machine(trees.new_world(folder / "world", tree))
    shutil.copytree(PACKAGE, machine.place / "autovenv")
    shutil.copytree(PACKAGE.parents[1] / "shell", machine.place / "autovenv" / "shell")
    machine.write_command()
    machine.settle()
    machine.world.settle()
    return machine


@EVERY_SHELL
def test_the_second_start_runs_no_process(machine: Machine, name: str, require: Require) -> None:
    """What the first start printed is kept, and the next one reads it: nothing is run."""
    require(name)
    assert machine.start(name) == (1, True)
    assert machine.find_kept(name).stat().st_mode & 0o7777 == 0o600
    assert machine.find_kept(name).parent.stat().st_mode & 0o7777 == 0o700
    assert machine.start(name) == (0, True)
    if reason := tracing.missing():
        pytest.skip(reason)
    # bash before 5.3 can't look at a function but in a subshell: is `cd` still ours at the prompt?
    looks = 1 if name == "bash" else 0
    started = _processes(machine, name, machine.user(name)) - _processes(machine, name, None)
    assert started <= looks


def _processes(machine: Machine, name: str, like: User | None) -> int:
    """Return how many processes such a shell's start takes, up to its prompt."""
    trace = machine.world.root / "trace"
    setup = prompts.setup(name, machine.world, hook="", after=like.setup.after if like else ())
    if like:
        like.session.close()
    with Session(SHELLS[name], replace(setup, trace=str(trace))):
        return tracing.processes(str(trace), 0)


# --- a file that is of no use ---


def _truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _fifo(file: Path) -> None:
    file.unlink()
    unix.make_fifo(file)


def _link(file: Path) -> None:
    """Put a link to what would do in the place of the file."""
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


def _link_to_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to("nothing")


def _without_stamps(file: Path) -> None:
    for stamp in file.parent.glob("*-*"):
        stamp.unlink()


BAD: dict[str, Callable[[Path], object]] = {
    "missing": os.unlink,
    "empty": lambda file: file.write_bytes(b""),
    "cut off": _truncated,
    "other": lambda file: file.write_text("autovenv-is-not-a-command 'and' this\n"),
    "zeros": lambda file: file.write_bytes(bytes(4096)),
    "a folder": _folder,
    "a FIFO": _fifo,
    "a link": _link,
    "a link to nothing": _link_to_nothing,
    "without its stamps": _without_stamps,
}


@EVERY_SHELL
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_file_is_passed_over_and_renewed(
    machine: Machine, name: str, bad: str, require: Require
) -> None:
    """No message, no wait: the hook is loaded as without the file, and kept again."""
    require(name)
    if bad == "without its stamps" and name == "pwsh":
        pytest.skip("PowerShell has none")
    machine.start(name)
    BAD[bad](machine.find_kept(name))
    assert machine.start(name) == (1, True)
    assert machine.start(name) == (0, True)


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_bad_body_is_passed_over_and_renewed(
    machine: Machine, name: str, require: Require
) -> None:
    """The same of the file that has the hook's body: another kind may have the right time, too.

    One that is cut off hasn't: see test_the_body_is_on_the_disk_before_it_is_named.
    """
    require(name)
    machine.start(name)
    pattern = f"{machine.find_kept(name).name}.body-*"
    (body,) = machine.find_kept(name).parent.glob(pattern)
    text, times = body.read_bytes(), body.stat()
    for bad in BAD.keys() - {"without its stamps"}:
        BAD[bad](body)
        if bad in ("empty", "a folder", "a FIFO", "a link"):
            os.utime(body, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert machine.start(name) == (1, True), bad
        assert body.read_bytes() == text, bad
        assert machine.start(name) == (0, True), bad
        times = body.stat()


def test_the_body_is_on_the_disk_before_it_is_named(machine: Machine) -> None:
    """After a crash, a file that names it would else be whole, and the body empty, in its time."""
    if reason := tracing.missing():
        pytest.skip(reason)
    file, trace = machine.find_kept("bash"), machine.world.root / "trace"
    strace = ["strace", "-f", "-e", "trace=fsync,rename,renameat,renameat2", "-o", str(trace)]
    command = [*strace, str(machine.command), "hook", "bash", "--keep", str(file)]
    subprocess.run(command, env=machine.world.environment({}), check=True, capture_output=True)
    # Python renames what it has compiled, too.
    named = rf'fsync|rename.*"{re.escape(str(file))}(?:\.body-\w+)?"'
    called = re.findall(named, trace.read_text())
    assert ["fsync", "body-", str(file)] == [
        next(word for word in ("fsync", "body-", str(file)) if word in call) for call in called
    ]


# What a user may have above the lines, and what is to be as it was without them.
BEFORE = {
    "bash: an alias": ("bash", "alias .='echo'", ""),
    "zsh: an alias": ("zsh", "alias .='echo'", ""),
    "zsh: ksh_arrays": ("zsh", "fpath+=('/a b'); setopt ksh_arrays", 'echo "${fpath[@]}"'),
    "zsh: sh_word_split": ("zsh", "fpath+=('/a b'); setopt sh_word_split", 'print -l "$fpath[@]"'),
}


@pytest.mark.parametrize("case", BEFORE)
def test_what_a_user_has_above_the_lines(machine: Machine, case: str, require: Require) -> None:
    """The hook is loaded from its file, nothing is said, and what was there stays."""
    name, line, shows = BEFORE[case]
    require(name)
    machine.start(name)
    calls = machine.calls()
    with User(name, machine.world, hook="", before=[line]) as user:
        shown = user.type(shows).output.split("\n")
    with machine.user(name, before=[line]) as user:
        assert user.session.first.output == ""
        own = str(
            Path(shells.SHELLS[name].find_completion({"HOME": str(machine.world.home)})).parent
        )
        left = user.type(shows).output.replace(f" {own}", "").replace(f"{own}\n", "")
        assert left.split("\n") == shown
        assert user.go("p").label == "p"
    assert machine.calls() == calls


@unix.only_root
@EVERY_SHELL
def test_somebody_elses_file_is_passed_over(machine: Machine, name: str, require: Require) -> None:
    """What another user has written is never read, and replaced in a folder of one's own."""
    require(name)
    machine.start(name)
    for file in [machine.find_kept(name), *machine.find_kept(name).parent.glob("*.body-*")]:
        os.chown(file, 65534, -1)
        assert machine.start(name) == (1, True)
        assert machine.start(name) == (0, True)


@unix.only_root
@EVERY_SHELL
def test_nothing_is_kept_in_somebody_elses_folder(
    machine: Machine, name: str, require: Require
) -> None:
    """As after `sudo -E`: the shell has its hook, and nothing of root's is in the user's home."""
    require(name)
    state = machine.world.home / ".local" / "state"
    state.mkdir(parents=True)
    os.chown(state, 65534, -1)
    assert machine.start(name)[0] == 1
    assert not machine.find_kept(name).parent.exists()
    assert machine.start(name)[0] == 1


@EVERY_SHELL
def test_a_folder_that_others_can_write_in(machine: Machine, name: str, require: Require) -> None:
    """Nothing is kept where others could put something in its place."""
    require(name)
    machine.find_kept(name).parent.mkdir(parents=True)
    machine.find_kept(name).parent.chmod(0o777)
    assert machine.start(name) == (1, True)
    assert not machine.find_kept(name).exists()


@EVERY_SHELL
def test_a_file_that_was_cut_off_anywhere_loads_nothing(
    machine: Machine, name: str, require: Require
) -> None:
    """Wherever a disk that was full, or a crash, has cut it off."""
    require(name)
    machine.start(name)
    data = machine.find_kept(name).read_bytes()
    # The command's ends are where half of it could be a whole.
    ends = [at for at in range(len(data) - 2) if data[at : at + 1] in b"\n;{}]'"]
    cuts = sorted(
        {*range(0, len(data) - 2, 997), *ends[:60], *ends[-60:], *ends[:: len(ends) // 60]}
    )
    pieces = machine.world.root / "pieces"
    pieces.mkdir(mode=0o700)
    for number, at in enumerate(cuts):
        (pieces / f"{number}").write_bytes(data[:at])
    (pieces / "whole").write_bytes(data)
    counting = machine.world.root / "counting"
    counting.write_text(f"#!/bin/sh\necho call >>{machine.world.root}/calls\n")
    counting.chmod(0o755)
    lines = machine.world.root / "lines"
    with User(name, machine.world, hook="") as user:
        for files, calls in (map(str, range(len(cuts))), len(cuts)), (["whole"], 0):
            shell = caller.find_named(name)
            lines.write_text(
                "".join(
                    hook.write_loader(shell, str(counting), str(pieces / file), "/nowhere/x")
                    for file in files
                )
            )
            before = machine.calls()
            assert user.type(SHELLS[name].load(str(lines))).output == ""
            assert machine.calls() - before == calls
        assert user.go("p").label == "p"


# --- a file that is of another time ---


def _touch(machine: Machine, pattern: str) -> None:
    """Give files another time, an older one: what is unpacked may have any."""
    for path in machine.world.root.glob(pattern):
        os.utime(path, (1_000_000_000, 1_000_000_000))


def _elsewhere(machine: Machine) -> None:
    """Let the command be a link to another installation's, as old as the first."""
    other = machine.place / "other"
    shutil.copy2(machine.script, other)
    machine.command.unlink()
    machine.command.symlink_to(other)


def _upgraded(machine: Machine) -> None:
    init = machine.place / "autovenv" / "__init__.py"
    init.write_text(init.read_text().replace(autovenv.__version__, "99.9"))


CHANGES: dict[str, Callable[[Machine], None]] = {
    "the command": lambda machine: _touch(machine, "lib/script"),
    "another command": _elsewhere,
    "the version": _upgraded,
    "the template": lambda machine: _touch(machine, "lib/autovenv/shell/autovenv.*"),
}

# In a checkout, the shells' files are beside the package.
EDITS = {
    "the template": "shell/autovenv.*",
    "what fills it in": "lib/autovenv/find/markers.py",
    "what is around it": "shell/kept.*",
}


@EVERY_SHELL
@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_printed_again(
    machine: Machine, name: str, change: str, require: Require
) -> None:
    """An upgrade, another installation: the next shell has the new hook."""
    require(name)
    machine.start(name)
    CHANGES[change](machine)
    machine.settle()
    assert machine.start(name) == (1, True)
    assert machine.start(name) == (0, True)


@EVERY_SHELL
def test_an_edit_in_a_checkout_is_seen(machine: Machine, name: str, require: Require) -> None:
    """By the next shell, whichever file it was in."""
    require(name)
    (machine.place / "autovenv" / "shell").rename(machine.world.root / "shell")
    machine.start(name)
    for pattern in EDITS.values():
        _touch(machine, pattern)
        machine.settle()
        assert machine.start(name) == (1, True), pattern
        assert machine.start(name) == (0, True), pattern


@EVERY_SHELL
@pytest.mark.parametrize("variable", ["HOME", "XDG_STATE_HOME"])
def test_a_shell_with_other_folders_has_their_hook(
    machine: Machine, name: str, variable: str, require: Require
) -> None:
    """The hook says where answers are stored: one for another home or state folder won't do."""
    require(name)
    other = machine.world.root / "other"
    machine.start(name)
    moved = {"XDG_STATE_HOME": str(other)}
    if variable == "HOME":
        moved = {"AUTOVENV_TEST": "1"}
        text = machine.find_kept(name).read_text()
        machine.find_kept(name).write_text(text.replace(f"'{machine.world.home}'", f"'{other}'", 1))
    assert machine.start(name, moved) == (1, True)
    assert bool([*other.glob("autovenv/answers*")]) == (variable == "XDG_STATE_HOME")
    assert machine.start(name, moved) == (0, True)
    assert machine.start(name) == (int(variable == "XDG_STATE_HOME"), True)


# --- Python gone, autovenv gone, and back ---


@EVERY_SHELL
def test_without_its_python_known_projects_work(
    machine: Machine, name: str, require: Require
) -> None:
    """A distribution's upgrade took the interpreter: the hook that is kept still knows projects."""
    require(name)
    machine.start(name)
    machine.python.unlink()
    assert machine.start(name) == (0, True)
    machine.find_kept(name).unlink()
    assert machine.start(name) == (0, False), "the line isn't quiet"
    machine.write_command()
    machine.settle()
    assert machine.start(name) == (1, True), "it doesn't heal"
    assert machine.start(name) == (0, True)


@EVERY_SHELL
def test_a_command_that_fails_is_silent(machine: Machine, name: str, require: Require) -> None:
    """Half an installation: the shell starts without a word."""
    require(name)
    (machine.place / "autovenv" / "__main__.py").unlink()
    assert machine.start(name) == (1, False)


@EVERY_SHELL
def test_once_uninstalled_nothing_is_loaded(machine: Machine, name: str, require: Require) -> None:
    """Not even what is still kept; and the new installation finds its line in the rc file."""
    require(name)
    machine.start(name)
    machine.command.unlink()
    assert machine.start(name) == (0, False)
    machine.write_command()
    machine.settle()
    assert machine.start(name) == (1, True)


def test_uninstall_removes_what_is_kept(machine: Machine, require: Require) -> None:
    """The file of each shell that is named, and with the last the folder."""
    names = ["bash", "zsh"]
    for name in names:
        require(name)
        machine.start(name)
    folder = machine.find_kept("bash").parent
    for name, left in zip(names, ({"zsh"}, set[str]()), strict=True):
        # The command's own interpreter has none of the packages that the command line needs.
        command = [sys.executable, "-m", "autovenv", "uninstall", "--shell", name]
        subprocess.run(command, env=machine.world.environment({}), check=True, capture_output=True)
        assert {file.name.split(".")[1].split("-")[0] for file in folder.glob("*")} == left
    assert not folder.exists()


# --- the user's environment ---


@EVERY_SHELL
def test_what_misleads_python_is_taken_from_the_command(
    machine: Machine, name: str, require: Require
) -> None:
    """With an empty entry in PYTHONPATH, a shell opened in a clone would run its code."""
    require(name)
    clone = machine.world.home / "clone"
    clone.mkdir()
    for module in ("re", "os", "site", "sitecustomize", "autovenv", "click"):
        (clone / f"{module}.py").write_text(f"open({str(clone / 'run')!r}, 'w')\n")
    misled = {"PYTHONPATH": ":/nonexistent", "PYTHONHOME": "/nonexistent"}
    before = machine.calls()
    with machine.user(name, misled, cwd="clone") as user:
        assert user.session.first.output == ""
        assert machine.calls() - before == 1
        environment = user.session.probe().environment
        assert {variable: environment[variable] for variable in misled} == misled
        assert user.go("p").output == ""
    assert not (clone / "run").exists()


# --- what is printed ---

DEFINED = {
    "bash": 'eval "$({})"; declare -f',
    "zsh": 'eval "$({})"; functions',
    "fish": "{} | source; for f in (functions -a -n); functions --no-details $f; end",
}


@pytest.mark.parametrize("name", DEFINED)
def test_what_is_left_out_changes_nothing(
    machine: Machine, name: str, monkeypatch: pytest.MonkeyPatch, require: Require
) -> None:
    """Without comments and indentation, the shell knows the same functions."""
    require(name)
    texts = [hook.fill_in(name)]
    monkeypatch.setattr(hook, "_condense", str)
    texts.append(hook.fill_in(name))
    assert len(texts[0]) < len(texts[1]) * 0.9
    shown = []
    for text in texts:
        file = machine.world.root / "text"
        file.write_text(text)
        with User(name, machine.world, hook="") as user:
            shown.append(user.type(DEFINED[name].format(f"cat {file}")).output)
    # fish keeps a function as it was written; bash and zsh do so with what is in a `$(...)`.
    assert _code(shown[0]) == _code(shown[1])
    assert "__autovenv_find" in shown[0]


def _code(text: str) -> list[str]:
    lines = (line.partition(" # ")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", shells.SHELLS)
def test_a_folder_may_be_called_like_a_token(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is filled in stays what it is, whatever it looks like."""
    state = "/__MARKERS__/__FORMAT__ __PYTHON__/__BODY__"
    monkeypatch.setenv("XDG_STATE_HOME", state)
    assert f"{state}/autovenv/answers" in hook.fill_in(name)
