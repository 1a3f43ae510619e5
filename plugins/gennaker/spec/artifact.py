"""Artifacts: what a pipeline builds, waits for and deploys."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from gennaker.spec.base import SpecModel
from gennaker.spec.types import ExprStr


class Artifact(SpecModel):
    """Something that can be deployed, or a pattern for it."""

    type: ExprStr | None = Field(default=None, description="Kind of artifact, such as `docker/image`.")
    name: ExprStr | None = Field(default=None, description="Its name without the version.")
    version: ExprStr | None = Field(default=None, description="Its version, such as an image's tag.")
    location: ExprStr | None = Field(default=None, description="Where it lives, such as a namespace.")
    reference: ExprStr | None = Field(default=None, description="The address that fetches it.")
    artifact_account: ExprStr | None = Field(default=None, description="The account that may fetch it.")
    provenance: ExprStr | None = Field(default=None, description="What made it.")
    id: ExprStr | None = Field(default=None, description="Identity within the pipeline.")
    uuid: ExprStr | None = Field(default=None, description="Identity in the artifact store.")
    custom_kind: Any = Field(default=None, description="Written by Deck; kept.")
    metadata: Any = Field(default=None, description="Anything else that is known about it.")


class ExpectedArtifact(SpecModel):
    """An artifact that must be there, and where it comes from when nobody brings it."""

    id: ExprStr | None = Field(default=None, description="What stages and triggers refer to.")
    display_name: ExprStr | None = Field(default=None, description="What people see.")
    match_artifact: Artifact | None = Field(
        default=None, description="Pattern; an empty field matches everything, others as a whole regex."
    )
    default_artifact: Artifact | None = Field(default=None, description="Used where nothing matched.")
    use_default_artifact: Any = Field(default=None, description="Fall back to the default artifact.")
    use_prior_artifact: Any = Field(default=None, description="Fall back to the previous run's artifact.")
    bound_artifact: Artifact | None = Field(default=None, description="What it was resolved to.")
