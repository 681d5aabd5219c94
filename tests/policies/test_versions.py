"""Versions of a policy: what changes for whom, and moving open cases with a report and a dry run."""

from __future__ import annotations

from dataclasses import fields

import pytest

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.events import ClockBreached
from helpdesk.desk import load_rules
from helpdesk.desk.apply import apply_policy
from helpdesk.offering.files import PolicyText, compare, load_policies, read_policy
from helpdesk.offering.files.compare import differences
from helpdesk.shipped import shipped
from helpdesk.unit import Unit, Units
from tests.desk import ANN, JO, KEY, wall
from tests.policies.offices import customer, open_desk

LOGIK = (shipped("policies") / "logik.toml").read_text(encoding="utf-8")


def edited(*changes):
    text = LOGIK
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_policy_differs_in_nothing_from_itself():
    policy = load_policies().policy("logik")

    assert differences(policy, policy, years=(2026, 2027)) == []


def test_the_difference_says_what_changes_for_whom():
    old = load_policies().policy("logik")
    changes = (
        ('urgent = "2h"', 'urgent = "1h"'),
        ('holidays = { country = "DE" }', 'holidays = { country = "DE", subdivision = "BY" }'),
    )
    found = differences(old, read_policy(PolicyText("logik.toml", edited(*changes))), years=(2026,))

    said = {(difference.what, difference.who): (difference.was, difference.now) for difference in found}
    who = "plan standard, region central, channel email"
    assert said["first response of urgent", who] == ("2 hours of central", "1 hour of central")
    assert ("2026-01-06 in emea", "region emea") in said  # Epiphany is a holiday in Bavaria


@pytest.mark.parametrize(
    ("old", "new", "what", "was", "now"),
    [
        (
            'hours = "mon-fri 07:00-18:00"',
            'hours = "mon-fri 08:00-18:00"',
            "hours of central",
            "Mon-Fri 07:00-18:00 (America/Chicago)",
            "Mon-Fri 08:00-18:00 (America/Chicago)",
        ),
        ("reopen_within_days = 14", "reopen_within_days = 7", "lifecycle reopen_within", "14 days", "7 days"),
        ('default = "medium"', 'default = "low"', "severity when nothing tells", "medium", "low"),
        ('stated = "initial"', 'stated = "evidence"', "the stated severity is", "initial", "evidence"),
        (
            'blueprint = ["blueprint", "blueprints"]',
            'blueprint = ["blueprint"]',
            "area blueprint",
            "blueprint, blueprints",
            "blueprint",
        ),
        (
            'label = { en = "Expected behavior"',
            'label = { en = "What you expected"',
            "intake field expected",
            "Expected behavior",
            "What you expected",
        ),
        ('languages = ["en"]', 'languages = ["en", "de"]', "languages", "en", "en, de"),
        (
            'definition = "Business stopped."',
            'definition = "All stopped."',
            "definition of critical",
            "Business stopped.",
            "All stopped.",
        ),
        (
            'holidays = { country = "US" }',
            'holidays = { country = "US" }\ndays = [{ name = "Half", on = "12-24", closed = "12:00-24:00" }]',
            "2026-12-24 in central",
            "",
            "closed 12:00-24:00 (Half)",
        ),
        ("hours = 33", "hours = 30", "maintenance Routine maintenance", "33 hours", "30 hours"),
    ],
)
def test_every_edit_is_a_difference_in_words(old, new, what, was, now):
    before = read_policy(PolicyText("logik.toml", LOGIK))
    found = differences(before, read_policy(PolicyText("logik.toml", edited((old, new)))), years=(2026,))

    (difference,) = [one for one in found if one.what == what]
    assert difference.was.endswith(was)
    assert difference.now.endswith(now)


def test_every_part_of_a_policy_is_compared():
    """A field that nobody compares would change in silence; the examples and the version are none."""
    policy = load_policies().policy("celigo")
    told = {"plans", "regions", "channels", "calendars", "kinds", "goals", "severity", "intake", "ladder"}
    told |= {
        "warranty",
        "exclusions",
        "maintenance",
        "lifecycle",
        "credits",
        "calls",
        "customer_hours",
        "assumptions",
        *compare._PLAIN,
    }
    told |= {"translations", "attainment", "availability", "fiscal_year", "maintenance_terms", "versions", "unsaid"}
    told |= {"addons", "case_kinds", "varied", "dated", "_promises"}  # the last two are read from the goals

    assert {field.name for field in fields(policy)} - told == {"key", "version", "examples", "earlier", "days_source"}


