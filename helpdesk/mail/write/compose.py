r"""Values to bytes: one mail, ready for the wire, and nothing in it that the letter does not say.

Every header passes one guard: control characters go, what is not plain is encoded, and the finished block is read
again and compared with what was meant (threat C09). The bytes are 7-bit, end lines with CRLF, and no line is longer
than 998 octets (RFC 5322 s2.1.1). Built by hand: `EmailMessage` takes twenty times as long and re-encodes long
Message-IDs (threat C10).
"""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helpdesk.core.words.addresses import address_spec
from helpdesk.mail.read.headers import read_block, text_of
from helpdesk.person import Person

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN_ID = "X-Helpdesk-ID"  # the Message-ID once more: relays that write another one leave this
MAX_LINE = 998
MAX_SUBJECT = 400  # characters
MAX_REFERENCES = 30  # the first and the newest are kept (RFC 5322 s3.6.4 lets nobody need more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one set of readers.

    `to` without an address is nobody, under a name; `reply_to` is a bare address or `""`; `date` is aware;
    `references` runs from the oldest to the newest. `automatic` marks it as RFC 3834 asks; what an agent wrote must
    not carry those marks.
    """

    from_: Person
    to: Person
    subject: str
    message_id: str
    date: datetime
    text: str
    cc: tuple[Person, ...] = ()
    reply_to: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = True
    html: str | None = None


def compose(letter: Letter) -> bytes:
    """The letter as bytes. Raises ValueError for an address, a Message-ID or a header name that cannot be valid."""
    about, body = _content(letter)
    fields = [*_fields(letter), *about]
    _look_again(fields, letter)
    return _head(fields) + body


def guard_holds() -> bool:
    """Whether the guard of header lines works on this interpreter (CVE-2024-6923 and its kin; threat V05)."""
    hostile = "a\nBcc: eve@evil.example =?utf-8?Q?=0ABcc:_eve=40evil.example?="
    person = Person("a@b.example", hostile)
    letter = Letter(
        from_=person,
        to=person,
        subject=hostile,
        message_id="<a@b.example>",
        date=datetime(2026, 1, 1, tzinfo=UTC),
        text=".",
    )
    try:
        names = [field.name.lower() for field in read_block(compose(letter)).fields]
    except ValueError:
        return False
    return "bcc" not in names and len(names) == len(set(names))


# --- headers --------------------------------------------------------------------------------------------------------


def _fields(letter: Letter) -> Iterator[tuple[str, str]]:
    if letter.date.tzinfo is None:
        raise ValueError("date: an aware instant was expected")
    yield "From", _mailbox(letter.from_)
    yield "To", _mailbox(letter.to)
    if letter.cc:
        yield "Cc", ",\r\n ".join(_mailbox(person) for person in letter.cc)
    if letter.reply_to:
        yield "Reply-To", address_spec(letter.reply_to)
    yield "Subject", encoded(letter.subject[:MAX_SUBJECT], used=len("Subject: "))
    yield "Date", _date(letter.date)
    yield "Message-ID", _own_id(letter.message_id)
    yield OWN_ID, _own_id(letter.message_id)
    yield "x-ms-reactions", "disallow"  # Outlook then offers none: a sign under our mail says less than a word
    if _usable_id(letter.in_reply_to):
        yield "In-Reply-To", letter.in_reply_to
    references = _references(letter.references)
    if references:
        yield "References", "\r\n ".join(references)
    if letter.automatic:
        yield from _automatic(letter)


def _automatic(letter: Letter) -> Iterator[tuple[str, str]]:
    # RFC 3834 s5.2: `auto-replied` answers a particular mail. No Precedence: s3.1.8 advises against it.
    yield "Auto-Submitted", "auto-replied" if letter.in_reply_to else "auto-generated"
    yield "X-Auto-Response-Suppress", "All"  # what Exchange looks at (MS-OXCMAIL 2.2.3.2.14)


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def guarded(text: str) -> str:
    """`text` without anything that could end a header line, on any reading of it."""
    return text if text.isascii() and text.isprintable() else _CONTROL.sub(" ", text)


def encoded(text: str, *, used: int) -> str:
    """An unstructured value, folded, behind `used` characters of its first line; RFC 2047 where it is not plain."""
    plain = " ".join(guarded(text).split())
    # What reads like an encoded word is encoded itself, so that no reader decodes it (CVE-2024-6923 and its kin).
    if plain.isascii() and "=?" not in plain and len(plain) + used <= 76:
        return plain
    if plain.isascii() and "=?" not in plain and max(map(len, plain.split(" "))) < MAX_LINE - 100:
        return _folded(plain, used)
    return "\r\n ".join(_words(plain, used))


def _folded(plain: str, used: int) -> str:
    lines, line = [], ""
    room = 76 - used
    for word in plain.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, 75
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _words(text: str, used: int) -> Iterator[str]:
    """RFC 2047 s2: words of at most 75 characters, each of whole characters."""
    octets, at, room = text.encode("utf-8"), 0, (75 - used - 12) // 4 * 3
    while len(octets) - at > room:
        end = at + room
        while octets[end] & 0xC0 == 0x80:  # within a character
            end -= 1
        yield _word(octets[at:end])
        at, room = end, 45
    yield _word(octets[at:])


def _word(octets: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(octets, newline=False).decode('ascii')}?="


_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]*")


def _mailbox(person: Person) -> str:
    name = " ".join(guarded(person.name[:100]).split())
    if not person.address:
        # RFC 5322 s3.4: a group of nobody, under the name of who cannot be written to.
        return "\r\n ".join([*_words(name, 20), ":;"])
    address = address_spec(person.address)
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return "\r\n ".join([*_words(name, 20), f"<{address}>"])
    if _PHRASE.fullmatch(name):
        return f"{name} <{address}>"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>'


_ID = re.compile(r"<[!-;=?-~]{1,900}>")


def _usable_id(message_id: str) -> bool:
    return _ID.fullmatch(message_id) is not None


def _own_id(message_id: str) -> str:
    if not _usable_id(message_id) or "@" not in message_id:
        raise ValueError(f"Message-ID {message_id[:100]!r}: <left@right> was expected")
    return message_id


def _references(ids: tuple[str, ...]) -> list[str]:
    usable = [one for one in dict.fromkeys(ids) if _usable_id(one)]
    return usable if len(usable) <= MAX_REFERENCES else [usable[0], *usable[1 - MAX_REFERENCES :]]


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _date(at: datetime) -> str:
    """RFC 5322 s3.3, in English whatever the locale."""
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S %z}"


# RFC 5322 s2.2.3: printable characters, and line ends only where a line that is not blank goes on behind them.
_ONE_VALUE = re.compile(r"[ -~]*(?:\r\n [!-~][ -~]*)*")


def _look_again(fields: list[tuple[str, str]], letter: Letter) -> None:
    """What a reader will see must be what was meant: no value ends its field, and the subject reads as it was given."""
    values = dict(fields)
    shown, subject = values["Subject"], " ".join(guarded(letter.subject[:MAX_SUBJECT]).split())
    if not all(map(_ONE_VALUE.fullmatch, values.values())) or len(values) != len(fields):
        raise ValueError("a header that nobody can read as another was expected")
    read = shown if shown == subject else text_of(shown.replace("\r\n", "").encode("ascii"))
    if read != subject and read != text_of_meant(subject):
        raise ValueError("the subject reads back differently from what was meant")


def text_of_meant(subject: str) -> str:
    """The subject as our own reader shows it: it strips invisible marks that may stand in a subject."""
    return text_of(f"=?utf-8?b?{binascii.b2a_base64(subject.encode(), newline=False).decode()}?=".encode())


# --- body -----------------------------------------------------------------------------------------------------------


def _content(letter: Letter) -> tuple[list[tuple[str, str]], bytes]:
    """The header fields about the body, and the body."""
    fields, text = _part(letter.text, "plain")
    if letter.html is None:
        return [("MIME-Version", "1.0"), *fields], text
    boundary = _boundary(letter)
    mark = f"--{boundary}".encode("ascii")
    html_fields, html = _part(letter.html, "html")
    parts = (_head(fields) + text, _head(html_fields) + html)
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return [("MIME-Version", "1.0"), ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"')], body


def _head(fields: list[tuple[str, str]]) -> bytes:
    return "".join([f"{name}: {value}\r\n" for name, value in fields]).encode("ascii") + b"\r\n"


def _boundary(letter: Letter) -> str:
    # Neither quoted-printable nor base 64 can hold "=_" (RFC 2045 s6.7); plain text is kept from it by the hash.
    seed = f"{letter.message_id}\0{letter.text}\0{letter.html}".encode("utf-8", "replace")
    return f"=_{hashlib.sha256(seed).hexdigest()[:40]}"


def _part(text: str, kind: str) -> tuple[list[tuple[str, str]], bytes]:
    octets = text.encode("utf-8", "ignore")  # what has no octets is half of a character
    encoding = _encoding(text, octets)
    fields = [("Content-Type", f"text/{kind}; charset=utf-8"), ("Content-Transfer-Encoding", encoding)]
    return fields, _part_body(octets, encoding)


def _encoding(text: str, octets: bytes) -> str:
    if text.isascii() and octets == octets.translate(None, _NO_TEXT) and max(map(len, text.split("\n"))) < _LONG:
        return "7bit"
    beginning = text[:2_000]
    foreign = len(beginning) - len(beginning.encode("ascii", "ignore"))
    return "base64" if foreign * 4 > len(beginning) else "quoted-printable"


_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_NO_TEXT = _CONTROLS + b"\r"  # carriage returns are written at line ends only
_LONG = 900  # a line that is encoded


def _part_body(octets: bytes, encoding: str) -> bytes:
    lines = octets.translate(None, _CONTROLS).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = (lines if lines.endswith(b"\n") else lines + b"\n").replace(b"\n", b"\r\n")
    match encoding:
        case "7bit":
            return data
        case "base64":
            encoded_text = binascii.b2a_base64(data, newline=False)
            return b"\r\n".join(encoded_text[at : at + 76] for at in range(0, len(encoded_text), 76)) + b"\r\n"
        case _:
            return binascii.b2a_qp(data, istext=True)
