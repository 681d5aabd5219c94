"""What a policy says of whole months and quarters, from the mails to the report and the statement."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.errors import NotFound, Refused
from helpdesk.lab.policy_check import check_whole
from helpdesk.operators.conditions import Conditions
from helpdesk.operators.declaration import Ordered, read_declaration
from helpdesk.operators.declare import Order, obey
from helpdesk.operators.notice import remarks
from helpdesk.report.attainment import attainment_of, attainment_shape, attainment_text
from helpdesk.report.availability import availability_of, availability_text
from helpdesk.report.statement import draw, statement_shape, statement_words
from helpdesk.store import declarations
from helpdesk.store.cases import Opened
from helpdesk.unit import Unit
from tests.celigo import Terminal
from tests.desk import ANN, OPS
from tests.policies.active import ACTIVE, SUPPORT, active_desk

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


def test_goals_of_the_offering_count_all_customers_and_strangers_where_they_say_so(tmp_path):
    goals_of_all = '[attainment.all]\nshare = 90\nof = "offering"\nowed_only = false\n'
    desk = active_desk(tmp_path, GOAL + goals_of_all)
    asks_often(desk, late=1, in_time=1)
    desk.at("2026-07-02 10:00", "UTC")
    desk.mail("who@elsewhere.example", "Help", "How is this done?", to=SUPPORT)
    assert [line.partition(": ")[0] for line in attainment_text(goals(desk))][1:] == [
        "  all customers, active, 2026Q3, all",
        "  acme, active, 2026Q3, in time",
    ]
    found = {line["goal"]: (line["met"], line["missed"]) for line in attainment_shape(goals(desk))}
    assert found == {"all": (1, 2), "in_time": (1, 1)}
    assert [line.found.goal.key for line in goals(desk, customer="acme")] == ["in_time"], (
        "a part of all is nobody's share"
    )


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
    begins = "1 Apr 2026" if signed == "2026-04-01" else "1 Jul 2026"
    assert (f"answer times are promised to you from {begins} on" in told) == (standing == "not warranted")


# --- availability

SERVICE = """
[availability.service]
name = "the service"
at_least = "15m"
goal = 99.9
bands = [["< 99.9", 10], ["< 99", 25]]

