"""Hours that follow the customer: a calendar in the zone of each, or closed on the holidays of their country.

A case is served from a region as it is for its customer, `emea (ES, Europe/Madrid)`; a dash where the region's own
holds. That key is kept with the case, so that a customer who moves changes no time of a case that is open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.openhours.walltime import is_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from helpdesk.openhours.calendar import Calendar

_PLACE = re.compile(r"(.+) \(([^,()]+), ([^,()]+)\)")
_OWN = "-"


@dataclass(frozen=True, slots=True)
class CustomerHours:
    """A calendar that takes its zone or its holidays from the customer. `calendar(country, timezone)` is that one.

    "" is the calendar's own.
    """

    in_their_zone: bool
    countries: tuple[str, ...]  # whose holidays it knows: "ES", "DE-BY"
    calendar: Callable[[str, str], Calendar]

    def of(self, country: str, timezone: str) -> Calendar:
        """The calendar for a customer; what it does not take from them, or does not know, is its own."""
        known = country if country in self.countries else ""
        return self.calendar(known, timezone if self.in_their_zone and is_zone(timezone) else "")


def place_key(region: str, country: str, timezone: str, hours: Collection[CustomerHours]) -> str:
    """The key of a region as it is for a customer: with what of theirs some hours are taken from."""
    known = country if any(country in one.countries for one in hours) else ""
    zone = timezone if any(one.in_their_zone for one in hours) else ""
    return f"{region} ({known or _OWN}, {zone or _OWN})" if known or zone else region


def read_place(key: str) -> tuple[str, str, str]:
    """The region, country and zone that such a key names; "" for what is the region's own."""
    found = _PLACE.fullmatch(key)
    if not found:
        return key, "", ""
    country, zone = ("" if part == _OWN else part for part in found.group(2, 3))
    return found[1], country, zone
