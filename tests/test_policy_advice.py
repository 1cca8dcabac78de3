"""What is advised about a policy, and which profile counts as downloaded."""

from __future__ import annotations

import itertools

import pytest

from autovenv.policy import advice, zone
from autovenv.policy.advice import Advice, Profile, advise
from autovenv.policy.scopes import (
    GROUP_SCOPES,
    Edition,
    Policy,
    Scope,
    read,
)
from policies import DEFINED, EACH_EDITION, PROFILE, Stores, letters, server

# --- the advice ---


@EACH_EDITION
@pytest.mark.parametrize("scope", [*Scope, None])
@pytest.mark.parametrize("policy", DEFINED)
def test_which_advice_applies(edition: Edition, scope: Scope | None, policy: Policy) -> None:
    """A where the user can change it, B where group policy has it, C for AllSigned; else none."""
    stores = Stores() if scope is not None else server(Stores())
    if scope is not None:
        stores.put(edition, scope, policy)
    if scope is None:
        expected = "" if edition is Edition.WINDOWS_POWERSHELL else "A"
    elif scope is Scope.PROCESS:
        # A new console has the default again.
        expected = "A" if policy is Policy.RESTRICTED else "AE"
    else:
        is_group = scope in GROUP_SCOPES
        blocked = {Policy.RESTRICTED: "B" if is_group else "A"}
        blocked[Policy.ALL_SIGNED] = "BC" if is_group else "C"
        expected = blocked.get(policy, "")
    assert letters(advise(read(edition, stores), PROFILE)) == expected


@EACH_EDITION
@pytest.mark.parametrize("here", DEFINED)
@pytest.mark.parametrize("new", DEFINED)
def test_another_policy_here_than_in_a_new_console(
    edition: Edition, here: Policy, new: Policy
) -> None:
    """E says so; it is a finding only where one loads the profile and the other doesn't."""
    stores = Stores()
    stores.put(edition, Scope.PROCESS, here)
    stores.put(edition, Scope.CURRENT_USER, new)
    given = [each for each in advise(read(edition, stores), PROFILE) if each.letter == "E"]
    assert bool(given) is (here is not new)
    blocking = (Policy.RESTRICTED, Policy.ALL_SIGNED)
    if given:
        assert given[0].is_needed is ((here in blocking) is not (new in blocking))


@EACH_EDITION
@pytest.mark.parametrize("policy", DEFINED)
@pytest.mark.parametrize("kind", ["marked", "server", "signed"])
def test_a_downloaded_profile(edition: Edition, policy: Policy, kind: str) -> None:
    """D under RemoteSigned, and under Unrestricted, which asks; a signed one loads."""
    stores = Stores()
    stores.put(edition, Scope.CURRENT_USER, policy)
    seen = Profile(PROFILE.path, kind != "server", kind == "server", kind == "signed")
    given = letters(advise(read(edition, stores), seen))
    asks = policy in (Policy.REMOTE_SIGNED, Policy.UNRESTRICTED) and kind != "signed"
    assert ("D" in given) is asks
    assert ("C" in given) is (policy is Policy.ALL_SIGNED and kind != "signed")


def test_constrained_language_mode_is_said_and_is_no_defect() -> None:
    """F: the hook works, at the prompt alone."""
    stores = server(Stores())
    given = advise(read(Edition.WINDOWS_POWERSHELL, stores), PROFILE, is_constrained=True)
    assert [(each.letter, each.is_needed) for each in given] == [("F", False)]


def test_each_advice_is_whole() -> None:
    """What and why are a sentence each; the command is one line, and a path in it is one word."""
    seen = Profile("C:\\it's mine\\\u00e9.ps1", True, False)
    given: dict[str, Advice] = {}
    for edition, scope, policy in itertools.product(Edition, Scope, DEFINED):
        stores = Stores()
        stores.put(edition, scope, policy)
        for each in advise(read(edition, stores), seen, is_constrained=True):
            given[each.letter] = each
            assert each.what.endswith(".")
            assert each.why.endswith(".")
            assert each.command
            assert each.check
            assert "\n" not in each.what + each.why + each.command + each.check
            assert each.command.isascii()
    assert sorted(given) == list("ABCDEF")
    assert given["A"].command == advice.SET_POLICY
    assert given["B"].command == advice.BY_HAND
    assert "it''s mine" in given["D"].command


# --- the mark of what was downloaded ---


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=https://e.org\r\n", True),
        ("[ZoneTransfer]\nZoneId = 4", True),
        ("[ZoneTransfer]\r\nHostUrl=x\r\nzoneid=3", True),
        ("[ZoneTransfer]\r\nZoneId=2", False),
        ("[ZoneTransfer]\r\nZoneId=0", False),
        ("ZoneId=3", False),
        ("", False),
        ("[ZoneTransfer]\r\nZoneId=", False),
        ("[ZoneTransfer]\r\nZoneId=+3", True),
        ("[ZoneTransfer]\r\nZoneId=0002 ", False),
        ("[ZoneTransfer]\r\nZoneId=-3", False),
        ("[ZoneTransfer]\r\nZoneId=2\r\nZoneId=3", False),
        ("[ZoneTransfer]\r\nZoneId=" + "9" * 5000, True),
    ],
)
def test_the_mark(stream: str, expected: bool) -> None:
    """Internet and Untrusted are remote; what holds no zone says nothing."""
    assert zone.is_marked(stream) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"C:\Users\me\Documents\p.ps1", False),
        (r"\\server\home\p.ps1", False),
        (r"\\server.corp.example\home\p.ps1", True),
        ("//server.corp.example/home/p.ps1", True),
        (r"\\10.0.0.1\home\p.ps1", True),
        (r"\\127.0.0.1\c$\p.ps1", False),
        (r"\\localhost\c$\p.ps1", False),
        (r"\\wsl$\Debian\home\p.ps1", False),
        (r"\\wsl.localhost\Debian\home\p.ps1", True),
        (r"\\?\C:\with.dot\p.ps1", False),
        (r"\\?\UNC\server.corp.example\home\p.ps1", True),
        (r"\\server\with.dot\p.ps1", False),
    ],
)
def test_servers_that_count_as_internet(path: str, expected: bool) -> None:
    """A dot in the server's name, or a number."""
    assert zone.is_on_internet(path) is expected
