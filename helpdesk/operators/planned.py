"""What is planned: windows that operators declared, and those of the policy files, each with a number.

A recurring window's number is its day and a checksum of what it is, `2605220417`: nobody has to declare it before it
can be announced, and a rule that is changed makes other windows, which nobody has been told of.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from helpdesk.offering.declared import windows_between
from helpdesk.store import declarations, desk_mails
from helpdesk.store.declarations import Planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.offering.declared import MaintenanceWindow
    from helpdesk.unit import Rules, Unit

_AHEAD = timedelta(days=28)
_DAY = timedelta(days=1)
_CHECKS = 10_000  # the checksum has four digits, behind six of the day


def coming(unit: Unit) -> list[Planned]:
    """What is planned for the next four weeks, in order."""
    declared = declarations.planned(unit.connection, since=unit.now)
    recurring = (_with_number(unit, window) for window in _recurring(unit.rules, unit.now, unit.now + _AHEAD))
    return sorted([*declared, *recurring], key=lambda plan: plan.window.begins_at)


def load_planned(unit: Unit, number: int) -> Planned:
    """The window of that number. Raises NotFound."""
    day = _day_of(number)
    for window in _recurring(unit.rules, day, day + _DAY) if day else ():
        if _number(window) == number:
            return _with_number(unit, window)
    return declarations.load_planned(unit.connection, number)


def _recurring(rules: Rules, since: datetime, until: datetime) -> Iterator[MaintenanceWindow]:
    """Those of the policies that a mailbox is bound to."""
    for policy in rules.bound_policies:
        yield from windows_between(policy, since, until)


def _with_number(unit: Unit, window: MaintenanceWindow) -> Planned:
    number = _number(window)
    return Planned(
        number, window, desk_mails.newest_announcement(unit.connection, f"maintenance/{number}/"), recurring=True
    )


def _number(window: MaintenanceWindow) -> int:
    what = f"{window.policy}/{window.name}/{window.sector}/{window.begins_at:%H:%M:%S}"
    return int(f"{window.begins_at.astimezone(UTC):%y%m%d}") * _CHECKS + zlib.crc32(what.encode()) % _CHECKS


def _day_of(number: int) -> datetime | None:
    """The day on which a recurring window of that number begins; None for a declared one's."""
    try:
        return datetime.strptime(f"{number // _CHECKS:06}", "%y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None
