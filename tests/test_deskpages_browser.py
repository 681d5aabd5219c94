"""Desk, policies and reports in a real Chromium: both sizes, both schemes, by axe-core, with script and without."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpdesk.desk import load_rules
from tests.console import HEADER, site_on
from tests.desk import JO, KEY, OPS, write_office
from tests.soak import products
from tests.test_deskpage import MORE, fill
from tests.test_web_browser import PHONE, browser, database_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.console import Site

__all__ = ["browser", "database_url"]  # fixtures

pytestmark = pytest.mark.slow

WIDE = {"width": 1200, "height": 900}
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def site(tmp_path, database) -> Iterator[Site]:
    rules = load_rules(write_office(tmp_path, more=MORE), environment={}, signing_key=KEY)
    with site_on(rules, database) as found:
        fill(found).desk.mail(JO, "It is slow", "Since noon.")
        found.desk.reply(found.desk.case(2).assignee, "#resolve\nIt is quick again.", to_kind="assigned")
        yield found


@contextmanager
def looking(browser: Browser, site: Site, path: str, *, size=WIDE, scheme="light", **how) -> Iterator[Page]:
    headers = {HEADER: OPS}
    context = browser.new_context(viewport=size, color_scheme=scheme, extra_http_headers=headers, **how)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(f"http://127.0.0.1:{site.console.port}{path}")
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize(("size", "scheme"), products([PHONE, WIDE], ["light", "dark"]))
@pytest.mark.parametrize(
    "path",
    [
        "/desk",
        "/policies",
        "/policies/logik?at=2026-05-22T16:40&severity=medium#due",
        "/reports?from=2026-05-01&to=2026-05-31",
        "/reports/classifier?from=2026-05-01&to=2026-05-31",
    ],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, site, path, size, scheme):
    with looking(browser, site, path, size=size, scheme=scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.locator("svg[role=img]").count() >= path.startswith("/reports")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.evaluate(AXE)
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("script", [True, False])
def test_an_operator_drops_a_mail_and_plans_maintenance(browser, site, script):
    with looking(browser, site, "/desk", size=PHONE, java_script_enabled=script) as page:
        page.get_by_role("button", name="Try again").click()
        page.get_by_text("waits to be worked again").wait_for()
        page.get_by_text("Plan maintenance").click()
        form = page.locator("form", has=page.locator("#maintenance-name"))
        form.get_by_label("What it is").fill("Database upgrade")
        form.get_by_label("From").fill("2026-05-23T20:00")
        form.locator("#maintenance-to").fill("2026-05-23T22:00")
        form.get_by_role("button").click()
        page.get_by_text("is planned: Database upgrade").wait_for()
        page.get_by_role("button", name="Do it").click()
        page.locator("strong", has_text="Database upgrade").wait_for()


@pytest.mark.parametrize("script", [True, False])
def test_what_is_due_when_is_asked_of_a_policy(browser, site, script):
    with looking(browser, site, "/policies", java_script_enabled=script) as page:
        page.get_by_role("link", name="Logik").click()
        page.get_by_label("Received").fill("2026-05-22T16:40")
        page.get_by_label("Severity").select_option(index=1)
        page.get_by_role("button", name="Due when, and why").click()
        page.locator(".answer .strong", has_text="due ").wait_for()
