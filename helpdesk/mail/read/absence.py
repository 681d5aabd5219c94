"""Whether a text is an absence notice and nothing else.

Some programs that answer for somebody who is away do not say that they are programs. A notice is known by the whole of
its text: each sentence holds nothing but words that such notices are made of, in one language (`absence.toml`), dates,
addresses and the names of those who help meanwhile, and one says that its writer is away. One word more, or a question,
makes it the mail of a person, who may well write that they will be away.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from helpdesk.data_file import data_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_LONGEST = 2_500  # characters
_MOST = 30  # sentences
_SIGNED_LINES = 10  # below a closing formula: name, title, telephone
_QUESTION_MARKS = ("?", "？")  # noqa: RUF001  of two scripts
_ORDER = re.compile(r"^\s*#[^\W\d_]", re.MULTILINE)
_FEWEST = 3  # words of a sentence
_POSTSCRIPT = re.compile(r"(?:p\.? ?p?\.?s|nb|пс)\b", re.IGNORECASE)


def is_absence_notice(text: str, *, names: Collection[str] = (), ours: bool = False) -> bool:
    """Whether these words only say that somebody is away, until when, and whom to ask instead.

    `names` are the writer's. Of one of ours it is also believed of an office, and of somebody who has left.
    """
    if not text.strip() or len(text) > _LONGEST or _is_a_persons(text):
        return False
    own = frozenset(word for name in names for word in _WORD.findall(fold(name)) if len(word) > 1)
    away = False
    for number, sentence in enumerate(_sentences(_unsigned(text.split("\n"), own))):
        said = _says_away(sentence, own, ours=ours) if number < _MOST else None
        if said is None:
            return False
        away = away or said
    return away


def _is_a_persons(text: str) -> bool:
    """Whether there is a question, or an order to the desk."""
    return any(mark in text for mark in _QUESTION_MARKS) or ("#" in text and _ORDER.search(text) is not None)


def has_absence_sentence(text: str) -> bool:
    """Whether one of the first sentences only says that somebody is away; others may say more."""
    lines = text[:_LONGEST].split("\n")
    return any(_says_away(one, frozenset(), ours=False) for one in islice(_sentences(lines), _MOST))


# --- words


_ALIKE = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "\u2019": "'", "\u2011": "-"}
)


def fold(text: str) -> str:
    """Lower case without accents, as many people type."""
    if text.isascii():
        return text.lower()
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.category(char) != "Mn"
    )
    return unicodedata.normalize("NFC", bare).translate(_ALIKE)


class _Words:
    """A list of words; one that ends in `*` stands for all that begin so."""

    def __init__(self, listed: str) -> None:
        every = fold(listed).split()
        self._whole = frozenset(word for word in every if not word.endswith("*"))
        self._beginnings = tuple({word[:-1] for word in every if word.endswith("*")})

    def __contains__(self, word: str) -> bool:
        return word in self._whole or word.startswith(self._beginnings)

    def longest_first(self) -> list[str]:
        return sorted({*self._whole, *self._beginnings}, key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class _Language:
    """What notices are made of in one language."""

    words: _Words
    contact: _Words
    greeting: _Words
    closing: _Words
    away: re.Pattern[str]
    ours: re.Pattern[str]
    never: re.Pattern[str]
    cased: bool  # names begin with a capital letter
    phrases: re.Pattern[str] | None  # where no spaces stand between words
    joined: tuple[str, ...]  # what is written as the beginning of the next word

    def knows(self, word: str) -> bool:
        """Whether a notice may hold this word."""
        if word in self.words or (word.startswith(self.joined) and word[1:] in self.words):
            return True
        if "'" not in word and "-" not in word:
            return False
        parts = re.split(r"['-]", word)
        return len(parts) > 1 and all(map(self.knows, filter(None, parts)))


@cache
def _file() -> dict[str, Any]:
    return data_file(__package__, "absence.toml")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(_file()[name].split())


@cache
def _languages() -> tuple[_Language, ...]:
    return tuple(_language(table) for table in _file().values() if isinstance(table, dict))


def _language(table: dict[str, Any]) -> _Language:
    every = " ".join(table[name] for name in ("words", "contact", "greeting", "closing"))
    words, spaced = _Words(every), table.get("spaces", True)
    return _Language(
        words=words,
        contact=_Words(table["contact"]),
        greeting=_Words(table["greeting"]),
        closing=_Words(table["closing"]),
        away=_pattern(table["away"]),
        ours=_pattern(table.get("ours", [])),
        never=_pattern(table.get("never", [])),
        cased=not table.get("uncased"),
        joined=tuple(table.get("joined", ())),
        phrases=None if spaced else re.compile("|".join(map(re.escape, words.longest_first()))),
    )


def _pattern(alternatives: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{fold(one)})" for one in alternatives) or r"(?!)")


# --- how a notice begins and ends


def _unsigned(lines: list[str], own: frozenset[str]) -> list[str]:
    """The lines without a closing formula, or the writer's own name, and the signature below it."""
    for at, line in enumerate(lines):
        below = [one for one in lines[at + 1 :] if one.strip()]
        if any(one.strip() for one in lines[:at]) and len(below) <= _SIGNED_LINES and _ends(line, own):
            return [*lines[:at], "", *filter(_is_a_sentence, below)]
    return lines


