"""One policy file into one `offering.policy.Policy`, with every problem said at once.

Reading is strict and complete: what this accepts, the engine can run. What the document itself contradicts is not
our business here; `helpdesk.offering.files.lint` looks for that.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from helpdesk.errors import ConfigurationError
from helpdesk.offering.cell import CaseKind
from helpdesk.offering.files.calendars import CalendarReader
from helpdesk.offering.files.cells import CellReader
from helpdesk.offering.files.consistency import inconsistencies
from helpdesk.offering.files.credits import read_attainment, read_availability, read_credits, read_fiscal_year
from helpdesk.offering.files.from_table import from_table
from helpdesk.offering.files.known_days import KnownDays, in_country, known_now
from helpdesk.offering.files.labels import E_MAIL, translations
from helpdesk.offering.files.maintenance import read_maintenance, read_maintenance_terms
from helpdesk.offering.files.matrix import read_matrix
from helpdesk.offering.files.problems import FileProblems
from helpdesk.offering.files.promised import MARKS, read_promises
from helpdesk.offering.files.rules import read_rules, wrong_rules
from helpdesk.offering.files.schema import PolicyFile
from helpdesk.offering.files.story import expecting, read_deed, step_at
from helpdesk.offering.intake import IntakeField
from helpdesk.offering.intake_words import folded
from helpdesk.offering.policy import (
    AUDIENCES,
    OFF,
    Addon,
    Assumption,
    Calls,
    Channel,
    Exclusion,
    Lifecycle,
    Maintenance,
    Plan,
    Policy,
    Region,
    Step,
    StoryStep,
    Unsaid,
    Warranty,
    WorkedExample,
)
from helpdesk.offering.promises import UNMEASURED
from helpdesk.offering.severities import Area, Cap, Kind, Level, SeverityTerms
from helpdesk.offering.versions import NOT_SUPPORTED, UNSUPPORTED, ProductVersion, numbers_of
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.openhours.walltime import time_of_day
from helpdesk.openhours.within import Within, elapsed, parse_open_time, parse_within
from helpdesk.toml_reader import fill, fill_as_far_as_possible, json_schema, parse_toml, read_text
from helpdesk.wordings import first, others

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from helpdesk.offering.cell import Cell, VariedBy
    from helpdesk.offering.files.cells import CellEntry
    from helpdesk.offering.files.schema import (
        CallsTable,
        ExampleEntry,
        LifecycleTable,
        StepEntry,
    )
    from helpdesk.offering.policy import Writer

R = TypeVar("R")
_AFTER = re.compile(r"(due|opened)(?: \+ (\w+(?: \w+)?))?")
_BEFORE = re.compile(r"(\w+(?: \w+)?) before due")
_ADDRESS = re.compile(r"[^\s@<>,\"]+@[^\s@<>,\"]+")
_SHARE = re.compile(r"(\d{1,2})\s*%")
_OF_BUSINESS_DAYS = ("remind_after", "close_after", "downgrade_after")
_CALLS_AT_MOST = 48  # two days of one an hour
_NOBODY: tuple[Writer, str] = ("", "")
_FIFTH = "; a fifth severity shares rank 4, and stands after the other"
ALWAYS = "24x7"  # every policy has this calendar


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A policy file's text, where it came from, and the public holidays that were known when it was first read.

    This is what is stored, so that an old case can be explained later. A file that is read now has no `days` and no
    `version` yet; a version that was stored before days were kept has no `days`, and keeps its version.
    """

    name: str
    text: str
    days: KnownDays | None = None
    version: str = ""  # what cases remember


def policy_file(path: Path) -> PolicyText:
    """A policy file as it is now. Raises ConfigurationError."""
    return PolicyText(str(path), read_text(path))


def read_policy(source: PolicyText) -> Policy:
    """Read one policy. Raises ConfigurationError with every problem, each `file: key: what was expected`."""
    return read_whole(source)[0]


