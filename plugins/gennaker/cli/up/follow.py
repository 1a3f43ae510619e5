"""Follow one run to its end, show its stages, and answer its judgments where that is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gennaker.cli.up.api import FINAL, AirflowApi
from gennaker.cli.up.terminal import Row, Terminal

_INTERVAL = 0.5
_ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})


class Follower:
    """One run in the terminal."""

    def __init__(self, api: AirflowApi, terminal: Terminal, *, dag_id: str, run_id: str, judge: str) -> None:
        self._api = api
        self._terminal = terminal
        self._dag_id = dag_id
        self._run_id = run_id
        self._judge = judge
        self._asked: set[str] = set()
        self._outcomes: dict[str, str] = {}

    def follow(self, *, check: Callable[[], None]) -> str:
        """Return the run's final state; `check` raises when Airflow itself has died."""
        while True:
            check()
            state = str(self._api.run(self._dag_id, self._run_id)["state"])
            tasks = self._api.task_instances(self._dag_id, self._run_id)
            self._terminal.show([_row(task) for task in sorted(tasks, key=_order)])
            if state in FINAL:
                self._terminal.summary([self._with_outcome(task) for task in sorted(tasks, key=_order)])
                return state
            for task in tasks:
                if task["state"] == "awaiting_input":
                    self._ask(task)
            time.sleep(_INTERVAL)

    def _ask(self, task: dict[str, Any]) -> None:
        task_id = task["task_id"]
        if task_id in self._asked:
            return
        self._asked.add(task_id)
        path = f"/dags/{self._dag_id}/dagRuns/{self._run_id}/taskInstances/{task_id}/-1/hitlDetails"
        question = self._api.api("GET", path)
        if not self._judge:
            self._terminal.say(f"  {question['subject']!r} waits for you: {self._required_actions}")
            return
        option = next((o for o in question["options"] if o.casefold() == self._judge), None)
        if option is None:
            self._terminal.say(f"  {question['subject']!r} offers {question['options']}: answer it yourself")
            return
        params = {name: param["value"] for name, param in question["params"].items()}
        self._api.answer(self._dag_id, self._run_id, task_id, [option], params)
        inputs = "".join(f", {value}" for value in params.values())
        self._terminal.say(f"  {question['subject']!r} answered: {option}{inputs} (PATCH /api/v2{path})")

    @property
    def _required_actions(self) -> str:
        return f"{self._api.base_url}/dags/{self._dag_id}/runs/{self._run_id}/required_actions"

    def _with_outcome(self, task: dict[str, Any]) -> Row:
        published = self._api.xcom(self._dag_id, self._run_id, task["task_id"], "stage")
        outcome = str(published.get("status") or "") if isinstance(published, dict) else ""
        row = _row(task)
        return Row(row.name, row.state, row.seconds, outcome)


def _order(task: dict[str, Any]) -> tuple[str, str]:
    # An ISO time sorts as text; what has not started yet comes last.
    return (task["start_date"] or "~", task["task_id"])


def _row(task: dict[str, Any]) -> Row:
    name = task.get("task_display_name") or task["task_id"]
    return Row(name, task["state"] or "waiting", _seconds(task))


def _seconds(task: dict[str, Any]) -> float | None:
    if not task["start_date"]:
        return None
    ended = task["state"] in _ENDED and task["end_date"]
    end = datetime.fromisoformat(task["end_date"]) if ended else datetime.now(UTC)
    return max(0.0, (end - datetime.fromisoformat(task["start_date"])).total_seconds())
