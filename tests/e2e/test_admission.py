"""
Every way to start a pipeline × its state, with real requests: docs/reference/admission.md is what comes out.

Run it with ``UPDATE_DOCS=1`` to write the table anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import select

from gennaker.cli.up import environment
from gennaker.services import governance
from gennaker.store.models import Pipeline, Run

if TYPE_CHECKING:
    from tests.e2e.conftest import ManagedStack

pytestmark = pytest.mark.e2e

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "admission.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"

STATES = {
    "enabled": "enabled",
    "locked": "locked",
    "disabled": "disabled (team)",
    "projects": "disabled (project)",
    "expired": "disabled, expired",
    "deleted": "deleted",
}
#: What came of it. A run that "fails" was made and its stages were refused; one that is "ended" never began.
RUNS, REFUSED, FAILS, ENDED = "runs", "refused", "run fails", "run ended"

STARTERS = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator

for name, reset in (("starter", False), ("resetter", True)):
    with DAG(name, schedule=None, params={"target": "", "run": ""}, max_active_runs=50):
        TriggerDagRunOperator(
            task_id="go",
            trigger_dag_id="{{ params.target }}",
            trigger_run_id="{{ params.run }}",
            reset_dag_run=reset,
        )
"""

NOOP = {"refId": "1", "requisiteStageRefIds": [], "type": "noop", "name": "Work"}
LATER = {"refId": "2", "requisiteStageRefIds": ["1"], "type": "noop", "name": "Later"}
WAIT = {"refId": "1", "requisiteStageRefIds": [], "type": "wait", "name": "Wait", "waitTime": 25}


