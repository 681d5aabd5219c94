"""Sending under faults: nothing goes twice that need not, nothing is left lying, and each in its turn.

Two daemons are two databases on one URL, each with an owner of its own. A death or a freeze is a claim that is over
(`end_claims`); nobody waits for one to run out.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from helpdesk.desk import Desk, deliver
from helpdesk.desk.deliver import PAST_THE_DOT, Delivery, Sending
from helpdesk.desk.pace import Pace
from helpdesk.store import outbox
from helpdesk.store.claims import Keeper
from helpdesk.store.engine import Database
from helpdesk.store.outbox import Queued
from helpdesk.store.tables import metadata, outbox_raw
from helpdesk.unit import Units
from helpdesk.wires.courier import Failed, Retry, Sent, no_mark
from tests.claims import end_claims
from tests.process import PATIENCE, until

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)


def queued(number, kind="relay", case=None, recipient=""):
    to = recipient or f"jo{number}@acme.example"
    return Queued(f"key/{number}", case, kind, to, "support@x.example", f"<{number}@x>", b"raw")


def add(database, *mails):
    with database.write() as connection:
        outbox.add(connection, mails, AT)


def states(database):
    with database.read() as connection:
        return {row.message_id: (row.state, row.copies) for row in outbox.rows(connection)}


def desk_on(database, rules, now=AT):
    return Desk(database=database, rules=rules, now=lambda: now)


@pytest.fixture
def others(database_url):
    """Another daemon's pool of the same database."""
    opened = Database(database_url)
    yield opened
    opened.close()


class Post:
    """Takes every mail, and does something before its dot or after it."""

    def __init__(self, *, before=no_mark, after=no_mark, outcome=None):
        self.before, self.after, self.outcome = before, after, outcome or Sent("250 ok")
        self.taken = []

    def deliver(self, mail, *, before_dot=no_mark):
        self.before()
        before_dot()
        self.taken.append(mail.message_id)
        self.after()
        return self.outcome


# --- whose it is


@pytest.mark.parametrize("kind", ["ack", "relay", "escalation", "progress"])
def test_a_worker_that_was_frozen_before_the_dot_sends_nothing_that_it_has_lost(database, others, rules, kind):
    """Mail of every kind is looked at once more, right before its dot."""
    add(database, queued(1, kind))
    second, other = desk_on(others, rules), Post()

    def frozen():
        end_claims(database.engine)
        assert second.deliver(other) == 1

    first = Post(before=frozen)
    desk_on(database, rules).deliver(first)

    assert (first.taken, other.taken) == ([], ["<1@x>"])
    assert states(database) == {"<1@x>": ("sent", 0)}


def test_who_was_frozen_between_the_look_and_the_dot_looks_again(database, others, rules):
    add(database, queued(1))
    second, other = desk_on(others, rules), Post()
    times = [0.0]

    def monotonic():
        times.append(times[-1])
        if len(times) == 4:  # the look is done, and the process is stopped
            end_claims(database.engine)
            second.deliver(other)
            times[-1] += 1300
        return times[-1]

    sending, first = Sending(Keeper(database)), Post()
    shared = {"units": Units(database, rules), "sending": sending, "clock": lambda: AT}
    Delivery(courier=first, monotonic=monotonic, **shared).deliver()

    assert first.taken == []
    assert other.taken == ["<1@x>"]
    assert states(database) == {"<1@x>": ("sent", 1)}, "nobody could know that the dot had not come: it counts"


def test_what_a_dead_daemon_had_in_hand_is_sent_by_the_others_and_only_what_was_past_its_dot_waits(
    database, others, rules
):
    add(database, queued(1), queued(2, "ack"), queued(3, "escalation"))
    with database.write() as connection:
        held = {row.id: row for row in outbox.claim(connection, database.owner, now=AT, limit=3)}
        assert outbox.hand_over(connection, database.owner, held[1], lease=PAST_THE_DOT)
    second, post = desk_on(others, rules), Post()
    if not database.embedded:
        assert second.deliver(post) == 0, "the owner may be alive"
        with database.write() as connection:  # as after 31 seconds
            earlier = "UPDATE outbox SET claimed_until = claimed_until - interval '31 seconds'"
            connection.execute(sa.text(earlier))
        second.deliver(post)
        assert sorted(post.taken) == ["<2@x>", "<3@x>"]
    end_claims(database.engine)
    second.deliver(post)

    assert sorted(post.taken) == ["<1@x>", "<2@x>", "<3@x>"]
    assert states(database) == {"<1@x>": ("sent", 1), "<2@x>": ("sent", 0), "<3@x>": ("sent", 0)}


