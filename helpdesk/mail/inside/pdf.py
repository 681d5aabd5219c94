"""The text inside a PDF, for looking through it: not its looks, not its pictures, and never at any price.

A reader of its own, because a stranger's PDF must not hold the desk up: one pass finds the objects, at most
`MAX_EXPANDED` octets come out of its streams, at most `MAX_CONTENT` of them are read as text, and no reference is
followed further than from a page to its fonts. Letters are read by the fonts' ToUnicode tables (ISO 32000-1
s9.10.3), without one as Windows-1252. What is encrypted has no text here.
"""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_OBJECTS = 20_000
MAX_HEAD = 16 * 1024  # octets of an object before its stream
MAX_STREAM = 1_000_000  # octets out of one stream
MAX_EXPANDED = 4_000_000  # octets out of all
MAX_CONTENT = 500_000  # octets that are read for text
MAX_LETTERS = 200_000  # of all ToUnicode tables
MAX_PAGES = 500


def text_of_pdf(data: bytes) -> str:
    """The text, a line where the text moves down; "" where there is none to be had."""
    if b"%PDF" not in data[:1024]:
        return ""
    file = _File(data)
    fonts = {number: _letters(file, one) for number, one in file.objects.items() if _is_font(one.head)}
    heads = b"\n".join(one.head for one in file.objects.values())
    everywhere = dict(_named_fonts(heads, fonts))
    pages = _fonts_by_stream(file, fonts)
    left, texts = MAX_CONTENT, list(_filled_in(heads))
    for number, one in file.objects.items():
        content = _content(file, one)
        if content and left > 0:
            texts.append(_read(content[:left], {**everywhere, **pages.get(number, {})}))
            left -= len(content)
    text = "\n".join(texts)
    # A move along the line is a space to some programs and a kerning to others: both readings are looked through.
    return f"{text.replace(_MOVED, ' ')}\n{text.replace(_MOVED, '')}" if _MOVED in text else text


# --- objects (ISO 32000-1 s7.3, s7.5.7) ----------------------------------------------------------------------


@dataclass(slots=True)
class _Object:
    """One object: what stands before its stream, and where the stream lies."""

    head: bytes
    start: int = 0
    end: int = 0


_BEGINS = re.compile(rb"(?<!\d)(\d{1,7})[ \t\r\n]{1,4}\d{1,5}[ \t\r\n]{1,4}obj\b")
_HEAD_ENDS = re.compile(rb"\bstream\r?\n|\bendobj\b")


