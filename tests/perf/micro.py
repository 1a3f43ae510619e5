"""The steps from spec to serialized DAG, one pipeline of ten stages at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.perf import workload
from tests.perf.clock import best

#: Ten tokens: a name, a dot, a name, a plus, a text, a plus, a name, a dot, a name, a comparison.
EXPRESSION = "${ parameters.version + ' on ' + execution.application }"


def measure() -> dict[str, Any]:
    """Return the CPU seconds of each step."""
    return {
        "load": load(),
        "load_checked": load(check=True),
        "compile": compile_(),
        "serialize": serialize(),
        "expression": expression(),
    }


def document() -> bytes:
    """Return the JSON of one pipeline."""
    return json.dumps(workload.spec("team-00", "service-00000"), indent=2).encode()


def load(*, check: bool = False) -> float:
    """Measure reading and typing a pipeline."""
    from gennaker import catalog

    text = document()
    assert catalog.load(text, check=True).problems == ()
    return best(lambda: catalog.load(text, check=check), calls=50)


def compiled() -> Any:
    """Return the DAG of one pipeline."""
    from gennaker import catalog
    from gennaker.compiler.dag import compile_pipeline

    return compile_pipeline(
        catalog.load(document(), check=False), dag_id="bench.one", application="bench", name="one"
    )


def compile_() -> float:
    """Measure turning a loaded pipeline into a DAG."""
    from gennaker import catalog
    from gennaker.compiler.dag import compile_pipeline

    loaded = catalog.load(document(), check=False)
    compiled()
    return best(
        lambda: compile_pipeline(loaded, dag_id="bench.one", application="bench", name="one"), calls=20
    )


def serialize() -> float:
    """Measure Airflow's own serialization, which the dag processor pays for every DAG."""
    from airflow.serialization.serialized_objects import DagSerialization

    dag = compiled()
    DagSerialization.to_dict(dag)
    return best(lambda: DagSerialization.to_dict(dag), calls=10)


def expression() -> float:
    """Measure one text with one expression of ten tokens."""
    from gennaker.expr import evaluate_with_problems

    parameters = {"version": "1.0"}
    execution = {"application": "team-00", "stages": [], "trigger": {"parameters": parameters}}

    def run() -> object:
        return evaluate_with_problems(EXPRESSION, {"parameters": parameters}, execution=execution)

    assert not evaluate_with_problems(EXPRESSION, {"parameters": parameters}, execution=execution).problems
    return best(run, calls=200)


def find(folder: Path, dag_id: str) -> float:
    """Measure finding and building one pipeline of a folder, as a worker does."""
    from gennaker.bundle.files import SpecFolder, build

    specs = SpecFolder(folder)

    def run() -> None:
        path = specs.find(dag_id)
        assert path is not None
        build(dag_id, path, specs)

    run()
    return best(run)
