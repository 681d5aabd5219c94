"""What a new version of a policy changes, and for whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from helpdesk.offering.policy import NoPromise
from helpdesk.openhours.week import clock_words, day_words, week_words
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from helpdesk.offering.policy import Policy, Promise
    from helpdesk.openhours.calendar import Calendar, SpecialDay


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `who` names the customers it is about, `was` and `now` are in words, "" for not there."""

    what: str
    who: str
    was: str
    now: str


def differences(old: Policy, new: Policy, *, years: Collection[int]) -> list[Difference]:
    """Every change: what is promised, in which hours, on which days of these years, who is told when, and all else.

    Worked examples prove a version and change nothing for anybody.
    """
    return [
        *_keys(old, new),
        *_promises(old, new),
        *_hours(old, new),
        *_days(old, new, years),
        *_changed(_ladder(old), _ladder(new)),
        *_changed(dict(_said_of(old)), dict(_said_of(new))),
        *_changed(dict(_readings_of(old)), dict(_readings_of(new))),
    ]


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    """What is said otherwise to all, by what it is about."""
    for what in dict.fromkeys((*before, *after)):
        if before.get(what) != after.get(what):
            yield Difference(what, "all", before.get(what, ""), after.get(what, ""))


def _keys(old: Policy, new: Policy) -> Iterator[Difference]:
    for what, before, after in (
        ("plan", old.plans, new.plans),
        ("region", old.regions, new.regions),
        ("channel", old.channels, new.channels),
        ("severity", old.severity.levels, new.severity.levels),
    ):
        names = ({f"{what} {entry.key}": entry.name for entry in entries} for entries in (before, after))
        yield from _changed(*names)


def _promises(old: Policy, new: Policy) -> Iterator[Difference]:
    """What is promised to each plan, severity, region and channel that both versions have."""
    plans, severities, regions, channels = (
        [entry.key for entry in before if entry.key in {other.key for other in after}]
        for before, after in (
            (old.plans, new.plans),
            (old.severity.levels, new.severity.levels),
            (old.regions, new.regions),
            (old.channels, new.channels),
        )
    )
    kinds = {kind.key: kind.name for kind in (*old.kinds, *new.kinds)}
    for target, plan, severity, region, channel in product(kinds, plans, severities, regions, channels):
        was, now = (_promised(policy, target, plan, severity, region, channel) for policy in (old, new))
        if was != now:
            who = f"plan {plan}, region {region}, channel {channel}"
            yield Difference(f"{kinds[target]} of {severity}", who, was, now)


def _promised(policy: Policy, target: str, plan: str, severity: str, region: str, channel: str) -> str:
    if all(kind.key != target for kind in policy.kinds):
        return "none"
    promised = [
        policy.promise(target, plan=plan, severity=severity, region=region, channel=channel, given=given)
        for given in policy.variations()
    ]
    said = ["none" if isinstance(one, NoPromise) else _promise_words(one) for one in promised]
    return "; ".join(dict.fromkeys(said))


def _promise_words(promise: Promise) -> str:
    whom = f" ({', '.join(promise.applies)})" if promise.applies else ""
    warranty = "" if promise.warranted else f", not warranted: {'; '.join(promise.because)}"
    return f"{promise.within} of {promise.calendar.name}{whom}{warranty}"


def _hours(old: Policy, new: Policy) -> Iterator[Difference]:
    for name in dict.fromkeys((*old.calendars, *new.calendars)):
        was, now = (_hours_words(policy.calendars.get(name)) for policy in (old, new))
        if was != now:
            yield Difference(f"hours of {name}", _users(new, name), was, now)


def _hours_words(calendar: Calendar | None) -> str:
    if calendar is None:
        return ""
    cut_off = "" if calendar.cut_off is None else f", received by {clock_words(calendar.cut_off)}"
    ties = ", ties at the next opening" if calendar.ties == "next" else ""
    return f"{week_words(calendar)} ({calendar.timezone}){cut_off}{ties}"


