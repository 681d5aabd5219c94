"""The desk's page: who sees what of it, and that its buttons do what the orders by mail do."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from helpdesk.core.words.message import Envelope
from helpdesk.desk import load_rules
from helpdesk.store import attempts, declarations, outbox, spool
from helpdesk.store.spool import Accepted
from helpdesk.store.tables import outbox as outbox_table
from helpdesk.store.tables import spool_raw
from helpdesk.web.posted import URLENCODED
from helpdesk.web.remedies import remedy
from tests.console import site_on
from tests.desk import ANN, BOB, JO, KEY, LENA, LOGIK, OPS, write_office

SAM = "sam@desk.example"
MORE = """
[[mailbox]]
address = "second@logik.example"
policy = "logik"
team = "second line"

[[team]]
name = "second line"

[[agent]]
name = "Sam Ode"
email = "sam@desk.example"
teams = ["second line"]
absences = [{from = 2026-05-18, to = 2026-05-29}]

[[rotation]]
name = "nights"
timezone = "America/Chicago"
handover = "mon 09:00"
start = 2026-05-18
primary = ["ann@desk.example"]
secondary = ["bob@desk.example"]
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    return load_rules(write_office(tmp_path_factory.mktemp("desk"), more=MORE), environment={}, signing_key=KEY)


@pytest.fixture
def site(rules, desk_database):
    with site_on(rules, desk_database) as site:
        yield fill(site)


def fill(site):
    """A desk on which something of everything waits: set aside, not delivered, kept from cases."""
    desk = site.desk
    desk.mail(JO, "The rules do not fire", "Since nine.")
    desk.mail("news@shop.example", "Offers of the week", "Buy.", headers={"Auto-Submitted": "auto-generated"})
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Odd\r\nMessage-ID: <odd@acme.example>\r\n\r\nHelp <b>me</b>.\r\n".encode()
    desk.laboratory.desk.accept([Accepted(LOGIK, raw, Envelope(JO, (LOGIK,)), "smtp", desk.now)])
    with desk.database.write() as connection:
        (mail,) = attempts.claim(connection, desk.database.owner, now=desk.now, limit=1)
        attempts.quarantine(connection, mail, error="ValueError: no", now=desk.now)
        failed = sa.update(outbox_table).where(outbox_table.c.recipient == JO)
        connection.execute(failed.values(state="failed", next_at=None, detail="550 no such user"))
    return site


def main(answer):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.body.partition("<main")[2])))


def state(site, table, number):
    with site.desk.database.read() as connection:
        if table == "outbox":
            return outbox.load(connection, number).state
        return spool.outcomes(connection, [number])[number].outcome


def number_of(site, order):
    """The number that the first button of that order stands for."""
    page = site.get("/desk", by=OPS).body
    return int(re.search(rf'value="{order}">\s*<input type="hidden" name="value" value="(\d+)"', page)[1])


def test_an_operator_sees_who_is_there_and_what_waits(site):
    shown = main(site.get("/desk", by=OPS))
    for words in (
        "The desk works, and somebody should look",
        "Look at each mail below",  # what to do
        "nights Ann Berg then Bob Cole",
        "Absent Sam Ode, away until 2026-05-29",
        "Set aside: 1",
        "ValueError: no",
        "550 no such user",
        "Offers of the week",
        "What came in last",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("by", "sees", "not_sees"),
    [
        (
            ANN,
            ("Set aside: 1", "550 no such user", "Offers of the week"),
            ("Try again", "Declare an incident", "Read it"),
        ),
        (LENA, ("Set aside: 1",), ("Try again",)),
        (SAM, ("nights Ann Berg",), ("Set aside", "550 no such user", "Offers of the week", "The rules do not fire")),
        ("", ("Set aside: 1", "Look at each mail"), ("Try again",)),
    ],
)
def test_others_see_what_is_theirs_and_no_button(site, by, sees, not_sees):
    shown = main(site.get("/desk", by=by))
    assert [words for words in sees if words not in shown] == []
    assert [words for words in not_sees if words in shown] == []


