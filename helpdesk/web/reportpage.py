"""Reports of a time: promises, answers, what is open, ratings, and the classifier against agents; CSV beside each.

What is counted is counted by `helpdesk.report`, of the cases that came in a time; agents see those of their teams.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from helpdesk.desk import learn
from helpdesk.errors import NotFound, Refused
from helpdesk.operators.open_cases import caseload
from helpdesk.phrases import date_words
from helpdesk.report.trends import MOST, trends_of, weeks_between
from helpdesk.store import cases as case_store
from helpdesk.store import open_cases
from helpdesk.store.board import Reach
from helpdesk.store.cases import Opened
from helpdesk.web.page import Page
from helpdesk.web.report_tables import backlog_table, classifier_tables, trend_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.operators.open_cases import OpenCaseload
    from helpdesk.report.trends import Trends
    from helpdesk.unit import Unit
    from helpdesk.web.report_tables import ReportTable
    from helpdesk.web.visit import Visit

_DAY: Final = timedelta(days=1)
_MOST_JUDGED: Final = 5_000  # cases whose ledgers are read for what agents said of severities
_LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Whole days, UTC, the last one included."""

    first: date
    last: date

    @property
    def opened(self) -> Opened:
        """The cases that came in them."""
        since, until = (datetime.combine(day, time(), UTC) for day in (self.first, self.last + _DAY))
        return Opened(since, until)

    @property
    def query(self) -> str:
        """As it stands in a link."""
        return f"from={self.first}&to={self.last}"

    @property
    def in_words(self) -> str:
        """`1 Oct 2026 to 31 Oct 2026`."""
        return " to ".join(f"{date_words(day)} {day.year}" for day in (self.first, self.last))


def reports(visit: Visit) -> Response:
    """All reports of a time."""
    period, chosen = _period(visit)
    with visit.read() as unit:
        numbers, period = _numbers(unit, period, chosen=chosen)
        tables = [
            *trend_tables(_trends(visit, unit, numbers, period), unit.rules.customers.by_key),
            backlog_table(_load(visit, unit)),
        ]
    return visit.page(
        "reports.html", title="Reports", period=period, tables=tables, ways=_ways(visit.now.date()), cases=len(numbers)
    )


def classifier(visit: Visit) -> Response:
    """What was found by reading, against what agents said, of the cases of a time."""
    period, _ = _period(visit)
    with visit.read() as unit:
        tables = _of_classifier(unit, period)
    return visit.page(
        "reports.html",
        title="Classifier against agents",
        period=period,
        tables=tables,
        ways=_ways(visit.now.date(), "/reports/classifier"),
        cases=None,
    )


def as_csv(visit: Visit) -> Response:
    """One report of a time as CSV. Raises NotFound."""
    period, chosen = _period(visit)
    name = visit.place["name"]
    with visit.read() as unit:
        if name.startswith("classifier-"):
            tables = _of_classifier(unit, period)
        elif name == "backlog":
            tables = [backlog_table(_load(visit, unit))]
        else:
            numbers, period = _numbers(unit, period, chosen=chosen)
            tables = trend_tables(_trends(visit, unit, numbers, period), unit.rules.customers.by_key)
    table = next((one for one in tables if one.name == name), None)
    if table is None:
        raise NotFound(f"there is no report {name}")
    headers = {"Content-Disposition": f'attachment; filename="{name}-{period.first}-{period.last}.csv"'}
    return Response(_written(table), media_type="text/csv; charset=utf-8", headers=headers)


def _written(table: ReportTable) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A name that a spreadsheet would compute is told as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


# --- which time


def _period(visit: Visit) -> tuple[ReportPeriod, bool]:
    """The time that is asked for, and whether it was; otherwise the last whole month. Raises Refused."""
    asked = [visit.query.get(name, "") for name in ("from", "to")]
    if not any(asked):
        return _last_month(visit.now.date()), False
    try:
        first, last = map(date.fromisoformat, asked)
    except ValueError:
        raise Refused("Expected two days, such as from=2026-10-01 and to=2026-10-31.") from None
    if not timedelta() <= last - first < _LONGEST or last.year == date.max.year:
        raise Refused("Expected days in their order, and a year at most.")
    return ReportPeriod(first, last), True


def _last_month(today: date) -> ReportPeriod:
    last = today.replace(day=1) - _DAY
    return ReportPeriod(last.replace(day=1), last)


def _ways(today: date, path: str = "/reports") -> list[tuple[str, str]]:
    """Times that are often asked for, with their links."""
    month = _last_month(today)
    before = _last_month(month.first)
    quarter = _last_month(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1))
    ways = {
        "Last month": month,
        "The month before": before,
        "Last quarter": ReportPeriod(_last_month(_last_month(quarter.first).first).first, quarter.last),
        "This month": ReportPeriod(today.replace(day=1), today),
        "Last 7 days": ReportPeriod(today - 6 * _DAY, today),
    }
    return [(words, f"{path}?{period.query}") for words, period in ways.items()]


def _numbers(unit: Unit, period: ReportPeriod, *, chosen: bool) -> tuple[Sequence[int], ReportPeriod]:
    """The cases of a time. Raises Refused.

    Where nobody chose it: of this month where none came in it, as on a new desk, of its last week where too many did.
    """
    number = case_store.count(unit.connection, period.opened)
    if not number and not chosen:
        today = unit.now.date()
        period = ReportPeriod(today.replace(day=1), today)
        number = case_store.count(unit.connection, period.opened)
    if number > MOST and not chosen:
        return _numbers(unit, ReportPeriod(period.last - 6 * _DAY, period.last), chosen=True)
    if number > MOST:
        raise Refused(
            f"More cases than this page counts came in that time ({number:,}; at most {MOST:,}): choose a shorter one, "
            "or helpdesk report."
        )
    return case_store.numbers_of(unit.connection, period.opened), period


# --- what is counted


def _trends(visit: Visit, unit: Unit, numbers: Sequence[int], period: ReportPeriod) -> Trends:
    return trends_of(unit, numbers, weeks=weeks_between(period.first, period.last), counts=visit.viewer.may_open)


def _load(visit: Visit, unit: Unit) -> OpenCaseload:
    viewer = visit.viewer
    every = frozenset(open_cases.mailboxes(unit.connection)) if viewer.opens_all else viewer.mailboxes
    reach = Reach(every, frozenset() if viewer.opens_all else viewer.teams)
    return caseload(unit, reach, until=unit.now + _DAY)


def _of_classifier(unit: Unit, period: ReportPeriod) -> list[ReportTable]:
    """Raises Refused where that would take long."""
    if case_store.count(unit.connection, period.opened) > _MOST_JUDGED:
        told = f"More than {_MOST_JUDGED:,} cases came in that time"
        raise Refused(f"{told}: choose a shorter one, or helpdesk classifier status.")
    return classifier_tables(learn.status(unit.connection, period.opened))


def _or_why_not(show: Callable[[Visit], Response]) -> Callable[[Visit], Response]:
    """The same page, which says what was wrong with the time that was asked for."""

    def answered(visit: Visit) -> Response:
        try:
            return show(visit)
        except Refused as problem:
            return visit.message("Not that time", str(problem), status=400)

    return answered


PAGES = (
    Page("/reports", show=_or_why_not(reports), name="Reports"),
    Page("/reports/classifier", show=_or_why_not(classifier)),
    Page("/reports/csv/{name}", show=_or_why_not(as_csv)),
)
