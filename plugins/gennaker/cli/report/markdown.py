"""Write reports as one Markdown document, for the people who plan a migration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from gennaker.cli._output import clean, compact
from gennaker.cli.report.build import total
from gennaker.cli.report.show import at, headline


def document(reports: list[dict[str, Any]]) -> str:
    """Return the document."""
    parts = ["# Migration report", "", *_bullets(headline(total(reports))), ""]
    parts += ["## Pipelines", "", *_overview(reports), "", *_missing(reports)]
    for report in reports:
        parts += _pipeline(report)
    return "\n".join(parts).rstrip() + "\n"


def _overview(reports: list[dict[str, Any]]) -> Iterable[str]:
    rows: list[Sequence[object]] = []
    for report in reports:
        summary = report.get("summary")
        errors = sum(problem["severity"] == "error" for problem in report["problems"])
        if summary is None:
            rows.append((report["file"], "-", "-", "-", "-", errors))
            continue
        stages, found = summary["stages"], summary["expressions"]
        exact = f"{stages['exact'] + stages['approximated']} of {stages['total']}"
        understood = f"{found['translated']} of {found['total']}"
        rows.append(
            (report["file"], exact, understood, summary["triggers"], len(report["differences"]), errors)
        )
    columns = ("file", "stages that run", "expressions understood", "triggers", "differences", "errors")
    return _table(columns, rows)


def _missing(reports: list[dict[str, Any]]) -> list[str]:
    """Return the stage types that are not supported, most frequent first."""
    kinds = Counter(
        stage["type"]
        for report in reports
        for stage in report.get("stages", ())
        if stage["support"] == "unsupported"
    )
    if not kinds:
        return []
    return ["## Stage types that are not supported", "", *_table(("type", "stages"), kinds.most_common()), ""]


def _pipeline(report: dict[str, Any]) -> list[str]:
    lines = [f"## {_cell(report['file'])}", ""]
    problems = [p for p in report["problems"] if p["severity"] != "info"]
    if "summary" in report:
        lines += [*_bullets(headline(report["summary"])), ""]
        if report["template"]:
            lines += [f"Template: {report['template']['notes']}.", ""]
    # An unsupported stage has its own table; the same as a warning would only repeat it.
    told = [p for p in problems if p["code"] != "unknown-stage-type"]
    lines += _section("Problems", ("where", "what"), [(f"`{p['path']}`", p["message"]) for p in told])
    if "summary" not in report:
        return lines
    differing = [stage for stage in report["stages"] if stage["support"] != "exact"]
    columns = ("name", "type", "support", "notes")
    rows = [tuple(stage[column] for column in columns) for stage in differing]
    lines += _section("Stages that differ", ("stage", *columns[1:]), rows)
    refused = [found for found in report["expressions"] if found["status"] == "refused"]
    rows = [(at(found), _code(found["expression"]), found["reason"]) for found in refused]
    lines += _section("Refused expressions", ("where", "expression", "reason"), rows)
    rows = [(d["path"], _code(d["expression"]), d["effect"]) for d in report["differences"]]
    lines += _section("Different from the older expression engine (v3)", ("where", "expression", "how"), rows)
    kept = [
        (i["path"], i["type"], i["support"]) for kind in ("triggers", "notifications") for i in report[kind]
    ]
    kept += [(item["path"], item["key"], item["fate"]) for item in report["coding"]]
    return lines + _section("Kept, but without effect", ("where", "what", "how"), kept)


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    return [f"### {title}", "", *_table(columns, rows), ""] if rows else []


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = [_row(columns), _row("---" for _ in columns)]
    return lines + [_row(row) for row in rows]


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(value: object) -> str:
    return " ".join(clean(value).split()).replace("|", "\\|")


def _code(text: str) -> str:
    """Return text as code, whatever quotes it holds."""
    shown = compact(text)
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def _bullets(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]
