"""Look up pipelines by name."""

from __future__ import annotations

from typing import Any

from gennaker.expr.convert import to_text
from gennaker.expr.faults import Fault
from gennaker.expr.functions import function
from gennaker.expr.functions.calls import ask
from gennaker.expr.scope import Scope


def _find(scope: Scope, helper: str, name: Any, application: Any) -> str | None:
    if not name:
        raise Fault(f"pipelineName must be specified for function #{helper}")
    if scope.services.pipeline_id is None:
        raise Fault(f"#{helper} needs the list of pipelines, which is not available here")
    return ask(f"#{helper}", scope.services.pipeline_id, to_text(name, scope.budget), application)


def _here(scope: Scope) -> Any:
    execution = scope.root.execution
    return execution.get("application") if execution is not None else scope.root.get("application")


@function("pipelineId")
def pipeline_id(scope: Scope, name: Any) -> str:
    """Return the id of a pipeline of this application."""
    found = _find(scope, "pipelineId", name, _here(scope))
    if found is None:
        raise Fault(f"Pipeline with name '{name}' could not be found on application {_here(scope)}")
    return found


@function("pipelineIdOrNull")
def pipeline_id_or_null(scope: Scope, name: Any) -> str | None:
    """Return the id of a pipeline of this application, or null."""
    return _find(scope, "pipelineIdOrNull", name, _here(scope))


@function("pipelineIdInApplication")
def pipeline_id_in_application(scope: Scope, name: Any, application: Any) -> str | None:
    """Return the id of a pipeline of an application, or null."""
    if not application:
        raise Fault("applicationName must be specified for function #pipelineIdInApplication")
    return _find(scope, "pipelineIdInApplication", name, to_text(application, scope.budget))


@function("cfServiceKey")
def cf_service_key(scope: Scope, stage_name: Any) -> Any:
    """Refuse: there is no Cloud Foundry here."""
    raise Fault("#cfServiceKey is not supported: there are no Cloud Foundry stages here")
