"""Promises of an offering's own: updates, a workaround, a plan, an assignment, an escalation, a date that is agreed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from helpdesk.core.clocks.overview import overview
from helpdesk.report.explain import case_clocks_text
from tests.desk import ANN, JO
from tests.stories.test_whose_turn import FIRST, ZONE, mill  # noqa: F401 - a fixture

UPDATE = """
[promises.update]
starts = "first_answer"
met_by = ["answer"]
renews = true
pauses = ["customer"]
ends = ["#workaround"]
remind = ["75%", "10m before"]
[targets.standard.update]
urgent = { within = "1h", calendar = "always" }
normal = "4h"
"""
GOAL = """
[promises.goal]
starts = "%s"
met_by = %s
[targets.standard.goal]
normal = "2h"
"""


def shown(desk, key, number=1):
    """The clocks of a promise: from when to when it ran, when it is due, and how it stands."""
    found = [clock for clock in desk.clocks(number) if clock.target == key]
    return [(*map(local, (one.started_at, one.stopped_at, one.due_at)), one.state(desk.now)) for one in found]


def local(at):
    return f"{at.astimezone(ZoneInfo(ZONE)):%d %H:%M}" if at else ""


def goes(desk, *steps):
    """Let these write, at these times of Tuesday 26 May 2026 (or of another day of that month)."""
    for when, who, words in steps:
        desk.at(f"2026-05-{when if ' ' in when else f'26 {when}'}", ZONE)
        if who == JO and not desk.case_numbers():
            desk.mail(JO, "Sums", words)
        else:
            desk.reply(who, words, to_kind="assigned" if who == ANN else "")


def at(desk, when):
    desk.at(f"2026-05-{when if ' ' in when else f'26 {when}'}", ZONE)


# --- updates


def test_an_update_is_due_after_each_word_of_ours_until_there_is_a_workaround(mill):  # noqa: F811
    desk = mill(targets=FIRST + UPDATE)
    goes(
        desk,
        ("10:00", JO, "Priority: Urgent\n\nNothing can be ordered."),
        ("10:20", ANN, "We look into it."),
        ("11:10", ANN, "It is the database."),
        ("12:30", ANN, "It is being repaired."),
        ("13:00", ANN, "#workaround orders by the old page\nYou can order by the old page."),
    )
    at(desk, "20:00")
    assert shown(desk, "update") == [
        ("26 10:20", "26 11:10", "26 11:20", "met"),
        ("26 11:10", "26 12:30", "26 12:10", "breached"),
        ("26 12:30", "26 13:00", "26 13:30", "met"),
    ]
    assert [local(event.at) for event in desk.events("breached")] == ["26 12:10"]


def test_its_agent_is_reminded_before_each_update(mill):  # noqa: F811
    desk = mill(targets=FIRST + UPDATE)
    goes(desk, ("10:00", JO, "Priority: Urgent\n\nNothing can be ordered."), ("10:20", ANN, "We look into it."))
    at(desk, "11:15")
    goes(desk, ("11:16", ANN, "It is the database."))
    at(desk, "12:15")
    warned = [local(mail.at) for mail in desk.sent_to(ANN, "warning")]
    assert warned == ["26 11:05", "26 11:10", "26 12:01", "26 12:06"]
    assert "· update due Tue 26 May 12:16 ·" in desk.last(ANN, "warning").subject
    assert "The update of HD-1 is due Tue 26 May 2026, 12:16 CEST" in desk.last(ANN, "warning").text


def test_a_wait_pauses_an_update_and_the_end_of_the_case_ends_it(mill):  # noqa: F811
    desk = mill(targets=FIRST + UPDATE)
    goes(
        desk,
        ("10:00", JO, "Some sums are wrong."),
        ("11:00", ANN, "#wait\nWhich version do you run?"),
        ("14:00", JO, "7.2"),
    )
    assert shown(desk, "update") == [("26 11:00", "", "27 10:00", "running")]
    goes(desk, ("15:00", ANN, "#resolve\nVersion 7.3 mends it."))
    # The answer kept the one, and the next ended with the case in the same second.
    assert shown(desk, "update") == [("26 11:00", "26 15:00", "27 10:00", "met")]
    goes(desk, ("27 09:00", JO, "It does not."))
    assert shown(desk, "update")[-1] == ("26 15:00", "", "27 13:00", "running")


def test_a_workaround_before_the_first_answer_leaves_no_update_to_give(mill):  # noqa: F811
    desk = mill(targets=FIRST + UPDATE)
    goes(desk, ("10:00", JO, "Some sums are wrong."), ("10:10", ANN, "#workaround\n#note\nThe old page works."))
    goes(desk, ("10:20", ANN, "Use the old page."))
    assert shown(desk, "update") == []


def test_it_is_explained_round_by_round(mill):  # noqa: F811
    desk = mill(targets=FIRST + UPDATE)
    goes(
        desk,
        ("10:00", JO, "Some sums are wrong."),
        ("10:30", ANN, "We look into it."),
        ("12:00", ANN, "#wait\nWhich version?"),
        ("13:00", JO, "7.2"),
    )
    told = case_clocks_text(desk.case(), desk.rules.book.policy("logik"), desk.now)
    for line in (
        "update: met\n  Tue 26 May 2026, 10:30 CEST: our first answer; normal, 4 h of berlin (Europe/Berlin)",
        "update: running\n  Tue 26 May 2026, 12:00 CEST: met, and begun anew; normal, 4 h of berlin (Europe/Berlin)",
        "waiting for the customer; normal, 4 h of berlin (Europe/Berlin)\n    not counted until Tue 26 May 2026, 13:00",
        "    Tue 2026-05-26 13:00 - Tue 2026-05-26 17:00  counted             4 h  sum 4 h\n  due Tue 26 May 2026, 17:00",
    ):
        assert line in told
    line = overview([(desk.case(), desk.rules.book.policy("logik"))], desk.now).lines[0]
    assert (line.target, local(line.due_at)) == ("update", "26 17:00")


# --- what people read


TOLD = (
    FIRST.replace('normal = "8h"', 'normal = "best effort"')
    + UPDATE
    + """
