"""PowerShell's execution policy: what each scope says, in each edition, and which one counts."""

from __future__ import annotations

import itertools

import pytest

from autovenv.policy.advice import advise
from autovenv.policy.scopes import (
    GROUP_KEY,
    GROUP_KEY_7,
    MACHINE_ENVIRONMENT_KEY,
    PREFERENCE,
    PRODUCT_KEY,
    REDIRECTED,
    SETTING,
    USER_ENVIRONMENT_KEY,
    Edition,
    Hive,
    Policy,
    Scope,
    UnreadableError,
    find_effective,
    parse,
    read,
)
from autovenv.policy.stores import SHIPPED
from policies import DEFINED, EACH_EDITION, PROFILE, Stores, letters

# --- the scopes ---


@EACH_EDITION
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("policy", DEFINED)
def test_a_policy_is_read_where_it_is_kept(edition: Edition, scope: Scope, policy: Policy) -> None:
    """One scope alone: it is read, and it alone is defined and effective."""
    stores = Stores()
    stores.put(edition, scope, policy)
    reading = read(edition, stores)
    assert {s: reading.get_policy(s) for s in Scope} == {
        s: policy if s is scope else Policy.UNDEFINED for s in Scope
    }
    assert find_effective(reading).policy is policy
    assert find_effective(reading).scope is scope
    assert find_effective(reading).place


@EACH_EDITION
@pytest.mark.parametrize("pair", list(itertools.combinations(Scope, 2)), ids=" ".join)
@pytest.mark.parametrize("higher", Policy)
@pytest.mark.parametrize("lower", Policy)
def test_the_higher_of_two_scopes_wins(
    edition: Edition, pair: tuple[Scope, Scope], higher: Policy, lower: Policy
) -> None:
    """Every pair of scope and value: group policy, then the process, the user, the machine."""
    stores = Stores()
    for scope, policy in zip(pair, (higher, lower), strict=True):
        stores.put(edition, scope, policy)
    reading = read(edition, stores)
    set_ones = [(s, p) for s, p in zip(pair, (higher, lower), strict=True) if p in DEFINED]
    fresh_ones = [(s, p) for s, p in set_ones if s is not Scope.PROCESS]
    for found, fresh in ((set_ones, False), (fresh_ones, True)):
        counts = find_effective(reading, fresh=fresh)
        expected = found[0] if found else (None, Policy.RESTRICTED)
        assert (counts.scope, counts.policy) == expected
        is_group = counts.scope in (Scope.MACHINE_POLICY, Scope.USER_POLICY)
        assert counts.is_changeable is not is_group


@EACH_EDITION
@pytest.mark.parametrize("values", list(itertools.product(Policy, repeat=3)))
def test_three_scopes(edition: Edition, values: tuple[Policy, Policy, Policy]) -> None:
    """Group policy, the process and the user in all values: the process is left out when fresh."""
    stores = Stores()
    scopes = (Scope.USER_POLICY, Scope.PROCESS, Scope.CURRENT_USER)
    for scope, policy in zip(scopes, values, strict=True):
        stores.put(edition, scope, policy)
    reading = read(edition, stores)
    group, process, user = values
    for fresh in (False, True):
        ordered = [group, user] if fresh else [group, process, user]
        expected = next((p for p in ordered if p in DEFINED), Policy.RESTRICTED)
        assert find_effective(reading, fresh=fresh).policy is expected


@pytest.mark.parametrize(
    ("edition", "product", "policy"),
    [
        (Edition.WINDOWS_POWERSHELL, "WinNT", Policy.RESTRICTED),
        (Edition.WINDOWS_POWERSHELL, "ServerNT", Policy.REMOTE_SIGNED),
        (Edition.WINDOWS_POWERSHELL, "LanmanNT", Policy.REMOTE_SIGNED),
        (Edition.POWERSHELL, "WinNT", Policy.RESTRICTED),
        (Edition.POWERSHELL, "ServerNT", Policy.RESTRICTED),
    ],
)
def test_the_default(edition: Edition, product: str, policy: Policy) -> None:
    """Where no scope is defined: by edition, and for 5.1 by the kind of Windows."""
    stores = Stores({(Hive.MACHINE, PRODUCT_KEY, "ProductType"): product})
    counts = find_effective(read(edition, stores))
    assert (counts.policy, counts.scope) == (policy, None)
    assert counts.is_changeable


