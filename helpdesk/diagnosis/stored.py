"""Disk and database: whether there is room, it can be written, and what the operators are to know of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from helpdesk.diagnosis.examined import Examined
from helpdesk.errors import Unavailable
from helpdesk.operators.digest import thresholds
from helpdesk.operators.notice import remarks
from helpdesk.store import migrate
from helpdesk.store.engine import Database
from helpdesk.store.writable import hindrance
from helpdesk.unit import Units
from helpdesk.watch.disk import Disk, free_space, needed_space

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.config import Configuration
    from helpdesk.unit import Rules
    from helpdesk.watch import HealthCause

_NO_TABLE = "no table of the desk's"


def database(rules: Rules, now: datetime) -> Examined:
    """Look at it; where there is none yet, none is made. Raises Unavailable."""
    file, opened = rules.configuration.database_file, Database(rules.configuration.database_url)
    try:
        if why := hindrance(opened):
            raise Unavailable(why)
        if file is not None and not file.exists():
            return Examined(migrate.EMPTY)
        doubt = migrate.doubt(opened)
        if migrate.current(opened) is None:
            return Examined(doubt) if doubt == migrate.EMPTY else Examined(_NO_TABLE, (f"database: {doubt}",))
        if doubt:
            raise Unavailable(f"database: {doubt}")
        return _as_it_stands(Units(opened, rules), now)
    finally:
        opened.close()


def short_of_room(configuration: Configuration) -> HealthCause | None:
    """Where a disk that the desk writes to has little room; None where it has enough."""
    return next(Disk(partial(free_space, configuration), needed_space(configuration)).causes(), None)


def disk(cause: HealthCause) -> Examined:
    """What that means. Raises Unavailable where no mail would be taken."""
    if cause.status == "failing":
        raise Unavailable(cause.text)
    return Examined(warnings=(cause.text,))


def _as_it_stands(units: Units, now: datetime) -> Examined:
    digest = units.rules.configuration.digest
    with units.read(now) as unit:
        doubt, called = units.database.doubt(), "".join(f"; people are called in {one}" for one in thresholds(unit))
        seen = remarks(unit, digest.timezone if digest else "UTC", until=now + timedelta(days=1))
        return Examined(f"at this version's schema{called}", (*([f"database: {doubt}"] if doubt else []), *seen))
