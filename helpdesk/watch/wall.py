"""The clock on the wall against one that is never set: whether somebody has set it.

Everything that is due is due by the clock on the wall, and nothing else tells when that was wrong.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.phrases import span
from helpdesk.watch.cause import HealthCause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

NOTICED = timedelta(seconds=5)  # less is a clock that is kept right
_REMEMBERED = timedelta(hours=1)
_FAR = timedelta(days=1)


class Wall:
    """`look` is called from one thread, about once a second; the rest from any."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self._now, self._steady = now, steady
        self._lock = threading.Lock()
        self._began = self._apart = self._distance()
        self._jumps: deque[tuple[float, timedelta]] = deque()

    def look(self) -> timedelta:
        """How far the clock was set since the last look; zero where it was not."""
        apart = self._distance()
        jump, self._apart = apart - self._apart, apart
        if abs(jump) < NOTICED:
            return timedelta()
        with self._lock:
            self._jumps.append((self._steady(), jump))
        return jump

    @property
    def jump(self) -> timedelta:
        """How far it was set within the last hour, all in all; zero where it is back."""
        since = self._steady() - _REMEMBERED.total_seconds()
        with self._lock:
            while self._jumps and self._jumps[0][0] < since:
                self._jumps.popleft()
            net = sum((jump for _, jump in self._jumps), timedelta())
        return net if abs(net) >= NOTICED else timedelta()

    @property
    def away(self) -> timedelta:
        """How far it is from where it was at the start, if by so much that what is old by it need not be old."""
        away = self._distance() - self._began
        return away if abs(away) >= _FAR else timedelta()

    def causes(self) -> Iterator[HealthCause]:
        """That it was set, for an hour, or until it is set back."""
        if jump := self.jump:
            yield HealthCause("clock.set", "attention", f"the clock was set {in_words(jump)} within the last hour")

    def _distance(self) -> timedelta:
        return timedelta(seconds=self._now().timestamp() - self._steady())


def in_words(jump: timedelta) -> str:
    """Which way, and how far."""
    return f"{'back' if jump < timedelta() else 'forward'} by {span(jump)}"
