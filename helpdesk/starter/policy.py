"""The text of a new policy file: an outline in, a commented file out, with worked examples yet to be confirmed.

The examples are computed by the very engine that they will prove, so they prove nothing until somebody has held each
against the contract. They are few: moments are taken until every kind that `coverage` asks for is shown.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING

from helpdesk.offering.files.coverage import missing
from helpdesk.offering.files.read import PolicyText, read_policy
from helpdesk.offering.policy import Promise, WorkedExample
from helpdesk.starter.rendering import quoted, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from helpdesk.offering.policy import Policy
    from helpdesk.openhours.calendar import Calendar

_RANKS = {1: (2,), 2: (1, 3), 3: (1, 2, 4), 4: (1, 2, 3, 4)}  # by the number of severities
MOST_SEVERITIES = _MILDEST = len(_RANKS)
_DEFINITIONS = {
    1: "Nobody can work, and there is no way around it.",
    2: "An important part does not work, or work has become hard.",
    3: "Something is not as it should be, and work goes on.",
    4: "A question, a wish, or a small flaw.",
}
_IN_OTHERS = {  # what customers read of the usual severities
    "urgent": {"de": "Dringend", "fr": "Urgent", "es": "Urgente"},
    "high": {"de": "Hoch", "fr": "Élevée", "es": "Alta"},
    "normal": {"de": "Normal", "fr": "Normale", "es": "Normal"},
    "low": {"de": "Niedrig", "fr": "Faible", "es": "Baja"},
}
_SHORT = timedelta(minutes=30)
_LONG = timedelta(hours=1)
_A_YEAR = 366  # days
_MOST_EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class PlannedSeverity:
    """A severity of a new policy, and the time to a first response: one amount a plan, or one for all."""

    name: str
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What somebody says of an offering before there is a file."""

    key: str
    company: str
    plans: tuple[str, ...]
    hours: str
    zone: str
    country: str  # ISO 3166, "" for no holidays
    severities: tuple[PlannedSeverity, ...]  # the worst first
    languages: tuple[str, ...] = ("en",)  # in which customers are written to, the usual first


def key_of(name: str) -> str:
    """A name as a key: `Blue Mill & Söhne` is `blue-mill-sohne`; "" where nothing of it can be one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def new_policy(outline: Outline, today: date) -> str:
    """The file's text. Raises ConfigurationError where the outline makes no policy."""
    policy = read_policy(PolicyText(f"{outline.key}.toml", _text(outline, ())))
    return _text(outline, tuple(_examples(policy, today)))


def _text(outline: Outline, examples: Sequence[tuple[WorkedExample, str]]) -> str:
    ranks = _RANKS[len(outline.severities)]
    levels = [
        {
            "key": key_of(level.name) or f"s{number}",
            "rank": rank,
            "name": _called(level.name, outline.languages),
            "definition": _DEFINITIONS[rank],
            "amounts": level.amounts,
        }
        for number, (level, rank) in enumerate(zip(outline.severities, ranks, strict=True), start=1)
    ]
    return rendered(
        "policy.toml",
        outline=outline,
        examples=examples,
        plans={key_of(name) or f"plan-{number}": name for number, name in enumerate(outline.plans, start=1)},
        levels=levels,
        usual=[level["key"] for level in levels if level["rank"] != _MILDEST][-1],
    )


def _called(name: str, languages: Sequence[str]) -> str:
    """A severity's name, in each of the languages as far as it is a usual one; the first is what agents read."""
    others = {code: said for code, said in _IN_OTHERS.get(key_of(name), {}).items() if code in languages}
    said = ", ".join(f"{code} = {quoted(words)}" for code, words in {"en": name, **others}.items())
    return f"{{ {said} }}" if others else quoted(name)


# --- the examples


def _examples(policy: Policy, today: date) -> Iterator[tuple[WorkedExample, str]]:
    """Few moments that show every kind, each with what it shows."""
    candidates = list(_candidates(policy, today))
    chosen: tuple[WorkedExample, ...] = ()
    left = set(missing(policy))
    while left and candidates and len(chosen) < _MOST_EXAMPLES:
        best = max(candidates, key=lambda one: len(left - set(missing(replace(policy, examples=(*chosen, one))))))
        chosen = (*chosen, best)
        now_left = set(missing(replace(policy, examples=chosen)))
        if now_left == left:
            return
        yield best, _shows(left - now_left)
        left = now_left


def _shows(kinds: set[str]) -> str:
    words = sorted(kind.removeprefix("none ") for kind in kinds if not kind.startswith(("none of", "none in hours")))
    return ", ".join(words).replace("that spans", "over") or "in hours"


def _candidates(policy: Policy, today: date) -> Iterator[WorkedExample]:
    calendar = policy.default_calendar
    moments = list(_moments(calendar, today))
    for at, plan, level in product(moments, policy.plans, policy.severity.levels):
        region = policy.regions[0].key
        example = WorkedExample(at, plan.key, level.key, region, "email", "first_response", None, "")
        promise = policy.promise(
            example.target, plan=plan.key, severity=level.key, region=region, channel=example.channel
        )
        if isinstance(promise, Promise):
            due = promise.within.due_at(promise.calendar, at).astimezone(promise.calendar.zone)
            yield replace(example, due_at=due)


def _moments(calendar: Calendar, today: date) -> Iterator[datetime]:
    """Within hours, before opening, before closing and at noon, on days at which calculations go wrong."""
    for day in dict.fromkeys(_days(calendar, today)):
        opens, closes = _opening(calendar, day)
        yield from (at for at in (opens + _LONG, closes - _SHORT) if at.astimezone(calendar.zone).date() == day)
        if (opens - _LONG).astimezone(calendar.zone).date() == day:
            yield (opens - _LONG).astimezone(calendar.zone)
        yield datetime.combine(day, time(11), tzinfo=calendar.zone)


def _opening(calendar: Calendar, day: date) -> tuple[datetime, datetime]:
    """When a day opens and closes; for one that is closed the next that is open."""
    opens = calendar.next_open(_midnight(calendar, day)).astimezone(calendar.zone)
    until = _midnight(calendar, opens.date(), 1)
    closes = max((span.end for span in calendar.spans(opens, until) if span.open), default=until)
    return opens, closes.astimezone(calendar.zone)


def _days(calendar: Calendar, today: date) -> Iterator[date]:
    """A usual day, one before a weekend, a Saturday, and each last one before a holiday or a change of the clocks."""
    year = [today + timedelta(days=number) for number in range(1, _A_YEAR + 1)]
    working = [day for day in year if calendar.elapsed(_midnight(calendar, day), _midnight(calendar, day, 1))]
    holidays = {special.on for number in {year[0].year, year[-1].year} for special in calendar.special_days_in(number)}
    yield next(day for day in working if day.weekday() == min(calendar.business_weekdays, default=0))
    for before, after in pairwise(working):
        between = {before + timedelta(days=number) for number in range(1, (after - before).days)}
        if between & holidays or _offset(calendar, before) != _offset(calendar, after):
            yield before
    yield from [day for day in working if day + timedelta(days=1) not in working][:1]
    yield next(day for day in year if day.weekday() == 5)


def _midnight(calendar: Calendar, day: date, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(days=later), time(), tzinfo=calendar.zone)


def _offset(calendar: Calendar, day: date) -> timedelta | None:
    return datetime.combine(day, time(12), tzinfo=calendar.zone).utcoffset()
