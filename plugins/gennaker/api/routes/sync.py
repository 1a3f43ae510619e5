"""What the task that keeps pipelines in step with a folder sends; signed as everything that workers ask."""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from pydantic import Field

from gennaker.api.building import try_build
from gennaker.api.models._base import Body
from gennaker.api.routes._parts import signed_router
from gennaker.services.actor import Actor
from gennaker.services.syncing import Origin, Step, apply, plan
from gennaker.spec.folder import FolderEntry
from gennaker.spec.problems import errors_in

router = signed_router()

_ACTIONS = {"create": "created", "update": "updated", "undelete": "undeleted", "delete": "deleted"}


class FileBody(Body):
    """A file of the folder."""

    path: Annotated[str, Field(max_length=2000)]
    application: Annotated[str, Field(max_length=250)]
    name: Annotated[str, Field(max_length=250)]
    text: Annotated[str, Field(max_length=2_000_000)]


class SyncBody(Body):
    """A whole folder at one commit."""

    files: Annotated[list[FileBody], Field(max_length=20_000)]
    repository: Annotated[str, Field(min_length=1, max_length=1000)]
    commit: Annotated[str, Field(max_length=200)] = ""
    prune: bool = False


@router.post("/sync")
def sync_folder(body: SyncBody, session: SessionDep) -> dict[str, Any]:
    """Bring pipelines in step with a folder, each in a transaction of its own."""
    origin = Origin(body.repository, body.commit)
    actor = Actor(name="gennaker", source="git", admin=True)
    entries = [FolderEntry(**file.model_dump()) for file in body.files]
    steps = plan(entries=entries, origin=origin, prune=body.prune, session=session)
    session.commit()
    done = []
    for step in steps:
        done.append(apply(step=step, origin=origin, actor=actor, build=try_build, session=session))
        # Others who publish wait for one pipeline, not for the folder.
        session.commit()
    return {"results": [_told(step) for step in done]}


def _told(step: Step) -> dict[str, Any]:
    errors = errors_in(step.problems)
    return {
        "path": step.path,
        "application": step.application,
        "name": step.name,
        "action": _ACTIONS.get(step.action, step.action) if step.ok else "failed",
        "detail": step.detail or (str(errors[0]) if errors else ""),
    }
