"""`policy show`: an offering to be read beside its document, in the customer's zone and the desk's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from helpdesk.desk import Desk, load_rules
from helpdesk.offering.files import PolicyText, load_policies, read_policy
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.report import hours
from helpdesk.report.offering import OfferingReader, offering_text
from helpdesk.report.offering_shape import offering_shape
from helpdesk.shipped import shipped
from helpdesk.store import migrate
from helpdesk.store.engine import Database
from tests.desk import wall, write_office
from tests.stepper import Stepper
from tests.test_cli import run  # noqa: F401 - a fixture

BERLIN, CHICAGO, NEW_YORK, LA, SYDNEY = (
    "Europe/Berlin",
    "America/Chicago",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
)
NOW = wall("2026-05-20 09:00")


@pytest.fixture(scope="module")
def book():
    return load_policies()


def shown(policy, *zones):
    return offering_text(policy, now=NOW, reader=OfferingReader(zones))


def section(text, title):
    """The lines of a section, without their indentation."""
    (found,) = [part for part in text.split("\n\n") if part.startswith(title)]
    return [line.strip() for line in found.splitlines()[1:]]


# --- hours on other walls


@pytest.mark.parametrize(
    ("week", "own", "zone", "said"),
    [
        ("mon-fri 07:00-18:00", CHICAGO, CHICAGO, "Mon-Fri 07:00-18:00"),
        (
            "mon-fri 08:00-17:00",
            LA,
            BERLIN,
            "Mon-Fri 17:00-02:00, but Mon-Fri 16:00-01:00 from 8 Mar to 28 Mar and from 25 Oct to 31 Oct",
        ),
        ("mon-fri 08:00-17:00", LA, NEW_YORK, "Mon-Fri 11:00-20:00"),  # as the document prints it, CEL-2
        ("sun 16:00 - fri 17:00", LA, NEW_YORK, "Sun 19:00 to Fri 20:00"),  # CEL-3
        ("mon-fri 03:00-17:00", LA, NEW_YORK, "Mon-Fri 06:00-20:00"),  # CLX-1
        ("mon-fri 00:00-24:00", BERLIN, BERLIN, "Mon-Fri 00:00-24:00"),
        ("mon-fri 00:00-24:00", BERLIN, "Asia/Kolkata", None),
        ("mon-sun 22:00-06:00", BERLIN, "UTC", None),
        ("mon-thu 08:00-12:00,13:00-17:00, fri 08:00-15:00", BERLIN, SYDNEY, None),
        ("sun 16:00 - fri 17:00, sat 10:00-12:00", LA, SYDNEY, None),
        ("24x7", LA, BERLIN, "around the clock"),
    ],
)
def test_hours_on_another_wall_are_the_same_hours(week, own, zone, said):
    """Told as a person would, and walked minute by minute by other code on every day of the year."""
    calendar = Calendar(name="c", timezone=own, windows=parse_hours(week))
    found = hours.seasons(calendar, zone, 2026)
    if said:
        assert hours.seasons_text(found) == said
    desk = Stepper(week, own)
    for season in found:
        told = "24x7" if season.hours == "around the clock" else season.hours.replace(" to ", " - ")
        there = Stepper(told, zone)
        for first, last in season.stretches:
            # On the day of a change, and for as long as a window reaches over it, both readings are right in part.
            at = datetime.combine(first, datetime.min.time(), tzinfo=ZoneInfo(zone)).astimezone(UTC) + timedelta(days=1)
            while at.astimezone(ZoneInfo(zone)).date() < last:
                assert desk.is_open(at) == there.is_open(at), (season, at)
                at += timedelta(minutes=97)


def test_the_whole_year_is_told(book):
    for policy in book.policies.values():
        for calendar in policy.calendars.values():
            for zone in (BERLIN, SYDNEY, "Asia/Kolkata"):
                stretches = [s for season in hours.seasons(calendar, zone, 2028) for s in season.stretches]
                assert sum((last - first).days + 1 for first, last in stretches) == 366


# --- the text


def test_it_prints_the_matrix_of_the_document(book):
    """CEL-9, CEL-4: as its table reads, with what differs by telephone."""
    assert section(shown(book.policy("celigo")), "First response") == [
        "Essential        Preferred                     Premier",
        "Urgent  4 hours          2 hours (by telephone: 24x7)  1 hour",
        "High    1 business day   8 hours                       4 hours",
        "Normal  3 business days  2 business days               1 business day",
        "Low     5 business days  2 business days               1 business day",
    ]


def test_it_says_for_whom_hours_are_and_prints_the_zones_of_the_document(book):
    """CEL-2 to CEL-4, CLX-1."""
    lines = section(shown(book.policy("celigo")), "Hours")

    assert lines[0] == "americas: Essential (Americas)"
    assert "America/Los_Angeles  Mon-Fri 08:00-17:00" in lines
    assert "America/New_York     Mon-Fri 11:00-20:00" in lines
    assert lines[-2:] == ["24x7: Preferred (Urgent by telephone), Premier", "around the clock"]
    assert any(line.startswith("Australia/Sydney  Mon-Sat 11:00-12:00") for line in lines)
    clx = section(shown(book.policy("cloudextend")), "Hours")
    assert clx[1:3] == ["America/Los_Angeles  Mon-Fri 03:00-17:00", "America/New_York     Mon-Fri 06:00-20:00"]


def test_hours_and_holidays_stand_in_the_customers_zone_beside_the_desks(book):
    text = shown(book.policy("logik"), BERLIN)

    assert section(text, "Hours")[:3] == [
        "central: Standard (Central), Premier Success (Central)",
        "America/Chicago  Mon-Fri 07:00-18:00",
        "Europe/Berlin    Mon-Fri 14:00-01:00, but Mon-Fri 13:00-24:00 from 8 Mar to 28 Mar and from 25 Oct to 31 Oct",
    ]
    days = section(text, "Holidays in 2026 (central")
    assert "Mon 25 May  closed  Memorial Day                          Mon 25 May 07:00 to Tue 26 May 07:00" in days
    assert any("= Tue 19 May 2026, 18:15 CEST" in line for line in section(text, "Worked examples"))


def test_what_counts_as_a_holiday_this_year_says_where_it_is_from(book):
    """LGT-3, LGK-5: the named ones, or the country's as of a release of the package."""
    text = shown(book.policy("logik"))
    (title,) = [line for line in text.splitlines() if line.startswith("Holidays in 2026 (emea")]
    assert "public ones as in holidays 0." in title
    assert "Fri 03 Apr  closed  Good Friday" in section(text, "Holidays in 2026 (emea")
    gate = shown(book.policy("logicgate"))
    assert "Holidays in 2026 (central)" in gate
    assert len(section(gate, "Holidays in 2026")) == 9


