"""Charsets that write Japanese, Korean and Chinese in seven bits: ISO-2022-JP, -KR and -CN, and HZ.

Their bytes are all ASCII, so that they pass for good UTF-8 and a missing or wrong charset goes unnoticed. Escape
sequences give the first three away (RFC 1468, 1557, 1922), `~{` and `~}` the last (RFC 1843). What vendors have put
into the empty rows of the Japanese standard, such as digits in circles and one-letter names of companies, is read as
Windows does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ESCAPE = 0x1B
_SHIFT_OUT, _SHIFT_IN = 0x0E, 0x0F

_ESCAPES = {
    b"(B": "ascii",
    b"(J": "ascii",  # JIS X 0201: two signs differ
    b"(H": "ascii",  # a mistake of old programs
    b"(I": "katakana",
    b"$@": "jis",
    b"$B": "jis",
    b"$(@": "jis",
    b"$(B": "jis",
    b"$(D": "jis supplement",
    b"$A": "gb",
    b"$(A": "gb",
    b"$(C": "korean",
}
_SHIFTED = {b"$)A": "gb", b"$)C": "korean"}  # what stands between SO and SI
_SEQUENCE = re.compile(rb"\x1b(\$\)[AC]|\$\([@ABCD]|\$[@AB]|\([BHIJ])|([\x0e\x0f])|(\r?\n)")
_TELLS = re.compile(rb"\x1b(?:\$\)[AC]|\$\([@ABCD]|\$[@AB]|\([IJ])")

_HZ = re.compile(rb"~\{((?:[\x21-\x77][\x21-\x7e])+)~\}")
_HZ_SEQUENCE = re.compile(rb"~(?:\{((?:[\x21-\x77][\x21-\x7e])*)(?:~\}|(?=\r?\n|\Z))|\n|~)")
_COMMON = range(0x30, 0x58)  # lead bytes of the characters in daily use; below stand signs
_FEWEST = 2
_SURE = 0.85


def is_marked(data: bytes) -> bool:
    """Whether these bytes can be in a charset of seven bits; cheap, for every text asks."""
    return (_ESCAPE in data or b"~{" in data) and data.isascii()


def decode_marked(data: bytes) -> str | None:
    """The text of bytes in ISO-2022 or HZ, found by their marks; None where they hold none, or make no sense so."""
    if not is_marked(data):
        return None
    if _TELLS.search(data):
        return decode_escaped(data)
    return _unhz(data) if _reads_as_hz(data) else None


def decode_escaped(data: bytes) -> str | None:
    """ISO-2022-JP, -KR or -CN with all that vendors write into it; None where a character is none."""
    pieces: list[str] = []
    current, shifted, inside = "ascii", "korean", False
    at = 0
    for found in _SEQUENCE.finditer(data):
        piece = _text(data[at : found.start()], shifted if inside else current)
        if piece is None:
            return None
        pieces.append(piece)
        at = found.end()
        sequence, shift, line_end = found.groups()
        if line_end:
            pieces.append(line_end.decode("ascii"))
            current, inside = "ascii", False  # RFC 1468, 1557: each line begins anew
        elif shift:
            inside = shift[0] == _SHIFT_OUT
        elif sequence in _SHIFTED:
            shifted = _SHIFTED[sequence]
        else:
            current = _ESCAPES[sequence]
    last = _text(data[at:], shifted if inside else current)
    return None if last is None else "".join([*pieces, last])


def _text(data: bytes, charset: str) -> str | None:
    try:
        return _READERS[charset](data) if data else ""
    except (UnicodeError, ValueError):
        return None


def _spaced(data: bytes) -> str:
    """Korean programs leave spaces between SO and SI."""
    return " ".join(_high(word).decode("cp949") for word in data.split(b" "))


def _high(data: bytes) -> bytes:
    return bytes(byte | 0x80 for byte in data)


def _shifted_jis(data: bytes) -> bytes:
    """Pairs of JIS X 0208 as Windows encodes them, which has the vendors' rows too."""
    if len(data) % 2:
        raise ValueError("half a character")
    shifted = bytearray()
    for high, low in zip(data[::2], data[1::2], strict=True):
        if not (0x21 <= high <= 0x7E and 0x21 <= low <= 0x7E):
            raise ValueError("not a pair of the standard")
        lead = (high + 1) // 2 + (0x70 if high < 0x5F else 0xB0)
        trail = low + (0x7E if high % 2 == 0 else 0x20 if low >= 0x60 else 0x1F)
        shifted += bytes((lead, trail))
    return bytes(shifted)


def _supplement(data: bytes) -> str:
    """Pairs of JIS X 0212."""
    return b"".join(b"\x8f" + _high(data[at : at + 2]) for at in range(0, len(data), 2)).decode("euc_jp")


_READERS: dict[str, Callable[[bytes], str]] = {
    "ascii": lambda data: data.decode("ascii"),
    "katakana": lambda data: _high(data).decode("cp932"),
    "jis": lambda data: _shifted_jis(data).decode("cp932"),
    "jis supplement": _supplement,
    "gb": lambda data: _high(data).decode("gb18030"),
    "korean": _spaced,
}


def _reads_as_hz(data: bytes) -> bool:
    """Whether what stands in the brackets of HZ is Chinese: nearly all of it characters in daily use, or signs."""
    leads = [lead for found in _HZ.finditer(data) for lead in found[1][::2]]
    characters = [lead for lead in leads if lead >= _COMMON.start]
    return len(characters) >= _FEWEST and sum(lead in _COMMON for lead in characters) >= _SURE * len(characters)


def _unhz(data: bytes) -> str | None:
    pieces: list[str] = []
    at = 0
    try:
        for found in _HZ_SEQUENCE.finditer(data):
            pieces.append(data[at : found.start()].decode("ascii"))
            pieces.append(_high(found[1]).decode("gb18030") if found[1] else "~" if found[0] == b"~~" else "")
            at = found.end()
        return "".join([*pieces, data[at:].decode("ascii")])
    except UnicodeError:
        return None
