"""What makes an effect doubtful that a segment was taken to say: each kind by itself.

Words mean more than one thing: nobody answers, the agents idle, a font comes instead of another. A weight bears that;
a sentence that people read does not.
"""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.severity.effects import TROUBLE
from helpdesk.severity.features import ASKS, STOPS
from helpdesk.severity.relief import says_end
from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from helpdesk.severity.observe import Observation
    from helpdesk.severity.segment import Hit, Segment

    Doubt = Callable[[Segment, Observation], bool]

_LISTS = word_lists("doubts")
_STANDSTILLS = frozenset({*STOPS, "all-fails"})
_NEAR = 4  # words behind nobody within which it is said what nobody does
_FAR = 10  # behind `you`
_BEFORE = 2  # and before: `das weiß niemand`
_FRAGMENT = 4  # words that only say who has it


def is_doubtful(effect: str, segment: Segment, observed: Observation) -> bool:
    """Whether the segment may say something else than the effect."""
    if (effect not in ASKS and _is_of_the_mind(segment)) or (effect in _STANDSTILLS and _is_no_failure(segment)):
        return True
    doubted = _DOUBTS.get(effect)
    return doubted is not None and doubted(segment, observed)


def is_supposed(segment: Segment) -> bool:
    """Whether it is told as what may or might be."""
    return segment.says("firm_if") or not _SUPPOSED.isdisjoint(segment.words)


_SUPPOSED = _LISTS["supposed"]


def is_denied(segment: Segment) -> bool:
    """`nobody has missed anything`, `nothing is broken`, `your colleague is away`: nobody is hurt, or by silence."""
    words = segment.words
    if not _OFFERS.isdisjoint(words) or _is_all_sound(segment):
        return True
    if any(ours in _YOURS and one in _STAFF for ours, one in pairwise(words)):
        return True
    nobody = [hit.start for hit in segment.hits if hit.concept in {"nobody", "none"}]
    if any(not _SUFFERED.isdisjoint(words[max(0, at - _BEFORE) : at + _NEAR]) for at in nobody):
        return True
    return any(word in _YOU and not _DONE_BY_PEOPLE.isdisjoint(words[at : at + _FAR]) for at, word in enumerate(words))


def is_own_doing(segment: Segment) -> bool:
    """`I stopped all devices so they can't sync`, `added a paragraph, shut down`: they did it, and meant to."""
    words, failing = segment.words, [hit for hit in segment.hits if fails(hit)]
    shut = next((at for at, pair in enumerate(pairwise(words)) if pair == ("shut", "down")), None)
    if shut is not None and (not shut or words[shut - 1] not in _BEING):
        failing = [hit for hit in failing if hit.start not in {shut, shut + 1}]
        if not failing:
            return True
    act = next((at for at, word in enumerate(words) if word in _OWN_ACTS), None)
    so = next((at for at, word in enumerate(words) if act is not None and at > act and word in _SO_THAT), None)
    if act is None or so is None or not (segment.says("me", "we") or words[max(0, act - 1)] in _HAVE_DONE):
        return False
    return all(hit.start == act or hit.start > so for hit in failing)


def is_about_reproducing(segment: Segment) -> bool:
    """`I cannot make it happen again`, `no steps to reproduce it`: how it is looked into, and no trouble of theirs."""
    words = segment.words
    made = "make" in words and "happen" in words
    places = [at for at, word in enumerate(words) if word in _REPRODUCING or (made and word == "make")]
    failing = [hit for hit in segment.hits if fails(hit) or hit.concept == "none"]
    return bool(places) and all(any(abs(hit.start - at) <= _NEAR for at in places) for hit in failing)


_BEING = _LISTS["being"]
_OWN_ACTS, _HAVE_DONE, _SO_THAT = _LISTS["own_acts"], _LISTS["have_done"], _LISTS["so_that"]
_REPRODUCING, _THANKS = _LISTS["reproducing"], _LISTS["thanks"]


