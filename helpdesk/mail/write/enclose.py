r"""Files behind the text of a mail that is written already: multipart/mixed (RFC 2046 section 5.1.3).

A mail in the outbox holds its words only. Its files lie in the raw mail that they came in and are put behind the
words when the mail goes out, so that nothing is stored twice. Every file is base 64 and an attachment: nothing of it
is shown by itself, and none of its names or types ends a header line.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from helpdesk.mail.read.attachments import expanded, name_of
from helpdesk.mail.read.mime import read_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from helpdesk.core.words.message import Message

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,40}")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$&'()+,.=@^_`{}~-]{1,60}")
_PIECE = 60  # characters of a name on one line (RFC 2231 section 3)
_LINE = 57  # octets that are 76 letters (RFC 2045 section 6.8)
_LINES = 1_000  # encoded at once


@dataclass(frozen=True, slots=True)
class File:
    """A file to go along. `charset` is `""` where the sender named none."""

    name: str
    type: str
    data: bytes
    charset: str = ""


def cut(raw: bytes, parts: Collection[int]) -> list[File]:
    """These parts of a mail as files; numbers that it does not have are left out."""
    tree = expanded(read_tree(raw))
    wanted = [tree.parts[number] for number in parts if 0 <= number < len(tree.parts)]
    return [
        File(name_of(tree, part), part.type, tree.body(part), part.parameters.get("charset", "")) for part in wanted
    ]


def naming(raw: bytes, message: Message, addresses: Collection[str]) -> frozenset[int]:
    """The attachments in which one of these addresses stands, by part; inside compressed files nobody looks."""
    needles = [address.encode("utf-8") for address in addresses]
    tree = expanded(read_tree(raw))
    parts = [tree.parts[one.part] for one in message.attachments if one.part < len(tree.parts)]
    return frozenset(part.number for part in parts if any(needle in tree.body(part).lower() for needle in needles))


def enclose(raw: bytes, files: Sequence[File]) -> bytes:
    """The mail with the files behind its text; without files, as it is."""
    if not files:
        return raw
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    content = [field for field in fields if field[:8].lower() == b"content-"]
    ours = [field for field in fields if field not in content and not field.lower().startswith(b"mime-version:")]
    mark = _boundary(raw)
    opening = [*ours, b"MIME-Version: 1.0", b'Content-Type: multipart/mixed;\r\n boundary="' + mark + b'"']
    text = b"\r\n".join(content) + b"\r\n\r\n" + body
    pieces = [*(line + b"\r\n" for line in opening), b"\r\n--", mark, b"\r\n", text.removesuffix(b"\r\n"), b"\r\n"]
    for file in files:
        pieces += [b"--", mark, b"\r\n", _head(file), *_base64(file.data)]
    return b"".join([*pieces, b"--", mark, b"--\r\n"])  # once: each step with a file in it would copy the file


def _boundary(raw: bytes) -> bytes:
    # "=_" stands in no base 64 and no quoted-printable; the hash keeps it out of plain text (as `compose` does).
    return b"=_" + hashlib.sha256(b"enclosed\0" + raw).hexdigest()[:40].encode("ascii")


def _head(file: File) -> bytes:
    kind = file.type if _TYPE.fullmatch(file.type) else "application/octet-stream"
    if kind.startswith(("message/", "multipart/")):
        kind = "application/octet-stream"  # RFC 2046 section 5.2.1: a message may not be base 64
    charset = file.charset if kind.startswith("text/") and _CHARSET.fullmatch(file.charset) else ""
    of_type = [kind, *([f'charset="{charset}"'] if charset else []), f'name="{_ascii_name(file.name)}"']
    lines = [
        "Content-Type: " + ";\r\n ".join(of_type),
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: " + ";\r\n ".join(["attachment", *_name_parameters(file.name)]),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _name_parameters(name: str) -> Iterator[str]:
    """The parameters that name a file: plainly, or as RFC 2231 has it."""
    if _PLAIN_NAME.fullmatch(name):
        yield f'filename="{name}"'
        return
    pieces = re.findall(rf"(?:%[0-9A-F]{{2}}|[^%]){{1,{_PIECE // 3}}}", quote(name, safe="", errors="replace"))
    if len(pieces) == 1:
        yield f"filename*=utf-8''{pieces[0]}"
    else:
        for number, piece in enumerate(pieces):
            yield f"filename*{number}*={'' if number else chr(39).join(['utf-8', '', ''])}{piece}"


def _ascii_name(name: str) -> str:
    """The name for readers that know no RFC 2231: itself, or one with the same ending."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    ending = re.sub(r"[^A-Za-z0-9]", "", name.rpartition(".")[2])[:10]
    return f"attachment.{ending}" if ending and "." in name else "attachment"


def _base64(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _LINES * _LINE):
        letters = binascii.b2a_base64(data[start : start + _LINES * _LINE], newline=False)
        yield b"\r\n".join([letters[at : at + 76] for at in range(0, len(letters), 76)]) + b"\r\n"
