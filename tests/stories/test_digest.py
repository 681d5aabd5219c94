"""What operators hear of the desk as a whole: the digest once a day, and what ails the desk itself once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from helpdesk.config import load_configuration
from helpdesk.core.words.message import Envelope
from helpdesk.desk import load_rules
from helpdesk.errors import ConfigurationError
from helpdesk.log import quiet
from helpdesk.operators.conditions import DISK_LOW, DISK_WELL, Conditions, MailboxReading
from helpdesk.store import outbox, spool
from helpdesk.store.spool import Accepted
from helpdesk.watch import Watch
from helpdesk.wires.courier import Failed, Retry
from helpdesk.wires.imap_reports import Failing, Interrupted, Recovered
from tests.desk import ANN, FORUM, JO, KEY, LOGIK, OPS, THREEKIT, UTE, TestDesk, wall, write_office

DIGEST = 'digest = "08:00 Europe/Berlin"\n'


def office(folder, more=DIGEST):
    path = write_office(folder)
    text = path.read_text(encoding="utf-8").replace("[database]", f"{more}[database]", 1)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def desk(tmp_path, desk_database):
    """Monday 18 May 2026, nine in the morning in Berlin: today's digest is over."""
    quiet()
    rules = load_rules(office(tmp_path), environment={}, signing_key=KEY)
    desk = TestDesk(rules, desk_database, start="2026-05-18 02:00")
    desk.just_before("2026-05-18 02:00")
    return desk


def passes(desk, until):
    """Time passes, until a time in Berlin."""
    desk.laboratory.advance(wall(until, "Europe/Berlin"), inclusive=True)


def words(mail):
    return " ".join(mail.text.split())


def digests(desk):
    return [mail.at for mail in desk.sent_to(OPS, "digest")]


def test_the_digest_comes_at_its_time_on_the_wall_once_a_day(desk):
    passes(desk, "2026-05-20 12:00")

    assert digests(desk) == [wall(f"2026-05-{day} 08:00", "Europe/Berlin") for day in (19, 20)]


def test_the_digest_stays_at_its_time_when_the_clock_changes(desk):
    desk.laboratory.now = wall("2026-10-24 12:00", "Europe/Berlin")
    desk.laboratory.desk.go_round()
    passes(desk, "2026-10-26 12:00")

    assert digests(desk)[-2:] == [wall(f"2026-10-{day} 08:00", "Europe/Berlin") for day in (25, 26)]


def test_the_digest_of_a_quiet_desk_says_so(desk):
    passes(desk, "2026-05-19 08:00")

    mail = desk.last(OPS, "digest")
    assert mail.subject == "[Acme Support] Tue 19 May: 0 open · 0 due today"
    assert words(mail).startswith(
        "Open: none Late: none Due today: none Set aside: none Kept from cases: none Not delivered: none"
    )
    assert "helpdesk" not in mail.text


def test_the_digest_says_what_is_open_due_late_and_waiting(desk):
    desk.at("2026-05-18 16:30")
    desk.mail(JO, "No rule fires", "Priority: Urgent\n\nNo rule fires.")
    desk.mail(UTE, "A report is slow", "Priority: Medium\n\nA report is slow.")
    desk.at("2026-05-19 14:00")
    desk.mail(JO, "A question", "Priority: Medium\n\nHow do I export?")
    desk.mail(JO, "Done soon", "Priority: Low\n\nHow do I import?")
    desk.reply(ANN if desk.case(4).assignee == ANN else "bob@desk.example", "#close\nLike this.")
    passes(desk, "2026-05-20 08:00")

    mail = desk.last(OPS, "digest")
    text = words(mail)
    assert mail.subject == "[Acme Support] Wed 20 May: 3 open · 2 LATE · 1 due today"
    assert "Open: 3 (1 Urgent, 2 Medium)" in text
    assert "- HD-1 Urgent, late since Tue 19 May 14:30, Ann Berg: No rule fires" in text
    assert "- HD-3 Medium, first response due Wed 20 May" in text
    assert "Customers who wait longest: - HD-1 Urgent, waits since Mon 18 May 23:30, Ann Berg: No rule fires" in text
    assert "HD-4" not in text


