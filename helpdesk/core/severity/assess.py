"""From a mail and a policy's terms to a verdict: the order of the signals is written here and nowhere else."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.core.severity import cues, stated as stating
from helpdesk.core.severity.model import DEFAULT
from helpdesk.core.severity.text import own_subject, own_words
from helpdesk.core.severity.verdict import Reason, Verdict, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from helpdesk.core.severity.model import Model
    from helpdesk.core.severity.terms import Cap, Kind, SeverityTerms

SUSPECT = 0.15  # above this probability of rank 1 somebody is told now
_NO_FIELDS: Mapping[str, str] = MappingProxyType({})


def assess(  # noqa: PLR0913 - one argument a signal, all by name
    *,
    subject: str,
    text: str,
    terms: SeverityTerms,
    stated: str | None = None,
    fields: Mapping[str, str] = _NO_FIELDS,
    products: Collection[str] = (),
    robot: str | None = None,
    channel: str = "email",
    language: str = "en",
    model: Model = DEFAULT,
) -> Verdict:
    """Judge a mail. `text` is the customer's own new text, `stated` the raw words of a stated priority.

    Deterministic; never raises on any text.
    """
    head, body = own_subject(subject), own_words(text)
    heard = cues.found(f"{head}.\n{body}")
    names = {cue.name for cue in heard}
    features = {"bias": 1.0, **dict.fromkeys(names, 1.0), **({"robot": 1.0} if robot else {})}
    probabilities = model.probabilities(features)
    confidence = max(probabilities)
    rank = probabilities.index(confidence) + 1
    reasons = [Reason(cue.name, "counted", shown(cue.evidence)) for cue in heard]
    review = not heard and not robot
    if review or confidence < terms.review_below:
        rank, review = terms.level(terms.default).rank, True
        reasons.append(Reason("unsure", f"the policy's default, {terms.default}; a human looks"))
    words = stated or stating.stated_words(subject, body)
    words_rank = stating.stated_rank(words, terms) if words else None
    if words and words_rank and terms.stated != "ignored":
        found_rank = probabilities.index(max(probabilities)) + 1
        if terms.stated == "initial":
            rank, review = words_rank, False
            reasons.append(
                Reason("stated priority", "the initial severity, as the policy wants it", shown(words))
            )
        if abs(words_rank - found_rank) >= 2:
            review = True
            reasons.append(
                Reason("conflict", "stated and found are two ranks apart; a human looks", shown(words))
            )
    kind = _kind(names)
    for cap in terms.caps:
        limit = terms.level(cap.at_most).rank
        if rank < limit and _holds(cap, names, kind, products, fields):
            rank = limit
            reasons.append(Reason(cap.name, f"at most {cap.at_most}"))
    if rank == 1 and kind in terms.never_rank_1:
        rank = 2
        reasons.append(Reason("never rank 1", f"a {kind} is never {terms.at_rank(1).name}"))
    return Verdict(
        severity=terms.at_rank(rank).key,
        rank=rank,
        stated=words,
        confidence=confidence,
        probabilities=probabilities,
        review=review,
        s1_suspect=rank != 1 and probabilities[0] > SUSPECT,
        kind=kind,
        area=_area(f"{head}\n{body}", terms),
        reasons=tuple(reasons),
    )


def _kind(names: set[str]) -> Kind:
    if "wish" in names:
        return "enhancement"
    if "question" in names and not names & {"stopped", "degraded", "security"}:
        return "question"
    return "defect"


def _holds(
    cap: Cap, names: set[str], kind: str, products: Collection[str], fields: Mapping[str, str]
) -> bool:
    about, _, value = cap.when.partition(":")
    if about == "kind":
        return kind == value
    if about in {"product", "component"}:
        named = {item.casefold() for item in (*products, *fields.values())}
        return value.casefold() in named
    return cap.when in names


def _area(text: str, terms: SeverityTerms) -> str | None:
    counts = {
        area.key: sum(len(re.findall(rf"\b{re.escape(word)}", text, re.IGNORECASE)) for word in area.words)
        for area in terms.areas
    }
    best = max(counts, key=lambda key: counts[key], default=None)
    return best if best is not None and counts[best] else None