def read_whole(source: PolicyText) -> tuple[Policy, PolicyText]:
    """Read one policy, and its text with the days and the version that are to be stored. Raises ConfigurationError."""
    survey = survey_policy(source)
    if survey.problems:
        raise ConfigurationError(survey.problems)
    return survey.policy, survey.source


@dataclass(frozen=True, slots=True)
class Survey:
    """A policy file as far as it can be read, with every problem, each `file: key: what was expected`.

    With a problem, the policy has blanks where something is missing or wrong: good for looking names up, no more.
    """

    policy: Policy
    source: PolicyText
    problems: tuple[str, ...]


def survey_policy(source: PolicyText) -> Survey:
    """Read one policy as far as possible. Raises ConfigurationError where its text is no TOML."""
    filled = fill_as_far_as_possible(PolicyFile, parse_toml(source.text, source.name), source.name)
    table = filled.table
    whole = source if source.days else replace(source, days=days_of(table))
    if not whole.version:
        whole = replace(whole, version=_version(whole))
    reader = _PolicyReader(whole, table)
    policy = reader.policy()
    return Survey(policy, whole, (*filled.problems, *filled.further(reader.problems.found)))


def days_of(table: PolicyFile) -> KnownDays:
    """The public holidays that a policy's calendars ask for, as they are known now."""
    asked = [calendar.holidays for calendar in table.calendars.values() if calendar.holidays]
    return known_now([*asked, *(in_country(one, place) for one in asked for place in one.customer_countries)])


def _version(source: PolicyText) -> str:
    """The digest of the text and its public holidays: other days are another version."""
    days = source.days.fingerprint if source.days else ""
    return hashlib.sha256((source.text + days).encode()).hexdigest()[:12]


def read_table(source: PolicyText) -> PolicyFile:
    """The file's tables as they are written. Raises ConfigurationError."""
    return fill(PolicyFile, parse_toml(source.text, source.name), source.name)


