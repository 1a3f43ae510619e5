"""DAGs that nobody can start: of disabled pipelines, and of pipelines that cannot be built."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from airflow.utils.types import DagRunType
from pendulum import DateTime

from gennaker.compiler.arguments import dag_arguments


class DisabledTimetable(Timetable):
    """
    A schedule that never starts a run.

    Airflow lets a DAG that has a schedule refuse every other way to start it, and takes a DAG without one to
    be meant for manual runs; so a DAG that refuses everything needs a schedule, and this one yields nothing.
    """

    can_be_scheduled = True
    periodic = False
    description = "Disabled: nobody can start this pipeline"

    @property
    def summary(self) -> str:
        """Return what the list of DAGs shows as the schedule."""
        return "disabled"

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """Return None: there is no next run."""
        return None

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """Return an empty interval; Airflow asks before it refuses."""
        return DataInterval.exact(run_after)


def refuse_starts() -> dict[str, Any]:
    """Return the arguments of a DAG that nobody can start; an empty list of run types would allow all."""
    return {"schedule": DisabledTimetable(), "allowed_run_types": [DagRunType.SCHEDULED]}


def placeholder(*, dag_id: str, application: str, name: str, documentation: str) -> DAG:
    """
    Return a DAG without tasks in place of one that cannot be built.

    Airflow drops a DAG that is not there, and with it the runs of its former versions that are still active.
    """
    return DAG(dag_id, **dag_arguments(application, name, documentation), **refuse_starts())
