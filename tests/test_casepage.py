"""The page of a case: what an agent sees there and does, what is sent once, and what nobody is shown."""

from __future__ import annotations

import http.client
import re
import threading
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import pytest

from helpdesk.errors import Refused
from helpdesk.mail.write.enclose import File, enclose
from helpdesk.report.explain import case_clocks_text
from helpdesk.store import cases
from helpdesk.web import casepage
from helpdesk.web.cookies import Cookies
from helpdesk.web.viewer import Viewer
from helpdesk.web.visit import Visit
from tests.console import FRAME, database_file_url, site_on
from tests.desk import ANN, BOB, JO, LENA, LOGIK, OPS, STRANGER, THREEKIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.console import Answer, Site

PNG = File("cart.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"x" * 2000)
SECRET = File("settings.ini", "text/plain", b"password = hunter2-canary")


database_url = database_file_url


@pytest.fixture
def site(rules, database) -> Iterator[Site]:
    with site_on(rules, database) as found:
        yield found


def fields(page: Answer) -> dict[str, str]:
    """The hidden fields of the last form on a page, as a browser would post them."""
    form = page.body.rpartition('<form class="card composer"')[2] or page.body
    found = re.findall(r'<input type="hidden" name="(\w+)"[^>]* value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrf"}


def confirmed(page: Answer) -> dict[str, str]:
    """What the button of a preview posts."""
    form = page.body.partition('action="/cases/HD-1/send"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found if name != "csrf"}


def preview(site: Site, by: str = ANN, **chosen: str) -> Answer:
    return site.post("/cases/HD-1/preview", by=by, **fields(site.get("/cases/HD-1", by=by)), **chosen)


def sent(site: Site, by: str = ANN, **chosen: str) -> Answer:
    answer = site.post("/cases/HD-1/send", by=by, **confirmed(preview(site, by=by, **chosen)))
    site.desk.work()
    return answer


def headers_of(site: Site, path: str) -> dict[str, str]:
    """Of what is no text."""
    connection = http.client.HTTPConnection("127.0.0.1", site.console.port, timeout=60)
    connection.request("GET", path)
    headers = dict(connection.getresponse().getheaders())
    connection.close()
    return headers


def at_once(site: Site, path: str, **form: str) -> list[int]:
    """The answers to one form that a browser posts four times at the same instant."""
    together, answers, token = threading.Barrier(4), [], site.csrf(ANN)

    def post() -> None:
        browser = replace(site, jar=dict(site.jar))
        together.wait()
        answers.append(browser.post(path, by=ANN, csrf=token, **form).status)

    posting = [threading.Thread(target=post) for _ in range(4)]
    for one in posting:
        one.start()
    for one in posting:
        one.join()
    return answers


def merge(site: Site, into: str) -> None:
    """The case goes into another one, or what it went into does."""
    site.post("/cases/HD-1/send", by=ANN, key="k" * 20 + into, seen="9", verb="merge", argument=into)
    assert re.search(rf"[Mm]erged.*{into}", site.get("/cases/HD-1", by=ANN).body)


# --- writing


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_reply_is_shown_as_it_will_be_sent_and_then_sent(site):
    site.desk.mail(f"Jo Miller <{JO}>", "The rules do not fire")
    looked = preview(site, text="It is mended.\n#close this tab")
    assert "Jo Miller &lt;jo@acme.example&gt;" in looked.body
    assert "Re: The rules do not fire [HD-1]" in looked.body
    assert "Ann Berg" in looked.body.partition('class="card letter"')[2].partition("</article>")[0]
    assert site.desk.kinds_to(JO) == ["ack"], "only looked at"

    answer = site.post("/cases/HD-1/send", by=ANN, **confirmed(looked))
    site.desk.work()
    assert (answer.status, answer.headers["location"]) == (303, "/cases/HD-1")
    assert "It is mended.\n#close this tab\n" in site.desk.last(JO, "relay").text
    assert "Done: " in site.get("/cases/HD-1", by=ANN).body


@pytest.mark.parametrize(
    ("text", "to", "warns"),
    [
        ("#severity low\nSorry.", "reply", True),
        ("\n #Note for Bob", "reply", True),
        ("#close this tab\nIt is mended.", "reply", True),
        ("#12 is the order that failed.", "reply", False),
        ("#closely watched", "reply", False),
        ("Look at #severity.", "reply", False),
        ("#severity low", "note", False),
    ],
)
def test_a_reply_that_begins_as_an_order_by_mail_is_pointed_out(site, text, to, warns):
    site.desk.mail(JO, "The rules do not fire")
    assert ("begins with an order, as by mail" in preview(site, text=text, to=to).body) == warns


def test_an_old_form_leads_back_to_its_case(site):
    site.desk.mail(JO, "The rules do not fire")
    answer = site.post("/cases/HD-1/preview", by=ANN, csrf="old", text="Long words of mine")
    assert "Long words of mine" in answer.body
    assert '<a href="/cases/HD-1">Back to HD-1</a>' in answer.body
    for ref in ("%22%3E", "HD-", "x"):
        answer = site.post(f"/cases/{ref}/preview", by=ANN, csrf="old")
        assert (answer.status, "Back to" in answer.body) == (403, False)
        assert site.get(f"/cases/{ref}", by=ANN).status == 404


@pytest.mark.parametrize(
    ("chosen", "events"),
    [
        ({"text": "Look.", "to": "note"}, ["agent_noted"]),
        ({"text": "Mended.", "next": "#resolve"}, ["agent_answered", "resolved"]),
        ({"text": "Which version?", "next": "#wait"}, ["agent_answered", "waiting_set"]),
        ({"assign": BOB}, ["assigned"]),
        ({"severity": "low"}, ["severity_set"]),
        ({"verb": "tag", "argument": "shop eu"}, ["tagged"]),
        ({"verb": "close", "text": "Over."}, ["agent_answered", "closed"]),
        (
            {"assign": BOB, "severity": "low", "text": "Yours.", "to": "note"},
            ["agent_noted", "severity_set", "assigned"],
        ),
    ],
    ids=str,
)
def test_what_is_chosen_is_done_as_by_mail(site, chosen, events):
    site.desk.mail(JO, body="Case priority: Urgent")
    before = len(site.desk.case().events)
    sent(site, **chosen)
    happened = [event.type for event in site.desk.case().events[before:]]
    assert [kind for kind in happened if kind in events] == events
    assert all(event.by in {ANN, "desk"} for event in site.desk.case().events[before:])


def test_sent_twice_is_sent_once(site):
    site.desk.mail(JO)
    form = confirmed(preview(site, text="It is mended."))
    for _ in range(2):
        answer = site.post("/cases/HD-1/send", by=ANN, **form)
        site.desk.work()
    assert site.desk.kinds_to(JO) == ["ack", "relay"]
    assert "counts once" in unescape(site.get(answer.headers["location"], by=ANN).body)


def test_sent_twice_is_sent_once_also_where_the_case_was_merged_meanwhile(site):
    """Before the first time, or between the two; into a case that may be merged in turn."""
    for subject in ("First", "Second", "Third"):
        site.desk.mail(JO, subject)
    early, late = (confirmed(preview(site, text=text)) for text in ("It is mended.", "And tested."))
    for case, form in (("HD-2", early), ("HD-3", late), ("", early), ("", late)):
        site.post("/cases/HD-1/send", by=ANN, **{**form, "seen": "9"})
        site.desk.work()
        if case:
            merge(site, case)
    assert site.desk.kinds_to(JO).count("relay") == 2


@pytest.mark.parametrize("text", [f"Write to {LENA}.", "\ttabs, \u00ad soft hyphens, \U0001fae9 and \u200fmarks \x7f"])
def test_the_text_stays_in_the_form_to_the_last_sign(site, text):
    """Law 15: it comes back with the reason, or goes; never altered."""
    site.desk.mail(JO)
    looked = preview(site, text=text)
    area = unescape(looked.body.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])
    assert area == f"\n{text}"
    if LENA in text:
        assert "is not for customers" in looked.body
        assert "/cases/HD-1/send" not in looked.body
        assert not site.desk.events("command_refused")


def test_what_is_meant_goes_all_the_same(site):
    site.desk.mail(JO)
    text = f"Write to {LENA}."
    if "said to be meant" in preview(site, text=text).body:
        sent(site, text=text, meant="1")
        assert site.desk.kinds_to(JO) == ["ack", "relay"]


def test_with_nobody_to_write_to_it_is_said_before(site):
    """Law 14."""
    site.desk.receive(f"From: Somebody <>\r\nTo: {LOGIK}\r\nSubject: Down\r\n\r\nIt is down.\r\n".encode())
    assert "Nobody on this case can be written to" in site.get("/cases/HD-1", by=ANN).body
    looked = preview(site, text="An answer.")
    assert "nobody was written to" in looked.body
    assert confirmed(looked) == {}


def test_what_came_meanwhile_is_shown_before_anything_goes(site):
    site.desk.mail(JO)
    form = confirmed(preview(site, text="It is mended."))
    site.desk.mail(JO, "Re: [HD-1] The rules", "Never mind, it works again.")
    answer = site.post("/cases/HD-1/send", by=ANN, **form)
    assert answer.status == 200
    assert re.search("Meanwhile.*Never mind, it works again", answer.body, re.DOTALL)
    assert site.desk.kinds_to(JO).count("relay") == 0
    site.post("/cases/HD-1/send", by=ANN, **confirmed(answer))
    site.desk.work()
    assert site.desk.kinds_to(JO).count("relay") == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_another_worker_is_working_just_now_is_seen_before_anything_goes(site, monkeypatch):
    """SQLite has one writer: there nothing comes between."""
    site.desk.mail(JO)
    form, hold = confirmed(preview(site, text="It is mended.")), cases.hold

    def holds_later(connection, numbers, **how):
        """Another worker holds the case, and lets it go with one more mail on it."""
        monkeypatch.setattr(cases, "hold", hold)
        site.desk.mail(JO, "Re: [HD-1] The rules", "Never mind, it works again.")
        return hold(connection, numbers, **how)

    monkeypatch.setattr(cases, "hold", holds_later)
    answer = site.post("/cases/HD-1/send", by=ANN, **form)
    site.desk.work()
    assert "Never mind, it works again." in answer.body
    assert site.desk.kinds_to(JO).count("relay") == 0


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_who_else_is_writing_is_said(site):
    site.desk.mail(JO)
    assert "writing on this case" not in site.get("/cases/HD-1", by=BOB).body
    assert site.post("/cases/HD-1/writing", by=BOB).body == ""
    assert site.post("/cases/HD-1/writing", by=ANN).body == "Bob Cole is writing on this case, too."
    assert "Bob Cole is writing on this case, too." in site.get("/cases/HD-1", by=ANN).body
    assert "is writing on this case" not in site.get("/cases/HD-1", by=LENA).body.partition("Ann Berg and")[0]
    sent(site, by=BOB, text="Mine.")
    assert "Bob Cole" not in site.post("/cases/HD-1/writing", by=ANN).body
    site.desk.at("2026-05-19 09:25")
    assert site.post("/cases/HD-1/writing", by=BOB).body == "", "what nobody renews is over"


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_one_agent_who_writes_in_two_windows_at_the_same_instant_is_writing(site):
    site.desk.mail(JO)
    for minute in range(10, 16):
        site.desk.at(f"2026-05-19 10:{minute}")
        assert set(at_once(site, "/cases/HD-1/writing")) == {200}
        assert site.post("/cases/HD-1/writing", by=BOB).body == "Ann Berg is writing on this case, too."


@pytest.mark.parametrize("who", ["", OPS])
def test_who_only_reads_has_no_form_and_changes_nothing(site, who):
    site.desk.mail(JO)
    before = site.desk.case()
    page = site.get("/cases/HD-1", by=who)
    assert page.status == 200
    assert "<textarea" not in page.body
    for path in ("preview", "send", "writing"):
        assert site.post(f"/cases/HD-1/{path}", by=who, text="No.", key="k" * 20, seen="9").status in {403, 404}
    assert site.desk.case() == before


# --- reading


def test_both_sides_and_the_desks_own_mails_are_there(site):
    site.desk.mail(JO, "The rules", "Since nine.")
    site.desk.reply(ANN, "#note\nLooks like the index.")
    site.desk.reply(ANN, "We are on it.", to_kind="assigned", quote=True)
    page = unescape(site.get("/cases/HD-1", by=ANN).body)
    for words in (
        "Since nine.",
        "Acknowledgment to",
        "Subject: Re: The rules",
        "note, for the team only",
        "We are on it.",
    ):
        assert words in page, words
    whole = unescape(site.get("/cases/HD-1/mails/3", by=ANN).body)
    assert "Since nine." in whole, "what it quotes"
    ours = unescape(site.get("/cases/HD-1/sent/2", by=ANN).body)
    assert "[HD-1]" in ours
    assert not re.search(r"\+1\.[a-z][a-z2-7]{26}@", page + whole + ours), "reply addresses lose their key"


def test_pictures_are_shown_boxed_in_and_all_else_is_saved(site):
    """C06: what only says that it is a picture is a file."""
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Look\r\nContent-Type: text/plain\r\n\r\nSee.\r\n".encode()
    lie = File("lie.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>" * 40)
    drawn = File("drawn.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 40)
    site.desk.receive(enclose(raw, [PNG, SECRET, lie, drawn]))
    page = site.get("/cases/HD-1").body
    assert 'src="/cases/HD-1/attachments/1/picture"' in page
    assert "attachments/2" not in page
    assert "attachments/4/picture" not in page
    shown, lies = (headers_of(site, f"/cases/HD-1/attachments/{number}/picture") for number in (1, 3))
    for path in ("attachments/2", "attachments/2/picture"):
        refused = site.get(f"/cases/HD-1/{path}", by=ANN)
        assert (refused.status, "hunter2" in refused.body) == (403, False), "what is not shown is not served"
    assert shown["content-type"] == "image/png"
    assert (shown["content-security-policy"], shown["x-content-type-options"]) == (
        "default-src 'none'; sandbox",
        "nosniff",
    )
    assert lies["content-type"] == "application/octet-stream"
    assert lies["content-disposition"].startswith("attachment")


def test_only_cases_that_one_may_open_are_named_beside_it(site):
    site.desk.mail(JO, "First")
    site.desk.mail(JO, "Second")
    site.desk.mail(STRANGER, "Somebody else's")
    page = site.get("/cases/HD-1", by=ANN).body
    assert "Other cases of theirs" in page
    assert "HD-2 Second" in page
    assert "HD-3" not in page


@pytest.mark.parametrize("shown", [1, 2])
def test_mails_of_ours_that_are_not_shown_are_named(site, monkeypatch, shown):
    """Law 22; a first mail makes two."""
    monkeypatch.setattr("helpdesk.web.correspondence.SENT", shown)
    site.desk.mail(JO)
    page = unescape(site.get("/cases/HD-1").body)
    assert ("the newest 1 are shown" in page, "helpdesk export HD-1" in page) == (shown < 2, shown < 2)
    assert len(re.findall("/cases/HD-1/sent/", page)) == shown


@pytest.mark.parametrize("path", ["mails/0", "mails/9", "mails/x", "sent/99", "attachments/1/picture"])
def test_what_is_not_there_is_a_page_that_says_so(site, path):
    site.desk.mail(JO)
    assert site.get(f"/cases/HD-1/{path}").status == 404


def test_a_mail_of_another_case_is_not_shown_under_this_one(site):
    site.desk.mail(JO)
    site.desk.mail(STRANGER)
    found = {ref: [site.get(f"/cases/{ref}/sent/{number}").status for number in (1, 3)] for ref in ("HD-1", "HD-2")}
    assert found == {"HD-1": [200, 404], "HD-2": [404, 200]}


def test_the_drawing_is_there_with_its_words(site):
    site.desk.mail(JO, body="Case priority: Urgent")
    site.desk.at("2026-05-19 12:00")
    page = site.get("/cases/HD-1").body
    told = case_clocks_text(site.desk.case(), site.desk.rules.book.policy("logik"), site.desk.now)
    for line in told.splitlines()[3:]:
        assert "  ".join(filter(None, map(str.strip, line.split("  ")))) in unescape(page), "as case explain says it"
    assert '<svg class="line-of-time" role="img"' in page
    assert re.search(r'aria-label="first response: received: Tue 19 May 2026, 09:15 CDT; .*late from: Tue', page)
    assert "style=" not in page


def test_of_another_team_one_opens_nothing_and_hears_of_nothing(site):
    """Somebody of a team whose mailbox is another one, and one of whose cases is of the same person."""
    site.desk.mail(JO, "Ours")
    site.desk.mail(JO, "Theirs", to=THREEKIT)
    views = site.views
    viewer = Viewer(address="eve@desk.example", teams=frozenset({"second"}), mailboxes=frozenset({THREEKIT}))
    visit = Visit(views=views, viewer=viewer, now=site.desk.now, frame=FRAME, cookies=Cookies(secure=False))
    for path, page in (("1", casepage.case), ("1", casepage.preview), ("1", casepage.send), ("1", casepage.writes)):
        with pytest.raises(Refused):
            page(replace(visit, place={"ref": path, "number": "1"}))
    shown = casepage.case(replace(visit, place={"ref": "2"})).body.decode()
    assert "Theirs" in shown
    assert "HD-1" not in shown


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_one_form_posted_by_two_at_the_same_instant_sends_once(site):
    site.desk.mail(JO)
    form = confirmed(preview(site, text="It is mended."))
    answers = at_once(site, "/cases/HD-1/send", **form)
    site.desk.work()
    assert set(answers) <= {303, 409}
    assert 303 in answers
    assert site.desk.kinds_to(JO) == ["ack", "relay"]
    assert len(site.desk.events("agent_answered")) == 1
