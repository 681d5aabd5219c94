"""What a mail says about its effect: segments of concepts combined into features, each with its evidence.

Every effect below is a question a support lead would ask: is something down, what cannot be done, by whom, since
when, is there a way round it. The answer is a combination of concepts in one segment, so it does not matter
how a writer words it or in which language.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from helpdesk.severity import extent
from helpdesk.severity.course import course
from helpdesk.severity.words import word_lists, word_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.severity.segment import Hit, Segment

_LISTS = word_lists("effects")

NEAR = 4  # words between `no` and the thing there is none of
OPENS = 4  # words within which a question says that it is one
SHORT = 7  # words of a segment that can only be about the whole
TROUBLE = ("down", "halt", "fail", "cannot", "wrong")


@dataclass(slots=True)
class Effects:
    """The effects found: each with the text of the segment that says it first."""

    found: dict[str, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)  # in the subject alone: it names, and a body claims

    def add(self, name: str, segment: Segment) -> None:
        """Note an effect; the first segment that says it is its evidence, one of the body before the subject."""
        if name not in self.found:
            self.found[name] = segment.text
            if segment.subject:
                self.named.add(name)
        elif name in self.named and not segment.subject:
            self.found[name] = segment.text
            self.named.discard(name)

    def __contains__(self, name: object) -> bool:
        return name in self.found

    def any(self, *names: str) -> bool:
        """Whether any of the effects was found."""
        return not self.found.keys().isdisjoint(names)


def effects(segments: Sequence[Segment]) -> Effects:
    """Every effect of a mail's segments, remarks left out."""
    return effects_of_told(without_remarks(segments))


def effects_of_told(segments: Sequence[Segment]) -> Effects:
    """Every effect of the segments that are left `without_remarks`."""
    effects = Effects()
    if not segments:
        return effects  # as of what a machine says in most mails
    for segment in segments:
        for rule, signs in AFTERWARDS if _told_as_over(segment) else RULES:
            if not segment.signs.isdisjoint(signs):
                rule(segment, effects)
    _for_all_of_them(segments, effects)
    _only_me(segments, effects)
    _contrast(segments, effects)
    for name, segment in course(segments):
        effects.add(name, segment)
    _after_solved(segments, effects)
    _only_announced(segments, effects)
    return effects


# Questions about one segment; those of more than one place are asked of the segment itself.


def _only_asked(segment: Segment) -> bool:
    """Whether trouble is only asked about or planned for: `is any downtime needed?`."""
    if segment.has("future", "firm_if"):
        return True
    if segment.asks and segment.words[0] in _YES_OR_NO and not segment.says("nobody", "since"):
        return True
    if segment.asks and any(hit.concept == "question" and hit.start <= OPENS for hit in segment.hits):
        return not segment.says("nobody", "since")
    return segment.asks and not segment.unable and (segment.has("question") or bool(_ASKED.intersection(segment.words)))


_YES_OR_NO = _LISTS["yes_or_no"]
_ASKED = _LISTS["asked"]


def _request(segment: Segment) -> bool:
    return segment.asks or segment.has("question", "wish")


# The rules. Each adds what its segment says.


def _stopping(segment: Segment, effects: Effects) -> None:
    if not segment.failing and _NONE_OR_ALL.isdisjoint(segment.signs):
        return
    if _only_asked(segment):
        return
    if segment.unable and segment.says("lacking") and segment.says("we", "me") and not segment.says("nobody", "core"):
        effects.add("needs-it", segment)  # `we cannot work without a dark mode` is no outage
        return
    mailing = segment.says("mailing") and segment.failing
    edge = (segment.peripheral and not segment.has("core")) or mailing
    _at_a_stop(segment, effects, edge=edge)
    _for_whom(segment, effects, edge=edge)
    if segment.has("idle"):
        effects.add("business-idle", segment)
    if (
        not edge
        and not segment.has("one", "partial", "intermittent", "place")
        and _whole_dead(segment)
        and not _was(segment)
    ):
        effects.add("thing-dead", segment)
    if not edge and _none_goes(segment):
        effects.add("none-comes-through", segment)
    if segment.has("server_error") and not edge and _serves_all(segment) and not _was(segment):
        effects.add("server-error", segment)


