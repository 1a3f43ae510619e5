"""Write the generated parts of the documentation, or check that they are fresh."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from gennaker.errors import NotFound

ROOT = Path(__file__).parents[3]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--check", action="store_true", help="change nothing, and fail if anything is stale")


def run(arguments: argparse.Namespace) -> int:
    """Write what is stale; where only checking, name it and fail."""
    if not (ROOT / "docs").is_dir():
        raise NotFound("there is no documentation here", hint="run it in a checkout of Gennaker")
    stale = [(path, text) for path, text in pages(ROOT) if not _is(path, text)]
    for path, text in stale:
        name = path.relative_to(ROOT)
        if arguments.check:
            print(f"{name} is stale: run python -m gennaker.cli.docs", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    return 1 if stale and arguments.check else 0


def pages(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield every page that is generated, or has generated parts, as it should be."""
    from gennaker.cli._reference import api, pipeline, sections, stages

    reference = root / "docs" / "reference"
    whole = {
        reference / "stages.md": stages.page(root),
        reference / "pipeline.md": pipeline.page(),
        reference / "api.md": api.page(),
    }
    yield from whole.items()
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        if path not in whole and path.is_file():
            yield path, sections.filled(path.read_text(encoding="utf-8"), root)


def main(argv: Sequence[str] | None = None) -> int:
    """Run it as ``python -m gennaker.cli.docs``."""
    parser = argparse.ArgumentParser(prog="python -m gennaker.cli.docs", description=__doc__)
    configure(parser)
    return run(parser.parse_args(argv))


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    raise SystemExit(main())
