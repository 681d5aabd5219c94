"""What an opaque-signed S/MIME mail says (RFC 8551 section 3.5.2): it is signed and not encrypted, so anybody reads it.

Only the content is taken out of its envelope. The signature is not checked and proves nothing here. What is encrypted,
compressed or broken is not opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import core

from helpdesk.mail.read.mime import MAX_PARTS, Tree, read_tree

if TYPE_CHECKING:
    from helpdesk.mail.read.mime import Part

MAX_LEVELS = 3  # signed content inside signed content that is opened
_TYPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_NAMES = (".p7m", ".p7s")
# The object identifier of signed-data (RFC 5652 section 5.1), which stands right behind the outer tag and its length.
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_BEGINNING = 20  # octets
# Content may come in pieces, each with an octet that says so. Mail programs make pieces of a kilobyte or more; where it
# is cut to dust it is left alone, because putting that together takes the library minutes.
_PIECE = b"\x04"
_PIECES = 100_000


class _Anything(core.SetOf):  # type: ignore[misc]  # the library has no types
    _child_spec = core.Any


class _Content(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012  as the library reads it
        ("type", core.ObjectIdentifier),
        ("content", core.OctetString, {"explicit": 0, "optional": True}),
    ]


class _SignedData(core.Sequence):  # type: ignore[misc]
    """RFC 5652 section 5.1, of which the content alone is read: the library reads a field when it is asked for."""

    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("digests", _Anything),
        ("content", _Content),
        ("certificates", _Anything, {"implicit": 0, "optional": True}),
        ("crls", _Anything, {"implicit": 1, "optional": True}),
        ("signers", _Anything),
    ]


class _Envelope(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("type", core.ObjectIdentifier),
        ("content", _SignedData, {"explicit": 0}),
    ]


def is_opaque(tree: Tree, part: Part) -> bool:
    """Whether a part is signed data with its content inside, whatever its type or name says of it."""
    named = part.type in _TYPES or part.file_name.lower().endswith(_NAMES)
    return named and _SIGNED_DATA in tree.body(part)[:_BEGINNING]


def is_closed(tree: Tree, part: Part) -> bool:
    """Whether a part is an envelope that is more than signed: encrypted, as a rule."""
    named = part.type in _TYPES or part.file_name.lower().endswith(".p7m")
    return named and not is_opaque(tree, part)


def signed_content(data: bytes) -> bytes:
    """The content of signed data; empty where it holds none, or cannot be read."""
    if data.count(_PIECE) > _PIECES + len(data) // 128:
        return b""
    try:
        content = _Envelope.load(data)["content"]["content"]["content"].native
    except Exception:  # noqa: BLE001  whatever is wrong inside, the mail itself is read
        return b""
    return content if isinstance(content, bytes) else b""


def opened(tree: Tree) -> Tree:
    """The tree with what is signed as parts inside the envelope, numbered after all others."""
    parts = list(tree.parts)
    levels = dict.fromkeys(range(len(parts)), 0)
    at = 0
    while at < len(parts):
        part, level = parts[at], levels[at]
        at += 1
        if level >= MAX_LEVELS or part.children or not is_opaque(tree, part):
            continue
        inner = read_tree(signed_content(tree.body(part)))
        if inner.raw and len(parts) + len(inner.parts) <= MAX_PARTS:
            levels.update(dict.fromkeys(range(len(parts), len(parts) + len(inner.parts)), level + 1))
            parts += _moved(inner, into=part, first=len(parts))
    return Tree(tree.raw, tuple(parts), tree.damage) if len(parts) > len(tree.parts) else tree


def _moved(inner: Tree, *, into: Part, first: int) -> tuple[Part, ...]:
    """The parts of the content as parts of the whole mail, each with its own bytes."""
    for part in inner.parts:
        if not part.children:
            part.content = inner.body(part)
        part.number += first
        part.depth += into.depth + 1
        part.in_tree = True
    into.children = [inner.root]
    return inner.parts
