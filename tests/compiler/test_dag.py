from __future__ import annotations

from typing import Any

import pytest
from airflow.models.serialized_dag import SerializedDagModel

from gennaker.compiler.dag import UNLIMITED
from gennaker.errors import CompileError, SpecError
from gennaker.stages.noop import Noop
from tests.compiler.pipelines import (
    FINALLY,
    HALT_BRANCH,
    IGNORE,
    THEN_FAIL,
    compiled,
    serialized,
    stage,
)


def test_a_stage_is_one_task_named_after_its_ref_id_and_shown_by_its_name() -> None:
    dag = compiled(stage("1", name="Bake it"), stage("a/b", "1", name="Roll out 部署"))

    assert {t.task_id: t.task_display_name for t in dag.tasks} == {
        "stage-1": "Bake it",
        "stage-a-b": "Roll out 部署",
    }


def test_stages_wait_for_their_requisites() -> None:
    dag = compiled(stage("a"), stage("b", "a"), stage("c", "a"), stage("d", "b c"))

    assert {t.task_id: t.upstream_task_ids for t in dag.tasks} == {
        "stage-a": set(),
        "stage-b": {"stage-a"},
        "stage-c": {"stage-a"},
        "stage-d": {"stage-b", "stage-c"},
    }


def test_stages_without_ref_ids_run_one_after_the_other() -> None:
    dag = compiled(*({"type": "noop", "name": name} for name in "xyz"))

    assert [(t.task_id, t.upstream_task_ids) for t in dag.topological_sort()] == [
        ("stage-0", set()),
        ("stage-1", {"stage-0"}),
        ("stage-2", {"stage-1"}),
    ]


def test_every_stage_lets_skipped_stages_pass() -> None:
    dag = compiled(stage("a"), stage("b", "a", **IGNORE), stage("c", "b", **THEN_FAIL))

    assert {t.trigger_rule.value for t in dag.tasks} == {"none_failed"}


def test_no_task_may_skip_another() -> None:
    dag = compiled(stage("a"), stage("ask", "a", type="manualJudgment"), stage("b", "ask", **HALT_BRANCH))

    assert not any(t.inherits_from_skipmixin for t in dag.tasks)


@pytest.mark.parametrize("options", [{}, IGNORE, THEN_FAIL])
def test_leaf_states_judge_a_run_where_they_judge_right(options: dict[str, Any]) -> None:
    assert "verdict" not in compiled(stage("a", **options), stage("b", "a"), stage("c", "a")).task_dict


@pytest.mark.parametrize(
    "stages",
    [
        [stage("a", **HALT_BRANCH)],
        [
            stage(
                "a", type="checkPreconditions", preconditions=[{"type": "expression", "failPipeline": False}]
            )
        ],
    ],
    ids=["halted branch", "precondition"],
)
def test_a_verdict_judges_a_run_where_leaf_states_would_judge_wrongly(stages: list[dict[str, Any]]) -> None:
    dag = compiled(*stages)
    verdict = dag.task_dict["verdict"]

    assert not verdict.is_teardown
    assert verdict.trigger_rule.value == "all_done"
    assert verdict.upstream_task_ids == set(dag.task_dict) - {"verdict"}
    assert not verdict.downstream_task_ids


@pytest.mark.parametrize("options", [{}, IGNORE, HALT_BRANCH, THEN_FAIL])
@pytest.mark.parametrize("others", [[], [stage("a")], [stage("a", **HALT_BRANCH)]])
def test_beside_finally_stages_the_verdict_is_the_teardown_that_judges_the_run(
    others: list[dict[str, Any]], options: dict[str, Any]
) -> None:
    dag = compiled(*others, stage("clean", **FINALLY, **options))
    verdict = dag.task_dict["verdict"]

    assert verdict.is_teardown
    assert verdict.on_failure_fail_dagrun
    assert verdict.trigger_rule.value == "all_done_setup_success"
    assert verdict.upstream_task_ids == set(dag.task_dict) - {"verdict"}
    assert not verdict.downstream_task_ids


def test_a_finally_stage_is_a_teardown_that_does_not_judge_the_run() -> None:
    clean = compiled(stage("a"), stage("clean", "a", **FINALLY)).task_dict["stage-clean"]

    assert clean.is_teardown
    assert not clean.on_failure_fail_dagrun
    assert clean.trigger_rule.value == "all_done_setup_success"


