"""winmail.dat (TNEF, MS-OXTNEF): the files and the text that Outlook hid in it. Bounded; garbage gives nothing."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from helpdesk.mail.read import rtf
from helpdesk.mail.read.codec import decode
from helpdesk.mail.read.headers import Block, Field
from helpdesk.mail.read.html import to_text
from helpdesk.mail.read.mime import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = b"\x78\x9f\x3e\x22"
_HEAD, _AROUND = 6, 11  # octets: signature and key; level, name, length and checksum of an attribute
_MAX_FILES = 200
_MAX_PROPERTIES = 2_000

# Attributes (MS-OXTNEF 2.1.3.2), the lower two bytes of which name them.
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_RENDERING, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# MAPI properties (MS-OXPROPS).
_LONG_NAME, _SHORT_NAME, _ATTACHED, _MIME_TYPE = 0x3707, 0x3704, 0x3701, 0x370E
_PLAIN_BODY, _HTML_BODY, _RTF_BODY = 0x1000, 0x1013, 0x1009


def parts_of(data: bytes, *, first: int, depth: int) -> list[Part]:
    """The files inside as parts, numbered from `first`."""
    parts: list[Part] = []
    for name, kind, content in _files(data):
        number = first + len(parts)
        fields = (
            Field("Content-Type", (kind or "application/octet-stream").encode("ascii", "replace")),
            Field("Content-Disposition", b'attachment; filename="%s"' % _quotable(name)),
        )
        parts.append(Part(number, depth, Block(fields, 0), content=content))
    return parts


def is_whole(data: bytes) -> bool:
    """Whether this is winmail.dat to its end, so that nothing in it is missing without a word."""
    read = _HEAD + sum(_AROUND + len(value) for _, value in _attributes(data))
    return data.startswith(_SIGNATURE) and not data[read:].strip(b"\r\n\0")


def text_of(data: bytes) -> str:
    """The text of the message inside, not yet cleaned; `""` where there is none that is readable."""
    codec = "cp1252"
    text = ""
    for attribute, value in _attributes(data):
        if attribute == _CODE_PAGE and len(value) >= 4:
            codec = f"cp{struct.unpack_from('<I', value)[0]}"
        elif attribute == _BODY:
            text = text or decode(value.rstrip(b"\0"), codec)[0]
        elif attribute == _MESSAGE_PROPERTIES:
            text = text or _body(dict(_properties(value)), codec)
    return text


def _body(properties: dict[int, bytes | str], codec: str) -> str:
    plain = properties.get(_PLAIN_BODY)
    if plain:
        return plain if isinstance(plain, str) else decode(plain, codec)[0]
    html = properties.get(_HTML_BODY)
    if html:
        return to_text(html if isinstance(html, str) else decode(html, codec)[0])
    packed = properties.get(_RTF_BODY)
    return rtf.text_of(rtf.unpacked(packed)) if isinstance(packed, bytes) else ""


def _quotable(name: str) -> bytes:
    return re.sub(r'["\\\r\n]', "_", name).encode("utf-8", "replace")


def _files(data: bytes) -> Iterator[tuple[str, str, bytes]]:
    name, kind, content, begun = "", "", b"", False
    count = 0
    for attribute, value in _attributes(data):
        if attribute == _RENDERING:
            if begun:
                yield name, kind, content
            count += 1
            if count > _MAX_FILES:
                return
            name, kind, content, begun = "", "", b"", True
        elif attribute == _TITLE:
            name = name or decode(value.rstrip(b"\0"))[0]
        elif attribute == _DATA:
            content = value
        elif attribute == _ATTACHMENT_PROPERTIES:
            properties = dict(_properties(value))
            name = _string(properties.get(_LONG_NAME)) or name or _string(properties.get(_SHORT_NAME))
            kind = _string(properties.get(_MIME_TYPE))
            attached = properties.get(_ATTACHED)
            # An embedded message begins with a 16-byte interface id (MS-OXTNEF 2.1.3.4).
            content = content or (attached if isinstance(attached, bytes) else b"")
    if begun:
        yield name, kind, content


def _string(value: bytes | str | None) -> str:
    return value if isinstance(value, str) else decode(value.rstrip(b"\0"))[0] if value else ""


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    if not data.startswith(_SIGNATURE):
        return
    at = _HEAD
    while at + 9 <= len(data):
        name, length = struct.unpack_from("<HxxI", data, at + 1)
        if at + 9 + length > len(data):
            return
        yield name, data[at + 9 : at + 9 + length]
        at += _AROUND + length  # the checksum is not looked at: a wrong one is no reason to lose the file


_FIXED = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
}
_FIXED[0x0048] = 16


def _properties(data: bytes) -> Iterator[tuple[int, bytes | str]]:
    """MAPI properties with a value of bytes or text; stops at the first that makes no sense."""
    try:
        count = min(struct.unpack_from("<I", data)[0], _MAX_PROPERTIES)
        at = 4
        for _ in range(count):
            kind, name = struct.unpack_from("<HH", data, at)
            at += 4
            if name >= 0x8000:
                at = _past_name(data, at)
            single = kind & 0x0FFF
            many = bool(kind & 0x1000)
            if single in _FIXED:
                repeats = 1
                if many:
                    (repeats,) = struct.unpack_from("<I", data, at)
                    at += 4
                at += _FIXED[single] * min(repeats, len(data))
                continue
            (repeats,) = struct.unpack_from("<I", data, at)
            at += 4
            for _ in range(min(repeats, _MAX_PROPERTIES)):
                (length,) = struct.unpack_from("<I", data, at)
                value = data[at + 4 : at + 4 + length]
                at += 4 + (length + 3) // 4 * 4
                yield name, value.decode("utf-16-le", "replace").rstrip("\0") if single == 0x001F else value
    except struct.error:
        return


def _past_name(data: bytes, at: int) -> int:
    (kind,) = struct.unpack_from("<I", data, at + 16)
    if kind == 0:
        return at + 24
    (length,) = struct.unpack_from("<I", data, at + 20)
    return at + 24 + int(length + 3) // 4 * 4
