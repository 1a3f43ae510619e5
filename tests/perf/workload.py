"""
One set of pipelines, written three times: as specs, as dag-factory's YAML, as a plain Python loop.

All have the same ten tasks and edges, two parameters and a description; they are spread over applications,
as teams would have them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

#: Task name → what it waits for: start → 4 side by side → join → 4 in a row.
SHAPE: Mapping[str, tuple[str, ...]] = {
    "start": (),
    "check-a": ("start",),
    "check-b": ("start",),
    "check-c": ("start",),
    "check-d": ("start",),
    "join": ("check-a", "check-b", "check-c", "check-d"),
    "staging": ("join",),
    "verify": ("staging",),
    "production": ("verify",),
    "announce": ("production",),
}
TASKS = len(SHAPE)
EDGES = sum(len(upstream) for upstream in SHAPE.values())
APPLICATIONS = 20
VERSIONS = ["1.0", "1.1", "2.0"]

_PLAIN = '''
"""Pipelines as people write them without any framework."""

from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param

SHAPE = {shape!r}

for application, pipeline in {names!r}:
    with DAG(
        f"{{application}}.{{pipeline}}",
        schedule=None,
        start_date=datetime(2026, 1, 1),
        catchup=False,
        tags=[f"app:{{application}}"],
        doc_md="Checks, then staging, then production.",
        params={{
            "version": Param("1.0", type="string", examples={versions!r}),
            "message": Param("", type=["string", "null"]),
        }},
    ) as dag:
        tasks = {{}}
        for name, upstream in SHAPE.items():
            if name in ("start", "join"):
                tasks[name] = EmptyOperator(task_id=name)
            else:
                tasks[name] = BashOperator(task_id=name, bash_command="echo {{{{ params.version }}}}")
            if upstream:
                tasks[name].set_upstream([tasks[other] for other in upstream])
    globals()[dag.dag_id] = dag
'''

_DAG_FACTORY = """
from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), dags_folder={folder!r}, defaults_config_path={folder!r})
"""

_GENNAKER = """
from pathlib import Path

from gennaker.bundle.files import dags

globals().update(dags(Path({folder!r})))
"""


def names(count: int) -> Iterator[tuple[str, str]]:
    """Yield application and pipeline of each of the pipelines."""
    for number in range(count):
        yield f"team-{number % APPLICATIONS:02}", f"service-{number:05}"


def dag_id(number: int) -> str:
    """Return the DAG id of one of the pipelines."""
    return f"team-{number % APPLICATIONS:02}.service-{number:05}"


def write_specs(folder: Path, count: int) -> Path:
    """Write the specs and the DAG file over them; return the DAG file."""
    specs = folder / "specs"
    for application, pipeline in names(count):
        path = specs / application / f"{pipeline}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(spec(application, pipeline), indent=2))
    return _dag_file(folder, _GENNAKER.format(folder=str(specs)))


def write_yaml(folder: Path, count: int) -> Path:
    """Write one YAML for each DAG and the DAG file over them; return the DAG file."""
    import yaml

    configs = folder / "configs"
    configs.mkdir(parents=True)
    for application, pipeline in names(count):
        text = yaml.safe_dump(_configuration(application, pipeline), sort_keys=False)
        (configs / f"{application}.{pipeline}.yml").write_text(text)
    return _dag_file(folder, _DAG_FACTORY.format(folder=str(configs)))


def write_plain(folder: Path, count: int) -> Path:
    """Write the plain loop; return its file."""
    text = _PLAIN.format(shape=dict(SHAPE), names=list(names(count)), versions=VERSIONS)
    return _dag_file(folder, text)


def _dag_file(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pipelines.py"
    path.write_text(text.lstrip())
    return path


def spec(application: str, pipeline: str) -> dict[str, Any]:
    """Return one pipeline."""
    order = {name: str(index) for index, name in enumerate(SHAPE, start=1)}
    stages = [
        {**_work(name), "refId": order[name], "requisiteStageRefIds": [order[other] for other in upstream]}
        for name, upstream in SHAPE.items()
    ]
    return {
        "application": application,
        "name": pipeline,
        "description": "Checks, then staging, then production.",
        "spelEvaluator": "v4",
        "limitConcurrent": False,
        "keepWaitingPipelines": True,
        "triggers": [],
        "parameterConfig": [
            {
                "name": "version",
                "default": "1.0",
                "required": True,
                "hasOptions": True,
                "options": [{"value": version} for version in VERSIONS],
            },
            {"name": "message", "default": "", "required": False},
        ],
        "stages": stages,
    }


def _work(name: str) -> dict[str, Any]:
    if name in ("start", "join"):
        return {"type": "noop", "name": name}
    if name.startswith("check"):
        return {"type": "wait", "name": name, "waitTime": 30, "failOnFailedExpressions": True}
    variables = [{"key": "message", "value": "${ parameters.version + ' on ' + execution.application }"}]
    return {
        "type": "evaluateVariables",
        "name": name,
        "variables": variables,
        "failOnFailedExpressions": True,
    }


def _configuration(application: str, pipeline: str) -> dict[str, Any]:
    tasks = []
    for name, upstream in SHAPE.items():
        idle = name in ("start", "join")
        kind = "empty.EmptyOperator" if idle else "bash.BashOperator"
        task: dict[str, Any] = {"task_id": name, "operator": f"airflow.providers.standard.operators.{kind}"}
        if not idle:
            task["bash_command"] = "echo {{ params.version }}"
        if upstream:
            task["dependencies"] = list(upstream)
        tasks.append(task)
    return {
        f"{application}.{pipeline}": {
            "default_args": {"start_date": "2026-01-01"},
            "schedule": None,
            "catchup": False,
            "tags": [f"app:{application}"],
            "doc_md": "Checks, then staging, then production.",
            "params": {"version": "1.0", "message": ""},
            "tasks": tasks,
        }
    }
