"""The demo works as it says: its configuration, its scenarios, the tour, and the way from the first mail to the answer."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpdesk.config import load_configuration
from helpdesk.desk import load_rules
from helpdesk.diagnosis import odd_settings
from helpdesk.lab.scenario import read_scenario
from helpdesk.lab.simulate import simulate
from helpdesk.log import quiet
from helpdesk.shipped import shipped

TOP = Path(__file__).parents[1]
DEMO = TOP / "demo"
SCENARIOS = sorted(path.stem for path in (DEMO / "scenarios").glob("*.toml"))


def play(name: str) -> dict:
    quiet()
    return simulate(read_scenario(DEMO / "scenarios" / f"{name}.toml"))


def when(outcome: dict, kind: str) -> list[tuple[str, str]]:
    return [(mail["at"], mail["to"][0]) for mail in outcome["sent"] if mail["kind"] == kind]


def test_the_demo_desk_has_a_mailbox_and_a_customer_for_every_shipped_offering_and_two_agents_and_a_lead():
    desk = load_rules(DEMO / "helpdesk.toml", environment={}, signing_key=b"a key for a test, of some length")
    configuration = desk.configuration
    offered = {path.stem for path in shipped("policies").glob("*.toml")}
    assert len(offered) == 6
    assert set(desk.book.policies) == offered
    assert {f"support@{policy}.example" for policy in offered} <= {box.address for box in configuration.mailboxes}
    assert {box.policy for box in configuration.mailboxes} == offered
    assert {customer.policy for customer in desk.customers.by_key.values()} == offered
    assert list(odd_settings(desk, datetime.now(UTC))) == []
    assert len(configuration.file.agent) == 2
    assert configuration.file.team[0].lead
    assert configuration.file.web.listen == "127.0.0.1:8080"
    assert configuration.file.smtp_in.listen == "127.0.0.1:2525"


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_runs(name):
    outcome = play(name)
    assert outcome["cases"]
    assert all(mail["outcome"] != "quarantined" for mail in outcome["inbox"])


def test_nobody_answers_over_a_long_weekend():
    """LGK-3, LGK-5: eight business hours from Friday 16:40 across Memorial Day end on Tuesday 13:40 in Chicago."""
    outcome = play("breach")
    assert when(outcome, "breach") == [("2026-05-26T18:40:01+00:00", "ann@desk.example")], "on the dot is in time"
    escalated = when(outcome, "escalation")
    assert escalated[0] == ("2026-05-26T18:40:01+00:00", "lena@desk.example")
    assert {to for at, to in escalated if at == "2026-05-26T19:40:00+00:00"} >= {"lena@desk.example"}
    case = outcome["cases"][0]
    assert case["assignee"] == "bob@desk.example"
    clock = case["clocks"][0]
    assert (clock["state"], clock["stopped_at"]) == ("breached", "2026-05-26T20:05:00+00:00")


def test_an_outage_is_answered_in_time_and_comes_back():
    case = play("outage")["cases"][0]
    assert case["clocks"][0]["state"] == "met"
    assert case["severity"] == "urgent"
    assert case["status"] == "open", "the customer wrote again"
    assert "connection pool again" not in str(
        [mail["text"] for mail in play("outage")["sent"] if "orion" in mail["to"][0]]
    )


def test_an_outage_in_the_night_calls_one_after_the_other_and_the_operator_declares_it_by_mail():
    """LGT-4, LGT-5, LGT-9, LAI-6: the primary at once, the secondary after a quarter of an hour, nobody after #ack."""
    outcome = play("night")
    calls = [(mail["at"], mail["to"][0]) for mail in outcome["sent"] if "] CALL" in mail["subject"]]
    assert calls == [
        ("2026-05-22T07:00:00+00:00", "ann@desk.example"),
        ("2026-05-22T07:15:00+00:00", "ann@desk.example"),
        ("2026-05-22T07:15:00+00:00", "bob@desk.example"),
        ("2026-05-22T13:30:00+00:00", "ann@desk.example"),
    ]
    assert [mail["outcome"] for mail in outcome["inbox"]] == [
        *("opened", "appended", "appended", "ordered", "opened", "appended"),
    ]
    assert when(outcome, "maintenance") == [("2026-05-22T13:05:00+00:00", "ray@gate-industries.example")]
    assert "incident sign-in" in outcome["cases"][1]["tags"]
    assert [case["clocks"][0]["state"] for case in outcome["cases"]] == ["breached", "met"]
    handed_over = {to: at for at, to in when(outcome, "digest") if to != "ops@desk.example"}
    assert handed_over == dict.fromkeys(["bob@desk.example", "ann@desk.example"], "2026-05-25T14:00:00+00:00")


