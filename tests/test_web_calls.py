"""The page that a call's link opens: what it shows, whom it lets say that they have it, and what a look at it does not do."""

from __future__ import annotations

import itertools
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from helpdesk.core.words.events import to_facts
from helpdesk.desk.order import agent_called, order
from helpdesk.store import outbox
from helpdesk.store.engine import Database
from helpdesk.unit import Units, load_rules
from helpdesk.watch import Watch
from helpdesk.web.views import Views
from tests.console import LOCAL, served
from tests.desk import ANN, BOB, KEY, LENA, OPS, TestDesk, wall
from tests.stories.test_calls_beyond_mail import BOBS, is_down, notified_of, open_gate
from tests.test_web_browser import AXE, DESK, PHONE, browser, opened  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.console import Site

BUTTON = '<button class="main">I have it</button>'


@pytest.fixture
def site(tmp_path, migrated_file) -> Iterator[Site]:
    """Bob, Ann and a channel were called about HD-1 at two in the morning, Wednesday 20 May 2026."""
    open_gate(tmp_path)
    rules = load_rules(tmp_path / "helpdesk.toml", environment={}, signing_key=KEY)
    shutil.copy(migrated_file, tmp_path / "desk.db")
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    desk = TestDesk(rules, database, start="2026-05-20 02:00")
    desk.laboratory.now = wall("2026-05-20 02:00")
    is_down(desk)
    views = Views("Acme Support", Units(database, rules), Watch(lambda: desk.now), lambda: desk.now, desk.now)
    with served(desk, views, LOCAL) as site:
        yield site
    database.close()


def link(site, to=BOBS[0], which=-1):
    """The path of the newest link to somebody."""
    texts = [mail.text for mail in notified_of(site.desk) if mail.to == to]
    return re.search(r"https://desk\.example(/calls/\S+)", texts[which])[1]


def form(answer):
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.body))


def press(site, path, *, by=""):
    """What a browser does: the page, then its button."""
    fields = form(site.get(path, by=by))
    assert "call" in fields, "there is no button"
    return site.post(path, by=by, **fields)


def acknowledged(site):
    return [(event.by, event.because) for event in site.desk.events("page_acknowledged")]


def test_a_look_changes_nothing_however_often(site):
    for _ in range(3):
        answer = site.get(link(site))
    assert site.get(link(site), method="HEAD").status in {200, 405}

    assert answer.status == 200
    assert answer.body.count(BUTTON) == 1
    assert acknowledged(site) == []


def test_it_shows_severity_number_and_due_and_no_word_of_a_customers(site):
    body = site.get(link(site)).body

    assert "HD-1: Severity 1" in body
    assert "Bob Cole, you were called on Wed 20 May 2026, 02:00 CDT." in body
    assert "First response is due Wed 20 May 2026, 03:00 CDT." in body
    assert "app-production" not in body
    assert "words of a customer" not in body
    assert "/cases/HD-1" not in body  # who is not signed in is led nowhere by it
    assert f'href="/sign-in?to={link(site)}"' in body  # their own link leads back


def test_the_button_does_what_ack_does_by_mail(site):
    """LGT-5: nobody else is called, and the ledger says who has it."""
    answer = press(site, link(site))

    assert (answer.status, answer.headers["location"]) == (303, link(site))
    assert acknowledged(site) == [(BOB, "#ack")]
    assert "You have it: nobody else is called." in site.get(link(site)).body
    before = len(site.desk.sent_to(ANN, "escalation"))
    site.desk.at("2026-05-20 02:59")
    assert len(site.desk.sent_to(ANN, "escalation")) == before
    (event,) = site.desk.events("page_acknowledged")
    assert to_facts(event)["because"] == "#ack"


def test_it_is_for_one_call_and_once(site):
    old = link(site)
    fields = form(site.get(old))
    press(site, old)
    over = site.get(old).body
    assert "Bob Cole has it, since" in over
    assert BUTTON not in over

    site.post(old, **fields)
    assert len(acknowledged(site)) == 1
    assert "Somebody was faster" in site.get(old).body


def test_the_link_of_an_earlier_call_does_not_acknowledge_the_next(site):
    old = link(site)
    fields = form(site.get(old))
    press(site, old)
    for hour, severity in (("05", "sev3"), ("07", "sev1")):
        site.desk.at(f"2026-05-20 {hour}:00")
        with site.views.units.write(site.desk.now) as unit:
            assert order(unit, 1, agent_called(unit.rules, ANN), f"#severity {severity}").done
    site.desk.at("2026-05-20 07:01")
    new = link(site)
    assert new != old
    before = acknowledged(site)

    site.post(old, **fields)
    assert acknowledged(site) == before
    assert BUTTON in site.get(new).body


@pytest.mark.parametrize(
    "path",
    [
        "/calls/1.aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "/calls/999999999999.aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "/calls/1.",
        "/calls/1.AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/calls/HD-99999999999999999999",
    ],
)
def test_a_link_that_we_did_not_make_leads_nowhere(site, path):
    assert site.get(path).status == 404
    assert site.post(path, call="x").status in {403, 404}
    assert acknowledged(site) == []


