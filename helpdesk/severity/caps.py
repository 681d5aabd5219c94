"""The policies' rules about severity: what a case can be at most, and what it is where its mail says nothing else.

A rule whose condition is a fact binds: a stated field, the mailbox, what a monitor reports, a kind that an agent set.
One that only the words of a mail speak for shapes the severity, and never below what the rest of the mail says (design
law 20): beside signs that something stands still it only weighs, in the model, as every other word. Which product or
component a mail is about is said by a field; a mail that merely names one proposes its rule to an agent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from helpdesk.core.words.verdict import Reason
from helpdesk.offering.findings import FindingLimit
from helpdesk.severity.effects import effects
from helpdesk.severity.evidence import shown
from helpdesk.severity.features import MILDER, STOPS, TROUBLE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from helpdesk.offering.severities import Cap, Degree, Kind, SeverityTerms
    from helpdesk.severity.observe import Observation
    from helpdesk.severity.segment import Segment

# What a condition is as a finding: its rule shifts what is likely, by as much as the mail is likely to say that.
_FINDINGS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "non-production": (("place", "other"),),
    "past": (("state", "over"),),
    "workaround": (("way", "usable"),),
    "partial": (("effect", "degraded"), ("extent", "part")),
    "security": (("effect", "exposed"),),
    "cosmetic": (("effect", "looks"),),
}
# The effects that another stands for, which is no finding.
_EFFECTS: Mapping[str, tuple[str, ...]] = {"documentation": ("docs",), "internal": ()}

_WORST: Degree = (0, 0)
Force = Literal["binds", "shapes", "weighs", "proposes"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule of the policy that holds for a mail, the most severe degree that it leaves, and with what force.

    `alone` is the degree that it makes of trouble where the mail says nothing else; None where it makes none.
    """

    cap: Cap
    limit: Degree
    evidence: str
    force: Force = "binds"
    alone: Degree | None = None

    @property
    def lowers(self) -> bool:
        """Whether nothing is above its limit."""
        return self.force in {"binds", "shapes"}


def holding(
    *, observed: Observation, terms: SeverityTerms, kind: Kind, names: Collection[str], channel: str
) -> tuple[Bound, ...]:
    """Every rule that holds, whether it lowers anything or not. `names` is what fields name as product or component."""
    found = (_bound(cap, observed, terms, kind=kind, names=names, channel=channel) for cap in terms.caps)
    return tuple(bound for bound in found if bound is not None)


def limits(terms: SeverityTerms) -> tuple[FindingLimit, ...]:
    """The rules about what a mail says of its trouble."""
    return tuple(
        FindingLimit(
            cap.name,
            finding,
            tuple(values.split()),
            terms.level(cap.at_most).rank,
            terms.level(cap.alone).rank if cap.alone else None,
        )
        for cap in terms.caps
        for finding, values in _FINDINGS.get(cap.when, ())
    )


def _bound(
    cap: Cap, observed: Observation, terms: SeverityTerms, *, kind: Kind, names: Collection[str], channel: str
) -> Bound | None:
    limit = terms.degree(cap.at_most)
    fact = _fact(cap, observed, names=names, channel=channel)
    said = fact or (None if cap.when in _FINDINGS else _said(cap, observed, kind=kind))
    if said is None:
        return None
    force: Force = "binds" if fact else _force(cap, observed)
    is_it = cap.alone and force != "weighs" and observed.seen.any(*TROUBLE)
    return Bound(cap, limit, said, force, terms.degree(cap.alone) if is_it else None)


def _fact(cap: Cap, observed: Observation, *, names: Collection[str], channel: str) -> str | None:
    about, _, value = cap.when.partition(":")
    if about == "channel":
        return channel if channel == value else None
    if about in {"product", "component"}:
        return next((name for name in names if _plain(name) == _plain(value)), None)
    if cap.when == "non-production" and observed.alert is not None and observed.alert.non_production:
        return observed.alert.evidence
    return observed.seen.found.get(cap.when) if cap.when in observed.told else None


def _said(cap: Cap, observed: Observation, *, kind: Kind) -> str | None:
    """The words that make a rule hold; None where it does not."""
    about, _, value = cap.when.partition(":")
    if about == "kind":
        return kind if kind == value else None
    if about in {"product", "component"}:
        return _naming(value, observed)
    return next(_shown_by(cap.when, observed), None)


def _shown_by(when: str, observed: Observation) -> Iterator[str]:
    seen = observed.seen
    if when == "internal":
        yield from (segment.text for segment in observed.segments if _is_internal(segment))
    for name in _EFFECTS.get(when, ()):
        if name in seen:
            yield seen.found[name]


def _naming(value: str, observed: Observation) -> str | None:
    return next((segment.text for segment in observed.segments if _names(value, segment)), None)


def _names(value: str, segment: Segment) -> bool:
    return f" {_plain(value)} " in f" {_plain(segment.text)} "


_WORD = re.compile(r"[^\W_]+")
_OWN = r"(?:our|my|your|unser\w*|nos|notre|nuestr\w*)"
_SEEN_INSIDE = r"(?:proces\w*|prozess\w*|tools?|report\w*|users?|teams?|staff|pages?|wiki|dashboards?|workflows?)"
_INTERNAL = re.compile(
    rf"\b(?:{_OWN} intern\w*|intern\w* {_SEEN_INSIDE}|{_SEEN_INSIDE} intern\w*|internally|intranet|back ?office)\b"
)


