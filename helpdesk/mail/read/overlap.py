"""Which words of a text stand in mails that are known: the proof that something is quoted.

Words are compared in runs of `RUN`, without case, marks, links and line ends. So a quote is found however a mail
program wrapped, indented or marked it, whichever of its two alternatives it quotes, and whatever language it puts
around it; and a word that somebody put between is not. Linear in both texts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RUN = 4  # words: three in a row are said by chance
MAX_WORDS = 40_000  # of one text; what stands further down is not compared, and so is known to nobody
MAX_LINES = 10_000

# Scripts without blanks between words are compared letter by letter.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_PLAIN_WORD = re.compile("[a-z0-9]+")  # the same in plain letters, in two thirds of the time
# Gateways rewrite links, and mail programs show where they lead.
_LINK = re.compile(r"<[^<>\s]{1,2000}>|\[?\b(?:https?|mailto|tel):[^\s<>\]]+\]?", re.IGNORECASE)
# What every link has, in letters of any case: an eighth of the time to look for.
_IN_LINK = re.compile(r"<|[pPsS\u017foOlL]:[^\s<>\]]")
_MARKS = re.compile(r"^(?:[ \t]{0,3}(?:>|&gt;|\|(?=[ \t]|$)))+")


@dataclass(frozen=True, slots=True)
class Known:
    """The words of mails: every run of `RUN` of them, and every line. `said` are the words of each text in order.

    Shorter runs are hardly ever asked for, and are found in `said` when they are; those in `unless` do not count.
    """

    runs: frozenset[tuple[str, ...]] = frozenset()
    lines: frozenset[tuple[str, ...]] = frozenset()
    said: tuple[Sequence[str], ...] = ()
    unless: tuple[Sequence[str], ...] = ()

    def __or__(self, other: Known) -> Known:
        return Known(self.runs | other.runs, self.lines | other.lines, self.said + other.said)

    def __sub__(self, other: Known) -> Known:
        return Known(self.runs - other.runs, self.lines - other.lines, self.said, other.said)

    def short_runs(self) -> set[tuple[str, ...]]:
        """Every run of fewer than `RUN` words."""
        return _short_runs(self.said) - _short_runs(self.unless)


NOTHING = Known()


def known(texts: Iterable[str]) -> Known:
    """The runs of words and the lines of these texts, to find them again."""
    runs: set[tuple[str, ...]] = set()
    lines: set[tuple[str, ...]] = set()
    said: list[Sequence[str]] = []
    for text in texts:
        of_text = text.split("\n")
        apart = list(map(_taken_apart, of_text))
        lines.update(filter(None, (words or key_of(line) for (words, _), line in zip(apart, of_text, strict=True))))
        lines.update(chain.from_iterable([links for _, links in apart]))
        words = _in_a_row([words for words, _ in apart])
        runs.update(_runs(words))
        said += [words] if words else []
    return Known(frozenset(runs), frozenset(lines), tuple(said))


def long_runs(*texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """The runs of `RUN` words alone, all that `known_words` asks for, of these texts as lines."""
    of_texts = (_in_a_row(map(words_of, lines)) for lines in texts)
    return frozenset(chain.from_iterable(map(_runs, of_texts)))


def _in_a_row(of_lines: Iterable[Sequence[str]]) -> list[str]:
    return list(islice(chain.from_iterable(of_lines), MAX_WORDS))


def _runs(words: Sequence[str], length: int = RUN) -> Iterator[tuple[str, ...]]:
    return zip(*(words[first:] for first in range(length)), strict=False)


def _short_runs(texts: Iterable[Sequence[str]]) -> set[tuple[str, ...]]:
    return {run for words in texts for length in range(1, RUN) for run in _runs(words, length)}


def words_of(line: str) -> tuple[str, ...]:
    """The words of a line as they are compared."""
    return _taken_apart(line)[0]


def _taken_apart(line: str) -> _Words:
    bare = line.lstrip("> \t")  # so that a line is known again where it is quoted
    return _remembered(bare) if len(bare) <= _REMEMBERED else _read(bare)


def _read(line: str) -> _Words:
    if not line or line.isspace():
        return (), ()
    links: list[str] = []
    if ("<" in line or ":" in line) and _IN_LINK.search(line):
        links = _LINK.findall(line)
    if links:
        line = _LINK.sub(" ", line)
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line)
    word = _PLAIN_WORD if line.isascii() else _WORD
    return tuple(word.findall(line.casefold())), tuple(tuple(_WORD.findall(link.casefold())) for link in links)


_Words = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]  # of a line, and of each of its links
_REMEMBERED = 500  # characters of a line whose words are kept for a while: one mail is compared several times
_remembered = lru_cache(maxsize=2048)(_read)


def key_of(line: str) -> tuple[str, ...]:
    """A line as a whole: its words, those of its link if that is all, or its signs; empty for an empty one."""
    if not line or line.isspace():
        return ()
    words = words_of(line) or tuple(_WORD.findall(line.casefold()))
    if words:
        return words
    bare = unmarked(line).strip()
    return (bare,) if bare else ()


def unmarked(line: str) -> str:
    """A line without the marks of a quote before it."""
    return _MARKS.sub("", line)


def is_marked(line: str) -> bool:
    """Whether a line is marked as quoted."""
    return _MARKS.match(line) is not None


def shared(lines: Sequence[str], what: Known) -> list[bool]:
    """Of each line, whether all that it says stands in what is known: in runs of `RUN` words at least.

    A line that is marked as quoted may be shorter: a whole line, two words in a row, or one beside a line that is
    known. Empty lines are not known.
    """
    if what == NOTHING:
        return [False] * len(lines)
    of_lines = list(map(words_of, lines[:MAX_LINES]))
    counts = _counted(of_lines, what)
    found = [bool(words) and count == len(words) for words, count in zip(of_lines, counts, strict=True)]
    found += [False] * (len(lines) - len(found))
    short: set[tuple[str, ...]] | None = None
    for at, line in enumerate(lines[:MAX_LINES]):
        if found[at]:
            continue
        if is_marked(line):
            key = key_of(line)
            found[at] = key in what.lines
            if key and not found[at] and len(key) < RUN:
                short = what.short_runs() if short is None else short
                found[at] = key in short and (len(key) > 1 or _is_beside(found, lines, at))
        elif not of_lines[at]:  # a line of signs only, such as a rule
            found[at] = key_of(line) in what.lines and _is_beside(found, lines, at)
    return found


def _is_beside(found: Sequence[bool], lines: Sequence[str], at: int) -> bool:
    return any(found[near] for near in _nearest(lines, at))


def known_words(lines: Sequence[str], what: Known) -> list[int]:
    """How many words of each line stand in known runs."""
    if not what.runs:
        return [0] * len(lines)
    counts = _counted(list(map(words_of, lines[:MAX_LINES])), what)
    return counts + [0] * (len(lines) - len(counts))


def _counted(of_lines: Sequence[tuple[str, ...]], what: Known) -> list[int]:
    length = sum(map(len, of_lines))
    begun = bytes(map(what.runs.__contains__, _runs(_in_a_row(of_lines))))  # of each word, whether a known run begins
    covered = 0
    for behind in range(RUN):
        covered |= int.from_bytes(begun, "little") << 8 * behind
    of_words = covered.to_bytes(length, "little")
    ends = accumulate(map(len, of_lines))
    return [of_words.count(1, end - len(words), end) for words, end in zip(of_lines, ends, strict=True)]


def _nearest(lines: Sequence[str], at: int) -> Iterator[int]:
    """The lines before and behind one, past a few empty ones."""
    for step in (-1, 1):
        near = at + step
        for _ in range(_EMPTY):
            if 0 <= near < len(lines) and not unmarked(lines[near]).strip():
                near += step
        if 0 <= near < len(lines):
            yield near


_EMPTY = 3