_NONE_OR_ALL = word_set("none nobody zero idle affects server_error")  # what stops without a word of failing


def _serves_all(segment: Segment) -> bool:
    return segment.says("system", "core") and not segment.has("one", "partial", "intermittent", "place")


def _none_goes(segment: Segment) -> bool:
    """`no command works`, `no build has gone through`: whatever it is, not one of it."""
    if segment.asks or not segment.says("none"):
        return False
    nones = [hit for hit in segment.hits if hit.concept == "none"]
    undone = [hit for hit in segment.hits if hit.concept in {"work", "can"} and hit.status == "negated"]
    return any(1 <= verb.start - none.end <= NEAR - 1 for none in nones for verb in undone)


_SUBJECT = 4  # words between a thing and what is said of it
_TAIL = 3  # words behind a verb that can still belong to nothing but it


def _whole_dead(segment: Segment) -> bool:
    """`the shop does not load`, `the API has been unreachable`: the thing itself, and no part of what it does."""
    if not segment.says("system"):
        return False
    things = [hit for hit in segment.hits if hit.concept == "system"]
    if segment.asks and _IS_IT.intersection(_opening(segment)):
        return False
    return any(_said_of(thing, hit, segment) for hit in segment.hits for thing in things)


def _said_of(thing: Hit, hit: Hit, segment: Segment) -> bool:
    if thing.part != hit.part or not 0 <= hit.start - thing.end <= _SUBJECT:
        return False
    if hit.concept == "down":
        return hit.status == "asserted"
    undone = hit.concept == "work" and hit.status == "negated" and segment.words[hit.end : hit.end + 1] not in _NOTHING
    return undone and _says_no_more(hit, segment)


_NOTHING = (("no",), ("neither",), ("nothing",), ("none",))  # `shows no error` is no page that does not show


def _says_no_more(hit: Hit, segment: Segment) -> bool:
    """Whether nothing follows a verb in its part but when it began or that it does so for all."""
    later = [other for other in segment.hits if other.part > hit.part or other.concept in _CIRCUMSTANCES]
    behind = [other.start for other in later if other.start >= hit.end]
    return min([*behind, len(segment.words)]) - hit.end < _TAIL


_CIRCUMSTANCES = frozenset({"since", "past", "all", "nobody", "again", "users", "we", "me", "not"})


def _at_a_stop(segment: Segment, effects: Effects, *, edge: bool) -> None:
    """Find what stands still."""
    if segment.has("down") and not edge and _about_all(segment):
        effects.add("outage", segment)
    if segment.has("halt") and segment.says("system", "core", "idle") and not edge:
        effects.add("halted", segment)
    if segment.none_of("core") and not segment.has("question", "fyi"):
        effects.add("none-comes-through", segment)
    if segment.failing and segment.total and segment.says("core") and not edge:
        effects.add("core-stopped", segment)
    if len(segment.words) <= SHORT and _not_possible(segment) and not edge:
        effects.add("none-comes-through", segment)
    if segment.has("zero") and not segment.has("fyi", "ok", "figures") and not segment.tells("negated", "fail", "down"):
        effects.add("none-comes-through", segment)


def _about_all(segment: Segment) -> bool:
    return segment.has("system", "core") or segment.total or len(segment.words) <= SHORT


_POSSIBLE = _LISTS["possible"]


def _not_possible(segment: Segment) -> bool:
    """`no calls possible`, and nothing more: whatever it is, there is none of it."""
    none = any(hit.concept == "none" for hit in segment.hits)
    return none and not segment.asks and bool(_POSSIBLE.intersection(segment.words))


