"""A worked example that goes on: one case, lived through `core` on virtual time, and what is to come of it.

Nothing is read, stored or sent: the case, its terms and its mails are values in memory. Whatever time alone changes
happens at its own instant; at the same instant what somebody does comes first, because on the dot is on time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

from helpdesk.core.clocks.answers import credited
from helpdesk.core.clocks.attainment import attained, is_about
from helpdesk.core.clocks.credit import sla_events
from helpdesk.core.clocks.timeline import clocks
from helpdesk.core.receive import receive
from helpdesk.core.tick import next_at, tick
from helpdesk.core.words.addressee import Addressee
from helpdesk.core.words.agent_text import AgentText
from helpdesk.core.words.decision import Arrival
from helpdesk.core.words.desk_mail import SlaCounts
from helpdesk.core.words.drafts import MailKind
from helpdesk.core.words.events import AgentMailReturned, KeptOpen
from helpdesk.core.words.message import Message
from helpdesk.core.words.people import Agent, Contact, Customer, Mailbox, NamedSeat, Team
from helpdesk.core.words.placement import Placement
from helpdesk.core.words.terms import Terms
from helpdesk.core.words.verdict import Reason, Verdict
from helpdesk.errors import HelpdeskError
from helpdesk.offering.declared import DeclaredState, Incident
from helpdesk.offering.policy import Promise
from helpdesk.openhours.rotation import Rotation
from helpdesk.openhours.walltime import parse_handovers
from helpdesk.person import Person
from helpdesk.report.explain import clock_lines
from helpdesk.severity import SHIPPED
from helpdesk.thanks import thanks_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from helpdesk.core.clocks.attainment import Attained
    from helpdesk.core.clocks.credit import SlaEvent
    from helpdesk.core.words.case import Case
    from helpdesk.core.words.clock import Clock
    from helpdesk.core.words.decision import Decision
    from helpdesk.core.words.judge import Criteria
    from helpdesk.offering.credits import Credits
    from helpdesk.offering.policy import ClockExpectation, Policy, StoryStep, WorkedExample
    from helpdesk.offering.severities import Degree, Kind, SeverityTerms

_CUSTOMER = Person("it@customer.invalid", "Kim Reed")
_AGENT = Agent("Ann Berg", "ann@desk.invalid")
_SECOND = Person("bob@desk.invalid", "Bob Lind")
_LEAD = Person("lena@desk.invalid", "Lena Holm")
_MAILBOX = "support@desk.invalid"
_INCIDENT = re.compile(r"(?mi)^#incident +(\S+)")
_MOST_TICKS = 10_000  # of one case between two steps: a year of one an hour


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What came out differently than a story says: at which key, expected against found, and how it was counted."""

    key: str
    text: str
    lines: tuple[str, ...] = ()


def discrepancies(policy: Policy) -> Iterator[Discrepancy]:
    """What differs in the stories of a policy's worked examples."""
    for number, example in enumerate(policy.examples, start=1):
        if example.story:
            yield from _of_example(policy, example, f"example.{number}")


def _of_example(policy: Policy, example: WorkedExample, place: str) -> Iterator[Discrepancy]:
    try:
        told = _Telling(policy, example)
    except HelpdeskError as problem:
        yield Discrepancy(place, f"expected a case that the policy can open: {problem}")
        return
    for number, step in enumerate(example.story, start=1):
        here = f"{place}.then.{number}"
        yield from (replace(found, key=f"{here}.{found.key}") for found in told.step(step))


