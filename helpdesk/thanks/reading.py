"""Whether all that somebody wrote is thanks, or that it works now: nothing asked, nothing denied, nothing left open.

A careful reader: the whole text must be made of known phrases (`phrases`), so that any word it does not know, a
question mark, a number or a link makes it a text like any other. What it does not recognise costs an agent a click;
what it would recognise wrongly would cost a customer an answer.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.core.words.thanks import Thanks
from helpdesk.data_file import data_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ThanksKind = Literal["thanks", "confirms", "assents", "filler", "closing"]

_LONGEST = 600  # characters: nobody thanks at greater length
_MOST_WORDS = 60
# Questions end in other signs where other scripts are written; in Greek it is the semicolon.
_DOUBT = re.compile("[?\uff1f\u00bf\u061f\u037e#@/<>=*%$\u20ac_\\\\\\d]|[\u0370-\u03ff\u1f00-\u1fff] ?;")
_SMILEY = re.compile(r"[:;]-?[)D]+(?!\w)|\^\^|<3")
_THUMBS = re.compile("[\U0001f44d\U0001f44c\u2705\u2714\U0001f4af\U0001f3fb-\U0001f3ff]")
_CHEERFUL = re.compile(
    "[\U0001f600-\U0001f60e\U0001f642\U0001f607\U0001f64f\U0001f64c\U0001f389\U0001f44f\u2764\u263a\ufe0f]"
)
_HEARTS = re.compile(
    "[\u2665\u2764\u2b50\ufe0e\ufe0f\U0001f31f\U0001f493-\U0001f49f\U0001f4aa\U0001f60d\U0001f90d\U0001f90e\U0001f91d"
    "\U0001f970\U0001f973\U0001f9e1\U0001fa75-\U0001fa77\U0001faf6]"
)
_APPROVING = re.compile(f"{_THUMBS.pattern}|{_CHEERFUL.pattern}|{_HEARTS.pattern}")
_APOSTROPHES = re.compile("['\u2019`\u00b4]")
_PUNCTUATION = re.compile(
    '[.,!;:()"\u201c\u201d\u201e\u00ab\u00bb\u2026\u00a1\u2013\u2014\u00b7~\u3001\u3002\uff0c\uff01\u060c\u061b-]+'
)
# Under a closing formula: one to three words that begin with capitals.
_SIGNED = re.compile(r"[^\W\d_a-z][\w.'\u2019-]{0,20}(?: [^\W\d_a-z][\w.'\u2019-]{0,20}){0,2},?")
_SIGNED_LINES = 2


def is_approval(sign: str) -> bool:
    """Whether an emoji says thanks, or that all is well."""
    bare = _HEARTS.sub("", _THUMBS.sub("", _CHEERFUL.sub("", sign)))
    return bool(sign.strip()) and not bare.replace("\u200d", "").strip()


def read_thanks(text: str, *, names: Collection[str] = ()) -> Thanks | None:
    """Read what somebody wrote, without quotes; None where it is anything but thanks. `names` may be addressed."""
    if len(text) > _LONGEST:
        return None
    if is_approval(text):
        return Thanks(assents=True)
    known = frozenset(word for name in names for word in _words_of(name))
    words = _words(_unsigned(text, known))
    if not words or len(words) > _MOST_WORDS or _DOUBT.search(_SMILEY.sub(" ", text)):
        return None
    readings = _readings(words, known)
    found = [kinds for kinds in readings if kinds & {"thanks", "confirms"}]
    if not found:
        assents = any("assents" in kinds for kinds in readings) and not _yes() & set(words)
        return Thanks(assents=True) if assents or (readings and _APPROVING.search(text)) else None
    return Thanks(
        confirms=any("confirms" in kinds for kinds in found),
        assents=all("assents" in kinds for kinds in found),  # "works fine" needs no "fine" of its own
    )


@lru_cache(maxsize=512)  # the team's stand beside each mail
def _words_of(name: str) -> tuple[str, ...]:
    return tuple(_words(name))


def _words(text: str) -> list[str]:
    """Lower case, without accents, apostrophes and punctuation; a raised thumb is a word."""
    plain = _THUMBS.sub(" ok ", _CHEERFUL.sub(" ", _SMILEY.sub(" ", text)))
    plain = _PUNCTUATION.sub(" ", _APOSTROPHES.sub("", plain))
    return _folded(plain).split()


# Letters that are typed without their marks as others are, though no accent can be taken off them.
_ALIKE = str.maketrans({"\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u00e6": "ae"})


def _folded(text: str) -> str:
    """Lower case without accents, as many people type."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).translate(_ALIKE)


