"""Airflow's audit log, written in the transaction of what it tells about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from airflow.models.log import Log
from sqlalchemy.orm import Session

from gennaker.security.redact import redact


def record(
    event: str,
    *,
    session: Session,
    by: str,
    dag_id: str | None = None,
    run_id: str | None = None,
    task_id: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> None:
    """Add a line to the audit log; what concerns no DAG (an application, say) has no ``dag_id``."""
    session.add(
        Log(
            event=event,
            dag_id=dag_id,
            run_id=run_id,
            task_id=task_id,
            owner=by[:500],
            extra=json.dumps(redact(dict(extra or {})), default=str),
        )
    )
