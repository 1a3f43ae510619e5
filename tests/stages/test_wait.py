import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gennaker.operators._triggers import UntilTrigger
from tests.stages.harness import Run, pipeline


def wait(**fields: Any) -> dict[str, Any]:
    return pipeline({"type": "wait", "name": "pause", **fields})


def until(run: Run) -> datetime:
    return datetime.fromisoformat(run.waits["pause"].trigger.moment)


def test_it_waits_without_a_worker_until_its_time_is_over() -> None:
    before = datetime.now(UTC)
    run = Run(wait(waitTime=90)).go()

    assert run.states == {"stage-0": "deferred"}
    assert timedelta(seconds=90) <= until(run) - before < timedelta(seconds=100)
    assert run.status("pause") == "RUNNING"


def test_no_time_is_no_wait() -> None:
    assert Run(wait(waitTime=0)).go().states == {"stage-0": "success"}


def test_a_short_pause_is_slept_through_rather_than_handed_over() -> None:
    before = datetime.now(UTC)

    assert Run(wait(waitTime=0.05)).go().states == {"stage-0": "success"}
    assert datetime.now(UTC) - before >= timedelta(seconds=0.05)


def test_the_time_may_be_an_expression() -> None:
    before = datetime.now(UTC)
    run = Run(wait(waitTime="${ #toInt(parameters.minutes) * 60 }"), conf={"minutes": "2"}).go()

    assert timedelta(seconds=120) <= until(run) - before < timedelta(seconds=130)


def test_an_expression_that_gives_no_number_fails_with_what_it_gave() -> None:
    run = Run(wait(waitTime="${ parameters.minutes }"), conf={"minutes": "soon"}).go()

    assert run.states == {"stage-0": "failed"}
    assert "'soon'" in run.errors["pause"]


def test_a_person_can_end_it_early() -> None:
    run = Run(wait(waitTime=3600), answers={"pause": lambda _: {"skipped": True, "by": "ann"}}).go()

    assert run.states == {"stage-0": "success"}
    assert run.stage("pause")["context"]["skippedBy"] == "ann"


def test_a_timeout_before_the_end_fails_the_stage() -> None:
    run = Run(wait(waitTime=3600, stageTimeoutMs=1), answers={"pause": lambda _: {}}).go()

    assert run.states == {"stage-0": "failed"}
    assert run.stage("pause")["context"]["timedOut"] is True


def test_a_timeout_may_count_as_success() -> None:
    document = wait(waitTime=3600, stageTimeoutMs=1, markSuccessfulOnTimeout=True)

    assert Run(document, answers={"pause": lambda _: {}}).go().states == {"stage-0": "success"}


@pytest.mark.parametrize("seconds", [-1, 0.01])
def test_the_trigger_fires_at_its_moment(seconds: float) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)

    async def first() -> Any:
        return await anext(aiter(UntilTrigger(moment.isoformat(), settle=0).run()))

    event = asyncio.run(first())
    assert event.payload == {"at": moment.isoformat()}
    assert datetime.now(UTC) >= moment


def test_the_trigger_can_be_built_again_from_what_it_writes_down() -> None:
    path, arguments = UntilTrigger("2026-01-01T00:00:00+00:00").serialize()

    assert path == f"{UntilTrigger.__module__}.{UntilTrigger.__qualname__}"
    assert UntilTrigger(**arguments).serialize()[1] == arguments
