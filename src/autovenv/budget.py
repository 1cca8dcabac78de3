"""How long a question may take: whoever wrote a project must not be able to hold a prompt.

The limit is on the processor's time, so that a machine with much else to do refuses nothing; a wait
for a disk or a server has a limit of its own.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")

WORK = 0.8  # seconds of the processor's time
WAIT = 2.0  # seconds on the clock

# What a record may have: a shell compares each check, in bash some 10 µs.
CHECKS = 1000
BYTES = 64 * 1024


class TooLongError(BaseException):
    """The time is over: no Exception, so that nothing on the way takes it for its own fault."""


def run_within(function: Callable[[], Result]) -> Result:
    """Return what `function` returns; raise TooLongError where the time is over before.

    Outside of the main thread, where there are no signals, nothing is limited.
    """
    return _run_by_thread(function) if os.name == "nt" else _run_by_signals(function)


def _run_by_signals(function: Callable[[], Result]) -> Result:
    signal = __import__("_signal")  # signal's own import takes as long as all the rest
    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, WORK),
        (signal.SIGALRM, signal.ITIMER_REAL, WAIT),
    )
    is_done: list[bool] = []

    def stop(number: int, frame: object) -> None:
        if not is_done:
            raise TooLongError

    try:
        before = [signal.signal(number, stop) for number, _, _ in timers]
    except ValueError:
        return function()
    try:
        for _, timer, seconds in timers:
            signal.setitimer(timer, seconds)
        return function()
    finally:
        is_done.append(True)  # from here on nothing is interrupted any more
        for (number, timer, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def _run_by_thread(function: Callable[[], Result]) -> Result:
    """Do the same by a second thread: Windows has no timers that interrupt."""
    thread = __import__("_thread")
    is_done = thread.allocate_lock()
    is_done.acquire()
    expired = []

    def interrupt() -> None:
        if not is_done.acquire(timeout=WAIT):
            expired.append(True)
            thread.interrupt_main()

    thread.start_new_thread(interrupt, ())
    try:
        return function()
    except KeyboardInterrupt:
        if expired:
            raise TooLongError from None
        raise
    finally:
        is_done.release()
