"""The outbox: a mail is written once, sent at least once, and an acknowledgment at most once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from helpdesk.desk import Desk
from helpdesk.desk.deliver import GIVE_UP_AFTER, PAST_THE_DOT, pause
from helpdesk.errors import NotFound, Refused
from helpdesk.store import outbox, tables
from helpdesk.store.engine import Database
from helpdesk.store.outbox import Queued
from helpdesk.wires.courier import Failed, Retry, Sent, no_mark
from tests.claims import end_claims

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)


def queued(number, kind="relay"):
    return Queued(f"key/{number}", None, kind, f"jo{number}@acme.example", "support@x.example", f"<{number}@x>", b"raw")


def add(database, *mails):
    with database.write() as connection:
        outbox.add(connection, mails, AT)


def claim(database, now=AT, limit=50):
    with database.write() as connection:
        return outbox.claim(connection, database.owner, now=now, limit=limit)


def row(database, number=1):
    with database.read() as connection:
        return outbox.load(connection, number)


class Post:
    """A courier that answers what it is told; it notes every mail whose final dot it wrote."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.gone = []

    def deliver(self, mail, *, before_dot=no_mark):
        before_dot()
        self.gone.append(mail.message_id)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def desk(database, rules):
    desk = Desk(database=database, rules=rules, now=lambda: desk_now[0])
    desk_now[0] = AT
    return desk


desk_now = [AT]


def deliver(desk, post, at=AT):
    desk_now[0] = at
    return desk.deliver(post)


def test_a_mail_with_a_known_key_is_not_written_again(database):
    add(database, queued(1), queued(2))
    add(database, queued(1), queued(3))

    assert [one.key for one in claim(database)] == ["key/1", "key/2", "key/3"]


def test_a_mail_that_was_taken_is_sent_once(database, desk):
    add(database, queued(1))
    post = Post(Sent("250 ok"))
    deliver(desk, post)
    deliver(desk, post, AT + timedelta(days=1))

    assert post.gone == ["<1@x>"]
    assert (row(database).state, row(database).sent_at, row(database).detail) == ("sent", AT, "250 ok")


