"""Print a plan for people."""

from __future__ import annotations

from collections.abc import Iterator

from gennaker.cli._output import compact, print_table, say
from gennaker.cli.plan.fate import Fate
from gennaker.cli.plan.simulation import Simulation
from gennaker.operators._outcome import Status

#: A judgment's instructions stand with its question, variables with what the stage gives.
_SHOWN_ELSEWHERE = frozenset({"instructions", "variables"})


def show(simulation: Simulation, *, all_inputs: bool) -> None:
    """Print what each stage would do, in the order of the run."""
    fates = simulation.in_order()
    print_table(
        ("at", "stage", "type", "outcome", "why"),
        [(_time(fate), _named(fate), fate.node.type, str(fate.status), _why(fate)) for fate in fates],
    )
    for fate in fates:
        lines = list(_details(fate, all_inputs=all_inputs))
        if lines:
            say()
            say(_named(fate), style="bold")
            for line in lines:
                say(f"  {line}")
    _hint(fates)
    say()


def _time(fate: Fate) -> str:
    if fate.starts is None:
        return "-"
    minutes, seconds = divmod(round(fate.starts), 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02}:{seconds:02}"


def _named(fate: Fate) -> str:
    return f"{fate.node.name} ({fate.node.ref_id})"


def _why(fate: Fate) -> str:
    if fate.reason and fate.reason != "assumed":
        return fate.reason
    return "assumed" if fate.assumed and fate.question is None else ""


def _details(fate: Fate, *, all_inputs: bool) -> Iterator[str]:
    if fate.question is not None:
        yield f"asks: {fate.question.who()}"
        if fate.question.instructions:
            yield f"instructions: {compact(fate.question.instructions)}"
        if fate.question.inputs:
            yield f"choices: {', '.join(fate.question.inputs)}"
    for key, value in fate.inputs.items():
        if all_inputs or (key in fate.changed and key not in _SHOWN_ELSEWHERE):
            yield f"{key}: {compact(value)}"
    for key, value in fate.outputs.items():
        yield f"gives {key}: {compact(value)}"
    for failed in fate.failed_expressions:
        place = "" if failed["position"] is None else f", character {failed['position'] + 1}"
        yield f"failed: {failed['path']}{place}: {failed['expression']}: {failed['message']}"
    yield from fate.notes


def _hint(fates: list[Fate]) -> None:
    failed = any(fate.failed_expressions or _failed_by_itself(fate) for fate in fates)
    if failed and any(fate.assumed for fate in fates if fate.status is Status.SUCCEEDED):
        say()
        say("What stages give only when they really run is not known here; assume it with --outputs.", "dim")


def _failed_by_itself(fate: Fate) -> bool:
    return not fate.assumed and fate.status in (Status.TERMINAL, Status.STOPPED, Status.FAILED_CONTINUE)
