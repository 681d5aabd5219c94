"""Which sentence of the writer is shown where the desk claims nothing: what they say goes wrong, or that it is over.

A whole sentence of their own prose, of the last state that is told; the worst of these, and not the first. Where there
is none, nothing is quoted. Nothing here moves a verdict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.severity.effects import effects
from helpdesk.severity.evidence import EVIDENCE_LENGTH, is_sentence, whole
from helpdesk.severity.proof import BETTER, is_bygone, is_end, is_told, segment_of
from helpdesk.severity.reading import read
from helpdesk.severity.relief import addendum_at_head, relieves, says_end
from helpdesk.severity.voices import is_machine
from helpdesk.severity.words import fold, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helpdesk.severity.observe import Observation
    from helpdesk.severity.segment import Segment

_LISTS = word_lists("quotation")
_HANDS_OVER, _CONDITIONS = _LISTS["hands_over"], _LISTS["conditions"]
_NOT_OF_THIS = _LISTS["noise"] | _LISTS["usual"]
_JOINS = _LISTS["joins"]
_ASKS_REPORTER = _LISTS["asks_reporter"]
_ANSWER = re.compile(rf"\s*(?:{'|'.join(sorted(_LISTS['answers']))})[,.!]", re.IGNORECASE)
_NOTHING = word_lists("doubts")["nothing"]
_SHORT = 3  # words of a sentence
_FEWEST = 2  # words of one that takes trouble back: `Works now.`
_ENDS = ("taken-back", "added-good", "solved")


def quote_of_trouble(names: Sequence[str], observed: Observation, *, may_be_over: bool, least: int = _SHORT) -> str:
    """The sentence of at least so many words that tells of an effect, at its worst and as of now; "" for none.

    Where it `may_be_over`, signs of relief count. Elsewhere the last of them goes with it.
    """
    quote = _trouble(names, observed, may_be_over=may_be_over, least=least)
    return _with_relief(quote, observed) if quote else ""


def _with_relief(quote: str, observed: Observation) -> str:
    """Trouble, and what is told of something better behind it or in an addendum at the head: the reader judges."""
    body = [one for one in observed.segments if not one.subject]
    places = [at for at, one in enumerate(body) if one.text.strip(" :,") in quote]
    later = body[places[-1] + 1 :] if places else body
    better = {observed.seen.found[name] for name in BETTER if name in observed.seen}
    for one in reversed([*addendum_at_head(body), *later]):
        good = relieves(one) and not one.text.endswith("?")
        if (good or one.text in better) and is_end(one, observed, least=_FEWEST):
            relief = _sentence(one, observed)
            if relief and relief not in quote:
                return f"{quote} … {relief}"
    return quote


def _trouble(names: Sequence[str], observed: Observation, *, may_be_over: bool, least: int) -> str:
    told = [(name, segment) for name in names if name in observed.seen and (segment := segment_of(name, observed))]
    told.sort(key=lambda one: _weakness(one[1], observed))
    bygone = ""
    for name, segment in told:
        quote = _told_by(name, segment, observed, may_be_over=may_be_over, least=least + segment.subject)
        if quote and not is_bygone(segment, observed.language):
            return quote
        bygone = bygone or ("" if _is_better_before(segment, observed) else quote)
    later = (
        _later(names, [segment for _, segment in told], observed, may_be_over=may_be_over, least=least)
        if bygone
        else iter(())
    )
    return next(later, bygone)


def _is_better_before(segment: Segment, observed: Observation) -> bool:
    """`All works today. Yesterday nothing helped`: what was cannot be shown with what ends it behind it."""
    before = observed.segments[: observed.segments.index(segment)]
    return any(relieves(one) for one in before if not (one.subject or one.failing))


def _weakness(segment: Segment, observed: Observation) -> tuple[bool, bool, bool, bool]:
    """A subject names, and what was may be no more. The names of effects come in order, the worst first."""
    cut = len(segment.text) > EVIDENCE_LENGTH
    bygone = is_bygone(segment, observed.language)
    return segment.subject, bygone, cut, not segment.unable


def _told_by(name: str, segment: Segment, observed: Observation, *, may_be_over: bool, least: int) -> str:
    if not is_told(name, segment, observed, least=least, may_be_over=may_be_over):
        return ""
    if name == _BY_A_WORD and not segment.failing and is_bygone(segment, observed.language):
        return ""
    quote = _sentence(segment, observed)
    if is_of_a_program(quote) or not is_sentence(quote, "", least=_SHORT):
        return ""
    return quote if _still_says(name, quote, segment, observed) else ""


def is_of_a_program(piece: str) -> bool:
    """Whether it begins as programs do: `runtime: out of memory`, `SyncWorker: no key`, `429: too many requests`."""
    return _OF_A_PROGRAM.match(piece) is not None


_OF_A_PROGRAM = re.compile(r"(?:[a-z][\w.-]*|[A-Z][a-z]+[A-Z]\w*|\d{3}): ")


_BY_A_WORD = "wrong-result"  # `it was a cent too low, I have booked it out`: what was may be right by now


def _still_says(name: str, quote: str, segment: Segment, observed: Observation) -> bool:
    """Whether what is cut at its end says it still."""
    if not quote.endswith("…") or segment.text.strip(" :,") in quote:
        return True
    return name in effects(read("", quote, languages=(observed.language,)))


def _later(
    names: Sequence[str], told: Sequence[Segment], observed: Observation, *, may_be_over: bool, least: int
) -> Iterator[str]:
    """What is told behind it, the last first: an effect is known by the first sentence that says it."""
    first = min(map(observed.segments.index, told))
    for segment in reversed(observed.segments[first + 1 :]):
        if segment.failing and segment not in told and not is_bygone(segment, observed.language):
            says = effects((segment,))
            name = next((name for name in names if name in says), None)
            if name and (quote := _told_by(name, segment, observed, may_be_over=may_be_over, least=least)):
                yield quote


def quote_of_end(observed: Observation) -> str:
    """The sentence that says that trouble is over, or takes it back; "" for none."""
    named = [segment for name in _ENDS if name in observed.seen and (segment := segment_of(name, observed))]
    last = next((one for one in reversed(observed.segments) if one.failing or relieves(one)), None)
    told = named if last is None or last.failing or last in named else [*named, last]
    ends = (one for one in told if _ends(one) and is_end(one, observed, least=_SHORT))
    return next((quote for one in ends if _is_good(quote := _sentence(one, observed), observed)), "")


def _is_good(quote: str, observed: Observation) -> bool:
    """`it works again for viewing, but saving fails` is no end, and what is cut need not tell of one."""
    fails = any(one.failing and one.text.strip() in quote for one in observed.segments)
    return not (fails or quote.count(" ") < _SHORT - 1 or (quote.endswith("…") and len(quote) < EVIDENCE_LENGTH // 2))


def _ends(segment: Segment) -> bool:
    """`nothing to do for you` only ends a mail."""
    if segment.subject or segment.words[0] in _NOTHING:
        return False
    return not segment.has("solved") or segment.has("taken_back", "closing") or says_end(segment) or relieves(segment)


def _sentence(segment: Segment, observed: Observation) -> str:
    """The whole sentence of a segment, where it is the writer's prose about this case."""
    if not _NOT_OF_THIS.isdisjoint(segment.words) or _ANSWER.match(segment.text):
        return ""
    text = observed.subject if segment.subject else observed.text
    sentence = whole(segment.text, text)
    if not _ASKS_REPORTER.isdisjoint(_words(sentence)[:1]):
        return ""  # a form's
    if is_machine(sentence) or _is_torn(sentence, text) or _hangs_on(sentence, text):
        return ""
    if sentence.count('"') % 2:  # it ends within what it quotes
        return sentence.rpartition('"')[0].rstrip(" :,(") + "…"
    return sentence


