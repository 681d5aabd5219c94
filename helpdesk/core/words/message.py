"""What arrives: the envelope it came in and the message it says.

A `Message` is what `mail.read.parse` makes of any bytes at all. Nothing in it is to be trusted for who may do what:
that is decided by `core.words.placement` from the reply token, the sender and the authentication result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import datetime

    from helpdesk.person import Person

RobotKind = Literal["auto-reply", "vacation", "bounce-permanent", "bounce-temporary", "reaction", "own-mail"]


# A deliberately narrow reading of RFC 5321's Mailbox: what real mailboxes and people use.
_PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*/=?^_`{|}~.+-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def is_plain_address(text: str) -> bool:
    """Whether it is an address alone, `ann@desk.example`, without a name or brackets around it."""
    return bool(_PLAIN.fullmatch(text))


def base_address(address: str) -> str:
    """The address without its `+tag`, lower case: the mailbox that mail to it is for (RFC 5233)."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def is_one_of(address: str, addresses: Container[str]) -> bool:
    """Whether it is one of these addresses (lower case), with or without a `+tag` such as a reply token."""
    return address in addresses or base_address(address) in addresses


@dataclass(frozen=True, slots=True)
class Envelope:
    """SMTP's MAIL FROM and RCPT TO and where they came from; nothing else (RFC 5321 section 2.3.1).

    `mail_from` is `""` for the null sender. `remote` is the peer's address, `""` where there was no peer.
    """

    mail_from: str
    rcpt_to: tuple[str, ...]
    remote: str = ""
    helo: str = ""
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of the mail that is not its text. `part` is its place in the MIME tree, to cut it out on demand."""

    name: str
    type: str
    size: int  # bytes, decoded
    part: int
    inline: bool = False
    kept: str = ""  # why it stays on the case when the mail is passed on; see `core.words.enclosure`
    stand_in: str = ""  # the words that the text has in the place of a picture, beside its name

    @property
    def label(self) -> str:
        """What it is called: its name, or its type where it has none."""
        return self.name or self.type


@dataclass(frozen=True, slots=True)
class Robot:
    """Mail that no person wrote, and why we think so. `proven`: by more than its words, which a person can write."""

    kind: RobotKind
    why: str
    sign: str = ""  # of a reaction: the emoji
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Transport:
    """How a mail travelled, by its header: it withholds what we would write by ourselves, and never the mail.

    `unanswered` is the field for which nothing automatic may answer it (RFC 3834 section 2), as `Name: value`, or "".
    """

    unanswered: str = ""
    bulk: bool = False  # sent to many at once, by a list or a mailing program
    generated: bool = False  # a field says that a program has written it; never `auto-replied`
    lists: tuple[str, ...] = ()  # addresses and identifiers by which lists that carried it name themselves, lower case
    ours: bool = False  # it came by a list of ours, or under an address of ours: known only to the desk


class UnreadableText(str):
    """What of a mail could not be read, in words; other damage was repaired."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class FirstText:
    """A mail that answers nothing of ours: its author's words, and those that it says are somebody else's."""

    own: str
    others: str


@dataclass(frozen=True, slots=True)
class Message:
    r"""One parsed mail. Texts are clean: no NUL, no lone surrogate, `\\n` line ends.

    `senders` holds every mailbox of every From field in order: exactly one of them is a sender, anything else
    is nobody. `written_from` is whom a person reads in a From that names nobody by the rules, and `sent_by` is Sender:
    both may be written to and are never believed (`core.words.addressee`). `date` is the sender's own claim: shown,
    never used for a clock.
    """

    message_id: str = ""  # with its angle brackets, or ""
    senders: tuple[Person, ...] = ()
    written_from: tuple[Person, ...] = ()
    sent_by: tuple[Person, ...] = ()
    reply_to: tuple[Person, ...] = ()
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""  # the readable body, HTML made plain
    reply: str = ""  # the text without quotes and signature: what they wrote now
    first: FirstText | None = None  # what they wrote if it answers nothing of ours; None where a field names a mail
    in_reply_to: tuple[str, ...] = ()  # Message-IDs with angle brackets
    references: tuple[str, ...] = ()
    delivered_to: tuple[str, ...] = ()  # addresses of Delivered-To, X-Original-To, Envelope-To
    attachments: tuple[Attachment, ...] = ()
    robot: Robot | None = None
    transport: Transport = Transport()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # decoded, in order, names as written
    damage: tuple[str, ...] = ()  # what had to be repaired, or is `UnreadableText`, in words for the log and the agent

    @property
    def sender(self) -> Person | None:
        """The one person who says to have written this; None where From names nobody or several."""
        return self.senders[0] if len(self.senders) == 1 else None

    @property
    def said(self) -> str:
        """Its subject, and below it what they wrote now."""
        return f"{self.subject}\n{self.reply}"

    @property
    def ancestors(self) -> tuple[str, ...]:
        """The Message-IDs of the mails that it says it answers, each once, the nearest first (RFC 5322 s3.6.4)."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))

    def header(self, name: str) -> str:
        """The first header of that name, `""` where there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        """Every header of that name, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)
