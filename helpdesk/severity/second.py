"""A second voter's opinion beside the cues': whatever reads whole sentences and answers four probabilities.

The two are multiplied, the second at a small weight: where the cues are sure it changes nothing, where they know
little it decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from helpdesk.core.words.verdict import Probabilities, Reason
from helpdesk.severity.shares import softmax

if TYPE_CHECKING:
    from helpdesk.offering.severities import SeverityTerms

SecondVoter = Callable[[str], Probabilities]  # of a mail's own words

SAY = 0.35  # the second voter's share of the product
_LEAST = 1e-6  # no voter is so sure that the other is not heard


def together(own: Probabilities, other: Probabilities) -> Probabilities:
    """Both opinions as one."""
    return softmax(
        [
            (1 - SAY) * math.log(max(_LEAST, mine)) + SAY * math.log(max(_LEAST, theirs))
            for mine, theirs in zip(own, other, strict=True)
        ]
    )


def reason_of(other: Probabilities, terms: SeverityTerms) -> Reason:
    """What the second voter said."""
    best = other.index(max(other)) + 1
    return Reason("second voter", f"{max(other):.0%} for {terms.at_rank(best).name}")
