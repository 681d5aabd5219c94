"""`[classifier.matrix]` of a policy file: severities by impact and urgency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.offering.intake import labels_of
from helpdesk.offering.intake_words import folded
from helpdesk.offering.severities import Matrix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from helpdesk.offering.files.schema import MatrixTable
    from helpdesk.offering.intake import IntakeField


def read_matrix(table: MatrixTable, fields: Sequence[IntakeField]) -> Matrix:
    """The matrix as far as it can be read."""
    axes = {table.impact: table.table, table.urgency: _urgencies(table)}
    return Matrix(
        impact=table.impact,
        urgency=table.urgency,
        cells={(impact, urgency): key for impact, row in table.table.items() for urgency, key in row.items()},
        names={field: _names(values, table.words) for field, values in axes.items()},
        labels=labels_of(table.impact, fields) | labels_of(table.urgency, fields),
    )


def matrix_problems(
    table: MatrixTable, *, severities: Collection[str], fields: Collection[str]
) -> Iterator[tuple[str, str]]:
    """What is wrong with it, each as key and what was expected."""
    if not table.table:
        yield "table", "expected a line for each impact"
    for name, key in (("impact", table.impact), ("urgency", table.urgency)):
        if key not in fields:
            known = f"there are {', '.join(sorted(fields))}" if fields else "there are none"
            yield name, f"expected the key of an [[intake]] field, not {key!r}; {known}"
    if table.impact == table.urgency:
        yield "urgency", "expected another field than that for the impact"
    urgencies = _urgencies(table)
    for impact, row in table.table.items():
        for urgency in urgencies:
            if urgency not in row:
                yield f"table.{impact}", f"expected a severity for urgency {urgency}, as another line has it"
            elif row[urgency] not in severities:
                expected = ", ".join(sorted(severities))
                yield f"table.{impact}.{urgency}", f"expected one of {expected}, not {row[urgency]!r}"
    yield from _ambiguous(table)


def _ambiguous(table: MatrixTable) -> Iterator[tuple[str, str]]:
    """Words for no value, and words for two values of one field."""
    axes = [[*table.table], _urgencies(table)]
    for value in table.words:
        if not any(value in axis for axis in axes):
            yield f"words.{value}", "expected a value of the table"
    for axis in axes:
        owners: dict[str, str] = {}
        for value in axis:
            for word in (value, *table.words.get(value, ())):
                owner = owners.setdefault(_folded_words(word), value)
                if owner != value:
                    yield f"words.{value}", f"expected {word!r} for one value only, {owner} has it too"


def _urgencies(table: MatrixTable) -> list[str]:
    return list(dict.fromkeys(urgency for row in table.table.values() for urgency in row))


def _names(values: Collection[str], words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {_folded_words(word): value for value in values for word in (value, *words.get(value, ()))}


def _folded_words(word: str) -> str:
    return folded(word).replace("_", " ")
