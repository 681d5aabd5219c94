"""The daemon's threads: each does one piece of work, again and again, and none of them ends before the daemon does."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpdesk.log import logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.watch import Watch

_log = logger("daemon")
IDLE = 2.0  # seconds between looks when nobody calls: only other processes, and pauses, make work unheard
_AFTER_FAILURE = 2.0  # seconds


@dataclass
class Loop:
    """A thread that does a piece of work whenever it is called, and looks once in a while anyway.

    Whatever the piece raises, it is done again: the database may be away, and comes back.
    """

    name: str
    piece: Callable[[], object]  # true when it did something: then it is done again at once
    stop: threading.Event
    watch: Watch
    idle: float = IDLE
    at_once: bool = True  # the first time is now, and not when somebody calls
    like: str = ""  # whose patience health has with it, where there are several of a kind
    call: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; from here on health asks for it."""
        self.thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self.thread.start()
        self.watch.parts.expect(self.name, lambda: self.running, like=self.like)

    def join(self, timeout: float) -> None:
        """Wait for its end, once `stop` is set."""
        self.call.set()
        if self.thread is not None:
            self.thread.join(timeout)

    @property
    def running(self) -> bool:
        """Whether its thread is there."""
        return self.thread is not None and self.thread.is_alive()

    def _run(self) -> None:
        if not self.at_once:
            self.call.wait(self.idle)
        while not self.stop.is_set():
            self.call.clear()
            if not self._turn():
                self.call.wait(self.idle)

    def _turn(self) -> bool:
        """One piece; true where the next follows at once. Raises nothing, or the thread would end."""
        try:
            busy = self.piece()
            self.watch.parts.progressed(self.name)
        except BaseException as problem:  # noqa: BLE001 - see the class
            with suppress(BaseException):
                self.watch.parts.failed(self.name, in_words(problem))
                _log.exception("failed", part=self.name)
            self.stop.wait(_AFTER_FAILURE)
            return True
        return bool(busy)


def in_words(problem: BaseException) -> str:
    """What went wrong in one line, without what was being worked on: the database's own words, or the system's."""
    said = getattr(problem, "orig", None) or getattr(problem, "strerror", None)
    lines = str(said or "").splitlines()
    return f"{type(problem).__name__}: {lines[0][:200]}" if lines else type(problem).__name__
