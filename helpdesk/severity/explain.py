"""Why: what the mail says of its trouble, in plain words, each with its piece of the mail.

A reason is given only where the customer's own words show it. What single words lean to moves the verdict too, and is
no reason that a person could check.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.core.words.verdict import Reason
from helpdesk.severity.evidence import EVIDENCE_LENGTH, shown
from helpdesk.severity.features import ASKS, ONE, STOPS, alert_kind
from helpdesk.severity.voices import is_machine
from helpdesk.severity.words import tokens, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helpdesk.offering.severities import Rank, SeverityTerms
    from helpdesk.severity.observe import Observation
    from helpdesk.severity.rank_table import LikelyFindings

LIKELY = 0.8  # below it a finding is no reason
_ELSEWHEN = 0.5  # above it the trouble is over, or has yet to come
_SUPPOSED = word_lists("explain")["supposed"]
_QUOTED = re.compile(r"\s*[\"«„“”][^\"«»„“”]*[\"»“”][\s.,;:!?]*")  # a piece that is a quotation as a whole
_INFERRED = "work"  # a finding that nobody says in so many words: it moves the rank, and is no reason
# Effects that speak for a value of a finding, and do not show it by themselves to a strict reader.
_HINTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "effect": frozenset({"all-affected", "business-idle", "core-stopped", "edge-thing", "fyi", "maintenance"}),
        "state": frozenset({"maintenance", "supposed-trouble"}),
        "extent": frozenset(
            {"business-idle", "many", "one-named", "one-numbered", "only-me", "partial", "some-numbered"}
        ),
        "way": frozenset({"tried-in-vain"}),
    }
)

# Of each finding's value: how it is said, and the effects of which one shows it.
_SAID: Mapping[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("effect", "stopped"): ("something does not work or cannot be done", (*STOPS, "all-fails")),
    ("effect", "lost"): ("data are lost", ("data-lost",)),
    ("effect", "exposed"): ("data or access may be exposed", ("exposure", "security")),
    ("effect", "degraded"): (
        "it runs slowly, at times or in part",
        ("slow", "intermittent", "partial"),
    ),
    ("effect", "wrong"): ("something comes out wrong", ("wrong-figures", "wrong-result")),
    ("effect", "flawed"): ("something does not do what it should", ("failing", "wrong-result", "edge-thing")),
    ("effect", "looks"): ("it is about looks or wording", ("cosmetic", "docs")),
    ("effect", "none"): ("something is asked or wished for", ASKS),
    ("work", "core"): ("it is what they live by", ("core-stopped", "core-failing")),
    ("work", "background"): ("it runs in the background", ("background",)),
    ("work", "side"): ("it is at the edge of their work", ("peripheral", "edge-thing")),
    ("state", "over"): ("it is over", ("taken-back", "added-good", "solved")),
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
    state = findings.get("state", {})
    elsewhen = sum(state.get(value, 0.0) for value in ("over", "ahead")) > _ELSEWHEN
    for name, values in findings.items():
        value, likely = max(values.items(), key=lambda item: item[1])
        if elsewhen and name == "effect" and value != "none":
            continue  # it is said as of now
        if likely >= LIKELY and name != _INFERRED:
            evidence = evidence_of(observed, name, value, strictly=True)
            if evidence:
                yield Reason(name, _SAID[name, value][0], evidence)


def _shows(effect: str, finding: str, observed: Observation) -> bool:
    """Whether what says an effect says it as a fact: neither asked nor supposed, and nothing else came after it."""
    text, seen = observed.seen.found[effect], observed.seen
    if effect in _HINTS.get(finding, ()) or (effect == "solved" and "ends-badly" in seen):
        return False
    if _QUOTED.fullmatch(text) or is_machine(text):
        return False  # somebody else's words
    if finding == "effect" and seen.found.get("no-workaround") == text:
        return False  # there is none of another way; what stopped is said elsewhere
    if effect not in ASKS and text.rstrip(' "»”)').endswith("?"):
        return False
    return finding != "way" or _SUPPOSED.isdisjoint(token.word for token in tokens(text))


def evidence_of(observed: Observation, finding: str, value: str, *, strictly: bool = False) -> str:
    """The piece of the mail that shows it; "" where none does. `strictly`: as somebody who doubts it would read it."""
    seen = observed.seen
    there = [effect for effect in shown_by(finding, value) if effect in seen]
    there = [effect for effect in there if not strictly or _shows(effect, finding, observed)]
    # A subject names, a body claims; a piece that is cut may lose what it shows.
    there.sort(key=lambda effect: (effect in seen.named, len(seen.found[effect]) > EVIDENCE_LENGTH))
    return shown(seen.found[there[0]]) if there else ""


def shown_by(finding: str, value: str) -> tuple[str, ...]:
    """The effects of which each shows a value of a finding; none for what is unsaid."""
    return _SAID.get((finding, value), ("", ()))[1]
