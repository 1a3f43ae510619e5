"""Put the report of one file together."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gennaker.cli._files import SpecFile
from gennaker.cli.report import support, timing
from gennaker.cli.report.texts import expressions
from gennaker.spec.loader import LoadedPipeline


def build(file: SpecFile) -> dict[str, Any]:
    """Return the report of a file as plain JSON."""
    report = file.to_dict()
    if file.loaded is None or file.loaded.pipeline is None:
        return report
    loaded = file.loaded
    found = expressions(loaded)
    differences = timing.differences(loaded, found)
    different = {one["path"] for one in differences}
    return {
        **report,
        "application": loaded.spec.get("application"),
        "name": loaded.spec.get("name"),
        "spelEvaluator": loaded.spec.get("spelEvaluator"),
        "template": support.template(loaded),
        **(parts := _parts(loaded, [one.to_dict() for one in found])),
        "differences": differences,
        "attempted_early": timing.attempted_early(loaded, found, different=different),
        "summary": summary(parts),
    }


def _parts(loaded: LoadedPipeline, found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "stages": list(support.stage_support(loaded)),
        "expressions": found,
        "triggers": list(support.trigger_support(loaded)),
        "notifications": list(support.notification_support(loaded)),
        "coding": list(support.coding_keys(loaded)),
    }


def summary(parts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return counts and percentages of stages and expressions."""
    levels = Counter(stage["support"] for stage in parts["stages"])
    statuses = Counter(found["status"] for found in parts["expressions"])
    return {
        "stages": _shares(levels, ("exact", "approximated", "unsupported")),
        "expressions": _shares(statuses, ("translated", "refused")),
        "triggers": len(parts["triggers"]),
        "notifications": len(parts["notifications"]),
    }


def total(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of several reports together."""
    known = [report for report in reports if "summary" in report]
    kinds = ("stages", "expressions", "triggers", "notifications")
    return summary({kind: [item for report in known for item in report[kind]] for kind in kinds})


def _shares(counts: Counter[str], names: tuple[str, ...]) -> dict[str, Any]:
    everything = sum(counts.values())
    shares = {f"{name}_percent": _percent(counts[name], everything) for name in names}
    return {"total": everything, **{name: counts[name] for name in names}, **shares}


def _percent(part: int, everything: int) -> float:
    return round(100 * part / everything, 1) if everything else 100.0
