from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI

from tests.api.conftest import TestClient
from tests.database import World
from tests.services.test_skip_wait import waiting


class Manager:
    """An auth manager that knows one user and is asked what it is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.allowed = True

    def is_authorized_dag(self, **question: Any) -> bool:
        self.asked.append(question)
        return self.allowed

    async def get_user_from_token(self, token: str) -> Any:
        from jwt import InvalidTokenError

        if token != "good":
            raise InvalidTokenError
        return SimpleNamespace(get_name=lambda: "ann", get_id=lambda: "ann")


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    found = Manager()
    monkeypatch.setattr("airflow.api_fastapi.core_api.security.get_auth_manager", lambda: found)
    return found


@pytest.fixture
def skip(client: TestClient) -> Callable[..., Any]:
    def post(world: World, task_id: str = "a", *, token: str = "good", **more: Any) -> Any:
        path = f"/gennaker/api/v1/runs/{world.dag_id}/{world.run_id}/stages/{task_id}/skip-wait"
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return client.post(path, headers=headers, **(more or {"json": {}}))

    return post


def test_who_may_change_tasks_may_skip(world: World, skip: Any, manager: Manager) -> None:
    waiting(world)

    response = skip(world)

    assert (response.status_code, response.json()) == (200, {"skipped": True, "by": "ann"})
    assert world.states["a"] == "scheduled"
    (question,) = manager.asked
    assert (question["method"], question["access_entity"].name) == ("PUT", "TASK_INSTANCE")
    assert question["details"].id == world.dag_id


def test_others_may_not(world: World, skip: Any, manager: Manager) -> None:
    waiting(world)
    manager.allowed = False

    response = skip(world)

    assert (response.status_code, response.json()["title"]) == (403, "Forbidden")
    assert world.states["a"] == "deferred"


@pytest.mark.parametrize(("token", "status"), [("", 401), ("bad", 403)])
def test_without_a_login(world: World, skip: Any, manager: Manager, token: str, status: int) -> None:
    waiting(world)

    assert skip(world, token=token).status_code == status
    assert manager.asked == []


def test_a_form_of_a_foreign_page_is_refused(world: World, skip: Any, manager: Manager) -> None:
    waiting(world)

    assert skip(world, data={"a": "b"}).status_code == 415
    assert skip(world, content=b"").status_code == 415
    assert world.states["a"] == "deferred"


def test_problems(world: World, skip: Any, manager: Manager) -> None:
    waiting(world)
    assert skip(world, "nothing").status_code == 404
    assert skip(world, "b").json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "stage 'b' is not waiting",
        "hint": "look at its state again",
    }


def test_health_needs_no_login_and_documentation_does(client: TestClient, manager: Manager) -> None:
    assert client.get("/gennaker/api/v1/health").json() == {"status": "healthy"}
    for path in ("docs", "redoc", "openapi.json"):
        assert client.get(f"/gennaker/{path}").status_code == 404
    assert client.get("/gennaker/api/v1/openapi.json").status_code == 401
    description = client.get("/gennaker/api/v1/openapi.json", headers={"authorization": "Bearer good"}).json()
    assert any(path.endswith("/skip-wait") for path in description["paths"])
    assert not any("internal" in path for path in description["paths"])


def test_an_unknown_path_is_a_problem(client: TestClient) -> None:
    assert client.get("/gennaker/nothing").headers["content-type"] == "application/problem+json"


def test_database_errors_are_problems_without_details(app: FastAPI, client: TestClient) -> None:
    from sqlalchemy.exc import IntegrityError, OperationalError

    @app.get("/unique")
    def unique() -> None:
        raise IntegrityError("insert secret", {}, Exception("violates unique constraint"))

    @app.get("/broken")
    def broken() -> None:
        raise OperationalError("select secret", {}, Exception("server closed"))

    assert client.get("/gennaker/unique").status_code == 409
    assert client.get("/gennaker/broken").status_code == 500
    for path in ("unique", "broken"):
        assert client.get(f"/gennaker/{path}").headers["content-type"] == "application/problem+json"
