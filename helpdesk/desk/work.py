"""The second door: accepted mail becomes cases, answers and a place in the log.

The attempt is counted in a transaction of its own before any byte is read. A batch is worked in one transaction; if
anything in it fails, each mail gets its own, so that one bad mail never takes its neighbours down, and after three
attempts it is set aside with its bytes and the operators are told once. A mail that was tried before is worked alone,
so that one that kills the process is not counted against those that were claimed with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

from helpdesk.core import decide, enclosure
from helpdesk.core.command import cases_named, may_split
from helpdesk.core.decision import Answered, Arrival
from helpdesk.core.message import Robot, base_address
from helpdesk.core.redaction import ERASED
from helpdesk.core.thread import Placement
from helpdesk.desk import border, bounces, operators, trust
from helpdesk.desk.answered import answered, raise_alarm
from helpdesk.desk.neighbours import Company, gather, neighbours
from helpdesk.desk.redact import redact
from helpdesk.desk.splitting import piece_of
from helpdesk.failpoints import failpoint
from helpdesk.mail.enclose import naming
from helpdesk.mail.parse import parse
from helpdesk.mail.quote import before_quote, own_words
from helpdesk.mail.sensitive import look_through, without_secrets
from helpdesk.store import cases as case_store
from helpdesk.store import spool, undeliverable, watched

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from helpdesk.core.case import Case
    from helpdesk.core.decision import Decision, Piece, Returned
    from helpdesk.core.message import Message
    from helpdesk.core.people import Mailbox, Terms
    from helpdesk.desk.record import Recorder
    from helpdesk.store.engine import Database
    from helpdesk.store.spool import Spooled

LEASE = timedelta(minutes=1)  # a batch takes a second or two; who is frozen for longer has lost it, see `spool.hold`
BATCH = 8  # who accepts mail waits meanwhile; more would save hardly any flush a mail (bench/ingest.md)
_log = structlog.get_logger("work")


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of one mail of the spool."""

    spool_id: int
    outcome: str
    case: int | None
    message: Message
    because: str = ""


def work(database: Database, recorder: Recorder, now: datetime) -> list[Worked]:
    """Work a batch of waiting mail; empty when nothing waits."""
    with database.write() as connection:
        claimed = spool.claim(connection, now=now, lease=LEASE, limit=BATCH)
        for mail in spool.worn_out(connection, now):
            _set_aside(connection, recorder, mail, "its worker died three times", now)
    failpoint("work.claimed")
    if not claimed:
        return []
    claimed = [border.checked(recorder.rules, mail) for mail in claimed]  # may ask name servers: not in a transaction
    try:
        return _together(database, recorder, claimed, now)
    except Exception:  # noqa: BLE001 - whatever it was, one by one finds out whose it is
        return [done for mail in claimed if (done := _alone(database, recorder, mail, now))]


def _together(database: Database, recorder: Recorder, mails: Sequence[Spooled], now: datetime) -> list[Worked]:
    read = {mail.id: _read(recorder, mail) for mail in mails}  # before the transaction: it may take a moment
    with database.write() as connection:
        worked = [_one(connection, recorder, mail, read[mail.id], now) for mail in spool.hold(connection, mails)]
        failpoint("work.pre_commit")
    failpoint("work.post_commit")
    for done in worked:
        _log.info("worked", spool_id=done.spool_id, outcome=done.outcome, case=done.case)
    return worked


def _alone(database: Database, recorder: Recorder, mail: Spooled, now: datetime) -> Worked | None:
    """One mail in a transaction of its own; if it fails, it waits for another attempt or is set aside."""
    try:
        return next(iter(_together(database, recorder, [mail], now)), None)
    except (sa.exc.OperationalError, sa.exc.InterfaceError):
        _log.warning("the database does not answer", spool_id=mail.id)
        with database.write() as connection:
            spool.forgive(connection, mail)  # not the mail's fault: the attempt does not count
        return None
    except Exception as problem:  # noqa: BLE001 - unknown is temporary, until it has happened three times (design law 5)
        _log.exception("a mail could not be worked", spool_id=mail.id, attempts=mail.attempts)
        error = f"{type(problem).__name__}: {problem}"
        with database.write() as connection:
            if mail.attempts >= spool.MAX_ATTEMPTS:
                _set_aside(connection, recorder, mail, error, now)
            else:
                spool.release(connection, mail, error=error)
        return None


