"""The index that mails are found by: FTS5 on SQLite, a tsvector on PostgreSQL, and the triggers that keep it honest.

What is erased, changed or moved leaves the index in the transaction that does so, whoever writes it. The mail is put in
line to be read anew (`to_index`), which `search` does afterwards. SQLite's index does not keep deleted words for later
(`secure-delete`, from 3.42 on; see `search_remains`).
"""

# ruff: noqa: S608 - statements are put together of names of our own, never of what somebody wrote

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.store.sqlite import library

if TYPE_CHECKING:
    from collections.abc import Iterable

INDEX = "message_words"  # FTS5 has more tables, whose names begin so
_SECURE_SINCE = (3, 42, 0)
_MAIL = "case_id, author, author_name, subject, text, reply, attachments"
_CASE = "mailbox, customer, requester, subject, team"
_OUT, _OUT_POSTGRESQL = (f"DELETE FROM {INDEX} WHERE {key}" for key in ("rowid", "message_id"))
_IN_LINE = "INSERT INTO to_index (message_id)"
_OF_CASE = "SELECT id FROM message WHERE case_id = NEW.id"


def knows_secure_delete() -> bool:
    """Whether this SQLite can have its index forget a deleted word by itself."""
    return bool(library().sqlite_version_info >= _SECURE_SINCE)


def _of_sqlite() -> Iterable[str]:
    # Words come cleaned and parted by blanks: nothing is left for a tokenizer to decide.
    yield f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(words, columnsize=0, tokenize='ascii')"
    if knows_secure_delete():
        yield f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('secure-delete', 1)"
    yield f"CREATE TRIGGER message_added AFTER INSERT ON message BEGIN {_IN_LINE} VALUES (NEW.id); END"
    yield (
        f"CREATE TRIGGER message_changed AFTER UPDATE OF {_MAIL} ON message"
        f" BEGIN {_OUT} = OLD.id; {_IN_LINE} VALUES (NEW.id); END"
    )
    yield f"CREATE TRIGGER message_deleted AFTER DELETE ON message BEGIN {_OUT} = OLD.id; END"
    yield (
        f"CREATE TRIGGER case_renamed AFTER UPDATE OF {_CASE} ON cases WHEN {_differs('IS NOT')}"
        f" BEGIN {_OUT} IN ({_OF_CASE}); {_IN_LINE} {_OF_CASE}; END"
    )


def _of_postgresql() -> Iterable[str]:
    yield f"CREATE TABLE IF NOT EXISTS {INDEX} (message_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
    yield f"CREATE INDEX IF NOT EXISTS ix_{INDEX}_words ON {INDEX} USING gin (words)"
    yield (
        "CREATE OR REPLACE FUNCTION index_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {_OUT_POSTGRESQL} = OLD.id; END IF;"
        f" IF TG_OP <> 'DELETE' THEN {_IN_LINE} VALUES (NEW.id); END IF; RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION index_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {_OUT_POSTGRESQL} IN ({_OF_CASE}); {_IN_LINE} {_OF_CASE}; RETURN NULL; END $$"
    )
    yield (
        f"CREATE TRIGGER message_changed AFTER INSERT OR DELETE OR UPDATE OF {_MAIL} ON message"
        " FOR EACH ROW EXECUTE FUNCTION index_message()"
    )
    yield (
        f"CREATE TRIGGER case_renamed AFTER UPDATE OF {_CASE} ON cases FOR EACH ROW"
        f" WHEN ({_differs('IS DISTINCT FROM')}) EXECUTE FUNCTION index_case()"
    )


def _differs(comparison: str) -> str:
    old, new = (", ".join(f"{row}.{name}" for name in _CASE.split(", ")) for row in ("OLD", "NEW"))
    return f"({old}) {comparison} ({new})"


def search_statements(dialect: str) -> tuple[str, ...]:
    """What makes the index in a database that has the other tables."""
    return tuple(_of_sqlite() if dialect == "sqlite" else _of_postgresql())
