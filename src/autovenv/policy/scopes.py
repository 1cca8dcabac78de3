"""Which policy holds in which scope, for both PowerShells, and which of them is effective.

As PowerShell itself does it: SecuritySupport.GetExecutionPolicy in its source, and for the group
policy of PowerShell 7 Utils.GetPolicySetting. One thing is left out: a script of Group Policy's
own (below gpscript.exe) is under no group policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

SETTING = "ExecutionPolicy"
PREFERENCE = "PSExecutionPolicyPreference"
CONFIG_NAME = "powershell.config.json"

LOCAL_KEY = r"SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell"
LOCAL_SETTING = "Microsoft.PowerShell:ExecutionPolicy"  # in powershell.config.json
GROUP_KEY = r"SOFTWARE\Policies\Microsoft\Windows\PowerShell"
GROUP_KEY_7 = r"SOFTWARE\Policies\Microsoft\PowerShellCore"
REDIRECTED = "UseWindowsPowerShellPolicySetting"
PRODUCT_KEY = r"SYSTEM\CurrentControlSet\Control\ProductOptions"
MACHINE_ENVIRONMENT_KEY = r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
USER_ENVIRONMENT_KEY = "Environment"


class Edition(StrEnum):
    """The two PowerShells, which keep their policies apart."""

    WINDOWS_POWERSHELL = "Windows PowerShell 5.1"
    POWERSHELL = "PowerShell 7"


class Scope(StrEnum):
    """Where a policy can be set, the first that is defined wins."""

    MACHINE_POLICY = "MachinePolicy"
    USER_POLICY = "UserPolicy"
    PROCESS = "Process"
    CURRENT_USER = "CurrentUser"
    LOCAL_MACHINE = "LocalMachine"


class Policy(StrEnum):
    """What a scope can say."""

    UNRESTRICTED = "Unrestricted"
    REMOTE_SIGNED = "RemoteSigned"
    ALL_SIGNED = "AllSigned"
    RESTRICTED = "Restricted"
    BYPASS = "Bypass"
    UNDEFINED = "Undefined"


class Hive(StrEnum):
    """The machine's settings or the user's own, in the registry and as powershell.config.json."""

    MACHINE = "HKLM"
    USER = "HKCU"


GROUP_SCOPES = {Scope.MACHINE_POLICY: Hive.MACHINE, Scope.USER_POLICY: Hive.USER}
LOCAL_SCOPES = {Scope.CURRENT_USER: Hive.USER, Scope.LOCAL_MACHINE: Hive.MACHINE}


class UnreadableError(Exception):
    """A store can't be read; the message says which and why."""


class Store(Protocol):
    """Where policies are kept. Each method raises UnreadableError where it can't tell."""

    def read_registry(self, hive: Hive, key: str, name: str) -> str | int | None:
        """Return a string or a number of the registry's 64-bit view, None where it isn't set."""

    def read_config(self, hive: Hive) -> Mapping[str, object]:
        """Return what PowerShell 7's powershell.config.json holds, nothing where there is none."""

    def find_config_path(self, hive: Hive) -> str:
        """Return the path of that file, as far as it is known."""

    def read_variable(self, name: str) -> str:
        """Return the value of an environment variable of this process, "" where it is unset."""


@dataclass(frozen=True)
class Setting:
    """A policy that is set, and the place where it is: a registry key, a file, a variable."""

    policy: Policy
    place: str


@dataclass(frozen=True)
class Effective:
    """The policy that counts; `scope` is None where it is the default.

    `is_changeable`: the user can set another without an administrator.
    """

    policy: Policy
    scope: Scope | None
    place: str

    @property
    def is_changeable(self) -> bool:
        """Tell whether it isn't group policy's."""
        return self.scope not in GROUP_SCOPES


@dataclass(frozen=True)
class Reading:
    """All that was read for one edition.

    `settings` has the scopes that are defined; `unreadable` says of others why they couldn't be
    read; `persistent` is what the Process scope is in a new console, where a lasting environment
    variable sets it.
    """

    edition: Edition
    settings: Mapping[Scope, Setting]
    default: Policy
    persistent: Setting | None = None
    unreadable: Mapping[Scope, str] = field(default_factory=dict)

    def get_policy(self, scope: Scope) -> Policy:
        """Return what `Get-ExecutionPolicy -Scope` says."""
        setting = self.settings.get(scope)
        return setting.policy if setting else Policy.UNDEFINED


def parse(text: str) -> Policy:
    """Return the policy that `text` names, in any case; what PowerShell doesn't know is Restricted.

    `Undefined` and `Default`, written into a store by hand, are among the unknown.
    """
    for policy in Policy:
        if policy is not Policy.UNDEFINED and policy.lower() == text.lower():
            return policy
    return Policy.RESTRICTED


def read(edition: Edition, store: Store) -> Reading:
    """Return what all scopes say for `edition`."""
    settings: dict[Scope, Setting] = {}
    unreadable: dict[Scope, str] = {}
    for scope in Scope:
        try:
            setting = _read_setting(edition, scope, store)
        except UnreadableError as error:
            unreadable[scope] = str(error)
        else:
            if setting:
                settings[scope] = setting
    return Reading(
        edition, settings, _find_default(edition, store), _read_persistent(store), unreadable
    )