def _is_all_sound(segment: Segment) -> bool:
    """`nothing is broken`, `no falla nada`, `es ist nichts kaputt`: said of all that fails in the sentence."""
    failing = [hit for hit in segment.hits if hit.concept in {"down", "halt", "fail"}]
    nothing = [at for at, word in enumerate(segment.words) if word in _NOTHING and not any(_spans(failing, at))]
    if not (failing and nothing) or segment.says("else"):
        return False
    return all(any(_are_joined(hit, at, segment.words) for at in nothing) for hit in failing)


def _spans(hits: Iterable[Hit], at: int) -> Iterable[bool]:
    return (hit.start <= at < hit.end for hit in hits)


def _are_joined(hit: Hit, at: int, words: Sequence[str]) -> bool:
    """Whether there are only small words between a failure and `nothing`."""
    between = words[at + 1 : hit.start] if at < hit.start else words[hit.end : at]
    return _LINKS.issuperset(between)


_OFFERS, _NOTHING, _LINKS = _LISTS["offers"], _LISTS["nothing"], _LISTS["links"]
_SUFFERED = _LISTS["suffered"]
_YOU = _LISTS["you"]
_YOURS, _STAFF = _LISTS["yours"], _LISTS["staff"]


def _of_people(segment: Segment, _: Observation) -> bool:
    """`nobody answers`, `nothing leaves without a paper`: what people do, and how things are at all times."""
    whoever = [hit.start for hit in segment.hits if hit.concept in {"nobody", "all", "none"}]
    return _depends(segment) or (bool(whoever) and all(_is_done_by_people(at, segment) for at in whoever))


def _depends(segment: Segment) -> bool:
    """`without a slip nothing leaves`; `nobody gets in, it says "without connection"` depends on nothing."""
    if not segment.says("lacking"):
        return False
    without = [hit for hit in segment.hits if hit.concept == "lacking"]
    failing = [hit for hit in segment.hits if fails(hit) and hit.start not in {one.end for one in without}]
    parts, first = {hit.part for hit in failing}, min((hit.start for hit in failing), default=0)
    return any(hit.part in parts or hit.start <= first for hit in without)


def _is_of_the_mind(segment: Segment) -> bool:
    """`I can't believe it`, `I cannot sit here all day`."""
    return not _OF_THE_MIND.isdisjoint(segment.words) and segment.says("cannot")


def _is_no_failure(segment: Segment) -> bool:
    """`I can't believe it`, `nobody can work like this`: said of people's minds and nerves."""
    words, failing = segment.words, [hit for hit in segment.hits if fails(hit)]
    if not _OF_THE_MIND.isdisjoint(words) and segment.says("can"):
        return True
    if failing and (
        _is_weak(failing, words) or _is_peoples_doing(failing, segment) or _is_turned_inside(failing, segment)
    ):
        return True
    if not _WORK_SO.isdisjoint(words) and not _SO.isdisjoint(words):
        return True
    nobody = [hit.end for hit in segment.hits if hit.concept == "nobody"]
    if any(not _ELSE.isdisjoint(words[end : end + _BEFORE]) for end in nobody):
        return True  # `nobody else has it`
    on_phone = bool(nobody) and not _PHONE.isdisjoint(words)
    return on_phone and not segment.says("system", "core", "users", "we")  # `bei euch geht niemand ans Telefon`


def fails(hit: Hit) -> bool:
    """Whether a concept says that something fails, or cannot be done."""
    if hit.concept in {"work", "can", "ok"}:
        return hit.status == "negated"
    return hit.concept in {"down", "halt", "fail", "cannot"} and hit.status == "asserted"


def _is_weak(failing: Sequence[Hit], words: Sequence[str]) -> bool:
    """`in front of us stand sixty people`, `the cut-off is at three`, `tell us about the outage`: no failure told."""
    return all(words[hit.start] in _WEAK for hit in failing) and _SINCE.isdisjoint(words)


def _is_turned_inside(failing: Sequence[Hit], segment: Segment) -> bool:
    """`seitdem stürzt nichts mehr ab`: what is split has its negation within."""
    turned = [hit.start for hit in segment.hits if hit.concept in {"none", "nobody", "not"}]
    return all(hit.concept == "fail" and any(hit.start < at < hit.end - 1 for at in turned) for hit in failing)


