"""What one accepted mail does: it becomes a case, or goes on one, with all answers; or it is kept from cases, with why.

Read from top to bottom: `work_mail` is the whole of it. `desk.worker` says which mail is worked when, and what becomes
of one that cannot be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.clues import NO_CLUES, read_clues
from helpdesk.core.receive import receive
from helpdesk.core.receive.orders.reading import begins_with_order, cases_named, people_named
from helpdesk.core.receive.outsider import answered_elsewhere
from helpdesk.core.receive.past import BECAUSE
from helpdesk.core.receive.refused import lines_of
from helpdesk.core.tick import with_calls
from helpdesk.core.words import enclosure
from helpdesk.core.words.agent_text import AgentText
from helpdesk.core.words.case import ERASED
from helpdesk.core.words.decision import Answered, Arrival
from helpdesk.core.words.events import AcknowledgmentDecided, AgentAnswered
from helpdesk.core.words.placement import Placement
from helpdesk.core.words.unseen import ALL_SEEN, CaseMail, Sight, sight
from helpdesk.desk import behalf, bounces, copies, identify, own_words, past
from helpdesk.desk.addressing import addressed, customers_of
from helpdesk.desk.answered import answered, raise_alarm
from helpdesk.desk.own import attributed
from helpdesk.desk.related_cases import CasesAbout, gather
from helpdesk.desk.round_trip import fresh_token
from helpdesk.desk.snippets import snippets_for
from helpdesk.desk.splitting import piece_of
from helpdesk.failpoints import failpoint
from helpdesk.mail.inside.sensitive import look_through, without_secrets
from helpdesk.mail.proof.spam import spam_mark
from helpdesk.mail.read.quote import before_quote
from helpdesk.mail.write.enclose import naming
from helpdesk.operators import settle
from helpdesk.person import Person
from helpdesk.privacy import redact
from helpdesk.store import cases as case_store
from helpdesk.store import confirmations, outbox, spool, undeliverable, watched
from helpdesk.thanks import thanks_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from helpdesk.clues import Clues
    from helpdesk.core.words.addressee import Addressee
    from helpdesk.core.words.behalf import Behalf
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Decision, Piece, Returned
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox
    from helpdesk.core.words.terms import Terms
    from helpdesk.desk.ahead import ReadAhead
    from helpdesk.severity.ahead import JudgedAhead
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Rules, Unit


_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of one mail of the spool."""

    spool_id: int
    outcome: str
    case: int | None
    message: Message
    because: str = ""


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail that was read: what it says, where it seems to belong, and which secrets it holds."""

    mail: Spooled
    message: Message
    mailbox: Mailbox | None  # None: it is no longer configured
    clues: Clues
    secrets: tuple[str, ...]
    judged: JudgedAhead | None = None  # as a mail that opens a case


def read_mail(rules: Rules, mail: Spooled, ahead: ReadAhead) -> ReadMail:
    """Read a mail that was parsed; before the transaction, since it may take a moment."""
    message = attributed(rules, mail, ahead.message)
    message = replace(message, robot=None) if mail.released_by and not mail.history else message
    mailbox = rules.configuration.mailbox(mail.mailbox)
    clues = read_clues(message, mail.envelope, mailbox, rules.signer) if mailbox else NO_CLUES
    secrets = ahead.secrets
    if secrets is None or message.sender != ahead.message.sender:  # whose own addresses are no secrets
        secrets = look_through(mail.raw, message)
    return ReadMail(mail, message, mailbox, clues, secrets, ahead.judged)


@dataclass(frozen=True, slots=True)
class PlacedMail:
    """A mail with its case, and with what its author wrote now."""

    read: ReadMail
    mailbox: Mailbox  # that it came to
    came: Message
    returned: Returned | None
    found: Case | None  # that it was written to, before any merging
    placement: Placement
    customer_text: own_words.CustomerText
    own: AgentText
    about: CasesAbout
    opening: behalf.Opening | None  # an agent's mail for somebody else

    @property
    def message(self) -> Message:
        """The mail as its case has it."""
        return self.opening.message if self.opening else self.came

    @property
    def sender(self) -> str:
        """Whose mail it is on the case, "" where it says nobody's."""
        if self.opening:
            return self.opening.behalf.requester.address
        return self.came.sender.address if self.came.sender else ""

    @property
    def answers(self) -> bool:
        """Whether an agent wrote it on a case."""
        return self.placement.role == "agent" and self.opening is None


