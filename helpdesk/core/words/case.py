"""A case is what its events say.

Events are past-tense facts, appended and never changed; `Case` is their fold, nothing more. `events[n].at` is when
the fact became true (a mail's is when our side received it), `recorded_at` when we wrote it down; the two differ when
a mailbox was read late. Facts hold only what JSON holds, so that the ledger can be read without this code.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from functools import singledispatch
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from helpdesk.core.words.events import (
    AreaSet,
    BreachWithdrawn,
    CaseAssigned,
    CaseClosed,
    CaseExempted,
    CaseFlagged,
    CaseLinked,
    CaseMerged,
    CaseOpened,
    CasePurged,
    CaseRedacted,
    CaseReopened,
    CaseResolved,
    CaseSnoozed,
    CaseUnflagged,
    ClockBreached,
    CustomerWrote,
    DetailsGiven,
    Event,
    ExclusionLifted,
    KindSet,
    LabelsChanged,
    MergedInto,
    MergedWrote,
    OpeningConfirmed,
    ParticipantAdded,
    ParticipantRemoved,
    PolicyChanged,
    RequesterSet,
    SeverityAssessed,
    SeveritySet,
    SnoozeOver,
    TeamSet,
    WaitingSet,
)
from helpdesk.person import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Status = Literal["open", "waiting", "resolved", "closed"]
_A = TypeVar("_A", bound=Event)
_B = TypeVar("_B", bound=Event)
_C = TypeVar("_C", bound=Event)
_D = TypeVar("_D", bound=Event)
DESK = "desk"  # who did it, when the desk itself did
CANNOT_BE_WRITTEN_TO = "cannot be written to: "  # begins the tag of an address
MASKED = "masked: "  # begins the tag of something that is not repeated
ERASED = "(erased)"  # stands in place of a subject, or of words


@dataclass(frozen=True, slots=True)
class Snooze:
    """Until when (aware UTC) an agent wants to hear nothing of a case that waits for nothing else, and who asked."""

    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its events leave it."""

    number: int  # 0 until it is stored
    mailbox: str
    policy: str
    policy_version: str
    plan: str
    region: str
    channel: str
    customer: str  # key, "" for somebody unknown
    requester: Person
    subject: str
    opened_at: datetime
    severity: str = ""
    rank: int = 4
    severity_set_by: str = ""
    stated: str = ""
    kind: str = "question"
    bound_kind: str = ""  # as the policy calls it, where somebody who may has said it
    area: str = ""
    language: str = "en"
    mail_language: str = "en"  # of what the customer writes, which may be one that we do not write
    unproven: frozenset[str] = frozenset()  # keys of intake answers that choose no promise
    review: bool = False
    status: Status = "open"
    status_since: datetime | None = None
    assignee: str = ""
    participants: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()  # notes of the desk, which it goes by
    labels: tuple[str, ...] = ()  # what agents sort it by
    team: str = ""  # whose it is, where that is not its mailbox's
    missing: tuple[str, ...] = ()  # keys of the intake fields that the customer did not give
    intake: tuple[tuple[str, str], ...] = ()
    unwarranted: tuple[str, ...] = ()  # why its promises are kept but not answered for
    down: tuple[str, ...] = ()  # the operators' switches that were down when it was opened
    links: tuple[str, ...] = ()  # refs of other cases
    answers_to: str = ""  # the participant who gets what is written to the requester, where it is another
    removed: frozenset[str] = frozenset()  # addresses that an agent took off the case
    snoozed: Snooze | None = None
    merged: tuple[int, ...] = ()  # numbers of the cases that went into this one, and into those
    merged_into: str = ""  # ref of the case that goes on in its place
    shared: frozenset[str] = frozenset()  # whose mail comes from that case, because they are people of it, too
    monitor: bool = False  # no person made it: its requester reads no mail
    for_how: str = ""  # how an agent opened it for somebody: `behalf.How`
    for_by: str = ""  # that agent's address
    past: bool = False  # dealt with before the desk began, or elsewhere: what was said then is under no promise
    unconfirmed: bool = False  # nothing goes outside: it is not proven that the agent opened it
    events: tuple[Event, ...] = ()

    @property
    def ref(self) -> str:
        """How people name it: `HD-7`."""
        return f"HD-{self.number}"

    @property
    def breaches(self) -> dict[str, datetime]:
        """When the clocks were breached whose breach is on the record and was not withdrawn since."""
        last = {event.clock: event for event in self.of_type(ClockBreached, BreachWithdrawn)}
        return {clock: event.at for clock, event in last.items() if isinstance(event, ClockBreached)}

    @property
    def active(self) -> bool:
        """Whether the desk still owes something."""
        return self.status in {"open", "waiting"}

    @property
    def people(self) -> tuple[Person, ...]:
        """The requester and the participants."""
        return (self.requester, *self.participants)

    @property
    def addressee(self) -> Person:
        """Who gets what is written to the requester: the requester, or whom their mail named for it."""
        return next((person for person in self.participants if person.address == self.answers_to), self.requester)

    @property
    def readers(self) -> tuple[Person, ...]:
        """Whom answers go to, each once: the requester or whom they named, and the participants."""
        first = self.addressee
        others = (person for person in self.participants if person is not first)
        return tuple(person for person in (first, *others) if person.address)

    @property
    def answerable(self) -> bool:
        """Whether there is somebody to write to for the requester, who reads it."""
        return bool(self.addressee.address) and not self.monitor

    def person(self, address: str) -> Person | None:
        """The requester or participant of that address; nobody has none."""
        return next((person for person in self.people if address and person.address == address), None)

    @overload
    def of_type(self, one: type[_A], /) -> tuple[_A, ...]: ...
    @overload
    def of_type(self, one: type[_A], two: type[_B], /) -> tuple[_A | _B, ...]: ...
    @overload
    def of_type(self, one: type[_A], two: type[_B], three: type[_C], /) -> tuple[_A | _B | _C, ...]: ...
    @overload
    def of_type(
        self, one: type[_A], two: type[_B], three: type[_C], four: type[_D], /
    ) -> tuple[_A | _B | _C | _D, ...]: ...
    @overload
    def of_type(self, *types: type[Event]) -> tuple[Event, ...]: ...
    def of_type(self, *types: type[Event]) -> tuple[Event, ...]:
        """The events of these types, in order of recording."""
        return tuple(event for event in self.events if isinstance(event, types))

    def first(self, kind: type[_A]) -> _A | None:
        """The first event of that type."""
        return next(iter(self.of_type(kind)), None)

    def last(self, kind: type[_A]) -> _A | None:
        """The newest event of that type."""
        return next(reversed(self.of_type(kind)), None)

    def not_before(self, kind: type[Event], at: datetime) -> datetime:
        """When a change of status or severity becomes true: mail that is read late changes nothing behind the last one.

        Otherwise the order in which clocks see changes and the order in which the case does would differ.
        """
        kinds = next((group for group in _IN_TURN if kind in group), ())
        return max((at, *(event.at for event in self.of_type(*kinds))))

    def numbered(self, number: int) -> Case:
        """The case as it is stored."""
        return _with(self, number=number)

    def after(self, *events: Event) -> Case:
        """The case after these further events."""
        case = self
        for event in events:
            case = _folded(event, case)  # which never asks for the events
        return _with(case, events=(*self.events, *events)) if events else self


