import json

import httpx
import pytest

from gennaker.client.internal import InternalClient
from gennaker.errors import Conflict, Denied, GennakerError, NotFound, Temporary
from gennaker.security.signatures import verify

SECRET = "a-long-enough-secret"
RUN = "manual__2026-01-01T00:00:00+00:00"


class Clock:
    def __init__(self):
        self.time = 1000.0
        self.waits = []

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.time += seconds


class Server:
    """Answer with the given steps in turn, the last one for ever: a status, a body, or an error."""

    def __init__(self, *steps):
        self.steps = list(steps)
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, type):
            raise step("no way", request=request)
        return httpx.Response(step) if isinstance(step, int) else httpx.Response(step[0], json=step[1])


@pytest.fixture
def ask():
    def run(server, method="halt", *args, clock=None, **kwargs):
        clock = clock or Clock()
        common = {"now": clock.now, "monotonic": clock.now, "transport": httpx.MockTransport(server)}
        client = InternalClient("http://api/airflow/", SECRET, sleep=clock.sleep, **common)
        return getattr(client, method)(*args, **kwargs)

    return run


HALT = ("app.pipe", RUN, "stage-1", "ti-1", "boom")


def test_halt_is_signed_and_answered(ask):
    server = Server((200, {"halted": True}))
    assert ask(server, "halt", *HALT) == {"halted": True}
    (request,) = server.requests
    assert request.url.path == f"/airflow/gennaker/internal/v1/runs/app.pipe/{RUN}/halt"
    assert json.loads(request.content) == {"taskId": "stage-1", "tiId": "ti-1", "reason": "boom"}
    inner = request.url.path.removeprefix("/airflow/gennaker")
    verify(SECRET, "POST", inner, request.content, request.headers, now=1000, max_skew=0)


def test_admit(ask):
    server = Server((200, {"allowed": True}))
    assert ask(server, "admit", "app.pipe", RUN, "stage-1", "ti-1", 7) == {"allowed": True}
    (request,) = server.requests
    assert request.url.path == f"/airflow/gennaker/internal/v1/runs/app.pipe/{RUN}/admit"
    assert json.loads(request.content) == {"taskId": "stage-1", "tiId": "ti-1", "sequence": 7}


def test_cancel(ask):
    server = Server((200, {"canceled": 2}))
    assert ask(server, "cancel_run", "app.pipe", RUN, "no longer wanted", "ann") == {"canceled": 2}
    assert json.loads(server.requests[0].content) == {"reason": "no longer wanted", "requestedBy": "ann"}


def test_passing_faults_are_tried_again_with_a_new_signature(ask):
    server = Server(httpx.ConnectError, 503, 429, httpx.ReadTimeout, (200, {"halted": True}))
    clock = Clock()
    assert ask(server, "halt", *HALT, clock=clock) == {"halted": True}
    assert clock.waits == [0.5, 1.0, 2.0, 4.0]
    signatures = {request.headers["x-gennaker-signature"] for request in server.requests}
    assert len(signatures) == 4  # the first two attempts fell into one second


def test_the_budget_ends_the_attempts(ask):
    clock = Clock()
    with pytest.raises(Temporary, match="did not answer in time: HTTP 500"):
        ask(Server(500), "halt", *HALT, clock=clock)
    assert clock.time <= 1120


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, Denied), (403, Denied), (404, NotFound), (409, Conflict), (422, GennakerError)],
)
def test_a_refusal_is_final(ask, status, error):
    server = Server((status, {"detail": "because"}))
    with pytest.raises(error, match="the API server refused: because"):
        ask(server, "halt", *HALT)
    assert len(server.requests) == 1


def test_an_answer_that_is_no_json_is_an_error(ask):
    with pytest.raises(GennakerError, match="HTTP 200"):
        ask(Server(200), "halt", *HALT)


def test_the_secret_is_not_shown():
    assert SECRET not in repr(InternalClient("http://api", SECRET))
