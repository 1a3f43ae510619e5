"""What loading may cost; a worker loads its pipeline each time a task starts."""

from __future__ import annotations

import json
import statistics
import time

import pytest

from gennaker import catalog

BUDGET_MS, TOLERANCE = 0.3, 3


def ten_stages():
    kinds = {
        "wait": {"waitTime": 30},
        "manualJudgment": {
            "judgmentInputs": [{"value": "yes"}],
            "notifications": [{"type": "email", "when": ["x"]}],
        },
        "checkPreconditions": {"preconditions": [{"type": "expression", "context": {"expression": "true"}}]},
        "pipeline": {"application": "a", "pipeline": "id", "pipelineParameters": {"a": "b"}},
        "evaluateVariables": {"variables": [{"key": "a", "value": "${ parameters.tag }"}]},
    }
    return [
        {
            "refId": str(index),
            "requisiteStageRefIds": [str(index - 1)] if index else [],
            "type": kind,
            "name": f"Stage {index}",
            "failPipeline": True,
            "continuePipeline": False,
            "stageEnabled": {"type": "expression", "expression": "${ parameters.tag }"},
            **fields,
        }
        for index, (kind, fields) in enumerate([*kinds.items()] * 2)
    ]


@pytest.mark.perf
def test_loading_ten_stages_without_checks():
    pipeline = {"application": "a", "name": "n", "parameterConfig": [{"name": "tag"}], "stages": ten_stages()}
    text = json.dumps(pipeline)
    assert catalog.load(text).ok
    spent = []
    for _ in range(300):
        start = time.perf_counter()
        catalog.load(text, check=False)
        spent.append(1000 * (time.perf_counter() - start))
    assert statistics.median(spent) <= BUDGET_MS * TOLERANCE
