"""Wait until something holds, and until Airflow's own health check says that all parts work."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import httpx

from gennaker.errors import GennakerError

Found = TypeVar("Found")

_HEARTBEATS = {
    "scheduler": "latest_scheduler_heartbeat",
    "dag processor": "latest_dag_processor_heartbeat",
    "triggerer": "latest_triggerer_heartbeat",
}
PARTS = ("api server", "task api", *_HEARTBEATS)


def wait_for(predicate: Callable[[], Found], *, timeout: float, what: str, interval: float = 0.25) -> Found:
    """Return the first true answer of the predicate; raise when there is none in time."""
    deadline = time.monotonic() + timeout
    while True:
        found = predicate()
        if found:
            return found
        if time.monotonic() > deadline:
            raise GennakerError(f"waited {timeout:g} s in vain for {what}")
        time.sleep(interval)


def healthy_parts(base_url: str, *, since: datetime) -> set[str]:
    """Return the parts that work; a heartbeat from before `since` is a former life's."""
    report = _get(f"{base_url}/api/v2/monitor/health", timeout=5)
    if report.get("metadatabase", {}).get("status") != "healthy":
        return set()
    found = {"api server"}
    # What tasks talk to is set up at its first call, which takes seconds: better here than in the first task.
    if _get(f"{base_url}/execution/health/ping", timeout=60):
        found.add("task api")
    for part, key in _HEARTBEATS.items():
        heartbeat = (report.get(part.replace(" ", "_")) or {}).get(key)
        if heartbeat and datetime.fromisoformat(heartbeat) >= since:
            found.add(part)
    return found


def _get(url: str, *, timeout: float) -> dict[str, Any]:
    try:
        answer = httpx.get(url, timeout=timeout, trust_env=False)
        answer.raise_for_status()
        decoded: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        return {}
    return decoded
