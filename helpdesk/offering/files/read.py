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
from helpdesk.languages import SCRIPTS, languages
from helpdesk.offering.cell import OTHER, CaseKind
from helpdesk.offering.files.calendars import CalendarReader
from helpdesk.offering.files.cells import CellReader
from helpdesk.offering.files.credits import read_attainment, read_availability, read_credits, read_fiscal_year
from helpdesk.offering.files.known_days import KnownDays, in_country, known_now
from helpdesk.offering.files.labels import E_MAIL, translations, wrong_labels
from helpdesk.offering.files.maintenance import read_maintenance, read_maintenance_terms
from helpdesk.offering.files.matrix import matrix_problems, read_matrix
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
from helpdesk.offering.severities import CONDITIONS, Area, Cap, Kind, Level, SeverityTerms
from helpdesk.offering.versions import NOT_SUPPORTED, UNSUPPORTED, ProductVersion, numbers_of
from helpdesk.openhours.accounting import MONTHS
from helpdesk.openhours.calendar import Calendar, parse_hours
from helpdesk.openhours.walltime import time_of_day
from helpdesk.openhours.within import Within, elapsed, parse_open_time, parse_within
from helpdesk.placeholders import BLANK
from helpdesk.toml_reader import fill, fill_as_far_as_possible, json_schema, parse_toml, read_text
from helpdesk.wordings import first, others

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from helpdesk.offering.cell import Cell, VariedBy
    from helpdesk.offering.credits import AttainmentGoal, Credits
    from helpdesk.offering.files.cells import CellEntry
    from helpdesk.offering.files.schema import (
        CallsTable,
        ExampleEntry,
        LifecycleTable,
        StepEntry,
        WarrantyTable,
    )
    from helpdesk.offering.policy import Writer