def test_a_mail_that_was_deferred_is_tried_again_with_longer_and_longer_pauses(database, desk):
    """O05"""
    add(database, queued(1))
    post, at, tries = Post(Retry("451 later")), AT, []
    for _ in range(9):
        assert deliver(desk, post, at) == 1
        assert deliver(desk, post, at) == 0
        tries.append((row(database).next_at - at) // timedelta(minutes=1))
        at = row(database).next_at

    assert tries == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert [pause(n) for n in (0, 1, 7, 10_000)] == [timedelta(minutes=m) for m in (1, 1, 60, 60)]


def test_after_three_days_it_is_given_up_and_the_operators_are_told_once(database, desk):
    add(database, queued(1))
    deliver(desk, Post(Retry("451 later")), AT + GIVE_UP_AFTER)

    assert row(database).state == "failed"
    assert (row(database, 2).kind, row(database, 2).recipient) == ("alert", "ops@desk.example")


def test_a_mail_that_was_refused_for_good_is_kept_and_delays_no_other(database, desk):
    """O05"""
    add(database, queued(1), queued(2))
    deliver(desk, Post(Failed("550 no such user"), Sent("250 ok")))

    assert (row(database, 1).state, row(database, 2).state) == ("failed", "sent")
    assert row(database, 1).detail == "550 no such user"


def test_once_a_smarthost_that_was_away_takes_a_mail_all_that_waited_for_it_goes(database, desk):
    """Not what it had deferred for a reason of the mail's own."""
    add(database, queued(1), queued(2), queued(3))
    away = Post(Retry("connect: Connection refused"), Retry("RCPT: 450 later"), Retry("TLS: certificate expired"))
    deliver(desk, away)
    add(database, queued(4))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_at = '2099-01-01 00:00:00' WHERE id < 4")
    post, at = Post(Sent("250 ok")), AT + timedelta(minutes=5)
    assert [deliver(desk, post, at), deliver(desk, post, at), deliver(desk, post, at)] == [1, 2, 0]

    assert [row(database, number).state for number in (1, 2, 3, 4)] == ["sent", "queued", "sent", "sent"]


def test_nobody_is_alerted_by_mail_that_an_alert_cannot_be_mailed(database, desk):
    add(database, queued(1, kind="alert"))
    deliver(desk, Post(Failed("550 no such user")))

    with database.read() as connection:
        assert len(outbox.rows(connection)) == 1


def test_an_answer_whose_worker_died_after_the_dot_is_sent_again_with_the_same_message_id(database, desk):
    """O01: its receiver can fold the copy."""
    add(database, queued(1))
    post = Post(Killed(), Sent("250 ok"))
    with pytest.raises(Killed):
        deliver(desk, post)
    assert deliver(desk, post) == 0
    end_claims(database.engine)
    deliver(desk, post)

    assert post.gone == ["<1@x>", "<1@x>"]
    assert (row(database).state, row(database).copies) == ("sent", 1)


@pytest.mark.parametrize("kind", outbox.AT_MOST_ONCE)
def test_an_acknowledgment_whose_worker_died_after_the_dot_is_never_sent_again(database, desk, kind):
    """O01"""
    add(database, queued(1, kind=kind))
    post = Post(Killed(), Sent("250 ok"))
    with pytest.raises(Killed):
        deliver(desk, post)
    assert row(database).state == "handed_over"
    end_claims(database.engine)
    deliver(desk, post)

    assert post.gone == ["<1@x>"]
    assert (row(database).state, row(database).next_at) == ("uncertain", None)


def test_an_acknowledgment_whose_reply_was_lost_is_left_uncertain(database, desk):
    """O01"""
    add(database, queued(1, kind="ack"), queued(2))
    deliver(desk, Post(Retry("connection lost", uncertain=True)))

    assert (row(database, 1).state, row(database, 2).state) == ("uncertain", "queued")


def test_an_acknowledgment_that_was_deferred_before_the_dot_is_tried_again(database, desk):
    add(database, queued(1, kind="ack"))
    deliver(desk, Post(Retry("451 later")))
    post = Post(Sent("250 ok"))
    deliver(desk, post, AT + timedelta(minutes=1))

    assert row(database).state == "sent"


def test_a_worker_that_was_frozen_past_its_lease_neither_sends_nor_finishes(database, desk):
    """O06: an acknowledgment is fenced before its dot."""
    add(database, queued(1, kind="ack"))
    (frozen,) = claim(database)
    end_claims(database.engine)
    with database.write() as connection:
        assert outbox.settle(connection, database.owner) == 1
    (newer,) = claim(database)

    with database.write() as connection:
        assert not outbox.hand_over(connection, database.owner, frozen, lease=PAST_THE_DOT)
        assert not outbox.sent(connection, frozen, now=AT, detail="late")
        assert outbox.hand_over(connection, database.owner, newer, lease=PAST_THE_DOT)


def test_rows_of_several_workers_are_sent_once_each(database_url, database):
    """O06, in small: four workers, each with connections of its own."""
    add(database, *(queued(number) for number in range(120)))
    taken, lock = [], threading.Lock()

    def work():
        own = Database(database_url)
        try:
            while rows := claim(own, limit=7):
                with lock:
                    taken.extend(one.id for one in rows)
        finally:
            own.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 121))


def test_what_is_released_while_it_is_erased_is_never_sent_without_its_bytes(database, desk):
    """PostgreSQL waits for the row that is erased, and then still sees the bytes beside it."""
    with database.write() as connection:
        outbox.add(connection, [queued(1)], AT, held=True)
    add(database, queued(2))

    def release():
        with database.write() as connection:
            outbox.release(connection, AT)

    releasing = threading.Thread(target=release)
    with database.write() as connection:
        connection.execute(sa.update(tables.outbox).where(tables.outbox.c.id == 1).values(subject="erased"))
        connection.execute(sa.delete(tables.outbox_raw).where(tables.outbox_raw.c.outbox_id == 1))
        releasing.start()
        releasing.join(0.2)  # it waits for us, if it got so far
    releasing.join()
    post = Post(Sent("250 ok"))
    deliver(desk, post)

    assert post.gone == ["<2@x>"]
    assert row(database).state in {"held", "dropped"}


