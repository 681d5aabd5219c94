"""How far trouble reaches: one thing of many, some of several, what is said of the others, and who sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helpdesk.severity.segment import Hit, Segment

_LISTS = word_lists("extent")

EARLY = 4  # words before `the others` where they are what the sentence is about
NAMED = 5  # words before `one valve` where it is what the sentence is about
FEWEST = 4  # words of a sentence; `Gate 2` alone is a signature
SPAN = 6  # words between `takes` and its seconds
_TAKES = _LISTS["takes"]
UNITS = _LISTS["units"]
SIGHT = 8  # words between seeing and what is seen

TROUBLE = frozenset({"down", "halt", "fail", "cannot", "wrong", "slow", "dataloss"})
_OTHERS = _LISTS["others"]
_NOT_OTHERS = _LISTS["not_others"]
_ANY_OTHER = _LISTS["any_other"]
_LIKEWISE = _LISTS["likewise"]
ITEMS = _LISTS["items"]
_LETTERS = _LISTS["letters"]  # the others are words, or what is left of one, in some language
AND = _LISTS["and"]
SINGLE = frozenset({"one", "single"})
_NO_SERIES = _LISTS["no_series"]
_NO_ONE = _LISTS["no_one"]
_TENS = _LISTS["tens"]
_NOT_A_THING = _LISTS["not_a_thing"]
SO = _LISTS["so"]
_DOERS = _LISTS["doers"]
_NO_DOING = _LISTS["no_doing"]
TITLES = _LISTS["titles"]
_SEES = _LISTS["sees"]


def others_fine(segment: Segment) -> bool:
    """`The other eleven gates open`: a comma part that is about the others, and tells of no trouble."""
    if segment.asks or not segment.says("else") or not _LIKEWISE.isdisjoint(segment.words):
        return False
    troubled = {hit.part for hit in segment.hits if hit.concept in TROUBLE or hit.status == "negated"}
    return any(hit.part not in troubled for hit in _about_others(segment))


def _about_others(segment: Segment) -> Iterator[Hit]:
    words = segment.words
    for hit in segment.hits:
        if hit.concept != "else" or _OTHERS.isdisjoint(words[hit.start : hit.end]):
            continue
        following = words[hit.end] if hit.end < len(words) else ""
        before = words[hit.start - 1] if hit.start else ""
        subject = hit.start <= EARLY or hit.part > 0
        if subject and following not in _NOT_OTHERS and before not in _ANY_OTHER:
            yield hit


def one_numbered(segment: Segment) -> bool:
    """`Tablet 7 hangs`: one thing that has a number."""
    words = segment.words
    if len(words) < FEWEST and not segment.subject:
        return False
    return any(
        words[at] in ITEMS and _is_number(words[at + 1]) and not _goes_on(words, at + 2) for at in range(len(words) - 1)
    )


def some_numbered(segment: Segment) -> bool:
    """`wards 6 and 9`, `pumps 3 to 7`: some of several."""
    words = segment.words
    return any(
        _goes_on(words, at)
        and _is_number(words[at - 1])
        and words[at - 2].endswith("s")
        and words[at - 2] not in _NO_SERIES
        for at in range(2, len(words))
        if words[at] in AND
    )


def _goes_on(words: Sequence[str], at: int) -> bool:
    return at + 1 < len(words) and words[at] in AND and _is_number(words[at + 1])


def _is_number(word: str) -> bool:
    return word.isdigit() or word in _LETTERS


def one_named(segment: Segment) -> bool:
    """`one mailbox is full`: one thing, and that is what the sentence is about."""
    words = segment.words
    if not (segment.subject or segment.failing or segment.says("wrong")):
        return False
    return any(
        words[at] in SINGLE
        and words[at + 1] not in _NOT_A_THING
        and (at == 0 or (words[at - 1] not in _NO_ONE and words[at - 1] not in _TENS))
        and "not" not in words[max(0, at - 3) : at]
        for at in range(min(NAMED, len(words) - 1))
    )


def one_person(segment: Segment) -> bool:
    """`Mr Okafor cannot sign in`: trouble of somebody who is named."""
    words = segment.words
    if not segment.failing:
        return False
    return any(
        words[at] in TITLES and (at == 0 or words[at - 1] not in {"dear", "liebe", "lieber"})
        for at in range(len(words) - 1)
    )


def sees_others(segment: Segment) -> bool:
    """`she gets the file of another patient`: seeing comes first, then whose it is."""
    if (segment.asks and not segment.subject) or not segment.has("foreign"):
        return False
    words = segment.words
    return any(
        hit.concept == "foreign" and _seen_before(words[max(0, hit.start - SIGHT) : hit.start]) for hit in segment.hits
    )


def _seen_before(words: Sequence[str]) -> bool:
    return not _SEES.isdisjoint(words) and "not" not in words


def takes_long(segment: Segment) -> bool:
    """`a search takes between thirty and fifty seconds`: how long something takes, told as trouble."""
    words = segment.words
    if UNITS.isdisjoint(words) or _TAKES.isdisjoint(words) or segment.has("lowkey", "workaround", "future"):
        return False
    takes = [at for at, word in enumerate(words) if word in _TAKES]
    units = [at for at, word in enumerate(words) if word in UNITS]
    return any(0 < unit - at <= SPAN for at in takes for unit in units)


def by_numbers(segment: Segment) -> bool:
    """`15 instead of 25`: a figure that is wrong, whatever it is of."""
    words = segment.words
    return any(
        hit.concept == "instead"
        and hit.end < len(words)
        and any(_is_count(word) for word in words[hit.end : hit.end + 2])
        and any(_is_count(word) for word in words[max(0, hit.start - 3) : hit.start])
        for hit in segment.hits
    )


def _is_count(word: str) -> bool:
    return word[0].isdigit()


def gets_by(segment: Segment) -> bool:
    """`..., so we look there`: what people do about it, with a verb of their own and no word of being stopped."""
    words = segment.words
    if segment.failing or segment.asks or segment.has("idle", "wish", "question", "solved"):
        return False
    return any(
        words[at] in SO and words[at + 1] in _DOERS and words[at + 2] not in _NO_DOING for at in range(len(words) - 2)
    )
