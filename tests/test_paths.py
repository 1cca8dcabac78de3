"""Our folders are the ones that platformdirs names."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from autovenv import paths, startup


@pytest.mark.parametrize("base", [None, "/somewhere/else", "relative", ""])
def test_the_state_folder_is_platformdirs_own(
    base: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """State is where the XDG variable says, and at the default where it says nothing usable."""
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    if base is not None:
        monkeypatch.setenv("XDG_STATE_HOME", base)
    ours = paths.find_state_folder(os.environ)
    if base == "relative":
        # The specification: "If an implementation encounters a relative path [...] it should
        # consider the path invalid and ignore it." platformdirs takes it.
        assert os.path.isabs(ours)
    else:
        assert ours == platformdirs.user_state_dir(paths.NAME, appauthor=False)


@pytest.mark.parametrize("home", [None, "", "relative", "."])
def test_a_home_that_is_none_is_the_accounts(
    home: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the root, as of an empty one, and no folder in each project, as of a relative one."""
    pwd = pytest.importorskip("pwd", reason="Windows asks the system otherwise")
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    environ = {} if home is None else {"HOME": home}
    account = pwd.getpwuid(tmp_path.stat().st_uid).pw_dir
    assert paths.find_state_folder(environ).startswith(f"{account}/")
    assert paths.find_config_file(environ).startswith(f"{account}/")
    assert startup.find_files("bash", environ)[0] == f"{account}/.bashrc"
