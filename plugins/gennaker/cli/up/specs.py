"""
The specs folder of a local instance: the checkout's pipelines, and those that `make run PIPELINE=…` was
given.

The checkout's folders are linked, so that an edit there is seen at once; given files are copied.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from gennaker.errors import GennakerError
from gennaker.spec.naming import dag_id


def link(checkout: Path, scratch: Path) -> None:
    """Show every application of the checkout in the scratch folder."""
    scratch.mkdir(exist_ok=True)
    for stale in scratch.iterdir():
        if stale.is_symlink():
            stale.unlink()
    for folder in sorted(path for path in checkout.glob("*") if path.is_dir()):
        shown = scratch / folder.name
        if not shown.exists():
            shown.symlink_to(folder.resolve())
            continue
        # A given pipeline is of the same application: link around it.
        for file in folder.glob("*.json"):
            if not (shown / file.name).exists():
                (shown / file.name).symlink_to(file.resolve())


def add(pipeline: Path, scratch: Path) -> str:
    """Copy a pipeline's file to where its application and name put it; return the DAG id."""
    try:
        document = json.loads(pipeline.read_text(encoding="utf-8"))
    except OSError as error:
        raise GennakerError(f"{pipeline} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise GennakerError(f"{pipeline} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise GennakerError(f"{pipeline} holds {type(document).__name__}, a pipeline is a JSON object")
    name = dag_id(str(document.get("application") or "local"), str(document.get("name") or pipeline.stem))
    folder, _, stem = name.partition(".")
    target = scratch / folder
    if target.is_symlink():
        target.unlink()
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{stem}.json").unlink(missing_ok=True)
    shutil.copyfile(pipeline, target / f"{stem}.json")
    return name
