"""Starting a pipeline."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gennaker.api.models._base import Answer, Body


class StartBody(Body):
    """What a run is started with."""

    parameters: dict[str, Any] = Field(default={}, max_length=1000, examples=[{"version": "1.2.3"}])
    project: str = Field(default="", max_length=250, description="The project for which it runs.")


class Started(Answer):
    """The run that was created."""

    run_id: str
    dag_id: str
