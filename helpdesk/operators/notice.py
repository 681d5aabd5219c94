"""By when customers are told of planned windows, who was not, and what is left of the hours that may be planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.words.alert import AlertText, OperatorAlert
from helpdesk.offering.declared import windows_between
from helpdesk.offering.maintenance_terms import notice_state
from helpdesk.openhours.intervals import clip, union
from helpdesk.operators.alerts import raise_alert
from helpdesk.operators.planned import coming
from helpdesk.phrases import moment, span
from helpdesk.store import declarations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.offering.maintenance_terms import NoticeState
    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.accounting import AccountingPeriod
    from helpdesk.store.declarations import Planned
    from helpdesk.unit import Unit

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class WindowNotice:
    """How it stands with telling customers of one window."""

    by: datetime | None
    state: NoticeState


@dataclass(frozen=True, slots=True)
class MaintenanceBudget:
    """What is planned in a period, and of that is past, of what may be."""

    policy: Policy
    period: AccountingPeriod
    allowed: timedelta
    planned: timedelta
    used: timedelta

    @property
    def exceeded(self) -> bool:
        """Whether more is planned than may be."""
        return self.planned > self.allowed

    def __str__(self) -> str:
        over = ": more than there may be" if self.exceeded else ""
        said = f"{span(self.planned)} of {span(self.allowed)} planned, {span(self.used) if self.used else 'none'} used"
        return f"{self.policy.key}, {self.period}: {said}{over}"


def notice_of(unit: Unit, plan: Planned) -> WindowNotice:
    """How it stands with one window, now."""
    return _notice(unit.rules.book.policy(plan.window.policy), plan, unit.now)


def _notice(policy: Policy, plan: Planned, now: datetime) -> WindowNotice:
    calendar = policy.default_calendar
    by = policy.maintenance_terms.announce_by(plan.window.impact, plan.window.begins_at, calendar)
    return WindowNotice(by, notice_state(by, plan.announced_at, now))


def was_given(policy: Policy, plan: Planned, now: datetime) -> bool:
    """Whether the customers of a window heard of it in time, or nothing was owed."""
    return _notice(policy, plan, now).state in {"none", "given"}


def notice_words(notice: WindowNotice, zone: str) -> str:
    """`customers are to be told by Fri 30 Oct 2026, 04:00 PDT`; "" where there is nothing to say."""
    at = moment(notice.by, zone) if notice.by else ""
    return {
        "none": "",
        "due": f"customers are to be told by {at}",
        "given": "customers told in time",
        "late": f"customers told too late: it was due by {at}",
        "missed": f"customers were to be told by {at}, and are not",
    }[notice.state]


def budgets(unit: Unit) -> list[MaintenanceBudget]:
    """Of each offering with a mailbox and a budget, in the period of now."""
    found = (budget_of(unit, policy, unit.now) for policy in unit.rules.bound_policies)
    return [budget for budget in found if budget]


def budget_of(unit: Unit, policy: Policy, at: datetime) -> MaintenanceBudget | None:
    """How much is planned in the period of an instant; None where there is no budget. Windows at once count once."""
    terms = policy.maintenance_terms
    if terms.budget is None:
        return None
    period = policy.period(terms.per, at)
    since, until = period.bounds(policy.accounts_zone)
    declared = (plan.window for plan in declarations.planned(unit.connection, since=since))
    windows = [window for window in declared if window.policy == policy.key]
    windows += windows_between(policy, since, until)
    planned = list(clip(union((one.begins_at, one.ends_at) for one in windows), since, until))
    used = clip(planned, since, max(unit.now, since))
    return MaintenanceBudget(policy, period, terms.budget, _length(planned), _length(used))


def _length(stretches: Iterator[tuple[datetime, datetime]] | list[tuple[datetime, datetime]]) -> timedelta:
    return sum((end - start for start, end in stretches), _NOTHING)


def remarks(unit: Unit, zone: str, *, until: datetime) -> Iterator[str]:
    """What operators are to know: notices that were missed or fall due before an instant, budgets that are exceeded."""
    for plan in coming(unit):
        notice = notice_of(unit, plan)
        if notice.state == "missed" or (notice.state == "due" and notice.by and notice.by < until):
            yield f"maintenance {plan.number}, {plan.window.name}: {notice_words(notice, zone)}"
    yield from (str(budget) for budget in budgets(unit) if budget.exceeded)


def tell_missed(unit: Unit, zone: str) -> None:
    """Tell the operators of each window whose customers should have been told by now, once."""
    for plan in coming(unit):
        notice = notice_of(unit, plan)
        if notice.state == "missed":
            raise_alert(unit, _missed(plan, notice, zone))


def _missed(plan: Planned, notice: WindowNotice, zone: str) -> OperatorAlert:
    window = plan.window
    text = AlertText(
        headline=f"nobody was told of the maintenance {window.name} in time",
        what=f"Its customers were to be told by {moment(notice.by, zone) if notice.by else 'now'}.",
        details=(("Maintenance", str(plan.number)), ("Begins", moment(window.begins_at, zone))),
        todo=f"Tell them now, helpdesk maintenance announce {plan.number}, or move it.",
    )
    return OperatorAlert(kind="notice", key=f"notice/{plan.number}", text=text)
