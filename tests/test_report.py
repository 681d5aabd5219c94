"""Compliance: what was met and breached, by whom it was asked, and how long answers took in open time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.report.compliance import Tally, compliance_shape, compliance_text
from helpdesk.store import cases
from helpdesk.store.cases import Opened
from helpdesk.store.engine import Database
from helpdesk.unit import Unit
from tests.celigo import BEA, EMAIL, JO, Terminal, celigo_desk, celigo_desk_on_disk, la
from tests.desk import ANN, measure


@pytest.fixture
def desk(tmp_path):
    return celigo_desk(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, migrated_file):
    """The cases of `july`, once: a report writes nothing."""
    folder = tmp_path_factory.mktemp("july")
    july(celigo_desk_on_disk(folder, migrated_file))
    return folder


@pytest.fixture(scope="module")
def reported(folder):
    return celigo_desk(folder, Database(f"sqlite:///{folder / 'helpdesk.db'}"))


def measured(desk, at="12-31 12:00", **which):
    with desk.database.read() as connection:
        found = [
            (case, Unit(connection, desk.rules, desk.now).policy_of(case))
            for case in cases.stream(connection, Opened(**which))
        ]
    return measure(found, la(at))


def july(desk):
    """Four cases of July and one of August; Preferred is open around the clock from Sunday 16:00 to Friday 17:00.

    HD-1  Acme, High, Tue 7 July 09:00: answered after 1 h. Follow-up from 11:00 (a business day): answered after 49.5 h.
    HD-2  Acme, High, Fri 10 July 16:30: answered Sun 16:30, after half an hour on Friday and half an hour on Sunday: 1 h.
    HD-3  Acme, High, Mon 13 July 09:00, by e-mail: answered after 9 h, an hour late, not warranted.
    HD-4  Brick, Urgent, Wed 15 July 16:30, Essential (8:00 to 17:00, 4 h): answered Thu 09:30, after 2 h; not warranted.
    HD-5  Acme, Urgent, Mon 3 August 09:00: not answered, late from 11:00 on.
    """
    desk.opens("high", "07-07 09:00")
    desk.answers("07-07 10:00")
    desk.la("07-07 11:00")
    desk.reply(JO, "It is still slow.", to_kind="relay")
    desk.answers("07-09 12:30")
    desk.opens("high", "07-10 16:30")
    desk.answers("07-12 16:30")
    desk.opens("high", "07-13 09:00", to=EMAIL)
    desk.answers("07-13 18:00")
    desk.opens("urgent", "07-15 16:30", sender=BEA)
    desk.answers("07-16 09:30")
    desk.opens("urgent", "08-03 09:00")


HOUR = 3600
EXPECTED = [
    # customer, severity, target, month, met, breached, running, not warranted, median, 90th percentile
    ("acme", "high", "first_response", "2026-07", 2, 1, 0, 1, HOUR, 9 * HOUR),
    ("acme", "high", "follow_up", "2026-07", 0, 1, 0, 0, 49 * HOUR + 1800, 49 * HOUR + 1800),
    ("acme", "urgent", "first_response", "2026-08", 0, 1, 0, 0, None, None),
    ("brick", "urgent", "first_response", "2026-07", 1, 0, 0, 1, 2 * HOUR, 2 * HOUR),
]


def test_each_line_counts_its_clocks_and_times_its_answers_in_open_time(reported):
    """Worked by hand: see `july`."""
    shape = compliance_shape(measured(reported))
    names = (
        *("customer", "severity", "target", "month", "met", "breached", "running"),
        *("not_warranted", "median", "p90"),
    )
    assert sorted(tuple(line[name] for name in names) for line in shape["lines"]) == sorted(EXPECTED)
    assert {line["policy"] for line in shape["lines"]} == {"celigo"}
    assert shape["cases"] == 5


def test_the_totals_are_those_of_all_lines_for_each_target(reported):
    shape = compliance_shape(measured(reported))
    first = shape["totals"]["first_response"]
    assert (first["clocks"], first["met"], first["breached"], first["answered"]) == (5, 3, 2, 4)
    assert (first["median"], first["p90"]) == (5400, 9 * HOUR)  # of 1, 1, 2 and 9 hours
    for name in ("clocks", "met", "breached", "running", "exempt", "not_warranted", "answered"):
        assert sum(line[name] for line in shape["lines"]) == sum(total[name] for total in shape["totals"].values())


def test_what_was_not_warranted_is_told_with_its_reasons(reported):
    """CEL-11"""
    told = {entry["because"]: entry["clocks"] for entry in compliance_shape(measured(reported))["not_warranted"]}
    assert told == {"e-mail is not a defined channel of Preferred": 1, "the plan Essential is not warranted": 1}


def test_an_excluded_case_is_exempt_and_its_answer_is_not_timed(desk):
    """CEL-10"""
    desk.opens("high", "07-07 09:00")
    desk.answers("07-07 10:00", "#exclude custom-code\nThis is your own script.")
    (line,) = compliance_shape(measured(desk))["lines"]
    assert (line["exempt"], line["met"], line["answered"], line["median"]) == (1, 0, 0, None)
    assert compliance_shape(measured(desk))["exempt"][0]["clocks"] == 1


def test_a_clock_runs_until_it_is_late(desk):
    desk.opens("urgent", "07-07 09:00")
    before, after = (compliance_shape(measured(desk, at))["lines"][0] for at in ("07-07 11:00", "07-07 11:00:01"))
    assert (before["running"], before["breached"]) == (1, 0)
    assert (after["running"], after["breached"]) == (0, 1)


def test_a_case_counts_under_the_severity_it_is_answered_at(desk):
    desk.opens("high", "07-07 09:00")
    desk.la("07-07 09:30")
    desk.reply(ANN, "#severity normal", to_kind="assigned")
    desk.answers("07-07 10:00")
    (line,) = compliance_shape(measured(desk))["lines"]
    assert line["severity"] == "normal"


def test_a_report_looks_at_the_customer_and_the_time_it_is_asked_for(reported):
    assert measured(reported, customer="brick").cases == 1
    assert measured(reported, since=la("07-10 16:30"), until=la("08-03 09:00")).cases == 3, "half open"
    assert measured(reported, customer="nobody").cases == 0


def test_cases_are_read_in_batches_and_none_is_lost_between_them(desk):
    for minute in range(7):
        desk.opens("normal", f"07-07 09:{minute:02d}")
    with desk.database.read() as connection:
        for batch in (1, 2, 3, 7, 100):
            assert [case.number for case in cases.stream(connection, Opened(), batch=batch)] == [*range(1, 8)]
        assert cases.count(connection, Opened(until=la("07-07 09:03"))) == 3


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=200))
def test_nine_in_ten_answers_did_not_exceed_the_90th_percentile(responses):
    """The nearest rank: a time that happened, and the smallest of which this is true."""
    percentile = Tally(responses=list(responses)).percentile_90
    assert percentile in responses
    assert sum(response <= percentile for response in responses) * 10 >= 9 * len(responses)
    assert sum(response < percentile for response in responses) * 10 < 9 * len(responses)


def test_without_answers_there_is_no_time_to_tell():
    assert (Tally().median, Tally().percentile_90) == (None, None)


# --- the command


@pytest.fixture
def terminal(folder, capsys):
    return Terminal(folder, capsys)


def test_the_command_prints_json_or_a_table_with_reasons(terminal):
    shape = json.loads(terminal.run("report", "--json", at=la("12-31 12:00")).out)
    assert shape["totals"]["first_response"]["breached"] == 2
    table = terminal.run("report", at=la("12-31 12:00")).out
    assert (
        table
        == """\
                         met  breached  running  exempt  warranted  median   90 %
