"""The escalation ladder: which steps of which clocks are outstanding, when, and to whom they go.

A step is taken once for each clock, ever; one that repeats, once each time. Shares are of the promised open time and
steps after the breach are in open time too, so nobody is reminded at night of a desk that is closed. Quiet hours hold
back everything that the policy does not call urgent (`hours = "always"`): a step in working hours waits for the
region's next opening, any other for the hours of its promise. Once somebody has acknowledged, nothing is repeated and
nobody further is called; nor is anybody once whoever made the case says that all is well again. After downtime the
missed steps collapse: each person gets one mail, of the highest step, that says how late it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from helpdesk.core.clocks import calling
from helpdesk.core.clocks.marks import marks_of
from helpdesk.core.words.audience import readers
from helpdesk.core.words.case import DESK
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import (
    BreachMail,
    CallMail,
    CustomerEscalationMail,
    EscalationMail,
    StepMail,
    TakenStep,
    WarningMail,
)
from helpdesk.core.words.events import AgentAnswered, CaseFlagged, Event, ExclusionLifted, PageAcknowledged, StepTaken
from helpdesk.core.words.exempted import in_force
from helpdesk.offering.policy import ON_CALL, Promise

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.core.clocks.calling import Beginning
    from helpdesk.core.words.audience import Recipient
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.decision import CaseEffects
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.policy import Step, StepKind

_HEIGHT = {"warning": 0, "breach": 1, "escalation": 2}
_NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of one clock of one case, and the instant at which it is reached; `turn` counts repetitions from 0."""

    at: datetime
    clock: Clock
    step: Step
    name: str  # of the step on this clock, or of this beginning
    turn: int = 0

    @property
    def key(self) -> str:
        """Unique within the case."""
        return f"{self.name}{f'#{self.turn}' if self.turn else ''}"

    @property
    def height(self) -> tuple[int, datetime]:
        """What orders rungs when they collapse."""
        return _HEIGHT[self.step.kind], self.at


def outstanding(case: Case, terms: Terms, found: Sequence[Clock], now: datetime | None = None) -> list[Rung]:
    """The steps that are still to be taken on those of a case's clocks that still run, in order of time.

    Of a step that repeats it is the next repetition; with `now`, the last one that has come by then.
    """
    ladder = _Ladder(case, terms, found, now)
    return sorted(ladder.rungs(), key=lambda rung: rung.at)


