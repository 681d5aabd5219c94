"""The cells of a policy's matrix, as its file has them, with what is wrong in each.

A cell is an amount, a table with what differs for whom, or several tables that are each valid in their own time.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from helpdesk.offering.cell import Cell, Goal, Variant
from helpdesk.offering.files.schema import GoalTable, VariantTable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from helpdesk.offering.cell import VariedBy
    from helpdesk.offering.files.problems import FileProblems, Naming
    from helpdesk.openhours.within import Within

    Amount = Callable[[str, str], Within]  # of an amount and what it says of business days; raises ValueError

CellEntry = str | GoalTable | list[GoalTable]
NOTHING = "none"


def tables(entry: CellEntry) -> list[tuple[str, GoalTable]]:
    """Each table of a cell, with the end of its place in the file."""
    if isinstance(entry, str):
        return [("", GoalTable(within=entry))]
    if isinstance(entry, GoalTable):
        return [("", entry)]
    return [(f".{number}", one) for number, one in enumerate(entry, start=1)]


def variants(table: GoalTable) -> Iterator[tuple[str, VariedBy, str, str, str | VariantTable]]:
    """All that differs in a goal: its place, by what, the field if it is one, the value and what the file says."""
    by: tuple[tuple[VariedBy, Mapping[str, str | VariantTable]], ...] = (
        ("channel", table.by_channel),
        ("hours", table.by_hours),
        ("kind", table.by_kind),
        ("language", table.by_language),
    )
    for what, entries in by:
        yield from ((f".by_{what}", what, "", value, entry) for value, entry in entries.items())
    for key, entries in table.by_field.items():
        yield from ((f".by_field.{key}", "field", key, value, entry) for value, entry in entries.items())


class CellReader:
    """Reads cells, and says what is wrong with each."""

    def __init__(self, amount: Amount, calendars: Collection[str], problems: FileProblems) -> None:
        self.amount = amount
        self.calendars = calendars
        self.problems = problems

    def cell(self, place: str, entry: CellEntry) -> Cell | None:
        """The cell, as far as it can be read."""
        goals = tuple(goal for end, table in tables(entry) if (goal := self._goal(f"{place}{end}", table)))
        for (end, before), (_, after) in pairwise(tables(entry)):
            if before.until is None or (after.since is not None and after.since < before.until):
                self.problems.add(
                    f"{place}{end}.until", "expected the day on which the next of the list begins, or one before"
                )
        return Cell(goals) if goals else None

    def _goal(self, place: str, table: GoalTable) -> Goal | None:
        if table.since and table.until and table.until <= table.since:
            self.problems.add(f"{place}.until", f"expected a day after {table.since}, not {table.until}")
        varied = list(variants(table))
        if not table.within and not varied:
            self.problems.add(f"{place}.within", "expected an amount such as 4h or 2bd, there is none")
            return None
        within = (
            self.problems.attempt(place, partial(self.amount, table.within, table.business_day), None)
            if table.within
            else None
        )
        read = [self._variant(place, table, *one) for one in varied]
        if table.within and within is None:
            return None
        return Goal(within, table.calendar, tuple(filter(None, read)), table.since, table.until)

    def _variant(
        self, place: str, table: GoalTable, end: str, by: VariedBy, field: str, value: str, entry: str | VariantTable
    ) -> Variant | None:
        own = self._table(entry) if isinstance(entry, str) else entry
        if own.within == NOTHING:
            return Variant(by, value, calendar=own.calendar, nothing=True, field=field)
        within, business_day = own.within or table.within, own.business_day or table.business_day
        if not within:
            self.problems.add(
                f"{place}{end}.{value}", "expected an amount: there is none to be paid out in other hours"
            )
            return None
        if (within, business_day) == (table.within, table.business_day):
            return Variant(by, value, calendar=own.calendar, field=field)  # a mistake is that of the goal itself
        span = self.problems.attempt(place, partial(self.amount, within, business_day), None)
        return Variant(by, value, span, own.calendar, field=field) if span else None

    def _table(self, text: str) -> VariantTable:
        """A text is a calendar where there is one of that name, or else an amount."""
        if text in self.calendars:
            return VariantTable(calendar=text)
        try:
            self.amount(text, "")
        except ValueError:
            return VariantTable(within=NOTHING) if text == NOTHING else VariantTable(calendar=text)
        return VariantTable(within=text)

    def names(self, place: str, entry: CellEntry, known: Mapping[VariedBy, Collection[str]]) -> Iterator[Naming]:
        """Every name in a cell, also in one whose amount cannot be read. A field's values may be any."""
        for end, table in tables(entry):
            calendars = [table.calendar]
            for key, by, field, value, own in variants(table):
                calendars.append(self._table(own).calendar if isinstance(own, str) else own.calendar)
                yield f"{place}{end}{key}", [field or value], known[by]
            yield f"{place}{end}.calendar", filter(None, calendars), self.calendars
