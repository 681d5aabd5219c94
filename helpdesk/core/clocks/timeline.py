"""The clocks of a case, read from its events.

First response: from the receipt of the first mail to the first public answer of an agent, never paused. Follow-up:
one clock a round, from the oldest customer message that no agent has answered, once the first response is done, to
the next public answer. Resolution: until resolved or closed, paused while waiting for the customer. A wait for a third
party pauses the last two where the policy says so, and the first response never. A case that is
closed without an answer owes none any more: its open clocks become exempt and say so; so does the round of a message
that became a case of its own. If it is opened again, they go on with what was left; nothing is counted for the time in
between. What was erased and is sent again without it (LAI-11) is a new request: its clocks begin at its receipt, and
of those before only what was late is left.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from helpdesk.core.clocks.circumstances import phases
from helpdesk.core.clocks.marks import ANSWERS, marked
from helpdesk.core.clocks.rounds import rounds
from helpdesk.core.words.case import DESK
from helpdesk.core.words.clock import Change, Clock, run
from helpdesk.core.words.events import (
    AgentAnswered,
    AnswerLost,
    CaseClosed,
    CaseReopened,
    CaseResolved,
    CustomerWrote,
    DateAgreed,
    DetailsGiven,
    Event,
    MergedWrote,
    MilestoneReached,
    PolicyChanged,
    RequesterSet,
    SentAgain,
    SeverityAssessed,
    SeveritySet,
    SplitOff,
    UnseenWord,
    WaitingSet,
)
from helpdesk.core.words.exempted import in_force
from helpdesk.offering.policy import NoPromise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.events import Event
    from helpdesk.offering.policy import Policy, Promise
    from helpdesk.offering.promises import PromiseKind, Waited

_ENDS = (CaseResolved, CaseClosed)


def clocks(case: Case, policy: Policy) -> tuple[Clock, ...]:
    """The first answer (also where none is promised), then what else is promised: each promise's rounds in order.

    What was dealt with before the desk began has none; where it goes on here, the first word since begins them.
    """
    events = heard_events(case)
    starts: list[datetime | None] = [event.at for event in events if isinstance(event, SentAgain)]
    if not case.past:
        starts = [None, *starts]
    elif words := [event for event in events if isinstance(event, CustomerWrote) and _is_since_taken(event, case)]:
        events = [event for event in events if _is_since_taken(event, case)]
        starts = [words[0].at, *starts]
    else:
        return ()
    first, *others = _ClockReader(case, policy, events, since=starts[-1]).measured()
    return (first, *_late_before(case, policy, events, starts), *(clock for clock in others if clock.stretches))


def _is_since_taken(event: Event, case: Case) -> bool:
    """Whether it happened here, and not before the desk took the case as past."""
    return event.at > case.events[0].recorded_at


def _late_before(
    case: Case, policy: Policy, events: Sequence[Event], starts: Sequence[datetime | None]
) -> Iterator[Clock]:
    """Of the requests before the last one, where it was erased and sent again: a breach never vanishes."""
    for since, until in pairwise(starts):
        if until is not None:
            before = [event for event in events if event.at < until]
            reader = _ClockReader(case, policy, before, since=since, until=until)
            yield from (clock for clock in reader.measured() if clock.late_from is not None)


def heard_events(case: Case) -> list[Event]:
    """A case's events in order of when they became true, without answers that never left us."""
    unsent = {event.key for event in case.of_type(AnswerLost) if not event.left}
    heard = (one for one in case.events if not isinstance(one, AgentAnswered) or one.key not in unsent)
    return sorted(heard, key=lambda event: event.at)


