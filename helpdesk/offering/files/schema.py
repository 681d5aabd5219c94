"""The format of a policy file, as plain dataclasses that pydantic fills and checks.

One class a table; every key is here and nothing else is accepted. `helpdesk.offering.files.read` turns the whole into a
`offering.policy.Policy`.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from typing import Annotated, Literal

from helpdesk.toml_reader import toml_table, written_as
from helpdesk.wordings import Label


@toml_table
class PlanTable:
    """`[plans.KEY]`: what a customer can buy; the first is the default."""

    name: Label
    calendar: str = ""  # overrides the region's
    channels: list[str] = field(default_factory=list)  # ways in that come with the plan; none named: all
    excludes: list[str] = field(default_factory=list)  # areas that do not come with the plan
    escalation: bool = True  # false: who asks for it is told that it does not come with the plan
    severities: list[str] = field(default_factory=list)  # that it has; what is worse becomes the worst of them
    contacts: int = 0  # how many people of a customer may write; 0: anybody
    contacts_per_product: int = 0  # the same, for each of their products
    since: Annotated[date | None, written_as("from")] = None
    until: date | None = None  # the first day on which it promises nothing more


@toml_table
class RegionTable:
    """`[regions.KEY]`: where a customer is served from; the first is the default."""

    calendar: str
    name: str = ""


@toml_table
class CountryHolidays:
    """`holidays = {country = "US"}`: the holidays of a country or one of its subdivisions, public ones always."""

    country: str
    subdivision: str | None = None
    observed: bool = True
    without: list[str] = field(default_factory=list)  # names of days on which the desk works
    categories: list[str] = field(default_factory=list)  # further ones of the package: "catholic", "bank", "half_day"
    half_days_from: str = ""  # "13:00": when half days close; without it, when their name says, else at noon
    open: str = ""  # "10:00-14:00": its hours on those that fall on a day of the week that it works; no business days
    customer_countries: list[str] = field(default_factory=list)  # "ES", "DE-BY": theirs for customers who are there


@toml_table
class DayEntry:
    """One entry of `days`: a named day that differs from the week, or a range of them. Without more it is closed."""

    name: str
    on: str | date = ""
    first: Annotated[str | date, written_as("from")] = ""  # instead of `on`: "12-28" to "01-03", both included
    last: Annotated[str | date, written_as("to")] = ""
    closed: str = ""  # "12:00-24:00": closed for that part only
    open: str = ""  # "10:00-14:00": open then, whatever else is said
    observed: Literal["", "nearest", "next"] = ""  # when it falls on a weekend: also closed on that working day
    business_day: bool | None = None  # true: an open Saturday counts as one; without it, its weekday says


@toml_table
class CalendarTable:
    """`[calendars.KEY]`: when the desk is open, on the wall clock of its zone."""

    timezone: str
    hours: str | list[str]
    holidays: CountryHolidays | None = None
    days: list[DayEntry] = field(default_factory=list)
    days_of: dict[int, list[DayEntry]] = field(
        default_factory=dict
    )  # a year's own list, which holds for that year only
    business_days: str = ""  # "mon-fri"; without it, weekdays open at least half as long as the longest
    cut_off: str = ""  # "16:00": what is received later that day counts from the next day on which the desk opens
    customer_timezone: bool = False  # on the wall clock of each customer who names a zone
    ties: Literal["previous", "next"] = "previous"  # a due time on a closing: that closing, or the next opening


@toml_table
class SeverityTable:
    """`[severities.KEY]`: one severity; rank 1 is the worst."""

    rank: int
    name: Label
    definition: str = ""
    aliases: list[str] = field(default_factory=list)
    cues: list[str] = field(default_factory=list)


@toml_table
class VariantTable:
    """What differs for some: `by_channel = { phone = { within = "30m", calendar = "24x7" } }`."""

    within: str = ""  # otherwise as for all; "none": nothing is promised to them
    calendar: str = ""
    business_day: str = ""


@toml_table
class GoalTable:
    """A target with its own hours: `{within = "1h", calendar = "24x7"}`.

    A text for whom it differs names a calendar or an amount; without `within` it is promised to those alone for whom a
    variant says how much.
    """

    within: str = ""
    calendar: str = ""
    by_channel: dict[str, str | VariantTable] = field(default_factory=dict)
    by_hours: dict[str, str | VariantTable] = field(default_factory=dict)  # key of a calendar that is open as it begins
    by_kind: dict[str, str | VariantTable] = field(default_factory=dict)  # keys of [kinds], or the desk's own kinds
    by_language: dict[str, str | VariantTable] = field(default_factory=dict)  # of the mail: "en"; "other": all others
    by_field: dict[str, dict[str, str | VariantTable]] = field(default_factory=dict)  # key of an intake field: value
    business_day: str = ""  # "same_time" (default), "close", "close_next", hours such as "8h", or by "12:00"
    since: Annotated[date | None, written_as("from")] = None
    until: date | None = None  # the first day on which it is over


@toml_table
class CaseKindTable:
    """`[kinds.KEY]`: a kind of case, and which of the desk's it is."""

    of: Annotated[Literal["question", "defect", "maintenance", "enhancement"], written_as("is")]
    name: Label = ""
    aliases: list[str] = field(default_factory=list)  # by which the field `kind` or an agent's #kind may call it
    words: list[str] = field(default_factory=list)  # in a mail: proposed to the agent


