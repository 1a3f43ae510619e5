"""How far this version supports what a pipeline holds besides expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gennaker.catalog import fallback_model, stage_models
from gennaker.cli.report.texts import stage_name, stages
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.problems import json_path

#: Nothing fires a trigger and nothing sends a notification yet; both are kept.
TRIGGERS = "loaded and kept; it does not fire in this version"
NOTIFICATIONS = "loaded and kept; it is not sent in this version"

#: Keys that only CODING writes, and what becomes of them.
CODING_KEYS: Mapping[str, str] = {
    "codingNickname": "kept; nothing depends on it",
    "relationProjects": "kept; in this version a pipeline is not bound to projects",
    "roles": "kept; who may edit is up to Airflow's auth manager",
    "customName": "kept; in this version there are no release orders that would carry the name",
}
CODING_ARTIFACT = "kept; the type is its own, so it matches only artifacts of the same type"


def stage_support(loaded: LoadedPipeline) -> Iterator[dict[str, Any]]:
    """Yield how faithfully each stage runs."""
    models = stage_models()
    for path, stage in stages(loaded):
        # Orca looks for an alias too where it does not know the type.
        kinds = [str(stage.get(key)) for key in ("type", "alias")]
        model = next((models[kind] for kind in kinds if kind in models), fallback_model())
        yield {
            "path": path,
            "refId": str(stage.get("refId", "")),
            "name": stage_name(stage),
            "type": str(stage.get("type", "")),
            "support": str(model.SUPPORT),
            "notes": model.NOTES,
        }


def trigger_support(loaded: LoadedPipeline) -> Iterator[dict[str, Any]]:
    """Yield what becomes of each trigger."""
    for path, trigger in _objects(loaded.spec, "triggers", loaded.base):
        switched_off = trigger.get("enabled") is not True
        yield {
            "path": path,
            "type": str(trigger.get("type", "")),
            "enabled": not switched_off,
            "support": TRIGGERS,
        }


def notification_support(loaded: LoadedPipeline) -> Iterator[dict[str, Any]]:
    """Yield what becomes of the notifications, the pipeline's own first."""
    places = [*_objects(loaded.spec, "notifications", loaded.base)]
    for path, stage in stages(loaded):
        places += _objects(stage, "notifications", path)
    for path, notification in places:
        yield {"path": path, "type": str(notification.get("type", "")), "support": NOTIFICATIONS}


def coding_keys(loaded: LoadedPipeline) -> Iterator[dict[str, Any]]:
    """Yield the keys and artifacts that only CODING knows."""
    for key, fate in CODING_KEYS.items():
        # `roles` is Spinnaker's too; elsewhere it says nothing about the origin.
        if key in loaded.spec and (key != "roles" or "codingNickname" in loaded.spec):
            yield {"path": json_path(loaded.base, key), "key": key, "fate": fate}
    for path in _coding_artifacts(loaded.spec, loaded.base):
        yield {"path": path, "key": "coding_docker/image", "fate": CODING_ARTIFACT}


def template(loaded: LoadedPipeline) -> dict[str, Any] | None:
    """Return what the document has to do with pipeline templates, if anything."""
    codes = {found.code: found.message for found in loaded.problems if found.code.startswith("template-")}
    if codes:
        message = next(iter(codes.values()))
        return {"kind": "configuration", "expanded": False, "notes": f"{message}; a run fails at once"}
    raw = loaded.raw
    if isinstance(raw.get("pipeline"), Mapping) and "stages" not in raw:
        return {
            "kind": "template",
            "expanded": True,
            "notes": "the template itself runs, with its variables' defaults",
        }
    if isinstance(raw.get("template"), Mapping | str) and loaded.spec is not raw:
        return {"kind": "configuration", "expanded": True, "notes": "its stages come from the template"}
    return None


def _objects(holder: Mapping[str, Any], key: str, base: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    given = holder.get(key)
    for index, value in enumerate(given if isinstance(given, list) else ()):
        if isinstance(value, Mapping):
            yield json_path(base, key, index), value


def _coding_artifacts(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("type") == "coding_docker/image":
            yield path
        for key, inner in value.items():
            yield from _coding_artifacts(inner, json_path(path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _coding_artifacts(inner, json_path(path, index))