def _users(policy: Policy, calendar: str) -> str:
    regions = [f"region {region.key}" for region in policy.regions if region.calendar == calendar]
    plans = [f"plan {plan.key}" for plan in policy.plans if plan.calendar == calendar]
    return ", ".join([*regions, *plans]) or "targets that name it"


def _days(old: Policy, new: Policy, years: Collection[int]) -> Iterator[Difference]:
    for name in old.calendars.keys() & new.calendars.keys():
        for year in years:
            before, after = (_by_date(policy.calendars[name].special_days_in(year)) for policy in (old, new))
            for day in sorted(before.keys() | after.keys()):
                if before.get(day) != after.get(day):
                    was, now = before.get(day, ""), after.get(day, "")
                    yield Difference(f"{day} in {name}", _users(new, name), was, now)


def _by_date(days: tuple[SpecialDay, ...]) -> dict[str, str]:
    words: dict[str, str] = {}
    for day in days:
        said, key = f"{day_words(day)} ({day.name})", day.on.isoformat()
        words[key] = f"{words[key]}, {said}" if key in words else said
    return words


def _ladder(policy: Policy) -> dict[str, str]:
    """Who is told at each instant of the ladder."""
    steps: dict[str, str] = {}
    for step in policy.ladder:
        words = f"{step.kind} to {', '.join(step.to)}{', each in turn' if step.in_turn else ''}"
        key = f"step at {step.key}"
        steps[key] = f"{steps[key]}; {words}" if key in steps else words
    return steps


