"""Which kind of process this is: one that may open database sessions, or one that asks the API server."""

from __future__ import annotations

import sys


def is_client() -> bool:
    """
    Tell whether this is the process of a task, or of one parsed file.

    Airflow's own mark of the process is inherited by the tasks of a LocalExecutor and would say "server".
    """
    runner = sys.modules.get("airflow.sdk.execution_time.task_runner")
    return hasattr(runner, "SUPERVISOR_COMMS")
