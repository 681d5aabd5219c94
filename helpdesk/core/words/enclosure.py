"""Which files of a mail go along when the desk passes the mail on, and why the others stay on the case.

What a person attached goes along: an agent has nothing but their mail program, and neither has a customer. What the
mail's own machinery brings does not: the picture in a signature or a quote, a digital signature. Nor does what must
not be repeated (LAI-11), what names one of us to a customer (threat P02), or what is more than one mail may carry.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from helpdesk.core.words.message import Attachment, Message

# Of the mail's own making: a second look at the case shows it, nobody needs to be told.
MACHINERY = "a part of the mail itself"
DECORATION = "a picture of the signature or the quote"
SECRET = "it may hold what must not be repeated"  # noqa: S105 - a reason, not a secret
STAFF = "it names an address of ours"
TOO_LARGE = "too large to send along"

_MACHINERY_TYPES = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-encrypted",  # the control part; what is encrypted stands beside it
    "application/ms-tnef",  # its files are attachments of their own
    "application/vnd.ms-tnef",
    "message/delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
}
_DOT = 1_000  # octets: pictures below that space things out or count readers


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along: the mail that it lies in, by its number in the spool, and its place in the MIME tree."""

    mail: int
    part: int


def sorted_out(
    message: Message, *, secrets: Collection[str], naming_staff: Collection[int], up_to: int, answers_us: bool
) -> Message:
    """The message with each attachment's `kept`, the reason why it stays; `""` for those that go along.

    `secrets` is what `mail.inside.sensitive` found, each `kind in place`; `naming_staff` are parts that hold an address
    of ours; `up_to` is in octets, for all files of one mail together. `answers_us`: it is the mail of one of us.
    """
    marked, used = [], 0
    for one in message.attachments:
        why = _stays(one, message, secrets)
        if not why and answers_us and one.part in naming_staff:
            why = STAFF
        if not why and used + one.size > up_to:
            why = TOO_LARGE
        used += 0 if why else one.size
        marked.append(replace(one, kept=why))
    return replace(message, attachments=tuple(marked))


def _stays(one: Attachment, message: Message, secrets: Collection[str]) -> str:
    if one.type in _MACHINERY_TYPES:
        return MACHINERY
    if one.inline and _decorates(one, message):
        return DECORATION
    return SECRET if _holds_secret(one, secrets) else ""


def _decorates(one: Attachment, message: Message) -> bool:
    """Mail programs name a picture where it stands: in what was written now, or only in the rest of the text."""
    if one.size < _DOT:
        return True
    text, reply = (" ".join(shown.split()) for shown in (message.text, message.reply))
    return any(mark in text and mark not in reply for mark in (one.name, one.stand_in) if mark)


def _holds_secret(one: Attachment, secrets: Collection[str]) -> bool:
    # What is found beyond the limit is only counted: then every file is suspect.
    return any(f" in {one.name}" in told or told.endswith(" more") for told in secrets)


def enclosures(message: Message, mail: int) -> tuple[Enclosure, ...]:
    """The files of a mail that go along with it."""
    return tuple(Enclosure(mail, one.part) for one in message.attachments if not one.kept)


def names(message: Message) -> tuple[str, ...]:
    """What the files are called that go along with a mail."""
    return tuple(one.label for one in message.attachments if not one.kept)


def described(message: Message) -> Iterator[str]:
    """The files in words, for a mail to an agent: name, size, and why one does not come along."""
    for one in message.attachments:
        if one.kept not in {MACHINERY, DECORATION}:
            why = f", not sent along: {one.kept}" if one.kept else ""
            yield f"{one.label} ({_size(one.size)}{why})"


def kept_back(message: Message) -> Iterator[Attachment]:
    """The files that somebody attached and that do not go along."""
    return (one for one in message.attachments if one.kept and one.kept not in {MACHINERY, DECORATION})


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
