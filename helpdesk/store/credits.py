"""Credit requests: appended once for each customer and quarter, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.dialect import insert_ignoring
from helpdesk.store.tables import credit_request

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """A request that was made, and what the statement said then. `amount` is "" where no fee was on record."""

    customer: str
    quarter: str
    requested_at: datetime
    events: int
    violations: int
    percent: str
    amount: str


def add(connection: sa.Connection, request: CreditRequest) -> bool:
    """Record a request; False, and nothing is changed, where one was made for that quarter before."""
    row = {
        "customer": request.customer,
        "quarter": request.quarter,
        "requested_at": request.requested_at,
        "events": request.events,
        "violations": request.violations,
        "percent": request.percent,
        "amount": request.amount,
    }
    statement = insert_ignoring(connection.dialect.name, credit_request).values(row).returning(credit_request.c.quarter)
    return connection.execute(statement).first() is not None


def find(connection: sa.Connection, customer: str, quarter: str) -> CreditRequest | None:
    """The request of a customer for a quarter, if one was made."""
    mine = sa.and_(credit_request.c.customer == customer, credit_request.c.quarter == quarter)
    row = connection.execute(sa.select(credit_request).where(mine)).first()
    return CreditRequest(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name for it
