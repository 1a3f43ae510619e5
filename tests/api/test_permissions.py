"""
Every route, asked by everybody, under both auth managers.

The routes come from the application itself: one that is added without saying here who may ask fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from gennaker.api.description import NEED
from tests.api.accounts import Accounts
from tests.api.shop import Shop, open_shop

PEOPLE = ("anonymous", "viewer", "deployer", "editor", "admin")

#: Who may, by what a route asks for. The SimpleAuthManager has no rights on views: its `user`, which stands
#: where our Deployer does, may change DAGs, and so pipelines.
MAY: Mapping[str, Mapping[str, set[str]]] = {
    "fab": {
        "anything": {*PEOPLE},
        "login": {"viewer", "deployer", "editor", "admin"},
        "read": {"viewer", "deployer", "editor", "admin"},
        "run": {"deployer", "editor", "admin"},
        "edit": {"editor", "admin"},
    },
    "simple": {
        "anything": {*PEOPLE},
        "login": {"viewer", "deployer", "editor", "admin"},
        "read": {"viewer", "deployer", "editor", "admin"},
        "run": {"deployer", "editor", "admin"},
        "edit": {"deployer", "editor", "admin"},
    },
}

Prepare = Callable[[Shop], Any]


@dataclass(frozen=True)
class Case:
    """
    How a route is asked.

    :ivar status: the answer for who may.
    :ivar before: what has to be done first; a mapping that it returns fills further parts of the path.
    """

    needs: str
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    before: Prepare = lambda shop: None


WAIT = {"stages": [{"refId": "1", "type": "wait", "waitTime": 1}]}
BASE = {"if_match": '"1"'}

CASES: Mapping[str, Case] = {
    "GET /health": Case("anything"),
    "GET /openapi.json": Case("login"),
    "GET /whoami": Case("login"),
    "POST /validate": Case("read", body={"text": "{}"}),
    "GET /templates": Case("read"),
    "GET /templates/{name}": Case("read", before=lambda shop: {"name": "blank"}),
    "GET /applications": Case("read"),
    "POST /applications": Case("edit", 201, body=lambda shop: {"name": f"New {uuid.uuid4().hex}"}),
    "GET /applications/{name}": Case("read"),
    "PATCH /applications/{name}": Case("edit", body={"owner": "ann"}),
    "DELETE /applications/{name}": Case("edit", 204, before=lambda shop: {"name": shop.empty_application()}),
    "PUT /applications/{name}/order": Case("edit", 204, body=lambda shop: {"ids": [shop.pipeline_id]}),
    "GET /pipelines": Case("read"),
    "POST /pipelines": Case("edit", 201, body=lambda shop: {"application": shop.application, "name": "New"}),
    "GET /pipelines/{pipeline_id}": Case("read"),
    "PATCH /pipelines/{pipeline_id}": Case("edit", body={"name": "Other"}),
    "DELETE /pipelines/{pipeline_id}": Case("edit", 204),
    "POST /pipelines/{pipeline_id}/undelete": Case("edit", before=Shop.delete),
    "GET /pipelines/{pipeline_id}/spec": Case("read"),
    "PUT /pipelines/{pipeline_id}/spec": Case("edit", body={"spec": WAIT}, headers=BASE),
    "GET /pipelines/{pipeline_id}/graph": Case("read"),
    "GET /pipelines/{pipeline_id}/revisions": Case("read"),
    "GET /pipelines/{pipeline_id}/revisions/{number}": Case("read"),
    "GET /pipelines/{pipeline_id}/compare": Case("read", query="?from=1&to=1"),
    "POST /pipelines/{pipeline_id}/revisions/{number}/restore": Case("edit", body={}),
    "POST /pipelines/{pipeline_id}/revisions/{number}/publish": Case("edit"),
    "PUT /pipelines/{pipeline_id}/lock": Case("edit", body={"reason": "release week"}),
    "DELETE /pipelines/{pipeline_id}/lock": Case("edit"),
    "PUT /pipelines/{pipeline_id}/disable": Case("edit", body={"reason": "incident"}),
    "DELETE /pipelines/{pipeline_id}/disable": Case("edit"),
    "POST /pipelines/{pipeline_id}/runs": Case("run", 201, body={}, before=Shop.schedule),
    "POST /pipelines/{pipeline_id}/copy": Case(
        "edit", 201, body=lambda shop: {"application": shop.application, "name": "Copy"}
    ),
    "POST /pipelines/{pipeline_id}/stages/copy": Case(
        "edit", body=lambda shop: {"from": shop.pipeline_id, "refIds": ["1"]}
    ),
    "GET /pipelines/{pipeline_id}/export": Case("read"),
    "POST /import": Case(
        "edit", body=lambda shop: {"document": {**WAIT, "name": "I"}, "application": shop.application}
    ),
    # Its own tests look at what it does; here only at who may: nobody waits, so who may hears so.
    "POST /runs/{dag_id}/{run_id}/stages/{task_id}/skip-wait": Case("run", 404, body={}),
}


def routes(app: FastAPI) -> Iterator[str]:
    """Yield every route of the API, with each of its methods."""
    for route in app.routes:
        if isinstance(route, APIRoute) and "/api/v1" in route.path:
            for method in sorted(route.methods):
                yield f"{method} {route.path.removeprefix('/api/v1')}"


@pytest.fixture
def shop(everybody: Accounts) -> Shop:
    return open_shop(everybody)


def test_every_route_says_who_may(app: FastAPI) -> None:
    assert sorted(routes(app)) == sorted(CASES)


def test_the_description_says_the_same(app: FastAPI) -> None:
    same = {"create": "edit", "delete": "edit"}
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            needs = operation.get(NEED, "anything")
            case = CASES[f"{method.upper()} {path.removeprefix('/api/v1')}"]
            assert same.get(needs, needs) == case.needs, path


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("route", CASES)
def test_who_may(shop: Shop, route: str, who: str) -> None:
    case = CASES[route]
    parts = shop.parts | (case.before(shop) or {})
    method, path = route.split(" ")
    body = case.body(shop) if callable(case.body) else case.body

    answer = shop.people.ask(who, method, path.format(**parts) + case.query, body, **case.headers)

    allowed = who in MAY[shop.people.kind][case.needs]
    expected = case.status if allowed else 401 if who == "anonymous" else 403
    assert answer.status_code == expected, answer.text
    if not allowed:
        assert answer.headers["content-type"] == "application/problem+json"
        assert shop.audited() == shop.audited_before


@pytest.mark.parametrize("who", ["viewer", "deployer", "editor"])
@pytest.mark.parametrize("route", [route for route in CASES if "pipeline_id" in route])
def test_a_pipeline_of_an_application_that_is_kept_from_you_is_not_there(
    shop: Shop, route: str, who: str
) -> None:
    case = CASES[route]
    parts = shop.parts | (case.before(shop) or {})
    shop.permit({"READ": ["somebody else"]})
    method, path = route.split(" ")
    body = case.body(shop) if callable(case.body) else case.body

    answer = shop.people.ask(who, method, path.format(**parts) + case.query, body, **case.headers)
    missing = shop.people.ask(
        who, method, path.format(**{**parts, "pipeline_id": "nothing"}) + case.query, body, **case.headers
    )

    assert answer.status_code == missing.status_code == 404
    assert answer.json()["detail"] == missing.json()["detail"].replace("nothing", parts["pipeline_id"])
