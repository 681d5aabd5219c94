"""A text as segments of concepts, each hit with its status: asserted, negated, hypothetical or past.

A segment is a sentence, cut again where a contrast turns it (`..., but`). Within it, negation reaches a few words
and never over a comma; a condition covers the part between commas that it opens.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import accumulate, chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from helpdesk.languages.remembered import Remembered
from helpdesk.severity.lexicon import WHOLE, read_in, shelf
from helpdesk.severity.segment import Hit, Segment
from helpdesk.severity.words import REMEMBERED, blanked, split, tokens_of, word_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from helpdesk.severity.lexicon import Beginnings, Found
    from helpdesk.severity.segment import Assertion
    from helpdesk.severity.words import Token

_LISTS = word_lists("reading")

NEGATORS = ("not", "none", "nobody")
POSITIVE = frozenset({"work", "can", "ok", "core", "way", "prod", "solved"})  # negated by a word on either side
INDIFFERENT = frozenset(
    {
        "all",
        "one",
        "users",
        "we",
        "me",
        "many",
        "since",
        "past",
        "system",
        "peripheral",
        "firm_if",
        "future",
        "contrast",
        "neutral",
        "deadline",
        "still",
        "else",
        "not_prod_word",
        "place",
        "figures",
        "closing",
        "instead",
        "account",
        "no_way",
        "polite",
        "after_it",
        "server_error",
        "by_the_by",
    }
)
REACH = 5  # words between a negator and the positive word it turns
LONGEST = 60  # words and marks of a segment; who writes on without a stop is cut
MOST_WORDS = 900  # words and marks of a mail that are read
LIST_REACH = 10  # words that `nobody` reaches over the commas of a list
REACH_BACK = 4  # the same where the negator follows (German, French)
NEARLY_ALL, NEXT_TO_NONE = 95, 3  # percent
NEXT = 2  # and where it stands right before, or one word before
CLAUSE = 5  # words before a colon that say something of their own, as `Error:` does not
SHORT_REACH = 3  # and for a negative word: `no error`, `nothing is down`


class Lexeme(NamedTuple):
    """A word or a mark (`word` is "" then), with what is known of it wherever it stands."""

    word: str
    mark: str
    begun: Beginnings | None  # the entries that begin with it
    counts: bool  # it is a number
    contrasts: bool  # a segment begins with it
    separates: bool  # a mark between two parts of a sentence
    ends: bool  # a mark that ends a sentence
    plain: bool  # it neither begins nor ends a segment, whatever stands around it


def read(subject: str, text: str, *, languages: tuple[str, ...]) -> tuple[Segment, ...]:
    """The segments of a subject and a text, read in those languages."""
    known = _lexemes_of(read_in(languages))
    heads = _segments(subject, known, subject=True) if subject else ()
    return (*heads, *_segments(text, known, subject=False)) if text else (*heads,)


@cache
def _lexemes_of(languages: tuple[str, ...]) -> Callable[[str], tuple[Lexeme, ...]]:
    """What a token as it is written stands for in those languages; found once for each."""
    book = shelf(languages)
    contrasts = book.single("contrast")

    def lexeme(token: Token) -> Lexeme:
        word, mark = token
        if not word:
            return _mark(mark)
        turns = word in contrasts
        begun = book.begun_by(word)
        return Lexeme(word, "", begun, _counts(word), turns, separates=False, ends=False, plain=not turns)

    def lexemes(raw: str) -> tuple[Lexeme, ...]:
        return tuple([lexeme(token) for token in tokens_of(raw)])

    return Remembered(lexemes, most=REMEMBERED).__getitem__


@lru_cache(REMEMBERED)
def _mark(mark: str) -> Lexeme:
    """A mark, which is one in every language."""
    separates, ends = "," in mark or ":" in mark, _ends_sentence(mark)
    plain = not (separates or ends)
    return Lexeme("", mark, None, counts=False, contrasts=False, separates=separates, ends=ends, plain=plain)


def _segments(text: str, known: Callable[[str], tuple[Lexeme, ...]], *, subject: bool) -> Iterator[Segment]:
    plain = blanked(text)
    small = plain.lower()  # so that a word is mostly the same token
    written = split(small if len(small) == len(plain) else plain, most=MOST_WORDS)
    found = list(map(known, written[1::2]))
    lexemes = list(islice(chain.from_iterable(found), MOST_WORDS))
    token_of = [number for number, stands_for in enumerate(found) for _ in stands_for]
    ends = list(accumulate(map(len, written)))
    for begin, end in _pieces(lexemes):
        piece = lexemes[begin:end]
        said, parts = _words_and_parts(piece)
        if said:
            first, last = token_of[begin], token_of[end - 1]
            words = tuple([lexeme.word for lexeme in said])
            yield Segment(
                text=text[ends[2 * first] : ends[2 * last + 1]],
                words=words,
                hits=tuple(_with_status(_hits(said, words, parts))),
                asks="?" in piece[-1].mark,
                subject=subject,
            )


def _pieces(lexemes: Sequence[Lexeme]) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end, cut once more before a word of contrast."""
    begin, after_comma = 0, False
    for place, lexeme in enumerate(lexemes):
        if lexeme.plain and not after_comma and place - begin < LONGEST - 1:
            continue
        turns = lexeme.contrasts or (after_comma and _compares(lexemes, place))
        if turns and any(earlier.word for earlier in lexemes[begin:place]):
            yield begin, place
            begin = place
        after_comma = "," in lexeme.mark
        clause = not lexeme.ends and ":" in lexeme.mark and _is_clause(lexemes[begin:place])
        if lexeme.ends or clause or place - begin == LONGEST - 1:
            yield begin, place + 1
            begin = place + 1
    if begin < len(lexemes):
        yield begin, len(lexemes)


