"""What `make run` puts into the store of a local instance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.conftest import AirflowStack

from gennaker.cli.up import store
from gennaker.errors import GennakerError


def write(file: Path, **keys: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(keys))
    return file


def noop(name: str) -> dict[str, object]:
    return {"refId": "1", "type": "noop", "name": name}


def spec_of(airflow: AirflowStack, dag_id: str) -> dict[str, object]:
    found = airflow.request("GET", "/gennaker/api/v1/pipelines?q=fill&limit=200").json()["items"]
    (pipeline,) = [each for each in found if each["dagId"] == dag_id]
    answer = airflow.request("GET", f"/gennaker/api/v1/pipelines/{pipeline['id']}/spec").json()
    assert isinstance(answer, dict)
    return answer


def test_a_folder_is_put_in_once_and_edits_stay(managed_stack: AirflowStack, tmp_path: Path) -> None:
    write(tmp_path / "fill-app" / "first.json", name="First fill", stages=[noop("from the folder")])

    assert store.fill(managed_stack, tmp_path) == 1
    edited = write(
        tmp_path / "edited.json", application="fill-app", name="First fill", stages=[noop("edited")]
    )
    assert store.put(managed_stack, edited) == "fill-app.first-fill"
    assert store.fill(managed_stack, tmp_path) == 0
    assert "edited" in json.dumps(spec_of(managed_stack, "fill-app.first-fill"))
    assert managed_stack.wait_dag("fill-app.first-fill")["dag_display_name"] == "First fill"


def test_a_given_file_names_itself(managed_stack: AirflowStack, tmp_path: Path) -> None:
    file = write(tmp_path / "Some fill.json", stages=[noop("a")])

    assert store.put(managed_stack, file) == "local.some-fill"


def test_a_given_file_with_errors_is_not_run(managed_stack: AirflowStack, tmp_path: Path) -> None:
    loop = {"refId": "1", "type": "noop", "name": "a", "requisiteStageRefIds": ["1"]}
    file = write(tmp_path / "broken fill.json", stages=[loop])

    with pytest.raises(GennakerError, match=r"broken fill.json: .*cycle|circle|itself"):
        store.put(managed_stack, file)


@pytest.mark.parametrize(
    ("text", "message"), [("{", "is not JSON"), ("[]", "holds list"), (None, "cannot be read")]
)
def test_a_given_file_that_is_no_pipeline(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "x.json"
    if text is not None:
        file.write_text(text)

    with pytest.raises(GennakerError, match=message):
        store.read(file)
