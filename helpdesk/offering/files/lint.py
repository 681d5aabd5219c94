"""What a policy file says about itself: errors, contradictions of the document, assumptions, worked examples.

An error means the file cannot run or an example does not come out; a warning is a contradiction in the document that
runs as written; an assumption is our reading where the document is silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from helpdesk.errors import ConfigurationError, HelpdeskError, NeverOpen
from helpdesk.offering.files.country_days import closures
from helpdesk.offering.files.coverage import missing
from helpdesk.offering.files.days import holiday_names, is_called
from helpdesk.offering.files.known_days import YEARS, categories
from helpdesk.offering.files.labels import untold
from helpdesk.offering.files.maintenance import lands_on, strays_to
from helpdesk.offering.files.odd_terms import odd_terms
from helpdesk.offering.files.read import days_of, policy_file, read_policy, read_table
from helpdesk.offering.policy import Promise
from helpdesk.openhours.week import clock_words
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from helpdesk.offering.files.known_days import KnownDays
    from helpdesk.offering.files.schema import CountryHolidays, PolicyFile
    from helpdesk.offering.policy import Plan, Policy, Step, WorkedExample
    from helpdesk.openhours.within import Within

FindingLevel = Literal["error", "warning", "assumption"]
# A Tuesday morning in open hours nearly everywhere, without a holiday near: where promises are compared.
_PROBE = datetime(2026, 6, 9, 15, 0, tzinfo=ZoneInfo("UTC"))
_DAY = 86400  # seconds
_TOLD_FROM = 2026  # days of years before are of archives alone
_SHORTEST_DAY = timedelta(hours=2)
_FIRST = frozenset({"received", "opened", "severity_set", "details_complete"})  # from where a first answer is promised
_SOON = timedelta(days=60)  # a list of next year's days is wanted by then


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a policy file."""

    level: FindingLevel
    file: str
    key: str
    text: str
    details: tuple[str, ...] = ()  # lines that show how it came about

    def __str__(self) -> str:
        said = f"{self.level}: {self.file}: {self.key}: {self.text}"
        return "\n".join([said, *(f"    {line}" for line in self.details)])

    def shape(self) -> dict[str, Any]:
        """As JSON."""
        shape = {"level": self.level, "file": self.file, "key": self.key, "text": self.text}
        return {**shape, "details": list(self.details)} if self.details else shape


def check_file(path: Path, *, today: date | None = None) -> list[Finding]:
    """Everything there is to say about one file, errors first; with `today`, what runs out soon is a warning."""
    name = str(path)
    try:
        source = policy_file(path)
        policy, table = read_policy(source), read_table(source)
    except ConfigurationError as wrong:
        return [error_of(name, problem) for problem in wrong.problems]
    # With hours that never come nothing else can be computed: say that, and no more.
    found = [*_never_open(policy)] or [
        *_examples(policy),
        *_notices(policy, table),
        *_contradictions(policy, table, today),
        *_unshown(policy),
        *(("warning", key, text) for key, text in untold(table)),
        *_assumptions(policy),
    ]
    return [Finding(level, name, key, text) for level, key, text in found]


def error_of(name: str, problem: str) -> Finding:
    """A problem of a file, `file: key: what was expected`, as a finding."""
    said = problem.removeprefix(f"{name}: ")
    key, _, text = said.partition(": ")
    if not text or key.startswith("expected"):
        return Finding("error", name, "(the file)", said)
    return Finding("error", name, key, text)


Remark = tuple[FindingLevel, str, str]


def _examples(policy: Policy) -> Iterator[Remark]:
    """Each worked example is computed and compared."""
    if not policy.examples:
        yield "error", "example", "expected worked examples; a policy without any proves nothing"
    for number, example in enumerate(policy.examples, start=1):
        if wrong := _wrong(policy, example):
            yield "error", f"example.{number}", wrong


def _other_severity(policy: Policy, example: WorkedExample) -> str:
    """What is wrong where the example's impact and urgency make another severity than it says."""
    matrix = policy.severity.matrix
    made = matrix.statement(dict(example.fields)) if matrix else None
    if made is None or len({policy.severity_in(example.plan, key) for key in (made.severity, example.severity)}) == 1:
        return ""
    return f"expected {example.severity}, but {made.words} is {made.severity}"


