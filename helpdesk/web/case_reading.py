"""All that a case's page shows, read once as one value: nothing is computed here that is not said elsewhere, too."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from operator import not_
from typing import TYPE_CHECKING, Final

from helpdesk.core.clocks.ladder import outstanding
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.clocks.turn import TURN_NAMES, turn_of
from helpdesk.core.words.events import SeverityAssessed, StepTaken
from helpdesk.core.words.rating import ratings
from helpdesk.letters import desk_zone, turn_words
from helpdesk.phrases import moment, open_span
from helpdesk.report.explain import clock_lines, not_measured
from helpdesk.report.sentences import LedgerWords
from helpdesk.store import cases as case_store
from helpdesk.store import writing
from helpdesk.web.correspondence import Reader, read_correspondence
from helpdesk.web.drawn_clock import draw
from helpdesk.web.excerpt import Excerpt, excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from helpdesk.config import Configuration
    from helpdesk.core.clocks.ladder import Rung
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.offering.policy import Policy
    from helpdesk.unit import Unit
    from helpdesk.web.correspondence import CorrespondencePage
    from helpdesk.web.drawn_clock import DrawnClock
    from helpdesk.web.viewer import Viewer

CLOCKS, EVENTS = 10, 100  # that ended, and of the ledger, on one page
_OTHERS: Final = 8  # cases of the same person


@dataclass(frozen=True, slots=True)
class Words:
    """Some words on a page, a link where `href` says to where."""

    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of `case explain`, and how deep it stands."""

    depth: int
    words: str


@dataclass(frozen=True, slots=True)
class ShownClock:
    """A clock in one line, as a drawing, and explained."""

    name: str
    state: str
    head: str
    drawn: DrawnClock | None
    lines: tuple[ExplainedLine, ...]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An event: when, and what happened."""

    at: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OtherOfPerson:
    """Another case of the same person that the viewer may open."""

    ref: str
    subject: str
    status: str
    opened: str


@dataclass(frozen=True, slots=True)
class PagePart:
    """A part of the page that may be long, with the ways to what came before and after."""

    excerpt: Excerpt
    links: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReading:
    """A case as its page shows it."""

    case: Case
    policy: Policy
    zone: str
    severity: str
    turn: str
    due: ShownClock | None
    running: Sequence[ShownClock]
    ended: Sequence[ShownClock]
    unmeasured: Sequence[str]  # what is said of the case and has no clock
    correspondence: CorrespondencePage
    ledger: Sequence[LedgerLine]
    parts: Mapping[str, PagePart]
    people: Mapping[str, Sequence[Words]]
    facts: Mapping[str, Sequence[Words]]
    reasons: Sequence[str]
    others: Sequence[OtherOfPerson]
    writers: Sequence[str]  # who else is writing on it, by name
    mails: int  # that are on it by now

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of time and of marks the drawings show."""
        return frozenset(kind for one in (*self.running, *self.ended) if one.drawn for kind in one.drawn.kinds)

    def when(self, at: datetime) -> str:
        """An instant on the desk's clock."""
        return moment(at, self.zone)


def reader_of(configuration: Configuration, case: Case) -> Reader:
    """How the people of a case are called, ours by what the configuration says."""
    names = {person.address: person.name for person in case.people if person.name}
    names |= {
        own: one.name
        for team in configuration.teams.values()
        for one in team.members
        for own in one.addresses
        if one.name
    }
    names |= {person.address: person.name for person in configuration.operators if person.name}
    return Reader(lambda address: names.get(address, address), configuration.staff)


