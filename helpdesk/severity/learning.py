"""Learning from agents: an online softmax, one correction at a time, state in and state out.

A correction is a label that an agent gave because the first one was wrong, or the one that a case was closed with.
A later downgrade because a workaround was found is none; the caller of `learn` knows the difference
(design: `#severity X` before the first reply, or with `initially`).

Shipped weights never change. What is learned lies over them in `Model.learned`. A few weights come first, which
calibrate: how far the rank is off in general, how much the words, what the customer states and a policy's own cues
count. Only after `WORDS_AFTER` labels are cues and hashed words learned, for what a desk alone calls so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from helpdesk.offering.severities import Level, SeverityTerms
from helpdesk.severity.assess import by_table_of
from helpdesk.severity.features import OPINION, POLICY_CUES
from helpdesk.severity.hashing import hashed
from helpdesk.severity.observe import Stating, observe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from helpdesk.core.words.verdict import Probabilities
    from helpdesk.offering.severities import Rank
    from helpdesk.severity.model import Model
    from helpdesk.severity.observe import Observation

WORDS_AFTER = 300  # labels; with fewer only the few weights are learned that calibrate
VOICE_RATE = 0.002  # the logarithms of what the words lean to are large
FEW_RATE = 0.05  # they are in every mail, or in many
CUE_RATE = 0.25  # one correction moves a cue by at most this much
WORD_RATE = 0.8  # hashed words come scaled by one over the root of their number
_FEW = frozenset({"bias", *POLICY_CUES})
_STATED = "stated-"
MOST = 6.0  # no learned weight grows beyond this

# Learning is about ranks; a policy's names and rules come after it.
_RANKS = SeverityTerms(
    levels=tuple(Level(str(rank), rank, str(rank)) for rank in (1, 2, 3, 4)), default="3", stated="ignored"
)


@dataclass(frozen=True, slots=True)
class Example:
    """A mail and the rank that agents say it had when it came in."""

    subject: str
    text: str
    rank: Rank
    language: str = "en"
    robot: str | None = None
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a model does on examples. `confusion[truth - 1][found - 1]` counts; the rest are shares of 0 to 1."""

    confusion: tuple[tuple[int, int, int, int], ...]
    agreement: float
    far_off: float  # more than one rank from the truth
    rank_1_recall: float  # 1.0 where there was none to find
    rank_1_told: float  # found or suspected: somebody hears of it at once
    false_alarms: float  # the same among mails of other ranks
    calibration_error: float  # mean distance of confidence from being right, weighted, in ten bins
    calibration: tuple[tuple[float, float, int], ...]  # a bin: mean confidence, share that was right, mails


def learn(model: Model, example: Example) -> Model:
    """Answer a model that has seen one more label."""
    observed = _observed(example)
    values = _values(observed)
    guess = model.probabilities(values, by_table_of(observed), length=observed.length)
    learned = dict(model.learned)
    for name, value in values.items():
        rate = _rate(name, model.seen)
        if not rate:
            continue
        learned[name] = _moved(learned.get(name, (0.0, 0.0, 0.0, 0.0)), guess, example.rank, rate * value)
    return replace(model, learned=MappingProxyType(learned), seen=model.seen + 1, version="learned")


def _rate(name: str, seen: int) -> float:
    """How far one correction moves a feature after so many; 0: not at all."""
    if name in OPINION:
        return VOICE_RATE
    if name in _FEW or name.startswith(_STATED):
        return FEW_RATE
    if seen < WORDS_AFTER:
        return 0.0
    return WORD_RATE if name.startswith("#") else CUE_RATE


def learn_all(model: Model, examples: Iterable[Example]) -> Model:
    """Answer a model that has seen the examples in their order."""
    for example in examples:
        model = learn(model, example)
    return model


def evaluate(model: Model, examples: Sequence[Example]) -> Evaluation:
    """Compare a model with what agents said. An empty sequence agrees with everything."""
    return tally([(example.rank, probabilities_of(model, example)) for example in examples])


def probabilities_of(model: Model, example: Example) -> Probabilities:
    """What a model says of a mail before any policy is asked."""
    observed = _observed(example)
    return model.probabilities(_values(observed), by_table_of(observed), length=observed.length)


def tally(judged: Sequence[tuple[Rank, Probabilities]]) -> Evaluation:
    """Count guesses against the truth."""
    found = [(truth, guess.index(max(guess)) + 1, guess) for truth, guess in judged]
    told = [(truth, rank == 1 or guess[0] > _RANKS.call_above) for truth, rank, guess in found]
    bins = _calibration([(max(guess), truth == rank) for truth, rank, guess in found])
    return Evaluation(
        confusion=confusion((truth, rank) for truth, rank, _ in found),
        agreement=_share(truth == rank for truth, rank, _ in found),
        far_off=_share((abs(truth - rank) > 1 for truth, rank, _ in found), nothing=0.0),
        rank_1_recall=_share(rank == 1 for truth, rank, _ in found if truth == 1),
        rank_1_told=_share(heard for truth, heard in told if truth == 1),
        false_alarms=_share((heard for truth, heard in told if truth != 1), nothing=0.0),
        calibration_error=sum(abs(sure - right) * size for sure, right, size in bins) / max(1, len(found)),
        calibration=bins,
    )


def confusion(pairs: Iterable[tuple[Rank, Rank]]) -> tuple[tuple[int, int, int, int], ...]:
    """Counts by truth (rows) and found (columns), of pairs (truth, found)."""
    counts = Counter(pairs)
    return tuple((counts[truth, 1], counts[truth, 2], counts[truth, 3], counts[truth, 4]) for truth in (1, 2, 3, 4))


def _share(hits: Iterable[bool], *, nothing: float = 1.0) -> float:
    counted = list(hits)
    return sum(counted) / len(counted) if counted else nothing


def may_replace(candidate: Model, current: Model, kept: Sequence[Example]) -> bool:
    """Whether a candidate may be promoted: on the kept cases it finds no fewer of rank 1 and agrees no less."""
    new, old = evaluate(candidate, kept), evaluate(current, kept)
    return new.rank_1_recall >= old.rank_1_recall and new.agreement >= old.agreement


def _observed(example: Example) -> Observation:
    return observe(
        subject=example.subject,
        text=example.text,
        terms=_RANKS,
        stating=Stating(None, example.fields),
        robot=example.robot,
        expected=(example.language,),
    )


def _values(observed: Observation) -> dict[str, float]:
    return {**observed.values, **hashed(f"{observed.subject}\n{observed.text}")}


def _moved(row: tuple[float, ...], guess: Probabilities, rank: Rank, step: float) -> tuple[float, float, float, float]:
    """One step down the slope of the loss, weights kept in bounds."""
    one, two, three, four = (
        max(-MOST, min(MOST, weight - step * (share - (index == rank))))
        for index, (weight, share) in enumerate(zip(row, guess, strict=True), start=1)
    )
    return one, two, three, four


def _calibration(sureness: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float, int], ...]:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in sureness:
        bins.setdefault(min(9, int(confidence * 10)), []).append((confidence, right))
    return tuple(
        (sum(sure for sure, _ in group) / len(group), sum(right for _, right in group) / len(group), len(group))
        for _, group in sorted(bins.items())
    )
