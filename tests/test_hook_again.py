"""What a note says of a helper that is gone: how autovenv is installed again."""

from __future__ import annotations

import pytest

from autovenv import hook


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("/home/u/.local/share/uv/tools/autovenv-shell", "run sh install.sh in its checkout"),
        ("/home/u/.local/share/autovenv/venv", "run sh install.sh in its checkout"),
        ("/home/u/.local/share/pipx/venvs/autovenv-shell", "run pipx reinstall autovenv-shell"),
        ("C:\\Users\\u\\pipx\\venvs\\autovenv-shell", "run pipx reinstall autovenv-shell"),
        ("/usr", "install autovenv again"),
    ],
)
def test_the_way_is_that_of_the_installation(prefix: str, said: str) -> None:
    """It stands within each shell's quotes: nothing in it is special there."""
    assert hook.again(prefix) == said
    assert all(character.isalnum() or character in " .-" for character in said)
