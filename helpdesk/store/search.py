"""The mails of cases, found by their words, their people and their files.

What changes is put in line by the database itself (`search_tables`); `index` reads it afterwards, a few mails in a
transaction, the newest first. A mail is written into the index only as it is in the transaction that does so: what was
erased while it was read stays erased.
"""

# ruff: noqa: S608 - statements are put together of names of our own, never of what somebody wrote

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store import cases as case_store
from helpdesk.store.dialect import unhurried
from helpdesk.store.prepared import Prepared, at_most
from helpdesk.store.search_tables import INDEX
from helpdesk.store.search_words import words_of
from helpdesk.store.tables import cases, message, to_index

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.store.board import Kept, Reach
    from helpdesk.store.engine import Database
    from helpdesk.store.search_words import Phrase

AT_A_TIME = 50  # mails
_LONGEST = 200_000  # letters of a mail that are read
_MOST_WORDS = 12_000  # of a mail: PostgreSQL knows places up to 16,383
_MOST_OCTETS = 900_000  # of them and their places: a tsvector holds 1,048,575
_LIMIT_EXCEEDED = "54"  # how PostgreSQL's codes begin where something is larger than it takes
_LOOKED_AT = 200  # mails of one look into the index
_LOOKS = 10  # for one page, of mails that other conditions leave out
_HITS = {
    "sqlite": f"SELECT rowid AS id FROM {INDEX} WHERE {INDEX} MATCH :match AND rowid < :before"
    f" ORDER BY rowid DESC LIMIT {_LOOKED_AT}",
    "postgresql": f"SELECT message_id AS id FROM {INDEX} WHERE words @@ CAST(:match AS tsquery)"
    f" AND message_id < :before ORDER BY message_id DESC LIMIT {_LOOKED_AT}",
}
_END = 2**62  # behind every mail


@dataclass(frozen=True, slots=True)
class FoundMails:
    """Cases with the newest mail of each in which it was found, newest first; `before`: where to go on, 0: nowhere."""

    mails: tuple[tuple[int, int], ...]  # case, mail
    before: int


# --- finding


def find(connection: sa.Connection, phrases: Sequence[Phrase], kept: Kept, *, size: int, before: int = 0) -> FoundMails:
    """Of these cases those of which one mail has all of the phrases, in mails older than `before`."""
    found: dict[int, int] = {}
    before = before or _END
    for _ in range(_LOOKS if phrases else 0):
        rows = _look(connection, phrases, kept, before)
        for row in rows:
            if row.fits and row.case_id not in found:
                if len(found) == size:
                    return FoundMails(tuple(found.items()), before)
                found[row.case_id] = row.id
            before = row.id
        if len(rows) < _LOOKED_AT:
            return FoundMails(tuple(found.items()), 0)
    return FoundMails(tuple(found.items()), before if phrases else 0)


def _look(connection: sa.Connection, phrases: Sequence[Phrase], kept: Kept, before: int) -> Sequence[Any]:
    dialect = connection.dialect.name
    hits = sa.text(_HITS[dialect]).columns(sa.column("id", message.c.id.type)).subquery("hits")
    conditions = [*kept.conditions()]
    fits = sa.and_(*conditions) if conditions else sa.true()
    query = (
        sa.select(hits.c.id, message.c.case_id, fits.label("fits"))
        .select_from(hits.join(message, message.c.id == hits.c.id).join(cases, cases.c.id == message.c.case_id))
        .order_by(hits.c.id.desc())
    )
    match = (_match_of_postgresql if dialect == "postgresql" else _match_of_sqlite)(phrases, kept.reach)
    return connection.execute(query, {"match": match, "before": before}).all()


def _match_of_sqlite(phrases: Sequence[Phrase], reach: Reach | None) -> str:
    told = [f'"{" ".join(phrase.words)}"{" *" if phrase.begins else ""}' for phrase in phrases]
    if reach is not None:
        told.insert(0, f"({' OR '.join(_marks_of(reach)) or _NOBODYS})")
    return " AND ".join(told)


def _match_of_postgresql(phrases: Sequence[Phrase], reach: Reach | None) -> str:
    told = [f"({' <-> '.join(phrase.words)}{':*' if phrase.begins else ''})" for phrase in phrases]
    if reach is not None:
        told.insert(0, f"({' | '.join(_marks_of(reach)) or _NOBODYS})")
    return " & ".join(told)


