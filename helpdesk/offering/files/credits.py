"""Reads what a policy file says of periods: its fiscal year, attainment goals, and what missed promises cost."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from helpdesk.offering.credits import AttainmentGoal, Availability, Band, Credits, UptimeBand
from helpdesk.offering.files.from_table import from_table
from helpdesk.openhours.accounting import CALENDAR_YEAR, FiscalYear
from helpdesk.openhours.within import parse_open_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.offering.credits import CreditedBy
    from helpdesk.offering.files.problems import FileProblems
    from helpdesk.offering.files.schema import AttainmentTable, AvailabilityTable, CreditsTable, FiscalYearTable

_BAND = re.compile(r"(>)?\s*(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)
_CEILING = re.compile(r"(<)?\s*(\d{1,3}(?:\.\d{1,6})?)", re.ASCII)
_WHOLE = 100  # percent
_DAY_OF_YEAR = re.compile(r"(\d\d)-(\d\d)", re.ASCII)


def read_fiscal_year(table: FiscalYearTable, problems: FileProblems) -> FiscalYear:
    """The fiscal year of a policy."""
    found = _DAY_OF_YEAR.fullmatch(table.starts)
    try:
        if found:
            return FiscalYear(int(found[1]), int(found[2]), table.named_by)
    except ValueError:
        pass  # said below
    problems.add("fiscal_year.starts", f'expected a day that every month has, such as "02-01", not {table.starts!r}')
    return CALENDAR_YEAR


def read_attainment(key: str, table: AttainmentTable, problems: FileProblems) -> AttainmentGoal:
    """One goal of `[attainment]`."""
    place = f"attainment.{key}"
    if not 0 < table.share <= _WHOLE:
        problems.add(f"{place}.share", f"expected a share above 0 and up to 100 percent, not {table.share:g}")
    if table.forgiven and not 0 <= table.forgiven < table.fewer_than:
        problems.add(
            f"{place}.forgiven", f"expected fewer than fewer_than, which is {table.fewer_than}, not {table.forgiven}"
        )
    if table.fewer_than < 0:
        problems.add(f"{place}.fewer_than", f"expected a number of promises, not {table.fewer_than}")
    name = table.name or key.replace("_", " ")
    return from_table(AttainmentGoal, table, key=key, name=name, share=_decimal(table.share))


def read_credits(table: CreditsTable, problems: FileProblems, *, alone: bool) -> Credits:
    """`[credits]`; bands each of which begins above the one before it, and gives no less.

    `alone`: nothing else is credited, so that these say for what.
    """
    ways: dict[CreditedBy, object] = {"share": table.bands, "count": table.counts, "each": table.each}
    given = [way for way, said in ways.items() if said]
    if len(given) > 1 or (alone and not given):
        problems.add("credits", "expected one of bands, counts and each")
    days, business_days = _request_days(table, problems)
    return from_table(
        Credits,
        table,
        bands=_bands("bands", table.bands, problems) or _bands("counts", table.counts, problems),
        request_within=days,
        by=given[0] if given else "share",
        each=_percent("credits.each", table.each, problems),
        at_most=_percent("credits.at_most", table.at_most, problems),
        business_days=business_days,
    )


def _request_days(table: CreditsTable, problems: FileProblems) -> tuple[int, bool]:
    """How many days a claim may take, and whether these are business days."""
    business = table.request_within_business_days
    days = business if business is not None else table.request_within_days
    key = "request_within_days" if business is None else "request_within_business_days"
    if days is None or (business is not None and table.request_within_days is not None):
        problems.add(f"credits.{key}", "expected either request_within_days or request_within_business_days")
    elif days < 1:
        problems.add(
            f"credits.{key}", f"expected one {'day' if business is None else 'business day'} or more, not {days}"
        )
    return max(days or 1, 1), business is not None


def _percent(key: str, value: float, problems: FileProblems) -> Decimal:
    if not 0 <= value <= _WHOLE:
        problems.add(key, f"expected 0 to 100 percent, not {value:g}")
    return _decimal(value)


def _bands(
    key: Literal["bands", "counts"], written: Sequence[tuple[float | str, float]], problems: FileProblems
) -> tuple[Band, ...]:
    """The bands that can be read, from the lowest on."""
    read: list[tuple[int, Band]] = []
    for number, (floor, credit) in enumerate(written, start=1):
        try:
            read.append((number, _band(key, floor, credit)))
        except ValueError as problem:
            problems.add(f"credits.{key}.{number}", str(problem))
    for (before, lower), (number, band) in pairwise(read):
        place = f"credits.{key}.{number}"
        what = "share" if key == "bands" else "number"
        if _reach(band) <= _reach(lower):
            problems.add(place, f"expected a {what} above that of band {before}, where that one ends")
        elif band.credit < lower.credit:
            problems.add(
                place, f"expected a credit of at least {float(lower.credit):g} percent, which band {before} gives"
            )
    return tuple(sorted((band for _, band in read), key=_reach))


def _band(key: Literal["bands", "counts"], floor: float | str, credit: float) -> Band:
    found = _BAND.fullmatch(str(floor).strip())
    if key == "counts" and (not found or "." in str(floor).removesuffix(".0")):
        raise ValueError(f'expected a number of violations such as 5 or "> 4", not {floor!r}')
    if not found:
        raise ValueError(f'expected a share in percent such as 4 or "> 10.1", not {floor!r}')
    if key == "bands" and Decimal(found[2]) > _WHOLE:
        raise ValueError(f"expected a share of 0 to 100 percent, not {floor!r}")
    if not 0 <= credit <= _WHOLE:
        raise ValueError(f"expected a credit of 0 to 100 percent, not {credit!r}")
    return Band(Decimal(found[2]), _decimal(credit), above=bool(found[1]))


def read_availability(key: str, table: AvailabilityTable, problems: FileProblems) -> Availability:
    """One entry of `[availability]`; bands each of which begins below the one before it, and gives no less."""
    place = f"availability.{key}"
    what = table.down or key
    if what != what.lower():
        problems.add(f"{place}.down", "expected a name in small letters, as it is declared")
    if bool(table.each) != bool(table.credit) or (table.each and table.bands):
        problems.add(place, "expected bands, or each and credit")
    return from_table(
        Availability,
        table,
        key=key,
        name=table.name or what,
        what=what,
        at_least=_elapsed(f"{place}.at_least", table.at_least, problems) or timedelta(),
        goal=_percent(f"{place}.goal", table.goal, problems) if table.goal is not None else None,
        bands=_uptime_bands(place, table.bands, problems),
        each=_elapsed(f"{place}.each", table.each, problems),
        for_each=_percent(f"{place}.credit", table.credit, problems),
        at_most=_percent(f"{place}.at_most", table.at_most, problems),
    )


def _elapsed(place: str, text: str, problems: FileProblems) -> timedelta | None:
    return problems.attempt(place, partial(parse_open_time, text), None) if text else None


def _uptime_bands(
    place: str, written: Sequence[tuple[float | str, float]], problems: FileProblems
) -> tuple[UptimeBand, ...]:
    bands: list[UptimeBand] = []
    for number, (ceiling, credit) in enumerate(written, start=1):
        found = _CEILING.fullmatch(str(ceiling).strip())
        if not found or Decimal(found[2]) > _WHOLE or not 0 <= credit <= _WHOLE:
            problems.add(
                f"{place}.bands.{number}", f'expected a share such as "< 99.9" and a credit in percent, not {ceiling!r}'
            )
            continue
        band = UptimeBand(Decimal(found[2]), _decimal(credit), below=bool(found[1]))
        if bands and (_depth(band) <= _depth(bands[-1]) or band.credit < bands[-1].credit):
            problems.add(
                f"{place}.bands.{number}", "expected a share below that of the band before it, and no smaller credit"
            )
        bands.append(band)
    return tuple(bands)


def _depth(band: UptimeBand) -> tuple[Decimal, bool]:
    """How far down a band begins, to be compared: from 99 down is before below 99."""
    return -band.share, band.below


def _reach(band: Band) -> tuple[Decimal, bool]:
    """Where a band begins, to be compared: from 4 on is before above 4."""
    return band.share, band.above


def _decimal(value: float) -> Decimal:
    # By way of its digits, so that 10.1 is 10.1 and not the nearest binary fraction.
    return Decimal(str(value))
