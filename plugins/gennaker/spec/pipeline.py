"""The pipeline: every top-level key of a Spinnaker or CODING pipeline."""

from __future__ import annotations

from typing import Any

from pydantic import Field, SerializeAsAny

from gennaker.spec.artifact import ExpectedArtifact
from gennaker.spec.base import SpecModel
from gennaker.spec.notification import Notification
from gennaker.spec.parameter import Parameter
from gennaker.spec.stage import StageEnvelope
from gennaker.spec.trigger import TriggerEnvelope
from gennaker.spec.types import ExprBool, ExprInt, ExprNumber, ExprStr, Items


class Locked(SpecModel):
    """Who may change a pipeline."""

    ui: ExprBool = Field(default=False, description="Nobody changes it in the UI.")
    allow_unlock_ui: ExprBool = Field(default=False, description="The UI offers to unlock it.")
    description: ExprStr | None = Field(default=None, description="Why.")


class Rollback(SpecModel):
    """What is undone when a run fails."""

    on_failure: ExprBool = Field(default=False, description="Undo the deployments of a failed run.")


class ManualStartAlert(SpecModel):
    """A warning in the form that starts a run."""

    type: ExprStr | None = Field(default=None, description="`danger`, `warning` or `info`.")
    message: ExprStr | None = Field(default=None, description="The text.")


class Pipeline(SpecModel):
    """A deployment pipeline."""

    application: ExprStr | None = Field(default=None, description="The application that owns it.")
    name: ExprStr | None = Field(default=None, description="Its name, unique within the application.")
    id: ExprStr | None = Field(default=None, description="Its identity; other pipelines refer to it.")
    index: Any = Field(default=None, description="Its place in the list.")
    description: ExprStr | None = Field(default=None, description="What it does, in Markdown.")
    stages: Items[SerializeAsAny[StageEnvelope]] = Field(default=(), description="The stages, in any order.")
    triggers: Items[TriggerEnvelope] = Field(default=(), description="What starts it by itself.")
    parameter_config: Items[Parameter] = Field(default=(), description="What a run is given.")
    notifications: Items[Notification] = Field(default=(), description="Who is told, and when.")
    expected_artifacts: Items[ExpectedArtifact] = Field(default=(), description="What it deploys.")
    limit_concurrent: ExprBool | None = Field(default=None, description="One run at a time; others queue.")
    max_concurrent_executions: ExprInt | None = Field(
        default=None, description="This many runs at a time where `limitConcurrent` is off; 0: no limit."
    )
    keep_waiting_pipelines: ExprBool | None = Field(
        default=None, description="Run everything that queues, oldest first; else only the newest."
    )
    disabled: Any = Field(default=None, description="Nothing starts it.")
    locked: Locked | None = Field(default=None, description="Who may change it.")
    spel_evaluator: ExprStr | None = Field(
        default=None, description="`v4`: a stage's expressions are evaluated when it starts; absent: `v3`."
    )
    type: ExprStr | None = Field(default=None, description="`templatedPipeline` where a template makes it.")
    schema_: Any = Field(default=None, alias="schema", description="Version of the template format.")
    template: Any = Field(default=None, description="The template.")
    variables: Any = Field(default=None, description="Values for the template's variables.")
    template_variables: dict[str, Any] | None = Field(
        default=None, description="What `${ templateVariables }` gives."
    )
    inherit: Any = Field(default=None, description="What it takes over from the template.")
    exclude: Any = Field(default=None, description="What it does not take over from the template.")
    config: Any = Field(default=None, description="Configuration of an old template.")
    roles: Items[ExprStr] = Field(default=(), description="Who may edit it: holders of all of these.")
    service_account: ExprStr | None = Field(default=None, description="The account that runs act for.")
    tags: Any = Field(default=None, description="Names and values to filter by.")
    coding_nickname: ExprStr | None = Field(default=None, description="CODING: who saved it.")
    relation_projects: Any = Field(default=None, description="CODING: the projects that may use it.")
    custom_name: ExprStr | None = Field(default=None, description="CODING: name of the release order.")
    source: Any = Field(default=None, description="Where it comes from.")
    email: ExprStr | None = Field(default=None, description="Its owner's address.")
    create_ts: Any = Field(default=None, description="When it was made.")
    update_ts: Any = Field(default=None, description="When it was changed.")
    last_modified: Any = Field(default=None, description="When it was changed.")
    last_modified_by: ExprStr | None = Field(default=None, description="Who changed it.")
    respect_quiet_period: ExprBool | None = Field(default=None, description="No triggers in a quiet period.")
    manual_start_alert: ManualStartAlert | None = Field(
        default=None, description="A warning before it starts."
    )
    payload_constraints: Any = Field(default=None, description="Old form of a trigger's constraints.")
    constraints: Any = Field(default=None, description="Old form of a trigger's constraints.")
    start_time_expiry: ExprNumber | None = Field(default=None, description="Do not start later than this.")
    rollback: Rollback | None = Field(default=None, description="What is undone when a run fails.")
    timezone: ExprStr | None = Field(default=None, description="IANA name; the zone of triggers and windows.")
