"""Mail of before the desk began, by the hundred thousand: threads become cases that are over, and nobody is written to.

All is looked at once first, so that a thread is told together and in its order, in whichever file its mails lie. What
was taken before is left, so an import that was interrupted goes on. A batch is a transaction; where a mail of it cannot
be worked, each goes the way of other mail, so that one is set aside and no other is lost.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Any

from helpdesk.archive import Unreadable
from helpdesk.core.receive.past import BECAUSE
from helpdesk.core.words.message import Envelope
from helpdesk.desk.past import past_mail, take
from helpdesk.errors import NotFound
from helpdesk.importing.mail import expect_mailbox, received_at, recipients_of
from helpdesk.mail.inside.sensitive import look_through
from helpdesk.mail.read.parse import parse
from helpdesk.report.shapes import mail_shape
from helpdesk.store import cases, spool
from helpdesk.store.spool import Accepted, content_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from helpdesk.archive import ArchivedMail
    from helpdesk.core.receive.past import PastMail
    from helpdesk.core.words.message import Message
    from helpdesk.desk import Desk
    from helpdesk.importing.mail import Hands
    from helpdesk.unit import Unit

_BATCH = 200  # mails of a transaction, and what else is of their threads
_NEAREST = 20  # ancestors of a mail that are looked at


@dataclass(frozen=True, slots=True)
class Located:
    """Where a mail lies, and what tells its place among others."""

    name: str
    path: Path
    start: int
    length: int
    mailbox: str
    at: datetime
    key: str
    ids: tuple[bytes, ...]  # digests of its own Message-ID and of those that it answers

    def raw(self) -> bytes:
        """The mail's bytes. Raises OSError."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            return file.read(self.length)


@dataclass(slots=True)
class Surveyed:
    """What was found: the threads of each mailbox, the oldest first, and what cannot be taken."""

    threads: list[list[Located]]
    rejected: list[dict[str, Any]]

    @property
    def mails(self) -> int:
        """How many mails can be taken."""
        return sum(map(len, self.threads))


def survey(desk: Desk, found: Iterable[ArchivedMail | Unreadable], mailbox: str = "") -> Surveyed:
    """Look at every mail once. Raises NotFound for a mailbox that is not ours."""
    expect_mailbox(desk, mailbox)
    located: list[Located] = []
    rejected: list[dict[str, Any]] = []
    for one in found:
        if isinstance(one, Unreadable):
            rejected.append(mail_shape(one.name, "rejected", None, None, one.because))
        else:
            located += _located(desk, one)
    mails, homeless = _housed(located, next(iter(desk.mailboxes_for([mailbox] if mailbox else [])), ""))
    for mail in homeless:
        message = parse(mail.raw())
        rejected.append(mail_shape(mail.name, "rejected", None, message, desk.unknown(recipients_of(message))))
    return Surveyed(_threads(mails), rejected)


