"""What a mail says of its trouble, with how likely each value is: a softmax a finding over the mail's features.

What a field, a mailbox or an agent states is a fact and has the probability 1.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from helpdesk.offering.findings import FINDINGS
from helpdesk.severity.shipped import weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helpdesk.severity.rank_table import LikelyFindings


_NOTHING_SAID = (0.0,) * sum(map(len, FINDINGS.values()))


def find(features: Mapping[str, float], facts: Mapping[str, str]) -> LikelyFindings:
    """The findings of a mail that a person wrote. `facts` gives those that are stated: `{"place": "other"}`."""
    scores = iter(_scores(features))
    likely = {name: _likely(values, list(islice(scores, len(values)))) for name, values in FINDINGS.items()}
    return likely | {name: _certain(stated, FINDINGS[name]) for name, stated in facts.items()}


def _certain(stated: str, values: Sequence[str]) -> dict[str, float]:
    return {value: float(value == stated) for value in values}


def _likely(values: Sequence[str], scores: Sequence[float]) -> dict[str, float]:
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return {value: power / total for value, power in zip(values, powers, strict=True)}


def _scores(features: Mapping[str, float]) -> Sequence[float]:
    """The score of every value of every finding, in their order."""
    known = [(row, size) for cue, size in features.items() if (row := _weights().get(cue))]
    rows = [row if size == 1 else [weight * size for weight in row] for row, size in known]
    return [sum(column) for column in zip(_NOTHING_SAID, *rows, strict=True)]


@cache
def _weights() -> Mapping[str, tuple[float, ...]]:
    """What each cue adds to every value of every finding: one row, for one pass over the cues."""
    tables = weights().of_findings
    cues = dict.fromkeys(chain.from_iterable(tables.values()))
    return {
        cue: tuple(
            chain.from_iterable(tables[name].get(cue, (0.0,) * len(values)) for name, values in FINDINGS.items())
        )
        for cue in cues
    }
