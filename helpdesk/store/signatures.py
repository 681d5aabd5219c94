"""How agents' mails end: what they have in common is a signature, which no customer needs. Digests of lines only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.dialect import insert_ignoring, skip_locked
from helpdesk.store.tables import signature

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Learnt:
    """Of one agent: the ends of their last mails, the newest last, and the signatures found in them."""

    recent: tuple[tuple[str, ...], ...] = ()
    tails: tuple[tuple[str, ...], ...] = ()


def of(connection: sa.Connection, agent: str) -> Learnt:
    """What is known of an agent's mails."""
    row = connection.execute(sa.select(signature).where(signature.c.agent == agent)).first()
    return Learnt(_tails(row.recent), _tails(row.learnt)) if row else Learnt()


def keep(connection: sa.Connection, agent: str, known: Learnt) -> None:
    """Remember it, unless somebody else is at it: nobody waits for that."""
    values = {"recent": [list(tail) for tail in known.recent], "learnt": [list(tail) for tail in known.tails]}
    mine = signature.c.agent == agent
    if connection.execute(skip_locked(sa.select(signature.c.agent).where(mine), connection)).first():
        connection.execute(sa.update(signature).where(mine).values(values))
    else:
        connection.execute(insert_ignoring(connection, signature).values(agent=agent, **values))


def _tails(stored: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, tail)) for tail in stored)
