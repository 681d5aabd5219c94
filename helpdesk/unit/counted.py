"""What decisions on cases count for, once they are on disk."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from helpdesk.core.words.events import AgentAnswered, CaseOpened, ClockBreached, CustomerWrote
from helpdesk.counters import ANSWERED, BREACHED, OPENED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.events import Event
    from helpdesk.counters import Counters
    from helpdesk.unit.rules import Rules


def expect(counters: Counters, rules: Rules) -> None:
    """Begin at nought what a mailbox may have: a figure that appears with its first event is no rise to monitors."""
    for mailbox in rules.configuration.mailboxes:
        policy = rules.book.policy(mailbox.policy)
        for severity in policy.severity.levels:
            counters.count(OPENED, mailbox.address, policy.key, severity.key, times=0)
            for kind in policy.kinds:
                counters.count(BREACHED, mailbox.address, policy.key, severity.key, kind.key, times=0)


def count(counters: Counters, decided: Iterable[tuple[Case, Sequence[Event]]]) -> None:
    """Count what happened on these cases: each as it was left, with its new events."""
    for case, events in decided:
        labels = (case.mailbox, case.policy, case.severity)
        for event in events:
            match event:
                case CaseOpened():
                    counters.count(OPENED, *labels)
                case ClockBreached():
                    counters.count(BREACHED, *labels, event.target)
                case AgentAnswered():
                    _answered(counters, case, event)


def _answered(counters: Counters, case: Case, answer: AgentAnswered) -> None:
    """An answer to nothing that waits, such as a second one, is none that anybody waited for."""
    before = [*takewhile(lambda event: event is not answer, case.of_type(CaseOpened, CustomerWrote, AgentAnswered))]
    answers = [place for place, event in enumerate(before) if isinstance(event, AgentAnswered)]
    waiting = before[answers[-1] + 1 :] if answers else before
    if waiting:
        seconds = (answer.at - waiting[0].at).total_seconds()
        counters.time(ANSWERED, seconds, case.policy, case.severity, "later" if answers else "first")