def _is_peoples_doing(failing: Sequence[Hit], segment: Segment) -> bool:
    """`we don't ship unpaid goods`, `nobody uses it`: what people leave, though they might."""
    words = segment.words
    verbs = [words[hit.start] for hit in failing if hit.concept == "work"]
    if len(verbs) < len(failing) or not _RECEIVED.isdisjoint(verbs):
        return False
    if (_DONE_BY_PEOPLE | _LEFT_UNDONE).issuperset(verbs):
        return True
    things = [hit.start for hit in segment.hits if hit.concept in {"system", "core"}]
    thing_does = bool(things) and min(things) < failing[0].start
    return segment.says("users", "we", "me") and not (segment.says("nobody", "none") or thing_does)


_WEAK, _RECEIVED, _LEFT_UNDONE = _LISTS["weak"], _LISTS["received"], _LISTS["left_undone"]
_ELSE, _PHONE = _LISTS["else"], _LISTS["phone"]
_OF_THE_MIND, _SO, _WORK_SO = _LISTS["of_the_mind"], _LISTS["so"], _LISTS["work_so"]


def _is_done_by_people(at: int, segment: Segment) -> bool:
    done = segment.words[max(0, at - _BEFORE) : at + _NEAR]
    return segment.words[at] in _PERSONS and not _DONE_BY_PEOPLE.isdisjoint(done)


_PERSONS = _LISTS["persons"]
_DONE_BY_PEOPLE = _LISTS["done_by_people"]


def _not_of_now(segment: Segment, _: Observation) -> bool:
    """All of something fails: not said of whom, so it has to be said since when."""
    return _SINCE.isdisjoint(segment.words) or not any(map(fails, segment.hits))


def _only_named_as_all(segment: Segment, observed: Observation) -> bool:
    """`run into a meeting, so that everyone knows`: all of something, and something that fails, in one breath."""
    of_it = segment.has("fail") and segment.says("system", "core", "users")
    stands = segment.unable or segment.has("down") or (segment.has("halt") and not _only_rests(segment, observed))
    return not (stands or of_it) or _of_people(segment, observed)


def _no_stop(segment: Segment, _: Observation) -> bool:
    """`no billing issue`, `no code change`, `and nothing else`: there is none of something, and it stops nobody."""
    if segment.says("else", "way") or segment.tells("negated", "fail", "wrong", "slow"):
        return True
    return not segment.unable and not segment.has("since", "halt", "down") and not segment.none_of("core")


def _only_not(segment: Segment, _: Observation) -> bool:
    """`we have not told anyone`: something that is not done, and need not have been."""
    return not segment.unable and not segment.has("down", "halt", "fail", "slow", "wrong")


def _only_rests(segment: Segment, _: Observation) -> bool:
    """`the agents idle`, `da steht "Save"`, `dat hangt aan ...`: at rest, which is no halt by itself."""
    if segment.says("cosmetic", "peripheral") and not segment.unable:
        return True  # `the logo is cut off`
    idle = {hit.start for hit in segment.hits if hit.concept == "idle"}
    halts = {hit.start for hit in segment.hits if hit.concept == "halt"} - idle
    rests = all(segment.words[at] in _STANDS for at in halts)
    return rests and not segment.has("still") and _SINCE.isdisjoint(segment.words)


_STANDS = _LISTS["stands"]
_SINCE = _LISTS["since"]


def _not_all_of_them(segment: Segment, observed: Observation) -> bool:
    """`each time`, `the shop is full`, `nobody carries cash`: all of something, and not all who have to do with it."""
    told = segment.failing and (segment.says("nobody") or segment.none_of("core") or segment.none_of("users"))
    fragment = len(segment.words) <= _FRAGMENT or segment.has("affects")
    every = [hit for hit in segment.hits if hit.concept == "all" and (segment.failing or fragment)]
    return not (told or any(_is_of_them(hit, segment) for hit in every)) or _not_for_all(segment, observed)


def _is_of_them(every: Hit, segment: Segment) -> bool:
    """Whether `all` or `some` is of people, or of what they work with."""
    return segment.words[every.start] in _EVERYBODY or any(
        0 <= hit.start - every.end < _NEAR and hit.part == every.part for hit in segment.hits if hit.concept in _THEM
    )