def number_of(ref: str) -> int:
    """The number behind `HD-7`."""
    return int(ref.removeprefix("HD-"))


def survivor_of(number: int, cases: Mapping[int, Case]) -> int:
    """The number of the case that goes on in its place, as far as these cases tell."""
    while number in cases and cases[number].merged_into:
        number = number_of(cases[number].merged_into)
    return number


def case_from(number: int, events: Iterable[Event]) -> Case:
    """The fold of a case's whole ledger. The first event opens it; raises ValueError if it does not."""
    opened, *rest = events
    if not isinstance(opened, CaseOpened):
        raise ValueError(  # noqa: TRY004 - it is what the ledger says
            f"the ledger of HD-{number} begins with {opened.type!r}, not with 'opened'"
        )
    return _open(number, opened).after(*rest)


def open_case(opened: CaseOpened) -> Case:
    """A case that is not stored yet."""
    return case_from(0, (opened,))


def _open(number: int, event: CaseOpened) -> Case:
    return Case(
        number=number,
        mailbox=event.mailbox,
        policy=event.policy,
        policy_version=event.policy_version,
        plan=event.plan,
        region=event.region,
        channel=event.channel,
        customer=event.customer,
        requester=Person(event.requester, event.requester_name),
        subject=event.subject,
        opened_at=event.at,
        language=event.language,
        mail_language=event.written_in or event.language,
        unproven=frozenset(event.unproven),
        tags=event.tags,
        intake=tuple(event.intake.items()),
        missing=event.missing,
        status_since=event.at,
        unwarranted=event.unwarranted,
        down=event.down,
        links=tuple(filter(None, (event.linked,))),
        monitor=event.monitor,
        for_how=event.for_how,
        for_by=event.for_by,
        past=event.past,
        unconfirmed=bool(event.unconfirmed),
        answers_to=event.answers_to,
        events=(event,),
    )