def schema() -> dict[str, Any]:
    """The JSON schema of the format, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Helpdesk policy",
        **json_schema(PolicyFile),
    }


class _PolicyReader:
    """Reads the tables of one file and collects what is wrong with them."""

    def __init__(self, source: PolicyText, table: PolicyFile) -> None:
        self.source = source
        self.table = table
        self.problems = FileProblems()
        self.kinds = read_promises(table, self.problems)

    def policy(self) -> Policy:
        table = self.table
        reader = CalendarReader(self.source.days or days_of(table), self.problems)
        calendars = {key: reader.calendar(key, entry) for key, entry in table.calendars.items()}
        calendars.setdefault(ALWAYS, Calendar(name=ALWAYS, timezone="UTC", windows=parse_hours(ALWAYS)))
        fields, goals, addons = tuple(self.intake()), dict(self.goals()), tuple(self.addons())
        plans = tuple(self.plans())
        policy = Policy(
            key=table.key,
            name=table.name,
            version=self.source.version,
            plans=plans,
            regions=tuple(Region(key, entry.name or key, entry.calendar) for key, entry in table.regions.items()),
            channels=self.channels(),
            calendars=calendars,
            customer_hours=dict(reader.customer_hours(table.calendars)),
            kinds=self.kinds,
            goals=goals,
            addons=addons,
            case_kinds=tuple(self.case_kinds()),
            varied=_varied(goals, addons),
            dated=_is_dated((*goals.values(), *(cell for addon in addons for cell in addon.cells.values())), plans),
            follows=tuple(table.follows),
            severity=self.severity(fields),
            intake=fields,
            ladder=tuple(self.steps()),
            levels=tuple(self.level_names()),
            examples=tuple(self.examples()),
            assumptions=tuple(from_table(Assumption, entry) for entry in table.assumed),
            unsaid=tuple(from_table(Unsaid, entry) for entry in table.unsaid),
            on_severity_change=table.on_severity_change,
            warranty=from_table(Warranty, table.warranty),
            exclusions=tuple(self.exclusions()),
            maintenance=tuple(self.maintenance()),
            maintenance_terms=read_maintenance_terms(table.maintenance_terms, self.problems),
            lifecycle=self.life(table.lifecycle),
            calls=self.problems.attempt("calls", partial(read_calls, table.calls), Calls()),
            versions=tuple(self.versions()),
            fiscal_year=read_fiscal_year(table.fiscal_year, self.problems),
            attainment=tuple(read_attainment(key, entry, self.problems) for key, entry in table.attainment.items()),
            availability=tuple(
                read_availability(key, entry, self.problems) for key, entry in table.availability.items()
            ),
            credits=read_credits(table.credits, self.problems, alone=not table.availability) if table.credits else None,
            escalation_words=tuple(table.escalation_words),
            escalation_contact=table.escalation_contact,
            known_incidents_exempt=table.known_incidents_exempt,
            not_support=tuple(sender.lower() for sender in table.not_support),
            languages=tuple(table.languages),
            translations=translations(table),
            source=table.source,
            shown_in=tuple(reader.timezone("shown_in", zone) for zone in table.shown_in),
            days_source=self.source.days.source if self.source.days and self.source.days.days else "",
        )
        for place, expected in inconsistencies(table, policy, self.cell_reader):
            self.problems.add(place, expected)
        return policy

    def plans(self) -> Iterator[Plan]:
        for key, entry in self.table.plans.items():
            for what, most in (("contacts", entry.contacts), ("contacts_per_product", entry.contacts_per_product)):
                if most < 0:
                    self.problems.add(f"plans.{key}.{what}", f"expected how many people may write, not {most}")
            yield from_table(Plan, entry, key=key, name=first(entry.name))

    # --- targets

    def goals(self) -> Iterator[tuple[tuple[str, str, str], Cell]]:
        for plan, targets in self.table.targets.items():
            for (target, severity), cell in self.cells(f"targets.{plan}", targets):
                yield (plan, target, severity), cell

    def cells(
        self, place: str, targets: Mapping[str, Mapping[str, CellEntry]]
    ) -> Iterator[tuple[tuple[str, str], Cell]]:
        for target, severities in targets.items():
            for severity, entry in severities.items():
                cell = self.cell_reader.cell(f"{place}.{target}.{severity}", entry)
                if cell:
                    yield (target, severity), cell

    @property
    def cell_reader(self) -> CellReader:
        return CellReader(_within, {*self.table.calendars, ALWAYS}, self.problems)

    def addons(self) -> Iterator[Addon]:
        for key, entry in self.table.addons.items():
            cells = dict(self.cells(f"addons.{key}.targets", entry.targets))
            yield Addon(key, entry.name, entry.calendar, tuple(entry.plans), cells)

    def case_kinds(self) -> Iterator[CaseKind]:
        """The policy's own kinds of case; what somebody may call one must mean it alone."""
        taken = {folded(kind): kind for kind in get_args(Kind)}
        for key, entry in self.table.kinds.items():
            kind = CaseKind(
                key, first(entry.name) or key.replace("_", " "), entry.of, tuple(entry.aliases), tuple(entry.words)
            )
            for name in (key, kind.name, *kind.aliases):
                owner = taken.setdefault(folded(name.replace("_", " ")), key)
                if owner != key:
                    self.problems.add(f"kinds.{key}", f"expected {name!r} for one kind only, {owner} has it too")
            yield kind

    def channels(self) -> tuple[Channel, ...]:
        table = dict(self.table.channels)
        named = [
            from_table(Channel, entry, key=key, name=first(entry.name) or key, tell=first(entry.tell))
            for key, entry in table.items()
        ]
        return (*(() if "email" in table else (Channel("email", E_MAIL),)), *named)

    # --- severity

    def severity(self, fields: Sequence[IntakeField]) -> SeverityTerms:
        table = self.table.classifier
        for name, share in (("review_below", table.review_below), ("call_above", table.call_above)):
            if not 0 <= share <= 1:
                self.problems.add(f"classifier.{name}", f"expected a share from 0 to 1, such as 0.65, not {share:g}")
        for name, cost in (("too_low", table.cost.too_low), ("too_high", table.cost.too_high)):
            if cost <= 0:
                self.problems.add(f"classifier.cost.{name}", f"expected a number above 0, not {cost:g}")
        ranks = {key: entry.rank for key, entry in self.table.severities.items()}
        for place, expected in wrong_rules(table.rules, ranks):
            self.problems.add(place, expected)
        for key, entry in self.table.severities.items():
            if not 1 <= entry.rank <= 4:
                self.problems.add(f"severities.{key}.rank", f"expected 1 (the worst) to 4, not {entry.rank}{_FIFTH}")
        levels = tuple(
            from_table(Level, entry, key=key, name=first(entry.name), aliases=(*entry.aliases, *others(entry.name)))
            for key, entry in sorted(self.table.severities.items(), key=lambda item: item[1].rank)
        )
        return from_table(
            SeverityTerms,
            table,
            levels=levels,
            caps=tuple(from_table(Cap, cap) for cap in table.caps),
            areas=tuple(Area(key=key, words=tuple(words)) for key, words in table.areas.items()),
            too_low=table.cost.too_low,
            too_high=table.cost.too_high,
            rules=read_rules(table.rules, ranks),
            matrix=read_matrix(table.matrix, fields) if table.matrix else None,
        )

    # --- the rest

    def intake(self) -> Iterator[IntakeField]:
        for entry in self.table.intake:
            kinds = tuple(kind for kind in get_args(Kind) if kind in entry.kinds)
            yield IntakeField(
                entry.key,
                first(entry.label),
                aliases=(*entry.aliases, *others(entry.label)),
                required=entry.required,
                of_kinds=kinds,
            )

    def steps(self) -> Iterator[Step]:
        for number, entry in enumerate(self.table.ladder, start=1):
            place = f"ladder.{number}"
            reached = self.problems.attempt(f"{place}.at", partial(_reached, entry.at), None)
            to = tuple(self.audiences(f"{place}.to", entry.to))
            repeat = self.problems.attempt(f"{place}.repeat", partial(_elapsed, entry.repeat), None)
            unless = self.problems.attempt(
                f"{place}.unless_acknowledged", partial(_elapsed, entry.unless_acknowledged), None
            )
            self.step_problems(place, entry)
            if reached:
                share, after, before = reached
                yield from_table(
                    Step,
                    entry,
                    key=_step_key(entry),
                    kind=entry.send,
                    share=share,
                    after=after,
                    before=before,
                    to=to,
                    repeat=repeat,
                    unless_acknowledged=unless,
                    until=tuple(mark for mark in MARKS if mark in entry.until),
                    in_turn=entry.in_turn and bool(to),
                )

    def step_problems(self, place: str, entry: StepEntry) -> None:
        if entry.until and entry.unless_acknowledged:
            self.problems.add(
                f"{place}.until", "expected without unless_acknowledged: an acknowledgment does not end it"
            )
        if entry.in_turn and (not entry.repeat or len(entry.to) < 2):
            self.problems.add(f"{place}.in_turn", "expected with repeat, and with several in to")

    def audiences(self, place: str, names: list[str]) -> Iterator[str]:
        seats = (*AUDIENCES, *(level.lower() for level in self.table.levels))
        for name in names:
            if name.lower() in seats or _ADDRESS.fullmatch(name):
                yield name.lower()
            else:
                near = "".join(f"; did you mean {one}?" for one in get_close_matches(name.lower(), seats, n=1))
                self.problems.add(place, f"expected one of {', '.join(seats)}, or a bare address, not {name!r}{near}")

    def level_names(self) -> Iterator[str]:
        """The seats that the desk fills: of these alone their names are the policy's own."""
        for name in self.table.levels:
            if name.lower() in AUDIENCES or _ADDRESS.fullmatch(name):
                self.problems.add("levels", f"expected a name that no seat has yet, not {name!r}")
            yield name.lower()

    def examples(self) -> Iterator[WorkedExample]:
        for number, entry in enumerate(self.table.example, start=1):
            if entry.at.tzinfo is None or (entry.due and entry.due.tzinfo is None):
                self.problems.add(
                    f"example.{number}", "expected times with an offset, such as 2026-03-27T16:00:00+01:00"
                )
                continue
            self.example_terms(f"example.{number}", entry)
            yield from_table(
                WorkedExample,
                entry,
                plan=entry.plan or next(iter(self.table.plans), ""),
                region=entry.region or next(iter(self.table.regions), ""),
                due_at=entry.due,
                kept=entry.beside.kept,
                missed=entry.beside.missed,
                story=tuple(self.story(f"example.{number}", entry)),
            )

    def example_terms(self, place: str, entry: ExampleEntry) -> None:
        if entry.subject and not entry.mail.strip():
            self.problems.add(f"{place}.mail", "expected what the mail says, beside its subject")
        if min(entry.beside.kept, entry.beside.missed) < 0:
            self.problems.add(f"{place}.beside", "expected numbers of promises, none below zero")

    def story(self, place: str, entry: ExampleEntry) -> Iterator[StoryStep]:
        """The steps of an example, each no earlier than the one before."""
        at, severities, targets = entry.at, list(self.table.severities), [kind.key for kind in self.kinds]
        for number, step in enumerate(entry.then, start=1):
            here = f"{place}.then.{number}"
            at = self.problems.attempt(here, partial(step_at, step, at), at)
            by, text = self.problems.attempt(f"{here}.do", partial(read_deed, step.do, severities), _NOBODY)
            expected = StoryStep(at, by, text)
            reading = partial(expecting, expected, step.expect, targets, severities)
            yield self.problems.attempt(f"{here}.expect", reading, expected)

    def exclusions(self) -> Iterator[Exclusion]:
        for number, entry in enumerate(self.table.exclusion, start=1):
            if entry.key.casefold() == OFF:
                self.problems.add(
                    f"exclusion.{number}.key", f"expected another key: #exclude {OFF} takes an exclusion back"
                )
            yield from_table(Exclusion, entry, why=first(entry.why))
        keys = {entry.key for entry in self.table.exclusion}
        if UNSUPPORTED not in keys and any(not entry.exclusion for entry in self.table.versions):
            yield Exclusion(UNSUPPORTED, NOT_SUPPORTED)

    def versions(self) -> Iterator[ProductVersion]:
        for number, entry in enumerate(self.table.versions, start=1):
            place, text = f"versions.{number}", entry.version.strip()
            numbers = numbers_of(text)
            if not numbers:
                self.problems.add(
                    f"{place}.version", f'expected a version such as "4.1" or "< 4.0", not {entry.version!r}'
                )
            exclusion = entry.exclusion or UNSUPPORTED
            until, extended = entry.supported_until, dict(entry.extended)
            yield ProductVersion(numbers, text.startswith("<"), entry.product, until, extended, exclusion)

    def maintenance(self) -> Iterator[Maintenance]:
        windows = self.table.maintenance
        for number, entry in enumerate(windows, start=1):
            found = self.problems.attempt(f"maintenance.{number}", partial(read_maintenance, entry, windows), None)
            if found:
                yield found

    def life(self, table: LifecycleTable) -> Lifecycle:
        """`[lifecycle]`; what is wrong with a span is said, and it is as if it were not there."""
        in_days = {key: _business_days(getattr(table, f"{key}_days")) for key in _OF_BUSINESS_DAYS}
        in_days["reopen_within"] = _elapsed_days(table.reopen_within_days)
        keys = (*in_days, "turn_remind_after", "turn_close_after")
        spans = {key: self.lifecycle_span(key, getattr(table, key), in_days.get(key)) for key in keys}
        return from_table(Lifecycle, table, **spans)

    def lifecycle_span(self, key: str, text: str, of_days: Within | None) -> Within | None:
        """An amount of `[lifecycle]`, written or in days."""
        if text and of_days:
            self.problems.add(f"lifecycle.{key}", f"expected this or {key}_days, not both")
        return self.problems.attempt(f"lifecycle.{key}", partial(parse_within, text), None) if text else of_days