[promises.workaround]
starts = "received"
met_by = ["#workaround", "resolved"]
said = "aim"
[promises.plan]
name = "action plan"
starts = "first_answer"
met_by = ["#planned"]
[targets.standard.workaround]
normal = "2bd"
[targets.standard.plan]
normal = "agreed"
"""
)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "Some sums are wrong.",
            [
                "First answer: as soon as we can, without a promised time",
                "Update: within 4 hours each time",
                "Workaround: within 2 business days (our aim)",
                "Action plan: on a date that we agree with you",
            ],
        ),
        (
            "Guten Tag, seit heute sind einige Summen falsch, und wir wissen nicht, woran das liegt.",
            [
                "Erste Antwort: so bald wie möglich, ohne Zusage einer Zeit",
                "Update: jeweils innerhalb von 4 Stunden",
                "Workaround: innerhalb von 2 Werktagen (angestrebt)",
                "Action plan: zu einem Zeitpunkt, den wir mit Ihnen vereinbaren",
            ],
        ),
    ],
)
def test_the_acknowledgment_says_what_is_promised_and_how(mill, words, told):  # noqa: F811
    desk = mill(targets=TOLD)
    goes(desk, ("10:00", JO, words))
    text = desk.last(JO, "ack").text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert [line for line in lines if line in told] == told


def test_who_is_to_give_a_workaround_is_asked_for_one(mill):  # noqa: F811
    desk = mill(targets=TOLD + '\n[[ladder]]\nat = "due"\nsend = "breach"\nto = ["assignee"]\nof = ["workaround"]\n')
    goes(desk, ("10:00", JO, "Some sums are wrong."), ("10:30", ANN, "We look into it."))
    assert "workaround by Thu 28 May 10:00" in desk.last(ANN, "assigned").subject
    facts = " ".join(desk.last(ANN, "assigned").text.split())
    assert 'First response: best effort Action plan: not due until a date is agreed ("#agreed DATE")' in facts
    at(desk, "28 12:00")
    late = desk.sent_to(ANN, "breach")
    text = " ".join(late[0].text.split())
    assert [local(mail.at) for mail in late] == ["28 10:00"]
    assert "the customer has no workaround yet" in text
    assert 'A first line "#workaround" meets it.' in text
    assert "Update: due" in text  # and what else runs


# --- what starts and what meets a promise


@pytest.mark.parametrize(
    ("starts", "met", "steps", "found"),
    [
        ("received", ["assigned"], [], [("26 10:00", "26 10:00", "26 12:00", "met")]),
        ("received", ["word"], [], [("26 10:00", "26 10:00", "26 12:00", "met")]),
        ("received", ["started"], [("11:00", ANN, "#started")], [("26 10:00", "26 11:00", "26 12:00", "met")]),
        ("received", ["#started"], [("11:00", ANN, "#started")], [("26 10:00", "26 11:00", "26 12:00", "met")]),
        ("received", ["#ack"], [("11:00", ANN, "#ack")], [("26 10:00", "26 11:00", "26 12:00", "met")]),
        ("opened", ["#workaround"], [("11:00", ANN, "#workaround")], [("26 10:00", "26 11:00", "26 12:00", "met")]),
        (
            "received",
            ["#workaround", "resolved"],
            [("11:00", ANN, "#resolve\nDone."), ("12:30", ANN, "#workaround")],
            [("26 10:00", "26 11:00", "26 12:00", "met")],
        ),
        (
            "severity_set",
            ["answer"],
            [("10:20", ANN, "#severity normal"), ("11:00", ANN, "We look into it.")],
            [("26 10:20", "26 11:00", "26 12:20", "met")],
        ),
        # Who had an answer before it was set has it.
        ("severity_set", ["answer"], [("10:10", ANN, "We look into it."), ("10:20", ANN, "#severity normal")], []),
        ("first_answer", ["#planned"], [("10:30", ANN, "On it.")], [("26 10:30", "", "26 12:30", "running")]),
        (
            "first_answer",
            ["#planned"],
            [
                ("10:30", ANN, "On it."),
                ("11:00", ANN, "#planned 2026-06-03 the next release"),
                ("11:30", ANN, "So it is."),
            ],
            [("26 10:30", "26 11:00", "26 12:30", "met")],
        ),
        # Each word of ours begins it anew.
        (
            "last_word",
            ["rated"],
            [("10:30", ANN, "On it."), ("11:00", ANN, "Done?")],
            [
                ("26 10:00", "26 10:30", "", "exempt"),
                ("26 10:30", "26 11:00", "", "exempt"),
                ("26 11:00", "", "26 13:00", "running"),
            ],
        ),
        (
            "escalation",
            ["answer"],
            [
                ("10:30", ANN, "On it."),
                ("11:00", ANN, "#escalate they lose orders"),
                ("11:30", ANN, "We have more hands."),
            ],
            [("26 11:00", "26 11:30", "26 13:00", "met")],
        ),
    ],
)
def test_what_starts_a_promise_and_what_meets_it(mill, starts, met, steps, found):  # noqa: F811
    desk = mill(targets=FIRST + GOAL % (starts, str(met).replace("'", '"')))
    goes(desk, ("10:00", JO, "Some sums are wrong."), *steps)
    assert shown(desk, "goal") == found


def test_what_begins_with_the_last_detail_waits_for_it(mill):  # noqa: F811
    asked = '[[intake]]\nkey = "order"\nlabel = "Order number"\n'
    desk = mill(targets=FIRST + GOAL % ("details_complete", '["answer"]'), lifecycle=f"remind_after_days = 3\n{asked}")
    goes(desk, ("10:00", JO, "Some sums are wrong."))
    assert shown(desk, "goal") == []
    goes(desk, ("10:40", JO, "Order number: 4711"), ("11:00", ANN, "We look into it."))
    assert shown(desk, "goal") == [("26 10:40", "26 11:00", "26 12:40", "met")]
    desk.at("2026-05-26 14:00", ZONE)
    desk.mail(JO, "More sums", "Order number: 4712\n\nThese sums are wrong too.")
    assert shown(desk, "goal", 2) == [("26 14:00", "", "26 16:00", "running")]


def test_each_request_for_escalation_begins_a_promise_of_its_own(mill):  # noqa: F811
    desk = mill(targets=FIRST + GOAL % ("escalation", '["answer"]'))
    goes(
        desk,
        ("10:00", JO, "Some sums are wrong."),
        ("10:30", ANN, "We look into it."),
        ("11:00", JO, "This is unacceptable. I want to speak to your manager, please escalate this now."),
        ("12:00", ANN, "We have more hands on it."),
        ("27 10:00", JO, "Please escalate this to your management, it is still broken."),
    )
    assert shown(desk, "goal") == [
        ("26 11:00", "26 12:00", "26 13:00", "met"),
        ("27 10:00", "", "27 12:00", "running"),
    ]


def test_an_order_on_the_case_that_goes_on_meets_the_promise_of_the_merged_one(mill):  # noqa: F811
    desk = mill(targets=FIRST + GOAL % ("received", '["#workaround"]'))
    goes(desk, ("10:00", JO, "Some sums are wrong."))
    desk.at("2026-05-26 10:10", ZONE)
    desk.mail(JO, "Again sums", "The sums of yesterday are wrong as well.")
    second = desk.case(2).assignee
    desk.reply(second, "#merge HD-1", to_kind="assigned")
    desk.at("2026-05-26 11:00", ZONE)
    desk.reply(desk.case(1).assignee, "#workaround\nUse the old page.", to_kind="assigned")
    assert [shown(desk, "goal", number)[0][1] for number in (1, 2)] == ["26 11:00", "26 11:00"]


# --- agreed dates

AGREED = '[targets.standard.resolution]\nnormal = "agreed"\n'


def test_nothing_is_due_until_a_date_is_agreed_and_then_it_is_kept_like_any_other(mill):  # noqa: F811
    desk = mill(targets=FIRST + AGREED + '\n[[ladder]]\nat = "50%"\nsend = "warning"\nto = ["assignee"]\n')
    goes(desk, ("10:00", JO, "Some sums are wrong."), ("10:30", ANN, "We look into it."))
    assert shown(desk, "resolution") == []
    goes(desk, ("11:00", ANN, "#agreed 2026-05-28 11:00\nYou have it on Thursday."))
    assert shown(desk, "resolution") == [("26 11:00", "", "28 11:00", "running")]
    assert "resolution: due 2026-05-28 11:00 CEST" in desk.last(ANN, "echo").text
    at(desk, "27 12:00")
    assert [local(mail.at) for mail in desk.sent_to(ANN, "warning")] == ["27 11:00"]
    goes(desk, ("27 14:00", ANN, "#agreed 2026-05-29 16:00"))
    assert "was 2026-05-28 11:00 CEST" in desk.last(ANN, "echo").text
    at(desk, "29 18:00")
    assert shown(desk, "resolution") == [("26 11:00", "", "29 16:00", "breached")]
    assert [local(event.at) for event in desk.events("breached")] == ["29 16:00"]


def test_no_wait_moves_an_agreed_date_and_none_is_missed_while_the_case_is_over(mill):  # noqa: F811
    desk = mill(targets=FIRST + AGREED)
    goes(
        desk,
        ("10:00", JO, "Some sums are wrong."),
        ("11:00", ANN, "#agreed 2026-05-28 11:00\n#wait\nWhich version?"),
        ("27 10:00", ANN, "#resolve\nDone."),
    )
    assert shown(desk, "resolution") == [("26 11:00", "27 10:00", "28 11:00", "met")]
    goes(desk, ("29 09:00", JO, "It is back."))
    assert shown(desk, "resolution") == [("26 11:00", "", "", "paused")]
    assert desk.events("breached") == []
    goes(desk, ("29 10:00", ANN, "#agreed 2026-05-29 12:00"))
    at(desk, "29 13:00")
    assert [local(event.at) for event in desk.events("breached")] == ["29 12:00"]


def test_where_the_policy_leaves_no_date_to_agree_it_is_a_promise_of_its_own(mill):  # noqa: F811
    desk = mill(targets=FIRST)
    goes(desk, ("10:00", JO, "Some sums are wrong."), ("11:00", ANN, "#agreed fri\nOn Friday."))
    assert shown(desk, "agreed") == [("26 11:00", "", "29 23:59", "running")]
    assert not desk.clocks()[-1].warranted
    goes(desk, ("29 12:00", ANN, "#resolve\nDone."))
    assert shown(desk, "agreed") == [("26 11:00", "29 12:00", "29 23:59", "met")]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("#agreed", "#agreed and a moment"),
        ("#agreed soon", "#agreed and a moment"),
        ("#agreed 2026-05-20", "#agreed and a moment"),
        ("#agreed 2026-06-01 12:00 or later", "#agreed and a moment"),
        ("#planned the next release", "#planned and a day"),
        ("#started now", "#started on a line of its own"),
    ],
)
def test_an_order_that_is_not_understood_comes_back(mill, order, expected):  # noqa: F811
    desk = mill()
    goes(desk, ("10:00", JO, "Some sums are wrong."), ("11:00", ANN, f"{order}\nWe look into it."))
    assert expected in desk.last(ANN, "echo").text
    assert not desk.sent_to(JO, "relay")
