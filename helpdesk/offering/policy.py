"""What was promised to whom: one support offering as values.

A `Policy` is one version of one TOML file, already checked (`helpdesk.offering.files` reads it). `Policy.promise` is
the only place that answers "what is promised for this plan, severity, region and channel": a `Promise`, or the reason
why there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar, cast, get_args

from helpdesk.errors import NotFound
from helpdesk.offering.cell import NOTHING_SAID, Applied, Circumstances, says
from helpdesk.offering.customer_hours import place_key, read_place
from helpdesk.offering.maintenance_terms import NOTHING_OWED
from helpdesk.offering.promises import INCOMING, AgreedDate, Unmeasured, elapsed_in
from helpdesk.offering.severities import Kind
from helpdesk.openhours.accounting import CALENDAR_YEAR
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from helpdesk.offering.cell import CaseKind, Cell, Goal, VariedBy
    from helpdesk.offering.credits import AttainmentGoal, Availability, Credits
    from helpdesk.offering.customer_hours import CustomerHours
    from helpdesk.offering.intake import IntakeField
    from helpdesk.offering.maintenance_terms import MaintenanceTerms
    from helpdesk.offering.promises import Mark, PromiseKind, Waited
    from helpdesk.offering.severities import Level, SeverityTerms
    from helpdesk.offering.versions import ProductVersion
    from helpdesk.openhours.accounting import AccountingPeriod, FiscalYear, PeriodKind
    from helpdesk.openhours.calendar import Calendar
    from helpdesk.openhours.within import Within

StepKind = Literal["warning", "breach", "escalation"]
# Who hears of a step: one of these, or a bare address.
Audience = str
AUDIENCES = (
    "assignee",
    "team",
    "lead",
    "operators",
    "on-call",
    "on-call-secondary",
    "account-contacts",
    "customer-escalation",
    "customer",
)
ON_CALL = frozenset({"on-call", "on-call-secondary"})
StepHours = Literal["", "working", "always"]
OFF = "off"  # what takes an exclusion back, and so is the key of none
CaseAspect = Literal["channel", "language"]
KIND_FIELD = "kind"  # the key of the intake field in which a customer states the kind of case
NO_FIELDS: Mapping[str, str] = MappingProxyType({})
OnSeverityChange = Literal["keep_consumed", "from_start", "restart"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the customer bought; it promises something from one day on and until another, on which it is over.

    `calendar` overrides the region's, `""` leaves it to the region. `channels` are the ways in that come with the
    plan, `severities` the severities that it has, empty for all. A case of an area in `excludes` is flagged as not in
    the plan. `contacts` people of the customer may write, or so many for each product; 0: anybody.
    """

    key: str
    name: str
    calendar: str = ""
    channels: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    contacts: int = 0
    contacts_per_product: int = 0
    escalation: bool = True  # whether its customers may ask for escalation
    since: date | None = None
    until: date | None = None

    @property
    def contact_words(self) -> str:
        """How many people may write; "" where anybody may."""
        numbers = ((self.contacts, ""), (self.contacts_per_product, " for each product"))
        return ", ".join(f"{plural(number, 'contact')}{each}" for number, each in numbers if number)

    def holds_on(self, day: date) -> bool:
        """Whether it promises anything on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Region:
    """Where the customer is served from, and so in which hours; of one customer, with what those take from them."""

    key: str
    name: str
    calendar: str
    country: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in. `targets` False: cases from it carry none. `warranted` False: measured, but not promised.

    `warranted_while_down` names a switch of the operators (`website`): while it is down, the channel is warranted.
    `tell` is what customers read in the acknowledgment while it is not. `severity` is what mail by it states, for
    registered contacts, and `kind` the kind of case that it makes.
    """

    key: str
    name: str
    targets: bool = True
    warranted: bool = True
    because: str = ""
    warranted_while_down: str = ""
    tell: str = ""
    severity: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Warranty:
    """What the provider answers for with money: an empty list names all there are."""

    plans: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    only_registered: bool = False  # the sender must be a registered contact
    first_full: PeriodKind | Literal[""] = ""  # begins with the first whole one after signing; "": with the first day
    requires: tuple[str, ...] = ()  # intake fields without which nothing is warranted


