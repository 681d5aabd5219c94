"""Attachments as text, for looking through them: plain ones, office files, PDF, and the mails inside a mail.

What comes out is never shown and never kept. Everything is bounded, so that no file holds the desk up, and whatever
cannot be read reads as nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.mail.inside import office, pdf
from helpdesk.mail.read import rtf
from helpdesk.mail.read.attachments import expanded, name_of
from helpdesk.mail.read.body import read_body
from helpdesk.mail.read.codec import clean, decode
from helpdesk.mail.read.html import to_text
from helpdesk.mail.read.mime import read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.mail.read.mime import Part, Tree

MAX_TEXT = 500_000  # characters of one file
MAX_ALL = 1_000_000  # characters of all files of a mail
MAX_FILES = 20
MAX_UNPACKED = 8  # of them office files and PDFs
MAX_NESTING = 3  # mails inside mails

_TEXT = re.compile(
    r"text/.*|application/(?:json|xml|x-yaml|yaml|sql|x-sh|x-pem-file|toml|csv|.*\+xml|.*\+json)|message/.*"
)
_TEXT_NAME = re.compile(
    r".*\.(?:txt|log|csv|tsv|json|xml|ya?ml|toml|ini|conf|cfg|env|pem|key|sql|sh|ps1|bat|py|js|md|html?|properties|ics|vcf)",
    re.IGNORECASE,
)
_ARCHIVE_NAME = re.compile(r".*\.(?:docx|docm|dotx|xlsx|xlsm|xltx|pptx|pptm|ppsx|odt|ods|odp|ott)", re.IGNORECASE)
_PACKED = re.compile(
    r"pdf|officedocument|opendocument|macroenabled|octet-stream|msword|ms-(?:excel|powerpoint|outlook)"
)
_PACKED_NAME = re.compile(r"\.(?:pdf|do[ct][xm]?|xl[st][xm]?|p(?:pt|ps)[xm]?|msg|o[dt][tsp])\b", re.IGNORECASE)
_ARCHIVE = re.compile(r"officedocument|opendocument|macroenabled")
_RTF = b"{\\rtf"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] section 2.2


@dataclass(frozen=True, slots=True)
class Readable:
    """The text of an attachment. `lines`: whether its lines are those that its reader counts."""

    name: str
    text: str
    lines: bool


def readable(raw: bytes) -> Iterator[Readable]:
    """The attachments of a mail that can be read, those of mails inside it by the names of both. Never raises."""
    try:
        yield from _readable(raw)
    except Exception:  # noqa: BLE001  as in `_file`: whatever is wrong inside, the mail itself is worked
        return


def _readable(raw: bytes) -> Iterator[Readable]:
    left, unpacked = MAX_ALL, 0
    for number, (part, tree, name) in enumerate(_parts(raw, "", MAX_NESTING)):
        unpacked += (packed := _is_packed(part, name))
        if number >= MAX_FILES or left <= 0:
            return
        if packed and unpacked > MAX_UNPACKED:
            continue
        one = _file(tree, part, name)
        yield Readable(one.name, one.text[:left], one.lines)
        left -= len(one.text)


def _parts(raw: bytes, inside: str, depth: int) -> Iterator[tuple[Part, Tree, str]]:
    tree = expanded(read_tree(raw))
    for part in read_body(tree).attachments:
        name = f"{name_of(tree, part)} in {inside}" if inside else name_of(tree, part)
        yield part, tree, name
        if _is_mail(part) and depth > 0:
            yield from _parts(tree.body(part), name, depth - 1)


def _is_mail(part: Part) -> bool:
    return part.type in {"message/rfc822", "message/global"} or part.file_name.lower().endswith(".eml")


def _is_packed(part: Part, name: str) -> bool:
    return _PACKED.search(part.type) is not None or _PACKED_NAME.search(name) is not None


def _file(tree: Tree, part: Part, name: str) -> Readable:
    try:
        own = name_of(tree, part)
        text, lines = _text(tree.body(part), part, own) if _may_be_read(tree, part, own) else ("", False)
    except Exception:  # noqa: BLE001  a file that breaks its reader is one that could not be read, and costs no mail
        return Readable(name, "", lines=False)
    return Readable(name, clean(text[:MAX_TEXT]), lines=lines)


def _may_be_read(tree: Tree, part: Part, name: str) -> bool:
    """Whether `_text` can find any; a picture of megabytes need not be decoded."""
    called = _is_packed(part, name) or _is_mail(part) or _TEXT.fullmatch(part.type) or _TEXT_NAME.fullmatch(name)
    return bool(called) or tree.start(part).startswith(_RTF)


def _text(data: bytes, part: Part, name: str) -> tuple[str, bool]:
    """The text of a file, and whether it has lines to count."""
    if _is_packed(part, name) and (text := _unpacked(data, part, name)):
        return text, False
    if data.startswith(_RTF):
        return rtf.text_of(data), False
    if _is_mail(part):
        return read_body(expanded(read_tree(data))).text, False
    if _TEXT.fullmatch(part.type) or _TEXT_NAME.fullmatch(name):
        return _text_file(data, part, name)
    return "", False


def _unpacked(data: bytes, part: Part, name: str) -> str:
    """By what the file is, not by what it is called; but a mere archive is not opened (threat C07)."""
    if data.startswith(b"PK\x03\x04") and (_ARCHIVE_NAME.fullmatch(name) or _ARCHIVE.search(part.type)):
        return office.text_of_archive(data)
    if b"%PDF" in data[:1024]:
        return pdf.text_of_pdf(data)
    return office.legible(data[: 4 * MAX_TEXT]) if data.startswith(_OLE) else ""


def _text_file(data: bytes, part: Part, name: str) -> tuple[str, bool]:
    text = decode(data[: 4 * MAX_TEXT], part.parameters.get("charset", ""))[0][:MAX_TEXT]
    if part.type == "text/html" or name.lower().endswith((".htm", ".html")):
        return to_text(text), False
    if part.type == "text/csv" or name.lower().endswith((".csv", ".tsv")):
        return _table(text), True
    return text, True


def _table(text: str) -> str:
    """Each line of a table of values, followed by its values with the headings that tell what they are."""
    lines = text.splitlines()
    delimiter = max(",;\t|", key=lines[0].count) if lines else ","
    rows = [{str(at): cell for at, cell in enumerate(line.split(delimiter))} for line in lines]
    return "\n".join("\t".join([line, *row]) for line, row in zip(lines, office.labelled(rows), strict=True))
