"""What the task that keeps pipelines in step with a folder sends; signed as everything that workers ask."""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from gennaker.api.building import try_build
from gennaker.api.deps import require_json, require_signature
from gennaker.services.actor import Actor
from gennaker.services.syncing import Origin, Step, apply, plan
from gennaker.spec.folder import FolderEntry

router = APIRouter(
    prefix="/internal/v1",
    dependencies=[Depends(require_json), Depends(require_signature)],
    include_in_schema=False,
)

_ACTIONS = {"create": "created", "update": "updated", "undelete": "undeleted", "delete": "deleted"}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileBody(_Body):
    """A file of the folder."""

    path: Annotated[str, Field(max_length=2000)]
    application: Annotated[str, Field(max_length=250)]
    name: Annotated[str, Field(max_length=250)]
    text: Annotated[str, Field(max_length=2_000_000)]


class SyncBody(_Body):
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
    errors = [found for found in step.problems if str(found.severity) == "error"]
    failed = step.action in ("refused", "invalid") or bool(errors)
    return {
        "path": step.path,
        "application": step.application,
        "name": step.name,
        "action": "failed" if failed else _ACTIONS.get(step.action, step.action),
        "detail": step.detail or (str(errors[0]) if errors else ""),
    }
