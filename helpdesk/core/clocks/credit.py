"""What missed promises cost: the SLA events of a period, the share of violations, the credit, and until when to ask.

An SLA event is a clock of a case (the first response, or one round of follow-up) that was warranted and has finished
or was breached. A case belongs to the period in which it was received, on the wall clock of the credits' calendar,
with all its clocks, whenever these end (an assumption). Shares are exact fractions and money is decimal: the edge of a
band is never a matter of rounding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import case_from
from helpdesk.core.words.desk_mail import SlaCounts
from helpdesk.core.words.events import PolicyChanged, SeveritySet
from helpdesk.errors import NeverOpen
from helpdesk.offering.policy import Promise
from helpdesk.openhours.accounting import MONTHS, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.people import Customer
    from helpdesk.offering.credits import Band, Credits
    from helpdesk.offering.policy import Policy
    from helpdesk.offering.promises import PromiseKind
    from helpdesk.openhours.accounting import AccountingPeriod
    from helpdesk.openhours.calendar import Calendar

SlaResult = Literal["met", "violated", "running", "exempt", "not warranted"]

_MONEY = re.compile(r"(\d{1,12}(?:\.\d{1,2})?) ([A-Z]{3})", re.ASCII)
_ZERO = timedelta()
_CENT = Decimal("0.01")
_NO_CREDIT = Decimal(0)
_ALL = Decimal(100)  # percent
_GIVE_UP = 3 * 366  # days without a business day, as `openhours.calendar` has it


# --- the window of requests ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestWindow:
    """When a credit for a period may be asked for: in [opens_at, closes_at), aware UTC.

    `closes_on` is the last day of it, a local date.
    """

    opens_at: datetime
    closes_at: datetime
    closes_on: date

    def refusal(self, now: datetime, period: AccountingPeriod) -> str:
        """Why a request at `now` is refused; "" when it is in time."""
        if now < self.opens_at:
            return f"{period} is not over yet; a credit can be requested after it, until the end of {self.closes_on}"
        if now >= self.closes_at:
            return f"too late: credits for {period} could be requested until the end of {self.closes_on}"
        return ""


def request_window(period: AccountingPeriod, terms: Credits, calendar: Calendar) -> RequestWindow:
    """From the end of the period to the end of its last day for requests. Raises NeverOpen."""
    _, over_at = period.bounds(calendar.zone)
    first, days = period.following.first_on, terms.request_within
    if terms.business_days:
        *_, last = (day for _, day in zip(range(days), _business_days(calendar, first), strict=False))
    else:
        last = first + timedelta(days=days - 1)
    return RequestWindow(over_at, midnight(last + timedelta(days=1), calendar.zone), last)


def _business_days(calendar: Calendar, first: date) -> Iterator[date]:
    """The business days from `first` on."""
    day, idle = first, 0
    while idle < _GIVE_UP:
        if calendar.is_business_day(day):
            idle = 0
            yield day
        day, idle = day + timedelta(days=1), idle + 1
    raise NeverOpen(f"calendar {calendar.name}: no business day for three years after {first}")


# --- the events -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlaEvent:
    """One clock of a case, as the statement counts it. Instants aware UTC; `late_by` is open time.

    `severity` and `promised` are those that were broken, where something was.
    """

    ref: str
    subject: str
    kind: PromiseKind
    severity: str
    promised: str
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    late_by: timedelta
    standing: SlaResult
    because: tuple[str, ...] = ()
    plan: str = ""  # by key, as the severity beside it
    severity_key: str = ""

    @property
    def target(self) -> str:
        """The key of the promise."""
        return self.kind.key

    @property
    def counts(self) -> bool:
        """Whether it is one of the events that the share is of."""
        return self.standing in {"met", "violated"}


def sla_events(case: Case, policy: Policy, now: datetime) -> Iterator[SlaEvent]:
    """The clocks of a case that measure a promise, each with how it stands at `now`."""
    for clock in clocks(case, policy):
        if clock.state(now) != "none":
            yield _event(case, _owed(case, policy, clock, now), policy, now)


def _event(case: Case, clock: Clock, policy: Policy, now: datetime) -> SlaEvent:
    last = clock.stretches[-1]
    promise = clock.promise
    standing = _standing(clock, now)
    return SlaEvent(
        ref=case.ref,
        subject=case.subject,
        kind=clock.kind,
        severity=policy.level(last.severity).name,
        promised=str(promise.within) if isinstance(promise, Promise) else "",
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at(now),
        late_by=late_by(clock, now),
        standing=standing,
        because=_because(clock, standing),
        plan=case.plan,
        severity_key=last.severity,
    )


def _standing(clock: Clock, now: datetime) -> SlaResult:
    state = clock.state(now)
    if state == "exempt":
        return "exempt"
    if not clock.warranted:
        return "not warranted"
    if state == "breached":
        return "violated"
    return "met" if state == "met" else "running"


def _because(clock: Clock, standing: SlaResult) -> tuple[str, ...]:
    if standing == "exempt":
        return (clock.exempt,)
    return clock.because if standing == "not warranted" else ()


def _owed(case: Case, policy: Policy, clock: Clock, now: datetime) -> Clock:
    """The clock by the terms of the moment of its breach.

    Neither a milder severity nor another policy version takes back, afterwards, what was owed when it was broken.
    """
    late = clock.breached_at(now)
    if late is None:
        return clock
    kept = [event for event in case.events if not isinstance(event, _TERMS) or event.at <= late]
    if len(kept) == len(case.events):
        return clock
    then = case_from(case.number, kept)
    of_then = replace(policy.earlier.get(then.policy_version, policy), earlier=policy.earlier)
    same = (found for found in clocks(then, of_then) if _same(found, clock))
    owed = next(same, clock)
    return owed if owed.warranted or not clock.warranted else clock


_TERMS = (SeveritySet, PolicyChanged)


def _same(one: Clock, other: Clock) -> bool:
    # What stops a clock is an event of the case, whatever the terms; what starts it may be a first promise.
    return (one.target, one.stopped_at) == (other.target, other.stopped_at)


def late_by(clock: Clock, now: datetime) -> timedelta:
    """Open time from the breach to the answer, or to `now`; zero where there is no breach."""
    late = clock.breached_at(now)
    if late is None:
        return _ZERO
    parts = (
        (stretch.calendar, max(stretch.start, late), stretch.end or clock.stopped_at or now)
        for stretch in clock.stretches
        if stretch.counted
    )
    return sum((calendar.elapsed(start, end) for calendar, start, end in parts if start < end), _ZERO)


# --- the credit -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Money:
    """An amount to the cent."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"

    def part(self, percent: Decimal) -> Money:
        """So many percent of it, half-even to the cent, and never more than all of it."""
        part = (self.amount * percent / 100).quantize(_CENT, rounding=ROUND_HALF_EVEN)
        return Money(min(part, self.amount), self.currency)


