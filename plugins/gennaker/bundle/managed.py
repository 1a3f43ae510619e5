"""
Managed mode: a DAG bundle of what is published in the store.

Who makes one, and what it does then:

* The DAG processor's manager (and ``airflow dags test``, ``reserialize``, ``report``, all of which may open
  sessions) refreshes it: files of all shards at the newest version. Each process has a folder of its own
  (`FolderClaim`), so what it parses is what it has written and labels with its version.
* The manager makes one of a past version for a callback: files of all shards as they were.
* A task, whose process must not open sessions, makes one of its run's version: the file of one pipeline.
* A callback that an executor runs, of no DAG: an empty folder.
* The API server and the scheduler make one only to ask for its path or to remove folders of old versions.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle, BundleVersion
from airflow.sdk import get_parsing_context

from gennaker.bundle.claim import FolderClaim
from gennaker.bundle.process import is_client
from gennaker.bundle.reading import Unread
from gennaker.bundle.requirements import refuse_wrong_settings
from gennaker.bundle.shard import write_shard, write_stub
from gennaker.bundle.source import SpecSource, WorkerSource, load_source
from gennaker.errors import GennakerError
from gennaker.settings import from_airflow
from gennaker.spec.naming import shard_file
from gennaker.spec.publication import Snapshot

log = logging.getLogger(__name__)

#: Seconds between two looks at the store where nobody has asked for one; who publishes asks.
REFRESH_SECONDS = 30
#: The same while a file that was written has not been read; Airflow itself looks every five seconds.
UNREAD_SECONDS = 2


class PipelineBundle(BaseDagBundle):
    """
    The published pipelines.

    :param source: where pipelines come from, in place of ``[gennaker] spec_source``.
    """

    supports_versioning = True

    def __init__(
        self, *, refresh_interval: int = REFRESH_SECONDS, source: SpecSource | None = None, **kwargs: Any
    ) -> None:
        super().__init__(refresh_interval=refresh_interval, **kwargs)
        self._pinned = self.version is not None
        self._source = source
        self._claim: FolderClaim | None = None
        self._written: int | None = None
        self._interval, self._unread = refresh_interval, Unread()

    @property
    def path(self) -> Path:
        """Folder of the shards' files."""
        if self._pinned:
            return self.versions_dir / str(self.version)
        return self._claim.folder if self._claim else FolderClaim.first(self.base_dir)

    def initialize(self) -> None:
        """Write the files that this process needs; end it where a setting must be changed first."""
        if is_client():
            self._prepare_task()
        elif self._pinned:
            self._write_version()
        else:
            refuse_wrong_settings()
            self.refresh()
        super().initialize()

    def refresh(self) -> None:
        """Write the files of the shards that have changed since the last time."""
        if self._pinned:
            raise GennakerError(f"version {self.version} of the bundle never changes")
        if self._claim is None:
            self._claim = FolderClaim(self.base_dir)
        snapshot = self._store().snapshot(since=self._written or 0)
        with self.lock():
            self._write(snapshot, self._claim.folder, complete=self._written is None)
        self._written = snapshot.version
        self._unread.remind()
        self.refresh_interval = UNREAD_SECONDS if self._unread else self._interval
        # Commands of Airflow that parse take the version from here.
        self.version = str(snapshot.version)

    def get_current_version(self) -> BundleVersion | None:
        """Return the version of the files as they were last written."""
        return BundleVersion(self.version) if self.version is not None else None

    def _store(self) -> SpecSource:
        if self._source is None:
            self._source = load_source(from_airflow().spec_source)
        return self._source

    def _write(self, snapshot: Snapshot, folder: Path, *, complete: bool) -> None:
        changed = [
            number for number, pipelines in snapshot.shards.items() if write_shard(folder, number, pipelines)
        ]
        if complete:
            known = {shard_file(number) for number in snapshot.shards}
            for file in folder.glob("*.py"):
                if file.name not in known:
                    file.unlink()
                    file.with_suffix(".json").unlink(missing_ok=True)
        for number in changed:
            self._unread.add(folder / shard_file(number))
        if changed:
            log.info("Version %s: wrote the shards %s", snapshot.version, changed)

    def _write_version(self) -> None:
        """Write all shards of a past version, for a callback; which one is asked for is not known yet."""
        marker = self.path / ".complete"
        with self.lock():
            if marker.exists():
                return
            self.path.mkdir(parents=True, exist_ok=True)
            snapshot = self._store().snapshot(at=int(str(self.version)))
            for number, pipelines in snapshot.shards.items():
                write_shard(self.path, number, pipelines, pinned=True)
            marker.touch()

    def _prepare_task(self) -> None:
        dag_id = get_parsing_context().dag_id
        if dag_id is None:
            self._make_version_folder()
            return
        version = int(self.version) if self.version is not None else None
        found, pipeline = WorkerSource(from_airflow()).pipeline(dag_id, version)
        # A run that is not pinned (its bundle was configured after it began) gets what is published now.
        self.version, self._pinned = str(found), True
        self._make_version_folder()
        write_stub(self.path / shard_file(pipeline.shard), pipeline.shard)

    def _make_version_folder(self) -> None:
        """Make the folder of the version; Airflow removes it when no task has used it for long."""
        if self._pinned:
            self.path.mkdir(parents=True, exist_ok=True)
