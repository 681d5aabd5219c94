"""The policies' pages: the words of `policy show` and `policy due`, and the year as it is drawn."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from html import unescape

import pytest

from helpdesk.openhours.calendar import Calendar, SpecialDay, WeeklyOpening
from helpdesk.report.due import due_text, question_of
from helpdesk.report.offering import offering_sections
from helpdesk.web.year_calendar import draw_year
from tests.console import site_on
from tests.desk import ANN, OPS, wall


@pytest.fixture
def site(rules, desk_database):
    with site_on(rules, desk_database) as site:
        yield site


def main(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.body.partition("<main")[2])).split())


@pytest.mark.parametrize("by", [ANN, OPS, ""])
def test_every_word_of_a_policy_is_on_its_page(site, rules, by):
    for key in ("logik", "threekit"):
        policy, shown = rules.book.policy(key), main(site.get(f"/policies/{key}", by=by))
        for section in offering_sections(policy, now=site.desk.now):
            cells = [cell for row in section.rows for cell in row]
            words = [section.title, *section.lines, *cells]
            assert [said for said in words if " ".join(said.split()) not in shown] == []
    assert site.get("/policies/nonsense", by=by).status == 404


@pytest.mark.parametrize(
    "question",
    [
        {"at": "2026-05-22T16:40", "severity": "critical", "plan": "standard"},
        {"at": "2026-05-22T16:40-04:00", "severity": "low", "plan": "premier", "region": "emea"},
        {"at": "2026-05-22 16:40 Asia/Tokyo", "severity": "low"},
    ],
)
def test_the_calculator_says_what_the_command_says(site, rules, question):
    policy = rules.book.policy("logik")
    query = "&".join(f"{name}={value.replace(' ', '%20').replace('+', '%2B')}" for name, value in question.items())
    shown = main(site.get(f"/policies/logik?{query}", by=ANN))
    ats = {"2026-05-22T16:40": wall("2026-05-22 16:40"), "2026-05-22T16:40-04:00": wall("2026-05-22 15:40")}
    at = ats.get(question["at"]) or wall("2026-05-22 16:40", "Asia/Tokyo")
    for line in due_text(policy, question_of(policy, at, question)).splitlines():
        assert " ".join(line.split()) in shown


@pytest.mark.parametrize(
    "query",
    [
        "at=tomorrow&severity=x",
        "at=2026-05-22T16:40&severity=nonsense",
        "at=2026-05-22T16:40&severity=urgent&plan=x",
        "at=2026-05-22T16:40&severity=urgent&target=x",
        "at=9999-12-31T23:59&severity=urgent",
        "at=0001-01-01T00:00&severity=urgent",
        "at=2026-05-22T16:40",
    ],
)
def test_what_cannot_be_computed_says_why(site, query):
    answer = site.get(f"/policies/logik?{query}", by=ANN)
    assert answer.status == 200
    assert 'class="problem"' in answer.body


def test_a_year_is_drawn_as_the_calendar_has_it():
    week = [WeeklyOpening(day, 9 * 3600, 17 * 3600) for day in range(5)]
    days = (
        SpecialDay(date(2026, 12, 25), "Christmas"),
        SpecialDay(date(2026, 12, 24), "Christmas Eve", start=12 * 3600),
        SpecialDay(date(2026, 12, 26), "Stocktaking", start=9 * 3600, end=12 * 3600, opens=True),
    )
    special = {2026: days}
    given = {"timezone": "Europe/Berlin", "windows": week, "special_days": lambda year: special.get(year, ())}
    calendar = Calendar(name="office", **given)
    drawn = draw_year(calendar, 2026, date(2026, 12, 1))
    found = {day.number: day for day in drawn[11].days}
    assert [month.name for month in drawn][:2] == ["January", "February"]
    assert sum(len(month.days) for month in drawn) == 365
    assert [found[day].kind for day in (23, 24, 25, 26, 27)] == ["open", "short", "holiday", "extra", "shut"]
    assert (found[1].column, found[1].row, found[1].today) == (1, 0, True)
    assert found[25].name == "Christmas"
    assert Counter(day.kind for day in drawn[0].days) == {"open": 22, "shut": 9}