def test_it_tells_nobody_which_cases_there_are(site):
    answers = []
    for number in (1, 2):
        for path in (f"/calls/{number}.{'a' * 26}", f"/calls/HD-{number}"):
            answer = site.post(path, call="x")
            answers.append((number, answer.status, re.sub(r'value="[^"]*"|calls/\S*', "", answer.body)))
    assert {answer[1:] for answer in answers if answer[0] == 1} == {answer[1:] for answer in answers if answer[0] == 2}
    looks = [site.get(f"/calls/{number}.{'a' * 26}").body.replace(f"/{number}.", "/N.") for number in (1, 2)]
    assert "there is no such call" in looks[0].lower()
    assert looks[0] == looks[1]


def test_a_link_that_was_bent_is_nobodys(site):
    path = link(site)
    for bent in (path[:-1] + ("a" if path[-1] != "a" else "b"), path.replace("/1.", "/2."), path + "a"):
        assert site.get(bent).status == 404


def test_another_site_cannot_press_the_button(site):
    """It knows no token of this browser's forms."""
    path = link(site)
    call = form(site.get(path))["call"]

    assert site.post(path, csrf="wrong", call=call).status == 403
    assert acknowledged(site) == []


@pytest.mark.parametrize("by", ["", ANN, OPS])
def test_no_page_shows_it_to_somebody_else(site, by):
    """Who has it acknowledges in the name of who was called."""
    with site.desk.database.read() as connection:
        rows = outbox.rows(connection, case=1)
    pages = [site.get(path, by=by) for path in ("/cases/HD-1", *(f"/cases/HD-1/sent/{row.id}" for row in rows))]
    pages += [site.get(f"/desk/outgoing/{row.id}", by=OPS) for row in rows]
    assert {page.status for page in pages} == {200, 303}
    assert not [page.body for page in pages if re.search(r"calls/1\.[a-z2-7]{26}", page.body)]
    assert "Call beyond mail to" in pages[0].body
    assert "Its text is not shown" in "".join(page.body for page in pages)


def test_the_preview_of_an_order_that_calls_does_not_show_the_link(site):
    site.desk.mail("jo@gate.example", "A question", "How do I export?", to="email@logicgate.example")
    form = dict(
        re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', site.get("/cases/HD-2", by=ANN).body)
    )
    form.pop("csrf", None)
    shown = site.post("/cases/HD-2/preview", by=ANN, **form, severity="sev1").body
    assert "Call beyond mail to" in shown
    assert "calls/2" not in shown
    assert "Nobody outside gets a mail of it." in shown


# --- a channel's link


def test_a_channels_link_asks_to_sign_in(site):
    answer = site.get("/calls/HD-1")

    assert (answer.status, answer.headers["location"]) == (303, "/sign-in?to=/calls/HD-1")
    assert site.post("/calls/HD-1", call="x").status == 403
    assert acknowledged(site) == []


def test_a_channels_link_is_for_who_is_signed_in_and_of_the_team(site):
    assert site.get("/calls/HD-1", by=OPS).status == 403

    press(site, "/calls/HD-1", by=ANN)
    assert acknowledged(site) == [(ANN, "#ack")]
    assert 'href="/cases/HD-1"' in site.get("/calls/HD-1", by=ANN).body


def test_the_case_leads_to_its_call_while_it_goes_on(site):
    link_to_it = 'href="/calls/HD-1"'
    assert link_to_it in site.get("/cases/HD-1", by=ANN).body
    assert link_to_it not in site.get("/cases/HD-1", by=OPS).body, "who may not acknowledge it"
    press(site, "/calls/HD-1", by=ANN)
    assert link_to_it not in site.get("/cases/HD-1", by=ANN).body


def test_a_page_that_was_opened_before_does_not_acknowledge_a_later_call(site):
    fields = form(site.get("/calls/HD-1", by=ANN))

    site.post("/calls/HD-1", by=ANN, **{**fields, "call": "2026-05-19T00:00:00+00:00"})
    assert acknowledged(site) == []


def test_no_call_is_said_so(site):
    site.desk.mail("jo@gate.example", "A question", "How do I export?", to="email@logicgate.example")
    assert site.get("/calls/HD-2", by=ANN).status == 404
    assert site.get("/calls/HD-2", by=LENA).status in {403, 404}


# --- in a browser


@pytest.mark.slow
def test_on_a_phone_it_is_one_tap_and_axe_finds_nothing(site, browser):  # noqa: F811
    address = f"http://127.0.0.1:{site.console.port}{link(site)}"
    for size, scheme in itertools.product((PHONE, DESK), ("light", "dark")):
        with opened(browser, size=size, scheme=scheme) as page:
            page.goto(address)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            assert page.evaluate("axe.run().then((found) => found.violations.map((one) => one.id))") == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    with opened(browser, size=PHONE) as page:
        page.goto(address)
        page.get_by_role("button", name="I have it").click()
        page.get_by_text("You have it: nobody else is called.").wait_for(timeout=120_000)
    assert acknowledged(site) == [(BOB, "#ack")]
