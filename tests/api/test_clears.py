"""The guard in front of Airflow, which refuses to clear runs of what is disabled."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi import FastAPI, Request

from gennaker.api import clears
from gennaker.api.clears import ClearGuard
from tests.api.conftest import TestClient

DISABLED = "gates.disabled"


class Airflow:
    """What stands behind the guard; remembers the bodies that reach it."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.bodies: list[Any] = []
        self.app.add_middleware(ClearGuard)

        @self.app.api_route("/{path:path}", methods=["GET", "POST", "PATCH"])
        async def answer(path: str, request: Request) -> dict[str, str]:
            body = await request.body()
            self.bodies.append(json.loads(body) if body else None)
            return {"path": path}


class Manager:
    async def get_user_from_token(self, token: str) -> object:
        if token != "good":
            raise ValueError(token)
        return object()


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Airflow:
    def why(dag_ids: Any) -> str | None:
        return "pipeline 'x' was disabled by ann" if DISABLED in dag_ids else None

    monkeypatch.setattr(clears, "_why_closed", why)
    monkeypatch.setattr(clears, "get_auth_manager", Manager)
    return Airflow()


def post(airflow: Airflow, path: str, body: Any = None, **options: Any) -> Any:
    with TestClient(airflow.app) as client:
        headers = options.pop("headers", {"Authorization": "Bearer good"})
        return client.post(path, json=body, headers=headers, **options)


CLEARS = ("clearTaskInstances", "clearDagRuns", "dagRuns/manual__1%2B00:00/clear")


@pytest.mark.parametrize("clear", CLEARS)
@pytest.mark.parametrize("root", ["", "/airflow"])
def test_what_is_disabled_is_not_cleared(airflow: Airflow, clear: str, root: str) -> None:
    answer = post(airflow, f"{root}/api/v2/dags/{DISABLED}/{clear}", {})

    assert answer.status_code == 409
    assert answer.json()["detail"] == "pipeline 'x' was disabled by ann; its runs cannot be cleared"
    assert airflow.bodies == []


@pytest.mark.parametrize("clear", CLEARS)
def test_everything_else_is_cleared(airflow: Airflow, clear: str) -> None:
    assert post(airflow, f"/api/v2/dags/other/{clear}", {"dry_run": False}).status_code == 200
    assert airflow.bodies == [{"dry_run": False}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"dag_runs": [{"dag_id": "other", "dag_run_id": "1"}]}, 200),
        ({"dag_runs": [{"dag_id": "other"}, {"dag_id": DISABLED}]}, 409),
        ({"dag_runs": [{"dag_run_id": "1"}]}, 200),
        ({"dag_runs": 7}, 200),
        ([], 200),
    ],
)
def test_many_runs_at_once_are_read_and_passed_on(airflow: Airflow, body: Any, status: int) -> None:
    assert post(airflow, "/api/v2/dags/~/clearDagRuns", body).status_code == status
    assert airflow.bodies == ([body] if status == 200 else [])


@pytest.mark.parametrize(
    "credentials",
    [
        {"headers": {}},
        {"headers": {"Authorization": "Bearer bad"}},
        {"headers": {"Authorization": "Basic good"}},
        {"headers": {"Cookie": "_token=bad"}},
    ],
)
def test_who_is_not_logged_in_learns_nothing(airflow: Airflow, credentials: Any) -> None:
    answer = post(airflow, f"/api/v2/dags/{DISABLED}/clearTaskInstances", {}, **credentials)
    assert answer.status_code == 200  # Airflow itself would answer 401


def test_the_cookie_of_the_ui_counts(airflow: Airflow) -> None:
    cookie = {"Cookie": "other=1; _token=good"}
    answer = post(airflow, f"/api/v2/dags/{DISABLED}/clearTaskInstances", {}, headers=cookie)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/api/v2/dags/{DISABLED}/clearTaskInstances"),
        ("POST", f"/api/v2/dags/{DISABLED}/dagRuns"),
        ("POST", f"/execution/dag-runs/{DISABLED}/1/clear"),
        ("PATCH", f"/api/v2/dags/{DISABLED}/dagRuns/1"),
    ],
)
def test_other_requests_pass_without_a_look_at_them(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    monkeypatch.setattr(clears, "_is_logged_in", lambda scope: pytest.fail("it looked"))
    with TestClient(airflow.app) as client:
        assert client.request(method, path).status_code == 200
