"""Compile a file as the files-only mode would: the same names, the same neighbours."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

from airflow.sdk import DAG

from gennaker.bundle.files import SpecFolder
from gennaker.cli._files import SpecFile, error
from gennaker.compiler.dag import compile_pipeline
from gennaker.errors import GennakerError
from gennaker.spec import naming


@dataclasses.dataclass(frozen=True)
class Identity:
    """What a file is called as a DAG."""

    dag_id: str
    application: str
    name: str


@cache
def neighbours(folder: Path) -> SpecFolder:
    """Return the folder of applications that a pipeline's own folder belongs to."""
    return SpecFolder(folder.parent)


def identify(file: SpecFile) -> Identity:
    """Name the DAG of a file: the folder is the application, the file name the pipeline."""
    path = file.path.absolute()
    pipeline = file.loaded.pipeline if file.loaded else None
    found = _dag_ids(path.parent).get(path) or naming.dag_id(path.parent.name, path.stem)
    return Identity(found, path.parent.name, pipeline.name if pipeline and pipeline.name else path.stem)


@cache
def _dag_ids(folder: Path) -> dict[Path, str]:
    return {path: dag_id for dag_id, path in SpecFolder(folder.parent).files() if path.parent == folder}


def compile_file(file: SpecFile) -> tuple[SpecFile, DAG | None]:
    """Return the DAG of a file, or the file with the problem that stands in the way."""
    if file.loaded is None or not file.ok():
        return file, None
    named = identify(file)
    try:
        dag = compile_pipeline(
            file.loaded,
            dag_id=named.dag_id,
            application=named.application,
            name=named.name,
            directory=neighbours(file.path.absolute().parent),
        )
    except GennakerError as fault:
        found = error("compile-error", fault.message, fault.hint, path=fault.path or "$")
    except Exception as fault:
        found = error("compile-error", f"Airflow refuses the pipeline: {type(fault).__name__}: {fault}")
    else:
        return file, dag
    return dataclasses.replace(file, problems=(*file.problems, found)), None
