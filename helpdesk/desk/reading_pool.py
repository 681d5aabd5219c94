"""Processes that read the mails of a batch beside each other, for the one worker who writes.

A process that dies, or takes longer than `PATIENCE` for one mail, is replaced; its mail is read no more in this batch,
which costs that mail an attempt and nothing else. Where no process is ready, mails are read by whoever asks: at the
start, after an edit, and where none can be started.
"""

from __future__ import annotations

import os
import pickle
import select
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import helpdesk
from helpdesk.desk.ahead import ReadAhead
from helpdesk.desk.reading_process import LENGTH, READY, ReadingJob, framed
from helpdesk.log import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.severity import Classifier
    from helpdesk.unit import Rules

PATIENCE = 20.0  # seconds for one mail
_LOOK = 5.0  # seconds in which the claims of a batch are seen to
READY_WITHIN = 15.0  # seconds in which a process begins, for a mail that one has died of
_END = 2.0  # seconds for a process to end by itself
_PAUSE = 30.0  # seconds after a process that could not begin
_CHUNK = 1 << 20
_COMMAND = "import sys; from helpdesk.desk.reading_process import main; main(sys.argv[1])"
_log = logger("reading")


class ReadingFailed(Exception):
    """The process that read a mail died, or did not come to an end."""


class _Silent(Exception):
    """A process is gone, or too late."""


