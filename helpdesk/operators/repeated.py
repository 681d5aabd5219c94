"""Alerts that are alike: the first few are told one by one, then they are one condition with its count and its end.

Two hundred unknown senders in a minute, or a smarthost that refuses all, must not be as many mails to the operators.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.store.alerts import Run, Telling

SINGLY = 3  # of one kind within `WITHIN`
WITHIN = timedelta(hours=1)  # without another, it is over
_MORE = 10  # times as many as were told of: the next telling
_NOT_BEFORE = timedelta(minutes=10)  # after one, however fast they come
_AGAIN = timedelta(days=1)  # after one, while it lasts

NextTelling = Literal["begin", "more", "end"]


def is_told_singly(before: int, *, singly: int = SINGLY) -> bool:
    """Whether one more is told by itself, after so many of its kind within the last hour."""
    return before < singly


def due(run: Run, told: Telling | None, now: datetime, *, singly: int = SINGLY) -> NextTelling | None:
    """What is to be told of a run now: that it has become one, how large it is by now, or that it is over."""
    if told is None:
        return "begin" if run.number > singly else None
    if over(run, now):
        return "end"
    since = now - told.at
    grown = run.number >= _MORE * told.number and since >= _NOT_BEFORE
    return "more" if grown or (run.number > told.number and since >= _AGAIN) else None


def over(run: Run, now: datetime) -> bool:
    """Whether none has come for so long that the next one begins another run."""
    return now - run.newest_at > WITHIN


def next_at(run: Run, told: Telling | None, *, singly: int = SINGLY) -> datetime:
    """When a run is to be looked at next, should nothing come."""
    return run.newest_at if told is None and run.number > singly else run.newest_at + WITHIN + timedelta(seconds=1)
