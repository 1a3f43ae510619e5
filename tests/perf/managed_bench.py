"""
Measure managed mode: ``python -m tests.perf.managed_bench [PIPELINES]``.

Prints how long it takes from a published change to what Airflow would start, for one edit and for all
pipelines of an empty DAG table; fails where a budget is missed. The figures are also in
build/bench-managed.json.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from airflow.models.dag import DagModel
from airflow.models.serialized_dag import SerializedDagModel
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from gennaker.cli.up.health import wait_for
from gennaker.cli.up.stack import Stack
from gennaker.spec.publication import read_mark
from tests.publishing import Publisher

APPLICATIONS = 20
STAGES = 10
EDITS = 20

#: Seconds: all pipelines from an empty DAG table; the median from a save to its DAG.
ALL_SCHEDULABLE = 45.0
ONE_SCHEDULED = 3.0

REPORT = Path(__file__).parents[2] / "build" / "bench-managed.json"

Begin = Callable[[], AbstractContextManager[Session]]


def spec(number: int) -> dict[str, Any]:
    """Return a pipeline of ten stages with a judgment and expressions."""
    stages: list[dict[str, Any]] = [
        {
            "refId": str(ref),
            "requisiteStageRefIds": [str(ref - 1)] if ref > 1 else [],
            "type": "evaluateVariables",
            "name": f"Step {ref}",
            "variables": [{"key": "number", "value": f"${{ {number} + {ref} }}"}],
        }
        for ref in range(1, STAGES)
    ]
    judgment = {
        "refId": str(STAGES),
        "requisiteStageRefIds": [str(STAGES - 1)],
        "type": "manualJudgment",
        "name": "Go on?",
    }
    return {"spelEvaluator": "v4", "stages": [*stages, judgment]}


def main(pipelines: int) -> int:
    """Run all measurements and print the figures."""
    with tempfile.TemporaryDirectory(prefix="gennaker-managed-") as folder:
        home = Path(folder)
        (home / "dags").mkdir()
        with Stack(home, dags=home / "dags", managed=True) as stack:
            engine = create_engine(stack.database_url)
            begin = sessionmaker(engine, expire_on_commit=False).begin
            processor = psutil.Process(stack.processes.pids["dag-processor"])
            figures = {
                "pipelines": pipelines,
                "load": os.getloadavg()[0],
                **_all(begin, pipelines, processor),
            }
            figures |= {**_edits(begin, processor), "load_at_the_end": os.getloadavg()[0]}
            stack.processes.check()
            engine.dispose()
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    kept = (
        figures["all_schedulable_seconds"] <= ALL_SCHEDULABLE
        and figures["save_to_serialized_median_seconds"] <= ONE_SCHEDULED
        and figures["files_parsed_by_one_edit"] == 1
    )
    return 0 if kept else 1


def _all(begin: Begin, pipelines: int, processor: psutil.Process) -> dict[str, float]:
    publisher = Publisher(begin)
    began = time.monotonic()
    with begin() as session:
        for number in range(pipelines):
            name = f"pipeline-{number:04}"
            publisher.publish_in(f"app-{number % APPLICATIONS:02}", name, spec(number), session=session)
    committed, before = time.monotonic(), _cpu(processor)

    def known() -> bool:
        with begin() as session:
            living = select(func.count()).select_from(DagModel).where(DagModel.is_stale.is_(False))
            written = select(func.count(SerializedDagModel.dag_id.distinct()))
            counts = (session.scalar(living), session.scalar(written))
        return counts == (pipelines, pipelines)

    wait_for(known, timeout=600, what="all pipelines", interval=0.25)
    return {
        "publish_all_seconds": round(committed - began, 1),
        "all_schedulable_seconds": round(time.monotonic() - committed, 1),
        "all_schedulable_cpu_seconds": round(_cpu(processor) - before, 1),
    }


def _cpu(process: psutil.Process) -> float:
    """Return what a process and its children have used; it tells more than the clock on a busy machine."""
    return float(sum(process.cpu_times()[:4]))


def _edits(begin: Begin, processor: psutil.Process) -> dict[str, Any]:
    publisher = Publisher(begin)
    seconds, parsed, cpu = [], [], []
    for number in range(EDITS):
        _quiet(begin)
        before = _parsed(begin)
        application, name = f"app-{number % APPLICATIONS:02}", f"pipeline-{number:04}"
        version = publisher.publish(application, name, spec(number + 100_000))
        committed, used = time.monotonic(), _cpu(processor)
        wait_for(
            lambda version=version, dag_id=f"{application}.{name}": _is_scheduled(begin, dag_id, version),
            timeout=60,
            what=f"version {version}",
            interval=0.02,
        )
        seconds.append(time.monotonic() - committed)
        cpu.append(_cpu(processor) - used)
        time.sleep(2)
        after = _parsed(begin)
        parsed.append(sum(after[file] > before[file] for file in after))
    return {
        "save_to_serialized_median_seconds": round(statistics.median(seconds), 2),
        "save_to_serialized_longest_seconds": round(max(seconds), 2),
        "save_to_serialized_seconds": [round(took, 2) for took in seconds],
        "save_to_serialized_cpu_median_seconds": round(statistics.median(cpu), 2),
        "files_parsed_by_one_edit": max(parsed),
        "files_parsed_by_each_edit": parsed,
        "files": len(_parsed(begin)),
    }


def _is_scheduled(begin: Begin, dag_id: str, version: int) -> bool:
    with begin() as session:
        query = select(SerializedDagModel).where(SerializedDagModel.dag_id == dag_id)
        row = session.scalar(query.order_by(SerializedDagModel.created_at.desc()).limit(1))
        data: Any = row.data if row else {"dag": {}}
        dag = session.scalar(select(DagModel.bundle_version).where(DagModel.dag_id == dag_id))
    mark = read_mark(data["dag"].get("doc_md"))
    return mark is not None and mark[1] == version and int(dag or 0) >= version


def _parsed(begin: Begin) -> dict[str, datetime]:
    """Return when each file was last parsed."""
    with begin() as session:
        query = select(DagModel.relative_fileloc, func.max(DagModel.last_parsed_time))
        return {
            str(file): moment for file, moment in session.execute(query.group_by(DagModel.relative_fileloc))
        }


def _quiet(begin: Begin) -> None:
    """Wait until nothing is parsed."""
    last = _parsed(begin)

    def unchanged() -> bool:
        nonlocal last
        time.sleep(2)
        before, last = last, _parsed(begin)
        return before == last

    wait_for(unchanged, timeout=120, what="a quiet DAG processor", interval=0)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
