"""What is written is found, by its words and its people; what was erased is not even in the file."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from helpdesk.privacy import purge
from helpdesk.store import engine, migrate, search, search_remains, search_tables
from helpdesk.store.board import Kept, Reach
from helpdesk.store.engine import Database
from helpdesk.store.search_words import asked, words_of
from helpdesk.store.sqlite import library
from helpdesk.store.tables import message, to_index
from tests.desk import ANN, BOB, JO, LOU, TestDesk

SECRET = "Zanzibarquittung"
EVERYWHERE = Kept()


def indexed(desk):
    while search.index(desk.database):
        pass
    return desk


def found(desk, text, *, begins=False, kept=EVERYWHERE, size=50):
    with desk.database.read() as connection:
        return [case for case, _ in search.find(connection, asked(text, begins=begins), kept, size=size).mails]


@pytest.fixture
def full(desk):
    desk.mail(f"Jo Park <{JO}>", "Invoice 2026-4711 is wrong", "The übermäßige total is 1.234,50.\nPrinter: HP-42_b.")
    desk.mail(f"Lou Weiß <{LOU}>", "打印机坏了", "Nothing prints at all, says O'Brien.", to="support@threekit.example")
    desk.reply(BOB, "The printers were replaced.", to_kind="assigned")  # on the second
    return indexed(desk)


REMEMBERED = {
    "invoice": [1],
    "INVOICE wrong": [1],
    "wrong invoice": [1],
    '"invoice 2026"': [1],
    '"wrong invoice"': [],
    '"invoice 2026': [1],  # whoever forgets the second one
    "4711": [1],
    "2026-4711": [1],
    "1.234,50": [1],
    "ubermassige": [1],
    "übermässige": [1],
    "hp-42_b": [1],
    "jo@acme.example": [1],
    "@acme.example": [1],
    "acme": [1],
    "jo park": [1],
    "weiss": [2],
    "WEISS lumen.example": [2],
    "打印": [2],
    "机打": [],
    "o'brien": [2],
    "printers": [2],
    "printer invoice": [1],
    "the": [2, 1],
    "nowhere": [],
    "": [],
    '"" -- * ( ) : ^': [],
    "AND OR NOT NEAR": [],
    "invoice*": [1],
    "x' OR 1=1": [],
    "\x00invoice\ud800": [1],
}


def test_mail_is_found_by_what_people_remember_of_it(full):
    assert {text: found(full, text) for text in REMEMBERED} == REMEMBERED


BEGUN = {"print": [2, 1], "invo wro": [1], '"invo"': [], "ac": [], "jo@ac": [1], "Über": [1], "mailb": [], "0x": []}


def test_words_may_go_on_where_that_is_asked_for(full):
    assert {text: found(full, text, begins=True) for text in BEGUN} == BEGUN


NARROWED = (
    (Kept(Reach(frozenset({"support@logik.example"}), frozenset())), [1]),
    (Kept(Reach(frozenset({"support@threekit.example"}), frozenset({"first line"}))), [2]),
    (Kept(Reach(frozenset({"nothing@logik.example"}), frozenset({"second"}))), []),
    (Kept(Reach(frozenset(), frozenset())), []),
    (Kept(customer="acme"), [1]),
    (Kept(assignee=""), []),
    (Kept(turn="others"), [2]),
)


def test_nobody_finds_what_they_may_not_open_and_what_else_is_asked_narrows(full):
    for kept, cases in NARROWED:
        assert found(full, "the", kept=kept) == cases, kept


def test_a_case_given_to_another_team_is_found_by_it(full):
    second = Kept(Reach(frozenset(), frozenset({"second"})))
    with full.database.write() as connection:
        connection.execute(sa.text("UPDATE cases SET team = 'second' WHERE id = 1"))

    assert found(full, "invoice") == []  # not before it is read again
    assert found(indexed(full), "invoice") == [1]
    assert found(full, "invoice", kept=second) == []  # the case's own record does not say so


def test_pages_one_behind_the_other_have_every_case_once(desk):
    chance = random.Random(4)
    for _ in range(9):
        desk.mail(JO, "Alpine", chance.choice(("alpine", "basalt")))
    indexed(desk)
    for text in ("alpine", "basalt"):
        pages, before = [], 0
        with desk.database.read() as connection:
            while True:
                hits = search.find(connection, asked(text), EVERYWHERE, size=2, before=before)
                pages += [case for case, _ in hits.mails]
                before = hits.before
                if not before:
                    break
        assert pages == found(desk, text)
        assert pages == sorted(set(pages), reverse=True)


def test_what_was_not_read_before_a_stop_is_read_after_it(desk):
    desk.mail(JO, "Alpine")
    with desk.database.read() as connection:
        assert search.waiting(connection, most=9) == 1
        assert search.wrong(connection) == 0
    assert found(desk, "alpine") == []

    assert found(indexed(desk), "alpine") == [1]
    with desk.database.read() as connection:
        assert search.waiting(connection, most=9) == 0


def test_what_is_missing_is_noticed_and_put_in_line(full):
    with full.database.write() as connection:
        key = "rowid" if full.database.embedded else "message_id"
        connection.execute(sa.text(f"DELETE FROM message_words WHERE {key} = 1"))
        assert search.wrong(connection) == 1
        search.rebuild(connection)
        assert search.wrong(connection) == 0

    assert found(indexed(full), "invoice") == [1]


def test_what_is_missing_is_counted_without_a_look_at_all_mails_for_each(database):
    if database.embedded:
        pytest.skip("SQLite makes an index of the list")
    with database.write() as connection:
        connection.execute(sa.text("SET LOCAL work_mem = '64kB'"))
        connection.execute(sa.text("INSERT INTO message_words SELECT n, '' FROM generate_series(1, 20000) AS n"))
        connection.execute(sa.text("INSERT INTO to_index (message_id) SELECT n FROM generate_series(1, 20000) AS n"))
        connection.execute(sa.text("ANALYZE message_words, to_index"))
        query = search._missing("postgresql").compile(database.engine)
        plan = "\n".join(connection.execute(sa.text(f"EXPLAIN {query}")).scalars())
        assert search.wrong(connection) == 0
    assert "SubPlan" not in plan


def test_mails_are_put_in_line_however_long_it_takes(database):
    if database.embedded:
        pytest.skip("SQLite has no limit of time")
    with database.write() as connection:
        search.rebuild(connection)
        assert connection.execute(sa.text("SHOW statement_timeout")).scalar() == "0"
    with database.write() as connection:
        assert connection.execute(sa.text("SHOW statement_timeout")).scalar() == "30s"


def test_a_mail_that_changes_while_it_is_read_is_not_written_as_it_was(desk):
    desk.mail(JO, SECRET, SECRET)
    reading, changed = threading.Event(), threading.Event()
    real = search._words

    def slowly(mail, case):
        reading.set()
        assert changed.wait(20)
        return real(mail, case)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "_words", slowly)
        if desk.database.embedded:  # one connection in memory
            changed.set()
        thread = threading.Thread(target=search.index, args=(desk.database,))
        thread.start()
        assert reading.wait(20)
        if desk.database.embedded:
            thread.join()
        desk.reply(ANN, "#redact", to_kind="assigned")
        changed.set()
        thread.join()

    assert found(desk, SECRET) == []
    assert found(indexed(desk), SECRET) == []


def test_several_that_index_and_one_that_writes_leave_every_mail_as_it_is(rules, database):
    """As several daemons do on one PostgreSQL: what is found in the end is what stands there, and nothing of before."""
    desk, chance, stop = TestDesk(rules, database), random.Random(6), threading.Event()
    for number in range(6):
        desk.mail(JO, f"Case {number}", f"word{number}x0")

    def keep_indexing():
        while not stop.is_set():
            search.index(database)

    threads = [threading.Thread(target=keep_indexing) for _ in range(3)]
    for thread in threads:
        thread.start()
    written = dict.fromkeys(range(1, 7), "")
    for turn in range(1, 41):
        number = chance.randrange(1, 7)
        written[number] = f"word{number}y{turn}"
        with database.write() as connection:
            connection.execute(sa.update(message).where(message.c.id == number).values(text=written[number]))
    stop.set()
    for thread in threads:
        thread.join()

    indexed(desk)
    with database.read() as connection:
        assert search.wrong(connection) == 0
    for number, word in written.items():
        assert found(desk, f"word{number}", begins=True) == [number]
        assert found(desk, word or f"word{number}x0") == [number]
    before = {f"word{number}y{turn}" for number in written for turn in range(1, 41)} - {*written.values()}
    assert not any(found(desk, word) for word in before)


LARGE = {
    "hangul": lambda chance: "".join(
        chr(chance.randrange(0xAC00, 0xD7A4)) for _ in range(22)
    ),  # three signs of three octets each
    "emphasized": lambda chance: "".join(chance.choice("𝔄ÄꙂ𐐀") for _ in range(64)),
    "ideographs": lambda chance: chr(chance.randrange(0x20000, 0x2A000)),
    "numbers": lambda chance: str(chance.randrange(10**15)),
    "one word": lambda _: "again",
}


def test_a_mail_as_large_as_they_come_is_found_by_what_it_begins_with(desk):
    chance = random.Random(5)
    for name, word in LARGE.items():
        desk.mail(JO, name, "alpine " + " ".join(word(chance) for _ in range(20_000)))
    assert found(indexed(desk), "alpine") == [5, 4, 3, 2, 1]


def test_a_mail_that_the_database_refuses_is_named_and_holds_up_no_other(desk, monkeypatch):
    if desk.database.embedded:
        pytest.skip("SQLite takes a mail of any size")
    for subject in ("first", "second", "third"):
        desk.mail(JO, subject, "Alpine.")
    real, refused = search._words, []

    def too_much(mail, case):
        return [f"{'x' * 60}{number}" for number in range(20_000)] if mail.subject == "second" else real(mail, case)

    monkeypatch.setattr(search, "_words", too_much)
    while search.index(desk.database, lambda *mail: refused.append(mail)):
        pass

    assert found(desk, "alpine") == [3, 1]
    with desk.database.read() as connection:
        named = connection.execute(sa.select(message.c.message_id).where(message.c.subject == "second")).scalar()
    ((message_id, why),) = refused
    assert message_id == named
    assert "too long for tsvector" in why


# --- erased


@pytest.fixture
def in_file(migrated_file, tmp_path, rules):
    file = tmp_path / "desk.db"
    shutil.copy(migrated_file, file)
    database = Database(f"sqlite:///{file}")
    yield TestDesk(rules, database)
    database.close()


def octets(desk):
    file = desk.database.url.database
    return b"".join(Path(file + end).read_bytes() for end in ("", "-wal")).lower()


def order(desk, line):
    """On case 1, by the agent who has it."""
    mail = next(mail for mail in desk.sent if mail.kind == "assigned")
    desk.receive(desk.reply_to(mail, mail.to, line))


def with_many(desk):
    """A case with the secret among others, so that its words lie in more than one page of the index."""
    desk.mail(JO, f"About {SECRET}", f"It says {SECRET} and {SECRET}s.")
    desk.reply(JO, f"{SECRET} again", to_kind="ack")
    indexed(desk)
    chance = random.Random(1)
    for number in range(3):
        words = " ".join(f"{chance.choice('wxyza')}{chance.randrange(10**9)}" for _ in range(3000))
        desk.mail(LOU, f"Other {number}", words, to="support@threekit.example")
        indexed(desk)
    assert found(desk, SECRET) == [1]
    assert SECRET.lower().encode() in octets(desk)
    return desk


def test_redacted_words_are_in_no_octet_of_the_database(in_file):
    order(with_many(in_file), "#redact")

    assert found(in_file, SECRET) == []
    assert SECRET.lower().encode() not in octets(in_file)
    assert found(indexed(in_file), "other") == [4, 3, 2]


@pytest.mark.parametrize("secure", [True, False])
def test_purged_words_are_in_no_octet_of_the_database(in_file, secure):
    """`secure`: whether the index was made to forget deleted words by itself."""
    if not secure:
        with in_file.database.write() as connection:
            connection.execute(sa.text("INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 0)"))
    order(with_many(in_file), "#resolve!\nRepaired.")
    indexed(in_file)
    later = in_file.now + timedelta(days=500)
    counts = purge(in_file.laboratory.desk.units, before=later, by="operator", now=later)
    assert counts["cases"] == 1

    assert found(in_file, SECRET) == []
    assert SECRET.lower().encode() not in octets(in_file)


def test_an_index_that_another_sqlite_wrote_is_read_and_forgets_what_is_erased(in_file, monkeypatch):
    """From a newer library, which has deleted words, to one before 3.42 and back again."""
    newer, older = library(), sqlite3
    if older.sqlite_version_info >= (3, 42, 0) or newer is older:
        pytest.skip("there is no SQLite before 3.42 here beside a newer one")
    url = f"sqlite:///{in_file.database.url.database}"
    in_file.mail(JO, "Alpine", "basalt")
    in_file.reply(JO, "basalt", to_kind="ack")
    indexed(in_file)
    for used, secure in ((newer, True), (older, False), (newer, True), (older, False)):
        for module in (engine, search_tables):
            monkeypatch.setattr(module, "library", lambda used=used: used)
        database = Database(url)
        migrate.upgrade(database)
        with database.write() as connection:
            assert search_remains._is_secure(connection) is secure
            connection.execute(sa.text("UPDATE message SET text = text || ' more' WHERE id = 1"))
        while search.index(database):
            pass
        with database.read() as connection:
            assert search.find(connection, asked("basalt alpine"), EVERYWHERE, size=9).mails
            connection.execute(sa.text("INSERT INTO message_words (message_words) VALUES ('integrity-check')"))
        database.close()


def test_of_an_erased_word_no_beginning_is_left_that_told_pages_apart(in_file):
    """FTS5 keeps the shortest text that tells the first word of a page from the last before: here that is all of it."""
    numbers = [f"{SECRET}{number:09}" for number in range(2, 40_000, 2)]
    random.Random(2).shuffle(numbers)
    chunks = [numbers[at : at + 500] for at in range(0, len(numbers), 500)]
    with in_file.database.write() as connection:
        for number, chunk in enumerate(chunks, 1000):
            connection.execute(
                sa.text("INSERT INTO message_words (rowid, words) VALUES (:id, :words)"),
                {"id": number, "words": " ".join(chunk).lower()},
            )
        connection.execute(sa.text("INSERT INTO message_words (message_words) VALUES ('optimize')"))
        separators = set(connection.execute(sa.text("SELECT term FROM message_words_idx")).scalars())
        mine = {word.lower() for word in numbers if f"0{word.lower()}".encode() in separators}
        assert len(mine) > 20, "whole words tell pages apart"
        for number, chunk in enumerate(chunks, 1000):
            left = [word for word in chunk if word.lower() not in mine]
            connection.execute(sa.text("DELETE FROM message_words WHERE rowid = :id"), {"id": number})
            connection.execute(
                sa.text("INSERT INTO message_words (rowid, words) VALUES (:id, :words)"),
                {"id": number, "words": " ".join(left).lower()},
            )
        search_remains.forget_words(connection, mine)
        kept = set(connection.execute(sa.text("SELECT term FROM message_words_idx")).scalars())
        assert not {f"0{word}".encode() for word in mine} & kept
        connection.execute(sa.text("INSERT INTO message_words (message_words) VALUES ('integrity-check')"))
        query = sa.text("SELECT count(*) FROM message_words WHERE message_words MATCH :word")
        for word in random.Random(3).sample(sorted({*map(str.lower, numbers)} - mine), 300):
            assert connection.execute(query, {"word": word}).scalar() == 1
        assert not any(connection.execute(query, {"word": word}).scalar() for word in mine)


# --- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Straße", ["strasse"]),
        ("a_b-c.d@e", ["a", "b", "c", "d", "e"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("x" * 99, ["x" * 64]),
        ("'); DROP", ["drop"]),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


def test_mails_wait_in_line_once_they_are_written(desk):
    desk.mail(JO)
    with desk.database.read() as connection:
        assert list(connection.execute(sa.select(to_index.c.message_id)).scalars()) == list(
            connection.execute(sa.select(message.c.id)).scalars()
        )