def _set_aside(connection: sa.Connection, recorder: Recorder, mail: Spooled, error: str, now: datetime) -> None:
    if not spool.quarantine(connection, mail, error=error, now=now):
        return
    facts = {
        "headline": "a mail was set aside",
        "what": f"A mail to {mail.mailbox} could not be worked and was set aside. Its bytes are kept.",
        "details": [("Quarantine", str(mail.id)), ("Mailbox", mail.mailbox), ("Error", error)],
        "todo": f"Look at it with: helpdesk quarantine show {mail.id}",
    }
    recorder.alert(connection, key=f"quarantine/{mail.id}", mailbox=mail.mailbox, facts=facts, now=now)


@dataclass(frozen=True, slots=True)
class _Read:
    """A mail that was read: what it says, and which secrets it holds."""

    message: Message
    secrets: tuple[str, ...]


def _read(recorder: Recorder, mail: Spooled) -> _Read:
    message = parse(mail.raw)
    message = replace(message, robot=None) if mail.released_by else _own_mail_marked(message, recorder)
    return _Read(message, look_through(mail.raw, message))


def _one(connection: sa.Connection, recorder: Recorder, mail: Spooled, read: _Read, now: datetime) -> Worked:
    message = read.message
    mailbox = recorder.rules.configuration.mailbox(mail.mailbox)
    if mailbox is None or mailbox.channel == "ignore":
        because = "the mailbox is ignored" if mailbox else "the mailbox is no longer configured"
        spool.finish(connection, mail.id, outcome="ignored", case=None, now=now, because=because, message=message)
        return Worked(mail.id, "ignored", None, message, because)
    ordered = operators.settle(connection, recorder, mail, message, mailbox, now=now)
    if ordered:
        outcome, because = ordered
        spool.finish(connection, mail.id, outcome=outcome, case=None, now=now, because=because, message=message)
        return Worked(mail.id, outcome, None, message, because)
    back = bounces.settle(connection, recorder, mail, message, mailbox, now=now) if message.robot else None
    placed, placement = _place(connection, recorder, mail, message, mailbox, back)
    orders_text = before_quote(message.text) if placement.role == "agent" else ""
    about = _about(connection, placed, placement, orders_text, back)
    case = about.case
    home = recorder.rules.configuration.mailbox(case.mailbox) if case else None
    sender = message.sender.address if message.sender else ""
    secrets = read.secrets if placement.role != "agent" else ()
    shown = without_secrets(message) if secrets else message
    if placement.role == "agent":
        shown = replace(shown, reply=own_words(message.text))  # it goes to the customer: nothing that is passed on
    piece, unsplittable = _piece(connection, recorder, message, case, orders_text, now)
    arrival = Arrival(
        message=_sorted_out(recorder, mail, shown, placement, secrets),
        sensitive=secrets,
        placement=placement,
        received_at=mail.received_at,
        key=f"mail/{mail.id}",
        number=mail.id,
        orders_text=orders_text,
        named=neighbours(connection, recorder, about.named, now),
        through=about.through,
        piece=piece,
        unsplittable=unsplittable,
        answered=Answered() if case and case.active else answered(connection, message, now),
        linked_ref=f"HD-{placement.linked}" if placement.linked else "",
        to_escalation=mailbox.channel == "escalation",
        returned=back,
        mailboxes=frozenset(one.address for one in recorder.rules.configuration.mailboxes),
        released_by=mail.released_by,
        null_sender=mail.source == "smtp" and not mail.envelope.mail_from,
    )
    if placement.verified:
        undeliverable.forget(connection, sender)  # what we sent them arrived
    terms = recorder.terms(connection, home or mailbox, case=case, sender=sender, now=now)
    terms = replace(terms, model=recorder.model(connection), second_voter=recorder.second_voter())
    decision = decide.receive(case, arrival, terms, now)
    failpoint("work.decided")
    number = None
    if decision.case is not None:
        number = _record(connection, recorder, mail, arrival, decision, terms, now)
    became, because = decision.outcome, decision.because
    kept = replace(message, subject=ERASED) if decision.erase else message  # the order quotes what was to go
    spool.finish(connection, mail.id, outcome=became, case=number, now=now, because=because, message=kept)
    return Worked(mail.id, decision.outcome, number, message, decision.because)


def _about(
    connection: sa.Connection, placed: Case | None, placement: Placement, orders_text: str, back: Returned | None
) -> Company:
    """The cases that the mail is about. A rating, and what came back, are about a mail of the very case they name."""
    if back is not None or placement.rating:
        return Company(placed, None, {})
    return gather(connection, placed, cases_named(orders_text))


