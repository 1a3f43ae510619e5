from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gennaker.spec.graph import build_graph
from gennaker.spec.injection import inject
from gennaker.spec.model import StageEnvelope


def stage(ref_id, *requisites, **keys):
    return {"refId": ref_id, "requisiteStageRefIds": list(requisites), "type": "wait", **keys}


TEMPLATE = [stage("a"), stage("b", "a"), stage("c", "b"), stage("d", "a")]


def links(*stages, into=TEMPLATE):
    found, problems = inject(stages, into=into)
    assert problems == []
    return {item["refId"]: item["requisiteStageRefIds"] for item in found}


def test_first_comes_before_every_root():
    assert links(stage("x", inject={"first": True})) == {
        "x": [],
        "a": ["x"],
        "b": ["a"],
        "c": ["b"],
        "d": ["a"],
    }


def test_last_comes_after_every_leaf():
    assert links(stage("x", inject={"last": True}))["x"] == ["c", "d"]


def test_before_takes_over_what_the_target_waited_for():
    found = links(stage("x", inject={"before": ["c"]}))
    assert (found["x"], found["c"]) == (["b"], ["x"])


def test_after_is_what_others_wait_for_now():
    found = links(stage("x", inject={"after": ["a"]}))
    assert (found["x"], found["b"], found["d"]) == (["a"], ["x"], ["x"])


def test_between_two_targets():
    found = links(stage("x", inject={"after": ["c", "d"]}))
    assert found["x"] == ["c", "d"]
    found = links(stage("x", inject={"before": ["b", "c"]}))
    assert (found["x"], found["b"], found["c"]) == (["a"], ["x"], ["x"])


def test_a_stage_of_the_same_name_is_replaced():
    found, _ = inject([stage("b", "a", name="Mine")], into=TEMPLATE)
    assert [item.get("name") for item in found] == [None, "Mine", None, None]


def test_a_stage_without_a_rule_is_added():
    assert links(stage("x", "c"))["x"] == ["c"]


def test_a_target_that_does_not_exist_is_named():
    _, [problem] = inject([stage("x", inject={"after": ["z"]})], into=TEMPLATE)
    assert (problem.code, problem.path) == ("template-injection", "$.stages[0].inject")
    assert "'z'" in problem.message


RULES = st.one_of(
    st.just({"first": True}),
    st.just({"last": True}),
    st.fixed_dictionaries({"before": st.lists(st.sampled_from("abcdxy"), min_size=1, max_size=1)}),
    st.fixed_dictionaries({"after": st.lists(st.sampled_from("abcdxy"), min_size=1, max_size=1)}),
)


@given(RULES, RULES)
def test_a_single_rule_never_ties_a_knot(one, two):
    first, _ = inject([stage("x", inject=one)], into=TEMPLATE)
    assert build_graph([StageEnvelope.model_validate(item) for item in first])[0] is not None
    both, _ = inject([stage("x", inject=one), stage("y", inject=two)], into=TEMPLATE)
    assert {item["refId"] for item in both} == set("abcdxy")
