"""What a mail's words lean to: the voice that knows what people write when there is no cue for it.

A table gives words, phrases of two and three words, and pieces of words a lean to each rank. It was fitted outside, to
mails by many hands (`bench/severity_fit.py`). A phrase counts the more, the rarer it is; a mail of few words leans less
far. Pieces are heard of words that nobody used before: compounds, other forms, other languages. Who is meant, and what
is denied over a few words, is lost here; that is what the cues are for.

The table knows no spelling, only a number for each phrase: it stays below a megabyte in memory.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, combinations, islice, repeat
from operator import itemgetter, mul, rshift
from typing import TYPE_CHECKING, NamedTuple

from helpdesk.languages.remembered import Remembered
from helpdesk.severity import shipped as stored
from helpdesk.severity.shipped import RANKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from helpdesk.severity.segment import Segment
    from helpdesk.severity.shipped import Row

MOST_WORDS = 400  # of a mail; a symptom stands at the top
LONGEST = 3  # words of a phrase
ENDING, LAST = 24, "$"  # words that are the end of a mail, and their mark
WORDS_KEPT = 10_000  # words whose numbers and pieces are remembered
PIECES = (4, 5)  # letters of a piece
FULL = 20  # words of a mail to which the scores before the first belong in full: they are what is usual of most
FEW = 5000.0  # weight of silence: a mail of two words leans a third as far as one of twenty
OFFSET = 128  # a lean is kept in one byte
RARITY = 16  # and so is a rarity, in sixteenths
_ONCE = tuple(rarity / RARITY for rarity in range(256))  # what a phrase weighs that is used once, by its rarity
_GREATEST = (1 << 32) - 1  # of all numbers
_MARKS = frozenset(".?")
_STATUS = {"asserted": "", "negated": "~n", "hypothetical": "~h", "past": "~p"}
_SHELF = 16  # bits of a number that are told apart within a shelf: one or two numbers stand on each


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """The numbers of the phrases in order, what each weighs, and the scores of a mail before its first word.

    The last number is the greatest there can be and weighs nothing: no search goes beyond it.
    """

    numbers: array[int]
    shelves: array[int]  # where the numbers begin that share their first bits
    rarities: bytes
    rows: array[int]  # of each phrase, its lean to each rank in a byte: near each other in memory, as they are read
    unit: float
    bias: Row

    def places(self, numbers: Iterable[int]) -> list[int]:
        """The places of those of the numbers that are known: nobody used the others."""
        known, shelves, places = self.numbers, self.shelves, []
        for number in numbers:
            place = shelves[number >> _SHELF]
            while known[place] < number:  # once or twice, which is sooner done than a call to bisect
                place += 1
            if known[place] == number:
                places.append(place)
        return places

    def leans(self, counted: Mapping[int, int]) -> Row:
        """What the phrases at some places add together, by how often each is used: twice is little more than once."""
        take = itemgetter(*counted, 0, 0)  # two more, so that it answers a tuple; nothing weighs them
        values = [
            _ONCE[rarity] if count == 1 else (1 + math.log(count)) * rarity / RARITY
            for count, rarity in zip(counted.values(), take(self.rarities), strict=False)
        ]
        step = self.unit / math.sqrt(FEW + sum(map(mul, values, values)))
        nothing = OFFSET * sum(values)
        rows = array("I", take(self.rows)).tobytes()
        one, two, three, four = ((sum(map(mul, values, rows[rank::RANKS])) - nothing) * step for rank in range(RANKS))
        return one, two, three, four


class _Heard(NamedTuple):
    """What is known of a word, whatever stands around it."""

    number: int
    number_last: int  # at the end of a mail
    places: tuple[int, ...]  # its own, none where nobody used it
    places_last: tuple[int, ...]
    follows: bytes  # what it adds to a phrase that it follows in
    pieces: array[int]  # the places of those that are known


def number_of(phrase: str) -> int:
    """The number that a phrase is kept under; of 100,000 phrases two in one million share one."""
    return zlib.crc32(phrase.encode())


def lean(segments: Iterable[Segment]) -> Row | None:
    """The scores of rank 1 to 4 that the words of a mail lean to; None where the table knows none of them."""
    table, segments = shipped(), tuple(segments)
    words = [_heard(word) for word in spelled(segments)]
    phrases = Counter(_places(words, table))
    pieces = Counter(chain.from_iterable(word.pieces for word in words))
    meant = Counter(table.places(_numbers_of_concepts(segments)))
    if not phrases and not pieces:
        return None
    begun = min(1.0, len(words) / FULL)  # `Observation.length`, up to `MOST_WORDS`
    begins = (begun * score for score in table.bias)
    voices = (table.leans(counted) for counted in (phrases, pieces, meant))
    one, two, three, four = map(sum, zip(begins, *voices, strict=True))
    return one, two, three, four


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


def pieces_of(word: str) -> list[str]:
    """Every run of four and five letters of a word, its ends marked; none of marks and numbers."""
    if word in _MARKS or word[0].isdigit():
        return []
    marked = f"<{word}>"
    lengths = [length for length in PIECES if length < len(marked)]
    return [f"#{marked[start : start + length]}" for length in lengths for start in range(len(marked) - length + 1)]


def concepts_of(segments: Iterable[Segment]) -> Iterator[str]:
    """The concepts of each sentence, alone and two by two, each with its status: what is said of what."""
    for names in map(_concepts_in, segments):
        yield from names
        yield from map("".join, combinations(names, 2))


def _concepts_in(segment: Segment) -> list[str]:
    return sorted({f"&{hit.concept}{_STATUS[hit.status]}" for hit in segment.hits})


def _numbers_of_concepts(segments: Iterable[Segment]) -> list[int]:
    """The numbers of `concepts_of` the segments; that of two goes on from that of the first."""
    found: list[int] = []
    for segment in segments:
        names = [name.encode() for name in _concepts_in(segment)]
        numbers = list(map(zlib.crc32, names))
        found += numbers
        for following, number in enumerate(numbers, start=1):
            found += map(zlib.crc32, names[following:], repeat(number))
    return found


def _hear(word: str) -> _Heard:
    places, number, last = shipped().places, number_of(word), number_of(f"{LAST}{word}")
    pieces = places(map(zlib.crc32, map(str.encode, pieces_of(word))))
    return _Heard(number, last, tuple(places([number])), tuple(places([last])), f" {word}".encode(), array("I", pieces))


_heard = Remembered(_hear, most=WORDS_KEPT).__getitem__


def _places(words: Sequence[_Heard], table: PhraseTable) -> Iterator[int]:
    """The places of `phrases_of` the words. Those of single words are remembered, the others are looked up."""
    ending = words[-ENDING:]
    return chain(
        chain.from_iterable([word.places for word in words]),
        table.places(_numbers_of_runs([word.number for word in words], words, LONGEST)),
        chain.from_iterable([word.places_last for word in ending]),
        table.places(_numbers_of_runs([word.number_last for word in ending], ending, 2)),
    )


def _numbers_of_runs(numbers: list[int], words: Sequence[_Heard], longest: int) -> list[int]:
    """The numbers of runs of two words and more; that of a longer one goes on from that of its beginning."""
    follows = [word.follows for word in words]
    runs: list[int] = []
    for length in range(1, longest):
        numbers = list(map(zlib.crc32, follows[length:], numbers))
        runs += numbers
    return runs


@cache
def shipped() -> PhraseTable:
    """The shipped table; some 50 ms for the first mail."""
    weights, phrases = stored.weights(), stored.phrases()
    numbers = phrases.numbers + array("I", [_GREATEST])
    rows = array("I", phrases.rows + bytes([OFFSET] * RANKS))
    return PhraseTable(numbers, _shelves(numbers), phrases.rarities + bytes(1), rows, weights.unit, weights.bias)


def _shelves(numbers: array[int]) -> array[int]:
    """Where in the numbers each shelf begins."""
    stand_on = Counter(map(rshift, numbers, repeat(_SHELF)))
    sizes = map(stand_on.get, range((_GREATEST >> _SHELF) + 1), repeat(0))
    return array("I", accumulate(sizes, initial=0))
