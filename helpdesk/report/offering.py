"""A policy as a person who knows the offering recognises it: the matrix, the hours, the holidays, the assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from helpdesk.core.clocks import calling
from helpdesk.offering.customer_hours import read_place
from helpdesk.offering.policy import NoPromise
from helpdesk.offering.promises import AGREED
from helpdesk.openhours.calendar import wall_instant
from helpdesk.openhours.week import clock_words, day_words, week_words
from helpdesk.phrases import brief, moment, span
from helpdesk.plural import plural
from helpdesk.report import accounts, hours

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from helpdesk.core.words.people import Customer
    from helpdesk.offering.cell import CaseKind, Cell, Goal, Variant
    from helpdesk.offering.customer_hours import CustomerHours
    from helpdesk.offering.intake import IntakeField
    from helpdesk.offering.policy import (
        Addon,
        Channel,
        Exclusion,
        Plan,
        Policy,
        Region,
        Step,
        StoryStep,
        WorkedExample,
    )
    from helpdesk.offering.promises import PromiseKind
    from helpdesk.openhours.calendar import Calendar, SpecialDay

_ALWAYS = "24x7"  # the calendar that every policy has, on no wall: its zone is UTC


@dataclass(frozen=True, slots=True)
class OfferingReader:
    """For whom an offering is told: a customer (None: everybody), and the zones they want the hours in besides."""

    zones: tuple[str, ...] = ()
    customer: Customer | None = None

    def plans(self, policy: Policy) -> tuple[Plan, ...]:
        """The plans that concern them."""
        if self.customer is None:
            return policy.plans
        return (policy.plan(self.customer.plan) if self.customer.plan else policy.plans[0],)

    def regions(self, policy: Policy) -> tuple[Region, ...]:
        """The regions that concern them."""
        if self.customer is None:
            return policy.regions
        country, timezone = self.customer.country, self.customer.timezone
        return (policy.region(policy.region_for(self.customer.region, country=country, timezone=timezone)),)


EVERYBODY = OfferingReader()


@dataclass(frozen=True, slots=True)
class OfferingSection:
    """A part of a policy under its title: `lines`, which are indented, and then a table, its columns' names first."""

    title: str
    lines: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    def __bool__(self) -> bool:
        return bool(self.lines or self.rows)


def offering_text(policy: Policy, *, now: datetime, reader: OfferingReader = EVERYBODY) -> str:
    """The policy to read: holidays of the year of `now`, maintenance of the four weeks after it."""
    head = "\n".join(_head(policy, reader))
    sections = offering_sections(policy, now=now, reader=reader)
    return "\n\n".join((head, *("\n".join([one.title, *one.lines, *_aligned(one.rows)]) for one in sections)))


def offering_sections(policy: Policy, *, now: datetime, reader: OfferingReader = EVERYBODY) -> list[OfferingSection]:
    """All that there is to say of a policy, in the order in which it is read."""
    sections = [
        *(_matrix(policy, kind, reader.plans(policy)) for kind in policy.kinds),
        _titled("Promises", [f"{kind.name}: {kind.described()}" for kind in policy.kinds if _is_told_of(kind)]),
        OfferingSection("Hours", [*_hours(policy, now.year, reader)]),
        *holiday_sections(policy, now.year, reader),
        _titled("Severities", [f"{level.name}: {level.definition}" for level in policy.severity.levels]),
        _titled("Severity is set by", _severity_rules(policy)),
        _impact_and_urgency(policy),
        _titled("Channels", [_channel(channel) for channel in policy.channels]),
        _titled("Warranty", _warranty(policy)),
        _titled("Plans", _plans(policy)),
        _titled("Versions", [str(version) for version in policy.versions]),
        _titled("Add-ons", [_addon(policy, addon) for addon in policy.addons]),
        _titled("Kinds of case", [_case_kind(kind) for kind in policy.case_kinds]),
        _titled("Left out", [_exclusion(exclusion) for exclusion in policy.exclusions]),
        _titled("What customers are asked for", [_field(field) for field in policy.intake]),
        _titled("Areas covered", [", ".join(area.key for area in policy.severity.areas)]),
        _titled("Maintenance", list(_maintenance(policy, now))),
        _titled("Warnings and escalation", [*map(_step, policy.ladder), *_calls(policy)]),
        _titled("Life of a case", list(_lifecycle(policy))),
        _titled("Rules", list(_rules(policy))),
        *(_titled(title, lines) for title, lines in accounts.accounts_words(policy)),
        _titled("Languages", [", ".join(policy.languages)]),
        _titled("Worked examples", list(_examples(policy, reader))),
        _titled("Assumed", [f"{assumption.key}: {assumption.why}" for assumption in policy.assumptions]),
        _titled("Not said here", [f"{unsaid.what}: {unsaid.why}" for unsaid in policy.unsaid]),
    ]
    return [section for section in sections if section]


