"""A target being measured on one case: from which instant, in which hours, how much is used, when it is due.

A clock is a function of the case's events and the policy, never a stored truth: `run` replays the stretches in which
it counted and settles each in the calendar of its moment. A severity change keeps what was consumed (or recounts
from the start, or restarts, as the policy says); a pause costs nothing; a breach that happened stays.

All instants are aware UTC, in whole seconds. On the dot is on time: a clock is late only once more open time than
promised is used, so a due time that falls on a closing is late from the next opening on. Nobody is told so before a
whole second of open time has passed beyond the promise: what is received within it is in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from helpdesk.offering.policy import NoPromise, Promise
from helpdesk.offering.promises import AgreedDate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.offering.policy import OnSeverityChange
    from helpdesk.offering.promises import PromiseKind
    from helpdesk.openhours.calendar import Calendar
    from helpdesk.openhours.within import Within

ClockState = Literal["running", "paused", "met", "breached", "exempt", "none"]
ZERO = timedelta()
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)  # without slots: when it is due is asked a dozen times a decision, and found once
class Stretch:
    """A part of a clock's life under one severity: counted in its calendar, or paused (`counted` False)."""

    start: datetime
    end: datetime | None  # None: goes on
    severity: str
    calendar: Calendar
    budget: timedelta  # promised open time under this severity
    consumed: timedelta  # open time used before this stretch
    counted: bool
    why: str  # what began it: "received", "severity urgent", "waiting for the customer", ...
    within: Within  # what the budget is of
    counts_from: datetime  # its start, or a later opening where the mail came after the cut-off
    applies: tuple[str, ...] = ()  # why just this is promised, where others have something else

    def until(self, end: datetime) -> Stretch:
        """The stretch, ended at that instant."""
        return Stretch(
            self.start,
            end,
            self.severity,
            self.calendar,
            self.budget,
            self.consumed,
            self.counted,
            self.why,
            self.within,
            self.counts_from,
            self.applies,
        )

    def used_at(self, at: datetime) -> timedelta:
        """Open time used in all, at an instant inside this stretch."""
        counts = self.counted and at > self.counts_from
        return self.consumed + (self.calendar.elapsed(self.counts_from, at) if counts else ZERO)

    def reached_at(self, open_time: timedelta) -> datetime | None:
        """The earliest instant of this stretch at which so much open time is used; None if it ends before."""
        if not self.counted:
            return None
        rest = open_time - self.consumed
        reached = self.calendar.add(self.counts_from, rest) if rest > ZERO else self.start
        return reached if self.end is None or reached <= self.end else None

    @cached_property
    def due_at(self) -> datetime | None:
        """When the budget is used up, if this stretch goes on."""
        if not self.counted:
            return None
        return self.within.rest_over_at(self.calendar, self.counts_from, max(self.budget - self.consumed, ZERO))

    @cached_property
    def late_from(self) -> datetime | None:
        """From when more than the budget is used: None when the stretch ends before that, or is paused.

        Half-open: a stretch that ends exactly there is still in time.
        """
        if not self.counted:
            return None
        if self.consumed > self.budget:
            return self.start  # a severity change left nothing: late at once
        late = self.calendar.breached_at(self.due_at or self.start)
        return late if self.end is None or late < self.end else None

    @cached_property
    def told_late_from(self) -> datetime | None:
        """From when people are told that it is late: the first second at which more than the budget is used."""
        late = self.late_from
        return late + _SECOND if late is not None and self.consumed <= self.budget else late


