"""What is said of all promises of a period: how many must be kept, and what is credited for the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from helpdesk.openhours.accounting import PeriodKind

_ALL = Decimal(100)  # percent
_HUNDREDTH = Decimal("0.01")
_PLACES = 4


@dataclass(frozen=True, slots=True)
class Band:
    """From which share (in percent) or number of violations on, or only `above` it, how much of the fee is credited."""

    share: Decimal
    credit: Decimal
    above: bool = False


GoalOf = Literal["customer", "offering"]


@dataclass(frozen=True, slots=True)
class AttainmentGoal:
    """How many promises of a period must be kept: so many percent, or where there are few, all but so many.

    Empty `targets`, `plans` and `severities` are all there are. Counted are the promises to each customer, or of the
    whole offering, that are owed, or also those that are only measured.
    """

    key: str
    name: str
    share: Decimal
    per: PeriodKind = "quarter"
    targets: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    fewer_than: int = 0  # of less than so many,
    forgiven: int = 0  # this many may be missed instead
    of: GoalOf = "customer"
    owed_only: bool = True


def percent_words(percent: Decimal | Fraction) -> str:
    """`10`, `10.1`, `3.3333` of a percentage, `94.87` of a share: no zeros that say nothing, no exponent."""
    if isinstance(percent, Fraction):
        percent = (Decimal(percent.numerator) * 100 / Decimal(percent.denominator)).quantize(_HUNDREDTH)
    text = f"{round(percent, _PLACES):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


CreditedBy = Literal["share", "count", "each"]


@dataclass(frozen=True, slots=True)
class Credits:
    """What missed promises cost, in percent of the period's fee.

    By `bands` of the share or the count of violations, or so much for `each`; never more than `at_most` in all.
    """

    bands: tuple[Band, ...]  # from the lowest on
    request_within: int  # days after the period
    calendar: str  # whose wall clock, and whose business days
    by: CreditedBy = "share"
    each: Decimal = Decimal(0)
    at_most: Decimal = _ALL
    unless: str = ""  # the attainment goal that must be missed before anything is credited
    targets: tuple[str, ...] = ()  # which promises count; empty for all
    per: PeriodKind = "quarter"
    business_days: bool = True  # of `request_within`: otherwise calendar days


@dataclass(frozen=True, slots=True)
class UptimeBand:
    """Below which availability in percent, or from it down (`below` False), how much of the fee is credited."""

    share: Decimal
    credit: Decimal
    below: bool = True

    def __str__(self) -> str:
        return f"{'below' if self.below else 'from'} {percent_words(self.share)} %: {percent_words(self.credit)} %"


@dataclass(frozen=True, slots=True)
class Availability:
    """How long something of an offering may be down in a period, and what is credited for more.

    `what` is what operators declare to be down; empty `plans` are all there are. Pieces shorter than `at_least` do not
    count, nor does what was planned before it began, unless maintenance counts. Credited are `bands`, or so much
    `for_each` whole stretch of `each`.
    """

    key: str
    name: str
    what: str
    plans: tuple[str, ...] = ()
    per: PeriodKind = "month"
    at_least: timedelta = timedelta()
    goal: Decimal | None = None  # percent
    bands: tuple[UptimeBand, ...] = ()  # from the highest share down
    each: timedelta | None = None
    for_each: Decimal = Decimal(0)
    at_most: Decimal = _ALL
    maintenance_counts: bool = False

    @property
    def credits(self) -> bool:
        """Whether anything is credited."""
        return bool(self.bands or self.each)