@pytest.mark.parametrize("path", ["/desk/preview", "/desk/do", "/desk/release"])
@pytest.mark.parametrize("by", [ANN, BOB, LENA, SAM])
def test_only_an_operator_orders(site, path, by):
    assert site.post(path, by=by, order="quarantine drop", value="3").status == 403
    assert "Set aside: 1" in main(site.get("/desk", by=OPS))


def test_only_an_operator_reads_a_mail_there_as_text(site):
    path = f"/desk/received/{number_of(site, 'quarantine retry')}"
    assert site.get(path, by=ANN).status == 403
    assert "Help &lt;b&gt;me&lt;/b&gt;." in site.get(path, by=OPS).body
    assert "550" not in site.get(f"/desk/outgoing/{number_of(site, 'outbox retry')}", by=OPS).body
    assert site.get("/desk/received/99999", by=OPS).status == 404


def test_what_others_wait_for_does_not_hide_what_is_ones_own(site):
    site.desk.mail("kim@other.example", "Theirs", to="second@logik.example")
    for number in range(13):
        site.desk.mail(f"kim{number}@other.example", "A question")
    with site.desk.database.write() as connection:
        connection.execute(sa.update(outbox_table).values(state="failed", next_at=None, detail="550 no such user"))
        own = sa.update(outbox_table).where(outbox_table.c.case_id == 2)
        connection.execute(own.values(detail="551 not here"))
    assert "551 not here" not in main(site.get("/desk", by=OPS)), "not among the newest"
    shown = main(site.get("/desk", by=SAM))
    assert "551 not here" in shown
    assert "550 no such user" not in shown


def test_what_was_set_aside_is_shown_without_being_read(site, monkeypatch):
    """It may have killed the process that read it."""
    path, parsed = f"/desk/received/{number_of(site, 'quarantine retry')}", []
    monkeypatch.setattr("helpdesk.web.deskpage.parse", parsed.append)
    with site.desk.database.write() as connection:
        long = sa.update(spool_raw).where(spool_raw.c.spool_id == int(path.rpartition("/")[2]))
        connection.execute(long.values(raw=b"Subject: Odd\xff\r\n\r\nHelp <b>me</b>." + b"x" * 30_000))
    body = site.get(path, by=OPS).body
    assert "Subject: Odd\ufffd" in body
    assert "Help &lt;b&gt;me&lt;/b&gt;." in body
    assert "It goes on." in body
    assert len(body) < 30_000
    assert parsed == []


def test_only_what_waits_for_a_decision_is_read_there(site):
    """On its case a mail stands with what must not be repeated masked, and a link that signs somebody in is theirs."""
    answer = site.get("/desk/received/1", by=OPS)
    assert (answer.status, answer.headers["location"]) == (303, "/cases/HD-1")
    with site.desk.database.write() as connection:
        rows = outbox.rows(connection, case=1)
        connection.execute(sa.update(outbox_table).values(state="sent", next_at=None))
    answer = site.get(f"/desk/outgoing/{rows[0].id}", by=OPS)
    assert (answer.status, answer.headers["location"]) == (303, f"/cases/HD-1/sent/{rows[0].id}")
    for state in ("sent", "failed"):
        with site.desk.database.write() as connection:
            connection.execute(sa.update(outbox_table).values(state=state, kind="sign-in", case_id=None))
        assert site.get(f"/desk/outgoing/{rows[0].id}", by=OPS).status == 404


@pytest.mark.parametrize(
    ("order", "table", "becomes", "said"),
    [
        ("quarantine retry", "spool", "waiting", "waits to be worked again"),
        ("quarantine drop", "spool", "ignored", "is ignored; its bytes stay"),
        ("outbox retry", "outbox", "queued", "is at the front of the outbox"),
        ("outbox drop", "outbox", "dropped", "will not be sent"),
        ("person", "spool", "waiting", "is worked as a person's"),
    ],
)
def test_a_button_does_what_the_order_does(site, order, table, becomes, said):
    number = number_of(site, order)
    assert site.post("/desk/do", by=OPS, order=order, value=str(number)).status == 303
    assert state(site, table, number) == becomes
    assert said in unescape(site.get("/desk", by=OPS).body)


