from __future__ import annotations

import pytest


def test_an_unknown_type_is_a_warning_and_loads(load):
    loaded = load({"application": "a", "name": "n", "stages": [{"type": "strange", "refId": "1"}]})
    [found] = loaded.problems
    assert (found.code, found.path, found.severity) == ("unknown-stage-type", "$.stages[0].type", "warning")
    assert loaded.ok
    assert loaded.graph["1"].type == "strange"


def test_a_known_alias_is_enough(problems):
    assert not problems({"type": "ours", "alias": "wait"})


@pytest.mark.parametrize("key", ["failPipeline", "continuePipeline", "completeOtherBranchesThenFail"])
@pytest.mark.parametrize("value", ["true", "${ parameters.x }", 1])
def test_a_failure_option_that_is_no_boolean_is_a_warning(problems, key, value):
    found = problems({"type": "wait", key: value}, spelEvaluator="v4")["failure-option-not-boolean"]
    assert found.path == f"$.stages[0].{key}"


def test_failure_options_that_are_booleans_or_absent_are_fine(problems):
    assert not problems({"type": "wait", "failPipeline": False, "continuePipeline": None})