def _notices(policy: Policy, table: PolicyFile) -> Iterator[Remark]:
    """By when a window is announced, against what its author worked out."""
    calendar = policy.default_calendar
    for number, entry in enumerate(table.maintenance, start=1):
        if entry.announce_by:
            by = policy.maintenance_terms.announce_by(entry.impact, entry.dated[0][0], calendar)
            if by != entry.announce_by:
                found = f"computed {by.astimezone(calendar.zone)}" if by else "but no notice is owed"
                yield "error", f"maintenance.{number}.announce_by", f"expected {entry.announce_by}, {found}"


def _unshown(policy: Policy) -> Iterator[Remark]:
    """Kinds of moments that no worked example shows, in one line."""
    kinds = list(missing(policy)) if policy.examples else []
    if kinds:
        yield "warning", "example", f"expected worked examples of every kind; there is {', '.join(kinds)}"


def _wrong(policy: Policy, example: WorkedExample) -> str:
    try:
        promise = policy.promise_in(example)
    except HelpdeskError as problem:
        return f"expected a question that the policy can answer: {problem}"
    if other := _other_severity(policy, example):  # before the due time, which would be that of a wrong severity
        return other
    if not isinstance(promise, Promise):
        return "" if example.due_at is None else f"expected {example.due_at}, but {'; '.join(promise.because)}"
    due_at = promise.within.due_at(promise.calendar, example.at)
    if example.due_at is None:
        return "" if example.story or example.mail else f"expected no target, but it is due {due_at}"
    zone = ZoneInfo(promise.calendar.timezone)
    return "" if due_at == example.due_at else f"expected {example.due_at}, computed {due_at.astimezone(zone)}"


def _never_open(policy: Policy) -> Iterator[Remark]:
    """A target whose hours never come: refused when the file is checked, not when the first mail arrives."""
    for plan, target, severity in policy.goals:
        for region, channel, given in product(policy.regions, policy.channels, tuple(policy.variations())):
            promise = policy.promise(
                target, plan=plan, severity=severity, region=region.key, channel=channel.key, given=given
            )
            problem = _without_end(promise) if isinstance(promise, Promise) else ""
            if problem:
                yield "error", f"targets.{plan}.{target}.{severity}", f"expected hours that come: {problem}"
                break


def _without_end(promise: Promise) -> str:
    """Why it never falls due; "" where it does."""
    if promise.within.same_day and promise.calendar.always:
        return f"calendar {promise.calendar.name} does not close, so no day of it ends"
    try:
        promise.within.due_at(promise.calendar, _PROBE)
    except NeverOpen as problem:
        return str(problem)
    return ""


def _contradictions(policy: Policy, table: PolicyFile, today: date | None) -> Iterator[Remark]:
    yield from _misplaced_maintenance(table)
    yield from _overlaps(policy)
    yield from (("warning", key, text) for key, text in odd_terms(policy, _TOLD_FROM))
    yield from _odd_steps(policy)
    yield from _odd_promises(policy)
    yield from _slower_plans(policy)
    yield from _slower_severities(policy)
    yield from _undefined(policy)
    yield from _never_used(policy)
    yield from _short_days(policy)
    yield from _cut_offs(policy)
    yield from _extra_days(policy, table)
    yield from _dated_lists(table, today)
    yield from _unknown_holidays(table)
    yield from _categories(table)


def _misplaced_maintenance(table: PolicyFile) -> Iterator[Remark]:
    """An offset or a rule that lands on another weekday than the document says (LGK-10)."""
    for number, entry in enumerate(table.maintenance, start=1):
        if entry.rule and entry.weekday and not entry.after and (strayed := strays_to(entry)):
            text = f"a window falls on a {strayed}, the document says {entry.weekday}"
            yield "warning", f"maintenance.{number}.rule", text
        if entry.after and entry.weekday:
            falls = lands_on(entry, table.maintenance)
            if falls != entry.weekday.lower():
                days = plural(entry.after_days, "day")
                text = f"{days} after {entry.after} is a {falls}, the document says {entry.weekday}"
                yield "warning", f"maintenance.{number}.after_days", text


