"""
Find and load the pipelines that a command was given.

Whatever is wrong with a file is a problem of that file: the commands go on with the others and never crash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gennaker.errors import GennakerError
from gennaker.spec.folder import RESERVED
from gennaker.spec.problems import Severity, SpecProblem

if TYPE_CHECKING:
    from gennaker.spec.loader import LoadedPipeline

Templates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class SpecFile:
    """A file and what became of it; ``loaded`` is None where it could not even be read."""

    path: Path
    loaded: LoadedPipeline | None
    problems: tuple[SpecProblem, ...]

    def ok(self, *, strict: bool = False) -> bool:
        """Return whether the file has no errors; where strict, no warnings either."""
        wrong = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return not any(found.severity in wrong for found in self.problems)

    def to_dict(self, *, strict: bool = False) -> dict[str, Any]:
        """Return what every command's JSON has for every file."""
        return {
            "file": str(self.path),
            "ok": self.ok(strict=strict),
            "problems": [found.to_dict() for found in self.problems],
        }


def error(code: str, message: str, hint: str | None = None, *, path: str = "$") -> SpecProblem:
    """Return an error that the loader knows nothing of."""
    return SpecProblem(path=path, code=code, severity=Severity.ERROR, message=message, hint=hint)


def load_all(names: Iterable[str], *, check: bool = True, templates: str | None = None) -> Iterator[SpecFile]:
    """
    Load files, and every pipeline below folders.

    :param templates: a folder of MPTv2 templates that the pipelines may use.
    """
    known = read_templates(templates)
    seen: set[Path] = set()
    for path in _expand(names):
        if path not in seen:
            seen.add(path)
            yield load_file(path, check=check, templates=known)


def load_file(path: Path, *, check: bool = True, templates: Templates | None = None) -> SpecFile:
    """Load one file."""
    from gennaker.catalog import load

    try:
        loaded = load(_content(path), check=check, templates=templates)
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        found = error("unreadable-file", f"the file could not be read: {reason}", "Check the path.")
        return SpecFile(path, None, (found,))
    except Exception as fault:
        # The loader promises not to raise; a command over many files survives its breaking the promise.
        found = error(
            "internal-error", f"the loader failed: {type(fault).__name__}: {fault}", "Please report it."
        )
        return SpecFile(path, None, (found,))
    return SpecFile(path, loaded, loaded.problems)


def read_templates(folder: str | None) -> dict[str, dict[str, Any]]:
    """Return the templates of a folder, by id and by file name."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(Path(folder).rglob("*.json")) if folder else ():
        try:
            value = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            continue
        if isinstance(value, dict):
            found[path.stem] = value
            found[str(value.get("id") or path.stem)] = value
    return found


def read_object(source: str | None, option: str) -> Mapping[str, Any]:
    """Return the JSON object that a file holds, or that the argument is; nothing gives an empty one."""
    if not source:
        return {}
    try:
        inline = source.lstrip().startswith("{")
        return as_object(
            json.loads(source if inline else Path(source).read_text(encoding="utf-8-sig")), option
        )
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        raise GennakerError(f"{option}: {source} could not be read: {reason}") from None
    except (ValueError, RecursionError) as fault:
        raise GennakerError(f"{option}: not JSON: {fault}") from None


def as_object(value: Any, option: str) -> Mapping[str, Any]:
    """Return a value that must be an object."""
    if not isinstance(value, Mapping):
        raise GennakerError(f"{option}: expected an object, found {json.dumps(value)[:60]}")
    return value


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise OSError("it is a folder without *.json files")
    return path.read_bytes()


def _expand(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        found = sorted(_below(path)) if path.is_dir() else [path]
        # A folder without pipelines is a mistake that must be seen.
        yield from found or [path]


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*.json"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and not (len(parts) > 1 and parts[0] in RESERVED) and path.is_file():
            yield path
