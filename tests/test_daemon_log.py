"""The log: what goes wrong is told with its place in the code, and never with what was being worked on (P04, C11)."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from helpdesk import log
from helpdesk.cli.serve import _greeting
from helpdesk.desk import load_rules
from helpdesk.log.failure import TracebackFile
from tests.desk import write_office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def kept_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The log is afterwards as it was before; tracebacks lie in the test's folder."""
    before, handlers, hook = structlog.get_config(), logging.root.handlers[:], threading.excepthook
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("helpdesk.log._TRACEBACKS", TracebackFile())
    yield
    structlog.configure(**before)
    logging.root.handlers[:], threading.excepthook = handlers, hook
    logging.captureWarnings(False)
    log._SINK.begin(None, log.sink.missing)
    logging.raiseExceptions = True


@pytest.fixture(params=[_Terminal, io.StringIO], ids=["terminal", "file"])
def output(request: pytest.FixtureRequest, kept_log: None) -> io.StringIO:
    """Where the daemon prints."""
    stream: io.StringIO = request.param()
    return stream


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


def said_as(style: log.Style, say: Callable[[Any], None], level: log.Level = "info") -> list[str]:
    with io.StringIO() as stream, contextlib.redirect_stderr(stream):
        logging.root.handlers[:] = []
        log.configure(style, level)
        say(log.logger("deliver"))
        return stream.getvalue().splitlines()


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize(
    ("case", "said"), [(7, "HD-7"), ("HD-7", "HD-7"), (None, None)], ids=["a number", "a name", "none"]
)
def test_a_case_is_called_as_people_call_it(
    kept_log: None, style: log.Style, case: int | str | None, said: str | None
) -> None:
    (line,) = said_as(style, lambda logger: logger.info("sent", case=case, answer=""))
    assert ("HD-7" in line, "case" in line) == (said is not None, said is not None)
    assert "answer" not in line, "what does not apply is left out"


def _say_with_libraries(logger: Any) -> None:
    logger.info("sent", case=7)
    logging.getLogger("uvicorn").error("went wrong: %s", "so")
    warnings.warn("old", DeprecationWarning, stacklevel=1)
    for say in (logger.exception, logging.getLogger("asyncio").exception):
        try:
            fail("x")
        except ValueError:
            say("failed")
    ending = threading.Thread(target=fail, args=("x",), name="poller")
    ending.start()
    ending.join()


def test_json_is_an_object_a_line_whoever_speaks(kept_log: None) -> None:
    """Libraries, warnings and a thread that ends as well; a traceback is one of its values."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        said = [json.loads(line) for line in said_as("json", _say_with_libraries)]
    assert [line["event"].split("\ufffd")[0][:12] for line in said][:2] == ["sent", "went wrong: "]
    assert [line["logger"] for line in said] == ["deliver", "uvicorn", "py.warnings", "deliver", "asyncio", "daemon"]
    assert all(list(line)[:4] == ["timestamp", "level", "logger", "event"] for line in said)
    assert ["Traceback" in line.get("exception", "") for line in said] == [False] * 3 + [True] * 3


def test_as_text_a_failure_is_one_line_that_names_the_file_with_its_traceback(kept_log: None, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = said_as("text", _say_with_libraries)
    assert len(said) == 5
    (file,) = tmp_path.glob("helpdesk-*.jsonl")
    assert all(str(file) in line and "1 octets could not be worked" in line for line in said[2:])
    assert file.stat().st_mode & 0o777 == 0o600
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    assert all("Traceback" in one["exception"] for one in kept)
    assert len(kept) == 3


def test_a_file_of_tracebacks_ends_at_a_mebibyte_and_its_lack_stops_nobody(
    kept_log: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = TracebackFile()
    path = Path(kept.keep(ValueError("x" * (1 << 20)), "first"))
    size = path.stat().st_size
    kept.keep(ValueError("y"), "second")
    assert path.stat().st_size == size
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert TracebackFile().keep(ValueError("z"), "third") == ""


@pytest.mark.parametrize(("level", "heard"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_says_what_is_left_out(kept_log: None, level: log.Level, heard: int) -> None:
    def say(logger: Any) -> None:
        for name in ("debug", "info", "warning", "error"):
            getattr(logger, name)(name)

    assert len(said_as("json", say, level)) == heard


def test_nothing_of_a_command_but_errors_is_said_and_never_on_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What a program reads of us would not be JSON any more."""
    log.logger("work").info("worked")
    log.logger("work").error("failed")
    out, err = capsys.readouterr()
    assert (out, "worked" in err, "failed" in err) == ("", False, True)


class _Said(io.StringIO):
    """Standard output or standard error, which somebody may watch."""

    def __init__(self, *, watched: bool) -> None:
        super().__init__()
        self._watched = watched

    def isatty(self) -> bool:
        return self._watched


@pytest.mark.parametrize(
    ("style", "out", "err", "greeted"),
    [
        ("auto", True, True, True),
        ("auto", True, False, True),  # the log goes to a file, and the person looks at the terminal
        ("auto", False, False, False),
        ("auto", False, True, True),
        ("json", True, True, False),
        ("json", False, False, False),
        ("text", False, False, True),
    ],
)
def test_a_greeting_is_never_between_json(
    kept_log: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    style: log.Style,
    out: bool,  # noqa: FBT001
    err: bool,  # noqa: FBT001
    greeted: bool,  # noqa: FBT001
) -> None:
    file = write_office(tmp_path)
    file.write_text(file.read_text() + f'\n[log]\nformat = "{style}"\n')
    rules = load_rules(file, environment={}, signing_key=b"k" * 32)
    stdout, stderr = _Said(watched=out), _Said(watched=err)
    monkeypatch.setattr("sys.stdout", stdout)
    monkeypatch.setattr("sys.stderr", stderr)
    logging.root.handlers[:] = []
    log.configure(style)
    _greeting(SimpleNamespace(rules=rules, console=None), None)  # type: ignore[arg-type]
    assert ("Stop with Ctrl-C" in stdout.getvalue()) == greeted
    if log.is_json(style):
        (line,) = stderr.getvalue().splitlines()
        assert json.loads(line)["mailboxes"][0] == "support@logik.example"


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
    lost = json.loads(disk.getvalue().splitlines()[0])
    assert (lost["event"], lost["number"]) == ("lines of the log were lost", 4)
    assert lost["because"] == "No space left on device"
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
    (said,) = (tmp_path / "log").read_text().splitlines()
    assert json.loads(said)["event"] == "a name: \ufffd"


@pytest.mark.parametrize("gone", [True, False], ids=["its reader has gone", "its reader does not read"])
def test_a_pipe_stops_nobody(kept_log: None, monkeypatch: pytest.MonkeyPatch, *, gone: bool) -> None:
    """A thread that waits for somebody to read is as good as one that has ended."""
    monkeypatch.setattr("helpdesk.log.sink._PATIENCE", 1)
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
