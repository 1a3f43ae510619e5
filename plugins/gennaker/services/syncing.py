"""
Keep pipelines in step with a folder that is kept in Git.

The folder decides: what it holds is created, updated and brought back, what it no longer holds is deleted if
that is wanted. Only pipelines that came from the same repository are touched; those are locked, so that
nobody edits what the next synchronisation would overwrite. A second synchronisation of the same folder does
nothing.

:func:`plan` only reads, :func:`apply` takes one step: a caller with many pipelines commits after each, so
that others who publish do not wait for all of them. :func:`sync` does both in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.errors import GennakerError
from gennaker.services import applications, audit, contents, governance, pipelines, revisions
from gennaker.services._carried import carried, wanted_id
from gennaker.services._rows import name_key
from gennaker.services.actor import Actor
from gennaker.services.contents import Content
from gennaker.services.revisions import Build, open_for_edit
from gennaker.spec.folder import FolderEntry
from gennaker.spec.problems import InvalidPipeline, SpecProblem, errors_in
from gennaker.store.models import Application, Pipeline, Revision

Action = Literal["create", "update", "undelete", "unchanged", "delete", "refused", "invalid"]


@dataclass(frozen=True)
class Origin:
    """Where a folder comes from: a repository (its address, without credentials) and a commit of it."""

    repository: str
    commit: str = ""


@dataclass(frozen=True)
class Step:
    """
    What is to be done, or was done, for one pipeline.

    :ivar path: the file; empty for what the folder no longer holds.
    :ivar problems: what is wrong with it, once it was saved; errors kept it from being published.
    :ivar detail: why it was refused, and the like.
    """

    action: Action
    application: str
    name: str
    path: str = ""
    pipeline_id: str | None = None
    problems: tuple[SpecProblem, ...] = ()
    detail: str = ""
    content: Content | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Tell whether nothing stands in the way: neither a refusal nor an error in the pipeline."""
        return self.action not in ("refused", "invalid") and not errors_in(self.problems)


@dataclass(frozen=True)
class _Known:
    """A pipeline that is there, with what its latest revision is."""

    pipeline: Pipeline
    sha256: str | None
    errors: int

    @property
    def origin(self) -> Mapping[str, Any]:
        return self.pipeline.provenance or {}


def sync(
    *,
    entries: Iterable[FolderEntry],
    origin: Origin,
    prune: bool = False,
    adopt: bool = False,
    dry_run: bool = False,
    actor: Actor,
    build: Build,
    session: Session,
) -> list[Step]:
    """Bring the store in step with a folder, and return what was done, or would be."""
    steps = plan(entries=entries, origin=origin, prune=prune, adopt=adopt, session=session)
    if dry_run:
        return steps
    return [apply(step=step, origin=origin, actor=actor, build=build, session=session) for step in steps]


def plan(
    *,
    entries: Iterable[FolderEntry],
    origin: Origin,
    prune: bool = False,
    adopt: bool = False,
    session: Session,
) -> list[Step]:
    """
    Return what there is to do, without doing it.

    :param prune: delete what came from this repository and is no longer in the folder. A file that cannot be
        read still counts as there.
    :param adopt: take over pipelines of the same name that were not made from Git.
    """
    known = _Store(session)
    steps: list[Step] = []
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        key = (name_key(entry.application), name_key(entry.name))
        if key in seen:
            detail = "another file of the folder has the same application and name"
            steps.append(Step("invalid", entry.application, entry.name, entry.path, detail=detail))
            continue
        seen.add(key)
        steps.append(_step(entry, known, origin, adopt=adopt))
    kept = {step.pipeline_id for step in steps}
    if prune:
        steps += (
            Step("delete", pipeline.application.name, pipeline.name, pipeline_id=pipeline.id)
            for pipeline in known.living_from(origin.repository)
            if pipeline.id not in kept
        )
    return steps


def apply(*, step: Step, origin: Origin, actor: Actor, build: Build, session: Session) -> Step:
    """Take a step of a plan, and return what became of it; a refusal does not raise."""
    try:
        if step.action == "create":
            return _create(step, origin, actor, build, session=session)
        if step.action in ("update", "undelete"):
            return _update(step, origin, actor, build, session=session)
        if step.action == "delete" and step.pipeline_id:
            pipelines.delete(pipeline_id=step.pipeline_id, actor=actor, session=session)
    except GennakerError as error:
        return replace(step, action="refused", detail=str(error))
    return step


