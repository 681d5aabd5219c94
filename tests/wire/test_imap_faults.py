"""The IMAP poller against a server that lies, drips, hangs up and forgets."""

from __future__ import annotations

import itertools
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from helpdesk.wires.imap import Backoff, MailboxUnavailable, NotPutAway, Oversized, Patience, Unfetchable
from tests.effort import at_most
from tests.process import until
from tests.wire.imap_desk import Desk, desk, running
from tests.wire.imap_servers import Hangup, Liar, Lying, Talk, mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.wires.imap import Report

__all__ = ["desk"]  # the fixture

MEBIBYTE = 2**20
IMPATIENT = Patience(silence=timedelta(seconds=0.3), command=timedelta(seconds=0.6), slowest=100 * MEBIBYTE)


def said(line: str, *, then_hang_up: bool = False) -> Callable[[Talk, str, str], bool]:
    """A script that always says this; `{tag}` is the command's."""

    def script(talk: Talk, tag: str, arguments: str) -> bool:
        talk.send(line.format(tag=tag))
        if then_hang_up:
            raise Hangup
        return True

    return script


def with_body_of(uid: int, answer: Callable[[Talk, str], bool]) -> Callable[[Talk, str, str], bool]:
    """A script for FETCH that answers so when the body of this mail is among those asked for."""

    def script(talk: Talk, tag: str, arguments: str) -> bool:
        uids, _, items = arguments.partition(" ")
        return "BODY" in items and str(uid) in uids.split(",") and answer(talk, tag)

    return script


# --- what is said to the server ----------------------------------------------------------------------------


def test_mails_are_named_by_uid_only_and_read_without_a_trace(desk: Desk) -> None:
    """I02, I04."""
    with Liar([mail(number) for number in range(3)]) as liar:
        desk.poll(liar.account())
        liar.mails[4] = Lying(mail(4))
        desk.poll(liar.account(processed=None))
    before = {"CAPABILITY", "LOGIN", "SELECT", "NOOP", "LOGOUT"}
    assert set(liar.verbs()) == before | {"UID SEARCH", "UID FETCH", "UID MOVE", "UID STORE"}
    assert all("BODY.PEEK[]" in line for line in liar.said if "BODY" in line)


def test_nothing_that_a_mail_says_becomes_a_command(desk: Desk) -> None:
    """I10."""
    hostile = (
        b"Message-ID: <1\r\nA999 DELETE INBOX\r\n>\r\nSubject: x\r\nA998 LOGOUT\r\n\r\nDONE\r\nA997 UID EXPUNGE 1:*\r\n"
    )
    with Liar([hostile]) as liar:
        desk.poll(liar.account())
    assert desk.cases == [hostile]
    assert set(liar.verbs()) == {
        *("CAPABILITY", "LOGIN", "SELECT", "NOOP", "LOGOUT"),
        *("UID SEARCH", "UID FETCH", "UID MOVE"),
    }


# --- mails that vanish -------------------------------------------------------------------------------------


def test_when_every_second_mail_vanishes_between_two_fetches_all_others_are_taken(desk: Desk) -> None:
    """I02: a program that goes by sequence numbers would take or remove the neighbours of those that vanished."""
    sent = [mail(number) for number in range(200)]
    with Liar(sent) as liar:
        vanished = []

        def expunge_every_second(talk: Talk, tag: str, arguments: str) -> bool:
            uids, _, items = arguments.partition(" ")
            if "BODY" in items:
                for uid in [int(uid) for uid in uids.split(",")][::2]:
                    number = sorted(liar.mails).index(uid) + 1
                    vanished.append(liar.mails.pop(uid).raw)
                    talk.send(f"* {number} EXPUNGE")
            return False

        liar.scripts["FETCH"] = expunge_every_second
        assert desk.poll(liar.account()) == 100
    assert sorted(desk.cases) == sorted(raw for raw in sent if raw not in vanished)
    assert desk.reports == []


