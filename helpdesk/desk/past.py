"""What a mail of before the desk began does: it goes on the case of its thread, which is over, or opens that.

Robots' mail and strangers' bulk make no case; they are found all the same. A Message-ID is no secret, so who answers a
thread gets onto its case only as a person of it, or as one of us.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core import tick
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.receive.customer import of_strangers
from helpdesk.core.receive.past import PastMail, ended, opened, people_of, requester_of, said
from helpdesk.core.words.message import base_address
from helpdesk.mail.inside.sensitive import look_through, without_secrets
from helpdesk.mail.read.headers import people
from helpdesk.mail.read.parse import parse
from helpdesk.store import cases as case_store
from helpdesk.store import history

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.message import Message
    from helpdesk.core.words.people import Mailbox
    from helpdesk.person import Person
    from helpdesk.unit import Unit

_ANCESTORS = 50  # of one mail that are looked for


def past_mail(
    unit: Unit,
    number: int,
    at: datetime,
    message: Message,
    secrets: Collection[str],
    *,
    agents: Collection[str] = (),
) -> PastMail:
    """A mail of the spool; `agents` are addresses, or `@domains`, of those who were agents then."""
    senders = people([message.header("From").encode("utf-8", "replace")])
    author = senders[0] if len(senders) == 1 else None
    ours = {*unit.rules.configuration.addresses, *agents}
    by_us = author is not None and not ours.isdisjoint(_names(author))
    return PastMail(number, at, without_secrets(message) if secrets else message, author, by_us)


def _names(person: Person) -> set[str]:
    return {person.address, base_address(person.address), f"@{person.address.rpartition('@')[2]}"}


def take(
    unit: Unit, mailbox: Mailbox, mails: Sequence[PastMail], numbers: Iterator[int] | None = None
) -> dict[int, int]:
    """Put the mails of one thread, oldest first, on its case; returns on which case each is that is on one.

    `numbers` are those of new cases where the database is not to count them, because all of it is taken back.
    """
    placed: dict[int, int] = {}
    opening: list[PastMail] = []
    for mail in mails:
        case = _case_of(unit, mailbox, mail)
        if case is not None:
            placed[mail.number] = case.number
            _go_on(unit, mailbox, case, mail)
        elif mail.message.robot is None:
            opening.append(mail)
    while opening:
        thread, opening = _of_one_case(opening)
        placed |= _open(unit, mailbox, thread, numbers)
    return placed


def _of_one_case(mails: Sequence[PastMail]) -> tuple[list[PastMail], list[PastMail]]:
    """Those that people of the case have written, who are the first author and whom it was written to; and the rest."""
    inside: list[PastMail] = []
    rest: list[PastMail] = []
    known: set[str] = set()
    for mail in mails:
        if not inside or mail.by_us or (mail.author and mail.author.address in known):
            inside.append(mail)
            known |= {person.address for person in people_of(mail)}
        else:
            rest.append(mail)
    return inside, rest


def _case_of(unit: Unit, mailbox: Mailbox, mail: PastMail) -> Case | None:
    message = mail.message
    ids = (message.message_id, *message.ancestors[:_ANCESTORS])
    numbers = case_store.with_mails(unit.connection, [one for one in ids if one])
    found = case_store.find(unit.connection, numbers)
    author = mail.author.address if mail.author else ""
    return next(
        (
            found[number]
            for number in numbers
            if found[number].past
            and found[number].mailbox == mailbox.address
            and (mail.by_us or found[number].person(author))
        ),
        None,
    )


def _go_on(unit: Unit, mailbox: Mailbox, case: Case, mail: PastMail) -> None:
    if case_store.has_mail(unit.connection, case.number, mail.message.message_id):
        return  # another copy of it
    if mail.message.robot is None:
        events = said(case, [mail], unit.rules.configuration.addresses, unit.now)
        case = case.after(*events)
        terms = unit.terms(mailbox, case=case, sender=case.requester.address)
        found = clocks(case, terms.policy)  # of a case of before that goes on here
        next_at, beside = tick.next_at(case, terms, found), case_store.beside(case, found)
        case_store.save(unit.connection, case, new=events, next_at=next_at, beside=beside)
    _show(unit, case.number, mail)


def _open(unit: Unit, mailbox: Mailbox, mails: Sequence[PastMail], numbers: Iterator[int] | None) -> dict[int, int]:
    ours = unit.rules.configuration.addresses
    requester = requester_of(mails, ours)
    if requester is None:
        return {}
    terms = unit.terms(mailbox, case=None, sender=requester.address)
    if terms.customer is None and all(of_strangers(mail.message.transport) for mail in mails):
        return {}
    case = ended(opened(mails, requester, terms, unit.now), "closed", unit.now)
    return keep(unit, case, mails, numbers)


def keep(unit: Unit, case: Case, mails: Sequence[PastMail], numbers: Iterator[int] | None = None) -> dict[int, int]:
    """Write a case of then down, with its mails; returns on which case each is. `numbers` as above."""
    case = case.numbered(next(numbers)) if numbers else case
    number = case_store.insert(unit.connection, case, None, case_store.beside(case, ()))
    shown: set[str] = set()
    for mail in mails:
        if mail.message.message_id not in shown:
            _show(unit, number, mail)
        shown |= {mail.message.message_id} - {""}
    return {mail.number: number for mail in mails}


def _show(unit: Unit, case: int, mail: PastMail) -> None:
    message = mail.message if mail.author is None else replace(mail.message, senders=(mail.author,))
    case_store.add_message(
        unit.connection,
        case,
        message,
        spool_id=mail.number,
        at=mail.at,
        role="agent" if mail.by_us else "customer",
        visibility="robot" if message.robot else "internal" if mail.internal else "public",
        reply=message.reply,
    )


def take_answered(unit: Unit, message: Message, mailbox: Mailbox) -> None:
    """A mail answers what was kept from cases before there were cases of the past: now it becomes one."""
    mails = [
        past_mail(unit, number, at, earlier, look_through(raw, earlier))
        for number, at, raw in history.named(unit.connection, mailbox.address, message.ancestors)
        for earlier in [parse(raw)]
    ]
    for number, case in take(unit, mailbox, mails).items():
        history.place_on(unit.connection, number, case)