def read_case(unit: Unit, case: Case, viewer: Viewer, asked: Mapping[str, str]) -> CaseReading:
    """A case as far as it went by the unit's instant. `asked` says where its long parts are to end."""
    policy, now = unit.policy_of(case), unit.now
    zone, configuration = desk_zone(case, policy), unit.rules.configuration
    reader = reader_of(configuration, case)
    running, ended = _clocks(unit, case, policy)
    correspondence = read_correspondence(unit.connection, case, reader, asked.get("mails", ""))
    excerpts = {
        "clocks": excerpt(len(ended), CLOCKS, asked.get("clocks", "")),
        "mails": correspondence.excerpt,
        "events": excerpt(len(case.events), EVENTS, asked.get("events", "")),
    }
    words = LedgerWords(policy, zone, reader.called)
    due = [one for one in running if one.due_at]
    coming = _coming(unit, case, [*running, *ended])
    taken = case.of_type(StepTaken)
    shown = {id(clock): _shown_clock(clock, taken, coming, now) for clock in (*running, *excerpts["clocks"].of(ended))}
    return CaseReading(
        case=case,
        policy=policy,
        zone=zone,
        severity=policy.level(case.severity).name,
        turn=f"{TURN_NAMES[turn_of(case).whose]} turn" if case.active else "",
        due=shown[id(min(due, key=lambda one: one.broken_or_due_at(now) or now))] if due else None,
        running=[shown[id(clock)] for clock in running],
        ended=[shown[id(clock)] for clock in excerpts["clocks"].of(ended)],
        unmeasured=list(not_measured(case, policy, (*running, *ended))),
        correspondence=correspondence,
        ledger=[
            LedgerLine(moment(event.at, zone), words.sentence(event)) for event in excerpts["events"].of(case.events)
        ],
        parts={name: _part(name, case, excerpts) for name in excerpts},
        people=_people(unit, case, reader),
        facts=_facts(case, words),
        reasons=[
            f"{reason['rule']}: {reason['effect']}" + (f" ({reason['evidence']})" if reason["evidence"] else "")
            for event in case.of_type(SeverityAssessed)
            for reason in event.reasons
        ],
        others=list(_others(unit, case, viewer, zone)),
        writers=[
            reader.called(agent) for agent in writing.others(unit.connection, case.number, now, besides=viewer.address)
        ],
        mails=correspondence.excerpt.total,
    )


# --- clocks


def _clocks(unit: Unit, case: Case, policy: Policy) -> tuple[list[Clock], list[Clock]]:
    """Those that run or are paused, and those that are over."""
    found = clocks(case, policy)
    over = [clock.stopped_at is not None or clock.state(unit.now) in {"exempt", "none"} for clock in found]
    return list(compress(found, map(not_, over))), list(compress(found, over))


def _coming(unit: Unit, case: Case, found: Sequence[Clock]) -> Sequence[Rung]:
    """The steps to come; none where the case's mailbox is not configured any more."""
    mailbox = unit.rules.configuration.mailbox(case.mailbox)
    if mailbox is None or not case.active or not found:
        return ()
    return outstanding(case, unit.terms(mailbox, case=case), sorted(found, key=lambda clock: clock.started_at))


def _shown_clock(clock: Clock, taken: Sequence[StepTaken], coming: Sequence[Rung], now: datetime) -> ShownClock:
    lines = tuple(map(explained_line, clock_lines(clock, now)))
    if not clock.stretches:  # one line says why
        return ShownClock(clock.kind.name, clock.state(now), lines[0].words.partition(": ")[2], None, ())
    return ShownClock(clock.kind.name, clock.state(now), _head(clock, now), draw(clock, taken, coming, now), lines)


def _head(clock: Clock, now: datetime) -> str:
    """A clock in one line: where it stands."""
    state = clock.state(now)
    zone, budget = clock.stretches[-1].calendar.timezone, clock.stretches[-1].budget
    due_at = clock.broken_or_due_at(now)
    due = f"due {moment(due_at, zone)}" if due_at else ""
    used = f"{open_span(clock.used(now))} of {open_span(budget)} used"
    if clock.stopped_at is not None:
        ended = f"exempt: {clock.exempt}" if clock.exempt else "late" if state == "breached" else "in time"
        return f"{ended}, {moment(clock.stopped_at, zone)}; {used}"
    said = {"breached": f"late, was {due}", "paused": "paused", "exempt": f"exempt: {clock.exempt}"}
    return f"{said.get(state, due)}; {used}"


