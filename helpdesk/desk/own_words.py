"""What somebody wrote now, told from what they quote by the mails that they got and the words of the case."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core.receive.orders.reading import begins_with_order
from helpdesk.core.words.agent_text import COLLEAGUE, Inside
from helpdesk.core.words.block import read_block
from helpdesk.core.words.case import number_of
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentMailReturned,
    AgentNoted,
    ParticipantAdded,
    RequesterSet,
    ThirdPartyAsked,
)
from helpdesk.core.words.message import Message, base_address
from helpdesk.mail.read import overlap, quote, tail
from helpdesk.mail.read.absence import fold
from helpdesk.mail.read.agent_text import SentWords, asked_above, closing_lines, compared, sent, written
from helpdesk.mail.read.body import alternatives
from helpdesk.mail.read.confidential import KEPT, Confidential, case_numbers, inside
from helpdesk.mail.read.encryption import encrypted
from helpdesk.mail.read.folded import folded, partly_shown
from helpdesk.mail.read.forwarded import passed_on_from
from helpdesk.mail.read.inline import with_questions
from helpdesk.mail.read.salutation import called_first, called_last, end_of, is_from
from helpdesk.store import outbox, signatures
from helpdesk.store.signatures import Learnt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from helpdesk.core.receive.orders.command import Verb
    from helpdesk.core.words.agent_text import AgentText
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent
    from helpdesk.store.cases import StoredMessage
    from helpdesk.unit import Unit

_NEWEST = 6  # mails of ours that an answer is compared with, the ones that it names first


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A case with those that went into it, and what was said on them, in public and in the team alone.

    `stayed` is what somebody wrote who did not ask that it stay in the team.
    """

    numbers: tuple[int, ...]
    subjects: tuple[str, ...]
    customers: tuple[str, ...]
    answers: tuple[str, ...]
    notes: tuple[str, ...]
    stayed: tuple[StoredMessage, ...] = ()
    outside: tuple[str, ...] = ()  # answers of third parties, who were asked
    asked: tuple[str, ...] = ()  # what the people of the case wrote in public


def of_agent(unit: Unit, message: Message, case: Case, agent: Agent, *, mailbox: str, raw: bytes) -> AgentText:
    """An agent's own words, and what of them is not for the customer; remembers how their mails end."""
    correspondence = _correspondence_on(unit, case)
    learnt = signatures.of(unit.connection, agent.address)
    mails = _mails(unit, correspondence, agent.addresses, message)
    texts = _texts(mails[:1])
    answered = _sent(texts)
    text = compared(message.text, answered)
    own = written(text, answered, learnt.tails)
    held = own.text.strip().lower() == "#answer"
    if held:
        own = replace(own, rest=_held(unit, case, agent))
    kept = _kept(unit, case, correspondence, own, agent, mailbox)
    found = inside(own.text, _with_ours(kept, answered, correspondence, case))
    if len(mails) != 1 and (found or any(map(overlap.is_marked, own.text.split("\n")))):
        # What is left may quote an older mail of ours: only then are all of them read.
        texts += _texts(mails[1:])
        answered = _sent(texts, correspondence.customers, before=correspondence.answers)
        text = compared(message.text, answered)
        own = written(text, answered, learnt.tails)
        found = inside(own.text, _with_ours(kept, answered, correspondence, case))
    if message.robot is None:
        _learn(unit, agent, learnt, closing_lines(text))
    if text.gone and own.rest and not held and _may_be_reminded(case, own):
        own = written(text, answered, learnt.tails, asked_above(text, overlap.known(correspondence.asked)))
    passed_on = passed_on_from(own.text, message, raw)
    if passed_on:
        found += (Inside(passed_on.strip(), "a mail that you pass on", "if-meant", KEPT),)
    below = read_block(own.text, lambda line: line).text  # any orders
    own = _ended(own, below, agent)
    if _calls_a_colleague(unit, _typed(below, own), case, agent, correspondence):
        found += (Inside(below.partition("\n")[0], COLLEAGUE, "if-meant", KEPT),)
    return replace(own, inside=found, encrypted=encrypted(raw, own.text, attachments=bool(message.attachments)))


