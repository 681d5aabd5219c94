"""The second door: accepted mail is claimed and worked, and what cannot be worked is set aside.

Mails that were never tried are worked in batches, one transaction each; on a database with one writer it ends soon once
somebody else waits for it, and the rest of the batch gets another. If anything in a batch fails, each mail is tried
alone, so that one bad mail never takes its neighbours down, and so is one that the process died of, or stood still at,
which read it (`reading_pool`). After three attempts alone, spaced as `store.attempts`
says, a mail is set aside with its bytes and the operators are told once. What another worker or the database did to an
attempt never counts; if it does so again and again, the operators are told once, and the mail goes on being tried.
"""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.counters import WORKED
from helpdesk.desk.ahead import ReadAhead
from helpdesk.desk.reading_pool import READY_WITHIN, ReadingFailed
from helpdesk.desk.reading_process import ReadingJob
from helpdesk.desk.work import read_mail, work_mail
from helpdesk.failpoints import failpoint
from helpdesk.log import logger
from helpdesk.mail.read.parse import parse
from helpdesk.operators import raise_alert
from helpdesk.store import attempts
from helpdesk.store.claims import RENEWAL
from helpdesk.store.conflicts import is_blameless, is_conflict
from helpdesk.unit import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.words.message import Message
    from helpdesk.desk.reading_pool import ReadingPool
    from helpdesk.desk.work import Worked
    from helpdesk.severity import Classifier
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Unit, Units

BATCH = 8  # more would save hardly any flush a mail, and a worker that dies leaves as many to be tried alone
TOO_OFTEN = 50  # attempts forgiven to one mail, of which the operators are told
_FRUITLESS = 20  # mails that fail one after the other, before somebody is asked whether to go on
NOTHING_PARSED: Mapping[bytes, Message] = MappingProxyType({})
_log = logger("work")


