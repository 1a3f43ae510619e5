"""The specs folder of `make run`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gennaker.cli.up import specs
from gennaker.errors import GennakerError


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "pipeline_specs"
    (folder / "demo").mkdir(parents=True)
    (folder / "demo" / "release.json").write_text("{}")
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


def write(tmp_path: Path, **keys: object) -> Path:
    path = tmp_path / "Some File.json"
    path.write_text(json.dumps(keys))
    return path


def shown(scratch: Path) -> set[str]:
    return {str(path.relative_to(scratch)) for path in scratch.rglob("*.json")} | {
        f"{folder.name}/{path.name}" for folder in scratch.iterdir() for path in folder.glob("*.json")
    }


def test_an_edit_in_the_checkout_is_seen(checkout: Path, scratch: Path) -> None:
    specs.link(checkout, scratch)
    (checkout / "demo" / "new.json").write_text("{}")

    assert shown(scratch) == {"demo/release.json", "demo/new.json"}


def test_a_given_pipeline_goes_where_its_names_put_it(checkout: Path, scratch: Path, tmp_path: Path) -> None:
    specs.link(checkout, scratch)

    assert specs.add(write(tmp_path, application="My Shop", name="To Prod!"), scratch) == "my-shop.to-prod"
    assert shown(scratch) == {"demo/release.json", "my-shop/to-prod.json"}


def test_names_default_to_the_files(scratch: Path, tmp_path: Path) -> None:
    scratch.mkdir()

    assert specs.add(write(tmp_path), scratch) == "local.some-file"


def test_a_name_without_letters_gets_one_that_a_file_can_have(scratch: Path, tmp_path: Path) -> None:
    scratch.mkdir()

    found = specs.add(write(tmp_path, application="shop", name="部署"), scratch)

    assert found.startswith("shop.p-")
    assert (scratch / "shop" / f"{found.partition('.')[2]}.json").exists()


def test_a_pipeline_of_a_linked_application_leaves_the_checkout_alone(
    checkout: Path, scratch: Path, tmp_path: Path
) -> None:
    specs.link(checkout, scratch)

    specs.add(write(tmp_path, application="demo", name="mine"), scratch)
    specs.link(checkout, scratch)

    assert shown(scratch) == {"demo/release.json", "demo/mine.json"}
    assert [path.name for path in (checkout / "demo").iterdir()] == ["release.json"]


def test_a_removed_application_disappears(checkout: Path, scratch: Path) -> None:
    specs.link(checkout, scratch)
    (checkout / "demo" / "release.json").unlink()
    (checkout / "demo").rmdir()

    specs.link(checkout, scratch)

    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is not JSON"),
        ("[]", "holds list, a pipeline is a JSON object"),
    ],
)
def test_what_is_no_pipeline_is_named(text: str | None, message: str, scratch: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(GennakerError, match=message):
        specs.add(path, scratch)
