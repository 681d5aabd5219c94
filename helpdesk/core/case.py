"""A case is what its events say.

Events are past-tense facts, appended and never changed; `Case` is their fold, nothing more. `events[n].at` is when
the fact became true (a mail's is when our side received it), `recorded_at` when we wrote it down; the two differ when
a mailbox was read late. Facts hold only what JSON holds, so that the ledger can be read without this code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from helpdesk.core.message import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Status = Literal["open", "waiting", "resolved", "closed"]
Kind = Literal["question", "defect", "maintenance", "enhancement"]
DESK = "desk"  # who did it, when the desk itself did
CANNOT_BE_WRITTEN_TO = "cannot be written to: "  # begins the tag of an address
MASKED = "masked: "  # begins the tag of something that is not repeated

EventType = Literal[
    "opened",  # a mail became this case
    "assessed",  # the severity that the desk found, with reasons
    "suspected",  # it may be rank 1 though its label says less: somebody is told until somebody looks
    "customer_wrote",
    "details_given",  # the customer answered what the policy asks for, after the first mail
    "thanked",  # the customer said thanks, or that it works, and nothing else: reopens nothing, owes nothing
    "rated",  # whether they were satisfied; the last of each person counts
    "outsider_wrote",  # on the case, but not to be trusted: shown to the assignee, obeyed by nobody
    "answered_elsewhere",  # the same, and it became a case of its own that is linked
    "robot_wrote",  # no person wrote it: stops nothing, reopens nothing
    "monitored",  # what a monitor says of the thing it watches: its state, and how bad it looks
    "bounced",  # a mail of ours came back, or was refused
    "answer_lost",  # an agent's answer has reached nobody: the desk owes it still
    "answer_arrived",  # it was sent once more, and counts from here on
    "agent_answered",  # the public reply that stops clocks
    "agent_noted",
    "confirmed",  # an agent says that the mail which opened it for somebody was theirs
    "acknowledged",  # the acknowledgment was sent, or withheld and why
    "assigned",
    "severity_set",
    "kind_set",
    "area_set",
    "waiting_set",
    "snoozed",  # its agent is reminded at a moment of their choice
    "snooze_over",
    "resolved",
    "closed",
    "reopened",
    "participant_added",
    "participant_removed",
    "requester_set",  # somebody else's case from here on: what applies to it is theirs, and what was used stays used
    "flagged",
    "unflagged",
    "linked",
    "split_off",  # a customer's mail became a case of its own, and waits for no answer here
    "merged",  # other cases went into this one
    "merged_into",  # this case went into another, where it is answered from then on
    "merged_wrote",  # the customer of a case that went into this one: its clocks run, not this one's
    "step_taken",  # a rung of the escalation ladder
    "called_again",  # the customer wrote on a severe case while nobody was there: who is on call is called anew
    "page_acknowledged",  # an agent has it: nobody else is called
    "breached",
    "policy_changed",  # moved to another version of its policy
    "escalation_requested",  # by the customer; it alters no clock
    "reminded",  # the customer, of what we wait for
    "downgrade_proposed",  # to the agent, because the customer owes information
    "exclusion_proposed",  # the mail says words of one: an agent decides, and the promises run
    "exempted",  # its promises need not be met, and why
    "exclusion_lifted",  # as if it had never been exempted
    "breach_withdrawn",  # an answer received in time was read after the breach was recorded
    "command_refused",
    "kept_open",  # an agent's order to end it, or to wait, over a mail of the customer's that they had not seen
    "redacted",  # its content was erased, and how much of it
    "sent_again",  # without what was erased: its clocks begin anew
    "purged",  # the same because of its age, and the people on it have pseudonyms from here on
]


@dataclass(frozen=True, slots=True)
class Event:
    """A fact of a case. `by` is a bare address, or `desk`."""

    type: EventType
    at: datetime
    recorded_at: datetime
    by: str
    facts: Mapping[str, Any] = field(default_factory=dict)


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
    area: str = ""
    language: str = "en"
    review: bool = False
    status: Status = "open"
    status_since: datetime | None = None
    assignee: str = ""
    participants: tuple[Person, ...] = ()
    tags: tuple[str, ...] = ()
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
    for_how: str = ""  # how an agent opened it for somebody: `core.behalf.How`
    for_by: str = ""  # that agent's address
    unconfirmed: bool = False  # nothing goes outside: it is not proven that the agent opened it
    events: tuple[Event, ...] = ()

    @property
    def ref(self) -> str:
        """How people name it: `HD-7`."""
        return f"HD-{self.number}"

    @property
    def breaches(self) -> dict[str, datetime]:
        """When the clocks were breached whose breach is on the record and was not withdrawn since."""
        last = {event.facts["clock"]: event for event in self.of_type("breached", "breach_withdrawn")}
        return {clock: event.at for clock, event in last.items() if event.type == "breached"}

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

    def of_type(self, *types: EventType) -> tuple[Event, ...]:
        """The events of these types, in order of recording."""
        return tuple(event for event in self.events if event.type in types)

    def not_before(self, kind: EventType, at: datetime) -> datetime:
        """When a change of status or severity becomes true: mail that is read late changes nothing behind the last one.

        Otherwise the order in which clocks see changes and the order in which the case does would differ.
        """
        kinds = next((group for group in _IN_TURN if kind in group), ())
        return max((at, *(event.at for event in self.of_type(*kinds))))

    def after(self, *events: Event) -> Case:
        """The case after these further events."""
        case = self
        for event in events:
            case = replace(_EFFECTS.get(event.type, _nothing)(case, event), events=(*case.events, event))
        return case


def number_of(ref: str) -> int:
    """The number behind `HD-7`."""
    return int(ref.removeprefix("HD-"))


def case_from(number: int, events: Iterable[Event]) -> Case:
    """The fold of a case's whole ledger. The first event opens it; raises ValueError if it does not."""
    opened, *rest = events
    if opened.type != "opened":
        raise ValueError(f"the ledger of HD-{number} begins with {opened.type!r}, not with 'opened'")
    return _open(number, opened).after(*rest)


