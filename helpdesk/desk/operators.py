"""Mail to the reply address of an operator: orders to the desk itself, obeyed from that operator alone.

Every mail of the desk to an operator asks for answers at an address that only they are given. An order needs that
address **and** that operator as its sender **and**, where it is asked for, an aligned authentication result; what came
before is not obeyed again (threats A01, A06). Anything less changes nothing, and the operator hears of it once a day.
An order is done as a whole or not at all, and answered in one mail, whose key is the proof that it was obeyed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from helpdesk.core.block import Mistake, read_block
from helpdesk.core.decide import robot_outcome
from helpdesk.core.declaration import read_declaration
from helpdesk.core.errors import NotFound, Refused
from helpdesk.core.thread import Evidence, why_not_obeyed
from helpdesk.desk import repeated
from helpdesk.desk.border import sender_proof
from helpdesk.desk.declare import Order, obey
from helpdesk.letters import Bulletin, thread_of
from helpdesk.mail.quote import before_quote
from helpdesk.placing import holder_of, read_clues
from helpdesk.store import bulletins, outbox

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from helpdesk.core.block import CommandBlock
    from helpdesk.core.decision import Outcome
    from helpdesk.core.declaration import Ordered
    from helpdesk.core.message import Message, Person
    from helpdesk.core.people import Mailbox
    from helpdesk.desk.declare import Done
    from helpdesk.desk.record import Recorder
    from helpdesk.store.spool import Spooled

_OBEYED, _MISTAKEN = "order", "mistake"  # how the keys of answers begin
_MISTAKES = 10  # that are answered in a day: what answers ours may be a machine, too (threat L03)
_DAY = timedelta(days=1)
_SHOWN = 300  # characters of what somebody wrote in an operator's name


@dataclass(frozen=True, slots=True)
class OperatorMail:
    """A mail to an operator's reply address, with where it came in."""

    mail: Spooled
    message: Message
    mailbox: Mailbox
    holder: Person  # whose reply address it is

    @property
    def sender(self) -> str:
        """The one From address, "" where From names nobody or several."""
        return self.message.sender.address if self.message.sender else ""

    @property
    def key(self) -> str:
        """The same for every mail of this operator with this Message-ID."""
        named = self.message.message_id or f"spool {self.mail.id}"
        return f"{_OBEYED}/{hashlib.sha256(named.encode()).hexdigest()[:32]}"

    @property
    def mistaken_key(self) -> str:
        """Of the answer to a mail that ordered nothing."""
        return f"{_MISTAKEN}/{self.mail.id}"


def settle(
    connection: sa.Connection, recorder: Recorder, mail: Spooled, message: Message, mailbox: Mailbox, *, now: datetime
) -> tuple[Outcome, str] | None:
    """What becomes of a mail to an operator's reply address, and why; None where it is to be placed like any other."""
    rules = recorder.rules
    clues = read_clues(message, mail.envelope, mailbox, rules.signer)
    holder = holder_of(clues, rules.configuration.operators, rules.signer)
    if holder is None:
        return None
    letter = OperatorMail(mail, message, mailbox, holder)
    if message.robot:
        return robot_outcome(message), message.robot.why
    if rules.configuration.operator(letter.sender) is None:
        # Somebody to whom an operator passed it on: never lost, and never obeyed.
        _warn(connection, recorder, letter, f"{letter.sender or 'nobody'} is no operator", now)
        return None
    doubt = _doubt(connection, recorder, letter)
    if doubt:
        _warn(connection, recorder, letter, doubt, now)
        return "ignored", doubt
    return _carry_out(connection, recorder, letter, now)


def _doubt(connection: sa.Connection, recorder: Recorder, letter: OperatorMail) -> str:
    """Why the mail of an operator is not obeyed; "" if it is."""
    if letter.sender != letter.holder.address:
        return f"it came from {letter.sender}, who is another operator"
    configuration = recorder.rules.configuration
    evidence = Evidence(
        sender=letter.sender,
        authenticated=sender_proof(configuration, letter.mail, letter.message).result == "pass",
        authentication_required=configuration.authentication_required,
        received_at=letter.mail.received_at,
        dated_at=letter.message.date,
    )
    repeated = bulletins.is_written(connection, f"echo/{letter.key}/{letter.holder.address}")
    return why_not_obeyed(evidence, whose="operator", repeated=repeated)


# --- what is obeyed


def _carry_out(
    connection: sa.Connection, recorder: Recorder, letter: OperatorMail, now: datetime
) -> tuple[Outcome, str]:
    """Do what the mail orders, all or nothing, and answer it; returns what was done, in a few words."""
    block = _orders(letter.message)
    done: list[Done] = []
    mistakes = list(block.mistakes)
    if not block.orders and not mistakes:
        begins = next(iter(block.text.splitlines()), "(no text)")
        mistakes.append(Mistake(begins, "expected orders at the very top, such as #status show; #help sends them all"))
    if not mistakes:
        done, mistakes = _all_or_none(block, Order(connection, recorder.rules, letter.holder.address, now))
    if mistakes:
        return "ignored", _refuse(connection, recorder, letter, (block, mistakes), now)
    said = [{"said": one.said, "lines": [_flat(line) for line in one.lines]} for one in done]
    _answer(connection, recorder, letter, letter.key, {"done": said, "understood": [], "mistakes": []}, now)
    return "ordered", "; ".join(one.said for one in done)


