"""Which language somebody writes in: one decision for the whole program, on all of their own words.

Every word speaks for the languages that have it, the more the fewer they are; a word that none lists speaks by its
letters or its ending, half as much. A language that they or we are known to speak is believed a little before the first
word is read. Where the words do not tell, the answer is not sure, and is the first language that was expected: nobody
is told anything by a guess. Logs, code and what stands between quotation marks are not the writer's words.

The languages and their words are data (`languages.toml`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from helpdesk.data_file import data_file
from helpdesk.languages.remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Codes = tuple[str, ...]  # ISO 639-1, sorted
    Speakers = Mapping[str, Codes]
    Speaks = tuple[Codes, float]  # of a word: the languages that it is for, and how much for each
    BetweenBlanks = tuple[int, tuple[Speaks, ...]]  # the marks of code in a piece of text, and what its words speak for

EXPECTED = 0.5  # what an expected language has before any word; a word that only one language has is 1
ENOUGH = 1.75  # what a language has to have, to be sure of it
AHEAD = 1.0  # and by how much more than the next one
KNOWN = 0.2  # of all words, at least: otherwise it is a language that is not listed
BESIDE = 0.5  # of what the first language has: another that has so much is written beside it
OF_ITS_OWN = 0.25  # if so much of it is for no other language
UNLISTED = 0.5  # what the letters or the ending of a word are

_LOOKED_AT = 4_000  # characters: enough to know, bounded for long mails
_REMEMBERED = 10_000  # words, and what stands between two blanks
_WORD = re.compile(r"(?<![\w./\\@#$<])[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![\w/\\@=(]|[.:]\w)")
_QUOTATION = re.compile(
    r"[\"\u201c\u201e\u00ab\u00bb][^\"\u201c-\u201e\u00ab\u00bb\n]{12,300}[\"\u201c\u201d\u00ab\u00bb]"
)
_LOGGED = re.compile(
    r"\s*(?:[\[{<#|$>]|\d{2,4}[-/.:]\d\d|at \S+[.(]\S|(?:INFO|WARN|ERROR|FATAL|DEBUG|SELECT|Caused by|Traceback|"
    r"File )\b)"
)
_MARK = re.compile(r"[^\w\s.,;:!?'\u2019\"-]|[\d_]")
_CLOSING = re.compile(r"[.,;:!?]+(?!\S)")  # no marks of code, and behind a word no part of it
_MOST_MARKS = 0.15  # of the characters of a line of prose
_SHORTEST = 6  # letters of a word whose ending speaks
_ENDINGS = (2, 3, 4, 5, 6)  # letters
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class LanguageFound:
    """The language of a text. `likely` are all that it may be in, wholly or in part: those it has to be read in."""

    code: str
    sure: bool
    likely: Codes


@cache
def languages() -> Mapping[str, Mapping[str, Any]]:
    """Every language that is known, by its ISO 639-1 code."""
    return data_file(__package__, "languages.toml")


def language_of(text: str, *, expected: Sequence[str] = ("en",)) -> LanguageFound:
    """The language of somebody's own words. `expected` are those known to be spoken there, the likeliest first."""
    ballot = _Ballot(expected)
    for speaks, times in Counter(_spoken_in(text)).items():
        ballot.add(speaks, times)
    return ballot.counted(expected)


class _Ballot:
    """What the words of a text speak for."""

    def __init__(self, expected: Sequence[str]) -> None:
        self._scores = dict.fromkeys(expected, EXPECTED)
        self._alone = defaultdict[str, float](float)  # what of it is for one language only
        self._words = defaultdict[str, int](int)
        self._total = 0

    def add(self, speaks: Speaks, times: int) -> None:
        """So many words: the languages that each is for, and how much for each."""
        codes, weight = speaks
        self._total += times
        for code in codes:
            self._scores[code] = self._scores.get(code, 0.0) + weight * times
            self._words[code] += times
        if len(codes) == 1:
            self._alone[codes[0]] += weight * times

    def counted(self, expected: Sequence[str]) -> LanguageFound:
        """The language that most speaks for; the first expected one where others come near."""
        first = max(self._scores, key=self._scores.__getitem__)
        likely = self._likely(first)
        sure = len(likely) == 1 and self._is_clear(first)
        if self._scores[first] < ENOUGH:
            likely |= {*expected}
        return LanguageFound(first if sure else expected[0], sure, tuple(sorted(likely)))

    def _is_clear(self, first: str) -> bool:
        """Whether enough speaks for it, and not nearly as much for another, listed or not."""
        most = self._scores[first]
        next_most = max((score for code, score in self._scores.items() if code != first), default=0.0)
        return most >= ENOUGH and most >= next_most + AHEAD and self._words[first] >= self._total * KNOWN

    def _likely(self, first: str) -> set[str]:
        """The first, and what is written beside it; with few words, whatever they may be."""
        most = self._scores[first]
        own = 0.0 if most < ENOUGH else most * OF_ITS_OWN
        beside = (code for code, score in self._scores.items() if score >= most * BESIDE)
        return {first, *(code for code in beside if self._alone[code] >= own)}


