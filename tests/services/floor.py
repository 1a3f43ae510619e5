"""What Airflow does with pipelines, for tests without a running one: read them, start them, clear them."""

from __future__ import annotations

import itertools
import json
import warnings
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline
from gennaker.services import applications
from gennaker.services.admission import admit
from gennaker.store.models import Pipeline, Publication, Revision, Run
from tests.services.desk import ANN, SHELL, Desk

_numbers = itertools.count(1)


class Floor:
    """The runs of one pipeline; each call is a transaction of its own."""

    def __init__(self, desk: Desk, pipeline: Pipeline) -> None:
        self.desk = desk
        self.id, self.dag_id = pipeline.id, pipeline.dag_id

    @property
    def pipeline(self) -> Pipeline:
        return self.desk.look(self.id)

    def call(self, function: Any, **arguments: Any) -> Any:
        """Call a use case for the pipeline."""
        return self.desk.call(function, pipeline_id=self.id, **{"actor": ANN, **arguments})

    def parse(self) -> Floor:
        """Read what is published, as the DAG processor does."""
        from airflow.models.serialized_dag import SerializedDagModel
        from airflow.serialization.definitions.dag import SerializedDAG
        from airflow.serialization.serialized_objects import LazyDeserializedDAG

        with warnings.catch_warnings(), self.desk.session() as session:
            warnings.simplefilter("ignore")
            pipeline = session.get_one(Pipeline, self.id)
            published = session.get_one(Publication, pipeline.sequence)
            revision = session.get_one(Revision, (self.id, published.revision))
            dag = compile_pipeline(
                load(json.loads(revision.spec)),
                dag_id=self.dag_id,
                application="app",
                name=pipeline.name,
                pipeline_id=self.id,
                revision=revision.number,
                sequence=published.sequence,
                disabled=published.disabled,
            )
            lazy, version = LazyDeserializedDAG.from_dag(dag), str(published.sequence)
            SerializedDAG.bulk_write_to_db("testing", version, [lazy], session=session)
            SerializedDagModel.write_dag(lazy, bundle_name="testing", bundle_version=version, session=session)
        return self

    def leave_running_to(self, *roles: str) -> None:
        """Keep the right to run the application's pipelines to some roles."""
        self.desk.call(
            applications.update,
            name=self.desk.application,
            changes={"permissions": {"EXECUTE": [*roles]}},
            if_version=None,
            actor=SHELL,
        )
        self.parse()

    def start(self, *, by: str | None = "ann", run_type: str = "manual", state: str = "running") -> str:
        """Start a run as core does, asking nobody; return its id."""
        from airflow.models.dagbag import DBDagBag
        from airflow.utils.state import DagRunState
        from airflow.utils.types import DagRunTriggeredByType, DagRunType

        run_id = f"{run_type}__{next(_numbers)}"
        with warnings.catch_warnings(), self.desk.session() as session:
            warnings.simplefilter("ignore")
            dag = DBDagBag().get_latest_version_of_dag(self.dag_id, session=session)
            assert dag is not None
            now = datetime.now(UTC)
            run = dag.create_dagrun(
                run_id=run_id,
                run_after=now,
                run_type=DagRunType(run_type),
                triggered_by=DagRunTriggeredByType.TEST,
                triggering_user_name=by,
                state=DagRunState.QUEUED,
                session=session,
            )
            run.dag = dag
            run.verify_integrity(dag_version_id=run.created_dag_version_id, session=session)
            run.set_state(DagRunState(state))
        return run_id

    def end(self, run_id: str, state: str = "success") -> None:
        """Let a run end."""
        with self.desk.session() as session:
            self._run(run_id, session).set_state(state)

    def requeue(self, run_id: str) -> None:
        """Queue a run again without a clear, as core's PATCH of a run can."""
        with self.desk.session() as session:
            self._run(run_id, session).set_state("queued")

    def clear(self, run_id: str, **options: Any) -> None:
        """Clear all tasks of a run, as every clear of core's does in the end."""
        from airflow.models.taskinstance import TaskInstance, clear_task_instances

        with warnings.catch_warnings(), self.desk.session() as session:
            warnings.simplefilter("ignore")
            query = select(TaskInstance).filter_by(dag_id=self.dag_id, run_id=run_id)
            clear_task_instances(list(session.scalars(query).unique()), session, **options)

    def admit(self, run_id: str, *, task_id: str = "stage-1", **more: Any) -> dict[str, Any]:
        """Ask as the worker of a task does."""
        given = {"ti_id": self.ti_id(run_id, task_id), "sequence": self.pipeline.sequence, **more}
        answer: dict[str, Any] = self.desk.call(
            admit, dag_id=self.dag_id, run_id=run_id, task_id=task_id, **given
        )
        return answer

    def ti_id(self, run_id: str, task_id: str = "stage-1") -> str:
        """Return the id of a task instance."""
        from airflow.models.taskinstance import TaskInstance

        with self.desk.session() as session:
            query = select(TaskInstance.id).filter_by(dag_id=self.dag_id, run_id=run_id, task_id=task_id)
            return str(session.scalar(query))

    def allowed(self, run_id: str, **more: Any) -> bool:
        """Tell whether a stage of the run may work, built from what the run is pinned to."""
        from gennaker.services.admission import _mark

        with self.desk.session() as session:
            mark = _mark(self._run(run_id, session), session=session)
        assert mark is not None
        return bool(self.admit(run_id, sequence=mark[1], **more)["allowed"])

    def record(self, run_id: str) -> Run | None:
        """Return the run record."""
        with self.desk.session() as session:
            return session.get(Run, (self.dag_id, run_id))

    def dag_run(self, run_id: str) -> Any:
        with self.desk.session() as session:
            return self._run(run_id, session)

    def model(self) -> Any:
        """Return Airflow's row of the DAG."""
        from airflow.models.dag import DagModel

        with self.desk.session() as session:
            return session.scalar(select(DagModel).filter_by(dag_id=self.dag_id))

    def _run(self, run_id: str, session: Any) -> Any:
        from airflow.models.dagrun import DagRun

        return session.scalars(select(DagRun).filter_by(dag_id=self.dag_id, run_id=run_id)).unique().one()
