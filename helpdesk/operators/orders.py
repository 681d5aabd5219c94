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
from typing import TYPE_CHECKING

from helpdesk.clues import holder_of
from helpdesk.core.receive.outsider import robot_outcome
from helpdesk.core.words.alert import AlertText
from helpdesk.core.words.block import Mistake, read_block
from helpdesk.core.words.desk_mail import OrderDone, OrderedMail
from helpdesk.core.words.placement import Evidence, why_not_obeyed
from helpdesk.errors import NotFound, Refused
from helpdesk.letters import DeskLetter, thread_of
from helpdesk.mail.read.quote import before_quote
from helpdesk.operators import alerts
from helpdesk.operators.declaration import read_declaration
from helpdesk.operators.declare import Order, obey
from helpdesk.plain_text import on_one_line
from helpdesk.store import desk_mails, outbox
from helpdesk.unit import sender_proof

if TYPE_CHECKING:
    from helpdesk.clues import Clues
    from helpdesk.core.words.block import CommandBlock
    from helpdesk.core.words.decision import Outcome
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox
    from helpdesk.operators.declaration import Ordered
    from helpdesk.operators.declare import Done
    from helpdesk.person import Person
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Unit

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


def settle(unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox, clues: Clues) -> tuple[Outcome, str] | None:
    """What becomes of a mail to an operator's reply address, and why; None where it is to be placed like any other."""
    rules = unit.rules
    holder = holder_of(clues, rules.configuration.operators, rules.signer)
    if holder is None:
        return None
    letter = OperatorMail(mail, message, mailbox, holder)
    if message.robot:
        return robot_outcome(message), message.robot.why
    if rules.configuration.operator(letter.sender) is None:
        # Somebody to whom an operator passed it on: never lost, and never obeyed.
        _warn(unit, letter, f"{letter.sender or 'nobody'} is no operator")
        return None
    doubt = _doubt(unit, letter)
    if doubt:
        _warn(unit, letter, doubt)
        return "ignored", doubt
    return _carry_out(unit, letter)


def _doubt(unit: Unit, letter: OperatorMail) -> str:
    """Why the mail of an operator is not obeyed; "" if it is."""
    if letter.sender != letter.holder.address:
        return f"it came from {letter.sender}, who is another operator"
    configuration = unit.rules.configuration
    evidence = Evidence(
        sender=letter.sender,
        authenticated=sender_proof(configuration, letter.mail, letter.message).result == "pass",
        authentication_required=configuration.authentication_required,
        received_at=letter.mail.received_at,
        dated_at=letter.message.date,
    )
    repeated = desk_mails.is_written(unit.connection, f"echo/{letter.key}/{letter.holder.address}")
    return why_not_obeyed(evidence, whose="operator", repeated=repeated)


# --- what is obeyed


def _carry_out(unit: Unit, letter: OperatorMail) -> tuple[Outcome, str]:
    """Do what the mail orders, all or nothing, and answer it; returns what was done, in a few words."""
    block = _orders(letter.message)
    done: list[Done] = []
    mistakes = list(block.mistakes)
    if not block.orders and not mistakes:
        begins = next(iter(block.text.splitlines()), "(no text)")
        mistakes.append(Mistake(begins, "expected orders at the very top, such as #status show; #help sends them all"))
    if not mistakes:
        done, mistakes = _all_or_none(block, Order(unit, letter.holder.address))
    if mistakes:
        return "ignored", _refuse(unit, letter, (block, mistakes))
    said = tuple(OrderDone(one.summary, tuple(map(on_one_line, one.lines))) for one in done)
    content = OrderedMail(desk=unit.rules.configuration.file.desk.name, done=said)
    _answer(unit, letter, letter.key, content)
    return "ordered", "; ".join(one.summary for one in done)


def _refuse(unit: Unit, letter: OperatorMail, read: tuple[CommandBlock[Ordered], list[Mistake]]) -> str:
    """Send the mistakes back, so many a day."""
    block, mistakes = read
    because = f"not understood: {mistakes[0].line}"
    begins = f"echo/{_MISTAKEN}/"
    if desk_mails.written_to(unit.connection, letter.holder.address, begins, since=unit.now - _DAY) >= _MISTAKES:
        return f"{because}; not answered, because {_MISTAKES} mistakes were answered within a day"
    wrong = {mistake.line for mistake in mistakes}
    content = OrderedMail(
        desk=unit.rules.configuration.file.desk.name,
        understood=tuple(one.line for one in block.orders if one.line not in wrong),
        mistakes=tuple(mistakes),
    )
    _answer(unit, letter, letter.mistaken_key, content)
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
    savepoint = order.unit.connection.begin_nested()
    for one in block.orders:
        try:
            done.append(obey(one.declaration, order))
        except (NotFound, Refused) as problem:
            savepoint.rollback()
            return [], [Mistake(one.line, str(problem))]
    savepoint.commit()
    return done, []


def _answer(unit: Unit, letter: OperatorMail, key: str, content: OrderedMail) -> None:
    thread = thread_of((*letter.message.references, letter.message.message_id))
    desk_mail = DeskLetter(content, key, operator=True, thread=thread)
    answer = unit.rules.letters.desk_letter(desk_mail, letter.holder, mailbox=letter.mailbox, now=unit.now)
    outbox.add(unit.connection, [answer], unit.now)


# --- what is not


def _warn(unit: Unit, letter: OperatorMail, doubt: str) -> None:
    """Tell the operator whose address it is, and the one in whose name it came; once a day for each reason."""
    configuration = unit.rules.configuration
    author = configuration.operator(letter.sender)
    concerned = dict.fromkeys([letter.holder, *([author] if author else [])])
    reason = hashlib.sha256(doubt.encode()).hexdigest()[:16] if author else "stranger"  # however many they are
    key, text = f"in-your-name/{reason}/{unit.now:%Y-%m-%d}", _warning(letter, doubt)
    once = f"{key}/{letter.holder.address}"
    if not alerts.is_told(unit, kind="in-your-name", key=once, headline=text.headline):
        return
    letters = [
        unit.rules.letters.alert(
            person, mailbox=configuration.voice(letter.mailbox.address), key=key, text=text, now=unit.now
        )
        for person in concerned
    ]
    outbox.add(unit.connection, letters, unit.now)


def _warning(letter: OperatorMail, doubt: str) -> AlertText:
    wrote = on_one_line(letter.message.reply)
    return AlertText(
        headline="someone wrote in your name",
        what=f"A mail to the reply address of {letter.holder.address} was not obeyed: {doubt}. Nothing was changed.",
        details=(
            ("From", letter.sender or "nobody, or several"),
            ("To", letter.mailbox.address),
            ("Subject", on_one_line(letter.message.subject) or "(no subject)"),
            ("Wrote", wrote if len(wrote) <= _SHOWN else f"{wrote[:_SHOWN]}..."),
            ("Kept", f"helpdesk quarantine show {letter.mail.id}"),
        ),
        todo="If it was you, answer the newest mail of the desk once more. If not, somebody has a mail of the desk "
        "to you. More of the same is kept today without another word.",
    )
