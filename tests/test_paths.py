"""Our folders are the ones that platformdirs names."""

from __future__ import annotations

import os

import platformdirs
import pytest

from autovenv import paths


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
