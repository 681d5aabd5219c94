"""What an agent's mail does: orders first, all or none, then the text to the customer or into the team.

A reply without commands goes to the customer. With `#note` its text stays in the team, and so does a reply to a mail
that holds nothing to answer a customer with (`Draft.stays`), unless an order beside it is one to tell the customer
something. A mistake in any command changes nothing, sends nothing to the customer, and comes back with the right form.
Nothing that an agent wrote is lost without a word: what is not passed on is said. An order that stands elsewhere than
on the first lines is no text either: the mail comes back, and so it does where something in it is not for a customer,
or where it is encrypted and nobody here can read what it says. So does an absence notice, no matter who wrote it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks.ladder import unacknowledged
from helpdesk.core.receive import acknowledgment, behalf, colleagues, crossing, customer, scope
from helpdesk.core.receive.orders import other_cases
from helpdesk.core.receive.orders.command import Command, Orders, Vocabulary
from helpdesk.core.receive.orders.execution import Execution
from helpdesk.core.receive.orders.obey import obey
from helpdesk.core.receive.orders.reading import (
    order_in_subject,
    order_without_sign,
    read_orders,
    says_that_all_is_text,
    would_be_obeyed,
)
from helpdesk.core.receive.orders.status import why_no_spam
from helpdesk.core.receive.orders.table import ORDERS
from helpdesk.core.words.addressee import nobody, reached, unheard
from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.agent_text import COLLEAGUE
from helpdesk.core.words.block import Mistake
from helpdesk.core.words.calls import why_no_call
from helpdesk.core.words.case import DESK, Case
from helpdesk.core.words.decision import Arrival, Decision, Draft
from helpdesk.core.words.drafts import EarlierAnswer, EchoMail, RelayMail, SecondAnswerMail
from helpdesk.core.words.enclosure import enclosures, kept_back, names
from helpdesk.core.words.events import (
    AcknowledgmentDecided,
    AgentAnswered,
    AgentMailReturned,
    AgentNoted,
    CallNotNeeded,
    MistakeFact,
    PageAcknowledged,
)
from helpdesk.core.words.message import base_address, is_one_of
from helpdesk.core.words.unseen import CaseMail, unseen_words
from helpdesk.openhours.relative_time import zone_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from helpdesk.core.words.agent_text import AgentText
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms

# Orders whose text is for the customer, whatever mail was answered: an answer, a last one, a first one.
_FOR_THE_CUSTOMER = tuple(verb for verb, form in ORDERS.items() if form.to_customer)


def opens(arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what an agent's mail does that belongs to no case: it opens one for somebody else."""
    if arrival.behalf is None:
        raise ValueError("a mail for somebody else was expected")
    alone = customer.opened(arrival, terms, now, requester=arrival.behalf.requester)
    return behalf.opened(alone, arrival.behalf, arrival, terms, now)


def writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what an agent's mail on a case does."""
    decision = _obeyed(case, arrival, terms, now)
    if decision.case is None or not decision.case.unconfirmed or not decision.case.active:
        return decision  # what was called spam stays what it was
    if any(isinstance(event, AgentMailReturned) and event.notice for event in decision.events):
        return decision  # a program confirms nothing
    spoken = any(draft.audience == "customer" for draft in decision.drafts)
    if not spoken and behalf.denies(decision.reply):
        return replace(decision, drafts=(*decision.drafts, *behalf.asked_again(arrival)))
    came = confirm(decision.case, arrival, terms, now, spoken=spoken)
    return replace(
        decision,
        case=came.case,
        events=(*decision.events, *came.events),
        drafts=(*came.drafts, *decision.drafts),
    )


def confirm(case: Case, arrival: Arrival, terms: Terms, now: datetime, *, spoken: bool = False) -> Decision:
    """Decide what follows from that an agent did open a case for somebody; `spoken`: they get a word of the agent."""
    told = behalf.confirmed(case, arrival.received_at, now, arrival.sender)
    owed = any(event.because == behalf.NOT_CONFIRMED for event in case.of_type(AcknowledgmentDecided))
    drafts: tuple[Draft, ...] = ()
    if owed and not spoken and case.addressee.address:
        told = (*told, AcknowledgmentDecided(now, now, DESK, sent=True, because=""))
        doubts = scope.unentitled(arrival, terms)
        drafts = (acknowledgment.letter(case, arrival, terms, tuple(doubts)),)
    return Decision(case.after(*told), told, drafts)


