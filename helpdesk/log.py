"""The log: one line an event, with names and numbers. Never a subject, a body or a secret (threat P04)."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

from helpdesk.mail.masking import masked

if TYPE_CHECKING:
    from collections.abc import MutableMapping


def configure() -> None:
    """Log to standard error: readable on a terminal, JSON lines elsewhere."""
    terminal = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*_processors(), renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
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