def test_thanks_open_nothing_a_click_says_how_it_was_and_anything_more_opens_it_again():
    """LGT-8"""
    outcome = play("thanks")
    (case,) = outcome["cases"]
    told = [event["type"] for event in case["events"]]
    kept = [one for one in told if one in {"resolved", "thanked", "rated", "reopened", "closed"}]
    assert kept == ["resolved", "thanked", "rated", "reopened", "closed"]
    assert case["ratings"] == [
        {
            "by": "jo@acme.example",
            "grade": "bad",
            "at": "2026-05-19T15:21:00+00:00",
            "comment": "An update should not switch anything off.",
        }
    ]
    assert [mail["kind"] for mail in outcome["sent"] if mail["to"] == ["jo@acme.example"]] == [
        "ack",
        "closed",
        "reopened",
        "closed",
    ]
    assert [mail["to"] for mail in outcome["sent"] if "NOT CONTENT" in mail["subject"]] == [
        ["ann@desk.example"],
        ["lena@desk.example"],
    ]


def test_what_a_monitor_repeats_and_takes_back_is_one_case():
    outcome = play("monitor")
    assert [mail["case"] for mail in outcome["inbox"]] == ["HD-1", "HD-1", "HD-1", "HD-1", "HD-2"]
    recovered = "2026-05-22T14:20:00+00:00"
    told = [(recovered, "ann@desk.example"), (recovered, "bob@desk.example")]
    assert when(outcome, "customer-message") == told, "Bob was called"
    assert [case["status"] for case in outcome["cases"]] == ["resolved", "open"]
    assert outcome["cases"][1]["links"] == ["HD-1"]


def test_noise_opens_no_cases_and_gets_no_answers():
    outcome = play("noise")
    assert [mail["outcome"] for mail in outcome["inbox"]] == ["opened", "duplicate", "robot", "opened", "opened"]
    assert [to for _, to in when(outcome, "ack")].count("jo@acme.example") == 1
    stranger = [mail for mail in outcome["sent"] if mail["to"] == ["mallory@stranger.example"]]
    assert not any("export" in mail["text"] for mail in stranger)


def test_answering_where_there_is_no_mail_says_so(tmp_path):
    environment = os.environ | {"HELPDESK_SMTP_OUT_URL": f"maildir:{tmp_path}/mail"}
    done = run("answer.py", "ann@desk.example", "Hello", environment=environment)
    assert done.returncode == 1
    assert "has no mail in" in done.stderr


@pytest.mark.slow
def test_the_tour_shows_what_it_says_and_leaves_nothing_behind(tmp_path):
    done = run("tour.py", environment=os.environ | {"TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        "1 duplicate, 2 opened, 1 robot",
        "within 1 hour",
        "From: Ann Berg (Logik Support) <support@logik.example>",
        "first response: met",
        "virtual time",
        "[HD-1] BREACHED",
        "[HD-1] ESCALATED",
    ):
        assert words in done.stdout, words
    assert list(tmp_path.iterdir()) == []


def run(script: str, *arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(DEMO / script), *arguments]
    environment = environment | {"PYTHONPATH": str(TOP)}
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=180)


def test_the_demo_touches_nothing_but_its_own_folder():
    desk = load_configuration(DEMO / "helpdesk.toml", environment={})
    for place in (desk.database_url.removeprefix("sqlite:///"), desk.smtp_out_url.removeprefix("maildir:")):
        assert Path(place).is_relative_to(TOP / "var" / "demo")
