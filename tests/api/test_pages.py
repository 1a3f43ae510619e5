"""The files of the pages inside Airflow's UI."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from gennaker.api import pages, problems
from gennaker.plugin import GennakerPlugin


def client(folder: Path) -> TestClient:
    app = FastAPI()
    problems.install(app)
    pages.mount(app, folder)
    return TestClient(app)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "main.js").write_text("export {}")
    (tmp_path / "icon.svg").write_text("<svg/>")
    return tmp_path


@pytest.mark.parametrize(("name", "kind"), [("main.js", "text/javascript"), ("icon.svg", "image/svg+xml")])
def test_a_file_has_the_type_that_a_browser_insists_on(built: Path, name: str, kind: str) -> None:
    answer = client(built).get(f"/ui/{name}")

    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")


def test_a_browser_asks_each_time_and_is_told_when_nothing_changed(built: Path) -> None:
    first = client(built).get("/ui/main.js")
    again = client(built).get("/ui/main.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


def test_nothing_outside_of_the_folder_is_served(built: Path) -> None:
    assert client(built).get("/ui/..%2f..%2fetc%2fpasswd").status_code == 404


def test_pages_that_are_not_built_say_what_to_do(tmp_path: Path) -> None:
    answer = client(tmp_path / "absent").get("/ui/main.js")

    assert answer.status_code == 404
    assert "make ui" in answer.json()["detail"]


def test_airflow_accepts_what_the_plugin_says_about_its_pages() -> None:
    from airflow.api_fastapi.core_api.datamodels.plugins import ReactAppResponse

    (app,) = GennakerPlugin.react_apps
    shown = ReactAppResponse.model_validate(app)

    assert shown.name.isidentifier()
    assert (shown.destination, shown.url_route) == ("nav", "gennaker")
    # Without the slash in front it is below Airflow's own prefix.
    assert shown.bundle_url == "gennaker/ui/main.js"