@dataclass(frozen=True)  # without slots, as a stretch
class Clock:
    """One promise on one case."""

    kind: PromiseKind
    started_at: datetime
    promise: Promise | NoPromise
    stretches: tuple[Stretch, ...]
    stopped_at: datetime | None = None
    exempt: str = ""  # why the target need not be met, if so
    warranted: bool = True
    because: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The key of the promise, by which the ledger and other programs know it."""
        return self.kind.key

    @cached_property
    def key(self) -> str:
        """Which clock of a case: its target and when it began (a case has one follow-up clock a round)."""
        return f"{self.target}/{self.started_at:%Y%m%dT%H%M%SZ}"

    @cached_property
    def due_at(self) -> datetime | None:
        """When it falls (or fell) due; None while paused, without a target, or exempt."""
        if self.exempt or not self._promised:
            return None
        return self.stretches[-1].due_at

    @property
    def _promised(self) -> bool:
        # A change of severity can take the promise away; what was measured before stays on the record.
        return bool(self.stretches) and isinstance(self.promise, Promise)

    @cached_property
    def late_from(self) -> datetime | None:
        """The instant of the breach, past or to come; None if it was stopped in time, is paused or has no target."""
        return self._broken.late_from if self._broken else None

    @cached_property
    def told_late_from(self) -> datetime | None:
        """From when people are told of the breach: on the dot is on time."""
        return self._broken.told_late_from if self._broken else None

    def broken_or_due_at(self, now: datetime) -> datetime | None:
        """The due time that was broken, if one is by `now`: a milder severity since then has another. Else `due_at`."""
        return self._broken.due_at if self._broken and self.breached_at(now) else self.due_at

    @cached_property
    def _broken(self) -> Stretch | None:
        if self.exempt:
            return None
        return next((stretch for stretch in self.stretches if stretch.late_from is not None), None)

    def state(self, now: datetime) -> ClockState:
        """What the clock shows at `now`."""
        if self.exempt:
            return "exempt"
        late = self.told_late_from
        if late is not None and (self.stopped_at is not None or late <= now):
            return "breached"
        if not self._promised:
            return "none"
        if self.stopped_at is not None:
            return "met"
        return "running" if self.stretches[-1].counted else "paused"

    def breached_at(self, now: datetime) -> datetime | None:
        """When it was breached, if it was by `now`."""
        return self.late_from if self.state(now) == "breached" else None

    def used(self, now: datetime) -> timedelta:
        """Open time used until it stopped, or until `now`."""
        if not self.stretches:
            return ZERO
        last = self.stretches[-1]
        return last.used_at(max(last.start, self.stopped_at or now))

    def share_at(self, share: float) -> datetime | None:
        """When `share` of the promise is used; None if it stopped, pauses or has no target before that."""
        return self._reached(lambda stretch: _part(stretch.budget, share))

    def before_at(self, before: timedelta) -> datetime | None:
        """When open time `before` is left of the promise; None if it stopped, pauses or has no target before that."""
        return self._reached(lambda stretch: max(stretch.budget - before, ZERO))

    def beyond_at(self, after: timedelta) -> datetime | None:
        """When open time `after` has passed beyond the promise; None if it stopped before that."""
        if after == ZERO:
            return self.late_from
        return self._reached(lambda stretch: stretch.budget + after)

    def _reached(self, amount: Callable[[Stretch], timedelta]) -> datetime | None:
        if self.exempt:
            return None
        instants = (stretch.reached_at(amount(stretch)) for stretch in self.stretches)
        return next((at for at in instants if at is not None), None)


@dataclass(frozen=True, slots=True)
class Change:
    """What bends a clock: a severity from then on, a pause (`paused`) and its end, a new version of the policy."""

    at: datetime
    severity: str | None = None
    paused: bool | None = None
    waits: bool = False  # whether it is paused for want of somebody, rather than over
    renewed: bool = False
    unless_same: bool = False  # of one that is renewed: nothing happens where the promise is what it was
    why: str = ""


def run(
    kind: PromiseKind,
    *,
    start: datetime,
    stop: datetime | None,
    severity: str,
    changes: Sequence[Change],
    promised: Callable[[str, datetime], Promise | NoPromise],
    rule: OnSeverityChange,
    begins_with: str = "",
) -> Clock:
    """Measure one promise from `start` until `stop` (or on), through the changes, which are in order of time.

    `severity` is the one at `start`; `promised` says what is promised under a severity from an instant on.
    """
    first = promised(severity, start)
    meter = _Meter(kind, start, rule, first)
    meter.begin(start, severity, begins_with or kind.begins_with)
    for change in changes:
        if change.at < start or (stop is not None and change.at >= stop):
            continue
        if change.severity is not None and change.severity != meter.severity:
            meter.severity_becomes(change, promised(change.severity, change.at))
        elif change.renewed:
            promise = promised(meter.severity, change.at)
            if not (change.unless_same and promise == meter.promise):
                meter.renewed(change, promise)
        elif change.paused is not None:
            meter.pause_becomes(change)
    return meter.stop(stop)


class _Meter:
    """Collects the stretches of one clock. Private to `run`: everything it yields is immutable."""

    def __init__(
        self, kind: PromiseKind, start: datetime, rule: OnSeverityChange, promise: Promise | NoPromise
    ) -> None:
        self.kind = kind
        self.start = start
        self.rule = rule
        self.promise = promise
        self.severity = ""
        self.paused = False
        self.waits = False
        self.stretches: list[Stretch] = []
        self._known: tuple[Promise, datetime, datetime, timedelta] | None = None

    def begin(self, at: datetime, severity: str, why: str, consumed: timedelta = ZERO) -> None:
        """Open a stretch at `at`, if there is a promise to measure."""
        self.severity = severity
        promise = self.promise
        if isinstance(promise, Promise):
            begins, budget = self._whole(promise)
            counted, until = not self._stands_still, self._until
            if until:
                budget = until - at + consumed
                counted = counted and at < until  # what came while the case was over was not missed
            within, calendar, begins = promise.within, promise.calendar, max(at, begins)
            applies = promise.applies
            stretch = Stretch(at, None, severity, calendar, budget, consumed, counted, why, within, begins, applies)
            self.stretches.append(stretch)

    def _whole(self, promise: Promise) -> tuple[datetime, timedelta]:
        """From when a promise counts, and how much it is: the same before and after a pause."""
        if self._known is None or self._known[0] is not promise or self._known[1] != self.start:
            begins = promise.within.counts_from(promise.calendar, self.start)
            self._known = promise, self.start, begins, promise.within.budget(promise.calendar, begins)
        return self._known[2:]

    @property
    def _until(self) -> datetime | None:
        """The date that was agreed, if one was."""
        within = self.promise.within if isinstance(self.promise, Promise) else None
        return within.until if isinstance(within, AgreedDate) else None

    @property
    def _stands_still(self) -> bool:
        """Whether nothing is counted: no wait moves an agreed date."""
        return self.paused and not (self.waits and self._until is not None)

    def settle(self, at: datetime) -> timedelta:
        """Close the open stretch at `at`; returns the open time used so far."""
        if not self.stretches:
            return ZERO
        last = self.stretches[-1]
        if last.end is not None:  # nothing was promised since then, and what was used stays used
            return last.used_at(last.end)
        self.stretches[-1] = last.until(at)
        return last.used_at(at)

    def severity_becomes(self, change: Change, promise: Promise | NoPromise) -> None:
        """Go on under another severity, with what is consumed as the policy's rule says."""
        consumed = self.settle(change.at)
        self.promise = promise
        if self.rule == "from_start" and isinstance(promise, Promise):
            begins = promise.within.counts_from(promise.calendar, self.start)
            consumed = promise.calendar.elapsed(min(begins, change.at), change.at)
        elif self.rule == "restart":
            consumed, self.start = ZERO, change.at
        self.begin(change.at, change.severity or "", change.why, consumed)

    def renewed(self, change: Change, promise: Promise | NoPromise) -> None:
        """Go on under another version of the policy; what is consumed stays, whatever its rule for severities."""
        consumed = self.settle(change.at)
        self.promise = promise
        self.begin(change.at, self.severity, change.why, consumed)

    def pause_becomes(self, change: Change) -> None:
        """Stop or resume counting."""
        was = self._stands_still
        self.paused, self.waits = bool(change.paused), change.waits
        if self._stands_still == was:
            return
        consumed = self.settle(change.at)
        self.begin(change.at, self.severity, change.why, consumed)

    def stop(self, at: datetime | None) -> Clock:
        """The finished clock."""
        if at is not None:
            self.settle(at)
        promise = self.promise
        started_at = self.stretches[0].start if self.stretches else self.start
        warranted = promise.warranted if isinstance(promise, Promise) else False
        return Clock(
            self.kind,
            started_at,
            promise,
            tuple(self.stretches),
            stopped_at=at,
            warranted=warranted,
            because=promise.because,
        )


def _part(whole: timedelta, share: float) -> timedelta:
    # Whole seconds, rounded up: a step at 75 % is reached when at least that much is used.
    # In whole per cents, because 7 % of an hour is a little more than 252 s in binary fractions.
    return timedelta(seconds=-(-int(whole.total_seconds()) * round(share * 100) // 100))