_IN_TURN: tuple[tuple[type[Event], ...], ...] = (
    (WaitingSet, CaseResolved, CaseClosed, CaseReopened),
    (SeveritySet,),
    (CaseExempted, ExclusionLifted),
)


# --- what each event makes of a case; most make nothing of it

_PUT: dict[str, Callable[[Case, Any], None]] = {one.name: vars(Case)[one.name].__set__ for one in fields(Case)}
_ALL_OF = attrgetter(*_PUT)


def _with(case: Case, **changes: Any) -> Case:
    """As `replace` makes it, in two fifths of the time: a case has forty fields, and a mail makes a dozen of it."""
    made = object.__new__(Case)
    for put, value in zip(_PUT.values(), _ALL_OF(case), strict=True):
        put(made, value)
    for name, value in changes.items():
        _PUT[name](made, value)
    return made


@singledispatch
def _folded(_event: Event, case: Case) -> Case:
    return case


@_folded.register
def _assessed(event: SeverityAssessed, case: Case) -> Case:
    return _with(
        case,
        severity=event.severity,
        rank=event.rank,
        severity_set_by=event.set_by,
        stated=event.stated or "",
        kind=event.kind,
        area=event.area or "",
        review=event.review,
    )


@_folded.register
def _severity_set(event: SeveritySet, case: Case) -> Case:
    review = bool(event.review)
    return _with(case, severity=event.severity, rank=event.rank, severity_set_by=event.by, review=review)


@_folded.register
def _assigned(event: CaseAssigned, case: Case) -> Case:
    return _with(case, assignee=event.agent)


@_folded.register
def _team_set(event: TeamSet, case: Case) -> Case:
    return _with(case, team=event.team, assignee="")


@_folded.register
def _labels_changed(event: LabelsChanged, case: Case) -> Case:
    kept = (one for one in case.labels if one not in event.removed)
    return _with(case, labels=tuple(dict.fromkeys((*kept, *event.added))))


@_folded.register
def _waiting_set(event: WaitingSet, case: Case) -> Case:
    return _with(case, status="waiting", status_since=event.at)


@_folded.register
def _resolved(event: CaseResolved, case: Case) -> Case:
    return _with(case, status="resolved", status_since=event.at, snoozed=None)


@_folded.register
def _closed(event: CaseClosed, case: Case) -> Case:
    return _with(case, status="closed", status_since=event.at, snoozed=None)


@_folded.register
def _reopened(event: CaseReopened, case: Case) -> Case:
    return _with(case, status="open", status_since=event.at)