def _overlaps(policy: Policy) -> Iterator[Remark]:
    for name, calendar in policy.calendars.items():
        week = sorted(
            (window.weekday * _DAY + window.start, window.weekday * _DAY + window.end) for window in calendar.windows
        )
        wrapped = [*week, *((start + 7 * _DAY, end + 7 * _DAY) for start, end in week[:1])]
        if any(following[0] < window[1] for window, following in pairwise(wrapped)):
            yield "warning", f"calendars.{name}.hours", "windows overlap; their union is run"


def _odd_steps(policy: Policy) -> Iterator[Remark]:
    """A rung that comes after its own end, or before the one above it."""
    for number, step in enumerate(policy.ladder, start=1):
        if step.kind == "warning" and step.is_late:
            yield "warning", f"ladder.{number}.at", "a warning at or after the due time warns of nothing"
        if step.kind != "warning" and (0 < step.share < 1 or (step.before and step.kind == "breach")):
            yield "warning", f"ladder.{number}.at", f"a {step.kind} before anything is late"
        if step.unless_acknowledged:
            yield from _unheard(policy, f"ladder.{number}.unless_acknowledged", step)
    for number, (before, after) in enumerate(pairwise(policy.ladder), start=2):
        if _is_earlier(after, before) and not _is_apart(after, before):
            yield "warning", f"ladder.{number}.at", "earlier than the step above it"


def _odd_promises(policy: Policy) -> Iterator[Remark]:
    """A promise of the offering's own that is made to nobody, or whose reminder comes as it begins."""
    for kind in policy.kinds:
        cells = [(severity, cell) for (_, target, severity), cell in policy.goals.items() if target == kind.key]
        if kind.own and not cells:
            yield "warning", f"promises.{kind.key}", f"it is made to nobody: there is no [targets.PLAN.{kind.key}]"
        for number, one in enumerate(kind.remind, start=1):
            short = [key for key, cell in cells if any(_is_all(one.before, within) for within in cell.amounts)]
            if short:
                names = ", ".join(policy.level(key).name for key in dict.fromkeys(short))
                yield "warning", f"promises.{kind.key}.remind.{number}", f"as soon as it begins, for {names}"


def _is_all(before: timedelta, within: Within) -> bool:
    return bool(before) and within.counts_open_time and timedelta() < within.open_time <= before


def _is_apart(step: Step, other: Step) -> bool:
    """Whether no case has both: for other severities, promises or plans than each other."""
    pairs = ((step.only, other.only), (step.of, other.of), (step.plans, other.plans))
    return any(mine and theirs and set(mine).isdisjoint(theirs) for mine, theirs in pairs)


def _is_earlier(step: Step, other: Step) -> bool:
    """Whether a step comes before another however long the promise is.

    Which is first of time since the opening, a share of the promise and time before it is due depends on its length.
    """
    if step.is_at_opening:
        return not other.is_at_opening
    if (step.share == 0) != (other.share == 0):
        return False
    if bool(step.before) != bool(other.before) and min(step.share, other.share) < 1:
        return False
    return (step.share, step.after - step.before) < (other.share, other.after - other.before)


def _unheard(policy: Policy, key: str, step: Step) -> Iterator[Remark]:
    """A step for want of an acknowledgment that nobody was asked for, or that comes when all is late already."""
    asked = any(
        other.waits_for_acknowledgment and (other.share, other.after) == (step.share, step.after)
        for other in policy.ladder
        if other is not step and not other.unless_acknowledged
    )
    if not asked:
        yield "warning", key, f"nobody is asked to acknowledge at {step.key.partition(' ')[0]}"
    if step.share == 0 and step.unless_acknowledged:
        for plan, level in product(policy.plans, step.only or [level.key for level in policy.severity.levels]):
            promise = _promise(policy, plan.key, policy.first_answer.key, level)
            if promise and promise.within.counts_open_time and promise.within.open_time <= step.unless_acknowledged:
                yield "warning", key, f"not before the first response of {policy.level(level).name} is due"


