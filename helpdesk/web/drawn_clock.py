"""A clock as a drawing: where on a line its open, closed and paused time lies, and what happened when.

The same clock, stretches and spans that `case explain` tells in words; nothing is computed a second time. Places are in
per cent of the line, so that one drawing fits a phone and a wide screen, and every mark is told in words as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from helpdesk.phrases import brief, date_words, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.core.clocks.ladder import Rung
    from helpdesk.core.words.clock import Clock, Stretch
    from helpdesk.core.words.events import StepTaken

SpanKind = Literal["used", "ahead", "late", "closed", "paused"]
MarkKind = Literal["began", "changed", "step", "coming", "due", "breach", "stopped", "now"]

_EDGE: Final = 1.0  # per cent of the line that stay free at both ends, for marks that stand there
_FINEST = 200  # closed time that is narrower than such a part of the line is not drawn
_TICKS = 4  # as many as a phone has room for
_DAY = timedelta(days=1)
_STEPS = (
    *(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 180, 360, 720)),
    *(timedelta(days=days) for days in (1, 2, 7, 14, 28, 91, 182, 364, 728)),
)


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A piece of the line, from `x` on, both in per cent."""

    kind: SpanKind
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """What happened, or is to happen, at a place of the line."""

    kind: MarkKind
    x: float
    words: str
    when: str