def work_mail(unit: Unit, read: ReadMail) -> Worked:
    """Do all that a mail causes, in the transaction of its unit. Raises StaleCase."""
    if read.mailbox is None:
        return _end(unit, read, "ignored", "the mailbox is no longer configured")
    settled = _settled(unit, read, read.mailbox)
    if settled is not None:
        return settled
    mail = _placed(unit, read, read.mailbox)
    if mail.opening and (because := behalf.sent_back(unit, read.mail, read.message, read.mailbox, mail.opening)):
        return _end(unit, read, "ignored", because)
    arrival = _arrival(unit, mail)
    home = _home(unit, mail)
    terms = unit.judging(unit.terms(home, case=mail.about.case, sender=mail.sender), known=read.judged)
    case, agent = mail.about.case, mail.placement.agent
    if case and agent:
        arrival = replace(arrival, snippets=snippets_for(unit, mail.own.head, case, terms, agent))
    if thanks := thanks_in(mail.about.case, arrival, terms):
        arrival = replace(arrival, thanks=thanks)
    decision = receive(mail.about.case, arrival, terms, unit.now)
    failpoint("work.decided")
    number = _write_down(unit, mail, arrival, decision, unit.terms_after(decision, terms))
    kept = replace(mail.came, subject=ERASED) if decision.erase else mail.came  # the order quotes what was to go
    done = _end(unit, read, decision.outcome, decision.because, case=number, message=kept)
    return replace(done, message=mail.came) if decision.erase else done


def _end(
    unit: Unit, read: ReadMail, outcome: str, because: str, *, case: int | None = None, message: Message | None = None
) -> Worked:
    """Write down what became of a mail."""
    number, message = read.mail.id, message or read.message
    spool.finish(unit.connection, number, outcome=outcome, case=case, now=unit.now, because=because, message=message)
    return Worked(number, outcome, case, message, because)


def _settled(unit: Unit, read: ReadMail, mailbox: Mailbox) -> Worked | None:
    """What becomes of a mail that is about no case, and of a copy; None where it is worked."""
    mail, message = read.mail, read.message
    if token := fresh_token(unit, message, mailbox.address):
        return _end(unit, read, "ignored", "it only tried the way here", message=replace(message, message_id=token))
    if mailbox.channel == "ignore":
        return _end(unit, read, "ignored", "the mailbox is ignored")
    if mail.history and not mail.released_by:
        return _of_before(unit, read, mailbox)
    first = copies.folded(unit, mail, message, mailbox)
    if first is not None:
        return Worked(mail.id, "duplicate", first.case, message)
    ordered = settle(unit, mail, message, mailbox, read.clues)
    if ordered is None:
        return None
    unit.forget_declared()
    return _end(unit, read, *ordered)


def _of_before(unit: Unit, read: ReadMail, mailbox: Mailbox) -> Worked:
    """What lay there before the desk began is on a case that is over, if it was a person's."""
    mail = past.past_mail(unit, read.mail.id, read.mail.received_at, read.message, read.secrets)
    case = past.take(unit, mailbox, [mail]).get(read.mail.id)
    return _end(unit, read, "history", BECAUSE, case=case)


def _placed(unit: Unit, read: ReadMail, mailbox: Mailbox) -> PlacedMail:
    """Find its case and hold it, and tell what was written now from what is quoted."""
    mail, message = read.mail, read.message
    returned = bounces.settle(unit, mail, message, mailbox) if message.robot else None
    if message.ancestors and not read.clues.case_numbers:
        past.take_answered(unit, message, mailbox)
    found, placement = _place(unit, read, mailbox, returned)
    customer_text = _customer_text(unit, message, found, placement)
    if customer_text.reply != message.reply:
        message = replace(message, reply=customer_text.reply)
    own = _written(unit, mail, message, found, placement, mailbox)
    about = _about(unit, found, placement, own.head, returned)
    opening = behalf.opening(unit, mail, message, mailbox, placement) if about.case is None else None
    placement = opening.placement if opening else placement
    return PlacedMail(read, mailbox, message, returned, found, placement, customer_text, own, about, opening)