_EVERYBODY = _LISTS["everybody"]
_THEM = frozenset({"users", "core", "system", "we", "place"})


def _not_for_all(segment: Segment, observed: Observation) -> bool:
    others = observed.seen.any("others-fine", "one-place", "works-otherwise")
    if "else-works" in observed.seen and _PEOPLE.isdisjoint(segment.words):
        return True  # `none of our drivers gets in, the office does`
    if others or not _is_of_people(segment) or segment.has("partial") or _of_people(segment, observed):
        return True
    return observed.seen.found.get("else-works") == segment.text  # `by the button it goes, but nobody can work so`


def _is_of_people(segment: Segment) -> bool:
    """Whether nobody, or all of the people there, have it: no thing, and no group of them."""
    words = segment.words
    whoever = [hit for hit in segment.hits if hit.concept in {"nobody", "all", "none"} and _is_of_users(hit, segment)]
    return any(_LIMITS.isdisjoint(words[hit.start + 1 : hit.end + _NEAR]) for hit in whoever)


def _is_of_users(every: Hit, segment: Segment) -> bool:
    words = segment.words
    said = words[every.start : every.end]
    if not _PEOPLE.isdisjoint(said) or said == ("no", "one"):
        return True
    before, behind = words[every.start - 1 : every.start], words[every.end : every.end + 1]
    if not (_ALL_OF_THEM.isdisjoint(said) or _FOR.isdisjoint(before)) and _ARTICLES.isdisjoint(behind):
        return True  # `a tutti`, and not `per tutti gli articoli`
    return any(
        every.start <= hit.start < every.end + _NEAR and hit.part == every.part
        for hit in segment.hits
        if (hit.concept == "users" or segment.words[hit.start] in _US)
        and not (every.concept == "all" and segment.words[hit.start] in _PROGRAMS)
    )


_US = frozenset({"us", "uns", "nous", "nosotros", "noi", "nos", "ons"})
_PROGRAMS = frozenset({"agent", "agents"})  # `all 14 build agents`
_LIMITS, _PEOPLE = _LISTS["limits"], _LISTS["people"]
_ALL_OF_THEM, _FOR, _ARTICLES = _LISTS["all_of_them"], _LISTS["for"], _LISTS["articles"]


def _not_for_some(segment: Segment, _: Observation) -> bool:
    """`for all visitors`, `for most it won't matter`, `it is slow, many leave without buying`."""
    if segment.says("lacking") or not segment.has("many", "partial"):
        return True
    hurt = segment.unable or segment.has("down", "halt", "fail", "slow", "wrong")
    if not hurt or not any(_is_of_users(hit, segment) for hit in segment.hits if hit.concept in {"many", "partial"}):
        return True
    return not _HARMLESS.isdisjoint(segment.words)


_HARMLESS = _LISTS["harmless"]


def _fails_itself(segment: Segment, observed: Observation) -> bool:
    """`it fails on another machine`, `so we ignore them`, `Times instead of our font`: no way that leads anywhere."""
    bad = {hit.part for hit in segment.hits if fails(hit) or hit.concept in {"wrong", "dataloss"}}
    ways = {hit.part for hit in segment.hits if hit.concept in _LEADING and hit.status == "asserted"} - bad
    leads = segment.has("ok", "work", "can")
    then = max((hit.end for hit in segment.hits if hit.part in ways), default=0)
    if (
        segment.has("again")
        or not _SO_NOT.isdisjoint(segment.words[then:])
        or (bad and not ways)
        or not _COST.isdisjoint(segment.words)
        or any(word.isdigit() and len(word) > 1 for word in segment.words)
        or not (leads or _is_done(segment.words, observed))
        or not (_SUPPOSED | _GIVEN_UP).isdisjoint(segment.words)
    ):
        return True
    return _comes_instead(segment, observed)


_SO_NOT = _LISTS["so_not"]
_LEADING = frozenset({"workaround", "way", "instead", "ok", "work", "can"})