def test_what_the_server_says_unasked_is_not_taken_for_mail(desk: Desk) -> None:
    with Liar([mail(1), mail(2)]) as liar:

        def chatter(talk: Talk, tag: str, arguments: str) -> bool:
            talk.send(r"* 2 FETCH (FLAGS (\Seen))")
            talk.send(r"* 9 FETCH (UID 4711 FLAGS (\Answered) MODSEQ (17))")
            talk.send("* OK [ALERT] nearly full")
            return False

        for verb in ("NOOP", "SEARCH", "FETCH", "MOVE"):
            liar.scripts[verb] = chatter
        assert desk.poll(liar.account()) == 2
    assert desk.cases == [mail(1), mail(2)]


# --- one bad mail among good ones --------------------------------------------------------------------------


def refuse(talk: Talk, tag: str) -> bool:
    talk.send(f"{tag} NO [SERVERBUG] cannot read it")
    return True


def hang_up(talk: Talk, tag: str) -> bool:
    raise Hangup


def talk_nonsense(talk: Talk, tag: str) -> bool:
    talk.send('* 1 FETCH (UID 5 BODY[] "no end)')
    talk.send(f"{tag} OK done")
    return True


@pytest.mark.parametrize("answer", [refuse, hang_up, talk_nonsense])
def test_a_mail_that_the_server_cannot_give_does_not_hold_up_the_others(
    desk: Desk, answer: Callable[[Talk, str], bool]
) -> None:
    """I05, on the wire."""
    sent = [mail(number) for number in range(1, 11)]
    with Liar(sent) as liar:
        liar.scripts["FETCH"] = with_body_of(5, answer)
        with running(desk.poller(liar.account())):
            until(lambda: len(desk.cases) == 9)
            liar.mails[11] = Lying(mail(11))
            until(lambda: len(desk.cases) == 10)
        assert list(liar.mails) == [5]
    assert mail(5) not in desk.cases
    assert len(desk.fetched) == 10


def test_a_mail_that_the_server_lists_but_does_not_give_is_told_once_and_stays(desk: Desk) -> None:
    with Liar([mail(number) for number in range(1, 4)]) as liar:

        def nil(talk: Talk, tag: str) -> bool:
            for uid in (1, 3):
                if uid in liar.mails:
                    talk.send(talk.fetched(uid, "BODY.PEEK[]"))
            talk.send("* 2 FETCH (UID 2 BODY[] NIL)")
            talk.send(f"{tag} OK done")
            return True

        liar.scripts["FETCH"] = with_body_of(2, nil)
        poller = desk.poller(liar.account())
        for _ in range(5):
            poller.poll()
        poller.close()
        assert list(liar.mails) == [2]
    assert desk.cases == [mail(1), mail(3)]
    assert desk.reports == [Unfetchable("support@logik.example", "INBOX", 2)]


# --- size --------------------------------------------------------------------------------------------------


def test_of_a_mail_over_the_limit_the_beginning_is_taken_and_the_operator_told(desk: Desk) -> None:
    """I09: the text counts, and the attachment can be had from the server."""
    large = mail(1) + b"\r\n".join([b"x" * 70] * 20_000)
    with Liar([large, mail(2)]) as liar:
        desk.poll(liar.account(max_size=MEBIBYTE))
        assert large in liar.folders["Processed"]
        assert liar.mails == {}
    taken, whole = sorted(desk.fetched, key=lambda fetched: fetched.uid)
    assert large.startswith(taken.raw)
    assert taken.raw.endswith(b"x\r\n")
    assert taken.raw.startswith(mail(1))
    assert taken.omitted == len(large) - len(taken.raw)
    assert desk.reports == [Oversized("support@logik.example", 1, size=len(large), kept=len(taken.raw))]
    assert (whole.raw, whole.omitted) == (mail(2), 0)


