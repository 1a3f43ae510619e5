"""What all bodies and answers have in common: camelCase, limits on what is sent."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from gennaker.spec.problems import SpecProblem

Item = TypeVar("Item")


class Body(BaseModel):
    """Something that is sent to us; a key that we do not know is a mistake, not an extra."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Answer(BaseModel):
    """Something that we send."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


#: A name that people see; without control characters, as Airflow and terminals show it.
NameText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
Role = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=250)]
ShortText = Annotated[str, Field(max_length=250)]
LongText = Annotated[str, Field(max_length=10_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
RefId = Annotated[str, Field(min_length=1, max_length=250)]
PipelineId = Annotated[str, Field(min_length=1, max_length=36)]


class Page(Answer, Generic[Item]):
    """A part of a list; ``nextCursor`` leads to the next one and is null at the end."""

    items: list[Item]
    next_cursor: str | None = None


class Problem(Answer):
    """One thing that is wrong with a pipeline."""

    path: str = Field(description="JSON path of the value.", examples=["$.stages[3].account"])
    code: str = Field(examples=["dangling-requisite"])
    severity: str = Field(description="`error` stops publishing; `warning` and `info` do not.")
    message: str
    hint: str | None = None
    stage: str | None = Field(default=None, description="Name of the stage.")

    @classmethod
    def of(cls, found: SpecProblem) -> Problem:
        """Return a problem as it is told."""
        return cls(**found.to_dict())


class ProblemBody(Answer):
    """What every error looks like (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: Any = Field(examples=["there is no pipeline 5f7c…"])
    path: str | None = Field(default=None, description="JSON path of what is wrong.")
    hint: str | None = Field(default=None, description="What to do about it.")
    errors: list[dict[str, Any]] | None = Field(
        default=None, description="Where a body breaks its schema: `path` and `detail`."
    )
    problems: list[Problem] | None = Field(default=None, description="What is wrong with a pipeline.")


class ConflictBody(ProblemBody):
    """Somebody saved in between: what both wrote, and what both started from."""

    base: int | None = Field(default=None, description="The revision that the change was based on.")
    latest: int | None = Field(default=None, description="The newest revision.")
    yours: dict[str, Any] | None = Field(default=None, description="The spec that was refused.")
    theirs: dict[str, Any] | None = Field(default=None, description="The spec of the newest revision.")
