"""The console over a real socket: what it shows, to whom, and what it says of the desk's health."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from helpdesk.config import load_configuration
from helpdesk.errors import ConfigurationError, Unavailable
from helpdesk.mail.write.enclose import File, enclose
from helpdesk.store import outbox
from helpdesk.store.engine import Database
from helpdesk.unit import Units
from helpdesk.watch import Watch
from helpdesk.web import markup
from helpdesk.web.access import Access, access_of
from helpdesk.web.case_reading import Words
from helpdesk.web.console import Console
from helpdesk.web.excerpt import excerpt
from helpdesk.web.markup import printable
from helpdesk.web.views import Views
from helpdesk.wires.courier import Sent
from helpdesk.wires.imap_reports import Failing
from tests.console import LOCAL, Site, database_file_url, served, shown
from tests.desk import ANN, JO, LOGIK, STRANGER, TestDesk, write_office

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a token of some length"


@dataclass
class Clock:
    """A wall clock that a test turns."""

    desk: TestDesk
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return self.desk.now + self.ahead

    def steady(self) -> float:
        return self().timestamp()


database_url = database_file_url


BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def clock(rules, database) -> Clock:
    return Clock(TestDesk(rules, database))


@pytest.fixture
def site(rules, database, clock) -> Iterator[Site]:
    watch = Watch(clock, clock.steady)
    for part in ("worker", "sender", "metronome"):
        watch.parts.progressed(part)
    views = Views("Acme Support", Units(database, rules), watch, clock, clock())
    with served(clock.desk, views) as site:
        yield site


@pytest.fixture
def guarded(site) -> Iterator[Site]:
    with served(site.desk, site.views, Access(frozenset(), TOKEN)) as guarded:
        yield guarded


# --- the pages


def test_an_empty_queue_says_so(site):
    assert "There are no open cases." in site.get().body


@BOTH
def test_the_queue_shows_what_is_due_first_and_for_whom(site):
    site.desk.mail(JO, "Colours are odd", "Case priority: Low")
    site.desk.mail(JO, "Everything is down", "Case priority: Critical")
    page = site.get().body
    assert page.index("HD-2") < page.index("HD-1"), "critical is due first"
    assert "due in 1 h" in page
    assert "Acme Corp" in page
    assert "with Ann Berg" in page


def test_resolved_cases_leave_the_board_and_stand_among_what_ended(site):
    site.desk.mail(JO, "A question")
    site.desk.reply(ANN, "#resolve\nDone.")
    assert "HD-1" not in site.get("/").body
    assert "HD-1" in site.get("/?ended=1").body
    assert "HD-1" not in site.get("/?broken=1").body


def test_a_breach_is_shown_as_late(site):
    site.desk.mail(JO, "Everything is down", "Case priority: Critical")
    site.desk.at("2026-05-19 11:00")
    assert "45 min late" in site.get("/?broken=1").body


@BOTH
def test_a_case_shows_clocks_mails_and_ledger_and_marks_what_customers_must_not_see(site):
    site.desk.mail(JO, "The rules do not fire", "Since nine.")
    site.desk.reply(ANN, "#note\nLooks like the index.")
    page = site.get("/cases/HD-1").body
    assert re.search(r"first response.*due Tue 19 May 2026, \d\d:\d\d CDT; 0 s of \d+ h used", page, re.DOTALL)
    assert re.search(r"counted +\d+ h +sum \d+ h", page), "the lines of case explain, each with its sum"
    assert "Since nine." in page
    assert re.search(r'class="mail internal".*Looks like the index', page, re.DOTALL)
    assert "Ann Berg wrote a note." in page


PAGE = File("page.html", "text/html", b"<script>alert(1)</script>")
SETTINGS = File("settings.ini", "text/plain", b"password = hunter2-canary")


def test_an_attachment_is_saved_and_never_shown_by_the_browser(site):
    """C06: it is a stranger's file, whatever its type says."""
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Look\r\nContent-Type: text/plain\r\n\r\nSee.\r\n"
    site.desk.receive(enclose(raw.encode(), [PAGE, SETTINGS]))
    page = site.get("/cases/HD-1").body
    assert 'href="/cases/HD-1/attachments/1"' in page
    assert "attachments/2" not in page, "LAI-11: what may hold a secret is not offered"
    assert "hunter2" not in page

    answer = site.get("/cases/HD-1/attachments/1")
    assert answer.body == "<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''page.html"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_answer_is_dated_as_it_goes(site):
    """RFC 9110 section 6.6.1; nothing wakes each second for it."""
    for path in ("/health", "/nowhere"):
        dated = parsedate_to_datetime(site.get(path).headers["date"])
        assert abs(datetime.now(UTC) - dated) < timedelta(seconds=5)


