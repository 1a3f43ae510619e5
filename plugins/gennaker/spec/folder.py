"""
Read a folder of pipelines: ``<folder>/<application>/<pipeline>.json``.

The folder names the application and the JSON names the pipeline; a file whose JSON names none is called by
its own name. Nothing is judged here: what is in a file is told when it is saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Folders that hold no pipelines.
RESERVED = frozenset({"templates", "schema"})


@dataclass(frozen=True)
class FolderEntry:
    """A file: where it is below the folder (with slashes), whose it is, and its text."""

    path: str
    application: str
    name: str
    text: str


def read_folder(root: Path) -> Iterator[FolderEntry]:
    """
    Yield every file of a folder, by application and name.

    Files directly in the folder, hidden folders, and the reserved folders are left out.

    :raises NotADirectoryError: there is no such folder.
    :raises UnicodeDecodeError: a file is not UTF-8.
    """
    if not root.is_dir():
        raise NotADirectoryError(f"{root} is not a folder")
    for path in sorted(root.glob("*/*.json")):
        application = path.parent.name
        if application in RESERVED or application.startswith("."):
            continue
        text = path.read_text(encoding="utf-8-sig")
        yield FolderEntry(path.relative_to(root).as_posix(), application, _name(text) or path.stem, text)


def _name(text: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    name = value.get("name") if isinstance(value, dict) else None
    return name.strip() if isinstance(name, str) else ""
