"""The log: what goes wrong is told with its place in the code, and never with what was being worked on (P04, C11)."""

from __future__ import annotations

import contextlib
import io
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from helpdesk import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[_Terminal, io.StringIO], ids=["terminal", "file"])
def output(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Where the daemon prints; the log is afterwards as it was before."""
    before, handlers = structlog.get_config(), logging.root.handlers[:]
    yield request.param()
    structlog.configure(**before)
    logging.root.handlers[:] = handlers


def logger_after(configure: Callable[[], None]) -> structlog.BoundLogger:
    configure()
    return structlog.get_logger("daemon")


def fail(raw: str) -> None:
    raise ValueError(f"{len(raw)} octets could not be worked")


@pytest.mark.parametrize("configure", [log.configure, log.quiet])
def test_a_failure_is_logged_with_its_place_and_without_what_was_in_hand(
    output: io.StringIO, configure: Callable[[], None]
) -> None:
    """P04: a traceback may show names of variables, and no variable."""
    with contextlib.redirect_stderr(output):
        logger = logger_after(configure)
        try:
            fail("canary" + "-in-the-body")
        except ValueError:
            logger.exception("failed", part="worker")
    said = output.getvalue()
    assert "18 octets could not be worked" in said
    assert "in fail" in said
    assert "canary-in" not in said


def test_a_peers_words_do_not_steer_the_terminal(output: io.StringIO) -> None:
    """C11."""
    with contextlib.redirect_stderr(output):
        logger_after(log.configure).error("failing", detail="wel\x1b[2Jcome\r\nroot")
    said = output.getvalue().replace("\\ufffd", "\ufffd")
    assert "wel\ufffd[2Jcome\ufffd\ufffdroot" in said


def test_a_command_that_was_called_by_a_program_leaves_no_closed_file_behind() -> None:
    """Its standard error is gone when the next failure is to be told."""
    before = structlog.get_config()
    try:
        with io.StringIO() as gone, contextlib.redirect_stderr(gone):
            log.quiet()
        with contextlib.redirect_stderr(io.StringIO()) as now:
            structlog.get_logger("worker").error("failed")
    finally:
        structlog.configure(**before)

    assert "failed" in now.getvalue()