def _for_whom(segment: Segment, effects: Effects, *, edge: bool) -> None:
    """Find who is stopped."""
    reached = segment.has("affects")
    everyone = segment.total and (segment.failing and segment.says("system", "users"))
    if segment.total and segment.failing and not everyone and not edge and not _request(segment):
        effects.add("all-fails", segment)
    if segment.total and reached and not everyone:
        effects.add("for-everyone", segment)
    if everyone and not edge and not _request(segment):
        effects.add("all-affected", segment)
    if segment.says("nobody") and (segment.unable or segment.has("fail")) and not _none_at_the_edge(segment):
        effects.add("nobody-can", segment)
    if segment.says("we") and segment.unable and (segment.says("core", "idle") or _nothing_of(segment)) and not edge:
        effects.add("we-cannot", segment)
    if (
        segment.has("users")
        and (segment.unable or segment.has("halt"))
        and not edge
        and not segment.has("one", "partial")
    ):
        effects.add("users-cannot", segment)


def _nothing_of(segment: Segment) -> bool:
    """`we cannot take any patients`: not one of whatever it is."""
    can = [hit for hit in segment.hits if hit.concept == "can" and hit.status == "negated"]
    return bool(can) and any(hit.concept == "none" or segment.words[hit.start] == "any" for hit in segment.hits)


def _none_at_the_edge(segment: Segment) -> bool:
    """`none of the scheduled reports`: nobody is a thing here, and at the edge."""
    return segment.peripheral and not segment.says("core", "users", "we") and _PERSONS.isdisjoint(segment.words)


def _failing(segment: Segment, effects: Effects) -> None:
    if not segment.failing:
        if segment.has("wrong"):
            effects.add("wrong-result", segment)
        return
    effects.add("failing", segment)
    if segment.says("core"):
        effects.add("core-failing", segment)
    if segment.says("system"):
        effects.add("system-failing", segment)
    if segment.says("users") and segment.has("many", "all"):
        effects.add("many-affected", segment)
    if segment.peripheral:
        effects.add("peripheral", segment)
    if segment.has("wrong"):
        effects.add("wrong-result", segment)


def _handwork(segment: Segment) -> bool:
    """`we type it in, it takes two minutes`: that is how long the way round takes."""
    slow = [hit for hit in segment.hits if hit.concept == "slow"]
    return segment.has("workaround", "lowkey") and all(segment.words[hit.start] in _TAKES for hit in slow)


_TAKES = _LISTS["takes"]


def _degraded(segment: Segment, effects: Effects) -> None:
    if (segment.has("slow") and not _handwork(segment)) or extent.takes_long(segment):
        effects.add("slow", segment)
    if segment.has("intermittent") and (
        segment.failing or segment.has("slow", "wrong", "dataloss") or segment.says("core", "system")
    ):
        effects.add("intermittent", segment)
    if segment.has("partial") and (segment.failing or segment.says("users", "core", "system", "wrong")):
        effects.add("partial", segment)
    if segment.has("place") and (segment.failing or segment.says("wrong")) and not segment.has("all", "question"):
        effects.add("one-place", segment)
    if (segment.says("wrong", "instead") and segment.has("figures")) or extent.by_numbers(segment):
        effects.add("wrong-figures", segment)
    downstream = (segment.has("downstream") or segment.says("mailing")) and not (
        segment.says("account") and segment.says("me", "one")
    )
    if downstream and (segment.failing or segment.has("slow", "many")):
        effects.add("background", segment)
    if segment.has("many") and segment.says("users", "core"):
        effects.add("many", segment)


def _scope(segment: Segment, effects: Effects) -> None:
    if segment.has("one") and (segment.failing or not segment.has("admin", "wish")):
        effects.add("one-user-or-item", segment)  # `please delete my account` tells of nobody's trouble
    wanted = segment.asks or segment.has("wish", "question") or (segment.has("cosmetic") and not segment.failing)
    if segment.has("peripheral", "internal") and not wanted:
        effects.add("edge-thing", segment)
    if segment.has("cosmetic"):
        effects.add("cosmetic", segment)
    if segment.has("lowkey"):
        effects.add("low-key", segment)
    if segment.has("urgent"):
        effects.add("urgent-words", segment)


_PERSONS = _LISTS["persons"]
_WORKS = _LISTS["works"]
_COUNTS = frozenset({"work", "ok"})


