"""What time does to a case that waits for its customer: a reminder, a proposed downgrade, the end.

All spans are elapsed time and come from the policy; a step is taken once for each time the case began to wait. A wait
for a given span (`#wait 3d`) is the agent's own and is not touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.core.case import DESK, Event
from helpdesk.core.decision import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helpdesk.core.case import Case
    from helpdesk.core.people import Terms

Act = Literal["remind", "downgrade", "close"]
_DOWNGRADABLE = 2  # LAI-9 speaks of the two worst severities


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done, and when."""

    at: datetime
    act: Act


def outstanding(case: Case, terms: Terms) -> list[Step]:
    """The steps of this wait that are still to come, in order of time."""
    since = _waiting_since(case)
    if since is None:
        return []
    done: set[str] = {event.type for event in case.events if event.at > since}
    return sorted(_steps(case, terms, since, done), key=lambda step: step.at)


def _steps(case: Case, terms: Terms, since: datetime, done: set[str]) -> Iterator[Step]:
    life = terms.policy.lifecycle
    if life.remind_after and "reminded" not in done:
        yield Step(since + life.remind_after, "remind")
    worst = case.rank <= _DOWNGRADABLE and life.downgrade_to
    if life.downgrade_after and worst and not done & {"downgrade_proposed", "severity_set"}:
        yield Step(since + life.downgrade_after, "downgrade")
    reminded = next((event.recorded_at for event in case.of_type("reminded") if event.at > since), None)
    if reminded and life.close_after and "closed" not in done:
        # From when it was sent: whoever was reminded late, because nothing ran, has as long to answer.
        yield Step(reminded + life.close_after, "close")


def _waiting_since(case: Case) -> datetime | None:
    if case.status != "waiting" or case.of_type("waiting_set")[-1].facts["seconds"]:
        return None
    return case.status_since


def live(case: Case, terms: Terms, now: datetime) -> tuple[tuple[Event, ...], tuple[Draft, ...]]:
    """Do what is due by `now`, in order."""
    events: list[Event] = []
    drafts: list[Draft] = []
    for step in outstanding(case, terms):
        if step.at > now:
            break
        for event, letters in _ACTS[step.act](case, terms, step.at, now):
            events.append(event)
            drafts += letters
    return tuple(events), tuple(drafts)


def _remind(case: Case, terms: Terms, at: datetime, now: datetime) -> Iterator[tuple[Event, list[Draft]]]:
    key, template = f"remind/{at:%Y%m%dT%H%M%SZ}", "reminder-customer"
    patience = terms.policy.lifecycle.close_after
    facts = {"closes_at": now + patience if patience else None}
    letters = [
        Draft("reminder", person, "customer", key, facts=facts, template=template) for person in _customers(case)
    ]
    yield Event("reminded", at, now, DESK, {}), letters


def _downgrade(case: Case, terms: Terms, at: datetime, now: datetime) -> Iterator[tuple[Event, list[Draft]]]:
    """LAI-9: proposed to the agent, and done only where the policy says so."""
    level = terms.policy.level(terms.policy.lifecycle.downgrade_to)
    if level.rank <= case.rank:
        return
    key = f"downgrade/{at:%Y%m%dT%H%M%SZ}"
    facts: dict[str, Any] = {"downgrade_to": level.name, "downgrade_key": level.key}
    agent = terms.team.agent(case.assignee)
    letters = (
        [Draft("reminder", agent.person, "agent", key, facts=facts, template="reminder-downgrade")] if agent else []
    )
    if terms.policy.lifecycle.downgrade_automatically:
        was = {
            "severity": level.key,
            "rank": level.rank,
            "was": case.severity,
            "reason": "the customer owes information",
        }
        yield Event("severity_set", at, now, DESK, was), letters
    else:
        yield Event("downgrade_proposed", at, now, DESK, {"to": level.key}), letters


def _close(case: Case, _terms: Terms, at: datetime, now: datetime) -> Iterator[tuple[Event, list[Draft]]]:
    key = f"close/{at:%Y%m%dT%H%M%SZ}"
    facts = {"unanswered": True}
    letters = [Draft("closed", person, "customer", key, facts=facts) for person in _customers(case)]
    yield Event("closed", at, now, DESK, {"because": "the customer did not answer"}), letters


def _customers(case: Case) -> list[Any]:
    return [person for person in case.readers if person.address not in case.shared]


_ACTS = {"remind": _remind, "downgrade": _downgrade, "close": _close}