def _spoken_in(text: str) -> Sequence[Speaks]:
    """What each of the writer's own words speaks for; where none is theirs, each word."""
    written = text[:_LOOKED_AT].splitlines()
    bare = _bare("\n".join(written)).split("\n")
    lines = [(line, [*map(_between_blanks, words.split())]) for line, words in zip(written, bare, strict=False)]
    prose = [(line, pieces) for line, pieces in lines if _is_prose(line, pieces)]
    told, quotations = _QUOTATION.subn(" ", "\n".join([line for line, _ in prose]))
    own = map(_between_blanks, _bare(told).split()) if quotations else chain.from_iterable([one for _, one in prose])
    return _of_all(own) or _of_all(chain.from_iterable([pieces for _, pieces in lines]))


def _bare(text: str) -> str:
    """A text without what closes its words and sentences, so that a word is mostly the same piece."""
    return _CLOSING.sub("", text)


def _is_prose(line: str, pieces: Iterable[BetweenBlanks]) -> bool:
    return sum([marks for marks, _ in pieces]) <= len(line) * _MOST_MARKS and not _LOGGED.match(line)


def _of_all(pieces: Iterable[BetweenBlanks]) -> Sequence[Speaks]:
    return [*chain.from_iterable([speaks for _, speaks in pieces])]


def _told_between_blanks(piece: str) -> BetweenBlanks:
    """What is known of a piece of text without a blank: mails use the same few thousand."""
    if piece.isalpha() and (word := piece.lower()).isalpha():
        return 0, (_spoken_by(word),)  # as most are
    return len(_MARK.findall(piece)), tuple(map(_spoken_by, _WORD.findall(piece.lower())))


_between_blanks = Remembered(_told_between_blanks, most=_REMEMBERED).__getitem__


def _listen(word: str) -> Speaks:
    """The languages that a word speaks for, and how much for each."""
    told = word.replace("\u2019", "'")
    head, _, tail = told.partition("'" if "'" in told else "-")
    listed = _words()
    for part in (told, head if "'" in told else "", tail):
        if part in listed:
            return listed[part], 1 / len(listed[part])
    codes = _by_letters(told) or _by_ending(told)
    return codes, UNLISTED / max(1, len(codes))


_spoken_by = Remembered(_listen, most=_REMEMBERED).__getitem__


def _by_letters(word: str) -> Codes:
    letters = _letters()
    if letters.keys().isdisjoint(word):
        return ()  # as in most
    return tuple(sorted(set.intersection(*(set(letters[letter]) for letter in word if letter in letters))))


def _by_ending(word: str) -> Codes:
    if len(word) < _SHORTEST:
        return ()
    endings = _endings()
    return tuple(sorted({code for size in _ENDINGS for code in endings.get(word[-size:], ())}))


@cache
def _words() -> Speakers:
    """Every word, as it is written; without accents and umlauts only where that is no other word."""
    written = _indexed(lambda row: f"{row['words']} {row['telling']}".split())
    plain = _indexed(lambda row: _spelled_plainly(f"{row['words']} {row['telling']}".split()))
    return {**plain, **written}


@cache
def _letters() -> Speakers:
    return _indexed(lambda row: row.get("letters", "").split())


@cache
def _endings() -> Speakers:
    return _indexed(lambda row: row["endings"].split())


def _indexed(entries: Callable[[Mapping[str, Any]], Iterable[str]]) -> Speakers:
    found = defaultdict[str, set[str]](set)
    for code, row in languages().items():
        for entry in entries(row):
            found[entry].add(code)
    return {entry: tuple(sorted(codes)) for entry, codes in found.items()}


def _spelled_plainly(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        yield from (plain for plain in (_without_accents(word), word.translate(_UMLAUTS)) if len(plain) > 1)


def _without_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.replace("ß", "ss"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
