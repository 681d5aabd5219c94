"""From a mail and a policy's terms to a verdict: the order of the signals is written here and nowhere else.

What is found in the text, what the customer states and what the policy binds are three voices. They are heard in
this order, each leaves its reason, and where they disagree or say too little a human is asked.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.core.words.verdict import MAY_BE_WORSE, Reason, Verdict
from helpdesk.severity import caps
from helpdesk.severity.availability import environment_of, reports_unavailable
from helpdesk.severity.evidence import shown
from helpdesk.severity.explain import evidence_of, reasons_for
from helpdesk.severity.findings import find
from helpdesk.severity.kind import kind_of
from helpdesk.severity.model import DEFAULT
from helpdesk.severity.observe import Stating, observe
from helpdesk.severity.phrase_model import FULL
from helpdesk.severity.rank_table import by_table, translated
from helpdesk.severity.reader import NOTHING_READ, mixed, reasons_of_reader
from helpdesk.severity.second import reason_of, together
from helpdesk.severity.vague import says_nothing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from helpdesk.core.words.verdict import Probabilities
    from helpdesk.offering.findings import FindingLimit
    from helpdesk.offering.severities import Area, Degree, Kind, Rank, SeverityTerms, StatedSeverity
    from helpdesk.severity.caps import Bound
    from helpdesk.severity.model import Model
    from helpdesk.severity.observe import Observation
    from helpdesk.severity.rank_table import LikelyFindings
    from helpdesk.severity.reader import ReadFindings
    from helpdesk.severity.second import SecondVoter

SURE = 0.8  # without any cue only this much is believed
OFF = (0.0, 1.0, 2.3, 3.7)  # what it costs to be so many ranks off: two are worse than twice one
POSSIBLE = 0.25  # of a finding that the mail shows
LINE = 0.15  # above this probability of rank 1 its holder reads a line about it
_FITTED = 2  # the stated rank that stands where a policy wants it: worse is a question of calls, milder of clocks
APART = 2  # ranks between stated and found that are a conflict
AREAS_KEPT = 256  # policies of which the words of areas are remembered as a pattern
MONITORING = "monitoring"  # the channel whose alerts open at rank 1 (LGT-4)
NO_MONITORS = frozenset({"vacation", "bounce-permanent", "bounce-temporary", "own-mail"})
_NO_FIELDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Opinion:
    """A degree on its way to the verdict: who decided it (None: the cues themselves), and what else is to be said."""

    degree: Degree
    review: bool = False
    decided: Reason | None = None
    doubts: tuple[Reason, ...] = ()

    def decided_by(self, reason: Reason, *, degree: Degree, review: bool = False) -> _Opinion:
        """Another voice has the last word; what was decided before it is moot."""
        return _Opinion(degree, review, reason, self.doubts)

    def doubted(self, reason: Reason) -> _Opinion:
        """The degree stands, and a human is asked."""
        return _Opinion(self.degree, review=True, decided=self.decided, doubts=(*self.doubts, reason))

    def reasons(
        self, cues: tuple[Reason, ...], bound: tuple[Reason, ...], suspicion: tuple[Reason, ...]
    ) -> tuple[Reason, ...]:
        """All reasons in order of weight: what decided comes first."""
        decided = (*reversed(bound), *((self.decided,) if self.decided else ())) or cues[:1]
        rest = tuple(cue for cue in cues if cue not in decided)
        return (*decided, *suspicion, *self.doubts, *rest)


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
    expected: Sequence[str] = ("en",),
    mailbox: StatedSeverity | None = None,
    model: Model = DEFAULT,
    second_voter: SecondVoter | None = None,
    read: ReadFindings = NOTHING_READ,
) -> Verdict:
    """Judge a mail. `text` is the customer's own new text, `stated` the raw words of a stated priority.

    `fields` are intake answers, `products` what they name as product or component, `robot` a
    `message.Robot` kind, `expected` the languages that it may well be in, likeliest first (`languages`),
    `mailbox` is what the mailbox states that it came to, `second_voter` is asked about what a person wrote, and
    `read` is what a reader reported of it.
    Deterministic; never raises on any text; KeyError where
    `terms` names a level that it does not have.
    """
    stating = Stating(stated, fields, mailbox)
    observed = observe(subject=subject, text=text, terms=terms, stating=stating, robot=robot, expected=expected)
    own = model.words(f"{observed.subject}\n{observed.text}")
    second = _second(observed, second_voter)
    reading = _reading(observed, own, second, model, terms, read if terms.reader else NOTHING_READ)
    probabilities = reading.probabilities
    kind = "defect" if _potential_outage(observed, channel) else kind_of(observed)
    blank = says_nothing(observed) and not reading.read and not any(word in model.learned for word in own)
    opinion = _with_stated(_found(reading, terms, blank=blank), observed, probabilities, terms)
    opinion = _with_mailbox(_with_matrix(opinion, observed, fields, terms), mailbox, observed, probabilities, terms)
    rules = caps.holding(observed=observed, terms=terms, kind=kind, names=products, channel=channel)
    opinion, rules = _with_settled(opinion, rules, terms)
    opinion = _with_channel(_within(opinion, reading.limits, observed, terms), observed, channel)
    degree, bound = _bound(opinion.degree, rules, observed, kind, terms)
    for proposal in caps.proposals(degree, rules, terms=terms):
        opinion = opinion.doubted(proposal)
    rank = degree[0]
    settled = rank == 1 or _is_settled(kind, rules, terms) or (blank and _is_short(observed))
    worse = 0.0 if settled else probabilities[0]
    return Verdict(
        severity=terms.at_degree(degree).key,
        rank=rank,
        found=_best(probabilities),
        stated=observed.stated,
        confidence=max(probabilities),
        probabilities=probabilities,
        review=opinion.review,
        s1_suspect=worse > terms.call_above,
        kind=kind,
        language=observed.language,
        area=area_of(f"{observed.subject}\n{observed.text}\n{' '.join(fields.values())}", terms),
        reasons=opinion.reasons(_cues(reading, observed, second, terms), bound, _suspicion(worse, terms)),
        unavailable=reports_unavailable(observed),
        environment=environment_of(observed),
    )


@dataclass(frozen=True, slots=True)
class _TextReading:
    """What the text alone says: of its trouble, by our table, by the policy's, and which of its limits it meets."""

    findings: LikelyFindings | None
    found: Probabilities
    probabilities: Probabilities
    cheapest: Rank  # of the least expected cost by them
    limits: tuple[FindingLimit, ...]
    read: ReadFindings


