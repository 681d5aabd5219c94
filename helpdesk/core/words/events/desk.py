"""What the desk itself finds, decides and does, and what time alone does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.core.words.events.base import Event, ReasonFact, written

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityAssessed(Event, stored_as="assessed"):
    """The severity that the desk found, and all that it went by."""

    severity: str  # key
    rank: int
    found: str | None = written(None)  # key of the severity that the words alone say; None in older ledgers
    stated: str | None  # what the customer said that it is
    confidence: float | None = written(None)
    probabilities: tuple[float, ...] = written(())  # of the ranks 1 to 4
    review: bool  # whether somebody should look at it
    s1_suspect: bool = written(default=False)
    kind: str
    area: str | None
    reasons: tuple[ReasonFact, ...] = written(())  # what decided comes first
    set_by: str  # the rule that decided
    model: str = written("")  # version of the model


@dataclass(frozen=True, slots=True, kw_only=True)
class RankOneSuspected(Event, stored_as="suspected"):
    """It may be rank 1 though its label says less: somebody is told until somebody looks."""

    severity: str  # key of the one of rank 1
    probability: float
    reasons: tuple[ReasonFact, ...] = written(())
    model: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgmentDecided(Event, stored_as="acknowledged"):
    """The acknowledgment was sent, or withheld and why."""

    sent: bool
    because: str = written("")
    unwritable: bool = False  # its reader cannot be written to: it stands in the outbox with the reason
    alarm: bool | str = False  # whether the operators are to be told; `acknowledgment.EVERYBODY` of a flood


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLost(Event, stored_as="answer_lost"):
    """An agent's answer has reached nobody: the desk owes it still."""

    key: str  # of the answer
    left: bool  # whether the smarthost had taken it
    because: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerArrived(Event, stored_as="answer_arrived"):
    """It was sent once more, and counts from here on."""

    key: str  # of the answer
    recipient: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeOver(Event, stored_as="snooze_over"):
    """The moment has come of which an agent wanted to hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFlagged(Event, stored_as="flagged"):
    """A note stands on the case from here on."""

    tag: str
    say: str = ""  # what the customer is told of it: of a known incident, or of planned maintenance
    name: str | None = None  # of that
    until: str = ""  # when planned maintenance ends, in ISO 8601
    zone: str = ""  # where its hours are


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnflagged(Event, stored_as="unflagged"):
    """A note stands there no more."""

    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken(Event, stored_as="step_taken"):
    """A rung of the escalation ladder, or an alarm about a suspicion."""

    key: str  # unique within the case
    step: str = written("")  # key of the policy's step
    kind: str = written("")  # of the mail
    target: str = written("")  # of the clock
    to: tuple[str, ...] = written(())  # addresses of those who were told
    collapsed: bool = written(default=False)  # nobody, because each was told of a higher step
    acknowledge: bool = False  # whether it is repeated until somebody says that they have it
    turn: int | None = None  # which repetition it is, from 0; None of a step that is not repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledAgain(Event, stored_as="called_again"):
    """People on call are called anew: the customer wrote, or it was given to somebody, who is not there."""

    because: str = written("")
    anew: bool  # whether no call was under way
    whom: str = ""  # the agent whom it was given to, and who is called first


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBreached(Event, stored_as="breached"):
    """A clock ran out."""

    clock: str  # `core.words.clock.Clock.key`
    target: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachWithdrawn(Event, stored_as="breach_withdrawn"):
    """An answer received in time was read after the breach was recorded."""

    clock: str  # `core.words.clock.Clock.key`
    because: str = written("")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(Event, stored_as="policy_changed"):
    """Moved to another version of its policy."""

    was: str  # version
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReminded(Event, stored_as="reminded"):
    """The customer was, of what we wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DowngradeProposed(Event, stored_as="downgrade_proposed"):
    """To the agent, because the customer owes information."""

    to: str  # key of the severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionProposed(Event, stored_as="exclusion_proposed"):
    """The mail says words of one: an agent decides, and the promises run."""

    key: str
    because: str = written("")
    words: tuple[str, ...] = written(())


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePurged(Event, stored_as="purged"):
    """Its content was erased because of its age, and the people on it have pseudonyms from here on."""

    erased: Mapping[str, int]  # how much, by what
