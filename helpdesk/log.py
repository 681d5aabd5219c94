"""The log: one line an event, with names and numbers. Never a subject, a body or a secret (threat P04).

Saying something never fails and never takes long, whatever has become of standard error: a full disk, a pipe whose
reader is gone or has stopped reading, a file that was closed. What could not be written is counted; the first line
that is written again says how many are missing, and `state` tells health meanwhile.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

import structlog

from helpdesk.mail.read.masking import masked
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

_AT_ONCE = 4096  # octets: POSIX lets a pipe that is ready take as many without blocking (PIPE_BUF)
_PATIENCE = 500  # milliseconds for the reader of our pipe


class Sink:
    """Where lines go. Safe to use from every thread."""

    def __init__(self) -> None:
        self._stream: IO[str] | None = None
        self._lock = threading.Lock()
        self._lost = 0  # since a line was last written
        self._why = ""

    def begin(self, stream: IO[str] | None) -> None:
        """Write there from now on."""
        with self._lock:
            self._stream, self._lost, self._why = stream, 0, ""

    def write(self, line: str) -> None:
        """Write a line if that is possible, and count it if not."""
        with self._lock:
            try:
                if self._lost:
                    lines = plural(self._lost, "line of the log was", "lines of the log were")
                    self._put(f"warning: {lines} lost: {self._why}")
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


def _descriptor(stream: IO[str]) -> int | None:
    try:
        return stream.fileno()
    except (AttributeError, OSError):
        return None  # a stream in memory


def _ready(number: int, milliseconds: int) -> bool:
    waiting = select.poll()
    waiting.register(number, select.POLLOUT)
    return bool(waiting.poll(milliseconds))


_SINK = Sink()  # a process has one log


class _Handler(logging.Handler):
    """What libraries say by Python's own logging, to the same place."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it down."""
        try:
            line = self.format(record)
        except Exception as problem:  # noqa: BLE001 - see `Sink.write`
            _SINK.lose(problem)
        else:
            _SINK.write(line)


class _Printer:
    """What structlog hands its finished lines to: `info`, `error` and the like are all the same."""

    def __getattr__(self, _level: str) -> Callable[[str], None]:
        return _SINK.write


class _Calm(structlog.make_filtering_bound_logger(logging.NOTSET)):  # type: ignore[misc]
    """A logger that never raises, also where a line cannot be rendered."""

    def _proxy_to_logger(self, method_name: str, event: str | None = None, **values: Any) -> Any:
        try:
            return super()._proxy_to_logger(method_name, event, **values)
        except Exception as problem:  # noqa: BLE001 - see `Sink.write`
            _SINK.lose(problem)


def state() -> tuple[int, str]:
    """How many lines the daemon's log has lost since one was last written, and why the latest."""
    return _SINK.state


def configure() -> None:
    """Log to standard error: readable on a terminal, JSON lines elsewhere."""
    _SINK.begin(sys.stderr)  # None where it was closed before we began
    terminal = sys.stderr is not None and sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*_processors(), renderer],
        wrapper_class=_Calm,
        logger_factory=lambda *_: _Printer(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Handler()], level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    logging.raiseExceptions = False  # no other handler is to complain to a standard error that is not there
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's own, a line a command
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def quiet() -> None:
    """For commands: nothing but what goes wrong."""
    structlog.configure(
        processors=[*_processors(), structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        # Whatever standard error is when something is said: who calls us may have exchanged it since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _processors() -> list[Any]:
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # A traceback in plain text: structlog's own for terminals prints local variables, which are somebody's mail.
        structlog.processors.ExceptionRenderer(),
        _without_control_characters,
    ]


def _without_control_characters(
    _logger: Any, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A peer's words may stand in a value: they must not steer the terminal (threat C11), nor give an address away."""
    for key, value in entry.items():
        if not isinstance(value, str):
            continue
        entry[key] = masked(value)
        if key != "exception" and not value.isprintable():
            entry[key] = "".join(letter if letter.isprintable() else "\ufffd" for letter in masked(value))
    return entry