def _head(policy: Policy, reader: OfferingReader) -> Iterator[str]:
    yield f"{policy.name}  (policy {policy.key}, version {policy.version})"
    if policy.source:
        yield f"after: {policy.source}"
    if reader.customer:
        plan, region = reader.plans(policy)[0], reader.regions(policy)[0]
        yield f"for: {reader.customer.name}, plan {plan.name}, region {region.name}"


def _is_told_of(kind: PromiseKind) -> bool:
    """Whether there is more to say of a promise than its name does: what it is, or how it is said."""
    return kind.own or bool(kind.remind) or (kind.said != "owed" and kind != AGREED)


def _titled(title: str, lines: list[str]) -> OfferingSection:
    return OfferingSection(title, [f"  {line}" for line in lines if line])


def _step(step: Step) -> str:
    turns = ", each in turn" if step.in_turn else ""
    repeated = f", every {span(step.repeat)}" if step.repeat else ""
    ended = f" until {' or '.join(step.until) or 'acknowledged'}" if step.repeat or step.until else ""
    return f"{_when(step)}: {step.kind} to {', '.join(step.to)}{turns}{repeated}{ended}"


def _calls(policy: Policy) -> Iterator[str]:
    """How a call goes on, as far as the ladder does not say it, where a desk has a rotation."""
    for step in calling.further(policy.ladder, policy.calls):
        yield f"{_when(step)}: {step.kind} to {', '.join(step.to)}"
    if any(step.calls for step in policy.ladder):
        hourly, most = span(policy.calls.hourly_after), plural(policy.calls.at_most, "time")
        yield f"calls that nobody acknowledges: after {hourly} once an hour to everybody called, {most} at most"


def _when(step: Step) -> str:
    parts = (
        _instant_words(step),
        f"for plans {', '.join(step.plans)}" if step.plans else "",
        f"for {', '.join(step.only)}" if step.only else "",
        f"of {', '.join(step.of)}" if step.of else "",
        "in working hours" if step.hours == "working" else "",
        f"unless acknowledged within {span(step.unless_acknowledged)}" if step.unless_acknowledged else "",
    )
    return ", ".join(part for part in parts if part)


def _instant_words(step: Step) -> str:
    if step.before:
        return f"{span(step.before)} before due"
    at = "due" if step.share == 1 else "opened" if step.share == 0 else f"{round(step.share * 100)}%"
    return f"at {at}" + (f" + {span(step.after)}" if step.after else "")


def _severity_rules(policy: Policy) -> list[str]:
    stated = {
        "initial": "what the customer states is the initial severity",
        "evidence": "what the customer states is evidence, the desk decides",
        "fitting": "what the customer states is evidence; the second severity stands where the mail fits it",
        "ignored": "what the customer states is kept and not looked at",
    }
    default = policy.level(policy.severity.default).name
    never = [f"{kind} is never {policy.severity.levels[0].name}" for kind in policy.severity.never_rank_1]
    alone = {cap: f"; alone, {policy.level(cap.alone).name}" for cap in policy.severity.caps if cap.alone}
    caps = [
        f"{cap.name} (at most {policy.level(cap.at_most).name}{alone.get(cap, '')})" for cap in policy.severity.caps
    ]
    return [stated[policy.severity.stated], f"otherwise {default}", *caps, *never]


def _impact_and_urgency(policy: Policy) -> OfferingSection:
    """Impacts down, urgencies across; nothing where they make no severity."""
    matrix = policy.severity.matrix
    if matrix is None:
        return OfferingSection("")
    impacts, urgencies = (dict.fromkeys(pair[axis] for pair in matrix.cells) for axis in (0, 1))
    rows = [
        [impact, *(policy.level(matrix.cells[impact, urgency]).name for urgency in urgencies)] for impact in impacts
    ]
    return OfferingSection("Severity by impact and urgency", rows=[["", *urgencies], *rows])


