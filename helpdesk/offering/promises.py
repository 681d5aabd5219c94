"""A promise: what starts it, what meets it, what pauses and ends it, how it is said and what it is called.

How much time it gives to whom stands in the goals of a policy. Nothing else knows a promise by its name: the clocks,
the ladder, the mails and the reports ask it. First response, follow-up and resolution are in every policy, and so is a
date that is agreed in a case; a policy file adds others (`[promises.KEY]`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.openhours.within import Within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Waited = Literal["customer", "vendor"]  # whom a wait is for
Said = Literal["owed", "aim", "best effort"]
# What sets a promise running: the receipt of the request, its opening whoever wrote first, a severity that a person
# has set, all details that the policy asks for, our first answer, each word of ours to the customer, a request for
# escalation, a declared incident that it is about, each word of the customer's that has no answer, an agreed date.
Start = Literal[
    "received",
    "opened",
    "severity_set",
    "details_complete",
    "first_answer",
    "last_word",
    "escalation",
    "incident",
    "customer_wrote",
    "agreed",
]
# What of a case's record keeps a promise, or ends it: an answer, any word of ours to the customer, and so on.
# `resolved` is the end of the case, however it ended.
Mark = Literal[
    "answer", "word", "assigned", "started", "resolved", "rated", "#ack", "#workaround", "#planned", "#agreed"
]
# The starts that come again with each such event; all others come once.
_BY_ORDER: Final = frozenset({"started", "#ack", "#workaround", "#planned", "#agreed"})
RECURRING: Final = frozenset({"last_word", "escalation", "incident"})
# The starts that are something that came in: they may come after a cut-off.
INCOMING: Final = frozenset({"received", "opened", "details_complete", "escalation", "customer_wrote"})
BEGINS_WITH: Final[Mapping[Start, str]] = {
    "received": "received",
    "opened": "opened",
    "severity_set": "the severity was set",
    "details_complete": "all details were there",
    "first_answer": "our first answer",
    "last_word": "our last word",
    "escalation": "escalation was asked for",
    "incident": "it is about a declared incident",
    "customer_wrote": "customer wrote",
    "agreed": "a date was agreed",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """When the agent is reminded of what is due: at a share of the time, or so much open time `before` it is due."""

    at: str  # as it is written
    share: float
    before: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class PromiseKind:
    """One promise of an offering, whoever it is made to."""

    key: str
    name: str
    starts: Start
    met_by: tuple[Mark, ...]
    renews: bool = False  # it begins anew each time that it is met
    pauses: tuple[Waited, ...] = ()  # waits for whom pause it
    ends: tuple[Mark, ...] = ()  # what ends it for good, unmet and unbroken
    said: Said = "owed"
    remind: tuple[Reminder, ...] = ()
    begins_with: str = ""  # what its first stretch is said to begin with
    asks: str = ""  # what is to be done by then, in a word to the agent; "" for its name
    owes: str = ""  # what the customer has not while it is not met; "" for its name
    own: bool = False  # of the offering, rather than of every policy

    @property
    def owes_word(self) -> bool:
        """Whether it is kept by writing to the customer."""
        return "answer" in self.met_by or "word" in self.met_by

    @property
    def answers(self) -> bool:
        """Whether it is kept by answering what a customer said."""
        return self.owes_word and self.starts in {"received", "opened", "customer_wrote"}

    @property
    def is_told_at_first(self) -> bool:
        """Whether the acknowledgment tells of it, beside the first answer."""
        return self.own and self.starts not in {*RECURRING, "agreed"}

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders of an agent's that meet it."""
        return tuple("#started" if mark == "started" else mark for mark in self.met_by if mark in _BY_ORDER)

    @property
    def recurs(self) -> bool:
        """Whether it may begin again after it was met."""
        return self.renews or self.starts in RECURRING

    def described(self) -> str:
        """What it is, in a line."""
        parts = (
            f"from {_FROM[self.starts]} until {_or(_MARK_WORDS[mark] for mark in self.met_by)}",
            "and again each time" if self.renews else "",
            f"paused while waiting for the {_or(self.pauses)}" if self.pauses else "",
            f"over for good with {_or(_MARK_WORDS[mark] for mark in self.ends)}" if self.ends else "",
            f"its agent is reminded: {', '.join(one.at for one in self.remind)}" if self.remind else "",
            {"owed": "", "aim": "an aim", "best effort": "best effort, not measured"}[self.said],
        )
        return ", ".join(filter(None, parts))


def _or(words: Iterable[str]) -> str:
    return " or ".join(words)


_FROM: Final[Mapping[Start, str]] = {
    "received": "the receipt",
    "opened": "the opening",
    "severity_set": "the setting of the severity by a person",
    "details_complete": "the last of the details asked for",
    "first_answer": "the first answer",
    "last_word": "our last word to the customer",
    "escalation": "a request for escalation",
    "incident": "the link to a declared incident",
    "customer_wrote": "the customer's word",
    "agreed": "the agreement",
}
_MARK_WORDS: Final[Mapping[Mark, str]] = {
    "answer": "an answer",
    "word": "any word of ours",
    "assigned": "an assignment",
    "started": "#started",
    "resolved": "the end of the case",
    "rated": "a rating",
    "#ack": "#ack",
    "#workaround": "#workaround",
    "#planned": "#planned",
    "#agreed": "#agreed",
}


def usual_promises(pauses: Iterable[Waited]) -> tuple[PromiseKind, ...]:
    """The promises of every policy, the first answer first; `pauses` are the waits that the policy lets pause them."""
    waits = tuple(pauses)
    return (
        PromiseKind(
            "first_response",
            "first response",
            "received",
            ("answer",),
            begins_with="received",
            asks="reply",
            owes="answer",
        ),
        PromiseKind(
            "follow_up",
            "follow-up",
            "customer_wrote",
            ("answer",),
            renews=True,
            pauses=waits,
            begins_with="customer wrote",
            asks="reply",
            owes="answer",
        ),
        PromiseKind(
            "resolution",
            "resolution",
            "received",
            ("resolved",),
            pauses=("customer", *waits),
            begins_with="customer wrote",
        ),
    )


# A date that is agreed in a case where the policy leaves none to be agreed: kept, and answered for with no money.
AGREED: Final = PromiseKind("agreed", "agreed date", "agreed", ("resolved",), said="aim", asks="agreed date")


# --- amounts that no open time measures


@dataclass(frozen=True, slots=True)
class Unmeasured(Within):
    """What is said in place of an amount: `best effort`, or `agreed`, which is a date that is still to be agreed."""

    words: str = ""

    def __str__(self) -> str:
        """In words."""
        return "as agreed" if self.words == "agreed" else self.words


UNMEASURED: Final = {words: Unmeasured(timedelta(), words=words) for words in ("best effort", "agreed")}


@dataclass(frozen=True, slots=True)
class AgreedDate(Within):
    """A date and time that was agreed with the customer: due then, whatever was used and whoever is waited for."""

    until: datetime | None = None

    def budget(self, calendar: Calendar, start: datetime) -> timedelta:  # noqa: ARG002 - as every amount
        """All elapsed time until then."""
        return (self.until or start) - start

    def due_at(self, calendar: Calendar, start: datetime) -> datetime:  # noqa: ARG002 - as every amount
        """When it is due: then."""
        return self.until or start

    def __str__(self) -> str:
        """In words."""
        return "as agreed"


@lru_cache(maxsize=64)
def elapsed_in(timezone: str) -> Calendar:
    """The calendar of agreed dates: elapsed time, shown in that zone."""
    return Calendar(name="24x7", timezone=timezone, windows=parse_hours("24x7"))