def test_a_slow_smarthost_loses_nobody_a_claim_that_is_renewed(database, others, rules):
    """Thirty seconds a mail, and two healthy daemons."""
    if database.embedded:
        pytest.skip("an SQLite file has one process, and no time ends its claims")
    add(database, queued(1))
    first, second, other = desk_on(database, rules), desk_on(others, rules), Post()

    def slow():
        with database.write() as connection:
            connection.execute(sa.text("UPDATE outbox SET claimed_until = clock_timestamp() + interval '1 second'"))
        first.renew()
        with database.write() as connection:
            left = connection.execute(sa.text("SELECT claimed_until - clock_timestamp() FROM outbox")).scalar_one()
        assert timedelta(seconds=20) < left <= timedelta(seconds=30)
        assert second.deliver(other) == 0

    post = Post(before=slow, after=lambda: (first.renew(), second.deliver(other)))
    first.deliver(post)
    assert (post.taken, other.taken) == (["<1@x>"], [])


def test_a_renewal_never_shortens_what_is_past_its_dot(database):
    add(database, queued(1))
    keeper = Keeper(database)
    with database.write() as connection:
        [row] = outbox.claim(connection, database.owner, now=AT)
        keeper.hold(outbox.TABLE, [row.id])
        outbox.hand_over(connection, database.owner, row, lease=PAST_THE_DOT)
    keeper.renew()
    if not database.embedded:
        with database.read() as connection:
            left = connection.execute(sa.text("SELECT claimed_until - clock_timestamp() FROM outbox")).scalar_one()
        assert left > timedelta(minutes=11)


def test_what_a_stopping_daemon_holds_before_the_dot_is_given_back_and_cannot_be_sent_by_it(database, others, rules):
    add(database, queued(1))
    first, other = desk_on(database, rules), Post()
    post = Post(before=first.stop_sending)
    first.deliver(post)
    desk_on(others, rules).deliver(other)

    assert (post.taken, other.taken) == ([], ["<1@x>"])


class Gate(Pace):
    """Lets a mail begin; the second only once `opens` is set."""

    def __init__(self, opens):
        super().__init__(1, lambda: 0.0)
        self.opens, self.reached, self.asked = opens, threading.Event(), 0

    def begin(self):
        self.asked += 1
        if self.asked > 1:
            self.reached.set()
            assert self.opens.wait(PATIENCE)
        return super().begin()


def test_who_sends_has_noted_its_last_mail_before_the_next_whatever_holds_up_the_others(database, others, rules):
    """Else a death would make more copies than there are dialogues: others' notes would be lost with one that waits."""
    if database.embedded:
        pytest.skip("one transaction at a time writes into SQLite: none waits with the notes of another")
    add(database, *map(queued, (1, 2, 3)))
    desk, opens, under_way, noted = desk_on(database, rules), threading.Event(), threading.Event(), {}
    gate = Gate(opens)

    with others.engine.connect() as elsewhere:

        def hold_up():
            assert gate.reached.wait(PATIENCE), "what became of the second mail is known by now"
            elsewhere.execute(sa.text("SELECT id FROM outbox WHERE id = 1 FOR UPDATE"))

        def look():
            if len(second.taken) == 2:
                noted.update(states(others))

        first, second = Post(before=under_way.set, after=hold_up), Post(after=look)
        with ThreadPoolExecutor(2) as pool:
            waits = pool.submit(desk.deliver, first)
            assert under_way.wait(PATIENCE)
            goes_on = pool.submit(desk.deliver, second, pace=gate)
            until(lambda: is_held_up(others), "the note of the first mail waits")
            opens.set()
            goes_on.result(PATIENCE)
            elsewhere.rollback()
            waits.result(PATIENCE)

    assert (first.taken, second.taken) == (["<1@x>"], ["<2@x>", "<3@x>"])
    assert {name: state for name, (state, _) in noted.items()} == {
        "<1@x>": "handed_over",
        "<2@x>": "sent",
        "<3@x>": "handed_over",
    }
    assert set(states(database).values()) == {("sent", 0)}


def is_held_up(database):
    with database.read() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()


# --- what fails meanwhile


