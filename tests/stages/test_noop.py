from tests.stages.harness import Run, pipeline


def test_it_succeeds_and_says_so() -> None:
    run = Run(pipeline({"type": "noop", "name": "join"})).go()

    assert run.states == {"stage-0": "success"}
    assert run.status("join") == "SUCCEEDED"


def test_it_asks_for_nothing_that_it_does_not_need() -> None:
    run = Run(pipeline({"type": "noop", "name": "a"}, {"type": "noop", "name": "b"})).go()

    assert run.pulled == []


def test_a_false_condition_skips_it_and_what_follows_runs() -> None:
    off = {"type": "noop", "name": "off", "stageEnabled": {"type": "expression", "expression": "1 == 2"}}
    run = Run(pipeline(off, {"type": "noop", "name": "next"})).go()

    assert run.states == {"stage-0": "skipped", "stage-1": "success"}
    assert run.status("off") == "SKIPPED"
    assert "1 == 2" in run.stage("off")["context"]["skipReason"]