def open_case(opened: Event) -> Case:
    """A case that is not stored yet."""
    return case_from(0, (opened,))


def _open(number: int, event: Event) -> Case:
    facts = event.facts
    return Case(
        number=number,
        mailbox=facts["mailbox"],
        policy=facts["policy"],
        policy_version=facts["policy_version"],
        plan=facts["plan"],
        region=facts["region"],
        channel=facts["channel"],
        customer=facts["customer"],
        requester=Person(facts["requester"], facts["requester_name"]),
        subject=facts["subject"],
        opened_at=event.at,
        language=facts["language"],
        tags=tuple(facts["tags"]),
        intake=tuple(facts["intake"].items()),
        missing=tuple(facts["missing"]),
        status_since=event.at,
        unwarranted=tuple(facts.get("unwarranted", ())),
        down=tuple(facts.get("down", ())),
        links=tuple(filter(None, (facts.get("linked", ""),))),
        monitor=facts.get("monitor", False),
        for_how=facts.get("for_how", ""),
        for_by=facts.get("for_by", ""),
        unconfirmed=facts.get("unconfirmed", False),
        answers_to=facts.get("answers_to", ""),
        events=(event,),
    )


_IN_TURN: tuple[tuple[EventType, ...], ...] = (
    ("waiting_set", "resolved", "closed", "reopened"),
    ("severity_set",),
    ("exempted", "exclusion_lifted"),
)


def _nothing(case: Case, _event: Event) -> Case:
    return case


def _assessed(case: Case, event: Event) -> Case:
    facts = event.facts
    return replace(
        case,
        severity=facts["severity"],
        rank=facts["rank"],
        severity_set_by=facts["set_by"],
        stated=facts["stated"] or "",
        kind=facts["kind"],
        area=facts["area"] or "",
        review=facts["review"],
    )


def _severity_set(case: Case, event: Event) -> Case:
    facts = event.facts
    review = facts.get("review", False)
    return replace(case, severity=facts["severity"], rank=facts["rank"], severity_set_by=event.by, review=review)


def _assigned(case: Case, event: Event) -> Case:
    return replace(case, assignee=event.facts["agent"])


def _status(status: Status) -> Callable[[Case, Event], Case]:
    def become(case: Case, event: Event) -> Case:
        snoozed = case.snoozed if status in {"open", "waiting"} else None
        return replace(case, status=status, status_since=event.at, snoozed=snoozed)

    return become


def _customer_wrote(case: Case, event: Event) -> Case:
    # Whoever was waited for has written: the desk owes the next word again, and its agent need not be reminded.
    case = replace(case, snoozed=None)
    return replace(case, status="open", status_since=event.at) if case.status == "waiting" else case


