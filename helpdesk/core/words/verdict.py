"""What a case is given as its severity: how sure it is, every reason with its piece of evidence, and it as an event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from helpdesk.core.words.events import ReasonFact, SeverityAssessed

if TYPE_CHECKING:
    from helpdesk.core.words.events import Stamp
    from helpdesk.offering.policy import Policy
    from helpdesk.offering.severities import Kind, SeverityTerms

Environment = Literal["", "production", "non-production"]
Probabilities = tuple[float, float, float, float]  # of rank 1, 2, 3, 4; they sum to 1

READER = "reader"  # the rule by which a language model's findings speak
_DIGITS = 4  # of a probability: enough to explain it, and the same on every machine


MAY_BE_WORSE = "may be worse"  # the rule of the reason that it may be rank 1


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that fired, what it did to the verdict, and the words of the mail that it rests on."""

    rule: str
    effect: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case's severity as the classifier sees it.

    `severity` is a level key of the policy and `rank` its rank; `found` is the rank that the text alone speaks for,
    before the policy's default, the customer's word and the policy's rules. `stated` is what the customer wrote, in
    their words. `confidence` is the calibrated probability that the rank found in the text is right. `review` asks
    for a human; `s1_suspect` tells somebody now, and leaves the severity as it is. `language` is the one that it is in,
    or where that is not sure the first that was expected.
    """

    severity: str
    rank: int
    found: int
    stated: str | None
    confidence: float
    probabilities: Probabilities
    review: bool
    s1_suspect: bool
    kind: Kind
    language: str
    area: str | None
    reasons: tuple[Reason, ...]
    unavailable: bool = False  # it reports that something is not there or lets nobody in, and not only that it is wrong
    environment: Environment = ""  # where, as far as the mail says it


def assessed(verdict: Verdict, terms: SeverityTerms, stamp: Stamp, *, model: str) -> SeverityAssessed:
    """The whole verdict as an event, what decided it, and by which model."""
    return SeverityAssessed(
        *stamp,
        severity=verdict.severity,
        rank=verdict.rank,
        found=terms.at_rank(verdict.found).key,
        stated=verdict.stated,
        confidence=round(verdict.confidence, _DIGITS),
        probabilities=tuple(round(share, _DIGITS) for share in verdict.probabilities),
        review=verdict.review,
        s1_suspect=verdict.s1_suspect,
        kind=verdict.kind,
        area=verdict.area,
        reasons=reasons_of(verdict),
        set_by=verdict.reasons[0].rule if verdict.reasons else "default",
        model=model,
    )


def in_plan(verdict: Verdict, plan: str, policy: Policy) -> Verdict:
    """The verdict as a plan has it that lacks some severities; what it has not is no suspicion either."""
    has, found = policy.severity_in(plan, verdict.severity), policy.level(verdict.severity)
    suspect = verdict.s1_suspect and policy.severity_in(plan, policy.severity.at_rank(1).key).rank == 1
    if has == found:
        return replace(verdict, s1_suspect=suspect) if suspect != verdict.s1_suspect else verdict
    why = Reason("plan", f"{policy.plan(plan).name} has no {found.name}: {has.name}")
    reasons = (why, *verdict.reasons)
    return replace(verdict, severity=has.key, rank=has.rank, s1_suspect=suspect, reasons=reasons)


def reasons_of(verdict: Verdict) -> tuple[ReasonFact, ...]:
    """Every reason as plain data, what decided first."""
    return tuple(
        ReasonFact(rule=reason.rule, effect=reason.effect, evidence=reason.evidence) for reason in verdict.reasons
    )