def _reading(
    observed: Observation,
    own: Mapping[str, float],
    second: Probabilities | None,
    model: Model,
    terms: SeverityTerms,
    read: ReadFindings,
) -> _TextReading:
    findings = _findings(observed, read)
    ranks = by_table(findings) if findings else None
    values = {**observed.values, **own}
    found = model.probabilities(values, ranks, length=observed.length, read="effect" in read)
    found = together(found, second) if second else found
    if findings is None:
        return _TextReading(None, found, found, _cheapest(found, terms, observed), (), NOTHING_READ)
    limits = caps.limits(terms)
    probabilities = translated(found, findings, theirs=terms.rules, limits=limits)
    cheapest = _cheapest(probabilities, terms, observed)
    return _TextReading(findings, found, probabilities, cheapest, _likely(limits, findings, observed), read)


def _cues(
    reading: _TextReading,
    observed: Observation,
    second: Probabilities | None,
    terms: SeverityTerms,
) -> tuple[Reason, ...]:
    """What speaks for what was found, the policy's limits among it where they made another rank the likeliest."""
    moved = _best(reading.found) != _best(reading.probabilities)
    return (
        *reasons_for(observed, reading.findings, terms, found=reading.cheapest),
        *(_limited(reading.limits, observed, terms) if moved else ()),
        *_second_reason(second, terms),
        *reasons_of_reader(reading.read),
    )


_PLACES: Mapping[str, str] = MappingProxyType({"non-production": "other", "production": "production"})


def _findings(observed: Observation, read: ReadFindings) -> LikelyFindings | None:
    """What the mail says of its trouble; None where no person wrote it. What a field states is a fact."""
    if observed.alert is not None or observed.robot is not None:
        return None
    facts = [("place", _PLACES[told]) for told in observed.told if told in _PLACES]
    if not facts and "prod-trouble" in observed.seen and "non-production" not in observed.seen:
        facts = [("place", "production")]  # said of the trouble itself, and it lowers nothing
    return mixed(find(observed.values, dict(facts)), read)


def by_table_of(observed: Observation) -> Probabilities | None:
    """What the shipped table makes of the findings; None of a mail that no person wrote."""
    findings = _findings(observed, NOTHING_READ)
    return by_table(findings) if findings else None


def _likely(
    limits: Sequence[FindingLimit], findings: LikelyFindings, observed: Observation
) -> tuple[FindingLimit, ...]:
    """The policy's rules about findings that the mail shows, and likely says."""
    return tuple(
        one
        for one in limits
        for value in one.values
        if findings[one.finding][value] >= POSSIBLE and evidence_of(observed, one.finding, value)
    )


