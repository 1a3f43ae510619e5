"""Each class of risk: what brings it, and what looks alike and does not."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from gennaker.spec import risks
from gennaker.spec.compare import compare
from gennaker.spec.risks import RISKS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "risks.md"


def stage(ref_id, *requisites, **keys):
    named = {"type": "wait", "name": f"Stage {ref_id}"}
    return {"refId": ref_id, "requisiteStageRefIds": [*requisites], **named, **keys}


def judgment(ref_id, *requisites, **keys):
    return stage(ref_id, *requisites, type="manualJudgment", name=f"Ask {ref_id}", **keys)


def deploy(ref_id, *requisites, **keys):
    return stage(ref_id, *requisites, type="deployManifest", name=f"Deploy {ref_id}", **keys)


def found(before, after):
    return [(risk.kind, risk.path) for risk in compare(before, after).risks]


def kinds(before, after):
    return {risk.kind for risk in compare(before, after).risks}


def in_stages(before, after):
    return found({"stages": before}, {"stages": after})


def changed(before, after, **keys):
    """Return the risks of a stage that had these keys and has those."""
    return in_stages([{**stage("1"), **keys, **before}], [{**stage("1"), **keys, **after}])


GUARDED = [deploy("1"), judgment("2", "1"), deploy("3", "2"), deploy("4", "3")]


def test_a_judgment_that_is_gone():
    after = [deploy("1"), deploy("3", "1"), deploy("4", "3")]
    (risk, *_) = compare({"stages": GUARDED}, {"stages": after}).risks
    assert risk.to_dict() == {
        "class": "approval-removed",
        "message": "nobody is asked any more",
        "path": "$.stages[1]",
        "stage": "Ask 2",
    }
    changes = compare({"stages": GUARDED}, {"stages": after}).changes
    assert [change.risk for change in changes if change.kind == "stage-removed"] == ["approval-removed"]


def test_a_judgment_that_became_another_stage():
    after = [GUARDED[0], {**GUARDED[1], "type": "wait"}, *GUARDED[2:]]
    assert in_stages(GUARDED, after) == [("approval-removed", "$.stages[1].type")]


def test_a_judgment_that_is_bypassed_is_told_at_the_first_stage_that_goes_free():
    after = [deploy("1"), judgment("2", "1"), deploy("3", "1"), deploy("4", "3")]
    comparison = compare({"stages": GUARDED}, {"stages": after})
    (risk,) = comparison.risks
    assert (risk.kind, risk.path, risk.stage) == (
        "approval-removed",
        "$.stages[2].requisiteStageRefIds",
        "Deploy 3",
    )
    assert risk.message == "the stage no longer waits for 'Ask 2'"
    assert {change.kind: change.risk for change in comparison.changes} == {
        "edge-removed": "approval-removed",
        "edge-added": "approval-removed",
    }


def test_a_judgment_that_moves_on_is_bypassed_by_what_it_passed():
    after = [deploy("1"), deploy("3", "1"), judgment("2", "3"), deploy("4", "2")]
    assert in_stages(GUARDED, after) == [("approval-removed", "$.stages[1].requisiteStageRefIds")]


def test_a_judgment_that_only_has_another_number_is_still_there():
    after = [deploy("1"), {**judgment("9", "1"), "name": "Ask 2"}, deploy("3", "9"), deploy("4", "3")]
    assert in_stages(GUARDED, after) == []


def test_a_stage_in_between_bypasses_nothing():
    after = [*GUARDED[:2], stage("5", "2"), deploy("3", "5"), deploy("4", "3")]
    assert in_stages(GUARDED, after) == []


def test_a_new_stage_that_does_unasked_what_all_others_ask_for():
    guarded = [judgment("1"), deploy("2", "1")]
    assert in_stages(guarded, [*guarded, deploy("3")]) == [("approval-removed", "$.stages[2]")]
    assert in_stages(guarded, [*guarded, deploy("3", "2")]) == []
    assert in_stages(guarded, [*guarded, stage("3")]) == []
    assert in_stages(GUARDED, [*GUARDED, deploy("5")]) == []


def weaker(before, after):
    return [kind for kind, _ in changed(before, after, type="manualJudgment")]


def approval(**keys):
    return {"approval": keys}


WEAKER = [
    (approval(approvers=["a"]), approval(approvers=["a", "b"])),
    (approval(approvers=["a"]), approval(approvers=[])),
    (approval(approvers=["a"]), {}),
    (approval(groups=["a"]), approval(groups=["b"])),
    (approval(approvers=["a"]), approval(approvers=["a"], groups=["all"])),
    (approval(approvers=["a", "b"], mode="all"), approval(approvers=["a"], mode="all")),
    (approval(quorum=2), approval(quorum=1)),
    (approval(quorum=2), approval()),
    (approval(mode="all"), approval(mode="any")),
    (approval(mode="sequential"), approval(mode="all")),
    (approval(preventSelfApproval=True), approval(preventSelfApproval=False)),
    (approval(onTimeout="stop"), approval(onTimeout="continue")),
    ({"preventSelfApproval": True}, {}),
    ({"selectedStageRoles": ["a"]}, {"selectedStageRoles": ["a", "b"]}),
    ({"requiredJudgmentRoles": ["a"]}, {}),
    ({}, {"stageEnabled": {"type": "expression", "expression": "false"}}),
    ({}, {"startTimeExpiry": 1}),
]
NO_WEAKER = [
    (approval(approvers=["a", "b"]), approval(approvers=["a"])),
    (approval(), approval(approvers=["a"])),
    ({}, approval(quorum=2, mode="all", preventSelfApproval=True)),
    (approval(quorum="x"), approval(quorum="y")),
    ({"selectedStageRoles": ["a", "b"]}, {"selectedStageRoles": ["b"]}),
    ({"stageEnabled": {"type": "expression", "expression": "x"}}, {}),
    ({"instructions": "a", "judgmentInputs": []}, {"instructions": "b", "judgmentInputs": [{"value": "x"}]}),
]


@pytest.mark.parametrize(("before", "after"), WEAKER)
def test_a_judgment_that_is_easier_to_pass(before, after):
    assert "approval-weakened" in weaker(before, after)


@pytest.mark.parametrize(("before", "after"), NO_WEAKER)
def test_a_judgment_that_is_as_hard_to_pass(before, after):
    assert weaker(before, after) == []


@pytest.mark.parametrize("key", ["continuePipeline", "markSuccessfulOnTimeout"])
def test_a_no_that_is_as_good_as_a_yes(key):
    assert weaker({}, {key: True}) == ["approval-weakened", "failure-ignored"]


HALT, BRANCH = {"failPipeline": True, "continuePipeline": False}, {"failPipeline": False}
THEN_FAIL, IGNORE = {**BRANCH, "completeOtherBranchesThenFail": True}, {**BRANCH, "continuePipeline": True}


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ({}, BRANCH, "failPipeline"),
        (HALT, IGNORE, "failPipeline"),
        (HALT, THEN_FAIL, "failPipeline"),
        (THEN_FAIL, BRANCH, "completeOtherBranchesThenFail"),
        (BRANCH, IGNORE, "continuePipeline"),
        ({}, {"markSuccessfulOnTimeout": True}, "markSuccessfulOnTimeout"),
        ({}, {"markSuccessfulOnTimeout": "${ x }"}, "markSuccessfulOnTimeout"),
        ({"failOnFailedExpressions": True}, {"failOnFailedExpressions": False}, "failOnFailedExpressions"),
        ({"failOnFailedExpressions": "true"}, {}, "failOnFailedExpressions"),
    ],
)
def test_a_failure_that_means_less(before, after, key):
    assert changed(before, after) == [("failure-ignored", f"$.stages[0].{key}")]
    assert changed(after, before) == []


def test_the_same_policy_written_otherwise():
    assert changed({}, HALT) == []


def enabled(expression, **keys):
    return {"stageEnabled": {"type": "expression", "expression": expression, **keys}}


def test_a_condition_that_is_gone_or_another():
    place = [("condition-removed", "$.stages[0].stageEnabled")]
    assert changed(enabled("a"), {}) == place
    assert changed(enabled("a"), enabled("b")) == place
    assert changed(enabled("a"), enabled("a", type="other")) == place
    assert changed({}, enabled("a")) == changed(enabled("a"), enabled(" a ")) == []


def preconditions(*items):
    return {"type": "checkPreconditions", "preconditions": [*items]}


def expects(expression, message="no", **keys):
    return {"type": "expression", "context": {"expression": expression, "failureMessage": message}, **keys}


def test_a_precondition_that_is_gone_or_another():
    place = [("condition-removed", "$.stages[0].preconditions")]
    assert changed(preconditions(expects("a"), expects("b")), preconditions(expects("b"))) == place
    assert changed(preconditions(expects("a")), preconditions(expects("b"))) == place
    assert changed(preconditions(expects("a")), preconditions(expects("b"), expects("a", "why"))) == []


def test_a_precondition_that_halts_less():
    lenient = expects("a", failPipeline=False)
    assert changed(preconditions(expects("a")), preconditions(lenient)) == [
        ("failure-ignored", "$.stages[0].preconditions")
    ]


def test_preconditions_that_are_removed_or_bypassed():
    before = [stage("1", type="checkPreconditions"), stage("2", "1")]
    assert in_stages(before, [stage("2")]) == [("condition-removed", "$.stages[0]")]
    assert in_stages(before, [before[0], stage("2")]) == [
        ("condition-removed", "$.stages[1].requisiteStageRefIds")
    ]


def test_an_execution_window():
    def window(on, **keys):
        return {"restrictExecutionDuringTimeWindow": on, "restrictedExecutionWindow": {"days": [2], **keys}}

    switch, times = (
        "$.stages[0].restrictExecutionDuringTimeWindow",
        "$.stages[0].restrictedExecutionWindow",
    )
    assert changed(window(True), window(False)) == [("window-removed", switch)]
    assert changed(window(True), {}) == [("window-removed", switch)]
    assert changed(window(True), window(True, days=[2, 3])) == [("window-removed", times)]
    assert changed(window(True), window(True, timezone="Asia/Shanghai")) == [("window-removed", times)]
    assert changed(window(True), window(True, jitter={"enabled": True})) == []
    assert changed(window(False), window(False, days=[])) == changed({}, window(True)) == []


def test_a_rollback_that_is_off():
    on, off = {"rollback": {"onFailure": True}}, {"rollback": {"onFailure": False}}
    assert found(on, off) == [("rollback-removed", "$.rollback.onFailure")]
    assert found(on, {}) == [("rollback-removed", "$.rollback")]
    assert found(off, on) == found(off, {}) == []
    assert changed({"clusters": [on]}, {"clusters": [off]}) == [
        ("rollback-removed", "$.stages[0].clusters[0].rollback.onFailure")
    ]
    undo = stage("2", "1", type="undoRolloutManifest")
    assert in_stages([stage("1"), undo], [stage("1")]) == [("rollback-removed", "$.stages[1]")]


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"account": "a"}, {"account": "b"}, "account"),
        ({"account": "a"}, {}, "account"),
        ({}, {"namespaceOverride": "x"}, "namespaceOverride"),
        ({"location": "a"}, {"location": "b"}, "location"),
        ({"regions": ["a"]}, {"regions": ["a", "b"]}, "regions[1]"),
        ({"moniker": {"cluster": "a"}}, {"moniker": {"cluster": "b"}}, "moniker.cluster"),
        ({"clusters": [{"region": "a"}]}, {"clusters": [{"region": "b"}]}, "clusters[0].region"),
        ({"type": "pipeline", "pipeline": "a"}, {"type": "pipeline", "pipeline": "b"}, "pipeline"),
        ({"application": "a"}, {"application": "b"}, "application"),
        (
            {"manifests": [{"metadata": {"namespace": "a"}}]},
            {"manifests": [{"metadata": {"namespace": "b"}}]},
            "manifests[0].metadata.namespace",
        ),
        (
            {"type": "airflow", "arguments": {"http_conn_id": "a"}},
            {"type": "airflow", "arguments": {"http_conn_id": "b"}},
            "arguments.http_conn_id",
        ),
    ],
)
def test_another_target(before, after, path):
    assert changed(before, after) == [("target-changed", f"$.stages[0].{path}")]


def test_another_target_is_named():
    before, after = {"stages": [stage("1", account="a")]}, {"stages": [stage("1", account="b")]}
    assert compare(before, after).risks[0].message == "`account` was 'a' and is 'b'"
    assert compare(after, {"stages": [stage("1")]}).risks[0].message == "`account` was 'b' and is not given"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"manifests": [{"spec": {"region": "a"}}]}, {"manifests": [{"spec": {"region": "b"}}]}),
        ({"payload": {"account": "a"}}, {"payload": {"account": "b"}}),
        ({"waitTime": 1}, {"waitTime": 2}),
    ],
)
def test_what_only_looks_like_a_target(before, after):
    assert changed(before, after) == []


def test_another_strategy():
    traffic = [{"trafficManagement": {"enabled": True}}, {"trafficManagement": {"enabled": False}}]
    assert changed(*traffic) == [("strategy-changed", "$.stages[0].trafficManagement.enabled")]
    assert changed({"clusters": [{"strategy": "redblack"}]}, {"clusters": [{"strategy": ""}]}) == [
        ("strategy-changed", "$.stages[0].clusters[0].strategy")
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"allowDeleteActive": True}),
        ({"allowScaleDownActive": False}, {"allowScaleDownActive": True}),
        ({}, {"targetHealthyRollbackPercentage": 50}),
        ({"shrinkToSize": 3}, {"shrinkToSize": 1}),
        ({"remainingEnabledServerGroups": "2"}, {"remainingEnabledServerGroups": "${ x }"}),
        ({"clusters": [{"maxRemainingAsgs": 2}]}, {"clusters": [{"maxRemainingAsgs": 1}]}),
    ],
)
def test_less_of_a_traffic_guard(before, after):
    assert [kind for kind, _ in changed(before, after)] == ["traffic-guard-removed"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"allowDeleteActive": True}, {"allowDeleteActive": False}),
        ({"allowDeleteActive": True}, {}),
        ({"shrinkToSize": 1}, {"shrinkToSize": 2}),
        ({"targetHealthyDeployPercentage": 50}, {}),
    ],
)
def test_no_less_of_a_traffic_guard(before, after):
    assert changed(before, after) == []


def test_another_address():
    assert changed({"url": "https://a"}, {"url": "https://b"}) == [("url-changed", "$.stages[0].url")]
    assert changed({"payload": {"url": "a"}}, {"payload": {"url": "b"}}) == []


def triggers(*given):
    return {"triggers": [*given]}


def trigger(**keys):
    return {"id": "t", "type": "webhook", "enabled": True, "source": "s", **keys}


def test_a_pipeline_that_now_starts_by_itself():
    place = [("trigger-added", "$.triggers[0]")]
    assert found({}, triggers(trigger())) == place
    assert found(triggers(trigger(enabled=False)), triggers(trigger())) == place
    assert found({}, triggers(trigger(enabled=False))) == []
    assert found(triggers(trigger()), triggers(trigger(id="other"), trigger())) == place
    assert (
        found(triggers(trigger()), {}) == found(triggers(trigger()), triggers(trigger(enabled=False))) == []
    )


def test_a_trigger_for_other_events():
    assert found(triggers(trigger()), triggers(trigger(source="x"))) == [
        ("trigger-changed", "$.triggers[0].source")
    ]
    assert found(triggers(trigger(branch="a")), triggers(trigger())) == [
        ("trigger-changed", "$.triggers[0].branch")
    ]
    assert found(triggers(trigger(description="a")), triggers(trigger(description="b"))) == []
    off = [triggers(trigger(enabled=False, source=name)) for name in "ab"]
    assert found(*off) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"payloadConstraints": {"a": "x"}}, {"payloadConstraints": {}}),
        ({"payloadConstraints": {"a": "x"}}, {"payloadConstraints": {"a": ".*"}}),
        ({"attributeConstraints": {"a": "x"}}, {}),
        ({"secret": "x"}, {}),
        ({"secret": "x"}, {"secret": ""}),
        ({"expectedArtifactIds": ["a"]}, {"expectedArtifactIds": []}),
        ({"expectedArtifactIds": ["a"]}, {"expectedArtifactIds": ["a", "b"]}),
    ],
)
def test_less_of_a_constraint(before, after):
    (risk,) = compare(triggers(trigger(**before)), triggers(trigger(**after))).risks
    assert risk.kind == "trigger-constraint-removed"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"payloadConstraints": {}}, {"payloadConstraints": {"a": "x"}}),
        ({"secret": "x"}, {"secret": "y"}),
        ({}, {"expectedArtifactIds": ["a"]}),
    ],
)
def test_no_less_of_a_constraint(before, after):
    assert found(triggers(trigger(**before)), triggers(trigger(**after))) == []


def test_no_message_tells_a_secret():
    before = triggers(trigger(payloadConstraints={"token": "s3cr3t"}, secret="s3cr3t"))
    after = triggers(trigger(payloadConstraints={"token": "0th3r"}))
    told = " ".join(risk.message for risk in compare(before, after).risks)
    assert "token" in told
    assert "s3cr3t" not in told
    assert "0th3r" not in told


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ({"limitConcurrent": True}, {"limitConcurrent": False}, "limitConcurrent"),
        ({"limitConcurrent": True}, {}, "limitConcurrent"),
        (
            {"limitConcurrent": True},
            {"limitConcurrent": False, "maxConcurrentExecutions": 3},
            "limitConcurrent",
        ),
        ({"maxConcurrentExecutions": 2}, {"maxConcurrentExecutions": 3}, "maxConcurrentExecutions"),
        ({"maxConcurrentExecutions": "2"}, {}, "maxConcurrentExecutions"),
    ],
)
def test_more_runs_at_a_time(before, after, key):
    assert found(before, after) == [("parallel-allowed", f"$.{key}")]
    assert found(after, before) == []


def test_a_limit_that_is_no_number():
    assert found({"maxConcurrentExecutions": "${ x }"}, {"maxConcurrentExecutions": []}) == []


def test_other_people_or_another_account():
    assert found({"roles": ["a"]}, {"roles": ["b"]})[0] == ("access-changed", "$.roles[0]")
    assert found({}, {"serviceAccount": "a"}) == [("access-changed", "$.serviceAccount")]
    assert found(triggers(trigger()), triggers(trigger(runAsUser="root"))) == [
        ("access-changed", "$.triggers[0].runAsUser")
    ]
    assert changed({}, {"propagateAuthenticationContext": True}) == [
        ("access-changed", "$.stages[0].propagateAuthenticationContext")
    ]


def test_a_secret_that_is_shown():
    before, after = ({"parameterConfig": [{"name": "a", "type": kind}]} for kind in ("secret", "string"))
    assert found(before, after) == [("secret-exposed", "$.parameterConfig[0].type")]
    assert found(after, before) == []


def test_the_gravest_come_first_and_each_place_once_for_each_class():
    before = {"stages": GUARDED, "limitConcurrent": True}
    after = {"stages": [deploy("1"), {**deploy("3", "1"), "url": "x"}, deploy("4", "3")]}
    all_ = found(before, after)
    assert [RISKS.index(kind) for kind, _ in all_] == sorted(RISKS.index(kind) for kind, _ in all_)
    assert len(all_) == len(set(all_))
    assert {"approval-removed", "url-changed", "parallel-allowed"} <= kinds(before, after)


def test_a_risk_marks_the_changes_that_bring_it_and_no_others():
    after = copy.deepcopy(GUARDED)
    after[2] |= {"account": "b", "comments": "x"}
    before = copy.deepcopy(GUARDED)
    before[2]["account"] = "a"
    changes = compare({"stages": before}, {"stages": after}).changes
    assert {change.path: change.risk for change in changes} == {
        "$.stages[2].account": "target-changed",
        "$.stages[2].comments": None,
    }


def test_every_class_is_explained():
    rows = [line.split("``")[1] for line in (risks.__doc__ or "").splitlines() if line.startswith("``")]
    assert rows == [*RISKS]
    listed = [line.split("`")[1] for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert listed == [*RISKS]
