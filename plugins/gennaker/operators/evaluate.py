"""The work of `evaluateVariables` and `evaluateArtifacts`."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any

from gennaker.operators._artifacts import bind_produced
from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Result, failure
from gennaker.operators._run import StageRun, plain


class EvaluateVariablesOperator(StageOperator):
    """Evaluate variables in order; a later one sees the earlier ones."""

    computes = True
    raw_keys = frozenset({"variables"})

    def work(self, run: StageRun) -> Result:
        """Return the values as outputs."""
        values: dict[str, Any] = {}
        shown: list[dict[str, Any]] = []
        problems: list[str] = []
        for variable in self.raw.get("variables") or ():
            done = run.evaluate({k: v for k, v in variable.items() if k != "key"}, **values)
            key = str(run.evaluate(variable.get("key", "")).value)
            value = done.value.get("value")
            values[key] = value
            problems += [f"{key}: {p.message}" for p in done.problems if p.path.startswith("$.value")]
            shown.append({**done.value, "key": key, "sourceValue": variable.get("value")})
        context = {"variables": shown}
        if problems and str(self.raw.get("failOnFailedExpressions")).lower() == "true":
            return failure(f"variable {problems[0]}", final=True, context=context)
        for problem in problems:
            self.log.warning("variable %s", problem)
        return Result(outputs=values, context=context)


class EvaluateArtifactsOperator(StageOperator):
    """Make base64 artifacts of evaluated text."""

    computes = True

    def work(self, run: StageRun) -> Result:
        """Return the artifacts as an output."""
        artifacts = [self._artifact(item) for item in run.inputs.get("artifactContents") or ()]
        bound = bind_produced(run.inputs.get("expectedArtifacts"), artifacts)
        return Result(outputs={"artifacts": artifacts, **bound})

    def _artifact(self, item: Mapping[str, Any]) -> dict[str, Any]:
        contents = item.get("contents", "")
        text = contents if isinstance(contents, str) else json.dumps(plain(contents))
        name = str(item.get("name", ""))
        return {
            "type": "embedded/base64",
            "name": name,
            "reference": base64.b64encode(text.encode()).decode(),
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}\0{text}")),
        }