def _still_works(segment: Segment, effects: Effects) -> None:
    if segment.asks or _of_then(segment):
        return
    works = segment.has("work") and (segment.has("still", "else") or _runs(segment))
    if segment.has(*_COUNTS) and _others_work(segment):
        effects.add("else-works", segment)
    if (segment.has("ok") or works) and not segment.failing:
        effects.add("else-works", segment)
        if segment.has("core"):
            effects.add("core-works", segment)
    negated_trouble = segment.tells("negated", "down", "halt", "fail", "cannot")
    if negated_trouble and not segment.failing and not segment.says("way"):
        effects.add("trouble-denied", segment)


def _of_then(segment: Segment) -> bool:
    """`until then all went well`, and what a status page says: neither tells how it is now."""
    if not segment.says("ok"):
        return False
    well = [hit.start for hit in segment.hits if hit.concept == "ok"]
    then = all(_THEN.intersection(segment.words[max(0, start - 3) : start]) for start in well)
    return then or "status" in segment.words


_THEN = _LISTS["then"]


_PEOPLE = _LISTS["people"]


def _runs(segment: Segment) -> bool:
    """`the tills work`, and not `we run two shops`."""
    words = segment.words
    return any(word in _WORKS and (at == 0 or words[at - 1] not in _PEOPLE) for at, word in enumerate(words))


def _others_work(segment: Segment) -> bool:
    """`Paris gets an error, other offices are fine`: a comma part of its own that says so."""
    fine = {hit.part for hit in segment.hits if _says_it_works(hit, segment)}
    if segment.says("else", "place"):
        elsewhere = {hit.part for hit in segment.hits if hit.concept in {"else", "place"}}
        fine |= {hit.part for hit in segment.hits if hit.concept in _COUNTS and hit.status == "asserted"} & elsewhere
    return bool(fine) and not fine <= _troubled_parts(segment)


def _troubled_parts(segment: Segment) -> set[int]:
    return {hit.part for hit in segment.hits if hit.concept in TROUBLE or hit.status == "negated"}


def _says_it_works(hit: Hit, segment: Segment) -> bool:
    """`cards are refused, vouchers work`: a verb of its own, not what should be done."""
    return (
        hit.concept == "work"
        and hit.status == "asserted"
        and hit.part > 0
        and segment.words[hit.start] in _WORKS
        and not _WISHED.intersection(segment.words[max(0, hit.start - 2) : hit.start])
    )


def _way_round(segment: Segment, effects: Effects) -> None:
    if (
        segment.has("no_way")
        or _way_none(segment)
        or segment.none_of("way")
        or segment.tells("negated", "way", "workaround")
        or _way_gone(segment)
        or _way_barred(segment)
    ):
        effects.add("no-workaround", segment)
    elif segment.has("workaround") and not (_request(segment) or _is_advice(segment) or extent.by_numbers(segment)):
        effects.add("workaround", segment)
    if segment.has("costly"):
        effects.add("costly", segment)
    if segment.has("way", "workaround") and _fails_too(segment):
        effects.found.pop("workaround", None)
        effects.add("no-workaround", segment)
    if segment.says("in_vain"):
        effects.add("tried-in-vain", segment)


_TOLD_TO = _LISTS["told_to"]


def _is_advice(segment: Segment) -> bool:
    """`your chat tells me to clear the cache`: nobody says that it helps."""
    ways = [hit.start for hit in segment.hits if hit.concept == "workaround"]
    return any(_TOLD_TO.intersection(segment.words[max(0, way - OPENS) : way]) for way in ways)


_TOO = _LISTS["too"]


def _fails_too(segment: Segment) -> bool:
    """`the fallback goes through you too, so that is dead as well`."""
    ways = [hit.end for hit in segment.hits if hit.concept in {"way", "workaround"}]
    later = [
        hit for hit in segment.hits if hit.concept in {"down", "halt", "fail", "cannot"} and hit.start >= min(ways)
    ]
    return bool(later) and bool(_TOO.intersection(segment.words))


def _way_none(segment: Segment) -> bool:
    """`Workaround: none`."""
    ways = [hit.end for hit in segment.hits if hit.concept in {"way", "workaround"}]
    return any(hit.concept == "none" and 0 <= hit.start - end <= 1 for end in ways for hit in segment.hits)


