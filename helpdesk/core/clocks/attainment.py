"""How many promises of a period were kept, against the goal that a policy sets for that, and what one more miss does.

Counted are the SLA events of a customer that the goal is about, in the period in which their cases were received.
Shares are exact fractions: 38 of 40 are 95 %, 37 of 39 are not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from helpdesk.offering.credits import percent_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.core.clocks.credit import SlaEvent, SlaResult
    from helpdesk.core.words.desk_mail import SlaCounts
    from helpdesk.offering.credits import AttainmentGoal
    from helpdesk.openhours.accounting import AccountingPeriod


@dataclass(frozen=True, slots=True)
class Attained:
    """How a goal stands in a period."""

    goal: AttainmentGoal
    period: AccountingPeriod
    met: int = 0
    missed: int = 0
    running: int = 0

    @property
    def counted(self) -> int:
        """The promises that were kept or missed."""
        return self.met + self.missed

    @property
    def share(self) -> Fraction | None:
        """Of those that were kept; None where none is decided yet."""
        return Fraction(self.met, self.counted) if self.counted else None

    @property
    def forgives(self) -> bool:
        """Whether these are so few that misses are counted instead of their share."""
        return self.counted < self.goal.fewer_than

    @property
    def kept(self) -> bool:
        """Whether the goal is reached; without a miss it always is."""
        if not self.missed:
            return True
        by_share = Fraction(self.met, self.counted) * 100 >= Fraction(self.goal.share)
        return by_share or (self.forgives and self.missed <= self.goal.forgiven)

    @property
    def with_one_more_miss(self) -> Attained:
        """The same, with the next promise missed."""
        return replace(self, missed=self.missed + 1)

    @property
    def in_words(self) -> str:
        """`38 of 40 in time, 95 %; goal 95 %`, and how few are forgiven where they are that few."""
        share = f", {percent_words(self.share)} %" if self.share is not None else ""
        few = f"; of fewer than {self.goal.fewer_than}, {self.goal.forgiven} forgiven" if self.forgives else ""
        return f"{self.met} of {self.counted} in time{share}; goal {percent_words(self.goal.share)} %{few}"

    def beside(self, others: SlaCounts) -> Attained:
        """The same, with others that were counted already."""
        kept = others.events - others.violations
        return replace(self, met=self.met + kept, missed=self.missed + others.violations)

    def and_then(self, event: SlaEvent) -> Attained:
        """The goal's state after one more event."""
        result = _result(self.goal, event)
        return replace(
            self,
            met=self.met + (result == "met"),
            missed=self.missed + (result == "violated"),
            running=self.running + (result == "running"),
        )


def _result(goal: AttainmentGoal, event: SlaEvent) -> SlaResult:
    """How an event counts for a goal; what is measured and not owed as if it were, where the goal says so."""
    if goal.owed_only or event.standing != "not warranted":
        return event.standing
    if event.breached_at is not None:
        return "violated"
    return "met" if event.stopped_at is not None else "running"


def is_about(goal: AttainmentGoal, event: SlaEvent) -> bool:
    """Whether a goal counts that event."""
    named = ((goal.targets, event.target), (goal.plans, event.plan), (goal.severities, event.severity_key))
    return all(not keys or key in keys for keys, key in named)


def attained(goal: AttainmentGoal, period: AccountingPeriod, events: Iterable[SlaEvent]) -> Attained:
    """How these events of one period leave a goal."""
    found = Attained(goal, period)
    for event in events:
        if is_about(goal, event):
            found = found.and_then(event)
    return found
