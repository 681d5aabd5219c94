"""The first start of a mailbox in which years of mail lie: they become cases that are over, and nobody is answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.archive import mails_in
from helpdesk.core.words.message import Envelope
from helpdesk.desk import past
from helpdesk.importing.history import HistoryImport, survey
from helpdesk.importing.mail import Hands
from helpdesk.store import cases, history, spool
from helpdesk.store.spool import Accepted
from tests.desk import ANN, JO, LOGIK, OPS, STRANGER, UTE, measure

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


def import_history(desk, folder, *mails, **how):
    """Each mail in a file of its own; returns what `import --history` says of them."""
    for number, raw in enumerate(mails):
        (folder / f"{number:03}.eml").write_bytes(raw)
    surveyed = survey(desk.laboratory.desk, mails_in(folder), how.pop("mailbox", ""))
    hands = Hands(desk.laboratory.desk, makes_room=False)
    try:
        return list(HistoryImport(desk.laboratory.desk, hands, **how).run(surveyed))
    finally:
        hands.leave()


def begin(desk):
    desk.laboratory.desk.begin_reading(LOGIK, FOLDER, VALIDITY, NEXT)


def told(desk):
    desk.laboratory.desk.tell_history(LOGIK)
    desk.laboratory.deliver()
    return [mail for mail in desk.sent_to(OPS) if " of support@logik.example became" in mail.subject]


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
    assert [desk.case(number).status for number in desk.case_numbers()] == ["closed"] * 3 + ["open"] * 3

    (alert,) = told(desk)
    assert "3 old mails of support@logik.example became" in alert.subject
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


def test_history_is_a_case_that_is_over_without_clock_mail_or_report_and_is_found(desk):
    begin(desk)
    number = lay(desk, 5, timedelta(days=30)).spool_id
    desk.laboratory.now += timedelta(days=30)
    desk.laboratory.desk.tick()
    desk.laboratory.deliver()
    assert (desk.case().status, desk.clocks()) == ("closed", ())
    assert desk.kinds_to(JO) == desk.kinds_to(ANN) == []
    assert measure([(desk.case(), desk.rules.book.policy("logik"))], desk.now).cases == 0
    with desk.database.read() as connection:
        row = spool.load(connection, number)
        assert row.raw == letter(5)
        assert spool.counts(connection) == {(LOGIK, "history"): 1}


THREAD = "In-Reply-To: <m6@acme.example>\r\nReferences: <m5@acme.example> <m6@acme.example>\r\n"


def test_a_thread_of_before_is_one_case_and_a_reply_opens_one_that_follows_it(desk):
    begin(desk)
    lay(desk, 5, timedelta(days=30))
    answer = letter(6, sender=f"Ann <{ANN}>", more="In-Reply-To: <m5@acme.example>\r\n")
    lay(desk, 6, timedelta(days=20), raw=answer.replace(LOGIK.encode(), JO.encode()))
    lay(desk, 7, timedelta(days=19), raw=letter(7, more=THREAD))
    past = desk.case()
    assert [(one.subject, one.role) for one in shown_on(desk, past.number)] == [
        ("Mail 5", "customer"),
        ("Mail 6", "agent"),
        ("Mail 7", "customer"),
    ]

    worked = lay(desk, 2000, timedelta(), raw=letter(2000, more=THREAD))

    assert worked.outcome == "opened"
    case = desk.case(worked.case)
    assert (case.opened_at, case.links, bool(case.assignee)) == (desk.laboratory.now, (past.ref,), True)
    assert [clock.started_at for clock in desk.clocks(case.number)] == [desk.laboratory.now] * len(
        desk.clocks(case.number)
    )
    assert past.ref in desk.last(JO).text
    assert past.ref in desk.last(case.assignee).text
    assert [one.subject for one in shown_on(desk, case.number)] == ["Mail 2000"]
    assert desk.case(past.number).status == "closed"


def test_who_only_knows_a_message_id_of_history_sees_nothing_of_it(desk):
    begin(desk)
    lay(desk, 5, timedelta(days=30))
    more = "In-Reply-To: <m5@acme.example>\r\n"
    worked = lay(desk, 2000, timedelta(), raw=letter(2000, sender="eve@else.example", more=more))
    assert [one.subject for one in shown_on(desk, worked.case)] == ["Mail 2000"]
    assert "unverified" in desk.case(worked.case).tags
    lay(desk, 6, timedelta(days=20), raw=letter(6, sender="eve@else.example", more=more))
    assert [one.subject for one in shown_on(desk, 1)] == ["Mail 5"]


def test_history_that_is_opened_becomes_cases_whose_clocks_begin_now_and_nobody_is_acknowledged(desk):
    begin(desk)
    lay(desk, 5, timedelta(days=30))
    lay(desk, 6, timedelta(days=9))
    lay(desk, 7, timedelta(days=9), raw=letter(7, more="Auto-Submitted: auto-replied\r\n"))
    assert open_history(desk, since=desk.laboratory.now - timedelta(days=10)) == 2

    opened, robot = desk.work()
    assert (opened.outcome, robot.outcome) == ("opened", "robot")
    desk.laboratory.deliver()
    case = desk.case(opened.case)
    assert (case.opened_at, case.links) == (desk.laboratory.now, ("HD-2",))
    assert desk.kinds_to(JO) == []
    assert desk.kinds_to(ANN) == ["assigned"]
    assert open_history(desk, numbers=[1]) == 1
    assert open_history(desk) == 0


def test_mail_by_smtp_is_never_history(desk):
    begin(desk)
    at = desk.laboratory.now - timedelta(days=30)
    desk.laboratory.desk.accept([Accepted(LOGIK, letter(5), Envelope(JO, (LOGIK,)), "smtp", at)])
    assert desk.work()[0].outcome == "opened"


def test_an_archive_that_is_imported_as_history_is_history_and_leaves_the_mailbox_its_first_start(desk, tmp_path):
    (shape,) = import_history(desk, tmp_path, letter(5))
    assert (shape["outcome"], shape["case"]) == ("history", "HD-1")
    begin(desk)
    assert lay(desk, 6, timedelta(days=30)).outcome == "history"
    worked = lay(desk, 2000, timedelta(), raw=letter(2000, more="In-Reply-To: <m5@acme.example>\r\n"))
    assert desk.case(worked.case).links == ("HD-1",)


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


# --- an archive


def mail(number, sender, to, *, day, answers=(), subject="", more=""):
    """A mail of an archive of May 2025; `answers` are numbers of others, the oldest first."""
    ids = [f"<{one}@old.example>" for one in answers]
    thread = f"In-Reply-To: {ids[-1]}\r\nReferences: {' '.join(ids)}\r\n" if ids else ""
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject or f'Mail {number}'}\r\nMessage-ID: <{number}@old.example>\r\n"
        f"Date: {day:02} May 2025 10:00:00 +0000\r\n{thread}{more}\r\nWords {number}.\r\n"
    ).encode()


def test_an_archive_becomes_closed_cases_by_thread_and_role_whatever_the_order_of_its_files(desk, tmp_path):
    """The answer of a thread lies before its question, and in the sent mail of an agent, which names no mailbox."""
    shapes = import_history(
        desk,
        tmp_path,
        mail(2, f"Ann Berg <{ANN}>", JO, day=2, answers=[1]),
        mail(3, JO, ANN, day=3, answers=[1, 2]),
        mail(1, JO, LOGIK, day=1),
        mail(4, "carl@desk.example", UTE, day=4, answers=[5]),
        mail(5, UTE, LOGIK, day=3),
        mail(6, STRANGER, LOGIK, day=6, more="List-Unsubscribe: <mailto:x@y.example>\r\nPrecedence: bulk\r\n"),
        mail(7, JO, LOGIK, day=7, more="Auto-Submitted: auto-replied\r\n"),
        mail(8, ANN, "bob@desk.example", day=8),
        agents=["@desk.example"],
    )
    became = {shape["file"].rpartition("/")[2]: (shape["outcome"], shape["case"]) for shape in shapes}
    assert became == {
        **{f"{number:03}.eml": ("history", "HD-1") for number in (0, 1, 2)},
        **{f"{number:03}.eml": ("history", "HD-2") for number in (3, 4)},
        **{f"{number:03}.eml": ("history", None) for number in (5, 6)},
        "007.eml": ("rejected", None),
    }
    assert [(one.subject, one.role) for one in shown_on(desk, 1)] == [
        ("Mail 1", "customer"),
        ("Mail 2", "agent"),
        ("Mail 3", "customer"),
    ]
    assert [one.role for one in shown_on(desk, 2)] == ["customer", "agent"]
    assert [(desk.case(number).status, desk.case(number).customer) for number in (1, 2)] == [
        ("closed", "acme"),
        ("closed", "orion"),
    ]
    desk.laboratory.now += timedelta(days=300)
    desk.laboratory.desk.tick()
    desk.laboratory.deliver()
    assert (desk.told(), desk.clocks(1), desk.clocks(2)) == ([], (), ())


def test_an_import_goes_on_where_it_was_interrupted_and_a_dry_run_changes_nothing(desk, tmp_path):
    mails = [mail(number, JO, LOGIK, day=number) for number in range(1, 6)]
    first = import_history(desk, tmp_path, *mails[:3], dry_run=True)
    assert [(shape["outcome"], shape["case"]) for shape in first] == [("history", None)] * 3
    assert desk.case_numbers() == []

    import_history(desk, tmp_path, *mails[:3])
    again = import_history(desk, tmp_path, *mails)
    assert [(shape["outcome"], shape["case"]) for shape in again] == [
        ("duplicate", "HD-1"),
        ("duplicate", "HD-2"),
        ("duplicate", "HD-3"),
        ("history", "HD-4"),
        ("history", "HD-5"),
    ]
    with desk.database.read() as connection:
        assert spool.counts(connection) == {(LOGIK, "history"): 5}


def test_a_batch_in_which_a_mail_cannot_be_worked_loses_no_other(desk, tmp_path, monkeypatch):
    real = past.take

    def take(unit, mailbox, mails, *numbers):
        if any(one.message.subject == "Mail 2" for one in mails):
            raise RuntimeError("it cannot be worked")
        return real(unit, mailbox, mails, *numbers)

    monkeypatch.setattr("helpdesk.importing.history.take", take)
    monkeypatch.setattr(past, "take", take)
    shapes = import_history(desk, tmp_path, *(mail(number, JO, LOGIK, day=number) for number in (1, 2, 3)))
    assert sorted((shape["subject"], shape["outcome"]) for shape in shapes) == [
        ("Mail 1", "history"),
        ("Mail 2", "quarantined"),
        ("Mail 3", "history"),
    ]
