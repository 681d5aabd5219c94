"""Mail that is handed out without a reply address or a call's link in it that could be used.

Each token in them is as good as a key for as long as its case or its call lives. What is shown or exported keeps the
rest and loses the key, also where a transfer encoding has broken or hidden a reply address.
"""

from __future__ import annotations

import base64
import re

from helpdesk.mail.read.mime import read_tree

# As `address` writes one; a link may write its signs in hex.
REPLY_TAG = re.compile(r"((?:\+|%2b)(?:0|[1-9][0-9]{0,11})\.[abcgnotvy])[a-z2-7]{26}(?=@|%40)", re.IGNORECASE)
CALL_LINK = re.compile(r"(calls(?:/|%2f)(?:0|[1-9][0-9]{0,11})\.)[a-z2-7]{26}", re.IGNORECASE)  # web/callpage reads it
_CALL_LINK_IN_BYTES = re.compile(CALL_LINK.pattern.encode(), re.IGNORECASE)  # its mail is composed by us, and plain
# In quoted-printable a soft line break may stand between any two characters, and `+` or `@` may be written in hex.
_BREAK = rb"(?:=[ \t]*\r?\n)?"
_TOKEN_IN_BYTES = re.compile(
    rb"((?:\+|=2B|%2B)" + _BREAK + rb"(?:[0-9]" + _BREAK + rb"){1,12}\." + _BREAK + rb"[abcgnotvy]" + _BREAK + rb")"
    rb"(?:[a-z2-7]" + _BREAK + rb"){26}(?=@|=40|%40)",
    re.IGNORECASE,
)
_LINE = 57  # octets that make a base64 line of 76 characters (RFC 2045 section 6.8)


def masked(text: str) -> str:
    """A text in which no reply address and no call's link can be used."""
    if "+" in text or "%" in text:
        text = REPLY_TAG.sub(r"\1***", text)
    return CALL_LINK.sub(r"\1***", text) if "calls" in text.lower() else text


def masked_mail(raw: bytes) -> bytes:
    """A mail in which no reply address and no call's link can be used; all else stays as it came."""
    tree, pieces, done = read_tree(raw), [], 0
    for part in tree.parts:
        if part.encoding != "base64" or not part.type.startswith("text/") or part.content is not None:
            continue
        body = tree.body(part)
        hidden = _TOKEN_IN_BYTES.sub(rb"\1***", body)
        if hidden != body:
            pieces += [tree.raw[done : part.block.body], _encoded(hidden)]
            done = part.end
    whole = b"".join((*pieces, tree.raw[done:]))
    return _CALL_LINK_IN_BYTES.sub(rb"\1***", _TOKEN_IN_BYTES.sub(rb"\1***", whole))


def _encoded(body: bytes) -> bytes:
    lines = [base64.b64encode(body[at : at + _LINE]) for at in range(0, len(body), _LINE)]
    return b"\r\n".join(lines)