def test_part_of_a_day_is_told_as_part_of_a_day():
    text = (shipped("policies") / "logicgate.toml").read_text(encoding="utf-8")
    half = '{ name = "Half a day", on = "05-20", closed = "12:00-24:00" },'
    policy = read_policy(PolicyText("logicgate.toml", text.replace("days = [", f"days = [{half}", 1)))

    days = section(shown(policy, BERLIN), "Holidays in 2026")
    (told,) = [" ".join(line.split()) for line in days if "Half a day" in line]
    assert told == "Wed 20 May closed 12:00-24:00 Half a day Wed 20 May 19:00 to Thu 21 May 07:00"


@pytest.mark.parametrize(
    ("name", "title", "line"),
    [
        (
            "laioutr",
            "Rules",
            "a case about a declared incident need not be answered in time once an agent says so",
        ),  # LAI-6
        ("laioutr", "Rules", "every customer names a contact who is reachable around the clock"),  # LAI-10
        ("laioutr", "Languages", "en"),  # LAI-13
        ("laioutr", "Severity is set by", "an acceptable workaround"),  # LAI-2
        ("laioutr", "Left out", "consulting"),  # LAI-12
        ("laioutr", "Warranty", "only registered contacts"),  # LAI-5
        ("laioutr", "Life of a case", "proposed to be downgraded"),  # LAI-9
        ("threekit", "Plans", "Standard: without"),  # TKT-6
        ("threekit", "Channels", "no targets"),  # TKT-7
        ("logik", "Maintenance", "Prod upgrade, Prod"),  # LGK-10
        ("logik", "Areas covered", "blueprint"),  # LGK-8
        ("logik", "What customers are asked for", "Steps to reproduce"),  # LGK-9
        ("logicgate", "Rules", "please escalate"),  # LGT-7
        ("logicgate", "Warnings and escalation", "on-call"),  # LGT-5
        ("logicgate", "Assumed", "targets.standard"),  # LGT-1
        ("celigo", "Credits", "from 4 % of violations: 10 % of the quarter's fee"),  # CEL-12
    ],
)
def test_what_other_clauses_say_stands_in_it(book, name, title, line):
    lines = section(shown(book.policy(name)), title)

    assert any(line in said for said in lines), lines


