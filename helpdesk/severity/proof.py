"""Whether a piece of a mail proves an effect to somebody who doubts it.

An effect moves a verdict by its weight, and is now and then none. A reason is read by people, who are right to distrust
a desk that tells them what is not so: where it is doubtful who says a thing, of whom, of which time, or whether it is
said at all, there is no proof (design law 20). Nothing here moves a verdict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.severity.doubts import (
    fails,
    is_about_reproducing,
    is_denied,
    is_doubtful,
    is_lull,
    is_own_doing,
    is_supposed,
)
from helpdesk.severity.effects import effects
from helpdesk.severity.features import ASKS
from helpdesk.severity.reading import read
from helpdesk.severity.relief import is_taken_back
from helpdesk.severity.voices import is_aside, is_machine
from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from helpdesk.severity.observe import Observation
    from helpdesk.severity.segment import Segment

_LISTS = word_lists("proof")
_QUOTED = re.compile(r"[\"«„“”][^\"«»„“”\n]*[\"»“”]")
_QUOTATION = re.compile(rf"\s*{_QUOTED.pattern}[\s.,;:!?]*")  # a piece that is a quotation as a whole
_SHORT_QUOTE = 2  # words of a quotation that names a thing: the "Orders" page
BETTER = ("solved", "added-good", "taken-back", "ends-well", "works-now")
_NOT_YET = ("announced", "maintenance", "fyi")
OF_NOW = frozenset({"effect", "extent", "way"})  # findings that are told as of now


def proves(effect: str, finding: str, observed: Observation) -> bool:
    """Whether the piece that says an effect says it as a plain fact, of what the finding is about, and of now."""
    segment = segment_of(effect, observed)
    if segment is None or (segment.subject and segment is not observed.segments[-1]):
        return False  # a subject names
    if not _is_claimed(effect, finding, segment, observed):
        return False
    if effect in ASKS:
        return True
    if finding == "place":
        return True  # `the test system is down` supposes nothing
    return _is_plain(segment, observed.language) and (finding not in OF_NOW or _holds(effect, observed))


def _is_plain(segment: Segment, language: str) -> bool:
    """Whether it is told as so: not supposed, hoped, heard from somebody, tried out, or read in a log."""
    words, unplain = segment.words, _LISTS.get(f"unplain_{language}", frozenset())
    if not unplain.isdisjoint(words):
        return False
    return _SAYS.isdisjoint(words) or not _MARK_OF_QUOTE.isdisjoint(segment.text)


_SAYS = _LISTS["says"]
_MARK_OF_QUOTE = frozenset("\"«“„'")


def is_told(effect: str, segment: Segment, observed: Observation, *, least: int, may_be_over: bool) -> bool:
    """Whether a sentence of at least so many words tells of an effect that nothing takes back, itself least of all."""
    if len(segment.words) < least or is_supposed(segment) or segment.has("solved", "taken_back", "in_vain"):
        return False
    if segment.has("ok") and not (segment.failing or segment.has("wrong", "slow", "dataloss", "intermittent")):
        return False
    if not _is_claimed(effect, "effect", segment, observed):
        return False
    return not (may_be_over and _is_overtaken(segment, observed))


def is_end(segment: Segment, observed: Observation, *, least: int) -> bool:
    """Whether a sentence of at least so many words is about the end of trouble: `sorry for the noise` is, too."""
    if len(segment.words) < least or segment.says("dataloss"):
        return False
    lost = segment.says("all") and "gone" in segment.words
    return _is_their_own(segment, observed) and not (segment.failing or lost or is_lull(segment))


def _is_claimed(effect: str, finding: str, segment: Segment, observed: Observation) -> bool:
    """Whether the writer claims an effect in their own words, of whatever time."""
    if is_doubtful(effect, segment, observed):
        return False
    if effect in ASKS:
        return _is_their_own(segment, observed)
    if segment.text.rstrip(' "»”)').endswith("?") or not _is_their_own(segment, observed):
        return False
    if finding == "effect" and _tells_of_a_way_alone(segment):
        return False  # there is none of another way; what stopped is said elsewhere
    if finding in OF_NOW and (is_denied(segment) or is_own_doing(segment) or is_about_reproducing(segment)):
        return False
    return finding not in OF_NOW or _says_it_itself(effect, segment, observed)


def _tells_of_a_way_alone(segment: Segment) -> bool:
    """`we cannot sell in another way`; `nobody can log in, no workaround` tells of both, each in a part of its own."""
    ways = {hit.part for hit in segment.hits if hit.concept in {"way", "no_way", "workaround"}}
    return bool(ways) and not any(fails(hit) and hit.part not in ways for hit in segment.hits)


def _is_their_own(segment: Segment, observed: Observation) -> bool:
    """Whether it is neither somebody else's words, nor how it should be."""
    text = segment.text
    if _QUOTATION.fullmatch(text) or is_machine(text):
        return False
    return segment.subject or not (_is_quoted(text.strip(), observed.text) or is_aside(text, observed.text))


