"""How much of a thing the suite does: what shows it every day, or all that the threat's row asks for (`make soak`)."""

from __future__ import annotations

import itertools
import os
import random
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

SOAKING = os.environ.get("HELPDESK_SOAK") == "1"


def amount(daily: int, full: int) -> int:
    return full if SOAKING else daily


def products(*lists: Sequence[Any]) -> list[Any]:
    """Each element of each list with some of the others, always the same; each with all others in `make soak`."""
    if SOAKING:
        return [pytest.param(*each, marks=pytest.mark.soak) for each in itertools.product(*lists)]
    longest = max(map(len, lists))
    chance = random.Random(longest)
    columns = []
    for values in lists:
        rounds = -(-longest // len(values))
        columns.append([one for _ in range(rounds) for one in chance.sample(values, len(values))][:longest])
    return list(zip(*columns, strict=True))


def some(values: Sequence[Any], daily: int) -> list[Any]:
    """So many of them, always the same; all of them in `make soak`."""
    if SOAKING:
        return [pytest.param(one, marks=pytest.mark.soak) for one in values]
    return random.Random(daily).sample(list(values), min(daily, len(values)))
