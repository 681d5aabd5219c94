"""What FTS5 keeps of words after they were deleted, and how it is made to forget it.

Its pages are found by the shortest text that tells the first word of a page from the last one before it, and this text
stays when that word goes: the beginning of an erased word, or all of it where its neighbour is much alike. The first
word that is left on the page tells as much, and takes its place (sqlite.org/fts5.html, "The %_idx table"; the format of
a page stands at the head of fts5_index.c). An older library than 3.42 keeps the words themselves, too, until the whole
index is written anew; and it cannot read an index of which a newer one has deleted words. Which library an index was
made for stands in its configuration, and may be another than the one of now.
"""

from __future__ import annotations

# ruff: noqa: S608 - statements are put together of names of our own, never of what somebody wrote
import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from helpdesk.store.search_tables import INDEX, knows_secure_delete

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.store.engine import Database

_SHORT = 3  # letters that may stay: they say nothing
_MAIN = "0"  # what FTS5 puts before the words of the index itself
_PAGE_BITS = 37  # of a page's key; above them stands its segment
_WORDS = f"SELECT c0 FROM {INDEX}_content WHERE id IN (SELECT id FROM message WHERE case_id = :case)"
_IS_SECURE = f"SELECT v FROM {INDEX}_config WHERE k = 'secure-delete'"
_FOR_NEWER = (
    f"INSERT INTO {INDEX} ({INDEX}) VALUES ('optimize')",  # what was deleted before is kept yet
    f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('secure-delete', 1)",
)
# It does not even rebuild what it cannot read, until the format is said to be its own.
_FOR_OLDER = (
    f"DELETE FROM {INDEX}_config WHERE k = 'secure-delete'",
    f"UPDATE {INDEX}_config SET v = 4 WHERE k = 'version'",
    f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')",
)
_SEPARATORS = f"""
SELECT page.segid, page.pgno FROM (SELECT DISTINCT segid FROM {INDEX}_idx) AS segment, json_each(:beginnings) AS word
JOIN {INDEX}_idx AS page ON page.segid = segment.segid AND page.term = CAST(word.value AS BLOB)
"""


def fit_to_library(database: Database) -> None:
    """Where another SQLite wrote the index, make it one that this SQLite reads, and of which it forgets what it can."""
    if not database.embedded:
        return
    newer = knows_secure_delete()
    with database.read() as connection:
        if _is_secure(connection) == newer:
            return
    with database.write() as connection:
        for statement in _FOR_NEWER if newer else _FOR_OLDER:
            connection.execute(sa.text(statement))


def _is_secure(connection: sa.Connection) -> bool:
    return bool(connection.execute(sa.text(_IS_SECURE)).scalar())


def indexed_words(connection: sa.Connection, case: int) -> set[str]:
    """The words of a case that the index holds; none where it forgets them by itself."""
    if connection.dialect.name != "sqlite":
        return set()
    return {word for text in connection.execute(sa.text(_WORDS), {"case": case}).scalars() for word in text.split()}


def forget_words(connection: sa.Connection, words: Iterable[str]) -> None:
    """Leave nothing of these words, which were deleted just now, but where other mails have them, too."""
    if connection.dialect.name != "sqlite" or not words:
        return
    if not (knows_secure_delete() and _is_secure(connection)):
        connection.execute(sa.text(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('optimize')"))
        return
    beginnings = {_MAIN + word[:length] for word in words for length in range(_SHORT + 1, len(word) + 1)}
    found = connection.execute(sa.text(_SEPARATORS), {"beginnings": json.dumps(sorted(beginnings))})
    for segment, page in found.all():
        key = (segment << _PAGE_BITS) + (page >> 1)  # the lowest bit says something else
        block = connection.execute(sa.text(f"SELECT block FROM {INDEX}_data WHERE id = :key"), {"key": key}).scalar()
        if block and (first := _first_word(block)):
            where = {"first": first, "segment": segment, "page": page}
            connection.execute(
                sa.text(f"UPDATE {INDEX}_idx SET term = :first WHERE segid = :segment AND pgno = :page"), where
            )


def _first_word(block: bytes) -> bytes:
    """The first word of a page, which is written in full; b"" where it has none."""
    foot = int.from_bytes(block[2:4], "big")  # here begins where its words stand
    if foot >= len(block):
        return b""
    at, _ = _number(block, foot)
    length, at = _number(block, at)
    return block[at : at + length]


def _number(block: bytes, at: int) -> tuple[int, int]:
    """SQLite's numbers of one or more octets: the number, and where it ends."""
    value = 0
    while block[at] & 0x80:
        value = value << 7 | block[at] & 0x7F
        at += 1
    return value << 7 | block[at], at + 1
