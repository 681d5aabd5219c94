"""The line of a mail in which it was found, with what was asked for told from the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.store.search_words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.store.search_words import Phrase

_WORD = re.compile(r"([^\W_]+)")
_BEFORE, _LONGEST = 60, 200  # characters
_LINES, _LOOKED_AT = 400, 32_000  # of a text; and characters, which may all be in one line


def found_line(text: str, phrases: Sequence[Phrase]) -> list[tuple[str, bool]]:
    """Of the lines the first that has most of what was asked for, in pieces, true for what was; [] where none has."""
    lines = (line.strip() for line in text[:_LOOKED_AT].splitlines()[:_LINES])
    found = [pieces for line in lines if (pieces := _pieces(line, phrases))]
    return _cut(max(found, key=_score)) if found else []


def _pieces(line: str, phrases: Sequence[Phrase]) -> list[tuple[str, bool]]:
    whole = {word for phrase in phrases for word in phrase.words}
    begun = tuple(phrase.words[-1] for phrase in phrases if phrase.begins)
    told = [(piece, _meant(piece, whole, begun)) for piece in _WORD.split(line) if piece]
    return told if any(hit for _, hit in told) else []


def _meant(piece: str, whole: set[str], begun: tuple[str, ...]) -> bool:
    return any(word in whole or (bool(begun) and word.startswith(begun)) for word in words_of(piece))


def _score(pieces: Sequence[tuple[str, bool]]) -> int:
    return len({piece.casefold() for piece, hit in pieces if hit})


def _cut(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Not more than a line on a page, from a little before the first hit on."""
    first = next(at for at, (_, hit) in enumerate(pieces) if hit)
    begin = first
    while begin and sum(len(piece) for piece, _ in pieces[begin:first]) < _BEFORE:
        begin -= 1
    kept, length = [("… ", False)] if begin else [], 0
    for piece, hit in pieces[begin:]:
        if length > _LONGEST:
            return [*kept, (" …", False)]
        kept.append((piece[:_LONGEST], hit))
        length += len(piece)
    return kept
