from tests.stages.harness import Run, pipeline

UNKNOWN = {"type": "kayentaCanary", "name": "canary"}


def test_it_fails_only_when_it_is_reached_and_names_the_type() -> None:
    run = Run(pipeline({"type": "noop", "name": "before"}, UNKNOWN, {"type": "noop", "name": "after"})).go()

    assert run.states == {"stage-0": "success", "stage-1": "failed", "stage-2": "upstream_failed"}
    assert "'kayentaCanary'" in run.errors["canary"]
    assert "'canary'" in run.errors["canary"]


def test_switched_off_it_does_no_harm() -> None:
    off = {**UNKNOWN, "stageEnabled": {"type": "expression", "expression": "false"}}

    assert Run(pipeline(off)).go().states == {"stage-0": "skipped"}


def test_its_failure_can_be_ignored() -> None:
    run = Run(pipeline({**UNKNOWN, "failPipeline": False, "continuePipeline": True})).go()

    assert run.states == {"stage-0": "skipped"}
    assert run.status("canary") == "FAILED_CONTINUE"
