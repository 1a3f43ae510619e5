"""Names that Airflow accepts: of a pipeline's DAG and of a stage's task."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Container, Sequence

SLUG_LENGTH = 80
TASK_ID_LENGTH = 200
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_TASK_ID = re.compile(r"[^A-Za-z0-9_-]")


def slug(text: str) -> str:
    """
    Return text as lower-case ASCII letters, digits and single dashes; may be empty.

    >>> slug("Déploy to  PROD!")
    'deploy-to-prod'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:SLUG_LENGTH].rstrip("-")


def dag_id(application: str, name: str, *, uid: str | None = None, taken: Container[str] = ()) -> str:
    """
    Return the DAG id of a new pipeline, unlike any in ``taken``.

    :param uid: the pipeline's uuid; names a part whose slug is empty (a Chinese name, say).
        In its absence a digest of the text does.
    """
    base = f"{_part(application, uid)}.{_part(name, uid)}"
    candidate, number = base, 2
    while candidate in taken:
        candidate, number = f"{base}-{number}", number + 1
    return candidate


def _part(text: str, uid: str | None) -> str:
    return (
        slug(text) or f"p-{(uid or hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest())[:8].lower()}"
    )


def numbered(ref_ids: Sequence[str]) -> list[str]:
    """
    Return each refId; an empty one becomes its place in the list, or the next free number.

    >>> numbered(["", "a", "0", ""])
    ['1', 'a', '0', '3']
    """
    used = set(ref_ids)
    found = []
    for index, given in enumerate(ref_ids):
        ref_id, number = given, index
        while not ref_id:
            ref_id = "" if str(number) in used else str(number)
            number += 1
        used.add(ref_id)
        found.append(ref_id)
    return found


def task_ids(ref_ids: Sequence[str]) -> dict[str, str]:
    """
    Return each refId's task id: ``stage-<refId>``, other characters as dashes, ties numbered in order.

    >>> task_ids(["1", "a b", "a/b"])
    {'1': 'stage-1', 'a b': 'stage-a-b', 'a/b': 'stage-a-b-2'}
    """
    wished = {ref_id: _task_id(ref_id) for ref_id in ref_ids}
    # A name that somebody has by right is never given to somebody else as a tie-breaker.
    rightful = {task_id for ref_id, task_id in wished.items() if task_id == f"stage-{ref_id}"}
    found: dict[str, str] = {}
    used: set[str] = set()
    for ref_id, task_id in wished.items():
        mine, number = task_id, 2
        while mine in used or (mine in rightful and mine != f"stage-{ref_id}"):
            mine, number = f"{task_id}-{number}", number + 1
        used.add(mine)
        found[ref_id] = mine
    return found


def _task_id(ref_id: str) -> str:
    return f"stage-{_NOT_TASK_ID.sub('-', ref_id)}"[:TASK_ID_LENGTH]


def shard_file(number: int) -> str:
    """
    Return the file that defines the DAGs of a shard.

    Airflow looks for a run's file where the newest version of its DAG has it, so the name must never change.
    """
    return f"shard-{number}.py"
