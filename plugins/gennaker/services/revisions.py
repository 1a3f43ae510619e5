"""
Revisions: everything that was ever saved, and which of it runs.

Rows are only added. A save is based on a revision; when that is not the latest any more, nothing is written
and both sides are returned. What has errors is kept as a draft: only what can be built is published.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from gennaker.errors import Conflict, GennakerError, NotFound, SpecError, StaleRevision
from gennaker.services import audit, contents, governance, paging, retention, rights
from gennaker.services._rows import lock_pipeline, no_control
from gennaker.services.actor import Actor
from gennaker.services.contents import Content, Given
from gennaker.services.publishing import publish_state
from gennaker.spec.compare import Comparison
from gennaker.spec.compare import compare as compare_specs
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.problems import InvalidPipeline, SpecProblem, errors_in, problem
from gennaker.store._base import utc_now
from gennaker.store.models import Pipeline, Revision

Source = Literal["ui", "api", "cli", "git", "restore", "import", "copy", "template"]

#: Tries to make the DAG; raises when that does not work.
Build = Callable[[LoadedPipeline, Pipeline], None]

#: Who may save without having read the latest revision, when told to.
_MAY_FORCE = frozenset({"cli", "git", "import"})


@dataclass(frozen=True)
class Saved:
    """
    What became of a save.

    :ivar revision: the number of the revision that holds what was saved.
    :ivar created: whether it is new; an identical save makes none.
    :ivar published: whether that revision is what runs now.
    :ivar problems: everything that is wrong with it; errors kept it from being published.
    """

    revision: int
    created: bool
    published: bool
    problems: tuple[SpecProblem, ...]

    @property
    def ok(self) -> bool:
        """Tell whether there are no errors."""
        return not errors_in(self.problems)


def save(
    *,
    pipeline_id: str,
    spec: Given,
    base: int | None,
    message: str = "",
    actor: Actor,
    source: Source | None = None,
    publish: bool = True,
    build: Build,
    force: bool = False,
    restored_from: int | None = None,
    session: Session,
) -> Saved:
    """
    Keep what a pipeline is to do as a new revision, and let it run if nothing is wrong with it.

    :param spec: a JSON object or its text; name, lock and the like in it are ignored.
    :param base: number of the revision that was edited.
    :param source: how it came; None for the actor's door.
    :param publish: whether it is to run; else it is kept as a draft.
    :param force: save whatever the latest revision is (``base`` None); for the command line, Git and imports.
    :raises InvalidPipeline: it is not a JSON object.
    :raises StaleRevision: ``base`` is not the latest revision.
    :raises Denied: the pipeline is locked, or the actor may not change it.
    """
    content = contents.read_content(spec)
    pipeline = open_for_edit(pipeline_id, actor, session=session)
    source = source or actor.source
    _check_base(pipeline, base, content, force=force and source in _MAY_FORCE, session=session)
    return write(
        pipeline,
        content,
        message=message,
        actor=actor,
        source=source,
        publish=publish,
        build=build,
        restored_from=restored_from,
        session=session,
    )


def write(
    pipeline: Pipeline,
    content: Content,
    *,
    message: str,
    actor: Actor,
    source: Source,
    publish: bool,
    build: Build,
    restored_from: int | None = None,
    session: Session,
) -> Saved:
    """Add a revision to a pipeline that is locked already, unless it is the same as the latest."""
    loaded, problems = contents.examine(content, pipeline)
    wanted = publish and not errors_in(problems)
    latest = _sha256(pipeline, session=session)
    created = latest != content.sha256
    if wanted and (created or pipeline.published != pipeline.latest):
        problems += _try_build(build, loaded, pipeline)
    if created:
        pipeline.latest += 1
        pipeline.updated_at, pipeline.updated_by = utc_now(), actor.name
        revision = Revision(
            pipeline_id=pipeline.id,
            number=pipeline.latest,
            spec=content.text,
            sha256=content.sha256,
            author=actor.name,
            message=no_control(message),
            source=source,
            restored_from=restored_from,
            errors=len(errors_in(problems)),
        )
        session.add(revision)
        _audit("gennaker_save", pipeline, actor, session, source=source, restoredFrom=restored_from)
        retention.after_save(pipeline, session=session)
    if wanted and not errors_in(problems) and pipeline.published != pipeline.latest:
        _publish_latest(pipeline, actor, session=session)
    session.flush()
    return Saved(pipeline.latest, created, pipeline.published == pipeline.latest, tuple(problems))


def publish(*, pipeline_id: str, number: int, actor: Actor, build: Build, session: Session) -> Saved:
    """
    Let the latest revision run, which was kept as a draft.

    :raises Conflict: it is not the latest: an older one is restored instead, which makes it the latest.
    :raises InvalidPipeline: it has errors.
    """
    pipeline = open_for_edit(pipeline_id, actor, session=session)
    revision = _read(pipeline, number, session=session)
    if number != pipeline.latest:
        raise Conflict(
            f"revision {number} is not the latest, which is {pipeline.latest}",
            hint="restore it: that makes a new revision with its content, and publishes it",
        )
    loaded, problems = contents.examine(contents.read_content(revision.spec), pipeline)
    problems = problems if errors_in(problems) else [*problems, *_try_build(build, loaded, pipeline)]
    if errors := errors_in(problems):
        raise InvalidPipeline(errors)
    if pipeline.published != number:
        _publish_latest(pipeline, actor, session=session)
    return Saved(number, False, True, tuple(problems))


def restore(
    *,
    pipeline_id: str,
    number: int,
    base: int | None,
    message: str = "",
    actor: Actor,
    publish: bool = True,
    build: Build,
    force: bool = False,
    session: Session,
) -> Saved:
    """
    Save again what an old revision holds, as a new one; name, lock and disable stay as they are.

    :param force: whatever the latest revision is (``base`` None); that one stays in the history.
    """
    old = read(pipeline_id=pipeline_id, number=number, session=session)
    pipeline = open_for_edit(pipeline_id, actor, session=session)
    content = contents.read_content(old.spec)
    _check_base(pipeline, base, content, force=force, session=session)
    return write(
        pipeline,
        content,
        message=message or f"Restore revision {number}",
        actor=actor,
        source="restore",
        publish=publish,
        build=build,
        restored_from=number,
        session=session,
    )


def list_(
    *, pipeline_id: str, cursor: str | None = None, limit: int = 50, session: Session
) -> paging.Page[Revision]:
    """Return revisions without their JSON, newest first."""
    size = paging.page_size(limit)
    query = (
        select(Revision)
        .where(Revision.pipeline_id == pipeline_id)
        .options(defer(Revision.spec, raiseload=True))
        .order_by(Revision.number.desc())
        .limit(size + 1)
    )
    if cursor:
        query = query.where(Revision.number < paging.decode(cursor, int)[0])
    found = session.scalars(query).all()
    if not found and not cursor:
        _exists(pipeline_id, session=session)
    more = paging.encode(found[size - 1].number) if len(found) > size else None
    return paging.Page(found[:size], more)


def read(*, pipeline_id: str, number: int | None = None, session: Session) -> Revision:
    """
    Return a revision; None is the latest.

    :raises NotFound: there is none.
    """
    return _read(_exists(pipeline_id, session=session), number, session=session)


def spec_of(*, pipeline_id: str, number: int | None = None, session: Session) -> dict[str, Any]:
    """Return what a revision holds, as JSON without the governance keys."""
    value: dict[str, Any] = json.loads(read(pipeline_id=pipeline_id, number=number, session=session).spec)
    return value


def export(*, pipeline_id: str, number: int | None = None, session: Session) -> dict[str, Any]:
    """Return what a revision holds as Spinnaker's JSON, with the pipeline's name, state and lock."""
    pipeline = _exists(pipeline_id, session=session)
    return contents.export(pipeline, _read(pipeline, number, session=session).spec)


def compare(
    *,
    pipeline_id: str,
    a: int,
    b: int,
    mask: Callable[[Any], Any] | None = None,
    session: Session,
) -> Comparison:
    """
    Return what changed from revision ``a`` to revision ``b``.

    :param mask: hides secrets, for readers who may not edit.
    """
    before = spec_of(pipeline_id=pipeline_id, number=a, session=session)
    after = spec_of(pipeline_id=pipeline_id, number=b, session=session)
    labels = {"from_label": f"revision {a}", "to_label": f"revision {b}"}
    return compare_specs(before, after, mask=mask, **labels)


def open_for_edit(pipeline_id: str, actor: Actor, *, session: Session, deleted: bool = False) -> Pipeline:
    """Return a pipeline under lock, if the actor may change it now."""
    pipeline = lock_pipeline(pipeline_id, session=session, deleted=deleted)
    rights.require("WRITE", pipeline.application, actor)
    governance.check_editable(pipeline, actor)
    return pipeline


def _check_base(
    pipeline: Pipeline, base: int | None, content: Content, *, force: bool, session: Session
) -> None:
    if base is None:
        if not force:
            raise _no_base()
        return
    if base != pipeline.latest:
        latest = _read(pipeline, None, session=session)
        raise StaleRevision(
            base=base, latest=pipeline.latest, yours=content.value, theirs=json.loads(latest.spec)
        )


def _no_base() -> SpecError:
    return SpecError(
        "the save does not say which revision it is based on", hint="send the number that you have read"
    )


def _publish_latest(pipeline: Pipeline, actor: Actor, *, session: Session) -> None:
    pipeline.published = pipeline.latest
    _audit("gennaker_publish", pipeline, actor, session)
    publish_state(pipeline, by=actor.name, session=session)


def _try_build(build: Build, loaded: LoadedPipeline, pipeline: Pipeline) -> list[SpecProblem]:
    try:
        build(loaded, pipeline)
    except InvalidPipeline as error:
        return list(error.problems)
    except GennakerError as error:
        return [problem("build-failed", path=error.path or "$", message=error.message, hint=error.hint)]
    except Exception as error:  # whatever an operator's constructor may raise
        return [problem("build-failed", path="$", message=f"{type(error).__name__}: {error}")]
    return []


def _exists(pipeline_id: str, *, session: Session) -> Pipeline:
    if (pipeline := session.get(Pipeline, pipeline_id)) is None:
        raise NotFound(f"there is no pipeline '{pipeline_id}'")
    return pipeline


def _read(pipeline: Pipeline, number: int | None, *, session: Session) -> Revision:
    wanted = pipeline.latest if number is None else number
    revision = session.get(Revision, (pipeline.id, wanted))
    if revision is None:
        raise NotFound(f"pipeline '{pipeline.name}' has no revision {wanted}")
    return revision


def _sha256(pipeline: Pipeline, *, session: Session) -> str | None:
    query = select(Revision.sha256).where(
        Revision.pipeline_id == pipeline.id, Revision.number == pipeline.latest
    )
    return session.scalar(query)


def _audit(event: str, pipeline: Pipeline, actor: Actor, session: Session, **extra: Any) -> None:
    told = {"revision": pipeline.latest, "door": actor.source, **extra}
    audit.record(event, session=session, dag_id=pipeline.dag_id, by=actor.name, extra=told)
