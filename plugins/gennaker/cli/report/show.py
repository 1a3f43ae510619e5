"""Print reports as tables."""

from __future__ import annotations

from typing import Any

from gennaker.cli._output import compact, count, print_table, say
from gennaker.cli.report.build import total


def show(reports: list[dict[str, Any]]) -> None:
    """Print each report, and what they come to."""
    for report in reports:
        _show(report)
    if len(reports) > 1:
        say(f"{count(len(reports), 'file')} together", style="bold")
        for line in headline(total(reports)):
            say(line)


def headline(summary: dict[str, Any]) -> list[str]:
    """Return a summary in words."""
    stages, found = summary["stages"], summary["expressions"]
    return [
        f"stages: {stages['total']}, of which {stages['exact_percent']:g} % run exactly, "
        f"{stages['approximated_percent']:g} % approximately, {stages['unsupported_percent']:g} % not at all",
        f"expressions: {found['total']}, of which {found['translated_percent']:g} % are understood",
        f"triggers: {summary['triggers']}, notifications: {summary['notifications']}",
    ]


def _show(report: dict[str, Any]) -> None:
    say(report["file"], style="bold")
    if "summary" not in report:
        for problem in report["problems"]:
            say(f"{problem['severity']}: {problem['path']}: {problem['message']}", style="bold red")
        say()
        return
    for line in headline(report["summary"]):
        say(line)
    if report["template"]:
        say(f"template: {report['template']['notes']}")
    print_table(
        ("refId", "stage", "type", "support", "notes"),
        [(s["refId"], s["name"], s["type"], s["support"], s["notes"]) for s in report["stages"]],
    )
    _refused(report)
    _kept(report)
    _differences(report)
    say()


def _refused(report: dict[str, Any]) -> None:
    refused = [found for found in report["expressions"] if found["status"] == "refused"]
    if refused:
        rows = [(at(found), compact(found["expression"]), found["reason"]) for found in refused]
        print_table(("refused expression at", "expression", "reason"), rows)


def _kept(report: dict[str, Any]) -> None:
    for kind in ("triggers", "notifications"):
        for item in report[kind]:
            say(f"{item['path']} ({item['type']}): {item['support']}")
    for item in report["coding"]:
        say(f"{item['path']} ({item['key']}): {item['fate']}")


def _differences(report: dict[str, Any]) -> None:
    if report["differences"]:
        rows = [(d["path"], compact(d["expression"]), d["effect"]) for d in report["differences"]]
        print_table(("different from v3 at", "expression", "how"), rows)
    if report["attempted_early"]:
        expressions = count(report["attempted_early"], "expression")
        say(f"{expressions} that v3 also tries, in vain, when the run starts: the same value in the end")


def at(found: dict[str, Any]) -> str:
    """Return where an expression is, with the character where it is known."""
    return (
        found["path"] if found["position"] is None else f"{found['path']}, character {found['position'] + 1}"
    )
