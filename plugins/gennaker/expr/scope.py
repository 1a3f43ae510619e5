"""Carry what an evaluation needs besides its nodes."""

from __future__ import annotations

from typing import Any

from gennaker.expr.faults import Fault
from gennaker.expr.limits import Budget
from gennaker.expr.root import StageContext
from gennaker.expr.services import NO_SERVICES, Services
from gennaker.expr.views import ExecutionView, StageView


class Scope:
    """The root object, the helpers' services and the budget of one evaluation."""

    __slots__ = ("_execution", "allow_unknown_keys", "budget", "root", "services")

    def __init__(
        self,
        root: StageContext,
        budget: Budget,
        *,
        services: Services | None = None,
        allow_unknown_keys: bool = True,
    ) -> None:
        self.root = root
        self.budget = budget
        self.services = services or NO_SERVICES
        self.allow_unknown_keys = allow_unknown_keys
        self._execution = ExecutionView(root.execution, root.stages) if root.execution is not None else None

    @property
    def execution(self) -> ExecutionView:
        """Return the execution that helper functions search."""
        if self._execution is None:
            raise Fault("There is no execution here, which this function needs")
        return self._execution

    def dressed(self, value: Any) -> Any:
        """Return the execution, met as plain data, with the properties it has as a bean."""
        if self._execution is not None and value is self._execution.source:
            return self._execution
        return value

    def stage_view(self, stage: Any) -> StageView:
        """Return a stage with the properties it has as a bean."""
        return StageView(stage, self.root.stages)
