"""Which waiting mail is next: what has just come before what has lain, a thread in its order, and nothing for ever last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.core.words.message import Envelope
from helpdesk.store import attempts, spool
from helpdesk.store.conversation import strand_of
from helpdesk.store.owner import Owner
from helpdesk.store.spool import Accepted
from tests.claims import end_claims

if TYPE_CHECKING:
    from helpdesk.store.engine import Database

NOW = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
BOX = "support@logik.example"
LONG_AGO, JUST_NOW = timedelta(hours=5), timedelta(seconds=5)


def mail(number: int, *, ago: timedelta, author: str = "", answers: int | None = None) -> Accepted:
    author = author or f"c{number}@acme.example"
    thread = f"In-Reply-To: <{answers}@acme.example>\r\n" if answers is not None else ""
    raw = f"From: C <{author}>\r\nMessage-ID: <{number}@acme.example>\r\n{thread}Subject: {number}\r\n\r\nHelp.\r\n"
    return Accepted(BOX, raw.encode(), Envelope("", (BOX,)), "smtp", NOW - ago)


def put(database: Database, *mails: Accepted) -> list[int]:
    with database.write() as connection:
        return spool.put(connection, mails, NOW)


def claim(database: Database, owner: Owner | None = None, *, limit: int = 8, now: datetime = NOW) -> list[int]:
    with database.write() as connection:
        claimed = attempts.claim(connection, owner or database.owner, now=now, limit=limit)
    return [one.id for one in claimed]


def finish(database: Database, *numbers: int) -> None:
    with database.write() as connection:
        for number in numbers:
            spool.finish(connection, number, outcome="opened", case=None, now=NOW)


def drained(database: Database, *, limit: int = 8) -> list[int]:
    """Everything, in the order in which one worker does it."""
    done: list[int] = []
    while batch := claim(database, limit=limit):
        finish(database, *batch)
        done += batch
    return done


def test_what_has_just_come_is_in_the_next_batch_however_much_lies(database):
    put(database, *(mail(number, ago=LONG_AGO - timedelta(seconds=number)) for number in range(300)))
    [urgent] = put(database, mail(999, ago=JUST_NOW))

    assert claim(database) == [1, 2, 3, 4, 5, 6, 7, urgent]


def test_of_a_storm_of_fresh_mail_the_newest_goes_first_and_the_oldest_has_its_share(database):
    storm = put(database, *(mail(number, ago=timedelta(seconds=300 - number)) for number in range(300)))
    batch = claim(database)

    assert batch == [*storm[:2], *storm[-6:]]
    assert sorted(drained(database)) == storm[2:-6], "and all of it is worked in the end"


def test_what_has_lain_is_worked_in_the_order_in_which_it_was_received(database):
    """Not in the order in which it was read: the newest first."""
    ids = put(database, *(mail(number, ago=LONG_AGO + timedelta(seconds=number)) for number in range(50)))

    assert drained(database) == ids[::-1]


@pytest.mark.parametrize("ago", [LONG_AGO, JUST_NOW])
def test_an_answer_is_not_worked_before_what_it_answers(database, ago):
    put(
        database,
        *(mail(number, ago=ago + timedelta(seconds=9), author=f"a{number}@acme.example") for number in range(20)),
        *(mail(100 + number, ago=ago, author=f"b{number}@acme.example", answers=number) for number in range(20)),
    )
    done = drained(database)

    assert len(done) == 40
    assert all(done.index(number) < done.index(number + 20) for number in range(1, 21))


def test_the_mails_of_one_author_are_worked_in_their_order(database):
    ids = put(
        database, *(mail(number, ago=timedelta(seconds=90 - number), author="jo@acme.example") for number in range(60))
    )

    assert drained(database) == ids


def test_what_an_author_wrote_long_ago_comes_along_with_what_has_just_come(database):
    put(database, *(mail(number, ago=LONG_AGO) for number in range(100)))
    old = put(database, *(mail(200 + number, ago=timedelta(hours=1), author="jo@acme.example") for number in range(3)))
    [new] = put(database, mail(300, ago=JUST_NOW, author="jo@acme.example"))

    assert claim(database)[-4:] == [*old, new]


def test_of_an_author_of_whom_a_heap_waits_the_newest_waits_for_none_but_its_thread(database):
    """One sender's three thousand mails, and the one among them that says that all is down."""
    heap = put(
        database,
        *(mail(number, ago=LONG_AGO - timedelta(seconds=number), author="jo@acme.example") for number in range(200)),
    )
    first, answer = put(
        database,
        mail(900, ago=timedelta(seconds=30), author="jo@acme.example"),
        mail(901, ago=JUST_NOW, author="jo@acme.example", answers=900),
    )
    batch = claim(database)

    assert batch == [*heap[:6], first, answer]


