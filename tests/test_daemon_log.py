"""The log: what goes wrong is told with its place in the code, and never with what was being worked on (P04, C11)."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from typing import TYPE_CHECKING

import pytest
import structlog

from helpdesk import log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


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


# --- a log that cannot be written


class Full(io.StringIO):
    """A file on a disk that may be full."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no words for this")


@pytest.fixture
def kept_log() -> Iterator[None]:
    before, handlers = structlog.get_config(), logging.root.handlers[:]
    yield
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    with contextlib.redirect_stderr(io.StringIO()):
        log._SINK.begin(None)
    logging.raiseExceptions = True


def configured() -> None:
    """As in a process of its own, where no test runner listens."""
    logging.root.handlers[:] = []
    log.configure()


def say_everything() -> None:
    """Ours and the libraries', with and without a traceback."""
    structlog.get_logger("daemon").warning("deferred", part="sender")
    logging.getLogger("uvicorn").error("went wrong: %s", "so")
    try:
        fail("x")
    except ValueError:
        structlog.get_logger("daemon").exception("failed", part="sender")
        logging.getLogger("asyncio").exception("went wrong")


def test_a_full_disk_stops_nobody_and_what_is_missing_is_said_afterwards(kept_log: None) -> None:
    """The sender's thread ended for good."""
    disk = Full()
    with contextlib.redirect_stderr(disk):
        configured()
        say_everything()
        assert log.state() == (4, "No space left on device")
        disk.full = False
        structlog.get_logger("daemon").warning("there again")
    assert log.state() == (0, "")
    assert disk.getvalue().splitlines()[0] == "warning: 4 lines of the log were lost: No space left on device"
    assert "there again" in disk.getvalue()


def test_a_file_that_was_closed_stops_nobody(kept_log: None) -> None:
    gone = io.StringIO()
    with contextlib.redirect_stderr(gone):
        configured()
        gone.close()
        say_everything()
    assert log.state() == (4, "ValueError")


def test_no_standard_error_at_all_stops_nobody(kept_log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    configured()
    say_everything()
    assert log.state() == (4, "there is no standard error")


def test_what_cannot_be_put_into_words_stops_nobody(kept_log: None) -> None:
    with contextlib.redirect_stderr(io.StringIO()):
        configured()
        structlog.get_logger("daemon").warning("odd", value=Unprintable())
        logging.getLogger("uvicorn").error("odd: %r", Unprintable())
    assert log.state() == (2, "RuntimeError")


def test_half_a_letter_is_said_all_the_same(kept_log: None, tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file, contextlib.redirect_stderr(file):
        configured()
        logging.getLogger("uvicorn").error("a name: \udc80")
    assert (tmp_path / "log").read_text() == "ERROR uvicorn a name: \\udc80\n"


@pytest.mark.parametrize("gone", [True, False], ids=["its reader has gone", "its reader does not read"])
def test_a_pipe_stops_nobody(kept_log: None, monkeypatch: pytest.MonkeyPatch, *, gone: bool) -> None:
    """A thread that waits for somebody to read is as good as one that has ended."""
    monkeypatch.setattr("helpdesk.log._PATIENCE", 1)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe, contextlib.redirect_stderr(pipe):
        configured()
        if gone:
            os.close(reading)
        else:
            os.set_blocking(writing, False)
            with contextlib.suppress(BlockingIOError):
                while os.write(writing, b"x" * 4096):
                    pass
            os.set_blocking(writing, True)
        say_everything()
        assert log.state() == (4, "Broken pipe" if gone else "its reader does not read")
    if not gone:
        os.close(reading)