def _refuse(
    connection: sa.Connection,
    recorder: Recorder,
    letter: OperatorMail,
    read: tuple[CommandBlock[Ordered], list[Mistake]],
    now: datetime,
) -> str:
    """Send the mistakes back, so many a day."""
    block, mistakes = read
    because = f"not understood: {mistakes[0].line}"
    begins = f"echo/{_MISTAKEN}/"
    if bulletins.written_to(connection, letter.holder.address, begins, since=now - _DAY) >= _MISTAKES:
        return f"{because}; not answered, because {_MISTAKES} mistakes were answered within a day"
    facts = {
        "done": [],
        "understood": [one.line for one in block.orders if one.line not in {mistake.line for mistake in mistakes}],
        "mistakes": [{"line": mistake.line, "expected": mistake.expected} for mistake in mistakes],
    }
    _answer(connection, recorder, letter, letter.mistaken_key, facts, now)
    return because


def _orders(message: Message) -> CommandBlock[Ordered]:
    """Orders stand above any quote; one that stands further down is a mistake."""
    block: CommandBlock[Ordered] = read_block(before_quote(message.text), read_declaration, folded=True)
    everywhere: CommandBlock[Ordered] = read_block(message.reply, read_declaration, folded=True)
    below = [line for line in _lines(everywhere) if line not in _lines(block)]
    misplaced = tuple(Mistake(line, "expected at the very top, above any quote") for line in below)
    return replace(block, mistakes=(*block.mistakes, *misplaced))


def _lines(block: CommandBlock[Ordered]) -> list[str]:
    return [order.line for order in block.orders] + [mistake.line for mistake in block.mistakes]


def _all_or_none(block: CommandBlock[Ordered], order: Order) -> tuple[list[Done], list[Mistake]]:
    """Each order sees what the one before it did; the first that cannot be done undoes them all."""
    done: list[Done] = []
    savepoint = order.connection.begin_nested()
    for one in block.orders:
        try:
            done.append(obey(one.declaration, order))
        except (NotFound, Refused) as problem:
            savepoint.rollback()
            return [], [Mistake(one.line, str(problem))]
    savepoint.commit()
    return done, []


def _answer(
    connection: sa.Connection, recorder: Recorder, letter: OperatorMail, key: str, facts: dict[str, Any], now: datetime
) -> None:
    desk = recorder.rules.configuration.file.desk.name
    told = Bulletin(
        "echo",
        key,
        {"desk": desk, **facts},
        template="ordered",
        operator=True,
        thread=thread_of((*letter.message.references, letter.message.message_id)),
    )
    answer = recorder.rules.letters.bulletin(told, letter.holder, mailbox=letter.mailbox, now=now)
    outbox.add(connection, [answer], now)


# --- what is not


def _warn(connection: sa.Connection, recorder: Recorder, letter: OperatorMail, doubt: str, now: datetime) -> None:
    """Tell the operator whose address it is, and the one in whose name it came; once a day for each reason."""
    configuration = recorder.rules.configuration
    author = configuration.operator(letter.sender)
    concerned = dict.fromkeys([letter.holder, *([author] if author else [])])
    reason = hashlib.sha256(doubt.encode()).hexdigest()[:16] if author else "stranger"  # however many they are
    key, facts = f"in-your-name/{reason}/{now:%Y-%m-%d}", _warning(letter, doubt)
    once, headline = f"{key}/{letter.holder.address}", facts["headline"]
    if not repeated.is_told(connection, kind="in-your-name", key=once, headline=headline, now=now):
        return
    letters = [
        recorder.rules.letters.alert(
            person, mailbox=configuration.voice(letter.mailbox.address), key=key, facts=facts, now=now
        )
        for person in concerned
    ]
    outbox.add(connection, letters, now)


def _warning(letter: OperatorMail, doubt: str) -> dict[str, Any]:
    wrote = _flat(letter.message.reply)
    return {
        "headline": "someone wrote in your name",
        "what": f"A mail to the reply address of {letter.holder.address} was not obeyed: {doubt}. Nothing was changed.",
        "details": [
            ("From", letter.sender or "nobody, or several"),
            ("To", letter.mailbox.address),
            ("Subject", _flat(letter.message.subject) or "(no subject)"),
            ("Wrote", wrote if len(wrote) <= _SHOWN else f"{wrote[:_SHOWN]}..."),
            ("Kept", f"helpdesk quarantine show {letter.mail.id}"),
        ],
        "todo": "If it was you, answer the newest mail of the desk once more. If not, somebody has a mail of the desk "
        "to you. More of the same is kept today without another word.",
    }


def _flat(text: str) -> str:
    """On one line."""
    return " ".join(text.split())