def _compares(lexemes: Sequence[Lexeme], place: int) -> bool:
    """`, just like last week`: what was then says nothing of what is told before."""
    return any(lexeme.word in _AS for lexeme in lexemes[place : place + 2])


_AS = _LISTS["as"]


def _is_clause(piece: Sequence[Lexeme]) -> bool:
    """Whether it says something before a colon: `it would be good if you could look at this: the shop is down`."""
    return sum(bool(lexeme.word) for lexeme in piece) >= CLAUSE


_STOPS = frozenset(".!?;…()|\n")
_DASHES = frozenset({"-", "\u2013", "\u2014", "--"})


def _ends_sentence(mark: str) -> bool:
    return not _STOPS.isdisjoint(mark) or mark.strip() in _DASHES


def _hits(said: Sequence[Lexeme], words: Sequence[str], parts: Sequence[int]) -> list[Hit]:
    hits: list[Hit] = []
    swallowed = 0  # words before this place belong to an entry that counts only as a whole
    mocked = 0  # and words before this one name another environment than production
    for place, lexeme in enumerate(said):
        if lexeme.counts and (share := _share(words, place)) and not (place and words[place - 1] in _EVERY):
            hits.append(Hit(share, place, place + 2, parts[place]))
        if lexeme.begun is None or place < swallowed or not (found := lexeme.begun.at(words, place)):
            continue
        if lexeme.word == "some" and place + 1 < len(words) and said[place + 1].counts:
            hits.append(Hit("many", place, place + 2, parts[place]))
            continue  # `some nine hundred`: about so many
        if len(found) > 1 or found[0][1] > 1 or place < mocked:
            found, swallows, mocks = _left_of(found, mocked=place < mocked)
            swallowed, mocked = place + swallows, place + mocks if mocks else mocked
        for concept, length in found:
            meant = _turned(concept, words, place) if concept in _TURNED else concept
            if meant is not None:
                hits.append(Hit(meant, place, place + length, parts[place]))
    return hits


def _left_of(found: list[Found], *, mocked: bool) -> tuple[list[Found], int, int]:
    """What is left of entries that begin at one word, how many words they swallow, and how many they mock."""
    if mocked:
        found = [(concept, length) for concept, length in found if concept != "prod"]  # `pre-production`
    longest, whole = max([length for _, length in found], default=0), False
    mocks = longest if any(concept == "nonprod" for concept, _ in found) else 0
    if mocks:
        found = [(concept, length) for concept, length in found if concept != "peripheral"]  # `preview environment`
    if longest > 1:
        found, whole = _longer(found, longest)
    return found, longest if whole else 0, mocks


