"""A folder that belongs to one process while it lives."""

from __future__ import annotations

import fcntl
import os
import weakref
from itertools import count
from pathlib import Path


class FolderClaim:
    """
    Take the first of ``shards``, ``shards-2`` … that no living process has taken.

    Two DAG processors of one machine may be at different versions for a moment: were the files the same, one
    would parse what the other has written and store it under its own version.
    """

    def __init__(self, base: Path) -> None:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        for number in count(1):
            self.folder = self.first(base) if number == 1 else base / f"shards-{number}"
            lock = _lock(base / f".{self.folder.name}.lock")
            if lock is not None:
                weakref.finalize(self, os.close, lock)
                break
        self.folder.mkdir(mode=0o700, exist_ok=True)

    @staticmethod
    def first(base: Path) -> Path:
        """Return the folder that a DAG processor has to itself on its machine, as most have."""
        return base / "shards"


def _lock(path: Path) -> int | None:
    """Lock a file until the returned descriptor is closed; None where somebody else has."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