def _way_gone(segment: Segment) -> bool:
    """`the workaround does not work any more`."""
    ways = [hit.end for hit in segment.hits if hit.concept == "way"]
    undone = [hit.start for hit in segment.hits if hit.concept == "work" and hit.status == "negated"]
    return bool(ways and undone) and min(ways) <= max(undone)


_BARRED = _LISTS["barred"]


def _way_barred(segment: Segment) -> bool:
    """`by hand is forbidden`, `typing it in by hand is not something that ...`."""
    ways = [hit for hit in segment.hits if hit.concept == "workaround"]
    if ways and not _BARRED.isdisjoint(segment.words):
        return True
    return any(
        other.concept == "not" and other.part == way.part and 0 <= other.start - way.end < NEAR - 1
        for way in ways
        for other in segment.hits
    )


def _weight(segment: Segment, effects: Effects) -> None:
    for concept, name in (
        ("cost", "costs-money"),
        ("deadline", "deadline"),
        ("again", "again"),
    ):
        if segment.has(concept):
            effects.add(name, segment)
    if segment.has("since"):
        told = segment.failing or segment.says(
            "wrong", "slow", "dataloss", "intermittent", "security", "nobody", "none"
        )
        effects.add("ongoing" if told or segment.subject or len(segment.words) <= SHORT else "since-named", segment)
    if segment.has("security_paper"):
        effects.add("security-paper", segment)
    if segment.has("security"):
        effects.add("security", segment)
    elif segment.tells("negated", "security"):
        effects.add("security-denied", segment)
    if segment.has("dataloss") and not segment.has("question") and not _only_asked(segment):
        effects.add("data-lost", segment)


def _over(segment: Segment, effects: Effects) -> None:
    if segment.has("closing") or _ends(segment):
        effects.add("solved", segment)
    if _was(segment):
        effects.add("was-trouble", segment)
    if segment.tells("past", *TROUBLE):
        effects.add("past-trouble", segment)
    if segment.tells("hypothetical", *TROUBLE):
        effects.add("supposed-trouble", segment)


_WAS = _LISTS["was"]


def _was(segment: Segment) -> bool:
    """Trouble that is told in the past tense and with no word of now."""
    return _told_in_past(segment) and not segment.has("since", "still", "again")


def _told_in_past(segment: Segment) -> bool:
    troubles = [hit.start for hit in segment.hits if hit.concept in {"down", "halt", "fail", "cannot", "slow"}]
    return any(_WAS.intersection(segment.words[max(0, start - 4) : start + 2]) for start in troubles)


_WISHED = _LISTS["wished"]


def _ends(segment: Segment) -> list[int]:
    """Where it is said that something `is fixed`, as a fact and no wish (`please get this fixed`)."""
    if segment.asks or not segment.has("solved"):
        return []
    if segment.has("dataloss") and not segment.says("down", "fail", "slow", "cannot"):
        return []  # records that are gone are no problem that is gone
    return [hit.end for hit in segment.hits if hit.concept == "solved" and _achieved(hit, segment)]


def _achieved(hit: Hit, segment: Segment) -> bool:
    before = segment.words[max(0, hit.start - 3) : hit.start]
    if hit.status != "asserted" or _WISHED.intersection(before[-2:]) or _UNSURE.intersection(before):
        return False
    if segment.words[hit.end - 1] in _GONE:  # `the error is gone`; a site that is gone or has gone dark is none
        went = segment.words[hit.end : hit.end + 1]
        told = any(other.concept in {*TROUBLE, "slow"} and other.end <= hit.start for other in segment.hits)
        return told and not _GONE_WHERE.intersection(went)
    return True


_UNSURE = _LISTS["unsure"]
_GONE = _LISTS["gone"]
_GONE_WHERE = _LISTS["gone_where"]


_IS_IT = _LISTS["is_it"]
_HOW = _LISTS["how"]
_BEFORE = _LISTS["before"]


_ORDERS = _LISTS["orders"]


