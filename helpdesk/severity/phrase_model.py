"""What a mail's words lean to: the voice that knows what people write when there is no cue for it.

A table gives words, phrases of two and three words, and pieces of words a lean to each rank. It was fitted outside, to
mails by many hands (`bench/severity_fit.py`). A phrase counts the more, the rarer it is; the length of a mail counts
nothing. Pieces are heard of words that nobody used before: compounds, other forms, other languages. Who is meant, and
what is denied over a few words, is lost here; that is what the cues are for.

The table knows no spelling, only a number for each phrase: it stays below a megabyte in memory.
"""

from __future__ import annotations

import math
import zlib
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from helpdesk.languages import function_words
from helpdesk.severity import shipped as stored
from helpdesk.severity.shipped import RANKS

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from helpdesk.severity.segment import Segment
    from helpdesk.severity.shipped import Row

_EMPTY = function_words()  # they lean too, and tell a reader nothing
MOST_WORDS = 400  # of a mail; a symptom stands at the top
LONGEST = 3  # words of a phrase
ENDING, LAST = 24, "$"  # words that are the end of a mail, and their mark
WORDS_KEPT = 5_000  # words whose pieces are remembered
PIECES = (4, 5)  # letters of a piece
FEW = 300.0  # weight of silence: a mail of two words leans less than half as far as one of twenty
OFFSET = 128  # a lean is kept in one byte
RARITY = 16  # and so is a rarity, in sixteenths
_MARKS = frozenset(".?")


@dataclass(frozen=True, slots=True)
class PhraseScores:
    """The scores of rank 1 to 4, and the phrases behind them with what each adds."""

    scores: Row
    phrases: Mapping[str, Row]

    def strongest(self, rank: int, count: int) -> tuple[str, ...]:
        """The phrases that lean most to a rank, most first, longer ones before their words; no word twice."""
        pulls = {phrase: row[rank - 1] for phrase, row in self.phrases.items() if row[rank - 1] > 0 and _tells(phrase)}
        chosen: list[str] = []
        for phrase in sorted(pulls, key=lambda phrase: (-pulls[phrase] * len(phrase.split()), phrase)):
            if len(chosen) < count and not any(set(phrase.split()) & set(one.split()) for one in chosen):
                chosen.append(phrase)
        return tuple(chosen)


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """The numbers of the phrases in order, what each weighs, and the scores of a mail before its first word."""

    numbers: array[int]
    rarities: bytes
    rows: bytes
    unit: float
    bias: Row

    def place(self, phrase: str) -> int | None:
        """Where a phrase stands; None where nobody used it."""
        number = number_of(phrase)
        place = bisect_left(self.numbers, number)
        return place if place < len(self.numbers) and self.numbers[place] == number else None

    def row(self, place: int) -> Row:
        """The leans of the phrase at a place."""
        one, two, three, four = self.rows[place * RANKS : (place + 1) * RANKS]
        unit = self.unit
        return ((one - OFFSET) * unit, (two - OFFSET) * unit, (three - OFFSET) * unit, (four - OFFSET) * unit)


def _tells(phrase: str) -> bool:
    """Whether a reader learns something by it."""
    words = set(phrase.split())
    return not phrase.startswith(LAST) and words.isdisjoint(_MARKS) and not words <= _EMPTY


def number_of(phrase: str) -> int:
    """The number that a phrase is kept under; of 100,000 phrases two in one million share one."""
    return zlib.crc32(phrase.encode())


def lean(segments: Iterable[Segment]) -> PhraseScores | None:
    """What the words of a mail lean to together; None where the table knows none of them."""
    table, words = shipped(), list(spelled(segments))
    phrases = [(phrase, count, table.place(phrase)) for phrase, count in Counter(phrases_of(words)).items()]
    known = [(phrase, count, place) for phrase, count, place in phrases if place is not None]
    pieces = Counter(place for word in words for place in _known_pieces(word))
    if not known and not pieces:
        return None
    added, of_phrases = _weighed(table, [(place, count) for _, count, place in known])
    _, of_pieces = _weighed(table, list(pieces.items()))
    one, two, three, four = (sum(parts) for parts in zip(table.bias, of_phrases, of_pieces, strict=True))
    return PhraseScores(
        (one, two, three, four), {phrase: row for (phrase, _, _), row in zip(known, added, strict=True)}
    )


def spelled(segments: Iterable[Segment]) -> Iterator[str]:
    """The words that lean, each sentence closed by its mark. Of numbers only those of errors are told apart."""
    return islice(_all_spelled(segments), MOST_WORDS)


def _all_spelled(segments: Iterable[Segment]) -> Iterator[str]:
    for segment in segments:
        for word in segment.words:
            yield word if not word[0].isdigit() or _names_an_error(word) else "0"
        yield "?" if segment.asks else "."


def _names_an_error(number: str) -> bool:
    return len(number) == len("503") and number[0] in "45" and number.isdecimal()


def phrases_of(words: Sequence[str]) -> Iterator[str]:
    """Every run of one to three words; those of one and two at the end once more, marked: what is said last counts."""
    yield from _runs(words, LONGEST)
    yield from (f"{LAST}{phrase}" for phrase in _runs(words[-ENDING:], 2))


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def pieces_of(word: str) -> Iterator[str]:
    """Every run of four and five letters of a word, its ends marked; none of marks and numbers."""
    if word in _MARKS or word[0].isdigit():
        return
    marked = f"<{word}>"
    for length in PIECES:
        if len(marked) > length:
            for start in range(len(marked) - length + 1):
                yield f"#{marked[start : start + length]}"


@lru_cache(WORDS_KEPT)
def _known_pieces(word: str) -> tuple[int, ...]:
    table = shipped()
    return tuple(place for piece in pieces_of(word) if (place := table.place(piece)) is not None)


def _weighed(table: PhraseTable, counted: Iterable[tuple[int, int]]) -> tuple[list[Row], Row]:
    """What each adds, and all together: a phrase by its rarity, and twice is little more than once."""
    values = [(place, table.rarities[place] / RARITY * (1 + math.log(count))) for place, count in counted]
    norm = math.sqrt(FEW + sum(value * value for _, value in values))
    added: list[Row] = []
    for place, value in values:
        share = value / norm
        one, two, three, four = table.row(place)
        added.append((one * share, two * share, three * share, four * share))
    columns = zip(*added, strict=True) if added else ((), (), (), ())
    one, two, three, four = (float(sum(column)) for column in columns)
    return added, (one, two, three, four)


@cache
def shipped() -> PhraseTable:
    """The shipped table; some 50 ms for the first mail."""
    weights, phrases = stored.weights(), stored.phrases()
    return PhraseTable(phrases.numbers, phrases.rarities, phrases.rows, weights.unit, weights.bias)
