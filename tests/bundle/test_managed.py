"""The bundle: the files that it writes, the versions that it names, and the DAGs that come of them."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.bundles import base
from airflow.models.serialized_dag import SerializedDagModel
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.file import list_py_file_paths

from gennaker.bundle import PipelineBundle, managed, shard
from gennaker.bundle.claim import FolderClaim
from gennaker.bundle.requirements import WrongSettings
from gennaker.errors import GennakerError
from gennaker.spec.publication import Candidate, PublishedPipeline, Snapshot, read_mark

GOOD = '{"stages": [{"type": "noop", "name": "a", "refId": "1"}]}'
OTHER = '{"stages": [{"type": "noop", "name": "b", "refId": "2"}], "description": "Ships it"}'
CYCLE = '{"stages": [{"type": "noop", "name": "a", "refId": "1", "requisiteStageRefIds": ["1"]}]}'


def pipeline(name: str, *specs: str, shard: int = 1, sequence: int = 5, **more: Any) -> PublishedPipeline:
    """Return a pipeline whose candidates are these specs, newest first."""
    candidates = [Candidate(sequence - i, len(specs) - i, f"sha-{i}", spec) for i, spec in enumerate(specs)]
    return PublishedPipeline(
        f"uuid-{name}", f"shop.{name}", "Shop", name, shard, candidates=tuple(candidates), **more
    )


class Store:
    """A source whose content tests change."""

    def __init__(self) -> None:
        self.version = 0
        self.shards: dict[int, tuple[int, list[PublishedPipeline]]] = {}
        self.asked: list[tuple[int, int | None]] = []

    def put(self, number: int, *pipelines: PublishedPipeline) -> None:
        self.version += 1
        self.shards[number] = (self.version, list(pipelines))

    def snapshot(self, *, since: int = 0, at: int | None = None) -> Snapshot:
        self.asked.append((since, at))
        changed = {number: found for number, (version, found) in self.shards.items() if version > since}
        return Snapshot(self.version if at is None else at, changed)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH", str(tmp_path / "bundles"))
    monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "0")
    monkeypatch.setattr(managed, "is_client", lambda: False)
    monkeypatch.setattr(shard, "is_client", lambda: False)


@pytest.fixture
def make(store: Store) -> Callable[..., PipelineBundle]:
    def build(version: str | None = None) -> PipelineBundle:
        return PipelineBundle(name="gennaker", version=version, source=store)

    return build


def files(bundle: PipelineBundle) -> list[str]:
    """Return what the DAG processor would parse."""
    return sorted(Path(path).name for path in list_py_file_paths(bundle.path))


def dags(bundle: PipelineBundle, number: int = 1) -> Mapping[str, DAG]:
    return shard.dags(str(bundle.path / f"shard-{number}.py"))


def test_an_empty_store_is_version_zero_without_files(make: Callable[..., PipelineBundle]) -> None:
    bundle = make()
    bundle.initialize()

    assert bundle.get_current_version() == base.BundleVersion("0")
    assert files(bundle) == []


def test_each_shard_is_a_file_of_its_own_that_airflow_finds(
    make: Callable[..., PipelineBundle], store: Store
) -> None:
    store.put(1, pipeline("a", GOOD), pipeline("b", GOOD))
    store.put(7, pipeline("c", GOOD, shard=7))
    bundle = make()
    bundle.initialize()

    assert files(bundle) == ["shard-1.py", "shard-7.py"]
    assert [*dags(bundle)] == ["shop.a", "shop.b"]
    assert [*dags(bundle, 7)] == ["shop.c"]
    assert bundle.get_current_version() == base.BundleVersion("2")
    assert bundle.version == "2"


def test_only_what_has_changed_is_written_again(make: Callable[..., PipelineBundle], store: Store) -> None:
    store.put(1, pipeline("a", GOOD))
    store.put(2, pipeline("b", GOOD, shard=2))
    bundle = make()
    bundle.initialize()
    for number in (1, 2):
        dags(bundle, number)
    before = times(bundle)
    time.sleep(0.01)

    bundle.refresh()
    assert times(bundle) == before

    store.put(2, pipeline("b", OTHER, shard=2))
    bundle.refresh()

    after = times(bundle)
    assert after["shard-1.py"] == before["shard-1.py"]
    assert after["shard-2.py"] > before["shard-2.py"]
    assert store.asked == [(0, None), (2, None), (2, None)]
    assert bundle.get_current_version() == base.BundleVersion("3")


def times(bundle: PipelineBundle) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in bundle.path.glob("*.py")}


def test_a_new_process_keeps_the_files_that_are_right_and_removes_those_of_another_store(
    make: Callable[..., PipelineBundle], store: Store
) -> None:
    store.put(1, pipeline("a", GOOD))
    first = make()
    first.initialize()
    before = times(first)
    (first.path / "shard-99.py").write_text("airflow dag")
    folder = first.path
    del first

    again = make()
    again.initialize()

    assert again.path == folder
    assert times(again) == before


def test_a_shard_that_is_empty_stays_a_file_without_dags(
    make: Callable[..., PipelineBundle], store: Store
) -> None:
    store.put(1, pipeline("a", GOOD))
    bundle = make()
    bundle.initialize()
    store.put(1)
    bundle.refresh()

    assert files(bundle) == ["shard-1.py"]
    assert dags(bundle) == {}


def test_two_processes_have_a_folder_each(make: Callable[..., PipelineBundle], store: Store) -> None:
    store.put(1, pipeline("a", GOOD))
    one, two = make(), make()
    one.initialize()
    store.put(1, pipeline("a", OTHER))
    two.initialize()

    assert (one.path.name, two.path.name) == ("shards", "shards-2")
    assert read_mark(dags(one)["shop.a"].doc_md) == (1, 5)
    assert one.get_current_version() == base.BundleVersion("1")
    assert two.get_current_version() == base.BundleVersion("2")
    assert dags(one)["shop.a"].task_ids == ["stage-1"]
    assert dags(two)["shop.a"].task_ids == ["stage-2"]


def test_a_claim_ends_with_its_process(tmp_path: Path) -> None:
    first = FolderClaim(tmp_path)
    second = FolderClaim(tmp_path)
    assert second.folder.name == "shards-2"

    del first
    assert FolderClaim(tmp_path).folder.name == "shards"


def test_nobody_else_can_read_the_specs(make: Callable[..., PipelineBundle], store: Store) -> None:
    store.put(1, pipeline("a", GOOD))
    bundle = make()
    bundle.initialize()

    assert stat.S_IMODE(bundle.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((bundle.path / "shard-1.json").stat().st_mode) == 0o600
    assert [path.name for path in bundle.path.iterdir() if path.name.startswith(".")] == []


def test_a_version_of_the_past_has_the_files_of_then(
    make: Callable[..., PipelineBundle], store: Store
) -> None:
    store.put(1, pipeline("a", GOOD))
    bundle = make("41")
    bundle.initialize()

    assert bundle.path.parts[-2:] == ("versions", "41")
    assert store.asked == [(0, 41)]
    assert [*dags(bundle)] == ["shop.a"]
    assert bundle.get_current_version() == base.BundleVersion("41")
    with pytest.raises(GennakerError, match="version 41 of the bundle never changes"):
        bundle.refresh()

    make("41").initialize()
    assert len(store.asked) == 1


def test_wrong_settings_are_refused(
    make: Callable[..., PipelineBundle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "30")

    with pytest.raises(WrongSettings, match="min_serialized_dag_update_interval must be 0"):
        make().initialize()


def test_a_bundle_that_is_only_asked_for_its_path_does_nothing(
    make: Callable[..., PipelineBundle], store: Store
) -> None:
    bundle = make()

    assert bundle.path.name == "shards"
    assert bundle.get_current_version() is None
    assert store.asked == []
    assert not bundle.base_dir.exists()


def test_the_newest_candidate_that_compiles_runs_and_tells_why(caplog: pytest.LogCaptureFixture) -> None:
    built = shard.build(pipeline("a", CYCLE, '{"stages": [', GOOD))

    assert built.task_ids == ["stage-1"]
    assert read_mark(built.doc_md) == (1, 3)
    assert "Revision 3 cannot be built: " in (built.doc_md or "")
    assert "Revision 2 cannot be built: " in (built.doc_md or "")
    assert built.allowed_run_types is None
    operator: Any = built.get_task("stage-1")
    assert (operator.pipeline.revision, operator.pipeline.sequence) == (1, 3)
    assert operator.pipeline.id == "uuid-a"


def test_one_that_cannot_be_built_at_all_cannot_be_started() -> None:
    built = shard.build_all([pipeline("a", CYCLE), pipeline("b", GOOD)])

    assert built["shop.a"].task_ids == []
    assert not startable(built["shop.a"])
    assert read_mark(built["shop.a"].doc_md) == (1, 5)
    assert startable(built["shop.b"])


def startable(dag: DAG) -> bool:
    data = DagSerialization.to_dict(dag)["dag"]
    return data.get("allowed_run_types") is None


@pytest.mark.parametrize("spec", [GOOD, CYCLE, '{"stages": ['])
def test_a_disabled_pipeline_cannot_be_started_whatever_its_spec_is(spec: str) -> None:
    built = shard.build(pipeline("a", spec, disabled=True))
    data = DagSerialization.to_dict(built)["dag"]

    assert data["allowed_run_types"] == ["scheduled"]
    assert data["timetable"]["__type"] == "gennaker.compiler.disabled.DisabledTimetable"
    again = DagSerialization.from_dict(DagSerialization.to_dict(built))
    assert again.timetable.summary == "disabled"
    assert again.timetable.next_dagrun_info(last_automated_data_interval=None, restriction=None) is None


def test_a_disabled_pipeline_asks_for_no_parameters() -> None:
    spec = '{"stages": [], "parameterConfig": [{"name": "n", "required": true, "type": "string"}]}'

    assert shard.build(pipeline("a", spec)).params.keys() == {"n"}
    disabled = shard.build(pipeline("a", spec, disabled=True))
    assert dict(disabled.params) == {}
    assert disabled.task_ids == shard.build(pipeline("a", spec)).task_ids


def test_each_publication_has_a_hash_of_its_own() -> None:
    def hashed(sequence: int) -> str:
        built = shard.build(pipeline("a", GOOD, sequence=sequence))
        return str(SerializedDagModel.hash(DagSerialization.to_dict(built)))

    assert hashed(5) == hashed(5)
    assert hashed(5) != hashed(6)


@pytest.mark.parametrize(
    ("manager", "kept"), [("a.b.FabAuthManager", True), ("a.b.SimpleAuthManager", False)]
)
def test_the_rights_of_the_application_become_the_dags_where_they_mean_something(
    manager: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__AUTH_MANAGER", manager)
    rights = {"Ops": {"DAGs": ["can_read"]}}
    settings = {"maxActiveRuns": 1, "accessControl": rights}

    built = shard.build(pipeline("a", GOOD, settings=settings))

    assert built.max_active_runs == 1
    assert (built.access_control is not None) is kept


def test_an_error_in_one_entry_does_not_reach_its_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    built = shard.build_all([pipeline("nothing"), pipeline("b", GOOD)])

    assert [*built] == ["shop.b"]


# ---- files that change while they are read -------------------------------------------------------------


def test_a_file_that_changed_while_it_was_read_looks_new_until_it_is_read_again(
    store: Store, make: Callable[..., PipelineBundle]
) -> None:
    store.put(1, pipeline("deploy", GOOD))
    bundle = make()
    bundle.initialize()
    file = bundle.path / "shard-1.py"
    shard.dags(str(file))
    bundle.refresh()
    assert bundle.refresh_interval == managed.REFRESH_SECONDS

    store.put(1, pipeline("deploy", OTHER))
    bundle.refresh()
    assert bundle.refresh_interval == managed.UNREAD_SECONDS
    os.utime(file, (1, 1))  # Airflow's reading of the old content ends only now
    bundle.refresh()
    assert file.stat().st_mtime > time.time() - 60

    shard.dags(str(file))
    os.utime(file, (1, 1))
    bundle.refresh()
    assert bundle.refresh_interval == managed.REFRESH_SECONDS
    assert file.stat().st_mtime == 1
