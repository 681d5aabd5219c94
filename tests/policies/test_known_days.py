"""The public holidays that a case was promised by stay, whatever a later release of the package says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from importlib.resources import files

import holidays
import pytest
import sqlalchemy as sa

from helpdesk.core.clocks.timeline import clocks
from helpdesk.desk import load_rules
from helpdesk.desk.apply import apply_policy
from helpdesk.offering.files import days_from_shape, find, known_days, load_policies, policy_file, read_policy
from helpdesk.offering.files.days import public_holidays
from helpdesk.offering.files.find import policy_files
from helpdesk.offering.files.known_days import YEARS, KnownDays, known_now
from helpdesk.offering.files.read import days_of, read_table
from helpdesk.offering.files.schema import CountryHolidays
from helpdesk.report.explain import case_clocks_text
from helpdesk.store import cases, migrate
from helpdesk.store.engine import Database
from helpdesk.store.tables import metadata, policy_version
from helpdesk.unit import Unit, Units
from helpdesk.unit.versions import Versions
from tests.desk import JO, KEY, TestDesk, wall, write_office

US = CountryHolidays("US")
SHIPPED = files("helpdesk.offering.files").joinpath("shipped_days.json")


@pytest.fixture
def later_release(monkeypatch):
    """Call it, and the package knows a new holiday in the United States: Wednesday, 20 May 2026."""
    of_now = holidays.country_holidays

    def install():
        def of_later(country, *asked, **more):
            found = of_now(country, *asked, **more)
            return {**found, date(2026, 5, 20): "A new holiday"} if country == "US" else found

        monkeypatch.setattr(holidays, "country_holidays", of_later)
        monkeypatch.setattr(known_days, "version", lambda _name: "99.0")
        public_holidays.cache_clear()
        find.survey_policy.cache_clear()

    yield install
    public_holidays.cache_clear()
    find.survey_policy.cache_clear()


@pytest.fixture
def desk(desk_database, tmp_path):
    """Tuesday 19 May 2026, 16:00 in Chicago: 8 business hours end on Wednesday at 13:00."""
    rules = load_rules(write_office(tmp_path), environment={}, signing_key=KEY)
    desk = TestDesk(rules, desk_database, start="2026-05-19 16:00")
    desk.laboratory.desk.begin()
    desk.mail(JO, "Rules", "Priority: Medium\n\nNo rule fires.")
    return desk


def restarted(desk, tmp_path):
    """The desk after an upgrade: the files are read again, nothing is remembered."""
    rules = load_rules(tmp_path / "helpdesk.toml", environment={}, signing_key=KEY)
    desk.laboratory.desk.exchange(rules)
    return rules


def due(desk, rules, number=1):
    with desk.database.read() as connection:
        case = cases.load(connection, number)
        return clocks(case, Unit(connection, rules, desk.now).policy_of(case))[0].due_at


def explained(desk, rules, number=1):
    with desk.database.read() as connection:
        case = cases.load(connection, number)
        return case_clocks_text(case, Unit(connection, rules, desk.now).policy_of(case), wall("2026-05-22 12:00"))


def test_a_later_release_of_the_package_moves_no_case_that_is_there(desk, tmp_path, later_release):
    before = explained(desk, desk.rules)
    later_release()
    rules = restarted(desk, tmp_path)
    desk.mail(JO, "Layouts", "Priority: Medium\n\nNo layout loads.")

    assert due(desk, rules) == wall("2026-05-20 13:00")
    assert explained(desk, rules) == before
    assert due(desk, rules, 2) == wall("2026-05-21 13:00"), "a new case is promised by what is known now"
    assert "A new holiday" in explained(desk, rules, 2)
    assert desk.case(1).policy_version != desk.case(2).policy_version


def test_who_wants_the_new_days_for_open_cases_moves_them(desk, tmp_path, later_release):
    later_release()
    rules = restarted(desk, tmp_path)
    (moved,), stuck = apply_policy(Units(desk.database, rules), "logik", now=desk.now, dry_run=False)

    assert (moved.due_before, moved.due_after, stuck) == (wall("2026-05-20 13:00"), wall("2026-05-21 13:00"), [])
    assert due(desk, rules) == wall("2026-05-21 13:00")


def test_a_release_that_knows_the_same_days_makes_no_new_version(desk, tmp_path, monkeypatch):
    monkeypatch.setattr("helpdesk.offering.files.known_days.version", lambda _name: "99.0")
    restarted(desk, tmp_path)
    desk.mail(JO, "Layouts", "Priority: Medium\n\nNo layout loads.")

    assert desk.case(1).policy_version == desk.case(2).policy_version


def test_the_shipped_days_are_those_that_the_package_knows(monkeypatch):
    """`HELPDESK_GOLDEN=rewrite pytest tests/policies/test_known_days.py` writes them anew, as for another release."""
    monkeypatch.setattr(known_days, "version", lambda _name: "99.0")  # so that the package is asked
    asked = [days_of(read_table(policy_file(path))).days for path in policy_files(None)]
    days = {place: days for of_policy in asked for place, days in of_policy.items()}
    found = KnownDays(f"holidays {holidays.__version__}", YEARS, days).shape()
    if os.environ.get("HELPDESK_GOLDEN") == "rewrite":
        SHIPPED.write_text(json.dumps(found, sort_keys=True).replace("}, ", "},\n") + "\n", encoding="utf-8")
    assert json.loads(SHIPPED.read_text(encoding="utf-8")) == found


def test_the_shipped_policies_are_read_without_the_package():
    """To load it takes a tenth of what a command takes."""
    read = "from helpdesk.offering.files import load_policies; import sys; load_policies(); print('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", read], capture_output=True, check=True, text=True).stdout == "False\n"


def test_what_is_stored_is_read_again_as_it_was_and_says_where_it_is_from():
    known = known_now([US, CountryHolidays("DE", "BY"), CountryHolidays("US", observed=False)])
    again = days_from_shape(json.loads(json.dumps(known.shape())))

    assert again == known
    assert again.source == f"holidays {holidays.__version__}"
    assert (date(2026, 1, 6), "Epiphany") in again.of(CountryHolidays("DE", "BY"), 2026)
    assert date(2026, 7, 3) in dict(again.of(US, 2026))
    assert date(2026, 7, 3) not in dict(again.of(CountryHolidays("US", observed=False), 2026))


def test_a_year_that_is_not_kept_is_asked_of_the_package():
    assert 2009 not in YEARS
    assert known_now([US]).of(US, 2009) == public_holidays("US", None, True, 2009)


def test_every_shipped_policy_keeps_the_days_of_its_calendars():
    for key, text in load_policies().texts.items():
        policy = read_policy(text)
        assert policy.version == load_policies().policy(key).version
        for calendar in policy.calendars.values():
            assert calendar.special_days_in(2026) == load_policies().policy(key).calendars[
                calendar.name
            ].special_days_in(2026)


def test_a_version_from_before_days_were_kept_takes_them_at_the_next_start(empty_url, tmp_path, later_release):
    """Revision 0007: data of 0006 is carried across; from the first start on the days of that version stay."""
    database = Database(empty_url)
    rules = load_rules(write_office(tmp_path), environment={}, signing_key=KEY)
    text = rules.book.texts["logik"].text
    try:
        migrate.upgrade(database, "0006")
        old = {"version": "v1", "policy": "logik", "name": "logik.toml", "stored_at": "2026-05-01 00:00:00+00"}
        statement = "INSERT INTO policy_version (version, policy, name, text, stored_at) VALUES (:version, :policy, :name, :text, :stored_at)"
        with database.write() as connection:
            connection.execute(sa.text(statement), {**old, "text": text})
            connection.execute(sa.text(statement), {**old, "version": "v0", "text": "of an older format"})
        migrate.upgrade(database)
        assert migrate.differences(database) == []
        desk = TestDesk(rules, database, start="2026-05-19 16:00")
        desk.laboratory.desk.begin()
        with database.read() as connection:
            kept = {row.version: row.days for row in connection.execute(sa.select(policy_version))}
            assert "2026-05-25" in kept["v1"]["days"]["US"]
            assert kept["v0"] is None
        later_release()
        rules = load_rules(tmp_path / "helpdesk.toml", environment={}, signing_key=KEY)
        with database.read() as connection:
            policy = Versions().policy(connection, rules.book, "logik", "v1")
        assert policy.version == "v1"
        assert date(2026, 5, 20) not in {day.on for day in policy.calendars["central"].special_days_in(2026)}
    finally:
        if not database.embedded:
            metadata.drop_all(database.engine)
        database.close()


@pytest.mark.parametrize("country", ["IN", "DE", "JP"])
def test_a_country_whose_days_the_package_knows_for_fewer_years_is_read_without_a_word_on_the_terminal(country):
    """Warnings are errors here."""
    assert known_now([CountryHolidays(country)]).of(CountryHolidays(country), YEARS.start, "public")