def test_what_lost_its_bytes_while_it_was_queued_again_is_dropped_and_delays_nobody(database):
    add(database, queued(1), queued(2), queued(3))
    with database.write() as connection:
        connection.execute(sa.delete(tables.outbox_raw).where(tables.outbox_raw.c.outbox_id != 3))

    assert [one.id for one in claim(database, limit=1)] == [3]
    assert [(row(database, n).state, row(database, n).next_at) for n in (1, 2)] == [("dropped", None)] * 2
    assert row(database).detail == "erased before it was sent"


def test_retry_and_drop_by_hand(database, desk):
    add(database, queued(1), queued(2), queued(3))
    deliver(desk, Post(Failed("550 no"), Failed("550 no"), Sent("250 ok")))
    with database.write() as connection:
        outbox.retry_now(connection, 1, AT)
        outbox.drop(connection, 2)
        with pytest.raises(NotFound):
            outbox.drop(connection, 99)

    assert [row(database, number).state for number in (1, 2, 3)] == ["queued", "dropped", "sent"]


@pytest.mark.parametrize("order", ["retry", "drop"])
@pytest.mark.parametrize(("state", "why"), [("handed_over", "is being handed over"), ("sent", "was sent already")])
def test_a_hand_makes_no_second_copy_of_what_is_out_and_says_so(database, order, state, why):
    """Its owner lives and waits for the answer: whoever took it away would send a customer the same mail twice."""
    add(database, queued(1, kind="ack"))
    (mine,) = claim(database)
    with database.write() as connection:
        assert outbox.hand_over(connection, database.owner, mine, lease=timedelta(minutes=12))
        if state == "sent":
            assert outbox.sent(connection, mine, now=AT, detail="250 ok")

    with database.write() as connection, pytest.raises(Refused, match=f"mail 1 {why}"):
        outbox.retry_now(connection, 1, AT) if order == "retry" else outbox.drop(connection, 1)

    assert (row(database, 1).state, row(database, 1).copies) == (state, 0)
    assert claim(database) == []


def test_what_is_before_its_dot_may_be_taken_from_its_sender(database):
    add(database, queued(1), queued(2))
    again, never = claim(database, limit=2)
    with database.write() as connection:
        outbox.retry_now(connection, again.id, AT)
        outbox.drop(connection, never.id)
        assert not outbox.hand_over(connection, database.owner, again, lease=timedelta(minutes=12))
        assert not outbox.hand_over(connection, database.owner, never, lease=timedelta(minutes=12))

    assert [one.id for one in claim(database, limit=2)] == [again.id]


def test_what_is_uncertain_is_sent_again_by_a_hand_and_counted(database):
    add(database, queued(1, kind="ack"))
    (mine,) = claim(database)
    with database.write() as connection:
        outbox.leave_uncertain(connection, mine, detail="no answer")
        outbox.retry_now(connection, 1, AT)

    assert (row(database, 1).state, row(database, 1).copies) == ("queued", 1)


def test_what_answers_first_mails_is_counted_for_each_address_and_day(database):
    """L05"""
    add(database, queued(1, kind="ack"), queued(2, kind="ack"), queued(3))

    with database.read() as connection:
        before = AT - timedelta(seconds=1)
        recent = [outbox.acknowledged(connection, f"jo{n}@acme.example", since=before) for n in (1, 2, 3, 4)]
        later = outbox.acknowledged(connection, "jo1@acme.example", since=AT)
        everywhere = outbox.acknowledged_everywhere(connection, since=before)
    assert (recent, later, everywhere) == ([[(AT, None)], [(AT, None)], [], []], [], 2)
