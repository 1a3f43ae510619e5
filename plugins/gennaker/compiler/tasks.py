"""Add the task of one stage to a DAG: what a stage type's ``build()`` is given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any

from airflow.sdk import BaseOperator

from gennaker.compiler.semantics import STAGE_RULE, halts_others
from gennaker.errors import CompileError
from gennaker.operators._pipeline import PipelineInfo
from gennaker.spec.graph import Node
from gennaker.stages._base import Stage


class TaskBuilder:
    """Build the task of a stage, with everything that all stages have in common."""

    def __init__(self, *, node: Node, stage: Stage, raw: Mapping[str, Any], pipeline: PipelineInfo) -> None:
        self._node = node
        self._stage = stage
        self._raw = raw
        self._pipeline = pipeline
        self.built: BaseOperator | None = None

    def task(self, operator: str, /, **arguments: Any) -> None:
        """Add the stage's task; ``operator`` is ``package.module:Class``, imported only now."""
        if self.built is not None:
            raise CompileError(f"stage {self._node.name!r} built two tasks; a stage is one task")
        self.built = operator_class(operator)(
            task_id=self._node.task_id,
            task_display_name=self._node.name,
            trigger_rule=STAGE_RULE,
            node=self._node,
            raw=self._raw,
            model=type(self._stage),
            pipeline=self._pipeline,
            halts=halts_others(self._pipeline.graph, self._node),
            **self._retries(),
            **self._documentation(),
            **arguments,
        )
        if self._node.finally_:
            self.built.as_teardown(on_failure_fail_dagrun=False)

    def _retries(self) -> dict[str, Any]:
        retries = self._stage.retries
        if retries is None or isinstance(retries.count, str) or isinstance(retries.delay_seconds, str):
            return {"retries": 0}
        return {
            "retries": int(retries.count),
            "retry_delay": timedelta(seconds=retries.delay_seconds or 1),
            "retry_exponential_backoff": 2.0 if retries.backoff is True else 0.0,
        }

    def _documentation(self) -> dict[str, Any]:
        comments = self._stage.comments
        return {"doc_md": comments} if isinstance(comments, str) and comments.strip() else {}


@cache
def operator_class(path: str) -> type[BaseOperator]:
    """Import an operator named ``package.module:Class``."""
    module, _, name = path.partition(":")
    found: type[BaseOperator] = getattr(import_module(module), name)
    return found
