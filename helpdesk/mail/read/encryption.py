"""Whether a mail is encrypted, so that what its author wrote cannot be read here, and how.

S/MIME is told by what is in the envelope (RFC 8551 section 3.2), whatever the part is called: mail servers rename it.
So do some with PGP/MIME (RFC 3156 section 4): the control part remains. Inline PGP is armour in the text, or a file of
it in a mail without text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.mail.read import smime
from helpdesk.mail.read.attachments import expanded
from helpdesk.mail.read.mime import read_tree

if TYPE_CHECKING:
    from helpdesk.mail.read.mime import Part, Tree

# RFC 9580 section 6.2.1, and the parts that RFC 4880 knew.
_ARMOUR = re.compile(r"[ \t]*-----BEGIN PGP MESSAGE(?:, PART [\d/]{1,9})?-----\s*", re.ASCII)
_PGP_TYPES = {"multipart/encrypted", "application/pgp-encrypted"}
_BEGINNING = 200  # octets of a file


def encrypted(raw: bytes, own: str, *, attachments: bool) -> str:
    """How a mail is encrypted whose author wrote `own`, as far as that can be read; "" where it is not.

    `attachments`: whether the mail has any.
    """
    if any(_ARMOUR.fullmatch(line) for line in own.split("\n")):
        return "PGP"
    if own.strip() and not attachments and not _may_hold_an_envelope(raw):
        return ""
    tree = expanded(read_tree(raw))
    for part in tree.parts:
        if part.type in _PGP_TYPES or (not own.strip() and _is_armoured(tree, part)):
            return "PGP"
        if smime.is_closed(tree, part):
            return "S/MIME"
    return ""


def _may_hold_an_envelope(raw: bytes) -> bool:
    """Whether a mail that is shown whole may have a part that is called so, or a file of whatever name."""
    lower = raw.lower()
    return any(word in lower for word in (b"name", b"encrypted", b"pkcs7", b"pgp"))


def _is_armoured(tree: Tree, part: Part) -> bool:
    if part.children:
        return False
    beginning = tree.body(part)[:_BEGINNING].lstrip().decode("ascii", "replace")
    return _ARMOUR.match(beginning) is not None
