from typing import Any

from tests.stages.harness import Run, pipeline


def evaluate(*variables: tuple[str, Any], then: str = "${x}", **fields: Any) -> Run:
    stage = {
        "type": "evaluateVariables",
        "name": "vars",
        "variables": [{"key": k, "value": v} for k, v in variables],
    }
    use = {"type": "evaluateVariables", "name": "use", "variables": [{"key": "seen", "value": then}]}
    return Run(pipeline({**stage, **fields}, use), conf={"replicas": "3"}).go()


def test_values_are_typed_and_become_outputs() -> None:
    run = evaluate(("x", "${ #toInt(parameters.replicas) + 1 }"), ("s", "v${parameters.replicas}"))

    assert run.stage("vars")["outputs"] == {"x": 4, "s": "v3"}


def test_a_later_variable_sees_an_earlier_one() -> None:
    run = evaluate(("a", "${1+2+3+4}"), ("b", "${1*2*3*4}"), ("x", "${a * b}"))

    assert run.stage("vars")["outputs"]["x"] == 240


def test_descendants_read_a_variable_by_its_bare_name() -> None:
    assert evaluate(("x", {"deep": [1, 2]}), then="${x.deep[1]}").stage("use")["outputs"] == {"seen": 2}


def test_what_fails_stays_literal() -> None:
    run = evaluate(("x", "${ nothing.there }"))

    assert run.states["stage-0"] == "success"
    assert run.stage("vars")["outputs"]["x"] == "${ nothing.there }"


def test_what_fails_fails_the_stage_where_it_was_asked_for() -> None:
    run = evaluate(("x", "${ nothing.there }"), failOnFailedExpressions=True)

    assert run.states["stage-0"] == "failed"
    assert run.errors["vars"].startswith("variable x")
