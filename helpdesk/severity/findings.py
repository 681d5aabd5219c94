"""What a mail says of its trouble, with how likely each value is: a softmax a finding over the mail's features.

What a field, a mailbox or an agent states is a fact and has the probability 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from helpdesk.offering.findings import FINDINGS
from helpdesk.severity.shipped import weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpdesk.severity.rank_table import LikelyFindings


def find(features: Mapping[str, float], facts: Mapping[str, str]) -> LikelyFindings:
    """The findings of a mail that a person wrote. `facts` gives those that are stated: `{"place": "other"}`."""
    return {
        name: _certain(facts[name], values) if name in facts else _likely(name, values, features)
        for name, values in FINDINGS.items()
    }


def _certain(stated: str, values: Sequence[str]) -> dict[str, float]:
    return {value: float(value == stated) for value in values}


def _likely(name: str, values: Sequence[str], features: Mapping[str, float]) -> dict[str, float]:
    table = weights().of_findings[name]
    scores = [0.0] * len(values)
    for cue, size in features.items():
        for place, weight in enumerate(table.get(cue, ())):
            scores[place] += weight * size
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return {value: power / total for value, power in zip(values, powers, strict=True)}