def _is_dated(cells: Iterable[Cell], plans: Iterable[Plan]) -> bool:
    goals = (goal for cell in cells for goal in cell.goals)
    asked = any(one.since or one.until or any(one.hours()) for one in goals)
    return asked or any(plan.since or plan.until for plan in plans)


def _varied(goals: Mapping[Any, Cell], addons: Sequence[Addon]) -> frozenset[tuple[VariedBy, str]]:
    cells = (*goals.values(), *(cell for addon in addons for cell in addon.cells.values()))
    return frozenset(by for cell in cells for by in cell.varies_by())


def _within(text: str, business_day: str) -> Within:
    unmeasured = UNMEASURED.get(" ".join(text.split()).lower())
    if unmeasured:
        return unmeasured
    if business_day in {"", "same_time", "close", "close_next"}:
        within = parse_within(text, mode=business_day or "same_time")  # type: ignore[arg-type]
    elif ":" in business_day:
        within = parse_within(text, by=time_of_day(business_day))
        if within.counts_open_time:
            raise ValueError(f'business_day: expected with business days such as "1bd", not with {text!r}')
    else:
        within = parse_within(text, business_day=parse_open_time(business_day))
    if within.calendar_days and business_day:
        raise ValueError(f'business_day: expected with business days such as "1bd", not with {text!r}')
    return within


