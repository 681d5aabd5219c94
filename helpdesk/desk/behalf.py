"""What an agent's mail is that belongs to no case: one passed on, a note of a call, a copy, or none of these.

What answers a mail about no case, such as the one at a hand-over, comes back: no customer waits for it. An agent who
writes on another team's case is told that nothing was sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.receive.behalf import ASKED_AN_HOUR, read_new
from helpdesk.core.receive.orders.reading import begins_with_order
from helpdesk.core.words.addressee import Addressee
from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.core.words.behalf import Behalf
from helpdesk.core.words.block import Mistake
from helpdesk.core.words.desk_mail import OrderedMail
from helpdesk.core.words.message import Transport, base_address
from helpdesk.core.words.placement import Placement
from helpdesk.letters import DeskLetter, thread_of
from helpdesk.mail.proof.address import NO_CASE
from helpdesk.mail.read.client_markers import PASSED_ON
from helpdesk.mail.read.forwarded import forwarded
from helpdesk.mail.read.quote import before_quote, new_text
from helpdesk.operators import raise_alert
from helpdesk.person import Person
from helpdesk.store import confirmations, desk_mails, outbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Agent, Mailbox
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Rules, Unit

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_BACK = "back"  # how the keys begin of what says that an answer is about no case
_BACK_A_DAY = 3  # to one agent, about one case or none: what answers may be a machine (threat L03)
_ABOUT_A_CASE = (
    "an answer to a mail about a case: the one that this answers is about none, and nobody reads what is said to it. "
    "Answer the case's mail, or write to the support address anew with #new ADDRESS on the first line for a new case"
)
_OF_THE_TEAM = (
    "an answer of somebody in {}: the case is theirs, you are not in that team, and so nothing of your mail was sent "
    "to the customer and no order in it was done. Whoever has the case was shown it, and can give it to your team with "
    "#team"
)


@dataclass(frozen=True, slots=True)
class Opening:
    """An agent's mail as the case that it opens has it. `message` is for the case, and not what came."""

    behalf: Behalf
    message: Message
    addressee: Addressee
    placement: Placement


def opening(unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox, placement: Placement) -> Opening | None:
    """How an agent's mail opens a case for somebody; None for mail of others, and of programs."""
    rules, sender = unit.rules, message.sender
    agent = rules.configuration.teams[mailbox.team].agent(sender.address) if sender else None
    a_program = message.robot is not None or placement.watched is not None or mailbox.channel == "monitoring"
    if agent is None or sender is None or a_program or rules.customers.find(sender.address):
        return None
    asked = confirmations.asked(unit.connection, agent.addresses, since=unit.now - _HOUR)
    found = _found(rules, mail, message, agent)
    behalf = replace(found.behalf, proven=placement.authenticated, asked=asked)
    return replace(found, behalf=behalf, placement=replace(found.placement, authenticated=placement.authenticated))


def sent_back(unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox, opening: Opening) -> str:
    """Send an answer to a mail of the desk itself back to its agent; returns why, "" for what is no such answer."""
    signer, agent = unit.rules.signer, opening.behalf.agent
    if opening.behalf.how != "nobody" or NO_CASE not in map(signer.case_of, message.ancestors):
        return ""
    begins = next(iter(before_quote(message.text).strip().splitlines()), "") or "(no text)"
    _send_back(unit, mail, message, mailbox, agent, Mistake(begins, _ABOUT_A_CASE), about="none")
    return "it answers a mail of the desk that is about no case"


def tell_other_team(unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox, case: Case) -> None:
    """Tell an agent of another team that what they wrote on a case is not sent; others are told nothing.

    Their From may be made up: it goes to the configured address, with nothing of the mail's text, nor of the case.
    """
    agent = unit.rules.configuration.agent(message.sender.address) if message.sender else None
    if agent is not None and message.robot is None:
        team = case.team or mailbox.team
        wrong = Mistake(f"your mail on {case.ref}", _OF_THE_TEAM.format(team))
        _send_back(unit, mail, message, mailbox, agent, wrong, about=case.ref)


def _send_back(
    unit: Unit, mail: Spooled, message: Message, mailbox: Mailbox, agent: Agent, wrong: Mistake, *, about: str
) -> None:
    """Say what was wrong, unless they were told so often, `about` the same, that a machine may be answering."""
    key = f"{_BACK}/{about}/"
    if desk_mails.written_to(unit.connection, agent.address, f"echo/{key}", since=unit.now - _DAY) >= _BACK_A_DAY:
        return
    content = OrderedMail(desk=unit.rules.configuration.file.desk.name, operator=False, mistakes=(wrong,))
    thread = thread_of((*message.references, message.message_id))
    letter = DeskLetter(content, f"{key}{mail.id}", operator=False, thread=thread)
    answer = unit.rules.letters.desk_letter(letter, agent.person, mailbox=mailbox, now=unit.now)
    outbox.add(unit.connection, [answer], unit.now)


