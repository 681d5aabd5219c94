"""What if: past cases under another policy file. What flips is exactly what must; under the same policy nothing does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.words.case import case_from
from helpdesk.core.words.events import CaseExempted, ExclusionLifted, SentAgain
from helpdesk.errors import ConfigurationError
from helpdesk.lab.replay import Summary, replay, replay_case
from helpdesk.offering.files import PolicyText, load_policies, read_policy
from helpdesk.offering.files.find import policy_files
from helpdesk.store.cases import Opened
from helpdesk.store.engine import Database
from helpdesk.unit import Unit
from tests.celigo import BEA, JO, Terminal, celigo_desk, celigo_desk_on_disk, la
from tests.ledgers import Ledger

BOOK = load_policies()
CELIGO = BOOK.policy("celigo")
TEXT = next(path for path in policy_files(None) if path.stem == "celigo").read_text(encoding="utf-8")
NOW = la("12-31 12:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def other(*changes: tuple[str, str]):
    """Celigo's file with these lines changed, each of which must be there."""
    return read_policy(PolicyText("celigo.toml", changed(*changes)))


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


HIGH_IN_ONE_HOUR = ('high = "8h"', 'high = "1h"')  # of Preferred's first response, and of nothing else


def past(desk):
    """Tuesday 7 July, all within their targets but HD-4; Preferred answers High within 8 h, Urgent within 2 h.

    HD-1  High, answered after 30 min          HD-2  High, answered after 1 h, on the dot of the new target
    HD-3  High, answered after 61 min          HD-4  High, answered after 10 h: late by 2 h already
    HD-5  Urgent, answered after 90 min        HD-6  High of Essential, answered after 3 h
    HD-7  High, answered after 20 min; then a follow-up round that no change touches
    """
    desk.opens("high", "07-07 06:00")
    desk.answers("07-07 06:30")
    desk.opens("high", "07-07 07:00")
    desk.answers("07-07 08:00")
    desk.opens("high", "07-07 09:00")
    desk.answers("07-07 10:01")
    desk.opens("urgent", "07-07 10:30")
    desk.answers("07-07 12:00")
    desk.opens("high", "07-07 12:30", sender=BEA)
    desk.answers("07-07 15:30")
    desk.opens("high", "07-07 16:00")
    desk.answers("07-07 16:20")
    desk.la("07-07 16:30")
    desk.reply(JO, "And now?", to_kind="relay")
    desk.answers("07-07 17:00")
    desk.opens("high", "07-08 06:00")
    desk.answers("07-08 16:00")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, migrated_file):
    """The past, once: a replay writes nothing."""
    folder = tmp_path_factory.mktemp("past")
    past(celigo_desk_on_disk(folder, migrated_file))
    return folder


@pytest.fixture(scope="module")
def desk(folder):
    return celigo_desk(folder, Database(f"sqlite:///{folder / 'helpdesk.db'}"))


def replayed(desk, policy, **which):
    with desk.database.read() as connection:
        return list(replay(Unit(connection, desk.rules, NOW), Opened(policy=policy.key, **which), policy))


def differences(found):
    return {(case.ref, difference.target): difference for case in found for difference in case.differences}


def test_a_tighter_target_flips_exactly_the_answers_that_were_slower(desk):
    """An hour instead of eight, for High of Preferred: HD-3 (61 min) flips, HD-2 (60 min) is on the dot."""
    found = differences(replayed(desk, other(HIGH_IN_ONE_HOUR)))
    outcomes = {ref: difference.outcome for (ref, _), difference in found.items()}
    assert outcomes == {"HD-1": "", "HD-2": "", "HD-3": "met -> breached", "HD-6": "", "HD-7": ""}
    assert {target for _, target in found} == {"first_response"}
    assert {difference.due_by for difference in found.values()} == {-7 * HOUR}
    assert found["HD-3", "first_response"].after.late_by == MINUTE
    late = found["HD-7", "first_response"]
    assert (late.before.late_by, late.after.late_by) == (2 * HOUR, 9 * HOUR)


def test_a_wider_target_mends_exactly_the_answer_that_was_in_it(desk):
    found = differences(replayed(desk, other(('high = "8h"', 'high = "10h"'))))
    assert {ref for (ref, _), difference in found.items() if difference.outcome} == {"HD-7"}
    assert found["HD-7", "first_response"].outcome == "breached -> met", "ten hours, on the dot"
    assert found["HD-7", "first_response"].after.late_by == timedelta()


def test_other_hours_move_what_is_due_and_say_by_how_much(desk):
    """Preferred closed at night: what is due on Tuesday at 14:00 stays, 16:00 plus 8 h becomes Wednesday noon."""
    day = other(('hours = "sun 16:00 - fri 17:00"', 'hours = "mon-fri 05:00-17:00"'))
    found = differences(replayed(desk, day))
    assert found["HD-6", "first_response"].due_by == 12 * HOUR
    assert ("HD-1", "first_response") not in found


