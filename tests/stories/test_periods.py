"""What a policy says of whole months and quarters, from the mails to the report and the statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.errors import NotFound
from helpdesk.report.attainment import attainment_of, attainment_shape, attainment_text
from helpdesk.report.statement import draw, statement_shape, statement_words
from helpdesk.store.cases import Opened
from helpdesk.unit import Unit
from tests.desk import ANN
from tests.policies.active import SUPPORT, active_desk

JO = "jo@acme.example"
GOAL = """
[attainment.in_time]
share = 95
fewer_than = 20
forgiven = 1
"""
EACH = """
[credits]
each = 0.25
at_most = 5
unless = "in_time"
request_within_days = 30
calendar = "24x7"
"""
COUNTED = """
[fiscal_year]
starts = "02-01"

[credits]
counts = [["> 1", 20]]
targets = ["first_response"]
request_within_days = 30
calendar = "24x7"
"""


def asks(desk, at, *, answered_after):
    """A case of Jo's, and the answer so many minutes later; promised are 60."""
    desk.at(at, "UTC")
    desk.mail(JO, f"Question of {at}", "How is this done?", to=SUPPORT)
    desk.at(f"{datetime.fromisoformat(at) + timedelta(minutes=answered_after):%Y-%m-%d %H:%M}", "UTC")
    desk.reply(ANN, "Like this.", to_kind="assigned")


def asks_often(desk, *, late, in_time, month="2026-07"):
    for number in range(late + in_time):
        asks(
            desk, f"{month}-{1 + number // 8:02d} {2 * (number % 8):02d}:00", answered_after=61 if number < late else 10
        )


def unit_of(connection, desk, at):
    return Unit(connection, desk.rules, datetime.fromisoformat(f"{at}+00:00").astimezone(UTC))


def drawn(desk, period, at="2026-10-02 09:00"):
    with desk.database.read() as connection:
        return draw(unit_of(connection, desk, at), "acme", period)


def goals(desk, at="2026-10-02 09:00", **which):
    with desk.database.read() as connection:
        return attainment_of(unit_of(connection, desk, at), Opened(**which))


@pytest.mark.parametrize(
    ("late", "in_time", "kept", "percent", "amount"),
    [
        (2, 10, False, "0.5", "60.00 EUR"),  # two of twelve: fewer than 20, and one is forgiven
        (1, 11, True, "0", "0.00 EUR"),
        (22, 0, False, "5", "600.00 EUR"),  # 5.5 % and at most 5
    ],
)
def test_misses_are_credited_each_once_the_goal_of_the_quarter_is_missed(
    tmp_path, late, in_time, kept, percent, amount
):
    desk = active_desk(tmp_path, GOAL + EACH)
    asks_often(desk, late=late, in_time=in_time)
    statement = drawn(desk, "2026Q3")
    shape = statement_shape(statement)
    assert (shape["goal"]["kept"], shape["credit"]["percent"], shape["credit"]["amount"]) == (kept, percent, amount)
    lines = [" ".join(line.split()) for line in statement_words(statement, desk.rules).text.splitlines()]
    assert lines.count("Credited: 0.25 %") == (0 if kept else min(late, 20))
    assert lines.count("Credited: 0 %") == (0 if kept else max(late - 20, 0))


def test_the_report_says_what_one_more_miss_would_do(tmp_path):
    desk = active_desk(tmp_path, GOAL)
    asks_often(desk, late=1, in_time=11)
    desk.at("2026-07-20 09:00", "UTC")
    desk.mail(JO, "One more question", "How is that done?", to=SUPPORT)
    (_, line) = attainment_text(goals(desk, "2026-07-20 09:30"))
    assert line.strip() == (
        "acme, active, 2026Q3, in time: kept so far (11 of 12 in time, 91.67 %; goal 95 %; of fewer than 20, 1 forgiven); "
        "1 promise running; one more miss: 84.62 %, missed"
    )
    (line,) = attainment_shape(goals(desk))  # it was never answered
    assert (line["met"], line["missed"], line["kept"], line["over"]) == (11, 2, False, True)


def test_a_report_of_some_days_tells_of_the_whole_quarter(tmp_path):
    """A share of two days would be nobody's promise."""
    desk = active_desk(tmp_path, GOAL)
    asks_often(desk, late=1, in_time=3, month="2026-06")
    asks_often(desk, late=2, in_time=8)
    july = {"since": datetime(2026, 7, 2, tzinfo=UTC), "until": datetime(2026, 7, 3, tzinfo=UTC)}
    assert [(str(line.found.period), line.found.met, line.found.missed) for line in goals(desk, **july)] == [
        ("2026Q3", 8, 2)
    ]
    assert [str(line.found.period) for line in goals(desk)] == ["2026Q2", "2026Q3"]
    assert goals(desk, customer="nobody") == []


def test_more_than_so_many_of_a_fiscal_quarter(tmp_path):
    """Quarters begin on 1 February, May, August, November: July is of the second."""
    desk = active_desk(tmp_path, COUNTED)
    asks_often(desk, late=2, in_time=1)
    asks_often(desk, late=1, in_time=1, month="2026-08")
    assert statement_shape(drawn(desk, "2026Q2"))["credit"]["percent"] == "20"
    third = statement_shape(drawn(desk, "2026Q3"))
    assert (third["share"]["violations"], third["credit"]["percent"]) == (1, "0")
    assert third["request"]["closes_on"] == "2026-11-30"
    assert third["parts"] == [{"period": "2026Q3", "percent": "0", "because": "1 of 2 events violated: 0 %"}]
    with pytest.raises(NotFound, match="a quarter such as 2026Q3"):
        drawn(desk, "2026-07")


@pytest.mark.parametrize(
    ("signed", "at", "standing"),
    [
        ("2026-05-12", "2026-06-20 03:00", "not warranted"),
        ("2026-05-12", "2026-06-30 23:00", "not warranted"),
        ("2026-05-12", "2026-07-01 00:00", "violated"),
        ("2026-04-01", "2026-05-02 00:00", "violated"),  # who signs on its first day has the whole quarter
        ("2026-04-02", "2026-05-02 00:00", "not warranted"),
    ],
)
def test_promises_begin_with_the_first_full_quarter_after_signing(tmp_path, signed, at, standing):
    terms = '[warranty]\nfirst_full = "quarter"\n' + EACH.replace('unless = "in_time"\n', "")
    desk = active_desk(tmp_path, terms, signed=datetime.fromisoformat(signed).date())
    asks(desk, at, answered_after=90)
    (event,) = drawn(desk, f"2026Q{'3' if at >= '2026-07' else '2'}").events
    assert event.standing == standing
    told = desk.sent_to(JO, "ack")[-1].text
    begins = "2026-04-01" if signed == "2026-04-01" else "2026-07-01"
    assert (f"answer times are promised to you from {begins} on" in told) == (standing == "not warranted")