def _channel(channel: Channel) -> str:
    states = [f"a registered contact's mail by it states {channel.severity}"] if channel.severity else []
    states += [f"makes a case of kind {channel.kind}"] if channel.kind else []
    stated = f"{channel.name}: {'; '.join(states)}" if states else ""
    if not channel.targets:
        return f"{channel.name}: no targets, {channel.because}"
    if not channel.warranted:
        told = f"; customers are told: {channel.tell}" if channel.tell else ""
        return f"{channel.name}: not warranted, {channel.because}{told}"
    return stated or channel.name


def _warranty(policy: Policy) -> list[str]:
    warranty = policy.warranty
    named = (("plans", warranty.plans), ("severities", warranty.severities), ("channels", warranty.channels))
    lines = [f"only {what} {', '.join(keys)}" for what, keys in named if keys]
    lines += ["only registered contacts"] if warranty.only_registered else []
    lines += [f"from the first full {warranty.first_full} after signing"] if warranty.first_full else []
    return lines + ([f"only with {', '.join(warranty.requires)}"] if warranty.requires else [])


def _plans(policy: Policy) -> list[str]:
    return [
        f"{plan.name}: "
        + "; ".join(
            part
            for part in (
                f"by {', '.join(plan.channels)}" if plan.channels else "",
                f"without {', '.join(plan.excludes)}" if plan.excludes else "",
                plan.contact_words,
                "" if plan.escalation else "without escalation",
                f"from {plan.since}" if plan.since else "",
                f"until {plan.until}" if plan.until else "",
                f"{', '.join(plan.severities)} only; what is worse becomes the worst of them"
                if plan.severities
                else "",
            )
            if part
        )
        for plan in policy.plans
        if plan.channels
        or plan.excludes
        or plan.contact_words
        or plan.severities
        or not plan.escalation
        or plan.since
        or plan.until
    ]


def _addon(policy: Policy, addon: Addon) -> str:
    cells = [
        f"{policy.name_of(target)} of {policy.level(severity).name} {_goals(policy, cell)}"
        for (target, severity), cell in addon.cells.items()
    ]
    hours = [f"hours {addon.calendar}"] if addon.calendar else []
    plans = f" (to {', '.join(addon.plans)})" if addon.plans else ""
    return f"{addon.name}{plans}: {'; '.join((*hours, *cells))}"


def _case_kind(kind: CaseKind) -> str:
    names = f", also called {', '.join(kind.aliases)}" if kind.aliases else ""
    words = f"; proposed where a mail says {', '.join(kind.words)}" if kind.words else ""
    return f"{kind.name}: {kind.of}{names}{words}"


def _exclusion(exclusion: Exclusion) -> str:
    words = f"; proposed where a mail says {', '.join(exclusion.words)}" if exclusion.words else ""
    return f"{exclusion.key}: {exclusion.why}{' (out of scope)' if exclusion.out_of_scope else ''}{words}"


def _field(field: IntakeField) -> str:
    kinds = f" ({', '.join(field.of_kinds)} only)" if field.of_kinds else ""
    return f"{field.label}{'' if field.required else ' (if known)'}{kinds}"


def _maintenance(policy: Policy, now: datetime) -> Iterator[str]:
    zone, terms = policy.default_calendar.timezone, policy.maintenance_terms
    yield from (f"notice of {period}" for period in terms.notice)
    if terms.budget:
        yield f"at most {span(terms.budget)} a {terms.per}"
    for window in policy.maintenance:
        yield f"{window.name}{f', {window.sector}' if window.sector else ''}: {window.rule}"
        for begins, ends in window.between(now, now + timedelta(weeks=4)):
            yield f"  {moment(begins, zone)} to {moment(ends, zone)}"


