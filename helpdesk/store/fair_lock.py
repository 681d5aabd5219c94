"""A lock that is given in the order it was asked for.

Python's own goes to who asks when it becomes free, and that is mostly the thread that has just released it: a
worker that commits batch after batch would keep those waiting who accept mail, for seconds (measured in bench/ingest).
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


class FairLock:
    """Held in a `with` block. Its holder must not ask for it again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # held for a moment only
        self._waiting: deque[threading.Lock] = deque()
        self._holder: int | None = None

    def __enter__(self) -> Self:
        """Wait for our turn."""
        ours = threading.Lock()
        with self._lock:
            if self._holder == threading.get_ident():
                raise RuntimeError("a transaction inside a transaction of the same thread")
            if self._holder is None:
                self._holder = threading.get_ident()
                return self
            ours.acquire()
            self._waiting.append(ours)
        ours.acquire()  # released by the holder before us
        self._holder = threading.get_ident()
        return self

    @property
    def awaited(self) -> bool:
        """Whether somebody waits: a holder with much to do releases it soon, and asks again."""
        return bool(self._waiting)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hand over to the thread that waits longest."""
        with self._lock:
            if self._waiting:
                self._holder = 0  # nobody yet, but it is not free
                self._waiting.popleft().release()
            else:
                self._holder = None
