"""What did not come by mail: an agent types orders at the command line, or orders, an answer or a note in the console.

Orders are read by the one reader, all is decided as a mail of the agent is, and written down by the unit of work: what
follows from such a mail follows here. What the agent would read in an echo is returned instead. Text that was typed
beside orders is text: nothing in it is an order, a quote or a signature.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core.receive import receive
from helpdesk.core.receive.agent import orders_in
from helpdesk.core.receive.orders.arguments import names_of
from helpdesk.core.receive.orders.reading import begins_with_order, cases_named, people_named
from helpdesk.core.receive.orders.table import undone_by
from helpdesk.core.words.addressee import Addressee
from helpdesk.core.words.agent_text import AgentText
from helpdesk.core.words.block import Mistake
from helpdesk.core.words.decision import Arrival
from helpdesk.core.words.drafts import EchoMail
from helpdesk.core.words.message import Message
from helpdesk.core.words.placement import Placement
from helpdesk.desk import own_words
from helpdesk.desk.addressing import customers_of
from helpdesk.desk.identify import answering_team
from helpdesk.desk.related_cases import gather
from helpdesk.desk.snippets import snippets_for
from helpdesk.desk.splitting import piece_of
from helpdesk.desk.work import record_mail
from helpdesk.errors import NotFound
from helpdesk.store import cases as case_store

if TYPE_CHECKING:
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Decision
    from helpdesk.core.words.people import Agent
    from helpdesk.unit import Rules, Unit


@dataclass(frozen=True, slots=True)
class TypedOrders:
    """What became of typed orders: all `done`, each in words; or nothing, for these `mistakes`.

    `undo` are the orders that take them back, as far as any do.
    """

    ref: str  # of the case that goes on, where the one named was merged
    done: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    undo: tuple[str, ...] = ()
    again: bool = False  # it was done before, by the same form


@dataclass(frozen=True, slots=True)
class TypedMail:
    """What an agent typed on a case: orders, a line each, and text for the customer, or with `#note` for the team.

    `key` is that of the form it was typed into: what is sent from one form twice is done once.
    """

    key: str
    orders: tuple[str, ...] = ()
    text: str = ""


def order(unit: Unit, number: int, agent: Agent, text: str) -> TypedOrders:
    """Do what an agent orders on a case, all or nothing. Raises NotFound, StaleCase."""
    events = case_store.load(unit.connection, number).events  # several orders come in one second
    return _done(unit, number, agent, AgentText(head=text), key=f"order/{unit.now:%Y%m%dT%H%M%S%fZ}.{len(events)}")


def write(unit: Unit, number: int, agent: Agent, typed: TypedMail) -> TypedOrders:
    """Send what an agent typed, with the orders beside it, all or nothing. Raises NotFound, StaleCase."""
    wrong = tuple(Mistake(line, "an order") for line in typed.orders if "\n" in line or not begins_with_order(line))
    if wrong or not (typed.orders or typed.text.strip()):
        return TypedOrders(f"HD-{number}", mistakes=wrong or (Mistake("", "some words, or an order"),))
    own = AgentText(head="\n".join(typed.orders), rest=typed.text, typed=True)
    return _done(unit, number, agent, own, key=typed.key)


def _done(unit: Unit, number: int, agent: Agent, own: AgentText, *, key: str) -> TypedOrders:
    text = own.head
    named = case_store.load(unit.connection, number)
    about = gather(unit, named, cases_named(text))
    case = about.case or named
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if mailbox is None:
        raise NotFound(f"{case.mailbox}, the mailbox of {case.ref}, is not configured any more")
    terms = unit.judging(unit.terms(mailbox, case=case))
    if answering_team(unit.rules.configuration, mailbox, [case]).agent(agent.address) is None:
        raise NotFound(f"{agent.name_or_address} is not in {terms.team.name}, which has {case.ref}")
    if not own.typed and not begins_with_order(text):
        return TypedOrders(
            case.ref, mistakes=(Mistake(text.partition("\n")[0], "an order first, such as #note or #help"),)
        )
    arrival = replace(
        _arrival(unit, case, agent, own, key, message_id=_message_id(key, named)),
        named=unit.related(about.named),
        through=about.through,
        snippets=snippets_for(unit, text, case, terms, agent),
    )
    if case_store.was_typed(unit.connection, arrival.message.message_id):
        return TypedOrders(case.ref, again=True)
    decision = receive(case, arrival, terms, unit.now)
    echo = next((one.content for one in decision.drafts if isinstance(one.content, EchoMail)), None)
    if echo is not None and echo.mistakes:
        return TypedOrders(case.ref, mistakes=echo.mistakes)
    given = orders_in(case, arrival, terms, agent).commands
    undo = tuple(filter(None, (undone_by(command, case, terms) for command in reversed(given))))
    told = any(draft.audience == "customer" for draft in decision.drafts)
    kept = _by_console(_unechoed(decision, agent)) if own.typed else _unechoed(decision, agent)
    record_mail(unit, None, arrival, kept, unit.terms_after(decision, terms))
    done = tuple(" ".join(one.split()) for one in echo.done) if echo else ("sent to the customer",) if told else ()
    listed = (f"{one.form}  {one.does}" for one in (echo.help if echo else ()))
    return TypedOrders(case.ref, (*done, *listed), undo=undo)


def _unechoed(decision: Decision, agent: Agent) -> Decision:
    """Without the mail to who ordered it, who reads its words here."""
    kept = tuple(one for one in decision.drafts if not (isinstance(one.content, EchoMail) and one.to == agent.person))
    return replace(decision, drafts=kept)


def _by_console(decision: Decision) -> Decision:
    """The same, with each event saying by which way it came."""
    events = tuple(replace(event, other_facts={**event.other_facts, "way": "console"}) for event in decision.events)
    also = tuple((_by_console(other), terms) for other, terms in decision.also)
    return replace(decision, events=events, also=also)


def _message_id(key: str, named: Case) -> str:
    """By which a form is known again, also where the case that it names was merged since into that of another."""
    return f"<{key.replace('/', '.')}.{named.number}@{named.mailbox.rpartition('@')[2]}>"


def _arrival(unit: Unit, case: Case, agent: Agent, own: AgentText, key: str, *, message_id: str) -> Arrival:
    """What was typed as a mail of the agent's that came just now, with no file, and no quote to tell from it."""
    text = own.text
    message = Message(message_id=message_id, senders=(agent.person,), text=text, reply=text)
    piece, unsplittable = piece_of(unit, message, case) if begins_with_order(own.head, "split") else (None, "")
    return Arrival(
        message=message,
        placement=Placement(case.number, "agent", "an agent ordered it", agent=agent, verified=True),
        received_at=unit.now,
        key=key,
        addressee=Addressee(agent.person, agent.person),
        customers=customers_of(unit.rules, message, people_named(own.head)),
        written=own_words.typed(unit, own, case, agent),
        mailboxes=unit.rules.configuration.received_at,
        piece=piece,
        unsplittable=unsplittable,
    )


def agent_called(rules: Rules, called: str) -> Agent:
    """The agent of that name, first name or address. Raises NotFound where there is none, or several."""
    members = {one.address: one for team in rules.configuration.teams.values() for one in team.members}
    found = [one for one in members.values() if called.casefold() in names_of(one.name, one.addresses)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(one.name_or_address for one in found or members.values())
    raise NotFound(f"{called!r} is no agent's name or address; expected one of {known}")