[credits]
request_within_days = 30
calendar = "24x7"
"""


def orders(desk, at, *lines):
    """What the operators order, one after the other; returns what was said of the last."""
    with desk.database.write() as connection:
        for line in lines:
            ordered = read_declaration(line)
            assert isinstance(ordered, Ordered), ordered
            done = obey(ordered.declaration, Order(unit_of(connection, desk, at), "ops"))
    return done


def uptimes(desk, at="2026-10-02 09:00", **which):
    with desk.database.read() as connection:
        return list(availability_text(availability_of(unit_of(connection, desk, at), Opened(**which))))[1:]


def test_a_month_is_credited_out_of_its_own_fee_and_every_piece_is_told(tmp_path):
    desk = active_desk(tmp_path, SERVICE)
    orders(
        desk,
        "2026-09-30 12:00",
        "#status set service down --at 2026-07-03T10:00Z",
        "#status set service up --at 2026-07-03T10:45Z",
        '#incident open disks --title "Disks" --down service --from 2026-08-31T20:00Z --to 2026-09-01T04:00Z',
        "#status set service down --at 2026-09-10T10:00Z",
        "#status set service up --at 2026-09-10T10:14Z",
    )
    statement = drawn(desk, "2026Q3")
    shape = statement_shape(statement)
    assert [(part["period"], part["percent"]) for part in shape["parts"]] == [
        ("2026Q3", "0"),
        ("2026-07", "10"),
        ("2026-08", "10"),  # four hours
        ("2026-09", "10"),  # four hours; a quarter of an hour is missing to the next piece
    ]
    assert (shape["credit"]["percent"], shape["credit"]["amount"]) == ("10", "1200.00 EUR")
    text = " ".join(statement_words(statement, desk.rules).text.split())
    assert "the service: Fri 3 Jul 2026, 10:00 UTC to Fri 3 Jul 2026, 10:45 UTC, 0:45:00" in text
    assert "2026-08: the service 99.462 % available, down 4:00:00 in 1 piece: 10 %" in text
    assert "10:14" not in text
    assert uptimes(desk) == [
        "  active, 2026-07, the service 99.899 % available, down 0:45:00 in 1 piece; goal 99.9 %: missed",
        "  active, 2026-08, the service 99.462 % available, down 4:00:00 in 1 piece; goal 99.9 %: missed",
        "  active, 2026-09, the service 99.444 % available, down 4:00:00 in 1 piece; goal 99.9 %: missed",
        "  active, 2026-10, the service 100 % available; goal 99.9 %: kept, with 0:44:38 left",
    ]


@pytest.mark.parametrize(
    ("lines", "down"),
    [
        (['#maintenance add active Move --from "2026-07-03 09:00 UTC" --to "2026-07-03 11:00 UTC"'], 0),
        (['#maintenance add active Move --from "2026-07-03 09:00 UTC" --to "2026-07-03 10:20 UTC"'], 40),
        (['#maintenance add active Move --sector Test --from "2026-07-03 09:00 UTC" --to "2026-07-03 11:00 UTC"'], 60),
        (['#maintenance add active Move --sector Mail --from "2026-07-03 09:00 UTC" --to "2026-07-03 11:00 UTC"'], 60),
        (
            ['#maintenance add active Move --sector Service --from "2026-07-03 09:00 UTC" --to "2026-07-03 11:00 UTC"'],
            0,
        ),
        ([], 60),
    ],
)
def test_what_was_planned_before_it_began_is_not_down(tmp_path, lines, down):
    desk = active_desk(tmp_path, SERVICE)
    if lines:
        orders(desk, "2026-07-01 00:00", *lines)
    outage = '#incident open x --title X --down service --from "2026-07-03 10:00 UTC" --to "2026-07-03 11:00 UTC"'
    late = [line.replace("Move", "Afterwards") for line in lines[:1]]
    orders(desk, "2026-07-04 00:00", outage, *late)  # planning it afterwards excuses nothing
    assert statement_shape(drawn(desk, "2026Q3"))["availability"][0]["down"] == down * 60


def test_what_was_declared_by_mistake_is_withdrawn_and_what_cannot_be_is_refused(tmp_path):
    desk = active_desk(tmp_path, SERVICE)
    said = orders(desk, "2026-07-03 12:00", "#status set service down --at 2026-07-03T10:00Z").summary
    assert said == "service is down; it is measured as the availability of the service to active"
    orders(desk, "2026-07-03 12:00", "#status set service up")
    (line,) = orders(desk, "2026-07-04 12:00", "#status outages").lines
    assert line == "1: service from Fri 3 Jul 2026, 10:00 UTC to Fri 3 Jul 2026, 12:00 UTC, by ops"
    orders(desk, "2026-07-04 12:00", "#status withdraw 1")
    assert orders(desk, "2026-07-04 12:00", "#status outages").lines == ()
    for refused in (
        "#status withdraw 1",
        "#status withdraw 7",
        "#status set service down --at 2026-07-05T10:00Z",
        "#status set service down --at 2026-07-03T11:00Z",
        "#incident close nothing",
    ):
        with pytest.raises((NotFound, Refused)):
            orders(desk, "2026-07-04 12:00", refused)


def test_an_incident_takes_down_what_it_names_until_it_is_closed(tmp_path):
    desk = active_desk(tmp_path, SERVICE)
    orders(desk, "2026-07-03 12:00", '#incident open disks --title "Disks" --down Service --from 2026-07-03T10:00Z')
    with desk.database.read() as connection:
        assert declarations.declared_state(connection, desk.now).down == ("service",)
    orders(desk, "2026-07-03 14:00", "#incident close disks --at 2026-07-03T13:00Z")
    assert statement_shape(drawn(desk, "2026Q3"))["availability"][0]["pieces"] == [
        {"from": "2026-07-03T10:00:00+00:00", "to": "2026-07-03T13:00:00+00:00"}
    ]


def test_what_is_promised_to_one_plan_is_credited_to_that_one(tmp_path):
    silver = SERVICE.replace("[availability.service]", '[availability.silver]\ndown = "service"\nplans = ["silver"]')
    gold = SERVICE.replace("[availability.service]", '[availability.gold]\ndown = "service"\nplans = ["gold"]\n')
    plans = '\n[plans.silver]\nname = "Silver"\n'
    desk = active_desk(tmp_path, silver.partition("[credits]")[0] + gold.replace("10]", "15]"), plan=plans)
    orders(
        desk,
        "2026-07-20 12:00",
        "#incident open x --title X --down service --from 2026-07-15T20:00Z --to 2026-07-15T22:00Z",
    )
    (july, *_) = statement_shape(drawn(desk, "2026Q3"))["availability"]
    assert july["credit"] == "15"


def test_what_was_down_before_they_signed_is_not_credited(tmp_path):
    desk = active_desk(tmp_path, SERVICE, entitled_from=datetime(2026, 7, 16, tzinfo=UTC).date())
    orders(
        desk,
        "2026-07-20 12:00",
        "#incident open x --title X --down service --from 2026-07-15T20:00Z --to 2026-07-16T02:00Z",
    )
    (july, *_) = statement_shape(drawn(desk, "2026Q3"))["availability"]
    assert (july["down"], july["measured"]) == (2 * 3600, 16 * 86400)


# --- notice of maintenance, and its budget

PLANNED = """
[maintenance_terms]
notice = { possible = "48h", disruptive = "96h", emergency = "none" }
budget = "5h"
"""


def add(name, begins, ends, more=""):
    return f'#maintenance add active {name} --from "{begins} UTC" --to "{ends} UTC" {more}'


def told_of_notices(desk):
    conditions = Conditions(desk.laboratory.desk.units, desk.laboratory.desk.now, lambda: 1 << 40)
    conditions.look()
    desk.laboratory.deliver()
    return [mail.subject for mail in desk.sent_to(OPS, "alert") if "maintenance" in mail.subject]


def test_the_desk_says_by_when_customers_are_to_be_told_and_warns_when_they_are_not(tmp_path):
    desk = active_desk(tmp_path, PLANNED)
    desk.at("2026-07-01 00:00", "UTC")
    said = orders(desk, "2026-07-01 00:00", add("Move", "2026-07-05 03:00", "2026-07-05 06:00")).summary
    assert "; customers are to be told by Fri 3 Jul 2026, 03:00 UTC" in said
    assert said.endswith("; active, 2026Q3: 3 h of 5 h planned, none used")
    assert told_of_notices(desk) == []
    desk.at("2026-07-03 03:01", "UTC")
    assert (
        told_of_notices(desk)
        == told_of_notices(desk)
        == ["[Acme Support] nobody was told of the maintenance Move in time"]
    )
    with desk.database.read() as connection:
        unit = unit_of(connection, desk, "2026-07-03 03:01")
        assert list(remarks(unit, "UTC", until=unit.now)) == [
            "maintenance 1, Move: customers were to be told by Fri 3 Jul 2026, 03:00 UTC, and are not"
        ]
    orders(desk, "2026-07-03 04:00", "#maintenance announce 1")
    (line,) = orders(desk, "2026-07-03 04:00", "#maintenance list").lines
    assert line.endswith(", customers told too late: it was due by Fri 3 Jul 2026, 03:00 UTC")


@pytest.mark.parametrize(
    ("more", "ending"),
    [
        ("", "customers are to be told by Fri 3 Jul 2026, 03:00 UTC"),
        ("--impact Disruptive", "customers were to be told by Wed 1 Jul 2026, 03:00 UTC, and are not"),
        ("--impact emergency", "06:00 UTC"),
    ],
)
def test_what_a_window_disrupts_says_how_much_notice_is_owed(tmp_path, more, ending):
    desk = active_desk(tmp_path, PLANNED)
    orders(desk, "2026-07-01 04:00", add("Move", "2026-07-05 03:00", "2026-07-05 06:00", more))
    (line,) = orders(desk, "2026-07-01 04:00", "#maintenance list").lines
    assert line.endswith(ending)
    with pytest.raises(Refused, match="knows possible, disruptive, emergency, not 'small'"):
        orders(desk, "2026-07-01 04:00", add("X", "2026-07-05 03:00", "2026-07-05 06:00", "--impact small"))


def test_hours_that_are_planned_twice_count_once_and_more_than_may_be_is_said(tmp_path):
    desk = active_desk(tmp_path, PLANNED)
    orders(
        desk,
        "2026-06-01 00:00",
        add("Half", "2026-06-30 22:00", "2026-07-01 01:00"),  # an hour of it is July's
        add("Move", "2026-07-05 03:00", "2026-07-05 06:00"),
        add("Also", "2026-07-05 05:00", "2026-07-05 06:00"),
    )
    assert orders(desk, "2026-07-05 04:00", "#maintenance budget").lines == (
        "active, 2026Q3: 4 h of 5 h planned, 2 h used",
    )
    said = orders(desk, "2026-07-05 04:00", add("More", "2026-08-05 03:00", "2026-08-05 04:30")).summary
    assert said.endswith("; active, 2026Q3: 5 h 30 min of 5 h planned, 2 h used: more than there may be")
    with desk.database.read() as connection:
        unit = unit_of(connection, desk, "2026-07-05 04:00")
        assert [line for line in remarks(unit, "UTC", until=unit.now) if "2026Q3" in line]


@pytest.mark.parametrize(("announced", "down"), [("2026-07-01 00:00", 0), ("2026-07-04 00:00", 60), ("", 60)])
def test_maintenance_that_was_told_of_too_late_excuses_nothing(tmp_path, announced, down):
    desk = active_desk(tmp_path, PLANNED + SERVICE)
    orders(desk, "2026-06-30 00:00", add("Move", "2026-07-05 03:00", "2026-07-05 06:00"))
    if announced:
        orders(desk, announced, "#maintenance announce 1")
    orders(
        desk,
        "2026-07-06 00:00",
        "#incident open x --title X --down service --from 2026-07-05T04:00Z --to 2026-07-05T05:00Z",
    )
    assert statement_shape(drawn(desk, "2026Q3"))["availability"][0]["down"] == down * 60


# --- the commands


def test_the_commands_do_what_the_orders_do(tmp_path, migrated_file, capsys):
    """Downtimes of 2020 and maintenance of 2090, so that the day on which this runs does not matter."""
    active_desk(tmp_path, PLANNED + GOAL + SERVICE)
    shutil.copy(migrated_file, tmp_path / "helpdesk.db")
    terminal = Terminal(tmp_path, capsys)

    def run(*arguments):
        ran = terminal.run(*arguments, "--json", at=datetime(2026, 10, 2, tzinfo=UTC))
        assert ran.code == 0, ran.err
        return json.loads(ran.out)

    assert run("status", "set", "service", "down", "--at", "2020-01-01T10:00Z")["since"] == "2020-01-01T10:00:00+00:00"
    run("status", "set", "service", "up", "--at", "2020-01-01T11:00Z")
    opened = run(
        "incident",
        "open",
        "x",
        "--title",
        "X",
        "--down",
        "service",
        "--from",
        "2020-01-02T10:00Z",
        "--to",
        "2020-01-02T12:00Z",
    )
    assert (opened["opened_at"], opened["closed_at"]) == ("2020-01-02T10:00:00+00:00", "2020-01-02T12:00:00+00:00")
    run("status", "withdraw", "1")
    assert run("status", "outages") == []  # of the last year
    days = ("--from", "2020-01-01", "--to", "2020-01-31")
    (january,) = run("report", *days)["availability"]
    assert (january["period"], january["down"], january["credit"]) == ("2020-01", 2 * 3600, "10")
    text = terminal.run("report", *days, at=datetime(2026, 10, 2, tzinfo=UTC)).out
    assert "  active, 2020-01, the service 99.731 % available, down 2:00:00 in 1 piece; goal 99.9 %: missed\n" in text
    added = run(
        "maintenance",
        "add",
        "active",
        "Move",
        "--from",
        "2090-01-05T03:00Z",
        "--to",
        "2090-01-05T06:00Z",
        "--impact",
        "disruptive",
    )
    assert (added["number"], added["impact"]) == (1, "disruptive")
    (listed,) = run("maintenance", "list")
    assert (listed["announce_by"], listed["notice"]) == ("2090-01-01T03:00:00+00:00", "due")
    (budget,) = run("maintenance", "budget")
    assert (budget["policy"], budget["allowed"], budget["exceeded"]) == ("active", 5 * 3600, False)
    assert run("credits", "--customer", "acme", "--period", "2020Q1")["credit"]["percent"] == "3.3333"


# --- worked examples

STORY = """
[[example]]
at = 2026-07-07T10:00:00Z
severity = "major"
beside = {{ kept = {kept}, missed = {missed} }}
then = [{{ after = "{after}", do = "answer", expect = {{ credit = "{credit} %" }} }}]
"""


@pytest.mark.parametrize(
    ("terms", "kept", "missed", "after", "credit"),
    [
        (GOAL + EACH, 37, 1, "61m", "0.5"),  # 94.9 %
        (GOAL + EACH, 38, 1, "61m", "0"),  # 95 %
        (GOAL + EACH, 11, 0, "61m", "0"),  # the one of twelve that is forgiven
        (GOAL + EACH, 10, 1, "61m", "0.5"),
        (GOAL + EACH, 70, 29, "61m", "5"),
        (GOAL + EACH, 10, 1, "60m", "0"),
        (COUNTED, 100, 0, "61m", "0"),
        (COUNTED, 100, 1, "61m", "20"),
    ],
)
def test_an_example_says_what_a_quarter_is_credited_with(tmp_path, terms, kept, missed, after, credit):
    file = tmp_path / "active.toml"
    told = STORY.format(kept=kept, missed=missed, after=after, credit=credit)
    file.write_text(ACTIVE.format(plan="") + terms + told, encoding="utf-8")
    assert [str(finding) for finding in check_whole(file) if finding.level == "error"] == []
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{credit} %"', '"7 %"'), encoding="utf-8")
    assert [finding.key for finding in check_whole(file) if finding.level == "error"] != []