def _obeyed(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """An agent's verified reply: orders, then its text."""
    agent = arrival.placement.agent
    if agent is None:
        raise ValueError("an agent's mail was expected")
    orders = orders_in(case, arrival, terms, agent)
    if arrival.message.robot and not orders.commands:  # an order is a person's
        return _held(case, arrival, now, agent, replace(orders, mistakes=(_NOTICE,)))
    stays = orders.has("note", "spam", "ask") or (arrival.placement.stays and not orders.has(*_FOR_THE_CUSTOMER))
    # Beside an order, what nobody reads but the team may hold anything.
    kept = stays or (bool(orders.commands) and not orders.has("answer", "cc", "requester") and unheard(case, terms))
    leaves = bool(orders.text) and not kept and not orders.has("answer")
    elsewhere = _addressed_elsewhere(case, arrival, terms, agent, orders) if leaves else ()
    orders = replace(orders, mistakes=(*_mistakes(orders, arrival.written, stays=kept), *elsewhere))
    if orders.mistakes:
        return _refused(case, arrival, now, agent, orders)
    execution = Execution(case=case, arrival=arrival, terms=terms, now=now, agent=agent, orders=orders, stays=stays)
    # Who is on the case is settled first: the text below already goes to those who were added.
    for command in orders.given("cc", "requester"):
        obey(execution, command)
    if _is_for_the_customer(execution) and _reaches_nobody(execution):
        return _refused(case, arrival, now, agent, replace(orders, mistakes=(_NOBODY,)))
    if _speaks(execution) and (answer := colleagues.answered_meanwhile(execution)):
        return _sent_back(execution, answer)
    crossing.keep_open(execution)
    orders = execution.orders
    _speak(execution)
    # To whom it is given is settled by what it is then.
    rest = orders.given_besides("cc", "requester", "assign", "merge")
    for command in (*rest, *orders.given("assign"), *orders.given("merge")):
        obey(execution, command)
    _acknowledge(execution)
    _say_what_stays(execution)
    crossing.say(execution)
    colleagues.tell(execution)
    execution.echo(left_out="" if stays and not orders.has("ask") else arrival.written.left_out)
    said_elsewhere = execution.split is not None and not execution.stays
    return execution.done_with(reply="" if said_elsewhere else orders.text, erase=orders.has("redact"))


_NO_QUESTION = Mistake("nothing stands below #ask", "#ask, and below it what you ask: they get that and nothing else")
_NOTICE = Mistake(
    "your mail reads as an absence notice, or as the answer of a program",
    "nothing, if it is one. If it is meant for the customer, answer this mail with a first line #answer: alone, it "
    "sends the text below",
)
_NOTICES = 3  # of an agent on a case within a day come back, so that no program goes on answering what it gets
_DAY = timedelta(days=1)


def orders_in(case: Case, arrival: Arrival, terms: Terms, agent: Agent) -> Orders:
    """What an agent's mail on a case orders."""
    vocabulary = _vocabulary(case, arrival, terms, agent)
    back = [event for event in case.of_type(AgentMailReturned) if event.by == agent.address]
    known = frozenset(mistake["line"] for event in back for mistake in event.mistakes)
    stays = arrival.placement.stays or unheard(case, terms)
    orders = _orders(arrival.written, vocabulary, known, stays=stays)
    subject = order_in_subject(arrival.message.subject)
    wrong = (Mistake(subject, "orders on the first lines of the text; a subject orders nothing"),) if subject else ()
    return replace(orders, mistakes=(*wrong, *orders.mistakes))


def _mistakes(orders: Orders, written: AgentText, *, stays: bool) -> tuple[Mistake, ...]:
    """Why nothing is done: what is wrong with the orders, else what of the text must not leave."""
    encrypted = written.encrypted and not orders.has("answer", "note", "spam")  # those say what the rest is
    found = (
        *([_NO_QUESTION] if orders.has("ask") and not orders.text else []),
        *([_unreadable(written.encrypted)] if encrypted else []),
        *orders.mistakes,
    )
    leaves = not stays or orders.has("ask")
    return found or (tuple(_not_for_customers(written, orders)) if leaves else ())


def _addressed_elsewhere(case: Case, arrival: Arrival, terms: Terms, agent: Agent, orders: Orders) -> Iterator[Mistake]:
    """Whom a mail is addressed to who is nobody of the case's: it is hardly for the customer. A copy is no address."""
    joining = (person for command in orders.given("cc", "requester") for person in command.people)
    people = [person.address for person in (*case.people, *reached(case, terms), *joining)]
    known = {*agent.addresses, *arrival.mailboxes, *people}
    domains = {address.rpartition("@")[2] for address in people}
    for person in arrival.message.to:
        address = base_address(person.address)
        theirs = address.rpartition("@")[2] in domains or (terms.customer and terms.customer.includes(address))
        if not theirs and not is_one_of(person.address, known):
            yield Mistake(f"To: {person.address}", _ADDRESSED)


_ADDRESSED = (
    "a mail to the desk alone, with others on copy: this one is addressed to somebody who is not on the case, and the "
    "customer would read it (below a first line #answer they do; #note keeps it in the team)"
)


def _held(case: Case, arrival: Arrival, now: datetime, agent: Agent, orders: Orders) -> Decision:
    """An absence notice is no answer and stops no clock; it comes back, for a person may have written it."""
    decision = _refused(case, arrival, now, agent, orders, notice=True)
    before = [
        event
        for event in case.of_type(AgentMailReturned)
        if event.notice and event.by == agent.address and arrival.received_at - event.at < _DAY
    ]
    return decision if len(before) < _NOTICES else replace(decision, drafts=())


def _is_for_the_customer(execution: Execution) -> bool:
    """Whether the mail holds words, or a file, that are to reach the people of this case."""
    orders = execution.orders
    says = bool(orders.text or (not orders.commands and enclosures(execution.arrival.message, 0)))
    return says and not execution.stays


def _speaks(execution: Execution) -> bool:
    """Whether the people of this case get a mail of it: an answer, or the word that it is over."""
    says = _is_for_the_customer(execution) or (not execution.stays and execution.orders.has("resolve", "close"))
    # What is to be erased is erased at once, and what is split off is answered elsewhere.
    return says and not execution.unheard and not execution.orders.has("split", "redact")


def _reaches_nobody(execution: Execution) -> bool:
    """Whether nobody of this case, or of the one that a text beside `#split` is for, can be written to."""
    piece = execution.arrival.piece if execution.orders.has("split") else None
    if piece is None:
        return nobody(execution.case)
    return bool(not piece.arrival.addressee.address or unwritable(piece.arrival.addressee.address))


_EXAMPLE = "#requester jo@acme.example"  # stands in the desk's own mails, and is what somebody may well order
# A clock stops for words that are on their way to somebody, and for nothing less (design law 14).
_NOBODY = Mistake(
    "nobody was written to",
    "#requester jo@acme.example on the first line, with an address of theirs: nobody on this case can be written to. "
    "#note on it keeps the text in the team",
)


def _vocabulary(case: Case, arrival: Arrival, terms: Terms, agent: Agent) -> Vocabulary:
    policy = terms.policy
    levels, served_in = policy.levels_of(case.plan), policy.desk_timezone(case.region)
    return Vocabulary(
        severities=tuple(level.key for level in levels),
        me=agent.address,
        levels={name.casefold(): level.key for level in levels for name in (level.name, *level.aliases)},
        agents=tuple((one.name or one.address.partition("@")[0], one.address) for one in terms.team.members),
        exclusions=tuple(exclusion.key for exclusion in policy.exclusions),
        incidents=tuple(incident.key for incident in terms.declared.incidents if incident.concerns(policy.key)),
        areas=tuple(area.key for area in policy.severity.areas),
        kinds={name: kind.key for kind in policy.case_kinds for name in (kind.key, kind.name, *kind.aliases)},
        fields=tuple(field.key for field in policy.intake if field.key != "priority"),
        people=tuple(person.address for person in case.people),
        removed=case.removed,
        ours=terms.ours,
        linkable=other_cases.linkable(case, arrival.named, agent),
        unsplittable="" if arrival.piece else arrival.unsplittable,
        no_spam=why_no_spam(case),
        no_call=_why_no_call(case, terms),
        teams=tuple(terms.teams),
        snippets=arrival.snippets,
        mergeable=other_cases.mergeable(case, terms, arrival, agent),
        at=arrival.received_at,
        zone=zone_of(agent.timezone, served_in),
        active=case.active,
    )


def _why_no_call(case: Case, terms: Terms) -> str:
    """What was merged into this case is answered here, and so is a call about it."""
    others = [why_no_call(other.case) for other in terms.merged]
    return why_no_call(case) if "" not in others else ""


def _orders(written: AgentText, vocabulary: Vocabulary, known: Collection[str], *, stays: bool) -> Orders:
    """Orders stand on the first lines, above any quote; the text is all that the agent wrote besides.

    `known` are lines for which a mail of theirs came back.
    """
    orders = read_orders(written.head, vocabulary)
    whole = replace(orders, text="\n\n".join(filter(None, (orders.text, written.rest))))
    typed = "\n".join(line for line in whole.text.split("\n") if line.strip() not in written.by_program)
    if not typed.strip():
        whole = replace(whole, text="")
    is_text = orders.commands or orders.mistakes or written.typed
    alone = None if is_text else order_without_sign(typed.strip(), vocabulary, stays=stays)
    if isinstance(alone, Command):
        return Orders((alone,), (), "")
    unsigned = (alone,) if alone else ()
    return replace(whole, mistakes=(*orders.mistakes, *unsigned, *_misplaced(whole, written, vocabulary, known)))


def _misplaced(orders: Orders, written: AgentText, vocabulary: Vocabulary, known: Collection[str]) -> Iterator[Mistake]:
    """Lines that would be obeyed elsewhere, and those at the top that the mail which is answered says as well."""
    if written.echoed and orders.commands and orders.commands[0].line != _EXAMPLE:
        yield Mistake(orders.commands[0].line, "orders of your own: these lines stand in the mail that you answer")
    if written.typed or says_that_all_is_text(written.head):
        return
    # A piece for the customer and one for the team stand below each other; who says it a second time means it.
    meant = {*written.repeated, *(known if orders.has("answer") else ())}
    for line in orders.text.splitlines():
        if line.strip() not in meant and would_be_obeyed(line, vocabulary):
            yield Mistake(line.strip(), _AT_THE_TOP)


_AT_THE_TOP = (
    "orders on the very first lines, plain, above any text and any quote (below a first line #answer and an empty "
    "line, everything is text)"
)


def _not_for_customers(written: AgentText, orders: Orders) -> Iterator[Mistake]:
    """What must not leave with the text, unless the agent says that it is meant."""
    asks = orders.has("ask")
    meant = orders.has("answer") or any(command.insists for command in orders.given("ask"))
    # The reason of `#exclude` is told, and so is the subject of `#ask`.
    ordered = {command.line for command in orders.commands if command.verb not in {"exclude", "ask"}}
    for found in written.inside:
        if any(line.startswith(found.line) for line in ordered):
            continue  # it may be cut, and name what our own mail shows
        if found.leaves == "never":
            yield Mistake(found.line, f"your text without it: {found.what} is not for customers")
        elif not meant:
            way = "with #ask! in place of #ask" if asks else _SAID if written.typed else _BELOW_ANSWER
            whom = "a third party" if asks else "customers"
            yield Mistake(
                found.line,
                f"your text without it: {found.what} is not for {whom} ({way} it goes all the same{found.instead})",
            )


_BELOW_ANSWER = "below a first line #answer"
_SAID = "if it is said to be meant"


def _unreadable(how: str) -> Mistake:
    return Mistake(
        f"your mail is encrypted, nobody read it ({how})",
        "the same mail unencrypted; signed it may be. If what is encrypted is meant for the customer as it is, begin "
        "with a first line #answer and text of yours that is not encrypted",
    )


def _refused(
    case: Case, arrival: Arrival, now: datetime, agent: Agent, orders: Orders, *, notice: bool = False
) -> Decision:
    mistakes = tuple(MistakeFact(line=mistake.line, expected=mistake.expected) for mistake in orders.mistakes)
    named = arrival.message.message_id
    event = AgentMailReturned(
        arrival.received_at, now, agent.address, mistakes=mistakes, message_id=named, notice=notice
    )
    understood = tuple(command.line for command in orders.commands)
    echo = EchoMail(
        understood=understood,
        mistakes=orders.mistakes,
        # What comes back is the text; a reply to it does not carry the files.
        files=names(arrival.message),
        internal=arrival.placement.stays,
    )
    wrote = "\n\n".join(filter(None, (orders.text, arrival.written.left_out)))
    draft = Draft(echo, agent.person, arrival.key, wrote)
    return Decision(case.after(event), (event,), (draft,), visibility="internal", reply=orders.text)


def _sent_back(execution: Execution, answer: CaseMail) -> Decision:
    """A second answer comes back once with the first, which its agent had not seen; sent again, it goes."""
    orders = execution.orders
    arrival, agent = execution.arrival, execution.agent
    event = AgentMailReturned(*execution.stamp, message_id=arrival.message.message_id, answer=answer.key)
    earlier = EarlierAnswer(colleagues.called(execution, answer.author), answer.text)
    content = SecondAnswerMail(answered=earlier, files=names(arrival.message))
    wrote = "\n".join([*(command.line for command in orders.commands), orders.text])
    draft = Draft(content, agent.person, arrival.key, wrote, shows=(answer.number,))
    return Decision(execution.was.after(event), (event,), (draft,), visibility="internal", reply=orders.text)


def _speak(execution: Execution) -> None:
    """The text: to the customer, or with `#note` into the team."""
    orders = execution.orders
    if not orders.text and (orders.commands or not enclosures(execution.arrival.message, 0)):
        return  # a file alone is an answer, too
    if orders.has("ask") or (orders.has("split") and not execution.stays):
        return  # it is said to whom it asks, or on the new case
    message_id, key = execution.arrival.message.message_id, execution.arrival.key
    if execution.stays:
        asked = orders.has("note", "spam")
        because = "" if asked else "replies to that mail stay in the team"
        execution.happened(AgentNoted(*execution.stamp, message_id=message_id, key=key, because=because))
        how = "" if asked else ": replies to that mail stay there, unless they begin with #answer"
        execution.done.append(f"noted, in the team only{how}")
        return
    unseen = unseen_words(execution.unseen)
    execution.happened(AgentAnswered(*execution.stamp, message_id=message_id, key=key, unseen=unseen))
    if execution.unheard:
        execution.done.append("kept in the team, and counts as the answer: a monitor reads no mail")
    if not orders.has("close", "resolve"):  # the closing mail carries the text itself
        execution.to_customers(RelayMail(), text=orders.text)


def _acknowledge(execution: Execution) -> None:
    """Any mail of an agent says that somebody has it (LGT-5), but for a mere word to a colleague ("Bob, take it")."""
    given = execution.orders.given("nocall", "ack")
    called = [one for one in execution.arrival.written.inside if one.what == COLLEAGUE]
    if called and execution.stays and not execution.orders.commands and unacknowledged(execution.case):
        execution.done.append(_CALLS_GO_ON)
    elif given or (unacknowledged(execution.case) and not execution.called_on):
        because = f"#{given[0].verb}" if given else "an agent wrote"
        execution.happened(PageAcknowledged(*execution.stamp, because=because))
        said = "".join(f'; "{command.detail}" stays in the team' for command in given if command.detail)
        execution.done.append(f"acknowledged: nobody else is called{said}")
    if execution.orders.has("nocall"):
        execution.happened(CallNotNeeded(*execution.stamp))
        execution.done.append("counted as a call that was not worth waking for")


_CALLS_GO_ON = (
    "not acknowledged: your words are for somebody else, and the calls go on; #ack says that you have it, and "
    "#assign NAME gives it to them"
)


def _say_what_stays(execution: Execution) -> None:
    """An agent who believes to have answered must hear that they have not."""
    orders = execution.orders
    message = execution.arrival.message
    files = [f"{part.label} ({part.kept})" for part in kept_back(message)]
    with_the_answer = execution.split is not None and execution.split.text != ""
    if not with_the_answer and not any(draft.enclosures for draft in execution.drafts):
        files += names(message)
    if files:
        execution.done.append(f"kept on the case and not sent to the customer: {', '.join(files)}")
    beside = [f"HD-{number}" for number in execution.arrival.placement.not_on if number not in execution.case.merged]
    if beside:
        execution.done.append(f"not on {' and '.join(beside)}, where your mail went as well: write to each by itself")
    ordered = orders.given_besides("note", "answer") or execution.kept_open
    if not ordered and not orders.text and not enclosures(message, 0):
        execution.done.append("nothing: no text of yours was found in your mail, and the customer got none")