@dataclass(frozen=True, slots=True)
class Addon:
    """What a customer buys beside a plan: its cells and its hours go before the plan's. `plans` empty: with any."""

    key: str
    name: str
    calendar: str = ""
    plans: tuple[str, ...] = ()
    cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)  # (key of the promise, severity)


DoubtAbout = Literal[
    "sender", "offering", "subscription", "beginning", "contact", "field", "channel", "way-in", "plan", "severity"
]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a time is measured but not owed: what that is about and what it is called there, and the record's words.

    `instead` names what it would be owed for.
    """

    about: DoubtAbout
    name: str
    said: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What one clock measures: so much time, in this calendar. Warranted without doubts; `because` says them.

    `applies` says why it is just this for them, where others have something else.
    """

    target: str  # the key of what is promised
    within: Within
    calendar: Calendar
    warranted: bool
    because: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()
    applies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoPromise:
    """There is no such target, and why. `said` is what is said in its place: `best effort`, or `agreed`."""

    target: str
    because: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the escalation ladder.

    It is reached when `share` of the promised open time is used; a share of 1 is the breach, and `after` is open
    time beyond it; a share of 0 is the opening of the case, and `after` is elapsed time since then, as are `repeat`
    and `unless_acknowledged`.
    """

    key: str  # unique in its ladder, as far as two steps may be taken at different instants
    kind: StepKind
    share: float
    after: timedelta
    to: tuple[Audience, ...]
    only: tuple[str, ...] = ()  # severities; empty for all
    hours: StepHours = ""  # working: waits for the region's hours; otherwise the hours of the promise itself
    repeat: timedelta | None = None  # said again until somebody acknowledges
    unless_acknowledged: timedelta | None = None  # so much later, and only if nobody has acknowledged by then
    of: tuple[str, ...] = ()  # keys of promises; empty for all
    before: timedelta = timedelta()  # open time before it is due; zero: as `share` and `after` say
    plans: tuple[str, ...] = ()  # empty for all
    until: tuple[Mark, ...] = ()  # what ends it instead of an acknowledgment, for as long as the case is not over
    in_turn: bool = False  # each time to the next of `to`, and to nobody else

    def readers(self, turn: int) -> tuple[Audience, ...]:
        """To whom it goes the `turn`th time, counted from 0."""
        return (self.to[turn % len(self.to)],) if self.in_turn else self.to

    @property
    def pages(self) -> bool:
        """Whether it calls the person on call."""
        return not ON_CALL.isdisjoint(self.to)

    @property
    def is_late(self) -> bool:
        """Whether it is taken once the promise is broken, and not before."""
        return self.share >= 1 and not self.before

    @property
    def waits_for_acknowledgment(self) -> bool:
        """Whether somebody is asked to say that they have it."""
        return not self.until and (self.pages or self.repeat is not None or self.calls)

    @property
    def calls(self) -> bool:
        """Whether it is a call that begins with the opening of a case, or for want of somebody who took one."""
        return self.share == 0 and not self.until and (self.pages or self.unless_acknowledged is not None)

    @property
    def is_at_opening(self) -> bool:
        """Whether it is taken at once when a case is opened or becomes severe enough."""
        return self.share == 0 and not self.after


@dataclass(frozen=True, slots=True)
class Calls:
    """How a call goes on that nobody acknowledges: elapsed time, from the call on.

    To the secondary, the lead, and our own people at the customer's account, where no step of the ladder calls them;
    after `hourly_after` once an hour to everybody who was called, `at_most` so often, and the operators hear of it.
    """

    secondary: timedelta = timedelta(minutes=15)
    lead: timedelta = timedelta(minutes=30)
    account_contacts: timedelta = timedelta(minutes=45)
    hourly_after: timedelta = timedelta(hours=1)
    at_most: int = 12


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason for which a case is outside the promises, by an agent's order; its words in a mail only propose it."""

    key: str
    why: str
    words: tuple[str, ...] = ()
    out_of_scope: bool = False  # not supported at all


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Planned unavailability. `between(start, end)` yields the windows (aware UTC) that touch that stretch."""

    name: str
    sector: str
    between: Callable[[datetime, datetime], Iterable[tuple[datetime, datetime]]]
    rule: str  # as written, to be read
    impact: str = ""  # by which its notice is owed; "": it is told of by the document itself


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What happens to a case over its life; None: it does not happen.

    All is measured by the plan's calendar: a silence in business days as a rule, `reopen_within` in elapsed time.
    """

    remind_after: Within | None = None  # waiting for the customer
    close_after: Within | None = None  # after the last reminder
    reminders: int = 1  # how often, `remind_after` or `turn_remind_after` apart, before a case is closed
    turn_remind_after: Within | None = None  # it is the customer's turn, and nobody said that we wait
    turn_close_after: Within | None = None  # after that reminder
    reopen_within: Within | None = None  # after closing; later mail opens a linked case. None: always
    reopened_as: str = ""  # severity of a case that the customer opens again; "": as it was
    follow_up_severity: str = ""  # of a linked case, which is no new one; "": as its mail says
    downgrade_after: Within | None = None  # without information that the customer owes
    downgrade_to: str = ""
    downgrade_automatically: bool = False  # otherwise it is proposed to the agent
    ask_rating: bool = True  # closing mails ask whether the customer was satisfied
    resolve_recovered: bool = False  # once the monitor says so, where no agent has written
    progress_mails: bool = False  # tell the customer when severity or owner changes