def _counts(word: str) -> bool:
    return word[:1].isdigit() or word in _COUNTED


def _longer(found: Sequence[Found], longest: int) -> tuple[list[Found], bool]:
    """What entries of several words leave of those of one, and whether the longest counts only as a whole."""
    whole = any(length == longest and concept in WHOLE for concept, length in found)
    left = [(concept, length) for concept, length in found if length == longest or not whole]
    if any(concept == "not" and length > 1 for concept, length in left):
        left = [(concept, length) for concept, length in left if concept != "none"]  # `no longer`
    return left, whole


def _turned(concept: str, words: Sequence[str], place: int) -> str | None:
    """What the words before make of it, None for nothing: `not one customer`, `after last night's update`."""
    if place and words[place - 1] in _NOT_EVEN:
        return None if concept == "one" else concept
    from_then_on = concept == "past" and not _FROM_THEN_ON.isdisjoint(words[max(0, place - 4) : place])
    return "since" if from_then_on else concept


def _words_and_parts(piece: Sequence[Lexeme]) -> tuple[list[Lexeme], list[int]]:
    """The words of a piece, and of each the comma part that it stands in."""
    words: list[Lexeme] = []
    parts: list[int] = []
    part = 0
    for lexeme in piece:
        if lexeme.word:
            words.append(lexeme)
            parts.append(part)
        elif lexeme.separates:
            part += 1
    return words, parts


_FROM_THEN_ON = _LISTS["from_then_on"]
_NOT_EVEN = _LISTS["not_even"]
_TURNED = frozenset({"one", "past"})
_FILLERS = _LISTS["fillers"]
_GENITIVE = frozenset({"der", "unserer"})
_OF = frozenset({"of", "in", "von", "sur", "de", "out", "van", "su", "di", "dei", "dos", "das", "em"})
_COUNTED = _LISTS["counted"]


def _share(words: Sequence[str], place: int) -> str | None:
    """`all` for `100 %` or nearly, `one` for next to nothing, `partial` between; also of `3 of 60`, `1 out of 9`."""
    number = words[place]
    ahead = words[place + 1 : place + 5]
    following = [word for at, word in enumerate(ahead) if word not in _FILLERS and not (at and word == "de")]
    if not following:
        return None
    if following[0] in {"percent", "prozent", "procent"} and number[0].isdigit():
        return _of_hundred(_value(number))
    genitive = ahead[0] in _GENITIVE  # `zwei unserer fünf`
    whole = following[0] if genitive else _whole(following)
    counted = (genitive or following[0] in _OF) and all(
        word.isdigit() or word in _COUNTED for word in (number, whole) if word
    )
    if not counted or not whole:
        return _of_things(number, words[place + 1 : place + 6])
    if number in {"1", "one"} and whole.isdigit() and len(whole) > 1:
        return "one"  # `one out of 40`
    return "partial" if number != whole else "all"


def _whole(following: Sequence[str]) -> str:
    """The number after `of` or `out of`; `""` where the segment ends."""
    if following[0] == "out" and len(following) > 2:
        return following[2]
    return following[1] if len(following) > 1 else ""


def _of_things(number: str, following: Sequence[str]) -> str | None:
    """`9 classes out of 31`, `six farms of the forty`: the things stand between."""
    after = [word for word in following if word not in _FILLERS]
    if len(after) < 3 or after[0] in _MEASURES or after[0] in _OF or after[1] not in _OF_THINGS:
        return None
    whole = after[2] if after[2] not in _OF else after[3] if len(after) > 3 else ""
    if not number.isdigit() and number not in _COUNTED:
        return None
    if whole.isdigit() and (not number.isdigit() or int(number) < int(whole) < _A_YEAR):
        return "partial"
    return "partial" if whole in _COUNTED and not number.isdigit() and whole != number else None


_EVERY = _LISTS["every"]
_OF_THINGS = frozenset({"of", "out", "von", "sur", "de"})
_MEASURES = _LISTS["measures"]
_A_YEAR = 1900  # what is counted here is fewer; `3 files of 2024` is no share


