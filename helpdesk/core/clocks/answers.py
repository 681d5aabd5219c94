"""What the promises of one period are credited with, and in words how that comes about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from helpdesk.core.clocks.attainment import attained
from helpdesk.core.clocks.credit import CreditPart, counts_of, credit_percent
from helpdesk.core.words.desk_mail import SlaCounts
from helpdesk.offering.credits import percent_words
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.core.clocks.attainment import Attained
    from helpdesk.core.clocks.credit import SlaEvent
    from helpdesk.offering.credits import Credits
    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.accounting import AccountingPeriod

_NO_OTHERS = SlaCounts(0, 0)


@dataclass(frozen=True, slots=True)
class AnswersCredit:
    """The counts, the goal that keeps credits away while it is kept, and the credit."""

    counts: SlaCounts
    goal: Attained | None
    part: CreditPart


def credited(
    policy: Policy,
    terms: Credits,
    period: AccountingPeriod,
    events: Sequence[SlaEvent],
    *,
    others: SlaCounts = _NO_OTHERS,
) -> AnswersCredit:
    """What these events of one period are credited with; `others` counted, and were missed, beside them."""
    counts = _sum(counts_of(event for event in events if credits_count(terms, event)), others)
    goal = next((goal for goal in policy.attainment if goal.key == terms.unless), None)
    found = attained(goal, period, events) if goal else None
    found = found and found.beside(others)
    return AnswersCredit(counts, found, _part(terms, period, counts, found))


def credits_count(terms: Credits, event: SlaEvent) -> bool:
    """Whether an event is of a promise that the credits are about."""
    return not terms.targets or event.target in terms.targets


def _sum(one: SlaCounts, other: SlaCounts) -> SlaCounts:
    return SlaCounts(one.events + other.events, one.violations + other.violations)


def _part(terms: Credits, period: AccountingPeriod, counts: SlaCounts, goal: Attained | None) -> CreditPart:
    said = f"{counts.violations} of {plural(counts.events, 'event')} violated"
    if goal and goal.kept:
        return CreditPart(period, Decimal(0), f"{said}; {goal.goal.name}: kept ({goal.in_words})")
    percent = credit_percent(terms, counts)
    each = (
        f", {percent_words(terms.each)} % each, at most {percent_words(terms.at_most)} %" if terms.by == "each" else ""
    )
    return CreditPart(period, percent, f"{said}{each}: {percent_words(percent)} %")
