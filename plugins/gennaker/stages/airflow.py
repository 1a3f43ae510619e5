"""Run any operator of any installed provider."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from gennaker.stages._base import Stage


class AirflowStage(Stage):
    """
    Run an Airflow operator or sensor as a stage.

    `operator` names the class (`airflow.providers.http.operators.http.HttpOperator`), `arguments` are its
    keyword arguments. Expressions are evaluated, Jinja is not. Deferrable operators defer. What the operator
    returns is the stage's output `result`; the keys of a returned object are outputs of their own too.
    Only operators inside the administrator's allow-list (`[gennaker] allowed_operators`) run; the default
    leaves out everything that executes arbitrary code.
    """

    KIND: ClassVar[str] = "airflow"
    OPERATOR: ClassVar[str] = "gennaker.operators.airflow:AirflowOperator"

    operator: str = Field(description="The operator's class, as `package.module.Class`.")
    arguments: dict[str, Any] | None = Field(default=None, description="The operator's keyword arguments.")
    connection: str | None = Field(
        default=None, description="Connection id, handed to the operator's own connection argument."
    )
