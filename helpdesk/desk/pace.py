"""How fast mail is handed over: as many at a time as the smarthost bears, and none while it is not there.

Told to slow down (421, 4.7.x), the desk halves its connections and pauses for 1, 2, 4 ... 10 seconds; every twenty
mails that are taken give it one connection back. A smarthost that is not reached is tried again by one connection,
after 1, 2, 4 ... 30 seconds; once it takes a mail, all go on. Time is monotonic and given.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from helpdesk.wires.courier import Retry, Sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.wires.courier import Outcome

_FIRST_PAUSE = 1.0  # seconds
_LONGEST_WHEN_TOLD = 10.0  # 4.7.x may be about one mail alone: the others do not wait for long
_LONGEST_WHEN_AWAY = 30.0
_RAISED_AFTER = 20  # mails


class Pace:
    """Shared by all that send to one smarthost. Safe to use from every thread."""

    def __init__(self, connections: int, monotonic: Callable[[], float]) -> None:
        self._most = self._allowed = connections
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._on_their_way = 0
        self._taken = 0  # since the last change
        self._pause = 0.0
        self._waits_until = 0.0
        self._away = False

    @property
    def allowed(self) -> int:
        """How many may be on their way at once just now."""
        with self._lock:
            return self._limit()

    def begin(self) -> bool:
        """Whether one more mail may be begun now; then it has to be told how it ended, by `end`."""
        with self._lock:
            if self._monotonic() < self._waits_until or self._on_their_way >= self._limit():
                return False
            self._on_their_way += 1
            return True

    def end(self, outcome: Outcome | None) -> None:
        """A mail that was begun has ended so; None where it was not tried."""
        with self._lock:
            self._on_their_way -= 1
            match outcome:
                case Retry(slower=True):  # first: who is too many at the door has reached it
                    if self._put_off(_LONGEST_WHEN_TOLD):
                        self._allowed, self._taken = max(1, self._allowed // 2), 0
                case Retry(unreached=True):
                    self._away = True
                    self._put_off(_LONGEST_WHEN_AWAY)
                case Sent():
                    self._go_on()

    def _limit(self) -> int:
        return 1 if self._away else self._allowed

    def _put_off(self, longest: float) -> bool:
        """Pause; false where we do already: what those hear that were on their way together counts once."""
        if self._monotonic() < self._waits_until:
            return False
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), longest)
        self._waits_until = self._monotonic() + self._pause
        return True

    def _go_on(self) -> None:
        self._away, self._pause = False, 0.0
        self._taken += 1
        if self._taken >= _RAISED_AFTER and self._allowed < self._most:
            self._allowed, self._taken = self._allowed + 1, 0
