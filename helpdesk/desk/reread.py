"""Cases that have just come in are read once more by a language model, where the desk has one.

The model is asked between two transactions, so that nobody waits for it; what the case has become meanwhile is looked
at again before anything changes. Which cases wait is remembered by this process alone: after a restart they stay as
they were found.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.receive.reread import may_be_reread, reread
from helpdesk.errors import NotFound, Unavailable
from helpdesk.mail.read.parse import parse
from helpdesk.severity.reader import NOTHING_READ
from helpdesk.store import spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from helpdesk.core.words.message import Message
    from helpdesk.desk.work import Worked
    from helpdesk.severity.reader import ReadFindings
    from helpdesk.unit import Unit, Units
    from helpdesk.unit.mail_reader import MailReader

_LATE = timedelta(minutes=10)  # a case that is older has waited too long: somebody works by what was found
_WAITING = 200  # cases


@dataclass(frozen=True, slots=True)
class FirstMail:
    """The mail that opened a case, as the case has it."""

    message: Message
    sender: str


class Rereading:
    """Reads for one thread; `put` is called from another. `problem` is why the newest attempt failed, or ""."""

    def __init__(self, units: Units, reader: MailReader, now: Callable[[], datetime]) -> None:
        self._units, self._reader, self._now = units, reader, now
        self._waiting: deque[int] = deque(maxlen=_WAITING)
        self.problem = ""

    def put(self, worked: Iterable[Worked]) -> None:
        """Have the cases read that these mails have opened."""
        self._waiting.extend(one.case for one in worked if one.outcome == "opened" and one.case is not None)

    def read_next(self) -> bool:
        """Read the case that has waited longest; False where none waits."""
        if not self._waiting:
            return False
        number = self._waiting.popleft()
        with self._units.read(self._now()) as unit:
            mail = _to_read(unit, number)
        read = self._asked(mail) if mail else NOTHING_READ
        if mail and read:
            with self._units.write(self._now(), waits=True) as unit:
                unit.hold({number})
                _judge_again(unit, number, mail.message, read)
        return True

    def _asked(self, mail: FirstMail) -> ReadFindings:
        try:
            read = self._reader.read(mail.message.subject, mail.message.reply, sender=mail.sender, now=self._now())
        except Unavailable as failure:
            self.problem = str(failure)
            return NOTHING_READ
        self.problem = ""
        return read


def _to_read(unit: Unit, number: int) -> FirstMail | None:
    """The mail, where its policy and its customer let it be read, and nobody has looked at the case."""
    case = unit.find([number]).get(number)
    related = unit.related({number: case} if case else {}).get(number)
    if case is None or related is None or not may_be_reread(case) or unit.now - case.opened_at > _LATE:
        return None
    customer, policy = related.terms.customer, related.terms.policy
    first = next((one for one in unit.messages(number) if one.role == "customer" and one.spool_id), None)
    if first is None or first.spool_id is None or not policy.severity.reader or (customer and not customer.reader):
        return None
    try:
        message = parse(spool.raw(unit.connection, first.spool_id))
    except NotFound:
        return None
    if message.robot is not None:
        return None
    return FirstMail(replace(message, subject=first.subject, text=first.text, reply=first.reply), first.author)


def _judge_again(unit: Unit, number: int, message: Message, read: ReadFindings) -> None:
    related = unit.related(unit.find([number])).get(number)
    if related is None:
        return
    case, terms = related.case, unit.judging(related.terms, read)
    verdict = terms.judged(message, dict(case.intake), to=terms.mailbox, plan=case.plan)
    decision = reread(case, verdict, terms, unit.now)
    if decision is not None:
        unit.record(decision, terms)
