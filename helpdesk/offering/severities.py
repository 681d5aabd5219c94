"""What a policy says about severity: its own words for the four ranks, and the rules that bind on top.

A policy file is turned into `SeverityTerms` by `helpdesk.offering.files`; nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rank = int  # 1 (business stopped) .. 4 (question); every policy maps its own names to these
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
class SeverityTerms:
    """All that a policy says about severity.

    `default` is the level of a mail that says too little; `stated` is what a customer's stated priority
    counts for; below the probability `review_below` nobody's guess is taken; `never_rank_1` are kinds.
    """

    levels: tuple[Level, ...]
    default: str
    stated: StatedUse = "initial"
    caps: tuple[Cap, ...] = ()
    areas: tuple[Area, ...] = ()
    review_below: float = 0.75
    never_rank_1: tuple[str, ...] = ()

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
