"""The words of a mail with the addresses of pages in them as links, and nothing else.

Only `http` and `https`, and what is shown is where it leads: no mail gives a link other words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'`\u2018-\u201f\u00ab\u00bb\x00-\x1f\x7f]{1,2000}", re.IGNORECASE)
_BEHIND = ".,:;!?*_~|"  # ends a sentence, or a word that a program marks
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Some words; a link to just these where `linked`."""

    words: str
    linked: bool = False


def linked(text: str) -> Iterator[TextPiece]:
    """A text in pieces, in order; all of it is there."""
    end = 0
    for found in _ADDRESS.finditer(text):
        address = _without_what_follows(found[0])
        if found.start() > end:
            yield TextPiece(text[end : found.start()])
        yield TextPiece(address, linked=True)
        end = found.start() + len(address)
    if end < len(text):
        yield TextPiece(text[end:])


def _without_what_follows(address: str) -> str:
    """Without the sign that ends the sentence around it, or a bracket that was opened before it."""
    while address[-1] in _BEHIND or (
        address[-1] in _PAIRS and address.count(address[-1]) > address.count(_PAIRS[address[-1]])
    ):
        address = address[:-1]
    return address