def test_a_finally_stage_without_requisites_waits_for_all_stages_that_are_not_finally() -> None:
    dag = compiled(stage("first", **FINALLY), stage("a"), stage("b", "a"), stage("last", **FINALLY))

    assert dag.task_dict["stage-first"].upstream_task_ids == {"stage-a", "stage-b"}
    assert dag.task_dict["stage-last"].upstream_task_ids == {"stage-a", "stage-b"}


def test_a_finally_stage_behind_a_join_waits_for_each_of_its_branches() -> None:
    dag = compiled(
        stage("a"), stage("b"), stage("c", "b"), stage("join", "a c"), stage("x", "join", **FINALLY)
    )

    assert dag.task_dict["stage-x"].upstream_task_ids == {"stage-join", "stage-a", "stage-c"}


def test_only_a_stage_with_others_beside_it_halts_them() -> None:
    dag = compiled(
        stage("a"),
        stage("b", "a"),
        stage("c", "a"),
        stage("d", "c", **HALT_BRANCH),
        stage("e", "b d"),
        stage("clean", **FINALLY),
    )
    halts = {t.task_id: t.halts for t in dag.tasks if hasattr(t, "halts")}

    assert {task_id for task_id, does in halts.items() if does} == {"stage-b", "stage-c"}


def test_the_application_is_where_the_pipeline_lives() -> None:
    dag = compiled(stage("a"))

    assert dag.tags == {"app:Shop"}
    assert dag.task_dict["stage-a"].pipeline.application == "Shop"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("settings", "runs"),
    [
        ({}, UNLIMITED),
        ({"limitConcurrent": True}, 1),
        ({"limitConcurrent": "true", "maxConcurrentExecutions": 5}, 1),
        ({"limitConcurrent": False, "maxConcurrentExecutions": 5}, 5),
        ({"maxConcurrentExecutions": "3"}, 3),
        ({"maxConcurrentExecutions": 0}, UNLIMITED),
    ],
)
def test_concurrency_limits_the_active_runs(settings: dict[str, Any], runs: int) -> None:
    assert compiled(stage("a"), **settings).max_active_runs == runs


def test_the_dag_runs_only_when_started() -> None:
    dag = compiled(stage("a"))

    assert dag.schedule is None
    assert not dag.catchup
    assert dag.is_paused_upon_creation is False
    assert not dag.fail_fast


def test_the_documentation_names_the_revision() -> None:
    assert compiled(stage("a"), description="Ships it.", revision=7).doc_md == "Ships it.\n\nRevision 7"
    assert compiled(stage("a"), revision=7).doc_md == "Revision 7"


def test_comments_document_the_task() -> None:
    dag = compiled(stage("a", comments="**Careful**"), stage("b", "a", comments=""))

    assert dag.task_dict["stage-a"].doc_md == "**Careful**"
    assert dag.task_dict["stage-b"].doc_md is None


def test_compiling_twice_gives_the_same_serialized_dag() -> None:
    def once(revision: int = 1) -> str:
        refs = [str(number) for number in range(8)]
        stages = [stage(ref, " ".join(refs[max(0, i - 3) : i]), **HALT_BRANCH) for i, ref in enumerate(refs)]
        dag = compiled(
            *stages, stage("clean", **FINALLY), parameterConfig=[{"name": "env"}], revision=revision
        )
        return str(SerializedDagModel.hash(serialized(dag)))

    assert once() == once()
    assert once(1) != once(2)


def test_retries_are_the_stages_own() -> None:
    dag = compiled(
        stage("a", retries={"count": 2, "delaySeconds": 5, "backoff": True}),
        stage("b", "a", retries={"count": "3"}),
        stage("c", "b", retries={"count": "${ parameters.tries }"}),
        stage("d", "c"),
    )
    retries = {t.task_id: t.retries for t in dag.tasks}
    first = dag.task_dict["stage-a"]

    assert retries == {"stage-a": 2, "stage-b": 3, "stage-c": 0, "stage-d": 0}
    assert first.retry_delay.total_seconds() == 5
    assert first.retry_exponential_backoff == 2.0


def test_a_pipeline_with_errors_is_refused() -> None:
    with pytest.raises(SpecError, match="no stage has the refId 'b'"):
        compiled(stage("a", "b"))


def test_a_stage_that_builds_no_task_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Noop, "build", lambda self, into: None)

    with pytest.raises(CompileError, match="stage 'a' \\(noop\\) built no task"):
        compiled(stage("a"))


def test_a_stage_that_builds_two_tasks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(self: Noop, into: Any) -> None:
        into.task(self.OPERATOR)
        into.task(self.OPERATOR)

    monkeypatch.setattr(Noop, "build", twice)

    with pytest.raises(CompileError, match="a stage is one task"):
        compiled(stage("a"))