def test_a_literal_of_600_mebibytes_where_little_was_announced_is_not_read(desk: Desk) -> None:
    """I09: such a mail is not believed again; next time its beginning is asked for."""
    chunk = b"x" * 65534 + b"\r\n"
    with Liar([mail(1), mail(2)]) as liar:

        def flood(talk: Talk, tag: str) -> bool:
            if "<0." in liar.said[-1]:
                return False
            talk.send(b"* 1 FETCH (UID 1 BODY[] {629145600}")
            for _ in range(10_000):
                talk.sock.sendall(chunk)
            return True

        liar.scripts["FETCH"] = with_body_of(1, flood)
        tracemalloc.start()
        try:
            with running(desk.poller(liar.account())):
                until(lambda: len(desk.cases) == 2)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 32 * MEBIBYTE
    assert desk.cases == [mail(2), mail(1)]
    assert [report for report in desk.reports if isinstance(report, Oversized)]


def test_three_hundred_thousand_mails_in_one_folder_are_no_obstacle(desk: Desk) -> None:
    """I09: the answer to SEARCH alone is over two million octets; imaplib gives up at one."""
    everything = range(1, 300_001)
    answer = "* SEARCH " + " ".join(map(str, everything))
    new = {uid: Lying(mail(uid)) for uid in (7, 150_000, 300_000)}
    with Liar(capabilities="IDLE") as liar:
        liar.mails = new

        def search(talk: Talk, tag: str, arguments: str) -> bool:
            if "UNKEYWORD" in arguments or "UID 1:" not in arguments:
                return False
            talk.send(answer)
            talk.send(f"{tag} OK done")
            return True

        liar.scripts["SEARCH"] = search
        poller = desk.poller(liar.account(processed=None), known=lambda _, uids: set(uids) - set(new))
        tracemalloc.start()
        try:
            with at_most(10):
                assert poller.poll() == 3
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            poller.close()
    assert peak < 64 * MEBIBYTE


def test_many_large_mails_are_fetched_a_few_at_a_time(desk: Desk) -> None:
    sizes = []
    with Liar([mail(number, body="x" * 3 * MEBIBYTE) for number in range(6)]) as liar:
        desk.poll(liar.account(), accept=lambda mails: sizes.append(len(mails)))
    assert sizes == [2, 2, 2]


# --- time --------------------------------------------------------------------------------------------------


def test_a_server_that_drips_is_cut_off_at_the_deadline_and_tried_again(desk: Desk) -> None:
    """I08: never silent for long enough to be noticed by a read timeout."""
    with Liar([mail(1)]) as liar:
        connections = []

        def drip(talk: Talk, tag: str) -> bool:
            if len(connections) == 2:
                return False
            connections.append(time.monotonic())
            talk.send(b"* 1 FETCH (UID 1 BODY[] {300000}")
            while True:  # until nobody listens any more
                talk.sock.sendall(b"x")
                time.sleep(0.02)

        liar.scripts["FETCH"] = with_body_of(1, drip)
        with running(desk.poller(liar.account(), patience=IMPATIENT)):
            until(lambda: desk.cases == [mail(1)])
        assert liar.mails == {}
    assert connections[1] - connections[0] > 0.5, "not before its time"


def test_a_server_that_hangs_up_at_every_idle_is_not_knocked_at_all_the_time(desk: Desk) -> None:
    """I07: it costs nearly no CPU, connections are spaced as in an outage, and mail still comes in."""
    retry = Backoff(first=timedelta(milliseconds=100), longest=timedelta(seconds=1))
    with Liar([mail(1)]) as liar:
        liar.scripts["IDLE"] = said("+ idling", then_hang_up=True)
        began, cpu = time.monotonic(), time.process_time()
        with running(desk.poller(liar.account(), retry=retry)):
            until(lambda: len(liar.logins) == 4)
            liar.mails[7] = Lying(mail(7))
            until(lambda: desk.cases == [mail(1), mail(7)])
            used, passed = time.process_time() - cpu, time.monotonic() - began
    assert used < passed / 2, "it waits in between, and does not spin"
    gaps = [later - earlier for earlier, later in itertools.pairwise(liar.logins)]
    assert all(gap >= shortest for gap, shortest in zip(gaps, (0.05, 0.1, 0.2), strict=False)), gaps