def _of_hundred(share: float) -> str:
    if share >= NEARLY_ALL:
        return "all"
    return "partial" if share > NEXT_TO_NONE else "one"


def _value(number: str) -> float:
    whole, _, rest = number.replace(",", ".").partition(".")
    return (
        float(f"{whole.split(':')[0]}.{rest.split('.')[0] or 0}")
        if whole.split(":")[0].isdigit() and rest.split(".")[0].isdigit() | (not rest)
        else 0.0
    )


def _with_status(hits: Sequence[Hit]) -> Iterable[Hit]:
    """Every hit with what the words around it make of it."""
    if _CHANGING.isdisjoint(map(_CONCEPT, hits)):
        return hits
    return _with_changed_status(hits)


_CONCEPT = attrgetter("concept")
_CHANGING = frozenset({*NEGATORS, "past", "firm_if", "future"})  # without one of these all is asserted


def _with_changed_status(hits: Sequence[Hit]) -> Iterator[Hit]:
    negators = [hit for hit in hits if hit.concept in NEGATORS]
    supposed = _supposed_parts(hits)
    bygone = any(hit.concept == "past" for hit in hits) and not any(
        hit.concept in {"since", "still", "again"} for hit in hits
    )
    for hit in hits:
        if _is_not_there(hit, negators, hits) if hit.concept in _SITES else _negated(hit, negators):
            status: Assertion = "negated"
        elif hit.part in supposed:
            status = "hypothetical"
        elif bygone and hit.concept not in {"past", "solved"}:
            status = "past"
        else:
            status = "asserted"
        yield hit._replace(status=status) if status != "asserted" else hit


def _is_not_there(place: Hit, negators: Iterable[Hit], hits: Iterable[Hit]) -> bool:
    """`this is not the sandbox`; but what cannot be done in the sandbox is of the sandbox.

    `no orders in production` is of production, `no production impact` denies it, and so does `production is not
    concerned`, as `production does not work` does not.
    """
    if place.concept == "prod" and _is_left_alone(place, negators, hits):
        return True
    reach = SHORT_REACH if place.concept == "nonprod" else NEXT
    near = [
        negator
        for negator in negators
        if 0 <= place.start - negator.end < (SHORT_REACH if negator.concept == "not" else reach)
    ]
    return any(
        not any(negator.start <= hit.end < place.start for hit in hits if hit.concept in _VERBS) for negator in near
    )


def _is_left_alone(place: Hit, negators: Iterable[Hit], hits: Iterable[Hit]) -> bool:
    behind = [one for one in negators if one.concept == "not" and place.end <= one.start < place.end + REACH_BACK]
    verbs = [hit.start for hit in hits if hit.concept in _VERBS or hit.concept == "core"]
    return any(not {one.start, one.end}.intersection(verbs) for one in behind)


_SITES = frozenset({"prod", "nonprod"})
_VERBS = frozenset({"can", "cannot", "work", "ok"})


def _negated(hit: Hit, negators: Collection[Hit]) -> bool:
    if hit.concept in NEGATORS or hit.concept in INDIFFERENT:
        return False
    positive = hit.concept in POSITIVE
    reach = REACH if positive else SHORT_REACH
    for negator in negators:
        if negator.concept == "nobody" and _reaches_far(negator, hit):
            return True
        if negator.part != hit.part:
            continue
        if negator.end <= hit.start <= negator.end + reach - 1:
            return True
        if positive and hit.end <= negator.start <= hit.end + REACH_BACK - 1:
            return True
    return False


def _reaches_far(nobody: Hit, hit: Hit) -> bool:
    """`none of my colleagues in London, Madrid or Oslo can ...`: who is nobody stands between, if need be as a list."""
    verb = hit.concept == "can" or (hit.concept == "work" and hit.part != nobody.part)
    return verb and 0 <= hit.start - nobody.end < LIST_REACH


def _supposed_parts(hits: Sequence[Hit]) -> set[int]:
    """The comma parts that a condition opens, or that speak of plans."""
    supposed = {hit.part for hit in hits if hit.concept == "firm_if" and hit.start <= 2}
    return supposed | {hit.part for hit in hits if hit.concept == "future"}
