"""What a mail can say of its trouble, and the table that makes a rank of it.

A finding is one question with one value: what happens to the work, for whom, is it over, is there a way round. The
table is read from top to bottom, the first line that fits decides; a policy may give one of its own
(`[[classifier.rules]]`). A line without conditions fits always.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSAID = "unsaid"  # the value of a finding of which the mail says nothing
FINDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "effect": (UNSAID, "stopped", "lost", "exposed", "degraded", "wrong", "flawed", "looks", "none"),
        "work": (UNSAID, "core", "background", "side"),
        "state": (UNSAID, "ongoing", "over", "ahead"),
        "place": (UNSAID, "production", "other"),
        "extent": (UNSAID, "all", "part", "one"),
        "way": (UNSAID, "none", "costly", "usable"),
    }
)


@dataclass(frozen=True, slots=True)
class FindingRule:
    """A line of the table: where each finding named in `when` has one of these values, the case is of that rank."""

    rank: int
    when: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __str__(self) -> str:
        """To read: `effect is none or looks: rank 4`."""
        conditions = (f"{name} is {' or '.join(values)}" for name, values in self.when.items())
        return f"{' and '.join(conditions) or 'else'}: rank {self.rank}"


NO_TROUBLE = frozenset({"looks", "none"})  # values of `effect`


@dataclass(frozen=True, slots=True)
class FindingLimit:
    """What a policy's cap makes of a finding: the case is at most of that rank where it has one of these values.

    `alone` is the rank of trouble there, None where the cap names none; what is over was trouble.
    """

    cap: str
    finding: str
    values: tuple[str, ...]
    rank: int
    alone: int | None = None

    def limited(self, rank: int, *, trouble: bool) -> int:
        """What a rank becomes where the finding has one of the values."""
        there = trouble or self.finding == "state"
        return self.alone if self.alone is not None and there else max(rank, self.rank)


def _line(rank: int, **when: str) -> FindingRule:
    return FindingRule(rank, MappingProxyType({name: tuple(values.split()) for name, values in when.items()}))


TABLE: tuple[FindingRule, ...] = (
    _line(4, place="other"),
    _line(4, state="over ahead"),
    _line(4, effect="none looks"),
    _line(2, effect="exposed"),
    _line(3, way="usable"),
    _line(3, extent="one"),
    _line(3, work="side"),
    _line(3, effect="flawed"),
    _line(2, effect="degraded wrong"),
    _line(2, work="background"),
    _line(2, extent="part"),
    _line(2, way="costly"),
    _line(2, effect="lost", extent="unsaid part"),
    _line(1),
)
