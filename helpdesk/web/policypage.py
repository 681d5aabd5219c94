"""The policies as a person reads them, this year's holidays drawn, and a calculator: due when, and why.

The words are those of `helpdesk policy show` and of `helpdesk policy due`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from helpdesk.errors import HelpdeskError, NotFound
from helpdesk.openhours.walltime import read_instant
from helpdesk.report.due import due_text, question_of
from helpdesk.report.offering import calendars_by_holidays, offering_sections
from helpdesk.web.case_reading import explained_line
from helpdesk.web.page import Page
from helpdesk.web.year_calendar import draw_year

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from helpdesk.offering.policy import Policy
    from helpdesk.report.offering import OfferingSection
    from helpdesk.web.case_reading import ExplainedLine
    from helpdesk.web.visit import Visit
    from helpdesk.web.year_calendar import DrawnMonth

_ASKED = ("plan", "severity", "target", "region", "channel")


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A part of a policy on its page, with a name that links lead to."""

    anchor: str
    title: str
    lines: Sequence[ExplainedLine]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class DrawnHolidays:
    """The holidays of a year, of calendars that agree on them."""

    calendars: str
    months: Sequence[DrawnMonth]

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of days there are: only those are explained."""
        return frozenset(day.kind for month in self.months for day in month.days)


@dataclass(frozen=True, slots=True)
class DueAnswer:
    """What the calculator says, or why it cannot."""

    lines: Sequence[ExplainedLine] = ()
    problem: str = ""


def policies(visit: Visit) -> Response:
    """The policies that mailboxes are bound to; of one alone its page."""
    found = visit.views.units.rules.bound_policies
    return (
        _policy_page(visit, found[0])
        if len(found) == 1
        else visit.page("policies.html", title="Policies", policies=found)
    )


def policy(visit: Visit) -> Response:
    """One policy. Raises NotFound."""
    key = visit.place["key"]
    found = next((one for one in visit.views.units.rules.bound_policies if one.key == key), None)
    if found is None:
        raise NotFound(f"no policy {key} is in force")
    return _policy_page(visit, found)


def _policy_page(visit: Visit, found: Policy) -> Response:
    zone = found.default_calendar.timezone
    local = visit.now.astimezone(ZoneInfo(zone))
    sections = [_read(number, one) for number, one in enumerate(offering_sections(found, now=visit.now))]
    drawn = [
        DrawnHolidays(", ".join(one.name for one in alike), draw_year(alike[0], local.year, local.date()))
        for alike in calendars_by_holidays(found, local.year)
    ]
    asked = {name: visit.query.get(name, "") for name in (*_ASKED, "at")}
    return visit.page(
        "policy.html",
        title=found.name,
        policy=found,
        zone=zone,
        year=local.year,
        sections=sections,
        drawn=drawn,
        asked={**asked, "at": asked["at"] or f"{local:%Y-%m-%dT%H:%M}"},
        answer=_answer(found, asked, zone) if asked["at"] else None,
    )


def _read(number: int, section: OfferingSection) -> ReadSection:
    lines = [explained_line(line.removeprefix("  ")) for line in section.lines]
    return ReadSection(f"part{number}", section.title, lines, section.rows)


def _answer(found: Policy, asked: Mapping[str, str], zone: str) -> DueAnswer:
    try:
        text = due_text(found, question_of(found, _read_time(asked["at"], zone), asked))
    except (HelpdeskError, ValueError) as problem:
        return DueAnswer(problem=f"{problem}")
    except OverflowError:
        return DueAnswer(problem="expected a time that a calendar reaches")
    return DueAnswer([explained_line(line) for line in text.splitlines() if line])


def _read_time(text: str, zone: str) -> datetime:
    """A time with an offset or a zone, or on the desk's own wall, as a browser's field gives it. Raises ValueError."""
    try:
        own = datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        own = False
    return read_instant(f"{text.replace('T', ' ')} {zone}" if own else text)


PAGES = (
    Page("/policies", show=policies, name="Policies"),
    Page("/policies/{key}", show=policy),
)
