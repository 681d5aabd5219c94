"""The voices on a mail's rank as one: what its words lean to, the cues, and the findings by the rank table.

A `Model` is a value. The shipped one is `DEFAULT`; what a desk learns from its agents is laid over it by
`learning.learn`, which answers a new model. `state` and `from_state` carry it to and from storage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from helpdesk.severity.features import OPINION, POLICY_CUES
from helpdesk.severity.hashing import hashed
from helpdesk.severity.shares import softmax
from helpdesk.severity.shipped import row_of, weights

if TYPE_CHECKING:
    from helpdesk.core.words.verdict import Probabilities

FeatureWeights = Mapping[str, tuple[float, float, float, float]]

# Of the voices in their product: what the words of a long mail lean to by themselves, and the findings by the rank
# table; the cues have what is left.
WORDS_SHARE, TABLE_SHARE = 0.55, 0.25
HALF = 20  # words of a mail at which they have half of that share: of a few words the cues know more
READ_SHARE = 0.7  # of the table where a reader has read the mail; the others keep their ratio
LEAST_SHARE = 1e-3  # no voice is so sure that the other is not heard

_ZERO = (0.0, 0.0, 0.0, 0.0)
_NONE: FeatureWeights = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Model:
    """Weights a feature and rank. `learned` holds what agents taught (features and hashed words), `seen` how often.

    `temperature` divides the scores: above 1 the model is less sure of itself than its fit was.
    """

    weights: FeatureWeights
    temperature: float = 1.0
    learned: FeatureWeights = field(default_factory=lambda: _NONE)
    seen: int = 0
    version: str = "shipped"

    def probabilities(
        self,
        features: Mapping[str, float],
        by_table: Probabilities | None = None,
        *,
        length: int = 0,
        read: bool = False,
    ) -> Probabilities:
        """The probability of each rank, 1 to 4. `by_table` None: nothing is found in a mail that no person wrote.

        `length`: how many words were heard. `read`: a reader has read it, too.
        """
        by_policy = {name: features[name] for name in POLICY_CUES if name in features}
        cues = {name: value for name, value in features.items() if name not in by_policy} if by_policy else features
        own = _scores(self.weights, cues)
        if by_table is not None:
            voices = (softmax([features.get(name, 0.0) for name in OPINION]), softmax(own), by_table)
            shares = _shares(length, READ_SHARE if read else TABLE_SHARE)
            own = [_product(rank, shares) / self.temperature for rank in zip(*voices, strict=True)]
        more = (_scores(self.weights, by_policy), _scores(self.learned, features))
        return softmax([sum(parts) for parts in zip(own, *more, strict=True)])

    def row(self, name: str) -> tuple[float, float, float, float]:
        """One feature's weights, shipped and learned together."""
        shipped = self.weights.get(name, _ZERO)
        taught = self.learned.get(name, _ZERO)
        one, two, three, four = (a + b for a, b in zip(shipped, taught, strict=True))
        return one, two, three, four

    def words(self, text: str) -> dict[str, float]:
        """The hashed words of a text as features, once this desk has taught any; else nothing."""
        return hashed(text) if self.seen else {}

    def state(self) -> dict[str, Any]:
        """What a desk has learned, as plain JSON values; the shipped weights are not part of it."""
        return {
            "seen": self.seen,
            "version": self.version,
            "learned": {name: list(row) for name, row in self.learned.items()},
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Model:
        """The shipped model with a desk's learning laid over it. Raises KeyError or ValueError on anything else."""
        learned = {str(name): row_of(row) for name, row in state["learned"].items()}
        return cls(
            weights=DEFAULT.weights,
            temperature=DEFAULT.temperature,
            learned=MappingProxyType(learned),
            seen=int(state["seen"]),
            version=str(state["version"]),
        )


def _shares(length: int, table: float) -> tuple[float, float, float]:
    """Of what so many words lean to, the cues and the table, where the table has that much."""
    words = WORDS_SHARE * length / (length + HALF) / (1 - TABLE_SHARE) * (1 - table)
    return words, 1 - table - words, table


def _product(voices: Sequence[float], shares: Sequence[float]) -> float:
    """The logarithm of what the voices give a rank together."""
    return sum(share * math.log(said + LEAST_SHARE) for share, said in zip(shares, voices, strict=True))


def _scores(table: FeatureWeights, features: Mapping[str, float]) -> list[float]:
    totals = [0.0, 0.0, 0.0, 0.0]
    for name, value in features.items():
        row = table.get(name)
        if row is not None:
            for index, weight in enumerate(row):
                totals[index] += weight * value
    return totals


DEFAULT = Model(weights=MappingProxyType(dict(weights().of_cues)), temperature=weights().temperature)
