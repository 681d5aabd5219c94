"""The daemon's threads: whether each is there, when it last came through its loop, and why it does not."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.plural import plural
from helpdesk.watch.cause import HealthCause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

# How long a part may go without coming through its loop. The sender waits for a smarthost's verdict, which may take
# ten minutes (RFC 5321 section 4.5.3.2.6), and has retries of the connection around it.
PATIENCE: Mapping[str, timedelta] = {
    "worker": timedelta(minutes=5),
    "sender": timedelta(minutes=25),
    "metronome": timedelta(minutes=5),
    "keeper": timedelta(minutes=2),  # of claims, which run out without it
    "listener": timedelta(minutes=1),  # its event loop, which must wait for nothing
    "rounds": timedelta(minutes=15),
    "conditions": timedelta(minutes=15),
    "heartbeat": timedelta(minutes=15),
}
_FAILS = timedelta(seconds=20)  # that a part may fail at every turn: a database may restart


@dataclass(slots=True)
class _Part:
    alive: Callable[[], bool]
    patience: timedelta | None  # None: it waits for somebody, for as long as nobody comes
    progressed: float  # or began
    progressed_at: datetime | None = None
    fails_since: float | None = None
    problem: str = ""


class Parts:
    """Judged by a clock that is never set (`steady`); `now` is what the clock on the wall says. For every thread."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self._now, self._steady = now, steady
        self._lock = threading.Lock()
        self._parts: dict[str, _Part] = {}

    def expect(self, name: str, alive: Callable[[], bool], *, like: str = "") -> None:
        """A thread of that name has begun; it is there until the daemon stops. `like`: one of several of a kind."""
        with self._lock:
            self._parts[name] = _Part(alive, PATIENCE.get(like or name), self._steady())

    def progressed(self, name: str) -> None:
        """It has just come through its loop."""
        at = self._now()
        with self._lock:
            part = self._part(name)
            part.progressed, part.progressed_at = self._steady(), at
            part.fails_since, part.problem = None, ""

    def failed(self, name: str, problem: str) -> None:
        """It tried, and will try again; `problem` is the newest."""
        with self._lock:
            part = self._part(name)
            part.problem = problem
            if part.fails_since is None:
                part.fails_since = self._steady()

    @property
    def progress(self) -> dict[str, datetime]:
        """When each that has come through its loop last did."""
        with self._lock:
            return {name: part.progressed_at for name, part in self._parts.items() if part.progressed_at is not None}

    @property
    def ages(self) -> dict[str, timedelta]:
        """How long ago each came through its loop, or began."""
        now = self._steady()
        with self._lock:
            return {name: timedelta(seconds=now - part.progressed) for name, part in self._parts.items()}

    @property
    def missing(self) -> list[str]:
        """Those whose thread is not there any more."""
        with self._lock:
            return [name for name, part in self._parts.items() if not part.alive()]

    def causes(self) -> Iterator[HealthCause]:
        """What is wrong with them."""
        now = self._steady()
        with self._lock:
            parts = list(self._parts.items())
        for name, part in parts:
            if not part.alive():
                yield HealthCause("thread.missing", "failing", f"the thread of the {name} has ended", name)
            elif part.fails_since is not None and now - part.fails_since > _FAILS.total_seconds():
                yield HealthCause(
                    "thread.failing", "failing", f"the {name} fails again and again: {part.problem}", name
                )
            elif part.patience and now - part.progressed > part.patience.total_seconds():
                allowed = plural(part.patience // timedelta(minutes=1), "minute")
                yield HealthCause(
                    "thread.stuck", "failing", f"the {name} has got nowhere for more than {allowed}", name
                )

    def _part(self, name: str) -> _Part:
        return self._parts.setdefault(name, _Part(_yes, PATIENCE.get(name), self._steady()))


def _yes() -> bool:
    return True