def test_a_digest_missed_in_a_downtime_comes_at_the_next_start_and_only_the_last(desk):
    desk.is_down_until("2026-05-21 11:00")
    desk.laboratory.desk.go_round()
    desk.laboratory.deliver()

    assert digests(desk) == [wall("2026-05-21 11:00")]
    assert "Thu 21 May" in desk.last(OPS, "digest").subject


def test_a_restart_sends_no_digest_a_second_time(desk):
    passes(desk, "2026-05-19 08:00")
    restarted = TestDesk(desk.rules, desk.database, start="2026-05-19 01:00")

    assert restarted.laboratory.desk.go_round() == 0
    with desk.database.read() as connection:
        assert [row.kind for row in outbox.rows(connection)] == ["digest"]


def test_a_desk_that_was_not_there_yet_has_missed_no_digest(desk):
    assert desk.laboratory.desk.go_round() == 0


class Refusing:
    """A smarthost that says: never."""

    def deliver(self, mail, *, before_dot):
        return Failed("550 no such user")


class Deferring:
    """A smarthost that says: later."""

    def deliver(self, mail, *, before_dot):
        return Retry("450 later")


def comes_in(desk):
    """A mail becomes a case, and nothing is sent yet."""
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: x\r\nMessage-ID: <1@acme.example>\r\n\r\nHelp.\r\n".encode()
    desk.laboratory.desk.accept([Accepted(LOGIK, raw, Envelope(JO, (LOGIK,)), "smtp", desk.now)])
    desk.laboratory.desk.work()


def test_the_digest_says_what_was_not_delivered_and_which_mailboxes_cannot_be_read(desk):
    comes_in(desk)
    desk.laboratory.desk.deliver(Refusing())
    desk.laboratory.now = wall("2026-05-19 08:00", "Europe/Berlin")
    desk.laboratory.desk.go_round(failing={LOGIK: "sign-in: password refused"})
    desk.laboratory.deliver()

    text = words(desk.last(OPS, "digest"))
    assert "Not delivered: 2 (helpdesk outbox list)" in text
    assert f"- {LOGIK}: sign-in: password refused" in text
    assert "Set aside: none" in text


def came(desk, mailbox, *instants):
    """Mail came to a mailbox at these instants, and made no case."""
    mails = [
        Accepted(mailbox, f"Subject: {at}\r\n\r\n.\r\n".encode(), Envelope("", (mailbox,)), "imap", at)
        for at in instants
    ]
    with desk.database.write() as connection:
        for number in spool.put(connection, mails, max(desk.now, *instants)):
            spool.finish(connection, number, outcome="ignored", case=None, now=desk.now)


def office_hours(first, last):
    """A mail every hour of every working day from eight to five in Chicago, until the last of these days."""
    days = [first + number * timedelta(days=1) for number in range((last - first).days + 1)]
    return [wall(f"{day} {hour:02}:20") for day in days if day.weekday() < 5 for hour in range(8, 17)]


def test_the_digest_names_a_mailbox_that_is_silent_for_longer_than_usual(desk):
    """Since Wednesday evening: said on Monday and not on Thursday, and not of the mailboxes beside it."""
    came(desk, LOGIK, *office_hours(date(2026, 3, 2), date(2026, 5, 20)))
    came(desk, THREEKIT, *office_hours(date(2026, 3, 2), date(2026, 5, 25)))
    came(desk, FORUM, *(wall(f"2026-05-{day:02} 10:00") for day in (4, 11, 18)))
    passes(desk, "2026-05-21 08:00")
    assert "Mailboxes too quiet: none" in words(desk.last(OPS, "digest"))
    passes(desk, "2026-05-25 08:00")

    text = words(desk.last(OPS, "digest"))
    assert "Mailboxes too quiet: 1" in text
    assert (
        f"Mailboxes that are silent for longer than usual: - {LOGIK}: nothing for 4 d 8 h, "
        "since Wed 20 May 23:20; usually some 18 mails come in that time"
    ) in text


