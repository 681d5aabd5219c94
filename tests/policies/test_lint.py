"""`policy check` finds what the documents contradict, and what a file gets wrong, each with its key."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from helpdesk.errors import ConfigurationError
from helpdesk.lab.policy_check import check_whole
from helpdesk.offering.files import PolicyText, load_policies, read_policy
from helpdesk.offering.files.coverage import missing
from helpdesk.offering.files.find import policy_files
from helpdesk.offering.files.lint import check_file
from helpdesk.offering.files.read import schema
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.report.offering import offering_text
from helpdesk.shipped import shipped
from tests.desk import wall

WEEKLY = """
[[maintenance]]
name = "weekly"
start = 2026-01-02T20:00:00
rule = "FREQ=WEEKLY;BYDAY=FR"
hours = 2

"""
UNOWED = '[warranty]\nseverities = ["urgent"]\n[attainment.a]\nshare = 95\n'
CREDITS = '[credits]\ncalendar = "24x7"\nrequest_within_days = 30\n'


def text_of(name):
    return (shipped("policies") / f"{name}.toml").read_text(encoding="utf-8")


def found(tmp_path, name, *changes):
    """What the check says of a shipped file after some edits, as (level, key, text)."""
    text = text_of(name)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return [(finding.level, finding.key, finding.text) for finding in check_file(path)]


def of_level(findings, level):
    return {key: text for found_level, key, text in findings if found_level == level}


@pytest.mark.parametrize("path", policy_files(None), ids=lambda path: path.stem)
def test_every_shipped_policy_comes_out_as_its_own_examples_say(path):
    assert [str(finding) for finding in check_file(path) if finding.level == "error"] == []


@pytest.mark.parametrize("policy", load_policies().policies.values(), ids=lambda policy: policy.key)
def test_every_shipped_policy_has_worked_examples_of_every_kind(policy):
    """Each severity, plan and region; in hours, weekend, holiday, Saturday, before opening, each change of clocks."""
    assert list(missing(policy)) == []


@pytest.mark.parametrize(
    ("name", "left_out", "said"),
    [
        ("logik", lambda one: one.severity == "low", ["none of severity low"]),
        ("logik", lambda one: one.plan == "premier", ["none of plan premier"]),
        ("logik", lambda one: one.at.weekday() == 5, ["none on a Saturday"]),
        (
            "cloudextend",
            lambda one: one.at.isoformat().startswith("2026-05-19T01:00"),
            ["none before opening on a working day"],
        ),
        (
            "logik",
            lambda one: one.at.month in {3, 4} and one.region == "emea",
            ["none over the change to summer time in Europe/Berlin"],
        ),
        (
            "logik",
            lambda one: one.at.month in {10, 11} and one.region == "central",
            ["none over the change to winter time in America/Chicago"],
        ),
        (
            "cloudextend",
            lambda one: one.due_at and (one.due_at - one.at).days >= 1,
            [
                "none that spans a weekend",
                "none that spans a holiday",
                "none on a Saturday",
                "none over the change to summer time in America/Los_Angeles",
                "none over the change to winter time in America/Los_Angeles",
            ],
        ),
    ],
)
def test_a_kind_of_moment_that_no_example_shows_is_named(name, left_out, said):
    policy = load_policies().policy(name)
    fewer = replace(policy, examples=tuple(one for one in policy.examples if not left_out(one)))
    assert fewer.examples != policy.examples

    keys = ("none of severity", "none of plan")
    assert [kind for kind in missing(fewer) if not kind.startswith(keys) or kind in said] == said


def test_what_is_not_shown_is_one_warning_of_the_check(tmp_path):
    text = text_of("cloudextend").partition("[[example]]")[0]
    text += '[[example]]\nat = 2026-05-19T09:00:00-07:00\nseverity = "urgent"\ndue = 2026-05-19T13:00:00-07:00\n'
    path = tmp_path / "cloudextend.toml"
    path.write_text(text, encoding="utf-8")

    (warning,) = [finding for finding in check_file(path) if finding.level == "warning"]
    assert warning.key == "example"
    for kind in ("none of severity low", "none that spans a holiday", "none on a Saturday", "in America/Los_Angeles"):
        assert kind in warning.text


def test_a_desk_that_is_always_open_has_no_weekend_to_show():
    policy = load_policies().policy("cloudextend")
    always = {name: policy_24x7(calendar) for name, calendar in policy.calendars.items()}

    assert list(missing(replace(policy, calendars=always))) == []


def policy_24x7(calendar):
    return Calendar(name=calendar.name, timezone="UTC", windows=parse_hours("24x7"))


def test_a_holiday_that_is_left_out_by_a_wrong_name_is_warned_of(tmp_path):
    """It would be closed in silence on a day on which the desk means to work."""
    change = ('holidays = { country = "US" }', 'holidays = { country = "US", without = ["Columbus Dya", "Labor Day"] }')
    said = of_level(found(tmp_path, "cloudextend", change), "warning")["calendars.pacific.holidays.without"]

    assert "'Columbus Dya'" in said
    assert "Columbus Day" in said
    assert "'Labor Day'" not in said


def test_lgk_4_a_plan_that_is_sold_as_better_and_is_slower_is_warned_of(tmp_path):
    """LGK-4: Premier Success is slower than Standard at every severity."""
    said = of_level(found(tmp_path, "logik"), "warning")["targets.premier.first_response"]

    for severity in ("Critical", "Urgent", "Medium", "Low"):
        assert severity in said


def test_lgk_10_an_offset_that_lands_on_another_weekday_is_warned_of(tmp_path):
    """LGK-10: Thursday and 13 days is a Wednesday; the window is read as the Friday after."""
    said = of_level(found(tmp_path, "logik"), "warning")["maintenance.2.after_days"]
    assert "wednesday" in said
    assert "friday" in said

    prod = next(window for window in load_policies().policy("logik").maintenance if window.sector == "Prod")
    (begins, _), *_ = prod.between(wall("2026-01-20 00:00"), wall("2026-01-31 00:00"))
    assert begins == wall("2026-01-23 20:00")  # 15 days after Thursday, 8 January


@pytest.mark.parametrize(
    ("rule", "weekday", "strayed"),
    [
        ("FREQ=WEEKLY;BYDAY=FR", "Friday", ""),
        ("FREQ=MONTHLY;BYDAY=1FR", "friday", ""),
        ("FREQ=MONTHLY;BYDAY=1SU", "friday", "sunday"),
        ("FREQ=WEEKLY;BYDAY=FR", "saturday", "friday"),
        ("FREQ=WEEKLY;BYDAY=FR,SA", "friday", "saturday"),
        ("FREQ=MONTHLY;BYMONTHDAY=2", "friday", "monday"),
    ],
)
def test_a_rule_that_leaves_the_weekday_of_the_document_is_warned_of(tmp_path, rule, weekday, strayed):
    entry = WEEKLY.replace("FREQ=WEEKLY;BYDAY=FR", rule).replace("hours = 2", f'hours = 2\nweekday = "{weekday}"')
    findings = found(tmp_path, "cloudextend", ("[[example]]", f"{entry}[[example]]"))
    said = f"a window falls on a {strayed}, the document says {weekday}" if strayed else None
    assert of_level(findings, "warning").get("maintenance.1.rule") == said


def test_lgk_11_routine_maintenance_is_friday_evening_to_sunday_morning_central_time():
    """LGK-11: 8 PM to 5 AM on the wall clock, also across a clock change."""
    routine = next(
        window for window in load_policies().policy("logik").maintenance if window.name.startswith("Routine")
    )

    windows = list(routine.between(wall("2026-03-05 00:00"), wall("2026-03-16 00:00")))
    assert windows == [
        (wall("2026-03-06 20:00"), wall("2026-03-08 05:00")),
        (wall("2026-03-13 20:00"), wall("2026-03-15 05:00")),
    ]


def test_tkt_9_dated_maintenance_is_an_entry_of_the_file(tmp_path):
    """TKT-9: preview and production, each on its dates."""
    dated = """