def test_the_summary_counts_what_the_cases_say(desk):
    summary = Summary()
    for case in replayed(desk, other(HIGH_IN_ONE_HOUR)):
        summary.add(case)
    assert (summary.cases, summary.clocks, summary.cases_changed, summary.clocks_changed) == (7, 8, 5, 5)
    assert (dict(summary.outcomes), summary.due_earlier, summary.due_later) == ({"met -> breached": 1}, 5, 0)


def test_the_same_policy_changes_nothing(desk):
    assert differences(replayed(desk, CELIGO)) == {}


def test_a_warranty_that_goes_is_a_difference(desk):
    """CEL-11"""
    found = differences(replayed(desk, other(('plans = ["preferred", "premier"]', 'plans = ["premier"]'))))
    assert {ref for ref, _ in found} == {"HD-1", "HD-2", "HD-3", "HD-4", "HD-6", "HD-7"}
    assert not any(difference.after.warranted or difference.outcome for difference in found.values())


@pytest.mark.parametrize(
    ("changes", "problem", "refs"),
    [
        ([("preferred", "favoured")], "no plan 'preferred'", {"HD-1", "HD-2", "HD-3", "HD-4", "HD-6", "HD-7"}),
        ([("regions.americas", "regions.north"), ('"americas"', '"americas"')], "no region 'americas'", None),
    ],
)
def test_what_the_other_policy_lacks_is_told_case_by_case_and_the_rest_goes_on(desk, changes, problem, refs):
    found = replayed(desk, other(*changes))
    told = {case.ref: case.problem for case in found if case.problem}
    assert set(told) == (refs or {f"HD-{number}" for number in range(1, 8)})
    assert all(problem in said for said in told.values())
    assert len(found) == 7


def test_a_severity_that_is_gone_is_told_for_the_cases_that_had_it():
    """Also where it was only passed through."""
    plain = Ledger(CELIGO, "premier")
    levels = tuple(level for level in CELIGO.severity.levels if level.key != "high")
    lacking = replace(CELIGO, severity=replace(CELIGO.severity, levels=levels))
    through = plain.case("high", la("07-07 09:00"), ("severity_set", la("07-07 09:30"), {"severity": "low"}))
    never = plain.case("low", la("07-07 09:00"))
    assert "no severity 'high'" in replay_case(through, CELIGO, lacking, NOW).problem
    assert replay_case(never, CELIGO, lacking, NOW).problem == ""


def test_only_cases_received_in_the_time_and_under_that_policy_are_replayed(desk):
    assert [case.ref for case in replayed(desk, CELIGO, since=la("07-07 07:00"), until=la("07-07 09:00"))] == ["HD-2"]
    assert replayed(desk, BOOK.policy("logik")) == []


def test_what_the_desk_concluded_then_does_not_bind_the_replay():
    """A breach on the record, a step taken, a move to another version: all follow anew from the other policy."""
    plain = Ledger(CELIGO, "premier")
    concluded = [
        ("breached", la("07-07 10:00"), {"clock": "first_response/20260707T160000Z", "target": "first_response"}),
        ("step_taken", la("07-07 10:00"), {"key": "x", "step": "due", "kind": "breach", "target": "first_response"}),
        ("policy_changed", la("07-07 10:30"), {"was": CELIGO.version, "now": "newer"}),
    ]
    case = plain.case("urgent", la("07-07 09:00"), *concluded, ("agent_answered", la("07-07 11:00")))
    newer = replace(CELIGO, version="newer", earlier={CELIGO.version: CELIGO})
    wide = other(('[targets.premier.first_response]\nurgent = "1h"', '[targets.premier.first_response]\nurgent = "9h"'))
    (difference,) = replay_case(case, newer, wide, NOW).differences
    assert difference.outcome == "breached -> met"


# --- laws

PLANS = st.sampled_from([("essential", "americas"), ("preferred", "emea"), ("premier", "apac"), ("essential", "apac")])
SEVERITIES = st.sampled_from(["urgent", "high", "normal", "low"])
HAPPENINGS = st.one_of(
    st.sampled_from(["agent_answered", "customer_wrote", "waiting_set", "resolved", "closed", "reopened"]).map(
        lambda kind: (kind, {})
    ),
    SEVERITIES.map(lambda severity: ("severity_set", {"severity": severity})),
    st.sampled_from(["custom-code", "personal-data"]).map(lambda key: ("exempted", {"key": key, "because": key})),
    st.sampled_from([("exclusion_lifted", {"keys": []}), ("sent_again", {"because": ""})]),
)
GAPS = st.integers(0, 4 * 24 * 60)


@st.composite
def ledgers(draw):
    """Any life of a case: answers, questions, severities, waits, ends, exemptions, at any distance."""
    plan, region = draw(PLANS)
    at = la("01-05 00:00") + draw(st.integers(0, 300 * 24 * 60)) * MINUTE
    then, opened = [], at
    for kind, facts in draw(st.lists(HAPPENINGS, max_size=10)):
        at += draw(GAPS) * MINUTE
        then.append((kind, at, facts))
    ledger = Ledger(CELIGO, plan, channel=draw(st.sampled_from(["online", "phone", "email"])), region=region)
    return ledger.case(draw(SEVERITIES), opened, *then)


