"""The work of the `airflow` stage: any operator of any installed provider, inside the allow-list."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import TaskAwaitingInput, TaskDeferred

from gennaker.errors import Denied, StageFailed
from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result
from gennaker.operators._run import StageRun, plain


class AirflowOperator(StageOperator):
    """Build the named operator when the stage runs, run it, and pass its waits on."""

    _inner: BaseOperator | None = None

    def work(self, run: StageRun) -> Result:
        """Run the operator."""
        operator = self._build(run)
        return self._given(lambda: operator.execute(run.airflow_context), run)

    def continued(self, run: StageRun, event: Any) -> Result:
        """Go on with the operator after its wait."""
        operator = self._build(run)
        kwargs = dict(run.state.get("innerKwargs") or {})
        if event is not None:
            kwargs["event"] = event
        method = run.state["innerMethod"]
        return self._given(lambda: operator.resume_execution(method, kwargs, run.airflow_context), run)

    def on_kill(self) -> None:
        """Let the operator stop what it started elsewhere."""
        if self._inner is not None:
            self._inner.on_kill()

    def on_timeout(self, run: StageRun) -> None:
        """Stop what the operator started, since the stage's time is over."""
        self.on_kill()

    def _given(self, call: Any, run: StageRun) -> Result:
        try:
            value = call()
        except TaskDeferred as wait:
            self.publish_running(run)
            state = run.carry(innerMethod=wait.method_name, innerKwargs=plain(wait.kwargs or {}))
            kwargs = {"then": "continued", "state": state}
            raise TaskDeferred(
                trigger=wait.trigger, method_name="resume", kwargs=kwargs, timeout=wait.timeout
            ) from None
        except TaskAwaitingInput as wait:
            self.publish_running(run)
            state = run.carry(innerMethod=wait.method_name, innerKwargs=plain(wait.kwargs or {}))
            raise TaskAwaitingInput(
                method_name="resume", kwargs={"then": "continued", "state": state}, timeout=wait.timeout
            ) from None
        result = plain(value)
        outputs = dict(result) if isinstance(result, Mapping) else {}
        return Result(outputs={**outputs, "result": result}, context={"result": result})

    def _build(self, run: StageRun) -> BaseOperator:
        path = str(run.stage.operator)
        if not run.settings.allows_operator(path):
            raise Denied(
                f"operator {path} is not allowed here",
                hint="an administrator can add it to [gennaker] allowed_operators",
            )
        cls = _operator_class(path)
        arguments = dict(run.stage.arguments or {})
        if run.stage.connection:
            arguments.setdefault(_connection_argument(cls, path), run.stage.connection)
        try:
            operator = cls(task_id=self.task_id, **arguments)
        except Exception as error:
            raise StageFailed(f"operator {path} refuses its arguments: {error}") from error
        self._inner = operator
        return operator


def _operator_class(path: str) -> type[BaseOperator]:
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise StageFailed(
            f"there is no operator {path}: {error}", hint="is its provider installed on the workers?"
        ) from error
    if not (inspect.isclass(found) and issubclass(found, BaseOperator)):
        raise StageFailed(f"{path} is not an Airflow operator")
    return found


def _connection_argument(cls: type[BaseOperator], path: str) -> str:
    """Return the argument through which an operator takes its connection."""
    names = [
        name
        for base in cls.__mro__
        if "__init__" in vars(base)
        for name in inspect.signature(vars(base)["__init__"]).parameters
        if name.endswith("conn_id")
    ]
    if not names:
        raise StageFailed(f"operator {path} takes no connection", hint="leave `connection` out")
    return names[0]
