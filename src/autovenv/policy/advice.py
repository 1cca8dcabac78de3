"""What to do about a policy: six cases, each with what, why, the command and how to check it."""

from __future__ import annotations

from dataclasses import dataclass

from autovenv import quoting
from autovenv.policy.scopes import Edition, Effective, Policy, Reading, Scope, find_effective

BY_HAND = '. ([scriptblock]::Create((autovenv hook powershell) -join "`n"))'
SET_POLICY = "Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope CurrentUser"
LIST_POLICIES = "Get-ExecutionPolicy -List"
UNBLOCK = "Unblock-File -LiteralPath {}"
SIGN = (
    "Set-AuthenticodeSignature -LiteralPath {} -Certificate "
    "(Get-ChildItem Cert:\\CurrentUser\\My -CodeSigningCert | Select-Object -First 1)"
)


@dataclass(frozen=True)
class Profile:
    """What matters of a profile, which need not exist."""

    path: str
    is_marked: bool = False  # as downloaded
    is_on_internet: bool = False  # as PowerShell sees its server
    is_signed: bool = False  # whether the signature is valid, PowerShell alone can say


@dataclass(frozen=True)
class Advice:
    """One of A to F: a sentence each for what and why, what to type, and how to check it.

    `is_needed` is false where the hook works all the same.
    """

    letter: str
    what: str
    why: str
    command: str
    check: str
    is_needed: bool = True


def advise(reading: Reading, profile: Profile, is_constrained: bool = False) -> list[Advice]:
    """Return what applies to the profile in a new console, most important first.

    `is_constrained`: the calling PowerShell is in Constrained Language Mode. Raises
    UnreadableError where that hangs on a store that couldn't be read.
    """
    fresh = find_effective(reading, fresh=True)
    given = [
        *_advise_blocked(reading.edition, fresh, profile),
        *_advise_downloaded(reading.edition, fresh, profile),
        *_advise_new_console(reading, fresh),
    ]
    if is_constrained:
        given.append(_advise_constrained())
    return given


def loads(policy: Policy) -> bool:
    """Tell whether an unsigned profile of the user's own loads under `policy`."""
    return policy not in (Policy.RESTRICTED, Policy.ALL_SIGNED)


def _advise_blocked(edition: Edition, fresh: Effective, profile: Profile) -> list[Advice]:
    if fresh.policy is Policy.RESTRICTED:
        if fresh.is_changeable:
            return [_advise_setting(edition, fresh)]
        return [_advise_asking(edition, fresh)]
    if fresh.policy is Policy.ALL_SIGNED and not profile.is_signed:
        signing = [_advise_signing(edition, fresh, profile)]
        return signing if fresh.is_changeable else [_advise_asking(edition, fresh), *signing]
    return []


def _advise_downloaded(edition: Edition, fresh: Effective, profile: Profile) -> list[Advice]:
    if fresh.policy not in (Policy.REMOTE_SIGNED, Policy.UNRESTRICTED) or profile.is_signed:
        return []
    if profile.is_marked:
        return [_advise_unblocking(edition, fresh, profile)]
    return [_advise_moving(edition, fresh, profile)] if profile.is_on_internet else []


def _advise_setting(edition: Edition, fresh: Effective) -> Advice:
    """A: the user can set another policy."""
    command = SET_POLICY
    if fresh.scope is Scope.PROCESS:
        # A lasting variable, which comes before what Set-ExecutionPolicy writes.
        target = "Machine" if "HKLM" in fresh.place else "User"
        variable = "[Environment]::SetEnvironmentVariable"
        command = f"{variable}('PSExecutionPolicyPreference', $null, '{target}')"
    return Advice(
        "A",
        f"{edition} runs no script file, so it doesn't load your profile and the hook in it "
        f"(policy Restricted, from {fresh.place}).",
        "RemoteSigned loads files that were made on this computer, and still refuses downloaded "
        "ones that nobody signed; no administrator is needed.",
        command,
        _write_check(edition, Policy.REMOTE_SIGNED),
    )


