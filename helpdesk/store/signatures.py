"""How agents' mails end: what they have in common is a signature, which no customer needs. Digests of lines only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.dialect import insert_ignoring, skip_locked
from helpdesk.store.prepared import Prepared
from helpdesk.store.tables import signature

if TYPE_CHECKING:
    from collections.abc import Sequence

_IS_THEIRS = signature.c.agent == sa.bindparam("whose")
_OF = Prepared(sa.select(signature).where(_IS_THEIRS))
_HELD = Prepared(skip_locked(sa.select(signature.c.agent).where(_IS_THEIRS)))
_KEEP = Prepared(sa.update(signature).where(_IS_THEIRS), sets=["recent", "learnt"])


@dataclass(frozen=True, slots=True)
class Learnt:
    """Of one agent: the ends of their last mails, the newest last, and the signatures found in them."""

    recent: tuple[tuple[str, ...], ...] = ()
    tails: tuple[tuple[str, ...], ...] = ()


def of(connection: sa.Connection, agent: str) -> Learnt:
    """What is known of an agent's mails."""
    found = _OF.rows(connection, whose=agent)
    return Learnt(_tails(found[0].recent), _tails(found[0].learnt)) if found else Learnt()


def keep(connection: sa.Connection, agent: str, known: Learnt) -> None:
    """Remember it, unless somebody else is at it: nobody waits for that."""
    values = {"recent": [list(tail) for tail in known.recent], "learnt": [list(tail) for tail in known.tails]}
    if _HELD.rows(connection, whose=agent):
        _KEEP.change(connection, whose=agent, **values)
    else:
        connection.execute(insert_ignoring(connection.dialect.name, signature), {"agent": agent, **values})


def _tails(stored: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(str, tail)) for tail in stored)
