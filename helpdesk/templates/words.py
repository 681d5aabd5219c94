"""What letters add to the content of a mail, in words: names that every mail has, and parts that are told in words."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from helpdesk.core.words.drafts import (
    UNSAID,
    AckMail,
    AssignedMail,
    ClosedMail,
    CustomerReminderMail,
    StepMail,
    SuspicionMail,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helpdesk.core.words.addressee import PlainReply
    from helpdesk.core.words.drafts import MailContent
    from helpdesk.offering.policy import Doubt
    from helpdesk.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWords:
    """What every mail about a case may say."""

    desk: str
    ref: str
    subject: str
    text: str
    author: str
    status: str
    to: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerWords(CaseWords):
    """What a mail to customers may say: no note, no agent's address, no reason of a severity (threats P01, P02).

    `agent` is the name of who looks after the case, `others` are who gets the same mail, or
    the answers to what is acknowledged. `greeted` and `signed`: what
    an agent wrote begins with a greeting, and ends with a closing of theirs.
    """

    name: str
    known: bool
    policy: str
    severity: str
    promise: str
    due: str
    missing: tuple[str, ...]
    because: str
    answered_in: str
    assured: bool
    not_owed: tuple[Doubt, ...]
    next_due: str
    next_assured: bool
    agent: str
    others: tuple[str, ...]
    greeted: bool
    signed: bool
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyWords:
    """What a mail to whom an agent asks may say: nothing of the case but its number, and what the agent typed."""

    desk: str
    ref: str
    text: str
    author: str
    to: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWords:
    """One promise that runs."""

    target: str
    asks: str
    of: str
    at: str
    brief: str
    by: str
    left: str
    now_due: str
    promise: str
    applies: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedWords:
    """A promise besides the first answer, in the customer's language; `said` is owed, aim, best effort or agreed."""

    name: str
    own: bool
    within: str
    each_time: bool
    said: str


@dataclass(frozen=True, slots=True)
class OrderLink:
    """A `mailto:` that writes an order; it still has to be sent."""

    label: str
    order: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentWords(CaseWords):
    """What a mail to agents may say."""

    requester: str
    customer: str
    policy: str
    plan: str
    severity: str
    severity_why: str
    severities: str
    review: bool
    topic: str
    acts: bool
    stays: bool
    reply: PlainReply
    unheard: bool
    links: tuple[str, ...]
    merged: tuple[str, ...]
    merged_into: str
    attached: tuple[str, ...]
    tags: tuple[str, ...]
    missing: tuple[str, ...]
    assignee: str
    turn: str
    due: tuple[DueWords, ...]
    promised: tuple[PromisedWords, ...]
    first_due: DueWords | None
    opened: str
    others: tuple[str, ...]
    orders: tuple[OrderLink, ...]
    link: str
    delayed: str
    instead: str


# --- of single templates


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemWords:
    """A known problem, or a maintenance and its end on the customer's wall."""

    kind: str
    name: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AckWords:
    """Of the acknowledgment. `chosen` are answers that choose what is promised; of the `wished` an agent decides."""

    promised: tuple[PromisedWords, ...]
    declared: tuple[ProblemWords, ...]
    channel_says: str
    escalated: bool
    follows: str
    chosen: tuple[str, ...]
    wished: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatingLinks:
    """A link to click for each grade."""

    good: str
    bad: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedWords:
    """Of the mail at the end of a case."""

    rate: RatingLinks | None
    unanswered: bool
    reopens_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderWords:
    """Of the reminder to a customer."""

    closes: str
    asked: str
    waited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """A step of the ladder."""

    target: str
    asks: str
    owes: str
    orders: tuple[str, ...]
    due: str
    due_brief: str
    left: str
    late: bool
    percent: int
    after: str
    acknowledge: bool
    unheard_for: str
    again: bool
    cause: str
    until: str
    open_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMailWords:
    """Of the ladder's mails."""

    step: StepWords
    missed: tuple[str, ...]
    given: AssignedMail | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionWords:
    """Why a case may be of rank 1, and what that would mean."""

    level: str
    key: str
    percent: int
    again: bool
    since: str
    due: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionMailWords:
    """Of the alarm about a possible rank 1."""

    suspicion: SuspicionWords
    current: str
    given: AssignedMail | None


INSTEAD_OF: Final[Mapping[type[MailContent], type]] = {
    AckMail: AckWords,
    ClosedMail: ClosedWords,
    CustomerReminderMail: ReminderWords,
    StepMail: StepMailWords,
    SuspicionMail: SuspicionMailWords,
}  # what a template gets instead of a content's own fields


def as_names(*values: Any) -> dict[str, Any]:
    """The fields of these values as the names of a template; of two the later."""
    return {
        name: getattr(value, name)
        for value in values
        for name in _names_of(type(value))  # type: ignore[arg-type]  # a class can be hashed
    }


@cache
def _names_of(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind) if one.metadata != UNSAID)