acme, celigo, 2026-07
  first response high      2         1        0       0          2    1:00   9:00
  follow-up high           0         1        0       0          1   49:30  49:30
acme, celigo, 2026-08
  first response urgent    0         1        0       0          1       -      -
brick, celigo, 2026-07
  first response urgent    1         0        0       0          0    2:00   2:00
all
  first response           3         2        0       0          3    1:30   9:00
  follow-up                0         1        0       0          1   49:30  49:30
not warranted: 1, e-mail is not a defined channel of Preferred
not warranted: 1, the plan Essential is not warranted
"""
    )


def test_the_commands_days_are_in_utc_and_the_last_one_is_included(terminal):
    """HD-2 of 10 July 16:30 in California is of 10 July, 23:30 in UTC."""

    def counted(*days):
        return json.loads(terminal.run("report", "--json", *days, at=la("12-31 12:00")).out)["cases"]

    assert counted("--from", "2026-07-10", "--to", "2026-07-10") == 1
    assert counted("--from", "2026-07-11", "--to", "2026-07-12") == 0
    assert counted("--to", "2026-07-13T16:00:00+00:00") == 2, "a time is exact, and not included"
    assert counted("--customer", "acme") == 4


def test_a_day_that_is_none_is_wrong_use(terminal):
    ran = terminal.run("report", "--from", "yesterday", at=la("12-31 12:00"))
    assert ran.code == 2
    assert "expected a time such as" in ran.err


def test_an_empty_report_says_so_in_a_sentence(terminal):
    ran = terminal.run("report", "--from", "2030-01-01", at=la("12-31 12:00"))
    assert (ran.code, ran.out.strip()) == (0, "There are no promises in that time.")


def test_somebody_unknown_has_a_line_too(desk):
    desk.la("07-07 09:00")
    desk.mail("who@elsewhere.example", "Help", "The import of orders shows an error.", to=EMAIL)
    compliance = measured(desk)
    assert compliance_shape(compliance)["lines"][0]["customer"] is None
    assert "(unknown), celigo, 2026-07" in compliance_text(compliance).splitlines()