@dataclass(slots=True)
class _File:
    data: bytes
    objects: dict[int, _Object] = field(default_factory=dict)
    left: int = MAX_EXPANDED
    letters_left: int = MAX_LETTERS
    tables: dict[int, dict[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._find()
        for one in list(self.objects.values()):
            if b"/ObjStm" in one.head:
                self._unpack(one)

    def _find(self) -> None:
        data, at = self.data, 0
        while len(self.objects) < MAX_OBJECTS and (begins := _BEGINS.search(data, at)):
            start = begins.end()
            ends = _HEAD_ENDS.search(data, start, start + MAX_HEAD)
            head_end = ends.start() if ends else min(len(data), start + MAX_HEAD)
            one = _Object(data[start:head_end])
            at = ends.end() if ends else head_end
            if ends and ends[0].startswith(b"stream"):
                end = data.find(b"endstream", at)
                one.start, one.end = at, end if end >= 0 else len(data)
                at = one.end
            self.objects[int(begins[1])] = one

    def _unpack(self, packed: _Object) -> None:
        """The objects inside an object stream: pairs of number and place, then the objects themselves."""
        first = _number(packed.head, b"First")
        content = self.stream(packed)
        pairs = [int(word[:9]) for word in content[:first].split() if word.isdigit()][: 2 * MAX_OBJECTS]
        places = pairs[1::2]
        at = 0
        for number, place, end in zip(pairs[::2], places, [*places[1:], len(content) - first], strict=False):
            if at <= place < end and len(self.objects) < MAX_OBJECTS:  # in order, as written: nothing is read twice
                self.objects.setdefault(number, _Object(content[first + place : first + end][:MAX_HEAD]))
                at = end

    def stream(self, one: _Object) -> bytes:
        """The stream's octets, expanded as far as they may be."""
        if self.left <= 0 or one.end <= one.start:
            return b""
        packed = self.data[one.start : min(one.end, one.start + MAX_STREAM)]
        content = _expanded(packed, one.head, min(MAX_STREAM, self.left))
        self.left -= max(len(content), len(packed) // 4, 500)  # what expands to nothing takes its time, too
        return content

    def table(self, number: int) -> dict[int, str]:
        """The ToUnicode table that is this object, read once."""
        if number not in self.tables:
            one = self.objects.get(number)
            self.tables[number] = _table(self.stream(one), self.letters_left) if one else {}
            self.letters_left -= len(self.tables[number])
        return self.tables[number]


def _number(head: bytes, key: bytes) -> int:
    found = re.search(rb"/" + key + rb"\s{0,4}(\d{1,9})", head)
    return int(found[1]) if found else 0


def _expanded(data: bytes, head: bytes, limit: int) -> bytes:
    try:
        if b"/ASCII85Decode" in head or b"/A85" in head:
            data = base64.a85decode(data.strip().removesuffix(b"~>"))
        if b"/FlateDecode" in head or b"/Fl " in head:
            return zlib.decompressobj().decompress(data.lstrip(b"\r\n"), limit)
    except (zlib.error, ValueError):
        return b""
    return data[:limit] if b"/Filter" not in head or b"/ASCII85Decode" in head else b""


# --- fonts (ISO 32000-1 s9.10.3) ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Letters:
    """How a font's codes read: how many octets each has, and what is known of them."""

    width: int = 1
    known: Mapping[int, str] = field(default_factory=dict)

    def read(self, codes: bytes) -> str:
        if not self.known and self.width == 1:
            return codes.decode("cp1252", "replace")
        width = self.width
        numbers = (int.from_bytes(codes[at : at + width], "big") for at in range(0, len(codes), width))
        return "".join(self.known.get(number, chr(number) if width == 1 else "") for number in numbers)


def _is_font(head: bytes) -> bool:
    return (b"/Font" in head and b"/BaseFont" in head) or b"/ToUnicode" in head or b"/Type3" in head


_TO_UNICODE = re.compile(rb"/ToUnicode\s{1,4}(\d{1,7})\s{1,4}\d")


def _letters(file: _File, font: _Object) -> _Letters:
    wide = 2 if b"/Type0" in font.head else 1
    points_at = _TO_UNICODE.search(font.head)
    return _Letters(wide, file.table(int(points_at[1]))) if points_at else _Letters(wide)


_CODES = re.compile(rb"<([0-9A-Fa-f\s]{1,400})>|(\[)|(\])")


def _table(content: bytes, limit: int) -> dict[int, str]:
    """What a ToUnicode table says, at most `limit` codes of it."""
    known: dict[int, str] = {}
    for section in content.split(b"beginbf")[1:]:
        kind, (body, _, _) = section[:5], section.partition(b"endbf")
        if kind.startswith(b"char"):
            codes = [found[1] for found in _CODES.finditer(body) if found[1]]
            known.update((_code(code), _from_hex(text)) for code, text in zip(codes[::2], codes[1::2], strict=False))
            limit -= len(codes)
        elif kind == b"range":
            limit -= _ranges(body, known, limit)
        if limit <= 0:
            break
    return known


def _ranges(body: bytes, known: dict[int, str], limit: int) -> int:
    """`<first> <last> <letter>`, counted on from it, or `<first> <last> [<letter> <letter> ...]`; how many codes."""
    waiting: list[bytes] = []
    listed: int | None = None
    count = 0
    for found in _CODES.finditer(body):
        count += 1
        if found[2]:
            listed = 0
        elif found[3]:
            waiting, listed = [], None
        elif listed is not None and len(waiting) == 2:
            known[_code(waiting[0]) + listed] = _from_hex(found[1])
            listed += 1
        else:
            waiting.append(found[1])
            if len(waiting) == 3:
                count += _count_on(waiting, known, limit - count)
                waiting = []
        if count >= limit:
            break
    return count


def _count_on(range_: list[bytes], known: dict[int, str], limit: int) -> int:
    """Fill in a range, at most `limit` of it; returns how many codes it has."""
    begins, last, text = _code(range_[0]), _code(range_[1]), _from_hex(range_[2])
    count = max(0, min(last - begins + 1, limit, 0x10000))
    for step in range(count if text else 0):
        known[begins + step] = text[:-1] + chr(min(ord(text[-1]) + step, 0xFFFD))
    return count


def _code(digits: bytes) -> int:
    return int(b"".join(digits.split())[:8] or b"0", 16)


def _from_hex(digits: bytes) -> str:
    whole = b"".join(digits.split())
    return bytes.fromhex(whole[: len(whole) // 2 * 2].decode("ascii")).decode("utf-16-be", "ignore")


_NAMED = re.compile(rb"/([^\s/<>\[\]()]{1,60})\s{1,4}(\d{1,7})\s{1,4}\d{1,5}\s{1,4}R")
_POINTS_AT = re.compile(rb"/(?:Resources|Font)\s{0,4}(\d{1,7})\s{1,4}\d{1,5}\s{1,4}R")
_CONTENTS = re.compile(rb"/Contents\s{0,4}(?:(\d{1,7})\s{1,4}\d{1,5}\s{1,4}R|\[([^\]]{0,8000})\])")
_REFERENCE = re.compile(rb"(\d{1,7})\s{1,4}\d{1,5}\s{1,4}R")


def _named_fonts(head: bytes, fonts: Mapping[int, _Letters]) -> Iterator[tuple[bytes, _Letters]]:
    for name, number in _NAMED.findall(head):
        if int(number) in fonts:
            yield name, fonts[int(number)]


def _fonts_by_stream(file: _File, fonts: Mapping[int, _Letters]) -> dict[int, dict[bytes, _Letters]]:
    """The fonts of each page's content, by the number of its stream; those of a form by its own."""
    found: dict[int, dict[bytes, _Letters]] = {}
    pages = 0
    for number, one in file.objects.items():
        contents = _CONTENTS.search(one.head)
        if contents is None and not _is_form(one.head):
            continue
        pages += 1
        if pages > MAX_PAGES:
            break
        mine = dict(_named_fonts(_with_resources(file, one.head), fonts))
        streams = _REFERENCE.findall(contents[2] or contents[0]) if contents else [b"%d" % number]
        for stream in streams[:20]:
            found[int(stream)] = mine
    return found


def _with_resources(file: _File, head: bytes) -> bytes:
    """An object's head with those of the resources and of the list of fonts that it points at."""
    near = [file.objects[int(n)].head for n in _POINTS_AT.findall(head)[:2] if int(n) in file.objects]
    further = [file.objects[int(n)].head for one in near for n in _POINTS_AT.findall(one)[:2] if int(n) in file.objects]
    return b" ".join([*further, *near, head])


def _is_form(head: bytes) -> bool:
    return (b"/Form" in head and b"/XObject" in head) or b"/Subtype/Form" in head or b"/Subtype /Form" in head


# --- content (ISO 32000-1 s9.4) ----------------------------------------------------------------------

_NO_CONTENT = (
    b"/ObjStm",
    b"/XRef",
    b"/Image",
    b"/FontFile",
    b"/Length1",
    b"/CIDFontType0C",
    b"/Metadata",
    b"/ICCBased",
)


def _content(file: _File, one: _Object) -> bytes:
    """The stream, if it is one that shows text."""
    if one.end <= one.start or any(mark in one.head for mark in _NO_CONTENT):
        return b""
    content = file.stream(one)
    return content if b"BT" in content and b"Tf" in content else b""


_STRING = rb"\((?:[^()\\]++|\\[\s\S]|\((?:[^()\\]++|\\[\s\S])*+\))*+\)"
_TOKEN = re.compile(
    rb"(" + _STRING + rb")|<([0-9A-Fa-f\s]*+)>|/([^\s/<>\[\](){}%]++)|([-+]?(?:\d++\.?\d*+|\.\d++))|([A-Za-z'\"*]++)"
)
_MOVED = "\x1f"
_GAP = -180  # thousandths of an em that an array moves on between two words, and not between two letters
_MAX_OPERANDS = 4_000


def _read(content: bytes, fonts: Mapping[bytes, _Letters]) -> str:
    said: list[str] = []
    shown: list[bytes | float] = []
    font, name, height = _Letters(), b"", 0.0
    for string, digits, named, number, operator in _TOKEN.findall(content):
        if operator:
            numbers = [one for one in shown if isinstance(one, float)]
            if operator == b"Tf":
                font = fonts.get(name, _Letters())
            elif operator in {b"Td", b"TD", b"Tm"} and numbers:
                moved = numbers[-1] != (height if operator == b"Tm" else 0)
                height = numbers[-1] if operator == b"Tm" else height
                said.append("\n" if moved else _MOVED)
            elif operator in {b"T*", b"ET"}:
                said.append("\n")
            elif operator in {b"Tj", b"TJ", b"'", b'"'}:
                said += ["\n"] * (operator in {b"'", b'"'})
                said += [font.read(one) if isinstance(one, bytes) else " " * (one < _GAP) for one in shown]
            shown = []
        elif named:
            name = named
        elif number:
            shown.append(float(number[:20]))
        else:
            shown.append(_literal(string[1:-1]) if string else _hexadecimal(digits))
        if len(shown) > _MAX_OPERANDS:
            shown = []
    return re.sub(r"\n{2,}", "\n", "".join(said))


_FILLED_IN = re.compile(rb"/(?:V|Contents)\s{0,4}(" + _STRING + rb")")


def _filled_in(heads: bytes) -> Iterator[str]:
    """What was typed into a form's fields and into notes."""
    for string in _FILLED_IN.findall(heads)[:2_000]:
        inside = _literal(string[1:-1])
        yield (
            inside[2:].decode("utf-16-be", "ignore")
            if inside[:2] == b"\xfe\xff"
            else inside.decode("cp1252", "replace")
        )


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b""}
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S])")


def _literal(inside: bytes) -> bytes:
    if b"\\" not in inside:
        return inside
    return _ESCAPE.sub(lambda found: _escaped(found[1]), inside)


def _escaped(code: bytes) -> bytes:
    if code[:1].isdigit() and code[:1] < b"8":
        return bytes([int(code, 8) & 255])
    return _ESCAPES.get(code[:1], code)


def _hexadecimal(digits: bytes) -> bytes:
    whole = b"".join(digits.split())
    return bytes.fromhex((whole + b"0" * (len(whole) % 2)).decode("ascii"))
