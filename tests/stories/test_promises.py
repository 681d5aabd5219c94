"""Warnings, the breach and the escalation: at their instants, each once, and in words that help on a phone."""

from __future__ import annotations

import pytest

from tests.desk import ANN, BOB, JO, LENA, OPS, wall

URGENT = "Priority: Urgent\n\nHalf of our rules do not fire."


@pytest.fixture
def desk(desk):
    """An urgent case of Jo's from Tuesday 09:15: two business hours, due 11:15. Ann has it, Lena leads."""
    desk.mail(f"Jo Park <{JO}>", "The rules do not fire", URGENT)
    return desk


def told(desk, kind):
    return [(mail.at, mail.to) for mail in desk.sent if mail.kind == kind]


def test_warnings_breach_and_escalation_go_out_at_their_instants_each_once(desk):
    desk.at("2026-05-25 12:00")

    assert told(desk, "warning") == [(wall("2026-05-19 10:15"), ANN), (wall("2026-05-19 10:51"), ANN)]
    assert told(desk, "breach") == [(wall("2026-05-19 11:15:01"), ANN)]
    assert told(desk, "escalation") == [
        (wall("2026-05-19 11:15:01"), LENA),
        (wall("2026-05-19 12:15"), LENA),
        (wall("2026-05-19 12:15"), OPS),
    ]
    assert desk.kinds_to(JO) == ["ack"]
    assert desk.kinds_to(BOB) == []


def test_the_tick_repeated_sends_nothing_twice(desk):
    desk.at("2026-05-19 12:15")
    before = len(desk.sent)
    for _ in range(3):
        desk.laboratory.desk.tick()
        desk.laboratory.deliver()

    assert len(desk.sent) == before


def test_the_subject_says_what_is_due_when_on_a_lock_screen(desk):
    desk.at("2026-05-19 12:15")

    subjects = {mail.kind: mail.subject for mail in desk.sent}
    assert subjects["warning"] == "[HD-1] Urgent · reply due Tue 19 May 11:15 · The rules do…"
    assert subjects["breach"] == "[HD-1] BREACHED · Urgent · due Tue 19 May 11:15 · The…"
    assert subjects["escalation"] == "[HD-1] ESCALATED · Urgent · due Tue 19 May 11:15 · The…"


def test_a_warning_says_for_whom_how_long_and_what_to_do(desk):
    desk.at("2026-05-19 10:51")

    warning = " ".join(desk.last(ANN, "warning").text.split())
    assert "is due Tue 19 May 2026, 11:15 CDT (in 24 min); 80 % of the promised time is used" in warning
    assert "From: Jo Park <jo@acme.example>" in warning
    assert "Answer the customer by replying to this mail." in warning


def test_an_escalation_is_answered_like_any_other_mail(desk):
    desk.at("2026-05-19 11:16")
    assert "> Half of our rules do not fire." in desk.last(LENA, "escalation").text, (
        "who answers must know the question"
    )
    desk.reply(ANN, "Sorry, we are on it now.", to_kind="breach")

    assert desk.kinds_to(JO) == ["ack", "relay"]
    assert desk.state() == "breached"
    assert desk.first_response().stopped_at == wall("2026-05-19 11:16")


def test_an_answer_ends_the_ladder(desk):
    desk.at("2026-05-19 11:20")
    desk.reply(ANN, "Sorry, we are on it now.")
    desk.at("2026-05-20 12:00")

    assert [kind for kind in desk.kinds_to(LENA) if kind == "escalation"] == ["escalation"]
    assert desk.kinds_to(OPS) == []


def test_an_answer_on_the_dot_is_on_time(desk):
    desk.just_before("2026-05-19 11:15")
    desk.reply(ANN, "We are on it.")
    desk.at("2026-05-19 12:00")

    assert desk.state() == "met"
    assert desk.events("breached") == []
    assert "breach" not in desk.kinds_to(ANN)


def test_one_second_after_the_dot_is_late(desk):
    desk.at("2026-05-19 11:15:01")
    desk.reply(ANN, "We are on it.")

    assert desk.state() == "breached"
    assert [event.at for event in desk.events("breached")] == [wall("2026-05-19 11:15")]


def test_what_was_missed_while_the_desk_was_down_is_one_mail_a_person_that_says_how_late(desk):
    desk.is_down_until("2026-05-19 12:20")

    assert desk.kinds_to(ANN) == ["assigned", "breach"], "two warnings and the breach are one mail"
    assert desk.kinds_to(LENA) == ["escalation"]
    assert desk.kinds_to(OPS) == ["escalation"]
    assert "comes 1 h 5 min late, because the desk was not running" in " ".join(desk.last(ANN, "breach").text.split())
    assert "comes 5 min late" in " ".join(desk.last(LENA, "escalation").text.split())
    taken = desk.events("step_taken")
    assert [event.collapsed for event in taken] == [True, True, False, True, False]
    assert [event.at for event in taken] == [
        wall("2026-05-19 10:15"),
        wall("2026-05-19 10:51"),
        wall("2026-05-19 11:15:01"),
        wall("2026-05-19 11:15:01"),
        wall("2026-05-19 12:15"),
    ]