class Gates:
    """One pipeline for each state, and every way to start it."""

    def __init__(self, stack: ManagedStack) -> None:
        self.stack = stack
        self.table: dict[str, dict[str, str]] = {}
        token = httpx.post(f"{stack.base_url}/auth/token", json=_login(stack), trust_env=False)
        self.browser = httpx.Client(
            base_url=stack.base_url,
            cookies={"_token": token.json()["access_token"]},
            headers={"Referer": f"{stack.base_url}/dags"},
            timeout=60,
            trust_env=False,
        )

    # ---- the pipelines -------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Publish the pipelines, and let each have runs that are over and one that is active."""
        self.stack.write_dag("starters", STARTERS)
        versions = {}
        for state in STATES:
            spec = {"spelEvaluator": "v4", "stages": [NOOP]}
            versions[self.dag(state)] = self.stack.publish("gates", state, spec)
            long = {"spelEvaluator": "v4", "stages": [WAIT, LATER]}
            versions[self.dag(f"long-{state}")] = self.stack.publish("gates", f"long-{state}", long)
            child = {"refId": "1", "requisiteStageRefIds": [], "type": "pipeline", "pipeline": state}
            parent = {"spelEvaluator": "v4", "stages": [{**child, "name": "Child"}]}
            versions[self.dag(f"parent-{state}")] = self.stack.publish("gates", f"parent-{state}", parent)
        for dag_id, version in versions.items():
            self.stack.wait_scheduled(dag_id, version)
        for name in ("starter", "resetter"):
            self.stack.wait_dag(name)
        for state in STATES:
            for way in self.clears():
                assert self.rest(self.dag(state), self.old(way))
        for state in STATES:
            for way in self.clears():
                assert self.stack.wait_run(self.dag(state), self.old(way)) == "success"
        for state in STATES:
            assert self.rest(self.dag(f"long-{state}"), "active")

    def govern(self) -> None:
        """Bring the pipelines, and those with an active run, into their states."""
        store, versions = self.stack.store, {}
        for name in ("{}", "long-{}"):
            store.delete("gates", name.format("deleted"))
            team, late = name.format("disabled"), name.format("expired")
            why = {"scope": "team", "reason": "frozen"}
            versions[self.dag(team)] = store.govern("gates", team, governance.disable, **why)
            soon = datetime.now(UTC) + timedelta(hours=1)
            store.govern("gates", late, governance.disable, **why, until=soon)
            projects = {"scope": "projects", "projects": ["shop"], "reason": "moving"}
            store.govern("gates", name.format("projects"), governance.disable, **projects)
            locked = {"allow_api": False, "reason": "release"}
            store.govern("gates", name.format("locked"), governance.lock, **locked)
            with self.stack.begin() as session:
                pipeline = store.find("gates", late, session=session)
                assert pipeline is not None
                pipeline.disabled_until = datetime.now(UTC)
        for dag_id, version in versions.items():
            self.stack.wait_scheduled(dag_id, version)
        # Airflow was reading the file, perhaps, and has brought it back for a moment.
        self.stack.wait_for(lambda: self.stack.dag(self.dag("deleted")) is None, what="the deletion")
        self.stack.wait_for(lambda: self._is_swept("expired"), what="the sweep of what has expired")

    def _is_swept(self, state: str) -> bool:
        """Tell whether the API server has enabled a pipeline, and Airflow has read that."""
        with self.stack.begin() as session:
            pipeline = self.stack.store.find("gates", state, session=session)
            assert pipeline is not None
            done, version = pipeline.disabled_scope is None, pipeline.sequence
        return done and (self.stack.scheduled(self.dag(state)) or (0, 0))[1] == version

    def dag(self, name: str) -> str:
        return f"gates.{name}"

    def old(self, way: str) -> str:
        """Return the run that is cleared in one of the ways."""
        return "old-" + re.sub(r"[^a-z]+", "-", way.lower()).strip("-")

    # ---- the ways ------------------------------------------------------------------------------------

    def starts(self) -> Mapping[str, Callable[[str, str], bool]]:
        """Each way to start a DAG under a run id; tells whether it was taken."""
        return {
            "Airflow's REST API": self.rest,
            "Airflow's UI": self.click,
            "`airflow dags trigger`": lambda dag, run: self.command("dags", "trigger", dag, "--run-id", run),
            "`TriggerDagRunOperator`": lambda dag, run: self.operator("starter", dag, run),
        }

    def clears(self) -> Mapping[str, Callable[[str, str], bool]]:
        """Each way to clear a run; tells whether it was taken."""
        return {
            "Clearing a run in the UI": self.clear_in_ui,
            "Clearing tasks, REST API": self.clear_tasks,
            "Clearing many runs at once": self.clear_many,
            "`TriggerDagRunOperator` that resets": lambda dag, run: self.operator("resetter", dag, run),
            "Queueing a cleared run again": self.requeue,
            "`airflow tasks clear`": lambda dag, _run: self.command("tasks", "clear", "--yes", dag),
        }

    def rest(self, dag_id: str, run_id: str) -> bool:
        body = {"logical_date": None, "dag_run_id": run_id}
        return self.stack.request("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body).is_success

    def click(self, dag_id: str, run_id: str) -> bool:
        body = {"logical_date": None, "dag_run_id": run_id}
        return self.browser.post(f"/api/v2/dags/{dag_id}/dagRuns", json=body).is_success

    def command(self, *arguments: str) -> bool:
        home = self.stack.stack.home
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *arguments],
            env=environment.child_environment(home),
            cwd=home.run,
            capture_output=True,
            timeout=180,
            check=False,
        )
        return done.returncode == 0

    def operator(self, starter: str, dag_id: str, run_id: str) -> bool:
        started = self.stack.trigger(starter, {"target": dag_id, "run": run_id})
        return self.stack.wait_run(starter, started) == "success"

    def clear_in_ui(self, dag_id: str, run_id: str) -> bool:
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/clear"
        return self.browser.post(path, json={"dry_run": False, "only_failed": False}).is_success

    def clear_tasks(self, dag_id: str, run_id: str) -> bool:
        body = {"dry_run": False, "dag_run_id": run_id, "only_failed": False}
        return self._post(f"/api/v2/dags/{dag_id}/clearTaskInstances", body)

    def clear_many(self, dag_id: str, run_id: str) -> bool:
        runs = [{"dag_id": dag_id, "dag_run_id": run_id}]
        return self._post("/api/v2/dags/~/clearDagRuns", {"dry_run": False, "dag_runs": runs})

    def requeue(self, dag_id: str, run_id: str) -> bool:
        """Empty the tasks in the database, as a clear behind our back would, and queue the run."""
        from airflow.models.taskinstance import TaskInstance

        with self.stack.begin() as session:
            query = select(TaskInstance).filter_by(dag_id=dag_id, run_id=run_id)
            for ti in session.scalars(query).unique():
                ti.prepare_db_for_next_try(session)
                ti.state = None
        body = {"state": "queued"}
        return self.stack.request("PATCH", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}", json=body).is_success

    def ours(self, state: str, project: str) -> str | None:
        """Start a pipeline with our own API; return the run."""
        with self.stack.begin() as session:
            pipeline = session.scalars(select(Pipeline).filter_by(dag_id=self.dag(state))).one()
        path = f"/gennaker/api/v1/pipelines/{pipeline.id}/runs"
        answer = self.stack.request("POST", path, json={"parameters": {}, "project": project})
        assert answer.status_code in (201, 404, 409), answer.text
        return answer.json()["runId"] if answer.is_success else None

    def _post(self, path: str, body: Any) -> bool:
        answer = self.stack.request("POST", path, json=body)
        assert answer.is_success or answer.status_code in (404, 409), answer.text
        return answer.is_success

    # ---- what came of it -----------------------------------------------------------------------------

    def tried(self, way: str, state: str, outcome: str) -> None:
        self.table.setdefault(way, {})[state] = outcome

    def outcome(self, dag_id: str, run_id: str, *, after: int = -1) -> str:
        """Wait for a run that was started, or cleared more often than ``after``, and tell how it went."""

        def over() -> str | None:
            run = self.run(dag_id, run_id)
            return str(run.state) if run.state in ("success", "failed") and run.clear_number > after else None

        ended = self.stack.wait_for(over, timeout=180, what=f"the end of {dag_id} {run_id}")
        if ended == "success":
            return RUNS
        states = set(self.stack.task_states(dag_id, run_id).values())
        if states <= {None, "skipped"}:
            return ENDED
        with self.stack.begin() as session:
            record = session.get(Run, (dag_id, run_id))
            assert record is not None
            assert (record.state, "was d" in record.reason) == ("refused", True), record.reason
        return FAILS

    def run(self, dag_id: str, run_id: str) -> Any:
        found = self.find(dag_id, run_id)
        assert found is not None
        return found

    def find(self, dag_id: str, run_id: str) -> Any:
        from airflow.models.dagrun import DagRun

        with self.stack.begin() as session:
            query = select(DagRun).filter_by(dag_id=dag_id, run_id=run_id)
            return session.scalars(query).unique().one_or_none()

    def runs(self, dag_id: str) -> list[Any]:
        from airflow.models.dagrun import DagRun

        with self.stack.begin() as session:
            return list(session.scalars(select(DagRun).filter_by(dag_id=dag_id)).unique())


