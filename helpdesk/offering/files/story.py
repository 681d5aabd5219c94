"""The steps of a worked example, as a file writes them: when, what somebody does, and what is to come of it.

`lab.story` runs them. Each function reads one part and raises ValueError that says what was expected there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from helpdesk.offering.files.schema import ClockEntry
from helpdesk.offering.policy import ClockExpectation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from helpdesk.offering.files.schema import ThenEntry
    from helpdesk.offering.policy import StoryStep, Writer

# Without words of the example's own. They thank for nothing, ask for nothing and state no severity.
ANSWER = "We are looking into it and will write again."
FOLLOW_UP = "It is still the same here."

_ELAPSED = re.compile(r"(\d{1,5}) ?(s|m|min|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_STATUSES = ("open", "waiting", "resolved", "closed")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%", re.ASCII)
_BESIDE_TARGETS = ("sent", "credit", "attained", "status", "severity")
_DEEDS = "expected answer, customer, severity KEY, wait, or an agent's order such as #resolve"


def step_at(entry: ThenEntry, before: datetime) -> datetime:
    """When a step is: so long after the one before, or at an instant of its own."""
    if bool(entry.after) == bool(entry.at):
        raise ValueError("expected either `after`, such as 2h, or `at`, a time")
    if not entry.do and not entry.expect:
        raise ValueError("expected `do`, `expect` or both; this step says nothing")
    if entry.at is None:
        return before + _elapsed(entry.after)
    if entry.at.tzinfo is None:
        raise ValueError("at: expected a time with an offset, such as 2026-03-27T16:00:00+01:00")
    if entry.at < before:
        raise ValueError(f"at: expected a time not before {before}, that of the step before")
    return entry.at


def _elapsed(text: str) -> timedelta:
    parts = [_ELAPSED.fullmatch(part) for part in re.findall(r"\d+ ?[a-z]+", text.lower())]
    if not parts or "".join(text.lower().split()) != "".join(part[0].replace(" ", "") for part in parts if part):
        raise ValueError(f'after: expected elapsed time such as "30m", "2h", "1h30m" or "3d", not {text!r}')
    return sum((timedelta(**{_UNITS[part[2]]: int(part[1])}) for part in parts if part), timedelta())


def read_deed(do: str, severities: Collection[str]) -> tuple[Writer, str]:
    """Who writes, and what: an order of an agent's is what they write."""
    word, _, rest = do.strip().partition(" ")
    rest = rest.strip()
    if not word:
        return "", ""
    if word.startswith("#"):
        return "agent", do.strip()
    if word == "answer":
        return "agent", rest or ANSWER
    if word == "customer":
        return "customer", rest or FOLLOW_UP
    if word == "wait":
        return "agent", f"#wait {rest}".strip()
    if word == "severity" and rest in severities:
        return "agent", f"#severity {rest}"
    if word == "severity":
        raise ValueError(f"expected severity and one of {', '.join(severities)}, not {do!r}")
    raise ValueError(f"{_DEEDS}, not {do!r}")


def expecting(
    step: StoryStep,
    expect: Mapping[str, ClockEntry | list[str] | str],
    targets: Collection[str],
    severities: Collection[str],
) -> StoryStep:
    """The step with what is to be true after it."""
    clocks = tuple(_clocks({key: value for key, value in expect.items() if key not in _BESIDE_TARGETS}, targets))
    sent = _listed("sent", 'kinds of mail such as ["ack", "assigned"]', expect)
    attained = _listed("attained", "keys of [attainment]", expect)
    percent = _percent(expect["credit"]) if "credit" in expect else None
    status, severity = _one_of("status", expect, _STATUSES), _one_of("severity", expect, severities)
    return replace(step, clocks=clocks, sent=sent, credit=percent, attained=attained, status=status, severity=severity)


def _one_of(key: str, expect: Mapping[str, Any], known: Collection[str]) -> str:
    value = expect.get(key, "")
    if isinstance(value, str) and value in {"", *known}:
        return value
    raise ValueError(f"{key}: expected one of {', '.join(known)}, not {_kind_of_value(value)}")


def _listed(key: str, what: str, expect: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = expect.get(key)
    if value is not None and not isinstance(value, list):
        raise ValueError(f"{key}: expected a list of {what}, not {_kind_of_value(value)}")
    return None if value is None else tuple(value)


def _clocks(expect: Mapping[str, Any], targets: Collection[str]) -> Iterator[ClockExpectation]:
    for target, entry in expect.items():
        if target not in targets:
            raise ValueError(f"expected one of {', '.join((*targets, *_BESIDE_TARGETS))}, not {target!r}")
        if not isinstance(entry, ClockEntry) or not (entry.due or entry.state):
            raise ValueError(f'{target}: expected {{ due = TIME, state = "running" }} or one of both')
        if entry.due is not None and entry.due.tzinfo is None:
            raise ValueError(f"{target}.due: expected a time with an offset, such as 2026-03-27T16:00:00+01:00")
        yield ClockExpectation(target, entry.due, entry.state)


def _percent(credit: object) -> Decimal:
    found = _PERCENT.fullmatch(credit.strip()) if isinstance(credit, str) else None
    if found is None or Decimal(found[1]) > 100:
        raise ValueError(f'credit: expected percent such as "10 %", not {_kind_of_value(credit)}')
    return Decimal(found[1])


def _kind_of_value(value: object) -> str:
    return repr(value) if isinstance(value, str) else "a table" if isinstance(value, ClockEntry) else "a list"
