"""What all DAGs of pipelines are made with."""

from __future__ import annotations

from typing import Any


def dag_arguments(application: str, name: str, documentation: str) -> dict[str, Any]:
    """Return the arguments that do not depend on what a pipeline does."""
    return {
        "dag_display_name": name,
        "tags": [f"app:{application}"[:100]],
        "doc_md": documentation,
        "catchup": False,
        "is_paused_upon_creation": False,
        "rerun_with_latest_version": False,
    }