def _home(unit: Unit, mail: PlacedMail) -> Mailbox:
    """The mailbox of its case, which may be another one than it came to."""
    case = mail.about.case
    return (unit.rules.configuration.mailbox(case.mailbox) if case else None) or mail.mailbox


def _addressee(unit: Unit, mail: PlacedMail) -> Addressee:
    if mail.opening:
        return mail.opening.addressee
    return addressed(unit.rules, mail.message, _home(unit, mail), authenticated=mail.placement.authenticated)


def _arrival(unit: Unit, mail: PlacedMail) -> Arrival:
    """What `receive` is to know of it, and of what it names."""
    spooled, message, placement, case = mail.read.mail, mail.message, mail.placement, mail.about.case
    addressee = _addressee(unit, mail)
    if mail.opening:
        behalf.alert(unit, mail.opening.behalf, mail.mailbox)
    secrets = mail.read.secrets if not mail.answers else ()
    shown = without_secrets(message) if secrets else message
    if mail.answers:
        shown = replace(shown, reply=mail.own.text)  # it goes to the customer: nothing that is passed on
    answers = mail.customer_text.answers
    piece, unsplittable = _piece(unit, message, case, mail.own.head)
    arrival = Arrival(
        message=_sorted_out(unit.rules, spooled, shown, placement, secrets),
        sensitive=secrets,
        placement=placement,
        received_at=spooled.received_at,
        key=f"mail/{spooled.id}",
        addressee=addressee,
        customers=customers_of(unit.rules, message, people_named(mail.own.head)),
        number=spooled.id,
        written=mail.own,
        folded=mail.customer_text.folded,
        others=mail.customer_text.others,
        answers=without_secrets(replace(message, text=answers)).text if secrets else answers,
        first_words=_first_words(unit, mail.found) if answers else "",
        named=unit.related(mail.about.named),
        through=mail.about.through,
        piece=piece,
        unsplittable=unsplittable,
        answered=Answered() if case and case.active else answered(unit, message, addressee),
        linked_ref=f"HD-{linked}" if (linked := placement.linked or spooled.was_on) else "",
        to_escalation=mail.mailbox.channel == "escalation",
        returned=mail.returned,
        mailboxes=unit.rules.configuration.received_at,
        unwanted=_unwanted(unit.rules, message, mail.sender),
        released_by=spooled.released_by,
        history=spooled.history,
        behalf=mail.opening.behalf if mail.opening else None,
        sight=_sight(unit, spooled, message, case, placement),
        came_to=mail.mailbox,
        asked=_asked_lately(unit, placement),
        null_sender=spooled.source == "smtp" and not spooled.envelope.mail_from,
    )
    if placement.verified:
        undeliverable.forget(unit.connection, mail.sender)  # what we sent them arrived
    return arrival


def _asked_lately(unit: Unit, placement: Placement) -> int:
    """How often the agent in whose name it is, unproven, was asked within the last hour whether a mail was theirs."""
    agent = placement.agent if placement.askable else None
    return confirmations.asked(unit.connection, agent.addresses, since=unit.now - _HOUR) if agent else 0


def _write_down(unit: Unit, mail: PlacedMail, arrival: Arrival, decision: Decision, terms: Terms) -> int | None:
    """Do what was decided; the number of the case, None where it became none."""
    if decision.case is None:
        return None
    number = record_mail(unit, mail.read.mail.id, arrival, decision, terms)
    if decision.outcome == "opened":
        _tell_linked(unit, arrival, number)
    placement = arrival.placement
    if placement.role == "outsider" and not (placement.agent or placement.informed or placement.asked):
        behalf.tell_other_team(unit, mail.read.mail, mail.came, _home(unit, mail), decision.case)
    return number


