"""Which mailboxes are silent for longer than usual, read from the history of the spool."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from helpdesk.operators.silence import silence
from helpdesk.store import spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from helpdesk.offering.policy import Policy
    from helpdesk.operators.silence import Silence
    from helpdesk.unit import Unit

_WHOLE_DAY = 24 * 60 * 60  # seconds of a date


def silent_mailboxes(unit: Unit) -> Iterator[tuple[str, Silence]]:
    """Address and silence, in the order of the configuration; none where nobody waits for mail (channel `ignore`)."""
    for mailbox in unit.rules.configuration.mailboxes:
        arrivals = spool.arrivals(unit.connection, mailbox.address) if mailbox.channel != "ignore" else None
        if arrivals is None:
            continue
        policy = unit.rules.book.policy(mailbox.policy)
        zone = policy.default_calendar.timezone
        found = silence(arrivals, unit.now, zone=zone, holiday=_holidays(policy))
        if found:
            yield mailbox.address, found


def _holidays(policy: Policy) -> Callable[[date], bool]:
    """Whether a date is a holiday in any calendar of the offering: fewer mails are no wonder then."""

    @cache
    def closed_in(year: int) -> frozenset[date]:
        days = (day for calendar in policy.calendars.values() for day in calendar.special_days_in(year))
        return frozenset(day.on for day in days if not day.opens and day.end - day.start >= _WHOLE_DAY)

    return lambda day: day in closed_in(day.year)
