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
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks.ladder import unacknowledged
from helpdesk.core.receive import colleagues, crossing, details, escalation, exclusion, merging
from helpdesk.core.receive.orders import correction, links, snooze, splitting
from helpdesk.core.receive.orders.command import FORMS, Vocabulary, read_orders, would_be_obeyed
from helpdesk.core.receive.orders.execution import Execution
from helpdesk.core.receive.orders.requester import requester
from helpdesk.core.staffing import relief
from helpdesk.core.words.addressee import nobody
from helpdesk.core.words.addresses import unwritable
from helpdesk.core.words.block import Mistake
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import (
    AssignedMail,
    ClosedMail,
    CommandForm,
    EarlierAnswer,
    EchoMail,
    RelayMail,
    SecondAnswerMail,
)
from helpdesk.core.words.enclosure import enclosures, kept_back
from helpdesk.core.words.events import (
    AgentAnswered,
    AgentMailReturned,
    AgentNoted,
    CaseAssigned,
    CaseClosed,
    CaseFlagged,
    CaseReopened,
    CaseResolved,
    MistakeFact,
    PageAcknowledged,
    ParticipantAdded,
    ParticipantRemoved,
    SeveritySet,
    WaitingSet,
)
from helpdesk.core.words.unseen import unseen_words
from helpdesk.openhours.relative_time import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from helpdesk.core.receive.orders.command import Command, Orders, Verb
    from helpdesk.core.words.agent_text import AgentText
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.unseen import CaseMail

# Orders whose text is for the customer, whatever mail was answered: an answer, a last one, a first one.
_FOR_THE_CUSTOMER: tuple[Verb, ...] = ("answer", "resolve", "close", "split", "requester")