class ReadingProcess:
    """One process that reads mails, and the mail that it is at."""

    def __init__(self, rules: Rules) -> None:
        source = str(Path(helpdesk.__file__).parent.parent)
        paths = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
        self.popen = subprocess.Popen(  # noqa: S603  ourselves
            [sys.executable, "-c", _COMMAND, str(rules.configuration.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        assert self.popen.stdin  # noqa: S101  as asked for above
        assert self.popen.stdout  # noqa: S101
        self._in, self.out = self.popen.stdin.fileno(), self.popen.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self.out, False)
        self.ready = False
        self.job = 0  # the number of the one that it is at
        self.until = 0.0  # when that has to be done, by the monotonic clock
        self._classifier: Classifier | None = None

    def begin(self, number: int, job: ReadingJob) -> None:
        """Give it a job. Raises _Silent."""
        self.job, self.until = number, time.monotonic() + PATIENCE
        same = job.classifier is not None and job.classifier == self._classifier
        self._classifier = job.classifier
        self._write(framed(ReadingJob(job.raw, job.mailbox, None if same else job.classifier, same)))

    def greeted(self) -> bool:
        """Whether it has said that it is ready, once it says anything. Raises _Silent."""
        self.until = time.monotonic() + _END
        return bool(self._said() == READY)

    def answer(self) -> ReadAhead | None:
        """What it has read, None where it could not; to be asked for once something is there. Raises _Silent."""
        said = self._said()
        self.job = 0
        return said if isinstance(said, ReadAhead) else None

    def _said(self) -> object:
        size = LENGTH.unpack(self._read(LENGTH.size))[0]
        try:
            return pickle.loads(self._read(size))  # noqa: S301  from our own process
        except (pickle.PickleError, AttributeError, EOFError, ImportError, IndexError) as problem:
            raise _Silent("what it says cannot be read") from problem

    def end(self) -> None:
        """Let it go, by force where it does not."""
        for file in (self.popen.stdin, self.popen.stdout):
            with suppress(OSError):
                file and file.close()
        if self.job or not self.ready:
            self.popen.kill()
        try:
            self.popen.wait(_END)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            self._wait(self._in, select.POLLOUT)
            try:
                left = left[os.write(self._in, left[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as gone:
                raise _Silent("it has died") from gone

    def _read(self, size: int) -> bytes:
        read = bytearray()
        while len(read) < size:
            self._wait(self.out, select.POLLIN)
            piece = os.read(self.out, min(_CHUNK, size - len(read)))
            if not piece:
                raise _Silent("it has died")
            read += piece
        return bytes(read)

    def _wait(self, descriptor: int, event: int) -> None:
        left = self.until - time.monotonic()
        if left <= 0 or not _polled([descriptor], left, event):
            raise _Silent(f"it took longer than {PATIENCE:.0f} seconds")


class ReadingPool:
    """So many processes, with the rules that are in force."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rules: Rules | None = None
        self._processes: list[ReadingProcess] = []
        self._not_before = 0.0

    def prepare(self, rules: Rules, *, patience: float = 0.0) -> None:
        """Have as many processes as there are to be, and wait so long for the first that is ready."""
        if rules is not self._rules:
            self.close()
            self._rules = rules
        while len(self._processes) < self._size and time.monotonic() >= self._not_before:
            try:
                self._processes.append(ReadingProcess(rules))
            except OSError as problem:
                _log.warning("a process for reading could not begin", because=str(problem))
                self._not_before = time.monotonic() + _PAUSE
        ends = time.monotonic() + patience
        while starting := [one for one in self._processes if not one.ready]:
            waits = 0.0 if len(starting) < len(self._processes) else max(0.0, ends - time.monotonic())
            begun = _polled([one.out for one in starting], waits)
            if not begun:
                return
            for process in starting:
                if process.out in begun:
                    self._greet(process)

    def _greet(self, process: ReadingProcess) -> None:
        try:
            process.ready = process.greeted()
        except _Silent as problem:
            _log.warning("a process for reading could not begin", because=str(problem))
            self._drop(process)
            self._not_before = time.monotonic() + _PAUSE

    def read(
        self, rules: Rules, jobs: Sequence[ReadingJob], looked: Callable[[], None], *, patience: float = 0.0
    ) -> list[ReadAhead | ReadingFailed | None]:
        """What was read of each, a `ReadingFailed` where its process did not, None where nobody was there to read it.

        `looked` is called every few seconds; so long is waited for a process to begin.
        """
        self.prepare(rules, patience=patience)
        try:
            return self._read(jobs, looked)
        except BaseException:
            for process in [one for one in self._processes if one.job]:  # its answer would be taken for another mail's
                self._drop(process)
            raise

    def _read(self, jobs: Sequence[ReadingJob], looked: Callable[[], None]) -> list[ReadAhead | ReadingFailed | None]:
        found: list[ReadAhead | ReadingFailed | None] = [None] * len(jobs)
        left = deque(range(len(jobs)))
        while True:
            for process in [one for one in self._processes if one.ready and not one.job]:
                if left:
                    at = left.popleft()
                    self._step(process, found, at, partial(process.begin, at + 1, jobs[at]))
            busy = [one for one in self._processes if one.job]
            if not busy:
                return found
            due = min(one.until for one in busy) - time.monotonic()
            spoke = _polled([one.out for one in busy], max(0.0, min(due, _LOOK)))
            looked()
            for process in busy:
                if process.out in spoke or process.until <= time.monotonic():
                    self._step(process, found, process.job - 1, process.answer)

    def _step(
        self,
        process: ReadingProcess,
        found: list[ReadAhead | ReadingFailed | None],
        at: int,
        step: Callable[[], ReadAhead | None],
    ) -> None:
        try:
            found[at] = step()
        except _Silent as problem:
            _log.warning("a process for reading was replaced", because=str(problem))
            found[at] = ReadingFailed(str(problem))
            self._drop(process)

    def _drop(self, process: ReadingProcess) -> None:
        process.popen.kill()
        process.end()
        self._processes = [one for one in self._processes if one is not process]

    def close(self) -> None:
        """End all of them."""
        for process in self._processes:
            process.end()
        self._processes = []


def _polled(descriptors: Sequence[int], timeout: float, event: int = select.POLLIN) -> set[int]:
    """Those of them at which something is to be done, their end included."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, event)
    return {descriptor for descriptor, _ in poll.poll(timeout * 1000)}