def _is_internal(segment: Segment) -> bool:
    """Whether it is about what only the customer's own people see; an `internal server error` is something else."""
    return _INTERNAL.search(_plain(segment.text)) is not None


def _plain(text: str) -> str:
    """Only words, with a space between: `beta-app` is `Beta App`."""
    return " ".join(_WORD.findall(text.casefold()))


# --- what the rest of the mail says


def _force(cap: Cap, observed: Observation) -> Force:
    if cap.when.startswith(("product:", "component:")) and not cap.alone:
        return "proposes"
    return "weighs" if _says_more(cap, observed) else "shapes"


def _says_more(cap: Cap, observed: Observation) -> bool:
    """Whether the mail tells of a standstill beside it."""
    about, _, value = cap.when.partition(":")
    if "over" in observed.values:
        return False
    if about == "internal":
        return _tells(observed, _is_internal, there=_OF_THE_BUSINESS, elsewhere=STOPS)
    if about in {"product", "component"}:
        return _tells(observed, lambda segment: _names(value, segment), there=_OF_THE_BUSINESS, elsewhere=STOPS)
    return stands_still(observed)


def stands_still(observed: Observation) -> bool:
    """Whether a mail tells of a standstill, here and now."""
    return "over" not in observed.values and observed.seen.any(*STOPS)


def fits_second(observed: Observation) -> bool:
    """Whether a mail tells of trouble that the second rank of a policy may mean: running, of production, and no trifle.

    Something at the edge fits where there is no way round it, a standstill where it is not everybody's, or where
    something of it goes on (CEL-7).
    """
    seen, found = observed.seen, observed.values
    if "over" in found or "non-production" in seen or "says-nothing" in found or not seen.any(*TROUBLE, "security"):
        return False
    if seen.any("wish", "docs", "low-key") or (seen.any("cosmetic") and not seen.any("failing", "slow", *STOPS)):
        return False
    way = "workaround" in seen and "no-workaround" not in seen
    edge = seen.any("edge-thing", "peripheral") and "core-failing" not in seen
    still = seen.any(*_OF_EVERYBODY) and not (way or seen.any(*MILDER, "else-works", "others-fine"))
    return not still and not (edge and way)


_OF_EVERYBODY = tuple(name for name in STOPS if name not in {"we-cannot", "users-cannot"})
_OF_THE_BUSINESS = ("core-stopped", "none-comes-through", "business-idle", "users-cannot", "prod-trouble")


def _tells(
    observed: Observation, about_it: Callable[[Segment], bool], *, there: Collection[str], elsewhere: Collection[str]
) -> bool:
    """Whether a segment that is about it has one of these effects by itself, or another segment one of those."""
    return any(effects((segment,)).any(*(there if about_it(segment) else elsewhere)) for segment in observed.segments)


# --- what follows


def settle(rules: Collection[Bound], *, terms: SeverityTerms) -> tuple[Degree, Reason] | None:
    """The degree that a rule gives to trouble of which the mail says nothing else; the mildest of several."""
    rule = max((one for one in rules if one.alone), key=lambda one: one.alone or _WORST, default=None)
    if rule is None or rule.alone is None:
        return None
    settled = rule.alone
    return settled, Reason(
        rule.cap.name, f"{terms.at_degree(settled).name}: the mail says nothing else", shown(rule.evidence)
    )


def bind(degree: Degree, rules: Collection[Bound], *, terms: SeverityTerms) -> tuple[Degree, tuple[Reason, ...]]:
    """Lower a degree as far as the policy's rules want it; every rule that lowered it is a reason."""
    reasons: list[Reason] = []
    for rule in rules:
        if rule.lowers and degree < rule.limit:
            degree = rule.limit
            reasons.append(Reason(rule.cap.name, f"at most {terms.level(rule.cap.at_most).name}", shown(rule.evidence)))
    return degree, tuple(reasons)


def proposals(degree: Degree, rules: Collection[Bound], *, terms: SeverityTerms) -> tuple[Reason, ...]:
    """The rules that would lower a degree, and are left to an agent: a mail merely names what they are about."""
    return tuple(
        Reason(
            f"perhaps {rule.cap.name}",
            f"at most {terms.level(rule.cap.at_most).name}, if it is about that: an agent decides (#severity)",
            shown(rule.evidence),
        )
        for rule in rules
        if rule.force == "proposes" and degree < rule.limit
    )


def bind_kind(degree: Degree, *, kind: Kind, terms: SeverityTerms) -> tuple[Degree, tuple[Reason, ...]]:
    """Lower a degree as far as the policy's rules about this kind of case want it; an agent has said the kind."""
    rules = [Bound(cap, terms.degree(cap.at_most), kind) for cap in terms.caps if cap.when == f"kind:{kind}"]
    lowered, reasons = bind(degree, rules, terms=terms)
    return never_first(lowered, reasons, kind=kind, terms=terms)


def never_first(
    degree: Degree, reasons: tuple[Reason, ...], *, kind: Kind, terms: SeverityTerms
) -> tuple[Degree, tuple[Reason, ...]]:
    """The second rank, for a kind that is never of the first."""
    if degree[0] != 1 or kind not in terms.never_rank_1:
        return degree, reasons
    never = Reason("never rank 1", f"a case of kind {kind} is never {terms.at_rank(1).name}")
    return (2, 0), (*reasons, never)
