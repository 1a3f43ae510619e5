"""What bare names mean, and which stages are touched to find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gennaker.errors import Temporary
from gennaker.expr import StageContext, evaluate, evaluate_expression
from gennaker.expr.root import build_root


class LazyStage(Mapping[str, Any]):
    """A stage whose status, context and outputs are loaded, which a test wants to know."""

    CHEAP = frozenset({"id", "refId", "name", "type", "requisiteStageRefIds"})

    def __init__(self, loaded: list[str], **values: Any) -> None:
        self._loaded, self._values = loaded, values

    def __getitem__(self, key: str) -> Any:
        if key not in self._values:
            raise KeyError(key)
        if key not in self.CHEAP:
            self._loaded.append(self._values["refId"])
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("a stage must not be iterated over")

    def __len__(self) -> int:
        raise AssertionError("a stage must not be counted")


@pytest.fixture
def loaded() -> list[str]:
    return []


@pytest.fixture
def execution(loaded: list[str]) -> dict[str, Any]:
    """1 <- 2 <- 4, 3 <- 4; 5 stands alone."""

    def stage(ref: str, before: tuple[str, ...] = (), **outputs: Any) -> LazyStage:
        return LazyStage(
            loaded,
            refId=ref,
            name=f"S{ref}",
            requisiteStageRefIds=before,
            outputs=outputs,
            status="SUCCEEDED",
        )

    stages = [
        stage("1", both="far", one=1),
        stage("2", ("1",), both="near", two=2),
        stage("3", three=None),
        stage("4", ("2", "3"), own="mine"),
        stage("5", five=5),
    ]
    trigger = {"type": "manual", "parameters": {"p": "v"}}
    return {"id": "e", "stages": stages, "trigger": trigger, "templateVariables": {"t": 1}}


def test_the_nearest_output_wins_and_nothing_further_is_touched(execution: Any, loaded: list[str]) -> None:
    assert evaluate_expression("both", {}, execution=execution, stage="4") == "near"
    assert loaded == ["2"]


def test_an_output_that_is_null_counts_as_there(execution: Any, loaded: list[str]) -> None:
    assert evaluate_expression("three", {}, execution=execution, stage="4") is None
    assert loaded == ["2", "3"]


def test_outputs_come_only_from_stages_before(execution: Any, loaded: list[str]) -> None:
    assert evaluate_expression("five", {}, execution=execution, stage="4") is None
    assert loaded == ["2", "3", "1"]


def test_own_keys_need_no_stage(execution: Any, loaded: list[str]) -> None:
    assert (
        evaluate("${a}-${parameters.p}-${trigger.type}", {"a": 1}, execution=execution, stage="4")
        == "1-v-manual"
    )
    assert loaded == []


def test_a_named_stage_touches_only_itself(execution: Any, loaded: list[str]) -> None:
    assert evaluate_expression("#stage('S5').outputs.five", {}, execution=execution, stage="4") == 5
    assert (
        evaluate_expression("execution.stages.?[name == 'S1'][0].outputs.one", {}, execution=execution) == 1
    )
    assert loaded == ["5", "1"]


def test_an_own_key_wins_over_outputs_but_not_over_the_execution(execution: Any) -> None:
    own = {"both": "own", "parameters": {"p": "stage's own"}, "templateVariables": {"t": 2}}
    context = StageContext(own, execution, "4")
    assert context["both"] == "own"
    assert context["parameters"] == {"p": "v"}
    assert context["templateVariables"] == {"t": 1}
    assert context["execution"] is execution
    assert context["trigger"] is execution["trigger"]
    assert context["scmInfo"] is None


def test_a_jenkins_stage_reads_the_runs_parameters(execution: Any) -> None:
    stage = {"parameters": {"p": "${parameters.p}"}}
    assert evaluate(stage, stage, execution=execution, stage="4") == {"parameters": {"p": "v"}}


def test_a_run_without_parameters_has_an_empty_map() -> None:
    assert StageContext({})["parameters"] == {}
    assert StageContext({"trigger": {"parameters": {"a": 1}}})["parameters"] == {"a": 1}
    assert StageContext({"trigger": {"parameters": {"a": 1}}, "parameters": {"b": 2}})["parameters"] == {
        "b": 2
    }
    assert StageContext({}, {"parameters": {"c": 3}})["parameters"] == {"c": 3}


def test_it_is_a_mapping(execution: Any, loaded: list[str]) -> None:
    context = StageContext({"a": 1}, execution, "4")
    assert set(context) == {"a", "execution", "trigger", "parameters", "templateVariables", "scmInfo"}
    assert len(context) == 6
    assert loaded == []
    assert "both" in context
    assert "nowhere" not in context
    assert 7 not in context
    assert context.get("nowhere", "d") == "d"
    assert "a" in repr(context)
    with pytest.raises(KeyError):
        context["nowhere"]


def test_the_stage_is_found_by_ref_id_or_id() -> None:
    stages = [
        {"refId": 1, "id": "x", "outputs": {"k": "v"}},
        {"refId": 2, "id": "y", "requisiteStageRefIds": [1]},
    ]
    for key in ("2", "y"):
        assert StageContext({}, {"stages": stages}, key)["k"] == "v"
    assert "k" not in StageContext({}, {"stages": stages}, "z")


def test_a_circle_of_stages_ends() -> None:
    stages = [
        {"refId": "1", "requisiteStageRefIds": ["2"]},
        {"refId": "2", "requisiteStageRefIds": ["1", "9"]},
    ]
    assert "k" not in StageContext({}, {"stages": stages}, "1")


def test_a_child_sees_what_its_parent_sees() -> None:
    stages = [
        {"refId": "1", "outputs": {"k": "v"}},
        {"refId": "2", "id": "p", "requisiteStageRefIds": ["1"]},
        {"refId": "2<1", "parentStageId": "p"},
    ]
    assert StageContext({}, {"stages": stages}, "2<1")["k"] == "v"


@pytest.mark.parametrize(
    ("branches", "expected"),
    [
        ([], None),
        (["b1"], "b1"),
        (["b1", "master"], "b1"),
        (["master", "b1"], "b1"),
        (["develop", "master"], "develop"),
        (["b1", "b2"], "b1"),
    ],
)
def test_scm_info(branches: list[str], expected: str | None) -> None:
    commits = [{"branch": branch} for branch in branches]
    for context in (
        {"trigger": {"buildInfo": {"scm": commits}}},
        {"buildInfo": {"scm": commits}},
        {"scmInfo": commits},
    ):
        found = StageContext(context)["scmInfo"]
        assert (found and found["branch"]) == expected
    assert StageContext({"scmInfo": {"branch": "x"}, "buildInfo": "<html>"})["scmInfo"] == {"branch": "x"}


def test_a_context_that_is_ready_is_kept() -> None:
    context = StageContext({"a": 1})
    assert build_root(context) is context


def test_a_load_that_may_pass_later_is_not_swallowed(loaded: list[str]) -> None:
    class Broken(LazyStage):
        def __getitem__(self, key: str) -> Any:
            if key == "outputs":
                raise Temporary("the API server does not answer")
            return super().__getitem__(key)

    stages = [Broken(loaded, refId="1"), LazyStage(loaded, refId="2", requisiteStageRefIds=["1"])]
    with pytest.raises(Temporary):
        evaluate("${x}", {}, execution={"stages": stages}, stage="2")
