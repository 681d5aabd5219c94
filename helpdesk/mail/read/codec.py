"""Bytes to clean text, whatever charset they claim.

Only the codecs of `_CODECS` are ever used: Python's own registry also holds `unicode_escape`, `idna`, `zlib` and
others that turn mail into something else or take quadratic time (threat C04). What cannot be decoded as claimed is
tried as UTF-8, in what `guess` finds plain, and as windows-1252, in that order, and only then with replacement
characters. What is marked as ISO-2022, HZ or UTF-16 is that, whatever it claims (`seven_bit`).
"""

# ruff: noqa: SIM905  a list of words reads best as words

from __future__ import annotations

import codecs
import re
from encodings.aliases import aliases

from helpdesk.mail.read.charset_guess import guess, page_of_dos
from helpdesk.mail.read.seven_bit import decode_escaped, decode_marked

# What a claimed charset is decoded with. Superset codecs stand in for the ones mail programs mean by a narrower name.
_STAND_INS = {
    "ascii": "utf-8",
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "tis_620": "cp874",
    "iso8859_11": "cp874",
    "utf_8": "utf-8",
    "utf_8_sig": "utf-8",
}
_AS_THEY_ARE = (
    "utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le utf_7 iso8859_2 iso8859_3 iso8859_4 iso8859_5 "
    "iso8859_6 iso8859_7 iso8859_8 iso8859_10 iso8859_13 iso8859_14 iso8859_15 iso8859_16 cp1250 cp1251 cp1252 "
    "cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp852 cp855 cp862 cp866 cp874 cp932 cp949 cp950 koi8_r "
    "koi8_u koi8_t mac_roman mac_cyrillic mac_greek mac_latin2 mac_turkish gb18030 hz big5hkscs euc_jp "
    "euc_jis_2004 iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_jp_ext iso2022_kr johab ptcp154 "
).split()


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _table() -> dict[str, str]:
    known = {name: name for name in _AS_THEY_ARE} | _STAND_INS
    table = {_key(name): codec for name, codec in known.items()}
    table |= {_key(alias): known[name] for alias, name in aliases.items() if name in known}
    table |= {"iso88596e": "iso8859_6", "iso88596i": "iso8859_6", "iso88598e": "iso8859_8", "iso88598i": "iso8859_8"}
    table |= {"logical": "iso8859_8", "visual": "iso8859_8", "koi8ru": "koi8_u", "macce": "mac_latin2", "sjis": "cp932"}
    table |= {"unicode11utf8": "utf-8", "utf8mb4": "utf-8", "user": "utf-8", "ansi": "cp1252", "windows31j": "cp932"}
    table |= {"iso88591windows1252": "cp1252"}
    # Vendors count their code pages alike, and put an `x-` before names that nobody has registered.
    pages = {key.removeprefix("cp"): codec for key, codec in table.items() if re.fullmatch(r"cp\d+", key)}
    table = {f"{vendor}{page}": codec for vendor in _VENDORS for page, codec in pages.items()} | table
    return {f"x{key}": codec for key, codec in table.items()} | table


_VENDORS = ("windows", "dos", "ibm")
_CODECS = _table()
_SEVEN_BIT = ("iso2022", "hz", "utf_7", "utf_16", "utf_32")
_MISLABELLED = {"utf-8", "cp1252", "cp1254", "iso8859_15"}  # often claimed for bytes that are really UTF-8


def codec_of(charset: str) -> str | None:
    """The codec that a claimed charset is decoded with; None for one that is unknown or not allowed."""
    return _CODECS.get(_key(charset[:60]))


def charset_of(data: bytes, charset: str) -> str:
    """The codec of bytes that claim a charset or none, where that is another than UTF-8 and plain; else ""."""
    codec = codec_of(charset) or ""
    if codec and codec not in _MISLABELLED and not codec.startswith(_SEVEN_BIT):
        return codec
    return "" if _strict(data, "utf-8") is not None else page_of_dos(data) or guess(data)


