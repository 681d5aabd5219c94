"""Why: the effects that moved the verdict most, in words, each with its piece of the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.verdict import Reason
from helpdesk.severity.evidence import shown
from helpdesk.severity.features import alert_kind
from helpdesk.severity.shares import softmax

if TYPE_CHECKING:
    from helpdesk.offering.severities import Rank, SeverityTerms
    from helpdesk.severity.model import Model
    from helpdesk.severity.observe import Observation

MOST = 7  # reasons of this sort that a reader is given
HEARD = 0.35  # so much of the words' own probability is support
SHOWN_WORDS = 5
LEAST = 0.25  # a cue that spreads the four ranks less than this moved nothing


def reasons_for(observed: Observation, model: Model, terms: SeverityTerms, *, found: Rank) -> tuple[Reason, ...]:
    """The strongest cues, those that speak for what was `found` first; a robot or an alert is one reason of its own."""
    if observed.robot is not None:
        return (Reason("automatic mail", f"nobody waits for an answer: {terms.at_rank(4).name}", observed.robot),)
    if observed.alert is not None:
        alert = observed.alert
        said = alert_kind(alert).replace("-", " ")
        return (Reason("monitoring alert", f"{alert.state}; {said}", shown(alert.evidence)),)
    moved = [(*_pull(name, model), name, evidence) for name, evidence in observed.seen.found.items()]
    strongest = sorted((item for item in moved if item[0] >= LEAST), key=lambda item: -item[0])[:MOST]
    strongest.sort(key=lambda item: item[1] != found)
    cues = tuple(
        Reason(name.replace("-", " "), f"speaks for {terms.at_rank(rank).name}", shown(evidence))
        for _, rank, name, evidence in strongest
    )
    return (*cues, *_words(observed, terms, found=found))


def _words(observed: Observation, terms: SeverityTerms, *, found: Rank) -> tuple[Reason, ...]:
    """What single words lean to, where they know something; those that speak for what was found are shown."""
    leaning = observed.lean
    if leaning is None:
        return ()
    shares = softmax(leaning.scores)
    rank = found if shares[found - 1] >= HEARD else shares.index(max(shares)) + 1
    words = ", ".join(leaning.strongest(rank, SHOWN_WORDS))
    return (
        (Reason("words", f"lean to {terms.at_rank(rank).name}, {shares[rank - 1]:.0%}", shown(words)),) if words else ()
    )


def _pull(name: str, model: Model) -> tuple[float, int]:
    """How far a cue spreads the ranks, and which one it lifts most."""
    row = model.row(name)
    return max(row) - min(row), row.index(max(row)) + 1
