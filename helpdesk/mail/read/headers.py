"""The header block: fields cut apart, decoded, and read as people, Message-IDs and dates. Linear, bounded, forgiving.

Limits (threats C01, C02): the first 1,000 fields and 100 KiB of a block are read, what follows is skipped with a word
in `damage`; an address list is read to 64 KiB, every other structured value to 4 KiB.
"""

from __future__ import annotations

import binascii
import re
import string
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from helpdesk.core.words.message import UnreadableText
from helpdesk.mail.read.codec import clean_line, decode
from helpdesk.mail.read.seven_bit import is_marked
from helpdesk.person import Person

MAX_FIELDS = 1_000
MAX_BLOCK = 100 * 1024
MAX_STRUCTURED = 4 * 1024
MAX_ADDRESSES = 64 * 1024

# What can be wrong with a header block. Where one of these holds, another reader may see another header.
CUT = UnreadableText("header block too large: cut")
LEFT_OUT = "a line that is no header field: left out"
NO_BLANK = "no blank line between header and body"

_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")  # RFC 5322 s2.2; s4.5 allows blanks before the colon
# Names that no sentence begins with: by them a header is told from text where the blank line is missing.
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|received|sender|[a-z]{1,20}-[a-z-]{1,40})[ \t]*:",
    re.IGNORECASE,
)
_ABOVE = re.compile(rb"\s{0,400}" + _KNOWN.pattern, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """One header field as it was sent: its name as written, and its value unfolded but not decoded."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """A header block, where the body after it begins, and what was wrong with it."""

    fields: tuple[Field, ...]
    body: int  # offset of the first body byte
    damage: tuple[str, ...] = ()

    def first(self, name: str) -> bytes:
        """The first value of that name (lower case), `b""` where there is none."""
        return next((field.value for field in self.fields if field.name.lower() == name), b"")

    def all(self, name: str) -> list[bytes]:
        """Every value of that name (lower case), in order."""
        return [field.value for field in self.fields if field.name.lower() == name]


def read_block(raw: bytes, start: int = 0, *, stop: int = sys.maxsize) -> Block:
    """The header block from `start` to `stop` at the latest. Blank lines are skipped only above the first header."""
    stop = min(stop, len(raw))
    limit = min(stop, start + MAX_BLOCK)
    fields: list[list[bytes]] = []
    damage: list[str] = []
    at = start
    while at < stop:
        if at >= limit or len(fields) >= MAX_FIELDS:
            return Block(_joined(fields), _after_blank(raw, at, stop), (*damage, CUT))
        newline = raw.find(b"\n", at, stop)
        following = stop if newline < 0 else newline + 1
        line = raw[at : min(following, limit)].rstrip(b"\r\n")
        if not line.strip(b" \t\r"):
            # RFC 5322 s4.2 once allowed a line of blanks alone inside a folded field.
            above = start == 0 and not fields and _ABOVE.match(raw, following) is not None
            inside = bool(fields) and line[:1] in (b" ", b"\t") and _header_follows(raw, following)
            if not (above or inside):
                return Block(_joined(fields), following, tuple(damage))
        elif line[:1] in (b" ", b"\t") and fields:
            fields[-1].append(line)
        elif found := _NAME.match(line):
            fields.append([found[1], line[found.end() :]])
        elif _is_mbox_line(line) and not fields:
            pass  # the envelope line of an mbox file, not part of the mail
        elif _resumes(raw, following, fields):
            damage.append(LEFT_OUT)
            if fields and fields[-1][0].lower() in _GOES_ON:
                fields[-1].append(b" " + line)
        else:
            return Block(_joined(fields), at, (*damage, NO_BLANK))
        at = following
    return Block(_joined(fields), stop, tuple(damage))


def _is_mbox_line(line: bytes) -> bool:
    return line.startswith((b"From ", b">From "))


def _header_follows(raw: bytes, at: int) -> bool:
    return _KNOWN.match(raw, at) is not None


# What a program that forgets to fold leaves in pieces, and where a piece more does no harm: not who wrote it.
_GOES_ON = frozenset((b"subject", b"to", b"cc", b"references", b"in-reply-to"))
_UNFOLDED = 6  # lines at most that are looked at for the next field
_FIELD = re.compile(
    rb"(from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding|references|in-reply-to|"
    rb"reply-to|sender|received|return-path|thread-topic|x-[a-z-]{1,40}|list-[a-z-]{1,20}|dkim-signature)[ \t]*:",
    re.IGNORECASE,
)


def _resumes(raw: bytes, at: int, fields: list[list[bytes]]) -> bool:
    """Whether the header goes on below a few lines that somebody forgot to indent.

    A field that is there already proves nothing: people paste header lines into what they write.
    """
    seen = {field[0].lower() for field in fields} - {b"received"}
    for further in range(_UNFOLDED):
        found = (_FIELD if further else _KNOWN).match(raw, at)
        if found:
            return found[0].rstrip(b" \t:").lower() not in seen
        newline = raw.find(b"\n", at)
        if newline < 0 or not raw[at:newline].strip():
            return False
        at = newline + 1
    return False


def _after_blank(raw: bytes, at: int, stop: int) -> int:
    blank = re.compile(rb"\n\r*\n").search(raw, at, stop)
    return blank.end() if blank else stop


def _joined(fields: list[list[bytes]]) -> tuple[Field, ...]:
    return tuple(Field(lines[0].decode("ascii"), b"".join(lines[1:]).strip()) for lines in fields)


# --- RFC 2047 -------------------------------------------------------------------------------------------------------

# The text may hold stray question marks, as some senders forget to encode them; at most eight, to stay linear.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*+(?:\?(?!=)[^?]*+){0,8})\?=")
_BETWEEN_WORDS = re.compile(r"[ \t\r\n]*")


def text_of(value: bytes) -> str:
    """An unstructured value decoded and on one line (RFC 2047, with the repairs of `codec.decode`)."""
    return clean_line(decode_words(_as_text(value)))


def _as_text(value: bytes) -> str:
    return value.decode("ascii") if value.isascii() and not is_marked(value) else decode(value)[0]


def decode_words(text: str) -> str:
    """`text` with its encoded words decoded; neighbours of one charset are joined before they are decoded."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    pending, charset, at = bytearray(), "", 0
    for word in _WORD.finditer(text):
        gap = text[at : word.start()]
        # RFC 2047 s6.2: white space between two encoded words is not shown.
        adjacent = at > 0 and (not gap or _BETWEEN_WORDS.fullmatch(gap) is not None)
        language_free = word[1].partition("*")[0].lower()  # RFC 2231 s5
        if not (adjacent and language_free == charset):
            pieces.append(decode(bytes(pending), charset)[0] if pending else "")
            pending.clear()
        if not adjacent:
            pieces.append(gap)
        charset = language_free
        pending += _word_bytes(word[2], word[3])
        at = word.end()
    pieces.append(decode(bytes(pending), charset)[0] if pending else "")
    return "".join(pieces) + text[at:]


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return base64_bytes(data) if encoding in "bB" else binascii.a2b_qp(data, header=True)


def base64_bytes(data: bytes) -> bytes:
    """Base 64 decoded as far as it goes: wrong characters are skipped and missing padding is made up."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


_PIECE = 2**16  # octets; what fits into a processor's cache
_PADDING = (b"", b"=", b"==")
_BASE64 = string.ascii_letters.encode() + string.digits.encode() + b"+/"


def base64_size(data: bytes, start: int, end: int) -> int:
    """How many octets `base64_bytes` finds between two places.

    They are counted where all is as it should be, a fifth of the work of decoding, and nothing large is copied.
    """
    letters, padding = 0, b""
    for at in range(start, end, _PIECE):
        piece = data[at : min(at + _PIECE, end)]
        others = piece.translate(None, _BASE64)
        letters, padding = letters + len(piece) - len(others), padding + others.translate(None, b"\r\n")
        if padding not in _PADDING:
            return len(base64_bytes(data[start:end]))
    last = data.rfind(b"=", start, end) + 1 - len(padding) if padding else end
    whole = (letters + len(padding)) % 4 == 0 and data[last:end].rstrip() == padding
    return letters * 3 // 4 if whole else len(base64_bytes(data[start:end]))


# --- parameters -----------------------------------------------------------------------------------------------------

_PARAMETER = re.compile(r';[\s;]*+([^\s=;"]{1,60})\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^;]*+))')
_TOKEN = re.compile(r"[\w.+-]{1,100}(?:/[\w.+-]{1,100})?")


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """A Content-Type or Content-Disposition: its lower-case value and its parameters (RFC 2045 s5.1, RFC 2231)."""
    text = _as_text(value[:MAX_STRUCTURED])
    token = _TOKEN.match(text)
    plain: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(text if ";" in text else ""):
        found = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare.strip().strip('"')
        plain.setdefault(name.lower(), found)
    return (token[0].lower() if token else ""), _extended(plain)


def _extended(plain: dict[str, str]) -> dict[str, str]:
    """RFC 2231: `name*=charset'language'percent-encoded`, and `name*0=`, `name*1*=` to be joined."""
    if not any("*" in name for name in plain):
        return plain
    result = {name: value for name, value in plain.items() if "*" not in name}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in plain.items():
        base, star, rest = name.partition("*")
        number = rest.rstrip("*") or "0"
        if star and number.isascii() and number.isdigit() and len(number) < 4:
            pieces.setdefault(base, {})[int(number)] = (value, name.endswith("*"))
    for base, numbered in pieces.items():
        result[base] = _join_extended([numbered[number] for number in sorted(numbered)])
    return result


def _join_extended(pieces: list[tuple[str, bool]]) -> str:
    charset, data = "", bytearray()
    for position, (value, encoded) in enumerate(pieces):
        rest = value
        if encoded and position == 0 and value.count("'") >= 2:
            charset, _, rest = value.split("'", 2)
        octets = rest.encode("utf-8", "surrogateescape")
        data += _percent(octets) if encoded else octets
    return decode(bytes(data), charset)[0]


def _percent(octets: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), octets)


# --- people ---------------------------------------------------------------------------------------------------------

# RFC 5321 s4.5.3.1: 64 octets, the @, and 255. What is longer names nobody, and is shown as it was written.
MAX_ADDRESS = 320

_LEXEME = re.compile(r'"((?:[^"\\]|\\.)*+)"|<([^<>]*+)>|([(),:;"<>\\])|([^(),:;"<>\\]++)')


def people(values: list[bytes]) -> tuple[Person, ...]:
    """Every mailbox of these address lists, in order; groups are opened, what is no address is left out."""
    found: list[Person] = []
    for value in values:
        found += _mailboxes(_as_text(value[:MAX_ADDRESSES]))
    return tuple(found)


def people_as_read(values: list[bytes]) -> tuple[Person, ...]:
    """Whom a person reads in address lists that name nobody, such as one that is a single encoded word.

    What was decoded is no address to any server, and so it proves nothing of who wrote (threat A02).
    """
    if people(values):
        return ()
    return tuple(person for value in values for person in _mailboxes(text_of(value[:MAX_ADDRESSES])))


def _mailboxes(text: str) -> list[Person]:
    if found := _simple(text):
        return [found]
    result: list[Person] = []
    phrase, comment = _Phrase(), []
    address, depth = "", 0
    for quoted, angle, mark, plain in _LEXEME.findall(text):
        if depth or mark == "(":
            depth += {"(": 1, ")": -1}.get(mark, 0)
            comment.append(quoted or angle or plain)
        elif mark in {",", ";"}:
            result += _mailbox(phrase, address, "".join(comment))
            phrase, comment, address = _Phrase(), [], ""
        elif mark == ":" and _LINKED.search(phrase.spelled):
            phrase = _Phrase(_LINKED.sub("[", phrase.shown), _LINKED.sub("[", phrase.spelled))
        elif mark == ":":
            phrase = phrase.with_text(":") if "@" in phrase.shown else _Phrase()  # a group (RFC 5322 s3.4)
        elif mark == "<":
            phrase = phrase.with_text("<")  # nothing closes it
        elif angle:
            address = angle if "@" in angle or not address else address
        else:
            phrase = phrase.with_quoted(quoted) if quoted else phrase.with_text(plain)
    return result + _mailbox(phrase, address, "".join(comment))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What stands in a list of addresses outside of angle brackets: as it is shown, and as an address spells it."""

    shown: str = ""
    spelled: str = ""

    def with_text(self, text: str) -> _Phrase:
        return _Phrase(self.shown + text, self.spelled + text) if len(self.spelled) < _LONGEST_PHRASE else self

    def with_quoted(self, text: str) -> _Phrase:
        if len(self.spelled) >= _LONGEST_PHRASE:
            return self
        bare = re.sub(r"\\(.)", r"\1", text)
        return _Phrase(self.shown + bare, self.spelled + (bare if _PLAIN_LOCAL.fullmatch(bare) else f'"{text}"'))


_LONGEST_PHRASE = 4 * MAX_ADDRESS  # characters; what goes on for longer names nobody, and is not put together for ever
_LINKED = re.compile(r"\[\s*mailto\s*$", re.IGNORECASE)  # "Jo Park [mailto:jo@acme.example]", as Outlook writes it

_SIMPLE = re.compile(
    r'\s*(?:"([^"\\]*+)"|([^"\\(),:;<>@\[\]]*+))\s*<([^\s"\\(),:;<>@\[\]]++@[^\s"\\(),:;<>@\[\]]++)>\s*'
)


def _simple(text: str) -> Person | None:
    """The one form that nearly every mail has, without the tokeniser: `Name <local@domain>`."""
    found = _SIMPLE.fullmatch(text)
    if not found or not _ORDINARY.fullmatch(found[3]):
        return None
    return Person(found[3].lower(), _name(found[1] or found[2] or ""))


_ORDINARY = re.compile(rf"[!-&(-~]{{3,{MAX_ADDRESS}}}")  # the rest is looked at more closely
_PLAIN_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\]\\]+")  # what needs no quotes to hold together
_SPELLED = re.compile(r'\s*"((?:[^"\\]|\\.)*+)"\s*@\s*([^\s"]++)\s*', re.DOTALL)
_WRAPPED = {"''", "[]"}  # what mail programs put around an address; none both begins and ends with it
_ROUTE = re.compile(r"@[^:]*:|mailto:", re.IGNORECASE)  # RFC 5322 s4.4: a route says nothing about who it is