class _Ladder:
    """A policy's steps on one case, with those that its calls go on to."""

    def __init__(self, case: Case, terms: Terms, found: Sequence[Clock], now: datetime | None) -> None:
        self.case = case
        self.terms = terms
        self.now = now
        self.calendar = terms.policy.region_calendar(case.region)
        self.clocks = found
        # Of an excluded case nobody owes an answer any more, late as it may have been before.
        self.running = [clock for clock in self.clocks if clock.stopped_at is None and not in_force(case.events)]
        self.taken = _turns_taken(case)
        self.acknowledged = [event.at for event in case.of_type(PageAcknowledged)]
        self.answered = [event.at for event in case.of_type(AgentAnswered)]
        self.well_since = calling.well_since(case)
        self._begun: dict[Hashable, Beginning | None] = {}

    def rungs(self) -> Iterator[Rung]:
        for step in calling.steps(self.terms):
            begun = self._beginning(step) if self._applies(step) else None
            if begun is None or self._is_over(step, begun.at):
                continue
            if step.share == 0:
                yield from self._at_opening(step, begun)
            else:
                for clock in self.running:
                    if not step.of or clock.target in step.of:
                        yield from self._on_clock(step, clock, begun)

    def _beginning(self, step: Step) -> Beginning | None:
        """Since when people are wanted for a step, which most have in common."""
        alike = (step.only, step.calls, step.unless_acknowledged is None)
        if alike not in self._begun:
            self._begun[alike] = calling.begun(self.case, step, self.terms)
        return self._begun[alike]

    def _applies(self, step: Step) -> bool:
        """Whether it is for this severity and plan. Where there is no rotation nobody is on call or called."""
        nobody = self.terms.team.rotation is None and ON_CALL.issuperset(step.to)
        of_plan = not step.plans or self.case.plan in step.plans
        return not nobody and of_plan and (not step.only or self.case.severity in step.only)

    def _is_over(self, step: Step, since: datetime) -> bool:
        """Whether that has come about which ends it."""
        return bool(step.until) and any(
            not set(marks_of(event)).isdisjoint(step.until) for event in self.case.events if event.at >= since
        )

    def _at_opening(self, step: Step, begun: Beginning) -> Iterator[Rung]:
        """From the opening, for as long as the first response is owed; from a later beginning, until somebody answers.

        What says itself `until` when, until then or the end of the case.
        """
        first = self.clocks[0]
        if step.calls and self.well_since and begun.at <= self.well_since:
            return
        if begun.number == 0 and begun.at == self.case.opened_at and not step.until:
            begins = first.share_at(0) if first in self.running else None
            if begins is not None:
                yield from self._made(step, first, begins + step.after, f"{first.key}/{step.key}")
        elif self.case.active and (step.until or not any(at >= begun.at for at in self.answered)):
            # Whatever clock runs meanwhile: the call is one.
            name = f"{step.key}@{begun.at:%Y%m%dT%H%M%SZ}"
            yield from self._made(step, next(iter(self.running), first), begun.at + step.after, name)

    def _on_clock(self, step: Step, clock: Clock, begun: Beginning) -> Iterator[Rung]:
        """When so much of the promise is used, and for some severities not before the case is one of them."""
        at = _reached_at(step, clock)
        if at is not None:
            again = f"@{begun.at:%Y%m%dT%H%M%SZ}" if begun.number else ""
            begins = max(at, begun.at) if step.only else at
            yield from self._made(step, clock, begins, f"{clock.key}/{step.key}{again}")

    def _made(self, step: Step, clock: Clock, begins: datetime, name: str) -> Iterator[Rung]:
        if (step.waits_for_acknowledgment or step.unless_acknowledged) and self._heard_since(begins - _elapsed(step)):
            return
        done = self.taken.get(name)
        turn = 0 if done is None else done + 1
        instants = self._instants(step, begins, turn)
        if turn < len(instants):
            come = [number for number, at in enumerate(instants) if self.now and at <= self.now]
            turn = max(turn, come[-1] if come else 0)
            at = self._in_hours(clock, step, instants[turn])
            told = clock.told_late_from if step.is_late else None
            yield Rung(max(at, told or at), clock, step, name, turn)

    def _instants(self, step: Step, begins: datetime, turn: int) -> Sequence[datetime]:
        """When the step is made, turn by turn, as far as it matters."""
        if not step.until and (step.calls or (step.pages and step.repeat)):
            return calling.instants(step, begins, calling.rules_of(self.terms))
        first = begins + (step.unless_acknowledged or _NO_TIME)
        if not step.repeat:
            return (first,)
        by_now = (self.now - first) // step.repeat if self.now else 0
        return [first + number * step.repeat for number in range(max(turn, by_now) + 1)]

    def _heard_since(self, at: datetime) -> bool:
        return any(heard >= at for heard in self.acknowledged)

    def _in_hours(self, clock: Clock, step: Step, at: datetime) -> datetime:
        if step.hours == "working":
            return self.calendar.next_open(at)
        promised = clock.promise.calendar if isinstance(clock.promise, Promise) else None
        return promised.next_open(at) if promised and step.hours != "always" else at


def _elapsed(step: Step) -> timedelta:
    """How long after the opening it is: who has acknowledged by then has it."""
    return step.after if step.share == 0 else _NO_TIME


def _reached_at(step: Step, clock: Clock) -> datetime | None:
    if step.before:
        return clock.before_at(step.before)
    return clock.share_at(step.share) if step.share < 1 else clock.beyond_at(step.after)


def _turns_taken(case: Case) -> dict[str, int]:
    """Which turn of each step was taken last."""
    taken: dict[str, int] = {}
    for event in case.of_type(StepTaken):
        key, turn = event.key, event.turn or 0
        step = key.removesuffix(f"#{turn}")
        taken[step] = max(turn, taken.get(step, 0))
    return taken


def may_call(case: Case, terms: Terms) -> bool:
    """Whether the policy has a step at the opening for the severity of a case."""
    at_opening = (step for step in terms.policy.ladder if step.share == 0)
    return any(not step.only or case.severity in step.only for step in at_opening)


def reached_by(case: Case, terms: Terms, found: Sequence[Clock], now: datetime) -> list[Rung]:
    """The steps that are to be taken now."""
    return [rung for rung in outstanding(case, terms, found, now) if rung.at <= now]


