"""Words of several languages for the concepts from which effects are read.

A concept is what many words mean alike: `down`, `nobody`, `core` (what the business lives on). The tables list
words by concept, never whole phrases of somebody's mails: an effect is a combination of concepts in one segment
(`reading`, `effects`), so that a stranger's wording needs no entry of its own.

Notation: entries are separated by blanks; `_` joins the words of one entry; `*` stands for any ending or
beginning of a word; `~` for up to two words between. Accents may be left out by the writer of a mail, and German
umlauts may be spelled with `e`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from helpdesk.data_file import data_file
from helpdesk.severity.words import fold, tokens, tokens_of, word_lists

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_LISTS = word_lists("lexicon")

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")  # each has a file here


@cache
def concepts(language: str) -> Mapping[str, str]:
    """The words of one of `LANGUAGES` by concept, in the notation above."""
    return data_file(__package__, f"{language}.toml")


# What every language borrows: of these concepts the English words are known in any mail, but for those that
# mean something else in another language.
BORROWED = frozenset({"down", "system", "core", "prod", "nonprod", "security", "urgent", "slow"})
FALSE_FRIENDS = _LISTS["false_friends"]
FEWEST = 4  # characters of a stem that an ending may follow

# Words that only make sense as a whole: the concepts of their parts do not count.
WHOLE = frozenset(
    {"neutral", "not_prod_word", "lowkey", "ok", "security_paper", "fyi", "intermittent", "one", "partial"}
)
GAP = "~"
GAP_REACH = 3  # the next words of which one goes on behind a gap


Found = tuple[str, int]  # a concept, and the number of words that say it


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a table: its concept and the patterns of its words."""

    concept: str
    parts: tuple[str, ...]


class Lexicon:
    """The tables of one language, indexed by an entry's first word."""

    def __init__(self, tables: Mapping[str, Collection[str]], language: str) -> None:
        self._exact: dict[str, list[Entry]] = {}
        self._starts: dict[str, list[Entry]] = {}
        self._ends: dict[str, list[Entry]] = {}
        self._first_letters: set[str] = (
            set()
        )  # of what `_starts`, and the last ones of what `_ends`: most words have none
        self._last_letters: set[str] = set()
        for concept, words in tables.items():
            for word in words:
                self._add(concept, word, language)

    def begun_by(self, word: str) -> Sequence[Entry]:
        """Every entry that begins with a word."""
        exact = self._exact.get(word, ())
        if word[:FEWEST] not in self._first_letters and word[-FEWEST:] not in self._last_letters:
            return exact
        return [*exact, *self._begun_by_parts_of(word)]

    def _begun_by_parts_of(self, word: str) -> Iterator[Entry]:
        for size in range(FEWEST, len(word) + 1):
            yield from self._starts.get(word[:size], ())
            yield from self._ends.get(word[-size:], ())

    @cache  # noqa: B019 - five lexicons live as long as the process
    def single(self, concept: str) -> frozenset[str]:
        """The one-word entries of a concept."""
        return frozenset(
            word
            for word, entries in self._exact.items()
            for entry in entries
            if entry.concept == concept and len(entry.parts) == 1
        )

    def _add(self, concept: str, written: str, language: str) -> None:
        for spelled in _spellings(written, language):
            parts = tuple(_parts(spelled))
            first = parts[0]
            entry = Entry(concept, parts)
            if first.endswith("*"):
                self._starts.setdefault(first[:-1], []).append(entry)
                self._first_letters.add(first[:FEWEST])
            elif first.startswith("*"):
                self._ends.setdefault(first[1:], []).append(entry)
                self._last_letters.add(first[-FEWEST:])
            else:
                self._exact.setdefault(first, []).append(entry)


