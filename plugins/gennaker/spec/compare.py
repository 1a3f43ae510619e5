"""
Compare two revisions of a pipeline: as text, by what changed, and by what may go wrong because of it.

The history, the editor's dialogue before saving and the answer to a stale save show the same
:class:`Comparison`. What the classes of risk mean stands in :mod:`gennaker.spec.risks`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gennaker.spec.changes import ABSENT, Change, changes_between
from gennaker.spec.differences import Steps, identity
from gennaker.spec.outline import outline
from gennaker.spec.outline import text as text_of
from gennaker.spec.risks import Risk, risks_of
from gennaker.spec.stage_pairs import pair_stages
from gennaker.spec.text_diff import unified

__all__ = ["ABSENT", "Change", "Comparison", "Risk", "compare"]


@dataclass(frozen=True)
class Comparison:
    """What became of a pipeline."""

    text: str
    """Unified diff of the indented JSON; keys stand in the order of the document after."""
    changes: tuple[Change, ...]
    risks: tuple[Risk, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "text": self.text,
            "changes": [change.to_dict() for change in self.changes],
            "risks": [risk.to_dict() for risk in self.risks],
        }


def compare(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    from_label: str = "before",
    to_label: str = "after",
    mask: Callable[[Any], Any] | None = None,
) -> Comparison:
    """
    Compare two pipelines; nothing that they may contain raises.

    Documents that differ in nothing but the order of keys give an empty comparison.

    :param mask: returns a document with its secrets hidden and its shape kept. What changed is found in
        the documents as they are, so a secret that changed is a change whose two values look alike.
    """
    shown = (mask(before), mask(after)) if mask else (before, after)
    try:
        pairs = pair_stages(outline(before), outline(after))
        changes = tuple(changes_between(before, after, pairs, shown=shown))
        risks = tuple(risks_of(before, after, pairs, changes))
        text = _text(shown[0], shown[1], from_label, to_label)
    except RecursionError:
        # No such document can be saved; whoever is shown one must still learn that it is another one.
        return Comparison("", (Change("field-changed", None, (), ()),), ())
    return Comparison(text, tuple(_marked(change, risks) for change in changes), risks)


def _text(before: Any, after: Any, from_label: str, to_label: str) -> str:
    return unified(_lines(_aligned(before, after)), _lines(after), from_label, to_label)


def _lines(document: Any) -> list[str]:
    shown = json.dumps(document, indent=2, ensure_ascii=False, default=repr)
    # Half of a surrogate pair is valid JSON and no valid UTF-8.
    return shown.encode("utf-8", "backslashreplace").decode().split("\n")


def _aligned(before: Any, after: Any) -> Any:
    """Return a document with its keys in the order of another; the other's missing keys come last."""
    if isinstance(before, Mapping):
        other = after if isinstance(after, Mapping) else {}
        keys = [*(key for key in other if key in before), *(key for key in before if key not in other)]
        return {key: _aligned(before[key], other.get(key)) for key in keys}
    if isinstance(before, list | tuple):
        others = after if isinstance(after, list | tuple) else ()
        known = {key: item for item in others if (key := _known_by(item))}
        return [_aligned(item, _partner(item, index, others, known)) for index, item in enumerate(before)]
    return before


def _partner(item: Any, index: int, others: Sequence[Any], known: Mapping[str, Any]) -> Any:
    key = _known_by(item)
    mate = others[index] if index < len(others) else None
    return mate if key is None or key == _known_by(mate) else known.get(key, mate)


def _known_by(item: Any) -> str | None:
    ref_id = text_of(item.get("refId")) if isinstance(item, Mapping) else ""
    return f"refId={ref_id}" if ref_id else identity(item)


def _marked(change: Change, risks: tuple[Risk, ...]) -> Change:
    """Return a change with the class of the first risk that it brings, if any."""
    found = next((risk.kind for risk in risks if _touches(change, risk)), None)
    return replace(change, risk=found) if found else change


def _touches(change: Change, risk: Risk) -> bool:
    steps: Steps | None = change.old if risk.gone else change.new
    # A whole stage may be what is risky, or one key of what changed.
    return bool(steps) and steps is not None and _starts(steps, risk.steps)


def _starts(steps: Steps, prefix: Steps) -> bool:
    return steps[: len(prefix)] == prefix
