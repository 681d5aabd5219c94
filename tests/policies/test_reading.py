"""Bad policy files: every problem at once, each `file: key: what was expected`, and nothing half read."""

from __future__ import annotations

import re

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.lab.policy_check import check_files, files_of_desk
from helpdesk.offering.files import PolicyText, days, known_days, load_policies, read_policy
from helpdesk.offering.files.lint import check_file
from helpdesk.shipped import shipped

GOOD = (shipped("policies") / "threekit.toml").read_text(encoding="utf-8")


def problems(text):
    with pytest.raises(ConfigurationError) as caught:
        read_policy(PolicyText("bad.toml", text))
    return caught.value.problems


def with_change(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'urgent = "2bd"',
            'urgent = "2d"',
            "targets.standard.first_response.urgent: expected minutes, hours or business days",
        ),
        ('urgent = "2bd"', 'urgent = "soon"', "targets.standard.first_response.urgent: expected minutes"),
        ('urgent = "2bd"', 'urgent = "0h"', "targets.standard.first_response.urgent: expected minutes"),
        ('urgent = "2bd"', "urgent = 5", "targets.standard.first_response.urgent: "),
        ('urgent = "2bd"', 'urgnet = "2bd"', "targets.standard.first_response.urgnet: expected one of critical"),
        (
            'calendar = "24x7" }',
            'calendar = "nights" }',
            "targets.standard.first_response.critical.calendar: expected one of",
        ),
        ('calendar = "eastern"', 'calendar = "western"', "regions.eastern.calendar: expected one of"),
        ('hours = "mon-fri 03:00-18:00"', 'hours = "mon-fri 3-18"', "calendars.eastern.hours: hours 'mon-fri 3-18'"),
        ('hours = "mon-fri 03:00-18:00"', 'hours = "mon-fri 18:00-18:00"', "calendars.eastern.hours: "),
        ('timezone = "America/New_York"', 'timezone = "EST5"', "calendars.eastern.timezone: expected"),
        ('country = "US"', 'country = "XX"', "calendars.eastern.holidays: expected a country"),
        ('country = "US"', 'cuontry = "US"', "calendars.eastern.holidays"),
        ("rank = 1", "rank = 0", "severities.critical.rank: expected 1 (the worst) to 4, not 0"),
        ("rank = 1", 'rank = "first"', "severities.critical.rank: expected"),
        ('default = "high"', 'default = "tall"', "classifier.default: expected one of"),
        *(
            (
                'default = "high"',
                f'default = "high"\nreview_below = {share}',
                f"classifier.review_below: expected a share from 0 to 1, such as 0.65, not {share}",
            )
            for share in ("75", "-0.5", "1.01", "nan")
        ),
        (
            'aliases = ["p2", "sev 2"]',
            'aliases = ["p2", "SEV  1"]',
            "severities.urgent.aliases: expected 'SEV  1' with one severity only, severities.critical has it too",
        ),
        (
            'aliases = ["p1", "sev 1", "blocker"]',
            'aliases = ["urgent"]',
            "severities.critical.aliases: expected 'urgent' with one severity only, severities.urgent has it too",
        ),
        (
            'languages = ["en"]',
            'languages = ["en", "dee"]',
            "languages: expected one of ca, da, de, en, es, fr, it, nb, nl, pl, pt, sv, not 'dee'",
        ),
        (
            'languages = ["en"]',
            'languages = ["EN"]',
            "languages: expected one of ca, da, de, en, es, fr, it, nb, nl, pl, pt, sv, not 'EN'",
        ),
        (
            'languages = ["en"]',
            "languages = []",
            "languages: expected at least one of ca, da, de, en, es, fr, it, nb, nl, pl, pt, sv",
        ),
        ('at = "50%"', 'at = "half"', "ladder.1.at: expected "),
        ('send = "warning"', 'send = "pigeon"', "ladder.1.send: expected"),
        ('to = ["assignee"]', 'to = ["everybody"]', "ladder.1.to"),
        ("at = 2026-05-19T10:00:00-04:00", "at = 2026-05-19T10:00:00", "example.1: expected times with an offset"),
        ('name = "Threekit"', 'nmae = "Threekit"', "nmae: no such key"),
        ("reopen_within_days = 14", 'reopen_within_days = "long"', "lifecycle.reopen_within_days: expected"),
        ("reopen_within_days = 14", "reopen_within_days = 0", "lifecycle.reopen_within_days: expected one day or more"),
        ("reopen_within_days = 14", "close_after_days = 4", "lifecycle.close_after_days: expected remind_after_days"),
        (
            "reopen_within_days = 14",
            "downgrade_after_days = 4",
            "lifecycle.downgrade_after_days: expected downgrade_to",
        ),
    ],
)
def test_each_mistake_is_named_with_its_place_and_what_was_expected(old, new, expected):
    found = problems(with_change(old, new))

    assert any(problem.startswith(f"bad.toml: {expected}") for problem in found), found


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('start = 2026-06-05T20:00:00\nrule = "FREQ=WEEKLY"\nhours = 2\nweekday = "frday"', "weekday: expected a day"),
        ('start = 2026-06-05T20:00:00\nrule = "FREQ=WEEKLY"\nhours = inf', "hours: expected how long a window is"),
        ('start = 2026-06-05T20:00:00\nrule = "FREQ=WEEKLY"\nhours = nan', "hours: expected how long a window is"),
        ('dated = [[2026-06-05T20:00:00Z, 2026-06-05T22:00:00Z]]\nweekday = "fri"', "weekday: expected a day"),
        ("dated = [[2026-06-05T22:00:00Z, 2026-06-05T20:00:00Z]]", "dated: expected pairs of times"),
    ],
)
def test_each_mistake_of_a_maintenance_window_is_named(entry, expected):
    (found,) = problems(f'{GOOD}\n[[maintenance]]\nname = "Odd"\n{entry}\n')

    assert found.startswith(f"bad.toml: maintenance.1: {expected}")