class _Telling:
    """One case while its story is told."""

    def __init__(self, policy: Policy, example: WorkedExample) -> None:
        self.example = example
        self.terms = _terms(policy, example)
        self.now = example.at
        self.sent: list[MailKind] = []
        self._mails = 0
        self._written: set[tuple[str, str, str]] = set()
        decision = receive(None, self._customers(_first_words(policy, example), None), self.terms, self.now)
        if decision.case is None:
            raise HelpdeskError(decision.because or f"its mail is {decision.outcome}")
        self.case = decision.case.numbered(1)
        self._note(decision)

    def step(self, step: StoryStep) -> Iterator[Discrepancy]:
        """Go on to a step, do what is done there, and compare."""
        self._pass(step.at, inclusive=False)
        self.now = step.at
        if step.by:
            yield from _not_done(self._write(step.by, step.text))
        self._pass(step.at, inclusive=True)
        for expected in step.clocks:
            yield from self._compared(expected)
        yield from self._case_compared(step)
        yield from self._mail_compared(step.sent)
        yield from self._credit_compared(step.credit)
        yield from self._goals_compared(step.attained)
        self.sent.clear()

    def _pass(self, until: datetime, *, inclusive: bool) -> None:
        """Let all happen that time alone changes."""
        for _ in range(_MOST_TICKS):
            due = next_at(self.case, self.terms)
            if due is None or due > until or (due == until and not inclusive):
                return
            self.now = max(self.now, due)
            self._take(tick(self.case, self.terms, self.now))
        raise RuntimeError(f"the case never comes to rest before {until}")

    def _write(self, by: str, text: str) -> Decision:
        arrival = self._agents(text) if by == "agent" else self._customers(text, self.case)
        arrival = replace(arrival, thanks=thanks_in(self.case, arrival, self.terms))
        decision = receive(self.case, arrival, self.terms, self.now)
        self._take(decision)
        return decision

    def _take(self, decision: Decision) -> None:
        case = decision.case or self.case
        # A reply that comes too late to reopen it makes a case of its own: the story goes on there.
        self.case = case if case.number else case.numbered(self.case.number + 1)
        self._note(decision)

    def _note(self, decision: Decision) -> None:
        """The mails of a decision, each once, as the outbox has it."""
        for draft in decision.drafts:
            key = (draft.kind, draft.to.address, draft.key)
            if key not in self._written:
                self._written.add(key)
                self.sent.append(draft.kind)

    def _customers(self, text: str, case: Case | None) -> Arrival:
        number = case.number if case else None
        placement = Placement(number, "customer", "reply token", verified=case is not None, authenticated=True)
        arrival = self._arrival(_CUSTOMER, text, placement)
        return replace(arrival, answers=text) if case else arrival

    def _agents(self, text: str) -> Arrival:
        placement = Placement(self.case.number, "agent", "reply token", agent=_AGENT, verified=True, authenticated=True)
        arrival = self._arrival(_AGENT.person, text, placement)
        return replace(arrival, written=AgentText(text), unsplittable="a story is about one case")

    def _arrival(self, sender: Person, text: str, placement: Placement) -> Arrival:
        self._mails += 1
        message_id, to = f"<{self._mails}@story.invalid>", (Person(_MAILBOX),)
        message = Message(message_id, (sender,), to=to, subject="Export", date=self.now, text=text, reply=text)
        key = f"mail/{self._mails}"
        addressee, ours = Addressee(sender, sender), frozenset({_MAILBOX})
        return Arrival(message, placement, self.now, key, addressee, number=self._mails, mailboxes=ours)

    # --- compared

    def _compared(self, expected: ClockExpectation) -> Iterator[Discrepancy]:
        clock = self._clock(expected.target)
        wanted, found = [], []
        if expected.due_at is not None and expected.due_at != (clock and clock.due_at):
            wanted.append(f"due {expected.due_at}")
            found.append(_due_of(clock))
        state = clock.state(self.now) if clock else "none"
        if expected.state and expected.state != state:
            wanted.append(expected.state)
            found.append(state)
        if wanted:
            lines = tuple(clock_lines(clock, self.now)) if clock else ()
            yield Discrepancy(
                f"expect.{expected.target}", f"expected {' and '.join(wanted)}, found {' and '.join(found)}", lines
            )

    def _clock(self, target: str) -> Clock | None:
        """The newest of that name: of rounds, the one that is asked about."""
        of_target = [clock for clock in clocks(self.case, self.terms.policy) if clock.target == target]
        return of_target[-1] if of_target else None

    def _case_compared(self, step: StoryStep) -> Iterator[Discrepancy]:
        case = self.case
        for key, wanted, found in (("status", step.status, case.status), ("severity", step.severity, case.severity)):
            if wanted and wanted != found:
                yield Discrepancy(f"expect.{key}", f"expected {wanted}, found {found}")

    def _mail_compared(self, expected: tuple[str, ...] | None) -> Iterator[Discrepancy]:
        if expected is None:
            return
        unknown = [kind for kind in expected if kind not in get_args(MailKind)]
        if unknown:
            kinds = ", ".join(get_args(MailKind))
            yield Discrepancy("expect.sent", f"expected kinds of mail ({kinds}), not {unknown[0]!r}")
        elif set(expected) != set(self.sent):
            found = ", ".join(dict.fromkeys(self.sent)) or "none"
            yield Discrepancy("expect.sent", f"expected {', '.join(expected) or 'none'}, found {found}")

    def _credit_compared(self, expected: Decimal | None) -> Iterator[Discrepancy]:
        if expected is None:
            return
        policy = self.terms.policy
        found = self._credited(policy, policy.credits) if policy.credits else Decimal(0)
        if found != expected:
            because = "" if policy.credits else ": the policy has no [credits]"
            yield Discrepancy("expect.credit", f"expected {expected} %, found {found} %{because}")

    def _credited(self, policy: Policy, terms: Credits) -> Decimal:
        """What this case's promises and those beside it are credited with."""
        period = policy.period(terms.per, self.case.opened_at)
        return credited(policy, terms, period, tuple(self._events()), others=self._others).part.percent

    @property
    def _others(self) -> SlaCounts:
        return SlaCounts(self.example.kept + self.example.missed, self.example.missed)

    def _goals_compared(self, expected: tuple[str, ...] | None) -> Iterator[Discrepancy]:
        if expected is None:
            return
        known = [goal.key for goal in self.terms.policy.attainment]
        unknown = [key for key in expected if key not in known]
        goals = list(self._goals())
        if unknown:
            yield Discrepancy(
                "expect.attained", f"expected keys of [attainment] ({', '.join(known)}), not {unknown[0]!r}"
            )
        elif set(expected) != {of.goal.key for of in goals if of.kept}:
            found = "; ".join(f"{of.goal.key} {'kept' if of.kept else 'missed'} ({of.in_words})" for of in goals)
            yield Discrepancy("expect.attained", f"expected {', '.join(expected) or 'none'}, found {found or 'none'}")

    def _goals(self) -> Iterator[Attained]:
        """The goals that count this case, with what stands beside it."""
        policy, events = self.terms.policy, tuple(self._events())
        for goal in policy.attainment:
            if any(is_about(goal, event) for event in events):
                found = attained(goal, policy.period(goal.per, self.case.opened_at), events)
                yield found.beside(self._others)

    def _events(self) -> Iterator[SlaEvent]:
        return sla_events(self.case, self.terms.policy, self.now)


