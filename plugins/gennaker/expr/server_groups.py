"""Collect the server groups that an execution deployed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gennaker.expr.ancestry import Stages
from gennaker.expr.values import ListValue, MapValue, is_list, is_map
from gennaker.expr.views import StageView

_DEPLOYING = frozenset({"deploy", "createServerGroup", "cloneServerGroup", "rollingPush"})


def deployed_server_groups(stages: Stages, *names: Any) -> ListValue:
    """Return what each successful deploying stage, or each of these names, deployed."""
    wanted = {str(name) for given in names for name in (given if is_list(given) else [given])}
    found = ListValue()
    for stage in stages.all:
        if stage.get("type") not in _DEPLOYING or (
            wanted and not {stage.get("name"), stage.get("id")} & wanted
        ):
            continue
        details = _details(StageView(stage, stages))
        if details is not None:
            found.append(details)
    return found


def _details(stage: StageView) -> MapValue | None:
    context = stage.context
    if "deploy.server.groups" not in context or stage.read("status") != "SUCCEEDED":
        return None
    region = _region(context)
    if region is None:
        return None
    details = MapValue(
        {key: context.get(key) for key in ("account", "capacity", "parentStage")}, region=region
    )
    for known in _list(context.get("deploymentDetails")):
        if is_map(known) and known.get("region") == region:
            details.update({key: known[key] for key in known})
    groups = context["deploy.server.groups"]
    names = _list(groups.get(region)) if is_map(groups) else ()
    if names:
        details["serverGroup"] = names[0]
    details["deployments"] = _deployments(context)
    return details


def _region(context: Mapping[str, Any]) -> Any:
    region = context.get("region")
    zones = context.get("availabilityZones") if region is None else None
    groups = context.get("deploy.server.groups") if region is None else None
    if is_map(zones) and zones:
        return next(iter(zones))
    return next(iter(groups)) if is_map(groups) and groups else region


def _deployments(context: Mapping[str, Any]) -> ListValue:
    return ListValue(
        deployment
        for task in _list(context.get("kato.tasks"))
        for outcome in _list(task.get("resultObjects"))
        for deployment in _list(outcome.get("deployments"))
    )


def _list(value: Any) -> Any:
    return value if is_list(value) else ()