def _advise_asking(edition: Edition, fresh: Effective) -> Advice:
    """B: nobody but an administrator can."""
    half = "Computer" if fresh.scope is Scope.MACHINE_POLICY else "User"
    return Advice(
        "B",
        f"Group policy keeps {edition} from loading your profile "
        f"(policy {fresh.policy}, from {fresh.place}).",
        "It goes before whatever you set yourself: ask who manages this computer for 'Turn on "
        f"Script Execution' ({half} Configuration); until then type this in each session.",
        BY_HAND,
        f"{LIST_POLICIES} in a new {edition}: {fresh.scope} must no longer say {fresh.policy}",
    )


def _advise_signing(edition: Edition, fresh: Effective, profile: Profile) -> Advice:
    """C: signing is the way, and autovenv doesn't touch the file."""
    path = quoting.quote_powershell(profile.path)
    return Advice(
        "C",
        f"{edition} loads a profile only if it is signed (policy AllSigned, from {fresh.place}).",
        "A line that is added voids a signature, so `install` leaves the file alone: add the line "
        "yourself, then sign it with a certificate that this computer trusts.",
        SIGN.format(path),
        f"(Get-AuthenticodeSignature -LiteralPath {path}).Status says Valid",
    )


def _advise_unblocking(edition: Edition, fresh: Effective, profile: Profile) -> Advice:
    """D: the mark is on the file."""
    path = quoting.quote_powershell(profile.path)
    return Advice(
        "D",
        f"{edition} takes your profile for a downloaded file: {profile.path} has that mark.",
        f"Under {fresh.policy} such a file {_tell_consequence(fresh.policy)}; read it, and if it "
        "is yours take the mark away.",
        UNBLOCK.format(path),
        f"Get-Item -LiteralPath {path} -Stream Zone.Identifier -ErrorAction Ignore prints nothing",
    )


def _advise_moving(edition: Edition, fresh: Effective, profile: Profile) -> Advice:
    """D: the mark is on the server."""
    return Advice(
        "D",
        f"{edition} takes your profile for a downloaded file: the server's name in "
        f"{profile.path} has a dot in it.",
        f"Under {fresh.policy} such a file {_tell_consequence(fresh.policy)}; move your "
        "Documents to a path that names the server without a dot, or type this in each session.",
        BY_HAND,
        "$PROFILE, in a new console, names no server with a dot",
    )


def _tell_consequence(policy: Policy) -> str:
    if policy is Policy.UNRESTRICTED:
        return "loads only after a question, in each new console"
    return "loads only if it is signed"


def _advise_new_console(reading: Reading, fresh: Effective) -> list[Advice]:
    """E: this process isn't what a new console will be."""
    now = find_effective(reading)
    if now.policy is fresh.policy:
        return []
    return [
        Advice(
            "E",
            f"Here {reading.edition} has the policy {now.policy}, in a new console it has "
            f"{fresh.policy}.",
            f"This session has it from {now.place}; what your profile does in a new console, "
            "this one can't show.",
            LIST_POLICIES,
            f"in a new {reading.edition} the first scope that isn't Undefined says {fresh.policy}",
            is_needed=loads(now.policy) is not loads(fresh.policy),
        )
    ]


def _advise_constrained() -> Advice:
    """F: the hook knows, and does with less."""
    return Advice(
        "F",
        "This PowerShell is in Constrained Language Mode, where the hook switches at the prompt "
        "alone.",
        "An administrator's rules (App Control, AppLocker) allow no methods of .NET; so the "
        "environment isn't yet active in the rest of a line that begins with cd.",
        "$ExecutionContext.SessionState.LanguageMode",
        "it says FullLanguage once those rules are changed",
        is_needed=False,
    )


def _write_check(edition: Edition, policy: Policy) -> str:
    return f"Get-ExecutionPolicy in a new {edition} says {policy}"
