"""What has happened since the start of this process, counted and timed: what `/metrics` says beside how things stand.

Whoever does something counts it once it is on disk; each figure is declared here, with its labels. These are names out
of the operator's files and our own, never a person's, so that there are few of them.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BY_CASE = ("mailbox", "policy", "severity")
_UNTIL_A_WEEK = (60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800)


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """Something that is counted, by its labels."""

    name: str
    explanation: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimedEvent(CountedEvent):
    """Something that takes so many seconds; `limits` are the upper ends of what is told apart."""

    limits: tuple[float, ...] = ()


RECEIVED = CountedEvent("mails_received", "Mails that were accepted, copies too.", ("mailbox", "source"))
WORKED = CountedEvent("mails_worked", "Mails that were worked, by what became of them.", ("mailbox", "outcome"))
OPENED = CountedEvent("cases_opened", "Cases that were opened, by their first severity.", _BY_CASE)
BREACHED = CountedEvent("promises_breached", "Promises that were broken.", (*_BY_CASE, "target"))
SENT = CountedEvent(
    "mails_sent", "Mails that the smarthost took; without a case its labels are empty.", ("kind", *_BY_CASE)
)
FAILED = CountedEvent("mails_failed", "Mails that were refused for good or given up.", ("kind", *_BY_CASE))
ACKNOWLEDGED = TimedEvent(
    "acknowledgment_seconds",
    "From the receipt of a first mail until the smarthost took its acknowledgment.",
    ("policy", "severity"),
    (1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600),
)
ANSWERED = TimedEvent(
    "answer_seconds",
    "From the oldest word of a customer's that waits to the agent's answer, by the clock on the wall.",
    ("policy", "severity", "answer"),
    _UNTIL_A_WEEK,
)
TICKED = TimedEvent(
    "tick_seconds",
    "What it takes to do what time alone made due, once a second.",
    (),
    (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
COUNTED = (RECEIVED, WORKED, OPENED, BREACHED, SENT, FAILED)
TIMED = (ACKNOWLEDGED, ANSWERED, TICKED)


@dataclass(slots=True)
class Durations:
    """How many were at most so long: a number for each of its limits, and one for all that were longer."""

    numbers: list[int]
    total: float = 0.0


@dataclass(slots=True)
class Counters:
    """Safe to use from every thread."""

    _counts: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)
    _durations: dict[tuple[str, tuple[str, ...]], Durations] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, event: CountedEvent, *labels: str, times: int = 1) -> None:
        """It has happened; `times` 0: it may, so that the first one is seen as a change."""
        with self._lock:
            self._counts[event.name, labels] = self._counts.get((event.name, labels), 0) + times

    def time(self, event: TimedEvent, seconds: float, *labels: str) -> None:
        """Count that something has taken so many seconds."""
        with self._lock:
            found = self._durations.setdefault((event.name, labels), Durations([0] * (len(event.limits) + 1)))
            found.numbers[bisect_left(event.limits, seconds)] += 1
            found.total += max(seconds, 0.0)

    def counts(self, event: CountedEvent) -> dict[tuple[str, ...], int]:
        """How often an event was counted, by its labels."""
        with self._lock:
            return {labels: number for (one, labels), number in self._counts.items() if one == event.name}

    def durations(self, event: TimedEvent) -> Iterator[tuple[tuple[str, ...], Durations]]:
        """How long an event took, by its labels."""
        with self._lock:
            found = [
                (labels, Durations([*of.numbers], of.total))
                for (one, labels), of in self._durations.items()
                if one == event.name
            ]
        yield from found
