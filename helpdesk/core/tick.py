"""What time alone changes: breaches, steps of the ladder, the end of a wait or a snooze, the silence of a customer.

All spans of a silence come from the policy and fall on business days of the plan's calendar; a step is taken once for
each silence. A silence is a wait for the customer that has no span of its own (`#wait 3d` is the agent's), or where the
policy asks for it an answer after which it is the customer's turn, unless the case is of the worst, is merged, or a
promise of ours still runs. Somebody unverified who answers in the customer's place ends no silence, and nobody is told
of it before the agent has written or waited again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from helpdesk.core.clocks import ladder, suspicion
from helpdesk.core.clocks.timeline import clocks, waited_for
from helpdesk.core.clocks.turn import turn_of
from helpdesk.core.record import on_the_record, progress_mails
from helpdesk.core.staffing import relief
from helpdesk.core.words.case import DESK, Case
from helpdesk.core.words.decision import Decision, DecisionBuilder, Draft
from helpdesk.core.words.drafts import ClosedMail, CustomerReminderMail, DowngradeMail, SnoozeOverMail, WaitOverMail
from helpdesk.core.words.events import (
    AgentAnswered,
    AnsweredElsewhere,
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseSnoozed,
    CustomerReminded,
    DowngradeProposed,
    Event,
    OutsiderWrote,
    ParticipantAdded,
    RequesterSet,
    SeveritySet,
    SnoozeOver,
    WaitingSet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.decision import CaseEffects
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.severities import Level
    from helpdesk.openhours.calendar import Calendar
    from helpdesk.openhours.within import Within
    from helpdesk.person import Person


def tick(case: Case, terms: Terms, now: datetime) -> Decision:
    """Decide what time alone changes by `now`: breaches, steps of the ladder, the end of a wait."""
    made = DecisionBuilder(case)
    made.add(_wait_over(case, terms, now))  # first, because clocks that waited run again from then on
    begun = made.case
    found = clocks(begun, terms.policy)  # who has the case moves none of them
    made.add(_relieved(begun, terms, found, now))
    made.add(ladder.climb(made.case, terms, found, now))
    made.add(_live(begun, terms, found, now))
    made.add(suspicion.repeat(begun, terms, now))
    made.add(_snooze_over(made.case, terms, now))
    decision = relief.relieve(made.decision(), terms, now, because="it is time to go on with it")
    news = progress_mails(case, decision.case, terms, f"time/{now:%Y%m%dT%H%M%SZ}")
    return on_the_record(replace(decision, drafts=(*decision.drafts, *news)), terms, now)


def with_calls(decision: Decision, terms: Terms, now: datetime) -> Decision:
    """The decision with the calls that it begins, and whatever else is due on its case by then, by the same act."""
    case = decision.case
    if case is None or not ladder.may_call(case, terms):
        return decision
    if not ladder.reached_by(case, terms, decision.clocks or clocks(case, terms.policy), now):
        return decision
    due = tick(case, terms, now)
    events, drafts = (*decision.events, *due.events), (*decision.drafts, *due.drafts)
    return replace(decision, case=due.case, events=events, drafts=drafts, clocks=due.clocks)


def _relieved(case: Case, terms: Terms, found: Sequence[Clock], now: datetime) -> CaseEffects:
    """When time runs out on a case whose agent cannot act (LGK-2)."""
    reached = ladder.reached_by(case, terms, found, now)
    if not reached:
        return (), ()
    due = min((rung.clock.due_at for rung in reached if rung.clock.due_at), default=None)
    return relief.running_out(case, terms, now, due_at=due)


def next_at(case: Case, terms: Terms, found: Sequence[Clock] = ()) -> datetime | None:
    """The earliest instant at which time alone changes something; None while nothing can.

    `found` are the clocks of the case where they are known.
    """
    found = found or clocks(case, terms.policy)
    instants = [rung.at for rung in ladder.outstanding(case, terms, found)]
    standing = case.breaches
    instants += [
        clock.told_late_from for clock in found if clock.told_late_from is not None and clock.key not in standing
    ]
    instants += [step.at for step in _outstanding(case, terms, found)]
    wakes_at = case.snoozed.until if case.snoozed else None
    others = (_wait_ends_at(case), wakes_at, suspicion.repeats_at(case, terms))
    return min([*instants, *(at for at in others if at)], default=None)


# --- the end of a wait, and of a snooze


def _wait_ends_at(case: Case) -> datetime | None:
    if case.status != "waiting" or case.status_since is None:
        return None
    seconds = case.of_type(WaitingSet)[-1].seconds
    return case.status_since + timedelta(seconds=seconds) if seconds else None


def _wait_over(case: Case, terms: Terms, now: datetime) -> CaseEffects:
    """The end of a wait that was set for a span: the case is open again, and its agent hears of it."""
    ends_at = _wait_ends_at(case)
    if ends_at is None or ends_at > now:
        return (), ()
    event = CaseReopened(ends_at, now, DESK, because="the wait is over")
    # A merged case waits together with the one that took its place, whose agent is told.
    agent = None if case.merged_into else terms.team.agent(case.assignee)
    key = f"wait/{ends_at:%Y%m%dT%H%M%SZ}"
    content = WaitOverMail(waited_for=waited_for(case.of_type(WaitingSet)[-1]))
    drafts = (Draft(content, agent.person, key),) if agent else ()
    return (event,), drafts


def _snooze_over(case: Case, terms: Terms, now: datetime) -> CaseEffects:
    """The reminder, once its moment has come by `now`."""
    snoozed = case.snoozed
    if snoozed is None or snoozed.until > now:
        return (), ()
    agent = _reminded(case, terms)
    key = f"snooze/{snoozed.until:%Y%m%dT%H%M%SZ}"
    drafts = (Draft(SnoozeOverMail(delayed=now - snoozed.until), agent.person, key),) if agent else ()
    return (SnoozeOver(snoozed.until, now, DESK),), drafts


def _reminded(case: Case, terms: Terms) -> Agent | None:
    """Who asked; the assignee where the case was given to somebody since, or who asked has left the team."""
    since = [type(event) for event in case.of_type(CaseSnoozed, CaseAssigned)]
    asked = terms.team.agent(case.snoozed.by) if case.snoozed and since[-1] is CaseSnoozed else None
    return asked or terms.team.agent(case.assignee)


# --- a customer is silent


LifecycleAct = Literal["remind", "downgrade", "close"]
_DOWNGRADABLE = 2  # LAI-9 speaks of the two worst severities


@dataclass(frozen=True, slots=True)
class LifecycleStep:
    """What is to be done, and when."""

    at: datetime
    act: LifecycleAct


@dataclass(frozen=True, slots=True)
class _CustomerSilence:
    """Since when the customer is silent, and after how long they are reminded and the case is closed."""

    since: datetime
    remind_after: Within | None
    close_after: Within | None
    waited: bool  # an agent said that we wait


def _live(case: Case, terms: Terms, found: Sequence[Clock], now: datetime) -> CaseEffects:
    """Do what is due by `now`, in order."""
    events: list[Event] = []
    drafts: list[Draft] = []
    for step in _outstanding(case, terms, found):
        if step.at > now:
            break
        for event, letters in _ACTS[step.act](case, terms, step.at, now):
            events.append(event)
            drafts += letters
    return tuple(events), tuple(drafts)


def _outstanding(case: Case, terms: Terms, found: Sequence[Clock]) -> list[LifecycleStep]:
    """The steps of this silence that are still to come, in order of time."""
    silence = _silence(case, terms, found)
    if silence is None or _answered_elsewhere(case, silence.since):
        return []
    done = {type(event) for event in case.events if event.at > silence.since}
    return sorted(_steps(case, terms, silence, done), key=lambda step: step.at)


def _steps(case: Case, terms: Terms, silence: _CustomerSilence, done: set[type[Event]]) -> Iterator[LifecycleStep]:
    life, calendar = terms.policy.lifecycle, _calendar(case, terms)
    reminded = _reminded_since(case, silence.since)
    if silence.remind_after and len(reminded) < life.reminders:
        since = reminded[-1] if reminded else silence.since
        yield LifecycleStep(silence.remind_after.over_at(calendar, since), "remind")
    milder = _milder(case, terms) if silence.waited else None
    if life.downgrade_after and milder and not done & {DowngradeProposed, SeveritySet}:
        yield LifecycleStep(life.downgrade_after.over_at(calendar, silence.since), "downgrade")
    if len(reminded) >= life.reminders and silence.close_after and CaseClosed not in done:
        # From when it was sent: who was reminded late, because nothing ran, has as long to answer.
        yield LifecycleStep(silence.close_after.over_at(calendar, reminded[-1]), "close")


def _silence(case: Case, terms: Terms, found: Sequence[Clock]) -> _CustomerSilence | None:
    life = terms.policy.lifecycle
    if case.past and not found:
        return None  # nothing was said here yet
    if case.status == "waiting":
        wait = case.of_type(WaitingSet)[-1]
        theirs = waited_for(wait) == "customer" and not wait.seconds
        return _CustomerSilence(wait.at, life.remind_after, life.close_after, waited=True) if theirs else None
    if life.turn_remind_after is None or case.status != "open" or case.rank == 1 or not case.answerable:
        return None
    if case.merged or case.merged_into:
        return None  # what is said on one of them may be owed on the other
    turn = turn_of(case)
    if turn.whose != "customer" or any(map(_is_owed, found)):
        return None
    return _CustomerSilence(turn.asked_at, life.turn_remind_after, life.turn_close_after, waited=False)


def _is_owed(clock: Clock) -> bool:
    """Whether a promise of ours runs still, late or not."""
    return clock.stopped_at is None and bool(clock.stretches) and not clock.exempt


def _answered_elsewhere(case: Case, since: datetime) -> bool:
    """Whether somebody unverified has written in the customer's place since then."""
    return any(
        event.at >= since and not (isinstance(event, OutsiderWrote) and event.staff)
        for event in case.of_type(OutsiderWrote, AnsweredElsewhere)
    )


