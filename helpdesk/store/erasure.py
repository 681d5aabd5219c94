"""Erasing what a case holds: the mails as they came, their texts, the copies of what we sent, quotes in the ledger.

The ledger itself stays: what happened and when is no one's secret. This is the only place where events are changed,
and only words of mails in them are, and in `forget` who people were.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from helpdesk.store import search_remains, watched
from helpdesk.store.claims import FREED
from helpdesk.store.outbox import ERASED_UNSENT
from helpdesk.store.outbox import HAS_RAW as IS_WRITTEN
from helpdesk.store.spool import HAS_RAW
from helpdesk.store.tables import cases, event, message, outbox, outbox_raw, spool, spool_raw

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

_Facts = dict[str, Any]
_NAMES = ("name", "requester_name")  # facts that hold a person's name
_TO_CUSTOMERS = ("maintenance", "statement")  # kinds of mail that belong to no case
_NOTHING_SAID: Mapping[str, Any] = {
    "mail_from": "",
    "remote": "",
    "rcpt_to": [],
    "author": "",
    "subject": "",
    "message_id": "",
}
_UNSENT = ("queued", "sending", "failed")


def erase(connection: sa.Connection, case: int, *, also: Collection[int], instead: str) -> dict[str, int]:
    """Erase a case's content; `also` are spool rows not on the case yet, `instead` stands for its subject.

    Returns how many of what: mails, texts, sent, unsent, facts.
    """
    words = search_remains.indexed_words(connection, case)
    erased = {
        "mails": _mails(connection, case, also, instead),
        "texts": _texts(connection, case, instead),
        "unsent": _unsent(connection, case),
        "sent": _sent(connection, case, instead),
        "facts": _facts(connection, case, instead),
    }
    watched.forget(connection, case)
    connection.execute(sa.update(cases).where(cases.c.id == case).values(subject=instead))
    search_remains.forget_words(connection, words)
    return erased


def _mails(connection: sa.Connection, case: int, also: Collection[int], instead: str) -> int:
    theirs = sa.or_(spool.c.case_id == case, spool.c.id.in_(list(also)))
    connection.execute(sa.update(spool).where(theirs, spool.c.subject.is_not(None)).values(subject=instead))
    return _bytes(connection, theirs)


def _bytes(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """Erase mails as they came; returns how many."""
    these = spool_raw.c.spool_id.in_(sa.select(spool.c.id).where(which))
    return connection.execute(sa.delete(spool_raw).where(these)).rowcount


def _texts(connection: sa.Connection, case: int, instead: str) -> int:
    values = {"subject": instead, "text": "", "reply": "", "attachments": []}
    return connection.execute(sa.update(message).where(message.c.case_id == case).values(values)).rowcount


def _unsent(connection: sa.Connection, case: int) -> int:
    waiting = sa.and_(outbox.c.case_id == case, outbox.c.state.in_(_UNSENT))
    # A further claim, so that a worker which has one of them in hand cannot queue it again.
    values = {"state": "dropped", "next_at": None, "lease": outbox.c.lease + 1, **FREED}
    values["detail"] = ERASED_UNSENT
    _letters(connection, waiting)
    return connection.execute(sa.update(outbox).where(waiting).values(values)).rowcount


def _sent(connection: sa.Connection, case: int, instead: str) -> int:
    ours = outbox.c.case_id == case
    connection.execute(sa.update(outbox).where(ours, outbox.c.subject.is_not(None)).values(subject=instead))
    return _letters(connection, ours)


def _letters(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """Erase mails as we wrote them; returns how many."""
    these = outbox_raw.c.outbox_id.in_(sa.select(outbox.c.id).where(which))
    return connection.execute(sa.delete(outbox_raw).where(these)).rowcount


def _facts(connection: sa.Connection, case: int, instead: str) -> int:
    return _change(connection, case, lambda by, facts: (by, _without_quotes(facts, instead)))


def _change(connection: sa.Connection, case: int, change: Callable[[str, _Facts], tuple[str, _Facts]]) -> int:
    """Change who did a case's events and their facts; returns how many differ."""
    changed = 0
    query = sa.select(event.c.seq, event.c.by, event.c.facts).where(event.c.case_id == case)
    for row in connection.execute(query).all():
        by, facts = change(row.by, row.facts)
        if (by, facts) != (row.by, row.facts):
            mine = sa.and_(event.c.case_id == case, event.c.seq == row.seq)
            changed += connection.execute(sa.update(event).where(mine).values(by=by, facts=facts)).rowcount
    return changed


def _without_quotes(facts: Mapping[str, Any], instead: str) -> dict[str, Any]:
    """The facts without words of mails: subject, comment, intake fields, evidence, lines of orders."""
    kept = dict(facts)
    if "subject" in kept:
        kept["subject"] = instead
    if kept.get("comment"):
        kept["comment"] = ""
    for answers in {"intake", "intake_was"} & kept.keys():
        kept[answers] = {}
    for lines in {"mistakes", "lines"} & kept.keys():
        kept[lines] = []
    if kept.get("reasons"):
        kept["reasons"] = [{**reason, "evidence": ""} for reason in kept["reasons"]]
    return kept


# --- age


