"""Show the DAG that each pipeline file becomes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from gennaker.cli import _options

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from gennaker.cli._files import SpecFile


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    _options.add_files(parser)
    _options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compile the files; fail if one cannot be compiled."""
    from gennaker.cli import _files, _output
    from gennaker.cli._compiling import compile_file

    files = _files.load_all(arguments.files, templates=arguments.templates)
    compiled = [compile_file(file) for file in files]
    described = [{**file.to_dict(), **(_describe(dag) if dag is not None else {})} for file, dag in compiled]
    if arguments.output == "json":
        _output.print_json(described)
    else:
        for (file, _), shown in zip(compiled, described, strict=True):
            _print(file, shown)
    return 0 if all(file.ok() for file, _ in compiled) else 1


def _describe(dag: DAG) -> dict[str, Any]:
    from gennaker.compiler.semantics import VERDICT_TASK

    stages = [task for task in dag.topological_sort() if task.task_id != VERDICT_TASK]
    names = {task.task_id for task in stages}
    return {
        "dag_id": dag.dag_id,
        "name": dag.dag_display_name,
        "max_active_runs": dag.max_active_runs,
        "tags": sorted(dag.tags),
        "params": {name: _parameter(param) for name, param in dag.params.items()},
        "tasks": [_task(task) for task in stages],
        "edges": [
            [task.task_id, below]
            for task in stages
            for below in sorted(task.downstream_task_ids)
            if below in names
        ],
        "verdict": dag.has_task(VERDICT_TASK),
    }


def _task(task: Any) -> dict[str, Any]:
    return {
        "task_id": task.task_id,
        "stage": task.node.name,
        "type": task.node.type,
        "operator": type(task).__name__,
        "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
        "policy": str(task.node.policy),
        "retries": task.retries,
        "finally": task.node.finally_,
    }


def _parameter(param: Any) -> dict[str, Any]:
    shown = {"schema": dict(param.schema)}
    # A parameter without a default has a marker there that is not JSON.
    known = isinstance(param.value, str | int | float | list | dict | None)
    return {"default": param.value, **shown} if known else shown


def _print(file: SpecFile, shown: dict[str, Any]) -> None:
    from gennaker.cli._output import count, print_problems, print_table, say

    if "dag_id" not in shown:
        say(f"{file.path}: not compiled", style="bold red")
        print_problems(file.problems)
        return
    say(f"{file.path}: {shown['dag_id']}", style="green")
    below: dict[str, list[str]] = {}
    for upstream, downstream in shown["edges"]:
        below.setdefault(upstream, []).append(downstream)
    columns = ("task_id", "stage", "type", "operator", "trigger_rule", "policy", "retries", "finally")
    print_table(
        (*columns, "then"),
        [
            (*(task[key] for key in columns), " ".join(below.get(task["task_id"], ())))
            for task in shown["tasks"]
        ],
    )
    say(f"verdict task: {'yes' if shown['verdict'] else 'no'}; runs at a time: {shown['max_active_runs']}")
    say(f"{count(len(shown['params']), 'parameter')}: {', '.join(shown['params']) or 'none'}")
    say()