def _is_a_sentence(line: str) -> bool:
    """Whether a line below a closing formula says something, as a name, a title and a disclaimer do not."""
    text = line.strip(" \t*_\"')")
    says = len(text.split()) >= _FEWEST and text.endswith((".", "!", ":", "。"))
    return (says or _POSTSCRIPT.match(text) is not None) and not any(word in fold(text) for word in _listed("legal"))


def _ends(line: str, own: frozenset[str]) -> bool:
    words = _WORD.findall(fold(line))
    if not 0 < len(words) <= _CLOSING_WORDS:
        return False
    if own and all(word in own for word in words):
        return True
    return any(
        words[0] in language.closing and all(word in language.closing or word in own for word in words)
        for language in _languages()
    )


_CLOSING_WORDS = 6
_PARAGRAPH = re.compile(r"\n\s*\n")
_STOP = re.compile(
    r"(?:(?<!\d)[.;]|[!:])(?:\s|$)|[。！；…]+|\s[-–—•*]+\s|"  # noqa: RUF001  of several scripts
    # Behind a number it is of a date where a month follows: `5. Juni`.
    r"(?<=\d)\.(?=\s+(?!(?i:jan|feb|m[äa]r|apr|ma[iy]|jun|jul|aug|sep|o[kc]t|nov|de[zc]|uhr|woche))[^\W\d_a-z])"
)


def _sentences(lines: list[str]) -> Iterator[str]:
    for paragraph in _PARAGRAPH.split("\n".join(line.strip(" \t*_>|") for line in lines)):
        begun = ""
        for piece in _STOP.split(f"{paragraph} "):
            words = [*begun.split(), *piece.split()]
            begun = " ".join(words)
            if words and words[-1].lower() in _listed("abbreviated"):
                continue
            if any(map(str.isalnum, begun)):
                yield begun
            begun = ""


# --- a sentence

_WORD = re.compile(r"[^\W_][\w'\u2019\u2011-]*")
_ADDRESS = re.compile(r"<?(?:mailto:)?[\w.+'-]+@[\w.-]+\w>?|https?://\S+|www\.\S+", re.IGNORECASE)
_DATE = re.compile(
    r"\b\d{1,4}[./-]\s?\d{1,2}(?:[./-]\s?\d{0,4})?(?![\d-])|\b\d{1,2}(?:[:.]\d{2})+|\b\d{1,4}(?=[^\w+/()-]|$)"
)
_TELEPHONE = re.compile(r"(?:\+|\(|\b)\d[\d ()/.\u2011-]{5,}\d")
_MARKS = re.compile(r"[^\W_][\w'\u2019\u2011-]*|[@,，、()]")  # noqa: RUF001  Chinese, Japanese
_NUMBERED = re.compile(r"\d{1,4}(?:-\d{0,4})?(?:[-']?[^\W\d_]{1,5})?")
_NAMES = 6  # in one sentence
_LEFT, _LEFT_BESIDE_CONTACT = 1, 10  # characters, or words, of a script without capitals that may be names