# What an offering of another country and language has: capitals within a name, a plan around the clock, a second too late.
ALSTER = """
key = "alster"
name = "Alster"
[plans.managed]
name = "Managed"
[regions.hamburg]
calendar = "office"
[calendars.office]
timezone = "Europe/Berlin"
hours = "mon-fri 08:00-18:00"
[severities]
a = { rank = 1, name = "Kritisch", definition = "Nichts geht." }
b = { rank = 4, name = "Normal", definition = "Eine Frage." }
[promises.note]
name = "Antwort auf Eskalation"
starts = "first_answer"
met_by = ["answer"]
[targets.managed]
first_response = { a = { within = "30m", calendar = "24x7" }, b = "8h" }
note = { a = { within = "1h", calendar = "24x7" } }
[credits]
counts = [["> 1", 5], [4, 10]]
calendar = "office"
request_within_days = 30
[classifier]
default = "b"
[[example]]
at = 2026-10-23T17:50:01+02:00
severity = "a"
why = "late by a second"
then = [
    { after = "0m", do = "answer Ja.", expect = { note = { state = "running" }, severity = "a" } },
    { after = "1h1s", expect = { note = { state = "breached" } } },
]
"""


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Antwort auf Eskalation", ["Managed", "Kritisch  1 hour (24x7)", "Normal    -"]),
        ("Credits", ["above 1 violation: 5 % of the quarter's fee", "from 4 violations: 10 % of the quarter's fee"]),
        (
            "Worked examples",
            [
                "Fri 23 Oct 2026, 17:50:01 CEST, Kritisch (late by a second)",
                "Fri 23 Oct 2026, 17:50:01 CEST, the agent writes 'Ja.': Antwort auf Eskalation running; the case is Kritisch",
                "Fri 23 Oct 2026, 18:50:02 CEST: Antwort auf Eskalation breached",
            ],
        ),
    ],
)
def test_names_stand_as_they_are_written_and_times_on_the_regions_wall_to_the_second(title, lines):
    assert section(shown(read_policy(PolicyText("alster.toml", ALSTER))), title)[: len(lines)] == lines


# --- the command


def test_a_customer_sees_what_they_bought(run):  # noqa: F811
    code, out, _ = run("policy", "show", "logik", "--customer", "orion")

    assert code == 0
    assert "for: Orion GmbH, plan Premier Success, region EMEA" in out
    assert section(out, "First response")[0] == "Premier Success"
    assert section(out, "Hours")[0] == "emea: Premier Success (EMEA)"
    assert "Standard" not in out
    both = run("policy", "show", "logik", "--customer", "acme", "--timezone", BERLIN)[1]
    assert "in Europe/Berlin" in both
    assert "in America/Chicago" not in both, "it is the desk's own"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["logik", "--customer", "nobody"], "there is no customer 'nobody'; the nearest is "),
        (["logik", "--customer", "lumen"], "customer lumen bought threekit, not logik"),
        (["logik", "--timezone", "Berlin"], "expected a zone of the IANA database"),
        (["logik@0000"], "run: helpdesk db upgrade"),
    ],
)
def test_what_is_not_there_is_said(run, words, problem):  # noqa: F811
    code, out, err = run("policy", "show", *words)

    assert code in {1, 2}
    assert out == ""
    assert problem in " ".join(err.split())


def test_programs_get_all_of_it(book):
    shape = offering_shape(book.policy("celigo"), now=NOW, reader=OfferingReader((BERLIN,)))

    americas = shape["calendars"]["americas"]
    assert americas["hours"] == "Mon-Fri 08:00-17:00"
    assert americas["business_days"] == ["mon", "tue", "wed", "thu", "fri"]
    assert americas["hours_in"][BERLIN].startswith("Mon-Fri 17:00-02:00")
    assert americas["special_days"][3] == {
        "on": "2026-05-25",
        "name": "Memorial Day",
        "opens": False,
        "business_day": None,
        "begins_at": "2026-05-25T07:00:00+00:00",
        "ends_at": "2026-05-26T07:00:00+00:00",
    }
    assert json.loads(json.dumps(shape)) == shape


def test_versions_that_were_stored_are_listed_shown_and_compared(run, tmp_path):  # noqa: F811
    """An old case's policy can be read years later, beside the one in force."""
    folder = tmp_path / "own"
    folder.mkdir()
    text = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")
    database = Database(f"sqlite:///{tmp_path / 'helpdesk.db'}")
    migrate.upgrade(database)
    config = write_office(tmp_path)
    config.write_text(config.read_text().replace("[desk]", '[desk]\npolicies = "own"'))
    for version in (text, text.replace('urgent = "2h"', 'urgent = "1h"', 1)):
        (folder / "logik.toml").write_text(version, encoding="utf-8")
        Desk(database=database, rules=load_rules(config), now=lambda: NOW).begin()
    database.close()

    shapes = json.loads(run("policy", "versions", "logik", "--json")[1])
    assert sorted(shape["in_force"] for shape in shapes) == [False, True]
    assert {shape["cases"] for shape in shapes} == {0}
    old = next(shape["version"] for shape in shapes if not shape["in_force"])
    assert "Urgent    2 hours" in run("policy", "show", f"logik@{old}")[1]
    assert "Urgent    1 hour" in run("policy", "show", "logik")[1]
    changes = json.loads(run("policy", "diff", f"logik@{old}", "logik", "--json")[1])
    assert {(change["was"], change["now"]) for change in changes} == {
        ("2 hours of central", "1 hour of central"),
        ("2 hours of emea", "1 hour of emea"),
    }
    assert run("policy", "show", f"celigo@{old}")[0] == 2
    assert run("policy", "show", "logik@ffffffffffff")[0] == 2
