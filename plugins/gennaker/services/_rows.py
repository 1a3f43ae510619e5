"""Rows under lock, and the names of things; what every use case of the store begins with."""

from __future__ import annotations

import unicodedata

from sqlalchemy import false, select, update
from sqlalchemy.orm import Session

from gennaker.errors import Conflict, NotFound, SpecError
from gennaker.store.models import Application, Counter, Pipeline

#: Longest name of an application or a pipeline, in characters.
NAME_LENGTH = 200

#: What the key of a deleted thing has and no name can have: PostgreSQL keeps no NUL in a text.
DELETED = "\x1fdeleted:"


def clean_name(name: str, what: str) -> str:
    """
    Return a name without space around it.

    :raises SpecError: it is empty, too long, or has characters that cannot be seen.
    """
    text = unicodedata.normalize("NFC", name).strip()
    if not text:
        raise SpecError(f"{what} needs a name", path="$.name")
    if len(text) > NAME_LENGTH or len(name_key(text)) > NAME_LENGTH:
        raise SpecError(f"the name is longer than {NAME_LENGTH} characters", path="$.name")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in text):
        raise SpecError("the name has control characters", path="$.name")
    return text


def name_key(name: str) -> str:
    """Return what is equal for names that differ in case only."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def deleted_key(key: str, uid: str) -> str:
    """Return the key of a deleted thing, which frees its name."""
    return f"{key}{DELETED}{uid}"


def begin_write(*, session: Session) -> None:
    """
    Take SQLite's one lock for writing; does nothing elsewhere.

    SQLite has no row locks, and its driver begins a transaction only before it writes: without this, what was
    read could be old when it is written, and the end of a savepoint would commit.
    """
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(update(Counter).where(false()).values(value=0))


def lock_pipeline(pipeline_id: str, *, session: Session, deleted: bool = False) -> Pipeline:
    """
    Return a pipeline as it is now, locked until the transaction ends.

    :param deleted: whether a deleted one will do.
    :raises NotFound: there is none.
    :raises Conflict: it was deleted.
    """
    begin_write(session=session)
    query = (
        select(Pipeline)
        .where(Pipeline.id == pipeline_id)
        .with_for_update(of=Pipeline, key_share=True)
        .execution_options(populate_existing=True)
    )
    pipeline = session.scalar(query)
    if pipeline is None:
        raise NotFound(f"there is no pipeline '{pipeline_id}'")
    if pipeline.deleted_at is not None and not deleted:
        raise Conflict(f"pipeline '{pipeline.name}' was deleted", hint="undelete it first")
    return pipeline


def lock_application(name: str, *, session: Session) -> Application:
    """Return an application as it is now, locked until the transaction ends; lock it before its pipelines."""
    begin_write(session=session)
    query = (
        select(Application)
        .where(Application.name_key == name_key(name))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    application = session.scalar(query)
    if application is None:
        raise NotFound(f"there is no application '{name}'", hint="create it first")
    return application


def no_control(text: str) -> str:
    """Return a message or reason as every database can keep it."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
