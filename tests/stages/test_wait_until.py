from datetime import UTC, datetime, timedelta

from tests.stages.harness import Run, pipeline


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_it_waits_until_the_moment() -> None:
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    run = Run(pipeline({"type": "waitUntil", "name": "pause", "epochMillis": millis(moment)})).go()

    assert run.states == {"stage-0": "deferred"}
    assert datetime.fromisoformat(run.waits["pause"].trigger.moment) == moment


def test_a_moment_in_the_past_is_no_wait() -> None:
    moment = datetime.now(UTC) - timedelta(hours=1)

    assert Run(pipeline({"type": "waitUntil", "epochMillis": str(millis(moment))})).go().states == {
        "stage-0": "success"
    }
