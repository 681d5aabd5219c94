"""Who speaks in a mail: its author, or a machine that they quote.

A log, a stack trace, JSON, a template's headings and boxes say what a program or somebody else wrote. They are heard
too, with a smaller weight, and what they say is never the customer's claim.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from helpdesk.severity.words import fold, tokens, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"^\s*(?:```|~~~|\{code|<pre|</pre)", re.IGNORECASE)
_STAMP = re.compile(
    r"^\W{0,2}(?:\w{1,12}[ :|]+)?"
    r"(?:\d{4}[-/.]\d{2}[-/.]\d{2}[ T]|\d{1,2}[/.-]\w{2,3}[/.-]\d{2,4}[ :]|\w{3} +\d{1,2} |\d{1,2}[-/]\d{1,2} )?"
    r"\d{2}:\d{2}:\d{2}(?!\d)"
)
# A part of a machine that reports (`br0: port 1`, `eth ... eth0: Link is Down`), what tools answer in, and a port.
_REPORT = re.compile(
    r"^(?:;; ?\S|\w+: \(\d+\) |(?:[\w.@-]+ ){0,3}[a-z]{2,}\d+(?:\.\d+)?: |\w+: [\w.]+(?:, \w+: [\w.]+)+$)|"
    r".*\b\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}\b"
)
_LEVEL = re.compile(r"^\W{0,2}(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|FATAL|CRITICAL|SEVERE|PANIC)\b[\]:| ]")
_FRAME = re.compile(
    r"^\s*(?:at [\w$.<>/\[\]]+\s?\(|File \"|Traceback \(|Caused by:|goroutine \d|#\d+ +\S|\d+: +\S+::|"
    r"\.\.\. \d+ more|[\w.$]+(?:Exception|Error)\b)"
)
_SHELL = re.compile(
    r"^\s*(?:[$#] \w|[\w.-]+@[\w.-]+[:~$#]|SELECT \S|(?:INSERT INTO|DELETE FROM|UPDATE \S+ SET)\b|"
    r"(?:GET|POST|PUT|DELETE) (?:/|http)|HTTP/\d)"
)
_BOX = re.compile(r"^\s*(?:[-*+]\s*)?\[[ xX✓✔]\]")
_HEADING = re.compile(r"^\s*(?:#{1,6} |\*\*[^*]{1,60}\*\*:?\s*$)")
_BY_ITS_LOOK = re.compile(
    "|".join(f"(?:{shape.pattern})" for shape in (_STAMP, _LEVEL, _FRAME, _REPORT, _SHELL, _BOX, _HEADING))
)
_OPENING = frozenset('"„“«')
_SAYS_MORE = re.compile(r"[\"„“«][^\"”»“\n]+[\"”»“]\W{0,4}(?:[^\W\d]+\W{1,2}){4}")  # `"FATAL: ..." is what it answers`
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKS = re.compile(r"[{}\[\]<>=;|\\/_&$@#%^~+*]")
_JSON = re.compile(r'"\s*:\s*["\d{\[]')
_PAIRS = 2  # of a key and a value in a line of data
_CODED = 0.14  # so much of a line of code or data is made of its marks
_SHORT = 12  # characters of which nothing is concluded


@dataclass(frozen=True, slots=True)
class Voices:
    """The lines of a mail in order, apart: what its author says, and what a machine or a form says."""

    own: str
    machine: str


def voices(text: str) -> Voices:
    """Tell the voices of a text apart by its lines."""
    own: list[str] = []
    machine: list[str] = []
    fenced = False
    for line in _COMMENT.sub("", text).splitlines():
        if _FENCE.match(line):
            fenced = not fenced and line.count("```") != 2
            machine.append(line)
        elif fenced or is_machine(line):
            machine.append(line)
        else:
            own.append(line)
    return Voices("\n".join(own), "\n".join(machine))


def is_machine(line: str) -> bool:
    """Whether a program or a form wrote it, by its look; a line that goes on behind what one wrote is its author's."""
    if line[:1] in _OPENING and _SAYS_MORE.match(line):
        return False
    if _BY_ITS_LOOK.match(line):
        return True
    if '":' in line and len(_JSON.findall(line)) >= _PAIRS:
        return True
    return len(line) > _SHORT and len(_MARKS.findall(line)) / len(line) > _CODED


_LISTS = word_lists("voices")
_EXPECTED = _LISTS["expected"]
_ASIDE = _EXPECTED | _LISTS["aside"]
_TITLE = re.compile(
    r"^[\W_]{0,4}(?:\d{1,2}[.)][\W_]{0,4})?(?P<title>[^:*_\n]{3,60}?)(?P<mark>:\*\*|\*\*:?|__:?|:)(?P<rest>.*)$"
)
_ANY_ASIDE = re.compile("|".join(sorted(_ASIDE)))
_MARKS_OF_TITLE = (":", "**", "__")
_WORDS_OF_TITLE = 6
_WORDS_OF_BARE_TITLE = 2  # without a mark of a heading


def is_aside(piece: str, text: str) -> bool:
    """Whether a piece of a text stands under a heading such as `Expected` or `Steps`: it tells of no trouble."""
    return bool(_heading_over(piece, text) & _ASIDE)


def is_expected(piece: str, text: str) -> bool:
    """Whether it stands under `Expected` or the like: it says how something should be, and not how it is."""
    return bool(_heading_over(piece, text) & _EXPECTED)


def _heading_over(piece: str, text: str) -> frozenset[str]:
    piece = piece.strip()
    return next((words for line, words in _headed(text) if piece in line), _NO_WORDS)


_NO_WORDS: frozenset[str] = frozenset()


@lru_cache(1)  # each piece of a mail is looked for
def _headed(text: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The lines of a text, each with the words of the heading that it stands under; none where none is an aside."""
    return tuple(_under_headings(text)) if _ANY_ASIDE.search(fold(text)) else ()


def _under_headings(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    heading = _NO_WORDS
    for line in text.splitlines():
        words, rest = _title(line)
        if words:
            heading = frozenset(words)
        yield line, heading
        if rest:
            heading = _NO_WORDS


def _title(line: str) -> tuple[tuple[str, ...], bool]:
    """The words of a heading, and whether what it is about follows on its line; none of another line."""
    named = _TITLE.match(line) if any(mark in line for mark in _MARKS_OF_TITLE) else None
    title = named["title"] if named else line
    if sum(map(str.isalnum, title.split())) > _WORDS_OF_TITLE:
        return (), False  # most lines: no more need be asked
    words = tuple(token.word for token in tokens(title) if token.word)
    bare = len(words) <= _WORDS_OF_BARE_TITLE and not line.endswith((".", "!", "?"))
    step = line[:1].isdigit() and "__" not in line and "**" not in line and _ASIDE.isdisjoint(words)
    if step or not (named or bare or line.startswith("#")):
        return (), False
    return (words, bool(named and named["rest"].strip())) if len(words) <= _WORDS_OF_TITLE else ((), False)
