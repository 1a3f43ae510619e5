from __future__ import annotations

from pathlib import Path

import pytest

from gennaker.spec.folder import FolderEntry, read_folder


def write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_the_folder_names_the_application_and_the_json_the_pipeline(tmp_path: Path) -> None:
    write(tmp_path, "shop/release.json", '{"name": " Release ", "application": "elsewhere"}')
    write(tmp_path, "shop/deploy.json", '{"stages": []}')

    assert list(read_folder(tmp_path)) == [
        FolderEntry("shop/deploy.json", "shop", "deploy", '{"stages": []}'),
        FolderEntry(
            "shop/release.json", "shop", "Release", '{"name": " Release ", "application": "elsewhere"}'
        ),
    ]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"name": 3}', "[" * 100_000])
def test_a_file_that_names_nothing_has_its_own_name(tmp_path: Path, text: str) -> None:
    write(tmp_path, "shop/deploy.json", text)

    assert [(entry.name, entry.text) for entry in read_folder(tmp_path)] == [("deploy", text)]


def test_what_holds_no_pipelines_is_left_out(tmp_path: Path) -> None:
    for path in (
        "a.json",
        "templates/t.json",
        "schema/s.json",
        ".git/x.json",
        "shop/readme.md",
        "a/b/c.json",
    ):
        write(tmp_path, path, "{}")

    assert list(read_folder(tmp_path)) == []


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    write(tmp_path, "shop/a.json", "\ufeff{}")

    assert [entry.text for entry in read_folder(tmp_path)] == ["{}"]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="nowhere is not a folder"):
        list(read_folder(tmp_path / "nowhere"))