def ended(connection: sa.Connection, *, before: datetime, after: int, limit: int) -> list[int]:
    """Cases resolved or closed to which nothing has happened since `before` and that hold something to erase.

    In order of their numbers, from the one behind `after` on.
    """
    since = sa.exists().where(event.c.case_id == cases.c.id, event.c.at >= before)
    holds = sa.or_(
        sa.exists().where(spool.c.case_id == cases.c.id, spool_raw.c.spool_id == spool.c.id),
        sa.exists().where(outbox.c.case_id == cases.c.id, outbox_raw.c.outbox_id == outbox.c.id),
        sa.exists().where(message.c.case_id == cases.c.id, message.c.text != ""),
    )
    query = sa.select(cases.c.id).where(cases.c.id > after, cases.c.status.in_(("resolved", "closed")), ~since, holds)
    return [int(number) for number in connection.execute(query.order_by(cases.c.id).limit(limit)).scalars()]


def correspondents(connection: sa.Connection, case: int) -> tuple[set[str], set[str]]:
    """Who wrote or got mail on a case, and who of them wrote it as an agent."""
    wrote = {(row.author, row.role) for row in connection.execute(_authors.where(message.c.case_id == case))}
    got = connection.execute(sa.select(outbox.c.recipient).where(outbox.c.case_id == case)).scalars()
    sent = connection.execute(sa.select(spool.c.mail_from).where(spool.c.case_id == case)).scalars()
    return {*(author for author, _ in wrote), *got, *sent}, {author for author, role in wrote if role == "agent"}


_authors = sa.select(message.c.author, message.c.role).distinct()


def forget(connection: sa.Connection, case: int, people: Mapping[str, str]) -> None:
    """Put pseudonyms in place of people's addresses everywhere on a case, and nothing in place of their names.

    Message-IDs stay, and with them the names of the servers that gave them.
    """
    named = _named(people)
    _change(connection, case, lambda by, facts: (named(by), _without_people(facts, named)))
    for address, pseudonym in people.items():
        connection.execute(
            sa.update(message)
            .where(message.c.case_id == case, message.c.author == address)
            .values(author=pseudonym, author_name="")
        )
    requester = connection.execute(sa.select(cases.c.requester).where(cases.c.id == case)).scalar_one()
    connection.execute(sa.update(cases).where(cases.c.id == case).values(requester=named(requester)))
    for row in connection.execute(
        sa.select(spool.c.id, spool.c.rcpt_to, spool.c.author).where(spool.c.case_id == case)
    ):
        who = {"mail_from": "", "remote": "", "rcpt_to": [named(address) for address in row.rcpt_to]}
        who["author"] = named(row.author) if row.author else row.author
        connection.execute(sa.update(spool).where(spool.c.id == row.id).values(who))
    for row in connection.execute(sa.select(outbox).where(outbox.c.case_id == case)).all():
        told = {name: named(getattr(row, name)) for name in ("key", "recipient", "detail")}
        connection.execute(sa.update(outbox).where(outbox.c.id == row.id).values(told))


def _named(people: Mapping[str, str]) -> Callable[[str], str]:
    """Text with the pseudonyms of people in place of their addresses."""
    if not people:
        return lambda text: text
    known = "|".join(re.escape(address) for address in sorted(people, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.+-])(?:{known})(?![\w-]|\.\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda found: people[found[0].lower()], text)


def _without_people(facts: Any, named: Callable[[str], str]) -> Any:
    if isinstance(facts, dict):
        return {key: "" if key in _NAMES else _without_people(value, named) for key, value in facts.items()}
    if isinstance(facts, list):
        return [_without_people(value, named) for value in facts]
    return named(facts) if isinstance(facts, str) else facts


def caseless_mails(connection: sa.Connection, *, before: datetime, after: int, limit: int) -> list[int]:
    """Mail that came before then, belongs to no case and says something yet: robots', held, history, copies."""
    says = sa.or_(HAS_RAW, spool.c.mail_from != "", spool.c.remote != "")
    over = sa.and_(spool.c.case_id.is_(None), spool.c.state == "done", spool.c.received_at < before, says)
    query = sa.select(spool.c.id).where(over, spool.c.id > after).order_by(spool.c.id).limit(limit)
    return [int(number) for number in connection.execute(query).scalars()]


def erase_mails(connection: sa.Connection, numbers: Collection[int]) -> int:
    """Erase mail without a case; the rows stay, for the ledger and to know a copy. Returns how many had their bytes."""
    these = spool.c.id.in_(list(numbers))
    connection.execute(sa.update(spool).where(these).values(_NOTHING_SAID))
    return _bytes(connection, these)


def caseless_sent(connection: sa.Connection, *, before: datetime, after: int, limit: int) -> list[int]:
    """Mail of ours that was written before then, belongs to no case and does not wait: alerts, digests, notices."""
    over = sa.and_(outbox.c.case_id.is_(None), outbox.c.next_at.is_(None), outbox.c.created_at < before)
    query = sa.select(outbox.c.id).where(over, IS_WRITTEN, outbox.c.id > after)
    return [int(number) for number in connection.execute(query.order_by(outbox.c.id).limit(limit)).scalars()]


def erase_sent(connection: sa.Connection, numbers: Collection[int]) -> int:
    """Erase mail of ours without a case, and to which customers it went. Returns how many."""
    these = outbox.c.id.in_(list(numbers))
    # Their keys name whom they went to, and so many years later guard nothing any more.
    nobody = {"recipient": "", "detail": "", "subject": "", "key": "erased/" + sa.cast(outbox.c.id, sa.String)}
    connection.execute(sa.update(outbox).where(these, outbox.c.kind.in_(_TO_CUSTOMERS)).values(nobody))
    _letters(connection, these)
    return connection.execute(sa.update(outbox).where(these).values(subject="")).rowcount
