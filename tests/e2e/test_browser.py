"""
The pages inside Airflow's UI, as people use them: Debian's Chromium on a real Airflow in managed mode.

With ``GENNAKER_SCREENSHOTS=<folder>`` each test leaves pictures there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

if TYPE_CHECKING:
    from tests.e2e.conftest import ManagedStack

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)"),
]

# A machine that runs everything else at the same time is slow.
PATIENCE = 60_000
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ROOT = "/plugin/gennaker"

LogIn = Callable[..., "User"]


class User:
    """One person with a browser."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        # Leaving a page with unsaved text asks.
        page.on("dialog", lambda dialog: dialog.accept())

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.get_by_role("dialog")

    def goes(self, path: str = "") -> None:
        """Open one of our pages."""
        self.page.goto(f"{self.base_url}{ROOT}{path}")

    def opens(self, pipeline: str, tab: str = "graph") -> None:
        """Open a tab of a pipeline."""
        self.goes(f"/pipelines/{pipeline}/{tab}")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def clicks(self, name: str) -> None:
        """Click a button of the page."""
        self.button(name).click()

    def confirms(self, name: str) -> None:
        """Click the button of the dialog that does it, and see the dialog go."""
        self.dialog.get_by_role("button", name=name, exact=True).click()
        expect(self.dialog).to_have_count(0)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def types(self, spec: Mapping[str, Any]) -> None:
        """Replace the JSON in the editor."""
        editor = self.page.get_by_label("JSON of the pipeline")
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(json.dumps(spec, indent=2))
        expect(self.page.get_by_text("Unsaved changes")).to_be_visible()

    def shoots(self, name: str) -> None:
        """Keep a picture where somebody wants pictures."""
        if folder := os.environ.get("GENNAKER_SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread until it ends: other modules have their own.
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture
def log_in(managed_stack: ManagedStack, browser: Browser) -> Iterator[LogIn]:
    """Return a function that lets a user log in, each in a browser profile of their own."""
    expect.set_options(timeout=PATIENCE)
    contexts: list[BrowserContext] = []

    def log_in(name: str, *, theme: str = "light", language: str = "en") -> User:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        wishes = json.dumps({"theme": theme, "i18nextLng": language})
        context.add_init_script(f"Object.entries({wishes}).forEach((one) => localStorage.setItem(...one))")
        page = context.new_page()
        page.goto(f"{managed_stack.base_url}/auth/login/")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", managed_stack.stack.logins[name].password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "login" not in url)
        return User(page, managed_stack.base_url)

    yield log_in
    for context in contexts:
        context.close()


def waits(ref: str, name: str, after: str = "", seconds: int = 1) -> dict[str, Any]:
    refs = [after] if after else []
    return {"refId": ref, "requisiteStageRefIds": refs, "type": "wait", "name": name, "waitTime": seconds}


def spec_of(*stages: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"spelEvaluator": "v4", "stages": list(stages), **top}


def gennaker(stack: ManagedStack, method: str, path: str, body: Any = None) -> Any:
    """Call our REST API as the Admin."""
    answer = stack.request(method, f"/gennaker/api/v1{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def make(stack: ManagedStack, application: str, name: str, spec: Mapping[str, Any]) -> str:
    """Make a pipeline with its application, wait until Airflow has it, and return its id."""
    if stack.request("GET", f"/gennaker/api/v1/applications/{application}").is_error:
        gennaker(stack, "POST", "/applications", {"name": application})
    body = {"application": application, "name": name, "spec": spec}
    made = gennaker(stack, "POST", "/pipelines", body)
    wait_revision(stack, made["dagId"], 1)
    return str(made["id"])


def wait_revision(stack: ManagedStack, dag_id: str, number: int) -> None:
    """Wait until a run would get a revision."""
    what = f"revision {number} of {dag_id}"
    stack.wait_for(lambda: (stack.scheduled(dag_id) or (0, 0))[0] == number, timeout=90, what=what)


def tasks_of(stack: ManagedStack, dag_id: str) -> set[str]:
    return {task["task_id"] for task in stack.api("GET", f"/dags/{dag_id}/tasks")["tasks"]}


def test_create_edit_compare_and_restore_on_the_pages(managed_stack: ManagedStack, log_in: LogIn) -> None:
    user = log_in("pipeline-admin")
    page = user.page
    user.goes()
    user.clicks("New pipeline")
    user.dialog.get_by_label("Application").select_option(label="A new application…")
    user.dialog.get_by_label("New application").fill("browser")
    user.dialog.get_by_label("Name").fill("Release")
    user.confirms("Create")
    page.wait_for_url("**/pipelines/*/graph")
    expect(page.locator(".react-flow__node")).to_have_count(1)
    wait_revision(managed_stack, "browser.release", 1)
    before = tasks_of(managed_stack, "browser.release")

    page.get_by_role("tab", name="JSON").click()
    pipeline = page.url.split("/pipelines/")[1].split("/")[0]
    spec = gennaker(managed_stack, "GET", f"/pipelines/{pipeline}/spec")["spec"]
    user.types({**spec, "stages": [*spec["stages"], waits("2", "Let it settle", "1")]})
    page.get_by_placeholder("Message").fill("give it time")
    user.clicks("Save & publish")
    user.sees("Based on revision 2")
    user.shoots("json")
    wait_revision(managed_stack, "browser.release", 2)
    assert tasks_of(managed_stack, "browser.release") - before == {"stage-2"}

    page.get_by_role("tab", name="Revisions").click()
    user.sees("give it time")
    for number in (1, 2):
        page.locator("label", has=page.get_by_label(f"Choose revision {number}")).click()
    user.clicks("Compare the two chosen")
    user.sees("From revision 1 to revision 2")
    added = page.get_by_role("row").filter(has_text="Stage added")
    expect(added).to_contain_text("Let it settle")
    expect(page.get_by_label("Revision 2", exact=True)).to_contain_text('"Let it settle"')
    user.shoots("compare")

    user.clicks("Restore revision 1")
    user.dialog.get_by_label("Message").fill("too slow")
    user.confirms("Restore")
    user.clicks("All revisions")
    restored = page.get_by_role("row").filter(has_text="too slow")
    expect(restored).to_contain_text("from revision 1")
    expect(restored.get_by_role("cell", name="3 Published")).to_be_visible()
    wait_revision(managed_stack, "browser.release", 3)
    assert tasks_of(managed_stack, "browser.release") == before
    user.shoots("revisions")


def test_a_lock_refuses_an_edit_that_was_begun_and_says_why(
    managed_stack: ManagedStack, log_in: LogIn
) -> None:
    spec = spec_of(waits("1", "Wait"))
    pipeline = make(managed_stack, "locks", "Release", spec)
    other = log_in("pipeline-admin")
    other.opens(pipeline, "json")
    other.types({**spec, "description": "too late"})
    # As it was when the page last asked, so that it does not learn of the lock in time.
    known = gennaker(managed_stack, "GET", f"/pipelines/{pipeline}")
    address = re.compile(rf"/gennaker/api/v1/pipelines/{pipeline}$")
    other.page.route(address, lambda route: route.fulfill(json=known))

    admin = log_in("admin")
    admin.opens(pipeline, "settings")
    admin.clicks("Lock")
    admin.dialog.get_by_label("Reason").fill("Freeze until Monday")
    admin.confirms("Lock")
    admin.sees(re.compile("Locked by admin"))
    other.clicks("Save & publish")

    other.sees(re.compile("was locked by admin .*: Freeze until Monday"))
    other.shoots("locked")
    other.page.unroute(address)
    other.page.reload()
    other.sees("Read only")
    other.sees("Freeze until Monday")
    expect(other.button("Save & publish")).to_have_count(0)
    expect(other.page.get_by_label("JSON of the pipeline")).to_have_attribute("aria-readonly", "true")
    assert gennaker(managed_stack, "GET", f"/pipelines/{pipeline}")["latest"] == 1


def test_a_disabled_pipeline_starts_neither_from_the_page_nor_from_airflow(
    managed_stack: ManagedStack, log_in: LogIn
) -> None:
    pipeline = make(managed_stack, "disables", "Release", spec_of(waits("1", "Wait")))
    other = log_in("deployer")
    other.opens(pipeline)
    other.clicks("Run")
    expect(other.dialog.get_by_text("It asks for no parameters.")).to_be_visible()

    admin = log_in("admin")
    admin.opens(pipeline, "settings")
    admin.clicks("Disable")
    admin.dialog.get_by_text("For the whole team").click()
    admin.dialog.get_by_label("Reason").fill("Incident 7")
    admin.confirms("Disable")
    other.dialog.get_by_role("button", name="Start").click()

    expect(other.dialog.get_by_text(re.compile("Incident 7"))).to_be_visible()
    other.shoots("disabled")
    other.page.keyboard.press("Escape")
    other.sees("Incident 7")
    expect(other.button("Run")).to_be_disabled()
    managed_stack.wait_for(lambda: trigger(managed_stack, "disables.release") == 400, what="the refusal")
    assert managed_stack.api("GET", "/dags/disables.release/dagRuns")["total_entries"] == 0

    admin.clicks("Enable")
    admin.confirms("Enable")
    wait_open(managed_stack, pipeline)
    other.page.reload()
    other.clicks("Run")
    other.dialog.get_by_role("button", name="Start").click()
    other.page.wait_for_url("**/dags/disables.release/runs/**")
    runs = managed_stack.api("GET", "/dags/disables.release/dagRuns")["dag_runs"]
    assert [run["triggering_user_name"] for run in runs] == ["deployer"]
    assert managed_stack.wait_run("disables.release", runs[0]["dag_run_id"]) == "success"


def trigger(stack: ManagedStack, dag_id: str) -> int:
    """Start a run as Airflow's own pages do, and return the status."""
    body = {"logical_date": None, "conf": {}}
    return stack.request("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body).status_code


def wait_open(stack: ManagedStack, pipeline: str) -> None:
    """Wait until Airflow has read that a pipeline is enabled."""
    dag_id = gennaker(stack, "GET", f"/pipelines/{pipeline}")["dagId"]

    def is_open() -> bool:
        allowed = stack.api("GET", f"/dags/{dag_id}")["allowed_run_types"]
        return allowed is None or "manual" in allowed

    stack.wait_for(is_open, timeout=90, what=f"{dag_id} to be enabled")


def test_of_two_saves_the_second_sees_both_sides(managed_stack: ManagedStack, log_in: LogIn) -> None:
    spec = spec_of(waits("1", "Wait"))
    pipeline = make(managed_stack, "conflicts", "Release", spec)
    first, second = log_in("admin"), log_in("pipeline-admin")
    for user, text in ((first, "theirs was first"), (second, "mine was second")):
        user.opens(pipeline, "json")
        user.types({**spec, "description": text})
    first.clicks("Save & publish")
    first.sees("Based on revision 2")

    second.clicks("Save & publish")

    expect(second.dialog).to_contain_text("You started from revision 1; the newest is 2.")
    theirs = second.dialog.get_by_label("Theirs: revision 2")
    expect(theirs).to_contain_text("theirs was first")
    mine = second.dialog.get_by_label("Yours (can be edited)")
    expect(mine).to_contain_text("mine was second")
    second.shoots("conflict")
    assert gennaker(managed_stack, "GET", f"/pipelines/{pipeline}")["latest"] == 2
    second.confirms("Save mine on top of revision 2")
    second.sees("Based on revision 3")
    saved = gennaker(managed_stack, "GET", f"/pipelines/{pipeline}/spec")["spec"]
    assert saved["description"] == "mine was second"


def test_a_viewer_sees_everything_and_changes_nothing(managed_stack: ManagedStack, log_in: LogIn) -> None:
    pipeline = make(managed_stack, "looks", "Release", spec_of(waits("1", "Wait for it")))
    viewer = log_in("viewer")
    viewer.goes("?application=looks")
    viewer.page.get_by_role("link", name="Release", exact=True).click()
    viewer.sees("Wait for it")
    expect(viewer.button("Run")).to_be_disabled()
    viewer.page.get_by_role("tab", name="JSON").click()
    viewer.sees("Read only")
    for name in ("Save draft", "Save & publish", "Discard changes"):
        expect(viewer.button(name)).to_have_count(0)
    viewer.page.get_by_role("tab", name="Revisions").click()
    expect(viewer.page.get_by_role("cell", name="1 Published")).to_be_visible()
    expect(viewer.button("Restore")).to_have_count(0)
    viewer.page.get_by_role("tab", name="Settings").click()
    for name in ("Lock", "Disable", "Copy", "Copy stages", "Rename", "Delete"):
        expect(viewer.button(name)).to_be_disabled()
    viewer.shoots("viewer-settings")
    viewer.goes()
    expect(viewer.page.get_by_role("region", name="looks", exact=True)).to_be_visible()
    expect(viewer.button("New pipeline")).to_have_count(0)
    assert gennaker(managed_stack, "GET", f"/pipelines/{pipeline}")["latest"] == 1


def test_delete_bring_back_and_copy(managed_stack: ManagedStack, log_in: LogIn) -> None:
    pipeline = make(managed_stack, "keeps", "Release", spec_of(waits("1", "Wait")))
    user = log_in("pipeline-admin")
    user.opens(pipeline, "settings")
    user.clicks("Delete")
    delete = user.dialog.get_by_role("button", name="Delete", exact=True)
    expect(delete).to_be_disabled()
    user.dialog.get_by_label("Type Release to confirm").fill("release")
    expect(delete).to_be_disabled()
    user.dialog.get_by_label("Type Release to confirm").fill("Release")
    user.confirms("Delete")
    user.sees(re.compile("Deleted by pipeline-admin"))
    expect(user.button("Run")).to_be_disabled()

    user.clicks("Bring back")
    user.confirms("Bring back")
    expect(user.page.get_by_text("Deleted by pipeline-admin")).to_have_count(0)
    expect(user.button("Lock")).to_be_enabled()

    user.clicks("Copy")
    user.dialog.get_by_label("Name").fill("Release again")
    user.confirms("Copy")
    user.page.wait_for_url(lambda url: "/pipelines/" in url and pipeline not in url)
    expect(user.page.get_by_role("heading", name="Release again")).to_be_visible()
    expect(user.page.locator(".react-flow__node")).to_have_count(1)
    user.goes("?application=keeps")
    expect(user.page.get_by_role("row").filter(has_text="keeps.release-again")).to_be_visible()
    user.shoots("list")


def test_dark_and_chinese(managed_stack: ManagedStack, log_in: LogIn) -> None:
    stages = [
        waits("1", "Find the image"),
        waits("2", "Deploy to canary", "1"),
        waits("3", "Smoke test", "2"),
        waits("4", "Compare metrics", "2"),
        {**waits("5", "Deploy to production"), "requisiteStageRefIds": ["3", "4"]},
    ]
    pipeline = make(managed_stack, "colours", "Release", spec_of(*stages))
    user = log_in("admin", theme="dark", language="zh-CN")
    user.goes("?application=colours")
    html = user.page.locator("html")
    expect(html).to_have_attribute("lang", "zh-CN")
    expect(html).to_have_class(re.compile(r"\bdark\b"))
    expect(user.button("新建流水线")).to_be_visible()
    user.shoots("list-dark")

    user.opens(pipeline)
    expect(user.page.locator(".react-flow__node")).to_have_count(len(stages))
    user.page.locator(".react-flow__node").filter(has_text="Smoke test").click()
    user.sees("在 JSON 中查看")
    user.shoots("graph-dark")

    english = log_in("admin")
    english.opens(pipeline)
    expect(english.page.locator(".react-flow__node")).to_have_count(len(stages))
    english.page.locator(".react-flow__node").filter(has_text="Smoke test").click()
    english.sees("Show in JSON")
    english.shoots("graph")