@toml_table
class AddonTable:
    """`[addons.KEY]`: what a customer buys beside a plan; its targets and hours go before the plan's."""

    name: str
    calendar: str = ""
    plans: list[str] = field(default_factory=list)  # with which it can be bought; none named: all
    targets: dict[str, dict[str, str | GoalTable | list[GoalTable]]] = field(default_factory=dict)


@toml_table
class PromiseTable:
    """`[promises.KEY]`: a promise beside first_response, follow_up and resolution; of these, how they are said."""

    name: Label = ""  # as people read it; otherwise the key with spaces
    starts: Literal[
        "",
        "received",
        "opened",
        "severity_set",
        "details_complete",
        "first_answer",
        "last_word",
        "escalation",
        "incident",
    ] = ""
    met_by: list[str] = field(default_factory=list)  # answer, word, assigned, started, resolved, rated, "#workaround"
    renews: bool = False  # begins anew each time it is met
    pauses: list[Literal["customer", "vendor"]] = field(default_factory=list)  # waits for whom pause it
    ends: list[str] = field(default_factory=list)  # as met_by: what ends it for good, unmet and unbroken
    said: Literal["", "owed", "aim", "best effort"] = ""  # otherwise owed
    remind: list[str] = field(default_factory=list)  # to its agent: "75%", "15m before"


@toml_table
class ChannelTable:
    """`[channels.KEY]`: a way in. `targets = false`: no promise at all; `warranted = false`: not owed."""

    name: Label = ""
    targets: bool = True
    warranted: bool = True
    because: str = ""
    warranted_while_down: str = ""  # a switch of the operators: `helpdesk status set website down`
    tell: Label = ""  # what customers read in the acknowledgment while the channel is not warranted
    severity: str = ""  # that mail by it states, for registered contacts; of others it is evidence
    kind: str = ""  # of case that mail by it makes


@toml_table
class WarrantyTable:
    """`[warranty]`: what is answered for with money; a list that is not there names all."""

    plans: list[str] = field(default_factory=list)
    severities: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    only_registered: bool = False
    first_full: Literal["", "month", "quarter", "year"] = ""  # begins with the first whole one after signing
    requires: list[str] = field(default_factory=list)


@toml_table
class ExclusionEntry:
    """`[[exclusion]]`: a reason for which a case is outside the promises."""

    key: str
    why: Label
    words: list[str] = field(default_factory=list)
    out_of_scope: bool = False


@toml_table
class MaintenanceEntry:
    """`[[maintenance]]`: planned unavailability, by a rule (RFC 5545) or from and to dated instants."""

    name: str
    sector: str = ""
    timezone: str = "UTC"
    start: datetime | None = None  # of the first window, on the wall clock of the zone
    rule: str = ""  # RRULE, such as "FREQ=WEEKLY;BYDAY=FR"
    hours: float = 0  # how long a window is, on the wall clock
    after: str = ""  # the name of another entry that this one follows,
    after_days: int = 0  # so many calendar days later
    weekday: str = ""  # on which weekday the document says it falls
    dated: list[list[datetime]] = field(default_factory=list)  # [[from, to], ...]
    impact: str = ""  # a key of [maintenance_terms] notice; without it, the document itself is the notice
    announce_by: datetime | None = None  # of the first dated window, worked out by hand


