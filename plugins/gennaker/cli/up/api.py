"""Talk to Airflow's public REST API as one user: what the demo and the end-to-end tests have in common."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from gennaker.cli.up.health import wait_for
from gennaker.errors import GennakerError

FINAL = frozenset({"success", "failed"})
_PAGE = 100
_SETTLE = 8.0


class AirflowApi:
    """The REST API with a login; safe to use from several threads."""

    def __init__(self, base_url: str, *, username: str, password: str) -> None:
        self.base_url = base_url
        self._login = {"username": username, "password": password}
        self._lock = threading.Lock()
        self._token = ""
        # A local server answers at once, or is busy: then waiting helps and a proxy never does.
        self._http = httpx.Client(base_url=base_url, timeout=60, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def request(self, method: str, path: str, *, json: Any = None) -> httpx.Response:
        """Send a request with the login; the path is below the server's root."""
        return self._http.request(method, path, json=json, headers=self._authorization())

    def api(self, method: str, path: str, json: Any = None) -> Any:
        """Call ``/api/v2<path>`` and return the decoded answer; raise when it is an error."""
        answer = self.request(method, f"/api/v2{path}", json=json)
        if answer.is_error:
            raise GennakerError(f"{method} {path}: {answer.status_code} {answer.text[:2000]}")
        return answer.json() if answer.content else None

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run and return its id."""
        body = {"logical_date": None, "conf": dict(conf or {})}
        run = self.api("POST", f"/dags/{dag_id}/dagRuns", body)
        return str(run["dag_run_id"])

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """Return one run."""
        found: dict[str, Any] = self.api("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
        return found

    def wait_run(self, dag_id: str, run_id: str, timeout: float = 120) -> str:
        """Wait for the end of a run and return its state."""

        def ended() -> str | None:
            state = str(self.run(dag_id, run_id)["state"])
            return state if state in FINAL else None

        return wait_for(ended, timeout=timeout, what=f"the end of {dag_id} {run_id}") or ""

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """Return all task instances of a run."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.api(
                "GET",
                f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit={_PAGE}&offset={len(found)}",
            )
            found += page["task_instances"]
            if len(found) >= page["total_entries"] or not page["task_instances"]:
                return found

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str | None]:
        """Return the state of each task."""
        return {task["task_id"]: task["state"] for task in self.task_instances(dag_id, run_id)}

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str) -> Any:
        """Return an XCom's value, None when there is no such XCom."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}"
        answer = self.request("GET", f"/api/v2{path}?deserialize=true")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.is_error:
            raise GennakerError(f"GET {path}: {answer.status_code} {answer.text[:2000]}")
        return answer.json()["value"]

    def answer(
        self,
        dag_id: str,
        run_id: str,
        task_id: str,
        options: Sequence[str],
        params: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Answer a judgment, not sooner than Airflow can take it."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/-1/hitlDetails"
        asked = datetime.fromisoformat(self.api("GET", path)["created_at"])
        # The executor reports the end of the asking process after the question can be seen.  A task that has
        # been answered and queued again by then is taken for one that was killed, and fails.
        time.sleep(max(0.0, _SETTLE - (datetime.now(UTC) - asked).total_seconds()))
        body = {"chosen_options": list(options), "params_input": dict(params or {})}
        answered: dict[str, Any] = self.api("PATCH", path, body)
        return answered

    def dag(self, dag_id: str) -> dict[str, Any] | None:
        """Return a DAG, None when it is not known or not current."""
        answer = self.request("GET", f"/api/v2/dags/{dag_id}")
        if answer.is_error:
            return None
        found: dict[str, Any] = answer.json()
        return None if found["is_stale"] else found

    def wait_dag(self, dag_id: str, timeout: float = 60) -> dict[str, Any]:
        """Wait until a DAG is known; raise early when its file cannot be imported."""

        def known() -> dict[str, Any] | None:
            found = self.dag(dag_id)
            if found is None:
                self._raise_import_errors(dag_id)
            return found

        return wait_for(known, timeout=timeout, what=f"the DAG {dag_id}") or {}

    def refresh(self, dag_id: str, timeout: float = 60) -> dict[str, Any]:
        """Have a DAG's file parsed again and return the DAG; one not known yet is waited for."""
        before = self.dag(dag_id)
        if before is None:
            return self.wait_dag(dag_id, timeout)
        self.request("PUT", f"/api/v2/parseDagFile/{before['file_token']}")

        def parsed_again() -> dict[str, Any] | None:
            found = self.dag(dag_id)
            newer = found is not None and found["last_parsed_time"] != before["last_parsed_time"]
            return found if newer else None

        return wait_for(parsed_again, timeout=timeout, what=f"{dag_id} to be parsed again") or {}

    def _raise_import_errors(self, dag_id: str) -> None:
        errors = self.api("GET", "/importErrors")["import_errors"]
        if errors:
            texts = "\n\n".join(f"{error['filename']}:\n{error['stack_trace']}" for error in errors)
            raise GennakerError(f"while waiting for {dag_id}, DAG files that cannot be imported:\n{texts}")

    def _authorization(self) -> dict[str, str]:
        with self._lock:
            if not self._token:
                answer = self._http.post("/auth/token", json=self._login)
                answer.raise_for_status()
                self._token = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"}