def test_what_is_usual_for_a_mailbox_is_read_from_an_index_alone(desk):
    came(desk, LOGIK, *office_hours(date(2026, 3, 2), date(2026, 5, 20)))
    asked = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    sa.event.listen(desk.database.engine, "before_cursor_execute", note)
    with desk.database.read() as connection:
        arrivals = spool.arrivals(connection, LOGIK)
        sa.event.remove(desk.database.engine, "before_cursor_execute", note)
        assert spool.arrivals(connection, THREEKIT) is None
        if desk.database.embedded:
            plans = [
                str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
                for statement, parameters in asked
            ]
            assert [plan for plan in plans if "COVERING INDEX ix_spool_mailbox_received_at" not in plan] == []

    assert (arrivals.first_at, arrivals.last_at) == (wall("2026-03-02 08:20"), wall("2026-05-20 16:20"))
    assert arrivals.hourly[wall("2026-05-20 16:00")] == 1
    assert min(arrivals.hourly) == wall("2026-03-19 08:00")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('digest = "08:00"\n', "desk.digest: expected a time and a zone"),
        ('digest = "25:00 Europe/Berlin"\n', "desk.digest: expected a time of day"),
        ('digest = "8 Uhr Europe/Berlin"\n', "desk.digest: expected a time and a zone"),
    ],
)
def test_a_time_that_is_written_wrong_is_said_by_file_and_key(tmp_path, more, problem):
    with pytest.raises(ConfigurationError, match=problem):
        load_configuration(office(tmp_path, more), environment={})


def test_a_digest_for_nobody_is_refused(tmp_path):
    path = office(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('["ops@desk.example"]', "[]"), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"desk.operators: expected somebody who gets the digest"):
        load_configuration(path, environment={})


# --- what ails the desk itself


def alerts(desk):
    with desk.database.read() as connection:
        return [row.raw.decode() for row in outbox.rows(connection) if row.kind == "alert"]


def subjects(desk):
    return [raw.partition("Subject: ")[2].splitlines()[0] for raw in alerts(desk)]


def stuck(desk, minutes):
    """A mail has waited for so long."""
    comes_in(desk)
    desk.laboratory.desk.deliver(Deferring())
    desk.laboratory.now += timedelta(minutes=minutes)


def plenty():
    return DISK_WELL


def test_mail_that_is_not_sent_for_half_an_hour_is_told_once_and_its_end_once(desk):
    conditions = Conditions(desk.laboratory.desk.units, desk.laboratory.desk.now, plenty)
    stuck(desk, minutes=30)
    conditions.look()
    assert subjects(desk) == []
    desk.laboratory.now += timedelta(minutes=1)
    for _ in range(3):
        conditions.look()
    assert subjects(desk) == ["[Acme Support] mail is not being sent"]

    desk.laboratory.now += timedelta(hours=1)
    desk.laboratory.deliver()
    for _ in range(3):
        conditions.look()
    assert subjects(desk)[1:] == ["[Acme Support] mail is being sent again"]


def test_a_restart_tells_nobody_twice_and_still_tells_of_the_end(desk):
    stuck(desk, minutes=31)
    Conditions(desk.laboratory.desk.units, desk.laboratory.desk.now, plenty).look()
    Conditions(desk.laboratory.desk.units, desk.laboratory.desk.now, plenty).look()
    assert len(alerts(desk)) == 1

    desk.laboratory.now += timedelta(hours=1)
    desk.laboratory.deliver()
    Conditions(desk.laboratory.desk.units, desk.laboratory.desk.now, plenty).look()
    Conditions(desk.laboratory.desk.units, desk.laboratory.desk.now, plenty).look()
    assert len(alerts(desk)) == 2


def test_a_mailbox_that_two_desks_read_is_told_once_and_its_end_once(desk):
    shared = [None]

    def look():
        Conditions(
            desk.laboratory.desk.units,
            desk.laboratory.desk.now,
            plenty,
            lambda: [MailboxReading(LOGIK, fails=False, shared=shared[0], others=3)],
        ).look()

    for shared[0] in (None, True, None, True, None, False, False):
        look()
        desk.laboratory.now += timedelta(minutes=1)
    assert subjects(desk) == [
        "[Acme Support] somebody else takes mail out of",  # and goes on in the next line of the header
        "[Acme Support] nobody else takes mail out of support@logik.example",
    ]


