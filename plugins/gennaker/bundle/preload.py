"""
Import once, before the fork, what every task and every parsed file needs.

The scheduler forks the workers of the LocalExecutor, and the DAG processor forks a process for each file;
what they have imported costs their children nothing.
"""

from __future__ import annotations

import logging
from typing import Any

from airflow.listeners import hookimpl

log = logging.getLogger(__name__)


class Preload:
    """Airflow tells listeners when one of its long-lived processes starts."""

    @hookimpl
    def on_starting(self, component: Any) -> None:
        """Import everything in a scheduler, DAG processor or triggerer, but not in a task's process."""
        # Job is a database model, which only the server side may import.
        if type(component).__name__ == "Job":
            preload()


def preload() -> None:
    """Import what pipelines are compiled with, and build the validators of all stage types."""
    import gennaker.bundle.files
    import gennaker.bundle.managed
    import gennaker.client.internal
    import gennaker.expr  # noqa: F401
    from gennaker import catalog
    from gennaker.compiler.tasks import operator_class

    for model in {*catalog.stage_models().values(), catalog.fallback_model()}:
        try:
            model.model_rebuild()
            operator_class(model.OPERATOR)
        except Exception:
            # A stage type of somebody else's; a task that needs it will say what is wrong.
            log.exception("The stage type %s could not be loaded", model.KIND)