def _silences(policy: Policy) -> Iterator[str]:
    life = policy.lifecycle
    often = f", {plural(life.reminders, 'time')}, as far apart" if life.reminders > 1 else ""
    if life.remind_after:
        yield f"a customer who is waited for is reminded after {life.remind_after}{often}"
    if life.close_after:
        yield f"and the case is closed {life.close_after} after that"
    if life.turn_remind_after:
        yield f"a customer whose turn it is, without a wait, is reminded after {life.turn_remind_after}{often}"
    if life.turn_close_after:
        yield f"and that case is closed {life.turn_close_after} after that"
    paused = [kind.name for kind in policy.kinds if "vendor" in kind.pauses]
    if paused:
        yield f"waiting for a vendor pauses {' and '.join(paused)}"


def _lifecycle(policy: Policy) -> Iterator[str]:
    yield from _silences(policy)
    life = policy.lifecycle
    if life.downgrade_after:
        how = "downgraded" if life.downgrade_automatically else "proposed to be downgraded"
        to = policy.level(life.downgrade_to).name if life.downgrade_to else "the next severity"
        yield f"without information that is owed, {how} to {to} after {life.downgrade_after}"
    if life.reopen_within:
        linked = f" of {policy.level(life.follow_up_severity).name}" if life.follow_up_severity else ""
        yield f"a reply reopens a closed case within {life.reopen_within}, later it opens a linked one{linked}"
    if life.reopened_as:
        yield f"what its customer opens again is {policy.level(life.reopened_as).name}"
    if life.resolve_recovered:
        yield "what a monitor found is resolved once it says that it has recovered, unless an agent has written"
    if life.progress_mails:
        yield "the customer is told when the severity or the agent changes"
    if life.ask_rating:
        yield "closing mails ask whether the customer was satisfied"


def _rules(policy: Policy) -> Iterator[str]:
    changes = {
        "keep_consumed": "the time that was used stays used, the rest runs by the new target",
        "from_start": "the new target counts from the receipt",
        "restart": "the new target begins anew at the change",
    }
    yield f"when the severity changes, {changes[policy.on_severity_change]}"
    if policy.follows:
        yield f"a later mail changes the {' and the '.join(policy.follows)} of a case"
    if policy.known_incidents_exempt:
        yield "a case about a declared incident need not be answered in time once an agent says so (#incident)"
    if policy.escalation_contact:
        yield "every customer names a contact who is reachable around the clock"
    if policy.escalation_words:
        yield f"a customer asks for escalation with: {', '.join(policy.escalation_words)}"
    if policy.not_support:
        yield f"no case is made of mail from {', '.join(policy.not_support)}"


# --- the matrix


def _matrix(policy: Policy, kind: PromiseKind, plans: tuple[Plan, ...]) -> OfferingSection:
    """Severities down, plans across: what the document prints. Without a calendar, the hours of plan and region."""
    if not any(target == kind.key for _, target, _ in policy.goals):
        return OfferingSection("")
    rows = [
        [level.name, *(_cell(policy, plan.key, kind.key, level.key) for plan in plans)]
        for level in policy.severity.levels
    ]
    return OfferingSection(
        f"{kind.name[:1].upper()}{kind.name[1:]}", rows=[["", *(plan.name for plan in plans)], *rows]
    )


def _cell(policy: Policy, plan: str, target: str, severity: str) -> str:
    has = policy.severity_in(plan, severity)
    if has.key != severity:
        return f"as {has.name}"
    cell = policy.goals.get((plan, target, severity))
    return _goals(policy, cell) if cell else "-"


def _goals(policy: Policy, cell: Cell) -> str:
    return ", ".join(_goal(policy, goal) for goal in cell.goals)


def _goal(policy: Policy, goal: Goal) -> str:
    own = [goal.calendar] if goal.calendar else []
    own += [f"from {goal.since}"] if goal.since else []
    own += [f"until {goal.until}"] if goal.until else []
    for one in goal.variants:
        differs = [str(one.within)] if one.within and one.within != goal.within else []
        differs += [one.calendar] if one.calendar and one.calendar != goal.calendar else []
        differs += ["nothing"] if one.nothing else []
        own += [f"{_whom(policy, one)}: {', '.join(differs)}"] if differs else []
    within = str(goal.within) if goal.within else "-"
    return f"{within} ({'; '.join(own)})" if own else within


def _whom(policy: Policy, variant: Variant) -> str:
    return f"by {policy.channel(variant.value).name}" if variant.by == "channel" else variant.whom


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


# --- hours and holidays


