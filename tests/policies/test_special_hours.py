"""Ranges of days, lists of one year, make-up days, cut-offs and ties, as a file says them and `policy check` answers."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter

from helpdesk.customers import load_customers
from helpdesk.errors import ConfigurationError
from helpdesk.offering.files import PolicyText, policy_file, read_policy
from helpdesk.offering.files.lint import check_file
from helpdesk.offering.files.read import survey_policy
from helpdesk.openhours.within import parse_within
from helpdesk.report.explain import case_clocks_text
from helpdesk.report.offering import offering_text
from tests.desk import wall
from tests.policies.offices import customer, open_desk

BAKERY = """
key = "bakery"
name = "Bakery"
[plans.bread]
name = "Bread"
[regions.town]
calendar = "town"
[calendars.town]
timezone = "Europe/Paris"
hours = "mon-fri 08:00-16:00"
# more hours
[severities.stale]
rank = 1
name = "Stale"
definition = "Not to be eaten."
[targets.bread.first_response]
stale = { within = "8h" }
[classifier]
default = "stale"
[[example]]
at = 2026-06-09T09:00:00+02:00
severity = "stale"
due = 2026-06-09T17:00:00+02:00
"""


def bakery(hours="", **changes):
    """The policy's text with more lines in its calendar, and words exchanged."""
    text = BAKERY.replace("# more hours", hours)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text


def policy(hours="", **changes):
    return read_policy(PolicyText("bakery.toml", bakery(hours, **changes)))


def town(hours):
    return policy(hours).calendars["town"]


def closed_in(hours, year):
    """The dates on which the calendar is closed for a name, as one text."""
    return [day.on for day in town(hours).special_days_in(year)]


def dates(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("ends", "year", "expected"),
    [
        ('from = "08-03", to = "08-21"', 2026, dates(date(2026, 8, 3), date(2026, 8, 21))),
        ('from = "08-03", to = "08-03"', 2026, [date(2026, 8, 3)]),
        (
            'from = "12-28", to = "01-03"',
            2026,
            [*dates(date(2026, 1, 1), date(2026, 1, 3)), *dates(date(2026, 12, 28), date(2026, 12, 31))],
        ),
        ("from = 2026-12-28, to = 2027-01-03", 2026, dates(date(2026, 12, 28), date(2026, 12, 31))),
        ("from = 2026-12-28, to = 2027-01-03", 2027, dates(date(2027, 1, 1), date(2027, 1, 3))),
        ("from = 2026-12-28, to = 2027-01-03", 2028, []),
        ('from = "easter - 2 days", to = "easter + 1 day"', 2027, dates(date(2027, 3, 26), date(2027, 3, 29))),
        (
            'from = "orthodox easter - 2 days", to = "orthodox easter"',
            2026,
            dates(date(2026, 4, 10), date(2026, 4, 12)),
        ),
        (
            'from = "easter - 100 days", to = "easter - 99 days"',
            2023,
            dates(date(2023, 12, 22), date(2023, 12, 23)),
        ),
        ('from = "02-29", to = "03-02"', 2028, dates(date(2028, 2, 29), date(2028, 3, 2))),
        ('from = "02-29", to = "03-02"', 2027, dates(date(2027, 3, 1), date(2027, 3, 2))),
        ('from = "02-27", to = "02-29"', 2027, dates(date(2027, 2, 27), date(2027, 2, 28))),
        (
            'from = "last friday of may", to = "last friday of may + 3 days"',
            2026,
            dates(date(2026, 5, 29), date(2026, 6, 1)),
        ),
        ('from = "5th monday of december", to = "01-02"', 2026, dates(date(2026, 1, 1), date(2026, 1, 2))),
    ],
)
def test_a_range_of_days_has_both_its_ends(ends, year, expected):
    assert closed_in(f'days = [{{ name = "x", {ends} }}]', year) == expected


@pytest.mark.parametrize("year", range(2024, 2035))
def test_a_range_about_easter_moves_with_it(year):
    first, last = (easter(year) + timedelta(days=shift) for shift in (-7, 8))
    assert closed_in('days = [{ name = "x", from = "easter - 7 days", to = "easter + 8 days" }]', year) == dates(
        first, last
    )