def _comes_instead(segment: Segment, observed: Observation) -> bool:
    """Whether something comes in place of another, and not by what somebody does: `we use paper instead`."""
    instead = min((hit.start for hit in segment.hits if hit.concept == "instead"), default=0)
    does = segment.words[max(0, instead - _NEAR) : instead]
    return bool(does) and not _is_done(does, observed)


def _is_done(words: Iterable[str], observed: Observation) -> bool:
    """Whether somebody does it: `we`, or a verb that says so by itself: `usamos`, `usiamo`."""
    doers = _LISTS.get(f"doers_{observed.language}", frozenset())
    return any(word in doers or word.endswith(("mos", "iamo")) for word in words)


_COST = _LISTS["cost"]
_GIVEN_UP = _LISTS["given_up"]


def _costs_no_way(segment: Segment, observed: Observation) -> bool:
    """`it takes five hours now`: what costs time is no way round by itself."""
    return not segment.says("workaround") and (segment.has("slow") or not _is_done(segment.words, observed))


def _of_some_people(segment: Segment, _: Observation) -> bool:
    """`some people leave`, `for ten days or so`: in part, and nothing of it is hurt, or no part of anything."""
    hurt = segment.failing or segment.has("slow", "wrong", "intermittent")
    return not hurt or not any(_is_of_them(hit, segment) for hit in segment.hits if hit.concept == "partial")


def _lasts(segment: Segment, _: Observation) -> bool:
    """`it has taken three weeks by now`: since when, and not how slow."""
    slow = [hit.start for hit in segment.hits if hit.concept == "slow"]
    if slow and all(segment.words[start] in _LATE for start in slow):
        return True
    if slow and not segment.failing and all(segment.words[start] in _UNSURELY_SLOW for start in slow):
        return True  # `since you changed the timeout`
    lasting = [start for start in slow if segment.words[start] in _LASTS]
    return bool(slow) and lasting == slow and not _LONG.isdisjoint(segment.words)


_UNSURELY_SLOW = frozenset({"timeout", "timeouts", "backlog", "very"})
_LASTS, _LATE = _LISTS["lasts"], _LISTS["late"]
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


def _is_no_request(segment: Segment, _: Observation) -> bool:
    """`two niggles: dark mode has white dialogs`; a subject only names what it is about."""
    return segment.subject or not (segment.asks or not _WISHING.isdisjoint(segment.words))


def _asks_nothing(segment: Segment, observed: Observation) -> bool:
    """`it would be a catastrophe`, `how many I don't know`: neither a question nor a wish in so many words."""
    if segment.asks:
        return False
    if _is_no_request(segment, observed):
        return True
    wished = {segment.words[hit.start] for hit in segment.hits if hit.concept == "wish"}
    return not wished - _HOW_IT_WERE and not (wished and not _GOOD.isdisjoint(segment.words))


_WISHING = _LISTS["wishing"]
_HOW_IT_WERE, _GOOD = _LISTS["how_it_were"], _LISTS["good"]


def _met_somebody(segment: Segment, _: Observation) -> bool:
    """`they ring again and get somebody else`, `J. Doe, hospital security`: a person, and nothing of theirs."""
    if _SEES.isdisjoint(segment.words):
        return True  # `our fraud people work from that`
    exposed = [segment.words[hit.start] for hit in segment.hits if hit.concept == "security"]
    offices = bool(exposed) and all(word.startswith(_OFFICES) for word in exposed)
    return offices or any(
        hit.concept == "foreign" and not _GETS.isdisjoint(segment.words[max(0, hit.start - 1) : hit.start])
        for hit in segment.hits
    )


_GETS, _SEES = _LISTS["gets"], _LISTS["sees"]
_OFFICES = tuple(_LISTS["offices"])


def _not_over(segment: Segment, observed: Observation) -> bool:
    """`everything was gone`, `all good otherwise`: no end of the trouble that was told before."""
    if segment.failing or segment.asks or segment.says("dataloss") or is_lull(segment):
        return True
    if not says_end(segment):
        return True  # `sorry for the noise`, `you may close this`: it is known from what stands around it
    if (segment.says("all") and "gone" in segment.words) or not _PARTLY.isdisjoint(segment.words):
        return True
    if any(word.isdigit() and len(word) > _A_YEAR for word in segment.words):
        return True  # `4471 is resolved`: that one
    at = observed.segments.index(segment)
    before, later = observed.segments[:at], observed.segments[at + 1 :]
    return any(map(_in_trouble, later)) or not any(map(_tells_of_trouble, before))


