"""A promise: what starts it, what meets it, what pauses it, and what it is called.

How much time it gives to whom stands in the goals of a policy. Nothing else knows a promise by its name: the clocks,
the ladder, the mails and the reports ask it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Waited = Literal["customer", "vendor"]  # whom a wait is for
# What sets a promise running; the customer's word does it anew each time that nobody has answered.
Start = Literal["received", "customer_wrote"]
# What of ours keeps it.
Met = Literal["answer", "resolved"]


@dataclass(frozen=True, slots=True)
class PromiseKind:
    """One promise of an offering, whoever it is made to."""

    key: str
    name: str
    starts: Start
    met_by: tuple[Met, ...]
    pauses: tuple[Waited, ...] = ()  # waits for whom pause it
    begins_with: str = "customer wrote"  # what its first stretch is said to begin with

    @property
    def owes_word(self) -> bool:
        """Whether it is kept by writing to the customer."""
        return "answer" in self.met_by


def usual_promises(pauses: Iterable[Waited]) -> tuple[PromiseKind, ...]:
    """The promises of every policy, the first answer first; `pauses` are the waits that the policy lets pause them."""
    waits = tuple(pauses)
    return (
        PromiseKind("first_response", "first response", "received", ("answer",), begins_with="received"),
        PromiseKind("follow_up", "follow-up", "customer_wrote", ("answer",), waits),
        PromiseKind("resolution", "resolution", "received", ("resolved",), ("customer", *waits)),
    )
