"""Whatever came in or went out is found by what people remember of it, with what became of it and why."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.report.traced import trace, trace_shape
from helpdesk.store import attempts, outbox, refusals, spool
from helpdesk.store.refusals import RefusedMail
from tests.desk import ANN, JO, LOGIK, OPS, STRANGER, alert

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)


def traced(desk, text, *, limit=200):
    boxes = [mailbox.address for mailbox in desk.rules.configuration.mailboxes]
    with desk.database.read() as connection:
        return trace(connection, text, mailboxes=boxes, limit=limit)


def fates(desk, text):
    return [(each.direction, each.outcome, each.case) for each in traced(desk, text)]


@pytest.mark.parametrize("text", ["jo@acme", "JO@ACME.example", "Größe", "GRÖßE UND FARBE", "rules of größe"])
def test_a_mail_is_found_by_address_and_by_words_of_its_subject_in_any_capitals(desk, text):
    desk.mail(JO, "The rules of Größe und Farbe")

    assert ("in", "opened", 1) in fates(desk, text)


def test_a_mail_is_found_by_its_message_id(desk):
    worked = desk.mail(JO)

    assert fates(desk, worked.message.message_id) == [("in", "opened", 1)]


def test_what_looks_like_a_pattern_is_taken_as_it_is_written(desk):
    desk.mail(JO, "50 percent")

    assert fates(desk, "50%percent") == []
    assert fates(desk, "50_percent") == []


def test_both_ways_of_a_case_are_told_in_order_with_what_the_smarthost_answered(desk):
    desk.mail(JO, "The rules do not fire")
    desk.at("2026-05-19 09:40")
    desk.reply(ANN, "We are on it.")
    desk.work()

    ways = [(each.direction, each.outcome, each.because) for each in traced(desk, "jo@acme.example")]
    assert ways == [("in", "opened", ""), ("out", "sent", "ack"), ("out", "sent", "relay")]
    shape = trace_shape(traced(desk, "jo@acme.example")[-1])
    assert shape["from"] == LOGIK
    assert shape["to"] == [JO]
    assert shape["case"] == "HD-1"
    assert shape["server"]
    assert shape["at"].endswith("+00:00")


def test_a_robots_mail_and_an_ignored_one_are_found_though_no_case_has_them(desk):
    automatic = {"Auto-Submitted": "auto-replied"}
    desk.mail(STRANGER, "Away until Monday", "I am away.", headers=automatic)
    desk.mail(STRANGER, "For nobody", to="nothing@logik.example")

    assert [each.outcome for each in traced(desk, STRANGER)] == ["robot", "ignored"]
    assert all(each.because for each in traced(desk, STRANGER))


def test_a_copy_says_which_mail_it_repeats(desk):
    desk.mail(JO, "Once")
    raw = desk.written_reply(JO, "Twice the same.")
    desk.receive(raw)
    desk.laboratory.receive(raw, (LOGIK,), JO)

    found = [each for each in traced(desk, "Once") if each.outcome == "duplicate"]
    assert [each.because for each in found] == ["the same mail as 2"]
    assert found[0].case == 1


def test_mail_that_waits_and_mail_that_was_set_aside_are_found_by_what_their_heads_say(desk):
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: =?utf-8?q?Bl=C3=A4tter?=\r\nMessage-ID: <w@x.example>\r\n\r\nx\r\n"
    accepted = spool.Accepted(LOGIK, raw.encode(), spool.Envelope(JO, (LOGIK,)), "smtp", AT)
    [number] = desk.laboratory.desk.accept([accepted])

    for text in ("blätter", "<w@x.example>", JO):
        assert fates(desk, text) == [("in", "waiting", None)]
    database = desk.laboratory.desk.database
    with database.write() as connection:
        mail = attempts.claim_at_once(connection, database.owner, number, AT)
        assert mail
        assert attempts.quarantine(connection, mail, error="ValueError: no", now=AT)
    for text in ("blätter", "<w@x.example>", JO):
        assert fates(desk, text) == [("in", "quarantined", None)]


def test_what_was_refused_at_the_door_is_found_for_thirty_days_and_no_more_than_ten_thousand_of_it(desk):
    old = RefusedMail(AT - timedelta(days=40), "192.0.2.1", "old@x.example", (LOGIK,), "550 5.1.1 No such mailbox here")
    new = RefusedMail(AT, "192.0.2.1", "new@x.example", ("wrong@logik.example",), "550 5.1.1 No such mailbox here")
    with desk.database.write() as connection:
        refusals.note(connection, [old, new])
        assert refusals.forget(connection, before=AT - refusals.KEPT) == 1

    assert fates(desk, "old@x.example") == []
    [found] = traced(desk, "wrong@logik")
    assert (found.direction, found.outcome, found.server) == ("in", "refused", "550 5.1.1 No such mailbox here")


def test_a_flood_of_refusals_pushes_out_the_oldest(desk, monkeypatch):
    monkeypatch.setattr(refusals, "MOST", 3)
    flood = [RefusedMail(AT, "192.0.2.1", f"{number}@x.example", (), "550") for number in range(5)]
    with desk.database.write() as connection:
        refusals.note(connection, flood)
        refusals.forget(connection, before=AT - refusals.KEPT)

    assert [each.sender for each in traced(desk, "x.example")] == ["2@x.example", "3@x.example", "4@x.example"]


def test_no_reply_address_that_could_be_used_is_told(desk):
    desk.mail(JO)
    desk.reply(ANN, "Have you tried it again?", to=desk.last(ANN).reply_to)

    told = str([trace_shape(each) for each in traced(desk, "logik.example")])
    assert not re.search(r"\+\d+\.[a-z][a-z2-7]{26}", told)


def test_what_was_redacted_is_still_seen_to_have_been_there_and_says_no_more_than_that(desk):
    desk.mail(JO, "Our password is swordfish")
    desk.reply(ANN, "#redact")
    desk.work()

    assert fates(desk, "swordfish") == []
    assert ("in", "opened", 1) in fates(desk, JO)


def test_the_newest_are_told_where_there_are_many(desk):
    for number in range(4):
        desk.mail(JO, f"Number {number}")

    found = traced(desk, "Number", limit=2)
    assert len(found) == 2
    assert found[-1].subject.endswith("Number 3")


def test_a_mail_of_the_desk_itself_is_found_too(desk):
    desk.laboratory.desk.alert(alert(headline="a headline"))

    with desk.database.read() as connection:
        assert [row.kind for row in outbox.rows(connection)] == ["alert"]
    assert [each.because for each in traced(desk, OPS)] == ["alert"]
