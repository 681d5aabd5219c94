"""The spool: every accepted mail is one row, copies too, and what becomes of each is counted. See also `test_attempts`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.core.words.message import Envelope
from helpdesk.errors import NotFound
from helpdesk.store import attempts, spool
from helpdesk.store.spool import Accepted, content_key
from tests.claims import end_claims

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
BOX = "support@logik.example"
RAW = b"From: jo@acme.example\r\nSubject: x\r\nMessage-ID: <1@acme.example>\r\n\r\nHello\r\n"


def mail(raw=RAW, **place):
    return Accepted(BOX, raw, Envelope("jo@acme.example", (BOX,), "192.0.2.1"), "smtp", AT, **place)


def numbered(number, **place):
    return mail(RAW.replace(b"<1@", b"<%d@" % number), **place)


def put(database, *mails):
    with database.write() as connection:
        return spool.put(connection, mails, AT)


def claim(database, limit=50, owner=None):
    with database.write() as connection:
        return attempts.claim(connection, owner or database.owner, now=AT, limit=limit)


def outcomes(database, ids):
    with database.read() as connection:
        return {number: (became.outcome, became.case) for number, became in spool.outcomes(connection, ids).items()}


def test_a_mail_comes_back_as_it_was_put_in(database):
    odd = mail(b"Subject: \xff\x00odd\r\n\r\nbytes \xfe\r\n.\r\n")
    ids = put(database, odd)
    (claimed,) = claim(database)

    assert [claimed.id] == ids
    assert (claimed.raw, claimed.envelope, claimed.received_at, claimed.attempts) == (odd.raw, odd.envelope, AT, 0)


def test_ids_come_back_in_the_order_of_the_mails(database):
    first = put(database, numbered(5))
    ids = put(database, numbered(9), numbered(5), numbered(7), numbered(9))

    assert len(set(ids)) == 4
    assert ids[1] not in first, "a copy has a row of its own"
    assert list(outcomes(database, ids).values()) == [
        ("waiting", None),
        ("duplicate", None),
        ("waiting", None),
        ("duplicate", None),
    ]


def test_a_copy_is_never_worked_and_keeps_no_bytes(database):
    put(database, mail(), mail(), mail())

    assert len(claim(database)) == 1
    with database.read() as connection, pytest.raises(NotFound):
        spool.raw(connection, 3)


@pytest.mark.parametrize(
    "trace",
    [
        b"Received: from a by b; Tue, 19 May 2026 09:15:00 -0500\r\n\tfolded over\r\n",
        b"Return-Path: <jo@acme.example>\r\n",
        b"Delivered-To: support@logik.example\r\n",
        b"Authentication-Results: mx; dmarc=pass\r\n",
        b"X-Spam-Score: 0.1\r\n",
    ],
)
def test_what_servers_add_on_the_way_makes_no_other_mail(trace):
    assert content_key(BOX, trace + RAW) == content_key(BOX, RAW)


@pytest.mark.parametrize(
    "other",
    [
        RAW.replace(b"Hello", b"Hello!"),
        RAW.replace(b"<1@", b"<2@"),
        RAW.replace(b"Subject: x", b"Subject: y"),
        b"Cc: kim@acme.example\r\n" + RAW,
        RAW.replace(b"\r\n\r\n", b"\r\nReceived: in the body\r\n\r\n\r\n", 1) + b"Received: in the body\r\n",
    ],
)
def test_what_the_sender_changes_makes_another_mail(other):
    assert content_key(BOX, other) != content_key(BOX, RAW)


def test_the_same_mail_at_two_mailboxes_is_two_mails():
    assert content_key("other@logik.example", RAW) != content_key(BOX, RAW)


def test_a_head_of_one_endless_word_is_passed_over_in_one_go():
    """A minute of it would stop every thread; what it costs is seen by its growth alone."""
    head = b"From: a@b.example\r\nSubject: x\r\n" + b"y" * 2_000_000 + b"\r\n\r\nHello"
    assert content_key(BOX, head) != content_key(BOX, head + b"!")


def test_line_ends_make_no_other_mail():
    assert content_key(BOX, RAW.replace(b"\r\n", b"\n")) == content_key(BOX, RAW)


def test_an_imap_mail_read_twice_is_one_row(database):
    """I01: the crash came between commit and move."""
    place = {"folder": "INBOX", "uidvalidity": 7, "uid": 1}
    first = put(database, mail(**place))

    assert put(database, mail(**place)) == first
    with database.read() as connection:
        assert spool.received(connection) == {BOX: 1}
        assert spool.known_uids(connection, BOX, "INBOX", 7, [1, 2]) == {1}
        assert spool.known_uids(connection, BOX, "INBOX", 8, [1, 2]) == set()


def test_another_mail_under_a_known_uid_is_not_lost(database):
    """I03: a server that renumbers without saying so."""
    place = {"folder": "INBOX", "uidvalidity": 7, "uid": 1}
    put(database, mail(**place))
    put(database, numbered(2, **place))

    assert len(claim(database)) == 2


def test_what_one_worker_holds_no_other_gets_until_it_is_gone(database):
    put(database, numbered(1), mail(RAW.replace(b"jo@", b"kim@").replace(b"<1@", b"<2@")))
    held = claim(database, limit=1)

    assert [one.id for one in held] == [2], "what came last goes first"
    assert [one.id for one in claim(database)] == [1]
    assert claim(database) == []
    end_claims(database.engine)
    assert [(one.id, one.attempts) for one in claim(database)] == [(1, 1)]


def test_quarantine_keeps_the_bytes_and_can_be_tried_again_or_let_be(database):
    put(database, numbered(1), numbered(2))
    claimed = claim(database)
    with database.write() as connection:
        for one in claimed:
            assert attempts.quarantine(connection, one, error="it broke", now=AT)
    with database.read() as connection:
        assert [(row.id, row.error) for row in spool.quarantined(connection)] == [(1, "it broke"), (2, "it broke")]
        assert spool.raw(connection, 1) == numbered(1).raw

    with database.write() as connection:
        spool.retry(connection, 1)
        spool.ignore(connection, 2, AT)
        with pytest.raises(NotFound):
            spool.retry(connection, 2)
    assert [(one.id, one.attempts) for one in claim(database)] == [(1, 0)]
    assert outcomes(database, [2]) == {2: ("ignored", None)}


def test_the_counts_of_a_day_balance(database):
    put(database, numbered(1), numbered(1), numbered(2), numbered(3))
    later = replace(numbered(4), received_at=AT)
    with database.write() as connection:
        spool.put(connection, [later], AT + timedelta(days=1))
        spool.finish(connection, 1, outcome="robot", case=None, now=AT)
    (third,) = [one for one in claim(database) if one.raw == numbered(2).raw]
    with database.write() as connection:
        attempts.quarantine(connection, third, error="it broke", now=AT)

    with database.read() as connection:
        day = {"since": AT.replace(hour=0, minute=0), "until": AT.replace(hour=0, minute=0) + timedelta(days=1)}
        counts, received = spool.counts(connection, **day), spool.received(connection, **day)
    assert received == {BOX: 4}
    assert sum(counts.values()) == 4
    assert counts[BOX, "duplicate"] == 1
    assert counts[BOX, "waiting"] == 1