@toml_table
class VersionEntry:
    """`[[versions]]`: until when a version of a product is supported."""

    version: str  # "4.1" and whatever begins so, or "< 4.0"
    product: str = ""  # where there are several
    supported_until: date | None = None  # the last day; without it, not any more
    extended: dict[str, date] = field(default_factory=dict)  # by the add-on that brings it
    exclusion: str = ""  # the key of the [[exclusion]] that is proposed; without it, "unsupported-version"


@toml_table
class MaintenanceTermsTable:
    """`[maintenance_terms]`: by when customers are told of planned windows, and how many hours of them there may be."""

    notice: dict[str, str] = field(default_factory=dict)  # by impact: "48h" of elapsed time, "5bd", "none"
    budget: str = ""  # "8h"
    per: Literal["month", "quarter", "year"] = "quarter"


@toml_table
class FiscalYearTable:
    """`[fiscal_year]`: on which day the years begin in which months, quarters and years are counted."""

    starts: str = "01-01"
    named_by: Literal["start", "end"] = "start"  # 2026 is the year that starts in 2026, or the one that ends then


@toml_table
class AttainmentTable:
    """`[attainment.KEY]`: how many of the promises of a period must be kept; a list that is not there names all."""

    share: float  # percent
    per: Literal["month", "quarter", "year"] = "quarter"
    name: str = ""
    targets: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    severities: list[str] = field(default_factory=list)
    fewer_than: int = 0  # where there are fewer promises than that,
    forgiven: int = 0  # so many may be missed, whatever their share
    of: Literal["customer", "offering"] = "customer"  # whose promises are counted together
    owed_only: bool = True  # otherwise what is only measured counts, too


@toml_table
class AvailabilityTable:
    """`[availability.NAME]`: how long NAME may be down; operators declare it, `status set NAME down` or `--down NAME`.

    Bands are ceilings: [["< 99.9", 10], ["< 99", 25]] is 10 below 99.9, 25 below 99. Or `credit` percent for `each`.
    """

    name: str = ""
    down: str = ""  # what is declared to be down; without it, the key
    plans: list[str] = field(default_factory=list)  # to whom it is promised; without it, all
    per: Literal["month", "quarter", "year"] = "month"
    at_least: str = ""  # "15m" in one piece; what is shorter does not count
    goal: float | None = None  # percent
    bands: list[tuple[float | str, float]] = field(default_factory=list)
    each: str = ""  # "30m" down in all, of pieces that count
    credit: float = 0  # percent for each of these
    at_most: float = 100  # percent, in a period
    maintenance_counts: bool = False  # otherwise what was planned before it began is not down


@toml_table
class CreditsTable:
    """`[credits]`: what missed promises cost, by one of `bands`, `counts` and `each`.

    Bands are floors: [[4, 10], ["> 6", 15]] is 10 from 4 on, 15 above 6.
    """

    calendar: str
    bands: list[tuple[float | str, float]] = field(default_factory=list)  # by the share of violations, in percent
    counts: list[tuple[float | str, float]] = field(default_factory=list)  # by their number
    each: float = 0  # percent for each of them
    at_most: float = 100  # percent, in all
    unless: str = ""  # a goal of [attainment]: nothing is credited while it is kept
    targets: list[str] = field(default_factory=list)  # which promises count; without it, all
    per: Literal["month", "quarter", "year"] = "quarter"
    request_within_business_days: int | None = None  # one of the two
    request_within_days: int | None = None


@toml_table
class CapTable:
    """`[[classifier.caps]]`: a named rule: `when` it holds, the severity is `at_most` that.

    `alone`: what trouble is then, where the mail says nothing else.
    """

    name: str
    when: str
    at_most: str
    alone: str = ""


@toml_table
class MatrixTable:
    """`[classifier.matrix]`: severities by impact and urgency, which two intake fields ask for.

    `table` has a line for each impact, with the severity of each urgency. `words` are other ways to say a value.
    """

    table: dict[str, dict[str, str]]
    impact: str = "impact"  # key of the intake field
    urgency: str = "urgency"
    words: dict[str, list[str]] = field(default_factory=dict)


@toml_table
class CostTable:
    """`[classifier.cost]`: what it costs to be one rank too low or too high; their ratio decides."""

    too_low: float = 1.15
    too_high: float = 1.0


@toml_table
class RuleTable:
    """`[[classifier.rules]]`: a line of the table that makes a severity of findings; the first that fits decides."""

    severity: str
    when: dict[str, list[str]] = field(default_factory=dict)  # a finding: its values; without it, always


