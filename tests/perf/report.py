"""The table of a run: what was measured, against what, and whether the target is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """
    One line of the table.

    :ivar against: the figure it is compared with, and whose it is.
    :ivar target: the largest ratio, or the largest figure where nothing is compared.
    """

    what: str
    seconds: float
    against: tuple[str, float] | None = None
    target: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return how much of the other's time it takes."""
        return self.seconds / self.against[1] if self.against else None

    @property
    def met(self) -> bool | None:
        """Return whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return (self.ratio if self.ratio is not None else self.seconds) <= self.target

    def cells(self) -> tuple[str, ...]:
        """Return the line's texts."""
        other = f"{self.against[0]}: {_time(self.against[1])}" if self.against else ""
        ratio = f"{self.ratio:.3g}" if self.ratio is not None else ""
        return (self.what, _time(self.seconds), other, ratio, self._target(), _yes(self.met))

    def _target(self) -> str:
        if self.target is None:
            return ""
        return f"≤ {self.target:.3g} ×" if self.against else f"≤ {_time(self.target)}"


def rows(figures: Figures) -> Iterator[Row]:
    """Yield the lines of everything that was measured."""
    for name, part in _PARTS.items():
        if name in figures:
            yield from part(figures)


def table(figures: Figures) -> str:
    """Return the lines as a Markdown table."""
    head = ("Measured (CPU time, medians)", "Gennaker", "Compared with", "Ratio", "Target", "Met")
    lines = [head, ("---", "--:", "---", "--:", "--:", "---"), *(row.cells() for row in rows(figures))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _building(figures: Figures) -> Iterator[Row]:
    count, found = figures["pipelines"], figures["building"]
    ours = found["gennaker"]["build"]
    what = f"Build {count} pipelines of ten stages"
    yield Row(what, ours, ("dag-factory", found["dag-factory"]["build"]), 1 / 3)
    yield Row(what, ours, ("plain Python", found["plain"]["build"]), 1.5)


def _parsing(figures: Figures) -> Iterator[Row]:
    count, found = figures["pipelines"], figures["parsing"]
    ours, many = found["gennaker"], found["many"]
    what = "Parse for one task"
    yield Row(f"{what}, 1 of {count}, imports excluded", ours["parse"], None, 0.015)
    yield Row(
        f"{what}, 1 of {10 * count}, imports excluded",
        many["parse"],
        (f"1 of {count}", ours["parse"]),
        1.25,
    )
    yield Row(f"{what}, in a worker that the LocalExecutor forked", found["preloaded"]["parse"])
    others = {"plain": "plain Python", "dag-factory": "dag-factory"}
    for name, title in others.items():
        if name in found:
            both = found[name]["import"] + found[name]["parse"]
            yield Row(f"{what}, imports included", ours["import"] + ours["parse"], (title, both))


def _imports(figures: Figures) -> Iterator[Row]:
    found = figures["imports"]
    heavy = ", ".join(found["idle task"]["heavy"]) or "none"
    yield Row(f"Parse and run a `noop` task; heavy modules loaded: {heavy}", _idle(found["idle task"]))
    yield Row("Import the plugin, beyond Airflow", found["plugin"]["import"], None, 0.05)
    yield Row("Import the files-only bundle, beyond Airflow", found["bundle"]["import"])
    yield Row("Import the `noop` operator, beyond Airflow", found["operator"]["import"])


def _idle(task: Figures) -> float:
    seconds: float = task["parse"] + task["work"]
    return seconds


def _steps(figures: Figures) -> Iterator[Row]:
    found = figures["steps"]
    yield Row("Load ten stages", found["load"], None, 0.0003)
    yield Row("Load and check ten stages", found["load_checked"])
    yield Row("Compile ten stages", found["compile"], None, 0.0035)
    yield Row("Evaluate an expression of ten tokens", found["expression"])
    yield Row("Serialize the DAG (Airflow)", found["serialize"])


def _running(figures: Figures) -> Iterator[Row]:
    found = figures["running"]
    ours, plain = found["gennaker"], found["plain"]
    yield Row("Run ten idle stages (wall clock)", ours["run"], ("plain Airflow", plain["run"]), 1.1)


_PARTS = {
    "building": _building,
    "parsing": _parsing,
    "running": _running,
    "imports": _imports,
    "steps": _steps,
}


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"


def _yes(met: bool | None) -> str:
    return "" if met is None else "yes" if met else "**no**"
