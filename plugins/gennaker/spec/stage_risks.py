"""What may go wrong because stages were changed: see the table in :mod:`gennaker.spec.risks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gennaker.spec.approval_risks import approval_risks, gate_risks, is_judgment
from gennaker.spec.changes import ABSENT, Change
from gennaker.spec.differences import Steps, same
from gennaker.spec.outline import Item, items_of
from gennaker.spec.risk import Risk
from gennaker.spec.stage import FailurePolicy, StageEnvelope
from gennaker.spec.stage_pairs import StagePairs

_UNDOING = frozenset({"undoRolloutManifest", "rollbackCluster"})
_STRICTNESS = (
    FailurePolicy.IGNORE,
    FailurePolicy.HALT_BRANCH,
    FailurePolicy.HALT_BRANCH_THEN_FAIL,
    FailurePolicy.HALT_PIPELINE,
)
_POLICY_KEYS = ("failPipeline", "continuePipeline", "completeOtherBranchesThenFail")
_CONSEQUENCE = {
    FailurePolicy.IGNORE: "a failure is ignored",
    FailurePolicy.HALT_BRANCH: "a failure halts only this branch, and the run succeeds",
    FailurePolicy.HALT_BRANCH_THEN_FAIL: "a failure halts only this branch until the others are through",
}
# fmt: off
_TARGETS = frozenset(
    ["account", "credentials", "cloudProvider", "namespace", "namespaceOverride", "location", "cluster",
     "region", "regions", "zone", "zones", "availabilityZones", "application", "app", "stack", "detail",
     "freeFormDetails", "serverGroupName", "target", "manifestName", "kind", "kinds", "criteria",
     "labelSelectors", "pipeline", "master", "job", "operator", "connection", "repoUrl"]
)
_HOLDERS = frozenset({"clusters", "cluster", "moniker", "source"})
_ADDRESSES = frozenset({"url", "statusUrl", "statusEndpoint", "cancelEndpoint"})
_DANGERS = frozenset({"allowDeleteActive", "allowScaleDownActive"})
_FLOORS = frozenset(
    ["targetHealthyDeployPercentage", "targetHealthyRollbackPercentage", "remainingEnabledServerGroups",
     "remainingFullSizeServerGroups", "maxRemainingAsgs", "shrinkToSize"]
)
# fmt: on
_WHOLE = 100


def stage_risks(pairs: StagePairs, changes: Sequence[Change]) -> Iterator[Risk]:
    """Return the risks of changed, removed and rewired stages."""
    yield from gate_risks(pairs)
    for item in pairs.removed:
        if item.type in _UNDOING:
            message = "nothing undoes a bad deployment here any more"
            yield Risk("rollback-removed", message, ("stages", item.index), item.name, gone=True)
    for old, new in pairs.kept:
        if is_judgment(old) and is_judgment(new):
            yield from approval_risks(old, new)
        yield from _failure(old, new)
        if not is_judgment(old):
            yield from _condition(old, new)
        yield from _window(old, new)
    for change in changes:
        steps = change.new or change.old or ()
        if change.kind.startswith("field-") and steps[:1] == ("stages",) and len(steps) > 2:
            yield from _of_field(change, steps, pairs)


def _risk(kind: str, message: str, old: Item, new: Item, *keys: str | int) -> Risk:
    """Return a risk at a key of a stage that stays; where the key is gone it was there before."""
    if keys and isinstance(keys[0], str) and keys[0] not in new.raw and keys[0] in old.raw:
        return Risk(kind, message, ("stages", old.index, *keys), new.name or None, gone=True)
    return Risk(kind, message, ("stages", new.index, *keys), new.name or None)


def _failure(old: Item, new: Item) -> Iterator[Risk]:
    before, after = _policy(old.raw), _policy(new.raw)
    if _STRICTNESS.index(after) < _STRICTNESS.index(before):
        key = next(
            (key for key in _POLICY_KEYS if not same(old.raw.get(key), new.raw.get(key))), _POLICY_KEYS[0]
        )
        yield _risk("failure-ignored", _CONSEQUENCE[after], old, new, key)
    if _now_set("markSuccessfulOnTimeout", old, new):
        message = "running out of time is a success"
        yield _risk("failure-ignored", message, old, new, "markSuccessfulOnTimeout")
    if _on(old.raw.get("failOnFailedExpressions")) and not _on(new.raw.get("failOnFailedExpressions")):
        message = "an expression that cannot be evaluated is left as text, and the stage goes on"
        yield _risk("failure-ignored", message, old, new, "failOnFailedExpressions")


def _policy(raw: Mapping[str, Any]) -> FailurePolicy:
    fail, ignore, others = (raw.get(key) for key in _POLICY_KEYS)
    return StageEnvelope.model_construct(
        fail_pipeline=fail, continue_pipeline=ignore, complete_other_branches_then_fail=others
    ).policy


def _on(value: Any) -> bool:
    """Return whether a switch is on for certain."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _off(value: Any) -> bool:
    """Return whether a switch is off for certain."""
    return not value or (isinstance(value, str) and value.strip().lower() == "false")


def _now_set(key: str, old: Item, new: Item) -> bool:
    return _off(old.raw.get(key)) and not _off(new.raw.get(key))