@pytest.fixture(scope="module")
def gates(managed_stack: ManagedStack) -> Iterator[Gates]:
    gates = Gates(managed_stack)
    with gates.browser:
        gates.prepare()
        gates.govern()
        yield gates


def test_runs_that_were_active_go_on(gates: Gates) -> None:
    for state in STATES:
        assert gates.outcome(gates.dag(f"long-{state}"), "active") == RUNS, state


@pytest.mark.parametrize("way", ["rest", "ui", "cli", "operator"])
def test_starting(gates: Gates, way: str) -> None:
    name, start = list(gates.starts().items())[["rest", "ui", "cli", "operator"].index(way)]
    taken = {state: start(gates.dag(state), f"new-{way}") for state in STATES}
    for state in STATES:
        assert (gates.find(gates.dag(state), f"new-{way}") is not None) is taken[state]
        gates.tried(name, state, gates.outcome(gates.dag(state), f"new-{way}") if taken[state] else REFUSED)


def test_a_stage_of_another_pipeline(gates: Gates) -> None:
    for state in STATES:
        gates.rest(gates.dag(f"parent-{state}"), "parent")
    for state in STATES:
        ended = gates.stack.wait_run(gates.dag(f"parent-{state}"), "parent")
        child = [run for run in gates.runs(gates.dag(state)) if run.run_id.startswith("pipeline__")]
        assert (ended == "success") is bool(child)
        outcome = gates.outcome(gates.dag(state), child[0].run_id) if child else REFUSED
        gates.tried("A `pipeline` stage", state, outcome)


@pytest.mark.parametrize("project", ["", "shop", "other"])
def test_our_own_api(gates: Gates, project: str) -> None:
    where = f" for project `{project}`" if project else ""
    taken = {state: gates.ours(state, project) for state in STATES}
    for state, run_id in taken.items():
        outcome = gates.outcome(gates.dag(state), run_id) if run_id else REFUSED
        gates.tried(f"Gennaker's API{where}", state, outcome)


