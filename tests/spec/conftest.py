"""A small set of stage types, so that the tests of `spec` need no room above it."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
from pydantic import Field

from gennaker.spec import loader
from gennaker.spec.model import SpecModel, StageEnvelope
from gennaker.spec.types import ExprBool, ExprItems, ExprMap, ExprNumber, ExprStr


class Wait(StageEnvelope):
    """Pause."""

    wait_time: ExprNumber = 0


class Judgment(StageEnvelope):
    """Ask."""

    judgment_inputs: ExprItems[dict[str, object]] = ()


class Part(SpecModel):
    """A part that needs a key."""

    key: str
    size: ExprNumber | None = None


class Deploy(StageEnvelope):
    """Deploy."""

    account: str = Field(description="Needed.")
    parts: tuple[Part, ...] = ()
    options: ExprMap | None = None
    quick: ExprBool = False
    region: ExprStr | None = None
    replicas: int = 1


MODELS = {"wait": Wait, "manualJudgment": Judgment, "deploy": Deploy}


@pytest.fixture(scope="session")
def load() -> Callable[..., loader.LoadedPipeline]:
    """Load with the small set."""
    return functools.partial(loader.load, models=MODELS, fallback=StageEnvelope)


@pytest.fixture(scope="session")
def problems(load) -> Callable[..., dict[str, object]]:
    """Return the problems of a pipeline, by code."""

    def by_code(*stages, **keys):
        pipeline = {"application": "app", "name": "name", "stages": [*stages], **keys}
        return {found.code: found for found in load(pipeline).problems}

    return by_code
