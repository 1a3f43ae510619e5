from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from gennaker.operators import webhook as webhook_module
from gennaker.operators._webhook_trigger import WebhookTrigger
from gennaker.settings import Settings, from_airflow
from tests.stages.harness import Run, pipeline
from tests.webserver import WebServer, web_server


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)
        self.pauses: list[float] = []

    def now(self, *_: Any) -> datetime:
        return self.time

    async def pause(self, seconds: float) -> None:
        if seconds > 0:
            self.pauses.append(seconds)
            self.time += timedelta(seconds=seconds)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as running:
        yield running


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Let stages call loopback, and let time pass at once."""
    found = Clock()
    monkeypatch.setattr(webhook_module, "utc_now", found.now)
    monkeypatch.setattr(WebhookTrigger, "now", found.now)
    monkeypatch.setattr(WebhookTrigger, "pause", lambda _, seconds: found.pause(seconds))
    allow(monkeypatch, Settings(allow_loopback=True))
    yield found
    from_airflow.cache_clear()


def allow(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    for module in ("_run", "_webhook_trigger"):
        monkeypatch.setattr(f"gennaker.operators.{module}.from_airflow", lambda: settings)


def first_event(trigger: Any) -> Any:
    async def get() -> Any:
        async for event in trigger.run():
            return event.payload
        return None

    return asyncio.run(get())


@pytest.fixture
def go(clock: Clock) -> Any:
    def run(*, conf: dict[str, Any] | None = None, **fields: Any) -> Run:
        def answer(wait: Any) -> Any:
            if isinstance(wait.trigger, WebhookTrigger):
                path, arguments = wait.trigger.serialize()
                assert path == "gennaker.operators._webhook_trigger.WebhookTrigger"
                return first_event(WebhookTrigger(**json.loads(json.dumps(arguments))))
            clock.time = max(clock.time, datetime.fromisoformat(wait.trigger.moment))
            return {}

        stage = {"type": "webhook", "name": "hook", **fields}
        return Run(pipeline(stage), conf=conf, answers={"hook": answer}).go()

    return run


def shown(run: Run) -> Any:
    return run.stage("hook")["context"]["webhook"]


# ---- the call ----------------------------------------------------------------------------------------


def test_it_posts_json_and_keeps_the_answer(server: WebServer, go: Any) -> None:
    url = server.on("/hook", (201, {"X-Id": "7", "Set-Cookie": "s=1"}, {"id": 7, "ok": True}))

    run = go(url=url, payload={"v": "${parameters.v}"}, customHeaders={"X-A": 1}, conf={"v": "2"})

    assert run.status("hook") == "SUCCEEDED"
    (seen,) = server.seen
    assert (seen.method, json.loads(seen.body), seen.headers["x-a"]) == ("POST", {"v": "2"}, "1")
    assert seen.headers["content-type"] == "application/json"
    webhook = shown(run)
    assert (webhook["statusCode"], webhook["statusCodeValue"]) == ("CREATED", 201)
    assert webhook["body"] == {"id": 7, "ok": True}
    assert (webhook["headers"]["x-id"], webhook["headers"]["set-cookie"]) == ("7", "***")


def test_a_later_stage_reads_the_answer(server: WebServer) -> None:
    url = server.on("/hook", {"id": 7})
    read = {
        "type": "evaluateVariables",
        "name": "read",
        "variables": [{"key": "id", "value": "${#stage('hook').context.webhook.body.id}"}],
    }
    run = Run(pipeline({"type": "webhook", "name": "hook", "url": url}, read)).go()

    assert run.stage("read")["outputs"]["id"] == 7


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "post"])
def test_methods(server: WebServer, go: Any, method: str) -> None:
    run = go(url=server.on("/hook", 200), method=method, payload={"a": 1})

    assert run.status("hook") == "SUCCEEDED"
    assert server.seen[0].method == method.upper()
    assert bool(server.seen[0].body) is (method not in ("GET", "HEAD"))


def test_a_text_goes_as_it_is(server: WebServer, go: Any) -> None:
    headers = {"content-type": "text/plain"}
    go(url=server.on("/hook", "fine"), payload="a=b", customHeaders=headers)

    assert (server.seen[0].body, server.seen[0].headers["content-type"]) == ("a=b", "text/plain")


def test_an_answer_that_is_no_json_is_a_text(server: WebServer, go: Any) -> None:
    assert shown(go(url=server.on("/hook", (200, {}, "hello"))))["body"] == "hello"


@pytest.mark.parametrize("status", [304, 204])
def test_below_400_is_a_success(server: WebServer, go: Any, status: int) -> None:
    assert go(url=server.on("/hook", status)).status("hook") == "SUCCEEDED"


@pytest.mark.parametrize("status", [400, 401, 404, 504])
def test_other_codes_fail_at_once(server: WebServer, go: Any, status: int) -> None:
    run = go(url=server.on("/hook", status))

    assert run.states == {"stage-0": "failed"}
    assert len(server.seen) == 1
    assert f"answered {status}" in run.errors["hook"]
    assert shown(run)["statusCodeValue"] == status


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_what_may_pass_is_tried_again(server: WebServer, go: Any, clock: Clock, status: int) -> None:
    before = clock.time
    run = go(url=server.on("/hook", status, status, {"ok": 1}))

    assert run.status("hook") == "SUCCEEDED"
    assert len(server.seen) == 3
    assert clock.time - before == timedelta(seconds=20)


def test_a_listed_code_is_tried_again(server: WebServer, go: Any) -> None:
    url = server.on("/hook", 404, 200)
    assert go(url=url, webhookRetryStatusCodes=[404]).status("hook") == "SUCCEEDED"


def test_fail_fast_goes_before_everything(server: WebServer, go: Any) -> None:
    url = server.on("/hook", 503, 200)
    run = go(url=url, failFastStatusCodes=["503"], webhookRetryStatusCodes=[503])

    assert run.status("hook") == "TERMINAL"
    assert len(server.seen) == 1


def test_attempts_end_after_five_minutes(server: WebServer, go: Any, clock: Clock) -> None:
    before = clock.time
    run = go(url=server.on("/hook", 503))

    assert run.status("hook") == "TERMINAL"
    assert clock.time - before == timedelta(seconds=300)
    assert len(server.seen) == 31


def test_attempts_can_be_limited_for_each_code(server: WebServer, go: Any) -> None:
    url = server.on("/hook", 404, 503, 404, 404)
    run = go(url=url, retries={"404": {"maxAttempts": 2}})

    assert run.status("hook") == "TERMINAL"
    assert server.paths() == ["POST /hook"] * 3


def test_a_host_that_is_not_known_is_tried_again(
    server: WebServer, go: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("/hook", 200)
    tries: list[str] = []

    real = socket.getaddrinfo

    def look_up(host: str, port: int, *more: Any, **options: Any) -> Any:
        if host != "later.example":
            return real(host, port, *more, **options)
        tries.append(host)
        if len(tries) == 1:
            raise socket.gaierror("not yet")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("gennaker.security.urls.socket.getaddrinfo", look_up)
    run = go(url=f"http://later.example:{server.port}/hook")

    assert run.status("hook") == "SUCCEEDED"
    assert len(tries) == 2


@pytest.mark.parametrize(("method", "status"), [("GET", "SUCCEEDED"), ("POST", "TERMINAL")])
def test_a_timeout_is_tried_again_only_for_get(
    server: WebServer, go: Any, monkeypatch: pytest.MonkeyPatch, method: str, status: str
) -> None:
    real = webhook_module.send
    times: list[int] = []

    def slow_at_first(call: Any, settings: Any) -> Any:
        times.append(1)
        if len(times) == 1:
            raise httpx.ReadTimeout("too slow")
        return real(call, settings)

    monkeypatch.setattr(webhook_module, "send", slow_at_first)

    assert go(url=server.on("/hook", 200), method=method).status("hook") == status


def test_a_refused_connection_fails(go: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = go(url=f"http://127.0.0.1:{port}/")

    assert run.status("hook") == "TERMINAL"
    assert "error" in shown(run)


def test_an_address_that_is_not_allowed_is_not_called(
    server: WebServer, go: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, Settings())
    run = go(url=server.on("/hook", 200), cancelEndpoint=server.on("/cancel", 200))

    assert run.status("hook") == "TERMINAL"
    assert "not at a public address" in run.errors["hook"]
    assert server.seen == []


def test_without_an_address_it_says_so(go: Any) -> None:
    assert "url" in go().errors["hook"]


# ---- credentials -------------------------------------------------------------------------------------


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    found = SimpleNamespace(host="http://127.0.0.1", login="me", password="pw", extra_dejson={})
    monkeypatch.setattr("airflow.sdk.Connection.get", lambda conn_id: found)
    return found


def test_an_account_gives_basic_authentication_and_headers(
    server: WebServer, go: Any, connection: SimpleNamespace
) -> None:
    connection.extra_dejson = {"X-Team": "a", "timeout": "5"}
    go(url=server.on("/hook", 200), account="ci")

    headers = server.seen[0].headers
    assert (headers["authorization"], headers["x-team"]) == ("Basic bWU6cHc=", "a")
    assert "timeout" not in headers


def test_a_password_alone_is_a_bearer_token(server: WebServer, go: Any, connection: SimpleNamespace) -> None:
    connection.login = None
    go(url=server.on("/hook", 200), account="ci")

    assert server.seen[0].headers["authorization"] == "Bearer pw"


@pytest.mark.parametrize("host", ["https://ci.example.com", "ci.example.com", "", None])
def test_credentials_go_to_their_own_host_only(
    server: WebServer, go: Any, connection: SimpleNamespace, host: str | None
) -> None:
    connection.host = host
    run = go(url=server.on("/hook", 200), account="ci")

    assert "not for the host" in run.errors["hook"]
    assert server.seen == []


def test_an_account_that_is_not_there(server: WebServer, go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk.exceptions import AirflowNotFoundException

    def missing(conn_id: str) -> Any:
        raise AirflowNotFoundException(conn_id)

    monkeypatch.setattr("airflow.sdk.Connection.get", missing)
    assert "no Airflow connection 'ci'" in go(url=server.on("/hook", 200), account="ci").errors["hook"]


# ---- the wait ----------------------------------------------------------------------------------------

WAIT = {
    "waitForCompletion": True,
    "statusJsonPath": "$.state",
    "successStatuses": "Done, ok",
    "canceledStatuses": "aborted",
    "terminalStatuses": "failed,ERROR",
}


def test_progress_that_is_not_there_fails(server: WebServer, go: Any) -> None:
    run = go(url=server.on("/jobs", {"state": "queued"}), progressJsonPath="$.n", **WAIT)

    assert run.status("hook") == "TERMINAL"
    assert "progressJsonPath" in run.errors["hook"]


def test_location_header(server: WebServer, go: Any, clock: Clock) -> None:
    post = server.on("/jobs", (202, {"Location": "/jobs/1"}, {"id": 1}))
    server.on("/jobs/1", {"state": "queued"}, 503, 429, {"state": "DONE"})
    run = go(url=post, statusUrlResolution="locationHeader", **WAIT)

    assert run.status("hook") == "SUCCEEDED"
    assert server.paths() == ["POST /jobs"] + ["GET /jobs/1"] * 4
    webhook = shown(run)
    assert webhook["body"] == {"id": 1}
    assert webhook["statusEndpoint"] == f"{server.url}/jobs/1"
    monitor = webhook["monitor"]
    assert (monitor["statusCode"], monitor["body"], monitor["resolvedValue"]) == (
        "OK",
        {"state": "DONE"},
        "DONE",
    )
    assert monitor["pastStatusCodes"] == [200, 503, 429, 200]
    assert clock.pauses == [1.0, 1.0, 1.0]


def test_webhook_response(server: WebServer, go: Any) -> None:
    server.on("/status/9", {"state": "ok"})
    # the service believes that it is reached by another scheme, as behind a proxy
    post = server.on("/jobs", {"links": [{"href": f"https://127.0.0.1:{server.port}/status/9"}]})
    run = go(url=post, statusUrlResolution="webhookResponse", statusUrlJsonPath="$.links[0].href", **WAIT)

    assert run.status("hook") == "SUCCEEDED"
    assert server.paths()[-1] == "GET /status/9"


def test_get_method_asks_the_same_address_with_the_same_headers(server: WebServer, go: Any) -> None:
    url = server.on("/jobs", {"state": "new"}, {"state": "ok"})
    run = go(url=url, customHeaders={"X-Key": "k"}, **WAIT)

    assert run.status("hook") == "SUCCEEDED"
    assert server.paths() == ["POST /jobs", "GET /jobs"]
    assert server.seen[1].headers["x-key"] == "k"


def test_monitor_only_calls_nothing(server: WebServer, go: Any) -> None:
    run = go(monitorOnly=True, statusEndpoint=server.on("/jobs/3", {"state": "ok"}), **WAIT)

    assert run.status("hook") == "SUCCEEDED"
    assert server.paths() == ["GET /jobs/3"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("ABORTED", "TERMINAL"), ("Error", "TERMINAL"), ("failed", "TERMINAL"), ("OK", "SUCCEEDED")],
)
def test_statuses_are_looked_up_without_regard_to_case(
    server: WebServer, go: Any, status: str, outcome: str
) -> None:
    run = go(url=server.on("/jobs", {"state": status}), **WAIT)

    assert run.status("hook") == outcome
    assert shown(run)["monitor"]["resolvedValue"] == status


def test_numbers_are_a_percentage(server: WebServer, go: Any) -> None:
    url = server.on("/jobs", {}, {"state": 10}, {"state": 99.5}, {"state": 100})
    run = go(url=url, **WAIT)

    assert run.status("hook") == "SUCCEEDED"
    assert shown(run)["monitor"]["percentComplete"] == 100
    assert len(server.seen) == 4


def test_booleans_are_looked_up_as_texts(server: WebServer, go: Any) -> None:
    url = server.on("/jobs", {}, {"state": False}, {"state": True})
    assert go(url=url, **{**WAIT, "successStatuses": "true"}).status("hook") == "SUCCEEDED"


def test_without_a_path_the_first_good_answer_is_the_end(server: WebServer, go: Any) -> None:
    url = server.on("/jobs", 200, 500, 304, 200)
    assert go(url=url, waitForCompletion="true").status("hook") == "SUCCEEDED"
    assert len(server.seen) == 4


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("$.state", {"other": 1}),
        ("$.state", {"state": None}),
        ("$.state", {"state": ["a"]}),
        ("$.a[*].s", {"a": [{"s": "ok"}, {"s": "ok"}]}),
        ("$.state", "plain text"),
        ("$.[", {"state": "ok"}),
    ],
)
def test_a_status_that_cannot_be_read_fails(server: WebServer, go: Any, path: str, body: Any) -> None:
    run = go(url=server.on("/jobs", 200, (200, {}, body)), **{**WAIT, "statusJsonPath": path})

    assert run.status("hook") == "TERMINAL"
    assert "statusJsonPath" in run.errors["hook"]


def test_an_error_of_the_status_address_fails_unless_it_is_listed(server: WebServer, go: Any) -> None:
    assert go(url=server.on("/a", 200, 404), **WAIT).status("hook") == "TERMINAL"
    listed = go(url=server.on("/b", 200, 404, {"state": "ok"}), retryStatusCodes=["404"], **WAIT)
    assert listed.status("hook") == "SUCCEEDED"


def test_progress_is_kept(server: WebServer, go: Any) -> None:
    url = server.on("/jobs", 200, {"state": "ok", "note": "3 of 3"})
    assert shown(go(url=url, progressJsonPath="$.note", **WAIT))["monitor"]["progressMessage"] == "3 of 3"


def test_it_asks_every_second_for_a_minute_then_every_fifteen_for_an_hour(
    server: WebServer, go: Any, clock: Clock
) -> None:
    run = go(url=server.on("/jobs", {"state": "busy"}), **WAIT)

    assert run.status("hook") == "TERMINAL"
    assert run.stage("hook")["context"]["timedOut"] is True
    assert clock.pauses[:60] == [1.0] * 60
    assert set(clock.pauses[60:]) == {15.0}
    assert sum(clock.pauses) == 3600


def test_a_timeout_of_the_stage_is_shorter(server: WebServer, go: Any, clock: Clock) -> None:
    run = go(url=server.on("/jobs", {"state": "busy"}), stageTimeoutMs=10_000, **WAIT)

    assert run.stage("hook")["context"]["timedOut"] is True
    assert sum(clock.pauses) == pytest.approx(10, abs=1)


def test_it_waits_before_it_asks_first(server: WebServer, go: Any, clock: Clock) -> None:
    go(url=server.on("/jobs", {"state": "ok"}), waitBeforeMonitor="30", **WAIT)
    assert clock.pauses == [30.0]


def test_a_longer_interval_can_be_asked_for(server: WebServer, go: Any, clock: Clock) -> None:
    go(url=server.on("/jobs", {}, {"state": "a"}, {"state": "ok"}), backoffPeriodMs=20_000, **WAIT)
    assert clock.pauses == [20.0]


def test_credentials_are_not_sent_to_another_host_that_the_answer_names(
    server: WebServer, go: Any, connection: SimpleNamespace
) -> None:
    server.on("/status", {"state": "ok"})
    post = server.on("/jobs", (200, {"Location": f"http://localhost:{server.port}/status"}, {}))
    run = go(url=post, account="ci", statusUrlResolution="locationHeader", **WAIT)

    assert run.status("hook") == "SUCCEEDED"
    assert "authorization" in server.seen[0].headers
    assert "authorization" not in server.seen[1].headers


def test_the_status_address_is_guarded_too(server: WebServer, go: Any) -> None:
    post = server.on("/jobs", (200, {"Location": "http://169.254.169.254/latest"}, {}))
    run = go(url=post, statusUrlResolution="locationHeader", **WAIT)

    assert run.status("hook") == "TERMINAL"
    assert "not at a public address" in run.errors["hook"]


def test_an_unknown_resolution_and_a_missing_header(server: WebServer, go: Any) -> None:
    url = server.on("/jobs", 200)
    assert "use getMethod" in go(url=url, statusUrlResolution="guess", **WAIT).errors["hook"]
    assert "no Location" in go(url=url, statusUrlResolution="locationHeader", **WAIT).errors["hook"]


def test_the_wait_cannot_be_skipped() -> None:
    assert WebhookTrigger.skippable is False


# ---- canceling ---------------------------------------------------------------------------------------


def test_a_failure_calls_the_cancel_endpoint_with_the_answer(server: WebServer, go: Any) -> None:
    post = server.on("/jobs", {"id": 7, "state": "new"}, {"id": 7, "state": "failed"})
    server.on("/jobs/7/cancel", 200)
    go(
        url=post,
        cancelEndpoint=f"{server.url}/jobs/${{webhook.body.id}}/cancel",
        cancelMethod="PUT",
        cancelPayload={"id": "${webhook.body.id}"},
        customHeaders={"X-Key": "k"},
        **WAIT,
    )

    assert server.paths()[-1] == "PUT /jobs/7/cancel"
    assert json.loads(server.seen[-1].body) == {"id": 7}
    assert server.seen[-1].headers["x-key"] == "k"


@pytest.mark.parametrize("fields", [{}, WAIT])
def test_a_success_does_not(server: WebServer, go: Any, fields: dict[str, Any]) -> None:
    url = server.on("/jobs", {"state": "ok"})
    go(url=url, cancelEndpoint=server.on("/cancel", 200), **fields)
    assert "POST /cancel" not in server.paths()


def test_a_timeout_calls_it(server: WebServer, go: Any) -> None:
    url = server.on("/jobs", {"state": "busy"})
    go(url=url, cancelEndpoint=server.on("/cancel", 200), stageTimeoutMs=5000, **WAIT)
    assert server.paths()[-1] == "POST /cancel"


def test_a_refused_call_calls_it_too(server: WebServer, go: Any) -> None:
    run = go(url=server.on("/jobs", 400), cancelEndpoint=server.on("/cancel", 500))
    assert server.paths() == ["POST /jobs", "POST /cancel"]
    assert "answered 400" in run.errors["hook"], "that it cannot be canceled does not hide the failure"


def test_killing_the_waiting_task_calls_it(server: WebServer) -> None:
    stage = {
        "type": "webhook",
        "name": "hook",
        "url": server.on("/jobs", {"id": 7}),
        "cancelEndpoint": f"{server.url}/jobs/${{webhook.body.id}}",
        "cancelMethod": "DELETE",
        **WAIT,
    }
    server.on("/jobs/7", 200)
    run = Run(pipeline(stage)).go()
    assert run.states == {"stage-0": "deferred"}

    asyncio.run(run.waits["hook"].trigger.on_kill())

    assert server.paths()[-1] == "DELETE /jobs/7"


def test_killing_the_calling_task_calls_it(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = {
        "type": "webhook",
        "name": "hook",
        "url": server.url,
        "cancelEndpoint": server.on("/cancel", 200),
    }
    run = Run(pipeline(stage))
    (task,) = run.dag.tasks

    def killed(call: Any, settings: Any) -> Any:
        task.on_kill()
        raise httpx.ReadError("killed")

    monkeypatch.setattr(webhook_module, "send", killed)
    run.go()

    assert server.paths()[0] == "POST /cancel"


# ---- artifacts ---------------------------------------------------------------------------------------

IMAGE = {"type": "docker/image", "name": "app", "version": "v7", "reference": "app:v7"}
EXPECTED = {"id": "e1", "displayName": "the image", "matchArtifact": {"type": "docker/image", "name": "ap+"}}


def test_artifacts_of_the_answer_are_bound(server: WebServer, go: Any) -> None:
    url = server.on("/build", {"artifacts": [IMAGE, {"type": "other", "name": "x"}]})
    run = go(url=url, expectedArtifacts=[EXPECTED])

    outputs = run.stage("hook")["outputs"]
    assert outputs["artifacts"] == [IMAGE]
    assert outputs["resolvedExpectedArtifacts"] == [{**EXPECTED, "boundArtifact": IMAGE}]


def test_a_missing_artifact_fails_unless_it_has_a_default(server: WebServer, go: Any) -> None:
    url = server.on("/build", {"artifacts": []})
    assert "'the image' was not produced" in go(url=url, expectedArtifacts=[EXPECTED]).errors["hook"]
    default = {**EXPECTED, "useDefaultArtifact": True, "defaultArtifact": IMAGE}
    assert go(url=url, expectedArtifacts=[default]).stage("hook")["outputs"]["artifacts"] == [IMAGE]


def test_the_first_of_several_matching_artifacts_is_bound(server: WebServer, go: Any) -> None:
    url = server.on("/build", {"artifacts": [IMAGE, {**IMAGE, "version": "v8"}]})
    assert go(url=url, expectedArtifacts=[EXPECTED]).stage("hook")["outputs"]["artifacts"] == [IMAGE]


def test_with_waiting_artifacts_are_not_read(server: WebServer, go: Any) -> None:
    run = go(url=server.on("/build", {"state": "ok"}), expectedArtifacts=[EXPECTED], **WAIT)

    assert run.status("hook") == "SUCCEEDED"
    assert run.stage("hook")["outputs"] == {}
