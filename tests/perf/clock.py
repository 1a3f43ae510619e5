"""Time a call in this process."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time


def best(call: Callable[[], object], *, rounds: int = 7, calls: int = 1) -> float:
    """
    Return the shortest CPU time of a call in seconds.

    The shortest round is the one that other work on the machine disturbed least.
    """
    return min(_once(call, calls) for _ in range(rounds))


def _once(call: Callable[[], object], calls: int) -> float:
    started = process_time()
    for _ in range(calls):
        call()
    return (process_time() - started) / calls