def test_every_problem_is_said_at_once():
    text = GOOD
    for old, new in [
        ('urgent = "2bd"', 'urgent = "2d"'),
        ('hours = "mon-fri 03:00-18:00"', 'hours = "whenever"'),
        ("rank = 1", "rank = 9"),
        ('at = "80%"', 'at = "110%"'),
        ('default = "high"', 'default = "tall"'),
    ]:
        text = text.replace(old, new, 1)
    found = problems(text)

    assert len(found) >= 5
    assert all(re.match(r"bad\.toml: [\w.]+: ", problem) for problem in found)


def test_what_is_no_toml_is_said_with_its_line():
    assert "line 1" in problems("key = = 5")[0]


def test_a_file_that_is_empty_names_what_is_missing():
    found = problems("")

    assert {
        "bad.toml: key: expected this key, which is missing",
        "bad.toml: plans: expected this key, which is missing",
    } <= set(found)


def test_the_version_follows_the_text_and_the_public_holidays_and_nothing_else(monkeypatch):
    def version(name="a.toml", text=GOOD):
        return read_policy(PolicyText(name, text)).version

    first = version()
    assert version("b.toml") == first
    assert version(text=GOOD + "\n") != first
    answer = days.public_holidays
    monkeypatch.setattr(known_days, "version", lambda _name: "99.0")
    assert version() == first
    monkeypatch.setattr(known_days, "public_holidays", lambda *asked: answer(*asked)[1:])
    assert version() != first


def test_an_example_that_does_not_come_out_is_an_error(tmp_path):
    file = tmp_path / "threekit.toml"
    file.write_text(with_change("due = 2026-05-19T14:00:00-04:00", "due = 2026-05-19T15:00:00-04:00"), encoding="utf-8")
    errors = [finding for finding in check_file(file) if finding.level == "error"]

    assert [(finding.key, "computed 2026-05-19 14:00:00-04:00" in finding.text) for finding in errors] == [
        ("example.1", True)
    ]


def test_a_policy_folder_with_two_files_of_one_key_or_a_broken_one_is_refused_as_a_whole(tmp_path):
    (tmp_path / "mine.toml").write_text(GOOD.replace('urgent = "2bd"', 'urgent = "2d"'), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_policies(tmp_path)

    assert any("targets.standard.first_response.urgent" in problem for problem in caught.value.problems)


def test_a_file_that_is_not_utf_8_is_a_problem_with_its_line(tmp_path):
    """Else a broken edit would be no refused edit, but a failure once a second."""
    (tmp_path / "mine.toml").write_bytes(b'key = "mine"\nname = "M\xfcller"\n')
    with pytest.raises(ConfigurationError) as caught:
        load_policies(tmp_path)

    assert caught.value.problems == (f"{tmp_path / 'mine.toml'}: expected UTF-8, line 2 is something else",)
    (finding,) = check_file(tmp_path / "mine.toml")
    assert (finding.level, finding.key, finding.text) == (
        "error",
        "(the file)",
        "expected UTF-8, line 2 is something else",
    )
    (gone,) = check_file(tmp_path / "gone.toml")
    assert gone.text == "expected a file, there is none"


def test_the_mark_that_some_editors_put_in_front_is_no_text(tmp_path):
    (tmp_path / "logik.toml").write_bytes(b"\xef\xbb\xbf" + (shipped("policies") / "logik.toml").read_bytes())
    assert load_policies(tmp_path).policy("logik").version == load_policies(None).policy("logik").version


def test_a_file_whose_name_is_not_its_key_is_an_error_of_the_folder(tmp_path):
    """On its own it may be called as one likes; in force it must be found by its key."""
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")
    assert [finding for finding in check_file(tmp_path / "mine.toml") if finding.level == "error"] == []

    (error,) = [finding for finding in check_files(files_of_desk(tmp_path, ())) if finding.level == "error"]
    assert (error.file, error.key) == (str(tmp_path / "mine.toml"), "key")
    assert "the file's own name" in error.text


@pytest.mark.parametrize("name", ["logik", "threekit"])
def test_the_shipped_files_have_no_error_and_say_what_they_assume(name):
    findings = check_file(shipped("policies") / f"{name}.toml")

    assert [finding for finding in findings if finding.level == "error"] == []
    assert len([finding for finding in findings if finding.level == "assumption"]) >= 4


def test_that_premier_success_is_slower_than_standard_is_a_warning():
    """LGK-4"""
    findings = check_file(shipped("policies") / "logik.toml")
    warnings = [finding.text for finding in findings if finding.level == "warning" and "premier" in finding.key]

    assert any("slower than plan Standard" in text and "Critical (2 hours against 1 hour)" in text for text in warnings)


def test_a_misspelt_key_does_not_hide_what_else_is_wrong():
    text = with_change('timezone = "America/New_York"', 'timezone = "America/New_Yorck"')
    found = "\n".join(problems(text + '\n[[incidental]]\nname = "x"\n'))

    assert "incidental: no such key" in found
    assert "New_Yorck" in found