def _condition(old: Item, new: Item) -> Iterator[Risk]:
    before, after = _asked(old.raw.get("stageEnabled")), _asked(new.raw.get("stageEnabled"))
    if before and before != after:
        message = "the stage runs under another condition" if after else "the stage runs unconditionally"
        yield _risk("condition-removed", message, old, new, "stageEnabled")
    if old.type == new.type == "checkPreconditions":
        yield from _preconditions(old, new)


def _asked(given: Any) -> str:
    if not isinstance(given, Mapping):
        return ""
    expression = given.get("expression") if given.get("type") in (None, "expression") else None
    return expression.strip() if isinstance(expression, str) else ""


def _preconditions(old: Item, new: Item) -> Iterator[Risk]:
    here = [_checked(item) for item in items_of(old.raw.get("preconditions"))]
    there = [_checked(item) for item in items_of(new.raw.get("preconditions"))]
    if any(not any(same(item, other) for other in there) for item in here):
        message = "something that had to hold is no longer checked, or another way"
        yield _risk("condition-removed", message, old, new, "preconditions")
    elif _lenient(new) > _lenient(old):
        message = "a precondition that does not hold halts only this branch"
        yield _risk("failure-ignored", message, old, new, "preconditions")


def _checked(item: Any) -> Any:
    """Return what a precondition asks, without what it says and what follows."""
    if not isinstance(item, Mapping):
        return item
    context = item.get("context")
    if isinstance(context, Mapping):
        context = {key: value for key, value in context.items() if key != "failureMessage"}
    return {"type": item.get("type"), "context": context}


def _lenient(item: Item) -> int:
    given = items_of(item.raw.get("preconditions"))
    return sum(one.get("failPipeline") not in (None, True) for one in given if isinstance(one, Mapping))


def _window(old: Item, new: Item) -> Iterator[Risk]:
    switch, window = "restrictExecutionDuringTimeWindow", "restrictedExecutionWindow"
    if not _on(old.raw.get(switch)):
        return
    if not _on(new.raw.get(switch)):
        yield _risk("window-removed", "the stage starts at any time", old, new, switch)
    elif not same(_times(old.raw.get(window)), _times(new.raw.get(window))):
        yield _risk("window-removed", "the stage starts at other times", old, new, window)


def _times(window: Any) -> Any:
    if not isinstance(window, Mapping):
        return window
    return {key: value for key, value in window.items() if key != "jitter"}


def _of_field(change: Change, steps: Steps, pairs: StagePairs) -> Iterator[Risk]:
    side, place = pairs.after if change.new else pairs.before, steps[1]
    if not isinstance(place, int):
        return
    names = tuple(step for step in steps[2:] if isinstance(step, str))
    found = _class_of(change, names, side.items[place].type)
    if found is not None:
        kind, message = found
        yield Risk(kind, message, steps, change.stage, gone=change.new is None)


def _class_of(change: Change, names: tuple[str, ...], type_: str) -> tuple[str, str] | None:
    last = names[-1] if names else ""
    if last in ("rollback", "onFailure") and "rollback" in names and rollback_is_off(change):
        return "rollback-removed", "a failed deployment is no longer undone"
    if names[:1] == ("trafficManagement",) or (last == "strategy" and names[0] in _HOLDERS | {"strategy"}):
        return "strategy-changed", "the new version takes the traffic another way"
    if names[:1] and names[0] in _ADDRESSES:
        return "url-changed", "the stage calls another address"
    if names == ("propagateAuthenticationContext",):
        return "access-changed", "later stages act for somebody else"
    if last in _DANGERS and not _off(change.after if change.new else None):
        return "traffic-guard-removed", "what serves traffic may be removed"
    if last in _FLOORS and _lower(change, last):
        return "traffic-guard-removed", f"`{last}` is lower"
    if _is_target(names, type_):
        return "target-changed", _was(last, change)
    return None


def _is_target(names: tuple[str, ...], type_: str) -> bool:
    if not names:
        return False
    if names[0] in ("manifests", "manifest"):
        return names[-2:] == ("metadata", "namespace")
    if names[0] in _HOLDERS and any(name in _TARGETS for name in names[1:]):
        return True
    if type_ == "airflow" and names[0] == "arguments":
        return names[-1].endswith("conn_id")
    return names[0] in _TARGETS


def _was(key: str, change: Change) -> str:
    before, after = _told(change.before), _told(change.after)
    return f"`{key}` was {before} and is {after}"


def _told(value: Any) -> str:
    if isinstance(value, str) and value:
        return f"'{value}'" if len(value) <= 80 else "something long"
    if value is ABSENT or value in (None, "", [], {}):
        return "not given"
    return str(value) if isinstance(value, int | float) else "something else"


def _lower(change: Change, key: str) -> bool:
    default = _WHOLE if key.endswith("Percentage") else None
    before, after = _number(change.before, default), _number(change.after, default)
    if before is None:
        return False
    return after is None or after < before


def _number(value: Any, default: int | None) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        return float(value)
    except ValueError:
        return None


def rollback_is_off(change: Change) -> bool:
    """Return whether ``rollback.onFailure`` was on and no longer is, for certain."""
    steps = change.new or change.old or ()
    if steps[-1] == "rollback" and isinstance(change.before, Mapping):
        value = change.after.get("onFailure") if isinstance(change.after, Mapping) else None
        return change.before.get("onFailure") is True and value is not True
    return steps[-1] == "onFailure" and change.before is True and change.after is not True
