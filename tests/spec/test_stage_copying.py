"""Stages in another pipeline: who waits for whom, what they are called, and what came along."""

from __future__ import annotations

import copy
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gennaker import catalog
from gennaker.errors import SpecError
from gennaker.spec.copying import copy_stages
from gennaker.spec.evaluated import renamed
from gennaker.spec.outline import outline

CORPUS = sorted((Path(__file__).parents[2].parent / "shared" / "corpus" / "pipelines").glob("*.json"))


def stage(ref_id, *requisites, **keys):
    named = {"type": "wait", "name": f"Stage {ref_id}"}
    return {"refId": ref_id, "requisiteStageRefIds": [*requisites], **named, **keys}


def copied(source, ref_ids, target, **keys):
    ids = itertools.count(1)
    source = source if isinstance(source, dict) else {"stages": source}
    target = target if isinstance(target, dict) else {"stages": target}
    before = copy.deepcopy((source, target))
    result = copy_stages(source, ref_ids, target, new_id=lambda: f"new-{next(ids)}", **keys)
    assert (source, target) == before
    return result


def links(result):
    """Return what each copy waits for."""
    stages = {one["refId"]: one["requisiteStageRefIds"] for one in result.spec["stages"]}
    return {old: stages[new] for old, new in result.ref_ids.items()}


def notes(result):
    return [(note.code, note.path) for note in result.notes if note.code != "renamed"]


def the_copy(result):
    return result.spec["stages"][-1]


CHAIN = [stage("1"), stage("2", "1"), stage("3", "2"), stage("4", "3")]
OURS = [stage("1", name="Ours"), stage("7", "1", name="Last")]


def test_copies_come_last_with_numbers_that_nobody_has():
    result = copied(CHAIN, ["1", "2"], OURS)
    assert result.ref_ids == {"1": "8", "2": "9"}
    assert result.spec["stages"][:2] == OURS
    assert result.spec["stages"][2:] == [
        stage("8", "7", name="Stage 1"),
        stage("9", "8", name="Stage 2"),
    ]
    assert result.notes == ()


def test_the_order_of_the_choice_does_not_matter():
    assert copied(CHAIN, ["2", "1", "2"], OURS) == copied(CHAIN, ["1", "2"], OURS)


def test_numbers_where_there_are_none():
    assert copied(CHAIN, ["3"], []).ref_ids == {"3": "1"}
    assert copied(CHAIN, ["3"], {}).ref_ids == {"3": "1"}
    assert copied(CHAIN, ["3"], [stage("deploy"), stage("9" * 5_000)]).ref_ids == {"3": "1"}


def test_the_first_copies_hang_where_they_are_told_to():
    assert links(copied(CHAIN, ["2", "3"], OURS, after=["1"])) == {"2": ["1"], "3": ["8"]}
    assert links(copied(CHAIN, ["2", "3"], OURS, after=[])) == {"2": [], "3": ["8"]}
    assert links(copied(CHAIN, ["2"], OURS, after=["1", "7"])) == {"2": ["1", "7"]}


def test_without_being_told_they_hang_after_every_leaf():
    fork = [stage("1"), stage("2", "1"), stage("3", "1")]
    assert links(copied(CHAIN, ["1"], fork)) == {"1": ["2", "3"]}
    assert links(copied(CHAIN, ["1"], [])) == {"1": []}


def test_a_stage_that_always_runs_is_no_leaf():
    target = [stage("1"), stage("2", "1", **{"finally": True})]
    assert links(copied(CHAIN, ["1"], target)) == {"1": ["1"]}


def test_the_order_is_kept_through_stages_that_stay_behind():
    assert links(copied(CHAIN, ["1", "4"], [])) == {"1": [], "4": ["1"]}


def test_a_diamond_keeps_its_edges_and_gets_no_superfluous_ones():
    diamond = [stage("1"), stage("2", "1"), stage("3", "1"), stage("4", "2", "3")]
    assert links(copied(diamond, ["1", "2", "3", "4"], [])) == {
        "1": [],
        "2": ["1"],
        "3": ["1"],
        "4": ["2", "3"],
    }
    assert links(copied(diamond, ["1", "2", "4"], [])) == {"1": [], "2": ["1"], "4": ["2"]}
    assert links(copied(diamond, ["2", "3"], OURS)) == {"2": ["7"], "3": ["7"]}