def _due_of(clock: Clock | None) -> str:
    if clock is None or clock.due_at is None or not isinstance(clock.promise, Promise):
        return "no due time"
    return f"due {clock.due_at.astimezone(clock.promise.calendar.zone)}"


def _not_done(decision: Decision) -> Iterator[Discrepancy]:
    """What came back to the agent instead of being done."""
    for event in decision.events:
        if isinstance(event, AgentMailReturned):
            said = "; ".join(f"{one['line']}: expected {one['expected']}" for one in event.mistakes)
            yield Discrepancy("do", f"expected an order that is obeyed, it comes back: {said or 'somebody answered'}")
        elif isinstance(event, KeptOpen):
            yield Discrepancy("do", f"expected an order that is obeyed; not done: {', '.join(event.orders)}")


# --- whose case it is


@dataclass(frozen=True, slots=True)
class _AsTheExampleSays:
    """A judge that finds the example's severity in its mail, and reads what is stated later as the desk's does."""

    example: WorkedExample
    kind: Kind = "defect"
    version: str = "worked example"

    def judge(self, _mail: Message, fields: Mapping[str, str], under: Criteria, *, others: str = "") -> Verdict:  # noqa: ARG002
        """The example's severity."""
        level = under.severity.level(self.example.severity)
        return Verdict(
            severity=level.key,
            rank=level.rank,
            found=level.rank,
            stated=fields.get("priority"),
            confidence=1.0,
            probabilities=(0.0, 0.0, 0.0, 0.0),
            review=False,
            s1_suspect=False,
            kind=self.kind,
            language=self.example.language or under.languages[0],
            area=None,
            reasons=(Reason("worked example", f"is {level.name}"),),
        )

    def bind_kind(self, degree: Degree, *, kind: Kind, terms: SeverityTerms) -> tuple[Degree, tuple[Reason, ...]]:
        """As the desk's judge does."""
        return SHIPPED.bind_kind(degree, kind=kind, terms=terms)

    def stated_words(self, text: str, terms: SeverityTerms) -> str | None:
        """As the desk's judge does."""
        return SHIPPED.stated_words(text, terms)

    def stated_degree(self, words: str, terms: SeverityTerms) -> Degree | None:
        """As the desk's judge does."""
        return SHIPPED.stated_degree(words, terms)

    def area_of(self, text: str, terms: SeverityTerms) -> str | None:
        """As the desk's judge does."""
        return SHIPPED.area_of(text, terms)


