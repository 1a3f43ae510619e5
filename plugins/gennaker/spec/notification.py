"""Notifications: who is told, and when."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gennaker.spec.base import SpecModel
from gennaker.spec.types import ExprStr, Items


class Notification(SpecModel):
    """One message to one address."""

    type: ExprStr | None = Field(default=None, description="Channel, such as `email` or `slack`.")
    level: ExprStr | None = Field(default=None, description="`pipeline` or `stage`.")
    address: ExprStr | None = Field(default=None, description="Where it goes.")
    publisher_name: ExprStr | None = Field(default=None, description="The publisher of a pub/sub message.")
    cc: ExprStr | None = Field(default=None, description="Further addresses.")
    when: Items[ExprStr] = Field(default=(), description="Events, such as `pipeline.failed`.")
    message: Any = Field(default=None, description="Text for each event, as `{event: {text}}`.")
