"""Put what Spinnaker or CODING exported into the store, and say how faithfully it will run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gennaker.cli import _options
from gennaker.errors import GennakerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gennaker.services.importing import Imported


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a pipeline, a list of pipelines, or a folder of such files"
    )
    parser.add_argument("--application", help="where they go; without it each names its application itself")
    parser.add_argument("--message", default="", help="the message of the revisions")
    parser.add_argument("--draft", action="store_true", help="publish nothing")
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
    _options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import the files; fail if one could not be imported or has errors."""
    from gennaker.cli import _output

    results = [result for file in _files(arguments.files) for result in _import(file, arguments)]
    if arguments.output == "json":
        _output.print_json(results)
    else:
        _show(results, dry_run=arguments.dry_run)
    return 0 if all(result["ok"] for result in results) else 1


def _files(names: list[str]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        yield from sorted(path.rglob("*.json")) if path.is_dir() else [path]


def _import(file: Path, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from gennaker.api.building import try_build
    from gennaker.cli import _store
    from gennaker.services.importing import import_document
    from gennaker.store.sessions import transaction

    try:
        document = file.read_bytes()
        with transaction() as session:
            done = import_document(
                document=document,
                application=arguments.application,
                name=file.stem,
                message=arguments.message or f"From {file.name}",
                actor=_store.actor("cli"),
                publish=not arguments.draft,
                build=try_build,
                dry_run=arguments.dry_run,
                session=session,
            )
    except OSError as error:
        return [_refused(file, f"the file could not be read: {error.strerror or error}")]
    except GennakerError as error:
        return [_refused(file, str(error))]
    return [_told(file, item) for item in done]


def _refused(file: Path, error: str) -> dict[str, Any]:
    return {"file": str(file), "ok": False, "action": "failed", "error": error, "problems": []}


def _told(file: Path, item: Imported) -> dict[str, Any]:
    from gennaker.spec.problems import errors_in

    return {
        "file": str(file),
        "ok": item.error is None and not errors_in(item.problems),
        "action": item.action,
        "application": item.application,
        "name": item.name,
        "id": item.pipeline_id,
        "published": item.published,
        "error": item.error,
        "problems": [found.to_dict() for found in item.problems],
        "report": _report(file, item),
    }


def _report(file: Path, item: Imported) -> dict[str, Any]:
    """Return the fidelity report of a pipeline, without what is told beside it."""
    from gennaker.catalog import load
    from gennaker.cli._files import SpecFile
    from gennaker.cli.report.build import build

    loaded = load(dict(item.spec))
    report = build(SpecFile(file, loaded, loaded.problems))
    return {key: value for key, value in report.items() if key not in {"file", "ok", "problems"}}


def _show(results: list[dict[str, Any]], *, dry_run: bool) -> None:
    from gennaker.cli._output import count, print_table, say

    rows = (
        (
            result["action"],
            result.get("application", ""),
            result.get("name", ""),
            result["file"],
            result["error"] or _summary(result),
        )
        for result in results
    )
    print_table(("action", "application", "pipeline", "file", "remarks"), rows)
    wrong = sum(not result["ok"] for result in results)
    verb = "would be imported" if dry_run else "imported"
    say(f"{count(len(results), 'pipeline')} {verb}, {wrong} with errors; `report` tells more about each")


def _summary(result: dict[str, Any]) -> str:
    errors = sum(found["severity"] == "error" for found in result["problems"])
    levels = [stage["support"] for stage in result["report"].get("stages", ())]
    parts = [f"{errors} errors"] if errors else []
    parts += [f"{levels.count(name)} {name}" for name in ("approximated", "unsupported") if name in levels]
    return ", ".join(parts) or "exact"