def _tell_linked(unit: Unit, arrival: Arrival, opened: int) -> None:
    """The case that a stranger named, or whose mail they answered, may wait for just that."""
    linked = arrival.placement.linked
    case = gather(unit, case_store.load(unit.connection, linked), ()).case if linked is not None else None
    for other in unit.related({case.number: case} if case else {}).values():
        decision = answered_elsewhere(other.case, f"HD-{opened}", arrival, other.terms, unit.now)
        for one, terms in ((decision, other.terms), *decision.also):
            unit.record(one, terms)


def _customer_text(unit: Unit, message: Message, placed: Case | None, placement: Placement) -> own_words.CustomerText:
    """What somebody who is no agent wrote now; a machine's mail is taken by its form alone."""
    if message.robot or placement.watched or placement.role == "agent":
        return own_words.CustomerText(message.reply)
    if placed is not None:
        return own_words.of_follow_up(unit, message, placed)
    return own_words.CustomerText(message.reply) if placement.linked is not None else own_words.of_first_mail(message)


def _first_words(unit: Unit, placed: Case | None) -> str:
    """What its customer wrote to open a case."""
    if placed is None or placed.for_how == "copied":
        return ""
    return "\n".join(case_store.first_words(unit.connection, [placed.number]))


def _written(
    unit: Unit, mail: Spooled, message: Message, placed: Case | None, placement: Placement, mailbox: Mailbox
) -> AgentText:
    """What an agent wrote themselves; of others' mail it is not asked."""
    if placed is not None and placement.confirms:
        return AgentText("\n".join(lines_of(placed, placement.confirms)))
    if placement.askable:
        return AgentText(before_quote(message.text))
    if placement.role != "agent" or placement.agent is None or placed is None:
        return AgentText()
    address, agent = mailbox.address, placement.agent
    return own_words.of_agent(unit, message, placed, agent, mailbox=address, raw=mail.raw)


def _sight(unit: Unit, mail: Spooled, message: Message, case: Case | None, placement: Placement) -> Sight:
    """What of the case its agent had not seen; of others' mail it is not asked."""
    agent = placement.agent
    if placement.role != "agent" or agent is None or case is None:
        return ALL_SEEN
    numbers = (case.number, *case.merged)
    typed = {event.message_id: event.key for event in case.of_type(AgentAnswered)}
    mails = [
        CaseMail(
            one.spool_id or 0,
            one.message_id,
            one.at,
            Person(one.author, one.author_name),
            one.reply,
            typed="" if one.spool_id else typed[one.message_id],
        )
        for one in unit.messages(*numbers)
        if one.visibility == "public" and (one.spool_id or one.message_id in typed)
    ]
    handed, answers = outbox.handed(unit.connection, numbers, agent.addresses), next(iter(message.ancestors), "")
    return sight(mails, handed, at=mail.received_at, answers=answers)


def _about(
    unit: Unit, placed: Case | None, placement: Placement, orders_text: str, back: Returned | None
) -> CasesAbout:
    """The cases that the mail is about. A rating, and what came back, are about a mail of the very case they name."""
    if placed is not None and (back is not None or placement.rating):
        return CasesAbout(unit.hold([placed.number]).get(placed.number, placed), None, {})
    return gather(unit, placed, cases_named(orders_text))


def _piece(unit: Unit, message: Message, case: Case | None, orders_text: str) -> tuple[Piece | None, str]:
    """The mail that an order to split means, if there is one; read only then."""
    if case is None or not begins_with_order(orders_text, "split"):
        return None, ""
    return piece_of(unit, message, case)


def _remember(unit: Unit, number: int, arrival: Arrival) -> None:
    """What a monitor found to fail is known by its names from now on, so that its recovery is told on this case."""
    seen = arrival.placement.watched
    if seen is not None and seen.state == "problem":
        watched.note(unit.connection, number, seen.keys, proven=seen.proven)


