"""Somebody who is there hears (design law 18).

What goes to the agent of a case alone, and falls due before they are back, goes to somebody of the team instead: on
duty, else back in time; the case is theirs from then on. Where there is no such person the lead has it, or, while the
agent has only gone home, is told beside them. Without a promise it waits for who has gone home, and for who is
away for no longer than a working day of theirs. The same holds when time runs out on a case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.core.clocks import calling
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.clocks.turn import turn_of
from helpdesk.core.record import on_the_record, progress_mails
from helpdesk.core.staffing import assignment
from helpdesk.core.words.decision import Decision, Draft
from helpdesk.core.words.drafts import AssignedMail, CustomerMessageMail, EchoMail, ToAgent
from helpdesk.core.words.events import AgentAnswered, AgentNoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.decision import CaseEffects
    from helpdesk.core.words.drafts import CaseContent, MailKind
    from helpdesk.core.words.events import Event
    from helpdesk.core.words.people import Agent
    from helpdesk.core.words.terms import Terms
    from helpdesk.person import Person

_MOMENT = timedelta(seconds=1)
_LATELY = timedelta(hours=1)  # who did something on the case so lately has not gone home
# Mails to who keeps a case. Echoes are for who wrote, and the ladder's steps are relieved before they are taken.
_TO_THE_HOLDER: tuple[MailKind, ...] = ("assigned", "customer-message", "reminder", "alert")


@dataclass(frozen=True, slots=True)
class _Need:
    """What may not be able to wait for the holder of a case: it is due then, or nothing is promised."""

    holder: Agent
    case: Case
    terms: Terms
    now: datetime
    due_at: datetime | None

    @property
    def away(self) -> bool:
        """Whether an absence keeps the holder away, rather than the end of their day."""
        return self.holder.away_until(self.now) is not None

    @property
    def why(self) -> str:
        """Why the holder cannot act."""
        return said_away(self.holder, self.now) or "not on duty before it is due"

    def can_wait(self) -> bool:
        """Whether the holder is there in time."""
        return self.is_in_time(self.holder) or (not self.away and self._is_at_it())

    def is_in_time(self, agent: Agent) -> bool:
        """Whether that agent is on duty before it is due; without a promise, after a working day of theirs at most."""
        if agent.on_duty(self.now):
            return True
        if self.due_at is not None:
            return agent.back_at(self.now) < self.due_at
        if agent.away_until(self.now) is None:
            return True
        policy = self.terms.policy
        calendar = agent.hours or policy.region_calendar(self.case.region)
        # A working day that ends with its closing ends with the next opening: nothing is lost in between.
        return agent.back_at(self.now) <= calendar.next_open(calendar.add_business_days(self.now, 1))

    def _is_at_it(self) -> bool:
        since = self.now - _LATELY
        return any(event.by in self.holder.addresses and event.at >= since for event in self.case.events)


def said_away(agent: Agent, now: datetime) -> str:
    """Until when somebody is away, on their own wall; "" where no absence keeps them."""
    until = agent.away_until(now)
    if until is None:
        return ""
    local = until.astimezone(ZoneInfo(agent.timezone or "UTC"))
    if local.hour or local.minute:
        return f"away until {local:%Y-%m-%d %H:%M} {local.tzname()}"
    return f"away until {local - _MOMENT:%Y-%m-%d}"


def cannot_wait(agent: Agent, case: Case, terms: Terms, now: datetime) -> bool:
    """Whether a case falls due before that agent is there, and nobody is who would have it instead."""
    need = _Need(agent, case, terms, now, _due_at(agent, Decision(case), terms, now))
    return need.due_at is not None and not need.is_in_time(agent) and _successor(need) is None


def relieve(decision: Decision, terms: Terms, now: datetime, *, because: str) -> Decision:
    """Let somebody who is there have what a decision tells the holder of a case alone."""
    case = decision.case
    if case is None or not case.assignee:
        return decision
    holder = terms.team.agent(case.assignee)
    if holder is None:
        return _of_departed(case, decision, terms, now)
    theirs = [draft for draft in decision.drafts if _is_kept(draft) and draft.to.address == holder.address]
    if not theirs or holder.on_duty(now):
        return decision
    need = _Need(holder, case, terms, now, _due_at(holder, decision, terms, now))
    if need.can_wait():
        return decision
    successor = _successor(need)
    if case.active and successor:
        told = _handover(successor, need, theirs[0].key, because)
        return _given_to(successor, decision, theirs, _given(successor, need), told)
    also = [successor.person] if successor else _beside(need, decision)
    note = f"{holder.name_or_address}, who has this case and is {need.why}"
    copies = [_beside_of(draft, person, note) for person in also for draft in theirs]
    return replace(decision, drafts=_each_once((*decision.drafts, *copies)))


def running_out(case: Case, terms: Terms, now: datetime, *, due_at: datetime | None) -> CaseEffects:
    """Give on the case of an agent who cannot act before it is due, and tell both; nothing where nobody can."""
    holder = terms.team.agent(case.assignee)
    if holder is None:
        return (), ()
    need = _Need(holder, case, terms, now, due_at or now)
    successor = None if need.is_in_time(holder) else _successor(need)
    if successor is None:
        return (), ()
    key = f"away/{now:%Y%m%dT%H%M%SZ}"
    return (_given(successor, need),), _handover(successor, need, key, "a promise is running out")


def _leaves(case: Case, terms: Terms, now: datetime) -> Decision:
    """Give on a case that waits for its agent, whose absence has begun; without events where it can wait for them."""
    holder = terms.team.agent(case.assignee)
    if holder is None or not holder.away(now) or case.status != "open" or turn_of(case).whose != "desk":
        return Decision(case)
    need = _Need(holder, case, terms, now, _due_at(holder, Decision(case), terms, now))
    successor = None if need.can_wait() else _successor(need)
    if successor is None:
        return Decision(case)
    event = _given(successor, need)
    told = _handover(successor, need, f"away/{now:%Y%m%dT%H%M%SZ}", "somebody waits for an answer")
    return Decision(case.after(event), (event,), told)


# --- by no mail


def hand_on(case: Case, terms: Terms, now: datetime) -> Decision:
    """Decide who has the case of somebody who is no agent of its team any more, or whose absence has begun."""
    there = terms.team.agent(case.assignee)
    decision = _leaves(case, terms, now) if there else _departed(case, terms, now)
    also = tuple((Decision(one.case.after(*decision.events), decision.events), one.terms) for one in terms.merged)
    news = progress_mails(case, decision.case, terms, f"handed/{now:%Y%m%dT%H%M%SZ}")
    return on_the_record(replace(decision, drafts=(*decision.drafts, *news), also=also), terms, now)


def _departed(case: Case, terms: Terms, now: datetime) -> Decision:
    """Give on the case of somebody who is no agent of its team any more; without events where nobody is there."""
    agent, was = assignment.another(terms, now, besides={case.assignee}), case.assignee
    if agent is None:
        return Decision(case)
    gone = f"is no agent of {terms.team.name} any more"
    event = assignment.given(agent, f"{was} {gone}", terms, now)
    history = _history(agent, f"departed/{now:%Y%m%dT%H%M%SZ}", f"{was}, who had this case and {gone}")
    return Decision(case.after(event), (event,), (history,))


def _of_departed(case: Case, decision: Decision, terms: Terms, now: datetime) -> Decision:
    """A case that was over when its agent went has one again with the word that opens it."""
    given = _departed(case, terms, now)
    agent = terms.team.agent(given.case.assignee) if given.case else None
    theirs = [draft for draft in decision.drafts if _is_kept(draft)]
    if not case.active or not theirs or not given.events or agent is None:
        return decision
    return _given_to(agent, decision, theirs, given.events[0], given.drafts)


# --- who


def _successor(need: _Need) -> Agent | None:
    """Who has the case from now on: on duty, else back in time, else the lead, else who is not away; None: nobody.

    A case goes home with its agent: only somebody on duty has it instead.
    """
    team, now, holder = need.terms.team, need.now, need.holder
    others = [agent for agent in team.agents if agent.address != holder.address and not agent.away(now)]
    lead = _lead(need)
    for among in (
        [agent for agent in others if agent.on_duty(now)],
        [agent for agent in others if need.away and need.is_in_time(agent)],
        [lead] if need.away and lead else [],
        others if need.away else [],
    ):
        if among:
            knowing = [agent for agent in among if _has_written(agent, need.case)]
            return assignment.least_busy(knowing or among, need.terms, now)
    return None


def _has_written(agent: Agent, case: Case) -> bool:
    """Whether somebody has acted for the holder before, and knows the case."""
    return any(event.by in agent.addresses for event in case.of_type(AgentAnswered, AgentNoted))


def _lead(need: _Need) -> Agent | None:
    """The lead, where that is somebody else who is not away."""
    lead = need.terms.team.lead_agent
    return lead if lead and lead.address != need.holder.address and not lead.away(need.now) else None


def _beside(need: _Need, decision: Decision) -> list[Person]:
    """Who is told beside the holder: the lead, unless somebody does already; where all are away, the operators."""
    lead = _lead(need)
    if need.away:
        return [lead.person] if lead else [*need.terms.operators]
    called = (decision.outcome == "opened" or need.case.rank == 1) and calling.is_called_for(need.case, need.terms)
    heard = any(_is_kept(draft) and draft.to.address != need.holder.address for draft in decision.drafts)
    late = need.due_at is not None and need.due_at <= need.now  # who is asked to hurry has been told
    return [lead.person] if lead and not (called or heard or late) else []


def _beside_of(draft: Draft, person: Person, note: str) -> Draft:
    """A mail of the holder's as somebody else gets it."""
    content = draft.content
    told = replace(content, instead=note) if isinstance(content, ToAgent) else content
    return replace(draft, to=person, content=told)