def _slower_plans(policy: Policy) -> Iterator[Remark]:
    """A plan that is sold as better and is slower (LGK-4): plans stand in order of price."""
    for cheaper, dearer in pairwise(policy.plans):
        for target in (kind.key for kind in policy.kinds):
            slower = [
                f"{level.name} ({_amount(policy, dearer, target, level.key)}"
                f" against {_amount(policy, cheaper, target, level.key)})"
                for level in policy.severity.levels
                if _slower(policy, cheaper, dearer, target, level.key)
            ]
            if slower:
                text = f"slower than plan {cheaper.name}: {', '.join(slower)}"
                yield "warning", f"targets.{dearer.key}.{target}", text


def _slower(policy: Policy, cheaper: Plan, dearer: Plan, target: str, severity: str) -> bool:
    """Compared in the cheaper plan's hours: wider hours alone make nothing slower."""
    promises = [_promise(policy, plan.key, target, severity) for plan in (cheaper, dearer)]
    before, after = promises
    if before is None or after is None:
        return False
    return after.within.due_at(before.calendar, _PROBE) > before.within.due_at(before.calendar, _PROBE)


def _slower_severities(policy: Policy) -> Iterator[Remark]:
    """A worse severity that is answered later than a milder one."""
    answer = policy.first_answer
    for plan in policy.plans:
        for worse, milder in pairwise(policy.levels_of(plan.key)):
            before, after = (_due(policy, plan.key, answer.key, level.key) for level in (worse, milder))
            if before is not None and after is not None and before > after:
                key = f"targets.{plan.key}.{answer.key}.{worse.key}"
                yield "warning", key, f"later than the milder {milder.name}"


def _due(policy: Policy, plan: str, target: str, severity: str) -> datetime | None:
    promise = _promise(policy, plan, target, severity)
    return promise.within.due_at(promise.calendar, _PROBE) if promise else None


def _promise(policy: Policy, plan: str, target: str, severity: str) -> Promise | None:
    region = policy.regions[0].key
    promise = policy.promise(target, plan=plan, severity=severity, region=region, channel="email")
    return promise if isinstance(promise, Promise) else None


def _amount(policy: Policy, plan: Plan, target: str, severity: str) -> str:
    promise = _promise(policy, plan.key, target, severity)
    return str(promise.within) if promise else "nothing"


def _undefined(policy: Policy) -> Iterator[Remark]:
    answer, first = policy.first_answer, [kind.key for kind in policy.kinds if kind.owes_word and kind.starts in _FIRST]
    for level in policy.severity.levels:
        if not level.definition:
            yield "warning", f"severities.{level.key}.definition", "expected a definition, there is none"
    for plan in policy.plans:
        for level in policy.levels_of(plan.key):
            if not any((plan.key, key, level.key) in policy.goals for key in first):
                text = f"no {answer.name} target for {level.name}"
                yield "warning", f"targets.{plan.key}.{answer.key}.{level.key}", text


def _never_used(policy: Policy) -> Iterator[Remark]:
    """A target for a severity that its plan does not have."""
    for plan, target, severity in policy.goals:
        if policy.severity_in(plan, severity).key != severity:
            yield "warning", f"targets.{plan}.{target}.{severity}", f"the plan {plan} does not have {severity}"


def _short_days(policy: Policy) -> Iterator[Remark]:
    """A day that is open for so short that somebody probably wrote it wrongly (CEL-2)."""
    for name, calendar in policy.calendars.items():
        longest = max((window.end - window.start for window in calendar.windows), default=0)
        if timedelta(seconds=longest) < _SHORTEST_DAY:
            yield (
                "warning",
                f"calendars.{name}.hours",
                f"the longest day is open for {plural(longest // 60, 'minute')} only",
            )


def _cut_offs(policy: Policy) -> Iterator[Remark]:
    """A cut-off outside the hours: it moves nothing, or everything."""
    for name, calendar in policy.calendars.items():
        if calendar.cut_off is None or not calendar.windows:
            continue
        key, at = f"calendars.{name}.cut_off", clock_words(calendar.cut_off)
        if all(window.end <= calendar.cut_off for window in calendar.windows):
            yield "warning", key, f"nothing changes by it: the desk is closed by {at} on every day"
        if all(window.start > calendar.cut_off and window.end <= _DAY for window in calendar.windows):
            yield "warning", key, f"all mail of a day counts as the next day's: the desk opens after {at}"


