"""What the routes do, beyond who may: both auth managers, one database."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import uvicorn

from tests.api.accounts import Accounts, add_fab_user, manager
from tests.api.conftest import TestClient
from tests.api.shop import SPEC, Shop, open_shop

SECRET = {
    **SPEC,
    "stages": [
        {**SPEC["stages"][0], "password": "hunter2", "comments": "https://ann:hunter2@example.com/"},
    ],
}


@pytest.fixture
def shop(everybody: Accounts) -> Shop:
    return open_shop(everybody)


@pytest.fixture
def vault(everybody: Accounts) -> Shop:
    return open_shop(everybody, SECRET)


def save(shop: Shop, spec: Any, base: int, who: str = "editor", **more: Any) -> httpx.Response:
    body = {"text": spec} if isinstance(spec, str) else {"spec": spec}
    options = {key: more.pop(key) for key in ("door",) if key in more}
    return shop.people.ask(who, "PUT", f"{shop.path}/spec", {**body, **more}, if_match=f'"{base}"', **options)


def named(name: str) -> dict[str, Any]:
    return {**SPEC, "stages": [{**SPEC["stages"][0], "name": name}]}


# ---- saving ----------------------------------------------------------------------------------------------


def test_a_save_answers_with_its_revision_and_is_read_again(shop: Shop) -> None:
    saved = save(shop, named("Second"), 1, message="a reason")
    read = shop.people.ask("viewer", "GET", f"{shop.path}/spec")

    assert saved.json() == {"revision": 2, "created": True, "published": True, "problems": []}
    assert saved.headers["etag"] == read.headers["etag"] == '"2"'
    assert read.json()["spec"] == json.loads(read.json()["text"]) == named("Second")
    line = shop.people.ask("viewer", "GET", f"{shop.path}/revisions").json()["items"][0]
    assert (line["number"], line["author"], line["message"]) == (2, "editor", "a reason")
    assert (line["source"], line["published"]) == ("api", True)


def test_the_same_again_makes_no_revision(shop: Shop) -> None:
    assert save(shop, dict(SPEC), 1).json()["created"] is False


def test_a_stale_save_gets_both_sides(shop: Shop) -> None:
    save(shop, named("Theirs"), 1)

    refused = save(shop, named("Yours"), 1)

    told = refused.json()
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert (told["base"], told["latest"]) == (1, 2)
    assert (told["yours"], told["theirs"]) == (named("Yours"), named("Theirs"))


@pytest.mark.parametrize(
    ("tag", "status"), [(None, 428), ("*", 400), ("x", 400), ('"x"', 400), ('W/"1"', 200)]
)
def test_the_base_must_be_named(shop: Shop, tag: str | None, status: int) -> None:
    headers = {"if_match": tag} if tag else {}

    answer = shop.people.ask("editor", "PUT", f"{shop.path}/spec", {"spec": named("x")}, **headers)

    assert answer.status_code == status


def test_errors_make_a_draft_and_no_json_makes_nothing(shop: Shop) -> None:
    draft = save(shop, '{"stages": [{"refId": "1", "type": "wait", "requisiteStageRefIds": ["9"]}]}', 1)
    broken = save(shop, '{"stages": [', 2)
    detail = shop.people.ask("viewer", "GET", shop.path).json()

    assert (draft.json()["created"], draft.json()["published"]) == (True, False)
    assert draft.json()["problems"][0]["path"] == "$.stages[0].requisiteStageRefIds"
    assert (broken.status_code, broken.json()["problems"][0]["code"]) == (422, "invalid-json")
    assert (detail["latest"], detail["published"], detail["problems"]) == (2, 1, 1)


def test_odd_texts_survive(shop: Shop) -> None:
    text = '{"stages": [], "9": 1, "1": "\\ud800", "x": "\\u0000", "big": 123456789012345678901234567890}'

    assert save(shop, text, 1).status_code == 200

    read = shop.people.ask("viewer", "GET", f"{shop.path}/spec?revision=2")
    assert read.status_code == 200
    assert json.loads(read.json()["text"]) == json.loads(text)


def test_too_large_a_spec_is_refused(shop: Shop) -> None:
    assert save(shop, {**SPEC, "description": "x" * 2_100_000}, 1).status_code == 413


def test_history_goes_on_over_pages(shop: Shop) -> None:
    for number in range(1, 5):
        save(shop, named(str(number)), number)

    seen, cursor = [], ""
    while cursor is not None:
        query = f"?limit=2{f'&cursor={cursor}' if cursor else ''}"
        page = shop.people.ask("viewer", "GET", f"{shop.path}/revisions{query}").json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["nextCursor"]

    assert seen == [5, 4, 3, 2, 1]


def test_restore_and_publish(shop: Shop) -> None:
    save(shop, named("Second"), 1)
    stale = shop.people.ask("editor", "POST", f"{shop.path}/revisions/1/restore", {}, if_match='"1"')
    restored = shop.people.ask("editor", "POST", f"{shop.path}/revisions/1/restore", {"message": "back"})
    save(shop, named("Draft"), 3, publish=False)
    published = shop.people.ask("editor", "POST", f"{shop.path}/revisions/4/publish")

    assert stale.status_code == 409
    assert restored.json()["revision"] == 3
    assert published.json()["published"] is True
    line = shop.people.ask("viewer", "GET", f"{shop.path}/revisions/3").json()
    assert (line["restoredFrom"], line["message"], line["spec"]) == (1, "back", dict(SPEC))


def test_what_changed(shop: Shop) -> None:
    save(shop, named("Second"), 1)

    told = shop.people.ask("viewer", "GET", f"{shop.path}/compare?from=1&to=2").json()

    (change,) = told["changes"]
    assert (change["kind"], change["path"]) == ("field-changed", "$.stages[0].name")
    assert (change["before"], change["after"]) == ("Wait", "Second")
    assert "--- revision 1\n+++ revision 2\n" in told["text"]
    assert (told["risk"], told["redacted"]) == ([], False)


# ---- many at once ----------------------------------------------------------------------------------------


@pytest.fixture
def served(shared_client: TestClient) -> Iterator[str]:
    """Serve the application on a port, as the API server does."""
    config = uvicorn.Config(shared_client.app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/gennaker/api/v1"
    server.should_exit = True
    thread.join()


def test_of_ten_writers_one_is_first(shop: Shop, served: str) -> None:
    barrier = threading.Barrier(10)
    headers = {"authorization": f"Bearer {shop.people.tokens['editor']}", "if-match": '"1"'}

    def write(number: int) -> tuple[int, httpx.Response]:
        with httpx.Client(trust_env=False, timeout=60) as http:
            barrier.wait()
            body = {"spec": named(f"writer {number}")}
            return number, http.put(f"{served}{shop.path}/spec", json=body, headers=headers)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(write, range(10)))

    assert sorted(answer.status_code for _, answer in answers) == [200] + [409] * 9
    winner = next(number for number, answer in answers if answer.status_code == 200)
    for number, answer in answers:
        if number != winner:
            assert answer.json()["theirs"] == named(f"writer {winner}")
            assert answer.json()["yours"] == named(f"writer {number}")
    history = shop.people.ask("viewer", "GET", f"{shop.path}/revisions").json()["items"]
    assert [line["number"] for line in history] == [2, 1]


# ---- secrets ---------------------------------------------------------------------------------------------


def test_readers_see_no_secrets_and_editors_do(vault: Shop) -> None:
    changed = json.loads(json.dumps(SECRET).replace("hunter2", "hunter3"))
    save(vault, changed, 1)
    paths = ["/spec", "/spec?revision=1", "/revisions/1", "/compare?from=1&to=2", "/export", "/graph", ""]

    for path in paths:
        seen = vault.people.ask("viewer", "GET", vault.path + path)
        assert seen.status_code == 200, path
        assert "hunter" not in seen.text, path
    told = vault.people.ask("viewer", "GET", f"{vault.path}/compare?from=1&to=2").json()
    assert told["redacted"] is True
    assert {change["path"] for change in told["changes"]} == {
        "$.stages[0].password",
        "$.stages[0].comments",
    }
    whole = vault.people.ask("editor", "GET", f"{vault.path}/spec").json()
    assert (whole["spec"], whole["redacted"]) == (changed, False)


def test_a_mask_never_overwrites_a_secret(vault: Shop) -> None:
    shown = vault.people.ask("viewer", "GET", f"{vault.path}/spec").json()

    for sent in (shown["spec"], shown["text"]):
        refused = save(vault, sent, 1)
        assert refused.status_code == 422
        assert refused.json()["path"] == "$.stages[0].password"
    body = {"application": vault.application, "name": "Other", "spec": shown["spec"]}
    assert vault.people.ask("editor", "POST", "/pipelines", body).status_code == 422
    assert vault.people.ask("editor", "GET", f"{vault.path}/spec").json()["spec"] == SECRET


# ---- lists -----------------------------------------------------------------------------------------------


def test_the_list_is_that_of_the_application_page_by_page(shop: Shop) -> None:
    for name in ("B", "A"):
        shop.add(name)

    seen, query = [], f"?application={shop.application}&limit=2"
    page = shop.people.ask("viewer", "GET", f"/pipelines{query}").json()
    seen += page["items"]
    page = shop.people.ask("viewer", "GET", f"/pipelines{query}&cursor={page['nextCursor']}").json()
    seen += page["items"]

    assert page["nextCursor"] is None
    assert [item["name"] for item in seen] == ["Release", "B", "A"]
    assert shop.people.ask("viewer", "GET", "/pipelines?cursor=x").status_code == 422


def test_what_may_not_be_seen_is_in_no_list(shop: Shop) -> None:
    shop.permit({"READ": ["somebody else"]})
    query = f"?application={shop.application}"

    assert shop.people.ask("viewer", "GET", f"/pipelines{query}").json()["items"] == []
    assert len(shop.people.ask("admin", "GET", f"/pipelines{query}").json()["items"]) == 1
    names = [item["name"] for item in shop.people.ask("viewer", "GET", "/applications").json()["items"]]
    assert shop.application not in names


def test_the_state_is_told(shop: Shop) -> None:
    ask = shop.people.ask
    ask("editor", "PUT", f"{shop.path}/disable", {"scope": "projects", "projects": ["b", "a"], "reason": "r"})
    ask("editor", "PUT", f"{shop.path}/lock", {"reason": "week", "allowApi": False})

    told = ask("viewer", "GET", f"/pipelines?application={shop.application}&state=locked").json()["items"][0]

    assert (told["disabled"]["scope"], told["disabled"]["projects"]) == ("projects", ["a", "b"])
    assert (told["disabled"]["by"], told["disabled"]["reason"]) == ("editor", "r")
    assert (told["locked"]["reason"], told["locked"]["allowsApi"]) == ("week", False)
    assert told["may"] == dict.fromkeys(("edit", "lock", "disable", "delete", "run"), False)
    assert ask("admin", "GET", shop.path).json()["may"]["edit"] is True


def test_what_airflow_has_of_it(shop: Shop) -> None:
    from tests.api.shop import schedule_as_published

    assert shop.people.ask("viewer", "GET", shop.path).json()["scheduledRevision"] is None
    schedule_as_published(shop, "Deploys.\n\nRevision 1 · Publication 1")
    assert shop.people.ask("viewer", "GET", shop.path).json()["scheduledRevision"] == 1
    save(shop, named("Second"), 1)
    schedule_as_published(shop, "Revision 2 cannot be built: no.\n\nRevision 1 · Publication 1")

    told = shop.people.ask("viewer", "GET", shop.path).json()

    assert (told["scheduledRevision"], told["buildError"]) == (1, "no.")


# ---- doors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allow_api", "door", "status"),
    [(True, "api", 200), (True, "ui", 403), (False, "api", 403), (False, "ui", 403)],
)
def test_a_lock_by_door(shop: Shop, allow_api: bool, door: str, status: int) -> None:
    body = {"reason": "week", "allowApi": allow_api}
    shop.people.ask("editor", "PUT", f"{shop.path}/lock", body, door=door)

    changes = [
        save(shop, named("Second"), 1, door=door),
        shop.people.ask("editor", "PATCH", shop.path, {"name": "Renamed"}, door=door),
        shop.people.ask("editor", "POST", f"{shop.path}/revisions/1/restore", {}, door=door),
    ]

    assert [change.status_code for change in changes] == [status] * 3
    if status == 403:
        assert "locked by editor" in changes[0].json()["detail"]
    shop.people.ask("editor", "DELETE", f"{shop.path}/lock", door=door)
    latest = shop.people.ask("editor", "GET", shop.path).json()["latest"]
    assert save(shop, named("Third"), latest, door=door).status_code == 200


def test_every_change_is_audited_with_its_door(shop: Shop) -> None:
    ask, path = shop.people.ask, shop.path
    save(shop, named("Second"), 1, door="ui")
    ask("editor", "PATCH", path, {"name": "Other"})
    ask("editor", "PUT", f"{path}/lock", {"reason": "password=hunter2"})
    ask("editor", "DELETE", f"{path}/lock")
    ask("editor", "PUT", f"{path}/disable", {"reason": "incident"})
    ask("editor", "DELETE", f"{path}/disable")
    ask("editor", "DELETE", path)
    ask("editor", "POST", f"{path}/undelete")

    lines = shop.audited()[len(shop.audited_before) :]

    assert [event for event, _, _ in lines] == [
        "gennaker_save",
        "gennaker_publish",
        "gennaker_rename",
        "gennaker_lock",
        "gennaker_unlock",
        "gennaker_disable",
        "gennaker_enable",
        "gennaker_delete",
        "gennaker_undelete",
    ]
    assert {owner for _, owner, _ in lines} == {"editor"}
    assert (lines[0][2]["door"], lines[2][2]["door"]) == ("ui", "api")


# ---- rights that applications give -----------------------------------------------------------------------


def test_an_application_keeps_rights_to_some_roles(shop: Shop) -> None:
    roles = shop.people.ask("editor", "GET", "/whoami").json()["roles"]
    shop.permit({"WRITE": ["somebody else"], "EXECUTE": roles})
    shop.schedule()

    assert save(shop, named("x"), 1).status_code == 403
    assert save(shop, named("x"), 1, who="admin").status_code == 200
    body = {"application": shop.application, "name": "New"}
    assert shop.people.ask("editor", "POST", "/pipelines", body).status_code == 403
    assert shop.people.ask("editor", "PUT", f"{shop.path}/disable", {}).status_code == 403
    assert shop.people.ask("editor", "POST", f"{shop.path}/runs", {}).status_code == 201
    assert shop.people.ask("deployer", "POST", f"{shop.path}/runs", {}).status_code == 403
    assert shop.people.ask("viewer", "GET", shop.path).status_code == 200


def test_a_viewer_of_the_simple_auth_manager_writes_nothing_whatever_it_is_given(everybody: Accounts) -> None:
    shop = open_shop(everybody)
    roles = everybody.ask("viewer", "GET", "/whoami").json()["roles"]
    shop.permit({"READ": roles, "WRITE": roles, "EXECUTE": roles})

    body = {"application": shop.application, "name": "New"}
    assert everybody.ask("viewer", "POST", "/pipelines", body).status_code == 403
    assert save(shop, named("x"), 1, who="viewer").status_code == 403
    assert everybody.ask("viewer", "POST", f"{shop.path}/runs", {}).status_code == 403


def test_a_role_of_fab_with_rights_on_single_dags_only(
    shared_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.providers.fab.www.security_appless import ApplessAirflowSecurityManager
    from airflow.utils.session import create_session

    from tests.api.accounts import accounts

    people = accounts("fab", shared_client, monkeypatch)
    with create_session(scoped=False) as session:
        security = ApplessAirflowSecurityManager(session=session)
        role = security.add_role("Shop Team")
        for action in ("can_read", "can_create", "can_edit", "can_delete"):
            security.add_permission_to_role(role, security.create_permission(action, "Gennaker Pipelines"))
    token = manager("fab").generate_jwt(add_fab_user("shop-keeper", "Shop Team"))
    theirs, other = open_shop(people), open_shop(people)
    theirs.permit({"READ": ["Shop Team"], "WRITE": ["Shop Team"]})
    keeper = Accounts("fab", shared_client, {"keeper": token})

    made = keeper.ask(
        "keeper",
        "POST",
        "/pipelines",
        {"application": theirs.application, "name": "Draft", "spec": {"stages": "not yet"}},
    )
    listed = keeper.ask("keeper", "GET", "/pipelines")
    elsewhere = keeper.ask("keeper", "POST", "/pipelines", {"application": other.application, "name": "x"})

    assert made.status_code == 201, made.text
    assert made.json()["may"]["edit"] is True
    assert "Draft" in [item["name"] for item in listed.json()["items"]]
    assert elsewhere.status_code in (403, 404)
    assert keeper.ask("keeper", "GET", other.path).status_code == 404


# ---- applications ----------------------------------------------------------------------------------------


def test_an_application_is_changed_in_part_and_by_version(shop: Shop) -> None:
    path = f"/applications/{shop.application}"
    tag = shop.people.ask("viewer", "GET", path).headers["etag"]
    body = {"owner": "ann", "projects": ["web"], "parallelRuns": False}

    changed = shop.people.ask("editor", "PATCH", path, body, if_match=tag)
    stale = shop.people.ask("editor", "PATCH", path, {"owner": "bob"}, if_match=tag)

    told = changed.json()
    assert (told["owner"], told["projects"], told["parallelRuns"], told["pipelines"]) == (
        "ann",
        ["web"],
        False,
        1,
    )
    assert stale.status_code == 409
    assert shop.people.ask("editor", "DELETE", path).status_code == 409


def test_the_order(shop: Shop) -> None:
    ids = [shop.add("B"), shop.add("A"), shop.pipeline_id]

    shop.people.ask("editor", "PUT", f"/applications/{shop.application}/order", {"ids": ids})

    listed = shop.people.ask("viewer", "GET", f"/pipelines?application={shop.application}").json()["items"]
    assert [item["id"] for item in listed] == ids


# ---- documents -------------------------------------------------------------------------------------------


def test_what_is_exported_can_be_imported(shop: Shop) -> None:
    exported = shop.people.ask("viewer", "GET", f"{shop.path}/export")
    document = {**exported.json(), "name": "Imported"}
    body = {"document": [document], "application": shop.application}

    trial = shop.people.ask("editor", "POST", "/import", {**body, "dryRun": True}).json()
    done = shop.people.ask("editor", "POST", "/import", body).json()
    again = shop.people.ask("editor", "POST", "/import", body).json()

    assert f'filename="{shop.dag_id}.json"' in exported.headers["content-disposition"]
    assert (trial["items"][0]["action"], trial["items"][0]["id"]) == ("created", None)
    assert (done["items"][0]["created"], done["items"][0]["published"]) == (True, True)
    assert again["items"][0]["action"] == "unchanged"
    made = shop.people.ask("viewer", "GET", f"/pipelines/{done['items'][0]['id']}").json()
    assert made["name"] == "Imported"


def test_an_import_needs_the_right_on_each_of_its_pipelines(shop: Shop) -> None:
    other = open_shop(shop.people)
    other.permit({"WRITE": ["somebody else"]})
    document = [
        {**SPEC, "application": shop.application, "name": "One"},
        {**SPEC, "application": other.application, "name": "Two"},
    ]

    refused = shop.people.ask("editor", "POST", "/import", {"document": document})

    assert refused.status_code == 403
    listed = shop.people.ask("viewer", "GET", f"/pipelines?application={shop.application}").json()["items"]
    assert [item["name"] for item in listed] == ["Release"]


@pytest.mark.parametrize("template", [None, "blank", "kubernetes-rolling"])
def test_new_pipelines(shop: Shop, template: str | None) -> None:
    body = {"application": shop.application, "name": "新流程", "template": template}

    made = shop.people.ask("editor", "POST", "/pipelines", body)

    assert made.status_code == 201
    assert made.headers["location"].endswith(made.json()["id"])
    assert {found["severity"] for found in made.json()["report"]} <= {"warning", "info"}
    assert (made.json()["published"], made.headers["etag"]) == (1, '"1"')
    twice = shop.people.ask("editor", "POST", "/pipelines", body)
    assert twice.status_code == 409


# ---- copies ----------------------------------------------------------------------------------------------


def test_a_copy_and_a_pipeline_made_as_a_copy(shop: Shop) -> None:
    body = {"application": shop.application, "name": "Copy"}

    copy = shop.people.ask("editor", "POST", f"{shop.path}/copy", body)
    made = shop.people.ask(
        "editor", "POST", "/pipelines", {**body, "name": "Two", "copyOf": shop.pipeline_id}
    )

    for answer in (copy, made):
        assert answer.status_code == 201, answer.text
        path = f"/pipelines/{answer.json()['id']}"
        assert answer.headers["location"].endswith(path)
        assert shop.people.ask("viewer", "GET", f"{path}/spec").json()["spec"] == dict(SPEC)
        assert shop.people.ask("viewer", "GET", f"{path}/revisions").json()["items"][0]["source"] == "copy"


def test_stages_are_copied_behind_others(shop: Shop) -> None:
    body = {"from": shop.pipeline_id, "refIds": ["1"], "after": ["1"]}

    done = shop.people.ask("editor", "POST", f"{shop.path}/stages/copy", body, if_match='"1"')
    stale = shop.people.ask("editor", "POST", f"{shop.path}/stages/copy", body, if_match='"1"')
    unknown = shop.people.ask("editor", "POST", f"{shop.path}/stages/copy", {**body, "refIds": ["9"]})

    assert (done.json()["revision"], done.json()["published"]) == (2, True)
    new = done.json()["refIds"]["1"]
    assert shop.people.ask("viewer", "GET", f"{shop.path}/graph").json()["edges"] == [["1", new]]
    assert (stale.status_code, unknown.status_code) == (409, 422)


def test_secrets_leave_in_no_copy_of_somebody_who_may_not_read_them(vault: Shop) -> None:
    mine = open_shop(vault.people)
    vault.permit({"WRITE": ["somebody else"]})
    body = {"application": mine.application, "name": "Loot"}
    stages = {"from": vault.pipeline_id, "refIds": ["1"]}

    refused = [
        vault.people.ask("editor", "POST", f"{vault.path}/copy", body),
        vault.people.ask("editor", "POST", "/pipelines", {**body, "copyOf": vault.pipeline_id}),
        vault.people.ask("editor", "POST", f"{mine.path}/stages/copy", stages),
    ]

    assert [answer.status_code for answer in refused] == [403] * 3
    assert "holds secrets" in refused[0].json()["detail"]
    assert vault.people.ask("admin", "POST", f"{vault.path}/copy", body).status_code == 201