class Beginnings:
    """The entries that begin with one word: those of that word alone, those told by the next words, and the rest.

    The rest goes on with a gap, or with any word that begins so: `near` and `stems` say whether one of it can match.
    """

    __slots__ = ("_alone", "_by_next", "_near", "_rest", "_stems")

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._alone: list[Found] = []  # of one word
        self._by_next: dict[str, list[tuple[str, Entry]]] = {}  # with the word behind the next, "" for any or none
        self._rest: list[Entry] = []
        for entry in entries:
            parts = entry.parts
            if len(parts) == 1:
                self._alone.append((entry.concept, 1))
            elif parts[1] == GAP or parts[1].endswith("*"):
                self._rest.append(entry)
            else:
                third = parts[2] if len(parts) > 2 else ""
                told = "" if third == GAP or third.endswith("*") else third
                self._by_next.setdefault(parts[1], []).append((told, entry))
        first_told = [entry.parts[1 if entry.parts[1] != GAP else 2] for entry in self._rest]
        self._near = frozenset([part for part in first_told if not part.endswith("*")])
        self._stems = tuple({part[:-1] for part in first_told if part.endswith("*")})

    def at(self, words: Sequence[str], position: int) -> list[Found]:
        """Every (concept, number of words) that an entry matches at a position, where its first word stands."""
        following = words[position + 1] if position + 1 < len(words) else ""
        told = self._by_next.get(following)
        rest = self._rest and self._may_go_on(words[position + 1 : position + 1 + GAP_REACH])
        if not told and not rest:
            return self._alone
        third = words[position + 2] if position + 2 < len(words) else ""
        longer = [entry for word, entry in told or () if not word or word == third]
        longer += self._rest if rest else ()
        matched = [(entry.concept, length) for entry in longer if (length := _length(entry.parts, words, position))]
        return self._alone + matched if matched else self._alone

    def _may_go_on(self, following: Sequence[str]) -> bool:
        return not self._near.isdisjoint(following) or (
            bool(self._stems) and any(word.startswith(self._stems) for word in following)
        )


class Shelf:
    """The lexicons that one mail is read with."""

    def __init__(self, books: Sequence[Lexicon]) -> None:
        self._books = tuple(books)

    def begun_by(self, word: str) -> Beginnings | None:
        """The entries of any language that begin with a word."""
        entries = [entry for book in self._books for entry in book.begun_by(word)]
        return Beginnings(entries) if entries else None

    @cache  # noqa: B019 - a shelf lives as long as the process; there are few
    def single(self, concept: str) -> frozenset[str]:
        """The one-word entries of a concept."""
        return frozenset().union(*(book.single(concept) for book in self._books))


def read_in(languages: Iterable[str]) -> tuple[str, ...]:
    """Those languages that have a lexicon, else English."""
    return tuple(language for language in languages if language in LANGUAGES) or ("en",)


@cache
def shelf(known: tuple[str, ...]) -> Shelf:
    """The lexicons of some of `LANGUAGES`, and what all of them borrow from the English one."""
    borrowed = [] if "en" in known else [_borrowed()]
    return Shelf([*(_lexicon(language) for language in known), *borrowed])


@cache
def _lexicon(language: str) -> Lexicon:
    return Lexicon({concept: words.split() for concept, words in concepts(language).items()}, language)


@cache
def _borrowed() -> Lexicon:
    english = concepts("en")
    return Lexicon({concept: _borrowable(english[concept]) for concept in sorted(BORROWED)}, "en")


def _borrowable(words: str) -> list[str]:
    return [word for word in dict.fromkeys(words.split()) if word not in FALSE_FRIENDS]


def _spellings(written: str, language: str) -> set[str]:
    if language != "de":
        return {fold(written)}
    spelled_out = written.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return {fold(written), fold(spelled_out)}


def _parts(spelled: str) -> Iterator[str]:
    for part in spelled.split("_"):
        if part == GAP:
            yield GAP
        elif part.isalpha():
            yield from [token.word for token in tokens_of(part)]
        else:
            yield from _with_stars(part)


def _with_stars(part: str) -> Iterator[str]:
    star_before, star_after = part.startswith("*"), part.endswith("*")
    pieces = [token.word for token in tokens(part.strip("*")) if token.word]
    for index, piece in enumerate(pieces):
        first, last = index == 0, index == len(pieces) - 1
        yield ("*" if star_before and first else "") + piece + ("*" if star_after and last else "")


def _length(parts: Sequence[str], words: Sequence[str], position: int) -> int:
    """How many words from `position` an entry covers; 0 where it does not match."""
    at, index = position + 1, 1  # the first part matched by the index
    while index < len(parts):
        if parts[index] == GAP:
            index += 1
            reach = range(at, min(at + GAP_REACH, len(words)))
            at = next((place for place in reach if _matches(parts[index], words[place])), -1)
            if at < 0:
                return 0
        elif at >= len(words) or not _matches(parts[index], words[at]):
            return 0
        at += 1
        index += 1
    return at - position


def _matches(part: str, word: str) -> bool:
    if part.endswith("*"):
        return word.startswith(part[:-1])
    return word == part