def _hours(policy: Policy, year: int, reader: OfferingReader) -> Iterator[str]:
    """Each calendar, for whom it is, and its week in its own zone beside the reader's and the document's."""
    for calendar in _calendars(policy, reader):
        yield f"  {calendar.name}{_for_whom(policy, calendar.name, reader)}"
        # The document prints the default region's hours in several zones, and those of the others once.
        printed = policy.shown_in if calendar.timezone == policy.default_calendar.timezone else ()
        zones = [zone for zone in (*reader.zones, *printed) if zone != calendar.timezone]
        if calendar.always:
            yield "    around the clock"
            continue
        rows = [[f"  {calendar.timezone}", week_words(calendar)]]
        rows += [
            [f"  {zone}", hours.seasons_text(hours.seasons(calendar, zone, year))] for zone in dict.fromkeys(zones)
        ]
        yield from _aligned(rows)
        yield from (f"    {line}" for line in _readings(calendar, policy.customer_hours.get(calendar.name)))


def _readings(calendar: Calendar, follows: CustomerHours | None) -> Iterator[str]:
    """How the calendar reads what falls late on a day, or on a closing, and what it takes from the customer."""
    if follows and follows.in_their_zone:
        yield "on the wall clock of each customer who names a zone"
    if follows and follows.countries:
        yield f"closed on the holidays of the customer's country: {', '.join(follows.countries)}"
    if calendar.cut_off is not None:
        yield f"what is received after {clock_words(calendar.cut_off)} counts from the next day that the desk opens"
    if calendar.ties == "next":
        yield "a time that falls due at a closing is due at the next opening"


def _calendars(policy: Policy, reader: OfferingReader) -> list[Calendar]:
    """Those in which something is promised to the reader."""
    used = {name for plan in reader.plans(policy) for name, _ in _uses(policy, plan, reader.regions(policy))}
    region = reader.regions(policy)[0]
    return [policy.hours(name, region) for name in policy.calendars if name in used]


def _uses(policy: Policy, plan: Plan, regions: tuple[Region, ...]) -> Iterator[tuple[str, str]]:
    """Which calendars a plan is promised in, and for what."""
    cells = [(severity, cell) for (key, _, severity), cell in policy.goals.items() if key == plan.key]
    goals = [(severity, goal) for severity, cell in cells for goal in cell.goals]
    for severity, goal in goals:
        named = policy.level(severity).name
        for one in goal.variants:
            if one.calendar and one.calendar != goal.calendar:
                yield one.calendar, f"{named} {_whom(policy, one)}"
        if goal.calendar:
            yield goal.calendar, named
    if any(not goal.calendar for _, goal in goals):
        if plan.calendar:
            yield plan.calendar, ""
        else:
            yield from ((region.calendar, region.name if len(policy.regions) > 1 else "") for region in regions)


def _for_whom(policy: Policy, name: str, reader: OfferingReader) -> str:
    whom = []
    for plan in reader.plans(policy):
        what = [said for calendar, said in _uses(policy, plan, reader.regions(policy)) if calendar == name]
        if what:
            told = ", ".join(dict.fromkeys(filter(None, what)))
            whom.append(f"{plan.name} ({told})" if told else plan.name)
    return f": {', '.join(whom)}" if whom else ""


def calendars_by_holidays(policy: Policy, year: int, reader: OfferingReader = EVERYBODY) -> list[list[Calendar]]:
    """Those with holidays in a year, together where they agree on them."""
    alike: dict[tuple[tuple[SpecialDay, ...], str], list[Calendar]] = {}
    for calendar in _calendars(policy, reader):
        days = calendar.special_days_in(year)
        if days:
            alike.setdefault((days, calendar.timezone if reader.zones else ""), []).append(calendar)
    return [*alike.values()]


def holiday_sections(policy: Policy, year: int, reader: OfferingReader) -> Iterator[OfferingSection]:
    """What counts as a holiday this year: once for all calendars that agree, in the reader's zones too."""
    for calendars in calendars_by_holidays(policy, year, reader):
        first = calendars[0]
        zones = [zone for zone in reader.zones if zone != first.timezone]
        rows = [_day_row(day, first.timezone, zones) for day in first.special_days_in(year)]
        columns = ["", "", "", *(f"in {zone}" for zone in zones)]
        names = ", ".join(calendar.name for calendar in calendars)
        source = f"; public ones as in {policy.days_source}" if policy.days_source else ""
        yield OfferingSection(f"Holidays in {year} ({names}{source})", rows=[columns, *rows] if zones else rows)


