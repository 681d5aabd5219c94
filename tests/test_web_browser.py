"""The console in a real Chromium: a phone's width, light and dark, and nothing but our own page and stylesheet."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.console import database_file_url, site_on
from tests.desk import ANN, JO, STRANGER
from tests.soak import products

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.desk import TestDesk

pytestmark = pytest.mark.slow

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATHS = ("/", "/search?q=player", "/cases/HD-1", "/cases/HD-2", "/nowhere")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
AXE = Path(__file__).parent / "axe" / "axe.min.js"
HOSTILE = "{{7*7}} <script>document.title='owned'</script>" + "W" * 300


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("HELPDESK_REQUIRE_CHROMIUM") == "1":
            pytest.fail("HELPDESK_REQUIRE_CHROMIUM=1, but no chromium is installed")
        pytest.skip("no chromium on this machine; .ci/run installs it")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not needed where there is no browser

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def address(rules, database_url, database) -> Iterator[str]:
    """A console over a desk with an ordinary case and a hostile one."""
    with site_on(rules, database) as site:
        _write(site.desk)
        yield f"http://127.0.0.1:{site.console.port}"


def _write(desk: TestDesk) -> None:
    desk.mail(JO, "The player does not load, and this subject is rather long for a telephone", "Case priority: Urgent")
    desk.reply(ANN, "#note\nA note.")
    desk.mail(STRANGER, HOSTILE, f"<img src=http://evil.example/x.png onerror=alert(1)>\n{HOSTILE}\n" + "x" * 2000)
    desk.at("2026-05-19 12:00")


database_url = database_file_url


@contextmanager
def opened(browser: Browser, *, size: dict[str, int], scheme: str = "light") -> Iterator[Page]:
    context = browser.new_context(viewport=size, color_scheme=scheme)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("size", "scheme"), products([PHONE, DESK], ["light", "dark"]))
def test_no_page_scrolls_sideways(browser, address, size, scheme):
    with opened(browser, size=size, scheme=scheme) as page:
        for path in PATHS:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_dark_is_dark_and_light_is_light(browser, address):
    brightness = {}
    for scheme in ("light", "dark"):
        with opened(browser, size=PHONE, scheme=scheme) as page:
            page.goto(address)
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            brightness[scheme] = sum(int(part) for part in ground.removeprefix("rgb(").removesuffix(")").split(","))
    assert brightness["light"] > 600
    assert brightness["dark"] < 150


def test_a_page_asks_for_itself_and_its_stylesheet_and_runs_nothing(browser, address):
    """C11: what a mail says is shown, not run, and fetches nothing from anywhere."""
    with opened(browser, size=PHONE) as page:
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(f"{address}/cases/HD-2")
        assert "owned" not in page.title().replace(HOSTILE, "")
        assert page.locator("script:not([src^='/console.js'])").count() == 0
        assert page.locator("img").count() == 0
        body = page.locator("body").inner_text()
        assert "{{7*7}} <script>document.title='owned'</script>" in body
        assert "<img src=http://evil.example/x.png onerror=alert(1)>" in body
        ours = {f"{address}/{name}" for name in ("cases/HD-2", "style.css", "console.js", "icon.svg")}
        assert {url.partition("?")[0] for url in asked} <= ours
        assert not complaints


def test_an_injected_script_or_style_would_not_run(browser, address):
    """The second wall: even if a mail's markup got into a page, the browser is told to run none of it."""
    with opened(browser, size=PHONE) as page:
        page.goto(address)
        page.evaluate(
            """() => {
                const script = document.createElement('script');
                script.textContent = 'document.body.dataset.owned = 1';
                document.body.append(script);
                const style = document.createElement('style');
                style.textContent = 'body { background: rgb(1, 2, 3) !important }';
                document.head.append(style);
            }"""
        )
        assert page.evaluate("document.body.dataset.owned") is None
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(1, 2, 3)"


def test_the_board_leads_to_the_case_and_back(browser, address):
    with opened(browser, size=PHONE) as page:
        page.goto(address)
        page.get_by_role("link", name="The player does not load").click()
        page.get_by_role("heading", name="Clocks").wait_for(state="visible", timeout=120_000)
        page.get_by_role("link", name="Acme Support").click()
        page.locator("#HD-2").wait_for(state="visible", timeout=120_000)


@pytest.mark.parametrize(("size", "scheme"), products([PHONE, DESK], ["light", "dark"]))
def test_axe_finds_nothing_on_the_board_and_the_search(browser, address, size, scheme):
    """WCAG A and AA, and what axe-core calls best practice."""
    with opened(browser, size=size, scheme=scheme) as page:
        for path in ("/", "/?severity=1&customer=acme", "/?ended=1", "/search", "/search?q=player", "/search?q=zebra"):
            page.goto(address + path)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run().then((r) => r.violations.map((one) => [one.id, one.nodes[0].html]))")
            assert found == [], path


def test_a_live_board_exchanges_what_changed_alone_and_keeps_who_goes_by_keys_where_they_are(browser, rules, database):
    with site_on(rules, database) as site, opened(browser, size=DESK) as page:
        for number in range(3):
            site.desk.mail(JO, f"Question {number}", f"Number {number}?")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://127.0.0.1:{site.console.port}/")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.evaluate("document.querySelectorAll('.cards > li').forEach((row) => { row.seen = true; })")
        site.desk.mail(JO, "All is down", "Case priority: Critical")
        site.desk.reply(site.desk.case(1).assignee, "#resolve\nDone.", to_kind="assigned")
        page.evaluate("refresh()")
        page.wait_for_function("document.querySelector('.cards > li').id === 'HD-4'", timeout=120_000)
        rows = page.evaluate("[...document.querySelectorAll('.cards > li')].map((row) => [row.id, row.seen === true])")
        closed = {f"HD-{number}" for number in (1, 2, 3) if site.desk.case(number).status == "resolved"}
        left = [f"HD-{number}" for number in (1, 2, 3) if f"HD-{number}" not in closed]
        assert rows == [["HD-4", False], *([row, True] for row in left)]
        assert page.evaluate("document.activeElement.matches('[data-row]')")
        assert errors == []
