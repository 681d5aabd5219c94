"""D08: a copy that is taken while the desk runs, and a desk that is started on it later."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk.core.words.message import Envelope
from helpdesk.desk import Desk
from helpdesk.errors import Unavailable
from helpdesk.store import outbox, queue
from helpdesk.store.backup import copy_to
from helpdesk.store.engine import Database
from helpdesk.store.spool import Accepted
from helpdesk.wires.courier import Sent, no_mark
from tests.desk import LOGIK

AT = datetime(2026, 5, 19, 14, 15, tzinfo=UTC)
RAW = (
    f"From: jo@acme.example\r\nTo: {LOGIK}\r\nSubject: Rules\r\nMessage-ID: <1@acme.example>\r\n\r\nNo rule fires.\r\n"
)


class Post:
    """A smarthost that takes everything."""

    def __init__(self):
        self.taken = []

    def deliver(self, mail, *, before_dot=no_mark):
        before_dot()
        self.taken.append(mail.message_id)
        return Sent("250 ok")


@pytest.fixture
def original(tmp_path, migrated_file, rules):
    """A desk with one case, whose mails wait."""
    file = tmp_path / "helpdesk.db"
    file.write_bytes(migrated_file.read_bytes())
    database = Database(f"sqlite:///{file}")
    desk = Desk(database=database, rules=rules, now=lambda: AT)
    desk.begin()
    arrives(desk)
    yield desk
    database.close()


def arrives(desk):
    desk.accept([Accepted(LOGIK, RAW.encode(), Envelope("", (LOGIK,)), "imap", AT)])
    while desk.work():
        pass


@pytest.fixture
def restored(original, tmp_path, rules):
    copy_to(original.database, tmp_path / "copy.db")
    database = Database(f"sqlite:///{tmp_path}/copy.db")
    yield Desk(database=database, rules=rules, now=lambda: AT)
    database.close()


def sends(desk):
    post = Post()
    while desk.deliver(post):
        pass
    return post.taken


def test_a_restored_copy_sends_nothing_that_the_original_sends(original, restored):
    assert len(sends(original)) >= 2
    assert sends(restored) == []


def test_what_it_held_back_is_released_by_hand(original, restored):
    with restored.database.write() as connection:
        held = [row.message_id for row in outbox.rows(connection, states=["held"])]
        assert outbox.release(connection, AT) == len(held) >= 2

    assert sorted(sends(restored)) == sorted(held)


def test_a_mail_that_the_copy_knows_is_folded_into_it_when_it_comes_again(restored):
    arrives(restored)

    with restored.database.read() as connection:
        assert [*queue.numbers(connection)] == [1]


def test_a_copy_is_never_written_over_a_file(original, tmp_path):
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(Unavailable, match="expected no file"):
        copy_to(original.database, tmp_path / "copy.db")