def _says_away(sentence: str, own: frozenset[str], *, ours: bool) -> bool | None:
    """Whether a sentence of a notice says that its writer is away; None where it is none of a notice."""
    marked = _TELEPHONE.sub(" @ ", _DATE.sub(" 0 ", _ADDRESS.sub(" @ ", sentence)))
    marks = [(word, fold(word)) for word in _MARKS.findall(marked)]
    # A small word is no name: a language that does not know the longest has no form for the sentence.
    longest = max((folded for word, folded in marks if word[0].islower() and folded not in own), key=len, default="")
    found: bool | None = None
    for language in _languages():
        if longest and language.cased and not language.phrases and not language.knows(longest):
            continue
        form = _characters(marked, language) if language.phrases else _form(marks, language, own)
        if not form or language.never.search(form[0]):
            continue
        away = any(language.away.search(one) or (ours and language.ours.search(one)) for one in form)
        if away:
            return True
        found = False
    return found


def _characters(sentence: str, language: _Language) -> tuple[str, ...]:
    """The sentence of a language without spaces, if it is made of known phrases."""
    if sentence.isascii() or language.phrases is None:
        return ()
    text = fold(sentence)
    left = sum(char.isalpha() for char in language.phrases.sub("", text))
    beside = "@" in text or any(word in text for word in language.contact.longest_first())
    return (text,) if left <= (_LEFT_BESIDE_CONTACT if beside else _LEFT) else ()


@dataclass(slots=True)
class _Reading:
    """A sentence as far as it was read: its form, with signs for names and numbers, clause by clause."""

    clauses: list[list[str]] = field(default_factory=lambda: [[]])
    beside: bool = False  # of whom to ask instead
    names: int = 0


def _form(marks: Sequence[tuple[str, str]], language: _Language, own: frozenset[str]) -> tuple[str, ...]:
    """The sentence and its clauses with `¤` for the writer, `¶` for other names; () where a word is unknown."""
    read = _Reading(beside=("@", "@") in marks)
    for word, folded in marks:
        if word in ",，、()":  # noqa: RUF001  Chinese, Japanese
            read.clauses.append([])
            continue
        sign = _sign(word, folded, language, own, read)
        if not sign:
            return ()
        read.clauses[-1].append(sign)
    if read.names > _NAMES:
        return ()
    clauses = [" ".join(clause) for clause in read.clauses if clause]
    return (" ".join(clauses), *clauses)


def _sign(word: str, folded: str, language: _Language, own: frozenset[str], read: _Reading) -> str:
    """How a word stands in the form; "" where no notice has it."""
    if folded == "@" or _NUMBERED.fullmatch(folded):
        return "@" if folded == "@" else "0"
    if folded in language.contact:
        read.beside = True
    if language.knows(folded):
        return folded
    if folded in own:
        return "¤"
    return "¶" if _may_be_a_name(word, language, read) else ""


def _may_be_a_name(word: str, language: _Language, read: _Reading) -> bool:
    """A name stands beside how to reach somebody, or behind a word of its clause: `in Paris`."""
    read.names += 1
    if not language.cased and not word[0].isupper():  # among its letters a Latin name has its capital
        return read.beside and read.names <= _LEFT_BESIDE_CONTACT // 3
    return word[0].isupper() and (read.beside or len(read.clauses[-1]) > 1 or _greets(read, language))


def _greets(read: _Reading, language: _Language) -> bool:
    """Whether what was read is a greeting alone, behind which stands a name."""
    words: Iterable[str] = [word for clause in read.clauses for word in clause]
    return bool(words) and all(word in language.greeting or word == "¶" for word in words)
