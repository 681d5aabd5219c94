"""What is wrong with a policy file, each `key: what was expected`. Reading goes on: no mistake hides another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Naming = tuple[str, Iterable[str], Collection[str]]  # a key, the names that stand there, and those that there are
R = TypeVar("R")


class FileProblems:
    """The problems of one file, as they are found."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, key: str, expected: str) -> None:
        """A problem of a key, and what was expected there."""
        self.found.append(f"{key}: {expected}")

    def attempt(self, place: str, reading: Callable[[], R], otherwise: R) -> R:
        """What `reading` reads; where it refuses, its words become a problem of that place."""
        try:
            return reading()
        except ValueError as problem:
            self.add(place, str(problem))
            return otherwise
