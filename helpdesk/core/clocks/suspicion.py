"""A case that may be rank 1 though its label says less: somebody is told now, and again when rank 1 would be due.

The label stays, and so do its clocks: nothing more is promised to the customer. Beside them runs one more clock, the
first response of rank 1 counted from the mail that raised the suspicion, until a person has looked: an agent's
answer, note, `#ack` or `#severity`, or the end of the case. Passing it is no breach; it repeats the alarm, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.core.clocks.circumstances import promised_now
from helpdesk.core.words.audience import readers
from helpdesk.core.words.calls import LOOKED
from helpdesk.core.words.case import DESK
from helpdesk.core.words.clock import run
from helpdesk.core.words.decision import Draft
from helpdesk.core.words.drafts import SuspicionMail
from helpdesk.core.words.events import Event, RankOneSuspected, SeverityAssessed, StepTaken
from helpdesk.core.words.verdict import READER, reasons_of

if TYPE_CHECKING:
    from datetime import datetime

    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.decision import Arrival, CaseEffects
    from helpdesk.core.words.terms import Terms
    from helpdesk.core.words.verdict import Verdict
    from helpdesk.offering.policy import Policy
    from helpdesk.person import Person


def raised(case: Case, verdict: Verdict, arrival: Arrival, terms: Terms, now: datetime) -> tuple[RankOneSuspected, ...]:
    """The event, if this mail makes a case that is not rank 1 look like it. It never lowers anything.

    One suspicion stands at a time; after a person has looked, only a mail that says rank 1 outright raises another.
    """
    outright = verdict.rank == 1
    if case.rank == 1 or not (outright or verdict.s1_suspect) or open_suspicion(case):
        return ()
    if case.of_type(*LOOKED) and not outright:
        return ()
    event = RankOneSuspected(
        arrival.received_at,
        now,
        DESK,
        severity=terms.policy.severity.at_rank(1).key,
        probability=round(verdict.probabilities[0], 4),
        reasons=reasons_of(verdict),
        model=terms.judge.version,
    )
    return (event,)


def open_suspicion(case: Case) -> RankOneSuspected | None:
    """The suspicion that no person has looked at yet."""
    raised_last = case.last(RankOneSuspected)
    return raised_last if raised_last and _looked_at(case, raised_last) is None else None


def clock(case: Case, policy: Policy) -> Clock | None:
    """The rank-1 clock of the newest suspicion, stopped where somebody looked; None where nothing is promised."""
    suspicion = case.last(RankOneSuspected)
    if suspicion is None:
        return None
    kind = policy.first_answer
    measured = run(
        kind,
        start=suspicion.at,
        stop=_looked_at(case, suspicion),
        severity=policy.severity.at_rank(1).key,
        changes=(),
        promised=lambda severity, _at: promised_now(kind.key, case, policy, severity=severity),
        rule="keep_consumed",
    )
    return measured if measured.stretches else None


def repeats_at(case: Case, terms: Terms) -> datetime | None:
    """When the alarm is to be repeated; None when it was, or when nobody need be told."""
    measured = clock(case, terms.policy) if open_suspicion(case) else None
    if measured is None or _taken(case, _key(measured.started_at, "due")):
        return None
    return measured.due_at


def repeat(case: Case, terms: Terms, now: datetime) -> CaseEffects:
    """The alarm once more, where the rank-1 time is over and nobody has looked."""
    at, suspicion = repeats_at(case, terms), open_suspicion(case)
    if at is None or at > now or suspicion is None:
        return (), ()
    drafts = _drafts(case, suspicion, terms, now, rung="due", due_at=at)
    return (_repeated(suspicion, drafts, at, now),), drafts


def passed(case: Case, terms: Terms, now: datetime) -> tuple[Event, ...]:
    """The repetition that came while a case was not one yet: whoever let it in has looked, and nobody is called."""
    at, suspicion = repeats_at(case, terms), open_suspicion(case)
    return () if at is None or at > now or suspicion is None else (_repeated(suspicion, (), at, now),)


def _repeated(suspicion: RankOneSuspected, drafts: tuple[Draft, ...], at: datetime, now: datetime) -> StepTaken:
    return StepTaken(
        at,
        now,
        DESK,
        key=_key(suspicion.at, "due"),
        step="due",
        kind="escalation",
        target="suspicion",
        to=tuple(draft.to.address for draft in drafts),
    )


def alarms(case: Case, events: tuple[RankOneSuspected, ...], terms: Terms, now: datetime) -> tuple[Draft, ...]:
    """The mails that tell of a suspicion at once."""
    return tuple(draft for event in events for draft in _drafts(case, event, terms, now, rung="now"))


def _drafts(
    case: Case, suspicion: RankOneSuspected, terms: Terms, now: datetime, *, rung: str, due_at: datetime | None = None
) -> tuple[Draft, ...]:
    delayed = now - (due_at or now)
    measured = clock(case, terms.policy)
    content = SuspicionMail(
        probability=suspicion.probability,
        again=rung == "due",
        due_at=measured.due_at if measured else None,
        delayed=delayed,
    )
    key = _key(suspicion.at, rung)
    return tuple(Draft(content, person, key) for person in _alarmed(case, terms, now, rung=rung))


def _alarmed(case: Case, terms: Terms, now: datetime, *, rung: str) -> tuple[Person, ...]:
    """The assignee and who is on call, the lead where nobody is; all of them when the alarm is repeated."""
    rota = terms.team.rotation is not None
    seats = ("assignee", "on-call") if rota and rung == "now" else ("assignee", "on-call", "on-call-secondary", "lead")
    by_address: dict[str, Person] = {}
    for reader in readers(seats, case, terms, now):
        by_address.setdefault(reader.person.address, reader.person)
    return tuple(by_address.values())


def _looked_at(case: Case, suspicion: RankOneSuspected) -> datetime | None:
    # By when it happened: an agent's mail that was read late looked at what was there before it.
    raised = (
        event for event in case.of_type(SeverityAssessed) if event.set_by == READER
    )  # it is no suspicion any more
    return min((event.at for event in (*case.of_type(*LOOKED), *raised) if event.at >= suspicion.at), default=None)


def _key(started_at: datetime, rung: str) -> str:
    return f"suspicion/{started_at:%Y%m%dT%H%M%SZ}/{rung}"


def _taken(case: Case, key: str) -> bool:
    return any(event.key == key for event in case.of_type(StepTaken))
