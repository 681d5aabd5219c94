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

    Whatever the piece raises, it is done again: the database may be away, and comes back. The log has the traceback
    once; the same problem again has a line at the 2nd, 4th, 8th ... time, so that an hour of it fills no disk.
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
    problem: str = ""  # the newest, and how often it came in a row
    times: int = 0

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
            self._goes_on()
        except BaseException as problem:  # noqa: BLE001 - see the class
            with suppress(BaseException):
                self._failed(in_words(problem))
            self.stop.wait(_AFTER_FAILURE)
            return True
        return bool(busy)

    def _failed(self, problem: str) -> None:
        self.watch.parts.failed(self.name, problem)
        self.times = self.times + 1 if problem == self.problem else 1
        self.problem = problem
        if self.times == 1:
            _log.exception("failed", part=self.name)
        elif self.times & (self.times - 1) == 0:  # a power of two
            _log.error("still fails", part=self.name, problem=problem, times=self.times)

    def _goes_on(self) -> None:
        if self.times:
            with suppress(BaseException):  # a log that cannot be written ends no thread
                _log.info("works again", part=self.name, problem=self.problem, times=self.times)
            self.problem, self.times = "", 0


def in_words(problem: BaseException) -> str:
    """What went wrong in one line, without what was being worked on: the database's own words, or the system's."""
    said = getattr(problem, "orig", None) or getattr(problem, "strerror", None)
    lines = str(said or "").splitlines()
    return f"{type(problem).__name__}: {lines[0][:200]}" if lines else type(problem).__name__