[[maintenance]]
name = "Spring update"
sector = "Preview"
dated = [[2026-04-14T20:00:00-04:00, 2026-04-15T00:00:00-04:00]]
"""
    changed = read_policy(PolicyText("threekit.toml", text_of("threekit") + dated))

    (window,) = changed.maintenance
    assert list(window.between(wall("2026-04-14 00:00"), wall("2026-04-15 12:00"))) == [
        (wall("2026-04-14 19:00"), wall("2026-04-14 23:00"))
    ]
    assert list(window.between(wall("2026-04-16 00:00"), wall("2026-04-20 00:00"))) == []


def test_cel_2_a_region_whose_day_is_one_hour_long_is_warned_of(tmp_path):
    """CEL-2"""
    assert "60 minutes" in of_level(found(tmp_path, "celigo"), "warning")["calendars.apac.hours"]


def test_lgt_1_targets_that_the_document_does_not_give_are_assumptions(tmp_path):
    """LGT-1"""
    assert "targets.standard" in of_level(found(tmp_path, "logicgate"), "assumption")


@pytest.mark.parametrize(
    ("name", "old", "new", "level", "key"),
    [
        ("logik", 'definition = "Business stopped."', 'definition = ""', "warning", "severities.critical.definition"),
        (
            "logik",
            'hours = "mon-fri 07:00-18:00"',
            'hours = ["mon-fri 07:00-18:00", "tue 12:00-13:00"]',
            "warning",
            "calendars.central.hours",
        ),
        ("logik", 'at = "80%"\nsend = "warning"', 'at = "due + 1h"\nsend = "warning"', "warning", "ladder.2.at"),
        ("logik", 'at = "80%"', 'at = "40%"', "warning", "ladder.2.at"),
        ("logik", 'urgent = "2h"', 'urgent = "20h"', "warning", "targets.standard.first_response.urgent"),
        ("logik", 'low = "1bd"\n', "", "warning", "targets.standard.first_response.low"),
        ("logik", "due = 2026-05-19T11:15:00-05:00", "due = 2026-05-19T11:16:00-05:00", "error", "example.1"),
        ("logik", 'urgent = "2h"', 'urgent = "2d"', "error", "targets.standard.first_response.urgent"),
        ("logik", 'timezone = "Europe/Berlin"', 'timezone = "Europe/Berlyn"', "error", "calendars.emea.timezone"),
        ("logik", 'holidays = { country = "DE" }', 'holidays = { country = "XX" }', "error", "calendars.emea.holidays"),
        ("logik", 'default = "medium"', 'default = "middling"', "error", "classifier.default"),
        ("celigo", 'when = "non-production"', 'when = "non-prodction"', "error", "classifier.caps.1.when"),
        ("celigo", 'when = "kind:enhancement"', 'when = "kind:wish"', "error", "classifier.caps.2.when"),
        ("celigo", 'when = "workaround"', 'when = "channel:fax"', "error", "classifier.caps.3.when"),
        ("celigo", 'when = "workaround"', 'when = "product:"', "error", "classifier.caps.3.when"),
        ("logicgate", "never_rank_1 = [", 'never_rank_1 = ["wish", ', "error", "classifier.never_rank_1"),
        ("logik", 'calendar = "emea"', 'calendar = "emae"', "error", "regions.emea.calendar"),
        ("logik", 'rule = "FREQ=WEEKLY;BYDAY=FR"', 'rule = "FREQ=SOMETIMES"', "error", "maintenance.3"),
        ("logicgate", 'on = "last monday of may"', 'on = "last monady of may"', "error", "calendars.central.days.2"),
        (
            "celigo",
            'channels = ["online", "chat", "phone"]\n\n# CEL-12',
            'channels = ["onlin"]\n\n# CEL-12',
            "error",
            "warranty.channels",
        ),
    ],
)
def test_each_kind_of_mistake_is_named_by_its_key(tmp_path, name, old, new, level, key):
    assert key in of_level(found(tmp_path, name, (old, new)), level)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ('[fiscal_year]\nstarts = "02-30"', "fiscal_year.starts"),
        ('[fiscal_year]\nstarts = "February"', "fiscal_year.starts"),
        ("[attainment.a]\nshare = 0", "attainment.a.share"),
        ("[attainment.a]\nshare = 101", "attainment.a.share"),
        ("[attainment.a]\nshare = 95\nforgiven = 1", "attainment.a.forgiven"),
        ("[attainment.a]\nshare = 95\nfewer_than = 1\nforgiven = 1", "attainment.a.forgiven"),
        ('[attainment.a]\nshare = 95\ntargets = ["first_answer"]', "attainment.a.targets"),
        ('[attainment.a]\nshare = 95\nplans = ["gold"]', "attainment.a.plans"),
        ('[attainment.a]\nshare = 95\nseverities = ["s1"]', "attainment.a.severities"),
        ('[attainment.a]\nshare = 95\nper = "week"', "attainment.a.per"),
        (CREDITS, "credits"),
        (f"{CREDITS}each = 1\nbands = [[1, 1]]", "credits"),
        (f"{CREDITS}each = 101", "credits.each"),
        (f"{CREDITS}each = 1\nat_most = -1", "credits.at_most"),
        (f"{CREDITS}counts = [[1.5, 10]]", "credits.counts.1"),
        (f"{CREDITS}counts = [[5, 10], [5, 20]]", "credits.counts.2"),
        (f'{CREDITS}each = 1\nunless = "a"', "credits.unless"),
        (f'{CREDITS}each = 1\nunless = "a"\n[attainment.a]\nshare = 95\nper = "month"', "credits.unless"),
        (f'{CREDITS}each = 1\ntargets = ["first_answer"]', "credits.targets"),
        (f"{CREDITS}each = 1\nrequest_within_business_days = 5", "credits.request_within_business_days"),
        ('[credits]\ncalendar = "24x7"\neach = 1', "credits.request_within_days"),
        ('[[versions]]\nversion = "new"', "versions.1.version"),
        ('[[versions]]\nversion = "4"\nexclusion = "old"', "versions.1.exclusion"),
        ('[[versions]]\nversion = "4"\nextended = { long = 2027-01-01 }', "versions.1.extended"),
        ('[maintenance_terms]\nnotice = { some = "2d" }', "maintenance_terms.notice.some"),
        ('[maintenance_terms]\nbudget = "2bd"', "maintenance_terms.budget"),
        ('[[maintenance]]\nname = "x"\nimpact = "some"\ndated = []', "maintenance.1.impact"),
        ("[availability.Service]", "availability.Service.down"),
        ('[availability.api]\nplans = ["gold"]', "availability.api.plans"),
        (f'{CREDITS}each = 1\nunless = "a"\n[attainment.a]\nshare = 95\nof = "offering"', "credits.unless"),
        ('[availability.api]\nat_least = "1bd"', "availability.api.at_least"),
        ("[availability.api]\ngoal = 100.1", "availability.api.goal"),
        ('[availability.api]\neach = "30m"', "availability.api"),
        ('[availability.api]\neach = "30m"\ncredit = 5\nbands = [[99, 5]]', "availability.api"),
        ('[availability.api]\nbands = [["> 99", 5]]', "availability.api.bands.1"),
        ('[availability.api]\nbands = [["< 99", 5], ["< 99.9", 10]]', "availability.api.bands.2"),
        ('[availability.api]\nbands = [["< 99", 5], ["< 98", 4]]', "availability.api.bands.2"),
        ('[availability.api]\nbands = [["< 99", 5]]', "availability.api"),
        (f'[availability.api]\nper = "year"\nbands = [["< 99", 5]]\n{CREDITS}', "availability.api.per"),
        ('[credits]\ncalendar = "24x7"\neach = 1\nrequest_within_days = 0', "credits.request_within_days"),
    ],
)
def test_each_mistake_of_a_period_is_named_by_its_key(tmp_path, said, key):
    (tmp_path / "cloudextend.toml").write_text(f"{text_of('cloudextend')}\n{said}\n", encoding="utf-8")
    findings = check_file(tmp_path / "cloudextend.toml")
    assert key in {finding.key for finding in findings if finding.level == "error"}, [str(one) for one in findings]


@pytest.mark.parametrize(
    ("said", "key", "text"),
    [
        (f'{UNOWED}severities = ["low"]', "attainment.a", "no such promise is owed"),
        (f'{UNOWED}severities = ["low", "urgent"]', "", ""),
        (f'{UNOWED}severities = ["low"]\nowed_only = false', "", ""),
        ('[[versions]]\nversion = "4"', "versions", "[[intake]] asks for the version"),
        (
            f'{WEEKLY}[maintenance_terms]\nbudget = "24h"',
            "maintenance_terms.budget",
            "26 h in 2026Q1, there may be 24 h",
        ),
        (f'{WEEKLY}[maintenance_terms]\nbudget = "26h"', "", ""),
        (f'{WEEKLY}[maintenance_terms]\nbudget = "8h"\nper = "month"', "maintenance_terms.budget", "10 h in 2026-01"),
    ],
)
def test_what_runs_and_cannot_be_meant_of_periods_and_versions_is_warned_of(tmp_path, said, key, text):
    (tmp_path / "cloudextend.toml").write_text(f"{text_of('cloudextend')}\n{said}\n", encoding="utf-8")
    warned = of_level([(one.level, one.key, one.text) for one in check_file(tmp_path / "cloudextend.toml")], "warning")
    assert {one for one in warned if one.startswith(("attainment", "versions", "maintenance_terms"))} == {key} - {""}
    assert text in warned.get(key, "")


def test_a_channel_may_have_another_time_and_other_hours(tmp_path):
    """Targets by plan, severity and channel."""
    by = '{ within = "2h", by_channel = { phone = { within = "30m", calendar = "24x7" }, chat = { within = "1bd", business_day = "close" } } }'
    text = text_of("celigo").replace('{ within = "2h", by_channel = { phone = "24x7" } }', by, 1)
    policy = read_policy(PolicyText("celigo.toml", text))
    asked = {"plan": "preferred", "severity": "urgent", "region": "americas"}
    said = {key: policy.promise("first_response", channel=key, **asked) for key in ("online", "phone", "chat")}

    assert {key: (str(one.within), one.calendar.name) for key, one in said.items()} == {
        "online": ("2 hours", "preferred"),
        "phone": ("30 minutes", "24x7"),
        "chat": ("1 business day", "preferred"),
    }
    shown = offering_text(policy, now=wall("2026-05-20 09:00"))
    assert "2 hours (by telephone: 30 minutes, 24x7; by chat: 1 business day)" in shown
    for wrong in ('within = "30d"', 'calendar = "nights"', 'wihtin = "30m"'):
        broken = text.replace('phone = { within = "30m"', f"phone = {{ {wrong}", 1)
        with pytest.raises(ConfigurationError) as raised:
            read_policy(PolicyText("celigo.toml", broken.replace(', calendar = "24x7" }, chat', " }, chat")))
        place = "celigo.toml: targets.preferred.first_response.urgent"
        assert all(problem.startswith(place) for problem in raised.value.problems), raised.value.problems
        assert not any("Table" in problem for problem in raised.value.problems), raised.value.problems


def test_a_target_in_hours_that_never_come_is_an_error(tmp_path):
    closed = "".join(
        f'{{ name = "never", on = "{m:02}-{d:02}" }},'
        for m in range(1, 13)
        for d in range(1, 32)
        if (m, d) not in {(2, 30), (2, 31), (4, 31), (6, 31), (9, 31), (11, 31)}
    )
    findings = found(tmp_path, "cloudextend", ('holidays = { country = "US" }', f"days = [{closed}]"))

    assert "targets.essential.first_response.urgent" in of_level(findings, "error")


def test_every_problem_of_a_file_is_said_at_once():
    broken = text_of("logik").replace('urgent = "2h"', 'urgent = "2d"').replace("America/Chicago", "America/Chikago")
    broken = broken.replace('default = "medium"', 'default = "middling"')

    with pytest.raises(ConfigurationError) as raised:
        read_policy(PolicyText("logik.toml", broken))
    problems = raised.value.problems
    assert len(problems) >= 3
    assert all(problem.startswith("logik.toml: ") for problem in problems)


def test_a_misspelt_key_is_refused_by_name():
    with pytest.raises(ConfigurationError) as raised:
        read_policy(PolicyText("logik.toml", text_of("logik").replace("reopen_within_days", "reopen_witin_days")))

    assert raised.value.problems == (
        "logik.toml: lifecycle.reopen_witin_days: no such key; did you mean reopen_within_days?",
    )


def test_the_schema_for_editors_names_every_table_of_the_format():
    described = schema()

    assert json.dumps(described)
    assert {"plans", "regions", "calendars", "severities", "targets", "classifier", "credits"} <= set(
        described["properties"]
    )
    assert described["additionalProperties"] is False


@pytest.mark.parametrize(
    ("dated", "by", "said"),
    [
        ("dated = [[2026-11-01T03:00:00-08:00, 2026-11-01T05:00:00-08:00]]", "2026-10-30T04:00:00-07:00", ""),
        (
            "dated = [[2026-11-01T03:00:00-08:00, 2026-11-01T05:00:00-08:00]]",
            "2026-10-30T03:00:00-07:00",
            "expected 2026-10-30 03:00:00-07:00, computed 2026-10-30 04:00:00-07:00",
        ),
        ('start = 2026-11-01T03:00:00\nrule = "FREQ=DAILY"\nhours = 1', "2026-10-30T04:00:00-07:00", "dated windows"),
        ("dated = [[2026-11-01T03:00:00-08:00, 2026-11-01T05:00:00-08:00]]", "2026-10-30T04:00:00", "with an offset"),
    ],
)
def test_by_when_a_window_is_announced_is_a_worked_example(tmp_path, dated, by, said):
    window = (
        f'[maintenance_terms]\nnotice = {{ some = "48h" }}\n[[maintenance]]\nname = "own"\nimpact = "some"\n{dated}'
    )
    findings = found(tmp_path, "cloudextend", ("[[example]]", f"{window}\nannounce_by = {by}\n[[example]]"))
    wrong = "\n".join(text for level, key, text in findings if level == "error" and key.startswith("maintenance"))
    assert bool(wrong) == bool(said)
    assert said in wrong


@pytest.mark.parametrize(
    ("fields", "due", "said"),
    [
        ('impact = "all", urgency = "soon"', 14, ""),
        ('impact = "all"', 14, ""),
        ('impact = "all", urgency = "later"', 14, "expected urgent, but impact all, urgency later is low"),
        ('impact = "all", urgency = "later"', 15, "expected urgent, but impact all, urgency later is low"),
    ],
)
def test_impact_and_urgency_of_an_example_make_its_severity(tmp_path, fields, due, said):
    fields_asked = "".join(f'[[intake]]\nkey = "{key}"\nlabel = "{key}"\n' for key in ("impact", "urgency"))
    matrix = '[classifier.matrix.table]\nall = { soon = "urgent", later = "low" }\n'
    example = f'[[example]]\nat = 2026-06-16T10:00:00-07:00\nseverity = "urgent"\ndue = 2026-06-16T{due}:00:00-07:00\nfields = {{ {fields} }}\n'
    findings = found(tmp_path, "cloudextend", ("[[example]]", f"{matrix}{fields_asked}{example}[[example]]"))
    assert of_level(findings, "error").get("example.1", "") == said


@pytest.mark.parametrize(
    ("starts", "met_by", "said"),
    [
        ("severity_set", "answer", False),
        ("details_complete", "word", False),
        ("received", "assigned", True),
        ("first_answer", "answer", True),
    ],
)
def test_a_first_answer_by_another_name_is_one(tmp_path, starts, met_by, said):
    """Of a promise that begins with the severity, say, nobody is told that there is none."""
    promise = f'[promises.word]\nstarts = "{starts}"\nmet_by = ["{met_by}"]\n'
    findings = found(
        tmp_path, "cloudextend", ("[targets.essential.first_response]", f"{promise}[targets.essential.word]")
    )
    warnings = [key for level, key, text in findings if level == "warning" and "no first response target" in text]
    assert bool(warnings) == said


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [
        ('at = "1h before due"', 'at = "opened + 15m"', False),  # later, where an hour is promised
        ('at = "opened + 15m"', 'at = "1h before due"', False),
        ('at = "75%"', 'at = "1h before due"', False),
        ('at = "1h before due"', 'at = "75%"', False),
        ('at = "due"', 'at = "opened + 2h"', False),
        ('at = "due"\nof = ["resolution"]', 'at = "75%"\nof = ["first_response"]', False),
        ('at = "due"\nplans = ["standard"]', 'at = "75%"\nplans = ["premium"]', False),
        ('at = "due"\nof = ["resolution"]', 'at = "75%"', True),
        ('at = "1h before due"', 'at = "2h before due"', True),
        ('at = "due"', 'at = "1h before due"', True),
        ('at = "opened + 2h"', 'at = "opened + 1h"', True),
        ('at = "75%"', 'at = "opened"', True),
    ],
)
def test_a_step_is_earlier_than_the_one_above_it_where_every_promise_has_it_so(tmp_path, above, below, said):
    text = re.sub(r"(?ms)^\[\[ladder\]\]$.*?^$", "", text_of("logicgate"))
    steps = "".join(f'[[ladder]]\nsend = "escalation"\nto = ["lead"]\n{step}\n' for step in (above, below))
    path = tmp_path / "logicgate.toml"
    path.write_text(text.replace("[[example]]", f"{steps}[[example]]", 1), encoding="utf-8")
    findings = [(one.key, one.text) for one in check_file(path)]
    assert (("ladder.2.at", "earlier than the step above it") in findings) == said, findings


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('hours = "mon-fri', 'cut_off = 15:00:00\nhours = "mon-fri', "expected text, not 15:00:00"),
        ('key = "cloudextend"', "key = 2026-05-01", "expected text, not 2026-05-01"),
        (
            "[targets.",
            '[promises.word]\nstarts = "answered"\nmet_by = ["answer"]\n[targets.',
            "expected 'received', 'opened', 'severity_set', 'details_complete', 'first_answer', 'last_word', ",
        ),
    ],
)
def test_what_was_expected_is_what_a_file_may_say(tmp_path, old, new, said):
    texts = [text for level, _, text in found(tmp_path, "cloudextend", (old, new)) if level == "error"]
    assert any(text.startswith(said) for text in texts), texts


@pytest.mark.parametrize("more", ["", 'then = [{ after = "1h", do = "answer" }]\n', 'mail = "Nothing works."\n'])
@pytest.mark.parametrize("asked", ['plan = "gold"', 'region = "moon"', 'channel = "fax"', 'severity = "dire"'])
def test_an_example_that_asks_for_what_is_not_there_is_said_where_it_stands(tmp_path, asked, more):
    path, text = tmp_path / "logik.toml", text_of("logik")
    wrong = f"[[example]]\nat = 2026-05-19T09:15:00-05:00\n{asked}\n{more}"
    wrong += "" if "severity" in asked else 'severity = "urgent"\n'
    path.write_text(text.replace("[[example]]", f"{wrong}\n[[example]]", 1), encoding="utf-8")
    errors = [(finding.key, finding.text) for finding in check_whole(path) if finding.level == "error"]
    assert [key for key, _ in errors] == ["example.1"]
    assert f"has no {asked.split()[0]}" in errors[0][1]


def test_where_there_are_none_a_list_is_not_printed(tmp_path):
    old, new = "[[example]]\nat", '[[example]]\naddons = ["night"]\nat'
    said = of_level(found(tmp_path, "logik", (old, new)), "error")
    assert said["example.1.addons"] == "expected nothing, for there are none here, not 'night'"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        # A table where text belongs is a mistake beside another one as well.
        (
            [('name = "CloudExtend"', 'name = { a = "b" }'), ('key = "cloudextend"', "key = 5")],
            {"key": "expected text, not 5", "name": "expected text, not {'a': 'b'}"},
        ),
        (
            [("[[example]]", '[attainment.a]\nshare = "95%"\n[[example]]')],
            {"attainment.a.share": "expected a number, not '95%'"},
        ),
        (
            [("[[example]]", "[[example]]\nthen = [{ after = '1h', expect = { first_response = { state = 'ok' } } }]")],
            {
                "example.1.then.1.expect.first_response.state": "expected 'running', 'paused', 'met', 'breached', 'exempt' or "
                "'none', not 'ok'"
            },
        ),
        (
            [("holidays = {", 'holidays = { subdivision = "Nowhere",')],
            {
                "calendars.pacific.holidays": "expected a country (and subdivision) that has public holidays, not 'US-Nowhere': of US, "
            },
        ),
    ],
)
def test_each_mistake_is_said_where_it_is_and_only_there(tmp_path, changes, wrong):
    errors = [(key, text) for level, key, text in found(tmp_path, "cloudextend", *changes) if level == "error"]
    for place, text in wrong.items():
        (said,) = [said for key, said in errors if key == place]
        assert said.startswith(text)
    assert not [text for _, text in errors if text.startswith("expected a list, not {")]
