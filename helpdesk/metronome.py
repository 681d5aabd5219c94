"""Rings at fixed intervals, whatever becomes of the clock on the wall and however long the work takes.

APScheduler plans by the clock on the wall: set back by an hour, it would not ring for an hour. So `hold_time`, called
about once a second by a clock that is never set, sees to it that no ring is further away than its interval. A ring
only sets an event, in the scheduler's own thread: none is ever skipped because another still runs. A part that is busy
hears several as one, and begins again when it is done.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler

if TYPE_CHECKING:
    from collections.abc import Callable


class Metronome:
    """Knows no part of the desk and holds no job a case."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": DebugExecutor()},  # at once, instead of in a pool of threads
            job_defaults={"coalesce": True, "misfire_grace_time": None},  # a ring that comes late comes once
        )

    def every(self, interval: timedelta, ring: Callable[[], object]) -> None:
        """Ring once an interval, for the first time after one, at whole seconds; `ring` returns at once.

        So all that ring in one second ring at once, and wake the machine once.
        """
        first = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1) + interval
        self._scheduler.add_job(ring, "interval", seconds=interval.total_seconds(), start_date=first)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=True)

    def hold_time(self) -> None:
        """Bring back what a clock that was set back has moved away."""
        if not self.running:
            return
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            latest = now + job.trigger.interval
            if job.next_run_time > latest:
                job.modify(next_run_time=latest)

    @property
    def running(self) -> bool:
        """Whether its thread is there."""
        thread = getattr(self._scheduler, "_thread", None)
        return thread is not None and thread.is_alive()
