"""From findings with probabilities to ranks: the expectation of the table over everything that a mail may mean.

The findings of a mail are taken as independent, so what the first lines of a table leave over stays a small number of
boxes: each finding with the values that are still possible. A box of which a line takes a part is cut along it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def by_table(findings: LikelyFindings, table: Sequence[FindingRule] = TABLE) -> Probabilities:
    """How likely each rank is by a table."""
    ranks = [0.0] * _RANKS
    for box, rank in _ranked(_WHOLE, table):
        ranks[rank - 1] += _likely(box, findings)
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
    for box, rank in _ranked(_WHOLE, TABLE):
        for inner, becomes in _limited(_ranked(box, theirs), limits):
            masses[rank - 1][becomes - 1] += _likely(inner, findings)
    ranks = [0.0] * _RANKS
    for index, (share, row) in enumerate(zip(found, masses, strict=True)):
        total = sum(row)
        for becomes, mass in enumerate(row):
            ranks[becomes] += share * (mass / total if total > _NOTHING else float(becomes == index))
    one, two, three, four = ranks
    return one, two, three, four


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


def _likely(box: Box, findings: LikelyFindings) -> float:
    """How likely it is that a mail means something in a box; only what is restricted is counted."""
    return math.prod(
        sum(findings[name][value] for value in values)
        for name, values in box.items()
        if len(values) < len(FINDINGS[name])
    )