@_folded.register
def _customer_wrote(event: CustomerWrote | MergedWrote, case: Case) -> Case:
    # The person who was waited for has written: the desk owes the next word again, and its agent need not be reminded.
    case = _with(case, snoozed=None) if case.snoozed else case
    if isinstance(event, CustomerWrote) and (event.channel or event.language):
        language = event.language or case.mail_language
        case = _with(case, channel=event.channel or case.channel, mail_language=language)
    return _with(case, status="open", status_since=event.at) if case.status == "waiting" else case


@_folded.register
def _details_given(event: DetailsGiven, case: Case) -> Case:
    return _with(
        case,
        intake=tuple({**dict(case.intake), **event.intake}.items()),
        missing=event.missing,
        unproven=(case.unproven - event.intake.keys()) | set(event.unproven),
        unwarranted=event.unwarranted,
        stated=event.stated or case.stated,
        review=case.review or event.review,
    )


@_folded.register
def _participant_added(event: ParticipantAdded, case: Case) -> Case:
    person = Person(event.address, event.name)
    removed = case.removed - {person.address}
    return _with(case, participants=(*case.participants, person), removed=removed)


@_folded.register
def _participant_removed(event: ParticipantRemoved, case: Case) -> Case:
    address = event.address
    staying = tuple(person for person in case.participants if person.address != address)
    tags = tuple(tag for tag in case.tags if not tag.startswith(f"{CANNOT_BE_WRITTEN_TO}{address} ("))
    return _with(case, participants=staying, removed=case.removed | {address}, tags=tags)


@_folded.register
def _requester_set(event: RequesterSet, case: Case) -> Case:
    person = Person(event.address, event.name)
    gone = {case.requester.address, case.answers_to} - {"", person.address}
    staying = tuple(one for one in case.participants if one.address not in {*gone, person.address})
    return _with(
        case,
        requester=person,
        answers_to="",
        participants=staying,
        removed=(case.removed | gone) - {person.address},
        customer=event.customer,
        plan=event.plan,
        region=event.region,
        unwarranted=event.unwarranted,
        tags=tuple(tag for tag in case.tags if not tag.startswith(CANNOT_BE_WRITTEN_TO)),
    )


@_folded.register
def _kind_set(event: KindSet, case: Case) -> Case:
    missing = case.missing if event.missing is None else event.missing
    return _with(case, kind=event.kind, bound_kind=event.named or event.kind, missing=missing)


@_folded.register
def _area_set(event: AreaSet, case: Case) -> Case:
    return _with(case, area=event.area)


@_folded.register
def _snoozed(event: CaseSnoozed, case: Case) -> Case:
    return _with(case, snoozed=Snooze(datetime.fromisoformat(event.until), event.by))


@_folded.register
def _snooze_over(_event: SnoozeOver, case: Case) -> Case:
    return _with(case, snoozed=None)


@_folded.register
def _linked(event: CaseLinked, case: Case) -> Case:
    return case if event.to in case.links else _with(case, links=(*case.links, event.to))


@_folded.register
def _merged(event: CaseMerged, case: Case) -> Case:
    return _with(case, merged=(*case.merged, *map(number_of, event.cases)))


@_folded.register
def _merged_into(event: MergedInto, case: Case) -> Case:
    return _with(case, merged_into=event.into, shared=frozenset(event.shared), snoozed=None)


@_folded.register
def _flagged(event: CaseFlagged, case: Case) -> Case:
    return case if event.tag in case.tags else _with(case, tags=(*case.tags, event.tag))


@_folded.register
def _unflagged(event: CaseUnflagged, case: Case) -> Case:
    return _with(case, tags=tuple(tag for tag in case.tags if tag != event.tag))


@_folded.register
def _policy_changed(event: PolicyChanged, case: Case) -> Case:
    return _with(case, policy_version=event.now)


@_folded.register
def _confirmed(_event: OpeningConfirmed, case: Case) -> Case:
    return _with(case, unconfirmed=False)


@_folded.register
def _erased(_event: CaseRedacted | CasePurged, case: Case) -> Case:
    """What was masked is gone, and so is the word of it."""
    return _with(case, tags=tuple(tag for tag in case.tags if not tag.startswith(MASKED)))