def _is_quoted(piece: str, text: str) -> bool:
    """Whether a quotation that begins before a piece of a line is still open there."""
    at = text.find(piece)
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return before.count('"') % 2 == 1 or before.count("«") > before.count("»")


def segment_of(effect: str, observed: Observation) -> Segment | None:
    """The segment that says an effect."""
    text = observed.seen.found[effect]
    return next((segment for segment in observed.segments if segment.text == text), None)


def _says_it_itself(effect: str, segment: Segment, observed: Observation) -> bool:
    """Whether it is still said where what it quotes is left out: `they read "nobody is available"`."""
    without = _QUOTED.sub(lambda quote: quote[0] if quote[0].count(" ") < _SHORT_QUOTE else " ", segment.text)
    if without == segment.text:
        return True
    left = read("", without, languages=(observed.language,))
    return effect in effects(left)


# Of which time it is told.


def _holds(effect: str, observed: Observation) -> bool:
    """Whether it is told as of now, and nothing that is told later takes it back."""
    segment = segment_of(effect, observed)
    if segment is None or any(_is_ahead(name, observed) for name in _NOT_YET) or _is_overtaken(segment, observed):
        return False
    if is_supposed(segment) or segment.says("future") or _SPAN.search(segment.text):
        return False
    return not is_bygone(segment, observed.language)


def _is_ahead(name: str, observed: Observation) -> bool:
    """Whether something is announced; `since your maintenance` tells since when."""
    if name not in observed.seen:
        return False
    segment = segment_of(name, observed)
    return segment is None or name == "announced" or not segment.says("since")


def _goes_on(segment: Segment) -> bool:
    """`since noon`, `still`; `for three hours` may be over."""
    since = not _SINCE.isdisjoint(segment.words)  # `this morning` may be over by now
    return (since or segment.has("still", "again")) and not segment.has("ok", "solved")


# `from 8:10 to 9:40`, `between 8 and 9`
_TO = r"(?:to|until|till|and|bis|und|a|à|al|et|y|e|alle|às|até|tot|en)"
_FROM = r"(?:from|between|von|zwischen|de|entre|dalle|das|van|tussen)"
_SPAN = re.compile(
    rf"\d[:.h]\d\d\W{{1,3}}(?:{_TO} )?(?:las? )?\d\d?[:.h]\d\d|"
    rf"\b{_FROM} (?:las? )?\d\d?(?:[:.h]\d\d)?(?: Uhr| uur| ?h)? {_TO} (?:las? )?\d\d?\b",
    re.IGNORECASE,
)
_SINCE = word_lists("doubts")["since"]
_DAYS = _LISTS["days"]


def is_bygone(segment: Segment, language: str) -> bool:
    """`On Sunday it showed ...`, `am Montag war ...`: whether it is still so is not said."""
    if _goes_on(segment):
        return False
    past = _LISTS.get(f"past_{language}", frozenset())
    return segment.says("past") or not (_DAYS | past).isdisjoint(segment.words)


def _is_overtaken(segment: Segment, observed: Observation) -> bool:
    """Whether what comes later in the mail tells of something better."""
    if is_taken_back(observed, segment):
        return True
    texts = [one.text for one in observed.segments]
    place = texts.index(segment.text)
    found = observed.seen.found
    return any(name in found and found[name] in texts and texts.index(found[name]) > place for name in BETTER)