def _mailbox(phrase: _Phrase, angle: str, comment: str) -> list[Person]:
    if not angle and "@" not in phrase.spelled:
        return []
    name, address = (phrase.shown, angle) if angle else _taken_apart(phrase.spelled, comment)
    address = _address(address)
    return [Person(address, _name(name))] if address else []


def _taken_apart(spelled: str, comment: str) -> tuple[str, str]:
    """The name and the address where no angle brackets tell them apart, or nothing closes them."""
    before, opened, behind = spelled.rpartition("<")
    if opened and "@" in behind:
        return before, behind
    if _SPELLED.fullmatch(spelled):
        return comment, spelled
    words = re.sub(r"\s*@\s*", "@", spelled).split()
    named = [word for word in words if "@" in word]
    if len(named) != 1:
        return comment, ""  # two of them: nobody can tell which is the name
    return " ".join(word for word in words if word is not named[0]) or comment, named[0]


def _address(spelled: str) -> str:
    """The bare address, lower case; "" where it is none, or longer than any can be."""
    quoted = _SPELLED.fullmatch(_ROUTE.sub("", spelled, count=1))
    if quoted:
        bare = re.sub(r"\\(.)", r"\1", clean_line(quoted[1]))
        escaped = bare.replace("\\", "\\\\").replace('"', '\\"')
        local = bare if _PLAIN_LOCAL.fullmatch(bare) else f'"{escaped}"'
        found = f"{local}@{clean_line(quoted[2])}"
    else:
        found = re.sub(r"\s+", "", clean_line(spelled))
        found = _ROUTE.sub("", found, count=1) if _ROUTE.match(found) else found
        if found[:1] + found[-1:] in _WRAPPED:
            found = found[1:-1]
    found = found.lower()
    local, _, domain = found.rpartition("@")
    torn = '"' in found and not quoted
    return found if local and domain and not torn and len(found) <= MAX_ADDRESS else ""


