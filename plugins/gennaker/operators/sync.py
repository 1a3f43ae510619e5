"""
Keep pipelines in step with a folder, as a task of any DAG.

Put a DAG with this task beside the folder in a Git-backed DAG bundle: each run then sends the folder as it is
at the bundle's commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from gennaker.operators._halt import internal_client
from gennaker.settings import from_airflow
from gennaker.spec.folder import read_folder


class SyncPipelinesOperator(BaseOperator):
    """
    Send a folder of pipelines to the store: what is new is created, what changed is saved and published.

    What it keeps is locked for the console, and told where it comes from. The task fails if a pipeline has
    errors; the others are in step all the same.

    :param folder: ``<folder>/<application>/<pipeline>.json``.
    :param repository: name of the repository, shown with every pipeline; only its own pipelines are pruned.
    :param prune: delete pipelines of this repository whose files are gone (they can be undeleted).
    """

    template_fields: Sequence[str] = ()

    def __init__(self, *, folder: str | Path, repository: str, prune: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = str(folder)
        self.repository = repository
        self.prune = prune

    def execute(self, context: Any) -> list[dict[str, Any]]:
        """Send the folder; return what became of each file."""
        try:
            entries = list(read_folder(Path(self.folder)))
        except (OSError, UnicodeDecodeError) as error:
            raise AirflowFailException(f"the folder could not be read: {error}") from error
        answer = internal_client(from_airflow()).sync(
            [vars(entry) for entry in entries],
            repository=self.repository,
            commit=context["ti"].bundle_instance.version or "",
            prune=self.prune,
        )
        results: list[dict[str, Any]] = answer["results"]
        for result in results:
            self.log.info("%s: %s", result["path"], result["action"])
        if failed := [result["path"] for result in results if result["action"] == "failed"]:
            raise AirflowFailException(f"{len(failed)} of {len(results)} pipelines have errors: {failed}")
        return results