def _piece(
    connection: sa.Connection, recorder: Recorder, message: Message, case: Case | None, orders_text: str, now: datetime
) -> tuple[Piece | None, str]:
    """The mail that an order to split means, if there is one; read only then."""
    if case is None or not may_split(orders_text):
        return None, ""
    return piece_of(connection, recorder, message, case, now)


def _remember(connection: sa.Connection, number: int, arrival: Arrival) -> None:
    """What a monitor found to fail is known by its names from now on, so that its recovery is told on this case."""
    seen = arrival.placement.watched
    if seen is not None and seen.state == "problem":
        watched.note(connection, number, seen.keys, proven=seen.proven)


def _begin_with(connection: sa.Connection, number: int, arrival: Arrival, decision: Decision) -> None:
    """A case that was split off has the mail that it was made of, and what the agent answered with the order."""
    case_store.move_message(connection, decision.moves, to=number)
    if decision.reply:
        case_store.add_message(
            connection,
            number,
            replace(arrival.message, attachments=()),
            spool_id=None,
            at=arrival.received_at,
            role="agent",
            visibility="public",
            reply=decision.reply,
        )


def _sorted_out(
    recorder: Recorder, mail: Spooled, message: Message, placement: Placement, secrets: Collection[str]
) -> Message:
    """The message, with what is to become of its attachments when it is passed on."""
    if not message.attachments:
        return message
    configuration = recorder.rules.configuration
    ours = placement.role == "agent"
    naming_staff = naming(mail.raw, message, configuration.staff) if ours else ()
    return enclosure.sorted_out(
        message, secrets=secrets, naming_staff=naming_staff, up_to=configuration.attachments, answers_us=ours
    )


def _own_mail_marked(message: Message, recorder: Recorder) -> Message:
    """Our own mail come back is nobody's word (threat L04): known by its signed Message-ID, or by its sender."""
    rules = recorder.rules
    ours = rules.signer.case_of(message.message_id) is not None
    sender = message.sender.address if message.sender else ""
    if not ours and rules.configuration.mailbox(base_address(sender)) is None:
        return message
    why = "a mail that we wrote ourselves" if ours else "sent from a mailbox of ours"
    return replace(message, robot=Robot("own-mail", why))


def _place(
    connection: sa.Connection,
    recorder: Recorder,
    mail: Spooled,
    message: Message,
    mailbox: Mailbox,
    back: Returned | None,
) -> tuple[Case | None, Placement]:
    """The case a mail belongs to, None for a new one, and what its sender may do there."""
    if back is not None:
        return case_store.load(connection, back.case), Placement(back.case, "outsider", "a report about a mail of ours")
    findings = trust.look_into(connection, recorder.rules, mail, message, mailbox)
    return findings.case, findings.placement


def _record(
    connection: sa.Connection,
    recorder: Recorder,
    mail: Spooled,
    arrival: Arrival,
    decision: Decision,
    terms: Terms,
    now: datetime,
) -> int:
    """Write down a decision about a case: its events, what the mail says, what is to be sent."""
    case = recorder.store(connection, decision, terms)
    _remember(connection, case.number, arrival)
    case_store.add_message(
        connection,
        case.number,
        arrival.message,
        spool_id=mail.id,
        at=mail.received_at,
        role=arrival.placement.role,
        visibility=decision.visibility,
        reply=decision.reply,
    )
    beside = [(recorder.store(connection, other, others), other, others) for other, others in decision.also]
    for new, other, _ in beside:
        if other.moves:
            _begin_with(connection, new.number, arrival, other)
    if decision.erase:
        # Before what this decision sends is written, and with the order itself, which may quote what is to go.
        agent = arrival.placement.agent
        person = agent.person if agent else None
        redact(connection, recorder, case.number, terms, by=arrival.sender, now=now, agent=person, also=[mail.id])
        case = case_store.load(connection, case.number)
    recorder.write(connection, case, decision.drafts, terms, now)
    for stored, other, others in beside:
        now_is = case_store.load(connection, stored.number) if decision.erase else stored
        recorder.write(connection, now_is, other.drafts, others, now)
    for event in decision.events:
        if event.type == "acknowledged":
            mailbox, sender = terms.mailbox.address, arrival.sender
            raise_alarm(connection, recorder, event, sender=sender, mailbox=mailbox, now=now)
    return case.number
