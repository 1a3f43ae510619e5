"""Applications."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from gennaker.api.models._base import Answer, Body, LongText, NameText, PipelineId, Role, ShortText


class Permissions(Body):
    """Names of roles or groups by right; a right without names is open to everybody whose role allows it."""

    read: list[Role] = Field(default=[], alias="READ", max_length=200)
    write: list[Role] = Field(default=[], alias="WRITE", max_length=200)
    execute: list[Role] = Field(default=[], alias="EXECUTE", max_length=200)

    def stored(self) -> dict[str, list[str]]:
        """Return them as they are kept: rights without names are absent."""
        named = {"READ": self.read, "WRITE": self.write, "EXECUTE": self.execute}
        return {right: sorted(set(roles)) for right, roles in named.items() if roles}


class ChangeApplication(Body):
    """What to change of an application; what is absent stays as it is."""

    owner: ShortText | None = None
    description: LongText | None = None
    projects: list[NameText] | None = Field(default=None, max_length=500)
    permissions: Permissions | None = None
    parallel_runs: bool | None = Field(
        default=None, description="Whether a pipeline may run twice at the same time."
    )
    restart_running: bool | None = Field(
        default=None, description="Whether a stage may be restarted while its run is active."
    )


class CreateApplication(ChangeApplication):
    """A new application."""

    name: NameText


class MayInApplication(Answer):
    """What who asks may do with an application."""

    edit: bool
    delete: bool
    create: bool = Field(description="Whether pipelines may be created in it.")


class ApplicationAnswer(Answer):
    """An application."""

    id: str
    name: str
    owner: str
    description: str
    projects: list[str]
    permissions: dict[str, list[str]]
    parallel_runs: bool
    restart_running: bool
    version: int
    pipelines: int = Field(description="How many pipelines it has.")
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    may: MayInApplication


class OrderBody(Body):
    """The pipelines of an application in their order."""

    ids: list[PipelineId] = Field(max_length=10_000)
