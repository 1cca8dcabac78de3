"""A plugin for pytest that takes away what Windows lacks, before any test is imported.

What a library looked at when it was imported stays: it is the tests' own imports that are tried.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from types import SimpleNamespace

import click
import hypothesis
import packaging.requirements
import packaging.specifiers
import pexpect
import platformdirs
import pytest
import shellingham  # type: ignore[import-untyped]  # it has no types

# These look at the system when they are imported.
LOOKED = [asyncio, ctypes, multiprocessing, pathlib, shutil, socket, subprocess, tempfile, zipfile]
LOOKED += [click, hypothesis, packaging, pexpect, platformdirs, shellingham]

MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty")
NAMES = {
    os: (
        *("chown", "fork", "getegid", "geteuid", "getgid", "getgroups", "getuid", "getxattr"),
        *("killpg", "lchown", "login_tty", "mkfifo", "mknod", "openpty", "sched_yield", "setsid"),
        *("setxattr", "statvfs", "tcgetpgrp", "uname"),
    ),
    signal: ("SIGALRM", "SIGHUP", "SIGKILL", "SIGSTOP"),
}


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Take it away."""
    for module, names in NAMES.items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    for gone in MODULES:
        sys.modules[gone] = None  # type: ignore[assignment]  # to import it is an ImportError
    # From Python 3.12 on, `shutil.which` asks Windows whether it looks in the current folder.
    shutil._winapi = SimpleNamespace(NeedCurrentDirectoryForExePath=bool)  # type: ignore[attr-defined]
    sys.platform = "win32"