_PARTLY = _LISTS["partly"]
_A_YEAR = 3  # digits of a number that is neither an hour nor a day


def _in_trouble(segment: Segment) -> bool:
    return segment.failing or segment.has("slow", "wrong", "dataloss", "still")


def _tells_of_trouble(segment: Segment) -> bool:
    return _in_trouble(segment) or segment.says("down", "halt", "fail", "cannot", "wrong", "slow", "none", "not")


def _relapses(segment: Segment) -> bool:
    """`you fixed it on Thursday, on Friday it was good, today it's back`: the last part says how it is."""
    good = [hit.part for hit in segment.hits if hit.concept in {"solved", "ok"} and hit.status == "asserted"]
    fine = {hit.part for hit in segment.hits if hit.concept in {"ok", "work"}}
    now = {hit.part for hit in segment.hits if hit.concept == "since"} - fine
    return bool(good) and any(
        hit.concept == "again" and hit.part > min(good) and hit.part in now for hit in segment.hits
    )


def is_lull(segment: Segment) -> bool:
    """`it runs again for an hour, then it hangs`: good for a while."""
    good = [hit.end for hit in segment.hits if hit.concept in {"ok", "work", "solved"}]
    return _relapses(segment) or any(not _FOR_A_WHILE.isdisjoint(segment.words[end:]) for end in good)


_FOR_A_WHILE = _LISTS["for_a_while"]


def _not_ahead(segment: Segment, _: Observation) -> bool:
    """`if it is refused we would put up a notice`: supposed, and planned by nobody."""
    return not segment.says("future") and not _SUPPOSED.isdisjoint(segment.words)


def _no_way_to_something(segment: Segment, observed: Observation) -> bool:
    """`there is no way to contact you`, `without a route nothing unlocks`, `we use paper and do not know ...`."""
    if segment.says("lacking") or not _REACH.isdisjoint(segment.words):
        return True
    told = [hit for hit in segment.hits if hit.concept == "no_way"]
    if not any(_NO_MEANS.isdisjoint(segment.words[hit.start : hit.end]) for hit in told) and not any(
        _is_a_way(hit, segment) for hit in segment.hits
    ):
        return True
    ways = [hit.start for hit in segment.hits if hit.concept == "workaround"]
    return not segment.has("no_way") and any(_is_gone(way, segment, observed) for way in ways)


def _is_a_way(hit: Hit, segment: Segment) -> bool:
    """`no backup of the old release` is none of another way to work."""
    return hit.concept == "way" and _MERE_MEANS.isdisjoint(segment.words[hit.start : hit.end])


_NO_MEANS = frozenset({"sell", "nothing", "cash"})  # `so we sell nothing`
_MERE_MEANS = _LISTS["mere_means"]


def _is_gone(way: int, segment: Segment, observed: Observation) -> bool:
    """Whether somebody goes this way: nothing is denied before it."""
    denied = any(hit.concept in {"not", "none"} and hit.start < way for hit in segment.hits)
    return not denied and _is_done(segment.words[max(0, way - _NEAR) : way], observed)


_REACH = _LISTS["reach"]


def _not_going_on(segment: Segment, _: Observation) -> bool:
    return segment.has("ok", "solved") or not segment.says("still")


def _is_found_again(segment: Segment, observed: Observation) -> bool:
    """Whether what was lost is told to be there later, or somebody deleted it: `she deletes the copies`."""
    told = [hit for hit in segment.hits if hit.concept == "dataloss"]
    only_lost = all(hit.end - hit.start == 1 and segment.words[hit.start] in _LOST for hit in told)
    if not _NO_DATA.isdisjoint(segment.words) or (only_lost and _DATA.isdisjoint(segment.words)):
        return True  # `all handhelds lost the connection`, `"heartbeat lost"`
    gone = [hit.start for hit in told]
    if any(_is_done(segment.words[max(0, at - 1) : at], observed) and segment.words[at] != "lost" for at in gone):
        return True
    later = observed.segments[observed.segments.index(segment) + 1 :]
    return any(one.tells("negated", "wrong", "dataloss") and not one.failing for one in later)