def test_stages_without_ref_ids_are_numbered_on_both_sides():
    linear = [{"type": "a", "name": "A"}, {"type": "b", "name": "B"}]
    result = copied(linear, ["0", "1"], [{"type": "x", "name": "X"}, {"type": "y", "name": "Y"}])
    assert [(one["refId"], one["requisiteStageRefIds"]) for one in result.spec["stages"]] == [
        ("0", []),
        ("1", ["0"]),
        ("2", ["1"]),
        ("3", ["2"]),
    ]
    assert notes(result) == [("numbers-written", "$.stages")]


def test_names_are_made_unique():
    source = [stage("1", name="Ours"), stage("2", name="New"), stage("3", name="Ours"), stage("4", name="")]
    result = copied(source, ["1", "2", "3", "4"], [*OURS, stage("8", name="Ours (2)"), stage("9", name="")])
    assert [one["name"] for one in result.spec["stages"][4:]] == ["Ours (3)", "New", "Ours (4)", ""]
    assert [(note.code, note.path, note.stage) for note in result.notes] == [
        ("renamed", "$.stages[4].name", "Ours (3)"),
        ("renamed", "$.stages[6].name", "Ours (4)"),
    ]


def test_a_number_behind_a_name_counts_on():
    assert the_copy(copied([stage("1", name="A (2)")], ["1"], [stage("1", name="A (2)")]))["name"] == "A (3)"


def test_ids_inside_a_stage_are_new():
    source = [stage("1", id="s", notifications=[{"id": "n"}, {"type": "email"}])]
    one = the_copy(copied(source, ["1"], []))
    assert (one["id"], one["notifications"]) == ("new-1", [{"id": "new-2"}, {"type": "email"}])


CALLS = [
    ("${ #stage('Ours')['status'] }", "${ #stage('Ours (2)')['status'] }"),
    (
        'a ${#judgment("Ours")} b ${ #stage( "Ours" ) }',
        'a ${#judgment("Ours (2)")} b ${ #stage( "Ours (2)" ) }',
    ),
    ("${ #deployedServerGroups('Other', 'Ours') }", "${ #deployedServerGroups('Other', 'Ours (2)') }"),
    (
        "${ #manifestLabelValue('Ours', 'Ours', 'x') }",
        "${ #manifestLabelValue('Ours (2)', 'Ours', 'x') }",
    ),
    ("${ #stageByRefId('1').name }", "${ #stageByRefId('3').name }"),
    ("${ #stage('Ours').name == 'Ours' }", "${ #stage('Ours (2)').name == 'Ours' }"),
    ("#stage('Ours')", "#stage('Ours')"),
    ("${ #stage('Ours' }", "${ #stage('Ours' }"),
    ("${ #stage(parameters.x) }", "${ #stage(parameters.x) }"),
]


@pytest.mark.parametrize(("before", "after"), CALLS)
def test_copies_call_each_other_by_their_new_names(before, after):
    source = [stage("1", name="Ours"), stage("2", "1", text={"inner": [before]}, other=1)]
    result = copied(source, ["1", "2"], [stage("1", name="Ours"), stage("2", name="Other")])
    assert result.ref_ids["1"] == "3"
    assert the_copy(result)["text"] == {"inner": [after]}


def test_conditions_are_expressions_without_marks():
    source = [
        stage("1", name="Ours"),
        stage(
            "2",
            "1",
            stageEnabled={"type": "expression", "expression": "#judgment('Ours') == 'go'"},
            preconditions=[
                {"type": "expression", "context": {"expression": "#stage('Ours')"}},
                {"type": "stageStatus", "context": {"stageName": "Ours", "stageStatus": "SUCCEEDED"}},
            ],
        ),
    ]
    one = the_copy(copied(source, ["1", "2"], OURS))
    assert one["stageEnabled"]["expression"] == "#judgment('Ours (2)') == 'go'"
    assert one["preconditions"][0]["context"]["expression"] == "#stage('Ours (2)')"
    assert one["preconditions"][1]["context"]["stageName"] == "Ours (2)"


