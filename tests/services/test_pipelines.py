"""Pipelines have names of their own, an id in Airflow for ever, and can be brought back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select, update

from gennaker.errors import Conflict, Denied, NotFound, SpecError
from gennaker.services import applications, governance, pipelines
from gennaker.spec.naming import shard_file
from gennaker.store.models import SHARD_SIZE, Pipeline, Run, Shard
from tests.services.desk import ANN, BROKEN, SHELL, Desk, builds, spec


def test_a_pipeline_is_made_with_its_first_revision(desk: Desk) -> None:
    made = desk.create("Deploy Prod!", message="first", source="template")

    slug = desk.application.lower().replace(" ", "-")
    assert made.dag_id == f"{slug}.deploy-prod"
    assert (made.latest, made.published, made.position, made.created_by) == (1, 1, 0, "ann")
    (publication,) = desk.publications(made.id)
    assert (publication.name, publication.application) == ("Deploy Prod!", desk.application)
    assert (publication.deleted, publication.disabled) == (False, False)
    from airflow.models.dagbag import DagPriorityParsingRequest

    with desk.session() as session:
        asked = session.scalars(select(DagPriorityParsingRequest.relative_fileloc)).all()
    assert shard_file(made.shard) in asked


def test_what_has_errors_is_made_as_a_draft(desk: Desk) -> None:
    made = desk.create(content=BROKEN)
    assert (made.latest, made.published, made.sequence) == (1, None, 0)
    assert desk.call(pipelines.errors_of, pipeline_ids=[made.id]) == {made.id: 1}


def test_names_are_unique_whatever_their_case(desk: Desk) -> None:
    desk.create("Straße 部署")
    for name in ("straße 部署", "STRASSE 部署", "  Straße 部署 "):
        with pytest.raises(Conflict, match="already"):
            desk.create(name)
    with pytest.raises(Conflict):
        desk.call(applications.create, name=desk.application.upper(), actor=ANN)


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\x1fdeleted:b", "line\nbreak", "x" * 201, "\ud800"])
def test_a_name_can_be_read(desk: Desk, name: str) -> None:
    with pytest.raises(SpecError):
        desk.create(name)
    with pytest.raises(SpecError):
        desk.call(applications.create, name=name, actor=ANN)


def test_dag_ids_differ_also_from_those_of_airflow(desk: Desk) -> None:
    first = desk.create("部署")
    second = desk.create("!!")
    assert first.dag_id.endswith(f".p-{first.id[:8]}")
    assert second.dag_id.endswith(f".p-{second.id[:8]}")

    from airflow.models.dag import DagModel

    slug = desk.application.lower().replace(" ", "-")
    with desk.session() as session:
        session.add(DagModel(dag_id=f"{slug}.taken", bundle_name="testing"))
    assert desk.create("Taken").dag_id == f"{slug}.taken-2"
    assert desk.create("taken!").dag_id == f"{slug}.taken-3"


def test_a_deleted_pipeline_keeps_its_dag_id(desk: Desk) -> None:
    first = desk.create()
    desk.call(pipelines.delete, pipeline_id=first.id, actor=ANN)
    assert desk.create().dag_id == f"{first.dag_id}-2"


def test_of_those_who_want_one_name_at_once_one_gets_it(desk: Desk) -> None:
    def create(number: int) -> str:
        try:
            return desk.create("Deploy" if number % 2 else "deploy").dag_id
        except Conflict:
            return "taken"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(create, range(6)))
    assert outcomes.count("taken") == 5


def test_two_applications_with_one_slug_get_different_dag_ids_at_once(desk: Desk) -> None:
    tag = uuid4().hex[:6]
    names = [f"x {tag}", f"x-{tag}", f"x_{tag}", f"X  {tag}!"]
    for name in names:
        desk.call(applications.create, name=name, actor=SHELL)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda name: desk.create("a", application=name), names))
    assert sorted(p.dag_id for p in made) == [f"x-{tag}.a", *(f"x-{tag}.a-{n}" for n in (2, 3, 4))]


def test_shards_are_filled_one_after_the_other(desk: Desk) -> None:
    first = desk.create("a")
    with desk.session() as session:
        shard = update(Shard).where(Shard.number == first.shard)
        session.execute(shard.values(size=SHARD_SIZE - 1))
    second, third = desk.create("b"), desk.create("c")
    assert second.shard == first.shard
    assert third.shard > first.shard
    assert [p.position for p in (first, second, third)] == [0, 1, 2]


def test_an_id_is_kept_where_it_is_free(desk: Desk) -> None:
    wanted = str(uuid4())
    assert desk.create("a", wanted_id=wanted).id == wanted
    assert desk.create("b", wanted_id=wanted).id != wanted


def test_nothing_is_made_without_an_application_or_rights(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.create(application="nowhere")
    changes = {"permissions": {"WRITE": ["Owners"]}}
    desk.call(applications.update, name=desk.application, changes=changes, actor=SHELL)
    with pytest.raises(Denied):
        desk.create()
    assert desk.create(actor=SHELL)


def test_rename_keeps_the_dag_id_and_publishes(desk: Desk) -> None:
    made, other = desk.create("Old"), desk.create("Other")
    renamed = desk.call(pipelines.rename, pipeline_id=made.id, name="New", actor=ANN)
    assert (renamed.name, renamed.dag_id) == ("New", made.dag_id)
    assert [row.name for row in desk.publications(made.id)] == ["Old", "New"]
    assert desk.audit(dag_id=made.dag_id)[-1] == "gennaker_rename"
    with pytest.raises(Conflict, match="already"):
        desk.call(pipelines.rename, pipeline_id=other.id, name="NEW", actor=ANN)
    assert desk.look(other.id).name == "Other"
    assert desk.call(pipelines.rename, pipeline_id=made.id, name="NEW", actor=ANN).name == "NEW"
    assert desk.call(pipelines.find, application=desk.application, name="new").id == made.id


def test_delete_keeps_everything_and_can_be_undone(desk: Desk) -> None:
    made = desk.create()
    desk.save(made.id, spec(2), 1)
    desk.call(pipelines.delete, pipeline_id=made.id, actor=ANN)
    gone = desk.look(made.id)
    assert gone.deleted_at is not None
    assert gone.deleted_by == "ann"
    assert desk.publications(made.id)[-1].deleted
    assert desk.call(pipelines.find, application=desk.application, name="Deploy") is None
    with pytest.raises(Conflict, match="undelete"):
        desk.save(made.id, spec(3), 2)
    desk.call(pipelines.delete, pipeline_id=made.id, actor=ANN)  # again

    back = desk.call(pipelines.undelete, pipeline_id=made.id, actor=ANN)
    assert (back.deleted_at, back.dag_id, back.latest, back.published) == (None, made.dag_id, 2, 2)
    assert [row.deleted for row in desk.publications(made.id)] == [False, False, True, False]
    assert desk.save(made.id, spec(3), 2).published


def test_undelete_wants_a_free_name(desk: Desk) -> None:
    first = desk.create()
    desk.call(pipelines.delete, pipeline_id=first.id, actor=ANN)
    second = desk.create("DEPLOY")
    with pytest.raises(Conflict):
        desk.call(pipelines.undelete, pipeline_id=first.id, actor=ANN)
    assert desk.look(first.id).deleted_at is not None
    back = desk.call(pipelines.undelete, pipeline_id=first.id, name="Deploy again", actor=ANN)
    assert (back.name, back.position) == ("Deploy again", second.position + 1)


def test_runs_that_a_delete_let_go_on_have_no_grant_left_after_it_was_undone(desk: Desk) -> None:
    made = desk.create()
    run = Run(
        dag_id=made.dag_id,
        run_id="r",
        pipeline_id=made.id,
        sequence=None,
        revision=None,
        granted_clear_number=0,
    )
    with desk.session() as session:
        session.add(run)
    desk.call(pipelines.delete, pipeline_id=made.id, actor=ANN)
    desk.call(pipelines.undelete, pipeline_id=made.id, actor=ANN)
    with desk.session() as session:
        assert session.get(Run, (made.dag_id, "r")).granted_clear_number is None  # type: ignore[union-attr]


def test_a_locked_pipeline_is_neither_renamed_nor_deleted(desk: Desk) -> None:
    made = desk.create()
    desk.call(governance.lock, pipeline_id=made.id, allow_api=False, reason="freeze", actor=ANN)
    with pytest.raises(Denied, match="freeze"):
        desk.call(pipelines.rename, pipeline_id=made.id, name="x", actor=ANN)
    with pytest.raises(Denied, match="freeze"):
        desk.call(pipelines.delete, pipeline_id=made.id, actor=SHELL)


def test_the_order_is_what_was_asked_for(desk: Desk) -> None:
    a, b, c = (desk.create(name) for name in "abc")
    before = len(desk.publications(a.id))
    desk.call(pipelines.reorder, application=desk.application, ids=[c.id, a.id], actor=ANN)
    assert [row.pipeline.name for row in page(desk, application=desk.application)] == ["c", "a", "b"]
    assert len(desk.publications(a.id)) == before
    with pytest.raises(NotFound):
        desk.call(pipelines.reorder, application=desk.application, ids=["nobody"], actor=ANN)
    with pytest.raises(SpecError):
        desk.call(pipelines.reorder, application=desk.application, ids=[b.id, b.id], actor=ANN)


def page(desk: Desk, **wanted: Any) -> list[pipelines.Listed]:
    return list(desk.call(pipelines.list_, **wanted).items)


def test_the_list_can_be_narrowed(desk: Desk) -> None:
    ids = {name: desk.create(name).id for name in ("plain", "locked", "disabled", "gone")}
    broken = desk.create("broken", content=BROKEN)
    desk.save(ids["locked"], spec(9), 1, publish=False)
    with desk.session() as session:
        for name, values in {"locked": {"locked": True}, "disabled": {"disabled_scope": "team"}}.items():
            session.execute(update(Pipeline).where(Pipeline.id == ids[name]).values(values))
    desk.call(pipelines.delete, pipeline_id=ids["gone"], actor=ANN)

    def names(**wanted: Any) -> list[str]:
        return [row.pipeline.name for row in page(desk, application=desk.application, **wanted)]

    assert names() == ["plain", "locked", "disabled", "broken"]
    assert names(state="locked") == ["locked"]
    assert names(state="disabled") == ["disabled"]
    assert names(state="enabled") == ["plain", "locked", "broken"]
    assert names(state="draft") == ["locked", "broken"]
    assert names(state="broken") == ["broken"]
    assert names(deleted=True) == ["gone"]
    assert names(q="LAI") == ["plain"]
    assert names(q="%") == []
    assert names(dag_ids=[broken.dag_id]) == ["broken"]
    assert names(dag_ids=[]) == []
    assert [row.errors for row in page(desk, application=desk.application)] == [0, 0, 0, 1]


def test_pages_hold_everything_once_in_a_stable_order(desk: Desk) -> None:
    for number in range(7):
        desk.create(f"p{number}")
    with desk.session() as session:
        session.execute(update(Pipeline).where(Pipeline.name.in_(["p3", "p4"])).values(position=1))
    seen, cursor = [], None
    while True:
        found = desk.call(pipelines.list_, application=desk.application, cursor=cursor, limit=2)
        seen += [row.pipeline.name for row in found.items]
        if (cursor := found.next_cursor) is None:
            break
    assert seen == ["p0", "p1", "p3", "p4", "p2", "p5", "p6"]
    for cursor in ("x", "bm8", "W10"):
        with pytest.raises(SpecError):
            desk.call(pipelines.list_, cursor=cursor)


def test_a_page_is_two_queries_however_long_it_is(desk: Desk) -> None:
    for number in range(5):
        desk.create(f"p{number}")
    statements: list[str] = []
    with desk.session() as session:
        engine = session.get_bind()

        def note(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(engine, "before_cursor_execute", note)
        try:
            found = pipelines.list_(application=desk.application, session=session)
            assert {row.pipeline.application.name for row in found.items} == {desk.application}
        finally:
            event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 2
    assert "spec" not in "".join(statements)


def test_get_finds_also_what_was_deleted(desk: Desk) -> None:
    made = desk.create()
    desk.call(pipelines.delete, pipeline_id=made.id, actor=ANN)
    assert desk.call(pipelines.get, pipeline_id=made.id).deleted_by == "ann"
    with pytest.raises(NotFound):
        desk.call(pipelines.get, pipeline_id="nobody")


def test_a_new_pipeline_may_be_prepared_before_it_is_published(desk: Desk) -> None:
    def prepare(pipeline: Pipeline) -> None:
        pipeline.disabled_scope = "team"

    made = desk.create(prepare=prepare, build=builds)
    assert desk.publications(made.id)[0].disabled