class Worker:
    """Works waiting mail, for one thread."""

    def __init__(self, units: Units, pool: ReadingPool | None = None) -> None:
        """`pool`: of processes that read beside each other; without it mails are read here."""
        self._units = units
        self._pool = pool
        self._claimed: dict[int, Spooled] = {}  # and not settled yet
        self._renewed = 0.0  # when, by the monotonic clock
        self._alone_first = True

    def work(self, now: datetime) -> list[Worked]:
        """Work a batch of waiting mail, or a single one that is to be tried alone; empty when nothing is to be done."""
        for _ in range(_FRUITLESS):
            worked = self._next(now)
            if worked is None:
                return []
            if worked:
                return worked
        return []

    def _next(self, now: datetime) -> list[Worked] | None:
        """None where there is nothing to claim."""
        with self._units.write(now) as unit:
            self._give_back(unit)
            mails = self._claim(unit, now) if attempts.any_waiting(unit.connection) else []
            classifiers = self._classifiers(unit, mails)
        self._alone_first = not self._alone_first
        self._claimed, self._renewed = {mail.id: mail for mail in mails}, time.monotonic()
        failpoint("work.claimed")
        if not mails:
            return None
        if mails[0].attempts:
            return self._tried(mails[0], now)
        found = self._found(mails, classifiers)
        failed = [mail for mail, one in zip(mails, found, strict=True) if isinstance(one, ReadingFailed)]
        parsed = [self._parsed(mail, one) for mail, one in zip(mails, found, strict=True) if mail not in failed]
        try:
            worked = self._together(parsed, now, waits=False) if parsed else []
        except Exception:  # noqa: BLE001 - whatever it was, one by one finds out whose it is
            worked = [done for mail, _ in parsed if mail.id in self._claimed for done in self._alone(mail, now)]
        return worked + [done for mail in failed for done in self._alone(mail, now)]

    def _claim(self, unit: Unit, now: datetime) -> list[Spooled]:
        owner = self._units.database.owner
        mails = attempts.claim(unit.connection, owner, now=now, limit=BATCH, alone_first=self._alone_first)
        for mail in attempts.worn_out(unit.connection, owner):
            _set_aside(unit, mail, "its worker died three times")
        return mails

    def work_at_once(
        self, numbers: Sequence[int], now: datetime, parsed: Mapping[bytes, Message] = NOTHING_PARSED
    ) -> None:
        """Work these mails, for somebody who waits: all their attempts one after the other, whatever else is waiting.

        Those that another worker has are left to it. `parsed`: by its bytes, what was parsed already.
        """
        for number in numbers:
            for _ in range(TOO_OFTEN):
                with self._units.write(now) as unit:
                    self._give_back(unit)
                    mail = attempts.claim_at_once(unit.connection, self._units.database.owner, number, now)
                self._claimed, self._renewed = {mail.id: mail} if mail else {}, time.monotonic()
                if mail is None or self._tried(mail, now, parsed):
                    break

    def _give_back(self, unit: Unit) -> None:
        """What was claimed and could not be settled, because the database was away."""
        for mail in self._claimed.values():
            attempts.give_back(unit.connection, mail)

    def _classifiers(self, unit: Unit, mails: Sequence[Spooled]) -> dict[str, Classifier | None]:
        """Who judges the mails of a mailbox, wherever that is done."""
        book, configuration = unit.rules.book, unit.rules.configuration
        boxes = filter(None, map(configuration.mailbox, {mail.mailbox for mail in mails})) if self._pool else ()
        return {mailbox.address: unit.classifier(book.policy(mailbox.policy)) for mailbox in boxes}

    def _found(
        self, mails: Sequence[Spooled], classifiers: Mapping[str, Classifier | None], *, patience: float = 0.0
    ) -> Sequence[ReadAhead | ReadingFailed | None]:
        """What processes have read of each; None where none has."""
        if self._pool is None:
            return [None] * len(mails)
        rules = self._units.rules
        jobs = [
            ReadingJob(mail.raw, rules.configuration.mailbox(mail.mailbox), classifiers.get(mail.mailbox))
            for mail in mails
        ]
        return self._pool.read(rules, jobs, self._renew, patience=patience)

    def _parsed(self, mail: Spooled, found: ReadAhead | ReadingFailed | None) -> tuple[Spooled, ReadAhead]:
        """The mail, with what its sender's domain is proven by; that may ask name servers, so in no transaction."""
        if isinstance(found, ReadingFailed):
            raise found
        ahead = found or ReadAhead(parse(mail.raw))
        proven = checked(self._units.rules, mail, ahead.message)
        self._renew()
        return proven, ahead

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > RENEWAL.total_seconds():
            with self._units.database.write() as connection:
                attempts.renew(connection, self._units.database.owner, list(self._claimed))
            self._renewed = time.monotonic()

    def _together(self, parsed: Sequence[tuple[Spooled, ReadAhead]], now: datetime, *, waits: bool) -> list[Worked]:
        """All of these mails, in as few transactions as others let us. `waits`: for cases that another worker holds."""
        read = {mail.id: read_mail(self._units.rules, mail, ahead) for mail, ahead in parsed}
        left, worked = [mail for mail, _ in parsed], []
        while left:
            part: list[Worked] = []
            with self._units.write(now, waits=waits) as unit:
                left = attempts.hold(unit.connection, left)
                unit.hold({number for mail in left for number in read[mail.id].clues.case_numbers})
                began = time.monotonic()
                while left and not (part and self._units.database.is_due(began)):
                    mail = left.pop(0)
                    part.append(work_mail(unit.another(), read[mail.id]))
                failpoint("work.pre_commit")
            failpoint("work.post_commit")
            for done in part:
                mailbox = self._claimed.pop(done.spool_id).mailbox
                self._units.counters.count(WORKED, mailbox, done.outcome)
                _log.info(
                    "worked",
                    spool_id=done.spool_id,
                    message_id=done.message.message_id,
                    outcome=done.outcome,
                    case=done.case,
                )
            worked += part
        return worked

    def _alone(self, mail: Spooled, now: datetime) -> list[Worked]:
        """A mail of a batch that failed."""
        with self._units.write(now) as unit:
            begun = attempts.begin(unit.connection, mail, now)
        del self._claimed[mail.id]
        if begun is None:
            return []
        self._claimed[mail.id] = begun
        return self._tried(begun, now)

    def _tried(self, mail: Spooled, now: datetime, parsed: Mapping[bytes, Message] = NOTHING_PARSED) -> list[Worked]:
        """One mail in a transaction of its own; if it fails, it waits for another attempt or is set aside."""
        try:
            known = parsed.get(mail.raw)
            [found] = [ReadAhead(known)] if known else self._found([mail], {}, patience=READY_WITHIN)
            worked = self._together([self._parsed(mail, found)], now, waits=True)
        except Exception as problem:  # noqa: BLE001 - unknown is temporary, until it has happened three times (design law 5)
            if is_blameless(problem):
                self._forgive(mail, problem, now)
            else:
                self._failed(mail, problem, now)
            worked = []
        self._claimed.pop(mail.id, None)
        return worked

    def _forgive(self, mail: Spooled, problem: Exception, now: datetime) -> None:
        because = "another worker was faster" if is_conflict(problem) else "the database does not answer"
        _log.warning(because, spool_id=mail.id)
        with self._units.write(now) as unit:
            if attempts.forgive(unit.connection, mail, now) == TOO_OFTEN:
                text = AlertText(
                    headline="a mail is tried again and again",
                    what=f"A mail to {mail.mailbox} could not be worked {TOO_OFTEN} times, and through no fault of "
                    f"its own: {because}. It goes on being tried.",
                    details=(("Spool", str(mail.id)), ("Mailbox", mail.mailbox), ("Error", _in_words(problem))),
                    todo="See what the database says, and what else works on it.",
                )
                key = f"forgiven/{mail.id}"
                raise_alert(unit, OperatorAlert(kind="forgiven", key=key, mailbox=mail.mailbox, text=text))

    def _failed(self, mail: Spooled, problem: Exception, now: datetime) -> None:
        _log.exception("a mail could not be worked", spool_id=mail.id, attempts=mail.attempts)
        with self._units.write(now) as unit:
            if mail.attempts >= attempts.MAX_ATTEMPTS:
                _set_aside(unit, mail, _in_words(problem))
            else:
                attempts.release(unit.connection, mail, error=_in_words(problem))


def _in_words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"


def _set_aside(unit: Unit, mail: Spooled, error: str) -> None:
    if not attempts.quarantine(unit.connection, mail, error=error, now=unit.now):
        return
    text = AlertText(
        headline="a mail was set aside",
        what=f"A mail to {mail.mailbox} could not be worked and was set aside. Its bytes are kept.",
        details=(("Quarantine", str(mail.id)), ("Mailbox", mail.mailbox), ("Error", error)),
        todo=f"Look at it with: helpdesk quarantine show {mail.id}",
    )
    key = f"quarantine/{mail.id}"
    raise_alert(unit, OperatorAlert(kind="quarantine", key=key, mailbox=mail.mailbox, text=text))
