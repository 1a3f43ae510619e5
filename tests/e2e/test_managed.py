"""Managed mode on a real Airflow: what is published is what is scheduled, started and run."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from gennaker.cli.up import environment

if TYPE_CHECKING:
    from tests.e2e.conftest import ManagedStack

pytestmark = pytest.mark.e2e


def says(ref: str, text: str, after: str = "") -> dict[str, Any]:
    """Return a stage that leaves a variable."""
    return {
        "refId": ref,
        "requisiteStageRefIds": [after] if after else [],
        "type": "evaluateVariables",
        "name": f"Say {text}",
        "variables": [{"key": "said", "value": text}],
    }


def waits(ref: str, seconds: int) -> dict[str, Any]:
    return {"refId": ref, "requisiteStageRefIds": [], "type": "wait", "name": "Wait", "waitTime": seconds}


def pipeline(*stages: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"spelEvaluator": "v4", "stages": list(stages), **top}


def said(stack: ManagedStack, dag_id: str, run_id: str, task_id: str) -> Any:
    return stack.xcom(dag_id, run_id, task_id, "stage")["outputs"]["said"]


def test_what_is_published_is_scheduled_and_runs(managed_stack: ManagedStack) -> None:
    version = managed_stack.publish("first", "Deploy", pipeline(says("1", "one")))
    managed_stack.wait_scheduled("first.deploy", version)

    run_id = managed_stack.trigger("first.deploy")

    assert managed_stack.wait_run("first.deploy", run_id) == "success"
    assert said(managed_stack, "first.deploy", run_id, "stage-1") == "one"
    run = managed_stack.run("first.deploy", run_id)
    assert run["bundle_version"] == str(version)


def test_a_run_stays_on_the_version_that_it_started_with(managed_stack: ManagedStack) -> None:
    first = managed_stack.publish("pinned", "Deploy", pipeline(waits("1", 8), says("2", "old", "1")))
    managed_stack.wait_scheduled("pinned.deploy", first)
    run_id = managed_stack.trigger("pinned.deploy")
    managed_stack.wait_for(
        lambda: managed_stack.task_states("pinned.deploy", run_id)["stage-1"] in {"running", "deferred"},
        what="the wait",
    )

    second = managed_stack.publish("pinned", "Deploy", pipeline(says("2", "new"), says("3", "more", "2")))
    managed_stack.wait_scheduled("pinned.deploy", second)

    assert managed_stack.run("pinned.deploy", run_id)["state"] == "running"
    assert managed_stack.wait_run("pinned.deploy", run_id) == "success"
    assert managed_stack.task_states("pinned.deploy", run_id) == {"stage-1": "success", "stage-2": "success"}
    assert said(managed_stack, "pinned.deploy", run_id, "stage-2") == "old"

    again = managed_stack.trigger("pinned.deploy")
    assert managed_stack.wait_run("pinned.deploy", again) == "success"
    assert managed_stack.task_states("pinned.deploy", again) == {"stage-2": "success", "stage-3": "success"}
    assert said(managed_stack, "pinned.deploy", again, "stage-2") == "new"

    # An old run that is cleared runs what it ran.
    body = {"dry_run": False, "dag_run_id": run_id, "task_ids": ["stage-2"], "only_failed": False}
    managed_stack.api("POST", "/dags/pinned.deploy/clearTaskInstances", body)
    assert managed_stack.wait_run("pinned.deploy", run_id) == "success"
    assert said(managed_stack, "pinned.deploy", run_id, "stage-2") == "old"


def test_a_broken_revision_leaves_the_one_before_and_its_neighbours_running(
    managed_stack: ManagedStack,
) -> None:
    good = managed_stack.publish("broken", "Deploy", pipeline(says("1", "good")))
    managed_stack.publish("broken", "Neighbour", pipeline(says("1", "neighbour")))
    managed_stack.wait_scheduled("broken.deploy", good)

    cycle = {"refId": "1", "requisiteStageRefIds": ["1"], "type": "noop", "name": "a"}
    managed_stack.publish("broken", "Deploy", pipeline(cycle))
    managed_stack.publish("broken", "Never", '{"stages": [')
    last = managed_stack.publish("broken", "Neighbour", pipeline(says("1", "changed")))
    managed_stack.wait_scheduled("broken.neighbour", last)

    assert managed_stack.scheduled("broken.deploy") == (1, good)
    assert "Revision 2 cannot be built" in managed_stack.api("GET", "/dags/broken.deploy/details")["doc_md"]
    for name, text in (("deploy", "good"), ("neighbour", "changed")):
        run_id = managed_stack.trigger(f"broken.{name}")
        assert managed_stack.wait_run(f"broken.{name}", run_id) == "success"
        assert said(managed_stack, f"broken.{name}", run_id, "stage-1") == text
    refused = managed_stack.request("POST", "/api/v2/dags/broken.never/dagRuns", json={"logical_date": None})
    assert refused.status_code == 400
    assert managed_stack.api("GET", "/importErrors")["import_errors"] == []


def test_a_disabled_pipeline_cannot_be_started_until_it_is_enabled(managed_stack: ManagedStack) -> None:
    spec = pipeline(waits("1", 10), parameterConfig=[{"name": "version", "required": True, "type": "string"}])
    version = managed_stack.publish("disabled", "Deploy", spec)
    managed_stack.wait_scheduled("disabled.deploy", version)
    active = managed_stack.trigger("disabled.deploy", {"version": "1"})

    disabled = managed_stack.store.disable("disabled", "Deploy")

    def start() -> int:
        body = {"logical_date": None, "conf": {"version": "1"}}
        return managed_stack.request("POST", "/api/v2/dags/disabled.deploy/dagRuns", json=body).status_code

    assert start() == 400
    managed_stack.wait_scheduled("disabled.deploy", disabled)
    assert start() == 400
    shown = managed_stack.dag("disabled.deploy") or {}
    assert shown["timetable_summary"] == "disabled"
    assert not shown["is_paused"]
    assert managed_stack.wait_run("disabled.deploy", active) == "success"

    enabled = managed_stack.store.enable("disabled", "Deploy")
    managed_stack.wait_scheduled("disabled.deploy", enabled)
    assert start() == 200


def test_a_deleted_pipeline_is_gone_at_once(managed_stack: ManagedStack) -> None:
    version = managed_stack.publish("deleted", "Deploy", pipeline(says("1", "one")))
    managed_stack.wait_scheduled("deleted.deploy", version)

    managed_stack.store.delete("deleted", "Deploy")

    assert managed_stack.dag("deleted.deploy") is None
    time.sleep(4)
    assert managed_stack.dag("deleted.deploy") is None


def test_a_stage_starts_another_pipeline_by_its_name_or_its_id(managed_stack: ManagedStack) -> None:
    child = managed_stack.publish("family", "The Child", pipeline(says("1", "hello")))
    with managed_stack.begin() as session:
        found = managed_stack.store.find("family", "The Child", session=session)
        assert found is not None
        uid = found.id
    stages = [
        {"refId": ref, "requisiteStageRefIds": [], "type": "pipeline", "name": ref, "pipeline": name}
        for ref, name in (("1", "the child"), ("2", uid))
    ]
    version = managed_stack.publish("family", "Parent", pipeline(*stages))
    managed_stack.wait_scheduled("family.the-child", child)
    managed_stack.wait_scheduled("family.parent", version)

    run_id = managed_stack.trigger("family.parent")

    assert managed_stack.wait_run("family.parent", run_id) == "success"
    assert said(managed_stack, "family.parent", run_id, "stage-1") == "hello"
    assert said(managed_stack, "family.parent", run_id, "stage-2") == "hello"


def test_a_task_runs_in_a_process_that_has_no_database(managed_stack: ManagedStack) -> None:
    version = managed_stack.publish(
        "pods", "Deploy", pipeline(says("1", "old"), says("2", "${said} again", "1"))
    )
    managed_stack.wait_scheduled("pods.deploy", version)

    run_id = managed_stack.trigger("pods.deploy")

    assert managed_stack.wait_run("pods.deploy", run_id) == "success"
    assert said(managed_stack, "pods.deploy", run_id, "stage-2") == "old again"
    homes = sorted((managed_stack.stack.home.path / "pods").glob("stage-*"))
    assert len(homes) == 2
    for home in homes:
        files = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
        assert f"bundles/gennaker/versions/{version}/" in "".join(files)
        assert not [name for name in files if name.endswith(".db")]
        assert [name for name in files if name.startswith("gennaker-specs-")]


def test_the_commands_of_airflow_see_what_is_published(managed_stack: ManagedStack) -> None:
    version = managed_stack.publish("commands", "Deploy", pipeline(says("1", "one")))
    managed_stack.wait_scheduled("commands.deploy", version)

    processes = managed_stack.stack.processes
    processes.run("reserialize", ("airflow", "dags", "reserialize", "--bundle-name", "gennaker"))
    processes.run("list", ("airflow", "dags", "list-import-errors"))

    assert managed_stack.scheduled("commands.deploy") == (1, version)
    run_id = managed_stack.trigger("commands.deploy")
    assert managed_stack.run("commands.deploy", run_id)["bundle_version"] == str(version)
    assert managed_stack.wait_run("commands.deploy", run_id) == "success"


def test_the_dag_processor_refuses_to_start_with_a_setting_that_mixes_versions(
    managed_stack: ManagedStack,
) -> None:
    home = managed_stack.stack.home
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "dag-processor"],
        env={
            **environment.child_environment(home),
            "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "30",
        },
        cwd=home.run,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode != 0
    assert "[core] min_serialized_dag_update_interval must be 0" in done.stderr + done.stdout