def test_what_is_loaded_once_it_is_asked_for_is_missed_at_the_start(site, monkeypatch):
    """Not by whoever watches the desk, at night."""
    monkeypatch.setattr("helpdesk.web.application.find_spec", lambda _name: None)
    with pytest.raises(Unavailable, match="prometheus-client"):
        Console(listen="127.0.0.1:0", views=site.views, access=LOCAL)


@pytest.mark.parametrize(
    "place", ["HD-1/attachments/1", "HD-9/attachments/1", "HD-1/attachments/0", "HD-1/attachments/x"]
)
def test_an_attachment_that_is_not_there_is_a_page_that_says_so(site, place):
    site.desk.mail(JO)
    assert site.get(f"/cases/{place}").status == 404


def test_the_link_of_the_agents_mails_leads_to_the_case(site):
    site.desk.mail(JO)
    assert site.get("/cases/HD-1").status == 200
    assert site.get("/cases/hd-1").status == 200


@pytest.mark.parametrize("ref", ["HD-999", "HD-x", "HD-99999999999999999999", "..%2f..%2fetc", "HD-%D9%A1"])
def test_a_case_that_is_not_there_is_a_page_that_says_so(site, ref):
    answer = site.get(f"/cases/{ref}")
    assert answer.status == 404
    assert "Not here" in answer.body


def test_what_strangers_write_is_shown_and_never_run(site):
    """C11: markup, templates and marks that turn the reading direction come out literally or visibly."""
    site.desk.mail(STRANGER, "{{7*7}} <script>alert(1)</script>", "<img src=x onerror=alert(2)> \u202eevil {{7*7}}")
    for path in ("/", "/cases/HD-1"):
        page = site.get(path).body
        assert "{{7*7}} &lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert page.count("<script") == 1, "our own"
        assert "<img" not in page
        assert "\u202e" not in page
        assert "49" not in re.sub(r"<[^>]*>|\d\d:\d\d", "", page)


def test_every_answer_forbids_scripts_frames_and_foreign_things(site):
    for path in ("/", "/cases/HD-1", "/health", "/metrics", "/style.css", "/nowhere"):
        headers = site.get(path).headers
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; style-src 'self'; script-src 'self'; "
        )
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == ("private, max-age=86400" if path == "/style.css" else "no-store")
        assert "server" not in headers


def test_nothing_can_be_changed(site):
    site.desk.mail(JO)
    before = site.desk.case()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert site.get("/cases/HD-1", method=method).status == 405
    assert site.desk.case() == before


@given(st.text(max_size=60))
def test_a_page_says_what_a_mail_says_and_does_none_of_it(words):
    page = shown("message.html", title="Title", words=f"<script>{words}</script>")
    assert page.count("<script") == 1, "our own"
    said = unescape(page.partition("<main")[2].partition("<p>")[2].partition("</p>")[0])
    assert said == printable(f"<script>{words}</script>")


def test_what_controls_or_turns_the_reading_is_shown_as_such():
    assert printable("a\x00b\u2066c\u00a0d") == "a\ufffdb\ufffdc\u00a0d"
    assert 'href="&#34;&gt;&lt;script&gt;"' in pairs({"Linked": [Words("x", '"><script>')]})


def pairs(values):
    return markup._environment().get_template("case_parts.html").module.pairs(values)


# --- who may look


