"""A case's page in a real Chromium: both sizes, both schemes, by axe-core, with script and without."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpdesk.mail.write.enclose import File, enclose
from tests.console import HEADER, site_on
from tests.desk import ANN, BOB, JO, LOGIK
from tests.soak import products
from tests.test_web_browser import PHONE, browser, database_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.console import Site
    from tests.desk import TestDesk

__all__ = ["browser", "database_url"]  # fixtures

pytestmark = pytest.mark.slow

WIDE = {"width": 1200, "height": 900}
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)
TEXT = "Hello Jo,\n\nit is mended with 4.3.\n#close this tab"


@pytest.fixture
def site(rules, database) -> Iterator[Site]:
    with site_on(rules, database) as found:
        _write(found.desk)
        yield found


def _write(desk: TestDesk) -> None:
    """A case with all that a page may show: files, a note, late and closed time, steps, an answer, other cases."""
    desk.at("2026-05-18 15:10")
    raw = f"From: Jo Miller <{JO}>\r\nTo: {LOGIK}\r\nSubject: {'The rules do not fire ' * 4}\r\n\r\nCase priority: Urgent\r\n"
    files = [
        File("cart.png", "image/png", PIXEL + b"\0" * 2000),
        File("it.ini", "text/plain", b"password = hunter2-canary"),
    ]
    desk.receive(enclose(raw.encode(), files))
    desk.reply(ANN, "#note\nSee https://logik.example/" + "x" * 300)
    desk.mail(JO, "A second question", "Case priority: Low")
    desk.at("2026-05-19 10:00")
    desk.reply(ANN, "Which version?", to_kind="assigned", quote=True)
    desk.reply(JO, "It is 4.2.", quote=True)


@contextmanager
def looking(
    browser: Browser, site: Site, *, size=WIDE, scheme="light", by=ANN, **how
) -> Iterator[tuple[Page, list[str]]]:
    """A page of that agent's browser, and what it complained of."""
    headers = {HEADER: by}
    context = browser.new_context(viewport=size, color_scheme=scheme, extra_http_headers=headers, **how)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(f"http://127.0.0.1:{site.console.port}/cases/HD-1")
    yield page, complaints
    context.close()


def looked_at(page: Page) -> None:
    page.get_by_label("Your text").fill(TEXT)
    page.get_by_label("Then").select_option("Resolve it")
    page.get_by_role("button", name="Look at it before it goes").click()
    page.get_by_role("heading", name="Before it goes").wait_for()


@pytest.mark.parametrize(("size", "scheme"), products([PHONE, WIDE], ["light", "dark"]))
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, site, size, scheme):
    with looking(browser, site, size=size, scheme=scheme) as (page, complaints):
        pages = [
            lambda: None,
            lambda: looked_at(page),
            lambda: page.goto(page.url.partition("/cases/")[0] + "/cases/HD-1/mails/3"),
        ]
        for turn in pages:
            turn()
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
            page.evaluate(AXE)
            found = page.evaluate("axe.run()")["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], page.url
        assert complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_an_answer_is_looked_at_and_sent_with_script_and_without(browser, site, script):
    with looking(browser, site, java_script_enabled=script) as (page, complaints):
        looked_at(page)
        assert "it is mended with 4.3." in page.locator(".letter").inner_text()
        page.get_by_role("button", name="Send it").click()
        page.get_by_text("Done: resolved").wait_for()
        site.desk.work()
        assert "#close this tab" in site.desk.last(JO, "closed").text
        assert site.desk.case().status == "resolved"
        assert complaints == []


def test_who_writes_sees_who_else_does(browser, site):
    site.get("/cases/HD-1", by=BOB)
    site.post("/cases/HD-1/writing", by=BOB)
    with looking(browser, site) as (page, _):
        page.get_by_label("Your text").fill("Hello")
        page.get_by_text("Bob Cole is writing on this case, too.").wait_for()


def test_a_page_that_is_looked_at_again_keeps_what_is_open_and_what_is_written(browser, site):
    with looking(browser, site) as (page, complaints):
        page.get_by_text("How it is counted").first.click()
        site.desk.mail(JO, "Re: [HD-1] The rules", "One word more.")
        page.evaluate("refresh()")
        page.get_by_text("One word more.").wait_for()
        assert page.locator("details[open] > summary", has_text="How it is counted").count() == 1
        page.get_by_label("Your text").fill("Not lost")
        site.desk.mail(JO, "Re: [HD-1] The rules", "And another.")
        page.evaluate("refresh()")
        assert page.get_by_label("Your text").input_value() == "Not lost"
        assert complaints == []


@pytest.mark.parametrize(
    ("field", "choose"),
    [
        ("Note, for the team only", "check"),
        ("Do it even where the desk would ask first", "check"),
        ("Then", "select_option"),
        ("Severity", "select_option"),
        ("With", "fill"),
    ],
)
def test_a_page_that_is_looked_at_again_keeps_what_is_chosen(browser, site, field, choose):
    """A note that had become a reply would go to the customer."""
    with looking(browser, site) as (page, _):
        page.get_by_text("Another order").click()
        one = page.get_by_label(field, exact=True)
        {"check": one.check, "select_option": lambda: one.select_option(index=2), "fill": lambda: one.fill("x")}[
            choose
        ]()
        page.evaluate("document.activeElement.blur()")
        state = "(one) => [one.checked, one.value]"
        before = one.evaluate(state)
        site.desk.mail(JO, "Re: [HD-1] The rules", "One word more.")
        page.evaluate("refresh()")
        assert one.evaluate(state) == before


def test_a_picture_is_shown_and_an_address_leads_away_without_a_trace(browser, site):
    with looking(browser, site) as (page, _):
        # In one step: the page may look again at any moment, exchange what it shows and push the picture out of sight.
        page.wait_for_function(
            "() => { const one = document.querySelector('.picture img'); one?.scrollIntoView();"
            " return one?.naturalWidth === 1; }"
        )
        link = page.locator(".words a").first
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
        assert link.get_attribute("href") == link.inner_text()
