"""How each shell is started, typed into and probed: knows nothing of autovenv."""

from __future__ import annotations

from drivers import bash, fish, pwsh, zsh
from drivers.shell import Shell

SHELLS: dict[str, Shell] = {driver.SHELL.name: driver.SHELL for driver in (bash, zsh, fish, pwsh)}
