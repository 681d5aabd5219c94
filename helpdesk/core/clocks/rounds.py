"""From when to when a promise runs: once, or anew each time that it was met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from helpdesk.core.clocks.marks import Marked
    from helpdesk.core.words.events import Event
    from helpdesk.offering.promises import PromiseKind, Start

# What begins with one of these is met for good by what came before it.
_MET_BEFORE: Final[frozenset[Start]] = frozenset({"severity_set", "details_complete"})


@dataclass(frozen=True, slots=True)
class PromiseRound:
    """One run of a promise, aware UTC. `stop` None: nothing has met it yet; `ended_by` is what ended it unmet."""

    begun: datetime
    stop: datetime | None = None
    ended_by: Event | None = None
    anew: bool = False  # it began as the one before was met


def rounds(kind: PromiseKind, begun: datetime | None, marked: Iterable[Marked]) -> Iterator[PromiseRound]:
    """The rounds of a promise that runs from `begun` on, or from an event on, in order.

    `marked` are a case's events in order of when they became true.
    """
    reader = _PromiseRounds(kind, begun)
    for one in marked:
        yield from reader.after(one)
        if reader.over:
            return
    if reader.begun is not None:
        yield PromiseRound(reader.begun, anew=reader.anew)


class _PromiseRounds:
    """Goes through the events: `begun` is from when the promise runs now, `over` whether it never will again."""

    def __init__(self, kind: PromiseKind, begun: datetime | None) -> None:
        self.kind = kind
        self.begun = begun
        self.over = False
        self.anew = False
        self._ends, self._meets = frozenset(kind.ends), frozenset(kind.met_by)

    def after(self, one: Marked) -> Iterator[PromiseRound]:
        if not self._ends.isdisjoint(one.marks):
            self.over = True
            yield from self._cut_short(one.event)
        elif not self._meets.isdisjoint(one.marks):
            yield from self._met(one.event)
        if not self.over and one.starts(self.kind):
            yield from self._started(one.event)

    def _met(self, event: Event) -> Iterator[PromiseRound]:
        if self.begun is None:
            self.over = self.kind.starts in _MET_BEFORE and not self.kind.renews
        elif self.begun <= event.at:
            # Of two answers in one second the second keeps nothing, and would share its start with the next.
            if not self.kind.renews or self.begun < event.at:
                yield PromiseRound(self.begun, event.at, anew=self.anew)
            self.begun = event.at if self.kind.renews else None
            self.anew = self.kind.renews
            self.over = not self.kind.recurs

    def _started(self, event: Event) -> Iterator[PromiseRound]:
        if self.begun is None or self.kind.starts == "last_word":
            yield from self._cut_short(event)
            self.begun, self.anew = event.at, False

    def _cut_short(self, event: Event) -> Iterator[PromiseRound]:
        """Of what ends in the second in which it began nothing was measured."""
        if self.begun is not None and self.begun < event.at:
            yield PromiseRound(self.begun, event.at, event, anew=self.anew)
