"""Can every stage do what it says?"""

from __future__ import annotations

from collections.abc import Iterator

from gennaker.spec.checks.subject import StageView, Subject
from gennaker.spec.documents import PLACEHOLDER_TYPE
from gennaker.spec.problems import SpecProblem

_FAILURE_OPTIONS = ("failPipeline", "continuePipeline", "completeOtherBranchesThenFail")


def check(subject: Subject) -> Iterator[SpecProblem]:
    """Find stages of unknown types, and failure options that are not what they seem."""
    for stage in subject.stages:
        yield from _unknown_type(stage, subject)
        yield from _failure_options(stage)


def _unknown_type(stage: StageView, subject: Subject) -> Iterator[SpecProblem]:
    kind = stage.model.type
    if not kind or kind == PLACEHOLDER_TYPE or kind in subject.models:
        return
    if isinstance(stage.model.alias, str) and stage.model.alias in subject.models:
        return
    yield stage.problem("unknown-stage-type", "type", message=f"no stage type is called '{kind}'")


def _failure_options(stage: StageView) -> Iterator[SpecProblem]:
    for key in _FAILURE_OPTIONS:
        value = stage.raw.get(key)
        if value is not None and not isinstance(value, bool):
            message = f"{value!r} counts as false here"
            yield stage.problem("failure-option-not-boolean", key, message=message)