def test_a_range_may_be_a_part_of_each_day():
    calendar = town('days = [{ name = "Advent", from = "12-21", to = "12-23", closed = "12:00-24:00" }]')
    assert calendar.elapsed(
        wall("2026-12-21 00:00", "Europe/Paris"), wall("2026-12-25 00:00", "Europe/Paris")
    ) == timedelta(hours=3 * 4 + 8)


def test_a_list_of_a_year_holds_for_that_year_only():
    hours = 'days_of = { 2026 = [{ name = "a", on = "07-03" }, { name = "b", from = "12-28", to = "01-03" }] }'
    assert closed_in(hours, 2025) == []
    assert closed_in(hours, 2026) == [date(2026, 7, 3), *dates(date(2026, 12, 28), date(2026, 12, 31))]
    assert closed_in(hours, 2027) == dates(date(2027, 1, 1), date(2027, 1, 3))
    assert closed_in(hours, 2028) == []


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ('days = [{ name = "x" }]', 'calendars.town.days.1: expected on = "12-24", or from = "12-28" and to = "01-03"'),
        ('days = [{ name = "x", from = "12-28" }]', "calendars.town.days.1: expected on ="),
        ('days = [{ name = "x", on = "12-24", to = "12-28" }]', "calendars.town.days.1: expected on ="),
        ('days = [{ name = "x", from = 2026-12-28, to = "01-03" }]', "expected two dates, or two days of every year"),
        ('days = [{ name = "x", from = 2026-12-28, to = 2026-01-03 }]', "expected a range of one day to a year"),
        ('days = [{ name = "x", from = 2026-12-28, to = 2036-01-03 }]', "expected a range of one day to a year"),
        ('days = [{ name = "x", from = "12-28", to = "soon" }]', "calendars.town.days.1: expected a date (2026-12-24)"),
        ('days = [{ name = "x", from = "12-28", to = "01-03", observed = "next" }]', "observed: expected of one day"),
        ('days = [{ name = "x", on = "12-24", business_day = true }]', "business_day: expected with the hours"),
        (
            "days_of = { 2026 = [{ name = 'x', on = 2027-01-02 }] }",
            "days_of.2026.1: expected a day of 2026, in whose list",
        ),
        ("days_of = { next = [{ name = 'x', on = 2027-01-02 }] }", "calendars.town.days_of"),
        ('cut_off = "4pm"', "calendars.town.cut_off: expected a time of day such as \"09:00\", not '4pm'"),
        ('cut_off = "24:00"', "calendars.town.cut_off: expected a time of day"),
        ('ties = "nearest"', "calendars.town.ties: expected"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(hours, expected):
    with pytest.raises(ConfigurationError) as caught:
        policy(hours)
    assert any(expected in problem for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("hours", "level", "said"),
    [
        (
            'days = [{ name = "fair", on = 2026-06-20, open = "10:00-12:00" }]',
            "assumption",
            "calendars.town.days: open, and no business day: Sat 2026-06-20 (fair); business_day = true makes it one",
        ),
        ("days = [{ name = 'x', on = 2026-08-03 }]", "assumption", "days: the dated days end on 2026-08-03"),
        ("days = [{ name = 'x', on = 2026-07-03 }]", "warning", "days: the dated days end on 2026-07-03"),
        (
            "days = [{ name = 'x', from = 2026-07-03, to = 2026-12-09 }]",
            "assumption",
            "the dated days end on 2026-12-09",
        ),
        (
            "days_of = { 2026 = [{ name = 'x', on = '07-03' }] }",
            "assumption",
            "days_of: the dated days end on 2026-12-31",
        ),
        ("days_of = { 2025 = [{ name = 'x', on = '07-03' }] }", "warning", "days_of: the dated days end on 2025-12-31"),
        ("days_of = { 2026 = [], 2028 = [] }", "warning", "days_of: no list of 2027"),
        ('cut_off = "16:30"', "warning", "cut_off: nothing changes by it: the desk is closed by 16:30 on every day"),
        (
            'cut_off = "07:30"',
            "warning",
            "cut_off: all mail of a day counts as the next day's: the desk opens after 07:30",
        ),
    ],
)
def test_the_check_says_what_is_easily_thought_otherwise(tmp_path, hours, level, said):
    file = tmp_path / "bakery.toml"
    file.write_text(bakery(hours), encoding="utf-8")
    found = [f"{one.key}: {one.text}" for one in check_file(file, today=date(2026, 6, 1)) if one.level == level]
    assert any(said in one for one in found), found


@pytest.mark.parametrize(
    "hours",
    [
        'days = [{ name = "fair", on = 2026-06-20, open = "10:00-12:00", business_day = true }]',
        'days = [{ name = "x", on = "08-03" }]',
        'cut_off = "12:00"\nties = "next"',
    ],
)
def test_and_nothing_of_what_is_clear(tmp_path, hours):
    file = tmp_path / "bakery.toml"
    file.write_text(bakery(hours), encoding="utf-8")
    assert not [one for one in check_file(file, today=date(2026, 6, 1)) if one.key.startswith("calendars.")]


def test_the_same_business_day_needs_hours_that_end(tmp_path):
    file = tmp_path / "bakery.toml"
    file.write_text(bakery(**{'within = "8h"': 'within = "0bd", calendar = "24x7"'}), encoding="utf-8")
    (error,) = check_file(file)
    assert "24x7 does not close, so no day of it ends" in error.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("45m", "45 minutes"),
        ("1h 30m", "90 minutes"),
        ("1h30min", "90 minutes"),
        ("2 hours", "2 hours"),
        ("0BD", "same business day"),
        ("Same  business day", "same business day"),
        ("2 business days", "2 business days"),
        ("1 calendar day", "1 calendar day"),
        ("10cd", "10 calendar days"),
        ("14 cd", "2 weeks"),
        ("1 week", "1 week"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, words):
    assert str(parse_within(text)) == words


@pytest.mark.parametrize(
    "text", ["", "3d", "3 days", "1 day", "same day", "today", "0h", "0cd", "0w", "h", "1.5h", "1m 1h", "-1h"]
)
def test_what_says_too_little_is_refused(text):
    with pytest.raises(ValueError, match='a bare "d" says too little'):
        parse_within(text)


@pytest.mark.parametrize(
    ("within", "business_day"), [("8h", "12:00"), ("3cd", "12:00"), ("3cd", "close"), ("1w", "8h"), ("1bd", "25:00")]
)
def test_how_a_business_day_is_counted_goes_with_business_days(within, business_day):
    with pytest.raises(ConfigurationError, match=r"targets\.bread\.first_response\.stale"):
        policy(**{'within = "8h"': f'within = "{within}", business_day = "{business_day}"'})


@pytest.mark.parametrize(
    ("within", "hours", "at", "due"),
    [
        ('"8h"', 'ties = "next"', "2026-06-09 08:00", "2026-06-10 08:00"),
        ('"8h"', 'cut_off = "12:00"', "2026-06-09 12:00", "2026-06-10 12:00"),
        ('"8h"', 'cut_off = "12:00"', "2026-06-12 12:01", "2026-06-15 16:00"),
        ('"8h"', 'cut_off = "12:00"', "2026-06-13 13:00", "2026-06-15 16:00"),
        ('"0bd"', "", "2026-06-09 07:00", "2026-06-09 16:00"),
        ('"0bd"', "", "2026-06-09 16:00", "2026-06-10 16:00"),
        ('"0bd"', 'cut_off = "12:00"', "2026-06-09 12:30", "2026-06-10 16:00"),
        ('"0bd", business_day = "12:00"', "", "2026-06-09 11:00", "2026-06-09 12:00"),
        ('"0bd", business_day = "12:00"', "", "2026-06-09 12:00", "2026-06-10 12:00"),
        ('"1bd", business_day = "12:00"', "", "2026-06-09 15:00", "2026-06-10 12:00"),
        ('"1bd", business_day = "12:00"', "", "2026-06-13 15:00", "2026-06-15 12:00"),
        ('"1bd", business_day = "12:00"', 'ties = "next"', "2026-06-13 15:00", "2026-06-16 12:00"),
        ('"2bd"', 'ties = "next"', "2026-06-12 20:00", "2026-06-17 08:00"),
        ('"2bd"', "", "2026-06-12 20:00", "2026-06-16 16:00"),
        ('"2bd", business_day = "close"', 'ties = "next"', "2026-06-12 20:00", "2026-06-17 16:00"),
        ('"3cd"', 'cut_off = "12:00"\nties = "next"', "2026-06-12 20:00", "2026-06-15 20:00"),
        ('"1cd"', "", "2026-03-28 02:30", "2026-03-29 03:00"),
        ('"1cd"', "", "2026-10-24 12:00", "2026-10-25 12:00"),
        ('"1w"', "", "2026-12-25 12:00", "2027-01-01 12:00"),
    ],
)
def test_each_is_due_when_a_hand_computes_it(within, hours, at, due):
    promise = policy(hours, **{'within = "8h"': f"within = {within}"}).promise(
        "first_response", plan="bread", severity="stale", region="town", channel="email"
    )
    assert promise.within.due_at(promise.calendar, wall(at, "Europe/Paris")) == wall(due, "Europe/Paris")


def test_a_make_up_day_is_a_business_day_wherever_they_are_counted():
    calendar = town(
        'days = [{ name = "x", on = 2026-06-20, open = "10:00-12:00", business_day = true }, '
        '{ name = "y", on = 2026-06-22, closed = "10:00-24:00", business_day = false }]'
    )
    counted = [day for day in dates(date(2026, 6, 18), date(2026, 6, 24)) if calendar.is_business_day(day)]
    assert [day.day for day in counted] == [18, 19, 20, 23, 24]


LOCAL = 'holidays = { country = "FR", customer_countries = ["ES", "DE-BY"] }\ncustomer_timezone = true'


def due_in(region, at, zone):
    promise = policy(LOCAL).promise("first_response", plan="bread", severity="stale", region=region, channel="email")
    return promise.within.due_at(promise.calendar, wall(at, zone)).astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("region", "at", "zone", "due"),
    [
        ("town", "2026-07-14 09:00", "Europe/Paris", "07-15 16:00"),
        ("town (ES, Europe/Madrid)", "2026-07-14 09:00", "Europe/Madrid", "07-15 09:00"),
        ("town (ES, -)", "2026-10-12 09:00", "Europe/Paris", "10-13 16:00"),
        ("town (-, Asia/Tokyo)", "2026-07-14 09:00", "Asia/Tokyo", "07-15 16:00"),
        ("town (DE-BY, Europe/Berlin)", "2026-11-01 09:00", "Europe/Berlin", "11-02 16:00"),
        ("town (DE-BY, Atlantic/Azores)", "2026-01-06 09:00", "Atlantic/Azores", "01-07 16:00"),
        ("town (XX, Mars/Olympus)", "2026-07-14 09:00", "Europe/Paris", "07-15 16:00"),
    ],
)
def test_hours_follow_the_customer(region, at, zone, due):
    assert due_in(region, at, zone) == due