class Unsteady:
    """A database that fails at its n-th writing: before it, or when all is on disk and only the answer is lost."""

    def __init__(self, database, failing, *, after_the_commit):
        self._write, self._failing, self._after = database.write, failing, after_the_commit
        self.count = 0

    @contextmanager
    def write(self):
        self.count += 1
        fails = self.count == self._failing
        problem = sa.exc.OperationalError("COMMIT", {}, Exception("the disk is full"))
        if fails and not self._after:
            raise problem
        with self._write() as connection:
            yield connection
        if fails:
            raise problem


@pytest.mark.parametrize("after_the_commit", [False, True], ids=["nothing-written", "answer-lost"])
@pytest.mark.parametrize("failing", range(1, 12))
def test_one_error_of_the_database_delays_nothing_and_sends_nothing_twice(
    database, rules, monkeypatch, failing, after_the_commit
):
    """22 mails waited for twenty minutes, acknowledgments among them, while newer ones passed."""
    add(database, queued(1, "ack"), queued(2), queued(3, "assigned"), queued(4))
    desk, post = desk_on(database, rules), Post()
    unsteady = Unsteady(database, failing, after_the_commit=after_the_commit)
    monkeypatch.setattr(database, "write", unsteady.write)
    while unsteady.count < failing:
        try:
            desk.deliver(post)
        except sa.exc.OperationalError:
            break
    monkeypatch.undo()
    if not database.embedded:  # a claim whose commit was not heard of is known to nobody, and runs out
        with database.write() as connection:
            connection.execute(sa.text("UPDATE outbox SET claimed_until = now() WHERE state = 'sending'"))
    while desk.deliver(post):
        pass

    assert Counter(post.taken) == Counter(f"<{number}@x>" for number in (1, 2, 3, 4))
    assert states(database) == {f"<{number}@x>": ("sent", 0) for number in (1, 2, 3, 4)}


def test_what_the_database_kept_from_being_tried_is_as_it_was(database, rules, monkeypatch):
    """Else it would count as deferred by the far side, and a later mail of its case would go before it."""
    add(database, queued(1))
    desk = desk_on(database, rules)
    unsteady = Unsteady(database, 3, after_the_commit=False)  # the look before the dot
    monkeypatch.setattr(database, "write", unsteady.write)
    with pytest.raises(sa.exc.OperationalError):
        desk.deliver(Post())
    monkeypatch.undo()
    desk.stop_sending()

    with database.read() as connection:
        [row] = outbox.rows(connection)
    assert (row.state, row.attempts) == ("queued", 0)


