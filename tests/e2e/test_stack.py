"""The embedded Airflow itself: what every other end-to-end test stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import AirflowStack

pytestmark = pytest.mark.e2e

DAG = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.hitl import ApprovalOperator

with DAG("stack_check", schedule=None):
    say = BashOperator(task_id="say", bash_command="echo hello")
    judge = ApprovalOperator(task_id="judge", subject="Go on?")
    say >> judge >> BashOperator(task_id="end", bash_command="true")
"""


def test_a_run_with_a_judgment_succeeds(airflow_stack: AirflowStack) -> None:
    airflow_stack.write_dag("stack_check", DAG)
    airflow_stack.refresh("stack_check")
    run_id = airflow_stack.trigger("stack_check")

    airflow_stack.wait_for(
        lambda: airflow_stack.task_states("stack_check", run_id)["judge"] == "awaiting_input",
        what="the judgment",
    )
    airflow_stack.answer("stack_check", run_id, "judge", ["Approve"])

    assert airflow_stack.wait_run("stack_check", run_id) == "success"
    assert set(airflow_stack.task_states("stack_check", run_id).values()) == {"success"}
    assert airflow_stack.xcom("stack_check", run_id, "say", "return_value") == "hello"
    assert airflow_stack.xcom("stack_check", run_id, "say", "nothing") is None


@pytest.mark.parametrize(
    ("user", "sees", "starts", "reads_connections"),
    [
        ("viewer", True, False, False),
        ("deployer", True, True, False),
        ("pipeline-admin", True, True, True),
    ],
)
def test_each_role_may_do_what_its_name_says(
    airflow_stack: AirflowStack, user: str, sees: bool, starts: bool, reads_connections: bool
) -> None:
    airflow_stack.write_dag("stack_check", DAG)
    airflow_stack.wait_dag("stack_check")
    api = airflow_stack.stack.api(user)

    def allowed(method: str, path: str, json: object = None) -> bool:
        return api.request(method, f"/api/v2{path}", json=json).status_code < 400

    assert allowed("GET", "/dags/stack_check") is sees
    assert allowed("POST", "/dags/stack_check/dagRuns", {"logical_date": None}) is starts
    assert allowed("GET", "/connections") is reads_connections
    assert not allowed("POST", "/connections", {"connection_id": f"by_{user}", "conn_type": "http"})
    api.close()


def test_the_internal_connection_exists(airflow_stack: AirflowStack) -> None:
    connection = airflow_stack.api("GET", "/connections/gennaker_internal")

    assert connection["password"] == "***"