def _calendar(case: Case, terms: Terms) -> Calendar:
    return terms.policy.plan_calendar(plan=case.plan, region=case.region)


def _asked_at(case: Case) -> datetime:
    """When the customer was asked last, by a wait or by an answer."""
    return case.of_type(WaitingSet)[-1].at if case.status == "waiting" else turn_of(case).asked_at


def _reminded_since(case: Case, since: datetime) -> list[datetime]:
    """When reminders were sent that came due after an instant."""
    return [event.recorded_at for event in case.of_type(CustomerReminded) if event.at > since]


def _remind(case: Case, terms: Terms, at: datetime, now: datetime) -> Iterator[tuple[Event, list[Draft]]]:
    key, life = f"remind/{at:%Y%m%dT%H%M%SZ}", terms.policy.lifecycle
    patience = life.close_after if case.status == "waiting" else life.turn_close_after
    last = len(_reminded_since(case, _asked_at(case))) + 1 >= life.reminders
    closes_at = patience.over_at(_calendar(case, terms), now) if patience and last else None
    content = CustomerReminderMail(waited=case.status == "waiting", closes_at=closes_at)
    letters = [Draft(_repeating(content, person, case), person, key) for person in _customers(case)]
    yield CustomerReminded(at, now, DESK), letters


def _repeating(content: CustomerReminderMail, person: Person, case: Case) -> CustomerReminderMail:
    """With the last answer, where it was sent to them: who came later never sees what was."""
    answers = case.of_type(AgentAnswered)
    since = answers[-1].at if answers else case.opened_at
    later = case.of_type(ParticipantAdded, RequesterSet)
    came_later = any(event.at > since and event.address == person.address for event in later)
    return content if came_later or not answers else replace(content, repeats=answers[-1].message_id, on=answers[-1].on)


