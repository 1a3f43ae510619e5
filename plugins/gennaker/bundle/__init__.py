"""Where the DAG processor and the workers get pipelines from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gennaker.bundle.managed import PipelineBundle

__all__ = ["PipelineBundle"]


def __getattr__(name: str) -> object:
    """Import the bundle when Airflow asks for it by its path; a command that reads files does not."""
    if name == "PipelineBundle":
        from gennaker.bundle.managed import PipelineBundle

        return PipelineBundle
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
