"""Somebody who works with the store, for the tests of its use cases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gennaker.errors import CompileError
from gennaker.services import applications, pipelines, revisions
from gennaker.services.actor import Actor
from gennaker.services.revisions import Saved
from gennaker.spec.loader import LoadedPipeline
from gennaker.store.models import Pipeline, Publication

ANN = Actor("ann", "ui", frozenset({"Deployer"}))
BOT = Actor("bot", "api", frozenset({"Deployer"}))
SHELL = Actor("shell", "cli", frozenset(), admin=True)
GIT = Actor("git", "git", frozenset(), admin=True)


def spec(*waits: int, **more: Any) -> dict[str, Any]:
    """Return a pipeline of waits, one after the other."""
    stages = [
        {
            "refId": str(number),
            "requisiteStageRefIds": [str(number - 1)] if number > 1 else [],
            "type": "wait",
            "name": f"Wait {number}",
            "waitTime": seconds,
        }
        for number, seconds in enumerate(waits, 1)
    ]
    return {"stages": stages, **more}


#: It loads, and has an error.
BROKEN = {"stages": [{"refId": "1", "requisiteStageRefIds": ["9"], "type": "wait", "waitTime": 1}]}


def builds(_loaded: LoadedPipeline, _pipeline: Pipeline) -> None:
    """Build nothing, well."""


def fails(_loaded: LoadedPipeline, _pipeline: Pipeline) -> None:
    """Build nothing, badly."""
    raise CompileError("no operator for that", path="$.stages[0]", hint="use another")


class Desk:
    """One application in a database; each call is a transaction of its own."""

    def __init__(self, sessions: Callable[[], Session]) -> None:
        self.sessions = sessions
        self.application = f"App {uuid.uuid4().hex[:8]}"
        with self.session() as session:
            applications.create(name=self.application, actor=SHELL, session=session)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.sessions.begin() as session:  # type: ignore[attr-defined]
            yield session

    def call(self, function: Callable[..., Any], **arguments: Any) -> Any:
        with self.session() as session:
            return function(**arguments, session=session)

    def create(self, name: str = "Deploy", content: Any = None, **more: Any) -> Pipeline:
        arguments = {"actor": ANN, "build": builds, "application": self.application, **more}
        given = spec(1) if content is None else content
        created = self.call(pipelines.create, name=name, spec=given, **arguments)
        return self.look(created.pipeline.id)

    def save(self, pipeline_id: str, content: Any, base: int | None, **more: Any) -> Saved:
        arguments = {"actor": ANN, "build": builds, **more}
        saved: Saved = self.call(
            revisions.save, pipeline_id=pipeline_id, spec=content, base=base, **arguments
        )
        return saved

    def look(self, pipeline_id: str) -> Pipeline:
        """Return a pipeline as it was committed."""
        with self.session() as session:
            return session.scalars(select(Pipeline).where(Pipeline.id == pipeline_id)).one()

    def publications(self, pipeline_id: str) -> list[Publication]:
        with self.session() as session:
            query = select(Publication).where(Publication.pipeline_id == pipeline_id)
            return list(session.scalars(query.order_by(Publication.sequence)))

    def audit(self, **where: Any) -> list[str]:
        """Return the events of the audit log."""
        from airflow.models.log import Log

        with self.session() as session:
            return list(session.scalars(select(Log.event).filter_by(**where).order_by(Log.id)))