@toml_table
class ClassifierTable:
    """`[classifier]`: how a severity is found."""

    default: str
    stated: Literal["evidence", "fitting", "initial", "ignored"] = "evidence"
    caps: list[CapTable] = field(default_factory=list)
    areas: dict[str, list[str]] = field(default_factory=dict)
    never_rank_1: list[str] = field(default_factory=list)
    review_below: float = 0.7  # the probability below which a person looks
    call_above: float = 0.3  # the probability of rank 1 above which people are called
    cost: CostTable = field(default_factory=CostTable)
    rules: list[RuleTable] = field(default_factory=list)  # without them, the shipped table
    matrix: MatrixTable | None = None
    reader: bool = True  # false: no language model reads these mails, whatever the desk has


@toml_table
class IntakeEntry:
    """`[[intake]]`: something the document asks customers to say."""

    key: str
    label: Label
    aliases: list[str] = field(default_factory=list)
    required: bool = True
    kinds: list[str] = field(default_factory=list)  # of case; without it, all


@toml_table
class StepEntry:
    """`[[ladder]]`: a step.

    `at` is "opened" (at once), "opened + 15m" of elapsed time, a share of the promise ("75%"), "1h before due", "due",
    or "due + 1h" of open time. `to` names seats (assignee, team, lead, operators, on-call, on-call-secondary,
    account-contacts, customer-escalation, customer, and those of `levels`) or addresses.
    """

    at: str
    send: Literal["warning", "breach", "escalation"]
    to: list[str]
    only: list[str] = field(default_factory=list)  # severities; without it, all
    of: list[str] = field(default_factory=list)  # keys of promises; without it, all
    plans: list[str] = field(default_factory=list)  # without it, all
    hours: Literal["", "working", "always"] = ""  # working: waits for the region's hours; else the promise's own
    repeat: str = ""  # "15m" of elapsed time: said again until somebody acknowledges
    unless_acknowledged: str = ""  # "15m": so much later, and only if nobody has acknowledged by then
    until: list[str] = field(default_factory=list)  # "#planned", "answer": what ends it instead of an acknowledgment
    in_turn: bool = False  # each time to the next of `to`


@toml_table
class CallsTable:
    """`[calls]`: how a call goes on that nobody acknowledges. Elapsed time from the call, "15m" or "1h"."""

    secondary: str = "15m"
    lead: str = "30m"
    account_contacts: str = "45m"
    hourly_after: str = "1h"  # once an hour to everybody who was called; the operators hear that nobody answers
    at_most: int = 12  # times an hour, and no more


@toml_table
class LifecycleTable:
    """`[lifecycle]`: what happens to a case over its life.

    Days are business days of the plan's calendar, but for those within which a reply reopens a case. Instead of each
    `..._days` there is an amount: "8h" of open time, "2bd", "3cd", "72h elapsed".
    """

    remind_after_days: int | None = None  # waiting for the customer
    remind_after: str = ""
    reminders: int = 1  # so often, as far apart, before a case is closed
    close_after_days: int | None = None  # after the last reminder
    close_after: str = ""
    turn_remind_after: str = ""  # "4bd": it is the customer's turn, and nobody said that we wait; without it, never
    turn_close_after: str = ""  # "4bd": after that reminder
    reopen_within_days: int | None = None
    reopen_within: str = ""
    reopened_as: str = ""  # severity of a case that its customer opens again; without it, as it was
    follow_up_severity: str = ""  # of the linked case that a later reply opens; without it, as its mail says
    downgrade_after_days: int | None = None
    downgrade_after: str = ""
    downgrade_to: str = ""
    downgrade_automatically: bool = False
    resolve_recovered: bool = False
    progress_mails: bool = False
    ask_rating: bool = True


@toml_table
class ClockEntry:
    """`expect = { TARGET = { due = TIME, state = "running" } }`: what the newest clock of that name is to show."""

    due: datetime | None = None
    state: Literal["", "running", "paused", "met", "breached", "exempt", "none"] = ""


@toml_table
class ThenEntry:
    """One step of `then`: when, who does what (nothing: time passes), and what is to be true after it."""

    after: str = ""  # "2h" of elapsed time since the step before, or the arrival
    at: datetime | None = None  # or this instant
    do: str = ""  # answer, customer, severity KEY, wait, or an agent's order such as "#resolve"
    # By the name of a target; `sent` holds the kinds of mail since the step before, `credit` what could be claimed,
    # `attained` the goals of [attainment] that are kept; `status` and `severity` are the case's.
    expect: dict[str, ClockEntry | list[str] | str] = field(default_factory=dict)