def test_who_dropped_or_retried_it_stays_on_the_record(site):
    number = number_of(site, "outbox drop")
    site.post("/desk/do", by=OPS, order="outbox drop", value=str(number))
    with site.desk.database.read() as connection:
        assert outbox.load(connection, number).detail == f"dropped by {OPS}"


def test_an_incident_is_looked_at_before_it_is_declared(site):
    fields = {
        "order": "incident open",
        "value": "checkout",
        "title": "Orders fail",
        "words": "checkout",
        "from": "2026-05-19T08:00",
    }
    shown = main(site.post("/desk/preview", by=OPS, **fields))
    assert "Incident checkout is open" in shown
    with site.desk.database.read() as connection:
        assert declarations.incidents(connection) == []
    site.post("/desk/do", by=OPS, **fields)
    with site.desk.database.read() as connection:
        (row,) = declarations.incidents(connection)
    assert (row.key, row.opened_by, row.opened_at.isoformat()) == ("checkout", OPS, "2026-05-19T13:00:00+00:00")
    assert "Orders fail" in main(site.get("/desk", by=ANN))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"order": "incident open", "value": "x"}, "--title missing"),
        ({"order": "incident open", "value": " ", "title": "x"}, "expected a name"),
        ({"order": "incident open", "value": "x", "title": "x", "from": "tomorrow"}, "expected a time"),
        ({"order": "incident close", "value": "x"}, "no incident 'x' is open"),
        ({"order": "status set", "value": "website"}, "expected 2 values"),
        ({"order": "nonsense"}, "there is no order"),
        ({"order": "quarantine drop", "value": "x"}, "expected a number"),
        ({"order": "maintenance add", "value": "logik"}, "missing"),
    ],
)
def test_what_cannot_be_done_says_why(site, fields, said):
    answer = site.post("/desk/preview", by=OPS, **fields)
    assert answer.status == 200
    assert said in main(answer)
    site.post("/desk/do", by=OPS, **fields)
    assert "flash bad" in site.get("/desk", by=OPS).body


WINDOW = "&value=logik&value=New+disks&from=2026-05-23T22:00&to=2026-05-24T02:00"


@pytest.mark.parametrize("desk_database", ["memory", "postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("order", "fields", "declared", "said"),
    [
        ("maintenance add", WINDOW, lambda rows, now: declarations.planned(rows, since=now), "is that window, planned"),
        ("incident open", "&value=disks&title=Disks", lambda rows, _: declarations.incidents(rows), "is open already"),
        (
            "incident open",
            "&value=disks&title=Disks&down=website&from=2026-03-02T08:00&to=2026-03-02T08:30",
            lambda rows, _: declarations.incidents(rows),
            "on the record already",
        ),
    ],
)
def test_what_is_declared_twice_is_declared_once(site, order, fields, declared, said):
    """A double click in a browser without script, two browsers at once, a script that runs again."""
    body = f"{urlencode({'order': order, 'csrf': site.csrf(OPS)})}{fields}"
    together = threading.Barrier(3)

    def click():
        browser = replace(site, jar=dict(site.jar))
        together.wait()
        browser.get("/desk/do", by=OPS, method="POST", body=body, **{"Content-Type": URLENCODED})

    clicking = [threading.Thread(target=click) for _ in range(3)]
    for one in clicking:
        one.start()
    for one in clicking:
        one.join()
    site.get("/desk/do", by=OPS, method="POST", body=body, **{"Content-Type": URLENCODED})
    with site.desk.database.read() as connection:
        assert len(declared(connection, site.desk.now)) == 1
    assert said in site.get("/desk", by=OPS).body


def test_every_cause_of_health_has_a_remedy():
    table = Path("docs/operations.md").read_text(encoding="utf-8").partition("| | `failing` | `attention` |")[2]
    *rows, others = re.findall(r"^\| ([^-].*)$", table.partition("\n\n")[0], re.MULTILINE)
    names = re.findall(r"`([a-z]+\.[a-z]+)`", others)
    for row in rows:
        kind, *causes = re.findall(r"`([a-z.-]+)`", row)
        names += [f"{kind}{cause}" for cause in causes]
    assert len(names) > 25
    assert [name for name in names if not remedy(name)] == []