def utf8_from(data: bytes, codec: str) -> bytes:
    """The same in UTF-8, if it is none and reads in that codec."""
    if data.isascii() or _strict(data, "utf-8") is not None:
        return data
    text = _strict(data, codec)
    return data if text is None else text.encode()


def decode(data: bytes, charset: str = "") -> tuple[str, bool]:
    """The text of `data`, not yet cleaned, and whether it had to be repaired."""
    codec = codec_of(charset) if charset else "utf-8"
    if codec is None or not codec.startswith(_SEVEN_BIT):
        text = decode_marked(data)
        if text is None:
            text = _of_two_octets(data)
        if text is not None:
            return text, True
    if codec is None or codec in _MISLABELLED:
        text = _strict(data, "utf-8")
        if text is not None:
            return text, codec is None and not data.isascii()
    text = _strict(data, codec or "utf-8")
    if text is not None:
        return text, False
    if codec and codec.startswith("iso2022"):
        text = decode_escaped(data) if data.isascii() else None
        if text is not None:
            return text, False  # vendors' characters, which the standard does not have
    return _repaired(data, codec)


def _of_two_octets(data: bytes) -> str | None:
    """Text that begins with the mark of UTF-16, which is no text in anything else; without the line end of the mail."""
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    return _strict(data.removesuffix(b"\r\n").removesuffix(b"\n" if len(data) % 2 else b""), "utf-16")


def _repaired(data: bytes, codec: str | None) -> tuple[str, bool]:
    if codec is None or codec in {"utf-8", "cp1252", "cp1254"}:
        mostly = data.decode("utf-8", "replace")
        # A few bad bytes in real UTF-8 are damage; many mean that it never was UTF-8.
        if mostly.count("\ufffd") * 4 < sum(char > "\x7f" for char in mostly):
            return mostly, True
        if plain := page_of_dos(data) or guess(data):
            return data.decode(plain, "replace"), True
        # The five bytes that windows-1252 does not have are the C1 controls of ISO 8859-1.
        return _strict(data, "cp1252") or data.decode("latin-1"), codec != "cp1252"
    for likelier in _LIKELIER.get(codec[:7], ("utf-8",)):
        text = _strict(data, likelier)
        if text is not None:
            return text, True
    return data.decode(codec, "replace"), True


_LIKELIER = {
    "iso2022": ("utf-8", "euc_jp", "cp932"),
    "cp932": ("utf-8", "euc_jp"),
    "euc_jp": ("utf-8", "cp932"),
}


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


# Soft hyphens and blanks of no width part words that are none: nobody sees them, and no reader of words finds those.
_DIRT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069\ud800-\udfff\ufeff]")


def _visible(found: re.Match[str]) -> str:
    char = found[0]
    if char in "\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if "\ud800" <= char <= "\udfff":
        return "\ufffd"
    # A bidirectional override makes `exe.txt` out of `txt.exe`: an agent should see it (threat C12). Embeddings and
    # isolates are common in Hebrew and Arabic mail: without them text reads in its natural order.
    return f"<U+{ord(char):04X}>" if char in "\u202d\u202e" else ""


def clean(text: str) -> str:
    r"""`text` with `\n` line ends and without NUL, other controls and lone surrogates; databases refuse those."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return _DIRT.sub(_visible, text)


def clean_line(text: str) -> str:
    """`text` on one line: a subject, a name. A control character shows as U+FFFD, so that nothing closes up over it."""
    if text.isascii() and text.isprintable():
        return text.strip()
    spaced = re.sub(r"[\t\n\r]+", " ", text)
    return re.sub("[\x00-\x1f\x7f]", "\ufffd", _DIRT.sub(_kept_apart, spaced)).strip()


def _kept_apart(found: re.Match[str]) -> str:
    shown = _visible(found).replace("\n", " ")
    return shown or ("\ufffd" if found[0] < "\xa0" else "")