def _begin_with(unit: Unit, number: int, arrival: Arrival, decision: Decision) -> None:
    """A case that was split off has the mail that it was made of, and what the agent answered with the order."""
    case_store.move_message(unit.connection, decision.moves, to=number)
    if decision.reply:
        case_store.add_message(
            unit.connection,
            number,
            replace(arrival.message, attachments=()),
            spool_id=None,
            at=arrival.received_at,
            role="agent",
            visibility="public",
            reply=decision.reply,
        )


def _note(unit: Unit, number: int, arrival: Arrival, behalf: Behalf) -> None:
    """What an agent wrote above the mail that they passed on is for the team."""
    note = replace(arrival.message, senders=(behalf.agent.person,), text=behalf.note, attachments=(), message_id="")
    case_store.add_message(
        unit.connection,
        number,
        note,
        spool_id=None,
        at=arrival.received_at,
        role="agent",
        visibility="internal",
        reply=behalf.note,
    )


def _unwanted(rules: Rules, message: Message, sender: str) -> str:
    """Why a mail is held where its sender is nobody."""
    configuration = rules.configuration
    if blocked := configuration.blocks(sender):
        return f"{blocked} is blocked"
    mark = spam_mark(message, configuration.spam, authserv_id=configuration.file.smtp_in.authserv_id)
    return f"marked as spam by our border ({mark})" if mark else ""


def _sorted_out(
    rules: Rules, mail: Spooled, message: Message, placement: Placement, secrets: Collection[str]
) -> Message:
    """The message, with what is to become of its attachments when it is passed on."""
    if not message.attachments:
        return message
    configuration = rules.configuration
    ours = placement.role == "agent"
    naming_staff = naming(mail.raw, message, configuration.staff) if ours else ()
    return enclosure.sorted_out(
        message, secrets=secrets, naming_staff=naming_staff, up_to=configuration.attachments, answers_us=ours
    )


def _place(unit: Unit, read: ReadMail, mailbox: Mailbox, back: Returned | None) -> tuple[Case | None, Placement]:
    """The case a mail belongs to, None for a new one, and what its sender may do there."""
    if back is not None:
        return case_store.load(unit.connection, back.case), Placement(
            back.case, "outsider", "a report about a mail of ours"
        )
    findings = identify.look_into(unit, read.mail, read.message, mailbox, read.clues)
    return findings.case, findings.placement


def record_mail(unit: Unit, spooled: int | None, arrival: Arrival, decision: Decision, terms: Terms) -> int:
    """Write down a decision about a case: its events, what the mail says, what is to be sent.

    `spooled` is its number in the spool, None of what did not come by mail. Who is to be called now is called by it.
    """
    decision = with_calls(decision, terms, unit.now)
    case = unit.store(decision, terms)
    _remember(unit, case.number, arrival)
    case_store.add_message(
        unit.connection,
        case.number,
        arrival.message,
        spool_id=spooled,
        at=arrival.received_at,
        role=arrival.placement.role,
        visibility=decision.visibility,
        reply=decision.reply,
    )
    if arrival.behalf and arrival.behalf.note:
        _note(unit, case.number, arrival, arrival.behalf)
    also = [(with_calls(other, others, unit.now), others) for other, others in decision.also]
    beside = [(unit.store(other, others), other, others) for other, others in also]
    for new, other, _ in beside:
        if other.moves:
            _begin_with(unit, new.number, arrival, other)
    if decision.erase:
        # Before what this decision sends is written, and with the order itself, which may quote what is to go.
        agent = arrival.placement.agent
        person = agent.person if agent else None
        redact(unit, case.number, terms, by=arrival.sender, agent=person, also=[spooled] if spooled else [])
        case = case_store.load(unit.connection, case.number)
    unit.write(case, decision.drafts, terms)
    for stored, other, others in beside:
        now_is = case_store.load(unit.connection, stored.number) if decision.erase else stored
        unit.write(now_is, other.drafts, others)
    for event in decision.events:
        if isinstance(event, AcknowledgmentDecided):
            mailbox, to = terms.mailbox.address, arrival.addressee.address
            raise_alarm(unit, event, to=to, mailbox=mailbox)
    return case.number
