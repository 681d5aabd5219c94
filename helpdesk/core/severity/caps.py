"""The policies' binding rules: what a case can be at most, by name, whatever was found or stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.severity.verdict import Reason, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from helpdesk.core.severity.observe import Observation
    from helpdesk.core.severity.terms import Cap, Kind, Rank, SeverityTerms

# The effects that a condition stands for.
_EFFECTS: Mapping[str, tuple[str, ...]] = {
    "non-production": ("non-production",),
    "workaround": ("workaround",),
    "past": ("over",),
    "documentation": ("docs",),
    "partial": ("partial",),
    "security": ("security",),
    "cosmetic": ("cosmetic",),
}
CONDITIONS = tuple(_EFFECTS)  # what a rule's `when` may name, besides kind:, channel:, product: and component:


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule of the policy that holds for a mail, and the most severe rank that it leaves."""

    cap: Cap
    limit: Rank
    evidence: str


def holding(
    *, observed: Observation, terms: SeverityTerms, kind: Kind, names: Collection[str], channel: str
) -> tuple[Bound, ...]:
    """Every rule that holds, whether it lowers anything or not. `names` are the products and components of the case."""
    found = ((cap, _evidence(cap, observed=observed, kind=kind, names=names, channel=channel)) for cap in terms.caps)
    return tuple(Bound(cap, terms.level(cap.at_most).rank, evidence) for cap, evidence in found if evidence is not None)


def bind(rank: Rank, rules: Collection[Bound], *, terms: SeverityTerms, kind: Kind) -> tuple[Rank, tuple[Reason, ...]]:
    """Lower a rank as far as the policy's rules want it; every rule that bound is a reason."""
    reasons: list[Reason] = []
    for rule in rules:
        if rank < rule.limit:
            rank = rule.limit
            reasons.append(Reason(rule.cap.name, f"at most {terms.level(rule.cap.at_most).name}", shown(rule.evidence)))
    if rank == 1 and kind in terms.never_rank_1:
        rank = 2
        reasons.append(Reason("never rank 1", f"a case of kind {kind} is never {terms.at_rank(1).name}"))
    return rank, tuple(reasons)


def bind_kind(rank: Rank, *, kind: Kind, terms: SeverityTerms) -> tuple[Rank, tuple[Reason, ...]]:
    """Lower a rank as far as the policy's rules about this kind of case want it."""
    rules = [Bound(cap, terms.level(cap.at_most).rank, kind) for cap in terms.caps if cap.when == f"kind:{kind}"]
    return bind(rank, rules, terms=terms, kind=kind)


def _evidence(cap: Cap, *, observed: Observation, kind: Kind, names: Collection[str], channel: str) -> str | None:
    """The words that make a rule hold; None where it does not."""
    about, _, value = cap.when.partition(":")
    if about == "kind":
        return kind if kind == value else None
    if about == "channel":
        return channel if channel == value else None
    if about in {"product", "component"}:
        return next((name for name in names if name.casefold() == value.casefold()), None)
    return next(_said(cap.when, observed), None)


def _said(when: str, observed: Observation) -> Iterator[str]:
    seen = observed.seen
    if when == "non-production" and observed.alert is not None and observed.alert.non_production:
        yield observed.alert.evidence
    if when == "workaround" and "no-workaround" in seen:
        return
    if when == "documentation" and not seen.any("docs"):
        return
    if when == "past":
        if "over" in observed.values:
            yield seen.found["solved"]
        return
    for name in _EFFECTS.get(when, (when,)):
        if name in seen:
            yield seen.found[name]
