"""Write pipelines of the store to files, as Spinnaker's JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gennaker.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from gennaker.store.models import Pipeline


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, help="where to write <application>/<pipeline>.json"
    )
    parser.add_argument("--application", help="only the pipelines of this application")


def run(arguments: argparse.Namespace) -> int:
    """Write the files; secrets in them are readable, so they are for their owner only."""
    from gennaker.cli._output import count, say
    from gennaker.cli.up.environment import write_private
    from gennaker.services import revisions
    from gennaker.store.sessions import transaction

    written = 0
    with transaction() as session:
        for pipeline in _pipelines(arguments.application, session):
            document = revisions.export(pipeline_id=pipeline.id, session=session)
            file = _file(arguments.folder, pipeline)
            file.parent.mkdir(parents=True, exist_ok=True)
            write_private(file, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
            written += 1
    say(f"{count(written, 'pipeline')} written to {arguments.folder}")
    return 0


def _pipelines(application: str | None, session: Session) -> Iterator[Pipeline]:
    from gennaker.services import applications, pipelines

    if application is not None and applications.find(name=application, session=session) is None:
        raise NotFound(f"there is no application '{application}'")
    cursor = None
    while True:
        page = pipelines.list_(application=application, cursor=cursor, limit=200, session=session)
        yield from (listed.pipeline for listed in page.items if listed.pipeline.latest)
        if (cursor := page.next_cursor) is None:
            return


def _file(folder: Path, pipeline: Pipeline) -> Path:
    """Return a pipeline's file; a DAG id is two names that every file system takes."""
    from gennaker.spec.naming import slug

    owner = pipeline.application.name
    # Read back, the folder is the application's name, so it is only changed where it could not be a folder.
    plain = owner if owner not in {".", ".."} and "/" not in owner and "\\" not in owner else slug(owner)
    return folder / plain / f"{pipeline.dag_id.partition('.')[2]}.json"
