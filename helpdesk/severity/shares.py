"""Scores as probabilities."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.core.words.verdict import Probabilities


def softmax(scores: Sequence[float]) -> Probabilities:
    """Scores as probabilities; safe for any finite numbers."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    one, two, three, four = (power / total for power in powers)
    return one, two, three, four
