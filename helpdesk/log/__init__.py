"""The log: one line an event, with names and numbers. Never a subject, a body or a secret (threat P04).

Every line may carry `spool_id` and `message_id` of a mail that came in, `outbox_id`, `message_id`, `recipient` and
`answer` of one that goes out, and `case`, always as `HD-1`. As JSON a line is an object, and a traceback one of its
values; as text, for people, a failure is one sentence that names the file with its traceback.

Saying something never fails and never takes long, whatever has become of standard error: a full disk, a pipe whose
reader is gone or has stopped reading, a file that was closed. What could not be written is counted; the first line
that is written again says how many are missing, and `state` tells health meanwhile. Until `configure` is called, as
in commands, only errors are said, on standard error.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.log.failure import TracebackFile, sentence
from helpdesk.log.plain import structlog
from helpdesk.log.sink import Sink
from helpdesk.mail.read.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    Entry = MutableMapping[str, Any]

Style = Literal["auto", "text", "json"]
Level = Literal["debug", "info", "warning", "error"]

_FIRST = ("timestamp", "level", "logger", "event")
_SINK = Sink()  # a process has one log
_TRACEBACKS = TracebackFile()


def logger(name: str) -> Any:
    """What a part of the desk speaks by."""
    return structlog.get_logger(logger_name=name)


def state() -> tuple[int, str]:
    """How many lines the daemon's log has lost since one was last written, and why the latest."""
    return _SINK.state


def is_json(style: Style = "auto") -> bool:
    """Whether the log is JSON: as `style` says, else wherever standard error is no terminal."""
    return style == "json" or (style == "auto" and not _terminal())


def configure(style: Style = "auto", level: Level = "info") -> None:
    """Log to standard error, also what libraries and ending threads say."""
    chain = _chain(json=is_json(style))
    _SINK.begin(sys.stderr, _missing(chain))  # None where it was closed before we began
    structlog.configure(
        processors=chain,
        wrapper_class=_calm(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: _Printer(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Handler()], level=logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # no other handler is to complain to a standard error that is not there
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's own, a line a command
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    threading.excepthook = _thread_ended


def quiet() -> None:
    """For commands: nothing but what goes wrong."""
    structlog.configure(
        processors=_chain(json=False),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        # Whatever standard error is when something is said: who calls us may have exchanged it since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def unexpected(problem: BaseException, doing: str) -> str:
    """A sentence for the person at whose command something failed that never should."""
    path = _TRACEBACKS.keep(problem, doing)
    return _clean(f"{doing}: this should not have happened: {sentence(problem)}") + (f"; details: {path}" * bool(path))


def _terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


class _Handler(logging.Handler):
    """What libraries say by Python's own logging, to the same place."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it down."""
        try:
            said = record.getMessage()
        except Exception as problem:  # noqa: BLE001 - see `Sink.write`
            _SINK.lose(problem)
        else:
            logger(record.name).log(record.levelno, said, exc_info=record.exc_info)


class _Printer:
    """What structlog hands its finished lines to: `info`, `error` and the like are all the same."""

    def __getattr__(self, _level: str) -> Callable[[str], None]:
        return _SINK.write


def _calm(level: int) -> Any:
    """A kind of logger that never raises, also where a line cannot be rendered."""

    class _Calm(structlog.make_filtering_bound_logger(level)):  # type: ignore[misc]
        def _proxy_to_logger(self, method_name: str, event: str | None = None, **values: Any) -> Any:
            try:
                return super()._proxy_to_logger(method_name, event, **values)
            except Exception as problem:  # noqa: BLE001 - see `Sink.write`
                _SINK.lose(problem)

    return _Calm


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else ""
    logger("daemon").error("a thread failed", part=name, exc_info=ended.exc_value)


def _missing(chain: list[Any]) -> Callable[[int, str], str]:
    def line(number: int, why: str) -> str:
        entry: Any = {"event": "lines of the log were lost", "number": number, "because": why, "logger_name": "log"}
        for processor in chain:
            entry = processor(None, "warning", entry)
        return str(entry)

    return line


def _chain(*, json: bool) -> list[Any]:
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    # A traceback in plain text: structlog's own for terminals prints local variables, which are somebody's mail.
    failure: Any = structlog.processors.ExceptionRenderer() if json else _in_one_sentence
    written: list[Any] = (
        [_ordered, structlog.processors.JSONRenderer()] if json else [structlog.dev.ConsoleRenderer(colors=_terminal())]
    )
    return [structlog.processors.add_log_level, stamp, failure, _as_people_read, _cleaned, *written]


def _as_people_read(_logger: Any, _method: str, entry: Entry) -> Entry:
    """A case is called as people call it, and what does not apply is left out."""
    entry["logger"] = entry.pop("logger_name", None)
    if isinstance(case := entry.get("case"), int):
        entry["case"] = f"HD-{case}"
    for key in [key for key, value in entry.items() if value is None or value == ""]:
        del entry[key]
    return entry


def _in_one_sentence(_logger: Any, _method: str, entry: Entry) -> Entry:
    """For people: what failed and where, and the file that has its traceback."""
    failed = entry.pop("exc_info", None)
    problem = failed if isinstance(failed, BaseException) else failed[1] if isinstance(failed, tuple) else None
    problem = problem or (sys.exc_info()[1] if failed is True else None)
    if problem is not None:
        entry["problem"] = sentence(problem)
        entry["details"] = _TRACEBACKS.keep(problem, str(entry["event"]))
    return entry


def _ordered(_logger: Any, _method: str, entry: Entry) -> Entry:
    return {key: entry[key] for key in (*_FIRST, *entry) if key in entry}


def _cleaned(_logger: Any, _method: str, entry: Entry) -> Entry:
    """A peer's words may stand in a value: they must not steer the terminal (threat C11), nor give an address away."""
    for key, value in entry.items():
        if isinstance(value, str):
            entry[key] = masked(value) if key == "exception" else _clean(value)
    return entry


def _clean(text: str) -> str:
    text = masked(text)
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


quiet()
