"""Bring pipelines of the store in step with a folder that is kept in Git."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gennaker.cli import _options
from gennaker.errors import GennakerError

if TYPE_CHECKING:
    from gennaker.services.syncing import Step


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="<application>/<pipeline>.json below it")
    parser.add_argument(
        "--repository", help="where the folder comes from; the default is Git's remote origin"
    )
    parser.add_argument("--commit", help="the commit; the default is Git's HEAD, if the folder is as in it")
    parser.add_argument(
        "--prune", action="store_true", help="delete pipelines of this repository that the folder has not"
    )
    parser.add_argument(
        "--adopt",
        action="store_true",
        help="take over pipelines of the same names that were not made from Git",
    )
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and do nothing")
    _options.add_output(parser)


def run(arguments: argparse.Namespace) -> int:
    """Bring the store in step; fail if a pipeline was refused or has errors."""
    from gennaker.cli import _output

    steps = _sync(arguments)
    if arguments.output == "json":
        _output.print_json([_told(step) for step in steps])
    else:
        _show(steps, dry_run=arguments.dry_run)
    return 0 if all(step.ok for step in steps) else 1


def _sync(arguments: argparse.Namespace) -> list[Step]:
    from gennaker.api.building import try_build
    from gennaker.cli import _git, _store
    from gennaker.services.syncing import Origin, apply, plan
    from gennaker.spec.folder import read_folder
    from gennaker.store.sessions import transaction

    try:
        entries = list(read_folder(arguments.folder))
    except (OSError, UnicodeDecodeError) as error:
        raise GennakerError(f"the folder could not be read: {error}") from error
    repository, commit = _git.origin(arguments.folder)
    origin = Origin(arguments.repository or repository, arguments.commit or commit)
    actor = _store.actor("git")
    with transaction() as session:
        steps = plan(
            entries=entries, origin=origin, prune=arguments.prune, adopt=arguments.adopt, session=session
        )
    if arguments.dry_run:
        return steps
    done = []
    for step in steps:
        # A transaction for each, so that nobody who publishes has to wait for all of them.
        with transaction() as session:
            done.append(apply(step=step, origin=origin, actor=actor, build=try_build, session=session))
    return done


def _told(step: Step) -> dict[str, Any]:
    return {
        "file": step.path,
        "ok": step.ok,
        "action": step.action,
        "application": step.application,
        "name": step.name,
        "id": step.pipeline_id,
        "detail": step.detail,
        "problems": [found.to_dict() for found in step.problems],
    }


def _show(steps: list[Step], *, dry_run: bool) -> None:
    from gennaker.cli._output import count, print_problems, print_table, say

    changed = [step for step in steps if step.action != "unchanged"]
    if changed:
        rows = ((step.action, step.application, step.name, step.path, step.detail) for step in changed)
        print_table(("action", "application", "pipeline", "file", "detail"), rows)
    for step in changed:
        print_problems(step.problems)
    say(
        f"{count(len(steps), 'pipeline')} {'looked at' if dry_run else 'in step'}, "
        f"{len(changed)} {'would change' if dry_run else 'changed'}"
    )
