"""
Files-only mode: a folder of specs becomes DAGs.

``<folder>/<application>/<pipeline>.json`` is the pipeline of that application. A worker finds the one
file of its DAG by name, so what a task pays does not grow with the number of pipelines.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, get_parsing_context

from gennaker.catalog import load
from gennaker.compiler.dag import compile_pipeline
from gennaker.spec.folder import RESERVED
from gennaker.spec.loader import LoadedPipeline
from gennaker.spec.naming import slug

log = logging.getLogger(__name__)


class SpecFolder:
    """
    The pipelines of a folder.

    A pipeline's DAG id is ``<slug of the folder>.<slug of the file name>``. Of two names with the same
    slug, one that is its own slug comes first, the rest follow by name as ``-2``, ``-3`` …

    :param root: the folder; it may be absent.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield the DAG id and the file of every pipeline."""
        for application, folder in self._applications():
            for name, path in _pipelines(folder):
                yield f"{application}.{name}", path

    def find(self, dag_id: str) -> Path | None:
        """Return the file of one DAG; the usual case costs no listing, any other that of one application."""
        application, _, name = dag_id.partition(".")
        folder = self._folder(application)
        if folder is None:
            return None
        path = folder / f"{name}.json"
        if slug(name) == name and path.is_file():
            return path
        return next((path for found, path in _pipelines(folder) if found == name), None)

    def _folder(self, application: str) -> Path | None:
        """Return the folder of an application; one that is called by its own slug has it by right."""
        folder = self.root / application
        if (
            application
            and slug(application) == application
            and application not in RESERVED
            and folder.is_dir()
        ):
            return folder
        return next((path for found, path in self._applications() if found == application), None)

    def _applications(self) -> Iterator[tuple[str, Path]]:
        if not self.root.is_dir():
            return
        folders = (path for path in self.root.iterdir() if path.is_dir())
        named = ((folder.name, folder) for folder in folders if folder.name not in RESERVED)
        yield from _unique((name, folder) for name, folder in named if not name.startswith("."))

    def dag_id(self, application: str, pipeline: str) -> str | None:
        """Return the DAG of a pipeline, given its id or its name; None where there is none."""
        known = list(self._applications())
        exact = [pair for pair in known if pair[1].name == application]
        similar = [pair for pair in known if pair[0] == slug(application)]
        name, folder = next(iter(exact or similar), ("", None))
        return self._in(name, folder, pipeline) if folder else None

    def _in(self, application: str, folder: Path, pipeline: str) -> str | None:
        candidates = list(_pipelines(folder))
        exact = (name for name, path in candidates if path.stem == pipeline)
        similar = (name for name, _ in candidates if name == slug(pipeline))
        told = (name for name, path in candidates if _is_called(path, pipeline))
        name = next(chain(exact, similar, told), None)
        return f"{application}.{name}" if name else None

    def pipeline_id(self, name: str, application: str) -> str | None:
        """Return the id of the pipeline with a name; its DAG id where the file gives it none."""
        dag_id = self.dag_id(application, name)
        path = self.find(dag_id) if dag_id else None
        return str(_document(path).get("id") or dag_id) if path else None


def _pipelines(folder: Path) -> Iterator[tuple[str, Path]]:
    return _unique((path.stem, path) for path in folder.glob("*.json"))


def _unique(named: Iterable[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    """Yield a unique slug for each path."""
    taken: set[str] = set()
    known = ((slug(text), text, path) for text, path in named)
    for given, text, path in sorted(known, key=lambda item: (item[0] != item[1], item[1])):
        base = name = given or f"p-{sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
        count = 1
        while name in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name)
        yield name, path


def _is_called(path: Path, pipeline: str) -> bool:
    document = _document(path)
    return pipeline in (document.get("id"), document.get("name"))


def _document(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def dags(root: Path) -> dict[str, DAG]:
    """
    Return the DAGs of a folder; only the asked-for one in a worker.

    A file that cannot be used is logged and left out: it never takes a neighbour down.
    """
    folder = SpecFolder(root)
    wanted = get_parsing_context().dag_id
    if wanted is not None:
        path = folder.find(wanted)
        found = [(wanted, path)] if path else []
    else:
        found = list(folder.files())
    built = {}
    for dag_id, path in found:
        try:
            built[dag_id] = build(dag_id, path, folder)
        except Exception as error:
            log.error("%s was left out: %s", path, error)
    return built


def build(dag_id: str, path: Path, folder: SpecFolder) -> DAG:
    """Return the DAG of one file."""
    loaded: LoadedPipeline = load(path.read_bytes(), check=False)
    name = loaded.pipeline.name if loaded.pipeline and loaded.pipeline.name else path.stem
    return compile_pipeline(loaded, dag_id=dag_id, application=path.parent.name, name=name, directory=folder)
