from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk import Connection, Variable

from gennaker.errors import StageFailed
from gennaker.operators._parameters import Parameters

DECLARED: list[dict[str, Any]] = [
    {"name": "region", "default": "eu"},
    {"name": "tag"},
    {"name": "token", "type": "secret", "default": "conn:vault"},
]


def test_a_supplied_value_counts_before_the_default() -> None:
    assert Parameters(DECLARED, {"region": "us"})["region"] == "us"
    assert Parameters(DECLARED, {})["region"] == "eu"


@pytest.mark.parametrize("value", ["", None, 0, False])
def test_a_supplied_value_counts_even_if_it_is_empty(value: Any) -> None:
    assert Parameters(DECLARED, {"region": value})["region"] == value


def test_a_parameter_without_a_default_is_empty_text() -> None:
    assert Parameters(DECLARED, {})["tag"] == ""


def test_undeclared_values_are_kept() -> None:
    parameters = Parameters(DECLARED, {"extra": {"a": [1]}})

    assert parameters["extra"] == {"a": [1]}
    assert set(parameters) == {"region", "tag", "token", "extra"}
    assert len(parameters) == 4


def test_an_unknown_name_is_missing() -> None:
    with pytest.raises(KeyError):
        Parameters(DECLARED, {})["nothing"]


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is asked of Airflow's secrets, which a worker asks its supervisor for."""
    asked: list[str] = []

    def connection(key: str) -> Connection:
        asked.append(f"conn:{key}")
        return Connection(conn_id=key, conn_type="generic", password="hunter2")

    def variable(key: str) -> str:
        asked.append(f"var:{key}")
        return "swordfish"

    monkeypatch.setattr(Connection, "get", connection)
    monkeypatch.setattr(Variable, "get", variable)
    return asked


@pytest.mark.parametrize(("reference", "value"), [("conn:vault", "hunter2"), ("var:token", "swordfish")])
def test_a_secret_is_what_its_reference_stands_for(vault: list[str], reference: str, value: str) -> None:
    parameters = Parameters(DECLARED, {"token": reference})

    assert parameters["token"] == value
    assert parameters["token"] == value
    assert vault == [reference]


def test_a_secret_is_fetched_only_when_somebody_reads_it(vault: list[str]) -> None:
    parameters = Parameters(DECLARED, {})

    assert "token" in list(parameters)
    assert parameters["region"] == "eu"
    assert parameters.secrets() == ()
    assert vault == []


def test_secrets_that_were_read_are_known_and_never_published(vault: list[str]) -> None:
    parameters = Parameters(DECLARED, {})
    parameters["token"]

    assert parameters.secrets() == ("hunter2",)
    assert parameters.published()["token"] == "conn:vault"


def test_the_type_of_a_secret_may_be_written_in_capitals(vault: list[str]) -> None:
    parameters = Parameters([{"name": "token", "type": "Secret"}], {"token": "conn:vault"})

    assert parameters["token"] == "hunter2"


@pytest.mark.parametrize("value", ["hunter2", "conn:", "env:TOKEN", "", None])
def test_a_secret_in_the_clear_is_refused_and_not_repeated(vault: list[str], value: Any) -> None:
    parameters = Parameters(DECLARED, {"token": value})

    with pytest.raises(StageFailed, match="parameter 'token' is secret") as failed:
        parameters["token"]
    assert "hunter2" not in str(failed.value)
    assert vault == []
