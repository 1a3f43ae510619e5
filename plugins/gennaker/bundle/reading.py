"""
Notice files that Airflow has not read since they were written.

A file that changes while it is read would stay unread: the DAG processor drops the request to read it, since
it is at it, and later takes the file for older than its reading. So whoever reads a file leaves a note of
what was read, and a file whose note is of something else is made to look new until it is read.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from gennaker.bundle.writing import write_if_changed


def digest(content: bytes) -> str:
    """Return what tells contents apart."""
    return sha256(content).hexdigest()[:16]


def leave_note(file: Path, index: bytes) -> None:
    """Note beside a shard's file with which index it is being read."""
    with suppress(OSError):  # the folder is somebody else's
        write_if_changed(_note(file), digest(index).encode())


class Unread:
    """The files of shards that were written and may not have been read."""

    def __init__(self) -> None:
        self._wanted: dict[Path, str] = {}

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def add(self, file: Path) -> None:
        """Wait until a file is read as it is now."""
        self._wanted[file] = digest(file.with_suffix(".json").read_bytes())

    def remind(self) -> None:
        """Forget the files that were read, and make the others look new."""
        self._wanted = {file: wanted for file, wanted in self._wanted.items() if not _was_read(file, wanted)}
        for file in self._wanted:
            with suppress(OSError):
                os.utime(file)


def _was_read(file: Path, wanted: str) -> bool:
    try:
        return not file.exists() or _note(file).read_text() == wanted
    except OSError:
        return False


def _note(file: Path) -> Path:
    return file.with_suffix(".read")
