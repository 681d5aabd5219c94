"""What a text says of escalation: that it asks for it, that it may, or neither.

It asks where a sentence says so to us about this case (`appeal.toml`). A request under a condition, one that sends us
to somebody else, a threat, a question how it is done, and that something is not acceptable may be meant as one. What
denies it, what stands between quotation marks and what speaks of a product's own escalations is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from helpdesk.data_file import data_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NEAR = 4  # words before them in which a denial denies them
_LONGEST = 600  # characters of a sentence that are read
_MOST = 400  # sentences
# Both begin with one of a few signs, and ask which it was then: a text is passed over as fast as letters are compared.
_SAID_BY_OTHERS = re.compile(r"[\"“„«»`](?:(?<!`)[^\"“”„«»\n]{1,200}[\"“”«»]|(?<=`)[^`\n]{1,200}`)")
_SENTENCE = re.compile(r"[.!?:\s](?:(?<=[.!?:])(?=\s|$)|(?<=\n)\s*\n|(?<=\s)[-–—]+\s)")  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Appeal:
    """The words that speak of escalation, and whether they surely ask for it."""

    words: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Language:
    asks: re.Pattern[str]
    may: re.Pattern[str]
    condition: re.Pattern[str]
    polite: re.Pattern[str]
    denies: re.Pattern[str]
    others: re.Pattern[str]


def appeal(text: str, *, named: Sequence[str] = ()) -> Appeal | None:
    """How a text asks for escalation, if it does; `named` are the policy's own words for it."""
    lower = text.lower().replace("\u2019", "'")
    named = [one for one in named if all(word in lower for word in one.lower().split())]
    if not named and not _hint().search(lower):
        return None
    found = [one for sentence in _sentences(lower, every=bool(named)) for one in _appeals(sentence, named)]
    return next((one for one in found if one.sure), found[0] if found else None)


def _sentences(lower: str, *, every: bool) -> Iterator[str]:
    """The first sentences: every one of them, or those that have a hint."""
    plain = _SAID_BY_OTHERS.sub(" ", lower)
    for sentence in _SENTENCE.split(plain, maxsplit=_MOST)[:_MOST]:
        if every or _hint().search(sentence):
            said = " ".join(sentence.split()).strip(" *_>")[:_LONGEST]
            if said:
                yield said


def _appeals(sentence: str, named: Sequence[str]) -> Iterator[Appeal]:
    if named:
        yield from _in_words_of_policy(sentence, named)
    if not _hint().search(sentence):
        return
    for language in _languages():
        asks = language.asks.search(sentence)
        found = asks or language.may.search(sentence)
        if found is None or _said_of_product(sentence, found) or _denied(sentence, found, language):
            continue
        if asks is None:
            yield Appeal(found[0].strip(" ,;"), sure=False)
        elif not language.denies.search(asks[0]):
            yield Appeal(asks[0].strip(" ,;"), sure=not _later(sentence, language))


def _in_words_of_policy(sentence: str, named: Sequence[str]) -> Iterator[Appeal]:
    if not any(one.lower() in sentence for one in named):
        return  # the pattern would be tried at every letter
    found = _words_of_policy(tuple(named)).search(sentence)
    languages = _languages()
    if found and not any(_denied(sentence, found, language) for language in languages):
        yield Appeal(found[0], sure=not any(_later(sentence, language) for language in languages))


@lru_cache(64)
def _words_of_policy(named: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(one.lower()) for one in named)})(?!\w)")


def _said_of_product(sentence: str, found: re.Match[str]) -> bool:
    """Whether its clause speaks of what a product does; `the API is down, please escalate` does not."""
    begin = max(sentence.rfind(mark, 0, found.start()) for mark in ",;") + 1
    end = min((at for mark in ",;" if (at := sentence.find(mark, found.end())) >= 0), default=len(sentence))
    return _product().search(sentence, begin, end) is not None


def _denied(sentence: str, found: re.Match[str], language: _Language) -> bool:
    """Whether one of the words right before denies it, in its clause, or one right behind."""
    clause = _CLAUSE.split(sentence[: found.start()])[-1]
    before = " ".join(clause.split()[-_NEAR:])
    return bool(language.denies.search(before) or _DENIED_BEHIND.match(sentence, found.end()))


_CLAUSE = re.compile(r"[,;]|\b(?=(?:i|we|ich|wir|je|nous|yo|io|ik|wij|eu)\b)")
_DENIED_BEHIND = re.compile(r"(?: (?:sie|das|es|dies|den fall|bitte|noch|it|this|dit))*(?: \w+)? (?:nicht|niet|not)\b")


def _later(sentence: str, language: _Language) -> bool:
    """Whether it is said for a case that may come, or to be taken up with somebody else."""
    bare = language.polite.sub(" ", sentence)
    return bool(language.condition.search(bare) or language.others.search(bare))


@cache
def _file() -> dict[str, dict[str, str | list[str]]]:
    return data_file(__package__, "appeal.toml")


@cache
def _languages() -> tuple[_Language, ...]:
    return tuple(_language(table) for name, table in _file().items() if name != "common")


@cache
def _hint() -> re.Pattern[str]:
    """Any of the hints; those that begin with the same letter are tried only where it stands."""
    hints = sorted(str(_file()["common"]["hints"]).split())
    alike = ((first, "|".join(re.escape(hint[1:]) for hint in those)) for first, those in groupby(hints, itemgetter(0)))
    return re.compile("|".join(f"{re.escape(first)}(?:{rest})" for first, rest in alike))


@cache
def _product() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_file()['common']['product']})(?!\w)")


def _language(table: dict[str, str | list[str]]) -> _Language:
    def whole(name: str) -> re.Pattern[str]:
        return re.compile(rf"(?<!\w)(?:{table[name]})(?!\w)")

    def any_of(name: str) -> re.Pattern[str]:
        filled = list(table[name])
        for part in ("case", "above", "yours"):
            filled = [one.replace(f"{{{part}}}", f"(?:{table[part]})") for one in filled]
        return re.compile(rf"(?<!\w)(?:{'|'.join(f'(?:{one})' for one in filled)})")

    return _Language(
        any_of("asks"), any_of("may"), whole("condition"), whole("polite"), whole("denies"), whole("others")
    )
