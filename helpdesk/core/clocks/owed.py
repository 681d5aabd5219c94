"""What the desk owes on a case at one instant: decided here, once a decision, and carried by its drafts.

A mail to the customer says when they hear next, and what of it is not promised; one to an agent lists all that runs,
on the case and on those that were merged into it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.clocks.circumstances import promised_now
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.clock import Clock
from helpdesk.core.words.drafts import AckMail
from helpdesk.core.words.owed import Owed, RunningClock, ToldPromise
from helpdesk.offering.policy import NoPromise, Promise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.decision import Draft
    from helpdesk.core.words.terms import Terms
    from helpdesk.offering.policy import Doubt, Policy


def with_owed(
    drafts: Iterable[Draft], case: Case, terms: Terms, now: datetime, found: Sequence[Clock] = ()
) -> tuple[Draft, ...]:
    """The drafts about a case, each with what is owed on it; `found` are its clocks where they are known."""
    drafts = tuple(drafts)
    if all(draft.owed for draft in drafts):
        return drafts
    first, *others = found or clocks(case, terms.policy) or (_past(case, terms.policy),)
    running = tuple(sorted(_running([first, *others], case, terms, now), key=lambda one: one.due_at))
    whole = Owed(first, _next_word([first, *others], now), running, (), (), reopens_until(case, terms.policy))
    return tuple(draft if draft.owed else replace(draft, owed=_told_by(draft, whole, case, terms)) for draft in drafts)


def _past(case: Case, policy: Policy) -> Clock:
    """In place of the first clock, on what was dealt with before the desk began."""
    kind = policy.kinds[0]
    return Clock(kind, case.opened_at, NoPromise(kind.key, ("it was dealt with before the desk began",)), ())


def _told_by(draft: Draft, owed: Owed, case: Case, terms: Terms) -> Owed:
    if draft.audience != "customer":
        running = {one.clock.target for one in owed.running if not one.ref}
        said = (one for one in _promised(case, terms.policy) if one.within is None and one.kind.key not in running)
        return replace(owed, promised=tuple(said))
    first = owed.first.kind
    told = _promised(case, terms.policy) if isinstance(draft.content, AckMail) else ()
    promised = tuple(one for one in told if one.kind.is_told_at_first or (one.kind == first and not one.within))
    return replace(owed, not_owed=_not_owed(draft, owed.first, case, terms), promised=promised)


def _promised(case: Case, policy: Policy) -> Iterator[ToldPromise]:
    """What is promised on a case: in so much time, or as a word in place of one."""
    for kind in policy.kinds:
        promise = promised_now(kind.key, case, policy)
        if isinstance(promise, Promise):
            yield ToldPromise(kind, promise.within, "owed" if promise.warranted else "aim")
        elif promise.said:
            yield ToldPromise(kind, None, promise.said)


def _running(found: Sequence[Clock], case: Case, terms: Terms, now: datetime) -> Iterator[RunningClock]:
    """The promises that run on a case and on what was merged into it."""
    yield from _listed(found, "", case, terms, now)
    for merged in terms.merged:
        theirs = clocks(merged.case, merged.terms.policy)
        yield from _listed(theirs, merged.case.ref, merged.case, merged.terms, now)


def _listed(found: Sequence[Clock], ref: str, case: Case, terms: Terms, now: datetime) -> Iterator[RunningClock]:
    zone = terms.policy.desk_timezone(case.region)
    for clock in found:
        if clock.stopped_at is None and clock.due_at:
            yield RunningClock(clock, clock.broken_or_due_at(now) or clock.due_at, ref, zone)


def _next_word(found: Sequence[Clock], now: datetime) -> Clock | None:
    """What says when the customer hears next: the first answer, or what their last mail asks."""
    ahead = (
        (clock.due_at, clock)
        for clock in found
        if clock.stopped_at is None and clock.kind.owes_word and clock.due_at and clock.due_at > now
    )
    return min(ahead, key=lambda pair: pair[0], default=(None, None))[1]


def _not_owed(draft: Draft, first: Clock, case: Case, terms: Terms) -> tuple[Doubt, ...]:
    """Why a time that is told is not owed to this customer, but for what their way in has words of its own for."""
    doubts = draft.content.doubts if isinstance(draft.content, AckMail) else ()
    found = (*doubts, *(first.promise.doubts if isinstance(first.promise, Promise) else ()))
    said = {"way-in"} if terms.policy.told_of(case.channel, case.down) else set()
    if any(doubt.about == "sender" for doubt in found):
        said |= {"contact"}  # a sender whom nobody knows is no contact either
    return tuple(doubt for doubt in found if doubt.about not in said)


def reopens_until(case: Case, policy: Policy) -> datetime | None:
    """Until when a reply opens what is over; None: at any time, or it is not over."""
    window = policy.lifecycle.reopen_within
    if case.active or window is None or case.status_since is None:
        return None
    return window.over_at(policy.plan_calendar(plan=case.plan, region=case.region), case.status_since)
