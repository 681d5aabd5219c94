"""The softmax over cues: four scores, one a rank, from named features.

A `Model` is a value. The shipped one is `DEFAULT`; what a desk learns from its agents is laid over it by
`learning.learn`, which answers a new model. `state` and `from_state` carry it to and from storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from helpdesk.severity.hashing import hashed
from helpdesk.severity.shares import softmax
from helpdesk.severity.shipped import row_of, weights

if TYPE_CHECKING:
    from helpdesk.core.words.verdict import Probabilities

FeatureWeights = Mapping[str, tuple[float, float, float, float]]

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

    def probabilities(self, features: Mapping[str, float]) -> Probabilities:
        """The probability of each rank, 1 to 4."""
        return softmax([score / self.temperature for score in self.scores(features)])

    def scores(self, features: Mapping[str, float]) -> list[float]:
        """The sum of weight times value a rank, before the temperature."""
        totals = [0.0, 0.0, 0.0, 0.0]
        for table in (self.weights, self.learned):
            for name, value in features.items():
                row = table.get(name)
                if row is not None:
                    for index, weight in enumerate(row):
                        totals[index] += weight * value
        return totals

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


DEFAULT = Model(weights=MappingProxyType(dict(weights().of_cues)), temperature=weights().temperature)