def test_what_powershell_7_comes_with() -> None:
    """Its own package sets the machine's scope, on clients too."""
    counts = find_effective(read(Edition.POWERSHELL, Stores(configs={Hive.MACHINE: dict(SHIPPED)})))
    assert (counts.policy, counts.scope) == (Policy.REMOTE_SIGNED, Scope.LOCAL_MACHINE)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("remotesigned", Policy.REMOTE_SIGNED),
        ("BYPASS", Policy.BYPASS),
        ("Undefined", Policy.RESTRICTED),
        ("Default", Policy.RESTRICTED),
        ("nonsense", Policy.RESTRICTED),
    ],
)
def test_names_of_policies(text: str, policy: Policy) -> None:
    """In any case; what PowerShell doesn't know is Restricted to it."""
    assert parse(text) is policy


@EACH_EDITION
@pytest.mark.parametrize("hive", Hive)
def test_a_lasting_variable(edition: Edition, hive: Hive) -> None:
    """A variable of the user's or the machine's makes the Process scope of a new console."""
    key = USER_ENVIRONMENT_KEY if hive is Hive.USER else MACHINE_ENVIRONMENT_KEY
    stores = Stores({(hive, key, PREFERENCE): "Restricted"})
    stores.put(edition, Scope.CURRENT_USER, Policy.REMOTE_SIGNED)
    reading = read(edition, stores)
    assert find_effective(reading).policy is Policy.REMOTE_SIGNED
    assert find_effective(reading, fresh=True).scope is Scope.PROCESS
    given = advise(reading, PROFILE)
    assert letters(given) == "AE"
    assert "SetEnvironmentVariable" in given[0].command
    assert ("'User'" if hive is Hive.USER else "'Machine'") in given[0].command


# --- group policy ---


@pytest.mark.parametrize("hive", Hive)
@pytest.mark.parametrize(
    ("enabled", "value", "expected_51", "expected_7"),
    [
        (0, None, Policy.RESTRICTED, Policy.RESTRICTED),
        (0, "Bypass", Policy.RESTRICTED, Policy.RESTRICTED),
        (1, "AllSigned", Policy.ALL_SIGNED, Policy.ALL_SIGNED),
        (1, "nonsense", Policy.RESTRICTED, Policy.RESTRICTED),
        (1, None, Policy.UNDEFINED, Policy.UNDEFINED),
        (1, "", Policy.UNDEFINED, Policy.UNDEFINED),
        (None, "AllSigned", Policy.UNDEFINED, Policy.UNDEFINED),
        (2, "AllSigned", Policy.UNDEFINED, Policy.UNDEFINED),
        # A number that somebody stored as text: 5.1 takes it, 7 doesn't.
        ("0", None, Policy.RESTRICTED, Policy.UNDEFINED),
        ("1", "AllSigned", Policy.ALL_SIGNED, Policy.UNDEFINED),
    ],
)
def test_group_policy(
    hive: Hive, enabled: object, value: str | None, expected_51: Policy, expected_7: Policy
) -> None:
    """Without EnableScripts a policy says nothing; each edition has a key of its own."""
    scope = {Hive.MACHINE: Scope.MACHINE_POLICY, Hive.USER: Scope.USER_POLICY}[hive]
    expected = {Edition.WINDOWS_POWERSHELL: expected_51, Edition.POWERSHELL: expected_7}
    keys = {Edition.WINDOWS_POWERSHELL: GROUP_KEY, Edition.POWERSHELL: GROUP_KEY_7}
    for edition, other in itertools.permutations(Edition):
        stores = Stores()
        for name, content in (("EnableScripts", enabled), (SETTING, value)):
            if isinstance(content, str | int):
                stores.values[hive, keys[edition], name] = content
        assert read(edition, stores).get_policy(scope) is expected[edition]
        assert read(other, stores).get_policy(scope) is Policy.UNDEFINED