@dataclass(frozen=True, slots=True)
class DrawnTick:
    """A date or an hour under the line."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class DrawnClock:
    """A clock's line, drawn from left to right."""

    spans: tuple[DrawnSpan, ...]
    marks: tuple[DrawnMark, ...]
    ticks: tuple[DrawnTick, ...]

    @property
    def in_words(self) -> str:
        """All marks in their order, for who does not see the drawing."""
        return "; ".join(f"{mark.words}: {mark.when}" for mark in self.marks)

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of time and of marks it has: only those are explained beside it."""
        return frozenset((*(one.kind for one in self.spans), *(one.kind for one in self.marks)))


def draw(clock: Clock, taken: Iterable[StepTaken], coming: Iterable[Rung], now: datetime) -> DrawnClock | None:
    """The line of a clock with the steps that were `taken` on it and those to come; None where nothing is measured."""
    if not clock.stretches:
        return None
    ends = (clock.stopped_at or now, clock.broken_or_due_at(now), clock.due_at, clock.stretches[-1].start)
    line = _Line(clock.started_at, max(at for at in ends if at is not None), clock.stretches[-1].calendar.timezone)
    marks = sorted(_marks(clock, taken, coming, line, now), key=lambda one: one[0])
    return DrawnClock(
        spans=tuple(line.span(*piece) for piece in _pieces(clock, line, now)),
        marks=tuple(_distinct(line.mark(*one) for one in marks)),
        ticks=tuple(line.ticks()),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """From when to when is drawn, and whose days and hours stand below."""

    begins: datetime
    ends: datetime
    zone: str

    @property
    def length(self) -> timedelta:
        return max(self.ends - self.begins, timedelta(seconds=1))

    def x(self, at: datetime) -> float:
        share = min(max((at - self.begins) / self.length, 0.0), 1.0)
        return round(_EDGE + share * (100 - 2 * _EDGE), 2)

    def span(self, kind: SpanKind, start: datetime, end: datetime) -> DrawnSpan:
        x = self.x(start)
        return DrawnSpan(kind, x, round(self.x(end) - x, 2))

    def mark(self, at: datetime, kind: MarkKind, words: str) -> DrawnMark:
        return DrawnMark(kind, self.x(at), words, moment(at, self.zone))

    def ticks(self) -> Iterator[DrawnTick]:
        """At most a few, on full hours or at midnight."""
        step = next((one for one in _STEPS if self.length / one <= _TICKS), _STEPS[-1])
        zone = ZoneInfo(self.zone)
        local = self.begins.astimezone(zone)
        at = datetime.combine(local.date(), time())
        while (instant := at.replace(tzinfo=zone).astimezone(UTC)) <= self.ends:
            if instant >= self.begins:
                yield DrawnTick(self.x(instant), _tick_words(at, step, self.zone))
            at += step


def _tick_words(local: datetime, step: timedelta, zone: str) -> str:
    if step >= _DAY:
        told = date_words(local.date())
        return f"{told} {local.year}" if step > timedelta(days=28) else told
    return brief(local.replace(tzinfo=ZoneInfo(zone)), zone) if local.time() == time() else f"{local:%H:%M}"


# --- the time that counts, and the time that does not


def _pieces(clock: Clock, line: _Line, now: datetime) -> Iterator[tuple[SpanKind, datetime, datetime]]:
    """The whole line in pieces, in order, open time cut where it became late and where it is still to come."""
    narrow = line.length / _FINEST
    late = clock.late_from if clock.state(now) == "breached" else None
    for kind, start, end in _joined((one for stretch in clock.stretches for one in _measured(stretch, line)), narrow):
        if kind != "used":
            yield kind, start, end
            continue
        cuts = sorted({start, end, *(at for at in (late, now) if at is not None and start < at < end)})
        for begins, ends in pairwise(cuts):
            yield _counted(begins, late=late, now=now), begins, ends


def _counted(begins: datetime, *, late: datetime | None, now: datetime) -> SpanKind:
    if begins >= now:
        return "ahead"
    return "late" if late is not None and begins >= late else "used"


def _measured(stretch: Stretch, line: _Line) -> Iterator[tuple[SpanKind, datetime, datetime]]:
    """A stretch as its calendar has it."""
    end = stretch.end or line.ends
    if not stretch.counted:
        yield "paused", stretch.start, end
        return
    counts_from = min(stretch.counts_from, end)
    if counts_from > stretch.start:
        yield "closed", stretch.start, counts_from
    for piece in stretch.calendar.spans(counts_from, end):
        yield ("used" if piece.open else "closed"), piece.start, piece.end


def _joined(
    pieces: Iterable[tuple[SpanKind, datetime, datetime]], narrow: timedelta
) -> Iterator[tuple[SpanKind, datetime, datetime]]:
    """Neighbours of one kind as one; closed time that is too narrow to be seen belongs to what stands before it."""
    last: tuple[SpanKind, datetime, datetime] | None = None
    for kind, start, end in pieces:
        if start >= end:
            continue
        if last is not None and (kind == last[0] or (kind == "closed" and end - start < narrow)):
            last = (last[0], last[1], end)
            continue
        if last is not None:
            yield last
        last = (kind, start, end)
    if last is not None:
        yield last


# --- what happened


def _marks(
    clock: Clock, taken: Iterable[StepTaken], coming: Iterable[Rung], line: _Line, now: datetime
) -> Iterator[tuple[datetime, MarkKind, str]]:
    first, *others = clock.stretches
    yield clock.started_at, "began", first.why
    for stretch in others:
        yield stretch.start, "changed", stretch.why
    for step in taken:
        if step.target == clock.target and line.begins <= step.at <= line.ends:
            yield step.at, "step", f"step {step.step or step.kind}"
    for rung in coming:
        if rung.clock is clock and now < rung.at <= line.ends:
            yield rung.at, "coming", f"step {rung.step.key} to come"
    yield from _ends(clock, now)


def _ends(clock: Clock, now: datetime) -> Iterator[tuple[datetime, MarkKind, str]]:
    due_at = clock.broken_or_due_at(now)
    if due_at is not None:
        yield due_at, "due", "due"
    breached_at = clock.breached_at(now)
    if breached_at is not None:
        yield breached_at, "breach", "late from"
    if clock.stopped_at is not None:
        yield clock.stopped_at, "stopped", "ended" if clock.exempt else "answered" if breached_at else "met"
    else:
        yield now, "now", "now"


def _distinct(marks: Iterable[DrawnMark]) -> Iterator[DrawnMark]:
    """Without repetitions that would stand on one another."""
    seen: set[tuple[MarkKind, float]] = set()
    for mark in marks:
        place = (mark.kind, round(mark.x * 2) / 2)
        if mark.kind != "step" or place not in seen:
            seen.add(place)
            yield mark
