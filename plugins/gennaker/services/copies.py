"""Copy a pipeline into an application, and stages from one pipeline into another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gennaker.services import pipelines, revisions, rights
from gennaker.services.actor import Actor
from gennaker.services.contents import own_names
from gennaker.services.revisions import Build, Saved
from gennaker.spec import copying
from gennaker.spec.copying import Note
from gennaker.spec.governance import restore_governance
from gennaker.store._base import new_id
from gennaker.store.models import Pipeline


@dataclass(frozen=True)
class Copied:
    """A pipeline that is a copy, and what whoever made it should know (new hooks and secrets, say)."""

    pipeline: Pipeline
    saved: Saved
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class StagesCopied:
    """
    What became of stages that were copied.

    :ivar ref_ids: the refId that each has in the target, by the one in the source.
    """

    saved: Saved
    ref_ids: Mapping[str, str]
    notes: tuple[Note, ...]


def copy_pipeline(
    *,
    pipeline_id: str,
    application: str,
    name: str,
    number: int | None = None,
    message: str = "",
    actor: Actor,
    publish: bool = True,
    build: Build,
    session: Session,
) -> Copied:
    """
    Make a pipeline that does what another one does, with ids, hooks and secrets of its own.

    Neither lock, disable, history nor provenance is copied.

    :param number: the revision to copy; None for the latest.
    :raises Denied: the actor may not see the one, or not change the other application.
    """
    source = pipelines.get(pipeline_id=pipeline_id, session=session)
    rights.require("READ", source.application, actor)
    kept = revisions.spec_of(pipeline_id=pipeline_id, number=number, session=session)
    raw = restore_governance(kept, own_names(source))
    elsewhere = application if application != source.application.name else None
    uid = new_id()
    copied = copying.copy_pipeline(raw, new_id=new_id, copy_id=uid, application=elsewhere)
    made = pipelines.create(
        application=application,
        name=name,
        # Its own name and application are those of the new row; the original's would be told as ignored.
        spec={key: value for key, value in copied.spec.items() if key not in ("name", "application")},
        actor=actor,
        source="copy",
        message=message or f"Copy of {source.application.name} / {source.name}",
        publish=publish,
        build=build,
        wanted_id=uid,
        session=session,
    )
    return Copied(made.pipeline, made.saved, copied.notes)


def copy_stages(
    *,
    source_id: str,
    ref_ids: Sequence[str],
    target_id: str,
    after: Sequence[str] | None = None,
    base: int,
    message: str = "",
    actor: Actor,
    publish: bool = True,
    build: Build,
    session: Session,
) -> StagesCopied:
    """
    Copy stages of a pipeline's latest revision to the end of another one (or the same), with new refIds.

    :param after: the target's stages that the first copies wait for; None for those that end it, an empty
        list for none.
    :param base: the revision of the target that this is based on.
    :raises StaleRevision: ``base`` is not the target's latest revision.
    :raises SpecError: a stage that is named does not exist.
    """
    source = pipelines.get(pipeline_id=source_id, session=session)
    rights.require("READ", source.application, actor)
    taken = revisions.spec_of(pipeline_id=source_id, session=session)
    target = revisions.spec_of(pipeline_id=target_id, number=base, session=session)
    copied = copying.copy_stages(taken, ref_ids, target, new_id=new_id, after=after)
    saved = revisions.save(
        pipeline_id=target_id,
        spec=copied.spec,
        base=base,
        message=message or f"Copy stages from {source.application.name} / {source.name}",
        actor=actor,
        source="copy",
        publish=publish,
        build=build,
        session=session,
    )
    return StagesCopied(saved, copied.ref_ids, copied.notes)