def _ended(own: AgentText, below: str, agent: Agent) -> AgentText:
    """How a mail ends says nothing, as programs put it below each. Alone it comes back, for a person may mean it."""
    if begins_with_order(own.head, "answer"):
        return own
    # Beside an order that is for nobody outside, thanks are for who reads the order.
    thanking = begins_with_order(own.head) and not begins_with_order(own.head, *_HEARD_OUTSIDE)
    end = end_of(_typed(below, own), agent.name or agent.address.partition("@")[0], thanking=thanking)
    own = replace(own, by_program=own.by_program | frozenset(end))
    if not end or _typed(below, own):
        return own
    return replace(own, left_out="\n".join(filter(None, (own.left_out, below))))


def _typed(text: str, own: AgentText) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip() not in own.by_program).strip()


# Beside these the customer may be thanked: they are told, or asked for something.
_HEARD_OUTSIDE: tuple[Verb, ...] = ("resolve", "close", "requester", "split", "wait", "ask", "cc", "agreed", "planned")


def _may_be_reminded(case: Case, own: AgentText) -> bool:
    """Whether all who get an answer have read what the customer wrote: who comes later gets nothing that was."""
    later = case.merged or case.of_type(ParticipantAdded, RequesterSet)
    return not later and not begins_with_order(own.head, "cc", "requester", "ask", "split")


def _calls_a_colleague(unit: Unit, text: str, case: Case, agent: Agent, correspondence: Correspondence) -> bool:
    """Whether a text begins with the name of one of us or a mention, or is one short line that ends with the name.

    "Dear colleagues" calls us, too, where the customer is not called so and does not call us so.
    """
    first, last = called_first(text), called_last(text)
    together = first.startswith("@") or _COLLEAGUES.fullmatch(fold(first))  # who is mentioned so works together
    members = [one for team in unit.rules.configuration.teams.values() for one in team.members]
    ours = [
        (one.name or one.address.partition("@")[0]).casefold() for one in members if one.address not in agent.addresses
    ]
    words = {word for name in ours for word in name.split()}
    names = [first] if together else [name for name in (first, last) if name in words]
    return any(not _is_theirs(name, case, correspondence, ours) for name in names)


_COLLEAGUES = re.compile(r"colleagues?|kolleg(?:e|en|in|innen|er|or)|collegues?|collegh[ie]|collega'?s?")


def _is_theirs(called: str, case: Case, correspondence: Correspondence, ours: Collection[str]) -> bool:
    """Whether somebody on the case is called so, signs so, or was written to like that before.

    Who is only spoken of is nobody there, and `ours` sign by their full names in what is quoted. A mention was one
    there, too: `@all` is nobody for the word `all`.
    """
    named = (f"{person.name} {person.address.partition('@')[0].replace('.', ' ')}".split() for person in case.people)
    if any(called in f"{word} @{word}".casefold() for words in named for word in words):
        return True
    customers, answers = correspondence.customers, correspondence.answers
    if called.startswith("@") or _COLLEAGUES.fullmatch(fold(called)):
        return any(called in text.casefold() for text in (*customers, *answers))
    full = {name for name in ours if " " in name}
    signed = ("\n".join(line for line in text.split("\n") if line.strip().casefold() not in full) for text in customers)
    return any(called_first(text) == called for text in answers) or any(is_from(text, called) for text in signed)


def typed(unit: Unit, own: AgentText, case: Case, agent: Agent) -> AgentText:
    """Words that an agent typed, all of them their own, and what of them is not for the customer."""
    correspondence = _correspondence_on(unit, case)
    kept = _kept(unit, case, correspondence, own, agent, case.mailbox)
    answered = _sent(_texts(_mails(unit, correspondence, agent.addresses, Message())))
    return replace(own, inside=inside(own.text, _with_ours(kept, answered, correspondence, case)))


