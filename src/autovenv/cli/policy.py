"""How the user learns of the execution policy: judged, told, and, if they say yes, set."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click

from autovenv import quoting, startup
from autovenv.cli import Misuse
from autovenv.policy import advice, stores
from autovenv.policy.advice import SET_POLICY, Advice, Profile
from autovenv.policy.scopes import Edition, UnreadableError, find_effective, read
from autovenv.policy.stores import WindowsStore

SET_POLICY_OPTION = click.option(
    "--set-policy",
    is_flag=True,
    help="Where it helps, set PowerShell's execution policy for your user; asks first.",
)

# PowerShell 7 hands its own modules' path down, where 5.1 finds ones that it can't load; and the
# Process scope is inherited.
NOT_PASSED_ON = ("PSMODULEPATH", "PSEXECUTIONPOLICYPREFERENCE")


@dataclass(frozen=True)
class Judged:
    """One PowerShell of this computer; `unknown` says why nothing can be said of it, or is ""."""

    edition: Edition
    program: str
    profile: Profile
    advice: Sequence[Advice] = ()
    unknown: str = ""

    @property
    def needed_advice(self) -> list[Advice]:
        """The advice without which the hook doesn't load as it should."""
        return [given for given in self.advice if given.is_needed]


def has_policies() -> bool:
    """Tell whether PowerShell has execution policies here: on Windows alone."""
    return sys.platform == "win32"


def judge(environ: Mapping[str, str]) -> list[Judged]:
    """Return what is to be said of each PowerShell that is installed; nothing but on Windows."""
    if not has_policies():
        return []
    store = _open_store(environ)
    paths = {os.path.basename(os.path.dirname(path)): path for path in _list_profiles(environ)}
    judged = []
    for edition, folder in stores.FOLDERS.items():
        profile = stores.read_profile(paths[folder])
        try:
            program = store.find_program(edition)
            if program:
                judged.append(_judge(edition, program, profile, store))
        except UnreadableError as error:
            judged.append(Judged(edition, "", profile, unknown=str(error)))
    return judged


def refuse(judged: Sequence[Judged], path: str) -> None:
    """Raise ValueError, with the reason, where the profile at `path` must stay as it is.

    Writing it would void its signature, or take away its mark as downloaded, which is the user's
    to judge.
    """
    for one in judged:
        if one.profile.path != path:
            continue
        letters = {given.letter for given in one.advice}
        if "C" in letters:
            raise ValueError(f"{one.edition} loads only signed profiles here")
        if one.profile.is_marked:
            unblock = advice.UNBLOCK.format(quoting.quote_powershell(path))
            raise ValueError(f"it is marked as downloaded: read it, then {unblock}")


def tell(judged: Sequence[Judged]) -> None:
    """Print on stderr what keeps a profile from loading."""
    for one in judged:
        if one.unknown:
            click.echo(f"autovenv: {one.edition}: {one.unknown}", err=True)
        for given in one.needed_advice:
            click.echo("autovenv: " + "\n".join(write_advice(given)), err=True)


def write_advice(given: Advice) -> list[str]:
    """Return the lines of an advice."""
    return [
        given.what,
        f"  why: {given.why}",
        f"  run: {given.command}",
        f"  check: {given.check}",
    ]


def offer(judged: Sequence[Judged], run: Callable[[str, str], str] | None = None) -> None:
    """Ask, edition by edition, whether to set the policy where that helps, and do it.

    `run` takes a program and a command, and returns what went wrong, or "". Raises Misuse where
    there are no policies.
    """
    if not has_policies():
        raise Misuse("there is no execution policy on this system: nothing to set")
    helped = [one for one in judged if any(given.command == SET_POLICY for given in one.advice)]
    if not helped:
        click.echo("autovenv: no execution policy to set", err=True)
    for one in helped:
        if not click.confirm(f"Run `{SET_POLICY}` in {one.edition}?", default=False, err=True):
            click.echo("autovenv: the policy stays as it is", err=True)
            continue
        problem = (run or _run)(one.program, f"{SET_POLICY} -Force -ErrorAction Stop")
        problem = problem or _check_policy(one.edition)
        done = problem or f"{one.edition} loads your profile in each console from now on"
        click.echo(f"autovenv: {done}", err=True)


def _check_policy(edition: Edition) -> str:
    """Return what the stores still say, whatever an exit status said of them, or ""."""
    try:
        fresh = find_effective(read(edition, _open_store(os.environ)), fresh=True)
    except UnreadableError as error:
        return str(error)
    if advice.loads(fresh.policy):
        return ""
    return f"the policy isn't set: {fresh.place} still says {fresh.policy}"


def _open_store(environ: Mapping[str, str]) -> WindowsStore:
    import platformdirs

    return WindowsStore(_uppercase(environ), platformdirs.user_documents_dir())


def _judge(edition: Edition, program: str, profile: Profile, store: WindowsStore) -> Judged:
    try:
        given = advice.advise(read(edition, store), profile, _is_constrained(store))
    except UnreadableError as error:
        return Judged(edition, program, profile, unknown=str(error))
    return Judged(edition, program, profile, given)


def _is_constrained(store: WindowsStore) -> bool:
    """Tell by what the hook's function hands over, or by the variable that tests of it use.

    What App Control and AppLocker say, PowerShell alone can tell.
    """
    mode = store.read_variable("__AUTOVENV_LANGUAGE")
    return mode not in ("", "FullLanguage") or store.read_variable("__PSLockdownPolicy") == "4"


def _list_profiles(environ: Mapping[str, str]) -> list[str]:
    return startup.find_files("powershell", environ)


def _uppercase(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables under upper-case names, as Windows knows them."""
    return {name.upper(): value for name, value in environ.items()}


def _run(program: str, command: str) -> str:
    """Run the command; -Command isn't subject to the policy."""
    passed = {n: v for n, v in os.environ.items() if n.upper() not in NOT_PASSED_ON}
    try:
        done = subprocess.run(
            [program, "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", command],
            env=passed,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"can't run {program} ({error})"
    first = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[0]
    return "" if done.returncode == 0 else f"the policy isn't set: {first}"
