"""
What the models do not say (yet): outputs, the limits of this version, and the types of later ones.

A stage type may carry ``OUTPUTS`` of its own, which then count. A line leaves this module when the code that
it excuses arrives.
"""

from __future__ import annotations

from collections.abc import Mapping

#: What a stage leaves for the stages after it, by type and name.
OUTPUTS: Mapping[str, Mapping[str, str]] = {
    "airflow": {
        "result": "What the operator returned.",
        "*": "Each key of the result, where it is an object.",
    },
    "evaluateArtifacts": {
        "artifacts": "The artifacts, each with `type`, `name` and `reference` (base64).",
        "resolvedExpectedArtifacts": "The stage's `expectedArtifacts`, each with its `boundArtifact`.",
    },
    "evaluateVariables": {"*": "Each variable, under its `key`."},
    "manualJudgment": {
        "judgmentStatus": "`continue`.",
        "judgmentInput": "The choice, where choices were offered.",
        "lastModifiedBy": "Who judged.",
        "approvedBy": "Everybody who agreed, in order.",
    },
    "monitorPipeline": {"executions": "The state of each run, by execution id."},
    "pipeline": {
        "executionId": "The child's run, as `dag_id/run_id`.",
        "executionName": "What the stage calls the child.",
        "*": "Everything that the child's stages put out, unless `skipDownstreamOutput`.",
    },
    "webhook": {
        "artifacts": "What `$.artifacts` of the answer holds and `expectedArtifacts` asks for, with "
        "`resolvedExpectedArtifacts`; not with `waitForCompletion`, as in Spinnaker.",
        "webhook": "The answer: `statusCode`, `statusCodeValue`, `body`, `headers`, and `monitor` for the "
        "last status. In the stage's *context*: `#stage('name').context.webhook`.",
    },
}

#: Where a type falls short in this version, beyond what its own notes say.
LIMITS: Mapping[str, str] = {
    "checkPreconditions": "a `clusterSize` precondition fails: it needs stages of a later version",
    "manualJudgment": "approvers, quorum, order and self-approval are enforced by user name; roles and "
    "groups are kept but not checked yet",
    "pipeline": "artifacts are not handed to the child yet",
}

#: Top-level keys that are kept, and shown by the commands, but change nothing in this version.
KEPT: Mapping[str, str] = {
    "triggers": "checked; they do not fire yet",
    "notifications": "checked; nothing is sent yet",
    "expectedArtifacts": "checked; nothing is bound at the start of a run yet",
    "disabled": "not heeded: pause the DAG, or take the file away",
    "locked": "there is no editor yet",
    "keepWaitingPipelines": "waiting runs start oldest first, none is canceled",
    "roles": "Airflow's permissions count",
    "rollback": "not done yet",
    "startTimeExpiry": "not heeded yet for a pipeline; it is for a stage",
    "timezone": "not heeded yet",
    "manualStartAlert": "not shown yet",
    "respectQuietPeriod": "nothing triggers yet",
    "serviceAccount": "kept",
    "payloadConstraints": "kept",
    "constraints": "kept",
    "config": "templates of the first version are not expanded",
}

#: The same for the keys that every stage has.
KEPT_BY_STAGES: Mapping[str, str] = {
    "notifications": "checked; nothing is sent yet",
    "sendNotifications": "nothing is sent yet",
    "expectedArtifacts": "only `evaluateArtifacts` and `webhook` produce any yet",
    "group": "not shown yet",
}

#: Stage types of Spinnaker and CODING that load and show, and fail when they are reached.
LATER: Mapping[str, tuple[str, ...]] = {
    "Kubernetes": (
        "bakeManifest",
        "deployManifest",
        "deleteManifest",
        "patchManifest",
        "scaleManifest",
        "enableManifest",
        "disableManifest",
        "undoRolloutManifest",
        "rollingRestartManifest",
        "pauseRolloutManifest",
        "resumeRolloutManifest",
        "runJobManifest",
        "findArtifactsFromResource",
    ),
    "Server groups": (
        "bake",
        "deploy",
        "cloneServerGroup",
        "resizeServerGroup",
        "enableServerGroup",
        "disableServerGroup",
        "destroyServerGroup",
        "rollbackCluster",
        "shrinkCluster",
        "scaleDownCluster",
        "disableCluster",
        "modifyScalingProcess",
        "findImage",
        "findImageFromTags",
        "upsertImageTags",
        "runJob",
    ),
    "Other services": (
        "webhook",
        "jenkins",
        "travis",
        "concourse",
        "script",
        "googleCloudBuild",
        "awsCodeBuild",
        "kayentaCanary",
        "findArtifactFromExecution",
        "savePipelinesFromArtifact",
        "waitForCondition",
        "dependsOnExecution",
        "runMultiplePipelines",
    ),
}