class _Store:
    """The pipelines that are there, read at once."""

    def __init__(self, session: Session) -> None:
        columns: tuple[Any, ...] = (Pipeline, Revision.sha256, Revision.errors)
        query = (
            select(*columns)
            .join(Pipeline.application)
            .outerjoin(Revision, (Revision.pipeline_id == Pipeline.id) & (Revision.number == Pipeline.latest))
            .order_by(Application.name_key, Pipeline.deleted_at, Pipeline.name_key)
        )
        self._all = [_Known(row[0], row[1], row[2] or 0) for row in session.execute(query)]
        self._living: dict[tuple[str, str], _Known] = {}
        self._by_file: dict[tuple[str, str, str], _Known] = {}
        self._deleted: dict[tuple[str, str, str], _Known] = {}
        for known in self._all:
            pipeline = known.pipeline
            owner, repository = name_key(pipeline.application.name), known.origin.get("repository", "")
            if pipeline.deleted_at is not None:
                self._deleted[repository, owner, name_key(pipeline.name)] = known
                continue
            self._living[owner, pipeline.name_key] = known
            self._by_file[repository, owner, known.origin.get("path", "")] = known

    def find(self, entry: FolderEntry, repository: str) -> _Known | None:
        """Return a file's pipeline: by its name, else by its path (it was renamed), else a deleted one."""
        owner, name = name_key(entry.application), name_key(entry.name)
        return (
            self._living.get((owner, name))
            or self._by_file.get((repository, owner, entry.path))
            or self._deleted.get((repository, owner, name))
        )

    def living_from(self, repository: str) -> list[Pipeline]:
        """Return the pipelines that came from a repository and are not deleted."""
        return [
            known.pipeline
            for known in self._living.values()
            if known.pipeline.provenance and known.origin.get("repository") == repository
        ]


def _step(entry: FolderEntry, store: _Store, origin: Origin, *, adopt: bool) -> Step:
    step = Step("create", entry.application, entry.name, entry.path)
    known = store.find(entry, origin.repository)
    if known is not None:
        step = replace(step, pipeline_id=known.pipeline.id)
    try:
        step = replace(step, content=contents.read_content(entry.text))
    except InvalidPipeline as error:
        return replace(step, action="invalid", problems=error.problems, detail=str(error))
    if known is None:
        return step
    if known.pipeline.deleted_at is not None:
        return replace(step, action="undelete")
    owner = known.origin.get("repository")
    if owner is None and not adopt:
        return replace(step, action="refused", detail="a pipeline of that name was not made from Git")
    if owner not in (None, origin.repository):
        return replace(step, action="refused", detail=f"a pipeline of that name is kept in {owner}")
    return replace(step, action="unchanged" if _in_step(known, step) else "update")


def _in_step(known: _Known, step: Step) -> bool:
    pipeline = known.pipeline
    runs = pipeline.published == pipeline.latest or known.errors > 0
    same = step.content is not None and known.sha256 == step.content.sha256
    placed = known.origin.get("path") == step.path and pipeline.name == step.name.strip()
    return same and runs and placed and pipeline.locked


def _create(step: Step, origin: Origin, actor: Actor, build: Build, *, session: Session) -> Step:
    content = _content(step)
    applications.ensure(name=step.application, actor=actor, session=session)

    def prepare(pipeline: Pipeline) -> None:
        carried(content.governance, actor)(pipeline)
        _own(pipeline, step, origin, actor)

    made = pipelines.create(
        application=step.application,
        name=step.name,
        spec=content.text,
        actor=actor,
        source="git",
        message=_message(origin),
        build=build,
        wanted_id=wanted_id(content.governance),
        prepare=prepare,
        session=session,
    )
    return replace(step, pipeline_id=made.pipeline.id, problems=made.saved.problems)


def _update(step: Step, origin: Origin, actor: Actor, build: Build, *, session: Session) -> Step:
    content, pipeline_id = _content(step), step.pipeline_id or ""
    if step.action == "undelete":
        pipelines.undelete(pipeline_id=pipeline_id, actor=actor, session=session)
    pipeline = open_for_edit(pipeline_id, actor, session=session)
    was = pipeline.name
    if step.name.strip() != was:
        pipelines.rename(pipeline_id=pipeline_id, name=step.name, actor=actor, session=session)
        step = replace(step, detail=f"it was called {was}")
    was_locked = pipeline.locked
    _own(pipeline, step, origin, actor)
    saved = revisions.write(
        pipeline,
        content,
        message=_message(origin),
        actor=actor,
        source="git",
        publish=True,
        build=build,
        session=session,
    )
    if not was_locked:
        extra = {"reason": pipeline.lock_reason, "allowApi": False}
        audit.record("gennaker_lock", session=session, dag_id=pipeline.dag_id, by=actor.name, extra=extra)
    return replace(step, problems=saved.problems)


def _own(pipeline: Pipeline, step: Step, origin: Origin, actor: Actor) -> None:
    pipeline.provenance = {"repository": origin.repository, "commit": origin.commit, "path": step.path}
    if not pipeline.locked:
        governance.set_lock(pipeline, reason=f"kept in {origin.repository}", allow_api=False, by=actor.name)


def _content(step: Step) -> Content:
    if step.content is None:
        raise RuntimeError(f"step {step.action} of '{step.name}' has no content")
    return step.content


def _message(origin: Origin) -> str:
    return f"{origin.repository} at {origin.commit}" if origin.commit else origin.repository
