"""On the dot is on time, everywhere; and who is late reads by how much, whatever the severity has become since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.core.clocks.overview import overview
from helpdesk.report.explain import case_clocks_text
from helpdesk.report.shapes import case_shape
from tests.console import card
from tests.desk import ANN, BOB, JO, LENA, wall

SECOND = timedelta(seconds=1)
# Logik standard, central: Urgent is 2 business hours of Mon-Fri 7-18, Critical 1 hour around the clock.
PROMISES = {
    "in hours": ("2026-05-19 09:15", "Urgent", "2026-05-19 11:15", "2026-05-19 11:15"),
    "on a closing": ("2026-05-19 16:00", "Urgent", "2026-05-19 18:00", "2026-05-20 07:00"),
    "on a closing before a long weekend": ("2026-05-22 16:00", "Urgent", "2026-05-22 18:00", "2026-05-26 07:00"),
    "around the clock": ("2026-05-23 23:30", "Critical", "2026-05-24 00:30", "2026-05-24 00:30"),
}


def told_late(desk):
    """Every place that can say that a promise is broken."""
    case, policy = desk.case(), desk.rules.book.policy("logik")
    found = overview([(case, policy)], desk.now)
    return {
        "queue": case_shape(case, policy, [], desk.now)["clocks"][0]["state"] == "breached",
        "explain": "late from" in case_clocks_text(case, policy, desk.now),
        "digest": bool(found.late),
        "console": getattr(card(desk, case).due, "late", False),
        "ledger, metrics": bool(desk.events("breached")),
        "mails": any(mail.kind in {"breach", "escalation"} for mail in desk.sent),
    }


@pytest.mark.parametrize(("received", "priority", "due", "late"), PROMISES.values(), ids=PROMISES)
def test_nobody_says_late_before_a_second_of_open_time_beyond_the_promise(desk, received, priority, due, late):
    desk.at(received)
    desk.mail(JO, body=f"Case Priority: {priority}\n\nNo rule fires.")
    assert desk.first_response().due_at == wall(due)
    for moment in (due, late):
        desk.at(moment)
        assert not any(told_late(desk).values())
    desk.laboratory.advance(wall(late) + SECOND, inclusive=True)

    assert all(told_late(desk).values()), told_late(desk)
    assert desk.first_response().breached_at(desk.now) == desk.events("breached")[0].at == wall(late)


@pytest.mark.parametrize(("received", "priority", "due", "late"), PROMISES.values(), ids=PROMISES)
def test_an_answer_on_the_dot_is_in_time_and_nobody_ever_hears_otherwise(desk, received, priority, due, late):
    desk.at(received)
    desk.mail(JO, body=f"Case Priority: {priority}\n\nNo rule fires.")
    desk.at(late)
    desk.reply(ANN, "Please restart the blueprint.", to_kind="assigned")
    desk.at("2026-05-26 12:00")

    assert desk.state() == "met"
    assert not any(told_late(desk).values())


def test_what_was_broken_under_a_worse_severity_keeps_its_own_lateness(desk):
    """Broken at 10:15; at 10:25 it is found to be milder: ten minutes late, and six hours to go."""
    desk.at("2026-05-19 09:15")
    desk.mail(JO, body="Case Priority: Critical\n\nNo rule fires.")
    desk.at("2026-05-19 10:25")
    desk.reply(ANN, "#severity medium\n#assign bob", to_kind="assigned")
    given = desk.last(BOB, "assigned")

    assert given.subject == "[HD-1] Medium · reply was due Tue 19 May 10:15 · The rules…"
    facts = " ".join(given.text.split())
    assert "First response: was due Tue 19 May 2026, 10:15 CDT, 10 min late;" in facts
    assert "now due Tue 19 May 2026, 17:15 CDT, in 6 h 50 min" in facts
    clock = case_shape(desk.case(), desk.rules.book.policy("logik"), [], desk.now)["clocks"][0]
    assert clock["broken_due_at"] == "2026-05-19T15:15:00+00:00"


def test_on_the_evening_of_a_due_time_nobody_reads_that_it_is_late(desk):
    desk.at("2026-05-19 16:00")
    desk.mail(JO, body="Case Priority: Urgent\n\nNo rule fires.")
    desk.at("2026-05-19 20:00")
    desk.reply(JO, "Is anybody there?")

    assert "due Tue 19 May 2026, 18:00 CDT, late from Wed 20 May 2026, 07:00 CDT" in " ".join(
        desk.last(ANN).text.split()
    )
    desk.at("2026-05-20 09:00")
    assert "was due Tue 19 May 2026, 18:00 CDT" in " ".join(desk.last(LENA).text.split())
