"""Put a plan together and hand it to the printer."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from airflow.sdk import DAG

from gennaker.cli._compiling import compile_file
from gennaker.cli._files import SpecFile, error, load_file, read_templates
from gennaker.cli._output import print_json, print_problems, say
from gennaker.cli.plan.assumptions import Assumptions, read_assumptions
from gennaker.cli.plan.show import show
from gennaker.cli.plan.simulation import Simulation, Verdict, judge_run
from gennaker.cli.plan.world import World
from gennaker.operators._base import StageOperator
from gennaker.operators._outcome import Status
from gennaker.operators.unsupported import UnsupportedOperator

_SILENT: Any = structlog.wrap_logger(structlog.ReturnLogger())


@dataclasses.dataclass(frozen=True)
class Plan:
    """A run that was imagined to its end."""

    dag_id: str
    world: World | None
    simulation: Simulation | None
    verdict: Verdict
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        found: dict[str, Any] = {"dag_id": self.dag_id, "notes": list(self.notes)}
        if self.simulation and self.world:
            fates = self.simulation.fates
            found["parameters"] = self.world.parameters.published()
            found["trigger"] = {
                key: value for key, value in self.world.execution["trigger"].items() if key != "parameters"
            }
            found["order"] = self.simulation.order
            found["canceled"] = [ref for ref, fate in fates.items() if fate.status is Status.CANCELED]
            found["stages"] = [_stage(fate) for fate in self.simulation.in_order()]
        return {**found, "verdict": {"status": str(self.verdict.status), "reason": self.verdict.reason}}


def plan(arguments: argparse.Namespace, *, now: datetime | None = None) -> int:
    """Plan a run and print it; return the exit status."""
    templates = read_templates(arguments.templates)
    file, dag = compile_file(load_file(Path(arguments.file), templates=templates))
    planned = None
    if dag is not None:
        file, planned = _imagine(file, dag, arguments, now or datetime.now(UTC))
    if arguments.output == "json":
        print_json([{**file.to_dict(), **(planned.to_dict() if planned else {})}])
    else:
        _print(file, planned, arguments)
    return 0 if planned and _expected(planned, arguments) else 1


def _imagine(
    file: SpecFile, dag: DAG, arguments: argparse.Namespace, now: datetime
) -> tuple[SpecFile, Plan | None]:
    operators = {task.node.ref_id: task for task in dag.tasks if isinstance(task, StageOperator)}
    for operator in operators.values():
        # What an operator logs about its stage, the plan itself shows.
        operator._cached_logger = _SILENT
    if not operators or file.loaded is None or file.loaded.graph is None:
        verdict = dataclasses.replace(judge_run([]), reason="there are no stages")
        return file, Plan(dag.dag_id, None, None, verdict, ())
    graph = file.loaded.graph
    unknown = [ref for ref, task in operators.items() if isinstance(task, UnsupportedOperator)]
    assumed = read_assumptions(arguments, graph, unknown=unknown)
    if refused := list(_refused(dag, assumed.parameters)):
        return dataclasses.replace(file, problems=(*file.problems, *refused)), None
    world = World(next(iter(operators.values())).pipeline, assumed, start=now)
    simulation = Simulation(graph, operators, world)
    verdict = simulation.run()
    notes = (*_notes(file.loaded.spec, world), *_unused(assumed, simulation))
    return file, Plan(dag.dag_id, world, simulation, verdict, notes)


def _refused(dag: DAG, given: Mapping[str, Any]) -> Iterator[Any]:
    """Yield why a start with these parameters would be refused."""
    for name, param in dag.params.items():
        try:
            param.resolve(given[name]) if name in given else param.resolve()
        except Exception as fault:
            absent = name not in given and not param.has_value
            reason = "it has no default, so a start must give it" if absent else str(fault).strip()
            message = f"parameter {name!r}: {reason.partition(chr(10))[0]}"
            yield error("invalid-parameter", message, "Give a value with --param.")


def _notes(spec: Mapping[str, Any], world: World) -> Iterator[str]:
    if spec.get("disabled") is True:
        yield "the pipeline is disabled: nothing starts it until it is enabled"
    declared = {parameter.get("name") for parameter in world.pipeline.parameters}
    for name in world.assumed.parameters:
        if name not in declared:
            yield f"parameter {name!r} is not declared; expressions see it all the same"


def _unused(assumed: Assumptions, simulation: Simulation) -> Iterator[str]:
    """Yield the assumptions that had no effect."""
    for option, refs in (("--outcome", assumed.outcomes), ("--judge", assumed.judgments)):
        for ref in sorted(refs.keys() - assumed.granted):
            fate = simulation.fates[ref]
            if not fate.assumed or (option == "--judge" and ref in assumed.outcomes):
                yield f"{option} for '{fate.node.name}' was not used; it ended as {fate.status}"
    for ref in assumed.outputs:
        fate = simulation.fates[ref]
        if fate.status is not Status.SUCCEEDED:
            yield f"--outputs for '{fate.node.name}' were not used; it ended as {fate.status}"


def _expected(planned: Plan, arguments: argparse.Namespace) -> bool:
    return arguments.expect in (None, str(planned.verdict.status))


def _print(file: SpecFile, planned: Plan | None, arguments: argparse.Namespace) -> None:
    if planned is None:
        say(f"{file.path}: no run could start", style="bold red")
        print_problems(file.problems)
        return
    say(f"{file.path}: {planned.dag_id}", style="bold")
    if planned.simulation:
        show(planned.simulation, all_inputs=arguments.all_inputs)
    for note in planned.notes:
        say(f"note: {note}", style="yellow")
    say(f"verdict: {planned.verdict.status}: {planned.verdict.reason}", style="bold")
    if not _expected(planned, arguments):
        say(f"expected: {arguments.expect}", style="bold red")


def _stage(fate: Any) -> dict[str, Any]:
    return {
        "refId": fate.node.ref_id,
        "name": fate.node.name,
        "type": fate.node.type,
        "task_id": fate.node.task_id,
        "status": str(fate.status),
        "assumed": fate.assumed,
        "reason": fate.reason,
        "starts": fate.starts,
        "ends": fate.ends,
        "inputs": fate.inputs,
        "outputs": fate.outputs,
        "failed_expressions": fate.failed_expressions,
        "asks": fate.question.to_dict() if fate.question else None,
        "notes": fate.notes,
    }