def climb(case: Case, terms: Terms, found: Sequence[Clock], now: datetime) -> CaseEffects:
    """Take every step that is reached by `now`: one event each, one mail a person."""
    reached = reached_by(case, terms, found, now)
    highest: dict[str, tuple[Recipient, Rung]] = {}
    for rung in sorted(reached, key=lambda rung: rung.height):
        for reader in readers(rung.step.readers(rung.turn), case, terms, now):
            highest[reader.person.address] = reader, rung
    events = tuple(_taken(rung, highest, now) for rung in reached)
    # What was excluded meanwhile could not be told before it was taken back: that is no delay of the desk's.
    since = max((event.at for event in case.of_type(ExclusionLifted)), default=case.opened_at)
    return events, tuple(_draft(case, rung, reader, reached, now, since) for reader, rung in highest.values())


def passed(case: Case, terms: Terms, found: Sequence[Clock], now: datetime) -> tuple[Event, ...]:
    """The steps that came while a case was not one yet: on the record, and nobody is called for what is past."""
    reached = reached_by(case, terms, found, now)
    if not reached:
        return ()
    names = ", ".join(dict.fromkeys(f"{rung.clock.kind.name} {rung.step.key}" for rung in reached))
    told = CaseFlagged(now, now, DESK, tag=f"steps that passed before it was let in: {names}")
    return (*(_taken(rung, {}, now) for rung in reached), told)


def called(case: Case) -> frozenset[str]:
    """Who was called, or is reminded again and again, since somebody last said that they have it: their addresses."""
    asked: set[str] = set()
    for event in case.of_type(StepTaken, PageAcknowledged):
        if isinstance(event, PageAcknowledged):
            asked.clear()
        elif event.acknowledge:
            asked.update(event.to)
    return frozenset(asked)


def unacknowledged(case: Case) -> bool:
    """Whether somebody was called, or is reminded again and again, and nobody has said that they have it."""
    last = next(
        (
            event
            for event in reversed(case.events)
            if isinstance(event, PageAcknowledged) or (isinstance(event, StepTaken) and event.acknowledge)
        ),
        None,
    )
    return last is not None and isinstance(last, StepTaken)


def _draft(case: Case, rung: Rung, reader: Recipient, reached: list[Rung], now: datetime, since: datetime) -> Draft:
    if reader.audience == "customer":
        theirs = reader.person in case.readers
        return Draft(CustomerEscalationMail(step=rung.step.kind, own=theirs), reader.person, rung.key)
    missed = tuple(other.step.key for other in reached if other is not rung and other.clock is rung.clock)
    mail = CallMail if rung.step.share == 0 else _MAILS[rung.step.kind]
    content = mail(step=_as_taken(rung, now), missed=missed, delayed=now - max(rung.at, since))
    return Draft(content, reader.person, rung.key)


_MAILS: Final[Mapping[StepKind, type[StepMail]]] = {
    "warning": WarningMail,
    "breach": BreachMail,
    "escalation": EscalationMail,
}


def _taken(rung: Rung, highest: dict[str, tuple[Recipient, Rung]], now: datetime) -> Event:
    told = tuple(address for address, (_, top) in highest.items() if top is rung)
    return StepTaken(
        rung.at,
        now,
        DESK,
        key=rung.key,
        step=rung.step.key,
        kind=rung.step.kind,
        target=rung.clock.target,
        to=told,
        collapsed=not told,
        acknowledge=rung.step.waits_for_acknowledgment,
        turn=rung.turn if rung.step.waits_for_acknowledgment or rung.step.repeat else None,
    )


def _as_taken(rung: Rung, now: datetime) -> TakenStep:
    return TakenStep(
        kind=rung.step.kind,
        target=rung.clock.kind.name,
        asks=rung.clock.kind.asks or rung.clock.kind.name,
        owes=rung.clock.kind.owes or rung.clock.kind.name,
        orders=rung.clock.kind.orders,
        due_at=rung.clock.broken_or_due_at(now),
        late_from=rung.clock.told_late_from,
        reached_at=rung.at,
        share=0 if rung.step.before else rung.step.share,
        after=rung.step.after,
        acknowledge=rung.step.waits_for_acknowledgment,
        unheard_for=None if rung.turn else rung.step.unless_acknowledged,
        turn=rung.turn,
        until=rung.step.until,
        open_for=rung.step.after + rung.turn * (rung.step.repeat or _NO_TIME) if rung.step.share == 0 else None,
    )