def test_a_page_of_the_open_web_whose_name_means_this_host_reads_nothing(site):
    site.desk.mail(JO, "Secret plans")
    answer = site.get("/", Host="rebound.example")
    assert answer.status == 421
    assert "Secret" not in answer.body
    assert site.get("/", Host="desk.example").status == 200
    assert site.get("/", Host="desk.example:8080").status == 200


def test_where_a_token_is_asked_for_nothing_is_shown_without_it(guarded):
    for path in ("/health", "/metrics", "/token"):
        answer = guarded.get(path)
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
    for path in ("/", "/cases/HD-1"):
        answer = guarded.get(path)
        assert (answer.status, answer.body) == (303, ""), "whose browser it is may sign in"
        assert answer.headers["location"].startswith("/sign-in?to=%2F")
    basic = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
    assert guarded.get("/", Authorization=f"Basic {basic}").status == 200
    assert guarded.get("/", Authorization=f"Bearer {TOKEN}").status == 200
    for wrong in ("Bearer no", "Basic !", "Basic " + base64.b64encode(b"\xff").decode(), "Digest x", TOKEN):
        assert guarded.get("/", Authorization=wrong).status == 401


@pytest.mark.parametrize("listen", ["0.0.0.0:8080", "*:8080", "[::]:8080", "192.0.2.7:8080", "desk.example:8080"])
def test_no_address_but_loopback_is_taken_without_a_token(tmp_path, listen):
    path = write_office(tmp_path, more=f'\n[web]\nlisten = "{listen}"\n')
    with pytest.raises(ConfigurationError, match=r"web\.token_file: expected one"):
        load_configuration(path, environment={})
    assert load_configuration(path, environment={"HELPDESK_WEB_TOKEN_FILE": "token"})


@pytest.mark.parametrize("listen", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.0.0.2:8080"])
def test_loopback_needs_no_token(tmp_path, listen):
    configuration = load_configuration(write_office(tmp_path, more=f'\n[web]\nlisten = "{listen}"\n'), environment={})
    assert access_of(configuration).token is None


def test_a_token_that_can_be_guessed_or_is_not_there_is_refused(tmp_path):
    configuration = load_configuration(
        write_office(tmp_path, more='\n[web]\nlisten = "0.0.0.0:8080"\ntoken_file = "token"\n'), environment={}
    )
    with pytest.raises(ConfigurationError, match="expected a readable file"):
        access_of(configuration)
    (tmp_path / "token").write_text("short\n")
    with pytest.raises(ConfigurationError, match="at least 16 characters"):
        access_of(configuration)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert access_of(configuration).admits(f"Bearer {TOKEN}")


def test_a_port_that_is_taken_is_named(site):
    second = Console(listen=f"127.0.0.1:{site.console.port}", views=site.views, access=LOCAL)
    with pytest.raises(Unavailable, match=rf"web: cannot listen on 127\.0\.0\.1:{site.console.port}"):
        second.open()


# --- health


def test_a_desk_that_works_is_well(site):
    status, shape = site.health()
    assert (status, shape["status"], shape["problems"]) == (200, "ok", [])
    assert shape["database"] is True
    assert set(shape["parts"]) == {"worker", "sender", "metronome"}
    assert shape["unsent"] == {"number": 0, "oldest_at": None}


def test_a_part_that_stands_still_is_failing(site, clock):
    """V02: alive is who gets somewhere."""
    clock.ahead = timedelta(minutes=6)
    status, shape = site.health()
    assert (status, shape["status"]) == (503, "failing")
    assert any("worker" in problem for problem in shape["problems"])
    assert not any("sender" in problem for problem in shape["problems"]), "a slow smarthost is not a dead sender"


@BOTH
def test_mail_that_waits_to_be_worked_is_failing_and_one_mail_that_waits_to_be_sent_is_not(site, clock):
    """V04: a dead smarthost is seen without mail. No restart of the desk helps against it."""
    desk = site.desk
    desk.mail(JO)
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'queued', next_at = created_at")
    clock.ahead = timedelta(hours=2)
    for part in ("worker", "sender", "metronome"):
        site.views.watch.parts.progressed(part)
    _, shape = site.health()
    found = {cause["cause"]: cause["status"] for cause in shape["causes"]}
    assert found["outbox.unsent"] == "attention"
    assert found["outbox.silent"] == "failing", "one that waits may be its own fault; that none gets out is the desk's"
    assert "spool.unworked" not in found
    assert shape["unsent"]["number"] == len(desk.sent) > 0
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE spool SET state = 'waiting'")
    status, shape = site.health()
    assert (status, shape["status"]) == (503, "failing")
    found = {cause["cause"]: cause["status"] for cause in shape["causes"]}
    assert found["spool.unworked"] == "failing"
    assert shape["unworked"]["number"] == 1


def test_a_mailbox_that_cannot_be_read_and_mail_that_was_set_aside_want_a_person(site):
    site.desk.mail(JO)
    with site.desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE spool SET state = 'quarantined'")
    site.views.watch.mailboxes.heard(site.desk.laboratory.desk, _failing())
    status, shape = site.health()
    assert (status, shape["status"], shape["quarantined"]) == (200, "attention", 1)
    assert shape["failing_mailboxes"] == {"support@logik.example": "login: refused"}
    assert "cannot be read" in site.get("/").body, "the queue says it too"


def _failing() -> Failing:
    values = {"mailbox": "support@logik.example", "cause": "login", "detail": "refused"}
    others = {name: None for name in Failing.__slots__ if name not in values}
    return Failing(**values, **others)


def test_a_database_that_is_away_is_said_and_takes_nothing_else_down(rules, clock, tmp_path):
    views = Views(
        "Acme",
        Units(Database(f"sqlite:///{tmp_path}/no/such/folder.db"), rules),
        Watch(clock),
        clock,
        clock(),
    )
    with served(clock.desk, views, LOCAL) as site:
        status, shape = site.health()
        assert (status, shape["database"], shape["status"]) == (503, False, "failing")
        assert "helpdesk_database_up 0" in site.get("/metrics").body
        queue = site.get("/")
        assert queue.status == 503
        assert "cannot answer this now" in queue.body


@BOTH
def test_figures_are_in_the_format_that_prometheus_reads(site):
    site.desk.mail(JO)
    answer = site.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    figures = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.body)
        for sample in family.samples
    }
    assert figures["helpdesk_cases", (("breached", "false"), ("status", "open"))] == 1
    assert figures["helpdesk_up", ()] == 1


