"""A cell of a policy's matrix: how much is promised there, and to whom it is another amount, or in other hours.

What differs stands in variants: by the way in, the hours in which it begins, the kind of case, the language of the
mail, or an answer that the customer has stated. Each changes what it names, in that order, and says so; an answer that
was asked for with these values has the last word. A cell may have several goals, each valid in its own time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from helpdesk.offering.intake_words import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from helpdesk.offering.severities import Kind
    from helpdesk.openhours.within import Within

VariedBy = Literal["channel", "hours", "kind", "language", "field"]
OTHER = "other"  # any language that has no variant of its own


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of case as a policy calls it, and which of the desk's kinds it is. Its words in a mail only propose it."""

    key: str
    name: str
    of: Kind
    aliases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def is_called(self, said: str) -> bool:
        """Whether somebody means it who says that."""
        return folded(said) in {folded(name.replace("_", " ")) for name in (self.key, self.name, *self.aliases)}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of a case, beside plan, severity, region and way in, decides what is promised: only what binds.

    `kinds` are the key of its kind and of the desk's kind that this is, none while nobody who may has said it.
    `fields` are folded answers by the key of their field. `at` is when the clock began, None for any time.
    """

    kinds: tuple[str, ...] = ()
    language: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    addons: tuple[str, ...] = ()
    at: datetime | None = None
    open: tuple[str, ...] = ()  # calendars, of those by which promises differ, that are open then


NOTHING_SAID = Circumstances()


@dataclass(frozen=True, slots=True)
class Variant:
    """What differs in a cell for those who are so: another amount, or other hours. None and "" leave it as it is.

    `nothing`: nothing is promised to them. `field` is the key of the intake field whose answer `value` is.
    """

    by: VariedBy
    value: str
    within: Within | None = None
    calendar: str = ""
    nothing: bool = False
    field: str = ""

    def applies(self, channel: str, given: Circumstances, others: tuple[Variant, ...]) -> bool:
        """Whether it is for these. `others` are the variants of its cell: the language `other` is none of theirs."""
        match self.by:
            case "channel":
                return channel == self.value
            case "hours":
                return self.value in given.open
            case "kind":
                named = {one.value for one in others if one.by == "kind"}
                return self.value == next((kind for kind in given.kinds if kind in named), None)
            case "language":
                named = {one.value for one in others if one.by == "language"}
                return bool(given.language) and self.value == (given.language if given.language in named else OTHER)
            case "field":
                return says(given.fields.get(self.field, ""), self.value)

    @property
    def whom(self) -> str:
        """For whom the variant is, in words."""
        words = {
            "channel": "by",
            "hours": "in the hours of",
            "kind": "of kind",
            "language": "in language",
            "field": self.field,
        }
        return f"{words[self.by]} {self.value}"


def says(answer: str, value: str) -> bool:
    """Whether an answer is that value and nothing else, however it is written."""
    return folded(answer) == folded(value)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a goal gives to somebody; `within` None: nothing. `calendar` "" leaves the hours to plan and region.

    `because` says, for each variant that applies, to whom it does.
    """

    within: Within | None
    calendar: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """How much is promised, from one day on and until another, and what differs for whom.

    `within` None: it is promised only to those for whom a variant says how much. `calendar` "" leaves the hours to plan
    and region.
    """

    within: Within | None
    calendar: str = ""
    variants: tuple[Variant, ...] = ()
    since: date | None = None
    until: date | None = None  # the first day on which it is over

    def applied(self, channel: str, given: Circumstances) -> Applied:
        """What it gives to those who come by that way and are so."""
        within, calendar, because = self.within, self.calendar, []
        for one in self._applying(channel, given):
            within = None if one.nothing else one.within or within
            calendar = one.calendar or calendar
            because += [one.whom] if one.by != "channel" else []
        return Applied(within, calendar, tuple(because))

    def _applying(self, channel: str, given: Circumstances) -> Iterator[Variant]:
        order: tuple[VariedBy, ...] = ("channel", "hours", "kind", "language", "field")
        for by in order:
            of_its_kind = (one for one in self.variants if one.by == by)
            yield from (one for one in of_its_kind if one.applies(channel, given, self.variants))

    def hours(self) -> Iterator[str]:
        """The calendars in whose hours it differs."""
        yield from (one.value for one in self.variants if one.by == "hours")

    def holds_on(self, day: date) -> bool:
        """Whether the cell is valid on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Cell:
    """All that a policy promises of one thing to one plan for one severity."""

    goals: tuple[Goal, ...]

    @property
    def latest(self) -> Goal:
        """The one that stands last: what is promised from now on, where nobody asks about a day."""
        return self.goals[-1]

    def on(self, day: date | None) -> Goal | None:
        """The first that is valid on a day; without a day the latest."""
        return self.latest if day is None else next((goal for goal in self.goals if goal.holds_on(day)), None)

    @property
    def amounts(self) -> tuple[Within, ...]:
        """Every amount that it gives to anybody."""
        given = (within for goal in self.goals for within in (goal.within, *(one.within for one in goal.variants)))
        return tuple(within for within in given if within)

    def varies_by(self) -> Iterator[tuple[VariedBy, str]]:
        """By what anything differs in it; of a field, also which one."""
        yield from ((one.by, one.field) for goal in self.goals for one in goal.variants)