def _within(opinion: _Opinion, likely: Sequence[FindingLimit], observed: Observation, terms: SeverityTerms) -> _Opinion:
    """What another voice than the text's decided, within the rules about what the text more likely says than not."""
    if opinion.decided is None:
        return opinion
    still = caps.stands_still(observed)
    for limit, reason in zip(likely, _limited(likely, observed, terms), strict=True):
        concerns_all = limit.finding in {"place", "state"}  # whatever stands still does so there, or did
        if opinion.degree[0] < limit.rank and (concerns_all or not still):
            opinion = opinion.decided_by(reason, degree=(limit.rank, 0), review=opinion.review)
    return opinion


def _limited(likely: Sequence[FindingLimit], observed: Observation, terms: SeverityTerms) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            limit.cap,
            f"at most {terms.at_rank(limit.rank).name}",
            next((shows for value in limit.values if (shows := evidence_of(observed, limit.finding, value))), ""),
        )
        for limit in likely
    )


def _second(observed: Observation, voter: SecondVoter | None) -> Probabilities | None:
    """The other opinion on what a person wrote."""
    if voter is None or observed.alert is not None or observed.robot is not None:
        return None
    return voter(f"{observed.subject}. {observed.text}")


def _second_reason(second: Probabilities | None, terms: SeverityTerms) -> tuple[Reason, ...]:
    return (reason_of(second, terms),) if second else ()


def _with_settled(
    opinion: _Opinion, rules: tuple[Bound, ...], terms: SeverityTerms
) -> tuple[_Opinion, tuple[Bound, ...]]:
    """A rule decides where the mail says nothing else; those that only shape have no say then."""
    settled = caps.settle(rules, terms=terms)
    if settled is None:
        return opinion, rules
    degree, reason = settled
    return opinion.decided_by(reason, degree=degree), tuple(
        rule for rule in rules if rule.force != "shapes" or rule.alone
    )


def _bound(
    degree: Degree, rules: Collection[Bound], observed: Observation, kind: Kind, terms: SeverityTerms
) -> tuple[Degree, tuple[Reason, ...]]:
    """The degree within what the rules allow, and what bound it."""
    degree, bound = caps.bind(degree, rules, terms=terms)
    return (degree, bound) if caps.stands_still(observed) else caps.never_first(degree, bound, kind=kind, terms=terms)


def _best(probabilities: Probabilities) -> Rank:
    return probabilities.index(max(probabilities)) + 1


def _is_short(observed: Observation) -> bool:
    """Whether it is too short for its words to be more than a guess: without any cue they wake nobody."""
    return observed.length < FULL


def _found(reading: _TextReading, terms: SeverityTerms, *, blank: bool) -> _Opinion:
    """What the text alone says, at the least expected cost; the policy's default where it is `blank`."""
    confidence = max(reading.probabilities)
    opinion = _Opinion((reading.cheapest, 0), review=confidence < terms.review_below)
    if blank and confidence < SURE:
        why = f"the policy's default, {terms.level(terms.default).name}; a human looks"
        return opinion.decided_by(Reason("no cue", why), degree=terms.degree(terms.default), review=True)
    return opinion


def _cheapest(probabilities: Probabilities, terms: SeverityTerms, observed: Observation) -> Rank:
    """The rank of the least expected cost: what is too low and what is too high cost what the policy says.

    A monitor says what it means: of its alerts it is the likeliest.
    """
    if observed.alert is not None:
        return _best(probabilities)

    def cost(rank: Rank) -> float:
        return sum(
            share * (terms.too_low if true < rank else terms.too_high) * OFF[abs(true - rank)]
            for true, share in enumerate(probabilities, start=1)
        )

    return min((1, 2, 3, 4), key=cost)


def _with_stated(
    opinion: _Opinion, observed: Observation, probabilities: Probabilities, terms: SeverityTerms
) -> _Opinion:
    """The customer's own word, as far as the policy lets it count."""
    words, said = observed.stated, observed.said
    if words is None or said is None or terms.stated == "ignored":
        return opinion
    evidence = shown(words)
    name = terms.at_degree(said).name
    if terms.stated == "initial":
        why = f"{name} is the initial severity, as the policy has it"
        opinion = opinion.decided_by(Reason("stated priority", why, evidence), degree=said)
    found = _best(probabilities)
    if terms.stated == "fitting" and said[0] == _FITTED and caps.fits_second(observed):
        why = f"{name} fits what the mail says"
        return opinion.decided_by(Reason("stated priority", why, evidence), degree=said)
    if abs(said[0] - found) < APART:
        return opinion
    default, apart = terms.level(terms.default), f"stated {name}, found {terms.at_rank(found).name}"
    if terms.stated in {"evidence", "fitting"} and opinion.decided is None:
        why = f"{apart}: the policy's default, {default.name}; a human looks"
        return opinion.decided_by(Reason("conflict", why, evidence), degree=terms.degree(terms.default), review=True)
    # Where the policy takes the customer's word for a start, or the default is taken already, that stands.
    return opinion.doubted(Reason("conflict", f"{apart}: a human looks", evidence))


