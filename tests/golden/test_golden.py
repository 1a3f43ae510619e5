"""
What pipelines compile to: `<name>.json` beside `<name>.dag.json`, the DAG as the database holds it.

After a change that is meant, write the expectations anew and read the difference before committing it::

    UPDATE_GOLDEN=1 pytest tests/golden
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from airflow.serialization.serialized_objects import DagSerialization

from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("*.json") if not path.stem.endswith(".dag"))

#: What depends on the machine or on Airflow's configuration.
NOT_OURS = frozenset({"fileloc", "relative_fileloc", "timezone", "_processor_dags_folder"})


def compiled(name: str) -> dict[str, Any]:
    """Return the DAG of a pipeline, without what is not the compiler's."""
    loaded = load((HERE / f"{name}.json").read_bytes(), check=False)
    dag = compile_pipeline(loaded, dag_id=f"golden.{name}", application="golden", name=name, revision=1)
    data: dict[str, Any] = DagSerialization.to_dict(dag)["dag"]
    return {key: value for key, value in data.items() if key not in NOT_OURS}


@pytest.mark.parametrize("name", NAMES)
def test_a_pipeline_compiles_to_what_it_did(name: str) -> None:
    expected = HERE / f"{name}.dag.json"
    text = json.dumps(compiled(name), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(text, encoding="utf-8")

    assert text == expected.read_text(encoding="utf-8")


def test_no_expectation_is_left_without_its_pipeline() -> None:
    expectations = {path.name.removesuffix(".dag.json") for path in HERE.glob("*.dag.json")}

    assert expectations == set(NAMES)
