"""What the desk owes on a case at one instant, as its drafts carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.clock import Clock
    from helpdesk.offering.policy import Doubt
    from helpdesk.offering.promises import PromiseKind
    from helpdesk.openhours.within import Within


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A promise that runs, and on which case: `ref` of one that was merged into the case, "" for the case itself."""

    clock: Clock
    due_at: datetime
    ref: str
    timezone: str  # in which the desk serves that case


@dataclass(frozen=True, slots=True)
class ToldPromise:
    """What a customer is told of a promise of the offering's own; without `within` it is `said` in place of a time."""

    kind: PromiseKind
    within: Within | None
    said: str  # owed, aim, best effort, agreed


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed on a case. Instants aware UTC.

    `next_word` says when the customer hears next; None where that is late, or nothing is promised. `not_owed` is why
    the time of the first answer is none to be relied on.
    """

    first: Clock
    next_word: Clock | None
    running: tuple[RunningClock, ...]  # the first that is due first
    not_owed: tuple[Doubt, ...]
    promised: tuple[ToldPromise, ...]  # told of besides: in the acknowledgment, and to agents what no clock measures
    reopens_until: datetime | None  # until when a reply opens what is over; None: at any time, or it is not over
