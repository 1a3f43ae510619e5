"""Pipelines as they are listed and shown, and what changes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field, model_validator

from gennaker.api.models._base import Answer, Body, LongText, NameText, PipelineId, Problem, RefId
from gennaker.api.models.validation import SpecBody


class MayAnswer(Answer):
    """What who asks may do with a pipeline; a lock may still be in the way of changes."""

    edit: bool
    lock: bool
    disable: bool
    delete: bool
    run: bool


class LockAnswer(Answer):
    """A lock."""

    reason: str
    by: str
    at: datetime | None
    allows_api: bool = Field(description="Whether changes through the API go on.")


class DisableAnswer(Answer):
    """Why a pipeline does not start."""

    scope: str = Field(description="`team`: nobody starts it; `projects`: the named ones do not.")
    projects: list[str]
    reason: str
    by: str
    at: datetime | None
    until: datetime | None = Field(description="When it starts again by itself.")


class DeletedAnswer(Answer):
    """Who deleted a pipeline."""

    at: datetime
    by: str


class PipelineAnswer(Answer):
    """A pipeline in a list."""

    id: str
    application: str
    name: str
    dag_id: str
    position: int
    latest: int = Field(description="Number of the newest revision; 0 before the first.")
    published: int | None = Field(description="The revision that is to run; null before the first.")
    locked: LockAnswer | None
    disabled: DisableAnswer | None
    deleted: DeletedAnswer | None
    provenance: dict[str, Any] | None = Field(description="`repository`, `commit`, `path` of one from Git.")
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    problems: int = Field(description="How many errors the newest revision has; with any it is a draft.")
    may: MayAnswer


class PipelineDetail(PipelineAnswer):
    """A pipeline by itself."""

    scheduled_revision: int | None = Field(description="The revision that Airflow starts at the moment.")
    build_error: str | None = Field(description="Why the published revision cannot be built.")


class CreatePipeline(Body):
    """A new pipeline: blank, or from at most one of ``spec``, ``text``, ``template`` and ``copyOf``."""

    application: NameText
    name: NameText
    spec: dict[str, Any] | None = None
    text: str | None = None
    template: str | None = Field(default=None, max_length=250, examples=["blank"])
    copy_of: PipelineId | None = Field(default=None, description="Id of the pipeline to copy.")
    message: LongText = ""

    @model_validator(mode="after")
    def _one_source(self) -> CreatePipeline:
        given = (self.spec, self.text, self.template, self.copy_of)
        if sum(value is not None for value in given) > 1:
            raise ValueError("give only one of `spec`, `text`, `template` and `copyOf`")
        if self.spec is not None:
            SpecBody(spec=self.spec)
        return self


class CreatedPipeline(PipelineDetail):
    """A pipeline that was just created, with what is wrong with it."""

    report: list[Problem] = Field(default=[], description="Everything that is wrong with its spec.")


class ChangePipeline(Body):
    """What a pipeline is called."""

    name: NameText


class UndeletePipeline(Body):
    """What a pipeline is called when it comes back."""

    name: NameText | None = Field(default=None, description="Its old name when absent.")


class CopyPipeline(Body):
    """Where a copy goes."""

    application: NameText
    name: NameText
    message: LongText = ""


class CopyStages(Body):
    """Which stages are copied, and after which they come."""

    from_: PipelineId = Field(alias="from", description="Id of the pipeline that has the stages.")
    ref_ids: list[RefId] = Field(min_length=1, max_length=1000)
    after: list[RefId] | None = Field(
        default=None,
        max_length=1000,
        description="The stages that they wait for; null: those that end the pipeline.",
    )
    message: LongText = ""
