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
from itertools import chain, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

RUN = 4  # words: three in a row are said by chance
MAX_WORDS = 40_000  # of one text; what stands further down is not compared, and so is known to nobody
MAX_LINES = 10_000

# Scripts without blanks between words are compared letter by letter.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
# Gateways rewrite links, and mail programs show where they lead.
_LINK = re.compile(r"<[^<>\s]{1,2000}>|\[?\b(?:https?|mailto|tel):[^\s<>\]]+\]?", re.IGNORECASE)
_MARKS = re.compile(r"^(?:[ \t]{0,3}(?:>|&gt;|\|(?=[ \t]|$)))+")


@dataclass(frozen=True, slots=True)
class Known:
    """The words of mails: every run of up to `RUN` of them, and every line."""

    runs: frozenset[tuple[str, ...]] = frozenset()
    lines: frozenset[tuple[str, ...]] = frozenset()

    def __or__(self, other: Known) -> Known:
        return Known(self.runs | other.runs, self.lines | other.lines)


NOTHING = Known()


def known(texts: Iterable[str]) -> Known:
    """What these texts say."""
    runs: set[tuple[str, ...]] = set()
    lines: set[tuple[str, ...]] = set()
    for text in texts:
        of_lines = text.split("\n")
        lines.update(filter(None, map(key_of, of_lines)))
        if "<" in text or ":" in text:
            lines.update(tuple(_WORD.findall(link[0].casefold())) for link in _LINK.finditer(text))
        words = list(islice(chain.from_iterable(map(words_of, of_lines)), MAX_WORDS))
        for length in range(1, RUN + 1):
            runs.update(zip(*(words[first:] for first in range(length)), strict=False))
    return Known(frozenset(runs), frozenset(lines))


def long_runs(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """The runs of `RUN` words of these texts alone: all that `known_words` asks for."""
    runs: set[tuple[str, ...]] = set()
    for text in texts:
        words = list(islice(chain.from_iterable(map(words_of, text.split("\n"))), MAX_WORDS))
        runs.update(zip(*(words[first:] for first in range(RUN)), strict=False))
    return frozenset(runs)


def words_of(line: str) -> tuple[str, ...]:
    """The words of a line as they are compared."""
    return _remembered_words(line) if len(line) <= _REMEMBERED else _words(line)


def _words(line: str) -> tuple[str, ...]:
    if not line or line.isspace():
        return ()
    if "<" in line or ":" in line:
        line = _LINK.sub(" ", line)
    if not line.isascii():
        line = unicodedata.normalize("NFKC", line)
    return tuple(_WORD.findall(line.casefold()))


_REMEMBERED = 500  # characters of a line whose words are kept for a while: one mail is compared several times
_remembered_words = lru_cache(maxsize=2048)(_words)


def key_of(line: str) -> tuple[str, ...]:
    """A line as a whole: its words, those of its link if that is all, or its signs; empty for an empty one."""
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
    if not what.runs and not what.lines:
        return [False] * len(lines)
    of_lines = list(map(words_of, lines[:MAX_LINES]))
    counts = _counted(of_lines, what)
    found = [bool(words) and count == len(words) for words, count in zip(of_lines, counts, strict=True)]
    found += [False] * (len(lines) - len(found))
    for at, line in enumerate(lines[:MAX_LINES]):
        if found[at]:
            continue
        if is_marked(line):
            key = key_of(line)
            in_part = len(key) < RUN and key in what.runs
            found[at] = key in what.lines or (in_part and (len(key) > 1 or _is_beside(found, lines, at)))
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
    words = list(islice(chain.from_iterable(of_lines), MAX_WORDS))
    covered = bytearray(sum(map(len, of_lines)))
    runs = what.runs
    for at, run in enumerate(zip(*(words[first:] for first in range(RUN)), strict=False)):
        if run in runs:
            covered[at : at + RUN] = b"\x01" * RUN
    counts, at = [], 0
    for words_here in of_lines:
        counts.append(sum(covered[at : at + len(words_here)]))
        at += len(words_here)
    return counts


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
