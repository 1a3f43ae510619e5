"""What changed between two pipelines: nothing is missed, nothing is invented, and nothing raises."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gennaker.security.redact import redact
from gennaker.spec.compare import ABSENT, compare
from gennaker.spec.differences import differences, moves, same

CORPUS = sorted((Path(__file__).parents[2].parent / "shared" / "corpus" / "pipelines").glob("*.json"))
EXAMPLES = sorted((Path(__file__).parents[2] / "pipeline_specs").glob("[de]*/*.json"))


def stage(ref_id, *requisites, **keys):
    named = {"type": "wait", "name": f"Stage {ref_id}"}
    return {"refId": ref_id, "requisiteStageRefIds": [*requisites], **named, **keys}


def pipeline(*stages, **keys):
    return {**keys, "stages": [*stages]}


def found(before, after, **keys):
    return [(change.kind, change.path) for change in compare(before, after, **keys).changes]


ABC = pipeline(stage("1", name="A"), stage("2", "1", name="B"), stage("3", "2", name="C"))


def test_equal_pipelines_give_nothing():
    comparison = compare(ABC, copy.deepcopy(ABC))
    assert comparison.to_dict() == {"text": "", "changes": [], "risks": []}


def test_the_order_of_keys_is_no_change():
    turned = {"stages": [dict(reversed(one.items())) for one in ABC["stages"]]}
    assert compare(ABC, turned).to_dict() == {"text": "", "changes": [], "risks": []}


def test_the_text_is_a_unified_diff_with_labels():
    after = copy.deepcopy(ABC)
    after["stages"][1]["waitTime"] = 5
    text = compare(ABC, after, from_label="revision 1", to_label="revision 2").text
    assert text.startswith("--- revision 1\n+++ revision 2\n@@ ")
    assert [line for line in text.splitlines() if line[:1] in "+-"][2:] == [
        '-      "name": "B"',
        '+      "name": "B",',
        '+      "waitTime": 5',
    ]


def test_a_field_is_told_by_its_leaf():
    before = pipeline(stage("1", manifests=[{"kind": "A", "spec": {"replicas": 1, "old": None}}]))
    after = pipeline(stage("1", manifests=[{"kind": "A", "spec": {"replicas": 2, "new": [1]}}]))
    spec = "$.stages[0].manifests[0].spec"
    changes = [change.to_dict() for change in compare(before, after).changes]
    assert changes == [
        {
            "kind": "field-changed",
            "path": f"{spec}.replicas",
            "stage": "Stage 1",
            "risk": None,
            "before": 1,
            "after": 2,
        },
        {"kind": "field-removed", "path": f"{spec}.old", "stage": "Stage 1", "risk": None, "before": None},
        {"kind": "field-added", "path": f"{spec}.new", "stage": "Stage 1", "risk": None, "after": [1]},
    ]


def test_settings_of_the_pipeline_belong_to_no_stage():
    (change,) = compare({"limitConcurrent": False}, {"limitConcurrent": True}).changes
    assert (change.kind, change.path, change.stage) == ("field-changed", "$.limitConcurrent", None)


def test_a_stage_that_is_added_in_between():
    after = pipeline(
        ABC["stages"][0], stage("4", "1", name="New"), stage("2", "4", name="B"), ABC["stages"][2]
    )
    changes = compare(ABC, after).changes
    assert [(change.kind, change.path, change.stage) for change in changes] == [
        ("stage-added", "$.stages[1]", "New"),
        ("edge-added", "$.stages[1].requisiteStageRefIds", "New"),
        ("edge-removed", "$.stages[1].requisiteStageRefIds", "B"),
        ("edge-added", "$.stages[2].requisiteStageRefIds", "B"),
    ]
    assert changes[0].after == after["stages"][1]
    assert changes[3].after == {"from": "4", "to": "2", "fromName": "New", "toName": "B"}
    assert changes[2].before == {"from": "1", "to": "2", "fromName": "A", "toName": "B"}


def test_a_stage_that_is_removed_has_its_old_path():
    after = pipeline(ABC["stages"][0], stage("3", "1", name="C"))
    changes = compare(ABC, after).changes
    assert [(change.kind, change.path) for change in changes] == [
        ("stage-removed", "$.stages[1]"),
        ("edge-removed", "$.stages[1].requisiteStageRefIds"),
        ("edge-removed", "$.stages[2].requisiteStageRefIds"),
        ("edge-added", "$.stages[1].requisiteStageRefIds"),
    ]
    assert changes[0].before == ABC["stages"][1]


def test_another_number_is_a_renumbering_and_nothing_else():
    after = pipeline(stage("10", name="A"), stage("20", "10", name="B"), stage("30", "20", name="C"))
    changes = compare(ABC, after).changes
    assert {change.kind for change in changes} == {"stage-renumbered"}
    assert [(change.before, change.after) for change in changes] == [("1", "10"), ("2", "20"), ("3", "30")]


def test_numbers_that_shift_do_not_make_other_stages_of_them():
    after = pipeline(stage("1", name="New"), stage("2", name="A"), stage("3", "2", name="B"))
    after["stages"].append(stage("4", "3", name="C"))
    assert found(ABC, after) == [
        ("stage-added", "$.stages[0]"),
        ("stage-renumbered", "$.stages[1].refId"),
        ("stage-renumbered", "$.stages[2].refId"),
        ("stage-renumbered", "$.stages[3].refId"),
    ]


def test_a_number_that_is_given_to_another_stage():
    after = pipeline(stage("1", name="A"), stage("2", "1", name="C"))
    kinds = [kind for kind, _ in found(ABC, after)]
    assert kinds[:2] == ["stage-removed", "stage-renumbered"]
    assert set(kinds[2:]) == {"edge-added", "edge-removed"}


def test_a_copy_that_was_made_and_its_original_edited():
    after = pipeline(*ABC["stages"], stage("4", "2", name="C"))
    after["stages"][2] = {**ABC["stages"][2], "waitTime": 9}
    assert found(ABC, after) == [
        ("stage-added", "$.stages[3]"),
        ("field-added", "$.stages[2].waitTime"),
        ("edge-added", "$.stages[3].requisiteStageRefIds"),
    ]


def test_a_stage_may_be_renamed_or_get_another_type():
    assert found(ABC, pipeline(*ABC["stages"][:2], stage("3", "2", name="D"))) == [
        ("field-changed", "$.stages[2].name")
    ]
    assert found(ABC, pipeline(*ABC["stages"][:2], stage("3", "2", name="C", type="noop"))) == [
        ("field-changed", "$.stages[2].type")
    ]


def test_another_type_and_another_name_is_another_stage():
    after = pipeline(*ABC["stages"][:2], stage("3", "2", name="D", type="noop"))
    assert [kind for kind, _ in found(ABC, after)][:2] == ["stage-removed", "stage-added"]


def test_a_renumbered_stage_may_have_changed_too():
    after = pipeline(stage("9", name="A", waitTime=4), *ABC["stages"][1:])
    after["stages"][1] = stage("2", "9", name="B")
    assert found(ABC, after) == [
        ("stage-renumbered", "$.stages[0].refId"),
        ("field-added", "$.stages[0].waitTime"),
    ]


def test_another_place_in_the_list_is_a_move():
    a, b, c = ABC["stages"]
    (change,) = compare(ABC, pipeline(c, a, b)).changes
    assert (change.kind, change.path, change.before, change.after) == ("stage-moved", "$.stages[0]", 2, 0)


def test_without_ref_ids_the_order_makes_the_edges():
    before = pipeline({"type": "a"}, {"type": "b"})
    after = pipeline({"type": "a"}, {"type": "x"}, {"type": "b"})
    assert found(before, after) == [
        ("stage-added", "$.stages[1]"),
        ("edge-added", "$.stages[1]"),
        ("edge-removed", "$.stages[1]"),
        ("edge-added", "$.stages[2]"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([], None, "field-changed"),
        (["1", "1"], ["1"], "field-changed"),
        ([1], ["1"], "field-changed"),
        ("1", ["1"], "field-changed"),
        (ABSENT, [], "field-added"),
        ([], ABSENT, "field-removed"),
    ],
)
def test_requisites_that_mean_the_same_and_are_written_otherwise(before, after, kind):
    def written(given):
        second = {"refId": "2", "type": "wait"} | ({} if given is ABSENT else {"requisiteStageRefIds": given})
        return pipeline(stage("1"), second)

    assert found(written(before), written(after)) == [(kind, "$.stages[1].requisiteStageRefIds")]


def test_a_requisite_that_does_not_exist_is_an_edge_too():
    assert found(pipeline(stage("1")), pipeline(stage("1", "9"))) == [
        ("edge-added", "$.stages[0].requisiteStageRefIds")
    ]


@pytest.mark.parametrize(
    ("key", "kind", "known"),
    [
        ("triggers", "trigger", "id"),
        ("parameterConfig", "parameter", "name"),
        ("notifications", "notification", "id"),
        ("expectedArtifacts", "artifact", "id"),
        ("expectedArtifacts", "artifact", "displayName"),
    ],
)
def test_items_of_the_pipeline_are_known_by_what_identifies_them(key, kind, known):
    a, b, c = ({known: name, "x": 1} for name in "abc")
    path = f"$.{key}"
    assert found({key: [a, b]}, {key: [c, a, b]}) == [(f"{kind}-added", f"{path}[0]")]
    assert found({key: [a, b, c]}, {key: [a, c]}) == [(f"{kind}-removed", f"{path}[1]")]
    assert found({key: [a, b]}, {key: [b, a]}) == [(f"{kind}-moved", f"{path}[0]")]
    assert found({key: [a, b]}, {key: [a, {**b, "x": 2}]}) == [(f"{kind}-changed", f"{path}[1].x")]
    assert found({key: [a]}, {key: [{**a, "y": 2}]}) == [(f"{kind}-changed", f"{path}[0].y")]
    assert found({}, {key: [a]}) == [(f"{kind}-added", f"{path}[0]")]
    assert found({key: [a]}, {key: None}) == [(f"{kind}-removed", f"{path}[0]")]


def test_items_that_nothing_identifies_are_equal_or_at_the_same_place():
    a, b, c = ({"address": name} for name in "abc")
    assert found({"notifications": [a, b]}, {"notifications": [b]}) == [
        ("notification-removed", "$.notifications[0]")
    ]
    assert found({"notifications": [a, b]}, {"notifications": [c, b]}) == [
        ("notification-changed", "$.notifications[0].address")
    ]


def test_a_section_that_is_no_list_is_a_field():
    assert found({"triggers": []}, {"triggers": {}}) == [("field-changed", "$.triggers")]
    assert found({}, {"triggers": []}) == [("field-added", "$.triggers")]
    assert found({"stages": []}, {"stages": "x"}) == [("field-changed", "$.stages")]


def test_an_entry_that_is_no_stage_is_compared_all_the_same():
    assert found(pipeline("a", 1), pipeline("a", 2)) == [("field-changed", "$.stages[1]")]


def test_secrets_are_masked_and_their_change_is_told():
    before = pipeline(stage("1", password="old", headers={"Authorization": "a", "X": "1"}))
    after = pipeline(stage("1", password="new", headers={"Authorization": "b", "X": "2"}))
    comparison = compare(before, after, mask=redact)
    values = {change.path.rpartition(".")[2]: (change.before, change.after) for change in comparison.changes}
    assert values == {"password": ("***", "***"), "Authorization": ("***", "***"), "X": ("1", "2")}
    assert '"X": "2"' in comparison.text
    assert "password" not in comparison.text.replace('"password": "***"', "")


def test_what_lies_below_a_masked_value_is_masked():
    before, after = (pipeline(stage("1", secret={"inner": value})) for value in "ab")
    (change,) = compare(before, after, mask=redact).changes
    assert (change.path, change.before, change.after) == ("$.stages[0].secret.inner", "***", "***")


def test_text_that_is_no_utf_8_is_escaped():
    assert "\\udc80" in compare({}, {"description": "\udc80"}).text


def test_nesting_beyond_reason_does_not_raise():
    deep: object = 1
    for _ in range(5_000):
        deep = [deep]
    (change,) = compare({"x": deep}, {"x": [deep]}).changes
    assert change.path == "$"


SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "1", "a", "b", "${x}"])
KEYS = st.sampled_from(["id", "name", "key", "refId", "type", "enabled", "context", "x"])
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)
STAGE = st.fixed_dictionaries(
    {},
    optional={
        "refId": SCALARS,
        "requisiteStageRefIds": JSON,
        "type": st.sampled_from(["wait", "manualJudgment", "checkPreconditions", "airflow", 1, None]),
        "name": SCALARS,
        "approval": JSON,
        "preconditions": JSON,
        "stageEnabled": JSON,
        "restrictExecutionDuringTimeWindow": SCALARS,
        "restrictedExecutionWindow": JSON,
        "clusters": JSON,
        "rollback": JSON,
        "account": SCALARS,
        "continuePipeline": SCALARS,
        "maxRemainingAsgs": JSON,
    },
)
JUNK = st.fixed_dictionaries(
    {},
    optional={
        "stages": JSON | st.lists(STAGE | JSON, max_size=5),
        "triggers": JSON,
        "parameterConfig": JSON,
        "expectedArtifacts": JSON,
        "limitConcurrent": JSON,
        "maxConcurrentExecutions": JSON,
        "rollback": JSON,
        "roles": JSON,
    },
)


@settings(deadline=None)
@given(JUNK)
def test_a_document_does_not_differ_from_itself(document):
    assert compare(document, copy.deepcopy(document)).to_dict() == {"text": "", "changes": [], "risks": []}


@settings(deadline=None, max_examples=100)
@given(JUNK, JUNK)
def test_documents_that_differ_have_changes_and_others_have_none(before, after):
    comparison = compare(before, after, mask=redact)
    equal = json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert same(before, after) == equal
    assert (comparison.changes == ()) == equal
    json.dumps(comparison.to_dict())
    if equal:
        assert comparison.risks == ()


@settings(deadline=None, max_examples=80)
@given(JUNK, JUNK)
def test_every_change_tells_the_truth(before, after):
    comparison = compare(before, after)
    for change in comparison.changes:
        if change.kind.startswith("edge") or change.kind.endswith("moved"):
            continue
        assert same(at(before, change.old), change.before)
        assert same(at(after, change.new), change.after)
        assert not same(change.before, change.after)
    for risk in comparison.risks:
        steps = (
            risk.steps if at(before if risk.gone else after, risk.steps) is not ABSENT else risk.steps[:-1]
        )
        assert at(before if risk.gone else after, steps) is not ABSENT, risk


def at(document, steps):
    for step in ("nowhere",) if steps is None else steps:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return document


PLAIN = st.recursive(SCALARS, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)


@settings(deadline=None)
@given(st.dictionaries(KEYS, PLAIN), st.dictionaries(KEYS, PLAIN))
def test_objects_with_their_differences_applied_are_the_other(before, after):
    mended = copy.deepcopy(before)
    for one in differences(before, after):
        *way, last = one.new or one.old
        place = mended
        for step in way:
            place = place[step]
        if one.new is None:
            del place[last]
        else:
            place[last] = at(after, one.new)
    assert same(mended, after)


@st.composite
def graphs(draw):
    """Return a sound pipeline: some of ten stages, in some order, under some numbers."""
    titles = draw(st.lists(st.sampled_from("ABCDEFGHIJ"), unique=True, max_size=7))
    numbers = draw(st.permutations(range(1, 12)))[: len(titles)]
    stages = []
    for index, (title, number) in enumerate(zip(titles, numbers, strict=True)):
        earlier = [one["refId"] for one in stages]
        chosen = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier and index else []
        body = draw(st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2), max_size=3))
        stages.append(stage(str(number), *chosen, name=title, **body))
    return pipeline(*draw(st.permutations(stages)))


@settings(deadline=None, max_examples=80)
@given(graphs(), graphs())
def test_the_changes_applied_to_the_one_give_the_other(before, after):
    stages = {one["refId"]: copy.deepcopy(one) for one in before["stages"]}
    edges = edges_of(before)
    changes = compare(before, after).changes
    for change in changes:
        if change.kind == "stage-removed":
            del stages[change.before["refId"]]
        elif change.kind == "edge-removed":
            edges.remove((change.before["from"], change.before["to"]))
    numbers = {one.before: one.after for one in changes if one.kind == "stage-renumbered"}
    stages = {numbers.get(ref_id, ref_id): one for ref_id, one in stages.items()}
    edges = {(numbers.get(start, start), numbers.get(end, end)) for start, end in edges}
    for change in changes:
        if change.kind == "stage-added":
            stages[change.after["refId"]] = copy.deepcopy(change.after)
        elif change.kind == "edge-added":
            edges.add((change.after["from"], change.after["to"]))
        elif change.kind.startswith("field-") and change.new and change.new[-1] != "requisiteStageRefIds":
            stages[after["stages"][change.new[1]]["refId"]][change.new[2]] = change.after
        elif change.kind == "field-removed":
            ref_id = before["stages"][change.old[1]]["refId"]
            del stages[numbers.get(ref_id, ref_id)][change.old[2]]
    bodies = {ref_id: body_of(one) for ref_id, one in stages.items()}
    assert bodies == {one["refId"]: body_of(one) for one in after["stages"]}
    assert edges == edges_of(after)


def edges_of(document):
    return {(start, one["refId"]) for one in document["stages"] for start in one["requisiteStageRefIds"]}


def body_of(one):
    return {key: value for key, value in one.items() if key not in ("refId", "requisiteStageRefIds")}


@settings(deadline=None)
@given(st.permutations(range(8)))
def test_as_few_items_as_possible_move(order):
    moved = moves([(here, there) for there, here in enumerate(order)])
    stayed = [here for there, here in enumerate(order) if there not in moved]
    assert stayed == sorted(stayed)
    assert (not moved) == (list(order) == sorted(order))


@pytest.mark.parametrize("file", EXAMPLES + CORPUS, ids=lambda file: file.stem)
def test_a_real_pipeline_is_like_itself_and_a_changed_value_is_one_change(file):
    document = json.loads(file.read_text())
    if not isinstance(document, dict) or not isinstance(document.get("stages"), list):
        pytest.skip("not a pipeline by itself")
    after = copy.deepcopy(document)
    assert not compare(document, after).changes
    if not document["stages"]:
        return
    after["stages"][-1]["comments"] = "another"
    (change,) = compare(document, after).changes
    assert change.path == f"$.stages[{len(after['stages']) - 1}].comments"
    if len(after["stages"]) > 1 and document["stages"][0].get("refId"):
        kinds = {
            one.kind for one in compare(document, {**document, "stages": document["stages"][1:]}).changes
        }
        assert kinds <= {"stage-removed", "edge-removed", "edge-added"}