def _details_given(case: Case, event: Event) -> Case:
    facts = event.facts
    return replace(
        case,
        intake=tuple({**dict(case.intake), **facts["intake"]}.items()),
        missing=tuple(facts["missing"]),
        unwarranted=tuple(facts["unwarranted"]),
        stated=facts["stated"] or case.stated,
        review=case.review or facts["review"],
    )


def _participant_added(case: Case, event: Event) -> Case:
    person = Person(event.facts["address"], event.facts["name"])
    removed = case.removed - {person.address}
    return replace(case, participants=(*case.participants, person), removed=removed)


def _participant_removed(case: Case, event: Event) -> Case:
    address = event.facts["address"]
    staying = tuple(person for person in case.participants if person.address != address)
    tags = tuple(tag for tag in case.tags if not tag.startswith(f"{CANNOT_BE_WRITTEN_TO}{address} ("))
    return replace(case, participants=staying, removed=case.removed | {address}, tags=tags)


def _requester_set(case: Case, event: Event) -> Case:
    facts = event.facts
    person = Person(facts["address"], facts["name"])
    gone = {case.requester.address, case.answers_to} - {"", person.address}
    staying = tuple(one for one in case.participants if one.address not in {*gone, person.address})
    return replace(
        case,
        requester=person,
        answers_to="",
        participants=staying,
        removed=(case.removed | gone) - {person.address},
        customer=facts["customer"],
        plan=facts["plan"],
        region=facts["region"],
        unwarranted=tuple(facts["unwarranted"]),
        tags=tuple(tag for tag in case.tags if not tag.startswith(CANNOT_BE_WRITTEN_TO)),
    )


def _kind_set(case: Case, event: Event) -> Case:
    missing = tuple(event.facts.get("missing", case.missing))
    return replace(case, kind=event.facts["kind"], missing=missing)


def _area_set(case: Case, event: Event) -> Case:
    return replace(case, area=event.facts["area"])


def _snoozed(case: Case, event: Event) -> Case:
    return replace(case, snoozed=Snooze(datetime.fromisoformat(event.facts["until"]), event.by))


def _snooze_over(case: Case, _event: Event) -> Case:
    return replace(case, snoozed=None)


def _linked(case: Case, event: Event) -> Case:
    ref = event.facts["to"]
    return case if ref in case.links else replace(case, links=(*case.links, ref))


def _merged(case: Case, event: Event) -> Case:
    return replace(case, merged=(*case.merged, *map(number_of, event.facts["cases"])))


def _merged_into(case: Case, event: Event) -> Case:
    facts = event.facts
    return replace(case, merged_into=facts["into"], shared=frozenset(facts["shared"]), snoozed=None)


def _unflagged(case: Case, event: Event) -> Case:
    return replace(case, tags=tuple(tag for tag in case.tags if tag != event.facts["tag"]))


def _policy_changed(case: Case, event: Event) -> Case:
    return replace(case, policy_version=event.facts["now"])


def _confirmed(case: Case, _event: Event) -> Case:
    return replace(case, unconfirmed=False)


def _flagged(case: Case, event: Event) -> Case:
    tag = event.facts["tag"]
    return case if tag in case.tags else replace(case, tags=(*case.tags, tag))


def _erased(case: Case, _event: Event) -> Case:
    """What was masked is gone, and so is the word of it."""
    return replace(case, tags=tuple(tag for tag in case.tags if not tag.startswith(MASKED)))


_EFFECTS: dict[EventType, Callable[[Case, Event], Case]] = {
    "redacted": _erased,
    "purged": _erased,
    "assessed": _assessed,
    "severity_set": _severity_set,
    "assigned": _assigned,
    "confirmed": _confirmed,
    "customer_wrote": _customer_wrote,
    "details_given": _details_given,
    "waiting_set": _status("waiting"),
    "resolved": _status("resolved"),
    "closed": _status("closed"),
    "reopened": _status("open"),
    "kind_set": _kind_set,
    "area_set": _area_set,
    "snoozed": _snoozed,
    "snooze_over": _snooze_over,
    "participant_added": _participant_added,
    "participant_removed": _participant_removed,
    "requester_set": _requester_set,
    "flagged": _flagged,
    "unflagged": _unflagged,
    "linked": _linked,
    "merged": _merged,
    "merged_into": _merged_into,
    "merged_wrote": _customer_wrote,
    "policy_changed": _policy_changed,
}
