"""What a policy says about severity: its own words for the four ranks, and the rules that bind on top.

A policy file is turned into `SeverityTerms` by `helpdesk.offering.files`; nothing here reads a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpdesk.offering.findings import TABLE, FindingRule
from helpdesk.offering.intake_words import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Rank = int  # 1 (business stopped) .. 4 (question); every policy maps its own names to these
Degree = tuple[Rank, int]  # how bad a severity is: its rank, and its place among the severities that share it
StatedUse = Literal["evidence", "fitting", "initial", "ignored"]
Kind = Literal["question", "defect", "maintenance", "enhancement"]
# What a cap's `when` may name, besides kind:, channel:, product: and component:.
CONDITIONS = (
    "non-production",
    "workaround",
    "past",
    "documentation",
    "partial",
    "security",
    "cosmetic",
    "internal",
)


@dataclass(frozen=True, slots=True)
class Level:
    """One severity of a policy.

    `aliases` are other words by which a customer may state it; `cues` are phrases of the policy's own
    definition or examples which, found in a mail, speak for this level.
    """

    key: str
    rank: Rank
    name: str
    definition: str = ""
    aliases: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cap:
    """A rule: where `when` holds, the case is at most `at_most` (a level key); `caps` says with what force.

    `when` is one of `non-production`, `workaround`, `past`, `documentation`, `partial`, `security`, `cosmetic`,
    `internal`, `kind:KIND`, `channel:KEY`, `product:KEY`, `component:KEY`. `alone` is the level key of trouble of
    which a mail says nothing else.
    """

    name: str
    when: str
    at_most: str
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """An application area of the policy's scope and the words by which a mail shows that it is meant."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatedSeverity:
    """A severity that is stated: in which words, and the key of the level that is meant.

    `by` words of the mail, by its fields for impact and urgency, or by the mailbox that it came to, whose address is
    then the words. `binds`: it is the severity, whatever the policy lets the customer's own word count for.
    """

    words: str
    severity: str
    by: Literal["words", "fields", "mailbox"] = "words"
    binds: bool = False


_APART = re.compile(r"[()\[\]:;,/|=]|\s[-\u2013\u2014]\s")  # `1 - Critical (nobody can work)` names Critical


@dataclass(frozen=True, slots=True)
class Matrix:
    """Severities by impact and urgency, which the customer states in two intake fields.

    `cells` has the key of a level for each pair of values; `names` the value that a folded word means, by field;
    `labels` are the folded labels of the two fields: what stands behind them is no severity.
    """

    impact: str
    urgency: str
    cells: Mapping[tuple[str, str], str]
    names: Mapping[str, Mapping[str, str]]
    labels: frozenset[str] = frozenset()

    @property
    def fields(self) -> tuple[str, str]:
        """The keys of the two intake fields."""
        return self.impact, self.urgency

    def statement(self, fields: Mapping[str, str]) -> StatedSeverity | None:
        """The severity that the fields make; None where one is missing or says nothing that the matrix knows."""
        impact, urgency = (self.value(field, fields.get(field, "")) for field in self.fields)
        severity = self.cells.get((impact, urgency))
        return StatedSeverity(f"impact {impact}, urgency {urgency}", severity, "fields") if severity else None

    def value(self, field: str, answer: str) -> str:
        """The one value that an answer names outright; "" where it names none, or several: `not critical`."""
        known = self.names[field]
        parts = (folded(part).replace("_", " ") for part in (answer, *_APART.split(answer)))
        found = {known[part] for part in parts if part in known}
        return found.pop() if len(found) == 1 else ""

    def unknown(self, fields: Mapping[str, str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """The answers that name no value: the field, what it says, and the values that there are."""
        for field in self.fields:
            answer = fields.get(field, "")
            if answer and not self.value(field, answer):
                yield field, answer, tuple(dict.fromkeys(self.names[field].values()))


@dataclass(frozen=True, slots=True)
class SeverityTerms:
    """All that a policy says about severity.

    `default` is the level of a mail that says too little; `stated` is what a customer's stated priority
    counts for; below the probability `review_below` a person looks; above the probability `call_above` of rank 1
    people are called; `too_low` and `too_high` are what a rank too low or too high costs; `rules` make a rank of what
    a mail says; `never_rank_1` are kinds; `reader` lets a desk's language model read its mails.
    """

    levels: tuple[Level, ...]
    default: str
    stated: StatedUse = "initial"
    caps: tuple[Cap, ...] = ()
    areas: tuple[Area, ...] = ()
    review_below: float = 0.7
    call_above: float = 0.3
    too_low: float = 1.15
    too_high: float = 1.0
    rules: tuple[FindingRule, ...] = TABLE
    never_rank_1: tuple[str, ...] = ()
    matrix: Matrix | None = None
    reader: bool = True

    def level(self, key: str) -> Level:
        """The level of that key; KeyError names a key that the policy does not have."""
        for level in self.levels:
            if level.key == key:
                return level
        raise KeyError(key)

    def at_rank(self, rank: Rank) -> Level:
        """The level that stands for a rank; where a policy has none, the next less severe one."""
        by_rank = sorted(self.levels, key=lambda level: level.rank)
        return next((level for level in by_rank if level.rank >= rank), by_rank[-1])

    def degree(self, key: str) -> Degree:
        """How bad the level of that key is; KeyError names a key that the policy does not have."""
        level = self.level(key)
        return level.rank, [one.key for one in self.levels if one.rank == level.rank].index(key)

    def at_degree(self, degree: Degree) -> Level:
        """The level of that degree; where a policy has none, the next less severe one."""
        rank, place = degree
        sharing = [level for level in self.levels if level.rank == rank]
        return sharing[place] if place < len(sharing) else self.at_rank(rank)

    def computed(self, fields: Mapping[str, str]) -> StatedSeverity | None:
        """The severity that stated impact and urgency make."""
        return self.matrix.statement(fields) if self.matrix else None