_OPENS = tuple('"„“«`<')
_WORD = re.compile(r"[^\W\d_]+")


def _words(text: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(text)]


def _is_torn(sentence: str, text: str) -> bool:
    """Whether it goes on elsewhere: `It happens only here:`, `who presses it gets`, and the line of a log below."""
    if sentence.endswith((":", ",", "-")):
        return True
    if not sentence[-1:].isalpha():
        return False
    below = text.partition(sentence)[2].lstrip(" \n").partition("\n")[0]
    return _words(sentence)[-1] in _HANDS_OVER or is_machine(below) or below[:1].islower() or below[:1] in _OPENS


def _hangs_on(sentence: str, text: str) -> bool:
    """Whether it begins within a sentence that sets a condition, or what stands before says who speaks, or when."""
    at = text.find(sentence.removesuffix("…"))
    before = text[: max(0, at)].rstrip(" ")
    begun = _BEGUN.search(before) if before and before[-1] not in "\n.!?:*" else None
    if begun and (not _CONDITIONS.isdisjoint(_words(begun[0])) or not _JOINS.isdisjoint(_words(sentence)[:1])):
        return True
    opening = _words(sentence.partition(": ")[0]) if ": " in sentence else []
    if opening and len(opening) <= _SHORT and not _HANDS_OVER.isdisjoint(opening):
        return True  # `Error: ...`
    lines = before[-_NEAR:].splitlines()[::-1] if before.endswith("\n") else []
    item = bool(_ITEM.match(sentence))
    intro = next((line for line in lines if not (item and _ITEM.match(line))), "")
    if _FRAME.match(intro):
        return True  # of a log
    if not intro.endswith(":"):
        return False
    words = _words(intro)
    return not _HANDS_OVER.isdisjoint(words) or (item and not _CONDITIONS.isdisjoint(words))


_FRAME = re.compile(r"\s*([=#*-])\1{2,} ?\w.*\1{3}\s*$")  # `====Start of log====`
_BEGUN = re.compile(r"[^\n.!?]{1,200}$")
_ITEM = re.compile(r"\W{0,2}(?:[-*+•]|\d{1,2}[.)*])\s")
_NEAR = 400  # characters before an item within which its list begins
