"""The text inside office files, for looking through it: OOXML, OpenDocument, and what is legible of older ones.

They are archives that strangers made, so everything is bounded before it is read: the table of contents, the members
that are looked at, and the octets that come out of each and of all (threat C07). XML is not parsed but stripped: no
entity is ever expanded, nothing is fetched. Whatever is encrypted, broken or too large has no text here.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MAX_CONTENTS = 256 * 1024  # octets of an archive's table of contents
MAX_MEMBERS = 60  # that are looked at
MAX_MEMBER = 1_000_000  # octets out of one
MAX_EXPANDED = 3_000_000  # octets out of all
MAX_CELL = 2_000  # characters of a cell

_TEXTS = re.compile(
    r"word/(?:document|comments|footnotes|endnotes|header\d{0,3}|footer\d{0,3})\.xml|"
    r"ppt/(?:slides/slide|notesSlides/notesSlide|comments/comment)\d{1,4}\.xml|"
    r"xl/comments\d{0,4}\.xml|content\.xml|docProps/(?:core|custom)\.xml"
)
_SHEETS = re.compile(r"xl/worksheets/sheet\d{1,4}\.xml")
_SHARED = "xl/sharedStrings.xml"


def text_of_archive(data: bytes) -> str:
    """The text of a .docx, .xlsx, .pptx, .odt, .ods or .odp; "" where there is none to be had."""
    if not _modest(data):
        return ""
    try:
        members = dict(_members(data))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, ValueError, EOFError):
        return ""
    shared = _strings(members.pop(_SHARED, ""))
    sheets = [xml for name, xml in members.items() if _SHEETS.fullmatch(name)]
    texts = [_text_of(xml) for name, xml in members.items() if not _SHEETS.fullmatch(name)]
    return "\n".join([*texts, *(_cells(sheets, shared) if sheets else shared)])


def _modest(data: bytes) -> bool:
    """Whether the table of contents is small enough to be read: its size stands at the end of the file."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    return at >= 0 and int.from_bytes(data[at + 12 : at + 16], "little") <= MAX_CONTENTS


def _members(data: bytes) -> Iterator[tuple[str, str]]:
    """The members that hold text, by name, as far as they may be expanded."""
    left = MAX_EXPANDED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        wanted = [one for one in archive.infolist() if _wanted(one)]
        for member in sorted(wanted, key=lambda one: one.filename)[:MAX_MEMBERS]:
            if left <= 0:
                return
            with archive.open(member) as file:
                content = file.read(min(MAX_MEMBER, left))  # expands no more than that, whatever the member says
            left -= len(content)
            yield member.filename, content.decode("utf-8", "replace")


def _wanted(member: zipfile.ZipInfo) -> bool:
    plain = member.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} and not member.flag_bits & 1
    name = member.filename
    return plain and bool(name == _SHARED or _TEXTS.fullmatch(name) or _SHEETS.fullmatch(name))


_CELL_ENDS = re.compile(r"</(?:w:p|a:p|text:p)>\s{0,20}</(?:w:tc|a:txBody|table:table-cell)>")
_LINE_ENDS = re.compile(r"</(?:w:p|a:p|text:p|text:h|w:tr|a:tr|si|comment|dc:\w{1,20}|vt:\w{1,20})>|<(?:w:br|a:br)\b")
_TABS = re.compile(r"<(?:w:tab|text:tab|text:s)\b")
_TAG = re.compile(r"<[^<>]*+>")


def _text_of(xml: str) -> str:
    """A cell beside another reads as `label: value`."""
    marked = _TABS.sub("\t<", _LINE_ENDS.sub(r"\n\g<0>", _CELL_ENDS.sub(": ", xml)))
    return _unescaped(_TAG.sub("", marked))


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def _strings(xml: str) -> list[str]:
    return [_unescaped(_TAG.sub("", f"<{piece.partition('</si>')[0]}")) for piece in xml.split("<si")[1:]]


def _cells(sheets: Sequence[str], shared: Sequence[str]) -> Iterator[str]:
    left = MAX_EXPANDED
    for xml in sheets:
        for row in labelled(_rows(xml, shared)):
            yield from row
            left -= sum(map(len, row))
            if left <= 0:
                return


_SHEET = re.compile(r"<(/?)(row|c|v|t)\b([^<>]*+)>([^<]*+)")
_COLUMN = re.compile(r'\br="([A-Z]{1,3})\d')
_MAX_ROWS = 20_000


def _rows(xml: str, shared: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a sheet: what stands in which column."""
    row: dict[str, str] = {}
    column, from_shared, count, left = "", False, 0, MAX_EXPANDED
    for closes, tag, attributes, text in _SHEET.findall(xml):
        if tag == "row" and closes:
            yield row
            row, count = {}, count + 1
            if count >= _MAX_ROWS:
                return
        elif tag == "c" and not closes:
            found = _COLUMN.search(attributes)
            column, from_shared = (found[1] if found else str(len(row))), 't="s"' in attributes
        elif tag in {"v", "t"} and not closes:
            value = _shared(text, shared) if from_shared and tag == "v" else _unescaped(text)
            row[column] = (row.get(column, "") + value[:MAX_CELL])[:MAX_CELL]
            left -= len(row[column])
            if left <= 0:
                return


def _shared(number: str, shared: Sequence[str]) -> str:
    at = int(number) if number.isdecimal() and len(number) < 10 else -1
    return shared[at] if 0 <= at < len(shared) else ""


_TELLING = re.compile(r"pass|pwd|kennwort|token|secret|key|card|iban|contrase|wachtwoord", re.IGNORECASE)


def labelled(rows: Iterable[Mapping[str, str]]) -> Iterator[list[str]]:
    """Each row of a table as lines. What stands below a heading such as "Password", or beside it, is said to be one."""
    telling: dict[str, str] = {}
    for number, row in enumerate(rows):
        if number == 0:
            telling = {column: value for column, value in row.items() if _TELLING.search(value) and len(value) < 60}
        cells = [value for column, value in row.items() if number == 0 or column not in telling]
        beside = ": ".join(cells) if len(cells) == 2 else "\t".join(cells)
        below = [f"{telling[column]}: {value}" for column, value in row.items() if number and column in telling]
        yield [beside, *below]


_LATIN = re.compile(rb"[\x20-\x7e\t\xa0-\xff]{6,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e\t\xa0-\xff]\0){6,}")


def legible(data: bytes) -> str:
    """What reads like text in a file of the older kind (.doc, .xls, .msg): bytes of one or two each."""
    wide = [piece.decode("utf-16-le") for piece in _WIDE.findall(data)]
    narrow = [piece.decode("cp1252", "replace") for piece in _LATIN.findall(data)]
    return "\n".join([*wide, *narrow])