def _reached(text: str) -> tuple[float, timedelta, timedelta]:
    """The share of the promise, the time after that (elapsed, at an opening), and the time before it is due."""
    at, none = " ".join(text.split()), timedelta()
    share, after, before = _SHARE.fullmatch(at), _AFTER.fullmatch(at), _BEFORE.fullmatch(at)
    if share and int(share[1]):
        return int(share[1]) / 100, none, none
    if after:
        return float(after[1] == "due"), parse_open_time(after[2]) if after[2] else none, none
    if before:
        return 1.0, none, parse_open_time(before[1])
    raise ValueError(
        'expected "opened", a share such as "75%", "due" or "due + 1h", also "opened + 15m" or "1h before due", '
        f"not {text!r}"
    )


def _elapsed(text: str) -> timedelta | None:
    return parse_open_time(text) if text else None


def read_calls(table: CallsTable) -> Calls:
    """How calls go on. Raises ValueError that says which key is wrong and what was expected."""
    spans: dict[str, timedelta] = {}
    for key in ("secondary", "lead", "account_contacts", "hourly_after"):
        try:
            spans[key] = parse_open_time(getattr(table, key))
        except ValueError as problem:
            raise ValueError(f"{key}: {problem}") from None
    if not 0 <= table.at_most <= _CALLS_AT_MOST:
        raise ValueError(f"at_most: expected a number from 0 to {_CALLS_AT_MOST}, not {table.at_most}")
    return Calls(**spans, at_most=table.at_most)


def _step_key(entry: StepEntry) -> str:
    """What tells steps apart that may be taken at different instants; a ledger remembers it."""
    parts = (
        " ".join(entry.at.split()),
        f"for {', '.join(entry.only)}" if entry.only else "",
        f"of {', '.join(entry.of)}" if entry.of else "",
        f"for plans {', '.join(entry.plans)}" if entry.plans else "",
        f"in {entry.hours} hours" if entry.hours == "working" else "",
        f"every {entry.repeat}" if entry.repeat else "",
        f"unless acknowledged in {entry.unless_acknowledged}" if entry.unless_acknowledged else "",
        f"until {' or '.join(entry.until)}" if entry.until else "",
    )
    return " ".join(part for part in parts if part)


def _elapsed_days(days: int | None) -> Within | None:
    return None if days is None else elapsed(timedelta(days=days))


def _business_days(days: int | None) -> Within | None:
    return None if days is None else Within(timedelta(), business_days=days)
