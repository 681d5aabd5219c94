"""Worked examples that go on: each step is read strictly, lived through by the engine, and told apart where it differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.lab.policy_check import check_whole
from helpdesk.offering.files import policy_file, read_policy
from helpdesk.report.offering import offering_text
from tests.desk import wall

if TYPE_CHECKING:
    from pathlib import Path

BASE = """
key = "mill"
name = "Mill"
pauses = ["vendor"]
[plans.only]
name = "Only"
[regions.here]
calendar = "day"
[calendars.day]
timezone = "Europe/Berlin"
hours = "mon-fri 09:00-17:00"
[severities.high]
rank = 1
name = "High"
definition = "Stopped."
[severities.low]
rank = 3
name = "Low"
definition = "Slow."
[targets.only.first_response]
high = "2h"
low = "1bd"
[targets.only.follow_up]
high = "4h"
low = "8h"
[targets.only.resolution]
high = "16h"
[classifier]
default = "low"
[[ladder]]
at = "50%"
send = "warning"
to = ["assignee"]
[[ladder]]
at = "due"
send = "breach"
to = ["assignee", "lead"]
[lifecycle]
reopen_within_days = 14
[credits]
bands = [[10, 5], ["> 50", 20]]
request_within_business_days = 5
calendar = "day"
[attainment.most]
share = 80
targets = ["first_response"]
[attainment.mild]
share = 80
severities = ["low"]
[[intake]]
key = "serial"
label = "Serial number"
[[example]]
at = 2026-05-19T10:00:00+02:00
severity = "high"
"""


def errors(tmp_path: Path, then: str, base: str = BASE) -> dict[str, str]:
    """What the check says of a story from Tuesday 10:00 on, by key below the example."""
    path = tmp_path / "mill.toml"
    path.write_text(f"{base}then = [{then}]\n", encoding="utf-8")
    found = [finding for finding in check_whole(path) if finding.level == "error"]
    return {finding.key.removeprefix("example.1."): finding.text for finding in found}


GOOD = [
    '{ after = "0m", expect = { sent = ["ack", "assigned"], first_response = { state = "running" } } }',
    '{ after = "0m", expect = { first_response = { due = 2026-05-19T12:00:00+02:00 }, follow_up = { state = "none" } } }',
    (
        '{ after = "2h", expect = { first_response = { state = "running" } } }, '
        '{ after = "1s", expect = { first_response = { state = "breached" }, sent = ["breach"], credit = "20 %" } }'
    ),
    '{ after = "2h", do = "answer", expect = { first_response = { state = "met" }, credit = "0%" } }',
    '{ after = "1h59m59s", expect = { sent = ["ack", "assigned", "warning"] } }',
    '{ after = "1h", expect = { sent = ["assigned", "ack", "warning"] } }',
    (
        '{ after = "20 min", do = "answer Try again.", expect = { sent = ["relay", "ack", "assigned"] } }, '
        '{ after = "1d", do = "customer", expect = { follow_up = { due = 2026-05-20T14:20:00+02:00 } } }, '
        '{ after = "1h", do = "wait", expect = { resolution = { state = "paused" }, follow_up = { state = "running" } } }, '
        '{ after = "1h", do = "wait vendor 3d", expect = { follow_up = { state = "paused" } } }, '
        '{ after = "2d", do = "customer Any news?", expect = { follow_up = { state = "running" } } }'
    ),
    (
        '{ after = "1h", do = "severity low", expect = { first_response = { due = 2026-05-20T10:00:00+02:00 }, '
        'resolution = { state = "none" } } }'
    ),
    '{ after = "1h", do = "#severity low it only drags\\nWe look.", expect = { first_response = { state = "met" } } }',
    (
        '{ after = "1h", do = "#close\\nNo more of it.", expect = { resolution = { state = "met" } } }, '
        '{ after = "3d", do = "customer", expect = { sent = ["reopened", "customer-message"] } }'
    ),
    (
        '{ after = "1h", do = "#close\\nNo more of it." }, { after = "90d", do = "customer Again!", '
        'expect = { first_response = { state = "running" }, sent = ["ack", "assigned"] } }'
    ),
    '{ after = "1h", do = "severity low", expect = { severity = "low", status = "open" } }',
    '{ after = "1h", do = "wait", expect = { severity = "high", status = "waiting" } }',
    '{ after = "1h", do = "#close", expect = { first_response = { state = "exempt" } } }',
    (
        '{ at = 2026-05-19T08:00:00Z, do = "answer", expect = { first_response = { state = "met" } } }, '
        "{ at = 2026-05-19T04:00:00-04:00, expect = { sent = [] } }"
    ),
]


@pytest.mark.parametrize("then", GOOD)
def test_a_story_that_comes_out_as_it_says_is_no_error(tmp_path, then):
    assert errors(tmp_path, then) == {}


DIFFERS = [
    (
        '{ after = "1h", expect = { first_response = { due = 2026-05-19T13:00:00+02:00, state = "met" } } }',
        "then.1.expect.first_response",
        "expected due 2026-05-19 13:00:00+02:00 and met, found due 2026-05-19 12:00:00+02:00 and running",
    ),
    ('{ after = "1h", expect = { sent = [] } }', "then.1.expect.sent", "expected none, found ack, assigned, warning"),
    ('{ after = "1h", expect = { sent = ["akc"] } }', "then.1.expect.sent", "not 'akc'"),
    ('{ after = "1h", expect = { credit = "5 %" } }', "then.1.expect.credit", "expected 5 %, found 0 %"),
    (
        '{ after = "3h", expect = { attained = ["most"] } }',
        "then.1.expect.attained",
        "expected most, found most missed (0 of 1 in time, 0 %; goal 80 %)",
    ),
    ('{ after = "3h", expect = { attained = ["all"] } }', "then.1.expect.attained", "(most, mild), not 'all'"),
    ('{ after = "1h", expect = { status = "closed" } }', "then.1.expect.status", "expected closed, found open"),
    ('{ after = "1h", expect = { severity = "low" } }', "then.1.expect.severity", "expected low, found high"),
    ('{ after = "1h", do = "#split one thing" }', "then.1.do", "a story is about one case"),
    ('{ after = "1h", do = "#merge HD-9" }', "then.1.do", "it comes back: #merge HD-9"),
    ('{ after = "1h", do = "#resolv" }', "then.1.do", "it comes back: #resolv: expected #resolve"),
    (
        '{ after = "1h", expect = { follow_up = { due = 2026-05-19T13:00:00+02:00 } } }',
        "then.1.expect.follow_up",
        "found no due time",
    ),
    (
        '{ after = "1h", do = "answer" }, { after = "1h", expect = { first_response = { state = "breached" } } }',
        "then.2.expect.first_response",
        "expected breached, found met",
    ),
]


@pytest.mark.parametrize(("then", "key", "said"), DIFFERS)
def test_a_story_that_comes_out_differently_says_expected_against_found(tmp_path, then, key, said):
    found = errors(tmp_path, then)
    assert list(found) == [key]
    assert said in found[key]


BROKEN = [
    ("{ }", "then.1", "expected either `after`"),
    ('{ after = "1h", at = 2026-05-19T11:00:00+02:00 }', "then.1", "expected either `after`"),
    ('{ after = "1h" }', "then.1", "this step says nothing"),
    ('{ after = "2 hours", do = "answer" }', "then.1", "after: expected elapsed time such as"),
    ('{ after = "1bd", do = "answer" }', "then.1", "after: expected elapsed time"),
    ('{ after = "-1h", do = "answer" }', "then.1", "after: expected elapsed time"),
    ('{ after = "h", do = "answer" }', "then.1", "after: expected elapsed time"),
    ('{ after = 2, do = "answer" }', "then.1.after", "expected text, not 2"),
    ('{ at = 2026-05-19T11:00:00, do = "answer" }', "then.1", "at: expected a time with an offset"),
    ('{ at = 2026-05-19T09:00:00+02:00, do = "answer" }', "then.1", "at: expected a time not before 2026-05-19 10:00"),
    (
        '{ after = "1h", do = "reply" }',
        "then.1.do",
        "expected answer, customer, severity KEY, wait, or an agent's order",
    ),
    ('{ after = "1h", do = "severity awful" }', "then.1.do", "expected severity and one of high, low"),
    ('{ after = "1h", do = "severity" }', "then.1.do", "expected severity and one of high, low"),
    ('{ after = "1h", did = "answer" }', "then.1.did", "no such key"),
    ('{ after = "1h", expect = { update = { state = "met" } } }', "then.1.expect", "expected one of first_response, "),
    ('{ after = "1h", expect = { first_response = { state = "late" } } }', "then.1.expect.first_response", "'running'"),
    ('{ after = "1h", expect = { first_response = { } } }', "then.1.expect", "first_response: expected { due = TIME"),
    ('{ after = "1h", expect = { first_response = "met" } }', "then.1.expect", "first_response: expected { due = TIME"),
    (
        '{ after = "1h", expect = { first_response = { due = 2026-05-19T11:00:00 } } }',
        "then.1.expect",
        "first_response.due: expected a time with an offset",
    ),
    ('{ after = "1h", expect = { status = "gone" } }', "then.1.expect", "status: expected one of open, waiting, "),
    ('{ after = "1h", expect = { severity = "awful" } }', "then.1.expect", "severity: expected one of high, low"),
    ('{ after = "1h", expect = { sent = "ack" } }', "then.1.expect", "sent: expected a list of kinds of mail"),
    ('{ after = "1h", expect = { attained = "most" } }', "then.1.expect", "attained: expected a list of keys"),
    ('{ after = "1h", expect = { credit = "a lot" } }', "then.1.expect", 'credit: expected percent such as "10 %"'),
    ('{ after = "1h", expect = { credit = "200 %" } }', "then.1.expect", 'credit: expected percent such as "10 %"'),
    ('{ after = "1h", expect = { credit = ["10 %"] } }', "then.1.expect", "not a list"),
]


@pytest.mark.parametrize(("then", "key", "said"), BROKEN)
def test_a_step_that_is_written_wrongly_says_where_and_what_was_expected(tmp_path, then, key, said):
    found = errors(tmp_path, then)
    assert any(place.startswith(key) and said in text for place, text in found.items()), found


SAID = {  # beside the story, and what comes of it
    "beside = { kept = 8, missed = 1 }": '{ after = "3h", expect = { credit = "5 %" } }',  # two of ten
    "beside = { kept = 8, missed = 0 }": '{ after = "3h", expect = { attained = ["most"] } }',  # of every case: not mild
    "beside = { kept = 7, missed = 1 }": '{ after = "3h", expect = { attained = [] } }',
    "beside = { kept = 9, missed = 0 }": '{ after = "3h", do = "answer", expect = { credit = "5 %" } }',
    "beside = { kept = 3, missed = 5 }": '{ after = "1h", do = "answer", expect = { credit = "20 %" } }',
    'fields = { serial = "" }': '{ after = "1h", do = "customer Serial number: 47-11", expect = { sent = ["ack", "assigned", '
    '"warning", "customer-message"] } }',
    'kind = "question"': '{ after = "1h", do = "#kind defect", expect = { first_response = { state = "running" } } }',
    'language = "de"': '{ after = "1h", do = "answer", expect = { first_response = { state = "met" } } }',
}


@pytest.mark.parametrize("said", SAID)
def test_what_an_example_says_of_its_mail_and_customer_is_taken_into_account(tmp_path, said):
    assert errors(tmp_path, SAID[said], f"{BASE}{said}\n") == {}


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ('kind = "wish"', "kind"),
        ('language = "elvish"', "language"),
        ('fields = { colour = "red" }', "fields"),
        ("beside = { kept = -1 }", "beside"),
        ("beside = { late = 1 }", "beside.late"),
        ('down = ["website"]', "down"),
    ],
)
def test_what_an_example_says_wrongly_of_its_mail_is_told(tmp_path, said, key):
    assert list(errors(tmp_path, '{ after = "1h", do = "answer" }', f"{BASE}{said}\n")) == [key]


def test_a_case_may_be_about_a_known_problem(tmp_path):
    base = BASE.replace("pauses", "known_incidents_exempt = true\npauses")
    then = '{ after = "1h", do = "#incident mail-down", expect = { first_response = { state = "exempt" } } }'
    assert errors(tmp_path, then, base) == {}


@pytest.mark.parametrize(("signed", "credit"), [("2026-05-12", "0 %"), ("2026-04-01", "20 %"), ("2025-12-31", "20 %")])
def test_what_is_missed_before_the_first_full_quarter_is_credited_with_nothing(tmp_path, signed, credit):
    base = BASE.replace("[[example]]", '[warranty]\nfirst_full = "quarter"\n[[example]]') + f"signed = {signed}\n"
    assert errors(tmp_path, f'{{ after = "3h", do = "answer", expect = {{ credit = "{credit}" }} }}', base) == {}


def test_an_example_at_no_instant_is_told_and_nothing_is_lived_through(tmp_path):
    base = BASE.replace("at = 2026-05-19T10:00:00+02:00", "at = 2026-05-19T10:00:00")
    found = errors(tmp_path, '{ after = "1h", do = "answer" }', base)
    assert list(found) == ["example.1"]
    assert "expected times with an offset" in found["example.1"]


def test_every_wrong_step_is_said_at_once(tmp_path):
    found = errors(tmp_path, '{ after = "x", do = "y", expect = { credit = "z" } }, { after = "1h", do = "wate" }')
    assert list(found) == ["then.1", "then.1.do", "then.1.expect", "then.2.do"]


def test_how_a_clock_was_counted_is_printed_with_it(tmp_path):
    path = tmp_path / "mill.toml"
    due = "due = 2026-05-19T12:30:00+02:00\n"
    path.write_text(f'{BASE}{due}then = [{{ after = "3h", expect = {{ first_response = {{ state = "met" }} }} }}]\n')
    plain, story = [str(finding) for finding in check_whole(path) if finding.level == "error"]
    assert "expected 2026-05-19 12:30:00+02:00, computed 2026-05-19 12:00:00+02:00" in plain
    assert "\n    Tue 2026-05-19 10:00 - Tue 2026-05-19 12:00  counted" in plain
    assert "expected met, found breached\n    first response: breached\n" in story
    assert "Tue 2026-05-19 10:00 - Tue 2026-05-19 12:00  counted" in story


def test_what_a_mail_leaves_out_of_the_policys_questions_is_nothing(tmp_path):
    """Details are complete with the first mail, and its sender may claim the warranty."""
    base = BASE.replace("[credits]", '[warranty]\nonly_registered = true\nrequires = ["serial"]\n[credits]')
    assert errors(tmp_path, '{ after = "3h", expect = { credit = "20 %" } }', base) == {}


def test_a_story_is_shown_step_by_step(tmp_path):
    path = tmp_path / "mill.toml"
    path.write_text(
        f'{BASE}language = "de"\nfields = {{ serial = "" }}\nbeside = {{ kept = 3 }}\nthen = [{{ after = "1h", do = "#severity low", expect = {{ first_response = {{ '
        'due = 2026-05-20T10:00:00+02:00, state = "running" }, sent = [], credit = "2.5 %" } } ]\n'
        '[[unsaid]]\nwhat = "flowers"\nwhy = "no format for them"\n',
        encoding="utf-8",
    )
    text = offering_text(read_policy(policy_file(path)), now=wall("2026-05-19 10:00", "UTC"))
    assert "Tue 19 May 2026, 10:00 CEST, High, written in de, without serial, beside 3 kept and 0 missed\n" in text
    assert (
        "    Tue 19 May 2026, 11:00 CEST, the agent writes '#severity low': first response running, "
        "due Wed 20 May 2026, 10:00 CEST; sent: nothing; credit 2.5 %\n"
    ) in text
    assert "Not said here\n  flowers: no format for them" in text


def test_what_the_customer_says_later_is_read_as_the_desk_reads_it(tmp_path):
    """What the warranty wants comes with their second mail, while there is time."""
    base = BASE.replace("[credits]", '[warranty]\nrequires = ["serial"]\n[credits]') + 'fields = { serial = "" }\n'
    then = '{ after = "1h", do = "customer Serial number: 47-11" }, { after = "3h", expect = { credit = "20 %" } }'
    assert errors(tmp_path, then, base) == {}
