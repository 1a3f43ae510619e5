"""
The codes of every problem, with what each means and what to do about it.

docs/reference/problems.md shows this table, and a test compares the two;
``python -m gennaker.spec.codes`` prints it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Severity(StrEnum):
    """How much a problem matters: an error stops a run, a warning may, an info does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Code(NamedTuple):
    """What one code means."""

    severity: Severity
    meaning: str
    advice: str


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CODES: Mapping[str, Code] = MappingProxyType(
    {
        # The document
        "invalid-json": Code(
            ERROR, "The text is not JSON.", "Correct the text at the given line and column."
        ),
        "duplicate-key": Code(
            WARNING, "An object has the same key twice; the last one counts.", "Keep one of them."
        ),
        "not-a-pipeline": Code(
            ERROR, "The JSON is not a pipeline.", "A pipeline is an object with a list `stages`."
        ),
        "several-pipelines": Code(ERROR, "The JSON holds more than one pipeline.", "Import them one by one."),
        "execution-json": Code(
            INFO, "The JSON is a record of a run; its configuration is used.", "Export the pipeline instead."
        ),
        "template-not-found": Code(
            WARNING,
            "The template that makes the stages is not known; a run fails at once.",
            "Import the template, or the expanded pipeline (`spin pipeline-templates plan`).",
        ),
        "template-unsupported": Code(
            WARNING,
            "Only templates with `schema: v2` are expanded; a run fails at once.",
            "Import the expanded pipeline.",
        ),
        "template-variable": Code(
            ERROR, "A template's variable has no value, or one of another type.", "Set it under `variables`."
        ),
        "template-injection": Code(
            ERROR, "A stage cannot be put where `inject` says.", "Name stages that the template has."
        ),
        # Fields
        "invalid-field": Code(ERROR, "A value has the wrong type.", "Correct the value."),
        "missing-field": Code(ERROR, "A value that is needed is absent.", "Add it."),
        "missing-application": Code(
            WARNING, "`application` is absent.", "Add it; in a folder of files the folder's name counts."
        ),
        "missing-name": Code(
            WARNING, "`name` is absent.", "Add it; in a folder of files the file's name counts."
        ),
        "no-stages": Code(WARNING, "There are no stages; a run succeeds at once.", "Add a stage."),
        # Stages and their graph
        "missing-stage-type": Code(ERROR, "A stage has no `type`.", "Add it."),
        "unknown-stage-type": Code(
            WARNING,
            "The type is not known; the stage fails when it is reached.",
            "Replace it, switch it off with `stageEnabled`, or install a package that brings the type.",
        ),
        "missing-ref-id": Code(
            WARNING, "A stage has no `refId` though others do; it starts at once.", "Give it a `refId`."
        ),
        "duplicate-ref-id": Code(ERROR, "Two stages have the same `refId`.", "Give each its own."),
        "dangling-requisite": Code(
            ERROR, "A stage waits for a stage that does not exist.", "Correct `requisiteStageRefIds`."
        ),
        "self-reference": Code(ERROR, "A stage waits for itself.", "Remove it from `requisiteStageRefIds`."),
        "cycle": Code(
            ERROR, "Stages wait for each other in a loop.", "Remove one of the links that are named."
        ),
        "finally-not-last": Code(
            ERROR,
            "A stage that is not `finally` follows one that is.",
            "Mark it `finally` too, or let it wait for another stage.",
        ),
        "failure-option-not-boolean": Code(
            WARNING,
            "A failure option is neither true nor false; Spinnaker takes it for false.",
            "Write true or false; an expression is not evaluated here.",
        ),
        # Expressions
        "expression-syntax": Code(
            ERROR, "An expression does not parse.", "Correct it at the given position."
        ),
        "unknown-parameter": Code(
            WARNING,
            "An expression names a parameter that is not declared.",
            "Declare it, unless every start brings it.",
        ),
        "unknown-stage-reference": Code(
            ERROR, "An expression names a stage that does not exist.", "Use a stage's exact name or `refId`."
        ),
        "unknown-judgment": Code(
            ERROR, "`#judgment` names a stage that does not exist.", "Use a manual judgment's exact name."
        ),
        "not-a-judgment": Code(
            ERROR, "`#judgment` names a stage that is no manual judgment.", "Name a `manualJudgment` stage."
        ),
        "stage-not-upstream": Code(
            WARNING,
            "An expression looks at a stage that need not have run by then.",
            "Let the stage wait for the other one.",
        ),
        "ambiguous-stage-name": Code(
            INFO, "Several stages have the name that an expression uses; the first counts.", "Rename them."
        ),
        "legacy-expressions": Code(
            INFO,
            "`spelEvaluator` is not `v4`; here, expressions are evaluated as in v4.",
            "Set `spelEvaluator` to `v4` once you have checked them.",
        ),
        # Times
        "invalid-cron": Code(
            ERROR, "A cron expression does not parse.", "Use 5 fields, or Quartz's 6 or 7 with seconds first."
        ),
        "unknown-timezone": Code(
            ERROR, "A time zone does not exist.", "Use an IANA name, such as `Asia/Shanghai`."
        ),
        "invalid-window": Code(
            ERROR,
            "An execution window is out of range.",
            "Days are 1 (Sunday) to 7, hours 0 to 23, minutes 0 to 59.",
        ),
        # Artifacts, parameters, triggers
        "unknown-artifact": Code(
            WARNING,
            "An artifact id is declared neither by the pipeline nor by an earlier stage.",
            "Declare it under `expectedArtifacts`.",
        ),
        "duplicate-artifact-id": Code(
            WARNING, "Two expected artifacts have the same id.", "Give each its own."
        ),
        "duplicate-parameter": Code(WARNING, "Two parameters have the same name.", "Rename or remove one."),
        "bad-parameter-name": Code(
            WARNING, "A parameter's name is empty or odd.", "Use letters, digits, `_`, `-` and `.`."
        ),
        "unknown-parameter-type": Code(
            WARNING,
            "A parameter's `type` is not known; it is treated as text.",
            "Use string, number, boolean, date, json, secret or choice.",
        ),
        "default-not-an-option": Code(
            WARNING, "A parameter's default is not among its options.", "Add it to the options, or change it."
        ),
        "invalid-default": Code(
            WARNING, "A parameter's default does not fit its type.", "Change the default or the type."
        ),
        "secret-in-clear": Code(
            ERROR, "A secret stands in the pipeline in clear text.", "Use `conn:<id>` or `var:<key>`."
        ),
        "incomplete-trigger": Code(
            WARNING, "A trigger lacks what it needs, so it never fires.", "Complete it, or remove it."
        ),
        "invalid-regex": Code(
            WARNING, "A regular expression does not compile, so the trigger never fires.", "Correct it."
        ),
        # Saving
        "governance-ignored": Code(
            INFO,
            "Name, lock and the like are not part of a revision; what the JSON says about them is ignored.",
            "Rename, lock, disable or reorder the pipeline instead.",
        ),
        "build-failed": Code(
            ERROR, "The pipeline could not be turned into a DAG.", "Correct what the message names."
        ),
    }
)


def markdown() -> str:
    """Return the table as Markdown."""
    rows = (
        f"| `{code}` | {known.severity} | {known.meaning} | {known.advice} |" for code, known in CODES.items()
    )
    return "\n".join(("| Code | Severity | What it means | What to do |", "|---|---|---|---|", *rows)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
