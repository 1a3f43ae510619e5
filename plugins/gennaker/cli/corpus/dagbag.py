"""Load a folder of DAGs with Airflow's DagBag and write down, as JSON, what became of each pipeline."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(folder: Path, answer: Path) -> None:
    """Write file name → nothing, or why the file became no DAG."""
    from airflow.dag_processing.dagbag import DagBag

    from gennaker.bundle.files import SpecFolder

    bag = DagBag(folder / "dags", bundle_path=folder / "dags")
    failed = "; ".join(bag.import_errors.values())
    outcomes = {}
    for dag_id, path in SpecFolder(folder / "pipeline_specs").files():
        if dag_id in bag.dags:
            outcomes[path.name] = _serialized(bag.dags[dag_id])
        else:
            outcomes[path.name] = f"not in the DagBag: {failed or 'it was left out, see the log'}"
    answer.write_text(json.dumps(outcomes), encoding="utf-8")


def _serialized(dag: object) -> str:
    """Return why the scheduler could not be told of a DAG."""
    from airflow.serialization.serialized_objects import DagSerialization

    try:
        json.dumps(DagSerialization.to_dict(dag))
    except Exception as fault:
        return f"it cannot be serialized: {type(fault).__name__}: {fault}"
    return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
