"""Several workers at one case: who comes second decides on what the first has written, and no mail is blamed for it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk
from helpdesk.errors import StaleCase
from helpdesk.store import cases, tables
from helpdesk.store.conflicts import is_blameless, is_conflict
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from tests.desk import ANN, JO, KIM, LOGIK, UTE, TestDesk
from tests.soak import amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from helpdesk.desk import Rules

_WORKERS = 4


@dataclass
class Several:
    """One PostgreSQL, a desk that is told the time, and as many more as there would be daemons."""

    url: str
    rules: Rules

    def __post_init__(self) -> None:
        self.databases = [Database(self.url) for _ in range(_WORKERS + 1)]
        self.first = TestDesk(self.rules, self.databases[0])
        begun = time.monotonic()

        def now() -> datetime:
            """Time goes on, for what is tried again after a moment."""
            return self.first.now + timedelta(seconds=int(time.monotonic() - begun))

        self.others = [Desk(database=database, rules=self.rules, now=now) for database in self.databases[1:]]

    @property
    def database(self) -> Database:
        return self.databases[0]

    def close(self) -> None:
        for database in self.databases:
            database.close()

    def takes(self, raws: Sequence[bytes]) -> list[int]:
        """They lie in the spool; a second apart, as they were received."""
        at = self.first.now
        mails = [
            Accepted(LOGIK, raw, Envelope("", (LOGIK,)), "smtp", at + timedelta(seconds=number))
            for number, raw in enumerate(raws)
        ]
        return self.others[0].accept(mails)

    def works(self, *also: Callable[[Desk], object]) -> None:
        """All of them work, and do what else is said, until nothing waits."""
        threads = [threading.Thread(target=self._run, args=(desk, also)) for desk in self.others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not self.waiting()

    def _run(self, desk: Desk, also: Sequence[Callable[[Desk], object]]) -> None:
        while self.waiting():
            desk.work()
            for what in also:
                what(desk)

    def waiting(self) -> bool:
        return bool(self.rows(sa.select(tables.spool.c.id).where(tables.spool.c.state == "waiting").limit(1)))

    def outcomes(self) -> Counter[str]:
        return Counter(row[0] for row in self.rows(sa.select(tables.spool.c.outcome)))

    def rows(self, query: sa.Select) -> Sequence[sa.Row]:
        with self.database.read() as connection:
            return connection.execute(query).all()

    def wrote(self, number: int = 1) -> list[int]:
        """The numbers of the mails on a case, in the order in which they came to stand there."""
        query = sa.select(tables.message.c.spool_id).where(tables.message.c.case_id == number)
        return [row[0] for row in self.rows(query.order_by(tables.message.c.id))]


@pytest.fixture
def several(cluster, rules) -> Iterator[Several]:
    name = cluster.create()
    made = Several(cluster.url_of(name), rules)
    yield made
    made.close()
    cluster.drop(name)


def replies(desk: TestDesk, authors: Sequence[str], count: int) -> list[bytes]:
    return [
        desk.written_reply(authors[number % len(authors)], f"Number {number}: it still does not work.", to_kind="ack")
        for number in range(count)
    ]


@pytest.mark.soak
def test_many_replies_to_one_case_by_four_daemons_all_go_on_it(several):
    """None is set aside, none is lost, none stands there twice; and they stand in the order in which they came."""
    several.first.mail(JO)
    count = amount(80, 1_000)
    ids = several.takes(replies(several.first, [JO], count))
    several.works()

    assert several.outcomes() == {"opened": 1, "appended": count}
    assert several.wrote() == [1, *ids]


def test_the_people_of_a_case_who_all_write_at_once_are_all_heard_each_in_order(several):
    """Others than the author of the case: nothing but the case itself makes their mails wait for each other."""
    several.first.mail(JO, cc=KIM)
    several.first.reply(ANN, "We are on it.", to_kind="assigned")
    kim, ann = several.first.last(KIM), several.first.last(ANN, "assigned")
    mails = [
        raw
        for number in range(20)
        for raw in (
            several.first.written_reply(JO, f"Jo {number}.", to_kind="relay"),
            several.first.reply_to(kim, KIM, f"Kim {number}."),
            several.first.reply_to(ann, ANN, f"Ann {number}."),
        )
    ]
    ids = several.takes(mails)
    several.works(Desk.tick)

    assert several.outcomes() == {"opened": 1, "appended": 61}
    stands = several.wrote()[2:]
    assert sorted(stands) == ids
    for start in range(3):
        theirs = ids[start::3]
        assert [number for number in stands if number in theirs] == theirs


def test_merging_and_answering_crosswise_ends(several):
    """Orders that need several cases, in every order of their numbers, amid their customers' mails and the clock."""
    for number in range(6):
        several.first.mail(JO if number % 2 else UTE, f"Rules {number}")
    desk, mails = several.first, []
    for number, other in ((1, 2), (2, 1), (3, 4), (5, 3), (4, 6), (6, 5)):
        agent = desk.case(number).assignee
        told = next(mail for mail in desk.sent_to(agent, "assigned") if f"HD-{number}" in mail.subject)
        mails.append(desk.reply_to(told, agent, f"#merge HD-{other}"))
        mails.append(desk.reply_to(told, agent, "We have found it."))
        mails += replies(desk, [JO, UTE], 4)
    several.takes(mails)
    several.works(Desk.tick)

    assert set(several.outcomes()) == {"opened", "appended"}
    assert sum(several.outcomes().values()) == 6 + len(mails)


def test_a_case_that_another_holds_is_waited_for_and_costs_no_attempt(several, monkeypatch):
    several.first.mail(JO)
    monkeypatch.setattr(cases, "_PATIENCE", 1)
    several.takes(replies(several.first, [JO], 1))
    with several.database.write() as connection:
        cases.hold(connection, [1])
        assert several.others[0].work() == []
    [row] = several.rows(sa.select(tables.spool).where(tables.spool.c.state == "waiting"))
    assert row.attempts == 0
    assert row.forgiven >= 1
    several.works()
    assert several.outcomes() == {"opened": 1, "appended": 1}


def test_only_what_others_or_the_database_did_is_blameless(several):
    row = {"name": "x", "down": False, "since": several.first.now, "by": "ops"}
    with pytest.raises(sa.exc.IntegrityError) as twice, several.database.write() as connection:
        connection.execute(sa.insert(tables.switch), [row, row])
    with pytest.raises(sa.exc.IntegrityError) as without, several.database.write() as connection:
        connection.execute(sa.insert(tables.switch).values(name="y", down=None, since=several.first.now, by="ops"))
    with pytest.raises(sa.exc.DataError) as nonsense, several.database.write() as connection:
        connection.execute(sa.select(sa.text("1 / 0")))

    assert is_conflict(twice.value)
    assert is_conflict(StaleCase("HD-1"))
    assert not is_blameless(without.value)
    assert not is_blameless(nonsense.value)
    assert not is_blameless(ValueError("a defect"))
