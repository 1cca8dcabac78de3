"""A program on a terminal of its own: starts it, sends bytes, waits for output; knows no shell.

`pty` and `conpty` have the same methods: the one shows the bytes that were written to a
pseudo-terminal, the other the rows of Windows' console.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from drivers.conpty import Terminal as Terminal
else:
    from drivers.pty import Terminal as Terminal
