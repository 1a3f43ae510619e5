"""
What the store publishes and the DAG processor and the workers read: pipelines at one version.

The same words describe a pipeline in a file of the DAG processor and in the answer that a worker gets, so
both build the same DAG from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_PUBLICATION = re.compile(r"Revision (\d+) · Publication (\d+)\Z")


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A publication of a pipeline that may run.

    :ivar sequence: its number in the publish sequence.
    :ivar sha256: hash of what the revision does.
    :ivar spec: the revision's JSON text, without the governance keys.
    """

    sequence: int
    revision: int
    sha256: str
    spec: str


@dataclass(frozen=True)
class PublishedPipeline:
    """
    A pipeline as it is at a version.

    :ivar shard: number of the file that defines its DAG.
    :ivar disabled: nobody may start it.
    :ivar settings: what its application adds to the DAG: ``maxActiveRuns``, ``accessControl``.
    :ivar candidates: newest first; the first that compiles runs.
    """

    pipeline_id: str
    dag_id: str
    application: str
    name: str
    shard: int
    disabled: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    candidates: Sequence[Candidate] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {
            "pipelineId": self.pipeline_id,
            "dagId": self.dag_id,
            "application": self.application,
            "name": self.name,
            "shard": self.shard,
            "disabled": self.disabled,
            "settings": dict(self.settings),
            "candidates": [
                {
                    "sequence": candidate.sequence,
                    "revision": candidate.revision,
                    "sha256": candidate.sha256,
                    "spec": candidate.spec,
                }
                for candidate in self.candidates
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PublishedPipeline:
        """Read what `to_json` wrote; a key that is missing raises KeyError."""
        return cls(
            pipeline_id=data["pipelineId"],
            dag_id=data["dagId"],
            application=data["application"],
            name=data["name"],
            shard=data["shard"],
            disabled=data["disabled"],
            settings=data["settings"],
            candidates=tuple(Candidate(**candidate) for candidate in data["candidates"]),
        )


@dataclass(frozen=True)
class Snapshot:
    """
    All pipelines of some shards at one version.

    :ivar version: the greatest number of the publish sequence that it contains.
    :ivar shards: by number; a shard whose pipelines are all deleted is there, and empty.
    """

    version: int
    shards: Mapping[int, Sequence[PublishedPipeline]]


def mark(revision: int | None, sequence: int | None) -> str:
    """
    Return the last line of a DAG's documentation: what it was compiled from, as far as that is known.

    >>> mark(3, 12)
    'Revision 3 · Publication 12'
    """
    known = {"Revision": revision, "Publication": sequence}
    return " · ".join(f"{what} {number}" for what, number in known.items() if number is not None)


def read_mark(documentation: str | None) -> tuple[int, int] | None:
    r"""
    Return revision and publication from a DAG's documentation; None where it has no such line.

    >>> read_mark("Deploys the shop\n\nRevision 3 · Publication 12")
    (3, 12)
    """
    found = _PUBLICATION.search(documentation or "")
    return (int(found[1]), int(found[2])) if found else None
