"""One thing that is wrong, under a name that programs may rely on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["attention", "failing"]


@dataclass(frozen=True, slots=True)
class HealthCause:
    """`name` never changes from release to release; `text` is for people.

    `of` is the part or the mailbox that it is about.
    """

    name: str
    status: Level
    text: str
    of: str = ""