def test_no_other_worker_takes_what_has_to_be_worked_after_mine(database):
    """Two daemons: an author's and a thread's mails are in one worker's hands at a time."""
    if database.embedded:
        pytest.skip("an SQLite file has one worker")
    jo = put(
        database, *(mail(number, ago=timedelta(seconds=60 - number), author="jo@acme.example") for number in range(12))
    )
    [answer] = put(database, mail(50, ago=JUST_NOW, author="kim@acme.example", answers=11))
    others = put(database, *(mail(100 + number, ago=LONG_AGO) for number in range(3)))
    mine, another = database.owner, Owner.of_this_process()

    assert claim(database, mine) == jo[:8]
    assert claim(database, another) == others
    assert claim(database, another) == []
    finish(database, *jo[:8])
    assert claim(database, another) == [*jo[8:], answer]


def test_what_failed_alone_keeps_nobody_waiting(database):
    """A mail that is set aside in ten minutes is no reason to answer its author in ten minutes."""
    first, second, answer = put(
        database,
        mail(1, ago=timedelta(minutes=2), author="jo@acme.example"),
        mail(2, ago=timedelta(minutes=1), author="jo@acme.example"),
        mail(3, ago=JUST_NOW, author="kim@acme.example", answers=1),
    )
    assert claim(database, limit=1) == [first]
    end_claims(database.engine)
    with database.write() as connection:
        [tried] = attempts.claim(connection, database.owner, now=NOW, limit=8)
        attempts.release(connection, tried, error="ValueError: no")

    assert claim(database) == [second, answer]


def test_what_was_forgiven_keeps_its_place(database):
    first, second = put(
        database, *(mail(number, ago=timedelta(seconds=9 - number), author="jo@acme.example") for number in range(2))
    )
    for _ in range(2):
        with database.write() as connection:
            [one] = attempts.claim(connection, database.owner, now=NOW, limit=1)
            attempts.forgive(connection, one, NOW)

    assert claim(database) == [], "it waits for a moment, and its author's other mail with it"
    assert claim(database, now=NOW + timedelta(seconds=1)) == [first, second]


def test_claiming_among_fifty_thousand_reads_a_few_rows_by_indexes(database):
    """Plans, not times: every statement of a claim looks something up, and none goes through what waits."""
    put(database, *(mail(number, ago=LONG_AGO, author=f"c{number % 7}@acme.example") for number in range(2000)))
    statements: list[tuple[str, object]] = []

    @sa.event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, _context, _many):
        statements.append((statement, parameters))

    with database.write() as connection:
        if not database.embedded:
            connection.exec_driver_sql("ANALYZE spool")
        statements.clear()
        attempts.claim(connection, database.owner, now=NOW, limit=8)
        asked = [(text, values) for text, values in statements if text.startswith("SELECT")]
        plans = [plan(connection, text, values) for text, values in asked]
    assert len(plans) >= 4
    for text in plans:
        assert "Seq Scan" not in text, text
        assert "SCAN spool" not in text.replace("SCAN spool USING INDEX ix_spool_waiting", ""), text
        assert "TEMP B-TREE" not in text or "ix_spool_tried" in text or "COMPOUND" in text, text


def plan(connection: sa.Connection, statement: str, parameters: object) -> str:
    how = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    given = tuple(parameters) if isinstance(parameters, list) else parameters
    return "\n".join(str(row) for row in connection.exec_driver_sql(how + statement, given))


# --- what tells whom a mail follows


HEAD = b"Subject: x\r\nFrom: Jo <Jo@Acme.example>\r\nMessage-ID: <2@acme.example>\r\n"


@pytest.mark.parametrize(
    ("raw", "same"),
    [
        (
            b"from:  jo@acme.example \r\nMESSAGE-ID: <1@acme.example>\r\n\r\n",
            HEAD + b"References:\r\n <1@acme.example> <9@x>\r\n",
        ),
        (
            b'From: "Jo, at Acme" <jo@acme.example>\nMessage-Id:\n <1@acme.example>\n\n',
            HEAD + b"In-Reply-To: <1@acme.example>\r\n",
        ),
        (b"From: jo@acme.example (Jo)\nMessage-ID: 1@acme.example\n\n", HEAD + b"In-Reply-To: 1@acme.example\r\n"),
        (b"Message-ID: <1@acme.example>\n\n", HEAD + b"In-Reply-To: Your mail of Monday <1@acme.example>\r\n"),
    ],
)
def test_author_and_thread_are_read_however_they_are_written(raw, same):
    assert strand_of(raw, "jo@acme.example") == strand_of(same + b"\r\nHello", "bounce@acme.example")


def test_another_author_or_thread_is_another():
    strands = [
        strand_of(HEAD, ""),
        strand_of(HEAD.replace(b"Jo@", b"Kim@"), ""),
        strand_of(HEAD.replace(b"<2@", b"<3@"), ""),
        strand_of(b"\r\nFrom: in the body\r\n", "jo@acme.example"),
    ]
    assert len({strand.author for strand in strands}) == 2
    assert [strand.thread for strand in strands][3] == ""
    assert all(one != other for one, other in pairwise(strands))


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_at_all_give_a_strand(raw, mail_from):
    for head in (raw, b"From:" + raw, b"References:" + raw):
        strand = strand_of(head, mail_from)
        assert len(strand.author) in {0, 32}
        assert len(strand.thread) in {0, 32}