@pytest.mark.parametrize(
    ("hours", "country", "timezone", "region"),
    [
        (LOCAL, "ES", "Europe/Madrid", "town (ES, Europe/Madrid)"),
        (LOCAL, "", "Europe/Madrid", "town (-, Europe/Madrid)"),
        (LOCAL, "ES", "", "town (ES, -)"),
        (LOCAL, "", "", "town"),
        (LOCAL, "PT", "", "town"),
        ("", "ES", "Europe/Madrid", "town"),
        ("customer_timezone = true", "ES", "GB", "town (-, GB)"),
    ],
)
def test_a_region_is_as_it_is_for_the_customer(hours, country, timezone, region):
    read = policy(hours)
    key = read.region_for("", country=country, timezone=timezone)
    assert key == region
    assert (read.region(key).key, read.region(key).calendar) == (region, "town")


def test_countries_that_are_not_known_are_errors_of_their_files(tmp_path):
    with pytest.raises(ConfigurationError, match="'ZZ'"):
        policy('holidays = { country = "FR", customer_countries = ["ES", "ZZ"] }')
    file = tmp_path / "customers.toml"
    file.write_text(
        '[[customer]]\nkey = "a"\nname = "A"\npolicy = "bakery"\ncountry = "PT"\ndomains = ["a.example"]\n'
        '[[customer]]\nkey = "b"\nname = "B"\npolicy = "bakery"\ncountry = "ES"\ndomains = ["b.example"]\n'
    )
    with pytest.raises(ConfigurationError) as caught:
        load_customers(file, {"bakery": policy(LOCAL)})
    (problem,) = caught.value.problems
    assert (
        "customer.1.country: expected one of ES, DE-BY (calendar town of bakery, customer_countries), not 'PT'"
        in problem
    )


