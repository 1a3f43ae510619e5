from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from gennaker.bundle.files import SpecFolder, dags

PARSING_DAG = "_AIRFLOW_PARSING_CONTEXT_DAG_ID"


def write(root: Path, path: str, **top: Any) -> Path:
    """Write a pipeline of one stage."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    document = {"stages": [{"type": "noop", "name": "a", "refId": "1"}], **top}
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def ids(root: Path) -> dict[str, str]:
    """Return the file of each DAG."""
    return {dag_id: str(path.relative_to(root)) for dag_id, path in SpecFolder(root).files()}


def test_a_dag_is_named_after_its_folder_and_file(tmp_path: Path) -> None:
    write(tmp_path, "shop/deploy.json")
    write(tmp_path, "My Shop/Déploy to PROD.json")

    assert ids(tmp_path) == {
        "shop.deploy": "shop/deploy.json",
        "my-shop.deploy-to-prod": "My Shop/Déploy to PROD.json",
    }


def test_names_that_have_the_same_slug_are_numbered_and_the_slug_itself_comes_first(tmp_path: Path) -> None:
    for name in ("Deploy", "deploy", "deploy-2", "DEPLOY"):
        write(tmp_path, f"shop/{name}.json")

    assert ids(tmp_path) == {
        "shop.deploy": "shop/deploy.json",
        "shop.deploy-2": "shop/deploy-2.json",
        "shop.deploy-3": "shop/DEPLOY.json",
        "shop.deploy-4": "shop/Deploy.json",
    }


def test_folders_that_have_the_same_slug_are_numbered_too(tmp_path: Path) -> None:
    for folder in ("Shop", "shop", "v1.2", "v1.3"):
        write(tmp_path, f"{folder}/deploy.json")

    assert ids(tmp_path) == {
        "shop.deploy": "shop/deploy.json",
        "shop-2.deploy": "Shop/deploy.json",
        "v1-2.deploy": "v1.2/deploy.json",
        "v1-3.deploy": "v1.3/deploy.json",
    }


def test_names_without_a_slug_stay_what_they_are_when_others_come(tmp_path: Path) -> None:
    write(tmp_path, "商店/部署生产.json")
    (before,) = ids(tmp_path)
    write(tmp_path, "商店/部署测试.json")
    write(tmp_path, "商场/部署.json")

    assert before in ids(tmp_path)
    assert len(ids(tmp_path)) == 3
    assert all(part.startswith("p-") for dag_id in ids(tmp_path) for part in dag_id.split("."))


def test_templates_the_schema_and_hidden_folders_hold_no_pipelines(tmp_path: Path) -> None:
    for folder in ("templates", "schema", ".vscode"):
        write(tmp_path, f"{folder}/deploy.json")
    write(tmp_path, "deploy.json")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "README.md").write_text("no pipeline")

    assert ids(tmp_path) == {}


def test_a_folder_that_is_absent_is_empty(tmp_path: Path) -> None:
    absent = tmp_path / "absent"

    assert ids(absent) == {}
    assert dags(absent) == {}
    assert SpecFolder(absent).find("shop.deploy") is None


def test_a_dag_whose_names_are_slugs_is_found_without_listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "shop/deploy.json")

    def refuse(*_: Any) -> Any:
        raise AssertionError("the folder was listed")

    monkeypatch.setattr(Path, "iterdir", refuse)
    monkeypatch.setattr(Path, "glob", refuse)

    assert SpecFolder(tmp_path).find("shop.deploy") == file


def test_a_dag_whose_file_is_called_otherwise_costs_the_listing_of_its_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "shop/Deploy it!.json")
    write(tmp_path, "other/Deploy it!.json")
    listed: list[Path] = []
    glob = Path.glob

    def watch(folder: Path, pattern: str) -> Any:
        listed.append(folder)
        return glob(folder, pattern)

    monkeypatch.setattr(Path, "glob", watch)

    assert SpecFolder(tmp_path).find("shop.deploy-it") == file
    assert listed == [tmp_path / "shop"]


def test_every_dag_is_found_at_its_own_file(tmp_path: Path) -> None:
    for path in (
        "shop/deploy",
        "shop/Deploy",
        "Shop/deploy",
        "商店/部署",
        "shop/deploy-2",
        "Templates/a",
        "a.b/c.d",
    ):
        write(tmp_path, f"{path}.json")
    folder = SpecFolder(tmp_path)
    known = dict(folder.files())

    assert len(known) == 7
    assert {dag_id: folder.find(dag_id) for dag_id in known} == known


@pytest.mark.parametrize(
    "dag_id", ["shop.other", "other.deploy", "templates.deploy", "shop", "../shop.deploy", ""]
)
def test_an_unknown_dag_is_not_found(tmp_path: Path, dag_id: str) -> None:
    write(tmp_path, "shop/deploy.json")
    write(tmp_path, "templates/deploy.json")

    assert SpecFolder(tmp_path).find(dag_id) is None


@pytest.mark.parametrize(
    ("application", "pipeline", "dag_id"),
    [
        ("shop", "deploy", "shop.deploy"),
        ("shop", "Deploy", "shop.deploy-2"),
        ("Shop", "deploy", "shop-2.deploy"),
        ("SHOP", "DEPLOY", "shop.deploy"),
        ("shop", "Roll out!", "shop.rollout"),
        ("shop", "8c1f", "shop.rollout"),
        ("shop", "roll-out", None),
        ("mall", "deploy", None),
        ("", "", None),
    ],
)
def test_a_pipeline_is_known_by_its_file_its_slug_its_name_and_its_id(
    tmp_path: Path, application: str, pipeline: str, dag_id: str | None
) -> None:
    for path in ("shop/deploy", "shop/Deploy", "Shop/deploy"):
        write(tmp_path, f"{path}.json")
    write(tmp_path, "shop/rollout.json", name="Roll out!", id="8c1f")

    assert SpecFolder(tmp_path).dag_id(application, pipeline) == dag_id


def test_the_id_of_a_pipeline_is_its_own_or_its_dags(tmp_path: Path) -> None:
    write(tmp_path, "shop/rollout.json", name="Roll out!", id="8c1f")
    write(tmp_path, "shop/deploy.json")
    folder = SpecFolder(tmp_path)

    assert folder.pipeline_id("Roll out!", "shop") == "8c1f"
    assert folder.pipeline_id("deploy", "shop") == "shop.deploy"
    assert folder.pipeline_id("other", "shop") is None


def test_every_file_becomes_a_dag(tmp_path: Path) -> None:
    write(tmp_path, "shop/deploy.json", name="Deploy 部署")
    write(tmp_path, "My Shop/deploy.json")
    built = dags(tmp_path)

    assert {dag_id: dag.dag_display_name for dag_id, dag in built.items()} == {
        "shop.deploy": "Deploy 部署",
        "my-shop.deploy": "deploy",
    }
    assert built["my-shop.deploy"].tags == {"app:My Shop"}


def test_a_bad_file_does_not_take_its_neighbours_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "shop/good.json")
    write(tmp_path, "shop/cycle.json", stages=[{"type": "noop", "refId": "1", "requisiteStageRefIds": ["1"]}])
    (tmp_path / "shop" / "broken.json").write_text('{"stages": [')
    (tmp_path / "shop" / "binary.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "shop" / "gone.json").symlink_to(tmp_path / "nowhere.json")
    (tmp_path / "shop" / "folder.json").mkdir()

    with caplog.at_level(logging.ERROR, "gennaker.bundle.files"):
        assert list(dags(tmp_path)) == ["shop.good"]
    left_out = {Path(str(record.args[0])).name for record in caplog.records if record.args}  # type: ignore[index]
    assert left_out == {"cycle.json", "broken.json", "binary.json", "gone.json", "folder.json"}


def test_a_worker_builds_only_the_dag_that_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "shop/deploy.json")
    write(tmp_path, "shop/other.json")
    read: list[str] = []
    read_bytes = Path.read_bytes

    def note(path: Path) -> bytes:
        read.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", note)

    monkeypatch.setenv(PARSING_DAG, "shop.deploy")
    assert list(dags(tmp_path)) == ["shop.deploy"]
    assert read == ["deploy.json"]

    monkeypatch.setenv(PARSING_DAG, "shop.gone")
    assert dags(tmp_path) == {}
