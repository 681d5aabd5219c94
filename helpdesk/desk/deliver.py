"""The fourth door: composed mail goes to the courier, one recipient at a time, at least once.

A mail is claimed alone and right before its dialogue, and its claim is looked at again right before the final dot, in
the statement that writes down that the dot comes now (`handed_over`). Who has lost it by then sends nothing. So the
window in which a mail may go twice runs from that look to the note of the answer, and it opens only where the process
dies, is frozen, or loses its connection there: then the mail is sent again, is counted as a possible copy, and can be
folded by its receiver, because the Message-ID was fixed when it was written. An acknowledgment is left `uncertain`.

What became of a mail is kept in memory until the database has taken it: by who sent it, who claims no other before, so
that no death makes more than one copy for each that sends; or, once that has failed, by all of them (`Sending`). No
failure of anything leaves a mail behind as claimed, and one mail that fails delays no other.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.counters import ACKNOWLEDGED, FAILED, SENT
from helpdesk.desk import notified, undelivered
from helpdesk.failpoints import failpoint
from helpdesk.log import logger
from helpdesk.mail.write.enclose import cut, enclose
from helpdesk.operators import raise_alert
from helpdesk.store import cases as case_store
from helpdesk.store import outbox, spool
from helpdesk.store.engine import NOT_NOW
from helpdesk.wires.courier import Failed, Outgoing, Retry, Sent
from helpdesk.wires.refusal import Refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from helpdesk.counters import Counters
    from helpdesk.desk.pace import Pace
    from helpdesk.mail.proof.signing import Signing
    from helpdesk.mail.write.enclose import File
    from helpdesk.store.cases import BriefCase
    from helpdesk.store.claims import Keeper
    from helpdesk.store.engine import Connection, Database
    from helpdesk.store.outbox import Row
    from helpdesk.unit import Unit, Units
    from helpdesk.wires.courier import Courier, Outcome

BATCH = 50  # mails of one call; each is claimed by itself
PAST_THE_DOT = timedelta(minutes=12)  # longer than any courier waits for the answer to a dot
GIVE_UP_AFTER = timedelta(days=3)
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_AT_ONCE = 60.0  # seconds; who comes to the dot later than that after the look at the claim was frozen, and looks again
_SHARE = 4  # one claim in so many looks first for what was deferred
_log = logger("deliver")


class _TakenOverError(RuntimeError):
    """Another worker holds the row now: this one was frozen past its lease and must not send."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What became of a claimed mail, and when. Without an outcome it was not tried, for no fault of its own."""

    row: Row
    outcome: Outcome | None
    at: datetime
    again: frozenset[int] = frozenset()  # mails that were given up for the same reason, which is ours


