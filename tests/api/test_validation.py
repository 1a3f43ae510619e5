from __future__ import annotations

from typing import Any

import pytest

from gennaker.api import templates
from gennaker.api.limits import MAX_BODY
from tests.api.accounts import Accounts

WAIT = {"refId": "1", "requisiteStageRefIds": [], "type": "wait", "name": "Wait", "waitTime": 1}


def validate(everybody: Accounts, **body: Any) -> Any:
    answer = everybody.ask("viewer", "POST", "/validate", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_pipeline_in_order(everybody: Accounts) -> None:
    two = {**WAIT, "refId": "2", "requisiteStageRefIds": ["1"], "name": "Again", "failPipeline": False}
    told = validate(everybody, spec={"stages": [WAIT, two], "spelEvaluator": "v4"})

    assert told["problems"] == []
    assert told["graph"]["edges"] == [["1", "2"]]
    assert told["graph"]["nodes"][1] == {
        "refId": "2",
        "taskId": "stage-2",
        "name": "Again",
        "type": "wait",
        "policy": "halt-branch",
        "finally": False,
        "index": 1,
        "problems": [],
    }


def test_text_that_is_not_json_is_told_with_its_line(everybody: Accounts) -> None:
    told = validate(everybody, text='{\n  "stages": [,]\n}')

    assert told["graph"] is None
    assert told["problems"][0]["code"] == "invalid-json"
    assert "line 2" in told["problems"][0]["message"]


def test_problems_stand_with_their_stages(everybody: Accounts) -> None:
    bad = {**WAIT, "waitTime": [], "name": "Bad"}
    told = validate(everybody, spec={"stages": [{**WAIT, "refId": "0"}, bad]})

    good_node, bad_node = told["graph"]["nodes"]
    assert good_node["problems"] == []
    assert bad_node["problems"] == [p for p in told["problems"] if p["stage"] == "Bad"] != []


def test_what_loads_is_also_built(everybody: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    from gennaker.errors import CompileError

    def fail(*_: object, **__: object) -> None:
        raise CompileError("stage 'Wait' built no task")

    monkeypatch.setattr("gennaker.compiler.dag.compile_pipeline", fail)

    assert "build-failed" in {p["code"] for p in validate(everybody, spec={"stages": [WAIT]})["problems"]}


@pytest.mark.parametrize("body", [{}, {"text": "{}", "spec": {}}, {"spec": []}, {"text": "{}", "x": 1}])
def test_a_body_that_breaks_the_schema(everybody: Accounts, body: Any) -> None:
    answer = everybody.ask("viewer", "POST", "/validate", body)

    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_numbers_that_are_not_json_are_refused(everybody: Accounts) -> None:
    sent = everybody.client.post(
        "/gennaker/api/v1/validate",
        content=b'{"spec": {"x": NaN}}',
        headers={
            "authorization": f"Bearer {everybody.tokens['viewer']}",
            "content-type": "application/json",
        },
    )

    assert sent.status_code == 422


def test_a_body_that_is_too_large_is_not_read(everybody: Accounts) -> None:
    answer = everybody.ask("viewer", "POST", "/validate", {"text": "x" * MAX_BODY})

    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_a_body_of_unknown_length_is_counted(everybody: Accounts) -> None:
    chunks = (b"[" * 100_000 for _ in range(MAX_BODY // 100_000 + 1))

    sent = everybody.client.post(
        "/gennaker/api/v1/validate",
        content=chunks,
        headers={
            "authorization": f"Bearer {everybody.tokens['viewer']}",
            "content-type": "application/json",
        },
    )

    assert sent.status_code == 413


def test_templates_are_those_of_the_folder(everybody: Accounts) -> None:
    listed = everybody.ask("viewer", "GET", "/templates").json()

    assert [t["name"] for t in listed] == list(templates.templates())
    blank = everybody.ask("viewer", "GET", "/templates/blank").json()
    assert blank["spec"]["stages"][0]["type"] == "noop"
    missing = everybody.ask("viewer", "GET", "/templates/nothing")
    assert (missing.status_code, "blank" in missing.json()["hint"]) == (404, True)


def test_a_template_may_be_changed_by_who_got_it() -> None:
    templates.template("blank")["stages"].clear()

    assert templates.template("blank")["stages"]
