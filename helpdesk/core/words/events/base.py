"""What every event is, and how one is written into the ledger as JSON and read back.

The facts of an event are the fields of its class, in the order in which they are declared: that is also the order of
the keys in the ledger. A field with a default is left out while it has it; one that is made by `written` never is, and
has a default only for ledgers from before there was such a field. What a ledger says that a class does not know is
kept, and so is the order of its keys, so that an event that was read is printed as it was written.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

Stamp = tuple[datetime, datetime, str]  # `at`, `recorded_at` and `by` of an event

_WRITTEN, _KEY = "written", "key"
_CLASSES: dict[str, type[Event]] = {}


class ReasonFact(TypedDict):
    """One reason of a severity: the rule, what it made of it, and the words of the mail that it read."""

    rule: str
    effect: str
    evidence: str


class UnseenWord(TypedDict):
    """A customer's mail that an agent had not seen: its Message-ID, and its receipt in ISO 8601."""

    message_id: str
    at: str


@dataclass(frozen=True, slots=True)
class Event:
    """A fact of a case. `by` is a bare address, or `desk`.

    `at` is when it became true, `recorded_at` when we wrote it down. `stored_keys` are the keys under which it was
    read from a ledger, in their order, and `other_facts` those of them that its class has no field for.
    """

    type: ClassVar[str] = ""

    at: datetime
    recorded_at: datetime
    by: str
    other_facts: Mapping[str, Any] = field(default_factory=dict, kw_only=True, repr=False)
    stored_keys: tuple[str, ...] = field(default=(), kw_only=True, repr=False, compare=False)

    def __init_subclass__(cls, *, stored_as: str = "") -> None:
        """`stored_as` is what the ledger calls events of this class."""
        if stored_as:  # absent where `slots` makes the class once more, with all that it has
            cls.type = stored_as
        _CLASSES[cls.type] = cls  # the class with slots is made last, and stays


class _Fact(NamedTuple):
    name: str  # of the field
    key: str  # in the ledger
    default: Any
    written: bool


def written(default: Any) -> Any:
    """A field that always stands in the ledger, and has this default where an older one lacks it."""
    return field(default=default, metadata={_WRITTEN: True})


def keyed(key: str, *, default: Any = MISSING) -> Any:
    """A field whose key in the ledger is no name that a field can have."""
    return field(default=default, metadata={_KEY: key})


def to_facts(event: Event) -> dict[str, Any]:
    """The facts of an event as JSON holds them."""
    values = [(fact, getattr(event, fact.name)) for fact in _facts_of(event.type)]
    mine = {fact.key: _as_json(value) for fact, value in values if value != fact.default or _stands(fact, event)}
    if not event.stored_keys and not event.other_facts:
        return mine
    known = {**event.other_facts, **mine}
    return {key: known[key] for key in dict.fromkeys((*event.stored_keys, *mine, *event.other_facts))}


def from_facts(kind: str, stamp: Stamp, facts: Mapping[str, Any]) -> Event:
    """The event of that type that these facts are of. Raises TypeError where one is missing that has no default."""
    given = dict(facts)
    mine = {fact.name: _held(given.pop(fact.key)) for fact in _facts_of(kind) if fact.key in given}
    return class_of(kind)(*stamp, **mine, other_facts=given, stored_keys=tuple(facts))


def class_of(kind: str) -> type[Event]:
    """The class of the events that a ledger calls so."""
    return _CLASSES.get(kind) or _of_another_version(kind)


@cache
def _of_another_version(kind: str) -> type[Event]:
    """An event that only a newer version knows: all of its facts are kept, and it changes nothing here."""
    made: type[Event] = type("UnknownEvent", (Event,), {"type": kind, "__slots__": ()})
    return made


@cache
def _facts_of(kind: str) -> tuple[_Fact, ...]:
    common = {one.name for one in fields(Event)}
    return tuple(
        _Fact(
            one.name,
            one.metadata.get(_KEY) or one.name,
            one.default,
            one.default is MISSING or one.metadata.get(_WRITTEN, False),
        )
        for one in fields(class_of(kind))
        if one.name not in common
    )


def _stands(fact: _Fact, event: Event) -> bool:
    """Whether a fact that says nothing stands in the ledger all the same: as it did where the event was read."""
    return fact.key in event.stored_keys if event.stored_keys else fact.written


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _held(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
