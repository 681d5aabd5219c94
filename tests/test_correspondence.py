"""What a case's page shows of its correspondence: both sides, in one order, all of it named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.desk.order import order
from helpdesk.mail.write.enclose import File, enclose
from helpdesk.store import cases as case_store
from helpdesk.unit import Units
from helpdesk.web.correspondence import LONGEST, MAILS, Reader, read_correspondence
from helpdesk.web.linked_text import linked
from tests.desk import ANN, JO, LENA, LOGIK, TestDesk

if TYPE_CHECKING:
    from helpdesk.web.correspondence import CorrespondencePage


def page_of(desk: TestDesk, asked: str = "") -> CorrespondencePage:
    reader = Reader(lambda address: {ANN: "Ann Berg"}.get(address, address), desk.rules.configuration.staff)
    with Units(desk.database, desk.rules).read(desk.now) as unit:
        return read_correspondence(unit.connection, case_store.load(unit.connection, 1), reader, asked)


def text(pieces) -> str:
    return "".join(piece.words for piece in pieces)


def test_an_answer_stands_with_what_its_readers_got_and_who_was_told(desk):
    desk.mail(JO, body="Since nine.")
    desk.reply(ANN, "We are on it.", quote=True)
    first, answer = page_of(desk).entries
    assert text(first.said.pieces) == "Since nine."
    assert [mail.what for mail in first.outside] == ["Acknowledgment"]
    assert text(answer.said.pieces) == "We are on it."
    assert answer.said.more == "the whole mail"
    [got] = answer.outside
    assert "We are on it." in text(got.pieces)
    assert "Ann Berg" in text(got.pieces)
    assert [(one.name, one.state) for one in got.reached] == [(JO, "sent")]
    assert not any(one.outside for entry in (first, answer) for one in entry.inside)


def test_what_time_alone_wrote_stands_by_itself_and_names_its_readers(desk):
    desk.mail(JO, body="Case priority: Critical")
    desk.at("2026-05-19 12:00")
    entries = page_of(desk).entries
    alone = [mail for entry in entries if entry.said is None for mail in entry.ours]
    assert {"Warning", "Breach"} <= {mail.what for mail in alone}
    assert LENA in {one.address for mail in alone for one in mail.reached}
    assert sorted(entries, key=lambda entry: entry.at) == list(entries)


def test_typed_words_stand_with_the_mail_that_passes_them_on(desk):
    desk.mail(JO)
    with Units(desk.database, desk.rules).write(desk.now) as unit:
        order(unit, 1, desk.rules.configuration.agent(ANN), "#answer\nIt is mended.")
    desk.work()
    answer = page_of(desk).entries[-1]
    assert (text(answer.said.pieces), answer.said.more) == ("It is mended.", "")
    assert [mail.what for mail in answer.outside] == ["Answer"]


def test_what_is_erased_masked_or_long_is_named(desk):
    raw = f"From: {JO}\r\nTo: {LOGIK}\r\nSubject: Look\r\nContent-Type: text/plain\r\n\r\nSee.\r\n".encode()
    files = [
        File("settings.ini", "text/plain", b"password = hunter2-canary"),
        File("a.png", "image/png", b"\x89PNG" * 500),
    ]
    desk.receive(enclose(raw, files))
    secret, picture = page_of(desk).entries[0].said.files
    assert (secret.withheld, picture.withheld) == ("it may hold what must not be repeated", "")
    assert (secret.picture, picture.picture) == (False, True)
    desk.mail(JO, "Re: [HD-1] Look", "word " * LONGEST)
    assert "characters more" in page_of(desk).entries[-1].said.more
    desk.reply(ANN, "#redact")
    desk.reply(ANN, "#redact")
    redacted = page_of(desk)
    assert all(entry.said.erased for entry in redacted.entries if entry.said and entry.said.role == "customer")
    assert all(mail.erased for entry in redacted.entries for mail in entry.outside if mail.what == "Acknowledgment")


def test_every_mail_of_ours_stands_on_exactly_one_page(desk):
    desk.mail(JO)
    for number in range(2 * MAILS):
        desk.at(f"2026-05-19 09:{16 + number % 40:02d}" if number < 40 else f"2026-05-19 10:{number % 40:02d}")
        desk.mail(JO, "Re: [HD-1] The rules", f"Word {number}.")
    newest = page_of(desk)
    middle = page_of(desk, str(newest.excerpt.earlier))
    oldest = page_of(desk, str(middle.excerpt.earlier))
    shown = [page.excerpt.last - page.excerpt.first + 1 for page in (oldest, middle, newest)]
    assert shown == [MAILS, MAILS, MAILS]
    ours = [
        one.number for page in (middle, newest) for entry in page.entries for mail in entry.ours for one in mail.reached
    ]
    assert len(ours) == len(set(ours))


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ("See https://logik.example/a?b=1&c=(d).", ["https://logik.example/a?b=1&c=(d)"]),
        ("(http://logik.example/a)", ["http://logik.example/a"]),
        ("<https://logik.example/>, and HTTPS://OTHER.EXAMPLE!", ["https://logik.example/", "HTTPS://OTHER.EXAMPLE"]),
        ("javascript:alert(1) data:text/html,x mailto:a@b.example ftp://x.example //x.example", []),
        ('https://x.example/" onclick="alert(1)', ["https://x.example/"]),
        ("xhttps://x.example", []),
        ("„https://x.example/ä“", ["https://x.example/ä"]),
    ],
)
def test_only_addresses_of_pages_become_links(said, links):
    assert [piece.words for piece in linked(said) if piece.linked] == links


@settings(max_examples=60)
@given(st.text(alphabet="htps:/.() \n<>\"'!a]", max_size=60))
def test_nothing_of_a_text_is_lost_between_links(said):
    assert text(linked(said)) == said
