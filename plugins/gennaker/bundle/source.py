"""
Where the bundle gets pipelines from: the database in the DAG processor, our API server on a worker.

A worker asks once for each pipeline and version and keeps the answer on its disk. The files are private,
since a spec is only for those who may read the pipeline.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from gennaker.bundle.writing import write_atomically
from gennaker.errors import Denied, GennakerError
from gennaker.operators._halt import internal_client
from gennaker.settings import Settings
from gennaker.spec.publication import PublishedPipeline, Snapshot

log = logging.getLogger(__name__)

#: Versions that no task has asked for in this time are removed from a worker's disk.
_KEEP_SECONDS = 7 * 86400.0
_NEEDED = "a worker needs [gennaker] api_url, and the password of the connection gennaker_internal"


class SpecSource(Protocol):
    """What the DAG processor needs of the store."""

    def snapshot(self, *, since: int = 0, at: int | None = None) -> Snapshot:
        """Return the shards that have changed after version ``since``, whole, as they are at a version."""


def load_source(path: str) -> SpecSource:
    """Import the source that ``[gennaker] spec_source`` names, ``package.module:Class``."""
    module, _, name = path.partition(":")
    try:
        made: SpecSource = getattr(import_module(module), name)()
    except (ImportError, AttributeError) as error:
        raise GennakerError(
            f"got {path!r}: {error}", path="[gennaker] spec_source", hint="leave it at its default"
        ) from error
    return made


class WorkerSource:
    """
    One pipeline at one version, from the disk or from the API server.

    :param ask: returns the API server's answer for a DAG id and a version, None for the newest.
    """

    def __init__(self, settings: Settings, ask: Callable[[str, int | None], dict[str, Any]] | None = None):
        self._root = cache_root(settings)
        self._ask = ask or (lambda dag_id, version: internal_client(settings).published(dag_id, version))

    def pipeline(self, dag_id: str, version: int | None) -> tuple[int, PublishedPipeline]:
        """
        Return a pipeline with the version at which it was read; None asks for the newest.

        :raises GennakerError: the API server refuses, does not know the pipeline, or does not answer.
        """
        if version is not None:
            known = _read(self._file(dag_id, version))
            if known is not None:
                return version, known
        try:
            answer = self._ask(dag_id, version)
        except GennakerError as error:
            at = "as it is now" if version is None else f"at version {version}"
            raise type(error)(
                f"{dag_id} {at} could not be fetched: {error.message}", hint=error.hint or _NEEDED
            ) from error
        found = int(answer["version"])
        self._keep(self._file(dag_id, found), answer)
        return found, PublishedPipeline.from_json(answer)

    def _file(self, dag_id: str, version: int) -> Path:
        return self._root / str(version) / f"{quote(dag_id, safe='')}.json"

    def _keep(self, file: Path, answer: dict[str, Any]) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode()
        digest = hashlib.sha256(body).hexdigest().encode()
        try:
            _make_private(self._root)
            if not file.parent.exists():
                _remove_old(self._root, time.time() - _KEEP_SECONDS)
                file.parent.mkdir(mode=0o700, exist_ok=True)
            write_atomically(file, digest + b"\n" + body)
        except OSError as error:
            # The task can run; the next one asks again.
            log.warning("The spec could not be kept in %s: %s", file, error)


def cache_root(settings: Settings) -> Path:
    """Return the folder of this user's specs; a task that runs as another user has another."""
    if settings.spec_cache_folder:
        return Path(settings.spec_cache_folder) / str(os.geteuid())
    return Path(tempfile.gettempdir()) / f"gennaker-specs-{os.geteuid()}"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise Denied(
            f"{folder} is not a folder that only this user can write to",
            hint="remove it, or set [gennaker] spec_cache_folder",
        )


def _read(file: Path) -> PublishedPipeline | None:
    """Return what was kept; None where nothing was, or where it is not what was written."""
    try:
        if file.parent.parent.lstat().st_uid != os.geteuid():
            return None
        digest, _, body = file.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != digest:
            return None
        os.utime(file.parent)
        return PublishedPipeline.from_json(json.loads(body))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove_old(root: Path, before: float) -> None:
    for folder in root.iterdir():
        if folder.name.isdigit() and folder.stat().st_mtime < before:
            shutil.rmtree(folder, ignore_errors=True)
