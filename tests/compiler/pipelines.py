"""Short ways to write and compile a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline


def stage(ref: str, after: str = "", **fields: Any) -> dict[str, Any]:
    """Return a stage; ``after`` lists the stages that it waits for, with spaces between."""
    return {"type": "noop", "refId": ref, "name": ref, "requisiteStageRefIds": after.split(), **fields}


HALT_BRANCH: dict[str, Any] = {"failPipeline": False}
THEN_FAIL: dict[str, Any] = {"failPipeline": False, "completeOtherBranchesThenFail": True}
IGNORE: dict[str, Any] = {"continuePipeline": True}
FINALLY: dict[str, Any] = {"finally": True}


def compiled(*stages: Mapping[str, Any], revision: int | None = None, **top: Any) -> DAG:
    """Return the DAG of a pipeline of these stages."""
    document = {"name": "Deploy", "application": "elsewhere", "stages": list(stages), **top}
    return compile_pipeline(
        load(document, check=False),
        dag_id="shop.deploy",
        application="Shop",
        name="Deploy",
        revision=revision,
    )


def serialized(dag: DAG) -> dict[str, Any]:
    """Return a DAG as the database holds it."""
    data: dict[str, Any] = DagSerialization.to_dict(dag)
    return data