def test_an_answer_that_cannot_be_told_of_keeps_no_other_waiting(database, rules, monkeypatch):
    """A defect in the words of an alert: the mail has its state all the same, and the rest goes out."""
    add(database, queued(1), queued(2))
    desk = desk_on(database, rules)
    monkeypatch.setattr(deliver, "raise_alert", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.deliver(Post(outcome=Failed("550 no such user")))
    post = Post()
    while desk.deliver(post):
        pass

    assert states(database) == {"<1@x>": ("failed", 0), "<2@x>": ("sent", 0)}


def test_a_mail_that_cannot_be_prepared_is_put_off_and_the_others_go(database, rules, monkeypatch):
    add(database, queued(1), queued(2))
    monkeypatch.setattr("helpdesk.desk.deliver.enclose", lambda raw, _: raw if calls.pop() else 1 / 0)
    calls, post = [True, False], Post()
    desk_on(database, rules).deliver(post)

    assert post.taken == ["<2@x>"]
    assert states(database) == {"<1@x>": ("queued", 0), "<2@x>": ("sent", 0)}


def test_a_broken_connection_after_the_dot_is_counted_as_a_possible_copy(database, rules):
    add(database, queued(1))
    desk_on(database, rules).deliver(Post(outcome=Retry("final dot: timed out", uncertain=True)))

    assert states(database) == {"<1@x>": ("queued", 1)}
    with database.read() as connection:
        assert outbox.copies(connection) == 1


def test_a_mail_that_was_erased_at_its_dot_is_not_sent_again_empty(database, rules):
    add(database, queued(1))

    def erased():
        with database.write() as connection:
            connection.execute(sa.delete(outbox_raw))

    desk_on(database, rules).deliver(Post(after=erased, outcome=Retry("final dot: timed out", uncertain=True)))
    assert states(database) == {"<1@x>": ("dropped", 1)}


class Shared(Post):
    """What several daemons send to, all at once."""

    def __init__(self):
        self.some = threading.Semaphore(0)
        super().__init__(after=self.some.release)


def keep_sending(desk, post):
    """As a daemon's thread does: whatever the database raises, it is done again."""
    busy = True
    while busy:
        with suppress(sa.exc.DBAPIError):
            busy = desk.deliver(post)


def test_two_daemons_whose_connections_are_ended_again_and_again_send_nothing_twice(cluster, rules):
    """After a restart of PostgreSQL each freed what the other was sending."""
    name, post = cluster.create(), Shared()
    databases = [Database(cluster.url_of(name)) for _ in range(2)]
    add(databases[0], *(queued(number, "relay" if number % 3 else "ack") for number in range(60)))
    desks = [desk_on(database, rules) for database in databases]
    threads = [threading.Thread(target=keep_sending, args=(desk, post)) for desk in desks for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(6):
        assert post.some.acquire(timeout=60)
        cluster.end_connections(name)
    for thread in threads:
        thread.join(60)
    with databases[0].write() as connection:  # claims whose commit was cut off run out
        connection.execute(sa.text("UPDATE outbox SET claimed_until = now() WHERE state = 'sending'"))
    for desk in desks:
        keep_sending(desk, post)

    assert Counter(post.taken) == Counter(f"<{number}@x>" for number in range(60))
    assert set(states(databases[0]).values()) == {("sent", 0)}
    for database in databases:
        database.close()


# --- in which order


def with_cases(database, number):
    policy = {"version": "v", "policy": "p", "name": "n", "text": "", "stored_at": AT}
    case = {"mailbox": "m", "policy": "p", "policy_version": "v", "customer": "", "requester": "r", "subject": ""}
    case |= {"severity": "s", "rank": 3, "status": "open", "assignee": "", "opened_at": AT, "breached": False}
    with database.write() as connection:
        connection.execute(sa.insert(metadata.tables["policy_version"]).values(policy))
        connection.execute(sa.insert(metadata.tables["cases"]), [case | {"events": 0} for _ in range(number)])


def test_calls_breaches_and_acknowledgments_go_first_then_answers_then_the_rest(database, rules):
    kinds = ["digest", "relay", "progress", "escalation", "assigned", "ack", "breach"]
    add(database, *(queued(number, kind) for number, kind in enumerate(kinds)))
    post = Post()
    desk_on(database, rules).deliver(post)

    order = [kinds[int(message_id[1])] for message_id in post.taken]
    assert order == ["escalation", "ack", "breach", "relay", "assigned", "digest", "progress"]


@pytest.mark.parametrize("kind", ["escalation", "assigned", "customer-message"])
def test_what_an_urgent_mail_has_to_wait_for_is_as_urgent(database, rules, kind):
    """Else it would wait for a backlog of mail that is not urgent at all."""
    with_cases(database, 2)
    add(database, *(queued(number, "progress", case=2) for number in range(10)))
    add(database, queued(10, "reminder", case=1, recipient="ann@x.example"))
    add(database, queued(11, kind, case=1, recipient="ann@x.example"))
    post = Post()
    desk_on(database, rules).deliver(post)

    assert post.taken[:2] == ["<10@x>", "<11@x>"]


def test_what_was_deferred_neither_starves_nor_is_starved(database, rules):
    desk = desk_on(database, rules)
    add(database, *(queued(number) for number in range(20)))
    while desk.deliver(Post(outcome=Retry("RCPT: 450 later"))):
        pass
    add(database, *(queued(number) for number in range(20, 40)))
    post, hour = Post(), AT + timedelta(hours=1)
    desk_on(database, rules, hour).deliver(post)

    old = [int(message_id[1:-3]) < 20 for message_id in post.taken]
    assert len(old) == 40
    assert 4 <= sum(old[:20]) <= 6, "every fourth turn is for what was deferred"


class Queue:
    """What is known of mails from outside: which are over, which the far side has deferred, which are in hand."""

    def __init__(self, mails):
        self.mails, self.added = mails, 0
        self.over, self.in_hand = set(), set()
        self.deferred, self.reached = Counter(), set()

    def may_pass(self, number, other):
        """Whether a mail may go before an earlier one of its case and recipient."""
        if other in self.over:
            return True
        if other in self.in_hand or other not in self.reached:
            return False
        return self.deferred[other] >= outbox.MAX_DEFERRALS or (self.is_urgent(number) and self.deferred[other] > 0)

    def is_urgent(self, number):
        """It is itself, or one that is waits for it."""
        mine = self.mails[number]
        to_them = [mail for mail in self.mails[number : self.added] if mail.recipient == mine.recipient]
        return any(mail.case == mine.case and mail.kind in {"ack", "escalation"} for mail in to_them)

    def taken(self, number):
        mine = self.mails[number]
        earlier = [
            n for n in range(number) if (self.mails[n].case, self.mails[n].recipient) == (mine.case, mine.recipient)
        ]
        passed = [n for n in earlier if not self.may_pass(number, n)]
        told = [(self.mails[n], self.deferred[n], n in self.reached, n in self.in_hand) for n in (number, *passed)]
        assert not passed, f"mail {number} passed {passed}: {told}"
        self.in_hand.add(number)

    def ended(self, number, *, over, unreached):
        self.in_hand.discard(number)
        self.deferred[number] += not over
        (self.reached.discard if unreached else self.reached.add)(number)
        if over:
            self.over.add(number)


@pytest.mark.parametrize("seed", range(12))
def test_the_mails_of_one_case_to_one_recipient_go_in_their_order(database, seed):
    """Whatever is sent at once and whatever becomes of it; a mail that the far side defers holds up no urgent one."""
    chance = random.Random(seed)
    with_cases(database, 3)
    kinds = ["relay", "assigned", "progress", "escalation", "ack"]
    to = ["a@x.example", "b@x.example"]
    queue = Queue([queued(n, chance.choice(kinds), chance.randint(1, 3), chance.choice(to)) for n in range(30)])
    now, held = AT, []
    while len(queue.over) < len(queue.mails):
        more = queue.mails[queue.added : queue.added + chance.randint(0, 3)]
        add(database, *more)
        queue.added += len(more)
        with database.write() as connection:
            taken = outbox.claim(connection, database.owner, now=now, tried_first=chance.random() < 0.3)
        for row in taken:
            queue.taken(row.id - 1)
        held += taken
        chance.shuffle(held)
        while held and (len(held) > 2 or chance.random() < 0.5):
            answer(database, queue, held.pop(), chance.random(), now)
        now += timedelta(seconds=20)


def answer(database, queue, row, fate, now):
    with database.write() as connection:
        if fate < 0.6:
            outbox.sent(connection, row, now=now, detail="250")
        else:
            later = now + timedelta(minutes=1)
            outbox.retry(connection, row, at=later, detail="later", unreached=fate > 0.85)
    queue.ended(row.id - 1, over=fate < 0.6, unreached=fate > 0.85)


# --- how fast


class Time:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_told_to_slow_down_it_halves_its_connections_and_takes_them_back_one_by_one():
    time = Time()
    pace = Pace(8, time)
    assert [pace.begin() for _ in range(9)] == [True] * 8 + [False]
    for _ in range(8):  # all that are on their way hear it: that is one word, not eight
        pace.end(Retry("MAIL: 451 4.7.500 busy", slower=True))
    assert (pace.allowed, pace.begin()) == (4, False)
    time.now += 1
    for _ in range(3):
        assert pace.begin()
        pace.end(Retry("421 closing", slower=True))
        time.now += 10
    assert pace.allowed == 1
    for _ in range(20 * 7):
        assert pace.begin()
        pace.end(Sent("250"))
    assert pace.allowed == 8


def test_a_smarthost_that_is_away_is_tried_by_one_and_all_go_on_once_it_is_back():
    time = Time()
    pace = Pace(4, time)
    pauses = []
    assert pace.begin()
    for _ in range(7):
        pace.end(Retry("connect: Connection refused"))
        began = time.now
        while not pace.begin():
            time.now += 1
        assert not pace.begin(), "one is enough to see whether it is back"
        pauses.append(time.now - began)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    pace.end(Sent("250"))
    assert [pace.begin() for _ in range(5)] == [True] * 4 + [False]


def test_a_mail_that_is_deferred_for_itself_slows_nobody():
    pace = Pace(4, Time())
    for outcome in (Retry("RCPT: 450 4.2.1 full"), Failed("550 no"), Retry("final dot: timed out", uncertain=True)):
        assert pace.begin()
        pace.end(outcome)
    assert pace.allowed == 4
    assert pace.begin()


def test_what_could_not_reach_the_smarthost_goes_in_its_old_order_once_it_is_back(database, rules):
    kinds = ["progress", "relay", "escalation"]
    add(database, *(queued(number, kind) for number, kind in enumerate(kinds)))
    away = Post(outcome=Retry("connect: Connection refused"))
    desk = desk_on(database, rules)
    desk.deliver(away)
    add(database, replace(queued(3), kind="relay"))
    post = Post()
    while desk.deliver(post):
        pass

    assert post.taken == ["<3@x>", "<2@x>", "<1@x>", "<0@x>"]