def _located(desk: Desk, found: ArchivedMail) -> Iterator[Located]:
    """The mail at each mailbox of ours that it names or was written by; at "" where it names none."""
    head = parse(found.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n")
    named = [*recipients_of(head), *(person.address for person in head.senders)]
    at = received_at(head, desk.now())
    ids = [one for one in (head.message_id, *head.ancestors[:_NEAREST]) if one]
    digests = tuple(blake2b(one.encode(), digest_size=8).digest() for one in ids)
    for box in desk.mailboxes_for(named) or [""]:
        key = content_key(box, found.raw)
        yield Located(found.name, found.path, found.start, len(found.raw), box, at, key, digests)


def _housed(mails: Sequence[Located], mailbox: str) -> tuple[list[Located], list[Located]]:
    """Each at a mailbox: what names none at its thread's, as agents' sent mail, else at this one; and what is left."""
    homes: dict[bytes, str] = {}
    for mail in mails:
        homes |= {} if not mail.mailbox else dict.fromkeys(mail.ids, mail.mailbox)
    housed: list[Located] = []
    homeless: list[Located] = []
    for mail in sorted(mails, key=lambda mail: mail.at):
        home = mail.mailbox or next((homes[one] for one in mail.ids if one in homes), mailbox)
        if not home:
            homeless.append(mail)
            continue
        homes |= dict.fromkeys(mail.ids, home) if not mail.mailbox else {}
        housed.append(mail if mail.mailbox else replace(mail, mailbox=home, key=content_key(home, mail.raw())))
    return housed, homeless


def _threads(mails: Sequence[Located]) -> list[list[Located]]:
    """Mails that answer one another, or the same, directly or by others: each thread in the order of its receipt."""
    parents: dict[tuple[str, bytes], tuple[str, bytes]] = {}

    def root(node: tuple[str, bytes]) -> tuple[str, bytes]:
        while (above := parents.setdefault(node, node)) != node:
            parents[node] = parents[above]  # so that the next way is shorter
            node = above
        return node

    for mail in mails:
        first, *others = ((mail.mailbox, one) for one in mail.ids or (mail.key.encode(),))
        for other in others:
            parents[root(other)] = root(first)
    threads: defaultdict[tuple[str, bytes], list[Located]] = defaultdict(list)
    for mail in sorted(mails, key=lambda mail: (mail.at, mail.name)):
        threads[root((mail.mailbox, next(iter(mail.ids), mail.key.encode())))].append(mail)
    return list(threads.values())


class HistoryImport:
    """Takes what was surveyed. `agents`: addresses, or `@domains`, of those who were agents then."""

    def __init__(self, desk: Desk, hands: Hands, *, agents: Collection[str] = (), dry_run: bool = False) -> None:
        self._desk = desk
        self._hands = hands
        self._agents = agents
        self._dry_run = dry_run
        self._numbers = count(-1, -1) if dry_run else None
        self.cases = 0  # that were opened, or would be

    def run(self, surveyed: Surveyed) -> Iterator[dict[str, Any]]:
        """Yields what became of each mail, as `import` tells it; of a dry run what would."""
        yield from surveyed.rejected
        batch: list[list[Located]] = []
        for thread in surveyed.threads:
            batch.append(thread)
            if sum(map(len, batch)) >= _BATCH:
                yield from self._taken(batch)
                batch = []
        yield from self._taken(batch)

    def _taken(self, threads: Sequence[Sequence[Located]]) -> Iterator[dict[str, Any]]:
        with self._desk.database.read() as connection:
            known = spool.known(connection, [mail.key for thread in threads for mail in thread])
        new: list[list[Located]] = []
        for thread in threads:
            fresh = {mail.key: mail for mail in reversed(thread) if mail.key not in known}
            for mail in thread:
                if fresh.get(mail.key) is not mail:
                    because = "the same mail was taken before"
                    _, case = known.get(mail.key, (0, None))
                    yield mail_shape(mail.name, "duplicate", case, parse(mail.raw()), because)
            new += [[*reversed(fresh.values())]] if fresh else []
        yield from self._worked(new)
        self._hands.make_room()

    def _worked(self, threads: list[list[Located]]) -> Iterator[dict[str, Any]]:
        """A batch that nobody has taken yet."""
        if not threads:
            return
        read = [[_Read.of(mail) for mail in thread] for thread in threads]
        if self._dry_run or self._hands.are_ours():
            try:
                shapes = self._together(read)
            except Exception:  # noqa: BLE001, S110 - whatever it was, one by one finds out whose it is
                pass
            else:
                yield from shapes
                return
        yield from (shape for thread in read for mail in thread for shape in self._alone(mail))

    def _together(self, threads: list[list[_Read]]) -> list[dict[str, Any]]:
        shapes: list[dict[str, Any]] = []
        opened: set[int] = set()
        with self._desk.units.write(self._desk.now(), waits=True) as unit:
            before = cases.last_number(unit.connection)
            for thread in threads:
                for mail, case in self._thread(unit, thread):
                    shapes.append(mail.shape(None if self._dry_run else case))
                    opened |= {case} if case and not 0 < case <= before else set()
            if self._dry_run:
                unit.connection.rollback()
        self.cases += len(opened)
        return shapes

    def _thread(self, unit: Unit, thread: list[_Read]) -> Iterator[tuple[_Read, int | None]]:
        accepted = [mail.accepted for mail in thread]
        numbers = spool.put(unit.connection, accepted, unit.now)
        box = unit.rules.configuration.mailbox(thread[0].located.mailbox)
        if box is None:
            raise NotFound(thread[0].located.mailbox)
        mails: list[PastMail] = [
            past_mail(unit, number, mail.located.at, mail.message, mail.secrets, agents=self._agents)
            for number, mail in zip(numbers, thread, strict=True)
        ]
        placed = {} if box.channel == "ignore" else take(unit, box, mails, self._numbers)
        for number, mail in zip(numbers, thread, strict=True):
            case, outcome = placed.get(number), "ignored" if box.channel == "ignore" else "history"
            spool.finish(
                unit.connection,
                number,
                outcome=outcome,
                case=case,
                now=unit.now,
                because=BECAUSE,
                message=mail.message,
            )
            yield mail, case

    def _alone(self, mail: _Read) -> Iterator[dict[str, Any]]:
        if self._dry_run:
            yield mail.shape(None)
            return
        for became in self._hands.work(self._desk.accept([mail.accepted]), {}).values():
            yield mail_shape(mail.located.name, became.outcome, became.case, mail.message, became.because)


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail that was read."""

    located: Located
    accepted: Accepted
    message: Message
    secrets: tuple[str, ...]

    @classmethod
    def of(cls, mail: Located) -> _Read:
        """Read a mail from its file."""
        raw = mail.raw()
        message = parse(raw)
        sender = message.sender.address if message.sender else ""
        envelope = Envelope(sender, tuple(recipients_of(message)))
        accepted = Accepted(mail.mailbox, raw, envelope, "import", mail.at, history=True)
        return cls(mail, accepted, message, look_through(raw, message))

    def shape(self, case: int | None) -> dict[str, Any]:
        """What became of the mail, as JSON."""
        return mail_shape(self.located.name, "history", case, self.message, BECAUSE)