Writer = Literal["", "agent", "customer"]  # in a story; "": time passes
StoryState = Literal["", "running", "paused", "met", "breached", "exempt", "none"]


@dataclass(frozen=True, slots=True)
class ClockExpectation:
    """What the newest clock of a target is to show in a story; what is left out may be anything."""

    target: str
    due_at: datetime | None = None
    state: StoryState = ""


@dataclass(frozen=True, slots=True)
class StoryStep:
    """A step of a worked example: somebody writes, or time passes (`by` ""), and what is to be true then.

    `sent` are the kinds of mail since the step before, `credit` is the percent that could be claimed, `attained` are
    the goals of a period that are kept by then; None: anything.
    """

    at: datetime
    by: Writer = ""
    text: str = ""
    clocks: tuple[ClockExpectation, ...] = ()
    sent: tuple[str, ...] | None = None
    credit: Decimal | None = None
    attained: tuple[str, ...] | None = None
    status: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """A worked example: the due time that the document's reader computed by hand. `due_at` None: no target.

    With a `story` it goes on; without `due_at` too it is about that alone.
    """

    at: datetime
    plan: str
    severity: str
    region: str
    channel: str
    target: str  # the key of a promise
    due_at: datetime | None
    why: str
    kind: str = ""  # of case, "": none is known
    language: str = ""  # of the mail; "": the policy's first
    fields: Mapping[str, str] = field(default_factory=dict)  # what the customer says, by the key of the intake field
    addons: tuple[str, ...] = ()  # that the customer has bought
    down: tuple[str, ...] = ()  # switches of the operators that are down as it comes
    signed: date | None = None  # the customer's contract
    kept: int = 0  # of the customer's other promises of that period,
    missed: int = 0
    story: tuple[StoryStep, ...] = ()
    subject: str = ""
    mail: str = ""  # the customer's own words, for which that severity is to be found; "": none are given


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What the document says and the format cannot, and why not."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """Where the document is silent or contradicts itself: our reading, and why."""

    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one support offering."""

    key: str
    name: str
    version: str  # digest of the file it was read from
    plans: tuple[Plan, ...]  # the default first
    regions: tuple[Region, ...]  # the default first
    channels: tuple[Channel, ...]  # `email` is always among them
    calendars: Mapping[str, Calendar]
    kinds: tuple[PromiseKind, ...]  # what can be promised, the first answer first
    goals: Mapping[tuple[str, str, str], Cell]  # (plan, key of the promise, severity)
    severity: SeverityTerms
    intake: tuple[IntakeField, ...]
    ladder: tuple[Step, ...]
    addons: tuple[Addon, ...] = ()
    case_kinds: tuple[CaseKind, ...] = ()  # as the policy calls them, beside the desk's own
    dated: bool = False  # whether what is promised depends on the day or hour
    varied: frozenset[tuple[VariedBy, str]] = frozenset()  # by what promises differ; of a field, also which
    follows: tuple[CaseAspect, ...] = ()  # what of a case its later mails change
    examples: tuple[WorkedExample, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    unsaid: tuple[Unsaid, ...] = ()
    on_severity_change: OnSeverityChange = "keep_consumed"
    warranty: Warranty = Warranty()
    exclusions: tuple[Exclusion, ...] = ()
    maintenance: tuple[Maintenance, ...] = ()
    maintenance_terms: MaintenanceTerms = NOTHING_OWED
    lifecycle: Lifecycle = Lifecycle()
    fiscal_year: FiscalYear = CALENDAR_YEAR
    versions: tuple[ProductVersion, ...] = ()
    attainment: tuple[AttainmentGoal, ...] = ()
    availability: tuple[Availability, ...] = ()
    credits: Credits | None = None
    escalation_words: tuple[str, ...] = ()  # with which a customer asks for escalation
    escalation_contact: bool = False  # every customer gives one who is reachable around the clock
    known_incidents_exempt: bool = False  # a case about a declared incident need not be answered in time
    not_support: tuple[str, ...] = ()  # addresses and domains whose mail makes no case
    calls: Calls = Calls()
    levels: tuple[str, ...] = ()  # seats of the ladder that the desk fills, in lower case
    customer_hours: Mapping[str, CustomerHours] = field(default_factory=dict)  # calendars that follow the customer
    languages: tuple[str, ...] = ("en",)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # by what agents read, and language
    source: str = ""  # which document it was written from
    shown_in: tuple[str, ...] = ()  # further zones in which the document prints its hours
    days_source: str = ""  # where its public holidays are from, "" without any
    # Earlier versions by version, for cases that were moved from them to this one.
    earlier: Mapping[str, Policy] = field(default_factory=dict)
    # What was asked of it already: a case asks for the same promises again and again.
    _promises: dict[tuple[str, ...], Promise | NoPromise] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def promise(
        self,
        target: str,
        *,
        plan: str,
        severity: str,
        region: str,
        channel: str,
        down: Collection[str] = (),
        given: Circumstances = NOTHING_SAID,
    ) -> Promise | NoPromise:
        """How much of it is promised, or why nothing is. Raises NotFound for a key that the policy does not have.

        `down` names the operators' switches that are down, such as `website`; `given` is what else of the case counts.
        """
        if self.dated or self.varied or self.addons:
            return self._promise(target, plan, severity, region, channel, down, given)
        asked = (target, plan, severity, region, channel, *down)
        if asked not in self._promises:
            self._promises[asked] = self._promise(target, plan, severity, region, channel, down, given)
        return self._promises[asked]

    def _promise(
        self,
        target: str,
        plan: str,
        severity: str,
        region: str,
        channel: str,
        down: Collection[str],
        given: Circumstances,
    ) -> Promise | NoPromise:
        has, kind = self.severity_in(plan, severity), self.kind(target)
        way_in, bought, place = self.channel(channel), self.plan(plan), self.region(region)
        if not way_in.targets:
            return NoPromise(target, (way_in.because or f"cases from {way_in.name} carry no targets",))
        day = self._day(given, plan=plan, region=region)
        if day and not bought.holds_on(day):
            return NoPromise(target, (f"{self.name} {bought.name} promises nothing {_when_not(bought, day)}",))
        addons = [addon for addon in self.addons if addon.key in given.addons]
        cell, of = self._cell(bought, addons, target, has.key)
        goal = cell.on(day) if cell else None
        applied = goal.applied(channel, self._as_it_begins(goal, given, place)) if goal else Applied(None, "")
        if applied.within is None:
            why = (*applied.because, f"{self.name} {bought.name} gives no {kind.name} target")
            return NoPromise(target, (": ".join(why),))
        if isinstance(applied.within, Unmeasured):
            return NoPromise(target, (_IN_PLACE[applied.within.words],), said=applied.within.words)
        if kind.said == "best effort":
            return NoPromise(target, (f"{_IN_PLACE[kind.said]} ({applied.within})",), said=kind.said)
        own = next((addon.calendar for addon in reversed(addons) if addon.calendar), "")
        hours = self.hours(applied.calendar or own or bought.calendar or place.calendar, place)
        doubts = tuple(self._doubts(bought, way_in, has.key, down))
        applies = (*_instead(bought, self.level(severity), has), *of, *_dated(goal), *applied.because)
        return replace(_promised(kind, applied.within, applied.within.measured_in(hours), doubts), applies=applies)

    def promise_until(
        self,
        kind: PromiseKind,
        until: datetime,
        *,
        plan: str,
        severity: str,
        region: str,
        channel: str,
        down: Collection[str] = (),
    ) -> Promise:
        """What is promised by a date that was agreed in a case. Raises NotFound for a key that is not there."""
        doubts = tuple(self._doubts(self.plan(plan), self.channel(channel), severity, down))
        return _promised(kind, AgreedDate(timedelta(), until=until), elapsed_in(self.desk_timezone(region)), doubts)

    def _cell(
        self, plan: Plan, addons: Sequence[Addon], target: str, severity: str
    ) -> tuple[Cell | None, tuple[str, ...]]:
        """The cell that counts, and which add-ons bear on it: what is bought last goes before."""
        bearing = tuple(f"with {addon.name}" for addon in addons if addon.calendar or (target, severity) in addon.cells)
        cells = [addon.cells[target, severity] for addon in addons if (target, severity) in addon.cells]
        return (cells[-1] if cells else self.goals.get((plan.key, target, severity))), bearing

    def _as_it_begins(self, goal: Goal, given: Circumstances, place: Region) -> Circumstances:
        """What counts, with the hours in which the clock begins, as far as the goal asks."""
        at = given.at
        if at is None:
            return given
        return replace(given, open=tuple(key for key in goal.hours() if self.hours(key, place).is_open(at)))

    def _day(self, given: Circumstances, *, plan: str, region: str) -> date | None:
        """The day on which it is asked about, on the wall clock of the hours that come with the plan."""
        return given.at.astimezone(self.plan_calendar(plan=plan, region=region).zone).date() if given.at else None

    def circumstances(
        self,
        *,
        kind: str = "",
        language: str = "",
        fields: Mapping[str, str] = NO_FIELDS,
        addons: Collection[str] = (),
        at: datetime | None = None,
    ) -> Circumstances:
        """What counts of such a case; the kind is "" where nobody who may has said one. Raises NotFound for a key."""
        for what, keys, known in (
            ("intake field", fields, [one.key for one in self.intake]),
            ("add-on", addons, [one.key for one in self.addons]),
        ):
            if unknown := [key for key in keys if key not in known]:
                raise NotFound(f"policy {self.key} has no {what} {unknown[0]!r}; it has {', '.join(known) or 'none'}")
        key = self.kind_called(kind) or kind
        kinds = tuple(dict.fromkeys((key, self.desk_kind(key)))) if kind else ()
        return Circumstances(kinds, language, fields, tuple(addons), at)

    def variations(self) -> Iterator[Circumstances]:
        """All that promises differ by, each alone; the first is that nothing is known."""
        yield NOTHING_SAID
        cells = (*self.goals.values(), *(cell for addon in self.addons for cell in addon.cells.values()))
        seen = dict.fromkeys(one for cell in cells for goal in cell.goals for one in goal.variants)
        for by, value, field_key in dict.fromkeys((one.by, one.value, one.field) for one in seen):
            if by == "kind":
                yield self.circumstances(kind=value)
            elif by == "hours":
                yield Circumstances(open=(value,))
            elif by == "language":
                yield Circumstances(language=value)
            elif by == "field":
                yield Circumstances(fields={field_key: value})
        yield from (Circumstances(addons=(addon.key,)) for addon in self.addons)

    def values_of(self, field: str) -> tuple[str, ...]:
        """The answers to an intake field by which promises differ, in the order of the file."""
        return tuple(dict.fromkeys(given.fields[field] for given in self.variations() if field in given.fields))

    def promise_in(self, example: WorkedExample) -> Promise | NoPromise:
        """What a worked example is about. Raises NotFound for a key that the policy does not have."""
        given = self.circumstances(
            kind=example.kind,
            language=example.language or self.languages[0],
            fields=example.fields,
            addons=example.addons,
            at=example.at,
        )
        return self.promise(
            example.target,
            plan=example.plan,
            severity=example.severity,
            region=example.region,
            channel=example.channel,
            given=given,
        )

    def desk_kind(self, kind: str) -> Kind:
        """Which of the desk's own kinds a kind of case is. Raises NotFound."""
        named = next((one.of for one in self.case_kinds if one.key == kind), None)
        if named is None and kind not in get_args(Kind):
            known = ", ".join((*(one.key for one in self.case_kinds), *get_args(Kind)))
            raise NotFound(f"policy {self.key} has no kind of case {kind!r}; it has {known}")
        return named or cast("Kind", kind)

    def kind_called(self, said: str) -> str:
        """The key of the kind of case that somebody means who says that; "" where it is none."""
        named = next((one.key for one in self.case_kinds if one.is_called(said)), "")
        return named or next((kind for kind in get_args(Kind) if says(said, kind)), "")

    @property
    def kind_names(self) -> tuple[str, ...]:
        """What agents and customers may call a kind of case: the policy's own kinds, or else the desk's."""
        return tuple(kind.key for kind in self.case_kinds) or get_args(Kind)

    @property
    def choosing(self) -> frozenset[str]:
        """The keys of the intake fields whose answers choose between promises, or say the kind of case."""
        stated = {KIND_FIELD} if self.case_kinds or ("kind", "") in self.varied else set()
        return frozenset(field for by, field in self.varied if by == "field") | stated

    def _doubts(self, plan: Plan, channel: Channel, severity: str, down: Collection[str]) -> Iterator[Doubt]:
        """Why this combination is measured but not warranted; nothing when it is."""
        warranty = self.warranty
        if not channel.warranted and channel.warranted_while_down not in down:
            yield Doubt("way-in", channel.name, channel.because or f"{channel.name} is not warranted")
        elif not self._defines(plan, channel):
            others = tuple(other.name for other in self.channels if other.warranted and self._defines(plan, other))
            yield Doubt("channel", channel.name, f"{channel.name} is not a defined channel of {plan.name}", others)
        if warranty.plans and plan.key not in warranty.plans:
            yield Doubt("plan", plan.name, f"the plan {plan.name} is not warranted")
        if warranty.severities and severity not in warranty.severities:
            name = self.level(severity).name
            yield Doubt("severity", name, f"{name} is not warranted")

    def _defines(self, plan: Plan, channel: Channel) -> bool:
        """Whether the offering and the plan have that way in; where they name none, they have all."""
        return all(not named or channel.key in named for named in (self.warranty.channels, plan.channels))

    def kind(self, key: str) -> PromiseKind:
        """The promise of that key. Raises NotFound."""
        return _one_named("promise", key, self.kinds, self.key)

    @property
    def first_answer(self) -> PromiseKind:
        """The promise that every mail of a new customer's is about; it is shown where it is not made, too."""
        return self.kinds[0]

    @property
    def further_answers(self) -> PromiseKind:
        """The promise that a customer's later words are about."""
        return next(kind for kind in self.kinds if kind.starts == "customer_wrote")

    def is_paused_by(self, whom: Waited) -> bool:
        """Whether a wait for them stops any clock."""
        return any(whom in kind.pauses for kind in self.kinds)

    def name_of(self, target: str) -> str:
        """What people read for the key of a promise, which may be one of an earlier version."""
        return next((kind.name for kind in self.kinds if kind.key == target), target.replace("_", " "))

    def said(self, text: str, language: str) -> str:
        """A name or a reason of the policy as customers read it in a language."""
        return self.translations.get(text, {}).get(language, text)

    def told_of(self, channel: str, down: Collection[str]) -> str:
        """What a customer is told who came in by a channel that is not warranted; "" while it is."""
        way_in = self.channel(channel)
        return "" if way_in.warranted or way_in.warranted_while_down in down else way_in.tell

    def is_support(self, sender: str) -> bool:
        """Whether mail from that address is a request for support at all (LGT-10)."""
        return not {sender, sender.rpartition("@")[2]} & set(self.not_support)

    def plan(self, key: str) -> Plan:
        """The plan of that key. Raises NotFound."""
        return _one_named("plan", key, self.plans, self.key)

    def region(self, key: str) -> Region:
        """The region of that key, also as it is for a customer. Raises NotFound."""
        own, country, timezone = read_place(key)
        if not country and not timezone:
            return _one_named("region", key, self.regions, self.key)
        return replace(_one_named("region", own, self.regions, self.key), key=key, country=country, timezone=timezone)

    def region_for(self, region: str, *, country: str, timezone: str) -> str:
        """The key of a region ("" is the first) as it is for a customer of that country and zone."""
        return place_key(region or self.regions[0].key, country, timezone, self.customer_hours.values())

    def hours(self, calendar: str, region: Region) -> Calendar:
        """The calendar of that name as it is in a region."""
        follows = self.customer_hours.get(calendar)
        return follows.of(region.country, region.timezone) if follows else self.calendars[calendar]

    def region_calendar(self, region: str) -> Calendar:
        """The hours in which a region is served. Raises NotFound."""
        place = self.region(region)
        return self.hours(place.calendar, place)

    def channel(self, key: str) -> Channel:
        """The channel of that key. Raises NotFound."""
        return _one_named("channel", key, self.channels, self.key)

    @property
    def default_calendar(self) -> Calendar:
        """The hours of the default region."""
        return self.calendars[self.regions[0].calendar]

    @property
    def accounts_zone(self) -> ZoneInfo:
        """On whose wall clock months and quarters begin: the credits', else that of the default region."""
        return (self.calendars[self.credits.calendar] if self.credits else self.default_calendar).zone

    def uptime_of(self, name: str) -> tuple[Availability, ...]:
        """What is promised of the availability of something that operators declare to be down, by its name."""
        return tuple(terms for terms in self.availability if terms.what == name)

    def period(self, kind: PeriodKind, at: datetime) -> AccountingPeriod:
        """The month, quarter or year in whose accounts an instant is."""
        return self.fiscal_year.containing(kind, at.astimezone(self.accounts_zone).date())

    def plan_calendar(self, *, plan: str, region: str) -> Calendar:
        """The hours that come with a plan, else those of the region. Raises NotFound."""
        place = self.region(region)
        return self.hours(self.plan(plan).calendar or place.calendar, place)

    def desk_timezone(self, region: str) -> str:
        """The zone in which a region is served, whatever calendar a severity runs in. Raises NotFound."""
        return self.region_calendar(region).timezone

    def level(self, key: str) -> Level:
        """The severity of that key. Raises NotFound."""
        return _one_named("severity", key, self.severity.levels, self.key)

    def levels_of(self, plan: str) -> tuple[Level, ...]:
        """The severities that a plan has, the worst first. Raises NotFound."""
        has = self.plan(plan).severities
        return tuple(level for level in self.severity.levels if not has or level.key in has)

    def severity_in(self, plan: str, severity: str) -> Level:
        """A severity as a plan has it: itself, the next milder one that it has, or its mildest. Raises NotFound."""
        level, plans = self.level(severity), self.plan(plan).severities
        if not plans or severity in plans:
            return level
        levels, has = self.severity.levels, self.levels_of(plan)
        milder = levels[levels.index(level) :]
        return next((level for level in milder if level in has), has[-1])


# Why nothing is measured where a policy says this in place of an amount.
_IN_PLACE = {
    "best effort": "it is best effort, which is said and not measured",
    "agreed": "nothing is due until a date is agreed with the customer (#agreed DATE)",
}


def _promised(kind: PromiseKind, within: Within, calendar: Calendar, doubts: tuple[Doubt, ...]) -> Promise:
    aim = (f"the {kind.name} is an aim",) if kind.said == "aim" else ()
    because = (*aim, *(doubt.said for doubt in doubts))
    if kind.starts not in INCOMING:
        within = replace(within, from_ours=True)
    return Promise(kind.key, within, calendar, warranted=not because, because=because, doubts=doubts)


def _when_not(plan: Plan, day: date) -> str:
    return f"before {plan.since}" if plan.since and day < plan.since else f"from {plan.until} on"


def _instead(plan: Plan, severity: Level, has: Level) -> Iterator[str]:
    if severity != has:
        yield f"{plan.name} has no {severity.name}: {has.name}"


def _dated(goal: Goal | None) -> Iterator[str]:
    if goal and (goal.since or goal.until):
        yield " ".join(
            part
            for part in (f"from {goal.since}" if goal.since else "", f"until {goal.until}" if goal.until else "")
            if part
        )


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


_K = TypeVar("_K", bound=_Keyed)


def _one_named(what: str, key: str, among: Iterable[_K], policy: str) -> _K:
    among = tuple(among)
    for entry in among:
        if entry.key == key:
            return entry
    known = ", ".join(entry.key for entry in among)
    raise NotFound(f"policy {policy} has no {what} {key!r}; it has {known or 'none'}")
