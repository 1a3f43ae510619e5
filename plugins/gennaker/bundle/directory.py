"""Look up other pipelines on the API server, for the stages that name one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gennaker.errors import NotFound
from gennaker.operators._halt import internal_client
from gennaker.settings import from_airflow


class RemoteDirectory:
    """The pipelines of the store; asks nothing before a stage does, and then once in a process."""

    def dag_id(self, application: str, pipeline: str) -> str | None:
        """Return the DAG of a pipeline, given its id or its name; None where there is none."""
        found = _find(application, pipeline)
        return found["dagId"] if found else None

    def pipeline_id(self, name: str, application: str) -> str | None:
        """Return the id of the pipeline with a name."""
        found = _find(application, name)
        return found["id"] if found else None


@lru_cache(maxsize=256)
def _find(application: str, pipeline: str) -> dict[str, Any] | None:
    try:
        return internal_client(from_airflow()).lookup(application, pipeline)
    except NotFound:
        return None
