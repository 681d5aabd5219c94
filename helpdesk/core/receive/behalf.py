"""What an agent's mail does that belongs to no case: it opens one for somebody else.

* `forwarded`: a mail of somebody that the agent passes on. Its author becomes the requester.
* `told`: `#new jo@acme.example Subject`, with a note of a call below.
* `copied`: the agent has written to somebody, with the desk on copy. No acknowledgment, and the first response begins
  with that somebody's first mail.
* `nobody`: none of these. The case is nobody's and promises nothing until `#requester` says whose it is.

An agent of the team is never acknowledged as a customer. From is easily made up, so nothing goes to whom such a mail
names until the mail was proven, or the agent has answered a mail about the case: until then it is unconfirmed, is with
that agent, and whatever would be written to somebody outside is not written (`desk.record`). Clocks run from receipt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core.words.addresses import read_people
from helpdesk.core.words.case import DESK, open_case
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import ConfirmMail
from helpdesk.core.words.events import (
    AcknowledgmentDecided,
    AgentNoted,
    CaseAssigned,
    CaseExempted,
    CaseFlagged,
    CaseOpened,
    CaseUnflagged,
    CustomerWrote,
    Event,
    OpeningConfirmed,
)
from helpdesk.core.words.message import is_one_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from helpdesk.core.words.behalf import Behalf
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Arrival, Visibility
    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person

ASKED_AN_HOUR = 3  # confirmations of one agent
_NEW = re.compile(r"[#\uff03]new\b[:=]?[ \t]*(?:for[ \t]+)?(?P<rest>[^\n]*)", re.IGNORECASE)
_FIRST = re.compile(
    r'(?P<person>(?:"[^"<>\n]*"|[^"<>@,;\n]*?)\s*<[^<>\s]+@[^<>\s]+>|[^\s<>,;]+@[^\s<>,;:]+)'
    r"(?:\s*[<(\[]mailto:[^<>()\[\]\s]*[>)\]])?(?P<subject>[^\n]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class New:
    """The order `#new`: for whom, under which subject, and what it is about; `wrong` where it names nobody."""

    person: Person | None
    subject: str
    text: str
    wrong: str = ""


def read_new(text: str, *, ours: Collection[str]) -> New | None:
    """The order on the first line of a mail that belongs to no case; None where there is none."""
    first, _, below = text.strip().partition("\n")
    order = _NEW.fullmatch(first.strip())
    if order is None:
        return None
    person, subject = read_first(order["rest"])
    if person is None:
        return New(None, "", below.strip(), f"{first.strip()} - expected #new jo@acme.example Subject")
    if is_one_of(person.address, ours):
        return New(None, "", below.strip(), f"{first.strip()} - expected an address that is none of ours")
    return New(person, subject, below.strip())


def read_first(text: str) -> tuple[Person | None, str]:
    """Whom a line names first, None where nobody, and what stands behind them."""
    named = _FIRST.match(text)
    people = read_people(named["person"]).people if named else ()
    if named is None or not people:
        return None, ""
    return people[0], " ".join(named["subject"].strip(" ,;:").split())


def opened(decision: Decision, behalf: Behalf, arrival: Arrival, terms: Terms, now: datetime) -> Decision:
    """The case that an agent's mail opens; `decision` is how it were opened by its requester."""
    events = [_with_how(event, behalf, terms, now) for event in decision.events if not _is_left_out(event, behalf)]
    opening, *rest = events
    rest += _marks(behalf, arrival, now)
    if decision.case is None or not isinstance(opening, CaseOpened):
        raise ValueError("a decision that opens a case was expected")
    if behalf.how == "nobody":
        because = "an agent wrote it, for nobody yet"
        rest.append(CaseExempted(arrival.received_at, now, DESK, because=because, until_requester=True))
    case = open_case(opening).after(*rest)
    drafts = tuple(_drafts(decision, behalf, case))
    inside: Visibility = "internal" if behalf.how in {"told", "nobody"} else "public"
    return replace(decision, case=case, events=(opening, *rest), drafts=drafts, visibility=inside)