def test_a_quote_in_a_name_is_doubled():
    one = renamed({"x": "${ #stage('It''s') }", "y": '${ #stage("It\'s") }'}, {"It's": "It's (2)"}, {})
    assert one == {"x": "${ #stage('It''s (2)') }", "y": '${ #stage("It\'s (2)") }'}


def test_names_in_keys_are_rewritten_and_skipped_manifests_are_not():
    text = "${ #stage('A') }"
    given = {"skipExpressionEvaluation": True, "manifest": {"x": text}, "o": {text: 1}}
    assert renamed(given, {"A": "B"}, {}) == {**given, "o": {"${ #stage('B') }": 1}}


def test_what_is_left_behind_is_told():
    source = [
        stage("1", name="Gone"),
        stage("2", "1", name="Judge", type="manualJudgment"),
        stage("3", "2", x="${ #stage('Gone') } ${ #judgment('Judge') } ${ #stageByRefId('1') }"),
    ]
    result = copied(source, ["3"], OURS)
    assert {(note.code, note.path, note.stage) for note in result.notes} == {
        ("stage-not-copied", "$.stages[2].x", "Stage 3"),
        ("stage-of-target", "$.stages[2].x", "Stage 3"),
    }
    assert [note.message for note in result.notes][:2] == [
        "the stage 'Gone' (1) was not copied",
        "the stage 'Judge' (2) was not copied",
    ]


def test_a_name_that_is_another_stage_there_is_told():
    source = [stage("1", name="Ours", type="manualJudgment"), stage("2", "1", x="${ #judgment('Ours') }")]
    assert notes(copied(source, ["2"], OURS)) == [("stage-of-target", "$.stages[2].x")]


def test_precondition_on_a_stage_that_is_left_behind():
    awaited = [{"type": "stageStatus", "context": {"stageName": "Stage 1"}}]
    source = [stage("1"), stage("2", "1", preconditions=awaited)]
    assert notes(copied(source, ["2"], [])) == [
        ("stage-not-copied", "$.stages[0].preconditions[0].context.stageName")
    ]


@pytest.mark.parametrize(
    "text",
    ["${ #stageExists('Stage 1') ? #stage('Stage 1') : 1 }", "${ #stage('Nobody') }", "${ 1 + 1 }", "plain"],
)
def test_what_needs_no_telling(text):
    assert notes(copied([stage("1"), stage("2", "1", x=text)], ["2"], OURS)) == []


def test_a_copy_within_a_pipeline_may_still_refer_to_its_stages():
    source = [stage("1"), stage("2", "1", x="${ #stage('Stage 1') } ${ #stageByRefId('1') }")]
    result = copied(source, ["2"], source)
    assert notes(result) == []
    assert the_copy(result)["name"] == "Stage 2 (2)"
    assert the_copy(result)["x"] == source[1]["x"]


def test_a_variable_of_a_stage_that_is_left_behind():
    variables = {"type": "evaluateVariables", "variables": [{"key": "tag", "value": "1"}]}
    source = [stage("1", **variables), stage("2", "1", image="a:${ tag }", y="${ nobody }")]
    assert notes(copied(source, ["2"], [])) == [("variable-not-copied", "$.stages[0].image")]
    assert notes(copied(source, ["1", "2"], [])) == []
    assert notes(copied([source[0], {**source[1], "tag": "own"}], ["2"], [])) == []


def artifact(identity, name="shop", **keys):
    return {
        "id": identity,
        "displayName": name,
        "matchArtifact": {"id": f"{identity}-m", "name": name},
        **keys,
    }


def test_an_artifact_comes_along():
    source = {"stages": [stage("1", manifestArtifactId="a")], "expectedArtifacts": [artifact("a")]}
    result = copied(source, ["1"], {"stages": [], "expectedArtifacts": [artifact("b", "other")]})
    theirs, added = result.spec["expectedArtifacts"]
    assert theirs == artifact("b", "other")
    assert added["id"] == the_copy(result)["manifestArtifactId"]
    assert added["id"].startswith("new-")
    assert added["matchArtifact"]["id"] not in ("a-m", added["id"])
    assert notes(result) == [("artifact-copied", "$.expectedArtifacts[1]")]