def test_a_disk_that_fills_is_told_once_until_it_clearly_has_room_again(desk):
    free = [DISK_LOW - 1]
    conditions = Conditions(desk.laboratory.desk.units, desk.laboratory.desk.now, lambda: free[0])
    for left in (DISK_LOW - 1, DISK_LOW + 1, DISK_LOW - 1, DISK_WELL - 1, DISK_WELL, DISK_LOW):
        free[0] = left
        conditions.look()
    assert subjects(desk) == ["[Acme Support] the disk is nearly full", "[Acme Support] the disk has room again"]

    desk.laboratory.now += timedelta(minutes=1)
    free[0] = 0
    conditions.look()
    assert subjects(desk)[2:] == ["[Acme Support] the disk is nearly full"]


FAILING = Failing(LOGIK, "login", "password refused", timedelta(minutes=15), 9)
INTERRUPTED = Interrupted(LOGIK, "login", "password refused")
RECOVERED = Recovered(LOGIK, timedelta(minutes=40), alerted=True)


def watched(desk, *reports, read=True):
    """A process of the daemon: what its poller has reported so far, and whether it has read the mailbox."""
    watch = Watch(lambda: desk.now)
    for report in reports:
        watch.mailboxes.heard(desk.laboratory.desk, report)
    return Conditions(
        desk.laboratory.desk.units,
        desk.laboratory.desk.now,
        plenty,
        lambda: [watch.mailboxes.reading(LOGIK, read=read)],
    )


def test_a_mailbox_that_cannot_be_read_is_told_once_and_its_end_once(desk):
    for reports, read in (((), False), ((), True), ((INTERRUPTED,), True), ((INTERRUPTED, RECOVERED), True)):
        watched(desk, *reports, read=read).look()
    assert subjects(desk) == [], "a moment's outage is nobody's business"
    for _ in range(2):
        watched(desk, INTERRUPTED, FAILING).look()
    assert subjects(desk) == [f"[Acme Support] {LOGIK} cannot be read"]
    assert "password refused" in alerts(desk)[0]
    for _ in range(2):
        watched(desk, INTERRUPTED, FAILING, RECOVERED).look()
    assert subjects(desk)[1:] == [f"[Acme Support] {LOGIK} can be read again"]

    desk.laboratory.now += timedelta(minutes=1)
    watched(desk, INTERRUPTED, FAILING).look()
    assert len(alerts(desk)) == 3, "the next outage is told anew"


def test_a_mailbox_that_is_mended_while_the_desk_is_down_is_told_of_after_the_start(desk):
    """And a start that finds it broken still tells nobody twice."""
    watched(desk, INTERRUPTED, FAILING).look()
    watched(desk, read=False).look()
    watched(desk, INTERRUPTED, read=False).look()
    watched(desk, INTERRUPTED, FAILING, read=False).look()
    assert len(alerts(desk)) == 1

    watched(desk, read=True).look()
    assert subjects(desk)[1:] == [f"[Acme Support] {LOGIK} can be read again"]


def test_a_disk_is_looked_at_wherever_the_desk_writes(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = office(tmp_path)
    text = path.read_text(encoding="utf-8").replace("sqlite:///helpdesk.db", f"sqlite:///{elsewhere}/helpdesk.db")
    path.write_text(text.replace("maildir:outgoing", "maildir:/nowhere/at/all"), encoding="utf-8")

    assert load_configuration(path, environment={}).storage == (tmp_path, elsewhere)


def test_the_digest_names_what_was_kept_from_cases_since_the_last_one_and_an_answer_lets_it_in(desk):
    desk.mail(JO, "Away until Monday", headers={"Auto-Submitted": "auto-replied"})
    passes(desk, "2026-05-19 12:00")
    line = f"1: {JO} to {LOGIK}: Away until Monday (robot: "
    assert line in words(desk.last(OPS, "digest"))
    passes(desk, "2026-05-20 12:00")
    assert "Kept from cases: none" in words(desk.last(OPS, "digest"))

    assert desk.reply(OPS, "#person 1").outcome == "ordered"
    desk.work()
    assert desk.case().requester.address == JO