def explained_line(line: str) -> ExplainedLine:
    """A line without the terminal's columns; two blanks at its beginning are one step of depth."""
    words = [piece.strip() for piece in line.split("  ") if piece.strip()]
    return ExplainedLine((len(line) - len(line.lstrip())) // 2, "  ".join(words))


# --- long parts


_TITLES = {"clocks": "clocks", "mails": "mails", "events": "entries"}


def _part(name: str, case: Case, excerpts: Mapping[str, Excerpt]) -> PagePart:
    shown = excerpts[name]
    ways = (("Earlier", shown.earlier), ("Later", shown.later))
    links = (
        Words(f"{way} {_TITLES[name]}", _elsewhere(case, excerpts, name, last))
        for way, last in ways
        if last is not None
    )
    return PagePart(shown, tuple(links))


def _elsewhere(case: Case, excerpts: Mapping[str, Excerpt], name: str, last: int) -> str:
    """The same page with one of its parts elsewhere."""
    ends = {other: last if other == name else part.last for other, part in excerpts.items()}
    moved = [f"{other}={end}" for other, end in ends.items() if end < excerpts[other].total]
    return f"/cases/{case.ref}{'?' if moved else ''}{'&'.join(moved)}#{name}"


# --- who, and what is known


def _people(unit: Unit, case: Case, reader: Reader) -> dict[str, Sequence[Words]]:
    """Who is on a case, on both sides; what is not so is left out."""
    configuration, customer = unit.rules.configuration, unit.rules.customers.by_key.get(case.customer)
    mailbox = configuration.mailbox(case.mailbox)
    team = configuration.team_of(case, mailbox).name if mailbox else case.team
    answers_to = case.addressee.shown if case.addressee.address != case.requester.address else ""
    lines = {
        "From": [case.requester.shown],
        "Customer": [customer.name if customer else case.customer or "unknown"],
        "Answers to": [answers_to],
        "On copy": [person.shown for person in case.participants],
        "With": [reader.called(case.assignee) or "nobody"],
        "Team": [team],
    }
    return {name: [Words(one) for one in said if one] for name, said in lines.items() if any(said)}


def _facts(case: Case, words: LedgerWords) -> dict[str, Sequence[Words]]:
    """What is known of a case, each under its name; what is not known is left out."""
    policy, zone = words.policy, words.zone
    snoozed = f"{moment(case.snoozed.until, zone)}, for {case.snoozed.by}" if case.snoozed else ""
    lines: dict[str, str | Sequence[Words]] = {
        "Turn": turn_words(case, zone) if case.active else "",
        "Opened": moment(case.opened_at, zone),
        "Offering": f"{policy.name} {policy.plan(case.plan).name}, region {case.region}, channel {case.channel}",
        "Kind": case.kind + (f", area {case.area}" if case.area else ""),
        "Reminder": snoozed,
        "Linked": _references(case.links),
        "Merged into": _references([case.merged_into] if case.merged_into else []),
        "Merged": _references([f"HD-{number}" for number in case.merged]),
        "Tags": ", ".join(case.labels),
        "Notes": [Words(tag) for tag in case.tags],
        "Missing": words.asked(case.missing),
        "Rated": "; ".join(f"{one.grade} by {one.by}" for one in ratings(case)),
        "Policy": f"{case.policy} {case.policy_version}",
    }
    return {name: [Words(value)] if isinstance(value, str) else value for name, value in lines.items() if value}


def _references(refs: Sequence[str]) -> list[Words]:
    return [Words(ref, f"/cases/{ref}") for ref in refs]


def _others(unit: Unit, case: Case, viewer: Viewer, zone: str) -> Iterator[OtherOfPerson]:
    """The newest of the same person; what the viewer may not open is not even counted."""
    address = case.requester.address
    for other in case_store.of_requester(unit.connection, address, besides=case.number, limit=_OTHERS):
        if viewer.may_open(other):
            yield OtherOfPerson(f"HD-{other.number}", other.subject, other.status, moment(other.opened_at, zone))
