"""The listener: whether mail that comes in is taken, or turned away for reasons of ours.

A mail that is turned away once (421, 451, 452) comes again and is taken; it is one where none is taken any more.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.store.refusals import RefusedMail
from helpdesk.watch.cause import HealthCause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

IN_A_ROW = 3
_LASTS = timedelta(minutes=1)  # two that are so far apart, with none taken between them, tell as much
# After the latest: who was turned away has come again by then (RFC 5321 section 4.5.4.1).
_REMEMBERED = timedelta(minutes=30)
_UNWRITTEN = 1_000  # refusals that are not written down yet


class Door:
    """Told by the listener of every mail, on its thread; asked from any."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self._now, self._steady = now, steady
        self._lock = threading.Lock()
        self._taken = self._turned_away = 0  # since the start
        self._row = 0
        self._began = self._latest = 0.0
        self._why, self._crowd = "", False
        self._refused: deque[RefusedMail] = deque(maxlen=_UNWRITTEN)

    def taken(self) -> None:
        """A mail got its 250."""
        with self._lock:
            self._taken += 1
            self._row = 0

    def turned_away(self, why: str, *, crowd: bool = False) -> None:
        """A mail, or a client that wanted to bring one, was told to come back; `crowd`: because of all the others."""
        with self._lock:
            self._crowd = crowd
            self._turned_away += 1
            self._row += 1
            self._why, self._latest = why, self._steady()
            if self._row == 1:
                self._began = self._latest

    def refused(self, mail_from: str, rcpt_to: tuple[str, ...], remote: str, reply: str) -> None:
        """A mail, or one recipient of it, was not taken."""
        self._refused.append(RefusedMail(self._now(), remote, mail_from, rcpt_to, reply))

    def take_refused(self) -> list[RefusedMail]:
        """What was not taken since this was last asked; of a flood the latest."""
        return [self._refused.popleft() for _ in range(len(self._refused))]

    @property
    def counts(self) -> tuple[int, int]:
        """How many were taken and turned away since the start."""
        with self._lock:
            return self._taken, self._turned_away

    def causes(self) -> Iterator[HealthCause]:
        """A cause where no mail is taken any more."""
        with self._lock:
            row, lasted, ago = self._row, self._latest - self._began, self._steady() - self._latest
            why, crowd = self._why, self._crowd
        enough = row >= IN_A_ROW or (row > 1 and lasted >= _LASTS.total_seconds())
        if enough and ago < _REMEMBERED.total_seconds():
            text = f"the last {row} who came with mail were told to come back later: {why}"
            # Strangers who crowd the door must not have the desk restarted.
            yield (
                HealthCause("door.crowded", "attention", text) if crowd else HealthCause("door.closed", "failing", text)
            )