@settings(max_examples=150, deadline=None)
@given(ledgers(), st.integers(0, 365 * 24 * 60))
def test_a_replay_under_the_same_policy_differs_in_nothing(case, minutes):
    """Whatever happened, and whenever one looks."""
    again = read_policy(PolicyText("again.toml", TEXT))
    replayed = replay_case(case, CELIGO, again, case.opened_at + minutes * MINUTE)
    assert (replayed.differences, replayed.problem) == ((), "")


@settings(max_examples=150, deadline=None)
@given(ledgers())
def test_what_is_taken_back_was_never_excluded(case):
    """CEL-10: the clocks, and so what is due, late, warned of and credited, follow from the events that are left."""
    case = case_from(0, (event for event in case.events if not isinstance(event, SentAgain)))
    lifted = ExclusionLifted(case.events[-1].at, case.events[-1].at, "ann@desk.example", keys=())
    never = case_from(0, (event for event in case.events if not isinstance(event, CaseExempted | ExclusionLifted)))

    assert clocks(case.after(lifted), CELIGO) == clocks(never, CELIGO)


STRICTER = other(
    ('high = "8h"', 'high = "4h"'), ('urgent = "4h"', 'urgent = "3h"'), ('urgent = "1h"', 'urgent = "30m"')
)


@settings(max_examples=150, deadline=None)
@given(ledgers(), st.integers(0, 365 * 24 * 60))
def test_a_stricter_policy_mends_no_breach_and_makes_nothing_due_later(case, minutes):
    replayed = replay_case(case, CELIGO, STRICTER, case.opened_at + minutes * MINUTE)
    for difference in replayed.differences:
        assert not difference.outcome.startswith("breached")
        assert difference.due_by is None or difference.due_by <= timedelta()
        assert difference.after.late_by >= difference.before.late_by


# --- the command


@pytest.fixture
def terminal(folder, capsys):
    return Terminal(folder, capsys)


@pytest.fixture
def new(tmp_path):
    file = tmp_path / "new.toml"
    file.write_text(changed(HIGH_IN_ONE_HOUR), encoding="utf-8")
    return str(file)


def test_the_command_says_what_differs_and_by_how_much(terminal, new):
    ran = terminal.run("replay", "--from", "2026-07-01", "--to", "2026-10-01", "--policy", new, at=NOW)
    assert (ran.code, ran.err) == (0, ""), "no progress bar where nobody watches"
    (line,) = [line for line in ran.out.splitlines() if line.startswith("HD-3 ")]
    assert line == (
        "HD-3 high first response: met -> breached; due 7 h earlier, Tue 7 Jul 2026, 10:00 PDT; late by 1 min, was 0 s"
    )
    assert "7 cases with 8 clocks under Celigo integrator.io" in ran.out
    assert "  met -> breached: 1\n  due earlier: 5\n" in ran.out


def test_the_commands_json_is_one_object_however_many_cases(terminal, new):
    found = terminal.run("replay", "--from", "2026-07-01", "--to", "2026-07-08", "--policy", new, "--json", at=NOW)
    shape = json.loads(found.out)
    assert [case["case"] for case in shape["cases"]] == ["HD-1", "HD-2", "HD-3", "HD-6"]
    (clock,) = shape["cases"][2]["clocks"]
    assert (clock["before"]["state"], clock["after"]["state"], clock["due_by"], clock["late_by"]) == (
        *("met", "breached"),
        *(-7 * 3600, 60),
    )
    assert shape["summary"]["outcomes"] == {"met -> breached": 1}
    nothing = terminal.run("replay", "--from", "2030-01-01", "--to", "2030-01-02", "--policy", new, "--json", at=NOW)
    assert json.loads(nothing.out)["cases"] == []


def test_a_case_that_cannot_be_replayed_is_told_and_the_command_goes_on(terminal, tmp_path):
    lacking = tmp_path / "lacking.toml"
    lacking.write_text(changed(("preferred", "favoured")), encoding="utf-8")
    ran = terminal.run("replay", "--from", "2026-07-01", "--to", "2026-10-01", "--policy", str(lacking), at=NOW)
    assert ran.code == 0
    assert "HD-1 cannot be replayed: policy celigo has no plan 'preferred'" in ran.out
    assert "cannot be replayed: 6" in ran.out


def test_a_policy_file_that_cannot_be_read_is_wrong_use(terminal, tmp_path):
    ran = terminal.run(
        *("replay", "--from", "2026-07-01", "--to", "2026-10-01", "--policy", str(tmp_path / "none.toml")), at=NOW
    )
    assert ran.code == 2
    assert "expected a file, there is none" in ran.err


def test_a_policy_file_with_mistakes_names_them():
    with pytest.raises(ConfigurationError, match=r"targets\.preferred\.first_response\.high"):
        other(('high = "8h"', 'high = "8d"'))