def _unsigned(text: str, names: frozenset[str]) -> str:
    """The text without the name that stands alone under a closing formula."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for at, line in enumerate(lines):
        below = lines[at + 1 :]
        if not below or len(below) > _SIGNED_LINES or not all(map(_is_a_name, below)):
            continue
        if any("closing" in kinds for kinds in _readings(_words(line), names)):
            return "\n".join(lines[: at + 1])
    return text


def _is_a_name(line: str) -> bool:
    """Not so where a script has no capitals: what stands there may be all that somebody has to say."""
    return _SIGNED.fullmatch(line) is not None and all(word[0].isupper() for word in line.split())


# --- the phrases as trees


@dataclass(frozen=True, slots=True)
class _Choice:
    """One of these rows; a row is words and choices in order."""

    rows: tuple[tuple[str | _Choice, ...], ...]


def _readings(words: list[str], names: frozenset[str]) -> set[frozenset[ThanksKind]]:
    """The kinds of phrases, for each way in which the words are made of known phrases; empty where they are not."""
    phrases = _phrases()
    reached: list[set[frozenset[ThanksKind]]] = [set() for _ in range(len(words) + 1)]
    reached[0].add(frozenset())
    for at, word in enumerate(words):
        if not reached[at]:
            continue
        for kind, phrase in phrases.get(word, ()):
            for end in _ends(phrase, words, at):
                if end > at:
                    reached[end] |= {kinds | {kind} for kinds in reached[at]}
        if word in names:
            reached[at + 1] |= reached[at]
    return reached[-1]


def _ends(choice: _Choice, words: list[str], at: int) -> set[int]:
    """Where a choice that begins at `at` may end."""
    ends: set[int] = set()
    for row in choice.rows:
        here = {at}
        for item in row:
            if isinstance(item, str):
                here = {end + 1 for end in here if end < len(words) and words[end] == item}
            else:
                here = {end for start in here for end in _ends(item, words, start)}
        ends |= here
    return ends


@cache
def _phrases() -> dict[str, list[tuple[ThanksKind, _Choice]]]:
    """Every phrase, by each word that it may begin with."""
    found: dict[str, list[tuple[ThanksKind, _Choice]]] = {}
    for kind, lines in _shipped():
        for line in filter(None, map(str.strip, lines.splitlines())):
            phrase = _parse(re.findall(r"[()|]|[^\s()|]+", line))
            for word in _first_words(phrase):
                found.setdefault(word, []).append((kind, phrase))
    return found


@cache
def _yes() -> frozenset[str]:
    """Words that alone may be the answer to a question."""
    return frozenset(_folded(_table()["words"]["yes"]).split("|"))


@cache
def _table() -> dict[str, Any]:
    return data_file(__package__, "phrases.toml")


def _shipped() -> Iterator[tuple[ThanksKind, str]]:
    """The lines of `phrases.toml` by their kind, with its words put in."""
    table = _table()
    words: dict[str, str] = {}
    for name, choice in table["words"].items():
        words[name] = choice.format_map(words)
    for entry in table["phrases"]:
        yield entry["kind"], _folded(entry["lines"].format_map(words))


def _parse(marks: list[str]) -> _Choice:
    rows: list[list[str | _Choice]] = [[]]
    while marks:
        mark = marks.pop(0)
        if mark == ")":
            break
        if mark == "|":
            rows.append([])
        else:
            rows[-1].append(_parse(marks) if mark == "(" else mark)
    return _Choice(tuple(map(tuple, rows)))


def _first_words(choice: _Choice) -> set[str]:
    return {word for row in choice.rows for word in _begins(row)}


def _begins(row: tuple[str | _Choice, ...]) -> Iterator[str]:
    for item in row:
        if isinstance(item, str):
            yield item
            return
        yield from _first_words(item)
        if not any(_may_be_empty(one) for one in item.rows):
            return


def _may_be_empty(row: tuple[str | _Choice, ...]) -> bool:
    return all(not isinstance(item, str) and any(map(_may_be_empty, item.rows)) for item in row)