R = TypeVar("R")
_AFTER = re.compile(r"(due|opened)(?: \+ (\w+(?: \w+)?))?")
_BEFORE = re.compile(r"(\w+(?: \w+)?) before due")
_ADDRESS = re.compile(r"[^\s@<>,\"]+@[^\s@<>,\"]+")
_SHARE = re.compile(r"(\d{1,2})\s*%")
_REMINDERS_AT_MOST = 12
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
    return Survey(policy, whole, (*filled.problems, *filled.further(reader.problems)))


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
        self.kinds, self.problems = read_promises(table)

    def policy(self) -> Policy:
        table = self.table
        reader = CalendarReader(self.source.days or days_of(table), self.wrong)
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
            assumptions=tuple(Assumption(entry.key, entry.why) for entry in table.assumed),
            unsaid=tuple(Unsaid(entry.what, entry.why) for entry in table.unsaid),
            on_severity_change=table.on_severity_change,
            warranty=_warranty(table.warranty),
            exclusions=tuple(self.exclusions()),
            maintenance=tuple(self.maintenance()),
            maintenance_terms=read_maintenance_terms(table.maintenance_terms, self.wrong),
            lifecycle=self.life(table.lifecycle),
            calls=self.attempt("calls", partial(read_calls, table.calls), Calls()),
            versions=tuple(self.versions()),
            fiscal_year=read_fiscal_year(table.fiscal_year, self.wrong),
            attainment=tuple(read_attainment(key, entry, self.wrong) for key, entry in table.attainment.items()),
            availability=tuple(read_availability(key, entry, self.wrong) for key, entry in table.availability.items()),
            credits=read_credits(table.credits, self.wrong, alone=not table.availability) if table.credits else None,
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
        self.references(policy)
        self.languages()
        self.severity_names()
        for place, expected in wrong_labels(table):
            self.wrong(place, expected)
        return policy

    def plans(self) -> Iterator[Plan]:
        for key, entry in self.table.plans.items():
            for what, most in (("contacts", entry.contacts), ("contacts_per_product", entry.contacts_per_product)):
                if most < 0:
                    self.wrong(f"plans.{key}.{what}", f"expected how many people may write, not {most}")
            yield Plan(
                key,
                first(entry.name),
                entry.calendar,
                channels=tuple(entry.channels),
                excludes=tuple(entry.excludes),
                severities=tuple(entry.severities),
                contacts=entry.contacts,
                contacts_per_product=entry.contacts_per_product,
                escalation=entry.escalation,
                since=entry.since,
                until=entry.until,
            )

    def wrong(self, key: str, expected: str) -> None:
        self.problems.append(f"{key}: {expected}")

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
        return CellReader(_within, {*self.table.calendars, ALWAYS}, self.wrong)

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
                    self.wrong(f"kinds.{key}", f"expected {name!r} for one kind only, {owner} has it too")
            yield kind

    def channels(self) -> tuple[Channel, ...]:
        table = dict(self.table.channels)
        named = [
            Channel(
                key,
                first(entry.name) or key,
                targets=entry.targets,
                warranted=entry.warranted,
                because=entry.because,
                warranted_while_down=entry.warranted_while_down,
                tell=first(entry.tell),
                severity=entry.severity,
                kind=entry.kind,
            )
            for key, entry in table.items()
        ]
        return (*(() if "email" in table else (Channel("email", E_MAIL),)), *named)

    # --- severity

    def severity(self, fields: Sequence[IntakeField]) -> SeverityTerms:
        table = self.table.classifier
        for name, share in (("review_below", table.review_below), ("call_above", table.call_above)):
            if not 0 <= share <= 1:
                self.wrong(f"classifier.{name}", f"expected a share from 0 to 1, such as 0.65, not {share:g}")
        for name, cost in (("too_low", table.cost.too_low), ("too_high", table.cost.too_high)):
            if cost <= 0:
                self.wrong(f"classifier.cost.{name}", f"expected a number above 0, not {cost:g}")
        ranks = {key: entry.rank for key, entry in self.table.severities.items()}
        for place, expected in wrong_rules(table.rules, ranks):
            self.wrong(place, expected)
        for key, entry in self.table.severities.items():
            if not 1 <= entry.rank <= 4:
                self.wrong(f"severities.{key}.rank", f"expected 1 (the worst) to 4, not {entry.rank}{_FIFTH}")
        levels = tuple(
            Level(
                key=key,
                rank=entry.rank,
                name=first(entry.name),
                definition=entry.definition,
                aliases=(*entry.aliases, *others(entry.name)),
                cues=tuple(entry.cues),
            )
            for key, entry in sorted(self.table.severities.items(), key=lambda item: item[1].rank)
        )
        return SeverityTerms(
            levels=levels,
            default=table.default,
            stated=table.stated,
            caps=tuple(Cap(cap.name, cap.when, cap.at_most, cap.alone) for cap in table.caps),
            areas=tuple(Area(key=key, words=tuple(words)) for key, words in table.areas.items()),
            review_below=table.review_below,
            call_above=table.call_above,
            too_low=table.cost.too_low,
            too_high=table.cost.too_high,
            rules=read_rules(table.rules, ranks),
            never_rank_1=tuple(table.never_rank_1),
            matrix=read_matrix(table.matrix, fields) if table.matrix else None,
            reader=table.reader,
        )

    def severity_names(self) -> None:
        """What a customer may state must mean one severity; compared as it is when a mail states it."""
        severities = self.table.severities
        claims = [(key, f"severities.{key}", key) for key in severities]
        claims += [
            (key, f"severities.{key}.name", name)
            for key, entry in severities.items()
            for name in (first(entry.name), *others(entry.name))
        ]
        claims += [
            (key, f"severities.{key}.aliases", alias) for key, entry in severities.items() for alias in entry.aliases
        ]
        taken: dict[str, str] = {}
        for key, place, name in claims:
            owner = taken.setdefault(folded(name), key)
            if owner != key and folded(name):
                self.wrong(place, f"expected {name!r} with one severity only, severities.{owner} has it too")

    # --- the rest

    def intake(self) -> Iterator[IntakeField]:
        for number, entry in enumerate(self.table.intake, start=1):
            for kind in entry.kinds:
                self.among(f"intake.{number}.kinds", kind, get_args(Kind))
            kinds = tuple(kind for kind in get_args(Kind) if kind in entry.kinds)
            yield IntakeField(
                entry.key,
                first(entry.label),
                aliases=(*entry.aliases, *others(entry.label)),
                required=entry.required,
                of_kinds=kinds,
            )

    def languages(self) -> None:
        if not self.table.languages:
            self.wrong("languages", f"expected at least one of {', '.join(sorted(languages()))}")
        for language in self.table.languages:
            self.among("languages", language, languages())

    def steps(self) -> Iterator[Step]:
        for number, entry in enumerate(self.table.ladder, start=1):
            place = f"ladder.{number}"
            reached = self.attempt(f"{place}.at", partial(_reached, entry.at), None)
            to = tuple(self.audiences(f"{place}.to", entry.to))
            repeat = self.attempt(f"{place}.repeat", partial(_elapsed, entry.repeat), None)
            unless = self.attempt(f"{place}.unless_acknowledged", partial(_elapsed, entry.unless_acknowledged), None)
            self.step_problems(place, entry)
            if reached:
                share, after, before = reached
                yield Step(
                    _step_key(entry),
                    entry.send,
                    share,
                    after,
                    to,
                    tuple(entry.only),
                    entry.hours,
                    repeat,
                    unless,
                    of=tuple(entry.of),
                    before=before,
                    plans=tuple(entry.plans),
                    until=tuple(mark for mark in MARKS if mark in entry.until),
                    in_turn=entry.in_turn and bool(to),
                )

    def step_problems(self, place: str, entry: StepEntry) -> None:
        for mark in entry.until:
            self.among(f"{place}.until", mark, MARKS)
        if entry.until and entry.unless_acknowledged:
            self.wrong(f"{place}.until", "expected without unless_acknowledged: an acknowledgment does not end it")
        if entry.in_turn and (not entry.repeat or len(entry.to) < 2):
            self.wrong(f"{place}.in_turn", "expected with repeat, and with several in to")

    def audiences(self, place: str, names: list[str]) -> Iterator[str]:
        seats = (*AUDIENCES, *(level.lower() for level in self.table.levels))
        for name in names:
            if name.lower() in seats or _ADDRESS.fullmatch(name):
                yield name.lower()
            else:
                near = "".join(f"; did you mean {one}?" for one in get_close_matches(name.lower(), seats, n=1))
                self.wrong(place, f"expected one of {', '.join(seats)}, or a bare address, not {name!r}{near}")

    def level_names(self) -> Iterator[str]:
        """The seats that the desk fills: of these alone their names are the policy's own."""
        for name in self.table.levels:
            if name.lower() in AUDIENCES or _ADDRESS.fullmatch(name):
                self.wrong("levels", f"expected a name that no seat has yet, not {name!r}")
            yield name.lower()

    def examples(self) -> Iterator[WorkedExample]:
        for number, entry in enumerate(self.table.example, start=1):
            if entry.at.tzinfo is None or (entry.due and entry.due.tzinfo is None):
                self.wrong(f"example.{number}", "expected times with an offset, such as 2026-03-27T16:00:00+01:00")
                continue
            self.example_terms(f"example.{number}", entry)
            yield WorkedExample(
                at=entry.at,
                plan=entry.plan or next(iter(self.table.plans), ""),
                severity=entry.severity,
                region=entry.region or next(iter(self.table.regions), ""),
                channel=entry.channel,
                target=entry.target,
                due_at=entry.due,
                why=entry.why,
                kind=entry.kind,
                language=entry.language,
                fields=entry.fields,
                addons=tuple(entry.addons),
                down=tuple(entry.down),
                signed=entry.signed,
                kept=entry.beside.kept,
                missed=entry.beside.missed,
                story=tuple(self.story(f"example.{number}", entry)),
                subject=entry.subject,
                mail=entry.mail,
            )

    def example_terms(self, place: str, entry: ExampleEntry) -> None:
        """What an example says of its mail must be something that the policy knows."""
        if entry.kind:
            self.among(f"{place}.kind", entry.kind, {*self.table.kinds, *get_args(Kind)})
        for key in entry.addons:
            self.among(f"{place}.addons", key, self.table.addons)
        for key in entry.fields:
            self.among(f"{place}.fields", key, [one.key for one in self.table.intake])
        if entry.language:
            self.among(f"{place}.language", entry.language, {*languages(), *SCRIPTS})
        if entry.subject and not entry.mail.strip():
            self.wrong(f"{place}.mail", "expected what the mail says, beside its subject")
        switches = {channel.warranted_while_down for channel in self.table.channels.values()} - {""}
        for switch in entry.down:
            self.among(f"{place}.down", switch, switches)
        if min(entry.beside.kept, entry.beside.missed) < 0:
            self.wrong(f"{place}.beside", "expected numbers of promises, none below zero")

    def story(self, place: str, entry: ExampleEntry) -> Iterator[StoryStep]:
        """The steps of an example, each no earlier than the one before."""
        at, severities, targets = entry.at, list(self.table.severities), [kind.key for kind in self.kinds]
        for number, step in enumerate(entry.then, start=1):
            here = f"{place}.then.{number}"
            at = self.attempt(here, partial(step_at, step, at), at)
            by, text = self.attempt(f"{here}.do", partial(read_deed, step.do, severities), _NOBODY)
            expected = StoryStep(at, by, text)
            reading = partial(expecting, expected, step.expect, targets, severities)
            yield self.attempt(f"{here}.expect", reading, expected)

    def exclusions(self) -> Iterator[Exclusion]:
        for number, entry in enumerate(self.table.exclusion, start=1):
            if entry.key.casefold() == OFF:
                self.wrong(f"exclusion.{number}.key", f"expected another key: #exclude {OFF} takes an exclusion back")
            yield Exclusion(entry.key, first(entry.why), tuple(entry.words), entry.out_of_scope)
        keys = {entry.key for entry in self.table.exclusion}
        if UNSUPPORTED not in keys and any(not entry.exclusion for entry in self.table.versions):
            yield Exclusion(UNSUPPORTED, NOT_SUPPORTED)

    def versions(self) -> Iterator[ProductVersion]:
        known = {entry.key for entry in self.table.exclusion}
        for number, entry in enumerate(self.table.versions, start=1):
            place, text = f"versions.{number}", entry.version.strip()
            numbers = numbers_of(text)
            if not numbers:
                self.wrong(f"{place}.version", f'expected a version such as "4.1" or "< 4.0", not {entry.version!r}')
            if entry.exclusion:
                self.among(f"{place}.exclusion", entry.exclusion, known)
            for addon in entry.extended:
                self.among(f"{place}.extended", addon, self.table.addons)
            exclusion = entry.exclusion or UNSUPPORTED
            until, extended = entry.supported_until, dict(entry.extended)
            yield ProductVersion(numbers, text.startswith("<"), entry.product, until, extended, exclusion)

    def maintenance(self) -> Iterator[Maintenance]:
        windows = self.table.maintenance
        for number, entry in enumerate(windows, start=1):
            if entry.impact:
                self.among(f"maintenance.{number}.impact", entry.impact, self.table.maintenance_terms.notice)
            found = self.attempt(f"maintenance.{number}", partial(read_maintenance, entry, windows), None)
            if found:
                yield found

    def references(self, policy: Policy) -> None:
        """Every key that names another table must name one that is there."""
        severities = {level.key for level in policy.severity.levels}
        self.hours_references(policy)
        self.warranty_references(policy)
        self.credit_references(policy)
        self.goal_references(policy)
        for number, step in enumerate(self.table.ladder, start=1):
            for severity in step.only:
                self.among(f"ladder.{number}.only", severity, severities)
            for plan in step.plans:
                self.among(f"ladder.{number}.plans", plan, {entry.key for entry in policy.plans})
            for target in step.of:
                self.among(f"ladder.{number}.of", target, [kind.key for kind in policy.kinds])
        self.among("classifier.default", policy.severity.default, severities)
        for number, cap in enumerate(policy.severity.caps, start=1):
            self.among(f"classifier.caps.{number}.at_most", cap.at_most, severities)
            self.among(f"classifier.caps.{number}.alone", cap.alone or cap.at_most, severities)
            self.condition(f"classifier.caps.{number}.when", cap.when, {entry.key for entry in policy.channels})
        if self.table.classifier.matrix and BLANK not in severities:
            fields = {field.key for field in policy.intake}
            for key, expected in matrix_problems(self.table.classifier.matrix, severities=severities, fields=fields):
                self.wrong(f"classifier.matrix.{key}", expected)
        for kind in policy.severity.never_rank_1:
            self.among("classifier.never_rank_1", kind, get_args(Kind))

    def goal_references(self, policy: Policy) -> None:
        """As the file has them: a span that cannot be read hides no name beside it."""
        kinds = [kind.key for kind in policy.kinds]
        for number, example in enumerate(self.table.example, start=1):
            self.among(f"example.{number}.target", example.target, kinds)
        plans, severities = {entry.key for entry in policy.plans}, {level.key for level in policy.severity.levels}
        known = self.known_to_cells(policy)
        placed = [(f"targets.{plan}", targets) for plan, targets in self.table.targets.items()]
        for plan in self.table.targets:
            self.among(f"targets.{plan}", plan, plans)
        placed += [(f"addons.{key}.targets", addon.targets) for key, addon in self.table.addons.items()]
        for place, targets in placed:
            for target, goals in targets.items():
                self.among(f"{place}.{target}", target, kinds)
                for severity, entry in goals.items():
                    self.among(f"{place}.{target}.{severity}", severity, severities)
                    self.cell_reader.names(f"{place}.{target}.{severity}", entry, known, self.among)
        for key, addon in self.table.addons.items():
            self.among(f"addons.{key}.calendar", addon.calendar or ALWAYS, policy.calendars)
            for plan in addon.plans:
                self.among(f"addons.{key}.plans", plan, plans)

    def known_to_cells(self, policy: Policy) -> Mapping[VariedBy, Collection[str]]:
        """What variants may name."""
        return {
            "channel": {entry.key for entry in policy.channels},
            "hours": policy.calendars,
            "kind": {*self.table.kinds, *get_args(Kind)},
            "language": {*languages(), *SCRIPTS, OTHER},
            "field": {field.key for field in policy.intake},
        }

    def condition(self, place: str, when: str, channels: Collection[str]) -> None:
        """A binding rule that can never hold would be believed to."""
        about, colon, value = when.partition(":")
        if about == "kind" and colon:
            self.among(place, value, get_args(Kind))
        elif about == "channel" and colon:
            self.among(place, value, {*channels, "monitoring", "escalation"})
        elif not (about in {"product", "component"} and value):
            self.among(place, when, (*CONDITIONS, "kind:...", "channel:...", "product:...", "component:..."))

    def hours_references(self, policy: Policy) -> None:
        for region in policy.regions:
            self.among(f"regions.{region.key}.calendar", region.calendar, policy.calendars)
        for plan in policy.plans:
            if plan.calendar:
                self.among(f"plans.{plan.key}.calendar", plan.calendar, policy.calendars)
        for what, entries in (("plans", policy.plans), ("regions", policy.regions)):
            if not entries:
                self.wrong(what, "expected at least one")

    def warranty_references(self, policy: Policy) -> None:
        plans, channels = {entry.key for entry in policy.plans}, {entry.key for entry in policy.channels}
        severities = {level.key for level in policy.severity.levels}
        areas, fields = {area.key for area in policy.severity.areas}, {field.key for field in policy.intake}
        named = [
            ("warranty.plans", policy.warranty.plans, plans),
            ("warranty.severities", policy.warranty.severities, severities),
            ("warranty.channels", policy.warranty.channels, channels),
            ("warranty.requires", policy.warranty.requires, fields),
            *((f"plans.{plan.key}.channels", plan.channels, channels) for plan in policy.plans),
            *((f"plans.{plan.key}.excludes", plan.excludes, areas) for plan in policy.plans),
            *((f"plans.{plan.key}.severities", plan.severities, severities) for plan in policy.plans),
            *(
                (f"channels.{channel.key}.kind", (channel.kind,), {*self.table.kinds, *get_args(Kind)})
                for channel in policy.channels
                if channel.kind
            ),
            *(
                (f"channels.{channel.key}.severity", (channel.severity,), severities)
                for channel in policy.channels
                if channel.severity
            ),
        ]
        for place, keys, known in named:
            for key in keys:
                self.among(place, key, known)
        for key in ("downgrade_to", "reopened_as", "follow_up_severity"):
            if getattr(policy.lifecycle, key):
                self.among(f"lifecycle.{key}", getattr(policy.lifecycle, key), severities)
        self.lifecycle(policy.lifecycle)

    def credit_references(self, policy: Policy) -> None:
        promised = {target for targets in self.table.targets.values() for target in targets}
        plans, severities = {plan.key for plan in policy.plans}, {level.key for level in policy.severity.levels}
        terms, goals = policy.credits, {goal.key for goal in policy.attainment}
        named: list[tuple[str, Iterable[str], Collection[str]]] = []
        for goal in policy.attainment:
            place = f"attainment.{goal.key}"
            named += [
                (f"{place}.targets", goal.targets, promised),
                (f"{place}.plans", goal.plans, plans),
                (f"{place}.severities", goal.severities, severities),
            ]
        if terms:
            named += [
                ("credits.calendar", [terms.calendar], policy.calendars),
                ("credits.targets", terms.targets, promised),
                ("credits.unless", filter(None, [terms.unless]), goals),
            ]
            self.same_period(terms, policy.attainment)
        self.availability_references(policy)
        for place, keys, known in named:
            for key in keys:
                self.among(place, key, known)

    def availability_references(self, policy: Policy) -> None:
        """What is credited for being down is credited with all else, by periods that fit into that one."""
        plans, credited = {plan.key for plan in policy.plans}, policy.credits
        for terms in policy.availability:
            place = f"availability.{terms.key}"
            for plan in terms.plans:
                self.among(f"{place}.plans", plan, plans)
            if terms.credits and credited is None:
                self.wrong(place, "expected [credits], too: until when and by which calendar they are asked for")
            elif terms.credits and credited and MONTHS[terms.per] > MONTHS[credited.per]:
                self.wrong(f"{place}.per", f"expected no longer a period than that of [credits], a {credited.per}")

    def same_period(self, terms: Credits, goals: Iterable[AttainmentGoal]) -> None:
        """A goal that keeps credits away is counted over what they are given for."""
        for goal in goals:
            if goal.key == terms.unless and goal.of != "customer":
                self.wrong("credits.unless", f"expected a goal of each customer, {goal.key} is one of all together")
            if goal.key == terms.unless and goal.per != terms.per:
                self.wrong("credits.unless", f"expected a goal of a {terms.per}, {goal.key} is one of a {goal.per}")

    def life(self, table: LifecycleTable) -> Lifecycle:
        """`[lifecycle]`; what is wrong with a span is said, and it is as if it were not there."""
        span = self.lifecycle_span
        return Lifecycle(
            remind_after=span("remind_after", table.remind_after, _business_days(table.remind_after_days)),
            close_after=span("close_after", table.close_after, _business_days(table.close_after_days)),
            reminders=table.reminders,
            turn_remind_after=span("turn_remind_after", table.turn_remind_after),
            turn_close_after=span("turn_close_after", table.turn_close_after),
            reopen_within=span("reopen_within", table.reopen_within, _elapsed_days(table.reopen_within_days)),
            reopened_as=table.reopened_as,
            follow_up_severity=table.follow_up_severity,
            downgrade_after=span("downgrade_after", table.downgrade_after, _business_days(table.downgrade_after_days)),
            downgrade_to=table.downgrade_to,
            downgrade_automatically=table.downgrade_automatically,
            resolve_recovered=table.resolve_recovered,
            progress_mails=table.progress_mails,
            ask_rating=table.ask_rating,
        )

    def lifecycle_span(self, key: str, text: str, of_days: Within | None = None) -> Within | None:
        """An amount of `[lifecycle]`, written or in days."""
        if text and of_days:
            self.wrong(f"lifecycle.{key}", f"expected this or {key}_days, not both")
        return self.attempt(f"lifecycle.{key}", partial(parse_within, text), None) if text else of_days

    def lifecycle(self, life: Lifecycle) -> None:
        """Spans that can pass, and nothing that never happens for want of what comes before it."""
        table = self.table.lifecycle
        for key in ("remind_after_days", "close_after_days", "reopen_within_days", "downgrade_after_days"):
            days = getattr(table, key)
            if days is not None and days < 1:
                self.wrong(f"lifecycle.{key}", f"expected one day or more, not {days}")
        if not 1 <= life.reminders <= _REMINDERS_AT_MOST:
            self.wrong("lifecycle.reminders", f"expected a number from 1 to {_REMINDERS_AT_MOST}, not {life.reminders}")
        if life.reminders > 1 and not (life.remind_after or life.turn_remind_after):
            self.wrong("lifecycle.reminders", "expected remind_after or turn_remind_after, too: so far apart")
        if life.close_after and not life.remind_after:
            self.wrong("lifecycle.close_after_days", "expected remind_after_days, too: it counts from the reminder")
        if life.turn_close_after and not life.turn_remind_after:
            self.wrong("lifecycle.turn_close_after", "expected turn_remind_after, too: it counts from the reminder")
        if life.downgrade_after and not life.downgrade_to:
            self.wrong("lifecycle.downgrade_after_days", "expected downgrade_to, too: the severity that it comes to")

    def among(self, place: str, key: str, known: Collection[str]) -> None:
        if key not in known and BLANK not in known:
            self.wrong(place, f"expected one of {', '.join(sorted(known))}, not {key!r}")

    def attempt(self, place: str, reading: Callable[[], R], otherwise: R) -> R:
        """What `reading` reads; where it refuses, its words become a problem of that place."""
        try:
            return reading()
        except ValueError as problem:
            self.wrong(place, str(problem))
            return otherwise


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


def _warranty(table: WarrantyTable) -> Warranty:
    return Warranty(
        plans=tuple(table.plans),
        severities=tuple(table.severities),
        channels=tuple(table.channels),
        only_registered=table.only_registered,
        first_full=table.first_full,
        requires=tuple(table.requires),
    )


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