def _asks_after_it(segment: Segment) -> bool:
    """`Is the site down? Any idea? When will it be back? Is it me?`: the question that stands behind trouble."""
    if not segment.asks:
        return False
    if segment.says("after_it"):
        return True
    if segment.has("question", "wish") or segment.says("nonprod"):
        return False
    return len(segment.words) < OPENS or not _IS_IT.isdisjoint(_opening(segment))


def _opening(segment: Segment) -> tuple[str, ...]:
    """The word that a question opens with, behind `Hello,` and `but`."""
    first = next((place for place, word in enumerate(segment.words) if word not in _BEFORE), 0)
    return segment.words[first : first + 1]


_IDEA = _LISTS["idea"]


def _wants(segment: Segment, effects: Effects) -> None:
    if _asks_after_it(segment):
        effects.add("asks-after-it", segment)
    elif (segment.has("question") or (segment.asks and _HOW.intersection(_opening(segment)))) and not segment.failing:
        effects.add("question", segment)
    elif segment.asks and not segment.has("polite"):  # `could you please have a look?` asks for no answer
        effects.add("question-mark", segment)
    if segment.has("by_the_by"):
        effects.add("by-the-by", segment)
    doubts = _asks_after_it(segment) or segment.has("down")  # `or do I misread the docs?`
    for concept in ("wish", "maintenance", "docs", "thanks"):
        if segment.has(concept) and not (concept == "docs" and doubts):
            effects.add(concept, segment)
    if segment.subject and not segment.asks and _IDEA.intersection(segment.words):
        effects.add("wish", segment)
    if segment.has("admin") and not segment.failing and not (segment.has("wrong") and segment.has("figures")):
        asked = (
            segment.asks or segment.subject or segment.has("question", "wish") or _ORDERS.intersection(segment.words)
        )
        effects.add("admin" if asked else "admin-named", segment)
    if segment.has("fyi") and not segment.failing:
        effects.add("fyi", segment)


def _place(segment: Segment, effects: Effects) -> None:
    if segment.says("nonprod") and segment.says("prod") and _one_is_fine(segment, effects):
        return
    trouble = segment.failing or segment.has("slow", "wrong", "dataloss")
    fine = not trouble and (segment.has("ok") or segment.tells("negated", "down", "fail", "halt"))
    works = fine or (not trouble and segment.has("work"))
    if segment.says("nonprod") and not segment.tells("negated", "nonprod") and not _comes_from_there(segment):
        effects.add("nonprod-fine" if works else "nonprod-trouble" if trouble else "nonprod-named", segment)
    if segment.says("prod") and not segment.has("not_prod_word"):
        denied = segment.tells("negated", "prod")
        effects.add("prod-fine" if fine or denied else "prod-trouble" if trouble else "prod-named", segment)


def _comes_from_there(segment: Segment) -> bool:
    """`since the deployment from staging`: it names the other environment, and trouble of this one."""
    places = [hit.start for hit in segment.hits if hit.concept == "nonprod"]
    return all(not _SOURCES.isdisjoint(segment.words[max(0, start - 3) : start]) for start in places)


def _one_is_fine(segment: Segment, effects: Effects) -> bool:
    """`staging gives 503, prod is fine`: both in one breath, and the comma parts tell which is which."""
    well = {hit.part for hit in segment.hits if hit.concept in _COUNTS and hit.status == "asserted"}
    troubled = _troubled_parts(segment)
    prod = {hit.part for hit in segment.hits if hit.concept == "prod"}
    other = {hit.part for hit in segment.hits if hit.concept == "nonprod"}
    if other & troubled and prod & well - troubled:
        effects.add("nonprod-trouble", segment)
        effects.add("prod-fine", segment)
        return True
    return False


def _extent(segment: Segment, effects: Effects) -> None:
    """One of many, some of several, and what is said of the others."""
    for says, signs, names in _EXTENTS:
        if not segment.signs.isdisjoint(signs) and says(segment):
            for name in names:
                effects.add(name, segment)


