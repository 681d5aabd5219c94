"""What an agent had seen of a case when they wrote, by what was handed over for them and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.words.unseen import SETTLES, CaseMail, Handed, sight
from helpdesk.person import Person

AT = datetime(2026, 5, 19, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def mail(number, before):
    return CaseMail(number, f"<{number}@acme.example>", AT - before, Person("jo@acme.example"), "It got worse.")


def handed(number, before, *shows, sent=True):
    return Handed(f"<{number}@desk.example>", AT - before, AT - before if sent else None, frozenset(shows))


@pytest.mark.parametrize(
    ("received", "mails", "answers", "seen"),
    [
        (-MINUTE, [], "", False),  # received after theirs, and worked before it
        (MINUTE, [handed(7, MINUTE, 1)], "", False),
        (2 * MINUTE - timedelta(seconds=1), [handed(7, 2 * MINUTE - timedelta(seconds=1), 1)], "", False),
        (2 * MINUTE, [handed(7, 2 * MINUTE, 1)], "", True),
        (60 * MINUTE, [], "", False),
        (60 * MINUTE, [handed(7, 59 * MINUTE, 2)], "", False),  # it shows another
        (60 * MINUTE, [handed(7, MINUTE, 1)], "", False),  # handed over too late
        (60 * MINUTE, [handed(7, 59 * MINUTE, 1, sent=False)], "", False),
        (60 * MINUTE, [handed(7, 59 * MINUTE), handed(8, 3 * MINUTE, 1, 2)], "", True),  # an escalation, say
        (MINUTE, [handed(7, MINUTE, 1)], "<7@desk.example>", True),  # whoever answers a mail has read it
        (MINUTE, [handed(7, MINUTE, 1)], "<8@desk.example>", False),
        (MINUTE, [handed(7, MINUTE, 1, sent=False)], "<7@desk.example>", True),
    ],
)
def test_a_mail_is_seen_where_it_was_shown_two_minutes_before(received, mails, answers, seen):
    found = sight([mail(1, received)], mails, at=AT, answers=answers)

    assert (found.unseen == ()) == seen


def test_what_was_seen_and_is_newer_than_the_mail_that_is_answered_is_told():
    shown = [handed(7, 60 * MINUTE, 1), handed(8, 30 * MINUTE, 2)]
    mails = [mail(1, 61 * MINUTE), mail(2, 31 * MINUTE)]

    assert sight(mails, shown, at=AT, answers="<7@desk.example>").newer == (mails[1],)
    assert sight(mails, shown, at=AT, answers="<8@desk.example>").newer == ()
    assert sight(mails, shown, at=AT, answers="").newer == ()


MINUTES = st.integers(-5, 30).map(lambda minutes: minutes * MINUTE)


@given(
    st.lists(MINUTES, max_size=4),
    st.lists(st.tuples(MINUTES, st.frozensets(st.integers(0, 3)), st.booleans()), max_size=4),
    st.integers(0, 4),
)
def test_nothing_is_both_unseen_and_shown_in_time(received, rows, answered):
    mails = [mail(number, before) for number, before in enumerate(received)]
    shown = [handed(number, before, *shows, sent=sent) for number, (before, shows, sent) in enumerate(rows)]
    found = sight(mails, shown, at=AT, answers=f"<{answered}@desk.example>")

    until = AT - SETTLES
    for one in mails:
        opened = answered < len(rows) and one.number in rows[answered][1]
        in_time = any(row.sent_at and row.sent_at <= until and one.number in row.shows for row in shown)
        assert (one not in found.unseen) == (opened or (one.at <= until and in_time))
    assert not {*found.unseen} & {*found.newer}