@pytest.mark.parametrize("flag", [0, 1, 2])
def test_powershell_7_may_be_sent_to_windows_powershells_policy(flag: int) -> None:
    """UseWindowsPowerShellPolicySetting holds for its own half, the machine's or the user's."""
    stores = Stores({(Hive.MACHINE, GROUP_KEY_7, REDIRECTED): flag})
    stores.group(Hive.MACHINE, GROUP_KEY, Policy.ALL_SIGNED)
    stores.group(Hive.MACHINE, GROUP_KEY_7, Policy.BYPASS)
    stores.group(Hive.USER, GROUP_KEY, Policy.ALL_SIGNED)
    reading = read(Edition.POWERSHELL, stores)
    expected = Policy.ALL_SIGNED if flag else Policy.BYPASS
    assert reading.get_policy(Scope.MACHINE_POLICY) is expected
    assert reading.get_policy(Scope.USER_POLICY) is Policy.UNDEFINED
    assert (GROUP_KEY_7 in find_effective(reading).place) is not bool(flag)


@pytest.mark.parametrize(
    ("execution", "policy"),
    [
        ({"EnableScripts": True, "ExecutionPolicy": "AllSigned"}, Policy.ALL_SIGNED),
        ({"enablescripts": "True", "executionpolicy": "AllSigned"}, Policy.ALL_SIGNED),
        ({"EnableScripts": False, "ExecutionPolicy": "AllSigned"}, Policy.RESTRICTED),
        ({"ExecutionPolicy": "AllSigned"}, Policy.UNDEFINED),
        ({"EnableScripts": True, "ExecutionPolicy": None}, Policy.UNDEFINED),
        ("nonsense", Policy.UNDEFINED),
    ],
)
def test_powershell_7s_file_stands_in_for_group_policy(execution: object, policy: Policy) -> None:
    """What the registry doesn't set, the section PowerShellPolicies may."""
    stores = Stores(configs={Hive.MACHINE: {"PowerShellPolicies": {"ScriptExecution": execution}}})
    assert read(Edition.POWERSHELL, stores).get_policy(Scope.MACHINE_POLICY) is policy
    assert (
        read(Edition.WINDOWS_POWERSHELL, stores).get_policy(Scope.MACHINE_POLICY)
        is Policy.UNDEFINED
    )
    # One value in the registry is enough that the file isn't asked.
    stores.values[Hive.MACHINE, GROUP_KEY_7, SETTING] = "Bypass"
    assert read(Edition.POWERSHELL, stores).get_policy(Scope.MACHINE_POLICY) is Policy.UNDEFINED


# --- what can't be read ---


def test_a_broken_file_leaves_only_what_hangs_on_it_unknown() -> None:
    """A policy of a higher scope still counts; else it can't be told."""
    stores = Stores(configs={Hive.USER: "broken"})
    reading = read(Edition.POWERSHELL, stores)
    assert set(reading.unreadable) == {Scope.USER_POLICY, Scope.CURRENT_USER}
    with pytest.raises(UnreadableError, match="broken"):
        find_effective(reading)
    with pytest.raises(UnreadableError, match="broken"):
        advise(reading, PROFILE)
    stores.group(Hive.MACHINE, GROUP_KEY_7, Policy.REMOTE_SIGNED)
    assert find_effective(read(Edition.POWERSHELL, stores)).policy is Policy.REMOTE_SIGNED
    assert not read(Edition.WINDOWS_POWERSHELL, stores).unreadable