class _ClockReader:
    """One pass over a case's events in order of when they became true; over a request, where it was sent again."""

    def __init__(
        self,
        case: Case,
        policy: Policy,
        events: list[Event],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        self.case, self.since, self.until = case, since, until
        self.policy = policy
        self.events = events  # what never left us is no answer; what left and came back was one until then
        self._marked = marked(events if since is None else [event for event in events if event.at >= since])
        # What bends the clocks is read once for all of them: a case has many, of few kinds.
        self._dates = [event for event in events if isinstance(event, DateAgreed)]
        self._severities = [event for event in events if isinstance(event, SeveritySet)]
        self._moves = [event for event in events if isinstance(event, PolicyChanged)]
        self._requesters = [event for event in events if isinstance(event, RequesterSet)]
        self._doubted = [event for event in events if isinstance(event, RequesterSet | DetailsGiven)]
        self._exempted_by = next(iter(in_force(events)), None)
        self._bent: dict[tuple[Waited, ...], list[Change]] = {}
        # Of a case that an agent began by writing, what its customer wrote first says how bad it is.
        assessed = [event.severity for event in events if isinstance(event, SeverityAssessed)]
        self.first_severity = assessed[-1] if assessed else case.severity
        self.phases = phases(case, policy, events)
        self.start = self._start()

    def _start(self) -> datetime | None:
        """From when the desk owes an answer; None where an agent wrote first, and their customer not yet."""
        if self.since is not None:
            return self.since
        if self.case.for_how != "copied":
            return self.case.opened_at
        return next((event.at for event in self.events if isinstance(event, CustomerWrote)), None)

    def measured(self) -> Iterator[Clock]:
        """Every promise, be it made or not."""
        for kind in self.policy.kinds:
            if kind.starts == "customer_wrote":
                yield from self._rounds(kind)
            elif kind.starts == "received" and self.start is None:
                why = NoPromise(kind.key, ("an agent wrote first, and the customer not yet",))
                yield Clock(kind, self.case.opened_at, why, ())
            else:
                yield from self._of_kind(kind)

    def _of_kind(self, kind: PromiseKind) -> Iterator[Clock]:
        """The clocks of a promise that something starts and something meets: one, or one each time that it begins."""
        for one in rounds(kind, self._begins(kind), self._marked):
            if one.ended_by:
                yield _ended_by(self._run(kind, start=one.begun, stop=one.stop, anew=one.anew), one.ended_by)
            elif one.stop:
                stop = self._met_at(kind, one.begun, one.stop)
                yield self._run(kind, start=one.begun, stop=stop, anew=one.anew)
            else:
                yield from self._not_met_yet(kind, one.begun, anew=one.anew)

    def _begins(self, kind: PromiseKind) -> datetime | None:
        """From when it runs, where that is no event's."""
        if kind.starts == "opened":
            return self.since or self.case.opened_at
        return self.start if kind.starts == "received" else None

    def _met_at(self, kind: PromiseKind, begun: datetime, at: datetime) -> datetime:
        """When it was met of which an event at that instant says so: the case may have ended before."""
        ended = self._ended_after(begun) if "resolved" in kind.met_by else None
        return min(at, ended.at) if ended else at

    def _not_met_yet(self, kind: PromiseKind, begun: datetime, *, anew: bool) -> Iterator[Clock]:
        """What runs on, or ended with the case: met by that, or never to be met."""
        ended = self._ended_after(begun)
        if ended is None:
            yield self._run(kind, start=begun, stop=self.until, anew=anew)
        elif "resolved" in kind.met_by:
            yield self._run(kind, start=begun, stop=ended.at, anew=anew)
        elif begun < ended.at or not kind.renews:
            yield _closed_unanswered(self._run(kind, start=begun, stop=ended.at, anew=anew), ended)

    def _rounds(self, kind: PromiseKind) -> Iterator[Clock]:
        """One clock for each round: a customer's word after the first answer, up to the next answer.

        A mail that became a case of its own is owed no answer here: the round goes on with the next one. One that
        an agent had not seen when they answered is not answered by that.
        """
        waiting: list[Event] = []  # what the customer said since the last answer
        before: list[Event] = []  # what they said before the first
        answered_once = False
        for event in self._of_this_request():
            if isinstance(event, ANSWERS):
                # A round that was over as it began measures nothing, and would share its start with the next.
                if waiting and waiting[0].at < event.at and not is_left_open(waiting[0], event):
                    yield self._round(kind, waiting, stop=event.at)
                waiting = [said for said in (*before, *waiting) if is_left_open(said, event)]
                answered_once, before = True, []
            elif _owes(event, waiting):
                (waiting if answered_once else before).append(event)
            elif isinstance(event, SplitOff):
                if waiting and is_split_off(waiting[0], event) and waiting[0].at < event.at:
                    yield _split_off(self._round(kind, waiting, stop=event.at), event)
                waiting = [said for said in waiting if not is_split_off(said, event)]
            elif isinstance(event, _ENDS) and waiting:
                if waiting[0].at < event.at and not is_left_open(waiting[0], event):
                    yield _closed_unanswered(self._round(kind, waiting, stop=event.at), event)
                waiting = [said for said in waiting if is_left_open(said, event)]
        if waiting:
            yield self._round(kind, waiting, stop=self.until)

    def _of_this_request(self) -> Iterator[Event]:
        return (event for event in self.events if self.since is None or event.at >= self.since)

    def _round(self, kind: PromiseKind, waiting: list[Event], *, stop: datetime | None) -> Clock:
        return self._run(kind, start=waiting[0].at, stop=stop)

    def _pauses(self, waits: Collection[Waited]) -> Iterator[Change]:
        """What stops a clock for a while, and lets it go on: a case that is over, and a wait for one of these."""
        for event in self.events:
            if isinstance(event, _OVER_AND_AGAIN):
                yield Change(event.at, paused=isinstance(event, _ENDS), why=event.type)
            elif isinstance(event, WaitingSet) and waits:
                yield Change(event.at, paused=waited_for(event) in waits, waits=True, why=_why_waiting(event))
            elif type(event) in _NO_LONGER and waits:
                yield Change(event.at, paused=False, why=_NO_LONGER[type(event)])

    def _run(self, kind: PromiseKind, *, start: datetime, stop: datetime | None, anew: bool = False) -> Clock:
        changes = self._changes(kind, start)
        clock = run(
            kind,
            start=start,
            stop=stop,
            severity=self._severity_at(start),
            changes=changes,
            promised=lambda severity, at: self._promised(kind, severity, at, start),
            rule=self.policy.on_severity_change,
            begins_with="met, and begun anew" if anew else "",
        )
        return self._exempted(self._unwarranted(clock))

    def _changes(self, kind: PromiseKind, start: datetime) -> Sequence[Change]:
        """What bends a clock that begins then, in order of time."""
        if kind.pauses not in self._bent:
            self._bent[kind.pauses] = sorted(self._bends(kind.pauses), key=_when)
        bends, more = self._bent[kind.pauses], list(self._agreements(kind, start))
        if kind.own:
            more += _going_on(bends, start)
        return sorted((*bends, *more), key=_when) if more else bends

    def _bends(self, waits: Collection[Waited]) -> Iterator[Change]:
        for set_ in self._severities:
            yield Change(set_.at, severity=set_.severity, why=f"severity {set_.severity}")
        for move in self._moves:
            yield Change(move.at, renewed=True, why=f"policy version {move.now}")
        for given in self._requesters:
            yield Change(given.at, renewed=True, why="the case of somebody else")
        yield from self._phases()
        yield from self._pauses(waits)

    def _unwarranted(self, clock: Clock) -> Clock:
        """What is not owed to whose case it was when the clock stopped, or is, is measured all the same."""
        doubts = self._doubts(clock)
        if not clock.stretches or not doubts:
            return clock
        return replace(clock, warranted=False, because=(*clock.because, *doubts))

    def _doubts(self, clock: Clock) -> Sequence[str]:
        """Why it is not owed: details that came after it had stopped, or was late, make it owed no more (LAI-5)."""
        for event in self._doubted:
            over = (clock.stopped_at, clock.late_from if isinstance(event, DetailsGiven) else None)
            if any(at is not None and at < event.at for at in over):
                return event.was["unwarranted"]
        return self.case.unwarranted

    def _exempted(self, clock: Clock) -> Clock:
        """An exempted clock need not be met; one that was late before stays late, and is not answered for."""
        exempted = self._exempted_by
        if exempted is None or not clock.stretches:
            return clock
        because = exempted.because
        if clock.late_from is not None and clock.late_from < exempted.at:
            return replace(clock, warranted=False, because=(*clock.because, because))
        return replace(clock, exempt=because)

    def _promised(self, kind: PromiseKind, severity: str, at: datetime, start: datetime) -> Promise | NoPromise:
        """What is promised from an instant on, as it is valid for what began at `start`."""
        case, (plan, region), policy = self.case, self._plan_and_region_at(at), self._policy_at(at)
        counts = self.phases[sum(one.at <= at for one in self.phases[1:])]
        asked = {"plan": plan, "severity": severity, "region": region, "channel": counts.channel}
        agreed = [event.until for event in self._agreed(kind) if event.at <= at] if self._dates else ()
        if agreed:
            return policy.promise_until(kind, datetime.fromisoformat(agreed[-1]), **asked, down=case.down)
        if all(known.key != kind.key for known in policy.kinds):
            return NoPromise(kind.key, ("the version of the policy at that time knew no such promise",))
        given = replace(counts.given, at=start) if policy.dated else counts.given
        return policy.promise(kind.key, **asked, down=case.down, given=given)

    def _agreed(self, kind: PromiseKind) -> Iterator[DateAgreed]:
        """The dates that were agreed for a promise, each in place of the one before."""
        return (event for event in self._dates if kind.key in event.promises)

    def _agreements(self, kind: PromiseKind, start: datetime) -> Iterator[Change]:
        for event in self._agreed(kind):
            if event.at > start:
                yield Change(event.at, renewed=True, why=f"agreed by {event.by}")

    def _phases(self) -> Iterator[Change]:
        """What changes to whom promises are made: the kind of case, answers that choose, way in and language."""
        for one in self.phases[1:]:
            yield Change(one.at, renewed=True, unless_same=True, why=one.why)

    def _plan_and_region_at(self, at: datetime) -> tuple[str, str]:
        """What applied to whose case it was at that instant."""
        case, was = self.case, next((event.was for event in self._requesters if at < event.at), None)
        return (was["plan"], was["region"]) if was else (case.plan, case.region)

    def _policy_at(self, at: datetime) -> Policy:
        """The version that the case ran under at that instant: it keeps its own until it is moved."""
        version = next((event.was for event in self._moves if at < event.at), None)
        return self.policy.earlier.get(version, self.policy) if version else self.policy

    def _severity_at(self, at: datetime) -> str:
        before = [event.severity for event in self._severities if event.at < at]
        return before[-1] or self.first_severity if before else self.first_severity

    def _ended_after(self, start: datetime) -> Event | None:
        """The event that ended the case for good, if it is ended: to close what was resolved ends it no second time."""
        if self.case.active:
            return None
        ended = None
        for event in self.events:
            if isinstance(event, CaseReopened):
                ended = None
            elif isinstance(event, _ENDS) and event.at >= start:
                ended = ended or event
        return ended


def _owes(event: Event, waiting: list[Event]) -> bool:
    """Whether the desk owes a word for this event: to who has written, or the one that has reached nobody."""
    return isinstance(event, CustomerWrote) or (isinstance(event, AnswerLost) and not waiting)


def waited_for(event: WaitingSet) -> Waited:
    """Whom a wait that an agent has set is for."""
    return "vendor" if event.whom else "customer"


def _why_waiting(event: WaitingSet) -> str:
    whom = "a third party" if waited_for(event) == "vendor" else "the customer"
    return f"waiting for {whom}: {event.reason}" if event.reason else f"waiting for {whom}"


_OVER_AND_AGAIN = (*_ENDS, CaseReopened)
_NO_LONGER: dict[type[Event], str] = {
    CustomerWrote: "the customer wrote",
    MergedWrote: "the customer of a merged case wrote",  # who waited together waits no longer
}


def _when(change: Change) -> datetime:
    return change.at


def _going_on(bends: Sequence[Change], start: datetime) -> list[Change]:
    """The pause that has begun before a promise does: who is waited for then is waited for still."""
    before = [change for change in bends if change.at < start and change.paused is not None]
    return [replace(before[-1], at=start)] if before and before[-1].paused else []


def _closed_unanswered(clock: Clock, ended: Event) -> Clock:
    if clock.late_from is not None:
        return clock  # late before it was closed: a breach never vanishes
    how = f"without an {clock.kind.owes}" if clock.kind.owes else "before it was due"
    return replace(clock, exempt=f"{ended.type} by {ended.by} {how}")


def _ended_by(clock: Clock, event: Event) -> Clock:
    if clock.late_from is not None:
        return clock  # late before it was ended: a breach never vanishes
    what = f"#{event.milestone}" if isinstance(event, MilestoneReached) else event.type
    return replace(clock, exempt=f"ended: {what} by {event.by}")


def is_left_open(said: Event, event: Event) -> bool:
    """Whether an answer or an end does not settle this word of the customer's, which its agent had not seen."""
    if event.by != DESK and said.recorded_at > event.recorded_at:
        return True  # the desk itself had not read it
    if not isinstance(said, CustomerWrote):
        return False
    return UnseenWord(message_id=said.message_id, at=said.at.isoformat()) in unseen_in(event)


def unseen_in(event: Event) -> tuple[UnseenWord, ...]:
    """The words of customers that an answer does not answer."""
    return event.unseen if isinstance(event, AgentAnswered) else ()


def is_split_off(said: Event, event: SplitOff) -> bool:
    """Whether it was this word of the customer's that became a case of its own."""
    if not isinstance(said, CustomerWrote):
        return False
    return (said.message_id, said.at.isoformat()) == (event.message_id, event.received_at)


def _split_off(clock: Clock, event: SplitOff) -> Clock:
    if clock.late_from is not None:
        return clock  # late before it was split off: a breach never vanishes
    return replace(clock, exempt=f"split off to {event.into} by {event.by}")
