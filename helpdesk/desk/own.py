"""Our own mail, and mail of people that comes under our own address.

Our own mail is known by what we signed in it: its Message-ID, the field that repeats it for relays that write another
one, or the reply address in its Reply-To. A mail that merely says to be from a mailbox of ours is somebody's who wrote
through a group or a relay that puts our address into From. It is worked, and never answered automatically. We write to
the person who the group says has written it; they count as that person only where our own domain's proof or a group
that the operator has named stands behind it, and an agent or an operator not even then (law 23).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Robot, base_address
from helpdesk.desk.round_trip import token_of
from helpdesk.mail.proof.address import read_token
from helpdesk.mail.read.automatic import answer_for_one_of_ours
from helpdesk.mail.read.headers import people
from helpdesk.mail.write.compose import OWN_ID
from helpdesk.unit import sender_proof

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from helpdesk.config import Configuration
    from helpdesk.core.words.message import Message
    from helpdesk.mail.proof.address import Signer
    from helpdesk.person import Person
    from helpdesk.store.spool import Spooled
    from helpdesk.unit import Rules


def attributed(rules: Rules, mail: Spooled, message: Message) -> Message:
    """The message, known as our own where it is, and else with the author whom a group or a relay has put aside."""
    if is_own(message, rules.signer) or token_of(message, rules.signer, mail.mailbox):
        return replace(message, robot=Robot("own-mail", "a mail that we wrote ourselves"))
    configuration = rules.configuration
    if message.robot is None and message.sender and message.sender.address in configuration.staff:
        message = replace(message, robot=answer_for_one_of_ours(message, configuration.names_of(message.sender)))
    by_our_list = _is_of(message.transport.lists, configuration.received_at)
    if message.sender is None or not _is_address_of_ours(message.sender.address, configuration):
        return replace(message, transport=replace(message.transport, ours=True)) if by_our_list else message
    return _under_our_address(rules, mail, message, message.sender)


def is_own(message: Message, signer: Signer) -> bool:
    """Whether something in it proves that we wrote it."""
    if signer.case_of(message.message_id) is not None or signer.case_of(message.header(OWN_ID)) is not None:
        return True
    readers = [person.address for person in (*message.to, *message.cc)]
    tokens = [token for person in message.reply_to if (token := read_token(person.address))]
    return any(signer.verifies(token, person=reader) for token in tokens for reader in readers)


def _is_address_of_ours(address: str, configuration: Configuration) -> bool:
    return configuration.mailbox(base_address(address)) is not None or address in configuration.groups


def _under_our_address(rules: Rules, mail: Spooled, message: Message, sender: Person) -> Message:
    unanswered = message.transport.unanswered or f"From: {base_address(sender.address)}, an address of ours"
    transport = replace(message.transport, ours=True, unanswered=unanswered)
    author = _author(message, rules.configuration)
    message = replace(message, sent_by=())  # the group's own
    if author is None:
        return replace(message, senders=(), transport=transport)
    if _is_vouched_for(rules, mail, message, author):
        return replace(message, senders=(author,), reply_to=(), transport=transport)
    return replace(message, senders=(), reply_to=(author,), transport=transport)


def _author(message: Message, configuration: Configuration) -> Person | None:
    """Who has written it, by the first field that names somebody else than us: Google Groups' own, else Reply-To."""
    named = (*_people_in(message, "X-Original-From"), *message.reply_to, *_people_in(message, "X-Original-Sender"))
    return next((person for person in named if not _is_ours(person.address, configuration)), None)


def _people_in(message: Message, field: str) -> tuple[Person, ...]:
    return people([value.encode("utf-8", "replace") for value in message.header_all(field)])


def _is_ours(address: str, configuration: Configuration) -> bool:
    return _is_address_of_ours(address, configuration) or read_token(address) is not None


def _is_vouched_for(rules: Rules, mail: Spooled, message: Message, author: Person) -> bool:
    configuration = rules.configuration
    if author.address in configuration.staff:
        return False
    sender = message.sender.address if message.sender else ""
    declared = sender in configuration.groups or _is_of(message.transport.lists, configuration.groups)
    return declared or sender_proof(configuration, mail, message).result == "pass"


def _is_of(lists: Iterable[str], addresses: Collection[str]) -> bool:
    """Whether a list that names itself so is one of these addresses; an identifier has a dot in place of the `@`."""
    ours = {address.lower() for address in addresses} | {address.lower().replace("@", ".") for address in addresses}
    return any((base_address(name) if "@" in name else name) in ours for name in lists)
