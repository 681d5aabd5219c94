"""`[promises.KEY]` into a promise: what starts it, meets it, pauses and ends it, and how it is said."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from helpdesk.offering.promises import AGREED, BEGINS_WITH, Mark, PromiseKind, Reminder, usual_promises
from helpdesk.openhours.within import parse_open_time
from helpdesk.wordings import first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.offering.files.problems import FileProblems
    from helpdesk.offering.files.schema import PolicyFile, PromiseTable
    from helpdesk.offering.promises import Waited

MARKS: tuple[Mark, ...] = get_args(Mark)
_SHARE = re.compile(r"(\d{1,2})\s*%")
_BEFORE = re.compile(r"(\w+)\s+before")
_ONCE: frozenset[Mark] = frozenset({"resolved"})  # after which nothing begins anew


def read_promises(table: PolicyFile, problems: FileProblems) -> tuple[PromiseKind, ...]:
    """The promises of a policy, its own behind those of every policy."""
    pauses: list[Waited] = [whom for whom in table.pauses if whom != "customer"]  # resolution waits for them anyway
    known = {kind.key: kind for kind in (*usual_promises(pauses), AGREED)}
    for key, entry in table.promises.items():
        of_every_policy = known.get(key)
        known[key] = _said_otherwise(of_every_policy, entry) if of_every_policy else _own(key, entry)
        wrong = _no_other_meaning(entry) if of_every_policy else _contradictions(known[key], entry)
        for place, expected in (*wrong, *_unreadable_reminders(entry)):
            problems.add(f"promises.{key}.{place}", expected)
    return tuple(known.values())


def _said_otherwise(kind: PromiseKind, entry: PromiseTable) -> PromiseKind:
    """A promise of every policy, with the name and the words of this one."""
    said = entry.said or ("owed" if kind is AGREED else kind.said)
    return replace(kind, name=first(entry.name) or kind.name, said=said, remind=tuple(_reminders(entry)))


def _no_other_meaning(entry: PromiseTable) -> Iterator[tuple[str, str]]:
    for place in ("starts", "met_by", "renews", "pauses", "ends"):
        if getattr(entry, place):
            yield place, "expected of a promise of your own only: this one has its meaning in every policy"


def _own(key: str, entry: PromiseTable) -> PromiseKind:
    name = first(entry.name) or key.replace("_", " ")
    starts = entry.starts or "received"
    met_by = tuple(_marks(entry.met_by))
    return PromiseKind(
        key=key,
        name=name,
        starts=starts,
        met_by=met_by,
        renews=entry.renews,
        pauses=tuple(dict.fromkeys(entry.pauses)),
        ends=tuple(_marks(entry.ends)),
        said=entry.said or "owed",
        remind=tuple(_reminders(entry)),
        begins_with=BEGINS_WITH[starts],
        own=True,
    )


def _marks(names: Iterable[str]) -> Iterator[Mark]:
    for name in names:
        mark = "started" if name == "#started" else name
        yield from (known for known in MARKS if known == mark)


def _contradictions(kind: PromiseKind, entry: PromiseTable) -> Iterator[tuple[str, str]]:
    """What could never be kept, or never ends."""
    for place, names in (("met_by", entry.met_by), ("ends", entry.ends)):
        for name in names:
            if name not in {*MARKS, "#started"}:
                yield place, f"expected one of {', '.join(MARKS)}, not {name!r}"
    if not entry.starts:
        yield "starts", f"expected one of {', '.join(_STARTS)}"
    if not entry.met_by:
        yield "met_by", f"expected what {'renews' if entry.renews else 'meets'} it: one of {', '.join(MARKS)}"
    for mark in kind.ends:
        if mark in kind.met_by:
            yield "ends", f"expected another end: {mark} meets it, and what is met never ends by it"
    if kind.renews and _ONCE.issuperset(kind.met_by) and kind.met_by:
        yield "renews", f"expected a promise that something else meets: nothing begins anew after {kind.met_by[0]}"


_STARTS = [start for start in BEGINS_WITH if start not in {"customer_wrote", "agreed"}]


def _reminders(entry: PromiseTable) -> Iterator[Reminder]:
    for text in entry.remind:
        try:
            yield _reminder(text)
        except ValueError:
            continue  # said below


def _unreadable_reminders(entry: PromiseTable) -> Iterator[tuple[str, str]]:
    for number, text in enumerate(entry.remind, start=1):
        try:
            _reminder(text)
        except ValueError as problem:
            yield f"remind.{number}", str(problem)


def _reminder(text: str) -> Reminder:
    at = " ".join(text.split())
    share, before = _SHARE.fullmatch(at), _BEFORE.fullmatch(at)
    if share and int(share[1]):
        return Reminder(at, int(share[1]) / 100)
    if before:
        return Reminder(at, 1.0, parse_open_time(before[1]))
    raise ValueError(f'expected a share such as "75%", or an amount such as "15m before", not {text!r}')