def _incidents(example: WorkedExample) -> Iterator[Incident]:
    """The known problems that its agents say the case is about."""
    for step in example.story:
        yield from (Incident(key, key) for key in _INCIDENT.findall(step.text) if step.by == "agent")


def _kind(policy: Policy, example: WorkedExample) -> Kind:
    """Which of the desk's kinds its case is."""
    return policy.desk_kind(example.kind) if example.kind else "defect"


def _first_words(policy: Policy, example: WorkedExample) -> str:
    """What the customer writes first: the trouble, and each field that the policy wants; "" leaves one out."""
    named = {"priority": policy.level(example.severity).name}
    if policy.severity.areas:
        named["area"] = policy.severity.areas[0].key
    asked = {
        field.key: named.get(field.key, "4711")
        for field in policy.intake
        if (field.required or field.key in policy.warranty.requires) and field.concerns(_kind(policy, example))
    }
    labels = {field.key: field.label for field in policy.intake}
    lines = [f"{labels[key]}: {value}" for key, value in {**asked, **example.fields}.items() if value]
    return "\n".join(["The export stops.", *lines])


def _seat(name: str) -> NamedSeat:
    address = "-".join(name.split())
    return NamedSeat(name, (Person(f"{address}@desk.invalid", name.title()),))


def _terms(policy: Policy, example: WorkedExample) -> Terms:
    """A desk with all seats taken, around the clock, and a customer of whom nothing is missing."""
    rotation = Rotation("on call", parse_handovers("mon 09:00", "UTC"), date(2026, 1, 5), (_AGENT.person,), (_SECOND,))
    mailbox = Mailbox(_MAILBOX, policy.key, "support", channel=policy.channel(example.channel).key, kind=example.kind)
    customer = Customer(
        key="customer",
        name="The customer",
        policy=policy.key,
        plan=policy.plan(example.plan).key,
        region=policy.region(example.region).key,
        contacts=(Contact(_CUSTOMER.address, registered=True),),
        escalation_contact="duty@customer.invalid",
        account_contacts=("account@desk.invalid",),
        signed=example.signed,
        addons=example.addons,
    )
    return Terms(
        desk="The desk",
        policy=policy,
        mailbox=mailbox,
        team=Team("support", (_AGENT,), lead=_LEAD, rotation=rotation, seats=tuple(map(_seat, policy.levels))),
        judge=_AsTheExampleSays(example, _kind(policy, example)),
        operators=(Person("ops@desk.invalid"),),
        ours=frozenset((_MAILBOX, _AGENT.address, _SECOND.address, _LEAD.address, "ops@desk.invalid")),
        customer=customer,
        declared=DeclaredState(down=example.down, incidents=tuple(_incidents(example))),
    )
