"""Whether two mails are copies of one: it came over an address and an alias, a group, or a server that wrote on it.

They have one Message-ID, which is asked before, the same author, the same words and the same files. What differs on the
way is no difference: fields, Date, how lines are broken, what a gateway warns of above and its lawyers say below, and
of what came by a list its tag in the subject and its footer. Two mails under one Message-ID are two as soon as they
differ by one word or one file.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from helpdesk.core.words.subjects import GATEWAYS_TAG
from helpdesk.mail.read import client_markers as marks
from helpdesk.mail.read.attachments import attachment
from helpdesk.mail.read.signature import without_banner

if TYPE_CHECKING:
    from helpdesk.core.words.message import Message, Transport

_TAG = re.compile(r"\[[^\[\]]{1,60}\]")
_RULES = "-_=*~\u2013\u2014"
_RULE = re.compile(rf"[{_RULES}]{{2,}}")
_MOST = 2_000  # characters of a footer, without blanks


def are_copies(one: tuple[Message, bytes], other: tuple[Message, bytes]) -> bool:
    """Whether these two mails, each with its bytes, are one; their Message-IDs are the same."""
    (first, first_raw), (second, second_raw) = one, other
    return (
        bool(_author(first))
        and _author(first) == _author(second)
        and _same_subject(first, second)
        and _same_words(first, second)
        and len(first.attachments) == len(second.attachments)
        and _files(first, first_raw) == _files(second, second_raw)
    )


def _author(message: Message) -> tuple[str, ...]:
    """Who it says to be from; of mail that comes under an address of ours whom a group names for it."""
    people = message.senders or message.reply_to[:1]
    return tuple(sorted(person.address for person in people if person.address))


def _by_list(transport: Transport) -> bool:
    return transport.bulk or bool(transport.lists)


def _same_subject(one: Message, other: Message) -> bool:
    if _squeezed(GATEWAYS_TAG.sub("", one.subject)) == _squeezed(GATEWAYS_TAG.sub("", other.subject)):
        return True
    tagged = _by_list(one.transport) or _by_list(other.transport)
    return tagged and _squeezed(_TAG.sub("", one.subject)) == _squeezed(_TAG.sub("", other.subject))


def _same_words(one: Message, other: Message) -> bool:
    first, second = _squeezed(one.text), _squeezed(other.text)
    if first == second or _squeezed(_of_author(one.text)) == _squeezed(_of_author(other.text)):
        return True
    shared = _shared_beginning(first, second)
    # Two footers may begin with the same rule.
    ends = (len(shared), len(shared.rstrip(_RULES)))
    return any(_is_rest(first[end:], one.transport) and _is_rest(second[end:], other.transport) for end in ends)


def _of_author(text: str) -> str:
    """A text without what gateways and their lawyers write around it; never without all of it."""
    paragraphs = re.split(r"\n\s*\n", "\n".join(without_banner(text.strip().split("\n"))))
    while len(paragraphs) > 1 and marks.DISCLAIMER.search(paragraphs[-1]) and "?" not in paragraphs[-1]:
        paragraphs.pop()
    return "\n".join(paragraphs)


def _shared_beginning(one: str, other: str) -> str:
    length = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]


def _is_rest(text: str, transport: Transport) -> bool:
    """Whether this is nothing, or what a list writes below the mail that it carries."""
    if not text:
        return True
    names = any(name in text.lower() for name in transport.lists)
    return _by_list(transport) and len(text) <= _MOST and (names or _RULE.match(text) is not None)


def _squeezed(text: str) -> str:
    """Without blanks and line breaks, which servers change; `>From` is how some of them write `From`."""
    return "".join(text.split()).replace(">From", "From")


def _files(message: Message, raw: bytes) -> list[str]:
    return sorted(hashlib.sha256(_content(raw, part.part)).hexdigest() for part in message.attachments)


def _content(raw: bytes, part: int) -> bytes:
    _, kind, data = attachment(raw, part)
    return data.replace(b"\r\n", b"\n").rstrip(b"\n") if kind.startswith(("text/", "message/")) else data
