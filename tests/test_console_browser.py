"""Signing in with a real Chromium, and the frame of every page: both sizes, both schemes, by axe-core and by keys."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpdesk.desk import load_rules
from helpdesk.web.access import Access
from tests.console import site_on
from tests.desk import ANN, JO, KEY, write_office
from tests.soak import products
from tests.test_console_sign_in import Entrance, settling
from tests.test_web_browser import PHONE, browser, database_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page


__all__ = ["browser", "database_url"]  # fixtures

pytestmark = pytest.mark.slow

WIDE = {"width": 1200, "height": 900}
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
PUBLIC = "http://localhost:8080"


@pytest.fixture
def site(tmp_path, database, monkeypatch) -> Iterator[Entrance]:
    path = write_office(tmp_path)
    path.write_text(path.read_text().replace("[desk]", f'[desk]\npublic_url = "{PUBLIC}"'))
    rules = load_rules(path, environment={}, signing_key=KEY)
    with site_on(rules, database, Access(frozenset({"127.0.0.1"}), must_sign_in=True)) as found:
        found.desk.mail(JO, "The rules do not fire", "Since nine.")
        yield Entrance(found.desk, found.views, found.console, settled=settling(monkeypatch))


@contextmanager
def opened(browser, size=WIDE, *, scheme: str = "light", script: bool = True) -> Iterator[Page]:
    context = browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=script)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()
    assert page.complaints == []


def link_of(site: Entrance, page: Page) -> str:
    """Ask for a link as somebody would, and take it out of the mail."""
    base = f"http://127.0.0.1:{site.console.port}"
    page.goto(f"{base}/cases/HD-1")
    page.get_by_label("Your address").fill(ANN)
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    assert site.settled.acquire(timeout=60), "what follows is done behind the answer"
    site.desk.work()
    return base + re.search(rf"{PUBLIC}(\S+)", site.desk.last(ANN, "sign-in").text)[1]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_agent_signs_in_sees_the_case_and_signs_out(browser, site, script):
    with opened(browser, PHONE, script=script) as page:
        page.goto(link_of(site, page))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Since nine.").first.wait_for()
        assert page.url.endswith("/cases/HD-1")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_text("You are signed out.").wait_for()


@pytest.mark.parametrize(("size", "scheme"), products([PHONE, WIDE], ["light", "dark"]))
def test_axe_finds_nothing_on_the_way_in_and_no_page_is_too_wide(browser, site, size, scheme):
    def looks_right(page: Page) -> None:
        page.evaluate(AXE)
        found = page.evaluate("axe.run().then((r) => r.violations.map((one) => [one.id, one.nodes[0].html]))")
        assert found == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url

    with opened(browser, size, scheme=scheme) as page:
        link = link_of(site, page)
        looks_right(page)
        base = link.partition("/sign-in")[0]
        for path in ("/sign-in", link.removeprefix(base), "/sign-in/none", "/nowhere"):
            page.goto(base + path)
            looks_right(page)
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Since nine.").first.wait_for()
        page.evaluate("document.querySelector('input[name=csrf]').value = 'old'")
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Nothing was done").wait_for()
        looks_right(page)


def test_keys_are_told_and_can_be_switched_off(browser, site):
    """WCAG 2.2, 2.1.4."""
    with opened(browser) as page:
        page.goto(link_of(site, page))
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Since nine.").first.wait_for()
        page.goto(page.url.partition("/cases")[0])
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        switch = page.get_by_role("button", name="Switch the keys off")
        switch.click()
        assert switch.get_attribute("aria-pressed") == "true"
        page.reload()
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name ?? ''") == ""
