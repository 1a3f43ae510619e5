"""An application with a published pipeline, to ask the API about."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Mapping
from typing import Any

from gennaker.api.building import try_build
from gennaker.services import applications, pipelines
from gennaker.services.actor import Actor
from tests.api.accounts import Accounts
from tests.database import World, _write_dag, postgresql

ROOT = Actor("root", "cli", admin=True)
SPEC: Mapping[str, Any] = {
    "spelEvaluator": "v4",
    "stages": [{"refId": "1", "requisiteStageRefIds": [], "type": "wait", "name": "Wait", "waitTime": 1}],
}

_numbers = itertools.count(1)


class Shop:
    """An application of its own, with one pipeline."""

    def __init__(self, people: Accounts, spec: Mapping[str, Any] = SPEC) -> None:
        self.people = people
        self.world = World(postgresql())
        self.application = f"Shop {next(_numbers)} {uuid.uuid4().hex[:6]}"
        with self.world.session() as session:
            applications.create(name=self.application, actor=ROOT, session=session)
            made = pipelines.create(
                application=self.application,
                name="Release",
                spec=spec,
                actor=ROOT,
                build=try_build,
                session=session,
            )
            self.pipeline_id, self.dag_id = made.pipeline.id, made.pipeline.dag_id
            self.world.dag_id = self.dag_id
        self.audited_before = self.audited()

    @property
    def parts(self) -> dict[str, Any]:
        """Return what stands in paths."""
        return {
            "name": self.application,
            "pipeline_id": self.pipeline_id,
            "number": 1,
            "dag_id": self.dag_id,
            "run_id": "none",
            "task_id": "none",
        }

    @property
    def path(self) -> str:
        """Return the path of the pipeline."""
        return f"/pipelines/{self.pipeline_id}"

    def add(self, name: str, spec: Mapping[str, Any] = SPEC) -> str:
        """Add a pipeline and return its id."""
        with self.world.session() as session:
            made = pipelines.create(
                application=self.application,
                name=name,
                spec=spec,
                actor=ROOT,
                build=try_build,
                session=session,
            )
            return made.pipeline.id

    def delete(self) -> None:
        """Delete the pipeline."""
        with self.world.session() as session:
            pipelines.delete(pipeline_id=self.pipeline_id, actor=ROOT, session=session)
        self.audited_before = self.audited()

    def schedule(self) -> None:
        """Let Airflow know the DAG, as its DAG processor does."""
        with self.world.session() as session:
            _write_dag(self.dag_id, [], {"stage-1": None}, (), session)
        self.audited_before = self.audited()

    def empty_application(self) -> str:
        """Make an application without pipelines, and return its name."""
        name = f"Empty {uuid.uuid4().hex[:8]}"
        with self.world.session() as session:
            applications.create(name=name, actor=ROOT, session=session)
        return name

    def permit(self, permissions: Mapping[str, Any]) -> None:
        """Keep rights on the application to some roles."""
        with self.world.session() as session:
            changes = {"permissions": dict(permissions)}
            applications.update(name=self.application, changes=changes, actor=ROOT, session=session)

    def audited(self) -> list[tuple[str, str | None, dict[str, Any]]]:
        """Return the audit lines about the pipeline: event, who, and what else is told."""
        return [(event, owner, json.loads(extra or "{}")) for event, _, owner, extra in self.world.audit()]


def open_shop(people: Accounts, spec: Mapping[str, Any] = SPEC) -> Shop:
    """Return a new application with a pipeline."""
    return Shop(people, spec)


def schedule_as_published(shop: Shop, documentation: str) -> None:
    """Let Airflow have the DAG with a documentation as the DAG processor writes it."""
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.sdk import DAG
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    lazy = LazyDeserializedDAG.from_dag(DAG(shop.dag_id, schedule=None, doc_md=documentation))
    with shop.world.session() as session:
        SerializedDAG.bulk_write_to_db("testing", None, [lazy], session=session)
        SerializedDagModel.write_dag(lazy, bundle_name="testing", session=session)
