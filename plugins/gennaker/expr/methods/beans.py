"""Offer the methods of stages, executions and their status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gennaker.expr.members import BEAN, STATUS, Handler, Members, members_for
from gennaker.expr.scope import Scope
from gennaker.expr.values import Status
from gennaker.expr.views import COMPLETE, FAILED, HALTED, SUCCESSFUL, ExecutionView, StageView

members_for(Status)(STATUS)


class _Beans(Members):
    """A bean's getters: every ``getName()`` and ``isName()`` reads the property."""

    def find(self, name: str) -> Handler | None:
        """Return a registered method or a getter."""
        found = super().find(name)
        if found is not None:
            return found
        for prefix in ("get", "is"):
            if name.startswith(prefix) and name[len(prefix) :][:1].isupper():
                rest = name[len(prefix) :]
                return Handler(name, _reader(rest[:1].lower() + rest[1:]), 0, 0)
        return None


def _reader(name: str) -> Callable[[Scope, Any], Any]:
    return lambda scope, bean: scope.execution if name == "execution" else bean.read(name)


members_for(StageView)(_Beans("A stage", BEAN))
members_for(ExecutionView)(_Beans("The execution", BEAN))


@STATUS.method("name")
def _name(scope: Scope, status: Status) -> str:
    return str(status)


@STATUS.method("isComplete")
def _is_complete(scope: Scope, status: Status) -> bool:
    return status in COMPLETE


@STATUS.method("isSuccessful")
def _is_successful(scope: Scope, status: Status) -> bool:
    return status in SUCCESSFUL


@STATUS.method("isFailure")
def _is_failure(scope: Scope, status: Status) -> bool:
    return status in FAILED


@STATUS.method("isHalt")
def _is_halt(scope: Scope, status: Status) -> bool:
    return status in HALTED


@STATUS.method("isSkipped")
def _is_skipped(scope: Scope, status: Status) -> bool:
    return status == "SKIPPED"
