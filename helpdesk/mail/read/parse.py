"""Any bytes at all become a `Message`; what had to be repaired stands in its `damage`.

`parse` raises nothing, takes linear time and does no I/O. Limits are those of `headers` (fields), `mime` (parts and
levels) and `body` (text). Attachments are listed, not copied: `attachment` cuts one out of the raw mail.
"""

# ruff: noqa: SIM905  a list of words reads best as words

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.core.words.message import FirstText, Message, Robot, UnreadableText
from helpdesk.mail.read import quote, robots
from helpdesk.mail.read.attachments import attachment, expanded, listed
from helpdesk.mail.read.body import Body, read_body
from helpdesk.mail.read.codec import charset_of, clean, decode, utf8_from
from helpdesk.mail.read.headers import Block, address_text, date_of, message_ids, people, people_as_read, text_of
from helpdesk.mail.read.mime import Tree, read_tree
from helpdesk.mail.read.transport import transport

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["attachment", "parse"]

MAX_SUBJECT = 1_000  # characters
MAX_TEXT_UNREAD = 20_000  # characters shown of a mail that could not be taken apart
_ADDRESS_HEADERS = frozenset(
    "from sender reply-to to cc bcc resent-from resent-to resent-cc return-path delivered-to x-original-to".split()
)


def parse(raw: bytes) -> Message:
    """The message that these bytes are. Never raises."""
    try:
        return _parse(raw)
    except Exception as error:  # noqa: BLE001  a defect of ours must not cost a customer's mail: it opens a case all the same
        return _unread(raw, UnreadableText(f"could not be taken apart ({type(error).__name__}): shown as it came"))


def _parse(raw: bytes) -> Message:
    tree = expanded(read_tree(raw))
    body = read_body(tree)
    message = _message(_header(tree), tree, body)
    return _with_robot(message, tree)


def _header(tree: Tree) -> Block:
    """The header; a subject that no charset is said of is in that of the text, for its own bytes are too few to tell.

    Fields with addresses stay as they came: in some charsets `@` is half of a letter, and somebody else had written.
    """
    block = tree.root.block
    if all(field.value.isascii() for field in block.fields):
        return block
    text = next((part for part in tree.parts if part.type.startswith("text/")), None)
    codec = charset_of(tree.body(text), text.parameters.get("charset", "")) if text else ""
    if not codec:
        return block
    fields = (
        replace(field, value=utf8_from(field.value, codec)) if field.name.lower() == "subject" else field
        for field in block.fields
    )
    return replace(block, fields=tuple(fields))


def _message(block: Block, tree: Tree, body: Body) -> Message:
    subject = text_of(block.first("subject"))[:MAX_SUBJECT]
    ids = message_ids(block.all("message-id")[:1])
    answered, named = message_ids(block.all("in-reply-to")), message_ids(block.all("references"))
    reply, first = _new_words(body.text, subject, answers=bool(answered or named))
    return Message(
        message_id=ids[0] if ids else "",
        senders=people(block.all("from")),
        written_from=people_as_read(block.all("from")),
        sent_by=people(block.all("sender")),
        reply_to=people(block.all("reply-to")),
        to=people(block.all("to")),
        cc=people(block.all("cc")),
        subject=subject,
        date=date_of(block.first("date")),
        text=body.text,
        reply=reply,
        first=first,
        in_reply_to=answered,
        references=named,
        delivered_to=_delivered_to(block),
        attachments=listed(tree, body.attachments, frozenset(body.inline)),
        headers=tuple(_shown_headers(block)),
        damage=tuple(dict.fromkeys([*tree.damage, *body.damage])),
    )


def _new_words(text: str, subject: str, *, answers: bool) -> tuple[str, FirstText | None]:
    if answers:
        return quote.new_text(text, subject=subject), None
    return quote.new_and_first_text(text, subject=subject)


def _with_robot(message: Message, tree: Tree) -> Message:
    message = replace(message, transport=transport(message))
    found: Robot | None = robots.robot(message, tree)
    return replace(message, robot=found) if found else message


def _delivered_to(block: Block) -> tuple[str, ...]:
    values = [*block.all("delivered-to"), *block.all("x-original-to"), *block.all("envelope-to")]
    return tuple(dict.fromkeys(person.address for person in people(values)))


def _shown_headers(block: Block) -> Iterable[tuple[str, str]]:
    for field in block.fields:
        shown = address_text if field.name.lower() in _ADDRESS_HEADERS else text_of
        yield field.name, shown(field.value)


_SUBJECT = re.compile(rb"^subject:([^\r\n]{0,500})", re.IGNORECASE | re.MULTILINE)
_FROM = re.compile(rb"^from:([^\r\n]{0,500})", re.IGNORECASE | re.MULTILINE)


def _unread(raw: bytes, why: UnreadableText) -> Message:
    head = raw[:MAX_TEXT_UNREAD]
    subject, sender = _SUBJECT.search(head), _FROM.search(head)
    text = clean(decode(head)[0])
    return Message(
        senders=people([sender[1]]) if sender else (),
        subject=text_of(subject[1]) if subject else "",
        text=text,
        reply=text,
        damage=(why,),
    )
