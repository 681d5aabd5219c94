"""The board: the cases that a viewer may open, what is due first on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.clocks.turn import TURN_NAMES, turn_of
from helpdesk.letters import desk_zone
from helpdesk.phrases import moment, span
from helpdesk.store import cases as case_store
from helpdesk.store import queue
from helpdesk.store.queue import Wanted
from helpdesk.web import health
from helpdesk.web.page import Page
from helpdesk.web.refs import number_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from starlette.responses import Response

    from helpdesk.core.words.case import Case
    from helpdesk.offering.policy import Policy
    from helpdesk.web.visit import Visit

VIEWS = {"open": "Open", "breached": "Breached", "all": "All"}
SHOWN = 200  # cases on one page


def board(visit: Visit) -> Response:
    """A page of the queue: the first, or the one behind a case. Raises NotFound."""
    view, after = visit.query.get("show", "open"), visit.query.get("after", "")
    view = view if view in VIEWS else "open"
    now, wanted = visit.now, Wanted(only_open=view == "open", only_breached=view == "breached")
    behind = number_in(after) if after else None
    with visit.read() as unit:
        numbers = queue.page(unit.connection, wanted, size=SHOWN + 1, after=behind)
        later = numbers[SHOWN - 1] if len(numbers) > SHOWN else None
        found = case_store.find(unit.connection, numbers[:SHOWN])
        opened = [found[number] for number in numbers[:SHOWN] if visit.viewer.may_open(found[number])]
        shown = [(case, unit.policy_of(case)) for case in opened]
        more = 0 if behind is not None else max(queue.size(unit.connection, wanted) - len(numbers[:SHOWN]), 0)
    problems = health.shape(visit.views.facts())["problems"]
    return visit.page("board.html", **board_values(view, shown, now, more=more, later=later, problems=problems))


def board_values(
    view: str,
    cases: Sequence[tuple[Case, Policy]],
    now: datetime,
    *,
    more: int,
    later: int | None = None,
    problems: Sequence[str],
) -> dict[str, Any]:
    """What the board shows: what is due first on top; `problems` are the desk's own.

    `more` cases are not shown; those behind the case `later` are on the next page.
    """
    return {
        "title": "Board",
        "views": VIEWS,
        "chosen": view,
        "items": [_item(case, policy, now) for case, policy in cases],
        "more": more,
        "later": f"HD-{later}" if later else "",
        "problems": problems,
    }


def _item(case: Case, policy: Policy, now: datetime) -> dict[str, Any]:
    sender = case.requester.name or case.requester.address or "unknown sender"
    return {
        "case": case,
        "severity": policy.level(case.severity).name,
        "state": f"in {case.merged_into}" if case.merged_into else case.status,
        "due": _due(case, policy, now),
        "turn": f"{TURN_NAMES[turn_of(case).whose]} turn" if case.active else "",
        "people": f"{sender} ({case.customer or 'not a known customer'}) · with {case.assignee or 'nobody'}",
    }


def _due(case: Case, policy: Policy, now: datetime) -> dict[str, str] | None:
    """The promise that is due first, and in how long; None where none runs."""
    running = [clock for clock in clocks(case, policy) if clock.stopped_at is None and clock.due_at]
    due = [(at, clock) for clock in running if (at := clock.broken_or_due_at(now))]
    if not due:
        return None
    due_at, clock = min(due, key=lambda one: one[0])
    state, left = clock.state(now), due_at - now
    told = f"{span(left)} late" if state == "breached" else f"due in {span(left)}" if due_at > now else "due now"
    return {"state": state, "words": f"{clock.kind.name} {told} · {moment(due_at, desk_zone(case, policy))}"}


PAGES = (Page("/", show=board, name="Board"),)
