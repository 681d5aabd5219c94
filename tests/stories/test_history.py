"""The first start of a mailbox in which years of mail lie: it becomes history, nobody is answered, and it is found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.archive import ArchivedMail
from helpdesk.core.words.message import Envelope
from helpdesk.importing import import_one
from helpdesk.store import cases, history, spool
from helpdesk.store.spool import Accepted
from tests.desk import ANN, JO, LOGIK, OPS

FOLDER, VALIDITY, NEXT = "INBOX", 7, 1000


def letter(number, *, sender=JO, more="", body="It is broken."):
    return (
        f"From: {sender}\r\nTo: {LOGIK}\r\nSubject: Mail {number}\r\nMessage-ID: <m{number}@acme.example>\r\n{more}"
        f"\r\n{body} {number}\r\n"
    ).encode()


def lay(desk, number, age, *, uid=None, raw=b"", folder=FOLDER, validity=VALIDITY):
    """A mail that the server got so long ago is read from the folder, and worked."""
    at = desk.laboratory.now - age
    raw = raw or letter(number)
    mail = Accepted(LOGIK, raw, Envelope("", (LOGIK,)), "imap", at, folder, validity, uid or number)
    desk.laboratory.desk.accept([mail])
    return desk.work()[0]


def begin(desk):
    desk.laboratory.desk.begin_reading(LOGIK, FOLDER, VALIDITY, NEXT)


def told(desk):
    desk.laboratory.desk.tell_history(LOGIK)
    desk.laboratory.deliver()
    return [mail for mail in desk.sent_to(OPS) if "became no case" in mail.subject]


def shown_on(desk, case):
    with desk.database.read() as connection:
        return cases.messages(connection, case)


def open_history(desk, **which):
    with desk.database.write() as connection:
        return history.open_again(connection, LOGIK, **which, by="desk", now=desk.laboratory.now)


def test_what_is_older_than_a_week_at_the_first_start_is_history_and_the_rest_is_mail(desk):
    begin(desk)
    became = {
        days: lay(desk, number, timedelta(days=days)).outcome
        for number, days in enumerate((900, 30, 7.001, 6.999, 1, 0), 1)
    }
    assert became == {900: "history", 30: "history", 7.001: "history", 6.999: "opened", 1: "opened", 0: "opened"}
    assert set(desk.kinds_to(JO)) == {"ack"}
    assert len(desk.case_numbers()) == 3

    (alert,) = told(desk)
    assert "3 old mails of support@logik.example became no case" in alert.subject
    text = " ".join(alert.text.split())
    assert f"{desk.laboratory.now - timedelta(days=900):%Y-%m-%d}" in text
    assert f"{desk.laboratory.now - timedelta(days=7.001):%Y-%m-%d}" in text
    assert "helpdesk history open support@logik.example" in text
    assert told(desk) == [alert], "once"


def test_a_mailbox_of_which_mail_has_come_before_has_no_first_start_however_long_nobody_read_it(desk):
    """Days of being down, another folder, a restored database: the clocks run from the receipt."""
    desk.mail(JO)
    desk.laboratory.now += timedelta(days=40)
    begin(desk)
    assert lay(desk, 5, timedelta(days=30)).outcome == "opened"
    assert told(desk) == []


def test_the_first_start_is_the_first_one_also_when_it_was_killed_in_the_middle(desk):
    begin(desk)
    assert lay(desk, 5, timedelta(days=30)).outcome == "history"
    desk.laboratory.now += timedelta(days=30)
    begin(desk)
    assert lay(desk, 6, timedelta(days=60)).outcome == "history"
    assert lay(desk, 7, timedelta(days=31)).outcome == "opened", "younger than a week at the first start"


@pytest.mark.parametrize("place", [{"uid": NEXT}, {"uid": NEXT + 5}, {"folder": "Archive"}, {"validity": VALIDITY + 1}])
def test_an_old_mail_that_comes_later_or_lies_elsewhere_is_mail(desk, place):
    """Somebody has dragged it into the folder so that it is worked."""
    begin(desk)
    assert lay(desk, 5, timedelta(days=30), **place).outcome == "opened"


def test_history_has_no_case_no_clock_and_no_mail_and_is_found(desk):
    begin(desk)
    number = lay(desk, 5, timedelta(days=30)).spool_id
    desk.laboratory.now += timedelta(days=30)
    desk.laboratory.desk.tick()
    desk.laboratory.deliver()
    assert desk.case_numbers() == []
    assert desk.kinds_to(JO) == desk.kinds_to(ANN) == []
    with desk.database.read() as connection:
        row = spool.load(connection, number)
        assert row.raw == letter(5)
        assert spool.counts(connection) == {(LOGIK, "history"): 1}


def test_a_reply_to_history_shows_it_on_its_case_without_a_clock_of_its_own(desk):
    begin(desk)
    lay(desk, 5, timedelta(days=30))
    lay(desk, 6, timedelta(days=20), raw=letter(6, more="In-Reply-To: <m5@acme.example>\r\n"))
    lay(desk, 8, timedelta(days=25), raw=letter(8, sender="somebody@else.example"))
    references = (
        "In-Reply-To: <m6@acme.example>\r\nReferences: <m5@acme.example> <m6@acme.example> <m8@acme.example>\r\n"
    )
    worked = lay(desk, 2000, timedelta(), raw=letter(2000, more=references))

    assert worked.outcome == "opened"
    shown = shown_on(desk, worked.case)
    assert [one.subject for one in shown] == ["Mail 5", "Mail 6", "Mail 2000"]
    assert desk.case().opened_at == desk.laboratory.now
    assert open_history(desk) == 1, "what is on a case is not opened; of somebody else's mail it was none"


def test_who_only_knows_a_message_id_of_history_sees_nothing_of_it(desk):
    begin(desk)
    lay(desk, 5, timedelta(days=30))
    more = "In-Reply-To: <m5@acme.example>\r\n"
    worked = lay(desk, 2000, timedelta(), raw=letter(2000, sender="eve@else.example", more=more))
    assert [one.subject for one in shown_on(desk, worked.case)] == ["Mail 2000"]


def test_history_that_is_opened_becomes_cases_whose_clocks_begin_now_and_nobody_is_acknowledged(desk):
    begin(desk)
    lay(desk, 5, timedelta(days=30))
    lay(desk, 6, timedelta(days=9))
    lay(desk, 7, timedelta(days=9), raw=letter(7, more="Auto-Submitted: auto-replied\r\n"))
    assert open_history(desk, since=desk.laboratory.now - timedelta(days=10)) == 2

    assert [done.outcome for done in desk.work()] == ["opened", "robot"]
    desk.laboratory.deliver()
    assert desk.case().opened_at == desk.laboratory.now
    assert desk.kinds_to(JO) == []
    assert desk.kinds_to(ANN) == ["assigned"]
    assert open_history(desk, numbers=[1]) == 1
    assert open_history(desk) == 0


def test_mail_by_smtp_is_never_history(desk):
    begin(desk)
    at = desk.laboratory.now - timedelta(days=30)
    desk.laboratory.desk.accept([Accepted(LOGIK, letter(5), Envelope(JO, (LOGIK,)), "smtp", at)])
    assert desk.work()[0].outcome == "opened"


def test_an_archive_that_is_imported_as_history_is_history_and_leaves_the_mailbox_its_first_start(desk):
    (shape,) = import_one(desk.laboratory.desk, ArchivedMail("old.eml", letter(5)), history=True)
    assert (shape["outcome"], shape["case"]) == ("history", None)
    begin(desk)
    assert lay(desk, 6, timedelta(days=30)).outcome == "history"
    worked = lay(desk, 2000, timedelta(), raw=letter(2000, more="In-Reply-To: <m5@acme.example>\r\n"))
    assert {one.subject for one in shown_on(desk, worked.case)} == {"Mail 5", "Mail 2000"}


def test_what_is_told_is_what_can_be_opened(desk):
    """A copy of a mail is none more, and one that is opened is none any more."""
    for raw in (letter(1), letter(1), letter(2)):
        desk.laboratory.desk.accept(
            [Accepted(LOGIK, raw, Envelope("", (LOGIK,)), "import", desk.laboratory.now, history=True)]
        )
        desk.work()
    with desk.database.read() as connection:
        (kept,) = history.summaries(connection)
    assert kept.number == 2

    assert open_history(desk) == 2
    with desk.database.read() as connection:
        assert history.summaries(connection) == []
