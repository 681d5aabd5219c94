"""A stretch of text that says one thing: the concepts in it, and what a reader asks of it again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Literal, NamedTuple

from helpdesk.severity.words import word_lists

_LISTS = word_lists("segment")

Assertion = Literal["asserted", "negated", "hypothetical", "past"]

NEAR = 4  # words between `no` and the thing there is none of

_HELPERS = _LISTS["helpers"]
_HARMLESS = _LISTS["harmless"]
# Concepts of which one is said wherever something goes wrong.
_FAILING = frozenset({"work", "can", "ok", "cannot", "down", "halt", "fail", "not"})


class Hit(NamedTuple):
    """One concept at words `start` to `end` of a segment, in comma part `part`."""

    concept: str
    start: int
    end: int
    part: int
    status: Assertion = "asserted"


_CONCEPT, _STATUS = attrgetter("concept"), attrgetter("status")
_IS_ASSERTED = frozenset({"asserted"})


@dataclass(frozen=True)
class Segment:
    """A stretch of text that says one thing. Without slots: what is asked again and again is answered once.

    `signs` are its words, its concepts, and `?` where it asks: of a rule's signs it has to have one.
    """

    text: str
    words: tuple[str, ...]
    hits: tuple[Hit, ...] = ()
    asks: bool = False  # ends in a question mark
    subject: bool = False  # stands in the subject line
    signs: frozenset[str] = field(init=False, repr=False, compare=False)
    unable: bool = field(init=False, repr=False, compare=False)  # what should be possible is not: `nobody can ...`
    failing: bool = field(init=False, repr=False, compare=False)  # something is asserted to go wrong here
    _named: frozenset[str] = field(init=False, repr=False, compare=False)
    _asserted: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather what every rule asks first; `__dict__`, as the class is frozen."""
        named = frozenset(map(_CONCEPT, self.hits))
        asserted = named  # as in most
        if not _IS_ASSERTED.issuperset(map(_STATUS, self.hits)):
            asserted = frozenset([hit.concept for hit in self.hits if hit.status == "asserted"])
        signs = named.union(self.words, "?" if self.asks else ())
        self.__dict__.update(signs=signs, _named=named, _asserted=asserted)
        may_fail = not named.isdisjoint(_FAILING)
        self.__dict__["unable"] = may_fail and self._is_unable()
        self.__dict__["failing"] = may_fail and self._fails()

    def has(self, *concepts: str) -> bool:
        """Whether any of the concepts is asserted here."""
        return not self._asserted.isdisjoint(concepts)

    def says(self, *concepts: str) -> bool:
        """Whether any of the concepts is named here, whatever its status."""
        return not self._named.isdisjoint(concepts)

    def tells(self, status: Assertion, *concepts: str) -> bool:
        """Whether any of the concepts occurs here in that status."""
        return self.says(*concepts) and any(hit.status == status and hit.concept in concepts for hit in self.hits)

    def none_of(self, concept: str) -> bool:
        """`no orders`, `not a single completed order`: there is none of a thing, and that is said as a fact."""
        if not self.says("none", "nobody") or not self.says(concept):
            return False
        zeros = [hit for hit in self.hits if hit.concept in {"none", "nobody"}]
        things = [hit for hit in self.hits if hit.concept == concept]
        return any(0 <= thing.start - zero.end < NEAR and thing.part == zero.part for zero in zeros for thing in things)

    def _is_unable(self) -> bool:
        return self.tells("negated", "work", "can", "ok") or self.has("cannot")

    def _fails(self) -> bool:
        return self.unable or self.has("down", "halt", "fail") or self._left_undone()

    @cached_property
    def total(self) -> bool:
        """All of it or none of it, no matter what it is."""
        return self.has("all") or self.says("nobody") or self.none_of("core") or self.none_of("users")

    @property
    def peripheral(self) -> bool:
        """It is about a thing at the edge, and about nothing that the business lives on."""
        return self.has("peripheral", "internal", "cosmetic", "docs")

    def _left_undone(self) -> bool:
        """Whether something `does not` or `has not` done what it should: the verb need not be one that we know."""
        return self.has("not") and any(self._undone_by(hit) for hit in self.hits if hit.concept == "not")

    def _undone_by(self, negator: Hit) -> bool:
        start, end, words = negator.start, negator.end, self.words
        return (
            end - start == 1
            and start > 0
            and negator.status == "asserted"
            and words[start - 1] in _HELPERS
            and end < len(words)
            and words[end] not in _HARMLESS
            and not any(
                other.start <= start < other.end
                for other in self.hits
                if other is not negator and other.concept != "not"
            )
            and "i" not in words[max(0, start - 2) : start]
        )
