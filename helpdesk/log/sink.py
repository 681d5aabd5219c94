"""Where the lines of the log go: written if that is possible, counted if not; never a failure, never a long wait."""

from __future__ import annotations

import os
import select
import threading
from typing import IO, TYPE_CHECKING

from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_ONCE = 4096  # octets: POSIX lets a pipe that is ready take as many without blocking (PIPE_BUF)
_PATIENCE = 500  # milliseconds for the reader of our pipe


class Sink:
    """Where lines go. Safe to use from every thread."""

    def __init__(self) -> None:
        self._stream: IO[str] | None = None
        self._missing: Callable[[int, str], str] = missing
        self._lock = threading.Lock()
        self._lost = 0  # since a line was last written
        self._why = ""

    def begin(self, stream: IO[str] | None, missing: Callable[[int, str], str]) -> None:
        """Write there from now on; `missing` makes the line that says how many could not be written, and why."""
        with self._lock:
            self._stream, self._missing, self._lost, self._why = stream, missing, 0, ""

    def write(self, line: str) -> None:
        """Write a line if that is possible, and count it if not."""
        with self._lock:
            try:
                if self._lost:
                    self._put(self._missing(self._lost, self._why))
                    self._lost, self._why = 0, ""
                self._put(line)
            except Exception as problem:  # noqa: BLE001 - a caller must not fail because of its log line
                self._count(problem)

    def lose(self, problem: Exception) -> None:
        """Count a line that could not even be made."""
        with self._lock:
            self._count(problem)

    @property
    def state(self) -> tuple[int, str]:
        """How many lines were lost since one was last written, and why the latest was."""
        with self._lock:
            return self._lost, self._why

    def _count(self, problem: Exception) -> None:
        self._lost += 1
        self._why = getattr(problem, "strerror", None) or type(problem).__name__

    def _put(self, line: str) -> None:
        if self._stream is None:
            raise OSError(0, "there is no standard error")
        number = _descriptor(self._stream)
        if number is None:
            self._stream.write(f"{line}\n")
            self._stream.flush()
            return
        octets = memoryview(f"{line}\n".encode("utf-8", "backslashreplace"))
        while octets:
            # Who did not read just now is not waited for again: threads queue for this lock.
            if not _ready(number, 0 if self._lost else _PATIENCE):
                raise TimeoutError(0, "its reader does not read")
            octets = octets[os.write(number, octets[:_AT_ONCE]) :]


def missing(number: int, why: str) -> str:
    """That lines are missing, where nobody has said how that is to look."""
    return f"warning: {plural(number, 'line')} of the log lost: {why}"


def _descriptor(stream: IO[str]) -> int | None:
    try:
        return stream.fileno()
    except (AttributeError, OSError):
        return None  # a stream in memory


def _ready(number: int, milliseconds: int) -> bool:
    waiting = select.poll()
    waiting.register(number, select.POLLOUT)
    return bool(waiting.poll(milliseconds))
