"""A part of a list that may be long, as a page shows it: the newest unless another part is asked for.

A part is named by its last entry, which stays the same when more entries come; the newest part is always a full one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from helpdesk.web.refs import whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Entries `first` to `last` of `total`, counted from 1 and oldest first."""

    first: int
    last: int
    total: int
    size: int

    @property
    def earlier(self) -> int | None:
        """The last entry of the part before this one; None at the beginning."""
        return self.first - 1 if self.first > 1 else None

    @property
    def later(self) -> int | None:
        """The last entry of the part after this one; None at the end."""
        return min(self.last + self.size, self.total) if self.last < self.total else None

    def of(self, entries: Sequence[_Entry]) -> Sequence[_Entry]:
        """Those of all entries that are shown."""
        return entries[self.first - 1 : self.last]


def excerpt(total: int, size: int, asked: str = "") -> Excerpt:
    """The part that ends where it is asked to, or the newest; whatever is asked, there is one."""
    meant = whole_number(asked)
    last = max(total if meant is None else min(meant, total), min(size, total))
    return Excerpt(max(1, last - size + 1), last, total, size)