def test_an_artifact_that_the_target_expects_too_is_the_targets():
    source = {"stages": [stage("1", requiredArtifactIds=["a"])], "expectedArtifacts": [artifact("a")]}
    target = {"stages": [], "expectedArtifacts": [artifact("b", "other"), artifact("c", boundArtifact={})]}
    result = copied(source, ["1"], target)
    assert the_copy(result)["requiredArtifactIds"] == ["c"]
    assert result.spec["expectedArtifacts"] == target["expectedArtifacts"]
    assert notes(result) == []


def test_the_same_id_for_another_artifact():
    source = {"stages": [stage("1", manifestArtifactId="a")], "expectedArtifacts": [artifact("a")]}
    result = copied(source, ["1"], {"stages": [], "expectedArtifacts": [artifact("a", "other")]})
    assert len(result.spec["expectedArtifacts"]) == 2
    assert the_copy(result)["manifestArtifactId"] == result.spec["expectedArtifacts"][1]["id"] != "a"


BAKED = [stage("1", expectedArtifacts=[artifact("made")]), stage("2", "1", manifestArtifactId="made")]


def test_an_artifact_that_a_copy_makes():
    result = copied(BAKED, ["1", "2"], [])
    baked, deployed = result.spec["stages"]
    assert baked["expectedArtifacts"][0]["id"] == deployed["manifestArtifactId"] != "made"
    assert notes(result) == []


def test_an_artifact_that_is_made_by_a_stage_that_is_left_behind():
    result = copied(BAKED, ["2"], [])
    assert the_copy(result)["manifestArtifactId"] == "made"
    assert notes(result) == [("artifact-not-copied", "$.stages[0]")]
    assert notes(copied(BAKED, ["2"], BAKED)) == []


def parameter(name, **keys):
    return {"name": name, "default": "x", **keys}


def test_parameters_come_along_with_those_on_which_they_depend():
    source = {
        "stages": [stage("1", x="${ parameters.a } ${ trigger['parameters']['b'] }")],
        "parameterConfig": [
            parameter("a", condition={"parameter": "c", "comparator": "=", "comparatorValue": "1"}),
            parameter("b"),
            parameter("c"),
            parameter("d"),
        ],
    }
    result = copied(source, ["1"], {"parameterConfig": [parameter("b")]})
    assert [one["name"] for one in result.spec["parameterConfig"]] == ["b", "a", "c"]
    assert notes(result) == [
        ("parameter-copied", "$.parameterConfig[1]"),
        ("parameter-copied", "$.parameterConfig[2]"),
    ]


def test_parameters_that_differ_or_that_nobody_declares():
    source = {
        "stages": [stage("1", x="${ parameters.a + parameters.b }")],
        "parameterConfig": [parameter("a")],
    }
    result = copied(source, ["1"], {"parameterConfig": [parameter("a", default="y")]})
    assert result.spec["parameterConfig"] == [parameter("a", default="y")]
    assert notes(result) == [("parameter-differs", "$.stages[0].x"), ("parameter-unknown", "$.stages[0].x")]


def test_parameters_of_an_artifact_that_comes_along():
    source = {
        "stages": [stage("1", manifestArtifactId="a")],
        "expectedArtifacts": [artifact("a", defaultArtifact={"version": "${ parameters.tag }"})],
        "parameterConfig": [parameter("tag")],
    }
    result = copied(source, ["1"], {})
    assert result.spec["parameterConfig"] == [parameter("tag")]


def test_another_evaluator_is_told():
    source = {"stages": [stage("1")], "spelEvaluator": "v4"}
    assert notes(copied(source, ["1"], {})) == [("evaluator-differs", "$.spelEvaluator")]
    assert notes(copied(source, ["1"], {"spelEvaluator": "v4"})) == []


@pytest.mark.parametrize(
    ("ref_ids", "target", "after"),
    [(["9"], OURS, None), (["1"], OURS, ["9"]), (["1"], {"stages": "x"}, None)],
)
def test_what_cannot_be_copied_is_refused(ref_ids, target, after):
    with pytest.raises(SpecError):
        copied(CHAIN, ref_ids, target, after=after)