def _with_how(event: Event, behalf: Behalf, terms: Terms, now: datetime) -> Event:
    if isinstance(event, CaseOpened):
        return replace(event, for_by=behalf.agent.address, for_how=behalf.how, unconfirmed=behalf.unconfirmed)
    if isinstance(event, CaseAssigned) and any(one.address == behalf.agent.address for one in terms.team.agents):
        return CaseAssigned(now, now, DESK, agent=behalf.agent.address, because="their mail opened it")
    quiet = _why_not_acknowledged(behalf) if isinstance(event, AcknowledgmentDecided) else ""
    return AcknowledgmentDecided(event.at, event.recorded_at, event.by, sent=False, because=quiet) if quiet else event


def _why_not_acknowledged(behalf: Behalf) -> str:
    if behalf.how == "copied":
        return "an agent has written to them already"
    if behalf.how == "nobody":
        return "there is nobody to answer"
    return NOT_CONFIRMED if behalf.unconfirmed else ""


NOT_CONFIRMED = "not confirmed by its agent yet"


def _is_left_out(event: Event, behalf: Behalf) -> bool:
    """Whom the agent has written to has not written yet."""
    return isinstance(event, CustomerWrote) and behalf.how in {"copied", "nobody"}


def _marks(behalf: Behalf, arrival: Arrival, now: datetime) -> Iterator[Event]:
    at, agent = arrival.received_at, behalf.agent
    if behalf.note:
        yield AgentNoted(at, now, agent.address, message_id="", key=arrival.key)
    for tag in filter(None, (_how_it_came(behalf), unconfirmed_tag(agent.address) if behalf.unconfirmed else "")):
        yield CaseFlagged(at, now, DESK, tag=tag)


def _how_it_came(behalf: Behalf) -> str:
    name = behalf.agent.name_or_address
    dated = f", written {behalf.dated}" if behalf.dated else ""
    said = {
        "forwarded": f"forwarded by {name}{dated}",
        "told": f"opened by {name} with #new",
        "copied": f"{name} wrote to them first, with us on copy",
        "nobody": f"{name} {_FOR_NOBODY}",
    }[behalf.how]
    return f"{said}; not understood: {behalf.wrong}" if behalf.wrong else said


_FOR_NOBODY = "wrote it, for nobody yet"


def is_for_nobody(tag: str) -> bool:
    """Whether a mark says that a case is nobody's yet."""
    return _FOR_NOBODY in tag


def unconfirmed_tag(agent: str) -> str:
    """The mark of a case of which nothing goes outside yet."""
    return f"not confirmed: nothing goes outside until {agent} answers"


def _drafts(decision: Decision, behalf: Behalf, case: Case) -> Iterator[Draft]:
    """Mails to agents; where the mail is not proven, its agent is asked whether it is theirs, and told no more."""
    if behalf.unconfirmed:
        if behalf.asked < ASKED_AN_HOUR:
            key = next(draft.key for draft in decision.drafts)
            yield Draft(ConfirmMail(), behalf.agent.person, f"{key}/confirm")
        yield from (draft for draft in decision.drafts if draft.kind not in {"ack", "assigned"})
        return
    for draft in decision.drafts:
        if draft.audience == "customer" and behalf.how in {"copied", "nobody"}:
            continue
        theirs = draft.kind == "assigned" and case.assignee == behalf.agent.address
        yield replace(draft, to=behalf.agent.person) if theirs else draft


_DENIAL = re.compile(r"\W*(?:no|not|nope|nein|nicht|non|nee|niet|não|nao|nie|ne)\b", re.IGNORECASE)


def denies(text: str) -> bool:
    """Whether an agent's words may mean that a mail was not theirs: it is asked again, which costs an answer."""
    return _DENIAL.match(text) is not None


def asked_again(arrival: Arrival) -> Iterator[Draft]:
    """The same question once more, with the way to say no."""
    agent = arrival.placement.agent
    if agent is not None:
        yield Draft(ConfirmMail(), agent.person, f"{arrival.key}/confirm")


def confirmed(case: Case, at: datetime, now: datetime, by: str) -> tuple[Event, ...]:
    """The events that say that the agent's mail was theirs."""
    tags = [tag for tag in case.tags if tag == unconfirmed_tag(case.for_by)]
    return (
        OpeningConfirmed(at, now, by, because="an agent answered a mail about the case"),
        *(CaseUnflagged(at, now, DESK, tag=tag) for tag in tags),
    )
