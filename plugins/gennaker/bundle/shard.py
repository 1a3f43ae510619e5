"""
What a shard's file calls: turn published pipelines into DAGs.

The DAG processor has the pipelines in an index beside the file. A worker has only the file, and takes the one
pipeline that it runs from the API server or from its disk.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, get_parsing_context

from gennaker.bundle.directory import RemoteDirectory
from gennaker.bundle.process import is_client
from gennaker.bundle.reading import digest, leave_note
from gennaker.bundle.source import WorkerSource
from gennaker.bundle.writing import write_if_changed
from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline
from gennaker.compiler.disabled import placeholder
from gennaker.settings import from_airflow, uses_fab
from gennaker.spec.naming import shard_file
from gennaker.spec.publication import Candidate, PublishedPipeline, mark

log = logging.getLogger(__name__)

_STUB = '''"""Airflow DAGs of the pipelines in shard {number}; written by Gennaker. Content: {content}."""

from gennaker.bundle.shard import dags

globals().update(dags(__file__))
'''
#: In a version of the past, whose content never changes and may be on another machine.
PINNED = "as published"
#: How much of an error is shown in the documentation of a DAG.
_SHOWN = 1000


def write_shard(
    folder: Path, number: int, pipelines: Sequence[PublishedPipeline], *, pinned: bool = False
) -> bool:
    """
    Write the index and the file of a shard; tell whether something changed.

    The file names the content of the index, so that it changes whenever the index does: the DAG processor
    reads a file again when it has changed.

    :param pinned: this is a version of the past, whose files a worker on the same machine writes too.
    """
    index = json.dumps([pipeline.to_json() for pipeline in pipelines], ensure_ascii=False).encode()
    file = folder / shard_file(number)
    write_if_changed(file.with_suffix(".json"), index)
    return write_stub(file, number, PINNED if pinned else digest(index))


def write_stub(file: Path, number: int, content: str = PINNED) -> bool:
    """Write the file of a shard; others may read it, since a task can run as another user."""
    return write_if_changed(file, _STUB.format(number=number, content=content).encode(), mode=0o644)


def dags(file: str) -> dict[str, DAG]:
    """Return the DAGs of a shard; only the asked-for one where a task runs."""
    path, wanted = Path(file), get_parsing_context().dag_id
    if wanted is not None and is_client():
        # The folder of a version is named after it.
        _, pipeline = WorkerSource(from_airflow()).pipeline(wanted, int(path.parent.name))
        built = _first_that_compiles(pipeline, access_control=False)[0]
        return {wanted: built} if built else {}
    index = path.with_suffix(".json").read_bytes()
    leave_note(path, index)
    return build_all(_read(index), wanted)


def _read(index: bytes) -> list[PublishedPipeline]:
    return [PublishedPipeline.from_json(entry) for entry in json.loads(index)]


def build_all(pipelines: Iterable[PublishedPipeline], wanted: str | None = None) -> dict[str, DAG]:
    """Return the DAG of each pipeline; whatever is wrong with one does not reach its neighbours."""
    built = {}
    for pipeline in pipelines:
        if wanted in (None, pipeline.dag_id):
            try:
                built[pipeline.dag_id] = build(pipeline)
            except Exception:
                log.exception("Pipeline %s of %s was left out", pipeline.name, pipeline.application)
    return built


def build(pipeline: PublishedPipeline) -> DAG:
    """
    Return the DAG of a pipeline: of its newest publication that compiles.

    Where none does, it is a DAG that nobody can start: runs of former publications go on.
    """
    dag, failures = _first_that_compiles(pipeline, access_control=uses_fab())
    if dag is not None:
        return dag
    newest = pipeline.candidates[0]
    return placeholder(
        dag_id=pipeline.dag_id,
        application=pipeline.application,
        name=pipeline.name,
        documentation="\n\n".join([*failures, mark(newest.revision, newest.sequence)]),
    )


def _first_that_compiles(
    pipeline: PublishedPipeline, *, access_control: bool
) -> tuple[DAG | None, list[str]]:
    failures: list[str] = []
    # Given None, Airflow leaves the rights as they are, which takes a third of the time; given none, it takes
    # away those that are there.
    rights = {"accessControl": pipeline.settings.get("accessControl")} if access_control else {}
    settings = {"maxActiveRuns": pipeline.settings.get("maxActiveRuns"), **rights}
    for candidate in pipeline.candidates:
        try:
            return _compile(pipeline, candidate, settings, "\n\n".join(failures)), failures
        except Exception as error:
            text = f"Revision {candidate.revision} cannot be built: {error}"
            log.error("%s (%s)", text, pipeline.dag_id)
            failures.append(text[:_SHOWN])
    return None, failures


def _compile(
    pipeline: PublishedPipeline, candidate: Candidate, settings: Mapping[str, Any], note: str
) -> DAG:
    with warnings.catch_warnings():
        # Airflow warns of a module of its own that it imports for `access_control`.
        warnings.simplefilter("ignore", DeprecationWarning)
        return _compiled(pipeline, candidate, settings, note)


def _compiled(
    pipeline: PublishedPipeline, candidate: Candidate, settings: Mapping[str, Any], note: str
) -> DAG:
    return compile_pipeline(
        load(candidate.spec, check=False),
        dag_id=pipeline.dag_id,
        application=pipeline.application,
        name=pipeline.name,
        pipeline_id=pipeline.pipeline_id,
        revision=candidate.revision,
        sequence=candidate.sequence,
        settings=settings,
        disabled=pipeline.disabled,
        note=note,
        directory=RemoteDirectory(),
    )
