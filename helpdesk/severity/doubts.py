"""What makes an effect doubtful that a segment was taken to say: each kind by itself.

Words mean more than one thing: nobody answers, the agents idle, a font comes instead of another. A weight bears that;
a sentence that people read does not.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.severity.effects import TROUBLE
from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helpdesk.severity.observe import Observation
    from helpdesk.severity.segment import Segment

    Doubt = Callable[[Segment, Observation], bool]

_LISTS = word_lists("doubts")
_NEAR = 4  # words behind nobody within which it is said what nobody does
_FAR = 10  # behind `you`
_BEFORE = 2  # and before: `das weiß niemand`
_FRAGMENT = 4  # words that only say who has it


def is_doubtful(effect: str, segment: Segment, observed: Observation) -> bool:
    """Whether the segment may say something else than the effect."""
    doubted = _DOUBTS.get(effect)
    return doubted is not None and doubted(segment, observed)


def is_supposed(segment: Segment) -> bool:
    """Whether it is told as what may or might be."""
    return segment.has("firm_if") or not _SUPPOSED.isdisjoint(segment.words)


_SUPPOSED = _LISTS["supposed"]


def is_denied(segment: Segment) -> bool:
    """`so nobody has missed anything`, `you do not answer us`: nobody is hurt, or by what we do."""
    return any(
        (word in _PERSONS and not _SUFFERED.isdisjoint(segment.words[at : at + _NEAR]))
        or (word in _YOU and not _DONE_BY_PEOPLE.isdisjoint(segment.words[at : at + _FAR]))
        for at, word in enumerate(segment.words)
    )


_SUFFERED = _LISTS["suffered"]
_YOU = _LISTS["you"]


def _of_people(segment: Segment, _: Observation) -> bool:
    """`nobody answers`, `nothing leaves without a paper`: what people do, and how things are at all times."""
    whoever = [hit.start for hit in segment.hits if hit.concept in {"nobody", "all", "none"}]
    return segment.says("lacking") or (bool(whoever) and all(_is_done_by_people(at, segment) for at in whoever))


def _is_done_by_people(at: int, segment: Segment) -> bool:
    done = segment.words[max(0, at - _BEFORE) : at + _NEAR]
    return segment.words[at] in _PERSONS and not _DONE_BY_PEOPLE.isdisjoint(done)


_PERSONS = _LISTS["persons"]
_DONE_BY_PEOPLE = _LISTS["done_by_people"]


def _only_named_as_all(segment: Segment, observed: Observation) -> bool:
    """`run into a meeting, so that everyone knows`: all of something, and something that fails, in one breath."""
    fails = (
        segment.unable
        or segment.has("down", "halt")
        or (segment.has("fail") and segment.says("system", "core", "users"))
    )
    return not fails or _of_people(segment, observed)


def _no_stop(segment: Segment, _: Observation) -> bool:
    """`no billing issue`, `no code change`, `and nothing else`: there is none of something, and it stops nobody."""
    if segment.says("else", "way") or segment.tells("negated", "fail", "wrong", "slow"):
        return True
    return not segment.unable and not segment.has("zero", "since", "halt", "down")


def _only_rests(segment: Segment, _: Observation) -> bool:
    """`the agents idle`, `da steht "Save"`, `dat hangt aan ...`: at rest, which is no halt by itself."""
    idle = {hit.start for hit in segment.hits if hit.concept == "idle"}
    halts = {hit.start for hit in segment.hits if hit.concept == "halt"} - idle
    rests = all(segment.words[at] in _STANDS for at in halts)
    return rests and not segment.has("since", "still")


_STANDS = _LISTS["stands"]


def _not_all_of_them(segment: Segment, observed: Observation) -> bool:
    """`nobody carries cash`, next to what fails; `the entire team` is short, and says nothing else."""
    fragment = segment.has("all") and (len(segment.words) <= _FRAGMENT or segment.has("affects"))
    return not (segment.failing or fragment) or _is_any(segment) or _not_for_all(segment, observed)


def _is_any(segment: Segment) -> bool:
    """`before anything else`: where that is the only sign of all of it."""
    every = [segment.words[hit.start] for hit in segment.hits if hit.concept == "all"]
    return (
        bool(every)
        and set(every) <= {"any"}
        and not segment.tells("negated", "can", "work", "ok")
        and not segment.says("nobody")
    )


def _not_for_all(segment: Segment, observed: Observation) -> bool:
    return observed.seen.any("others-fine", "one-place", "works-otherwise") or _of_people(segment, observed)


def _of_all(segment: Segment, _: Observation) -> bool:
    return not segment.has("many", "partial")


def _of_a_thing(segment: Segment, observed: Observation) -> bool:
    """`the desktop app synced`: one of several places only where the others are told of."""
    return not observed.seen.any("others-fine", "else-works") and not segment.says("users")


def _fails_itself(segment: Segment, _: Observation) -> bool:
    """`it fails on another machine`, `so we ignore them`, `Times instead of our font`: no way that leads anywhere."""
    wrong = any(hit.concept == "wrong" and segment.words[hit.start] not in _UNSURELY_WRONG for hit in segment.hits)
    trouble = wrong or segment.has("dataloss") or (segment.failing and not segment.has("ok", "work", "can"))
    if trouble or not (_SUPPOSED | _GIVEN_UP).isdisjoint(segment.words):
        return True
    return _comes_instead(segment) or _is_advice(segment)


def _is_advice(segment: Segment) -> bool:
    """`your chat tells me to clear the cache`: what we say, and nobody says that it helps."""
    return not (_YOURS.isdisjoint(segment.words) or _DONE_BY_PEOPLE.isdisjoint(segment.words))


_YOURS = _LISTS["yours"]


def _comes_instead(segment: Segment) -> bool:
    """Whether something comes in place of another, and not by what somebody does."""
    instead = [hit.start for hit in segment.hits if hit.concept == "instead"]
    return bool(instead) and not any(
        word in _DOERS or word.endswith(("mos", "iamo")) for word in segment.words[: min(instead)]
    )


_DOERS = _LISTS["doers"]
_GIVEN_UP = _LISTS["given_up"]


def _lasts(segment: Segment, _: Observation) -> bool:
    """`it has taken three weeks by now`: since when, and not how slow."""
    slow = [hit.start for hit in segment.hits if hit.concept == "slow"]
    lasting = [start for start in slow if segment.words[start] in _LASTS]
    return bool(slow) and lasting == slow and not _LONG.isdisjoint(segment.words)


_LASTS = _LISTS["lasts"]
_LONG = _LISTS["long"]


def _unsurely_wrong(segment: Segment, _: Observation) -> bool:
    """What is missing, or happens twice, need not come out wrong."""
    wrong = [hit for hit in segment.hits if hit.concept == "wrong" and hit.status == "asserted"]
    return (
        not segment.says("figures", "instead")
        and all(segment.words[hit.start] in _UNSURELY_WRONG for hit in wrong)
        and bool(wrong)
    )


_UNSURELY_WRONG = _LISTS["unsurely_wrong"]


def _asks_of_trouble(segment: Segment, _: Observation) -> bool:
    """`Is it down?`: told as a question, and no wish."""
    return segment.says(*TROUBLE)


def _not_over(segment: Segment, observed: Observation) -> bool:
    """`everything was gone`: no trouble that is gone."""
    if segment.failing or segment.says("dataloss") or _relapses(segment, observed):
        return True
    return segment.says("all") and "gone" in segment.words


def _relapses(segment: Segment, _: Observation) -> bool:
    """`you fixed it on Thursday, on Friday it was good, today it's back`: the last part says how it is."""
    good = [hit.part for hit in segment.hits if hit.concept in {"solved", "ok"} and hit.status == "asserted"]
    fine = {hit.part for hit in segment.hits if hit.concept in {"ok", "work"}}
    now = {hit.part for hit in segment.hits if hit.concept == "since"} - fine
    return bool(good) and any(
        hit.concept == "again" and hit.part > min(good) and hit.part in now for hit in segment.hits
    )


def _not_ahead(segment: Segment, _: Observation) -> bool:
    """`if it is refused we would put up a notice`: supposed, and planned by nobody."""
    return not segment.has("future") and not _SUPPOSED.isdisjoint(segment.words)


def _to_us(segment: Segment, _: Observation) -> bool:
    """`there is no way to contact you`: none to us."""
    return not _REACH.isdisjoint(segment.words)


_REACH = _LISTS["reach"]


def _not_going_on(segment: Segment, _: Observation) -> bool:
    return not segment.says("still", "again") and not (segment.has("since") and segment.failing)


def _is_found_again(segment: Segment, observed: Observation) -> bool:
    """Whether what was lost is told to be there later."""
    later = observed.segments[observed.segments.index(segment) + 1 :]
    return any(one.tells("negated", "wrong", "dataloss") and not one.failing for one in later)


_DOUBTS: Mapping[str, Doubt] = MappingProxyType(
    {
        "nobody-can": _not_for_all,
        "all-affected": _not_all_of_them,
        "for-everyone": _not_for_all,
        "core-stopped": _of_people,
        "users-cannot": _of_people,
        "we-cannot": _of_people,
        "all-fails": _only_named_as_all,
        "none-comes-through": _no_stop,
        "halted": _only_rests,
        "many-affected": _of_all,
        "one-place": _of_a_thing,
        "workaround": _fails_itself,
        "gets-by": _fails_itself,
        "slow": _lasts,
        "wrong-result": _unsurely_wrong,
        "wrong-figures": _unsurely_wrong,
        "question-mark": _asks_of_trouble,
        "solved": _not_over,
        "taken-back": _relapses,
        "added-good": _not_over,
        "announced": _not_ahead,
        "no-workaround": _to_us,
        "ongoing": _not_going_on,
        "data-lost": _is_found_again,
    }
)
