"""Parameters: what is asked for when a pipeline starts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from gennaker.spec.base import SpecModel
from gennaker.spec.types import ExprStr, Items


class ParameterType(StrEnum):
    """What a strict parameter accepts."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    JSON = "json"
    SECRET = "secret"  # noqa: S105
    CHOICE = "choice"


class ParameterOption(SpecModel):
    """One of the values that the form offers."""

    value: Any = Field(default=None, description="The value.")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        return given if isinstance(given, Mapping | ParameterOption) else {"value": given}


class ParameterCondition(SpecModel):
    """When the form shows a parameter."""

    parameter: ExprStr | None = Field(default=None, description="The parameter to look at.")
    comparator: ExprStr | None = Field(default=None, description="One of `>`, `<`, `>=`, `<=`, `=`, `!=`.")
    comparator_value: Any = Field(default=None, description="What it is compared with.")


class Parameter(SpecModel):
    """
    One value that a run is given.

    Without ``type`` Spinnaker's rules hold: everything is text, and ``required`` and ``options`` are what
    the form asks for. With it the value is checked wherever a run comes from.
    """

    name: ExprStr = Field(default="", description="The key: `${ parameters.name }`.")
    label: ExprStr | None = Field(default=None, description="What the form calls it.")
    description: ExprStr | None = Field(default=None, description="Help, in Markdown or HTML.")
    default: Any = Field(default=None, description="The value where none is given.")
    required: Any = Field(default=None, description="The form insists on a value.")
    has_options: Any = Field(default=None, description="The form offers a list.")
    options: Items[ParameterOption] = Field(default=(), description="The list.")
    pinned: Any = Field(default=None, description="Shown on the row of a run.")
    constraint: ExprStr | None = Field(default=None, description="`date` for a date picker.")
    condition: ParameterCondition | None = Field(default=None, description="When the form shows it.")
    conditional: Any = Field(default=None, description="Written by Deck; kept.")
    inherited: Any = Field(default=None, description="It comes from a template.")
    type: ExprStr | None = Field(
        default=None,
        description="`string`, `number`, `boolean`, `date`, `json`, `secret`, `choice`; absent: plain text.",
    )

    @property
    def kind(self) -> ParameterType | None:
        """Return the strict type, or None where Spinnaker's rules hold."""
        try:
            return ParameterType((self.type or "").lower())
        except ValueError:
            return None
