"""The mail that somebody passes on: attached as it was, or in the text below the few header lines of mail programs.

Programs differ in the title (Gmail, Apple Mail, Thunderbird, Yahoo, mutt write one, Outlook a rule or nothing), in the
order and the language of the lines, and in whether they mark them with `>`. What is read here is who had written it,
when, about what, and the words. It is the forwarder's word, and proves nothing (design law 23).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.words.message import is_one_of
from helpdesk.mail.read import client_markers as marks
from helpdesk.mail.read import headerblock
from helpdesk.mail.read.attachments import attachment
from helpdesk.mail.read.headers import people
from helpdesk.mail.read.parse import parse
from helpdesk.mail.read.quote import new_text
from helpdesk.person import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from helpdesk.core.words.message import Message

_ATTACHED = ("message/rfc822", "message/global")
_MOST_LINES = 2_000  # in which header lines are looked for
_BLOCK = 14  # lines
_ABOVE = 3  # lines between a title and the header lines
_BARE_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SHOWN = 80  # characters of a date
_MARKED = re.compile(r"^[ \t]{0,3}> ?")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A mail that was passed on. `dated` is its time as it stands there, `above` what the forwarder wrote."""

    author: Person
    subject: str
    dated: str
    text: str
    above: str
    message_id: str = ""


def forwarded(message: Message, raw: bytes, *, ours: Collection[str]) -> Forwarded | None:
    """The mail that this one passes on, the first whose author is none of us; None where there is none."""
    found = _attached(message, raw, ours) or _inline(
        message.text, ours, passed_on=marks.PASSED_ON.match(message.subject) is not None
    )
    if found is None or found.message_id:
        return found
    named = (message.header("X-Forwarded-Message-Id").split() or [*message.in_reply_to, *message.references[-1:]])[:1]
    return Forwarded(found.author, found.subject, found.dated, found.text, found.above, "".join(named))


def passed_on_from(text: str, message: Message, raw: bytes) -> str:
    """The line with which a mail begins that a text passes on: its title, or, if the subject says so, its header lines.

    A mail without words of its own is read in the words of one that is attached. "" where nothing is passed on.
    """
    lines = text.split("\n")[:_MOST_LINES]
    title = next((line for line in lines if marks.FORWARDED.match(line[: marks.MAX_LINE])), "")
    if title or not text:
        return title
    attached = (parse(attachment(raw, part.part)[2]) for part in message.attachments if part.type in _ATTACHED)
    if any(inner.text.strip() == message.text.strip() for inner in attached):
        return next(line for line in lines if line.strip())
    if not marks.PASSED_ON.match(message.subject):
        return ""
    return next((line for at, line in enumerate(lines) if "from" in _block(lines, at, passed_on=True)[0]), "")


def _attached(message: Message, raw: bytes, ours: Collection[str]) -> Forwarded | None:
    for part in message.attachments:
        if part.type not in _ATTACHED:
            continue
        inner = parse(attachment(raw, part.part)[2])
        if inner.sender and not is_one_of(inner.sender.address, ours):
            own = "" if message.text.strip() == inner.text.strip() else new_text(message.text)
            dated = inner.header("Date")[:_SHOWN]
            return Forwarded(inner.sender, inner.subject, dated, inner.text, own, inner.message_id)
    return None


def _inline(text: str, ours: Collection[str], *, passed_on: bool) -> Forwarded | None:
    lines = text.split("\n")
    for at in range(min(len(lines), _MOST_LINES)):
        fields, past = _block(lines, at, passed_on=passed_on)
        author = _person(fields.get("from", ""))
        if author is None or is_one_of(author.address, ours):
            continue
        below = lines[past:]
        if _MARKED.match(lines[at]):
            below = [_MARKED.sub("", line, count=1) for line in below]
        above = new_text("\n".join(_before(lines, at))) if any(line.strip() for line in _before(lines, at)) else ""
        if any(line.strip() for line in below) and _is_title(next(line for line in below if line.strip())):
            below = below[next(place for place, line in enumerate(below) if line.strip()) + 1 :]  # Zoho's comes twice
        words = "\n".join(below).strip()
        return Forwarded(author, fields.get("subject", ""), fields.get("date", "")[:_SHOWN], words, above)
    return None


def _block(lines: list[str], at: int, *, passed_on: bool) -> tuple[dict[str, str], int]:
    """The header lines that begin at a line, by what they are, and where they end; none where no mail begins."""
    fields: dict[str, str] = {}
    past, last = at, ""
    for offset, line in enumerate(lines[at : at + _BLOCK]):
        bare = _bare(line)
        kind = marks.header_kind(bare)
        if kind:
            fields.setdefault(kind, bare.partition(":")[2].strip("* \t") or bare.partition("\uff1a")[2].strip("* \t"))
            past, last = at + offset + 1, kind
        elif not bare or not last or not line[:1].isspace():
            break
        else:  # a line that was wrapped
            fields[last] = f"{fields[last]} {bare}"
            past = at + offset + 1
    if "from" in fields and ({"date", "subject"} & fields.keys()) and (len(fields) > 2 or _is_titled(lines, at)):
        return fields, past
    return _block_by_shape(lines, at, announced=passed_on or _is_titled(lines, at))


def _block_by_shape(lines: list[str], at: int, *, announced: bool) -> tuple[dict[str, str], int]:
    """The same in a language that is not listed: who, first, and when."""
    if not lines[at].strip() or (at and lines[at - 1].strip() and not _is_titled(lines, at)):
        return {}, at
    width = headerblock.block_by_shape(lines, at, announced=announced)
    values = [headerblock.value_of(line) or "" for line in lines[at : at + width]]
    if not width:
        return {}, at
    dated = next((value for value in values[1:] if marks.HAS_DATE.search(value)), "")
    others = [value for value in values[1:] if value != dated and not marks.HAS_ADDRESS.search(value)]
    return {"from": values[0], "date": dated, "subject": others[-1] if others else ""}, at + width


def _is_titled(lines: list[str], at: int) -> bool:
    return any(_is_title(line) for line in lines[max(0, at - _ABOVE) : at])


def _is_title(line: str) -> bool:
    bare = line[: marks.MAX_LINE]
    titles = (
        marks.FORWARDED.match(bare),
        marks.ORIGINAL.match(bare),
        marks.RULE.match(bare),
        headerblock.is_title(bare),
    )
    return any(titles)


def _before(lines: list[str], at: int) -> list[str]:
    """What stands above the header lines at `at`, without the title."""
    first = next((above for above in range(max(0, at - _ABOVE), at) if _is_title(lines[above])), at)
    return lines[:first]


def _bare(line: str) -> str:
    return _MARKED.sub("", line[: marks.MAX_LINE], count=1).strip("* \t\u00a0")


def _person(value: str) -> Person | None:
    """Who stands behind `From:`, however a program writes an address: in brackets, as a link, or bare."""
    linked = re.sub(r"[\[<(]\s*(?:mailto:)?([^\s<>\[\]()]+@[^\s<>\[\]()]+)\s*[\])>]", r" <\1> ", value)
    address = next(iter(_addresses(linked)), None)
    if address is None:
        return None
    name = re.sub(r"<[^<>]*>?", "", linked).replace(address, "").strip("\"'*<>()[] \t,;")
    read = people([f'"{name}" <{address}>'.encode()]) if name else ()
    return read[0] if read else Person(address.lower())


def _addresses(value: str) -> Iterator[str]:
    yield from (found[0] for found in _BARE_ADDRESS.finditer(value))
