"""
What workers ask of our API server, signed with the password of the connection ``gennaker_internal``.

The address comes from the settings and is trusted, so none of the guard of `outbound` applies.  The calls do
the same thing when they are made twice, which is what makes retrying them right.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from gennaker.errors import Conflict, Denied, GennakerError, NotFound, Temporary
from gennaker.security.signatures import sign

MOUNT = "/gennaker"

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 15.0
_ERRORS: dict[int, type[GennakerError]] = {401: Denied, 403: Denied, 404: NotFound, 409: Conflict}


@dataclass(frozen=True, slots=True)
class _Question:
    """One question: where, what, how long it is worth repeating, how long one answer may take (seconds)."""

    path: str
    body: dict[str, Any] | None
    budget: float
    timeout: float | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def content(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body).encode()


def _get(path: str, parameters: Mapping[str, str | int | None], *, budget: float) -> _Question:
    """Return a question that changes nothing."""
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return _Question(f"{path}?{query}" if query else path, None, budget)


@dataclass
class _Attempts:
    """Decide after each attempt: an answer, an error, or the seconds to wait before the next one."""

    deadline: float
    monotonic: Callable[[], float]
    delay: float = _FIRST_DELAY

    def wait_after(self, problem: str) -> float:
        if self.monotonic() + self.delay > self.deadline:
            raise Temporary(
                f"the API server did not answer in time: {problem}",
                hint="check that [gennaker] api_url is the address at which this worker reaches it",
            )
        delay, self.delay = self.delay, min(self.delay * 2, _LONGEST_DELAY)
        return delay


@dataclass
class InternalClient:
    """
    Ask, and ask again while that may help.

    :ivar base_url: address of the API server, without ``/gennaker``.
    :ivar timeout: seconds for one attempt.
    :ivar transport: an httpx transport instead of the network, for tests.
    """

    base_url: str
    secret: str = field(repr=False)
    timeout: float = 10.0
    transport: Any = None
    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def halt(
        self, dag_id: str, run_id: str, task_id: str, ti_id: str, reason: str, *, budget: float = 120.0
    ) -> dict[str, Any]:
        """Halt the pipeline: stop the run's other branches because this task failed."""
        return self._ask(_halt(dag_id, run_id, task_id, ti_id, reason, budget=budget))

    def admit(
        self, dag_id: str, run_id: str, task_id: str, ti_id: str, sequence: int, *, budget: float = 120.0
    ) -> dict[str, Any]:
        """Ask whether a task may work: ``allowed``, the ``reason`` if not, and the run's ``context``."""
        body = {"taskId": task_id, "tiId": ti_id, "sequence": sequence}
        return self._ask(_Question(f"{_run(dag_id, run_id)}/admit", body, budget))

    def cancel_run(
        self, dag_id: str, run_id: str, reason: str, requested_by: str, *, budget: float = 60.0
    ) -> dict[str, Any]:
        """Cancel a run with its child runs."""
        return self._ask(_cancel(dag_id, run_id, reason, requested_by, budget))

    def sync(
        self,
        files: list[dict[str, Any]],
        *,
        repository: str,
        commit: str,
        prune: bool,
        budget: float = 300.0,
    ) -> dict[str, Any]:
        """Bring pipelines in step with the files of a folder; a file is path, application, name, text."""
        body = {"files": files, "repository": repository, "commit": commit, "prune": prune}
        return self._ask(_Question("/internal/v1/sync", body, budget, timeout=budget))

    def published(self, dag_id: str, version: int | None, *, budget: float = 120.0) -> dict[str, Any]:
        """Return a pipeline as it is at a version (None is the newest), with ``version`` in the answer."""
        path = f"/internal/v1/specs/{quote(dag_id, safe='')}"
        return self._ask(_get(path, {"version": version}, budget=budget))

    def lookup(self, application: str, pipeline: str, *, budget: float = 60.0) -> dict[str, Any]:
        """Return ``dagId`` and ``id`` of a pipeline, given its application and its name or id."""
        parameters = {"application": application, "pipeline": pipeline}
        return self._ask(_get("/internal/v1/pipelines/lookup", parameters, budget=budget))

    def _headers(self, question: _Question) -> dict[str, str]:
        signed = sign(self.secret, question.method, question.path, question.content, self.now())
        return {"content-type": "application/json", **signed}

    def _ask(self, question: _Question) -> dict[str, Any]:
        attempts = _Attempts(self.monotonic() + question.budget, self.monotonic)
        timeout = question.timeout or self.timeout
        with httpx.Client(transport=self.transport, timeout=timeout, trust_env=False) as client:
            while True:
                try:
                    url = self.base_url.rstrip("/") + MOUNT + question.path
                    headers = self._headers(question)
                    response = client.request(question.method, url, content=question.content, headers=headers)
                    problem = _problem(response)
                except httpx.TransportError as error:
                    problem = _describe(error)
                if problem is None:
                    return _answer(response)
                self.sleep(attempts.wait_after(problem))


def _halt(dag_id: str, run_id: str, task_id: str, ti_id: str, reason: str, *, budget: float) -> _Question:
    body = {"taskId": task_id, "tiId": str(ti_id), "reason": reason}
    return _Question(f"{_run(dag_id, run_id)}/halt", body, budget)


def _cancel(dag_id: str, run_id: str, reason: str, requested_by: str, budget: float) -> _Question:
    return _Question(
        f"{_run(dag_id, run_id)}/cancel", {"reason": reason, "requestedBy": requested_by}, budget
    )


def _run(dag_id: str, run_id: str) -> str:
    return f"/internal/v1/runs/{quote(dag_id, safe='')}/{quote(run_id, safe='')}"


def _problem(response: httpx.Response) -> str | None:
    """Return what is wrong with an answer that another attempt may better."""
    if response.status_code >= 500 or response.status_code == 429:
        return f"HTTP {response.status_code}"
    return None


def _describe(error: httpx.TransportError) -> str:
    return str(error) or type(error).__name__


def _answer(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.is_success and isinstance(body, dict):
        return body
    detail = body.get("detail") if isinstance(body, dict) else None
    kind = _ERRORS.get(response.status_code, GennakerError)
    raise kind(f"the API server refused: {detail or f'HTTP {response.status_code}'}")