def find_effective(reading: Reading, fresh: bool = False) -> Effective:
    """Return the policy that counts in this process, or with `fresh` in a new console.

    Raises UnreadableError where that hangs on what couldn't be read.
    """
    for scope in Scope:
        if scope in reading.unreadable:
            raise UnreadableError(reading.unreadable[scope])
        setting = reading.settings.get(scope)
        if fresh and scope is Scope.PROCESS:
            setting = reading.persistent
        if setting:
            return Effective(setting.policy, scope, setting.place)
    return Effective(reading.default, None, f"{reading.edition}'s default")


def _read_setting(edition: Edition, scope: Scope, store: Store) -> Setting | None:
    if scope is Scope.PROCESS:
        return _make_setting(
            store.read_variable(PREFERENCE), f"the environment variable {PREFERENCE}"
        )
    if scope in GROUP_SCOPES:
        if edition is Edition.POWERSHELL:
            return _read_group_policy_7(GROUP_SCOPES[scope], store)
        return _read_group_policy(GROUP_SCOPES[scope], store)
    hive = LOCAL_SCOPES[scope]
    if edition is Edition.POWERSHELL:
        value = _look_up(store.read_config(hive), LOCAL_SETTING)
        # Json.NET makes a text of a number and of true, and PowerShell knows no such policy.
        text = str(value) if isinstance(value, str | int | float) else ""
        return _make_setting(text, store.find_config_path(hive))
    value = store.read_registry(hive, LOCAL_KEY, SETTING)
    return _make_setting(value if isinstance(value, str) else "", rf"{hive}\{LOCAL_KEY}")


def _make_setting(text: str, place: str) -> Setting | None:
    return Setting(parse(text), place) if text else None


def _read_group_policy(hive: Hive, store: Store) -> Setting | None:
    """Windows PowerShell takes numbers and strings for both values."""
    place = rf"{hive}\{GROUP_KEY}"
    enabled = store.read_registry(hive, GROUP_KEY, "EnableScripts")
    if str(enabled) == "0":
        return Setting(Policy.RESTRICTED, place)
    value = store.read_registry(hive, GROUP_KEY, SETTING)
    if str(enabled) != "1" or value is None:
        return None
    return _make_setting(str(value), place)


def _read_group_policy_7(hive: Hive, store: Store) -> Setting | None:
    """PowerShell 7 has a key of its own, which may point to 5.1's; else its configuration file.

    The file is asked only where the registry sets neither value, and only of the right types.
    """
    is_redirected = store.read_registry(hive, GROUP_KEY_7, REDIRECTED) not in (None, 0)
    key = GROUP_KEY if is_redirected else GROUP_KEY_7
    enabled = store.read_registry(hive, key, "EnableScripts")
    policy = store.read_registry(hive, key, SETTING)
    enabled = enabled if enabled in (0, 1) else None
    policy = policy if isinstance(policy, str) else None
    if enabled is not None or policy is not None:
        return _judge_script_execution(enabled == 1, enabled == 0, policy or "", rf"{hive}\{key}")
    return _read_config_policy(store.read_config(hive), store.find_config_path(hive))


def _read_config_policy(config: Mapping[str, object], place: str) -> Setting | None:
    section = _look_up(_look_up(config, "PowerShellPolicies"), "ScriptExecution")
    enabled, policy = str(_look_up(section, "EnableScripts")).lower(), _look_up(section, SETTING)
    text = policy if isinstance(policy, str) else ""
    return _judge_script_execution(enabled in ("true", "1"), enabled in ("false", "0"), text, place)


def _judge_script_execution(is_on: bool, is_off: bool, policy: str, place: str) -> Setting | None:
    if is_off:
        return Setting(Policy.RESTRICTED, place)
    return _make_setting(policy, place) if is_on else None


def _look_up(table: object, name: str) -> object:
    """Return the value under `name`, in any case as PowerShell looks it up."""
    if not isinstance(table, Mapping):
        return None
    found = {str(key).lower(): value for key, value in table.items()}
    return found.get(name.lower())


def _find_default(edition: Edition, store: Store) -> Policy:
    """Return the policy where no scope says any.

    Restricted for Windows clients, RemoteSigned for 5.1 on servers (about_Execution_Policies).
    PowerShell 7 is RemoteSigned by the file that comes with it; without that, its source has
    Restricted on all.
    """
    if edition is Edition.POWERSHELL:
        return Policy.RESTRICTED
    product = store.read_registry(Hive.MACHINE, PRODUCT_KEY, "ProductType")
    is_server = isinstance(product, str) and product.lower() in ("servernt", "lanmannt")
    return Policy.REMOTE_SIGNED if is_server else Policy.RESTRICTED


def _read_persistent(store: Store) -> Setting | None:
    """Return what a lasting environment variable makes of the Process scope; the user's wins."""
    for hive, key in (
        (Hive.USER, USER_ENVIRONMENT_KEY),
        (Hive.MACHINE, MACHINE_ENVIRONMENT_KEY),
    ):
        value = store.read_registry(hive, key, PREFERENCE)
        if value:
            return _make_setting(str(value), rf"{PREFERENCE} in {hive}\{key}")
    return None
