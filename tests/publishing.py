"""Put pipelines into the store and publish them, without the checks of a save."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.services import governance, pipelines
from gennaker.services.actor import Actor
from gennaker.services.publishing import publish_state
from gennaker.spec.governance import content_hash
from gennaker.spec.naming import dag_id
from gennaker.store.models import SHARD_SIZE, Application, Pipeline, Revision, Shard


class Publisher:
    """
    Changes what is published, each change in a transaction of its own.

    :param begin: returns a session that commits when it ends well.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[Session]]) -> None:
        self.begin = begin

    def publish(self, application: str, name: str, spec: Mapping[str, Any] | str) -> int:
        """Save a revision of a pipeline, made when it is not there, and publish it; return the version."""
        with self.begin() as session:
            return self.publish_in(application, name, spec, session=session)

    def publish_in(
        self, application: str, name: str, spec: Mapping[str, Any] | str, *, session: Session
    ) -> int:
        """Do it in a transaction of the caller's."""
        pipeline = self.find(application, name, session=session) or _create(application, name, session)
        text = spec if isinstance(spec, str) else json.dumps(spec)
        pipeline.latest += 1
        session.add(
            Revision(
                pipeline_id=pipeline.id,
                number=pipeline.latest,
                spec=text,
                sha256=content_hash(spec) if isinstance(spec, Mapping) else "0" * 64,
                author="test",
                source="api",
            )
        )
        pipeline.published = pipeline.latest
        return publish_state(pipeline, by="test", session=session)

    def change(self, application: str, name: str, /, **values: Any) -> int:
        """Change a pipeline's row and publish that; return the version."""
        with self.begin() as session:
            pipeline = self.find(application, name, session=session)
            assert pipeline is not None
            for key, value in values.items():
                setattr(pipeline, key, value)
            return publish_state(pipeline, by="test", session=session)

    def disable(self, application: str, name: str) -> int:
        """Disable a pipeline for the whole team."""
        return self.govern(application, name, governance.disable, scope="team", reason="")

    def enable(self, application: str, name: str) -> int:
        """Enable a pipeline."""
        return self.govern(application, name, governance.enable)

    def delete(self, application: str, name: str) -> int:
        """Delete a pipeline."""
        return self.govern(application, name, pipelines.delete)

    def govern(self, application: str, name: str, change: Callable[..., Pipeline], **arguments: Any) -> int:
        """Lock, disable, delete … a pipeline; return its version."""
        with self.begin() as session:
            pipeline = self.find(application, name, session=session)
            assert pipeline is not None
            actor = Actor("ann", "ui", admin=True)
            return change(pipeline_id=pipeline.id, actor=actor, session=session, **arguments).sequence

    def draft(self, application: str, name: str) -> Pipeline:
        """Make a pipeline of which nothing is published."""
        with self.begin() as session:
            return _create(application, name, session)

    def find(self, application: str, name: str, *, session: Session) -> Pipeline | None:
        """Return a pipeline."""
        query = select(Pipeline).join(Application, Application.id == Pipeline.application_id)
        return session.scalar(
            query.where(Application.name_key == application.lower(), Pipeline.name_key == name.lower())
        )


def _create(application: str, name: str, session: Session) -> Pipeline:
    found = session.scalar(select(Application).where(Application.name_key == application.lower()))
    if found is None:
        found = Application(name=application, name_key=application.lower())
        session.add(found)
        session.flush()
    shard = session.scalar(
        select(Shard).where(Shard.application_id == found.id, Shard.size < SHARD_SIZE).limit(1)
    )
    if shard is None:
        shard = Shard(application_id=found.id, size=0)
        session.add(shard)
        session.flush()
    shard.size += 1
    uid = str(uuid.uuid4())
    pipeline = Pipeline(
        id=uid,
        application_id=found.id,
        application=found,
        name=name,
        name_key=name.lower(),
        dag_id=dag_id(application, name, uid=uid),
        shard=shard.number,
        latest=0,
    )
    session.add(pipeline)
    session.flush()
    return pipeline
