"""What the classifier answers: a severity, how sure it is, and every reason with its piece of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from helpdesk.core.severity.terms import Kind

Environment = Literal["", "production", "non-production"]
Probabilities = tuple[float, float, float, float]  # of rank 1, 2, 3, 4; they sum to 1

EVIDENCE_LENGTH = 90  # characters of the mail shown with a reason


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


def shown(text: str, *, length: int = EVIDENCE_LENGTH) -> str:
    """`text` on one line, cut at a word where it is longer than `length` characters."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