def test_copying_nothing_changes_nothing():
    linear = {"stages": [{"type": "a"}], "spelEvaluator": "v4"}
    assert copied(CHAIN, [], linear).spec == linear


@st.composite
def graphs(draw):
    stages = []
    for number in range(draw(st.integers(1, 8))):
        chosen = draw(st.lists(st.sampled_from(range(number)), unique=True)) if number else []
        stages.append(stage(str(number), *map(str, chosen), name=draw(st.sampled_from("ABCD"))))
    return draw(st.permutations(stages))


@settings(deadline=None)
@given(st.data(), graphs(), graphs())
def test_the_order_between_chosen_stages_is_that_of_the_source(data, source, target):
    chosen = data.draw(st.lists(st.sampled_from([one["refId"] for one in source]), unique=True))
    result = copied(source, chosen, target)
    before, after = outline({"stages": source}), outline(result.spec)
    assert len({one["refId"] for one in result.spec["stages"]}) == len(target) + len(chosen)
    assert result.spec["stages"][: len(target)] == target
    for one, other in itertools.permutations(chosen, 2):
        there = after.by_ref_id[result.ref_ids[other]].index
        here = after.by_ref_id[result.ref_ids[one]].index
        was = before.by_ref_id[one].index in before.ancestors(before.by_ref_id[other].index)
        assert (here in after.ancestors(there)) == was
    names = [one["name"] for one in result.spec["stages"][len(target) :]]
    assert len(set(names)) == len(names)
    assert not {*names} & {one["name"] for one in target}
    leaves = {one["refId"] for one in target} - {ref for one in target for ref in one["requisiteStageRefIds"]}
    own = {*result.ref_ids.values()}
    for one in result.spec["stages"][len(target) :]:
        waits = {*one["requisiteStageRefIds"]}
        assert waits == leaves or (waits and waits <= own)


SCALARS = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["", "1", "a", "${ #stage('a') }"])
KEYS = st.sampled_from(["id", "name", "refId", "context", "stageName", "expression", "type", "key"])
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)
STAGE = st.dictionaries(
    st.sampled_from(
        [
            "refId",
            "requisiteStageRefIds",
            "name",
            "type",
            "preconditions",
            "stageEnabled",
            "expectedArtifacts",
            "inputArtifacts",
            "variables",
            "notifications",
        ]
    ),
    JSON,
)
JUNK = st.fixed_dictionaries(
    {"stages": st.lists(STAGE | SCALARS, max_size=4)},
    optional={"parameterConfig": JSON, "expectedArtifacts": JSON, "spelEvaluator": SCALARS},
)


@settings(deadline=None)
@given(JUNK, JUNK)
def test_nothing_that_pipelines_may_contain_raises(source, target):
    chosen = [*outline(source).by_ref_id]
    result = copied(source, chosen, target)
    json.dumps([note.to_dict() for note in result.notes])
    assert len(result.spec["stages"]) == len(target["stages"]) + len(chosen)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_all_stages_of_a_real_pipeline_in_an_empty_one_are_that_pipeline(file):
    raw = json.loads(file.read_text())
    if not isinstance(raw, dict) or not isinstance(raw.get("stages"), list) or not raw["stages"]:
        pytest.skip("not a pipeline by itself")
    chosen = [item.ref_id for item in outline(raw).items]
    result = copied(raw, chosen, {"application": "a", "name": "n", "spelEvaluator": raw.get("spelEvaluator")})
    expected, found = catalog.load(raw), catalog.load(result.spec)
    about_stages = {one.code for one in expected.problems if one.path.startswith("$.stages")}
    assert {one.code for one in found.errors} <= {one.code for one in expected.errors}
    assert {one.code for one in found.problems if one.path.startswith("$.stages")} <= about_stages
    assert [[result.ref_ids[ref_id] for ref_id in expected.graph[old].requisites] for old in chosen] == [
        [*found.graph[result.ref_ids[old]].requisites] for old in chosen
    ]
