"""What of a case decided which promises applied to it, from each instant on: read from its events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helpdesk.core.words.events import CaseOpened, CustomerWrote, DetailsGiven, KindSet, RequesterSet
from helpdesk.offering.cell import Circumstances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.events import Event
    from helpdesk.offering.policy import NoPromise, Policy, Promise


@dataclass(frozen=True, slots=True)
class Phase:
    """What counted from an instant on, and what made it so."""

    at: datetime
    channel: str
    given: Circumstances
    why: str


def phases(case: Case, policy: Policy, events: Iterable[Event]) -> tuple[Phase, ...]:
    """Each, in order of time; only the first where nothing of a case changes what the policy promises."""
    first = _opening(case)
    differs = policy.varied or policy.addons or policy.follows
    return (first, *_later(first, events)) if differs else (first,)


def phase_now(case: Case, policy: Policy) -> Phase:
    """What counts of a case as it is."""
    return phases(case, policy, case.events)[-1]


def promised_now(key: str, case: Case, policy: Policy, *, severity: str = "") -> Promise | NoPromise:
    """How much of a promise is made to a case as it is, or were it of that `severity`; or why nothing is."""
    return policy.promise(
        key,
        plan=case.plan,
        severity=severity or case.severity,
        region=case.region,
        channel=case.channel,
        down=case.down,
        given=phase_now(case, policy).given,
    )


def _opening(case: Case) -> Phase:
    opened = case.events[0]
    if not isinstance(opened, CaseOpened):
        raise TypeError(f"a case that begins with {opened.type} was not expected")
    fields = {key: value for key, value in opened.intake.items() if key not in opened.unproven}
    given = Circumstances(
        language=opened.written_in or opened.language, fields=fields, addons=opened.addons, at=case.opened_at
    )
    return Phase(opened.at, opened.channel, given, "opened")


def _later(first: Phase, events: Iterable[Event]) -> Iterator[Phase]:
    now_is = first
    for event in events:
        changed = _after(event, now_is)
        if changed is not now_is:
            yield changed
        now_is = changed


def _after(event: Event, before: Phase) -> Phase:
    given = before.given
    match event:
        case KindSet():
            kinds = tuple(dict.fromkeys((event.named or event.kind, event.kind)))
            return replace(before, at=event.at, given=replace(given, kinds=kinds), why=f"kind {kinds[0]}")
        case DetailsGiven():
            told = {key: value for key, value in event.intake.items() if key not in event.unproven}
            why = ", ".join(f"{key} {value}" for key, value in told.items())
            return replace(before, at=event.at, given=replace(given, fields={**given.fields, **told}), why=why)
        case RequesterSet():
            return replace(
                before, at=event.at, given=replace(given, addons=event.addons), why="the case of somebody else"
            )
        case CustomerWrote() if event.channel or event.language:
            language = event.language or given.language
            why = " ".join(
                part
                for part in (
                    "written",
                    event.channel and f"by {event.channel}",
                    event.language and f"in {event.language}",
                )
                if part
            )
            return Phase(event.at, event.channel or before.channel, replace(given, language=language), why)
    return before