def read_money(text: str) -> Money:
    """Read `12000.00 EUR`. Raises ValueError."""
    found = _MONEY.fullmatch(text.strip())
    if not found:
        raise ValueError(f'expected an amount and a currency such as "12000.00 EUR", not {text!r}')
    return Money(Decimal(found[1]).quantize(_CENT), found[2])


@dataclass(frozen=True, slots=True)
class CreditPart:
    """What one thing of a period is credited with: so many percent of that period's fee, and how that comes about."""

    period: AccountingPeriod
    percent: Decimal
    because: str


@dataclass(frozen=True, slots=True)
class Credit:
    """What is credited. `amount` None: no fee is on record. `because` says why it is nothing, if it is."""

    percent: Decimal
    fee: Money | None
    amount: Money | None
    because: str = ""
    parts: tuple[CreditPart, ...] = ()


def counts_of(events: Iterable[SlaEvent]) -> SlaCounts:
    """The events that count, and the violations among them."""
    counted = [event.standing == "violated" for event in events if event.counts]
    return SlaCounts(len(counted), sum(counted))


def credit_percent(terms: Credits, counts: SlaCounts) -> Decimal:
    """The percent of the fee that these violations give: by the last band that they reach, or so much for each."""
    if terms.by == "each":
        return min(terms.each * counts.violations, terms.at_most)
    reached = [band.credit for band in terms.bands if _reaches(band, terms, counts)]
    return min(reached[-1], terms.at_most) if reached else _NO_CREDIT


def _reaches(band: Band, terms: Credits, counts: SlaCounts) -> bool:
    found = Fraction(counts.violations) if terms.by == "count" else counts.share * 100
    floor = Fraction(band.share)
    return found > floor if band.above else found >= floor


def credit_for_each(terms: Credits, violations: int) -> Iterator[Decimal]:
    """What each violation in turn adds, where each has its own: the last ones nothing, once all is given."""
    for before in range(violations if terms.by == "each" else 0):
        yield min(terms.each, max(terms.at_most - terms.each * before, _NO_CREDIT))


def credit_for(customer: Customer, period: AccountingPeriod, parts: Sequence[CreditPart]) -> Credit:
    """The credit of a customer for a period. Raises ValueError for a fee that cannot be read."""
    quarterly = read_money(customer.quarterly_fee) if customer.quarterly_fee else None
    fee = fee_of(period, quarterly) if quarterly else None
    percent = min(sum((_of_whole(part, period) for part in parts), _NO_CREDIT), _ALL)
    if not customer.paid_up:
        # The share is on record all the same; the credit is owed only to who has paid.
        nothing = Money(_NO_CREDIT, fee.currency) if fee else None
        return Credit(percent, fee, nothing, "credits are given only while the customer is paid up", tuple(parts))
    amount = fee.part(percent) if fee else None
    return Credit(percent, fee, amount, "" if fee else "no quarterly fee is on record", tuple(parts))


def fee_of(period: AccountingPeriod, quarterly: Money) -> Money:
    """The fee of a period: a third of the quarter's for a month, four times as much for a year. To the cent."""
    amount = quarterly.amount * period.months / MONTHS["quarter"]
    return Money(amount.quantize(_CENT, rounding=ROUND_HALF_EVEN), quarterly.currency)


def _of_whole(part: CreditPart, period: AccountingPeriod) -> Decimal:
    """Its percent as one of the whole period's fee."""
    if part.period.months == period.months:
        return part.percent
    return part.percent * part.period.months / period.months
