"""The reports' pages: the numbers of `helpdesk report` from each side, whose cases are counted, and the CSV beside them."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from helpdesk.desk import load_rules
from helpdesk.report.compliance import compliance_of
from helpdesk.store.cases import numbers_of
from helpdesk.web import reportpage
from helpdesk.web.charts import HEIGHT, ChartColumn, draw_columns
from tests.console import site_on
from tests.desk import ANN, JO, KEY, LOGIK, OPS, THREEKIT, VIC, write_office

SAM = "sam@desk.example"
MORE = """
[[mailbox]]
address = "second@logik.example"
policy = "logik"
team = "second line"

[[team]]
name = "second line"

[[agent]]
name = "Sam Ode"
email = "sam@desk.example"
teams = ["second line"]
"""
MAY = "from=2026-05-01&to=2026-05-31"
KEPT = ("weeks", "severities", "teams", "customers", "promises")


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    return load_rules(write_office(tmp_path_factory.mktemp("reports"), more=MORE), environment={}, signing_key=KEY)


@pytest.fixture
def site(rules, desk_database):
    with site_on(rules, desk_database) as site:
        fill(site.desk)
        yield site


def fill(desk):
    """Answered in time, late, running, of two policies and of another team; and one of the month after."""
    mails = [
        ("2026-05-19 09:00", JO, LOGIK, "Urgent", "2026-05-19 09:40"),
        ("2026-05-19 10:00", JO, LOGIK, "Low", ""),
        ("2026-05-26 09:00", VIC, THREEKIT, "Medium", "2026-05-26 09:20"),
        ("2026-05-27 09:00", JO, "second@logik.example", "Urgent", ""),
        ("2026-06-02 09:00", JO, LOGIK, "Urgent", ""),
    ]
    for number, (at, author, to, severity, answered) in enumerate(mails, start=1):
        desk.at(at)
        desk.mail(author, f"Question {number}", f"Case priority: {severity}\n\nHelp.", to=to)
        if answered:
            desk.at(answered)
            case = desk.case(number)
            mail = [one for one in desk.sent_to(case.assignee, "assigned") if case.ref in one.subject][-1]
            desk.receive(desk.reply_to(mail, case.assignee, "#resolve\nDone."))
    desk.at("2026-06-03 10:00")


def rows(site, name, *, by=OPS, query=MAY):
    answer = site.get(f"/reports/csv/{name}?{query}", by=by)
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.body)))


def test_each_side_adds_up_to_what_the_command_counts(site):
    with site.views.units.read(site.desk.now) as unit:
        period = reportpage.ReportPeriod(date(2026, 5, 1), date(2026, 5, 31)).opened
        counted = compliance_of(unit, numbers_of(unit.connection, period))
    for side in KEPT:
        for column, name in (("kept", "met"), ("breached", "breached"), ("running", "running"), ("clocks", "clocks")):
            summed = sum(int(row[column]) for row in rows(site, side))
            assert (side, column, summed) == (side, column, sum(getattr(one, name) for one in counted.totals.values()))
    answers = [seconds for tally in counted.totals.values() for seconds in tally.responses]
    assert sum(int(row["answers"]) for row in rows(site, "answers")) == len(answers)


def test_weeks_are_all_there_and_names_are_those_that_people_read(site):
    assert [row["week of"] for row in rows(site, "weeks")] == [
        "2026-04-27", "2026-05-04", "2026-05-11", "2026-05-18", "2026-05-25"
    ]  # fmt: skip
    assert {row["customer"] for row in rows(site, "customers")} == {"Acme Corp", "Vega Furniture"}
    assert {row["team"] for row in rows(site, "teams")} == {"first line", "second line"}


@pytest.mark.parametrize(
    ("by", "teams"), [(ANN, {"first line"}), (SAM, {"second line"}), ("", {"first line", "second line"})]
)
def test_agents_see_what_is_their_teams(site, by, teams):
    assert {row["team"] for row in rows(site, "teams", by=by)} == teams
    assert {"Vega Furniture" in site.get(f"/reports?{MAY}", by=by).body} == {by != SAM}


def test_the_last_whole_month_is_shown_where_none_is_asked_for(site):
    assert "1 May 2026 to 31 May 2026" in site.get("/reports", by=OPS).body
    assert "2026-05-01-2026-05-31.csv" in site.get("/reports/csv/weeks", by=OPS).headers["content-disposition"]


def test_where_nothing_came_in_it_this_month_is_shown_as_on_a_new_desk(site, monkeypatch):
    site.desk.at("2026-08-13 10:00")
    site.desk.mail(JO, "Question 6", "Case priority: Urgent\n\nHelp.", to=LOGIK)
    assert "1 case that came 1 Aug 2026 to 13 Aug 2026" in " ".join(site.get("/reports", by=OPS).body.split())

    monkeypatch.setattr(reportpage, "MOST", 0)  # a new desk that took over much
    assert "choose a shorter one" in site.get("/reports", by=OPS).body
    monkeypatch.setattr(reportpage, "MOST", 1)
    site.desk.at("2026-08-23 10:00")
    site.desk.mail(JO, "Question 7", "Case priority: Urgent\n\nHelp.", to=LOGIK)
    assert "1 case that came 17 Aug 2026 to 23 Aug 2026" in " ".join(site.get("/reports", by=OPS).body.split())


@pytest.mark.parametrize(
    "query",
    [
        "from=x&to=y",
        "from=2026-05-02&to=2026-05-01",
        "from=2026-05-01",
        "from=2020-01-01&to=2026-01-01",
        "from=0001-01-01&to=0001-01-02",
        "from=9999-12-01&to=9999-12-31",
    ],
)
def test_a_time_that_is_none_is_refused_or_empty(site, query):
    for path in ("/reports", "/reports/classifier", "/reports/csv/weeks"):
        assert site.get(f"{path}?{query}", by=OPS).status in {200, 400}


def test_too_many_cases_are_left_to_the_command_and_the_last_week_is_shown_instead(site, monkeypatch):
    monkeypatch.setattr(reportpage, "MOST", 3)
    monkeypatch.setattr(reportpage, "_MOST_JUDGED", 3)
    assert "choose a shorter one" in site.get(f"/reports?{MAY}", by=OPS).body
    assert "25 May 2026 to 31 May 2026" in site.get("/reports", by=OPS).body
    assert "choose a shorter one" in site.get(f"/reports/classifier?{MAY}", by=OPS).body


def test_what_is_open_and_what_agents_said_have_tables_too(site):
    assert {row["cases"]: row["number"] for row in rows(site, "backlog")}["open"] == "3"
    assert [row["month"] for row in rows(site, "classifier-agreement")] in ([], ["2026-05"])
    assert len(rows(site, "classifier-confusion")) in {0, 4}
    assert site.get("/reports/csv/nonsense", by=OPS).status == 404


def test_columns_stand_on_one_another_and_the_tallest_fills_the_drawing():
    chart = draw_columns(
        [ChartColumn("a", (("kept", 3), ("breached", 1))), ChartColumn("b", (("kept", 0), ("breached", 2)))]
    )
    kept, late, other = chart.pieces
    assert (kept.y + kept.height, late.y + late.height, late.y) == (HEIGHT, kept.y, 0)
    assert (other.kind, other.height) == ("breached", HEIGHT / 2)
    assert chart.in_words == "a: 3 kept, 1 breached; b: 0 kept, 2 breached"
    assert draw_columns([]) is draw_columns([ChartColumn("a", (("kept", 0),))]) is None
    assert len(draw_columns([ChartColumn(str(n), (("kept", n),)) for n in range(53)]).labels) <= 9


@pytest.mark.parametrize(("name", "cell"), [("=1+1", "'=1+1"), ("Acme", "Acme"), (-3, -3), ("@x", "'@x")])
def test_a_name_is_no_formula(name, cell):
    assert reportpage._cell(name) == cell
