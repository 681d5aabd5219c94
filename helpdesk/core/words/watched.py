"""What a monitor's mail is about, as `severity.monitors` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["problem", "recovered", "notice"]


@dataclass(frozen=True, slots=True)
class Watched:
    """The state a monitor tells of, and by which keys a later mail of the same sender to the same mailbox is known.

    The keys are digests of the names; without any, nothing is known later. `proven`: the sender is authenticated.
    A bare number is a key to its recovery alone: one service counts for many customers, and no problem may be lost.
    """

    state: State
    names: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    proven: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The names and the numbers that the thing is known by."""
        return (*self.names, *self.numbers)

    @property
    def wanted(self) -> tuple[str, ...]:
        """By which of them this mail may find what was told before."""
        return self.keys if self.state == "recovered" else self.names
