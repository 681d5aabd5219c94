"""The cases that people were called about, and those of rank 1, found by their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.core.words.events import CallNotNeeded, RankOneSuspected, SeverityAssessed, SeveritySet, StepTaken
from helpdesk.store import cases as case_store
from helpdesk.store.tables import CALLS, event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case

_BATCH = 200
_RANK_1 = event.c.facts["rank"].as_integer() == 1


def called_since(connection: sa.Connection, since: datetime) -> Iterator[Case]:
    """The cases on which somebody may have been called since then."""
    kinds = (StepTaken.type, RankOneSuspected.type, CallNotNeeded.type)
    return _cases(connection, _indexed(event.c.type.in_(kinds), event.c.at >= since))


def suspected(connection: sa.Connection) -> Iterator[Case]:
    """The cases that were suspected to be rank 1."""
    return _cases(connection, _indexed(event.c.type == RankOneSuspected.type))


def raised(connection: sa.Connection) -> Iterator[Case]:
    """The cases that were set to rank 1."""
    return _cases(connection, _indexed(event.c.type == SeveritySet.type, _RANK_1))


def of_rank_1(connection: sa.Connection, *, every: int) -> Iterator[Case]:
    """Every so many of the cases that were found, or set, to be rank 1, by their numbers."""
    found = event.c.type.in_((SeveritySet.type, SeverityAssessed.type))
    return _cases(connection, sa.and_(found, event.c.case_id % every == 0, _RANK_1))


def _indexed(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    # In the index's own words, too, so that both databases use it.
    return sa.and_(sa.text(CALLS), *conditions)


def _cases(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Iterator[Case]:
    query = sa.select(event.c.case_id).where(condition).distinct().order_by(event.c.case_id)
    numbers = list(connection.execute(query).scalars())
    for start in range(0, len(numbers), _BATCH):
        yield from case_store.find(connection, numbers[start : start + _BATCH]).values()
