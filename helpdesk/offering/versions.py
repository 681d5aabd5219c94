"""Until when the versions of products are supported: as published, and longer for who has bought that.

A version is its numbers: `4.1` covers `4.1.7` and `v4.1`, `15` covers `15 SP5`, and of several entries the one with the
most numbers counts. `< 4.0` covers everything before it. A version that no entry covers is not spoken of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

Numbers = tuple[int, ...]
UNSUPPORTED = "unsupported-version"  # the exclusion that is proposed, where the policy names no other
NOT_SUPPORTED = "this version is not supported any more"


def numbers_of(text: str) -> Numbers:
    """The numbers of a version; none where it has none."""
    return tuple(int(number) for number in re.findall(r"[0-9]{1,9}", text))


@dataclass(frozen=True, slots=True)
class ProductVersion:
    """One version, or all before one (`before`), of a product, "" for every one. The days are the last ones."""

    numbers: Numbers
    before: bool
    product: str = ""
    supported_until: date | None = None  # None: not at all
    extended: Mapping[str, date] = field(default_factory=dict)  # by the add-on that brings it
    exclusion: str = UNSUPPORTED

    def __str__(self) -> str:
        number = ".".join(map(str, self.numbers))
        name = f"{'before ' if self.before else ''}{number}{f' of {self.product}' if self.product else ''}"
        until = f"until {self.supported_until}" if self.supported_until else "not supported"
        extended = "".join(f", with {addon} until {day}" for addon, day in self.extended.items())
        return f"{name}: {until}{extended}; then {self.exclusion} is proposed"

    def covers(self, numbers: Numbers, product: str) -> bool:
        """Whether it speaks of that version."""
        if self.product and product and self.product.casefold() != product.casefold():
            return False
        if not self.before:
            return numbers[: len(self.numbers)] == self.numbers
        length = max(len(numbers), len(self.numbers))
        return _padded(numbers, length) < _padded(self.numbers, length)

    def until(self, addons: Collection[str]) -> date | None:
        """The last day of support for who has bought these add-ons; None without any."""
        days = [self.supported_until, *(day for addon, day in self.extended.items() if addon in addons)]
        return max((day for day in days if day), default=None)


def _padded(numbers: Numbers, length: int) -> Numbers:
    return numbers + (0,) * (length - len(numbers))  # 4 is not before 4.0


def version_of(versions: Iterable[ProductVersion], text: str, product: str) -> ProductVersion | None:
    """The entry that speaks of a version as somebody wrote it; None where none does."""
    numbers = numbers_of(text)
    found = [version for version in versions if numbers and version.covers(numbers, product)]
    return max(found, key=lambda one: (not one.before, bool(one.product), len(one.numbers)), default=None)
