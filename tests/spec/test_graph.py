from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gennaker.spec.graph import build_graph
from gennaker.spec.model import FailurePolicy, StageEnvelope


def stage(ref_id, *requisites, **keys):
    return StageEnvelope(ref_id=ref_id, requisite_stage_ref_ids=requisites, type="wait", **keys)


def diamond():
    graph, problems = build_graph(
        [stage("end", "b", "a"), stage("a", "start"), stage("b", "start"), stage("start"), stage("alone")]
    )
    assert not problems
    return graph


def test_the_order_is_topological_and_list_order_elsewhere():
    assert [node.ref_id for node in diamond().nodes] == ["start", "a", "b", "end", "alone"]


def test_a_node_knows_its_stage():
    node = diamond()["a"]
    assert (node.task_id, node.name, node.type, node.index) == ("stage-a", "wait", "wait", 1)
    assert node.requisites == ("start",)
    assert node.policy is FailurePolicy.HALT_PIPELINE
    assert not node.finally_


def test_ancestors_come_nearest_first():
    graph, _ = build_graph([stage("1"), stage("2", "1"), stage("3", "2"), stage("4"), stage("5", "4", "3")])
    assert graph.ancestors("5") == ("3", "4", "2", "1")
    assert graph.ancestors("1") == ()


def test_descendants_leaves_and_roots():
    graph = diamond()
    assert graph.descendants("start") == {"a", "b", "end"}
    assert [node.ref_id for node in graph.leaves] == ["end", "alone"]
    assert [node.ref_id for node in graph.roots] == ["start", "alone"]
    assert graph.followers("start") == ("a", "b")


def test_membership_and_length():
    graph = diamond()
    assert "a" in graph
    assert "z" not in graph
    assert len(graph) == 5


def test_without_ref_ids_stages_run_one_after_the_other():
    graph, problems = build_graph([StageEnvelope(type="wait") for _ in range(3)])
    assert not problems
    assert [(node.ref_id, node.requisites) for node in graph.nodes] == [
        ("0", ()),
        ("1", ("0",)),
        ("2", ("1",)),
    ]


def test_a_requisite_that_is_named_twice_counts_once():
    graph, _ = build_graph([stage("1"), stage("2", "1", "1")])
    assert graph["2"].requisites == ("1",)


def test_no_stages_are_an_empty_graph():
    graph, problems = build_graph([])
    assert (graph.nodes, graph.roots, graph.leaves, problems) == ((), (), (), ())


def found(*stages):
    graph, problems = build_graph(stages)
    return graph, [(problem.code, problem.path, problem.message) for problem in problems]


def test_a_cycle_names_the_loop_in_running_order():
    graph, problems = found(
        stage("1"), stage("2", "1", "4", name="Two"), stage("3", "2"), stage("4", "3"), stage("5", "4")
    )
    assert graph is None
    [(code, path, message)] = problems
    assert (code, path) == ("cycle", "$.stages[1].requisiteStageRefIds")
    assert message == "stages wait for each other: 'Two' (2) → 'wait' (3) → 'wait' (4) → 'Two' (2)"


def test_a_stage_that_waits_for_itself():
    graph, problems = found(stage("1", "1"))
    assert graph is None
    assert problems[0][:2] == ("self-reference", "$.stages[0].requisiteStageRefIds")


def test_a_requisite_that_does_not_exist():
    graph, problems = found(stage("1"), stage("2", "7"))
    assert graph is None
    assert problems == [
        ("dangling-requisite", "$.stages[1].requisiteStageRefIds", "no stage has the refId '7'")
    ]


def test_two_stages_with_one_ref_id():
    graph, problems = found(stage("1", name="A"), stage("1", name="B"))
    assert graph is None
    assert problems == [
        ("duplicate-ref-id", "$.stages[1].refId", "refId '1' is already that of stages[0] 'A'")
    ]


def test_a_stage_without_ref_id_among_others_gets_a_free_one():
    graph, problems = found(stage("1"), stage(""), stage("2", "1"))
    assert [code for code, *_ in problems] == ["missing-ref-id"]
    assert [node.ref_id for node in graph.nodes] == ["1", "3", "2"]


def test_only_finally_stages_may_follow_a_finally_stage():
    graph, problems = found(
        stage("1"),
        StageEnvelope(ref_id="2", requisite_stage_ref_ids=("1",), type="wait", name="Clean", finally_=True),
        stage("3", "2"),
        StageEnvelope(ref_id="4", requisite_stage_ref_ids=("2",), type="wait", finally_=True),
    )
    assert graph is not None
    assert [(code, path) for code, path, _ in problems] == [
        ("finally-not-last", "$.stages[2].requisiteStageRefIds")
    ]


@pytest.mark.parametrize(
    ("keys", "policy"),
    [
        ({}, "halt-pipeline"),
        ({"failPipeline": True, "continuePipeline": False}, "halt-pipeline"),
        ({"failPipeline": None}, "halt-pipeline"),
        ({"failPipeline": False}, "halt-branch"),
        ({"failPipeline": False, "completeOtherBranchesThenFail": True}, "halt-branch-then-fail"),
        ({"failPipeline": True, "completeOtherBranchesThenFail": True}, "halt-pipeline"),
        ({"continuePipeline": True}, "ignore"),
        ({"failPipeline": True, "continuePipeline": True}, "ignore"),
        ({"failPipeline": "true"}, "halt-branch"),
        ({"continuePipeline": "true"}, "halt-pipeline"),
    ],
)
def test_failure_options_mean_what_they_mean_in_orca(keys, policy):
    assert StageEnvelope.model_validate({"type": "wait", **keys}).policy == policy


@st.composite
def acyclic(draw):
    size = draw(st.integers(0, 12))
    order = draw(st.permutations(range(size)))
    stages = {}
    for place, number in enumerate(order):
        before = draw(st.sets(st.sampled_from(order[:place]))) if place else set()
        stages[number] = stage(str(number), *map(str, sorted(before)))
    return [stages[number] for number in range(size)]


@given(acyclic())
def test_every_acyclic_list_has_a_graph_whose_order_can_run(stages):
    graph, problems = build_graph(stages)
    assert not problems
    assert {node.index for node in graph.nodes} == set(range(len(stages)))
    done = set()
    for node in graph.nodes:
        assert set(node.requisites) <= done
        done.add(node.ref_id)


@given(acyclic())
def test_ancestors_and_descendants_agree(stages):
    graph, _ = build_graph(stages)
    for node in graph.nodes:
        ancestors = graph.ancestors(node.ref_id)
        assert len(set(ancestors)) == len(ancestors)
        assert set(ancestors[: len(node.requisites)]) == set(node.requisites)
        assert all(node.ref_id in graph.descendants(ancestor) for ancestor in ancestors)


@given(st.lists(st.tuples(st.text(max_size=2), st.lists(st.text(max_size=2), max_size=3)), max_size=8))
def test_any_links_give_a_graph_or_a_reason(links):
    graph, problems = build_graph([stage(ref_id, *requisites) for ref_id, requisites in links])
    assert (graph is None) == any(problem.severity == "error" for problem in problems)