def _day_row(day: SpecialDay, timezone: str, zones: list[str]) -> list[str]:
    begins, ends = (wall_instant(timezone, day.on, seconds) for seconds in (day.start, day.end))
    elsewhere = [f"{brief(begins, zone)} to {brief(ends, zone)}" for zone in zones]
    return [f"{day.on:%a %d %b}", day_words(day), day.name, *elsewhere]


# --- examples


def _examples(policy: Policy, reader: OfferingReader) -> Iterator[str]:
    plans = {plan.key for plan in reader.plans(policy)}
    regions = {read_place(region.key)[0] for region in reader.regions(policy)}
    for example in policy.examples:
        if example.plan in plans and read_place(example.region)[0] in regions:
            yield _example(policy, example, reader)
            yield from _story(policy, example)


def _story(policy: Policy, example: WorkedExample) -> Iterator[str]:
    """How an example goes on, a line for each step."""
    zone = _wall(policy, example)
    for step in example.story:
        expected = [*_clocks_expected(policy, step, zone)]
        if step.sent is not None:
            expected.append(f"sent: {', '.join(step.sent) or 'nothing'}")
        if step.credit is not None:
            expected.append(f"credit {step.credit:f} %")
        if step.attained is not None:
            expected.append(f"goals kept: {', '.join(step.attained) or 'none'}")
        if step.status or step.severity:
            severity = policy.level(step.severity).name if step.severity else ""
            expected.append(f"the case is {' '.join(filter(None, (step.status, severity)))}")
        done = f", the {step.by} writes {' / '.join(step.text.split(chr(10)))!r}" if step.by else ""
        yield f"  {moment(step.at, zone, exact=True)}{done}" + (f": {'; '.join(expected)}" if expected else "")


def _wall(policy: Policy, example: WorkedExample) -> str:
    """The zone of the example's region: a plan around the clock has none of its own."""
    return policy.calendars[policy.region(example.region).calendar].timezone


def _clocks_expected(policy: Policy, step: StoryStep, zone: str) -> Iterator[str]:
    for clock in step.clocks:
        said: list[str] = [clock.state] if clock.state else []
        said += [f"due {moment(clock.due_at, zone, exact=True)}"] if clock.due_at else []
        yield f"{policy.name_of(clock.target)} {', '.join(said)}"


def _besides(example: WorkedExample) -> Iterator[str]:
    """What an example says of its mail, and of what goes on beside it."""
    yield from (example.kind,) if example.kind else ()
    yield from (f"with {addon}" for addon in example.addons)
    yield from (f"written in {one}" for one in (example.language,) if one)
    yield from (f"{key} {value}" if value else f"without {key}" for key, value in example.fields.items())
    yield from (f"while {switch} is down" for switch in example.down)
    if example.signed:
        yield f"signed on {example.signed}"
    if example.kept or example.missed:
        yield f"beside {example.kept} kept and {example.missed} missed"


def _example(policy: Policy, example: WorkedExample, reader: OfferingReader) -> str:
    promise = policy.promise_in(example)
    zone = _wall(policy, example)
    if not isinstance(promise, NoPromise) and promise.calendar.name != _ALWAYS:
        zone = promise.calendar.timezone
    said = [policy.level(example.severity).name]
    said += [policy.plan(example.plan).name] if len(policy.plans) > 1 else []
    said += [policy.region(example.region).name] if len(policy.regions) > 1 else []
    said += [policy.channel(example.channel).name] if example.channel != "email" else []
    said += [policy.name_of(example.target)] if example.target != policy.first_answer.key else []
    said += _besides(example)
    due = "" if example.story or example.mail else ": no target"
    if example.due_at:
        zones = dict.fromkeys((zone, *reader.zones))
        due = ": due " + " = ".join(moment(example.due_at, one, exact=True) for one in zones)
    return f"{moment(example.at, zone, exact=True)}, {', '.join(said)}{due}" + (
        f" ({example.why})" if example.why else ""
    )