def agent_writes(case: Case, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """Decide what an agent's verified reply does."""
    agent = arrival.placement.agent
    if agent is None:
        raise ValueError("an agent's mail was expected")
    orders = _orders(arrival.written, _vocabulary(case, arrival, terms, agent))
    if arrival.message.robot and not orders.commands:  # an order is a person's
        return _held(case, arrival, now, agent, replace(orders, mistakes=(_NOTICE,)))
    stays = orders.has("note", "spam") or (arrival.placement.stays and not orders.has(*_FOR_THE_CUSTOMER))
    if arrival.written.encrypted and not orders.has("answer", "note", "spam"):  # those say what the rest is
        orders = replace(orders, mistakes=(_unreadable(arrival.written.encrypted), *orders.mistakes))
    if not orders.mistakes and not stays:
        orders = replace(orders, mistakes=tuple(_not_for_customers(arrival.written, orders)))
    if orders.mistakes:
        return _refused(case, arrival, now, agent, orders)
    execution = Execution(
        case=case, arrival=arrival, terms=terms, now=now, agent=agent, stays=stays, insists=orders.has("answer")
    )
    # Who is on the case is settled first: the text below already goes to those who were added.
    for command in orders.given("cc", "requester"):
        _OBEY[command.verb](execution, command, orders)
    if _is_for_the_customer(execution, orders) and _reaches_nobody(execution, orders):
        return _refused(case, arrival, now, agent, replace(orders, mistakes=(_NOBODY,)))
    if _speaks(execution, orders) and (answer := colleagues.answered_meanwhile(execution)):
        return _sent_back(execution, orders, answer)
    orders = crossing.kept_open(execution, orders)
    _speak(execution, orders)
    for command in (*orders.given_besides("cc", "requester", "merge"), *orders.given("merge")):
        _OBEY[command.verb](execution, command, orders)
    _acknowledge(execution, orders)
    _say_what_stays(execution, orders)
    crossing.say(execution, orders)
    colleagues.tell(execution, orders)
    execution.echo(left_out="" if stays else arrival.written.left_out)
    said_elsewhere = execution.split is not None and not execution.stays
    return execution.decision(reply="" if said_elsewhere else orders.text, erase=orders.has("redact"))


_NOTICE = Mistake(
    "your mail reads as an absence notice, or as the answer of a program",
    "nothing, if it is one. If it is meant for the customer, answer this mail with a first line #answer: alone, it "
    "sends the text below",
)
_NOTICES = 3  # of an agent on a case within a day come back, so that no program goes on answering what it gets
_DAY = timedelta(days=1)


def _held(case: Case, arrival: Arrival, now: datetime, agent: Agent, orders: Orders) -> Decision:
    """An absence notice is no answer and stops no clock; it comes back, for a person may have written it."""
    decision = _refused(case, arrival, now, agent, orders, notice=True)
    before = [
        event
        for event in case.of_type(AgentMailReturned)
        if event.notice and event.by == agent.address and arrival.received_at - event.at < _DAY
    ]
    return decision if len(before) < _NOTICES else replace(decision, drafts=())


def _is_for_the_customer(execution: Execution, orders: Orders) -> bool:
    """Whether the mail holds words, or a file, that are to reach the people of this case."""
    says = bool(orders.text or (not orders.commands and enclosures(execution.arrival.message, 0)))
    return says and not execution.stays


def _speaks(execution: Execution, orders: Orders) -> bool:
    """Whether the people of this case get a mail of it: an answer, or the word that it is over."""
    says = _is_for_the_customer(execution, orders) or (not execution.stays and orders.has("resolve", "close"))
    # What is to be erased is erased at once, and what is split off is answered elsewhere.
    return says and not execution.unheard and not orders.has("split", "redact")


def _reaches_nobody(execution: Execution, orders: Orders) -> bool:
    """Whether nobody of this case, or of the one that a text beside `#split` is for, can be written to."""
    piece = execution.arrival.piece if orders.has("split") else None
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
    served_in = policy.calendars[policy.region(case.region).calendar].timezone
    return Vocabulary(
        severities=tuple(level.key for level in policy.levels_of(case.plan)),
        agents=tuple((one.name or one.address.partition("@")[0], one.address) for one in terms.team.members),
        exclusions=tuple(exclusion.key for exclusion in policy.exclusions),
        incidents=tuple(incident.key for incident in terms.declared.incidents if incident.concerns(policy.key)),
        areas=tuple(area.key for area in policy.severity.areas),
        fields=tuple(field.key for field in policy.intake if field.key != "priority"),
        people=tuple(person.address for person in case.people),
        removed=case.removed,
        ours=terms.ours,
        linkable=links.linkable(case, arrival.named, agent),
        unsplittable="" if arrival.piece else arrival.unsplittable,
        no_spam=_why_no_spam(case),
        mergeable=merging.mergeable(case, terms, arrival, agent),
        at=arrival.received_at,
        zone=zone_of(agent.timezone, served_in),
        active=case.active,
    )


def _orders(written: AgentText, vocabulary: Vocabulary) -> Orders:
    """Orders stand on the first lines, above any quote; the text is all that the agent wrote besides."""
    orders = read_orders(written.head, vocabulary)
    whole = replace(orders, text="\n\n".join(filter(None, (orders.text, written.rest))))
    return replace(whole, mistakes=(*orders.mistakes, *_misplaced(whole, written, vocabulary)))


def _misplaced(orders: Orders, written: AgentText, vocabulary: Vocabulary) -> Iterator[Mistake]:
    """Lines that would be obeyed elsewhere, and those at the top that the mail which is answered says as well."""
    if written.echoed and orders.commands and orders.commands[0].line != _EXAMPLE:
        yield Mistake(orders.commands[0].line, "orders of your own: these lines stand in the mail that you answer")
    if orders.has("answer"):
        return  # they say that it is text
    for line in orders.text.splitlines():
        if line.strip() not in written.repeated and would_be_obeyed(line, vocabulary):
            yield Mistake(line.strip(), _AT_THE_TOP)


_AT_THE_TOP = (
    "orders on the very first lines, plain, above any text and any quote (below a first line #answer and an empty "
    "line, everything is text)"
)


def _not_for_customers(written: AgentText, orders: Orders) -> Iterator[Mistake]:
    """What must not leave with the text, unless the agent says that it is meant."""
    meant = orders.has("answer")
    ordered = {command.line for command in orders.commands if command.verb != "exclude"}  # whose reason is told
    for found in written.inside:
        if any(line.startswith(found.line) for line in ordered):
            continue  # it may be cut, and name what our own mail shows
        if found.leaves == "never":
            yield Mistake(found.line, f"your text without it: {found.what} is not for customers")
        elif not meant:
            yield Mistake(
                found.line,
                f"your text without it: {found.what} is not for customers (below a first line #answer it goes all the "
                f"same{found.instead})",
            )


def _unreadable(how: str) -> Mistake:
    return Mistake(
        f"your mail could not be read, because it is encrypted ({how})",
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
        files=_files(arrival),
        internal=arrival.placement.stays,
    )
    wrote = "\n\n".join(filter(None, (orders.text, arrival.written.left_out)))
    draft = Draft(echo, agent.person, arrival.key, wrote)
    return Decision(case.after(event), (event,), (draft,), visibility="internal", reply=orders.text)


def _sent_back(execution: Execution, orders: Orders, answer: CaseMail) -> Decision:
    """A second answer comes back once with the first, which its agent had not seen; sent again, it goes."""
    arrival, agent = execution.arrival, execution.agent
    event = AgentMailReturned(*execution.stamp, message_id=arrival.message.message_id, answer=answer.key)
    earlier = EarlierAnswer(colleagues.called(execution, answer.author), answer.text)
    content = SecondAnswerMail(answered=earlier, files=_files(arrival))
    wrote = "\n".join([*(command.line for command in orders.commands), orders.text])
    draft = Draft(content, agent.person, arrival.key, wrote, shows=(answer.number,))
    return Decision(execution.was.after(event), (event,), (draft,), visibility="internal", reply=orders.text)


def _files(arrival: Arrival) -> tuple[str, ...]:
    return tuple(part.name or part.type for part in arrival.message.attachments if not part.kept)


def _speak(execution: Execution, orders: Orders) -> None:
    """The text: to the customer, or with `#note` into the team."""
    if not orders.text and (orders.commands or not enclosures(execution.arrival.message, 0)):
        return  # a file alone is an answer, too
    if orders.has("split") and not execution.stays:
        return  # it is said on the new case
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
    if not (orders.has("close") or orders.has("resolve")):  # the closing mail carries the text itself
        execution.to_customers(RelayMail(), text=orders.text)


def _acknowledge(execution: Execution, orders: Orders) -> None:
    """Any mail of an agent says that somebody has it (LGT-5)."""
    if orders.has("ack") or unacknowledged(execution.case):
        execution.happened(
            PageAcknowledged(*execution.stamp, because="#ack" if orders.has("ack") else "an agent wrote")
        )
        execution.done.append("acknowledged: nobody else is called")


def _say_what_stays(execution: Execution, orders: Orders) -> None:
    """An agent who believes to have answered must hear that they have not."""
    message = execution.arrival.message
    files = [f"{part.name or part.type} ({part.kept})" for part in kept_back(message)]
    with_the_answer = execution.split is not None and execution.split.text != ""
    if not with_the_answer and not any(draft.enclosures for draft in execution.drafts):
        files += _files(execution.arrival)
    if files:
        execution.done.append(f"kept on the case and not sent to the customer: {', '.join(files)}")
    ordered = orders.given_besides("note", "answer") or execution.kept_open
    if not ordered and not orders.text and not enclosures(message, 0):
        execution.done.append("nothing: no text of yours was found in your mail, and the customer got none")


def _severity(execution: Execution, command: Command, _orders: Orders) -> None:
    level = execution.terms.policy.level(command.argument)
    was = execution.terms.policy.level(execution.case.severity)
    execution.happened(
        SeveritySet(
            *execution.stamp,
            severity=level.key,
            rank=level.rank,
            was=was.key,
            reason=command.detail,
            initially=command.initially,
        )
    )
    execution.done.append(f"severity {level.name}, was {was.name}")


def _assign(execution: Execution, command: Command, _orders: Orders) -> None:
    agent = execution.terms.team.agent(command.argument)
    if agent is None:
        raise ValueError(f"{command.argument} is no agent of the team")
    name = agent.name or agent.address
    # Who gives a case to themselves has come back, whatever the configuration says.
    away = "" if agent.address == execution.agent.address else relief.said_away(agent, execution.now)
    if agent.address == execution.case.assignee:
        execution.done.append(f"was with {name} already{f', who is {away}' if away else ''}")
        return
    if away and not command.insists:
        execution.done.append(f"not assigned: {name} is {away}; #assign! {agent.address} gives it to them anyway")
        return
    execution.happened(CaseAssigned(*execution.stamp, agent=agent.address, because=f"by {execution.name}"))
    execution.done.append(f"assigned to {name}{f', {away}: what cannot wait goes to who is there' if away else ''}")
    if agent.address != execution.agent.address:
        content, name = AssignedMail(handed_over=True), execution.agent.name
        execution.drafts.append(Draft(content, agent.person, execution.arrival.key, author=name))


def _wait(execution: Execution, command: Command, _orders: Orders) -> None:
    seconds = int(command.span.total_seconds()) if command.span else 0
    if not execution.case.active:
        execution.happened(CaseReopened(*execution.stamp, because=f"by {execution.name}"))
    whom, reason = ("vendor", command.detail) if command.vendor else ("", None)
    execution.happened(WaitingSet(*execution.stamp, seconds=seconds, whom=whom, reason=reason))
    until = execution.arrival.received_at + command.span if command.span else None
    said = f"waiting for {'a third party' if command.vendor else 'the customer'}"
    said += f" until {snooze.wall(execution, until)}" if until else ""
    said += f": {command.detail}" if command.detail else ""
    pauses = execution.terms.policy.is_paused_by("vendor" if command.vendor else "customer")
    execution.done.append(said if pauses else f"{said}; no clock stops")


def _resolve(execution: Execution, _command: Command, orders: Orders) -> None:
    _end(execution, orders, CaseResolved(*execution.stamp), over=("resolved", "closed"))


def _close(execution: Execution, _command: Command, orders: Orders) -> None:
    _end(execution, orders, CaseClosed(*execution.stamp), over=("closed",))


def _end(execution: Execution, orders: Orders, end: CaseResolved | CaseClosed, *, over: tuple[str, ...]) -> None:
    """On resolution a mail confirms it (LGT-8), once; a last answer goes out all the same."""
    text = "" if execution.stays else orders.text
    if execution.case.status in over and not text:
        execution.done.append(f"was {execution.case.status} already; nobody is told again")
        return
    execution.happened(end)
    execution.to_customers(ClosedMail(), text=text)
    told = "the customer is told"
    if execution.unheard or nobody(execution.case):
        why = "a monitor reads no mail" if execution.unheard else "nobody on this case can be written to"
        told = f"nobody is told: {why}"
    execution.done.append(f"{end.type}, and {told}")


def _why_no_spam(case: Case) -> str:
    """Why a case cannot be called spam; "" where it can."""
    if case.unconfirmed:
        return ""  # somebody may have written it in an agent's name
    if case.customer:
        return f"this one is of a customer, {case.customer}"
    if case.of_type(AgentAnswered):
        return "this one was answered"
    return "a promise on this one was broken" if case.breaches else ""


def _spam(execution: Execution, _command: Command, _orders: Orders) -> None:
    """It ends, and nobody outside is told: who sends spam must not learn that somebody reads it."""
    if execution.case.status == "closed":
        execution.done.append("was closed already")
        return
    execution.happened(CaseFlagged(*execution.stamp, tag="spam"))
    execution.happened(CaseClosed(*execution.stamp, because="spam"))
    execution.done.append("closed as spam, and nobody outside is told")


def _reopen(execution: Execution, _command: Command, _orders: Orders) -> None:
    if execution.case.status == "open":
        execution.done.append("was open already")
        return
    execution.happened(CaseReopened(*execution.stamp, because=f"by {execution.name}"))
    execution.done.append("open again")


def _cc(execution: Execution, command: Command, _orders: Orders) -> None:
    """Who is added sees what comes, and never what was; who is removed can write to the case and is not believed."""
    for person in command.people:
        there = person.address in {known.address for known in (execution.case.requester, *execution.case.participants)}
        if command.argument == "remove" and not there:
            execution.done.append(f"{person.address} was off the case already")
        elif command.argument == "remove":
            execution.happened(ParticipantRemoved(*execution.stamp, address=person.address))
            execution.done.append(f"{person.address} gets no more answers")
        elif there:
            execution.done.append(f"{person.address} was on the case already")
        else:
            execution.happened(ParticipantAdded(*execution.stamp, address=person.address, name=person.name))
            execution.done.append(f"{person.address} gets the answers from now on, and nothing of before")


def _help(execution: Execution, _command: Command, _orders: Orders) -> None:
    execution.done.append("the list of commands")
    execution.help = tuple(CommandForm(*form.split("  ", 1)) for form in FORMS.values())


def _note(_scribe: Execution, _command: Command, _orders: Orders) -> None:
    """Nothing to do by itself: `agent_writes` has read `#note`, `#answer` and `#redact`, `_acknowledge` `#ack`."""


_OBEY: dict[str, Callable[[Execution, Command, Orders], None]] = {
    "note": _note,
    "answer": _note,
    "severity": _severity,
    "kind": correction.kind,
    "area": correction.area,
    "detail": details.kept,
    "assign": _assign,
    "wait": _wait,
    "snooze": snooze.begin,
    "resolve": _resolve,
    "close": _close,
    "reopen": _reopen,
    "cc": _cc,
    "requester": requester,
    "link": links.link,
    "merge": merging.merge,
    "split": splitting.split,
    "exclude": exclusion.exclude,
    "incident": exclusion.incident,
    "escalate": escalation.escalate,
    "ack": _note,
    "spam": _spam,
    "redact": _note,
    "help": _help,
}