def _extra_days(policy: Policy, table: PolicyFile) -> Iterator[Remark]:
    """A day that opens the desk on a weekend: whether it is a business day is easily thought otherwise."""
    for name in table.calendars:
        calendar = policy.calendars[name]
        days = (day for year in range(_TOLD_FROM, _TOLD_FROM + 2) for day in calendar.special_days_in(year))
        extra = [
            f"{day.on:%a} {day.on} ({day.name})"
            for day in days
            if day.opens and day.business is None and day.on.weekday() not in calendar.business_weekdays
        ]
        if extra:
            text = f"open, and no business day: {', '.join(extra)}; business_day = true makes it one"
            yield "assumption", f"calendars.{name}.days", text


def _dated_lists(table: PolicyFile, today: date | None) -> Iterator[Remark]:
    """Days that are listed for a year, or by their dates: when that runs out, the desk would work on them."""
    for name, calendar in table.calendars.items():
        if calendar.days_of:
            yield from _run_out(f"calendars.{name}.days_of", date(max(calendar.days_of), 12, 31), today)
        for year in range(min(calendar.days_of, default=0), max(calendar.days_of, default=0)):
            if year not in calendar.days_of:
                yield "warning", f"calendars.{name}.days_of", f"no list of {year}"
        dated = [day.last or day.on for day in calendar.days if not day.open]
        ends = [day for day in dated if isinstance(day, date)]
        if ends:
            yield from _run_out(f"calendars.{name}.days", max(ends), today)


def _run_out(key: str, last: date, today: date | None) -> Iterator[Remark]:
    soon = today is not None and last - today < _SOON
    yield "warning" if soon else "assumption", key, f"the dated days end on {last}; later ones are not known"


def _unknown_holidays(table: PolicyFile) -> Iterator[Remark]:
    """A public holiday that is to be left out under a name that it does not have: the desk would be closed then."""
    known = days_of(table)
    for key, calendar in table.calendars.items():
        if calendar.holidays:
            place, days = f"calendars.{key}.holidays.without", list(_holidays(known, calendar.holidays))
            for name in calendar.holidays.without:
                # Its own name says nothing new of its own day; the twin's does.
                matched = [
                    f"{day}" if part == name else f"{day} ({part})"
                    for day, part, bare in days
                    if is_called(name, part, bare)
                ]
                if not matched:
                    names = ", ".join(sorted({bare for _, _, bare in days}))
                    yield "warning", place, f"no public holiday is called {name!r}; there are {names}"
                else:
                    yield "assumption", place, f"{name!r} is worked on: {', '.join(matched)}"


def _holidays(known: KnownDays, asked: CountryHolidays) -> Iterator[tuple[date, str, str]]:
    """Each holiday that is known: its day, its name there, and its name on its own day."""
    for category in categories(asked):
        for year in range(_TOLD_FROM, YEARS.stop):
            for day, name in known.of(asked, year, category):
                yield from ((day, part, bare) for part, bare in holiday_names(name).items())


def _categories(table: PolicyFile) -> Iterator[Remark]:
    """A category that has no day there, and from when on half days are closed: both are easily thought otherwise."""
    known, years = days_of(table), range(_TOLD_FROM, YEARS.stop)
    asked = {key: calendar.holidays for key, calendar in table.calendars.items() if calendar.holidays}
    for key, holidays in asked.items():
        place = f"calendars.{key}.holidays"
        for category in categories(holidays):
            if not any(known.of(holidays, year, category) for year in years):
                yield "warning", f"{place}.categories", f"no day of category {category!r} there"
        closed = (day for year in years for day in closures(known, holidays, year) if not day.opens)
        halves = {day.name: day.start for day in closed if day.start}
        if halves:
            said = ", ".join(f"{name} from {clock_words(start)}" for name, start in halves.items())
            yield "assumption", f"{place}.half_days_from", f"half days are closed: {said}"


def _assumptions(policy: Policy) -> Iterator[Remark]:
    for assumption in policy.assumptions:
        yield "assumption", assumption.key, assumption.why
    for number, unsaid in enumerate(policy.unsaid, start=1):
        yield "assumption", f"unsaid.{number}", f"this file cannot say: {unsaid.what} ({unsaid.why})"