_NOBODYS = "0xnobodys"


def _marks_of(reach: Reach) -> list[str]:
    """Words of the index that only mails of these mailboxes and teams have; which cases count is looked at again."""
    named = {"mailbox": reach.mailboxes, "team": reach.teams}
    return [_mark(kind, name) for kind, names in named.items() for name in sorted(names)]


def _mark(kind: str, name: str) -> str:
    """A word that nobody writes, nor the beginning of it."""
    return f"0x{kind}{blake2b(name.encode(), digest_size=8).hexdigest()}"


def texts(connection: sa.Connection, numbers: Collection[int]) -> dict[int, str]:
    """What these mails say, as the index has it."""
    query = sa.select(message.c.id, message.c.role, message.c.reply, message.c.text)
    return {row.id: _own(row) for row in connection.execute(query.where(message.c.id.in_(numbers)))}


# --- reading


_WAITING = Prepared(sa.select(to_index).order_by(to_index.c.id.desc()).limit(at_most(AT_A_TIME)))


def index(database: Database, left_out: Callable[[str, str], None] | None = None) -> int:
    """Read the newest mails that wait for it; returns how many waited, at most some.

    `left_out` hears the Message-ID of a mail that the database refuses, and why; no other waits for it.
    """
    with database.read() as connection:
        lines = _WAITING.rows(connection)
        if not lines:
            return 0
        seen: dict[int, int] = {}
        for line in lines:
            seen.setdefault(line.message_id, line.id)
        read = _read(connection, seen)
    with database.write() as connection:
        unchanged = _unchanged(connection, seen)
        refused = _write(connection, {number: read[number] for number in unchanged & read.keys()})
        named = _message_ids(connection, refused) if refused else {}
        gone = seen.keys() - _there(connection, seen)
        done = [line.id for line in lines if line.message_id in unchanged | gone]
        connection.execute(sa.delete(to_index).where(to_index.c.id.in_(done)))
    for number, message_id in named.items():
        if left_out is not None:
            left_out(message_id, refused[number])
    return len(done)


def _read(connection: sa.Connection, numbers: Collection[int]) -> dict[int, list[str]]:
    rows = connection.execute(sa.select(message).where(message.c.id.in_(numbers))).all()
    found = case_store.find(connection, {row.case_id for row in rows})
    return {row.id: _words(row, found[row.case_id]) for row in rows if row.case_id in found}


def _words(mail: Any, case: Case) -> list[str]:
    """All that it is found by; a mark before each part, so that no phrase goes from one into the next."""
    mark = _mark("mailbox", case.mailbox)
    people = (text for person in case.people for text in (person.name, person.address))
    files = (str(part["name"] or "") for part in mail.attachments)
    texts = (mail.subject, case.subject, case.customer, mail.author_name, mail.author, *people, *files, _own(mail))
    parts = ((mark, *words_of(text[:_LONGEST])) for text in texts if text)
    team = ([_mark("team", case.team)] if case.team else [],)
    return _fitting(chain.from_iterable((*team, *parts)))


def _fitting(words: Iterable[str]) -> list[str]:
    """As many as the index takes of one mail."""
    found = list(islice(words, _MOST_WORDS))
    if 4 * (sum(map(len, found)) + len(found)) <= _MOST_OCTETS:
        return found  # a sign has four octets at most, and so has a place
    ends = accumulate(len(word.encode()) + 4 for word in found)
    return [word for word, end in zip(found, ends, strict=True) if end <= _MOST_OCTETS]


def _own(mail: Any) -> str:
    """What somebody wrote. An agent's mail quotes what the desk told them, also of other cases."""
    return str(mail.reply if mail.role == "agent" else mail.text)


def _unchanged(connection: sa.Connection, seen: Mapping[int, int]) -> set[int]:
    """Those of these mails that are as they were read, and stay so until the commit."""
    # On PostgreSQL who changes one waits for us from here on, and a mail that is being changed is left in line.
    held = sa.select(message.c.id).where(message.c.id.in_(seen)).with_for_update(read=True, skip_locked=True)
    there = set(connection.execute(held).scalars())
    again = sa.select(to_index.c.message_id, sa.func.max(to_index.c.id).label("last"))
    again = again.where(to_index.c.id >= min(seen.values()), to_index.c.message_id.in_(seen))
    last = {row.message_id: row.last for row in connection.execute(again.group_by(to_index.c.message_id))}
    return {number for number in there if last.get(number) == seen[number]}


