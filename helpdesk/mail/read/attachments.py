"""The parts that are not the text: safe names, and their bytes cut out of the raw mail when somebody asks.

A name is metadata, never a path (threat C08): it has no directory, no control or bidirectional character, no leading
dot, and at most `MAX_NAME` characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.core.words.message import Attachment
from helpdesk.mail.read import smime, tnef
from helpdesk.mail.read.codec import clean_line, decode
from helpdesk.mail.read.headers import base64_size, decode_words, read_block, text_of
from helpdesk.mail.read.html import stand_ins
from helpdesk.mail.read.mime import Part, Tree, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NAME = 150
MAX_PAGE = 500_000  # octets that are looked through for pictures

_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/pgp-encrypted": ".asc",
    "application/pgp-keys": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/rtf": ".rtf",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}
_STEMS = {
    "application/pgp-signature": "signature",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/pgp-encrypted": "version",
    "message/delivery-status": "delivery-status",
    "message/rfc822": "message",
    "text/calendar": "invite",
    "text/rfc822-headers": "headers",
}
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ufffd\ufff9-\ufffb]")
_UNSAFE = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def attachment(raw: bytes, part: int) -> tuple[str, str, bytes]:
    """The safe name, the type and the decoded bytes of an attachment, cut out of the raw mail.

    Raises LookupError where the mail has no such part.
    """
    tree = expanded(read_tree(raw))
    if not 0 <= part < len(tree.parts):
        raise LookupError(f"part {part}: the mail has {len(tree.parts)} parts")
    wanted = tree.parts[part]
    return name_of(tree, wanted), wanted.type, tree.body(wanted)


def listed(tree: Tree, parts: Iterable[Part], inline: frozenset[int]) -> tuple[Attachment, ...]:
    """These parts as attachments; `inline` holds the numbers of those that the text shows."""
    shown = _stand_ins(tree) if inline else {}
    return tuple(
        Attachment(
            name_of(tree, part),
            part.type,
            _size(tree, part),
            part.number,
            inline=part.number in inline,
            stand_in=shown.get(part.content_id, ""),
        )
        for part in parts
    )


def _stand_ins(tree: Tree) -> dict[str, str]:
    pages = (part for part in tree.parts if part.type == "text/html")
    return {
        source: shown
        for part in pages
        for source, shown in stand_ins(
            decode(tree.body(part)[:MAX_PAGE], part.parameters.get("charset", ""))[0]
        ).items()
    }


def _size(tree: Tree, part: Part) -> int:
    if part.content is not None:
        return len(part.content)
    if part.encoding == "base64":
        return base64_size(tree.raw, part.block.body, part.end)
    return len(tree.body(part)) if part.encoding else part.end - part.block.body


def name_of(tree: Tree, part: Part) -> str:
    """What to call a part: its own name made safe, or one made from its type."""
    given = safe_name(decode_words(part.file_name)) if part.file_name else ""
    if given:
        return given
    if part.type in {"message/rfc822", "message/global"}:
        subject = text_of(read_block(tree.body(part)[:65536]).first("subject"))
        given = safe_name(subject[:80])
        return f"{given}.eml" if given else "message.eml"
    main, _, _ = part.type.partition("/")
    stem = _STEMS.get(part.type) or ("image" if main == "image" else f"part-{part.number}")
    return stem + _EXTENSIONS.get(part.type, "" if main != "text" else ".txt")


def safe_name(name: str) -> str:
    """`name` fit to be shown and to be offered as a file name; `""` where nothing of it is left."""
    last = clean_line(name[:4096]).replace("\\", "/").rstrip("/").rpartition("/")[2]
    visible = _UNSAFE.sub("_", _INVISIBLE.sub("", last))
    visible = " ".join(visible.split()).strip(". ")
    if _RESERVED.match(visible):
        visible = f"_{visible}"
    return _shortened(visible)


def _shortened(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(extension) - 1]}.{extension}"


def expanded(tree: Tree) -> Tree:
    """The tree with what was signed, and the files inside winmail.dat, as parts of their own after all others."""
    tree = smime.opened(tree)
    parts = list(tree.parts)
    for part in tree.parts:
        if is_tnef(part):
            parts += tnef.parts_of(tree.body(part), first=len(parts), depth=part.depth + 1)
    return Tree(tree.raw, tuple(parts), tree.damage) if len(parts) > len(tree.parts) else tree


def is_tnef(part: Part) -> bool:
    """Whether a part is Microsoft's own envelope of text and attachments."""
    return part.type in {"application/ms-tnef", "application/vnd.ms-tnef"} or (
        part.type == "application/octet-stream" and part.file_name.lower() == "winmail.dat"
    )
