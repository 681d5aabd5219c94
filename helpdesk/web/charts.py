"""Columns and bars as drawings made on the server: places across in per cent, so that the words keep their size.

A drawing is told in words for who does not see it, and the same numbers stand in a table beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEIGHT: Final = 160  # pixels of the tallest column
_FILLED: Final = 0.7  # of the room that a column has
_WIDEST: Final = 9.0  # per cent: of a few columns none is a wall
_LABELS: Final = 9  # under the columns, as many as a phone has room for


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """A column: its pieces from the bottom up, each of a kind that the stylesheet colours."""

    label: str
    pieces: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        """The sum of all pieces."""
        return sum(number for _, number in self.pieces)

    def __str__(self) -> str:
        return f"{self.label}: {', '.join(f'{number} {kind}' for kind, number in self.pieces)}"


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A rectangle: across in per cent, up and down in pixels from the top."""

    kind: str
    x: float
    width: float
    y: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class ColumnLabel:
    """What stands under a column, or the number above it, at the middle of it."""

    x: float
    words: str
    y: float = 0


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns side by side."""

    pieces: tuple[DrawnPiece, ...]
    labels: tuple[ColumnLabel, ...]
    numbers: tuple[ColumnLabel, ...]
    in_words: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """What its pieces stand for."""
        return tuple(dict.fromkeys(piece.kind for piece in self.pieces))


def draw_columns(columns: Sequence[ChartColumn]) -> ColumnChart | None:
    """The chart; None where nothing is counted."""
    most = max((column.total for column in columns), default=0)
    if not most:
        return None
    every = -(-len(columns) // _LABELS)
    middles = [(number + 0.5) * 100 / len(columns) for number in range(len(columns))]
    placed = list(zip(columns, middles, strict=True))
    return ColumnChart(
        pieces=tuple(piece for column, middle in placed for piece in _pieces(column, middle, 100 / len(columns), most)),
        labels=tuple(ColumnLabel(round(x, 2), column.label) for column, x in placed[::every]),
        numbers=tuple(
            ColumnLabel(round(x, 2), str(column.total), _top(column.total, most))
            for column, x in (placed if every == 1 else ())
            if column.total
        ),
        in_words="; ".join(map(str, columns)),
    )


def _top(number: int, most: int) -> float:
    return round(HEIGHT * (1 - number / most), 1)


def _pieces(column: ChartColumn, middle: float, room: float, most: int) -> Iterator[DrawnPiece]:
    width, below = min(room * _FILLED, _WIDEST), 0
    for kind, number in column.pieces:
        if number:
            top, height = _top(below + number, most), round(HEIGHT * number / most, 1)
            x = round(middle - width / 2, 2)
            yield DrawnPiece(kind, x, round(width, 2), top, height, f"{column.label}: {number} {kind}")
        below += number