def test_a_desk_that_was_down_sends_no_step_a_second_time_later(desk):
    desk.is_down_until("2026-05-19 12:20")
    before = len(desk.sent)
    desk.at("2026-05-22 12:00")

    assert len(desk.sent) == before


def test_an_answer_received_in_time_but_read_late_withdraws_the_breach(desk):
    desk.at("2026-05-19 11:10")
    answer = desk.written_reply(ANN, "We are on it.")
    desk.at("2026-05-19 11:30")
    assert desk.state() == "breached"
    desk.lies_in_the_mailbox_since(answer, wall("2026-05-19 11:10"))

    assert desk.state() == "met"
    assert [event.type for event in desk.events("breached", "breach_withdrawn")] == ["breached", "breach_withdrawn"]
    assert "We are on it." in desk.last(JO, "relay").text


def test_a_severity_lowered_in_time_but_read_late_withdraws_the_breach_and_a_later_one_is_recorded(desk):
    desk.at("2026-05-19 11:10")
    order = desk.written_reply(ANN, "#severity medium")
    desk.at("2026-05-19 11:30")
    desk.lies_in_the_mailbox_since(order, wall("2026-05-19 11:10"))
    assert desk.state() == "running"
    assert desk.events("breach_withdrawn")

    desk.at("2026-05-19 17:20")
    assert desk.state() == "breached"
    assert [event.at for event in desk.events("breached")] == [wall("2026-05-19 11:15"), wall("2026-05-19 17:15")]


def test_mail_that_lay_in_the_mailbox_runs_from_when_it_was_received(desk):
    """Never from when the poller got round to it."""
    desk.at("2026-05-20 14:00")
    raw = b"From: jo@acme.example\r\nTo: support@logik.example\r\nSubject: another\r\nMessage-ID: <1@acme.example>\r\n\r\nPriority: Urgent\r\n"
    done = desk.lies_in_the_mailbox_since(raw, wall("2026-05-20 13:30"))

    assert desk.case(done.case).opened_at == wall("2026-05-20 13:30")
    assert desk.first_response(done.case).due_at == wall("2026-05-20 15:30")


def test_nobody_is_reminded_at_night_of_a_desk_that_is_closed(desk):
    desk.at("2026-05-19 17:30")
    done = desk.mail(JO, "One more thing", URGENT)
    desk.at("2026-05-21 12:00")

    about = [mail for mail in desk.sent if f"[HD-{done.case}]" in mail.subject and mail.kind != "ack"]
    assert [(mail.kind, mail.at) for mail in about] == [
        ("assigned", wall("2026-05-19 17:30")),
        ("warning", wall("2026-05-20 07:30")),
        ("warning", wall("2026-05-20 08:06")),
        ("breach", wall("2026-05-20 08:30:01")),
        ("escalation", wall("2026-05-20 08:30:01")),
        ("escalation", wall("2026-05-20 09:30")),
        ("escalation", wall("2026-05-20 09:30")),
    ]


def test_a_promise_that_ends_with_the_day_is_late_from_the_next_morning(desk):
    """LGK-6: 16:00 and two business hours is 18:00, the closing; nothing is late before seven the next day."""
    desk.at("2026-05-19 16:00")
    done = desk.mail(JO, "Late in the day", URGENT)
    assert desk.first_response(done.case).due_at == wall("2026-05-19 18:00")
    desk.at("2026-05-19 23:00")
    assert desk.state(done.case) == "running"
    desk.at("2026-05-20 07:00")
    assert desk.state(done.case) == "running", "an answer that comes now is on the dot"
    desk.at("2026-05-20 07:00:01")

    assert desk.state(done.case) == "breached"
    assert desk.events("breached", number=done.case)[0].at == wall("2026-05-20 07:00")


def test_an_answer_at_night_to_a_promise_that_ended_with_the_day_is_on_time(desk):
    desk.at("2026-05-19 16:00")
    done = desk.mail(JO, "Late in the day", URGENT)
    desk.at("2026-05-19 23:00")
    desk.reply(ANN if desk.case(done.case).assignee == ANN else BOB, "We are on it.")

    assert desk.state(done.case) == "met"


def test_the_ledger_keeps_when_it_was_late_and_when_that_was_written_down(desk):
    desk.is_down_until("2026-05-19 12:20")

    breach = desk.events("breached")[0]
    assert (breach.at, breach.recorded_at) == (wall("2026-05-19 11:15"), wall("2026-05-19 12:20"))


def test_what_was_broken_while_nobody_looked_is_on_the_record_with_the_first_mail_of_afterwards(desk):
    """A mail is worked before the next tick: what it causes is told of a promise that is broken already."""
    late = desk.written_reply(JO, "Any news?")
    desk.laboratory.now = wall("2026-05-19 11:40")
    desk.receive(late)

    assert [event.at for event in desk.events("breached")] == [wall("2026-05-19 11:15")]