def test_a_server_that_dies_in_silence_is_left_and_called_again_within_a_minute() -> None:
    """I06: at the latest when IDLE is ended, plus how long silence is borne, plus the first pause."""
    assert Patience().idle + Patience().silence + Backoff().first < timedelta(minutes=1)


def test_idle_is_ended_and_begun_anew_long_before_any_router_forgets_the_connection(desk: Desk) -> None:
    """I12: within the nine minutes that survive in practice; and each time all is looked through."""
    assert Patience().idle < timedelta(minutes=9)
    with (
        Liar() as liar,
        running(desk.poller(liar.account(), patience=Patience(idle=timedelta(seconds=0.05)))),
    ):
        until(lambda: liar.verbs().count("IDLE") == 4)
        assert liar.said.count("DONE") >= 3
        assert liar.verbs().count("UID SEARCH") >= 4
        assert len(liar.logins) == 1


@pytest.mark.parametrize("report", ["* 1 EXISTS\r\n+ idling", "+ idling\r\n* 1 EXISTS"])
def test_news_that_come_together_with_the_answer_to_idle_are_not_missed(desk: Desk, report: str) -> None:
    with Liar() as liar:

        def idle(talk: Talk, tag: str, arguments: str) -> bool:
            liar.mails.setdefault(9, Lying(mail(9)))
            talk.send(report)
            talk.line()
            talk.send(f"{tag} OK done")
            return True

        liar.scripts["IDLE"] = idle
        with running(desk.poller(liar.account())):
            until(lambda: desk.cases == [mail(9)])


def test_a_server_without_idle_is_polled(desk: Desk) -> None:
    with Liar(capabilities="MOVE") as liar:
        with running(desk.poller(liar.account(poll=timedelta(seconds=0.05)))):
            until(lambda: liar.verbs().count("UID SEARCH") >= 3)
        assert "IDLE" not in liar.verbs()


@pytest.mark.parametrize(
    "answer",
    ["{tag} NO not today", "{tag} BAD unknown command", "* 0 RECENT\r\n{tag} BAD no such command"],
)
def test_a_server_that_offers_idle_and_refuses_it_is_polled_over_one_connection(desk: Desk, answer: str) -> None:
    with Liar() as liar:
        liar.scripts["IDLE"] = said(answer)
        with running(desk.poller(liar.account(poll=timedelta(seconds=0.05)))):
            until(lambda: liar.verbs().count("UID SEARCH") >= 4)
            liar.mails[3] = Lying(mail(3))
            until(lambda: desk.cases == [mail(3)])
        assert liar.verbs().count("IDLE") == 1
        assert len(liar.logins) == 1
    assert desk.reports == []


def test_where_every_idle_breaks_the_connection_the_mailbox_is_polled_and_idle_tried_again_later(desk: Desk) -> None:
    clock = Turned()
    with Liar() as liar:
        liar.scripts["IDLE"] = said("+ idling", then_hang_up=True)
        account = liar.account(poll=timedelta(seconds=0.05))
        with running(desk.poller(account, clock=clock)):
            until(lambda: liar.verbs().count("IDLE") == 5)
            known = len(liar.logins)
            until(lambda: liar.verbs()[-40:].count("UID SEARCH") >= 8)
            assert liar.verbs().count("IDLE") == 5
            assert len(liar.logins) <= known + 1
            clock.ahead = 3601
            until(lambda: liar.verbs().count("IDLE") > 5)