def alert(unit: Unit, behalf: Behalf, mailbox: Mailbox) -> None:
    """Tell the operators of mail in an agent's name that the agent is not asked about any more for now."""
    if not behalf.unconfirmed or behalf.asked < ASKED_AN_HOUR:
        return
    agent = behalf.agent.address
    text = AlertText(
        headline=f"much mail in the name of {agent} that proves nothing",
        what=f"More than {ASKED_AN_HOUR} mails within an hour open cases for others in the name of {agent}, and "
        "none is proven. The cases are there, and nothing of them goes outside until an agent answers a mail about "
        "them; for now nobody is asked whether they are theirs.",
        details=(("Agent", agent), ("Mailbox", mailbox.address)),
        todo="Ask them. If it is not they, block who sends it.",
    )
    key = f"confirmations/{agent}/{unit.now:%Y-%m-%dT%H}"
    raise_alert(unit, OperatorAlert(kind="confirmations", key=key, mailbox=mailbox.address, text=text))


def _found(rules: Rules, mail: Spooled, message: Message, agent: Agent) -> Opening:
    ours = rules.configuration.addresses | rules.configuration.groups
    new = read_new(message.text, ours=ours)
    if new is not None:
        text = new_text(new.text) if new.text else ""
        if new.person is None:
            return _nobodys(message, agent, text, wrong=new.wrong)
        return _by_new_order(message, agent, new.person, subject=new.subject or _own_subject(message), text=text)
    others = list(dict.fromkeys(_outside(rules, message)))
    if others:
        placed = Placement(None, "agent", "an agent wrote to them, with us on copy")
        behalf = Behalf("copied", agent, others[0])
        return Opening(behalf, _ours(message), Addressee(others[0], others[0]), placed)
    passed_on = forwarded(message, mail.raw, ours=ours)
    if passed_on is None or unwritable(passed_on.author.address):
        return _nobodys(message, agent, message.reply, wrong=_not_done(message.reply))
    author = passed_on.author
    behalf = Behalf(
        "forwarded", agent, author, note=passed_on.above, dated=passed_on.dated, wrong=_not_done(passed_on.above)
    )
    shown = replace(
        _ours(message),
        senders=(author,),
        to=(),
        cc=(),
        subject=passed_on.subject or PASSED_ON.sub("", message.subject).strip(),
        text=passed_on.text,
        reply=passed_on.text,
        message_id=passed_on.message_id,
    )
    placed = Placement(None, "customer", "an agent passed it on")
    return Opening(behalf, shown, Addressee(author, author), placed)


def _by_new_order(message: Message, agent: Agent, person: Person, *, subject: str, text: str) -> Opening:
    shown = replace(_ours(message), to=(), cc=(), subject=subject, text=text, reply=text, message_id="")
    placed = Placement(None, "agent", "an agent opened it with #new")
    wrong = "orders beside #new (answer this mail with them)" if begins_with_order(text) else ""
    return Opening(Behalf("told", agent, person, wrong=wrong), shown, Addressee(person, person), placed)


def _not_done(text: str) -> str:
    """What an agent is told whose words begin with orders, where no case was yet that they could be about."""
    return "orders in a mail that opens a case (answer this mail with them)" if begins_with_order(text) else ""


def _nobodys(message: Message, agent: Agent, text: str, *, wrong: str) -> Opening:
    nobody = Person("", agent.name_or_address)
    placed = Placement(None, "agent", "an agent wrote it, for nobody yet")
    return Opening(
        Behalf("nobody", agent, nobody, wrong=wrong), replace(_ours(message), reply=text), Addressee(nobody), placed
    )


def _ours(message: Message) -> Message:
    """As a mail that names its author and nobody else, and whose way here withholds no word to whom it names."""
    return replace(message, reply_to=(), sent_by=(), in_reply_to=(), references=(), transport=Transport())


def _own_subject(message: Message) -> str:
    return "" if message.subject.lstrip().lower().startswith("#new") else message.subject


def _outside(rules: Rules, message: Message) -> Iterator[Person]:
    """Whom the mail is to, besides us: no address of ours, nor one in a mailbox's domain that is no customer's."""
    configuration = rules.configuration
    domains = {address.rpartition("@")[2] for address in configuration.mailbox_addresses}
    for person in (*message.to, *message.cc):
        address = person.address
        ours = {address, base_address(address)} & (configuration.addresses | configuration.groups)
        alias = address.rpartition("@")[2] in domains and rules.customers.find(address) is None
        if address and not ours and not alias and not unwritable(address):
            yield person