def causes_of(site) -> dict[str, str]:
    return {cause["cause"]: cause["status"] for cause in site.health()[1]["causes"]}


def waits(site, kind: str = "relay", state: str = "queued") -> None:
    """A mail was written a while ago, and this became of it."""
    at = site.desk.now
    mail = outbox.Queued(f"k/{kind}", None, kind, JO, "", f"<{kind}@x>", b"raw")
    with site.desk.database.write() as connection:
        outbox.add(connection, [mail], at)
        connection.execute(sa.update(outbox.outbox).values(state=state, next_at=at if state == "queued" else None))


def test_nothing_sent_for_half_an_hour_while_something_waits_is_a_failure(site, clock):
    waits(site)
    clock.ahead = timedelta(minutes=29)
    progress(site)
    assert causes_of(site) == {}
    clock.ahead = timedelta(minutes=31)
    progress(site)
    assert causes_of(site) == {"outbox.silent": "failing"}
    assert "1 mail waits" in site.health()[1]["problems"][0]
    site.views.watch.way_out.heard(Sent("250 ok"))
    assert causes_of(site) == {}, "it is that one mail"
    clock.ahead = timedelta(minutes=61)
    progress(site)
    site.views.watch.way_out.heard(Sent("250 ok"))
    assert causes_of(site) == {"outbox.unsent": "attention"}


def progress(site) -> None:
    for part in ("worker", "sender", "metronome"):
        site.views.watch.parts.progressed(part)


