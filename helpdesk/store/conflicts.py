"""Whose fault an error is: that of what was worked, another worker's, or the database's."""

from __future__ import annotations

import sqlalchemy as sa

from helpdesk.errors import StaleCase
from helpdesk.store.engine import NOT_NOW

# Class 40 and 55P03 of PostgreSQL's appendix A: serialization failure, deadlock, a lock that was not to be had. A
# duplicate key (23505) is a conflict too: what is looked for before it is inserted is there only if another was faster.
_CONFLICTS = ("40001", "40P01", "55P03", "23505")


def is_conflict(problem: BaseException) -> bool:
    """Another worker was at the same thing: nobody's fault, and doing it again is right."""
    if isinstance(problem, StaleCase):
        return True
    # SQLite, with its one writer, knows no conflict and gives no such code.
    return isinstance(problem, sa.exc.DBAPIError) and getattr(problem.orig, "sqlstate", None) in _CONFLICTS


def is_blameless(problem: BaseException) -> bool:
    """It says nothing about what was worked: a conflict, or the database does not answer."""
    return is_conflict(problem) or isinstance(problem, NOT_NOW)