def _readings_of(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from ((f"assumption {assumption.key}", assumption.why) for assumption in policy.assumptions)
    yield from ((f"unsaid, {unsaid.what}", unsaid.why) for unsaid in policy.unsaid)


def _to_whom(policy: Policy) -> Iterator[tuple[str, str]]:
    """Plans, add-ons and kinds of case, as far as promises differ by them."""
    yield from ((f"dates of plan {plan.key}", f"{plan.since or ''} to {plan.until or ''}") for plan in policy.plans)
    for addon in policy.addons:
        yield f"add-on {addon.key}", f"{addon.name} {addon.calendar} {', '.join(addon.plans)}".strip()
    for kind in policy.case_kinds:
        names = ", ".join((kind.name, *kind.aliases, *kind.words))
        yield f"kind of case {kind.key}", f"{kind.of}: {names}"
    for (plan, target, severity), cell in policy.goals.items():
        if len(cell.goals) > 1:
            said = "; ".join(f"{goal.within or 'none'} from {goal.since} until {goal.until}" for goal in cell.goals)
            yield f"{target} of {severity} over time, plan {plan}", said
    yield from ((f"kind of case by channel {channel.key}", channel.kind) for channel in policy.channels)
    yield from ((f"severities of plan {plan.key}", ", ".join(plan.severities)) for plan in policy.plans)


def _said_of(policy: Policy) -> Iterator[tuple[str, str]]:
    """Everything else that a file says, entry by entry: for all who have it."""
    yield from ((f"escalation of plan {plan.key}", _value_words(plan.escalation)) for plan in policy.plans)
    for key, follows in policy.customer_hours.items():
        zone = ("their zone",) if follows.in_their_zone else ()
        yield f"calendar {key} takes from the customer", ", ".join((*zone, *follows.countries))
    yield from ((f"excluded areas of plan {plan.key}", ", ".join(plan.excludes)) for plan in policy.plans)
    yield from ((f"contacts of plan {plan.key}", plan.contact_words) for plan in policy.plans)
    yield from _to_whom(policy)
    for channel in policy.channels:
        yield f"severity that channel {channel.key} states", channel.severity
        yield f"channel {channel.key} is warranted while down", channel.warranted_while_down
        yield f"channel {channel.key}, why", channel.because
    for level in policy.severity.levels:
        yield f"definition of {level.key}", level.definition
        yield f"other names of {level.key}", ", ".join(level.aliases)
        yield f"cues of {level.key}", ", ".join(level.cues)
    terms = policy.severity
    yield "severity when nothing tells", terms.default
    yield "the stated severity is", terms.stated
    yield "looked at by a person below", f"{terms.review_below:g}"
    yield "people are called above", f"{terms.call_above:g}"
    yield "a rank too low costs, too high", f"{terms.too_low:g}, {terms.too_high:g}"
    yield from ((f"line {number} of the table", str(rule)) for number, rule in enumerate(terms.rules, start=1))
    yield "never the worst severity", ", ".join(terms.never_rank_1)
    yield from (
        (f"rule {cap.name!r}", f"{cap.when}: at most {cap.at_most}{f', alone {cap.alone}' if cap.alone else ''}")
        for cap in terms.caps
    )
    if terms.matrix:
        yield from (
            (f"severity of impact {impact}, urgency {urgency}", key)
            for (impact, urgency), key in terms.matrix.cells.items()
        )
    yield from ((f"area {area.key}", ", ".join(area.words)) for area in terms.areas)
    for field in policy.intake:
        yield f"intake field {field.key}", f"{field.label}{'' if field.required else ' (if known)'}"
        yield f"names of intake field {field.key}", ", ".join(field.aliases)
        yield f"kinds of case that intake field {field.key} is for", ", ".join(field.of_kinds)
    for exclusion in policy.exclusions:
        scope = " (out of scope)" if exclusion.out_of_scope else ""
        yield f"exclusion {exclusion.key}", f"{exclusion.why}{scope}: {', '.join(exclusion.words)}"
    yield "versions", "; ".join(map(str, policy.versions))
    yield from (
        (f"maintenance {window.name}", f"{window.sector} {window.impact} {window.rule}".strip())
        for window in policy.maintenance
    )
    yield from ((f"lifecycle {name}", _value_words(value)) for name, value in _fields(policy.lifecycle))
    if any(step.calls for step in policy.ladder):
        yield from ((f"calls, {name}", str(value)) for name, value in asdict(policy.calls).items())
    yield from _credits_of(policy)
    yield "registered contacts only", _value_words(policy.warranty.only_registered)
    yield "warranted from the first full", policy.warranty.first_full
    yield "warranted only with", ", ".join(policy.warranty.requires)
    yield from ((f"promise {kind.key}", f"{kind.name}: {kind.described()}") for kind in policy.kinds)
    for text, said in policy.translations.items():
        yield f"{text!r} in other languages", ", ".join(f"{code}: {words}" for code, words in said.items())
    for name in _PLAIN:
        yield name, _value_words(getattr(policy, name))


def _credits_of(policy: Policy) -> Iterator[tuple[str, str]]:
    yield "maintenance terms", _all_of(policy.maintenance_terms)
    yield "fiscal year", _all_of(policy.fiscal_year)
    for goal in policy.attainment:
        yield f"attainment goal {goal.key}", _all_of(goal)
    for one in policy.availability:
        yield f"availability of {one.key}", _all_of(one)
    terms = policy.credits
    if terms is None:
        return
    unit = " %" if terms.by == "share" else ""
    for band in terms.bands:
        yield f"credit {'above' if band.above else 'from'} {band.share}{unit} of violations", f"{band.credit} %"
    days = plural(terms.request_within, "business day" if terms.business_days else "day")
    yield "credits are asked for within", f"{days} of {terms.calendar}"
    yield "credits", _all_of(replace(terms, bands=(), calendar="", request_within=0))


def _all_of(value: Any) -> str:
    """Every field of a value that is there, in words."""
    return ", ".join(f"{name} {_value_words(said)}" for name, said in _fields(value) if said)


_PLAIN = (
    "name",
    "source",
    "languages",
    "on_severity_change",
    "follows",
    "escalation_words",
    "levels",
    "escalation_contact",
    "known_incidents_exempt",
    "not_support",
    "shown_in",
)


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    return ((one.name, getattr(value, one.name)) for one in fields(value))


def _value_words(value: Any) -> str:
    if isinstance(value, timedelta):
        return str(value) if value.seconds else plural(value.days, "day")
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