def test_the_days_of_every_country_are_kept_with_the_version():
    survey = survey_policy(PolicyText("bakery.toml", bakery(LOCAL)))
    assert {"FR", "ES", "DE-BY"} == set(survey.source.days.days)


def test_a_policy_says_how_its_hours_are_read(tmp_path):
    file = tmp_path / "bakery.toml"
    days = 'days = [{ name = "fair", on = 2026-06-20, open = "10:00-12:00", business_day = true }]'
    file.write_text(bakery(f'{days}\ncut_off = "12:00"\nties = "next"'), encoding="utf-8")
    text = offering_text(read_policy(policy_file(file)), now=wall("2026-06-01 12:00", "Europe/Paris"))
    assert "what is received after 12:00 counts from the next day that the desk opens" in text
    assert "a time that falls due at a closing is due at the next opening" in text
    assert "open 10:00-12:00, a business day" in text


def desk_of(tmp_path, text, **customers):
    """A desk for the bakery, with these customers."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "bakery.toml").write_text(text, encoding="utf-8")
    named = "".join(customer(key, "bakery", **facts) for key, facts in customers.items())
    return open_desk(tmp_path, policy="bakery", customers=named, start="2026-07-13 20:00", desk='policies = "policies"')


def test_a_case_keeps_the_hours_of_its_customer(tmp_path):
    desk = desk_of(tmp_path, bakery(LOCAL), acme={"country": "ES", "timezone": "Europe/Madrid"}, beta={})
    desk.mail("jo@acme.example", "Rye", "Stale.", to="email@bakery.example")
    desk.mail("kim@beta.example", "Rye", "Stale.", to="email@bakery.example")
    desk.mail("who@gamma.example", "Rye", "Stale.", to="email@bakery.example")
    assert [desk.case(number).region for number in (1, 2, 3)] == ["town (ES, Europe/Madrid)", "town", "town"]
    # 14 July is a holiday in France.
    assert [f"{desk.clocks(number)[0].due_at:%m-%d}" for number in (1, 2, 3)] == ["07-14", "07-15", "07-15"]
    explained = case_clocks_text(desk.case(1), desk.rules.book.policy("bakery"), desk.now)
    assert "town (Europe/Madrid)" in explained


UPDATES = """
[promises.update]
starts = "first_answer"
met_by = ["answer"]
renews = true
[targets.bread.update]
stale = "2h"
[targets.bread.follow_up]
stale = "2h"
"""


def test_a_cut_off_is_for_what_comes_in(tmp_path):
    text = bakery('cut_off = "12:00"', **{"[classifier]": UPDATES + "[classifier]"})
    desk = desk_of(tmp_path, text)
    desk.at("2026-07-15 11:00", "Europe/Paris")
    desk.mail("jo@acme.example", "Rye", "Stale.", to="email@bakery.example")
    desk.at("2026-07-15 13:00", "Europe/Paris")
    desk.reply("ann@desk.example", "We bake anew.", to_kind="assigned")
    desk.at("2026-07-15 13:30", "Europe/Paris")
    desk.reply("jo@acme.example", "Thanks, but when?")
    due = {clock.target: clock.due_at for clock in desk.clocks(1) if clock.stopped_at is None}
    assert due["update"] == wall("2026-07-15 15:00", "Europe/Paris")
    assert due["follow_up"] == wall("2026-07-16 10:00", "Europe/Paris")
    explained = case_clocks_text(desk.case(1), desk.rules.book.policy("bakery"), desk.now)
    assert "Wed 2026-07-15 13:30 - Thu 2026-07-16 08:00  not counted: received after 12:00" in explained