def test_a_backfill(gates: Gates) -> None:
    dates = ("--from-date", "2026-01-01", "--to-date", "2026-01-02")
    for state in STATES:
        taken = gates.command("backfill", "create", "--dag-id", gates.dag(state), *dates)
        made = [run for run in gates.runs(gates.dag(state)) if run.run_type == "backfill"]
        assert (taken, made) == (False, [])
        gates.tried("`airflow backfill create`", state, REFUSED)


def test_nothing_starts_by_itself(gates: Gates) -> None:
    """A pipeline's DAG has no schedule in Airflow: an event of an asset that it names finds no taker."""
    gates.stack.write_dag(
        "assets",
        "from airflow.sdk import DAG, Asset\n"
        "from airflow.providers.standard.operators.empty import EmptyOperator\n"
        "with DAG('producer', schedule=None):\n"
        "    EmptyOperator(task_id='make', outlets=[Asset('gates')])\n"
        "with DAG('consumer', schedule=[Asset('gates')]):\n"
        "    EmptyOperator(task_id='take')\n",
    )
    for dag_id in ("producer", "consumer"):
        gates.stack.wait_dag(dag_id)
    found = gates.stack.api("GET", "/assets?uri_pattern=gates")["assets"]
    gates.stack.api("POST", "/assets/events", {"asset_id": found[0]["id"], "extra": {}})
    gates.stack.wait_for(lambda: gates.runs("consumer"), what="the run of the DAG that takes the event")
    for state in STATES:
        kinds = {run.run_type for run in gates.runs(gates.dag(state))}
        assert kinds <= {"manual", "operator_triggered"}
        gates.tried("Schedule, asset event", state, "never")


@pytest.mark.parametrize("number", range(6))
def test_clearing_an_old_run(gates: Gates, number: int) -> None:
    way, clear = list(gates.clears().items())[number]
    for state in STATES:
        dag_id, run_id = gates.dag(state), gates.old(way)
        before = gates.run(dag_id, run_id).clear_number
        taken = clear(dag_id, run_id)
        after = gates.run(dag_id, run_id).clear_number
        if taken and clear != gates.requeue:
            assert after == before + 1, (way, state)
        # Taken without a clear: the run's own state is what has changed.
        assert taken or after == before, (way, state)
        gates.tried(way, state, gates.outcome(dag_id, run_id) if taken else REFUSED)


def test_a_refused_clear_says_why_and_changes_nothing(gates: Gates) -> None:
    dag_id, run_id = gates.dag("disabled"), gates.old("Clearing a run in the UI")
    answer = gates.browser.post(f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/clear", json={"dry_run": False})

    assert answer.status_code == 409
    assert "was disabled by ann" in answer.json()["detail"]
    assert "frozen; its runs cannot be cleared" in answer.json()["detail"]
    anonymous = httpx.post(f"{gates.stack.base_url}{answer.request.url.path}", json={}, trust_env=False)
    assert anonymous.status_code == 401
    assert "disabled" not in anonymous.text


def test_a_refused_stage_says_why(gates: Gates) -> None:
    dag_id, run_id = gates.dag("disabled"), gates.old("`airflow tasks clear`")
    told = gates.stack.xcom(dag_id, run_id, "stage-1", "stage")

    assert told["status"] == "TERMINAL"
    assert told["error"]["message"].startswith("not admitted: pipeline 'disabled' was disabled by ann")


def test_enabling_gives_everything_back(gates: Gates) -> None:
    version = gates.stack.store.enable("gates", "disabled")
    gates.stack.wait_scheduled(gates.dag("disabled"), version)
    dag_id, refused = gates.dag("disabled"), gates.old("`airflow tasks clear`")

    assert gates.rest(dag_id, "afterwards")
    assert gates.click(dag_id, "afterwards-too")
    assert gates.clear_in_ui(dag_id, refused)
    for run_id in ("afterwards", "afterwards-too", refused):
        assert gates.outcome(dag_id, run_id) == RUNS


def test_the_page_shows_the_table(gates: Gates) -> None:
    lines = ["| Way to start | " + " | ".join(STATES.values()) + " |", "|---|" + "---|" * len(STATES)]
    for way, row in gates.table.items():
        lines.append(f"| {way} | " + " | ".join(row.get(state, "?") for state in STATES) + " |")
    table = "\n".join(lines)
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    shown, after = rest.split(END)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")
    else:
        assert shown.strip() == table


def _login(stack: ManagedStack) -> dict[str, str]:
    login = stack.stack.logins["admin"]
    return {"username": login.name, "password": login.password}
