"""Find the pipeline that another pipeline names."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.errors import NotFound
from gennaker.services._rows import name_key
from gennaker.store.models import Application, Pipeline


def lookup(*, application: str, pipeline: str, session: Session) -> Pipeline:
    """
    Return a pipeline that is not deleted, given its id, or its application and its name.

    :raises NotFound: there is none.
    """
    living = select(Pipeline).where(Pipeline.deleted_at.is_(None))
    found = session.scalar(living.where(Pipeline.id == pipeline))
    if found is None:
        named = living.join(Application, Application.id == Pipeline.application_id).where(
            Application.name_key == name_key(application), Pipeline.name_key == name_key(pipeline)
        )
        found = session.scalar(named)
    if found is None:
        raise NotFound(f"application '{application}' has no pipeline with the id or name '{pipeline}'")
    return found
