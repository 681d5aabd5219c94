"""What of a case's record starts a promise, meets it and ends it: events, read as the words of a policy file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from helpdesk.core.words.case import DESK
from helpdesk.core.words.events import (
    AcknowledgmentDecided,
    AgentAnswered,
    AnswerArrived,
    CaseAssigned,
    CaseFlagged,
    CaseOpened,
    CustomerRated,
    CustomerReminded,
    DateAgreed,
    DetailsGiven,
    EscalationRequested,
    Event,
    KindSet,
    MilestoneReached,
    PageAcknowledged,
    SeveritySet,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helpdesk.offering.promises import Mark, PromiseKind, Start

ANSWERS: Final = (AgentAnswered, AnswerArrived)
_MARKS: Final[Mapping[type[Event], tuple[Mark, ...]]] = {
    AgentAnswered: ("answer", "word"),
    AnswerArrived: ("answer", "word"),
    CustomerReminded: ("word",),
    CaseAssigned: ("assigned",),
    CustomerRated: ("rated",),
    DateAgreed: ("#agreed",),
}
_MILESTONES: Final[Mapping[str, Mark]] = {"started": "started", "workaround": "#workaround", "planned": "#planned"}


@dataclass(frozen=True, slots=True)
class Marked:
    """An event with what it is for the promises: what it meets and ends, and what it starts."""

    event: Event
    marks: tuple[Mark, ...]
    start: Start | None

    def starts(self, kind: PromiseKind) -> bool:
        """Whether it sets a promise running."""
        if isinstance(self.event, DateAgreed):
            return kind.starts == "agreed" and kind.key in self.event.promises
        return self.start == kind.starts or (kind.starts == "last_word" and "word" in self.marks)


def marked(events: Iterable[Event]) -> list[Marked]:
    """Those of these events that are something for the promises, in their order."""
    found = (Marked(event, marks_of(event), _start_of(event)) for event in events if type(event) in _OF_PROMISES)
    return [one for one in found if one.marks or one.start]


def marks_of(event: Event) -> tuple[Mark, ...]:
    """What an event meets and ends; the end of a case is read elsewhere, for it can be taken back."""
    if isinstance(event, MilestoneReached):
        return (_MILESTONES[event.milestone],) if event.milestone in _MILESTONES else ()
    if isinstance(event, AcknowledgmentDecided):
        return ("word",) if event.sent else ()
    if isinstance(event, PageAcknowledged):
        return ("#ack",) if event.because in {"#ack", "#nocall"} else ()
    return _MARKS.get(type(event), ())


def _start_of(event: Event) -> Start | None:
    if isinstance(event, ANSWERS):
        return "first_answer"
    if isinstance(event, SeveritySet):
        return "severity_set" if event.by != DESK else None
    if isinstance(event, CaseOpened | DetailsGiven):
        return None if event.missing else "details_complete"
    if isinstance(event, KindSet):
        return "details_complete" if event.missing == () else None
    if isinstance(event, EscalationRequested):
        return "escalation"
    # A known incident is linked by a flag that has something to say, planned maintenance by one that ends.
    return "incident" if isinstance(event, CaseFlagged) and event.say and not event.until else None


_OF_PROMISES = frozenset(_MARKS) | {
    AcknowledgmentDecided,
    CaseFlagged,
    CaseOpened,
    DetailsGiven,
    EscalationRequested,
    KindSet,
    MilestoneReached,
    PageAcknowledged,
    SeveritySet,
}
