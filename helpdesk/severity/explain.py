"""Why: what the mail says of its trouble, in plain words, each with its piece of the mail.

A reason is given only where the customer's own words show it. What single words lean to moves the verdict too, and is
no reason that a person could check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.words.verdict import Reason
from helpdesk.severity.evidence import shown
from helpdesk.severity.features import ASKS, ONE, STOPS, alert_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helpdesk.offering.severities import Rank, SeverityTerms
    from helpdesk.severity.observe import Observation
    from helpdesk.severity.rank_table import LikelyFindings

LIKELY = 0.5  # below it a finding is no reason

# Of each finding's value: how it is said, and the effects of which one shows it.
_SAID: Mapping[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("effect", "stopped"): ("something cannot be done at all", (*STOPS, "all-fails")),
    ("effect", "lost"): ("data are lost", ("data-lost",)),
    ("effect", "exposed"): ("data or access may be exposed", ("exposure", "security")),
    ("effect", "degraded"): (
        "it runs slowly, at times or in part",
        ("slow", "intermittent", "partial"),
    ),
    ("effect", "wrong"): ("something comes out wrong", ("wrong-figures", "wrong-result")),
    ("effect", "flawed"): ("a fault, and the work goes on", ("failing", "wrong-result", "edge-thing")),
    ("effect", "looks"): ("it is about looks or wording", ("cosmetic", "docs")),
    ("effect", "none"): ("nothing is hurt: something is asked or wished for", ASKS),
    ("work", "core"): ("it is what they live by", ("core-stopped", "core-failing")),
    ("work", "background"): ("it runs in the background", ("background",)),
    ("work", "side"): ("it is at the edge of their work", ("peripheral", "edge-thing")),
    ("state", "over"): ("it is over", ("solved",)),
    ("state", "ongoing"): ("it goes on", ("ongoing", "broken-again", "again")),
    ("state", "ahead"): ("it has not happened yet", ("announced", "maintenance", "supposed-trouble")),
    ("place", "production"): ("in production", ("production",)),
    ("place", "other"): ("not in production", ("non-production",)),
    ("extent", "all"): ("for everybody", ("nobody-can", "all-affected", "for-everyone", "business-idle")),
    ("extent", "part"): ("for some", ("many-affected", "many", "some-numbered", "one-place", "partial")),
    ("extent", "one"): ("for one person or record", ONE),
    ("way", "none"): ("no way round it", ("no-workaround", "tried-in-vain")),
    ("way", "costly"): ("the way round it is costly", ("costly",)),
    ("way", "usable"): ("there is a way round it", ("workaround", "gets-by")),
}


def reasons_for(
    observed: Observation, findings: LikelyFindings | None, terms: SeverityTerms, *, found: Rank
) -> tuple[Reason, ...]:
    """One sentence that sums it up, and what it rests on; a robot or an alert is one reason of its own."""
    if observed.robot is not None:
        return (Reason("automatic mail", f"nobody waits for an answer: {terms.at_rank(4).name}", observed.robot),)
    if observed.alert is not None:
        alert = observed.alert
        said = alert_kind(alert).replace("-", " ")
        return (Reason("monitoring alert", f"{alert.state}; {said}", shown(alert.evidence)),)
    found_in = tuple(_shown_by(observed, findings or {}))
    name = terms.at_rank(found).name
    if not found_in:
        return (Reason("no clear words", f"reads most like {name}"),)
    sentence = ", ".join(reason.effect for reason in found_in)
    return (Reason("found", f"{sentence[0].upper()}{sentence[1:]}: {name}", found_in[0].evidence), *found_in)


def _shown_by(observed: Observation, findings: LikelyFindings) -> Iterator[Reason]:
    for name, values in findings.items():
        value, likely = max(values.items(), key=lambda item: item[1])
        evidence = evidence_of(observed, name, value)
        if evidence and likely >= LIKELY:
            yield Reason(name, _SAID[name, value][0], evidence)


def evidence_of(observed: Observation, finding: str, value: str) -> str:
    """The piece of the mail that shows it; "" where none does."""
    seen = observed.seen
    there = [effect for effect in shown_by(finding, value) if effect in seen]
    there.sort(key=lambda effect: effect in seen.named)  # a subject names, a body claims
    return shown(seen.found[there[0]]) if there else ""


def shown_by(finding: str, value: str) -> tuple[str, ...]:
    """The effects of which each shows a value of a finding; none for what is unsaid."""
    return _SAID.get((finding, value), ("", ()))[1]