@pytest.fixture
def desk(tmp_path):
    """Tuesday 19 May 2026, 09:15 in Chicago: Jo's urgent case, due 11:15, under the shipped version."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "logik.toml").write_text(LOGIK, encoding="utf-8")
    desk = open_desk(
        tmp_path,
        policy="logik",
        customers=customer("acme", "logik"),
        start="2026-05-19 09:15",
        desk='policies = "policies"',
    )
    desk.mail(JO, "Rules", "Priority: Urgent\n\nNo rule fires.", to="email@logik.example")
    return desk


def exchange(desk, tmp_path, *changes):
    """The operator edits the file; the desk takes it up."""
    (tmp_path / "policies" / "logik.toml").write_text(edited(*changes), encoding="utf-8")
    rules = load_rules(tmp_path / "helpdesk.toml", environment={}, signing_key=KEY)
    desk.laboratory.desk.exchange(rules)
    return rules


def clocks_now(desk, rules):
    with desk.database.read() as connection:
        case = desk.case()
        return clocks(case, Unit(connection, rules, desk.now).policy_of(case))


def test_an_open_case_keeps_its_version_until_it_is_moved(desk, tmp_path):
    rules = exchange(desk, tmp_path, ('urgent = "2h"', 'urgent = "1h"'))

    assert clocks_now(desk, rules)[0].due_at == wall("2026-05-19 11:15")
    desk.mail(JO, "Another", "Priority: Urgent\n\nNo layout loads.", to="email@logik.example")
    assert desk.case(2).policy_version != desk.case(1).policy_version


def test_a_dry_run_says_what_would_change_and_changes_nothing(desk, tmp_path):
    rules = exchange(desk, tmp_path, ('urgent = "2h"', 'urgent = "1h"'))
    before = desk.case()
    (moved,), stuck = apply_policy(Units(desk.database, rules), "logik", now=desk.now, dry_run=True)

    assert (moved.due_before, moved.due_after) == (wall("2026-05-19 11:15"), wall("2026-05-19 10:15"))
    assert stuck == []
    assert desk.case() == before


def test_moving_keeps_what_is_consumed_and_a_late_case_is_late_at_once(desk, tmp_path):
    """Thirty minutes are used; of the new half hour nothing is left."""
    desk.at("2026-05-19 09:50")
    rules = exchange(desk, tmp_path, ('urgent = "2h"', 'urgent = "30m"'))
    (moved,), _ = apply_policy(Units(desk.database, rules), "logik", now=desk.now, dry_run=False)

    assert moved.overdue
    (clock,) = clocks_now(desk, rules)
    assert clock.late_from == wall("2026-05-19 09:50")
    assert [stretch.why for stretch in clock.stretches][-1].startswith("policy version")
    desk.laboratory.desk.tick()
    assert desk.case().of_type(ClockBreached)


def test_a_breach_never_vanishes_by_a_kinder_version(desk, tmp_path):
    desk.at("2026-05-19 12:00")
    rules = exchange(desk, tmp_path, ('urgent = "2h"', 'urgent = "8h"'))
    apply_policy(Units(desk.database, rules), "logik", now=desk.now, dry_run=False)
    desk.reply(ANN, "We are on it.", to_kind="assigned")

    (clock,) = clocks_now(desk, rules)
    assert clock.state(desk.now) == "breached"
    assert clock.late_from == wall("2026-05-19 11:15")


def test_a_case_that_the_new_version_cannot_hold_stays_and_is_named(desk, tmp_path):
    desk.reply(ANN, "#severity medium", to_kind="assigned")
    smaller = edited().replace("severities.medium", "severities.middling").replace("medium =", "middling =")
    smaller = smaller.replace('"medium"', '"middling"')
    (tmp_path / "policies" / "logik.toml").write_text(smaller, encoding="utf-8")
    rules = load_rules(tmp_path / "helpdesk.toml", environment={}, signing_key=KEY)
    moved, (stuck,) = apply_policy(Units(desk.database, rules), "logik", now=desk.now, dry_run=False)

    assert moved == []
    assert stuck.ref == "HD-1"
    assert "severity 'medium'" in stuck.why