def _name(text: str) -> str:
    return clean_line(decode_words(" ".join(text.split()))).strip("'\" ")


_IN_ANGLES = re.compile(r"<[^<>]*+>")
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,"]')


def address_text(value: bytes) -> str:
    """An address header decoded for showing, in such a way that a decoded word cannot become an address.

    `=?utf-8?q?=3Cann=40desk=3E?= <eve@else>` must not read `<ann@desk> <eve@else>` (threat A02): a decoded word with
    a special character is shown in quotes.
    """
    text = _as_text(value)
    if "=?" not in text:
        return clean_line(text)
    pieces, at = [], 0
    for angle in _IN_ANGLES.finditer(text):
        pieces += [_quoted_words(text[at : angle.start()]), angle[0]]
        at = angle.end()
    return clean_line("".join(pieces) + _quoted_words(text[at:]))


def _quoted_words(text: str) -> str:
    decoded = decode_words(text)
    if decoded == text or not _SPECIALS.search(_WORD.sub("", decoded)):
        return decoded
    bare = decoded.replace('"', "").replace("\\", "").strip()
    return f' "{bare}" '


# --- Message-IDs and dates ------------------------------------------------------------------------------------------

_ID = re.compile(r"<[^<>\s]{1,998}>")
_BARE_ID = re.compile(r"[^<>\s,;@]{1,500}@[^<>\s,;@]{1,490}")  # some programs leave the brackets out
_BARE_IDS = re.compile(rf"[\s,;]*(?:{_BARE_ID.pattern}(?:[\s,;]+|$))+")
MAX_IDS = 200
MAX_ID = 2_000  # bytes: more than a line may have (RFC 5322 section 2.1.1), less than an index takes


def message_ids(values: list[bytes]) -> tuple[str, ...]:
    """The Message-IDs in these values, in angle brackets; the last `MAX_IDS`, as the newest stand last."""
    text = " ".join(_as_text(value[:MAX_ADDRESSES]) for value in values)
    if "=?" in text:
        text = decode_words(text)  # some mail programs encode long ids (threat C10)
    ids = _ID.findall(text)
    if not ids and _BARE_IDS.fullmatch(text):
        ids = [f"<{one}>" for one in _BARE_ID.findall(text)]
    found = dict.fromkeys(clean_line(one) for one in ids)
    return tuple(one for one in found if len(one.encode()) <= MAX_ID)[-MAX_IDS:]


def date_of(value: bytes) -> datetime | None:
    """The sender's claim of when, as an aware UTC instant; None where it says nothing sensible."""
    try:
        parts = parsedate_tz(_as_text(value[:200]))
        if parts is None or (parts[0] < 1970):
            return None
        zone = timezone(timedelta(seconds=parts[9] or 0))
        return datetime(*parts[:6], tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
