"""
Import what Spinnaker and CODING export: one pipeline or many in a document, each created or updated.

Lists (``spin pipeline list``), dinghyfiles and records of runs are opened. The id in the JSON is kept where
it is free, since stages of other pipelines refer to it. That a pipeline was disabled or locked is kept when
it is created; an update leaves its state as it is here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.orm import Session

from gennaker.errors import Conflict, GennakerError
from gennaker.services import applications, contents, pipelines, revisions
from gennaker.services._carried import carried, wanted_id
from gennaker.services._rows import begin_write, name_key
from gennaker.services.actor import Actor
from gennaker.services.revisions import Build, Saved
from gennaker.spec.documents import unwrap
from gennaker.spec.problems import InvalidPipeline, SpecProblem, problem
from gennaker.spec.source import read

Action = Literal["created", "updated", "unchanged", "failed"]


@dataclass(frozen=True)
class Imported:
    """
    What became of one pipeline of a document.

    :ivar pipeline_id: None where nothing was created.
    :ivar spec: its JSON as it was found, for a report.
    :ivar problems: what is wrong with it; errors kept it from being published, not from being imported.
    :ivar error: why it was not imported.
    """

    action: Action
    application: str
    name: str
    pipeline_id: str | None
    spec: Mapping[str, Any]
    problems: tuple[SpecProblem, ...] = ()
    published: bool = False
    error: str | None = None


def import_document(
    *,
    document: str | bytes | Mapping[str, Any] | list[Any],
    application: str | None = None,
    name: str | None = None,
    message: str = "",
    actor: Actor,
    publish: bool = True,
    build: Build,
    dry_run: bool = False,
    session: Session,
) -> list[Imported]:
    """
    Create or update every pipeline of a document; what is wrong with one does not stop the others.

    :param application: where they go; None for the application that each names. It is created if need be.
    :param name: what a pipeline without a name is called, such as the name of its file.
    :param dry_run: tell what would become of them, and change nothing.
    :raises InvalidPipeline: the document is not JSON, or holds no pipeline.
    """
    found = list(split(document))
    begin_write(session=session)
    seen: set[tuple[str, str]] = set()
    arguments: dict[str, Any] = {"message": message, "actor": actor, "publish": publish, "build": build}
    done = []
    with session.begin_nested() as savepoint:
        for spec in found:
            owner = application or _text(spec, "application")
            called = _text(spec, "name") or name or ""
            key = (name_key(owner), name_key(called))
            try:
                if key in seen:
                    raise Conflict("the document holds another pipeline of that name")
                seen.add(key)
                done.append(_import(spec, owner, called, session=session, dry_run=dry_run, **arguments))
            except GennakerError as error:
                problems = tuple(error.problems) if isinstance(error, InvalidPipeline) else ()
                done.append(
                    Imported("failed", owner, called, None, spec, problems=problems, error=str(error))
                )
        if dry_run:
            savepoint.rollback()
    return done


def split(document: str | bytes | Mapping[str, Any] | list[Any]) -> Iterator[dict[str, Any]]:
    """
    Yield the pipelines of a document.

    :raises InvalidPipeline: it is not JSON, or something in it is no pipeline.
    """
    value, problems = read(document, check=False)
    if value is None and problems:
        raise InvalidPipeline(problems)
    yield from _split(value)


def _split(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for item in value:
            yield from _split(item)
    elif isinstance(value, Mapping) and isinstance(value.get("pipelines"), list) and "stages" not in value:
        shared = {"application": value["application"]} if "application" in value else {}
        for item in value["pipelines"]:
            yield from ({**shared, **spec} for spec in _split(item))
    else:
        opened = unwrap(value, {})
        if opened.spec is None:
            raise InvalidPipeline(opened.problems)
        is_record = any(found.code == "execution-json" for found in opened.problems)
        yield opened.spec if is_record else opened.raw


def _import(
    spec: dict[str, Any],
    application: str,
    name: str,
    *,
    message: str,
    actor: Actor,
    publish: bool,
    build: Build,
    dry_run: bool,
    session: Session,
) -> Imported:
    for key, value in (("application", application), ("name", name)):
        if not value:
            raise InvalidPipeline([problem(f"missing-{key}", path="$", message=f"`{key}` is absent")])
    content = contents.read_content(spec)
    told = {"application": application, "name": name, "spec": spec}
    applications.ensure(name=application, actor=actor, session=session)
    existing = pipelines.find(application=application, name=name, session=session)
    if existing is None:
        made = pipelines.create(
            application=application,
            name=name,
            spec=content,
            actor=actor,
            source="import",
            message=message,
            publish=publish,
            build=build,
            wanted_id=wanted_id(content.governance),
            prepare=carried(content.governance, actor),
            session=session,
        )
        new_id = None if dry_run else made.pipeline.id
        return _told("created", made.saved, pipeline_id=new_id, **told)
    saved = revisions.save(
        pipeline_id=existing.id,
        spec=content,
        base=None,
        message=message,
        actor=actor,
        source="import",
        publish=publish,
        build=build,
        force=True,
        session=session,
    )
    action: Action = "updated" if saved.created else "unchanged"
    return _told(action, saved, pipeline_id=existing.id, **told)


def _told(action: Action, saved: Saved, **known: Any) -> Imported:
    return Imported(action, problems=saved.problems, published=saved.published, **known)


def _text(spec: Mapping[str, Any], key: str) -> str:
    value = spec.get(key)
    return value.strip() if isinstance(value, str) else ""
