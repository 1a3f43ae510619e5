"""What Airflow has of a pipeline: the revision that it schedules, and why a newer one could not be built."""

from __future__ import annotations

import re
from typing import NamedTuple

from airflow.models.serialized_dag import SerializedDagModel
from sqlalchemy.orm import Session

from gennaker.spec.publication import read_mark
from gennaker.store.models import Pipeline

_FAILED = re.compile(r"^Revision (\d+) cannot be built: (.*?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


class Scheduled(NamedTuple):
    """
    What the next run will be.

    :ivar revision: the revision that Airflow schedules; None as long as it has not read the pipeline.
    :ivar build_error: why the published revision cannot be built; an older one runs in its place.
    """

    revision: int | None = None
    build_error: str | None = None


def scheduled(pipeline: Pipeline, *, session: Session) -> Scheduled:
    """Return what Airflow has of a pipeline; one query and the JSON of one DAG."""
    if not pipeline.sequence:
        return Scheduled()
    found = SerializedDagModel.get(pipeline.dag_id, session=session)
    data = found.data if found is not None else None
    documentation = data["dag"].get("doc_md") if data else None
    mark = read_mark(documentation)
    errors = {int(number): text for number, text in _FAILED.findall(documentation or "")}
    return Scheduled(mark[0] if mark else None, errors.get(pipeline.published or 0))