def _with_matrix(opinion: _Opinion, observed: Observation, fields: Mapping[str, str], terms: SeverityTerms) -> _Opinion:
    """Whether a person has to look at what was stated as impact and urgency."""
    said, also = observed.said, observed.also_said
    if said and also and said != also and terms.stated != "ignored":
        apart = f"{observed.stated}: {terms.at_degree(said).name}; stated besides: {terms.at_degree(also).name}"
        opinion = opinion.doubted(Reason("conflict", f"{apart}: a human looks"))
    for field, answer, known in terms.matrix.unknown(fields) if terms.matrix else ():
        why = f"{field} is none of {', '.join(known)}: a human looks"
        opinion = opinion.doubted(Reason("matrix", why, shown(answer)))
    return opinion


def _with_mailbox(
    opinion: _Opinion,
    mailbox: StatedSeverity | None,
    observed: Observation,
    probabilities: Probabilities,
    terms: SeverityTerms,
) -> _Opinion:
    """What the mailbox states that it came to: the severity where it binds, else evidence as what a customer states."""
    if mailbox is None:
        return opinion
    said, name, found = terms.degree(mailbox.severity), terms.level(mailbox.severity).name, _best(probabilities)
    own = observed.said if terms.stated == "initial" else None
    if mailbox.binds and own and own != said:
        apart = f"{mailbox.words} states {name}, the mail states {terms.at_degree(own).name}"
        worse = min(own, said)
        why = f"{apart}: the worse of them; a human looks"
        return opinion.decided_by(Reason("mailbox", why, shown(observed.stated or "")), degree=worse, review=True)
    if mailbox.binds:
        stated = Reason("mailbox", f"{mailbox.words} states {name}")
        return opinion.decided_by(stated, degree=said, review=bool(opinion.doubts))
    if abs(said[0] - found) < APART or opinion.decided is not None:
        return opinion
    why = f"{mailbox.words} states {name}, and binds for registered contacts only; found {terms.at_rank(found).name}"
    return opinion.doubted(Reason("mailbox", f"{why}: a human looks"))


def _with_channel(opinion: _Opinion, observed: Observation, channel: str) -> _Opinion:
    """A monitoring address opens at rank 1, unless the monitor itself takes it back or watches a test system."""
    if not _potential_outage(observed, channel) or opinion.degree[0] == 1:
        return opinion
    why = "a potential outage found by monitoring opens at rank 1"
    return opinion.decided_by(Reason("monitoring channel", why, shown(observed.subject)), degree=(1, 0))


def _potential_outage(observed: Observation, channel: str) -> bool:
    """Whether a monitor reports something; its words need not be ones that we know."""
    if channel != MONITORING or observed.robot in NO_MONITORS:
        return False
    alert = observed.alert
    return alert is None or (alert.state == "problem" and not alert.non_production)


def _is_settled(kind: Kind, rules: Collection[Bound], terms: SeverityTerms) -> bool:
    """Whether it cannot be rank 1 by the policy's rules."""
    return kind in terms.never_rank_1 or any(rule.lowers and rule.limit[0] > 1 for rule in rules)


def _suspicion(worse: float, terms: SeverityTerms) -> tuple[Reason, ...]:
    if worse <= LINE:
        return ()
    # Whether somebody is called is not judged here: it depends on what became of the case by then.
    return (Reason(MAY_BE_WORSE, f"perhaps {terms.at_rank(1).name} ({worse * 100:.0f} %)"),)


def area_of(text: str, terms: SeverityTerms) -> str | None:
    """The application area whose words the mail uses most; the first of the policy where several do alike.

    A word inside a longer one does not count: "custom integration" is not about "integration".
    """
    if not terms.areas:
        return None
    used = Counter(_words_of(terms.areas).findall(text.lower()))
    if not used:
        return None
    counts = {area.key: sum(used[word] for word in {word.lower() for word in area.words}) for area in terms.areas}
    best = max(counts, key=lambda key: counts[key])
    return best if counts[best] else None


@lru_cache(AREAS_KEPT)
def _words_of(areas: tuple[Area, ...]) -> re.Pattern[str]:
    """The words of some areas at the beginning of a word, the longest first.

    Their first characters stand first in the pattern, so that it passes all others at once.
    """
    rests = defaultdict[str, list[str]](list)
    for word in sorted({word.lower() for area in areas for word in area.words if word}, key=len, reverse=True):
        rests[re.escape(word[0])].append(re.escape(word[1:]))
    begun = (rf"{first}(?<!\w{first})(?:{'|'.join(ends)})" for first, ends in rests.items())
    return re.compile("|".join(begun) if rests else r"(?!)")