def _is_kept(draft: Draft) -> bool:
    return draft.audience == "agent" and draft.kind in _TO_THE_HOLDER


# --- what is due


def _due_at(holder: Agent, decision: Decision, terms: Terms, now: datetime) -> datetime | None:
    """When the first promise falls due; None where none is made for a word and no other ends before they are back."""
    running = [clock for case, of in _with_merged(decision, terms) for clock in _running(case, of)]
    dues = [(clock.due_at, clock.kind) for clock in running if clock.due_at]
    first = min((at for at, _ in dues), default=None)
    word = any(kind.owes_word for _, kind in dues)
    return first if word or (first and first <= holder.back_at(now)) else None


def _with_merged(decision: Decision, terms: Terms) -> Iterator[tuple[Case, Terms]]:
    if decision.case:
        yield decision.case, terms
    also = {other.case.number: other.case for other, _ in decision.also if other.case}
    for merged in terms.merged:
        yield also.get(merged.case.number, merged.case), merged.terms


def _running(case: Case, terms: Terms) -> list[Clock]:
    return [clock for clock in clocks(case, terms.policy) if clock.stopped_at is None]


# --- what happens then


def _given_to(
    agent: Agent, decision: Decision, theirs: Sequence[Draft], event: Event, told: Sequence[Draft]
) -> Decision:
    """The case is another's, who gets it with all that was said, and the mails of its holder that say more."""
    case, new = decision.case, decision.outcome == "opened"
    left = [draft for draft in decision.drafts if draft not in theirs]
    # What was said so far has the customer's word in it; a monitor's is not among what people said, and what may be
    # their answer from another address is on a case of its own.
    more = [draft for draft in theirs if new or not _is_in_history(draft.content)]
    moved = [replace(draft, to=agent.person) for draft in more]
    drafts = _each_once((*left, *(() if new else told), *moved))
    return replace(decision, case=case and case.after(event), events=(*decision.events, event), drafts=drafts)


def _is_in_history(content: CaseContent) -> bool:
    return isinstance(content, CustomerMessageMail) and not content.became


def _given(agent: Agent, need: _Need) -> Event:
    standing = "on duty" if agent.on_duty(need.now) else "nobody is on duty"
    if agent not in need.terms.team.agents:
        standing = "nobody else is there"
    elif _has_written(agent, need.case):
        standing = f"{standing}, and has written on it"
    return assignment.given(agent, f"{need.holder.name_or_address} is {need.why}; {standing}", need.terms, need.now)


def _handover(agent: Agent, need: _Need, key: str, because: str) -> tuple[Draft, Draft]:
    said = f"given to {agent.name_or_address}, because you are {need.why} and {because}"
    note = f"{need.holder.name_or_address}, who had this case and is {need.why}"
    echo = Draft(EchoMail(done=(said,)), need.holder.person, key)
    return _history(agent, key, note), echo


def _history(agent: Agent, key: str, instead: str) -> Draft:
    """All that was said so far, and for whom somebody has the case."""
    return Draft(AssignedMail(handed_over=True, instead=instead), agent.person, key)


def _each_once(drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    return tuple({(draft.kind, draft.key, draft.to.address): draft for draft in drafts}.values())
