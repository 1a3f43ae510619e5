from collections.abc import Iterator
from typing import Any

import pytest
from airflow.sdk import BaseOperator

from gennaker import settings
from tests.stages.harness import Run, pipeline


class Echo(BaseOperator):
    """Return what it was given."""

    def __init__(self, *, value: Any, http_conn_id: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value, self.http_conn_id = value, http_conn_id

    def execute(self, context: Any) -> Any:
        return {"said": self.value, "through": self.http_conn_id}


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AIRFLOW__GENNAKER__ALLOWED_OPERATORS", f"{__name__}.*")
    settings.from_airflow.cache_clear()
    yield
    settings.from_airflow.cache_clear()


def run(operator: str = f"{__name__}.Echo", **fields: Any) -> Run:
    stage = {"type": "airflow", "name": "echo", "operator": operator, **fields}
    return Run(pipeline(stage), conf={"word": "hi"}).go()


def test_the_operator_runs_with_evaluated_arguments_and_its_result_becomes_outputs() -> None:
    done = run(arguments={"value": "${parameters.word}"}, connection="the_api")

    expected = {"said": "hi", "through": "the_api"}
    assert done.stage("echo")["outputs"] == {**expected, "result": expected}


def test_jinja_is_left_alone() -> None:
    assert run(arguments={"value": "{{ ds }}"}).stage("echo")["outputs"]["said"] == "{{ ds }}"


def test_an_operator_outside_the_allow_list_is_refused() -> None:
    done = run(
        operator="airflow.providers.standard.operators.bash.BashOperator", arguments={"bash_command": "id"}
    )

    assert done.status("echo") == "TERMINAL"
    assert "allowed_operators" in done.errors["echo"]


@pytest.mark.parametrize("name", ["Nobody", "pipeline", "Iterator"])
def test_what_is_no_operator_is_named(name: str) -> None:
    assert f"{__name__}.{name}" in run(operator=f"{__name__}.{name}").errors["echo"]


def test_arguments_that_the_operator_refuses_are_reported() -> None:
    assert "refuses its arguments" in run(arguments={"colour": "red"}).errors["echo"]
