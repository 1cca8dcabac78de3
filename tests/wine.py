"""Windows' programs from Linux, by Wine: started in a prefix that tools/windows/setup made.

AUTOVENV_WINDOWS names its folder, AUTOVENV_ENTER the command that runs Wine 10 where the machine's
own is older. What passes here was run under Wine, and not on Windows.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

import pexpect

FOLDER = os.environ.get("AUTOVENV_WINDOWS", "")
ENTER = shlex.split(os.environ.get("AUTOVENV_ENTER", ""))
DRIVE = Path(FOLDER, "prefix", "drive_c")
PYTHON = r"C:\Python312\python.exe"
AUTOVENV = r"C:\Python312\Scripts\autovenv.exe"
_PWSH = r"C:\Program Files\PowerShell\7\pwsh.exe"
_DEADLINE = 120  # seconds; only what hangs takes as long

_VARIABLES = {
    "HOME": f"{FOLDER}/home",
    "WINEPREFIX": f"{FOLDER}/prefix",
    "WINEARCH": "win64",
    "WINEDEBUG": "-all",
    "WINEDLLOVERRIDES": "mshtml,winemenubuilder.exe=",
    "XDG_RUNTIME_DIR": "/tmp",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "xterm",
    # These save time at each start, and ask nobody about updates.
    "POWERSHELL_UPDATECHECK": "Off",
    "POWERSHELL_TELEMETRY_OPTOUT": "1",
}

_PROBE = (
    "function global:__probe($number) { $errors = $global:Error.Count; "
    "$python = (Get-Command python -ErrorAction Ignore).Path; "
    "$text = ConvertTo-Json -Compress @{ folder = $PWD.Path; environment = $env:VIRTUAL_ENV; "
    "label = $env:VIRTUAL_ENV_PROMPT; path = $env:PATH; python = $python; errors = $errors; "
    "hook = [bool](Get-Command autovenv -CommandType Function -ErrorAction Ignore) }; "
    r"Set-Content -LiteralPath C:\probe-draft -Value $text -Encoding utf8; "
    r'Move-Item C:\probe-draft "C:\probe-$number" }'
)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a program of Windows'; its output goes through pipes."""
    command = [*ENTER, f"{FOLDER}/run", *words]
    return subprocess.run(
        command, cwd=DRIVE, capture_output=True, text=True, check=False, timeout=_DEADLINE
    )


class Console:
    """A PowerShell for Windows on a pseudo-terminal: lines are typed, and its state is probed.

    `greeting` is what it showed up to its first prompt, `shown` what it did since the last line.
    The state is written into a file: what a console shows is drawn again at each key.
    """

    def __init__(self, *words: str, **more: str) -> None:
        variables = [f"{name}={value}" for name, value in (_VARIABLES | more).items()]
        command = [
            *ENTER,
            "env",
            "-i",
            *variables,
            "/usr/lib/wine/wine64",
            _PWSH,
            "-NoLogo",
            *words,
        ]
        self._number = 0
        self._terminal = pexpect.spawn(
            command[0], command[1:], cwd=str(DRIVE), dimensions=(50, 500), encoding="utf-8"
        )
        self.shown = ""
        # What is typed before it reads keys itself would be lost.
        self._wait(lambda: "PS C:" in self.shown)
        self.greeting = self.shown
        self._type(_PROBE)

    def __enter__(self) -> Console:
        return self

    def __exit__(self, *_: object) -> None:
        self._terminal.close(force=True)

    def type(self, line: str) -> Any:
        """Type a line; return afterwards what _PROBE writes: folder, environment and so on."""
        self._number += 1
        file = DRIVE / f"probe-{self._number}"
        file.unlink(missing_ok=True)
        self.shown = ""
        if line:
            self._type(line)
        self._type(f"__probe {self._number}")
        self._wait(file.exists)
        state = json.loads(file.read_text(encoding="utf-8-sig"))
        file.unlink()  # Wine reads all of C:\ for a name that isn't there
        return state

    def go(self, line: str) -> Any:
        """Type a line that enters a project; ask again where the helper had too little time."""
        state = self.type(line)
        for _ in range(20):
            if "took too long" not in self.shown:
                break
            state = self.type("autovenv reload")
        return state

    def _type(self, line: str) -> None:
        self._terminal.send(f"{line}\r")

    def _wait(self, is_done: Any) -> None:
        deadline = time.monotonic() + _DEADLINE
        while not is_done():
            assert time.monotonic() < deadline, f"waited in vain; what was shown:\n{self.shown}"
            with contextlib.suppress(pexpect.TIMEOUT):
                self.shown += self._terminal.read_nonblocking(4096, 0.05)
