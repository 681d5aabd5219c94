"""The tables that reports show, draw and write as CSV: names first, then numbers as the commands have them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from helpdesk.core.clocks.turn import TURN_NAMES
from helpdesk.phrases import date_words, open_span
from helpdesk.plural import plural
from helpdesk.web.charts import ChartColumn, draw_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from helpdesk.core.words.people import Customer
    from helpdesk.operators.open_cases import OpenCaseload
    from helpdesk.report.compliance import Tally
    from helpdesk.report.trends import RankedLevel, Trends
    from helpdesk.web.charts import ColumnChart

# How long answers took, in minutes: up to so many, and what that is called under a column.
_SPANS: Final = (
    (15, "15m"),
    (30, "30m"),
    (60, "1h"),
    (120, "2h"),
    (240, "4h"),
    (480, "8h"),
    (960, "16h"),
    (2400, "40h"),
)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One report: what is drawn of it, and the same as a table, whose columns but the first are numbers."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    chart: ColumnChart | None = None
    bars: bool = False  # kept and breached are drawn in each row
    hint: str = ""


_KEPT: Final = ("clocks", "kept", "breached", "running", "exempt", "kept %", "median", "90 %")


def trend_tables(trends: Trends, customers: Mapping[str, Customer]) -> list[ReportTable]:
    """How promises were kept, from each side, how long answers took, and ratings."""
    weeks, severities = sorted(trends.weeks.items()), sorted(trends.severities.items())
    columns = [
        ChartColumn(date_words(week), (("kept", tally.met), ("breached", tally.breached))) for week, tally in weeks
    ]
    named = {key: customers[key].name if key in customers else key or "(unknown)" for key in trends.customers}
    by_customer = sorted(trends.customers.items(), key=lambda one: (-one[1].breached, named[one[0]]))
    return [
        _kept("weeks", "By week", "week of", ((week, tally) for week, tally in weeks), draw_columns(columns)),
        _kept("severities", "By severity", "severity", _with_names(severities)),
        _kept("teams", "By team", "team", sorted(trends.teams.items())),
        _kept("customers", "By customer", "customer", ((named[key], tally) for key, tally in by_customer)),
        _kept("promises", "By promise", "promise", sorted(trends.promises.items())),
        _answers(trends),
        _ratings(trends),
    ]


def _with_names(severities: Sequence[tuple[RankedLevel, Tally]]) -> Iterator[tuple[str, Tally]]:
    """Each by its name, with its rank where policies mean several ranks by it."""
    ranks = Counter(level.name for level, _ in severities)
    for level, tally in severities:
        yield (f"{level.name} (rank {level.rank})" if ranks[level.name] > 1 else level.name), tally


def _kept(
    name: str, title: str, of: str, found: Iterable[tuple[object, Tally]], chart: ColumnChart | None = None
) -> ReportTable:
    rows = [(what, *_tally(tally)) for what, tally in found]
    return ReportTable(name, title, (of, *_KEPT), rows, chart, bars=True)


def _tally(tally: Tally) -> Iterator[object]:
    """Numbers as `helpdesk report` has them."""
    yield from (tally.clocks, tally.met, tally.breached, tally.running, tally.exempt)
    ended = tally.met + tally.breached
    yield round(100 * tally.met / ended, 1) if ended else ""
    yield from ("" if one is None else open_span(timedelta(seconds=one)) for one in (tally.median, tally.percentile_90))


def _answers(trends: Trends) -> ReportTable:
    """How many answers took how long, in open time."""
    labels = [*(label for _, label in _SPANS), "more"]
    counted = dict.fromkeys(labels, 0)
    for seconds in (one for tally in trends.promises.values() for one in tally.responses):
        counted[next((label for minutes, label in _SPANS if seconds <= minutes * 60), "more")] += 1
    chart = draw_columns([ChartColumn(label, (("answers", number),)) for label, number in counted.items()])
    rows = [(label if label == "more" else f"up to {label}", number) for label, number in counted.items()]
    hint = "Of every promise that was answered the open time that it took: up to this, and more than the column before."
    return ReportTable("answers", "How long answers took", ("open time", "answers"), rows, chart, hint=hint)


def _ratings(trends: Trends) -> ReportTable:
    found = sorted(trends.ratings.items())
    columns = [ChartColumn(date_words(week), (("good", one.good), ("bad", one.bad))) for week, one in found]
    rows = [(week, one.rated, one.good, one.bad, _percent(one.share)) for week, one in found]
    said = trends.satisfied
    hint = f"{said.good} of {said.rated} were satisfied." if said.rated else ""
    heads = ("week of", "rated", "good", "bad", "good %")
    return ReportTable("ratings", "What customers said", heads, rows, draw_columns(columns), hint=hint)


def _percent(share: float | None) -> object:
    return "" if share is None else round(100 * share, 1)


def backlog_table(load: OpenCaseload) -> ReportTable:
    """What is open now."""
    turns: dict[str, int] = {f"{TURN_NAMES[whose]} turn": number for whose, number in load.turns}
    rows = [("open", load.number), *load.by_severity, *turns.items()]
    rows += [("late", load.late_number), ("due within a day", load.due_number)]
    columns = [ChartColumn(name, (("open", number),)) for name, number in load.by_severity]
    return ReportTable("backlog", "What is open now", ("cases", "number"), rows, draw_columns(columns))


# --- the classifier


def classifier_tables(found: Mapping[str, Any]) -> list[ReportTable]:
    """What `helpdesk classifier status` says."""
    return [_agreement(found), _confusion(found), _calibration(found)]


def _agreement(found: Mapping[str, Any]) -> ReportTable:
    months = found["over_time"]
    columns = [
        ChartColumn(one["month"], (("agreed", one["labels"] - one["corrected"]), ("corrected", one["corrected"])))
        for one in months
    ]
    rows = [(one["month"], one["labels"], one["corrected"], _percent(one["agreement"])) for one in months]
    labels = found["labels"]
    hint = (
        f"Model {found['active']}. Agents corrected {plural(labels['corrected'], 'severity', 'severities')}"
        f" and left {labels['confirmed']} as found."
    )
    heads = ("month", "judged", "corrected", "agreed %")
    return ReportTable("classifier-agreement", "Agreement", heads, rows, draw_columns(columns), hint=hint)


def _confusion(found: Mapping[str, Any]) -> ReportTable:
    rows = [(f"rank {rank}", *row) for rank, row in enumerate(found["confusion"], start=1)]
    heads = ("agents said", *(f"found {rank}" for rank in range(1, 5)))
    return ReportTable("classifier-confusion", "What was found instead", heads, rows if found["over_time"] else [])


def _calibration(found: Mapping[str, Any]) -> ReportTable:
    rows = [(_percent(one["confidence"]), _percent(one["right"]), one["mails"]) for one in found["calibration"]]
    heads = ("sure by %", "right %", "mails")
    return ReportTable("classifier-calibration", "How sure, and how often right", heads, rows)