def _milder(case: Case, terms: Terms) -> Level | None:
    """The severity that a case of the worst may sink to, where it is milder than the one that it has."""
    to = terms.policy.lifecycle.downgrade_to
    level = terms.policy.level(to) if to and case.rank <= _DOWNGRADABLE else None
    return level if level and level.rank > case.rank else None


def _downgrade(case: Case, terms: Terms, at: datetime, now: datetime) -> Iterator[tuple[Event, list[Draft]]]:
    """LAI-9: proposed to the agent, and done only where the policy says so."""
    level = terms.policy.level(terms.policy.lifecycle.downgrade_to)
    key = f"downgrade/{at:%Y%m%dT%H%M%SZ}"
    content = DowngradeMail(downgrade_to=level.name, downgrade_key=level.key)
    agent = terms.team.agent(case.assignee)
    letters = [Draft(content, agent.person, key)] if agent else []
    if terms.policy.lifecycle.downgrade_automatically:
        event = SeveritySet(
            at,
            now,
            DESK,
            severity=level.key,
            rank=level.rank,
            was=case.severity,
            reason="the customer owes information",
        )
        yield event, letters
    else:
        yield DowngradeProposed(at, now, DESK, to=level.key), letters


def _close(case: Case, _terms: Terms, at: datetime, now: datetime) -> Iterator[tuple[Event, list[Draft]]]:
    key = f"close/{at:%Y%m%dT%H%M%SZ}"
    letters = [Draft(ClosedMail(unanswered=True), person, key) for person in _customers(case)]
    yield CaseClosed(at, now, DESK, because="the customer did not answer"), letters


def _customers(case: Case) -> list[Person]:
    return [person for person in case.readers if person.address not in case.shared]


_ACTS = {"remind": _remind, "downgrade": _downgrade, "close": _close}
