"""Calls: since when the person on call is wanted, how often they are called, and who is next when nobody answers.

A call begins with the opening of a severe case, with each raise to a severe one, and with a customer's word on the
worst of cases while its agent is not there (LGT-4, LGT-5). It ends with an acknowledgment or an answer, and with the
word of whoever made the case, a monitor or a customer, that all is well again. Until then it is repeated, goes on to
the next seat, and then once an hour to everybody who was called, so many times and no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks.circumstances import promised_now
from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import (
    AgentAnswered,
    CalledAgain,
    CaseOpened,
    CaseReopened,
    CustomerThanked,
    CustomerWrote,
    Event,
    MonitorReported,
    PageAcknowledged,
    SeverityAssessed,
    SeveritySet,
    StepTaken,
)
from helpdesk.offering.policy import Promise, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.policy import Audience, Calls
    from helpdesk.offering.promises import PromiseKind

_HOUR = timedelta(hours=1)
_LONG = timedelta(days=8)  # any week has all of its hours in it
RECENT = timedelta(hours=1)  # who acknowledged so lately has it
APART = timedelta(minutes=15)  # between two calls because the customer wrote


# --- who is called, and when


def steps(terms: Terms) -> tuple[Step, ...]:
    """The ladder, and the seats that a call goes on to where it does not say so itself; none without a rotation."""
    ladder = (*terms.policy.ladder, *_reminders(terms.policy.kinds))
    if terms.team.rotation is None:
        return ladder
    return (*ladder, *(step for step in further(ladder, rules_of(terms)) if _is_taken(step.to[0], terms)))


def _reminders(kinds: Sequence[PromiseKind]) -> Iterator[Step]:
    """What the promises themselves say of when their agent is reminded."""
    for kind in kinds:
        for one in kind.remind:
            key = f"{one.at} of {kind.key}"
            yield Step(key, "warning", one.share, timedelta(), ("assignee",), of=(kind.key,), before=one.before)


def rules_of(terms: Terms) -> Calls:
    """How calls go on: as the team says, else as the policy does."""
    return terms.team.calls or terms.policy.calls


def _first_calls(ladder: Sequence[Step]) -> list[Step]:
    """The steps that call at once, one for each set of severities."""
    found = [step for step in ladder if step.is_at_opening and step.calls and not step.unless_acknowledged]
    return list({step.only: step for step in reversed(found)}.values())


def further(ladder: Sequence[Step], calls: Calls) -> Iterator[Step]:
    """The seats that calls go on to where the ladder does not say so itself, as steps."""
    for first in _first_calls(ladder):
        yield from _further(first, ladder, calls)


def _further(first: Step, ladder: Sequence[Step], calls: Calls) -> Iterator[Step]:
    asked = {seat for step in ladder if step.share == 0 and step.only == first.only for seat in step.to}
    seats: dict[Audience, timedelta] = {
        "on-call-secondary": calls.secondary,
        "lead": calls.lead,
        "account-contacts": calls.account_contacts,
        "operators": calls.hourly_after,
    }
    for seat, after in seats.items():
        if seat not in asked:
            key = f"{first.key} {seat}"
            yield replace(first, key=key, to=(seat,), repeat=None, unless_acknowledged=after, hours="always")


def _is_taken(seat: Audience, terms: Terms) -> bool:
    """Whether anybody sits there: an empty seat is not filled with the next."""
    if seat == "account-contacts":
        return bool(terms.customer and terms.customer.account_contacts)
    return seat != "lead" or terms.team.lead is not None


def instants(step: Step, begins: datetime, calls: Calls) -> tuple[datetime, ...]:
    """When a step of a call that begins then is made: as the ladder says, then hourly, then no more."""
    first, hourly = begins + (step.unless_acknowledged or timedelta()), begins + calls.hourly_after
    repeated = [first]
    while step.repeat and repeated[-1] + step.repeat < hourly:
        repeated.append(repeated[-1] + step.repeat)
    if "operators" in step.to:
        return tuple(repeated)  # they hear once that nobody answers
    return (*repeated, *(at for turn in range(calls.at_most) if (at := hourly + turn * _HOUR) > repeated[-1]))


# --- since when


@dataclass(frozen=True, slots=True)
class Beginning:
    """Since when people are wanted for a step; `number` 0 is the first time."""

    at: datetime
    number: int


def begun(case: Case, step: Step, terms: Terms) -> Beginning | None:
    """The newest beginning that a step counts from; None while the case has never been severe enough for it."""
    found = [*_beginnings(case, step, terms)]
    return Beginning(found[-1], len(found) - 1) if found else None


def _beginnings(case: Case, step: Step, terms: Terms) -> Iterator[datetime]:
    severe = False
    for event in case.of_type(CaseOpened, SeverityAssessed, SeveritySet, CalledAgain):
        if isinstance(event, CalledAgain):
            # Who is next stays next while a call is under way, however often the customer writes.
            if severe and step.calls and (event.anew or not step.unless_acknowledged):
                yield event.at
            continue
        if isinstance(event, CaseOpened) and step.only:
            continue  # the severity is found right after
        found = "" if isinstance(event, CaseOpened) else event.severity
        was, severe = severe, not step.only or found in step.only
        if severe and not was and not _has_it(case, event, terms):
            yield case.opened_at if isinstance(event, CaseOpened | SeverityAssessed) else event.at


def _has_it(case: Case, raised: Event, terms: Terms) -> bool:
    """Whether it was raised by somebody who is there and had acknowledged it lately: to call them would be no news.

    Who is on call is there at night, too.
    """
    agent = terms.team.agent(raised.by)
    if not isinstance(raised, SeveritySet) or agent is None or agent.away(raised.at):
        return False
    if not (agent.on_duty(raised.at) or _is_on_call(agent, terms, raised.at)):
        return False
    lately = raised.at - RECENT
    return any(
        event.by in agent.addresses and lately <= event.at <= raised.at for event in case.of_type(PageAcknowledged)
    )


def _is_on_call(agent: Agent, terms: Terms, at: datetime) -> bool:
    seats = terms.team.rotation.on_call(at) if terms.team.rotation else None
    return seats is not None and any(
        seat.address in agent.addresses for seat in (seats.primary, seats.secondary) if seat
    )


# --- again, because the customer wrote, or a monitor finds that it fails again


def again(
    case: Case, at: datetime, terms: Terms, now: datetime, *, because: str, reopened: bool = False
) -> tuple[Event, ...]:
    """The event of a call because of what was written at that instant on a case of rank 1, where one is due.

    `case` is as it was before. It is due where the case's agent is not there, or where every word is answered around
    the clock, unless somebody who is here acknowledged it lately.
    """
    if case.rank != 1 or not is_called_for(case, terms):
        return ()
    agent = terms.team.agent(case.assignee)
    there = agent is not None and agent.on_duty(at)
    if there and not _around_the_clock(case, at, terms):
        return ()
    if not reopened and acknowledger(case, terms, now) is not None:
        return ()
    if any(at - event.at < APART for event in case.of_type(CalledAgain)):
        return ()
    anew = reopened or not is_under_way(case)
    return (CalledAgain(at, now, DESK, because=because, anew=anew),)


def is_under_way(case: Case) -> bool:
    """Whether somebody is called who has neither acknowledged nor answered, for what has not recovered either."""
    well = well_since(case)
    for event in reversed(case.of_type(StepTaken, PageAcknowledged, AgentAnswered)):
        if not isinstance(event, StepTaken):
            return False
        if event.acknowledge:
            return well is None or event.at > well
    return False


def well_since(case: Case) -> datetime | None:
    """When whoever made the case said that all is well again, and nothing else since; None while it fails.

    A monitor does, and a customer whose word surely is theirs.
    """
    if not case.monitor:
        for event in reversed(case.of_type(CustomerWrote, CustomerThanked)):
            if not isinstance(event, CustomerThanked):
                return None
            if event.ends_calls:
                return event.at
        return None
    told = [event for event in case.of_type(MonitorReported) if event.state != "notice"]
    return told[-1].at if told and told[-1].state == "recovered" else None


def acknowledger(case: Case, terms: Terms, now: datetime) -> Agent | None:
    """Who is here and acknowledged the case lately, since it was last opened or raised; None: nobody."""
    since = max(_openings_and_raises(case))
    for event in reversed(case.of_type(PageAcknowledged)):
        agent = terms.team.agent(event.by)
        if agent and event.at >= max(since, now - RECENT) and not agent.away(now):
            return agent
    return None


def _openings_and_raises(case: Case) -> Iterator[datetime]:
    rank = 0
    for event in case.of_type(CaseOpened, SeverityAssessed, SeveritySet, CaseReopened):
        if isinstance(event, CaseOpened | CaseReopened):
            yield event.at
            continue
        if isinstance(event, SeveritySet) and event.rank < rank:
            yield event.at
        rank = event.rank


def is_called_for(case: Case, terms: Terms) -> bool:
    """Whether the policy calls anybody for the case's severity, and there is a rotation to call."""
    return terms.team.rotation is not None and any(
        not step.only or case.severity in step.only for step in _first_calls(terms.policy.ladder)
    )


def _around_the_clock(case: Case, at: datetime, terms: Terms) -> bool:
    """Whether every word of the customer is answered in hours that never end."""
    policy = terms.policy
    promise = promised_now(policy.further_answers.key, case, policy)
    return isinstance(promise, Promise) and promise.calendar.elapsed(at, at + _LONG) == _LONG
