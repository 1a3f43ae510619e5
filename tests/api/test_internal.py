from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from gennaker.client.internal import InternalClient
from gennaker.errors import Conflict, Denied, NotFound
from tests.api.conftest import SECRET, TestClient
from tests.database import World

Post = Callable[..., httpx.Response]


def diamond(world: World) -> World:
    edges = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]
    return world.create(edges=edges, states={"a": "success", "b": "running", "c": "running", "d": None})


def halt_path(world: World) -> str:
    return f"/internal/v1/runs/{world.dag_id}/{world.run_id}/halt"


def body_of(world: World, **more: str) -> bytes:
    return json.dumps({"taskId": "b", "tiId": world.ti_id("b"), "reason": "boom", **more}).encode()


def test_a_signed_halt_acts_and_is_committed(world: World, signed: Post) -> None:
    diamond(world)

    response = signed(halt_path(world), body_of(world))

    assert response.status_code == 200
    assert response.json() == {"halted": True, "by": "b", "canceled": {"c": "running"}, "children": []}
    assert world.states["c"] == "failed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "the-secret-of-another-one"},
        {"age": 61},
        {"age": -61},
        {"sent": b'{"taskId": "b", "tiId": "x", "reason": ""}'},
        {"X-Gennaker-Signature": "v1=00"},
        {"X-Gennaker-Timestamp": "0"},
    ],
)
def test_a_wrong_signature_is_refused_and_nothing_happens(
    world: World, signed: Post, wrong: dict[str, object]
) -> None:
    diamond(world)

    response = signed(halt_path(world), body_of(world), **wrong)

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"] == "the request is not signed by this deployment"
    assert world.states["c"] == "running"


def test_a_signature_for_another_run_is_refused(world: World, signed: Post, client: TestClient) -> None:
    diamond(world)
    recorded = signed("/internal/v1/runs/other/run/halt", body_of(world)).request
    headers = {name: recorded.headers[name] for name in recorded.headers if name.startswith("x-gennaker")}

    response = client.post(
        f"/gennaker{halt_path(world)}",
        content=body_of(world),
        headers={**headers, "content-type": "application/json"},
    )

    assert response.status_code == 401


def test_a_recorded_request_played_again_changes_nothing(world: World, signed: Post) -> None:
    diamond(world)
    first = signed(halt_path(world), body_of(world))

    assert signed(halt_path(world), body_of(world)).json() == first.json()
    assert len(world.audit()) == 1


def test_an_unsigned_request_is_refused(world: World, client: TestClient) -> None:
    assert client.post(f"/gennaker{halt_path(world)}", json={"taskId": "b", "tiId": "x"}).status_code == 401


def test_forms_are_refused(world: World, signed: Post) -> None:
    response = signed(halt_path(world), b"{}", **{"content-type": "text/plain"})
    assert response.status_code in (415, 422)


def test_a_body_that_is_not_valid_names_its_parts(world: World, signed: Post) -> None:
    response = signed(halt_path(world), b'{"taskId": "b", "extra": 1}')

    assert response.status_code == 422
    assert {error["path"] for error in response.json()["errors"]} == {"$.tiId", "$.extra"}


def test_problems_of_the_services(world: World, signed: Post) -> None:
    missing = signed(halt_path(world), b'{"taskId": "b", "tiId": "x"}')
    assert (missing.status_code, missing.json()["title"]) == (404, "Not Found")

    diamond(world)
    stale = signed(halt_path(world), b'{"taskId": "b", "tiId": "old"}')
    assert (stale.status_code, stale.json()["title"]) == (409, "Conflict")


def test_a_changed_secret_is_noticed(world: World, app: object, signed: Post) -> None:
    from gennaker.api.secret import InternalSecret

    now = [0.0]
    values = ["an-older-secret-of-ours", SECRET]
    secret = InternalSecret("x", read=lambda _: values[now[0] > 0], monotonic=lambda: now[0])
    app.state.internal_secret = secret  # type: ignore[attr-defined]
    diamond(world)
    assert signed(halt_path(world), body_of(world)).status_code == 401

    now[0] = 3
    assert signed(halt_path(world), body_of(world)).status_code == 200


def test_without_a_secret_nothing_is_served(world: World, app: object, signed: Post) -> None:
    from gennaker.api.secret import InternalSecret

    app.state.internal_secret = InternalSecret("gennaker_internal", read=lambda _: "")  # type: ignore[attr-defined]

    response = signed(halt_path(world), b"{}")

    assert response.status_code == 503
    assert response.json()["hint"] == "run 'airflow gennaker init'"


def test_the_secret_is_read_from_the_connection(world: World, app: object, signed: Post) -> None:
    from airflow.models.connection import Connection

    from gennaker.api.secret import InternalSecret

    with world.session() as session:
        session.add(Connection(conn_id=f"c-{world.dag_id}", conn_type="http", password=SECRET))
    app.state.internal_secret = InternalSecret(f"c-{world.dag_id}")  # type: ignore[attr-defined]
    diamond(world)

    assert signed(halt_path(world), body_of(world)).status_code == 200


def test_a_connection_that_is_not_there(app: object) -> None:
    from gennaker.api.secret import read_connection_password

    assert read_connection_password("nobody-made-this") == ""


def test_the_client_and_the_routes_understand_each_other(world: World, client: TestClient) -> None:
    diamond(world)
    worker = InternalClient("http://testserver", SECRET, transport=client._transport)
    ask = (world.dag_id, world.run_id)

    assert worker.halt(*ask, "b", world.ti_id("b"), "boom")["halted"] is True
    assert worker.cancel_run(*ask, "no longer wanted", "ann")["canceled"] is True
    assert world.run_state == "failed"
    with pytest.raises(Conflict, match="cleared or retried"):
        worker.halt(*ask, "b", "old", "boom")
    with pytest.raises(NotFound, match="no run"):
        worker.cancel_run("x", "y", "", "ann")
    other = InternalClient("http://testserver", SECRET + "?", transport=client._transport)
    with pytest.raises(Denied, match="not signed"):
        other.cancel_run(*ask, "", "ann")
