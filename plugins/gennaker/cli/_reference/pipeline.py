"""The reference of a pipeline's own keys, of what every stage has, and of parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from gennaker.cli._reference.facts import KEPT, KEPT_BY_STAGES
from gennaker.cli._reference.tables import field_table, keys, parts_of, prose, sentence
from gennaker.spec.model import Parameter, Pipeline, StageEnvelope, TriggerEnvelope

#: Models that have a chapter of their own.
_CHAPTERS = {
    "StageEnvelope": "#what-every-stage-has",
    "Parameter": "#parameters",
    "TriggerEnvelope": "#triggers",
}


def page() -> str:
    """Return the page."""
    found = {**parts_of(Pipeline), **parts_of(StageEnvelope)}
    inner = {name: found[name] for name in sorted(found) if name not in _CHAPTERS}
    links = {**_CHAPTERS, **{name: f"#{name.lower()}" for name in inner}}
    parts = [
        _INTRODUCTION,
        field_table(_marked(Pipeline, KEPT), links=links),
        _STAGES,
        field_table(_marked(StageEnvelope, KEPT_BY_STAGES), links=links),
        _FAILURE,
        "## Parameters",
        prose(Parameter),
        field_table(keys(Parameter), links=links),
        _PARAMETER_TYPES,
        "## Triggers",
        f"{sentence(TriggerEnvelope)} They are read and checked; in this version none fires.",
        field_table(keys(TriggerEnvelope), links=links),
        "## The smaller parts",
        *_parts(inner, links),
    ]
    return "\n\n".join(parts) + "\n"


def _marked(model: type[BaseModel], kept: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """Return a model's keys, each that does nothing yet described as such."""
    return {
        key: {
            **schema,
            "description": " ".join([str(schema.get("description", "")), *_limit(kept.get(key))]),
        }
        for key, schema in keys(model).items()
    }


def _limit(told: str | None) -> Iterator[str]:
    if told:
        yield f"*{told[0].upper()}{told[1:]}.*"


def _parts(inner: dict[str, type[BaseModel]], links: dict[str, str]) -> Iterator[str]:
    for name, model in inner.items():
        yield f"### {name}"
        yield sentence(model)
        yield field_table(keys(model), links=links)


_INTRODUCTION = """\
<!-- Made by `python -m gennaker.cli.docs`; change the models, not this page. -->

# The pipeline

A pipeline is a JSON object, the same that Spinnaker and CODING store. Keys that are not listed here are kept
as they are, at every level. `null` counts as absent. A number, and true or false, may also be written
as text or as an [expression](../expressions.md).
Text in *italics* says what a key does not do in this version."""

_STAGES = """\
## What every stage has

The keys of its type come on top: see [stages](stages.md). Where no stage has a `refId` they run one after
the other, in the order of the list. The task of a stage is called `stage-<refId>`, so a stage that is renamed
keeps its history."""

_FAILURE = """\
### If the stage fails

| what is wanted | `failPipeline` | `continuePipeline` | `completeOtherBranchesThenFail` | stage | run |
| --- | --- | --- | --- | --- | --- |
| halt the pipeline | absent or `true` | | | `TERMINAL` | other branches are canceled, the run fails |
| halt this branch | `false` | | | `STOPPED` | other branches go on, the run may succeed |
| halt this branch, then fail | `false` | | `true` | `STOPPED` | other branches go on, then the run fails |
| ignore the failure | any | `true` | | `FAILED_CONTINUE` | goes on as after a success |

Only the JSON values `true` and `false` count, as in Spinnaker: `"false"` in quotes is a value that is not
`true`. [Concepts](../concepts.md#if-a-stage-fails) shows what each becomes in Airflow."""

_PARAMETER_TYPES = """\
| `type` | accepts |
| --- | --- |
| absent | anything; `required` and `options` are what the form asks for, and suggestions elsewhere |
| `string`, `number`, `boolean` | a JSON value of this type |
| `date` | a day, as `2026-01-31` |
| `json` | any JSON value |
| `choice` | one of `options` |
| `secret` | `conn:<connection id>` for a connection's password, or `var:<key>` for a variable |

A secret is fetched on the worker when an expression reads it, and masked in logs and XComs. A clear value is
refused, since Airflow shows the configuration of a run to everybody who may read it."""