@dataclass(slots=True)
class Sending:
    """What all that send from one process share: what they hold, and what they found out and could not write down."""

    keeper: Keeper
    turns: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    doubtful: bool = False  # writing it down failed for a reason that may be one mail's: not all together again
    _refusals: Refusals = field(default_factory=Refusals)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: list[_Attempt] = field(default_factory=list)

    def judge(self, row: Row, outcome: Outcome | None, at: datetime) -> _Attempt:
        """What became of a mail. A refusal that recipients of another domain had as well is about us (threat O05)."""
        refusal = outcome.refusal if isinstance(outcome, Failed) else None
        if isinstance(outcome, Failed) and refusal is not None:
            with self._lock:
                if self._refusals.is_about_us(refusal, row.recipient, row.id, now=at):
                    again = self._refusals.like(refusal) - {row.id}
                    return _Attempt(row, Retry(f"{outcome.reason} (others are refused so, too)"), at, frozenset(again))
        return _Attempt(row, outcome, at)

    def add(self, done: Sequence[_Attempt]) -> None:
        """To be written down by the next that has the database."""
        with self._lock:
            self._done += done

    def take(self) -> list[_Attempt]:
        """All that is to be written down; what cannot be has to be added again."""
        with self._lock:
            done, self._done = self._done, []
        return done


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4, ... 60 minutes."""
    doubled: int = 2 ** (min(max(attempts, 1), 10) - 1)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def never() -> bool:
    """The answer to `stopping` where nobody asks us to stop."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One that sends: its own courier, and what it shares with the others of this process.

    `beyond_mail`: it sends calls beyond mail and nothing else, so that no mail waits for a slow service.
    """

    units: Units
    sending: Sending
    courier: Courier
    clock: Callable[[], datetime]
    pace: Pace | None = None
    monotonic: Callable[[], float] = time.monotonic
    beyond_mail: bool = False
    _found: list[_Attempt] = field(default_factory=list)  # what became of the last mail, to be written down next

    def deliver(self, *, stopping: Callable[[], bool] = never) -> int:
        """Send as many mails as are due now, one after the other, up to `BATCH`; returns how many were tried.

        Which one is next is asked anew each time, so that an escalation need not wait for the end of this. Once
        `stopping` says so, the mail on its way is the last. Raises what the database raises; what was found out until
        then is not forgotten.
        """
        due = take_over(self.units, self.sending, self.clock(), beyond_mail=self.beyond_mail)
        tried, reached = 0, False
        try:
            while due and (row := self._next(begin=tried < due and not stopping())):
                outcome = self._try(row)
                tried += 1
                reached = reached or isinstance(outcome, Sent)
        finally:
            self.sending.add(self._take())
        if reached and not self.beyond_mail:
            # What waits because the smarthost was away waits no longer: an escalation may be among it.
            with self.units.database.write() as connection:
                outbox.hasten(connection, self.clock())
        return tried

    def _take(self) -> list[_Attempt]:
        """What became of the last mail, where that is not written down."""
        found = self._found.copy()
        self._found.clear()
        return found

    def _next(self, *, begin: bool) -> Row | None:
        """In one transaction: what became of the last mail is written down, and the next is claimed."""
        begins = begin and (self.pace is None or self.pace.begin())
        row, is_ours = None, False
        try:
            with _writing_down(self.units, self.sending, self.clock(), self._take()) as connection:
                row = self._claim(connection) if begins else None
            is_ours = row is not None
        finally:
            if row is not None and not is_ours:
                self.sending.keeper.let_go(outbox.TABLE, [row.id])
            if begins and not is_ours and self.pace is not None:
                self.pace.end(None)
        return row

    def _claim(self, connection: Connection) -> Row | None:
        tried_first = next(self.sending.turns) % _SHARE == 0
        row = self._claimed(connection, tried_first=tried_first)
        while row and self.beyond_mail and notified.drop_if_over(connection, self.units.rules.configuration, row):
            row = self._claimed(connection, tried_first=tried_first)
        if row:
            self.sending.keeper.hold(outbox.TABLE, [row.id])
        return row

    def _claimed(self, connection: Connection, *, tried_first: bool) -> Row | None:
        owner, now = self.units.database.owner, self.clock()
        rows = outbox.claim(connection, owner, now=now, tried_first=tried_first, beyond_mail=self.beyond_mail)
        return rows[0] if rows else None

    def _try(self, row: Row) -> Outcome | None:
        """Send one mail, and keep what became of it until it is written down. None: it was lost to another."""
        outcome: Outcome | None = None
        look = _Look(self, row)
        try:
            failpoint("out.claimed")
            mail = _outgoing(self.units.database, row, None if self.beyond_mail else self.units.rules.signing)
            outcome = self.courier.deliver(mail, before_dot=look)
        except _TakenOverError:
            self.sending.keeper.let_go(outbox.TABLE, [row.id])
            _log.warning("taken over by another", **_for_log(row))
            return None
        except NOT_NOW:
            self._found.append(_Attempt(row, None, self.clock()))
            raise
        except Exception as problem:  # noqa: BLE001 - unknown is temporary (design law 2), and this mail's alone
            _log.exception("a mail could not be sent", **_for_log(row))
            outcome = Retry(f"the desk could not send it: {type(problem).__name__}", uncertain=look.passed)
        finally:
            if self.pace is not None:
                self.pace.end(outcome)
        self._found.append(self._judged(row, outcome))
        failpoint("out.pre_mark")
        return outcome

    def _judged(self, row: Row, outcome: Outcome | None) -> _Attempt:
        """What became of the mail; never nothing, or its claim would be renewed for ever."""
        now = self.clock()
        try:
            return self.sending.judge(row, outcome, now)
        except Exception:  # noqa: BLE001 - an answer that is not compared with others is still the answer
            _log.exception("a refusal could not be compared", **_for_log(row))
            return _Attempt(row, outcome, now)


class _Look:
    """Called before the final dot: the last look at the claim, which writes down that the dot comes now."""

    def __init__(self, delivery: Delivery, row: Row) -> None:
        self._delivery = delivery
        self._row = row
        self.passed = False

    def __call__(self) -> None:
        """Return only while the mail is ours and the look is fresh. Raises _TakenOverError."""
        monotonic, database = self._delivery.monotonic, self._delivery.units.database
        looked_at = -math.inf
        while monotonic() - looked_at >= _AT_ONCE:
            with database.write() as connection:
                if not outbox.hand_over(connection, database.owner, self._row, lease=PAST_THE_DOT):
                    raise _TakenOverError(self._row.key)
                looked_at = monotonic()
            failpoint("out.pre_dot")
        self.passed = True


def take_over(units: Units, sending: Sending, now: datetime, *, beyond_mail: bool) -> int:
    """Write down what is to be, and free what others left, or this process forgot; returns how much is due."""
    with _writing_down(units, sending, now) as connection:
        freed = outbox.settle(connection, units.database.owner, known=sending.keeper.held(outbox.TABLE))
        due = outbox.count_due(connection, now, BATCH, beyond_mail=beyond_mail)
    if freed:
        _log.warning("left by a worker", mails=freed)
    return due


def stop_sending(units: Units, sending: Sending, now: datetime) -> None:
    """Nothing is sent any more: write down what is to be, and give back what is held before its dot."""
    with _writing_down(units, sending, now) as connection:
        outbox.give_back_all(connection, units.database.owner)


@contextmanager
def _writing_down(
    units: Units, sending: Sending, now: datetime, found: Sequence[_Attempt] = ()
) -> Iterator[Connection]:
    """A transaction that begins with what became of mails: of these, and of those that somebody failed to write down.

    If it fails, nothing of that is forgotten.
    """
    done, doubtful = [*sending.take(), *found], sending.doubtful
    try:
        with units.write(now) as unit:
            noted = [each for each in done if _note(unit.another(now=each.at), each, carefully=doubtful)]
            known = [(each, case_store.brief(unit.connection, each.row.case)) for each in noted]
            yield unit.connection
    except BaseException as problem:
        sending.add(done)
        sending.doubtful = not isinstance(problem, NOT_NOW)
        raise
    sending.doubtful = False
    sending.keeper.let_go(outbox.TABLE, [each.row.id for each in done])
    for each, case in known:
        _count(units.counters, each, case)
        _tell(each)


def _note(unit: Unit, done: _Attempt, *, carefully: bool) -> bool:
    """Write down what became of a mail; says whether it was still ours.

    `carefully`: by itself, so that what cannot be written of one mail keeps no other waiting. It is then left to its
    claim, which comes to its end.
    """
    if not carefully:
        return _settled(unit, done)
    try:
        with unit.connection.begin_nested():
            return _settled(unit, done)
    except NOT_NOW:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, the state is worth more than the words about it
        _log.exception("what became of a mail could not be told", **_for_log(done.row))
    try:
        with unit.connection.begin_nested():
            return _state(unit, done)[0]
    except NOT_NOW:
        raise
    except Exception:  # noqa: BLE001 - as above
        _log.exception("what became of a mail could not be noted", **_for_log(done.row))
        return False


def _settled(unit: Unit, done: _Attempt) -> bool:
    ours, alert = _state(unit, done)
    if ours and notified.is_notification(done.row):
        notified.settle(unit, done.row, done.outcome)
        return True
    if ours and alert:
        raise_alert(unit, alert)
    if ours and (given_up := _given_up(done)):
        undelivered.settle(unit, done.row, given_up)
    if ours and isinstance(done.outcome, Sent):
        undelivered.arrived(unit, done.row)
    return ours


def _given_up(done: _Attempt) -> Failed | Retry | None:
    """Why a mail will not be sent any more; None for one that is on its way, or may have arrived."""
    match done.outcome:
        case Failed() if not done.row.enclosed:
            return done.outcome
        case Retry(uncertain=uncertain) if _is_old(done):
            return None if uncertain and done.row.kind in outbox.AT_MOST_ONCE else done.outcome
        case _:
            return None


def _is_old(done: _Attempt) -> bool:
    """Whether it has been tried for long enough."""
    patience = notified.GIVE_UP_AFTER if notified.is_notification(done.row) else GIVE_UP_AFTER
    return done.at - done.row.created_at >= patience


def _state(unit: Unit, done: _Attempt) -> tuple[bool, OperatorAlert | None]:
    """Give the row its state. Says whether it was still ours, and what operators should hear if it was."""
    row, now = done.row, done.at
    if done.again:
        outbox.try_again(unit.connection, done.again, at=now + _FIRST_PAUSE)
    match done.outcome:
        case None:
            return outbox.not_tried(unit.connection, row, at=now, detail="not tried: the desk's database failed"), None
        case Sent(detail):
            return outbox.sent(unit.connection, row, now=now, detail=detail), None
        case Retry(reason, uncertain=True) if row.kind in outbox.AT_MOST_ONCE:
            return outbox.leave_uncertain(unit.connection, row, detail=reason), None
        case Retry(reason, uncertain=uncertain, unreached=unreached) if not _is_old(done):
            # Who is not there defers nothing: it is asked again soon, and by few (`Pace`).
            at = now + (_FIRST_PAUSE if unreached else pause(row.attempts))
            return outbox.retry(unit.connection, row, at=at, detail=reason, unreached=unreached, copy=uncertain), None
        case Failed(reason) if row.enclosed:
            # A server that takes no such file, or none so large, may well take the words.
            return outbox.without_files(unit.connection, row, now=now, detail=reason), _without_files(row, reason)
        case Retry(reason) | Failed(reason):
            # Nobody is told by mail that an alert by mail cannot be delivered; of calls beyond mail see `notified`.
            alert = _failure(row, reason) if row.kind not in {"alert", outbox.NOTIFICATION} else None
            return outbox.fail(unit.connection, row, detail=reason), alert


def _count(counters: Counters, done: _Attempt, case: BriefCase | None) -> None:
    labels = (case.mailbox, case.policy, case.severity) if case else ("", "", "")
    if isinstance(done.outcome, Sent):
        counters.count(SENT, done.row.kind, *labels)
        if done.row.kind == "ack" and case:
            counters.time(ACKNOWLEDGED, (done.at - case.opened_at).total_seconds(), case.policy, case.severity)
    elif _given_up(done):
        counters.count(FAILED, done.row.kind, *labels)


def _tell(done: _Attempt) -> None:
    """Write an attempt into the log, once its outcome is on disk."""
    row = done.row
    log = _log.bind(**_for_log(row))
    match done.outcome:
        case Sent(answer):
            log.info("sent", answer=answer)
        case Retry(answer, uncertain=True) if row.kind in outbox.AT_MOST_ONCE:
            log.warning("uncertain", answer=answer)
        case Retry(answer) if not _is_old(done):
            log.warning("deferred", attempts=row.attempts, answer=answer)
        case Failed(answer) if row.enclosed:
            log.warning("refused with its files", answer=answer)
        case Retry(answer) | Failed(answer):
            log.error("failed", answer=answer)


def _for_log(row: Row) -> dict[str, Any]:
    """A mail as the log names it."""
    return {
        "outbox_id": row.id,
        "message_id": row.message_id,
        "kind": row.kind,
        "case": row.case,
        "recipient": row.recipient,
    }


def _outgoing(database: Database, row: Row, signing: Signing | None) -> Outgoing:
    raw = enclose(row.raw or b"", _files(database, row))
    return Outgoing(row.mail_from, row.recipient, signing.signed(raw) if signing else raw, row.message_id)


def _files(database: Database, row: Row) -> list[File]:
    """What goes along, cut out of the mails that it came in; what was erased meanwhile does not."""
    if not row.enclosed:
        return []
    with database.read() as connection:
        raws = spool.bytes_of(connection, [number for number, _ in row.enclosed])
    places = groupby(row.enclosed, key=itemgetter(0))
    return [file for number, parts in places if number in raws for file in cut(raws[number], [p for _, p in parts])]


def _without_files(row: Row, reason: str) -> OperatorAlert:
    text = AlertText(
        headline="a mail was refused with its attachments",
        what="It is sent again without them; they are kept on the case.",
        details=_details(row, reason),
        todo=f"Somebody should see to it that {row.recipient} gets them another way.",
    )
    return OperatorAlert(kind="files", key=f"outbox/{row.id}/files", text=text)


def _failure(row: Row, reason: str) -> OperatorAlert:
    text = AlertText(
        headline="a mail could not be sent",
        what="A mail was refused for good or could not be sent for three days.",
        details=_details(row, reason),
        todo=f"Once the reason is gone, send it with: helpdesk outbox retry {row.id}",
    )
    return OperatorAlert(kind="outbox", key=f"outbox/{row.id}", text=text)


def _details(row: Row, reason: str) -> tuple[tuple[str, str], ...]:
    return (
        ("Outbox", str(row.id)),
        ("Kind", row.kind),
        ("Case", f"HD-{row.case}" if row.case else "none"),
        ("To", row.recipient),
        ("Reason", reason),
    )
