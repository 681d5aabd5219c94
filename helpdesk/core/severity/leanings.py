"""What the words of a mail lean to, taken one by one: the voice that knows words for which there is no cue.

A table gives every common word of seven languages a lean to each rank. It was fitted outside (`bench/severity_fit.py`):
the lean is a linear reading of the word's meaning as a sentence encoder has it, so that a word which no labelled mail
used leans as its neighbours do. A mail leans as its words do on the average. Negation, order and who is meant are
lost here; that is what the cues are for, and they have the last word where they know one.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from helpdesk.core.severity.lexicon import FUNCTION_WORDS
from helpdesk.core.severity.words import REMEMBERED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EMPTY = frozenset().union(*FUNCTION_WORDS.values())  # they lean too, and tell a reader nothing
MOST_WORDS = 400  # of a mail; a symptom stands at the top
RANKS = 4
FEW = 5  # words; of fewer the lean is shrunk by more than half
OFFSET = 128  # a lean is kept in one byte

Row = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Lean:
    """The scores of rank 1 to 4, and the words behind them with their own."""

    scores: Row
    words: Mapping[str, Row]

    def strongest(self, rank: int, count: int) -> tuple[str, ...]:
        """The words that lean most to a rank, most first."""
        pulls = {word: row[rank - 1] for word, row in self.words.items() if row[rank - 1] > 0 and word not in _EMPTY}
        return tuple(sorted(pulls, key=lambda word: (-pulls[word], word))[:count])


@dataclass(frozen=True, slots=True)
class Table:
    """Four bytes a word, what one of them is worth, and the scores of a mail before its first word."""

    places: Mapping[str, int]
    rows: bytes
    unit: float
    bias: Row

    def row(self, place: int) -> Row:
        """The leans of the word at a place."""
        one, two, three, four = self.rows[place * RANKS : (place + 1) * RANKS]
        unit = self.unit
        return ((one - OFFSET) * unit, (two - OFFSET) * unit, (three - OFFSET) * unit, (four - OFFSET) * unit)


def lean(words: Iterable[str]) -> Lean | None:
    """What folded words lean to together; None where the table knows none of them."""
    known = {word: row for word in islice(words, MOST_WORDS) if (row := _row(word))}
    if not known:
        return None
    count = len(known) + FEW
    one, two, three, four = (
        bias + sum(column) / count
        for bias, column in zip(shipped().bias, zip(*known.values(), strict=True), strict=True)
    )
    return Lean((one, two, three, four), known)


@lru_cache(REMEMBERED)
def _row(word: str) -> Row | None:
    place = shipped().places.get(word)
    return None if place is None else shipped().row(place)


@cache
def shipped() -> Table:
    """The shipped table; some 40 ms for the first mail, and five megabytes."""
    from helpdesk.core.severity import leanings_table as stored  # noqa: PLC0415 - half a megabyte that few commands need

    packed = zlib.decompress(base64.b85decode("".join(stored.PACKED.split())))
    size, rest = int.from_bytes(packed[:4], "big"), packed[4:]
    words = rest[size * RANKS :].decode().split("\n")
    return Table({word: place for place, word in enumerate(words)}, rest[: size * RANKS], stored.UNIT, stored.BIAS)