def _held(unit: Unit, case: Case, agent: Agent) -> str:
    """What an agent wrote last on a case, where that was held as an absence notice."""
    refused = [event for event in case.of_type(AgentMailReturned) if event.by == agent.address]
    if not refused or not refused[-1].notice:
        return ""
    named = refused[-1].message_id
    messages = unit.messages(case.number)
    return next((one.reply for one in reversed(messages) if named and one.message_id == named), "")


@dataclass(frozen=True, slots=True)
class CustomerText:
    """What a customer wrote now, how many lines are not shown with it, and what a first mail says that others wrote.

    `answers` is a follow-up with the lines of ours that it answers, as `mail.read.inline` has them.
    """

    reply: str
    folded: int = 0
    others: str = ""
    answers: str = ""


def of_first_mail(message: Message) -> CustomerText:
    """A mail that answers nothing of ours quotes nobody whom it does not name."""
    first = message.first or quote.first_text(message.text, subject=message.subject)
    text = partly_shown(message.text, first.own)
    if not text.worded:
        return CustomerText(first.own, others=first.others)
    below = folded(text, overlap.known([first.others]))
    return CustomerText(_with(first.own, below.new), others=first.others)


def of_follow_up(unit: Unit, message: Message, case: Case) -> CustomerText:
    """The new words of a mail on a case, also what looks like a quote or a signature and stands in no mail of it."""
    # Who says that they answer inside our mail has all of it shown; it names its case.
    text = partly_shown(message.text, message.reply)
    if case.ref not in message.text and not text.worded:
        return CustomerText(message.reply, answers=message.reply)
    correspondence = _correspondence_on(unit, case)
    people = [message.sender.address] if message.sender else []
    mails = _mails(unit, correspondence, people, message)
    ours = overlap.known(text for _, raw in mails for text in alternatives(raw))
    words = ours | overlap.known([*correspondence.customers, *correspondence.answers, message.subject])
    repeated = overlap.shared(text.lines, words)
    # What they have said before proves no quote by itself: they may answer "yes" twice.
    left = folded(text, replace(words, lines=ours.lines, said=ours.said))
    answers = with_questions(text, repeated, words, ours)
    return CustomerText(_with(message.reply, left.new), left.count, answers=answers)


def _with(reply: str, new: Sequence[str]) -> str:
    return "\n\n".join(filter(None, (reply, "\n".join(new))))


def _learn(unit: Unit, agent: Agent, learnt: Learnt, lines: Sequence[str]) -> None:
    """Remember how this mail ends, and what it has in common with the ones before it."""
    ends = tail.tail_of(lines)
    if not ends:
        return
    found = tail.learn(learnt.recent, lines, name=agent.name)
    tails = tuple(tail.remembered(learnt.tails, found)) if found else learnt.tails
    signatures.keep(unit.connection, agent.address, Learnt((*learnt.recent, ends)[-tail.SAME :], tails))


def _correspondence_on(unit: Unit, case: Case) -> Correspondence:
    numbers = (case.number, *case.merged)
    messages = unit.messages(*numbers)
    returned = {event.message_id for event in case.of_type(AgentMailReturned)}  # nobody was told those
    kept = [one for one in messages if one.visibility == "internal" and one.message_id not in returned]
    said_by_agents = case.of_type(AgentAnswered, AgentNoted, ThirdPartyAsked)
    unasked = {event.message_id for event in said_by_agents if _unasked(event)}
    outside = [one for one in kept if one.role == "outsider"]
    return Correspondence(
        numbers,
        tuple(one.subject for one in messages),
        tuple(one.text for one in messages if one.role != "agent"),
        tuple(one.reply for one in messages if one.role == "agent" and one.visibility != "internal"),
        tuple(one.reply for one in kept if one.message_id not in unasked and one not in outside),
        tuple(one for one in kept if one.message_id in unasked and one not in outside),
        tuple(one.reply for one in outside),
        tuple(one.text for one in messages if one.role == "customer" and one.visibility == "public"),
    )