@toml_table
class BesideEntry:
    """`beside = { kept = 38, missed = 1 }`: how the customer's other promises of that period went, for `credit`."""

    kept: int = 0
    missed: int = 0


@toml_table
class ExampleEntry:
    """`[[example]]`: a worked example, computed by hand. Without `due` and `then`: the document gives no target."""

    at: datetime
    severity: str
    due: datetime | None = None
    plan: str = ""
    region: str = ""
    channel: str = "email"
    target: str = "first_response"  # the key of a promise
    kind: str = ""  # a key of [kinds], or one of the desk's kinds; without it, none is known
    language: str = ""  # of the mail; without it, the first of the policy
    fields: dict[str, str] = field(default_factory=dict)  # what the customer says in fields of the intake
    addons: list[str] = field(default_factory=list)  # that the customer has bought
    down: list[str] = field(default_factory=list)  # switches of the operators: what `warranted_while_down` names
    signed: date | None = None  # the customer's contract
    subject: str = ""  # of the mail
    mail: str = ""  # the customer's own words: that severity is to be found for them
    why: str = ""
    beside: BesideEntry = field(default_factory=BesideEntry)
    then: list[ThenEntry] = field(default_factory=list)  # how the case goes on, and what is to come of it


@toml_table
class UnsaidEntry:
    """`[[unsaid]]`: what the document says and this format cannot, and why not."""

    what: str
    why: str


@toml_table
class AssumedEntry:
    """`[[assumed]]`: where the document is silent or contradicts itself: our reading, and why."""

    key: str
    why: str


@toml_table
class PolicyFile:
    """A policy file."""

    key: str
    name: str
    plans: dict[str, PlanTable]
    regions: dict[str, RegionTable]
    calendars: dict[str, CalendarTable]
    severities: dict[str, SeverityTable]
    targets: dict[str, dict[str, dict[str, str | GoalTable | list[GoalTable]]]]
    classifier: ClassifierTable
    source: str = ""
    shown_in: list[str] = field(default_factory=list)  # further zones in which the document prints its hours
    languages: list[str] = field(default_factory=lambda: ["en"])
    on_severity_change: Literal["keep_consumed", "from_start", "restart"] = "keep_consumed"
    promises: dict[str, PromiseTable] = field(default_factory=dict)
    channels: dict[str, ChannelTable] = field(default_factory=dict)
    kinds: dict[str, CaseKindTable] = field(default_factory=dict)
    addons: dict[str, AddonTable] = field(default_factory=dict)
    follows: list[Literal["channel", "language"]] = field(default_factory=list)  # of a case, what later mails change
    intake: list[IntakeEntry] = field(default_factory=list)
    ladder: list[StepEntry] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)  # seats of the ladder that the desk's [[level]] fills: "manager"
    calls: CallsTable = field(default_factory=CallsTable)
    pauses: list[Literal["customer", "vendor"]] = field(default_factory=list)  # waits for whom pause what runs
    lifecycle: LifecycleTable = field(default_factory=LifecycleTable)
    warranty: WarrantyTable = field(default_factory=WarrantyTable)
    exclusion: list[ExclusionEntry] = field(default_factory=list)
    maintenance: list[MaintenanceEntry] = field(default_factory=list)
    versions: list[VersionEntry] = field(default_factory=list)
    maintenance_terms: MaintenanceTermsTable = field(default_factory=MaintenanceTermsTable)
    fiscal_year: FiscalYearTable = field(default_factory=FiscalYearTable)
    attainment: dict[str, AttainmentTable] = field(default_factory=dict)
    availability: dict[str, AvailabilityTable] = field(default_factory=dict)
    credits: CreditsTable | None = None
    escalation_words: list[str] = field(default_factory=list)
    escalation_contact: bool = False  # every customer gives one who is reachable around the clock
    known_incidents_exempt: bool = False  # a case about a declared incident need not be answered in time
    not_support: list[str] = field(default_factory=list)  # addresses and domains whose mail makes no case
    example: list[ExampleEntry] = field(default_factory=list)
    assumed: list[AssumedEntry] = field(default_factory=list)
    unsaid: list[UnsaidEntry] = field(default_factory=list)