_EXTENTS: tuple[tuple[Callable[[Segment], bool], frozenset[str], tuple[str, ...]], ...] = (
    (extent.others_fine, word_set("else"), ("others-fine",)),
    (extent.one_numbered, extent.ITEMS, ("one-numbered",)),
    (extent.some_numbered, extent.AND, ("some-numbered",)),
    (extent.one_named, extent.SINGLE, ("one-named",)),
    (extent.one_person, extent.TITLES, ("one-person",)),
    (extent.sees_others, word_set("foreign"), ("security", "exposure")),
    (extent.gets_by, extent.SO, ("gets-by",)),
)


# Every rule with the signs of which a segment has to have one, or it adds nothing: most segments have none.
RULES: tuple[tuple[Callable[[Segment, Effects], None], frozenset[str]], ...] = (
    (_stopping, word_set("can work ok cannot down halt fail not none nobody zero idle affects server_error")),
    (_failing, word_set("can work ok cannot down halt fail not wrong")),
    (_degraded, word_set("slow intermittent partial place wrong instead downstream mailing many") | extent.UNITS),
    (_scope, word_set("one peripheral internal cosmetic lowkey urgent")),
    (_still_works, word_set("work ok down halt fail cannot")),
    (_way_round, word_set("no_way way workaround costly in_vain")),
    (_weight, word_set("cost deadline again since security_paper security dataloss")),
    (_over, frozenset({"closing", "solved", *TROUBLE, "slow"})),
    (_wants, word_set("? question by_the_by wish maintenance docs thanks admin fyi") | _IDEA),
    (_place, word_set("prod nonprod")),
    (_extent, frozenset().union(*(signs for _, signs, _ in _EXTENTS))),
)


# What a segment can still say that tells of trouble and of its end in one breath.
AFTERWARDS = tuple(one for one in RULES if one[0] in {_extent, _scope, _still_works, _weight, _over, _wants})


def _told_as_over(segment: Segment) -> bool:
    """`the outage of yesterday is over, all works`: the trouble stands before its end, and is of the past."""
    ends = _ends(segment)
    if not ends:
        return False
    troubles = [hit for hit in segment.hits if hit.concept in TROUBLE]
    if any(hit.start >= min(ends) for hit in troubles):
        return False
    itself = any(0 <= min(ends) - hit.end <= NEAR for hit in troubles)  # `the problem is gone since your fix`
    return segment.has("past") or itself


def _for_all_of_them(segments: Sequence[Segment], effects: Effects) -> None:
    """`We are locked out. Entire team.`: a few words that say who, next to what it is."""
    says_who = [*map(_says_who, segments)]
    if not any(says_who):
        return
    for (first, first_says), (second, second_says) in pairwise(zip(segments, says_who, strict=True)):
        for says, fragment, other in ((first_says, first, second), (second_says, second, first)):
            if says and other.failing and not other.peripheral and not _only_asked(other):
                effects.add("all-affected", fragment)


def _says_who(segment: Segment) -> bool:
    if len(segment.words) >= SHORT or not segment.has("all", "nobody"):
        return False
    return segment.says("users", "we", "nobody", "affects") and not segment.says("work", "can", "ok", "solved")


def _only_me(segments: Sequence[Segment], effects: Effects) -> None:
    """Trouble told by somebody who speaks of nobody but themselves."""
    mine = next((segment for segment in segments if segment.failing and segment.says("me")), None)
    if mine is None:
        return
    if _LEAVING.intersection(mine.words) and _BELONGS.intersection(mine.words):
        effects.add("admin", mine)  # who cannot find how to delete an account is not locked out of it
        return
    everybodys = effects.any("thing-dead", "all-affected", "nobody-can", "for-everyone") and not mine.has("one")
    if not everybodys and not any(
        segment.says("users", "we", "nobody", "core") and segment.failing for segment in segments
    ):
        effects.add("only-me", mine)
    account = next((segment for segment in segments if segment.failing and segment.says("account")), None)
    if account is not None and not any(segment.says("users", "we", "nobody") or segment.total for segment in segments):
        effects.add("own-account", account)


_BELONGS = _LISTS["belongs"]
_LEAVING = _LISTS["leaving"]