class Turned:
    """A clock that somebody turns."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


def test_a_server_that_floods_is_asked_once_in_a_while_and_its_mail_is_taken(desk: Desk) -> None:
    """It reports something the moment it is left to itself, without end: nobody is kept busy by that."""
    patience = Patience(between=timedelta(seconds=0.2))
    with Liar() as liar:

        def flood(talk: Talk, tag: str, arguments: str) -> bool:
            talk.send("+ idling")
            for number in range(2000):
                talk.send(f"* {number + 1} EXISTS\r\n* OK still here\r\n* XNOISE {number}")
            talk.line()
            talk.send(f"{tag} OK done")
            return True

        liar.scripts["IDLE"] = flood
        began = time.monotonic()
        with running(desk.poller(liar.account(), patience=patience)):
            until(lambda: liar.verbs().count("IDLE") == 4)
            assert time.monotonic() - began > 0.5
            liar.mails[3] = Lying(mail(3))
            until(lambda: desk.cases == [mail(3)])
        assert len(liar.logins) == 1
    assert Patience().between == timedelta(seconds=1)


@pytest.mark.parametrize(
    "said_of_it",
    [
        *("NIL", '""', '"yesterday"', '"99-Foo-2026 00:00:00 +0000"', '"01-Jan-1970 00:00:00 +0000"', "(1 2)"),
        *('"01-Jan-2026 00:00:00 +9999"', '"01-Jan-2026 25:00:00 +0000"', '"01-Jan-0001 00:00:00 +2359"', "17"),
    ],
)
def test_a_mail_whose_time_of_receipt_makes_no_sense_is_taken_with_its_neighbours(desk: Desk, said_of_it: str) -> None:
    with Liar([mail(1), mail(2)]) as liar:
        liar.mails[1].internaldate = said_of_it
        with running(desk.poller(liar.account())):
            until(lambda: len(desk.fetched) == 2)
    when = {fetched.uid: fetched.received_at for fetched in desk.fetched}
    assert when[2] == Lying(b"").received_at
    assert when[1] is None or when[1] >= datetime(1990, 1, 1, tzinfo=UTC)
    assert said_of_it == '"01-Jan-0001 00:00:00 +2359"' or when[1] is None  # two digits of a year are those of 2001


# --- putting away ------------------------------------------------------------------------------------------


def test_where_mail_cannot_be_moved_it_is_flagged_and_told_once_and_not_taken_twice(desk: Desk) -> None:
    """I12."""
    with Liar([mail(1)]) as liar:
        liar.scripts["MOVE"] = said("{tag} NO [OVERQUOTA] no room")
        poller = desk.poller(liar.account())
        poller.poll()
        liar.mails[2] = Lying(mail(2))
        poller.poll()
        poller.close()
        assert desk.poll(liar.account()) == 0
        assert [lying.flags for lying in liar.mails.values()] == [{r"\Seen", "$HelpdeskTaken"}] * 2
        assert "CREATE" in liar.verbs()
    assert desk.cases == [mail(1), mail(2)]
    told = [report for report in desk.reports if isinstance(report, NotPutAway)]
    assert "no room" in told[0].detail
    assert len(told) == 2  # once by each poller


def test_where_mail_cannot_even_be_flagged_the_next_mail_is_still_taken(desk: Desk) -> None:
    with Liar([mail(1)]) as liar:
        liar.scripts["STORE"] = said("{tag} NO read only")
        account = liar.account(processed=None)
        assert desk.poll(account) == 1
        liar.mails[2] = Lying(mail(2))
        assert desk.poll(account) == 1
    assert desk.cases == [mail(1), mail(2)]


@pytest.mark.parametrize("capabilities", ["IDLE", "IDLE UIDPLUS"])
def test_without_move_a_mail_is_copied_and_expunged_by_its_uid_or_else_only_flagged(
    desk: Desk, capabilities: str
) -> None:
    """I12: EXPUNGE without UIDs would remove what other people have marked as deleted."""
    with Liar([mail(1), mail(2)], capabilities=capabilities) as liar:
        liar.mails[3] = Lying(mail(3), flags={r"\Deleted"})
        desk.poll(liar.account(), known=lambda _, uids: set(uids) & {3})
    if "UIDPLUS" in capabilities:
        assert [line.split(" ", 1)[1] for line in liar.said if "EXPUNGE" in line] == [
            "UID EXPUNGE 3",
            "UID EXPUNGE 1,2",
        ]
        assert liar.folders["Processed"] == [mail(3), mail(1), mail(2)]
    else:
        assert sorted(liar.mails) == [1, 2, 3]
        assert not [line for line in liar.said if "EXPUNGE" in line or "COPY" in line]


# --- operators ----------------------------------------------------------------------------------------------


def test_an_operator_who_cannot_be_told_now_is_told_later_and_mail_goes_on_meanwhile(desk: Desk) -> None:
    """An alert is a row of the same database that refuses the mail: that must end no poller."""
    away = True

    def report(told: Report) -> None:
        if away:
            raise OSError("database is locked")
        desk.reports.append(told)

    retry = Backoff(first=timedelta(milliseconds=5), longest=timedelta(milliseconds=10), alert_after=timedelta(0))
    with Liar([mail(1)]) as liar:
        desk.down = True
        with running(desk.poller(liar.account(max_size=10), report=report, retry=retry)):
            until(lambda: len([verb for verb in liar.verbs() if verb == "UID FETCH"]) >= 6)
            assert "UID MOVE" not in liar.verbs()
            desk.down = False
            until(lambda: desk.cases)
            until(lambda: not liar.mails)
            away = False
            until(lambda: len(desk.reports) >= 4)
    kinds = [type(told).__name__ for told in desk.reports]
    assert kinds[:2] == ["Interrupted", "Failing"]
    assert kinds.count("Oversized") == 1
    assert "Recovered" in kinds


# --- nonsense ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("SELECT", "{tag} NO no such folder"),
        ("SELECT", "* 1 EXISTS\r\n{tag} OK [READ-WRITE] no UIDVALIDITY"),
        ("SELECT", "* OK [UIDVALIDITY 1]\r\n{tag} OK [READ-ONLY] look, do not touch"),
        ("CAPABILITY", "{tag} BAD what"),
        ("NOOP", "* BYE autologout"),
        ("NOOP", "\x00\x00\x00"),
        ("SEARCH", "* SEARCH one two\r\n{tag} OK done"),
        ("SEARCH", "* SEARCH 1" + "1" * 5000 + "\r\n{tag} OK done"),
        ("FETCH", "* 1 FETCH (UID 1 (((((((" + "(" * 5000 + "\r\n{tag} OK done"),
        ("FETCH", "* 1 FETCH\r\n{tag} OK done"),
        ("FETCH", "* 1 FETCH (UID 1 RFC822.SIZE x INTERNALDATE 1)\r\n{tag} BAD"),
        ("MOVE", "* 1 EXPUNGE\r\nA1 OK of another tag"),
    ],
)
def test_an_answer_that_makes_no_sense_is_an_outage_and_never_a_crash(desk: Desk, verb: str, answer: str) -> None:
    with Liar([mail(1)]) as liar:
        liar.scripts[verb] = said(answer)
        with pytest.raises(MailboxUnavailable):
            desk.poll(liar.account(), patience=IMPATIENT)
        liar.scripts.clear()
        desk.poll(liar.account())
        assert liar.mails == {}
    assert len(desk.fetched) == 1


@pytest.mark.parametrize("greeting", ["* BYE too many connections", "220 smtp.example ESMTP", "* OK\x00", ""])
def test_what_is_no_imap_server_is_an_outage(desk: Desk, greeting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Talk, "hold", lambda talk: talk.send(greeting))
    with Liar() as liar, pytest.raises(MailboxUnavailable):
        desk.poll(liar.account(), patience=IMPATIENT)


def test_a_host_that_does_not_exist_or_does_not_answer_is_an_outage(desk: Desk) -> None:
    with Liar() as liar:
        account = liar.account()
    with pytest.raises(MailboxUnavailable) as caught:
        desk.poll(account)
    assert caught.value.cause == "connection"
