"""How a mail's own sentences go on after the trouble: it works now, it was a mistake, it works in another way.

People seldom write `resolved`. They tell of the trouble and then, last, how it stands; or what they do meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helpdesk.severity.segment import Hit, Segment

_LISTS = word_lists("course")
_NOW, _AGAIN, _BACK, _MEANS, _SO = (_LISTS[name] for name in ("now", "again", "back", "means", "so"))
_ADDED, _HOURS, _LATER = (_LISTS[name] for name in ("added", "hours", "later"))
_TWO = frozenset({("p", "s"), ("sent", "later"), ("a", "later"), ("mise", "a"), ("n", "b"), ("one", "later")})

NEAR_NOW = 4  # words between a verb and its `now`
NEXT = 2  # and between it and its `again`
BEFORE = 6  # words within which a means stands before what it makes possible
FEW = 3  # words of a sentence that is nothing but `back`
_GOOD = frozenset({"ok", "work"})
_THINGS = frozenset({"account", "core"})  # what one word names that is a verb of `work`, too
_BAD = ("slow", "wrong", "dataloss", "intermittent")


def course(segments: Sequence[Segment]) -> Iterator[tuple[str, Segment]]:
    """What the sentences of the body tell of it, each with the sentence."""
    body = [segment for segment in segments if not segment.subject]
    for segment in body:
        if works_now(segment):
            yield "works-now", segment
        if segment.has("taken_back"):
            yield "taken-back", segment
        if _works_otherwise(segment):
            yield "works-otherwise", segment
    yield from _end(body)
    yield from _addendum(body)


def addendum(body: Sequence[Segment]) -> Sequence[Segment]:
    """What was added before sending: `edit: found it`, `PS: it is fine now`."""
    first = next((at for at in range(1, len(body)) if opens_addendum(body[at]) and not _counts(body[at - 1])), None)
    return () if first is None else body[first:]


def _addendum(body: Sequence[Segment]) -> Iterator[tuple[str, Segment]]:
    """What an addendum says of how it stands: it has the last word."""
    every = addendum(body)
    if not every:
        return
    if _is_back(every[0], behind=1):
        yield "added-good", every[0]
        return
    added = every[len(every[0].words) <= FEW :]
    good = next(
        (one for one in added if one.has("ok", "work", "solved", "taken_back", "closing") or _is_back(one)), None
    )
    if good is not None and not any(one.failing and not one.asks for one in added[added.index(good) + 1 :]):
        yield "added-good", good
    elif any(one.failing for one in added):
        yield "added-bad", every[0]


def opens_addendum(segment: Segment) -> bool:
    """`edit:`, `update, 10:40`, `an hour later`."""
    first, second = (*segment.words[:2], "", "")[:2]
    waited = second in _HOURS and bool(_LATER.intersection(segment.words[2:3]))
    return first in _ADDED or (first, second) in _TWO or waited


def _counts(segment: Segment) -> bool:
    """`1.`, before the first of some steps: `update` is one of them then."""
    return all(map(str.isdigit, segment.words))


def _is_back(segment: Segment, *, behind: int = 0) -> bool:
    """`back`, `solved!`, and `later: back` behind a word that opens it."""
    return len(segment.words) <= FEW and not _BACK.isdisjoint(segment.words[behind : behind + 1])


def works_now(segment: Segment) -> bool:
    """`it is fast now`, `all there now`, `coming in again`, `back`."""
    back = _is_back(segment)
    if not back and not segment.has(*_GOOD):
        return False
    if segment.asks or segment.failing or segment.has("wish", "firm_if", "future"):
        return False
    able = [hit for hit in segment.hits if hit.concept in _GOOD and hit.status == "asserted"]
    if not segment.has("can"):  # `the login page again`, beside `we can login again`
        named = {hit.start for hit in segment.hits if hit.concept in _THINGS and hit.end - hit.start == 1}
        able = [hit for hit in able if hit.start not in named]
    return back or any(_said_of_now(hit, segment) for hit in able)


def _said_of_now(hit: Hit, segment: Segment) -> bool:
    near = segment.words[max(0, hit.start - NEAR_NOW) : hit.end + NEAR_NOW]
    return not _NOW.isdisjoint(near) or not _AGAIN.isdisjoint(segment.words[hit.end : hit.end + NEXT])


def _works_otherwise(segment: Segment) -> bool:
    """`with one order at a time it works`, `the admins can, so we ask one`: said beside the trouble."""
    if not segment.has("ok", "work", "can"):
        return False
    if segment.asks or segment.failing or segment.has("wish", "question", "firm_if", "polite"):
        return False
    able = [hit for hit in segment.hits if hit.concept in {"ok", "work", "can"} and hit.status == "asserted"]
    if able and _SO.intersection(segment.words):
        return True
    return any(_MEANS.intersection(segment.words[max(0, hit.start - BEFORE) : hit.start]) for hit in able)


def _end(body: Sequence[Segment]) -> Iterator[tuple[str, Segment]]:
    """Whether the last sentence that tells how things stand tells of trouble, where an earlier one did."""
    told = [(segment, good) for segment in body if (good := _state(segment)) is not None]
    if any(not good for _, good in told):
        segment, good = told[-1]
        yield ("ends-well" if good else "ends-badly"), segment


def _state(segment: Segment) -> bool | None:
    """Whether things stand well by a sentence; None where it does not say."""
    if segment.asks or segment.has("firm_if", "future"):
        return None
    if segment.failing or segment.has(*_BAD):
        return False
    good = segment.has("solved", "closing", "taken_back", "ok") or works_now(segment)
    return True if good else None