def _unasked(event: AgentAnswered | AgentNoted | ThirdPartyAsked) -> bool:
    """Whether an agent's words are for no team by their own wish: by the mail that was answered, or by whom it asks."""
    return not isinstance(event, AgentNoted) or bool(event.because)


def _mails(
    unit: Unit, correspondence: Correspondence, recipients: Sequence[str], message: Message
) -> list[tuple[str, bytes]]:
    """What we sent to somebody on a case, with its kind: the nearest that this mail answers first, then the newest."""
    named = message.ancestors[:_NEWEST]
    return outbox.raws_to(unit.connection, correspondence.numbers, recipients, named=named, limit=_NEWEST)


def _texts(mails: Sequence[tuple[str, bytes]]) -> list[tuple[bool, tuple[str, ...]]]:
    """Of each of these mails of ours whether it is an echo, and what it says."""
    return [(kind == "echo", alternatives(raw)) for kind, raw in mails]


def _sent(
    texts: Sequence[tuple[bool, tuple[str, ...]]], others: Sequence[str] = (), before: Sequence[str] = ()
) -> SentWords:
    texts_of_ours = [one for is_echo, one in texts if not is_echo]
    return sent(texts_of_ours, others, echoes=[one for is_echo, one in texts if is_echo], before=before)


def _kept(
    unit: Unit, case: Case, correspondence: Correspondence, own: AgentText, agent: Agent, mailbox: str
) -> Confidential:
    staying = correspondence.notes or correspondence.stayed
    public = overlap.known((*correspondence.customers, *correspondence.answers)) if staying else overlap.NOTHING
    others = (one.reply for one in correspondence.stayed if one.author not in agent.addresses)
    notes = overlap.known((*correspondence.notes, *others))
    stayed = overlap.known(one.reply for one in correspondence.stayed if one.author in agent.addresses)
    asks = begins_with_order(own.head, "ask")  # a third party may read that they are not to write to the customer
    return Confidential(
        people=unit.rules.configuration.staff,
        cases=_others(unit, case, correspondence, case_numbers(own.text)),
        notes=notes - public,
        stayed=stayed - public,
        outside=overlap.known(correspondence.outside),
        customers=overlap.known(correspondence.customers) if asks else overlap.NOTHING,
        mailbox=base_address(mailbox),
        names=frozenset() if asks else frozenset(_names(case)),
        have_customers=asks or any(map(_OF_CUSTOMERS.search, correspondence.customers)),
    )


_OF_CUSTOMERS = re.compile(r"\b(?:customer|kund(?:e|in)|klant)", re.IGNORECASE)


def _names(case: Case) -> Iterator[str]:
    for person in case.people:
        words = re.split(r"[\W\d_]+", fold(person.name or person.address.partition("@")[0]))
        yield from (word for word in words if word[1:])


def _with_ours(kept: Confidential, answered: SentWords, correspondence: Correspondence, case: Case) -> Confidential:
    """What the desk wrote to the agent, without what it says in the customer's own words."""
    named = (case.subject, case.requester.shown, *correspondence.subjects)
    theirs = overlap.long_runs(*(text.split("\n") for text in named))
    return replace(kept, desk=overlap.Known(answered.ours.runs - theirs))


def _others(unit: Unit, case: Case, correspondence: Correspondence, named: frozenset[int]) -> frozenset[int]:
    """Those of these cases that the people of this one are not to hear of."""
    same = {*correspondence.numbers, *([number_of(case.merged_into)] if case.merged_into else [])}
    found = unit.find([number for number in named if number not in same])
    theirs = {person.address for person in case.people}
    return frozenset(
        number
        for number, other in found.items()
        if other.requester.address not in theirs and not (case.customer and other.customer == case.customer)
    )
