"""From findings with probabilities to ranks: the expectation of the table over everything that a mail may mean.

The findings of a mail are taken as independent, so what the first lines of a table leave over stays a small number of
boxes: each finding with the values that are still possible. A box of which a line takes a part is cut along it. The
boxes depend on the policy alone and are cut once; a mail only says how likely it is to lie in each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from helpdesk.offering.findings import FINDINGS, NO_TROUBLE, TABLE, FindingLimit, FindingRule

if TYPE_CHECKING:
    from helpdesk.core.words.verdict import Probabilities

LikelyFindings = Mapping[str, Mapping[str, float]]  # of each finding, how likely each value is; they sum to 1
Box = Mapping[str, frozenset[str]]  # the values of each finding that are still possible
_WHOLE: Box = {name: frozenset(values) for name, values in FINDINGS.items()}
_RANKS = 4
_NOTHING = 1e-12  # a probability that makes no difference
_EVERYTHING = FindingRule(1)
_TABLES_KEPT = 256  # policies, with their limits, of which the boxes are remembered


@dataclass(frozen=True, slots=True)
class _Cut:
    """The boxes that tables leave: of each what our table gives it, what theirs does, and its restrictions by place."""

    restrictions: tuple[tuple[str, tuple[str, ...]], ...]  # a finding, and the values that are still possible
    boxes: tuple[tuple[int, int, tuple[int, ...]], ...]

    def likely(self, findings: LikelyFindings) -> Iterator[tuple[int, int, float]]:
        """How likely it is that a mail means something in each box, with both of its ranks."""
        shares = [sum(map(findings[name].__getitem__, values)) for name, values in self.restrictions]
        for rank, becomes, places in self.boxes:
            yield rank, becomes, math.prod(map(shares.__getitem__, places))


def by_table(findings: LikelyFindings) -> Probabilities:
    """How likely each rank is by our table."""
    ranks = [0.0] * _RANKS
    for rank, _, likely in _OURS.likely(findings):
        ranks[rank - 1] += likely
    total = sum(ranks)
    one, two, three, four = (rank / total for rank in ranks)
    return one, two, three, four


def translated(
    found: Probabilities,
    findings: LikelyFindings,
    *,
    theirs: Sequence[FindingRule] = TABLE,
    limits: Sequence[FindingLimit] = (),
) -> Probabilities:
    """What ranks by our table become by theirs and under their limits, given what the mail may mean.

    Of a rank that our table does not give the findings say nothing: it stays what it is.
    """
    if theirs == TABLE and not limits:
        return found
    masses = [[0.0] * _RANKS for _ in range(_RANKS)]
    for rank, becomes, likely in _cut_by(tuple(theirs), tuple(limits)).likely(findings):
        masses[rank - 1][becomes - 1] += likely
    ranks = [0.0] * _RANKS
    for index, (share, row) in enumerate(zip(found, masses, strict=True)):
        total = sum(row)
        for becomes, mass in enumerate(row):
            ranks[becomes] += share * (mass / total if total > _NOTHING else float(becomes == index))
    one, two, three, four = ranks
    return one, two, three, four


@lru_cache(_TABLES_KEPT)
def _cut_by(theirs: tuple[FindingRule, ...], limits: tuple[FindingLimit, ...]) -> _Cut:
    places: dict[tuple[str, tuple[str, ...]], int] = {}
    boxes = tuple(
        (rank, becomes, tuple(places.setdefault(one, len(places)) for one in _restrictions(inner)))
        for box, rank in _ranked(_WHOLE, TABLE)
        for inner, becomes in _limited(_ranked(box, theirs), limits)
    )
    return _Cut(tuple(places), boxes)


def _restrictions(box: Box) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What of a box is restricted, its values in their order."""
    for name, values in FINDINGS.items():
        if len(box[name]) < len(values):
            yield name, tuple(value for value in values if value in box[name])


def _ranked(box: Box, table: Iterable[FindingRule]) -> Iterator[tuple[Box, int]]:
    """The parts of a box, each with the rank that the first line that fits gives it."""
    left = [box]
    for rule in (*table, _EVERYTHING):
        rest: list[Box] = []
        for one in left:
            fits = {**one, **{name: one[name] & frozenset(values) for name, values in rule.when.items()}}
            if all(fits.values()):
                yield fits, rule.rank
            rest += _without(one, rule)
        left = rest


def _limited(parts: Iterable[tuple[Box, int]], limits: Sequence[FindingLimit]) -> Iterator[tuple[Box, int]]:
    for limit in limits:
        parts = [part for box, rank in parts for part in _cut(box, rank, limit)]
    yield from parts


def _cut(box: Box, rank: int, limit: FindingLimit) -> Iterator[tuple[Box, int]]:
    """A box along a limit: what it concerns, trouble and no trouble apart, and the rest."""
    concerned = box[limit.finding] & frozenset(limit.values)
    rest = box[limit.finding] - concerned
    if rest:
        yield {**box, limit.finding: rest}, rank
    if concerned:
        inside = {**box, limit.finding: concerned}
        for effects, trouble in ((inside["effect"] - NO_TROUBLE, True), (inside["effect"] & NO_TROUBLE, False)):
            if effects:
                yield {**inside, "effect": effects}, limit.limited(rank, trouble=trouble)


def _without(box: Box, rule: FindingRule) -> Iterator[Box]:
    """What a line leaves of a box: cut along one condition after the other."""
    inside = dict(box)
    for name, values in rule.when.items():
        outside = inside[name] - frozenset(values)
        if outside:
            yield {**inside, name: outside}
        inside[name] &= frozenset(values)
        if not inside[name]:
            return


_OURS = _cut_by(TABLE, ())