@pytest.mark.parametrize(
    ("state", "name"), [("queued", "alerts.unsent"), ("failed", "alerts.lost"), ("bounced", "alerts.lost")]
)
def test_what_the_desk_says_of_itself_and_nobody_hears_is_said_by_health(site, clock, state, name):
    """The operators believed that all was well."""
    waits(site, "alert", state)
    clock.ahead = timedelta(minutes=6)
    progress(site)
    assert causes_of(site) == {name: "attention"}
    assert f'helpdesk_cause{{cause="{name}",status="attention"}} 1' in site.get("/metrics").body


def test_a_database_that_cannot_be_written_fails_the_desk_before_anything_is_lost(site, monkeypatch):
    monkeypatch.setattr("helpdesk.web.views.hindrance", lambda _: "its file system is read-only")
    status, shape = site.health()
    assert (status, shape["status"]) == (503, "failing")
    assert shape["causes"][0] == {
        "cause": "database.unwritable",
        "status": "failing",
        "of": None,
        "text": "the database cannot be written: its file system is read-only",
    }


# --- a case that is long


@given(total=st.integers(0, 400), size=st.integers(1, 60), asked=st.text("0123456789x-", max_size=12))
def test_a_part_of_a_long_list_is_full_and_from_any_part_all_are_reached(total, size, asked):
    shown = excerpt(total, size, asked)
    assert len(shown.of(range(total))) == min(size, total)
    seen = set(shown.of(range(total)))
    earlier = later = shown
    for _ in range(total):
        if earlier.earlier is not None:
            earlier = excerpt(total, size, str(earlier.earlier))
        if later.later is not None:
            later = excerpt(total, size, str(later.later))
        seen |= {*earlier.of(range(total)), *later.of(range(total))}
    assert seen == set(range(total))
    assert excerpt(total, size).last == total, "the newest is what one comes for"


def test_a_long_case_is_shown_in_parts_the_newest_first_and_its_files_keep_their_numbers(site, monkeypatch):
    for name, number in (("correspondence.MAILS", 2), ("case_reading.EVENTS", 3)):
        monkeypatch.setattr(f"helpdesk.web.{name}", number)
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Look\r\nContent-Type: text/plain\r\n\r\nPart one.\r\n"
    site.desk.receive(enclose(raw.encode(), [PAGE]))
    for words in ("two", "three", "four"):
        site.desk.reply(ANN, f"#note\nPart {words}.")
    site.desk.receive(site.desk.reply_to(site.desk.last(ANN, "assigned"), ANN, "#note\nPart five."))

    newest = site.get("/cases/HD-1").body
    assert "Part four." in newest
    assert "Part five." in newest
    assert "Part three." not in newest
    assert "4 to 5 of 5" in newest
    assert "Later mails" not in newest
    (link,) = set(re.findall(r'href="(/cases/HD-1\?mails=3#mails)"', newest))

    middle = site.get(link.partition("#")[0]).body
    assert "Part two." in middle
    assert "Part three." in middle
    assert 'href="/cases/HD-1#mails"' in middle
    oldest = site.get("/cases/HD-1?mails=1&events=x").body
    assert "Part one." in oldest
    assert 'href="/cases/HD-1/attachments/1"' in oldest, "1 to 2 of 5: a full one"

    events = site.get("/cases/HD-1?mails=3").body
    assert events.partition('class="ledger"')[2].count("<li>") == 3
    assert re.search(r'href="/cases/HD-1\?mails=3&amp;events=\d+#events"', events), "the mails stay where they are"


def test_a_case_of_thousands_of_mails_is_no_larger_a_page_than_one_of_a_few(site):
    site.desk.mail(JO, "Look", "The first.")
    with site.desk.database.write() as connection:
        (first,) = connection.execute(sa.text("SELECT * FROM message")).mappings().all()
        rows = [dict(first) | {"id": 10 + n, "spool_id": None, "reply": f"Mail number {n}."} for n in range(3000)]
        columns = ", ".join(f'"{name}"' for name in first)
        values = ", ".join(f":{name}" for name in first)
        connection.execute(sa.text(f"INSERT INTO message ({columns}) VALUES ({values})"), rows)
    page = site.get("/cases/HD-1").body
    assert page.count("<article") == 25
    assert "Mail number 2999." in page
    assert "2977 to 3001 of 3001" in page