def _there(connection: sa.Connection, numbers: Collection[int]) -> set[int]:
    return set(connection.execute(sa.select(message.c.id).where(message.c.id.in_(numbers))).scalars())


def _message_ids(connection: sa.Connection, numbers: Collection[int]) -> dict[int, str]:
    query = sa.select(message.c.id, message.c.message_id).where(message.c.id.in_(numbers))
    return {row.id: row.message_id for row in connection.execute(query)}


def _write(connection: sa.Connection, found: Mapping[int, list[str]]) -> dict[int, str]:
    """All at once, or where one of them is refused each by itself; returns those that were refused, and why."""
    write = _write_postgresql if connection.dialect.name == "postgresql" else _write_sqlite
    if not found:
        return {}
    try:
        with connection.begin_nested():
            write(connection, found)
    except sa.exc.DBAPIError as problem:
        if not _is_too_much(problem):
            raise
        if len(found) == 1:
            return dict.fromkeys(found, str(problem.orig))
        each = (_write(connection, {number: words}) for number, words in found.items())
        return {number: why for refused in each for number, why in refused.items()}
    return {}


def _is_too_much(problem: sa.exc.DBAPIError) -> bool:
    """Whether it was said of what is to be written, and will be again: not of a database that is full or away."""
    code = str(getattr(problem.orig, "sqlstate", None) or "")
    return isinstance(problem, sa.exc.DataError) or code.startswith(_LIMIT_EXCEEDED)


def _write_postgresql(connection: sa.Connection, found: Mapping[int, list[str]]) -> None:
    statement = (
        f"INSERT INTO {INDEX} (message_id, words) VALUES (:id, CAST(:words AS tsvector))"
        " ON CONFLICT (message_id) DO UPDATE SET words = excluded.words"
    )
    rows = [{"id": number, "words": _vector(words)} for number, words in found.items()]
    connection.execute(sa.text(statement), rows)


def _write_sqlite(connection: sa.Connection, found: Mapping[int, list[str]]) -> None:
    _forget(connection, found)
    rows = [{"id": number, "words": " ".join(words)} for number, words in found.items()]
    connection.execute(sa.text(f"INSERT INTO {INDEX} (rowid, words) VALUES (:id, :words)"), rows)


def _vector(words: Iterable[str]) -> str:
    """As PostgreSQL reads it: each word with its places, which are at most 256 of one word."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for place, word in enumerate(words, 1):
        places[word].append(str(place))
    return " ".join(f"{word}:{','.join(those[:256])}" for word, those in places.items())


def _forget(connection: sa.Connection, numbers: Collection[int]) -> None:
    out = sa.text(f"DELETE FROM {INDEX} WHERE rowid = :id")
    connection.execute(out, [{"id": number} for number in numbers])


# --- keeping


def waiting(connection: sa.Connection, *, most: int) -> int:
    """How many mails wait to be read, counted up to that many."""
    some = sa.select(to_index.c.id).limit(most).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def wrong(connection: sa.Connection) -> int:
    """How many mails are neither in the index nor in line; reads all of both."""
    return int(connection.execute(_missing(connection.dialect.name)).scalar_one())


def _missing(dialect: str) -> sa.Select[Any]:
    # Not NOT IN: where a list does not fit into its memory, PostgreSQL reads it again for each mail.
    key = "rowid" if dialect == "sqlite" else "message_id"
    known: sa.Select[Any] = sa.select(sa.column(key)).select_from(sa.table(INDEX))
    missing = sa.except_(sa.select(message.c.id), known, sa.select(to_index.c.message_id))
    return sa.select(sa.func.count()).select_from(missing.subquery())


def rebuild(connection: sa.Connection) -> None:
    """Put every mail in line, to be read anew."""
    unhurried(connection)
    connection.execute(sa.delete(to_index))
    connection.execute(sa.insert(to_index).from_select(["message_id"], sa.select(message.c.id).order_by(message.c.id)))
