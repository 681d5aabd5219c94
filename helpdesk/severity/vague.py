"""Mails that say nothing a rank could be read from: they get the policy's default, and a human looks.

`Hello?` has no cue at all. `Problem: it does not work` has one, and nobody can know from it what fails, for whom, or
how badly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.severity.features import ASKS, TROUBLE
from helpdesk.severity.words import word_lists

if TYPE_CHECKING:
    from helpdesk.severity.observe import Observation
    from helpdesk.severity.segment import Segment

_FILLERS = word_lists("vague")["fillers"]
_TELLING = frozenset({*TROUBLE, *ASKS, "security", "cosmetic"})
# What says that something is wrong, and not what. `no` is a negation in some languages, and a none in others.
_VAGUE = frozenset({"fail", "work", "can", "cannot", "not", "none", "polite", "urgent", "we", "me"})


def says_nothing(observed: Observation) -> bool:
    """Whether there is no cue, neither of trouble nor of anything wanted nor that it is over, or a vague one alone."""
    if "solved" in observed.seen:
        return False
    return "says-nothing" in observed.values or _is_vague(observed)


def _is_vague(observed: Observation) -> bool:
    if observed.seen.found.keys() & _TELLING != {"failing"}:
        return False
    return all(map(_names_nothing, (one for one in observed.segments if one.subject or one.failing)))


def _names_nothing(segment: Segment) -> bool:
    """`it does not work`, `we have an issue`, `help`: no thing is named, nobody, and no extent."""
    if not _VAGUE.issuperset(hit.concept for hit in segment.hits):
        return False
    told = {place for hit in segment.hits for place in range(hit.start, hit.end)}
    return all(place in told or word in _FILLERS for place, word in enumerate(segment.words))