_NO_DATA, _LOST, _DATA = _LISTS["no_data"], _LISTS["lost"], _LISTS["data"]


def _elsewhere(segment: Segment, _: Observation) -> bool:
    """`production is unaffected`, `they'll live`: no trouble there, or no place at all."""
    if not _UNHURT.isdisjoint(segment.words) or (segment.says("not") and not _SUFFERED.isdisjoint(segment.words)):
        return True
    places = [
        hit for hit in segment.hits if hit.concept == "prod" and "ligne" not in segment.words[hit.start : hit.end]
    ]
    things = {hit.start for hit in segment.hits if hit.concept in {"system", "core"}}
    return all(segment.words[hit.start] == "live" and things.isdisjoint({hit.end, hit.end + 1}) for hit in places)


_UNHURT = _LISTS["unhurt"]


def _no_other_place(segment: Segment, _: Observation) -> bool:
    """`a fresh copy`, `at the rehearsal`: not surely another place than production, or no trouble there."""
    places = [hit for hit in segment.hits if hit.concept == "nonprod"]
    unsure = all(not _NO_PLACE.isdisjoint(segment.words[hit.start : hit.end]) for hit in places)
    return unsure or (not segment.failing and segment.says("prod"))


_NO_PLACE = frozenset({"fresh", "rehearsal", "stage", "in", "source", "trial"})


def _comes_and_goes(segment: Segment, _: Observation) -> bool:
    """`they buy twice as often`: at times, and no trouble."""
    often = [hit for hit in segment.hits if hit.concept == "intermittent"]
    return not segment.failing and all(segment.words[hit.end - 1] in _OFTEN for hit in often)


_OFTEN = frozenset({"often", "repeated"})


def _whoever_it_is(segment: Segment, _: Observation) -> bool:
    """`when a customer has two addresses`, `I am a customer`: anybody of whom that is so, and a mere article."""
    failing = [hit for hit in segment.hits if fails(hit)]
    hurt = segment.has("wrong") or (segment.failing and not (failing and _is_weak(failing, segment.words)))
    return not _WHEN.isdisjoint(segment.words[:1]) or not hurt


_WHEN = _LISTS["when"]

_DOUBTS: Mapping[str, Doubt] = MappingProxyType(
    {
        "nobody-can": _not_for_all,
        "all-affected": _not_all_of_them,
        "for-everyone": _not_for_all,
        "core-stopped": lambda segment, observed: _of_people(segment, observed) or _not_of_now(segment, observed),
        "users-cannot": _of_people,
        "we-cannot": _of_people,
        "all-fails": _only_named_as_all,
        "none-comes-through": _no_stop,
        "halted": _only_rests,
        "failing": _only_not,
        "core-failing": _only_not,
        "many-affected": _not_for_some,
        "workaround": _fails_itself,
        "gets-by": _fails_itself,
        "prod-trouble": _elsewhere,
        "one-user-or-item": _whoever_it_is,
        "costly": _costs_no_way,
        "partial": _of_some_people,
        "intermittent": _comes_and_goes,
        "non-production": _no_other_place,
        "cosmetic": lambda segment, _: not _THANKS.isdisjoint(segment.words),
        "slow": _lasts,
        "wrong-result": _unsurely_wrong,
        "wrong-figures": _unsurely_wrong,
        "admin": _is_no_request,
        "wish": _asks_nothing,
        "question": _asks_nothing,
        "security": _met_somebody,
        "exposure": _met_somebody,
        "question-mark": _asks_of_trouble,
        "solved": _not_over,
        "taken-back": _not_over,
        "added-good": _not_over,
        "announced": _not_ahead,
        "no-workaround": _no_way_to_something,
        "ongoing": _not_going_on,
        "broken-again": _not_going_on,
        "data-lost": _is_found_again,
    }
)
