"""Many accepts, one flush: whatever waits at the door is written down in one transaction.

One thread takes all that waits, with no timer: under load batches grow by themselves, and a lone mail waits for
nobody. If a batch fails, each of its entries is tried alone, so that one that the database refuses (its bytes, its
addresses) does not take its neighbours down; what fails alone fails for its sender only, who hears 451.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.store.spool import Accepted

_LARGEST_BATCH = 64  # transactions; more gains little and makes the first of them wait

Entry = tuple["Sequence[Accepted]", "Future[list[int]]"]


class Committer:
    """Writes accepted mail from one thread. Submitting is safe from any."""

    def __init__(self, write: Callable[[Sequence[Accepted]], list[int]]) -> None:
        """`write` stores mails durably in one transaction and returns their ids in order."""
        self._write = write
        self._waiting: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
        self._thread.start()

    def submit(self, mails: Sequence[Accepted]) -> Future[list[int]]:
        """Durable when the future resolves; the ids are in order of the mails."""
        future: Future[list[int]] = Future()
        self._waiting.put((mails, future))
        return future

    @property
    def running(self) -> bool:
        """Whether its thread is there."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Write what waits, then stop."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while self._commit_next():
            pass

    def _commit_next(self) -> bool:
        """Whoever waits for the next batch holds the last one no more: it may be of many megabytes."""
        batch, more = self._take()
        if batch:
            self._commit(batch)
        return more

    def _take(self) -> tuple[list[Entry], bool]:
        """All that waits, at least one entry; False when there will be no more."""
        batch: list[Entry] = []
        entry = self._waiting.get()
        while entry is not None:
            batch.append(entry)
            if len(batch) >= _LARGEST_BATCH or self._waiting.empty():
                return batch, True
            entry = self._waiting.get()
        return batch, False

    def _commit(self, batch: list[Entry]) -> None:
        """Raises nothing, or the thread would end and nobody would be answered any more."""
        try:
            mails = [mail for accepted, _ in batch for mail in accepted]
            ids = self._write(mails)
            if len(ids) != len(mails):
                raise RuntimeError("mails were written and have other numbers")  # noqa: TRY301
        except BaseException as problem:  # noqa: BLE001 - whatever it was, the sender is told to come back
            if len(batch) == 1:
                _resolve(batch[0][1], problem)
            else:
                for entry in batch:
                    self._commit([entry])
            return
        for accepted, future in batch:
            _resolve(future, ids[: len(accepted)])
            ids = ids[len(accepted) :]


def _resolve(future: Future[list[int]], outcome: list[int] | BaseException) -> None:
    with suppress(InvalidStateError):  # somebody waits no longer; the mail is on disk all the same
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        elif isinstance(outcome, BaseException):  # it would end the asking thread, and with it the listener
            future.set_exception(RuntimeError(type(outcome).__name__))
        else:
            future.set_result(outcome)