def _after_solved(segments: Sequence[Segment], effects: Effects) -> None:
    """Solved once, and broken again: trouble told after the good news, with a sign that it is of now."""
    if not any(segment.has("solved") for segment in segments):
        return
    solved = False
    for segment in segments:
        if _relapse(segment):
            effects.add("broken-again", segment)
        if (
            solved
            and (segment.failing or segment.has("slow", "intermittent"))
            and (segment.has("since", "again", "still") or segment.total)
            and not _told_in_past(segment)
        ):
            effects.add("broken-again", segment)
        solved = solved or bool(_ends(segment))


def _relapse(segment: Segment) -> bool:
    """`it recovered on Monday, today it is offline again`, in one breath."""
    ends = _ends(segment)
    if not ends:
        return False
    later = [hit for hit in segment.hits if hit.start >= min(ends) and hit.status == "asserted"]
    now = any(hit.concept in {"since", "again"} for hit in later)
    return now and any(hit.concept in {"down", "halt", "fail", "cannot", "slow"} for hit in later)


def _only_announced(segments: Sequence[Segment], effects: Effects) -> None:
    """`Outage on Friday`, and the text says that there will be one: nothing has failed."""
    plans = [s for s in segments if s.says(*TROUBLE) and (s.has("future") or s.tells("hypothetical", *TROUBLE))]
    body = [segment for segment in segments if not segment.subject]
    if plans and not any(segment.failing and not _only_asked(segment) for segment in body):
        effects.add("announced", plans[0])


def _contrast(segments: Sequence[Segment], effects: Effects) -> None:
    """Where the trouble is, when two environments are named."""
    nonprod = effects.any("nonprod-trouble", "nonprod-named")
    production = "prod-trouble" in effects or ("prod-named" in effects and "nonprod-trouble" not in effects)
    if nonprod and not production:
        effects.add("non-production", next(s for s in segments if s.says("nonprod")))
    elif effects.any("prod-trouble", "prod-named"):
        effects.add("production", next(s for s in segments if s.says("prod")))


def without_remarks(segments: Sequence[Segment]) -> Sequence[Segment]:
    """What is left where trouble is told and compared with that of another place or time, or help is wished for.

    `Nobody can order. We noticed it first in the sandbox`, `... Staging is fine`, `... Like last week's outage, which
    was fixed`, `... It would be great if somebody could look at it`: remarks then.
    """
    heard = [segment for one in segments if (segment := _without_wish_for_help(one)) is not None]
    told = [segment for segment in heard if not (_compares_place(segment) or _compares_time(segment))]
    return told if any(_fails_here(segment) for segment in told) else segments


def _fails_here(segment: Segment) -> bool:
    return (segment.failing or segment.none_of("core")) and not segment.says("nonprod") and not _only_asked(segment)


def _without_wish_for_help(segment: Segment) -> Segment | None:
    """What a segment says beside `it would be great if somebody could look at this`; None where that is all."""
    if not segment.says("wish"):
        return segment
    wished = {hit.part for hit in segment.hits if hit.concept == "wish"}
    wished &= {hit.part for hit in segment.hits if hit.concept == "polite"}
    wished -= {hit.part for hit in segment.hits if hit.concept in _NAMED_THING}
    if not wished:
        return segment
    left = tuple(hit for hit in segment.hits if hit.part not in wished)
    return replace(segment, hits=left) if left else None


# Who wishes for help with one of these tells what is wrong, and who wishes for something new names it.
_NAMED_THING = frozenset({*TROUBLE, "slow", "not", "nobody", "cosmetic", "docs", "admin"})


def _compares_place(segment: Segment) -> bool:
    if not segment.says("nonprod") or segment.says("prod"):
        return False
    if segment.failing:
        return not _ALSO.isdisjoint(segment.words)
    return segment.has("ok", "work") or not (_ALSO | _TRIED).isdisjoint(segment.words)


def _compares_time(segment: Segment) -> bool:
    if not _ends(segment) or _LIKE.isdisjoint(segment.words):
        return False
    return segment.has("past") or "had" in segment.words


_SOURCES = _LISTS["sources"]
_ALSO = _LISTS["also"]
_TRIED = _LISTS["tried"]
_LIKE = _LISTS["like"]
