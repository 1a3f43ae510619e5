"""Is the pipeline named, and does it do anything?"""

from __future__ import annotations

from collections.abc import Iterator

from gennaker.spec.checks.subject import Subject
from gennaker.spec.problems import SpecProblem, problem


def check(subject: Subject) -> Iterator[SpecProblem]:
    """Find what is absent at the top."""
    pipeline = subject.pipeline
    for key, value in (("application", pipeline.application), ("name", pipeline.name)):
        if not subject.partial and not (value or "").strip():
            yield problem(f"missing-{key}", path=subject.path(key), message=f"`{key}` is absent")
    if not subject.spec.get("stages"):
        yield problem("no-stages", path=subject.path("stages"), message="there are no stages")
